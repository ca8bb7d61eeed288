/**
 * 两种配对之间换算（pairing conversion）：相邻两维的权重，换个维数次序，就能给前后两半用。
 *
 * 换完以后每个点积都不变，所以分数不变；只换 q 不换 k，或者只换权重不换转法，就全错。
 *
 * @module
 */
import { explain, requireEvenDimension, requireInteger, ShapeError } from "@lib/errors.ts";
import type { Pairing } from "@lib/encodings/rotation.ts";
import { type Matrix, requireMatrix, zeros } from "@lib/matrix.ts";

/**
 * 换序表 `[d]`：换成 `to` 以后，第 j 维是原来的第几维。
 *
 * @param dimension 一个头的维数 d，正偶数
 * @param to 换成哪一种
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 配对方式不是那两种
 * @source `huggingface/transformers:src/transformers/models/llama/convert_llama_weights_to_hf.py` 的 permute
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairingOrder } from "@lib/encodings/pairing.ts";
 *
 * assert.deepEqual(pairingOrder(8, "half"), [0, 2, 4, 6, 1, 3, 5, 7]);
 * assert.deepEqual(pairingOrder(8, "interleaved"), [0, 4, 1, 5, 2, 6, 3, 7]);
 * ```
 */
export function pairingOrder(dimension: number, to: Pairing): number[] {
  requireEvenDimension("换配对方式", dimension);
  if (to !== "interleaved" && to !== "half") throw new RangeError(explain("换配对方式", "interleaved 或 half", to));
  const pairs = dimension / 2;
  return Array.from(
    { length: dimension },
    (_, j) => to === "half" ? 2 * (j % pairs) + Math.floor(j / pairs) : pairs * (j % 2) + Math.floor(j / 2),
  );
}

/**
 * 把一批向量或一个投影矩阵换成另一种配对：每个头的列各自换序。
 *
 * 向量 `[n, heads·d]` 和投影矩阵 `[dModel, heads·d]` 是同一回事，都是换列。
 * 查询的投影用查询头数，键的投影用键值头数（grouped-query 时少）；值不换。
 *
 * @param m `[n, heads·d]`
 * @param heads 几个头并排
 * @param to 换成哪一种
 * @returns 形状不变
 * @throws {ShapeError} 列数不是头数的倍数，或一个头的维数是奇数
 * @throws {RangeError} 头数不是正整数，或配对方式不是那两种
 * @source 同 {@linkcode pairingOrder}
 * @example 两个头各换各的
 * ```ts
 * import assert from "node:assert/strict";
 * import { toPairing } from "@lib/encodings/pairing.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 2, 3, 4, 10, 20, 30, 40]]);
 * const half = toPairing(x, 2, "half");
 * assert.deepEqual([...half.data], [1, 3, 2, 4, 10, 30, 20, 40]);
 * assert.deepEqual(toPairing(half, 2, "interleaved"), x);
 * ```
 */
export function toPairing(m: Matrix, heads: number, to: Pairing): Matrix {
  requireMatrix("换配对方式", m);
  requireInteger("换配对方式，定头数", heads, 1);
  if (m.columns % heads !== 0) throw new ShapeError("换配对方式", `${heads} 的倍数列`, m.columns);
  const width = m.columns / heads, order = pairingOrder(width, to), result = zeros(m.rows, m.columns);
  for (let start = 0; start < m.data.length; start += width) {
    order.forEach((c, j) => result.data[start + j] = m.data[start + c]!);
  }
  return result;
}
