import assert from "node:assert/strict";
import fc from "fast-check";
import { attention, dot, softmax } from "@lib/attention.ts";
import type { Encoding } from "@lib/encoding.ts";
import { integerDistance } from "@lib/encoding.ts";
import { matrix, maxDifference, multiply, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { encodings, input, problems } from "./encodings/problem.ts";
import { law } from "./property.ts";

const scoreArrays = fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 20 });
const soft = (scores: readonly number[]) => [...softmax(Float64Array.from(scores), new Float64Array(scores.length))];
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

law(
  "softmax：权重不小于 0，加起来是 1，分数大的权重不小",
  fc.property(scoreArrays, (scores) => {
    const weights = soft(scores);
    assert.ok(weights.every((w) => w >= 0) && Math.abs(sum(weights) - 1) < 1e-12);
    scores.forEach((a, i) => scores.forEach((b, j) => assert.ok(a <= b || weights[i]! >= weights[j]!)));
  }),
  200,
);

law(
  "softmax：分数全加同一个数，权重不变",
  fc.property(scoreArrays, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (scores, shift) => {
    const before = soft(scores), after = soft(scores.map((s) => s + shift));
    before.forEach((w, j) => assert.ok(Math.abs(w - after[j]!) < 1e-10));
  }),
  200,
);

Deno.test("softmax 手算：(0, ln 3) → (1/4, 3/4)；±10000 不溢出；被掩住的是 0", () => {
  const [a, b] = soft([0, Math.log(3)]);
  assert.ok(Math.abs(a! - 0.25) < 1e-15 && Math.abs(b! - 0.75) < 1e-15);
  assert.deepEqual(soft([10000, 10000, -10000]), [0.5, 0.5, 0]);
  assert.deepEqual(soft([-10000, -10000]), [0.5, 0.5]);
  assert.deepEqual(soft([-Infinity, 3, -Infinity]), [0, 1, 0]);
  assert.deepEqual(soft([-Infinity, -Infinity]), [0, 0]);
  assert.deepEqual(soft([]), []);
});

Deno.test("softmax：写进给的数组里；坏数不会变成像样的权重；长度不同就拒绝", () => {
  const scores = new Float64Array([1, 2]), weights = new Float64Array([9, 9]);
  assert.equal(softmax(scores, weights), weights);
  assert.deepEqual(scores, new Float64Array([1, 2]));
  assert.ok(soft([NaN, 1]).every(Number.isNaN));
  assert.throws(() => softmax(scores, new Float64Array(3)), {
    name: "ShapeError",
    message: "无法算 softmax：需要 2 个位置放权重：现在是 3",
  });
});

Deno.test("dot：逐个相乘再加；长度不同就拒绝", () => {
  assert.equal(dot(new Float64Array([1, 2, 3]), new Float64Array([4, -5, 6])), 12);
  assert.throws(() => dot(new Float64Array(2), new Float64Array(3)), /无法做点积：需要两个 2 维向量：现在是 3/);
});

Deno.test("手算：两个词元，没有编码，缩放 1/√d", () => {
  const { scores, weights, output, distances } = attention({
    queries: matrix([[2, 0, 0, 0], [0, 0, 0, 2 * Math.log(3)]]),
    keys: matrix([[3, 0, 0, 0], [0, 0, 0, 1]]),
    values: matrix([[0, 4], [8, 0]]),
  });
  assert.deepEqual([...distances.data], [0, -1, 1, 0]);
  assert.deepEqual([...scores.data], [3, 0, 0, Math.log(3)]);
  assert.ok(maxDifference(matrix([[...row(weights, 1)]]), matrix([[0.25, 0.75]])) < 1e-15);
  assert.ok(maxDifference(matrix([[...row(output, 1)]]), matrix([[6, 1]])) < 1e-14);
});

for (const [name, make] of Object.entries(encodings)) {
  law(
    `${name}：各项加起来是分数，权重每行加起来是 1，输出是权重乘值`,
    fc.property(problems(1000), (problem) => {
      const given = input(problem, make);
      const { terms, scores, weights, output, distances } = attention(given);
      const L = problem.positions.length;
      for (let cell = 0; cell < L * L; cell++) {
        const i = Math.floor(cell / L), j = cell % L;
        assert.equal(distances.data[cell], problem.positions[i]! - problem.positions[j]!);
        if (scores.data[cell] === -Infinity) continue;
        const total = terms.contentContent.data[cell]! + terms.contentPosition.data[cell]! +
          terms.positionPosition.data[cell]!;
        assert.ok(Math.abs(scores.data[cell]! - total) < 1e-12);
      }
      for (let i = 0; i < L; i++) assert.ok(Math.abs(sum([...row(weights, i)]) - 1) < 1e-12);
      if (!given.encoding.value) assert.ok(maxDifference(output, multiply(weights, given.values)) < 1e-12);
      const names = { contentPosition: /Shaw/, positionPosition: /ALiBi|T5/ } as const;
      for (const term of ["contentPosition", "positionPosition"] as const) {
        if (!names[term].test(name)) assert.ok(terms[term].data.every((x) => x === 0), `${name} 没有 ${term}`);
        else if (L > 1) assert.ok(terms[term].data.some((x) => x !== 0), `${name} 有 ${term}`);
      }
    }),
    30,
  );
}

