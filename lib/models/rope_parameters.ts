/**
 * 旋转的参数（RoPE parameters）：两版的写法不同，这里化成同一个样子：什么类型、底数多少、转多少、缩放的字段在哪。
 *
 * 4 版：顶层的 `rope_theta`、`partial_rotary_factor`，加一个 `rope_scaling`。
 * 5 版：全在 `rope_parameters` 里，几类层可以各写一份；旧文件的 `rope_scaling` 也认，而且盖过它。
 *
 * @module
 */
import { defaultsOf, type Family } from "@lib/models/families.ts";
import { type Fields, fields, isObject, type Note, type Range } from "@lib/models/fields.ts";

/** 底数许是多少。 */
const bases: Range = { expected: "大于 1 的有限数", holds: (x) => x > 1 && x < Infinity };
const ratios: Range = { expected: "正的有限数", holds: (x) => x > 0 && x < Infinity };
/** 转多少许是多少。 */
const shares: Range = { expected: "大于 0、不大于 1 的数", holds: (x) => x > 0 && x <= 1 };

/**
 * 一类层的旋转参数。
 *
 * @example
 * ```ts
 * import type { RopeParameters } from "@lib/models/rope_parameters.ts";
 *
 * const plain: RopeParameters = { type: "default", base: 10000, from: "rope_theta", share: 1, perLayer: false };
 * ```
 */
export interface RopeParameters {
  /** 缩放的类型，已经换成现在的名字。 */
  readonly type: string;
  /** 底数。 */
  readonly base: number;
  /** 底数从哪里来：字段的路径，或“写死在代码里”“缺省值”。 */
  readonly from: string;
  /** 头的多大一份要转；1 是全转。 */
  readonly share: number;
  /** 缩放的字段；没有缩放就没有。 */
  readonly scaling?: Fields;
  /** 5 版里一类层一份：顶层的原长度不看，`truncate` 只看最外面的。 */
  readonly perLayer: boolean;
  /** 5 版的 `rope_parameters`，最外面的那一段。 */
  readonly outer?: Fields;
}

/**
 * 4 版或 5 版的读法，读一类层的参数。
 *
 * @param config 配置
 * @param options `family` 哪一族；`semantics` 照哪一版；`layerType` 层的类型；`say` 记一条说明
 * @throws {RangeError} 底数、份额写错，或这一版读不了
 * @example 类型写了两遍，4 版听 `type` 的，5 版听 `rope_type` 的
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { ropeParameters } from "@lib/models/rope_parameters.ts";
 *
 * const json = { rope_theta: 10000, rope_scaling: { type: "linear", rope_type: "dynamic", factor: 4 } };
 * const say = () => {}, config = fields(json, { where: "", defaults: {}, owner: "llama", say });
 * const read = (semantics: 4 | 5) => ropeParameters(config, { family: familyOf("llama"), semantics, layerType: "", say }).type;
 * assert.deepEqual([read(4), read(5)], ["linear", "dynamic"]);
 * ```
 */
export function ropeParameters(config: Fields, options: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly layerType: string;
  readonly say: (note: Note) => void;
}): RopeParameters {
  const read = options.family.theta === null ? fixed : options.semantics === 4 ? older : newer;
  const parameters = read(config, options);
  const type = renamed(config, parameters, options), plain = type === parameters.type || type === "ntk_steps";
  if (!plain) options.say({ kind: "规则", text: `缩放类型 ${parameters.type} 就是 ${type}` });
  return { ...parameters, type };
}

type Options = Parameters<typeof ropeParameters>[1];

/** 底数和它从哪里来：里层写的优先（5 版），其次是这一族的字段；写死的是 10000。 */
function baseOf(config: Fields, options: Options, inner?: Fields): { readonly base: number; readonly from: string } {
  const { family, semantics, layerType, say } = options, own = inner?.number("rope_theta", bases);
  if (own !== undefined) return { base: own, from: `${inner!.where}rope_theta` };
  const { theta = "rope_theta", ratio, split } = family, rule = split?.[layerType];
  if (theta === null && ratio === undefined) return { base: 10000, from: "写死在代码里" };
  if (theta === null) return { base: 10000 * config.must(ratio!, ratios), from: `10000 × ${ratio}` };
  const name = rule?.theta ?? theta, written = config.raw(name) !== undefined;
  if (family.name === "" && !written) {
    config.refuse("model_type", "认得的类型；不认得的要写 rope_theta（没写，看不出它转不转）");
  }
  if (!rule?.lost || semantics === 4) {
    return { base: config.must(name, bases), from: written ? `${config.where}${name}` : "缺省值" };
  }
  const base = Number(defaultsOf(family, semantics)[name]), lost = written && config.raw(name) !== base;
  if (lost) {
    say({
      kind: "矛盾",
      text: `${config.where}${name}：5 版的 ${family.name} 不拿它给 ${layerType} 用，用缺省值 ${base}`,
    });
  }
  return { base, from: "缺省值" };
}

