/**
 * 第 42 课的材料：小模型拉长之后的角频率，训练的设置，几条一眼看不出的量；三道练习的判分。
 *
 * @module
 */
import { proportionalFrequencies } from "@lib/encodings/frequencies.ts";
import { requireVector } from "@lib/errors.ts";
import type { FrequencyPanel } from "@lib/plots/frequencies.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { byParts, llama3, turnsInWindow } from "@lib/scaling/by_parts.ts";
import { linear } from "@lib/scaling/linear.ts";
import { longRope } from "@lib/scaling/longrope.ts";
import { dynamicNtk, ntkAware } from "@lib/scaling/ntk.ts";
import { plain, type Scaled } from "@lib/scaling/scaled.ts";
import { logScale } from "@lib/scaling/query_scale.ts";
import { yarn, yarnScale } from "@lib/scaling/yarn.ts";
import type { EncodingChoice } from "@lib/training/encodings.ts";
import type { Found, SavedTraining } from "@lib/training/saved.ts";
import type { TrainOptions } from "@lib/training/setting.ts";
import { shelf, trainOrSaved } from "@lib/training/shelf.ts";
import { accuracyByLength, type Spread } from "@lib/training/train.ts";

/**
 * 拉长之前的样子，和拉长几倍。
 *
 * @example
 * ```ts
 * import type { Stretch } from "@lib/lessons/stretch.ts";
 *
 * const llama2: Stretch = { d: 128, base: 10000, L: 4096, s: 4 };
 * ```
 */
export interface Stretch {
  /** 维数 d，不小于 4 的偶数。 */
  readonly d: number;
  /** 底数。 */
  readonly base: number;
  /** 训练长度 L（词元）。 */
  readonly L: number;
  /** 扩展倍数 s，整数。 */
  readonly s: number;
}

/**
 * 八种办法，在同一排条上各改各的：名字 → 拉长的结果。
 *
 * 动态 NTK 是长到 s·L 时的，α = s·s − (s − 1)；LongRoPE 的清单是造的，不是哪个模型的；p-RoPE 不拉长，慢的四分之一不转。
 *
 * @throws {ShapeError} 维数不是大于 2 的偶数
 * @throws {RangeError} 长度、倍数或底数不合适
 * @example 最后一对各慢几倍
 * ```ts
 * import assert from "node:assert/strict";
 * import { edits } from "@lib/lessons/stretch.ts";
 *
 * const last = Object.values(edits({ d: 128, base: 10000, L: 4096, s: 4 })).map(({ inverseFrequencies }) => inverseFrequencies[63]!);
 * assert.deepEqual(last.map((f) => Math.round(10000 ** (-126 / 128) / f)), [4, 4, 13, 4, 4, 4, 4, Infinity]);
 * ```
 */
export function edits({ d: dimension, base, L, s }: Stretch): Readonly<Record<string, Scaled>> {
  const original = { dimension, base },
    window = { ...original, factor: s, originalMaxPosition: L },
    pairs = dimension / 2;
  const made = Array.from({ length: pairs }, (_, i) => 1 + (s - 1) * Math.min(1, Math.max(0, 3 * i / pairs - 1))); // 头三分之一不动，末三分之一除以 s
  return {
    PI: linear(window),
    NTK: ntkAware({ ...original, alpha: s }),
    "动态 NTK": dynamicNtk({ ...original, factor: s, maxPosition: L, sequenceLength: s * L }),
    "NTK-by-parts": byParts(window),
    YaRN: yarn(window),
    llama3: llama3({ ...window, lowFrequencyFactor: 1, highFrequencyFactor: 4 }),
    LongRoPE: longRope({
      ...window,
      originalMaxPosition: Math.max(2, L),
      shortFactors: made.map(() => 1),
      longFactors: made,
      sequenceLength: s * L + 1,
    }),
    "p-RoPE": { inverseFrequencies: proportionalFrequencies(dimension, base, 0.75), attentionFactor: 1 },
  };
}

/** 画门槛（圈）的几种，和名字下面的小字；别的写系数。 */
const thresholds: Readonly<Record<string, readonly number[]>> = {
  "NTK-by-parts": [1, 32],
  YaRN: [1, 32],
  llama3: [1, 4],
};

