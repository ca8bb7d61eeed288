/**
 * 第 21 课的两张图：T5 的尺子；一行一种编码、一列一项的总图。
 *
 * @module
 */
import { Buffer } from "node:buffer";
import * as Plot from "@observablehq/plot";
import { encode } from "fast-png";
import { requireOptions, ShapeError } from "@lib/errors.ts";
import { type Dissection, type Span, termNames } from "@lib/lessons/relative_family.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { draw } from "@lib/plots/draw.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { channels, colors, distanceColor, greys, inkOn, signColor, sizes } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/**
 * 画尺子：一把一行，一段一个桶，桶号写在段里，写不下就不写。横轴是 ln(1 + 距离)，近处看得清，远处放得下。
 *
 * @throws {ShapeError} 一段也没有
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spans } from "@lib/lessons/relative_family.ts";
 * import { drawRulers } from "@lib/lessons/relative_pictures.ts";
 *
 * assert.match(drawRulers(spans("过去", 20), { says: "一把尺子" }).svg, />10</); // 16 到 20 在 10 号桶
 * ```
 */
export function drawRulers(spans: readonly Span[], options: { readonly says: string }): Picture {
  assertKnobs();
  const { says } = requireOptions("画尺子", options);
  if (!Array.isArray(spans) || spans.length === 0) throw new ShapeError("画尺子", "至少一段", spans);
  const names = [...new Set(spans.map(({ ruler }: Span) => ruler))];
  const far = (ruler: string) => spans.filter((span: Span) => span.ruler === ruler).length;
  const fill = ({ ruler, bucket }: Span) =>
    distanceColor(ruler.includes("将来") ? 16 - bucket : bucket, Math.min(31, far(ruler)));
  const wide = ({ from, to }: Span) => Math.log((to + 2) / (from + 1)); // 在横轴上有多宽
  return draw({
    says,
    height: 60 + 62 * names.length,
    x: {
      type: "symlog",
      label: "隔几个 |i − j|（词元）",
      ticks: [0, 1, 2, 3, 4, 6, 8, 12, 16, 23, 32, 46, 64, 91, 128],
    },
    y: { type: "band", domain: names, padding: 0.25 },
    marks: [
      Plot.barX(spans, { x1: "from", x2: ({ to }: Span) => to + 1, y: "ruler", fill, stroke: "white" }),
      Plot.text(spans.filter((span: Span) => wide(span) > 0.115 || span.bucket < 10 && wide(span) > 0.09), {
        x: ({ from, to }: Span) => Math.sqrt((from + 1) * (to + 2)) - 1,
        y: "ruler",
        text: ({ bucket }: Span) => String(bucket),
        fontSize: sizes.minText,
        fill: (span: Span) => inkOn(fill(span)),
      }),
    ],
  });
}

/**
 * 图里的一行（panel row）。
 *
 * @example
 * ```ts
 * import type { PanelRow } from "@lib/lessons/relative_pictures.ts";
 *
 * const title = ({ name, note }: PanelRow) => `${name} ${note}`;
 * ```
 */
export interface PanelRow extends Dissection {
  /** 名字下面的一行小字，例如式号。 */
  readonly note: string;
}

const side = 44, rowHeight = 54, left = 136, columnWidth = 206, top = 40;
const heads = ["1 内容-内容", "2 内容-位置", "3 位置-内容", "4 位置-位置"];

/**
 * 画这张图。小矩阵按正负上色，各自的最深处是各自的最大值；多于 44 行（列）的取平均缩小。
 *
 * @throws {ShapeError} 一行也没有
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { dissect, randomTokens } from "@lib/lessons/relative_family.ts";
 * import { drawTermPanels } from "@lib/lessons/relative_pictures.ts";
 *
 * const one = dissect({ ...randomTokens({ L: 4, d: 8, seed: 1 }), encoding: alibi(1) }, [0, 1, 2, 3]);
 * const { svg } = drawTermPanels([{ ...one, note: "斜率 1" }], { says: "ALiBi 的四项" });
 * assert.equal(svg.match(/<image/g)!.length, 2); // 两项留着，两项扔掉
 * ```
 */
export function drawTermPanels(rows: readonly PanelRow[], options: { readonly says: string }): Picture {
  assertKnobs();
  const { says } = requireOptions("画四项", options);
  if (!Array.isArray(rows) || rows.length === 0) throw new ShapeError("画四项", "至少一种编码", rows);
  const svg = blankSvg(sizes.width, top + rows.length * rowHeight + 8);
  heads.forEach((head, n) => write(svg, head, left + n * columnWidth, 24, sizes.text));
  rows.forEach(({ name, note, trace, kinds }: PanelRow, r) => {
    const y = top + r * rowHeight;
    append(svg, "path", { d: `M12,${y - 5}H${sizes.width - 12}`, stroke: greys.grid });
    write(svg, name, 12, y + 18, sizes.text);
    write(svg, note, 12, y + 39, sizes.minText, { fill: greys.soft });
    termNames.forEach((term, n) => {
      const x = left + n * columnWidth, kind = kinds[term], box = { x, y, width: side, height: side };
      const gone = kind === "扔掉";
      if (!gone) append(svg, "image", { ...box, href: pixels(trace.terms[term]), preserveAspectRatio: "none" });
      append(svg, "rect", { ...box, fill: "none", stroke: greys.axis, ...(gone && { "stroke-dasharray": "4 4" }) });
      const fill = kind === "绝对位置" ? colors.position : gone ? greys.soft : greys.ink;
      write(svg, kind, x + side + 10, y + side / 2 + 6, sizes.text, { fill });
    });
  });
  return finish(svg, says);
}

/** 一项的小矩阵，存成带调色板的 PNG；放大在这里做，看图的程序不用再猜。 */
function pixels(term: Matrix): string {
  const small = shrunk(term), size = 2 * side;
  const limit = small.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const palette: number[][] = [], index = new Map<number, number>();
  const levels = small.data.map((value) => Math.round(16 * value / limit)); // 33 级：小图分不出更多，文件小
  for (const level of levels) {
    if (!index.has(level)) index.set(level, palette.push(channels(signColor(level / 16, 1))) - 1);
  }
  const data = Uint8Array.from({ length: size * size }, (_, at) => {
    const [r, c] = [Math.floor(at / size) * small.rows, (at % size) * small.columns].map((n) => Math.floor(n / size));
    return index.get(levels[r! * small.columns + c!]!)!;
  });
  const png = encode({ width: size, height: size, data, depth: 8, channels: 1, palette }, { zlib: { level: 9 } });
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}

/** 多于 44 行（列）的，几行并成一行，取平均。 */
function shrunk({ rows, columns, data }: Matrix): Matrix {
  const small = zeros(Math.min(rows, side), Math.min(columns, side)), counts = zeros(small.rows, small.columns);
  for (let r = 0, cell = 0; r < rows; r++) {
    const start = Math.floor(r * small.rows / rows) * small.columns;
    for (let c = 0; c < columns; c++, cell++) {
      const at = start + Math.floor(c * small.columns / columns);
      small.data[at]! += data[cell]!;
      counts.data[at]!++;
    }
  }
  return { ...small, data: small.data.map((sum, at) => sum / counts.data[at]!) };
}
