/**
 * 拉长过的角频率（scaled frequencies）：各种拉长 RoPE 的办法，交出来的都是同样两样东西。
 *
 * 一串角频率，一个乘在 cos、sin 上的系数；转还是那一个转。办法之间的差别全在这两样里，所以能画在一张图上比。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotary } from "@lib/encodings/rope.ts";
import type { Pairing } from "@lib/encodings/rotation.ts";
import { requireNumber, requireOptions } from "@lib/errors.ts";

/**
 * 拉长的结果。
 *
 * @example
 * ```ts
 * import { plain, type Scaled } from "@lib/scaling/scaled.ts";
 *
 * const unchanged: Scaled = plain({ dimension: 64 });
 * ```
 */
export interface Scaled {
  /** 角频率 `[d/2]`（弧度每词元）；d 是要转的维数。 */
  readonly inverseFrequencies: Float64Array;
  /** 注意力系数（无量纲）：同时乘在 cos 和 sin 上，转过的那部分分数就乘它的平方。 */
  readonly attentionFactor: number;
}

/**
 * 拉长之前的样子：要转几维、底数多少。
 *
 * @example
 * ```ts
 * import type { Original } from "@lib/scaling/scaled.ts";
 *
 * const llama2: Original = { dimension: 128 };
 * ```
 */
export interface Original {
  /** 要转的维数 d，偶数。 */
  readonly dimension: number;
  /** 底数；不写是 10000。 */
  readonly base?: number;
}

/**
 * 不拉长：原来的角频率，系数 1。扩展倍数是 1 时，每种办法都退回到它。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plain } from "@lib/scaling/scaled.ts";
 *
 * assert.deepEqual(plain({ dimension: 4 }), { inverseFrequencies: new Float64Array([1, 0.01]), attentionFactor: 1 });
 * ```
 */
export function plain(original: Original): Scaled {
  const { dimension, base = 10000 } = requireOptions("取角频率", original);
  return { inverseFrequencies: inverseFrequencies(dimension, base), attentionFactor: 1 };
}

/**
 * 扩展倍数 s：不小于 1 的有限数。Hugging Face 遇到小于 1 的只警告，这里拒绝：那是缩短，不是拉长。
 *
 * @throws {RangeError} 小于 1，或不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireFactor } from "@lib/scaling/scaled.ts";
 *
 * assert.equal(requireFactor("线性内插", 4), 4);
 * assert.throws(() => requireFactor("线性内插", 0.5), /无法做线性内插，定扩展倍数：需要不小于 1 的有限数/);
 * ```
 */
export function requireFactor(method: string, factor: number): number {
  const expected = "不小于 1 的有限数（Hugging Face 只警告，照样算）";
  return requireNumber(`做${method}，定扩展倍数`, factor, expected, (s) => s >= 1 && s < Infinity);
}

/**
 * 用拉长过的角频率造一个 RoPE。
 *
 * @param name 编码的名字
 * @param scaled 拉长的结果
 * @param options `dimension` 一个头的维数，不写就是全转；`pairing` 配对方式，不写是相邻两维
 * @throws {RangeError} 配对方式不是那两种
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { linear } from "@lib/scaling/linear.ts";
 * import { scaledRope } from "@lib/scaling/scaled.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // 内插 4 倍：位置 100 转得像原来的位置 25。
 * const x = matrix([[1, 2, 3, 4]]), stretched = scaledRope("PI", linear({ dimension: 4, factor: 4 }));
 * assert.deepEqual(stretched.query!(x, new Float64Array([100])), rope({ dimension: 4 }).query!(x, new Float64Array([25])));
 * ```
 */
export function scaledRope(
  name: string,
  scaled: Scaled,
  options: { readonly dimension?: number; readonly pairing?: Pairing } = {},
): Encoding {
  const { inverseFrequencies: frequencies, attentionFactor } = requireOptions("造拉长过的 RoPE", scaled);
  const { dimension = 2 * frequencies?.length, pairing } = requireOptions("造拉长过的 RoPE", options);
  return rotary(name, { frequencies, dimension, pairing, attentionFactor });
}
