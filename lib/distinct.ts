/**
 * 去重编号（distinct）：一大堆数里有哪些不同的值，每个数是其中第几个。
 *
 * 位置是 0…L−1 时，L² 个距离里只有 2L−1 个不同的值；按距离算的东西就只算 2L−1 次。
 *
 * @module
 */
import { requireFinite, requireVector } from "@lib/errors.ts";

/**
 * 不同的值和编号（distinct values）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distinct, type Distinct } from "@lib/distinct.ts";
 *
 * const { values, place }: Distinct = distinct(new Float64Array([7, 0.5]), new Float64Array([0]));
 * assert.equal(values[place(7 - 0)], 7);
 * ```
 */
export interface Distinct {
  /** 不同的值 `[n]`，从小到大，每个只出现一次。 */
  readonly values: Float64Array;
  /** 一个值是 `values` 里的第几个；只能拿出现过的值来问。 */
  readonly place: (value: number) => number;
}

/**
 * 两组位置两两相减 `from − to`，有哪些不同的距离。
 *
 * @param from 查询的位置 `[R]`，有限的数
 * @param to 键的位置 `[L]`，有限的数
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 有一个不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distinct } from "@lib/distinct.ts";
 *
 * const positions = new Float64Array([0, 1, 2, 3]);
 * assert.deepEqual([...distinct(positions, positions).values], [-3, -2, -1, 0, 1, 2, 3]);
 * ```
 */
export function distinct(from: Float64Array, to: Float64Array): Distinct {
  requireFinite("数不同的距离", from);
  requireFinite("数不同的距离", to);
  return isCompact(from, to) ? range(from, to) : hash(from, to);
}

/**
 * 位置是挤在一起的整数吗：是的话，一个数组就能编号，L = 8192 也只要一遍，不必逐块去重。
 *
 * @throws {ShapeError} 不是一串数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isCompact } from "@lib/distinct.ts";
 *
 * const positions = new Float64Array([0, 1, 2]);
 * assert.ok(isCompact(positions, positions));
 * assert.ok(!isCompact(positions, new Float64Array([0.5])));
 * ```
 */
export function isCompact(from: Float64Array, to: Float64Array): boolean {
  for (const numbers of [from, to]) requireVector("看位置挤不挤", numbers);
  const [low, high] = bounds(from, to);
  const whole = from.every(Number.isInteger) && to.every(Number.isInteger);
  return whole && high - low < 4 * from.length * to.length + 1024 && high - low < 2 ** 26;
}

/** 最小和最大的差；一边是空的，就没有差。 */
function bounds(from: Float64Array, to: Float64Array): [low: number, high: number] {
  const min = (numbers: Float64Array) => numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const max = (numbers: Float64Array) => numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return from.length === 0 || to.length === 0 ? [0, -1] : [min(from) - max(to), max(from) - min(to)];
}

function range(from: Float64Array, to: Float64Array): Distinct {
  const [low, high] = bounds(from, to);
  const places = new Int32Array(high - low + 1).fill(-1);
  const columns = Float64Array.from(new Set(to));
  for (const i of new Set(from)) for (let n = 0; n < columns.length; n++) places[i - columns[n]! - low] = 0;
  const values: number[] = [];
  for (let n = 0; n < places.length; n++) if (places[n] === 0) places[n] = values.push(low + n) - 1;
  return { values: Float64Array.from(values), place: (value) => places[value - low]! };
}

function hash(from: Float64Array, to: Float64Array): Distinct {
  const places = new Map<number, number>();
  for (const i of from) for (const j of to) places.set(i - j, 0);
  const values = Float64Array.from(places.keys()).sort();
  values.forEach((value, n) => places.set(value, n));
  return { values, place: (value) => places.get(value)! };
}
