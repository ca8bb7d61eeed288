// Adam 和余弦学习率：手算、和照公式另写的循环对照、定律、拒绝。
import assert from "node:assert/strict";
import fc from "fast-check";
import { matrix } from "@lib/matrix.ts";
import { adamStart, adamStep, cosineRate } from "@lib/training/adam.ts";
import { law } from "../property.ts";

Deno.test("手算：两步，梯度 1 和 −3", () => {
  let now = adamStart({ w: matrix([[0]]) });
  now = adamStep(now, { w: matrix([[1]]) }, 0.1); // m̂ = 1，v̂ = 1
  assert.ok(Math.abs(now.parameters["w"]!.data[0]! + 0.1) < 1e-8);
  now = adamStep(now, { w: matrix([[-3]]) }, 0.1);
  const m = (0.9 * 0.1 - 0.3) / (1 - 0.81), v = (0.999 * 0.001 + 0.009) / (1 - 0.999 ** 2); // −1.1053，5.0015…
  assert.ok(Math.abs(now.parameters["w"]!.data[0]! - (-0.1 - 0.1 * m / Math.sqrt(v))) < 1e-8);
  assert.equal(now.step, 2);
});

law(
  "每个数只看自己的梯度：放在一起走，和一个一个走一样；原来的不动",
  fc.property(
    fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 6,
    }),
    (slopes) => {
      const start = adamStart({ w: matrix([[1, 2, 3]]) });
      const end = slopes.reduce((now, g) => adamStep(now, { w: matrix([g]) }, 0.01), start);
      assert.deepEqual([...start.parameters["w"]!.data], [1, 2, 3]);
      [0, 1, 2].forEach((n) => {
        let x = n + 1, m = 0, v = 0;
        slopes.forEach((g, t) => {
          m = 0.9 * m + 0.1 * g[n]!, v = 0.999 * v + 0.001 * g[n]! ** 2;
          x -= 0.01 * (m / (1 - 0.9 ** (t + 1))) / (Math.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8);
        });
        assert.ok(Math.abs(x - end.parameters["w"]!.data[n]!) < 1e-12);
      });
    },
  ),
);

Deno.test("余弦：从最大到 0，只降不升", () => {
  const rates = Array.from({ length: 101 }, (_, n) => cosineRate(n, 100, 0.02));
  assert.equal(rates[0], 0.02);
  assert.equal(rates[100], 0);
  assert.ok(Math.abs(rates[25]! - 0.01 * (1 + Math.SQRT1_2)) < 1e-12);
  assert.ok(rates.every((rate, n) => n === 0 || rate < rates[n - 1]!));
});

Deno.test("拒绝：缺梯度、形状不同、学习率和步数不合适", () => {
  const start = adamStart({ w: matrix([[1, 2]]) });
  assert.throws(() => adamStep(start, {}, 0.1), /无法走一步 Adam：需要 w 的梯度有 2 个数：现在是 undefined/);
  assert.throws(() => adamStep(start, { w: matrix([[1]]) }, 0.1), /需要 w 的梯度有 2 个数：现在是 1/);
  assert.throws(() => adamStep(start, { w: matrix([[1, 2]]) }, NaN), /定学习率：需要非负的有限数：现在是 NaN/);
  assert.throws(() => cosineRate(5, 4, 0.1), /数步数：需要 0 到 4 之间的整数：现在是 5|现在是 5/);
});
