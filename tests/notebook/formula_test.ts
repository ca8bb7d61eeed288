/** 照着式子算：和库里的矩阵、复数、softmax 对得上，写错了就拒绝。 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { softmax } from "@lib/softmax.ts";
import { complexFormula, formula, scalar } from "@lib/notebook/formula.ts";
import { type Matrix, matrix, maxDifference, multiply, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

const transposed = ({ rows, columns, data }: Matrix) =>
  matrix(Array.from({ length: columns }, (_, c) => Array.from({ length: rows }, (_, r) => data[r * columns + c]!)));

Deno.test("矩阵乘和转置，和库里的一样", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.nat(999), (n, d, seed) => {
    const x = normalMatrix(n, d, seed), W = normalMatrix(d, d, seed + 1);
    assert.ok(maxDifference(formula("x * W * x'", { x, W }), multiply(multiply(x, W), transposed(x))) < 1e-12);
  }));
});

Deno.test("softmax 一行一行地归一，和库里的一样", () => {
  const s = normalMatrix(4, 3, 1), ours = formula("softmax(s)", { s });
  for (const r of [0, 1, 2, 3]) {
    const theirs = new Float64Array(3);
    softmax(row(s, r), theirs);
    assert.ok(theirs.every((weight, c) => Math.abs(weight - row(ours, r)[c]!) < 1e-15));
  }
});

Deno.test("复数：相邻两个实数一对，i 是虚数单位，' 连共轭", () => {
  assert.deepEqual([...complexFormula("paired(v) * i", { v: [1, 2, 3, 4] }).data], [-2, 1, -4, 3]);
  assert.deepEqual([...complexFormula("paired(v)'", { v: [1, 2, 3, 4] }).data], [1, -2, 3, -4]);
  assert.deepEqual([...complexFormula("x", { x: [7] }).data], [7, 0]); // 实数的虚部是 0
  assert.equal(complexFormula("paired(v)", { v: matrix([[1, 2], [3, 4]]) }).rows, 2);
});

Deno.test("手算：一行数、一个数、几种括号", () => {
  assert.deepEqual(formula("[[x, y]] * 2", { x: 1, y: -1 }), matrix([[2, -2]]));
  assert.deepEqual(formula("x", { x: [1, 2] }), matrix([[1, 2]]));
  assert.equal(scalar("sum(x .* x)", { x: [3, 4] }), 25);
});

Deno.test("结果不对样子就拒绝，说出是哪个式子", () => {
  assert.throws(() => formula("i * x", { x: 1 }), /无法算 i \* x：需要结果是实数/);
  assert.throws(() => scalar("x", { x: [1, 2] }), /无法算 x：需要结果是一个数：现在是 \[1, 2\]/);
  assert.throws(() => formula("x * y", { x: [1, 2], y: [1, 2, 3] }));
  assert.throws(() => formula("x +", { x: 1 }));
});
