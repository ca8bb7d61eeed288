// 第 14 课：材料照定律和算例验，练习的参考解通过，常见的错被指出错在哪一条。
import assert from "node:assert/strict";
import fc from "fast-check";
import { complexOrderVectors } from "@lib/encodings/complex_order.ts";
import { learned } from "@lib/encodings/learned.ts";
import { recursiveTable } from "@lib/encodings/recursive.ts";
import { rope } from "@lib/encodings/rope.ts";
import { sinusoidal, sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { nope } from "@lib/encoding.ts";
import * as lesson from "@lib/lessons/learned_and_others.ts";
import { matrix, maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

Deno.test("试一试：库里拦住的话留下，程序自己的错照样抛", () => {
  const past = lesson.attempt(() => learned(matrix([[1]])).embed!(matrix([[0]]), new Float64Array([1])));
  assert.match(past.why!, /需要 0 到 0 的位置（表只有 1 行）：现在是 1/);
  assert.equal(past.result, undefined);
  assert.deepEqual(lesson.attempt(() => [1]), { result: [1] });
  assert.throws(() => lesson.attempt(() => (undefined as unknown as number[]).length), TypeError);
});

Deno.test("随机的一句话：四个矩阵各不相同，投影完方差是 1 上下", () => {
  const { tokens, projections: { query, key, value } } = lesson.randomSentence({ L: 64, d: 64, seed: 3 });
  const all = [tokens, query, key, value].map(({ data }) => data);
  assert.equal(new Set(all.map((data) => data[0])).size, 4);
  for (const { data } of [query, key, value]) {
    const variance = 64 * data.reduce((sum, x) => sum + x * x, 0) / data.length;
    assert.ok(variance > 0.8 && variance < 1.2, String(variance));
  }
});

Deno.test("两两的距离：3、4、5；几行不同", () => {
  const codes = matrix([[0, 0], [3, 4], [0, 0]]);
  assert.deepEqual([...lesson.pairwiseDistances(codes).data], [0, 5, 0, 5, 0, 5, 0, 5, 0]);
  assert.equal(lesson.distinctRows(codes), 2);
  assert.equal(lesson.distinctRows(matrix([[0], [1e-11], [1e-8]])), 2); // 差不到 1e-9 的算一个
});

Deno.test("层次分解的图：α 贴近 0.5，对调的两个位置撞上，别的不撞", () => {
  const { matrix: gaps, rowLabels } = lesson.digitGaps(normalMatrix(3, 4, 1), 0.5 - 1e-12, "图");
  gaps.data.forEach((gap, cell) => {
    const [a, b] = [rowLabels[Math.floor(cell / 9)]!, rowLabels[cell % 9]!];
    assert.equal(gap < 1e-9, a === b || a === [...b].reverse().join(""), `${a} ${b}`);
  });
  assert.throws(() => lesson.digitGaps(normalMatrix(11, 1, 1), 0.4, "图"), RangeError);
});

Deno.test("表的末尾：长表只看最后 4 行，再加没有的 2 行", () => {
  const { positions, rows } = lesson.endOf(matrix([[0], [1], [2], [3], [4], [5]]));
  assert.deepEqual(positions, [2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...rows.data], [2, 3, 4, 5, -Infinity, -Infinity]);
});

law(
  "递归式的一步走出三角式 8130(1)；乘了倍数，长度就是倍数的 k 次方",
  fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 40 }), (pairs, length) => {
    const d = 2 * pairs, base = 100, first = row(sinusoidalTable([0], { dimension: d, base }), 0);
    const walked = recursiveTable({ first, step: lesson.turnStep({ d, base }), length });
    const places = Array.from({ length }, (_, k) => k);
    assert.ok(maxDifference(walked, sinusoidalTable(places, { dimension: d, base })) < 1e-12);
    const shrunk = recursiveTable({ first, step: lesson.turnStep({ d, base, factor: 0.5 }), length });
    const size = Math.hypot(...row(shrunk, length - 1)) / Math.hypot(...first);
    assert.ok(Math.abs(size * 2 ** (length - 1) - 1) < 1e-12);
  }),
);

