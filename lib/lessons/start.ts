/**
 * 第 00 课用的东西：楼里的八句话和你的票；一句话里有多少对字，隔得比训练时远。
 *
 * @module
 */
import { explain, requireInteger } from "@lib/errors.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";

/**
 * 楼里的一句话（claim），只引几个字，原帖在 V2EX t/1009096。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Claim, claims } from "@lib/lessons/start.ts";
 *
 * const first: Claim | undefined = claims["权重都一样"];
 * assert.equal(first?.post, "楼主");
 * ```
 */
export interface Claim {
  /** 谁说的：楼主，或几楼。 */
  readonly post: string;
  /** 原话，摘几个字。 */
  readonly quote: string;
  /** 哪一课揭晓。 */
  readonly lesson: string;
}

/**
 * 楼里的八句话，键是它的简称。
 *
 * @source https://www.v2ex.com/t/1009096
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { claims } from "@lib/lessons/start.ts";
 *
 * assert.equal(Object.keys(claims).length, 8);
 * ```
 */
export const claims: Readonly<Record<string, Claim>> = {
  权重都一样: { post: "楼主", quote: "元素出现在任意位置，对计算结果的权重都是一样的", lesson: "10" },
  直接一加: { post: "楼主", quote: "给各个位置单独算个数 [0, 1, … 9] … 直接一加", lesson: "11" },
  分不出前后: { post: "一楼", quote: "变成 cos 的形式，无法区分 token 前后次序", lesson: "13" },
  被冲散: { post: "一楼", quote: "过 w、q 的 project 后也会变形冲散", lesson: "13" },
  不够灵活: { post: "一楼", quote: "预定义的，非可训练参数，不够灵活", lesson: "13" },
  限长就不重要: { post: "二楼", quote: "限制输入长度以后好像也不是那么重要", lesson: "39" },
  四个字能外推: { post: "五楼", quote: "只用四长度语句训练后，能外推到更长的情景下", lesson: "40" },
  鲁棒性更强: { post: "六楼", quote: "确实有外推性，而且应对输入的鲁棒性更强了", lesson: "01、31" },
};

const choices = ["对", "半对", "错"] as const;

/**
 * 收票：每句话一行，写着你投了什么、哪一课揭晓。现在不给答案。
 *
 * @param votes 每句话一票，写 `对`、`半对` 或 `错`；空串表示还没投
 * @returns 每句话一行，交给 `table` 显示
 * @throws {RangeError} 票上写了别的字，或没有这句话
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ballot, claims } from "@lib/lessons/start.ts";
 *
 * const blank = Object.fromEntries(Object.keys(claims).map((name) => [name, ""]));
 * assert.equal(ballot({ ...blank, 权重都一样: "半对" })[0]!["你的票"], "半对");
 * assert.equal(ballot(blank)[1]!["你的票"], "还没投");
 * assert.throws(() => ballot({ 权重都一样: "对" }), /需要八句话各一票/);
 * assert.throws(() => ballot({ ...blank, 被冲散: "也许" }), /无法收“被冲散”这张票：需要对、半对、错，或者空着：现在是字符串 "也许"/);
 * ```
 */
export function ballot(votes: Readonly<Record<string, string>>): Array<Record<string, string>> {
  const missing = Object.keys(claims).filter((name) => !(name in votes));
  if (missing.length > 0) throw new RangeError(explain("收票", "八句话各一票", `少了${missing.join("、")}`));
  return Object.entries(votes).map(([name, vote]) => {
    const claim = claims[name];
    if (!claim) throw new RangeError(explain("收票", `这八句话之一（${Object.keys(claims).join("、")}）`, name));
    const written = vote.trim();
    if (written !== "" && !choices.some((choice) => choice === written)) {
      throw new RangeError(explain(`收“${name}”这张票`, "对、半对、错，或者空着", vote));
    }
    return { 谁: claim.post, 原话: `“${claim.quote}”`, 你的票: written || "还没投", 揭晓: `第 ${claim.lesson} 课` };
  });
}

/**
 * 没见过的对（unseen pairs）占多少：`length` 个字两两成对（含自己和自己），距离的绝对值达到 `trained` 的占比。
 *
 * 训练时一句最多 `trained` 个字，所以见过的距离只有 −(trained−1) 到 trained−1。
 *
 * @param length 一句话几个字，正整数
 * @param trained 训练时一句最多几个字，正整数
 * @returns 0 到 1
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unseenShare } from "@lib/lessons/start.ts";
 *
 * assert.equal(unseenShare(4, 4), 0);
 * assert.equal((unseenShare(33, 4) * 100).toFixed(1), "79.9");
 * ```
 */
