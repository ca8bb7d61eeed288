/**
 * 选一种编码来训练（choosing an encoding）：选法是一小块 JSON，存得下、比得出、送得到别的线程。
 *
 * @module
 */
import { alibiSlopes } from "@lib/encodings/alibi.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { explain, requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";
import { trainableLearned, trainableSinusoidal } from "@lib/training/absolute.ts";
import { trainableAlibi, trainableClip, trainableT5 } from "@lib/training/biases.ts";
import { type Shape, still, type Trainable } from "@lib/training/trainable.ts";
import { trainableRope, trainableShaw } from "@lib/training/vectors.ts";

/**
 * 选哪种编码，怎么调。每一项的意思见各自的函数；不写就用它的默认值。
 *
 * @example
 * ```ts
 * import type { EncodingChoice } from "@lib/training/encodings.ts";
 *
 * const steep: EncodingChoice = { name: "ALiBi", slopes: [1 / 2] };
 * ```
 */
export type EncodingChoice =
  | { readonly name: "NoPE" | "learned" }
  | { readonly name: "sinusoidal"; readonly base?: number }
  | { readonly name: "T5"; readonly buckets?: number; readonly maxDistance?: number }
  | { readonly name: "Shaw" | "clip"; readonly clip?: number }
  | { readonly name: "ALiBi"; readonly slopes?: readonly number[] }
  | {
    readonly name: "RoPE";
    readonly base?: number;
    readonly frequencies?: readonly number[];
    readonly attentionFactor?: number;
  };

/**
 * 能训练的编码的名字。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableNames } from "@lib/training/encodings.ts";
 *
 * assert.equal(trainableNames.length, 8);
 * ```
 */
export const trainableNames: readonly EncodingChoice["name"][] = [
  ...["NoPE", "learned", "sinusoidal", "T5", "Shaw", "clip", "ALiBi", "RoPE"] as const,
];

/** 每种编码认得哪些项，不写是多少；ALiBi 的斜率看头数，RoPE 写了角频率就没有底数。 */
const defaults = (heads: number): Readonly<Record<EncodingChoice["name"], Readonly<Record<string, unknown>>>> => ({
  NoPE: {},
  learned: {},
  sinusoidal: { base: 10000 },
  T5: { buckets: 32, maxDistance: 128 },
  Shaw: { clip: 4 },
  clip: { clip: 4 },
  ALiBi: { slopes: Array.from(alibiSlopes(heads)) },
  RoPE: { base: 10000, frequencies: undefined, attentionFactor: 1 },
});

/**
 * 补齐选的那一种：不写的项都写上默认值。
 *
 * @param heads 头数 H
 * @throws {RangeError} 这里训练不了这种编码；RoPE 的系数不是正的有限数，或有一个角频率不是有限的数
 * @throws {ShapeError} 有一项它不认得
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { settledEncoding } from "@lib/training/encodings.ts";
 *
 * assert.deepEqual(settledEncoding({ name: "T5" }, 1), { name: "T5", buckets: 32, maxDistance: 128 });
 * ```
 */
export function settledEncoding(choice: EncodingChoice, heads: number): EncodingChoice {
  const { name, ...given } = requireOptions("选一种编码来训练", choice);
  if (!trainableNames.includes(name)) {
    throw new RangeError(explain("训练这种编码", `${trainableNames.join("、")} 里的一种`, name));
  }
  const { base, ...known } = defaults(heads)[name], all = base === undefined ? known : { base, ...known };
  const unknown = Object.keys(given).find((key) => !(key in all));
  if (unknown !== undefined) {
    const expected = Object.keys(all).length > 0 ? `${Object.keys(all).join("、")} 这几项里的` : "不带别的项";
    throw new ShapeError(`训练 ${name}`, expected, unknown);
  }
  if ("frequencies" in given && "base" in given) {
    throw new ShapeError("训练 RoPE", "底数和角频率只写一个", "两个都写了");
  }
  const filled: Record<string, unknown> = { name, ...("frequencies" in given ? known : all), ...given };
  if (filled["frequencies"] !== undefined) filled["frequencies"] = plainNumbers(filled["frequencies"]);
  if (name === "RoPE") {
    const positive = (factor: number) => factor > 0 && factor < Infinity;
    requireNumber("训练 RoPE，定注意力系数", filled["attentionFactor"] as number ?? 1, "正的有限数", positive);
  }
  return Object.fromEntries(
    Object.entries(filled).filter(([, value]) => value !== undefined),
  ) as unknown as EncodingChoice;
}

/** 角频率存成普通的数组：写成 `Float64Array` 的是同一串数，钥匙也要是同一把。 */
function plainNumbers(values: unknown): number[] {
  const doing = "训练 RoPE，定角频率", typed = values instanceof Float64Array || values instanceof Float32Array;
  if (!typed && !Array.isArray(values)) throw new ShapeError(doing, "一串数", values);
  return Array.from(values, (value, n) => requireNumber(doing, value, `第 ${n} 个是有限的数`, Number.isFinite));
}

/**
 * 造出选的那一种。
 *
 * @throws {RangeError} 这里训练不了这种编码
 * @throws {ShapeError} 有一项它不认得
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainable } from "@lib/training/encodings.ts";
 *
 * const shape = { dimension: 8, heads: 1, causal: true, positions: 16 };
 * assert.equal(trainable({ name: "RoPE", base: 100 }, shape).name, "RoPE");
 * assert.throws(() => trainable({ name: "CoPE" } as never, shape), /无法训练这种编码：需要 NoPE、learned/);
 * ```
 */
export function trainable(choice: EncodingChoice, shape: Shape): Trainable {
  const all = settledEncoding(choice, shape.heads), width = shape.dimension / shape.heads;
  switch (all.name) {
    case "NoPE":
      return still;
    case "learned":
      return trainableLearned(shape);
    case "sinusoidal":
      return trainableSinusoidal(shape, all.base!);
    case "T5":
      return trainableT5(shape, all.buckets!, all.maxDistance!);
    case "Shaw":
      return trainableShaw(shape, all.clip!);
    case "clip":
      return trainableClip(shape, all.clip!);
    case "ALiBi":
      return trainableAlibi(shape, all.slopes!);
    case "RoPE":
      return trainableRope(shape, all.frequencies ?? inverseFrequencies(width, all.base!), all.attentionFactor);
  }
}
