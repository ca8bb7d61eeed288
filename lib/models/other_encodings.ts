/**
 * 不旋转的编码（other encodings）：ALiBi、T5、DeBERTa、训练式，各要哪几个数。
 *
 * @module
 */
import { alibiSlopes } from "@lib/encodings/alibi.ts";
import type { Family } from "@lib/models/families.ts";
import { type Fields, integers, type Note } from "@lib/models/fields.ts";
import { headCount } from "@lib/models/heads.ts";
import { floatFormats, roundAll } from "@lib/rounding.ts";

/**
 * 不旋转的编码和它的参数。
 *
 * @example
 * ```ts
 * import type { OtherEncoding } from "@lib/models/other_encodings.ts";
 *
 * const t5: OtherEncoding = { encoding: "t5", parameters: { buckets: 32, maxDistance: 128 } };
 * ```
 */
export interface OtherEncoding {
  /** 是哪一种。 */
  readonly encoding: Exclude<Family["encoding"], undefined | "axial">;
  /** 自己的参数：斜率、桶数、行数……。 */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * 这份配置用的是不是不旋转的编码；是旋转的就没有。
 *
 * @throws {RangeError} 字段写错
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { otherEncoding } from "@lib/models/other_encodings.ts";
 *
 * const say = () => {}, config = fields({ n_head: 2 }, { where: "", defaults: {}, owner: "bloom", say });
 * assert.deepEqual(otherEncoding(config, familyOf("bloom"), say), { encoding: "alibi", parameters: { slopes: [1 / 16, 1 / 256] } });
 * ```
 */
export function otherEncoding(config: Fields, family: Family, say: (note: Note) => void): OtherEncoding | undefined {
  const encoding = family.encoding ?? hidden(config, family, say);
  return encoding === undefined || encoding === "axial"
    ? undefined
    : { encoding, parameters: parametersOf[encoding](config, family, say) };
}

/** 类是会旋转的，这一份却没有用：Falcon 的 `alibi`，百川 13B，不认识的类型里写明的。 */
function hidden(config: Fields, family: Family, say: (note: Note) => void): OtherEncoding["encoding"] | undefined {
  if ((family.name === "falcon" || family.name === "") && config.flag("alibi")) {
    say({ kind: "规则", text: "alibi 是 true：用 ALiBi，不旋转" });
    return "alibi";
  }
  if (family.name === "baichuan" && Number(config.raw("hidden_size")) >= 5120) {
    say({ kind: "假定", text: "百川 7B 用 RoPE，13B 用 ALiBi，文件里看不出来：宽不小于 5120 的当作 13B" });
    return "alibi";
  }
  return undefined;
}

const parametersOf = {
  alibi: alibiParameters,
  t5: t5Parameters,
  deberta: debertaParameters,
  learned: learnedParameters,
};

/** 斜率只看头数。Falcon 先化成 bf16；MPT 的类不看 `attn_config` 里的两个字段。 */
function alibiParameters(config: Fields, family: Family, say: (note: Note) => void): OtherEncoding["parameters"] {
  const slopes = alibiSlopes(headCount(config)),
    attention = family.name === "mpt" ? config.inside("attn_config") : undefined;
  if (attention?.raw("alibi") === false) {
    say({ kind: "矛盾", text: "attn_config.alibi 是 false：transformers 的 MPT 不看它，照样用 ALiBi" });
  }
  const most = attention?.number("alibi_bias_max", integers(1, 1024));
  if (most !== undefined && most !== 8) {
    say({ kind: "矛盾", text: `attn_config.alibi_bias_max 是 ${most}：transformers 的 MPT 不看它，用 8` });
  }
  if (family.name !== "falcon") return { slopes: [...slopes] };
  say({ kind: "规则", text: "Falcon 的斜率先舍成 bf16，偏置也乘分数倍数，和别家的 ALiBi 不同" });
  return { slopes: [...roundAll(slopes, floatFormats.bf16)] };
}

/** UMT5 每层有自己的偏置表，别家各层共用第一层的；LongT5 的编码器只看窗口，有的另加整块的。 */
function t5Parameters(config: Fields, { name }: Family, say: (note: Note) => void): OtherEncoding["parameters"] {
  const own = config.raw("model_type") === "umt5", sizes = integers(1, 2 ** 40);
  say({ kind: "规则", text: `${own ? "每层有自己的偏置表" : "各层共用第一层的偏置"}；编码器的桶分左右，解码器的不分` });
  say({ kind: "规则", text: "列的是编码器的层" });
  const tables = own ? config.must("num_layers", integers(1, 10000)) : 1;
  const buckets = config.must("relative_attention_num_buckets", integers(2, 65536));
  const plain = { buckets, maxDistance: config.must("relative_attention_max_distance", sizes), tables };
  if (name !== "longt5") return plain;
  const kind = config.word("encoder_attention_type"), localRadius = config.must("local_radius", sizes);
  if (kind === "local") return { ...plain, localRadius };
  if (kind !== "transient-global") config.refuse("encoder_attention_type", "local 或 transient-global", kind);
  return { ...plain, localRadius, globalBlock: config.must("global_block_size", sizes) };
}

function debertaParameters(config: Fields, family: Family, say: (note: Note) => void): OtherEncoding["parameters"] {
  const relative = config.flag("relative_attention"), size = integers(-1, 2 ** 40), two = family.name === "deberta-v2";
  const buckets = two ? config.number("position_buckets", size) ?? -1 : -1,
    sharedKey = two && config.flag("share_att_key");
  if (!relative) {
    say({ kind: "规则", text: "relative_attention 是 false：没有解耦的位置项" });
    return { relativeAttention: false, types: [], buckets: -1, sharedKey: false };
  }
  const given = config.number("max_relative_positions", size) ?? -1;
  const maxRelativePositions = given >= 1 ? given : config.must("max_position_embeddings", integers(1, 2 ** 40));
  if (given < 1) {
    say({ kind: "规则", text: `max_relative_positions ${given}：用 max_position_embeddings ${maxRelativePositions}` });
  }
  const span = buckets > 0 ? buckets : maxRelativePositions;
  return { relativeAttention: true, types: attentionTypes(config), buckets, maxRelativePositions, span, sharedKey };
}

/** `pos_att_type` 有写成一串词的，也有用竖线连起来的。 */
function attentionTypes(config: Fields): readonly string[] {
  const known = "c2p、p2c 里的", written = config.raw("pos_att_type");
  const types = typeof written === "string"
    ? written.split("|")
    : config.list("pos_att_type", known, (x): x is string => typeof x === "string") ?? [];
  const bad = types.find((type) => !["c2p", "p2c", "p2p"].includes(type));
  return bad === undefined ? types : config.refuse("pos_att_type", known, bad);
}

function learnedParameters(config: Fields, family: Family, say: (note: Note) => void): OtherEncoding["parameters"] {
  const rows = config.must(["max_position_embeddings", "n_positions"], integers(1, 2 ** 40));
  if (/roberta$/.test(String(config.raw("model_type")))) {
    say({ kind: "规则", text: `表有 ${rows} 行，位置从 pad_token_id + 1 数起：前面几行不用` });
  }
  const type = config.raw("position_embedding_type");
  if (family.name === "bert" && typeof type === "string" && type !== "absolute") {
    const also = /^relative_key/.test(type)
      ? "相对的两种这里不读"
      : `transformers 的 ${family.name} 没有 ${type.slice(0, 20)}`;
    config.refuse("position_embedding_type", `absolute（${also}）`);
  }
  return { rows };
}
