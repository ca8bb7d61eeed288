/**
 * 平移（shift）：所有位置加上同一个数，哪些数会变。只看距离的编码，应当一个也不变。
 *
 * @module
 */
import { attention, type AttentionInput, type AttentionTrace, tokenCount } from "@lib/attention.ts";
import { requireNumber, requireOptions } from "@lib/errors.ts";
import { maxDifference } from "@lib/matrix.ts";

/**
 * 平移前后的最大变化（shift residual），都是绝对值。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type ShiftResidual, shiftResidual } from "@lib/bench/shift.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2]]);
 * const residual: ShiftResidual = shiftResidual({ queries: x, keys: x, values: x }, 100);
 * assert.deepEqual(residual, { scores: 0, weights: 0, output: 0 });
 * ```
 */
export interface ShiftResidual {
  /** 分数最多变了多少。 */
  readonly scores: number;
  /** 权重最多变了多少。 */
  readonly weights: number;
  /** 输出最多变了多少。 */
  readonly output: number;
}

/**
 * 把每个位置加上 `by`，再算一遍注意力，量出变化。
 *
 * @param input 注意力的输入
 * @param by 平移多少（词元）
 * @throws 和 {@linkcode attention} 相同
 * @example 看绝对位置的编码，量得出变化
 * ```ts
 * import assert from "node:assert/strict";
 * import { shiftResidual } from "@lib/bench/shift.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2]]);
 * assert.equal(shiftResidual({ queries: x, keys: x, values: x, encoding: alibi(0.5) }, 100).scores, 0);
 *
 * const absolute = {
 *   name: "查询乘位置",
 *   query: (rows: typeof x, positions: Float64Array) => ({ ...rows, data: rows.data.map((v, i) => v * positions[i]!) }),
 * };
 * assert.ok(shiftResidual({ queries: x, keys: x, values: x, encoding: absolute }, 100).scores > 1);
 * ```
 */
export function shiftResidual(input: AttentionInput, by: number): ShiftResidual {
  requireNumber("平移", by, "有限的数", Number.isFinite);
  const { positions = Array.from({ length: tokenCount(input) }, (_, i) => i) } = requireOptions("平移", input);
  const moved = (given: ArrayLike<number>) => Array.from(given, (position) => position + by);
  const here = attention({ ...input, positions });
  const there = attention({
    ...input,
    positions: moved(positions),
    ...(input.queryPositions && { queryPositions: moved(input.queryPositions) }),
  });
  return difference(here, there);
}

/**
 * 两次注意力最多差多少。
 *
 * @throws {ShapeError} 两次的形状不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { difference } from "@lib/bench/shift.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2]]), one = attention({ queries: x, keys: x, values: x });
 * assert.deepEqual(difference(one, one), { scores: 0, weights: 0, output: 0 });
 * ```
 */
export function difference(here: AttentionTrace, there: AttentionTrace): ShiftResidual {
  for (const trace of [here, there]) requireOptions("比两次注意力", trace);
  return {
    scores: maxDifference(here.scores, there.scores),
    weights: maxDifference(here.weights, there.weights),
    output: maxDifference(here.output, there.output),
  };
}
