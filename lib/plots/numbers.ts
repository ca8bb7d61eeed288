/**
 * 印数（printing numbers）：图和表用同一套写法，减号是真的减号，零就是 0。
 *
 * @module
 */

/** 绝对值小于它的数印成 0：换一种求和次序差出来的尾数，不该改掉印出来的东西。 */
export const negligible = 1e-9;

/**
 * 一组数该印几位小数（decimals）：最大的那个留 `significant` 位有效数字，大家都用不着的尾零去掉。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decimalsFor } from "@lib/plots/numbers.ts";
 *
 * assert.equal(decimalsFor([1, 2, 3]), 0);
 * assert.equal(decimalsFor([0.5, -1.5]), 1);
 * assert.equal(decimalsFor([0.45510, 0.10153], 4), 4);
 * ```
 */
export function decimalsFor(values: Iterable<number>, significant = 4): number {
  const finite = [...values].filter((value) => Number.isFinite(value) && Math.abs(value) >= negligible);
  const largest = finite.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  if (largest === 0) return 0;
  const most = Math.min(12, Math.max(0, significant - 1 - Math.floor(Math.log10(largest))));
  const used = (value: number) => (value.toFixed(most).replace(/\.?0+$/, "").split(".")[1] ?? "").length;
  return most === 0 ? 0 : finite.reduce((max, value) => Math.max(max, used(value)), 0);
}

/**
 * 印一个数，`decimals` 位小数；减号用 `−`，绝对值小于 1e-9 的印成 `0`，不会出现 `-0`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatNumber } from "@lib/plots/numbers.ts";
 *
 * assert.equal(formatNumber(-1.5, 2), "−1.50");
 * assert.equal(formatNumber(-1e-17, 2), "0");
 * assert.equal(formatNumber(-0.001, 2), "0.00");
 * assert.equal(formatNumber(-Infinity, 2), "−∞");
 * ```
 */
export function formatNumber(value: number, decimals: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Math.abs(value) < negligible) return "0";
  const digits = Math.abs(value).toFixed(decimals);
  // 四舍五入后成了零，就不带负号，但小数位留着：它不是真的 0。
  return (value < 0 && Number(digits) !== 0 ? "−" : "") + digits;
}

/**
 * 隔几个写一个名字（tidy step）：最小的整齐的数（2 的幂，或 5、10、50、100……），使 `count` 个里写出来的不超过 `most` 个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tidyStep } from "@lib/plots/numbers.ts";
 *
 * assert.equal(tidyStep(512, 4), 128);
 * assert.equal(tidyStep(3, 4), 1);
 * ```
 */
export function tidyStep(count: number, most: number): number {
  for (let step = 1;; step++) {
    const tidy = Number.isInteger(Math.log2(step)) || Number.isInteger(Math.log10(step)) ||
      Number.isInteger(Math.log10(2 * step));
    if (tidy && count / step <= Math.max(1, most)) return step;
  }
}
