/**
 * 照着式子算（formula）：式子写成一行字，和文章里印的一样，交给 mathjs 算。
 *
 * 这是另一条路：矩阵乘法、转置、复数都用 mathjs 自己的，不碰 `lib/matrix.ts` 和 `lib/attention.ts`。
 * 两条路算出同一个数，才说明库里写的就是那个式子。
 *
 * 写法：`'` 是转置（复数时连共轭），`*` 是矩阵乘，`.*` 是逐格乘，`i` 是虚数单位。式子里另有两个函数：
 * `softmax(S)` 一行一行地归一，`paired(v)` 把相邻两个实数合成一个复数。
 *
 * @module
 */
import * as mathjs from "mathjs";
import { ShapeError } from "@lib/errors.ts";
import { type Matrix, matrix } from "@lib/matrix.ts";

/**
 * 式子里的字母（scope）：数、矩阵 `[rows, columns]`，或一行数（当作 `[1, n]` 的矩阵）。
 *
 * @example
 * ```ts
 * import type { Letters } from "@lib/notebook/formula.ts";
 *
 * const letters: Letters = { n: 2, θ: 0.5, x: [1, 2] };
 * ```
 */
export type Letters = Readonly<Record<string, number | Matrix | ArrayLike<number>>>;

/**
 * 算一个结果是实矩阵的式子；结果是一个数，就是 `[1, 1]`。
 *
 * @throws {ShapeError} 结果不是实数的矩阵
 * @throws {Error} mathjs 读不懂式子，或形状对不上
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formula } from "@lib/notebook/formula.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 2], [3, 4]]);
 * assert.deepEqual([...formula("x * x'", { x }).data], [5, 11, 11, 25]);
 * ```
 */
export function formula(text: string, letters: Letters): Matrix {
  const rows = evaluated(text, letters);
  if (!rows.every((row) => row.every((cell) => typeof cell === "number"))) {
    throw new ShapeError(`算 ${text}`, "结果是实数", rows);
  }
  return matrix(rows as number[][]);
}

/**
 * 算一个结果是一个实数的式子。
 *
 * @throws {ShapeError} 结果不是一个实数
 * @throws {Error} mathjs 读不懂式子，或形状对不上
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scalar } from "@lib/notebook/formula.ts";
 *
 * assert.equal(scalar("re((1 + 2 * i) * conj(3 - i))", {}), 1); // (1 + 2i)(3 + i) = 1 + 7i
 * assert.equal(scalar("q * k'", { q: [1, 2], k: [3, 4] }), 11);
 * ```
 */
export function scalar(text: string, letters: Letters): number {
  const { rows, columns, data } = formula(text, letters);
  if (rows !== 1 || columns !== 1) throw new ShapeError(`算 ${text}`, "结果是一个数", [rows, columns]);
  return data[0]!;
}

/**
 * 算一个结果是复数的式子，一个复数写成相邻的两个实数 `[rows, 2·columns]`：和库里“相邻两维一对”的排法一样。
 *
 * @throws {Error} mathjs 读不懂式子，或形状对不上
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexFormula } from "@lib/notebook/formula.ts";
 *
 * const { data } = complexFormula("e .^ (i * m * θ)", { m: 2, θ: [1, 0.5] });
 * assert.deepEqual([...data].map((x) => x.toFixed(4)), ["-0.4161", "0.9093", "0.5403", "0.8415"]);
 * ```
 */
export function complexFormula(text: string, letters: Letters): Matrix {
  const parts = (cell: Cell) => typeof cell === "number" ? [cell, 0] : [cell.re, cell.im];
  return matrix(evaluated(text, letters).map((row) => row.flatMap(parts)));
}

/** 一格：实数或复数。 */
type Cell = number | { readonly re: number; readonly im: number };

function evaluated(text: string, letters: Letters): Cell[][] {
  const scope = Object.fromEntries(Object.entries(letters).map(([name, value]) => [name, nested(value)]));
  const value: unknown = mathjs.evaluate(text, { softmax, paired, ...scope });
  const plain = mathjs.isMatrix(value) ? value.toArray() : value;
  if (!Array.isArray(plain)) return [[plain as Cell]];
  return (Array.isArray(plain[0]) ? plain : [plain]) as Cell[][];
}

/** 换成 mathjs 的矩阵，一行数换成一行的矩阵；给它数组的数组，每乘一次它都要先抄一遍。 */
function nested(value: number | Matrix | ArrayLike<number>): number | mathjs.Matrix {
  if (typeof value === "number") return value;
  if (!("rows" in value)) return mathjs.matrix([Array.from(value)]);
  const { rows, columns, data } = value;
  return mathjs.matrix(
    Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * columns, (r + 1) * columns))),
  );
}

/** 一行一行地归一，照定义写：e 的 s 次方除以一行之和。 */
function softmax(scores: mathjs.Matrix): mathjs.Matrix {
  return mathjs.matrix((scores.toArray() as number[][]).map((row) => {
    const powers = row.map(Math.exp), sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  }));
}

/** 相邻两个实数合成一个复数。 */
function paired(reals: mathjs.Matrix): mathjs.Matrix {
  return mathjs.matrix(
    (reals.toArray() as number[][]).map((row) =>
      Array.from({ length: row.length / 2 }, (_, c) => mathjs.complex(row[2 * c]!, row[2 * c + 1]!))
    ),
  );
}
