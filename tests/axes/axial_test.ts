import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import {
  axial,
  axialAxes,
  type AxialKind,
  type AxialOptions,
  centredCoordinates,
  gridCoordinates,
  mixedInitial,
} from "@lib/axes/axial.ts";
import { type Axes, axisFrequencies, axisRope, axisTurns } from "@lib/axes/axis_rope.ts";
import type { Encoding } from "@lib/encoding.ts";
import { rotary } from "@lib/encodings/rope.ts";
import { turns } from "@lib/encodings/turns.ts";
import { matrix, maxDifference, multiply, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/axial.json" with { type: "json" };
import { law } from "../property.ts";

const { tolerance } = golden.provenance;
const seeds = fc.nat(2 ** 31 - 9);
const kinds = fc.constantFrom<AxialKind>("rope-vit", "dinov3", "su");
const images = fc.record<AxialOptions>({
  kind: kinds,
  dimension: fc.constantFrom(4, 8, 12, 64),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 5 }),
  prefix: fc.nat(2),
});
const places = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((m) => m + 0), { minLength: 1 }); // 没有 −0
const indices = (count: number) => Float64Array.from({ length: count }, (_, n) => n);
const scoresOf = (encoding: Encoding, count: number, d: number, seed: number) => {
  const [queries, keys] = [normalMatrix(count, d, seed), normalMatrix(count, d, seed + 1)];
  return attention({ queries, keys, values: keys, encoding }).scores;
};
const shifted = (axes: Axes, by: readonly number[]): Axes => ({
  ...axes,
  coordinates: {
    ...axes.coordinates,
    data: axes.coordinates.data.map((place, c) => place + by[c % axes.coordinates.columns]!),
  },
});

law(
  "整张图挪几行几列，分数不变；只挪一个词元，分数就变",
  fc.property(images, fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 }), seeds, (o, a, b, seed) => {
    const axes = axialAxes(o), count = axes.coordinates.rows, d = o.dimension;
    const here = scoresOf(axisRope("原处", axes), count, d, seed);
    assert.ok(maxDifference(here, scoresOf(axisRope("挪开", shifted(axes, [a, b])), count, d, seed)) < 1e-9);
    if (count < 2) return;
    const alone = { ...axes.coordinates, data: axes.coordinates.data.map((place, c) => c < 2 ? place + 0.7 : place) };
    const changed = scoresOf(axisRope("一个", { ...axes, coordinates: alone }), count, d, seed);
    assert.ok(maxDifference(here, changed) > 1e-6);
  }),
);

law(
  "每一对都两个轴都看（mixed），分数也只看坐标之差",
  fc.property(fc.constantFrom(4, 8, 64), fc.double({ min: -7, max: 7, noNaN: true }), seeds, (d, angle, seed) => {
    const axes = { coordinates: gridCoordinates(3, 4), frequencies: mixedInitial(d, angle) };
    const here = scoresOf(axisRope("mixed", axes), 12, d, seed);
    assert.ok(maxDifference(here, scoresOf(axisRope("挪开", shifted(axes, [50, -8])), 12, d, seed)) < 1e-9);
  }),
);

law(
  "一个轴就是一维的 RoPE，一个比特也不差；第二个轴全是 0 也一样",
  fc.property(fc.constantFrom(1, 2, 8), places, (pairs, at) => {
    const frequencies = Float64Array.from({ length: pairs }, (_, i) => 10 ** -i);
    const one = axisFrequencies(frequencies, Array<number>(pairs).fill(0), 2);
    assert.deepEqual(axisTurns(matrix(at.map((m) => [m, 0])), one, 1.5), turns(at, frequencies, 1.5));
  }),
);

law(
  "不属于图的词元（坐标 0）一点也不转，值也不转",
  fc.property(images, seeds, (o, seed) => {
    const encoding = axial({ ...o, prefix: 2 }), x = normalMatrix(2, o.dimension, seed);
    assert.deepEqual(encoding.query!(x, indices(2)), x);
    assert.deepEqual(Object.keys(encoding).sort(), ["key", "name", "query"]);
  }),
);

for (const { dimension, base, height, width, prefix, cos, sin, ...one } of golden.dinov3) {
  Deno.test(`金标准：DINOv3，d = ${dimension}，${height}×${width}，前面 ${prefix} 个不转`, () => {
    const options = { kind: "dinov3", dimension, base, height, width, prefix } as const;
    const axes = axialAxes(options), turn = axisTurns(axes.coordinates, axes.frequencies);
    const patch = (m: typeof turn.cos, t: number) => [...row(m, prefix + t), ...row(m, prefix + t)]; // 重复一遍
    assert.ok(maxDifference(matrix(cos.map((_, t) => patch(turn.cos, t))), matrix(cos)) <= tolerance);
    assert.ok(maxDifference(matrix(sin.map((_, t) => patch(turn.sin, t))), matrix(sin)) <= tolerance);
    const encoding = axial(options), at = indices(prefix + height * width);
    assert.ok(maxDifference(encoding.query!(matrix(one.query), at), matrix(one.rotatedQuery)) <= tolerance);
    assert.ok(maxDifference(encoding.key!(matrix(one.key), at), matrix(one.rotatedKey)) <= tolerance);
  });
}

