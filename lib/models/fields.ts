/**
 * 取字段（fields）：从一份配置里拿一个数、一串数、一个开关，类型和范围都在这里查。
 *
 * 文件里没写的，用类的缺省值，并且记下一句“假定”；写错的，一句话说清哪个字段、写了什么、能写什么。
 * 所以别的文件里没有一个 `??`：用了哪个字段、假定了什么，全从这里出来。
 *
 * @module
 */
import { explain } from "@lib/errors.ts";

/**
 * 一条说明：用了哪条规则，假定了什么，哪里自相矛盾。
 *
 * @example
 * ```ts
 * import type { Note } from "@lib/models/fields.ts";
 *
 * const note: Note = { kind: "假定", text: "rope_theta 没写：用 llama 类的缺省值 10000" };
 * ```
 */
export interface Note {
  /** 哪一类：规则、假定、矛盾。 */
  readonly kind: "规则" | "假定" | "矛盾";
  /** 一句话。 */
  readonly text: string;
}

/**
 * 一段 JSON 对象。
 *
 * @example
 * ```ts
 * import type { Json } from "@lib/models/fields.ts";
 *
 * const config: Json = { model_type: "llama", rope_theta: 500000 };
 * ```
 */
export type Json = Readonly<Record<string, unknown>>;

/**
 * 一个数许在什么范围里：用话说，再用函数查。
 *
 * @example
 * ```ts
 * import type { Range } from "@lib/models/fields.ts";
 *
 * const share: Range = { expected: "0 到 1 之间的数", holds: (x) => x >= 0 && x <= 1 };
 * ```
 */
export interface Range {
  /** 范围用话说出来。 */
  readonly expected: string;
  /** 这个数合不合要求。 */
  readonly holds: (x: number) => boolean;
}

/**
 * 整数的范围，两头都含。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integers } from "@lib/models/fields.ts";
 *
 * assert.deepEqual([0, 1, 1.5, 9].map(integers(1, 8).holds), [false, true, false, false]);
 * ```
 */
export function integers(min: number, max: number): Range {
  return { expected: `${min} 到 ${max} 之间的整数`, holds: (x) => Number.isSafeInteger(x) && x >= min && x <= max };
}

/**
 * 一份配置的字段，`where` 是它在文件里的路径，错误和说明里都带着。
 *
 * @example
 * ```ts
 * import type { Fields } from "@lib/models/fields.ts";
 *
 * const theta = (fields: Fields) => fields.number("rope_theta", { expected: "正数", holds: (x) => x > 0 });
 * ```
 */
export interface Fields {
  /** 路径，像 `text_config.`；顶层是空的。 */
  readonly where: string;
  /** 文件里写了哪些字段。 */
  readonly names: readonly string[];
  /** 文件里写的原样：没写是 `undefined`，写了 `null` 就是 `null`。 */
  readonly raw: (name: string) => unknown;
  /** 一个数；没写、写了 `null`，又没有缺省值，是 `undefined`。几个名字是一个字段的几种叫法。 */
  readonly number: (names: string | readonly string[], range: Range) => number | undefined;
  /** 一个数，非有不可。 */
  readonly must: (names: string | readonly string[], range: Range) => number;
  /** 一个开关；没写就是缺省值，再没有就是 `false`。 */
  readonly flag: (name: string) => boolean;
  /** 一个词。 */
  readonly word: (name: string) => string | undefined;
  /** 一串东西，每一个都要合格。 */
  readonly list: <T>(name: string, expected: string, holds: (x: unknown) => x is T) => readonly T[] | undefined;
  /** 里面的一段配置；没写、`null`、缺省都没有，是 `undefined`。 */
  readonly inside: (name: string) => Fields | undefined;
  /** 写了却没有用到的字段。 */
  readonly unused: () => readonly string[];
  /** 这一个字段不合格：照格式抛错。 */
  readonly refuse: (name: string, expected: string, value?: unknown) => never;
}

/**
 * 打开一份配置。
 *
 * @param json 这一段配置
 * @param options `where` 路径；`defaults` 类的缺省值；`owner` 谁的缺省值；`say` 记一条说明
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields, integers, type Note } from "@lib/models/fields.ts";
 *
 * const notes: Note[] = [], say = (note: Note) => void notes.push(note);
 * const options = { where: "", defaults: { num_attention_heads: 32 }, owner: "llama", say };
 * const config = fields({ hidden_size: 4096, head_dim: "128" }, options);
 * assert.equal(config.must("hidden_size", integers(1, 65536)), 4096);
 * assert.equal(config.must("num_attention_heads", integers(1, 65536)), 32);
 * assert.deepEqual(notes.map(({ text }) => text), ["num_attention_heads 没写：用 llama 类的缺省值 32"]);
 * assert.throws(() => config.number("head_dim", integers(1, 65536)), /无法读 head_dim：需要 1 到 65536 之间的整数：现在是字符串 "128"/);
 * ```
 */
