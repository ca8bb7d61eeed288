// 第 33 课：上界和点积，最低的平均，二分；三道练习的判分。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import {
  type Allowed,
  allowedProperties,
  bisected,
  ceiling,
  handProperties,
  integerBaseProperties,
  lowest,
  smallestBases,
  spaced,
} from "@lib/lessons/decay_and_base.ts";
import { baseBound } from "@lib/limits/base_bound.ts";
import { matrix } from "@lib/matrix.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 8, maxLength: 8 });

law(
  "8265(16)：点积（取过实部的也一样）不超过上界；RoPE 真的转出来的也不超过",
  fc.property(vector, vector, fc.integer({ min: 0, max: 5000 }), (q, k, distance) => {
    const { sizes, bounds } = ceiling(q, k, inverseFrequencies(8, 10000), [distance]);
    const { scores } = attention({
      queries: matrix([q]),
      keys: matrix([k]),
      values: matrix([[0]]),
      encoding: rope({ dimension: 8 }),
      queryPositions: [distance],
      positions: [0],
    });
    assert.ok(sizes[0]! <= bounds[0]! + 1e-9);
    assert.ok(Math.abs(scores.data[0]! * Math.sqrt(8)) <= sizes[0]! + 1e-9);
  }),
);

Deno.test("手算：q = (1, 0, 1, 0)、k = (1, 0, 0, 2)，h = 1 和 −2i", () => {
  // 隔 0 个：|1 − 2i| = √5；|h₁ − h₀| = √5，|h₂ − h₁| = 2，S₁、S₂ 的大小是 1、2。
  const still = ceiling([1, 0, 1, 0], [1, 0, 0, 2], [1, 0.5], [0]);
  assert.ok(Math.abs(still.sizes[0]! - Math.sqrt(5)) < 1e-12);
  assert.ok(Math.abs(still.bounds[0]! - 3 * Math.sqrt(5)) < 1e-12);
  // 转快的 π、慢的 π/2：−1 − 2i·i = −1 + 2 = 1。
  const turned = ceiling([1, 0, 1, 0], [1, 0, 0, 2], [1, 0.5], [Math.PI]);
  assert.ok(Math.abs(turned.sizes[0]! - 1) < 1e-12);
  // h = 3 和 0：最大的一跳是从 3 到 0；h = 3 和 3：只有最后一跳，从 3 到补的 0。
  for (const q of [[3, 0, 0, 0], [3, 0, 3, 0]]) {
    assert.ok(Math.abs(ceiling(q, [1, 0, 1, 0], [1, 0.5], [0]).bounds[0]! - 9) < 1e-12);
  }
  assert.throws(() => ceiling([1, 2], [1, 2, 3, 4], [1, 0.5], [0]), /需要/);
});

Deno.test("对数地取距离：整数、不重复、从 1 到最远", () => {
  assert.deepEqual(spaced(1, 10), [1]);
  assert.deepEqual(spaced(5, 100), [1, 2, 3, 4, 5]);
  const many = spaced(8192, 200);
  assert.ok(many.every((t, n) => n === 0 || t > many[n - 1]!) && many.at(-1) === 8192 && many.length > 100);
  assert.throws(() => spaced(0, 10), RangeError);
  assert.throws(() => spaced(10, 1), RangeError);
});

law(
  "最低的平均：和一个一个距离算的一样；长了只会更低",
  fc.property(fc.double({ min: 2, max: 1e6, noNaN: true }), fc.integer({ min: 2, max: 60 }), (base, length) => {
    const mean = (m: number) =>
      Array.from({ length: 8 }, (_, i) => Math.cos(m * base ** (-i / 8))).reduce((sum, x) => sum + x, 0) / 8;
    const all = Array.from({ length }, (_, m) => mean(m));
    assert.ok(Math.abs(lowest(base, { length, dimension: 16 }) - Math.min(...all)) < 1e-12);
    assert.ok(lowest(base, { length: length + 1, dimension: 16 }) <= lowest(base, { length, dimension: 16 }));
  }),
);

