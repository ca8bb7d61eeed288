/**
 * softmax：把一行分数变成加起来等于 1 的权重。
 *
 * @module
 */
import { ShapeError } from "@lib/errors.ts";

/**
 * softmax：分数 `[n]` → 权重 `[n]`，写进 `weights`。
 *
 * 先减去最大值，所以分数是 ±10000 也不溢出；全是 −∞ 的一行（一格也看不见）给全 0。有一个分数是 `NaN`，整行都是 `NaN`。
 *
 * @throws {ShapeError} 不是 `Float64Array`，或两个数组不一样长
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { softmax } from "@lib/softmax.ts";
 *
 * const weights = softmax(new Float64Array([10000, 10000]), new Float64Array(2));
 * assert.deepEqual([...weights], [0.5, 0.5]);
 * assert.deepEqual([...softmax(new Float64Array([-Infinity]), new Float64Array(1))], [0]);
 * ```
 */
export function softmax(scores: Float64Array, weights: Float64Array): Float64Array {
  for (const one of [scores, weights]) {
    if (!(one instanceof Float64Array)) throw new ShapeError("算 softmax", "Float64Array", one);
  }
  if (weights.length !== scores.length) {
    throw new ShapeError("算 softmax", `${scores.length} 个位置放权重`, weights.length);
  }
  const max = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  if (max === -Infinity) return weights.fill(0);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += weights[j] = Math.exp(scores[j]! - max);
  for (let j = 0; j < scores.length; j++) weights[j]! /= sum;
  return weights;
}
