/**
 * 旋转（rotation）：数据是每个位置的 cos 和 sin，算法只有乘和加。全库只转这一次，RoPE 和它的亲戚都用它。
 *
 * @module
 */
import { explain, requireFinite, requireVector, ShapeError } from "@lib/errors.ts";
import { type Floats, type Matrix, zeros } from "@lib/matrix.ts";

/**
 * 配对方式（pairing）：哪两维放在一起转。
 * `interleaved` 是相邻两维（0 和 1、2 和 3……）；`half` 是前后两半（0 和 d/2、1 和 d/2+1……）。
 *
 * @example
 * ```ts
 * import type { Pairing } from "@lib/encodings/rotation.ts";
 *
 * const pairing: Pairing = "half"; // Llama 的 Hugging Face 权重用这一种
 * ```
 */
export type Pairing = "interleaved" | "half";

/**
 * 各个位置的转角（turns），存成 cos 和 sin，都是 `[n, pairs]`，单精度双精度都行。
 *
 * @example
 * ```ts
 * import { type Turns, turns } from "@lib/encodings/rotation.ts";
 *
 * const still: Turns = turns(new Float64Array([0]), new Float64Array([1]));
 * ```
 */
export interface Turns<Data extends Floats = Float64Array> {
  /** cos(位置 × 角频率) `[n, pairs]`。 */
  readonly cos: Matrix<Data>;
  /** sin(位置 × 角频率) `[n, pairs]`。 */
  readonly sin: Matrix<Data>;
}

/**
 * 算出每个位置的 cos 和 sin。
 *
 * @param positions 位置 `[n]`（词元）
 * @param frequencies 角频率 `[pairs]`（弧度每词元）
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 位置不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turns } from "@lib/encodings/rotation.ts";
 *
 * assert.deepEqual([...turns(new Float64Array([2]), new Float64Array([1, 0.5])).cos.data], [Math.cos(2), Math.cos(1)]);
 * ```
 */
export function turns(positions: ArrayLike<number>, frequencies: ArrayLike<number>): Turns {
  const at = requireFinite("算转角", positions), speeds = requireVector("算转角", frequencies);
  const cos = zeros(at.length, speeds.length), sin = zeros(at.length, speeds.length);
  for (let n = 0, cell = 0; n < at.length; n++) {
    for (let i = 0; i < speeds.length; i++, cell++) {
      const angle = at[n]! * speeds[i]!;
      cos.data[cell] = Math.cos(angle);
      sin.data[cell] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/**
 * 旋转（rotate）：每一对 (x, y) 变成 (x cos − y sin, x sin + y cos)，每行长度不变。
 *
 * 一行可以是几个头并排，每个头 `headDimension` 维，各转各的前 `2·pairs` 维，剩下的原样抄过去（partial rotary）。
 *
 * @param rows `[n, heads × headDimension]`，单精度进单精度出
 * @param turns 转角，cos 和 sin 都是 `[n, pairs]`
 * @param pairing 配对方式
 * @param headDimension 一个头几维；不写就是整行一个头
 * @throws {ShapeError} 维数、行数对不上，或转的比头还宽
 * @throws {RangeError} 配对方式不是那两种
 * @source kexue 8130(16)、8130(17)；8265(13)
 * @example 在位置 1 转 1 弧度
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotate, turns } from "@lib/encodings/rotation.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const turned = rotate(matrix([[1, 0, 7]]), turns([1], [1]), "interleaved");
 * assert.deepEqual([...turned.data], [Math.cos(1), Math.sin(1), 7]);
 * ```
 */
export function rotate<Data extends Floats>(
  rows: Matrix<Data>,
  { cos, sin }: Turns<Floats>,
  pairing: Pairing,
  headDimension: number = rows.columns,
): Matrix<Data> {
  const pairs = cos.columns, from = rows.data;
  if (cos.rows !== rows.rows || sin.rows !== rows.rows || sin.columns !== pairs) {
    throw new ShapeError("旋转向量", `${rows.rows} 个位置的转角`, [cos.rows, sin.rows, pairs, sin.columns]);
  }
  if (!(headDimension >= 2 * pairs)) throw new ShapeError("旋转向量", `至少 ${2 * pairs} 维的向量`, headDimension);
  if (rows.columns % headDimension !== 0) throw new ShapeError("旋转向量", `${headDimension} 维的头`, rows.columns);
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain("定配对方式", "interleaved 或 half", pairing));
  }
  // 第 i 对的两个分量在哪：相邻配对是 2i 和 2i+1，前后两半是 i 和 i+pairs。
  const [step, apart] = pairing === "interleaved" ? [2, 1] as const : [1, pairs] as const;
  // 只走一遍：每个数读一次、写一次。大数组的时间多半花在向系统要新内存上，先抄一份再改会更慢。
  const to = (from instanceof Float32Array ? new Float32Array(from.length) : new Float64Array(from.length)) as Data;
  for (let n = 0; n < rows.rows; n++) {
    for (let start = n * rows.columns; start < (n + 1) * rows.columns; start += headDimension) {
      for (let i = 0, a = start, t = n * pairs; i < pairs; i++, a += step, t++) {
        const x = from[a]!, y = from[a + apart]!, c = cos.data[t]!, s = sin.data[t]!;
        to[a] = x * c - y * s;
        to[a + apart] = x * s + y * c;
      }
      for (let a = start + 2 * pairs; a < start + headDimension; a++) to[a] = from[a]!; // 不转的那些维
    }
  }
  return { ...rows, data: to };
}
