import assert from "node:assert/strict";
import fc from "fast-check";
import { row } from "@lib/matrix.ts";
import { normalMatrix, normals, uniformMatrix, uniforms } from "@lib/random.ts";
import { law } from "./property.ts";

const take = (seed: number, count: number) => Array.from({ length: count }, normals(seed));
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

law(
  "同一个种子给同一串数，不同的种子给不同的数，全是有限的数",
  fc.property(fc.nat(2 ** 32 - 2), (seed) => {
    const numbers = take(seed, 10);
    assert.deepEqual(take(seed, 10), numbers);
    assert.notDeepEqual(take(seed + 1, 10), numbers);
    assert.ok(numbers.every(Number.isFinite));
  }),
);

law(
  "前几行与行数无关",
  fc.property(fc.nat(1000), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 60 }), (seed, rows, more) => {
    const few = normalMatrix(rows, 3, seed), many = normalMatrix(rows + more, 3, seed);
    for (let i = 0; i < rows; i++) assert.deepEqual(row(few, i), row(many, i));
  }),
);

law(
  "scale 只是乘上去",
  fc.property(fc.nat(1000), fc.double({ min: -10, max: 10, noNaN: true }), (seed, scale) => {
    assert.deepEqual(normalMatrix(3, 4, seed, scale).data, normalMatrix(3, 4, seed).data.map((x) => scale * x));
  }),
);

Deno.test("标准正态：两万个数的均值、方差、三阶矩、四阶矩和 |x| < 1 的比例", () => {
  const numbers = take(1, 20_000);
  const moment = (k: number) => mean(numbers.map((x) => x ** k));
  // 括号里是五个标准误：均值 5/√n ≈ 0.035，依此类推。
  assert.ok(Math.abs(moment(1)) < 0.035);
  assert.ok(Math.abs(moment(2) - 1) < 0.05);
  assert.ok(Math.abs(moment(3)) < 0.14);
  assert.ok(Math.abs(moment(4) - 3) < 0.35);
  assert.ok(Math.abs(mean(numbers.map((x) => Number(Math.abs(x) < 1))) - 0.6827) < 0.017);
});

Deno.test("挨着的种子、挨着的数不相关", () => {
  const a = take(1, 20_000), b = take(2, 20_000);
  assert.ok(Math.abs(mean(a.map((x, i) => x * b[i]!))) < 0.035);
  assert.ok(Math.abs(mean(a.slice(1).map((x, i) => x * a[i]!))) < 0.035);
});

Deno.test("拒绝：种子不是 0 到 2³² − 1 的整数", () => {
  for (const seed of [-1, 1.5, NaN, Infinity, 2 ** 32]) {
    assert.throws(() => normals(seed), {
      name: "RangeError",
      message: `无法取随机种子：需要 0 到 4294967295 之间的整数：现在是 ${seed}`,
    });
  }
  assert.throws(() => normalMatrix(-1, 2, 1), { name: "RangeError" });
});

Deno.test("均匀数：在两头之间，铺得开，种子定死；两头可以都是负的", () => {
  for (const [low, high] of [[2, 3], [-5, -1], [-0.25, 0.25]] as const) {
    const next = uniforms(7, low, high), drawn = Array.from({ length: 2000 }, next);
    assert.ok(drawn.every((x) => x >= low && x <= high));
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length, width = high - low;
    assert.ok(Math.abs(mean - (low + high) / 2) < 0.05 * width);
    assert.ok(Math.min(...drawn) < low + 0.05 * width && Math.max(...drawn) > high - 0.05 * width);
    assert.deepEqual(Array.from({ length: 3 }, uniforms(7, low, high)), drawn.slice(0, 3));
  }
  const { data } = uniformMatrix(50, 40, 3, 0.5);
  assert.ok(Math.min(...data) < -0.45 && Math.max(...data) > 0.45);
  assert.throws(() => uniforms(-1, 0, 1), /无法取随机种子/);
  assert.throws(() => uniforms(1, NaN, 1), /无法取均匀数：需要有限的两端/);
});
