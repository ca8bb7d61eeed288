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
 * - `近似`：两边只是差不多，要问的是差多少、差怎么变小。
 *
 * @example
 * ```ts
 * import type { Kind } from "@lib/lessons/equations.ts";
 *
 * const kind: Kind = "恒等";
 * ```
 */
export type Kind = "定义" | "恒等" | "要求" | "近似";

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
 * 有对照页的文章（source）。
 *
 * @example
 * ```ts
 * import type { Source } from "@lib/lessons/equations.ts";
 *
 * const source: Source = "8130";
 * ```
 */
export type Source = "8130" | "8231";

const symmetry = ["10_no_position"], absolute = ["12_sinusoidal"], critiques = ["13_three_critiques"];
const walk = ["20_from_3_to_4"], family = ["21_relative_family"];
const others = ["14_learned_and_others"], rotary = ["30_two_dimensions"];

/**
 * 两篇文章里编了号的式子，第 n 个就是第 n 号：8130 有 17 条，8231 有 14 条。
 *
 * @source kexue 8130、8231
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { equations } from "@lib/lessons/equations.ts";
 *
 * assert.equal(equations["8130"].length, 17);
 * assert.equal(equations["8231"].length, 14);
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
