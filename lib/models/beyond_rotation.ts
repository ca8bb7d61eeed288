/**
 * 旋转以外的两样（beyond rotation）：查询先乘的数，多轴位置的分法。
 *
 * @module
 */
import type { Context } from "@lib/models/context.ts";
import { integers } from "@lib/models/fields.ts";
import type { LayerReading } from "@lib/models/layer_reading.ts";
import { ranges, stepLength } from "@lib/models/lengths.ts";
import type { RopeParameters } from "@lib/models/rope_parameters.ts";

/**
 * 查询先乘一个随位置变的数：LLaMA-4 不转的层，Ministral-3 的每一层，千问第一代的每一层。别的没有。
 *
 * @param context 手上有的东西
 * @param parameters 旋转的参数；不转的层没有
 * @throws {RangeError} 字段写错
 * @source transformers `modeling_llama4.py`、`modeling_ministral3.py`；Qwen-7B 的建模代码
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const [turned, still] = [0, 3].map((layer) => readConfig({ model_type: "llama4" }, { layer }).layers[0]!);
 * assert.equal(turned!.queryTemperature, undefined);
 * assert.deepEqual(still!.queryTemperature, { rule: "llama4", scale: 0.1, floor: 8192 });
 * ```
 */
export function queryTemperature(
  context: Context,
  parameters?: RopeParameters,
): Pick<LayerReading, "queryTemperature"> {
  const { config, family, shape, semantics } = context;
  const written = family.name === "llama4" ? config.raw("attn_temperature_tuning") : undefined;
  // 发布的 Llama-4 Scout 写的是 4，不是 true：4 版当作真，5 版报错
  const tuned = () =>
    semantics === 4 && typeof written === "number" ? written !== 0 : config.flag("attn_temperature_tuning");
  if (family.name === "llama4" && !shape.turned && tuned()) {
    const scale = config.must("attn_scale", ranges.positive), floor = config.must("floor_scale", ranges.positive);
    return { queryTemperature: { rule: "llama4", scale, floor } };
  }
  if (family.custom === "qwen" && config.flag("use_logn_attn")) {
    return { queryTemperature: { rule: "logn", trained: stepLength(context) } };
  }
  const scaling = family.name === "ministral3" && semantics === 5 ? parameters?.scaling : undefined;
  const beta = scaling?.number("llama_4_scaling_beta", ranges.positive);
  if (beta === undefined) return {};
  const original = scaling!.must("original_max_position_embeddings", ranges.length);
  return { queryTemperature: { rule: "ministral3", beta, original } };
}

/**
 * 多轴的位置：几对归哪个轴（时间、高、宽），分块还是交错。不是多轴的没有。
 *
 * @param context 手上有的东西
 * @param parameters 旋转的参数
 * @param pairs 一共几对
 * @throws {RangeError} 几段加起来不是 `pairs`；4 版的 Qwen-VL 没写
 * @source transformers `modeling_qwen2_vl.py`、`modeling_qwen3_vl.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const { layers } = readConfig({ model_type: "qwen3_vl_text" });
 * assert.deepEqual(layers[0]!.axes, { section: [24, 20, 20], interleaved: true });
 * ```
 */
export function axesOf(
  { config, family, semantics }: Context,
  { scaling }: RopeParameters,
  pairs: number,
): Pick<LayerReading, "axes"> {
  const part = integers(1, 65536), isPart = (x: unknown): x is number => typeof x === "number" && part.holds(x);
  const written = scaling?.list("mrope_section", part.expected, isPart),
    interleaved = scaling?.flag("mrope_interleaved");
  if (!written && family.axes && semantics === 4) {
    config.refuse("rope_scaling", `一个带 mrope_section 的对象（4 版的 ${family.name} 没有它就报错）`);
  }
  const section = written ?? family.axes?.section;
  if (section === undefined) return {};
  const sum = section.reduce((total, one) => total + one, 0);
  if (sum !== pairs) (scaling ?? config).refuse("mrope_section", `加起来是 ${pairs} 对`, section);
  return { axes: { section, interleaved: family.axes?.interleaved ?? interleaved ?? false } };
}
