import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import { clipBias } from "@lib/encodings/clip_bias.ts";
import { zeros } from "@lib/matrix.ts";
import golden from "../golden/clip_bias.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";

for (const { clip, table, causal, ...run } of golden.runs) {
  Deno.test(`金标准：截断 ±${clip}，${causal ? "因果" : "双向"}`, () => {
    assertSameAttention(run, clipBias(table), causal, golden.provenance.tolerance);
    assert.throws(() => assertSameAttention(run, clipBias(table.toReversed()), causal, 1e-3), /差/, "倒过来就对不上");
  });
}

Deno.test("手算：四个词元七个数，比 k 更远的合用一个", () => {
  const x = zeros(4, 2);
  const { scores } = attention({ queries: x, keys: x, values: x, encoding: clipBias([-1, 0, 7]) });
  assert.deepEqual([...scores.data], [0, -1, -1, -1, 7, 0, -1, -1, 7, 7, 0, -1, 7, 7, 7, 0]);
});

Deno.test("拒绝：偶数个数、空表、不是整数的距离", () => {
  assert.throws(() => clipBias([1, 2]), /无法用截断偏置的表：需要奇数个数（距离 −k 到 k）：现在是 2/);
  assert.throws(() => clipBias([]), /现在是 0/);
  assert.throws(() => clipBias([1]).score!(new Float64Array([0.5])), /无法按距离查 截断偏置 的表：需要整数距离/);
});