export function unseenShare(length: number, trained: number): number {
  assertKnobs();
  requireInteger("数一句话里的对", length, 1);
  requireInteger("数一句话里的对", trained, 1);
  // 距离 t ≥ trained 的有 length − t 对，正反两个方向；加起来是两个三角形。
  const side = Math.max(0, length - trained);
  return side * (side + 1) / length ** 2;
}

/**
 * 练习 1（手算）的判分：5 个字，训练 4 个字，有几对没见过。一对一对数出来做参照。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unseenOfFiveProperties } from "@lib/lessons/start.ts";
 *
 * assert.equal(unseenOfFiveProperties.at(-1)!.measure(2), 0);
 * ```
 */
export const unseenOfFiveProperties: ReadonlyArray<Property<number>> = [
  { name: "是偶数", measure: (pairs) => pairs % 2, bound: 0, hint: "第 1 个看第 5 个算一对，第 5 个看第 1 个也算一对" },
  {
    name: "和一对一对数出来的一样多",
    measure: (pairs) => pairs - countUnseen(5, 4),
    bound: 0,
    hint: "量到的是你多数（或少数）了几对。训练见过的距离是 −3 到 3，只有距离正好是 ±4 的没见过",
  },
];

/**
 * 练习 2（改参数）的判分：最小的 L，使没见过的对超过一半（训练 4 个字）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { overHalfProperties } from "@lib/lessons/start.ts";
 *
 * assert.ok(overHalfProperties[0]!.measure(33) > 0);
 * ```
 */
export const overHalfProperties: ReadonlyArray<Property<number>> = [
  {
    name: "没见过的比见过的多",
    measure: (L) => Math.round((2 * unseenShare(L, 4) - 1) * L ** 2), // 多几对，整数
    bound: { min: 1 },
    hint: "量到的是没见过的比见过的多几对；不到 1，说明 L 还要再大",
  },
  {
    name: "再少一个字就不超过一半",
    measure: (L) => unseenShare(L - 1, 4),
    bound: { max: 0.5 },
    hint: "已经过半了，但 L 还能再小",
  },
];

/**
 * 练习 3 的答案的样子：句子长度和训练长度进去，没见过的对数出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Count } from "@lib/lessons/start.ts";
 *
 * const blank: Count = () => undefined;
 * assert.equal(blank(5, 4), undefined);
 * ```
 */
export type Count = (length: number, trained: number) => number | undefined;

/**
 * 练习 3（写代码）的判分：自己写 `unseen(length, trained)`，数没见过的对有几对。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countProperties } from "@lib/lessons/start.ts";
 *
 * assert.ok(countProperties[2]!.measure((n, t) => 2 * Math.max(0, n - t)) !== 0); // 只数了距离正好是 t 的
 * ```
 */
export const countProperties: ReadonlyArray<Property<Count>> = [
  {
    name: "不超过训练长度时，一对也没有",
    measure: (count) => number(count(4, 4)) + number(count(1, 4)),
    bound: 0,
    hint: "4 个字里最远隔 3 个，训练时见过",
  },
  {
    name: "两个方向一样多，所以总是偶数",
    measure: (count) => lengths.reduce((odd, n) => odd + number(count(n, 4)) % 2, 0),
    bound: 0,
    hint: "i 看 j 和 j 看 i 各算一对：距离要取绝对值",
  },
  {
    name: "换几个长度，都和一对一对数的一样多",
    measure: (count) => lengths.reduce((wrong, n) => wrong + Math.abs(number(count(n, 3)) - countUnseen(n, 3)), 0),
    bound: 0,
    hint: "量到的是一共差几对。两层循环，距离的绝对值 ≥ trained 就加一",
  },
];

const lengths = [2, 5, 9, 33];

function number(value: number | undefined): number {
  if (typeof value !== "number") throw new TypeError("需要返回一个数");
  return value;
}

function countUnseen(length: number, trained: number): number {
  let pairs = 0;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) if (Math.abs(i - j) >= trained) pairs++;
  }
  return pairs;
}
