/**
 * 写了两遍的字段（repeated keys）：JSON 里同一个对象写两个一样的名字，解析时后面的悄悄盖过前面的，要从文字里看。
 *
 * @module
 */

/** 一个字符串，或一个括号、逗号、冒号；别的不看。 */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * 在同一个对象里写了不止一遍的名字，每个说一次。
 *
 * @param text 合格的 JSON 文字；空的没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { repeatedKeys } from "@lib/models/repeated_keys.ts";
 *
 * assert.deepEqual(repeatedKeys('{"a": 1, "b": {"a": "a"}, "\\u0061": 2}'), ["a"]);
 * ```
 */
export function repeatedKeys(text: string): readonly string[] {
  const open: Set<string>[] = [], repeated = new Set<string>();
  let last = "";
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":") last = token;
    else {
      const name = JSON.parse(last) as string, names = open.at(-1)!; // 冒号前面的字符串是名字
      if (names.has(name)) repeated.add(name);
      names.add(name);
    }
  }
  return [...repeated];
}
