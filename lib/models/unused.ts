/**
 * 写了没有用到的位置字段（unused fields）：一层层读完以后，还没有人看过的，说出来。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import type { Fields, Note } from "@lib/models/fields.ts";

/** 和位置有关的字段，各家的都在。 */
const aboutPosition = [
  ...[
    "rope_theta",
    "rope_scaling",
    "rope_parameters",
    "rotary_emb_base",
    "rope_local_base_freq",
    "rope_ratio",
    "use_rope",
  ],
  ...["global_rope_theta", "local_rope_theta", "rotary_dim", "rope_dim", "rotary_pct", "rope_pct", "rope_percentage"],
  ...["partial_rotary_factor", "head_dim", "kv_channels", "qk_rope_head_dim", "qk_nope_head_dim", "global_head_dim"],
  ...["rope_interleave", "no_rope_layers", "no_rope_layer_interval", "layers_block_type", "attn_type_list", "alibi"],
  ...["use_alibi", "alibi_bias_max", "position_embedding_type", "position_embeddings_type", "position_encoding_2d"],
  ...["relative_attention", "relative_attention_num_buckets", "relative_attention_max_distance", "position_buckets"],
  ...["max_relative_positions", "pos_att_type", "mrope_section", "use_dynamic_ntk", "use_logn_attn", "layer_types"],
  ...[
    "attn_temperature_tuning",
    "attn_scale",
    "floor_scale",
    "attention_chunk_size",
    "sliding_window",
    "local_attention",
  ],
  ...["sliding_window_pattern", "attention_multiplier", "query_pre_attn_scalar", "scale_attn_by_inverse_layer_idx"],
  // 哪些层有注意力、哪些层转，各家各写各的。
  ...["attn_rotary_emb", "attn_layer_indices", "attn_layer_period", "attn_layer_offset", "hybrid_override_pattern"],
  ...["full_attn_idxs", "full_attention_interval", "cross_attention_layers", "attention_head_dim", "hybrid_layer_ids"],
  ...["use_mem_rope", "block_types", "attention_window_size", "scale_attn_weights"],
];

/** 等于没写的值：关着的开关、空的、通常的。 */
const idle: readonly unknown[] = [undefined, null, false, "absolute", "rope"];

/**
 * 写了没有用到的位置字段：认识的类型一句话说完；不认识的类型一个字段一句，因为读出来的可能不对。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { remarkUnused } from "@lib/models/unused.ts";
 *
 * const said: string[] = [], config = fields({ rope_theta: 10000 }, { where: "", defaults: {}, owner: "", say: () => {} });
 * remarkUnused(config, familyOf("bloom"), ({ text }) => void said.push(text));
 * assert.deepEqual(said, ["rope_theta 写了没有用到：bloom 不看"]);
 * ```
 */
export function remarkUnused(config: Fields, { name }: Family, say: (note: Note) => void): void {
  const unseen = new Set(config.unused());
  const left = aboutPosition.filter((field) => unseen.has(field) && !idle.includes(config.raw(field)));
  if (name !== "" && left.length > 0) {
    say({ kind: "矛盾", text: `${left.map((field) => config.where + field).join("、")} 写了没有用到：${name} 不看` });
  }
  for (const field of name === "" ? left : []) {
    say({ kind: "矛盾", text: `${config.where}${field}：和位置有关，可是不认识这个类型，没有用上；读出来的可能不对` });
  }
}
