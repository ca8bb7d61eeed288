// 拉长 RoPE 的各种办法：和 transformers 自己的函数、和 NumPy 另写的对照；定律；拒绝。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { proportionalFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { dot, matrix, maxDifference } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { byParts, llama3, turnsInWindow } from "@lib/scaling/by_parts.ts";
import { linear } from "@lib/scaling/linear.ts";
import { longRope } from "@lib/scaling/longrope.ts";
import { dynamicNtk, ntkAware, qwenAlpha, qwenDynamicNtk } from "@lib/scaling/ntk.ts";
import { plain, type Scaled, scaledRope } from "@lib/scaling/scaled.ts";
import { suBase } from "@lib/scaling/su_base.ts";
import { yarn, yarnRange, yarnScale } from "@lib/scaling/yarn.ts";
import formulas from "../golden/scaling_formulas.json" with { type: "json" };
import newer from "../golden/scaling.json" with { type: "json" };
import older from "../golden/scaling_v4.json" with { type: "json" };
import { law } from "../property.ts";

/** 相对误差：每个数差不过 `tolerance` 倍。 */
function assertRelative(what: string, ours: ArrayLike<number>, theirs: number[], tolerance: number): void {
  assert.equal(ours.length, theirs.length, what);
  theirs.forEach((x, i) =>
    assert.ok(Math.abs(ours[i]! - x) <= tolerance * Math.abs(x), `${what} 第 ${i} 对：${ours[i]} 和 ${x}`)
  );
}

interface Case {
  readonly name: string;
  readonly type: string;
  readonly dimension: number;
  readonly base: number;
  readonly maxPosition: number;
  readonly topOriginal: number | null;
  readonly share: number | null;
  readonly parameters: Record<string, unknown>;
  readonly sequenceLengths: (number | null)[];
  readonly inverseFrequencies: number[];
  readonly attentionFactor: number[];
  readonly error?: string;
}

/** 他们照算、这里拒绝的设置：门槛颠倒或是 0。 */
const refused = /swapped|beta-zero/;

/** 配置里的字段换成这里的参数；缺原长度时退到 max_position_embeddings（表里就是这样算的）。 */
function ours(one: Case, sequenceLength: number | null, version: 4 | 5): Scaled {
  const p = one.parameters as Record<string, number | boolean | number[] | undefined>;
  const rotated = one.share === null || one.type === "proportional"
    ? one.dimension
    : Math.floor(one.dimension * one.share);
  const common = { dimension: rotated, base: one.base }, number = (name: string) => p[name] as number | undefined;
  const factor = number("factor") ?? 1, inside = number("original_max_position_embeddings");
  // 哪个原长度算数，两版不同：5 版顶层的优先；4 版 yarn 只看里层的，longrope 只看顶层的。
  const chosen = version === 5 ? one.topOriginal ?? inside : one.type === "longrope" ? one.topOriginal : inside;
  const original = chosen ?? one.maxPosition;
  const length = sequenceLength === null ? {} : { sequenceLength };
  const given = (key: string, name: string) =>
    p[name] === undefined || p[name] === null ? {} : { [key]: p[name] as number };
  switch (one.type) {
    case "default":
      return plain(common);
    case "linear":
      return linear({ ...common, factor });
    case "dynamic":
      return dynamicNtk({ ...common, factor, maxPosition: one.maxPosition, sequenceLength: sequenceLength ?? 1 });
    case "yarn":
      return yarn({
        ...common,
        // 4 版没写 factor 时按两个长度的比；写了就用写的。
        factor: number("factor") ?? one.maxPosition / original,
        originalMaxPosition: original,
        ...given("betaFast", "beta_fast"),
        ...given("betaSlow", "beta_slow"),
        ...given("truncate", "truncate"),
        ...given("attentionFactor", "attention_factor"),
        ...given("mscale", "mscale"),
        ...given("mscaleAllDim", "mscale_all_dim"),
      });
    case "longrope":
      return longRope({
        ...common,
        shortFactors: p["short_factor"] as number[],
        longFactors: p["long_factor"] as number[],
        originalMaxPosition: original,
        factor: version === 4 && one.topOriginal !== null
          ? one.maxPosition / one.topOriginal
          : number("factor") ?? one.maxPosition / original,
        ...length,
        ...given("attentionFactor", "attention_factor"),
      });
    case "llama3":
      return llama3({
        ...common,
        factor,
        originalMaxPosition: original,
        lowFrequencyFactor: number("low_freq_factor")!,
        highFrequencyFactor: number("high_freq_factor")!,
      });
    case "proportional": {
      const frequencies = proportionalFrequencies(one.dimension, one.base, one.share ?? 1);
      return { inverseFrequencies: frequencies.map((f) => f / factor), attentionFactor: 1 };
    }
    default:
      throw new Error(`不认得 ${one.type}`);
  }
}

