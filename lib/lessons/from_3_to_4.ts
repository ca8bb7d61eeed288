/**
 * 第 20 课用的东西：8130(3) 到 8130(4) 的材料，三道练习的判分。
 *
 * @module
 */
import { requireInteger } from "@lib/errors.ts";
import { attention } from "@lib/attention.ts";
import { clipDistance, shaw } from "@lib/encodings/shaw.ts";
import { type Matrix, matrix, row, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 一句话和三个投影矩阵（material）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Material, material } from "@lib/lessons/from_3_to_4.ts";
 *
 * const { W }: Material = material({ L: 4, d: 8, seed: 1 });
 * assert.equal(W.query.rows, 8);
 * ```
 */
export interface Material {
  /** 词元 `[L, d]`。 */
  readonly x: Matrix;
  /** 投影矩阵，各 `[d, d]`，用法是“词元 @ W”。 */
  readonly W: { readonly query: Matrix; readonly key: Matrix; readonly value: Matrix };
}

/**
 * 随机的词元和投影矩阵，没有训练过，数由 `seed` 定死。投影的标准差是 1/√d，乘完每个分量还是 1 上下。
 *
 * @throws {RangeError} L、d 不是正整数，种子不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { material } from "@lib/lessons/from_3_to_4.ts";
 *
 * assert.deepEqual(material({ L: 4, d: 8, seed: 1 }).W, material({ L: 9, d: 8, seed: 1 }).W); // 换长度，投影不变
 * ```
 */
export function material({ L, d, seed }: { L: number; d: number; seed: number }): Material {
  assertKnobs();
  requireInteger("造一句话", L, 1);
  const [query, key, value] = [1, 2, 3].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d)));
  return { x: normalMatrix(L, d, seed), W: { query: query!, key: key!, value: value! } };
}

/**
 * 转置（transpose）：行变列。
 *
 * @param m `[r, c]`
 * @returns `[c, r]`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { transposed } from "@lib/lessons/from_3_to_4.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(transposed(matrix([[1, 2, 3], [4, 5, 6]])), matrix([[1, 4], [2, 5], [3, 6]]));
 * ```
 */
export function transposed(m: Matrix): Matrix {
  const result = zeros(m.columns, m.rows);
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < m.columns; j++) result.data[j * m.rows + i] = m.data[i * m.columns + j]!;
  }
  return result;
}

/**
 * 这句话里留哪些位置：`length` 不超过 512 就全留；再长，只留均匀取的 33 个词元，位置还是它们原来的。
 *
 * 一个分数只和两个词元有关，别的词元不在也不变；头尾的距离照样有 `length` − 1 那么远。
 *
 * @returns 位置，从小到大
 * @throws {RangeError} 长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keptPositions } from "@lib/lessons/from_3_to_4.ts";
 *
 * assert.deepEqual(keptPositions(4), [0, 1, 2, 3]);
 * assert.deepEqual([keptPositions(8192).length, keptPositions(8192).at(-1)], [33, 8191]);
 * ```
 */
export function keptPositions(length: number): number[] {
  assertKnobs();
  requireInteger("留下几个词元", length, 1);
  if (length <= 512) return Array.from({ length }, (_, m) => m);
  console.log(`L = ${length} 超过 512：只留均匀取的 33 个词元，位置还是它们原来的，从 0 到 ${length - 1}。`);
  return Array.from({ length: 33 }, (_, n) => Math.floor(n * (length - 1) / 32));
}

/**
 * 查哪个向量（clipped indices）：位置 i 看位置 j，用距离 clip(i − j, −k, k) 的那一个。
 *
 * @param positions 位置 `[n]`
 * @param clip 截断距离 k（词元）
 * @returns `[n, n]`
 * @throws {RangeError} k 不是非负整数
 * @source kexue 8130(6)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clippedDistances } from "@lib/lessons/from_3_to_4.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(clippedDistances([0, 1, 5], 2), matrix([[0, -1, -2], [1, 0, -2], [2, 2, 0]]));
 * ```
 */
export function clippedDistances(positions: readonly number[], clip: number): Matrix {
  return matrix(positions.map((i) => positions.map((j) => clipDistance(i - j, clip))));
}

/**
 * 练习 1（手算）的判分：6 个词元、k = 2，36 格里有几格的距离被截断了（|i − j| > 2）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clippedProperties } from "@lib/lessons/from_3_to_4.ts";
 *
 * assert.ok(clippedProperties.every(({ measure }) => measure(12) === 0));
 * ```
 */
export const clippedProperties: ReadonlyArray<Property<number>> = [
  {
    name: "过去和将来一样多，是偶数",
    measure: (cells) => cells % 2,
    bound: 0,
    hint: "i 看 j 和 j 看 i 各算一格",
  },
  {
    name: "和一格一格数出来的一样",
    measure: (cells) => cells - clippedCells(6, 2),
    bound: 0,
    hint: "量到的是你多数（或少数）了几格。距离正好是 2 的没被截断，3、4、5 的才算",
  },
];

