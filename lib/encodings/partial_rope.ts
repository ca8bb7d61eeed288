/**
 * 只转一部分的 RoPE：partial rotary 转前几维，p-RoPE 转最快的几对，剩下的不带位置，只管内容。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { inverseFrequencies, proportionalFrequencies } from "@lib/encodings/frequencies.ts";
import { type RopeOptions, rotary } from "@lib/encodings/rope.ts";
import { requireEvenDimension, requireOptions, ShapeError } from "@lib/errors.ts";

/**
 * 部分旋转（partial rotary）：只转前 `rotary` 维，剩下的不转。角频率按 `rotary` 维来排，不是按 d 维。
 *
 * @param options RoPE 的设置，外加 `rotary`：转几维，偶数，不超过 d
 * @throws {ShapeError} 维数不是正偶数，或 `rotary` 比 d 大
 * @throws {RangeError} 底数不大于 1，或配对方式不是那两种
 * @source `EleutherAI/gpt-neox:megatron/model/positional_embeddings.py`（rotary_pct = 0.25）；GPT-J（64 / 256）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { partialRope } from "@lib/encodings/partial_rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const turned = partialRope({ dimension: 4, rotary: 2 }).query!(matrix([[1, 0, 5, 6]]), new Float64Array([1]));
 * assert.deepEqual([...turned.data], [Math.cos(1), Math.sin(1), 5, 6]);
 * ```
 */
export function partialRope(options: RopeOptions & { readonly rotary: number }): Encoding {
  const { dimension, rotary: turned, base = 10000, pairing } = requireOptions("造部分旋转的 RoPE", options);
  requireEvenDimension("造部分旋转的 RoPE", dimension);
  const frequencies = inverseFrequencies(turned, base);
  if (turned > dimension) throw new ShapeError("造部分旋转的 RoPE", `转的不超过 ${dimension} 维`, turned);
  return rotary("partial RoPE", { frequencies, dimension, pairing });
}

/**
 * 比例旋转（proportional RoPE，p-RoPE）：角频率按 d 维来排，只留最快的 `proportion` 份，慢的全改成 0，不转。
 *
 * 和 {@linkcode partialRope} 的差别在分母：d = 8、留一半，这里是 (1, 0.1, 0, 0)，那边是 (1, 0.01)。
 *
 * @param options RoPE 的设置，外加 `proportion`：留下的份额，0 到 1
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，份额不在 0 到 1 之间，或配对方式不是那两种
 * @source Barbero et al. arXiv 2410.06205；transformers `modeling_rope_utils.py` 的 proportional
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { proportionalFrequencies } from "@lib/encodings/frequencies.ts";
 *
 * assert.deepEqual([...proportionalFrequencies(8, 10000, 0.5)], [1, 0.1, 0, 0]);
 * ```
 */
export function proportionalRope(options: RopeOptions & { readonly proportion: number }): Encoding {
  const { dimension, proportion, base = 10000, pairing } = requireOptions("造 p-RoPE", options);
  return rotary("p-RoPE", { frequencies: proportionalFrequencies(dimension, base, proportion), dimension, pairing });
}
