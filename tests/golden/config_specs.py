"""make_configs.py 要读的那些 config.json：每个模型只写知道的字段，别的字段由 transformers 的配置类补齐。

一条：名字 → dict(type=模型类型, fields=写进文件的字段, original=原长度, note=字段从哪里来)。
序列长度一律是 [不给, 1024, 原长度, 原长度 + 1, 4 × 原长度]；original=None 的只有 [不给]。
bare=True：文件里只有 fields，什么也不补（真的 config.json 常常省掉等于缺省值的字段）。
stand=别的类型：transformers 没有这个模型的类（要 trust_remote_code），期望值用 stand 那个类、fields 换成 stand_fields 读出来。
数值来自 shared/facts/models.json；那里没有的层数、宽度是公开 config.json 里的常见值，只影响头的维数。
"""

import random

FACTS = "models.json"


def factor_list(seed, count, low, high):
    """Phi 系列的两张表没有找到公开的数：按种子造一张递增的表，只留四位小数，和真模型无关。"""
    draw = random.Random(seed)
    return sorted(round(low + (high - low) * draw.random() ** 2, 4) for _ in range(count))


SHORT48, LONG48 = factor_list(1, 48, 1.0, 3.0), factor_list(2, 48, 1.0, 64.0)
SHORT64, LONG64 = factor_list(3, 64, 1.0, 3.0), factor_list(4, 64, 1.0, 40.0)
SEEDED = "short_factor、long_factor 是 factor_list(种子, 48, …) 造的，不是真模型的数"

LLAMA8 = dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, num_hidden_layers=32, intermediate_size=14336, vocab_size=128256)
LLAMA31 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=8192)
SCOUT = dict(rope_type="llama3", factor=16.0, low_freq_factor=1.0, high_freq_factor=1.0, original_max_position_embeddings=8192)
LLAMA4 = dict(hidden_size=5120, num_attention_heads=40, num_key_value_heads=8, head_dim=128, num_hidden_layers=48, rope_theta=500000.0)
QWEN7 = dict(hidden_size=3584, num_attention_heads=28, num_key_value_heads=4, num_hidden_layers=28, intermediate_size=18944, vocab_size=152064)
YARN4 = dict(type="yarn", factor=4.0, original_max_position_embeddings=32768)
GEMMA4B = dict(hidden_size=2560, num_attention_heads=8, num_key_value_heads=4, head_dim=256, num_hidden_layers=34, sliding_window=1024,
               max_position_embeddings=131072, query_pre_attn_scalar=256)
MLA = dict(hidden_size=7168, num_attention_heads=128, num_key_value_heads=128, num_hidden_layers=61, q_lora_rank=1536, kv_lora_rank=512,
           qk_nope_head_dim=128, qk_rope_head_dim=64, v_head_dim=128)
V3 = dict(type="yarn", factor=40, original_max_position_embeddings=4096, beta_fast=32, beta_slow=1, mscale=1.0, mscale_all_dim=1.0)
K2 = dict(type="yarn", factor=32.0, original_max_position_embeddings=4096, beta_fast=1.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0)
PHI35 = dict(hidden_size=3072, num_attention_heads=32, num_key_value_heads=32, num_hidden_layers=32, max_position_embeddings=131072,
             original_max_position_embeddings=4096, rope_theta=10000.0)
PHI4 = dict(hidden_size=3072, num_attention_heads=24, num_key_value_heads=8, num_hidden_layers=32, max_position_embeddings=131072,
            original_max_position_embeddings=4096, rope_theta=10000.0, partial_rotary_factor=0.75)
GLM9 = dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=2, num_hidden_layers=40, max_position_embeddings=131072)
MROPE = dict(type="mrope", mrope_section=[16, 24, 24])
EXAONE = dict(max_position_embeddings=131072, rope_theta=1000000, rope_scaling=dict(LLAMA31, factor=16.0))
HYBRID = dict(num_local_experts=0, shared_intermediate_size=64, mamba_n_heads=48, mamba_d_head=64, mamba_expand=2, mamba_d_state=128,
              max_position_embeddings=131072, rope_theta=10000)


def spec(type, fields, original, note=FACTS, **more):
    return dict(type=type, fields=fields, original=original, note=note, **more)


