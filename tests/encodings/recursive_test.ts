import assert from "node:assert/strict";
import fc from "fast-check";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { recursive, recursiveTable } from "@lib/encodings/recursive.ts";
import { sinusoidal, sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";

/** 三角式写成递归：每一对 (sin, cos) 每步转一个 θ。 */
function spin(dimension: number) {
  const frequencies = inverseFrequencies(dimension, 10000);
  return (p: Float64Array) =>
    p.map((x, c) => {
      const f = frequencies[Math.floor(c / 2)]!, other = p[c % 2 === 0 ? c + 1 : c - 1]!;
      return c % 2 === 0 ? x * Math.cos(f) + other * Math.sin(f) : x * Math.cos(f) - other * Math.sin(f);
    });
}

law(
  "f 是转一个角度时，就是三角式：另一条路算出来的对照",
  fc.property(fc.constantFrom(2, 4, 16), fc.nat(2 ** 31), (dimension, seed) => {
    const options = { first: row(sinusoidalTable([0], { dimension }), 0), step: spin(dimension), length: 300 };
    const tokens = normalMatrix(3, dimension, seed), places = new Float64Array([0, 17, 299]);
    const expected = sinusoidal({ dimension }).embed!(tokens, places);
    assert.ok(maxDifference(recursive(options).embed!(tokens, places), expected) < 1e-11);
  }),
  20,
);

Deno.test("手算：每步翻倍再加位置号", () => {
  const table = recursiveTable({ first: [1, 0], step: ([x = 0, y = 0], k) => [2 * x, y + k], length: 4 });
  assert.deepEqual([...table.data], [1, 0, 2, 0, 4, 1, 8, 3]);
});

Deno.test("step 拿到的是副本，改坏了也不影响前面的", () => {
  const first = new Float64Array([1]);
  const table = recursiveTable({ first, step: (p) => p.fill(p[0]! + 1), length: 3 });
  assert.deepEqual([...table.data], [1, 2, 3]);
  assert.deepEqual(first, new Float64Array([1]), "给进来的起点也没被改");
});

Deno.test("拒绝：step 交回来的个数不对、不是函数，长度不对，位置到头", () => {
  const good = { first: [1, 2], step: (p: Float64Array) => p, length: 3 };
  assert.throws(() => recursive({ ...good, step: () => [1] }), /无法造递归式，用 step 的结果：需要 2 个数：现在是 1/);
  assert.throws(() => recursive({ ...good, step: () => undefined as never }), /需要一串数：现在是 undefined/);
  assert.throws(() => recursive({ ...good, step: 3 as never }), /需要 step 是一个函数：现在是 3/);
  assert.throws(() => recursive({ ...good, length: 0 }), /无法定递归式的长度/);
  assert.throws(() => recursive(good).embed!(normalMatrix(1, 2, 1), new Float64Array([3])), /需要 0 到 2 的位置/);
});
