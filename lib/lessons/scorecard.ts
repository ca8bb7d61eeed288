/**
 * 第 39 课“全家福”的材料：成绩单、相对与参数两根轴、窗口里的距离练到过几次、三道练习的判分。
 *
 * @module
 */
import { attention } from "@lib/attention.ts";
import { family, familyNames } from "@lib/bench/family.ts";
import { measure, type Measurement } from "@lib/bench/measure.ts";
import { scorecard, scoreColumns } from "@lib/bench/scorecard.ts";
import type { Encoding } from "@lib/encoding.ts";
import { requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";
import { matrix, maxDifference } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 三张图各画谁（groups）：按 8130 的次序，绝对的写法、改分数的、旋转一家；合起来就是全家。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyNames } from "@lib/bench/family.ts";
 * import { groups } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual(Object.values(groups).flat(), familyNames);
 * ```
 */
export const groups: Readonly<Record<"absolute" | "score" | "rotary", readonly string[]>> = {
  absolute: familyNames.slice(0, familyNames.indexOf("Shaw")),
  score: familyNames.slice(familyNames.indexOf("Shaw"), familyNames.indexOf("RoPE")),
  rotary: familyNames.slice(familyNames.indexOf("RoPE")),
};

/** 成绩单的训练长度最多这么多：再长，全家的 64 倍要量好几秒。 */
const longest = 32;

/**
 * 全家的成绩单。训练长度是 L；L 超过 32 时只按 32 量，并且说出来。
 *
 * @param settings `L` 长度（词元）；`d` 维数，4 的倍数；`seed` 随机种子
 * @throws 和 `family`、`measure` 相同
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyNames } from "@lib/bench/family.ts";
 * import { familyCard } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual(familyCard({ L: 3, d: 4, seed: 1 }).map(({ name }) => name), familyNames);
 * ```
 */
export function familyCard(settings: { L: number; d: number; seed: number }): Measurement[] {
  assertKnobs();
  const { L, d, seed } = requireOptions("量全家", settings);
  const trained = Math.min(requireInteger("定长度", L, 1), longest);
  if (L > longest) console.log(`L = ${L} 超过 ${longest}：成绩单按训练长度 ${longest} 量，拉长到 ${64 * longest}。`);
  return scorecard(family({ d, length: 66 * trained + 5, seed }), { L: trained, d, seed });
}

/**
 * 成绩单里挑几行，照点名的次序。
 *
 * @throws {ShapeError} 没有这个名字
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard } from "@lib/bench/scorecard.ts";
 * import { nope } from "@lib/encoding.ts";
 * import { pick } from "@lib/lessons/scorecard.ts";
 *
 * const card = scorecard([nope], { L: 3, d: 4 });
 * assert.equal(pick(card, ["NoPE"])[0], card[0]);
 * assert.throws(() => pick(card, ["rope"]), /需要成绩单上的一个名字：现在是字符串 "rope"/);
 * ```
 */
export function pick(card: readonly Measurement[], names: readonly string[]): Measurement[] {
  return names.map((name) => {
    const found = card.find((one) => one.name === name);
    if (!found) throw new ShapeError("挑成绩单", "成绩单上的一个名字", name);
    return found;
  });
}

/**
 * 一行里蓝格（在容差以内的格）有几个，0 到 9。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "@lib/bench/measure.ts";
 * import { nope } from "@lib/encoding.ts";
 * import { blueCells } from "@lib/lessons/scorecard.ts";
 *
 * assert.equal(blueCells(measure(nope, { L: 4, d: 4 })), 8); // 只差 R²：分数全一样，量不了
 * ```
 */
export function blueCells(one: Measurement): number {
  return Object.values(scoreColumns).filter((cell) => cell(one).holds).length;
}

/**
 * 平移不变：位置全部加几，分数、权重、输出都不变。这是“相对”量得出来的意思。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "@lib/bench/measure.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { isRelative } from "@lib/lessons/scorecard.ts";
 *
 * assert.ok(isRelative(measure(alibi(1), { L: 4, d: 4 })));
 * ```
 */
export function isRelative({ shift: { measured, tolerance } }: Measurement): boolean {
  return measured !== undefined && measured <= tolerance;
}

/**
 * 平移不变、分数里又看得见位置的，拉长到 64 倍时分成三堆：都见过、见过一部分、拉不了。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard } from "@lib/bench/scorecard.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { clipBias } from "@lib/encodings/clip_bias.ts";
 * import { stretchedPiles } from "@lib/lessons/scorecard.ts";
 *
 * const card = scorecard([alibi(1), clipBias([0, 1, 2])], { L: 4, d: 4 });
 * assert.deepEqual(stretchedPiles(card), { seen: ["clip"], partly: ["ALiBi"], lost: [] });
 * ```
 */
