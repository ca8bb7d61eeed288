"""生成 tests/golden/*.json：别人的实现算出来的数，用来核对 lib/。怎么跑见同目录的 README.md。

这里不写公式（只有 rope_more 里换行序的一式是照抄的）：每个数都来自 torch、transformers、rotary-embedding-torch、torchscale、x-transformers、labml-nn
里的函数，脚本只管喂数和取数。没有现成实现的编码在 formulas.py。
"""

import contextlib
import math

from common import fill, heads, identity, normals, numbers, restart, save, widened  # 要在 torch 之前

import torch
from labml_nn.transformers.rope.value_pe import RotaryValuePEMultiHeadAttention
from rotary_embedding_torch import RotaryEmbedding
from torch.nn.functional import scaled_dot_product_attention
from torchscale.component.xpos_relative_position import XPOS
from transformers import (
    DebertaConfig, DebertaV2Config, GPT2Config, GPTJConfig, GPTNeoXConfig, LlamaConfig, MptConfig, T5Config, VitsConfig,
    Wav2Vec2BertConfig, XLNetConfig,
)
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.deberta import modeling_deberta as deberta_v1
from transformers.models.deberta_v2 import modeling_deberta_v2 as deberta_v2
from transformers.models.deprecated.transfo_xl import modeling_transfo_xl as transfo_xl
from transformers.models.distilbert import modeling_distilbert as distilbert
from transformers.models.falcon import modeling_falcon as falcon
from transformers.models.gpt2.modeling_gpt2 import GPT2Model
from transformers.models.gpt_neox import modeling_gpt_neox as gpt_neox
from transformers.models.gptj import modeling_gptj as gptj
from transformers.models.llama import modeling_llama as llama
from transformers.models.m2m_100.modeling_m2m_100 import M2M100SinusoidalPositionalEmbedding
from transformers.models.mpt.modeling_mpt import MptAttention, build_mpt_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention
from transformers.models.vits.modeling_vits import VitsAttention
from transformers.models.wav2vec2_bert.modeling_wav2vec2_bert import Wav2Vec2BertSelfAttention
from transformers.models.xlnet.modeling_xlnet import XLNetModel, XLNetRelativeAttention
from x_transformers.attend import Attend
from x_transformers.x_transformers import CoPE

WIDENED = "float64（把库里写死的 float32 换成 float64 再跑）"


def attend(query, key, value, **options):
    """torch 自己的注意力。权重也由它算：把值换成单位矩阵，输出就是权重。"""
    eye = torch.eye(key.shape[-2], dtype=torch.float64).expand(*key.shape[:-1], -1)
    return (scaled_dot_product_attention(query, key, eye, **options),
            scaled_dot_product_attention(query, key, value, **options))


def by_head(query, key, value, weights, output):
    """[H, L, d] 拆成每个头一份；键值头比查询头少时，同一组共用一份。"""
    group = len(query) // len(key)
    return [dict(query=numbers(query[h]), key=numbers(key[h // group]), value=numbers(value[h // group]),
                 weights=numbers(weights[h]), output=numbers(output[h])) for h in range(len(query))]


def side_by_side(output):
    """[H, L, d] → [L, H·d]"""
    return output.transpose(0, 1).flatten(1)


def falcon_slopes(wide):
    saved = torch.Tensor.bfloat16
    with widened() if wide else contextlib.nullcontext():
        if wide:
            torch.Tensor.bfloat16 = torch.Tensor.double
        try:
            tables = [falcon.build_alibi_tensor(torch.ones(1, 2), h, torch.float64)[:, 0] for h in range(1, 41)]
        finally:
            torch.Tensor.bfloat16 = saved
    return [numbers(table[:, 1] - table[:, 0]) for table in tables]


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
         slopes=slopes, mptSlopes=mpt_slopes, heads=count, biasRows=numbers(bias[:, 0]), attention=attention,
         falconSlopes=falcon_slopes(True), falconShipped=falcon_slopes(False),
         falconNote="falcon.modeling_falcon.build_alibi_tensor，两个词元的偏置之差。falconShipped 是库原样：斜率先化成 bfloat16；"
                    "falconSlopes 去掉这一步，在 float64 里算。Falcon 的注意力算 (q·k + 偏置)/√d，偏置也除以 √d，和别家不同，所以不存它的注意力")


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
         positions=positions, cases=cases, attention=attention, **rope_more())


