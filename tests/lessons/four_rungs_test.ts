// 第 41 课：前两级量得对，病灶造得出，成绩取得对，练习的对错都判得出、说得清。
import assert from "node:assert/strict";
import fc from "fast-check";
import { familyNames } from "@lib/bench/family.ts";
import { t5Bucket } from "@lib/encodings/t5.ts";
import * as lesson from "@lib/lessons/four_rungs.ts";
import { claimed, numpyMeans, ourMeans, verdicts } from "@lib/lessons/reproduced.ts";
import * as runs from "@lib/lessons/rung_runs.ts";
import * as buckets from "@lib/lessons/untrained_buckets.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

Deno.test("第 ① 级：全家都问了；缺行的算不出，别的分数都有限", () => {
  const all = lesson.reaches({ L: 16, d: 4, seed: 1 });
  assert.deepEqual(all.map(({ name }) => name), familyNames);
  const lost = all.filter(({ defined }) => !defined);
  assert.deepEqual(lost.map(({ name }) => name), ["learned", "multiplicative", "TUPE"]);
  assert.ok(lost.every(({ why }) => /表只有 16 行/.test(why!)));
  assert.ok(all.every(({ defined, finite }) => defined === finite));
  // 层次分解：3 行管 9 个位置，不到 48 个
  assert.ok(lesson.reaches({ L: 3, d: 4, seed: 1 }).some(({ name, defined }) => name === "hierarchical" && !defined));
  assert.throws(() => lesson.reaches({ L: 0, d: 4, seed: 1 }), /定训练长度/);
});

law(
  "第 ② 级：没见过的占几成，和一个一个数桶号一样",
  fc.property(fc.integer({ min: 1, max: 17 }), (L) => {
    const bucket = (t: number) => t5Bucket(t, { bidirectional: false });
    const seen = new Set(Array.from({ length: L }, (_, t) => bucket(t)));
    const far = Array.from({ length: 15 * L }, (_, n) => L + n);
    const share = far.filter((t) => !seen.has(bucket(t))).length / far.length;
    assert.ok(Math.abs(lesson.unseenShare("T5", L, 4) - share) < 1e-12);
    assert.equal(lesson.unseenShare("clip", L, 4), L >= 5 ? 0 : 1);
    assert.equal(lesson.unseenShare("NoPE", L, 4), 0);
    for (const name of ["learned", "sinusoidal", "RoPE", "ALiBi ½", "ALiBi 1/64"]) {
      assert.equal(lesson.unseenShare(name, L, 8), 1, name);
    }
  }),
);

Deno.test("第 ② 级：长的隔着取；一对一圈要走 2π 弧度；认不得的名字就说", () => {
  assert.equal(lesson.unseenShare("T5", 8192, 4), 0);
  assert.deepEqual([7, 8, 1].map((L) => lesson.fullTurns(L, 2)), [0, 1, 0]); // 1 弧度一格：走 7 格才满一圈
  assert.deepEqual(lesson.unseenRows(16, 32).map((row) => row.没见过的), [
    ...["0 %", "100 %", "100 %", "100 %", "0 %", "0 %", "100 %", "100 %", "100 %"],
  ]);
  assert.throws(() => lesson.unseenShare("rope", 16, 4), /无法量第二级：需要 NoPE、/);
});

law(
  "权重分给谁：三份加起来是 1；表加一个数不变",
  fc.property(
    fc.integer({ min: 4, max: 300 }),
    fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 32, maxLength: 32 }),
    fc.double({ min: -5, max: 5, noNaN: true }),
    (length, table, more) => {
      const { target, trained, untrained } = buckets.weightShares(table, length);
      assert.ok(Math.abs(target + trained + untrained - 1) < 1e-9);
      assert.equal(untrained > 0, length > 16);
      assert.ok(Math.abs(buckets.weightShares(table.map((b) => b + more), length).target - target) < 1e-9);
    },
  ),
);

Deno.test("病灶：没训练过的桶恰好是 0，训练过的动了；换一张表去考，别的参数不动", () => {
  const run = buckets.trainBuckets(3, 1), again = buckets.trainBuckets(3, 1);
  assert.deepEqual(run.table, again.table);
  assert.ok(run.table.slice(16).every((b) => b === 0) && run.table.slice(0, 16).every((b) => b !== 0));
  const peak = Float64Array.from({ length: 32 }, (_, b) => b === 3 ? 30 : 0);
  assert.ok(buckets.examineWith(run, peak, 12) > buckets.examineWith(run, run.table, 12));
  assert.equal(buckets.examineWith(run, run.table, 12), buckets.examineWith(again, again.table, 12));
  assert.throws(() => buckets.examineWith(run, [1], 12), /需要 32 个数/);
  assert.deepEqual([3, 2].map((trained) => [...buckets.clipped([3, 2, 1], trained)]), [[3, 2, 1], [3, 2, 2]]);
});

