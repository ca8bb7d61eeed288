import assert from "node:assert/strict";
import fc from "fast-check";
import { hierarchical, hierarchicalTable } from "@lib/encodings/hierarchical.ts";
import { learned } from "@lib/encodings/learned.ts";
import { matrix, maxDifference, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/hierarchical.json" with { type: "json" };
import { assertClose, assertSameFromTokens } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;

for (const { alpha, table, extended } of golden.tables) {
  Deno.test(`金标准：α = ${alpha}，${table.length} 行拆成 ${extended.length} 行`, () => {
    assertClose("表", hierarchicalTable(matrix(table), alpha), extended, tolerance);
  });
}

Deno.test("金标准：因果注意力", () => {
  const { table, alpha } = golden.tables[1]!, run = golden.attention;
  assertSameFromTokens(
    run,
    run.tokens,
    { encoding: hierarchical(matrix(table), alpha), causal: run.causal },
    tolerance,
  );
});

law(
  "头 n 个一个比特也不变：训练好的照用",
  fc.property(
    fc.integer({ min: 1, max: 8 }),
    fc.constantFrom(0.1, 0.3, 0.4, 0.9),
    fc.nat(2 ** 31),
    (n, alpha, seed) => {
      const table = normalMatrix(n, 4, seed), x = zeros(n, 4), places = Float64Array.from({ length: n }, (_, m) => m);
      assert.deepEqual(hierarchical(table, alpha).embed!(x, places), learned(table).embed!(x, places));
    },
  ),
);

law(
  "α ≠ 0.5 时，n² 个位置各不相同",
  fc.property(fc.integer({ min: 2, max: 6 }), fc.constantFrom(0.3, 0.4, 0.7), fc.nat(2 ** 31), (n, alpha, seed) => {
    const table = hierarchicalTable(normalMatrix(n, 4, seed), alpha);
    for (let a = 0; a < n * n; a++) {
      for (let b = 0; b < a; b++) assert.ok(maxDifference(matrix([row(table, a)]), matrix([row(table, b)])) > 1e-9);
    }
  }),
  20,
);

Deno.test("手算：p = (1, 2, 3)，α = 0.4，九个位置；不写 α 就是 0.4", () => {
  const nine = [...hierarchicalTable(matrix([[1], [2], [3]])).data].map((q) => q.toFixed(4));
  assert.deepEqual(nine.slice(3), ["1.6667", "2.6667", "3.6667", "2.3333", "3.3333", "4.3333"]);
});

Deno.test("拒绝：α 是 0.5、0、1；位置到 n²", () => {
  for (const alpha of [0.5, 0, 1, NaN]) {
    assert.throws(() => hierarchical(zeros(2, 2), alpha), /无法定层次分解的 α：需要 0 到 1 之间、不是 0.5 的数/);
  }
  assert.throws(() => hierarchical(zeros(2, 2)).embed!(zeros(1, 2), new Float64Array([4])), /需要 0 到 3 的位置/);
});
