"""生成 configs.json 和 configs_v5.json（要读的文件）、readings_v4.json 和 readings_v5*.json（读出来的数）。

同一个脚本在两个环境里各跑一次，先 4 后 5；怎么跑见同目录的 README.md。要读的文件在 config_specs.py。

期望值都是 transformers 自己算的：配置类读文件；模型搭在 meta 设备上（不占内存），跑一遍前向，看每层的注意力真正收到了什么
（哪一份角频率、查询多宽、分数乘多少）；角频率取自模型自己的 RotaryEmbedding。脚本里的 derive 从公式另写一遍，只用来核对。
"""

import contextlib
import copy
import inspect
import json
import logging
import math
import re
import sys
import warnings

from common import HERE, identity, numbers, restart, widened  # 要在 torch 之前
from config_specs import SPECS
from frequency_table import Vectors, save_relative

import numpy as np
import torch
import transformers
from transformers import AutoConfig, AutoModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS  # noqa: F401

MAJOR = int(transformers.__version__.split(".")[0])
WIDENED = "角频率：float64（把库里写死的 float32 换成 float64 再跑）；shipped 是库原样的 float32"
ROTATIONS = ("apply_rotary_pos_emb", "apply_rotary_pos_emb_interleave", "apply_rotary_emb", "apply_multimodal_rotary_pos_emb")
BIASED = {  # 没有旋转的类型：编码写在哪个函数里
    "t5": ("t5", "t5.modeling_t5.T5Attention.compute_bias"),
    "mt5": ("t5", "mt5.modeling_mt5.MT5Attention.compute_bias"),
    "umt5": ("t5", "umt5.modeling_umt5.UMT5Attention.compute_bias"),
    "longt5": ("t5", "longt5.modeling_longt5.LongT5Attention.compute_bias"),
    "deberta": ("deberta", "deberta.modeling_deberta.DisentangledSelfAttention"),
    "deberta-v2": ("deberta", "deberta_v2.modeling_deberta_v2.DisentangledSelfAttention"),
    "bloom": ("alibi", "bloom.modeling_bloom.build_alibi_tensor"),
    "mpt": ("alibi", "mpt.modeling_mpt.build_mpt_alibi_tensor"),
    "bert": ("learned", "bert.modeling_bert.BertEmbeddings"),
    "roberta": ("learned", "roberta.modeling_roberta.RobertaEmbeddings"),
    "xlm-roberta": ("learned", "xlm_roberta.modeling_xlm_roberta.XLMRobertaEmbeddings"),
    "gpt2": ("learned", "gpt2.modeling_gpt2.GPT2Model"),
}

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
logging.disable(logging.CRITICAL)


# ---------------------------------------------------------------- 要读的文件

def merge(base, over):
    """over 盖在 base 上；两边都是字典的（text_config 这类）往里合，别的整个换掉。"""
    out = dict(base)
    for key, value in over.items():
        inside = key.endswith("_config") and isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merge(out[key], value) if inside else value
    return out


def text_of(spec):
    """配置类补齐别的字段，再把知道的字段原样盖上去（配置类会改写有些字段）。"""
    if spec.get("bare"):
        return spec["fields"]
    made = AutoConfig.for_model(spec["type"], **copy.deepcopy(spec["fields"]))
    text = json.loads(made.to_json_string(use_diff=True))
    text.pop("transformers_version", None)
    return merge(text, spec["fields"])


def native_text(config):
    text = json.loads(config.to_json_string(use_diff=True))
    text.pop("transformers_version", None)
    text.pop("time_step_limit", None)  # Granite-4-H：里面的无穷大 5.23.0 写得出、读不回
    return text


def read(text):
    """和 AutoConfig.from_pretrained 一样：按 model_type 找类，整个字典交给它。"""
    text = copy.deepcopy(text)
    return transformers.CONFIG_MAPPING[text["model_type"]].from_dict(text)


# ---------------------------------------------------------------- 一层一层地看

class Probe(torch.nn.Module):
    """顶替模型里的 RotaryEmbedding：照样给出余弦和正弦（meta 上的空壳），记下是谁给的。"""

    def __init__(self, path, real):
        super().__init__()
        self.path, self.kept = path, [real]

    def forward(self, x, position_ids=None, layer_type=None, **rest):
        real = self.kept[0]
        more = {} if layer_type is None else {"layer_type": layer_type}
        if "seq_len" in rest:
            made = real(torch.zeros(1, 1), seq_len=2)
        else:
            made = real(torch.zeros(1, 1), torch.zeros(position_ids.shape, dtype=torch.long), **more)
        tagged = []
        for part in made if isinstance(made, tuple) else (made,):
            empty = torch.empty_like(part, device="meta")
            empty.made_by = (self.path, layer_type)
            tagged.append(empty)
        return tuple(tagged) if isinstance(made, tuple) else tagged[0]


class Through(torch.nn.Module):
    """顶替前馈层：原样送过去。"""

    def __init__(self, pair):
        super().__init__()
        self.pair = pair

    def forward(self, x=None, *_, hidden_states=None, **__):
        x = hidden_states if x is None else x
        return (x, None) if self.pair else x