export function fields(
  json: Json,
  options: {
    readonly where: string;
    readonly defaults: Json;
    readonly owner: string;
    readonly say: (note: Note) => void;
  },
): Fields {
  const { where, defaults, owner, say } = options, asked = new Set<string>();
  const raw = (name: string) => {
    asked.add(name);
    return Object.hasOwn(json, name) ? json[name] : undefined;
  };
  const refuse = (name: string, expected: string, value: unknown = raw(name)): never => {
    const message = explain(
      `读 ${name === "" ? where.slice(0, -1) || "config.json" : where + name}`,
      expected,
      brief(value),
    );
    throw new RangeError(value === undefined ? message.replace(/是 undefined$/, "没写") : message);
  };
  /** 文件里写的优先，其次是缺省值：用了缺省值就说（说几次，收的人只记一次）。 */
  const find = (names: string | readonly string[]): [name: string, value: unknown] => {
    const all = [names].flat(), written = all.find((name) => raw(name) !== undefined);
    if (written !== undefined) return [written, raw(written)];
    const name = all.find((one) => Object.hasOwn(defaults, one)) ?? all[0]!, value = defaults[name];
    if (value !== undefined && value !== null) {
      say({ kind: "假定", text: `${where}${name} 没写：用${owner ? ` ${owner} ` : ""}类的缺省值${spoken(value)}` });
    }
    return [name, value];
  };
  const number = (names: string | readonly string[], range: Range) => {
    const [name, value] = find(names);
    if (value === undefined || value === null) return undefined;
    return typeof value === "number" && range.holds(value) ? value : refuse(name, range.expected, value);
  };
  return {
    where,
    names: Object.keys(json).filter((name) => json[name] !== undefined),
    raw,
    number,
    must: (names, range) => number(names, range) ?? refuse([names].flat()[0]!, range.expected, find(names)[1]),
    flag: (name) => {
      const value = find(name)[1];
      return value === undefined || value === null
        ? false
        : typeof value === "boolean"
        ? value
        : refuse(name, "true 或 false", value);
    },
    word: (name) => {
      const value = find(name)[1];
      return value === undefined || value === null
        ? undefined
        : typeof value === "string"
        ? value
        : refuse(name, "一个词（字符串）", value);
    },
    list: <T>(name: string, expected: string, holds: (x: unknown) => x is T) => {
      const value = find(name)[1];
      if (value === undefined || value === null) return undefined;
      if (!Array.isArray(value)) return refuse(name, expected, value);
      const bad = value.findIndex((one) => !holds(one));
      return bad < 0 ? value as T[] : refuse(`${name}[${bad}]`, expected, value[bad]);
    },
    inside: (name) => {
      const value = find(name)[1];
      if (value === undefined || value === null) return undefined;
      if (!isObject(value)) return refuse(name, "一个对象", value);
      return fields(value, { where: `${where}${name}.`, defaults: {}, owner, say });
    },
    unused: () => Object.keys(json).filter((name) => !asked.has(name)),
    refuse,
  };
}

/**
 * 是不是一个 JSON 对象（不是数组，不是 `null`）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isObject } from "@lib/models/fields.ts";
 *
 * assert.deepEqual([{}, [], null, "{}"].map(isObject), [true, false, false, false]);
 * ```
 */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/**
 * 是不是一个有限的数：JSON 里写 1e999 就成了 ∞。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isFinite } from "@lib/models/fields.ts";
 *
 * assert.deepEqual([1, "1", NaN, JSON.parse("1e999")].map(isFinite), [true, false, false, false]);
 * ```
 */
export function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** 错误只占一行：太长的字符串只留开头。 */
function brief(value: unknown): unknown {
  return typeof value === "string" && value.length > 40 ? `${value.slice(0, 40)}…` : value;
}

/** 缺省值怎么念。 */
function spoken(value: unknown): string {
  return typeof value === "object" ? `：${JSON.stringify(value)}` : ` ${value}`;
}
