import assert from "node:assert/strict";
import fc from "fast-check";
import {
  add,
  gather,
  layerNorm,
  matrix,
  maxDifference,
  multiply,
  requireMatrix,
  row,
  scaled,
  zeros,
} from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "./property.ts";

const sizes = fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6), fc.nat(6));

law(
  "乘法的定义：第 i 行第 j 列是左边第 i 行和右边第 j 列的点积",
  fc.property(sizes, fc.nat(1000), ([n, k, p], seed) => {
    const a = normalMatrix(n, k, seed), b = normalMatrix(k, p, seed + 1), product = multiply(a, b);
    assert.deepEqual([product.rows, product.columns], [n, p]);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < p; j++) {
        let expected = 0;
        for (let c = 0; c < k; c++) expected += a.data[i * k + c]! * b.data[c * p + j]!;
        assert.equal(row(product, i)[j]! - expected, 0);
      }
    }
  }),
);

law(
  "乘法可以结合：(AB)C = A(BC)",
  fc.property(sizes, fc.nat(1000), ([n, k, p, q], seed) => {
    const [a, b, c] = [normalMatrix(n, k, seed), normalMatrix(k, p, seed + 1), normalMatrix(p, q, seed + 2)];
    assert.ok(maxDifference(multiply(multiply(a, b), c), multiply(a, multiply(b, c))) < 1e-12);
  }),
);

Deno.test("乘法手算，非方阵", () => {
  const product = multiply(matrix([[1, 2, 3]]), matrix([[1, 0], [0, 1], [10, 100]]));
  assert.deepEqual(product, matrix([[31, 302]]));
});

Deno.test("matrix：按行存放；抄一份，不和来源共用内存", () => {
  const source = new Float64Array([1, 2]);
  const m = matrix([source, [3, 4]]);
  assert.deepEqual([m.rows, m.columns, ...m.data], [2, 2, 1, 2, 3, 4]);
  source[0] = 9;
  assert.equal(m.data[0], 1);
  assert.deepEqual(matrix([]), zeros(0, 0));
});

Deno.test("scaled：每格乘同一个数，原来的不动", () => {
  const m = matrix([[1, -2, 3], [4, 5, 6]]);
  assert.deepEqual(scaled(m, -2), matrix([[-2, 4, -6], [-8, -10, -12]]));
  assert.deepEqual([...m.data], [1, -2, 3, 4, 5, 6]);
});

Deno.test("row：和原矩阵共用内存", () => {
  const m = matrix([[1, 2], [3, 4]]);
  assert.equal(row(m, 1).buffer, m.data.buffer);
  assert.deepEqual(row(m, 1), new Float64Array([3, 4]));
});

Deno.test("maxDifference：最大的那一格；−∞ 对 −∞ 算相等；坏数不被略过", () => {
  const a = matrix([[1, -Infinity], [3, 4]]);
  assert.equal(maxDifference(a, a), 0);
  assert.equal(maxDifference(a, matrix([[1, -Infinity], [3.5, 2]])), 2);
  assert.equal(maxDifference(matrix([[1]]), matrix([[4]])), 3);
  assert.equal(maxDifference(a, matrix([[1, 2], [3, 4]])), Infinity);
  assert.ok(Number.isNaN(maxDifference(matrix([[NaN, 0]]), matrix([[0, 5]]))));
  assert.ok(Number.isNaN(maxDifference(matrix([[0, 5]]), matrix([[NaN, 0]]))));
});

Deno.test("拒绝：不齐的行、行数列数、行号、形状不配", () => {
  assert.throws(() => matrix([[1, 2], [3]]), { name: "ShapeError", message: "无法造矩阵：需要每行 2 个数：现在是 1" });
  for (const n of [-1, 1.5, NaN]) {
    assert.throws(() => zeros(n, 2), { name: "RangeError", message: `无法定行数：需要不小于 0 的整数：现在是 ${n}` });
    assert.throws(() => zeros(2, n), { name: "RangeError", message: `无法定列数：需要不小于 0 的整数：现在是 ${n}` });
  }
  for (const i of [2, -1, 0.5, NaN]) {
    assert.throws(() => row(zeros(2, 2), i), {
      name: "RangeError",
      message: `无法取第 ${i} 行：需要 0 到 1 的行号：现在是 ${i}`,
    });
  }
  assert.throws(() => multiply(zeros(2, 3), zeros(2, 3)), {
    name: "ShapeError",
    message: "无法做矩阵乘法：需要右边有 3 行：现在是 2",
  });
  for (const other of [zeros(3, 2), zeros(2, 3)]) {
    assert.throws(() => maxDifference(zeros(2, 2), other), {
      name: "ShapeError",
      message: /无法逐格比较：需要 2 行 2 列/,
    });
  }
});

Deno.test("逐行归一：均值 0，方差 1；全相同的一行给 0；很小的方差被 1e-5 压住", () => {
  const { data } = layerNorm(matrix([[1, 2, 3, 6], [5, 5, 5, 5]]));
  assert.ok(Math.abs(data.slice(0, 4).reduce((a, b) => a + b, 0)) < 1e-12);
  assert.ok(Math.abs(data.slice(0, 4).reduce((a, b) => a + b * b, 0) / 4 - 3.5 / (3.5 + 1e-5)) < 1e-12);
  assert.deepEqual([...data.slice(4)], [0, 0, 0, 0]);
  assert.ok(Math.abs(layerNorm(matrix([[0, 0.002]])).data[1]! - 0.001 / Math.sqrt(1e-6 + 1e-5)) < 1e-12);
});

Deno.test("逐格相加、挑几行、点积：手算和拒绝", () => {
  const m = matrix([[1, 2], [3, 4]]);
  assert.deepEqual([...add(m, matrix([[10, 20], [30, 40]])).data], [11, 22, 33, 44]);
  assert.deepEqual([...gather(m, [1, 0, 1]).data], [3, 4, 1, 2, 3, 4]);
  assert.throws(() => gather(m, [2]), /无法取第 2 行/);
  assert.throws(() => add(m, matrix([[1]])), /无法逐格相加：需要 2 行 2 列/);
  assert.throws(() => requireMatrix("看", { rows: 2, columns: 2, data: new Float64Array(3) }), /无法看：需要矩阵/);
  assert.throws(() => requireMatrix("看", m, { rows: 3, columns: 2 }), /无法看：需要 3 行 2 列的矩阵：现在是 \[2, 2\]/);
});