/**
 * 各种办法，交给 `drawFrequencies`：一种一格，门槛和小字都写好。
 *
 * @param changed {@linkcode edits} 的结果
 * @param s 拉长几倍，写在动态 NTK 下面
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { edits, panelsOf } from "@lib/lessons/stretch.ts";
 *
 * const panels = panelsOf(edits({ d: 128, base: 10000, L: 4096, s: 4 }), 4);
 * assert.deepEqual(panels.map(({ note }) => note), ["", "", "长到 4 倍时", "", "系数 1.139", "", "清单是造的", "不拉长"]);
 * ```
 */
export function panelsOf(changed: Readonly<Record<string, Scaled>>, s: number): FrequencyPanel[] {
  const notes: Readonly<Record<string, string>> = {
    "动态 NTK": `长到 ${s} 倍时`,
    LongRoPE: "清单是造的",
    "p-RoPE": "不拉长",
  };
  return Object.entries(changed).map(([name, { inverseFrequencies: frequencies, attentionFactor: a }]) => ({
    name,
    frequencies,
    thresholds: thresholds[name] ?? [],
    note: notes[name] ?? (a === 1 ? "" : `系数 ${a.toFixed(3)}`),
  }));
}

/**
 * 新角度有几对：训练到 L 一圈也没转完的对里，拉长以后走到 s·L，转得比训练时最远还远的。
 *
 * 转完一圈的不数：整圈都走到过，再远的角度也离见过的不远。
 *
 * @param before 原来的角频率 `[d/2]`（弧度每词元）
 * @param after 拉长以后的角频率 `[d/2]`
 * @param window `L` 训练长度（词元），`s` 拉长几倍
 * @throws {ShapeError} 两串角频率不一样多
 * @throws {RangeError} 长度不是正整数
 * @example 不拉长：18 对全是新的；PI：一对也没有
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { freshPairs } from "@lib/lessons/stretch.ts";
 *
 * const before = inverseFrequencies(128, 10000), window = { L: 4096, s: 4 };
 * assert.equal(freshPairs(before, before, window), 18);
 * assert.equal(freshPairs(before, before.map((f) => f / 4), window), 0);
 * ```
 */
export function freshPairs(
  before: Float64Array,
  after: Float64Array,
  { L, s }: { readonly L: number; readonly s: number },
): number {
  const turns = turnsInWindow(before, L), stretched = requireVector("数新角度", after, before.length);
  return stretched.filter((speed, i) => turns[i]! < 1 && speed * s > before[i]! * (1 + 1e-9)).length;
}

/**
 * 冲淡（dilution）：一个键比别的都多 `lead` 分，一共 `count` 个键，softmax 给它多少。
 *
 * @param lead 多几分（softmax 之前）
 * @param count 几个键
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { weightOfOne } from "@lib/lessons/stretch.ts";
 *
 * assert.equal(weightOfOne(3, 4).toFixed(3), "0.870");
 * assert.equal(weightOfOne(0, 4), 1 / 4);
 * ```
 */
export function weightOfOne(lead: number, count: number): number {
  return 1 / (1 + (count - 1) * Math.exp(-lead));
}

/**
 * 小模型上试的几种办法：32 维，底数 10000，训练 16 个词元，拉长 4 倍。
 *
 * @example 第 0 对：PI 慢 4 倍，别的不动
 * ```ts
 * import assert from "node:assert/strict";
 * import { small } from "@lib/lessons/stretch.ts";
 *
 * assert.deepEqual(Object.values(small).map(({ inverseFrequencies }) => inverseFrequencies[0]), [1, 1 / 4, 1, 1, 1]);
 * ```
 */
export const small: Readonly<Record<"不拉长" | "PI" | "NTK" | "YaRN" | "YaRN，不调温度", Scaled>> = {
  不拉长: plain({ dimension: 32 }),
  PI: linear({ dimension: 32, factor: 4 }),
  NTK: ntkAware({ dimension: 32, alpha: 4 }),
  YaRN: yarn({ dimension: 32, factor: 4, originalMaxPosition: 16 }),
  "YaRN，不调温度": yarn({ dimension: 32, factor: 4, originalMaxPosition: 16, attentionFactor: 1 }),
};

