/**
 * 找到语言模型那一段（text config）：多模态的 config.json 把它包在 `text_config` 一类的名字里，有的包两层。
 *
 * @module
 */
import { explain } from "@lib/errors.ts";
import { repeatedKeys } from "@lib/models/repeated_keys.ts";
import { isObject, type Json, type Note } from "@lib/models/fields.ts";

/** 语言模型那一段可能叫的名字，先认前面的。 */
const names = ["text_config", "thinker_config", "llm_config", "language_config", "language_model_config"];

/** 最多包几层：见过的只有两层（`thinker_config` 里的 `text_config`）。 */
const deepest = 4;

/**
 * 语言模型那一段：JSON、路径、类型。
 *
 * @example
 * ```ts
 * import { type TextConfig, textConfig } from "@lib/models/text_config.ts";
 *
 * const found: TextConfig = textConfig({ model_type: "llama" });
 * ```
 */
export interface TextConfig {
  /** 那一段。 */
  readonly json: Json;
  /** 路径，像 `text_config.`；顶层是空的。 */
  readonly where: string;
  /** 它的 `model_type`；没写就用外面一层的，都没写是空的。 */
  readonly type: string;
  /** 哪一版写的（`transformers_version`），多半写在最外面；没写是空的。 */
  readonly writtenBy: string;
  /** 找的时候说的话。 */
  readonly notes: readonly Note[];
}

/**
 * 从文件的文字或解析好的对象，找到语言模型那一段。
 *
 * @param config 文字，或 `JSON.parse` 出来的对象
 * @throws {RangeError} 不是 JSON，不是一个对象，包得太深，或 `model_type` 不是一个词
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textConfig } from "@lib/models/text_config.ts";
 *
 * const { where, type } = textConfig('{"model_type": "gemma3", "text_config": {"model_type": "gemma3_text"}}');
 * assert.deepEqual([where, type], ["text_config.", "gemma3_text"]);
 * assert.throws(() => textConfig("{"), /无法读 config\.json：需要一份 JSON：现在是字符串 "\{"/);
 * ```
 */
export function textConfig(config: unknown): TextConfig {
  const text = typeof config === "string" ? config : "";
  let json = typeof config === "string" ? parsed(config) : config, where = "", type = "", writtenBy = "";
  const notes: Note[] = repeatedKeys(text).map((name) => ({
    kind: "矛盾",
    text: `${name.slice(0, 40)} 在一个对象里写了不止一遍：用最后一个`,
  }));
  for (let depth = 0;; depth++) {
    if (!isObject(json)) {
      throw new RangeError(explain(`读 ${where.slice(0, -1) || "config.json"}`, "一个 JSON 对象", cut(json)));
    }
    const here: Json = json, given = here.model_type ?? null;
    if (given !== null && typeof given !== "string") {
      throw new RangeError(explain(`读 ${where}model_type`, "一个词（字符串）", given));
    }
    type = given ?? type;
    if (typeof here.transformers_version === "string") writtenBy = here.transformers_version;
    const inside = names.filter((name) => Object.hasOwn(here, name) && here[name] !== null);
    if (inside.length === 0) return { json: here, where, type, writtenBy, notes };
    if (depth === deepest) throw new RangeError(explain(`读 ${where}${inside[0]}`, `最多套 ${deepest} 层`, depth + 1));
    where += `${inside[0]}.`;
    json = here[inside[0]!];
    notes.push({ kind: "规则", text: `语言模型在 ${where.slice(0, -1)} 里，别的段不看` });
    if (inside.length > 1) notes.push({ kind: "矛盾", text: `${inside.join("、")} 都写了：用前面的` });
  }
}

/** 套多少层就不读了：真的配置不过五六层；几百万层的，`JSON.parse` 要读好几秒。 */
const mostNested = 100;

/** 有的编辑器在开头加一个看不见的记号（BOM），去掉再读。 */
function parsed(file: string): unknown {
  const text = file.replace(/^\ufeff/, "");
  if (nesting(text) > mostNested) {
    throw new RangeError(explain("读 config.json", `最多套 ${mostNested} 层的 JSON`, cut(text)));
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(explain("读 config.json", "一份 JSON", cut(text)));
  }
}

/** 括号套了几层，字符串里的不算；一过限度就不再数。 */
function nesting(text: string): number {
  let depth = 0, most = 0, quoted = false;
  for (let at = 0; at < text.length && most <= mostNested; at++) {
    const letter = text[at]!;
    if (quoted && letter === "\\") at++;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === "{" || letter === "[")) most = Math.max(most, ++depth);
    else if (!quoted && (letter === "}" || letter === "]")) depth--;
  }
  return most;
}

/** 错误只占一行，只给开头。 */
function cut(value: unknown): unknown {
  return typeof value === "string" && value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
