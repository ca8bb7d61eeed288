import assert from "node:assert/strict";
import fc from "fast-check";
import { inverseFrequencies, proportionalFrequencies } from "@lib/encodings/frequencies.ts";
import { partialRope, proportionalRope } from "@lib/encodings/partial_rope.ts";
import { rope } from "@lib/encodings/rope.ts";
import type { Pairing } from "@lib/encodings/rotation.ts";
import { matrix, maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/rope.json" with { type: "json" };
import proportional from "../golden/proportional.json" with { type: "json" };
import { assertClose, assertCloseList } from "../golden/golden.ts";
import { law } from "../property.ts";

for (const { dimension, rotaryDimension, base, pairing, x, rotated, ...more } of golden.partial) {
  const { inverseFrequencies: frequencies } = more as { inverseFrequencies?: number[] };
  Deno.test(`金标准：${pairing}，${dimension} 维里转 ${rotaryDimension} 维，底数 ${base}，和 GPT-NeoX、GPT-J 一样`, () => {
    const encoding = partialRope({ dimension, rotary: rotaryDimension, base, pairing: pairing as Pairing });
    const turned = encoding.key!(matrix(x), Float64Array.from(golden.partialPositions));
    assertClose("转完", turned, rotated, golden.provenance.tolerance);
    if (frequencies) assertCloseList("角频率", inverseFrequencies(rotaryDimension, base), frequencies, 1e-15);
  });
}

for (const { dimension, share, base, factor, inverseFrequencies: theirs, ...more } of proportional.cases) {
  const { x, half } = more as { x?: number[][]; half?: number[][] };
  Deno.test(`金标准：p-RoPE，d = ${dimension}，份额 ${share}，底数 ${base}，除以 ${factor}`, () => {
    const ours = proportionalFrequencies(dimension, base, share).map((f) => f / factor);
    assertCloseList("角频率", ours, theirs, proportional.provenance.tolerance);
    if (!x || factor !== 1) return;
    const encoding = proportionalRope({ dimension, base, proportion: share, pairing: "half" });
    const turned = encoding.query!(matrix(x), Float64Array.from(proportional.positions));
    assertClose("转完", turned, half!, proportional.provenance.tolerance);
  });
}

law(
  "份额是 1、转满 d 维，就是 RoPE；份额是 0，就是 NoPE",
  fc.property(fc.constantFrom(4, 8, 64), fc.nat(2 ** 31), fc.integer({ min: -1e5, max: 1e5 }), (dimension, seed, m) => {
    const x = normalMatrix(1, dimension, seed), at = new Float64Array([m]);
    const plain = rope({ dimension }).query!(x, at);
    assert.deepEqual(partialRope({ dimension, rotary: dimension }).query!(x, at), plain);
    assert.deepEqual(proportionalRope({ dimension, proportion: 1 }).query!(x, at), plain);
    assert.equal(maxDifference(proportionalRope({ dimension, proportion: 0 }).query!(x, at), x), 0);
  }),
);

Deno.test("手算：d = 8 转一半，partial 是 (1, 0.01)，p-RoPE 是 (1, 0.1, 0, 0)", () => {
  assert.deepEqual([...inverseFrequencies(4, 10000)], [1, 0.01]);
  assert.deepEqual([...proportionalFrequencies(8, 10000, 0.5)], [1, 0.1, 0, 0]);
  const x = normalMatrix(1, 8, 1), at = new Float64Array([5]);
  const partial = partialRope({ dimension: 8, rotary: 4 }).query!(x, at);
  assert.deepEqual(row(partial, 0).slice(4), row(x, 0).slice(4), "后四维原样");
  // 前后两半配对时，p-RoPE 不转的在每一半的后头，不在整个向量的末尾。
  const half = proportionalRope({ dimension: 8, proportion: 0.5, pairing: "half" }).query!(x, at);
  const still = [2, 3, 6, 7], moved = [0, 1, 4, 5];
  assert.ok(still.every((c) => half.data[c] === x.data[c]) && moved.every((c) => half.data[c] !== x.data[c]));
});

Deno.test("拒绝：转得比头还宽、奇数、份额不在 0 到 1", () => {
  assert.throws(
    () => partialRope({ dimension: 8, rotary: 10 }),
    /无法造部分旋转的 RoPE：需要转的不超过 8 维：现在是 10/,
  );
  assert.throws(() => partialRope({ dimension: 8, rotary: 3 }), /需要维数是正偶数：现在是 3/);
  for (const base of [1, 0.5, NaN, Infinity]) {
    assert.throws(() => partialRope({ dimension: 8, rotary: 4, base }), /无法定 RoPE 的角频率：需要大于 1 的底数/);
  }
  for (const proportion of [-0.1, 1.1, NaN]) {
    assert.throws(() => proportionalRope({ dimension: 8, proportion }), /无法定 p-RoPE 的份额：需要 0 到 1 之间的数/);
  }
});
