/**
 * 旋转（rotation）：每个位置的 cos 和 sin 是数据（`turns.ts`），转只有乘和加。全库只转这一次，RoPE 和它的亲戚都用它。
 *
 * @module
 */
import type { Turns } from "@lib/encodings/turns.ts";
import { explain, ShapeError } from "@lib/errors.ts";
import { type Floats, type Matrix } from "@lib/matrix.ts";

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
 * 旋转（rotate）：每一对 (x, y) 变成 (x cos − y sin, x sin + y cos)，每行长度不变。
 *
 * 一行可以是几个头并排，每个头 `headDimension` 维，各转各的前 `2·pairs` 维，剩下的原样抄过去（partial rotary）。
 *
 * @param rows `[n, heads × headDimension]`，单精度进单精度出
 * @param turns 转角，cos 和 sin 都是 `[n, pairs]`
 * @param pairing 配对方式
 * @param headDimension 一个头几维；不写就是整行一个头
 * @param into 写到这块内存里，和 `rows.data` 一样长，可以就是它（就地转）；不写就要一块新的
 * @throws {ShapeError} 维数、行数对不上，或转的比头还宽
 * @throws {RangeError} 配对方式不是那两种
 * @source kexue 8130(16)、8130(17)；8265(13)
 * @example 在位置 1 转 1 弧度
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotate } from "@lib/encodings/rotation.ts";
 * import { turns } from "@lib/encodings/turns.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const turned = rotate(matrix([[1, 0, 7]]), turns([1], [1]), "interleaved");
 * assert.deepEqual([...turned.data], [Math.cos(1), Math.sin(1), 7]);
 * ```
 */
export function rotate<Data extends Floats>(
  rows: Matrix<Data>,
  turns: Turns<Floats>,
  pairing: Pairing,
  headDimension: number = rows?.columns,
  into?: Data,
): Matrix<Data> {
  for (const m of [rows, turns?.cos, turns?.sin]) {
    const typed = m?.data instanceof Float32Array || m?.data instanceof Float64Array;
    const whole = Number.isInteger(m?.rows) && Number.isInteger(m?.columns);
    if (!typed || !whole || m.data.length !== m.rows * m.columns) {
      throw new ShapeError("旋转向量", "单精度或双精度的矩阵（向量和 cos、sin）", m);
    }
  }
  const { cos, sin } = turns, pairs = cos.columns, from = rows.data;
  if (cos.rows !== rows.rows || sin.rows !== rows.rows || sin.columns !== pairs) {
    throw new ShapeError("旋转向量", `${rows.rows} 个位置的转角`, [cos.rows, sin.rows, pairs, sin.columns]);
  }
  if (!(Number.isInteger(headDimension) && headDimension >= 2 * pairs)) {
    throw new ShapeError("旋转向量", `至少 ${2 * pairs} 维的向量`, headDimension);
  }
  if (rows.columns % headDimension !== 0) throw new ShapeError("旋转向量", `${headDimension} 维的头`, rows.columns);
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain("定配对方式", "interleaved 或 half", pairing));
  }
  // 第 i 对的两个分量在哪：相邻配对是 2i 和 2i+1，前后两半是 i 和 i+pairs。
  const [step, apart] = pairing === "interleaved" ? [2, 1] as const : [1, pairs] as const;
  // 只走一遍：每个数读一次、写一次。大数组的时间多半花在向系统要新内存上，先抄一份再改会更慢。
  const blank = from instanceof Float32Array ? Float32Array : Float64Array;
  const to = into ?? new blank(from.length) as Data;
  if (!(to instanceof blank) || to.length !== from.length) {
    throw new ShapeError("旋转向量，写进给的内存", `${from.length} 个和向量同样精度的数`, to);
  }
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
