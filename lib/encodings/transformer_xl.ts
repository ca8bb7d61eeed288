/**
 * Transformer-XL（XLNet 式）：8130(7) 的四项都留，把 p_j 换成按距离的 R[i−j]，把两处 p_i 换成学出来的 u、v。
 *
 *   (q_i + u)·k_j + (q_i + v)·R[i−j]W_R ，再乘 1/√d
 *
 * 四项依次是内容-内容、位置-内容（u）、内容-位置、位置-位置（v）。R 是三角编码，不截断，所以多远都算得出。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { dot, gather, type Matrix, multiply, requireMatrix, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * Transformer-XL 一个头的参数。
 *
 * @example
 * ```ts
 * import { transformerXl, type TransformerXlParameters } from "@lib/encodings/transformer_xl.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const parameters: TransformerXlParameters = { u: [1, 0], v: [0, 1], projection: matrix([[1, 0], [0, 1]]) };
 * transformerXl(parameters);
 * ```
 */
export interface TransformerXlParameters {
  /** u `[d]`：代替 p_i，和键的内容相乘；各层共用。 */
  readonly u: ArrayLike<number>;
  /** v `[d]`：代替 p_i，和位置相乘；各层共用。 */
  readonly v: ArrayLike<number>;
  /** W_R `[dModel, d]`：把三角编码投影到头里；一层一个。 */
  readonly projection: Matrix;
  /** 三角编码的底数；不写是 10000。 */
  readonly base?: number;
}

/**
 * Transformer-XL 的一个头；XLNet 的也是它，只是 XLNet 另有一项看两个词元在不在同一段，这里没有；“移一格”的写法见 `relative_shift.ts`。
 *
 * @throws {ShapeError} u、v 和投影的列数不同，或投影的行数不是偶数
 * @source Dai et al. arXiv 1901.02860；kexue 8130(9)；`kimiyoung/transformer-xl:pytorch/mem_transformer.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { transformerXl } from "@lib/encodings/transformer_xl.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // d = 2，W_R 是恒等：R[t] = (sin t, cos t)；v = (0, 1)，所以偏置是 cos t / √2。
 * const xl = transformerXl({ u: [5, 6], v: [0, 1], projection: matrix([[1, 0], [0, 1]]) });
 * const { bias, keys, queries } = xl.score!(new Float64Array([0, 1]));
 * assert.deepEqual([...bias!], [1 / Math.SQRT2, Math.cos(1) / Math.SQRT2]);
 * assert.deepEqual([...keys!.data], [0, 1, Math.sin(1), Math.cos(1)]);
 * assert.deepEqual([...queries!.data], [5, 6, 5, 6]); // u 不看距离
 * ```
 */
export function transformerXl(parameters: TransformerXlParameters): Encoding {
  const { projection, base = 10000 } = requireOptions("造 Transformer-XL", parameters);
  const d = requireMatrix("用 Transformer-XL 的投影", projection).columns;
  const u = requireVector("用 Transformer-XL 的 u", parameters.u, d);
  const v = requireVector("用 Transformer-XL 的 v", parameters.v, d);
  const waves = { dimension: projection.rows, base, layout: "concatenated" } as const;
  sinusoidalTable([0], waves); // 维数、底数不合适，现在就说
  return {
    name: "Transformer-XL",
    scale: (dimension) => 1 / Math.sqrt(dimension), // 偏置里已经除了 √d，不能和不除的（T5）合用
    score(distances) {
      const keys = multiply(sinusoidalTable(distances, waves), projection);
      const bias = distances.map((_, t) => dot(v, row(keys, t)) / Math.sqrt(d));
      return { keys, bias, queries: gather({ rows: 1, columns: d, data: u }, new Float64Array(distances.length)) };
    },
  };
}

/**
 * 训练前的参数：全是标准差 0.02 的正态数。
 *
 * @throws {ShapeError} dModel 不是偶数
 * @source `kimiyoung/transformer-xl:pytorch/train.py` 的 init_std = 0.02
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { transformerXlInitial } from "@lib/encodings/transformer_xl.ts";
 *
 * assert.equal(transformerXlInitial({ modelDimension: 16, dimension: 8, seed: 1 }).projection.rows, 16);
 * ```
 */
export function transformerXlInitial(
  options: { readonly modelDimension: number; readonly dimension: number; readonly seed: number },
): TransformerXlParameters {
  const { modelDimension, dimension, seed } = requireOptions("取 Transformer-XL 的初值", options);
  for (const size of [modelDimension, seed]) requireInteger("取 Transformer-XL 的初值", size, 0);
  if (modelDimension % 2 !== 0) throw new ShapeError("取 Transformer-XL 的初值", "dModel 是偶数", modelDimension);
  const [u, v] = [1, 2].map((n) => normalMatrix(1, dimension, seed + n, 0.02).data);
  return { u: u!, v: v!, projection: normalMatrix(modelDimension, dimension, seed, 0.02) };
}