/**
 * 训练 16 个词元的“往回抄 3 个”，拉长 4 倍，再用 64 个词元的句子训练 `steps` 步，然后考。
 *
 * @param method 哪种办法
 * @param steps 拉长以后再训练几步；0 就是换了就考
 * @param asked 拉长以后考往回抄几个；不写还是 3
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stretchedRun } from "@lib/lessons/stretch.ts";
 *
 * assert.equal(stretchedRun("PI", 100).second!.length, 64);
 * assert.equal(stretchedRun("不拉长", 0).second, undefined); // 就是没有拉长的那一次
 * ```
 */
export function stretchedRun(method: keyof typeof small, steps: number, asked = 3): TrainOptions {
  const first = { encoding: "RoPE", task: "copy", length: 16 } as const;
  if (method === "不拉长" && steps === 0 && asked === 3) return first;
  const { inverseFrequencies, attentionFactor } = small[method];
  const encoding: EncodingChoice = { name: "RoPE", frequencies: [...inverseFrequencies], attentionFactor };
  return {
    ...first,
    second: {
      length: 64,
      steps,
      ...(method !== "不拉长" && { encoding }),
      ...(asked !== 3 && { task: { name: "copy", back: asked } }),
    },
  };
}

/**
 * 存着的各次：办法、再训练几步、考往回抄几个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stretchedRuns } from "@lib/lessons/stretch.ts";
 *
 * assert.deepEqual(stretchedRuns[0], ["不拉长", 100, 3]);
 * ```
 */
export const stretchedRuns: ReadonlyArray<readonly [method: keyof typeof small, steps: number, asked: number]> = [
  ["不拉长", 100, 3],
  ["PI", 0, 3],
  ["PI", 0, 12],
  ["PI", 100, 3],
  ["PI", 1000, 3],
  ["NTK", 0, 3],
  ["NTK", 100, 3],
  ["YaRN", 0, 3],
  ["YaRN", 100, 3],
  ["YaRN，不调温度", 0, 3],
];

/**
 * 一组训练：存着的或现场的。
 *
 * @example
 * ```ts
 * import { type Results, resultsOf } from "@lib/lessons/stretch.ts";
 *
 * const none: Results = resultsOf(false);
 * ```
 */
export interface Results {
  /** 各次，有几次没有存着就缺几次。 */
  readonly entries: ReadonlyArray<
    { readonly method: string; readonly steps: number; readonly asked: number; readonly training: SavedTraining }
  >;
  /** 各几个种子；一次也没有就是 0。 */
  readonly seeds: number;
  /** 数从哪来；缺了，就是缺哪一次、怎么办。 */
  readonly says: string;
  /** 断言的适用条件：都有，而且就是随课程带着的那几次的旋钮，才是 `true`；不然是原因。 */
  readonly when: true | string;
}

/**
 * 取这一课的全部训练，头一次是没有拉长的。
 *
 * @param rerun 现场训练，不用存着的；全部约一刻钟
 * @param first 第一段的步数和种子；不写就是随课程带着的那几次的
 * @throws {RangeError} 旋钮不合适，或现场训练时损失发散
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resultsOf } from "@lib/lessons/stretch.ts";
 *
 * const { entries, when } = resultsOf(false);
 * assert.equal(when, true);
 * assert.equal(entries[0]!.training.setting.second, undefined);
 * assert.equal(resultsOf(false, { steps: 20 }).when, "有一次没有存过，也没有重跑");
 * ```
 */
export function resultsOf(rerun: boolean, first: Pick<TrainOptions, "steps" | "seeds"> = {}): Results {
  const shipped = shelf(); // 只读一遍
  const found = [["不拉长", 0, 3] as const, ...stretchedRuns].map(([method, steps, asked]) => {
    const options = { ...stretchedRun(method, steps, asked), ...first };
    return { method, steps, asked, ...trainOrSaved(options, rerun, shipped) };
  });
  const entries = found.flatMap(({ method, steps, asked, training }) =>
    training ? [{ method, steps, asked, training }] : []
  );
  const seeds = entries[0]?.training.setting.seeds.length ?? 0, when = whenOf(found), count = found.length;
  const [missing] = found.filter(({ training }) => !training);
  if (!missing) {
    return { entries, seeds, when, says: `${count} 次，各 ${seeds} 个种子，${rerun ? "现场训练的" : "存着的"}` };
  }
  const seconds = found.reduce((sum, one) => sum + (one.training ? one.training.seconds : one.seconds ?? NaN), 0);
  const total = Number.isNaN(seconds) ? "" : `重跑一共大约 ${Math.ceil(seconds)} 秒：`;
  const why = missing.says.replace(/(?:重跑大约|要训练).*$/, ""); // 那里只说了一次的
  return {
    entries,
    seeds,
    when,
    says: `${count} 次里缺 ${count - entries.length} 次。${missing.method}，${missing.steps} 步：${why}` +
      `这一格 ${count} 次，${total}写 重跑 = true。`,
  };
}

