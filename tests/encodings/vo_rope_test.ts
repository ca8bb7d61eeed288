import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import { nope } from "@lib/encoding.ts";
import { partialRope } from "@lib/encodings/partial_rope.ts";
import { voRope } from "@lib/encodings/vo_rope.ts";
import { matrix, maxDifference } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/vo_rope.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

for (const { causal, rotaryDimension, valueRotaryDimension, ...run } of golden.runs) {
  Deno.test(`金标准：值转前 ${valueRotaryDimension} 维，q、k 转前 ${rotaryDimension} 维，和 labml 的 RoPER 一样`, () => {
    const values = voRope({ dimension: 8, rotary: valueRotaryDimension, pairing: "half" });
    const scores = rotaryDimension ? partialRope({ dimension: 8, rotary: rotaryDimension, pairing: "half" }) : nope;
    assertSameAttention(run, compose(scores, values), causal, golden.provenance.tolerance);
  });
}

law(
  "o_i = Σ a R_{j−i} v_j：按距离一个一个转，和转过去再转回来一样；分数一个比特也不动",
  fc.property(fc.nat(2 ** 31 - 9), fc.integer({ min: 0, max: 1e5 }), (seed, start) => {
    const [q, k, v] = [1, 2, 3].map((n) => normalMatrix(4, 2, seed + n)),
      positions = [0, 3, 4, 9].map((p) => p + start);
    const given = { queries: q!, keys: k!, values: v!, positions };
    const { output, weights, scores } = attention({ ...given, encoding: voRope({ dimension: 2 }) });
    assert.deepEqual(scores, attention(given).scores);
    for (let i = 0; i < 4; i++) {
      let x = 0, y = 0;
      for (let j = 0; j < 4; j++) {
        const angle = positions[j]! - positions[i]!, a = weights.data[4 * i + j]!;
        const [vx, vy] = [v!.data[2 * j]!, v!.data[2 * j + 1]!];
        x += a * (vx * Math.cos(angle) - vy * Math.sin(angle));
        y += a * (vx * Math.sin(angle) + vy * Math.cos(angle));
      }
      assert.ok(Math.hypot(output.data[2 * i]! - x, output.data[2 * i + 1]! - y) < 1e-9);
    }
  }),
);

Deno.test("手算：两个一样的词元，输出也不同", () => {
  const x = matrix([[1, 0], [1, 0]]);
  const { output } = attention({ queries: x, keys: x, values: x, encoding: voRope({ dimension: 2 }) });
  const [a, b] = [(1 + Math.cos(1)) / 2, Math.sin(1) / 2];
  assert.ok(maxDifference(output, matrix([[a, b], [a, -b]])) < 1e-15);
});

Deno.test("不写 rotary，就全转", () => {
  const x = normalMatrix(3, 8, 1), positions = new Float64Array([1, 2, 30]);
  const all = voRope({ dimension: 8, rotary: 8, base: 10000, pairing: "interleaved" });
  assert.deepEqual(voRope({ dimension: 8 }).value!(x, positions), all.value!(x, positions));
});

Deno.test("拒绝：转得比值还宽、配对写错、值的维数不同", () => {
  assert.throws(() => voRope({ dimension: 4, rotary: 6 }), /无法造 VO-RoPE：需要转的不超过 4 维：现在是 6/);
  assert.throws(() => voRope({ dimension: 4, pairing: "x" as never }), /无法定 VO-RoPE 的配对方式/);
  const x = normalMatrix(2, 6, 1);
  assert.throws(() => attention({ queries: x, keys: x, values: x, encoding: voRope({ dimension: 4 }) }), {
    name: "ShapeError",
  });
});
