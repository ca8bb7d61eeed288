/**
 * 一个头的尺寸（head dimensions）：多宽，转几维，分数乘多少。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import { type Fields, integers, isFinite, isObject, type Note, type Range } from "@lib/models/fields.ts";
import type { RopeParameters } from "@lib/models/rope_parameters.ts";
import { yarnScale } from "@lib/scaling/yarn.ts";

const widths = integers(1, 2 ** 24), dimensions = integers(1, 65536);
const finite: Range = { expected: "正的有限数", holds: (x) => x > 0 && x < Infinity };

/**
 * 头数。
 *
 * @throws {RangeError} 没写，或不是 1 到 65536 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields } from "@lib/models/fields.ts";
 * import { headCount } from "@lib/models/heads.ts";
 *
 * assert.equal(headCount(fields({ n_head: 16 }, { where: "", defaults: {}, owner: "gptj", say: () => {} })), 16);
 * ```
 */
export function headCount(config: Fields): number {
  return config.must(["num_attention_heads", "n_head", "n_heads", "num_heads"], dimensions);
}

/**
 * 一个头的维数：写了 `head_dim` 就用它，绝不拿宽去除；解耦的（MLA）是转的加不转的。
 *
 * @param config 配置
 * @param options `family` 哪一族；`semantics` 照哪一版；`type` 缩放的类型；`say` 记一条说明
 * @throws {RangeError} 字段写错，宽不够分，或这一版读不了 `head_dim: null`
 * @example Qwen3-0.6B：1024 / 16 是 64，头却是 128 维
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { headDimension } from "@lib/models/heads.ts";
 *
 * const say = () => {}, json = { hidden_size: 1024, num_attention_heads: 16, head_dim: 128 };
 * const config = fields(json, { where: "", defaults: {}, owner: "qwen3", say });
 * assert.equal(headDimension(config, { family: familyOf("qwen3"), semantics: 5, type: "default", say }), 128);
 * ```
 */
export function headDimension(config: Fields, options: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly type: string;
  readonly say: (note: Note) => void;
}): number {
  const { family, semantics, type, say } = options, { head = "head_dim" } = family;
  if (family.latent) return config.must("qk_nope_head_dim", dimensions) + config.must("qk_rope_head_dim", dimensions);
  const written = head === null ? undefined : config.number(head, dimensions);
  const nulled = head !== null && config.raw(head) === null, rule = family.nullHead?.[semantics] ?? "fallback";
  const missing = family.custom === "hunyuan" && written === undefined; // 类的缺省值就是 null，自己补不上
  if (missing || nulled && (rule === "refused" || rule === "fallback" && /dynamic|yarn|longrope/.test(type))) {
    config.refuse("head_dim", `写明的整数（${semantics} 版的 ${family.name} 遇到 null 会报错）`);
  }
  if (family.encoding === "t5") return config.must(head!, dimensions);
  const [width, heads] = [
    config.number(["hidden_size", "n_embd", "d_model", "n_embed"], widths),
    written === undefined ? headCount(config) : 1,
  ];
  if (written !== undefined) return differs(config, written, width, say);
  const derived = (width ?? config.must("hidden_size", widths)) / heads;
  if (derived < 1) config.refuse("num_attention_heads", `不超过宽（${width}）的头数`, heads);
  if (!Number.isInteger(derived)) {
    if (semantics === 5) config.refuse("hidden_size", `头数（${heads}）的倍数`, width);
    say({ kind: "矛盾", text: `hidden_size ${width} 不是头数 ${heads} 的倍数：4 版去掉零头，5 版报错` });
  } else say({ kind: "规则", text: `头 ${derived} 维：hidden_size / num_attention_heads` });
  return Math.floor(derived);
}

/** 写了 `head_dim`，又和宽除以头数不一样的，提一句：很多人在这里算错。 */
function differs(config: Fields, written: number, width: number | undefined, say: (note: Note) => void): number {
  const heads = config.raw("num_attention_heads"),
    derived = isFinite(heads) && heads > 0 && width !== undefined ? width / heads : written;
  if (derived !== written) {
    say({ kind: "规则", text: `头 ${written} 维，听 head_dim 的，不是 ${width} / ${heads} = ${derived}` });
  }
  return written;
}

/**
 * 分数倍数：通常是 1/√d；Gemma、Granite 另有字段；DeepSeek 还要乘 m² （m = 0.1·mscale_all_dim·ln s + 1）。
 *
 * @param config 配置
 * @param options `family` 哪一族；`semantics` 照哪一版；`head` 头的维数；`parameters` 旋转的参数；`say` 记一条说明
 * @throws {RangeError} 字段写错
 * @example Kimi K2：192^(−1/2) · 1.346574²
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { softmaxScale } from "@lib/models/heads.ts";
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
  const { family: { scale, latent, name }, semantics, head, parameters, say } = options;
  if (typeof scale === "number") {
    say({ kind: "规则", text: `分数不除以 √d：${name} 的分数倍数是 ${scale}` });
    return scale;
  }
  if (scale) {
    const value = config.must(scale.field, finite);
    say({
      kind: "规则",
      text: `分数倍数：${scale.field} ${value}${scale.power === 1 ? "" : ` 的 ${scale.power} 次方`}`,
    });
    return value ** scale.power;
  }
  const { scaling } = parameters ?? {}, k = latent && scaling?.number("mscale_all_dim", finiteOrZero);
  if (!k || parameters?.type === "default") return head ** -0.5;
  const m = yarnScale(
    scaling!.must("factor", { expected: "不小于 1 的有限数", holds: (x) => x >= 1 && x < Infinity }),
    k,
  );
  if (!latent.includes(semantics)) {
    say({ kind: "矛盾", text: `mscale_all_dim ${k}：4 版的 ${name} 不把 m² 乘进分数倍数，5 版乘（m = ${m}）` });
    return head ** -0.5;
  }
  say({ kind: "规则", text: `分数倍数：${head}^(−1/2) · m²，m = 0.1 · ${k} · ln(factor) + 1 = ${m}` });
  return head ** -0.5 * m * m;
}

const finiteOrZero: Range = { expected: "不小于 0 的有限数", holds: (x) => x >= 0 && x < Infinity };

/**
 * Gemma-4 全注意力的层，头另有宽度：`per_layer_config` 里一层一层写的优先，其次是 `global_head_dim`。
 *
 * @throws {RangeError} 字段写错
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields } from "@lib/models/fields.ts";
 * import { layerHead } from "@lib/models/heads.ts";
 *
 * const json = { per_layer_config: { "05": { head_dim: 512 } } };
 * const config = fields(json, { where: "", defaults: {}, owner: "gemma4", say: () => {} });
 * assert.deepEqual([4, 5].map((layer) => layerHead(config, layer, "sliding_attention")), [undefined, 512]);
 * ```
 */
export function layerHead(config: Fields, layer: number, type: string): number | undefined {
  const all = config.inside("per_layer_config");
  const key = all?.names.find((name) => /^\d+$/.test(name) && Number(name) === layer && isObject(all.raw(name)));
  if (key !== undefined) return all!.inside(key)!.number("head_dim", dimensions);
  return all === undefined && type === "full_attention" ? config.number("global_head_dim", dimensions) : undefined;
}
