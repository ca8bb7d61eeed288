// 第 11 课：四个发明和量它们的尺子；三道练习的判分。
import assert from "node:assert/strict";
import {
  added,
  closest,
  codeProperties,
  codeTable,
  faults,
  flipsProperties,
  gap,
  inventions,
  smoothBits,
  speedProperties,
  steps,
} from "@lib/lessons/invent_a_code.ts";
import { measure } from "@lib/bench/measure.ts";
import { matrix } from "@lib/matrix.ts";
import { marked } from "./marked.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, m) => m);

Deno.test("四个发明：整数、分数、二进制、一个正弦", () => {
  const [integer, share, binary, sine] = inventions(8, 2);
  assert.deepEqual(integer!.at(5, 3), [5, 5, 5]);
  assert.deepEqual(share!.at(6, 2), [0.75, 0.75]);
  for (const m of upTo(64)) assert.equal(binary!.at(m, 6).reduce((sum, bit, t) => sum + bit * 2 ** t, 0), m);
  assert.deepEqual(sine!.at(3, 1), [Math.sin(6)]);
  assert.throws(() => inventions(0, 1), RangeError);
});

Deno.test("放上实验台：四个都看得出换序，四个都经不起平移", () => {
  for (const code of inventions(10, 1)) {
    const { order, shift } = measure(added(code), { L: 10, d: 8 });
    assert.ok(order.measured! > 1e-3 && shift.measured! > 1e-3, code.name);
  }
});

Deno.test("尺子：最近的两个、走一格、两行之差", () => {
  assert.equal(gap([1, 2, 3], [1, 5, 7]), 5);
  assert.equal(closest(matrix([[0, 0], [9, 1], [3, 4]])), 5);
  assert.equal(closest(matrix([[2], [7], [2]])), 0);
  assert.deepEqual(steps(matrix([[1]])), []);
  assert.throws(() => closest(matrix([[1]])), RangeError);
  // 二进制一步翻几位，走的距离就是几的平方根。
  const moved = steps(codeTable(inventions(8, 1)[2]!, upTo(8), 3)).map((step) => Math.round(step ** 2));
  assert.deepEqual(moved, [1, 2, 1, 3, 1, 2, 1]);
});

Deno.test("毛病：整数没有界，分数一步变成十分之一，二进制一步翻几位不定，正弦忽快忽慢", () => {
  const [integer, share, binary, sine] = faults(16, 4, 1);
  assert.deepEqual([integer!.largest, integer!.longer, integer!.least], [159, 1, integer!.most]);
  assert.ok(Math.abs(share!.longer - 0.1) < 1e-12 && share!.largest < 1);
  assert.deepEqual([binary!.least, binary!.most, binary!.nearest], [1, 2, 1]);
  assert.ok(sine!.most / sine!.least > 5 && sine!.nearest < 0.1);
  assert.equal(faults(16, 2, 1)[2]!.nearest, 0); // 两位只数到 3，后面撞号
});

Deno.test("平滑的二进制：在位翻的地方取到 0 和 1，走一格比二进制匀", () => {
  assert.deepEqual(upTo(8).map((m) => Math.round(smoothBits.at(m, 2)[1]!)), [0, 0, 1, 1, 0, 0, 1, 1]);
  const moved = steps(codeTable(smoothBits, upTo(16), 4));
  assert.ok(Math.max(...moved) / Math.min(...moved) < 1.5);
});

const hands = (m: number) => [Math.cos(m), Math.sin(m), Math.cos(m / 200), Math.sin(m / 200)];
const judge = (code: (m: number) => number[] | undefined) => marked(code, codeProperties, [1]);

const right: Array<[string, string]> = [
  ["1", marked(11, flipsProperties)],
  ["2 试出来的", marked(1.453, speedProperties)],
  ["2 快的也行", marked(3.011, speedProperties)],
  ["3 两根指针", judge(hands)],
  ["3 换个快慢，先竖后横", judge((m) => [Math.sin(2 * m), Math.cos(2 * m), Math.sin(m / 300), Math.cos(m / 300)])],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：11-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 一步一位", marked(7, flipsProperties), /有的一步翻不止一位”不成立.*翻了两位/],
  ["1 多数一位", marked(12, flipsProperties), /一步一步数出来的一样”不成立：量到 1/],
  ["2 没改", marked(1, speedProperties), /最近的两个也差到 0.1”不成立/],
  ["2 太慢", marked(0.01, speedProperties), /最近的两个也差到 0.1”不成立.*太慢了挤在一起/],
  ["2 转过头", marked(2 * Math.PI + 1.453, speedProperties), /0 到 π 之间”不成立.*转过头/],
  ["3 整数", judge((m) => [m, m, m, m]), /没有一个数超过 1”不成立：量到 9999/],
  ["3 除以一个大数", judge((m) => [m / 10000, 0, 0, 0]), /最近的两个差到 0.001”不成立/],
  [
    "3 一根快指针",
    judge((m) => [Math.cos(m), Math.sin(m), Math.cos(m), Math.sin(m)]),
    /最近的两个差到 0.001”不成立.*两个都要/,
  ],
  [
    "3 只用正弦",
    judge((m) => [1, 0.5, 0.25, 0.125].map((w) => Math.sin(w * m))),
    /走一格变的一样多”不成立.*横、竖/,
  ],
  ["3 二进制", judge((m) => upTo(4).map((t) => Math.floor(m / 6 ** t) % 6 / 6)), /走一格变的一样多”不成立/],
  ...[0, 1].map((late): [string, string, RegExp] => [
    `3 锯齿，在${late ? "奇" : "偶"}数格折返`,
    judge((m) => [Math.abs((m + late) % 2200 - 1100) / 1100, 0, 0, 0]),
    /走两格也一样远，没有折回来的地方”不成立.*让它转圈/,
  ]),
  ["3 三个数", judge((m) => [m, m, m]), /需要返回四个有限的数/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：11-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：11", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));