/** 记下每只钩子收到多少个距离、多少行。 */
function recording(): { encoding: Encoding; calls: Record<string, number[]> } {
  const calls: Record<string, number[]> = { query: [], key: [], score: [], value: [] };
  return {
    calls,
    encoding: {
      name: "记录",
      query: (rows, positions) => (calls["query"]!.push(rows.rows, positions.length), rows),
      key: (rows, positions) => (calls["key"]!.push(rows.rows, positions.length), rows),
      score: (distances) => (calls["score"]!.push(distances.length, new Set(distances).size), { bias: distances }),
      value: (distances) => (calls["value"]!.push(distances.length), zeros(distances.length, 2)),
    },
  };
}

Deno.test("偏置只在 2L − 1 个不同的距离上算一次，不是 L² 次", () => {
  const L = 50, x = zeros(L, 2);
  const all = recording();
  const trace = attention({ queries: x, keys: x, values: x, encoding: all.encoding });
  assert.deepEqual(all.calls, { query: [L, L], key: [L, L], score: [99, 99], value: [99] });
  assert.deepEqual(trace.terms.positionPosition, trace.distances, "每一格拿到的是自己那个距离的偏置");

  const last = recording();
  attention({ queries: x, keys: x, values: x, encoding: last.encoding, queryRows: [L - 1] });
  assert.deepEqual(last.calls, { query: [1, 1], key: [L, L], score: [50, 50], value: [50] });
});

Deno.test("有空隙的位置，距离按位置算，不按行号算", () => {
  const x = zeros(3, 2);
  const { encoding, calls } = recording();
  const { distances } = attention({ queries: x, keys: x, values: x, positions: [10, 13, 113], encoding });
  assert.deepEqual([...distances.data], [0, -3, -103, 3, 0, -100, 103, 100, 0]);
  assert.deepEqual(calls["score"], [7, 7]);
});

Deno.test("因果看的是位置，不是行号；位置相同的互相看得见", () => {
  const x = zeros(3, 2);
  const { weights } = attention({ queries: x, keys: x, values: x, positions: [5, 5, 1], causal: true });
  assert.deepEqual([...weights.data], [1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 0, 0, 1]);
});

Deno.test("值可以比键宽；缩放由编码说了算", () => {
  const x = normalMatrix(3, 2, 1);
  const { output, scores } = attention({
    queries: x,
    keys: x,
    values: normalMatrix(3, 5, 2),
    encoding: { name: "不缩放", scale: (d) => d / 2 },
  });
  assert.equal(output.columns, 5);
  assert.equal(scores.data[1], dot(row(x, 0), row(x, 1)));
});

Deno.test("不改参数里的任何一个数", () => {
  const given = input({ d: 4, seed: 3, causal: true, positions: [2, 0, 7] }, encodings["Shaw（键和值）"]!);
  const copy = structuredClone({ q: given.queries, k: given.keys, v: given.values, p: given.positions });
  attention(given);
  assert.deepEqual({ q: given.queries, k: given.keys, v: given.values, p: given.positions }, copy);
});

Deno.test("一个词元看自己：权重是 1，输出就是值", () => {
  for (const make of Object.values(encodings)) {
    const given = input({ d: 4, seed: 3, causal: true, positions: [9] }, make);
    const { weights, output } = attention(given);
    assert.equal(weights.data[0], 1);
    if (!given.encoding.value) assert.deepEqual(output, given.values);
  }
});

Deno.test("拒绝：形状、位置、行号", () => {
  const x = zeros(4, 2), given = { queries: x, keys: x, values: x };
  const cases: [Parameters<typeof attention>[0], string, string][] = [
    [{ ...given, keys: zeros(3, 2) }, "ShapeError", "无法做注意力：需要 4 行 2 列的键：现在是 [3, 2]"],
    [{ ...given, keys: zeros(4, 3) }, "ShapeError", "无法做注意力：需要 4 行 2 列的键：现在是 [4, 3]"],
    [{ ...given, values: zeros(5, 2) }, "ShapeError", "无法做注意力：需要 4 行值：现在是 5"],
    [{ ...given, positions: [0, 1] }, "ShapeError", "无法给词元排位置：需要 4 个位置：现在是 2"],
    [{ ...given, positions: [0, 1, 2, 3, 4] }, "ShapeError", "无法给词元排位置：需要 4 个位置：现在是 5"],
    [{ ...given, positions: [0, 1, NaN, 3] }, "RangeError", "无法给词元排位置：需要有限的数：第 2 个是 NaN"],
    [{ ...given, positions: [0, 1, 2, Infinity] }, "RangeError", "无法给词元排位置：需要有限的数：第 3 个是 Infinity"],
    [{ ...given, queryRows: [4] }, "RangeError", "无法取第 4 行：需要 0 到 3 的行号：现在是 4"],
    [{ ...given, queryRows: [-1] }, "RangeError", "无法取第 -1 行：需要 0 到 3 的行号：现在是 -1"],
    [{ ...given, queryRows: [0.5] }, "RangeError", "无法取第 0.5 行：需要 0 到 3 的行号：现在是 0.5"],
  ];
  for (const [bad, name, message] of cases) assert.throws(() => attention(bad), { name, message });
});

