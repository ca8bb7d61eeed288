"""生成 tests/golden/*.json：别人的实现算出来的数，用来核对 lib/。怎么跑见同目录的 README.md。

这里一行公式也不写：每个数都来自 transformers 或 rotary-embedding-torch 里的函数，脚本只管喂数和取数。
"""

import contextlib
import importlib.metadata
import json
import math
import pathlib
import sys

import torch
from rotary_embedding_torch import RotaryEmbedding
from transformers import LlamaConfig, MptConfig, T5Config, VitsConfig, Wav2Vec2BertConfig
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.gptj import modeling_gptj as gptj
from transformers.models.llama import modeling_llama as llama
from transformers.models.mpt.modeling_mpt import MptAttention, build_mpt_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention
from transformers.models.vits.modeling_vits import VitsAttention
from transformers.models.wav2vec2_bert.modeling_wav2vec2_bert import Wav2Vec2BertSelfAttention

HERE = pathlib.Path(__file__).parent
SEED = 20241103


@contextlib.contextmanager
def widened():
    """同一份库代码，把里面写死的 float32 换成 float64 再跑：算式不动，只去掉单精度的舍入。"""
    saved = torch.float, torch.float32, torch.Tensor.float, torch.get_default_dtype()
    torch.float = torch.float32 = torch.float64
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.float, torch.float32, torch.Tensor.float = saved[:3]
        torch.set_default_dtype(saved[3])


def normals(*shape):
    """喂进去的数只留三位小数，JSON 里写得下它们的精确值。"""
    return torch.randn(*shape, dtype=torch.float64, generator=generator).mul(1000).round().div(1000)


def fill(module):
    """权重换成种子定死的数，偏置归零。"""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.zeros_like(parameter) if name.endswith("bias") else normals(*parameter.shape))
    return module.eval()


def identity(linear):
    """输出投影换成恒等：module 的输出就是各头的输出排在一起。"""
    with torch.no_grad():
        linear.weight.copy_(torch.eye(linear.in_features))


def numbers(tensor):
    """多维数组，16 位有效数字；因果掩码盖住的分数（一个很大的负数）不会被存。"""
    if tensor.dim() == 0:
        return float(f"{tensor.item():.16g}")
    return [numbers(part) for part in tensor]


def heads(flat, count):
    """[L, H·d] → [H, L, d]"""
    return flat.view(flat.shape[0], count, -1).transpose(0, 1)


def save(name, packages, dtype, tolerance, note, **data):
    provenance = {
        "package": {p: importlib.metadata.version(p) for p in ["torch", *packages]},
        "python": ".".join(map(str, sys.version_info[:3])),
        "script": "tests/golden/make.py",
        "seed": SEED,
        "dtype": dtype,
        "tolerance": tolerance,
        "note": note,
    }
    path = HERE / f"{name}.json"
    path.write_text(json.dumps({"provenance": provenance, **data}, ensure_ascii=False, separators=(",", ":")) + "\n")
    size = path.stat().st_size
    assert size <= 200_000, (name, size)
    print(f"{name}.json {size / 1000:.0f} kB")


def alibi():
    with widened(), torch.no_grad():
        slopes, mpt_slopes = [], []
        for h in range(1, 41):
            # 两个词元的偏置之差就是斜率。BLOOM 存 +m·j，MPT 存 m·(j − 末位)，差相同。
            bloom = build_alibi_tensor(torch.ones(1, 2), h, torch.float64)[:, 0, :]
            slopes.append(numbers(bloom[:, 1] - bloom[:, 0]))
            mpt = build_mpt_alibi_tensor(h, 2)[:, 0, :].double()
            mpt_slopes.append(numbers(mpt[:, 1] - mpt[:, 0]))

        count, length, d = 12, 6, 4
        module = MptAttention(MptConfig(d_model=count * d, n_heads=count, max_seq_len=length))
        fill(module).double(), identity(module.out_proj)
        hidden = normals(1, length, count * d) / 4
        bias = build_mpt_alibi_tensor(count, length).double()
        future = torch.ones(length, length).triu(1).bool()
        output, weights = module(hidden, bias, attention_mask=future)
        q, k, v = (heads(part, count) for part in module.Wqkv(hidden)[0].chunk(3, dim=1))
        shown = [0, 7, 8, 11]  # 2 的幂那一段的头尾，补齐那一段的头尾
        attention = [
            dict(head=h, query=numbers(q[h]), key=numbers(k[h]), value=numbers(v[h]), weights=numbers(weights[0, h]),
                 output=numbers(heads(output[0], count)[h]))
            for h in shown
        ]
    save("alibi", ["transformers"], "float64（把库里写死的 float32 换成 float64 再跑）", 1e-12,
         "slopes：bloom.modeling_bloom.build_alibi_tensor；mptSlopes、biasRows：mpt.modeling_mpt.build_mpt_alibi_tensor，"
         "biasRows[h] 是最后一个查询看每个键的偏置；attention：MptAttention，因果，输出投影换成恒等",
         slopes=slopes, mptSlopes=mpt_slopes, heads=count, biasRows=numbers(bias[:, 0]), attention=attention)


