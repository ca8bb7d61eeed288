/**
 * 分段（NTK-by-parts）：训练窗口里转了很多圈的不动，一圈也没转完的内插，中间按圈数过渡。
 *
 * 圈数 rᵢ = L·θᵢ/2π：转过一整圈的，每个角度训练时都见过；没转完的，再远就是没见过的角度，所以要压回来。
 * llama3 的规矩是同一个式子，只是两个门槛换了名字和数（1 和 4）。
 *
 * @module
 */
import { requireInteger, requireNumber, requireOptions, requireVector } from "@lib/errors.ts";
import { type Original, plain, requireFactor, type Scaled } from "@lib/scaling/scaled.ts";

/**
 * 分段的设置。
 *
 * @example
 * ```ts
 * import { byParts, type ByPartsOptions } from "@lib/scaling/by_parts.ts";
 *
 * const options: ByPartsOptions = { dimension: 128, factor: 16, originalMaxPosition: 4096 };
 * byParts(options);
 * ```
 */
export interface ByPartsOptions extends Original {
  /** 扩展倍数 s，不小于 1。 */
  readonly factor: number;
  /** 训练长度 L（词元）。 */
  readonly originalMaxPosition: number;
  /** 转不到这么多圈的，全内插（论文的 α）；不写是 1。 */
  readonly betaSlow?: number;
  /** 转得比这么多圈还多的，不动（论文的 β）；不写是 32。 */
  readonly betaFast?: number;
}

/**
 * 分段：θᵢ′ = (1 − γ)·θᵢ/s + γ·θᵢ，γ = clip((rᵢ − α)/(β − α), 0, 1)，系数 1。
 *
 * α = β 时没有过渡：不到的内插，到了的不动（LLaMA-4 Scout 就是 1 和 1，不能去除以 0）。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 倍数小于 1，长度不是正整数，或门槛不是 0 < α ≤ β
 * @source Peng et al. arXiv 2309.00071v2 (17)–(20)；llama3：`meta-llama/llama-models:models/llama3/model.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { byParts } from "@lib/scaling/by_parts.ts";
 *
 * const { inverseFrequencies } = byParts({ dimension: 8, factor: 4, originalMaxPosition: 2048 });
 * assert.deepEqual([...inverseFrequencies].map((f) => f.toPrecision(6)), ["1.00000", "0.100000", "0.00304665", "0.000250000"]);
 * ```
 */
export function byParts(options: ByPartsOptions): Scaled {
  const { factor, originalMaxPosition: L, betaSlow = 1, betaFast = 32 } = requireOptions("做分段内插", options);
  requireFactor("分段内插", factor);
  requireNumber("做分段内插，定慢的门槛", betaSlow, "大于 0 的有限圈数", (turns) => turns > 0 && turns < Infinity);
  requireNumber(
    "做分段内插，定快的门槛",
    betaFast,
    "不小于慢的门槛的有限圈数",
    (turns) => turns >= betaSlow && turns < Infinity,
  );
  const unchanged = plain(options), turns = turnsInWindow(unchanged.inverseFrequencies, L);
  return {
    ...unchanged,
    inverseFrequencies: unchanged.inverseFrequencies.map((frequency, i) => {
      if (turns[i]! > betaFast) return frequency;
      if (turns[i]! < betaSlow) return frequency / factor;
      const kept = betaFast > betaSlow ? (turns[i]! - betaSlow) / (betaFast - betaSlow) : 0;
      return (1 - kept) * frequency / factor + kept * frequency;
    }),
  };
}

/**
 * llama3 的规矩：和 {@linkcode byParts} 是同一个式子，门槛叫 low 和 high。
 *
 * @param options 原来的样子，外加 `factor`、`originalMaxPosition`，`lowFrequencyFactor`（慢的门槛，圈）和 `highFrequencyFactor`（快的门槛，圈）
 * @throws 和 {@linkcode byParts} 相同
 * @source `meta-llama/llama-models:models/llama3/model.py`；transformers `modeling_rope_utils.py` 的 llama3
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { llama3 } from "@lib/scaling/by_parts.ts";
 *
 * const options = { factor: 8, originalMaxPosition: 2048, lowFrequencyFactor: 1, highFrequencyFactor: 4 };
 * const { inverseFrequencies } = llama3({ dimension: 8, ...options });
 * assert.deepEqual([...inverseFrequencies].map((f) => f.toPrecision(6)), ["1.00000", "0.100000", "0.00784019", "0.000125000"]);
 * ```
 */
export function llama3(
  options: Original & {
    readonly factor: number;
    readonly originalMaxPosition: number;
    readonly lowFrequencyFactor: number;
    readonly highFrequencyFactor: number;
  },
): Scaled {
  const { lowFrequencyFactor, highFrequencyFactor } = requireOptions("做 llama3 的分段", options);
  return byParts({ ...options, betaSlow: lowFrequencyFactor, betaFast: highFrequencyFactor });
}

/**
 * 训练窗口里转了几圈 `[d/2]`：rᵢ = L·θᵢ/2π。
 *
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param length 窗口的长度 L（词元）
 * @throws {RangeError} 长度不是正整数
 * @source arXiv 2309.00071v2 §3.2
 * @example d = 128、L = 4096：64 对里有 18 对一圈也没转完
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { turnsInWindow } from "@lib/scaling/by_parts.ts";
 *
 * const turns = turnsInWindow(inverseFrequencies(128, 10000), 4096);
 * assert.equal(turns.filter((r) => r < 1).length, 18);
 * ```
 */
export function turnsInWindow(frequencies: Float64Array, length: number): Float64Array {
  requireInteger("数窗口里转几圈", length, 1);
  return requireVector("数窗口里转几圈", frequencies).map((frequency) => length * frequency / (2 * Math.PI));
}
