/**
 * 第 31 课用的东西：d 维的 R、线性注意力、8265(15) 的改写、塞前缀和平移的量法，三道练习的判分。
 *
 * @module
 */
import { attention, type Unprojected } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import type { Encoding } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope, rotary } from "@lib/encodings/rope.ts";
import { voRope } from "@lib/encodings/vo_rope.ts";
import { requireFinite, requireInteger, requireVector, ShapeError } from "@lib/errors.ts";
import { transposed } from "@lib/lessons/from_3_to_4.ts";
import { meanCosine } from "@lib/limits/decay.ts";
import { dot, type Matrix, matrix, multiply, row, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * d 维的旋转矩阵 `[d, d]`：对角线上一块一块的 2×2，第 i 块转 mθᵢ；乘在列向量的左边。
 *
 * 只为和文章对照：真要转用 `lib/encodings/rotation.ts`，不摆这张大半是 0 的表。
 *
 * @param position 位置 m
 * @param frequencies 角频率 θ `[d/2]`（弧度每词元）
 * @throws {ShapeError} 角频率不是一串数
 * @throws {RangeError} 位置不是有限的数
 * @source kexue 8265(11)；RF(15)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blockRotation } from "@lib/lessons/rope.ts";
 *
 * const { data } = blockRotation(1, [Math.PI / 2]); // 转 90 度
 * assert.deepEqual([...data].map(Math.round), [0, -1, 1, 0]);
 * ```
 */
export function blockRotation(position: number, frequencies: ArrayLike<number>): Matrix {
  const [m] = requireFinite("造旋转矩阵，定位置", [position], 1), speeds = requireVector("造旋转矩阵", frequencies);
  const d = 2 * speeds.length, R = zeros(d, d);
  speeds.forEach((theta, i) => {
    const [c, s] = [Math.cos(m! * theta), Math.sin(m! * theta)], corner = 2 * i * d + 2 * i;
    R.data.set([c, -s], corner);
    R.data.set([s, c], corner + d);
  });
  return R;
}

/**
 * 最像距离 0 的那个距离：q = k、每对一样长时，隔 1 到 `longest` 个里，分数比隔 0 个少得最少的。
 *
 * @param frequencies 角频率 θ `[d/2]`（弧度每词元）
 * @param longest 看到多远（词元）
 * @returns `distance` 哪个距离，`gap` 分数少了几成
 * @throws {RangeError} `longest` 不是正整数
 * @example 每格转 90 度，隔 4 个就回来了
 * ```ts
 * import assert from "node:assert/strict";
 * import { closestReturn } from "@lib/lessons/rope.ts";
 *
 * assert.equal(closestReturn([Math.PI / 2], 7).distance, 4);
 * assert.equal(closestReturn([1], 4095).distance, 710); // 710 ≈ 113 × 2π
 * ```
 */
export function closestReturn(frequencies: ArrayLike<number>, longest: number): { distance: number; gap: number } {
  requireInteger("找最像距离 0 的", longest, 1);
  const gaps = meanCosine(Array.from({ length: longest }, (_, t) => t + 1), frequencies).map((score) => 1 - score);
  const gap = gaps.reduce((least, one) => Math.min(least, one));
  return { distance: gaps.indexOf(gap) + 1, gap };
}

/**
 * 8265(13) 里的四列，各 `[d]`：`q`、换了位置的 `p` = (−q₁, q₀, −q₃, q₂, …)、cos 的 `C`、sin 的 `S`。
 *
 * @param vector q `[d]`
 * @param position 位置 m
 * @param frequencies 角频率 θ `[d/2]`（弧度每词元）
 * @throws {ShapeError} 维数不是 θ 的两倍
 * @source kexue 8265(13)；RF(34)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { columns } from "@lib/lessons/rope.ts";
 *
 * assert.deepEqual(columns([1, 2, 3, 4], 0, [1, 0.1]), { q: [1, 2, 3, 4], p: [-2, 1, -4, 3], C: [1, 1, 1, 1], S: [0, 0, 0, 0] });
 * ```
 */
export function columns(
  vector: ArrayLike<number>,
  position: number,
  frequencies: ArrayLike<number>,
): Record<"q" | "p" | "C" | "S", number[]> {
  const q = [...requireVector("排 8265(13) 的列", vector, 2 * requireVector("排 8265(13) 的列", frequencies).length)];
  const angles = q.map((_, c) => position * frequencies[Math.floor(c / 2)]!);
  return {
    q,
    p: q.map((_, c) => c % 2 === 0 ? -q[c + 1]! : q[c - 1]!),
    C: angles.map(Math.cos),
    S: angles.map(Math.sin),
  };
}

