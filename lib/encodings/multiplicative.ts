/**
 * 相乘式（multiplicative）：不加，逐个分量乘，x_m → x_m ⊗ p_m。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { positionRows } from "@lib/encodings/learned.ts";
import { requireInteger } from "@lib/errors.ts";
import { type Matrix, requireMatrix, requireSameShape, zeros } from "@lib/matrix.ts";

/**
 * 相乘式。
 *
 * @param table 位置向量 `[Lmax, d]`
 * @throws {ShapeError} 不是矩阵，或和词元不一样宽
 * @throws {RangeError} 用的时候位置不是 0 到 Lmax − 1 的整数
 * @source kexue 8130 相乘式
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { multiplicative } from "@lib/encodings/multiplicative.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { embed } = multiplicative(matrix([[1, 1], [2, 3]]));
 * assert.deepEqual([...embed!(matrix([[5, 7], [5, 7]]), new Float64Array([0, 1])).data], [5, 7, 10, 21]);
 * ```
 */
export function multiplicative(table: Matrix): Encoding {
  requireMatrix("用相乘式的表", table);
  return {
    name: "multiplicative",
    embed(rows, positions) {
      const factors = positionRows("相乘式", table, positions);
      requireSameShape("逐格相乘", rows, factors);
      return { ...rows, data: rows.data.map((x, cell) => x * factors.data[cell]!) };
    },
  };
}

/**
 * 训练前的表 `[Lmax, d]`：全 1，刚开始什么也不改。从 0 附近开始，词嵌入就全没了。
 *
 * @throws {RangeError} 行数或维数不是正整数
 * @source kexue 8130 没有给初值；这是唯一不改词嵌入的一种
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { multiplicativeInitial } from "@lib/encodings/multiplicative.ts";
 *
 * assert.ok(multiplicativeInitial(512, 8).data.every((x) => x === 1));
 * ```
 */
export function multiplicativeInitial(positions: number, dimension: number): Matrix {
  const table = zeros(requireInteger("定位置的个数", positions, 1), requireInteger("定维数", dimension, 1));
  return { ...table, data: table.data.fill(1) };
}
