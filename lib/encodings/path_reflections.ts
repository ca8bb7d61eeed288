/**
 * PaTH 路上的反射：每个词元的方向 w 和强度 β，从词元的内容里算出来。
 *
 * @module
 */
import { requireNumber, requireOptions, requireVector } from "@lib/errors.ts";
import { dot, type Matrix, multiply, requireMatrix, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 从词元算 w 和 β 的参数：w 是低秩投影、宽 3 的因果卷积、SiLU、归一；β = 2σ(x·b + c)，在 0 到 2 之间。
 *
 * @example
 * ```ts
 * import { pathInitial, type PathParameters } from "@lib/encodings/path_reflections.ts";
 *
 * const parameters: PathParameters = pathInitial({ modelDimension: 16, dimension: 8, seed: 1 });
 * ```
 */
export interface PathParameters {
  /** 降 `[dModel, rank]`。 */
  readonly down: Matrix;
  /** 升 `[rank, d]`。 */
  readonly up: Matrix;
  /** 卷积核 `[3, d]`，每维一个核；最后一行乘自己，前两行乘前面两个词元。 */
  readonly kernel: Matrix;
  /** β 的权重 `[dModel]`。 */
  readonly strength: ArrayLike<number>;
  /** β 的偏置。 */
  readonly strengthBias: number;
}

/**
 * 路上的反射（reflections）：第 t 个词元的方向和强度。
 *
 * @example
 * ```ts
 * import type { Reflections } from "@lib/encodings/path_reflections.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const flip: Reflections = { directions: matrix([[1, 0]]), strengths: new Float64Array([2]) };
 * ```
 */
export interface Reflections {
  /** w `[L, d]`，每行长度 1（或 0：不反射）。 */
  readonly directions: Matrix;
  /** β `[L]`，0 到 2；2 是整个反射，1 是去掉那个方向。 */
  readonly strengths: Float64Array;
}

/**
 * 从词元算出反射。词元要按先后排好：卷积看前面两个。
 *
 * @param tokens `[L, dModel]`，从早到晚
 * @throws {ShapeError} 形状对不上
 * @throws {RangeError} β 的偏置不是有限的数
 * @source 同 `path.ts`
 * @example 全 0 的词元：方向是 0，不反射
 * ```ts
 * import assert from "node:assert/strict";
 * import { pathInitial, reflections } from "@lib/encodings/path_reflections.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const { directions, strengths } = reflections(zeros(1, 8), pathInitial({ modelDimension: 8, dimension: 2, seed: 1 }));
 * assert.deepEqual([...directions.data, strengths[0]], [0, 0, 1]); // β = 2σ(0)
 * ```
 */
export function reflections(tokens: Matrix, parameters: PathParameters): Reflections {
  const { down, up, kernel, strengthBias } = requireOptions("算 PaTH 的反射", parameters);
  requireNumber("用 PaTH 的 β", strengthBias, "有限的偏置", Number.isFinite);
  const width = requireMatrix("用 PaTH 的升", up).columns;
  requireMatrix("用 PaTH 的卷积核", kernel, { rows: 3, columns: width });
  const b = requireVector("用 PaTH 的 β", parameters.strength, requireMatrix("算 PaTH 的反射", tokens).columns);
  const low = multiply(multiply(tokens, down), up), directions = zeros(tokens.rows, width);
  for (let t = 0; t < tokens.rows; t++) {
    const w = row(directions, t);
    for (let back = 0; back <= Math.min(2, t); back++) {
      const weight = row(kernel, 2 - back), x = row(low, t - back);
      for (let c = 0; c < width; c++) w[c]! += weight[c]! * x[c]!;
    }
    w.set(w.map((x) => x / (1 + Math.exp(-x))));
    const length = Math.hypot(...w);
    if (length > 0) w.set(w.map((x) => x / length));
  }
  const strengths = Float64Array.from(
    { length: tokens.rows },
    (_, t) => 2 / (1 + Math.exp(-dot(row(tokens, t), b) - strengthBias)),
  );
  return { directions, strengths };
}

/**
 * 训练前的参数：线性层、卷积都是标准差 0.02 的正态数，偏置 0。
 *
 * @param options `modelDimension` 词元的宽度，`dimension` 头的维数 d，`rank` 低秩的秩（不写是 32），`seed` 种子
 * @throws {RangeError} 有一个不是非负整数
 * @source `fla-org/flash-linear-attention:fla/layers/path_attn.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pathInitial } from "@lib/encodings/path_reflections.ts";
 *
 * assert.equal(pathInitial({ modelDimension: 64, dimension: 8, seed: 1 }).up.rows, 32);
 * ```
 */
export function pathInitial(
  options: Readonly<Record<"modelDimension" | "dimension" | "seed", number>> & { readonly rank?: number },
): PathParameters {
  const { modelDimension, dimension, rank = 32, seed } = requireOptions("取 PaTH 的初值", options);
  return {
    down: normalMatrix(modelDimension, rank, seed, 0.02),
    up: normalMatrix(rank, dimension, seed + 1, 0.02),
    kernel: normalMatrix(3, dimension, seed + 2, 0.02),
    strength: normalMatrix(1, modelDimension, seed + 3, 0.02).data,
    strengthBias: 0,
  };
}
