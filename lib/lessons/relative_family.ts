/**
 * 第 21 课用的东西：没投影的词元、逐格照式子算、四项各是哪一类、T5 的尺子，和三道练习的判分。
 *
 * @module
 */
import {
  attention,
  type AttentionInput,
  type AttentionTrace,
  type Terms,
  tokenCount,
  type Unprojected,
} from "@lib/attention.ts";
import { spreadByDistance } from "@lib/bench/by_distance.ts";
import { reordered } from "@lib/bench/swap.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { type Bucketing, t5Bucket } from "@lib/encodings/t5.ts";
import { transformerXl } from "@lib/encodings/transformer_xl.ts";
import { requireInteger } from "@lib/errors.ts";
import { type Matrix, matrix, maxDifference } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 造 L 个随机词元和三个随机投影，都没有训练过；`d` 又是词嵌入的宽，又是头的维数。
 *
 * @param settings `L` 词元个数，`d` 维数，`seed` 随机种子
 * @throws {RangeError} 有一个不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomTokens } from "@lib/lessons/relative_family.ts";
 *
 * const [short, long] = [4, 33].map((L) => randomTokens({ L, d: 8, seed: 1 }));
 * assert.deepEqual(short!.tokens.data, long!.tokens.data.slice(0, 4 * 8)); // 加长不改前面的词元
 * ```
 */
export function randomTokens({ L, d, seed }: { L: number; d: number; seed: number }): Unprojected {
  const [query, key, value] = [1, 2, 3].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d))) as Matrix[];
  return { tokens: normalMatrix(L, d, seed), projections: { query: query!, key: key!, value: value! } };
}

/** 照式子算时最多算几格。 */
const mostCells = 1024;

/**
 * 照式子一格一格地算，和注意力里的数最多差多少。超过 1024 格时，均匀取 1024 格来比，头尾两格都在。
 *
 * @param measured `[R, L]`，注意力里的数
 * @param queryRows 第 r 行是第几个查询
 * @param formula 式子：第 i 个查询看第 j 个键，得几
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formulaGap } from "@lib/lessons/relative_family.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.equal(formulaGap(matrix([[5, 4]]), [5], (i, j) => i - j), 0);
 * assert.equal(formulaGap(matrix([[5, 4]]), [5], (i, j) => j - i), 10);
 * ```
 */
export function formulaGap(
  measured: Matrix,
  queryRows: readonly number[],
  formula: (i: number, j: number) => number,
): number {
  const cells = measured.data.length, count = Math.min(cells, mostCells);
  let gap = 0;
  for (let n = 0; n < count; n++) {
    const cell = count === 1 ? 0 : Math.round(n * (cells - 1) / (count - 1));
    const i = queryRows[Math.floor(cell / measured.columns)]!;
    gap = Math.max(gap, Math.abs(measured.data[cell]! - formula(i, cell % measured.columns)));
  }
  return gap;
}

/**
 * 四项的次序（order of the terms），和 8130(7) 相同。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { termNames } from "@lib/lessons/relative_family.ts";
 *
 * assert.equal(termNames[3], "positionPosition");
 * ```
 */
export const termNames = ["contentContent", "contentPosition", "positionContent", "positionPosition"] as const;

/**
 * 一项是哪一类（kind of a term），由三次量出来的数决定：
 * 全是 0；位置换了也不变；整体平移就变；平移不变、同一距离同一个数；平移不变、还看内容。
 *
 * @example
 * ```ts
 * import type { Kind } from "@lib/lessons/relative_family.ts";
 *
 * const kept = (kind: Kind) => kind !== "扔掉";
 * ```
 */
export type Kind = "扔掉" | "不看位置" | "绝对位置" | "只看距离" | "距离和内容";

/**
 * 一种编码的四项（dissection）：每一步的中间结果，和每项的类。
 *
 * @example
 * ```ts
 * import type { Dissection } from "@lib/lessons/relative_family.ts";
 *
 * const last = ({ kinds }: Dissection) => kinds.positionPosition;
 * ```
 */
export interface Dissection {
  /** 编码的名字。 */
  readonly name: string;
  /** 位置是 0, 1, … 时的注意力。 */
  readonly trace: AttentionTrace;
  /** 位置全部加 100，分数最多变了多少。 */
  readonly shift: number;
  /** 每项是哪一类。 */
  readonly kinds: Readonly<Record<keyof Terms, Kind>>;
}

/**
 * 只留前 `count` 个词元；没有那么多就原样。
 *
 * @throws {RangeError} 个数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tokenCount } from "@lib/attention.ts";
 * import { leading, randomTokens } from "@lib/lessons/relative_family.ts";
 *
 * assert.equal(tokenCount(leading(randomTokens({ L: 9, d: 8, seed: 1 }), 4)), 4);
 * ```
 */
export function leading(input: AttentionInput, count: number): AttentionInput {
  const length = Math.min(tokenCount(input), requireInteger("留前面的词元", count, 1));
  return reordered(input, Array.from({ length }, (_, i) => i));
}

