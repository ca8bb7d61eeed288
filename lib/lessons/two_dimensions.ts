/**
 * 第 30 课用的东西：8265(3) 的残差，二维里的几种写法，三道练习的判分。
 *
 * @module
 */
import { compile, complex, conj, multiply } from "mathjs";
import { attention } from "@lib/attention.ts";
import { rotary } from "@lib/encodings/rope.ts";
import { requireInteger } from "@lib/errors.ts";
import { matrix } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import type { ComplexNumber } from "@lib/notebook/mathjs.ts";

/**
 * 一种写法（way）：平面上的一个点 z（复数）放在位置 m，变成哪一个点。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Way, written } from "@lib/lessons/two_dimensions.ts";
 *
 * const longer: Way = written("z * (1 + m)", 1);
 * assert.equal(longer({ re: 2, im: 0 }, 3).re, 8);
 * ```
 */
export type Way = (z: ComplexNumber, position: number) => ComplexNumber;

/**
 * 把写成一行字的式子变成函数：`z` 是点，`m` 是位置，`θ` 是每格转几弧度。
 *
 * @param formula 式子，照 mathjs 的写法
 * @param theta θ（弧度每词元）
 * @throws {Error} mathjs 读不懂式子
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { written } from "@lib/lessons/two_dimensions.ts";
 *
 * const { re, im } = written("z * e^(i * m * θ)", Math.PI / 2)({ re: 1, im: 0 }, 1); // 转 90 度
 * assert.ok(Math.abs(re) < 1e-12 && Math.abs(im - 1) < 1e-12);
 * ```
 */
export function written(formula: string, theta: number): Way {
  const code = compile(formula);
  return (z, m) => complex(code.evaluate({ z: complex(z.re, z.im), m, θ: theta }));
}

/**
 * 共轭相乘（product with conjugate）：a·b*；长度相乘，角度相减。
 *
 * @source kexue 8265(3)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { facing } from "@lib/lessons/two_dimensions.ts";
 *
 * const { re, im } = facing({ re: 1, im: 2 }, { re: 3, im: -4 }); // (1 + 2i)(3 + 4i) = −5 + 10i
 * assert.deepEqual([re, im], [-5, 10]);
 * ```
 */
export function facing(a: ComplexNumber, b: ComplexNumber): ComplexNumber {
  return multiply(complex(a.re, a.im), conj(complex(b.re, b.im))) as ComplexNumber;
}

/**
 * 8265(3) 的残差：同一个 m − n，Re[f(q, m)·f(k, n)*] 最多差多少。0 就是只看隔几个。
 *
 * @param ofQuery 查询的写法
 * @param ofKey 键的写法；多半是同一个
 * @param options `q`、`k` 两个点；`count` 位置取 0 到 count − 1
 * @throws {RangeError} 位置的个数不是正整数
 * @source kexue 8265(3)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { relativity, written } from "@lib/lessons/two_dimensions.ts";
 *
 * const points = { q: { re: 1, im: 2 }, k: { re: 3, im: -1 }, count: 6 };
 * const turn = written("z * e^(i * m * θ)", 0.3), add = written("z + e^(i * m * θ)", 0.3);
 * assert.ok(relativity(turn, turn, points) < 1e-12);
 * assert.ok(relativity(add, add, points) > 0.1);
 * ```
 */
export function relativity(
  ofQuery: Way,
  ofKey: Way,
  { q, k, count }: { readonly q: ComplexNumber; readonly k: ComplexNumber; readonly count: number },
): number {
  requireInteger("量 8265(3) 的残差", count, 1);
  const at = Array.from({ length: count }, (_, m) => m);
  const queries = at.map((m) => ofQuery(q, m)), keys = at.map((n) => ofKey(k, n));
  const ends = new Map<number, [least: number, most: number]>();
  for (const m of at) {
    for (const n of at) {
      const { re } = facing(queries[m]!, keys[n]!), [least, most] = ends.get(m - n) ?? [re, re];
      ends.set(m - n, [Math.min(least, re), Math.max(most, re)]);
    }
  }
  return Math.max(...Array.from(ends.values(), ([least, most]) => most - least));
}

/**
 * 量一种写法合不合 8265(3)，排成表的一行。
 *
 * @param name 写法的名字
 * @param formula 式子，见 {@linkcode written}
 * @param options `q`、`k` 两个点，`theta` θ（弧度每词元），`count` 位置取 0 到 count − 1
 * @returns `residual` 8265(3) 的残差；`start` 位置 0 上离原来的点多远；`row` 交给 `table` 的一行
 * @throws 和 {@linkcode written}、{@linkcode relativity} 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wish } from "@lib/lessons/two_dimensions.ts";
 *
 * const options = { q: { re: 1, im: 0 }, k: { re: 0, im: 1 }, theta: 0.3, count: 5 };
 * const { residual, start } = wish("多转一点", "z * e^(i * (m * θ + 0.5))", options);
 * assert.ok(residual < 1e-12 && start > 0.4);
 * ```
 */
export function wish(name: string, formula: string, options: {
  readonly q: ComplexNumber;
  readonly k: ComplexNumber;
  readonly theta: number;
  readonly count: number;
}): { readonly residual: number; readonly start: number; readonly row: Record<string, string | number> } {
  const { q, theta } = options, way = written(formula, theta), moved = way(q, 0);
  const residual = relativity(way, way, options), start = Math.hypot(moved.re - q.re, moved.im - q.im);
  const shown = (value: number) => value < 1e-9 ? 0 : value;
  return {
    residual,
    start,
    row: { 写法: name, f: formula, "同一距离，点积最多差": shown(residual), "f(q, 0) 离 q": shown(start) },
  };
}

