/**
 * 远程衰减，抽样的两种：给定的一个 q = k，和互相独立的 q、k。
 *
 * 同一句“远程衰减”，q = k 时看得见，q、k 独立时一点也没有：平均在每个距离都是 0，散开多少也和距离无关。
 * 随机数由种子定死。
 *
 * @module
 */
import { requireInteger, requireOptions } from "@lib/errors.ts";
import { turns } from "@lib/encodings/turns.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 抽一个正态的 q，令 k = q：分数除以距离 0 的分数 `[n]`，Σ|qᵢ|²cos(Δθᵢ) / Σ|qᵢ|²。
 *
 * 许多个种子平均起来，就靠近 `meanCosine`。
 *
 * @param distances 距离 Δ `[n]`（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param seed 种子
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 距离不是有限的数，或种子不是非负整数
 * @source kexue 8265(14)，取 q = k
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sameVector } from "@lib/limits/decay_random.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * const [near, far] = sameVector([0, 10], inverseFrequencies(128, 10000), 1);
 * assert.ok(near === 1 && far! > 0.5 && far! < 0.9);
 * ```
 */
export function sameVector(
  distances: ArrayLike<number>,
  frequencies: ArrayLike<number>,
  seed: number,
): Float64Array {
  const { cos } = turns(distances, frequencies), pairs = cos.columns, q = normalMatrix(1, 2 * pairs, seed).data;
  const power = Float64Array.from({ length: pairs }, (_, i) => q[2 * i]! ** 2 + q[2 * i + 1]! ** 2);
  const total = power.reduce((sum, x) => sum + x, 0) || 1; // 一对也没有：分数处处是 0
  return Float64Array.from({ length: cos.rows }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < pairs; i++) sum += power[i]! * cos.data[n * pairs + i]!;
    return sum / total;
  });
}

/**
 * 抽一对互相独立的正态 q、k：分数 `[n]`（除了 √d），q·R(Δ)k / √d。平均是 0，标准差是 1，隔多远都一样。
 *
 * @param distances 距离 Δ `[n]`（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param seed 种子
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 距离不是有限的数，或种子不是非负整数
 * @source kexue 8265(14)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { independentScores } from "@lib/limits/decay_random.ts";
 *
 * const full = independentScores([0, 4], [Math.PI / 2], 7); // 一对，转一整圈
 * assert.ok(Math.abs(full[0]! - full[1]!) < 1e-12);
 * ```
 */
export function independentScores(
  distances: ArrayLike<number>,
  frequencies: ArrayLike<number>,
  seed: number,
): Float64Array {
  const { cos, sin } = turns(distances, frequencies), pairs = cos.columns;
  const { data } = normalMatrix(2, 2 * pairs, seed), q = data.subarray(0, 2 * pairs), k = data.subarray(2 * pairs);
  return Float64Array.from({ length: cos.rows }, (_, n) => {
    let sum = 0;
    for (let i = 0, cell = n * pairs; i < pairs; i++, cell++) {
      const [a, b, c, d] = [q[2 * i]!, q[2 * i + 1]!, k[2 * i]!, k[2 * i + 1]!];
      sum += (a * c + b * d) * cos.data[cell]! + (a * d - b * c) * sin.data[cell]!;
    }
    return sum / Math.sqrt(2 * pairs || 1);
  });
}

/**
 * 独立的 q、k，散开多少 `[n]`：抽 `draws` 次，每个距离上分数的均方根。理论上处处是 1。
 *
 * @param distances 距离 Δ `[n]`（词元）
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param options `draws` 抽几次，1 到 10000；`seed` 头一次的种子，后面一次加 1
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 距离不是有限的数，次数或种子不合适
 * @source 同 {@linkcode independentScores}
 * @example 隔 1 个和隔 1000 个一样散
 * ```ts
 * import assert from "node:assert/strict";
 * import { independentSpread } from "@lib/limits/decay_random.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * const spread = independentSpread([1, 1000], inverseFrequencies(64, 10000), { draws: 2000, seed: 1 });
 * assert.ok(spread.every((s) => Math.abs(s - 1) < 0.06));
 * ```
 */
export function independentSpread(
  distances: ArrayLike<number>,
  frequencies: ArrayLike<number>,
  options: { readonly draws: number; readonly seed: number },
): Float64Array {
  const { draws, seed } = requireOptions("量独立的 q、k 散开多少", options);
  requireInteger("量独立的 q、k 散开多少，定次数", draws, 1, 10_000);
  requireInteger("量独立的 q、k 散开多少，定种子", seed, 0, 2 ** 32 - draws);
  const squares = new Float64Array(distances?.length ?? 0);
  for (let n = 0; n < draws; n++) {
    independentScores(distances, frequencies, seed + n).forEach((score, t) => squares[t]! += score * score);
  }
  return squares.map((sum) => Math.sqrt(sum / draws));
}