/**
 * 值转不转的三种编码：只转 q、k；v 也转；v 也转，输出再转回来（VO-RoPE）。
 *
 * @param options `dimension` 维数 d，`base` 底数
 * @throws 和 `rope` 相同
 * @source kexue 10862
 * @example 只有中间那个没有转回来
 * ```ts
 * import assert from "node:assert/strict";
 * import { valueWays } from "@lib/lessons/rope.ts";
 *
 * assert.deepEqual(valueWays({ dimension: 4, base: 100 }).map(({ value, output }) => [!!value, !!output]),
 *   [[false, false], [true, false], [true, true]]);
 * ```
 */
export function valueWays(options: { readonly dimension: number; readonly base: number }): Encoding[] {
  const turn = rope(options);
  return [
    { ...turn, name: "只转 q、k" },
    { ...turn, name: "v 也转", value: turn.query! },
    { ...compose(turn, voRope(options)), name: "v 也转，输出转回来" },
  ];
}

/**
 * 八对随机的 q、k，各 `[d]`，方差 1。
 *
 * @throws {RangeError} 种子不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { samplePairs } from "@lib/lessons/rope.ts";
 *
 * assert.equal(samplePairs(4, 1).length, 8);
 * ```
 */
export function samplePairs(d: number, seed: number): ReadonlyArray<readonly [q: Float64Array, k: Float64Array]> {
  const all = normalMatrix(16, d, seed);
  return Array.from({ length: 8 }, (_, n) => [row(all, 2 * n), row(all, 2 * n + 1)] as const);
}

/**
 * 非负的特征（elu + 1）：x > 0 时是 x + 1，否则是 eˣ；线性注意力拿它当 φ。
 *
 * @source Katharopoulos et al. arXiv 2006.16236 (7)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { positive } from "@lib/lessons/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...positive(matrix([[2, 0, -1]])).data], [3, 1, Math.exp(-1)]);
 * ```
 */
export function positive(m: Matrix): Matrix {
  return { ...m, data: m.data.map((x) => x > 0 ? x + 1 : Math.exp(x)) };
}

/**
 * 线性注意力（linear attention）`[n, dv]`：先把键和值乘成一张 d×dv 的表，再让查询去乘，不摆 n×n 的表。
 *
 * @param above 分子用的查询、键特征，各 `[n, d]`
 * @param below 分母用的查询、键特征；8265(17) 上下都不转，8265(18) 上下都转，8265(19) 只转上面
 * @param values 值 `[n, dv]`
 * @throws {ShapeError} 形状对不上
 * @source kexue 8265(17)–(19)；RF(17)–(19)
 * @example 特征都是 1：每个键一样重，输出是值的平均
 * ```ts
 * import assert from "node:assert/strict";
 * import { linearAttention } from "@lib/lessons/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const ones = matrix([[1], [1]]);
 * assert.deepEqual([...linearAttention([ones, ones], [ones, ones], matrix([[2], [4]])).data], [3, 3]);
 * ```
 */
export function linearAttention(
  above: readonly [queries: Matrix, keys: Matrix],
  below: readonly [queries: Matrix, keys: Matrix],
  values: Matrix,
): Matrix {
  const top = multiply(above[0], multiply(transposed(above[1]), values));
  const every = matrix(Array.from({ length: below[1].rows }, () => [1]));
  const bottom = multiply(below[0], multiply(transposed(below[1]), every));
  return { ...top, data: top.data.map((x, at) => x / bottom.data[Math.floor(at / top.columns)]!) };
}

/**
 * 一段话的线性注意力：特征、转过的特征和三种输出。
 *
 * @param input `queries`、`keys`、`values`，各 `[n, ·]`
 * @param encoding RoPE
 * @param shift 位置从几数起
 * @returns `letters` 是写式子用的字母：`Q`、`K` 特征，`A`、`B` 转过的，`V` 值，`I` 全 1 `[n, dv]`；
 * `plain`、`both`、`top` 是 8265(17)、(18)、(19) 的输出 `[n, dv]`
 * @throws {ShapeError} 形状对不上
 * @source kexue 8265(17)–(19)；RF(17)–(19)
 * @example 位置 0 上只有一个词元：转和不转一样
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { linearWays } from "@lib/lessons/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, -1]]), { plain, top } = linearWays({ queries: x, keys: x, values: x }, rope({ dimension: 2 }), 0);
 * assert.deepEqual([...plain.data], [...top.data]);
 * ```
 */