def returns_pair(module):
    return bool(re.search(r"return \w+, \w+", inspect.getsource(type(module).forward)))


def layers_of(model, config):
    count = config.num_hidden_layers
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == count and name.split(".")[-1] in ("layers", "h", "block", "blocks", "layer"):
            return module
    raise AssertionError([name for name, m in model.named_modules() if isinstance(m, torch.nn.ModuleList)])


def rebuild(module):
    """在 CPU 上照同一份配置再搭一个 RotaryEmbedding。"""
    keys = set(inspect.signature(type(module).__init__).parameters) - {"self", "device"}
    if "config" not in keys:
        return None
    more = {"rope_type": module.rope_type} if "rope_type" in keys else {}  # 4 版的 OLMo-3：两个，一个强制 default
    assert keys <= {"config", "rope_type"}, keys
    return type(module)(config=module.config, **more)


def look(config):
    """每层一条：收到哪一份角频率、注意力里的查询多宽、分数乘多少、滑动窗口。"""
    config = copy.deepcopy(config)
    for name in ("n_routed_experts", "num_local_experts", "num_experts"):  # 专家和位置无关，少搭几个
        if getattr(config, name, None):
            setattr(config, name, min(8, getattr(config, name)))
    with torch.device("meta"):
        model = AutoModel.from_config(config, attn_implementation="eager").eval()
    source = inspect.getmodule(type(model))
    layers = layers_of(model, config)
    found, current = [[] for _ in layers], [None]
    rotary = {}
    for path, module in list(model.named_modules()):
        if "Rotary" in type(module).__name__:
            rotary[path] = module
            parent = model.get_submodule(path.rpartition(".")[0])
            setattr(parent, path.rpartition(".")[2], Probe(path, rebuild(module)))
    for index, layer in enumerate(layers):
        layer.register_forward_pre_hook(lambda *_, index=index: current.__setitem__(0, index))
        for name in ("mlp", "feed_forward", "block_sparse_moe", "mamba"):
            if getattr(layer, name, None) is not None:
                setattr(layer, name, Through(returns_pair(getattr(layer, name))))
    for path, module in list(model.named_modules()):  # 这种归一化里有 autocast，meta 上跑不了
        if type(module).__name__ == "NemotronLayerNorm1P":
            setattr(model.get_submodule(path.rpartition(".")[0]), path.rpartition(".")[2], Through(False))
    aside = [False]  # DeepSeek-V3.2 挑词元的小模块另转一次，不是注意力
    for module in layers.modules():
        if type(module).__name__.endswith("Indexer"):
            module.register_forward_pre_hook(lambda *_: aside.__setitem__(0, True))
            module.register_forward_hook(lambda *_: aside.__setitem__(0, False))
    if hasattr(model, "_update_mamba_mask"):  # 要看掩码里的数，meta 上没有
        model._update_mamba_mask = lambda *_: None
    modules = {source, *(inspect.getmodule(type(m)) for m in layers.modules())}
    modules = [m for m in modules if m.__name__.startswith("transformers.models")]
    saved = []

    def watch(name, original):
        def rotated(*args, **kwargs):
            q = args[0]
            made_by = next((x.made_by for x in (*args, *kwargs.values()) if hasattr(x, "made_by")), ("unknown", None))
            if not aside[0]:
                found[current[0]].append(dict(rotation=name, made_by=made_by, width=q.shape[-1]))
            return original(*args, **kwargs)
        return rotated

    def watch_attention(original):
        names = list(inspect.signature(original).parameters)

        def attended(*args, **kwargs):
            bound = {**dict(zip(names, args)), **kwargs}
            found[current[0]].append(dict(query=bound["query"].shape[-1] if "query" in bound else None,
                                          scaling=bound.get("scaling"), window=bound.get("sliding_window")))
            return original(*args, **kwargs)
        return attended

    for module in modules:
        for name in (*ROTATIONS, "eager_attention_forward"):
            if callable(getattr(module, name, None)):
                original = getattr(module, name)
                saved.append((module, name, original))
                setattr(module, name, watch_attention(original) if name == "eager_attention_forward" else watch(name, original))
    for module in model.modules():  # 5 版把旋转函数挂在模块上
        if hasattr(module, "rotary_fn"):
            module.rotary_fn = getattr(inspect.getmodule(type(module)), "apply_rotary_pos_emb")
    try:
        run(model, config)
    finally:
        for module, name, original in saved:
            setattr(module, name, original)
    return model, layers, rotary, found


