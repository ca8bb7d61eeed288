/**
 * 第 98 页（RoFormer 的三十七条式子）用的东西：模和角、算不算得出来，和三道练习的判分。
 *
 * @module
 */
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { ShapeError } from "@lib/errors.ts";
import { dot, type Matrix, matrix, multiply, requireMatrix, row } from "@lib/matrix.ts";
import { transpose } from "@lib/inference/blocks.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { normalMatrix } from "@lib/random.ts";

// RF(15)–(19)、(36)、(37) 和 8265 是同一回事，用的东西也是同一份。
export { partialSums, tightest } from "@lib/lessons/equations_8265.ts";
export { blockRotation, linearAttention, positive } from "@lib/lessons/rope.ts";

/**
 * 一行一个复数（实部、虚部）拆成模 R 和角 Θ，RF(23)。
 *
 * @param points `[n, 2]`
 * @throws {ShapeError} 一行不是两个数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { polar } from "@lib/lessons/equations_roformer.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(polar(matrix([[0, 2]])), { R: [2], Θ: [Math.PI / 2] });
 * ```
 */
export function polar(points: Matrix): { readonly R: number[]; readonly Θ: number[] } {
  if (requireMatrix("拆成模和角", points).columns !== 2) {
    throw new ShapeError("拆成模和角", "一行两个数", points.columns);
  }
  const rows = Array.from({ length: points.rows }, (_, n) => row(points, n));
  return { R: rows.map(([x, y]) => Math.hypot(x!, y!)), Θ: rows.map(([x, y]) => Math.atan2(y!, x!)) };
}

/**
 * 式子算不算得出来：算得出是 1，形状对不上、算不下去是 0。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { computes } from "@lib/lessons/equations_roformer.ts";
 * import { multiply, zeros } from "@lib/matrix.ts";
 *
 * assert.equal(computes(() => multiply(zeros(2, 3), zeros(3, 1))), 1);
 * assert.equal(computes(() => multiply(zeros(2, 3), zeros(2, 1))), 0);
 * ```
 */
export function computes(work: () => unknown): 0 | 1 {
  try {
    work();
    return 1;
  } catch {
    return 0;
  }
}

/**
 * 练习 1（手算）的判分：q 朝 50°，k 朝 20°，每格转 10°；隔一格的 Θ_g 照 RF(24) 和照 8265(5) 各是几度。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signProperties } from "@lib/lessons/equations_roformer.ts";
 *
 * assert.equal(signProperties[0]!.measure([40, -20]), 60); // 两个写反了
 * ```
 */
export const signProperties: ReadonlyArray<Property<number[]>> = [
  {
    name: "RF：键在后一格，Θ_k 减 Θ_q",
    measure: (angles) => two(angles)[0] - ((20 + 10) - 50),
    bound: 0.01,
    hint: "RF 的 1 是 n − m：q 在位置 0，朝 50°；k 在位置 1，转了一格。键的角减查询的角",
  },
  {
    name: "8265：查询在后一格，Θ(q) 减 Θ(k)",
    measure: (angles) => two(angles)[1] - ((50 + 10) - 20),
    bound: 0.01,
    hint: "8265 的 1 是 m − n：这回 q 在位置 1，转了一格；k 在位置 0。查询的角减键的角",
  },
];

function two(pair: number[]): [number, number] {
  if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError("需要两个数的数组");
  return [pair[0]!, pair[1]!];
}

/**
 * 照 3.3 节的 $-2i/d$、i 却从 1 数起，最快的一对每格转多少（弧度）；RF(15) 的是 1。
 *
 * @param dimension d（维数）
 * @source RoFormer 第 3.3 节
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fastest } from "@lib/lessons/equations_roformer.ts";
 *
 * assert.equal(fastest(8), 0.1);
 * ```
 */
export function fastest(dimension: number): number {
  return 10000 ** (-2 / dimension);
}

/**
 * 练习 2（改参数）的判分：d 最小是几，数错一号的最快一对才不慢于 0.8 弧度。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fastestProperties } from "@lib/lessons/equations_roformer.ts";
 *
 * assert.equal(fastestProperties[0]!.measure(8), 0.1);
 * ```
 */
