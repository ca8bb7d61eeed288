/**
 * 第 12 课用的东西：一排钟针、8231(4) 的泰勒展开、平面上的几种走法、底数管的那条曲线，和三道练习的判分。
 *
 * @module
 */
import { attention } from "@lib/attention.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { requireEvenDimension, requireInteger, requireNumber } from "@lib/errors.ts";
import { dot, type Matrix, matrix, row } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import * as Plot from "@observablehq/plot";
import type { DrawOptions } from "@lib/plots/draw.ts";
import { colors, greys, sizes, tint } from "@lib/plots/style.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 画哪几根针：从快到慢均匀挑，最多 4 根。
 *
 * @param dimension 维数 d，正偶数
 * @throws {ShapeError} 维数不是正偶数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shownHands } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.deepEqual(shownHands(64), [0, 8, 16, 24]); // base = 10000 时，一根比一根慢 10 倍
 * assert.deepEqual(shownHands(4), [0, 1]);
 * ```
 */
export function shownHands(dimension: number): number[] {
  const pairs = requireEvenDimension("挑几根针", dimension) / 2;
  return [...new Set([0, 1, 2, 3].map((n) => Math.floor(n * pairs / 4)))];
}

/**
 * 一排钟面：一面一个位置，面上是 {@linkcode shownHands} 挑的几根针。第 t 根针指着 (cos mθ, sin mθ)，位置 0 全指右边。
 *
 * 像真的钟一样，快的针画得细而长，慢的粗而短；只为分得清，编码里的针都一样长。
 *
 * @param positions 每面钟的位置（词元）
 * @param settings `d` 维数，偶数；`base` 底数
 * @returns 交给 `draw` 的图元和尺寸
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或位置不是有限的数
 * @source kexue 8231(10)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { draw } from "@lib/plots/draw.ts";
 * import { clockFaces } from "@lib/lessons/sinusoidal.ts";
 *
 * const picture = draw({ ...clockFaces([0, 1], { d: 8, base: 10000 }), says: "两面钟" });
 * assert.match(picture.svg, /位置 1/);
 * ```
 */
export function clockFaces(
  positions: readonly number[],
  { d, base }: { d: number; base: number },
): Pick<DrawOptions, "marks" | "height" | "marginBottom" | "marginLeft" | "marginRight" | "x" | "y" | "fx"> {
  const tips = handTips(positions, { d, base });
  const rim = positions.flatMap((position) => {
    const around = Array.from({ length: 73 }, (_, n) => n * Math.PI / 36);
    return around.map((angle) => ({ position, x: Math.cos(angle), y: Math.sin(angle) }));
  });
  const ticks = positions.flatMap((position) =>
    [0, 1, 2, 3].map((n) => ({ position, x: Math.cos(n * Math.PI / 2), y: Math.sin(n * Math.PI / 2) }))
  );
  return {
    height: 232,
    marginBottom: 4,
    marginLeft: 12,
    marginRight: 12,
    x: { domain: [-1.12, 1.12], axis: null },
    y: { domain: [-1.12, 1.5], axis: null, grid: false },
    fx: { domain: positions, axis: null, padding: 0.04 },
    marks: [
      Plot.line(rim, { fx: "position", x: "x", y: "y", z: "position", stroke: greys.axis, strokeWidth: 2 }),
      Plot.link(ticks, {
        fx: "position",
        x1: (tick) => 0.9 * tick.x,
        y1: (tick) => 0.9 * tick.y,
        x2: "x",
        y2: "y",
        stroke: greys.axis,
        strokeWidth: 2,
      }),
      ...shownHands(d).map((_, hand, { length }) =>
        Plot.link(tips.filter((tip) => tip.hand === length - 1 - hand), { // 粗的先画，细的压在上面
          fx: "position",
          x1: 0,
          y1: 0,
          x2: "x",
          y2: "y",
          stroke: tint(colors.position, 1 - 0.22 * (length - 1 - hand)),
          strokeWidth: 3 + 4 * (length - 1 - hand),
          strokeLinecap: "round",
        })
      ),
      Plot.dot(positions, { fx: (position) => position, x: 0, y: 0, r: 4, fill: greys.ink }),
      Plot.text(positions, {
        fx: (position) => position,
        x: 0,
        y: 1.32,
        text: (position) => `位置 ${position}`,
        fill: greys.ink,
        fontSize: sizes.text,
      }),
    ],
  };
}

