import assert from "node:assert/strict";
import fc from "fast-check";
import { attention, attentionBlocks, head, tokenCount } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import type { Encoding } from "@lib/encoding.ts";
import { integerDistance } from "@lib/encoding.ts";
import { dot, matrix, maxDifference, multiply, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { softmax } from "@lib/softmax.ts";
import { input, kinds, problems, reorder } from "./encodings/problem.ts";
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

/** 记下每只钩子收到多少个距离、多少行。 */
function recording(): { encoding: Encoding; calls: Record<string, number[]> } {
  const calls: Record<string, number[]> = { query: [], key: [], score: [], sum: [] };
  return {
    calls,
    encoding: {
      name: "记录",
      query: (rows, positions) => (calls["query"]!.push(rows.rows, positions.length), rows),
      key: (rows, positions) => (calls["key"]!.push(rows.rows, positions.length), rows),
      score: (distances) => (calls["score"]!.push(distances.length, new Set(distances).size), { bias: distances }),
      sum: (distances) => (calls["sum"]!.push(distances.length), zeros(distances.length, 2)),
    },
  };
}

Deno.test("偏置只在 2L − 1 个不同的距离上算一次，不是 L² 次", () => {
  const L = 50, x = zeros(L, 2);
  const all = recording();
  const trace = attention({ queries: x, keys: x, values: x, encoding: all.encoding });
  // 查询和键的钩子各叫两次：整份一次，内容为 0 一次，差是内容的份。
  assert.deepEqual(all.calls, { query: [L, L, L, L], key: [L, L, L, L], score: [99, 99], sum: [99] });
  assert.deepEqual(trace.terms.positionPosition, trace.distances, "每一格拿到的是自己那个距离的偏置");

  const last = recording();
  attention({ queries: x, keys: x, values: x, encoding: last.encoding, queryRows: [L - 1] });
  assert.deepEqual(last.calls, { query: [1, 1, 1, 1], key: [L, L, L, L], score: [50, 50], sum: [50] });

  const blocks = recording();
  const streamed = [...attentionBlocks({ queries: x, keys: x, values: x, encoding: blocks.encoding }, 7)];
  assert.equal(streamed.length, 8);
  assert.deepEqual(blocks.calls, all.calls, "分块算，也只算一次");

  const many = recording(), wide = zeros(L, 6);
  attention({ queries: wide, keys: wide, values: wide, encoding: many.encoding, heads: 3 });
  assert.deepEqual([many.calls["score"], many.calls["sum"]], [[99, 99], [99]], "几个头同一个编码，也只算一次");
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
  for (const [name, { make }] of Object.entries(kinds)) {
    const { encoding, ...given } = input({ d: 4, seed: 3, causal: true, positions: [2, 0, 7] }, make);
    const copy = structuredClone(given);
    attention({ ...given, encoding });
    assert.deepEqual(given, copy, name);
  }
});

Deno.test("一个词元看自己：权重是 1，输出就是值", () => {
  for (const { make } of Object.values(kinds)) {
    const given = input({ d: 4, seed: 3, causal: true, positions: [9] }, make);
    const { weights, output, values } = attention(given);
    assert.equal(weights.data[0], 1);
    if (!given.encoding.sum && !given.encoding.output) assert.deepEqual(output, values);
  }
});

Deno.test("拒绝：形状、位置、行号", () => {
  const x = zeros(4, 2), given = { queries: x, keys: x, values: x };
  const cases: [Parameters<typeof attention>[0], string, string][] = [
    [{ ...given, keys: zeros(3, 2) }, "ShapeError", "无法做注意力：需要 4 行 2 列的键：现在是 [3, 2]"],
    [{ ...given, keys: zeros(4, 3) }, "ShapeError", "无法做注意力：需要一个头 2 列的键：现在是 3"],
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
    ["score.queries", { score: (distances) => ({ queries: zeros(distances.length, 1) }) }],
    ["sum", { sum: (distances) => zeros(distances.length, 3) }],
    ["sum", { sum: () => zeros(4, 2) }],
    ["value", { value: (rows) => zeros(rows.rows, 3) }],
    ["output", { output: (rows) => zeros(rows.rows + 1, 2) }],
    ["row", { row: () => () => ({ positionPosition: new Float64Array(3) }) }],
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

Deno.test("钩子忘了 return：说出来，不当作没有位置编码", () => {
  const x = zeros(2, 2);
  const forgot = (() => undefined) as never;
  const input = { queries: x, keys: x, values: x };
  for (const hook of ["query", "key", "value", "output", "sum"] as const) {
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
  for (const row of [forgot, () => forgot]) {
    assert.throws(
      () => attention({ ...input, encoding: { name: "忘了", row } }),
      /用 忘了 的 row：.*是不是忘了 return/,
    );
  }
  const misspelt = { name: "写错", row: () => () => ({ positionPositon: new Float64Array(2) }) as never };
  assert.throws(
    () => attention({ ...input, encoding: misspelt }),
    /用 写错 的 row：需要 .*现在是字符串 "positionPositon"/,
  );
});

Deno.test("值可以和查询不一样宽：加到值上的向量跟着值的宽度", () => {
  const x = zeros(2, 2), values = zeros(2, 3);
  const adds = (columns: number) => ({
    name: "加一",
    sum: (distances: Float64Array) => ({
      ...zeros(distances.length, columns),
      data: new Float64Array(distances.length * columns).fill(1),
    }),
  });
  const input = { queries: x, keys: x, values };
  assert.deepEqual([...attention({ ...input, encoding: adds(3) }).output.data], [1, 1, 1, 1, 1, 1]);
  assert.throws(
    () => attention({ ...input, encoding: adds(2) }),
    /无法用 加一 的 sum：需要 3 行 3 列的矩阵：现在是 \[3, 2\]/,
  );
});

Deno.test("NaN 照 IEEE 754 往下传：看得见它的行坏，看不见的不坏", () => {
  const x = normalMatrix(4, 2, 1), given = { queries: x, keys: x, values: x, causal: true };
  const bad = { ...x, data: x.data.with(2 * 2, NaN) }; // 第 2 行
  const broken = (m: { rows: number; columns: number; data: Float64Array }) =>
    Array.from({ length: m.rows }, (_, i) => row(m, i).some(Number.isNaN));
  assert.deepEqual(broken(attention({ ...given, queries: bad }).output), [false, false, true, false]);
  assert.deepEqual(broken(attention({ ...given, keys: bad }).output), [false, false, true, true]);
  assert.deepEqual(broken(attention({ ...given, values: bad }).output), [false, false, true, true]);
  assert.deepEqual(broken(attention({ ...given, values: bad, causal: false }).output), [true, true, true, true]);
  const padded = { ...given, keys: bad, values: bad, keyPadding: [false, false, true, false] };
  assert.deepEqual(broken(attention(padded).output), [false, false, false, false]);
});

Deno.test("填充：谁也看不见它；一行里全是填充，权重和输出全是 0", () => {
  const x = normalMatrix(3, 2, 1), given = { queries: x, keys: x, values: x };
  const { weights, scores } = attention({ ...given, keyPadding: [false, true, false] });
  for (let i = 0; i < 3; i++) {
    assert.equal(row(scores, i)[1], -Infinity);
    assert.equal(row(weights, i)[1], 0);
    assert.ok(Math.abs(row(weights, i)[0]! + row(weights, i)[2]! - 1) < 1e-15);
  }
  const nothing = attention({ ...given, keyPadding: [true, true, true] });
  assert.ok([nothing.weights, nothing.output].every(({ data }) => data.every((v) => v === 0)));
  const first = attention({ ...given, causal: true, keyPadding: [true, false, false] }); // 左填充：第 0 行一个也看不见
  assert.deepEqual([...row(first.weights, 0), ...row(first.output, 0)], [0, 0, 0, 0, 0]);
  for (const bad of [[true], "abc", [1, 0, 1]]) {
    assert.throws(() => attention({ ...given, keyPadding: bad as never }), /无法标出填充：需要 3 个 true 或 false/);
  }
});

Deno.test("窗口：只看距离小于它的，自己算一个", () => {
  const x = zeros(5, 2), given = { queries: x, keys: x, values: x };
  const seen = (setting: object) =>
    [...attention({ ...given, ...setting }).weights.data].map((w) => w > 0 ? 1 : 0).join("").match(/.{5}/g);
  assert.deepEqual(seen({ window: 2, causal: true }), ["10000", "11000", "01100", "00110", "00011"]);
  assert.deepEqual(seen({ window: 2 }), ["11000", "11100", "01110", "00111", "00011"]);
  assert.deepEqual(seen({ window: 1 }), ["10000", "01000", "00100", "00010", "00001"]);
  assert.throws(() => attention({ ...given, window: 0 }), /无法定窗口：需要不小于 1 的整数：现在是 0/);
});

law(
  "几个头：一个头一个头地算，和摞在一起算一个比特也不差；编码可以一个头一个",
  fc.property(problems(200), fc.constantFrom([1, 1], [2, 2], [4, 4], [4, 2], [4, 1], [6, 3]), (problem, [H, Hk]) => {
    const { d, seed, causal, positions } = problem;
    const part = (rows: number, heads: number, n: number) => normalMatrix(rows, d * heads, seed + n);
    const L = positions.length, x = { queries: part(L, H!, 1), keys: part(L, Hk!, 2), values: part(L, Hk!, 3) };
    const slopes = Array.from({ length: H! }, (_, h) => kinds[h % 2 ? "Shaw" : "RoPE"]!.make(d, seed));
    const all = attention({ ...x, positions, causal, heads: H!, keyHeads: Hk!, encoding: slopes });
    const cut = (m: typeof x.keys, h: number) =>
      matrix(Array.from({ length: L }, (_, i) => row(m, i).slice(h * d, (h + 1) * d)));
    for (let h = 0; h < H!; h++) {
      const g = Math.floor(h * Hk! / H!);
      const one = attention({
        queries: cut(x.queries, h),
        keys: cut(x.keys, g),
        values: cut(x.values, g),
        positions,
        causal,
        encoding: slopes[h]!,
      });
      for (const step of ["queries", "keys", "values", "scores", "weights"] as const) {
        assert.deepEqual(head(all[step], h, H!), one[step], `${step}，第 ${h} 个头`);
      }
      assert.deepEqual(cut(all.output, h), one.output);
    }
  }),
  30,
);

Deno.test("头数、键值头数、编码的个数对不上：拒绝", () => {
  const x = zeros(4, 6), given = { queries: x, keys: x, values: x };
  assert.throws(() => attention({ ...given, heads: 4 }), /无法把查询分给 4 个头：需要 4 的倍数列：现在是 6/);
  assert.throws(
    () => attention({ ...given, heads: 3, keyHeads: 2 }),
    /无法定键值头的个数：需要能整除 3 的数：现在是 2/,
  );
  assert.throws(() => attention({ ...given, heads: 2, keyHeads: 1 }), /无法做注意力：需要一个头 3 列的键：现在是 6/);
  const two = [kinds["NoPE"]!.make(4, 1), kinds["NoPE"]!.make(4, 1)];
  assert.throws(
    () => attention({ ...given, heads: 3, encoding: two }),
    /无法给每个头一个编码：需要 3 个编码：现在是 2/,
  );
  assert.throws(() => head(x, 2, 2), /无法取一个头：需要 0 到 1 之间的整数：现在是 2/);
  assert.throws(() => head(x, 0, 3), /无法取一个头：需要 3 的倍数行：现在是 4/);
});

Deno.test("查询是另一段：KV 缓存之后的新词元，和全长的最后几行一样", () => {
  const given = { queries: normalMatrix(6, 8, 1), keys: normalMatrix(6, 8, 2), values: normalMatrix(6, 8, 3) };
  for (const name of ["RoPE", "ALiBi", "Shaw", "CoPE", "xPos"]) {
    const encoding = kinds[name]!.make(8, 7), all = attention({ ...given, encoding, causal: true });
    const queries = reorder(given.queries, [4, 5]);
    const tail = attention({ ...given, queries, queryPositions: [4, 5], encoding, causal: true });
    assert.ok(maxDifference(tail.output, reorder(all.output, [4, 5])) < 1e-12, name);
  }
  assert.throws(() => attention({ ...given, queries: zeros(2, 8) }), /需要 2 行 8 列的键：现在是 \[6, 8\]/);
  assert.throws(() => attention({ ...given, queryPositions: [1] }), /无法给词元排位置：需要 6 个位置：现在是 1/);
});

Deno.test("从词元算：就是先乘投影；改词嵌入的编码一定要词元", () => {
  const { encoding: _, ...given } = input({ d: 4, seed: 1, causal: false, positions: [0, 1, 2] }, kinds["NoPE"]!.make);
  const { query, key, value } = given.projections, { tokens } = given;
  const projected = { queries: multiply(tokens, query), keys: multiply(tokens, key), values: multiply(tokens, value) };
  assert.deepEqual(attention(given), attention(projected));
  assert.equal(tokenCount(given), 3);
  const encoding = kinds["sinusoidal"]!.make(4, 1);
  assert.throws(
    () => attention({ ...projected, encoding }),
    /无法用 sinusoidal：需要 tokens 和 projections（它改的是词嵌入/,
  );
  assert.throws(() => attention({ ...given, queries: tokens } as never), /需要不再另给查询、键、值和 queryPositions/);
  assert.throws(
    () => attention({ ...given, projections: { query, key, value: zeros(3, 4) } }),
    /无法用 value 的投影：需要 4 行的矩阵：现在是 \[3, 4\]/,
  );
});

law(
  "8130(3)、8130(7)：三角式的四项就是 xWx、xWp、pWx、pWp，各算各的也一样",
  fc.property(problems(500), (problem) => {
    const given = input(problem, kinds["sinusoidal"]!.make);
    const { query, key } = given.projections, L = problem.positions.length;
    const p = given.encoding.embed!(zeros(L, problem.d), Float64Array.from(problem.positions));
    const [xq, pq, xk, pk] = [[given.tokens, query], [p, query], [given.tokens, key], [p, key]]
      .map(([a, b]) => multiply(a!, b!));
    const { terms } = attention(given), scale = 1 / Math.sqrt(problem.d);
    const expected = { contentContent: [xq, xk], contentPosition: [xq, pk], positionContent: [pq, xk] } as const;
    for (let i = 0; i < L; i++) {
      for (let j = 0; j < L; j++) {
        for (const [term, [a, b]] of Object.entries({ ...expected, positionPosition: [pq, pk] as const })) {
          const got = row(terms[term as keyof typeof terms], i)[j]!;
          assert.ok(Math.abs(got - scale * dot(row(a!, i), row(b!, j))) < 1e-12, term);
        }
      }
    }
  }),
);

Deno.test("看整行的钩子：收到的内容分数乘过缩放，看不见的是 −∞；给的三项各归各位", () => {
  const x = normalMatrix(3, 4, 1), heard: number[][] = [];
  const encoding: Encoding = {
    name: "旁听",
    row: ({ scale, queryPositions }) => (r, content) => {
      heard.push([scale, queryPositions[r]!, ...content]);
      const fill = (v: number) => new Float64Array(3).fill(v + r);
      return { contentPosition: fill(1), positionContent: fill(10), positionPosition: fill(100) };
    },
  };
  const { terms, scores } = attention({ queries: x, keys: x, values: x, encoding, causal: true, positions: [5, 6, 7] });
  assert.deepEqual(heard[1]!.slice(0, 2), [1 / 2, 6]);
  assert.deepEqual(heard[1]!.slice(2), [row(terms.contentContent, 1)[0], row(terms.contentContent, 1)[1], -Infinity]);
  assert.deepEqual([...row(terms.contentPosition, 2)], [3, 3, 3]);
  assert.deepEqual([...row(terms.positionContent, 2)], [12, 12, 12]);
  assert.deepEqual([...row(terms.positionPosition, 2)], [102, 102, 102]);
  assert.ok(Math.abs(row(scores, 2)[0]! - row(terms.contentContent, 2)[0]! - 117) < 1e-12);
});

Deno.test("只用在因果注意力里的编码，双向时拒绝", () => {
  for (const name of ["CoPE", "PaTH", "xPos"]) {
    const given = { ...input({ d: 4, seed: 1, causal: true, positions: [0, 1] }, kinds[name]!.make), causal: false };
    assert.throws(
      () => attention(given),
      new RegExp(`无法用 ${name}：需要因果注意力（causal: true）：现在是双向的`),
    );
  }
});

/** 三角式的那一份位置，和它的投影。 */
function sinusoidalParts(problem: Parameters<typeof input>[0]) {
  const given = input(problem, kinds["sinusoidal"]!.make), { query, key } = given.projections;
  const L = problem.positions.length,
    p = given.encoding.embed!(zeros(L, problem.d), Float64Array.from(problem.positions));
  const whole = given.encoding.embed!(given.tokens, Float64Array.from(problem.positions));
  return { given, p, q: multiply(whole, query), k: multiply(whole, key), whole };
}

law(
  "绝对和相对合用：三角式 + Shaw 是 q·(k + R)，三角式 + DeBERTa 是三项，q、k 都带着位置",
  fc.property(problems(60), (problem) => {
    const { given, q, k } = sinusoidalParts(problem), scaled = (d: number, x: number) => x / Math.sqrt(d);
    for (const name of ["Shaw", "DeBERTa"]) {
      const other = kinds[name]!.make(problem.d, problem.seed);
      const { scores, distances } = attention({ ...given, causal: false, encoding: compose(given.encoding, other) });
      const { keys, queries } = other.score!(distances.data);
      for (let i = 0, cell = 0; i < k.rows; i++) {
        for (let j = 0; j < k.rows; j++, cell++) {
          let expected = dot(row(q, i), row(k, j)) + dot(row(q, i), row(keys!, cell));
          if (queries) expected += dot(row(queries, cell), row(k, j));
          assert.ok(Math.abs(scores.data[cell]! - scaled(queries ? 3 * problem.d : problem.d, expected)) < 1e-10, name);
        }
      }
    }
  }),
  20,
);

Deno.test("绝对和 RoPE 合用：内容-内容就是只有 RoPE 时的分数，位置的份也跟着转", () => {
  const { given, p } = sinusoidalParts({ d: 8, seed: 3, causal: false, positions: [0, 2, 5, 9] });
  const turning = kinds["RoPE"]!.make(8, 3),
    { terms } = attention({ ...given, encoding: compose(given.encoding, turning) });
  assert.ok(maxDifference(terms.contentContent, attention({ ...given, encoding: turning }).scores) < 1e-12);
  const onlyPosition = attention({ ...given, tokens: p, encoding: turning }).scores;
  assert.ok(maxDifference(terms.positionPosition, onlyPosition) < 1e-12);
});

Deno.test("值也从改过的词嵌入来；看整行的钩子看到的也是改过的；几个头只改一次", () => {
  const { given, whole } = sinusoidalParts({ d: 8, seed: 3, causal: false, positions: [0, 2, 5, 9] });
  const { values } = attention(given);
  assert.ok(maxDifference(values, multiply(whole, given.projections.value)) < 1e-12);
  let calls = 0;
  const seen: unknown[] = [];
  const watching: Encoding = {
    name: "看",
    embed: (rows, positions) => (calls++, given.encoding.embed!(rows, positions)),
    row: ({ tokens }) => (seen.push(tokens), () => ({})),
  };
  attention({ ...given, encoding: watching, heads: 2 });
  assert.equal(calls, 2, "整份一次，内容为 0 一次");
  assert.deepEqual(seen, [whole, whole]);
});

Deno.test("钩子就地改也改不到别人手里的数；写错的字段、不是一串数的偏置，说出来", () => {
  const x = normalMatrix(3, 4, 1), given = { queries: x, keys: x, values: x }, before = x.data.slice();
  const rude = (rows: typeof x) => (rows.data.fill(9), rows);
  for (const hook of ["query", "key", "value", "output"] as const) {
    attention({ ...given, encoding: { name: "改", [hook]: rude } });
  }
  attention({
    tokens: x,
    projections: {
      query: normalMatrix(4, 4, 2),
      key: normalMatrix(4, 4, 3),
      value: x.rows ? normalMatrix(4, 4, 4) : x,
    },
    encoding: { name: "改", embed: rude },
  });
  assert.deepEqual(x.data, before);
  for (const part of [{ bias: NaN }, { bias: 0 }, { bais: new Float64Array(5) }, { keys: null }]) {
    const encoding = { name: "写错", score: () => part as never };
    assert.throws(() => attention({ ...given, encoding }), /无法用 写错 的 score/, JSON.stringify(part));
  }
  assert.throws(
    () => attention({ ...given, encoding: { name: "写错", scores: () => ({}) } as never }),
    /无法用位置编码 写错：需要 .*score.* 里的一个：现在是字符串 "scores"/,
  );
});

Deno.test("一个头一个编码：改词嵌入的、缩放不同的，各算各的", () => {
  const d = 4, x = normalMatrix(5, d, 1), weights = [2, 3, 4].map((n) => normalMatrix(d, 2 * d, n));
  const projections = { query: weights[0]!, key: weights[1]!, value: weights[2]! };
  const pair = ["sinusoidal", "T5"].map((name) => kinds[name]!.make(d, 5));
  for (const encoding of [pair, pair.toReversed()]) {
    const both = attention({ tokens: x, projections, heads: 2, encoding });
    encoding.forEach((one, h) => {
      const alone = attention({ tokens: x, projections, heads: 2, encoding: one });
      assert.deepEqual(head(both.scores, h, 2), head(alone.scores, h, 2), one.name);
    });
  }
});

Deno.test("看整行的钩子看到的查询、键是整份：带着位置；收到的点积也是", () => {
  const { given, q, k } = sinusoidalParts({ d: 8, seed: 3, causal: false, positions: [0, 2, 5] });
  const encoding: Encoding = {
    name: "看",
    embed: given.encoding.embed!,
    row: ({ queries, keys, scale }) => {
      assert.deepEqual([queries, keys], [q, k]);
      return (r, products) => {
        products.forEach((s, j) => assert.ok(Math.abs(s - scale * dot(row(q, r), row(k, j))) < 1e-12));
        return {};
      };
    },
  };
  attention({ ...given, encoding });
});

Deno.test("内容为 0 时给不出数的钩子（除以自己的长度）：整份都算内容，分数照算", () => {
  const x = normalMatrix(3, 4, 1);
  const unit = (rows: typeof x) =>
    matrix([0, 1, 2].map((i) => row(rows, i).map((v) => v / Math.hypot(...row(rows, i)))));
  const { scores, terms } = attention({
    queries: x,
    keys: x,
    values: x,
    encoding: { name: "归一", query: unit, key: unit },
  });
  assert.ok(scores.data.every(Number.isFinite));
  assert.ok(Math.abs(scores.data[0]! - 1 / 2) < 1e-12); // 单位向量点自己是 1，除以 √4
  assert.deepEqual(terms.contentContent, scores);
});
