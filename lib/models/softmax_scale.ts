/**
 * 分数倍数（softmax scale）：通常是 1/√d；有的另有字段，有的还要乘、要除。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import type { Fields, Note, Range } from "@lib/models/fields.ts";
import type { RopeParameters } from "@lib/models/rope_parameters.ts";
import { yarnScale } from "@lib/scaling/yarn.ts";

const finite: Range = { expected: "正的有限数", holds: (x) => x > 0 && x < Infinity };
const finiteOrZero: Range = { expected: "不小于 0 的有限数", holds: (x) => x >= 0 && x < Infinity };

/**
 * 分数倍数：通常是 1/√d；Gemma、Granite、MPT 另有字段；GPT-2 可以不除；DeepSeek 还要乘 m²（m = 0.1·mscale_all_dim·ln s + 1）。
 *
 * @param config 配置
 * @param options `family` 哪一族；`semantics` 照哪一版；`head` 头的维数；`parameters` 旋转的参数；`say` 记一条说明
 * @throws {RangeError} 字段写错
 * @example Kimi K2：192^(−1/2) · 1.346574²
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { softmaxScale } from "@lib/models/softmax_scale.ts";
 *
 * const say = () => {}, config = fields({}, { where: "", defaults: {}, owner: "", say });
 * const scaling = fields({ factor: 32, mscale_all_dim: 1 }, { where: "", defaults: {}, owner: "", say });
 * const options = { family: familyOf("kimi_k2"), semantics: 5, head: 192, say } as const;
 * const parameters = { type: "yarn", base: 50000, from: "", share: 1, perLayer: false, scaling };
 * assert.equal(softmaxScale(config, { ...options, parameters }).toFixed(6), "0.130861");
 * ```
 */
export function softmaxScale(config: Fields, options: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly head: number;
  readonly parameters?: RopeParameters;
  readonly say: (note: Note) => void;
}): number {
  const { family: { scale, latent, custom, name }, head, say } = options;
  if (typeof scale === "number") {
    say({ kind: "规则", text: `分数不除以 √d：${name} 的分数倍数是 ${scale}` });
    return scale;
  }
  if (scale) return named(config, scale, say);
  if (custom === "gpt2" && !config.flag("scale_attn_weights")) {
    say({ kind: "规则", text: "分数不除以 √d：scale_attn_weights 是 false" });
    return 1;
  }
  const own = custom === "mpt" ? config.inside("attn_config")?.number("softmax_scale", finite) : undefined;
  if (own !== undefined) say({ kind: "规则", text: `分数倍数：attn_config.softmax_scale ${own}，不是 1/√d` });
  return own ?? (latent ? withMscale(options) : head ** -0.5);
}

function named(config: Fields, { field, power }: { field: string; power: number }, say: Options["say"]): number {
  const value = config.must(field, finite);
  say({ kind: "规则", text: `分数倍数：${field} ${value}${power === 1 ? "" : ` 的 ${power} 次方`}` });
  return value ** power;
}

type Options = Parameters<typeof softmaxScale>[1];

/** 解耦的：写了 `mscale_all_dim` 的乘 m²；4 版的 DeepSeek-V2 不乘，不认识的类型不知道乘不乘。 */
function withMscale({ family: { latent = [], name }, semantics, head, parameters, say }: Options): number {
  const { scaling } = parameters ?? {}, k = scaling?.number("mscale_all_dim", finiteOrZero);
  if (!k || parameters?.type === "default") return head ** -0.5;
  const factors: Range = { expected: "不小于 1 的有限数", holds: (x) => x >= 1 && x < Infinity };
  const m = yarnScale(scaling!.must("factor", factors), k);
  if (!latent.includes(semantics)) {
    const who = name === "" ? "不认识的类型乘不乘 m² 不知道，没有乘" : `4 版的 ${name} 不把 m² 乘进分数倍数，5 版乘`;
    say({ kind: "矛盾", text: `mscale_all_dim ${k}：${who}（m = ${m}）` });
    return head ** -0.5;
  }
  say({ kind: "规则", text: `分数倍数：${head}^(−1/2) · m²，m = 0.1 · ${k} · ln(factor) + 1 = ${m}` });
  return head ** -0.5 * m * m;
}

/**
 * 第 n 层的分数再除以几：GPT-2 写了 `scale_attn_by_inverse_layer_idx` 的除以 n + 1，别的都是 1。
 *
 * @throws {RangeError} 开关写错
 * @source transformers `modeling_gpt2.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { layerDivisor } from "@lib/models/softmax_scale.ts";
 *
 * const say = () => {}, config = fields({ scale_attn_by_inverse_layer_idx: true }, { where: "", defaults: {}, owner: "", say });
 * assert.deepEqual(["gpt2", "llama"].map((name) => layerDivisor(config, familyOf(name), 3, say)), [4, 1]);
 * ```
 */
export function layerDivisor(config: Fields, { custom }: Family, layer: number, say: (note: Note) => void): number {
  if (custom !== "gpt2" || !config.flag("scale_attn_by_inverse_layer_idx")) return 1;
  say({ kind: "规则", text: "第 n 层（从 0 数起）的分数再除以 n + 1：scale_attn_by_inverse_layer_idx" });
  return layer + 1;
}
