// 第 10 课：字、叠层、换序的材料；三道练习的判分。
import assert from "node:assert/strict";
import {
  characters,
  exchanged,
  handProperties,
  layersProperties,
  orderResidual,
  pooled,
  prefixEffect,
  projections,
  type Residual,
  residualProperties,
  sentence,
  shuffled,
  stacked,
  tinted,
} from "@lib/lessons/no_position.ts";
import { attention } from "@lib/attention.ts";
import { gather, matrix, maxDifference, row } from "@lib/matrix.ts";
import { marked } from "./marked.ts";

Deno.test("对换战和败：每个长度都是一个排列，再对换一次就回来", () => {
  for (let length = 1; length <= 20; length++) {
    const order = exchanged(length);
    assert.deepEqual(order.toSorted((a, b) => a - b), order.map((_, m) => m));
    assert.deepEqual(order.map((m) => order[m]), order.map((_, m) => m));
    if (length > 1) assert.notDeepEqual(order, order.map((_, m) => m));
  }
  assert.equal(exchanged(4).map((m) => sentence(4)[m]).join(""), "屡败屡战");
  assert.equal(exchanged(3).map((m) => sentence(3)[m]).join(""), "屡屡战");
});

Deno.test("同一个字同一个向量，不同的字、不同的种子不同；大种子也行", () => {
  const x = characters("我打你我", { d: 6, seed: 3 });
  assert.deepEqual(row(x, 0), row(x, 3));
  assert.notDeepEqual(row(x, 0), row(x, 1));
  assert.notDeepEqual(x, characters("我打你我", { d: 6, seed: 4 }));
  assert.notDeepEqual(characters("a", { d: 6, seed: 1 }), characters("b", { d: 6, seed: 0 })); // 种子不是加在字的编号上
  assert.equal(characters("好", { d: 2, seed: 2 ** 31 - 1 }).rows, 1);
  assert.equal(characters("𠮷好", { d: 2, seed: 1 }).rows, 2); // 一个字占两个码元也算一个
  assert.throws(() => characters("", { d: 2, seed: 1 }), /无法把字变成向量：需要至少一个字/);
});

Deno.test("叠层：不盖掩码跟着字走，盖上就不是；池化不认次序", () => {
  const x = characters("从北京到上海", { d: 8, seed: 2 }), order = shuffled(6, 5);
  const run = (causal: boolean) => (tokens: typeof x) => stacked(tokens, { layers: 3, causal, seed: 2 });
  assert.ok(orderResidual(run(false), x, order) < 1e-9);
  assert.ok(orderResidual(run(true), x, order) > 1e-3);
  assert.ok(maxDifference(pooled(run(false)(x)), pooled(run(false)(gather(x, order)))) < 1e-9);
  assert.deepEqual(pooled(matrix([[1, 2], [3, 6]])), matrix([[2, 4]]));
});

Deno.test("叠层：一层就是词元加注意力的输出，层与层的矩阵不同", () => {
  const x = characters("屡战屡败", { d: 4, seed: 1 }), settings = { causal: true, seed: 9 };
  const one = attention({ tokens: x, projections: projections(4, 9), causal: true }).output;
  const first = stacked(x, { layers: 1, ...settings });
  assert.ok(maxDifference(first, { ...x, data: x.data.map((v, n) => v + one.data[n]!) }) === 0);
  assert.notDeepEqual(stacked(first, { layers: 1, ...settings }), stacked(x, { layers: 2, ...settings }));
});

Deno.test("打乱、染色：洗牌是排列，种子不同牌不同；染色之后看得出次序", () => {
  assert.deepEqual(shuffled(50, 7).toSorted((a, b) => a - b), Array.from({ length: 50 }, (_, m) => m));
  assert.notDeepEqual(shuffled(50, 7), shuffled(50, 8));
  const x = matrix([[1, 2], [3, 4], [5, 6]]);
  assert.equal(orderResidual((rows) => tinted(rows, 0.5), x, [2, 1, 0]), 1);
});

Deno.test("前缀换序：一层看不出，两层看得出；不盖掩码几层都看不出", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const at = (layers: number, causal: boolean) => prefixEffect({ length: 5, d: 8, layers, causal, seed });
    assert.ok(at(1, true) < 1e-12 && at(2, true) > 1e-4 && at(4, false) < 1e-9, `seed ${seed}`);
  }
});

const permute = (rows: number[][], order: number[]) => order.map((from) => rows[from]!);
const largest = (a: number[][], b: number[][]) =>
  Math.max(...a.flatMap((r, m) => r.map((v, c) => Math.abs(v - b[m]![c]!))));
const sample = [(r: number[][]) => r, [[1], [2]], [1, 0]];
const judge = (residual: Residual) => marked(residual, residualProperties, sample);

const right: Array<[string, string]> = [
  ["1 三位小数", marked(0.053, handProperties)],
  ["1 精确值", marked(1 / (2 + Math.exp(2 * Math.SQRT2)), handProperties)],
  ["2", marked(2, layersProperties)],
  ["3 照定义", judge((f, rows, order) => largest(f(permute(rows, order)), permute(f(rows), order)))],
  [
    "3 两边都反着换",
    judge((f, rows, order) => {
      const back = order.map((_, m) => order.indexOf(m));
      return largest(f(permute(rows, back)), permute(f(rows), back));
    }),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：10-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 平均", marked(1 / 3, handProperties), /加起来不到一半”不成立.*点积是 4/],
  ["1 忘了除以 √d", marked(1 / (2 + Math.exp(4)), handProperties), /跑一遍注意力一样”不成立.*除以 √d/],
  ["1 忘了第二个屡", marked(1 / (1 + Math.exp(2 * Math.SQRT2)), handProperties), /跑一遍注意力一样”不成立/],
  ["2 一层", marked(1, layersProperties), /看得出换了序”不成立：量到 .*层数不够/],
  ["2 三层", marked(3, layersProperties), /再少一层就看不出”不成立.*还能再少/],
  ["3 永远 0", judge(() => 0), /因果掩码，残差不是 0”不成立/],
  [
    "3 和不换的比",
    judge((f, rows, order) => largest(f(permute(rows, order)), f(rows))),
    /什么也不做的函数，残差是 0”不成立/,
  ],
  [
    "3 一边反着换",
    judge((f, rows, order) =>
      largest(f(permute(rows, order)), permute(f(rows), order.map((_, m) => order.indexOf(m))))
    ),
    /什么也不做的函数，残差是 0”不成立.*同一个次序/,
  ],
  [
    "3 只看第一行",
    judge((f, rows, order) => largest([f(permute(rows, order))[0]!], [permute(f(rows), order)[0]!])),
    /行号的平方最多差几”不成立.*每行每个分量/,
  ],
];
wrong.push(
  [
    "3 不取绝对值",
    judge((f, rows, order) => {
      const [a, b] = [f(permute(rows, order)), permute(f(rows), order)];
      return Math.max(...a.flatMap((r, m) => r.map((v, c) => v - b[m]![c]!)));
    }),
    /行号的平方最多差几”不成立.*取绝对值/,
  ],
  [
    "3 只看第一个分量",
    judge((f, rows, order) => {
      const first = (r: number[][]) => r.map(([x]) => [x!]);
      return largest(first(f(permute(rows, order))), first(permute(f(rows), order)));
    }),
    /行号的平方最多差几”不成立.*每个分量/,
  ],
);
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：10-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：10", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));
