/**
 * 第 97 页（8265 的十九条式子）用的东西：部分和、界正好够到的例子，和三道练习的判分。
 *
 * @module
 */
import { onePair } from "@lib/limits/decay.ts";
import { turns } from "@lib/encodings/turns.ts";
import type { Property } from "@lib/notebook/exercise.ts";

/**
 * 部分和（partial sums）$S_1,\dots,S_{d/2}$：前 j 对的 $e^{\mathrm i\Delta\theta}$ 加起来，一个复数写成相邻的两个实数 `[d]`。
 *
 * @param distance 距离 Δ = m − n（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @throws {ShapeError} 角频率不是一串数
 * @throws {RangeError} 距离不是有限的数
 * @source kexue 8265(15)
 * @example 隔 0 个，每一项都是 1
 * ```ts
 * import assert from "node:assert/strict";
 * import { partialSums } from "@lib/lessons/equations_8265.ts";
 *
 * assert.deepEqual(partialSums(0, [1, 0.1, 0.01]), [1, 0, 2, 0, 3, 0]);
 * ```
 */
export function partialSums(distance: number, frequencies: ArrayLike<number>): number[] {
  const { cos, sin } = turns([distance], frequencies);
  let re = 0, im = 0;
  return Array.from(cos.data, (_, i) => [re += cos.data[i]!, im += sin.data[i]!]).flat();
}

/**
 * 让 8265(16) 两个 ≤ 都取等号的 h `[d]`：相邻两个 h 的差长度都是 1，方向正好和 S 抵消。
 *
 * 从后往前加：hᵢ 是 S_{i+1}* / |S_{i+1}| 起，到末一个为止的和。
 *
 * @param sums 部分和，见 {@linkcode partialSums}
 * @returns 一个复数写成相邻的两个实数 `[d]`
 * @example 隔 0 个：S 都是正实数，h 就是 3、2、1
 * ```ts
 * import assert from "node:assert/strict";
 * import { partialSums, tightest } from "@lib/lessons/equations_8265.ts";
 *
 * assert.deepEqual(tightest(partialSums(0, [1, 0.1, 0.01])).map(Math.abs), [3, 0, 2, 0, 1, 0]);
 * ```
 */
export function tightest(sums: readonly number[]): number[] {
  const h = sums.map(() => 0);
  for (let i = sums.length - 2, re = 0, im = 0; i >= 0; i -= 2) {
    const size = Math.hypot(sums[i]!, sums[i + 1]!) || 1; // S 是 0，两边都没有这一项
    h[i] = re += sums[i]! / size;
    h[i + 1] = im -= sums[i + 1]! / size;
  }
  return h;
}

/**
 * 练习 1（手算）的判分：d = 4，隔 0 个，h 是 1 和 3，8265(16) 的三段各是多少。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chainProperties } from "@lib/lessons/equations_8265.ts";
 *
 * assert.equal(chainProperties[1]!.measure([4, 2, 9]), -6); // 忘了最后一个 h 后面是 0
 * ```
 */
export const chainProperties: ReadonlyArray<Property<number[]>> = [
  {
    name: "左边，各项之和的绝对值",
    measure: (chain) => three(chain)[0] - Math.abs(handH[0]! + handH[1]!),
    bound: 0.01,
    hint: "隔 0 个，每个 e 的次方都是 1，就是把 h 加起来",
  },
  {
    name: "中间，|S| 乘 |h 的差|，再加起来",
    measure: (chain) => three(chain)[1] - handS.reduce((sum, s, i) => sum + s * handSteps[i]!, 0),
    bound: 0.01,
    hint: "S₁ = 1，S₂ = 2。h 的差有两个：h₁ − h₀，还有 0 − h₁",
  },
  {
    name: "右边，最大的差乘 |S| 之和",
    measure: (chain) => three(chain)[2] - Math.max(...handSteps) * handS.reduce((sum, s) => sum + s, 0),
    bound: 0.01,
    hint: "先在两个差里挑大的，再乘 S₁ + S₂",
  },
];

const handH = [1, 3], handS = partialSums(0, [1, 0.01]).filter((_, c) => c % 2 === 0);
const handSteps = handH.map((h, i) => Math.abs((handH[i + 1] ?? 0) - h));