SPECS = {
    # LLaMA 一族
    "llama-2-7b": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=4096, rope_theta=10000.0), 4096),
    "llama-3-8b": spec("llama", dict(**LLAMA8, max_position_embeddings=8192, rope_theta=500000.0), 8192),
    "llama-3.1-8b": spec("llama", dict(**LLAMA8, max_position_embeddings=131072, rope_theta=500000.0, rope_scaling=LLAMA31), 8192),
    "llama-3.2-1b": spec("llama", dict(hidden_size=2048, num_attention_heads=32, num_key_value_heads=8, num_hidden_layers=16, head_dim=64,
                                       max_position_embeddings=131072, rope_theta=500000.0, rope_scaling=dict(LLAMA31, factor=32.0)), 8192),
    "code-llama-7b": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=16384, rope_theta=1000000), 16384),
    "llama-linear": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=4096,
                                       rope_scaling=dict(type="linear", factor=4.0)), 4096, "造的：旧写法 type，整数和小数的倍数都有"),
    "llama-dynamic": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=2048,
                                        rope_scaling=dict(rope_type="dynamic", factor=2.0)), 2048, "造的"),
    "llama-2-7b-yarn-64k": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=65536, rope_theta=10000.0,
                                              rope_scaling=dict(type="yarn", factor=16.0, original_max_position_embeddings=4096, finetuned=True)), 4096,
                                "造的，照 YaRN-Llama-2-7b-64k 的样子；finetuned 是多余的字段"),
    "llama-yarn-no-original": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=8192,
                                                 rope_scaling=dict(rope_type="yarn", factor=4.0)), 8192, "造的：没有写原长度"),
    "llama-partial": spec("llama", dict(hidden_size=4096, num_attention_heads=32, max_position_embeddings=4096, partial_rotary_factor=0.5), 4096,
                          "造的：Llama 的类没有这个字段，写了会怎样"),
    "llama-4-scout": spec("llama4", dict(text_config=dict(LLAMA4, max_position_embeddings=10485760, rope_scaling=SCOUT, no_rope_layers=[],
                                                          num_local_experts=16, interleave_moe_layer_step=1)), 8192),
    "llama-4-maverick": spec("llama4", dict(text_config=dict(LLAMA4, max_position_embeddings=1048576, rope_scaling=None, num_local_experts=128,
                                                             interleave_moe_layer_step=2, use_qk_norm=False)), 8192),
    "smollm2-135m": spec("llama", dict(hidden_size=576, num_attention_heads=9, num_key_value_heads=3, num_hidden_layers=30,
                                       max_position_embeddings=8192, rope_theta=100000), 8192),
    "smollm3-3b": spec("smollm3", dict(hidden_size=2048, num_attention_heads=16, num_key_value_heads=4, num_hidden_layers=36,
                                       max_position_embeddings=65536, rope_theta=5000000.0), 65536),
    "yi-6b": spec("llama", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=4, max_position_embeddings=4096, rope_theta=5000000.0), 4096),
    "falcon3-7b": spec("llama", dict(hidden_size=3072, num_attention_heads=12, num_key_value_heads=4, num_hidden_layers=28, head_dim=256,
                                     max_position_embeddings=32768, rope_theta=1000042), 32768),
    # Mistral 一族
    "mistral-7b-v0.1": spec("mistral", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, max_position_embeddings=32768,
                                            rope_theta=10000.0, sliding_window=4096), 32768),
    "mistral-7b-v0.3": spec("mistral", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, max_position_embeddings=32768,
                                            rope_theta=1000000.0, sliding_window=None), 32768),
    "mistral-head-dim": spec("mistral", dict(hidden_size=5120, num_attention_heads=32, num_key_value_heads=8, head_dim=128, num_hidden_layers=40,
                                             max_position_embeddings=131072, rope_theta=1000000.0, sliding_window=None), 131072,
                             "造的：head_dim 128，而 5120/32 = 160"),
    "mixtral-8x7b": spec("mixtral", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, max_position_embeddings=32768,
                                         rope_theta=1000000.0, sliding_window=None), 32768),
    "ministral-3-3b": spec("ministral3", dict(hidden_size=3072, num_attention_heads=32, num_key_value_heads=8, head_dim=128, num_hidden_layers=26,
                                              max_position_embeddings=262144,
                                              rope_parameters=dict(rope_type="yarn", type="yarn", rope_theta=1000000.0, factor=16.0,
                                                                   original_max_position_embeddings=16384, beta_fast=32.0, beta_slow=1.0,
                                                                   mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.1)), 16384),
    # Qwen 一族
    "qwen1.5-1.8b": spec("qwen2", dict(hidden_size=2048, num_attention_heads=16, num_key_value_heads=16, num_hidden_layers=24,
                                       max_position_embeddings=32768, rope_theta=1000000.0), 32768),
    "qwen2-0.5b": spec("qwen2", dict(hidden_size=896, num_attention_heads=14, num_key_value_heads=2, num_hidden_layers=24,
                                     max_position_embeddings=32768, rope_theta=1000000.0), 32768),
    "qwen2.5-7b": spec("qwen2", dict(**QWEN7, max_position_embeddings=131072, rope_theta=1000000.0), 131072),
    "qwen2.5-7b-yarn": spec("qwen2", dict(**QWEN7, max_position_embeddings=32768, rope_theta=1000000.0, rope_scaling=YARN4), 32768),
    "qwen2.5-7b-1m": spec("qwen2", dict(**QWEN7, max_position_embeddings=1010000, rope_theta=10000000.0), 262144),
    "qwen3-8b": spec("qwen3", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, head_dim=128, num_hidden_layers=36,
                                   max_position_embeddings=40960, rope_theta=1000000), 40960),
    "qwen3-0.6b": spec("qwen3", dict(hidden_size=1024, num_attention_heads=16, num_key_value_heads=8, head_dim=128, num_hidden_layers=28,
                                     max_position_embeddings=40960, rope_theta=1000000), 40960, FACTS + "；头的维数不是 1024/16"),
    "qwen3-8b-yarn": spec("qwen3", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, head_dim=128, num_hidden_layers=36,
                                        max_position_embeddings=131072, rope_theta=1000000,
                                        rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32768)), 32768),
    "qwen2-vl-7b": spec("qwen2_vl", dict(text_config=dict(**QWEN7, max_position_embeddings=32768, rope_theta=1000000.0, rope_scaling=MROPE)), 32768),
    "qwen2-vl-7b-flat": spec("qwen2_vl", dict(model_type="qwen2_vl", architectures=["Qwen2VLForConditionalGeneration"], **QWEN7,
                                              max_position_embeddings=32768, max_window_layers=28, rms_norm_eps=1e-06, hidden_act="silu",
                                              rope_theta=1000000.0, rope_scaling=MROPE, sliding_window=32768, use_sliding_window=False,
                                              vision_config=dict(depth=32, embed_dim=1280, hidden_size=3584, num_heads=16, patch_size=14)), 32768,
                             "Qwen2-VL 公开的 config.json 没有 text_config，字段都在顶层", bare=True),
    "qwen2.5-vl-7b": spec("qwen2_5_vl", dict(text_config=dict(**QWEN7, max_position_embeddings=128000, rope_theta=1000000.0, rope_scaling=MROPE)), 32768),
    "qwen2.5-vl-7b-yarn": spec("qwen2_5_vl", dict(text_config=dict(**QWEN7, max_position_embeddings=32768, rope_theta=1000000.0,
                                                  rope_scaling=dict(YARN4, mrope_section=[16, 24, 24]))), 32768, "Qwen2.5-VL 的 README 里的写法"),
    "qwen3-vl": spec("qwen3_vl", dict(text_config=dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, head_dim=128,
                                                       num_hidden_layers=36, rope_scaling=dict(rope_type="default", mrope_interleaved=True,
                                                                                               mrope_section=[24, 20, 20]))), 128000,
                     FACTS + "；底数和最长位置没有查到，用类的缺省值"),
    # Gemma 一族
    "gemma-7b": spec("gemma", dict(hidden_size=3072, num_attention_heads=16, num_key_value_heads=16, head_dim=256, num_hidden_layers=28,
                                   max_position_embeddings=8192, rope_theta=10000.0), 8192),
    "gemma-2-9b": spec("gemma2", dict(hidden_size=3584, num_attention_heads=16, num_key_value_heads=8, head_dim=256, num_hidden_layers=42,
                                      max_position_embeddings=8192, rope_theta=10000.0, sliding_window=4096), 8192),
    "gemma-2-27b": spec("gemma2", dict(hidden_size=4608, num_attention_heads=32, num_key_value_heads=16, head_dim=128, num_hidden_layers=46,
                                       max_position_embeddings=8192, rope_theta=10000.0, sliding_window=4096, query_pre_attn_scalar=144), 8192),
    "gemma-3-1b": spec("gemma3_text", dict(hidden_size=1152, num_attention_heads=4, num_key_value_heads=1, head_dim=256, num_hidden_layers=26,
                                           max_position_embeddings=32768, sliding_window=512, sliding_window_pattern=6, rope_theta=1000000,
                                           rope_local_base_freq=10000, rope_scaling=None), 32768),
    "gemma-3-4b": spec("gemma3", dict(text_config=dict(GEMMA4B, rope_theta=1000000.0, rope_local_base_freq=10000.0,
                                                       rope_scaling=dict(rope_type="linear", factor=8.0))), 32768),
    "gemma-3-4b-bare": spec("gemma3", dict(model_type="gemma3", architectures=["Gemma3ForConditionalGeneration"],
                                           text_config=dict(model_type="gemma3_text", hidden_size=2560, intermediate_size=10240,
                                                            num_hidden_layers=34, rope_scaling=dict(factor=8.0, rope_type="linear"),
                                                            sliding_window=1024),
                                           vision_config=dict(model_type="siglip_vision_model", hidden_size=1152)), 32768,
                            "照 Gemma-3-4B 公开的 config.json 的样子：头数、底数都省掉了", bare=True),
    "gemma-3-27b": spec("gemma3", dict(text_config=dict(hidden_size=5376, num_attention_heads=32, num_key_value_heads=16, head_dim=128,
                                                        num_hidden_layers=62, sliding_window=1024, query_pre_attn_scalar=168,
                                                        max_position_embeddings=131072, rope_scaling=dict(rope_type="linear", factor=8.0))), 32768),
    "gemma-4": spec("gemma4", {}, 131072, FACTS + "；全是类的缺省值"),
    "gemma-3n-e4b": spec("gemma3n", dict(text_config=dict(hidden_size=2048, num_attention_heads=8, num_key_value_heads=2, head_dim=256,
                                                          num_hidden_layers=35, max_position_embeddings=32768, rope_theta=1000000.0,
                                                          rope_local_base_freq=10000.0, rope_scaling=None, sliding_window=512)), 32768, "没有核实"),
    # 一层一样、一层不一样的
    "modernbert-base": spec("modernbert", dict(hidden_size=768, num_attention_heads=12, num_hidden_layers=22, max_position_embeddings=8192), 8192),
    "modernbert-thetas": spec("modernbert", dict(hidden_size=1024, num_attention_heads=16, num_hidden_layers=28, max_position_embeddings=7999,
                                                 global_rope_theta=20000.0, local_rope_theta=500.0, global_attn_every_n_layers=4), 7999, "造的"),
    "command-r": spec("cohere", dict(hidden_size=8192, num_attention_heads=64, num_key_value_heads=64, num_hidden_layers=40,
                                     max_position_embeddings=8192, rope_theta=8000000.0), 8192),
    "command-r7b": spec("cohere2", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, num_hidden_layers=32,
                                        max_position_embeddings=131072, rope_theta=50000.0, sliding_window=4096), 131072, FACTS + "；底数 50000 没有核实"),
    "gpt-oss-20b": spec("gpt_oss", dict(hidden_size=2880, num_attention_heads=64, num_key_value_heads=8, head_dim=64, num_hidden_layers=24,
                                        num_local_experts=32, max_position_embeddings=131072, sliding_window=128, rope_theta=150000,
                                        rope_scaling=dict(rope_type="yarn", factor=32.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
                                                          original_max_position_embeddings=4096)), 4096),
    "olmo-3": spec("olmo3", dict(hidden_size=4096, num_attention_heads=32, num_hidden_layers=32, max_position_embeddings=65536, rope_theta=500000,
                                 sliding_window=4096, rope_scaling=dict(rope_type="yarn", factor=8.0, original_max_position_embeddings=8192,
                                                                        beta_fast=32, beta_slow=1, attention_factor=1.2079441541679836)), 8192,
                   "没有核实：YaRN 只用在全注意力的层"),
    "exaone-4-32b": spec("exaone4", dict(**EXAONE, hidden_size=5120, num_attention_heads=40, num_key_value_heads=8, head_dim=128, num_hidden_layers=64,
                                         sliding_window=4096, sliding_window_pattern="LLLG",
                                         layer_types=(["sliding_attention"] * 3 + ["full_attention"]) * 16), 8192,
                         "没有核实：不看窗口的层不转；sliding_window_pattern 是词，不是数"),
    "exaone-4-1.2b": spec("exaone4", dict(**EXAONE, hidden_size=2048, num_attention_heads=32, num_key_value_heads=8, head_dim=64, num_hidden_layers=30,
                                          sliding_window=None, sliding_window_pattern=None, layer_types=["full_attention"] * 30), 8192,
                          "没有核实：没有窗口，每层都转"),
    "minimax-text-01-hf": spec("minimax", dict(hidden_size=6144, num_attention_heads=64, num_key_value_heads=8, head_dim=128, num_hidden_layers=80,
                                               max_position_embeddings=10240000, rope_theta=10000000, rotary_dim=64,
                                               layer_types=(["linear_attention"] * 7 + ["full_attention"]) * 10), 10240000,
                               "没有核实；transformers 的类不看 rotary_dim，整个头都转"),
    "granite-4-h": spec("granitemoehybrid", dict(**HYBRID, hidden_size=1536, num_attention_heads=12, num_key_value_heads=4, num_hidden_layers=40,
                                                 attention_multiplier=0.0078125, position_embedding_type="nope",
                                                 layer_types=["attention" if n % 10 == 5 else "mamba" for n in range(40)]), 131072,
                        "没有核实：不转，分数乘 attention_multiplier；专家和位置无关，写成 0 个"),
    "granite-4": spec("granitemoehybrid", dict(**HYBRID, hidden_size=1536, num_attention_heads=24, num_key_value_heads=4, num_hidden_layers=8,
                                               attention_multiplier=0.015625, position_embedding_type="rope", layer_types=["attention"] * 8), 131072,
                      "没有核实：每层都转"),
    # 解耦的
    "deepseek-v3": spec("deepseek_v3", dict(**MLA, max_position_embeddings=163840, rope_theta=10000, rope_scaling=V3), 4096),
    "deepseek-v3-no-scaling": spec("deepseek_v3", dict(**MLA, max_position_embeddings=4096, rope_theta=10000, rope_scaling=None), 4096, "造的"),
    "deepseek-v3-mscale": spec("deepseek_v3", dict(**MLA, max_position_embeddings=163840, rope_theta=10000,
                                                   rope_scaling=dict(V3, mscale=0.707, mscale_all_dim=1.0)), 4096, "造的：两个 mscale 不一样"),
    "deepseek-v2-lite": spec("deepseek_v2", dict(hidden_size=2048, num_attention_heads=16, num_key_value_heads=16, num_hidden_layers=27, q_lora_rank=None,
                                                 kv_lora_rank=512, qk_nope_head_dim=128, qk_rope_head_dim=64, v_head_dim=128, max_position_embeddings=163840,
                                                 rope_theta=10000, rope_scaling=dict(V3, mscale=0.707, mscale_all_dim=0.707)), 4096),
    "kimi-k2": spec("deepseek_v3", dict(MLA, num_attention_heads=64, num_key_value_heads=64, max_position_embeddings=131072, rope_theta=50000.0,
                                        rope_scaling=K2), 4096, FACTS + "；公开的文件里 model_type 是 kimi_k2，transformers 不认识，这里写成 deepseek_v3"),
    "deepseek-v3.2": spec("deepseek_v32", dict(**MLA, max_position_embeddings=163840, rope_theta=10000, rope_scaling=V3), 4096, "没有核实；位置和 V3 一样"),
    "glm-4.7-flash": spec("glm4_moe_lite", dict(max_position_embeddings=202752, rope_theta=1000000), 202752, "没有核实"),
    "minicpm3-4b": spec("minicpm3", dict(hidden_size=2560, num_attention_heads=40, num_key_value_heads=40, num_hidden_layers=62, qk_nope_head_dim=64,
                                         qk_rope_head_dim=32, max_position_embeddings=32768,
                                         rope_scaling=dict(type="longrope", original_max_position_embeddings=32768, short_factor=SHORT48[:16],
                                                           long_factor=LONG48[:16])), 32768, "没有核实；" + SEEDED.replace("48", "16")),
    # Phi 一族
    "phi-3-mini-4k": spec("phi3", dict(hidden_size=3072, num_attention_heads=32, num_key_value_heads=32, num_hidden_layers=32,
                                       max_position_embeddings=4096, original_max_position_embeddings=4096, rope_theta=10000.0, rope_scaling=None), 4096),
    "phi-3.5-mini": spec("phi3", dict(**PHI35, rope_scaling=dict(type="longrope", short_factor=SHORT48, long_factor=LONG48)), 4096, FACTS + "；" + SEEDED),
    "phi-3-mini-128k-su": spec("phi3", dict(**PHI35, rope_scaling=dict(type="su", short_factor=SHORT48, long_factor=LONG48)), 4096, "造的：旧名 su；" + SEEDED),
    "phi-4-mini": spec("phi3", dict(**PHI4, rope_scaling=dict(type="longrope", short_factor=SHORT48, long_factor=LONG48)), 4096, FACTS + "；" + SEEDED),
    "phi-4": spec("phi3", dict(hidden_size=5120, num_attention_heads=40, num_key_value_heads=10, num_hidden_layers=40, max_position_embeddings=32768,
                               original_max_position_embeddings=32768, rope_theta=500000, rope_scaling=None), 32768),
    "phi-3.5-moe": spec("phimoe", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, num_hidden_layers=32, max_position_embeddings=131072,
                                       rope_theta=10000.0, original_max_position_embeddings=4096,
                                       rope_scaling=dict(type="longrope", short_factor=SHORT64, long_factor=LONG64, short_mscale=1.243163121016122,
                                                         long_mscale=1.243163121016122, original_max_position_embeddings=4096)), 4096,
                        "没有核实；short_mscale、long_mscale 代替公式；" + SEEDED.replace("48", "64")),
    "llama-longrope": spec("llama", dict(hidden_size=3072, num_attention_heads=32, max_position_embeddings=131072,
                                         rope_scaling=dict(rope_type="longrope", factor=32.0, original_max_position_embeddings=4096,
                                                           short_factor=SHORT48, long_factor=LONG48)), 4096, "造的：原长度写在里层；" + SEEDED),
    "phi-1.5": spec("phi", dict(hidden_size=2048, num_attention_heads=32, num_hidden_layers=24, max_position_embeddings=2048, partial_rotary_factor=0.5), 2048),
    "phi-2": spec("phi", dict(hidden_size=2560, num_attention_heads=32, num_hidden_layers=32, max_position_embeddings=2048, partial_rotary_factor=0.4), 2048),
    # 只转一部分的
    "gpt-neox-20b": spec("gpt_neox", dict(hidden_size=6144, num_attention_heads=64, num_hidden_layers=44, rotary_pct=0.25, rotary_emb_base=10000,
                                          max_position_embeddings=2048), 2048),
    "pythia-6.9b": spec("gpt_neox", dict(hidden_size=4096, num_attention_heads=32, num_hidden_layers=32, rotary_pct=0.25, rotary_emb_base=10000,
                                         max_position_embeddings=2048), 2048),
    "gpt-neox-dynamic": spec("gpt_neox", dict(hidden_size=512, num_attention_heads=4, num_hidden_layers=6, rotary_pct=0.5, rotary_emb_base=20000,
                                              max_position_embeddings=2048, rope_scaling=dict(type="dynamic", factor=4.0)), 2048, "造的"),
    "gpt-j-6b": spec("gptj", dict(n_embd=4096, n_head=16, n_layer=28, n_positions=2048, rotary_dim=64), 2048),
    "glm-4-9b-hf": spec("glm", dict(**GLM9, head_dim=128, partial_rotary_factor=0.5, rope_theta=10000.0), 131072, "没有核实"),
    "glm-4-0414": spec("glm4", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=2, num_hidden_layers=40, head_dim=128,
                                    max_position_embeddings=32768, partial_rotary_factor=0.5, rope_theta=10000.0), 32768, "没有核实"),
    "chatglm3-6b": spec("chatglm", dict(model_type="chatglm", hidden_size=4096, num_attention_heads=32, num_layers=28, kv_channels=128,
                                        multi_query_attention=True, multi_query_group_num=2, seq_length=8192, original_rope=True,
                                        padded_vocab_size=65024), 8192, bare=True, stand="glm",
                        stand_fields=dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=2, num_hidden_layers=28, head_dim=128,
                                          max_position_embeddings=8192, partial_rotary_factor=0.5, rope_theta=10000.0)),
    "glm-4-9b-1m-like": spec("chatglm", dict(model_type="chatglm", hidden_size=4096, num_attention_heads=32, num_layers=40, kv_channels=128,
                                             multi_query_attention=True, multi_query_group_num=2, seq_length=131072, original_rope=True,
                                             rope_ratio=500, padded_vocab_size=151552), 131072, FACTS + "；rope_ratio 500 没有核实",
                             bare=True, stand="glm", stand_fields=dict(**GLM9, head_dim=128, partial_rotary_factor=0.5, rope_theta=5000000.0)),
    "stablelm-3b": spec("stablelm", dict(hidden_size=2560, num_attention_heads=32, num_key_value_heads=32, num_hidden_layers=32,
                                         max_position_embeddings=4096, partial_rotary_factor=0.25, rope_theta=10000), 4096),
    "stablelm-epoch-3b": spec("stablelm_epoch", dict(model_type="stablelm_epoch", hidden_size=2560, num_attention_heads=32, num_hidden_layers=32,
                                                     max_position_embeddings=4096, rope_pct=0.5, rope_theta=20000), 4096,
                              "造的，照改名之前的 StableLM 的样子：转多少写在 rope_pct", bare=True, stand="stablelm",
                              stand_fields=dict(hidden_size=2560, num_attention_heads=32, num_key_value_heads=32, num_hidden_layers=32,
                                                max_position_embeddings=4096, partial_rotary_factor=0.5, rope_theta=20000)),
    "persimmon-8b": spec("persimmon", dict(hidden_size=4096, num_attention_heads=64, num_hidden_layers=36, max_position_embeddings=16384,
                                           partial_rotary_factor=0.5, rope_theta=25000.0), 16384),
    "nemotron": spec("nemotron", dict(hidden_size=6144, num_attention_heads=48, num_key_value_heads=8, num_hidden_layers=32, head_dim=128,
                                      max_position_embeddings=4096, partial_rotary_factor=0.5, rope_theta=10000.0), 4096, "没有核实"),
    # 别的
    "olmo-2-7b": spec("olmo2", dict(hidden_size=4096, num_attention_heads=32, num_hidden_layers=32, max_position_embeddings=4096, rope_theta=500000), 4096),
    "starcoder2-15b": spec("starcoder2", dict(hidden_size=6144, num_attention_heads=48, num_key_value_heads=4, num_hidden_layers=40,
                                              max_position_embeddings=16384, rope_theta=1000000, sliding_window=4096), 16384),
    "granite": spec("granite", dict(hidden_size=2048, num_attention_heads=32, num_key_value_heads=8, num_hidden_layers=40, max_position_embeddings=131072,
                                    rope_theta=10000000.0, attention_multiplier=0.015625), 131072, "没有核实；分数乘 attention_multiplier"),
    "hunyuan-dense": spec("hunyuan_v1_dense", dict(hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, num_hidden_layers=32, head_dim=128,
                                                   max_position_embeddings=32768, rope_theta=10000.0,
                                                   rope_scaling=dict(type="dynamic", alpha=1000.0, factor=1.0, beta_fast=32, beta_slow=1, mscale=1.0,
                                                                     mscale_all_dim=1.0)), 32768, "alpha 1000 没有核实"),
    "internlm2.5-7b": spec("internlm2", dict(model_type="internlm2", architectures=["InternLM2ForCausalLM"], hidden_size=4096, num_attention_heads=32,
                                             num_key_value_heads=8, num_hidden_layers=32, intermediate_size=14336, max_position_embeddings=32768,
                                             rope_theta=1000000, rope_scaling=dict(type="dynamic", factor=2.0), vocab_size=92544), 32768,
                           bare=True, stand="llama",
                           stand_fields=dict(**{k: v for k, v in LLAMA8.items() if k != "vocab_size"}, max_position_embeddings=32768, rope_theta=1000000,
                                             rope_scaling=dict(type="dynamic", factor=2.0))),
    "minicpm-2b-128k": spec("llama", dict(hidden_size=2304, num_attention_heads=36, num_hidden_layers=40, max_position_embeddings=65536, rope_theta=1000000.0,
                                          rope_scaling=dict(type="dynamic", factor=4.0)), 65536,
                            FACTS + "；公开的文件里 model_type 是 minicpm，字段和 Llama 的一样，这里写成 llama"),
    # 没有旋转的
    "t5-base": spec("t5", dict(d_model=768, d_kv=64, num_heads=12, num_layers=12, relative_attention_num_buckets=32, relative_attention_max_distance=128), 512),
    "deberta-v3-base": spec("deberta-v2", dict(hidden_size=768, num_attention_heads=12, num_hidden_layers=12, max_position_embeddings=512,
                                               relative_attention=True, position_buckets=256, max_relative_positions=-1, share_att_key=True,
                                               pos_att_type=["p2c", "c2p"], norm_rel_ebd="layer_norm", position_biased_input=False), 512),
    "deberta-base": spec("deberta", dict(hidden_size=768, num_attention_heads=12, num_hidden_layers=12, max_position_embeddings=512,
                                         relative_attention=True, max_relative_positions=-1, pos_att_type=["c2p", "p2c"],
                                         position_biased_input=False), 512, "没有核实"),
    "bloom-7b1": spec("bloom", dict(hidden_size=4096, n_head=32, n_layer=30), 2048),
    "mpt-7b": spec("mpt", dict(d_model=4096, n_heads=32, n_layers=32, max_seq_len=2048,
                               attn_config=dict(alibi=True, alibi_bias_max=8, attn_type="multihead_attention")), 2048),
    "falcon-rw-1b": spec("falcon", dict(hidden_size=2048, num_attention_heads=32, num_hidden_layers=24, alibi=True, multi_query=False, parallel_attn=False,
                                        new_decoder_architecture=False), 2048),
    "falcon-7b": spec("falcon", dict(hidden_size=4544, num_attention_heads=71, num_hidden_layers=32, alibi=False, multi_query=True, parallel_attn=True), 2048),
    "bert-base": spec("bert", {}, 512),
    "roberta-base": spec("roberta", dict(max_position_embeddings=514, type_vocab_size=1, pad_token_id=1, vocab_size=50265), 512, "514 行：前两行不用"),
    "gpt2": spec("gpt2", {}, 1024),
    "gpt2-by-layer": spec("gpt2", dict(n_layer=4, scale_attn_by_inverse_layer_idx=True, reorder_and_upcast_attn=True), 1024,
                          "造的，照斯坦福的 Mistral-GPT-2 的样子：第 n 层的分数再除以 n + 1"),
    "mt5-base": spec("mt5", dict(d_model=768, d_kv=64, num_heads=12, num_layers=12), 512, "没有核实"),
    "umt5-base": spec("umt5", dict(d_model=768, d_kv=64, num_heads=12, num_layers=12), 512, "没有核实；每层有自己的偏置表"),
    "longt5-tglobal": spec("longt5", dict(d_model=768, d_kv=64, num_heads=12, num_layers=12, encoder_attention_type="transient-global"), 512, "没有核实"),
    "dinov3-vitl16": spec("dinov3_vit", dict(hidden_size=1024, num_attention_heads=16, num_hidden_layers=24, patch_size=16, rope_theta=100.0), 224,
                          "没有核实；图像模型，二维旋转"),
}

