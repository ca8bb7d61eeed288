import assert from "node:assert/strict";
import fc from "fast-check";
import { attention, head } from "@lib/attention.ts";
import { alibi, alibiSlopes } from "@lib/encodings/alibi.ts";
import { matrix, row, zeros } from "@lib/matrix.ts";
import golden from "../golden/alibi.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;

Deno.test("手算：斜率 1/2，四个一样的词元，因果", () => {
  const x = zeros(4, 8);
  const { scores, weights } = attention({ queries: x, keys: x, values: x, encoding: alibi(1 / 2), causal: true });
  const visible = (m: typeof scores, digits: number) =>
    [0, 1, 2, 3].map((i) => [...row(m, i).subarray(0, i + 1)].map((v) => Number(v.toFixed(digits)) + 0));
  assert.deepEqual(visible(scores, 9), [[0], [-0.5, 0], [-1, -0.5, 0], [-1.5, -1, -0.5, 0]]);
  assert.deepEqual(visible(weights, 4), [
    [1],
    [0.3775, 0.6225],
    [0.1863, 0.3072, 0.5065],
    [0.1015, 0.1674, 0.2760, 0.4551],
  ]);
});

Deno.test("手算：偏置在除完 √d 之后加", () => {
  // q·k = 8，√d = 2：4 − 1/2 × 3 = 2.5。先加再除会得到 3.25。
  const { scores } = attention({
    queries: matrix([[2, 2, 0, 0], [2, 2, 0, 0]]),
    keys: matrix([[2, 2, 0, 0], [2, 2, 0, 0]]),
    values: zeros(2, 1),
    positions: [0, 3],
    encoding: alibi(1 / 2),
  });
  assert.deepEqual([...scores.data], [4, 2.5, 2.5, 4]);
});

law(
  "内容一样时，每近一格，权重乘 e^斜率",
  fc.property(fc.double({ min: 0, max: 4, noNaN: true }), fc.integer({ min: 2, max: 30 }), (slope, length) => {
    const x = zeros(length, 2);
    const { weights } = attention({ queries: x, keys: x, values: x, encoding: alibi(slope), causal: true });
    const last = row(weights, length - 1);
    for (let j = 1; j < length; j++) assert.ok(Math.abs(last[j]! / last[j - 1]! / Math.exp(slope) - 1) < 1e-12);
  }),
);

law(
  "双向时分不出左右：距离 t 和 −t 扣得一样多，越远扣得越多",
  fc.property(fc.double({ min: 1e-3, max: 4, noNaN: true }), fc.integer({ min: 1, max: 1e6 }), (slope, t) => {
    const { bias } = alibi(slope).score!(new Float64Array([t, -t, t + 1]));
    assert.equal(bias![0], bias![1]);
    assert.equal(bias![0], -slope * t);
    assert.ok(bias![2]! < bias![0]!);
  }),
);

Deno.test("斜率 0 就是 NoPE", () => {
  const x = matrix([[1, 2], [3, -1], [0, 1]]);
  const given = { queries: x, keys: x, values: x };
  assert.deepEqual(attention({ ...given, encoding: alibi(0) }).weights, attention(given).weights);
});

Deno.test("金标准：1 到 40 个头的斜率和 BLOOM、MPT 一样", () => {
  golden.slopes.forEach((bloom, i) => {
    const ours = alibiSlopes(i + 1), mpt = golden.mptSlopes[i]!;
    assert.equal(ours.length, bloom.length);
    ours.forEach((slope, h) => {
      assert.ok(Math.abs(slope - bloom[h]!) <= tolerance && Math.abs(slope - mpt[h]!) <= tolerance, `${i + 1} 头`);
    });
  });
  assert.equal(golden.slopes.length, 40);
});

Deno.test("金标准：1 到 40 个头的斜率和 Falcon 一样；一个头一个编码", () => {
  golden.falconSlopes.forEach((falcon, i) => {
    alibiSlopes(i + 1).forEach((slope, h) => assert.ok(Math.abs(slope - falcon[h]!) <= tolerance, `${i + 1} 头`));
  });
  const heads = 12, x = zeros(4, heads);
  const encoding = [...alibiSlopes(heads)].map(alibi);
  const { scores } = attention({ queries: x, keys: x, values: x, heads, encoding, causal: true });
  encoding.forEach((_, h) => assert.equal(row(head(scores, h, heads), 3)[0], -3 * alibiSlopes(heads)[h]!));
});

Deno.test("金标准：最后一个查询看每个键的偏置和 MPT 一样", () => {
  golden.biasRows.forEach((expected, h) => {
    const { bias } = alibi(alibiSlopes(golden.heads)[h]!).score!(
      Float64Array.from(expected, (_, j) => expected.length - 1 - j),
    );
    expected.forEach((b, j) => assert.ok(Math.abs(bias![j]! - b) <= tolerance));
  });
});

for (const run of golden.attention) {
  Deno.test(`金标准：第 ${run.head} 个头的因果注意力和 MPT 一样`, () => {
    assertSameAttention(run, alibi(alibiSlopes(golden.heads)[run.head]!), true, tolerance);
  });
}

Deno.test("手算：1 个头是 2⁻⁸；12 个头先是 −1…−8，再是 −0.5、−1.5、−2.5、−3.5", () => {
  assert.deepEqual([...alibiSlopes(1)], [2 ** -8]);
  assert.deepEqual([...alibiSlopes(8)], [1, 2, 3, 4, 5, 6, 7, 8].map((e) => 2 ** -e));
  const exponents = [...alibiSlopes(12)].map(Math.log2);
  [-1, -2, -3, -4, -5, -6, -7, -8, -0.5, -1.5, -2.5, -3.5].forEach((e, h) => {
    assert.ok(Math.abs(exponents[h]! - e) < 1e-12);
  });
});

law(
  "头数是 2 的幂时，斜率是等比数列，最后一个总是 2⁻⁸",
  fc.property(fc.integer({ min: 0, max: 8 }), (log) => {
    const slopes = alibiSlopes(2 ** log);
    slopes.forEach((slope, h) => assert.ok(Math.abs(slope / slopes[0]! ** (h + 1) - 1) < 1e-12));
    assert.ok(Math.abs(slopes.at(-1)! * 256 - 1) < 1e-12);
  }),
);

Deno.test("拒绝：斜率和头数", () => {
  for (const slope of [-0.5, NaN, Infinity]) {
    assert.throws(() => alibi(slope), {
      name: "RangeError",
      message: `无法定 ALiBi 的斜率：需要非负的有限数：现在是 ${slope}`,
    });
  }
  for (const heads of [0, -1, 3.5, NaN]) {
    assert.throws(() => alibiSlopes(heads), {
      name: "RangeError",
      message: `无法定 ALiBi 的头数：需要 1 到 65536 之间的整数：现在是 ${heads}`,
    });
  }
});
