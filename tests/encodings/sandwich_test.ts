import assert from "node:assert/strict";
import fc from "fast-check";
import { sandwich, sandwichScale } from "@lib/encodings/sandwich.ts";
import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { dot, row } from "@lib/matrix.ts";
import golden from "../golden/sandwich.json" with { type: "json" };
import { assertCloseList, assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;

for (const { dimension, kernel } of golden.kernels) {
  Deno.test(`金标准：d̄ = ${dimension} 的核，距离 0 到 1000`, () => {
    const { bias } = sandwich({ scale: 1, dimension }).score!(Float64Array.from(golden.distances));
    assertCloseList("核", bias!, kernel, tolerance);
  });
}
for (const { dimension, heads, head, strength, causal, ...run } of golden.runs) {
  Deno.test(`金标准：${heads} 个头里的第 ${head} 个，d̄ = ${dimension}`, () => {
    assert.equal(sandwichScale(head, heads), strength);
    assertSameAttention(run, sandwich({ scale: strength, dimension }), causal, tolerance);
  });
}

law(
  "就是两个三角编码的点积，乘 λ",
  fc.property(fc.constantFrom(4, 16, 128), fc.nat(5000), fc.nat(5000), (dimension, i, j) => {
    const table = sinusoidalTable([i, j], { dimension });
    const { bias } = sandwich({ scale: 0.25, dimension }).score!(new Float64Array([i - j]));
    assert.ok(Math.abs(bias![0]! - 0.25 * dot(row(table, 0), row(table, 1))) < 1e-9);
  }),
);

Deno.test("平均起来越远越小，可不是单调的", () => {
  const { bias } = sandwich({ scale: 1 }).score!(Float64Array.from({ length: 400 }, (_, t) => t));
  assert.ok(bias!.slice(1).some((b, t) => b > bias![t]!), "有回升的地方");
  const mean = (from: number) => bias!.slice(from, from + 100).reduce((a, b) => a + b, 0) / 100;
  assert.ok(mean(0) > mean(100) && mean(100) > mean(200) && mean(200) > mean(300));
});

Deno.test("手算：d̄ = 4，距离 0、1、2；拒绝", () => {
  const { bias } = sandwich({ scale: 2, dimension: 4 }).score!(new Float64Array([0, 1, 2]));
  assert.deepEqual([...bias!].map((b) => b.toFixed(5)), ["4.00000", "3.08050", "1.16731"]);
  const far = new Float64Array([7]);
  assert.deepEqual(sandwich({ scale: 1 }).score!(far), sandwich({ scale: 1, dimension: 128, base: 10000 }).score!(far));
  assert.throws(() => sandwich({ scale: NaN }), /无法定 Sandwich 的 λ：需要有限的数：现在是 NaN/);
  assert.throws(() => sandwich({ scale: 1, dimension: 5 }), /需要维数是正偶数/);
  assert.throws(() => sandwichScale(0, 8), /无法取第几个头：需要 1 到 8 之间的整数：现在是 0/);
});