/** 底数写死的（GPT-J、ChatGLM）：这些字段一个也不看。 */
function fixed(config: Fields, options: Options): RopeParameters {
  const share = config.number("partial_rotary_factor", shares) ?? 1, base = baseOf(config, options);
  const lost = ["rope_scaling", "rope_parameters"].filter((name) => config.raw(name));
  if (lost.length > 0) options.say({ kind: "矛盾", text: `${lost.join("、")} 写了，${options.family.name} 不看` });
  return { type: "default", ...base, share, perLayer: false };
}

/** 4 版：顶层几个字段，加一个 `rope_scaling`。 */
function older(config: Fields, options: Options): RopeParameters {
  const { family, layerType, say } = options, base = baseOf(config, options);
  const whole = family.share === null, share = shareOf(config, options) ?? 1;
  refuseNullShare(config, options);
  if (whole && share < 1) {
    config.refuse("partial_rotary_factor", `1（4 版的 ${family.name} 只会转整个头，别的一跑就报错）`);
  }
  if (config.raw("rope_parameters")) say({ kind: "矛盾", text: `${config.where}rope_parameters：4 版不看这个字段` });
  const unscaled = family.older === "ignored" || family.split?.[layerType]?.scaled === false;
  const scaling = unscaled ? undefined : config.inside("rope_scaling");
  if (scaling === undefined) return { type: "default", ...base, share, perLayer: false };
  return { type: olderType(scaling, options), ...base, share, scaling, perLayer: false };
}

/** 顶层写的份额；5 版写死的不看。 */
function shareOf(config: Fields, { family: { fixedShare, share }, semantics }: Options): number | undefined {
  return (semantics === 5 ? fixedShare : undefined) ?? config.number(share ?? "partial_rotary_factor", shares);
}

/**
 * 份额写成 `null`：4 版的类都拿它去乘，报错；5 版只有转一部分的类报错，顶层的只有 `keyed` 几家。
 * 认得的才说：GPT-NeoX 的 4 版、PhiMoE 不看这个字段。
 */
function refuseNullShare(config: Fields, { family, semantics }: Options, scaling?: Fields): void {
  const name = "partial_rotary_factor", inner = scaling?.raw(name), top = config.raw(name), row = family.name;
  const expected = `一个数，或不写（${semantics} 版的 ${row} 遇到 null 会报错）`;
  if (row === "" || row === "gpt_neox" && semantics === 4 || row === "phimoe" || family.since === "none") return;
  if (semantics === 4) return top === null ? config.refuse(name, expected) : undefined;
  if (inner === null && (family.share !== null || row === "glm4_moe_lite")) scaling!.refuse(name, expected);
  if (top === null && inner === undefined && keyed.includes(row)) config.refuse(name, expected);
}

const keyed = ["phi", "stablelm", "persimmon", "nemotron"];

function refuseNullType(scaling: Fields): never {
  return scaling.refuse("rope_type", "一个类型，或不写（写成 null 就报错）", null);
}

/** 4 版的类型写在哪个名字里，各家不同。 */
function olderType(scaling: Fields, { family, say }: Options): string {
  const named = family.older === "named" || family.older === "renamed",
    own = scaling.word("rope_type"),
    old = scaling.word("type");
  const type = (named ? own : undefined) ?? old ?? own;
  if (scaling.raw(named ? "rope_type" : "type") === null && family.older !== "llama3") refuseNullType(scaling);
  clash(scaling, `4 版听 ${named ? "rope_type" : "type"} 的`, say);
  if (family.older === "llama3") {
    if (type !== "llama3") {
      say({
        kind: "矛盾",
        text: `rope_scaling 的类型是 ${type ?? "空的"}：4 版的 ${family.name} 不看，一律当作 llama3`,
      });
    }
    return "llama3";
  }
  return type ?? scaling.refuse("rope_type", "一个类型（没有它 4 版报错，5 版当作 default）");
}

