/**
 * 每一种编码都守的定律：平移不变、换序等变、因果、只算几行和全算一样。
 * 最后是反例：绝对编码和两边配对不同的 RoPE 必须通不过平移。
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { rope } from "@lib/encodings/rope.ts";
import { maxDifference, row, zeros } from "@lib/matrix.ts";
import { law } from "../property.ts";
import { change, encodings, input, type Make, problems, reorder } from "./problem.ts";

const million = 1_000_000;

for (const [name, make] of Object.entries(encodings)) {
  // 查表的只看整数距离，平移后一个比特也不变；RoPE 的角度在一百万处有约 1e-10 的舍入。
  const tolerance = name.startsWith("RoPE") ? 1e-9 : 0;

  law(
    `${name}：位置全部加同一个数，分数、权重、输出都不变`,
    fc.property(problems(million), fc.integer({ min: 0, max: million }), (problem, wanted) => {
      const shift = Math.min(wanted, million - Math.max(...problem.positions));
      const changed = change(input(problem, make), problem.positions.map((p) => p + shift));
      for (const [what, difference] of Object.entries(changed)) {
        assert.ok(difference <= tolerance, `${what} 变了 ${difference}`);
      }
    }),
  );

  law(
    `${name}：词元连同位置一起换序，输出跟着换序，别的不变`,
    fc.property(problems(1000), fc.infiniteStream(fc.nat()), (problem, keys) => {
      const order = problem.positions.map((_, i) => ({ i, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key).map(({ i }) => i);
      const given = input(problem, make);
      const after = attention({
        ...given,
        queries: reorder(given.queries, order),
        keys: reorder(given.keys, order),
        values: reorder(given.values, order),
        positions: order.map((i) => problem.positions[i]!),
      });
      assert.ok(maxDifference(after.output, reorder(attention(given).output, order)) < 1e-12);
    }),
  );

  law(
    `${name}：因果时，改掉后面的词元，前面的行一个比特也不变`,
    fc.property(problems(1000), fc.nat(11), (problem, pick) => {
      const given = { ...input(problem, make), causal: true };
      const cut = problem.positions[pick % problem.positions.length]!;
      const future = problem.positions.map((p) => p > cut);
      const changed = ([given.queries, given.keys, given.values] as const).map((m) => ({
        ...m,
        data: m.data.map((x, cell) => future[Math.floor(cell / m.columns)] ? 3 - 2 * x : x),
      }));
      const before = attention(given);
      const after = attention({ ...given, queries: changed[0]!, keys: changed[1]!, values: changed[2]! });
      problem.positions.forEach((p, i) => {
        for (const step of ["scores", "weights", "output"] as const) {
          if (!future[i]) assert.deepEqual(row(after[step], i), row(before[step], i), `${step} 的第 ${i} 行`);
        }
        problem.positions.forEach((n, j) => {
          const hidden = n > p;
          assert.equal(row(before.scores, i)[j] === -Infinity, hidden);
          if (hidden) assert.equal(row(before.weights, i)[j], 0);
        });
        if (future[i]) assert.notDeepEqual(row(after.output, i), row(before.output, i));
      });
    }),
  );

  law(
    `${name}：只算几行，和全算再挑出来一个比特也不差`,
    fc.property(problems(million), fc.array(fc.nat(11), { maxLength: 6 }), (problem, picks) => {
      const given = input(problem, make);
      const queryRows = picks.map((p) => p % problem.positions.length);
      const some = attention({ ...given, queryRows }), all = attention(given);
      for (const step of ["queries", "distances", "scores", "weights", "output"] as const) {
        assert.deepEqual(some[step], reorder(all[step], queryRows), step);
      }
      for (const term of ["contentContent", "contentPosition", "positionPosition"] as const) {
        assert.deepEqual(some.terms[term], reorder(all.terms[term], queryRows), term);
      }
      assert.deepEqual(some.keys, all.keys);
    }),
  );
}

law(
  "位置不是整数时，不查表的编码照样平移不变",
  fc.property(
    problems(1000),
    fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    fc.constantFrom("NoPE", "ALiBi", "RoPE（相邻两维）", "RoPE（前后两半）"),
    (problem, step, name) => {
      const positions = problem.positions.map((p) => p * step);
      const changed = change({ ...input(problem, encodings[name]!), positions }, positions.map((p) => p + 99.5));
      assert.ok(Math.max(...Object.values(changed)) < 1e-9);
    },
  ),
);

const sinusoid: AtPosition = (rows, positions) => {
  const added = zeros(rows.rows, rows.columns);
  positions.forEach((p, n) => {
    for (let c = 0; c < rows.columns; c++) {
      const angle = p * 10000 ** (-2 * Math.floor(c / 2) / rows.columns);
      row(added, n)[c] = row(rows, n)[c]! + (c % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
    }
  });
  return added;
};

const notRelative: Readonly<Record<string, Make>> = {
  "往查询和键上加三角函数（绝对编码）": () => ({ name: "三角式", query: sinusoid, key: sinusoid }),
  "只转查询，不转键": (d) => ({ name: "忘了转键", query: rope({ dimension: d }).query! }),
  "查询按相邻两维转，键按前后两半转": (d) => ({
    name: "配对不同",
    query: rope({ dimension: d }).query!,
    key: rope({ dimension: d, pairing: "half" }).key!,
  }),
};

for (const [name, make] of Object.entries(notRelative)) {
  Deno.test(`反例：${name}，通不过平移`, () => {
    for (let seed = 0; seed < 20; seed++) {
      const problem = { d: 8, seed, causal: seed % 2 === 0, positions: [0, 1, 2, 3, 5, 8] };
      const changed = change(input(problem, make), problem.positions.map((p) => p + 5));
      for (const [what, difference] of Object.entries(changed)) {
        assert.ok(difference > 1e-3, `种子 ${seed}：${what} 只变了 ${difference}`);
      }
    }
  });
}

Deno.test("反例：不换位置、只换词元，看位置的编码输出不再是换序", () => {
  const problem = { d: 8, seed: 1, causal: false, positions: [0, 1, 2, 3, 4] };
  const order = [4, 2, 0, 1, 3];
  for (const [name, make] of Object.entries(encodings)) {
    const given = input(problem, make);
    const after = attention({
      ...given,
      queries: reorder(given.queries, order),
      keys: reorder(given.keys, order),
      values: reorder(given.values, order),
    });
    const difference = maxDifference(after.output, reorder(attention(given).output, order));
    if (name === "NoPE") assert.ok(difference < 1e-12, "没有位置编码，顺序不起作用");
    else assert.ok(difference > 1e-3, `${name}：只差 ${difference}`);
  }
});

Deno.test("NoPE：一层因果注意力，打乱前面的词元，最后一行不变", () => {
  const given = input({ d: 8, seed: 4, causal: true, positions: [0, 1, 2, 3, 4] }, encodings["NoPE"]!);
  const order = [2, 0, 3, 1, 4];
  const after = attention({
    ...given,
    queries: reorder(given.queries, order),
    keys: reorder(given.keys, order),
    values: reorder(given.values, order),
  });
  const before = attention(given);
  assert.ok(row(after.output, 4).every((x, c) => Math.abs(x - row(before.output, 4)[c]!) < 1e-12));
  assert.ok(maxDifference(after.output, reorder(before.output, order)) > 1e-3, "别的行看见的词元不同了");
});

Deno.test("没有钩子的编码就是 NoPE", () => {
  const empty: Encoding = { name: "空" };
  const given = input({ d: 4, seed: 2, causal: false, positions: [3, 1, 4] }, () => empty);
  const { encoding: _, ...without } = given;
  assert.deepEqual(attention(given), attention(without));
});
