/**
 * HWFA（hybrid window-full attention，混合窗口-全局注意力）：前 N − 1 层只看窗口、用 RoPE，最后一层看全文、不用位置编码。
 *
 * 窗口一层层叠起来，看得到的越来越宽：N − 1 层以后是 (w − 1)(N − 1) + 1 个词元。
 * 这个数不超过训练长度，前面各层就没有没见过的距离；最后一层没有位置，只有对数倍数，也不怕长。
 *
 * @module
 */
import { type Encoding, nope } from "@lib/encoding.ts";
import { layerMix, type LayerPlan } from "@lib/encodings/layer_mix.ts";
import { explain, requireInteger, requireNumber, requireOptions } from "@lib/errors.ts";
import { logScale } from "@lib/scaling/query_scale.ts";
import { withQueryScale } from "@lib/scaling/with_query_scale.ts";

/**
 * 几层窗口叠起来看得到几个词元（receptive field），自己算一个：(w − 1)·层数 + 1。
 *
 * @param window 窗口 w（词元），正整数
 * @param layers 有窗口的层数，正整数
 * @throws {RangeError} 有一个不是正整数
 * @source kexue 9603
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { receptiveField } from "@lib/scaling/hwfa.ts";
 *
 * assert.equal(receptiveField(16, 23), 346); // 作者的 24 层
 * ```
 */
export function receptiveField(window: number, layers: number): number {
  requireInteger("算看得到几个词元，定窗口", window, 1, 2 ** 26);
  return (window - 1) * requireInteger("算看得到几个词元，定层数", layers, 1, 2 ** 26) + 1;
}

/**
 * 最大的窗口 w：((w − 1)(N − 1) + 1) / L ≤ α。
 *
 * 比的是两个整数的商：0.29 写成双精度比 0.29 小一点，α·L 会把该算进去的那一层漏掉；商和写下来的 α 舍入到同一个数，就算够。
 *
 * @param options `layers` 共 N 层，不小于 2；`trained` 训练长度 L（词元）；`share` 是 α，不写是 3/4
 * @throws {RangeError} 层数、长度不合适，α 不在 0 到 1 之间，或连一个词元都占不到
 * @source kexue 9603：α ≤ 3/4 时取尽量大的 w
 * @example 24 层、512：最大是 17，作者用的是 16；32 就超过 512 了
 * ```ts
 * import assert from "node:assert/strict";
 * import { hwfaWindow, receptiveField } from "@lib/scaling/hwfa.ts";
 *
 * assert.equal(hwfaWindow({ layers: 24, trained: 512 }), 17);
 * assert.equal(receptiveField(32, 23), 714);
 * ```
 */
export function hwfaWindow(
  options: { readonly layers: number; readonly trained: number; readonly share?: number },
): number {
  const { layers, trained, share = 3 / 4 } = requireOptions("定 HWFA 的窗口", options);
  requireInteger("定 HWFA 的窗口，定层数", layers, 2);
  requireInteger("定 HWFA 的窗口，定训练长度", trained, 1);
  requireNumber("定 HWFA 的窗口，定份额", share, "0 到 1 之间的数", (a) => a > 0 && a <= 1);
  if (1 / trained > share) throw new RangeError(explain("定 HWFA 的窗口", "份额乘长度不小于 1", share * trained));
  const fits = (w: number) => ((w - 1) * (layers - 1) + 1) / trained <= share;
  const near = Math.floor((share * trained - 1) / (layers - 1)) + 1; // 舍入最多差 1
  return [near + 1, near, near - 1].find((w) => w >= 1 && fits(w))!;
}

/**
 * 排出每一层用什么；摊开以后就是 `attention` 的设置（见 `LayerPlan`）。
 *
 * @param options `layers` 共 N 层，不小于 2；`trained` 训练长度 L（词元），不小于 2；`local` 窗口那些层的编码，一般是 RoPE；
 * `window` 窗口 w（词元），不写就取 {@linkcode hwfaWindow} 的
 * @throws {ShapeError} `local` 不是编码
 * @throws {RangeError} 层数、长度或窗口不合适
 * @source kexue 9603
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { hwfa } from "@lib/scaling/hwfa.ts";
 *
 * const plan = hwfa({ layers: 3, trained: 16, local: rope({ dimension: 8 }) });
 * assert.deepEqual(plan.map(({ window }) => window), [6, 6, undefined]);
 * assert.deepEqual(plan.map(({ encoding }) => encoding.name), ["RoPE", "RoPE", "NoPE，查询乘倍数"]);
 * ```
 */
export function hwfa(
  options: {
    readonly layers: number;
    readonly trained: number;
    readonly local: Encoding;
    readonly window?: number;
  },
): LayerPlan[] {
  const { layers, trained, local } = requireOptions("排 HWFA 的各层", options);
  requireInteger("排 HWFA 的各层，定层数", layers, 2);
  const { window = hwfaWindow({ layers, trained }) } = options;
  const global = withQueryScale(nope, logScale(trained));
  return layerMix({ layers, every: layers, local, window, global }); // 每 N 层一层全局，就是最后一层
}
