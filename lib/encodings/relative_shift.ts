/**
 * Transformer-XL 的“移一格”：一种不用查表的写法，看参考实现时要懂它。
 *
 * @module
 */
import { type Matrix, requireMatrix, zeros } from "@lib/matrix.ts";

/**
 * 移一格（relative shift）：列按距离从远到近排的表，换成列按键排的表，不用一格一格查。
 *
 * 前面垫一列 0，把 `[q, k + 1]` 摊平，去掉头 q 个数，再折成 `[q, k]`：第 i 行左移 q − 1 − i 格。
 * 右上角（键在查询后面）是垃圾，要靠因果掩码盖住。这里的编码不用它，只用来看懂参考实现。
 *
 * @param m `[q, k]`，第 c 列是距离 k − 1 − c
 * @throws {ShapeError} 不是矩阵
 * @source `kimiyoung/transformer-xl:pytorch/mem_transformer.py` 的 _rel_shift
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { relativeShift } from "@lib/encodings/relative_shift.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const shifted = relativeShift(matrix([[10, 11, 12], [20, 21, 22], [30, 31, 32]]));
 * assert.deepEqual([...shifted.data], [12, 0, 20, 21, 22, 0, 30, 31, 32]);
 * ```
 */
export function relativeShift(m: Matrix): Matrix {
  const { rows, columns } = requireMatrix("移一格", m), shifted = zeros(rows, columns);
  for (let n = 0; n < shifted.data.length; n++) {
    const at = n + rows, i = Math.floor(at / (columns + 1)), c = at % (columns + 1);
    if (c > 0) shifted.data[n] = m.data[i * columns + c - 1]!;
  }
  return shifted;
}
