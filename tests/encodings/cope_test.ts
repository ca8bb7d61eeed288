import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { contextualPositions, cope, copeInitial } from "@lib/encodings/cope.ts";
import { matrix, maxDifference, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/cope.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

for (const { positions, table, heads } of golden.runs) {
  heads.forEach((run, h) => {
    Deno.test(`金标准：${positions} 行向量，第 ${h} 个头，和 x-transformers 的 CoPE 一样`, () => {
      assertSameAttention(run, cope(matrix(table)), true, golden.provenance.tolerance);
    });
  });
}

law(
  "数出来的位置：越近越小，都在 0 到 P − 1 之间；看不见的不数",
  fc.property(
    fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 6 }),
    (scores, rows) => {
      const places = Float64Array.from(scores, (_, j) => j), hidden = Float64Array.from([...scores, -Infinity]);
      const counted = contextualPositions(Float64Array.from(scores), places, rows);
      counted.forEach((p, j) => assert.ok(p >= 0 && p <= rows - 1 && (j === 0 || p <= counted[j - 1]!)));
      const more = contextualPositions(hidden, Float64Array.from(hidden, (_, j) => j), rows);
      assert.deepEqual([...more.slice(0, -1)], [...counted]);
      assert.equal(more.at(-1), 0);
    },
  ),
);

Deno.test("手算：门全开时，隔 t 个是 t + 1；全是 0.5 时，每个半步", () => {
  const wide = new Float64Array([50, 50, 50, 50]), places = new Float64Array([0, 1, 2, 3]);
  assert.deepEqual([...contextualPositions(wide, places, 64)].map((p) => Math.round(p * 1e9) / 1e9), [4, 3, 2, 1]);
  assert.deepEqual([...contextualPositions(new Float64Array(3), places.slice(0, 3), 64)], [1.5, 1, 0.5]);
  assert.deepEqual([...contextualPositions(wide, places, 3)], [2, 2, 2, contextualPositions(wide, places, 64)[3]]);
  const same = contextualPositions(new Float64Array(3), new Float64Array([5, 5, 7]), 64);
  assert.deepEqual([...same], [1.5, 1.5, 0.5], "位置相同的一起数");
});

Deno.test("位置那一项不乘缩放，数位置用的分数乘过缩放", () => {
  // d = 4，缩放 1/2：q·k = 4 → 分数 2 → 门 σ(2)；e 的第 1 行是 (1, 0, 0, 0)，q·e = 2。
  const q = matrix([[2, 0, 0, 0]]), table = matrix([[0, 0, 0, 0], [1, 0, 0, 0]]);
  const { terms } = attention({ queries: q, keys: q, values: q, encoding: cope(table), causal: true });
  assert.ok(Math.abs(terms.contentPosition.data[0]! - 2 / (1 + Math.exp(-2))) < 1e-15);
});

Deno.test("初值全 0，就是 NoPE；内容变了，同样的距离数出不同的位置", () => {
  const [q, k, v] = [1, 2, 3].map((n) => normalMatrix(5, 4, n)),
    given = { queries: q!, keys: k!, values: v!, causal: true };
  assert.equal(
    maxDifference(attention({ ...given, encoding: cope(copeInitial(8, 4)) }).output, attention(given).output),
    0,
  );
  const encoding = cope(normalMatrix(8, 4, 9));
  const { terms, distances } = attention({ ...given, encoding });
  const ones = row(terms.contentPosition, 3)[2]! - row(terms.contentPosition, 2)[1]!;
  assert.ok(Math.abs(ones) > 1e-3 && row(distances, 3)[2] === row(distances, 2)[1]);
});

Deno.test("拒绝：空表，和查询不一样宽", () => {
  assert.throws(() => cope(zeros(0, 4)), /无法用 CoPE 的表：需要至少一行：现在是 0/);
  const x = zeros(2, 4);
  assert.throws(
    () => attention({ queries: x, keys: x, values: x, encoding: cope(zeros(3, 5)), causal: true }),
    /无法用 CoPE 的表：需要 4 列的矩阵：现在是 \[3, 5\]/,
  );
  assert.throws(
    () => contextualPositions(new Float64Array(2), new Float64Array(3), 4),
    /无法数位置：需要 2 个数：现在是 3/,
  );
});

Deno.test("双向时拒绝：只用在因果注意力里", () => {
  const x = normalMatrix(2, 4, 1);
  assert.throws(() => attention({ queries: x, keys: x, values: x, encoding: cope(zeros(3, 4)) }), /需要因果注意力/);
});
