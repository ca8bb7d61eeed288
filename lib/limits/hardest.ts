/**
 * 最难的距离（hardest distances）：一个底数合不合格，要把 L 个距离的和都算一遍；这里算得快，并且把最难的排在前面。
 *
 * @module
 */
import type { Slice } from "@lib/limits/sums_by_base.ts";

/** 一批：中间一个，两边各几个。 */
const side = 16;

/**
 * 算遍 1 到 L − 1，最难的距离排在前面：和最负的，按距离折算（近的一跳更远），再加上快要变负的；至多 256 个。
 *
 * 一批 33 个，只转中间的 α；两边的用 cos(α ± β) = cos α·cos β ∓ sin α·sin β，一对乘法管左右两个，不叫 cos。
 * 误差到 1e-10，所以这里只挑人，正负由 `sumAt` 定。
 * 已经有了负的，后面的就算降到 −12 也赢不了它，就不再往下算。没有负的，一定算到底。
 *
 * @param length L（词元）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hardest } from "@lib/limits/hardest.ts";
 * import { sliceAt } from "@lib/limits/sums_by_base.ts";
 *
 * assert.equal(hardest(sliceAt(Math.log(1.25), 128), 1024)[0], 3); // 角在 2.4 到 3 弧度，每一项都是负的
 * assert.equal(hardest(sliceAt(Math.log(5000), 128), 865)[0], 864); // 底数 5000：头一个负的是 864
 * ```
 */
export function hardest({ frequencies }: Slice, length: number): number[] {
  const pairs = frequencies.length, width = 2 * side + 1;
  const turned = (by: number, f: (angle: number) => number) => frequencies.map((speed) => f(by * speed));
  const [nearCos, nearSin] = [Math.cos, Math.sin].map((f) =>
    Float64Array.from({ length: (side + 1) * pairs }, (_, n) => f(Math.floor(n / pairs) * frequencies[n % pairs]!))
  ) as [Float64Array, Float64Array];
  const cos = turned(side, Math.cos), sin = turned(side, Math.sin);
  const jumpCos = turned(width, Math.cos), jumpSin = turned(width, Math.sin);
  const found: [distance: number, hardness: number][] = [];
  let most = 0;
  const keep = (m: number, sum: number) => {
    if (m < 1 || m >= length) return;
    found.push([m, -sum / m]);
    most = Math.max(most, -sum / m);
  };
  for (let middle = side; middle - side < length && 12 / middle >= most; middle += width) {
    for (let j = 0, at = 0; j <= side; j++) {
      let even = 0, odd = 0;
      for (let i = 0; i < pairs; i++, at++) {
        even += cos[i]! * nearCos[at]!;
        odd += sin[i]! * nearSin[at]!;
      }
      if (even - odd < 1 / 2) keep(middle + j, even - odd);
      if (j > 0 && even + odd < 1 / 2) keep(middle - j, even + odd);
    }
    for (let i = 0; i < pairs; i++) {
      const c = cos[i]!, s = sin[i]!, p = jumpCos[i]!, q = jumpSin[i]!;
      cos[i] = c * p - s * q;
      sin[i] = c * q + s * p;
    }
  }
  return found.sort((a, b) => b[1] - a[1]).slice(0, 256).map(([distance]) => distance);
}
