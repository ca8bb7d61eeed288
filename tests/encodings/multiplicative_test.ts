import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { multiplicative, multiplicativeInitial } from "@lib/encodings/multiplicative.ts";
import { matrix, maxDifference, multiply } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/multiplicative.json" with { type: "json" };
import { assertClose, assertSameFromTokens } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance, run = golden.attention;

Deno.test("金标准：逐个分量乘，因果注意力", () => {
  const encoding = multiplicative(matrix(golden.table)), places = Float64Array.from(run.tokens, (_, i) => i);
  assertClose("乘完", encoding.embed!(matrix(run.tokens), places), run.encoded, tolerance);
  assertSameFromTokens(run, run.tokens, { encoding, causal: run.causal }, tolerance);
});

law(
  "初值全 1，就是 NoPE；内容的份是全部，没有位置-位置这一项",
  fc.property(fc.nat(2 ** 31 - 9), (seed) => {
    const tokens = normalMatrix(4, 6, seed), w = normalMatrix(6, 6, seed + 1);
    const given = { tokens, projections: { query: w, key: w, value: w } };
    const ones = attention({ ...given, encoding: multiplicative(multiplicativeInitial(4, 6)) });
    assert.equal(maxDifference(ones.output, attention(given).output), 0);
    const { terms, queries } = attention({ ...given, encoding: multiplicative(normalMatrix(4, 6, seed + 2)) });
    assert.ok(terms.positionPosition.data.every((x) => x === 0));
    const table = normalMatrix(4, 6, seed + 2);
    const scaled = { ...tokens, data: tokens.data.map((x, cell) => x * table.data[cell]!) };
    assert.ok(maxDifference(queries, multiply(scaled, w)) < 1e-12);
  }),
);

Deno.test("手算和拒绝", () => {
  const { embed } = multiplicative(matrix([[1, 1], [2, -3]]));
  assert.deepEqual([...embed!(matrix([[5, 7]]), new Float64Array([1])).data], [10, -21]);
  assert.throws(() => embed!(matrix([[5]]), new Float64Array([0])), /无法逐格相乘：需要 1 行 1 列：现在是 \[1, 2\]/);
  assert.throws(() => embed!(matrix([[5, 7]]), new Float64Array([2])), /需要 0 到 1 的位置（表只有 2 行）：现在是 2/);
});
