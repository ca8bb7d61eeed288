/**
 * 第 43 课“今天的模型用什么”的材料：清单上的变体、配对、缩放、底数，一样数一遍；三道练习的判分。
 *
 * @module
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { requireInteger } from "@lib/errors.ts";
import { drawnBases, reachOf, stair, stairAt } from "@lib/lessons/released_bases.ts";
import { type ReleasedModel, releasedModels } from "@lib/models/released.ts";
import { type ReleasedRotation, releasedRotations, turnedShare } from "@lib/models/released_rotations.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { llama3 } from "@lib/scaling/by_parts.ts";

/** 一行怎样转；不转的没有。 */
function rotationOf({ model }: ReleasedModel): ReleasedRotation | undefined {
  return releasedRotations.find((one) => one.model === model);
}

/** 变体的名字和认法，先认前面的。 */
const variants: ReadonlyArray<readonly [name: string, holds: (one: ReleasedModel) => boolean]> = [
  ["每层都转，整个头，一个底数", (one) => one.kind === "RoPE" && rotationOf(one)!.bases.length < 2],
  ["每层都转，整个头，两种层两个底数", ({ kind }) => kind === "RoPE"],
  ["每层都转，只转头的一部分", ({ kind, encoding }) => kind === "partial RoPE" && /^RoPE, partial/.test(encoding)],
  ["MLA：内容和位置分开，只有 64 维转", ({ encoding }) => /^MLA/.test(encoding)],
  ["别的层改了：线性注意力，或比例旋转", ({ kind }) => kind === "partial RoPE"],
  ["隔几层不转", ({ kind }) => kind === "RoPE + NoPE"],
  ["几根轴一起转（看图）", ({ kind }) => kind === "M-RoPE"],
  ["ALiBi", ({ kind }) => kind === "ALiBi"],
  ["可训练，一位一行", ({ kind }) => kind === "learned"],
  ["相对：T5、XLNet、DeBERTa", ({ kind }) => kind === "relative"],
  ["三角", ({ kind }) => kind === "sinusoidal"],
];

/**
 * 变体的表，交给 `table`：一种一行，几行、最早最晚约哪年、举个例。加起来是整张清单。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { variantRows } from "@lib/lessons/todays_models.ts";
 * import { releasedModels } from "@lib/models/released.ts";
 *
 * assert.equal(variantRows.reduce((sum, { 几行 }) => sum + 几行, 0), releasedModels.length);
 * ```
 */
export const variantRows: ReadonlyArray<
  { readonly 变体: string; readonly 几行: number; readonly 约哪年: string; readonly 最近的一个: string }
> = variants.map(([name, holds], v) => {
  const mine = releasedModels.filter((one) => holds(one) && !variants.slice(0, v).some(([, before]) => before(one)));
  const [first, last] = [mine[0]!.year, mine.at(-1)!.year];
  return {
    变体: name,
    几行: mine.length,
    约哪年: first === last ? `${first}` : `${first}–${last}`,
    最近的一个: mine.at(-1)!.model.split(" / ")[0]!,
  };
});

/**
 * 怎么转，一样一样数：配对、转几成、缩放。交给 `table`。
 *
 * @param from 从约哪一年数起
 * @throws {RangeError} 年份不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { detailRows } from "@lib/lessons/todays_models.ts";
 *
 * const pairing = detailRows(2017).filter(({ 看什么 }) => 看什么 === "配对");
 * assert.equal(pairing.reduce((sum, { 几行 }) => sum + 几行, 0), 68); // 旋转的每一行都有一种，没读到也算一种
 * ```
 */
