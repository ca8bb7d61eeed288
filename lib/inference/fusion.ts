/**
 * 为什么 MLA 的内容不能转（fusion）：转了，两个矩阵中间就夹着一个随距离变的旋转，合不成一个矩阵。
 *
 * 不转：分数 = `(x W_Q)·(c W_K) = x (W_Q W_Kᵀ) cᵀ`，中间是一个和位置无关的矩阵，推理时可以先乘好，或者挪到查询那边。
 * 要是展开的键也转：分数 = `x (W_Q R(−Δ) W_Kᵀ) cᵀ`，距离每变一格就是另一个矩阵。两个矩阵对所有的 x、c 给出同样的分数，
 * 只有它们一样；所以只要两个距离的矩阵不同，就没有哪一个矩阵两边都对。挪不动，就只能把每个键展开、转好、存下来。
 *
 * @module
 */
import { type Pairing, rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { requireInteger, requireNumber, requireOptions } from "@lib/errors.ts";
import { columnBlock, transpose } from "@lib/inference/blocks.ts";
import { mlaShape, type MlaWeights } from "@lib/inference/mla_weights.ts";
import { type Matrix, multiply } from "@lib/matrix.ts";

/**
 * 第 h 个头夹在查询的输入 x 和压缩向量 c 中间的矩阵 `[rq, rk]`（查询不压缩时 `[dModel, rk]`）：`x M cᵀ` 就是没乘缩放的内容分数。
 *
 * @param weights MLA 的权重
 * @param options `head` 第几个头，从 0 数；不写 `rotation` 就是 MLA 的做法，内容不转。
 * 写了，就假设内容也转：`distance` 查询位置 − 键位置（词元），`frequencies` 角频率，不多于 dn/2 个（弧度每词元），`pairing` 配对方式，不写是相邻两维
 * @throws {ShapeError} 权重的形状不对，或角频率太多
 * @throws {RangeError} 没有这个头，距离不是有限的数，或配对方式不是那两种
 * @source DeepSeek-V2 arXiv 2405.04434 §2.1.3；kexue 10091
 * @example 一个头，2 维：距离 0 是 W_Q W_Kᵀ，隔一个就是另一个
 * ```ts
 * import assert from "node:assert/strict";
 * import { fused } from "@lib/inference/fusion.ts";
 * import { type Matrix, matrix, zeros } from "@lib/matrix.ts";
 *
 * const weights = {
 *   heads: 1,
 *   queryUp: matrix([[1, 0, 0, 0], [0, 1, 0, 0]]), // 2 维不转，2 维转
 *   keyDown: zeros(2, 1 + 2),
 *   keyNorm: [1],
 *   keyUp: matrix([[1, 0, 0]]), // 键 2 维，值 1 维
 *   output: zeros(1, 2),
 * };
 * const digits = (m: Matrix) => [...m.data].map((x) => x.toFixed(4));
 * assert.deepEqual(digits(fused(weights, { head: 0 })), ["1.0000", "0.0000"]);
 * const apart = fused(weights, { head: 0, rotation: { distance: 1, frequencies: [1] } });
 * assert.deepEqual(digits(apart), ["0.5403", "-0.8415"]); // cos 1、−sin 1
 * ```
 */
export function fused(
  weights: MlaWeights,
  options: {
    readonly head: number;
    readonly rotation?: {
      readonly distance: number;
      readonly frequencies: ArrayLike<number>;
      readonly pairing?: Pairing;
    };
  },
): Matrix {
  const { plainDimension: dn, rotaryDimension: dr, valueDimension: dv, keyRank } = mlaShape(weights);
  const { head, rotation } = requireOptions("合成一个矩阵", options);
  requireInteger("合成一个矩阵，挑一个头", head, 0, weights.heads - 1);
  const query = columnBlock(weights.queryUp, head * (dn + dr), dn);
  const key = columnBlock(weights.keyUp, head * (dn + dv), dn);
  if (rotation === undefined) return multiply(query, transpose(key));
  const { distance, frequencies, pairing = "interleaved" } = requireOptions("合成一个矩阵，定旋转", rotation);
  requireNumber("合成一个矩阵，定距离", distance, "有限的数", Number.isFinite);
  // q·R(j − i)k：键转 −Δ，查询不动，和各转各的一样。
  const turned = rotate(key, turns(new Float64Array(keyRank).fill(-distance), frequencies), pairing);
  return multiply(query, transpose(turned));
}