/**
 * 各根针的针尖：位置 m、第几根（按 {@linkcode shownHands} 的次序）、指着哪里。一根比一根短 0.2。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或位置不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handTips } from "@lib/lessons/sinusoidal.ts";
 *
 * const [fast, slow] = handTips([1], { d: 4, base: 10000 });
 * assert.deepEqual([fast!.x, fast!.y].map((v) => v.toFixed(5)), ["0.54030", "0.84147"]); // 走一格转 1 弧度
 * assert.equal(Math.hypot(slow!.x, slow!.y).toFixed(9), "0.800000000");
 * ```
 */
export function handTips(
  positions: readonly number[],
  { d, base }: { d: number; base: number },
): Array<{ position: number; hand: number; x: number; y: number }> {
  const table = sinusoidalTable(positions, { dimension: d, base });
  return positions.flatMap((position, n) =>
    shownHands(d).map((t, hand) => {
      const long = 1 - 0.2 * hand, [sin, cos] = [row(table, n)[2 * t]!, row(table, n)[2 * t + 1]!];
      return { position, hand, x: long * cos, y: long * sin };
    })
  );
}

/**
 * 从位置 1 走到 `within`，哪个位置的编码离位置 0 的最近：‖p₀ − p_m‖。
 *
 * @param settings `d` 维数，`base` 底数，`within` 走多远（词元）
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或 `within` 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearestReturn } from "@lib/lessons/sinusoidal.ts";
 *
 * // 只有一根针：44 格几乎正好转 7 圈，但差一点
 * assert.equal(nearestReturn({ d: 2, base: 10000, within: 100 }).position, 44);
 * ```
 */
export function nearestReturn(
  { d, base, within }: { d: number; base: number; within: number },
): { position: number; distance: number } {
  requireInteger("找最近的编码", within, 1);
  const frequencies = inverseFrequencies(d, base);
  let position = 1, least = Infinity;
  for (let m = 1; m <= within; m++) {
    let squares = 0; // |1 − e^{imθ}|² = 4 sin²(mθ/2)：不用 2 − 2cos，免得近处的位数抵消光
    for (const frequency of frequencies) squares += 4 * Math.sin(m * frequency / 2) ** 2;
    if (squares < least) [position, least] = [m, squares];
  }
  return { position, distance: Math.sqrt(least) };
}

/**
 * 一层注意力再取平均（pooled attention），没有掩码也没有位置编码：`[n, d]` 的词元进去，`[d]` 的平均输出出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { type Pooled, pooledAttention } from "@lib/lessons/sinusoidal.ts";
 *
 * const f: Pooled = pooledAttention({ d: 2, seed: 1 });
 * const [here, there] = [[[1, 2], [3, -1]], [[3, -1], [1, 2]]].map((rows) => f(matrix(rows)));
 * assert.ok(Math.abs(here![0]! - there![0]!) < 1e-12); // 换个次序，输出不变：8231(2)
 * ```
 */
export type Pooled = (tokens: Matrix) => Float64Array;

/**
 * 造一个 {@linkcode Pooled}：三个投影矩阵由 `seed` 定死，没有训练过。
 *
 * @param settings `d` 维数，`seed` 随机种子
 * @throws {RangeError} 种子不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { normalMatrix } from "@lib/random.ts";
 * import { pooledAttention } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.equal(pooledAttention({ d: 8, seed: 1 })(normalMatrix(5, 8, 2)).length, 8);
 * ```
 */
export function pooledAttention({ d, seed }: { d: number; seed: number }): Pooled {
  const [query, key, value] = [1, 2, 3].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d))) as [
    Matrix,
    Matrix,
    Matrix,
  ];
  return (tokens) => {
    const { output } = attention({ tokens, projections: { query, key, value } });
    const mean = new Float64Array(output.columns);
    output.data.forEach((v, at) => mean[at % output.columns]! += v / output.rows);
    return mean;
  };
}

