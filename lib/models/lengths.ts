/**
 * 三个长度（lengths）：最长位置、原长度（训练长度）、现在的长度。两版读法的不同，多半在原长度听谁的。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import { type Fields, integers, type Note, type Range } from "@lib/models/fields.ts";
import type { RopeParameters } from "@lib/models/rope_parameters.ts";

/**
 * 算角频率要知道的。
 *
 * @example
 * ```ts
 * import type { Rotation } from "@lib/models/lengths.ts";
 *
 * const dimensionOf = ({ dimension }: Rotation) => dimension;
 * ```
 */
export interface Rotation {
  /** 顶层的配置。 */
  readonly config: Fields;
  /** 这一类层的参数。 */
  readonly parameters: RopeParameters;
  /** 要转的维数；按比例转的是整个头。 */
  readonly dimension: number;
  /** 哪一族。 */
  readonly family: Family;
  /** 照哪一版。 */
  readonly semantics: 4 | 5;
  /** 现在的长度（词元）；没有就是什么都没打开的长度。 */
  readonly sequenceLength?: number | undefined;
  /** 记一条说明。 */
  readonly say: (note: Note) => void;
}

/**
 * 缩放的字段许是多少：`factor` 不小于 1，`positive` 大于 0，`scale` 不小于 0，`length` 是正整数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ranges } from "@lib/models/lengths.ts";
 *
 * assert.deepEqual([0.5, 1, Infinity].map(ranges.factor.holds), [false, true, false]);
 * ```
 */
export const ranges: Readonly<Record<"factor" | "positive" | "scale" | "length", Range>> = {
  factor: { expected: "不小于 1 的有限数（Hugging Face 只警告，照样算）", holds: (x) => x >= 1 && x < Infinity },
  positive: { expected: "大于 0 的有限数", holds: (x) => x > 0 && x < Infinity },
  scale: { expected: "不小于 0 的有限数", holds: (x) => x >= 0 && x < Infinity },
  length: integers(1, 2 ** 40),
};

const maxNames = ["max_position_embeddings", "n_positions", "seq_length", "max_seq_len"];
const originalName = "original_max_position_embeddings";

/**
 * 最长位置（词元）。
 *
 * @throws {RangeError} 写错，或没有写
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields } from "@lib/models/fields.ts";
 * import { maxPosition } from "@lib/models/lengths.ts";
 *
 * const open = (json: object) => fields({ ...json }, { where: "", defaults: {}, owner: "", say: () => {} });
 * assert.equal(maxPosition(open({ max_position_embeddings: 4096 })), 4096);
 * assert.throws(() => maxPosition(open({})), /无法读 max_position_embeddings：需要 1 到 \d+ 之间的整数：现在没写/);
 * ```
 */
export function maxPosition(config: Fields): number {
  return config.must(maxNames, ranges.length);
}

/**
 * 顶层的原长度；PhiMoE 的类会把里层的搬上来。
 *
 * @throws {RangeError} 写错
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { type Rotation, topOriginal } from "@lib/models/lengths.ts";
 *
 * const say = () => {}, open = (json: object) => fields({ ...json }, { where: "", defaults: {}, owner: "", say });
 * const parameters = { type: "longrope", base: 10000, from: "", share: 1, perLayer: false }, scaling = open({ original_max_position_embeddings: 4096 });
 * const of = (name: string): Rotation => ({ config: open({}), parameters, dimension: 64, family: familyOf(name), semantics: 4, say });
 * assert.deepEqual(["phimoe", "llama"].map((name) => topOriginal(of(name), scaling)), [4096, undefined]);
 * ```
 */
export function topOriginal({ config, family }: Rotation, scaling: Fields): number | undefined {
  const inner = family.custom === "phimoe" ? scaling.number(originalName, ranges.length) : undefined;
  return inner ?? config.number(originalName, ranges.length);
}

