/**
 * 第 22 课用的东西：内容一样时的权重、有效窗口、几张写好的表、数句号的 CoPE，和三道练习的判分。
 *
 * @module
 */
import { attention, type AttentionTrace, type Projected } from "@lib/attention.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { clipBias } from "@lib/encodings/clip_bias.ts";
import { fire, fireDistance } from "@lib/encodings/fire.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { requireInteger, requireNumber } from "@lib/errors.ts";
import { type Matrix, matrix, row, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";

/** 内容全一样的 `length` 个词元，因果，只算最后一个。 */
function lastRow(encoding: Encoding, length: number): AttentionTrace {
  const same = zeros(requireInteger("摆词元", length, 1), 2);
  return attention({ queries: same, keys: same, values: same, causal: true, encoding, queryRows: [length - 1] });
}

/**
 * 内容全一样时，最后一个词元给各个距离的权重 `[length]`：第 t 个是往回数 t 个的权重，第 0 个是自己。
 *
 * @param encoding 编码
 * @param length 一共几个词元
 * @throws {RangeError} 个数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { weightsBack } from "@lib/lessons/bias_family.ts";
 *
 * assert.deepEqual([...weightsBack(alibi(1 / 2), 4)].map((w) => w.toFixed(4)), ["0.4551", "0.2760", "0.1674", "0.1015"]);
 * ```
 */
export function weightsBack(encoding: Encoding, length: number): Float64Array {
  return row(lastRow(encoding, length).weights, 0).toReversed();
}

/**
 * 最后一个词元，每个距离加了几 `[length]`；减去距离 0 的那个数，因为整行加同一个数，softmax 不变。
 *
 * @param encoding 编码
 * @param length 一共几个词元
 * @throws {RangeError} 个数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipBias } from "@lib/encodings/clip_bias.ts";
 * import { biasBack } from "@lib/lessons/bias_family.ts";
 *
 * assert.deepEqual([...biasBack(clipBias([0, 5, 7]), 4)], [0, 2, 2, 2]);
 * ```
 */
export function biasBack(encoding: Encoding, length: number): Float64Array {
  const added = row(lastRow(encoding, length).terms.positionPosition, 0).toReversed();
  return added.map((b) => b - added[0]!);
}

/**
 * 有效窗口（effective window）：内容全一样时，往回数几个词元（自己算一个），装得下 95 % 的权重。
 *
 * @param encoding 编码
 * @param length 一共几个词元
 * @throws {RangeError} 个数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nope } from "@lib/encoding.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { effectiveWindow } from "@lib/lessons/bias_family.ts";
 *
 * assert.equal(effectiveWindow(alibi(1 / 2), 4096), 6); // 1 − e^(−6/2) = 0.9502
 * assert.equal(effectiveWindow(nope, 100), 95);
 * ```
 */
export function effectiveWindow(encoding: Encoding, length: number): number {
  let sum = 0;
  return weightsBack(encoding, length).findIndex((weight) => (sum += weight) >= 0.95 - 1e-12) + 1;
}

/**
 * 给谁的权重最大：距离（词元）；一样大的取最近的。
 *
 * @throws {RangeError} 个数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { farthestPeak, pointBack } from "@lib/lessons/bias_family.ts";
 *
 * assert.equal(farthestPeak(pointBack(3, 10), 64), 3);
 * ```
 */
export function farthestPeak(encoding: Encoding, length: number): number {
  return lastPeak(lastRow(encoding, length).weights);
}

/**
 * 一张写好的截断表：距离 `back` 的那一个是 `height`，别的都是 0。训练也能学到它。
 *
 * @param back 往回数几个（词元）
 * @param height 那一个数
 * @throws {RangeError} 距离不是正整数，或那个数不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { biasBack, pointBack } from "@lib/lessons/bias_family.ts";
 *
 * assert.deepEqual([...biasBack(pointBack(1, 9), 4)], [0, 9, 0, 0]);
 * ```
 */
export function pointBack(back: number, height: number): Encoding {
  requireInteger("写截断表", back, 1);
  requireNumber("写截断表", height, "有限的数", Number.isFinite);
  const clip = back + 1; // 再远的都查表的最后一个，0
  return clipBias(Float64Array.from({ length: 2 * clip + 1 }, (_, n) => n - clip === back ? height : 0));
}

/**
 * 一个写好的 FIRE：小网络在“门槛以内、距离 `back`”那个输入上最高，两边直线下降。
 *
 * @param back 往回数几个（词元）
 * @param trained 门槛 L（词元）
 * @throws {RangeError} 距离或门槛不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { farthestPeak, fireAt } from "@lib/lessons/bias_family.ts";
 *
 * assert.equal(farthestPeak(fireAt(3, 64), 64), 3);
 * ```
 */
export function fireAt(back: number, trained: number): Encoding {
  for (const n of [back, trained]) requireInteger("写 FIRE", n, 1);
  const top = fireDistance(back, 0, { trained: Math.max(trained, back) });
  return fire({ w1: [1, -1], b1: [-top, top], w2: [-400, -400], b2: 0, trained });
}

/**
 * 写好的 Shaw，d = 2：距离 `first` 的向量是 (10, 0)，距离 `second` 的是 (0, 10)，别的是 0。查询的两维各管一个距离。
 *
 * @throws {RangeError} 距离不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shawTwo } from "@lib/lessons/bias_family.ts";
 *
 * assert.deepEqual([...shawTwo(1, 3).score!(new Float64Array([1, 2, 3])).keys!.data], [10, 0, 0, 0, 0, 10]);
 * ```
 */
export function shawTwo(first: number, second: number): Encoding {
  for (const back of [first, second]) requireInteger("写 Shaw 的表", back, 1);
  const clip = Math.max(first, second) + 1, at = (t: number, back: number) => t === back ? 10 : 0;
  return shaw(matrix(Array.from({ length: 2 * clip + 1 }, (_, n) => [at(n - clip, first), at(n - clip, second)])));
}

/**
 * 最后一个词元换一个查询，键全是 (1, 0)：给谁的权重最大（距离），那个权重多大。
 *
 * @param encoding 编码
 * @param query 最后一个词元的查询 `[2]`
 * @param length 一共几个词元
 * @throws {ShapeError} 查询不是两个数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { askedBy, shawTwo } from "@lib/lessons/bias_family.ts";
 *
 * assert.equal(askedBy(shawTwo(1, 3), [0, 1], 8).back, 3);
 * ```
 */
export function askedBy(
  encoding: Encoding,
  query: ArrayLike<number>,
  length: number,
): { back: number; weight: number } {
  const keys = matrix(Array.from({ length: requireInteger("摆词元", length, 1) }, () => [1, 0]));
  const queries = matrix(Array.from({ length }, () => query)), queryRows = [length - 1];
  const { weights } = attention({ queries, keys, values: keys, causal: true, encoding, queryRows });
  return { back: lastPeak(weights), weight: Math.max(...weights.data) };
}

/**
 * 最后一行里，权重最大的那个往回隔几个（词元）；一样大的取最近的。
 *
 * @param weights 因果的权重 `[R, L]`，最后一行是最后一个词元
 * @throws {RangeError} 一行也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lastPeak } from "@lib/lessons/bias_family.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.equal(lastPeak(matrix([[1, 0, 0], [0.6, 0.2, 0.2]])), 2);
 * ```
 */
export function lastPeak(weights: Matrix): number {
  const last = row(weights, weights.rows - 1);
  return last.length - 1 - last.lastIndexOf(Math.max(...last));
}

/**
 * 一句话做成查询和键，d = 2：遇上句号，分数是 +20；遇上别的字，是 −20。CoPE 的门就只给句号开。
 *
 * @param text 一句话，一个字一个词元
 * @throws {ShapeError} 一个字也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { fullStops } from "@lib/lessons/bias_family.ts";
 *
 * assert.deepEqual([...attention(fullStops("好。")).scores.data.slice(0, 2)].map(Math.round), [-20, 20]);
 * ```
 */
export function fullStops(text: string): Projected {
  const keys = matrix([...text].map((character) => [character === "。" ? 20 : -20, 0]));
  const queries = matrix([...text].map(() => [Math.SQRT2, 1]));
  return { queries, keys, values: keys };
}

/**
 * CoPE 的位置向量 `[P, 2]`：数到 `wanted` 的那一行加 100，别的不加。
 *
 * @param wanted 数到几
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countedTo } from "@lib/lessons/bias_family.ts";
 *
 * assert.deepEqual([...countedTo(1).data], [0, 0, 0, 100, 0, 0]);
 * ```
 */
export function countedTo(wanted: number): Matrix {
  requireInteger("数到几", wanted, 1);
  return matrix(Array.from({ length: wanted + 2 }, (_, p) => [0, p === wanted ? 100 : 0]));
}

const shareOf = (slope: number, count: number): number =>
  weightsBack(alibi(slope), 1000).slice(0, count).reduce((sum, weight) => sum + weight, 0);

/**
 * 练习 1（手算）的判分：斜率 1/4，内容一样，往回数几个装得下 95 % 的权重。参照是跑 1000 个词元量出来的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { windowProperties } from "@lib/lessons/bias_family.ts";
 *
 * assert.ok(windowProperties[1]!.measure(1000) > 0.99);
 * ```
 */
export const windowProperties: ReadonlyArray<Property<number>> = [
  { name: "是整数", measure: (count) => count - Math.round(count), bound: 0, hint: "词元论个数，向上取整" },
  {
    name: "这么多个，装得下 95 %",
    measure: (count) => shareOf(1 / 4, count),
    bound: { min: 0.95 },
    hint: "量到的是装下的权重，不够。剩下的是 e 的 −n/4 次方，要它不超过 0.05",
  },
  {
    name: "少一个就装不下",
    measure: (count) => shareOf(1 / 4, count - 1),
    bound: { max: 0.95 },
    hint: "够了，但还能再少：ln 20 ≈ 3",
  },
];

/**
 * 练习 2（改参数）的判分：斜率改成几，4096 个词元的有效窗口恰好是 100。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slopeProperties } from "@lib/lessons/bias_family.ts";
 *
 * assert.equal(slopeProperties[0]!.measure(1 / 2), 6);
 * ```
 */
export const slopeProperties: ReadonlyArray<Property<number>> = [
  {
    name: "有效窗口不超过 100",
    measure: (slope) => effectiveWindow(alibi(slope), 4096),
    bound: { max: 100 },
    hint: "量到的是有效窗口，太宽了：斜率再大一些",
  },
  {
    name: "有效窗口不小于 100",
    measure: (slope) => effectiveWindow(alibi(slope), 4096),
    bound: { min: 100 },
    hint: "量到的是有效窗口，太窄了：斜率再小一些",
  },
];

/**
 * 练习 3 的答案的样子：距离进去，加的数出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Bias } from "@lib/lessons/bias_family.ts";
 *
 * const blank: Bias = () => undefined;
 * assert.equal(blank(3), undefined);
 * ```
 */
export type Bias = (distance: number) => number | undefined;

function weightsOf(bias: Bias, length: number): Float64Array {
  const encoding: Encoding = {
    ...nope,
    score: (distances) => ({
      bias: distances.map((t) => {
        const b = bias(t);
        if (typeof b !== "number" || !Number.isFinite(b)) throw new TypeError("每个距离都要返回一个有限的数");
        return b;
      }),
    }),
  };
  return weightsBack(encoding, length);
}

/**
 * 练习 3（写代码）的判分：写一个只看距离的偏置，内容一样时把权重放在“正好往回数第 5 个”上。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fiveBackProperties } from "@lib/lessons/bias_family.ts";
 *
 * assert.ok(fiveBackProperties.every(({ measure }) => measure((t) => t === 5 ? 30 : 0) > 0.99));
 * ```
 */
export const fiveBackProperties: ReadonlyArray<Property<Bias>> = [
  {
    name: "64 个词元，第 5 个的权重比哪个都大",
    measure: (bias) => {
      const weights = weightsOf(bias, 64);
      return weights[5]! - Math.max(...weights.filter((_, t) => t !== 5));
    },
    bound: { min: 1e-9 },
    hint: "量到的是比别人多多少。距离 5 加的数要比别的距离都大：越远越小的偏置办不到",
  },
  {
    name: "64 个词元，第 5 个的权重不小于 0.9",
    measure: (bias) => weightsOf(bias, 64)[5]!,
    bound: { min: 0.9 },
    hint: "方向对了，差得还不够多：分数差 t，权重只差 e 的 t 次方倍，旁边还有 63 个",
  },
  {
    name: "4096 个词元，也不小于 0.9",
    measure: (bias) => weightsOf(bias, 4096)[5]!,
    bound: { min: 0.9 },
    hint: "短的够了，长了被冲淡：旁边有 4095 个，每个分走一点",
  },
];
