/**
 * 画图（draw）：Observable Plot 加上全课统一的样子，得到一张 {@linkcode Picture}。
 *
 * 写法就是 Plot 的写法，多一个必填的 `says`：一句话说图上是什么。
 * 标题、图例、说明文字都画在 SVG 里面，不另出 HTML。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { ClippedTextError, finish, type Picture } from "@lib/plots/picture.ts";
import { append, blankDocument, write } from "@lib/plots/svg.ts";
import { textWidth } from "@lib/plots/font.ts";
import { greys, sizes } from "@lib/plots/style.ts";

/** 一根轴（axis）；都是 Plot 的同名选项，这里只列课里用到的。 */
export interface AxisOptions {
  /** 轴的名字，中文带符号和单位：`距离 i−j（词元）`。 */
  label?: string;
  /** 取值范围，或者各个类别的次序。 */
  domain?: ReadonlyArray<number | string>;
  /** 刻度的种类，省略就按数据决定。 */
  type?: "linear" | "log" | "symlog" | "sqrt" | "band" | "point";
  /** 对数轴的底。 */
  base?: number;
  /** 刻度：大约几个，或者就是这几个。 */
  ticks?: number | ReadonlyArray<number | string>;
  /** 刻度上写什么。 */
  // deno-lint-ignore no-explicit-any -- 刻度是什么类型由数据决定
  tickFormat?: string | ((value: any, index: number) => string);
  /** 画不画网格线。 */
  grid?: boolean;
  /** 倒过来。 */
  reverse?: boolean;
  /** 两端凑成整数。 */
  nice?: boolean;
  /** 一定包含 0。 */
  zero?: boolean;
  /** 两端各缩进多少像素，免得边上的点压住轴。 */
  inset?: number;
  /** 类别之间的空隙占多少，0 到 1。 */
  padding?: number;
  /** 轴放在哪一边；`null` 不画。 */
  axis?: "top" | "bottom" | "left" | "right" | "both" | null;
  /** 画不画轴线。 */
  line?: boolean;
}

/** 颜色（color）；都是 Plot 的同名选项。 */
export interface ColorOptions {
  /** 画图例。 */
  legend?: boolean;
  /** 图例的名字。 */
  label?: string;
  /** 取值范围，或者各个类别的次序。 */
  domain?: ReadonlyArray<number | string>;
  /** 和 `domain` 对应的颜色。 */
  range?: readonly string[];
  /** 颜色怎样随值变。 */
  type?: "linear" | "log" | "diverging" | "ordinal" | "categorical" | "quantize" | "threshold" | "identity";
  /** Plot 的配色名。 */
  scheme?: string;
  /** 发散配色的中点。 */
  pivot?: number;
}

/** 画图的选项；除 `says`、`title`、`caption` 外都是 Plot 的同名选项。边距是下限，装不下字会自动加大。 */
export interface DrawOptions {
  /** 一句中文说图上是什么：只能看文字的地方显示它，读屏软件念它。 */
  says: string;
  /** 图上方的标题。 */
  title?: string;
  /** 图下方的说明，可以有几行（`\n`）。 */
  caption?: string;
  /** Plot 的图元（mark），后面的盖住前面的。 */
  marks: readonly unknown[];
  /** 图宽，像素，默认 960。 */
  width?: number;
  /** 图高，像素，默认 380。 */
  height?: number;
  /** 四边的边距，像素。 */
  margin?: number;
  /** 上边距。 */
  marginTop?: number;
  /** 右边距。 */
  marginRight?: number;
  /** 下边距。 */
  marginBottom?: number;
  /** 左边距。 */
  marginLeft?: number;
  /** 横轴。 */
  x?: AxisOptions;
  /** 纵轴，名字横写在轴的上方。 */
  y?: AxisOptions;
  /** 横向分面。 */
  fx?: AxisOptions;
  /** 纵向分面。 */
  fy?: AxisOptions;
  /** 颜色。 */
  color?: ColorOptions;
  /** 点的半径。 */
  r?: { domain?: readonly number[]; range?: readonly number[] };
  /** 宽高比：1 表示横竖一个单位一样长（高由它定）。 */
  aspectRatio?: number;
}

/**
 * 画一张图（draw）。
 *
 * @throws {Error} Plot 有警告（比如数据全空、轴的类型不对）
 * @throws {RangeError} 字小于 16 像素、用了子集字体里没有的字、没写 `says`
 * @throws {ClippedTextError} 加大边距也装不下的字
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as Plot from "@observablehq/plot";
 * import { draw } from "@lib/plots/draw.ts";
 *
 * const picture = draw({
 *   says: "三个点连成一条折线，先升后降。",
 *   x: { label: "距离 i−j（词元）" },
 *   y: { label: "分数" },
 *   marks: [Plot.lineY([1, 3, 2])],
 * });
 * assert.equal(picture.width, 960);
 * assert.match(picture.svg, /距离 i−j（词元）/);
 * ```
 */
export function draw(options: DrawOptions): Picture {
  return drawOver(options, () => {});
}

/**
 * 画一张图，再在上面添几笔（draw with an overlay）：`overlay` 拿到 SVG 和各个刻度，能把数据换成像素。
 * 边距加大重画时，`overlay` 也重来。
 *
 * @throws {Error} 和 {@linkcode draw} 一样
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as Plot from "@observablehq/plot";
 * import { drawOver } from "@lib/plots/draw.ts";
 * import { write } from "@lib/plots/svg.ts";
 *
 * const picture = drawOver({ says: "一条线，末端写着名字。", marks: [Plot.lineY([1, 2])] }, (svg, scale) => {
 *   write(svg, "末端", scale("x")(1) - 40, scale("y")(2) + 24, 16);
 * });
 * assert.match(picture.svg, /末端/);
 * ```
 */