/**
 * 二阶泰勒展开（second-order Taylor expansion）和真值差多少。p_m、p_n 各乘 `scales` 里的一个数，一个数一个残差。
 *
 * 左边：真的把 p_m、p_n 加到第 m、n 个词元上再算一遍 f。右边：8231(4) 的六项，
 * 梯度和三块二阶导数都在没有位置的那一点上，用中心差分一个分量一个分量地求。f 有 d 个分量，残差取均方根。
 *
 * @param f 要展开的函数
 * @param tokens 词元 `[n, d]`
 * @param slots 位置加在第几个词元上，m 和 n
 * @param codes 加的两个向量 p_m、p_n，各 `[d]`
 * @param scales p 乘多少倍
 * @source kexue 8231(4)
 * @example 二次函数没有三阶项，展开就是它自己
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { taylorResiduals } from "@lib/lessons/sinusoidal.ts";
 *
 * const product = ({ data }: { data: Float64Array }) => Float64Array.of(data[0]! * data[1]! + data[0]! ** 2);
 * const [residual] = taylorResiduals(product, matrix([[2], [3]]), [0, 1], [[0.5], [0.7]], [1]);
 * assert.ok(residual! < 1e-6);
 * ```
 */
export function taylorResiduals(
  f: Pooled,
  tokens: Matrix,
  [m, n]: readonly [number, number],
  [pm, pn]: readonly [ArrayLike<number>, ArrayLike<number>],
  scales: readonly number[],
): number[] {
  const d = tokens.columns, h = 1e-3; // 差分的步子：再小，舍入误差就上来了
  const moved = (...steps: ReadonlyArray<readonly [cell: number, by: number]>) => {
    const data = tokens.data.slice();
    for (const [cell, by] of steps) data[cell]! += by;
    return f({ ...tokens, data });
  };
  const slope = (a: number) => {
    const up = moved([a, h]), down = moved([a, -h]);
    return up.map((v, k) => (v - down[k]!) / (2 * h));
  };
  const bend = (a: number, b: number) => {
    const [pp, pq, qp, qq] = [[h, h], [h, -h], [-h, h], [-h, -h]].map(([x, y]) => moved([a, x!], [b, y!]));
    return pp!.map((v, k) => (v - pq![k]! - qp![k]! + qq![k]!) / (4 * h * h));
  };
  const start = moved(), first = start.map(() => 0), second = start.map(() => 0);
  const gather = (into: Float64Array, by: number, values: Float64Array) => values.forEach((v, k) => into[k]! += by * v);
  for (let a = 0; a < d; a++) {
    gather(first, pm[a]!, slope(m * d + a));
    gather(first, pn[a]!, slope(n * d + a));
    for (let b = 0; b < d; b++) {
      gather(second, pm[a]! * pm[b]! / 2, bend(m * d + a, m * d + b));
      gather(second, pn[a]! * pn[b]! / 2, bend(n * d + a, n * d + b));
      gather(second, pm[a]! * pn[b]!, bend(m * d + a, n * d + b)); // 第六项 p_mᵀ H p_n
    }
  }
  return scales.map((scale) => {
    const steps = Array.from(
      { length: d },
      (_, a) => [[m * d + a, scale * pm[a]!], [n * d + a, scale * pn[a]!]] as const,
    ).flat();
    const exact = moved(...steps);
    const squares = exact.reduce(
      (sum, v, k) => sum + (v - start[k]! - scale * first[k]! - scale ** 2 * second[k]!) ** 2,
      0,
    );
    return Math.sqrt(squares / exact.length);
  });
}

/**
 * 平面上的四种走法：位置 m 走到哪一点 `[x, y]`。只有一种的点积只看 m − n。
 *
 * @source kexue 8231(5)、8231(9)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { planarWalks } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.deepEqual(planarWalks["匀速转圈"]!(0), [1, 0]);
 * ```
 */
export const planarWalks: Readonly<Record<string, (m: number) => readonly [number, number]>> = {
  沿直线走: (m) => [1 + m / 10, 0],
  边转边往外走: (m) => polar(1 + m / 10, 0.3 * m),
  越转越快: (m) => polar(1, 0.3 * m * m),
  匀速转圈: (m) => polar(1, 0.3 * m),
};

function polar(r: number, angle: number): readonly [number, number] {
  return [r * Math.cos(angle), r * Math.sin(angle)];
}

/**
 * 余弦积分（cosine integral）Ci(x) = γ + ln x + ∫₀ˣ (cos u − 1)/u du，误差小于 1e-8。
 *
 * @param x 正数
 * @throws {RangeError} 不是正数
 * @source Abramowitz & Stegun 5.2.16、5.2.34
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cosineIntegral } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.ok(Math.abs(cosineIntegral(1) - 0.3374039229) < 1e-9);
 * assert.ok(Math.abs(cosineIntegral(100) + 0.0051488251) < 1e-9);
 * ```
 */