def t5():
    def bucket_changes(bidirectional, buckets, max_distance):
        # T5 代码里的相对位置是 键 − 查询；这里存的是本课的距离 查询 − 键。
        distances = torch.arange(-1000, 1001)
        shipped = T5Attention._relative_position_bucket(-distances, bidirectional, buckets, max_distance)
        with widened():
            double = T5Attention._relative_position_bucket(-distances, bidirectional, buckets, max_distance)
        differ = [int(t) for t in distances[shipped != double]]
        ids = shipped.tolist()
        changes = [[int(t), b] for i, (t, b) in enumerate(zip(distances, ids)) if i == 0 or b != ids[i - 1]]
        return dict(bidirectional=bidirectional, buckets=buckets, maxDistance=max_distance, changes=changes,
                    float64Differs=differ)

    tables = [
        bucket_changes(bidirectional, buckets, max_distance)
        for bidirectional in (True, False)
        for buckets, max_distance in [(32, 128), (32, 32), (32, 1000), (64, 128), (16, 50), (8, 20), (7, 20), (4, 3)]
    ]

    length, count, d = 20, 2, 4
    runs = []
    with widened(), torch.no_grad():
        for decoder in (False, True):
            config = T5Config(d_model=count * d, d_kv=d, num_heads=count, relative_attention_num_buckets=8,
                              relative_attention_max_distance=12, is_decoder=decoder, dropout_rate=0)
            module = fill(T5Attention(config, has_relative_attention_bias=True, layer_idx=0)).double()
            identity(module.o)
            hidden = normals(1, length, count * d) / 2
            mask = torch.full((1, 1, length, length), -math.inf).triu(1) if decoder else None
            output, _, weights = module(hidden, mask=mask, cache_position=torch.arange(length), output_attentions=True)
            table = module.relative_attention_bias.weight
            h = 1
            part = lambda linear: numbers(heads(linear(hidden)[0], count)[h])
            runs.append(dict(bidirectional=not decoder, maxDistance=12, table=numbers(table[:, h]),
                             query=part(module.q), key=part(module.k), value=part(module.v),
                             weights=numbers(weights[0, h]), output=numbers(heads(output[0], count)[h])))
    save("t5", ["transformers"], "桶号：float32（库原样）；注意力：float64（把库里写死的 float32 换成 float64 再跑）", 1e-12,
         "buckets：t5.modeling_t5.T5Attention._relative_position_bucket，距离 −1000…1000（查询 − 键），只存桶号改变的地方 [距离, 桶号]；"
         "float64Differs 是换成双精度后桶号不同的距离；attention：T5Attention 的第 1 个头，输出投影换成恒等",
         buckets=tables, attention=runs)