for (const [version, golden] of [[5, newer], [4, older]] as const) {
  const cases = golden.cases as unknown as Case[];
  for (const one of cases) {
    if (one.error) continue;
    if (refused.test(one.name)) {
      Deno.test(`拒绝：transformers ${version} 版照算的 ${one.name}`, () => {
        assert.throws(() => ours(one, null, version), /无法做分段内插，定(快|慢)的门槛/);
      });
      continue;
    }
    Deno.test(`金标准：transformers ${version} 版，${one.name}，五个长度`, () => {
      one.sequenceLengths.forEach((length, n) => {
        const { inverseFrequencies, attentionFactor } = ours(one, length, version), at = one.inverseFrequencies[n]!;
        assertRelative("双精度", inverseFrequencies, golden.vectors[at]!, 1e-12);
        assertRelative("库原样的单精度", inverseFrequencies, golden.shipped[at]!, 1e-6);
        assert.ok(Math.abs(attentionFactor - one.attentionFactor[n]!) < 1e-12, `系数：${attentionFactor}`);
      });
    });
  }
}

Deno.test("金标准：NTK-aware、千问的台阶、混元的 alpha", () => {
  for (const { dimension, base, alpha, inverseFrequencies } of formulas.ntkAware) {
    assertRelative("NTK", ntkAware({ dimension, base, alpha }).inverseFrequencies, inverseFrequencies, 1e-12);
  }
  for (const { dimension, base, trainLength: trained, length, alpha, inverseFrequencies } of formulas.qwenDynamic) {
    assert.equal(qwenAlpha(length, trained), alpha);
    const scaled = qwenDynamicNtk({ dimension, base, trained, sequenceLength: length });
    assertRelative("千问", scaled.inverseFrequencies, inverseFrequencies, 1e-12);
  }
});

Deno.test("金标准：论文的分段（按圈数）、YaRN 的系数、三种 β 进制读法", () => {
  for (const one of formulas.ntkByParts) {
    const { dimension, base, originalLength: originalMaxPosition, factor, alpha, beta } = one;
    const options = { dimension, base, factor, originalMaxPosition, betaSlow: alpha, betaFast: beta };
    assertRelative("圈数", turnsInWindow(plain(options).inverseFrequencies, originalMaxPosition), one.turns, 1e-12);
    assertRelative("分段", byParts(options).inverseFrequencies, one.inverseFrequencies, 1e-12);
    const paper = yarn({ ...options, ramp: "paper" });
    assert.deepEqual(paper.inverseFrequencies, byParts(options).inverseFrequencies);
    assert.ok(Math.abs(paper.attentionFactor - one.yarnAttentionFactor) < 1e-12);
  }
  for (const { dimension, base, k: factor, c: exponent, ...readings } of formulas.suReadings) {
    for (const reading of ["old", "fixed", "mixed"] as const) {
      const { inverseFrequencies } = suBase({ dimension, base, factor, reading, exponent });
      assertRelative(reading, inverseFrequencies, readings[reading], 1e-12);
    }
  }
});

const originals = fc.record({
  dimension: fc.constantFrom(4, 8, 64, 128),
  base: fc.constantFrom(100, 10000, 500000),
  factor: fc.double({ min: 1, max: 64, noNaN: true }),
  originalMaxPosition: fc.constantFrom(64, 2048, 8192),
});
const methods: Readonly<
  Record<string, (o: { dimension: number; base: number; factor: number; originalMaxPosition: number }) => Scaled>
