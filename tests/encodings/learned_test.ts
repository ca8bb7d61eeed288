import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import { learned, learnedInitial, positionRows } from "@lib/encodings/learned.ts";
import { matrix, zeros } from "@lib/matrix.ts";
import golden from "../golden/learned.json" with { type: "json" };
import { assertClose, assertSameFromTokens } from "../golden/golden.ts";

const { tolerance } = golden.provenance;
const encoding = learned(matrix(golden.table));

Deno.test("金标准：词嵌入加位置向量，和 GPT-2 一样；从第 4 个位置起也一样", () => {
  const tokens = matrix(golden.tokens), from = (start: number) => Float64Array.from({ length: 6 }, (_, i) => start + i);
  assertClose("从 0 起", encoding.embed!(tokens, from(0)), golden.encoded, tolerance);
  assertClose("从 4 起", encoding.embed!(tokens, from(golden.shifted.start)), golden.shifted.encoded, tolerance);
});

Deno.test("金标准：因果注意力", () => {
  const run = golden.attention;
  assertSameFromTokens(run, golden.tokens, { encoding, causal: true, heads: run.heads }, tolerance);
});

Deno.test("手算：表的第 m 行加到位置 m 上", () => {
  const { embed } = learned(matrix([[1, 2], [10, 20], [100, 200]]));
  assert.deepEqual([...embed!(matrix([[5, 5], [6, 6]]), new Float64Array([2, 0])).data], [105, 205, 7, 8]);
});

Deno.test("拒绝：表里没有的位置，不截断、不绕回去", () => {
  const table = zeros(4, 2), x = zeros(2, 2), projections = { query: x, key: x, value: x };
  for (
    const [position, message] of [[4, "0 到 3 的位置（表只有 4 行）：现在是 4"], [
      -1,
      "0 到 3 的位置（表只有 4 行）：现在是 -1",
    ], [
      1.5,
      "需要整数位置",
    ]] as const
  ) {
    assert.throws(
      () => attention({ tokens: x, projections, encoding: learned(table), positions: [0, position] }),
      (error: Error) => error instanceof RangeError && error.message.includes(message),
    );
  }
  assert.throws(() => positionRows("我的", table, new Float64Array([9])), /无法按位置查 我的 的表/);
  assert.throws(() => learned([[1, 2]] as never), /无法用训练式的表：需要矩阵/);
});

Deno.test("初值：标准差 0.02，小到量不出平移", () => {
  const { data } = learnedInitial(512, 64, 1);
  const deviation = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
  assert.ok(Math.abs(deviation - 0.02) < 0.001, `${deviation}`);
});
