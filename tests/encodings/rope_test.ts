import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { type Pairing, rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { dot, type Matrix, matrix, maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/rope.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;
const pairings = ["interleaved", "half"] as const;

const dimensions = fc.constantFrom(2, 4, 6, 8, 64, 128);
const seeds = fc.nat(2 ** 31 - 1);
const places = fc.integer({ min: -1_000_000, max: 1_000_000 });
const pairing = fc.constantFrom<Pairing>(...pairings);

/** 一个向量转到 `position`。 */
function turn(x: Matrix, position: number, kind: Pairing, base = 10000): Matrix {
  return rotate(x, turns(new Float64Array(x.rows).fill(position), inverseFrequencies(x.columns, base)), kind);
}

/** 前后两半的第 j 维，是相邻配对的哪一维：0, 2, 4, …, 1, 3, 5, …。 */
const halfOrder = (d: number) => Array.from({ length: d }, (_, j) => j < d / 2 ? 2 * j : 2 * (j - d / 2) + 1);
function permuteColumns(m: Matrix, order: readonly number[]): Matrix {
  return matrix(Array.from({ length: m.rows }, (_, i) => order.map((c) => row(m, i)[c]!)));
}

law(
  "转完长度不变",
  fc.property(dimensions, seeds, places, pairing, (d, seed, m, kind) => {
    const x = normalMatrix(1, d, seed), turned = turn(x, m, kind);
    assert.ok(Math.abs(Math.hypot(...turned.data) - Math.hypot(...x.data)) < 1e-12 * d);
  }),
);

law(
  "先转 n 再转 m，就是转 m + n",
  fc.property(dimensions, seeds, places, places, pairing, (d, seed, m, n, kind) => {
    const x = normalMatrix(1, d, seed);
    assert.ok(maxDifference(turn(turn(x, n, kind), m, kind), turn(x, m + n, kind)) < 1e-8);
  }),
);

law(
  "转 0 一个比特也不变，转 m 再转 −m 回到原处",
  fc.property(dimensions, seeds, places, pairing, (d, seed, m, kind) => {
    const x = normalMatrix(3, d, seed);
    assert.deepEqual(turn(x, 0, kind), x);
    assert.ok(maxDifference(turn(turn(x, m, kind), -m, kind), x) < 1e-12);
  }),
);

law(
  "(R_m q)·(R_n k) = q·(R_{n−m} k)，只看 m − n",
  fc.property(dimensions, seeds, places, places, pairing, (d, seed, m, n, kind) => {
    const q = normalMatrix(1, d, seed), k = normalMatrix(1, d, (seed + 1) % 2 ** 31);
    const apart = dot(turn(q, m, kind).data, turn(k, n, kind).data);
    assert.ok(Math.abs(apart - dot(q.data, turn(k, n - m, kind).data)) < 1e-8);
  }),
);

law(
  "两种配对只差一个固定的维数换序",
  fc.property(dimensions, seeds, places, (d, seed, m) => {
    const x = normalMatrix(2, d, seed), order = halfOrder(d);
    assert.deepEqual(turn(permuteColumns(x, order), m, "half"), permuteColumns(turn(x, m, "interleaved"), order));
  }),
);

Deno.test("反例：同一个向量，两种配对转出来不同（两维以上）", () => {
  for (const d of [4, 8, 64]) {
    const x = normalMatrix(1, d, 1);
    assert.ok(maxDifference(turn(x, 5, "half"), turn(x, 5, "interleaved")) > 1e-3);
  }
  const two = normalMatrix(1, 2, 1);
  assert.deepEqual(turn(two, 5, "half"), turn(two, 5, "interleaved"));
});

Deno.test("手算：d = 4，位置 1，x = (1, 2, 3, 4)", () => {
  const x = matrix([[1, 2, 3, 4]]);
  const digits = (m: Matrix) => [...m.data].map((v) => v.toFixed(5));
  assert.deepEqual(digits(turn(x, 1, "interleaved")), ["-1.14264", "1.92208", "2.95985", "4.02980"]);
  assert.deepEqual(digits(turn(x, 1, "half")), ["-1.98411", "1.95990", "2.46238", "4.01980"]);
});

Deno.test("手算：四个一样的词元，分数是 cos(i − j)，沿对角线不变", () => {
  const x = matrix([[1, 0], [1, 0], [1, 0], [1, 0]]);
  const { scores, queries } = attention({ queries: x, keys: x, values: x, encoding: rope({ dimension: 2 }) });
  const first = [...row(scores, 0)].map((s) => Number((s * Math.SQRT2).toFixed(4)));
  assert.deepEqual(first, [1, 0.5403, -0.4161, -0.9900]);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) assert.ok(Math.abs(scores.data[4 * i + j]! - Math.cos(i - j) / Math.SQRT2) < 1e-15);
  }
  assert.ok(Math.abs(queries.data[2]! - Math.cos(1)) < 1e-15, "交出来的查询是转过的");
});

Deno.test("手算：q ⟂ k 时分数是 sin(i − j)，分得出前后", () => {
  const q = matrix([[1, 0], [1, 0], [1, 0], [1, 0]]), k = matrix([[0, 1], [0, 1], [0, 1], [0, 1]]);
  const { scores } = attention({ queries: q, keys: k, values: q, encoding: rope({ dimension: 2 }) });
  const column = [1, 2, 3].map((i) => Number((row(scores, i)[0]! * Math.SQRT2).toFixed(4)));
  assert.deepEqual(column, [0.8415, 0.9093, 0.1411]);
  assert.ok(Math.abs(row(scores, 0)[3]! + row(scores, 3)[0]!) < 1e-15);
});

