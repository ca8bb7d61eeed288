/**
 * 矩阵（matrix）：一块连续的双精度数，加上行数和列数。
 *
 * 只放这门课看得见的几样：造一个、取一行、点积、乘。别的数值计算用现成的库。
 *
 * @module
 */
import { requireInteger, ShapeError } from "@lib/errors.ts";

/**
 * 矩阵（matrix）：按行存放，第 `i` 行第 `j` 列在 `data[i * columns + j]`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Matrix, matrix } from "@lib/matrix.ts";
 *
 * const a: Matrix = matrix([[1, 2], [3, 4]]);
 * assert.equal(a.data[1 * a.columns + 0], 3);
 * ```
 */
export interface Matrix {
  /** 行数。 */
  readonly rows: number;
  /** 列数。 */
  readonly columns: number;
  /** `[rows × columns]`，按行。 */
  readonly data: Float64Array;
}

/**
 * 从一行行的数造一个矩阵 `[rows, columns]`。
 *
 * @throws {ShapeError} 各行不一样长
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...matrix([[1, 2], [3, 4]]).data], [1, 2, 3, 4]);
 * assert.throws(() => matrix([[1, 2], [3]]), /需要每行 2 个数/);
 * ```
 */
export function matrix(rows: ReadonlyArray<ArrayLike<number>>): Matrix {
  const columns = rows[0]?.length ?? 0;
  const result = zeros(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) throw new ShapeError("造矩阵", `每行 ${columns} 个数`, row.length);
    result.data.set(row, i * columns);
  });
  return result;
}

/**
 * 全 0 的矩阵 `[rows, columns]`。
 *
 * @throws {RangeError} 行数或列数不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { zeros } from "@lib/matrix.ts";
 *
 * assert.equal(zeros(2, 3).data.length, 6);
 * ```
 */
export function zeros(rows: number, columns: number): Matrix {
  requireInteger("定行数", rows, 0);
  requireInteger("定列数", columns, 0);
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/**
 * 第 `i` 行，`[columns]`；和原矩阵共用内存，读用，不要写。
 *
 * @throws {RangeError} 行号出界
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, row } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...row(matrix([[1, 2], [3, 4]]), 1)], [3, 4]);
 * assert.throws(() => row(matrix([[1, 2]]), 1), /无法取第 1 行：需要 0 到 0 的行号/);
 * ```
 */
export function row(m: Matrix, i: number): Float64Array {
  if (!(Number.isInteger(i) && i >= 0 && i < m.rows)) {
    throw new RangeError(`无法取第 ${i} 行：需要 0 到 ${m.rows - 1} 的行号：现在是 ${i}`);
  }
  return m.data.subarray(i * m.columns, (i + 1) * m.columns);
}

/**
 * 矩阵乘法（matrix product）：`[n, k] · [k, p] → [n, p]`。
 *
 * @throws {ShapeError} 左边的列数不等于右边的行数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, multiply } from "@lib/matrix.ts";
 *
 * const product = multiply(matrix([[1, 2], [3, 4]]), matrix([[0, 1], [1, 0]]));
 * assert.deepEqual([...product.data], [2, 1, 4, 3]);
 * ```
 */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw new ShapeError("做矩阵乘法", `右边有 ${a.columns} 行`, b.rows);
  const product = zeros(a.rows, b.columns);
  const width = b.columns;
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k]!;
      for (let j = 0; j < width; j++) product.data[i * width + j]! += factor * b.data[k * width + j]!;
    }
  }
  return product;
}

/**
 * 要求 `b` 和 `a` 的行数、列数都相同。
 *
 * @throws {ShapeError} 形状不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, requireSameShape } from "@lib/matrix.ts";
 *
 * requireSameShape("比大小", matrix([[1, 2]]), matrix([[3, 4]]));
 * assert.throws(() => requireSameShape("比大小", matrix([[1, 2]]), matrix([[3]])), /无法比大小：需要 1 行 2 列：现在是 \[1, 1\]/);
 * ```
 */
export function requireSameShape(doing: string, a: Matrix, b: Matrix): void {
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw new ShapeError(doing, `${a.rows} 行 ${a.columns} 列`, [b.rows, b.columns]);
  }
}

/**
 * 逐格相减 `a − b`，三个矩阵都是 `[rows, columns]`。
 *
 * @throws {ShapeError} 形状不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, subtract } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...subtract(matrix([[5, 2]]), matrix([[1, 2]])).data], [4, 0]);
 * ```
 */
export function subtract(a: Matrix, b: Matrix): Matrix {
  requireSameShape("逐格相减", a, b);
  return { ...a, data: a.data.map((value, cell) => value - b.data[cell]!) };
}

/**
 * 每格乘同一个数，`[rows, columns]` 不变。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, scaled } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...scaled(matrix([[1, 2]]), 10).data], [10, 20]);
 * ```
 */
export function scaled(m: Matrix, factor: number): Matrix {
  return { ...m, data: m.data.map((value) => factor * value) };
}

/**
 * 两个矩阵逐格相减后，绝对值最大的那一格（无量纲）。两边都是 `[rows, columns]`。
 * 有一格是 `NaN`，结果就是 `NaN`：坏数不会被悄悄略过。
 *
 * @throws {ShapeError} 形状不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, maxDifference } from "@lib/matrix.ts";
 *
 * assert.equal(maxDifference(matrix([[1, 2]]), matrix([[1, 5]])), 3);
 * ```
 */
export function maxDifference(a: Matrix, b: Matrix): number {
  requireSameShape("逐格比较", a, b);
  // 两格都是 −∞（被掩住的分数）算相等：−∞ − (−∞) 是 NaN，要先挡掉。
  let max = 0;
  for (let cell = 0; cell < a.data.length; cell++) {
    const x = a.data[cell]!, y = b.data[cell]!;
    if (x !== y) max = Math.max(max, Math.abs(x - y));
  }
  return max;
}
