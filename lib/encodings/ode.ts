/**
 * 解微分方程的一步（ODE step）：FLOATER 用它从一个位置走到下一个位置。
 *
 * @module
 */
import { requireNumber, requireVector, ShapeError } from "@lib/errors.ts";
import { type Matrix, requireMatrix } from "@lib/matrix.ts";

/**
 * 方向场（field）：向量 p `[d]` 在时刻 t 往哪走，`[d]`。
 *
 * @example
 * ```ts
 * import type { Field } from "@lib/encodings/ode.ts";
 *
 * const circle: Field = ([x = 0, y = 0]) => [-y, x];
 * ```
 */
export type Field = (p: Float64Array, t: number) => ArrayLike<number>;

/**
 * 四阶 Runge–Kutta 走一步：从 p(t) 到 p(t + step)，误差和 step⁵ 同阶。
 *
 * @param field 方向场
 * @param p 现在的向量 `[d]`
 * @param t 现在的时刻
 * @param step 走多久
 * @throws {ShapeError} 方向场不是函数，或交回来的个数不对
 * @throws {RangeError} 时刻不是有限的数，或一步超过 ±10⁶
 * @example 走十步 0.1，从 (1, 0) 转到 (cos 1, sin 1)，差不到 1e-6
 * ```ts
 * import assert from "node:assert/strict";
 * import { rungeKutta } from "@lib/encodings/ode.ts";
 *
 * let p: Float64Array = new Float64Array([1, 0]);
 * for (let n = 0; n < 10; n++) p = rungeKutta(([x = 0, y = 0]) => [-y, x], p, n / 10, 0.1);
 * assert.ok(Math.hypot(p[0]! - Math.cos(1), p[1]! - Math.sin(1)) < 1e-6);
 * ```
 */
export function rungeKutta(field: Field, p: Float64Array, t: number, step: number): Float64Array {
  if (typeof field !== "function") throw new ShapeError("走一步 Runge–Kutta", "方向场是一个函数", field);
  requireVector("走一步 Runge–Kutta", p);
  requireNumber("走一步 Runge–Kutta", t, "有限的时刻", Number.isFinite);
  requireNumber("走一步 Runge–Kutta", step, "±10⁶ 以内的一步", (s) => Math.abs(s) <= 1e6); // 再大，四次方要溢出
  const slope = (q: Float64Array, at: number) => requireVector("用方向场", field(q, at), p.length);
  const moved = (by: Float64Array, share: number) => p.map((x, c) => x + share * step * by[c]!);
  const a = slope(p, t), b = slope(moved(a, 1 / 2), t + step / 2);
  const c = slope(moved(b, 1 / 2), t + step / 2), d = slope(moved(c, 1), t + step);
  return p.map((x, n) => x + step / 6 * (a[n]! + 2 * b[n]! + 2 * c[n]! + d[n]!));
}

/**
 * 参考实现的方向场：两层网络，每层的输入后面都接上时刻 t，中间 ReLU。
 *
 * @param inner `[d + 1, n]` 和偏置 `[n]`
 * @param outer `[n + 1, d]` 和偏置 `[d]`
 * @throws {ShapeError} 两层对不上
 * @source `xuanqing94/FLOATER:fairseq/modules/flow_funcs.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { networkField } from "@lib/encodings/ode.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // relu(2p + 10t + 1) × 3 + 100t
 * const field = networkField([matrix([[2], [10]]), [1]], [matrix([[3], [100]]), [0]]);
 * assert.deepEqual([...field(new Float64Array([5]), 1) as Float64Array], [3 * 21 + 100]);
 * ```
 */
export function networkField(
  inner: readonly [weight: Matrix, bias: ArrayLike<number>],
  outer: readonly [weight: Matrix, bias: ArrayLike<number>],
): Field {
  for (const layer of [inner, outer]) {
    if (!Array.isArray(layer)) throw new ShapeError("造方向场", "[权重, 偏置]", layer);
  }
  const d = requireMatrix("造方向场", outer[0]).columns,
    n = requireMatrix("造方向场", inner[0], { rows: d + 1 }).columns;
  requireMatrix("造方向场", outer[0], { rows: n + 1 });
  const biases = [requireVector("造方向场", inner[1], n), requireVector("造方向场", outer[1], d)] as const;
  const layer = (x: Float64Array, t: number, weight: Matrix, bias: Float64Array): Float64Array =>
    bias.map((b, c) => {
      let sum = b + t * weight.data[x.length * weight.columns + c]!;
      for (let k = 0; k < x.length; k++) sum += x[k]! * weight.data[k * weight.columns + c]!;
      return sum;
    });
  return (p, t) => layer(layer(p, t, inner[0], biases[0]).map((x) => Math.max(0, x)), t, outer[0], biases[1]);
}