# 只写了类型的文件：每个字段都是类的缺省值（两个版本的缺省值可能不同）
CLASSES = ["llama", "llama4", "mistral", "mixtral", "ministral3", "qwen2", "qwen3", "qwen2_vl", "qwen2_5_vl", "qwen3_vl", "gemma", "gemma2", "gemma3",
           "gemma3_text", "gemma4", "modernbert", "cohere", "cohere2", "deepseek_v2", "deepseek_v3", "gpt_oss", "olmo3", "phi3", "phi", "phimoe",
           "gpt_neox", "gptj", "glm", "glm4", "stablelm", "persimmon", "nemotron", "olmo2", "smollm3", "starcoder2", "granite", "hunyuan_v1_dense",
           "falcon", "bloom", "mpt", "t5", "deberta", "deberta-v2", "bert", "gpt2",
           "qwen2_moe", "qwen3_moe", "qwen3_vl_moe", "olmo", "olmoe", "granitemoe", "granitemoeshared", "seed_oss", "glm4_moe", "xlm-roberta",
           "granitemoehybrid", "deepseek_v32", "glm4_moe_lite", "minicpm3", "gemma3n", "gemma3n_text", "exaone4", "minimax", "dinov3_vit",
           "mt5", "umt5", "longt5"]
for kind in CLASSES:
    SPECS[f"only-{kind}"] = spec(kind, dict(model_type=kind), 4096, "只写了类型，全靠类的缺省值", bare=True)

