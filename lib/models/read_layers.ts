/**
 * 照一版的规矩读每一层（read layers）：一样的层只算一次，共用同一串角频率。
 *
 * @module
 */
import type { Pairing } from "@lib/encodings/rotation.ts";
import { explain } from "@lib/errors.ts";
import { axesOf, queryTemperature } from "@lib/models/beyond_rotation.ts";
import type { Context } from "@lib/models/context.ts";
import { defaultsOf, type Family, familyOf } from "@lib/models/families.ts";
import { type Fields, fields, integers, type Note } from "@lib/models/fields.ts";
import { frequencies } from "@lib/models/frequencies.ts";
import { guessed } from "@lib/models/generic.ts";
import { headDimension, latentRotary, layerHead } from "@lib/models/heads.ts";
import type { LayerReading } from "@lib/models/layer_reading.ts";
import { layerCount, layerShapes } from "@lib/models/layers.ts";
import { trainedLength } from "@lib/models/lengths.ts";
import { otherEncoding } from "@lib/models/other_encodings.ts";
import { remarkFamily, remarkLengths, remarkRotation } from "@lib/models/remarks.ts";
import { type RopeParameters, ropeParameters } from "@lib/models/rope_parameters.ts";
import { layerDivisor, softmaxScale } from "@lib/models/softmax_scale.ts";
import type { TextConfig } from "@lib/models/text_config.ts";
import { refuseUnreadable } from "@lib/models/unreadable.ts";
import { remarkUnused } from "@lib/models/unused.ts";
import { axialPart } from "@lib/models/vision.ts";

/** 还没有编号的一层。 */
type Kind = Omit<LayerReading, "layer">;

/**
 * 照 4 版或 5 版读每一层 `[层数]`。
 *
 * @param text 语言模型那一段
 * @param semantics 照哪一版
 * @param sequenceLength 现在的长度（词元）
 * @throws 和 `readConfig` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readLayers } from "@lib/models/read_layers.ts";
 * import { textConfig } from "@lib/models/text_config.ts";
 *
 * const { layers } = readLayers(textConfig({ model_type: "persimmon" }), 5);
 * assert.deepEqual([layers[0]?.base, layers[0]?.rotaryDimension, layers[0]?.headDimension], [10000, 32, 64]);
 * ```
 */
export function readLayers(
  text: TextConfig,
  semantics: 4 | 5,
  sequenceLength?: number,
): { readonly layers: readonly LayerReading[]; readonly notes: readonly Note[] } {
  const row = familyOf(text.type), said = new Map<string, Note>(), kinds = new Map<string, Kind>();
  const say = (note: Note) => void said.set(note.text, note), defaults = defaultsOf(row, semantics);
  const config = fields(text.json, { where: text.where, defaults, owner: row.name, say });
  if (row.since === 5 && semantics === 4) {
    throw new RangeError(explain(`读 ${text.where}model_type`, "transformers 4 有的类型", text.type));
  }
  if (row.name === "" && layerCount.every((name) => config.raw(name) === undefined)) {
    const expected = "认得的类型；不认得的要写层数 num_hidden_layers（没写，没法照 Llama 的读）";
    config.refuse("model_type", expected, text.type || undefined);
  }
  remarkFamily(text.type, config, { family: row, semantics, say });
  remarkLengths(config, say);
  const family = row.name === "" ? guessed(config, say) : row;
  const other = otherEncoding(config, family, say);
  const shapes = layerShapes(config, { family, semantics, say }), types = [...new Set(shapes.map(({ type }) => type))];
  if (family.encoding === undefined) refuseUnreadable(config, { family, semantics, types });
  const layers = shapes.map((shape, layer) => {
    const wide = family.name === "gemma4" ? layerHead(config, layer, shape.type) : undefined;
    const context = { config, family, semantics, sequenceLength, say, shape, wide },
      key = JSON.stringify([shape, wide]);
    const make = () =>
      other
        ? { ...unturned(context), ...other }
        : shape.turned && family.encoding === undefined
        ? rotating(context)
        : unturned(context);
    const kind = kinds.get(key) ?? make(), divisor = layerDivisor(config, family, layer, say);
    kinds.set(key, kind);
    return { layer, ...kind, softmaxScale: kind.softmaxScale / divisor };
  });
  remarkUnused(config, family, say);
  return { layers, notes: [...said.values()] };
}

