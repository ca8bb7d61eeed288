/**
 * 第 43 课贴进来的 config.json：读出来，说用了哪条规则、从哪个字段，换成图上的点；坏了就说坏在哪。
 *
 * @module
 */
import { ShapeError } from "@lib/errors.ts";
import { brokenAt } from "@lib/lessons/json_place.ts";
import { firstBelow, reachOf, stairAt } from "@lib/lessons/released_bases.ts";
import type { LayerReading } from "@lib/models/layer_reading.ts";
import { readConfig } from "@lib/models/read_config.ts";
import { layerSpans, visible } from "@lib/models/report.ts";
import { textConfig } from "@lib/models/text_config.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import type { BasePoint } from "@lib/plots/base_length.ts";

/**
 * 贴的那份，读出来的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Pasted, readPasted } from "@lib/lessons/pasted_config.ts";
 *
 * const pasted: Pasted = readPasted('{"model_type": "llama", "max_position_embeddings": 4096}');
 * assert.deepEqual(pasted.points.map(({ length, base }) => [length, base]), [[4096, 10000]]);
 * ```
 */
export interface Pasted {
  /** 一样的层合成一行，交给 `table`。 */
  readonly rows: ReadonlyArray<Readonly<Record<string, string | number>>>;
  /** 用了哪条规则、从哪个字段，一行一条；没有读出来，就是坏在哪。 */
  readonly said: readonly string[];
  /** 图上的点：一种底数一个；画不出是空的。 */
  readonly points: readonly BasePoint[];
  /** 每个点，或画不出的原因，一句话。 */
  readonly verdicts: readonly string[];
}

/**
 * 读贴进来的文字。坏了不抛错，后面的格照跑：`said` 说坏在哪，一个点也没有。
 *
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readPasted } from "@lib/lessons/pasted_config.ts";
 *
 * assert.match(readPasted('{"rope_theta": 1e4,}').said[0]!, /第 1 行第 20 列：需要一个带双引号的名字：现在是“}”/);
 * assert.match(readPasted('{"model_type": "llama", "rope_theta": "1e4"}').said[0]!, /无法读 rope_theta：需要/);
 * ```
 */
export function readPasted(text: unknown): Pasted {
  assertKnobs();
  try {
    return read(text);
  } catch (error) {
    // 只接说得清的两种；别的是程序自己错了，照抛
    if (!(error instanceof RangeError || error instanceof ShapeError)) throw error;
    const rows = [{ 贴的那份: "没有读出来" }];
    return { rows, said: [visible(error.message)], points: [], verdicts: ["没有读出来，图上没有它的点"] };
  }
}

function read(text: unknown): Pasted {
  const broken = typeof text === "string" ? brokenAt(text) : undefined;
  if (broken) {
    const { line, column, expected, found } = broken;
    throw new RangeError(
      `无法读贴的 config.json 第 ${line} 行第 ${column} 列：需要${expected}：现在是${visible(found)}`,
    );
  }
  const { layers, notes, modelType } = readConfig(text), turned = layers.filter(({ encoding }) => encoding === "rope");
  const declared = declaredIn(textConfig(text).json);
  const kinds = [...Map.groupBy(turned, kindOf).values()].flatMap((group) => {
    const { base, trainedLength } = group[0]!, length = declared ?? trainedLength;
    if (base === undefined || length === undefined) return [];
    const original = trainedLength !== undefined && trainedLength < length ? { original: trainedLength } : {};
    const name = `第 ${layerSpans(group.map(({ layer }) => layer))} 层`;
    return [{ point: { name, length, base, ...original }, layer: group[0]!.layer }];
  });
  return {
    rows: [...Map.groupBy(layers, (one) => `${kindOf(one)} ${one.encoding}`).values()].map((group) =>
      row(group, modelType)
    ),
    said: notes.map(({ kind, text }) => visible(`${kind}  ${text}`)),
    points: kinds.map(({ point }) => point),
    verdicts: kinds.length > 0
      ? kinds.map(({ point, layer }) =>
        // 随长度变的缩放，按写明的长度打开
        verdict(
          point,
          readConfig(text, { layer, sequenceLength: Math.min(point.length, 2 ** 32) }).layers[0]!,
          modelType,
        )
      )
      : [missing(turned)],
  };
}

/** 底数、转几维、缩放、训练长度、窗口都一样的是一种。 */
function kindOf({ base, rotaryDimension, ropeType, trainedLength, window }: LayerReading): string {
  return [base, rotaryDimension, ropeType, trainedLength, window].join();
}

/** 写明的最长位置（词元）：拉长以后的也算。 */
function declaredIn(json: Readonly<Record<string, unknown>>): number | undefined {
  const names = ["max_position_embeddings", "n_positions", "seq_length", "max_seq_len"];
  const found = names.map((name) => json[name]).find((value) => typeof value === "number");
  return found as number | undefined;
}

function row(group: readonly LayerReading[], modelType: string): Record<string, string | number> {
  const one = group[0]!, { window } = one;
  return {
    层: layerSpans(group.map(({ layer }) => layer)),
    编码: one.encoding,
    转: `${one.rotaryDimension} / ${one.headDimension} 维`,
    底数: one.base === undefined ? "没有" : String(one.base),
    缩放: one.ropeType ?? "没有",
    训练长度: one.trainedLength === undefined ? "没写" : String(one.trainedLength),
    窗口: window === undefined ? "全部" : `${window}${reachOf(modelType, window) === window ? "" : "（左右合计）"}`,
  };
}

/** 最多算到多长（词元）：和阶梯一样。 */
const farthest = 2 ** 20;

/** 这个点在阶梯的哪一边；照它自己的角频率、自己的窗口，隔几个第一次变负。 */
function verdict({ name, length, base }: BasePoint, layer: LayerReading, modelType: string): string {
  const step = stairAt(length), { inverseFrequencies, headDimension, rotaryDimension, ropeType, window } = layer;
  const side = step === 0
    ? "比 1024 短，阶梯没有算"
    : `这一级 ${Math.round(step)}，在阶梯${base < step ? "以下" : "以上"}`;
  const seen = Math.min(length, window === undefined ? length : reachOf(modelType, window), farthest);
  const first = firstBelow(inverseFrequencies, (headDimension - rotaryDimension) / 2, seen);
  const own = first === undefined ? `${seen} 以内不变负` : `隔 ${first} 个第一次变负`;
  return `${name}：长度 ${length}，底数 ${base}，${side}；照它自己的（转 ${rotaryDimension} 维，缩放 ${ropeType}，看 ${seen} 个），${own}`;
}

function missing(turned: readonly LayerReading[]): string {
  return turned.length === 0
    ? "一层也不转，没有底数，图上没有它的点"
    : "没写长度（max_position_embeddings），图上没有它的点";
}
