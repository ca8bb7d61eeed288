/**
 * 第 96 页（8231 的十四条式子）用的东西：量导数、量积分，和三道练习的判分。
 *
 * @module
 */
import { requireInteger } from "@lib/errors.ts";
import { type Matrix, matrix } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";

/**
 * 两个向量的函数，在一点的值和一、二阶导数（second-order data），8231(4) 用的就是这六样。
 *
 * @example
 * ```ts
 * import { secondOrder, type SecondOrder } from "@lib/lessons/equations_8231.ts";
 *
 * const at: SecondOrder = secondOrder(([x], [y]) => x! * y!, [2], [3]);
 * ```
 */
export interface SecondOrder {
  /** f，一个数。 */
  readonly f: number;
  /** ∂f/∂x_m `[d, 1]`。 */
  readonly g_m: Matrix;
  /** ∂f/∂x_n `[d, 1]`。 */
  readonly g_n: Matrix;
  /** ∂²f/∂x_m² `[d, d]`。 */
  readonly F_m: Matrix;
  /** ∂²f/∂x_n² `[d, d]`。 */
  readonly F_n: Matrix;
  /** 𝓗 = ∂²f/∂x_m∂x_n `[d, d]`。 */
  readonly H: Matrix;
}

/** 差分走的步子：误差约是它的平方，1e-7 上下。 */
const step = 3e-4;

/**
 * 用中心差分量一、二阶导数：只用 f 本身，不用任何展开式。
 *
 * @param f 收两个向量，给一个数；要光滑
 * @param x_m `[d]` @param x_n `[d]`
 * @example f = x·y，在 (2, 3)：对 x 的导数是 3，交叉的二阶导数是 1
 * ```ts
 * import assert from "node:assert/strict";
 * import { secondOrder } from "@lib/lessons/equations_8231.ts";
 *
 * const { f, g_m, H, F_m } = secondOrder(([x], [y]) => x! * y!, [2], [3]);
 * assert.equal(f, 6);
 * assert.ok(Math.abs(g_m.data[0]! - 3) < 1e-6 && Math.abs(H.data[0]! - 1) < 1e-6 && Math.abs(F_m.data[0]!) < 1e-6);
 * ```
 */
export function secondOrder(
  f: (x_m: number[], x_n: number[]) => number,
  x_m: ArrayLike<number>,
  x_n: ArrayLike<number>,
): SecondOrder {
  const m = x_m.length, start = [...Array.from(x_m), ...Array.from(x_n)];
  const at = (moves: ReadonlyArray<readonly [index: number, by: number]>): number => {
    const point = [...start];
    for (const [index, by] of moves) point[index]! += by * step;
    return f(point.slice(0, m), point.slice(m));
  };
  const first = (a: number) => (at([[a, 1]]) - at([[a, -1]])) / (2 * step);
  const second = (a: number, b: number) =>
    (at([[a, 1], [b, 1]]) - at([[a, 1], [b, -1]]) - at([[a, -1], [b, 1]]) + at([[a, -1], [b, -1]])) / (4 * step ** 2);
  const places = [...start.keys()], left = places.slice(0, m), right = places.slice(m);
  const block = (rows: number[], columns: number[]) => matrix(rows.map((a) => columns.map((b) => second(a, b))));
  return {
    f: at([]),
    g_m: matrix(left.map((a) => [first(a)])),
    g_n: matrix(right.map((a) => [first(a)])),
    F_m: block(left, left),
    F_n: block(right, right),
    H: block(left, right),
  };
}

/**
 * 0 到 1 的定积分，辛普森法（Simpson's rule）。
 *
 * @param g 被积的函数
 * @param pieces 分成几段，偶数；转得快的函数要多分
 * @throws {RangeError} 段数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integral } from "@lib/lessons/equations_8231.ts";
 *
 * assert.ok(Math.abs(integral((t) => 3 * t * t) - 1) < 1e-12);
 * ```
 */
export function integral(g: (t: number) => number, pieces = 4096): number {
  const half = requireInteger("分段", pieces / 2, 1);
  let sum = g(0) + g(1);
  for (let n = 1; n < 2 * half; n++) sum += (n % 2 === 1 ? 4 : 2) * g(n / (2 * half));
  return sum / (6 * half);
}

/**
 * 8231(11) 里的和，除以 d/2：各对 cos 的平均。
 *
 * @param distance m − n（词元）
 * @param dimension d，偶数
 * @throws {RangeError} d/2 不是正整数
 * @source kexue 8231(11)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { averageCosine } from "@lib/lessons/equations_8231.ts";
 *
 * assert.equal(averageCosine(1, 128).toFixed(5), "0.97021");
 * assert.equal(averageCosine(4096, 128).toFixed(5), "-0.05285");
 * ```
 */
export function averageCosine(distance: number, dimension: number): number {
  const pairs = requireInteger("数有几对", dimension / 2, 1);
  return Array.from({ length: pairs }, (_, i) => Math.cos(distance * 10000 ** (-i / pairs)))
    .reduce((sum, cos) => sum + cos, 0) / pairs;
}

/**
 * 练习 1（手算）的判分：$p_m$ 模 2、角 50°，$p_n$ 模 3、角 20°，8231(8) 的模和角各是多少。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { polarProperties } from "@lib/lessons/equations_8231.ts";
 *
 * assert.equal(polarProperties[0]!.measure([5, 30]), -1); // 模要乘，不是加
 * ```
 */