/**
 * 断言什么时候适用：每一次都有数，而且旋钮就是随课程带着的那一次的。现场训练的可以换旋钮，课里的话却是照存着的写的。
 *
 * @param found 各次找的结果
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { whenOf } from "@lib/lessons/stretch.ts";
 * import { shelf } from "@lib/training/shelf.ts";
 *
 * const training = shelf()[0]!, one = { training, says: "存着的", own: true };
 * assert.equal(whenOf([one]), true);
 * assert.match(String(whenOf([one, { ...one, own: false }])), /^换了旋钮现场训练的/);
 * assert.equal(whenOf([one, { says: "没有存过", own: false }]), "有一次没有存过，也没有重跑");
 * ```
 */
export function whenOf(found: readonly Found[]): true | string {
  if (found.some(({ training }) => !training)) return "有一次没有存过，也没有重跑";
  return found.every(({ own }) => own) || "换了旋钮现场训练的：这句话是照 1500 步、种子 1、2、3 写的";
}

/**
 * 图的标题和说明：数是这一课自己的，才写结论；不然写为什么不写。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resultsOf, titled } from "@lib/lessons/stretch.ts";
 *
 * assert.equal(titled(resultsOf(false), "PI 最差"), "PI 最差");
 * assert.equal(titled(resultsOf(false, { steps: 20 }), "PI 最差"), "这里不下结论：有一次没有存过，也没有重跑");
 * ```
 */
export function titled({ when }: Results, conclusion: string): string {
  return when === true ? conclusion : `这里不下结论：${when}`;
}

/**
 * 一次训练在一个长度上的成绩；没有这一次，或没考这个长度，就是 `NaN`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { markOf, resultsOf } from "@lib/lessons/stretch.ts";
 *
 * assert.ok(markOf(resultsOf(false), "不拉长", 0, 16).mean > 0.99);
 * ```
 */
export function markOf({ entries }: Results, method: string, steps: number, length: number, asked = 3): Spread {
  const found = entries.find((one) => one.method === method && one.steps === steps && one.asked === asked);
  const at = found?.training.setting.lengths.indexOf(length) ?? -1;
  return found && at >= 0 ? accuracyByLength(found.training)[at]! : { mean: NaN, deviation: NaN };
}

/**
 * 冲淡的三条线，交给 `drawLines`：不调、YaRN 的 a²、对数倍数，各在 n 个词元里给领先的那个键多少权重。
 *
 * @param lead 领先几分（softmax 之前）
 * @param trained 训练长度（词元），不小于 2；那里三条一样
 * @source arXiv 2309.00071 (22)；kexue 8823(5)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dilution } from "@lib/lessons/stretch.ts";
 *
 * assert.deepEqual(dilution(3, 16).map(({ values }) => values[2]!.toFixed(3)), ["0.242", "0.437", "0.588"]); // 64 个词元
 * ```
 */
export function dilution(lead: number, trained: number): Array<{ name: string; x: number[]; values: number[] }> {
  const x = Array.from({ length: 9 }, (_, n) => trained * 2 ** n);
  const line = (name: string, times: (count: number) => number) => ({
    name,
    x,
    values: x.map((count) => weightOfOne(lead * times(count), count)),
  });
  return [
    line("不调", () => 1),
    line("YaRN，乘 a²", (count) => yarnScale(count / trained) ** 2),
    line("对数倍数", (count) => logScale(trained)([count - 1])[0]!),
  ];
}

/** 练习 1 的题：8 维，底数 10000，训练 2048 个词元，拉长 4 倍。 */
const hand = { dimension: 8, factor: 4, originalMaxPosition: 2048 };

