/**
 * 第 41 课的材料：四级台阶的前两级，①算得出、②见过类似的，和练习的判分。
 *
 * 后两级要训练过才知道，成绩在 `rung_runs.ts`；没训练过的桶怎么捣乱，在 `untrained_buckets.ts`。
 *
 * @module
 */
import { attention } from "@lib/attention.ts";
import { family, familyNames } from "@lib/bench/family.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { clipDistance } from "@lib/encodings/shaw.ts";
import { t5Bucket } from "@lib/encodings/t5.ts";
import { requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";
import { randomSentence } from "@lib/lessons/four_tokens.ts";
import { contestants } from "@lib/lessons/rung_runs.ts";
import { weightShares } from "@lib/lessons/untrained_buckets.ts";
import type { Property } from "@lib/notebook.ts";
import { turnsInWindow } from "@lib/scaling/by_parts.ts";

/**
 * 问到训练长度的几倍：和训练好的那些一样，16 倍。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { times } from "@lib/lessons/four_rungs.ts";
 *
 * assert.equal(16 * times, 256);
 * ```
 */
export const times = 16;

/** 全家都量一遍，句子最多这么长：再长，一格要好几秒。 */
const longest = 16;

/** 表是一步一步走出来的：接着走就有，不用新的参数。 */
const walked: readonly string[] = ["recursive", "FLOATER"];

/**
 * 第 ① 级的一行：算不算得出，分数是不是有限的数。
 *
 * @example
 * ```ts
 * import type { Reach } from "@lib/lessons/four_rungs.ts";
 *
 * const passes = ({ defined, finite }: Reach) => defined && finite;
 * ```
 */
export interface Reach {
  /** 编码的名字。 */
  readonly name: string;
  /** 不抛错。 */
  readonly defined: boolean;
  /** 看得见的分数都是有限的数。 */
  readonly finite: boolean;
  /** 拦住它的那句话。 */
  readonly why?: string;
}

/**
 * 第 ① 级：全家，表只给训练长度 L 那么多行，句子写到 16L，最后一个词元打分。
 *
 * 层次分解的 L 行按它自己的规矩管 L² 个位置；递归式、FLOATER 接着走。L 超过 16 时只按 16 量，并且说出来。
 *
 * @param settings `L` 训练长度（词元）；`d` 维数，4 的倍数；`seed` 随机种子
 * @throws {RangeError} L 不是正整数，或种子不合适
 * @throws {ShapeError} d 不是 4 的倍数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reaches } from "@lib/lessons/four_rungs.ts";
 *
 * const [nope, , learned] = reaches({ L: 2, d: 4, seed: 1 });
 * assert.deepEqual(nope, { name: "NoPE", defined: true, finite: true });
 * assert.match(learned!.why!, /表只有 2 行/);
 * ```
 */
export function reaches(settings: { readonly L: number; readonly d: number; readonly seed: number }): Reach[] {
  const { L, d, seed } = requireOptions("量第一级", settings);
  const trained = Math.min(requireInteger("定训练长度", L, 1), longest), far = times * trained;
  if (L > longest) console.log(`L = ${L} 超过 ${longest}：这一格按训练长度 ${longest} 量，问到 ${far}。`);
  const sentence = { ...randomSentence({ L: far, d, seed }), queryRows: [far - 1], causal: true };
  return familyNames.map((name) => {
    const length = walked.includes(name) ? far : name === "hierarchical" ? trained ** 2 : trained;
    try {
      const { scores } = attention({ ...sentence, encoding: family({ d, length, seed }, [name])[0]! });
      return { name, defined: true, finite: scores.data.every((s) => Number.isFinite(s)) };
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("无法"))) throw error;
      return { name, defined: false, finite: false, why: error.message };
    }
  });
}

/** 查到的一个数：隔 t 个（绝对的写法是位置 t）。 */
type Looked = (t: number) => number;

/** 打分之前查什么：查到的每个数都和训练时某一次一样，才算见过。 */
const looksUp: Readonly<Record<string, { what: string; at: (d: number) => readonly Looked[] }>> = {
  NoPE: { what: "什么也不查", at: () => [] },
  learned: { what: "第 m 行", at: () => [(t) => t] },
  sinusoidal: { what: "sin mθ、cos mθ", at: circles },
  T5: { what: "几号桶", at: () => [(t) => t5Bucket(t, { bidirectional: false })] },
  Shaw: { what: "截断后的距离", at: () => [(t) => clipDistance(t, 4)] },
  clip: { what: "截断后的距离", at: () => [(t) => clipDistance(t, 4)] },
  RoPE: { what: "转过的角度", at: circles },
  "ALiBi ½": { what: "扣几分", at: () => [subtracted(1 / 2)] },
  "ALiBi 1/64": { what: "扣几分", at: () => [subtracted(1 / 64)] },
};

