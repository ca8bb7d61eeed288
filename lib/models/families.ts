/**
 * 模型家族（families）：一族一行，写它和通常的读法哪里不同。
 *
 * 通常的读法是 Llama 的：每层都转，整个头都转，底数在 `rope_theta`，分数除以 √d。
 * 一行里没写的就是通常的；不认识的模型类型用最后那一行 {@linkcode generic}，读出来的说明里会说。
 *
 * @module
 */
import type { Pairing } from "@lib/encodings/rotation.ts";
import { classDefaults } from "@lib/models/defaults.ts";
import type { Json } from "@lib/models/fields.ts";

/**
 * 一类层的底数和缩放。
 *
 * @example
 * ```ts
 * import type { SplitRule } from "@lib/models/families.ts";
 *
 * const local: SplitRule = { theta: "rope_local_base_freq", scaled: false };
 * ```
 */
export interface SplitRule {
  /** 底数在哪个字段。 */
  readonly theta: string;
  /** 文件里的 `rope_scaling` 用不用在这类层上。 */
  readonly scaled: boolean;
  /** 5 版不看文件里的底数，一律用缺省值（它把字段取走了一次，第二次就没有了）。 */
  readonly lost?: true;
}

/**
 * 一族的读法。
 *
 * @example
 * ```ts
 * import type { Family } from "@lib/models/families.ts";
 *
 * const plain: Family = { name: "llama", types: ["llama"], pairing: "half" };
 * ```
 */
export interface Family {
  /** 族名，也是 {@linkcode classDefaults} 里的名字。 */
  readonly name: string;
  /** 认哪些 `model_type`。 */
  readonly types: readonly string[];
  /** 配对方式由代码定死；不知道是 `null`。 */
  readonly pairing: Pairing | null;
  /** 不旋转的，是哪一种；不写是 `rope`。 */
  readonly encoding?: "alibi" | "t5" | "deberta" | "learned" | "axial";
  /** 这一族在 transformers 4 里没有类（5），或两版都没有（`none`，照发布者的代码）。 */
  readonly since?: 5 | "none";
  /** 底数在哪个字段；`null` 是写死的 10000。 */
  readonly theta?: string | null;
  /** 写死的底数再乘哪个字段。 */
  readonly ratio?: string;
  /** 转多少在哪个字段；`null` 是这个类只会转整个头。 */
  readonly share?: string | null;
  /** 转多少，5 版写死在代码里，顶层写的不看。 */
  readonly fixedShare?: number;
  /** 几类层各有各的底数：层的类型 → 规则。 */
  readonly split?: Readonly<Record<string, SplitRule>>;
  /** 4 版怎么看 `rope_scaling`，不写是通常的；见 {@linkcode Older}。 */
  readonly older?: Older;
  /** 哪些层转，不写是都转；见 {@linkcode Turned}。 */
  readonly turned?: Turned;
  /** 窗口在哪个字段；不写是 `sliding_window`；`null` 是这个类不看窗口。 */
  readonly window?: string | null;
  /** 窗口从 5 版才看；不写是两版都看。 */
  readonly windowSince?: 5;
  /** 窗口有没有开关 `use_sliding_window`。 */
  readonly switched?: true;
  /** 没写 `layer_types` 时哪些层有窗口，不写是都有，或看 `every`；两版不同的分开写。见 {@linkcode Windowed}。 */
  readonly windowed?: Windowed | Readonly<Record<4 | 5, Windowed>>;
  /** 每 n 层有一层看全部：`first` 是第一层，不写是第 n 层；`last` 最后一层也一定看全部；`rest` 别的层是什么，不写是窗口。 */
  readonly every?: {
    readonly count: number | string;
    readonly first?: true;
    readonly last?: true;
    readonly rest?: string;
  };
  /** 哪些层看全部，编号写在 `field`，别的层是 `rest`；没写就是 `missing`：都看全部，或都不看。 */
  readonly indices?: { readonly field: string; readonly rest: string; readonly missing: "all" | "none" };
  /** 每层一个字母，写在哪个字段；层数就是字母的个数。 */
  readonly pattern?: string;
  /** `layer_types` 从 5 版才看；不写是两版都看（没有窗口可分的类都不看）。 */
  readonly typed?: 5;
  /** `layer_types` 里只许有哪几个词，两版各写各的；不写是认得的都行。 */
  readonly allowed?: Readonly<Partial<Record<4 | 5, readonly string[]>>>;
  /** 没写 `layer_types` 时每层都是它；不写是 `full_attention`。 */
  readonly layerType?: string;
  /** `head_dim: null` 时：`filled` 类自己补上；`refused` 报错；不写是补上，但 yarn、longrope、dynamic 报错。 */
  readonly nullHead?: Readonly<Record<4 | 5, "filled" | "refused" | "fallback">>;
  /** 头的维数在哪个字段；`null` 是一律用宽除以头数。 */
  readonly head?: string | null;
  /** 哪几版的 `head_dim` 非等于宽除以头数不可，不等就跑不起来。 */
  readonly derived?: readonly (4 | 5)[];
  /** 分数倍数：`field` 的 `power` 次方，或一个常数。 */
  readonly scale?: { readonly field: string; readonly power: number } | number;
  /** 解耦的（MLA）：`mscale_all_dim` 的平方乘进分数倍数，从哪一版起；空的是不知道乘不乘。 */
  readonly latent?: readonly (4 | 5)[];
  /** `qk_rope_head_dim` 的另一个名字。 */
  readonly alias?: string;
  /** 配对方式由 `rope_interleave` 定：`false` 是前后两半。 */
  readonly flagged?: true;
  /** 多轴的位置：没写 `mrope_section` 时几对归哪个轴，是分块还是交错。 */
  readonly axes?: { readonly section: readonly number[]; readonly interleaved: boolean };
  /** 特别的写法，各归一族：Phi-3、Phi-MoE、混元、千问第一代、GPT-J 的旋转，GPT-2、MPT 的分数倍数。 */
  readonly custom?: "phi3" | "phimoe" | "hunyuan" | "qwen" | "gptj" | "gpt2" | "mpt";
}

