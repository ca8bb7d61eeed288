// 四种题：答案对不对，长度对不对，训练和考试各出哪些。
import assert from "node:assert/strict";
import fc from "fast-check";
import { uniforms } from "@lib/random.ts";
import { copyBack } from "@lib/training/copy_back.ts";
import { findMarked } from "@lib/training/find_marked.ts";
import { greeting } from "@lib/training/greeting.ts";
import { recall } from "@lib/training/recall.ts";
import type { Task } from "@lib/training/task.ts";
import { law } from "../property.ts";

/** 一批题，一句一句地读：字、和每个位置的答案（不用作答是空的）。 */
function read(task: Task, seed: number, [count, from, to]: readonly [number, number, number], held = false) {
  const { tokens, answers, length } = task.batch(uniforms(seed, 0, 1), count, from, to, held);
  return Array.from({ length: count }, (_, b) => ({
    words: Array.from(tokens).slice(b * length, (b + 1) * length).filter((token) => token >= 0).map((token) =>
      task.vocabulary[token]!
    ),
    padded: Array.from(tokens).slice(b * length, (b + 1) * length),
    answers: Array.from(answers).slice(b * length, (b + 1) * length).map((answer) => task.answers[answer] ?? ""),
  }));
}
const lengths = fc.integer({ min: 4, max: 40 }), seeds = fc.nat(1e6);

law(
  "抄写：答案是往回数 k 个的那个",
  fc.property(seeds, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 30 }), (seed, back, more) => {
    for (const { words, answers } of read(copyBack(back), seed, [3, back + more, back + more])) {
      assert.deepEqual(answers, words.map((_, i) => words[i - back] ?? ""));
    }
  }),
);

law(
  "找记号：恰好一个带记号，最后一个是问号，只在问号那里作答；长短都有，短的后面填充",
  fc.property(seeds, lengths, (seed, to) => {
    const made = read(findMarked(), seed, [40, 3, to]);
    for (const { words, answers, padded } of made) {
      const marked = words.filter((word) => word.endsWith("★"));
      assert.equal(marked.length, 1);
      assert.equal(words.indexOf("？"), words.length - 1);
      assert.deepEqual(answers, padded.map((_, i) => i === words.length - 1 ? marked[0]![0] : ""));
      assert.ok(padded.every((token, i) => (token < 0) === (i >= words.length)));
    }
    if (to > 8) assert.ok(new Set(made.map(({ words }) => words.findIndex((word) => word.endsWith("★")))).size > 2);
    const sizes = made.map(({ words }) => words.length);
    assert.ok(Math.min(...sizes) >= 3 && Math.max(...sizes) <= to && new Set(sizes).size > 1);
  }),
);

law(
  "查对联：问的上联出现过，它后面总是同一个下联，就是答案",
  fc.property(seeds, fc.integer({ min: 1, max: 30 }), (seed, pairs) => {
    for (const { words, answers } of read(recall(), seed, [4, 3, 2 * pairs + 1])) {
      assert.equal(words.length % 2, 1);
      const asked = words.at(-1)!,
        after = words.slice(0, -1).flatMap((word, i) => word === asked ? [words[i + 1]] : []);
      assert.deepEqual([...new Set(after)], [answers[words.length - 1]]);
      assert.ok(words.every((word, i) => word.startsWith(i % 2 === 0 ? "上" : "下")));
      assert.equal(answers.filter(Boolean).length, 1);
    }
    const starts = read(recall(), seed, [40, 3, 3]).map(({ words }) => words[0]);
    assert.ok(new Set(starts).size > 4); // 上联打乱了
    const first = read(recall(), seed, [1, 17, 17])[0]!.words.filter((_, i) => i % 2 === 0).slice(0, 8);
    assert.equal(new Set(first).size, 8); // 8 对以内，上联不重复
  }),
);

