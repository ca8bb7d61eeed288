import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { sinusoidal, type SinusoidalLayout, sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { dot, matrix, maxDifference, row, zeros } from "@lib/matrix.ts";
import golden from "../golden/sinusoidal.json" with { type: "json" };
import { assertClose, assertSameFromTokens } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;
const dimensions = fc.constantFrom(2, 4, 6, 64), places = fc.integer({ min: -100_000, max: 100_000 });

law(
  "p_{m+k} = R_k p_m：走 k 步就是转 k 步，和从哪儿走无关",
  fc.property(dimensions, places, places, (dimension, m, k) => {
    // p 的一对是 (sin, cos)，角度增加时从 y 轴往 x 轴转，所以是转 −k。
    const step = turns([-k], inverseFrequencies(dimension, 10000));
    const from = sinusoidalTable([m], { dimension }), to = sinusoidalTable([m + k], { dimension });
    assert.ok(maxDifference(rotate(from, step, "interleaved"), to) < 1e-10);
  }),
);

law(
  "每个向量的长度都是 √(d/2)；点积只看距离，左右对称，等于 Σ cos",
  fc.property(dimensions, places, places, (dimension, m, n) => {
    const table = sinusoidalTable([m, n, m + 7, n + 7], { dimension });
    const product = (a: number, b: number) => dot(row(table, a), row(table, b));
    assert.ok(Math.abs(product(0, 0) - dimension / 2) < 1e-9);
    assert.ok(Math.abs(product(0, 1) - product(2, 3)) < 1e-8);
    const sum = inverseFrequencies(dimension, 10000).reduce((total, f) => total + Math.cos((m - n) * f), 0);
    assert.ok(Math.abs(product(0, 1) - sum) < 1e-8);
  }),
);

for (const { dimension, interleaved, concatShorter, concat } of golden.cases) {
  Deno.test(`金标准：d = ${dimension}，三种排法和 DistilBERT、M2M100、XLNet 一样`, () => {
    const same = (layout: SinusoidalLayout, theirs: number[][]) =>
      assertClose(layout, sinusoidalTable(golden.positions, { dimension, layout }), theirs, tolerance);
    same("interleaved", interleaved);
    same("tensor2tensor", concatShorter);
    same("concatenated", concat);
    assert.throws(() => same("concatenated", concatShorter), /差/, "三种排法不是一回事");
  });
}

Deno.test("金标准：加上三角编码的因果注意力", () => {
  const run = golden.attention, encoding = sinusoidal({ dimension: 8 });
  assertSameFromTokens(run, run.tokens, { encoding, causal: true, heads: run.heads }, tolerance);
  assertClose(
    "加完",
    encoding.embed!(matrix(run.tokens), new Float64Array([0, 1, 2, 3, 4, 5])),
    run.encoded,
    tolerance,
  );
});

Deno.test("最长的波长，d = 512：论文 60611.5，tensor2tensor 正好 2π·10000", () => {
  // 波长 = 走几步转一圈：从位置 1 的 sin 反推最慢那一对的角频率。
  const slowest = (layout: SinusoidalLayout, column: number) =>
    2 * Math.PI / Math.asin(sinusoidalTable([1], { dimension: 512, layout }).data[column]!);
  assert.equal(slowest("interleaved", 510).toFixed(1), "60611.5");
  assert.equal(slowest("concatenated", 255).toFixed(1), "60611.5");
  assert.equal(slowest("tensor2tensor", 255).toFixed(1), "62831.9");
});

Deno.test("手算：加在投影之前，乘的是加完以后的", () => {
  const one = matrix([[1, 0], [0, 1]]), two = matrix([[2, 0], [0, 2]]);
  const encoding = sinusoidal({ dimension: 2 });
  const { queries } = attention({ tokens: zeros(1, 2), projections: { query: two, key: one, value: one }, encoding });
  assert.deepEqual([...queries.data], [0, 2]);
});

Deno.test("拒绝：维数、底数、排法", () => {
  for (const dimension of [7, 0, -2, NaN]) {
    assert.throws(() => sinusoidal({ dimension }), {
      message: `无法算三角编码：需要维数是正偶数：现在是 ${dimension}`,
    });
  }
  assert.throws(() => sinusoidal({ dimension: 4, base: 1 }), /无法算三角编码：需要大于 1 的底数：现在是 1/);
  assert.throws(
    () => sinusoidal({ dimension: 4, layout: "concat" as never }),
    /需要 interleaved、concatenated 或 tensor2tensor/,
  );
  assert.throws(() => sinusoidal({ dimension: 2, layout: "tensor2tensor" }), /需要维数至少是 4：现在是 2/);
});
