import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { xpos, xposDecay } from "@lib/encodings/xpos.ts";
import { rope } from "@lib/encodings/rope.ts";
import { dot, matrix, maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/xpos.json" with { type: "json" };
import { assertClose, assertCloseList, assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;

for (
  const { dimension, scaleBase, centre, scale, positions, query, key, rotatedQuery, rotatedKey, scores } of golden.cases
) {
  const encoding = xpos({ dimension, scaleBase }), at = Float64Array.from(positions);
  const q = encoding.query!(matrix(query), at), k = encoding.key!(matrix(key), at);
  Deno.test(`金标准：d = ${dimension}，每 ${scaleBase} 个词元一个 ζ，和 rotary-embedding-torch 一样`, () => {
    assertCloseList("ζ", xposDecay(dimension), scale, 1e-7); // 那边的 ζ 是单精度的
    const theirs = (i: number, j: number) => scores[i]![j]!;
    positions.forEach((m, i) =>
      positions.forEach((n, j) => {
        if (n > m) return; // 因果：只看过去
        assert.ok(
          Math.abs(dot(row(q, i), row(k, j)) - theirs(i, j)) <= tolerance * Math.max(1, Math.abs(theirs(i, j))),
        );
      })
    );
  });
  Deno.test(`金标准：d = ${dimension}，他们把中心放在 ${centre}，只差一个固定的倍数`, () => {
    // 我们从位置 0 起放大，他们从 centre 起：查询差 ζ^(−centre/scaleBase) 倍，键差它的倒数。
    const shift = (sign: number) =>
      matrix(
        positions.map(() =>
          Array.from({ length: dimension }, (_, c) => scale[Math.floor(c / 2)]! ** (sign * centre / scaleBase))
        ),
      );
    const times = (a: typeof q, b: typeof q) => ({ ...a, data: a.data.map((x, cell) => x * b.data[cell]!) });
    assertClose("查询", times(q, shift(-1)), rotatedQuery, 1e-9);
    assertClose("键", times(k, shift(1)), rotatedKey, 1e-9);
  });
}

Deno.test("金标准：因果注意力", () => {
  const { scaleBase, ...run } = golden.attention;
  assertSameAttention(run, xpos({ dimension: 4, scaleBase }), true, tolerance);
});

law(
  "分数是 RoPE 的每一对乘 ζ^(距离/512)：只有一对时就是整个分数乘",
  fc.property(fc.nat(2 ** 31 - 9), fc.integer({ min: 0, max: 2000 }), (seed, distance) => {
    const [q, k] = [normalMatrix(2, 2, seed), normalMatrix(2, 2, seed + 1)];
    const given = { queries: q, keys: k, values: k, positions: [0, distance], causal: true };
    const [plain, decayed] = [rope({ dimension: 2 }), xpos({ dimension: 2 })]
      .map((encoding) => attention({ ...given, encoding }).scores.data[2]!);
    assert.ok(Math.abs(decayed! - plain! * (0.4 / 1.4) ** (distance / 512)) < 1e-9);
  }),
);

Deno.test("手算：d = 4，ζ = (0.285714, 0.642857)，隔 512 个正好乘这么多", () => {
  assert.deepEqual([...xposDecay(4)].map((z) => z.toFixed(6)), ["0.285714", "0.642857"]);
  const x = matrix([[1, 0, 0, 0]]), { query, key } = xpos({ dimension: 4, base: 1e9 });
  const product = dot(query!(x, new Float64Array([512])).data, key!(x, new Float64Array([0])).data);
  assert.ok(Math.abs(product - 0.4 / 1.4 * Math.cos(512)) < 1e-12);
  assert.ok(maxDifference(query!(x, new Float64Array(1)), x) === 0);
});

Deno.test("拒绝：位置超过 ±100000，γ、scaleBase、配对不合适", () => {
  const { query } = xpos({ dimension: 2 }), x = matrix([[1, 0]]);
  query!(x, new Float64Array([100_000]));
  for (const m of [100_001, -100_001, Infinity]) {
    assert.throws(() => query!(x, new Float64Array([m])), /无法用 xPos：需要位置在 ±100000 以内/);
  }
  assert.throws(() => xpos({ dimension: 2, gamma: 0 }), /无法定 xPos 的 γ：需要大于 0 的有限数：现在是 0/);
  assert.throws(() => xpos({ dimension: 2, scaleBase: 0 }), /无法定 xPos 的 scaleBase/);
  assert.throws(() => xpos({ dimension: 2, pairing: "x" as never }), /需要 interleaved 或 half/);
});

Deno.test("双向时拒绝：只用在因果注意力里", () => {
  const x = normalMatrix(2, 4, 1);
  assert.throws(
    () => attention({ queries: x, keys: x, values: x, encoding: xpos({ dimension: 4 }) }),
    /需要因果注意力/,
  );
});
