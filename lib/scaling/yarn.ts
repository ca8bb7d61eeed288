/**
 * YaRN：分段内插，再把注意力调“尖”一点。
 *
 * 论文的过渡按圈数走（`by_parts.ts`），各家的代码按“第几对”走，是两个不同的函数；这里默认代码的，论文的要写明。
 * 调尖的办法是 cos、sin 都乘一个系数 a，分数就乘 a²，等于把 softmax 的温度降下来。
 *
 * @module
 */
import { explain, requireBoolean, requireInteger, requireNumber, requireOptions } from "@lib/errors.ts";
import { byParts, type ByPartsOptions } from "@lib/scaling/by_parts.ts";
import { plain, requireFactor, type Scaled } from "@lib/scaling/scaled.ts";

/**
 * YaRN 的设置。
 *
 * @example
 * ```ts
 * import { yarn, type YarnOptions } from "@lib/scaling/yarn.ts";
 *
 * const deepseek: YarnOptions = { dimension: 64, factor: 40, originalMaxPosition: 4096, mscale: 1, mscaleAllDim: 1 };
 * yarn(deepseek);
 * ```
 */
export interface YarnOptions extends ByPartsOptions {
  /** 过渡按什么走：`reference` 按第几对（各家代码），`paper` 按圈数（论文）；不写是 `reference`。 */
  readonly ramp?: "reference" | "paper";
  /** 过渡的两头取不取整；不写是取（gpt-oss 不取）。只管 `reference`。 */
  readonly truncate?: boolean;
  /** 注意力系数，写了就用它。 */
  readonly attentionFactor?: number;
  /** DeepSeek 的一对系数：两个都写了才起作用，a = m(s, mscale) / m(s, mscaleAllDim)。 */
  readonly mscale?: number;
  /** 见 `mscale`。 */
  readonly mscaleAllDim?: number;
}

/**
 * YaRN。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 倍数小于 1，长度不是正整数，门槛或系数不合适
 * @source Peng et al. arXiv 2309.00071；transformers `modeling_rope_utils.py` 的 yarn；`jquesnelle/yarn`
 * @example 代码和论文，第三对不同
 * ```ts
 * import assert from "node:assert/strict";
 * import { yarn } from "@lib/scaling/yarn.ts";
 *
 * const options = { dimension: 8, factor: 4, originalMaxPosition: 2048 } as const;
 * const third = (more: object) => yarn({ ...options, ...more }).inverseFrequencies[2]!.toPrecision(6);
 * assert.deepEqual([third({}), third({ truncate: false }), third({ ramp: "paper" })], ["0.00625000", "0.00505697", "0.00304665"]);
 * assert.equal(yarn(options).attentionFactor.toFixed(6), "1.138629");
 * ```
 */
export function yarn(options: YarnOptions): Scaled {
  const { factor, ramp = "reference", attentionFactor, mscale, mscaleAllDim } = requireOptions("做 YaRN", options);
  requireFactor("YaRN", factor);
  if (ramp !== "reference" && ramp !== "paper") {
    throw new RangeError(explain("定 YaRN 的过渡", "reference 或 paper", ramp));
  }
  for (const given of [attentionFactor, mscale, mscaleAllDim]) {
    if (given !== undefined) requireNumber("定 YaRN 的系数", given, "不小于 0 的有限数", (a) => a >= 0 && a < Infinity);
  }
  const pair = mscale && mscaleAllDim ? yarnScale(factor, mscale) / yarnScale(factor, mscaleAllDim) : yarnScale(factor);
  const { inverseFrequencies } = ramp === "paper" ? byParts(options) : byIndex(options);
  return { inverseFrequencies, attentionFactor: attentionFactor ?? pair };
}

/**
 * m(s, k) = 0.1·k·ln s + 1：拉长 s 倍，注意力调尖多少。
 *
 * @throws {RangeError} 倍数小于 1，或 k 不是有限的数
 * @source arXiv 2309.00071 (22)；k 来自 DeepSeek
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { yarnScale } from "@lib/scaling/yarn.ts";
 *
 * assert.deepEqual([yarnScale(1), yarnScale(4), yarnScale(16)].map((m) => m.toFixed(6)), ["1.000000", "1.138629", "1.277259"]);
 * ```
 */
export function yarnScale(factor: number, k = 1): number {
  requireNumber("定 YaRN 的系数", k, "有限的数", Number.isFinite);
  return 0.1 * k * Math.log(requireFactor("YaRN", factor)) + 1;
}

/**
 * 过渡的两头，按第几对（无量纲）：转 `betaFast` 圈的是第几对，转 `betaSlow` 圈的是第几对。
 *
 * @throws 和 {@linkcode yarn} 相同
 * @source transformers `modeling_rope_utils.py` 的 find_correction_range
 * @example d = 128、L = 4096：20.944 到 45.027，取整是 20 到 46
 * ```ts
 * import assert from "node:assert/strict";
 * import { yarnRange } from "@lib/scaling/yarn.ts";
 *
 * assert.deepEqual(yarnRange({ dimension: 128, factor: 16, originalMaxPosition: 4096 }), [20, 46]);
 * ```
 */
export function yarnRange(options: YarnOptions): [low: number, high: number] {
  const { dimension, base = 10000, betaSlow = 1, betaFast = 32, truncate = true, ...rest } = options;
  const L = requireInteger("做 YaRN，定训练长度", rest.originalMaxPosition, 1);
  requireBoolean("定 YaRN 取不取整", truncate);
  const pairAt = (turns: number) => dimension * Math.log(L / (2 * Math.PI * turns)) / (2 * Math.log(base));
  const [low, high] = [pairAt(betaFast), pairAt(betaSlow)];
  // 上头卡在 d − 1，不是最后一对 d/2 − 1：各家代码都这样，改了就对不上。
  return [Math.max(truncate ? Math.floor(low) : low, 0), Math.min(truncate ? Math.ceil(high) : high, dimension - 1)];
}

/** 代码的过渡：从第 low 对到第 high 对，直着走。 */
function byIndex(options: YarnOptions): Scaled {
  const unchanged = byParts({ ...options, factor: 1 }), [low, high] = yarnRange(options); // 倍数 1：只借它查设置
  const width = low === high ? 0.001 : high - low;
  return {
    ...plain(options),
    inverseFrequencies: unchanged.inverseFrequencies.map((frequency, i) => {
      const moved = Math.min(1, Math.max(0, (i - low) / width));
      return frequency * (1 - moved) + frequency / options.factor * moved;
    }),
  };
}
