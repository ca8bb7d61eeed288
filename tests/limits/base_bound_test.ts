// 底数的下界：和另写的 NumPy 扫描、和作者印出来的两位数、和表里存的对照；跳过去的一段里真的没有合格的。
import assert from "node:assert/strict";
import fc from "fast-check";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { baseBound } from "@lib/limits/base_bound.ts";
import { meanCosine } from "@lib/limits/decay.ts";
import { hardest } from "@lib/limits/hardest.ts";
import { reach, sliceAt, sumAt } from "@lib/limits/sums_by_base.ts";
import shipped from "@lib/limits/base_bounds.json" with { type: "json" };
import golden from "../golden/scaling_formulas.json" with { type: "json" };
import { law } from "../property.ts";

const upTo = (length: number) => Float64Array.from({ length }, (_, m) => m);
/** 不靠被测的代码：L 个距离全算一遍。 */
const passes = (base: number, length: number, dimension = 128) =>
  meanCosine(upTo(length), inverseFrequencies(dimension, base)).every((mean) => mean >= 0);
const close = (ours: number | null, theirs: number | null, tolerance = 1e-10) =>
  assert.ok(ours === theirs || Math.abs(ours! / theirs! - 1) <= tolerance, `${ours} 和 ${theirs}`);
const twoDigits = (x: number) => Number(x.toExponential(1));
const passesFast = (base: number, length: number) => {
  const slice = sliceAt(Math.log(base), 128);
  return hardest(slice, length).every((m) => sumAt(m, slice) >= 0);
};

for (const { dimension, length, lower, upper } of golden.baseBounds) {
  Deno.test(`金标准：d = ${dimension}、L = ${length}，头一段的两头`, () => {
    const found = baseBound({ dimension, length })!;
    close(found.lower, lower);
    close(found.upper, upper);
    assert.equal(found.step, 1e-12);
  });
}

Deno.test("表：8192 以内重算一遍；每一行的两头合格，再出去一点点就不合格", () => {
  for (const { length, lower, upper, step } of shipped.rows) {
    if (length <= 8192) {
      const found = baseBound({ length, dimension: shipped.dimension })!;
      close(found.lower, lower, 1e-11);
      close(found.upper, upper, 1e-11);
    }
    const good = length <= 65536 ? passes : passesFast; // 更长的，一行要算几千万个 cos
    for (const inside of [lower * (1 + 1e-11), upper * (1 - 1e-11), Math.sqrt(lower * upper)]) {
      assert.ok(good(inside, length), `L = ${length}：${inside}`);
    }
    for (const outside of [lower * (1 - 1e-9), upper * (1 + 1e-9)]) {
      assert.ok(!good(outside, length), `L = ${length}：${outside}`);
    }
    assert.equal(step, 1e-12);
  }
});

Deno.test("作者印出来的两位数：十一个长度全对上；论文的只对上四个，别的都偏大", () => {
  const { lengths, post, paper } = shipped.printed, ours = shipped.rows.map(({ lower }) => twoDigits(lower));
  assert.deepEqual(shipped.rows.map(({ length }) => length), lengths);
  assert.deepEqual(ours, post);
  assert.ok(ours.every((lower, n) => lower <= paper[n]!)); // 论文是一个个底数试过去的，试漏了只会偏大
  assert.deepEqual(lengths.filter((_, n) => ours[n] === paper[n]), [1024, 4096, 8192, 65536]);
});

Deno.test("手算：不能二分；印出来的 1.2e4 自己就不合格；同样的 d，第二段、第三段从哪里起", () => {
  assert.deepEqual([4294, 4400, 5000, 5620, 6100].map((base) => passes(base, 1024)), [true, false, false, true, true]);
  assert.ok(!passes(12000, 2048) && !passes(11587, 2048) && passes(11588, 2048));
  const starts = [4293.4376, 5602.2, 6018.3];
  let from = 1.25;
  for (const start of starts) {
    const found = baseBound({ length: 1024, from })!;
    assert.ok(Math.abs(found.lower / start - 1) < 1e-5, `${found.lower}`);
    from = (found.upper ?? 0) * (1 + 1e-9);
  }
  assert.equal(from, 0, "第三段扫到 e⁵ 倍还没有到头");
  assert.equal(
    baseBound({ length: 1024, from: 4300 })!.lower,
    Math.exp(Math.log(4300)),
    "从合格的地方扫起，就是它自己",
  );
});

