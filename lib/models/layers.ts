/**
 * 一层一层的样子（layer types）：哪一层看全部、哪一层只看窗口、哪一层不转。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import { type Fields, integers, type Note } from "@lib/models/fields.ts";

/** 最多几层：现在最深的模型一百多层，再多是写错了。 */
const mostLayers = 10000;

/**
 * 一层的样子。
 *
 * @example
 * ```ts
 * import type { LayerShape } from "@lib/models/layers.ts";
 *
 * const local: LayerShape = { type: "sliding_attention", turned: true, window: 4096 };
 * ```
 */
export interface LayerShape {
  /** 层的类型，Hugging Face 的叫法。 */
  readonly type: string;
  /** 这一层转不转。 */
  readonly turned: boolean;
  /** 窗口（词元）；看全部的没有。 */
  readonly window?: number;
}

/**
 * 每层的样子 `[层数]`。
 *
 * @param config 配置
 * @param family 哪一族
 * @param say 记一条说明
 * @throws {RangeError} 层数、窗口、排法里有写错的
 * @example LLaMA-4：每 4 层有一层不转
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { layerShapes } from "@lib/models/layers.ts";
 *
 * const json = { num_hidden_layers: 8, attention_chunk_size: 8192, no_rope_layer_interval: 4 };
 * const config = fields(json, { where: "", defaults: {}, owner: "llama4", say: () => {} });
 * const shapes = layerShapes(config, familyOf("llama4"), () => {});
 * assert.deepEqual(shapes.map(({ turned }) => Number(turned)), [1, 1, 1, 0, 1, 1, 1, 0]);
 * ```
 */
export function layerShapes(config: Fields, family: Family, say: (note: Note) => void): readonly LayerShape[] {
  const count = config.must(layerCount, integers(1, mostLayers));
  const window = windowOf(config, family), turned = turnedLayers(config, family, count, say);
  const written = config.list("layer_types", "一串词", (x): x is string => typeof x === "string");
  if (written && written.length !== count) config.refuse("layer_types", `${count} 个词，一层一个`);
  const types = [...written ?? defaultTypes(config, family, turned, window)];
  if (family.every?.last) types[count - 1] = "full_attention";
  return types.map((type, layer) => {
    const near = /^(sliding|chunked)/.test(type) && window !== undefined;
    const rotates = family.turned === "sliding" ? near : turned[layer]! && !/linear|mamba|conv|recurrent/.test(type);
    return { type, turned: rotates, ...near ? { window } : {} };
  });
}

const layerCount = ["num_hidden_layers", "n_layer", "n_layers", "num_layers"];

/** 窗口多大：有开关的要先打开。 */
function windowOf(config: Fields, family: Family): number | undefined {
  const { window = "sliding_window" } = family,
    switched = family.switched || config.raw("use_sliding_window") !== undefined;
  return switched && !config.flag("use_sliding_window") ? undefined : config.number(window, integers(1, 2 ** 40));
}

/** 每层转不转 `[层数]`。 */
function turnedLayers(config: Fields, { turned = "all" }: Family, count: number, say: (note: Note) => void): boolean[] {
  if (turned === "all" || turned === "sliding") return new Array(count).fill(true);
  const written = config.list(turned, "一串 0 和 1，1 是转", (x): x is number => x === 0 || x === 1);
  if (written?.length) {
    if (written.length !== count) config.refuse(turned, `${count} 个 0 或 1，一层一个`);
    say({ kind: "规则", text: `${config.where}${turned}：写 1 的层转，写 0 的不转` });
    return written.map(Boolean);
  }
  if (turned === "attn_type_list") config.refuse(turned, `${count} 个 0 或 1，一层一个`);
  const interval = config.must("no_rope_layer_interval", integers(1, 10000));
  say({ kind: "规则", text: `没写 no_rope_layers：每 ${interval} 层的最后一层不转` });
  return Array.from({ length: count }, (_, layer) => (layer + 1) % interval !== 0);
}

/** 没写 `layer_types` 时的类型。 */
function defaultTypes(
  config: Fields,
  family: Family,
  turned: readonly boolean[],
  window: number | undefined,
): string[] {
  const { every, windowed } = family, whole = turned.map(() => "full_attention");
  if (every) {
    const nth = typeof every.count === "number" ? every.count : config.must(every.count, integers(1, 10000));
    return whole.map((full, layer) => (every.first ? layer : layer + 1) % nth === 0 ? full : "sliding_attention");
  }
  if (window === undefined) return whole;
  const late = windowed === "late" ? config.must("max_window_layers", integers(0, 10000)) : 0;
  return whole.map((full, layer) => {
    if (windowed === "turned") return turned[layer] ? "chunked_attention" : full;
    if (windowed === "still") return turned[layer] ? full : "sliding_attention";
    return layer >= late ? "sliding_attention" : full;
  });
}
