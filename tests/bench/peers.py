"""PyTorch、NumPy 那一半：peers.ts 每写来一行名字，就把那件事做一遍，回一行毫秒数。只用一个线程。"""
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"  # 要在导入之前
cases = {}
versions = {"python": sys.version.split()[0]}
POSITIONS, HEADS, D = 4096, 32, 128

try:
    import numpy as np

    versions["numpy"] = np.__version__
    angles = np.arange(POSITIONS)[:, None, None] * 10000.0 ** (-np.arange(D // 2) / (D // 2))
    turned = np.concatenate((angles, angles), -1)
    cos, sin = np.cos(turned).astype(np.float32), np.sin(turned).astype(np.float32)
    x = np.random.default_rng(1).standard_normal((POSITIONS, HEADS, D), dtype=np.float32)

    def numpy_half():
        return x * cos + np.concatenate((-x[..., D // 2 :], x[..., : D // 2]), -1) * sin

    cases["numpy rotate_half"] = numpy_half

    def numpy_turns():
        at = np.arange(2.0**20)[:, None] * 10000.0 ** (-np.arange(64) / 64)
        return np.cos(at), np.sin(at)

    def numpy_turns_out():
        at = np.arange(2.0**20)[:, None] * 10000.0 ** (-np.arange(64) / 64)
        return np.cos(at), np.sin(at, out=at)

    cases["numpy cos, sin"] = numpy_turns
    cases["numpy cos, sin out="] = numpy_turns_out
except ImportError:
    pass

try:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    versions["torch"] = torch.__version__
    xt = torch.randn(POSITIONS, HEADS, D)
    at = torch.arange(POSITIONS)[:, None, None] * 10000.0 ** (-torch.arange(D // 2) / (D // 2))
    cost, sint = torch.cos(at).repeat(1, 1, 2), torch.sin(at).repeat(1, 1, 2)
    unit = torch.polar(torch.ones_like(at), at)

    def torch_half():
        return xt * cost + torch.cat((-xt[..., D // 2 :], xt[..., : D // 2]), -1) * sint

    def torch_complex():
        return torch.view_as_real(torch.view_as_complex(xt.view(POSITIONS, HEADS, D // 2, 2)) * unit).flatten(2)

    pairs = xt.view(POSITIONS, HEADS, D // 2, 2)
    memory = torch.empty(POSITIONS, HEADS, D // 2, dtype=torch.complex64)

    def torch_complex_out():
        return torch.mul(torch.view_as_complex(pairs), unit, out=memory)

    def attention(length, causal):
        q, k, v = (torch.randn(1, 1, length, 64) for _ in range(3))
        return lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)

    cases["torch rotate_half"] = torch_half
    cases["torch complex"] = torch_complex
    cases["torch complex out="] = torch_complex_out
    cases["torch clone"] = xt.clone
    cases["torch sdpa 2048"] = attention(2048, False)
    cases["torch sdpa 8192 causal"] = attention(8192, True)
except ImportError:
    pass

print(json.dumps({"versions": versions, "cases": list(cases)}), flush=True)
for line in sys.stdin:
    run = cases[line.strip()]
    start = time.perf_counter()
    result = run()
    elapsed = 1000 * (time.perf_counter() - start)
    del result
    print(elapsed, flush=True)