function clippedCells(length: number, clip: number): number {
  const all = Array.from({ length }, (_, i) => i);
  return all.flatMap((i) => all.filter((j) => clipDistance(i - j, clip) !== i - j)).length;
}

/**
 * 练习 2（改参数）的判分：L = 12 时，k 最小是几，没有一格被截断。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { smallestClipProperties } from "@lib/lessons/from_3_to_4.ts";
 *
 * assert.ok(smallestClipProperties[0]!.measure(3) > 0);
 * ```
 */
export const smallestClipProperties: ReadonlyArray<Property<number>> = [
  {
    name: "没有一格被截断",
    measure: (clip) => clippedCells(12, clip),
    bound: 0,
    hint: "量到的是还有几格被截断。12 个词元里，最远的两个隔几个？",
  },
  {
    name: "再小一点就有了",
    measure: (clip) => clippedCells(12, clip - 1),
    bound: { min: 1 },
    hint: "没有被截断的了，但 k 还能再小",
  },
];

/**
 * 练习 3 的答案的样子：查询、键、表、i、j 进去，分数出来；还没写就是 `undefined`。表的第 `t + k` 行是距离 t 的向量。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { RelativeScore } from "@lib/lessons/from_3_to_4.ts";
 *
 * const blank: RelativeScore = () => undefined;
 * assert.equal(blank([1], [1], [[0]], 0, 0), undefined);
 * ```
 */
export type RelativeScore = (
  q: number[],
  k: number[],
  table: number[][],
  i: number,
  j: number,
) => number | undefined;

/**
 * 练习 3（写代码）的判分：自己写 8130(4) 里 softmax 前面的那个数，截断照 8130(6)。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { relativeScoreProperties } from "@lib/lessons/from_3_to_4.ts";
 *
 * const contentOnly = (q: number[], k: number[]) => q.reduce((sum, x, c) => sum + x * k[c]!, 0);
 * assert.ok(Math.abs(relativeScoreProperties[2]!.measure(contentOnly)) > 0.1); // 没加位置
 * ```
 */
export const relativeScoreProperties: ReadonlyArray<Property<RelativeScore>> = [
  {
    name: "i、j 一起加 100，分数不变",
    measure: (score) => worst((i, j, n) => scored(score, i, j, n) - scored(score, i + 100, j + 100, n)),
    bound: 1e-12,
    hint: "只能用 i − j，不能单独用 i 或 j",
  },
  {
    name: "比 k 远的，和隔 k 个一样",
    measure: (score) => scored(score, 9, 0, 0) - scored(score, 2, 0, 0),
    bound: 1e-12,
    hint: "先把 i − j 截断到 −k 和 k 之间，再查表；k 是 (行数 − 1) / 2",
  },
  {
    name: "和 Shaw 的注意力算出来的一样",
    measure: (score) => worst((i, j, n) => scored(score, i, j, n) - reference(i, j, n)),
    bound: 1e-9,
    hint: "向量先加到键上，再和查询做点积，不除以 √d。过去的距离是正数（i − j），在表的后半",
  },
];

const table = normalMatrix(5, 3, 31), queries = normalMatrix(6, 3, 32), keys = normalMatrix(6, 3, 33);
const list = (m: Matrix, i: number) => [...row(m, i % m.rows)];

/** 第 n 份内容放在位置 i 和 j，学习者的分数。 */
function scored(score: RelativeScore, i: number, j: number, n: number): number {
  const all = Array.from({ length: table.rows }, (_, t) => list(table, t));
  const value = tried(() => score(list(queries, n), list(keys, n), all, i, j));
  if (typeof value !== "number") throw new TypeError("需要返回一个数");
  return value;
}

/** 忘了截断，查到的是 undefined，内核会用英文抱怨：换成一句能照着改的。 */
function tried<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RangeError("查表出界了：先把 i − j 截断到 −k 和 k 之间，k 是 (行数 − 1) / 2");
  }
}

function reference(i: number, j: number, n: number): number {
  const [q, k] = [list(queries, n), list(keys, n)];
  const input = { queries: matrix([q]), keys: matrix([k]), values: matrix([k]), queryPositions: [i], positions: [j] };
  return attention({ ...input, encoding: { ...shaw(table), scale: () => 1 } }).scores.data[0]!;
}

/** 36 格里差得最多的一格；有 `NaN` 就给 `NaN`，不会混过去。 */
function worst(difference: (i: number, j: number, n: number) => number): number {
  const cells = Array.from({ length: 36 }, (_, n) => Math.abs(difference(Math.floor(n / 6), n % 6, n)));
  return cells.reduce((max, value) => value > max || Number.isNaN(value) ? value : max, 0);
}