Deno.test("只有两对：L = 3、23 用手算的底数；够长就没有", () => {
  // cos m + cos(m/√b) ≥ 0：m = 2 要 2/√b ≤ π − 2。
  const bound = (m: number) => (m / (Math.PI - Math.acos(Math.cos(m)))) ** 2;
  close(baseBound({ length: 3, dimension: 4 })!.lower, bound(2));
  close(baseBound({ length: 23, dimension: 4 })!.lower, bound(22), 1e-6); // cos 22 只差 4e-5 就是 −1
  assert.equal(baseBound({ length: 200_000, dimension: 4 }), undefined);
});

law(
  "跳得放心：一个距离往右走 reach 这么远，号不变",
  fc.property(fc.double({ min: 0.3, max: 16, noNaN: true }), fc.integer({ min: 1, max: 70_000 }), (x, m) => {
    const slice = sliceAt(x, 128), sum = sumAt(m, slice), far = reach(m, sum, slice);
    assert.ok(far > 0);
    if (Math.abs(sum) < 1e-6) return;
    for (let n = 0; n < 64; n++) assert.ok(sumAt(m, sliceAt(x + far * n / 64, 128)) * sum > 0, `${n}/64`);
  }),
  300,
);

law(
  "reach 用的坡度是真的坡度，弯度的界管得住这里和右边的弯度（差分量出来的）",
  fc.property(fc.double({ min: 0.3, max: 6, noNaN: true }), fc.integer({ min: 1, max: 20 }), (x, m) => {
    const slice = sliceAt(x, 4), f = (at: number) => sumAt(m, sliceAt(at, 4)), tiny = 1e-4;
    const bend = 2e16 / reach(m, 1e16, slice) ** 2; // 和很大，坡度就不算什么了
    for (const at of [x, x + 0.1, x + 1]) {
      const curve = (f(at + tiny) - 2 * f(at) + f(at - tiny)) / tiny ** 2;
      assert.ok(Math.abs(curve) <= bend * (1 + 1e-6) + 1e-6, `${curve} 和 ${bend}`);
    }
    const slope = (f(x + tiny) - f(x - tiny)) / (2 * tiny), far = reach(m, 1, slice);
    assert.ok(Math.abs(1 + slope * far - bend * far * far / 2) < 1e-5 * (1 + bend * far * far), "正好走到界上");
  }),
  300,
);

law(
  "挑最难的：和一个个算的一样，头一个是折算后最负的，负的一个不漏（不到 256 个时）",
  fc.property(fc.double({ min: 1, max: 12, noNaN: true }), fc.integer({ min: 3, max: 3000 }), (x, length) => {
    const slice = sliceAt(x, 64), list = hardest(slice, length);
    const sums = Array.from(upTo(length), (m) => m === 0 ? 1 : sumAt(m, slice));
    assert.equal(list.length > 0 && sumAt(list[0]!, slice) < 0, sums.some((sum) => sum < 0));
    const most = sums.reduce((worst, sum, m) => m > 0 ? Math.max(worst, -sum / m) : worst, 0);
    if (most > 0) assert.ok(Math.abs(-sumAt(list[0]!, slice) / list[0]! - most) < 1e-9);
    assert.ok(list.every((m) => Number.isInteger(m) && m >= 1 && m < length && sums[m]! < 0.5 + 1e-9));
  }),
);

law(
  "下界以下没有合格的：随便抽一个更小的底数，总有一个距离是负的",
  fc.property(
    fc.constantFrom([16, 40], [64, 300], [128, 512]),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (row, t) => {
      const [dimension, length] = row as [number, number], { lower } = baseBound({ dimension, length })!;
      const base = Math.exp(t * Math.log(lower * (1 - 1e-9)) + (1 - t) * 1e-3);
      assert.ok(!passes(base, length, dimension), `${base}`);
      assert.ok(passes(lower, length, dimension));
    },
  ),
);

Deno.test("拒绝：长度、维数、起点", () => {
  assert.throws(() => baseBound({ length: 2 }), /无法找底数的下界，定长度：需要不小于 3 的整数：现在是 2/);
  assert.throws(() => baseBound({ length: 64, dimension: 2 }), /需要维数在 4 到 1024 之间：现在是 2/);
  assert.throws(() => baseBound({ length: 64, dimension: 7 }), /需要维数是正偶数：现在是 7/);
  assert.throws(() => baseBound({ length: 2 ** 21 }), /需要长度乘维数不超过 2²⁷：现在是 268435456/);
  for (const from of [1, 0, -5, NaN, 2e15]) assert.throws(() => baseBound({ length: 64, from }), /定从哪扫起/);
});