/**
 * 原长度（词元）听谁的：5 版顶层的优先，其次里层（一类层一份的只看里层）；4 版 yarn、llama3 只看里层，longrope 只看顶层。都没有就用最长位置。
 *
 * @throws {RangeError} 写错；最长位置也没有；或这一版非有不可（4 版的 llama3）
 * @source transformers 4.57.6 `_compute_yarn_parameters` 等；5.23.0 `standardize_rope_params`
 * @example 两处都写了，两版听的不是一处
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { originalLength } from "@lib/models/lengths.ts";
 *
 * const say = () => {}, open = (json: object) => fields({ ...json }, { where: "", defaults: {}, owner: "", say });
 * const config = open({ original_max_position_embeddings: 2048 }), scaling = open({ original_max_position_embeddings: 4096 });
 * const rotation = { config, parameters: { type: "yarn", base: 10000, from: "", share: 1, perLayer: false }, dimension: 64, family: familyOf("llama"), say };
 * const read = (semantics: 4 | 5) => originalLength({ ...rotation, semantics }, scaling);
 * assert.deepEqual([read(4), read(5)], [4096, 2048]);
 * ```
 */
export function originalLength(rotation: Rotation, scaling: Fields): number {
  const { config, semantics, parameters: { type, perLayer }, say } = rotation;
  const inner = scaling.number(originalName, ranges.length), top = topOriginal(rotation, scaling);
  const byVersion = semantics === 5 ? top ?? inner : type === "longrope" ? top : inner;
  const heard = perLayer ? inner : byVersion; // 5 版一类层一份的，不看顶层
  if (inner !== undefined && top !== undefined && inner !== top) {
    say({ kind: "矛盾", text: `${originalName} 顶层 ${top}、里层 ${inner}：${semantics} 版用 ${heard}` });
  }
  if (heard !== undefined) return heard;
  if (type === "llama3" && semantics === 4) scaling.refuse(originalName, "训练长度（4 版没有它就报错）");
  const max = maxPosition(config), why = inner === undefined ? "没写" : `写在里层（${inner}），4 版的 ${type} 不看`;
  say({ kind: "假定", text: `${originalName} ${why}：用 max_position_embeddings ${max}` });
  return max;
}

/**
 * 千问第一代的训练长度（词元）：写在 `seq_length`，`max_position_embeddings` 是拉长以后的。
 *
 * @throws {RangeError} 写错
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const { layers } = readConfig({ model_type: "qwen", seq_length: 8192, max_position_embeddings: 32768 });
 * assert.equal(layers[0]!.trainedLength, 8192);
 * ```
 */
export function stepLength({ config }: Pick<Rotation, "config">): number {
  return config.must(["seq_length", "max_position_embeddings"], ranges.length);
}

/**
 * 训练长度（词元）：分原长度的几种缩放是原长度，别的是最长位置；都没写就不知道。
 *
 * @throws {RangeError} 写错
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const rope_scaling = { type: "yarn", factor: 4, original_max_position_embeddings: 32768 };
 * assert.equal(readConfig({ model_type: "qwen2", max_position_embeddings: 131072, rope_scaling }).layers[0]!.trainedLength, 32768);
 * assert.equal(readConfig({ model_type: "llama" }).layers[0]!.trainedLength, 2048);
 * ```
 */
export function trainedLength(rotation: Rotation): number | undefined {
  if (rotation.family.custom === "qwen") return stepLength(rotation);
  const { type, scaling } = rotation.parameters, split = scaling && /^(yarn|llama3|longrope)$/.test(type);
  return split ? originalLength(rotation, scaling) : rotation.config.number(maxNames, ranges.length);
}

/**
 * 现在的长度（词元）；没给就当作一个词元，随长度变的都没打开。
 *
 * @param limit 过了多长才打开，写进说明
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { lengthNow } from "@lib/models/lengths.ts";
 *
 * const said: string[] = [], say = ({ text }: { text: string }) => void said.push(text);
 * const config = fields({}, { where: "", defaults: {}, owner: "", say }), parameters = { type: "dynamic", base: 10000, from: "", share: 1, perLayer: false };
 * assert.equal(lengthNow({ config, parameters, dimension: 4, family: familyOf("llama"), semantics: 4, say }, 4096), 1);
 * assert.deepEqual(said, ["没给现在的长度：当作不超过 4096，随长度变的都没打开"]);
 * ```
 */
export function lengthNow({ sequenceLength, say }: Rotation, limit: number): number {
  if (sequenceLength === undefined) {
    say({ kind: "假定", text: `没给现在的长度：当作不超过 ${limit}，随长度变的都没打开` });
  }
  return sequenceLength ?? 1;
}
