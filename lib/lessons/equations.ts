/**
 * 式子对照页用的东西：每个式号是哪一种、在哪一课用到、有什么要注意，和最后那张表。
 *
 * 写在这里的只有“是什么、在哪里、注意什么”。对不对不写：那是笔记本里量出来的。
 *
 * @module
 */
import { requireInteger } from "@lib/errors.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { type Bound, measuredWords, meets } from "@lib/notebook/bound.ts";

/**
 * 一个式子是哪一种（kind）：
 * - `定义`：给东西起名字，或者规定怎么算，不可能是假的；能问的是库里写的和它是不是同一个；
 * - `恒等`：两边永远相等，可能写错，所以要验；
 * - `要求`：希望有这么一个东西，要问的是做不做得到；
 * - `近似`：两边只是差不多，要问的是差多少、差怎么变小；
 * - `不等`：左边永远不超过右边，可能写错；要问的是守不守得住，够不够得到。
 *
 * @example
 * ```ts
 * import type { Kind } from "@lib/lessons/equations.ts";
 *
 * const kind: Kind = "恒等";
 * ```
 */
export type Kind = "定义" | "恒等" | "要求" | "近似" | "不等";

/**
 * 一个编了号的式子（numbered equation）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Equation, equations } from "@lib/lessons/equations.ts";
 *
 * const third: Equation = equations["8130"][2]!;
 * assert.equal(third.kind, "恒等"); // 8130(3)
 * ```
 */
export interface Equation {
  /** 哪一种。 */
  readonly kind: Kind;
  /** 在哪几课用到，笔记本的文件名（不带 `.ipynb`）；空的就是只在对照页里验。 */
  readonly lessons: readonly string[];
  /** 勘误和约定，一句话；没有就不写。 */
  readonly note?: string;
}

/**
 * 有对照页的文章（source）：kexue 的三篇，和 RoFormer 那篇论文（`RF`）。
 *
 * @example
 * ```ts
 * import type { Source } from "@lib/lessons/equations.ts";
 *
 * const source: Source = "8130";
 * ```
 */
export type Source = "8130" | "8231" | "8265" | "RF";

const symmetry = ["10_no_position"], absolute = ["12_sinusoidal"], critiques = ["13_three_critiques"];
const walk = ["20_from_3_to_4"], family = ["21_relative_family"];
const others = ["14_learned_and_others"], rotary = ["30_two_dimensions"];
const many = ["31_rope"], paired = [...many, "32_pairing"], decay = [...many, "33_decay_and_base"];

/**
 * 四篇文章里编了号的式子，第 n 个就是第 n 号：8130 有 17 条，8231 有 14 条，8265 有 19 条，RF 有 37 条。
 *
 * @source kexue 8130、8231、8265；RoFormer，arXiv 2104.09864
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { equations } from "@lib/lessons/equations.ts";
 *
 * assert.equal(equations["8130"].length, 17);
 * assert.equal(equations["8231"].length, 14);
 * assert.equal(equations["8265"].length, 19);
 * assert.equal(equations.RF.length, 37);
 * ```
 */
