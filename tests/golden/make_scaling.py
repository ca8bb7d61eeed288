"""生成 scaling.json、scaling_v4.json（transformers 的 ROPE_INIT_FUNCTIONS）和 scaling_formulas.json（没有现成实现的，照公式另写）。

同一个脚本在两个环境里各跑一次：4 版写 scaling_v4.json，5 版写另外两个。怎么跑见同目录的 README.md。
"""

import json
import logging
import math
import warnings

from common import FORMULA, HERE, numbers, restart, widened  # 要在 torch 之前
from config_specs import factor_list
from frequency_table import Vectors, save_relative

import numpy as np
import torch
import transformers
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

MAJOR = int(transformers.__version__.split(".")[0])
WIDE = np.longdouble
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
logging.disable(logging.CRITICAL)

LLAMA = dict(low_freq_factor=1.0, high_freq_factor=4.0)
S4, L4 = factor_list(11, 4, 1.0, 2.0), factor_list(12, 4, 1.0, 8.0)
S32, L32 = factor_list(13, 32, 1.0, 3.0), factor_list(14, 32, 1.0, 64.0)


def case(name, kind, d, base, top, original=None, share=None, on_top=None, **parameters):
    """top 是 max_position_embeddings，original 是里层的原长度，on_top 是写在顶层的原长度，share 是 partial_rotary_factor。"""
    if original is not None:
        parameters["original_max_position_embeddings"] = original
    return dict(name=name, type=kind, dimension=d, base=base, maxPosition=top, topOriginal=on_top, share=share, parameters=parameters)


