/**
 * DeBERTa（disentangled attention，解耦注意力）：8130(7) 留前三项，位置的两项各用自己的表，按距离查。
 *
 *   (Q·K + Q·K^r[δ(i−j)] + K·Q^r[δ(j−i)]) / √(3d)
 *
 * 位置-位置那一项扔掉。三项的方差都是 d，所以除的是 √(3d)，不是 √d。
 *
 * @module
 */
import { type Encoding, integerDistance } from "@lib/encoding.ts";
import { debertaBucket } from "@lib/encodings/deberta_bucket.ts";
import { explain, requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";
import { gather, type Matrix, requireMatrix } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * DeBERTa 一个头的参数。两张表都是投影过的，第 r 行是索引 r（距离 r − k）。
 *
 * @example
 * ```ts
 * import { deberta, type DebertaParameters } from "@lib/encodings/deberta.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const onlyContentToPosition: DebertaParameters = { keys: zeros(4, 8) }; // 只有两项，除 √(2d)
 * deberta(onlyContentToPosition);
 * ```
 */
export interface DebertaParameters {
  /** K^r `[2k, d]`：内容-位置（c2p）；不写就没有这一项。 */
  readonly keys?: Matrix;
  /** Q^r `[2k, d]`：位置-内容（p2c）；不写就没有这一项。 */
  readonly queries?: Matrix;
  /**
   * 位置-内容按哪个方向查：论文是 δ(j−i)；微软和 Hugging Face 的代码都是 δ(i−j)，和内容-位置相同。
   * 拿现成的权重用，要写 `code`；不写是论文。
   */
  readonly third?: "paper" | "code";
  /** 对数桶（v2、v3）：表只有 2·buckets 行，远处几个距离合用一行；不写就是截断。 */
  readonly logBuckets?: { readonly buckets: number; readonly maxPosition: number };
}

/**
 * DeBERTa 的一个头。
 *
 * @throws {ShapeError} 一张表也没有，行数不是偶数，两张表形状不同，或和桶数对不上
 * @throws {RangeError} `third` 不是那两种，或桶数、最大位置太小
 * @source He et al. arXiv 2006.03654；kexue 8130(11)；`microsoft/DeBERTa:DeBERTa/deberta/disentangled_attention.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { deberta } from "@lib/encodings/deberta.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // k = 2：四行。距离 −3 到 3 查第 0、0、1、2、3、3、3 行。
 * const table = matrix([[0], [1], [2], [3]]);
 * const distances = new Float64Array([-3, -2, -1, 0, 1, 2, 3]);
 * const encoding = deberta({ keys: table, queries: table });
 * const { keys, queries } = encoding.score!(distances);
 * assert.deepEqual([...keys!.data], [0, 0, 1, 2, 3, 3, 3]);
 * assert.deepEqual([...queries!.data], [3, 3, 3, 2, 1, 0, 0]); // 论文：反过来查
 * assert.equal(encoding.scale!(12), 1 / 6); // √(3·12) = 6
 * ```
 */
export function deberta(parameters: DebertaParameters): Encoding {
  const { keys, queries, third = "paper", logBuckets } = requireOptions("造 DeBERTa", parameters);
  const tables = [keys, queries].filter((table) => table !== undefined);
  const [{ rows, columns } = { rows: 0, columns: 0 }] = tables.map((table) => requireMatrix("用 DeBERTa 的表", table));
  for (const table of tables) requireMatrix("用 DeBERTa 的表", table, { rows, columns });
  if (rows < 2 || rows % 2 !== 0) throw new ShapeError("用 DeBERTa 的表", "至少一张表，偶数行（2k）", rows);
  if (third !== "paper" && third !== "code") throw new RangeError(explain("定位置-内容的方向", "paper 或 code", third));
  const k = rows / 2;
  const buckets = logBuckets === undefined ? k : requireOptions("分 DeBERTa 的桶", logBuckets).buckets;
  if (requireInteger("定 DeBERTa 的桶数", buckets, 1) !== k) {
    throw new ShapeError("用 DeBERTa 的对数桶", `${2 * buckets} 行的表`, rows);
  }
  const index = (distance: number): number => {
    const t = integerDistance("DeBERTa", distance);
    const near = logBuckets ? debertaBucket(t, logBuckets.buckets, logBuckets.maxPosition) : t;
    return Math.min(2 * k - 1, Math.max(0, near + k));
  };
  index(0); // 桶数、最大位置不合适，现在就说
  const sign = third === "paper" ? -1 : 1;
  return {
    name: "DeBERTa",
    score: (distances) => ({
      ...(keys && { keys: gather(keys, distances.map(index)) }),
      ...(queries && { queries: gather(queries, distances.map((t) => index(sign * t))) }),
    }),
    scale: (d) => 1 / Math.sqrt((1 + tables.length) * d),
  };
}

/**
 * 训练前的两张表：投影之前的位置表和投影都是标准差 0.02 的正态数，这里直接给投影之后的 `[2k, d]`。
 *
 * @param k 截断距离（词元）
 * @param dimension 一个头的维数 d
 * @param modelDimension 模型的宽度 dModel
 * @throws {RangeError} 有一个不是正整数，或种子不是非负整数
 * @source `microsoft/DeBERTa` 的 initializer_range = 0.02
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { debertaInitial } from "@lib/encodings/deberta.ts";
 *
 * assert.equal(debertaInitial(4, 8, 64, 1).keys!.rows, 8);
 * ```
 */
export function debertaInitial(k: number, dimension: number, modelDimension: number, seed: number): DebertaParameters {
  for (const size of [k, dimension, modelDimension]) requireInteger("取 DeBERTa 的初值", size, 1);
  requireInteger("取随机种子", seed, 0);
  const scale = 0.02 * 0.02 * Math.sqrt(modelDimension); // 两个 0.02 的正态数相乘，加 dModel 次
  const [keys, queries] = [1, 2].map((n) => normalMatrix(2 * k, dimension, seed + n, scale));
  return { keys: keys!, queries: queries! };
}