export const equations: Readonly<Record<Source, readonly Equation[]>> = {
  "8130": [
    { kind: "定义", lessons: absolute, note: "k 是位置，不是键；就是 8231(1)" },
    { kind: "定义", lessons: walk, note: "行向量，没有 1/√d" },
    { kind: "恒等", lessons: walk },
    { kind: "定义", lessons: walk, note: "R 在 W_K 外面" },
    { kind: "定义", lessons: walk },
    { kind: "定义", lessons: walk, note: "这里是 i − j；Shaw 的代码是 j − i" },
    { kind: "恒等", lessons: walk },
    { kind: "定义", lessons: family, note: "是 8130(9) 的特例" },
    { kind: "定义", lessons: family, note: "R 不截断，值上没有位置" },
    { kind: "定义", lessons: family },
    { kind: "定义", lessons: family, note: "RF(10) 把两个方向印成了一个" },
    { kind: "定义", lessons: others },
    { kind: "定义", lessons: others, note: "三个都归词，不归位置" },
    { kind: "恒等", lessons: rotary },
    { kind: "恒等", lessons: rotary },
    { kind: "恒等", lessons: rotary },
    { kind: "恒等", lessons: ["01_four_tokens", ...rotary] },
  ],
  "8231": [
    { kind: "定义", lessons: absolute, note: "就是 8130(1)" },
    { kind: "恒等", lessons: [...symmetry, ...absolute], note: "要谁都看得见谁，没有掩码" },
    { kind: "定义", lessons: [...symmetry, ...absolute] },
    { kind: "近似", lessons: absolute, note: "p 小才行" },
    { kind: "要求", lessons: absolute, note: "已经设了 H = I" },
    { kind: "恒等", lessons: [] },
    { kind: "要求", lessons: absolute, note: "比 8231(5) 严" },
    { kind: "恒等", lessons: [], note: "角度可以差 2π 的整数倍" },
    { kind: "恒等", lessons: absolute },
    { kind: "定义", lessons: absolute, note: "先 cos 后 sin，和 8231(1) 相反" },
    { kind: "近似", lessons: absolute, note: "距离要比 d/2 小得多" },
    { kind: "恒等", lessons: critiques, note: "i 应当从 0 数起" },
    { kind: "恒等", lessons: critiques, note: "i 应当从 0 数起" },
    { kind: "近似", lessons: [], note: "漏写 d/2 和 Re" },
  ],
  "8265": [
    { kind: "定义", lessons: rotary, note: "查询和键用同一个 f" },
    { kind: "要求", lessons: rotary, note: "另有没编号的 f(q, 0) = q" },
    { kind: "要求", lessons: rotary, note: "只说二维" },
    { kind: "定义", lessons: rotary, note: "g 也写成了复数" },
    { kind: "恒等", lessons: rotary, note: "比 8265(3) 严；角度可以差 2π 的整数倍" },
    { kind: "恒等", lessons: rotary, note: "R_f = ‖q‖ 是选的" },
    { kind: "恒等", lessons: rotary },
    { kind: "恒等", lessons: rotary, note: "后两项不能对调" },
    { kind: "恒等", lessons: [...rotary, ...many] },
    { kind: "恒等", lessons: many },
    { kind: "定义", lessons: paired, note: "i 从 0 数起" },
    { kind: "恒等", lessons: ["01_four_tokens", ...many], note: "是 n − m，不是 m − n" },
    { kind: "恒等", lessons: paired, note: "⊗ 是逐格乘" },
    { kind: "恒等", lessons: decay },
    { kind: "恒等", lessons: decay, note: "最后一个 h 当作 0" },
    { kind: "不等", lessons: decay, note: "max 里有最后一个 |h|" },
    { kind: "定义", lessons: many },
    { kind: "定义", lessons: many, note: "分母可能是 0" },
    { kind: "定义", lessons: many, note: "分母不转是选的；权重不再是概率" },
  ],
  RF: [
    { kind: "定义", lessons: [], note: "f 只看自己的位置" },
    { kind: "定义", lessons: [], note: "列向量，除 √d" },
    { kind: "定义", lessons: [], note: "就是 8130(2) 的加法" },
    { kind: "定义", lessons: [], note: "右边的 k 应当是 i；就是 8130(1)" },
    { kind: "定义", lessons: walk, note: "带波浪号的 p 在 W_k 里面，8130(4) 在外面" },
    { kind: "恒等", lessons: [], note: "就是 8130(7)，换成列" },
    { kind: "定义", lessons: [], note: "u、v 还乘着 W_q，8130(9) 不乘" },
    { kind: "定义", lessons: [], note: "就是 8130(10)；i、j 应当是 m、n" },
    { kind: "定义", lessons: family, note: "没写 TUPE 的 √(2d)" },
    { kind: "定义", lessons: [], note: "两处都是 m − n；8130(11) 有一处反过来" },
    { kind: "要求", lessons: [], note: "m − n，和 8265(2) 相同" },
    { kind: "恒等", lessons: [], note: "8265(9) 和 8130(15) 合在一条" },
    { kind: "恒等", lessons: [], note: "就是 8265(10)" },
    { kind: "定义", lessons: many, note: "先乘 W，后转" },
    { kind: "定义", lessons: paired, note: "i 从 1 数；8265(11) 从 0 数" },
    { kind: "恒等", lessons: many, note: "应当是 x_m、W_q 的转置；就是 8265(12)" },
    { kind: "定义", lessons: many, note: "8265(17) 的前一半" },
    { kind: "定义", lessons: many, note: "8265(17) 的后一半" },
    { kind: "定义", lessons: many, note: "就是 8265(19)" },
    { kind: "定义", lessons: [], note: "RF(1) 换个字母" },
    { kind: "要求", lessons: [], note: "n − m；又用回了 x_m、x_n" },
    { kind: "要求", lessons: [], note: "8265 没有编号" },
    { kind: "定义", lessons: [], note: "g 看 n − m，是 8265(4) 的共轭" },
    { kind: "恒等", lessons: [], note: "键减查询；8265(5) 是查询减键" },
    { kind: "恒等", lessons: [] },
    { kind: "恒等", lessons: [], note: "8265(6) 和 8265(7)" },
    { kind: "定义", lessons: [], note: "是选的，不是推出来的" },
    { kind: "恒等", lessons: [], note: "8265(7) 的后一半" },
    { kind: "恒等", lessons: [], note: "后两项和 8265(8) 相反，都对" },
    { kind: "恒等", lessons: [], note: "多一个 γ；8265 取 0" },
    { kind: "恒等", lessons: [], note: "指数漏了括号" },
    { kind: "定义", lessons: [], note: "x_n 应当是 x_m" },
    { kind: "恒等", lessons: [], note: "就是 RF(12) 的 f" },
    { kind: "恒等", lessons: paired, note: "就是 8265(13)，从 1 数" },
    { kind: "恒等", lessons: decay, note: "就是 8265(14)；这里从 0 数" },
    { kind: "恒等", lessons: decay, note: "就是 8265(15)" },
    { kind: "不等", lessons: decay, note: "就是 8265(16)；不是分数" },
  ],
};

