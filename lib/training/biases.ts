/**
 * 训练偏置（trainable biases）：T5、截断偏置、ALiBi，都是分数加上一个只看距离的数。
 *
 * 前两种的数是学出来的：每一格先查桶号（数据），再查这个桶、这个头的数（参数）。ALiBi 的数是定死的，没有参数。
 * 表从 0 开始学：没见过的桶永远是 0，这一点在长度外推时看得出来。
 *
 * @module
 */
import { numpy as np } from "@jax-js/jax";
import { alibi } from "@lib/encodings/alibi.ts";
import { clipBias } from "@lib/encodings/clip_bias.ts";
import { clipDistance } from "@lib/encodings/shaw.ts";
import { t5, t5Bucket } from "@lib/encodings/t5.ts";
import { explain, requireInteger, requireVector, ShapeError } from "@lib/errors.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { type Get, oneHot, type Tensor } from "@lib/training/tensor.ts";
import type { Shape, Trainable } from "@lib/training/trainable.ts";

/**
 * T5：`bucketTable` `[buckets, H]`，从 0 开始学；分数不除以 √w。
 *
 * @param buckets 几个桶
 * @param maxDistance 从这个距离起全进最后一个桶（词元）
 * @throws {RangeError} 桶数或最大距离太小
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableT5 } from "@lib/training/biases.ts";
 *
 * const { data } = trainableT5({ dimension: 8, heads: 1, causal: true, positions: 4 }, 32, 128);
 * const { buckets } = data(new Float64Array([0, 20])); // [4 格, 32 个桶]：距离 0、−20、20、0
 * assert.deepEqual([0, 1, 2, 3].map((cell) => buckets!.data.subarray(cell * 32, cell * 32 + 32).indexOf(1)), [0, 0, 17, 0]);
 * ```
 */
export function trainableT5(shape: Shape, buckets: number, maxDistance: number): Trainable {
  const bucketing = { buckets, maxDistance, bidirectional: !shape.causal };
  t5(new Float64Array(buckets), bucketing); // 设置不合适，现在就说
  return {
    name: "T5",
    initial: () => ({ bucketTable: zeros(buckets, shape.heads) }),
    encodings: ({ bucketTable }) => columns(bucketTable!).map((table) => t5(table, bucketing)),
    data: (positions) => ({ buckets: oneHot(byCell(positions, (t) => t5Bucket(t, bucketing)), buckets) }),
    score: (queries, get) => looked(queries, get, "buckets", "bucketTable"),
    scale: 1,
  };
}

/**
 * 截断偏置：`clipTable` `[2k+1, H]`，从 0 开始学。
 *
 * @param clip 截断距离 k（词元）
 * @throws {RangeError} k 不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableClip } from "@lib/training/biases.ts";
 *
 * const { initial } = trainableClip({ dimension: 8, heads: 2, causal: true, positions: 4 }, 3);
 * assert.deepEqual([initial(1)["clipTable"]!.rows, initial(1)["clipTable"]!.columns], [7, 2]);
 * ```
 */
export function trainableClip(shape: Shape, clip: number): Trainable {
  const rows = 2 * requireInteger("定截断距离", clip, 0, 1024) + 1;
  return {
    name: "clip",
    initial: () => ({ clipTable: zeros(rows, shape.heads) }),
    encodings: ({ clipTable }) => columns(clipTable!).map((table) => clipBias(table)),
    data: (positions) => ({ clipped: oneHot(byCell(positions, (t) => clipDistance(t, clip) + clip), rows) }),
    score: (queries, get) => looked(queries, get, "clipped", "clipTable"),
  };
}

/**
 * ALiBi：没有参数，每个头一张 `[L, L]` 的偏置是数据。
 *
 * @param slopes 每个头的斜率 `[H]`
 * @throws {ShapeError} 斜率的个数和头数不同
 * @throws {RangeError} 斜率不是非负的有限数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableAlibi } from "@lib/training/biases.ts";
 *
 * const { data } = trainableAlibi({ dimension: 8, heads: 1, causal: true, positions: 4 }, [1 / 2]);
 * assert.deepEqual([...data(new Float64Array([0, 1]))["bias"]!.data], [-0, -0.5, -0.5, -0]);
 * ```
 */
export function trainableAlibi(shape: Shape, slopes: ArrayLike<number>): Trainable {
  if (slopes.length !== shape.heads) {
    throw new ShapeError("训练 ALiBi", `${shape.heads} 个斜率（一个头一个）`, slopes.length);
  }
  const values = [...requireVector("训练 ALiBi，定斜率", slopes)].map((slope) => alibi(slope));
  return {
    name: "ALiBi",
    initial: () => ({}),
    encodings: () => values,
    data: (positions) => {
      const distances = byCell(positions, (t) => t), bias = zeros(values.length, distances.length);
      values.forEach((one, h) => bias.data.set(one.score!(distances).bias!, h * distances.length));
      return { bias };
    },
    score: (queries, get) => {
      const [, heads, length] = queries.shape as [number, number, number];
      queries.dispose();
      return get("bias").reshape([heads, length, length]);
    },
  };
}

/**
 * 每一格一个数 `[L·L]`：第 i 行第 j 列的距离是 `positions[i] − positions[j]`。
 *
 * @param of 距离（词元）变成什么数
 * @throws {RangeError} 格子太多
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { byCell } from "@lib/training/biases.ts";
 *
 * assert.deepEqual([...byCell(new Float64Array([0, 1]), (t) => t)], [0, -1, 1, 0]);
 * ```
 */
export function byCell(positions: Float64Array, of: (distance: number) => number): Float64Array {
  const L = positions.length, cells = new Float64Array(L * L);
  if (L > 1024) throw new RangeError(explain("给每一格算距离", "不超过 1024 个位置", L));
  for (let i = 0; i < L; i++) for (let j = 0; j < L; j++) cells[i * L + j] = of(positions[i]! - positions[j]!);
  return cells;
}

/** 每一格的数：独热 `[L·L, R]` 乘表 `[R, H]`，再摆成 `[H, L, L]`。 */
function looked(queries: Tensor, get: Get, places: string, table: string): Tensor {
  const [, heads, length] = queries.shape as [number, number, number];
  queries.dispose();
  return np.matrixTranspose(np.matmul(get(places), get(table))).reshape([heads, length, length]);
}

/** 表的每一列。 */
function columns(m: Matrix): Float64Array[] {
  return Array.from(
    { length: m.columns },
    (_, h) => Float64Array.from({ length: m.rows }, (_, r) => m.data[r * m.columns + h]!),
  );
}
