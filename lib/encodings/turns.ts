/**
 * 转角（turns）：每个位置每一对要转多少，存成 cos 和 sin。它是数据，怎么转在 `rotation.ts`。
 *
 * @module
 */
import { requireFinite, requireNumber, requireVector } from "@lib/errors.ts";
import { type Floats, type Matrix, zeros } from "@lib/matrix.ts";

/**
 * 各个位置的转角（turns），存成 cos 和 sin，都是 `[n, pairs]`，单精度双精度都行。
 *
 * @example
 * ```ts
 * import { type Turns, turns } from "@lib/encodings/turns.ts";
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
 * @param factor 乘在 cos、sin 上的注意力系数（无量纲）；不写是 1，YaRN、LongRoPE 才不是
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 位置或系数不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turns } from "@lib/encodings/turns.ts";
 *
 * assert.deepEqual([...turns(new Float64Array([2]), new Float64Array([1, 0.5])).cos.data], [Math.cos(2), Math.cos(1)]);
 * ```
 */
export function turns(positions: ArrayLike<number>, frequencies: ArrayLike<number>, factor = 1): Turns {
  requireNumber("算转角，定注意力系数", factor, "有限的数", Number.isFinite);
  const at = requireFinite("算转角", positions), speeds = requireVector("算转角", frequencies);
  const cos = zeros(at.length, speeds.length), sin = zeros(at.length, speeds.length);
  for (let n = 0, cell = 0; n < at.length; n++) {
    for (let i = 0; i < speeds.length; i++, cell++) {
      const angle = at[n]! * speeds[i]!;
      cos.data[cell] = factor * Math.cos(angle);
      sin.data[cell] = factor * Math.sin(angle);
    }
  }
  return { cos, sin };
}