export function linearWays(
  input: { readonly queries: Matrix; readonly keys: Matrix; readonly values: Matrix },
  encoding: Encoding,
  shift: number,
): {
  letters: Readonly<Record<"Q" | "K" | "A" | "B" | "V" | "I", Matrix>>;
  plain: Matrix;
  both: Matrix;
  top: Matrix;
} {
  const [Q, K] = [positive(input.queries), positive(input.keys)], V = input.values;
  const at = Float64Array.from({ length: Q.rows }, (_, m) => m + shift);
  const [A, B] = [encoding.query!(Q, at), encoding.key!(K, at)], I = { ...V, data: V.data.map(() => 1) };
  return {
    letters: { Q, K, A, B, V, I },
    plain: linearAttention([Q, K], [Q, K], V),
    both: linearAttention([A, B], [A, B], V),
    top: linearAttention([A, B], [Q, K], V),
  };
}

/**
 * 8265(15)、(16)：把 Σ hᵢ e^{iΔθᵢ} 换个次序加，再放大成上界。
 *
 * @param q 查询 `[d]`，相邻两维一对
 * @param k 键 `[d]`
 * @param distance 距离 Δ = m − n
 * @param frequencies 角频率 θ `[d/2]`（弧度每词元）
 * @returns `direct` 逐对相加的复数 `[re, im]`，实部就是点积；`rearranged` 换了次序的；`middle` 是 8265(16) 中间那个和；`bound` 是最右边的上界
 * @throws {ShapeError} 维数对不上
 * @source kexue 8265(15)、(16)；RF(36)、(37)
 * @example 只有一对：h 从 q·k* 直接落到 0
 * ```ts
 * import assert from "node:assert/strict";
 * import { abel } from "@lib/lessons/rope.ts";
 *
 * const { direct, rearranged, bound } = abel([1, 0], [1, 0], 0, [1]);
 * assert.deepEqual([direct, rearranged, bound], [[1, 0], [1, 0], 1]);
 * ```
 */
export function abel(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  distance: number,
  frequencies: ArrayLike<number>,
): { direct: number[]; rearranged: number[]; middle: number; bound: number } {
  const speeds = requireVector("改写 8265(14)", frequencies), pairs = speeds.length;
  const [a, b] = [q, k].map((one) => requireVector("改写 8265(14)", one, 2 * pairs)) as [Float64Array, Float64Array];
  const h = Array.from({ length: pairs }, (_, i) => { // 第 i 对的 q·k*
    const [x = 0, y = 0, u = 0, v = 0] = [a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]];
    return [x * u + y * v, y * u - x * v] as const;
  });
  const direct = [0, 0], rearranged = [0, 0], S = [0, 0];
  let middle = 0, steepest = 0, sizes = 0;
  h.forEach(([re, im], i) => {
    const [c, s] = [Math.cos(distance * speeds[i]!), Math.sin(distance * speeds[i]!)];
    const [nextRe, nextIm] = h[i + 1] ?? [0, 0], dRe = nextRe - re, dIm = nextIm - im; // 最后一个之后当作 0
    direct[0]! += re * c - im * s, direct[1]! += re * s + im * c;
    S[0]! += c, S[1]! += s;
    rearranged[0]! -= S[0]! * dRe - S[1]! * dIm, rearranged[1]! -= S[0]! * dIm + S[1]! * dRe;
    const size = Math.hypot(S[0]!, S[1]!), step = Math.hypot(dRe, dIm);
    middle += size * step, sizes += size, steepest = Math.max(steepest, step);
  });
  return { direct, rearranged, middle, bound: steepest * sizes };
}

/**
 * 在一句话前面塞 `count` 个别的词元（prefix），看这句话里互相的分数和权重变了多少；因果，位置往后推。
 *
 * @param sentence 一句话 `[n, d]` 和投影矩阵
 * @param count 塞几个
 * @param encoding 编码
 * @param seed 塞进去的词元的随机种子
 * @returns 同一对词元，分数、权重各最多变多少
 * @throws {RangeError} `count` 不是非负整数
 * @example 什么也不塞，什么也不变
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { randomSentence } from "@lib/lessons/four_tokens.ts";
 * import { prefixEffect } from "@lib/lessons/rope.ts";
 *
 * const sentence = randomSentence({ L: 4, d: 8, seed: 1 }), encoding = rope({ dimension: 8 });
 * assert.deepEqual(prefixEffect(sentence, 0, encoding, 1), { scores: 0, weights: 0 });
 * assert.ok(prefixEffect(sentence, 100, encoding, 1).weights > 0.1);
 * ```
 */
