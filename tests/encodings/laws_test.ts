/**
 * 每一种编码都守的定律：平移、换序等变、因果、只算几行和分块算都和全算一样、四项加起来是分数。
 * 绝对编码必须通不过平移；最后是几个造出来的反例。
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention, attentionBlocks } from "@lib/attention.ts";
import type { Encoding } from "@lib/encoding.ts";
import { rope } from "@lib/encodings/rope.ts";
import { type Matrix, maxDifference, multiply, row } from "@lib/matrix.ts";
import { law } from "../property.ts";
import { change, input, type Kind, kinds, problems, reorder, tableRows } from "./problem.ts";

const close = (a: Matrix, b: Matrix, bound: number) => assert.ok(maxDifference(a, b) < bound, `${maxDifference(a, b)}`);

for (const [name, kind] of Object.entries(kinds)) {
  const { make, relative, tolerance, farthest, shift } = kind;

  if (relative) {
    law(
      `${name}：位置全部加同一个数，分数、权重、输出都不变`,
      fc.property(problems(farthest), fc.integer({ min: 0, max: farthest }), (problem, wanted) => {
        const by = Math.min(wanted, farthest - Math.max(...problem.positions));
        const changed = change(input(problem, make), problem.positions.map((p) => p + by));
        for (const [what, difference] of Object.entries(changed)) {
          assert.ok(difference <= tolerance, `${what} 变了 ${difference}`);
        }
      }),
      40,
    );
  } else {
    Deno.test(`${name}：看绝对位置，平移 ${shift} 就变（20 个种子，L = 3 到 7）`, () => {
      for (let seed = 0; seed < 20; seed++) {
        const positions = [0, 1, 2, 3, 5, 8, 13].slice(0, 3 + seed % 5);
        const given = input({ d: 8, seed, causal: seed % 2 === 0, positions }, make);
        const { scores, output } = change(given, positions.map((p) => p + shift));
        assert.ok(scores > 1e-3 && output > 1e-3, `种子 ${seed}：分数变了 ${scores}，输出变了 ${output}`);
      }
    });
  }

  law(
    `${name}：词元连同位置一起换序，输出跟着换序，别的不变`,
    fc.property(problems(Math.min(1000, farthest)), fc.infiniteStream(fc.nat()), (problem, keys) => {
      const order = problem.positions.map((_, i) => ({ i, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key).map(({ i }) => i);
      const given = input(problem, make);
      const tokens = reorder(given.tokens, order), positions = order.map((i) => problem.positions[i]!);
      close(attention({ ...given, tokens, positions }).output, reorder(attention(given).output, order), 1e-11);
    }),
    20,
  );

  law(
    `${name}：因果时，改掉后面的词元，前面的行一个比特也不变`,
    fc.property(problems(Math.min(1000, farthest)), fc.nat(11), (problem, pick) => {
      const given = { ...input(problem, make), causal: true };
      const cut = problem.positions[pick % problem.positions.length]!;
      const future = problem.positions.map((p) => p > cut);
      const { columns } = given.tokens;
      const data = given.tokens.data.map((x, cell) => future[Math.floor(cell / columns)] ? 3 - 2 * x : x);
      const before = attention(given), after = attention({ ...given, tokens: { ...given.tokens, data } });
      problem.positions.forEach((p, i) => {
        for (const step of ["scores", "weights", "output"] as const) {
          if (!future[i]) assert.deepEqual(row(after[step], i), row(before[step], i), `${step} 的第 ${i} 行`);
        }
        problem.positions.forEach((n, j) => {
          assert.equal(row(before.scores, i)[j] === -Infinity, n > p);
          if (n > p) assert.equal(row(before.weights, i)[j], 0);
        });
        if (future[i]) assert.notDeepEqual(row(after.output, i), row(before.output, i));
      });
    }),
    20,
  );

  law(
    `${name}：只算几行、分块算，和全算再挑出来一个比特也不差`,
    fc.property(
      problems(farthest),
      fc.array(fc.nat(11), { maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(1, kind.whole ? 1 : 0.37),
      (problem, picks, block, step) => {
        const positions = problem.positions.map((p) => p * step);
        const given = { ...input(problem, make), positions };
        const queryRows = picks.map((p) => p % positions.length);
        const some = attention({ ...given, queryRows }), all = attention(given);
        const blocks = [...attentionBlocks({ ...given, queryRows }, block)];
        const joined = (m: (trace: typeof all) => Matrix) => blocks.flatMap((trace) => [...m(trace).data]);
        for (const step of ["queries", "distances", "scores", "weights", "output"] as const) {
          assert.deepEqual(some[step], reorder(all[step], queryRows), step);
          assert.deepEqual(joined((trace) => trace[step]), [...some[step].data], `分块：${step}`);
        }
        for (const term of Object.keys(all.terms) as (keyof typeof all.terms)[]) {
          assert.deepEqual(some.terms[term], reorder(all.terms[term], queryRows), term);
        }
        assert.deepEqual([some.keys, some.values], [all.keys, all.values]);
      },
    ),
    20,
  );

  law(
    `${name}：四项加起来是分数，权重每行加起来是 1`,
    fc.property(problems(farthest), (problem) => {
      const given = input(problem, make), { terms, scores, weights, output, values } = attention(given);
      const parts = Object.values(terms) as Matrix[];
      scores.data.forEach((score, cell) => {
        if (score === -Infinity) return;
        const total = parts.reduce((sum, { data }) => sum + data[cell]!, 0);
        assert.ok(Math.abs(score - total) <= 1e-12 * Math.max(1, Math.abs(score)));
      });
      for (let i = 0; i < weights.rows; i++) {
        assert.ok(Math.abs(row(weights, i).reduce((a, b) => a + b, 0) - 1) < 1e-12);
      }
      const { sum, output: turnBack } = given.encoding;
      if (!sum && !turnBack) close(output, multiply(weights, values), 1e-11);
    }),
    20,
  );
}

law(
  "位置不是整数时，不查表的相对编码照样平移不变",
  fc.property(
    problems(1000),
    fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    fc.constantFrom(...Object.values(kinds).filter(({ relative, whole }) => relative && !whole)),
    (problem, step, { make }) => {
      const positions = problem.positions.map((p) => p * step);
      const changed = change({ ...input(problem, make), positions }, positions.map((p) => p + 99.5));
      assert.ok(Math.max(...Object.values(changed)) < 1e-9);
    },
  ),
  200,
);

law(
  "查表的：离整数不到 1e-6 就取整，和整数一样；再远就拒绝",
  fc.property(
    problems(tableRows - 20),
    fc.constantFrom(...Object.values(kinds).filter(({ whole }) => whole)),
    (problem, { make }) => {
      const given = input(problem, make);
      const near = problem.positions.map((p) => p + 1e-8), far = problem.positions.map((p, i) => p + (i % 2) / 2 + 0.2);
      close(attention({ ...given, positions: near }).scores, attention(given).scores, 1e-5);
      if (far.length > 1) assert.throws(() => attention({ ...given, positions: far }), /需要整数(距离|位置)/);
    },
  ),
  60,
);

const notRelative: Readonly<Record<string, Kind["make"]>> = {
  "只转查询，不转键": (d) => ({ name: "忘了转键", query: rope({ dimension: d }).query! }),
  "查询按相邻两维转，键按前后两半转": (d) => ({
    name: "配对不同",
    query: rope({ dimension: d }).query!,
    key: rope({ dimension: d, pairing: "half" }).key!,
  }),
  "转值，不把输出转回来": (d) => ({ name: "忘了转回来", value: rope({ dimension: d }).query! }),
};

for (const [name, make] of Object.entries(notRelative)) {
  Deno.test(`反例：${name}，通不过平移`, () => {
    for (let seed = 0; seed < 20; seed++) {
      const problem = { d: 8, seed, causal: seed % 2 === 0, positions: [0, 1, 2, 3, 5, 8] };
      const { output } = change(input(problem, make), problem.positions.map((p) => p + 5));
      assert.ok(output > 1e-3, `种子 ${seed}：输出只变了 ${output}`);
    }
  });
}

Deno.test("反例：不换位置、只换词元，看位置的编码输出不再是换序；NoPE 还是", () => {
  const problem = { d: 8, seed: 1, causal: false, positions: [0, 1, 2, 3, 4] };
  const order = [4, 2, 0, 1, 3];
  for (const [name, { make }] of Object.entries(kinds)) {
    const given = input(problem, make), after = attention({ ...given, tokens: reorder(given.tokens, order) });
    const difference = maxDifference(after.output, reorder(attention(given).output, order));
    if (name === "NoPE") assert.ok(difference < 1e-12, "没有位置编码，顺序不起作用");
    else assert.ok(difference > 1e-3, `${name}：只差 ${difference}`);
  }
});

Deno.test("NoPE：一层因果注意力，打乱前面的词元，最后一行不变；两层就变", () => {
  const given = input({ d: 8, seed: 4, causal: true, positions: [0, 1, 2, 3, 4] }, kinds["NoPE"]!.make);
  const order = [2, 0, 3, 1, 4];
  const last = (tokens: Matrix, layers: number): Float64Array => {
    let x = tokens;
    for (let n = 0; n < layers; n++) x = attention({ ...given, tokens: x }).output;
    return row(x, 4);
  };
  const change = (layers: number) => {
    const shuffled = last(reorder(given.tokens, order), layers);
    return Math.max(...last(given.tokens, layers).map((x, c) => Math.abs(x - shuffled[c]!)));
  };
  assert.ok(change(1) < 1e-12, `一层：${change(1)}`);
  assert.ok(change(2) > 1e-3, `两层：${change(2)}`);
});

Deno.test("没有钩子的编码就是 NoPE", () => {
  const empty: Encoding = { name: "空" };
  const { encoding: _, ...without } = input({ d: 4, seed: 2, causal: false, positions: [3, 1, 4] }, () => empty);
  assert.deepEqual(attention({ ...without, encoding: empty }), attention(without));
});
