import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { type Bucketing, t5, t5Bucket } from "@lib/encodings/t5.ts";
import { matrix, zeros } from "@lib/matrix.ts";
import golden from "../golden/t5.json" with { type: "json" };
import { assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

/** 从 0 往过去走，桶号第一次变化的距离。 */
function starts(bucketing: Bucketing, farthest = 200): number[] {
  return Array.from({ length: farthest }, (_, t) => t + 1)
    .filter((t) => t5Bucket(t, bucketing) !== t5Bucket(t - 1, bucketing));
}

Deno.test("手算：32 个桶、128：从哪个距离起换桶", () => {
  assert.deepEqual(starts({}), [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91]);
  const causal = [16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113];
  assert.deepEqual(starts({ bidirectional: false }), [...Array.from({ length: 15 }, (_, t) => t + 1), ...causal]);
  assert.equal(t5Bucket(22), 10); // 8130 的桶表；有的译文把 23 也写成 10
  assert.equal(t5Bucket(23), 11);
  assert.equal(t5Bucket(-23), 16 + 11);
});

Deno.test("手算：偏置直接加在点积上，没有 1/√d", () => {
  const table = Float64Array.from({ length: 32 }, (_, bucket) => 100 * bucket);
  const { scores } = attention({
    queries: matrix([[1, 2], [3, 4]]),
    keys: matrix([[5, 6], [7, 8]]),
    values: zeros(2, 1),
    encoding: t5(table),
  });
  // 第 0 个看第 1 个：距离 −1，是将来，桶 17；第 1 个看第 0 个：桶 1。
  assert.deepEqual([...scores.data], [17, 23 + 1700, 39 + 100, 53]);
});

for (const { bidirectional, buckets, maxDistance, changes, float64Differs } of golden.buckets) {
  const kind = bidirectional ? "双向" : "因果";
  Deno.test(`金标准：${kind}，${buckets} 个桶，最大距离 ${maxDistance}：−1000 到 1000 的桶号`, () => {
    let next = 0, expected = -1;
    for (let distance = -1000; distance <= 1000; distance++) {
      if (changes[next]?.[0] === distance) expected = changes[next++]![1]!;
      assert.equal(t5Bucket(distance, { bidirectional, buckets, maxDistance }), expected, `距离 ${distance}`);
    }
    assert.equal(next, changes.length);
    assert.deepEqual(float64Differs, []); // 单精度和双精度算出来的桶号相同，所以比的是同一张表
  });
}

for (const run of golden.attention) {
  const { bidirectional, maxDistance } = run;
  Deno.test(`金标准：${bidirectional ? "编码器" : "解码器"}的注意力和 T5 一样`, () => {
    const encoding = t5(Float64Array.from(run.table), { bidirectional, maxDistance });
    assertSameAttention(run, encoding, !bidirectional, golden.provenance.tolerance);
  });
}

const bucketings = fc.record({
  buckets: fc.integer({ min: 4, max: 128 }),
  beyond: fc.integer({ min: 1, max: 1000 }),
  bidirectional: fc.boolean(),
}).map(({ buckets, beyond, bidirectional }) => ({ buckets, maxDistance: buckets + beyond, bidirectional }));

law(
  "越远，桶号不减；同一侧的桶号从头用到尾，不出界",
  fc.property(bucketings, (bucketing) => {
    const { buckets, maxDistance, bidirectional } = bucketing;
    const side = bidirectional ? Math.floor(buckets / 2) : buckets;
    let previous = 0;
    for (let t = 0; t <= maxDistance + 5; t++) {
      const bucket = t5Bucket(t, bucketing);
      assert.ok(bucket >= previous && bucket < side);
      previous = bucket;
    }
    assert.equal(t5Bucket(maxDistance, bucketing), side - 1, "最大距离在最后一个桶");
    assert.equal(t5Bucket(Math.floor(side / 2), bucketing), Math.floor(side / 2));
  }),
);

law(
  "双向：将来和过去用两半桶，分法相同；因果：将来全是 0 号桶",
  fc.property(bucketings, fc.integer({ min: 1, max: 1e6 }), (bucketing, t) => {
    const past = t5Bucket(t, bucketing), future = t5Bucket(-t, bucketing);
    assert.equal(future, bucketing.bidirectional ? past + Math.floor(bucketing.buckets / 2) : 0);
  }),
);

Deno.test("桶数默认取表的长度", () => {
  const table = Float64Array.from({ length: 8 }, (_, bucket) => bucket);
  const distances = Float64Array.from({ length: 401 }, (_, i) => i - 200);
  assert.deepEqual(t5(table).score!(distances).bias, distances.map((t) => t5Bucket(t, { buckets: 8 })));
});

Deno.test("拒绝：表长、桶数、最大距离、不是整数的距离", () => {
  const table = new Float64Array(16);
  assert.throws(() => t5(table, { buckets: 32 }), {
    name: "ShapeError",
    message: "无法用 T5 偏置：需要 32 个数的表：现在是 16",
  });
  assert.throws(() => t5Bucket(1, { buckets: 3 }), /无法定 T5 的桶数：需要不小于 4 的整数：现在是 3/);
  assert.throws(() => t5Bucket(1, { buckets: 1, bidirectional: false }), /需要不小于 2 的整数：现在是 1/);
  assert.throws(() => t5Bucket(1, { maxDistance: 8 }), /无法定 T5 的最大距离：需要不小于 9 的整数：现在是 8/);
  assert.equal(t5Bucket(8, { maxDistance: 9 }), 8);
  const given = { queries: zeros(2, 2), keys: zeros(2, 2), values: zeros(2, 2), encoding: t5(table) };
  assert.throws(() => attention({ ...given, positions: [0, 0.5] }), {
    name: "RangeError",
    message: /无法按距离查 T5 的表：需要整数距离：现在是 -?0.5/,
  });
});