export function drawOver(
  options: DrawOptions,
  overlay: (svg: Element, scale: (name: "x" | "y") => (value: number) => number) => void,
): Picture {
  const { says, title, caption, ...plot } = options;
  const margins = { top: 0, right: 0, bottom: 0, left: 0 };
  for (let round = 0;; round++) {
    const svg = drawOnce(plot, title, caption, margins);
    overlay(svg, (name) => {
      const scale = svg.scale(name)!;
      return (value) => scale.apply(value);
    });
    try {
      return finish(svg, says);
    } catch (error) {
      // 字出了边就把那一边加宽再画；两次还不行，多半是图里面的字太长，交给作者。
      if (!(error instanceof ClippedTextError) || round === 2) throw error;
      const [top, right, bottom, left] = error.overflow.map((amount) => amount > 0 ? Math.ceil(amount) + 4 : 0);
      margins.top += top!, margins.right += right!, margins.bottom += bottom!, margins.left += left!;
    }
  }
}

/** Plot 画出来的 `<svg>`，带着刻度。 */
type PlotElement = Element & { scale(name: string): Plot.Scale | undefined };
type Margins = { top: number; right: number; bottom: number; left: number };

function drawOnce(
  options: Omit<DrawOptions, "says" | "title" | "caption">,
  title: string | undefined,
  caption: string | undefined,
  extra: Margins,
): PlotElement {
  const width = options.width ?? sizes.width, height = options.height ?? sizes.height;
  const lines = caption?.split("\n") ?? [];
  const legend = options.color?.legend === true;
  const yLabel = options.y?.label ?? undefined;
  // 图的上面依次是：标题、图例、纵轴的名字；下面是说明。
  const header = (title ? 36 : 0) + (legend ? 34 : 0) + (yLabel ? 30 : 0);
  const footer = lines.length > 0 ? lines.length * 24 + 8 : 0;
  const all = options.margin;
  const left = (options.marginLeft ?? all ?? 64) + extra.left;
  const top = (options.marginTop ?? all ?? 16) + extra.top + header;
  const svg = withoutWarnings(() =>
    Plot.plot({
      ...options as unknown as Plot.PlotOptions,
      document: blankDocument(),
      width,
      height,
      marginTop: top,
      marginRight: (options.marginRight ?? all ?? 28) + extra.right,
      marginBottom: (options.marginBottom ?? all ?? (options.x?.label ? 60 : 36)) + extra.bottom + footer,
      marginLeft: left,
      x: { label: null, labelAnchor: "center", labelArrow: "none", labelOffset: 46, ...options.x as Plot.ScaleOptions },
      // 纵轴的名字横着写在轴的上方，不竖排。
      y: { grid: true, tickSpacing: 48, ...options.y as Plot.ScaleOptions, label: null },
      fx: { label: null, ...options.fx as Plot.ScaleOptions },
      fy: { label: null, ...options.fy as Plot.ScaleOptions },
      color: { ...options.color as Plot.ScaleOptions, legend: false },
    })
  ) as unknown as PlotElement;
  svg.setAttribute("font-size", String(sizes.text));

  let y = extra.top;
  if (title) write(svg, title, 8, (y += 36) - 10, sizes.title);
  if (legend) drawLegend(svg, svg.scale("color")!, 8, (y += 34) - 28, options.color?.label ?? undefined);
  if (yLabel) write(svg, yLabel, 8, (y += 30) - 8, sizes.text);
  lines.forEach((line, i) => write(svg, line, 8, height - footer + 22 + i * 24, sizes.minText, { fill: greys.soft }));
  return svg;
}

/** Plot 的警告是图画错了的信号：不放进图里，直接抛出。 */
function withoutWarnings<T>(plot: () => T): T {
  const original = console.warn;
  const warnings: string[] = [];
  console.warn = (...words: unknown[]) => void warnings.push(words.join(" "));
  try {
    const result = plot();
    if (warnings.length > 0) throw new Error(`无法画图：需要没有警告：现在 Plot 说“${warnings.join("；")}”`);
    return result;
  } finally {
    console.warn = original;
  }
}

/** 图例：分类的画色块，连续的画一条色带和几个数。 */
function drawLegend(svg: Element, scale: Plot.Scale, x: number, y: number, label: string | undefined): void {
  const group = append(svg, "g", { "aria-label": "图例" });
  if (label) {
    write(group, label, x, y + 17, sizes.minText);
    x += textWidth(label, sizes.minText) + 16;
  }
  const domain = [...scale.domain ?? []];
  if (typeof domain[0] !== "number" || scale.type === "ordinal") {
    for (const value of domain) {
      append(group, "rect", { x, y: y + 2, width: 18, height: 18, fill: String(scale.apply(value)) });
      write(group, String(value), x + 25, y + 17, sizes.minText);
      x += 25 + textWidth(String(value), sizes.minText) + 22;
    }
    return;
  }
  const low = Number(domain[0]), high = Number(domain.at(-1)), steps = 40, width = 240;
  const text = (value: number) => String(+value.toPrecision(3)).replace("-", "−");
  write(group, text(low), x, y + 17, sizes.minText);
  x += textWidth(text(low), sizes.minText) + 8;
  for (let i = 0; i < steps; i++) {
    const fill = String(scale.apply(low + (high - low) * (i + 0.5) / steps));
    append(group, "rect", { x: x + i * width / steps, y: y + 2, width: width / steps + 0.5, height: 18, fill });
  }
  write(group, text(high), x + width + 8, y + 17, sizes.minText);
}
