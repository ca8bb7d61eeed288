/**
 * 样子（style）：全课的图共用的字号、颜色、线型。
 *
 * 一样东西一种颜色，取自 Okabe–Ito 色表（色弱的人也分得开）；
 * 编码之间比较时用另一张表：颜色、虚实、符号各不相同，黑白打印也认得出。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";

/** 字体（font stack）：先用和 PNG 同一款的思源黑体，再用各系统自带的中文黑体。 */
export const fontFamily: string =
  "'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

/** 尺寸（sizes），单位像素：教室最后一排也要看得见，所以字不小于 `minText`。 */
export const sizes: {
  /** 图宽。 */ readonly width: number;
  /** 图高；放进幻灯片的图不超过 400。 */ readonly height: number;
  /** 一般的字。 */ readonly text: number;
  /** 标题。 */ readonly title: number;
  /** 960 宽的图上最小的字。 */ readonly minText: number;
  /** 主要的线。 */ readonly line: number;
} = { width: 960, height: 380, text: 18, title: 20, minText: 16, line: 3 };

/** 课里有固定颜色的东西（thing）。 */
export type Thing = "content" | "position" | "distance" | "query" | "key" | "value";

/** 东西的颜色（colour by thing）：内容蓝、位置朱、距离绿、查询橙、键紫、值天蓝。橙和天蓝太浅，只用来填色和画粗线。 */
export const colors: Readonly<Record<Thing, string>> = {
  content: "#0072B2",
  position: "#D55E00",
  distance: "#009E73",
  query: "#E69F00",
  key: "#CC79A7",
  value: "#56B4E9",
};

/** 黑与灰（ink and greys）：字、轴、网格、底色。 */
export const greys: {
  /** 字。 */ readonly ink: string;
  /** 次要的字和线。 */ readonly soft: string;
  /** 轴线。 */ readonly axis: string;
  /** 网格。 */ readonly grid: string;
  /** 被掩住的格子。 */ readonly masked: string;
} = { ink: "#111111", soft: "#555555", axis: "#767676", grid: "#dddddd", masked: "#eeeeee" };

/** 线上的符号，是 Plot 认的名字。 */
export type MarkerSymbol = "circle" | "square" | "triangle" | "diamond2" | "plus" | "times" | "asterisk";

/** 一条线的样子：颜色、虚实、符号。 */
export interface SeriesStyle {
  /** 颜色，白底上对比度不小于 3。 */
  readonly color: string;
  /** SVG 的 `stroke-dasharray`；空串是实线。 */
  readonly dash: string;
  /** Plot 的符号名。 */
  readonly symbol: MarkerSymbol;
}

const black = "#111111", blue = "#0072B2", red = "#D55E00", green = "#00805E", purple = "#A8487F", brown = "#7A5C00";
const solid = "", long = "14 5", short = "6 4", dots = "2 4", dashDot = "12 4 2 4", twoDots = "12 4 2 4 2 4";
const style = (color: string, dash: string, symbol: MarkerSymbol): SeriesStyle => ({ color, dash, symbol });

/**
 * 编码的样子（style by encoding）：全课一张表。任意两种编码，虚实和符号不会都相同，所以黑白也分得开。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodingStyles } from "@lib/plots/style.ts";
 *
 * assert.notDeepEqual(encodingStyles.RoPE, encodingStyles.ALiBi);
 * ```
 */
export const encodingStyles: Readonly<Record<string, SeriesStyle>> = {
  // 绝对
  NoPE: style(black, dots, "circle"),
  learned: style(brown, long, "square"),
  hierarchical: style(brown, dashDot, "diamond2"),
  sinusoidal: style(blue, short, "circle"),
  recursive: style(purple, dots, "triangle"),
  FLOATER: style(purple, dashDot, "asterisk"),
  multiplicative: style(red, twoDots, "square"),
  complex: style(green, dashDot, "triangle"),
  // 相对：进打分
  Shaw: style(black, long, "diamond2"),
  clip: style(green, short, "times"),
  "Transformer-XL": style(brown, solid, "triangle"),
  T5: style(purple, short, "square"),
  DeBERTa: style(blue, dashDot, "plus"),
  TUPE: style(black, twoDots, "diamond2"),
  ALiBi: style(red, solid, "square"),
  KERPLE: style(brown, short, "triangle"),
  Sandwich: style(blue, long, "times"),
  FIRE: style(purple, dashDot, "circle"),
  CoPE: style(black, short, "plus"),
  // 旋转
  RoPE: style(green, solid, "circle"),
  xPos: style(purple, solid, "diamond2"),
  "partial RoPE": style(blue, solid, "plus"),
  "p-RoPE": style(brown, dots, "times"),
  "VO-RoPE": style(red, long, "circle"),
  PaTH: style(black, long, "asterisk"),
  // 拉长
  PI: style(red, long, "triangle"),
  NTK: style(blue, twoDots, "triangle"),
  "NTK-by-parts": style(brown, twoDots, "circle"),
  "dynamic NTK": style(purple, twoDots, "plus"),
  YaRN: style(black, solid, "asterisk"),
  LongRoPE: style(purple, dashDot, "square"),
  llama3: style(blue, solid, "times"),
  ReRoPE: style(red, short, "diamond2"),
  "Leaky ReRoPE": style(brown, short, "asterisk"),
  "Self-Extend": style(green, long, "plus"),
  HWFA: style(black, dots, "square"),
  "log-n": style(red, dots, "plus"),
};

