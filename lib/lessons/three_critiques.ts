/**
 * 第 13 课用的东西：几种投影、8231(12) 和 8231(13) 的两个写法，和三道练习的判分。
 *
 * @module
 */
import { requireVector, ShapeError } from "@lib/errors.ts";
import { dot, type Matrix, multiply, row, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";

/**
 * 一对一块的投影（block projection）`[d, d]`：第 t 块是 [[aₜ, bₜ], [−bₜ, aₜ]]，块外是 0。
 *
 * 三角编码经过它，p_m W p_nᵀ = Σ aₜ cos((m−n)θₜ) + bₜ sin((m−n)θₜ)：还是只看 m − n，有 b 就分得出前后。
 *
 * @param a 每一块的 a `[d/2]`
 * @param b 每一块的 b `[d/2]`
 * @throws {ShapeError} 不是两串一样长的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blocks } from "@lib/lessons/three_critiques.ts";
 *
 * assert.deepEqual([...blocks([0], [1]).data], [0, 1, -1, 0]); // 就是 J
 * ```
 */
export function blocks(a: ArrayLike<number>, b: ArrayLike<number>): Matrix {
  const as = requireVector("摆一对一块的投影", a), bs = requireVector("摆一对一块的投影", b, as.length);
  const W = zeros(2 * as.length, 2 * as.length);
  as.forEach((value, t) => {
    row(W, 2 * t).set([value, bs[t]!], 2 * t);
    row(W, 2 * t + 1).set([0 - bs[t]!, value], 2 * t); // 0 − b：b 是 0 时不留下 −0
  });
  return W;
}

/**
 * 看回 k 个的投影 `[d, d]`：每一块取 a = cos kθ、b = sin kθ，p_m W p_nᵀ = Σ cos((m−n−k)θ)，在 m − n = k 最大。
 *
 * @param k 看回几个（词元）；负的就是看将来
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @throws {ShapeError} 角频率不是一串数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lookBack } from "@lib/lessons/three_critiques.ts";
 *
 * assert.deepEqual([...lookBack(0, [1]).data], [1, 0, 0, 1]); // 看回 0 个：单位矩阵
 * ```
 */
export function lookBack(k: number, frequencies: ArrayLike<number>): Matrix {
  const speeds = requireVector("摆看回 k 个的投影", frequencies);
  return blocks(speeds.map((speed) => Math.cos(k * speed)), speeds.map((speed) => Math.sin(k * speed)));
}

/**
 * 对角的投影 `[d, d]`。
 *
 * @param entries 对角线 `[d]`
 * @throws {ShapeError} 不是一串数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { diagonal } from "@lib/lessons/three_critiques.ts";
 *
 * assert.deepEqual([...diagonal([2, 3]).data], [2, 0, 0, 3]);
 * ```
 */
export function diagonal(entries: ArrayLike<number>): Matrix {
  const values = requireVector("摆对角矩阵", entries), W = zeros(values.length, values.length);
  values.forEach((value, c) => row(W, c)[c] = value);
  return W;
}

/**
 * 对角的 H，先乘后加的写法：Σ H₂ₜ cos mθ cos nθ + H₂ₜ₊₁ sin mθ sin nθ。一对里先 cos 后 sin，t 从 0 数。
 *
 * @param entries H 的对角线 `[d]`
 * @param m 位置（词元）
 * @param n 位置（词元）
 * @param frequencies 角频率 `[d/2]`
 * @throws {ShapeError} 对角线的长度不是角频率的两倍
 * @source kexue 8231(12)，下标改成从 0 数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { productForm } from "@lib/lessons/three_critiques.ts";
 *
 * assert.equal(productForm([2, 0], 1, 0, [1]), 2 * Math.cos(1));
 * ```
 */
export function productForm(entries: ArrayLike<number>, m: number, n: number, frequencies: ArrayLike<number>): number {
  const [H, speeds] = paired(entries, frequencies);
  return speeds.reduce((sum, speed, t) =>
    sum + H[2 * t]! * Math.cos(m * speed) * Math.cos(n * speed) +
    H[2 * t + 1]! * Math.sin(m * speed) * Math.sin(n * speed), 0);
}

/**
 * 同一个数拆成两份：`relative` 只看 m − n，`absolute` 看 m + n；H 的一对两个数相等，后一份才是 0。
 *
 * @param entries H 的对角线 `[d]`
 * @param m 位置（词元）
 * @param n 位置（词元）
 * @param frequencies 角频率 `[d/2]`
 * @throws {ShapeError} 对角线的长度不是角频率的两倍
 * @source kexue 8231(13)，下标改成从 0 数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitForm } from "@lib/lessons/three_critiques.ts";
 *
 * assert.deepEqual(splitForm([2, 2], 5, 3, [1]), { relative: 2 * Math.cos(2), absolute: 0 });
 * ```
 */
export function splitForm(
  entries: ArrayLike<number>,
  m: number,
  n: number,
  frequencies: ArrayLike<number>,
): { relative: number; absolute: number } {
  const [H, speeds] = paired(entries, frequencies);
  let relative = 0, absolute = 0;
  speeds.forEach((speed, t) => {
    relative += (H[2 * t]! + H[2 * t + 1]!) / 2 * Math.cos((m - n) * speed);
    absolute += (H[2 * t]! - H[2 * t + 1]!) / 2 * Math.cos((m + n) * speed);
  });
  return { relative, absolute };
}

function paired(entries: ArrayLike<number>, frequencies: ArrayLike<number>): readonly [Float64Array, Float64Array] {
  const speeds = requireVector("展开对角的 H", frequencies);
  return [requireVector("展开对角的 H", entries, 2 * speeds.length), speeds];
}

/**
 * 练习 1（手算）的判分：d = 2、θ = 1、W = J，p₃ W p₁ᵀ 是多少。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { oddProductProperties } from "@lib/lessons/three_critiques.ts";
 *
 * assert.ok(Math.abs(oddProductProperties[1]!.measure(Math.sin(2))) < 1e-9);
 * ```
 */
export const oddProductProperties: ReadonlyArray<Property<number>> = [
  {
    name: "3 看 1，是正的",
    measure: (product) => product,
    bound: { min: 0 },
    hint: "前后反了，或者算成了 cos 2：J 把一对里的 sin 和 cos 对调，还给一个变号",
  },
  {
    name: "和真的乘出来的一样，到两位小数",
    measure: (product) => product - through(blocks([0], [1]), 3, 1),
    bound: 0.0051,
    hint: "sin m cos n − cos m sin n = sin(m − n)，m = 3、n = 1；用弧度",
  },
];

/**
 * 练习 2（改参数）的判分：W 看回几个（整数），第 40 个位置分数最高的才是第 7 个位置。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lookBackProperties } from "@lib/lessons/three_critiques.ts";
 *
 * assert.equal(lookBackProperties[1]!.measure(0), 40); // 看回 0 个，看的是自己
 * ```
 */
export const lookBackProperties: ReadonlyArray<Property<number>> = [
  { name: "往回看，是正数", measure: (k) => k, bound: { min: 1 }, hint: "距离是查询位置减键位置，过去是正数" },
  {
    name: "第 40 个位置最看重第 7 个",
    measure: (k) => {
      const W = lookBack(k, inverseFrequencies(64, 10000));
      const scores = Array.from({ length: 64 }, (_, n) => through(W, 40, n));
      return scores.indexOf(Math.max(...scores));
    },
    bound: { min: 7, max: 7 },
    hint: "量到的是分数最高的位置。要看回的是 40 − 7 个",
  },
];

/**
 * 练习 3 的答案的样子：维数进去，一个 `[d, d]` 的矩阵出来（一行一个数组）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Projection } from "@lib/lessons/three_critiques.ts";
 *
 * const blank: Projection = () => undefined;
 * assert.equal(blank(4), undefined);
 * ```
 */
export type Projection = (d: number) => number[][] | undefined;

/**
 * 练习 3（写代码）的判分：写一个 W，三角编码过了它还是只看距离，而且过去的分比将来的高。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pastFirstProperties } from "@lib/lessons/three_critiques.ts";
 *
 * const same = (d: number) => Array.from({ length: d }, (_, r) => Array.from({ length: d }, (_, c) => Number(r === c)));
 * assert.ok(pastFirstProperties[1]!.measure(same) < 1e-9); // 单位矩阵分不出前后
 * ```
 */
export const pastFirstProperties: ReadonlyArray<Property<Projection>> = [
  {
    name: "p_m W p_nᵀ 只看 m − n：一起平移 5，不变",
    measure: (project) =>
      sizes.reduce((most, d) => {
        const W = asked(project, d);
        const change = (m: number, n: number) => through(W, m, n) - through(W, m + 5, n + 5);
        return [[0, 0], [3, 1], [1, 4], [9, 2]].reduce((max, [m, n]) => Math.max(max, Math.abs(change(m!, n!))), most);
      }, 0),
    bound: 1e-9,
    hint: "一对一块，块外写 0；块里是 [[a, b], [−b, a]]：两个 a 一样，两个 b 一正一负",
  },
  {
    name: "隔 1 到 3 个，过去的分都比将来的高",
    measure: (project) =>
      sizes.reduce((least, d) => {
        const W = asked(project, d);
        const lead = (t: number) => through(W, 9, 9 - t) - through(W, 9, 9 + t);
        return Math.min(least, lead(1), lead(2), lead(3));
      }, Infinity),
    bound: { min: 1e-6 },
    hint: "b 是 0 就分不出前后；正负号反了，高的就是将来。第 0 块（θ = 1）的 b 要是正的",
  },
];

const sizes = [2, 8, 64];

/** p_m W p_nᵀ，底数 10000。 */
function through(W: Matrix, m: number, n: number): number {
  const codes = sinusoidalTable([m, n], { dimension: W.rows });
  return dot(row(multiply(codes, W), 0), row(codes, 1));
}

function asked(project: Projection, d: number): Matrix {
  const rows = project(d);
  if (!Array.isArray(rows) || rows.length !== d || rows.some((one) => !Array.isArray(one) || one.length !== d)) {
    throw new ShapeError("量你的投影", `d = ${d} 时是 ${d} 行，每行 ${d} 个数的数组`, rows?.length);
  }
  const W = zeros(d, d);
  rows.forEach((one, r) => row(W, r).set(one));
  return W;
}
