/**
 * 第 02 课（给老师）用的东西：板书那一页，票数记录，和三道练习的判分。
 *
 * @module
 */
import { attention } from "@lib/attention.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rope } from "@lib/encodings/rope.ts";
import { explain, requireInteger, requireNumber } from "@lib/errors.ts";
import { turningPairs } from "@lib/lessons/four_tokens.ts";
import { type Matrix, matrix, row, scaled, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { drawArrows } from "@lib/plots/arrows.ts";
import { drawMatrix } from "@lib/plots/matrix.ts";
import type { Picture } from "@lib/plots/picture.ts";

/**
 * 板书上的四个矩阵，内容都一样，剩下的全是位置：距离、ALiBi 扣的数、softmax 以后的权重、RoPE 的分数乘回 √2。
 *
 * @param L 黑板上写几个词元，2 到 6
 * @throws {RangeError} 不是 2 到 6 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { board } from "@lib/lessons/two_lessons.ts";
 * import { row } from "@lib/matrix.ts";
 *
 * const { bias, weights } = board(4);
 * assert.deepEqual([...row(bias, 3)], [-1.5, -1, -0.5, 0]);
 * assert.deepEqual([...row(weights, 3)].map((w) => w.toFixed(4)), ["0.1015", "0.1674", "0.2760", "0.4551"]);
 * ```
 */
export function board(L: number): { distances: Matrix; bias: Matrix; weights: Matrix; turned: Matrix } {
  assertKnobs();
  requireInteger("写板书", L, 2, 6);
  const blank = zeros(L, 2), ones = matrix(Array.from({ length: L }, () => [1, 0]));
  const ladder = attention({ queries: blank, keys: blank, values: blank, encoding: alibi(1 / 2), causal: true });
  const turning = attention({ queries: ones, keys: ones, values: ones, encoding: rope({ dimension: 2 }) });
  return {
    distances: turning.distances,
    bias: ladder.scores,
    weights: ladder.weights,
    turned: scaled(turning.scores, Math.SQRT2),
  };
}

/**
 * 板书里的图，从上到下三张：距离和扣的数，权重和 RoPE 的分数，两根转着的箭头。
 *
 * @param L 黑板上写几个词元，2 到 6
 * @throws {RangeError} 不是 2 到 6 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { boardPictures } from "@lib/lessons/two_lessons.ts";
 *
 * assert.equal(boardPictures(4).length, 3);
 * ```
 */
export function boardPictures(L: number): [Picture, Picture, Picture] {
  const { distances, bias, weights, turned } = board(L);
  const axes = "行：在看的　列：被看的";
  return [
    drawMatrix([{ title: "隔几个 i − j", matrix: distances, axes, color: "distance" }, {
      title: "① 加：每远一格扣半分（softmax 之前）",
      matrix: bias,
      axes,
    }], { says: "左边是距离，右边是 ALiBi 扣的数", height: 300 }),
    drawMatrix([{ title: "① 扣完 softmax，就是权重", matrix: weights, axes }, {
      title: "② 转：cos(i − j)，什么也不加",
      matrix: turned,
      axes,
    }], { says: "左边是权重，右边是 RoPE 的分数", height: 300 }),
    drawArrows(turningPairs(Math.min(L, 4), 2), { says: "查询和键各自转，隔两格，夹角始终是 2 弧度" }),
  ];
}

/**
 * 一次投票（poll）：每个选项的票数，讨论前和讨论后。
 *
 * @example
 * ```ts
 * import type { Poll } from "@lib/lessons/two_lessons.ts";
 *
 * const poll: Poll = { right: "B", before: { A: 12, B: 8, C: 10 }, after: { A: 3, B: 25, C: 2 } };
 * ```
 */
export interface Poll {
  /** 哪个选项对。 */
  readonly right: string;
  /** 讨论前的票数。 */
  readonly before: Readonly<Record<string, number>>;
  /** 讨论后的票数。 */
  readonly after: Readonly<Record<string, number>>;
}

/**
 * 投票记录，一次一行，交给 `table`：投对的占几成，讨论前后；还能提高的那部分，提高了几成。
 *
 * @throws {RangeError} 票数不是非负整数，或对的那个不在选项里
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pollRows } from "@lib/lessons/two_lessons.ts";
 *
 * const vote = { right: "B", before: { A: 5, B: 5 }, after: { A: 1, B: 9 } };
 * assert.deepEqual(pollRows({ 票: vote }), [{ 投票: "票", 讨论前投对: "50 %", 讨论后投对: "90 %", 还能提高的提高了: "80 %" }]);
 * ```
 */
export function pollRows(polls: Readonly<Record<string, Poll>>): Array<Record<string, string>> {
  return Object.entries(polls).map(([name, { right, before, after }]) => {
    const [from, to] = [before, after].map((votes) => share(name, votes, right));
    const words = (value: number | undefined) => value === undefined ? "还没投" : `${Math.round(100 * value)} %`;
    const gained = from === undefined || to === undefined || from === 1 ? undefined : gain(from, to);
    return {
      投票: name,
      讨论前投对: words(from),
      讨论后投对: words(to),
      还能提高的提高了: gained === undefined ? "—" : words(gained),
    };
  });
}

/** 投对的占几成；一票也没有就是 `undefined`。 */
function share(name: string, votes: Readonly<Record<string, number>>, right: string): number | undefined {
  if (!(right in votes)) {
    throw new RangeError(explain(`记“${name}”`, `对的是 ${Object.keys(votes).join("、")} 之一`, right));
  }
  const counts = Object.values(votes).map((count) => requireInteger(`记“${name}”的票数`, count, 0));
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all === 0 ? undefined : votes[right]! / all;
}

/**
 * 还能提高的那部分，提高了几成（normalized gain）：(后 − 前) / (1 − 前)，退步是负的。
 *
 * @param before 讨论前投对的占几成，0 到 1，不含 1
 * @param after 讨论后投对的占几成，0 到 1
 * @throws {RangeError} 不在范围里
 * @source R. R. Hake, American Journal of Physics 66, 64 (1998)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gain } from "@lib/lessons/two_lessons.ts";
 *
 * assert.equal(gain(0.5, 0.75), 0.5);
 * ```
 */
export function gain(before: number, after: number): number {
  requireNumber("算提高了几成", before, "讨论前投对的占 0 到 1（不含 1）", (value) => value >= 0 && value < 1);
  requireNumber("算提高了几成", after, "讨论后投对的占 0 到 1", (value) => value >= 0 && value <= 1);
  return (after - before) / (1 - before);
}

/**
 * 练习 1（手算）的判分：板书第二张表最后一行，四个词元，扣的数加起来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/two_lessons.ts";
 *
 * assert.equal(handProperties[1]!.measure(-3), 0);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  { name: "扣分，所以不是正的", measure: (answer) => answer, bound: { max: 0 }, hint: "是扣，写成负数" },
  {
    name: "和跑出来的最后一行之和差",
    measure: (answer) => answer - row(board(4).bias, 3).reduce((sum, value) => sum + value, 0),
    bound: 1e-9,
    hint: "第 4 个词元看前三个和自己：隔 3、2、1、0 格，每格半分",
  },
];

/**
 * 练习 2（改参数）的判分：几个词元时，不同的距离（前后都看）有 11 个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lengthProperties } from "@lib/lessons/two_lessons.ts";
 *
 * assert.equal(lengthProperties[0]!.measure(4), -4); // 4 个词元只有 7 个距离
 * ```
 */
export const lengthProperties: ReadonlyArray<Property<number>> = [
  {
    name: "数出来的不同的距离，比 11 多几个",
    measure: (L) => new Set(board(L).distances.data).size - 11,
    bound: 0,
    hint: "把最上面的 L 改大一个，看“不同的距离”那一格的数怎么变",
  },
];

/** 练习 3 要写的：从讨论前后投对的占几成，算提高了几成。 */
export type Gain = (before: number, after: number) => number | undefined;

/**
 * 练习 3（写代码）的判分：提高了几成。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gain, gainProperties } from "@lib/lessons/two_lessons.ts";
 *
 * assert.ok(gainProperties.every(({ measure }) => Math.abs(measure(gain)) < 1e-12));
 * ```
 */
export const gainProperties: ReadonlyArray<Property<Gain>> = [
  { name: "一点没变，提高", measure: (f) => f(0.3, 0.3) ?? NaN, bound: 1e-9, hint: "分子是后面减前面" },
  {
    name: "全投对了，离 1 差",
    measure: (f) => (f(0.3, 1) ?? NaN) - 1,
    bound: 1e-9,
    hint: "分母是还能提高的：1 减讨论前",
  },
  { name: "退步了，和 −1 差", measure: (f) => (f(0.5, 0) ?? NaN) + 1, bound: 1e-9, hint: "退步要是负的，别取绝对值" },
  {
    name: "从三成到六成五，和一半差",
    measure: (f) => (f(0.3, 0.65) ?? NaN) - 0.5,
    bound: 1e-9,
    hint: "除以 1 减讨论前，不是除以讨论前",
  },
];
