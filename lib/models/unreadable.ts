/**
 * 那一版读不了的（unreadable）：transformers 一读就报错的写法，在门口拒绝，不替它猜。
 *
 * 这里只管 `rope_scaling`、`rope_parameters` 怎么写；一个字段写错了多少，读到它的地方自己查。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import { type Fields, isObject } from "@lib/models/fields.ts";

/** 4 版会检查的几种缩放；别的名字（像 mrope）它不查。 */
const checked = ["default", "linear", "dynamic", "yarn", "longrope", "llama3"];

/** 两类层各一份的名字。 */
const both = ["full_attention", "sliding_attention"];

/**
 * 这一版读不了的写法，拒绝。
 *
 * @param config 配置
 * @param options `family` 哪一族；`semantics` 照哪一版；`types` 有哪几类层
 * @throws {RangeError} 那一版一读就报错
 * @source transformers 4.57.6 `rope_config_validation`、`configuration_olmo2.py`；5.23.0 `nested_rope_parameter_keys`、各家的 `convert_rope_params_to_dict`
 * @example 4 版的 Cohere 只认 `rope_type`
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { refuseUnreadable } from "@lib/models/unreadable.ts";
 *
 * const json = { rope_scaling: { type: "linear", factor: 8 } }, types = ["full_attention"];
 * const config = fields(json, { where: "", defaults: {}, owner: "", say: () => {} });
 * const read = (semantics: 4 | 5) => refuseUnreadable(config, { family: familyOf("cohere"), semantics, types });
 * assert.throws(() => read(4), /无法读 rope_scaling\.rope_type：需要一个类型（4 版的 cohere 不认旧名字 type）：现在没写/);
 * assert.doesNotThrow(() => read(5));
 * ```
 */
export function refuseUnreadable(config: Fields, options: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly types: readonly string[];
}): void {
  const { family, semantics, types } = options, still = family.turned === "position_embedding_type"; // 不转的不查
  if (family.theta === null || family.since === "none" || still && config.word(family.turned!) !== "rope") return;
  if (family.custom === "phimoe") requireMscales(config, semantics);
  if (semantics === 4) refuseOlder(config, family);
  else if (family.split) refuseSplit(config, family);
  else refuseNested(config, family, types);
}

/** 4 版：有的类非写 `rope_type` 不可，有的只许两个字段，Llama-4 一律当作 llama3。 */
function refuseOlder(config: Fields, { name, older }: Family): void {
  const strict = older !== undefined && older !== "ignored" && older !== "renamed";
  const scaling = strict ? config.inside("rope_scaling") : undefined;
  if (scaling === undefined) return;
  if (older === "llama3") {
    if (scaling.raw("low_freq_factor") !== undefined) return;
    scaling.refuse("low_freq_factor", `一个数（4 版的 ${name} 不看类型，一律当作 llama3）`);
  }
  const type = scaling.word("type");
  if (older === "named") {
    if (scaling.raw("rope_type") !== undefined || !checked.includes(type ?? "default")) return;
    scaling.refuse("rope_type", `一个类型（4 版的 ${name} 不认旧名字 type）`);
  }
  if (scaling.names.length !== 2) {
    scaling.refuse("", `type、factor 两个字段（4 版的 ${name} 多一个少一个都报错）`, scaling.names.join("、"));
  }
  if (type !== "linear" && type !== "dynamic") {
    scaling.refuse("type", `linear 或 dynamic（4 版的 ${name} 只有这两种，也不认 rope_type）`);
  }
  scaling.must("factor", { expected: `大于 1 的数（4 版的 ${name} 写 1 就报错）`, holds: (x) => x > 1 });
}

/** 5 版，几类层各有一份的类：`rope_scaling` 要并进 `rope_parameters.full_attention`，没有就报错；有的只许写两份。 */
function refuseSplit(config: Fields, { name }: Family): void {
  const gemma4 = name === "gemma4", modern = config.inside("rope_parameters");
  const old = gemma4 ? isObject(config.raw("rope_scaling")) : filled(config.raw("rope_scaling"));
  const outer = gemma4 && old ? config.inside("rope_scaling")! : modern;
  if (outer === undefined) return;
  if ((old || gemma4 && outer.names.length > 0) && !isObject(outer.raw("full_attention"))) {
    const why = gemma4 ? "一类层要写一份" : "和 rope_scaling 都写了的，要有它";
    outer.refuse("full_attention", `一个对象（5 版的 ${name} ${why}）`);
  }
  if (name !== "modernbert") return;
  const odd = modern?.names.find((key) => !both.includes(key) || !isObject(modern.raw(key)));
  if (odd !== undefined) {
    modern!.refuse(odd, `${both.join("、")} 各一个对象，别的不写（5 版的 modernbert 多一个就报错）`);
  }
}

/** 5 版，不分层的类：一类层写了一份的，外面没有 `rope_type` 就报错；类不声明 `layer_types` 的，里面的一概不看。 */
function refuseNested(config: Fields, family: Family, types: readonly string[]): void {
  const declares = family.every ?? family.windowed ?? family.layerType;
  const outer = config.inside(filled(config.raw("rope_scaling")) ? "rope_scaling" : "rope_parameters");
  if (!declares || !types.some((type) => outer?.names.includes(type))) return;
  for (const name of ["rope_type", "rope_theta"]) {
    if (outer!.raw(name) === undefined) {
      outer!.refuse(name, `写在外面（一类层写了一份的，5 版的 ${family.name} 只看外面的）`);
    }
  }
}

/** PhiMoE：缩放哪怕不是 LongRoPE，也要写两个系数。 */
function requireMscales(config: Fields, semantics: 4 | 5): void {
  const old = semantics === 4 || filled(config.raw("rope_scaling"));
  const scaling = config.inside(old ? "rope_scaling" : "rope_parameters");
  const plain = semantics === 5 && (scaling?.word("rope_type") ?? scaling?.word("type") ?? "default") === "default";
  for (const name of scaling && !plain ? ["short_mscale", "long_mscale"] : []) {
    scaling!.must(name, { expected: "不小于 0 的有限数（phimoe 没有它就报错）", holds: (x) => x >= 0 && x < Infinity });
  }
}

function filled(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}
