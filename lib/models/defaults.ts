/**
 * 类的缺省值（class defaults）：config.json 没写的字段，transformers 的配置类填什么。
 *
 * 全是数据，没有规则：每一行从 4.57.6 和 5.23.0 的配置类里读出来，两版不同的分开写。
 *
 * @module
 */
import type { Json } from "@lib/models/fields.ts";

/** 四个最常用的：宽、头数、层数、最长位置。 */
const shape = (hidden_size: number, num_attention_heads: number, num_hidden_layers: number, max?: number): Json => ({
  hidden_size,
  num_attention_heads,
  num_hidden_layers,
  ...max === undefined ? {} : { max_position_embeddings: max },
});

const gptOss = {
  rope_type: "yarn",
  factor: 32,
  beta_fast: 32,
  beta_slow: 1,
  truncate: false,
  original_max_position_embeddings: 4096,
};
const ministral3 = {
  type: "yarn",
  rope_theta: 1e6,
  factor: 16,
  original_max_position_embeddings: 16384,
  beta_fast: 32,
  beta_slow: 1,
  mscale: 1,
  mscale_all_dim: 1,
  llama_4_scaling_beta: 0.1,
};
const gemma4 = {
  sliding_attention: { rope_type: "default", rope_theta: 1e4 },
  full_attention: { rope_type: "proportional", partial_rotary_factor: 0.25, rope_theta: 1e6 },
};
const qwenWindow = { use_sliding_window: false, sliding_window: 4096, max_window_layers: 28, rope_theta: 1e4 };

/**
 * 每一族的缺省值：`both` 两版一样的，`4`、`5` 只有那一版的。没有类的（Qwen 第一代、百川……）写的是它自己代码里的缺省值。
 *
 * @source `huggingface/transformers:src/transformers/models` 各家的 configuration，4.57.6 和 5.23.0
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classDefaults } from "@lib/models/defaults.ts";
 *
 * assert.equal(classDefaults.cohere?.[4]?.rope_theta, 10000);
 * assert.equal(classDefaults.cohere?.[5]?.rope_theta, 500000);
 * ```
 */
