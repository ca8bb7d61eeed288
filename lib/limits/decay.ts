/**
 * 远程衰减（long-term decay）：说“RoPE 远了就衰减”的，说的其实是几条不同的曲线。这里是不靠抽样的三条。
 *
 * | 曲线 | 说的是什么 | 衰减吗 |
 * | --- | --- | --- |
 * | `decayBound` | 分数的上界里随距离变的那个因子 | 大体上，时有回升 |
 * | `meanCosine` | q = k 时分数的平均，除以距离 0 的 | 大体上，会到负数 |
 * | `onePair` | 只有一对 | 不，转一圈就回来 |
 *
 * 抽样的两条（给定的一个 q = k，互相独立的 q、k）在 `decay_random.ts`：独立的，平均一直是 0，根本谈不上衰减。
 *
 * @module
 */
import { requireFinite, requireNumber } from "@lib/errors.ts";

/**
 * 上界因子 B(Δ) `[n]`：(2/d)·Σⱼ|Sⱼ|，Sⱼ 是前 j 对的 e^{iΔθ} 之和，j 从 1 到 d/2。
 *
 * 分数（没除 √d）的绝对值不超过 (d/2)·B(Δ)·max|hᵢ₊₁ − hᵢ|，hᵢ 是第 i 对的 q·k*，最后一个当作 0。
 * 它只是上界，不是分数：界小了，分数才一定小。
 *
 * @param distances 距离 Δ `[n]`（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 里面有不是有限的数
 * @source kexue 8265(15)、(16)；RF(36)、(37)，图 2
 * @example 不是一路降下来的：19 比 18 高，4096 比 1024 高
 * ```ts
 * import assert from "node:assert/strict";
 * import { decayBound } from "@lib/limits/decay.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * const bound = decayBound([0, 18, 19, 1024, 4096], inverseFrequencies(128, 10000));
 * assert.deepEqual([...bound].map((b) => b.toFixed(3)), ["32.500", "15.349", "15.391", "4.024", "4.883"]);
 * ```
 */
export function decayBound(distances: ArrayLike<number>, frequencies: ArrayLike<number>): Float64Array {
  const [at, speeds] = checked("算衰减的上界", distances, frequencies);
  return at.map((distance) => {
    let re = 0, im = 0, total = 0;
    for (const speed of speeds) {
      re += Math.cos(distance * speed);
      im += Math.sin(distance * speed);
      total += Math.hypot(re, im);
    }
    return total / Math.max(1, speeds.length);
  });
}

/**
 * q = k 时的平均 `[n]`：(2/d)·Σcos(Δθᵢ)。各分量独立、方差相同时，分数的期望就是距离 0 的期望乘它。
 *
 * 底数的下界（`base_bound.ts`）问的就是它什么时候变负。
 *
 * @param distances 距离 Δ `[n]`（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 里面有不是有限的数
 * @source kexue 8231(12)；10122(5)
 * @example d = 128、底数 10000：隔 4096 个已经是负的
 * ```ts
 * import assert from "node:assert/strict";
 * import { meanCosine } from "@lib/limits/decay.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * const mean = meanCosine([0, 1, 64, 4096], inverseFrequencies(128, 10000));
 * assert.deepEqual([...mean].map((x) => x.toFixed(5)), ["1.00000", "0.97021", "0.47688", "-0.05285"]);
 * ```
 */
export function meanCosine(distances: ArrayLike<number>, frequencies: ArrayLike<number>): Float64Array {
  const [at, speeds] = checked("算 q = k 的平均", distances, frequencies);
  return at.map((distance) => {
    let total = 0;
    for (const speed of speeds) total += Math.cos(distance * speed);
    return total / Math.max(1, speeds.length);
  });
}

/**
 * 只有一对 `[n]`：cos(Δθ)。一圈一圈地转，永远不衰减；衰减是许多对错开了才有的。
 *
 * @param distances 距离 Δ `[n]`（词元）
 * @param frequency 角频率 θ（弧度每词元）
 * @throws {ShapeError} 距离不是一串数
 * @throws {RangeError} 里面有不是有限的数
 * @source kexue 8265(10)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { onePair } from "@lib/limits/decay.ts";
 *
 * assert.deepEqual([...onePair([0, 2, 4], Math.PI / 2)].map(Math.round), [1, -1, 1]);
 * ```
 */
export function onePair(distances: ArrayLike<number>, frequency: number): Float64Array {
  requireNumber("算一对的衰减，定角频率", frequency, "有限的数", Number.isFinite);
  return requireAngles("算一对的衰减", requireFinite("算一对的衰减", distances).map((t) => t * frequency)).map(
    Math.cos,
  );
}

function checked(
  doing: string,
  distances: ArrayLike<number>,
  frequencies: ArrayLike<number>,
): [Float64Array, Float64Array] {
  const at = requireFinite(doing, distances), speeds = requireFinite(doing, frequencies);
  const most = (values: Float64Array) => values.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
  requireAngles(doing, new Float64Array([most(at) * most(speeds)])); // 乘起来才溢出的，也在门口说
  return [at, speeds];
}

const requireAngles = (doing: string, angles: Float64Array) => requireFinite(`${doing}，定转角`, angles);
