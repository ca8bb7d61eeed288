/**
 * 查询的倍数（query scale）：越往后的查询，看的键越多，softmax 越摊越平；查询放大一点，再把它调尖。
 *
 * 倍数只看查询自己的位置，所以不是相对的：整体平移以后，分数会变。
 * 这里只算倍数，套到编码上用 `with_query_scale.ts`。位置从 0 数；对数倍数里的 n 是因果注意力看得到的键数，也就是位置加 1。
 *
 * @module
 */
import { explain, requireFinite, requireInteger, requireNumber, requireOptions } from "@lib/errors.ts";

/**
 * 查询的倍数：位置 `[n]` 进去，每个位置一个数 `[n]`（无量纲）出来。
 *
 * @example
 * ```ts
 * import type { QueryFactors } from "@lib/scaling/query_scale.ts";
 *
 * const doubled: QueryFactors = (positions) => Float64Array.from(positions, () => 2);
 * ```
 */
export type QueryFactors = (positions: ArrayLike<number>) => Float64Array;

/**
 * 对数倍数（log-n scale）：log_L n。n = L 时是 1，更短的反而缩小；要从头训练时就用它。
 *
 * @param trained 训练长度 L（词元），不小于 2；kexue 8823 定为 512
 * @throws {RangeError} L 不是不小于 2 的整数；用的时候位置小于 0
 * @source kexue 8823(4)、(5)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { logScale } from "@lib/scaling/query_scale.ts";
 *
 * assert.ok(Math.abs(logScale(512)([4095])[0]! - 4 / 3) < 1e-15); // 第 4096 个查询
 * ```
 */
export function logScale(trained: number): QueryFactors {
  requireInteger("定对数倍数的训练长度", trained, 2);
  return (positions) => placed(positions).map((position) => Math.log(position + 1) / Math.log(trained));
}

/**
 * 不小于 1 的对数倍数：max(1, log_L n)。训练时没用过的模型，推理时直接加；千问第一代的 `use_logn_attn` 也是它。
 *
 * @param trained 训练长度 L（词元），不小于 2
 * @throws 和 {@linkcode logScale} 相同
 * @source kexue 9706，最后一式；Qwen-7B 的建模代码 logn_list（i 从 1 数）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clippedLogScale } from "@lib/scaling/query_scale.ts";
 *
 * assert.deepEqual([...clippedLogScale(4)([0, 3, 15])], [1, 1, 2]);
 * ```
 */
export function clippedLogScale(trained: number): QueryFactors {
  const plain = logScale(trained);
  return (positions) => plain(positions).map((factor) => Math.max(1, factor));
}

/**
 * LLaMA-4 的温度：scale·ln(⌊(位置 + 1)/floor⌋ + 1) + 1，一级一级的台阶，只用在没有 RoPE 的层。
 *
 * @param options `scale` 不写是 0.1；`floor` 一级几个词元，不写是 8192
 * @throws {RangeError} `scale` 是负数，`floor` 不是正整数；用的时候位置小于 0
 * @source `meta-llama/llama-models:models/llama4/model.py`；transformers `models/llama4`
 * @example 加 1 在取整里面，所以 8191 就上一级
 * ```ts
 * import assert from "node:assert/strict";
 * import { llama4Temperature } from "@lib/scaling/query_scale.ts";
 *
 * assert.deepEqual([...llama4Temperature()([8190, 8191])].map((x) => x.toFixed(6)), ["1.000000", "1.069315"]);
 * ```
 */
export function llama4Temperature(
  options: { readonly scale?: number; readonly floor?: number } = {},
): QueryFactors {
  const { scale = 0.1, floor = 8192 } = requireOptions("定 LLaMA-4 的温度", options);
  requireSlope("定 LLaMA-4 的温度", scale);
  requireInteger("定 LLaMA-4 的温度，定一级几个词元", floor, 1);
  return (positions) =>
    placed(positions).map((position) => scale * Math.log(Math.floor((position + 1) / floor) + 1) + 1);
}

/**
 * Ministral-3 的温度：1 + β·ln(1 + ⌊位置/L⌋)，位置不加 1，每一层都用。
 *
 * @param options `beta` 是 β，不写是 0.1；`originalMaxPosition` 是 L（词元），不写是 16384
 * @throws {RangeError} β 是负数，L 不是正整数；用的时候位置小于 0
 * @source transformers `models/ministral3` 的 get_llama_4_attn_scale
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ministralTemperature } from "@lib/scaling/query_scale.ts";
 *
 * assert.deepEqual([...ministralTemperature()([16383, 16384])].map((x) => x.toFixed(6)), ["1.000000", "1.069315"]);
 * ```
 */
export function ministralTemperature(
  options: { readonly beta?: number; readonly originalMaxPosition?: number } = {},
): QueryFactors {
  const { beta = 0.1, originalMaxPosition: L = 16384 } = requireOptions("定 Ministral-3 的温度", options);
  requireSlope("定 Ministral-3 的温度", beta);
  requireInteger("定 Ministral-3 的温度，定训练长度", L, 1);
  return (positions) => placed(positions).map((position) => 1 + beta * Math.log(1 + Math.floor(position / L)));
}

/** 位置都是不小于 0 的有限数。 */
function placed(positions: ArrayLike<number>): Float64Array {
  const at = requireFinite("算查询的倍数", positions), bad = at.find((position) => position < 0);
  if (bad !== undefined) throw new RangeError(explain("算查询的倍数", "不小于 0 的位置", bad));
  return at;
}

function requireSlope(doing: string, slope: number): void {
  requireNumber(`${doing}，定增长多快`, slope, "0 到 1000 之间的数", (x) => x >= 0 && x <= 1000);
}
