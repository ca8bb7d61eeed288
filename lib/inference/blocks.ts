/**
 * 切块和拼块（blocks）：并排的头切开、拼上，一段段的词元接起来。缓存和 MLA 都要用。
 *
 * @module
 */
import { requireInteger, ShapeError } from "@lib/errors.ts";
import { type Matrix, requireMatrix, zeros } from "@lib/matrix.ts";

/**
 * 第 `from` 列起的 `width` 列，`[rows, width]`，新的数组。
 *
 * @throws {ShapeError} 不是矩阵
 * @throws {RangeError} 列号出界
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { columnBlock } from "@lib/inference/blocks.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(columnBlock(matrix([[1, 2, 3], [4, 5, 6]]), 1, 2), matrix([[2, 3], [5, 6]]));
 * ```
 */
export function columnBlock(m: Matrix, from: number, width: number): Matrix {
  const { rows, columns, data } = requireMatrix("切出几列", m);
  requireInteger("切出几列，定从第几列", from, 0, columns);
  requireInteger("切出几列，定要几列", width, 0, columns - from);
  const block = zeros(rows, width);
  for (let i = 0; i < rows; i++) {
    block.data.set(data.subarray(i * columns + from, i * columns + from + width), i * width);
  }
  return block;
}

/**
 * 并排拼起来：`[rows, a]`、`[rows, b]`…… → `[rows, a + b + …]`。
 *
 * @throws {ShapeError} 一块也没有，或各块的行数不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { beside } from "@lib/inference/blocks.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(beside([matrix([[1], [2]]), matrix([[3, 4], [5, 6]])]), matrix([[1, 3, 4], [2, 5, 6]]));
 * ```
 */
export function beside(blocks: readonly Matrix[]): Matrix {
  const { rows } = checked("并排拼起来", blocks);
  for (const block of blocks) requireMatrix("并排拼起来", block, { rows });
  const whole = zeros(rows, blocks.reduce((sum, { columns }) => sum + columns, 0));
  let at = 0;
  for (const { columns, data } of blocks) {
    for (let i = 0; i < rows; i++) {
      whole.data.set(data.subarray(i * columns, (i + 1) * columns), i * whole.columns + at);
    }
    at += columns;
  }
  return whole;
}

/**
 * 上下接起来：`[a, columns]`、`[b, columns]`…… → `[a + b + …, columns]`。
 *
 * @throws {ShapeError} 一块也没有，或各块的列数不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { below } from "@lib/inference/blocks.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(below([matrix([[1, 2]]), matrix([[3, 4], [5, 6]])]), matrix([[1, 2], [3, 4], [5, 6]]));
 * ```
 */
export function below(blocks: readonly Matrix[]): Matrix {
  const { columns } = checked("上下接起来", blocks);
  for (const block of blocks) requireMatrix("上下接起来", block, { columns });
  const whole = zeros(blocks.reduce((sum, { rows }) => sum + rows, 0), columns);
  let at = 0;
  for (const { data } of blocks) {
    whole.data.set(data, at);
    at += data.length;
  }
  return whole;
}

/**
 * 转置（transpose）：`[rows, columns]` → `[columns, rows]`。
 *
 * @throws {ShapeError} 不是矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { transpose } from "@lib/inference/blocks.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(transpose(matrix([[1, 2, 3], [4, 5, 6]])), matrix([[1, 4], [2, 5], [3, 6]]));
 * ```
 */
export function transpose(m: Matrix): Matrix {
  const { rows, columns, data } = requireMatrix("转置", m), turned = zeros(columns, rows);
  for (let i = 0, cell = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, cell++) turned.data[j * rows + i] = data[cell]!;
  }
  return turned;
}

/** 至少一块；交回第一块。 */
function checked(doing: string, blocks: readonly Matrix[]): Matrix {
  if (!Array.isArray(blocks) || blocks.length === 0) throw new ShapeError(doing, "至少一块（矩阵的数组）", blocks);
  return requireMatrix(doing, blocks[0]!);
}
