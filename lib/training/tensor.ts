/**
 * 张量（tensor）：库里的数组和自动求导的数组之间怎么换。
 *
 * 自动求导用 jax-js（`@jax-js/jax`）的 WASM 后端：不用显卡，离线装得上；numpy-ts 没有自动求导，tfjs 的本机后端安装时要另外下载程序。
 * 它只有单精度；每个张量用一次就收回，还要再用就写 `.ref`。库里的参数一直是双精度的 {@linkcode Matrix}，进图的时候才变单精度。
 *
 * @module
 */
import { numpy as np } from "@jax-js/jax";
import { requireInteger, requireVector } from "@lib/errors.ts";
import { type Matrix, requireMatrix, zeros } from "@lib/matrix.ts";

/**
 * 图里的数组（tensor），单精度，形状不限。就是 jax-js 的 `numpy.Array`；写成“zeros 交出来的那种”，文档检查才不去查别人的类型。
 *
 * @example
 * ```ts
 * import { type Tensor, tensor } from "@lib/training/tensor.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const x: Tensor = tensor(zeros(2, 3));
 * x.dispose();
 * ```
 */
export type Tensor = ReturnType<(typeof import("@jax-js/jax"))["numpy"]["zeros"]>;

/**
 * 有名字的一组矩阵：模型的参数、梯度、位置的数据，都是这个样子。
 *
 * @example
 * ```ts
 * import { zeros } from "@lib/matrix.ts";
 * import type { Parameters } from "@lib/training/tensor.ts";
 *
 * const parameters: Parameters = { embedding: zeros(17, 32) };
 * ```
 */
export type Parameters = Readonly<Record<string, Matrix>>;

/**
 * 按名字取一个张量，取几次都行（每次是一个新的引用）。
 *
 * @example
 * ```ts
 * import type { Get } from "@lib/training/tensor.ts";
 *
 * const add = (get: Get) => get("left").add(get("right"));
 * ```
 */
export type Get = (name: string) => Tensor;

/**
 * 矩阵变成张量，双精度变单精度。
 *
 * @returns `[rows, columns]`
 * @throws {ShapeError} 不是矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tensor } from "@lib/training/tensor.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(tensor(matrix([[1, 2], [3, 4]])).js(), [[1, 2], [3, 4]]);
 * ```
 */
export function tensor(m: Matrix): Tensor {
  const { rows, columns, data } = requireMatrix("换成张量", m);
  return np.array(Float32Array.from(data)).reshape([rows, columns]);
}

/**
 * 一组矩阵变成一组张量，名字不变。
 *
 * @throws {ShapeError} 有一个不是矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tensors } from "@lib/training/tensor.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * assert.deepEqual(tensors({ embedding: zeros(2, 3) })["embedding"]!.shape, [2, 3]);
 * ```
 */
export function tensors(parameters: Parameters): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(parameters).map(([name, m]) => [name, tensor(m)]));
}

/**
 * 独热（one-hot）：第 n 行只有第 `indices[n]` 列是 1。查表就是乘它，梯度也就自己回得去。
 *
 * @param indices 列号 `[n]`；−1 是一行 0
 * @param columns 几列
 * @returns `[n, columns]`
 * @throws {RangeError} 列号不是 −1 到 columns − 1 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { oneHot } from "@lib/training/tensor.ts";
 *
 * assert.deepEqual([...oneHot([1, 0], 2).data], [0, 1, 1, 0]);
 * ```
 */
export function oneHot(indices: ArrayLike<number>, columns: number): Matrix {
  const found = requireVector("做独热", indices), result = zeros(found.length, columns);
  for (let n = 0; n < found.length; n++) {
    const index = requireInteger("做独热", found[n]!, -1, columns - 1);
    if (index >= 0) result.data[n * columns + index] = 1;
  }
  return result;
}
