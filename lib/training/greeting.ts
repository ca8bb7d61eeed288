/**
 * 你好（greeting）：楼里的题。「三楼你好」「你好四楼」，问：跟谁打招呼？在“好”那里作答。
 *
 * 楼里的原话学不会，和位置没有关系，有两条：
 *
 * 1. 训练的两句里没有“主”和“二”，考的却是“楼主”“二楼”：没见过的字，没见过的答案。
 * 2. 因果的模型读到“你好”时，还看不见后面的“四楼”。
 *
 * 所以这里双向，四个称呼、两种次序都训练，只把长度和位置留到考试。原话的那一种也出得了，`posted`。
 *
 * @module
 */
import { requireBoolean, requireInteger, requireOptions } from "@lib/errors.ts";
import { gathered, type Task } from "@lib/training/task.ts";

/**
 * 题怎么出。
 *
 * @example
 * ```ts
 * import { greeting, type GreetingOptions } from "@lib/training/greeting.ts";
 *
 * const harder: GreetingOptions = { others: 1 };
 * greeting(harder);
 * ```
 */
export interface GreetingOptions {
  /** 句子够长时，别处还提到几个别人；不写是 0。 */
  readonly others?: number;
  /** 照楼里的原话：只训练「三楼你好」「你好四楼」，考「楼主」「二楼」；不写是 `false`。 */
  readonly posted?: boolean;
}

/** 每个字。 */
const vocabulary = [..."楼主二三四你好"];
/** 四个称呼，各两个字；答案是哪一个。 */
const names = ["楼主", "二楼", "三楼", "四楼"];

/**
 * 「你好」的题。4 个字的句子就是一声招呼；更长的句子，招呼在任意一处，别处是“楼”字，或者提到别人（隔着招呼至少 2 个字）。
 *
 * 填空用“楼”，因为它训练过，又不是任何人：这样留到考试的只有长度和位置。
 *
 * @throws {RangeError} `others` 不是 0 到 8 的整数
 * @throws {ShapeError} 不是一组设置
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { uniforms } from "@lib/random.ts";
 * import { greeting } from "@lib/training/greeting.ts";
 *
 * const { vocabulary, answers, batch } = greeting(), one = batch(uniforms(1, 0, 1), 1, 4, 4);
 * const said = Array.from(one.tokens, (token) => vocabulary[token]).join("");
 * const whom = answers[Math.max(...Array.from(one.answers))]!;
 * assert.ok(said === `${whom}你好` || said === `你好${whom}`);
 * ```
 */
export function greeting(options: GreetingOptions = {}): Task {
  const { others = 0, posted = false } = requireOptions("出“你好”的题", options);
  requireInteger("出“你好”的题，定提到几个别人", others, 0, 8);
  requireBoolean("出“你好”的题，定是不是原话", posted);
  const task = { name: posted ? "你好（楼里的原话）" : "你好", shortest: 4 };
  return {
    ...task,
    vocabulary,
    answers: names,
    bidirectional: true,
    batch: (next, count, from, to, held = false) =>
      gathered(task, next, [count, from, to], (length) => {
        const pick = (n: number) => Math.floor(next() * n);
        const whom = !posted ? pick(4) : held ? pick(2) : 2 + pick(2);
        const after = posted && !held ? whom === 3 : pick(2) === 1; // 原话：三楼在前，四楼在后
        const start = pick(length - 3), said = after ? `你好${names[whom]}` : `${names[whom]}你好`;
        const text = Array<string>(length).fill("楼");
        text.splice(start, 4, ...said);
        for (const at of mentions(length, start, others, pick)) text.splice(at, 2, ...names[(whom + 1 + pick(3)) % 4]!);
        const tokens = text.map((character) => vocabulary.indexOf(character));
        return { tokens, answers: tokens.map((_, i) => i === start + (after ? 1 : 3) ? whom : -1) };
      }),
  };
}

/** 别人提到在哪：至多 `wanted` 处，每处两个字，彼此不叠，和招呼隔着至少 2 个字。 */
function mentions(length: number, start: number, wanted: number, pick: (n: number) => number): number[] {
  let free = Array.from({ length: length - 1 }, (_, at) => at).filter((at) => at + 1 < start - 2 || at > start + 5);
  const found: number[] = [];
  while (found.length < wanted && free.length > 0) {
    const at = free[pick(free.length)]!;
    found.push(at);
    free = free.filter((other) => Math.abs(other - at) > 1);
  }
  return found;
}