for (const { dimension, base, height, width, angles, x, rotated } of golden.axial) {
  Deno.test(`金标准：先列后行，底数 ${base}，d = ${dimension}，${height}×${width}`, () => {
    const options = { kind: base === 100 ? "rope-vit" : "su", dimension, height, width } as const;
    const { coordinates, frequencies } = axialAxes(options);
    assert.ok(maxDifference(multiply(coordinates, frequencies), matrix(angles)) <= tolerance);
    assert.ok(maxDifference(axial(options).query!(matrix(x), indices(height * width)), matrix(rotated)) <= tolerance);
  });
}

Deno.test("手算：rope-vit，d = 8，三列，第 4 个补丁在第 1 行第 1 列；DINOv3，2×2，坐标 ±0.5", () => {
  const vit = axialAxes({ kind: "rope-vit", dimension: 8, height: 3, width: 3 });
  assert.deepEqual([...row(multiply(vit.coordinates, vit.frequencies), 4)], [1, 0.1, 1, 0.1]);
  assert.deepEqual([...row(multiply(vit.coordinates, vit.frequencies), 5)], [2, 0.2, 1, 0.1]);
  const dino = axialAxes({ kind: "dinov3", dimension: 8, height: 2, width: 2 });
  assert.deepEqual([...dino.coordinates.data], [-0.5, -0.5, -0.5, 0.5, 0.5, -0.5, 0.5, 0.5]);
  const angles = row(multiply(dino.coordinates, dino.frequencies), 1);
  assert.deepEqual([...angles].map((angle) => angle.toFixed(5)), ["-3.14159", "-0.31416", "3.14159", "0.31416"]);
});

Deno.test("手算：mixed 的角是 0 就是 rope-vit 的轴向；转四分之一圈，行和列对调", () => {
  const axes = axialAxes({ kind: "rope-vit", dimension: 8, height: 2, width: 2, base: 10 });
  assert.equal(maxDifference(mixedInitial(8, 0), axes.frequencies), 0);
  const [f, g] = [1, 10 ** -0.5], quarter = mixedInitial(8, Math.PI / 2);
  assert.ok(maxDifference(quarter, matrix([[f, g, 0, 0], [0, 0, -f, -g]])) < 1e-15);
});

Deno.test("手算：DINOv3 的坐标，图大图小都在 −1 和 1 之间，前面的词元在正中间", () => {
  assert.deepEqual([...centredCoordinates(1, 4, 1).data], [0, 0, 0, -0.75, 0, -0.25, 0, 0.25, 0, 0.75]);
});

Deno.test("多出来的维不转；系数乘在 cos、sin 上；不写配对就是相邻两维", () => {
  const coordinates = matrix([[3], [4]]), frequencies = matrix([[1, 0.1]]), x = normalMatrix(2, 6, 1);
  const axes = { coordinates, frequencies, dimension: 6, attentionFactor: 2 };
  const plain = rotary("一维", { frequencies: [1, 0.1], dimension: 6, attentionFactor: 2 });
  assert.deepEqual(axisRope("一轴", axes).key!(x, indices(2)), plain.key!(x, new Float64Array([3, 4])));
});

Deno.test("拒绝：维数、边长、谁家的、序号在表外、轴数对不上、坐标不是有限的数", () => {
  const good = { kind: "su", dimension: 8, height: 2, width: 2 } as const;
  for (const dimension of [6, 2, 0, 4.5]) {
    assert.throws(() => axial({ ...good, dimension }), /无法定二维旋转的角频率：需要维数是 4 的倍数/);
  }
  assert.throws(() => axial({ ...good, height: 0 }), /无法排补丁，定行数/);
  assert.throws(() => axial({ ...good, kind: "vit" as never }), {
    name: "RangeError",
    message: '无法造二维旋转：需要 rope-vit、su、dinov3：现在是字符串 "vit"',
  });
  assert.throws(() => axial(good).query!(normalMatrix(1, 8, 1), new Float64Array([4])), {
    message: "无法按位置查 苏剑林二维 的表：需要 0 到 3 的位置（表只有 4 行）：现在是 4",
  });
  assert.throws(() => axisTurns(matrix([[1, 2]]), matrix([[1]])), /无法按轴转，定角频率：需要/);
  assert.throws(() => axisTurns(matrix([[NaN]]), matrix([[1]])), /无法按轴转，定坐标：需要有限的数：现在是 NaN/);
  assert.throws(() => axisFrequencies([1, 2], [0, 2], 2), /无法给每一对定轴：需要 0 到 1 之间的整数：现在是 2/);
  assert.throws(() => mixedInitial(8, Infinity), /无法定混着看的角/);
  const axes = { coordinates: matrix([[1]]), frequencies: matrix([[1]]) };
  assert.throws(() => axisRope("窄", { ...axes, dimension: 1 }), /需要至少 2 维的头：现在是 1/);
  assert.throws(() => axisRope("错", { ...axes, pairing: "both" as never }), /需要 interleaved 或 half/);
});
