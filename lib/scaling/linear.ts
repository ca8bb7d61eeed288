/**
 * 线性内插（position interpolation，PI）：把位置都除以 s，拉长的句子就压回训练时的范围。
 *
 * 位置除以 s 和角频率除以 s 是同一件事。代价是近处也被压扁：相邻两个词元的角度差小了 s 倍，一般要再训练一会儿。
 *
 * @module
 */
import { requireOptions } from "@lib/errors.ts";
import { type Original, plain, requireFactor, type Scaled } from "@lib/scaling/scaled.ts";

/**
 * 线性内插：θᵢ / s，系数 1。
 *
 * @param options 原来的样子，外加扩展倍数 `factor`（s）
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或倍数小于 1
 * @source Chen et al. arXiv 2306.15595；transformers `modeling_rope_utils.py` 的 linear
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { linear } from "@lib/scaling/linear.ts";
 *
 * assert.deepEqual([...linear({ dimension: 4, factor: 4 }).inverseFrequencies], [0.25, 0.0025]);
 * ```
 */
export function linear(options: Original & { readonly factor: number }): Scaled {
  const factor = requireFactor("线性内插", requireOptions("做线性内插", options).factor);
  return { ...plain(options), inverseFrequencies: plain(options).inverseFrequencies.map((f) => f / factor) };
}
