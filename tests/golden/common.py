"""make.py、make_v5.py、formulas.py 共用的工具：换精度、取随机数、写 JSON。"""

import contextlib
import importlib.metadata
import json
import os
import pathlib
import sys

os.environ["PYTORCH_JIT"] = "0"  # DeBERTa 的几个函数带 torch.jit.script，编译之后就换不了精度

import torch

HERE = pathlib.Path(__file__).parent
SEED = 20241103
SAME = 1e-14  # 两台机器算同一个数，末位可能差一点；差在这以内就保留 JSON 里原来的写法
FORMULA = "NumPy，从公式另写一遍"


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


def restart():
    """每份 JSON 各自从头取数：改一份不牵动别的。"""
    global generator
    generator = torch.Generator().manual_seed(SEED)


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
    if tensor.ndim == 0:
        return float(f"{tensor.item():.16g}")
    return [numbers(part) for part in tensor]


def heads(flat, count):
    """[L, H·d] → [H, L, d]"""
    return flat.view(flat.shape[0], count, -1).transpose(0, 1)


def settle(fresh, stored):
    """只差末位的数保留原来的写法；别的不动。"""
    if isinstance(fresh, dict) and isinstance(stored, dict):
        return {key: settle(value, stored.get(key)) for key, value in fresh.items()}
    if isinstance(fresh, list) and isinstance(stored, list) and len(fresh) == len(stored):
        return [settle(*pair) for pair in zip(fresh, stored)]
    if isinstance(fresh, float) and isinstance(stored, float) and abs(fresh - stored) <= SAME * max(1, abs(fresh)):
        return stored
    return fresh


def save(name, packages, dtype, tolerance, note, script="make.py", derivation=None, **data):
    provenance = {
        "package": {p: importlib.metadata.version(p) for p in ["torch", *packages]},
        "python": ".".join(map(str, sys.version_info[:3])),
        "script": f"tests/golden/{script}",
        "seed": SEED,
        "dtype": dtype,
        "tolerance": tolerance,
        **({"derivation": derivation} if derivation else {}),
        "note": note,
    }
    path = HERE / f"{name}.json"
    if path.exists():
        data = settle(data, json.loads(path.read_text()))
    path.write_text(json.dumps({"provenance": provenance, **data}, ensure_ascii=False, separators=(",", ":")) + "\n")
    size = path.stat().st_size
    assert size <= 200_000, (name, size)
    print(f"{name}.json {size / 1000:.0f} kB")
