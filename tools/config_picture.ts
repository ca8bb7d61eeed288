/**
 * 命令 config 的图（config picture）：每种转的层一幅，从上往下排，各说是哪几层。
 *
 * 画图的零件取起来慢，所以单独一个文件，要画了才取。
 *
 * @module
 */
import type { LayerReading } from "@lib/models/layer_reading.ts";
import type { Reading } from "@lib/models/read_config.ts";
import { layerSpans } from "@lib/models/report.ts";
import { drawFrequencies } from "@lib/plots/frequencies.ts";
import { plain } from "@lib/scaling/scaled.ts";

/** 最多几幅；层的种类没见过比三种多的。 */
const most = 12;

/** 读出来的画成一个 SVG；没有旋转的层、没写长度、种类太多，是一句话。 */
export function configPicture({ modelType, layers }: Reading): { readonly svg: string } | { readonly refusal: string } {
  const kinds = Map.groupBy(layers.filter(({ encoding }) => encoding === "rope"), kindOf), drawn: string[] = [];
  if (kinds.size === 0) return { refusal: "无法画角频率：需要旋转的层：现在一层也不转" };
  if (kinds.size > most) {
    return { refusal: `无法画角频率：需要不超过 ${most} 种层（用 --layer 点名）：现在是 ${kinds.size} 种` };
  }
  const name = modelType.replace(/[^\p{L}\p{N}_.-]/gu, "").slice(0, 40), says: string[] = []; // 它要写进图里
  for (const group of kinds.values()) {
    const one = group[0]!, { base, ropeType, rotaryDimension: dimension, trainedLength, attentionFactor } = one;
    if (trainedLength === undefined) return { refusal: "无法画角频率：需要 max_position_embeddings：现在没写" };
    const where = `第 ${layerSpans(group.map(({ layer }) => layer))} 层`;
    const what = `${name} ${where}：${dimension / 2} 对，底数 ${base}，缩放 ${ropeType}。`;
    const panel = {
      name: `${where} ${ropeType}`,
      frequencies: one.inverseFrequencies,
      note: `底数 ${base}，系数 ${Number(attentionFactor.toPrecision(6))}`,
    };
    const before = plain({ dimension, base: base! }).inverseFrequencies;
    drawn.push(drawFrequencies(before, [panel], { says: what, length: trainedLength }).svg);
    says.push(what);
  }
  return { svg: stacked(drawn, says.join("")) };
}

/** 角频率、系数、底数、训练长度都一样的是一种；窗口多大和图无关。 */
function kindOf({ inverseFrequencies, attentionFactor, base, ropeType, trainedLength }: LayerReading): string {
  return [attentionFactor, base, ropeType, trainedLength, ...inverseFrequencies].join();
}

/** 几幅图从上往下排；一幅就是它自己。 */
function stacked(pictures: readonly string[], says: string): string {
  if (pictures.length === 1) return pictures[0]!;
  const size = (name: string, svg: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(svg)![1]);
  const width = size("width", pictures[0]!), height = size("height", pictures[0]!), total = height * pictures.length;
  const head = `xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${says}"`;
  const placed = pictures.map((svg, n) => svg.replace("<svg ", `<svg y="${height * n}" `));
  return `<svg ${head} viewBox="0 0 ${width} ${total}" height="${total}" width="${width}">${placed.join("")}</svg>`;
}
