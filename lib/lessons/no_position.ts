/**
 * 第 10 课用的东西：把汉字变成向量，叠几层没有位置编码的注意力，三道练习的判分。
 *
 * @module
 */
import { attention } from "@lib/attention.ts";
import { explain, requireInteger } from "@lib/errors.ts";
import { add, gather, type Matrix, matrix, maxDifference, row } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { normalMatrix, uniformMatrix } from "@lib/random.ts";

/**
 * 一句话的头 `length` 个字：“屡战屡败”一遍一遍地往下写。
 *
 * @throws {RangeError} 长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sentence } from "@lib/lessons/no_position.ts";
 *
 * assert.deepEqual(sentence(6), ["屡", "战", "屡", "败", "屡", "战"]);
 * ```
 */
export function sentence(length: number): string[] {
  assertKnobs();
  requireInteger("写一句话", length, 1);
  return Array.from({ length }, (_, m) => "屡战屡败"[m % 4]!);
}

/**
 * 对换“战”和“败”：新句子的第 m 个字，是原来的第几个。“屡战屡败”变成“屡败屡战”；不到四个字，就对换最后两个。
 *
 * @returns `[length]` 行号，从 0 数；凑不成一对的不动
 * @throws {RangeError} 长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { exchanged } from "@lib/lessons/no_position.ts";
 *
 * assert.deepEqual(exchanged(4), [0, 3, 2, 1]);
 * assert.deepEqual(exchanged(2), [1, 0]);
 * ```
 */
export function exchanged(length: number): number[] {
  assertKnobs();
  requireInteger("对换战和败", length, 1);
  const order = Array.from({ length }, (_, m) => m);
  if (length < 4) return [...order.slice(0, -2), ...order.slice(-2).toReversed()];
  return order.map((m) => m % 4 === 1 && m + 2 < length ? m + 2 : m % 4 === 3 ? m - 2 : m);
}

/**
 * 把字变成向量（embedding）：同一个字总是同一个向量，不同的字不同。没有训练过，数由 `seed` 定死。
 *
 * @param text 一个字一个词元
 * @returns `[n, d]`，n 是字数
 * @throws {RangeError} 一个字也没有，或维数、种子不是整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { characters } from "@lib/lessons/no_position.ts";
 * import { row } from "@lib/matrix.ts";
 *
 * const x = characters("屡战屡败", { d: 8, seed: 1 });
 * assert.deepEqual(row(x, 0), row(x, 2));
 * assert.notDeepEqual(row(x, 1), row(x, 3));
 * ```
 */
export function characters(text: Iterable<string>, { d, seed }: { d: number; seed: number }): Matrix {
  assertKnobs();
  const letters = [...text];
  if (letters.length === 0) throw new RangeError(explain("把字变成向量", "至少一个字", "空的"));
  // 每个字自己的种子：课的种子在高位，字的编号（小于 2²¹）在低位，两个字不会撞上。
  const own = (c: string) => (seed * 2 ** 21 + c.codePointAt(0)!) % 2 ** 32;
  const vectors = new Map(letters.map((c) => [c, normalMatrix(1, d, own(c)).data]));
  return matrix(letters.map((c) => [...vectors.get(c)!]));
}

/**
 * 叠几层注意力（a stack of layers），没有位置编码：每层用自己的三个随机矩阵，输出加回词元，交给下一层。
 *
 * @param tokens 词元 `[n, d]`
 * @param settings `layers` 几层，`causal` 盖不盖因果掩码，`seed` 随机种子
 * @returns 最后一层之后的词元 `[n, d]`
 * @throws {RangeError} 层数不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { characters, stacked } from "@lib/lessons/no_position.ts";
 *
 * const x = characters("你好", { d: 4, seed: 1 });
 * assert.deepEqual(stacked(x, { layers: 0, causal: true, seed: 1 }), x);
 * assert.equal(stacked(x, { layers: 2, causal: true, seed: 1 }).rows, 2);
 * ```
 */
export function stacked(
  tokens: Matrix,
  { layers, causal, seed }: { layers: number; causal: boolean; seed: number },
): Matrix {
  requireInteger("叠几层", layers, 0);
  let x = tokens;
  for (let layer = 0; layer < layers; layer++) {
    x = add(x, attention({ tokens: x, projections: projections(x.columns, seed + 10 * layer), causal }).output);
  }
  return x;
}

/**
 * 一层的三个投影矩阵 `[d, d]`，随机，标准差 1/√d。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { projections } from "@lib/lessons/no_position.ts";
 *
 * assert.deepEqual(Object.keys(projections(4, 1)), ["query", "key", "value"]);
 * ```
 */
