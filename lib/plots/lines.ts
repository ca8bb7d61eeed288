/**
 * 画线（line picture）：几条线比较，名字写在线的末端，颜色、虚实、符号都不同。
 *
 * 超过 256 个点的线，每一小段只留最小和最大的两个点：形状和极值不变，图不会越来越大。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { ShapeError } from "@lib/errors.ts";
import { type AxisOptions, drawOver } from "@lib/plots/draw.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { colors, encodingStyle, greys, type SeriesStyle, sizes, type Thing } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/** 一条线（series）。 */
export interface Series {
  /** 名字，写在线的末端。 */
  readonly name: string;
  /** 纵坐标 `[n]`；`NaN` 和无穷大处断开。 */
  readonly values: ArrayLike<number>;
  /** 横坐标 `[n]`，省略就是 0, 1, 2, …。 */
  readonly x?: ArrayLike<number>;
  /** 是课里的哪样东西，决定颜色。 */
  readonly thing?: Thing;
  /** 是哪种编码，决定颜色、虚实、符号；`thing` 和 `encoding` 都省略，就按第几条线来。 */
  readonly encoding?: string;
}

/** {@linkcode drawLines} 的选项。 */
export interface LinesOptions {
  /** 一句中文说图上是什么。 */
  says: string;
  /** 横轴。 */
  x?: AxisOptions;
  /** 纵轴。 */
  y?: AxisOptions;
  /** 标题。 */
  title?: string;
  /** 图下方的说明。 */
  caption?: string;
  /** 图宽，像素，默认 960。 */
  width?: number;
  /** 图高，像素，默认 380。 */
  height?: number;
  /** 要横着画一条灰线的纵坐标，比如 0。 */
  rule?: number;
}

/** 一条线最多画多少个点。 */
export const mostPoints = 256;

/**
 * 画几条线（draw lines）。
 *
 * @throws {ShapeError} 一条线的横坐标和纵坐标不一样多
 * @throws {RangeError} 编码的名字不在样式表里
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawLines } from "@lib/plots/lines.ts";
 *
 * const picture = drawLines([
 *   { name: "RoPE", encoding: "RoPE", values: [1, 0.5, -0.2] },
 *   { name: "ALiBi", encoding: "ALiBi", values: [0, -0.5, -1] },
 * ], { says: "两种编码的分数随距离下降。", x: { label: "距离 i−j（词元）" }, y: { label: "分数" } });
 * assert.match(picture.svg, /ALiBi/);
 * ```
 */
export function drawLines(series: readonly Series[], options: LinesOptions): Picture {
  const lines = series.map((one, i) => ({ ...one, ...styleOf(one, i), points: pointsOf(one) }));
  const drawn = lines.filter((line) => line.points.some(([, y]) => Number.isFinite(y)));
  if (drawn.length === 0) return note("没有点可画", options);

  const thinned = drawn.filter((line) => line.points.length > mostPoints);
  const caption = [
    ...(options.caption ? [options.caption] : []),
    ...(thinned.length > 0
      ? [`${thinned.map((line) => line.name).join("、")}超过 ${mostPoints} 个点：每小段只画最小和最大的两个。`]
      : []),
  ].join("\n");
  const { rule, ...rest } = options;
  const all = drawn.flatMap((line) => line.points.filter(([, y]) => Number.isFinite(y)));
  return drawOver({
    ...rest,
    ...(caption ? { caption } : {}),
    marginRight: 40,
    x: { ...around(all.map(([x]) => x)), ...options.x },
    y: { ...around([...all.map(([, y]) => y), ...(rule === undefined ? [] : [rule])]), nice: true, ...options.y },
    marks: [
      ...(rule === undefined ? [] : [Plot.ruleY([rule], { stroke: greys.axis, strokeWidth: 1.5 })]),
      ...drawn.map((line) =>
        Plot.line(thin(line.points), {
          stroke: line.color,
          strokeWidth: line.width,
          strokeDasharray: line.dash,
          strokeLinecap: "butt",
          strokeLinejoin: "round",
        })
      ),
      ...drawn.map((line, i) =>
        Plot.dot(symbolsAt(line.points, i, drawn.length), {
          symbol: line.symbol,
          r: 7,
          // 实心的符号描一圈白边，压在线上也看得出形状；十字一类只有线，照原色画。
          ...(["plus", "times", "asterisk"].includes(line.symbol)
            ? { stroke: line.color, strokeWidth: 3 }
            : { fill: line.color, stroke: "white", strokeWidth: 1.5 }),
        })
      ),
    ],
  }, (svg, scale) => {
    const toX = scale("x"), toY = scale("y");
    const ends = drawn.map((line) => {
      const [x, y] = line.points.findLast(([, y]) => Number.isFinite(y))!;
      return { line, x: toX(x), y: toY(y) };
    });
    const right = Math.max(...ends.map((end) => end.x));
    const labels = apart(ends.map((end) => end.y), 22, 20, (options.height ?? sizes.height) - 56);
    const group = append(svg, "g", { "aria-label": "线的名字" });
    ends.forEach(({ line, x, y }, i) => {
      // 名字挪开过，或线没画到头，就牵一条细线过去。
      if (Math.abs(labels[i]! - y) > 6 || right - x > 6) {
        const d = `M${x + 8},${y}L${right + 22},${labels[i]!}`;
        append(group, "path", { d, stroke: line.color, "stroke-width": 1, fill: "none" });
      }
      write(group, line.name, right + 26, labels[i]! + 6, sizes.text, { fill: line.ink });
    });
  });
}

