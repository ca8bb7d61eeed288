/**
 * 画条（bar picture）：一行数各是一根条，数印在条的头上；适合看一个查询的权重。
 *
 * 几组并排时用同一把尺，好比较加偏置之前和之后。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { ShapeError } from "@lib/errors.ts";
import { draw } from "@lib/plots/draw.ts";
import { textWidth } from "@lib/plots/font.ts";
import { decimalsFor, formatNumber, tidyStep } from "@lib/plots/numbers.ts";
import type { Picture } from "@lib/plots/picture.ts";
import { colors, greys, sizes, type Thing } from "@lib/plots/style.ts";

/** 一组条（bars）。 */
export interface Bars {
  /** 这一组的名字。 */
  readonly name?: string;
  /** 各条的高 `[n]`；`-Infinity` 是被掩住的，画成空的。 */
  readonly values: ArrayLike<number>;
  /** 是课里的哪样东西，决定颜色，默认位置。 */
  readonly thing?: Thing;
}

/** {@linkcode drawBars} 的选项。 */
export interface BarsOptions {
  /** 一句中文说图上是什么。 */
  says: string;
  /** 各条的名字 `[n]`，省略就是 0, 1, 2, …。 */
  labels?: ReadonlyArray<string | number>;
  /** 横轴的名字。 */
  xLabel?: string;
  /** 纵轴的名字。 */
  yLabel?: string;
  /** 标题。 */
  title?: string;
  /** 图下方的说明。 */
  caption?: string;
  /** 小数位数；省略就自己定。 */
  digits?: number;
  /** 图高，像素，默认 320。 */
  height?: number;
}

/** 最多画几根；再多就几根并成一根。 */
const mostBars = 64;

/**
 * 画条（draw bars）。超过 64 根时相邻的并成一根，高是它们的平均，图下面写明。
 *
 * @throws {ShapeError} 各组不一样长，或名字的个数不符
 * @throws {RangeError} 有 `NaN` 或 `∞`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawBars } from "@lib/plots/bars.ts";
 *
 * const picture = drawBars([{ values: [0.1015, 0.1674, 0.276, 0.4551] }], {
 *   says: "四个权重，越近越大。",
 *   labels: ["第 1 个", "第 2 个", "第 3 个", "自己"],
 *   yLabel: "权重",
 * });
 * assert.match(picture.svg, /0\.4551/);
 * ```
 */
export function drawBars(groups: readonly Bars[], options: BarsOptions): Picture {
  const count = groups[0]?.values.length ?? 0;
  for (const group of groups) {
    if (group.values.length !== count) throw new ShapeError("画条", `每组 ${count} 根`, group.values.length);
    for (const value of Array.from(group.values)) {
      if (!Number.isFinite(value) && value !== -Infinity) {
        throw new RangeError(`无法画条：需要有限的数（掩住的写 -Infinity）：现在是 ${value}`);
      }
    }
  }
  if (options.labels && options.labels.length !== count) {
    throw new ShapeError("画条", `${count} 个名字`, options.labels.length);
  }
  const per = Math.ceil(count / mostBars), bars = Math.ceil(count / per) || 0;
  const labels = Array.from({ length: bars }, (_, i) => String(options.labels?.[i * per] ?? i * per));
  const rows = groups.flatMap((group, g) =>
    labels.map((_, i) => {
      const part = Array.from(group.values).slice(i * per, (i + 1) * per).filter(Number.isFinite);
      const value = part.length > 0 ? part.reduce((a, b) => a + b) / part.length : null;
      return { group: group.name ?? `第 ${g + 1} 组`, i, value, fill: colors[group.thing ?? "position"] };
    })
  );
  const present = rows.filter((row) => row.value !== null) as Array<typeof rows[number] & { value: number }>;
  const decimals = options.digits ?? decimalsFor(present.map((row) => row.value), 4);
  // 条少的时候图窄一点，不把一根条拉成一堵墙。
  const width = Math.min(sizes.width, Math.max(360, 120 + 160 * bars * groups.length));
  const wide = (width - 100) / Math.max(1, groups.length) / Math.max(1, bars) * 0.86;
  // 印数放不下就少印一位，再放不下就不印。
  const widest = (d: number) => Math.max(0, ...present.map((row) => textWidth(formatNumber(row.value, d), sizes.text)));
  let shown = decimals;
  while (shown > 1 && widest(shown) > wide) shown--;
  const printed = widest(shown) <= wide;
  const named = labels.map((label) => textWidth(label, sizes.text)).every((width) => width <= wide + 6);
  const every = named ? 1 : tidyStep(bars, 8);
  const caption = [
    ...(options.caption ? [options.caption] : []),
    ...(per > 1 ? [`共 ${count} 根，每 ${per} 根并成一根，高是平均。`] : []),
  ].join("\n");
  const several = groups.length > 1;
  // 条头上的数要有地方放：正的一边、负的一边各让出一截。
  const high = Math.max(0, ...present.map((row) => row.value)), low = Math.min(0, ...present.map((row) => row.value));
  const spare = printed ? 0.13 * (high - low || 1) : 0;
  const masked = rows.filter((row) => row.value === null);
  return draw({
    says: options.says,
    ...(options.title ? { title: options.title } : {}),
    ...(caption ? { caption } : {}),
    width,
    height: options.height ?? 320,
    x: {
      type: "band",
      domain: labels.map((_, i) => i),
      padding: bars > 32 ? 0.05 : 0.2,
      ticks: labels.map((_, i) => i).filter((i) => i % every === 0),
      tickFormat: (i: number) => labels[i]!,
      ...(options.xLabel ? { label: options.xLabel } : {}),
    },
    y: {
      domain: [low < 0 ? low - spare : 0, high > 0 || low === 0 ? high + spare : 0],
      ...(options.yLabel ? { label: options.yLabel } : {}),
    },
    ...(several
      ? { fx: { domain: [...new Set(rows.map((row) => row.group))], padding: 0.08, axis: "top" as const } }
      : {}),
    marginTop: several ? 44 : 24,
    marks: [
      Plot.barY(present, { x: "i", y: "value", fill: "fill", ...(several ? { fx: "group" } : {}) }),
      Plot.ruleY([0], { stroke: greys.ink, strokeWidth: 1.5 }),
      // 掩住的没有条，写一个字，免得看成 0。
      Plot.text(masked, {
        x: "i",
        y: () => 0,
        text: () => printed ? "掩" : "",
        dy: -14,
        fill: greys.soft,
        fontSize: sizes.text,
        ...(several ? { fx: "group" } : {}),
      }),
      ...(printed
        ? [1, -1].map((side) =>
          Plot.text(present.filter((row) => row.value < 0 ? side < 0 : side > 0), {
            x: "i",
            y: "value",
            text: (row: { value: number }) => formatNumber(row.value, shown),
            dy: -12 * side,
            fontSize: sizes.text,
            ...(several ? { fx: "group" } : {}),
          })
        )
        : []),
    ],
  });
}
