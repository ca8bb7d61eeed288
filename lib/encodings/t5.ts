/**
 * T5 的相对偏置（T5 relative bias）：每个距离查一个桶号，每个桶一个学出来的数，加到分数上。
 *
 * 近处一个距离一个桶，远处一大段距离合用一个桶：隔 3 个和隔 4 个要分清，隔 80 个和隔 81 个不必。
 *
 * @module
 */
import { type Encoding, integerDistance } from "@lib/encoding.ts";
import { requireBoolean, requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 怎么分桶（bucketing）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Bucketing, t5Bucket } from "@lib/encodings/t5.ts";
 *
 * const decoder: Bucketing = { bidirectional: false };
 * assert.equal(t5Bucket(15, decoder), 15);
 * ```
 */
export interface Bucketing {
  /** 一共几个桶；不写是 32。 */
  readonly buckets?: number;
  /** 从这个距离起全进最后一个桶（词元）；不写是 128。 */
  readonly maxDistance?: number;
  /** 双向（编码器）时一半桶给过去、一半给将来；因果（解码器）时将来全进 0 号桶。不写是双向。 */
  readonly bidirectional?: boolean;
}

/**
 * 距离 → 桶号。
 *
 * @param distance 查询位置 − 键位置（词元）；T5 的代码里用的是它的相反数
 * @throws {RangeError} 距离不是整数，或桶数、最大距离太小
 * @source `tensorflow/mesh:mesh_tensorflow/transformer/transformer_layers.py` `_relative_position_bucket`；kexue 8130 T5 式的桶表
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { t5Bucket } from "@lib/encodings/t5.ts";
 *
 * assert.deepEqual([0, 7, 8, 11, 12, 16, 22, 23, 1000].map((t) => t5Bucket(t)), [0, 7, 8, 8, 9, 10, 10, 11, 15]);
 * assert.equal(t5Bucket(-1), 16 + 1); // 将来的词元用后一半桶
 * ```
 */
export function t5Bucket(distance: number, bucketing: Bucketing = {}): number {
  const { buckets = 32, maxDistance = 128, bidirectional = true } = requireOptions("分 T5 的桶", bucketing);
  requireBoolean("定 T5 是不是双向", bidirectional);
  requireInteger("定 T5 的桶数", buckets, bidirectional ? 4 : 2);
  const side = bidirectional ? Math.floor(buckets / 2) : buckets; // 一侧有几个桶
  const exact = Math.floor(side / 2); // 前一半：一个距离一个桶
  requireInteger("定 T5 的最大距离", maxDistance, exact + 1);
  const t = integerDistance("T5", distance);
  const start = bidirectional && t < 0 ? side : 0;
  const n = bidirectional ? Math.abs(t) : Math.max(t, 0);
  if (n < exact) return start + n;
  // 后一半：按对数分，每个桶盖住的距离成倍变宽。
  const far = exact + Math.floor(Math.log(n / exact) / Math.log(maxDistance / exact) * (side - exact));
  return start + Math.min(far, side - 1);
}

/**
 * T5 的一个头：分数加上 `table[桶号(i − j)]`。T5 的分数没有 1/√d。
 *
 * @param table 每个桶一个数 `[buckets]`（无量纲）；同一个头在各层共用
 * @param bucketing 分桶方式；桶数默认取表的长度
 * @throws {ShapeError} 表长和桶数不同
 * @throws {RangeError} 桶数或最大距离太小
 * @source Raffel et al. arXiv 1910.10683 §2.1；kexue 8130(10)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { t5 } from "@lib/encodings/t5.ts";
 *
 * const table = Float64Array.from({ length: 32 }, (_, bucket) => bucket);
 * const { bias } = t5(table).score!(new Float64Array([0, 3, -3]));
 * assert.deepEqual([...bias!], [0, 3, 19]);
 * ```
 */
export function t5(table: ArrayLike<number>, bucketing: Bucketing = {}): Encoding {
  requireVector("用 T5 偏置", table);
  const { buckets = table.length } = requireOptions("分 T5 的桶", bucketing);
  requireInteger("定 T5 的桶数", buckets, 0);
  if (table.length !== buckets) throw new ShapeError("用 T5 偏置", `${buckets} 个数的表`, table.length);
  const bucket = (distance: number): number => t5Bucket(distance, { ...bucketing, buckets });
  bucket(0); // 桶数、最大距离不合适，现在就说，不等到打分的时候
  return {
    name: "T5",
    score: (distances) => ({ bias: distances.map((t) => table[bucket(t)]!) }),
    scale: () => 1,
  };
}

/**
 * 训练前的表 `[buckets]`：正态，标准差 1/√dModel。
 *
 * @param buckets 几个桶
 * @param modelDimension 模型的宽度 dModel（所有头加起来）
 * @throws {RangeError} 桶数、宽度或种子不是非负整数
 * @source transformers `models/t5/modeling_t5.py` 的 relative_attention_bias
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { t5Initial } from "@lib/encodings/t5.ts";
 *
 * assert.equal(t5Initial(32, 512, 1).length, 32);
 * ```
 */
export function t5Initial(buckets: number, modelDimension: number, seed: number): Float64Array {
  return normalMatrix(1, buckets, seed, 1 / Math.sqrt(requireInteger("定模型的宽度", modelDimension, 1))).data;
}
