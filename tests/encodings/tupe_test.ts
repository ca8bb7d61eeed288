import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import { tupe, tupeInitial } from "@lib/encodings/tupe.ts";
import { layerNorm, matrix, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/tupe.json" with { type: "json" };
import { assertClose, assertSameAttention } from "../golden/golden.ts";

const { tolerance } = golden.provenance;
const d = 4;
/** 第 h 个头的那几列。 */
const part = (m: number[][], h: number) => matrix(m.map((line) => line.slice(h * d, (h + 1) * d)));
Deno.test("金标准：逐行归一，和他们的 LayerNorm 一样（他们另有增益和平移）", () => {
  const plain = layerNorm(matrix(golden.positions));
  golden.normed.forEach((line, n) =>
    line.forEach((x, c) => assert.ok(Math.abs(row(plain, n)[c]! * golden.gain[c]! + golden.shift[c]! - x) <= tolerance))
  );
});

for (const { untied, relative, heads } of golden.runs) {
  heads.forEach((run, h) => {
    Deno.test(`金标准：${untied ? "有 [CLS]" : "没有 [CLS]"}，${relative ? "TUPE-R" : "TUPE-A"}，第 ${h} 个头`, () => {
      const table = matrix(golden.normed), buckets = golden.bucketTable.map((line) => line[h]!);
      const encoding = tupe({
        table,
        query: part(golden.uq, h),
        key: part(golden.uk, h),
        cls: untied,
        maxDistance: golden.maxDistance,
        ...(relative && { buckets: untied ? buckets : buckets.slice(0, golden.buckets) }),
      });
      const x = zeros(run.query.length, d);
      const { terms } = attention({ queries: x, keys: x, values: x, encoding });
      const expected = run.positionScores.map((line, i) =>
        line.map((s, j) => s + (relative ? run.bucketBiases[i]![j]! : 0))
      );
      assertClose("位置-位置", terms.positionPosition, expected, tolerance);
      assertSameAttention(run, encoding, false, tolerance);
    });
  });
}

Deno.test("手算：[CLS] 看谁都一样，谁看 [CLS] 都一样，两个数不同", () => {
  const encoding = tupe({ ...tupeInitial({ positions: 6, modelDimension: 4, dimension: 4, seed: 3 }), cls: true });
  const x = zeros(4, 4), { terms } = attention({ queries: x, keys: x, values: x, encoding });
  const at = (i: number, j: number) => row(terms.positionPosition, i)[j]!;
  assert.ok([1, 2, 3].every((j) => at(0, j) === at(0, 0)));
  assert.ok([2, 3].every((i) => at(i, 0) === at(1, 0)) && at(1, 0) !== at(0, 0));
  assert.equal(
    tupe(tupeInitial({ positions: 2, modelDimension: 4, dimension: 4, seed: 1 })).scale!(64).toFixed(7),
    "0.0883883",
  );
});

Deno.test("位置那一项不看内容：内容换了，它一个比特也不变", () => {
  const encoding = tupe(tupeInitial({ positions: 6, modelDimension: 8, dimension: 4, seed: 3 }));
  const terms = (seed: number) => {
    const x = normalMatrix(5, 4, seed);
    return attention({ queries: x, keys: x, values: x, encoding }).terms;
  };
  assert.deepEqual(terms(1).positionPosition, terms(2).positionPosition);
  assert.ok(terms(1).contentPosition.data.every((t) => t === 0) && terms(1).positionContent.data.every((t) => t === 0));
});

Deno.test("拒绝：投影对不上，表不够，桶太少", () => {
  const good = tupeInitial({ positions: 4, modelDimension: 4, dimension: 2, seed: 1 });
  assert.throws(() => tupe({ ...good, query: zeros(3, 2) }), /无法用 TUPE 的 U_Q：需要 4 行的矩阵：现在是 \[3, 2\]/);
  assert.throws(() => tupe({ ...good, key: zeros(4, 3) }), /无法用 TUPE 的 U_K：需要 4 行 2 列的矩阵/);
  assert.throws(() => tupe({ ...good, buckets: [1, 2] }), /无法定 T5 的桶数/);
  assert.throws(() => tupe({ ...good, table: zeros(1, 4), cls: true }), /有 \[CLS\] 时至少 2 行：现在是 1/);
  const x = zeros(5, 2);
  assert.throws(() => attention({ queries: x, keys: x, values: x, encoding: tupe(good) }), /需要 0 到 3 的位置/);
});
