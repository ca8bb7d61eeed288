"""生成没有现成实现可用的那些编码的 JSON：照公式再写一遍，和 lib/ 各写各的。怎么跑见同目录的 README.md。

写法故意和 lib/ 不同：逐个元素的循环，80 位的 longdouble（平台没有就是 float64），复数、卷积、微分方程用 NumPy、SciPy 现成的。
"""

from common import FORMULA, normals, numbers, restart, save  # 要在 torch 之前

import numpy as np
from scipy.integrate import solve_ivp

WIDE = np.longdouble
PRECISION = "longdouble 算，存成 float64"


def draw(*shape, over=1):
    return np.array(normals(*shape).tolist(), dtype=WIDE) / over


def array(rows):
    return np.array(rows, dtype=WIDE)


def dot(a, b):
    total = WIDE(0)
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def project(rows, weight):
    """rows @ weight，一个一个地乘加。"""
    return array([[dot(row, weight[:, c]) for c in range(weight.shape[1])] for row in rows])


def split(flat, count):
    """[L, H·d] → [H, L, d]"""
    size = flat.shape[1] // count
    return [flat[:, h * size:(h + 1) * size] for h in range(count)]


def attend(query, key, value, causal, extra=lambda i, j: 0, scale=None):
    """分数 = q·k × scale + extra(i, j)；scale 不给就是 1/√d。返回权重和输出。"""
    scale = 1 / np.sqrt(WIDE(len(query[0]))) if scale is None else scale
    return finish(lambda i, j: dot(query[i], key[j]) * scale + extra(i, j), len(query), value, causal)


def finish(score, length, value, causal):
    weights, output = np.zeros((length, len(value)), dtype=WIDE), np.zeros((length, len(value[0])), dtype=WIDE)
    for i in range(length):
        seen = [j for j in range(len(value)) if j <= i or not causal]
        parts = {j: np.exp(score(i, j)) for j in seen}
        total = sum(parts.values())
        for j in seen:
            weights[i, j] = parts[j] / total
            for c in range(len(value[0])):
                output[i, c] += weights[i, j] * value[j][c]
    return weights, output


def shown(query, key, value, weights, output):
    return dict(query=numbers(query), key=numbers(key), value=numbers(value), weights=numbers(weights), output=numbers(output))


def run(length, d, causal, extra):
    q, k, v = draw(length, d), draw(length, d), draw(length, d)
    return dict(causal=causal, **shown(q, k, v, *attend(q, k, v, causal, extra)))


def from_tokens(tokens, encoded, causal):
    """编码加进（或乘进）词元之后，投影，一个头。"""
    width = tokens.shape[1]
    wq, wk, wv = draw(width, 4, over=2), draw(width, 4, over=2), draw(width, 4, over=2)
    weights, output = attend(project(encoded, wq), project(encoded, wk), project(encoded, wv), causal)
    return dict(causal=causal, tokens=numbers(tokens), encoded=numbers(encoded), wq=numbers(wq), wk=numbers(wk),
                wv=numbers(wv), weights=numbers(weights), output=numbers(output))


def write(name, tolerance, note, packages=(), **data):
    save(name, ["numpy", *packages], PRECISION, tolerance, note, script="formulas.py", derivation=FORMULA, **data)


def clip_bias():
    runs = []
    for clip, causal in ((3, False), (3, True), (1, False)):
        table = draw(2 * clip + 1)

        def bias(i, j):
            place = i - j
            if place > clip:
                place = clip
            if place < -clip:
                place = -clip
            return table[place + clip]

        runs.append(dict(clip=clip, table=numbers(table), **run(9, 4, causal, bias)))
    write("clip_bias", 1e-12, "分数 q·k/√d + table[clip(i−j, −k, k) + k]：第 0 行是距离 −k（键在后面），最后一行是 +k；偏置不除以 √d",
          runs=runs)


