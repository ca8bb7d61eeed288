/**
 * 训练式（learned absolute）：每个位置一个学出来的向量，加到词嵌入上。表有几行，就只认得几个位置。
 *
 * @module
 */
import { type Encoding, integerDistance } from "@lib/encoding.ts";
import { explain, requireInteger, requireVector } from "@lib/errors.ts";
import { add, gather, type Matrix, requireMatrix } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 训练式：x_m → x_m + P[m]。
 *
 * 位置从 0 数；fairseq 的表从 padding_idx + 1 数起，所以 512 个位置有 514 行，借它的表先去掉头两行。
 *
 * @param table 位置向量 `[Lmax, d]`
 * @throws {ShapeError} 不是矩阵，或和词元不一样宽
 * @throws {RangeError} 位置不是 0 到 Lmax − 1 的整数：不截断，也不绕回去
 * @source Gehring et al. 2017；Devlin et al. 2018；kexue 8130 训练式
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learned } from "@lib/encodings/learned.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const encoding = learned(matrix([[1], [2]]));
 * assert.deepEqual([...encoding.embed!(matrix([[10]]), new Float64Array([1])).data], [12]);
 * assert.throws(() => encoding.embed!(matrix([[10]]), new Float64Array([2])), /需要 0 到 1 的位置（表只有 2 行）：现在是 2/);
 * ```
 */
export function learned(table: Matrix): Encoding {
  requireMatrix("用训练式的表", table);
  return { name: "learned", embed: (rows, positions) => add(rows, positionRows("训练式", table, positions)) };
}

/**
 * 按位置查表，`[n, d]`。
 *
 * @param name 谁在查表
 * @param table `[Lmax, d]`
 * @param positions 位置 `[n]`（词元）
 * @throws {RangeError} 位置不是整数，或表里没有这一行
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { positionRows } from "@lib/encodings/learned.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...positionRows("我的", matrix([[1], [2]]), new Float64Array([1, 0])).data], [2, 1]);
 * ```
 */
export function positionRows(name: string, table: Matrix, positions: Float64Array): Matrix {
  const last = requireMatrix(`按位置查 ${name} 的表`, table).rows - 1;
  return gather(
    table,
    requireVector(`按位置查 ${name} 的表`, positions).map((position) => {
      const m = integerDistance(name, position, "位置");
      if (m >= 0 && m <= last) return m;
      throw new RangeError(explain(`按位置查 ${name} 的表`, `0 到 ${last} 的位置（表只有 ${last + 1} 行）`, m));
    }),
  );
}

/**
 * 训练前的表 `[Lmax, d]`：正态，标准差 0.02。BERT 的是截断正态（±2 个标准差以内），这里不截断；GPT-2 的位置表是 0.01。
 *
 * @throws {RangeError} 行数、维数或种子不是非负整数
 * @source `google-research/bert:modeling.py` 的 initializer_range = 0.02
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learnedInitial } from "@lib/encodings/learned.ts";
 *
 * assert.equal(learnedInitial(512, 64, 1).rows, 512);
 * ```
 */
export function learnedInitial(positions: number, dimension: number, seed: number): Matrix {
  return normalMatrix(requireInteger("定位置的个数", positions, 1), dimension, seed, 0.02);
}
