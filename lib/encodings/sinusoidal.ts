/**
 * 三角式（sinusoidal）：给每个位置算一个向量，加到词嵌入上。没有参数，多远的位置都算得出。
 *
 * 同一个名字下有三个不同的函数：论文、tensor2tensor 和 Transformer-XL 各写各的，这里三种都有名字。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import {
  explain,
  requireEvenDimension,
  requireFinite,
  requireNumber,
  requireOptions,
  ShapeError,
} from "@lib/errors.ts";
import { add, type Matrix, zeros } from "@lib/matrix.ts";

/**
 * 怎么排（layout）：
 * - `interleaved`：论文，第 2i 维 sin、第 2i+1 维 cos，角频率 base^(−2i/d)，8130(1)；
 * - `concatenated`：Transformer-XL，前一半 sin、后一半 cos，角频率相同；
 * - `tensor2tensor`：前一半 sin、后一半 cos，角频率 base^(−i/(d/2−1))，最慢的正好是 1/base。
 *
 * @example
 * ```ts
 * import type { SinusoidalLayout } from "@lib/encodings/sinusoidal.ts";
 *
 * const fairseq: SinusoidalLayout = "tensor2tensor";
 * ```
 */
export type SinusoidalLayout = "interleaved" | "concatenated" | "tensor2tensor";

/**
 * 三角式的设置（sinusoidal options）。
 *
 * @example
 * ```ts
 * import { sinusoidal, type SinusoidalOptions } from "@lib/encodings/sinusoidal.ts";
 *
 * const options: SinusoidalOptions = { dimension: 64, layout: "tensor2tensor" };
 * sinusoidal(options);
 * ```
 */
export interface SinusoidalOptions {
  /** 维数 d，偶数；`tensor2tensor` 至少 4。 */
  readonly dimension: number;
  /** 底数；不写是 10000。 */
  readonly base?: number;
  /** 怎么排；不写是论文的 `interleaved`。 */
  readonly layout?: SinusoidalLayout;
}

/**
 * 每个位置的向量 p `[n, d]`：sin、cos 成对，长度都是 √(d/2)。
 *
 * @param positions 位置 `[n]`（词元）
 * @throws {ShapeError} 维数不是正偶数，或 `tensor2tensor` 只有 2 维
 * @throws {RangeError} 位置不是有限的数，底数不大于 1，或排法不是那三种
 * @source Vaswani et al. 2017 §3.5；kexue 8130(1)；`tensorflow/tensor2tensor:tensor2tensor/layers/common_attention.py`；
 * `kimiyoung/transformer-xl:pytorch/mem_transformer.py`
 * @example 位置 1，d = 4：(sin 1, cos 1, sin 0.01, cos 0.01)
 * ```ts
 * import assert from "node:assert/strict";
 * import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
 *
 * const [paper, t2t, xl] = (["interleaved", "tensor2tensor", "concatenated"] as const)
 *   .map((layout) => [...sinusoidalTable([1], { dimension: 4, layout }).data].map((x) => x.toFixed(5)));
 * assert.deepEqual(paper, ["0.84147", "0.54030", "0.01000", "0.99995"]);
 * assert.deepEqual(t2t, ["0.84147", "0.00010", "0.54030", "1.00000"]);
 * assert.deepEqual(xl, ["0.84147", "0.01000", "0.54030", "0.99995"]);
 * ```
 */
export function sinusoidalTable(positions: ArrayLike<number>, options: SinusoidalOptions): Matrix {
  const { dimension, base = 10000, layout = "interleaved" } = requireOptions("算三角编码", options);
  requireEvenDimension("算三角编码", dimension);
  requireNumber("算三角编码", base, "大于 1 的底数", (b) => b > 1 && b < Infinity);
  const pairs = dimension / 2, last = layout === "tensor2tensor" ? pairs - 1 : pairs;
  if (last < 1) throw new ShapeError("用 tensor2tensor 的排法", "维数至少是 4", dimension);
  if (!["interleaved", "concatenated", "tensor2tensor"].includes(layout)) {
    throw new RangeError(explain("排三角编码", "interleaved、concatenated 或 tensor2tensor", layout));
  }
  // 第 i 对的 sin、cos 放在哪：相邻是 2i 和 2i+1，拼接是 i 和 i+d/2。
  const [step, apart] = layout === "interleaved" ? [2, 1] as const : [1, pairs] as const;
  const at = requireFinite("算三角编码", positions), table = zeros(at.length, dimension);
  for (let n = 0; n < at.length; n++) {
    for (let i = 0; i < pairs; i++) {
      const angle = at[n]! * base ** (-i / last), cell = n * dimension + i * step;
      table.data[cell] = Math.sin(angle);
      table.data[cell + apart] = Math.cos(angle);
    }
  }
  return table;
}

/**
 * 三角式：词嵌入加上 p，x_m → x_m + p_m。原来的模型先把词嵌入乘 √d，这里不乘，要乘的自己乘。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或排法不是那三种
 * @source Vaswani et al. 2017 §3.5；kexue 8130(1)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sinusoidal } from "@lib/encodings/sinusoidal.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const embedded = sinusoidal({ dimension: 2 }).embed!(matrix([[10, 20]]), new Float64Array([0]));
 * assert.deepEqual([...embedded.data], [10, 21]); // 位置 0：加 (sin 0, cos 0)
 * ```
 */
export function sinusoidal(options: SinusoidalOptions): Encoding {
  sinusoidalTable([0], options); // 设置不合适，现在就说
  return { name: "sinusoidal", embed: (rows, positions) => add(rows, sinusoidalTable(positions, options)) };
}
