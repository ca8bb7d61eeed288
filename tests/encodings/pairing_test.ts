import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { pairingOrder, toPairing } from "@lib/encodings/pairing.ts";
import { rope } from "@lib/encodings/rope.ts";
import { matrix, maxDifference } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/rope.json" with { type: "json" };
import { assertClose, assertSameFromTokens } from "../golden/golden.ts";
import { law } from "../property.ts";

const run = golden.groupedQuery, { heads, keyValueHeads: keyHeads, tokens } = run;

Deno.test("金标准：grouped-query 的权重换成前后两半，和 Hugging Face 的换法一样", () => {
  const q = toPairing(matrix(run.interleaved.wq), heads, "half");
  const k = toPairing(matrix(run.interleaved.wk), keyHeads, "half");
  assert.deepEqual(q, matrix(run.half.wq));
  assert.deepEqual(k, matrix(run.half.wk));
  // 键按查询的头数换，就错了。
  assert.throws(() => assertClose("wk", toPairing(matrix(run.interleaved.wk), 1, "half"), run.half.wk, 1e-9), /差/);
});

for (const pairing of ["interleaved", "half"] as const) {
  Deno.test(`金标准：${pairing} 的权重配 ${pairing} 的转法，因果注意力和 Llama 一样`, () => {
    const encoding = rope({ dimension: 6, base: run.base, pairing });
    const setting = { encoding, causal: true, heads, keyHeads };
    assertSameFromTokens({ ...run, ...run[pairing] }, tokens, setting, golden.provenance.tolerance);
  });
}

law(
  "换过去再换回来，一个比特也不差；两边都换，分数不变；只换一边，分数就变",
  fc.property(fc.constantFrom(2, 4, 8), fc.nat(2 ** 31 - 9), fc.boolean(), (d, seed, causal) => {
    const [q, k, v] = [1, 2, 3].map((n) => normalMatrix(5, 2 * d, seed + n));
    const half = (m: typeof q) => toPairing(m!, 2, "half");
    assert.deepEqual(toPairing(half(q), 2, "interleaved"), q);
    const scores = (queries: typeof q, keys: typeof q, pairing: "interleaved" | "half") =>
      attention({
        queries: queries!,
        keys: keys!,
        values: v!,
        heads: 2,
        causal,
        encoding: rope({ dimension: d, pairing }),
      }).scores;
    const there = scores(half(q), half(k), "half"), here = scores(q, k, "interleaved");
    assert.ok(maxDifference(there, here) < 1e-12);
    if (d > 2) assert.ok(maxDifference(scores(half(q), k, "half"), here) > 1e-3);
  }),
);

Deno.test("手算：换序表，和它的反过来", () => {
  assert.deepEqual(pairingOrder(6, "half"), [0, 2, 4, 1, 3, 5]);
  assert.deepEqual(pairingOrder(6, "interleaved"), [0, 3, 1, 4, 2, 5]);
  assert.throws(() => pairingOrder(5, "half"), /需要维数是正偶数：现在是 5/);
  assert.throws(() => toPairing(normalMatrix(1, 6, 1), 4, "half"), /无法换配对方式：需要 4 的倍数列：现在是 6/);
  assert.throws(() => pairingOrder(6, "other" as never), /需要 interleaved 或 half/);
});