export function projections(d: number, seed: number): { query: Matrix; key: Matrix; value: Matrix } {
  const [query, key, value] = [1, 2, 3].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d)));
  return { query: query!, key: key!, value: value! };
}

/**
 * 池化（pooling）：各行加起来除以行数，一句话变成一个向量 `[1, d]`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pooled } from "@lib/lessons/no_position.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(pooled(matrix([[1, 2], [3, 6]])), matrix([[2, 4]]));
 * ```
 */
export function pooled(rows: Matrix): Matrix {
  const sums = Array.from({ length: rows.columns }, () => 0);
  for (let i = 0; i < rows.rows; i++) row(rows, i).forEach((value, c) => sums[c]! += value / rows.rows);
  return matrix([sums]);
}

/**
 * 染色（tinted）：第 m 个词元的每个分量加上 `amount · m`，同一个字在不同位置就不再是同一个向量。
 *
 * @param tokens `[n, d]`
 * @source kexue 8231(3)，p_m 取最简单的一种
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tinted } from "@lib/lessons/no_position.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(tinted(matrix([[1, 2], [1, 2]]), 0.5), matrix([[1, 2], [1.5, 2.5]]));
 * ```
 */
export function tinted(tokens: Matrix, amount: number): Matrix {
  const { columns, data } = tokens;
  return { ...tokens, data: data.map((value, at) => value + amount * Math.floor(at / columns)) };
}

/**
 * 等变的残差（equivariance residual）：先换序再算，和先算再换序，输出最多差多少。0 就是“跟着字走”。
 *
 * @param f 一句话 `[n, d]` 进去，每个字的输出 `[n, dv]` 出来
 * @param tokens `[n, d]`
 * @param order 新的第 m 个字原来在第几个 `[n]`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { orderResidual, tinted } from "@lib/lessons/no_position.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2]]);
 * assert.equal(orderResidual((rows) => rows, x, [1, 0]), 0);
 * assert.equal(orderResidual((rows) => tinted(rows, 0.5), x, [1, 0]), 0.5);
 * ```
 */
export function orderResidual(f: (tokens: Matrix) => Matrix, tokens: Matrix, order: readonly number[]): number {
  return maxDifference(f(gather(tokens, order)), gather(f(tokens), order));
}

/**
 * 随便打乱（shuffle）：每个位置取一个随机数，按大小排。
 *
 * @param length 几个，正整数
 * @returns `[length]`，0 到 length − 1 各一次
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shuffled } from "@lib/lessons/no_position.ts";
 *
 * assert.deepEqual(shuffled(5, 1).toSorted(), [0, 1, 2, 3, 4]);
 * ```
 */
export function shuffled(length: number, seed: number): number[] {
  assertKnobs();
  requireInteger("打乱", length, 1);
  const keys = uniformMatrix(1, length, seed, 1).data;
  return Array.from(keys, (_, m) => m).toSorted((a, b) => keys[a]! - keys[b]!);
}

/**
 * 打乱最前面两个字，`layers` 层以后，最后一个字的输出最多变多少。
 *
 * @param settings 句子几个字（至少 3 个：两个对换，一个看着），维数、层数、盖不盖因果掩码、种子
 * @throws {RangeError} 不到三个字
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { prefixEffect } from "@lib/lessons/no_position.ts";
 *
 * assert.ok(prefixEffect({ length: 4, d: 8, layers: 1, causal: true, seed: 1 }) < 1e-12);
 * assert.ok(prefixEffect({ length: 4, d: 8, layers: 2, causal: true, seed: 1 }) > 1e-3);
 * ```
 */
export function prefixEffect(
  { length, d, layers, causal, seed }: { length: number; d: number; layers: number; causal: boolean; seed: number },
): number {
  requireInteger("打乱最前面两个字，看最后一个字", length, 3);
  const order = Array.from({ length }, (_, m) => m < 2 ? 1 - m : m);
  const before = characters(sentence(length), { d, seed }), after = gather(before, order);
  const last = (x: Matrix) => gather(stacked(x, { layers, causal, seed }), [length - 1]);
  return maxDifference(last(before), last(after));
}

