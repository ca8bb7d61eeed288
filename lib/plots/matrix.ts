/**
 * 画矩阵（matrix picture）：一个或几个矩阵并排，小的印数，大的缩成像素图。
 *
 * 三种上色：`diverging` 按正负（0 是白），`sequential` 按大小（0 是白），`distance` 按距离（同一条对角线同一种颜色）。
 * 不超过 16×16 的一格一格画；再大就缩成一幅像素图，每个像素是看得见的格子的平均，图下面写明。
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { encode } from "fast-png";
import type { Matrix } from "@lib/matrix.ts";
import { explain, ShapeError } from "@lib/errors.ts";
import { textWidth } from "@lib/plots/font.ts";
import { decimalsFor, formatNumber, tidyStep } from "@lib/plots/numbers.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { amountColor, channels, distanceColor, greys, inkOn, signColor, sizes } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/** 上色的办法：按正负、按大小、按距离。 */
export type MatrixColor = "diverging" | "sequential" | "distance";

/** 并排的一个矩阵。 */
export interface MatrixPanel {
  /** 数；`-Infinity` 是被掩住的格子。 */
  readonly matrix: Matrix;
  /** 上方的标题。 */
  readonly title?: string;
  /** 这一个矩阵的上色办法，省略就用整张图的。 */
  readonly color?: MatrixColor;
  /** 颜色到顶的绝对值，省略就取这个矩阵里最大的；几个矩阵要能比深浅时写同一个数。 */
  readonly limit?: number;
  /** 被掩住的格子（权重里它们是 0，看不出来，要另外说）。 */
  readonly hidden?: (row: number, column: number) => boolean;
  /** 每一行的位置（查询），省略就是 0, 1, 2, …。 */
  readonly rowPositions?: ArrayLike<number>;
  /** 每一列的位置（键），省略就是 0, 1, 2, …。 */
  readonly columnPositions?: ArrayLike<number>;
  /** 行名，省略就是位置。 */
  readonly rowLabels?: ReadonlyArray<string | number>;
  /** 列名，省略就是位置。 */
  readonly columnLabels?: ReadonlyArray<string | number>;
  /** 一行小字，说行和列各是什么，比如 `行：查询 i，列：键 j`。 */
  readonly axes?: string;
}

/** {@linkcode drawMatrix} 的选项。 */
export interface MatrixOptions {
  /** 一句中文说图上是什么。 */
  readonly says: string;
  /** 上色的办法，默认按正负。 */
  readonly color?: MatrixColor;
  /** 印几位小数；省略就自己定，放不下时减。 */
  readonly digits?: number;
  /** 图下方的说明，可以有几行。 */
  readonly caption?: string;
  /** 图高的上限，像素，默认 400（幻灯片放得下）。 */
  readonly height?: number;
}

/** 最多一格一格画到多大；再大用像素图。 */
const largestCells = 16;
/** 最多印数印到几行；再多字就挤了。 */
const largestPrinted = 8;

/** 准备好的一个矩阵：位置、名字、颜色都定了。 */
interface Prepared {
  readonly panel: MatrixPanel;
  readonly color: MatrixColor;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  readonly value: (row: number, column: number) => number;
  readonly hidden: (row: number, column: number) => boolean;
  readonly limit: number;
  readonly farthest: number;
  readonly fill: (value: number, distance: number) => string;
}

/**
 * 画一个或几个矩阵（draw matrix）。
 *
 * @throws {ShapeError} 位置、行名、列名的个数和矩阵不符
 * @throws {RangeError} 有一格是 `NaN` 或 `∞`；或按大小上色却有负数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { drawMatrix } from "@lib/plots/matrix.ts";
 *
 * const picture = drawMatrix([{ title: "距离 i−j", matrix: matrix([[0, -1], [1, 0]]), color: "distance" }], {
 *   says: "两个词元的距离矩阵，对角线是 0。",
 * });
 * assert.match(picture.svg, /−1/);
 * ```
 */
