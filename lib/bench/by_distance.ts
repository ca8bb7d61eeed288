/**
 * 按距离看（by distance）：距离相同的格子，数是不是也相同。
 *
 * @module
 */
import { distinct } from "@lib/distinct.ts";
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
  const { values: unique, index } = distinct(distances.data);
  const min = new Float64Array(unique.length).fill(Infinity), max = new Float64Array(unique.length).fill(-Infinity);
  values.data.forEach((value, cell) => {
    if (value === -Infinity) return;
    const t = index[cell]!;
    min[t] = Math.min(min[t]!, value);
    max[t] = Math.max(max[t]!, value);
  });
  // 整个距离都看不见时，差是 −∞，比不过 0。
  return max.reduce((widest, top, t) => Math.max(widest, top - min[t]!), 0);
}
