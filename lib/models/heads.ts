/**
 * 一个头的尺寸（head dimensions）：几个头，一个头多宽。
 *
 * @module
 */
import { defaultsOf, type Family } from "@lib/models/families.ts";
import { type Fields, integers, isFinite, isObject, type Note } from "@lib/models/fields.ts";

const widths = integers(1, 2 ** 24), dimensions = integers(1, 65536);

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
  if (family.latent) {
    const turned = latentRotary(config, family), own = config.raw("head_dim"); // 有的文件也写，说的是转的那几维
    const broken = family.derived?.includes(semantics) && own !== undefined && own !== turned;
    if (broken) {
      config.refuse("head_dim", `和 qk_rope_head_dim 一样的数（${semantics} 版的 ${family.name} 不一样就跑不起来）`);
    }
    return config.must("qk_nope_head_dim", dimensions) + turned;
  }
  if (family.name === "falcon" && config.raw("head_dim") !== undefined) {
    config.refuse("head_dim", "不写（falcon 的类一读到它就报错）");
  }
  const written = head === null ? undefined : config.number(head, dimensions);
  const bare = head !== null && config.raw(head) === undefined; // 没写的，有的类的缺省值就是 null
  const nulled = head !== null && (bare ? defaultsOf(family, semantics)[head] : config.raw(head)) === null;
  const rule = family.nullHead?.[semantics] ?? "fallback";
  if (nulled && (rule === "refused" || rule === "fallback" && /dynamic|yarn|longrope/.test(type))) {
    config.refuse("head_dim", `写明的整数（${semantics} 版的 ${family.name} 遇到 null 会报错）`);
  }
  if (family.encoding === "t5") return config.must(head!, dimensions);
  const [width, heads] = [
    config.number(["hidden_size", "n_embd", "d_model", "n_embed"], widths),
    written === undefined ? headCount(config) : 1,
  ];
  if (written !== undefined && family.derived?.includes(semantics) && written * headCount(config) !== width) {
    config.refuse("head_dim", `宽除以头数（${semantics} 版的 ${family.name} 不一样就跑不起来）`);
  }
  if (written !== undefined) return differs(config, written, width, say);
  const derived = (width ?? config.must("hidden_size", widths)) / heads;
  if (derived < 1) config.refuse("num_attention_heads", `不超过宽（${width}）的头数`, heads);
  if (!Number.isInteger(derived)) {
    if (semantics === 5) config.refuse("hidden_size", `头数（${heads}）的倍数`, width);
    say({ kind: "矛盾", text: `hidden_size ${width} 不是头数 ${heads} 的倍数：4 版去掉零头，5 版报错` });
  } else say({ kind: "规则", text: `头 ${derived} 维：hidden_size / num_attention_heads` });
  return Math.floor(derived);
}

/**
 * 解耦的（MLA）转几维：`qk_rope_head_dim`，GLM-4-MoE-Lite 还有一个别名。
 *
 * @throws {RangeError} 没写，写错，或两个名字写的不一样
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { latentRotary } from "@lib/models/heads.ts";
 *
 * const config = fields({ head_dim: 32 }, { where: "", defaults: { qk_rope_head_dim: 64 }, owner: "", say: () => {} });
 * assert.deepEqual(["glm4_moe_lite", "deepseek_v32"].map((name) => latentRotary(config, familyOf(name))), [32, 64]);
 * ```
 */
export function latentRotary(config: Fields, { alias = "" }: Family): number {
  const [own, other] = ["qk_rope_head_dim", alias].map((name) => config.raw(name));
  if (own !== undefined && other !== undefined && own !== other) {
    config.refuse(alias, `和 qk_rope_head_dim（${own}）一样的数`);
  }
  return config.must(other === undefined ? "qk_rope_head_dim" : alias, dimensions);
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