law(
  "你好：一声招呼，在“好”那里答出称呼；别人离招呼至少 2 个字",
  fc.property(seeds, lengths, fc.nat(3), (seed, L, others) => {
    const starts = new Set<number>();
    for (const { words, answers } of read(greeting({ others }), seed, [20, L, L])) {
      const text = words.join(""), at = answers.findIndex(Boolean), whom = answers[at]!;
      assert.equal(answers.filter(Boolean).length, 1);
      assert.equal(text[at], "好");
      assert.ok(text.slice(at - 3, at + 1) === `${whom}你好` || text.slice(at - 1, at + 3) === `你好${whom}`);
      const start = text.slice(at - 3, at + 1) === `${whom}你好` ? at - 3 : at - 1;
      const rest = text.slice(0, Math.max(0, start - 2)) + "|" + text.slice(start + 6);
      assert.equal(rest.replaceAll(/[楼主二三四|]/g, ""), "");
      assert.match(text.slice(Math.max(0, start - 2), start) + text.slice(start + 4, start + 6), /^楼*$/);
      const mentioned = (rest.match(/楼主|[二三四]楼/g) ?? []).length;
      assert.ok(L < 30 || mentioned === others, `${text}：${mentioned}`); // 放得下就都提到，彼此不叠
      assert.ok(!rest.includes(whom), text); // 提到的是别人
      starts.add(start);
      assert.ok(mentioned <= others && (others === 0 || L < 12 || mentioned > 0), `${text}：${mentioned}`);
    }
    assert.ok(L < 8 || starts.size > 2); // 招呼在任意一处
  }),
);

Deno.test("你好：四个称呼、两种次序都训练；原话只训练两句，考的是另外两个称呼", () => {
  const said = (posted: boolean, held: boolean) =>
    [...new Set(read(greeting({ posted }), 1, [300, 4, 4], held).map(({ words }) => words.join("")))].sort();
  const both = (...names: string[]) => names.flatMap((name) => [`${name}你好`, `你好${name}`]).sort();
  assert.deepEqual(said(false, false), both("楼主", "二楼", "三楼", "四楼"));
  assert.deepEqual(said(true, false), ["三楼你好", "你好四楼"].sort());
  assert.deepEqual(said(true, true), both("楼主", "二楼"));
  assert.ok(!said(true, false).join("").includes("主") && !said(true, false).join("").includes("二"));
});

Deno.test("同一个种子，同一批题；答案各种都有，差不多一样多", () => {
  for (const task of [copyBack(3), findMarked(), recall(), greeting()]) {
    assert.deepEqual(read(task, 5, [9, 7, 7]), read(task, 5, [9, 7, 7]));
    assert.notDeepEqual(read(task, 6, [9, 7, 7]), read(task, 5, [9, 7, 7]));
    const counts = new Map<string, number>();
    for (const { answers } of read(task, 1, [2000, 7, 7])) {
      for (const one of answers.filter(Boolean)) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    assert.equal(counts.size, task.answers.length, task.name);
    assert.ok(Math.max(...counts.values()) < 1.5 * Math.min(...counts.values()), `${task.name}：${[...counts]}`);
  }
});

Deno.test("出不了题的长度：说出最短要几个", () => {
  const says = (task: Task, from: number, to: number) => () => task.batch(uniforms(1, 0, 1), 2, from, to);
  assert.throws(says(copyBack(3), 3, 3), {
    name: "RangeError",
    message: /^无法出“往回抄 3 个”的题：需要句子有 4 到 1024 个词元（再短就没有答案）：现在是 3$/,
  });
  assert.throws(says(findMarked(), 2, 8), /需要句子有 3 到 1024 个词元/);
  assert.throws(says(recall(), 4, 9), /无法出“查对联”的题：需要奇数个词元：现在是 4/);
  assert.throws(says(greeting(), 3, 4), /“你好”的题：需要句子有 4 到 1024/);
  assert.throws(says(copyBack(3), 8, 7), /定最长几个词元：需要不小于 8 的整数：现在是 7/);
  assert.throws(says(copyBack(3), 4, 2000), /现在是 2000/);
  assert.throws(() => copyBack(0), /无法定往回抄几个：需要 1 到 64 之间的整数：现在是 0/);
  assert.throws(() => greeting({ others: 9 }), /定提到几个别人：需要 0 到 8 之间的整数：现在是 9/);
  assert.throws(() => greeting({ posted: "是" as never }), /定是不是原话：需要 true 或 false/);
});