Deno.test("值不转，也没有按距离加的东西", () => {
  const encoding = rope({ dimension: 4 });
  assert.deepEqual(Object.keys(encoding).sort(), ["key", "name", "query"]);
});

Deno.test("底数越大，慢的那些转得越慢；第一对总是每词元 1 弧度", () => {
  for (const d of [2, 8, 128]) {
    const small = inverseFrequencies(d, 100), large = inverseFrequencies(d, 500000);
    assert.equal(small[0], 1);
    assert.equal(large[0], 1);
    for (let i = 1; i < d / 2; i++) {
      assert.ok(large[i]! < small[i]! && small[i]! < small[i - 1]!);
      assert.ok(Math.abs(small[i]! - Math.exp(-2 * i / d * Math.log(100))) < 1e-15);
    }
  }
});

for (const { dimension, base, inverseFrequencies: expected, x, half, interleaved } of golden.cases) {
  Deno.test(`金标准：d = ${dimension}，底数 ${base}：角频率和两种配对，位置到 100000`, () => {
    inverseFrequencies(dimension, base).forEach((f, i) => assert.ok(Math.abs(f - expected[i]!) <= 1e-15));
    const encoded = (kind: Pairing) =>
      rope({ dimension, base, pairing: kind }).query!(matrix(x), Float64Array.from(golden.positions));
    assert.ok(maxDifference(encoded("half"), matrix(half)) <= tolerance);
    assert.ok(maxDifference(encoded("interleaved"), matrix(interleaved)) <= tolerance);
  });
}

Deno.test("金标准：前后两半的因果注意力和 Llama 一样", () => {
  assertSameAttention(golden.attention, rope({ dimension: 8, pairing: "half" }), true, tolerance);
});

Deno.test("不写的：底数 10000，相邻两维", () => {
  const x = normalMatrix(3, 8, 1), positions = new Float64Array([1, 2, 30]);
  const explicit = rope({ dimension: 8, base: 10000, pairing: "interleaved" });
  assert.deepEqual(rope({ dimension: 8 }).query!(x, positions), explicit.query!(x, positions));
});

Deno.test("拒绝：维数、底数、维数和向量对不上、位置个数对不上", () => {
  for (const dimension of [7, 0, -2, 3.5, NaN, Infinity]) {
    assert.throws(() => rope({ dimension }), {
      name: "ShapeError",
      message: `无法定 RoPE 的角频率：需要维数是正偶数：现在是 ${dimension}`,
    });
  }
  for (const base of [1, 0, -10, NaN, Infinity]) {
    assert.throws(() => rope({ dimension: 4, base }), {
      name: "RangeError",
      message: `无法定 RoPE 的角频率：需要大于 1 的底数：现在是 ${base}`,
    });
  }
  const x = normalMatrix(2, 6, 1);
  assert.throws(() => attention({ queries: x, keys: x, values: x, encoding: rope({ dimension: 4 }) }), {
    name: "ShapeError",
    message: "无法旋转向量：需要 4 维的头：现在是 6",
  });
  assert.throws(
    () => rotate(x, turns(new Float64Array(3), inverseFrequencies(6, 100)), "half"),
    /需要 2 个位置的转角：现在是 \[3, 3, 3, 3\]/,
  );
});

Deno.test("写进给的内存、就地转、单精度：都和新内存里的一样；几个头各转各的前几维", () => {
  const x = normalMatrix(3, 12, 1), turn = turns([0, 5, 9], inverseFrequencies(4, 100)); // 两个头，各 6 维，转前 4 维
  for (const kind of pairings) {
    const fresh = rotate(x, turn, kind, 6), memory = new Float64Array(36).fill(7), copy = x.data.slice();
    assert.deepEqual(rotate(x, turn, kind, 6, memory), fresh);
    assert.equal(rotate({ ...x, data: copy }, turn, kind, 6, copy).data, copy);
    assert.deepEqual(copy, fresh.data);
    for (const h of [0, 1]) {
      const head = matrix([0, 1, 2].map((n) => row(x, n).slice(6 * h, 6 * h + 4)));
      const alone = rotate(head, turn, kind);
      for (let n = 0; n < 3; n++) {
        assert.deepEqual(row(fresh, n).slice(6 * h, 6 * h + 4), row(alone, n));
        assert.deepEqual(row(fresh, n).slice(6 * h + 4, 6 * h + 6), row(x, n).slice(6 * h + 4, 6 * h + 6));
      }
    }
    const single = rotate({ ...x, data: Float32Array.from(x.data) }, turn, kind, 6);
    assert.ok(single.data instanceof Float32Array);
    single.data.forEach((v, c) => assert.ok(Math.abs(v - fresh.data[c]!) < 1e-6));
  }
  assert.throws(() => rotate(x, turn, "half", 6, new Float64Array(35)), /写进给的内存：需要 36 个和向量同样精度的数/);
  assert.throws(() => rotate(x, turn, "half", 6, new Float32Array(36) as never), /写进给的内存/);
  assert.throws(() => rotate(x, turn, "half", 5), /无法旋转向量：需要 5 维的头：现在是 12/);
  assert.throws(() => rotate([[1, 0]] as never, turn, "half"), /需要单精度或双精度的矩阵/);
});

Deno.test("配对方式写错：拒绝，不当成另一种", () => {
  assert.throws(() => rope({ dimension: 8, pairing: "halff" as never }), {
    name: "RangeError",
    message: '无法定 RoPE 的配对方式：需要 interleaved 或 half：现在是字符串 "halff"',
  });
});
