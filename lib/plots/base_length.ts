/**
 * 底数和长度的图（base–length picture）：横轴长度，纵轴底数，都是对数；一个模型一个点，下界是一级一级的阶梯。
 *
 * 下界只在表里那些长度上算过。更长的长度要求只会更多，所以两个长度之间，前一个的下界还管用：画成阶梯，阶梯以下一定不合格。
 * 落在一处的点合成一个，圈里写几个；名字只写点到名的几个，不然挤成一团。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { explain, requireOptions, ShapeError } from "@lib/errors.ts";
import { draw } from "@lib/plots/draw.ts";
import type { Picture } from "@lib/plots/picture.ts";
import { colors, greys, sizes } from "@lib/plots/style.ts";

/** 一个点：一个模型（或它的一种层）。 */
export interface BasePoint {
  /** 名字；同名的几个点牵一条竖线，是一个模型的几种层。 */
  readonly name: string;
  /** 长度（词元）。 */
  readonly length: number;
  /** 底数。 */
  readonly base: number;
  /** 拉长以前的长度（词元）；写了就从那里牵一条横线过来。 */
  readonly original?: number;
}

/** 一个名字写在哪：照点算，往右、往下挪几像素。 */
export interface BaseLabel {
  /** 写给哪个名字；同名的几个点，写给第一个。 */
  readonly name: string;
  /** 写什么，不写就是名字。 */
  readonly text?: string;
  /** 往右挪几像素；负的是往左，字也靠右对齐。 */
  readonly dx: number;
  /** 往下挪几像素。 */
  readonly dy: number;
}

/** {@linkcode drawBaseLength} 的选项。 */
export interface BaseLengthOptions {
  /** 一句中文说图上是什么。 */
  readonly says: string;
  /** 下界：长度（词元）和最小的底数，从短到长，至少一个。 */
  readonly bound: ReadonlyArray<{ readonly length: number; readonly lower: number }>;
  /** 写几个名字。 */
  readonly labels?: readonly BaseLabel[];
  /** 另外标出来的点，朱色的方块。 */
  readonly yours?: readonly BasePoint[];
  /** 图下方的说明。 */
  readonly caption?: string;
  /** 图高，像素，默认 400。 */
  readonly height?: number;
}

/**
 * 画底数和长度。
 *
 * @throws {ShapeError} 没有点，没有下界，或要写的名字不在点里
 * @throws {RangeError} 长度不是正数，或底数不大于 1
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawBaseLength } from "@lib/plots/base_length.ts";
 *
 * const llama = { name: "LLaMA-3", length: 8192, base: 500000 }, bound = [{ length: 8192, lower: 83764 }];
 * const picture = drawBaseLength([llama, { ...llama, name: "另一个" }], { says: "两个点落在一处", bound });
 * assert.match(picture.svg, />2</);
 * ```
 */