function three(chain: number[]): [number, number, number] {
  if (!Array.isArray(chain) || chain.length !== 3) throw new TypeError("需要三个数的数组 [左, 中, 右]");
  return [chain[0]!, chain[1]!, chain[2]!];
}

/**
 * 8265(18) 的分母：两个词元，φ(q) = ϕ(k) = (1, 0)，d = 2，隔 `gap` 个。1 + cos(gap)。
 *
 * @param gap 隔几个（词元）
 * @throws {RangeError} 不是有限的数
 * @source kexue 8265(18)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { denominator } from "@lib/lessons/equations_8265.ts";
 *
 * assert.equal(denominator(0), 2); // 不转，就是两个 1
 * ```
 */
export function denominator(gap: number): number {
  return onePair([0, gap], 1).reduce((sum, cos) => sum + cos, 0);
}

/**
 * 练习 2（改参数）的判分：1 到 50，隔几个，8265(18) 的分母最小。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { vanishingProperties } from "@lib/lessons/equations_8265.ts";
 *
 * assert.ok(vanishingProperties[1]!.measure(3) > 0.005); // 3 已经小，还有更小的
 * ```
 */
export const vanishingProperties: ReadonlyArray<Property<number>> = [
  {
    name: "是 1 到 50 的整数",
    measure: (gap) => Number.isInteger(gap) && gap >= 1 && gap <= 50 ? 0 : 1,
    bound: 0,
    hint: "隔几个要是整数，最多试到 50",
  },
  {
    name: "别的都不比它小",
    measure: (gap) => denominator(gap) - Math.min(...Array.from({ length: 50 }, (_, t) => denominator(t + 1))),
    bound: 1e-12,
    hint: "量到的是比最小的大多少。半圈是 π 弧度：隔的个数越接近 π 的奇数倍，分母越小",
  },
];

/**
 * 练习 3 的答案的样子：两串一样长的数 h、u 进去，8265(15) 右边的各项出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Regroup } from "@lib/lessons/equations_8265.ts";
 *
 * const blank: Regroup = () => undefined;
 * assert.equal(blank([1], [1]), undefined);
 * ```
 */
export type Regroup = (h: number[], u: number[]) => number[] | undefined;

/**
 * 练习 3（写代码）的判分：把 Σ h·u 照 8265(15) 重新归并，S 是 u 的部分和。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { regroupProperties } from "@lib/lessons/equations_8265.ts";
 *
 * const plain = (h: number[], u: number[]) => h.map((one, i) => one * u[i]!); // 没有重新归并
 * assert.equal(regroupProperties[0]!.measure(plain), 0);
 * assert.ok(regroupProperties[1]!.measure(plain) > 0.5);
 * ```
 */
export const regroupProperties: ReadonlyArray<Property<Regroup>> = [
  {
    name: "各项加起来，还是 Σ h·u",
    measure: (regroup) =>
      farthest(cases.map(([h, u]) => sum(called(regroup, h, u)) - sum(h.map((one, i) => one * u[i]!)))),
    bound: 1e-9,
    hint: "前面有一个负号；最后一项用的是 0 减最后一个 h",
  },
  {
    name: "h 都一样，就只剩最后一项",
    measure: (regroup) => farthest(called(regroup, [2, 2, 2, 2], [1, -0.5, 3, 0.5]).slice(0, -1)),
    bound: 1e-9,
    hint: "每一项乘的是相邻两个 h 的差，h 都一样，差就是 0",
  },
  {
    name: "h 只有最后一个不是 0：倒数第二项用的 S 是前面几个 u 的和",
    measure: (regroup) => called(regroup, [0, 0, 0, 1], [1, -0.5, 3, 0.5])[2]! + 3.5,
    bound: 1e-9,
    hint: "第 i 项用 S_{i+1}，从第 0 个 u 加到第 i 个，第 i 个也算",
  },
];

const cases: ReadonlyArray<readonly [h: number[], u: number[]]> = [
  [[1, 3], [1, 1]],
  [[2, -1, 0.5, 4], [0.3, -0.7, 1.1, 2]],
  [[5], [-2]],
];

function called(regroup: Regroup, h: number[], u: number[]): number[] {
  const result = regroup([...h], [...u]);
  if (!Array.isArray(result) || result.length !== h.length) throw new TypeError(`需要返回 ${h.length} 个数的数组`);
  return result;
}

const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);

/** 绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest(values: number[]): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
