/**
 * 零填充泄漏（CNN 式）：卷积没有位置编码，可是边界外面填了 0，离边多远就从数里漏出来了。
 *
 * 一层漏进半个核宽，再叠一层就再往里漏半个。改成首尾相接地填，就一点也不漏。双向的注意力没有边界，不会这样。
 *
 * @module
 */
import { explain, requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { type Matrix, requireMatrix, zeros } from "@lib/matrix.ts";

/** 量一次泄漏最多乘多少回：2²⁵ 回不到一秒。 */
const largest = 2 ** 25;

/**
 * 边界外面填什么（padding）：`zero` 填 0，`circular` 首尾相接。
 *
 * @example
 * ```ts
 * import type { Padding } from "@lib/encodings/zero_padding.ts";
 *
 * const usual: Padding = "zero";
 * ```
 */
export type Padding = "zero" | "circular";

/**
 * 一维卷积（convolution）：第 i 行变成 Σ_u w_u · 第 i + u 行，核的正中间对着自己，每列各做各的。
 *
 * @param rows `[L, d]`
 * @param kernel 核 w，奇数个数，不长于 L
 * @param padding 边界外面填什么
 * @returns `[L, d]`
 * @throws {ShapeError} 核不是奇数个数，或首尾相接时核比 L 长
 * @throws {RangeError} 填法不是那两种
 * @source Islam et al. arXiv 2001.08248；kexue 8130 CNN 式
 * @example 五个 1，核 (1, 1, 1)：边上少一个
 * ```ts
 * import assert from "node:assert/strict";
 * import { convolve } from "@lib/encodings/zero_padding.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const ones = matrix([[1], [1], [1], [1], [1]]), once = convolve(ones, [1, 1, 1], "zero");
 * assert.deepEqual([...once.data], [2, 3, 3, 3, 2]);
 * assert.deepEqual([...convolve(once, [1, 1, 1], "zero").data], [5, 8, 9, 8, 5]);
 * assert.deepEqual([...convolve(ones, [1, 1, 1], "circular").data], [3, 3, 3, 3, 3]);
 * ```
 */
export function convolve(rows: Matrix, kernel: ArrayLike<number>, padding: Padding): Matrix {
  const L = requireMatrix("做卷积", rows).rows, d = rows.columns, result = zeros(L, d);
  const weights = requireVector("做卷积", kernel), reach = (weights.length - 1) / 2;
  if (!Number.isInteger(reach) || reach < 0) throw new ShapeError("做卷积", "奇数个数的核", weights.length);
  if (padding !== "zero" && padding !== "circular") {
    throw new RangeError(explain("做卷积", "zero 或 circular", padding));
  }
  if (padding === "circular" && weights.length > L) {
    throw new ShapeError("首尾相接地做卷积", `不长于 ${L} 的核`, weights.length);
  }
  for (let i = 0; i < L; i++) {
    for (let u = -reach; u <= reach; u++) {
      const from = padding === "circular" ? (i + u + L) % L : i + u;
      if (from < 0 || from >= L) continue; // 外面是 0
      for (let c = 0; c < d; c++) result.data[i * d + c]! += weights[u + reach]! * rows.data[from * d + c]!;
    }
  }
  return result;
}

/**
 * 漏了多少（leak）：内容全是 1 的一行，卷几层以后，各位置的数离正中间那个差多少，除以正中间的数（无量纲）。
 *
 * 全是 0：一点也没漏。不是 0 的地方，光看数就知道离边有多远。
 *
 * @param length L，几个位置
 * @param kernel 核，奇数个数
 * @param padding 边界外面填什么
 * @param layers 叠几层
 * @returns `[L]`
 * @throws {ShapeError} 核不合适
 * @throws {RangeError} 长度或层数不是正整数，或长度 × 层数 × 核长超过 2²⁵，或正中间成了 0
 * @source 同 {@linkcode convolve}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { borderLeak } from "@lib/encodings/zero_padding.ts";
 *
 * assert.deepEqual([...borderLeak({ length: 5, kernel: [1, 1, 1], padding: "zero", layers: 1 })], [-1 / 3, 0, 0, 0, -1 / 3]);
 * assert.ok(borderLeak({ length: 5, kernel: [1, 1, 1], padding: "circular", layers: 9 }).every((x) => x === 0));
 * ```
 */
export function borderLeak(
  options: {
    readonly length: number;
    readonly kernel: ArrayLike<number>;
    readonly padding: Padding;
    readonly layers: number;
  },
): Float64Array {
  const { length, kernel, padding, layers } = requireOptions("量零填充的泄漏", options);
  requireInteger("定长度", length, 1, 2 ** 20);
  requireInteger("定层数", layers, 1, 1000);
  const steps = length * layers * requireVector("量零填充的泄漏", kernel).length;
  if (steps > largest) throw new RangeError(explain("量零填充的泄漏", `长度 × 层数 × 核长不超过 ${largest}`, steps));
  let rows: Matrix = { rows: length, columns: 1, data: new Float64Array(length).fill(1) };
  for (let n = 0; n < layers; n++) rows = convolve(rows, kernel, padding);
  const middle = rows.data[Math.floor(length / 2)]!;
  if (middle === 0) throw new RangeError(explain("量零填充的泄漏", "正中间不是 0（核加起来不是 0）", middle));
  return rows.data.map((x) => (x - middle) / middle);
}
