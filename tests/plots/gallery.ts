/** 各种图各一张，测试和看样子都用它；直接运行时印出每张图的指纹。 */
import { createHash } from "node:crypto";
import * as Plot from "@observablehq/plot";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { drawArrows } from "@lib/plots/arrows.ts";
import { drawBars } from "@lib/plots/bars.ts";
import { drawClocks } from "@lib/plots/clocks.ts";
import { draw } from "@lib/plots/draw.ts";
import { drawFrequencies } from "@lib/plots/frequencies.ts";
import { drawLines } from "@lib/plots/lines.ts";
import { drawMatrix } from "@lib/plots/matrix.ts";
import { drawScorecard } from "@lib/plots/scorecard.ts";
import { drawSpiral } from "@lib/plots/spiral.ts";
import { family } from "@lib/bench/family.ts";
import { scorecard } from "@lib/bench/scorecard.ts";
import type { Picture } from "@lib/plots/picture.ts";
import { byParts, llama3 } from "@lib/scaling/by_parts.ts";
import { linear } from "@lib/scaling/linear.ts";
import { longRope } from "@lib/scaling/longrope.ts";
import { dynamicNtk, ntkAware } from "@lib/scaling/ntk.ts";
import { plain, type Scaled } from "@lib/scaling/scaled.ts";
import { yarn } from "@lib/scaling/yarn.ts";

/** 照公式造一个矩阵。 */
export function filled(rows: number, columns: number, value: (row: number, column: number) => number): Matrix {
  const result = zeros(rows, columns);
  result.data.forEach((_, at) => result.data[at] = value(Math.floor(at / columns), at % columns));
  return result;
}

const wave = (row: number, column: number) => Math.sin(3 * row + column);
const causal = (row: number, column: number) => column > row ? -Infinity : Math.cos((row - column) / 30);
const list = <T>(count: number, value: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => value(i));
const weight = (row: number, column: number) => column > row ? 0 : Math.exp((column - row) / 50) / 3;

const film = (count: number) =>
  drawArrows(
    list(count, (n) => ({
      title: `m = ${n + 2}，n = ${n}`,
      angle: [1, 0] as const,
      note: "q⋅k = 0.432",
      arrows: [
        { name: "查询 q", thing: "query" as const, x: Math.cos((n + 2) / 2), y: Math.sin((n + 2) / 2) },
        { name: "键 k", thing: "key" as const, x: 0.8 * Math.cos(n / 2), y: 0.8 * Math.sin(n / 2) },
      ],
    })),
    { says: "查询和键各自转，夹角不变。" },
  );

/** 七种拉长的办法，都在 RoPE 的那一排条上改；LongRoPE 的清单是造的，不是哪个模型的。 */
const scalings = () => {
  const o = { dimension: 128, factor: 8, originalMaxPosition: 4096 },
    long = { maxPosition: 4096, sequenceLength: 8192 };
  const longFactors = list(64, (i) => Math.min(8, Math.max(1, i / 6 - 1 + Math.sin(i))));
  const panel = (name: string, { inverseFrequencies: frequencies, attentionFactor: a }: Scaled, more: object = {}) => ({
    name,
    frequencies,
    ...(a === 1 ? {} : { note: `×${a.toFixed(3)}` }),
    ...more,
  });
  const seven = [
    panel("PI", linear(o)),
    panel("NTK-aware", ntkAware({ ...o, alpha: 8 })),
    panel("动态 NTK", dynamicNtk({ ...o, ...long }), { note: "长到 2 倍时" }),
    panel("NTK-by-parts", byParts(o), { thresholds: [1, 32] }),
    panel("YaRN", yarn(o), { thresholds: [1, 32] }),
    panel("llama3", llama3({ ...o, lowFrequencyFactor: 1, highFrequencyFactor: 4 }), { thresholds: [1, 4] }),
    panel("LongRoPE", longRope({ ...o, ...long, shortFactors: longFactors, longFactors }), { note: "清单是造的" }),
  ];
  return { before: plain(o).inverseFrequencies, seven };
};

