/**
 * 关键维度（critical dimension）：训练窗口里转满过一圈的有几维。
 *
 * 转满一圈的，整圈都走到过，再远的角度也离见过的不远；没转满的，一超出训练长度就是没到过的一段。
 *
 * @module
 */
import { requireOptions } from "@lib/errors.ts";
import { turnsInWindow } from "@lib/scaling/by_parts.ts";
import { type Original, plain } from "@lib/scaling/scaled.ts";

/**
 * 关键维度：2·⌈(d/2)·log_b(L/2π)⌉，也就是圈数大于 1 的对数的两倍。
 *
 * 这里直接数圈数，所以不会小于 0，也不会超过 d；论文的式子在窗口不到 2π 或底数很小时会出界。
 *
 * @param options 原来的样子，外加 `length` 训练长度 L（词元）
 * @returns 维数，偶数
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或长度不是正整数
 * @source Liu et al. arXiv 2310.05209（Scaling Laws of RoPE-based Extrapolation）
 * @example LLaMA-2：第 0 到 45 对转满了，是 92 维
 * ```ts
 * import assert from "node:assert/strict";
 * import { criticalDimension } from "@lib/limits/critical_dimension.ts";
 *
 * assert.equal(criticalDimension({ dimension: 128, length: 4096 }), 92);
 * assert.equal(2 * Math.ceil(64 * Math.log(4096 / (2 * Math.PI)) / Math.log(10000)), 92);
 * ```
 */
export function criticalDimension(options: Original & { readonly length: number }): number {
  const { length } = requireOptions("数关键维度", options);
  return 2 * turnsInWindow(plain(options).inverseFrequencies, length).filter((turns) => turns > 1).length;
}
