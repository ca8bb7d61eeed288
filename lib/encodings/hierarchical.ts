/**
 * 层次分解（hierarchical decomposition）：训练好的 n 个位置向量，拆一拆，够 n² 个位置用，头 n 个一个不变。
 *
 * 把位置写成两位的 n 进制 (i, j)：q = α·u_i + (1−α)·u_j，u 由“头 n 个不变”解出来。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { positionRows } from "@lib/encodings/learned.ts";
import { requireNumber } from "@lib/errors.ts";
import { add, type Matrix, requireMatrix, row, zeros } from "@lib/matrix.ts";

/**
 * 层次分解的训练式：x_m → x_m + q_m，位置 0 到 n² − 1。
 *
 * @param table 训练好的位置向量 `[n, d]`
 * @param alpha α，0 到 1 之间，不能是 0.5（(i, j) 和 (j, i) 会撞上）；不写是 0.4
 * @throws {ShapeError} 不是矩阵，或和词元不一样宽
 * @throws {RangeError} α 不在范围里；位置不是 0 到 n² − 1 的整数
 * @source kexue 7947；bert4keras 的 hierarchical_position
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hierarchical } from "@lib/encodings/hierarchical.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const encoding = hierarchical(matrix([[1], [2], [3]]));
 * const places = Float64Array.from({ length: 9 }, (_, m) => m);
 * const vectors = [...encoding.embed!({ rows: 9, columns: 1, data: new Float64Array(9) }, places).data];
 * const expected = ["1.0000", "2.0000", "3.0000", "1.6667", "2.6667", "3.6667", "2.3333", "3.3333", "4.3333"];
 * assert.deepEqual(vectors.map((q) => q.toFixed(4)), expected);
 * ```
 */
export function hierarchical(table: Matrix, alpha = 0.4): Encoding {
  const longer = hierarchicalTable(table, alpha);
  return { name: "hierarchical", embed: (rows, positions) => add(rows, positionRows("层次分解", longer, positions)) };
}

/**
 * 拆开以后的表 `[n², d]`。
 *
 * @throws {ShapeError} 不是矩阵
 * @throws {RangeError} α 不在范围里，或 n²·d 太大
 * @source 同 {@linkcode hierarchical}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hierarchicalTable } from "@lib/encodings/hierarchical.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const table = hierarchicalTable(matrix([[0], [6]]), 0.25); // u = (0, 8)
 * assert.deepEqual([...table.data], [0, 6, 2, 8]);
 * ```
 */
export function hierarchicalTable(table: Matrix, alpha = 0.4): Matrix {
  const { rows: n, columns } = requireMatrix("做层次分解", table);
  requireNumber("定层次分解的 α", alpha, "0 到 1 之间、不是 0.5 的数", (a) => a > 0 && a < 1 && a !== 0.5);
  const longer = zeros(n * n, columns);
  const u = (i: number, c: number) => (row(table, i)[c]! - alpha * row(table, 0)[c]!) / (1 - alpha);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const at = row(longer, i * n + j);
      // 头 n 个（i = 0）照抄：算出来也是它，照抄才一个比特不差。
      for (let c = 0; c < columns; c++) at[c] = i === 0 ? row(table, j)[c]! : alpha * u(i, c) + (1 - alpha) * u(j, c);
    }
  }
  return longer;
}
