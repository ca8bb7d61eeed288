/**
 * 第 91 课用的东西：一句话拆成几种读法，量完自己出判词；练习和回帖的判分。
 *
 * 判词不写在这里，也不写在笔记本里：几种读法成立了几种，判词就是什么。`lib/` 里的编码改了，判词跟着变。
 *
 * @module
 */
import { requireInteger } from "@lib/errors.ts";
import { rotary } from "@lib/encodings/rope.ts";
import { unseenShare } from "@lib/lessons/start.ts";
import { independentSpread } from "@lib/limits/decay_random.ts";
import { dot, matrix, row } from "@lib/matrix.ts";
import { type Bound, boundWords, measuredWords, meets } from "@lib/notebook/bound.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { table } from "@lib/notebook/table.ts";
import { display, type Displayable } from "@lib/plots/display.ts";
import { trainOrSaved } from "@lib/training/shelf.ts";

// 前面的课用过的，这一课照用。
export { randomSentence } from "@lib/lessons/four_tokens.ts";
export { unseenShare } from "@lib/lessons/start.ts";
export { board } from "@lib/lessons/two_lessons.ts";

/**
 * 一种读法（reading）：这样理解那句话，要量哪个数，落在哪里才算成立；第四项写 `true` 或不适用的原因。
 *
 * @example
 * ```ts
 * import type { Reading } from "@lib/lessons/write_your_reply.ts";
 *
 * const reading: Reading = ["没有掩码，打乱顺序，输出只跟着换", 0, 1e-12, true];
 * ```
 */
export type Reading = readonly [says: string, measured: number, bound: Bound, when?: true | string];

/**
 * 判词（verdict）：读法全成立是对，全不成立是错，有成有不成是半对；一种也量不了是不适用。
 *
 * @example
 * ```ts
 * import type { Verdict } from "@lib/lessons/write_your_reply.ts";
 *
 * const verdict: Verdict = "半对";
 * ```
 */
export type Verdict = "对" | "半对" | "错" | "不适用";

/**
 * 判过的一句话（judged claim），显示成一张表。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { judge, type Judged } from "@lib/lessons/write_your_reply.ts";
 *
 * const judged: Judged = judge("楼主", "权重都是一样的", 10, [["每个权重都是 1/L", 0.3, 1e-9]]);
 * assert.equal(judged.verdict, "错");
 * ```
 */
export interface Judged extends Displayable {
  /** 几楼。 */
  readonly post: string;
  /** 原话，摘几个字。 */
  readonly quote: string;
  /** 哪一课细讲。 */
  readonly lesson: number;
  /** 判词。 */
  readonly verdict: Verdict;
  /** 成立的读法。 */
  readonly holds: readonly string[];
  /** 不成立的读法。 */
  readonly fails: readonly string[];
}

/**
 * 判一句话（judge）：每种读法看量到的数，成立了几种就是什么判词。
 *
 * @param post 几楼
 * @param quote 原话，摘几个字
 * @param lesson 哪一课细讲
 * @param readings 几种读法
 * @throws {RangeError} 一种读法也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { judge } from "@lib/lessons/write_your_reply.ts";
 *
 * const judged = judge("一楼", "分不出前后", 13, [["W 是单位矩阵", 0, 1e-9], ["换一个 W，也是", 6.0, 1e-9]]);
 * assert.equal(judged.verdict, "半对");
 * assert.deepEqual(judged.fails, ["换一个 W，也是"]);
 * ```
 */
export function judge(post: string, quote: string, lesson: number, readings: readonly Reading[]): Judged {
  assertKnobs();
  if (readings.length === 0) throw new RangeError("无法判一句话：需要至少一种读法：现在一种也没有");
  const said = readings.map(([says, measured, bound, when = true]) => ({
    says,
    applies: when === true,
    true: meets(measured, bound),
    row: {
      怎么读: says,
      量到: when === true ? measuredWords(measured, bound) : "—",
      成立要: when === true ? boundWords(bound) : when,
      成立吗: when !== true ? "不适用" : meets(measured, bound) ? "成立" : "不成立",
    },
  }));
  const applying = said.filter(({ applies }) => applies), holds = applying.filter((one) => one.true);
  const verdict = applying.length === 0
    ? "不适用"
    : holds.length === applying.length
    ? "对"
    : holds.length === 0
    ? "错"
    : "半对";
  const shown = table(said.map((one) => one.row), { title: `${post}：“${quote}”　判词：${verdict}` });
  return {
    post,
    quote,
    lesson,
    verdict,
    holds: holds.map(({ says }) => says),
    fails: applying.filter((one) => !one.true).map(({ says }) => says),
    [display]: () => shown[display](),
  };
}

