// 第 13 课：几种投影各留下什么，8231(12)、8231(13) 两个写法；练习判分认得对的，也说得出错在哪。
import assert from "node:assert/strict";
import fc from "fast-check";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import * as lesson from "@lib/lessons/three_critiques.ts";
import { dot, type Matrix, multiply, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const { cos, sin } = Math;
const speeds = inverseFrequencies(8, 10000);
const score = (W: Matrix, m: number, n: number) => {
  const codes = sinusoidalTable([m, n], { dimension: W.rows });
  return dot(row(multiply(codes, W), 0), row(codes, 1));
};
const place = fc.integer({ min: 0, max: 500 });
const numbers = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 });

law(
  "一块一块的投影：p_m W p_nᵀ = Σ a cos((m−n)θ) + b sin((m−n)θ)",
  fc.property(numbers, numbers, place, place, (a, b, m, n) => {
    const wanted = speeds.reduce(
      (sum, speed, t) => sum + a[t]! * cos((m - n) * speed) + b[t]! * sin((m - n) * speed),
      0,
    );
    assert.ok(Math.abs(score(lesson.blocks(a, b), m, n) - wanted) < 1e-9);
  }),
);

law(
  "看回 k 个：峰在 m − n = k，高是 d/2",
  fc.property(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 30, max: 100 }), (k, m) => {
    const W = lesson.lookBack(k, speeds);
    assert.ok(Math.abs(score(W, m, m - k) - 4) < 1e-9);
    for (const n of [m - k - 1, m - k + 1, m - k + 5]) assert.ok(score(W, m, n) < 4 - 1e-6);
  }),
);

law(
  "8231(12)、8231(13)：先 cos 后 sin 的编码，乘对角矩阵，三种算法相同",
  fc.property(fc.integer({ min: 0, max: 99 }), place, place, (seed, m, n) => {
    const H = normalMatrix(1, 8, seed).data,
      code = (at: number) => [...speeds].flatMap((s) => [cos(at * s), sin(at * s)]);
    const [p, q] = [code(m), code(n)];
    const direct = p.reduce((sum, v, c) => sum + v * H[c]! * q[c]!, 0);
    const { relative, absolute } = lesson.splitForm(H, m, n, speeds);
    assert.ok(Math.abs(lesson.productForm(H, m, n, speeds) - direct) < 1e-9);
    assert.ok(Math.abs(relative + absolute - direct) < 1e-9);
    assert.ok(Math.abs(relative - lesson.splitForm(H, m + 7, n + 7, speeds).relative) < 1e-9); // 平移不变
    assert.ok(Math.abs(absolute - lesson.splitForm(H, m + 7, n - 7, speeds).absolute) < 1e-9); // 只看 m + n
  }),
);

Deno.test("手算：d = 2，J、对角、看回 1 个", () => {
  assert.deepEqual([...lesson.blocks([2], [3]).data], [2, 3, -3, 2]);
  assert.deepEqual([...lesson.blocks([1, 2], [0, 0]).data], [...lesson.diagonal([1, 1, 2, 2]).data]);
  assert.ok(Math.abs(score(lesson.blocks([0], [1]), 3, 1) - sin(2)) < 1e-12);
  assert.ok(Math.abs(score(lesson.lookBack(1, [1]), 5, 4) - 1) < 1e-12);
  assert.deepEqual(lesson.splitForm([1, -1], 2, 1, [1]), { relative: 0, absolute: cos(3) });
});

Deno.test("长度对不上就拒绝", () => {
  assert.throws(() => lesson.blocks([1, 2], [1]), /无法摆一对一块的投影：需要 ?2 个数：现在是 1/);
  assert.throws(() => lesson.productForm([1, 2, 3], 0, 0, [1]), /无法展开对角的 H：需要 ?2 个数：现在是 3/);
});

type Projection = lesson.Projection;
const plain = (W: Matrix): number[][] => Array.from({ length: W.rows }, (_, r) => [...row(W, r)]);
const filled = (d: number, value: number) => new Float64Array(d / 2).fill(value);
const blockwise = (a: number, b: number): Projection => (d) => plain(lesson.blocks(filled(d, a), filled(d, b)));
const marks = (project: Projection) => marked(project, lesson.pastFirstProperties, [2]);

const right: Array<[string, string]> = [
  ["1 到两位小数", marked(0.91, lesson.oddProductProperties)],
  ["1 精确值", marked(sin(2), lesson.oddProductProperties)],
  ["2", marked(33, lesson.lookBackProperties)],
  ["2 写成减法", marked(40 - 7, lesson.lookBackProperties)],
  ["3 全是 J", marks(blockwise(0, 1))],
  ["3 aI + bJ", marks(blockwise(2, 0.5))],
  ["3 看回 1 个", marks((d) => plain(lesson.lookBack(1, inverseFrequencies(d, 10000))))],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：13-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 前后反了", marked(-sin(2), lesson.oddProductProperties), /3 看 1，是正的”不成立.*前后反了/],
  ["1 算成了 cos", marked(cos(2), lesson.oddProductProperties), /是正的”不成立.*算成了 cos 2/],
  ["1 用角度", marked(sin(2 * Math.PI / 180), lesson.oddProductProperties), /到两位小数”不成立.*用弧度/],
  ["1 只差一格", marked(sin(1), lesson.oddProductProperties), /到两位小数”不成立/],
  ["2 方向反了", marked(-33, lesson.lookBackProperties), /往回看，是正数”不成立.*过去是正数/],
  ["2 写成位置", marked(7, lesson.lookBackProperties), /最看重第 7 个”不成立：量到 33.*40 − 7/],
  ["2 差一个", marked(32, lesson.lookBackProperties), /最看重第 7 个”不成立：量到 8/],
  ["3 单位矩阵", marks(blockwise(1, 0)), /过去的分都比将来的高”不成立.*b 是 0 就分不出前后/],
  ["3 正负号反了", marks(blockwise(1, -1)), /过去的分都比将来的高”不成立.*正负号反了/],
  [
    "3 忘了变号",
    marks((d) => plain(lesson.blocks(filled(d, 0), filled(d, 1))).map((line) => line.map(Math.abs))),
    /一起平移 5，不变”不成立.*一正一负/,
  ],
  [
    "3 对角线不一对一对地相等",
    marks((d) => plain(lesson.diagonal(Array.from({ length: d }, (_, c) => c + 1)))),
    /一起平移 5，不变”不成立.*块外写 0/,
  ],
  ["3 随手造", marks((d) => plain(normalMatrix(d, d, 5))), /一起平移 5，不变”不成立/],
  ["3 行数不对", marks(() => [[1]]), /出错：无法量你的投影：需要 d = 2 时是 2 行/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：13-${name}`, () => assert.match(line, reason));
}

Deno.test("空桩不算错：第 13 课", () => {
  assert.match(marked(NaN, lesson.lookBackProperties), /^✎ 练习：还没写/);
  assert.match(marks(() => undefined), /^✎ 练习：还没写/);
});
