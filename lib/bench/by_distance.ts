/**
 * 按距离看（by distance）：距离相同的格子，数是不是也相同。
 *
 * @module
 */
import { type Matrix, requireSameShape } from "@lib/matrix.ts";

/**
 * 同一个距离上，最大和最小的数差多少；在所有距离里取最大的差。0 表示这张表只看距离。
 *
 * 两格都看不见（−∞）不算。
 *
 * @param values `[R, L]`
 * @param distances `[R, L]`（词元）
 * @throws {ShapeError} 两张表形状不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spreadByDistance } from "@lib/bench/by_distance.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const distances = matrix([[0, -1], [1, 0]]);
 * assert.equal(spreadByDistance(matrix([[5, 1], [2, 5]]), distances), 0);
 * assert.equal(spreadByDistance(matrix([[5, 1], [2, 8]]), distances), 3);
 * ```
 */
export function spreadByDistance(values: Matrix, distances: Matrix): number {
  requireSameShape("按距离看", distances, values);
  const ends = new Map<number, [min: number, max: number]>();
  values.data.forEach((value, cell) => {
    if (value === -Infinity) return;
    const t = distances.data[cell]!, seen = ends.get(t);
    ends.set(t, seen ? [Math.min(seen[0], value), Math.max(seen[1], value)] : [value, value]);
  });
  return [...ends.values()].reduce((widest, [min, max]) => Math.max(widest, max - min), 0);
}