Deno.test("成绩：三个种子的数、名次、倒过来的，手算", () => {
  const [first] = runs.results("copy", false);
  const fake = (name: string, scores: readonly number[]) => ({
    ...first!,
    name,
    training: {
      ...first!.training!,
      runs: scores.map((one, seed) => ({ seed, curve: [], accuracy: [1, one, one, one, one] })),
    },
  });
  const copy = [fake("甲", [0.9, 0.8]), fake("乙", [0.5, 0.7]), fake("丙", [0.1, 0.1])];
  const find = [fake("甲", [0.2, 0.3]), fake("乙", [0.4, 0.6]), fake("丙", [0.5, 0.5])];
  assert.deepEqual(runs.byName(copy, 64), { 甲: [0.9, 0.8], 乙: [0.5, 0.7], 丙: [0.1, 0.1] });
  // 乙和丙：找的均值一样，有一个种子不同意，不算倒
  assert.deepEqual(runs.flips(runs.byName(copy, 64), runs.byName(find, 64)), [["甲", "乙"], ["甲", "丙"]]);
  assert.deepEqual(runs.rankRows(copy, find, 64).map((row) => [row.抄的名次, row.找的名次]), [[1, 3], [2, 1], [3, 1]]);
  assert.equal(runs.resultRows(copy)[0]!["32 个"], ".85 ± .07");
  assert.deepEqual(runs.curves(copy, ["乙"])[0]!.values.map((x) => +x.toFixed(6)), [1, 0.6, 0.6, 0.6, 0.6]);
  assert.throws(() => runs.scoresAt(copy[0]!.training, 48), /需要考过的长度 16、32、64、128、256：现在是 48/);
  assert.throws(() => runs.results("far" as never, false), /需要 copy、find、near、recall/);
  const none = { ...copy[0]!, training: undefined, own: false as const, says: "没有存过" };
  assert.deepEqual([runs.byName([none], 64), runs.curves([none])], [{}, []]);
  assert.deepEqual(runs.resultRows([none]), [{ 编码: "甲：没有存过" }]);
});

Deno.test("四组题都存着；对账的性质说的都是 numpy 那一边的数", () => {
  const [copy, find, near, recall] = (["copy", "find", "near", "recall"] as const).map((one) =>
    runs.results(one, false)
  );
  for (const all of [copy, find, near, recall]) {
    assert.ok(all!.length > 0 && all!.every(({ training }) => training?.runs.length === 3), all![0]!.says);
  }
  assert.ok(claimed.every(({ holds }) => holds(numpyMeans)));
  const mixed = { copy: numpyMeans.find, find: numpyMeans.copy }; // 两道题换过来，十四条里有十条不成立
  assert.deepEqual(claimed.flatMap(({ holds }, n) => holds(mixed) ? [n] : []), [8, 10, 12, 13]);
  const ours = ourMeans(copy!, find!);
  assert.ok(Math.abs(ours.copy["RoPE"]![4]! - 0.51) < 0.1);
});

Deno.test("缺一份，或者换了设置，就没有话可验；印“没有数”，不印“否”", () => {
  const [copy, find] = (["copy", "find"] as const).map((one) => runs.results(one, false)) as [
    runs.Result[],
    runs.Result[],
  ];
  assert.equal(runs.ready(copy, find).when, true);
  const lost: runs.Result = { ...find[2]!, training: undefined, own: false, says: "没有存过" };
  const other: runs.Result = { ...find[2]!, training: find[2]!.training!, own: false, says: "现场训练" };
  const without = find.with(2, lost), foreign = find.with(2, other);
  assert.deepEqual(runs.ready(copy, without), { when: "这一组旋钮没有存过，也没有重跑", says: "sinusoidal：没有存过" });
  assert.match(String(runs.ready(copy, foreign).when), /换了旋钮现场训练的/);
  assert.throws(() => runs.ready([], []), /至少一份成绩/);
  assert.deepEqual(runs.rankRows(copy, without, 256), []); // 缺了人，名次不作数
  assert.equal(runs.rankRows(copy, foreign, 256).length, 9);
  assert.ok(verdicts(copy, without).every((row) => row.numpy === "是" && row.这里 === "没有数"));
  assert.deepEqual(verdicts(copy, find).map((row) => row.这里), [...Array(10).fill("是"), ...Array(4).fill("否")]);
  assert.equal(runs.spreadText([]), "没有数");
});

