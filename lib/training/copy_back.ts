/**
 * 往回抄 k 个（copy k back）：每个位置的答案，是往回数 k 个的那个符号。
 *
 * 只要会“隔几个”就全对；内容帮不上忙，因为符号是随机的。
 *
 * @module
 */
import { requireInteger } from "@lib/errors.ts";
import { gathered, type Task } from "@lib/training/task.ts";

/**
 * 往回抄 k 个，8 种符号；瞎猜对 1/8。
 *
 * @param back 往回数几个（词元）
 * @throws {RangeError} `back` 不是 1 到 64 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 * import { copyBack } from "@lib/training/copy_back.ts";
 *
 * const { tokens, answers } = copyBack(3).batch(uniforms(1, 0, 1), 1, 5, 5);
 * assert.deepEqual(answers, [-1, -1, -1, tokens[0], tokens[1]]);
 * ```
 */
export function copyBack(back: number): Task {
  requireInteger("定往回抄几个", back, 1, 64);
  const symbols = [..."甲乙丙丁戊己庚辛"], task = { name: `往回抄 ${back} 个`, shortest: back + 1 };
  return {
    ...task,
    vocabulary: symbols,
    answers: symbols,
    batch: (next, count, from, to) =>
      gathered(task, next, [count, from, to], (length) => {
        const tokens = Array.from({ length }, () => Math.floor(next() * symbols.length));
        return { tokens, answers: tokens.map((_, i) => i < back ? -1 : tokens[i - back]!) };
      }),
  };
}