/**
 * 练习 1（手算）的判分：屡 = (1, 0)，战 = (0, 2)，不投影；“屡战屡”里，“战”看第一个“屡”的权重。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/no_position.ts";
 *
 * assert.ok(Math.abs(handProperties[1]!.measure(1 / (2 + Math.exp(4 / Math.SQRT2)))) < 1e-12);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "两个“屡”一样，加起来不到一半",
    measure: (weight) => 2 * weight,
    bound: { min: 0, max: 0.5 },
    hint: "问的是看第一个“屡”，不是看自己：“战”和自己的点积是 4，和“屡”的点积是 0，多半的权重在自己身上",
  },
  {
    name: "和真的跑一遍注意力一样",
    measure: (weight) => weight - middleWeight(),
    bound: 0.0006,
    hint: "分数是点积除以 √d，这里 d = 2；再取 e 的幂，除以一行的和",
  },
];

function middleWeight(): number {
  const x = matrix([[1, 0], [0, 2], [1, 0]]);
  return row(attention({ queries: x, keys: x, values: x }).weights, 1)[0]!;
}

/**
 * 练习 2（改参数）的判分：盖上因果掩码，最少几层，最后一个字才看得出前两个字换了序。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { layersProperties } from "@lib/lessons/no_position.ts";
 *
 * assert.ok(layersProperties[0]!.measure(1) < 1e-12);
 * ```
 */
export const layersProperties: ReadonlyArray<Property<number>> = [
  {
    name: "叠这么多层，看得出换了序",
    measure: (layers) => prefixEffect({ length: 8, d: 8, layers, causal: true, seed: 1 }),
    bound: { min: 1e-6 },
    hint: "量到的是最后一个字的输出变了多少；还是 0，说明层数不够",
  },
  {
    name: "再少一层就看不出",
    measure: (layers) => prefixEffect({ length: 8, d: 8, layers: layers - 1, causal: true, seed: 1 }),
    bound: 1e-9,
    hint: "看得出，但层数还能再少",
  },
];

/**
 * 练习 3 的答案的样子：一个函数 f、一些行、一个次序进去，“先换序再算”和“先算再换序”的最大差出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Residual } from "@lib/lessons/no_position.ts";
 *
 * const blank: Residual = () => undefined;
 * assert.equal(blank((rows) => rows, [[1], [2]], [1, 0]), undefined);
 * ```
 */
export type Residual = (
  f: (rows: number[][]) => number[][],
  rows: number[][],
  order: number[],
) => number | undefined;

/**
 * 练习 3（写代码）的判分：自己写一只量“等变”的表。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { residualProperties } from "@lib/lessons/no_position.ts";
 *
 * assert.equal(residualProperties[0]!.measure(() => 0), 0);
 * assert.ok(residualProperties[2]!.measure(() => 0) === 0); // 一只永远报 0 的表，过不了后面几条
 * ```
 */
export const residualProperties: ReadonlyArray<Property<Residual>> = [
  {
    name: "什么也不做的函数，残差是 0",
    measure: (residual) => measured(residual, (rows) => rows),
    bound: 1e-12,
    hint: "要比的是 f(换序后的行) 和 换序后的 f(行)，两边换的是同一个次序；不是和 f(行) 比",
  },
  {
    name: "没有位置的注意力，残差是 0",
    measure: (residual) => measured(residual, (rows) => attend(rows, false)),
    bound: 1e-12,
    hint: "输出是跟着换位置，不是不变：右边是换了序的 f(行)",
  },
  {
    name: "盖上因果掩码，残差不是 0",
    measure: (residual) => measured(residual, (rows) => attend(rows, true)),
    bound: { min: 1e-3 },
    hint: "残差要取所有行、所有分量里最大的绝对值，别只看一行",
  },
  {
    name: "只在第 2 个分量上减去行号的平方，残差就是行号的平方最多差几",
    measure: (residual) =>
      measured(residual, (rows) => rows.map(([x, y, z], m) => [x!, y! - m ** 2, z!])) - farthestMove,
    bound: 1e-12,
    hint: "差得最多的在最后一行的第 2 个分量，而且是负的：每行每个分量都要看，取绝对值，再取最大的",
  },
];

/** 后三个转一圈：次序用反了会露馅。动得最远的是最后一行，差是负的：只看开头、不取绝对值也会露馅。 */
const trial = [1, 0, 2, 4, 5, 3];
const farthestMove = Math.max(...trial.map((from, m) => Math.abs(from ** 2 - m ** 2)));

function measured(residual: Residual, f: (rows: number[][]) => number[][]): number {
  const rows = Array.from({ length: trial.length }, (_, n) => [...normalMatrix(1, 3, 40 + n).data]);
  const found = residual((given) => f(given.map((r) => [...r])), rows.map((r) => [...r]), [...trial]);
  if (typeof found !== "number") throw new TypeError("需要返回一个数");
  return found;
}

function attend(rows: number[][], causal: boolean): number[][] {
  const { output } = attention({ tokens: matrix(rows), projections: projections(rows[0]!.length, 7), causal });
  return rows.map((_, i) => [...row(output, i)]);
}
