/**
 * 随机数（seeded randomness）：种子是传进来的，同一个种子永远给出同一串数。
 *
 * 均匀数来自 pure-rand（梅森旋转），正态数来自 d3-random；这里只把两者接起来。
 *
 * @module
 */
import { randomNormal } from "d3-random";
import { mersenne } from "pure-rand/generator/mersenne";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { requireInteger, requireNumber } from "@lib/errors.ts";

/**
 * 一串标准正态数（均值 0，方差 1，无量纲），由种子定死。
 *
 * @param seed 0 到 2³² − 1 的整数；发生器只有 32 位种子，更大的会和小的撞上，所以拒绝
 * @returns 每调用一次给下一个数
 * @throws {RangeError} 种子不在范围里
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { normals } from "@lib/random.ts";
 *
 * const [a, b] = [normals(7), normals(7)];
 * assert.deepEqual([a(), a(), a()], [b(), b(), b()]);
 * assert.notEqual(normals(8)(), normals(7)());
 * ```
 */
export function normals(seed: number): () => number {
  // 梅森旋转会先把种子打散：1、2、3 这样挨着的种子，给出的数也不相像。
  const generator = mersenne(requireInteger("取随机种子", seed, 0, 2 ** 32 - 1));
  return randomNormal.source(() => uniformFloat64(generator))(0, 1);
}

/**
 * 一串 `low` 到 `high` 之间的均匀数（无量纲），由种子定死。
 *
 * @param seed 0 到 2³² − 1 的整数
 * @returns 每调用一次给下一个数
 * @throws {RangeError} 种子不在范围里，或 `low`、`high` 不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 *
 * const next = uniforms(7, 2, 3), first = next();
 * assert.ok(first >= 2 && first < 3);
 * assert.equal(uniforms(7, 2, 3)(), first);
 * ```
 */
export function uniforms(seed: number, low: number, high: number): () => number {
  const generator = mersenne(requireInteger("取随机种子", seed, 0, 2 ** 32 - 1));
  for (const end of [low, high]) requireNumber("取均匀数", end, "有限的两端", Number.isFinite);
  requireNumber("取均匀数", high - low, "两端差得出有限的数", Number.isFinite);
  return () => low + (high - low) * uniformFloat64(generator);
}

/**
 * 均匀随机矩阵 `[rows, columns]`，每格在 ±bound 之间：PyTorch 的线性层就这样开始，bound = 1/√输入维数。
 *
 * @throws {RangeError} 种子、行数或列数不是非负整数，或 `bound` 不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniformMatrix } from "@lib/random.ts";
 *
 * assert.ok(uniformMatrix(4, 8, 1, 0.5).data.every((x) => Math.abs(x) <= 0.5));
 * ```
 */
export function uniformMatrix(rows: number, columns: number, seed: number, bound: number): Matrix {
  const next = uniforms(seed, -bound, bound), result = zeros(rows, columns);
  for (let i = 0; i < result.data.length; i++) result.data[i] = next();
  return result;
}

/**
 * 正态随机矩阵 `[rows, columns]`，每格均值 0、标准差 `scale`。
 *
 * 前几行与行数无关：`L` 从 4 变成 33，头 4 行还是那 4 行。
 *
 * @throws {RangeError} 种子、行数或列数不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { row } from "@lib/matrix.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * assert.deepEqual(row(normalMatrix(4, 8, 1), 3), row(normalMatrix(33, 8, 1), 3));
 * ```
 */
export function normalMatrix(rows: number, columns: number, seed: number, scale = 1): Matrix {
  requireNumber("取正态数", scale, "有限的标准差", Number.isFinite);
  const next = normals(seed);
  const result = zeros(rows, columns);
  for (let i = 0; i < result.data.length; i++) result.data[i] = scale * next();
  return result;
}
