/**
 * 练习判分（exercise）：看性质，不对答案。
 *
 * 一个解对不对，看它满不满足几条性质；哪一条不满足，就说哪一条、量到多少、从哪里查起。
 * 写得和参考答案不一样，只要性质都在，就是对的。
 *
 * @module
 */
import { type Bound, boundWords, measuredWords, meets, spaced } from "@lib/notebook/bound.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";

/**
 * 一条性质（property）：从答案里量出一个数，和要求比。
 *
 * @example
 * ```ts
 * import { exercise, type Property } from "@lib/notebook/exercise.ts";
 *
 * const normKept: Property<(q: number[]) => number[]> = {
 *   name: "转完长度不变",
 *   measure: (rotate) => Math.hypot(...rotate([3, 4])) - 5,
 *   bound: 1e-12,
 *   hint: "检查两个式子里的正负号",
 * };
 * exercise("练习：转一转", (q) => [-q[1]!, q[0]!], [normKept], [[3, 4]]); // ✓ 练习：转一转：1 条性质都满足。
 * ```
 */
export interface Property<Answer> {
  /** 性质，一句话。 */
  readonly name: string;
  /** 从答案里量出一个数。 */
  readonly measure: (answer: Answer) => number;
  /** 要求。 */
  readonly bound: Bound;
  /** 不满足时，从哪里查起。 */
  readonly hint: string;
}

/**
 * 判一道练习，印一行：没写就说没写（`✎`），不对就说哪里不对（`✗`），对了就说满足几条（`✓`）。都不抛错，后面的格照跑。
 *
 * @param title 题目，例如 `练习 2`
 * @param answer 学习者的答案；`undefined`、`NaN`，或一个返回 `undefined` 的函数，都算还没写
 * @param properties 按顺序检查，停在第一条不满足的上面
 * @param sample 判断函数是否还是空桩时用的一组参数
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import { exercise } from "@lib/notebook/exercise.ts";
 *
 * const positive = { name: "是正数", measure: (x: number) => x, bound: { min: 0 }, hint: "权重不会是负的" };
 * exercise("练习 1", undefined, [positive]); // ✎ 练习 1：还没写……
 * exercise("练习 1", -2, [positive]); // ✗ 练习 1：“是正数”不成立：量到 −2，要求 ≥ 0。权重不会是负的
 * exercise("练习 1", 2, [positive]); // ✓ 练习 1：1 条性质都满足。
 * ```
 */
export function exercise<Answer>(
  title: string,
  answer: Answer | undefined,
  properties: ReadonlyArray<Property<Answer>>,
  sample: readonly unknown[] = [],
): void {
  assertKnobs();
  const blank = `✎ ${title}：还没写。写完再跑这一格，会一条一条查性质。`;
  try {
    const failure = answer === undefined || isBlank(answer, sample) ? blank : firstFailure(title, answer, properties);
    console.log(failure ?? `✓ ${title}：${properties.length} 条性质都满足。`);
  } catch (error) {
    console.log(`✗ ${title}：跑你的代码时出错：${error instanceof Error ? error.message : String(error)}`);
  }
}

function firstFailure<Answer>(title: string, answer: Answer, properties: ReadonlyArray<Property<Answer>>) {
  for (const { name, measure, bound, hint } of properties) {
    const measured = measure(answer);
    if (meets(measured, bound)) continue;
    const found = measuredWords(measured, bound), wanted = spaced(boundWords(bound));
    return `✗ ${title}：“${name}”不成立：量到 ${found}，要求${wanted}。${hint}`;
  }
  return undefined;
}

function isBlank(answer: unknown, sample: readonly unknown[]): boolean {
  if (Number.isNaN(answer)) return true;
  return typeof answer === "function" && answer(...sample) === undefined;
}