/**
 * 每走一格多转的角度（弧度，−π 到 π）：从 f(z, m − 1) 转到 f(z, m)，m 从 1 到 `count` − 1。
 *
 * @throws {RangeError} 位置的个数不是正整数
 * @source kexue 8265(8)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turnsPerStep, written } from "@lib/lessons/two_dimensions.ts";
 *
 * const steps = turnsPerStep(written("z * e^(i * m^2 * θ)", 0.1), { re: 1, im: 0 }, 4);
 * assert.deepEqual(steps.map((x) => x.toFixed(6)), ["0.100000", "0.300000", "0.500000"]);
 * ```
 */
export function turnsPerStep(way: Way, z: ComplexNumber, count: number): number[] {
  assertKnobs();
  requireInteger("量每格转多少", count, 1);
  return Array.from({ length: count - 1 }, (_, n) => {
    const { re, im } = facing(way(z, n + 1), way(z, n));
    return Math.atan2(im, re);
  });
}

/**
 * 练习 1（手算）的判分：q = (1, 0)，k = (0, 1)，每格转 30 度，q 在 4，k 在 1，q̃·k̃ 是几。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/two_dimensions.ts";
 *
 * assert.ok(handProperties.every(({ measure }) => Math.abs(measure(1)) < 2));
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "两根箭头各长 1，点积在 −1 和 1 之间",
    measure: (score) => score,
    bound: { min: -1, max: 1 },
    hint: "转不改长度，点积就是夹角的余弦",
  },
  {
    name: "和真的转一遍一样",
    measure: (score) => score - turnedDot(),
    bound: 0.005,
    hint: "q 转了 120 度；k 本来在 90 度，再转 30 度。别忘了 k 自己原来的方向",
  },
];

function turnedDot(): number {
  const encoding = rotary("每格 30 度", { frequencies: [Math.PI / 6], dimension: 2 });
  const input = { queries: matrix([[1, 0]]), keys: matrix([[0, 1]]), values: matrix([[0]]) };
  return attention({ ...input, encoding, queryPositions: [4], positions: [1] }).scores.data[0]! * Math.SQRT2;
}

/**
 * 练习 2（改参数）的判分：每格转几弧度，隔 12 个才第一次和隔 0 个同分。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { returnProperties } from "@lib/lessons/two_dimensions.ts";
 *
 * assert.ok(Math.abs(returnProperties[0]!.measure(2 * Math.PI / 12)) < 1e-12);
 * ```
 */
export const returnProperties: ReadonlyArray<Property<number>> = [
  {
    name: "隔 12 个，正好转满整圈",
    measure: (theta) => 1 - Math.cos(12 * theta),
    bound: 1e-4,
    hint: "一圈是 2π 弧度，分给 12 格",
  },
  {
    name: "隔 1 到 11 个，都没有转满",
    measure: (theta) => Math.min(...Array.from({ length: 11 }, (_, t) => 1 - Math.cos((t + 1) * theta))),
    bound: { min: 0.01 },
    hint: "转得太快，还没到 12 格就先满了一圈；或者一格也没转",
  },
];

/**
 * 练习 3 的答案的样子：一种写法进去（`[x, y]` 和位置 → `[x, y]`），每格转几弧度出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Speed } from "@lib/lessons/two_dimensions.ts";
 *
 * const blank: Speed = () => undefined;
 * assert.equal(blank((z) => z), undefined);
 * ```
 */
export type Speed = (f: (z: number[], position: number) => number[]) => number | undefined;

/**
 * 练习 3（写代码）的判分：给一个看不见里面的 f，量出它每格转几弧度。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { speedProperties } from "@lib/lessons/two_dimensions.ts";
 *
 * assert.ok(Math.abs(speedProperties[1]!.measure(() => 0)) > 0.1); // 一个永远报 0 的，量不出转了的
 * ```
 */
export const speedProperties: ReadonlyArray<Property<Speed>> = [
  {
    name: "不转的，量到 0",
    measure: (speed) => found(speed, (z) => z),
    bound: 1e-9,
    hint: "比的是同一个点在两个位置上的方向，差就是转了多少",
  },
  {
    name: "每格转 0.3，量到 0.3",
    measure: (speed) => found(speed, turnedBy(0.3, 0)) - 0.3,
    bound: 1e-9,
    hint: "角度用 Math.atan2(y, x)，是弧度；点自己原来的方向要减掉",
  },
  {
    name: "往回转 0.5，量到 −0.5",
    measure: (speed) => found(speed, turnedBy(-0.5, 0)) + 0.5,
    bound: 1e-9,
    hint: "后一个位置减前一个位置；方向别反了，也别取绝对值",
  },
  {
    name: "一开始就多转 3 弧度的，每格还是 0.3",
    measure: (speed) => found(speed, turnedBy(0.3, 3)) - 0.3,
    bound: 1e-9,
    hint: "两个位置相减，一开始多转的就约掉了；减完超出 ±π，要加减一圈 2π",
  },
];

const turnedBy = (theta: number, start: number) => ([x = 0, y = 0]: number[], m: number) => {
  const [c, s] = [Math.cos(m * theta + start), Math.sin(m * theta + start)];
  return [x * c - y * s, x * s + y * c];
};

function found(speed: Speed, f: (z: number[], position: number) => number[]): number {
  const value = speed(f);
  if (typeof value !== "number") throw new TypeError("需要返回一个数");
  return value;
}