def run(model, config):
    width = getattr(config, "hidden_size", None) or config.n_embd
    length = 2
    tokens = torch.empty(1, length, width, device="meta")
    ids = torch.zeros(1, length, dtype=torch.long, device="meta")
    causal = torch.zeros(1, 1, length, length, device="meta")
    plain = torch.ones(1, length, dtype=torch.long, device="meta")
    attempts = []
    for mask in (causal, plain, None):
        for more in (dict(position_ids=ids, use_cache=False), dict(use_cache=False), {}):
            if "per_layer_inputs" in inspect.signature(model.forward).parameters and getattr(config, "hidden_size_per_layer_input", 0):
                more = dict(more, per_layer_inputs=torch.empty(1, length, config.num_hidden_layers, config.hidden_size_per_layer_input, device="meta"))
            try:
                with torch.no_grad():
                    model(inputs_embeds=tokens, attention_mask=mask, **more)
                return
            except Exception as error:  # noqa: BLE001
                attempts.append(f"{type(error).__name__}: {error}"[:300])
    raise RuntimeError("；".join(dict.fromkeys(attempts)))


def exposed(layer):
    """注意力模块：自己写着的分数倍数，和头的维数。"""
    for module in layer.modules():
        if re.search(r"Attention$", type(module).__name__) and any(hasattr(module, n) for n in ("q_proj", "qkv", "query_key_value", "qkv_proj", "Wqkv", "q_a_proj", "W_pack")):
            return module
    for module in layer.modules():
        if "Attention" in type(module).__name__:
            return module
    return None


# ---------------------------------------------------------------- 角频率

def frequencies(module, layer_type, length, axes):
    """一份新搭的 RotaryEmbedding，前向一次（最大的位置是 length − 1），取出角频率和倍数。

    位置 1 的角度就是角频率，(cos, sin) 的长度就是倍数：以前向真正给出的为准，它和模块里存的一样时用存的（位数更全）。
    """
    real = rebuild(module)
    prefix = "" if layer_type is None else f"{layer_type}_"
    kind = real.rope_type if layer_type is None else real.rope_type[layer_type]
    if "seq_len" in inspect.signature(real.forward).parameters:  # 4 版的 PhiMoE 每次现算，不存
        inside, scaling = real.rope_init_fn(real.config, torch.device("cpu"), length)
        if length is None:
            return inside, None, kind
        made = real(torch.zeros(1, 1), seq_len=length)
        given = [part[1] for part in made]
    else:
        if length is not None:
            ids = torch.tensor([[length - 1, 1]])
            ids = ids.expand(3, 1, 2) if axes else ids
            more = {} if layer_type is None else {"layer_type": layer_type}
            made = real(torch.zeros(1, 1), ids, **more)
            given = [part[0, 0, 1] if axes and part.ndim == 4 else part[0, 1] for part in (made if isinstance(made, tuple) else (made.real, made.imag))]
        scaling = getattr(real, f"{prefix}attention_scaling", None)
        scaling = float(getattr(real, "attention_scaling", None) if scaling is None else scaling)
        inside = getattr(real, f"{prefix}inv_freq")
        if length is None:
            return inside, scaling, kind
    cos, sin = (part.double() for part in given)
    n = len(inside)
    if len(cos) == 2 * n:
        tiled = torch.equal(cos[:n], cos[n:]) and torch.equal(sin[:n], sin[n:])
        assert tiled or torch.equal(cos[0::2], cos[1::2])
        cos, sin = (cos[:n], sin[:n]) if tiled else (cos[0::2], sin[0::2])
    radius, angle = torch.hypot(cos, sin), torch.atan2(sin, cos)
    exact = inside.dtype == torch.float64
    if torch.isfinite(inside).all() and not torch.allclose(angle, inside.double(), rtol=1e-12 if exact else 1e-5, atol=0):
        inside = angle if exact else angle.float()
    if not torch.allclose(radius, torch.full_like(radius, scaling), rtol=1e-12 if exact else 1e-5, atol=0) and torch.isfinite(radius).all():
        written = getattr(real.config, "rope_scaling" if MAJOR == 4 else "rope_parameters").values()
        near = [x for x in written if isinstance(x, float) and abs(x - float(radius[0])) < 1e-5 * x]
        scaling = near[0] if near else float(radius[0])
    return inside, scaling, kind


def parameters(module, layer_type):
    """配置类整理好之后的参数，只用来核对和说明。"""
    config = module.config
    if MAJOR == 4:
        given = dict(getattr(config, "rope_scaling", None) or {})
        given["rope_theta"] = getattr(config, "rope_theta", None)
        if getattr(config, "partial_rotary_factor", None) is not None:
            given["partial_rotary_factor"] = config.partial_rotary_factor
        if getattr(config, "original_max_position_embeddings", None):
            given["top_original"] = config.original_max_position_embeddings
    else:
        given = dict(config.rope_parameters if layer_type is None else config.rope_parameters[layer_type])
    given["max_position_embeddings"] = config.max_position_embeddings
    return {key: value for key, value in given.items() if not isinstance(value, (list, dict))}, given