def kerple():
    kinds = dict(logarithmic=lambda r1, r2, n: -r1 * np.log(1 + r2 * n),
                 power=lambda r1, r2, n: -r1 * WIDE(n) ** r2 if n else WIDE(0))
    distances = list(range(21)) + [100, 1000]
    settings = [("logarithmic", 1, 3), ("logarithmic", 0.7, 0.35), ("power", 0.5, 0.5), ("power", 0.3, 1.5),
                ("power", 0.25, 1), ("power", 0.01, 2)]
    curves, runs = [], []
    for kind, r1, r2 in settings:
        r1, r2 = WIDE(str(r1)), WIDE(str(r2))
        named = dict(kind=kind, r1=float(r1), r2=float(r2))
        curves.append(dict(**named, bias=numbers(array([kinds[kind](r1, r2, n) for n in distances]))))
        if kind == "logarithmic" or r2 != 1:
            for causal in (True, False):
                runs.append(dict(**named, **run(8, 4, causal, lambda i, j: kinds[kind](r1, r2, abs(i - j)))))
    write("kerple", 1e-12, "logarithmic：−r1·ln(1 + r2·|i−j|)；power：−r1·|i−j|^r2；加在 q·k/√d 之后。curves 的 bias 依次是 distances 的距离",
          distances=distances, curves=curves, runs=runs)