export function cosineIntegral(x: number): number {
  requireNumber("算余弦积分", x, "正数", (v) => v > 0 && v < Infinity);
  if (x < 23) {
    let sum = 0.5772156649015329 + Math.log(x), power = 1; // 欧拉常数 γ
    for (let k = 1; k <= 60; k++) {
      power *= -x * x / ((2 * k - 1) * 2 * k);
      sum += power / (2 * k);
    }
    return sum;
  }
  let f = 0, g = 0, term = 1 / x; // 渐近级数：项开始变大之前停
  for (let k = 0; k < 11; k++) {
    f += term;
    g += term * (2 * k + 1) / x;
    term *= -(2 * k + 1) * (2 * k + 2) / (x * x);
  }
  return f * Math.sin(x) - g * Math.cos(x);
}

/**
 * 底数管的那条曲线：隔 `distance` 个，∫₀¹ cos(Δ·base⁻ᵗ) dt，也就是一对出多少分（d 取到无穷大，位置 0 处是 1）。
 *
 * 换元 u = Δ·base⁻ᵗ，积分就是 (Ci(Δ) − Ci(Δ/base)) / ln base。
 *
 * @param distance 距离 Δ（词元），正数
 * @param base 底数，大于 1
 * @throws {RangeError} 距离不是正数，或底数不大于 1
 * @source kexue 8231(11) 最右边
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decayIntegral } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.equal(decayIntegral(64, 10000).toFixed(5), "0.48734");
 * ```
 */
export function decayIntegral(distance: number, base: number): number {
  requireNumber("定底数", base, "大于 1 的数", (b) => b > 1 && b < Infinity);
  return (cosineIntegral(distance) - cosineIntegral(distance / base)) / Math.log(base);
}

/**
 * 从距离 1 往外走，p_m·p_n 第一次变成负数是隔几个；`within` 以内没有就是 `undefined`。
 *
 * @param settings `d` 维数，`base` 底数，`within` 走多远（词元）
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或 `within` 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { firstNegative } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.equal(firstNegative({ d: 128, base: 10000, within: 3000 }), 1707);
 * assert.equal(firstNegative({ d: 2, base: 10000, within: 100 }), 2); // 一根针：cos 2 < 0
 * ```
 */
export function firstNegative(
  { d, base, within }: { d: number; base: number; within: number },
): number | undefined {
  requireInteger("找第一个负数", within, 1);
  const frequencies = inverseFrequencies(d, base);
  for (let distance = 1; distance <= within; distance++) {
    let sum = 0;
    for (const frequency of frequencies) sum += Math.cos(distance * frequency);
    if (sum < 0) return distance;
  }
  return undefined;
}

/**
 * 练习 1（手算）的判分：d = 128 时 p_m·p_m 是多少。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { selfProductProperties } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.ok(Math.abs(selfProductProperties[1]!.measure(64)) < 1e-9);
 * ```
 */
export const selfProductProperties: ReadonlyArray<Property<number>> = [
  {
    name: "比维数 128 小",
    measure: (product) => product,
    bound: { max: 127 },
    hint: "sin² + cos² = 1：两个分量合起来才出一个 1",
  },
  {
    name: "和真的算出来的一样",
    measure: (product) => {
      const p = row(sinusoidalTable([7], { dimension: 128 }), 0);
      return product - dot(p, p);
    },
    bound: 1e-6,
    hint: "每一对出一个 1，加起来，不开方：128 维有几对？",
  },
];

/**
 * 练习 2（改参数）的判分：d = 64 时，底数最小是几（整数），最慢的针走 512 格还转不满一圈。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slowestTurnProperties } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.ok(slowestTurnProperties[2]!.measure(10000) < 1);
 * ```
 */
export const slowestTurnProperties: ReadonlyArray<Property<number>> = [
  { name: "是整数", measure: (base) => base - Math.round(base), bound: 0, hint: "底数写整数" },
  { name: "大于 1", measure: (base) => base, bound: { min: 2 }, hint: "底数是 1，每根针就一样快了" },
  {
    name: "最慢的针走 512 格，转的圈数不到 1",
    measure: (base) => slowestTurns(base),
    bound: { max: 1 - 1e-12 },
    hint: "底数再大一些，慢针才更慢。波长是 2π ÷ 角频率，最慢的是第 31 对，指数是 62/64，不是 1",
  },
  {
    name: "底数少 1，就转满一圈了",
    measure: (base) => slowestTurns(base - 1),
    bound: { min: 1 },
    hint: "一圈是转不满了，但底数还能再小",
  },
];