export function prefixEffect(
  sentence: Unprojected,
  count: number,
  encoding: Encoding,
  seed: number,
): { scores: number; weights: number } {
  assertKnobs();
  requireInteger("在前面塞词元", count, 0);
  const { tokens, projections } = sentence, n = tokens.rows;
  const front = normalMatrix(count, tokens.columns, seed).data;
  const longer = { ...tokens, rows: count + n, data: Float64Array.from([...front, ...tokens.data]) };
  const queryRows = Array.from({ length: n }, (_, i) => count + i);
  const alone = attention({ tokens, projections, encoding, causal: true });
  const after = attention({ tokens: longer, projections, encoding, causal: true, queryRows });
  const most = (a: Matrix, b: Matrix) => {
    let difference = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) difference = Math.max(difference, Math.abs(row(a, i)[j]! - row(b, i)[count + j]!));
    }
    return difference;
  };
  return { scores: most(alone.scores, after.scores), weights: most(alone.weights, after.weights) };
}

/**
 * 平移以后 q·k 变了多少（drift）：算角度时每一步都按 `round` 舍入；实数里应当是 0。
 *
 * @param q 查询 `[d]`
 * @param k 键 `[d]`
 * @param options `distance` 距离，`shift` 两个位置一起加多少，`frequencies` 角频率 θ `[d/2]`，`round` 怎么舍入
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drift } from "@lib/lessons/rope.ts";
 *
 * const options = { distance: 3, shift: 1e7, frequencies: [0.3] };
 * assert.ok(drift([1, 0], [0, 1], { ...options, round: (x) => x }) < 1e-8);
 * assert.ok(drift([1, 0], [0, 1], { ...options, round: Math.fround }) > 1e-2);
 * ```
 */
export function drift(q: ArrayLike<number>, k: ArrayLike<number>, options: {
  readonly distance: number;
  readonly shift: number;
  readonly frequencies: ArrayLike<number>;
  readonly round: (x: number) => number;
}): number {
  const { distance, shift, frequencies, round } = options;
  const turned = (vector: ArrayLike<number>, m: number) => {
    const angles = Float64Array.from(frequencies, (theta) => round(round(m) * round(theta)));
    return row(
      rotary("舍入", { frequencies: angles, dimension: vector.length }).query!(matrix([vector]), Float64Array.of(1)),
      0,
    );
  };
  const score = (start: number) => dot(turned(q, start + distance), turned(k, start));
  return Math.abs(score(shift) - score(0));
}

/**
 * 练习 1（手算）的判分：两对，每格各转 90 度和 30 度；q = k = (1, 0, 1, 0)，q 在 5，k 在 3，q̃·k̃ 是几。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/rope.ts";
 *
 * assert.ok(Math.abs(handProperties[1]!.measure(-0.5)) < 1e-12);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "两对各在 −1 和 1 之间，加起来在 −2 和 2 之间",
    measure: (score) => score,
    bound: { min: -2, max: 2 },
    hint: "一对的点积是夹角的余弦，两对加起来",
  },
  {
    name: "和真的转一遍一样",
    measure: (score) => score - turnedDot(),
    bound: 0.005,
    hint: "隔 2 个：第 0 对的夹角是 180 度，第 1 对是 60 度，两个余弦相加。快慢各是各的",
  },
];

function turnedDot(): number {
  const encoding = rotary("90 度和 30 度", { frequencies: [Math.PI / 2, Math.PI / 6], dimension: 4 });
  const x = matrix([[1, 0, 1, 0]]), input = { queries: x, keys: x, values: x };
  return attention({ ...input, encoding, queryPositions: [5], positions: [3] }).scores.data[0]! * 2; // 乘回 √4
}

/**
 * d = 64 时，走 4096 格转不满一圈的有几对。
 *
 * @param base 底数，大于 1
 * @throws {RangeError} 底数不大于 1
 * @source kexue 9948，圈数 θL/2π
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unfinishedPairs } from "@lib/lessons/rope.ts";
 *
 * assert.equal(unfinishedPairs(10000), 9);
 * ```
 */
export function unfinishedPairs(base: number): number {
  return inverseFrequencies(64, base).filter((theta) => theta * 4096 < 2 * Math.PI).length;
}

/**
 * 练习 2（改参数）的判分：底数写几，32 对里正好一半走 4096 格转不满一圈。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { halfProperties } from "@lib/lessons/rope.ts";
 *
 * assert.equal(halfProperties[0]!.measure(10000), 9);
 * ```
 */