# 写法古怪的文件：两个版本各怎么读，读不了就记下错误
LLAMA7 = dict(model_type="llama", hidden_size=4096, num_attention_heads=32, max_position_embeddings=8192)
ODD = {
    "odd-type-conflict": dict(**LLAMA7, rope_scaling=dict(type="linear", rope_type="dynamic", factor=4.0)),
    "odd-both-dicts": dict(**LLAMA7, rope_theta=10000.0, rope_scaling=dict(rope_type="linear", factor=4.0),
                           rope_parameters=dict(rope_type="linear", factor=2.0, rope_theta=500000.0)),
    "odd-theta-twice": dict(**LLAMA7, rope_theta=10000.0, rope_parameters=dict(rope_type="default", rope_theta=500000.0)),
    "odd-original-on-top": dict(**LLAMA7, original_max_position_embeddings=2048, rope_scaling=dict(rope_type="yarn", factor=4.0,
                                                                                                   original_max_position_embeddings=4096)),
    "odd-llama3-original-on-top": dict(**LLAMA7, original_max_position_embeddings=2048, rope_scaling=dict(LLAMA31, original_max_position_embeddings=4096)),
    "odd-llama3-no-original": dict(**LLAMA7, rope_scaling={k: v for k, v in LLAMA31.items() if not k.startswith("original")}),
    "odd-head-dim-null-yarn": dict(**LLAMA7, head_dim=None, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=2048)),
    "odd-head-dim-null-yarn-qwen3": dict(model_type="qwen3", hidden_size=4096, num_attention_heads=32, max_position_embeddings=8192, head_dim=None,
                                         rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=2048)),
    "odd-beta-zero": dict(**LLAMA7, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=2048, beta_fast=0, beta_slow=0)),
    "odd-yarn-factor-null": dict(**LLAMA7, rope_scaling=dict(rope_type="yarn", factor=None, original_max_position_embeddings=2048)),
    "odd-yarn-no-factor": dict(**LLAMA7, rope_scaling=dict(rope_type="yarn", original_max_position_embeddings=2048)),
    "odd-factor-below-one": dict(**LLAMA7, rope_scaling=dict(rope_type="linear", factor=0.5)),
    "odd-yarn-below-one": dict(**LLAMA7, rope_scaling=dict(rope_type="yarn", factor=0.5, original_max_position_embeddings=8192)),
    "odd-factor-text": dict(**LLAMA7, rope_scaling=dict(rope_type="linear", factor="4")),
    "odd-empty-scaling": dict(**LLAMA7, rope_scaling={}),
    "odd-null-scaling": dict(**LLAMA7, rope_scaling=None),
    "odd-unknown-type": dict(**LLAMA7, rope_scaling=dict(rope_type="ntk", factor=4.0)),
    "odd-mscale-zero": dict(**LLAMA7, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=2048, mscale=1.0, mscale_all_dim=0.0)),
    "odd-yarn-attention-factor": dict(**LLAMA7, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=2048, attention_factor=1.5,
                                                                  mscale=0.7, mscale_all_dim=1.0)),
    "odd-longrope-short-list": dict(**LLAMA7, rope_scaling=dict(rope_type="longrope", factor=4.0, original_max_position_embeddings=2048,
                                                                short_factor=[1.0, 1.0], long_factor=[2.0, 2.0])),
    "odd-longrope-factor-and-top": dict(model_type="phi3", **{**PHI35, "max_position_embeddings": 65536},
                                        rope_scaling=dict(type="longrope", factor=2.0, short_factor=SHORT48, long_factor=LONG48)),
    "odd-longrope-attention-factor": dict(model_type="phi3", **PHI35, rope_scaling=dict(type="longrope", attention_factor=1.5, short_factor=SHORT48,
                                                                                        long_factor=LONG48)),
    "odd-theta-zero": dict(**LLAMA7, rope_theta=0.0),
    "odd-theta-negative": dict(**LLAMA7, rope_theta=-10000.0),
    "odd-theta-null": dict(**LLAMA7, rope_theta=None),
    "odd-head-dim-odd": dict(model_type="llama", hidden_size=4096, num_attention_heads=32, head_dim=127, max_position_embeddings=8192),
    "odd-hidden-not-multiple": dict(model_type="llama", hidden_size=4100, num_attention_heads=32, max_position_embeddings=8192),
    "odd-partial-odd": dict(model_type="phi", hidden_size=2560, num_attention_heads=32, max_position_embeddings=2048, partial_rotary_factor=0.39),
    "odd-gemma3-flat-scaling": dict(model_type="gemma3_text", rope_theta=500000.0, rope_local_base_freq=20000.0, num_hidden_layers=12,
                                    rope_scaling=dict(rope_type="linear", factor=2.0)),
    "odd-gemma3-nested": dict(model_type="gemma3_text", num_hidden_layers=12,
                              rope_parameters=dict(full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1000000.0),
                                                   sliding_attention=dict(rope_type="default", rope_theta=10000.0))),
    "odd-smollm3-list": dict(model_type="smollm3", num_hidden_layers=6, no_rope_layers=[1, 0, 0, 1, 1, 0]),
    "odd-smollm3-interval": dict(model_type="smollm3", num_hidden_layers=6, no_rope_layer_interval=2),
    "odd-llama4-list": dict(model_type="llama4_text", num_hidden_layers=6, no_rope_layers=[0, 1, 1, 0, 1, 1], attn_temperature_tuning=False),
    "odd-cohere2-types": dict(model_type="cohere2", num_hidden_layers=4, layer_types=["full_attention", "sliding_attention", "full_attention",
                                                                                     "sliding_attention"]),
    "odd-neox-rope-theta": dict(model_type="gpt_neox", hidden_size=512, num_attention_heads=4, rope_theta=50000.0, partial_rotary_factor=0.5),
    "odd-gptj-no-rotary": dict(model_type="gptj", n_embd=64, n_head=4, n_layer=2, rotary_dim=None, n_positions=128),
    "odd-falcon-scaling": dict(model_type="falcon", hidden_size=512, num_attention_heads=8, rope_theta=30000.0, rope_scaling=dict(type="linear", factor=2.0)),
    "odd-mpt-no-alibi": dict(model_type="mpt", d_model=64, n_heads=4, n_layers=2, attn_config=dict(alibi=False)),
    "odd-mpt-bias-max": dict(model_type="mpt", d_model=96, n_heads=6, n_layers=2, attn_config=dict(alibi=True, alibi_bias_max=4)),
    "odd-mpt-softmax-scale": dict(model_type="mpt", d_model=96, n_heads=6, n_layers=2, attn_config=dict(alibi=True, softmax_scale=0.3)),
    "odd-gpt2-unscaled": dict(model_type="gpt2", n_embd=64, n_head=4, n_layer=2, scale_attn_weights=False),
    "odd-gpt2-unscaled-by-layer": dict(model_type="gpt2", n_embd=64, n_head=4, n_layer=3, scale_attn_weights=False, scale_attn_by_inverse_layer_idx=True),
    "odd-granite-hybrid-none": dict(model_type="granitemoehybrid", num_hidden_layers=2, layer_types=["attention", "mamba"]),
    "odd-layer-types": dict(model_type="qwen3", num_hidden_layers=2, layer_types=["banana", "full_attention"]),
    "odd-dynamic-alpha-llama": dict(**LLAMA7, rope_scaling=dict(type="dynamic", alpha=1000.0, factor=2.0)),
}
for name, fields in ODD.items():
    original = (fields.get("rope_scaling") or {}).get("original_max_position_embeddings") or fields.get("max_position_embeddings", 4096)
    SPECS[name] = spec(fields["model_type"], fields, original, "造的：写法古怪", bare=True)

