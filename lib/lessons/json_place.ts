/**
 * JSON 坏在哪（JSON place）：第几行第几列，那里该有什么，现在是什么。
 *
 * `JSON.parse` 的错误是英文，短的文字还不说位置，所以自己从头走一遍；只找头一处，好的文字走得完。
 *
 * @module
 */

/**
 * 坏的地方。
 *
 * @example
 * ```ts
 * import type { JsonPlace } from "@lib/lessons/json_place.ts";
 *
 * const place: JsonPlace = { line: 2, column: 5, expected: "逗号或 }", found: "“\"”" };
 * ```
 */
export interface JsonPlace {
  /** 第几行，从 1 数起。 */
  readonly line: number;
  /** 第几列，从 1 数起（UTF-16 的个数）。 */
  readonly column: number;
  /** 那里该有什么。 */
  readonly expected: string;
  /** 现在是什么：一个字符，或“文字到头了”。 */
  readonly found: string;
}

/** 走到哪、该有什么；走得通是新的位置。 */
type Step = number | { readonly at: number; readonly expected: string };

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
// deno-lint-ignore no-control-regex -- JSON 的字里不许有控制字符，照规矩写
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;
const blank = /[ \t\n\r]*/y;

/** 最多套几层，和读配置的门槛一样。 */
const deepest = 100;

/**
 * 找头一处坏的地方；是一份好的 JSON（不超过 100 层）就是 `undefined`。
 *
 * @example 第二行的行末少一个逗号，第三行的引号那里才看得出来
 * ```ts
 * import assert from "node:assert/strict";
 * import { brokenAt } from "@lib/lessons/json_place.ts";
 *
 * assert.deepEqual(brokenAt('{\n  "a": 1\n  "b": 2\n}'), { line: 3, column: 3, expected: "逗号或 }", found: "“\"”" });
 * assert.equal(brokenAt('{"a": [1, null]}'), undefined);
 * ```
 */
export function brokenAt(source: string): JsonPlace | undefined {
  const file = source.replace(/^\ufeff/, ""),
    end = value(file, 0, 0),
    last = typeof end === "number" ? skip(file, end) : end;
  if (last === file.length) return undefined;
  const { at, expected } = typeof last === "number" ? { at: last, expected: "后面不再有东西" } : last;
  const before = file.slice(0, at).split("\n"), letter = [...file.slice(at, at + 2)][0];
  return {
    line: before.length,
    column: before.at(-1)!.length + 1,
    expected,
    found: letter === undefined ? "文字到头了" : letter === "\n" ? "一行到头了" : `“${letter}”`,
  };
}

function skip(file: string, at: number): number {
  return at + match(blank, file, at)!.length;
}

function match(pattern: RegExp, file: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(file)?.[0];
}

/** 一个值。 */
function value(file: string, from: number, depth: number): Step {
  const at = skip(file, from), first = file[at];
  if (first === "{" || first === "[") {
    return depth < deepest ? list(file, at, depth + 1) : { at, expected: `最多套 ${deepest} 层` };
  }
  if (first === '"') return quoted(file, at);
  const plain = match(number, file, at) ?? match(word, file, at);
  return plain === undefined
    ? { at, expected: "一个值（数、带双引号的字、true、false、null、{ 或 [）" }
    : at + plain.length;
}

/** 带双引号的字。 */
function quoted(file: string, at: number): Step {
  const end = at + (match(text, file, at)?.length ?? 0);
  if (end > at && file[end] === '"') return end + 1;
  return { at: end, expected: end === at ? "一个带双引号的名字" : file[end] === "\\" ? "认得的转义" : "右边的双引号" };
}

/** 一个对象或一串值，`at` 在左括号上。 */
function list(file: string, at: number, depth: number): Step {
  const isObject = file[at] === "{", close = isObject ? "}" : "]";
  let here = skip(file, at + 1);
  if (file[here] === close) return here + 1;
  for (;;) {
    if (isObject) {
      const name = quoted(file, here);
      if (typeof name !== "number") return name;
      here = skip(file, name);
      if (file[here] !== ":") return { at: here, expected: "冒号" };
      here++;
    }
    const next = value(file, here, depth);
    if (typeof next !== "number") return next;
    here = skip(file, next);
    if (file[here] === close) return here + 1;
    if (file[here] !== ",") return { at: here, expected: `逗号或 ${close}` };
    here = skip(file, here + 1);
  }
}
