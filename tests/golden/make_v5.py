"""生成 proportional.json：这种旋转只有 transformers 5 才有，所以另用一个环境。怎么跑见同目录的 README.md。"""

from common import normals, numbers, restart, save, widened  # 要在 torch 之前

import torch
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama import modeling_llama as llama

SETTINGS = [  # 头的维度、比例、底数、倍数
    (8, 0.5, 10000.0, 1.0), (8, 0.5, 10000.0, 4.0), (8, 0.0, 10000.0, 1.0), (8, 1.0, 10000.0, 1.0), (10, 0.5, 10000.0, 1.0),
    (12, 0.3, 500.0, 1.0), (64, 0.25, 10000.0, 8.0), (128, 0.75, 500000.0, 1.0), (512, 0.25, 1000000.0, 1.0),
]


def proportional():
    positions = [0, 1, 37, 1000]
    cases = []
    with widened(), torch.no_grad():
        for d, share, base, factor in SETTINGS:
            config = LlamaConfig(hidden_size=d, num_attention_heads=1, head_dim=d, rope_parameters=dict(
                rope_type="proportional", rope_theta=base, partial_rotary_factor=share, factor=factor))
            frequencies, scale = ROPE_INIT_FUNCTIONS["proportional"](config)
            case = dict(dimension=d, share=share, base=base, factor=factor, attentionFactor=scale,
                        inverseFrequencies=numbers(frequencies))
            if d <= 12:
                x = normals(len(positions), d)
                cos, sin = llama.LlamaRotaryEmbedding(config)(x, torch.tensor([positions]))
                rotated, _ = llama.apply_rotary_pos_emb(x[None, None], x[None, None], cos, sin)
                case.update(x=numbers(x), half=numbers(rotated[0, 0]))
            cases.append(case)
    save("proportional", ["transformers"], "float64（把库里写死的 float32 换成 float64 再跑）", 1e-12,
         'modeling_rope_utils.ROPE_INIT_FUNCTIONS["proportional"]；x、half（维数不超过 12 的才有）：同一份设置交给 '
         "llama.modeling_llama.LlamaRotaryEmbedding + apply_rotary_pos_emb，half 配对，行是 positions 里的位置",
         script="make_v5.py", positions=positions, cases=cases)


if __name__ == "__main__":
    restart()
    proportional()
