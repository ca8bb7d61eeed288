// 多头潜在注意力：和 transformers 的 DeepSeek-V3 对照；展开和吸收两种算法相同；缓存多大；内容一转就吸收不了。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention, head } from "@lib/attention.ts";
import { toPairing } from "@lib/encodings/pairing.ts";
import { rope } from "@lib/encodings/rope.ts";
import { append, emptyCache } from "@lib/inference/cache.ts";
import { below, beside, columnBlock, transpose } from "@lib/inference/blocks.ts";
import { fused } from "@lib/inference/fusion.ts";
import { type Latents, mla, mlaScale } from "@lib/inference/mla.ts";
import { mlaLatents, mlaQueries, mlaShape, type MlaWeights } from "@lib/inference/mla_weights.ts";
import { gather, type Matrix, matrix, maxDifference, multiply, row, scaled, subtract, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { plain, type Scaled } from "@lib/scaling/scaled.ts";
import { yarn } from "@lib/scaling/yarn.ts";
import golden from "../golden/mla.json" with { type: "json" };
import { assertClose, assertCloseList } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;
type Golden = typeof golden.runs.plain & { queryProjection?: number[][] };
const runs = golden.runs as unknown as Readonly<Record<string, Golden>>;

/** 配置里的字段换成这里的：角频率和分数倍数从设置算，不读答案。 */
function reading(one: Golden): { weights: MlaWeights; frequencies: Scaled; scale: number } {
  const s = one.ropeScaling as Record<string, number> | null;
  const common = { dimension: one.rotaryDimension, base: one.base };
  const pair = {
    ...(s?.["mscale"] && { mscale: s["mscale"] }),
    ...(s?.["mscale_all_dim"] && { mscaleAllDim: s["mscale_all_dim"] }),
  };
  return {
    weights: {
      heads: one.heads,
      ...(one.queryProjection
        ? { queryUp: matrix(one.queryProjection) }
        : { queryDown: matrix(one.queryDown), queryNorm: one.queryNorm, queryUp: matrix(one.queryUp) }),
      keyDown: matrix(one.keyDown),
      keyNorm: one.keyNorm,
      keyUp: matrix(one.keyUp),
      output: matrix(one.outputProjection),
    },
    frequencies: s
      ? yarn({
        ...common,
        factor: s["factor"]!,
        originalMaxPosition: s["original_max_position_embeddings"]!,
        betaFast: s["beta_fast"]!,
        betaSlow: s["beta_slow"]!,
        ...pair,
      })
      : plain(common),
    scale: mlaScale(one.plainDimension + one.rotaryDimension, s?.["factor"], s?.["mscale_all_dim"]),
  };
}

for (const [name, one] of Object.entries(runs)) {
  Deno.test(`金标准：DeepSeek-V3，${name}`, () => {
    const { weights, frequencies, scale } = reading(one), { plainDimension: dn, rotaryDimension: dr } = one;
    assertCloseList("角频率", frequencies.inverseFrequencies, one.inverseFrequencies, tolerance);
    assert.ok(Math.abs(frequencies.attentionFactor - one.attentionFactor) < tolerance);
    assert.ok(Math.abs(scale - one.scaling) < tolerance);
    const kind = one.interleaved ? {} : { pairing: "half" as const }; // 不写就是相邻两维
    const input = { tokens: matrix(one.hidden), positions: one.positions, frequencies, scale, ...kind };
    const { trace, output } = mla(weights, input);
    // 库里把相邻两维的转完按前后两半排；只是换序。
    const ordered = (m: Matrix) => {
      const last = columnBlock(m, dn, dr);
      return beside([columnBlock(m, 0, dn), one.interleaved ? toPairing(last, 1, "half") : last]);
    };
    assertClose("查询", ordered(trace.queries), one.query.flat(), tolerance);
    assertClose("键", ordered(trace.keys), one.key.flat(), tolerance);
    assertClose("值", trace.values, one.value.flat(), tolerance);
    for (const form of ["plain", "absorbed"] as const) {
      const step = mla(weights, { ...input, form });
      assertClose(`${form} 的权重`, step.trace.weights, one.weights.flat(), tolerance);
      assertClose(`${form} 的输出`, step.output, one.output, tolerance);
    }
    assertClose("默认的算法", output, one.output, tolerance);
  });
}

/** 随机的一层；`rq` 是 0 就不压缩查询。 */
function layer(seed: number, { H = 2, dn = 6, dr = 4, dv = 5, rk = 8, rq = 7, model = 10 } = {}): MlaWeights {
  const small = (rows: number, columns: number, n: number) =>
    normalMatrix(rows, columns, seed + n, 1 / Math.sqrt(rows));
  return {
    heads: H,
    ...(rq > 0 && { queryDown: small(model, rq, 1), queryNorm: normalMatrix(1, rq, seed + 2).data }),
    queryUp: small(rq || model, H * (dn + dr), 3),
    keyDown: small(model, rk + dr, 4),
    keyNorm: normalMatrix(1, rk, seed + 5).data,
    keyUp: small(rk, H * (dn + dv), 6),
    output: small(H * dv, model, 7),
  };
}
const seeds = fc.nat(2 ** 31 - 20);
const settings = fc.record({
  seed: seeds,
  rq: fc.constantFrom(0, 7),
  H: fc.constantFrom(1, 2, 4),
  pairing: fc.constantFrom("interleaved" as const, "half" as const),
  start: fc.integer({ min: 0, max: 100_000 }),
  factor: fc.constantFrom(1, 4, 40),
});

law(
  "展开和吸收：分数、权重、输出都相同；缓存一样",
  fc.property(settings, ({ seed, rq, H, pairing, start, factor }) => {
    const weights = layer(seed, { rq, H }), scale = mlaScale(10, factor, 1);
    const frequencies = yarn({ dimension: 4, factor, originalMaxPosition: 64 });
    const tokens = normalMatrix(7, 10, seed), positions = [0, 1, 2, 5, 6, 7, 9].map((p) => p + start);
    const input = { tokens, positions, frequencies, pairing, scale };
    const expanded = mla(weights, { ...input, form: "plain" }), absorbed = mla(weights, { ...input, form: "absorbed" });
    assert.ok(maxDifference(expanded.trace.scores, absorbed.trace.scores) < 1e-12);
    assert.ok(maxDifference(expanded.trace.weights, absorbed.trace.weights) < 1e-12);
    assert.ok(maxDifference(expanded.output, absorbed.output) < 1e-12);
    assert.deepEqual(expanded.latents, absorbed.latents);
    assert.equal(absorbed.trace.output.columns, H * 8, "吸收的：各头拿到的是压缩向量的和");
  }),
);

law(
  "一段段接上缓存，怎么切都和整段一起算一样；整体平移，输出不变",
  fc.property(
    settings,
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
    ({ seed, pairing, start }, sizes) => {
      const weights = layer(seed), L = sizes.reduce((a, b) => a + b, 0), tokens = normalMatrix(L, 10, seed);
      const common = { frequencies: plain({ dimension: 4 }), pairing };
      const full = mla(weights, { ...common, tokens });
      const far = mla(weights, { ...common, tokens, positions: Array.from({ length: L }, (_, i) => start + i) });
      assert.ok(maxDifference(full.output, far.output) < 1e-8);
      for (const form of ["plain", "absorbed"] as const) {
        let past: Latents | undefined, at = 0;
        const outputs = sizes.map((size) => {
          const rows = Array.from({ length: size }, (_, n) => at + n);
          at += size;
          const step = mla(weights, { ...common, tokens: gather(tokens, rows), form, ...(past && { past }) });
          past = step.latents;
          return step.output;
        });
        assert.deepEqual(past, full.latents);
        assert.ok(maxDifference(below(outputs), full.output) < 1e-12);
      }
    },
  ),
  30,
);

Deno.test("DeepSeek-V3 的尺寸：每个词元存 576 个数，是从缓存里数出来的；同样的头数，MHA 存 57 倍，八个键值头的 GQA 存 3.6 倍", () => {
  const [H, dn, dr, dv, rk, model] = [128, 128, 64, 128, 512, 4]; // 词元的维数不影响缓存，取小的
  const weights: MlaWeights = {
    heads: H,
    queryUp: zeros(model, H * (dn + dr)),
    keyDown: normalMatrix(model, rk + dr, 1),
    keyNorm: new Float64Array(rk).fill(1),
    keyUp: zeros(rk, H * (dn + dv)),
    output: zeros(H * dv, model),
  };
  const { latents } = mla(weights, {
    tokens: normalMatrix(1, model, 2),
    frequencies: plain({ dimension: dr }),
    form: "absorbed",
  });
  assert.equal(latents.rows.data.length, 576);
  const shape = mlaShape(weights);
  assert.deepEqual(shape, {
    modelDimension: 4,
    keyRank: 512,
    plainDimension: 128,
    rotaryDimension: 64,
    valueDimension: 128,
  });
  /** 每个词元存几个数：真的接上一个，数一数。 */
  const stored = (heads: number, keyHeads: number, key: number, value: number) => {
    const one = { keys: zeros(1, keyHeads * key), values: zeros(1, keyHeads * value) };
    const [block] = append(emptyCache({ encoding: rope({ dimension: key }), heads, keyHeads }), one).blocks;
    return block!.keys.data.length + block!.values.data.length;
  };
  assert.equal(stored(128, 128, 128, 128), 2 * 128 * 128);
  assert.equal((stored(128, 128, 128, 128) / 576).toFixed(1), "56.9");
  assert.equal((stored(128, 8, 128, 128) / 576).toFixed(1), "3.6");
});

Deno.test("分数倍数：V3 是 0.135234，Kimi K2 是 0.130861；不写 mscale_all_dim 就不乘；不乘在 cos、sin 上", () => {
  assert.equal(mlaScale(192, 40, 1).toFixed(6), "0.135234");
  assert.equal(mlaScale(192, 32, 1).toFixed(6), "0.130861");
  for (const scale of [mlaScale(192), mlaScale(192, 40), mlaScale(192, 1, 1)]) assert.equal(scale, 1 / Math.sqrt(192));
  const weights = layer(1), input = { tokens: normalMatrix(5, 10, 1), frequencies: plain({ dimension: 4 }) };
  const one = mla(weights, input), double = mla(weights, { ...input, scale: 2 * mlaScale(10) });
  assert.deepEqual(double.trace.queries, one.trace.queries);
  const visible = (m: Matrix) => [...m.data].filter(Number.isFinite);
  const [a, b] = [visible(one.trace.scores), visible(double.trace.scores)];
  a.forEach((s, n) => assert.ok(Math.abs(2 * s - b[n]!) < 1e-12), "不写就是 1/√(dn + dr)");
});

/** 内容不转和转的分数 `[n, n]`，没乘缩放：各转各的，再点积。 */
function contentScores(weights: MlaWeights, tokens: Matrix, h: number, base: number | undefined): Matrix {
  const { plainDimension: dn, rotaryDimension: dr, valueDimension: dv, keyRank } = mlaShape(weights);
  const queries = columnBlock(mlaQueries(weights, tokens), h * (dn + dr), dn);
  const up = columnBlock(weights.keyUp, h * (dn + dv), dn);
  const keys = multiply(columnBlock(mlaLatents(weights, tokens), 0, keyRank), up);
  const encoding = base === undefined
    ? { name: "不转", scale: () => 1 }
    : { ...rope({ dimension: dn, base }), scale: () => 1 };
  return attention({ queries, keys, values: keys, encoding }).scores;
}

law(
  "内容不转：一个矩阵管所有的位置。内容也转：每个距离要自己的矩阵，用别的距离的就错",
  fc.property(seeds, fc.constantFrom(0, 1), (seed, h) => {
    const weights = layer(seed, { rq: 0 }), tokens = normalMatrix(6, 10, seed), base = 100;
    const frequencies = plain({ dimension: 6, base }).inverseFrequencies;
    const compressed = columnBlock(mlaLatents(weights, tokens), 0, 8);
    const bilinear = (M: Matrix) => multiply(multiply(tokens, M), transpose(compressed));
    const one = bilinear(fused(weights, { head: h }));
    assert.ok(maxDifference(one, contentScores(weights, tokens, h, undefined)) < 1e-12);
    const turned = contentScores(weights, tokens, h, base),
      at = (distance: number) => fused(weights, { head: h, rotation: { distance, frequencies } });
    for (let distance = -5; distance <= 5; distance++) {
      const right = bilinear(at(distance)), wrong = bilinear(at(0));
      for (let i = 0; i < 6; i++) {
        const j = i - distance;
        if (j < 0 || j >= 6) continue;
        assert.ok(Math.abs(row(right, i)[j]! - row(turned, i)[j]!) < 1e-12, `距离 ${distance}`);
        if (distance === 0) assert.ok(Math.abs(row(wrong, i)[j]! - row(turned, i)[j]!) < 1e-12);
      }
      const moved = maxDifference(at(distance), at(0)) / Math.max(...at(0).data.map(Math.abs));
      assert.ok(distance === 0 ? moved === 0 : moved > 0.05, `距离 ${distance} 的矩阵差 ${moved}`);
    }
    assert.ok(maxDifference(bilinear(at(0)), turned) > 0.05, "只用一个矩阵，分数就错");
    // 最好的一个折中（各距离的平均）也离每个距离都远。
    const distances = [0, 1, 2, 3, 4, 5],
      mean = distances.map(at).reduce((a, b) => ({ ...a, data: a.data.map((x, n) => x + b.data[n]!) }));
    const gaps = distances.map((distance) => subtract(at(distance), scaled(mean, 1 / distances.length)));
    for (const gap of gaps) assert.ok(Math.max(...gap.data.map(Math.abs)) > 0.01);
  }),
  20,
);

Deno.test("手算：一个头，2 维不转、2 维转，压缩到 1 维", () => {
  const weights: MlaWeights = {
    heads: 1,
    queryUp: matrix([[3, 4, 1, 0]]), // 词元 1 维：q = x·(3, 4 | 1, 0)
    keyDown: matrix([[2, 1, 0]]), // c = 2x 归一成 ±1，位置键 (x, 0)
    keyNorm: [5],
    keyUp: matrix([[1, 2, 7]]), // 键 c·(1, 2)，值 7c
    output: matrix([[10]]),
  };
  const input = { tokens: matrix([[1], [1]]), frequencies: plain({ dimension: 2 }), scale: 1 };
  for (const form of ["plain", "absorbed"] as const) {
    const { trace, output, latents } = mla(weights, { ...input, form });
    // 内容 (3, 4)·5(1, 2) = 55，位置 cos(i − j)；两个值都是 35，输出 350。
    [55 + 1, -Infinity, 55 + Math.cos(1), 55 + 1].forEach((s, n) =>
      assert.ok(
        s === trace.scores.data[n] || Math.abs(trace.scores.data[n]! - s) < 1e-4,
        `第 ${n} 格 ${trace.scores.data[n]}`,
      )
    );
    assert.ok(Math.abs(output.data[1]! - 350) < 1e-3);
    assert.ok(
      Math.abs(latents.rows.data[3]! - 5) < 1e-5 && Math.abs(latents.rows.data[4]! - Math.cos(1)) < 1e-15,
      "存的是转过的位置键",
    );
  }
  assert.equal(head(mla(weights, input).trace.scores, 0, 1).rows, 2);
});

Deno.test("切块、拼块：拼起来再切开是原来的；转置两次是原来的", () => {
  const [a, b] = [normalMatrix(3, 2, 1), normalMatrix(3, 4, 2)], both = beside([a, b]);
  assert.deepEqual(columnBlock(both, 0, 2), a);
  assert.deepEqual(columnBlock(both, 2, 4), b);
  assert.deepEqual(gather(below([both, both]), [3, 4, 5]), both);
  assert.deepEqual(transpose(transpose(b)), b);
  assert.deepEqual(multiply(a, transpose(a)), transpose(multiply(a, transpose(a))));
  assert.throws(() => columnBlock(a, 1, 2), /无法切出几列，定要几列：需要 0 到 1 之间的整数：现在是 2/);
  assert.throws(() => beside([a, normalMatrix(2, 2, 1)]), /无法并排拼起来：需要 3 行的矩阵/);
  assert.throws(() => below([a, b]), /无法上下接起来：需要 2 列的矩阵/);
  assert.throws(() => below([]), /需要至少一块（矩阵的数组）/);
});

Deno.test("拒绝：权重对不上、角频率个数、算法、位置、缓存的形状、头", () => {
  const weights = layer(1), input = { tokens: normalMatrix(3, 10, 1), frequencies: plain({ dimension: 4 }) };
  const bad = (more: Partial<MlaWeights>) => () => mla({ ...weights, ...more }, input);
  assert.throws(bad({ heads: 3 }), /无法读 queryUp：需要列数是 3 个头的倍数，每个头多于 4 列：现在是 20/);
  assert.throws(
    bad({ keyNorm: new Float64Array(9) }),
    /无法读 keyDown：需要 9 列压缩向量之后，还有偶数列位置键：现在是 12/,
  );
  assert.throws(bad({ keyNorm: new Float64Array(12) }), /还有偶数列位置键/);
  assert.throws(bad({ keyUp: normalMatrix(7, 22, 1) }), /无法读 keyUp：需要 8 行的矩阵/);
  assert.throws(bad({ output: normalMatrix(10, 9, 1) }), /无法读 output：需要 10 行 10 列的矩阵/);
  assert.throws(bad({ queryNorm: [1] }), /无法读 queryNorm：需要 7 个数/);
  assert.throws(bad({ queryDown: normalMatrix(9, 7, 1) }), /无法读 queryDown：需要 10 行的矩阵/);
  assert.throws(bad({ queryUp: normalMatrix(6, 20, 1) }), /无法读 queryUp：需要 7 行的矩阵/);
  const { queryDown: _, ...rest } = weights;
  assert.throws(() => mla(rest, input), /无法读 queryNorm：需要和 queryDown 一起写/);
  const { queryNorm: __, ...flat } = rest;
  assert.throws(() => mla(flat, input), /无法读 queryUp：需要 10 行的矩阵/);
  assert.throws(() => mla(weights, { ...input, tokens: normalMatrix(3, 9, 1) }), /无法做 MLA：需要 10 列的矩阵/);
  assert.throws(
    () => mla(weights, { ...input, frequencies: plain({ dimension: 6 }) }),
    /无法给 MLA 定角频率：需要 2 个数：现在是 3/,
  );
  assert.throws(() => mla(weights, { ...input, form: "fused" as never }), /无法定 MLA 的算法：需要 plain 或 absorbed/);
  assert.throws(() => mla(weights, { ...input, scale: NaN }), /无法定 MLA 的缩放/);
  const broken = { inverseFrequencies: Float64Array.of(1, NaN), attentionFactor: 1 };
  assert.throws(() => mla(weights, { ...input, frequencies: broken }), /无法给 MLA 定角频率：需要有限的数：现在是 NaN/);
  const { latents: past } = mla(weights, input);
  assert.throws(() => mla(weights, { ...input, past, positions: [2, 3, 4] }), /需要比缓存里最后的 2 靠后：现在是 2/);
  assert.throws(
    () => mla(weights, { ...input, past: { ...past, rows: normalMatrix(3, 11, 1) } }),
    /无法接上 MLA 的缓存：需要 3 行 12 列/,
  );
  assert.throws(() => fused(weights, { head: 2 }), /无法合成一个矩阵，挑一个头：需要 0 到 1 之间的整数/);
  assert.throws(
    () => fused(weights, { head: 0, rotation: { distance: 1, frequencies: [1, 1, 1, 1] } }),
    /需要至少 8 维的向量：现在是 6/,
  );
});