# 每个会转的类都试一遍：写了窗口、写了层的类型、写了 head_dim，听不听
TURNING = [kind for kind in CLASSES if kind not in ("t5", "mt5", "umt5", "longt5", "deberta", "deberta-v2", "bert", "xlm-roberta", "dinov3_vit")]
INSIDE = ("llama4", "qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe", "gemma3", "gemma3n", "gemma4")  # 语言模型在 text_config 里
WINDOW = dict(sliding_window=64, use_sliding_window=True, max_window_layers=3)
TYPES = dict(WINDOW, layer_types=["sliding_attention", "full_attention"] * 3)
for kind in TURNING:
    shape = dict(n_layer=6) if kind in ("gptj", "bloom", "gpt2") else dict(n_layers=6) if kind == "mpt" else dict(num_hidden_layers=6)
    if kind.startswith(("qwen2_vl", "qwen2_5_vl", "qwen3_vl")):
        shape["rope_scaling"] = dict(rope_type="default", mrope_section=[24, 20, 20] if kind.startswith("qwen3") else [16, 24, 24])
    if kind.startswith("gemma3n"):
        shape["num_kv_shared_layers"] = 0  # 缺省的 15 比层数还多
    if kind == "nemotron":
        shape["num_key_value_heads"] = 8  # 缺省是空的，类自己补不上
    for name, more in (("window", WINDOW), ("types", TYPES), ("head", dict(head_dim=32))):
        if kind in INSIDE and name != "head":
            fields = dict(model_type=kind, text_config=dict(shape, **more))
        elif kind not in INSIDE:
            fields = dict(model_type=kind, **shape, **more)
        else:
            continue
        SPECS[f"{name}-{kind}"] = spec(kind, fields, None, "造的：只看听不听这几个字段", bare=True)
