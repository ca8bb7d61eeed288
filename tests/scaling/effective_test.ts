import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { dot, maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { effectiveRope, leakyReRope, reRope, selfExtend } from "@lib/scaling/effective.ts";
import golden from "../golden/scaling_formulas.json" with { type: "json" };
import { law } from "../property.ts";

for (const { length, window, leak, group, rerope, leaky, selfExtend: extended } of golden.effectivePositions) {
  Deno.test(`金标准：${length} 个词元，窗口 ${window}，k = ${leak}，g = ${group}`, () => {
    const tables = [[reRope(window), rerope], [leakyReRope(window, leak), leaky], [
      selfExtend(window, group),
      extended,
    ]] as const;
    for (const [distance, table] of tables) {
      table.forEach((line, i) =>
        line.forEach((expected, j) => assert.ok(Math.abs(distance(i, j) - expected) < 1e-12, `(${i}, ${j})`))
      );
    }
  });
}

const given = (seed: number, d: number, positions: number[]) => ({
  queries: normalMatrix(positions.length, d, seed),
  keys: normalMatrix(positions.length, d, seed + 1),
  values: normalMatrix(positions.length, d, seed + 2),
  positions,
  causal: true,
});

law(
  "一格一格地转：分数就是 q·R(−Δ′)k，两种配对都是",
  fc.property(
    fc.nat(2 ** 31 - 9),
    fc.constantFrom(2, 4, 8),
    fc.constantFrom("interleaved" as const, "half" as const),
    (seed, d, pairing) => {
      const frequencies = inverseFrequencies(d, 100), x = given(seed, d, [0, 1, 4, 9, 30]), far = leakyReRope(5, 3);
      const { scores } = attention({ ...x, encoding: effectiveRope("漏", far, { frequencies, pairing }) });
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j <= i; j++) {
          const distance = far(x.positions[i]!, x.positions[j]!), key = { rows: 1, columns: d, data: row(x.keys, j) };
          const turned = rotate(key, turns([-distance], frequencies), pairing);
          assert.ok(Math.abs(row(scores, i)[j]! - dot(row(x.queries, i), turned.data) / Math.sqrt(d)) < 1e-10);
        }
      }
    },
  ),
  30,
);

law(
  "窗口比句子长，三种都是 RoPE；ReRoPE、Leaky 平移不变；Self-Extend 平移整组才不变",
  fc.property(fc.nat(2 ** 31 - 9), fc.nat(10_000), (seed, shift) => {
    const d = 4, frequencies = inverseFrequencies(d, 10000), x = given(seed, d, [0, 1, 2, 5, 11]);
    const scores = (effective: ReturnType<typeof reRope>, by = 0) =>
      attention({
        ...x,
        positions: x.positions.map((p) => p + by),
        encoding: effectiveRope("改", effective, { frequencies }),
      }).scores;
    const plain = attention({ ...x, encoding: rope({ dimension: d }) }).scores;
    for (const wide of [reRope(12), leakyReRope(12, 2), selfExtend(12, 3)]) {
      assert.ok(maxDifference(scores(wide), plain) < 1e-10);
    }
    for (const one of [reRope(3), leakyReRope(3, 2)]) assert.ok(maxDifference(scores(one), scores(one, shift)) < 1e-9);
    assert.ok(maxDifference(scores(selfExtend(3, 4)), scores(selfExtend(3, 4), 4 * shift)) < 1e-9);
  }),
  30,
);

Deno.test("手算：有效距离不超过窗口；跨没跨组差 1", () => {
  assert.deepEqual([2, 3, 1000].map((t) => reRope(3)(t, 0)), [2, 3, 3]);
  assert.deepEqual([leakyReRope(3, 1)(9, 0), leakyReRope(3, 2)(9, 0)], [9, 6]);
  assert.deepEqual([selfExtend(4, 4)(4, 0), selfExtend(4, 4)(5, 1), selfExtend(4, 4)(6, 0), selfExtend(4, 4)(7, 3)], [
    4,
    4,
    4,
    4,
  ]);
  assert.deepEqual([selfExtend(4, 4)(7, 2), selfExtend(4, 4)(8, 3)], [4, 5], "都隔 5 个，后一对多跨了一组");
});

Deno.test("拒绝：窗口、倍数、组、不是函数、距离不是数；不和 RoPE 合用；双向", () => {
  assert.throws(() => reRope(0), /无法定 ReRoPE 的窗口：需要不小于 1 的整数：现在是 0/);
  assert.throws(() => leakyReRope(3, 0.5), /无法定 Leaky ReRoPE 的倍数/);
  assert.throws(() => selfExtend(3, 1.5), /无法定 Self-Extend 的组/);
  const frequencies = inverseFrequencies(4, 100), good = effectiveRope("改", reRope(2), { frequencies });
  assert.throws(() => effectiveRope("改", 3 as never, { frequencies }), /需要有效距离是一个函数：现在是 3/);
  assert.throws(
    () => effectiveRope("改", reRope(2), { frequencies, pairing: "x" as never }),
    /需要 interleaved 或 half/,
  );
  assert.throws(() => compose(good, rope({ dimension: 4 })), /需要只有一个编码改查询/);
  assert.throws(
    () => attention({ ...given(1, 4, [0, 1]), causal: false, encoding: good }),
    /无法用 改：需要因果注意力/,
  );
  assert.throws(() => attention({ ...given(1, 6, [0, 1]), encoding: good }), /无法用 改：需要 4 维的头：现在是 6/);
  const broken = effectiveRope("坏", () => NaN, { frequencies });
  assert.throws(
    () => attention({ ...given(1, 4, [0, 1]), encoding: broken }),
    /无法用 坏 的有效距离：需要有限的数：现在是 NaN/,
  );
});
