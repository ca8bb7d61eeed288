/**
 * 分层混用（layer mix）：多数层只看附近、用 RoPE，每隔几层有一层看全文、什么位置编码也不用。
 *
 * 附近的先后交给转角，远处的交给内容：全局那几层没有位置，也就没有“没见过的距离”。
 *
 * @module
 */
import { type Encoding, nope, requireEncoding } from "@lib/encoding.ts";
import { requireInteger, requireOptions } from "@lib/errors.ts";

/**
 * 一层怎么看（layer plan）：摊开以后就是 `attention` 的设置。
 *
 * @example
 * ```ts
 * import { attention } from "@lib/attention.ts";
 * import { layerMix } from "@lib/encodings/layer_mix.ts";
 * import { nope } from "@lib/encoding.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const x = zeros(4, 2);
 * for (const layer of layerMix({ layers: 2, every: 2, local: nope, window: 2 })) {
 *   attention({ queries: x, keys: x, values: x, causal: true, ...layer });
 * }
 * ```
 */
export interface LayerPlan {
  /** 这一层的位置编码。 */
  readonly encoding: Encoding;
  /** 这一层的窗口（词元）；没有就是看全文。 */
  readonly window?: number;
}

/**
 * 排出每一层用什么：每 `every` 层的最后一层看全文，其余看窗口。
 *
 * @param options `layers` 共几层；`every` 每几层有一层看全文；`local` 近处那些层的编码；`window` 近处那些层的窗口，不写就也看全文；
 * `global` 看全文那些层的编码，不写是 NoPE
 * @throws {ShapeError} `local` 不是编码
 * @throws {RangeError} 层数、间隔或窗口不是正整数
 * @source Cohere2：每 4 层，窗口 4096，全局层不用 RoPE（transformers `models/cohere2`）；LLaMA-4：每 4 层
 * （`meta-llama/llama-models:models/llama4/model.py`）；SmolLM3：每 4 层，不设窗口
 * @example 八层，每四层一层全局
 * ```ts
 * import assert from "node:assert/strict";
 * import { layerMix } from "@lib/encodings/layer_mix.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 *
 * const plan = layerMix({ layers: 8, every: 4, local: rope({ dimension: 8 }), window: 4096 });
 * assert.deepEqual(plan.map(({ encoding }) => encoding.name), [
 *   "RoPE", "RoPE", "RoPE", "NoPE", "RoPE", "RoPE", "RoPE", "NoPE",
 * ]);
 * assert.deepEqual(plan.map(({ window }) => window), [4096, 4096, 4096, undefined, 4096, 4096, 4096, undefined]);
 * ```
 */
export function layerMix(
  options: {
    readonly layers: number;
    readonly every: number;
    readonly local: Encoding;
    readonly window?: number;
    readonly global?: Encoding;
  },
): LayerPlan[] {
  const { layers, every, local, window, global = nope } = requireOptions("分层混用", options);
  requireInteger("定层数", layers, 1, 10_000);
  requireInteger("定每几层一层全局", every, 1);
  if (window !== undefined) requireInteger("定窗口", window, 1);
  for (const one of [local, global]) requireEncoding("分层混用", one);
  return Array.from(
    { length: layers },
    (_, n): LayerPlan =>
      (n + 1) % every === 0 ? { encoding: global } : { encoding: local, ...(window !== undefined && { window }) },
  );
}