/**
 * 总账（bill）：每句话一行，交给 `table` 显示；哪种读法成立，看那句话自己的表。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bill, judge } from "@lib/lessons/write_your_reply.ts";
 *
 * const [line] = bill([judge("楼主", "权重都是一样的", 10, [["没有掩码", 0, 1e-9], ["盖上掩码", 0.2, 1e-9]])]);
 * assert.deepEqual(Object.values(line!), ["楼主", "“权重都是一样的”", "半对", "2 种里 1 种", "第 10 课"]);
 * ```
 */
export function bill(judged: readonly Judged[]): Array<Record<string, string>> {
  return judged.map(({ post, quote, verdict, holds, fails, lesson }) => ({
    谁: post,
    原话: `“${quote}”`,
    判词: verdict,
    成立的读法: `${holds.length + fails.length} 种里 ${holds.length} 种`,
    细讲: `第 ${String(lesson).padStart(2, "0")} 课`,
  }));
}

/**
 * q、k 互不相干时，隔 1 个的分数有多散，是隔 1000 个的几倍：200 次随机取的标准差之比。1 就是近处不比远处大。
 *
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param seed 随机种子
 * @throws 和 {@linkcode independentSpread} 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearOverFar } from "@lib/lessons/write_your_reply.ts";
 *
 * assert.ok(Math.abs(nearOverFar([1, 0.1, 0.01, 0.001], 1) - 1) < 0.2);
 * ```
 */
export function nearOverFar(frequencies: ArrayLike<number>, seed: number): number {
  const [near = NaN, far = NaN] = independentSpread([1, 1000], frequencies, { draws: 200, seed });
  return near / far;
}

/**
 * 真的训练过的 RoPE：四个字练，33 个字考，三个种子里最差的答对几成；用的是随课程存着的训练。
 *
 * @param others 考的句子里还提到几个别人，0 或 2
 * @returns 答对的份额，0 到 1
 * @throws {RangeError} 没有存过这一种
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainedWorst } from "@lib/lessons/write_your_reply.ts";
 *
 * assert.ok(trainedWorst(0) > trainedWorst(2));
 * ```
 */
export function trainedWorst(others: number): number {
  const options = {
    task: { name: "greeting", others },
    length: 4,
    steps: 500,
    lengths: [4, 8, 16, 33, 64, 128],
  } as const;
  const { training, says } = trainOrSaved({ encoding: "RoPE", ...options }, false);
  if (!training) throw new RangeError(`无法取真训练过的成绩：${says}`);
  return Math.min(...training.runs.map(({ accuracy }) => accuracy[options.lengths.indexOf(33)]!));
}

/**
 * 练习 1（手算）的判分：d = 2，θ = 1，q = k = (1, 0)，位置 3 看位置 1，转完的点积。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/write_your_reply.ts";
 *
 * assert.ok(Math.abs(handProperties[1]!.measure(-0.4161)) < 1e-3);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "隔两格，夹角 2 弧度，过了直角，点积是负的",
    measure: (answer) => answer,
    bound: { max: 0 },
    hint: "2 弧度约 115 度，过了直角，cos 是负的：看看正负号，或者是不是把弧度当成度了",
  },
  {
    name: "和课里的 RoPE 转出来的差",
    measure: (answer) => {
      const { query } = rotary("一对", { frequencies: [1], dimension: 2 });
      const turned = query!(matrix([[1, 0], [1, 0]]), Float64Array.of(3, 1));
      return answer - dot(row(turned, 0), row(turned, 1));
    },
    bound: 1e-3,
    hint: "q 转 3 弧度，k 转 1 弧度，两根单位长的箭头，点积是夹角的 cos",
  },
];

/**
 * 练习 2（改参数）的判分：`L = 33` 不变，`trained` 最小改到几，距离训练时都见过。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainedProperties } from "@lib/lessons/write_your_reply.ts";
 *
 * assert.ok(trainedProperties[0]!.measure(8) > 0);
 * ```
 */
export const trainedProperties: ReadonlyArray<Property<number>> = [
  {
    name: "33 个字里，训练时没见过的距离占",
    measure: (trained) => unseenShare(33, trained),
    bound: 0,
    hint: "还有距离没见过，再大一点",
  },
  {
    name: "再少一个字，就又有没见过的，占",
    measure: (trained) => unseenShare(33, requireInteger("改参数", trained, 2) - 1),
    bound: { min: 1e-9 },
    hint: "问的是最小；少一个字也够的话，就还不是最小",
  },
];

