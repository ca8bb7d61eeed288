/**
 * 复数式（complex order）：每个**词**有自己的半径、频率和初相，位置只管让它转多久。
 *
 *   f_j(k) = r_j · e^{i(ω_j k + θ_j)}
 *
 * 和 RoPE 都是转，差在频率归谁：这里归词，一个词一套；RoPE 归维，所有词共用。论文的整个网络都是复数的，这里只做到词嵌入。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { requireEvenDimension, requireFinite, ShapeError } from "@lib/errors.ts";
import { type Matrix, multiply, requireMatrix, requireSameShape, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 复数式的词嵌入：词向量 x 的相邻两维是一个复数 r·e^{iθ}，频率 ω = x·Ω 由词自己定，再转 ω·k。
 *
 * @param frequencies Ω `[d, d/2]`：从词向量算出它的频率（弧度每词元）
 * @throws {ShapeError} Ω 的行数不是列数的两倍，或和词元不一样宽
 * @source Wang et al. arXiv 1912.12333；kexue 8130(12)、8130(13)
 * @example 一个词 (1, 0)，频率 2：在位置 3 转 6 弧度
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexOrder } from "@lib/encodings/complex_order.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { embed } = complexOrder(matrix([[2], [0]]));
 * assert.deepEqual([...embed!(matrix([[1, 0]]), new Float64Array([3])).data], [Math.cos(6), Math.sin(6)]);
 * ```
 */
export function complexOrder(frequencies: Matrix): Encoding {
  const { rows, columns } = requireMatrix("用复数式的频率", frequencies);
  if (rows !== 2 * columns) throw new ShapeError("用复数式的频率", `${2 * columns} 行 ${columns} 列`, [rows, columns]);
  return {
    name: "complex",
    embed(tokens, positions) {
      const angles = multiply(tokens, frequencies);
      const turn = (f: (angle: number) => number) => ({
        ...angles,
        data: angles.data.map((speed, cell) => f(speed * positions[Math.floor(cell / columns)]!)),
      });
      return rotate(tokens, { cos: turn(Math.cos), sin: turn(Math.sin) }, "interleaved");
    },
  };
}

/**
 * 照 8130(12) 直接写：第 n 个词元的半径、频率、初相进去，复数出来，实部、虚部相邻 `[n, 2c]`。
 *
 * @param radii r `[n, c]`
 * @param frequencies ω `[n, c]`（弧度每词元）
 * @param phases θ `[n, c]`（弧度）
 * @param positions 位置 k `[n]`
 * @throws {ShapeError} 形状对不上
 * @throws {RangeError} 位置不是有限的数
 * @source kexue 8130(12)
 * @example r = 2，ω = π/2，θ = 0：位置 1、2、3 是 2i、−2、−2i
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexOrderVectors } from "@lib/encodings/complex_order.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const same = (x: number) => matrix([[x], [x], [x]]);
 * const vectors = complexOrderVectors(same(2), same(Math.PI / 2), same(0), [1, 2, 3]);
 * assert.deepEqual([...vectors.data].map((x) => Math.round(x) + 0), [0, 2, -2, 0, 0, -2]);
 * ```
 */
export function complexOrderVectors(
  radii: Matrix,
  frequencies: Matrix,
  phases: Matrix,
  positions: ArrayLike<number>,
): Matrix {
  requireSameShape("算复数式", radii, frequencies);
  requireSameShape("算复数式", radii, phases);
  const at = requireFinite("算复数式", positions, radii.rows), vectors = zeros(radii.rows, 2 * radii.columns);
  radii.data.forEach((radius, cell) => {
    const angle = frequencies.data[cell]! * at[Math.floor(cell / radii.columns)]! + phases.data[cell]!;
    vectors.data[2 * cell] = radius * Math.cos(angle);
    vectors.data[2 * cell + 1] = radius * Math.sin(angle);
  });
  return vectors;
}

/**
 * 训练前的 Ω `[d, d/2]`：正态，标准差 1/√d，所以频率是 1 弧度每词元上下。论文没有给初值，这是我们取的。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexOrderInitial } from "@lib/encodings/complex_order.ts";
 *
 * assert.equal(complexOrderInitial(8, 1).columns, 4);
 * ```
 */
export function complexOrderInitial(dimension: number, seed: number): Matrix {
  return normalMatrix(requireEvenDimension("取复数式的初值", dimension), dimension / 2, seed, 1 / Math.sqrt(dimension));
}
