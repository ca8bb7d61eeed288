import assert from "node:assert/strict";
import fc from "fast-check";
import { distinct } from "@lib/distinct.ts";
import { law } from "./property.ts";

const near = fc.integer({ min: -50, max: 50 });
const far = fc.integer({ min: -1e9, max: 1e9 });
const fraction = fc.double({ min: -5, max: 5, noNaN: true });

law(
  "每个数都找得回来；不同的值各出现一次，从小到大",
  fc.property(fc.array(fc.oneof(near, far, fraction), { maxLength: 200 }), (numbers) => {
    const { values, index } = distinct(Float64Array.from(numbers));
    assert.equal(index.length, numbers.length);
    index.forEach((n, i) => assert.ok(values[n] === numbers[i])); // === 把 −0 和 0 当作同一个数
    assert.equal(values.length, new Set(numbers).size);
    values.forEach((value, n) => assert.ok(n === 0 || values[n - 1]! < value));
  }),
  200,
);

law(
  "挤在一起的整数和散开的整数，编号一样",
  fc.property(fc.array(near, { minLength: 1, maxLength: 50 }), (numbers) => {
    const spread = distinct(Float64Array.from(numbers, (x) => x * 1e6)), dense = distinct(Float64Array.from(numbers));
    assert.deepEqual(spread.index, dense.index);
    assert.deepEqual(spread.values, dense.values.map((x) => x * 1e6));
  }),
);

Deno.test("一个数也没有、只有一个、全相同", () => {
  const cases: [number[], number[], number[]][] = [[[], [], []], [[7], [7], [0]], [[2, 2, 2], [2], [0, 0, 0]], [
    [0.5, -3, 0.5],
    [-3, 0.5],
    [1, 0, 1],
  ]];
  for (const [numbers, values, index] of cases) {
    const got = distinct(Float64Array.from(numbers));
    assert.deepEqual([[...got.values], [...got.index]], [values, index]);
  }
});