export function stretchedPiles(
  card: readonly Measurement[],
): { readonly seen: string[]; readonly partly: string[]; readonly lost: string[] } {
  const able = card.filter((one) => isRelative(one) && one.toeplitz.measured !== undefined);
  const names = (holds: (unseen: number | undefined) => boolean) =>
    able.filter(({ stretch }) => holds(stretch.at(-1)!.unseen)).map(({ name }) => name);
  return {
    seen: names((unseen) => unseen === 0),
    partly: names((unseen) => unseen !== undefined && unseen > 0),
    lost: names((unseen) => unseen === undefined),
  };
}

/**
 * 有没有要学的数：换一组参数，分数或输出变不变。KERPLE 是例外：实验台把它的两个数定死了，论文里是学的。
 *
 * @throws {RangeError} 全家里没有这个名字
 * @source Chi et al. arXiv 2205.09921（KERPLE 的两个数是学的）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hasParameters } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual(["T5", "RoPE", "sinusoidal", "learned"].map(hasParameters), [true, false, false, true]);
 * ```
 */
export function hasParameters(name: string): boolean {
  const tokens = normalMatrix(5, 8, 1), projection = (seed: number) => normalMatrix(8, 8, seed);
  const projections = { query: projection(2), key: projection(3), value: projection(4) };
  const [one, other] = [1, 2].map((seed) => {
    const encoding = family({ d: 8, length: 5, seed }, [name])[0]!;
    return attention({ tokens, projections, encoding, causal: true });
  });
  const changed = maxDifference(one!.scores, other!.scores) + maxDifference(one!.output, other!.output);
  return changed > 0 || name === "KERPLE";
}

/**
 * 相对 × 参数，四格：平移变不变、有没有要学的数、是谁。NoPE 没有位置，不进格子。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard } from "@lib/bench/scorecard.ts";
 * import { family } from "@lib/bench/family.ts";
 * import { fourCells } from "@lib/lessons/scorecard.ts";
 *
 * const four = family({ d: 8, length: 600 }, ["sinusoidal", "learned", "T5", "RoPE"]);
 * const cells = fourCells(scorecard(four, { L: 4, d: 8 }));
 * assert.deepEqual(cells.map(({ names }) => names), [["RoPE"], ["T5"], ["sinusoidal"], ["learned"]]);
 * assert.equal(cells[0]!.平移, "不变（相对）");
 * ```
 */
export function fourCells(
  card: readonly Measurement[],
): { readonly 平移: string; readonly 要学的数: string; readonly names: string[] }[] {
  const placed = card.filter(({ name }) => name !== "NoPE");
  return [true, false].flatMap((relative) =>
    [false, true].map((learns) => ({
      平移: relative ? "不变（相对）" : "变（绝对）",
      要学的数: learns ? "有" : "没有",
      names: placed.filter((one) => isRelative(one) === relative && hasParameters(one.name) === learns)
        .map(({ name }) => name),
    }))
  );
}

/**
 * 一格里的名字排成表的几行：一行最多 6 个，放得进幻灯片；别的列只印在头一行。交给 `table`。
 *
 * @param kind 别的列
 * @param names 是谁
 * @throws {ShapeError} 不是一批名字
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nameRows } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual(nameRows({ 堆: "甲" }, ["a", "b"]), [{ 堆: "甲", 几种: 2, 是谁: "a、b" }]);
 * assert.deepEqual(nameRows({ 堆: "甲" }, [..."abcdefg"])[1], { 堆: "", 几种: null, 是谁: "g" });
 * ```
 */
