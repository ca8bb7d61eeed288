/**
 * 截断偏置（scalar clip）：每个距离一个学出来的数，比 k 更远的合用一个。T5 分桶之前最朴素的样子。
 *
 * @module
 */
import { type Encoding, integerDistance } from "@lib/encoding.ts";
import { clipDistance } from "@lib/encodings/shaw.ts";
import { requireVector, ShapeError } from "@lib/errors.ts";

/**
 * 截断偏置的一个头：分数加上 `table[clip(i − j, −k, k) + k]`，在除完 √d 之后加。
 *
 * @param table 每个距离一个数 `[2k+1]`（无量纲），第 `t + k` 个是距离 t
 * @throws {ShapeError} 表长不是奇数
 * @source kexue 8130(6) 的截断，用在一个数上
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipBias } from "@lib/encodings/clip_bias.ts";
 *
 * // k = 1：将来 10，自己 20，过去 30；隔 5 个和隔 1 个一样。
 * assert.deepEqual([...clipBias([10, 20, 30]).score!(new Float64Array([-1, 0, 1, 5])).bias!], [10, 20, 30, 30]);
 * ```
 */
export function clipBias(table: ArrayLike<number>): Encoding {
  const numbers = requireVector("用截断偏置的表", table), clip = (numbers.length - 1) / 2;
  if (!Number.isInteger(clip) || clip < 0) {
    throw new ShapeError("用截断偏置的表", "奇数个数（距离 −k 到 k）", numbers.length);
  }
  return {
    name: "clip",
    score: (distances) => ({
      bias: distances.map((t) => numbers[clipDistance(integerDistance("截断偏置", t), clip) + clip]!),
    }),
  };
}
