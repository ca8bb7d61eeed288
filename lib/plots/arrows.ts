/**
 * 画箭头（arrow picture）：一格一个位置，平面上的向量画成箭头，像一条胶片。
 *
 * 用来看 RoPE：查询和键各转了多少，夹角变没变。查询是实线，键是虚线，黑白打印也分得出。
 *
 * @module
 */
import { textWidth } from "@lib/plots/font.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { colors, greys, sizes, type Thing } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/** 一支箭头，从原点到 `(x, y)`。 */
export interface Arrow {
  /** 名字，同名的箭头在图例里只写一次。 */
  readonly name: string;
  /** 横坐标。 */
  readonly x: number;
  /** 纵坐标，向上为正。 */
  readonly y: number;
  /** 是课里的哪样东西，决定颜色和虚实。 */
  readonly thing: Thing;
}

/** 胶片上的一格。 */
export interface ArrowPanel {
  /** 格子上方的字，比如 `m = 3`。 */
  readonly title: string;
  /** 箭头。 */
  readonly arrows: readonly Arrow[];
  /** 在哪两支箭头之间标出夹角（序号）。 */
  readonly angle?: readonly [number, number];
  /** 格子下方的一行字，比如 `q·k = 0.36`。 */
  readonly note?: string;
}

/** {@linkcode drawArrows} 的选项。 */
export interface ArrowsOptions {
  /** 一句中文说图上是什么。 */
  says: string;
  /** 图下方的说明。 */
  caption?: string;
  /** 半径：省略就取最长的箭头。 */
  radius?: number;
}

/** 一条胶片最多几格；再多只画头尾各 4 格。 */
const mostPanels = 8;

/**
 * 画箭头（draw arrows）。超过 8 格时只画头尾各 4 格，图下面写明。
 *
 * @throws {RangeError} 有一支箭头的坐标不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawArrows } from "@lib/plots/arrows.ts";
 *
 * const picture = drawArrows([0, 1, 2].map((m) => ({
 *   title: `m = ${m}`,
 *   arrows: [{ name: "查询 q", thing: "query" as const, x: Math.cos(m), y: Math.sin(m) }],
 * })), { says: "查询每走一格转 1 弧度。" });
 * assert.match(picture.svg, /m = 2/);
 * ```
 */
