import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { clipDistance, shaw } from "@lib/encodings/shaw.ts";
import { matrix, maxDifference, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/shaw.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";
import { reorder } from "./problem.ts";

const { tolerance } = golden.provenance;
// 他们的表按 键 − 查询 排，从 −k 到 k；换成本课的 查询 − 键，就是倒过来。
const flipped = (table: number[][]) => matrix(table.toReversed());

Deno.test("金标准：键和值都加向量，和 VITS 一样", () => {
  const { keyVectors, valueVectors, ...run } = golden.keysAndValues;
  assertSameAttention(run, shaw(flipped(keyVectors), flipped(valueVectors)), false, tolerance);
});

Deno.test("金标准：截断 ±3，12 个词元，和 Wav2Vec2-BERT 的 relative_key 一样", () => {
  const { keyVectors, ...run } = golden.clipped;
  assertSameAttention(run, shaw(flipped(keyVectors)), false, tolerance);
});

Deno.test("反例：表不倒过来，就对不上", () => {
  const { keyVectors, ...run } = golden.clipped;
  assert.throws(() => assertSameAttention(run, shaw(matrix(keyVectors)), false, 1e-3), /weights 差/);
});

Deno.test("手算：k = 2，五个词元，第 0 行查表的第 2、1、0、0、0 行，最后一行查第 4、4、4、3、2 行", () => {
  // 表的第 r 行是数 r，查询是 1，键是 0，d = 1：内容-位置这一项就是行号。
  const table = matrix([[0], [1], [2], [3], [4]]);
  const { terms } = attention({
    queries: matrix([[1], [1], [1], [1], [1]]),
    keys: zeros(5, 1),
    values: zeros(5, 1),
    encoding: shaw(table),
    queryRows: [0, 4],
  });
  assert.deepEqual([...terms.contentPosition.data], [2, 1, 0, 0, 0, 4, 4, 4, 3, 2]);
});

Deno.test("手算：分数 q·(k + R)/√d，输出 Σ a (v + R)", () => {
  // d = 4，两个词元。q·k = 0，第 1 个看第 0 个（距离 1）：q·R = 6 → 6/√4 = 3。
  const keyVectors = matrix([[0, 0, 0, 0], [0, 0, 0, 0], [6, 0, 0, 0]]);
  const valueVectors = matrix([[100, 0, 0, 0], [10, 0, 0, 0], [1, 0, 0, 0]]);
  const { scores, output } = attention({
    queries: matrix([[1, 0, 0, 0], [1, 0, 0, 0]]),
    keys: zeros(2, 4),
    values: zeros(2, 4),
    encoding: shaw(keyVectors, valueVectors),
  });
  assert.deepEqual([...scores.data], [0, 0, 3, 0]);
  const seen = 1 / (1 + Math.exp(-3)); // 第 1 行分给距离 1 的权重
  assert.equal(output.data[0], 0.5 * 10 + 0.5 * 100);
  assert.ok(Math.abs(output.data[4]! - (seen * 1 + (1 - seen) * 10)) < 1e-12);
});

law(
  "比 k 更远的，全算一样远",
  fc.property(fc.nat(5), fc.integer({ min: -1e6, max: 1e6 }), (k, t) => {
    const clipped = clipDistance(t, k);
    assert.ok(Math.abs(clipped) <= k);
    assert.equal(clipped, Math.abs(t) <= k ? t : k * Math.sign(t));
    const table = normalMatrix(2 * k + 1, 3, 9);
    const { keys } = shaw(table).score!(new Float64Array([t]));
    assert.deepEqual(keys, reorder(table, [clipped + k]));
  }),
);

Deno.test("两张全 0 的表就是 NoPE", () => {
  const x = normalMatrix(5, 4, 1);
  const given = { queries: x, keys: x, values: x };
  const empty = zeros(3, 4);
  assert.deepEqual(attention({ ...given, encoding: shaw(empty, empty) }).output, attention(given).output);
});

Deno.test("值的表照样改输出：内容全是 0，输出只由距离决定", () => {
  const x = zeros(4, 2);
  const given = { queries: x, keys: x, values: x };
  const values = normalMatrix(3, 2, 1);
  assert.equal(maxDifference(attention({ ...given, encoding: shaw(zeros(3, 2)) }).output, x), 0);
  assert.ok(maxDifference(attention({ ...given, encoding: shaw(zeros(3, 2), values) }).output, x) > 1e-3);
});

Deno.test("拒绝：表的行数、两张表不配、值的表宽度不对", () => {
  for (const rows of [0, 2, 4]) {
    assert.throws(() => shaw(zeros(rows, 2)), {
      name: "ShapeError",
      message: `无法用 Shaw 的表：需要奇数行（距离 −k 到 k）：现在是 ${rows}`,
    });
  }
  assert.throws(() => shaw(zeros(3, 2), zeros(5, 2)), /无法用 Shaw 的表：需要值的表也有 3 行：现在是 5/);
  const x = zeros(4, 2);
  for (const width of [1, 3]) {
    assert.throws(
      () => attention({ queries: x, keys: x, values: x, encoding: shaw(zeros(3, 2), zeros(3, width)) }),
      { name: "ShapeError" },
      `值是 2 维，值的表是 ${width} 维`,
    );
    assert.throws(() => attention({ queries: x, keys: x, values: x, encoding: shaw(zeros(3, width)) }), {
      name: "ShapeError",
    });
  }
  assert.throws(
    () => attention({ queries: x, keys: x, values: x, encoding: shaw(zeros(3, 2)), positions: [0, 1, 2.5, 3] }),
    /无法按距离查 Shaw 的表：需要整数距离/,
  );
});