/** 5 版：一段 `rope_parameters`，几类层可以各写一份；旧名字 `rope_scaling` 写了就盖过它。 */
function newer(config: Fields, options: Options): RopeParameters {
  const { family, layerType, say } = options, rule = family.split?.[layerType];
  const old = filled(config, "rope_scaling"),
    modern = old && !family.split ? undefined : filled(config, "rope_parameters");
  if (old && filled(config, "rope_parameters")) {
    say({ kind: "矛盾", text: "rope_scaling 和 rope_parameters 都写了：5 版用 rope_scaling" });
  }
  const own = modern && nested(config, modern, options);
  const flat = rule?.scaled === false ? undefined : own && old && family.split ? merged(own, old, options) : old;
  const scaling = flat ?? own ?? (family.split ? undefined : modern), base = baseOf(config, options, scaling);
  // 分层的类把 rope_scaling 并进 { rope_type: "default" }：只写旧名字 type 的，类型还是 default。
  if (scaling?.raw("rope_type") === null) refuseNullType(scaling);
  const over = family.split !== undefined && flat !== undefined, older = scaling?.word("type");
  const type = scaling?.word("rope_type") ?? (over ? undefined : older) ?? "default";
  if (over && older && type === "default" && older !== type) {
    say({
      kind: "矛盾",
      text: `rope_scaling.type 是 ${older.slice(0, 20)}：5 版的 ${family.name} 只认 rope_type，没有它就不缩放`,
    });
  }
  refuseNullShare(config, options, scaling);
  const share = scaling?.number("partial_rotary_factor", shares) ?? shareOf(config, options) ?? 1;
  if (scaling) clash(scaling, "5 版听 rope_type 的", say);
  const perLayer = family.split !== undefined || own !== undefined;
  const rest = { perLayer, ...scaling ? { scaling } : {}, ...modern ? { outer: modern } : {} };
  if (family.share !== null || type === "proportional" || share === 1) return { type, ...base, share, ...rest };
  if (type !== "default") config.refuse("partial_rotary_factor", `1（${family.name} 只会转整个头）`, share);
  say({ kind: "矛盾", text: `partial_rotary_factor ${share}：5 版的 ${family.name} 不看它，整个头都转` });
  return { type, ...base, share: 1, ...rest };
}

/** 分层的类，5 版把 `rope_scaling` 盖在这一类层的参数上：它没写的，留着原来的。 */
function merged(own: Fields, old: Fields, { family, say }: Options): Fields {
  const json = Object.fromEntries([own, old].flatMap((one) => one.names.map((name) => [name, one.raw(name)])));
  return fields(json, { where: old.where, defaults: {}, owner: family.name, say });
}

/** 5 版里空的一段等于没写。 */
function filled(config: Fields, name: string): Fields | undefined {
  const value = config.raw(name);
  return isObject(value) && Object.keys(value).length === 0 ? undefined : config.inside(name);
}

/** 几类层各写一份的，取这一类的；不分层的类里面的不看，文件里另写了 `layer_types` 也一样。 */
function nested(config: Fields, modern: Fields, { family, layerType, say }: Options): Fields | undefined {
  if (!layerTypes.some((type) => isObject(modern.raw(type)))) return undefined;
  if (family.split) return modern.inside(layerType);
  const guess = family.name === "" && config.raw("layer_types"); // 不认识的类型写了层的类型：当作分层的
  if (guess) return modern.inside(layerType) ?? modern.refuse(layerType, "这一类层的参数");
  const who = family.name || "这个类";
  say({ kind: "矛盾", text: `${modern.where}里一类层写了一份：${who} 不分层的类型，5 版不看，只看外面的` });
  return undefined;
}

/** 见过的层的类型。 */
const layerTypes = ["full_attention", "sliding_attention", "chunked_attention"];

function clash(scaling: Fields, winner: string, say: (note: Note) => void): void {
  const [old, now] = [scaling.raw("type"), scaling.raw("rope_type")];
  if (typeof old !== "string" || typeof now !== "string" || old === now || old === "mrope") return;
  say({
    kind: "矛盾",
    text: `${scaling.where}type 和 rope_type 不一样（${old.slice(0, 20)}、${now.slice(0, 20)}）：${winner}`,
  });
}

/** 旧名字换成现在的；5 版的混元写了 `alpha` 就不再跟着长度走，另算一种；千问第一代打开了开关，是台阶。 */
function renamed(
  config: Fields,
  { type, scaling }: RopeParameters,
  { family: { axes, custom, name }, semantics }: Options,
): string {
  if (type === "mrope" && (axes || name === "")) return "default"; // 别的类没有这一种
  if (custom === "qwen" && type === "default" && config.flag("use_dynamic_ntk")) return "ntk_steps";
  if (custom === "phi3" && (type === "su" || type === "yarn")) return "longrope";
  return custom === "hunyuan" && semantics === 5 && type === "dynamic" && scaling?.raw("alpha") ? "ntk_alpha" : type;
}
