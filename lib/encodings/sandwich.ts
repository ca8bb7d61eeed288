/**
 * Sandwich：两个位置的三角编码做点积，只剩距离，拿它当偏置。没有参数要学。
 *
 * p_i·p_j = Σ cos(θ_c (i−j))：平均起来越远越小，但一路上有起有伏，不是单调的。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { requireInteger, requireNumber, requireOptions } from "@lib/errors.ts";

/**
 * Sandwich 的一个头：分数加上 `λ × Σ cos(t × 10000^(−2c/d̄))`，在除完 √d 之后加。
 *
 * @param options `scale` 是 λ（无量纲，见 {@linkcode sandwichScale}）；`dimension` 是三角编码的维数 d̄，偶数，不写是 128；`base` 是底数，不写是 10000
 * @throws {ShapeError} d̄ 不是正偶数
 * @throws {RangeError} λ 不是有限的数，或底数不大于 1
 * @source Chi et al. arXiv 2212.10356；kexue 9431；`meta-pytorch/attention-gym:attn_gym/mods/sandwich.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sandwich } from "@lib/encodings/sandwich.ts";
 *
 * const { bias } = sandwich({ scale: 1, dimension: 4 }).score!(new Float64Array([0, 1, 2]));
 * assert.deepEqual([...bias!].map((b) => b.toFixed(5)), ["2.00000", "1.54025", "0.58365"]);
 * ```
 */
export function sandwich(
  options: { readonly scale: number; readonly dimension?: number; readonly base?: number },
): Encoding {
  const { scale, dimension = 128, base = 10000 } = requireOptions("造 Sandwich", options);
  requireNumber("定 Sandwich 的 λ", scale, "有限的数", Number.isFinite);
  const frequencies = inverseFrequencies(dimension, base);
  return {
    name: "Sandwich",
    score: (distances) => ({
      bias: distances.map((t) => scale * frequencies.reduce((sum, frequency) => sum + Math.cos(t * frequency), 0)),
    }),
  };
}

/**
 * 第 n 个头的 λ：H / (8n)，头排得越后，位置说话越轻。
 *
 * @param head 第几个头 n，从 1 数
 * @param heads 头数 H
 * @throws {RangeError} 头数不是正整数，或没有这个头
 * @source 同 {@linkcode sandwich}，论文附录 E 的移植
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sandwichScale } from "@lib/encodings/sandwich.ts";
 *
 * assert.deepEqual([1, 2, 8].map((n) => sandwichScale(n, 8)), [1, 0.5, 0.125]);
 * ```
 */
export function sandwichScale(head: number, heads: number): number {
  requireInteger("定头数", heads, 1);
  return heads / (8 * requireInteger("取第几个头", head, 1, heads));
}