/** ALiBi 扣的分。 */
function subtracted(slope: number): Looked {
  const { score } = alibi(slope);
  return (t) => score!(new Float64Array([t])).bias![0]!;
}

/** 每一对的 cos、sin。 */
function circles(d: number): Looked[] {
  return [...inverseFrequencies(d, 10000)].flatMap((speed): Looked[] => [
    (t) => Math.cos(t * speed),
    (t) => Math.sin(t * speed),
  ]);
}

/**
 * 第 ② 级：训练长度 L，隔 L 到 16L − 1 个，查到的和训练时哪一次都不同的占几成（0 到 1）。
 *
 * 超过 256 个距离就隔着取 256 个。
 *
 * @param name `contestants` 里的一个名字
 * @param L 训练长度（词元）
 * @param d 维数，偶数；只有 sinusoidal、RoPE 用
 * @throws {RangeError} 没有这个名字，或 L 不是正整数
 * @throws {ShapeError} d 不是正偶数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unseenShare } from "@lib/lessons/four_rungs.ts";
 *
 * assert.deepEqual(["NoPE", "clip", "T5"].map((name) => unseenShare(name, 16, 32)), [0, 0, 1]);
 * assert.ok(unseenShare("T5", 113, 32) > 0 && unseenShare("T5", 114, 32) === 0); // 最后一个桶从 113 起
 * ```
 */
export function unseenShare(name: string, L: number, d: number): number {
  requireInteger("量第二级，定训练长度", L, 1, 8192);
  if (!Object.hasOwn(looksUp, name)) {
    throw new RangeError(`无法量第二级：需要 ${Object.keys(looksUp).join("、")} 里的一个：现在是 ${name}`);
  }
  const [first, ...rest] = looksUp[name]!.at(d);
  if (!first) return 0;
  const trained = Float64Array.from({ length: L }, (_, t) => first(t)); // 头一个数就不同的最多，先比它
  const count = Math.min(256, (times - 1) * L), step = ((times - 1) * L - 1) / Math.max(1, count - 1);
  const far = Array.from({ length: count }, (_, n) => L + Math.round(n * step));
  return far.filter((t) => {
    const now = first(t);
    return !trained.some((before, s) =>
      Math.abs(before - now) < 1e-9 && rest.every((looked) => Math.abs(looked(s) - looked(t)) < 1e-9)
    );
  }).length / far.length;
}

/**
 * 第 ② 级的表，交给 `table`。
 *
 * @param L 训练长度（词元）
 * @param d 维数，偶数
 * @throws {RangeError} L 不是正整数
 * @throws {ShapeError} d 不是正偶数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unseenRows } from "@lib/lessons/four_rungs.ts";
 *
 * assert.deepEqual(unseenRows(16, 32)[0], { 编码: "NoPE", 打分前查什么: "什么也不查", 没见过的: "0 %", 转满一圈的对: "" });
 * assert.equal(unseenRows(16, 32).at(-3)!.转满一圈的对, "2 / 16");
 * ```
 */
export function unseenRows(L: number, d: number): {
  readonly 编码: string;
  readonly 打分前查什么: string;
  readonly 没见过的: string;
  readonly 转满一圈的对: string;
}[] {
  return contestants.map(({ name }) => ({
    编码: name,
    打分前查什么: looksUp[name]!.what,
    没见过的: `${Math.round(100 * unseenShare(name, L, d))} %`,
    转满一圈的对: ["sinusoidal", "RoPE"].includes(name) ? `${fullTurns(L, d)} / ${d / 2}` : "",
  }));
}

/**
 * 训练长度以内，转满一圈的对有几个：最远隔 L − 1 个。
 *
 * @throws {RangeError} L 不是正整数
 * @throws {ShapeError} d 不是正偶数
 * @example 32 维，每对慢 10^(1/4) 倍：1 弧度、0.56 弧度的转满了
 * ```ts
 * import assert from "node:assert/strict";
 * import { fullTurns } from "@lib/lessons/four_rungs.ts";
 *
 * assert.equal(fullTurns(16, 32), 2);
 * ```
 */