export function drawMatrix(panels: readonly MatrixPanel[], options: MatrixOptions): Picture {
  const prepared = panels.map((panel) => prepare(panel, panel.color ?? options.color ?? "diverging"));
  const large = prepared.some((p) => p.rows.length > largestCells || p.columns.length > largestCells);
  const captions = options.caption ? options.caption.split("\n") : [];
  const shrunk = [...new Set(prepared.flatMap((p) => shrinkNote(p, panels.length)))];
  const footer = [...captions, ...shrunk];

  // 从上到下：标题、行列是什么、列名、格子、色带、说明。
  const titleHeight = panels.some((panel) => panel.title) ? 32 : 6;
  const axesHeight = panels.some((panel) => panel.axes) ? 26 : 0;
  const top = titleHeight + axesHeight + 28;
  const printed = !large &&
    prepared.every((p) => p.rows.length <= largestPrinted && p.columns.length <= largestPrinted);
  const bottom = (printed ? 10 : 44) + footer.length * 24;
  const room = (options.height ?? 400) - top - bottom;
  const gap = 36;
  const labelWidths = prepared.map((p) =>
    Math.ceil(Math.max(...p.rowNames.map((name) => textWidth(name, sizes.minText)), 8)) + 14
  );
  const free = sizes.width - 36 - labelWidths.reduce((sum, width) => sum + width, 0) - gap * (panels.length - 1);

  // 并排的矩阵印一样多的小数位，才好一格一格对着加。
  const fractional = (large ? [] : prepared.map(visibleValues)).filter((values) => !values.every(Number.isInteger));
  const decimals = decimalsFor(fractional.flat(), 3);
  const layouts = prepared.map((p) => {
    const share = free / panels.length;
    return large
      ? pixelLayout(p, share, room, panels.length)
      : cellLayout(p, share, room, printed, options.digits ?? Math.min(decimals, decimalsFor(visibleValues(p), 3)));
  });
  const panelWidths = prepared.map((p, i) =>
    Math.ceil(Math.max(
      labelWidths[i]! + layouts[i]!.width,
      textWidth(p.panel.title ?? "", sizes.title),
      textWidth(p.panel.axes ?? "", sizes.minText),
      printed ? 0 : 200, // 色带连两头的数
    ))
  );
  const footerWidth = Math.max(0, ...footer.map((line) => textWidth(line, sizes.minText)));
  const width = Math.ceil(
    Math.max(panelWidths.reduce((a, b) => a + b, 0) + gap * (panels.length - 1), footerWidth) + 36,
  );
  const height = Math.ceil(top + Math.max(0, ...layouts.map((layout) => layout.height)) + bottom);
  const svg = blankSvg(width, height);

  let x = 12;
  prepared.forEach((p, i) => {
    const layout = layouts[i]!, left = x + labelWidths[i]!;
    if (p.panel.title) write(svg, p.panel.title, x, 24, sizes.title);
    if (p.panel.axes) write(svg, p.panel.axes, x, titleHeight + 18, sizes.minText, { fill: greys.soft });
    layout.draw(svg, left, top);
    drawNames(svg, p, layout, left, top);
    if (!printed) drawScale(svg, p, x, top + layout.height + 14);
    x += panelWidths[i]! + gap;
  });
  footer.forEach((line, i) =>
    write(svg, line, 12, height - footer.length * 24 + 16 + i * 24, sizes.minText, { fill: greys.soft })
  );
  return finish(svg, options.says);
}

