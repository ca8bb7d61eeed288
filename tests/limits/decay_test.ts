// 几条“衰减”曲线：分得开，各自和真的注意力、和手算的数对得上；关键维度。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { criticalDimension } from "@lib/limits/critical_dimension.ts";
import { decayBound, meanCosine, onePair } from "@lib/limits/decay.ts";
import { independentScores, independentSpread, sameVector } from "@lib/limits/decay_random.ts";
import { matrix, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { turnsInWindow } from "@lib/scaling/by_parts.ts";
import golden from "../golden/scaling_formulas.json" with { type: "json" };
import { law } from "../property.ts";

const speeds = inverseFrequencies(128, 10000);
const near = (ours: ArrayLike<number>, theirs: readonly number[], tolerance: number) =>
  theirs.forEach((x, n) => assert.ok(Math.abs(ours[n]! - x) <= tolerance, `第 ${n} 个：${ours[n]} 和 ${x}`));

Deno.test("手算的数：上界因子、q = k 的平均（d = 128，底数 10000）", () => {
  const distances = [0, 1, 2, 3, 5, 10, 18, 19, 20, 50, 64, 100, 128, 200, 250, 256, 1024, 4096];
  near(
    decayBound(distances, speeds),
    [32.5, 31.538, 28.956, 25.599, 20.845, 17.954, 15.349, 15.391, 15.242, 12.629, 10.09, 10.227, 9.273, 7.245, 6.548]
      .concat([6.543, 4.024, 4.883]),
    5.1e-4,
  );
  const powers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];
  near(
    meanCosine(powers, speeds),
    [0.97021, 0.89659, 0.75916, 0.71438, 0.62034, 0.55747, 0.47688, 0.33279, 0.3207, 0.21942, 0.20444, -0.05285],
    5.1e-6,
  );
  near(
    meanCosine([0, 1, 10, 100, 1000], speeds).map((x) => Math.sqrt(128) * x),
    [11.314, 10.977, 7.57, 5.399, 1.799],
    5.1e-4,
  );
});

law(
  "上界管得住：任意的 q、k，分数不超过 (d/2)·B(Δ)·max|hᵢ₊₁ − hᵢ|",
  fc.property(fc.constantFrom(2, 8, 32), fc.nat(2 ** 30), fc.nat(5000), (d, seed, distance) => {
    const frequencies = inverseFrequencies(d, 10000), { data } = normalMatrix(2, d, seed);
    const h = Array.from({ length: d / 2 }, (_, i) => { // q·k*，最后补一个 0
      const [a, b, c, e] = [data[2 * i]!, data[2 * i + 1]!, data[d + 2 * i]!, data[d + 2 * i + 1]!];
      return [a * c + b * e, b * c - a * e] as const;
    }).concat([[0, 0]]);
    const steps = h.slice(1).map(([re, im], i) => Math.hypot(re - h[i]![0], im - h[i]![1]));
    const [score] = independentScores([distance], frequencies, seed), [bound] = decayBound([distance], frequencies);
    const limit = d / 2 * bound! * Math.max(...steps);
    assert.ok(Math.abs(score!) * Math.sqrt(d) <= limit * (1 + 1e-12), `${score} 和 ${limit}`);
  }),
);

law(
  "q = k 和独立的 q、k：就是注意力里 RoPE 的分数",
  fc.property(fc.constantFrom(2, 8, 16), fc.nat(2 ** 30), fc.nat(3000), (d, seed, distance) => {
    const frequencies = inverseFrequencies(d, 10000),
      both = normalMatrix(2, d, seed),
      [q, k] = [row(both, 0), row(both, 1)];
    const scores = (a: Float64Array, b: Float64Array) =>
      attention({
        queries: matrix([[...a]]),
        keys: matrix([[...b]]),
        values: matrix([[1]]),
        positions: [0],
        queryPositions: [distance],
        encoding: rope({ dimension: d }),
      }).scores.data[0]!;
    near(independentScores([distance], frequencies, seed), [scores(q, k)], 1e-9);
    const self = normalMatrix(1, d, seed).data, whole = self.reduce((sum, x) => sum + x * x, 0) / Math.sqrt(d);
    near(sameVector([distance], frequencies, seed), [scores(self, self) / whole], 1e-9);
  }),
);