export function fullTurns(L: number, d: number): number {
  requireInteger("数转满一圈的对", L, 1);
  if (L === 1) return 0;
  return turnsInWindow(inverseFrequencies(d, 10000), L - 1).filter((rounds) => rounds >= 1).length;
}

/**
 * Press 等表 2 的一行：验证时的长度，四种编码的困惑度。
 *
 * @example
 * ```ts
 * import type { PressRow } from "@lib/lessons/four_rungs.ts";
 *
 * const worse = (before: PressRow, after: PressRow) => after.sinusoidal / before.sinusoidal;
 * ```
 */
export interface PressRow {
  /** 验证时一段几个词元。 */
  readonly 长度: number;
  /** 三角式。 */
  readonly sinusoidal: number;
  /** 旋转。 */
  readonly RoPE: number;
  /** T5 的偏置。 */
  readonly T5: number;
  /** ALiBi。 */
  readonly ALiBi: number;
}

/**
 * Press 等表 2 的三行（WikiText-103 验证集，不重叠，训练 512）：困惑度，越小越好。
 *
 * @source Press 等，arXiv 2108.12409v2，表 2
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pressTable } from "@lib/lessons/four_rungs.ts";
 *
 * assert.equal(pressTable[0]!.长度, 512);
 * ```
 */
export const pressTable: readonly PressRow[] = [
  { 长度: 512, sinusoidal: 20.05, RoPE: 20.07, T5: 19.65, ALiBi: 19.73 },
  { 长度: 1012, sinusoidal: 43.54, RoPE: 21.37, T5: 18.79, ALiBi: 18.73 },
  { 长度: 2512, sinusoidal: 132.41, RoPE: 31.58, T5: 20.41, ALiBi: 18.41 },
];

/** 练习 1 的表：隔 3 个的桶 +1，别的训练过的 −1，没训练过的 0。 */
const handTable = Float64Array.from({ length: 32 }, (_, n) => n === 3 ? 1 : n < 16 ? -1 : 0);

/**
 * 练习 1（手算）的判分：64 个词元，隔 3 个的那个得多少权重？
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/four_rungs.ts";
 *
 * assert.equal(handProperties.length, 4);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "是 0 到 1 之间的数",
    measure: (weight) => weight,
    bound: { min: 0, max: 1 },
    hint: "权重是份额；写成百分数的，除以 100",
  },
  {
    name: "没训练过的也在分母里",
    measure: (weight) => weight,
    bound: { max: 0.2 },
    hint: "64 个词元，隔 0 到 63 个都在分母里，不止训练过的 16 个",
  },
  {
    name: "没训练过的是 0 分，不是 −1 分",
    measure: (weight) => weight,
    bound: { max: 0.09 },
    hint: "隔 16 到 63 个的那 48 个，各是 e⁰ = 1",
  },
  {
    name: "和 softmax 算的一样，差不到 0.0005",
    measure: (weight) => weight - weightShares(handTable, 64).target,
    bound: 0.0005, // 三位小数，四舍五入最多差这么多
    hint: "分子是 e¹；分母是 e¹ + 15 e⁻¹ + 48",
  },
];

/**
 * 练习 2（改参数）的判分：`L` 最小是几，T5 那一行第一次 0 %。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bucketProperties } from "@lib/lessons/four_rungs.ts";
 *
 * assert.equal(bucketProperties[0]!.measure(16), 1);
 * ```
 */
export const bucketProperties: ReadonlyArray<Property<number>> = [
  {
    name: "L 以外没有没见过的桶",
    measure: (L) => unseenShare("T5", L, 4),
    bound: 0,
    hint: "量到的是没见过的占比。最后一个桶是 31 号，训练时要见过它",
  },
  {
    name: "再短一个就有",
    measure: (L) => unseenShare("T5", L - 1, 4),
    bound: { min: 1e-9 },
    hint: "已经都见过了，但 L 还能再小",
  },
];

/**
 * 练习 3 的答案的样子：32 个数的表、训练过几个，给出补好的表；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Mend } from "@lib/lessons/four_rungs.ts";
 *
 * const blank: Mend = () => undefined;
 * assert.equal(blank([0], 1), undefined);
 * ```
 */
export type Mend = (table: readonly number[], trained: number) => readonly number[] | undefined;