Deno.test("摆：乘 1 就是 sin k，乘 0.9 是 0.9^k sin k", () => {
  for (const factor of [1, 0.9]) {
    lesson.swing(factor, 9).forEach((x, k) => assert.ok(Math.abs(x - factor ** k * Math.sin(k)) < 1e-12));
  }
  assert.deepEqual([0, 1, 7].map(lesson.stepsTo), [0, 1, 7]);
  const [x, y] = lesson.floatedTo(200);
  assert.ok(Math.abs(x! - Math.cos(2)) < 1e-10 && Math.abs(y! - Math.sin(2)) < 1e-10);
});

Deno.test("复数式：往后走等于再转；共用频率就是 RoPE 那一转", () => {
  const tokens = normalMatrix(5, 6, 1), at = [0, 1, 2, 3, 4];
  const speeds = normalMatrix(5, 3, 2), shared = lesson.sharedSpeeds(5, 6, 100);
  const later = lesson.spoken(tokens, speeds, at.map((k) => k + 7));
  assert.ok(maxDifference(later, lesson.turnedBy(lesson.spoken(tokens, speeds, at), speeds, 7)) < 1e-12);
  const rotary = rope({ dimension: 6, base: 100 }).query!(tokens, Float64Array.from(at));
  assert.ok(maxDifference(lesson.spoken(tokens, shared, at), rotary) < 1e-12);
  const one = matrix([[2]]), half = matrix([[Math.PI / 2]]), zero = matrix([[0]]);
  const twice = lesson.turnedBy(complexOrderVectors(one, half, zero, [1]), half, 1); // 2i 再转四分之一圈是 −2
  assert.ok(maxDifference(twice, matrix([[-2, 0]])) < 1e-12);
});

Deno.test("胶片：各转各的，箭头在 8130(12) 说的地方", () => {
  const panels = lesson.wordClocks(4, 2, [1, 0.7]);
  assert.deepEqual(panels.map(({ note }) => note), [2, 2.3, 2.6, 2.9].map((x) => `相差 ${x.toFixed(1)} 弧度`));
  assert.equal(panels[3]!.title, "我 5，你 3");
  const [me, you] = panels[3]!.arrows;
  assert.ok(Math.abs(me!.x - Math.cos(5)) + Math.abs(me!.y - Math.sin(5)) < 1e-12);
  assert.ok(Math.abs(you!.x - 0.8 * Math.cos(2.1)) + Math.abs(you!.y - 0.8 * Math.sin(2.1)) < 1e-12);
});

Deno.test("零填充：不看位置号；中间不变，两边少三分之一", () => {
  const nines = matrix(Array.from({ length: 6 }, () => [9]));
  for (const start of [0, 500]) {
    const at = Float64Array.from({ length: 6 }, (_, i) => start + i);
    assert.deepEqual([...lesson.zeroPadding.embed!(nines, at).data].map(Math.round), [6, 9, 9, 9, 9, 6]);
  }
});

Deno.test("平移一行：NoPE 不变，三角式变；变了 = 加完的 − 原来的", () => {
  const sentence = lesson.randomSentence({ L: 4, d: 8, seed: 1 });
  assert.equal(lesson.shiftedLine(nope, sentence, 3).变了, 0);
  const { 原来的分数: here, 加完的分数: there, 变了: change } = lesson.shiftedLine(
    sinusoidal({ dimension: 8 }),
    sentence,
    1,
  );
  assert.ok(Math.abs(change) > 0.01);
  assert.equal(there - here, change);
});