CASES = [
    *(case(f"default-{d}-{base:g}", "default", d, base, 4096) for d in (2, 4, 8, 64, 96, 128) for base in (100.0, 10000.0, 500000.0)),
    case("default-share", "default", 8, 10000.0, 4096, share=0.5),
    case("default-share-80", "default", 80, 10000.0, 2048, share=0.4),
    *(case(f"linear-{f:g}", "linear", 64, 10000.0, 4096, factor=f) for f in (1.0, 2.0, 4.0, 7.5, 32.0)),
    case("linear-2d", "linear", 2, 10000.0, 4096, factor=4.0),
    case("linear-share", "linear", 8, 10000.0, 4096, share=0.5, factor=4.0),
    *(case(f"dynamic-{f:g}", "dynamic", 128, 10000.0, 2048, factor=f) for f in (1.0, 2.0, 8.0)),
    case("dynamic-4", "dynamic", 4, 10000.0, 1024, factor=2.0),
    case("dynamic-odd-length", "dynamic", 64, 1000000.0, 1000, factor=3.5),
    case("dynamic-share", "dynamic", 16, 10000.0, 2048, share=0.5, factor=4.0),
    case("dynamic-original-ignored", "dynamic", 8, 10000.0, 4096, original=1024, factor=2.0),
    case("yarn-8", "yarn", 8, 10000.0, 8192, original=2048, factor=4.0),
    case("yarn-8-no-truncate", "yarn", 8, 10000.0, 8192, original=2048, factor=4.0, truncate=False),
    case("yarn-8-clamp", "yarn", 8, 10000.0, 131072, original=32768, factor=4.0),
    case("yarn-8-clamp-no-truncate", "yarn", 8, 10000.0, 131072, original=32768, factor=4.0, truncate=False),
    case("yarn-8-clamp-more", "yarn", 8, 10000.0, 4194304, original=1048576, factor=4.0, beta_slow=0.001),
    case("yarn-8-low-clamp", "yarn", 8, 10000.0, 64, original=16, factor=4.0),
    case("yarn-8-both-below", "yarn", 8, 10000.0, 8, original=2, factor=4.0),
    case("yarn-8-equal-betas", "yarn", 8, 10000.0, 8192, original=2048, factor=4.0, beta_fast=1, beta_slow=1),
    case("yarn-8-equal-betas-no-truncate", "yarn", 8, 10000.0, 8192, original=2048, factor=4.0, beta_fast=1, beta_slow=1, truncate=False),
    case("yarn-8-singular", "yarn", 8, 10000.0, 8192, original=12, factor=4.0, beta_fast=4, beta_slow=2),
    case("yarn-8-swapped-betas", "yarn", 8, 10000.0, 8192, original=2048, factor=4.0, beta_fast=1, beta_slow=32),
    case("yarn-8-beta-zero", "yarn", 8, 10000.0, 8192, original=2048, factor=4.0, beta_fast=0, beta_slow=0),
    case("yarn-2", "yarn", 2, 10000.0, 8192, original=2048, factor=4.0),
    case("yarn-4-low-base", "yarn", 4, 100.0, 8192, original=2048, factor=4.0),
    *(case(f"yarn-128-{f:g}", "yarn", 128, 10000.0, int(4096 * f), original=4096, factor=f) for f in (1.0, 2.0, 16.0, 40.0)),
    case("yarn-no-original", "yarn", 64, 10000.0, 4096, factor=4.0),
    case("yarn-share", "yarn", 16, 10000.0, 8192, original=2048, share=0.5, factor=4.0),
    case("yarn-mscale-equal", "yarn", 64, 10000.0, 163840, original=4096, factor=40.0, mscale=1.0, mscale_all_dim=1.0),
    case("yarn-mscale-707", "yarn", 64, 10000.0, 163840, original=4096, factor=40.0, mscale=0.707, mscale_all_dim=1.0),
    case("yarn-mscale-alone", "yarn", 64, 10000.0, 163840, original=4096, factor=40.0, mscale=0.707),
    case("yarn-mscale-all-alone", "yarn", 64, 10000.0, 163840, original=4096, factor=40.0, mscale_all_dim=0.707),
    case("yarn-mscale-zero", "yarn", 64, 10000.0, 163840, original=4096, factor=40.0, mscale=1.0, mscale_all_dim=0.0),
    case("yarn-mscale-factor-1", "yarn", 64, 10000.0, 4096, original=4096, factor=1.0, mscale=0.5, mscale_all_dim=1.0),
    case("yarn-attention-factor", "yarn", 64, 10000.0, 163840, original=4096, factor=40.0, attention_factor=1.5, mscale=0.707, mscale_all_dim=1.0),
    case("yarn-gpt-oss", "yarn", 64, 150000.0, 131072, original=4096, factor=32.0, beta_fast=32.0, beta_slow=1.0, truncate=False),
    case("yarn-kimi", "yarn", 64, 50000.0, 131072, original=4096, factor=32.0, beta_fast=1.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0),
    case("yarn-top-original", "yarn", 64, 10000.0, 16384, original=4096, on_top=2048, factor=4.0),
    case("longrope-8", "longrope", 8, 10000.0, 64, original=16, on_top=16, short_factor=S4, long_factor=L4),
    case("longrope-8-factor-1", "longrope", 8, 10000.0, 16, original=16, on_top=16, short_factor=S4, long_factor=L4),
    case("longrope-64", "longrope", 64, 10000.0, 131072, original=4096, on_top=4096, short_factor=S32, long_factor=L32),
    case("longrope-attention-factor", "longrope", 64, 10000.0, 131072, original=4096, on_top=4096, attention_factor=1.25, short_factor=S32, long_factor=L32),
    case("longrope-factor-and-top", "longrope", 8, 10000.0, 64, original=16, on_top=16, factor=2.0, short_factor=S4, long_factor=L4),
    case("longrope-inside-only", "longrope", 8, 10000.0, 64, original=16, factor=4.0, short_factor=S4, long_factor=L4),
    case("longrope-inside-no-factor", "longrope", 8, 10000.0, 64, original=16, short_factor=S4, long_factor=L4),
    case("longrope-share", "longrope", 16, 10000.0, 64, original=16, on_top=16, share=0.5, short_factor=S4, long_factor=L4),
    case("llama3-8", "llama3", 8, 10000.0, 16384, original=2048, factor=8.0, **LLAMA),
    case("llama3-128", "llama3", 128, 500000.0, 131072, original=8192, factor=8.0, **LLAMA),
    case("llama3-64-32", "llama3", 64, 500000.0, 131072, original=8192, factor=32.0, **LLAMA),
    case("llama3-scout", "llama3", 128, 500000.0, 10485760, original=8192, factor=16.0, low_freq_factor=1.0, high_freq_factor=1.0),
    case("llama3-8-step", "llama3", 8, 10000.0, 16384, original=2048, factor=8.0, low_freq_factor=1.0, high_freq_factor=1.0),
    case("llama3-factor-1", "llama3", 64, 500000.0, 131072, original=8192, factor=1.0, **LLAMA),
    case("llama3-yarn-betas", "llama3", 64, 10000.0, 16384, original=4096, factor=4.0, low_freq_factor=1.0, high_freq_factor=32.0),
    case("llama3-share", "llama3", 16, 10000.0, 16384, original=2048, share=0.5, factor=8.0, **LLAMA),
    case("llama3-swapped", "llama3", 16, 10000.0, 16384, original=2048, factor=8.0, low_freq_factor=4.0, high_freq_factor=1.0),
    *(case(f"proportional-{d}-{p:g}-{f:g}", "proportional", d, base, 4096, share=p, factor=f)
      for d, p, base, f in ((8, 0.5, 10000.0, 1.0), (8, 0.0, 10000.0, 1.0), (8, 1.0, 10000.0, 4.0), (10, 0.5, 10000.0, 1.0), (64, 0.25, 10000.0, 8.0))),
    case("proportional-no-share", "proportional", 8, 10000.0, 4096),
]