/** 只有一个不同的值时，把范围向两边各放宽一点，免得轴上只剩一个长长的小数。 */
function around(values: readonly number[]): AxisOptions {
  const first = values[0]!;
  return values.every((value) => value === first) ? { domain: [first - 1, first + 1], ticks: [first] } : {};
}

function pointsOf(series: Series): Array<[number, number]> {
  const { x, values } = series;
  if (x && x.length !== values.length) {
    throw new ShapeError(`画线“${series.name}”`, `横坐标和纵坐标一样多（${values.length} 个）`, x.length);
  }
  return Array.from(values, (value, i): [number, number] => [x ? x[i]! : i, Number.isFinite(value) ? value : NaN]);
}

/** 线的样子；橙、天蓝、紫太浅，当线要粗，名字用黑字。 */
function styleOf(series: Series, i: number): SeriesStyle & { width: number; ink: string } {
  if (series.encoding !== undefined) {
    const style = encodingStyle(series.encoding);
    return { ...style, width: sizes.line, ink: style.color };
  }
  const dash = ["", "14 5", "6 4", "12 4 2 4", "2 4"][i % 5]!;
  const symbol = (["circle", "square", "triangle", "diamond2", "plus", "times", "asterisk"] as const)[i % 7]!;
  const fallback = ["#0072B2", "#D55E00", "#00805E", "#A8487F", "#111111", "#7A5C00"];
  const color = series.thing ? colors[series.thing] : fallback[i % fallback.length]!;
  const light = series.thing === "query" || series.thing === "value" || series.thing === "key";
  return { color, dash, symbol, width: light ? 6 : sizes.line, ink: light ? greys.ink : color };
}

/**
 * 抽稀（thin）：把横坐标分成小段，每段留下纵坐标最小和最大的两个点，次序不变。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mostPoints, thin } from "@lib/plots/lines.ts";
 *
 * const points = Array.from({ length: 8192 }, (_, i): [number, number] => [i, i === 5000 ? 9 : Math.sin(i)]);
 * assert.ok(thin(points).length <= mostPoints);
 * assert.ok(thin(points).some(([x]) => x === 5000)); // 尖峰还在
 * ```
 */
export function thin(points: ReadonlyArray<readonly [number, number]>): Array<[number, number]> {
  if (points.length <= mostPoints) return points.map(([x, y]) => [x, y]);
  const bins = mostPoints / 2 - 1; // 头尾两个点另外留
  const kept = new Set([0, points.length - 1]);
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor(bin * points.length / bins), to = Math.floor((bin + 1) * points.length / bins);
    let low = from, high = from;
    for (let i = from; i < to; i++) {
      // NaN 处要断开：一段里有断点，就把断点当作一个极值留下。
      if (Number.isNaN(points[i]![1]) || points[i]![1] < points[low]![1]) low = i;
      if (points[i]![1] > points[high]![1] || Number.isNaN(points[high]![1])) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b).map((i) => [points[i]![0], points[i]![1]]);
}

/** 每条线上放 8 个左右的符号，几条线错开，不叠在一起。 */
function symbolsAt(
  points: ReadonlyArray<readonly [number, number]>,
  line: number,
  lines: number,
): Array<readonly [number, number]> {
  if (points.length <= 12) return points.filter(([, y]) => Number.isFinite(y));
  const every = (points.length - 1) / 8;
  return Array.from({ length: 8 }, (_, k) => points[Math.round((k + (line + 0.5) / lines) * every)]!)
    .filter(([, y]) => Number.isFinite(y));
}

/** 把一列名字的高度错开至少 `gap` 像素，尽量不动，也不出 `top` 到 `bottom`。 */
function apart(heights: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]! || a - b);
  const placed = order.map((i) => heights[i]!);
  for (let k = 1; k < placed.length; k++) placed[k] = Math.max(placed[k]!, placed[k - 1]! + gap);
  placed[placed.length - 1] = Math.min(placed.at(-1)!, Math.max(bottom, top + gap * (placed.length - 1)));
  for (let k = placed.length - 2; k >= 0; k--) placed[k] = Math.min(placed[k]!, placed[k + 1]! - gap);
  const result: number[] = [];
  order.forEach((i, k) => result[i] = placed[k]!);
  return result;
}

/** 没有东西可画时的一张图，只有一句话。 */
function note(text: string, options: { says: string; width?: number }): Picture {
  const width = options.width ?? sizes.width, svg = blankSvg(width, 120);
  write(svg, `（${text}）`, width / 2, 66, sizes.title, { anchor: "middle", fill: greys.soft });
  return finish(svg, options.says);
}