/**
 * 一种式子有几条。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countOf } from "@lib/lessons/equations.ts";
 *
 * assert.equal(countOf("8130", "定义") + countOf("8130", "恒等"), 17);
 * ```
 */
export function countOf(source: Source, kind: Kind): number {
  return equations[source].filter((one) => one.kind === kind).length;
}

/**
 * 均匀取几个位置，头一个是 0，末一个是 L − 1；L 不够多就全取。式子一对一对地验，不必摆 L×L 的表。
 *
 * @param length L，正整数
 * @param count 最多取几个，至少 2
 * @throws {RangeError} 不是正整数，或 `count` 不到 2
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spreadPositions } from "@lib/lessons/equations.ts";
 *
 * assert.deepEqual(spreadPositions(3, 5), [0, 1, 2]);
 * assert.deepEqual(spreadPositions(101, 5), [0, 25, 50, 75, 100]);
 * ```
 */
export function spreadPositions(length: number, count: number): number[] {
  requireInteger("取位置", length, 1);
  requireInteger("取几个位置", count, 2);
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, n) => Math.round(n * (length - 1) / (count - 1)));
}

/**
 * 一对一对地算，摆成 `[n, n]`：第 i 行第 j 列是 `value(m, n, i, j)`，m、n 是第 i、第 j 个位置。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { byPair } from "@lib/lessons/equations.ts";
 *
 * assert.deepEqual([...byPair([0, 10], (m, n) => m - n).data], [0, -10, 10, 0]);
 * ```
 */
export function byPair(
  positions: readonly number[],
  value: (m: number, n: number, i: number, j: number) => number,
): Matrix {
  const result = zeros(positions.length, positions.length);
  positions.forEach((m, i) => positions.forEach((n, j) => result.data[i * result.columns + j] = value(m, n, i, j)));
  return result;
}

/**
 * 量到的结果：一个残差，或者一个数和它自己的要求。
 *
 * @example
 * ```ts
 * import type { Result } from "@lib/lessons/equations.ts";
 *
 * const ratio: Result = [7.98, { min: 7, max: 9 }];
 * ```
 */
export type Result = number | readonly [measured: number, bound: Bound];

const words: Readonly<Record<Kind, readonly [holds: string, fails: string]>> = {
  定义: ["库里就是它", "库里不是它"],
  恒等: ["成立", "不成立"],
  要求: ["做得到", "做不到"],
  近似: ["近似成立", "不成立"],
  不等: ["守得住", "守不住"],
};

/**
 * 最后那张表的行，交给 `table`：判词由量到的数决定。
 *
 * @param source 哪篇文章
 * @param results 从第 `from` 号起，一条一个
 * @param bound 残差的上限
 * @param from 第一条的号
 * @throws {RangeError} 条数超出文章的式子
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { equationRows } from "@lib/lessons/equations.ts";
 *
 * const [third] = equationRows("8130", [0.5], 1e-9, 3);
 * assert.deepEqual(third, { 式号: "8130(3)", 种类: "恒等", 哪一课: "20", 量到: "0.5", 判词: "不成立", 附注: "" });
 * ```
 */
export function equationRows(
  source: Source,
  results: readonly Result[],
  bound: Bound,
  from = 1,
): Record<string, string>[] {
  const all = equations[source];
  requireInteger("定第一条的号", from, 1, all.length);
  requireInteger("数式子", results.length, 0, all.length - from + 1);
  return results.map((result, n) => {
    const { kind, lessons, note = "" } = all[from - 1 + n]!;
    const [measured, wanted] = typeof result === "number" ? [result, bound] : result;
    return {
      式号: `${source}(${from + n})`,
      种类: kind,
      哪一课: lessons.map((lesson) => lesson.slice(0, 2)).join("、") || "只在这里",
      量到: measuredWords(measured, wanted),
      判词: words[kind][meets(measured, wanted) ? 0 : 1],
      附注: note,
    };
  });
}