export function drawBaseLength(points: readonly BasePoint[], options: BaseLengthOptions): Picture {
  const { says, bound, labels = [], yours = [], caption, height = 400 } = requireOptions("画底数和长度", options);
  if (!Array.isArray(points) || points.length === 0) throw new ShapeError("画底数和长度", "至少一个点（数组）", points);
  if (!Array.isArray(bound) || bound.length === 0) throw new ShapeError("画下界", "至少一个长度（数组）", bound);
  const all = [...points, ...yours].map(checked);
  const lengths = [...all.flatMap(({ length, original = length }) => [length, original]), bound[0]!.length];
  const bases = [...all.map(({ base }) => base), ...bound.map(({ lower }) => lower)];
  const [left, right] = [Math.min(...lengths) / 1.4, Math.max(...lengths) * 1.6];
  const [floor, top] = [Math.min(...bases) / 1.7, Math.max(...bases) * 1.7];
  const stairs = [...bound, { length: right, lower: bound.at(-1)!.lower }]; // 表外更长的，要求只会更多
  const dots = [...Map.groupBy(points, ({ length, base }) => `${length} ${base}`).values()].map((here) => ({
    ...here[0]!,
    count: here.length,
  }));
  const layers = [...Map.groupBy(all, ({ name }) => name).values()].filter((one) => one.length > 1);
  const stretched = all.filter((one): one is Required<BasePoint> => one.original !== undefined);
  const at = { x: "length", y: "base" } as const, solid = { fill: greys.ink, stroke: "white", strokeWidth: 1 };
  return draw({
    says,
    ...(caption === undefined ? {} : { caption }),
    height,
    marginLeft: 76,
    x: {
      type: "log",
      base: 4, // 刻度是 4 的幂：照 10 的幂，一半刻度没有字
      domain: [left, right],
      ticks: powers(4, left, right),
      tickFormat: brief,
      label: "长度（词元，对数）",
    },
    y: { type: "log", domain: [floor, top], ticks: powers(10, floor, top), tickFormat: power, label: "底数（对数）" },
    marks: [
      Plot.areaY(stairs, { x: "length", y1: floor, y2: "lower", curve: "step-after", fill: "#f1f1f1" }),
      Plot.line(stairs, { x: "length", y: "lower", curve: "step-after", stroke: colors.distance, strokeWidth: 3 }),
      ...stretched.map((one) =>
        Plot.line([{ ...one, length: one.original }, one], { ...at, stroke: greys.axis, strokeDasharray: "5 3" })
      ),
      Plot.dot(stretched.map((one) => ({ ...one, length: one.original })), {
        ...at,
        r: 4,
        fill: "white",
        stroke: greys.axis,
        strokeWidth: 1.5,
      }),
      ...layers.map((one) => Plot.line(one, { ...at, stroke: greys.axis, strokeWidth: 1.5 })),
      ...[6, 9, 11].map((r, n) => Plot.dot(dots.filter(({ count }) => sizeOf(count) === n), { ...at, ...solid, r })),
      Plot.text(dots.filter(({ count }) => count > 1), {
        ...at,
        text: ({ count }: { count: number }) => String(count),
        fill: "white",
        fontSize: sizes.minText,
      }),
      Plot.dot(yours, { ...at, symbol: "square", r: 9, fill: colors.position, stroke: "white", strokeWidth: 2 }),
      ...labels.map((label) => named(label, points)),
    ],
  });
}

/** 一个点，几个点，十几个点：圈要装得下里面的数。 */
function sizeOf(count: number): number {
  return count < 2 ? 0 : count < 10 ? 1 : 2;
}

function named({ name, text = name, dx, dy }: BaseLabel, points: readonly BasePoint[]): unknown {
  const point = points.find((one) => one.name === name);
  if (!point) throw new ShapeError("写名字", "图上有的一个名字", name);
  return Plot.text([point], {
    x: "length",
    y: "base",
    text: () => text,
    dx,
    dy,
    textAnchor: dx < 0 ? "end" : "start",
    fontSize: sizes.minText,
  });
}

function checked(point: BasePoint): BasePoint {
  const { name, length, base, original = length } = point;
  const bad = [length, original].find((value) => !(value >= 1 && value < Infinity));
  if (bad !== undefined) throw new RangeError(explain(`画点 ${name}`, "不小于 1 的长度（词元）", bad));
  if (!(base > 1 && base < Infinity)) throw new RangeError(explain(`画点 ${name}`, "大于 1 的底数", base));
  return point;
}

/** 范围里 `step` 的幂。 */
function powers(step: number, low: number, high: number): number[] {
  return Array.from({ length: 40 }, (_, n) => step ** n).filter((value) => value >= low && value <= high);
}

/** 长度的刻度：4096 写成 4k。 */
function brief(value: number): string {
  if (value >= 2 ** 20) return `${value / 2 ** 20}M`;
  return value >= 1024 ? `${value / 1024}k` : String(value);
}

/** 底数的刻度：10 的几次方。 */
function power(value: number): string {
  return `10${[...String(Math.round(Math.log10(value)))].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
}
