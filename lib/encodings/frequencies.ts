/**
 * 角频率（inverse frequencies）：每一对转多快。RoPE 的亲戚们差别多半就在这一串数。
 *
 * @module
 */
import { requireEvenDimension, requireNumber } from "@lib/errors.ts";

/**
 * 角频率（inverse frequencies）`[d/2]`，单位弧度每词元：θᵢ = base^(−2i/d)，第一对转得最快。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1
 * @source kexue 8265，θᵢ 的定义；RF(15)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * assert.deepEqual([...inverseFrequencies(4, 10000)], [1, 0.01]);
 * assert.throws(() => inverseFrequencies(7, 10000), /需要维数是正偶数：现在是 7/);
 * ```
 */
export function inverseFrequencies(dimension: number, base: number): Float64Array {
  requireEvenDimension("定 RoPE 的角频率", dimension);
  requireNumber("定 RoPE 的角频率", base, "大于 1 的底数", (b) => b > 1 && b < Infinity);
  return Float64Array.from({ length: dimension / 2 }, (_, i) => base ** (-2 * i / dimension));
}

/**
 * p-RoPE 的角频率 `[d/2]`（弧度每词元）：前 ⌊p·d/2⌋ 个照旧，后面是 0。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或份额不在 0 到 1 之间
 * @source transformers `modeling_rope_utils.py` 的 proportional
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { proportionalFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * assert.deepEqual([...proportionalFrequencies(4, 10000, 0)], [0, 0]); // 一对也不转，就是 NoPE
 * ```
 */
export function proportionalFrequencies(dimension: number, base: number, proportion: number): Float64Array {
  requireNumber("定 p-RoPE 的份额", proportion, "0 到 1 之间的数", (p) => p >= 0 && p <= 1);
  const all = inverseFrequencies(dimension, base), kept = Math.floor(proportion * dimension / 2);
  return all.map((frequency, i) => i < kept ? frequency : 0);
}