/**
 * 练习 1（手算）的判分：NTK-by-parts，第 2 对慢到原来的几成。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/stretch.ts";
 *
 * assert.ok(Math.abs(handProperties[1]!.measure(0.3047)) < 0.001);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "在全内插的 1/4 和不动的 1 之间",
    measure: (kept) => kept,
    bound: { min: 1 / 4, max: 1 },
    hint: "问的是新的角频率除以原来的；全压下去是 1/4",
  },
  {
    name: "和代进式子的一样",
    measure: (kept) => kept - byParts(hand).inverseFrequencies[2]! / 0.01,
    bound: 0.006, // 写到两位小数就够：.30、.31 都算对
    hint: "先数圈数 2048 × 0.01 ÷ 2π，再看它在 1 和 32 之间走了几成：走了的那一成不动，没走的除以 4",
  },
];

/** 练习 2 的题：128 维，底数 10000，训练 4096 个词元，拉长 4 倍。 */
const asked = { dimension: 128, L: 4096, s: 4 };

/**
 * 练习 2（改参数）的判分：NTK 的 α 至少是几，没转完的对一个新角度也没有。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alphaProperties } from "@lib/lessons/stretch.ts";
 *
 * assert.equal(alphaProperties[1]!.measure(4), 17); // α = s 时还剩 17 对
 * ```
 */
export const alphaProperties: ReadonlyArray<Property<number>> = [
  {
    name: "是 1 到 64 之间的整数",
    measure: (alpha) => typeof alpha === "number" && alpha >= 1 && alpha <= 64 ? alpha - Math.round(alpha) : NaN,
    bound: 0,
    hint: "写 alpha 那个整数，不加引号",
  },
  {
    name: "新角度的对数是 0",
    measure: (alpha) =>
      freshPairs(plain(asked).inverseFrequencies, ntkAware({ ...asked, alpha }).inverseFrequencies, asked),
    bound: 0,
    hint: "只有最后一对正好慢 α 倍，前面的都慢得少；要第一对没转完的也慢够 4 倍",
  },
  {
    name: "再小 1 就不够：小 1 时新角度的对数",
    measure: (alpha) =>
      freshPairs(
        plain(asked).inverseFrequencies,
        ntkAware({ ...asked, alpha: Math.max(1, alpha - 1) }).inverseFrequencies,
        asked,
      ),
    bound: { min: 1 },
    hint: "问的是最小的，从 4 一个一个往上试",
  },
];

/**
 * 练习 3 的答案的样子：训练窗口里转几圈、拉长几倍、慢的门槛、快的门槛（圈）进去，新的角频率是原来的几成出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Kept } from "@lib/lessons/stretch.ts";
 *
 * const blank: Kept = () => undefined;
 * assert.equal(blank(2, 4, 1, 32), undefined);
 * ```
 */
export type Kept = (turns: number, factor: number, slow: number, fast: number) => number | undefined;

/**
 * 练习 3（写代码）的判分：按圈数分段。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keptProperties } from "@lib/lessons/stretch.ts";
 *
 * assert.equal(keptProperties[0]!.measure((turns, factor, slow, fast) => turns > fast ? 1 : slow / factor), 0);
 * ```
 */
export const keptProperties: ReadonlyArray<Property<Kept>> = [
  {
    name: "转得比快的门槛多：不动，差",
    measure: (kept) => widest(kept, [[33, 4, 1, 32], [5, 8, 1, 4], [600, 2, 1, 32]]),
    bound: 1e-9,
    hint: "这些对整圈走过很多遍，角频率乘 1；门槛是参数 slow、fast，不总是 1 和 32",
  },
  {
    name: "转不到慢的门槛：除以倍数，差",
    measure: (kept) => widest(kept, [[0.5, 4, 1, 32], [0.01, 8, 1, 4], [1.5, 16, 2, 3]]),
    bound: 1e-9,
    hint: "不到慢的门槛的全压下去，角频率乘 1/倍数；门槛是参数 slow、fast",
  },
  {
    name: "中间按圈数走直线，差",
    measure: (kept) => widest(kept, [[16.5, 4, 1, 32], [2, 4, 1, 32], [2.5, 8, 1, 4], [3, 1, 1, 32]]),
    bound: 1e-9,
    hint: "走了几成是（圈数 − 慢）÷（快 − 慢）；走到头是 1，没走是 1/倍数",
  },
  {
    name: "两个门槛相等，没有中间：不是 NaN，差",
    measure: (kept) => Math.max(widest(kept, [[0.9, 16, 1, 1], [1.1, 16, 1, 1]]), onTheEdge(kept(1, 16, 1, 1)!)),
    bound: 1e-9,
    hint: "先判两头，再算中间，就不会除以 0；圈数正好等于门槛，也要有一个数",
  },
];