/** 像训练出来的表：隔 3 个的是正的，别的训练过的在 −0.8 到 −1.2 之间，没训练过的是 0。 */
const tableOf = (trained: number, n: number) =>
  Array.from({ length: 32 }, (_, b) => b === 3 ? 1 + 0.1 * n : b < trained ? -1 + 0.2 * Math.sin(b * (n + 2)) : 0);

/** 三张表，训练过的个数不一样：写死 16 的补不对。 */
const tables = [16, 12, 20].map((trained, n) => ({ trained, table: tableOf(trained, n) }));

/**
 * 看练习 3 是不是还空着，用的一组参数：一张表，训练过几个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mendSample } from "@lib/lessons/four_rungs.ts";
 *
 * const [table, trained] = mendSample;
 * assert.ok(table[3]! > 0 && table[trained - 1]! < 0 && table[trained] === 0);
 * ```
 */
export const mendSample: readonly [table: readonly number[], trained: number] = [tableOf(16, 0), 16];

/** 补三张表，看每一张；±∞ 留给判分去说，别的不是数的当场说是第几号。 */
function mended(
  mend: Mend,
  look: (after: readonly number[], before: readonly number[], trained: number) => number,
): number[] {
  return tables.map(({ table, trained }) => {
    const after = mend([...table], trained);
    if (!Array.isArray(after) && !ArrayBuffer.isView(after)) throw new ShapeError("补桶表", "返回 32 个数", after);
    const values = Array.from(after as ArrayLike<number>);
    const bad = values.findIndex((b) => typeof b !== "number" || Number.isNaN(b));
    if (bad >= 0) throw new ShapeError("补桶表", `${bad} 号桶是有限的数`, values[bad]);
    return look(values, table, trained);
  });
}

/** 训练过、又不是目标的那些。 */
const othersOf = (table: readonly number[], trained: number) => table.filter((_, b) => b < trained && b !== 3);

/**
 * 练习 3（写代码）的判分：补没训练过的桶。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mendProperties } from "@lib/lessons/four_rungs.ts";
 *
 * assert.equal(mendProperties[0]!.measure((table) => table), 0); // 原样还回来，个数没变
 * ```
 */
export const mendProperties: ReadonlyArray<Property<Mend>> = [
  {
    name: "还是 32 个数：多了（+）或者少了（−）几个",
    measure: (mend) => mended(mend, (after) => after.length - 32).find((more) => more !== 0) ?? 0,
    bound: 0,
    hint: "训练过的也要一起还回来",
  },
  {
    name: "每个都是有限的数：±∞ 有几个",
    measure: (mend) => Math.max(...mended(mend, (after) => after.filter((b) => !Number.isFinite(b)).length)),
    bound: 0,
    hint: "−∞ 是掩码，不是偏置：远处的词元就永远看不见了",
  },
  {
    name: "训练过的没动：差得最多的",
    measure: (mend) =>
      Math.max(
        ...mended(mend, (after, before, trained) =>
          Math.max(...before.slice(0, trained).map((b, n) => Math.abs(b - after[n]!)))),
      ),
    bound: 1e-6, // 写成 Float32Array 也行
    hint: "只改 trained 号往后的；训练过几个不一定是 16，12、20 也要行",
  },
  {
    name: "256 个词元，隔 3 个的权重是补之前的几倍",
    measure: (mend) =>
      Math.min(...mended(mend, (after, before) => weightShares(after, 256).target / weightShares(before, 256).target)),
    bound: { min: 1.5 },
    hint: "没训练过的是 0，比别的训练过的都高；换成训练过的、不是目标的一个",
  },
  {
    name: "没训练过的，一个也没有高过练过的别的桶：最多高多少",
    measure: (mend) =>
      Math.max(
        ...mended(mend, (after, before, trained) =>
          Math.max(...after.slice(trained)) - Math.max(...othersOf(before, trained))),
      ),
    bound: { max: 1e-6 },
    hint: "还有漏补的：从 trained 号到 31 号，一个不落；训练过几个不一定是 16",
  },
  {
    name: "远处没有被掩住：没训练过的，比练过的最低的最多低多少",
    measure: (mend) =>
      Math.max(
        ...mended(mend, (after, before, trained) =>
          Math.min(...othersOf(before, trained)) - Math.min(...after.slice(trained))),
      ),
    bound: { max: 1 },
    hint: "补得太低，远处就看不见了：训练过的里挑一个",
  },
];
