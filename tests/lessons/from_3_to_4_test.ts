// 第 20 课：材料；三道练习的判分。
import assert from "node:assert/strict";
import {
  clippedDistances,
  clippedProperties,
  keptPositions,
  material,
  type RelativeScore,
  relativeScoreProperties,
  smallestClipProperties,
  transposed,
} from "@lib/lessons/from_3_to_4.ts";
import { matrix, maxDifference, multiply } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { marked } from "./marked.ts";

Deno.test("材料：加长一句话，前面的词元和投影都不变；三个投影各不相同", () => {
  const [short, long] = [4, 40].map((L) => material({ L, d: 6, seed: 3 }));
  assert.deepEqual(short!.x.data, long!.x.data.slice(0, 24));
  assert.deepEqual(short!.W, long!.W);
  const { query, key, value } = short!.W;
  assert.notDeepEqual(query, key);
  assert.notDeepEqual(key, value);
  assert.throws(() => material({ L: 0, d: 4, seed: 1 }), /无法造一句话/);
});

Deno.test("留哪些位置：512 以内全留，再长留 33 个，头尾都在，不重复", () => {
  assert.deepEqual(keptPositions(512), Array.from({ length: 512 }, (_, m) => m));
  for (const length of [513, 4097, 8192]) {
    const kept = keptPositions(length);
    assert.deepEqual([kept.length, new Set(kept).size, kept[0], kept.at(-1)], [33, 33, 0, length - 1]);
  }
});

Deno.test("转置：转两次回来；(AB)ᵀ = BᵀAᵀ", () => {
  const a = normalMatrix(3, 4, 1), b = normalMatrix(4, 2, 2);
  assert.deepEqual(transposed(transposed(a)), a);
  assert.ok(maxDifference(transposed(multiply(a, b)), multiply(transposed(b), transposed(a))) < 1e-12);
});

Deno.test("查几号：过去是正数，比 k 远的合用一个", () => {
  assert.deepEqual(clippedDistances([0, 1, 4], 2), matrix([[0, -1, -2], [1, 0, -2], [2, 2, 0]]));
  assert.throws(() => clippedDistances([0], -1), RangeError);
});

const write =
  (pick: (t: number, k: number, i: number, j: number) => number, score = dot): RelativeScore => (q, k, table, i, j) =>
    score(q, k, table[pick(i - j, (table.length - 1) / 2, i, j)]);
const clamp = (t: number, k: number) => Math.max(-k, Math.min(k, t)) + k;
function dot(q: number[], k: number[], vector: number[] | undefined): number {
  return q.reduce((sum, x, c) => sum + x * (k[c]! + (vector?.[c] ?? NaN)), 0);
}
const judge = (score: RelativeScore) => marked(score, relativeScoreProperties, [[1], [1], [[0], [0], [0]], 0, 0]);

const right: Array<[string, string]> = [
  ["1", marked(12, clippedProperties)],
  ["2", marked(11, smallestClipProperties)],
  ["3 先加到键上", judge(write(clamp))],
  [
    "3 拆成两个点积",
    judge((q, k, table, i, j) => {
      const clip = (table.length - 1) / 2, vector = table[clamp(i - j, clip)]!;
      return q.reduce((s, x, c) => s + x * k[c]!, 0) + q.reduce((s, x, c) => s + x * vector[c]!, 0);
    }),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：20-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 只数一边", marked(6, clippedProperties), /一格一格数出来的一样”不成立/],
  ["1 把等于 k 的也算上", marked(20, clippedProperties), /一格一格数出来的一样”不成立：量到 8.*正好是 2 的没被截断/],
  ["1 奇数", marked(7, clippedProperties), /是偶数”不成立/],
  ["2 太小", marked(10, smallestClipProperties), /没有一格被截断”不成立：量到 2/],
  ["2 太大", marked(12, smallestClipProperties), /再小一点就有了”不成立.*还能再小/],
  ["3 用了 i", judge(write((_, k, i) => clamp(i, k))), /一起加 100，分数不变”不成立.*只能用 i − j/],
  ["3 忘了截断", judge(write((t, k) => t + k)), /一起加 100，分数不变”不成立：量到 NaN/],
  [
    "3 转圈取，不截断",
    judge(write((t, k) => ((t + k) % (2 * k + 1) + 2 * k + 1) % (2 * k + 1))),
    /比 k 远的，和隔 k 个一样”不成立.*先把 i − j 截断/,
  ],
  ["3 忘了截断，直接取", judge((q, _, table, i, j) => q[0]! * table[i - j + 2]![0]!), /查表出界了：先把 i − j 截断/],
  ["3 没加位置", judge((q, k) => q.reduce((sum, x, c) => sum + x * k[c]!, 0)), /Shaw 的注意力算出来的一样”不成立/],
  ["3 谁减谁反了", judge(write((t, k) => clamp(-t, k))), /Shaw 的注意力算出来的一样”不成立.*过去的距离是正数/],
  [
    "3 除以了 √d",
    judge(write(clamp, (q, k, v) => dot(q, k, v) / Math.sqrt(3))),
    /Shaw 的注意力算出来的一样”不成立.*不除以 √d/,
  ],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：20-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：20", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));
