/**
 * NTK：不除位置，换一个更大的底数。转得快的几乎不变，转得慢的内插，近处不压扁。
 *
 *   b′ = b · α^(d/(d−2))
 *
 * 指数这样取，第一对一点不变，最后一对正好慢 α 倍。动态 NTK 是让 α 跟着句子长度走。
 *
 * @module
 */
import { requireEvenDimension, requireInteger, requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";
import { type Original, plain, requireFactor, type Scaled } from "@lib/scaling/scaled.ts";

/**
 * NTK-aware：底数换成 b·α^(d/(d−2))，系数 1。混元（HunYuan）配置里的 `alpha` 就是它，和长度无关。
 *
 * @param options 原来的样子，外加 `alpha`：最后一对慢几倍，不小于 1
 * @throws {ShapeError} 维数不是大于 2 的偶数（式子里除以 d − 2）
 * @throws {RangeError} 底数不大于 1，或 α 小于 1
 * @source `jquesnelle/yarn:scaled_rope/LlamaNTKScaledRotaryEmbedding.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ntkAware } from "@lib/scaling/ntk.ts";
 *
 * const [first, last] = ntkAware({ dimension: 4, alpha: 4 }).inverseFrequencies;
 * assert.deepEqual([first, last], [1, 0.01 / 4]);
 * ```
 */
export function ntkAware(options: Original & { readonly alpha: number }): Scaled {
  const { dimension, base = 10000 } = requireOptions("做 NTK", options), alpha = requireFactor("NTK", options.alpha);
  if (requireEvenDimension("做 NTK", dimension) === 2) throw new ShapeError("做 NTK", "至少 4 维（要除以 d − 2）", 2);
  plain(options); // 底数不合适，现在就说，说的是原来的底数
  return plain({ dimension, base: base * alpha ** (dimension / (dimension - 2)) });
}

/**
 * 动态 NTK（Hugging Face）：句子不超过 `maxPosition` 时不变，再长，α = s·L′/L − (s − 1)。
 *
 * 频率跟着最长的一句变：缓存里已经转过的键是按旧频率转的，除非缓存的是没转的键。
 *
 * @param options 原来的样子，外加 `factor`（s）、`maxPosition`（L，词元）、`sequenceLength`（现在的长度，词元）
 * @throws {ShapeError} 维数不是大于 2 的偶数
 * @throws {RangeError} 倍数小于 1，或长度不是正整数
 * @source transformers `modeling_rope_utils.py` 的 dynamic
 * @example d = 4，s = 2，长到两倍：底数 90000
 * ```ts
 * import assert from "node:assert/strict";
 * import { dynamicNtk } from "@lib/scaling/ntk.ts";
 *
 * const at = (sequenceLength: number) => dynamicNtk({ dimension: 4, factor: 2, maxPosition: 1024, sequenceLength });
 * assert.equal(at(1024).inverseFrequencies[1], 0.01); // 不超过就不变
 * assert.ok(Math.abs(at(2048).inverseFrequencies[1]! - 1 / 300) < 1e-15);
 * ```
 */
export function dynamicNtk(
  options: Original & { readonly factor: number; readonly maxPosition: number; readonly sequenceLength: number },
): Scaled {
  const { factor, maxPosition, sequenceLength } = requireOptions("做动态 NTK", options);
  requireFactor("动态 NTK", factor);
  requireInteger("做动态 NTK，定训练长度", maxPosition, 1);
  const longest = Math.max(requireInteger("做动态 NTK，定现在的长度", sequenceLength, 1), maxPosition);
  return ntkAware({ ...options, alpha: factor * longest / maxPosition - (factor - 1) });
}

/**
 * 动态 NTK（通义千问第一代）：α 按台阶走，1、3、7、15……，每长一倍上一级。
 *
 * @param options 原来的样子，外加 `trained`（训练长度，词元）、`sequenceLength`（现在的长度，词元）
 * @throws {ShapeError} 维数不是大于 2 的偶数
 * @throws {RangeError} 长度不是正整数
 * @source Qwen-7B 的建模代码 get_ntk_alpha
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { qwenAlpha } from "@lib/scaling/ntk.ts";
 *
 * assert.deepEqual([8192, 8193, 16384, 16385].map((length) => qwenAlpha(length, 8192)), [1, 3, 3, 7]);
 * ```
 */
export function qwenDynamicNtk(
  options: Original & { readonly trained: number; readonly sequenceLength: number },
): Scaled {
  const { trained, sequenceLength } = requireOptions("做千问的动态 NTK", options);
  return ntkAware({ ...options, alpha: qwenAlpha(sequenceLength, trained) });
}

/**
 * 千问第一代的 α：`max(1, 2^⌈log₂(L/训练长度) + 1⌉ − 1)`。
 *
 * @throws {RangeError} 长度不是正整数
 * @source 同 {@linkcode qwenDynamicNtk}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { qwenAlpha } from "@lib/scaling/ntk.ts";
 *
 * assert.equal(qwenAlpha(100, 8192), 1);
 * ```
 */
export function qwenAlpha(sequenceLength: number, trained: number): number {
  requireInteger("做千问的动态 NTK，定现在的长度", sequenceLength, 1);
  requireInteger("做千问的动态 NTK，定训练长度", trained, 1);
  requireNumber("做千问的动态 NTK，定现在的长度", sequenceLength, "不超过 2³² 的长度", (n) => n <= 2 ** 32);
  return Math.max(1, 2 ** Math.ceil(Math.log2(sequenceLength / trained) + 1) - 1);
}