/**
 * 把一种编码的分数拆成四项，看每项是哪一类：位置全部加 100 再算一遍，位置挪一圈（最后一个词元去位置 0）再算一遍，和原来比。
 * 类是编码的性质，和有几个词元无关，所以只用前 64 个词元来量。
 *
 * @param input 注意力的输入，编码也在里面；有表的编码，表要够 L + 100 个位置
 * @param queryRows `trace` 只算哪几行查询
 * @throws 和 `attention` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { dissect, randomTokens } from "@lib/lessons/relative_family.ts";
 *
 * const { kinds } = dissect({ ...randomTokens({ L: 4, d: 8, seed: 1 }), encoding: alibi(1) }, [0, 1, 2, 3]);
 * assert.deepEqual(Object.values(kinds), ["不看位置", "扔掉", "扔掉", "只看距离"]);
 * ```
 */
export function dissect(input: AttentionInput, queryRows: readonly number[]): Dissection {
  const some = leading(input, 64), length = tokenCount(some);
  const at = (place: (i: number) => number) =>
    attention({ ...some, positions: Float64Array.from({ length }, (_, i) => place(i)) });
  const here = at((i) => i), shifted = at((i) => i + 100), turned = at((i) => (i + 1) % length);
  const kindOf = (name: keyof Terms): Kind => {
    const term = here.terms[name], same = (other: AttentionTrace) => maxDifference(term, other.terms[name]) < 1e-9;
    if (term.data.every((value) => value === 0)) return "扔掉";
    if (!same(shifted)) return "绝对位置";
    if (same(turned)) return "不看位置";
    return spreadByDistance(term, here.distances) < 1e-9 ? "只看距离" : "距离和内容";
  };
  const kinds = Object.fromEntries(termNames.map((name) => [name, kindOf(name)])) as Record<keyof Terms, Kind>;
  const { encoding = nope } = input;
  const name = Array.isArray(encoding) ? "各头不同" : (encoding as Encoding).name;
  return { name, trace: attention({ ...input, queryRows }), shift: maxDifference(here.scores, shifted.scores), kinds };
}

/**
 * 留下了哪几项，写成 `1 + 2′` 这样：号码是 8130(7) 里的第几项；带撇的，位置换成了平移不变的东西。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { survivors } from "@lib/lessons/relative_family.ts";
 *
 * assert.equal(
 *   survivors({
 *     contentContent: "不看位置",
 *     contentPosition: "距离和内容",
 *     positionContent: "扔掉",
 *     positionPosition: "绝对位置",
 *   }),
 *   "1 + 2′ + 4",
 * );
 * ```
 */
export function survivors(kinds: Dissection["kinds"]): string {
  return termNames.flatMap((name, n) => {
    if (kinds[name] === "扔掉") return [];
    return [`${n + 1}${n > 0 && kinds[name] !== "绝对位置" ? "′" : ""}`];
  }).join(" + ");
}

/**
 * 尺子上的一段（span）：距离 `from` 到 `to`（含）的，都进同一个桶。
 *
 * @example
 * ```ts
 * import type { Span } from "@lib/lessons/relative_family.ts";
 *
 * const width = ({ from, to }: Span) => to - from + 1;
 * ```
 */
export interface Span {
  /** 哪一把尺子。 */
  readonly ruler: string;
  /** 桶号。 */
  readonly bucket: number;
  /** 最近的距离（词元）。 */
  readonly from: number;
  /** 最远的距离（词元），尺子到头就是尺子的头。 */
  readonly to: number;
}

/**
 * T5 的尺子：距离从 0（将来是 1）走到 `farthest`，桶号一换就是新的一段。
 *
 * @param ruler 尺子的名字
 * @param farthest 量到多远（词元）
 * @param options `future` 量将来（查询在前，键在后）；其余同 `t5Bucket`
 * @throws {RangeError} 最远的距离不是正整数，或桶数不合适
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spans } from "@lib/lessons/relative_family.ts";
 *
 * assert.deepEqual(spans("过去", 20).slice(8).map(({ bucket, from, to }) => [bucket, from, to]), [[8, 8, 11], [9, 12, 15], [10, 16, 20]]);
 * assert.equal(spans("将来", 20, { future: true })[0]!.bucket, 17);
 * ```
 */
export function spans(
  ruler: string,
  farthest: number,
  options: Bucketing & { readonly future?: boolean } = {},
): Span[] {
  requireInteger("量尺子", farthest, 1);
  const { future = false, ...bucketing } = options,
    found: { ruler: string; bucket: number; from: number; to: number }[] = [];
  for (let t = future ? 1 : 0; t <= farthest; t++) {
    const bucket = t5Bucket(future ? -t : t, bucketing), last = found.at(-1);
    if (last?.bucket === bucket) last.to = t;
    else found.push({ ruler, bucket, from: t, to: t });
  }
  return found;
}

