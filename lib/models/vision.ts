/**
 * 图像模型的二维旋转（DINOv3）：一半的对看行，一半的对看列，坐标是补丁的中心，从 −1 到 1。
 *
 * 角频率的单位因此是弧度每单位坐标，不是每词元；编码的名字也不叫 `rope`，免得当成一维的用。
 *
 * @module
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import type { Fields, Note } from "@lib/models/fields.ts";
import { headCount } from "@lib/models/heads.ts";
import type { LayerReading } from "@lib/models/layer_reading.ts";

/**
 * 二维旋转的几样：角频率 `[d/2]`，行的 d/4 个在前，列的 d/4 个在后，两串一样。
 *
 * @param config 配置
 * @param head 头的维数 d
 * @param say 记一条说明
 * @throws {RangeError} 头的维数不是 4 的倍数，或底数写错
 * @source transformers `modeling_dinov3_vit.py` 的 `DINOv3ViTRopePositionEmbedding`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields } from "@lib/models/fields.ts";
 * import { axialPart } from "@lib/models/vision.ts";
 *
 * const say = () => {}, config = fields({ rope_theta: 100 }, { where: "", defaults: {}, owner: "", say });
 * const { inverseFrequencies } = axialPart(config, 8, say); // 2π 和 2π / √100
 * assert.deepEqual([...inverseFrequencies].map((f) => f / (2 * Math.PI)), [1, 0.1, 1, 0.1]);
 * ```
 */
export function axialPart(config: Fields, head: number, say: (note: Note) => void): Omit<
  LayerReading,
  "layer" | "layerType" | "headDimension" | "attentionFactor" | "softmaxScale"
> {
  if (head % 4 !== 0) config.refuse("num_attention_heads", `让头的维数（${head}）是 4 的倍数的数`, headCount(config));
  const base = config.must("rope_theta", { expected: "大于 1 的有限数", holds: (x) => x > 1 && x < Infinity });
  const axis = inverseFrequencies(head / 2, base).map((f) => 2 * Math.PI * f);
  const text = "图像模型：补丁的中心是坐标，从 −1 到 1；角频率是弧度每单位坐标，不是每词元；[CLS] 和寄存器不转";
  say({ kind: "规则", text });
  return {
    encoding: "axial",
    pairing: "half",
    rotaryDimension: head,
    inverseFrequencies: Float64Array.from([...axis, ...axis]),
    base,
    ropeType: "default",
    axes: { section: [head / 4, head / 4], interleaved: false },
  };
}
