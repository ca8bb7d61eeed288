/**
 * 查对联（associative recall）：上联下联一对一对地念，最后再念一个上联，问它的下联。
 *
 * 要先认内容（这个上联在哪），再走一步（它后面那个）：一层注意力只会一样，所以要两层。
 *
 * @module
 */
import { gathered, type Task } from "@lib/training/task.ts";

/**
 * 查对联，8 种上联、8 种下联；瞎猜对 1/8。长度是奇数：几对，加最后问的那个上联。
 *
 * 句子长到上联不够用时，同一个上联的下联总是同一个，所以答案还是只有一个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 * import { recall } from "@lib/training/recall.ts";
 *
 * const { tokens, answers } = recall().batch(uniforms(1, 0, 1), 1, 3, 3); // 一对，再问一次
 * assert.equal(tokens[2], tokens[0]);
 * assert.deepEqual(answers, [-1, -1, tokens[1]! - 8]);
 * ```
 */
export function recall(): Task {
  const kinds = 8,
    task = { name: "查对联", shortest: 3, odd: true },
    label = (what: string) => Array.from({ length: kinds }, (_, n) => `${what}${n + 1}`);
  return {
    ...task,
    vocabulary: [...label("上"), ...label("下")],
    answers: label("下"),
    varied: true,
    batch: (next, count, from, to) =>
      gathered(task, next, [count, from, to], (length) => {
        const pick = (n: number) => Math.floor(next() * n), pairs = Math.floor((length - 1) / 2);
        const order = shuffled(kinds, pick), partner = Array.from({ length: kinds }, () => pick(kinds));
        const uppers = Array.from({ length: pairs }, (_, n) => n < kinds ? order[n]! : pick(kinds));
        const asked = uppers[pick(pairs)]!;
        const tokens = [...uppers.flatMap((upper) => [upper, kinds + partner[upper]!]), asked];
        return { tokens, answers: tokens.map((_, i) => i === tokens.length - 1 ? partner[asked]! : -1) };
      }),
  };
}

/** 0 到 n − 1 打乱。 */
function shuffled(n: number, pick: (n: number) => number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = pick(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