function slowestTurns(base: number): number {
  return 512 * inverseFrequencies(64, base).at(-1)! / (2 * Math.PI);
}

/**
 * 练习 3 的答案的样子：位置 m 的编码（sin、cos 相邻）、走几格、各对的角频率进去，位置 m + k 的编码出来；没告诉它 m。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Move } from "@lib/lessons/sinusoidal.ts";
 *
 * const blank: Move = () => undefined;
 * assert.equal(blank([0, 1], 1, [1]), undefined);
 * ```
 */
export type Move = (code: number[], steps: number, frequencies: number[]) => number[] | undefined;

/**
 * 练习 3（写代码）的判分：不知道 m，把 p_m 变成 p_{m+k}。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { moveProperties } from "@lib/lessons/sinusoidal.ts";
 *
 * const addCode = (p: number[], k: number, θ: number[]) =>
 *   p.map((v, c) => v + (c % 2 ? Math.cos : Math.sin)(k * θ[c >> 1]!)); // 把 p_k 加上去，不是拨针
 * assert.ok(Math.abs(moveProperties[0]!.measure(addCode)) > 0.1);
 * ```
 */
export const moveProperties: ReadonlyArray<Property<Move>> = [
  {
    name: "走 0 格，原样不动",
    measure: (move) => farthest(starts.map((m) => gap(moved(move, m, 0), code(m)))),
    bound: 1e-9,
    hint: "k = 0 时 cos = 1、sin = 0：不是把 p_k 加上去，是把每根针拨一个角度",
  },
  {
    name: "每一对的长度不变",
    measure: (move) =>
      farthest(starts.flatMap((m) => {
        const p = moved(move, m, 3);
        return speeds.map((_, t) => Math.hypot(p[2 * t]!, p[2 * t + 1]!) - 1);
      })),
    bound: 1e-9,
    hint: "检查正负号，还有谁和谁是一对：第 t 对是第 2t 个和第 2t + 1 个。第二个数要用没改过的第一个算",
  },
  {
    name: "走 k 格再走 −k 格，回到原处",
    measure: (move) => farthest(starts.map((m) => gap(checked(move(moved(move, m, 3), -3, [...speeds])), code(m)))),
    bound: 1e-9,
    hint: "拨的角度要和 k 成正比，负的就往回拨",
  },
  {
    name: "从 p_m 走 k 格，落在 p_{m+k}",
    measure: (move) => farthest(starts.map((m) => gap(moved(move, m, 3), code(m + 3)))),
    bound: 1e-9,
    hint: "看看是不是拨反了：一对里先 sin 后 cos，sin(a + b) = sin a cos b + cos a sin b",
  },
];

const speeds = [...inverseFrequencies(6, 100)], starts = [0, 1, 5, 40];

function code(m: number): number[] {
  return [...row(sinusoidalTable([m], { dimension: 6, base: 100 }), 0)];
}

function moved(move: Move, m: number, steps: number): number[] {
  return checked(move(code(m), steps, [...speeds]));
}

function checked(result: number[] | undefined): number[] {
  if (!Array.isArray(result) || result.length !== 6) throw new TypeError("需要返回和 code 一样长的数组");
  return result;
}

function gap(a: readonly number[], b: readonly number[]): number {
  return farthest(a.map((v, c) => v - b[c]!));
}

/** 绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

/**
 * 一种走法走 `L` 步，位置 m 在第 m 行 `[L, 2]`。
 *
 * @param name {@linkcode planarWalks} 里的一个名字
 * @param length 几步
 * @throws {RangeError} 没有这种走法，或步数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { walked } from "@lib/lessons/sinusoidal.ts";
 *
 * assert.deepEqual([...walked("沿直线走", 2).data], [1, 0, 1.1, 0]);
 * ```
 */
export function walked(name: string, length: number): Matrix {
  requireInteger("走几步", length, 1);
  const walk = Object.hasOwn(planarWalks, name) ? planarWalks[name] : undefined;
  if (!walk) throw new RangeError(`无法走“${name}”：需要 ${Object.keys(planarWalks).join("、")} 之一：现在是 ${name}`);
  return matrix(Array.from({ length }, (_, m) => walk(m)));
}
