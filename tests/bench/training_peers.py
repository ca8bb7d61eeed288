"""PyTorch 那一半：training_peers.ts 每写来一行名字，就走 50 步，回一行每步的毫秒数。"""
import json
import sys
import time

import torch

V, A, D, B, L = 17, 8, 32, 32, 16
torch.manual_seed(1)
at = torch.arange(L)[:, None] * 10000.0 ** (-2 * torch.arange(D // 2) / D)
unit = torch.polar(torch.ones_like(at), at)
mask = torch.full((L, L), -1e9).triu(1)


def turn(x):
    return torch.view_as_real(torch.view_as_complex(x.view(B, L, D // 2, 2)) * unit).flatten(2)


class Model(torch.nn.Module):
    """和 lib/training 的课堂设置一样：一层一头，没有残差、归一化、MLP，RoPE。"""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(V, D)
        self.query, self.key, self.value = (torch.nn.Linear(D, D, bias=False) for _ in range(3))
        self.readout = torch.nn.Linear(D, A, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        scores = turn(self.query(x)) @ turn(self.key(x)).transpose(1, 2) / D**0.5 + mask
        return self.readout(scores.softmax(-1) @ self.value(x))


model = Model()
adam = torch.optim.Adam(model.parameters(), lr=0.01)


def steps(count=50):
    for _ in range(count):
        tokens, answers = torch.randint(V, (B, L)), torch.randint(A, (B, L))
        adam.zero_grad()
        torch.nn.functional.cross_entropy(model(tokens).flatten(0, 1), answers.flatten()).backward()
        adam.step()


cases = {f"torch，{threads} 个线程": threads for threads in (1, 2)}
print(json.dumps({"versions": {"torch": torch.__version__}, "cases": list(cases)}), flush=True)
for line in sys.stdin:
    torch.set_num_threads(cases[line.strip()])
    start = time.perf_counter()
    steps()
    print(1000 * (time.perf_counter() - start) / 50, flush=True)
