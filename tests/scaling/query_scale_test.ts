// 查询的倍数和 HWFA：和 transformers 的温度、和另写的对数倍数对照；套在编码上等于真的乘了查询；窗口叠起来看得到几个。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { cope } from "@lib/encodings/cope.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { type Matrix, maxDifference } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { effectiveRope, reRope } from "@lib/scaling/effective.ts";
import { hwfa, hwfaWindow, receptiveField } from "@lib/scaling/hwfa.ts";
import { clippedLogScale, llama4Temperature, logScale, ministralTemperature } from "@lib/scaling/query_scale.ts";
import { withQueryScale } from "@lib/scaling/with_query_scale.ts";
import formulas from "../golden/scaling_formulas.json" with { type: "json" };
import older from "../golden/readings_v4.json" with { type: "json" };
import newer from "../golden/readings_v5.json" with { type: "json" };
import { law } from "../property.ts";

const near = (ours: Float64Array, theirs: readonly number[], tolerance = 1e-12) => {
  assert.equal(ours.length, theirs.length);
  theirs.forEach((x, n) => assert.ok(Math.abs(ours[n]! - x) <= tolerance, `第 ${n} 个：${ours[n]} 和 ${x}`));
};

Deno.test("金标准：对数倍数，截断和不截断", () => {
  for (const { trainLength, keys, plain, clipped } of formulas.logScales) {
    const positions = keys.map((n) => n - 1);
    near(logScale(trainLength)(positions), plain);
    near(clippedLogScale(trainLength)(positions), clipped);
  }
});

Deno.test("金标准：transformers 4、5 的 LLaMA-4 温度，5 的 Ministral-3 温度；不写的是各自的默认", () => {
  const rows = [...older.temperatures, ...newer.temperatures] as {
    rule: string;
    scale: number;
    floor: number;
    beta: number;
    original: number;
    positions: number[];
    multipliers: number[];
  }[];
  assert.ok(rows.some(({ rule }) => rule === "ministral3"));
  for (const { rule, scale, floor, beta, original: originalMaxPosition, positions, multipliers } of rows) {
    const factors = rule === "llama4"
      ? llama4Temperature({ scale, floor })
      : ministralTemperature({ beta, originalMaxPosition });
    near(factors(positions), multipliers);
  }
  near(llama4Temperature()([8190, 8191]), [1, 1.069315], 5e-7);
  near(ministralTemperature()([16383, 16384]), [1, 1.069315], 5e-7);
});

const factors = logScale(16), d = 8;
const encodings: readonly Encoding[] = [
  nope,
  rope({ dimension: d }),
  rope({ dimension: d, pairing: "half" }),
  compose(rope({ dimension: d }), alibi(1 / 2)),
  effectiveRope("ReRoPE", reRope(2), { frequencies: inverseFrequencies(d, 100) }),
  cope(normalMatrix(6, d, 9)),
];

law(
  "套上倍数，就是先把每个查询乘好再算：分数、权重都一样（偏置不乘）",
  fc.property(fc.nat(2 ** 30), fc.nat(encodings.length - 1), fc.nat(40), (seed, which, start) => {
    const [queries, keys] = [normalMatrix(6, d, seed), normalMatrix(6, d, seed + 1)], encoding = encodings[which]!;
    const positions = [0, 1, 2, 4, 5, 9].map((p) => p + start), by = factors(positions);
    const multiplied: Matrix = { ...queries, data: queries.data.map((x, n) => x * by[Math.floor(n / d)]!) };
    const input = { keys, values: keys, positions, causal: true };
    const ours = attention({ ...input, queries, encoding: withQueryScale(encoding, factors) });
    const theirs = attention({ ...input, queries: multiplied, encoding });
    assert.ok(maxDifference(ours.weights, theirs.weights) < 1e-12);
    const visible = (m: Matrix) => ({ ...m, data: m.data.map((x) => x === -Infinity ? 0 : x) });
    assert.ok(maxDifference(visible(ours.scores), visible(theirs.scores)) < 1e-10);
  }),
);

Deno.test("不是相对的：整体平移，分数变了；和另一个改查询的合不起来，套上去就行", () => {
  const x = normalMatrix(4, d, 1), scaled = withQueryScale(rope({ dimension: d }), factors);
  const at = (start: number) =>
    attention({ queries: x, keys: x, values: x, encoding: scaled, positions: [0, 1, 2, 3].map((p) => p + start) })
      .scores;
  assert.ok(maxDifference(at(0), at(100)) > 0.1);
  assert.throws(() => compose(rope({ dimension: d }), withQueryScale(nope, factors)), /需要只有一个编码改查询/);
  assert.equal(scaled.name, "RoPE，查询乘倍数");
});

Deno.test("窗口：最大的 w，再大一个就超了；作者的数", () => {
  assert.equal(receptiveField(16, 23), 346);
  assert.equal((346 / 512).toFixed(3), "0.676");
  assert.equal(receptiveField(32, 23), 714);
  assert.equal(hwfaWindow({ layers: 24, trained: 512 }), 17);
  assert.equal(hwfaWindow({ layers: 3, trained: 150, share: 0.82 }), 62); // 123 / 150 正好是 0.82
  assert.equal(hwfaWindow({ layers: 2, trained: 100, share: 0.29 }), 29);
  assert.equal(hwfaWindow({ layers: 2, trained: 49, share: 1 / 49 }), 1);
});

