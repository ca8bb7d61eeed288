/**
 * TUPE（untied positional encoding，解绑）：内容和位置各用各的投影，只留 8130(7) 的内容-内容和位置-位置两项。
 *
 *   (x_i W_Q · x_j W_K + p_i U_Q · p_j U_K) / √(2d)  （+ T5 的桶，就是 TUPE-R）
 *
 * 位置那一项不看内容，算一次各层共用。[CLS] 不是一个“位置”，它和别人之间另用两个数。
 *
 * @module
 */
import { type Encoding, integerDistance } from "@lib/encoding.ts";
import { positionRows } from "@lib/encodings/learned.ts";
import { t5Bucket } from "@lib/encodings/t5.ts";
import { requireBoolean, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { dot, layerNorm, type Matrix, multiply, requireMatrix, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * TUPE 一个头的参数。
 *
 * @example
 * ```ts
 * import { tupe, tupeInitial, type TupeParameters } from "@lib/encodings/tupe.ts";
 *
 * const parameters: TupeParameters = tupeInitial({ positions: 16, modelDimension: 8, dimension: 8, seed: 1 });
 * tupe(parameters);
 * ```
 */
export interface TupeParameters {
  /** 位置向量 `[Lmax, dModel]`，过了 LayerNorm 的（见 `layerNorm`）；有 [CLS] 时多一行，见 `cls`。 */
  readonly table: Matrix;
  /** U_Q `[dModel, d]`。 */
  readonly query: Matrix;
  /** U_K `[dModel, d]`。 */
  readonly key: Matrix;
  /**
   * 位置 0 是 [CLS]：位置 m 用表的第 m + 1 行；[CLS] 看别人（和自己）都用 p₀·p₀，别人看 [CLS] 都用 p₁·p₁。不写就没有 [CLS]。
   */
  readonly cls?: boolean;
  /** TUPE-R 的桶 `[buckets]`，不乘缩放；有 [CLS] 时多一个，是别人看 [CLS]。不写就是 TUPE-A。 */
  readonly buckets?: ArrayLike<number>;
  /** 到这个距离起全进最后一个桶（词元）；不写是 128。 */
  readonly maxDistance?: number;
}

/**
 * TUPE 的一个头。
 *
 * @throws {ShapeError} 表和投影对不上，或桶数太少
 * @throws {RangeError} 用的时候位置不是表里有的整数
 * @source Ke et al. arXiv 2006.15595；RF(9)；`guolinke/TUPE:fairseq/modules/transformer_sentence_encoder.py`
 * @example 除的是 √(2d)：d = 64 时，两项都乘 0.0883883
 * ```ts
 * import assert from "node:assert/strict";
 * import { tupe } from "@lib/encodings/tupe.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const identity = matrix([[1, 0], [0, 1]]);
 * const { scale } = tupe({ table: matrix([[1, -1], [-1, 1]]), query: identity, key: identity });
 * assert.equal(scale!(64).toFixed(7), "0.0883883");
 * ```
 */
export function tupe(parameters: TupeParameters): Encoding {
  const { table, query, key, cls = false, buckets: given, maxDistance = 128 } = requireOptions("造 TUPE", parameters);
  requireMatrix("用 TUPE 的位置表", table);
  requireMatrix("用 TUPE 的 U_Q", query, { rows: table.columns });
  requireMatrix("用 TUPE 的 U_K", key, { rows: table.columns, columns: query.columns });
  const asked = multiply(table, query), answered = multiply(table, key); // p U_Q、p U_K，每个位置一行
  requireBoolean("定 TUPE 有没有 [CLS]", cls);
  const numbers = given === undefined ? given : requireVector("用 TUPE 的桶", given);
  const buckets = (numbers?.length ?? 0) - Number(cls);
  const bucket = (t: number) => t5Bucket(t, { buckets, maxDistance });
  if (numbers) bucket(0); // 桶数不合适，现在就说
  if (cls && table.rows < 2) throw new ShapeError("用 TUPE 的位置表", "有 [CLS] 时至少 2 行", table.rows);
  const self = (r: number) => dot(row(asked, r), row(answered, r));

  return {
    name: "TUPE",
    scale: (d) => 1 / Math.sqrt(2 * d),
    row({ queryPositions, keyPositions, scale }) {
      const ids = (positions: Float64Array) => positions.map((m) => integerDistance("TUPE", m, "位置"));
      const from = ids(queryPositions), to = ids(keyPositions), skip = Number(cls); // 表里前面多几行
      const q = positionRows("TUPE", asked, from.map((m) => m + skip));
      const k = positionRows("TUPE", answered, to.map((m) => m + skip));
      const between = (r: number, j: number): number => {
        if (cls && from[r] === 0) return scale * self(0) + (numbers ? numbers[Math.floor(buckets / 2)]! : 0);
        if (cls && to[j] === 0) return scale * self(1) + (numbers ? numbers[buckets]! : 0);
        return scale * dot(row(q, r), row(k, j)) + (numbers ? numbers[bucket(from[r]! - to[j]!)]! : 0);
      };
      return (r) => ({ positionPosition: to.map((_, j) => between(r, j)) });
    },
  };
}

/**
 * 训练前的参数（TUPE-A，没有 [CLS]）：表和两个投影都是标准差 0.02 的正态数，表再逐行归一。
 *
 * @throws {RangeError} 有一个不是非负整数
 * @source `guolinke/TUPE` 的 init_bert_params
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tupeInitial } from "@lib/encodings/tupe.ts";
 *
 * assert.equal(tupeInitial({ positions: 512, modelDimension: 8, dimension: 4, seed: 1 }).query.columns, 4);
 * ```
 */
export function tupeInitial(
  options: Readonly<Record<"positions" | "modelDimension" | "dimension" | "seed", number>>,
): TupeParameters {
  const { positions, modelDimension, dimension, seed } = requireOptions("取 TUPE 的初值", options);
  return {
    table: layerNorm(normalMatrix(positions, modelDimension, seed, 0.02)),
    query: normalMatrix(modelDimension, dimension, seed + 1, 0.02),
    key: normalMatrix(modelDimension, dimension, seed + 2, 0.02),
  };
}
