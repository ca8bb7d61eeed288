/**
 * 读模型的 config.json（read config）：每一层用什么编码、怎么配对、转几维、角频率多少、分数乘多少。
 *
 * 读法照 Hugging Face 的 transformers，两版不同：
 *
 * 1. 写明 `semantics: 4 | 5` 就照那一版；那一版读不了的，这里也不读。
 * 2. 没写明，看文件的样子：有 `rope_parameters`，或 `transformers_version` 是 5 以上的，照 5 版；别的照 4 版。
 * 3. 照那一版读不了、另一版读得了的，照另一版，并且说出来（写了 `rope_parameters` 的除外：4 版不看它）。
 * 4. 两版都读得了、读出来的数不同的，也说出来。
 *
 * 用了哪条规则、假定了什么、哪里自相矛盾，都在 `notes` 里。
 *
 * @module
 */
import { requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";
import type { Note } from "@lib/models/fields.ts";
import type { LayerReading } from "@lib/models/layer_reading.ts";
import { readLayers } from "@lib/models/read_layers.ts";
import { type TextConfig, textConfig } from "@lib/models/text_config.ts";

/**
 * 怎么读。
 *
 * @example
 * ```ts
 * import { readConfig, type ReadOptions } from "@lib/models/read_config.ts";
 *
 * const options: ReadOptions = { sequenceLength: 8192, layer: 0, semantics: 5 };
 * readConfig({ model_type: "llama" }, options);
 * ```
 */
export interface ReadOptions {
  /** 现在的长度（词元）；不写是什么都没打开的长度：短的那套系数，动态的还没动。 */
  readonly sequenceLength?: number | undefined;
  /** 只要这一层，从 0 数起。 */
  readonly layer?: number | undefined;
  /** 照 transformers 的哪一版；不写就看文件的样子。 */
  readonly semantics?: 4 | 5 | undefined;
}

/**
 * 读出来的。
 *
 * @example
 * ```ts
 * import { type Reading, readConfig } from "@lib/models/read_config.ts";
 *
 * const reading: Reading = readConfig({ model_type: "llama" });
 * ```
 */
export interface Reading {
  /** 语言模型那一段的 `model_type`；没写是空的。 */
  readonly modelType: string;
  /** 照的是哪一版。 */
  readonly semantics: 4 | 5;
  /** 每层一条；写了 `layer` 就只有那一条。一样的层共用同一串角频率。 */
  readonly layers: readonly LayerReading[];
  /** 说明：规则、假定、矛盾。 */
  readonly notes: readonly Note[];
}

/**
 * 读一份 config.json。
 *
 * @param config 文件的文字，或 `JSON.parse` 出来的对象
 * @param options 怎么读
 * @throws {RangeError} 不是 JSON，或有一个字段写错：哪个字段、写了什么、能写什么
 * @throws {ShapeError} `options` 不是对象，或要转的维数是奇数
 * @source transformers 4.57.6、5.23.0 的 `modeling_rope_utils.py` 和各模型的 `configuration_*.py`、`modeling_*.py`
 * @example Llama-3.1：转得快的 29 对没动，最后 29 对慢了 8 倍
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const { layers, notes } = readConfig({
 *   model_type: "llama",
 *   hidden_size: 4096,
 *   num_attention_heads: 32,
 *   num_hidden_layers: 32,
 *   max_position_embeddings: 131072,
 *   rope_theta: 500000,
 *   rope_scaling: { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 },
 * });
 * const { encoding, pairing, rotaryDimension, inverseFrequencies, attentionFactor } = layers[0]!;
 * assert.deepEqual([encoding, pairing, rotaryDimension, attentionFactor], ["rope", "half", 128, 1]);
 * const plain = [...inverseFrequencies].map((_, i) => 500000 ** (-i / 64));
 * assert.equal(plain.filter((f, i) => f === inverseFrequencies[i]).length, 29);
 * assert.equal(plain.filter((f, i) => f / 8 === inverseFrequencies[i]).length, 29);
 * assert.equal(notes.filter(({ kind }) => kind !== "规则").length, 0);
 * ```
 */
export function readConfig(config: unknown, options: ReadOptions = {}): Reading {
  const { sequenceLength, layer, semantics } = requireOptions("读 config.json", options);
  if (sequenceLength !== undefined) requireInteger("读 config.json，定现在的长度", sequenceLength, 1, 2 ** 32);
  if (semantics !== undefined && semantics !== 4 && semantics !== 5) {
    throw new ShapeError("读 config.json", "照 4 版或 5 版", semantics);
  }
  const text = textConfig(config), read = (version: 4 | 5) => readLayers(text, version, sequenceLength);
  const { semantics: version, reading, notes } = semantics === undefined
    ? chosen(text, read)
    : { semantics, reading: read(semantics), notes: [] };
  const { layers } = reading;
  if (layer !== undefined) requireInteger("读 config.json，取一层", layer, 0, layers.length - 1);
  const all = [...notes, ...text.notes, ...reading.notes], rank = ["矛盾", "假定", "规则"];
  return {
    modelType: text.type,
    semantics: version,
    layers: layer === undefined ? layers : [layers[layer]!],
    notes: all.toSorted((a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind)),
  };
}

type Read = ReturnType<typeof readLayers>;

/** 没写明照哪一版：先照文件的样子，读不了再照另一版；两版都读得了，比一比。 */
function chosen(
  text: TextConfig,
  read: (version: 4 | 5) => Read,
): { semantics: 4 | 5; reading: Read; notes: readonly Note[] } {
  const { version, because } = shapeOf(text), other = version === 4 ? 5 : 4;
  const [mine, theirs] = [attempt(() => read(version)), attempt(() => read(other))];
  // 5 版的写法不能改照 4 版：4 版不看 rope_parameters，读出来的是缺省值，不是文件里写的。
  if ("error" in mine && version === 5 && text.json.rope_parameters) throw mine.error;
  if ("error" in mine && "error" in theirs) throw version === 5 ? mine.error : theirs.error; // 最后过不去的是 5 版
  if ("error" in mine) {
    const text = `照 transformers ${version} 版读不了（${mine.error.message}）：改照 ${other} 版`;
    return { semantics: other, reading: (theirs as { value: Read }).value, notes: [{ kind: "矛盾", text }] };
  }
  const rule: Note = { kind: "规则", text: `照 transformers ${version} 版读：${because}` };
  const apart = "error" in theirs ? [] : differences(mine.value.layers, theirs.value.layers, [version, other]);
  return { semantics: version, reading: mine.value, notes: [rule, ...apart] };
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly error: Error } {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof RangeError || error instanceof ShapeError) return { error };
    throw error;
  }
}

