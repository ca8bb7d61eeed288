/** 第 95 到 97 页：式子的表、导数和积分、练习判分。 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  byPair,
  countOf,
  equationRows,
  equations,
  type Kind,
  type Source,
  spreadPositions,
} from "@lib/lessons/equations.ts";
import {
  clippedCount,
  clipProperties,
  quarterProperties,
  scoreProperties,
  type TurnedScore,
} from "@lib/lessons/equations_8130.ts";
import {
  averageCosine,
  enoughProperties,
  integral,
  polarProperties,
  secondOrder,
  type Split,
  splitProperties,
} from "@lib/lessons/equations_8231.ts";
import {
  chainProperties,
  denominator,
  partialSums,
  type Regroup,
  regroupProperties,
  tightest,
  vanishingProperties,
} from "@lib/lessons/equations_8265.ts";
import { marked } from "./marked.ts";

const { cos, sin, PI } = Math;

// —— 式子的表 ——

Deno.test("8130 有 17 条，8231 有 14 条；哪几条是定义", () => {
  const numbers = (source: Source, kind: Kind) =>
    equations[source].flatMap((one, n) => one.kind === kind ? [n + 1] : []);
  assert.deepEqual(numbers("8130", "恒等"), [3, 7, 14, 15, 16, 17]);
  assert.deepEqual(numbers("8130", "定义"), [1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13]);
  assert.deepEqual(numbers("8231", "定义"), [1, 3, 10]);
  assert.deepEqual(numbers("8231", "要求"), [5, 7]);
  assert.deepEqual(numbers("8231", "近似"), [4, 11, 14]);
  assert.equal(countOf("8231", "恒等"), 6);
});

Deno.test("8265 有 19 条：六条定义，两条要求，一条不等，别的是恒等", () => {
  const numbers = (kind: Kind) => equations["8265"].flatMap((one, n) => one.kind === kind ? [n + 1] : []);
  assert.deepEqual(numbers("定义"), [1, 4, 11, 17, 18, 19]);
  assert.deepEqual(numbers("要求"), [2, 3]);
  assert.deepEqual(numbers("不等"), [16]);
  assert.deepEqual(numbers("恒等"), [5, 6, 7, 8, 9, 10, 12, 13, 14, 15]);
  const [held, broken] = [0.7, 1.2].map((ratio) => equationRows("8265", [[ratio, { max: 1 }]], 1e-9, 16)[0]!);
  assert.deepEqual([held!["判词"], broken!["判词"]], ["守得住", "守不住"]);
});

Deno.test("判词由量到的数决定，不由表决定", () => {
  const [good, bad, ratio] = equationRows("8231", [1e-14, 0.5, [8.2, { min: 7, max: 9 }]], 1e-9, 2);
  assert.deepEqual([good!["式号"], good!["量到"], good!["判词"]], ["8231(2)", "< 1e-9", "成立"]);
  assert.deepEqual([bad!["式号"], bad!["判词"]], ["8231(3)", "库里不是它"]);
  assert.deepEqual([ratio!["式号"], ratio!["量到"], ratio!["判词"]], ["8231(4)", "8.2", "近似成立"]);
  assert.equal(equationRows("8231", [NaN], 1e-9)[0]!["判词"], "库里不是它"); // 坏数不算对
  assert.equal(equationRows("8231", [0], 1e-9, 2)[0]!["哪一课"], "10、12");
  assert.equal(equationRows("8231", [0], 1e-9, 14)[0]!["哪一课"], "只在这里");
  assert.throws(() => equationRows("8130", [0, 0], 1e-9, 17), /数式子/);
  assert.throws(() => equationRows("8130", [], 1e-9, 18), /定第一条的号/);
});

Deno.test("取的位置：头尾都在，从小到大，不重复，不超过 count 个", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 2, max: 9 }), (length, count) => {
    const at = spreadPositions(length, count);
    assert.equal(at.length, Math.min(length, count));
    assert.equal(at[0], 0);
    assert.equal(at.at(-1), length - 1);
    assert.ok(at.every((m, n) => Number.isInteger(m) && (n === 0 || m > at[n - 1]!)));
  }));
  assert.throws(() => spreadPositions(0, 4));
  assert.throws(() => spreadPositions(4, 1));
});

Deno.test("一对一对：行是 m，列是 n，也给行号列号", () => {
  assert.deepEqual([...byPair([5, 7], (m, n, i, j) => 1000 * m + 100 * n + 10 * i + j).data], [5500, 5701, 7510, 7711]);
});

// —— 导数和积分 ——

Deno.test("导数：x'Ax 和 x'By 的导数是手算得出的", () => {
  const A = [[2, 1], [1, -3]], B = [[1, 4], [0.5, -2]];
  const form = (M: number[][], x: number[], y: number[]) =>
    x.reduce((sum, a, r) => sum + y.reduce((s, b, c) => s + a * M[r]![c]! * b, 0), 0);
  const x = [0.3, -1], y = [2, 0.7];
  const found = secondOrder((p, q) => form(A, p, p) + form(B, p, q) + Math.exp(q[0]!), x, y);
  const close = (got: ArrayLike<number>, want: number[]) =>
    want.forEach((value, n) => assert.ok(Math.abs(got[n]! - value) < 1e-5, `${got[n]} ≠ ${value}`));
  close(found.F_m.data, [4, 2, 2, -6]); // A + A'
  close(found.H.data, B.flat()); // 行是 m，列是 n
  close(found.F_n.data, [Math.exp(2), 0, 0, 0]);
  close(found.g_m.data, [0, 1].map((r) => form([A[r]!], [2], x) + form([B[r]!], [1], y)));
  assert.deepEqual([found.g_n.rows, found.g_n.columns, found.H.rows], [2, 1, 2]);
  assert.ok(Math.abs(found.f - (form(A, x, x) + form(B, x, y) + Math.exp(2))) < 1e-12);
});

Deno.test("积分：多项式、余弦；段数要是偶数", () => {
  assert.ok(Math.abs(integral((t) => t ** 3 - t) - (1 / 4 - 1 / 2)) < 1e-14);
  assert.ok(Math.abs(integral((t) => cos(3 * t)) - sin(3) / 3) < 1e-12);
  assert.throws(() => integral(() => 1, 3));
});

Deno.test("各对 cos 的平均：距离 0 是 1；一对时就是 cos", () => {
  assert.equal(averageCosine(0, 64), 1);
  assert.equal(averageCosine(5, 2), cos(5));
  assert.throws(() => averageCosine(1, 7));
});

Deno.test("截断的距离：两头对称，截断够大就没有", () => {
  assert.deepEqual([[4, 2], [4, 3], [4, 1], [1, 1]].map(([L, k]) => clippedCount(L!, k!)), [2, 0, 4, 0]);
});

// —— 8265：部分和，界正好够到的例子 ——

const speeds = [1, 0.1, 0.01, 0.001];
const modulus = (pairs: number[], i: number) => Math.hypot(pairs[2 * i] ?? 0, pairs[2 * i + 1] ?? 0);

Deno.test("部分和：每一步加上的是一个单位长的箭头，方向是 Δθ", () => {
  fc.assert(fc.property(fc.integer({ min: -5000, max: 5000 }), (t) => {
    const S = partialSums(t, speeds);
    speeds.forEach((speed, i) => {
      const [re, im] = [0, 1].map((part) => S[2 * i + part]! - (S[2 * i + part - 2] ?? 0));
      assert.ok(Math.abs(re! - cos(t * speed)) < 1e-12 && Math.abs(im! - sin(t * speed)) < 1e-12);
    });
  }));
  assert.deepEqual(partialSums(0, []), []);
  assert.throws(() => partialSums(NaN, speeds));
});

Deno.test("最紧的 h：相邻两个差 1，最后一个长 1，Σ h·e 的长度就是 Σ|S|", () => {
  fc.assert(fc.property(fc.integer({ min: -5000, max: 5000 }), (t) => {
    const S = partialSums(t, speeds), h = tightest(S), next = [...h.slice(2), 0, 0];
    const steps = speeds.map((_, i) => modulus(h.map((one, c) => next[c]! - one), i));
    assert.ok(steps.every((step) => Math.abs(step - 1) < 1e-9));
    let re = 0, im = 0, total = 0;
    speeds.forEach((speed, i) => {
      const [x, y, c, s] = [h[2 * i]!, h[2 * i + 1]!, cos(t * speed), sin(t * speed)];
      re += x * c - y * s, im += x * s + y * c, total += modulus(S, i);
    });
    assert.ok(Math.abs(Math.hypot(re, im) - total) < 1e-9);
  }));
  assert.ok(tightest([0, 0, 1, 0]).every(Number.isFinite)); // S 正好是 0，不除出 NaN
});

Deno.test("8265(18) 的分母：1 + cos，隔 22 个几乎是 0", () => {
  assert.equal(denominator(3), 1 + cos(3));
  assert.ok(denominator(22) < 1e-4 && denominator(44) > 1.9);
  assert.throws(() => denominator(NaN));
});

// —— 判分 ——

const score = (f: (q: number[], k: number[], t: number, w: number) => number): TurnedScore => f;
const A = (q: number[], k: number[]) => q[0]! * k[0]! + q[1]! * k[1]!;
const B = (q: number[], k: number[]) => q[1]! * k[0]! - q[0]! * k[1]!;
const turned = ([x, y]: number[], a: number) => [x! * cos(a) - y! * sin(a), x! * sin(a) + y! * cos(a)];
const start = [[1, 0], [0, 1], 1, 1];
const split = (f: (a: number, b: number, m: number, n: number, w: number) => number[]): Split => f;
const one = [1, 1, 0, 0, 1];
const regroup = (f: (S: number[], h: number[], next: number[]) => number[]): Regroup => (h, u) =>
  f(u.map((_, i) => u.slice(0, i + 1).reduce((sum, x) => sum + x, 0)), h, [...h.slice(1), 0]);
const blanks = [[1], [1]];

const right: Array<[string, string]> = [
  ["95-1", marked([-4, 3], quarterProperties)],
  ["95-1 算出来的", marked([3 * cos(PI / 2) - 4 * sin(PI / 2), 3 * sin(PI / 2) + 4 * cos(PI / 2)], quarterProperties)],
  ["95-2", marked(32, clipProperties)],
  ["95-3 实数写", marked(score((q, k, t, w) => A(q, k) * cos(t * w) - B(q, k) * sin(t * w)), scoreProperties, start)],
  ["95-3 先转 q 再点积", marked(score((q, k, t, w) => A(turned(q, t * w), k)), scoreProperties, start)],
  [
    "95-3 用模和角",
    marked(
      score((q, k, t, w) =>
        Math.hypot(...q) * Math.hypot(...k) * cos(t * w + Math.atan2(q[1]!, q[0]!) - Math.atan2(k[1]!, k[0]!))
      ),
      scoreProperties,
      start,
    ),
  ],
  ["96-1", marked([6, 30], polarProperties)],
  ["96-1 多一圈", marked([6, -330], polarProperties)],
  ["96-2", marked(52, enoughProperties)],
  [
    "96-3",
    marked(
      split((a, b, m, n, w) => [(a + b) / 2 * cos((m - n) * w), (a - b) / 2 * cos((m + n) * w)]),
      splitProperties,
      one,
    ),
  ],
  [
    "96-3 不用积化和差，拿总和减",
    marked(
      split((a, b, m, n, w) => {
        const near = (a + b) / 2 * cos((n - m) * w);
        return [near, a * cos(m * w) * cos(n * w) + b * sin(m * w) * sin(n * w) - near];
      }),
      splitProperties,
      one,
    ),
  ],
  ["97-1", marked([4, 8, 9], chainProperties)],
  ["97-1 算出来的", marked([Math.abs(1 + 3), 1 * 2 + 2 * 3, 3 * (1 + 2)], chainProperties)],
  ["97-2", marked(22, vanishingProperties)],
  ["97-3", marked(regroup((S, h, next) => h.map((x, i) => -S[i]! * (next[i]! - x))), regroupProperties, blanks)],
  [
    "97-3 边走边加",
    marked(
      ((h, u) => {
        let S = 0;
        return h.map((x, i) => (S += u[i]!) * (x - (h[i + 1] ?? 0)));
      }) as Regroup,
      regroupProperties,
      blanks,
    ),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["95-1 转反了", marked([4, -3], quarterProperties), /逆时针.*不成立.*转反了/],
  ["95-1 没转", marked([3, 4], quarterProperties), /和原来垂直，点积是 0”不成立：量到 25.*换位置/],
  ["95-1 加了 1", marked([-3, 3], quarterProperties), /长度还是 5”不成立.*只剩 −y 和 x/],
  ["95-1 只有一个数", marked([3], quarterProperties), /出错：需要两个数的数组/],
  ["95-2 太小", marked(31, clipProperties), /一个距离也不截断”不成立：量到 2.*再大一些/],
  ["95-2 太大", marked(33, clipProperties), /再小 1 就有距离被截断”不成立.*还能再小/],
  [
    "95-3 正负号反了",
    marked(score((q, k, t, w) => A(q, k) * cos(t * w) + B(q, k) * sin(t * w)), scoreProperties, start),
    /和两个都转一遍再点积一样”不成立.*转反了/,
  ],
  [
    "95-3 忘了共轭",
    marked(
      score((q, k, t, w) =>
        (q[0]! * k[0]! - q[1]! * k[1]!) * cos(t * w) - (q[0]! * k[1]! + q[1]! * k[0]!) * sin(t * w)
      ),
      scoreProperties,
      start,
    ),
    /距离是 0，就是普通的点积”不成立.*cos 0 = 1/,
  ],
  [
    "95-3 B 写成了加",
    marked(
      score((q, k, t, w) => A(q, k) * cos(t * w) - (q[1]! * k[0]! + q[0]! * k[1]!) * sin(t * w)),
      scoreProperties,
      start,
    ),
    /q 和 k 对调、距离变号，分数不变”不成立.*虚部/,
  ],
  ["95-3 返回数组", marked((() => [1]) as never as TurnedScore, scoreProperties, start), /出错：需要返回一个数/],
  ["96-1 模相加", marked([5, 30], polarProperties), /模是两个模的积”不成立：量到 −1.*模相乘/],
  ["96-1 角相加", marked([6, 70], polarProperties), /角差得对.*不成立：量到 40.*角要减/],
  ["96-1 减反了", marked([6, -30], polarProperties), /角差得对.*不成立.*m 的减 n 的/],
  ["96-2 太小", marked(48, enoughProperties), /差小于 0.01”不成立.*再大一些/],
  ["96-2 太大", marked(64, enoughProperties), /d 再小 2，差就不小于 0.01”不成立.*还能再小/],
  [
    "96-3 没有拆",
    marked(
      split((a, b, m, n, w) => [a * cos(m * w) * cos(n * w), b * sin(m * w) * sin(n * w)]),
      splitProperties,
      one,
    ),
    /第一项：m、n 一起加 7，不变”不成立.*只能出现 m − n/,
  ],
  [
    "96-3 两项放反",
    marked(
      split((a, b, m, n, w) => [(a - b) / 2 * cos((m + n) * w), (a + b) / 2 * cos((m - n) * w)]),
      splitProperties,
      one,
    ),
    /第一项：m、n 一起加 7，不变”不成立/,
  ],
  [
    "96-3 忘了一半",
    marked(split((a, b, m, n, w) => [(a + b) * cos((m - n) * w), (a - b) * cos((m + n) * w)]), splitProperties, one),
    /两项加起来.*不成立.*一半/,
  ],
  ["97-1 忘了最后一个差", marked([4, 2, 6], chainProperties), /中间.*不成立：量到 −6.*0 − h₁/],
  ["97-1 挑了小的差", marked([4, 8, 6], chainProperties), /右边.*不成立：量到 −3.*挑大的/],
  ["97-1 左边乘了 S", marked([7, 8, 9], chainProperties), /左边.*不成立：量到 3.*把 h 加起来/],
  ["97-1 只有一个数", marked([4], chainProperties), /出错：需要三个数的数组/],
  ["97-2 最近的 π", marked(3, vanishingProperties), /别的都不比它小”不成立：量到 0.009.*奇数倍/],
  ["97-2 偶数倍", marked(44, vanishingProperties), /别的都不比它小”不成立.*奇数倍/],
  ["97-2 不是整数", marked(PI, vanishingProperties), /1 到 50 的整数”不成立.*整数/],
  ["97-2 试过了头", marked(355, vanishingProperties), /1 到 50 的整数”不成立.*最多试到 50/],
  [
    "97-3 忘了负号",
    marked(regroup((S, h, next) => h.map((x, i) => S[i]! * (next[i]! - x))), regroupProperties, blanks),
    /加起来，还是 Σ h·u”不成立.*负号/,
  ],
  [
    "97-3 没有归并",
    marked(((h, u) => h.map((x, i) => x * u[i]!)) as Regroup, regroupProperties, blanks),
    /h 都一样，就只剩最后一项”不成立.*差就是 0/,
  ],
  [
    "97-3 S 差了一格",
    marked(
      regroup((S, h, next) => h.map((x, i) => -(S[i - 1] ?? 0) * (next[i]! - x))),
      regroupProperties,
      blanks,
    ),
    /加起来，还是 Σ h·u”不成立/,
  ],
  [
    "97-3 凑成总和，放在最后一项",
    marked(
      ((h, u) => h.map((_, i) => i < h.length - 1 ? 0 : h.reduce((total, x, n) => total + x * u[n]!, 0))) as Regroup,
      regroupProperties,
      blanks,
    ),
    /倒数第二项.*不成立：量到 3\.5.*S_\{i\+1\}/,
  ],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
}

for (
  const [name, line] of [
    ["95-1", marked(undefined as never, quarterProperties)],
    ["95-2", marked(NaN, clipProperties)],
    ["96-3", marked((() => undefined) as Split, splitProperties, one)],
    ["97-1", marked(undefined as never, chainProperties)],
    ["97-2", marked(NaN, vanishingProperties)],
    ["97-3", marked((() => undefined) as Regroup, regroupProperties, blanks)],
  ]
) {
  Deno.test(`空桩不算错：${name}`, () => assert.match(line!, /^✎ 练习：还没写/));
}