export function detailRows(
  from: number,
): { readonly 看什么: string; readonly 哪一种: string; readonly 几行: number }[] {
  requireInteger("数怎么转，定从哪一年起", from, 1);
  const rows = releasedModels.filter(({ year }) => year >= from).flatMap((one) => rotationOf(one) ?? []);
  const share = (row: ReleasedRotation) => turnedShare(row) ?? NaN;
  const kinds: ReadonlyArray<readonly [what: string, which: string, (row: ReleasedRotation) => boolean]> = [
    ["配对", "前后两半", ({ pairing }) => pairing === "half"],
    ["配对", "权重相邻两维，换格式以后前后两半", ({ pairing }) => pairing === "converted"],
    ["配对", "相邻两维", ({ pairing }) => pairing === "interleaved"],
    ["配对", "没有读到", ({ pairing }) => pairing === null],
    ["转几成", "整个头", (row) => share(row) === 1],
    ["转几成", "一半到四分之三", (row) => share(row) >= 0.5 && share(row) < 1],
    ["转几成", "不到一半", (row) => share(row) < 0.5],
    ["转几成", "没有读到", (row) => Number.isNaN(share(row))],
    ["缩放", "写了：yarn、llama3", ({ scaling }) => /yarn|llama3/.test(scaling?.type ?? "")],
    ["缩放", "写了：dynamic、longrope、linear", ({ scaling }) => /dynamic|longrope|linear/.test(scaling?.type ?? "")],
    ["缩放", "没写", ({ scaling }) => scaling === null],
  ];
  return kinds.map(([看什么, 哪一种, holds]) => ({ 看什么, 哪一种, 几行: rows.filter(holds).length }));
}

/**
 * 一年一行的底数：读到底数的有几行，最小、正中、最大，还用 10000 的有几行。两种层两个底数的，取看全部的层的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { basesByYear } from "@lib/lessons/todays_models.ts";
 *
 * assert.deepEqual(basesByYear[0], { year: 2021, bases: [10000] }); // GPT-J
 * ```
 */
export const basesByYear: ReadonlyArray<{ readonly year: number; readonly bases: readonly number[] }> = [
  ...Map.groupBy(
    releasedModels.flatMap((one) => {
      const base = rotationOf(one)?.bases[0]?.base;
      return base === undefined ? [] : [{ year: one.year, base }];
    }),
    ({ year }) => year,
  ),
].map(([year, list]) => ({ year, bases: list.map(({ base }) => base).sort((a, b) => a - b) }));

/**
 * 正中的一个；偶数个取中间两个里小的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { middle } from "@lib/lessons/todays_models.ts";
 *
 * assert.deepEqual([middle([1, 2, 9]), middle([1, 2, 8, 9])], [2, 2]);
 * ```
 */
export function middle(sorted: readonly number[]): number {
  return sorted[Math.ceil(sorted.length / 2) - 1]!;
}

/**
 * 图上画不出的行，为什么：不旋转的没有底数；旋转的，底数或长度没有读到。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { undrawn } from "@lib/lessons/todays_models.ts";
 *
 * assert.deepEqual(undrawn.map(({ names }) => names.length), [12, 5, 2]);
 * ```
 */
export const undrawn: ReadonlyArray<{ readonly why: string; readonly names: readonly string[] }> = [
  { why: "不旋转，没有底数", names: releasedModels.filter((one) => !rotationOf(one)).map(({ model }) => model) },
  { why: "底数没有读到", names: releasedRotations.filter(({ bases }) => bases.length === 0).map(({ model }) => model) },
  {
    why: "长度没有读到",
    names: releasedRotations.filter(({ bases, length }) => bases.length > 0 && length === null)
      .map(({ model }) => model),
  },
];

/**
 * 两种层两个底数的，一种层一行，交给 `table`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { twoBaseRows } from "@lib/lessons/todays_models.ts";
 *
 * assert.ok(twoBaseRows.length % 2 === 0);
 * ```
 */
export const twoBaseRows: ReadonlyArray<Readonly<Record<string, string>>> = drawnBases
  .filter(({ row }) => row.bases.length > 1)
  .map(({ name, kind, length }) => {
    const seen = kind.window === undefined ? length : reachOf(name, kind.window), step = stairAt(seen);
    return {
      模型: name,
      哪种层: kind.layers === "full" ? "看全部" : "只看窗口",
      看几个: String(seen),
      底数: String(kind.base),
      "阶梯（128 维）": step === 0 ? "太短，没有算" : String(Math.round(step)),
    };
  });

const original = { dimension: 128, base: 500000 };
const slowed = llama3({
  ...original,
  factor: 8,
  originalMaxPosition: 8192,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
}).inverseFrequencies;

/**
 * 练习 1（手算）的判分：不缩放，要多大的底数，最慢的一对才和 LLaMA-3.1 缩放以后一样慢。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slowestProperties } from "@lib/lessons/todays_models.ts";
 *
 * assert.ok(Math.abs(slowestProperties[1]!.measure(5e5 * 8 ** (128 / 126))) < 1e-9);
 * ```
 */
