/**
 * 距离 m 的和随底数怎么变：f(x) = Σcos(m·e^(−aᵢx))，x = ln b，aᵢ = 2i/d。
 *
 * 知道一处的值、坡度，再知道弯得最厉害是多少，就知道往右多远之内它的正负不会变。
 * 坡度 f′ = Σ sin(mθᵢ)·mθᵢaᵢ；弯度 |f″| ≤ Σ(mθᵢaᵢ)² + Σ mθᵢaᵢ²，越往右越小，所以在 x 处的界管到右边所有的地方。
 * 这里是最内层，参数在 `baseBound` 的门口查过，不再查。
 *
 * @module
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { requireNumber } from "@lib/errors.ts";

/**
 * 一个底数的全部（slice）。
 *
 * @example
 * ```ts
 * import { type Slice, sliceAt } from "@lib/limits/sums_by_base.ts";
 *
 * const slice: Slice = sliceAt(Math.log(10000), 128);
 * ```
 */
export interface Slice {
  /** 底数 b。 */
  readonly base: number;
  /** 角频率 θᵢ `[d/2]`（弧度每词元）。 */
  readonly frequencies: Float64Array;
  /** Σ(θᵢaᵢ)² */
  readonly squares: number;
  /** Σθᵢaᵢ² */
  readonly twists: number;
}

/**
 * 在 x = ln b 处切一刀。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} x 不是正的有限数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sliceAt } from "@lib/limits/sums_by_base.ts";
 *
 * const { frequencies, squares, twists } = sliceAt(Math.log(4), 4); // θ 是 1 和 1/2，a 是 0 和 1/2
 * assert.ok(Math.abs(frequencies[1]! - 1 / 2) + Math.abs(squares - 1 / 16) + Math.abs(twists - 1 / 8) < 1e-15);
 * ```
 */
export function sliceAt(x: number, dimension: number): Slice {
  requireNumber("切一个底数", x, "底数的对数，在 0 和 700 之间", (value) => value > 1e-15 && value < 700);
  const base = Math.exp(x), frequencies = inverseFrequencies(dimension, base);
  let squares = 0, twists = 0;
  frequencies.forEach((speed, i) => {
    const a = 2 * i / dimension;
    squares += (speed * a) ** 2;
    twists += speed * a * a;
  });
  return { base, frequencies, squares, twists };
}

/**
 * Σcos(m·θᵢ)，一个距离的。
 *
 * @param distance m（词元）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sliceAt, sumAt } from "@lib/limits/sums_by_base.ts";
 *
 * assert.equal(sumAt(0, sliceAt(1, 8)), 4);
 * ```
 */
export function sumAt(distance: number, { frequencies }: Slice): number {
  let sum = 0;
  for (let i = 0; i < frequencies.length; i++) sum += Math.cos(distance * frequencies[i]!);
  return sum;
}

/**
 * 从这里往右（x 增大）多远之内，这个距离的和不变号：|f| + s·h − M·h²/2 > 0 的解，s 是离开 0 的坡度，M 是弯度的界。
 *
 * 离零点近的时候就是牛顿法的一步，但决不会跨过去。
 *
 * @param distance m（词元），大于 0
 * @param sum 它的和，`sumAt` 给的
 * @returns ln b 可以放心走多远（无量纲）
 * @example 往右走到头，号没有变
 * ```ts
 * import assert from "node:assert/strict";
 * import { reach, sliceAt, sumAt } from "@lib/limits/sums_by_base.ts";
 *
 * const x = Math.log(5000), sum = sumAt(900, sliceAt(x, 128)), far = reach(900, sum, sliceAt(x, 128));
 * for (let n = 0; n < 1; n += 1 / 64) assert.ok(sumAt(900, sliceAt(x + n * far, 128)) * sum > 0);
 * ```
 */
export function reach(distance: number, sum: number, { frequencies, squares, twists }: Slice): number {
  let slope = 0;
  for (let i = 1; i < frequencies.length; i++) {
    const angle = distance * frequencies[i]!;
    slope += Math.sin(angle) * angle * (i / frequencies.length); // aᵢ = 2i/d
  }
  const away = sum < 0 ? -slope : slope, size = Math.abs(sum);
  const bend = distance * distance * squares + distance * twists, root = Math.sqrt(away * away + 2 * bend * size);
  return away > 0 ? (away + root) / bend : 2 * size / (root - away || 1); // 两种写法相等，各取不相减的
}
