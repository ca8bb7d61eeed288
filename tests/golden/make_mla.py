"""生成 mla.json：DeepSeek-V3 的解耦注意力（MLA），很小的配置，float64。

用 transformers 5 写；换成 transformers 4 的环境再跑，就只核对，不写。怎么跑见同目录的 README.md。
"""

import copy
import json
import logging
import math
import warnings

from common import HERE, fill, normals, numbers, restart, save, widened  # 要在 torch 之前

import numpy as np
import torch
import transformers
from transformers import DeepseekV3Config
from transformers.models.deepseek_v3 import modeling_deepseek_v3 as deepseek

MAJOR = int(transformers.__version__.split(".")[0])
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
logging.disable(logging.CRITICAL)
YARN = dict(rope_type="yarn", factor=40.0, original_max_position_embeddings=16, beta_fast=4, beta_slow=1)
CASES = {
    "plain": dict(),
    "half": dict(rope_interleave=False),
    "no-query-compression": dict(q_lora_rank=None),
    "yarn": dict(rope_scaling=YARN, max_position_embeddings=640),
    "yarn-mscale": dict(rope_scaling=dict(YARN, mscale=1.0, mscale_all_dim=1.0), max_position_embeddings=640),
    "yarn-mscale-707": dict(rope_scaling=dict(YARN, mscale=0.707, mscale_all_dim=1.0), max_position_embeddings=640),
    "yarn-mscale-zero": dict(rope_scaling=dict(YARN, mscale=1.0, mscale_all_dim=0.0), max_position_embeddings=640),
}
SHAPE = dict(hidden_size=16, num_attention_heads=2, num_key_value_heads=2, q_lora_rank=12, kv_lora_rank=8, qk_nope_head_dim=6, qk_rope_head_dim=4,
             v_head_dim=5, rope_theta=100.0, max_position_embeddings=16, attention_dropout=0.0, num_hidden_layers=1)


def run(more):
    length = 6
    config = DeepseekV3Config(**{**SHAPE, **copy.deepcopy(more)})  # 配置类会往字典里添东西
    config._attn_implementation = "eager"
    module = fill(deepseek.DeepseekV3Attention(config, 0)).double()
    for name, parameter in module.named_parameters():
        parameter.copy_(parameter / 4 + 1 if "layernorm" in name else parameter / 2)
    rotary = deepseek.DeepseekV3RotaryEmbedding(config=config)
    hidden = normals(1, length, config.hidden_size)
    positions = torch.arange(length)[None] + 3
    mask = torch.full((1, 1, length, length), -math.inf).triu(1)
    seen, original = [], deepseek.eager_attention_forward
    deepseek.eager_attention_forward = lambda m, q, k, v, *rest, **named: seen.append((q, k, v)) or original(m, q, k, v, *rest, **named)
    try:
        output, weights = module(hidden, rotary(hidden, positions), mask)[:2]
    finally:
        deepseek.eager_attention_forward = original
    query, key, value = seen[0]
    weight = lambda linear: numbers(linear.weight.T)
    compressed = config.q_lora_rank is not None
    return dict(
        interleaved=bool(config.rope_interleave), heads=2, queryRank=config.q_lora_rank, keyRank=8, plainDimension=6, rotaryDimension=4, valueDimension=5,
        base=100.0, ropeScaling=more.get("rope_scaling"), maxPosition=config.max_position_embeddings, positions=positions[0].tolist(), hidden=numbers(hidden[0]),
        **(dict(queryDown=weight(module.q_a_proj), queryNorm=numbers(module.q_a_layernorm.weight), queryUp=weight(module.q_b_proj)) if compressed
           else dict(queryProjection=weight(module.q_proj))),
        keyDown=weight(module.kv_a_proj_with_mqa), keyNorm=numbers(module.kv_a_layernorm.weight), keyUp=weight(module.kv_b_proj), outputProjection=weight(module.o_proj),
        normEpsilon=module.kv_a_layernorm.variance_epsilon, inverseFrequencies=numbers(rotary.inv_freq), attentionFactor=float(rotary.attention_scaling),
        scaling=float(module.scaling), query=numbers(query[0]), key=numbers(key[0]), value=numbers(value[0]), weights=numbers(weights[0]), output=numbers(output[0]))


def main():
    restart()
    runs = {}
    with widened(), torch.no_grad():
        for name, more in CASES.items():
            runs[name] = run(more)
    if MAJOR == 4:
        stored = json.loads((HERE / "mla.json").read_text())["runs"]
        for name, one in runs.items():
            for key, value in one.items():
                if isinstance(value, (list, float)):
                    a, b = np.array(value, dtype=float), np.array(stored[name][key], dtype=float)
                    gap = np.abs(a - b).max()
                    if not gap < 1e-13:
                        print("v4", name, key, gap, a.shape, b.shape)
        print("v4 checked")
        return
    save("mla", ["transformers"], "float64（把库里写死的 float32 换成 float64 再跑）", 1e-12,
         "deepseek_v3.modeling_deepseek_v3.DeepseekV3Attention + DeepseekV3RotaryEmbedding，因果，位置从 3 数起；4.57.6 算出来的也核对过。"
         "权重写成 [输入, 输出]。queryDown → RMSNorm（queryNorm）→ queryUp，每个头的列先是 plainDimension 列、再是 rotaryDimension 列（不压缩时只有 queryProjection）；"
         "keyDown 的列先是 keyRank 列（RMSNorm 之后乘 keyUp，每个头先是 plainDimension 列键、再是 valueDimension 列值），再是 rotaryDimension 列、各头共用的旋转键。"
         "query、key 是 [头][位置][不转的 | 转过的]；interleaved 的按 (0,1)、(2,3) 配对转，转完按前后两半排（库里如此，只影响这里的次序，不影响分数）。"
         "scaling 是分数乘的数，attentionFactor 乘在 cos、sin 上",
         script="make_mla.py", runs=runs)


if __name__ == "__main__":
    main()