/**
 * 查一种编码的样子。
 *
 * @throws {RangeError} 表里没有这个名字
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodingStyle } from "@lib/plots/style.ts";
 *
 * assert.equal(encodingStyle("RoPE").dash, "");
 * assert.throws(() => encodingStyle("rope"), /无法给编码“rope”定样子：需要/);
 * ```
 */
export function encodingStyle(name: string): SeriesStyle {
  const found = Object.hasOwn(encodingStyles, name) ? encodingStyles[name] : undefined;
  if (found) return found;
  throw new RangeError(
    `无法给编码“${name}”定样子：需要 lib/plots/style.ts 里的一个名字：现在有 ${Object.keys(encodingStyles).join("、")}`,
  );
}

const past = Plot.scale({
  color: { type: "linear", domain: [0, 0.2, 0.6, 1], range: ["#fff3b0", "#b6e0a3", "#3fae96", "#0b5e73"], clamp: true },
});
const future = Plot.scale({
  color: { type: "linear", domain: [0, 0.2, 0.6, 1], range: ["#fff3b0", "#fbc99d", "#e0809a", "#8d3a80"], clamp: true },
});

/**
 * 距离的颜色（colour by distance）：同一条对角线同一种颜色。
 * 距离 0 是淡黄；过去（查询在后，距离为正）越远越青，未来越远越紫；`farthest` 是这张图里最远的距离（词元）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distanceColor } from "@lib/plots/style.ts";
 *
 * assert.equal(distanceColor(2, 3), distanceColor(2, 3));
 * assert.notEqual(distanceColor(2, 3), distanceColor(-2, 3));
 * ```
 */
export function distanceColor(distance: number, farthest: number): string {
  const share = farthest > 0 ? Math.abs(distance) / farthest : 0;
  const color = hex((distance < 0 ? future : past).apply(share));
  // 距离多了，相邻两条对角线的颜色太近：单数的调淡，一明一暗，黑白打印也看得出条纹。
  return farthest > 5 && distance % 2 !== 0 && Number.isInteger(distance) && farthest < 32 ? tint(color, 0.7) : color;
}

const signed = Plot.scale({
  color: {
    type: "linear",
    domain: [-1, -0.5, 0, 0.5, 1],
    range: ["#b84a00", "#f3a978", "#ffffff", "#7fb9dc", "#00629b"],
    clamp: true,
  },
});

/**
 * 正负的颜色（diverging scale）：0 是白，正是蓝，负是朱；`limit` 是绝对值的最大值。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signColor } from "@lib/plots/style.ts";
 *
 * assert.equal(signColor(0, 1), "#ffffff");
 * assert.notEqual(signColor(-1, 1), signColor(1, 1));
 * ```
 */
export function signColor(value: number, limit: number): string {
  return hex(signed.apply(limit > 0 ? value / limit : 0));
}

const amounts = Plot.scale({
  color: {
    type: "linear",
    domain: [0, 0.35, 0.7, 1],
    range: ["#ffffff", "#a9d3ec", "#2f8fc7", "#003f6b"],
    clamp: true,
  },
});

/**
 * 大小的颜色（sequential scale）：从白到深蓝，黑白打印时越大越深；`share` 在 0 到 1 之间。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { amountColor } from "@lib/plots/style.ts";
 *
 * assert.equal(amountColor(0), "#ffffff");
 * ```
 */
export function amountColor(share: number): string {
  return hex(amounts.apply(share));
}

/**
 * 底色上的字用黑还是白（ink on a background），按 WCAG 相对亮度取对比大的一个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inkOn } from "@lib/plots/style.ts";
 *
 * assert.equal(inkOn("#ffffff"), "#000000");
 * assert.equal(inkOn("#003f6b"), "#ffffff");
 * ```
 */
export function inkOn(background: string): string {
  // 纯黑和白的分界在 0.179：不管什么底色，对比度都不小于 4.5。
  return luminance(background) > 0.179 ? "#000000" : "#ffffff";
}

/**
 * 相对亮度（relative luminance, WCAG 2）：黑 0，白 1。颜色写成 `#rrggbb`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { luminance } from "@lib/plots/style.ts";
 *
 * assert.equal(luminance("#000000"), 0);
 * assert.equal(luminance("#ffffff"), 1);
 * ```
 */
export function luminance(color: string): number {
  const [r, g, b] = channels(color).map((c) => c / 255).map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  );
  return +(0.2126 * r! + 0.7152 * g! + 0.0722 * b!).toFixed(6);
}

/**
 * 调淡（tint）：`share` 是保留原色的比例，0 全白，1 原色。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tint } from "@lib/plots/style.ts";
 *
 * assert.equal(tint("#000000", 0.2), "#cccccc");
 * ```
 */
export function tint(color: string, share: number): string {
  return hex(`rgb(${channels(color).map((c) => Math.round(255 + (c - 255) * share)).join(",")})`);
}

/**
 * 颜色的三个分量（channels），各 0 到 255。颜色写成 `#rrggbb` 或 `rgb(r, g, b)`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { channels } from "@lib/plots/style.ts";
 *
 * assert.deepEqual(channels("#0072B2"), [0, 114, 178]);
 * ```
 */
export function channels(color: string): number[] {
  return color.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
    : color.match(/[\d.]+/g)!.slice(0, 3).map(Number);
}

function hex(color: string): string {
  return "#" + channels(color).map((c) => Math.round(c).toString(16).padStart(2, "0")).join("");
}
