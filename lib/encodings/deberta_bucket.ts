/**
 * DeBERTa v2、v3 的对数桶：近处一个距离一个桶，远处几个距离合用一个，带符号。
 *
 * @module
 */
import { integerDistance } from "@lib/encoding.ts";
import { requireInteger } from "@lib/errors.ts";

/**
 * 对数桶：近处（|t| ≤ buckets/2）一个距离一个桶，远处按对数合并，带符号。
 *
 * @param distance 距离（词元，带符号）
 * @param buckets 桶数（v3 是 256）
 * @param maxPosition 这个距离落在倒数的桶里（v3 是 512）；再远还会往外数，由用的人卡住
 * @throws {RangeError} 距离不是整数，桶数小于 2，或最大位置不大于半个桶数加 1
 * @source `microsoft/DeBERTa:DeBERTa/deberta/da_utils.py` 的 make_log_bucket_position
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { debertaBucket } from "@lib/encodings/deberta_bucket.ts";
 *
 * assert.deepEqual([0, 1, 2, 3, 4, 6, 7, 15, -7].map((t) => debertaBucket(t, 6, 16)), [0, 1, 2, 3, 4, 4, 5, 5, -5]);
 * ```
 */
export function debertaBucket(distance: number, buckets: number, maxPosition: number): number {
  requireInteger("定 DeBERTa 的桶数", buckets, 2);
  const t = integerDistance("DeBERTa", distance), middle = Math.floor(buckets / 2);
  requireInteger("定 DeBERTa 的最大位置", maxPosition, middle + 2);
  if (Math.abs(t) <= middle) return t;
  const far = Math.log(Math.abs(t) / middle) / Math.log((maxPosition - 1) / middle) * (middle - 1);
  return Math.sign(t) * (Math.ceil(far) + middle);
}
