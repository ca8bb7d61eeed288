import assert from "node:assert/strict";
import { guess } from "@lib/notebook/guess.ts";
import { knobs } from "@lib/notebook/knobs.ts";
import { printed } from "./printed.ts";

knobs({ L: 4 });
const options = { A: "变", B: "不变", C: "要看权重" };
const asked = ["？ 先猜：输出变吗？", "   A  变", "   B  不变", "   C  要看权重"];

/** 出题印什么，揭晓印什么。 */
function played(pick: unknown, truths = { A: false, B: true, C: false }, when?: true | string): [string[], string[]] {
  let settle: ReturnType<typeof guess<"A" | "B" | "C">>["settle"];
  const before = printed(() => settle = guess("输出变吗？", options, pick as string).settle);
  return [before, printed(() => settle(truths, when))];
}

Deno.test("还没猜：提醒一句，照样跑完", () => {
  for (const blank of ["", "  ", "　"]) {
    assert.deepEqual(played(blank), [
      [...asked, "   还没猜：在最后那对引号里写 A、B、C 中的一个，再跑这一格。"],
      ["？ 还没猜。算出来是 B：不变"],
    ]);
  }
});

Deno.test("猜了：大小写、空格、全角字母都认得；对和错说得一样平", () => {
  for (const pick of ["B", "b", " b ", "Ｂ", "ｂ", "　Ｂ　"]) {
    assert.deepEqual(played(pick), [
      [...asked, "   你猜 B。往下跑，看算出来是什么。"],
      ["？ 你猜 B（不变），算出来就是 B。"],
    ]);
  }
  assert.deepEqual(played("C")[1], ["？ 你猜 C（要看权重），算出来是 B（不变）。"]);
});

Deno.test("答案由算出来的量决定，不写死在题里", () => {
  assert.deepEqual(played("A", { A: true, B: false, C: false })[1], ["？ 你猜 A（变），算出来就是 A。"]);
  assert.deepEqual(played("A", { A: false, B: false, C: true })[1], ["？ 你猜 A（变），算出来是 C（要看权重）。"]);
});

Deno.test("写了没有的选项：说有哪些，揭晓时当作没猜", () => {
  for (const pick of ["D", "AB", "变", "1"]) {
    assert.deepEqual(played(pick), [
      [...asked, `   没有“${pick}”这个选项：请写 A、B、C 中的一个。`],
      ["？ 还没猜。算出来是 B：不变"],
    ]);
  }
  assert.equal(played(undefined)[0].at(-1), "   没有“undefined”这个选项：请写 A、B、C 中的一个。");
});

Deno.test("这组旋钮下不适用：只说原因，不判对错", () => {
  assert.deepEqual(played("A", { A: true, B: true, C: true }, "只有一个词元")[1], [
    "？ 这组旋钮下这道题不适用：只有一个词元",
  ]);
});

Deno.test("一个也不成立，或不止一个成立：是题出错了，抛错", () => {
  for (
    const [truths, holding] of [
      [{ A: true, B: true, C: false }, "A、B"],
      [{ A: false, B: false, C: false }, "一个也没有"],
    ] as const
  ) {
    assert.throws(() => played("A", truths), {
      message: `无法揭晓“输出变吗？”：需要恰好一个选项成立：现在成立的是 ${holding}`,
    });
  }
});
