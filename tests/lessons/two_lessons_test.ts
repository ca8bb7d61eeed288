// 第 02 课（给老师）：板书上的数，记票，三道练习的判分。
import assert from "node:assert/strict";
import {
  board,
  boardPictures,
  type Gain,
  gain,
  gainProperties,
  handProperties,
  lengthProperties,
  pollRows,
} from "@lib/lessons/two_lessons.ts";
import { row } from "@lib/matrix.ts";
import { marked } from "./marked.ts";

Deno.test("板书：每远一格扣半分，权重一行加起来是 1，转完的分数是 cos(i − j)", () => {
  for (const L of [2, 4, 6]) {
    const { distances, bias, weights, turned } = board(L);
    for (let i = 0; i < L; i++) {
      assert.ok(Math.abs(row(weights, i).reduce((sum, w) => sum + w, 0) - 1) < 1e-12);
      for (let j = 0; j < L; j++) {
        assert.equal(row(distances, i)[j], i - j);
        assert.equal(row(bias, i)[j], j > i ? -Infinity : -(i - j) / 2 + 0);
        assert.ok(Math.abs(row(turned, i)[j]! - Math.cos(i - j)) < 1e-12);
      }
    }
  }
  for (const L of [1, 7, 2.5]) assert.throws(() => board(L), RangeError);
  assert.ok(boardPictures(4).every(({ width, height }) => width <= 960 && height <= 400));
});

Deno.test("记票：没人投就说没投；投对几成；还能提高的提高了几成", () => {
  const none = { A: 0, B: 0 };
  const rows = pollRows({
    空: { right: "A", before: none, after: none },
    半: { right: "A", before: { A: 5, B: 15 }, after: { A: 15, B: 5 } },
    退: { right: "B", before: { A: 5, B: 5 }, after: { A: 10, B: 0 } },
    满: { right: "B", before: { A: 0, B: 3 }, after: { A: 0, B: 3 } },
    只投一次: { right: "B", before: { A: 1, B: 3 }, after: none },
  });
  assert.deepEqual(rows.map((line) => Object.values(line).slice(1).join(" ")), [
    "还没投 还没投 —",
    "25 % 75 % 67 %",
    "50 % 0 % -100 %",
    "100 % 100 % —",
    "75 % 还没投 —",
  ]);
  assert.throws(() => pollRows({ 票: { right: "C", before: none, after: none } }), /对的是 A、B 之一/);
  assert.throws(() => pollRows({ 票: { right: "A", before: { A: 1.5 }, after: none } }), /记“票”的票数/);
  assert.throws(() => gain(1, 1), RangeError);
});

Deno.test("练习 1：−3；忘了正负号、少算一格的说得出", () => {
  assert.match(marked(-3, handProperties), /^✓/);
  assert.match(marked(-1.5 - 1 - 0.5, handProperties), /^✓/);
  assert.match(marked(3, handProperties), /是扣，写成负数/);
  assert.match(marked(-5, handProperties), /隔 3、2、1、0 格/);
});

Deno.test("练习 2：6；差一个、忘了前后分开数的不过", () => {
  assert.match(marked(6, lengthProperties), /^✓/);
  for (const L of [5, 4]) assert.match(marked(L, lengthProperties), /把最上面的 L 改大一个/);
  assert.doesNotMatch(marked(11, lengthProperties), /^✓/);
});

Deno.test("练习 3：两种写法都过；四种写坏的各说各的", () => {
  const other: Gain = (before, after) => 1 - (1 - after) / (1 - before);
  for (const right of [gain, other]) assert.match(marked(right, gainProperties, [0.5, 0.75]), /^✓/);
  const wrong: Array<readonly [Gain, RegExp]> = [
    [(_, after) => after, /分子是后面减前面/],
    [(before, after) => after - before, /分母是还能提高的/],
    [(before, after) => Math.abs(after - before) / (1 - before), /退步要是负的/],
    [(before, after) => (after - before) / before, /分母是还能提高的/],
  ];
  for (const [f, reason] of wrong) assert.match(marked(f, gainProperties, [0.5, 0.75]), reason);
});