> = {
  线性: linear,
  NTK: (o) => ntkAware({ ...o, alpha: o.factor }),
  动态: (o) => dynamicNtk({ ...o, maxPosition: o.originalMaxPosition, sequenceLength: 2 * o.originalMaxPosition }),
  分段: byParts,
  YaRN: yarn,
  "YaRN（论文）": (o) => yarn({ ...o, ramp: "paper" }),
  llama3: (o) => llama3({ ...o, lowFrequencyFactor: 1, highFrequencyFactor: 4 }),
  LongRoPE: (o) => {
    const list = new Float64Array(o.dimension / 2).fill(o.factor);
    return longRope({ ...o, shortFactors: list, longFactors: list });
  },
  "β 旧": (o) => suBase({ ...o, reading: "old" }),
  "β 正": (o) => suBase({ ...o, reading: "fixed" }),
  "β 混": (o) => suBase({ ...o, reading: "mixed" }),
};

for (const [name, method] of Object.entries(methods)) {
  law(
    `${name}：倍数是 1，就是原来的 RoPE；每一对都在“除以 s”和“不动”之间`,
    fc.property(originals, (o) => {
      const { inverseFrequencies: before } = plain(o), still = method({ ...o, factor: name === "动态" ? 1 : 1 });
      if (name !== "动态") assertRelative("倍数 1", still.inverseFrequencies, [...before], 1e-12);
      assert.equal(method({ ...o, factor: 1 }).attentionFactor, 1);
      const most = name === "动态" ? 1 * o.factor * 2 - (o.factor - 1) : o.factor; // 动态：长到两倍，α = 2s − (s − 1)
      method(o).inverseFrequencies.forEach((f, i) => {
        assert.ok(f <= before[i]! * (1 + 1e-12) && f >= before[i]! / most * (1 - 1e-12), `第 ${i} 对`);
      });
    }),
  );
}

law(
  "NTK：第一对一点不变，最后一对正好慢 α 倍；论文的 YaRN 每一对都不比线性慢",
  fc.property(originals, (o) => {
    const before = plain(o).inverseFrequencies, after = ntkAware({ ...o, alpha: o.factor }).inverseFrequencies;
    assert.equal(after[0], before[0]);
    assert.ok(Math.abs(after.at(-1)! * o.factor / before.at(-1)! - 1) < 1e-12);
    const [pi, stretched] = [linear(o), yarn(o)].map(({ inverseFrequencies }) => inverseFrequencies);
    stretched!.forEach((f, i) => assert.ok(pi![i]! <= f * (1 + 1e-12)));
  }),
);

law(
  "llama3 就是分段，只是门槛换了名字；low = high 时不除以 0",
  fc.property(originals, fc.double({ min: 0.5, max: 4, noNaN: true }), (o, threshold) => {
    const named = llama3({ ...o, lowFrequencyFactor: 1, highFrequencyFactor: 4 });
    assert.deepEqual(named, byParts({ ...o, betaSlow: 1, betaFast: 4 }));
    const step = llama3({ ...o, lowFrequencyFactor: threshold, highFrequencyFactor: threshold }).inverseFrequencies;
    const before = plain(o).inverseFrequencies;
    step.forEach((f, i) => assert.ok(f === before[i] || f === before[i]! / o.factor));
  }),
);

law(
  "拉长过的 RoPE 还是只看距离；分数乘系数的平方，不转的那几维不乘",
  fc.property(originals, fc.nat(2 ** 31 - 9), fc.nat(100_000), (o, seed, shift) => {
    const scaled = yarn(o), d = o.dimension;
    const [q, k] = [normalMatrix(4, d + 2, seed), normalMatrix(4, d + 2, seed + 1)]; // 多两维不转
    const at = (start: number, one = scaled) => {
      const positions = [0, 1, 5, 9].map((p) => p + start);
      return attention({
        queries: q,
        keys: k,
        values: k,
        positions,
        encoding: scaledRope("YaRN", one, { dimension: d + 2 }),
      }).scores;
    };
    assert.ok(maxDifference(at(0), at(shift)) < 1e-8);
    const flat = at(0, { ...scaled, attentionFactor: 1 });
    const rest = matrix(
      [0, 1, 2, 3].map((i) =>
        [0, 1, 2, 3].map((j) =>
          dot(q.data.slice(i * (d + 2) + d, (i + 1) * (d + 2)), k.data.slice(j * (d + 2) + d, (j + 1) * (d + 2))) /
          Math.sqrt(d + 2)
        )
      ),
    );
    const expected = {
      ...flat,
      data: flat.data.map((s, c) => scaled.attentionFactor ** 2 * (s - rest.data[c]!) + rest.data[c]!),
    };
    assert.ok(maxDifference(at(0), expected) < 1e-8);
  }),
  30,
);

