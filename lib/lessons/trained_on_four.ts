/**
 * 第 40 课用的东西：数没见过的距离、用得到的桶，一个键被冲淡，和三道练习的判分。
 *
 * @module
 */
import { t5Bucket } from "@lib/encodings/t5.ts";
import { requireInteger, requireNumber } from "@lib/errors.ts";
import type { Property } from "@lib/notebook/exercise.ts";

/**
 * 没见过的对占几成：`length` 个字，训练时一句 `trained` 个字。因果时只数往前看的和自己看自己。
 *
 * @returns 0 到 1
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unseenPairs } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.deepEqual([false, true].map((causal) => (100 * unseenPairs(33, 4, causal)).toFixed(1)), ["79.9", "77.5"]);
 * ```
 */
export function unseenPairs(length: number, trained: number, causal: boolean): number {
  requireInteger("数没见过的对", length, 1);
  requireInteger("数没见过的对", trained, 1);
  let all = 0, unseen = 0;
  for (let t = causal ? 0 : 1 - length; t < length; t++) {
    const pairs = length - Math.abs(t); // 隔 t 个的有这么多对
    all += pairs;
    if (Math.abs(t) >= trained) unseen += pairs;
  }
  return unseen / all;
}

/**
 * `length` 个字用得到 T5 的哪几个桶，双向，32 个桶。
 *
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bucketsUsed } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.deepEqual([...bucketsUsed(3)], [0, 1, 2, 17, 18]);
 * ```
 */
export function bucketsUsed(length: number): Set<number> {
  requireInteger("数桶", length, 1);
  const distances = Array.from({ length: 2 * length - 1 }, (_, n) => n - length + 1);
  return new Set(distances.map((t) => t5Bucket(t)).sort((a, b) => a - b));
}

/**
 * 冲淡（dilution）：`length` 个键，一个比别的都高 `gap` 分，别的一样高；softmax 之后它的权重。
 *
 * @param length 几个键
 * @param gap 高出几分
 * @throws {RangeError} 个数不是正整数，或 `gap` 不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { diluted } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.deepEqual([4, 33, 512, 4096].map((n) => diluted(n, 3).toFixed(3)), ["0.870", "0.386", "0.038", "0.005"]);
 * ```
 */
export function diluted(length: number, gap: number): number {
  requireInteger("算冲淡", length, 1);
  requireNumber("算冲淡", gap, "有限的数", Number.isFinite);
  return 1 / (1 + (length - 1) * Math.exp(-gap)); // 上下同除以 e^gap，大了也不溢出
}

/** 手写的答案要是一个数：`"11"`、`[11]` 减得出数，可是不是数。 */
const plain = (value: number): number => {
  if (typeof value !== "number") throw new TypeError("要写一个数，不带引号，不带方括号");
  return value;
};

/**
 * 练习 1（手算）的判分：训练长度 6，T5 有几个桶收得到梯度。参照是把距离一个一个分桶数出来的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bucketProperties } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.equal(bucketProperties[0]!.measure(11), 0);
 * ```
 */
export const bucketProperties: ReadonlyArray<Property<number>> = [
  {
    name: "和数出来的一样多",
    measure: (count) => plain(count) - bucketsUsed(6).size,
    bound: 0,
    hint: "量到的是多了几个（负的是少了）。6 个字，距离从 −5 到 5；8 以内，一个距离一个桶，自己看自己也算",
  },
];

/**
 * 练习 2（改参数）的判分：高出 3 分的那个键，句子最短几个字，权重不到一成。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tenthProperties } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.ok(tenthProperties[1]!.measure(4096) < 0.1);
 * ```
 */
export const tenthProperties: ReadonlyArray<Property<number>> = [
  { name: "是整数", measure: (L) => plain(L) - Math.round(L), bound: 0, hint: "字论个数" },
  {
    name: "这么多个字，权重不到 0.1",
    measure: (L) => diluted(L, 3),
    bound: { max: 0.1 },
    hint: "量到的是权重，还太大：L 再大一些",
  },
  {
    name: "少一个字，就还有 0.1",
    measure: (L) => diluted(L - 1, 3),
    bound: { min: 0.1 },
    hint: "量到的是少一个字时的权重，已经不到了：L 还能小",
  },
];

/**
 * 练习 3 的答案的样子：几个字、要占多少进去，要高出几分出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Gap } from "@lib/lessons/trained_on_four.ts";
 *
 * const blank: Gap = () => undefined;
 * assert.equal(blank(33, 0.5), undefined);
 * ```
 */
export type Gap = (length: number, weight: number) => number | undefined;

/** 判分时送进去的三组：几个字，要占多少。 */
const asked = [[33, 0.5], [4, 0.87], [4096, 0.9]] as const;

/**
 * 写了一半的，说出哪一组进去没有返回；三组都没有返回，还是空桩，判分会说还没写。
 *
 * @throws {TypeError} 有的组有返回，这一组没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { written } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.equal(written(() => undefined)(33, 0.5), undefined);
 * assert.throws(() => written((n) => n > 9 ? 3 : undefined)(4, 0.87), /（4, 0.87）进去，没有返回/);
 * ```
 */
export function written(gap: Gap): Gap {
  return (length, weight) => {
    const by = gap(length, weight);
    if (by === undefined && asked.some(([n, w]) => gap(n, w) !== undefined)) {
      throw new TypeError(`（${length}, ${weight}）进去，没有返回`);
    }
    return by;
  };
}

const kept = (gap: Gap, length: number, weight: number): number => {
  const by = gap(length, weight);
  if (typeof by !== "number" || !Number.isFinite(by)) throw new TypeError("要返回一个有限的数");
  return diluted(length, by);
};

/**
 * 练习 3（写代码）的判分：要在 `length` 个字里还占 `weight`，那个键得高出几分。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gapProperties } from "@lib/lessons/trained_on_four.ts";
 *
 * assert.ok(Math.abs(gapProperties[0]!.measure((n) => Math.log(n - 1))) < 1e-12);
 * ```
 */
export const gapProperties: ReadonlyArray<Property<Gap>> = [
  {
    name: "33 个字，要占 0.5，就占 0.5",
    measure: (gap) => kept(gap, 33, 0.5) - 0.5,
    bound: 1e-9,
    hint: "量到的是多占了多少（负的是少占）。别的 32 个合起来是 32 份，占一半就要和它们一样多",
  },
  {
    name: "4 个字，要占 0.87，就占 0.87",
    measure: (gap) => kept(gap, 4, 0.87) - 0.87,
    bound: 1e-9,
    hint: "一半的对了，别的不对：w 和 1 − w 之比，就是 e 的 gap 次方和 n − 1 之比。是不是把 w 和 1 − w 写反了",
  },
  {
    name: "4096 个字比 33 个字要多高出 ln(4095 / 32) 分",
    measure: (gap) => gap(4096, 0.9)! - gap(33, 0.9)! - Math.log(4095 / 32),
    bound: 1e-9,
    hint: "句子变长，要高出的分跟着 ln(n − 1) 涨",
  },
];
