import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { fire, fireDistance, fireInitial } from "@lib/encodings/fire.ts";
import { row, zeros } from "@lib/matrix.ts";
import golden from "../golden/fire.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";
import { change, input } from "./problem.ts";

const { tolerance } = golden.provenance;

for (const run of golden.runs) {
  const { c, trainingLength: trained, multiplier } = run;
  const encoding = fire({
    w1: run.hiddenWeights,
    b1: run.hiddenBiases,
    w2: run.outputWeights,
    b2: run.outputBias,
    c,
    multiplier,
    trained,
  });
  Deno.test(`金标准：c = ${c}，L = ${trained}，ℓ = ${multiplier}：归一的距离、偏置、注意力`, () => {
    const x = zeros(run.query.length, 4);
    const { scores } = attention({ queries: x, keys: x, values: x, encoding, causal: run.causal });
    run.ratios.forEach((line, i) =>
      line.forEach((ratio, j) => {
        assert.ok(Math.abs(fireDistance(i, j, { c, multiplier, trained }) - ratio) <= tolerance);
        assert.ok(Math.abs(row(scores, i)[j]! - run.biases[i]![j]!) <= tolerance);
      })
    );
    assertSameAttention(run, encoding, run.causal, tolerance);
  });
}

law(
  "归一的距离在 0 到 1 之间：不论多长，小网络没有没见过的输入",
  fc.property(fc.nat(1e6), fc.nat(1e6), fc.double({ min: 0.01, max: 10, noNaN: true }), (a, b, c) => {
    const [i, j] = [Math.max(a, b), Math.min(a, b)], x = fireDistance(i, j, { c });
    assert.ok(x >= 0 && x <= 1);
  }),
  200,
);

Deno.test("门槛以内只看距离，过了门槛就看查询在第几个", () => {
  const problem = { d: 8, seed: 1, causal: true, positions: [0, 1, 2, 3] };
  const make = () => fire({ w1: [1], b1: [0], w2: [-2], b2: 0, trained: 100 });
  const moved = (by: number) => change(input(problem, make), problem.positions.map((p) => p + by)).scores;
  assert.ok(moved(96) < 1e-12 && moved(1000) > 1e-3);
});

Deno.test("手算：(10, 0) 是 0.175255，(512, 0) 到顶；小网络一步一步", () => {
  assert.equal(fireDistance(10, 0).toFixed(6), "0.175255");
  assert.ok(fireDistance(512, 0) < 1 && fireDistance(512, 0) > 1 - 1e-6);
  const x = zeros(2, 2), encoding = fire({ w1: [1, -1], b1: [0, 0.5], w2: [10, 100], b2: 7 });
  const { scores } = attention({ queries: x, keys: x, values: x, encoding, causal: true });
  const s = fireDistance(1, 0);
  assert.ok(Math.abs(scores.data[2]! - (7 + 10 * s + 100 * (0.5 - s))) < 1e-12);
  assert.equal(scores.data[0], 7 + 50);
});

Deno.test("初值：c = 0.1、ℓ = 1、L = 512 是不写时的值；拒绝", () => {
  const { w1, w2, b2 } = fireInitial(3);
  assert.ok(
    [...w1 as Float64Array].every((w) => Math.abs(w) <= 1) && [...w1 as Float64Array].some((w) => Math.abs(w) > 0.5),
  );
  assert.ok([...w2 as Float64Array, b2].every((w) => Math.abs(w) <= 1 / Math.sqrt(32)));
  assert.equal(fireDistance(700, 3), fireDistance(700, 3, { c: 0.1, multiplier: 1, trained: 512 }));
  assert.throws(() => fire({ w1: [1], b1: [1, 2], w2: [1], b2: 0 }), /无法用 FIRE 的小网络：需要 1 个数：现在是 2/);
  assert.throws(() => fire({ w1: [1], b1: [1], w2: [1], b2: NaN }), /需要有限的 b2：现在是 NaN/);
  assert.throws(() => fire({ ...fireInitial(1), c: NaN }), /无法算 FIRE 的距离：需要有限的数：现在是 NaN/);
});