function prepare(panel: MatrixPanel, color: MatrixColor): Prepared {
  const { matrix } = panel;
  const counted = <T>(given: ArrayLike<T> | undefined, count: number, what: string): T[] | undefined => {
    if (given && given.length !== count) throw new ShapeError("画矩阵", `${count} 个${what}`, given.length);
    return given && Array.from(given);
  };
  const index = (count: number) => Array.from({ length: count }, (_, i) => i);
  const rows = counted(panel.rowPositions, matrix.rows, "行的位置") ?? index(matrix.rows);
  const columns = counted(panel.columnPositions, matrix.columns, "列的位置") ?? index(matrix.columns);
  const value = (r: number, c: number) => matrix.data[r * matrix.columns + c]!;
  const hidden = (r: number, c: number) => value(r, c) === -Infinity || (panel.hidden?.(r, c) ?? false);

  let largest = 0;
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < matrix.columns; c++) {
      if (hidden(r, c)) continue;
      const v = value(r, c);
      if (!Number.isFinite(v)) {
        throw new RangeError(
          explain("画矩阵", `看得见的格子是有限的数（掩住的写 -Infinity），第 ${r} 行第 ${c} 列`, v),
        );
      }
      if (color === "sequential" && v < -1e-9) {
        throw new RangeError(explain("按大小上色", `不小于 0 的数（有正有负用 diverging），第 ${r} 行第 ${c} 列`, v));
      }
      largest = Math.max(largest, Math.abs(v));
    }
  }
  const limit = panel.limit ?? largest;
  const span = (xs: readonly number[]) =>
    xs.reduce(([a, b], v) => [Math.min(a!, v), Math.max(b!, v)], [Infinity, -Infinity]);
  const [firstRow, lastRow] = span(rows), [firstColumn, lastColumn] = span(columns);
  const farthest = rows.length && columns.length
    ? Math.max(Math.abs(lastRow! - firstColumn!), Math.abs(firstRow! - lastColumn!))
    : 0;
  // 颜色取 64 级：眼睛分不出更多，文件小一半。
  const step = (share: number, levels: number) => Math.round(share * levels) / levels;
  return {
    panel,
    color,
    rows,
    columns,
    rowNames: (counted(panel.rowLabels, matrix.rows, "行名") ?? rows).map(String),
    columnNames: (counted(panel.columnLabels, matrix.columns, "列名") ?? columns).map(String),
    value,
    hidden,
    limit,
    farthest,
    fill: (v, distance) =>
      color === "distance"
        ? distanceColor(farthest < 32 ? distance : step(distance / farthest, 32) * farthest, farthest)
        : color === "diverging"
        ? signColor(limit > 0 ? step(v / limit, 32) : 0, 1)
        : amountColor(limit > 0 ? step(v / limit, 64) : 0),
  };
}

function visibleValues(p: Prepared): number[] {
  const columns = p.columns.length;
  return Array.from(p.panel.matrix.data).filter((_, at) => !p.hidden(Math.floor(at / columns), at % columns));
}

/** 排好的格子：占多大，怎么画，第 i 行（列）的中心在哪。 */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly rowCenter: (row: number) => number;
  readonly columnCenter: (column: number) => number;
  readonly draw: (svg: Element, left: number, top: number) => void;
}