/** 名字 → 画一张图。 */
export const gallery: Readonly<Record<string, () => Picture>> = {
  plot: () =>
    draw({
      says: "一条余弦线。",
      title: "标题",
      caption: "第一行说明\n第二行说明",
      x: { label: "距离 i−j（词元）" },
      y: { label: "分数（无量纲）" },
      marks: [
        Plot.ruleY([0]),
        Plot.lineY(list(64, (i) => 100000 * Math.cos(i / 6)), { stroke: "#0072B2", strokeWidth: 3 }),
      ],
    }),
  矩阵三个: () =>
    drawMatrix([
      { title: "内容分数", matrix: filled(4, 4, wave) },
      { title: "＋ 偏置", matrix: filled(4, 4, (i, j) => -Math.abs(i - j) / 2), color: "distance" },
      {
        title: "＝ 分数",
        matrix: filled(4, 4, (i, j) => j > i ? -Infinity : wave(i, j)),
        axes: "行：查询 i，列：键 j",
      },
    ], { says: "内容分数加偏置等于分数。" }),
  矩阵四个: () =>
    drawMatrix(
      ["内容分数", "＋ 位置", "＝ 分数", "→ 权重"].map((title, k) => ({
        title,
        matrix: filled(4, 4, (i, j) => k === 3 ? weight(i, j) : -1 - wave(i, j + k) / 2),
        color: k === 3 ? "sequential" as const : "diverging" as const,
      })),
      { says: "四个矩阵。" },
    ),
  矩阵八阶: () =>
    drawMatrix([
      { title: "分数", matrix: filled(8, 8, wave) },
      { title: "权重", matrix: filled(8, 8, weight), color: "sequential", hidden: (i, j) => j > i },
    ], { says: "分数和权重。" }),
  矩阵十六阶: () =>
    drawMatrix([
      { title: "分数", matrix: filled(16, 16, wave) },
      { title: "距离", matrix: filled(16, 16, (i, j) => i - j), color: "distance" },
    ], { says: "分数和距离。" }),
  矩阵512阶: () =>
    drawMatrix([
      { title: "分数", matrix: filled(512, 512, causal) },
      { title: "权重", matrix: filled(512, 512, weight), color: "sequential", hidden: (i, j) => j > i },
      { title: "距离", matrix: filled(512, 512, (i, j) => i - j), color: "distance" },
    ], { says: "三个大矩阵。" }),
  矩阵抽行: () =>
    drawMatrix([{
      title: "65 个查询，8192 个键",
      matrix: filled(65, 8192, (i, j) => Math.cos((i * 128 - j) / 500)),
      rowPositions: list(65, (i) => Math.min(8191, i * 128)),
    }], { says: "抽出的行。" }),
  矩阵一格: () => drawMatrix([{ title: "只有一个词元", matrix: filled(1, 1, () => 0.25) }], { says: "一格。" }),
  编码的线: () =>
    drawLines(
      ["RoPE", "ALiBi", "T5", "sinusoidal", "KERPLE"].map((name, k) => ({
        name,
        encoding: name,
        values: list(64, (i) => Math.cos(i / (4 + 3 * k)) - k / 6),
      })),
      { says: "五种编码。", x: { label: "距离 i−j（词元）" }, y: { label: "分数" }, rule: 0 },
    ),
  很长的线: () =>
    drawLines([{ name: "长线", values: list(8192, (i) => Math.sin(i / 300) + (i === 5000 ? 4 : 0)) }], {
      says: "八千多个点。",
      x: { label: "位置 m（词元）" },
    }),
  一个点: () => drawLines([{ name: "甲", values: [0.5] }, { name: "乙", values: [0.5] }], { says: "一个点。" }),
  没有点: () => drawLines([{ name: "空", values: [] }], { says: "没有点。" }),
  四根条: () =>
    drawBars([{ values: [0.1015, 0.1674, 0.276, 0.4551] }], {
      says: "四个权重。",
      labels: ["第 1 个", "第 2 个", "第 3 个", "自己"],
      yLabel: "权重",
      title: "第 4 个词元看谁",
    }),
  两组条: () =>
    drawBars([
      { name: "偏置", values: [-1.5, -1, -0.5, 0], thing: "distance" },
      { name: "分数", values: [0.2, -1.4, 0.7, -Infinity], thing: "content" },
    ], { says: "偏置和分数。", labels: [1, 2, 3, 4], yLabel: "加到分数上的数" }),
  很多条: () => drawBars([{ values: list(513, (i) => Math.exp(-i / 200)) }], { says: "五百多根。", xLabel: "位置 j" }),
  箭头四格: () => film(4),
  箭头六格: () => film(6),
  箭头很多格: () => film(33),
  箭头一格: () => film(1),
  钟三十二只: () => drawClocks(plain({ dimension: 64 }).inverseFrequencies, { length: 4096, says: "三十二只钟。" }),
  钟太多: () =>
    drawClocks(plain({ dimension: 256 }).inverseFrequencies, {
      length: 131072,
      says: "隔几对画一只。",
      caption: "一\n二",
    }),
  钟一只: () => drawClocks([0], { length: 1, says: "不走的钟。" }),
  螺旋: () => drawSpiral(0.4, { length: 48, says: "转三圈。", caption: "每格转 0.4 弧度。" }),
  螺旋最快: () => drawSpiral(Math.PI, { length: 8192, says: "每格转半圈。" }),
  螺旋一点: () => drawSpiral(0, { length: 1, says: "一个点。" }),
  成绩单: () =>
    drawScorecard(scorecard(family({ d: 4, length: 16 }).slice(-12), { L: 8, d: 4 }), { says: "十二种编码的成绩单。" }),
  角频率七种: () => {
    const { before, seven } = scalings();
    return drawFrequencies(before, [{ name: "RoPE", frequencies: before, note: "不拉长" }, ...seven], {
      says: "同一排条，七种拉长的办法各改哪些对。",
      length: 4096,
    });
  },
  角频率一种: () => {
    const { before, seven } = scalings();
    return drawFrequencies(before, [seven[4]!], { says: "YaRN 压低了慢的那些对。", length: 4096, title: "YaRN" });
  },
  角频率一对: () => drawFrequencies([1], [{ name: "PI", frequencies: [0.25] }], { says: "一对。", length: 64 }),
  角频率很多对: () => {
    const { inverseFrequencies: before } = plain({ dimension: 512, base: 1e6 });
    const frequencies = linear({ dimension: 512, base: 1e6, factor: 64 }).inverseFrequencies;
    return drawFrequencies(before, list(12, (n) => ({ name: `第 ${n} 种`, frequencies })), {
      says: "多。",
      length: 131072,
    });
  },
  成绩单一行: () =>
    drawScorecard(scorecard(family({ d: 4, length: 16 }, ["RoPE"]), { L: 1, d: 4 }), { says: "一行。" }),
};

if (import.meta.main) {
  const sha = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
  const folder = Deno.args[0];
  for (const [name, make] of Object.entries(gallery)) {
    const picture = make();
    console.log(`${name} ${sha(picture.svg)} ${sha(picture.png)}`);
    if (folder) {
      Deno.writeTextFileSync(`${folder}/${name}.svg`, picture.svg);
      Deno.writeFileSync(`${folder}/${name}.png`, picture.png);
    }
  }
}