const judge = (mend: lesson.Mend) => marked(mend, lesson.mendProperties, [...lesson.mendSample]);
/** 训练过的照抄，别的由 `fill` 补。 */
const fill = (make: (table: readonly number[], trained: number, b: number) => number): string =>
  judge((table, n) => table.map((b, i) => i < n ? b : make(table, n, i)));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

const right: Array<[string, string]> = [
  ["41-1 三位小数", marked(0.048, lesson.handProperties)],
  ["41-1 四位小数", marked(0.0483, lesson.handProperties)],
  ["41-1 照式子算", marked(Math.E / (Math.E + 15 / Math.E + 48), lesson.handProperties)],
  ["41-2 114", marked(114, lesson.bucketProperties)],
  ["41-3 抄最后一个训练过的", judge((table, n) => table.map((b, i) => i < n ? b : table[n - 1]!))],
  ["41-3 抄最小的", fill((table, n) => Math.min(...table.slice(0, n)))],
  ["41-3 负的取平均", fill((table, n) => mean(table.slice(0, n).filter((b) => b < 0)))],
  [
    "41-3 单精度",
    judge((table, n) => Float32Array.from(table, (b, i) => i < n ? b : table[n - 1]!) as never),
  ],
  ["41-3 返回类型数组", judge((table, n) => Float64Array.from(table, (b, i) => i < n ? b : -1) as never)],
];

for (const [name, line] of right) {
  Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["41-1 只数训练过的", marked(0.33, lesson.handProperties), /也在分母里”不成立.*不止训练过的 16 个/],
  ["41-1 没训练过的当作 −1", marked(0.105, lesson.handProperties), /是 0 分，不是 −1 分”不成立.*各是 e⁰ = 1/],
  ["41-1 目标当作 0 分", marked(1 / (1 + 15 / Math.E + 48), lesson.handProperties), /差不到 0\.0005”不成立.*分子是 e¹/],
  ["41-1 第三位错了", marked(0.049, lesson.handProperties), /差不到 0\.0005”不成立/],
  ["41-1 百分数", marked(4.8, lesson.handProperties), /是 0 到 1 之间的数”不成立：量到 4\.8.*除以 100/],
  ["41-1 无穷", marked(Infinity, lesson.handProperties), /是 0 到 1 之间的数”不成立：量到 ∞/],
  ["41-2 最后一个桶的起点", marked(113, lesson.bucketProperties), /没有没见过的桶”不成立：量到 1.*31 号/],
  ["41-2 多了一个", marked(115, lesson.bucketProperties), /再短一个就有”不成立.*还能再小/],
  ["41-2 最大距离", marked(128, lesson.bucketProperties), /再短一个就有”不成立.*还能再小/],
  ["41-3 原样", judge((table) => table), /是补之前的几倍”不成立：量到 1.*换成训练过的/],
  [
    "41-3 抄目标",
    judge((table, n) => table.map((b, i) => i < n ? b : table[3]!)),
    /是补之前的几倍”不成立.*不是目标的一个/,
  ],
  ["41-3 当成掩码", fill(() => -Infinity), /±∞ 有几个”不成立：量到 20.*−∞ 是掩码/],
  ["41-3 补得太低", fill(() => -20), /没有被掩住.*不成立.*补得太低/],
  ["41-3 几个补得太低", fill((t, n, i) => i < 24 ? -8 : t[n - 1]!), /没有被掩住.*不成立.*补得太低/],
  ["41-3 漏一个", judge((t, n) => t.map((b, i) => i <= n ? b : t[n - 1]!)), /高过练过的别的桶.*不成立.*漏补/],
  ["41-3 漏两个", judge((t, n) => t.map((b, i) => i < n + 2 ? b : t[n - 1]!)), /高过练过的别的桶.*不成立.*漏补/],
  ["41-3 只补最后四个", judge((t, n) => t.map((b, i) => i < 28 ? b : t[n - 1]!)), /不成立/],
  ["41-3 写死 16", judge((t) => t.map((b, i) => i < 16 ? b : t[15]!)), /训练过的没动.*不成立.*不一定是 16/],
  ["41-3 全改了", judge((table) => table.map(() => -1)), /训练过的没动.*不成立.*只改 trained 号往后的/],
  ["41-3 少了几个", judge((table, n) => table.slice(0, n)), /还是 32 个数：.*不成立：量到 −16/],
  ["41-3 NaN", fill(() => NaN), /出错：无法补桶表：需要 16 号桶是有限的数：现在是 NaN/],
  ["41-3 字符串", fill(() => "0" as never), /出错：无法补桶表：需要 16 号桶是有限的数：现在是字符串/],
  ["41-3 不是表", judge(() => 5 as never), /出错：无法补桶表：需要返回 32 个数：现在是 5/],
];

for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
}