export const slowestProperties: ReadonlyArray<Property<number>> = [
  {
    name: "比 50 万大，大几倍",
    measure: (base) => base / original.base,
    bound: { min: 1, max: 1000 },
    hint: "底数越大，最慢的一对越慢；现在要它再慢 8 倍",
  },
  {
    name: "最慢的一对，和缩放以后的差几成",
    measure: (base) => inverseFrequencies(128, base).at(-1)! / slowed.at(-1)! - 1,
    bound: 0.01,
    hint: "最慢的是第 63 对，指数是 126/128：底数要乘 8 的 128/126 次方，不是 8",
  },
];

/**
 * 练习 2（改参数）的判分：131072 个词元，不小于阶梯的、最小的整百万的底数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { thetaProperties } from "@lib/lessons/todays_models.ts";
 *
 * assert.ok(thetaProperties.every(({ measure }) => Number.isFinite(measure(3e6))));
 * ```
 */
export const thetaProperties: ReadonlyArray<Property<number>> = [
  {
    name: "是整百万",
    measure: (base) => base > 0 && base < 1e12 ? base / 1e6 - Math.round(base / 1e6) : NaN,
    bound: 0,
    hint: "写成 1000000 的倍数",
  },
  {
    name: "131072 这一级：比阶梯高多少",
    measure: (base) => base - stairAt(131072),
    bound: { min: 0 },
    hint: "点还在阶梯以下；看贴了以后印的那句，这一级是多少",
  },
  {
    name: "再小一百万就掉下去：那时比阶梯高多少",
    measure: (base) => base - 1e6 - stairAt(131072),
    bound: { max: 0 },
    hint: "还能再小；要最小的",
  },
];

/**
 * 练习 3 的答案的样子：长度、底数、阶梯进去，是不是在阶梯以下出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Under } from "@lib/lessons/todays_models.ts";
 *
 * const blank: Under = () => undefined;
 * assert.equal(blank(4096, 10000, []), undefined);
 * ```
 */
export type Under = (
  length: number,
  base: number,
  stair: ReadonlyArray<{ readonly length: number; readonly lower: number }>,
) => boolean | undefined;

/**
 * 练习 3（写代码）的判分：判一个点在不在阶梯以下。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stairAt } from "@lib/lessons/released_bases.ts";
 * import { underProperties } from "@lib/lessons/todays_models.ts";
 *
 * assert.ok(underProperties.every(({ measure }) => measure((length, base) => base < stairAt(length)) === 0));
 * ```
 */
export const underProperties: ReadonlyArray<Property<Under>> = [
  {
    name: "正好在一级上：LLaMA-2、LLaMA-3，判错的个数",
    measure: (under) => wrong(under, [[4096, 10000], [8192, 500000], [8192, 83763], [8192, 83764]]),
    bound: 0,
    hint: "底数小于这个长度的 lower 就是以下；lower 不是整数，不要取整",
  },
  {
    name: "底数正好等于 lower，判错的个数",
    measure: (under) => wrong(under, stair.map(({ length, lower }) => [length, lower])),
    bound: 0,
    hint: "正好等于不算以下，用 <，也不要取整",
  },
  {
    name: "在两级之间：用短的那一级，判错的个数",
    measure: (under) => wrong(under, [[40960, 1000000], [6000, 20000], [16383, 100000]]),
    bound: 0,
    hint: "40960 用 32768 那一级：不超过它的最长的一级；更长的那一级它还没有到",
  },
  {
    name: "比第一级短、比最后一级长，判错的个数",
    measure: (under) => wrong(under, [[512, 2000], [10485760, 500000], [10240000, 7e7]]),
    bound: 0,
    hint: "512 没有算过，不能说在以下；一千万用最后一级，更长要求只会更多",
  },
];

/** 判错了几个。 */
function wrong(under: Under, cases: ReadonlyArray<readonly [length: number, base: number]>): number {
  return cases.filter(([length, base]) => {
    const said = under(length, base, stair);
    if (typeof said !== "boolean") throw new TypeError("需要返回 true 或 false");
    return said !== base < stairAt(length);
  }).length;
}
