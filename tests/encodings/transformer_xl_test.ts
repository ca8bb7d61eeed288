import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { relativeShift } from "@lib/encodings/relative_shift.ts";
import { transformerXl, transformerXlInitial } from "@lib/encodings/transformer_xl.ts";
import { type Matrix, matrix, multiply, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/transformer_xl.json" with { type: "json" };
import { assertClose, assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;

for (const [name, run] of Object.entries({ XLNet: golden.xlnet, "Transformer-XL": golden.transformerXL })) {
  const encoding = transformerXl({ u: run.u, v: run.v, projection: matrix(run.projection) });
  Deno.test(`金标准：按距离的向量和注意力，和 ${name} 一样`, () => {
    const { keys } = encoding.score!(Float64Array.from(run.distances));
    assertClose("R W", keys!, run.projected, tolerance);
    assertSameAttention(run, encoding, run.causal, tolerance);
    const swapped = transformerXl({ u: run.v, v: run.u, projection: matrix(run.projection) });
    assert.throws(() => assertSameAttention(run, swapped, run.causal, 1e-3), /差/, "u 和 v 对调就对不上");
  });
}

Deno.test("金标准：移一格和 Transformer-XL 的 _rel_shift 一样", () => {
  const { input, shifted } = golden.relShift.transformerXL;
  assert.deepEqual(relativeShift(matrix(input)), matrix(shifted));
});

law(
  "移一格得到的，就是按距离查到的（键不在查询后面的那些格）",
  fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 }), fc.nat(1000), (q, before, seed) => {
    const k = q + before, byDistance = normalMatrix(q, k, seed); // 第 c 列是距离 k − 1 − c
    const shifted = relativeShift(byDistance);
    for (let i = 0; i < q; i++) {
      for (let j = 0; j <= i + before; j++) {
        const distance = i + before - j;
        assert.equal(row(shifted, i)[j], row(byDistance, i)[k - 1 - distance]);
      }
    }
  }),
);

law(
  "8130(9)：四项一项一项另算，和四张表一样",
  fc.property(fc.nat(2 ** 31 - 20), fc.constantFrom(2, 4, 8), (seed, d) => {
    const L = 5, list = (n: number) => normalMatrix(1, d, seed + n);
    const [u, v] = [list(1), list(2)], projection = normalMatrix(6, d, seed + 3);
    const [queries, keys] = [normalMatrix(L, d, seed + 4), normalMatrix(L, d, seed + 5)];
    const encoding = transformerXl({ u: u.data, v: v.data, projection });
    const { terms } = attention({ queries, keys, values: keys, encoding });
    const transposed = (m: Matrix) =>
      matrix(Array.from({ length: m.columns }, (_, c) => Array.from({ length: m.rows }, (_, i) => row(m, i)[c]!)));
    for (let i = 0; i < L; i++) {
      for (let j = 0; j < L; j++) {
        const wave = Array.from(
          { length: 6 },
          (_, c) => (c < 3 ? Math.sin : Math.cos)((i - j) * 10000 ** (-(c % 3) / 3)),
        );
        const r = multiply(matrix([wave]), projection),
          one = (a: Matrix, b: Matrix) => multiply(a, transposed(b)).data[0]! / Math.sqrt(d);
        const q = matrix([row(queries, i)]), k = matrix([row(keys, j)]);
        const expected = {
          contentContent: one(q, k),
          contentPosition: one(q, r),
          positionContent: one(u, k),
          positionPosition: one(v, r),
        };
        for (const [term, value] of Object.entries(expected)) {
          assert.ok(Math.abs(row(terms[term as keyof typeof terms], i)[j]! - value) < 1e-12, term);
        }
      }
    }
  }),
  10,
);

Deno.test("初值：标准差 0.02；拒绝：u、v 和投影对不上", () => {
  const { u, projection } = transformerXlInitial({ modelDimension: 64, dimension: 32, seed: 1 });
  const deviation = Math.sqrt(projection.data.reduce((sum, x) => sum + x * x, 0) / projection.data.length);
  assert.ok(Math.abs(deviation - 0.02) < 0.001 && u.length === 32);
  assert.throws(
    () => transformerXl({ u: [1], v: [1, 2], projection }),
    /无法用 Transformer-XL 的 u：需要 32 个数：现在是 1/,
  );
  const odd = normalMatrix(3, 2, 1);
  assert.throws(() => transformerXl({ u: [1, 2], v: [1, 2], projection: odd }), /需要维数是正偶数：现在是 3/);
});
