/**
 * Adam：每个参数记两个滑动平均，梯度的和梯度平方的，走的步子是前者除以后者的平方根。
 *
 * 学习率照余弦从最大降到 0。参数一直是双精度，只在进图时变单精度。
 *
 * @module
 */
import { requireInteger, requireNumber, ShapeError } from "@lib/errors.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import type { Parameters } from "@lib/training/tensor.ts";

/**
 * Adam 走到一步时记着的东西。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Adam, adamStart } from "@lib/training/adam.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const start: Adam = adamStart({ w: matrix([[3]]) });
 * assert.equal(start.step, 0);
 * ```
 */
export interface Adam {
  /** 走了几步。 */
  readonly step: number;
  /** 现在的参数。 */
  readonly parameters: Parameters;
  /** 梯度的滑动平均。 */
  readonly first: Parameters;
  /** 梯度平方的滑动平均。 */
  readonly second: Parameters;
}

/**
 * 还没走。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { adamStart } from "@lib/training/adam.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(adamStart({ w: matrix([[3]]) }).first["w"], matrix([[0]]));
 * ```
 */
export function adamStart(parameters: Parameters): Adam {
  const zero = each(parameters, (m) => zeros(m.rows, m.columns));
  return { step: 0, parameters, first: zero, second: zero };
}

/**
 * 走一步：β₁ = 0.9，β₂ = 0.999，ε = 1e-8。
 *
 * @param now 走之前
 * @param gradients 梯度，名字、形状和参数相同
 * @param rate 这一步的学习率
 * @throws {ShapeError} 梯度缺一个，或形状不同
 * @throws {RangeError} 学习率不是非负的有限数
 * @source Kingma & Ba arXiv 1412.6980 算法 1
 * @example 第一步：不论梯度多大，都走一个学习率
 * ```ts
 * import assert from "node:assert/strict";
 * import { adamStart, adamStep } from "@lib/training/adam.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { parameters } = adamStep(adamStart({ w: matrix([[3]]) }), { w: matrix([[1000]]) }, 0.01);
 * assert.ok(Math.abs(parameters["w"]!.data[0]! - 2.99) < 1e-9);
 * ```
 */
export function adamStep(now: Adam, gradients: Parameters, rate: number): Adam {
  requireNumber("走一步 Adam，定学习率", rate, "非负的有限数", (r) => r >= 0 && r < Infinity);
  const step = now.step + 1, one = 1 - 0.9 ** step, two = 1 - 0.999 ** step;
  const slope = (name: string, m: Matrix) => {
    const found = gradients[name];
    if (found?.data.length !== m.data.length) {
      throw new ShapeError("走一步 Adam", `${name} 的梯度有 ${m.data.length} 个数`, found?.data.length);
    }
    return found.data;
  };
  const mixed = (old: Parameters, keep: number, power: 1 | 2) =>
    each(old, (m, name) => {
      const g = slope(name, m);
      return { ...m, data: m.data.map((x, n) => keep * x + (1 - keep) * g[n]! ** power) };
    });
  const first = mixed(now.first, 0.9, 1), second = mixed(now.second, 0.999, 2);
  const parameters = each(now.parameters, (m, name) => {
    const m1 = first[name]!.data, m2 = second[name]!.data;
    return { ...m, data: m.data.map((x, n) => x - rate * (m1[n]! / one) / (Math.sqrt(m2[n]! / two) + 1e-8)) };
  });
  return { step, parameters, first, second };
}

/**
 * 余弦学习率（cosine schedule）：第 0 步是最大，走完正好是 0。
 *
 * @param step 走了几步
 * @param steps 一共几步
 * @param largest 最大的学习率
 * @throws {RangeError} 步数不是整数，或 `step` 大于 `steps`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cosineRate } from "@lib/training/adam.ts";
 *
 * assert.equal(cosineRate(0, 100, 0.01), 0.01);
 * assert.ok(Math.abs(cosineRate(50, 100, 0.01) - 0.005) < 1e-12);
 * assert.equal(cosineRate(100, 100, 0.01), 0);
 * ```
 */
export function cosineRate(step: number, steps: number, largest: number): number {
  requireInteger("定学习率，数步数", step, 0, requireInteger("定学习率，定总步数", steps, 1));
  return largest * (1 + Math.cos(Math.PI * step / steps)) / 2;
}

/** 每个矩阵换一个，名字不变。 */
function each(parameters: Parameters, change: (m: Matrix, name: string) => Matrix): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, m]) => [name, change(m, name)]));
}
