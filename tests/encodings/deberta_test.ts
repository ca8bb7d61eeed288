import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { deberta, debertaInitial } from "@lib/encodings/deberta.ts";
import { debertaBucket } from "@lib/encodings/deberta_bucket.ts";
import { dot, matrix, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/deberta.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;

for (
  const { version, types, buckets, maxRelativePositions, relativeKeys, relativeQueries, ...run } of golden.attention
) {
  const tables = {
    ...(types.includes("c2p") && { keys: matrix(relativeKeys) }),
    ...(types.includes("p2c") && { queries: matrix(relativeQueries) }),
    ...(buckets > 0 && { logBuckets: { buckets, maxPosition: maxRelativePositions } }),
  };
  Deno.test(`金标准：DeBERTa ${version}，${types}${buckets > 0 ? "，对数桶" : ""}`, () => {
    assertSameAttention(run, deberta({ ...tables, third: "code" }), false, tolerance);
    if (types.includes("p2c")) {
      assert.throws(() => assertSameAttention(run, deberta(tables), false, 1e-3), /差/, "论文的方向和代码的不是一回事");
    }
  });
}

for (const { buckets, maxPosition, changes, float64Differs } of golden.logBuckets) {
  Deno.test(`金标准：对数桶 ${buckets}/${maxPosition}，距离 −600 到 600`, () => {
    const excused = new Set<number>(float64Differs);
    let at = 0;
    for (let t = -600; t <= 600; t++) {
      while (at + 1 < changes.length && changes[at + 1]![0]! <= t) at++;
      if (!excused.has(t)) assert.equal(debertaBucket(t, buckets, maxPosition), changes[at]![1], `距离 ${t}`);
    }
  });
}

law(
  "8130(11)：三项一项一项另算，和表一样；位置-位置是 0",
  fc.property(fc.nat(2 ** 31 - 20), fc.constantFrom(2, 4), (seed, d) => {
    const L = 6, k = 2, [K, Q] = [normalMatrix(2 * k, d, seed), normalMatrix(2 * k, d, seed + 1)];
    const [queries, keys] = [normalMatrix(L, d, seed + 2), normalMatrix(L, d, seed + 3)];
    const { terms } = attention({ queries, keys, values: keys, encoding: deberta({ keys: K, queries: Q }) });
    const delta = (i: number, j: number) => i - j <= -k ? 0 : i - j >= k ? 2 * k - 1 : i - j + k; // 论文的 δ
    for (let i = 0; i < L; i++) {
      for (let j = 0; j < L; j++) {
        const scale = 1 / Math.sqrt(3 * d), q = row(queries, i), key = row(keys, j);
        const at = (m: typeof K) => row(m, i)[j]!;
        assert.ok(Math.abs(at(terms.contentContent) - scale * dot(q, key)) < 1e-12);
        assert.ok(Math.abs(at(terms.contentPosition) - scale * dot(q, row(K, delta(i, j)))) < 1e-12);
        assert.ok(Math.abs(at(terms.positionContent) - scale * dot(key, row(Q, delta(j, i)))) < 1e-12);
        assert.equal(at(terms.positionPosition), 0);
      }
    }
  }),
  20,
);

law(
  "对数桶：奇函数，不减，近处照抄",
  fc.property(fc.integer({ min: 2, max: 64 }), fc.integer({ min: 0, max: 5000 }), (buckets, t) => {
    const maxPosition = 4 * buckets, bucket = (x: number) => debertaBucket(x, buckets, maxPosition);
    assert.equal(bucket(-t) + 0, -bucket(t) + 0);
    assert.ok(bucket(t + 1) >= bucket(t));
    if (t <= Math.floor(buckets / 2)) assert.equal(bucket(t), t);
    assert.ok(bucket(maxPosition - 1) <= buckets - 1 + buckets % 2);
  }),
  200,
);

Deno.test("除的是 √(d·(1 + 项数))", () => {
  const table = zeros(4, 9);
  assert.equal(deberta({ keys: table, queries: table }).scale!(9), 1 / Math.sqrt(27));
  assert.equal(deberta({ keys: table }).scale!(8), 1 / 4);
});

Deno.test("拒绝：没有表、奇数行、两张不配、方向写错、桶数对不上；初值", () => {
  const table = zeros(4, 2);
  assert.throws(() => deberta({}), /无法用 DeBERTa 的表：需要至少一张表，偶数行（2k）：现在是 0/);
  assert.throws(() => deberta({ keys: zeros(3, 2) }), /现在是 3/);
  assert.throws(() => deberta({ keys: table, queries: zeros(6, 2) }), /需要 4 行 2 列的矩阵：现在是 \[6, 2\]/);
  assert.throws(() => deberta({ keys: table, third: "hf" as never }), /需要 paper 或 code/);
  const logBuckets = { buckets: 6, maxPosition: 16 };
  assert.throws(() => deberta({ keys: table, logBuckets }), /无法用 DeBERTa 的对数桶：需要 12 行的表：现在是 4/);
  assert.throws(() => debertaBucket(1, 6, 4), /无法定 DeBERTa 的最大位置：需要不小于 5 的整数：现在是 4/);
  const { keys } = debertaInitial(256, 32, 768, 1);
  const deviation = Math.sqrt(keys!.data.reduce((sum, x) => sum + x * x, 0) / keys!.data.length);
  assert.ok(Math.abs(deviation / (0.0004 * Math.sqrt(768)) - 1) < 0.05, `${deviation}`);
});