/**
 * 没训练过的桶：`length` 个词元用得到、`trained` 个词元用不到的有几个，双向，32 个桶。
 *
 * @throws {RangeError} 有一个不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { untrainedBuckets } from "@lib/lessons/relative_family.ts";
 *
 * assert.equal(untrainedBuckets(4, 33), 18); // 用得到 25 个，训练过 7 个
 * ```
 */
export function untrainedBuckets(trained: number, length: number): number {
  const used = (n: number) => {
    requireInteger("数桶", n, 1);
    return new Set(Array.from({ length: 2 * n - 1 }, (_, t) => t5Bucket(t - n + 1)));
  };
  const before = used(trained);
  return [...used(length)].filter((bucket) => !before.has(bucket)).length;
}

/** 练习 1 的数：一个词元看自己，距离 0，d = 1。 */
function handScore(u: number, v: number): number {
  const one = (value: number) => matrix([[value]]);
  const encoding = transformerXl({ u: [u], v: [v], projection: matrix([[7], [0.5]]) }); // R₀ = (sin 0, cos 0)·W = 0.5
  return attention({ queries: one(2), keys: one(3), values: one(1), encoding }).scores.data[0]!;
}

/**
 * 练习 1（手算）的判分：d = 1，q = 2，k = 3，u = −1，v = 1，R₀ = 0.5，XLNet 的分数。参照是真的跑一遍注意力。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/relative_family.ts";
 *
 * assert.ok(Math.abs(handProperties[1]!.measure(4.5)) < 1e-12);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "u 那一项算进去了",
    measure: (score) => score - handScore(0, 1), // u·k 是负的，加了它要小 3
    bound: { max: -1 },
    hint: "分数大了。u 也要乘 k：u·k = −3",
  },
  {
    name: "四项加起来，和跑一遍一样",
    measure: (score) => score - handScore(-1, 1),
    bound: 1e-6,
    hint: "一项一项加：q·k、q·R、u·k、v·R；d = 1，除以 √d 就是除以 1",
  },
];

/**
 * 练习 2（改参数）的判分：训练时至少几个词元，用到 64 个时才没有新桶。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { enoughProperties } from "@lib/lessons/relative_family.ts";
 *
 * assert.equal(enoughProperties[0]!.measure(64), 0);
 * ```
 */
export const enoughProperties: ReadonlyArray<Property<number>> = [
  {
    name: "用到 64 个词元，没有新桶",
    measure: (L) => untrainedBuckets(L, 64),
    bound: 0,
    hint: "量到的是没训练过的桶数。L 再大一些",
  },
  {
    name: "再少一个词元就有新桶",
    measure: (L) => L > 1 ? untrainedBuckets(L - 1, 64) : 1,
    bound: { min: 1 },
    hint: "新桶已经没有了，但 L 还能再小：最远的桶不必整段都见过，见过一个距离就算",
  },
];

/**
 * 练习 3 的答案的样子：距离 i − j 进去，桶号出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { BucketOf } from "@lib/lessons/relative_family.ts";
 *
 * const blank: BucketOf = () => undefined;
 * assert.equal(blank(3), undefined);
 * ```
 */
export type BucketOf = (distance: number) => number | undefined;

const number = (bucket: BucketOf, t: number): number => {
  const answer = bucket(t);
  if (typeof answer !== "number") throw new TypeError("需要返回一个数：桶号");
  return answer;
};
const worst = (distances: readonly number[], off: (t: number) => number): number =>
  distances.reduce((most, t) => Math.max(most, Math.abs(off(t))), 0);
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/**
 * 练习 3（写代码）的判分：自己写 T5 双向的桶，32 个桶，128 起全进最后一个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { t5Bucket } from "@lib/encodings/t5.ts";
 * import { bucketProperties } from "@lib/lessons/relative_family.ts";
 *
 * assert.ok(bucketProperties.every(({ measure }) => measure((t) => t5Bucket(t)) === 0));
 * ```
 */
export const bucketProperties: ReadonlyArray<Property<BucketOf>> = [
  {
    name: "0 到 7，一个距离一个桶",
    measure: (bucket) => worst(upTo(0, 7), (t) => number(bucket, t) - t),
    bound: 0,
    hint: "近处不用对数：距离是几，就是几号桶。距离是 i − j，过去是正数",
  },
  {
    name: "将来的桶号，比同样远的过去大 16",
    measure: (bucket) => worst(upTo(1, 200), (t) => number(bucket, -t) - number(bucket, t) - 16),
    bound: 0,
    hint: "距离是负数时，先取绝对值查，再加 16",
  },
  {
    name: "128 起全进 15 号",
    measure: (bucket) => worst([128, 129, 500, 8191], (t) => number(bucket, t) - 15),
    bound: 0,
    hint: "最后要和 15 取小的",
  },
  {
    name: "8 到 127，每段的起点都对",
    measure: (bucket) => upTo(8, 127).filter((t) => number(bucket, t) !== t5Bucket(t)).length,
    bound: 0,
    hint: "量到的是放错的距离有几个。每跨一段乘 √2，对数之后要舍去小数：11 号从 23 起，不从 20 起，也不从 24 起",
  },
];