export function nameRows(
  kind: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string | number | null>[] {
  if (!Array.isArray(names)) throw new ShapeError("排名字", "一批名字（数组）", names);
  const blank = Object.fromEntries(Object.keys(kind).map((column) => [column, ""]));
  return Array.from({ length: Math.max(1, Math.ceil(names.length / 6)) }, (_, r) => ({
    ...(r === 0 ? kind : blank),
    几种: r === 0 ? names.length : null,
    是谁: names.slice(6 * r, 6 * r + 6).join("、"),
  }));
}

/**
 * 一个窗口用几个字一篇的短文装满，每篇几个字；最后一篇装不下就截短。
 *
 * @param length 窗口 L（词元）
 * @param document 一篇几个字（词元）
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { packed } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual(packed(10, 4), [4, 4, 2]);
 * assert.deepEqual(packed(3, 4), [3]);
 * ```
 */
export function packed(length: number, document: number): number[] {
  assertKnobs();
  requireInteger("装窗口", length, 1, 2 ** 20);
  requireInteger("装窗口，定一篇几个字", document, 1);
  const documents = Math.ceil(length / document);
  return Array.from({ length: documents }, (_, n) => Math.min(document, length - n * document));
}

/**
 * 因果、各篇互相不看：窗口里每个往回的距离 0 到 L − 1 各有几对，`[L]`。
 *
 * @param documents 各篇几个字（词元），加起来是 L
 * @throws {RangeError} 有一篇不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairsByDistance } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual([...pairsByDistance([4])], [4, 3, 2, 1]);
 * assert.deepEqual([...pairsByDistance([2, 2])], [4, 2, 0, 0]);
 * ```
 */
export function pairsByDistance(documents: readonly number[]): Float64Array {
  if (!Array.isArray(documents) || documents.length === 0) throw new ShapeError("数对", "至少一篇（数组）", documents);
  documents.forEach((size) => requireInteger("数对，看一篇几个字", size, 1, 2 ** 20));
  const pairs = new Float64Array(documents.reduce((sum, size) => sum + size, 0));
  for (const size of documents) for (let t = 0; t < size; t++) pairs[t]! += size - t;
  return pairs;
}

/**
 * 装满一个窗口的三笔账，一行，交给 `table`：练到几种距离、占几成、打几次分。
 *
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { windowLine } from "@lib/lessons/scorecard.ts";
 *
 * assert.deepEqual(windowLine(16, 4), {
 *   窗口: 16, "一篇几个字": 4, "练到的距离": 4, "占几成": "25 %", "打几次分": 40,
 * });
 * ```
 */
export function windowLine(length: number, document: number): {
  readonly 窗口: number;
  readonly 一篇几个字: number;
  readonly 练到的距离: number;
  readonly 占几成: string;
  readonly 打几次分: number;
} {
  const pairs = pairsByDistance(packed(length, document)), seen = pairs.filter((count) => count > 0).length;
  return {
    窗口: length,
    一篇几个字: document,
    练到的距离: seen,
    占几成: `${+(100 * seen / length).toPrecision(3)} %`,
    打几次分: pairs.reduce((sum, count) => sum + count, 0),
  };
}

/**
 * 越聊越长：一轮 ⌈L/4⌉ 个字，到第几轮一共几个字；只留最近 L 个要丢掉几个；一个不丢，没练过的距离占几成。
 *
 * @param length 训练长度 L（词元）
 * @param turns 看哪几轮
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chatLines } from "@lib/lessons/scorecard.ts";
 *
 * const [fourth, eighth] = chatLines(32, [4, 8]);
 * assert.deepEqual(fourth, { 轮: 4, 一共几个字: 32, "只留 L 个，丢掉": 0, "一个不丢，没练过的对": 0, 占几成: "0 %" });
 * assert.equal(eighth!["一个不丢，没练过的对"], 528); // 距离 32 到 63 的：32 + 31 + … + 1
 * ```
 */
export function chatLines(length: number, turns: readonly number[]): {
  readonly 轮: number;
  readonly 一共几个字: number;
  readonly "只留 L 个，丢掉": number;
  readonly "一个不丢，没练过的对": number;
  readonly 占几成: string;
}[] {
  requireInteger("聊天，定训练长度", length, 1, 2 ** 16);
  return turns.map((turn) => {
    const total = requireInteger("聊天，数到第几轮", turn, 1, 64) * Math.ceil(length / 4);
    const pairs = pairsByDistance([total]), beyond = pairs.slice(length).reduce((sum, count) => sum + count, 0);
    return {
      轮: turn,
      一共几个字: total,
      "只留 L 个，丢掉": Math.max(0, total - length),
      "一个不丢，没练过的对": beyond,
      占几成: `${+(200 * beyond / (total * (total + 1))).toPrecision(3)} %`,
    };
  });
}

/**
 * 找东西：内容都一样的 `length` 个词元里，第一个的分数高 3；最后一个词元给它多少权重。
 *
 * @param encoding 编码，一维的头用得上
 * @param length 几个词元
 * @throws {RangeError} 长度不是大于 1 的整数
 * @example 没有位置编码：e³ 和 length − 1 个 1 分
 * ```ts
 * import assert from "node:assert/strict";
 * import { nope } from "@lib/encoding.ts";
 * import { weightOnFirst } from "@lib/lessons/scorecard.ts";
 *
 * assert.ok(Math.abs(weightOnFirst(nope, 4) - Math.exp(3) / (Math.exp(3) + 3)) < 1e-12);
 * ```
 */
export function weightOnFirst(encoding: Encoding, length: number): number {
  requireInteger("找东西", length, 2, 2 ** 16);
  const queries = matrix(Array.from({ length }, () => [1])), values = queries;
  const keys = matrix(Array.from({ length }, (_, j) => [j === 0 ? 3 : 0]));
  return attention({ queries, keys, values, encoding, causal: true, queryRows: [length - 1] }).weights.data[0]!;
}

/**
 * 练习 1（手算）的判分：窗口 1024，128 个字一篇装满，互相不看，因果。一共打几次分？
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairsProperties } from "@lib/lessons/scorecard.ts";
 *
 * assert.equal(pairsProperties.length, 3);
 * ```
 */
export const pairsProperties: ReadonlyArray<Property<number>> = [
  {
    name: "各篇互相不看",
    measure: (pairs) => pairs / windowLine(1024, 1024).打几次分,
    bound: { max: 0.5 },
    hint: "量到的是和一篇写满比。8 篇各看各的，先算一篇 128 个字的，再乘 8",
  },
  {
    name: "只往回看",
    measure: (pairs) => pairs / (8 * 128 ** 2),
    bound: { max: 0.75 },
    hint: "因果：第 1 个字看 1 个，第 2 个看 2 个，……，加起来约是正方形的一半",
  },
  {
    name: "和一对一对数的一样多",
    measure: (pairs) => pairs - windowLine(1024, 128).打几次分,
    bound: 0,
    hint: "自己看自己也算一对：一篇 n 个字是 n(n + 1)/2 对",
  },
];

/** 实验台的截断表（k = 16），训练长度 `trained` 时，64 倍没见过的占几成。 */
function clipUnseen(trained: number): number {
  const clip = family({ d: 4, length: 1 }, ["clip"])[0]!;
  return measure(clip, { L: trained, d: 4 }).stretch.at(-1)!.unseen!;
}

/**
 * 练习 2（改参数）的判分：`L` 最小是几，成绩单上 clip 那一行的“64 倍没见过”第一次是 0 %。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipProperties } from "@lib/lessons/scorecard.ts";
 *
 * assert.ok(clipProperties[0]!.measure(8) > 0.9);
 * ```
 */
export const clipProperties: ReadonlyArray<Property<number>> = [
  {
    name: "64 倍时一对没见过的也没有",
    measure: clipUnseen,
    bound: 0,
    hint: "量到的是没见过的占比。表里最远的那个数管距离 16 和更远，训练时要见过距离 16",
  },
  {
    name: "再短一个就有没见过的",
    measure: (trained) => clipUnseen(trained - 1),
    bound: { min: 0.5 },
    hint: "已经都见过了，但 L 还能再小",
  },
];

/**
 * 练习 3 的答案的样子：距离进去，一个数出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Bias } from "@lib/lessons/scorecard.ts";
 *
 * const blank: Bias = () => undefined;
 * assert.equal(blank(1), undefined);
 * ```
 */
export type Bias = (distance: number) => number | undefined;

/** 学习者写的偏置放上实验台；训练 8 个词元。 */
function benched(bias: Bias): Measurement {
  const number = (t: number): number => {
    const b = bias(t);
    if (typeof b !== "number" || !Number.isFinite(b)) throw new TypeError(`距离 ${t} 需要返回一个有限的数`);
    return b;
  };
  return measure({ name: "我的", score: (distances) => ({ bias: distances.map(number) }) }, { L: 8, d: 4 });
}

/**
 * 练习 3（写代码）的判分：写一个偏置，放上实验台，四格要合要求。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { biasProperties } from "@lib/lessons/scorecard.ts";
 *
 * assert.equal(biasProperties[1]!.measure((t) => -Math.abs(t)), 0); // 左右一样，反向不变
 * ```
 */
export const biasProperties: ReadonlyArray<Property<Bias>> = [
  {
    name: "换序：变",
    measure: (bias) => benched(bias).order.measured!,
    bound: { min: 1e-6 },
    hint: "往回的每个距离加的都一样，softmax 之后等于没加：近处和远处要加不同的数",
  },
  {
    name: "反向：变",
    measure: (bias) => benched(bias).reverseSame.measured!,
    bound: { min: 1e-6 },
    hint: "距离 t 和 −t 加的数一样，就分不出前后：别只看 |t|",
  },
  {
    name: "64 倍没见过：0",
    measure: (bias) => benched(bias).stretch.at(-1)!.unseen!,
    bound: 0,
    hint: "量到的是没见过的占比。训练 8 个词元只见过 0 到 7：更远的要合用见过的数，截断，或者循环",
  },
];