def derive(kind, d, given, length, truncate=True):
    """从公式另写一遍（NumPy，float64）：只用来核对 widened 的结果。"""
    base, top = float(given["rope_theta"]), given["max_position_embeddings"]
    plain = base ** (-np.arange(0, d, 2) / d)
    if kind in ("default", "mrope"):
        return plain
    if kind == "linear":
        return plain / given["factor"]
    if kind == "dynamic":
        seq = max(length or top, top)
        scale = (given["factor"] * seq / top - (given["factor"] - 1)) ** (d / (d - 2))
        return (base * scale) ** (-np.arange(0, d, 2) / d)
    if kind == "ntk_alpha":
        return (base * given["alpha"] ** (d / (d - 2))) ** (-np.arange(0, d, 2) / d)
    original = given.get("top_original") if MAJOR == 4 and kind == "longrope" else None
    original = original or (given.get("original_max_position_embeddings") if not (MAJOR == 4 and kind == "longrope") else None) or top
    if kind == "longrope":
        table = given["long_factor" if length is not None and length > original else "short_factor"]
        return plain / np.array(table)
    factor = given.get("factor") or top / original
    if kind == "yarn":
        turns = lambda r: d * np.log(original / (2 * np.pi * r)) / (2 * np.log(base))
        low, high = turns(given.get("beta_fast") or 32), turns(given.get("beta_slow") or 1)
        if given.get("truncate", truncate):
            low, high = np.floor(low), np.ceil(high)
        low, high = max(low, 0), min(high, d - 1)
        high += 0.001 if low == high else 0
        ramp = np.clip((np.arange(d // 2) - low) / (high - low), 0, 1)
        return plain * (1 - ramp) + plain / factor * ramp
    if kind == "llama3":
        waves = 2 * np.pi / plain
        low, high = given["low_freq_factor"], given["high_freq_factor"]
        blend = np.clip((original / waves - low) / (high - low), 0, 1) if high != low else (waves < original / high).astype(float)
        return plain / factor * (1 - blend) + plain * blend
    if kind == "proportional":
        count = int(given.get("partial_rotary_factor", 1.0) * d // 2)
        return np.where(np.arange(d // 2) < count, plain, 0) / given.get("factor", 1.0)
    return None


def pairing(source, name):
    """拿基向量试一次旋转：和第 0 维转到同样两格里去的是第几维。1 是交错，d/2 是前后两半。"""
    function, d, angles = getattr(source, name), 8, torch.tensor([0.3, 0.5, 0.7, 0.9], dtype=torch.float64)
    names = list(inspect.signature(function).parameters)
    every_two = "tensor" in names  # GPT-J：apply_rotary_pos_emb(tensor, sin, cos)
    maker = [n for n, c in vars(source).items() if n.endswith("RotaryEmbedding") and inspect.isclass(c)]
    interleaved_table = any("repeat_interleave" in inspect.getsource(getattr(source, n)) for n in maker if getattr(source, n) is not object)
    spread = angles.repeat_interleave(2) if interleaved_table else torch.cat([angles, angles])
    if "gpt_oss" in source.__name__:
        spread = angles
    cos, sin = spread.cos()[None, None], spread.sin()[None, None]
    x = torch.eye(d, dtype=torch.float64)[:, None, None]  # [d 个样本, 头, 位置, d]
    if every_two:
        out = function(x, angles.sin()[None, None], angles.cos()[None, None])
    elif "freqs_cis" in names:
        out = function(x, x, torch.polar(torch.ones_like(angles), angles)[None, None])[0]
    elif "mrope_section" in names:
        out = function(x, x, cos.expand(3, 1, -1)[:, None], sin.expand(3, 1, -1)[:, None], [2, 1, 1])[0]
    elif "x" in names:
        out = function(x, cos, sin)
    elif "position_ids" in names and inspect.signature(function).parameters["position_ids"].default is inspect.Parameter.empty:
        out = function(x, x, cos[0], sin[0], torch.zeros(1, 1, dtype=torch.long))[0]
    else:
        out = function(x, x, cos, sin)[0]
    touched = [frozenset(torch.nonzero(row.flatten()).flatten().tolist()) for row in out]
    partner = [n for n in range(1, d) if touched[n] == touched[0]]
    return {1: "interleaved", d // 2: "half"}[partner[0]], sorted(touched[0])


# ---------------------------------------------------------------- 一个文件

def gptj(config, vectors, lengths):
    from transformers.models.gptj import modeling_gptj as source
    module = source.GPTJAttention(config, 0)
    shape = module.embed_positions.shape
    with widened():
        sin, cos = source.create_sinusoidal_positions(2, shape[1])[1].chunk(2)
        wide = torch.atan2(sin, cos)
    sin, cos = source.create_sinusoidal_positions(2, shape[1])[1].chunk(2)
    index = vectors.add(wide, torch.atan2(sin, cos))
    return [dict(encoding="rope", module="GPTJAttention.embed_positions", ropeType="default", pairing="interleaved",
                 rotation="modeling_gptj.apply_rotary_pos_emb", rotaryDimension=shape[1], headDimension=module.head_dim,
                 scaling=float(1 / module.scale_attn), inverseFrequencies=[index] * len(lengths), attentionFactor=[1.0] * len(lengths))] * config.n_layer


def biased(config, kind):
    name, where = BIASED[kind]
    if kind in ("t5", "mt5", "umt5", "longt5"):
        with torch.device("meta"):
            model = AutoModel.from_config(config)
        blocks = [[m for m in block.modules() if hasattr(m, "has_relative_attention_bias")][0] for block in model.encoder.block]
        module, tables = blocks[0], sum(m.has_relative_attention_bias for m in blocks)
        return [dict(encoding=name, where=where, headDimension=module.key_value_proj_dim, scaling=getattr(module, "scaling", None), heads=module.n_heads,
                     buckets=module.relative_attention_num_buckets, maxDistance=module.relative_attention_max_distance, tables=tables,
                     localRadius=getattr(module, "local_radius", None), globalBlock=getattr(module, "global_block_size", None))] * config.num_layers
    if kind.startswith("deberta"):
        source = sys.modules[AutoModel._model_mapping[type(config)].__module__]
        with torch.device("meta"):
            module = source.DisentangledSelfAttention(config)
        return [dict(encoding=name, where=where, headDimension=module.attention_head_size, heads=module.num_attention_heads, types=list(module.pos_att_type),
                     relativeAttention=module.relative_attention, buckets=getattr(module, "position_buckets", -1),
                     maxRelativePositions=getattr(module, "max_relative_positions", None), span=getattr(module, "pos_ebd_size", None),
                     sharedKey=getattr(module, "share_att_key", False), scaling=None)] * config.num_hidden_layers
    if kind == "bloom":
        from transformers.models.bloom.modeling_bloom import BloomAttention, build_alibi_tensor
        with torch.device("meta"):
            module = BloomAttention(config, 0)
        with widened():
            table = build_alibi_tensor(torch.ones(1, 2), config.n_head, torch.float64)[:, 0]
        return [dict(encoding=name, where=where, headDimension=module.head_dim, scaling=module.inv_norm_factor, heads=config.n_head,
                     slopes=numbers(table[:, 1] - table[:, 0]))] * config.n_layer
    if kind == "mpt":
        from transformers.models.mpt.modeling_mpt import MptAttention, MptModel, build_mpt_alibi_tensor
        with torch.device("meta"):
            module = MptAttention(config)
        attn = config.attn_config
        with widened():  # 和 MptModel.forward 一样叫：它不看 alibi，也不看 alibi_bias_max
            table = MptModel.build_mpt_alibi_tensor(None, config.n_heads, 2)[:, 0].double()
            other = build_mpt_alibi_tensor(config.n_heads, 2, alibi_bias_max=attn.alibi_bias_max)[:, 0].double()
        difference = lambda x: numbers(x[:, 1] - x[:, 0])
        return [dict(encoding=name, where=where, headDimension=module.head_dim, scaling=module.softmax_scale, heads=config.n_heads, alibiField=attn.alibi,
                     biasMaxField=attn.alibi_bias_max, slopes=difference(table),
                     slopesFromField=None if torch.equal(table, other) else difference(other))] * config.n_layers
    source = AutoModel._model_mapping[type(config)]
    with torch.device("meta"):
        model = source(config)
    rows = [tuple(m.weight.shape) for n, m in model.named_modules() if n.split(".")[-1] in ("position_embeddings", "wpe")]
    module = exposed(layers_of(model, config)[0])
    head = getattr(module, "attention_head_size", getattr(module, "head_dim", None))
    inner = next(m for m in module.modules() if hasattr(m, "attention_head_size") or hasattr(m, "head_dim"))
    head = getattr(inner, "attention_head_size", getattr(inner, "head_dim", None))
    scales = [gpt2_scale(config, n) if kind == "gpt2" else getattr(inner, "scaling", None) for n in range(config.num_hidden_layers)]
    return [dict(encoding=name, where=where, headDimension=head, scaling=scaling, rows=rows[0][0]) for scaling in scales]


def gpt2_scale(config, layer):
    """4 版的 GPT-2 把倍数写在注意力函数里：一个查询、两个键，从两个权重的比量出来。"""
    from transformers.models.gpt2 import modeling_gpt2 as source
    module, head = source.GPT2Attention(config, layer_idx=layer).double().eval(), config.n_embd // config.n_head
    query, keys = torch.zeros(1, 1, 1, head).double(), torch.zeros(1, 1, 2, head).double()
    query[..., 0], keys[..., 1, 0] = 1, 1
    more = {} if MAJOR == 4 else dict(scaling=module.scaling)
    weights = source.eager_attention_forward(module, query, keys, keys, None, **more)[1].flatten()
    return float(torch.log(weights[1] / weights[0]))


def dinov3(config, vectors, lengths):
    """图像的：行、列两组，角是 2π × 坐标 × inv_freq；收起来的是 2π·inv_freq，行的在前、列的在后，和模型里摊开的次序一样。"""
    from transformers.models.dinov3_vit import modeling_dinov3_vit as source
    with widened():
        wide = source.DINOv3ViTRopePositionEmbedding(config).inv_freq.double() * 2 * math.pi
    shipped = source.DINOv3ViTRopePositionEmbedding(config).inv_freq * 2 * math.pi
    module = source.DINOv3ViTAttention(config)
    index = vectors.add(wide.repeat(2), shipped.repeat(2))
    return [dict(encoding="axial", module="DINOv3ViTRopePositionEmbedding", ropeType="default", pairing=pairing(source, "apply_rotary_pos_emb")[0],
                 rotation="dinov3_vit.modeling_dinov3_vit.apply_rotary_pos_emb", rotaryDimension=4 * len(wide), headDimension=module.head_dim,
                 scaling=float(module.scaling), inverseFrequencies=[index] * len(lengths), attentionFactor=[1.0] * len(lengths))] * config.num_hidden_layers


def reading(text, original, vectors, stats):
    lengths = [None] if original is None else [None, 1024, original, original + 1, 4 * original]
    try:
        outer = read(text)
        config = outer.get_text_config(decoder=True) if outer.model_type not in BIASED else outer
    except Exception as error:  # noqa: BLE001
        return None, dict(error=type(error).__name__, message=str(error)[:200])
    kind = config.model_type
    try:
        if kind == "gptj":
            described = gptj(config, vectors, lengths)
        elif kind == "dinov3_vit":
            described = dinov3(config, vectors, lengths)
        elif kind in BIASED:
            described = biased(config, kind)
        else:
            described = rotary_layers(config, lengths, vectors, stats)
    except Exception as error:  # noqa: BLE001
        return outer, dict(error=type(error).__name__, message=str(error)[:200], read=True)
    kinds, layers = [], []
    for one in described:
        told = original is not None  # 只看听不听一个字段的：来路不记，省地方
        one = {key: value for key, value in one.items() if value is not None and (told or key not in ("resolved", "rotation", "module"))}
        if one not in kinds:
            kinds.append(one)
        layers.append(kinds.index(one))
    return outer, dict(textType=kind, sequenceLengths=lengths, layers=layers, kinds=kinds)


def rotary_layers(config, lengths, vectors, stats):
    model, layers, rotary, found = look(config)
    source = inspect.getmodule(type(model))
    made, described = {}, []
    for index, layer in enumerate(layers):
        events = found[index]
        turned = [e for e in events if "rotation" in e]
        attended = [e for e in events if "query" in e]
        module = exposed(layer)
        head = attended[0]["query"] if attended and attended[0]["query"] else getattr(module, "head_dim", getattr(module, "head_size", None))
        scaling = attended[0]["scaling"] if attended else None
        scaling = getattr(module, "scaling", None) if scaling is None else scaling
        window = attended[0]["window"] if attended else None
        if scaling is None and kind_scale(module) is not None:
            scaling = kind_scale(module)
        one = dict(encoding="rope" if turned else "none", headDimension=head, scaling=scaling, window=window)
        types = getattr(config, "layer_types", None) or getattr(config, "layers_block_type", None)
        kind = types[index] if types else None
        one["layerType"] = kind if declares(config) else None  # 类没有这个字段的，写了也只是挂在上面
        if kind in ("mamba", "linear_attention"):  # 没有注意力：头的维数、分数倍数是另一回事
            one.update(headDimension=None, scaling=None, window=None)
        if turned:
            name, made_by = turned[0]["rotation"], turned[0]["made_by"]
            assert all(e["made_by"] == made_by and e["rotation"] == name for e in turned), turned
            path, layer_type = made_by
            key = (re.sub(r"\d+", "N", path), layer_type, repr(module_key(rotary[path])))
            if key not in made:
                made[key] = evaluate(rotary[path], layer_type, lengths, vectors, stats)
            label = key[0] + (f"[{layer_type}]" if layer_type else "")
            where = inspect.getmodule(getattr(source, name))
            layout, _ = pairing(source, name)
            one.update(made[key], module=label, pairing=layout, rotation=f"{where.__name__.removeprefix('transformers.models.')}.{name}")
        elif config.model_type == "falcon":
            with widened():
                from transformers.models.falcon.modeling_falcon import build_alibi_tensor
                table = build_alibi_tensor(torch.ones(1, 2), config.num_attention_heads, torch.float64)[:, 0]
            one.update(encoding="alibi", where="falcon.modeling_falcon.build_alibi_tensor（斜率先化成 bfloat16，偏置也乘 scaling）", slopes=numbers(table[:, 1] - table[:, 0]))
        one.update(temperature(config, module, one["encoding"]))
        described.append(one)
    return described


def declares(config):
    """配置类自己有没有 layer_types。"""
    return "layer_types" in getattr(type(config), "__dataclass_fields__", {}) or "layer_types" in inspect.signature(type(config).__init__).parameters


def kind_scale(module):
    for name, invert in (("inv_norm_factor", False), ("softmax_scale", False)):
        if isinstance(getattr(module, name, None), float):
            return getattr(module, name)
    return None


def module_key(module):
    """4 版的 ModernBERT 一层一个 RotaryEmbedding，配置不同才算不同。"""
    given, whole = parameters(module, None) if not isinstance(getattr(module, "rope_type", None), dict) else ({}, {})
    return sorted((str(k), str(v)) for k, v in given.items())


def evaluate(module, layer_type, lengths, vectors, stats):
    axes = "Qwen2VL" in type(module).__name__ or "Qwen2_5_VL" in type(module).__name__ or "Qwen3VL" in type(module).__name__
    indices, factors, per_length = [], [], []
    given, whole = parameters(module, layer_type)
    for length in lengths:
        shipped, factor32, kind = frequencies(module, layer_type, length, axes)
        with widened():
            wide, factor, _ = frequencies(module, layer_type, length, axes)
        assert wide.dtype == torch.float64 and shipped.dtype == torch.float32
        if not (torch.isfinite(wide).all() and torch.isfinite(shipped).all()):
            raise FloatingPointError("角频率里有 inf 或 nan")
        assert factor == factor32 or abs(factor - factor32) < 1e-6, (factor, factor32)
        gap = ((shipped.double() - wide).abs() / wide.abs().clamp(min=1e-300)).max().item()
        alpha = "HunYuan" in type(module).__name__ and whole.get("alpha") and (length or 0) <= whole["max_position_embeddings"]
        other = derive("ntk_alpha" if alpha else kind, 2 * len(wide), whole, length)
        if other is not None:
            ours = (np.abs(other - wide.numpy()) / np.maximum(np.abs(other), 1e-300)).max()
            stats["derived"] = max(stats.get("derived", 0), float(ours) if ours < 1e-9 else 0)
            if not ours < 1e-12:
                stats.setdefault("disagree", []).append([type(module).__name__, kind, length, float(ours)])
        if math.isfinite(gap):
            stats["float32"] = max(stats.get("float32", 0), gap)
        indices.append(vectors.add(wide, shipped)), factors.append(factor)
    return dict(ropeType=kind, resolved=given, rotaryDimension=2 * len(wide), inverseFrequencies=indices, attentionFactor=factors)


# ---------------------------------------------------------------- 查询的倍数

def temperature(config, module, encoding):
    """LLaMA-4 不旋转的层、Ministral-3 的每一层：查询先乘一个随位置变的数。这里记参数，数值在 temperatures 里。"""
    if hasattr(module, "attn_temperature_tuning") and encoding == "none":
        if module.attn_temperature_tuning:
            return dict(queryTemperature=dict(rule="llama4", scale=module.attn_scale, floor=module.floor_scale))
    beta = (getattr(config, "rope_parameters", None) or {}).get("llama_4_scaling_beta") if config.model_type == "ministral3" else None
    if beta is not None:
        return dict(queryTemperature=dict(rule="ministral3", beta=beta, original=config.rope_parameters["original_max_position_embeddings"]))
    return {}


def temperatures():
    rows = []
    from transformers.models.llama4 import modeling_llama4 as llama4
    from transformers import Llama4TextConfig
    for scale, floor in ((0.1, 8192), (0.1, 4), (0.3, 5)):
        positions = [0, 1, 2, 3, 4, 5, 6, 7, 8, 30, 31] if floor < 100 else [0, 8190, 8191, 8192, 16382, 16383]
        with widened(), torch.no_grad():
            config = Llama4TextConfig(hidden_size=2, num_attention_heads=1, num_key_value_heads=1, head_dim=2, num_hidden_layers=1, no_rope_layers=[0],
                                      attn_scale=scale, floor_scale=floor, attn_temperature_tuning=True, attn_implementation="eager")
            module = llama4.Llama4TextAttention(config, 0).eval()
            for linear in (module.q_proj, module.k_proj, module.v_proj, module.o_proj):
                identity(linear)
            seen, original = [], llama4.eager_attention_forward
            llama4.eager_attention_forward = lambda m, query, key, value, *rest, **more: (seen.append(query), (value.transpose(1, 2), None))[1]
            try:
                length = max(positions) + 1
                more = {} if MAJOR == 5 else {"cache_position": torch.arange(length)}
                module(torch.ones(1, length, 2), None, None, past_key_values=None, **more) if MAJOR == 4 else module(torch.ones(1, length, 2), None, None)
            finally:
                llama4.eager_attention_forward = original
        rows.append(dict(rule="llama4", scale=scale, floor=floor, positions=positions, multipliers=numbers(seen[0][0, 0, positions, 0])))
    if MAJOR == 5:
        from transformers.models.ministral3.modeling_ministral3 import get_llama_4_attn_scale
        for beta, original in ((0.1, 16384), (0.5, 3)):
            positions = [0, 1, 2, 3, 4, 5, 6, 9, 300] if original < 100 else [0, 16383, 16384, 32767, 32768, 262143]
            with widened():
                table = get_llama_4_attn_scale(torch.tensor([positions]), beta, original)
            rows.append(dict(rule="ministral3", beta=beta, original=original, positions=positions, multipliers=numbers(table.flatten())))
    return rows


# ---------------------------------------------------------------- 写出来

NOTE_READ = (
    "readings：名字 → 读出来的。layers[n] 是第 n 层在 kinds 里的序号。kinds 里：encoding（rope、none、alibi、t5、deberta、learned）；"
    "headDimension 是注意力函数收到的查询的最后一维；scaling 是它收到的分数倍数（没有这一项就是模块没有写出来）；window 是滑动窗口；layerType 是层的类型（类没有 layer_types 的没有这一项）；"
    "ropeType、module（模型里哪一个 RotaryEmbedding，方括号里是层的类型）、resolved（配置类整理之后的参数）；"
    "rotaryDimension = 2 × 角频率的个数；inverseFrequencies 是同名 _vectors.json 里 vectors、shipped 的序号，attentionFactor 是乘在 cos、sin 上的数，"
    "两个都是一个序列长度一个（sequenceLengths，null 是刚搭好、还没有前向）；pairing 是拿基向量试 rotation 那个函数得到的。"
    "error：读不了或者搭不起来，read=true 的是配置类读得了、模型搭不起来。真的前向给出来的和模块里存的不一样时（PhiMoE），存前向的。"
    "sequenceLengths 只有一个 null 的，是试一个字段听不听的，不记 module、resolved、rotation。tables：T5 一家的编码器有几张偏置表。"
    "MPT 的 slopes 是模型真的用的（它不看 alibi、alibi_bias_max），slopesFromField 是照 alibi_bias_max 算的，一样就不写。"
)


def main():
    restart()
    vectors, stats, readings = Vectors(), {}, {}
    if MAJOR == 4:
        texts = {}
        for name, spec in SPECS.items():
            if spec["type"] in transformers.CONFIG_MAPPING or spec.get("bare"):
                texts[name] = dict(note=spec["note"], original=spec["original"], config=text_of(spec))
        save_relative("configs", ["transformers"], "没有算数", 0,
             "名字 → config（一份完整的 config.json，4 版的写法）、note（字段从哪里来）、original（试序列长度用的原长度）。"
             "由 AutoConfig.for_model(类型).to_json_string() 补齐，再盖上知道的字段。读出来的数在 readings_v4.json、readings_v5.json",
             script="make_configs.py", configs=texts)
        native = {}
    else:
        texts = json.loads((HERE / "configs.json").read_text())["configs"]
        native = {}
        for name, spec in SPECS.items():
            if name not in texts:
                texts[name] = dict(note=spec["note"], original=spec["original"], config=text_of(spec))
                native[name] = texts[name]
    wanted = sys.argv[1:]
    again, changed = {}, []
    for name, entry in texts.items():
        if wanted and name not in wanted:
            continue
        spec = SPECS[name]
        text = entry["config"]
        if spec.get("stand"):
            text = text_of(dict(type=spec["stand"], fields=spec["stand_fields"]))
        outer, readings[name] = reading(text, spec["original"], vectors, stats)
        if spec.get("stand"):
            readings[name]["stand"] = dict(type=spec["stand"], fields=spec["stand_fields"])
        print(name, readings[name].get("error"), readings[name].get("message", ""), flush=True)
        if MAJOR == 5 and outer is not None and "error" not in readings[name] and not spec.get("stand") and name not in native and not name.startswith(("only-", "odd-", "window-", "types-", "head-")):
            native[name] = dict(note="configs.json 里同名的文件，由 transformers 5 读进去再写出来", original=spec["original"], config=native_text(outer))
    print(stats)
    if wanted:
        print(json.dumps(readings, ensure_ascii=False)[:6000])
        return
    if MAJOR == 5:
        for name, entry in native.items():
            text = entry["config"]
            _, second = reading(text, SPECS[name]["original"], vectors, stats)
            if second != readings[name]:
                changed.append(name)
                again[name] = second
        save_relative("configs_v5", ["transformers"], "没有算数", 0,
             "和 configs.json 一样，但是 5 版的写法（rope_parameters）。读出来的数在 readings_v5.json：native 里有的名字用那里的，"
             "没有的和 readings 里同名的一样（脚本逐项比过）", script="make_configs.py", configs=native)
    print(len(vectors.wide), "changed", changed)
    more = {} if MAJOR == 4 else dict(native=again)
    save_relative(f"readings_v{MAJOR}", ["transformers", "numpy"], WIDENED, 1e-12, NOTE_READ, script="make_configs.py",
                  temperatures=temperatures(), readings=readings, **more)
    save_relative(f"readings_v{MAJOR}_vectors", ["transformers", "numpy"], WIDENED, 1e-12,
                  f"readings_v{MAJOR}.json 里的序号指这里：vectors 是 float64，shipped[n] 是同一串的 float32。checks：float32 和 float64 最多差多少，"
                  "derive（脚本里从公式另写的 NumPy）和 float64 最多差多少，都是相对的；derivationDiffers 是对不上的",
                  script="make_configs.py", checks=dict(float32MaxRelative=stats["float32"], derivationMaxRelative=stats["derived"],
                                                        derivationDiffers=stats.get("disagree", [])), vectors=vectors.wide, shipped=vectors.shipped)


if __name__ == "__main__":
    main()