/**
 * 4 版怎么看 `rope_scaling`：`ignored` 不看；`llama3` 写什么都当 llama3；`pair` 只许 type 和 factor 两个字段；
 * `named` 非写 `rope_type` 不可；`renamed` 两个名字都认。通常两个都写了听 `type` 的，这两种听 `rope_type` 的。
 *
 * @source transformers 4.57.6：`modeling_nemotron.py`、`modeling_llama4.py`、`configuration_olmo2.py`、`rope_config_validation`
 * @example
 * ```ts
 * import type { Older } from "@lib/models/families.ts";
 *
 * const nemotron: Older = "ignored";
 * ```
 */
export type Older = "ignored" | "llama3" | "pair" | "named" | "renamed";

/**
 * 哪些层转：都转、都不转、看 `no_rope_layers`、只有窗口的层、没有窗口的模型都转有的只转窗口的层、看 `attn_type_list`、
 * 看 `position_embedding_type` 是不是 `rope`。
 *
 * @example
 * ```ts
 * import type { Turned } from "@lib/models/families.ts";
 *
 * const cohere2: Turned = "sliding";
 * ```
 */
export type Turned =
  | "all"
  | "none"
  | "no_rope_layers"
  | "sliding"
  | "sliding_if_any"
  | "attn_type_list"
  | "position_embedding_type";

/**
 * 哪些层有窗口：转的、不转的、`max_window_layers` 之后的、之前的双数层、看全部的层（它们的“全部”也只有窗口那么宽）。
 *
 * @example
 * ```ts
 * import type { Windowed } from "@lib/models/families.ts";
 *
 * const qwen2: Windowed = "late";
 * ```
 */
export type Windowed = "turned" | "still" | "late" | "early" | "full";

const filled = { 4: "filled", 5: "filled" } as const, refused = { 4: "refused", 5: "refused" } as const;
const mla = { pairing: "interleaved", share: null } as const;
/** 不转的：头一律是宽除以头数，没有窗口。 */
const still = { pairing: null, head: null, window: null } as const;
const chunks = ["full_attention", "chunked_attention"], linear = ["full_attention", "linear_attention"];
const qwen = { pairing: "half", share: null, switched: true, windowed: "late" } as const;
/** 全注意力的层另有一个底数，缩放只用在它们身上。 */
const two = (full: string, sliding: string) => ({
  full_attention: { theta: full, scaled: true },
  sliding_attention: { theta: sliding, scaled: false },
});