Deno.test("手算：内插 4 倍，位置 100 转得像 25；YaRN 的两头和系数", () => {
  const x = normalMatrix(1, 8, 1), pi = scaledRope("PI", linear({ dimension: 8, factor: 4 }));
  assert.deepEqual(pi.key!(x, new Float64Array([100])), rope({ dimension: 8 }).key!(x, new Float64Array([25])));
  assert.deepEqual(yarnRange({ dimension: 8, factor: 4, originalMaxPosition: 2048 }), [1, 3]);
  assert.deepEqual(
    yarnRange({ dimension: 8, factor: 4, originalMaxPosition: 32768 }),
    [2, 4],
    "上头卡在 d − 1，不是 d/2 − 1",
  );
  assert.deepEqual(
    yarnRange({ dimension: 8, factor: 4, originalMaxPosition: 2048, truncate: false }).map((x) => x.toFixed(5)),
    ["1.00800", "2.51315"],
  );
  assert.equal(yarnScale(16).toFixed(6), "1.277259");
});

Deno.test("分段：不写的门槛是 1 和 32；门槛正好等于某一对的圈数时，也不除以 0", () => {
  const o = { dimension: 128, factor: 8, originalMaxPosition: 4096 };
  assert.deepEqual(byParts(o), byParts({ ...o, betaSlow: 1, betaFast: 32 }));
  const [threshold] = turnsInWindow(plain(o).inverseFrequencies, 4096).slice(20);
  const { inverseFrequencies } = byParts({ ...o, betaSlow: threshold!, betaFast: threshold! });
  assert.ok(inverseFrequencies.every(Number.isFinite));
});

Deno.test("不写的：β 混的指数是 0.625；全转时头的维数就是两倍的对数", () => {
  const o = { dimension: 8, factor: 4 };
  assert.deepEqual(suBase({ ...o, reading: "mixed" }), suBase({ ...o, reading: "mixed", exponent: 0.625 }));
  const x = normalMatrix(2, 8, 1);
  assert.equal(scaledRope("PI", linear(o)).query!(x, new Float64Array([1, 2])).columns, 8);
});

Deno.test("拒绝：倍数小于 1、d = 2 的 NTK、长度、门槛、系数", () => {
  const good = { dimension: 8, factor: 4, originalMaxPosition: 2048 };
  for (const factor of [0.5, 0, -1, NaN, Infinity, "4" as never]) {
    for (const method of [linear, byParts, yarn]) {
      assert.throws(
        () => method({ ...good, factor }),
        /定扩展倍数：需要不小于 1 的有限数（Hugging Face 只警告，照样算）/,
      );
    }
  }
  assert.throws(() => ntkAware({ dimension: 2, alpha: 4 }), /无法做 NTK：需要至少 4 维（要除以 d − 2）：现在是 2/);
  assert.throws(() => linear({ dimension: 7, factor: 2 }), /需要维数是正偶数：现在是 7/);
  assert.throws(
    () => dynamicNtk({ dimension: 8, factor: 2, maxPosition: 0, sequenceLength: 1 }),
    /无法做动态 NTK，定训练长度/,
  );
  assert.throws(() => byParts({ ...good, betaSlow: 4, betaFast: 2 }), /无法做分段内插，定快的门槛：需要不小于慢的门槛/);
  assert.throws(() => yarn({ ...good, ramp: "turns" as never }), /无法定 YaRN 的过渡：需要 reference 或 paper/);
  assert.throws(() => yarn({ ...good, truncate: 1 as never }), /无法定 YaRN 取不取整/);
  assert.throws(() => yarn({ ...good, attentionFactor: NaN }), /无法定 YaRN 的系数/);
  const lists = { shortFactors: [1, 1, 1, 1], longFactors: [1, 2, 3, 4] };
  assert.throws(
    () => longRope({ ...good, ...lists, longFactors: [1, 2] }),
    /无法用 LongRoPE 的系数：需要 4 个数：现在是 2/,
  );
  assert.throws(() => longRope({ ...good, ...lists, shortFactors: [1, 0, 1, 1] }), /需要大于 0 的有限数：现在是 0/);
  assert.throws(() => suBase({ ...good, reading: "new" as never }), /需要 old、fixed 或 mixed/);
});
