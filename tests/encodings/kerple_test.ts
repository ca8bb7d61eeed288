import assert from "node:assert/strict";
import fc from "fast-check";
import { alibi } from "@lib/encodings/alibi.ts";
import { kerpleInitial, kerpleLog, kerplePower } from "@lib/encodings/kerple.ts";
import golden from "../golden/kerple.json" with { type: "json" };
import { assertCloseList, assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;
const make = (kind: string, r1: number, r2: number) => kind === "power" ? kerplePower(r1, r2) : kerpleLog(r1, r2);

for (const { kind, r1, r2, bias } of golden.curves) {
  Deno.test(`金标准：${kind}，r1 = ${r1}，r2 = ${r2}，距离 0 到 1000`, () => {
    assertCloseList("偏置", make(kind, r1, r2).score!(Float64Array.from(golden.distances)).bias!, bias, tolerance);
  });
}
for (const { kind, r1, r2, causal, ...run } of golden.runs) {
  Deno.test(`金标准：${kind} 的注意力，r1 = ${r1}，r2 = ${r2}，${causal ? "因果" : "双向"}`, () => {
    assertSameAttention(run, make(kind, r1, r2), causal, tolerance);
  });
}

law(
  "幂核的指数是 1，就是 ALiBi，一个比特也不差",
  fc.property(fc.double({ min: 0.01, max: 4, noNaN: true }), fc.integer({ min: -1e6, max: 1e6 }), (slope, t) => {
    const distances = new Float64Array([t]);
    assert.deepEqual(kerplePower(slope, 1).score!(distances).bias, alibi(slope).score!(distances).bias);
  }),
);

law(
  "越远扣得越多，左右一样；对数核越远扣得越慢",
  fc.property(
    fc.double({ min: 0.01, max: 2, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 1000 }),
    (r1, r2, t) => {
      for (const kernel of [kerpleLog(r1, r2), kerplePower(r1, r2)]) {
        const [near, far, mirrored] = kernel.score!(new Float64Array([t, t + 1, -t])).bias!;
        assert.ok(far! < near! && near! < 0 && mirrored === near);
      }
      const [a, b, c] = kerpleLog(r1, r2).score!(new Float64Array([t, t + 1, t + 2])).bias!;
      assert.ok(a! - b! > b! - c!);
    },
  ),
);

Deno.test("手算：对数核 r1 = 1、r2 = 3，距离 1 扣 ln 4；幂核 0.5、0.5，距离 4 扣 1", () => {
  assert.equal(kerpleLog(1, 3).score!(new Float64Array([1])).bias![0]!.toFixed(5), "-1.38629");
  assert.equal(kerplePower(0.5, 0.5).score!(new Float64Array([4])).bias![0], -1);
});

Deno.test("初值在范围里，不同种子不同；拒绝：不是正数，指数大于 2", () => {
  const drawn = Array.from({ length: 200 }, (_, seed) => kerpleInitial(seed));
  assert.ok(drawn.every(({ r1, r2 }) => r1 >= 0.01 && r1 <= 2 && r2 >= 0.01 && r2 <= 1));
  assert.ok(drawn.some(({ r1 }) => r1 > 1.5) && new Set(drawn.map(({ r2 }) => r2)).size > 150);
  for (const bad of [0, -1, NaN, Infinity]) {
    assert.throws(() => kerpleLog(bad, 1), /无法定 KERPLE 的 r1：需要大于 0 的有限数/);
    assert.throws(() => kerpleLog(1, bad), /无法定 KERPLE 的 r2/);
    assert.throws(() => kerplePower(bad, 1), /无法定 KERPLE 的 r1/);
  }
  assert.throws(() => kerplePower(1, 2.1), /需要大于 0、不超过 2 的数：现在是 2.1/);
});