export const halfProperties: ReadonlyArray<Property<number>> = [
  {
    name: "至少一半（16 对）转不满",
    measure: unfinishedPairs,
    bound: { min: 16 },
    hint: "量到的是转不满的有几对。底数越大，慢的那些越慢",
  },
  {
    name: "不多于一半",
    measure: unfinishedPairs,
    bound: { max: 16 },
    hint: "量到的是转不满的有几对。底数大过头了",
  },
];

/**
 * 练习 3 的答案的样子：向量 `[d]`、位置 m、角频率 θ `[d/2]` 进去，转完的向量 `[d]` 出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Rotate } from "@lib/lessons/rope.ts";
 *
 * const blank: Rotate = () => undefined;
 * assert.equal(blank([1, 0], 1, [1]), undefined);
 * ```
 */
export type Rotate = (q: number[], m: number, theta: number[]) => number[] | undefined;

const speeds = [1, 0.1, 0.01];
const [one, other] = [normalMatrix(1, 6, 3).data, normalMatrix(1, 6, 4).data].map((data) => [...data]) as [
  number[],
  number[],
];

/**
 * 练习 3（写代码）的判分：照 8265(13) 把一个向量转好。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotateProperties } from "@lib/lessons/rope.ts";
 *
 * assert.ok(rotateProperties[1]!.measure((q, m) => q.map((x) => x * m)) > 1); // 乘位置：长度变了
 * ```
 */
export const rotateProperties: ReadonlyArray<Property<Rotate>> = [
  {
    name: "位置 0 不转",
    measure: (rotate) => farthest(turned(rotate, one, 0), one),
    bound: 1e-9,
    hint: "cos 0 = 1，sin 0 = 0：位置 0 应当原样返回",
  },
  {
    name: "转完长度不变",
    measure: (rotate) => Math.abs(Math.hypot(...turned(rotate, one, 7)) - Math.hypot(...one)),
    bound: 1e-9,
    hint: "第二项是 (−q₁, q₀, −q₃, q₂, …)，负号在每对的头一个；要用没改过的 q 算",
  },
  {
    name: "一对只在自己里面转：别的对是 0，转完还是 0",
    measure: (rotate) =>
      Math.max(...turned(rotate, [0, 0, 3, 4, 0, 0], 7).map((x, c) => c === 2 || c === 3 ? 0 : Math.abs(x))),
    bound: 1e-9,
    hint: "这里是相邻两维一对：0 和 1、2 和 3、4 和 5，不是前后两半",
  },
  {
    name: "第 1 对比第 0 对慢：走 5 格，只转 0.5 弧度",
    measure: (rotate) =>
      farthest(turned(rotate, [0, 0, 1, 0, 0, 0], 5).slice(2, 4).map(Math.abs), [Math.cos(0.5), Math.sin(0.5)]),
    bound: 1e-9,
    hint: "第 i 对用 θ[i]，转 m·θ[i] 弧度；第 c 维属于第 c/2（去掉小数）对",
  },
  {
    name: "q 和 k 一起平移 5，点积不变",
    measure: (rotate) => Math.abs(product(rotate, 7, 2) - product(rotate, 12, 7)),
    bound: 1e-9,
    hint: "角度要和位置成正比",
  },
  {
    name: "逆时针转：(1, 0) 转 1 弧度是 (cos 1, sin 1)",
    measure: (rotate) => farthest(turned(rotate, [1, 0, 0, 0, 0, 0], 1).slice(0, 2), [Math.cos(1), Math.sin(1)]),
    bound: 1e-9,
    hint: "sin 的正负号反了，就是往回转",
  },
  {
    name: "每一对都逆时针，各用各的 θ，和课里转出来的一样",
    measure: (rotate) => {
      const { query } = rotary("三对", { frequencies: speeds, dimension: 6 });
      return farthest(turned(rotate, one, 7), [...query!(matrix([one]), Float64Array.of(7)).data]);
    },
    bound: 1e-9,
    hint: "只有某一对不对：看它的正负号，看它用的是 θ[几]",
  },
];

const farthest = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((x, c) => Math.abs(x - b[c]!)));

function product(rotate: Rotate, m: number, n: number): number {
  return dot(Float64Array.from(turned(rotate, one, m)), Float64Array.from(turned(rotate, other, n)));
}

function turned(rotate: Rotate, q: number[], m: number): number[] {
  const result = rotate([...q], m, [...speeds]);
  if (!Array.isArray(result) || result.length !== q.length) {
    throw new ShapeError("判练习 3", `返回 ${q.length} 个数的数组`, result);
  }
  return result;
}