/** 这一层和转不转无关的几样。 */
function common({ shape }: Context) {
  return { layerType: shape.type, ...shape.window === undefined ? {} : { window: shape.window } };
}

/** 不转的层。 */
function unturned(context: Context): Kind {
  const { family, wide } = context, head = wide ?? headDimension(context.config, { ...context, type: "default" });
  return {
    encoding: "none",
    pairing: null,
    headDimension: head,
    rotaryDimension: 0,
    inverseFrequencies: new Float64Array(0),
    attentionFactor: 1,
    softmaxScale: family.encoding === "deberta"
      ? debertaScale(context, head)
      : softmaxScale(context.config, { ...context, head }),
    ...common(context),
    ...queryTemperature(context),
    ...family.encoding === "axial" ? axialPart(context.config, head, context.say) : {},
  };
}

/** DeBERTa：内容一项，每种位置再加一项，加起来几项就除以 √(几·d)。 */
function debertaScale({ config, family, say }: Context, head: number): number {
  const types = otherEncoding(config, family, say)!.parameters.types as readonly string[];
  return (head * (1 + types.length)) ** -0.5;
}

/** 转的层。 */
function rotating(context: Context): Kind {
  const { config, family, shape, wide } = context;
  const parameters = ropeParameters(config, { ...context, layerType: shape.type });
  const head = wide ?? headDimension(config, { ...context, type: parameters.type });
  const dimension = rotaryDimension(context, parameters, head);
  const pairing = family.flagged && !config.flag("rope_interleave") ? "half" : family.pairing;
  const rotation = { ...context, parameters, dimension }, trained = trainedLength(rotation);
  const kind = {
    encoding: "rope",
    pairing: pairing satisfies Pairing | null,
    headDimension: head,
    rotaryDimension: dimension,
    ...frequencies(rotation),
    softmaxScale: softmaxScale(config, { ...context, head, parameters }),
    base: parameters.base,
    ropeType: parameters.type,
    ...trained === undefined ? {} : { trainedLength: trained },
    ...common(context),
    ...queryTemperature(context, parameters),
    ...axesOf(context, parameters, dimension / 2),
  } as const;
  remarkRotation(context, parameters, head, dimension);
  return kind;
}

/** 要转几维：解耦的（MLA）只转 `qk_rope_head_dim`；按比例转的，频率有整个头那么多；别的是头乘份额，去掉零头。 */
function rotaryDimension({ config, family }: Context, { share, type }: RopeParameters, head: number): number {
  const [field, dimension] = family.latent
    ? ["qk_rope_head_dim", latentRotary(config, family)] as const
    : written(config, family, head) ??
      [
        share < 1 ? family.share ?? "partial_rotary_factor" : family.head ?? "head_dim",
        type === "proportional" ? head : Math.floor(rotaryHead(config, family, head) * share),
      ] as const;
  if (dimension > 0 && dimension % 2 === 0) return dimension;
  const blamed = config.raw(field) === undefined ? "hidden_size" : field;
  return config.refuse(blamed, `让要转的维数是正偶数的值（现在要转 ${dimension} 维）`);
}

/** 从多宽的头里取一份来转：GPT-NeoX 的头宽不看 `head_dim`，转几维却看它。 */
function rotaryHead(config: Fields, { name }: Family, head: number): number {
  return name === "gpt_neox" ? config.number("head_dim", integers(1, head)) ?? head : head;
}

/** 写明了 `rotary_dim` 的听它的：GPT-J 非写不可，不认识的类型写了就算。 */
function written(config: Fields, { custom, share }: Family, head: number): readonly ["rotary_dim", number] | undefined {
  const range = integers(1, head);
  if (custom === "gptj") return ["rotary_dim", config.must("rotary_dim", range)];
  const dimension = share === undefined ? config.number("rotary_dim", range) : undefined;
  return dimension === undefined ? undefined : ["rotary_dim", dimension];
}
