/**
 * LongRoPE：每一对除以自己的系数，系数是搜出来的；短句一套，长句一套。
 *
 * 长度一过训练长度就换一套频率：缓存里转过的键全成了旧的。
 *
 * @module
 */
import { requireInteger, requireNumber, requireOptions, requireVector } from "@lib/errors.ts";
import { type Original, plain, requireFactor, type Scaled } from "@lib/scaling/scaled.ts";

/**
 * LongRoPE 的设置。
 *
 * @example
 * ```ts
 * import { longRope, type LongRopeOptions } from "@lib/scaling/longrope.ts";
 *
 * const options: LongRopeOptions = { dimension: 4, factor: 4, originalMaxPosition: 16, shortFactors: [1, 1], longFactors: [1, 4] };
 * longRope(options);
 * ```
 */
export interface LongRopeOptions extends Original {
  /** 短句的系数 `[d/2]`，都大于 0。 */
  readonly shortFactors: ArrayLike<number>;
  /** 长句的系数 `[d/2]`，都大于 0。 */
  readonly longFactors: ArrayLike<number>;
  /** 训练长度 L（词元）。 */
  readonly originalMaxPosition: number;
  /** 扩展倍数 s，不小于 1。 */
  readonly factor: number;
  /** 现在的长度（词元）；不写就是不超过训练长度，用短的那套。 */
  readonly sequenceLength?: number;
  /** 注意力系数，写了就用它。 */
  readonly attentionFactor?: number;
}

/**
 * LongRoPE：θᵢ / fᵢ，长度**超过** L 才用长的那套；系数 √(1 + ln s / ln L)，两套都乘。
 *
 * @throws {ShapeError} 系数不是 d/2 个
 * @throws {RangeError} 系数不大于 0，倍数小于 1，或长度不是正整数（L 至少 2）
 * @source Ding et al. arXiv 2402.13753；transformers `modeling_rope_utils.py` 的 longrope
 * @example L = 16、s = 4：系数 √1.5；第 17 个词元起换一套
 * ```ts
 * import assert from "node:assert/strict";
 * import { longRope } from "@lib/scaling/longrope.ts";
 *
 * const at = (sequenceLength: number) =>
 *   longRope({ dimension: 4, factor: 4, originalMaxPosition: 16, shortFactors: [1, 2], longFactors: [1, 4], sequenceLength });
 * assert.ok(Math.abs(at(16).attentionFactor - Math.sqrt(1.5)) < 1e-15);
 * assert.deepEqual([at(16), at(17)].map(({ inverseFrequencies }) => inverseFrequencies[1]), [0.005, 0.0025]);
 * ```
 */
export function longRope(options: LongRopeOptions): Scaled {
  const { shortFactors, longFactors, originalMaxPosition: L, factor } = requireOptions("做 LongRoPE", options);
  const { sequenceLength = 1, attentionFactor } = options, { inverseFrequencies } = plain(options);
  requireInteger("做 LongRoPE，定训练长度", L, 2);
  requireInteger("做 LongRoPE，定现在的长度", sequenceLength, 1);
  requireFactor("LongRoPE", factor);
  if (attentionFactor !== undefined) {
    requireNumber("定 LongRoPE 的系数", attentionFactor, "不小于 0 的有限数", (a) => a >= 0 && a < Infinity);
  }
  const lists = [shortFactors, longFactors].map((list) =>
    requireVector("用 LongRoPE 的系数", list, inverseFrequencies.length)
  );
  for (const list of lists) {
    const bad = list.find((f) => !(f > 0 && f < Infinity));
    if (bad !== undefined) requireNumber("用 LongRoPE 的系数", bad, "大于 0 的有限数", () => false);
  }
  const chosen = lists[sequenceLength > L ? 1 : 0]!;
  return {
    inverseFrequencies: inverseFrequencies.map((frequency, i) => frequency / chosen[i]!),
    attentionFactor: attentionFactor ?? Math.sqrt(1 + Math.log(factor) / Math.log(L)),
  };
}
