/**
 * 一层一层的样子（layer types）：哪一层看全部、哪一层只看窗口、哪一层不转。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import { type Fields, integers, type Note } from "@lib/models/fields.ts";
import { defaultTypes, patternTypes, writtenTypes } from "@lib/models/layer_types.ts";

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
 * @param options `family` 哪一族；`semantics` 照哪一版；`say` 记一条说明
 * @throws {RangeError} 层数、窗口、排法里有写错的
 * @example LLaMA-4：每 4 层有一层不转
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { layerShapes } from "@lib/models/layers.ts";
 *
 * const json = { num_hidden_layers: 8, attention_chunk_size: 8192, no_rope_layer_interval: 4 }, say = () => {};
 * const config = fields(json, { where: "", defaults: {}, owner: "llama4", say });
 * const shapes = layerShapes(config, { family: familyOf("llama4"), semantics: 4, say });
 * assert.deepEqual(shapes.map(({ turned }) => Number(turned)), [1, 1, 1, 0, 1, 1, 1, 0]);
 * ```
 */
export function layerShapes(config: Fields, options: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly say: (note: Note) => void;
}): readonly LayerShape[] {
  const { family, semantics, say } = options, pattern = patternTypes(config, family);
  const count = pattern?.length ?? config.must(layerCount, integers(1, mostLayers));
  const window = windowOf(config, family, semantics), turned = turnedLayers(config, family, count, say);
  const rule = typeof family.windowed === "object" ? family.windowed[semantics] : family.windowed;
  const written = writtenTypes(config, { family, semantics, count, say });
  const types = [...pattern ?? written ?? defaultTypes(config, { family, rule, turned, window })];
  if (family.every?.last) types[count - 1] = "full_attention";
  return types.map((type, layer) => {
    const narrow = /sliding|chunked/.test(type) || rule === "full" && type === "full_attention";
    const near = narrow && window !== undefined;
    const rotates = family.turned === "sliding" || family.turned === "sliding_if_any" && window !== undefined
      ? near
      : turned[layer]! && !/linear|conv|moe/.test(type);
    return { type, turned: rotates, ...near ? { window } : {} };
  });
}

/**
 * 层数的几个名字。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { layerCount } from "@lib/models/layers.ts";
 *
 * assert.ok(layerCount.includes("num_layers"));
 * ```
 */
export const layerCount: readonly string[] = ["num_hidden_layers", "n_layer", "n_layers", "num_layers"];

/** 窗口多大：有开关的要先打开；LongT5 写的是一边多宽。 */
function windowOf(config: Fields, family: Family, semantics: 4 | 5): number | undefined {
  const { name, window = "sliding_window", switched, windowSince } = family;
  if (window === null || windowSince === 5 && semantics === 4) return undefined;
  const shut = switched || name === "" && config.raw("use_sliding_window") !== undefined;
  if (shut && !config.flag("use_sliding_window")) return void config.raw(window); // 关着：写了也不算没有用到
  const width = config.number(window, integers(1, 2 ** 40));
  return width === undefined || name !== "longt5" ? width : 2 * width + 1;
}

/** 每层转不转 `[层数]`。 */
function turnedLayers(config: Fields, { turned = "all" }: Family, count: number, say: (note: Note) => void): boolean[] {
  const all = (yes: boolean) => new Array<boolean>(count).fill(yes);
  if (turned === "all" || turned === "sliding" || turned === "sliding_if_any") return all(true);
  if (turned === "none") return all(false);
  if (turned === "position_embedding_type") {
    const type = config.word(turned), yes = type === "rope";
    say({
      kind: "规则",
      text: `position_embedding_type 是 ${type ?? "空的"}：${yes ? "转" : "不转（只有 rope 才转）"}`,
    });
    return all(yes);
  }
  const written = config.list(turned, "一串 0 和 1，1 是转", (x): x is number => x === 0 || x === 1);
  if (written?.length) {
    if (written.length !== count) config.refuse(turned, `${count} 个 0 或 1，一层一个`);
    say({ kind: "规则", text: `${config.where}${turned}：写 1 的层转，写 0 的不转` });
    config.raw("no_rope_layer_interval"); // 有了表，间隔就不用看
    return written.map(Boolean);
  }
  if (turned === "attn_type_list") config.refuse(turned, `${count} 个 0 或 1，一层一个`);
  const interval = config.must("no_rope_layer_interval", integers(1, 10000));
  say({ kind: "规则", text: `没写 no_rope_layers：每 ${interval} 层的最后一层不转` });
  return Array.from({ length: count }, (_, layer) => (layer + 1) % interval !== 0);
}
