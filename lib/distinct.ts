/**
 * 去重编号（distinct）：一大堆数里有哪些不同的值，每个数是其中第几个。
 *
 * 位置是 0…L−1 时，L² 个距离里只有 2L−1 个不同的值；按距离算的东西就只算 2L−1 次。
 *
 * @module
 */

/**
 * 不同的值和编号（distinct values）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distinct, type Distinct } from "@lib/distinct.ts";
 *
 * const { values, index }: Distinct = distinct(new Float64Array([0.5, 7, 0.5]));
 * assert.deepEqual([...index].map((n) => values[n]), [0.5, 7, 0.5]);
 * ```
 */
export interface Distinct {
  /** 不同的值 `[n]`，每个只出现一次。 */
  readonly values: Float64Array;
  /** 每个数是 `values` 里的第几个，和输入一样长。 */
  readonly index: Uint32Array;
}

/**
 * 给一串数去重编号。
 *
 * @param numbers 任意多个有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distinct } from "@lib/distinct.ts";
 *
 * assert.deepEqual([...distinct(new Float64Array([3, -1, 3])).values], [-1, 3]);
 * ```
 */
export function distinct(numbers: Float64Array): Distinct {
  let min = Infinity, max = -Infinity, whole = true;
  for (const value of numbers) {
    if (value < min) min = value;
    if (value > max) max = value;
    if (whole && !Number.isInteger(value)) whole = false;
  }
  const index = new Uint32Array(numbers.length);
  // 挤在一起的整数（常见的情形）：一个数组就能编号，比哈希表快一个数量级。
  const seen: Lookup = whole && numbers.length > 0 && max - min < 4 * numbers.length + 1024 ? range(min, max) : hash();
  for (let i = 0; i < numbers.length; i++) seen.mark(numbers[i]!);
  const values = seen.sorted();
  for (let i = 0; i < numbers.length; i++) index[i] = seen.place(numbers[i]!);
  return { values, index };
}

interface Lookup {
  mark(value: number): void;
  sorted(): Float64Array;
  place(value: number): number;
}

function range(min: number, max: number): Lookup {
  const places = new Int32Array(max - min + 1).fill(-1);
  return {
    mark: (value) => void (places[value - min] = 0),
    sorted: () => {
      const values: number[] = [];
      places.forEach((mark, n) => mark === 0 && (places[n] = values.push(min + n) - 1));
      return Float64Array.from(values);
    },
    place: (value) => places[value - min]!,
  };
}

function hash(): Lookup {
  const places = new Map<number, number>();
  return {
    mark: (value) => void places.set(value, 0),
    sorted: () => {
      const values = Float64Array.from(places.keys()).sort();
      values.forEach((value, n) => places.set(value, n));
      return values;
    },
    place: (value) => places.get(value)!,
  };
}
