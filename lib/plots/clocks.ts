/**
 * 画钟（clock hands）：RoPE 的每一对是一只钟，一根针，各走各的快慢；走完一段长度，看谁转满了圈。
 *
 * 针从正右方出发，逆时针转，和箭头图一样。扫过的角涂成扇形；转满一圈的，整盘涂淡，黑白打印也分得出。
 * 和真的钟不同：没有进位，后一根针不等前一根转满。
 *
 * @module
 */
import { requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { textWidth } from "@lib/plots/font.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { colors, greys, sizes, tint } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/** {@linkcode drawClocks} 的选项。 */
export interface ClocksOptions {
  /** 一句中文说图上是什么。 */
  readonly says: string;
  /** 走多少格（词元）。 */
  readonly length: number;
  /** 图下方的说明；不写就说颜色和针是什么。 */
  readonly caption?: string;
  /** 图高的上限，像素，默认 400。 */
  readonly height?: number;
}

/** 最多几只；再多，钟就小得看不清了。 */
const mostClocks = 32;
/** 一行最多几只。 */
const mostColumns = 8;

/**
 * 画钟。每只上面写“第几对：转了几圈”；超过 32 对，就隔几对画一只，图下面写明。
 *
 * @param frequencies 角频率 `[pairs]`（弧度每词元），不小于 0；0 是不转
 * @throws {ShapeError} 不是一串数，或一对也没有
 * @throws {RangeError} 角频率是负数或不是有限的数，长度不是正整数
 * @source 圈数 Lθ/2π：kexue 9948
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawClocks } from "@lib/plots/clocks.ts";
 *
 * const picture = drawClocks([Math.PI, Math.PI / 2], { length: 3, says: "两只钟，走三格。" });
 * assert.match(picture.svg, /0：1\.5 圈/);
 * assert.match(picture.svg, /1：0\.75 圈/);
 * ```
 */
export function drawClocks(frequencies: ArrayLike<number>, options: ClocksOptions): Picture {
  const { says, length, caption, height = 400 } = requireOptions("画钟", options);
  requireInteger("画钟，定走几格", length, 1);
  const turns = [...requireVector("画钟", frequencies)].map((frequency) => frequency * length / (2 * Math.PI));
  if (turns.length === 0) throw new ShapeError("画钟", "至少一对", 0);
  if (!turns.every((turn) => turn >= 0 && turn < Infinity)) {
    throw new RangeError("无法画钟：需要不小于 0 的有限的角频率：现在有一个不是");
  }
  const per = Math.ceil(turns.length / mostClocks), shown = [...turns.keys()].filter((i) => i % per === 0);
  const footer = [
    ...(caption ?? `针从右边起，逆时针，走了 ${length} 格。深色：扫过的角；整盘淡色：转满过一圈。`).split("\n"),
    ...(per > 1 ? [`共 ${turns.length} 对，每 ${per} 对画一只。`] : []),
  ];

  const columns = Math.min(mostColumns, shown.length), lines = Math.ceil(shown.length / columns);
  const labels = shown.map((i) => `${i}：${Number(turns[i]!.toPrecision(turns[i]! < 1 ? 2 : 4))} 圈`);
  const labelWidth = Math.max(...labels.map((label) => textWidth(label, sizes.minText)));
  const high = Math.min(190, Math.floor((height - 12 - footer.length * 24) / lines));
  const cell = Math.min((sizes.width - 24) / columns, Math.max(labelWidth + 12, high));
  const r = Math.min(cell - 10, high - 28) / 2;
  const footerWidth = Math.max(...footer.map((line) => textWidth(line, sizes.minText)));
  const width = Math.ceil(Math.max(columns * cell, footerWidth) + 24);
  const svg = blankSvg(width, 12 + lines * high + footer.length * 24);

  shown.forEach((i, n) => {
    const x = 12 + (n % columns + 0.5) * cell, top = 6 + Math.floor(n / columns) * high, y = top + 22 + r;
    write(svg, labels[n]!, x, top + 16, sizes.minText, { anchor: "middle" });
    drawClock(svg, x, y, r, turns[i]!);
  });
  footer.forEach((line, i) =>
    write(svg, line, 12, 12 + lines * high + 14 + i * 24, sizes.minText, { fill: greys.soft })
  );
  return finish(svg, says);
}

/** 一只钟：盘、扫过的扇形、针。 */
function drawClock(svg: Element, x: number, y: number, r: number, turns: number): void {
  const full = turns >= 1, angle = 2 * Math.PI * (turns % 1);
  const tip = (size: number) => `${x + size * Math.cos(angle)},${y - size * Math.sin(angle)}`;
  const rim = { stroke: greys.axis, "stroke-width": 1.5 };
  append(svg, "circle", { cx: x, cy: y, r, fill: full ? tint(colors.position, 0.25) : "white", ...rim });
  if (!full && angle > 0) {
    const sector = `M${x},${y}h${r}A${r},${r} 0 ${angle > Math.PI ? 1 : 0} 0 ${tip(r)}Z`;
    append(svg, "path", { d: sector, fill: colors.position });
  }
  append(svg, "path", { d: `M${x},${y}h${r}`, ...rim }); // 从这里出发
  append(svg, "path", { d: `M${x},${y}L${tip(r)}`, stroke: greys.ink, "stroke-width": 4 });
}
