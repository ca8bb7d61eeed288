/** 第 98 页：RF 的式子表、模和角、算不算得出来、练习判分。 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { countOf, equationRows, equations, type Kind } from "@lib/lessons/equations.ts";
import {
  computes,
  type Corrected,
  correctedProperties,
  fastest,
  fastestProperties,
  polar,
  signProperties,
} from "@lib/lessons/equations_roformer.ts";
import { matrix, multiply, zeros } from "@lib/matrix.ts";
import { marked } from "./marked.ts";

const { cos, sin, PI } = Math;

Deno.test("RF 有 37 条：哪几条是要求、不等、定义", () => {
  const numbers = (kind: Kind) => equations.RF.flatMap((one, n) => one.kind === kind ? [n + 1] : []);
  assert.equal(equations.RF.length, 37);
  assert.deepEqual(numbers("要求"), [11, 21, 22]);
  assert.deepEqual(numbers("不等"), [37]);
  assert.deepEqual(numbers("定义"), [1, 2, 3, 4, 5, 7, 8, 9, 10, 14, 15, 17, 18, 19, 20, 23, 27, 32]);
  assert.equal(countOf("RF", "恒等") + 3 + 1 + 18, 37);
});

Deno.test("印错的都写了是什么：RF(4)、RF(16)、RF(21)、RF(31)、RF(32)", () => {
  const note = (n: number) => equationRows("RF", [0], 1e-9, n)[0]!["附注"]!;
  assert.match(note(4), /k 应当是 i/);
  assert.match(note(16), /x_m.*转置.*8265\(12\)/);
  assert.match(note(21), /n − m.*x_m、x_n/);
  assert.match(note(31), /括号/);
  assert.match(note(32), /x_n 应当是 x_m/);
});

Deno.test("模和角：拼回去还是那个点；一行要是两个数", () => {
  const part = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(fc.property(part, part, part, part, (a, b, c, e) => {
    const { R, Θ } = polar(matrix([[a, b], [c, e]]));
    const back = [R[0]! * cos(Θ[0]!), R[0]! * sin(Θ[0]!), R[1]! * cos(Θ[1]!), R[1]! * sin(Θ[1]!)];
    [a, b, c, e].forEach((want, n) => assert.ok(Math.abs(back[n]! - want) < 1e-12));
  }));
  assert.deepEqual(polar(matrix([[-3, 0], [0, -2]])), { R: [3, 2], Θ: [PI, -PI / 2] });
  assert.throws(() => polar(zeros(2, 3)), /需要一行两个数：现在是 3/);
});

Deno.test("算得出是 1，算不出是 0", () => {
  assert.deepEqual([[3, 3], [3, 2]].map(([a, b]) => computes(() => multiply(zeros(1, a!), zeros(b!, 1)))), [1, 0]);
});

Deno.test("数错一号的最快一对：就是 RF(15) 从 0 数时的第 1 对", () => {
  for (const d of [2, 8, 64, 128]) assert.equal(fastest(d), 10000 ** (-2 * 1 / d));
  assert.ok(fastest(84) >= 0.8 && fastest(82) < 0.8);
});

// —— 判分 ——

const times = (W: number[][], x: number[]) => W.map((line) => line.reduce((sum, w, c) => sum + w * x[c]!, 0));
const turn = ([x, y]: number[], a: number) => [x! * cos(a) - y! * sin(a), x! * sin(a) + y! * cos(a)];
const inner = (a: number[], b: number[]) => a[0]! * b[0]! + a[1]! * b[1]!;
const blank = [[1, 0, 0], [1, 0, 0], [[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]], 0, 0];
const score = (f: Corrected) => marked(f, correctedProperties, blank);

const right: Array<[string, string]> = [
  ["98-1", marked([-20, 40], signProperties)],
  ["98-1 算出来的", marked([20 + 10 - 50, 50 + 10 - 20], signProperties)],
  ["98-2", marked(84, fastestProperties)],
  ["98-3 转键", score((a, b, W_q, W_k, m, n) => inner(times(W_q, a), turn(times(W_k, b), (n - m) * 0.3)))],
  [
    "98-3 两边各转各的",
    score((a, b, W_q, W_k, m, n) => inner(turn(times(W_q, a), m * 0.3), turn(times(W_k, b), n * 0.3))),
  ],
  [
    "98-3 照式子从左往右乘",
    score((a, b, W_q, W_k, m, n) => {
      const c = cos((n - m) * 0.3), s = sin((n - m) * 0.3);
      return multiply(
        multiply(
          multiply(
            multiply(
              matrix([a]),
              matrix(a.map((_, r) => W_q.map((line) => line[r]!))),
            ),
            matrix([[c, -s], [s, c]]),
          ),
          matrix(W_k),
        ),
        matrix(b.map((x) => [x])),
      ).data[0]!;
    }),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["98-1 写反了", marked([40, -20], signProperties), /RF：键在后一格.*不成立：量到 60.*键的角减查询的角/],
  ["98-1 忘了转", marked([-30, 30], signProperties), /RF：键在后一格.*不成立：量到 −10.*转了一格/],
  ["98-1 两个一样", marked([-20, -20], signProperties), /8265：查询在后一格.*不成立.*查询的角减键的角/],
  ["98-1 只有一个", marked([-20], signProperties), /出错：需要两个数的数组/],
  ["98-2 太小", marked(82, fastestProperties), /至少转 0.8 弧度”不成立.*再大一些/],
  ["98-2 太大", marked(128, fastestProperties), /再小 2，就不到 0.8 弧度”不成立.*还能再小/],
  [
    "98-3 没有转",
    score((a, b, W_q, W_k) => inner(times(W_q, a), times(W_k, b))),
    /各转各的、再点积一样”不成立.*\(n − m\)·0.3/,
  ],
  [
    "98-3 写成 m − n",
    score((a, b, W_q, W_k, m, n) => inner(times(W_q, a), turn(times(W_k, b), (m - n) * 0.3))),
    /各转各的、再点积一样”不成立.*m − n.*就反了/,
  ],
  [
    "98-3 只转键，转 n",
    score((a, b, W_q, W_k, m, n) => inner(times(W_q, a), turn(times(W_k, b), (m === n ? 0 : n) * 0.3))),
    /一起加 7，不变”不成立.*只能用 n − m/,
  ],
  [
    "98-3 照印的，少一个转置",
    score((a, b, W_q, W_k, m, n) => {
      const left = [0, 1].map((c) => a.slice(0, 2).reduce((sum, x, r) => sum + x * W_q[r]![c]!, 0)); // 第三维乘不上，丢了
      return inner(left, turn(times(W_k, b), (n - m) * 0.3));
    }),
    /就是 W_q·x_m 和 W_k·x_n 的点积”不成立.*每一行和 x_m 点积/,
  ],
  [
    "98-3 都少 1：负的差也算差",
    score((a, b, W_q, W_k, m, n) => inner(times(W_q, a), turn(times(W_k, b), (n - m) * 0.3)) - 1),
    /点积”不成立：量到 1，/,
  ],
  ["98-3 返回数组", marked((() => [1]) as never as Corrected, correctedProperties, blank), /出错：需要返回一个数/],
  ["98-3 NaN 不算对", score((a, b, W_q) => Number(inner(times(W_q, a), b)) * NaN), /不成立：量到 NaN/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
}

for (
  const [name, line] of [
    ["98-1", marked(undefined as never, signProperties)],
    ["98-2", marked(NaN, fastestProperties)],
    ["98-3", marked((() => undefined) as Corrected, correctedProperties, blank)],
  ]
) {
  Deno.test(`空桩不算错：${name}`, () => assert.match(line!, /^✎ 练习：还没写/));
}
