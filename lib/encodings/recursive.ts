/**
 * 递归式（recursive）：下一个位置的向量由上一个算出来，p_{k+1} = f(p_k)。
 *
 * f 不必是学出来的：f 是“转一个角度”，得到的就是三角式。FLOATER 把一步变成解一小段微分方程，见 `floater.ts`。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { positionRows } from "@lib/encodings/learned.ts";
import { requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { add, type Matrix, row, zeros } from "@lib/matrix.ts";

/**
 * 递归式的设置。
 *
 * @example
 * ```ts
 * import { recursive, type RecursiveOptions } from "@lib/encodings/recursive.ts";
 *
 * const options: RecursiveOptions = { first: [1, 0], step: ([x = 0, y = 0]) => [-y, x], length: 64 };
 * recursive(options);
 * ```
 */
export interface RecursiveOptions {
  /** 位置 0 的向量 `[d]`。 */
  readonly first: ArrayLike<number>;
  /** 从位置 k 的向量算出 k + 1 的。 */
  readonly step: (vector: Float64Array, k: number) => ArrayLike<number>;
  /** 算到第几个位置为止（词元）：一个接一个，不能跳着算。 */
  readonly length: number;
}

/**
 * 递归式：x_m → x_m + p_m。
 *
 * @throws {ShapeError} `step` 交回来的个数不对
 * @throws {RangeError} `length` 不是 1 到 2²⁰ 的整数；用的时候位置不是 0 到 length − 1 的整数
 * @source kexue 8130 递归式
 * @example f 是转 1 弧度，就是三角式
 * ```ts
 * import assert from "node:assert/strict";
 * import { recursive } from "@lib/encodings/recursive.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const turn = ([s = 0, c = 0]: Float64Array) => [s * Math.cos(1) + c * Math.sin(1), c * Math.cos(1) - s * Math.sin(1)];
 * const { embed } = recursive({ first: [0, 1], step: turn, length: 8 });
 * const [s, c] = embed!(zeros(1, 2), new Float64Array([7])).data;
 * assert.ok(Math.abs(s! - Math.sin(7)) < 1e-14 && Math.abs(c! - Math.cos(7)) < 1e-14);
 * ```
 */
export function recursive(options: RecursiveOptions): Encoding {
  const table = recursiveTable(options);
  return { name: "recursive", embed: (rows, positions) => add(rows, positionRows("递归式", table, positions)) };
}

/**
 * 一个接一个算出来的表 `[length, d]`。
 *
 * @throws {ShapeError} `step` 不是函数，或交回来的个数不对
 * @throws {RangeError} `length` 不是 1 到 2²⁰ 的整数
 * @source kexue 8130 递归式
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { recursiveTable } from "@lib/encodings/recursive.ts";
 *
 * const doubled = recursiveTable({ first: [1], step: ([x = 0]) => [2 * x], length: 4 });
 * assert.deepEqual([...doubled.data], [1, 2, 4, 8]);
 * ```
 */
export function recursiveTable(options: RecursiveOptions): Matrix {
  const { first, step, length } = requireOptions("造递归式", options);
  if (typeof step !== "function") throw new ShapeError("造递归式", "step 是一个函数", step);
  requireInteger("定递归式的长度", length, 1, 2 ** 20);
  let vector = requireVector("造递归式", first);
  const table = zeros(length, vector.length);
  for (let k = 0; k < length; k++) {
    row(table, k).set(vector);
    if (k + 1 < length) vector = requireVector("造递归式，用 step 的结果", step(vector.slice(), k), table.columns);
  }
  return table;
}