Deno.test("拒绝：自己写的钩子交回来的形状不对，说得出是哪一只", () => {
  const x = zeros(4, 2), given = { queries: x, keys: x, values: x };
  const bad: [string, Omit<Encoding, "name">][] = [
    ["query", { query: (rows) => zeros(rows.rows + 1, 2) }],
    ["query", { query: (rows) => zeros(rows.rows, 3) }],
    ["key", { key: (rows) => zeros(rows.rows - 1, 2) }],
    ["score.bias", { score: () => ({ bias: new Float64Array(1) }) }],
    ["score.keys", { score: (distances) => ({ keys: zeros(distances.length, 1) }) }],
    ["score.keys", { score: () => ({ keys: zeros(4, 2) }) }],
    ["value", { value: (distances) => zeros(distances.length, 3) }],
    ["value", { value: () => zeros(4, 2) }],
  ];
  for (const [hook, encoding] of bad) {
    assert.throws(() => attention({ ...given, encoding: { name: "我的", ...encoding } }), (error: Error) => {
      return error.name === "ShapeError" && error.message.startsWith(`无法用 我的 的 ${hook}：需要`);
    }, hook);
  }
});

law(
  "查表的距离：离整数不到 1e-6 就取整，别的拒绝",
  fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ min: -0.5, max: 0.5, noNaN: true }), (t, off) => {
    const nearest = Math.round(t + off);
    if (Math.abs(t + off - nearest) < 1e-6) assert.equal(integerDistance("表", t + off) - nearest, 0);
    else assert.throws(() => integerDistance("表", t + off), { name: "RangeError" });
    assert.equal(integerDistance("表", t + 1e-7), t);
    assert.ok(integerDistance("表", t - 1e-7) === t); // 0 附近会取整成 −0，也算 0
  }),
);

Deno.test("查表的距离：NaN 和无穷拒绝", () => {
  for (const t of [NaN, Infinity, -Infinity]) {
    assert.throws(() => integerDistance("T5", t), {
      message: `无法按距离查 T5 的表：需要整数距离：现在是 ${t}`,
    });
  }
});

Deno.test("表太大：马上说出来，不等内存用光；只算几行就可以", () => {
  const x = zeros(8193, 1);
  const input = { queries: x, keys: x, values: x };
  assert.throws(() => attention(input), {
    name: "RangeError",
    message: "无法摆出 8193 行 8193 列的分数表：需要不超过 67108864 格的表，或用 queryRows 只算几行：现在是 67125249",
  });
  assert.equal(attention({ ...input, queryRows: [8192] }).weights.columns, 8193);
});

Deno.test("钩子忘了 return、数里有 NaN：说出来，不当作没有位置编码", () => {
  const x = zeros(2, 2);
  const forgot = (() => undefined) as never;
  const input = { queries: x, keys: x, values: x };
  for (const hook of ["query", "key", "value"] as const) {
    const encoding = { name: "忘了", [hook]: forgot };
    assert.throws(
      () => attention({ ...input, encoding }),
      new RegExp(`无法用 忘了 的 ${hook}：.*是不是忘了 return`),
    );
  }
  assert.throws(
    () => attention({ ...input, encoding: { name: "忘了", score: forgot } }),
    /的 score：.*是不是忘了 return/,
  );
  for (const name of ["queries", "keys", "values"] as const) {
    const bad = { ...x, data: new Float64Array([0, NaN, 0, 0]) };
    assert.throws(() => attention({ ...input, [name]: bad }), /做注意力：需要有限的数，第 1 个分量：现在是 NaN/);
  }
});

Deno.test("值可以和查询不一样宽：加到值上的向量跟着值的宽度", () => {
  const x = zeros(2, 2), values = zeros(2, 3);
  const adds = (columns: number) => ({
    name: "加一",
    value: (distances: Float64Array) => ({
      ...zeros(distances.length, columns),
      data: new Float64Array(distances.length * columns).fill(1),
    }),
  });
  const input = { queries: x, keys: x, values };
  assert.deepEqual([...attention({ ...input, encoding: adds(3) }).output.data], [1, 1, 1, 1, 1, 1]);
  assert.throws(
    () => attention({ ...input, encoding: adds(2) }),
    /无法用 加一 的 value：需要 3 行 3 列的矩阵：现在是 \[3, 2\]/,
  );
});
