/**
 * 层的类型（layer types）：文件里写明的只认 transformers 认得的名字；没写的，照一族的规矩排。
 *
 * @module
 */
import type { Family, Windowed } from "@lib/models/families.ts";
import { type Fields, integers, type Note } from "@lib/models/fields.ts";

/** 5 版认得的名字；4 版只认前四个，它认的这里都认。 */
const known = [
  ...["full_attention", "sliding_attention", "chunked_attention", "linear_attention", "window_attention"],
  ...["indexed_attention", "compressed_sparse_attention", "heavily_compressed_attention", "minimax_m3_sparse"],
  ...["conv", "moe", "hybrid", "hybrid_sliding", "reference_sliding_attention"],
];

/** 旧名字和现在的名字。 */
const renamed = new Map([
  ["mamba", "linear_attention"],
  ["attention", "full_attention"],
  ["deepseek_sparse_attention", "indexed_attention"],
  ["qwen_sparse_attention", "indexed_attention"],
]);

/**
 * 文件里写的类型 `[层数]`，旧名字换成现在的；没写的、类不看的没有。
 *
 * @param config 配置
 * @param options `family` 哪一族；`semantics` 照哪一版；`count` 层数；`say` 记一条说明
 * @throws {RangeError} 有不认得的名字，个数不是层数，或这一版非写不可
 * @source transformers 5.23.0 `configuration_utils.py` 的 `ALLOWED_ATTN_LAYER_TYPES`、`_LEGACY_LAYER_TYPE_REMAP`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { writtenTypes } from "@lib/models/layer_types.ts";
 *
 * const say = () => {}, open = (layer_types: unknown) => fields({ layer_types }, { where: "", defaults: {}, owner: "", say });
 * const options = { family: familyOf("granitemoehybrid"), semantics: 5, count: 2, say } as const;
 * assert.deepEqual(writtenTypes(open(["mamba", "attention"]), options), ["linear_attention", "full_attention"]);
 * assert.throws(() => writtenTypes(open(["banana"]), options), /无法读 layer_types\[0\]：需要.+：现在是字符串 "banana"/);
 * ```
 */
export function writtenTypes(config: Fields, options: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly count: number;
  readonly say: (note: Note) => void;
}): readonly string[] | undefined {
  const { family: { name, every, windowed, layerType, typed, turned, ...rest }, semantics, count, say } = options;
  const allowed = rest.allowed?.[semantics], all = `认得的层的类型（${known.slice(0, 4).join("、")} 等）`;
  const raw = config.raw("layer_types"), one = `${count} 个词的一串（数组），一层一个`;
  if (raw !== undefined && raw !== null && !Array.isArray(raw)) config.refuse("layer_types", one);
  const written = config.list("layer_types", allowed?.join("、") ?? all, (x): x is string => {
    return typeof x === "string" && (allowed ? allowed.includes(x) : known.includes(current(x)));
  });
  const missing = written === undefined && name === "granitemoehybrid" && semantics === 4; // 它的类非写不可
  if (missing || written && written.length !== count) config.refuse("layer_types", `${count} 个词，一层一个`);
  const heard = name === "" || every || windowed || layerType || turned === "attn_type_list";
  if (heard && !(typed === 5 && semantics === 4)) {
    if (written && typeof every?.count === "string") config.raw(every.count); // 有了表，间隔就不用看
    return written?.map(current);
  }
  if (written) say({ kind: "矛盾", text: `${config.where}layer_types 没有用到：${semantics} 版的 ${name} 不看` });
  return undefined;
}

function current(name: unknown): string {
  return renamed.get(String(name)) ?? String(name);
}

