/**
 * 先猜（guess）：答案由后面的格算出来，猜的人先下注。
 *
 * 没猜也能一路跑完：只提醒一句“还没猜”。
 *
 * @module
 */
import { assertKnobs } from "@lib/notebook/knobs.ts";

/**
 * 一个下好的注（a placed guess）。
 *
 * @example
 * ```ts
 * import { guess, type Guess } from "@lib/notebook/guess.ts";
 *
 * const coin: Guess<"A" | "B"> = guess("正还是反？", { A: "正", B: "反" }, "a");
 * coin.settle({ A: true, B: false }); // ？ 你猜 A（正），算出来就是 A。
 * ```
 */
export interface Guess<Key extends string> {
  /**
   * 揭晓：每个选项对不对，由算出来的量决定，不写死。
   * @param truths 每个选项算出来成不成立；恰好一个成立
   * @param when 这组旋钮下问题不适用时，写一句原因
   */
  readonly settle: (truths: Readonly<Record<Key, boolean>>, when?: true | string) => void;
}

/**
 * 出一道先猜题，印出题目和选项。
 *
 * @param question 题目
 * @param options 选项，`{ A: "…", B: "…" }`
 * @param pick 猜的人写的字母；空串表示还没猜；大小写、空格不论
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { guess } from "@lib/notebook/guess.ts";
 *
 * const order = guess("换序以后输出变吗？", { A: "变", B: "不变" }, ""); // 还没猜
 * order.settle({ A: false, B: true }); // ？ 还没猜。算出来是 B：不变
 * assert.throws(() => order.settle({ A: true, B: true }), /恰好一个选项成立/);
 * ```
 */
export function guess<Key extends string>(
  question: string,
  options: Readonly<Record<Key, string>>,
  pick: string,
): Guess<Key> {
  assertKnobs();
  const keys = Object.keys(options) as Key[];
  const written = String(pick).normalize("NFKC").trim().toUpperCase();
  const chosen = keys.find((key) => key.toUpperCase() === written);
  console.log([`？ 先猜：${question}`, ...keys.map((key) => `   ${key}  ${options[key]}`)].join("\n"));
  if (written === "") console.log(`   还没猜：在最后那对引号里写 ${keys.join("、")} 中的一个，再跑这一格。`);
  else if (!chosen) console.log(`   没有“${pick}”这个选项：请写 ${keys.join("、")} 中的一个。`);
  else console.log(`   你猜 ${chosen}。往下跑，看算出来是什么。`);

  const settle = (truths: Readonly<Record<Key, boolean>>, when: true | string = true): void => {
    assertKnobs();
    if (when !== true) return console.log(`？ 这组旋钮下这道题不适用：${when}`);
    const right = keys.filter((key) => truths[key]);
    const answer = right[0];
    if (answer === undefined || right.length > 1) {
      throw new Error(`无法揭晓“${question}”：需要恰好一个选项成立：现在成立的是 ${right.join("、") || "一个也没有"}`);
    }
    if (!chosen) console.log(`？ 还没猜。算出来是 ${answer}：${options[answer]}`);
    else if (chosen === answer) console.log(`？ 你猜 ${chosen}（${options[chosen]}），算出来就是 ${answer}。`);
    else console.log(`？ 你猜 ${chosen}（${options[chosen]}），算出来是 ${answer}（${options[answer]}）。`);
  };
  return { settle };
}