def shaw():
    with widened(), torch.no_grad():
        # VitsAttention 有键、值两张表，但窗口外给 0 而不是截断：取 L ≤ 窗口 + 1，不碰到那里。
        count, d, window, length = 2, 4, 6, 7
        module = fill(VitsAttention(VitsConfig(hidden_size=count * d, num_attention_heads=count, window_size=window,
                                               attention_dropout=0))).double()
        identity(module.out_proj)
        hidden = normals(1, length, count * d) / 2
        output, weights = module(hidden, output_attentions=True)
        h, part = 1, lambda linear: numbers(heads(linear(hidden)[0], count)[1])
        both = dict(query=part(module.q_proj), key=part(module.k_proj), value=part(module.v_proj),
                    keyVectors=numbers(module.emb_rel_k[0]), valueVectors=numbers(module.emb_rel_v[0]),
                    weights=numbers(weights[0, h]), output=numbers(heads(output[0], count)[h]))

        # Wav2Vec2Bert 的 relative_key 只有键的表，截断在 ±k：L 取得比 k 大得多。
        clip, length = 3, 12
        config = Wav2Vec2BertConfig(hidden_size=count * d, num_attention_heads=count, attention_dropout=0,
                                    position_embeddings_type="relative_key", left_max_position_embeddings=clip,
                                    right_max_position_embeddings=clip)
        module = fill(Wav2Vec2BertSelfAttention(config)).double()
        identity(module.linear_out)
        hidden = normals(1, length, count * d) / 2
        output, weights = module(hidden)
        clipped = dict(query=part(module.linear_q), key=part(module.linear_k), value=part(module.linear_v),
                       keyVectors=numbers(module.distance_embedding.weight), weights=numbers(weights[0, h]),
                       output=numbers(heads(output[0], count)[h]))
    save("shaw", ["transformers"], "float64", 1e-12,
         "两张表的行都按 键 − 查询 排（第 0 行是 −k），和本课相反；keysAndValues：vits.modeling_vits.VitsAttention（L ≤ 窗口 + 1，"
         "不碰窗口外）；clipped：wav2vec2_bert.modeling_wav2vec2_bert.Wav2Vec2BertSelfAttention，relative_key，截断 ±3",
         keysAndValues=both, clipped=clipped)


def rope():
    positions = [0, 1, 37, 100_000]
    cases = []
    with widened(), torch.no_grad():
        for d in (2, 8, 64, 128):
            x = normals(len(positions), d)
            for base in (100.0, 10000.0, 500000.0):
                config = LlamaConfig(hidden_size=d, num_attention_heads=1, rope_theta=base)
                module = llama.LlamaRotaryEmbedding(config)
                cos, sin = module(x, torch.tensor([positions]))
                half, _ = llama.apply_rotary_pos_emb(x[None, None], x[None, None], cos, sin)
                if d > 2:
                    embedding = RotaryEmbedding(d, theta=base, cache_if_possible=False)
                    inter = torch.cat([embedding.rotate_queries_or_keys(x[None, None, i:i + 1], offset=p)[0, 0]
                                       for i, p in enumerate(positions)])
                if d == 2 or base == 10000:  # GPT-J 的底数写死是 10000；两维只有一个角频率 1，底数不起作用
                    table = gptj.create_sinusoidal_positions(max(positions) + 1, d)[positions]
                    sin, cos = table[None].chunk(2, dim=-1)
                    from_gptj = gptj.apply_rotary_pos_emb(x[None, :, None], sin, cos)[0, :, 0]
                    if d > 2:
                        assert (from_gptj - inter).abs().max() < 1e-10
                    inter = from_gptj
                cases.append(dict(dimension=d, base=base, inverseFrequencies=numbers(module.inv_freq), x=numbers(x),
                                  half=numbers(half[0, 0]), interleaved=numbers(inter)))

        length, d = 8, 8
        q, k, v = normals(length, d), normals(length, d), normals(length, d)
        module = llama.LlamaAttention(LlamaConfig(hidden_size=d, num_attention_heads=1, attention_dropout=0), 0)
        cos, sin = llama.LlamaRotaryEmbedding(LlamaConfig(hidden_size=d, num_attention_heads=1))(
            q, torch.arange(length)[None])
        rotated = llama.apply_rotary_pos_emb(q[None, None], k[None, None], cos, sin)
        mask = torch.full((1, 1, length, length), -math.inf).triu(1)
        output, weights = llama.eager_attention_forward(module.eval(), *rotated, v[None, None], mask, module.scaling)
        attention = dict(query=numbers(q), key=numbers(k), value=numbers(v), weights=numbers(weights[0, 0]),
                         output=numbers(output[0, :, 0]))
    save("rope", ["transformers", "rotary-embedding-torch"], "float64（把库里写死的 float32 换成 float64 再跑）", 1e-10,
         "half：llama.modeling_llama.LlamaRotaryEmbedding + apply_rotary_pos_emb；interleaved：rotary_embedding_torch.RotaryEmbedding，"
         "底数 10000 和两维的用 gptj.modeling_gptj.apply_rotary_pos_emb（两者先互相核对过）；"
         "attention：half 配对、因果，llama.eager_attention_forward。位置 100000 时角度本身的舍入约 1e-11",
         positions=positions, cases=cases, attention=attention)


for make in (alibi, t5, shaw, rope):
    generator = torch.Generator().manual_seed(SEED)  # 每份各自从头取数：改一份不牵动别的
    make()