export function drawArrows(panels: readonly ArrowPanel[], options: ArrowsOptions): Picture {
  const cut = panels.length > mostPanels;
  const shown = cut ? [...panels.slice(0, 4), ...panels.slice(-4)] : [...panels];
  const arrows = shown.flatMap((panel) => panel.arrows);
  for (const { name, x, y } of arrows) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      throw new RangeError(`无法画箭头“${name}”：需要有限的坐标：现在是 (${x}, ${y})`);
    }
  }
  const radius = options.radius ?? Math.max(1e-9, ...arrows.map(({ x, y }) => Math.hypot(x, y)));
  const footer = [
    ...(options.caption ? options.caption.split("\n") : []),
    ...(cut ? [`共 ${panels.length} 格，只画头尾各 4 格。`] : []),
  ];
  const notes = shown.some((panel) => panel.note) ? 26 : 0;
  const longest = (size: number) =>
    Math.max(0, ...shown.flatMap((panel) => [panel.title, panel.note ?? ""]).map((text) => textWidth(text, size)));
  const size = shown.length > 4 ? sizes.minText : sizes.text;
  // 排一行还是两行，看哪样圆更大、字又放得下。
  const arrange = (lines: number) => {
    const columns = Math.max(1, Math.ceil(shown.length / lines)), cell = (sizes.width - 24) / columns;
    const room = (400 - 48 - footer.length * 24) / lines - 40 - notes;
    return { lines, columns, side: Math.floor(Math.min(cell - 16, room)), fits: longest(size) + 8 <= cell };
  };
  const { lines, columns, side } = [arrange(1), arrange(2)].sort((a, b) =>
    Number(b.fits) - Number(a.fits) || b.side - a.side || a.lines - b.lines
  )[0]!;
  const cell = Math.ceil(Math.max(side + 16, longest(size) + 8));
  const legend = [...new Map(arrows.map((arrow) => [arrow.name, arrow])).values()];
  const legendWidth = legend.reduce((sum, { name }) => sum + 56 + textWidth(name, sizes.text) + 24, 0);
  const footerWidth = Math.max(0, ...footer.map((line) => textWidth(line, sizes.minText)));
  const width = Math.ceil(Math.max(columns * cell, legendWidth, footerWidth) + 24);
  const high = side + 40 + notes;
  const height = 40 + lines * high + footer.length * 24 + 8;
  const svg = blankSvg(width, height);

  let x = 12;
  for (const arrow of legend) {
    drawArrow(svg, x, 20, x + 46, 20, arrow.thing);
    write(svg, arrow.name, x + 56, 26, sizes.text);
    x += 56 + textWidth(arrow.name, sizes.text) + 24;
  }
  shown.forEach((panel, i) => {
    const centerX = 12 + (i % columns + 0.5) * cell;
    const top = 40 + Math.floor(i / columns) * high + 28, centerY = top + side / 2, r = side / 2 - 6;
    const toX = (v: number) => centerX + v / radius * r, toY = (v: number) => centerY - v / radius * r;
    write(svg, panel.title, centerX, top - 8, size, { anchor: "middle" });
    append(svg, "path", {
      d: `M${centerX - r},${centerY}h${2 * r}M${centerX},${centerY - r}v${2 * r}`,
      stroke: greys.grid,
      "stroke-width": 1.5,
    });
    append(svg, "circle", { cx: centerX, cy: centerY, r, fill: "none", stroke: greys.grid, "stroke-width": 1.5 });
    if (panel.angle) {
      const [from, to] = panel.angle.map((at) => Math.atan2(panel.arrows[at]!.y, panel.arrows[at]!.x));
      drawAngle(svg, centerX, centerY, r * 0.42, from!, to!);
    }
    for (const arrow of panel.arrows) drawArrow(svg, centerX, centerY, toX(arrow.x), toY(arrow.y), arrow.thing);
    append(svg, "circle", { cx: centerX, cy: centerY, r: 4, fill: greys.ink });
    if (panel.note) write(svg, panel.note, centerX, top + side + 20, size, { anchor: "middle" });
  });
  footer.forEach((line, i) =>
    write(svg, line, 12, height - footer.length * 24 + 14 + i * 24, sizes.minText, { fill: greys.soft })
  );
  return finish(svg, options.says);
}

/** 夹角：从一个角转到另一个角，走近的一边，涂成距离的绿色。 */
function drawAngle(svg: Element, x: number, y: number, r: number, from: number, to: number): void {
  const turn = Math.atan2(Math.sin(to - from), Math.cos(to - from)); // −π 到 π
  if (Math.abs(turn) < 0.02) return;
  const at = (angle: number) => `${x + r * Math.cos(angle)},${y - r * Math.sin(angle)}`;
  const arc = `A${r},${r} 0 0 ${turn > 0 ? 0 : 1} ${at(from + turn)}`;
  append(svg, "path", { d: `M${x},${y}L${at(from)}${arc}Z`, fill: colors.distance, opacity: 0.25 });
  append(svg, "path", { d: `M${at(from)}${arc}`, fill: "none", stroke: colors.distance, "stroke-width": 3 });
}

/** 一支箭头；键、值、距离是虚线。 */
function drawArrow(svg: Element, x1: number, y1: number, x2: number, y2: number, thing: Thing): void {
  const length = Math.hypot(x2 - x1, y2 - y1), color = colors[thing];
  if (length < 1) return; // 零向量只剩原点那个黑点
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length], head = Math.min(18, length * 0.6), half = head * 0.5;
  const neckX = x2 - ux * head, neckY = y2 - uy * head;
  append(svg, "path", {
    d: `M${x1},${y1}L${neckX},${neckY}`,
    stroke: color,
    "stroke-width": 6,
    ...(thing === "query" || thing === "content" ? {} : { "stroke-dasharray": "9 4" }),
  });
  append(svg, "path", {
    d: `M${x2},${y2}L${neckX - uy * half},${neckY + ux * half}L${neckX + uy * half},${neckY - ux * half}Z`,
    fill: color,
    stroke: greys.ink,
    "stroke-width": 1,
  });
}