law(
  "份额正好是两个整数的商：舍入不吃掉一个词元",
  fc.property(
    fc.integer({ min: 2, max: 9 }),
    fc.integer({ min: 1, max: 100000 }),
    fc.integer({ min: 0, max: 100000 }),
    (layers, trained, more) => {
      const field = more % trained + 1, w = Math.floor((field - 1) / (layers - 1)) + 1;
      assert.equal(hwfaWindow({ layers, trained, share: field / trained }), w);
    },
  ),
);

law(
  "最大的窗口：放得下，再宽一个就放不下",
  fc.property(
    fc.integer({ min: 2, max: 40 }),
    fc.integer({ min: 2, max: 5000 }),
    fc.double({ min: 0.5, max: 1, noNaN: true }),
    (layers, trained, share) => {
      const w = hwfaWindow({ layers, trained, share });
      assert.ok(w >= 1 && receptiveField(w, layers - 1) / trained <= share);
      assert.ok(receptiveField(w + 1, layers - 1) / trained > share);
    },
  ),
);

/** 一层层真的算下去；改一个词元，看最后一个的输出变没变。 */
function influences(plan: ReturnType<typeof hwfa>, length: number): boolean[] {
  const last = (x: Matrix) => {
    for (const layer of plan) {
      const { output } = attention({ queries: x, keys: x, values: x, causal: true, ...layer });
      x = output;
    }
    return x.data.slice(-d);
  };
  const x = normalMatrix(length, d, 3), before = last(x);
  return Array.from({ length }, (_, j) => {
    const changed = { ...x, data: x.data.map((value, n) => Math.floor(n / d) === j ? value + 1 : value) };
    return last(changed).some((value, n) => value !== before[n]);
  });
}

Deno.test("看得到几个：N − 1 层窗口真的算一遍，正好 (w − 1)(N − 1) + 1 个词元有影响；加上最后一层就全看得到", () => {
  for (const [layers, window] of [[2, 4], [3, 3], [4, 3], [5, 2]] as const) {
    const plan = hwfa({ layers, trained: 16, window, local: rope({ dimension: d }) });
    const seen = influences(plan.slice(0, -1), 14), count = receptiveField(window, layers - 1);
    assert.deepEqual(seen, Array.from({ length: 14 }, (_, j) => j >= 14 - count), `${layers} 层，窗口 ${window}`);
    assert.ok(influences(plan, 14).every(Boolean));
  }
});

Deno.test("HWFA 的最后一层：没有位置，第 n 个查询的分数乘 log_L n", () => {
  const plan = hwfa({ layers: 3, trained: 16, local: rope({ dimension: d }) }), x = normalMatrix(20, d, 5);
  assert.deepEqual(plan.map(({ window }) => window), [6, 6, undefined]);
  const at = (encoding: Encoding) => attention({ queries: x, keys: x, values: x, encoding }).scores;
  const [ours, plain] = [at(plan[2]!.encoding), at(nope)];
  ours.data.forEach((s, c) => {
    const n = Math.floor(c / 20) + 1;
    assert.ok(Math.abs(s - plain.data[c]! * Math.log(n) / Math.log(16)) < 1e-12);
  });
});

Deno.test("拒绝：位置是负的，训练长度，温度，倍数，给键另加向量的编码", () => {
  assert.throws(() => logScale(512)([-1]), /无法算查询的倍数：需要不小于 0 的位置：现在是 -1/);
  assert.throws(() => logScale(1), /无法定对数倍数的训练长度：需要不小于 2 的整数：现在是 1/);
  assert.throws(() => llama4Temperature({ scale: -1 }), /无法定 LLaMA-4 的温度，定增长多快/);
  assert.throws(() => llama4Temperature({ floor: 0 }), /定一级几个词元/);
  assert.throws(() => ministralTemperature({ originalMaxPosition: 0 }), /定训练长度/);
  assert.throws(() => withQueryScale(nope, 2 as never), /无法给查询乘倍数：需要倍数是一个函数：现在是 2/);
  const x = normalMatrix(3, d, 1), tables = shaw(normalMatrix(3, d, 2), normalMatrix(3, d, 3));
  const use = (encoding: Encoding) => attention({ queries: x, keys: x, values: x, encoding });
  assert.throws(() => use(withQueryScale(tables, factors)), /无法给 Shaw 的查询乘倍数：需要不给键另加向量的编码/);
  assert.throws(
    () => use(withQueryScale(nope, () => new Float64Array(2))),
    /无法给 NoPE 的查询乘倍数：需要 3 个数：现在是 2/,
  );
  assert.throws(() => use(withQueryScale({ name: "坏", query: () => 5 as never }, factors)), /无法用 坏 的 query/);
  assert.throws(() => hwfaWindow({ layers: 1, trained: 512 }), /定层数：需要不小于 2 的整数：现在是 1/);
  assert.throws(() => hwfaWindow({ layers: 4, trained: 1 }), /需要份额乘长度不小于 1：现在是 0.75/);
  assert.throws(() => receptiveField(0, 3), /定窗口/);
});
