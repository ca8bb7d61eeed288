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
  const title = `${modelType || "（没写 model_type）"}：${layers.length} 层，照 transformers ${semantics} 版`;
  return [title, "", ...table, "", ...notes.map(({ kind, text }) => `${kind}  ${text}`)].join("\n");
}

type Group = { readonly numbers: readonly number[]; readonly one: LayerReading };

/** 表的每一列：标题，怎么写。 */
const columns: ReadonlyArray<readonly [title: string, cell: (group: Group) => string]> = [
  ["层", ({ numbers }) => spans(numbers)],
  ["编码", ({ one }) => one.encoding],
  ["配对", ({ one }) => one.pairing ?? "–"],
  ["头维", ({ one }) => `${one.headDimension}`],
  ["转", ({ one }) => `${one.rotaryDimension}`],
  ["底数", ({ one }) => one.base === undefined ? "–" : `${one.base}`],
  ["缩放", ({ one }) => one.ropeType ?? "–"],
  ["训练长度", ({ one }) => `${one.trainedLength ?? "–"}`],
  ["波长（词元）", ({ one }) => wavelengths(one.inverseFrequencies)],
  ["系数", ({ one }) => one.encoding === "rope" ? short(one.attentionFactor) : "–"],
  ["分数倍数", ({ one }) => short(one.softmaxScale)],
  ["窗口", ({ one }) => one.window === undefined ? "全部" : `${one.window}`],
  ["另有", ({ one }) => extras(one)],
];

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

/** 一串编号连成段：0–4、6–10；段太多就只写头三段和末一段。 */
function spans(numbers: readonly number[]): string {
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
function extras({ queryTemperature, axes, parameters }: LayerReading): string {
  const parts = Object.entries({ ...parameters }).map(([name, value]) => `${name} ${brief(value)}`);
  if (axes) parts.push(`三轴 ${axes.section.join("/")} ${axes.interleaved ? "交错" : "分块"}`);
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