/** 文件是哪一版写的。 */
function shapeOf({ json, writtenBy }: TextConfig): { readonly version: 4 | 5; readonly because: string } {
  if (json.rope_parameters) return { version: 5, because: "文件里有 rope_parameters" };
  const version = Number.parseInt(writtenBy) >= 5 ? 5 : 4, brief = writtenBy.slice(0, 20);
  if (version === 5) return { version, because: `transformers_version 是 ${JSON.stringify(brief)}` };
  return { version, because: "文件是旧写法（没有 rope_parameters）" };
}

/** 两版读出来不同的地方，每样说一次。 */
function differences(
  mine: readonly LayerReading[],
  theirs: readonly LayerReading[],
  versions: readonly [number, number],
): Note[] {
  const found = new Map<string, Note>(), met = new Map<Float64Array, Float64Array>();
  mine.forEach((layer, n) => {
    const far = theirs[n]!;
    const say = (what: string, a: string | number, b: string | number) => {
      const text = `两版读法不同，第 ${n} 层的${what}：${versions[0]} 版 ${a}，${versions[1]} 版 ${b}`;
      if (a !== b && !found.has(what)) found.set(what, { kind: "矛盾", text });
    };
    for (const { what, of } of compared) say(what, of(layer), of(far));
    // 一样的层共用同一串：比过的不再比。
    if (met.get(layer.inverseFrequencies) === far.inverseFrequencies) return;
    met.set(layer.inverseFrequencies, far.inverseFrequencies);
    const pair = layer.inverseFrequencies.findIndex((f, i) => f !== far.inverseFrequencies[i]);
    if (pair < 0 || layer.rotaryDimension !== far.rotaryDimension) return;
    say("角频率", `从第 ${pair} 对起是 ${layer.inverseFrequencies[pair]}`, `${far.inverseFrequencies[pair]}`);
  });
  return [...found.values()];
}

/** 比哪几样。 */
const compared: readonly { readonly what: string; readonly of: (layer: LayerReading) => string | number }[] = [
  { what: "编码", of: ({ encoding }) => encoding },
  { what: "要转的维数", of: ({ rotaryDimension }) => rotaryDimension },
  { what: "底数", of: ({ base }) => base ?? "没有" },
  { what: "缩放", of: ({ ropeType }) => ropeType ?? "没有" },
  { what: "训练长度", of: ({ trainedLength }) => trainedLength ?? "没有" },
  { what: "注意力系数", of: ({ attentionFactor }) => attentionFactor },
  { what: "分数倍数", of: ({ softmaxScale }) => softmaxScale },
  { what: "窗口", of: ({ window }) => window ?? "看全部" },
];
