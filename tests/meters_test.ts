// 量具：平移、换序、按距离看。量具自己错了，每一课的印章都不可信。
import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import { spreadByDistance } from "@lib/bench/by_distance.ts";
import { shiftResidual } from "@lib/bench/shift.ts";
import { swapEffect } from "@lib/bench/swap.ts";
import type { Encoding } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rope } from "@lib/encodings/rope.ts";
import { sinusoidal } from "@lib/encodings/sinusoidal.ts";
import { randomSentence } from "@lib/lessons/four_tokens.ts";
import { gather, matrix, maxDifference, row } from "@lib/matrix.ts";

const x = randomSentence({ L: 6, d: 8, seed: 3 });

Deno.test("平移：只看距离的一个也不变，看位置的变", () => {
  for (const encoding of [alibi(0.5), rope({ dimension: 8 })]) {
    const { scores, weights, output } = shiftResidual({ ...x, encoding }, 1000);
    assert.ok(Math.max(scores, weights, output) < 1e-9, encoding.name);
  }
  const { scores, weights, output } = shiftResidual({ ...x, encoding: sinusoidal({ dimension: 8, base: 100 }) }, 3);
  assert.ok(Math.min(scores, weights, output) > 1e-3);
});

Deno.test("平移：分数变而权重不变，分得开；从给定的位置起平移", () => {
  // 查询乘上自己的位置，键全是同一个：一行里的分数一起变，softmax 之后看不出来。
  const ones = matrix([[1], [1], [1]]);
  const timesPosition: Encoding = {
    name: "乘位置",
    query: (rows, positions) => ({ ...rows, data: rows.data.map((value, i) => value * positions[i]!) }),
  };
  const input = { queries: ones, keys: ones, values: ones, encoding: timesPosition, positions: [5, 9, 20] };
  assert.deepEqual(shiftResidual(input, 7), { scores: 7, weights: 0, output: 0 });
  const squared: Encoding = {
    name: "乘位置的平方",
    query: (rows, positions) => ({ ...rows, data: rows.data.map((value, i) => value * positions[i]! ** 2) }),
  };
  assert.equal(shiftResidual({ ...input, encoding: squared }, 7).scores, 27 ** 2 - 20 ** 2);
});

Deno.test("换序：前后就是真的对换前后那一行输出", () => {
  const encoding = alibi(0.5);
  const { before, after, change } = swapEffect({ ...x, encoding }, 1, 2, 5);
  assert.deepEqual(before, row(attention({ ...x, encoding }).output, 5));
  const input = { ...x, tokens: gather(x.tokens, [0, 2, 1, 3, 4, 5]), encoding };
  assert.deepEqual(after, row(attention(input).output, 5));
  assert.equal(change, maxDifference(matrix([before]), matrix([after])));
  assert.ok(change > 1e-3);
  assert.ok(swapEffect(x, 1, 2, 5).change < 1e-12); // 没有位置编码，看不出来
});

Deno.test("换序：旁观的不能是被换的；行号出界就说", () => {
  assert.throws(() => swapEffect(x, 1, 2, 2), /需要看第三个词元的输出：现在看的第 2 行就是被换的/);
  assert.throws(() => swapEffect(x, 1, 2, 1), /现在看的第 1 行就是被换的/);
  assert.throws(() => swapEffect(x, 1, 9, 2), RangeError);
});

Deno.test("按距离看：取最大的那个差，被掩住的不算，全掩住的距离按 0 算", () => {
  const distances = matrix([[0, -1, -2], [1, 0, -1], [2, 1, 0]]);
  assert.equal(spreadByDistance(matrix([[0, 5, 9], [1, 0, 7], [3, 4, 0]]), distances), 3); // 1 和 4；5 和 7 只差 2
  const masked = -Infinity;
  assert.equal(spreadByDistance(matrix([[1, masked, masked], [2, 1, masked], [3, 2, 1]]), distances), 0);
  assert.equal(spreadByDistance(matrix([[9, 0, 0], [masked, 2, 0], [0, 5, 4]]), distances), 7); // 9、2、4；掩住的 −∞ 不算
  assert.ok(Number.isNaN(spreadByDistance(matrix([[NaN, 0, 0], [0, 0, 0], [0, 0, 0]]), distances)));
  assert.throws(() => spreadByDistance(matrix([[1]]), distances), /需要 3 行 3 列/);
});
