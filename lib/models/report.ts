/**
 * 读出来的给人看（report）：一张表，一样的层合成一行，后面跟着说明；给程序看的是 JSON。
 *
 * @module
 */
import type { LayerReading } from "@lib/models/layer_reading.ts";
import type { Reading } from "@lib/models/read_config.ts";

/**
 * 给程序看的：`JSON.stringify` 它，角频率一位也不少。
 *
 * @param reading {@linkcode readConfig} 读出来的
 * @returns `{ model_type, semantics, layers, notes }`，角频率是普通数组
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 * import { reportJson } from "@lib/models/report.ts";
 *
 * const reading = readConfig({ model_type: "llama" }), json = JSON.parse(JSON.stringify(reportJson(reading)));
 * assert.equal(json.model_type, "llama");
 * assert.deepEqual(json.layers[0].inverseFrequencies, [...reading.layers[0]!.inverseFrequencies]);
 * ```
 */
export function reportJson({ modelType, semantics, layers, notes }: Reading): Record<string, unknown> {
  const listed = layers.map(({ inverseFrequencies, ...rest }) => ({
    ...rest,
    inverseFrequencies: [...inverseFrequencies],
  }));
  return { model_type: modelType, semantics, layers: listed, notes };
}

/**
 * 给人看的：标题、表、说明，每行一句。
 *
 * @param reading {@linkcode readConfig} 读出来的
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 * import { reportText } from "@lib/models/report.ts";
 *
 * const lines = reportText(readConfig({ model_type: "cohere2" })).split("\n");
 * assert.match(lines[3]!, /^0–2、4–6、8–10、…、36–38 +rope/);
 * ```
 */
export function reportText({ modelType, semantics, layers, notes }: Reading): string {
  const groups = grouped(layers), rows = [columns.map(([title]) => title), ...groups.map(row)];
  const widths = columns.map((_, c) => Math.max(...rows.map((cells) => width(cells[c]!))));
  const table = rows.map((cells) =>
    cells.map((cell, c) => cell + " ".repeat(widths[c]! - width(cell))).join("  ").trimEnd()
  );
  const name = modelType.length > 40 ? `${modelType.slice(0, 40)}…` : modelType || "（没写 model_type）";
  const title = `${name}：${layers.length} 层，照 transformers ${semantics} 版`;
  return [title, "", ...table, "", ...notes.map(({ kind, text }) => `${kind}  ${text}`)].map(visible).join("\n");
}

/**
 * 看不见的字符写出来：文件里的名字会印在终端上，里面的控制字符（换行、颜色、倒着写）不许起作用。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { visible } from "@lib/models/report.ts";
 *
 * assert.equal(visible("红\u001b[31m\n"), "红\\u001b[31m\\u000a");
 * ```
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (letter) =>
      Array.from({ length: letter.length }, (_, i) => `\\u${letter.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
        "",
      ),
  );
}

type Group = { readonly numbers: readonly number[]; readonly one: LayerReading };

/** 表的每一列：标题，怎么写。 */
const columns: ReadonlyArray<readonly [title: string, cell: (group: Group) => string]> = [
  ["层", ({ numbers }) => layerSpans(numbers)],
  ["编码", ({ one }) => one.encoding],
  ["配对", ({ one }) => one.pairing ?? "–"],
  ["头维", ({ one }) => `${one.headDimension}`],
  ["转", ({ one }) => `${one.rotaryDimension}`],
  ["底数", ({ one }) => one.base === undefined ? "–" : `${one.base}`],
  ["缩放", ({ one }) => one.ropeType ?? "–"],
  ["训练长度", ({ one }) => `${one.trainedLength ?? "–"}`],
  ["波长（词元）", ({ one }) => `${wavelengths(one.inverseFrequencies)}${one.encoding === "axial" ? "（坐标）" : ""}`],
  ["系数", ({ one }) => one.encoding === "rope" ? short(one.attentionFactor) : "–"],
  ["分数倍数", ({ one }) => attends(one) ? short(one.softmaxScale) : "–"],
  ["窗口", ({ one }) => attends(one) ? `${one.window ?? "全部"}` : "–"],
  ["另有", ({ one }) => extras(one)],
];

/** 有没有注意力的分数：Mamba、线性注意力、卷积的层没有。 */
function attends({ layerType }: LayerReading): boolean {
  return !/linear|conv|moe|mlp/.test(layerType);
}

function row(group: Group): string[] {
  return columns.map(([, cell]) => cell(group));
}

/** 一样的层合成一组：除了编号都一样，角频率是同一串。 */
function grouped(layers: readonly LayerReading[]): readonly Group[] {
  const groups = new Map<string, { numbers: number[]; one: LayerReading }>();
  for (const { layer, ...rest } of layers) {
    const key = JSON.stringify({ ...rest, inverseFrequencies: rest.inverseFrequencies.join() });
    const group = groups.get(key) ?? { numbers: [], one: { layer, ...rest } };
    groups.set(key, group);
    group.numbers.push(layer);
  }
  return [...groups.values()];
}

/**
 * 一串编号连成段：0–4、6–10；段太多就只写头三段和末一段。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { layerSpans } from "@lib/models/report.ts";
 *
 * assert.equal(layerSpans([0, 1, 2, 5]), "0–2、5");
 * ```
 */
export function layerSpans(numbers: readonly number[]): string {
  const ends = numbers.filter((n, i) => numbers[i + 1] !== n + 1),
    starts = numbers.filter((n, i) => numbers[i - 1] !== n - 1);
  const all = starts.map((start, i) => start === ends[i] ? `${start}` : `${start}–${ends[i]}`);
  return all.length > 6 ? [...all.slice(0, 3), "…", all.at(-1)].join("、") : all.join("、");
}

/** 最短和最长的波长 2π/θ；不转的对另说。 */
function wavelengths(frequencies: Float64Array): string {
  const turning = frequencies.filter((f) => f > 0), still = frequencies.length - turning.length;
  if (turning.length === 0) return "–";
  const [short, long] = [Math.max(...turning), Math.min(...turning)].map((f) =>
    Number((2 * Math.PI / f).toPrecision(4))
  );
  return `${short}–${long}${still === 0 ? "" : `，${still} 对不转`}`;
}

/** 旋转以外的。 */
function extras({ queryTemperature, axes, parameters, layerType }: LayerReading): string {
  const parts = Object.entries({ ...parameters }).map(([name, value]) => `${name} ${brief(value)}`);
  if (!/^(full|sliding|chunked)_attention$/.test(layerType)) parts.push(layerType);
  if (axes) {
    parts.push(
      `${axes.section.length === 2 ? "二" : "三"}轴 ${axes.section.join("/")} ${axes.interleaved ? "交错" : "分块"}`,
    );
  }
  if (queryTemperature) {
    const { rule, ...numbers } = queryTemperature;
    parts.push(`查询倍数 ${rule}（${Object.entries(numbers).map((pair) => pair.join(" ")).join("，")}）`);
  }
  return parts.join("；") || "–";
}

function brief(value: unknown): string {
  const list = Array.isArray(value) ? value.map((x) => typeof x === "number" ? short(x) : String(x)) : [String(value)];
  return list.length > 4 ? [list[0], list[1], "…", list.at(-1)].join("、") : list.join("、") || "无";
}

/** 最多 7 位有效数字。 */
function short(x: number): string {
  return `${Number(x.toPrecision(7))}`;
}

/** 显示有多宽：汉字和全角标点占两格。 */
function width(text: string): number {
  return [...text].reduce((sum, letter) => sum + (/[\u2e80-\u9fff\uff00-\uffef]/.test(letter) ? 2 : 1), 0);
}
