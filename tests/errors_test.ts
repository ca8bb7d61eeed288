import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, explain, requireInteger, ShapeError } from "@lib/errors.ts";
import { law } from "./property.ts";

Deno.test("ShapeError：是 TypeError，带着需要什么和现在是什么", () => {
  const error = new ShapeError("做点积", "两个 2 维向量", [3, 4]);
  assert.ok(error instanceof TypeError);
  assert.deepEqual([error.name, error.expected, error.actual], ["ShapeError", "两个 2 维向量", [3, 4]]);
  assert.equal(error.message, "无法做点积：需要两个 2 维向量：现在是 [3, 4]");
});

Deno.test("各种值怎么说", () => {
  const sayings: [unknown, string][] = [
    [7, " 7"],
    [-0, " -0"],
    [NaN, " NaN"],
    [Infinity, " Infinity"],
    [4n, " BigInt 4n"],
    ["4", '字符串 "4"'],
    ['"', '字符串 "\\""'],
    [true, " true"],
    [undefined, " undefined"],
    [null, " null"],
    [Symbol("s"), " Symbol(s)"],
    [[2, "a"], ' [2, 字符串 "a"]'],
    [[1, 2, 3, 4, 5, 6], " [1, 2, 3, 4, 5, 6]"],
    [[1, 2, 3, 4, 5, 6, 7], " 7 个元素的数组"],
    [() => 1, "一个函数"],
    [{ a: 1 }, "一个对象"],
  ];
  for (const [value, saying] of sayings) {
    assert.equal(describe(value), saying);
    assert.equal(explain("做事", "好的值", value), `无法做事：需要好的值：现在是${saying}`);
  }
});

law(
  "requireInteger：范围里的整数原样交回",
  fc.property(fc.integer(), fc.integer(), fc.nat(), (value, min, span) => {
    const inside = value >= min && value <= min + span;
    if (inside) assert.equal(requireInteger("取数", value, min, min + span), value);
    else assert.throws(() => requireInteger("取数", value, min, min + span), RangeError);
    if (value >= min) assert.equal(requireInteger("取数", value, min), value);
    assert.equal(requireInteger("取数", min, min, min + span), min);
    assert.equal(requireInteger("取数", min + span, min, min + span), min + span);
  }),
  200,
);

Deno.test("requireInteger：拒绝的说法，有上限和没有上限", () => {
  for (const bad of [2.5, NaN, Infinity, 2 ** 53, 0]) {
    assert.throws(() => requireInteger("取前几行", bad, 1), {
      name: "RangeError",
      message: `无法取前几行：需要不小于 1 的整数：现在是 ${bad}`,
    });
  }
  assert.throws(() => requireInteger("取前几行", 9, 1, 8), {
    message: "无法取前几行：需要 1 到 8 之间的整数：现在是 9",
  });
  assert.throws(() => requireInteger("取前几行", "4" as never, 1), { message: /现在是字符串 "4"$/ });
});