export const classDefaults: Readonly<Record<string, { readonly both: Json; readonly 4?: Json; readonly 5?: Json }>> = {
  llama: { both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4 } },
  llama4: {
    both: {
      ...shape(5120, 40, 48, 131072),
      head_dim: 128,
      rope_theta: 5e5,
      no_rope_layer_interval: 4,
      attention_chunk_size: 8192,
      attn_temperature_tuning: true,
      attn_scale: 0.1,
      floor_scale: 8192,
    },
  },
  mistral: { both: { ...shape(4096, 32, 32, 131072), head_dim: null, rope_theta: 1e4, sliding_window: 4096 } },
  mixtral: { both: { ...shape(4096, 32, 32, 131072), head_dim: null, rope_theta: 1e6 } },
  ministral3: { both: { ...shape(4096, 32, 34, 262144), head_dim: 128, rope_theta: 1e4, rope_parameters: ministral3 } },
  qwen2: { both: { ...shape(4096, 32, 32, 32768), ...qwenWindow } },
  qwen3: { both: { ...shape(4096, 32, 32, 32768), ...qwenWindow, head_dim: 128 } },
  qwen2_moe: { both: { ...shape(2048, 16, 24, 32768), ...qwenWindow } },
  qwen3_moe: { both: { ...shape(2048, 32, 24, 32768), use_sliding_window: false, rope_theta: 1e4 } },
  qwen3_vl_moe: {
    both: { ...shape(2048, 16, 24, 128000), head_dim: 128 },
    4: { rope_theta: 5e6 },
    5: { rope_theta: 5e5 },
  },
  qwen2_vl: { both: { ...shape(8192, 64, 80, 32768), ...qwenWindow, max_window_layers: 80, rope_theta: 1e6 } },
  qwen3_vl: {
    both: { ...shape(4096, 32, 32, 128000), head_dim: 128 },
    4: { rope_theta: 5e6 },
    5: { rope_theta: 5e5 },
  },
  gemma: { both: { ...shape(3072, 16, 28, 8192), head_dim: 256, rope_theta: 1e4 } },
  gemma2: {
    both: {
      ...shape(2304, 8, 26, 8192),
      head_dim: 256,
      rope_theta: 1e4,
      sliding_window: 4096,
      query_pre_attn_scalar: 256,
    },
  },
  gemma3: {
    both: {
      ...shape(2304, 8, 26, 131072),
      head_dim: 256,
      rope_theta: 1e6,
      rope_local_base_freq: 1e4,
      sliding_window: 4096,
      sliding_window_pattern: 6,
      query_pre_attn_scalar: 256,
    },
  },
  gemma3n: {
    both: {
      ...shape(2048, 8, 35, 32768),
      head_dim: 256,
      rope_theta: 1e6,
      rope_local_base_freq: 1e4,
      sliding_window: 512,
    },
  },
  gemma4: {
    both: {
      ...shape(2304, 8, 30, 131072),
      head_dim: 256,
      global_head_dim: 512,
      rope_theta: 1e4,
      sliding_window: 512,
      rope_parameters: gemma4,
    },
  },
  modernbert: {
    both: {
      ...shape(768, 12, 22, 8192),
      global_rope_theta: 160000,
      local_rope_theta: 1e4,
      global_attn_every_n_layers: 3,
      local_attention: 128,
    },
  },
  cohere: { both: shape(8192, 64, 40, 8192), 4: { rope_theta: 1e4 }, 5: { rope_theta: 5e5 } },
  cohere2: { both: { ...shape(8192, 64, 40, 8192), rope_theta: 1e4, sliding_window: 4096, sliding_window_pattern: 4 } },
  deepseek_v2: { both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4, qk_nope_head_dim: 128, qk_rope_head_dim: 64 } },
  deepseek_v3: {
    both: {
      ...shape(7168, 128, 61, 4096),
      rope_theta: 1e4,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      rope_interleave: true,
    },
  },
  deepseek_v32: {
    both: { ...shape(7168, 128, 61, 163840), rope_theta: 1e4, qk_nope_head_dim: 128, qk_rope_head_dim: 64 },
  },
  glm4_moe_lite: {
    both: {
      ...shape(2048, 20, 47, 202752),
      rope_theta: 1e4,
      qk_nope_head_dim: 192,
      qk_rope_head_dim: 64,
      rope_interleave: true,
    },
  },
  minicpm3: { both: { ...shape(2560, 40, 62, 32768), rope_theta: 1e4, qk_nope_head_dim: 64, qk_rope_head_dim: 32 } },
  exaone4: {
    both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4, sliding_window: 4096, sliding_window_pattern: 4 },
  },
  gpt_oss: {
    both: { ...shape(2880, 64, 36, 131072), head_dim: 64, rope_theta: 150000, sliding_window: 128 },
    4: { rope_scaling: gptOss },
    5: { rope_parameters: gptOss },
  },
  olmoe: { both: { ...shape(2048, 16, 16, 4096), rope_theta: 1e4 } },
  olmo2: { both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4 } },
  olmo3: {
    both: { ...shape(4096, 32, 32, 2048), sliding_window: 4096 },
    4: { rope_theta: 1e4 },
    5: { rope_theta: 5e5 },
  },
  phi: { both: { ...shape(2048, 32, 24, 2048), rope_theta: 1e4, partial_rotary_factor: 0.5 } },
  phi3: {
    both: {
      ...shape(3072, 32, 32, 4096),
      original_max_position_embeddings: 4096,
      rope_theta: 1e4,
      partial_rotary_factor: 1,
    },
  },
  phimoe: { both: { ...shape(4096, 32, 32, 131072), rope_theta: 1e6 } },
  gpt_neox: { both: { ...shape(6144, 64, 44, 2048), rotary_emb_base: 1e4, rotary_pct: 0.25 } },
  gptj: { both: { ...shape(4096, 16, 28, 2048), rotary_dim: 64 } },
  glm: { both: { ...shape(4096, 32, 40, 131072), head_dim: 128, rope_theta: 1e4, partial_rotary_factor: 0.5 } },
  glm4_moe: { both: { ...shape(4096, 96, 46, 131072), rope_theta: 1e4, partial_rotary_factor: 0.5 } },
  stablelm: { both: { ...shape(2560, 32, 32, 4096), rope_theta: 1e4, partial_rotary_factor: 0.25 } },
  persimmon: {
    both: { ...shape(4096, 64, 36, 16384), partial_rotary_factor: 0.5 },
    4: { rope_theta: 25000 },
    5: { rope_theta: 1e4 },
  },
  nemotron: { both: { ...shape(6144, 48, 32, 4096), rope_theta: 1e4, partial_rotary_factor: 0.5 } },
  smollm3: {
    both: { ...shape(2048, 16, 36, 32768), rope_theta: 2e6, no_rope_layer_interval: 4, use_sliding_window: false },
  },
  seed_oss: { both: { ...shape(4096, 80, 64, 524288), head_dim: 128, rope_theta: 1e4 } },
  starcoder2: { both: { ...shape(3072, 24, 30, 4096), rope_theta: 1e4 } },
  granite: { both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4, attention_multiplier: 1 } },
  granitemoe: { both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4, attention_multiplier: 1 } },
  granitemoehybrid: { both: { ...shape(4096, 32, 32, 2048), rope_theta: 1e4, attention_multiplier: 1 } },
  minimax: { both: { ...shape(4096, 32, 32, 131072), head_dim: null, rope_theta: 1e6 } },
  hunyuan_v1_dense: { both: { ...shape(4096, 32, 32, 2048), head_dim: null, rope_theta: 1e4 } },
  falcon: { both: { ...shape(4544, 71, 32, 2048), rope_theta: 1e4, alibi: false } },
  bamba: { both: { ...shape(4096, 32, 32, 262144), rope_theta: 1e4 }, 4: { partial_rotary_factor: 0.5 } },
  lfm2: { both: { ...shape(2560, 32, 32, 128000), rope_theta: 1e6 } },
  qwen3_next: {
    both: {
      ...shape(2048, 16, 48, 32768),
      head_dim: 256,
      rope_theta: 1e4,
      partial_rotary_factor: 0.25,
      full_attention_interval: 4,
    },
  },
  nemotron_h: { both: { ...shape(4096, 32, 52), head_dim: 128, hybrid_override_pattern: "ME*-" } },
  bloom: { both: shape(64, 8, 2) },
  mpt: { both: shape(2048, 16, 24) },
  t5: {
    both: {
      d_kv: 64,
      num_heads: 8,
      num_layers: 6,
      relative_attention_num_buckets: 32,
      relative_attention_max_distance: 128,
    },
  },
  mt5: {
    both: {
      d_kv: 64,
      num_heads: 6,
      num_layers: 8,
      relative_attention_num_buckets: 32,
      relative_attention_max_distance: 128,
    },
  },
  longt5: {
    both: {
      d_kv: 64,
      num_heads: 8,
      num_layers: 6,
      relative_attention_num_buckets: 32,
      relative_attention_max_distance: 128,
      local_radius: 127,
      global_block_size: 16,
      encoder_attention_type: "local",
    },
  },
  deberta: { both: { ...shape(768, 12, 12, 512), relative_attention: false, max_relative_positions: -1 } },
  "deberta-v2": {
    both: {
      ...shape(1536, 24, 24, 512),
      relative_attention: false,
      max_relative_positions: -1,
      position_buckets: -1,
      share_att_key: false,
    },
  },
  bert: { both: shape(768, 12, 12, 512) },
  gpt2: {
    both: { ...shape(768, 12, 12, 1024), scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false },
  },
  dinov3_vit: { both: { ...shape(384, 6, 12), rope_theta: 100 } },
  // transformers 没有类的：照发布者自己的代码
  chatglm: { both: { kv_channels: 128, rope_ratio: 1, partial_rotary_factor: 0.5 } },
  qwen: {
    both: {
      ...shape(4096, 32, 32),
      seq_length: 8192,
      rotary_emb_base: 1e4,
      rotary_pct: 1,
      use_dynamic_ntk: true,
      use_logn_attn: true,
    },
  },
  stablelm_epoch: { both: { ...shape(2560, 32, 32, 4096), rope_theta: 1e4, rope_pct: 0.25 } },
  baichuan: { both: { ...shape(4096, 32, 32, 4096), rope_theta: 1e4 } },
};
