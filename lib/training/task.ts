/**
 * 题（task）：一种题怎么出，有哪些词元，几种答案。
 *
 * 题分三种要位置的法子：只看隔几个（抄写），一点也不要位置（找记号），先认内容再走一步（查对联）。
 *
 * @module
 */
import { explain, requireInteger } from "@lib/errors.ts";
import type { Batch } from "@lib/training/objective.ts";

/**
 * 一种题。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 * import { copyBack } from "@lib/training/copy_back.ts";
 * import type { Task } from "@lib/training/task.ts";
 *
 * const task: Task = copyBack(3);
 * assert.equal(task.batch(uniforms(1, 0, 1), 2, 16, 16).tokens.length, 32);
 * ```
 */
export interface Task {
  /** 题目的名字，中文。 */
  readonly name: string;
  /** 每种词元怎么写。 */
  readonly vocabulary: readonly string[];
  /** 每种答案怎么写。 */
  readonly answers: readonly string[];
  /** 最短几个词元才出得了题。 */
  readonly shortest: number;
  /** 长度只能是奇数（一对一对，加一个问的）。 */
  readonly odd?: boolean;
  /** 训练时句子有长有短，从 `shortest` 到 L；不写就全是 L。 */
  readonly varied?: boolean;
  /** 只能双向（答案在后面）；不写就是因果。 */
  readonly bidirectional?: boolean;
  /**
   * 出一批题。
   *
   * @param next 每调用一次给一个 0 到 1 的均匀数
   * @param count 几句
   * @param from 一句最短几个词元
   * @param to 一句最长几个词元，短的在后面填充
   * @param held 训练时留着不出的题也出（只有会留题的任务看它）
   */
  readonly batch: (next: () => number, count: number, from: number, to: number, held?: boolean) => Batch;
}

/**
 * 从一句一句的题，拼成一批：句子长短均匀地抽，短的后面填 −1。
 *
 * @param task 题的名字和最短长度，写在错误里
 * @param sentence 出一句 L 个词元的题，词元和答案各 L 个
 * @throws {RangeError} 长度短得出不了题，或 `from` 大于 `to`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 * import { gathered } from "@lib/training/task.ts";
 *
 * const sentence = (L: number) => ({ tokens: Array<number>(L).fill(7), answers: Array<number>(L).fill(0) });
 * const { tokens } = gathered({ name: "全是七", shortest: 2 }, uniforms(1, 0, 1), [1, 2, 3], sentence);
 * assert.ok(`${tokens}` === "7,7,-1" || `${tokens}` === "7,7,7");
 * ```
 */
export function gathered(
  task: Pick<Task, "name" | "shortest" | "odd">,
  next: () => number,
  [count, from, to]: readonly [count: number, from: number, to: number],
  sentence: (length: number) => { readonly tokens: readonly number[]; readonly answers: readonly number[] },
): Batch {
  requireInteger(`出“${task.name}”的题，定几句`, count, 1, 2 ** 16);
  requireLength(task, from);
  requireInteger(`出“${task.name}”的题，定最长几个词元`, requireLength(task, to), from);
  const made = Array.from({ length: count }, () => sentence(from + Math.floor(next() * (to - from + 1))));
  const filled = (row: readonly number[]) => [...row, ...Array<number>(to - row.length).fill(-1)];
  return {
    count,
    length: to,
    tokens: made.flatMap(({ tokens }) => filled(tokens)),
    answers: made.flatMap(({ answers }) => filled(answers)),
  };
}

/**
 * 这么长出得了题吗。
 *
 * @throws {RangeError} 不是整数，比最短的还短，或长于 1024
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireLength } from "@lib/training/task.ts";
 *
 * assert.throws(() => requireLength({ name: "往回抄 3 个", shortest: 4 }, 3), {
 *   message: "无法出“往回抄 3 个”的题：需要句子有 4 到 1024 个词元（再短就没有答案）：现在是 3",
 * });
 * ```
 */
export function requireLength(task: Pick<Task, "name" | "shortest" | "odd">, length: number): number {
  if (!Number.isInteger(length) || length < task.shortest || length > 1024) {
    const expected = `句子有 ${task.shortest} 到 1024 个词元（再短就没有答案）`;
    throw new RangeError(explain(`出“${task.name}”的题`, expected, length));
  }
  if (task.odd && length % 2 === 0) throw new RangeError(explain(`出“${task.name}”的题`, "奇数个词元", length));
  return length;
}