Deno.test("二分：停的地方合格，往下一点就不合格，可不是最小的；两头不对就拒绝", () => {
  const window = { length: 1024 }, found = bisected(1000, 1e6, window), smallest = baseBound(window)!.lower;
  assert.ok(lowest(found * (1 + 1e-9), window) >= 0 && lowest(found * (1 - 1e-9), window) < 0);
  assert.ok(found > smallest * 1.3);
  assert.throws(() => bisected(4300, 1e6, window), /小的一头不合格/);
  assert.throws(() => bisected(1000, 5000, window), /大的一头合格/);
});

Deno.test("表：长度、最小的底数、两种印出来的数对得上", () => {
  assert.deepEqual(smallestBases.slice(0, 2).map(({ length, post, paper }) => [length, post, paper]), [
    [1024, 4300, 4300],
    [2048, 12000, 16000],
  ]);
  assert.equal(smallestBases.length, 11);
  for (const { length, lower } of smallestBases.slice(0, 2)) assert.ok(lowest(lower * (1 + 1e-9), { length }) >= 0);
});

const sums = (base: number, length: number, dimension: number, exponent = 2) =>
  Array.from(
    { length },
    (_, m) =>
      Array.from({ length: dimension / 2 }, (_, i) => Math.cos(m * base ** (-exponent * i / dimension)))
        .reduce((sum, x) => sum + x, 0),
  );
const judge = (allowed: Allowed) => marked(allowed, allowedProperties, [10000, 1024, 128]);

const right: Array<[string, string]> = [
  ["1", marked(-0.5, handProperties)],
  ["1 用余弦的和", marked((Math.cos(Math.PI) + Math.cos(Math.PI / 2)) / 2, handProperties)],
  ["2", marked(2982, integerBaseProperties)],
  ["2 往上取整", marked(Math.ceil(baseBound({ length: 700 })!.lower), integerBaseProperties)],
  ["3 照式子", judge((b, L, d) => sums(b, L, d).every((sum) => sum >= 0))],
  ["3 找最小的", judge((b, L, d) => lowest(b, { length: L, dimension: d }) >= 0)],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：33-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 没除以 2", marked(-1, handProperties), /和代进式子的一样”不成立/],
  ["1 隔 1 个的", marked(Math.SQRT1_2 / 2, handProperties), /和代进式子的一样”不成立.*180 度/],
  ["1 写成角度", marked(270, handProperties), /−1 和 1 之间”不成立.*除以 2/],
  ["2 四舍五入", marked(2981, integerBaseProperties), /合格：700 个.*不成立.*四舍五入/],
  ["2 带小数", marked(2981.1, integerBaseProperties), /整数”不成立.*不带小数/],
  ["2 无穷大", marked(Infinity, integerBaseProperties), /整数”不成立/],
  ["2 一千零二十四的", marked(4294, integerBaseProperties), /比它小的整数都不合格”不成立.*L 改成 700/],
  ["2 无穷维的估计", marked(1135, integerBaseProperties), /合格：700 个.*不成立/],
  ["3 一直说合格", judge(() => true), /1000 不合格，10 万合格.*不成立/],
  ["3 大于某个数", judge((b, L) => b > (L < 1024 ? 100 : 4293)), /5620 又合格.*不成立.*不是“大于某个数”/],
  ["3 只看最后一个", judge((b, L, d) => sums(b, L, d).at(-1)! >= 0), /不成立/],
  ["3 算多了一个", judge((b, L, d) => sums(b, L + 1, d).every((s) => s >= 0)), /L − 1 和 L，判错.*不成立.*L 自己不算/],
  ["3 少算一个", judge((b, L, d) => sums(b, L - 1, d).every((s) => s >= 0)), /L − 1 和 L，判错.*不成立/],
  ["3 维数写死", judge((b, L) => sums(b, L, 128).every((s) => s >= 0)), /换一个维数.*不成立.*别写死 128/],
  ["3 指数少了 2", judge((b, L, d) => sums(b, L, d, 1).every((s) => s >= 0)), /不成立/],
  ["3 返回一个数", judge((() => 1) as never), /需要返回 true 或 false/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：33-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：33", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));
