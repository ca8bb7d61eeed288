// 第 22 课：材料过定律，练习的对错都判得出、说得清。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { cope } from "@lib/encodings/cope.ts";
import { rope } from "@lib/encodings/rope.ts";
import * as lesson from "@lib/lessons/bias_family.ts";
import { matrix } from "@lib/matrix.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const lengths = fc.integer({ min: 1, max: 80 });

law(
  "权重：从近到远，加起来是 1；ALiBi 每远一格乘 e^−m",
  fc.property(lengths, fc.double({ min: 0.01, max: 3, noNaN: true }), (length, slope) => {
    const weights = lesson.weightsBack(alibi(slope), length);
    assert.equal(weights.length, length);
    assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-9);
    for (let t = 1; t < length; t++) assert.ok(Math.abs(weights[t]! / weights[t - 1]! - Math.exp(-slope)) < 1e-9);
  }),
);

law(
  "加了几：减去距离 0 的那个数",
  fc.property(lengths, fc.double({ min: 0, max: 4, noNaN: true }), (length, slope) => {
    lesson.biasBack(alibi(slope), length).forEach((b, t) => assert.ok(Math.abs(b + slope * t) < 1e-9));
    const shifted = { ...nope, score: (distances: Float64Array) => ({ bias: distances.map((t) => 7 - slope * t) }) };
    lesson.biasBack(shifted, length).forEach((b, t) => assert.ok(Math.abs(b + slope * t) < 1e-9));
  }),
);

law(
  "有效窗口：装得下 95 %，少一个就装不下",
  fc.property(lengths, fc.double({ min: 0, max: 3, noNaN: true }), (length, slope) => {
    const encoding = alibi(slope), weights = lesson.weightsBack(encoding, length);
    const count = lesson.effectiveWindow(encoding, length);
    const held = (n: number) => weights.slice(0, n).reduce((a, b) => a + b, 0);
    assert.ok(count >= 1 && held(count) >= 0.95 - 1e-9 && held(count - 1) < 0.95);
  }),
);

law(
  "写好的表：权重最大的就是要的那个距离",
  fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 40 }), (back, more) => {
    assert.equal(lesson.farthestPeak(lesson.pointBack(back, 5), back + more), back);
    assert.deepEqual([...lesson.biasBack(lesson.pointBack(back, 5), back + more)].filter((b) => b !== 0), [5]);
    assert.equal(lesson.farthestPeak(lesson.fireAt(back, 64), back + more), back);
  }),
);

Deno.test("FIRE：门槛以内不动，过了门槛，看的那个越来越远", () => {
  const peaks = [10, 64, 256, 1024].map((length) => lesson.farthestPeak(lesson.fireAt(3, 64), length));
  assert.deepEqual(peaks.slice(0, 2), [3, 3]);
  assert.ok(peaks[2]! > 3 && peaks[3]! > peaks[2]!);
});

Deno.test("换一个词：Shaw 和 RoPE 换距离，偏置不换", () => {
  assert.equal(lesson.askedBy(lesson.shawTwo(2, 5), [1, 0], 9).back, 2);
  assert.equal(lesson.askedBy(lesson.shawTwo(2, 5), [0, 1], 9).back, 5);
  assert.equal(
    lesson.askedBy(lesson.pointBack(4, 9), [1, 0], 9).back,
    lesson.askedBy(lesson.pointBack(4, 9), [0, 1], 9).back,
  );
  const { back, weight } = lesson.askedBy(rope({ dimension: 2 }), [30 * Math.cos(2), -30 * Math.sin(2)], 7);
  assert.equal(back, 2);
  assert.ok(weight > 0.9 && weight <= 1);
});

law(
  "CoPE 数句号：句子多长，第 2 个句号都找得到",
  fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 5 }), (sizes) => {
    const text = sizes.map((n) => "字".repeat(n)).join("。");
    const { weights } = attention({ ...lesson.fullStops(text), causal: true, encoding: cope(lesson.countedTo(2)) });
    const last = sizes.at(-1)!, before = sizes.at(-2)!;
    assert.equal(lesson.lastPeak(weights), last + before + 1);
  }),
);

Deno.test("一样大的，取最近的", () => {
  assert.equal(lesson.lastPeak(matrix([[0.3, 0.3, 0.4], [0.4, 0.4, 0.2]])), 1);
  assert.equal(lesson.farthestPeak(nope, 5), 0);
});

const judge = (bias: lesson.Bias) => marked(bias, lesson.fiveBackProperties, [5]);

const right: Array<[string, string]> = [
  ["22-1 向上取整", marked(12, lesson.windowProperties)],
  ["22-1 照式子算", marked(Math.ceil(4 * Math.log(20)), lesson.windowProperties)],
  ["22-2 两位小数", marked(0.03, lesson.slopeProperties)],
  ["22-2 照式子算", marked(Math.log(20) / 99.5, lesson.slopeProperties)],
  ["22-3 一个尖", judge((t) => t === 5 ? 12 : 0)],
  ["22-3 两边直线下降", judge((t) => -8 * Math.abs(t - 5))],
];

for (const [name, line] of right) {
  Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["22-1 斜率的倒数", marked(4, lesson.windowProperties), /装得下 95 %”不成立：量到 0\.63.*不超过 0\.05/],
  ["22-1 向下取整", marked(11, lesson.windowProperties), /装得下 95 %”不成立/],
  ["22-1 多了一个", marked(13, lesson.windowProperties), /少一个就装不下”不成立.*还能再少/],
  ["22-1 没取整", marked(11.98, lesson.windowProperties), /是整数”不成立.*向上取整/],
  ["22-2 把 100 当成倒数", marked(1 / 100, lesson.slopeProperties), /不超过 100”不成立.*斜率再大/],
  ["22-2 太陡", marked(0.05, lesson.slopeProperties), /不小于 100”不成立：量到 60.*斜率再小/],
  ["22-3 越远越小", judge((t) => -t / 2), /比哪个都大”不成立.*越远越小的偏置办不到/],
  ["22-3 什么也不加", judge(() => 0), /比哪个都大”不成立/],
  ["22-3 符号反了", judge((t) => t === -5 ? 12 : 0), /比哪个都大”不成立/],
  ["22-3 尖得不够", judge((t) => -Math.abs(t - 5)), /64 个词元，第 5 个的权重不小于 0\.9”不成立.*差得还不够多/],
  ["22-3 长了被冲淡", judge((t) => t === 5 ? 7 : 0), /4096 个词元，也不小于 0\.9”不成立.*被冲淡/],
  ["22-3 当成掩码", judge((t) => t === 5 ? 0 : -Infinity), /出错：每个距离都要返回一个有限的数/],
];

for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
}
