/**
 * 不认识的模型类型（generic）：照 Llama 读，只有意思不会错的几个字段另外听；别的和位置有关的，写了就说没有用上。
 *
 * @module
 */
import { type Family, generic } from "@lib/models/families.ts";
import type { Fields, Note } from "@lib/models/fields.ts";

/** `position_embedding_type` 里认得的值：是哪种编码。 */
const embeddings: Readonly<Record<string, Partial<Family>>> = {
  rope: {},
  rotary: {},
  absolute: { encoding: "learned" },
  learned: { encoding: "learned" },
  alibi: { encoding: "alibi" },
  nope: { turned: "none" },
  none: { turned: "none" },
};

/** 分数倍数写在哪个字段，几次方：transformers 里写了它们的类，都是这个意思。 */
const scales = [{ field: "attention_multiplier", power: 1 }, { field: "query_pre_attn_scalar", power: -0.5 }];

/**
 * 不认识的类型照哪一行读：编码看 `position_embedding_type`，分数倍数看两个字段，写了 `qk_rope_head_dim` 的是解耦的（MLA）。
 *
 * @param config 配置
 * @param say 记一条说明
 * @throws {RangeError} `position_embedding_type` 不是认得的值：不猜
 * @source transformers 5.23.0：`attention_multiplier`、`query_pre_attn_scalar`、`qk_rope_head_dim` 在各个 `modeling_*.py` 里的用法
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields } from "@lib/models/fields.ts";
 * import { guessed } from "@lib/models/generic.ts";
 *
 * const open = (json: object) => fields({ ...json }, { where: "", defaults: {}, owner: "", say: () => {} });
 * assert.equal(guessed(open({ position_embedding_type: "nope" }), () => {}).turned, "none");
 * assert.throws(() => guessed(open({ position_embedding_type: "spiral" }), () => {}), /无法读 position_embedding_type：需要/);
 * ```
 */
export function guessed(config: Fields, say: (note: Note) => void): Family {
  const type = config.word("position_embedding_type"), has = (name: string) => config.names.includes(name);
  if (type !== undefined && !Object.hasOwn(embeddings, type)) {
    const list = Object.keys(embeddings).join("、");
    config.refuse("position_embedding_type", `${list} 里的一种（模型类型不认识，别的值不猜）`, type);
  }
  const scale = scales.find(({ field }) => has(field) && config.raw(field) !== null);
  const latent = ["qk_rope_head_dim", "qk_nope_head_dim"].every(has);
  if (type !== undefined) {
    say({ kind: "假定", text: `position_embedding_type 是 ${type}：${spoken(embeddings[type]!)}` });
  }
  if (scale) say({ kind: "假定", text: `写了 ${scale.field}：当作分数倍数，和 transformers 别的类一样` });
  if (latent) say({ kind: "假定", text: "写了 qk_rope_head_dim：当作解耦的（MLA），只转这几维" });
  const known = type === undefined ? {} : embeddings[type]!;
  return { ...generic, ...known, ...scale ? { scale } : {}, ...latent ? { latent: [] } : {} };
}

function spoken({ encoding, turned }: Partial<Family>): string {
  return encoding === "learned" ? "训练式，不旋转" : encoding === "alibi" ? "用 ALiBi，不旋转" : turned ? "不转" : "转";
}
