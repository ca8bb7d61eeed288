import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import { path, pathScores } from "@lib/encodings/path.ts";
import { pathInitial, type PathParameters, reflections } from "@lib/encodings/path_reflections.ts";
import { rope } from "@lib/encodings/rope.ts";
import { gather, matrix, maxDifference, multiply, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/path.json" with { type: "json" };
import { assertClose, assertCloseList } from "../golden/golden.ts";
import { law } from "../property.ts";
import { input, kinds, reorder } from "./problem.ts";

const { tolerance } = golden.provenance;

for (const { w, beta, scores, query, key } of golden.runs) {
  Deno.test(`金标准：${w.length} 个词元，${w[0]!.length} 维，明摆着乘 Householder 矩阵`, () => {
    scores.forEach((line, i) => {
      const seen = gather(matrix(key), Array.from({ length: i + 1 }, (_, j) => j));
      const path = { directions: matrix(w), strengths: Float64Array.from(beta) };
      const ours = pathScores(Float64Array.from(query[i]!), seen, path).map((s) => s / Math.sqrt(w[0]!.length));
      assertCloseList(`第 ${i} 行`, ours, line, tolerance);
    });
  });
}

const { layer } = golden, d = layer.up[0]!.length / layer.count;
const columns = (m: number[][], h: number, width = d) =>
  matrix(m.map((line) => line.slice(h * width, (h + 1) * width)));
layer.heads.forEach((run, h) => {
  // 卷积核那边是一维一行、最后一个乘自己；这里是一步一行。
  const kernel = matrix([0, 1, 2].map((u) => layer.kernel.slice(h * d, (h + 1) * d).map((line) => line[u]!)));
  const parameters: PathParameters = {
    down: matrix(layer.down),
    up: columns(layer.up, h),
    kernel,
    strength: layer.betaWeights.map((line) => line[h]!),
    strengthBias: layer.betaBiases[h]!,
  };
  Deno.test(`金标准：从词元算 w、β，再到注意力，第 ${h} 个头`, () => {
    const { directions, strengths } = reflections(matrix(layer.tokens), parameters);
    assertClose("w", directions, run.w, tolerance);
    assertCloseList("β", strengths, run.beta, tolerance);
    const [query, key, value] = [layer.wq, layer.wk, layer.wv].map((m) => columns(m, h));
    const projections = { query: query!, key: key!, value: value! };
    const trace = attention({ tokens: matrix(layer.tokens), projections, encoding: path(parameters), causal: true });
    assertClose("weights", trace.weights, run.weights, tolerance);
    assertClose("output", trace.output, run.output, tolerance);
  });
});

law(
  "β = 0 就是 NoPE；β = 2 是反射，长度不变",
  fc.property(fc.nat(2 ** 31 - 9), (seed) => {
    const keys = normalMatrix(6, 4, seed), q = row(normalMatrix(1, 4, seed + 1), 0), w = normalMatrix(6, 4, seed + 2);
    const directions = matrix(Array.from({ length: 6 }, (_, t) => row(w, t).map((x) => x / Math.hypot(...row(w, t)))));
    const walk = (beta: number, k = keys) =>
      pathScores(q, k, { directions, strengths: new Float64Array(6).fill(beta) });
    assertCloseList("β = 0", walk(0), [...multiply(keys, matrix(Array.from(q, (x) => [x]))).data], 1e-12);
    // 键取四个坐标方向，走到头一共是“走过的 q”的四个分量：长度和 q 一样。
    const carried = [0, 1, 2, 3].map((c) =>
      walk(2, matrix(Array.from({ length: 6 }, () => [0, 1, 2, 3].map((n) => Number(n === c)))))[0]!
    );
    assert.ok(Math.abs(Math.hypot(...carried) - Math.hypot(...q)) < 1e-12);
  }),
);

Deno.test("手算：隔着一次整个反射，11 变成 5；自己那一格不反射", () => {
  const flip = { directions: matrix([[1, 0], [1, 0]]), strengths: new Float64Array([2, 2]) };
  assert.deepEqual([...pathScores(new Float64Array([1, 2]), matrix([[3, 4], [3, 4]]), flip)], [5, 11]);
});

Deno.test("路上的内容变了，两头不变，分数也变：别的编码都不会", () => {
  const encoding = path({
    ...pathInitial({ modelDimension: 8, dimension: 8, seed: 1 }),
    down: normalMatrix(8, 32, 5),
    up: normalMatrix(32, 8, 6),
  });
  const w = normalMatrix(8, 8, 2),
    tokens = normalMatrix(4, 8, 3),
    changed = { ...tokens, data: tokens.data.map((x, c) => c >= 8 && c < 16 ? -x : x) };
  const score = (x: typeof tokens, one = encoding) =>
    row(
      attention({ tokens: x, projections: { query: w, key: w, value: w }, encoding: one, causal: true }).scores,
      3,
    )[0]!;
  assert.ok(Math.abs(score(tokens) - score(changed)) > 1e-3);
  assert.equal(score(tokens, rope({ dimension: 8 })), score(changed, rope({ dimension: 8 })));
});

Deno.test("拒绝：没给词元、位置重复、和 RoPE 合用、形状对不上", () => {
  const parameters = pathInitial({ modelDimension: 4, dimension: 4, seed: 1 }), encoding = path(parameters);
  const x = normalMatrix(3, 4, 1),
    w = normalMatrix(4, 4, 2),
    tokens = { tokens: x, projections: { query: w, key: w, value: w } };
  assert.throws(
    () => attention({ queries: x, keys: x, values: x, encoding, causal: true }),
    /无法用 PaTH：需要 tokens（方向要从词元里算）/,
  );
  assert.throws(
    () => attention({ ...tokens, encoding, causal: true, positions: [0, 1, 1] }),
    /无法用 PaTH：需要位置各不相同：现在是 1/,
  );
  assert.throws(
    () => compose(encoding, rope({ dimension: 4 })),
    /无法把 PaTH 和 RoPE 合起来用：需要只有一个编码改查询/,
  );
  assert.throws(() => path({ ...parameters, kernel: zeros(2, 4) }), /无法用 PaTH 的卷积核：需要 3 行 4 列的矩阵/);
  assert.throws(
    () => pathScores(new Float64Array(2), zeros(3, 2), { directions: zeros(2, 2), strengths: new Float64Array(2) }),
    /需要 3 次反射：现在是 2/,
  );
  // 给了投影好的 q、k、v，再另给词元，也行。
  const projected = { queries: multiply(x, w), keys: multiply(x, w), values: multiply(x, w), tokens: x };
  assert.ok(
    maxDifference(
      attention({ ...projected, encoding, causal: true }).output,
      attention({ ...tokens, encoding, causal: true }).output,
    ) < 1e-12,
  );
});

Deno.test("填充不在路上，和删掉它一样；填充里是什么都不要紧", () => {
  const make = kinds["PaTH"]!.make,
    { encoding, ...rest } = input({ d: 8, seed: 2, causal: true, positions: [0, 1, 2, 3, 4] }, make);
  const keyPadding = [false, true, false, false, false], kept = [0, 2, 3, 4];
  const padded = attention({ ...rest, encoding, keyPadding, queryRows: kept }).output;
  const removed = attention({ ...rest, tokens: reorder(rest.tokens, kept), positions: kept, encoding }).output;
  assert.ok(maxDifference(padded, removed) < 1e-12);
  const junk = { ...rest.tokens, data: rest.tokens.data.map((v, c) => Math.floor(c / 8) === 1 ? NaN : v) };
  assert.ok(
    maxDifference(attention({ ...rest, tokens: junk, encoding, keyPadding, queryRows: kept }).output, padded) === 0,
  );
});