def lengths_of(one):
    original = one["parameters"].get("original_max_position_embeddings") or one["maxPosition"]
    if one["type"] == "dynamic":
        return [None, one["maxPosition"], one["maxPosition"] + 1, 2 * one["maxPosition"], 4 * one["maxPosition"]]
    return [None, 1, original, original + 1, 4 * original]


def configured(one):
    given = dict(rope_type=one["type"], **one["parameters"])
    plain = dict(hidden_size=one["dimension"], num_attention_heads=1, head_dim=one["dimension"], max_position_embeddings=one["maxPosition"])
    if MAJOR == 4:
        config = LlamaConfig(**plain, rope_theta=one["base"], rope_scaling=given)
        if one["share"] is not None:
            config.partial_rotary_factor = one["share"]
    else:
        if one["share"] is not None:
            given["partial_rotary_factor"] = one["share"]
        more = {} if one["topOriginal"] is None else dict(original_max_position_embeddings=one["topOriginal"])
        config = LlamaConfig(**plain, **more, rope_parameters=dict(given, rope_theta=one["base"]))
    if one["topOriginal"] is not None:
        config.original_max_position_embeddings = one["topOriginal"]
    return config


def compute(one, length):
    config = configured(one)
    if one["type"] == "default" and MAJOR == 5:
        if one["share"] is not None:  # Llama 的类不看 partial_rotary_factor，看的类里挑一个
            from transformers.models.phi.modeling_phi import PhiRotaryEmbedding
            return PhiRotaryEmbedding.compute_default_rope_parameters(config)
        return LlamaRotaryEmbedding.compute_default_rope_parameters(config)
    return ROPE_INIT_FUNCTIONS[one["type"]](config, torch.device("cpu"), seq_len=length)