def sandwich():
    def vector(position, size):
        angles = [position / WIDE(10000) ** (WIDE(2 * c) / size) for c in range(size // 2)]
        return [np.sin(a) for a in angles] + [np.cos(a) for a in angles]

    distances = list(range(21)) + [100, 1000]
    kernels = [dict(dimension=size, kernel=numbers(array([dot(vector(n + 5, size), vector(5, size)) for n in distances])))
               for size in (4, 8, 128)]
    runs = []
    for size, count, head in ((8, 12, 3), (8, 12, 12), (128, 8, 1)):
        strength = WIDE(count) / (8 * head)
        runs.append(dict(dimension=size, heads=count, head=head, strength=float(strength),
                         **run(8, 4, True, lambda i, j: strength * dot(vector(i, size), vector(j, size)))))
    write("sandwich", 1e-12, "核 p_i·p_j，p 是 dimension 维的三角式向量，底数 10000，由两个向量的内积算；strength = heads/(8·head)，head 从 1 数；"
          "加在 q·k/√d 之后。kernels 的 kernel 依次是 distances 的距离，没有乘 strength",
          distances=distances, kernels=kernels, runs=runs)


def fire():
    runs = []
    for c, reach, factor in (("0.1", 512, "1"), ("0.1", 4, "1.5"), ("2.5", 3, "-1")):
        w1, b1, w2, b2 = draw(32), draw(32, over=4), draw(32, over=4), draw(1)[0]
        length = 9
        c_, limit = WIDE(c), abs(WIDE(factor) * reach)

        def ratio(i, j):
            top = np.log(abs(c_ * (i - j)) + 1)
            bottom = np.log(abs(c_ * max(WIDE(i), limit)) + 1) + WIDE("1e-6")
            return top / bottom

        def bias(i, j):
            x, total = ratio(i, j), b2
            for n in range(32):
                inner = w1[n] * x + b1[n]
                if inner > 0:
                    total += w2[n] * inner
            return total

        grid = lambda f: [[float(f"{float(f(i, j)):.16g}") for j in range(i + 1)] for i in range(length)]
        runs.append(dict(c=float(c), trainingLength=reach, multiplier=float(factor), epsilon=1e-6, hiddenWeights=numbers(w1),
                         hiddenBiases=numbers(b1), outputWeights=numbers(w2), outputBias=numbers(b2), ratios=grid(ratio),
                         biases=grid(bias), **run(length, 4, True, bias)))
    write("fire", 1e-12, "ratios[i][j] = ln(|c(i−j)|+1)/(ln(|c·max(i, |multiplier·trainingLength|)|+1)+ε)，j ≤ i；biases 是 1→32→1 的 ReLU 网络的输出；"
          "加在 q·k/√d 之后；i 从 0 数", runs=runs)


def tupe():
    count, d, length, buckets, most = 2, 4, 10, 8, 20
    width = count * d
    tokens = draw(length, width, over=2)
    wq, wk, wv, uq, uk = (draw(width, width, over=2) for _ in range(5))
    raw, gain, shift = draw(length + 1, width), draw(width), draw(width)
    normed = np.zeros_like(raw)
    for n in range(length + 1):
        mean = sum(raw[n]) / width
        spread = sum((x - mean) ** 2 for x in raw[n]) / width
        for c in range(width):
            normed[n, c] = (raw[n, c] - mean) / np.sqrt(spread + WIDE("1e-5")) * gain[c] + shift[c]
    table = draw(buckets + 1, count)
    scale = 1 / np.sqrt(WIDE(2 * d))

    def bucket(distance):  # 距离是 i − j；键在后面的用后一半桶
        start, n, half = (buckets // 2 if distance < 0 else 0), abs(distance), buckets // 2
        exact = half // 2
        if n < exact:
            return start + n
        return start + min(exact + int(np.log(WIDE(n) / exact) / np.log(WIDE(most) / exact) * (half - exact)), half - 1)

    qs, ks, vs = (split(project(tokens, w), count) for w in (wq, wk, wv))
    pq, pk = (split(project(normed, u), count) for u in (uq, uk))
    runs = []
    for untied in (True, False):
        for relative in (False, True):
            parts = []
            for h in range(count):
                place, bias = np.zeros((length, length), dtype=WIDE), np.zeros((length, length), dtype=WIDE)
                for i in range(length):
                    for j in range(length):
                        # 放开 [CLS] 时，词元 t 用第 t + 1 行：第 0 行留给 CLS 看别人，第 1 行留给别人看 CLS
                        a, b, row = i + untied, j + untied, bucket(i - j)
                        if untied and i == 0:
                            a, b, row = 0, 0, buckets // 2
                        elif untied and j == 0:
                            a, b, row = 1, 1, buckets
                        place[i, j] = dot(pq[h][a], pk[h][b]) * scale
                        bias[i, j] = table[row, h] if relative else 0
                weights, output = attend(qs[h], ks[h], vs[h], False, lambda i, j: place[i, j] + bias[i, j], scale)
                parts.append(dict(positionScores=numbers(place), bucketBiases=numbers(bias),
                                  **shown(qs[h], ks[h], vs[h], weights, output)))
            runs.append(dict(untied=untied, relative=relative, heads=parts))
    write("tupe", 1e-12, "分数 = (q·k + (p_i U_Q)·(p_j U_K))/√(2d) + 桶的偏置（relative 才有，不除）。positions 是没有归一化的 p，"
          "normed 是 LayerNorm（gain、shift，ε = 1e-5）之后的，进 U_Q、U_K 的是 normed。untied：词元 t 用第 t+1 行；"
          "第 0 个词元是 [CLS]，它那一行（连同 (0,0)）用第 0 行配第 0 行、桶 buckets/2，别人看它用第 1 行配第 1 行、桶 buckets（表的最后一行）。"
          "不 untied：词元 t 用第 t 行。桶照 T5 双向的分法，键在后面用后一半。不加因果掩码；各头按列切开",
          count=count, buckets=buckets, maxDistance=most, tokens=numbers(tokens), wq=numbers(wq), wk=numbers(wk), wv=numbers(wv),
          uq=numbers(uq), uk=numbers(uk), positions=numbers(raw), gain=numbers(gain), shift=numbers(shift),
          normed=numbers(normed), bucketTable=numbers(table), runs=runs)


def path():
    def house(w, beta):
        matrix = np.eye(len(w), dtype=WIDE)
        for a in range(len(w)):
            for b in range(len(w)):
                matrix[a, b] -= beta * w[a] * w[b]
        return matrix

    def scores(q, k, w, beta):
        d = len(q[0])

        def score(i, j):
            product = np.eye(d, dtype=WIDE)
            for t in range(i, j, -1):  # H_i H_{i−1} … H_{j+1}，从左往右乘
                product = project(product, house(w[t], beta[t]))
            return dot(q[i], project(product, array([[x] for x in k[j]]))[:, 0]) / np.sqrt(WIDE(d))

        return score

    def unit(row):
        return row / np.sqrt(dot(row, row))

    runs = []
    for length, d in ((7, 4), (6, 2)):
        q, k, v = draw(length, d), draw(length, d), draw(length, d)
        w, beta = array([unit(row) for row in draw(length, d)]), abs(draw(length)) % 2
        beta[1], beta[2] = 2, 0
        score = scores(q, k, w, beta)
        grid = [[float(f"{float(score(i, j)):.16g}") for j in range(i + 1)] for i in range(length)]
        runs.append(dict(w=numbers(w), beta=numbers(beta), scores=grid, **shown(q, k, v, *finish(score, length, v, True))))

    length, width, count, d, rank = 7, 8, 2, 4, 3
    tokens = draw(length, width, over=2)
    wq, wk, wv = (draw(width, count * d, over=2) for _ in range(3))
    down, up, kernel = draw(width, rank), draw(rank, count * d, over=2), draw(count * d, 3)
    slope, offset = draw(width, count, over=2), draw(count)
    sigmoid = lambda x: 1 / (1 + np.exp(-x))
    inner = project(project(tokens, down), up)
    mixed = np.zeros_like(inner)
    for t in range(length):
        for c in range(count * d):
            total = WIDE(0)
            for u in range(3):  # u = 2 是当前的词元，u = 0 是前面第二个；序列之前是零
                if t - 2 + u >= 0:
                    total += kernel[c, u] * inner[t - 2 + u, c]
            mixed[t, c] = total * sigmoid(total)
    w = [array([unit(row) for row in part]) for part in split(mixed, count)]
    logits = project(tokens, slope)
    beta = [array([2 * sigmoid(logits[t, h] + offset[h]) for t in range(length)]) for h in range(count)]
    qs, ks, vs = (split(project(tokens, m), count) for m in (wq, wk, wv))
    parts = [dict(w=numbers(w[h]), beta=numbers(beta[h]), **shown(
        qs[h], ks[h], vs[h], *finish(scores(qs[h], ks[h], w[h], beta[h]), length, vs[h], True))) for h in range(count)]
    layer = dict(count=count, tokens=numbers(tokens), wq=numbers(wq), wk=numbers(wk), wv=numbers(wv), down=numbers(down),
                 up=numbers(up), kernel=numbers(kernel), betaWeights=numbers(slope), betaBiases=numbers(offset), heads=parts)
    write("path", 1e-11, "分数 q_iᵀ H_i H_{i−1} … H_{j+1} k_j/√d，H_t = I − β_t w_t w_tᵀ，每个 H 都写成矩阵相乘；因果，没有遗忘门。"
          "scores 已经除以 √d，只有 j ≤ i。layer：w = 单位化(SiLU(因果卷积(词元 @ down @ up)))，卷积每列一个核 kernel[列]，"
          "kernel[列][2] 乘当前词元，[0] 乘前面第二个，不加偏置；先切成各头再单位化（不加 ε）；β = 2σ(词元 @ betaWeights + betaBiases)，每头一列",
          runs=runs, layer=layer)


def hierarchical():
    tables = []
    for n, d, alpha, given in ((3, 1, "0.4", [[1], [2], [3]]), (3, 6, "0.4", None), (4, 2, "0.3", None)):
        p, a = array(given) if given else draw(n, d), WIDE(alpha)
        full = array([[a * (p[i][c] - a * p[0][c]) / (1 - a) + (1 - a) * (p[j][c] - a * p[0][c]) / (1 - a) for c in range(d)]
                      for i in range(n) for j in range(n)])
        tables.append(dict(alpha=float(alpha), table=numbers(p), extended=numbers(full)))
        if d == 6:
            chosen = full
    tokens = draw(9, 6)
    write("hierarchical", 1e-12, "table 有 n 行，extended 有 n² 行：第 i·n + j 行 = α·u_i + (1−α)·u_j，u_i = (p_i − α·p_0)/(1−α)，都从 0 数；"
          "前 n 行就是 table。attention：词元 + 第二张表的 extended，一个头", tables=tables,
          attention=from_tokens(tokens, tokens + chosen, True))


def floater():
    d, hidden, step, inner = 4, 6, WIDE("0.01"), 5
    w1, b1, w2, b2 = draw(d + 1, hidden, over=2), draw(hidden, over=2), draw(hidden + 1, d, over=2), draw(d, over=2)

    def speed(t, p):
        middle = []
        for n in range(hidden):
            total = b1[n] + w1[d, n] * t
            for c in range(d):
                total += w1[c, n] * p[c]
            middle.append(total if total > 0 else WIDE(0))
        result = []
        for c in range(d):
            total = b2[c] + w2[hidden, c] * t
            for n in range(hidden):
                total += w2[n, c] * middle[n]
            result.append(total)
        return array(result)

    def walk(start, count, steps=inner):
        p, rows, h = start, [start], step / steps
        for m in range(1, count):
            for s in range(steps):
                t = step * (m - 1) + h * s
                k1 = speed(t, p)
                k2 = speed(t + h / 2, p + h / 2 * k1)
                k3 = speed(t + h / 2, p + h / 2 * k2)
                k4 = speed(t + h, p + h * k3)
                p = p + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            rows.append(p)
        return array(rows)

    positions = [0, 1, 2, 50, 100]
    starts = draw(3, d)
    paths = [walk(start, max(positions) + 1) for start in starts]
    for start, rows in zip(starts, paths):
        exact = solve_ivp(lambda t, p: speed(WIDE(t), array(p)).astype(float), (0, 1), start.astype(float), "DOP853",
                          [0.01 * m for m in positions], rtol=1e-13, atol=1e-13, max_step=0.002)
        miss = lambda found: np.abs(exact.y.T - found[positions].astype(float)).max()
        assert miss(rows) < 1e-6 and miss(walk(start, max(positions) + 1, 80)) < 1e-8
    length = 7
    q, k, v = draw(length, d), draw(length, d), draw(length, d)
    biased = [content + rows[:length] for content, rows in zip((q, k, v), paths)]
    weights, output = attend(*biased, False)
    names = ("query", "key", "value")
    write("floater", 1e-12, "dp/dt = h(p, t)，h：Linear(d+1→hidden)、ReLU、Linear(hidden+1→d)，每层的最后一个输入是 t（权重的最后一行；写成 输入 @ W）。"
          "第 m 个位置是 t = m·step，两个位置之间走 innerSteps 步经典 RK4；rows 依次是 positions 的位置，第 0 个就是初值。"
          "和 SciPy 的 solve_ivp（DOP853，1e-13）核对过：这套步长差在 1e-6 以内（ReLU 的折点让 RK4 降阶），步长缩到 1/16 差在 1e-8 以内。"
          "attention：位置 0 … L−1 的三列向量加在投影之后的查询、键、值上，再除以 √d；query、key、value 是加之前的",
          ["scipy"], step=float(step), innerSteps=inner, hiddenWeights=numbers(w1), hiddenBiases=numbers(b1),
          outputWeights=numbers(w2), outputBiases=numbers(b2), positions=positions,
          paths={name: dict(start=numbers(start), rows=numbers(rows[positions]))
                 for name, start, rows in zip(names, starts, paths)},
          attention=dict(causal=False, biases={name: numbers(rows[:length]) for name, rows in zip(names, paths)},
                         **shown(q, k, v, weights, output)))


def multiplicative():
    tokens, factors = draw(7, 6), 1 + draw(7, 6, over=4)
    encoded = array([[tokens[i, c] * factors[i, c] for c in range(6)] for i in range(7)])
    write("multiplicative", 1e-12, "第 k 个词元逐元素乘第 k 行 table；attention：乘过之后投影，一个头，因果",
          table=numbers(factors), attention=from_tokens(tokens, encoded, True))


def complex_order():
    words, d = [2, 0, 1, 1, 0, 2, 2], 4
    lengths, speeds, phases = draw(3, d), draw(3, d), draw(3, d)
    positions = [0, 1, 2, 3, 4, 50, 511]
    rows = array([[0] * d for _ in words]).astype(np.clongdouble)
    for n, (word, position) in enumerate(zip(words, positions)):
        for c in range(d):
            rows[n, c] = lengths[word, c] * np.exp(np.clongdouble(1j) * (speeds[word, c] * position + phases[word, c]))
    write("complex_order", 1e-11, "词 j 在位置 k 的向量 r_j·e^{i(ω_j·k + θ_j)}，三张表每词一行。第 n 行是词 words[n] 在位置 positions[n]，"
          "分成 real、imaginary 两个数组。整个网络都是复数的，没有通行的复数注意力可以对，所以不存注意力",
          words=words, positions=positions, amplitudes=numbers(lengths), frequencies=numbers(speeds), phases=numbers(phases),
          real=numbers(rows.real), imaginary=numbers(rows.imag))


def zero_padding():
    def layer(x, kernel, circular):
        reach, turned = len(kernel) // 2, kernel[::-1]  # np.convolve 把核倒过来，这里先倒一次
        if circular:
            return np.convolve(np.concatenate([x[-reach:], x, x[:reach]]), turned, "valid")
        return np.convolve(x, turned, "same")

    cases = []
    for x, kernel in ((array([1] * 5), array([1] * 3)), (draw(9), draw(3)), (draw(12), draw(5)), (array([1] * 8), draw(3))):
        for circular in (False, True):
            y, layers = x, []
            for _ in range(3):
                y = layer(y, kernel, circular)
                layers.append(numbers(y))
            cases.append(dict(input=numbers(x), kernel=numbers(kernel), circular=circular, layers=layers))
    write("zero_padding", 1e-12, "y_i = Σ_u kernel[u]·x_{i + u − r}，r 是核宽的一半（向下取整），用 np.convolve；circular：首尾相接，否则外面是零。"
          "layers[n] 是第 n + 1 层的输出，每层同一个核", cases=cases)


if __name__ == "__main__":
    for make in (clip_bias, kerple, sandwich, fire, tupe, path, hierarchical, floater, multiplicative, complex_order, zero_padding):
        restart()
        make()