function cellLayout(p: Prepared, share: number, room: number, print: boolean, digits: number): Layout {
  const rows = p.rows.length, columns = p.columns.length;
  const visible = visibleValues(p);
  const high = Math.min(64, Math.floor(room / Math.max(rows, 1)));
  const widest = Math.floor(share / Math.max(columns, 1));
  const width = (decimals: number, size: number) =>
    Math.max(0, ...visible.map((v) => textWidth(formatNumber(v, decimals), size))) + 12;
  // 放不下就少印一位小数；再放不下就不印，绝不印成假的：−0.5 不能印成 −1，0.14 的权重不能印成 0。
  const least = visible.every(Number.isInteger) ? 0 : p.color === "sequential" ? 2 : 1;
  let decimals = digits;
  const tight = (d: number) => width(d, sizes.minText) - 8; // 挤的时候两边只各留 2 像素
  while (print && decimals > Math.min(least, digits) && tight(decimals) > widest) decimals--;
  const fits = print && tight(decimals) <= widest && high >= 20;
  const size = fits ? [22, 20, 18].find((s) => width(decimals, s) <= Math.min(widest, high * 1.6)) ?? sizes.minText : 0;
  const cellHeight = high;
  const cellWidth = fits
    ? Math.min(widest, Math.max(width(decimals, size), Math.min(cellHeight, 64)))
    : Math.min(widest, high);
  return {
    width: cellWidth * columns,
    height: cellHeight * rows,
    rowCenter: (r) => (r + 0.5) * cellHeight,
    columnCenter: (c) => (c + 0.5) * cellWidth,
    draw(svg, left, top) {
      // 同色的格子并成一条路径，斜线和减号也是：256 格的图小到四分之一。
      const fills = new Map<string, string>(), minus = new Map<string, string>();
      const extend = (paths: Map<string, string>, key: string, d: string) => paths.set(key, (paths.get(key) ?? "") + d);
      const words = blankSvg(0, 0).ownerDocument.createElementNS("http://www.w3.org/2000/svg", "g");
      let hatch = "";
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const x = left + c * cellWidth, y = top + r * cellHeight, v = p.value(r, c), hidden = p.hidden(r, c);
          const fill = hidden ? greys.masked : p.fill(v, p.rows[r]! - p.columns[c]!), ink = inkOn(fill);
          extend(fills, fill, `M${x},${y}h${cellWidth}v${cellHeight}h${-cellWidth}z`);
          if (hidden) {
            // 掩住的格子打斜线：灰底在黑白投影上容易和小数混。
            hatch += `M${x + 3},${y + cellHeight - 3}L${x + cellWidth - 3},${y + 3}`;
          } else if (fits) {
            const baseline = y + cellHeight / 2 + size * 0.36;
            write(words, formatNumber(v, decimals), x + cellWidth / 2, baseline, size, { anchor: "middle", fill: ink });
          } else if (p.color === "diverging" && v < -1e-9) {
            // 不印数时，负的格子画一道减号：黑白打印也分得出正负。
            extend(minus, ink, `M${x + cellWidth * 0.3},${y + cellHeight / 2}h${cellWidth * 0.4}`);
          }
        }
      }
      const cells = append(svg, "g", { stroke: "white", "stroke-width": cellHeight > 24 ? 2 : 1 });
      for (const [fill, d] of fills) append(cells, "path", { d, fill });
      if (hatch) append(svg, "path", { d: hatch, stroke: "#b0b0b0", "stroke-width": 1.5 });
      for (const [stroke, d] of minus) append(svg, "path", { d, stroke, "stroke-width": 1.5 });
      svg.append(words);
      frame(svg, left, top, this.width, this.height);
    },
  };
}

function frame(svg: Element, x: number, y: number, width: number, height: number): void {
  append(svg, "rect", { x, y, width, height, fill: "none", stroke: greys.axis, "stroke-width": 1 });
}

/** 像素图最多几行几列：并排的多了就各小一点，整张图的字节有上限。 */
const pixels = (panels: number) => panels > 2 ? 80 : 128;

function shrinkNote(p: Prepared, panels: number): string[] {
  const most = pixels(panels), rows = p.rows.length, columns = p.columns.length;
  if (rows <= most && columns <= most) return [];
  return [
    `${rows}×${columns} 缩成 ${Math.min(rows, most)}×${Math.min(columns, most)} 像素，每个像素是看得见的格子的平均。`,
  ];
}

function pixelLayout(p: Prepared, share: number, room: number, panels: number): Layout {
  const most = pixels(panels);
  const rows = Math.min(p.rows.length, most), columns = Math.min(p.columns.length, most);
  // 一个像素放大成整数倍，边缘才是齐的；放大交给看图的程序，文件里只存原来的像素。
  const long = rows < columns / 2 || columns < rows / 2;
  const fit = (length: number, most: number, count: number) => Math.max(1, Math.floor(Math.min(length, most) / count));
  const freeX = fit(share, long ? 560 : 288, columns), freeY = fit(room, 288, rows);
  const [scaleX, scaleY] = long ? [freeX, freeY] : [Math.min(freeX, freeY), Math.min(freeX, freeY)];
  const width = columns * scaleX, height = rows * scaleY;
  return {
    width,
    height,
    rowCenter: (r) => (r + 0.5) * height / p.rows.length,
    columnCenter: (c) => (c + 0.5) * width / p.columns.length,
    draw(svg, left, top) {
      const href = `data:image/png;base64,${Buffer.from(pixelImage(p, rows, columns)).toString("base64")}`;
      append(svg, "image", {
        x: left,
        y: top,
        width,
        height,
        href,
        preserveAspectRatio: "none",
        "image-rendering": "pixelated",
      });
      frame(svg, left, top, width, height);
    },
  };
}

