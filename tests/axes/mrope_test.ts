import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { mrope, mropeAxes, type MropeOrder } from "@lib/axes/mrope.ts";
import { positionIds } from "@lib/axes/position_ids.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { type Matrix, matrix, maxDifference } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { yarn } from "@lib/scaling/yarn.ts";
import v5 from "../golden/mrope.json" with { type: "json" };
import v4 from "../golden/mrope_v4.json" with { type: "json" };
import { law } from "../property.ts";

const indices = (count: number) => Float64Array.from({ length: count }, (_, n) => n);
const orders = fc.constantFrom<MropeOrder>("chunked", "interleaved");
const sections = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).filter(([t, h, w]) => t + h + w > 0);
const seeds = fc.nat(2 ** 31 - 9);

law(
  "只有文字：和一维的 RoPE 一个比特也不差",
  fc.property(sections, orders, fc.constantFrom("half", "interleaved"), seeds, (sections, order, pairing, seed) => {
    const d = 2 * (sections[0] + sections[1] + sections[2]), x = normalMatrix(30, d, seed);
    const frequencies = inverseFrequencies(d, 10000), coordinates = positionIds([30]).ids;
    const many = mrope({ coordinates, frequencies, sections, order, pairing });
    assert.deepEqual(many.query!(x, indices(30)), rope({ dimension: d, pairing }).query!(x, indices(30)));
    assert.deepEqual(many.key!(x, indices(30)), many.query!(x, indices(30)));
  }),
);

law(
  "有图有视频：时、高、宽各挪多少，分数不变",
  fc.property(sections, orders, fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999)), seeds, (sections, order, by, seed) => {
    const { ids } = positionIds([2, { grid: [1, 4, 6] }, 1, { grid: [3, 4, 2] }, 2]),
      d = 2 * mropeAxes(sections, order).length;
    const [queries, keys] = [normalMatrix(ids.rows, d, seed), normalMatrix(ids.rows, d, seed + 1)];
    const scores = (coordinates: Matrix) => {
      const encoding = mrope({ coordinates, frequencies: inverseFrequencies(d, 10000), sections, order });
      return attention({ queries, keys, values: keys, encoding }).scores;
    };
    const moved = { ...ids, data: ids.data.map((place, c) => place + by[c % 3]!) };
    assert.ok(maxDifference(scores(ids), scores(moved)) < 1e-9);
  }),
);

law(
  "每一对恰好看一个轴；分块正好分到写的份数，交错的高、宽不多于写的份数",
  fc.property(sections, (sections) => {
    const count = (order: MropeOrder) =>
      [0, 1, 2].map((axis) => mropeAxes(sections, order).filter((a) => a === axis).length);
    assert.deepEqual(count("chunked"), sections);
    const [, height, width] = count("interleaved");
    assert.ok(height! <= sections[1] && width! <= sections[2]);
    assert.equal(mropeAxes(sections, "interleaved").length, sections[0] + sections[1] + sections[2]);
  }),
);

for (const [version, golden] of [[4, v4], [5, v5]] as const) {
  for (const { dimension, base, section, interleaved, positions, ...one } of golden.rotations) {
    Deno.test(`金标准：transformers ${version} 版，${one.model}，d = ${dimension}，${section}，${one.name}`, () => {
      const coordinates = matrix(positions[0]!.map((_, n) => positions.map((axis) => axis[n]!)));
      const encoding = mrope({
        coordinates,
        frequencies: inverseFrequencies(dimension, base),
        sections: section,
        order: interleaved ? "interleaved" : "chunked",
      });
      const at = indices(coordinates.rows), { tolerance } = golden.provenance;
      assert.ok(maxDifference(encoding.query!(matrix(one.query), at), matrix(one.rotatedQuery)) <= tolerance);
      assert.ok(maxDifference(encoding.key!(matrix(one.key), at), matrix(one.rotatedKey)) <= tolerance);
    });
  }
}

Deno.test("手算：(2, 1, 1) 分块是 t、t、h、w，交错是 t、h、w、t；Qwen 的两种", () => {
  assert.deepEqual(mropeAxes([2, 1, 1], "chunked"), [0, 0, 1, 2]);
  assert.deepEqual(mropeAxes([2, 1, 1], "interleaved"), [0, 1, 2, 0]);
  assert.equal(mropeAxes([16, 24, 24], "chunked").join(""), "0".repeat(16) + "1".repeat(24) + "2".repeat(24));
  assert.equal(mropeAxes([24, 20, 20], "interleaved").join(""), "012".repeat(20) + "0000");
});

Deno.test("反例：分块和交错转出来不同；拉长过的角频率和系数照用，多出来的维不转", () => {
  const coordinates = positionIds([1, { grid: [2, 4, 4] }]).ids, x = normalMatrix(coordinates.rows, 10, 1);
  const scaled = yarn({ dimension: 8, factor: 4, originalMaxPosition: 2048 });
  const options = { coordinates, frequencies: scaled.inverseFrequencies, sections: [2, 1, 1], dimension: 10 };
  const turn = (order: MropeOrder, attentionFactor = 1) =>
    mrope({ ...options, order, attentionFactor }).query!(x, indices(coordinates.rows));
  assert.ok(maxDifference(turn("chunked"), turn("interleaved")) > 0.1);
  const longer = turn("chunked", 2), plain = turn("chunked");
  longer.data.forEach((value, c) => assert.equal(value, (c % 10 < 8 ? 2 : 1) * plain.data[c]!));
});

Deno.test("拒绝：份数对不上、不是三份、分法写错、坐标不是三列", () => {
  const coordinates = positionIds([3]).ids, frequencies = inverseFrequencies(8, 10000);
  const good = { coordinates, frequencies, sections: [2, 1, 1], order: "chunked" } as const;
  assert.throws(() => mrope({ ...good, sections: [2, 1, 2] }), /无法造 M-RoPE：需要三份加起来是 4 对：现在是 5/);
  assert.throws(() => mrope({ ...good, sections: [2, 2] }), /无法分 M-RoPE 的轴：需要 3 个数：现在是 2/);
  assert.throws(() => mrope({ ...good, sections: [2.5, 1, 0.5] }), /无法分 M-RoPE 的轴，定份数：需要/);
  assert.throws(() => mrope({ ...good, order: "mixed" as never }), /需要 chunked 或 interleaved：现在是字符串 "mixed"/);
  assert.throws(() => mrope({ ...good, coordinates: matrix([[1, 2]]) }), /无法造 M-RoPE，定坐标：需要/);
});
