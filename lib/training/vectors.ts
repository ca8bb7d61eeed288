/**
 * 训练向量（trainable vectors）：Shaw 按距离加一个向量，RoPE 按位置转一个角度。
 *
 * @module
 */
import { numpy as np } from "@jax-js/jax";
import { rotary } from "@lib/encodings/rope.ts";
import { clipDistance, shaw, shawInitial } from "@lib/encodings/shaw.ts";
import { turns } from "@lib/encodings/turns.ts";
import { requireVector, ShapeError } from "@lib/errors.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { byCell } from "@lib/training/biases.ts";
import { oneHot } from "@lib/training/tensor.ts";
import type { Shape, Trainable } from "@lib/training/trainable.ts";

/**
 * Shaw：`shawKeys`、`shawValues` 各 `[2k+1, w]`，各头共用。
 *
 * 分数加 `q·R^K[i−j]/√w`：先把每个查询和 2k+1 个向量都点积一遍，再按距离挑。输出加 `Σ a·R^V[i−j]`：先把同一个距离的权重合起来，再乘表。
 *
 * @param clip 截断距离 k（词元）
 * @throws {RangeError} k 不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableShaw } from "@lib/training/vectors.ts";
 *
 * const { initial } = trainableShaw({ dimension: 8, heads: 2, causal: true, positions: 4 }, 3);
 * assert.deepEqual([initial(1)["shawKeys"]!.rows, initial(1)["shawKeys"]!.columns], [7, 4]);
 * ```
 */
export function trainableShaw(shape: Shape, clip: number): Trainable {
  const width = shape.dimension / shape.heads, rows = shawInitial(clip, width, 0).rows;
  return {
    name: "Shaw",
    initial: (seed) => ({ shawKeys: shawInitial(clip, width, seed), shawValues: shawInitial(clip, width, seed + 1) }),
    encodings: ({ shawKeys, shawValues }) => [shaw(shawKeys!, shawValues!)],
    data: (positions) => ({ steps: oneHot(byCell(positions, (t) => clipDistance(t, clip) + clip), rows) }),
    score: (queries, get) => {
      const L = queries.shape[2]!, dots = np.matmul(queries, np.matrixTranspose(get("shawKeys"))); // [B, H, L, 2k+1]
      return np.einsum("bhir,ijr->bhij", dots, get("steps").reshape([L, L, rows])).mul(1 / Math.sqrt(width));
    },
    sum: (weights, get) => {
      const L = weights.shape[2]!, grouped = np.einsum("bhij,ijr->bhir", weights, get("steps").reshape([L, L, rows]));
      return np.matmul(grouped, get("shawValues"));
    },
  };
}

/**
 * RoPE：没有参数；cos、sin `[L, w]` 和一个“转 90°”的矩阵 `[w, w]` 是数据。转一个角：`x·cos + (x 转 90°)·sin`，相邻两维一对。
 *
 * @param frequencies 角频率 `[w/2]`（弧度每词元）；拉长过的（`lib/scaling`）也收
 * @param attentionFactor 乘在 cos、sin 上的系数（无量纲）
 * @throws {ShapeError} 一个头的维数不是正偶数，或角频率的个数不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableRope } from "@lib/training/vectors.ts";
 *
 * const { data } = trainableRope({ dimension: 4, heads: 2, causal: true, positions: 4 }, [1]);
 * assert.deepEqual([...data(new Float64Array([0]))["cos"]!.data], [1, 1]);
 * ```
 */
export function trainableRope(
  shape: Shape,
  frequencies: ArrayLike<number>,
  attentionFactor = 1,
): Trainable {
  const width = shape.dimension / shape.heads, speeds = requireVector("训练 RoPE，定角频率", frequencies);
  if (2 * speeds.length !== width) throw new ShapeError("训练 RoPE", `${width / 2} 个角频率`, speeds.length);
  const value = rotary("RoPE", { frequencies: speeds, dimension: width, attentionFactor });
  const quarter = zeros(width, width);
  for (let a = 0; a < width; a += 2) quarter.data[(a + 1) * width + a] = -1, quarter.data[a * width + a + 1] = 1;
  return {
    name: "RoPE",
    initial: () => ({}),
    encodings: () => [value],
    data: (positions) => {
      const { cos, sin } = turns(positions, speeds, attentionFactor);
      return { cos: twice(cos), sin: twice(sin), quarter };
    },
    turn: (x, get) => x.ref.mul(get("cos")).add(np.matmul(x, get("quarter")).mul(get("sin"))),
  };
}

/** 每一列写两遍：一对的两维用同一个 cos、sin。 */
function twice(m: Matrix): Matrix {
  return {
    rows: m.rows,
    columns: 2 * m.columns,
    data: Float64Array.from({ length: 2 * m.data.length }, (_, n) => m.data[n >> 1]!),
  };
}
