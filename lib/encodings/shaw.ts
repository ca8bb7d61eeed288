/**
 * Shaw 的相对位置（Shaw, 经典式）：每个距离存一个向量，加到键上；另存一组，加到值上。
 *
 * 距离先截断到 ±k，所以只要 2k+1 个向量，多长都够用；代价是比 k 更远的全算一样远。
 *
 * @module
 */
import { type Encoding, integerDistance } from "@lib/encoding.ts";
import { requireInteger, requireNumber, ShapeError } from "@lib/errors.ts";
import { gather, type Matrix, requireMatrix } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * Shaw 的一个头：分数 `q·(k + R^K[i−j])/√d`，输出 `Σ a·(v + R^V[i−j])`。
 *
 * 表的第 `t + k` 行是距离 `t`（从 −k 到 k）。Shaw 的论文和代码用 j − i，所以它的表要倒过来放。
 *
 * @param keyVectors 加到键上的向量 `[2k+1, d]`
 * @param valueVectors 加到值上的向量 `[2k+1, dv]`；不写就没有这一项
 * @throws {ShapeError} 表的行数不是奇数，或两张表行数不同
 * @source Shaw et al. arXiv 1803.02155 (3)–(5)；kexue 8130(4)–(6)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shaw } from "@lib/encodings/shaw.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // k = 1：距离 −1、0、1 各一个向量；距离 5 截断成 1。
 * const { keys } = shaw(matrix([[10], [20], [30]])).score!(new Float64Array([-1, 0, 5]));
 * assert.deepEqual([...keys!.data], [10, 20, 30]);
 * ```
 */
export function shaw(keyVectors: Matrix, valueVectors?: Matrix): Encoding {
  requireMatrix("用 Shaw 的表", keyVectors);
  if (valueVectors !== undefined) requireMatrix("用 Shaw 的表", valueVectors);
  const clip = (keyVectors.rows - 1) / 2;
  if (!Number.isInteger(clip) || clip < 0) {
    throw new ShapeError("用 Shaw 的表", "奇数行（距离 −k 到 k）", keyVectors.rows);
  }
  if (valueVectors && valueVectors.rows !== keyVectors.rows) {
    throw new ShapeError("用 Shaw 的表", `值的表也有 ${keyVectors.rows} 行`, valueVectors.rows);
  }
  return {
    name: "Shaw",
    score: (distances) => ({ keys: lookUp(keyVectors, distances, clip) }),
    ...(valueVectors && { sum: (distances) => lookUp(valueVectors, distances, clip) }),
  };
}

/**
 * 截断（clip）：比 k 远的，都当作 k。
 *
 * @param distance 距离（词元，带符号）
 * @param clip 截断距离 k（词元）
 * @returns −k 到 k 之间的距离
 * @throws {RangeError} 距离不是数，或 k 不是非负整数
 * @source kexue 8130(6)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipDistance } from "@lib/encodings/shaw.ts";
 *
 * assert.deepEqual([-7, -1, 0, 2, 9].map((t) => clipDistance(t, 2)), [-2, -1, 0, 2, 2]);
 * ```
 */
export function clipDistance(distance: number, clip: number): number {
  requireNumber("截断距离", distance, "一个数", (t) => !Number.isNaN(t));
  requireInteger("定截断距离", clip, 0);
  return Math.min(clip, Math.max(-clip, distance));
}

/**
 * 训练前的一张表 `[2k+1, d]`：正态，标准差 1/√d。
 *
 * @param clip 截断距离 k（词元）
 * @throws {RangeError} k、维数或种子不是非负整数
 * @source transformers `models/vits/modeling_vits.py` 的 emb_rel_k、emb_rel_v（同一种编码还在维护的实现）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shawInitial } from "@lib/encodings/shaw.ts";
 *
 * assert.equal(shawInitial(4, 8, 1).rows, 9);
 * ```
 */
export function shawInitial(clip: number, dimension: number, seed: number): Matrix {
  requireInteger("定维数", dimension, 1);
  return normalMatrix(2 * requireInteger("定截断距离", clip, 0) + 1, dimension, seed, 1 / Math.sqrt(dimension));
}

function lookUp(table: Matrix, distances: Float64Array, clip: number): Matrix {
  return gather(table, distances.map((t) => clipDistance(integerDistance("Shaw", t), clip) + clip));
}