export const fastestProperties: ReadonlyArray<Property<number>> = [
  {
    name: "最快的一对至少转 0.8 弧度",
    measure: (d) => fastest(d),
    bound: { min: 0.8 },
    hint: "量到的是这个 d 的转速。d 越大，−2/d 越接近 0：d 再大一些",
  },
  {
    name: "d 再小 2，就不到 0.8 弧度",
    measure: (d) => fastest(d - 2),
    bound: { max: 0.8 },
    hint: "已经够快了，但 d 还能再小。d 是偶数",
  },
];

/**
 * 练习 3 的答案的样子：两个词元、两个 2 行的矩阵、两个位置进去，分数出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Corrected } from "@lib/lessons/equations_roformer.ts";
 *
 * const blank: Corrected = () => undefined;
 * assert.equal(blank([1], [1], [[1], [0]], [[1], [0]], 0, 0), undefined);
 * ```
 */
export type Corrected = (
  x_m: number[],
  x_n: number[],
  W_q: number[][],
  W_k: number[][],
  m: number,
  n: number,
) => number | undefined;

/**
 * 练习 3（写代码）的判分：改正的 RF(16)，一个头 2 维，词元宽 3，每格转 0.3 弧度。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { correctedProperties } from "@lib/lessons/equations_roformer.ts";
 *
 * const times = (W: number[][], x: number[]) => W.map((line) => line.reduce((sum, w, c) => sum + w * x[c]!, 0));
 * const unturned = (a: number[], b: number[], W_q: number[][], W_k: number[][]) => {
 *   const [q, k] = [times(W_q, a), times(W_k, b)];
 *   return q[0]! * k[0]! + q[1]! * k[1]!;
 * };
 * assert.ok(correctedProperties[0]!.measure(unturned) < 1e-12);
 * assert.ok(correctedProperties[2]!.measure(unturned) > 0.1); // 没有转
 * ```
 */
export const correctedProperties: ReadonlyArray<Property<Corrected>> = [
  {
    name: "同一个位置，就是 W_q·x_m 和 W_k·x_n 的点积",
    measure: (score) =>
      farthest((one) => called(score, one, 4, 4) - dot(projected(one.W_q, one.a), projected(one.W_k, one.b))),
    bound: 1e-9,
    hint: "x_mᵀ·W_qᵀ 就是 W_q·x_m 横过来：W_q 的每一行和 x_m 点积",
  },
  {
    name: "两个位置一起加 7，不变",
    measure: (score) => farthest((one) => called(score, one, 2 + 7, 5 + 7) - called(score, one, 2, 5)),
    bound: 1e-9,
    hint: "中间的矩阵只能用 n − m，不能单独用 m 或 n",
  },
  {
    name: "和两边各转各的、再点积一样",
    measure: (score) =>
      farthest((one) => called(score, one, 2, 5) - dot(placed(one.W_q, one.a, 2), placed(one.W_k, one.b, 5))),
    bound: 1e-9,
    hint: "转的角是 (n − m)·0.3，转的是 W_k·x_n；写成 m − n，或者转了另一边，就反了",
  },
];

interface Case {
  readonly a: number[];
  readonly b: number[];
  readonly W_q: number[][];
  readonly W_k: number[][];
}

const cases: readonly Case[] = Array.from({ length: 6 }, (_, n) => {
  const lines = Array.from({ length: 6 }, (_, r) => [...row(normalMatrix(6, 3, 31 + n), r)]);
  return { a: lines[0]!, b: lines[1]!, W_q: lines.slice(2, 4), W_k: lines.slice(4) };
});

function called(score: Corrected, { a, b, W_q, W_k }: Case, m: number, n: number): number {
  const result = score([...a], [...b], W_q.map((line) => [...line]), W_k.map((line) => [...line]), m, n);
  if (typeof result !== "number") throw new TypeError("需要返回一个数");
  return result;
}

function projected(W: number[][], x: number[]): Float64Array {
  return multiply(matrix(W), transpose(matrix([x]))).data;
}

/** 投影，再放到位置 m：照库里的写法转，每格 0.3 弧度。 */
function placed(W: number[][], x: number[], m: number): Float64Array {
  return rotate(matrix([projected(W, x)]), turns([m], [0.3]), "interleaved").data;
}

/** 各个例子里绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest(measure: (one: Case) => number): number {
  return cases.reduce((max, one) => Math.max(max, Math.abs(measure(one))), 0);
}
