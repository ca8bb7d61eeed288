/**
 * 找记号（find the marked token）：一串符号里有一个带记号，最后问：是哪一个？
 *
 * 认得出记号就全对，隔多远都一样：这道题不要位置。
 *
 * @module
 */
import { gathered, type Task } from "@lib/training/task.ts";

/**
 * 找记号，8 种符号、8 种带记号的、一个问号；瞎猜对 1/8。训练时句子有长有短。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 * import { findMarked } from "@lib/training/find_marked.ts";
 *
 * const { vocabulary, batch } = findMarked(), { tokens, answers } = batch(uniforms(1, 0, 1), 1, 4, 4);
 * const marked = Array.from(tokens).filter((token) => vocabulary[token]!.endsWith("★"));
 * assert.deepEqual(answers, [-1, -1, -1, marked[0]! - 8]);
 * ```
 */
export function findMarked(): Task {
  const symbols = [..."甲乙丙丁戊己庚辛"], task = { name: "找记号", shortest: 3 };
  const [marked, question] = [symbols.length, 2 * symbols.length];
  return {
    ...task,
    varied: true,
    vocabulary: [...symbols, ...symbols.map((symbol) => `${symbol}★`), "？"],
    answers: symbols,
    batch: (next, count, from, to) =>
      gathered(task, next, [count, from, to], (length) => {
        const pick = (n: number) => Math.floor(next() * n), answer = pick(symbols.length);
        const others = Array.from({ length: length - 1 }, () => pick(symbols.length));
        const tokens = [...others.with(pick(length - 1), marked + answer), question];
        return { tokens, answers: tokens.map((_, i) => i === length - 1 ? answer : -1) };
      }),
  };
}