const found = (reply: string, words: RegExp) => [...reply.matchAll(new RegExp(words, "gu"))].length;
const sentences = (reply: string) => reply.split(/[。！？\n]/u);
/** 说“外推”的那一句，要有否定或界限；光提到“训练”不算条件。 */
const conditions = /不一定|不能|没见过|保证不了|不保证|不敢说|以内|之内|如果|只要|才能/u;
/** `8130(4)`、`8265 的 (9)`、`RF(16)`：写了文章的式号。 */
const cited = /(?:8130|8231|8265|10122|RF)\s*(?:的|里的|公式|式子?)*\s*[(（]\s*\d+\s*[)）]/gu;
/** 不是量出来的数：1 2 3 4 那四个词元、课号、文章号、年份、T5、θ = 1 那样的设定。 */
const unmeasured = /1\s*2\s*3\s*4|第\s*\d+\s*课|\d{4,}|T5|[=＝]\s*\d+/gu;

/**
 * 回帖的判分：六楼问的三件事都答到，有数，有条件，式号带文章。机器只看得出写没写，写得好不好看评分表。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { replyProperties } from "@lib/lessons/write_your_reply.ts";
 *
 * const [length, , , , , , slogans] = replyProperties;
 * assert.equal(length!.measure("一 二"), 2); // 空格不算字
 * assert.equal(slogans!.measure("相对编码能外推。"), 1);
 * assert.equal(slogans!.measure("只用四个字的句子训练，就能外推。"), 1); // 说了怎么练，没说什么时候不行
 * assert.equal(slogans!.measure("训练到 4 个字，不保证能外推。"), 0);
 * ```
 */
export const replyProperties: ReadonlyArray<Property<string>> = [
  {
    name: "一个帖子的长短，几个字",
    measure: (reply) => reply.replaceAll(/\s/gu, "").length,
    bound: { min: 80, max: 800 },
    hint: "八十到八百字：短了说不清，长了没人看",
  },
  {
    name: "两类都提到：加数的（ALiBi、T5）和转的（RoPE），提到几类",
    measure: (reply) => Number(/ALiBi|T5|偏置/u.test(reply)) + Number(/RoPE|旋转/u.test(reply)),
    bound: { min: 2 },
    hint: "六楼问“是不是加法”，一类是，一类不是，两类都要说到",
  },
  {
    name: "说清加在哪：softmax 之前的分数，提到几样",
    measure: (reply) =>
      Number(/分数/u.test(reply)) +
      Number(/softmax\s*的?\s*(?:之前|以前|前)|再(?:做|算|过)?\s*(?:一遍|一次)?\s*softmax/iu.test(reply)),
    bound: { min: 2 },
    hint: "不是加在词向量上，也不是加在权重上；写出“分数”和“softmax 之前”",
  },
  {
    name: "说清 RoPE 转的是谁：q（查询）和 k（键），提到几个",
    measure: (reply) =>
      /转/u.test(reply)
        ? Number(/查询|(?<![a-z])q(?![a-z])/iu.test(reply)) + Number(/键|(?<![a-z])k(?![a-z])/iu.test(reply))
        : 0,
    bound: { min: 2 },
    hint: "写出谁在转：查询 q 和键 k 都转，值不转",
  },
  {
    name: "说反了的（加在权重上，或者值也转），有几处",
    measure: (reply) =>
      found(reply, /(?<!不是?|别)加[在到]权重/) +
      sentences(reply).filter((one) => /(?:值|(?<![a-z])v(?![a-z]))[^，。；]*(?:也|都)[^，。；]*转/iu.test(one)).length,
    bound: 0,
    hint: "ALiBi、T5 的数加在 softmax 之前的分数上；RoPE 只转查询和键，值不转",
  },
  {
    name: "有几个量出来的数（“1 2 3 4”不算）",
    measure: (reply) => found(reply.replaceAll(cited, "").replaceAll(unmeasured, ""), /\d*\.?\d+/),
    bound: { min: 2 },
    hint: "楼主要的是数怎么变：从前面的表里抄两个过来",
  },
  {
    name: "说“能外推”而没说条件的，有几句",
    measure: (reply) => sentences(reply).filter((one) => /外推/u.test(one) && !conditions.test(one)).length,
    bound: 0,
    hint: "什么条件下能、什么条件下不能，写在同一句里：训练时多长，见没见过这个距离",
  },
  {
    name: "式号前面没写文章的，有几处",
    measure: (reply) => found(reply.replaceAll(cited, ""), /式子?\s*[(（]?\s*\d+|[(（]\d+[)）]\s*式/),
    bound: 0,
    hint: "写成 8130(4)、8265(9)：两篇文章的 (3)、(4) 不是一回事",
  },
];