law(
  "一对：一圈一圈地回来；好几对的平均是每一对的平均",
  fc.property(fc.double({ min: 1e-3, max: 3, noNaN: true }), fc.integer({ min: 0, max: 50 }), (speed, turns) => {
    const lap = 2 * Math.PI / speed;
    near(onePair([turns * lap, (turns + 0.5) * lap], speed), [1, -1], 1e-9);
    const two = meanCosine([7], [speed, speed / 3])[0]!;
    near([two], [(onePair([7], speed)[0]! + onePair([7], speed / 3)[0]!) / 2], 1e-12);
  }),
);

Deno.test("分得开：q = k 平均起来往下走；独立的平均是 0，散开的哪里都是 1", () => {
  const distances = [0, 1, 10, 100, 1000], draws = 3000;
  const total = (curve: (seed: number) => Float64Array) => {
    const sum = new Float64Array(distances.length);
    for (let seed = 0; seed < draws; seed++) curve(seed).forEach((x, n) => sum[n]! += x / draws);
    return sum;
  };
  near(total((seed) => independentScores(distances, speeds, seed)), [0, 0, 0, 0, 0], 0.07); // 3.8 倍标准误
  near(independentSpread(distances, speeds, { draws, seed: 0 }), [1, 1, 1, 1, 1], 0.06);
  near(total((seed) => sameVector(distances, speeds, seed)), [...meanCosine(distances, speeds)], 0.02);
  assert.notDeepEqual(sameVector(distances, speeds, 1), sameVector(distances, speeds, 2));
});

Deno.test("关键维度：和公式、和金标准一样；小窗口、小底数不出界", () => {
  for (const { dimension, base, length, dimensions, exact } of golden.criticalDimensions) {
    assert.equal(criticalDimension({ dimension, base, length }), dimensions);
    assert.ok(Math.abs(dimension / 2 * Math.log(length / (2 * Math.PI)) / Math.log(base) - exact) < 1e-9);
  }
  assert.equal(criticalDimension({ dimension: 8, length: 6 }), 0); // 6 < 2π，第一对也没转满
  assert.equal(criticalDimension({ dimension: 8, base: 2, length: 4096 }), 8);
});

law(
  "关键维度：2⌈(d/2)·log_b(L/2π)⌉，也就是圈数过 1 的对数的两倍",
  fc.property(
    fc.constantFrom(8, 64, 128),
    fc.integer({ min: 7, max: 2 ** 20 }),
    fc.constantFrom(1e4, 5e5),
    (d, L, base) => {
      const exact = d / 2 * Math.log(L / (2 * Math.PI)) / Math.log(base);
      const found = criticalDimension({ dimension: d, base, length: L });
      assert.equal(found, Math.min(d, 2 * Math.ceil(exact)));
      const turns = turnsInWindow(inverseFrequencies(d, base), L);
      assert.ok(found === 0 || turns[found / 2 - 1]! > 1);
      assert.ok(found === d || turns[found / 2]! <= 1);
    },
  ),
);

Deno.test("拒绝：不是数的距离，乘起来溢出的，次数和种子", () => {
  assert.throws(() => decayBound([NaN], speeds), /无法算衰减的上界：需要有限的数：现在是 NaN/);
  assert.throws(() => meanCosine([1e300], [1e300]), /无法算 q = k 的平均，定转角：需要有限的数：现在是 Infinity/);
  assert.throws(() => onePair([1], NaN), /无法算一对的衰减，定角频率/);
  assert.throws(() => independentSpread([1], speeds, { draws: 0, seed: 1 }), /定次数：需要 1 到 10000 之间的整数/);
  assert.throws(() => sameVector([1], speeds, -1), /无法取随机种子/);
  assert.throws(() => criticalDimension({ dimension: 8, length: 0 }), /无法数窗口里转几圈/);
});
