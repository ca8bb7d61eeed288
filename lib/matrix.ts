/**
 * 矩阵（matrix）：一块连续的双精度数，加上行数和列数。
 *
 * 只放这门课看得见的几样：造一个、取一行、点积、乘。只要输出、要快的注意力在 `lib/fast_attention.ts`。
 * 数据里的 `NaN` 和 `∞` 放行，照 IEEE 754 往下传；形状和类型不对的，进门就说。
 *
 * @module
 */
import { explain, requireInteger, requireNumber, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";

/**
 * 一块连续的数：双精度，或单精度。全库用双精度；单精度只有“转”和快的注意力收，量速度、喂训练用。
 *
 * @example
 * ```ts
 * import type { Floats } from "@lib/matrix.ts";
 *
 * const single: Floats = new Float32Array(4);
 * ```
 */
export type Floats = Float64Array | Float32Array;

/** 一块最多几个数：2²⁸ 个双精度是 2 GB，再大多半是把长度写错了。 */
const largest = 2 ** 28;

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
export interface Matrix<Data extends Floats = Float64Array> {
  /** 行数。 */
  readonly rows: number;
  /** 列数。 */
  readonly columns: number;
  /** `[rows × columns]`，按行。 */
  readonly data: Data;
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
  const list = (value: unknown) =>
    Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array;
  if (!Array.isArray(rows)) throw new ShapeError("造矩阵", "一行一个数组的数组", rows);
  const other = (given: number[]) => given.findIndex((value) => typeof value !== "number") >= 0; // 空着的也查到
  const odd = rows.find((given) => !list(given) || other(given as number[]));
  if (odd !== undefined || rows.includes(undefined as never)) throw new ShapeError("造矩阵", "每行是一串数", odd);
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
 * @throws {RangeError} 行数或列数不是非负整数，或一共超过 2²⁸ 格
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
  const most = Math.max(rows, columns, rows * columns); // 0 列的也不能有太多行
  if (most > largest) throw new RangeError(explain("造矩阵", `不超过 ${largest} 格`, most));
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/** 不限形状。 */
const anyShape = {};

/**
 * 要求一个双精度矩阵，别的（数组的数组、单精度、形状和数据对不上）拒绝，不悄悄转换。
 *
 * @param shape 要的行数、列数；不写就不限
 * @throws {ShapeError} 不是矩阵，或形状不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix, requireMatrix } from "@lib/matrix.ts";
 *
 * requireMatrix("查表", matrix([[1, 2]]), { columns: 2 });
 * assert.throws(() => requireMatrix("查表", [[1, 2]] as never), /无法查表：需要矩阵（用 matrix 造，数据是 Float64Array）/);
 * assert.throws(() => requireMatrix("查表", matrix([[1, 2]]), { columns: 3 }), /需要 3 列的矩阵：现在是 \[1, 2\]/);
 * ```
 */
export function requireMatrix(doing: string, m: Matrix, shape: { rows?: number; columns?: number } = anyShape): Matrix {
  const size = (n: number) => Number.isInteger(n) && n >= 0 && n <= largest;
  if (!(m?.data instanceof Float64Array) || !size(m.rows) || !size(m.columns) || m.data.length !== m.rows * m.columns) {
    throw new ShapeError(doing, "矩阵（用 matrix 造，数据是 Float64Array）", m);
  }
  if (shape === anyShape) return m;
  const { rows = m.rows, columns = m.columns } = requireOptions(doing, shape);
  if (m.rows !== rows || m.columns !== columns) {
    const wanted = [shape.rows === undefined ? "" : `${rows} 行`, shape.columns === undefined ? "" : `${columns} 列`];
    throw new ShapeError(doing, `${wanted.filter(Boolean).join(" ")}的矩阵`, [m.rows, m.columns]);
  }
  return m;
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
  requireMatrix("取一行", m);
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
  requireMatrix("做矩阵乘法", a);
  requireMatrix("做矩阵乘法", b);
  if (a.columns !== b.rows) throw new ShapeError("做矩阵乘法", `右边有 ${a.columns} 行`, b.rows);
  const product = zeros(a.rows, b.columns), width = b.columns;
  const from = a.data, by = b.data, to = product.data;
  for (let i = 0, cell = 0; i < a.rows; i++) {
    const start = i * width, end = start + width;
    for (let k = 0, other = 0; k < a.columns; k++, cell++) {
      const factor = from[cell]!;
      for (let at = start; at < end; at++, other++) to[at]! += factor * by[other]!;
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
  requireMatrix(doing, a);
  requireMatrix(doing, b);
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
  requireMatrix("给矩阵乘一个数", m);
  requireNumber("给矩阵乘一个数", factor, "一个数", () => true);
  return { ...m, data: m.data.map((value) => factor * value) };
}

/**
 * 逐格相加 `a + b`，三个矩阵都是 `[rows, columns]`。
 *
 * @throws {ShapeError} 形状不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { add, matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...add(matrix([[5, 2]]), matrix([[1, 2]])).data], [6, 4]);
 * ```
 */
export function add(a: Matrix, b: Matrix): Matrix {
  requireSameShape("逐格相加", a, b);
  return { ...a, data: a.data.map((value, cell) => value + b.data[cell]!) };
}

/**
 * 逐行归一（layer normalization），增益 1、平移 0：每行减去均值，除以 √(方差 + 1e-5)，`[rows, columns]` 不变。
 *
 * @throws {ShapeError} 不是矩阵
 * @source Ba et al. arXiv 1607.06450；1e-5 是 PyTorch 的默认
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { layerNorm, matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...layerNorm(matrix([[1, 3]])).data].map((x) => x.toFixed(4)), ["-1.0000", "1.0000"]);
 * ```
 */
export function layerNorm(m: Matrix): Matrix {
  const { rows, columns } = requireMatrix("逐行归一", m), normal = zeros(rows, columns);
  for (let n = 0; n < rows; n++) {
    const from = row(m, n), mean = from.reduce((a, b) => a + b, 0) / columns;
    const variance = from.reduce((a, b) => a + (b - mean) ** 2, 0) / columns;
    row(normal, n).set(from.map((x) => (x - mean) / Math.sqrt(variance + 1e-5)));
  }
  return normal;
}

/**
 * 挑几行（gather）：第 `n` 行是 `m` 的第 `wanted[n]` 行。查表、重排、按桶号取数，都是它。
 *
 * @throws {RangeError} 行号出界
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gather, matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...gather(matrix([[10], [20]]), [1, 1, 0]).data], [20, 20, 10]);
 * ```
 */
export function gather(m: Matrix, wanted: ArrayLike<number>): Matrix {
  requireMatrix("挑几行", m);
  const picked = zeros(requireVector("挑几行", wanted).length, m.columns), { columns, data } = m;
  for (let n = 0; n < wanted.length; n++) {
    const i = wanted[n]!;
    if (!(Number.isInteger(i) && i >= 0 && i < m.rows)) row(m, i); // 借它说错在哪
    for (let c = 0, from = i * columns, to = n * columns; c < columns; c++) picked.data[to + c] = data[from + c]!;
  }
  return picked;
}

/**
 * 点积（dot product）：两个 `[d]` 向量逐个相乘再加起来。
 *
 * @throws {ShapeError} 不是数的数组，或长度不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dot } from "@lib/matrix.ts";
 *
 * assert.equal(dot(new Float64Array([1, 2]), new Float64Array([3, 4])), 11);
 * ```
 */
export function dot(a: Float64Array, b: Float64Array): number {
  for (const one of [a, b]) {
    if (!(one instanceof Float64Array)) throw new ShapeError("做点积", "两个 Float64Array", one);
  }
  if (a.length !== b.length) throw new ShapeError("做点积", `两个 ${a.length} 维向量`, b.length);
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
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
