// 第 30 课：8265(3) 的残差；三道练习的判分。
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  facing,
  handProperties,
  relativity,
  returnProperties,
  type Speed,
  speedProperties,
  turnsPerStep,
  wish,
  written,
} from "@lib/lessons/two_dimensions.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const number = fc.double({ min: -3, max: 3, noNaN: true });
const point = fc.record({ re: number, im: number }).filter(({ re, im }) => Math.hypot(re, im) > 0.1);

law(
  "转 mθ 合 8265(3)；多转一个常数也合；加、越转越快不合",
  fc.property(point, point, fc.double({ min: 0.1, max: 1, noNaN: true }), (q, k, theta) => {
    const residual = (formula: string) =>
      relativity(written(formula, theta), written(formula, theta), { q, k, count: 8 });
    assert.ok(residual("z * e^(i * m * θ)") < 1e-12);
    assert.ok(residual("z * e^(i * (m * θ + 2))") < 1e-12);
    assert.ok(residual("z + 3 * e^(i * m * θ)") > 1e-6);
    assert.ok(residual("z * e^(i * m^2 * θ)") > 1e-6);
  }),
);

law(
  "共轭相乘：长度相乘，角度相减；实部是点积",
  fc.property(point, point, (a, b) => {
    const { re, im } = facing(a, b);
    assert.ok(Math.abs(re - (a.re * b.re + a.im * b.im)) < 1e-12);
    assert.ok(Math.abs(Math.hypot(re, im) - Math.hypot(a.re, a.im) * Math.hypot(b.re, b.im)) < 1e-12);
    const turned = Math.atan2(im, re) - Math.atan2(a.im, a.re) + Math.atan2(b.im, b.re);
    assert.ok(Math.abs(Math.sin(turned)) < 1e-9 && Math.cos(turned) > 0);
  }),
);

Deno.test("查询伸、键缩：两个不同的 f 也合；同一个就不合", () => {
  const [grow, shrink] = ["1.1^m", "1.1^(-m)"].map((size) => written(`z * e^(i * m * θ) * ${size}`, 0.3));
  const options = { q: { re: 1, im: 2 }, k: { re: -1, im: 0.5 }, count: 6 };
  assert.ok(relativity(grow!, shrink!, options) < 1e-12);
  assert.ok(relativity(grow!, grow!, options) > 0.1);
  assert.throws(() => relativity(grow!, grow!, { ...options, count: 0 }), RangeError);
});

Deno.test("每步转多少：m² 一步比一步多 2θ；转过半圈的折回来", () => {
  const steps = turnsPerStep(written("z * e^(i * m^2 * θ)", 0.1), { re: 2, im: -1 }, 5);
  assert.deepEqual(steps.map((x) => x.toFixed(9)), ["0.100000000", "0.300000000", "0.500000000", "0.700000000"]);
  assert.ok(turnsPerStep(written("z * e^(i * m * θ)", 4), { re: 1, im: 0 }, 2)[0]! < 0);
  assert.deepEqual(turnsPerStep(written("z", 1), { re: 1, im: 0 }, 1), []);
});

Deno.test("表的一行：残差和位置 0 上的偏差", () => {
  const options = { q: { re: 1, im: 0 }, k: { re: 0, im: 1 }, theta: 0.3, count: 5 };
  const plus = wish("加", "z + e^(i * m * θ)", options), turn = wish("转", "z * e^(i * m * θ)", options);
  assert.ok(plus.residual > 0.1 && Math.abs(plus.start - 1) < 1e-12);
  assert.equal(wish("加 3i", "z + 3 * i", options).start, 3);
  assert.deepEqual(Object.values(turn.row), ["转", "z * e^(i * m * θ)", 0, 0]);
});

const angle = ([x = 0, y = 0]: number[]) => Math.atan2(y, x);
const judge = (speed: Speed) => marked(speed, speedProperties, [(z: number[]) => z]);
const wrapped = (turned: number) => Math.atan2(Math.sin(turned), Math.cos(turned));

const right: Array<[string, string]> = [
  ["1", marked(1, handProperties)],
  ["2 四位小数", marked(0.5236, returnProperties)],
  ["2 往快里转也行", marked(2 * Math.PI * 5 / 12, returnProperties)],
  ["3 相减再折回来", judge((f) => wrapped(angle(f([1, 0], 1)) - angle(f([1, 0], 0))))],
  [
    "3 用点积和叉积",
    judge((f) => {
      const [[a = 0, b = 0], [c = 0, d = 0]] = [f([2, 1], 5), f([2, 1], 6)];
      return Math.atan2(a * d - b * c, a * c + b * d);
    }),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：30-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 忘了 k 的方向", marked(0, handProperties), /真的转一遍一样”不成立.*k 本来在 90 度/],
  ["1 写成角度", marked(90, handProperties), /−1 和 1 之间”不成立.*夹角的余弦/],
  ["2 没改", marked(0.3, returnProperties), /正好转满整圈”不成立.*2π 弧度/],
  ["2 半圈", marked(Math.PI / 12, returnProperties), /正好转满整圈”不成立/],
  ["2 六格就满", marked(2 * Math.PI / 6, returnProperties), /隔 1 到 11 个，都没有转满”不成立.*先满了一圈/],
  ["2 不转", marked(0, returnProperties), /隔 1 到 11 个，都没有转满”不成立/],
  ["3 没减自己的方向", judge((f) => angle(f([0, 1], 1))), /不转的，量到 0”不成立/],
  [
    "3 取了绝对值",
    judge((f) => Math.abs(wrapped(angle(f([1, 0], 1)) - angle(f([1, 0], 0))))),
    /往回转 0.5.*别取绝对值/,
  ],
  ["3 当位置 0 不转", judge((f) => angle(f([1, 0], 1))), /一开始就多转 3 弧度的.*约掉了/],
  ["3 没折回来", judge((f) => angle(f([1, 0], 1)) - angle(f([1, 0], 0))), /一开始就多转 3 弧度的.*一圈 2π/],
  [
    "3 写成度",
    judge((f) => wrapped(angle(f([1, 0], 1)) - angle(f([1, 0], 0))) * 180 / Math.PI),
    /量到 0.3”不成立.*弧度/,
  ],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：30-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：30", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));