def library():
    table, cases, worst = Vectors(), [], 0
    for one in CASES:
        if one["type"] not in ROPE_INIT_FUNCTIONS and not (MAJOR == 5 and one["type"] == "default"):
            continue
        lengths = lengths_of(one)
        entry = dict(one, sequenceLengths=lengths)
        try:
            rows = []
            for length in lengths:
                narrow, factor = compute(one, length)
                with widened():
                    broad, again = compute(one, length)
                assert factor == again
                worst = max(worst, ((narrow.double() - broad).abs() / broad.abs().clamp(min=1e-300)).max().item())
                rows.append((table.add(broad, narrow), float(factor)))
            entry.update(inverseFrequencies=[r[0] for r in rows], attentionFactor=[r[1] for r in rows])
        except Exception as error:  # noqa: BLE001
            entry.update(error=type(error).__name__, message=str(error)[:160])
            print(one["name"], entry["error"], entry["message"])
        cases.append(entry)
    more = {}
    if MAJOR == 5 and (HERE / "scaling_v4.json").exists():
        older = json.loads((HERE / "scaling_v4.json").read_text())
        look = lambda e, rows: "error" if "error" in e else [[*rows[i], a] for i, a in zip(e["inverseFrequencies"], e["attentionFactor"])]
        ours = {e["name"]: look(e, table.wide) for e in cases}
        differ = []
        for e in older["cases"]:
            a, b = look(e, older["vectors"]), ours[e["name"]]
            if "error" in (a, b) and a != b or "error" not in (a, b) and not np.allclose(a, b, rtol=1e-13, atol=0):
                differ.append(e["name"])
        more = dict(differsFromV4=differ)
        print("v4 and v5 differ:", differ)
    save_relative("scaling" if MAJOR == 5 else "scaling_v4", ["transformers"],
         "vectors：float64（把库里写死的 float32 换成 float64 再跑）；shipped：库原样的 float32", 1e-12,
         'modeling_rope_utils.ROPE_INIT_FUNCTIONS[type]（5 版的 default 已经不在表里，用 LlamaRotaryEmbedding.compute_default_rope_parameters；'
         "带 share 的 default 用 PhiRotaryEmbedding 的）。每种设置五个序列长度（sequenceLengths，null 是不给）：inverseFrequencies 是 vectors（float64）、"
         "shipped（同一串的 float32）的序号，attentionFactor 直接写。dimension 是头的维数，share 是 partial_rotary_factor，"
         "topOriginal 是写在配置顶层的 original_max_position_embeddings，base 是 rope_theta，parameters 是 rope_scaling 里别的字段。"
         "error：这一版算不出来。differsFromV4：和 scaling_v4.json 里同名的结果不同（相对差超过 1e-13）",
         script="make_scaling.py", float32MaxRelative=worst, cases=cases, **more, vectors=table.wide, shipped=table.shipped)


# ---------------------------------------------------------------- 照公式另写

