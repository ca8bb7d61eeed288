/**
 * 舍入到窄的浮点数（rounding）：bf16、f16 装得下哪些数，一个双精度数会变成哪一个。
 *
 * 位置 256 和 257 在 bf16 里是同一个数：转角要用 f32 以上算，算完 cos、sin 再舍入。
 *
 * @module
 */
import { requireOptions, requireVector, ShapeError } from "@lib/errors.ts";

/**
 * 一种浮点数（float format）。
 *
 * @example
 * ```ts
 * import { type FloatFormat, floatFormats } from "@lib/rounding.ts";
 *
 * const half: FloatFormat = floatFormats.f16;
 * ```
 */
export interface FloatFormat {
  /** 有效数字几位二进制，连同不存的那一位。 */
  readonly precision: number;
  /** 最小的正规数是 2 的几次方；比它小的，隔得一样开（非正规数）。 */
  readonly minExponent: number;
  /** 最大的有限数。 */
  readonly largest: number;
}

/**
 * 三种：bf16 和 f32 范围一样、只有 8 位有效数字；f16 有 11 位，最大 65504。
 *
 * @source IEEE 754-2019 §3.6（binary16、binary32）；bfloat16 是 binary32 的高 16 位
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floatFormats } from "@lib/rounding.ts";
 *
 * assert.equal(floatFormats.f16.largest, 65504);
 * ```
 */
export const floatFormats: Readonly<Record<"bf16" | "f16" | "f32", FloatFormat>> = {
  bf16: { precision: 8, minExponent: -126, largest: (2 - 2 ** -7) * 2 ** 127 },
  f16: { precision: 11, minExponent: -14, largest: 65504 },
  f32: { precision: 24, minExponent: -126, largest: (2 - 2 ** -23) * 2 ** 127 },
};

const bits = new DataView(new ArrayBuffer(8));

/** |x| 在 2 的几次方到下一个之间；直接读出指数位，`Math.log2` 在边上会差一。 */
function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  return ((bits.getUint32(0) >>> 20) & 0x7ff) - 1023;
}

/**
 * 舍入一个数：取最近的，一样近取偶数；太大是 ±∞，`NaN` 还是 `NaN`，−0 还是 −0。
 *
 * 从双精度一步到位，不先变成单精度：舍入两次，正好在中间的数会错。
 *
 * @param x 任何数
 * @param format 哪一种浮点数
 * @throws {ShapeError} 不是数，或不是一种浮点数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floatFormats, roundTo } from "@lib/rounding.ts";
 *
 * assert.deepEqual([256, 257, 258, 259].map((m) => roundTo(m, floatFormats.bf16)), [256, 256, 258, 260]);
 * assert.equal(roundTo(65520, floatFormats.f16), Infinity);
 * ```
 */
export function roundTo(x: number, format: FloatFormat): number {
  const { precision, minExponent, largest } = requireOptions("舍入", format);
  if (typeof x !== "number") throw new ShapeError("舍入", "一个数", x);
  if (!Number.isFinite(x) || x === 0) return x;
  const step = 2 ** (Math.max(exponentOf(x), minExponent) - precision + 1); // 这附近的数隔多远
  const share = x / step, down = Math.floor(share), rest = share - down; // 除以 2 的幂，一点不丢
  const nearest = rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
  const rounded = nearest * step;
  if (Math.abs(rounded) > largest) return Math.sign(x) * Infinity;
  return rounded === 0 ? 0 * Math.sign(x) : rounded;
}

/**
 * 一串数一起舍入，`[n]`。
 *
 * @throws {ShapeError} 不是一串数，或不是一种浮点数
 * @example 0 到 511 在 bf16 里只剩 385 个不同的数
 * ```ts
 * import assert from "node:assert/strict";
 * import { floatFormats, roundAll } from "@lib/rounding.ts";
 *
 * const positions = Float64Array.from({ length: 512 }, (_, m) => m);
 * assert.equal(new Set(roundAll(positions, floatFormats.bf16)).size, 385);
 * ```
 */
export function roundAll(values: ArrayLike<number>, format: FloatFormat): Float64Array {
  return requireVector("舍入", values).map((x) => roundTo(x, format));
}