/** 两个门槛相等，圈数正好也是它：算不动的、算全压的都行，差多少。 */
const onTheEdge = (said: number) => Math.min(Math.abs(said - 1), Math.abs(said - 1 / 16));

/**
 * 练习 3 的答案，漏了返回就说哪一组；一组也没有返回，才是还没写。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tried } from "@lib/lessons/stretch.ts";
 *
 * assert.equal(tried(() => undefined)(2, 4, 1, 32), undefined);
 * const half = tried((turns, factor, slow) => turns < slow ? 1 / factor : undefined);
 * assert.throws(() => half(2, 4, 1, 32), /有一组数进去没有返回：\(2, 4, 1, 32\)/);
 * ```
 */
export function tried(kept: Kept): Kept {
  const cases: Parameters<Kept>[] = [[2, 4, 1, 32], [0.5, 4, 1, 32], [33, 4, 1, 32]]; // 中间、慢的、快的
  return (...given) => {
    const said = kept(...given);
    if (said === undefined && cases.some((one) => kept(...one) !== undefined)) {
      throw new TypeError(`有一组数进去没有返回：(${given.join(", ")})`);
    }
    return said;
  };
}

/** 和库里的差得最多的一回：造一个只看第 1 对（角频率定成这么多圈）的。 */
function widest(
  kept: Kept,
  cases: ReadonlyArray<readonly [turns: number, factor: number, slow: number, fast: number]>,
) {
  return Math.max(...cases.map(([turns, factor, slow, fast]) => {
    const said = kept(turns, factor, slow, fast);
    if (typeof said !== "number") throw new TypeError("需要返回一个数");
    const L = 2 ** 20, base = (L / (2 * Math.PI * turns)) ** 2; // 4 维，第 1 对的角频率是 base^(−1/2)
    const { inverseFrequencies } = byParts({
      dimension: 4,
      base,
      factor,
      originalMaxPosition: L,
      betaSlow: slow,
      betaFast: fast,
    });
    return Math.abs(said - inverseFrequencies[1]! * Math.sqrt(base));
  }));
}

/**
 * 成绩单的标题：有几个种子就写几个，没有数就不写。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resultsOf, sheetTitle } from "@lib/lessons/stretch.ts";
 *
 * assert.match(sheetTitle(resultsOf(false)), /；3 个种子，均值 ± 标准差$/);
 * ```
 */
export function sheetTitle({ seeds }: Results): string {
  return `往回抄 3 个，训练 16 个词元，拉长 4 倍${seeds > 0 ? `；${seeds} 个种子，均值 ± 标准差` : ""}`;
}

/**
 * 成绩单：一次一行，一个长度一列，“均值 ± 标准差”。
 *
 * @param wanted 要哪几行：办法、再训练几步、考往回抄几个（不写是 3）
 * @param lengths 要哪几个长度（词元）
 * @returns 交给 `table`；没有的一次写“没有数”，一次也没有就只有一行，说怎么办
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resultsOf, sheetOf } from "@lib/lessons/stretch.ts";
 *
 * const [row] = sheetOf(resultsOf(false), [["不拉长", 0]], [16]);
 * assert.deepEqual(row, { 办法: "不拉长", 再训练: "0 步", "16 个": "1.00 ± 0.00" });
 * ```
 */
export function sheetOf(
  results: Results,
  wanted: ReadonlyArray<readonly [method: string, steps: number, asked?: number]>,
  lengths: readonly number[],
): Array<Record<string, string>> {
  if (results.entries.length === 0) return [{ 没有数: results.says }];
  return wanted.map(([method, steps, back = 3]) => ({
    办法: back === 3 ? method : `${method}，考往回抄 ${back} 个`,
    再训练: `${steps} 步`,
    ...Object.fromEntries(lengths.map((length) => {
      const { mean, deviation } = markOf(results, method, steps, length, back);
      return [`${length} 个`, Number.isNaN(mean) ? "没有数" : `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`];
    })),
  }));
}