def ladder(d, base):
    return [WIDE(base) ** (WIDE(-2 * i) / d) for i in range(d // 2)]


def power(base, alpha, d):
    return WIDE(base) * WIDE(alpha) ** (WIDE(d) / (d - 2))


def ntk_aware():
    return [dict(dimension=d, base=b, alpha=a, newBase=numbers(power(b, a, d)), inverseFrequencies=numbers(np.array(ladder(d, power(b, a, d)))))
            for d, b, a in ((4, 10000.0, 4.0), (8, 10000.0, 1.0), (128, 10000.0, 8.0), (64, 500000.0, 2.5), (128, 10000.0, 1000.0))]


def qwen_dynamic():
    rows = []
    for d, base, train in ((128, 10000.0, 8192), (64, 10000.0, 2048)):
        for length in (1, train // 2, train // 2 + 1, train, train + 1, 2 * train, 2 * train + 1, 3 * train, 4 * train, 4 * train + 1, 8 * train):
            steps = 0  # 不用对数：找最小的 k，使 长度 ≤ 2^k × 训练长度，α = 2^(k+1) − 1
            while length > train * 2 ** steps:
                steps += 1
            alpha = 2 ** (steps + 1) - 1
            rows.append(dict(dimension=d, base=base, trainLength=train, length=length, alpha=alpha, newBase=numbers(power(base, alpha, d)),
                             inverseFrequencies=numbers(np.array(ladder(d, power(base, alpha, d))))))
    return rows


def by_parts():
    rows = []
    for d, base, original, s, low, high in ((8, 10000.0, 2048, 4.0, 1.0, 32.0), (8, 10000.0, 32768, 4.0, 1.0, 32.0), (128, 10000.0, 4096, 16.0, 1.0, 32.0),
                                            (64, 500000.0, 8192, 8.0, 1.0, 4.0), (8, 10000.0, 2048, 1.0, 1.0, 32.0)):
        out, turns = [], []
        for theta in ladder(d, base):
            r = original * theta / (2 * np.arccos(WIDE(-1)))
            g = min(max((r - low) / (high - low), WIDE(0)), WIDE(1))
            turns.append(r), out.append((1 - g) * theta / s + g * theta)
        rows.append(dict(dimension=d, base=base, originalLength=original, factor=s, alpha=low, beta=high, turns=numbers(np.array(turns)),
                         inverseFrequencies=numbers(np.array(out)), yarnAttentionFactor=1.0 if s <= 1 else float(WIDE(1) + WIDE(1) / 10 * np.log(WIDE(s)))))
    return rows


def su_readings():
    rows = []
    for d, base, k, c in ((4, 10000.0, 4.0, 0.625), (128, 10000.0, 8.0, 0.625), (128, 10000.0, 12.0, 0.75), (64, 500000.0, 3.0, 1.0), (64, 500000.0, 3.0, 0.0), (8, 10000.0, 1.0, 0.625)):
        beta, grow, half = WIDE(base) ** (WIDE(2) / d), WIDE(k) ** (WIDE(2) / d), d // 2
        a = np.log(WIDE(k)) / WIDE(half) ** WIDE(c)
        at = lambda f: numbers(np.array([f(m) for m in range(1, half + 1)]))
        rows.append(dict(dimension=d, base=base, k=k, c=c, old=at(lambda m: 1 / (beta * grow) ** (m - 1)), fixed=at(lambda m: 1 / (grow * (beta * grow) ** (m - 1))),
                         mixed=at(lambda m: 1 / (beta ** (m - 1) * np.exp(a * WIDE(m) ** WIDE(c))))))
    return rows


def effective_positions():
    rows = []
    for length, window, k, group in ((7, 3, 2, 2), (8, 4, 2, 2), (12, 4, 8, 3), (20, 5, 2.5, 4), (10, 1, 2, 1), (9, 9, 4, 2)):
        cell = lambda f: [[f(i, j) for j in range(i + 1)] for i in range(length)]
        rerope = cell(lambda i, j: min(i - j, window))
        leaky = cell(lambda i, j: i - j if i - j < window else float(WIDE(window) + WIDE(i - j - window) / WIDE(k)))
        extended = cell(lambda i, j: i - j if i - j < window or length - 1 < window else float(WIDE(i // group - j // group + window) - WIDE(window) / group))
        rows.append(dict(length=length, window=window, leak=k, group=group, rerope=rerope, leaky=leaky, selfExtend=extended))
    return rows


def log_scales():
    positions = [1, 2, 3, 7, 8, 9, 64, 511, 512, 513, 2048, 4096, 8192, 8193, 100000]
    log = lambda base, n: np.log(WIDE(n)) / np.log(WIDE(base))
    rows = []
    for train in (8, 512, 2048, 8192):
        rows.append(dict(trainLength=train, keys=positions, plain=numbers(np.array([log(train, n) for n in positions])),
                         clipped=numbers(np.array([max(WIDE(1), log(train, n)) for n in positions]))))
    return rows


def base_bounds():
    """每个 L：底数从小往大扫，步长（对数）是 step；第一个合格的窗口，两头再对分到 1e-10。"""
    rows = []
    for d, length, step in ((128, 64, 2e-5), (128, 128, 2e-5), (128, 256, 2e-5), (128, 512, 2e-5), (128, 1024, 2e-5), (128, 2048, 2e-5), (64, 256, 2e-5), (64, 512, 2e-5), (64, 1024, 2e-5), (32, 256, 2e-5)):
        exponents = [-2 * i / d for i in range(d // 2)]
        fails = lambda b, m: sum(math.cos(m * b ** e) for e in exponents) < 0
        killers = []

        def good(b):
            for n, m in enumerate(killers):
                if fails(b, m):
                    killers.insert(0, killers.pop(n))
                    return False
            values = score_sums(b, exponents, length)
            worst = int(np.argmin(values))
            if values[worst] < 0:
                if worst not in killers:
                    killers.insert(0, worst)
                return False
            return True

        x = math.log(2.0)
        while not good(math.exp(x)):
            x += step
        edge = lambda a, b: bisect(a, b, good)
        lower = edge(x - step, x)
        y = x
        while good(math.exp(y)) and y < x + 5:
            y += step
        upper = edge(y, y - step) if y < x + 5 else None
        rows.append(dict(dimension=d, length=length, scanStep=step, lower=lower, upper=upper))
        print("base", d, length, lower, upper, flush=True)
    return rows


def score_sums(b, exponents, length):
    m = np.arange(length)[:, None]
    return np.cos(m * np.array([b ** e for e in exponents])[None]).sum(1)


def bisect(bad, fine, good):
    """bad 不合格，fine 合格（都是对数）：收到相对 1e-10。"""
    while abs(fine - bad) > 1e-11:
        middle = (bad + fine) / 2
        if good(math.exp(middle)):
            fine = middle
        else:
            bad = middle
    return math.exp(fine)


def critical_dimensions():
    rows = []
    for d, base, length in ((128, 10000.0, 4096), (128, 10000.0, 2048), (128, 500000.0, 8192), (64, 10000.0, 512), (8, 10000.0, 2048)):
        exact = WIDE(d) / 2 * np.log(WIDE(length) / (2 * np.arccos(WIDE(-1)))) / np.log(WIDE(base))
        rows.append(dict(dimension=d, base=base, length=length, exact=numbers(np.array(exact)), dimensions=2 * int(np.ceil(exact))))
    return rows


def formulas():
    save_relative("scaling_formulas", ["numpy"], "longdouble 算，存成 float64（baseBounds 是 float64）", 1e-12,
         "ntkAware：b′ = b·α^(d/(d−2))，HunYuan 的 alpha 是同一式、和长度无关；qwenDynamic：α = 2^(⌈log2(L/L_train) + 1⌉) − 1，至少 1（这里不用对数，一次一次加倍）；"
         "ntkByParts：论文的斜坡，按窗口里转的圈数 r = L·θ/2π，γ = clip((r − α)/(β − α))，yarnAttentionFactor = 0.1·ln s + 1；"
         "suReadings：β 进制的旧、正、混三种（m 从 1 数），c 只管混；effectivePositions：第 i 行第 j 个是查询 i、键 j（j ≤ i）的等效相对位置，"
         "rerope min(Δ, w)，leaky 超出 w 的部分除以 leak，selfExtend Δ < w 用 Δ，否则 ⌊i/g⌋ − ⌊j/g⌋ + w − w/g；"
         "logScales：keys 是看得到的键数 n（从 1 数），plain = log_L n，clipped = max(1, log_L n)（Qwen v1 的 use_logn_attn 也是它，i 从 1 数）；"
         "criticalDimensions：2⌈(d/2)·log_b(L/2π)⌉；baseBounds：使 Σcos(m·b^(−2i/d)) ≥ 0（0 ≤ m < L）的第一个窗口 [lower, upper]，"
         "从 b = 2 起按对数步长 scanStep 往上扫，比步长窄的窗口会漏掉，两头对分到相对 1e-11；upper 扫到 lower·e^5 还没有到头的写 null",
         script="make_scaling.py", derivation=FORMULA, ntkAware=ntk_aware(), qwenDynamic=qwen_dynamic(), ntkByParts=by_parts(), suReadings=su_readings(),
         effectivePositions=effective_positions(), logScales=log_scales(), criticalDimensions=critical_dimensions(), baseBounds=base_bounds())


if __name__ == "__main__":
    restart()
    library()
    if MAJOR == 5:
        formulas()
