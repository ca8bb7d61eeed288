/**
 * 第 95 页（8130 的十七条式子）三道练习的判分。
 *
 * @module
 */
import { rotate } from "@lib/encodings/rotation.ts";
import { clipDistance } from "@lib/encodings/shaw.ts";
import { turns } from "@lib/encodings/turns.ts";
import { requireInteger } from "@lib/errors.ts";
import { dot, matrix, row } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 练习 1（手算）的判分：(3, 4) 转 90° 转到哪里，8130(17)。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quarterProperties } from "@lib/lessons/equations_8130.ts";
 *
 * assert.equal(quarterProperties[1]!.measure([3, 4]), 25); // 没有转，点积还是 25
 * ```
 */
export const quarterProperties: ReadonlyArray<Property<number[]>> = [
  {
    name: "转完长度还是 5",
    measure: (point) => Math.hypot(...two(point)) - 5,
    bound: 0.01,
    hint: "cos 90° = 0，sin 90° = 1，代进去只剩 −y 和 x",
  },
  {
    name: "和原来垂直，点积是 0",
    measure: (point) => 3 * two(point)[0] + 4 * two(point)[1],
    bound: 0.01,
    hint: "转 90° 就和原来垂直：x 和 y 要换位置，其中一个变号",
  },
  {
    name: "逆时针：和真的转一遍落在同一点",
    measure: (point) => {
      const [x, y] = rotate(matrix([[3, 4]]), turns([1], [Math.PI / 2]), "interleaved").data;
      return Math.hypot(two(point)[0] - x!, two(point)[1] - y!);
    },
    bound: 0.01,
    hint: "转反了。新的 x 是 x·cos − y·sin，90° 时是 −y",
  },
];

function two(point: number[]): [number, number] {
  if (!Array.isArray(point) || point.length !== 2) throw new TypeError("需要两个数的数组 [x, y]");
  return [point[0]!, point[1]!];
}

/**
 * L 个位置之间，有几个不同的距离被截断改了数。
 *
 * @param length L，正整数
 * @param clip 截断距离（词元）
 * @throws {RangeError} 长度不是正整数，或截断距离不是非负整数
 * @source kexue 8130(6)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clippedCount } from "@lib/lessons/equations_8130.ts";
 *
 * assert.equal(clippedCount(4, 2), 2); // −3 和 3
 * ```
 */
export function clippedCount(length: number, clip: number): number {
  requireInteger("数截断的距离", length, 1);
  const distances = Array.from({ length: 2 * length - 1 }, (_, t) => t - length + 1);
  return distances.filter((t) => clipDistance(t, clip) !== t).length;
}

/**
 * 练习 2（改参数）的判分：33 个词元，截断距离最小是几就不截断。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipProperties } from "@lib/lessons/equations_8130.ts";
 *
 * assert.equal(clipProperties[0]!.measure(30), 4); // ±31、±32 还被截断
 * ```
 */
export const clipProperties: ReadonlyArray<Property<number>> = [
  {
    name: "33 个位置，一个距离也不截断",
    measure: (clip) => clippedCount(33, clip),
    bound: 0,
    hint: "量到的是被截断的距离有几个。最远的一对隔 32 格，clip 再大一些",
  },
  {
    name: "再小 1 就有距离被截断",
    measure: (clip) => clippedCount(33, clip - 1),
    bound: { min: 1 },
    hint: "已经不截断了，但 clip 还能再小。33 个位置，最远的一对隔几格",
  },
];

/**
 * 练习 3 的答案的样子：q、k、距离、角频率进去，分数出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { TurnedScore } from "@lib/lessons/equations_8130.ts";
 *
 * const blank: TurnedScore = () => undefined;
 * assert.equal(blank([1, 0], [1, 0], 1, 1), undefined);
 * ```
 */
export type TurnedScore = (q: number[], k: number[], distance: number, theta: number) => number | undefined;

/**
 * 练习 3（写代码）的判分：不用复数，写出 8130(15) 最右边。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scoreProperties } from "@lib/lessons/equations_8130.ts";
 *
 * const plain = ([a, b]: number[], [c, e]: number[]) => a! * c! + b! * e!; // 忘了转
 * assert.equal(scoreProperties[0]!.measure(plain), 0);
 * assert.ok(scoreProperties[2]!.measure(plain) > 0.1);
 * ```
 */
export const scoreProperties: ReadonlyArray<Property<TurnedScore>> = [
  {
    name: "距离是 0，就是普通的点积",
    measure: (score) =>
      farthest(samples.map(({ q, k }) => call(score, q, k, 0, 0.3) - (q[0]! * k[0]! + q[1]! * k[1]!))),
    bound: 1e-9,
    hint: "cos 0 = 1，sin 0 = 0：这时只剩 q_x·k_x + q_y·k_y",
  },
  {
    name: "q 和 k 对调、距离变号，分数不变",
    measure: (score) => farthest(samples.map(({ q, k }) => call(score, q, k, 2, 0.3) - call(score, k, q, -2, 0.3))),
    bound: 1e-9,
    hint: "q·k* 的虚部是 q_y·k_x − q_x·k_y，q 和 k 对调就变号",
  },
  {
    name: "和两个都转一遍再点积一样",
    measure: (score) =>
      farthest(samples.map(({ q, k }, n) => call(score, q, k, 5 - n, 0.3) - dot(turned(q, 5), turned(k, n)))),
    bound: 1e-9,
    hint: "转反了，或者角度不是 t·θ：实部是 A·cos(tθ) − B·sin(tθ)，A 是点积，B = q_y·k_x − q_x·k_y",
  },
];

const samples = Array.from({ length: 8 }, (_, n) => {
  const [a, b, c, e] = row(normalMatrix(8, 4, 21), n);
  return { q: [a!, b!], k: [c!, e!] };
});

function call(score: TurnedScore, q: number[], k: number[], distance: number, theta: number): number {
  const result = score([...q], [...k], distance, theta);
  if (typeof result !== "number") throw new TypeError("需要返回一个数");
  return result;
}

/** 把 q 放在位置 m，照库里的写法转，每格 0.3 弧度。 */
function turned(q: number[], m: number): Float64Array {
  return rotate(matrix([q]), turns([m], [0.3]), "interleaved").data;
}

/** 绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest(values: number[]): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
