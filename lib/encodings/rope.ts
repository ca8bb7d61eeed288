/**
 * RoPE（rotary position embedding，旋转位置编码）：把 q 和 k 各自转一个角度，角度 = 位置 × 角频率。
 *
 * 没有表，也不往分数上加任何东西。两个向量各转各的，点积里只剩下角度之差，也就是距离。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { explain, ShapeError } from "@lib/errors.ts";
import { type Matrix, row, zeros } from "@lib/matrix.ts";

/**
 * 配对方式（pairing）：哪两维放在一起转。
 * `interleaved` 是相邻两维（0 和 1、2 和 3……）；`half` 是前后两半（0 和 d/2、1 和 d/2+1……）。
 *
 * @example
 * ```ts
 * import { type Pairing, rope } from "@lib/encodings/rope.ts";
 *
 * const pairing: Pairing = "half"; // Llama 的 Hugging Face 权重用这一种
 * rope({ dimension: 8, pairing });
 * ```
 */
export type Pairing = "interleaved" | "half";

/**
 * RoPE 的设置（rope options）。
 *
 * @example
 * ```ts
 * import { rope, type RopeOptions } from "@lib/encodings/rope.ts";
 *
 * const options: RopeOptions = { dimension: 64, base: 500000 };
 * rope(options);
 * ```
 */
export interface RopeOptions {
  /** 维数 d，偶数。 */
  readonly dimension: number;
  /** 底数；不写是 10000。 */
  readonly base?: number;
  /** 配对方式；不写是相邻两维。 */
  readonly pairing?: Pairing;
}

/**
 * RoPE：查询和键都转，值不转。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或配对方式不是那两种
 * @source Su et al. arXiv 2104.09864 (14)–(16)、(34)；kexue 8265(11)–(13)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { matrix, row } from "@lib/matrix.ts";
 *
 * // 四个一样的词元 (1, 0)：分数乘回 √2 以后是 cos(i − j)。
 * const x = matrix([[1, 0], [1, 0], [1, 0], [1, 0]]);
 * const { scores } = attention({ queries: x, keys: x, values: x, encoding: rope({ dimension: 2 }) });
 * const first = [...row(scores, 0)].map((s) => (s * Math.SQRT2).toFixed(4));
 * assert.deepEqual(first, ["1.0000", "0.5403", "-0.4161", "-0.9900"]);
 * ```
 */
export function rope({ dimension, base = 10000, pairing = "interleaved" }: RopeOptions): Encoding {
  const frequencies = inverseFrequencies(dimension, base);
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain("定 RoPE 的配对方式", "interleaved 或 half", pairing));
  }
  const turn = (rows: Matrix, positions: Float64Array): Matrix => rotate(rows, positions, frequencies, pairing);
  return { name: "RoPE", query: turn, key: turn };
}

/**
 * 角频率（inverse frequencies）`[d/2]`，单位弧度每词元：θᵢ = base^(−2i/d)，第一对转得最快。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1
 * @source kexue 8265，θᵢ 的定义；RF(15)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverseFrequencies } from "@lib/encodings/rope.ts";
 *
 * assert.deepEqual([...inverseFrequencies(4, 10000)], [1, 0.01]);
 * assert.throws(() => inverseFrequencies(7, 10000), /需要维数是正偶数：现在是 7/);
 * ```
 */
export function inverseFrequencies(dimension: number, base: number): Float64Array {
  if (!(Number.isSafeInteger(dimension) && dimension > 0 && dimension % 2 === 0)) {
    throw new ShapeError("定 RoPE 的角频率", "维数是正偶数", dimension);
  }
  if (!(base > 1 && base < Infinity)) throw new RangeError(explain("定 RoPE 的角频率", "大于 1 的底数", base));
  return Float64Array.from({ length: dimension / 2 }, (_, i) => base ** (-2 * i / dimension));
}

/**
 * 旋转（rotate）：第 n 行转到位置 `positions[n]` 该有的角度。每一对 (x, y) 变成 (x cos − y sin, x sin + y cos)。
 *
 * @param rows `[n, d]`
 * @param positions 位置 `[n]`（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param pairing 配对方式
 * @returns `[n, d]`，每行长度不变
 * @throws {ShapeError} 维数不是角频率个数的两倍，或位置个数不等于行数
 * @source kexue 8130(16)、8130(17)；8265(13)
 * @example 在位置 1 转 1 弧度
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotate } from "@lib/encodings/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const turned = rotate(matrix([[1, 0]]), new Float64Array([1]), new Float64Array([1]), "interleaved");
 * assert.deepEqual([...turned.data], [Math.cos(1), Math.sin(1)]);
 * ```
 */
export function rotate(rows: Matrix, positions: Float64Array, frequencies: Float64Array, pairing: Pairing): Matrix {
  const pairs = frequencies.length;
  if (rows.columns !== 2 * pairs) throw new ShapeError("旋转向量", `${2 * pairs} 维的向量`, rows.columns);
  if (positions.length !== rows.rows) throw new ShapeError("旋转向量", `${rows.rows} 个位置`, positions.length);
  // 第 i 对的两个分量在哪：相邻配对是 2i 和 2i+1，前后两半是 i 和 i+d/2。
  const [step, apart] = pairing === "interleaved" ? [2, 1] : [1, pairs];
  const turned = zeros(rows.rows, rows.columns);
  positions.forEach((position, n) => {
    const from = row(rows, n), to = row(turned, n);
    for (let i = 0; i < pairs; i++) {
      const angle = position * frequencies[i]!, cos = Math.cos(angle), sin = Math.sin(angle);
      const x = from[i * step]!, y = from[i * step + apart]!;
      to[i * step] = x * cos - y * sin;
      to[i * step + apart] = x * sin + y * cos;
    }
  });
  return turned;
}
