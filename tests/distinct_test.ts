import assert from "node:assert/strict";
import fc from "fast-check";
import { distinct, isCompact } from "@lib/distinct.ts";
import { law } from "./property.ts";

const places = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 12 });

/** 一个一个数出来的，从小到大。 */
const counted = (from: number[], to: number[]) =>
  [...new Set(from.flatMap((i) => to.map((j) => i - j)))].sort((a, b) => a - b);

law(
  "挤在一起的整数、散开的整数、不是整数的：不同的差一个不多一个不少，从小到大，每个差找得到自己",
  fc.property(places, places, fc.constantFrom(1, 1e6, 0.25), (a, b, step) => {
    const from = a.map((x) => x * step), to = b.map((x) => x * step);
    const { values, place } = distinct(Float64Array.from(from), Float64Array.from(to));
    assert.deepEqual([...values].map((v) => v + 0), counted(from, to).map((v) => v + 0));
    for (const i of from) for (const j of to) assert.ok(values[place(i - j)] === i - j);
  }),
  200,
);

Deno.test("手算：三个挨着的位置，五个距离", () => {
  const positions = new Float64Array([7, 8, 9]);
  const { values, place } = distinct(positions, positions);
  assert.deepEqual([...values], [-2, -1, 0, 1, 2]);
  assert.equal(place(2), 4);
  assert.deepEqual([...distinct(new Float64Array([9]), positions).values], [0, 1, 2]);
});

Deno.test("L = 8192：只有 16383 个不同的距离，不必摆 L² 个", () => {
  const positions = Float64Array.from({ length: 8192 }, (_, i) => i);
  assert.equal(distinct(positions, positions).values.length, 2 * 8192 - 1);
});

Deno.test("挤不挤：整数、跨度不大才算", () => {
  const at = (...numbers: number[]) => Float64Array.from(numbers);
  assert.ok(isCompact(at(0, 1, 2), at(5, 900)));
  assert.ok(!isCompact(at(0, 1, 2), at(5, 1e6)));
  assert.ok(!isCompact(at(0, 1.5), at(0)));
  assert.ok(!isCompact(at(0), at(0.5)));
  assert.ok(isCompact(at(), at(1)) && isCompact(at(-1), at(1)));
});

Deno.test("空的：没有差；不是数的：拒绝", () => {
  const none = new Float64Array(0);
  assert.equal(distinct(none, new Float64Array([1])).values.length, 0);
  assert.throws(() => distinct("abc" as never, none), /无法数不同的距离：需要一串数：现在是字符串 "abc"/);
});