export const polarProperties: ReadonlyArray<Property<number[]>> = [
  {
    name: "模是两个模的积",
    measure: (polar) => two(polar)[0] - 2 * 3,
    bound: 0.01,
    hint: "复数相乘，模相乘；取共轭不改模",
  },
  {
    name: "角差得对，差 360° 的整数倍也行",
    measure: (polar) => {
      const apart = (two(polar)[1] - 30) / 360;
      return 360 * (apart - Math.round(apart));
    },
    bound: 0.01,
    hint: "后一个取了共轭，角要减：m 的减 n 的，用度",
  },
];

function two(pair: number[]): [number, number] {
  if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError("需要两个数的数组");
  return [pair[0]!, pair[1]!];
}

/**
 * 练习 2（改参数）的判分：d 最小是几，距离 1 的和与积分之差才小于 0.01。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { enoughProperties } from "@lib/lessons/equations_8231.ts";
 *
 * assert.ok(enoughProperties[0]!.measure(8) > 0.01);
 * ```
 */
export const enoughProperties: ReadonlyArray<Property<number>> = [
  {
    name: "差小于 0.01",
    measure: (d) => gapAtOne(d),
    bound: { max: 0.01 },
    hint: "量到的是这个 d 的差。对的个数越多，和越像积分：d 再大一些",
  },
  {
    name: "d 再小 2，差就不小于 0.01",
    measure: (d) => gapAtOne(d - 2),
    bound: { min: 0.01 },
    hint: "差已经小于 0.01 了，但 d 还能再小。d 是偶数",
  },
];

function gapAtOne(dimension: number): number {
  return Math.abs(averageCosine(1, dimension) - integral((t) => Math.cos(10000 ** -t)));
}

/**
 * 练习 3 的答案的样子：一对的 $\mathcal H$ 的两个数 a、b，两个位置，角频率进去；`[只看 m − n 的, 只看 m + n 的]` 出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Split } from "@lib/lessons/equations_8231.ts";
 *
 * const blank: Split = () => undefined;
 * assert.equal(blank(1, 1, 0, 0, 1), undefined);
 * ```
 */
export type Split = (a: number, b: number, m: number, n: number, theta: number) => number[] | undefined;

/**
 * 练习 3（写代码）的判分：把 8231(12) 的一对拆成 8231(13) 的两项。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitProperties } from "@lib/lessons/equations_8231.ts";
 *
 * const { cos, sin } = Math; // 没有拆，只是把两项分开放
 * const asPrinted = (a: number, b: number, m: number, n: number, w: number) =>
 *   [a * cos(m * w) * cos(n * w), b * sin(m * w) * sin(n * w)];
 * assert.ok(splitProperties[0]!.measure(asPrinted) < 1e-12);
 * assert.ok(splitProperties[1]!.measure(asPrinted) > 0.1);
 * ```
 */
export const splitProperties: ReadonlyArray<Property<Split>> = [
  {
    name: "两项加起来，还是 a·cos·cos + b·sin·sin",
    measure: (split) =>
      farthest(cases, ([a, b, m, n]) => {
        const [near, sum] = called(split, a, b, m, n);
        return near + sum - a * Math.cos(m * w) * Math.cos(n * w) - b * Math.sin(m * w) * Math.sin(n * w);
      }),
    bound: 1e-9,
    hint: "积化和差：cos·cos 是两个 cos 之和的一半，sin·sin 是 cos(m − n) 减 cos(m + n) 的一半",
  },
  {
    name: "第一项：m、n 一起加 7，不变",
    measure: (split) =>
      farthest(cases, ([a, b, m, n]) => called(split, a, b, m + 7, n + 7)[0] - called(split, a, b, m, n)[0]),
    bound: 1e-9,
    hint: "第一项里只能出现 m − n，不能单独出现 m 或 n",
  },
  {
    name: "第二项：m 加 7、n 减 7，不变",
    measure: (split) =>
      farthest(cases, ([a, b, m, n]) => called(split, a, b, m + 7, n - 7)[1] - called(split, a, b, m, n)[1]),
    bound: 1e-9,
    hint: "第二项里只能出现 m + n；多半是两项放反了",
  },
  {
    name: "a = b 时第二项是 0",
    measure: (split) => farthest(cases, ([a, , m, n]) => called(split, a, a, m, n)[1]),
    bound: 1e-9,
    hint: "第二项前面是 a − b 的一半",
  },
];

/** 角频率（弧度每词元）。 */
const w = 0.37;
const cases: ReadonlyArray<readonly [a: number, b: number, m: number, n: number]> = [
  [1, 1, 3, 1],
  [2, 0.5, 0, 4],
  [-1, 3, 5, 5],
  [0.25, -2, 9, 2],
];

function called(split: Split, a: number, b: number, m: number, n: number): [number, number] {
  const result = split(a, b, m, n, w);
  if (!Array.isArray(result) || result.length !== 2) throw new TypeError("需要返回两个数的数组");
  return [result[0]!, result[1]!];
}

/** 各个例子里绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest<Case>(given: readonly Case[], measure: (one: Case) => number): number {
  return given.reduce((max, one) => Math.max(max, Math.abs(measure(one))), 0);
}