/** 缩小、上色，存成带调色板的 PNG。掩住的地方是斜纹。 */
function pixelImage(p: Prepared, rows: number, columns: number): Uint8Array {
  const palette: number[][] = [[196, 196, 196], [236, 236, 236]];
  const index = new Map<string, number>();
  const colorOf = (fill: string) => {
    if (!index.has(fill)) index.set(fill, palette.push(channels(fill)) - 1);
    return index.get(fill)!;
  };
  const data = new Uint8Array(rows * columns);
  const edge = (i: number, parts: number, whole: number) => Math.floor(i * whole / parts);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0, distance = 0, count = 0;
      for (let i = edge(r, rows, p.rows.length); i < edge(r + 1, rows, p.rows.length); i++) {
        for (let j = edge(c, columns, p.columns.length); j < edge(c + 1, columns, p.columns.length); j++) {
          if (p.hidden(i, j)) continue;
          sum += p.value(i, j);
          distance += p.rows[i]! - p.columns[j]!;
          count++;
        }
      }
      data[r * columns + c] = count > 0 ? colorOf(p.fill(sum / count, distance / count)) : (r + c) % 4 === 0 ? 0 : 1;
    }
  }
  return encode({ width: columns, height: rows, data, depth: 8, channels: 1, palette }, { zlib: { level: 9 } });
}

/** 行名和列名；挤不下就隔几个写一个，头尾总在。 */
function drawNames(svg: Element, p: Prepared, layout: Layout, left: number, top: number): void {
  const size = sizes.minText;
  const rows = append(svg, "g", { "aria-label": "行" }), columns = append(svg, "g", { "aria-label": "列" });
  for (const r of spread(p.rows.length, layout.height, 17)) {
    write(rows, p.rowNames[r]!, left - 8, top + layout.rowCenter(r) + size * 0.36, size, { anchor: "end" });
  }
  const widest = Math.max(0, ...p.columnNames.map((name) => textWidth(name, size))) + 10;
  for (const c of spread(p.columns.length, layout.width, widest)) {
    write(columns, p.columnNames[c]!, left + layout.columnCenter(c), top - 8, size, { anchor: "middle" });
  }
}

/** 在 `length` 像素里给 `count` 个名字挑出写得下的：隔一个整齐的数写一个，最后一个放得下也写。 */
function spread(count: number, length: number, need: number): number[] {
  const room = length / need;
  if (count <= room) return Array.from({ length: count }, (_, i) => i);
  const step = tidyStep(count, Math.min(room, 6));
  const chosen = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  if (count - 1 - chosen.at(-1)! > Math.max(step / 2, need * count / length)) chosen.push(count - 1);
  return chosen;
}

/** 色带：不印数的图要有它才读得出大小。 */
function drawScale(svg: Element, p: Prepared, x: number, y: number): void {
  const [low, high] = p.color === "distance"
    ? [-p.farthest, p.farthest]
    : p.color === "diverging"
    ? [-p.limit, p.limit]
    : [0, p.limit];
  const decimals = decimalsFor([low, high], 3), text = (v: number) => formatNumber(v, decimals);
  const group = append(svg, "g", { "aria-label": "色带" });
  write(group, text(low), x, y + 15, sizes.minText);
  const start = x + textWidth(text(low), sizes.minText) + 8, steps = 24, width = 96;
  for (let i = 0; i < steps; i++) {
    const v = low + (high - low) * (i + 0.5) / steps;
    append(group, "rect", {
      x: start + i * width / steps,
      y,
      width: width / steps + 0.3,
      height: 18,
      fill: p.fill(v, v),
    });
  }
  append(group, "rect", { x: start, y, width, height: 18, fill: "none", stroke: greys.axis, "stroke-width": 1 });
  write(group, text(high), start + width + 8, y + 15, sizes.minText);
}
