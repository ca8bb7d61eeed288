/**
 * M-RoPE（multimodal RoPE）：一串角频率分给时、高、宽三个轴，一对看一个轴。
 *
 * 分块：前几对看时，接着几对看高，最后几对看宽；时占了最快的几对。交错：三个轴轮着来，快的慢的都有份。
 * 文字的三个坐标相同，转出来就是一维的 RoPE，一个比特也不差。
 *
 * @module
 */
import { axisFrequencies, axisRope } from "@lib/axes/axis_rope.ts";
import type { Encoding } from "@lib/encoding.ts";
import type { Pairing } from "@lib/encodings/rotation.ts";
import { explain, requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { type Matrix, requireMatrix } from "@lib/matrix.ts";

/**
 * 三个轴怎么分：`chunked` 分块（Qwen2-VL、Qwen2.5-VL），`interleaved` 交错（Qwen3-VL）。
 *
 * @example
 * ```ts
 * import type { MropeOrder } from "@lib/axes/mrope.ts";
 *
 * const order: MropeOrder = "interleaved";
 * ```
 */
export type MropeOrder = "chunked" | "interleaved";

/**
 * M-RoPE 的设置。
 *
 * @example
 * ```ts
 * import type { MropeOptions } from "@lib/axes/mrope.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const frequencies = inverseFrequencies(128, 1e6);
 * const qwen2: MropeOptions = { coordinates: zeros(5, 3), frequencies, sections: [16, 24, 24], order: "chunked" };
 * ```
 */
export interface MropeOptions {
  /** 每个词元的时、高、宽 `[L, 3]`，见 `position_ids.ts`。 */
  readonly coordinates: Matrix;
  /** 角频率 `[pairs]`（弧度每格），三个轴分它；可以是拉长过的。 */
  readonly frequencies: ArrayLike<number>;
  /** 时、高、宽各几对，加起来是 pairs。 */
  readonly sections: ArrayLike<number>;
  /** 怎么分。 */
  readonly order: MropeOrder;
  /** 一个头的维数，不少于 2·pairs，多出来的不转；不写就是全转。 */
  readonly dimension?: number;
  /** 配对方式；不写是前后两半，Qwen 的都是。 */
  readonly pairing?: Pairing;
  /** 乘在 cos、sin 上的系数；不写是 1。 */
  readonly attentionFactor?: number;
}

/**
 * M-RoPE：查询和键都转，值不转。注意力里的位置是词元的序号，见 {@linkcode axisRope}。
 *
 * @throws {ShapeError} 坐标不是三列，或份数加起来不是角频率的个数
 * @throws {RangeError} 份数不是非负整数，或分法不是那两种
 * @source Wang et al. arXiv 2409.12191；transformers `qwen2_vl`、`qwen3_vl`
 * @example 只有文字：就是 RoPE
 * ```ts
 * import assert from "node:assert/strict";
 * import { mrope } from "@lib/axes/mrope.ts";
 * import { positionIds } from "@lib/axes/position_ids.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * const coordinates = positionIds([9]).ids, frequencies = inverseFrequencies(8, 10000);
 * const text = mrope({ coordinates, frequencies, sections: [2, 1, 1], order: "chunked" });
 * const x = normalMatrix(9, 8, 1), at = Float64Array.from(x.data.keys()).subarray(0, 9);
 * assert.deepEqual(text.query!(x, at), rope({ dimension: 8, pairing: "half" }).query!(x, at));
 * ```
 */
export function mrope(options: MropeOptions): Encoding {
  const { coordinates, frequencies, sections, order, pairing = "half", ...rest } = requireOptions(
    "造 M-RoPE",
    options,
  );
  requireMatrix("造 M-RoPE，定坐标", coordinates, { columns: 3 });
  const speeds = requireVector("造 M-RoPE，定角频率", frequencies), axes = mropeAxes(sections, order);
  if (axes.length !== speeds.length) {
    throw new ShapeError("造 M-RoPE", `三份加起来是 ${speeds.length} 对`, axes.length);
  }
  const { dimension, attentionFactor } = rest;
  return axisRope("M-RoPE", {
    coordinates,
    frequencies: axisFrequencies(speeds, axes, 3),
    pairing,
    ...(dimension === undefined ? {} : { dimension }),
    ...(attentionFactor === undefined ? {} : { attentionFactor }),
  });
}

/**
 * 每一对看哪个轴 `[pairs]`：0 时，1 高，2 宽。
 *
 * 交错时先都给时，再把除以 3 余 1 的给高、余 2 的给宽，各给到第 3·份数 对为止：对数不够，高、宽分到的就比写的少。
 *
 * @throws {ShapeError} 不是三份
 * @throws {RangeError} 份数不是非负整数，或分法不是那两种
 * @source transformers `qwen2_vl` 的 apply_multimodal_rotary_pos_emb，`qwen3_vl` 的 apply_interleaved_mrope
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mropeAxes } from "@lib/axes/mrope.ts";
 *
 * assert.deepEqual(mropeAxes([2, 1, 1], "chunked"), [0, 0, 1, 2]);
 * assert.deepEqual(mropeAxes([2, 1, 1], "interleaved"), [0, 1, 2, 0]);
 * assert.deepEqual(mropeAxes([2, 3, 3], "interleaved"), [0, 1, 2, 0, 1, 2, 0, 1]); // 宽写了 3 对，分到 2 对
 * ```
 */
export function mropeAxes(sections: ArrayLike<number>, order: MropeOrder): number[] {
  if (order !== "chunked" && order !== "interleaved") {
    throw new RangeError(explain("分 M-RoPE 的轴", "chunked 或 interleaved", order));
  }
  const shares = [...requireVector("分 M-RoPE 的轴", sections, 3)];
  for (const share of shares) requireInteger("分 M-RoPE 的轴，定份数", share, 0, 32768);
  const chunks = shares.flatMap((share, axis) => Array<number>(share).fill(axis));
  return order === "chunked" ? chunks : chunks.map((_, i) => i < 3 * shares[i % 3]! ? i % 3 : 0);
}