/** 每族一行。 */
const rows: readonly Family[] = [
  {
    name: "llama",
    types: ["llama", "internlm2", "internlm3"],
    window: null,
    pairing: "half",
    share: null,
    nullHead: filled,
  },
  {
    name: "llama4",
    types: ["llama4", "llama4_text"],
    older: "llama3",
    pairing: "interleaved",
    share: null,
    turned: "no_rope_layers",
    window: "attention_chunk_size",
    windowed: "turned",
    allowed: { 4: chunks, 5: chunks },
    nullHead: { 4: "filled", 5: "refused" },
  },
  { name: "mistral", types: ["mistral"], pairing: "half", share: null, nullHead: { 4: "fallback", 5: "filled" } },
  { name: "mixtral", types: ["mixtral"], older: "renamed", pairing: "half", share: null },
  { name: "ministral3", types: ["ministral3"], pairing: "half", share: null, since: 5, nullHead: refused },
  { ...qwen, name: "qwen2", types: ["qwen2"] },
  { ...qwen, name: "qwen3", types: ["qwen3"], nullHead: refused },
  { ...qwen, name: "qwen2_moe", types: ["qwen2_moe"], derived: [4], typed: 5, windowed: { 4: "late", 5: "early" } },
  { name: "qwen3_moe", types: ["qwen3_moe"], pairing: "half", share: null, switched: true },
  {
    ...qwen,
    name: "qwen2_vl",
    types: ["qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text"],
    axes: { section: [16, 24, 24], interleaved: false },
  },
  {
    name: "qwen3_vl",
    types: ["qwen3_vl", "qwen3_vl_text"],
    older: "named",
    window: null,
    pairing: "half",
    share: null,
    nullHead: refused,
    axes: { section: [24, 20, 20], interleaved: true },
  },
  {
    name: "qwen3_vl_moe",
    types: ["qwen3_vl_moe", "qwen3_vl_moe_text"],
    older: "named",
    window: null,
    pairing: "half",
    share: null,
    axes: { section: [24, 20, 20], interleaved: true },
  },
  { name: "gemma", types: ["gemma"], older: "renamed", window: null, pairing: "half", share: null, nullHead: refused },
  {
    name: "gemma2",
    types: ["gemma2", "vaultgemma"],
    older: "renamed",
    pairing: "half",
    share: null,
    nullHead: refused,
    every: { count: 2 },
    scale: { field: "query_pre_attn_scalar", power: -0.5 },
  },
  {
    name: "gemma3",
    types: ["gemma3", "gemma3_text"],
    older: "named",
    pairing: "half",
    share: null,
    nullHead: refused,
    every: { count: "sliding_window_pattern" },
    split: two("rope_theta", "rope_local_base_freq"),
    scale: { field: "query_pre_attn_scalar", power: -0.5 },
  },
  {
    name: "gemma3n",
    types: ["gemma3n", "gemma3n_text"],
    older: "named",
    pairing: "half",
    share: null,
    nullHead: refused,
    every: { count: 5 },
    split: two("rope_theta", "rope_local_base_freq"),
    scale: 1,
  },
  {
    name: "gemma4",
    types: ["gemma4", "gemma4_text"],
    pairing: "half",
    share: null,
    since: 5,
    nullHead: refused,
    every: { count: 6, last: true },
    split: two("rope_theta", "rope_theta"),
    scale: 1,
  },
  {
    name: "modernbert",
    types: ["modernbert"],
    derived: [4, 5],
    pairing: "half",
    share: null,
    typed: 5,
    window: "local_attention",
    every: { count: "global_attn_every_n_layers", first: true },
    split: {
      full_attention: { theta: "global_rope_theta", scaled: true },
      sliding_attention: { theta: "local_rope_theta", scaled: true },
    },
  },
  { name: "cohere", types: ["cohere"], older: "named", window: null, pairing: "interleaved", share: null },
  {
    name: "cohere2",
    types: ["cohere2"],
    older: "named",
    pairing: "interleaved",
    share: null,
    every: { count: "sliding_window_pattern" },
    turned: "sliding",
  },
  { ...mla, name: "deepseek_v2", types: ["deepseek_v2"], window: null, latent: [5] },
  {
    name: "exaone4",
    types: ["exaone4"],
    older: "renamed",
    pairing: "half",
    share: null,
    every: { count: "sliding_window_pattern" },
    turned: "sliding_if_any",
  },
  {
    ...mla,
    name: "deepseek_v3",
    types: ["deepseek_v3", "kimi_k2"],
    derived: [4, 5],
    window: null,
    latent: [4, 5],
    flagged: true,
  },
  {
    ...mla,
    name: "deepseek_v32",
    types: ["deepseek_v32"],
    window: null,
    since: 5,
    latent: [5],
    layerType: "indexed_attention",
  },
  {
    ...mla,
    name: "glm4_moe_lite",
    types: ["glm4_moe_lite"],
    window: null,
    since: 5,
    latent: [5],
    flagged: true,
    alias: "head_dim",
  },
  { name: "minicpm3", types: ["minicpm3"], window: null, pairing: "half", share: null, since: 5, latent: [5] },
  {
    name: "gpt_oss",
    types: ["gpt_oss"],
    pairing: "half",
    share: null,
    nullHead: { 4: "filled", 5: "refused" },
    every: { count: 2 },
  },
  { name: "olmo2", types: ["olmo", "olmo2"], older: "pair", window: null, pairing: "half", share: null },
  { name: "olmoe", types: ["olmoe"], derived: [4, 5], windowSince: 5, pairing: "half", share: null },
  {
    name: "olmo3",
    types: ["olmo3"],
    older: "named",
    pairing: "half",
    share: null,
    every: { count: 4 },
    split: {
      full_attention: { theta: "rope_theta", scaled: true },
      sliding_attention: { theta: "rope_theta", scaled: false, lost: true },
    },
  },
  { name: "phi", types: ["phi"], window: null, pairing: "half" },
  { name: "phi3", types: ["phi3"], pairing: "half", custom: "phi3" },
  { name: "phimoe", types: ["phimoe"], derived: [4], pairing: "half", share: null, custom: "phimoe" },
  {
    name: "gpt_neox",
    types: ["gpt_neox"],
    window: null,
    pairing: "half",
    theta: "rotary_emb_base",
    share: "rotary_pct",
    head: null,
  },
  { name: "gptj", types: ["gptj"], window: null, pairing: "interleaved", theta: null, head: null, custom: "gptj" },
  { name: "glm", types: ["glm", "glm4"], older: "renamed", window: null, pairing: "interleaved" },
  { name: "glm4_moe", types: ["glm4_moe"], window: null, pairing: "half" },
  { name: "stablelm", types: ["stablelm"], derived: [4, 5], window: null, pairing: "half" },
  {
    name: "stablelm_epoch",
    types: ["stablelm_epoch"],
    window: null,
    pairing: "half",
    since: "none",
    share: "rope_pct",
  },
  { name: "persimmon", types: ["persimmon"], derived: [4, 5], window: null, pairing: "half" },
  { name: "nemotron", types: ["nemotron"], older: "ignored", window: null, pairing: "half", nullHead: filled },
  {
    name: "smollm3",
    types: ["smollm3"],
    pairing: "half",
    share: null,
    turned: "no_rope_layers",
    switched: true,
    windowed: "still",
  },
  {
    name: "seed_oss",
    types: ["seed_oss"],
    window: null,
    pairing: "half",
    share: null,
    nullHead: { 4: "filled", 5: "refused" },
  },
  { name: "starcoder2", types: ["starcoder2"], pairing: "half", share: null },
  {
    name: "granite",
    types: ["granite"],
    older: "named",
    window: null,
    pairing: "half",
    share: null,
    scale: { field: "attention_multiplier", power: 1 },
  },
  {
    name: "granitemoe",
    types: ["granitemoe", "granitemoeshared"],
    older: "named",
    pairing: "half",
    share: null,
    window: null,
    derived: [4],
    scale: { field: "attention_multiplier", power: 1 },
  },
  {
    name: "granitemoehybrid",
    types: ["granitemoehybrid"],
    older: "named",
    window: null,
    pairing: "half",
    share: null,
    turned: "position_embedding_type",
    layerType: "linear_attention",
    allowed: { 4: ["mamba", "attention"], 5: ["mamba", "attention", ...linear] },
    scale: { field: "attention_multiplier", power: 1 },
  },
  {
    name: "hunyuan_v1_dense",
    types: ["hunyuan_v1_dense"],
    older: "renamed",
    window: null,
    pairing: "half",
    share: null,
    nullHead: refused,
    custom: "hunyuan",
  },
  { name: "falcon", types: ["falcon"], older: "renamed", window: null, pairing: "half", share: null, head: null },
  {
    name: "bamba",
    types: ["bamba"],
    older: "renamed",
    nullHead: refused,
    window: null,
    pairing: "half",
    fixedShare: 0.5,
    layerType: "linear_attention",
    indices: { field: "attn_layer_indices", rest: "linear_attention", missing: "none" },
  },
  {
    name: "lfm2",
    types: ["lfm2"],
    older: "renamed",
    nullHead: refused,
    window: null,
    pairing: "half",
    share: null,
    layerType: "full_attention",
    indices: { field: "full_attn_idxs", rest: "conv", missing: "all" },
  },
  {
    name: "qwen3_next",
    types: ["qwen3_next"],
    older: "named",
    window: null,
    pairing: "half",
    nullHead: refused,
    every: { count: "full_attention_interval", rest: "linear_attention" },
  },
  {
    name: "nemotron_h",
    types: ["nemotron_h"],
    nullHead: refused,
    window: null,
    pairing: null,
    since: 5,
    turned: "none",
    pattern: "hybrid_override_pattern",
  },
  { ...still, name: "bloom", types: ["bloom"], encoding: "alibi" },
  { ...still, name: "mpt", types: ["mpt"], encoding: "alibi", custom: "mpt" },
  { ...still, name: "t5", types: ["t5"], encoding: "t5", head: "d_kv", scale: 1 },
  { ...still, name: "mt5", types: ["mt5", "umt5"], encoding: "t5", head: "d_kv", scale: 1 },
  { ...still, name: "longt5", types: ["longt5"], encoding: "t5", head: "d_kv", scale: 1, window: "local_radius" },
  { ...still, name: "deberta", types: ["deberta"], encoding: "deberta" },
  { ...still, name: "deberta-v2", types: ["deberta-v2"], encoding: "deberta" },
  { ...still, name: "bert", types: ["bert", "roberta", "xlm-roberta"], encoding: "learned" },
  { ...still, name: "gpt2", types: ["gpt2"], encoding: "learned", custom: "gpt2" },
  { ...still, name: "dinov3_vit", types: ["dinov3_vit"], pairing: "half", encoding: "axial" },
  {
    name: "chatglm",
    types: ["chatglm"],
    window: null,
    pairing: "interleaved",
    since: "none",
    theta: null,
    ratio: "rope_ratio",
    head: "kv_channels",
  },
  {
    name: "qwen",
    types: ["qwen"],
    window: null,
    pairing: "half",
    since: "none",
    theta: "rotary_emb_base",
    share: "rotary_pct",
    head: "kv_channels",
    custom: "qwen",
  },
  { name: "baichuan", types: ["baichuan"], pairing: "half", since: "none", share: null, window: null },
  {
    name: "minimax",
    types: ["minimax"],
    older: "renamed",
    pairing: "half",
    share: null,
    every: { count: 2, first: true, rest: "linear_attention" },
    windowed: "full",
    allowed: { 5: linear },
  },
  { name: "minimax_text_01", types: ["minimax_text_01"], pairing: null, since: "none", turned: "attn_type_list" },
];

/**
 * 不认识的模型类型用这一行：照 Llama 读，配对方式不猜。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { generic } from "@lib/models/families.ts";
 *
 * assert.equal(generic.pairing, null);
 * ```
 */
export const generic: Family = { name: "", types: [], pairing: null, nullHead: filled };

/**
 * 这个 `model_type` 是哪一族；不认识的是 {@linkcode generic}。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf, generic } from "@lib/models/families.ts";
 *
 * assert.equal(familyOf("kimi_k2").name, "deepseek_v3");
 * assert.equal(familyOf("没见过"), generic);
 * ```
 */
export function familyOf(type: string): Family {
  return rows.find(({ types }) => types.includes(type)) ?? generic;
}

/**
 * 这一族在这一版里的缺省值。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defaultsOf, familyOf } from "@lib/models/families.ts";
 *
 * assert.deepEqual([4, 5].map((version) => defaultsOf(familyOf("persimmon"), version as 4 | 5).rope_theta), [25000, 10000]);
 * ```
 */
export function defaultsOf(family: Family, semantics: 4 | 5): Json {
  const row = classDefaults[family.name];
  return { ...row?.both, ...row?.[semantics] };
}