/**
 * 没写 `layer_types` 时的类型 `[层数]`。
 *
 * @param config 配置
 * @param options `family` 哪一族；`rule` 哪些层有窗口；`turned` 每层转不转；`window` 窗口多大
 * @throws {RangeError} 要看的字段写错
 * @example 千问 2：`max_window_layers` 之后的层才有窗口
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { defaultTypes } from "@lib/models/layer_types.ts";
 *
 * const config = fields({ max_window_layers: 1 }, { where: "", defaults: {}, owner: "", say: () => {} });
 * const options = { family: familyOf("qwen2"), rule: "late", turned: [true, true], window: 64 } as const;
 * assert.deepEqual(defaultTypes(config, options), ["full_attention", "sliding_attention"]);
 * ```
 */
export function defaultTypes(config: Fields, options: {
  readonly family: Family;
  readonly rule: Windowed | undefined;
  readonly turned: readonly boolean[];
  readonly window: number | undefined;
}): readonly string[] {
  const { family: { every, indices, layerType: usual = "full_attention", turned: which, name }, rule, turned, window } =
    options;
  const whole = turned.map(() => usual), near = "sliding_attention";
  if (which === "sliding_if_any" && window === undefined) { // 类里要除以 0
    return config.refuse("layer_types", `一层一个词（sliding_window 是 null，${name} 没有它就报错）`);
  }
  if (indices) {
    const { field, rest, missing } = indices, index = integers(0, turned.length - 1);
    const full = config.list(field, index.expected, (x): x is number => typeof x === "number" && index.holds(x));
    if (full === undefined && missing === "all") return whole;
    return whole.map((_, layer) => full?.includes(layer) ? "full_attention" : rest);
  }
  if (every) {
    const nth = typeof every.count === "number" ? every.count : config.must(every.count, integers(1, 10000));
    return whole.map((full, layer) => (every.first ? layer : layer + 1) % nth === 0 ? full : every.rest ?? near);
  }
  if (window === undefined || rule === "full") return whole;
  const limit = rule === "late" || rule === "early" ? config.must("max_window_layers", integers(0, 10000)) : 0;
  return whole.map((full, layer) => {
    if (rule === "turned") return turned[layer] ? "chunked_attention" : full;
    if (rule === "still") return turned[layer] ? full : near;
    if (rule === "early") return layer % 2 === 0 && layer < limit ? near : full;
    return layer >= limit ? near : full;
  });
}

/** 一层一个字母：哪个字母是哪种层。 */
const letters: Readonly<Record<string, string>> = {
  M: "linear_attention",
  E: "moe",
  "*": "full_attention",
  "-": "mlp",
};

/**
 * 一层一个字母的类型 `[层数]`（Nemotron-H）；不是这样写的族没有。写了 `layers_block_type` 就不看字母。
 *
 * @throws {RangeError} 有不认得的字母、不认得的词，或一个也没有
 * @source transformers 5.23.0 `configuration_nemotron_h.py` 的 `_pattern_to_list`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { patternTypes } from "@lib/models/layer_types.ts";
 *
 * const json = { hybrid_override_pattern: "M*" }, options = { where: "", defaults: {}, owner: "nemotron_h", say: () => {} };
 * assert.deepEqual(patternTypes(fields(json, options), familyOf("nemotron_h")), ["linear_attention", "full_attention"]);
 * ```
 */
export function patternTypes(config: Fields, { pattern }: Family): readonly string[] | undefined {
  if (pattern === undefined) return undefined;
  const kinds = Object.values(letters), names = Object.keys(letters);
  const expected = kinds.join("、"),
    list = config.list("layers_block_type", expected, (x): x is string => {
      return typeof x === "string" && kinds.includes(current(x));
    });
  config.raw(pattern); // 有了表，字母就不用看
  if (list?.length) return list.map(current);
  const word = [...config.word(pattern) ?? ""], sound = word.length > 0 && word.length <= 10000;
  if (!sound || word.some((letter) => !names.includes(letter))) {
    config.refuse(pattern, `一层一个字母（${names.join("、")}）`);
  }
  return word.map((letter) => letters[letter]!);
}