Deno.test("起步：相加从 0、相乘从 1 都等于没有位置编码，相乘从 0 什么也不剩", () => {
  const [plain, zero, tiny, one] = lesson.startLines(lesson.randomSentence({ L: 5, d: 8, seed: 1 }), 9);
  assert.ok(plain!.相加 > 0.1);
  assert.deepEqual([plain!.相乘, zero!.相加, one!.相乘], [plain!.相加, plain!.相加, plain!.相加]);
  assert.equal(zero!.相乘, 0);
  assert.ok(tiny!.相乘 > 0 && tiny!.相乘 < plain!.相乘 / 10);
});

const step = (f: (x: number, y: number) => number[] | undefined): lesson.Step => ([x, y]) => f(x!, y!);
const turn = (angle: number, factor = 1) =>
  step((x, y) => [
    factor * (x * Math.cos(angle) - y * Math.sin(angle)),
    factor * (x * Math.sin(angle) + y * Math.cos(angle)),
  ]);
const polar = (next: (angle: number) => number) =>
  step((x, y) => {
    const angle = next(Math.atan2(y, x));
    return [Math.cos(angle), Math.sin(angle)];
  });
const start = [[0, 1]];
const { decomposedProperties, enoughRowsProperties, stepProperties } = lesson;

const right: Array<[string, string]> = [
  ["1 手算", marked(8, decomposedProperties)],
  ["1 先算 u 再混", marked(0.4 * (3 / 0.6) + 0.6 * (6 / 0.6), decomposedProperties)],
  ["2", marked(6, enoughRowsProperties)],
  ["2 开方再进一", marked(Math.ceil(Math.sqrt(33)), enoughRowsProperties)],
  ["3 照式子转", marked(turn(1), stepProperties, start)],
  ["3 极坐标，转 0.3", marked(polar((angle) => angle + 0.3), stepProperties, start)],
  ["3 顺时针", marked(turn(-2), stepProperties, start)],
];
for (const [name, line] of right) {
  Deno.test(`第 14 课判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 十位个位写反", marked(7, decomposedProperties), /没有写反”不成立.*6 = 1 × 4 \+ 2/],
  ["1 直接混 p", marked(4.8, decomposedProperties), /混的是 u，不是 p”不成立.*头四个就变了/],
  ["1 两个平均", marked(4.5, decomposedProperties), /和拆出来的表一样”不成立.*u₁ 和 u₂/],
  ["2 少一行", marked(5, enoughRowsProperties), /至少 33 个位置”不成立：量到 25/],
  ["2 多一行", marked(7, enoughRowsProperties), /再少一行就不够”不成立：量到 36.*还能再少/],
  ["2 当成两倍", marked(17, enoughRowsProperties), /再少一行就不够”不成立.*还能再少/],
  ["3 每步缩一点", marked(turn(1, 0.9), stepProperties, start), /长度都是 1”不成立.*缩没就是胀爆/],
  ["3 每步加 1", marked(step((x, y) => [x + 1, y]), stepProperties, start), /长度都是 1”不成立/],
  ["3 转四分之一圈", marked(turn(Math.PI / 2), stepProperties, start), /各不相同”不成立：量到 4，.*回到原处/],
  ["3 左右对调", marked(step((x, y) => [y, x]), stepProperties, start), /各不相同”不成立：量到 2/],
  [
    "3 转多少看自己",
    marked(polar((angle) => angle + 1 + 0.3 * Math.sin(angle)), stepProperties, start),
    /隔三格的点积，走到哪都一样”不成立.*角度要一样/,
  ],
  ["3 只返回一个数", marked((() => [1]) as lesson.Step, stepProperties, start), /出错：需要返回两个数的数组/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`第 14 课判分说出错在哪：${name}`, () => assert.match(line, reason));
}

Deno.test("第 14 课空桩不算错", () => {
  for (
    const line of [
      marked(NaN, decomposedProperties),
      marked((() => undefined) as lesson.Step, stepProperties, start),
    ]
  ) {
    assert.match(line, /^✎ 练习：还没写/);
  }
});