def rope_more():
    positions = [0, 1, 37, 1000]
    partial = []
    with widened(), torch.no_grad():
        for d, share in ((8, 0.25), (8, 0.5), (16, 0.25), (96, 0.25)):
            x = normals(len(positions), d)
            for base in (10000.0, 500000.0):
                config = GPTNeoXConfig(hidden_size=d, num_attention_heads=1, rotary_pct=share, rotary_emb_base=base)
                module = gpt_neox.GPTNeoXRotaryEmbedding(config)
                cos, sin = module(x, torch.tensor([positions]))
                rotated, _ = gpt_neox.apply_rotary_pos_emb(x[None, None], x[None, None], cos, sin)
                partial.append(dict(dimension=d, rotaryDimension=cos.shape[-1], base=base, pairing="half",
                                    inverseFrequencies=numbers(module.inv_freq), x=numbers(x),
                                    rotated=numbers(rotated[0, 0])))
        for d, rotary in ((8, 4), (16, 8), (16, 2), (80, 32)):
            x = normals(len(positions), d)
            module = gptj.GPTJAttention(GPTJConfig(n_embd=d, n_head=1, rotary_dim=rotary, n_positions=1001), 0).eval()
            for linear in (module.q_proj, module.k_proj, module.v_proj, module.out_proj):
                identity(linear)
            seen, attend_inside = [], module._attn
            module._attn = lambda query, *rest: seen.append(query) or attend_inside(query, *rest)
            module(x[None], position_ids=torch.tensor([positions]))
            partial.append(dict(dimension=d, rotaryDimension=rotary, base=10000.0, pairing="interleaved", x=numbers(x),
                                rotated=numbers(seen[0][0, 0])))

        length, width, count, groups, d = 7, 12, 4, 2, 6
        tokens = normals(length, width)
        wq, wk, wv = normals(count * d, width) / 2, normals(groups * d, width) / 2, normals(groups * d, width) / 2
        # HF 的 convert_llama_weights_to_hf.py 里换行序的那一式；这个脚本不在 pip 包里
        permute = lambda w, n: w.view(n, d // 2, 2, width).transpose(1, 2).reshape(n * d, width)
        config = LlamaConfig(hidden_size=width, num_attention_heads=count, num_key_value_heads=groups, head_dim=d,
                             attention_dropout=0)
        config._attn_implementation = "eager"
        module = llama.LlamaAttention(config, 0).eval()
        module.q_proj.weight.copy_(permute(wq, count)), module.k_proj.weight.copy_(permute(wk, groups))
        module.v_proj.weight.copy_(wv)
        module.o_proj = torch.nn.Identity()
        cos, sin = llama.LlamaRotaryEmbedding(config)(tokens, torch.arange(length)[None])
        mask = torch.full((1, 1, length, length), -math.inf).triu(1)
        output, weights = module(tokens[None], (cos, sin), mask)

        # 原来的权重配交错的旋转（GPT-J 的函数），应当得到同样的注意力
        table = gptj.create_sinusoidal_positions(length, d)[None]
        turn = lambda w, n: gptj.apply_rotary_pos_emb((tokens @ w.T).view(1, length, n, d), *table.chunk(2, dim=-1))
        check = attend(turn(wq, count).transpose(1, 2), turn(wk, groups).transpose(1, 2),
                       (tokens @ wv.T).view(1, length, groups, d).transpose(1, 2), is_causal=True, enable_gqa=True)
        assert (check[0] - weights).abs().max() < 1e-13 and (side_by_side(check[1][0]) - output[0]).abs().max() < 1e-13
        grouped = dict(
            heads=count, keyValueHeads=groups, base=10000.0, tokens=numbers(tokens),
            interleaved=dict(wq=numbers(wq.T), wk=numbers(wk.T), wv=numbers(wv.T)),
            half=dict(wq=numbers(permute(wq, count).T), wk=numbers(permute(wk, groups).T), wv=numbers(wv.T)),
            weights=numbers(weights[0]), output=numbers(output[0]))
    return dict(
        partialPositions=positions, partial=partial, groupedQuery=grouped,
        partialNote="half：gpt_neox.modeling_gpt_neox.GPTNeoXRotaryEmbedding + apply_rotary_pos_emb；"
                    "interleaved：gptj.modeling_gptj.GPTJAttention，投影换成恒等，取送进 _attn 的查询",
        groupedQueryNote="llama.modeling_llama.LlamaAttention，因果，输出投影换成恒等，各头的输出并排。权重写成 词元 @ W 的形状。"
                         "interleaved 是原来的权重，half 是用 HF 转换脚本里的式子换过行序的；两种配法的注意力相同，"
                         "交错的那一种用 gptj.modeling_gptj.apply_rotary_pos_emb 加 torch 的注意力核对过")


def attention():
    length, count, groups, d, dv, width = 7, 4, 2, 4, 3, 12
    q, k, v = normals(length, d), normals(length, d), normals(length, dv)
    single = lambda **options: [part[0] for part in attend(q[None], k[None], v[None], **options)]
    shown = lambda weights, output: dict(query=numbers(q), key=numbers(k), value=numbers(v), weights=numbers(weights),
                                         output=numbers(output))
    causal = shown(*single(is_causal=True))
    keep = torch.tensor([False, True, True, True, True, False, True])
    padded = dict(keep=keep.tolist(), **shown(*single(attn_mask=keep.expand(length, length))))
    both = keep & torch.ones(length, length).tril().bool()
    rows = both.any(1)  # 第 0 行一个键也看不到，不存
    padded_causal = dict(keep=keep.tolist(), rows=[i for i in range(length) if rows[i]])
    weights, output = single(attn_mask=both | ~rows[:, None])
    padded_causal.update(weights=numbers(weights[rows]), output=numbers(output[rows]))

    q2 = normals(3, d)
    weights, output = attend(q2[None], k[None], v[None])
    cross = dict(query=numbers(q2), key=numbers(k), value=numbers(v), weights=numbers(weights[0]), output=numbers(output[0]))

    tokens = normals(length, width)
    wq, wk, wv = normals(width, count * d) / 2, normals(width, groups * d) / 2, normals(width, groups * dv) / 2
    parts = heads(tokens @ wq, count), heads(tokens @ wk, groups), heads(tokens @ wv, groups)
    weights, output = (part[0] for part in attend(*(part[None] for part in parts), enable_gqa=True))
    grouped = dict(heads=count, keyValueHeads=groups, tokens=numbers(tokens), wq=numbers(wq), wk=numbers(wk), wv=numbers(wv),
                   weights=numbers(weights), output=numbers(side_by_side(output)))
    save("attention", [], "float64", 1e-13,
         "torch.nn.functional.scaled_dot_product_attention；权重是把值换成单位矩阵再算一次的输出。keep：哪些键看得到；"
         "paddedCausal 同时有因果掩码，只存看得到键的那些行 rows；grouped：enable_gqa=True，不加因果掩码，投影是 词元 @ W，"
         "查询头 h 用第 ⌊h/2⌋ 个键值头，输出各头并排",
         causal=causal, padded=padded, paddedCausal=padded_causal, cross=cross, grouped=grouped)


def sinusoidal():
    positions = [0, 1, 2, 3, 4, 5, 100, 511]
    saved, cases = torch.FloatTensor, []
    with widened(), torch.no_grad():
        torch.FloatTensor = torch.DoubleTensor
        try:
            for d in (4, 8, 64):
                interleaved = torch.empty(512, d)
                distilbert._create_sinusoidal_embeddings(512, d, interleaved)
                shorter = M2M100SinusoidalPositionalEmbedding.get_embedding(512, d)
                xlnet = XLNetModel(XLNetConfig(vocab_size=2, d_model=d, n_layer=1, n_head=1, d_inner=4))
                concat = xlnet.relative_positional_encoding(1, 511)[:, 0].flip(0)  # 原来从 klen 排到 −qlen + 1 = 0
                other = transfo_xl.PositionalEmbedding(d)(torch.arange(512.0))[:, 0]
                assert (concat - other).abs().max() < 1e-12
                cases.append(dict(dimension=d, interleaved=numbers(interleaved[positions]),
                                  concatShorter=numbers(shorter[positions]), concat=numbers(concat[positions])))
        finally:
            torch.FloatTensor = saved
        length, count, width, d = 6, 2, 8, 4
        tokens, wq, wk, wv = normals(length, width), *(normals(width, count * d) / 2 for _ in range(3))
        torch.FloatTensor = torch.DoubleTensor
        table = torch.empty(length, width)
        try:
            distilbert._create_sinusoidal_embeddings(length, width, table)
        finally:
            torch.FloatTensor = saved
        encoded = tokens + table
        parts = [heads(encoded @ w, count) for w in (wq, wk, wv)]
        weights, output = attend(*parts, is_causal=True)
        run = dict(heads=count, tokens=numbers(tokens), encoded=numbers(encoded), wq=numbers(wq), wk=numbers(wk),
                   wv=numbers(wv), weights=numbers(weights), output=numbers(side_by_side(output)))
    save("sinusoidal", ["transformers"], WIDENED, 1e-12,
         "interleaved（论文，sin、cos 交错）：distilbert.modeling_distilbert._create_sinusoidal_embeddings；"
         "concatShorter（前一半 sin，后一半 cos，指数 i/(d/2−1)）：m2m_100.modeling_m2m_100.M2M100SinusoidalPositionalEmbedding.get_embedding；"
         "concat（同样的排法，指数 2i/d）：xlnet.modeling_xlnet.XLNetModel.relative_positional_encoding，和 "
         "transfo_xl.modeling_transfo_xl.PositionalEmbedding 核对过。行是 positions 里的位置。attention：词元 + interleaved 表"
         "（词元不乘 √d），torch 的注意力，因果",
         positions=positions, cases=cases, attention=run)


def learned():
    length, count, width, rows = 6, 2, 8, 10
    with widened(), torch.no_grad():
        module = fill(GPT2Model(GPT2Config(vocab_size=11, n_positions=rows, n_embd=width, n_layer=1, n_head=count))).double()
        ids = torch.tensor([[3, 0, 7, 7, 10, 1]])
        sums = [module(ids, position_ids=torch.arange(start, start + length)[None],
                       output_hidden_states=True).hidden_states[0][0] for start in (0, 4)]
        wq, wk, wv = (normals(width, width) / 4 for _ in range(3))
        parts = [heads(sums[0] @ w, count) for w in (wq, wk, wv)]
        weights, output = attend(*parts, is_causal=True)
    save("learned", ["transformers"], WIDENED, 1e-12,
         "gpt2.modeling_gpt2.GPT2Model 进第 0 层之前的隐藏状态：tokens + table 的行。encoded 从位置 0 数起，"
         "shifted 从位置 4 数起；attention：encoded 的投影，torch 的注意力，因果，输出各头并排",
         table=numbers(module.wpe.weight), tokens=numbers(module.wte.weight[ids[0]]), encoded=numbers(sums[0]),
         shifted=dict(start=4, encoded=numbers(sums[1])),
         attention=dict(heads=count, wq=numbers(wq), wk=numbers(wk), wv=numbers(wv), weights=numbers(weights),
                        output=numbers(side_by_side(output))))


def transformer_xl():
    length, count, d, h = 7, 2, 4, 1
    width = count * d
    with widened(), torch.no_grad():
        config = XLNetConfig(vocab_size=2, d_model=width, n_layer=1, n_head=count, d_inner=4, attn_type="bi", dropout=0)
        model = XLNetModel(config).double().eval()
        module = fill(model.layer[0].rel_attn)
        module.r_w_bias.copy_(normals(count, d)), module.r_r_bias.copy_(normals(count, d))
        hidden = normals(length, 1, width) / 2
        rows = model.relative_positional_encoding(length, length, 1)
        project = lambda x, weight: torch.einsum("ibh,hnd->ibnd", x, weight)
        q, k, v, r = project(hidden, module.q), project(hidden, module.k), project(hidden, module.v), project(rows, module.r)
        output, weights = module.rel_attn_core(q, k, v, r, output_attentions=True)
        assert (module(hidden, None, None, None, rows, None, output_attentions=True)[2] - weights).abs().max() < 1e-15
        xlnet = dict(causal=False, distances=list(range(length, -length, -1)), query=numbers(q[:, 0, h]),
                     key=numbers(k[:, 0, h]), value=numbers(v[:, 0, h]), u=numbers(module.r_w_bias[h]),
                     v=numbers(module.r_r_bias[h]), positions=numbers(rows[:, 0]), projection=numbers(module.r[:, h]),
                     projected=numbers(r[:, 0, h]), weights=numbers(weights[:, :, 0, h]), output=numbers(output[:, 0, h]))

        module = fill(transfo_xl.RelPartialLearnableMultiHeadAttn(count, width, d, 0.0)).double()
        module.r_w_bias.copy_(normals(count, d)), module.r_r_bias.copy_(normals(count, d))
        seen = []
        module.o_net.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
        hidden = normals(length, 1, width) / 2
        rows = transfo_xl.PositionalEmbedding(width)(torch.arange(length - 1, -1, -1.0))
        mask = torch.ones(length, length).triu(1)[:, :, None]
        weights = module(hidden, rows, attn_mask=mask, output_attentions=True)[1]
        q, k, v = (heads(part, count)[h] for part in module.qkv_net(hidden)[:, 0].chunk(3, dim=-1))
        causal = dict(causal=True, distances=list(range(length - 1, -1, -1)), query=numbers(q), key=numbers(k),
                      value=numbers(v), u=numbers(module.r_w_bias[h]), v=numbers(module.r_r_bias[h]),
                      positions=numbers(rows[:, 0]), projection=numbers(module.r_net.weight[h * d:(h + 1) * d].T),
                      projected=numbers(heads(module.r_net(rows)[:, 0], count)[h]), weights=numbers(weights[:, :, 0, h]),
                      output=numbers(heads(seen[0][:, 0], count)[h]))

        whole = lambda x: [[int(n) for n in row] for row in x]
        grid = torch.arange(1, 13).view(3, 4)  # 3 个查询、4 个键
        wide = torch.arange(1, 22).view(3, 7)  # XLNet：klen + qlen = 7 列
        shift = dict(
            transformerXL=dict(input=whole(grid), shifted=whole(module._rel_shift(grid[:, :, None, None])[:, :, 0, 0])),
            xlnet=dict(input=whole(wide), keys=4, shifted=whole(xlnet_shift(wide))))
    save("transformer_xl", ["transformers"], WIDENED, 1e-12,
         "xlnet：xlnet.modeling_xlnet.XLNetRelativeAttention.rel_attn_core，双向，没有分段项；transformerXL："
         "transfo_xl.modeling_transfo_xl.RelPartialLearnableMultiHeadAttn，因果；都取第 1 个头。u 加在内容项的查询上"
         "（r_w_bias），v 加在位置项的查询上（r_r_bias）。positions 的第 n 行是距离 distances[n]（查询 − 键）的三角式向量"
         "（前一半 sin，后一半 cos），projected = positions @ projection。relShift：两家的斜移函数作用在整数矩阵上，"
         "transformerXL 的前几行右上角那几个数不属于这一行，本来就要被掩码盖住",
         xlnet=xlnet, transformerXL=causal, relShift=shift)


def xlnet_shift(x):
    both = (XLNetRelativeAttention.rel_shift_bnij(x[None, None], klen=4)[0, 0],
            XLNetRelativeAttention.rel_shift(x[:, :, None, None], klen=4)[:, :, 0, 0])
    assert torch.equal(*both)
    return both[0]


def deberta():
    def bucket_changes(size, limit):
        distances = torch.arange(-600, 601)
        shipped = deberta_v2.make_log_bucket_position(distances, size, limit).long()
        with widened():
            double = deberta_v2.make_log_bucket_position(distances, size, limit).long()
        ids = shipped.tolist()
        changes = [[int(t), b] for i, (t, b) in enumerate(zip(distances, ids)) if i == 0 or b != ids[i - 1]]
        return dict(buckets=size, maxPosition=limit, changes=changes,
                    float64Differs=[int(t) for t in distances[shipped != double]])

    length, count, d, h = 11, 2, 4, 1
    width = count * d
    everyone = torch.ones(1, 1, length, length)
    runs = []
    with widened(), torch.no_grad():
        for kinds, buckets, limit in ((["c2p", "p2c"], -1, 4), (["c2p", "p2c"], 6, 16), (["c2p"], -1, 4), (["p2c"], -1, 4)):
            module = fill(deberta_v2.DisentangledSelfAttention(DebertaV2Config(
                hidden_size=width, num_attention_heads=count, relative_attention=True, share_att_key=True,
                position_buckets=buckets, max_relative_positions=limit, pos_att_type=kinds))).double()
            span = module.pos_ebd_size
            hidden, table = normals(1, length, width) / 2, normals(2 * span, width) / 2
            output, weights = module(hidden, everyone, output_attentions=True, rel_embeddings=table)
            pick = lambda linear, x: numbers(heads(linear(x), count)[h])
            runs.append(dict(version=2, types=kinds, buckets=buckets, maxRelativePositions=limit, span=span,
                             query=pick(module.query_proj, hidden[0]), key=pick(module.key_proj, hidden[0]),
                             value=pick(module.value_proj, hidden[0]), relativeKeys=pick(module.key_proj, table),
                             relativeQueries=pick(module.query_proj, table), weights=numbers(weights[0, h]),
                             output=numbers(heads(output[0], count)[h])))
        module = fill(deberta_v1.DisentangledSelfAttention(DebertaConfig(
            hidden_size=width, num_attention_heads=count, relative_attention=True, max_relative_positions=4,
            pos_att_type=["c2p", "p2c"]))).double()
        hidden, table = normals(1, length, width) / 2, normals(8, width) / 2
        distances = deberta_v1.build_relative_position(hidden, hidden)
        output, weights = module(hidden, everyone, output_attentions=True, rel_embeddings=table, relative_pos=distances)
        q, k, v = heads(module.in_proj(hidden)[0], count)[h].chunk(3, dim=-1)
        runs.append(dict(version=1, types=["c2p", "p2c"], buckets=-1, maxRelativePositions=4, span=4, query=numbers(q),
                         key=numbers(k), value=numbers(v), relativeKeys=pick(module.pos_proj, table),
                         relativeQueries=pick(module.pos_q_proj, table), weights=numbers(weights[0, h]),
                         output=numbers(heads(output[0], count)[h])))
    save("deberta", ["transformers"], "桶号：float32（库原样）；注意力：" + WIDENED, 1e-12,
         "attention：deberta_v2、deberta 的 DisentangledSelfAttention，双向，第 1 个头。relativeKeys、relativeQueries 有 2·span 行，"
         "第 n 行是距离（或桶号）n − span，距离是 查询 − 键；取 clamp(距离 + span, 0, 2·span − 1) 那一行。"
         "c2p：查询 · relativeKeys；p2c：键 · relativeQueries，两项用同一个行号（代码如此，论文的 p2c 用相反的距离）。"
         "三项一起除以 √(d·(1 + 项数))。logBuckets：deberta_v2.make_log_bucket_position，距离 −600…600，"
         "只存桶号改变的地方 [距离, 桶号]，桶号还没有截断；float64Differs 是换成双精度后桶号不同的距离",
         attention=runs, logBuckets=[bucket_changes(*pair) for pair in ((256, 512), (32, 128), (6, 16))])


def xpos():
    cases = []
    with widened(), torch.no_grad():
        for d, scale_base, positions in ((8, 512, [0, 1, 5, 512, 1029]), (4, 512, [0, 3, 700]), (6, 8, [0, 1, 2, 7, 20])):
            length = max(positions) + 1
            q, k = torch.zeros(length, d), torch.zeros(length, d)
            q[positions], k[positions] = normals(len(positions), d), normals(len(positions), d)
            embedding = RotaryEmbedding(d, use_xpos=True, xpos_scale_base=scale_base, cache_if_possible=False)
            rotated = [part[0, 0] for part in embedding.rotate_queries_and_keys(q[None, None], k[None, None])]
            scores = (rotated[0] @ rotated[1].T)[positions][:, positions]
            module = XPOS(d, scale_base).double()
            other = module(q[None])[0] @ module(k[None], downscale=True)[0].T
            assert (other[positions][:, positions] - scores).abs().max() < 1e-11
            cases.append(dict(dimension=d, scaleBase=scale_base, centre=length // 2, scale=numbers(embedding.scale),
                              positions=positions, query=numbers(q[positions]), key=numbers(k[positions]),
                              rotatedQuery=numbers(rotated[0][positions]), rotatedKey=numbers(rotated[1][positions]),
                              scores=numbers(scores)))
        length, d = 8, 4
        q, k, v = normals(length, d), normals(length, d), normals(length, d)
        embedding = RotaryEmbedding(d, use_xpos=True, xpos_scale_base=16, cache_if_possible=False)
        weights, output = attend(*embedding.rotate_queries_and_keys(q[None, None], k[None, None]), v[None, None], is_causal=True)
        run = dict(scaleBase=16, query=numbers(q), key=numbers(k), value=numbers(v), weights=numbers(weights[0, 0]),
                   output=numbers(output[0, 0]))
    save("xpos", ["rotary-embedding-torch", "torchscale"], WIDENED, 1e-11,
         "rotary_embedding_torch.RotaryEmbedding(use_xpos=True).rotate_queries_and_keys，交错配对，底数 10000。"
         "位置 p 的查询乘 scale^((p − centre)/scaleBase)，键除以它；centre 是整段长度的一半（向下取整），只影响旋转后的向量，"
         "不影响分数。scores = rotatedQuery · rotatedKey，没有除以 √d，也没有掩码；和 torchscale 的 XPOS（另一种 centre）核对过分数。"
         "attention：旋转后交给 torch 的注意力，因果",
         cases=cases, attention=run)


def cope():
    length, count, d, runs = 8, 2, 4, []
    with widened(), torch.no_grad():
        for most in (4, 12):
            module = fill(CoPE(d, count, most)).double()
            q, k, v = normals(1, count, length, d), normals(1, count, length, d), normals(1, count, length, d)
            output, inside = Attend(causal=True, heads=count, cope=module)(q, k, v)
            runs.append(dict(positions=most, table=numbers(module.pos_emb),
                             heads=by_head(q[0], k[0], v[0], inside.post_softmax_attn[0], output[0])))
    save("cope", ["x-transformers"], WIDENED, 1e-12,
         "x_transformers.attend.Attend(causal=True, cope=CoPE)，分数不截断。table 有 positions 行，第 n 行是位置 n；"
         "两个头共用一张表。positions = 4 时靠前的键碰到上限 3，positions = 12 时碰不到",
         runs=runs)


def vo_rope():
    length, count, d, h, runs = 8, 2, 8, 1, []
    with widened(), torch.no_grad():
        for share, value_share, is_causal in ((0.0, 1.0, True), (1.0, 1.0, True), (0.5, 0.5, False)):
            module = fill(RotaryValuePEMultiHeadAttention(count, count * d, share, value_share)).double()
            identity(module.output)
            hidden = normals(length, 1, count * d) / 2
            mask = torch.ones(length, length).tril()[:, :, None] if is_causal else None
            output = module(query=hidden, key=hidden, value=hidden, mask=mask)
            part = lambda linear: numbers(linear(hidden)[:, 0, h])
            runs.append(dict(causal=is_causal, rotaryDimension=int(d * share), valueRotaryDimension=int(d * value_share),
                             query=part(module.query), key=part(module.key), value=part(module.value),
                             weights=numbers(module.attn[:, :, 0, h]), output=numbers(heads(output[:, 0], count)[h])))
    save("vo_rope", ["labml-nn"], WIDENED, 1e-12,
         "labml_nn.transformers.rope.value_pe.RotaryValuePEMultiHeadAttention，第 1 个头，输出投影换成恒等，底数 10000，half 配对。"
         "值的前 valueRotaryDimension 维按键的位置旋转，加权求和之后按查询的位置转回来；查询和键的前 rotaryDimension 维"
         "照 RoPE 旋转（0 就是不转）",
         runs=runs)


if __name__ == "__main__":
    for make in (alibi, t5, shaw, rope, attention, sinusoidal, learned, transformer_xl, deberta, xpos, cope, vo_rope):
        restart()
        make()
