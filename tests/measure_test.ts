// 实验台：五只表各自量得准，自己写的编码也能量，成绩单上没有写死的判词。
import assert from "node:assert/strict";
import { attention, head } from "@lib/attention.ts";
import { family, familyNames } from "@lib/bench/family.ts";
import { measure, type Measurement } from "@lib/bench/measure.ts";
import { scorecard, scoreColumns, scoreRows } from "@lib/bench/scorecard.ts";
import { toeplitz } from "@lib/bench/toeplitz.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rope } from "@lib/encodings/rope.ts";
import { matrix, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { kinds } from "./encodings/problem.ts";

const settings = { L: 16, d: 8, seed: 3 };
const card = Object.fromEntries(
  scorecard(family({ d: 8, length: 64, seed: 3 }), settings).map((one): [string, Measurement] => [one.name, one]),
);

Deno.test("平移这只表，和定律测试说的一样：相对的 0，绝对的变", () => {
  for (const name of familyNames) {
    const { measured, tolerance } = card[name]!.shift;
    // FIRE 的门槛是 64：位置加上 16 的 64 倍才过得去，正好量得到。
    assert.equal(measured! <= tolerance, kinds[name]!.relative, `${name}：${measured}`);
  }
});

Deno.test("换序这只表：只有 NoPE 看不出先后", () => {
  const blind = familyNames.filter((name) => card[name]!.order.measured! <= card[name]!.order.tolerance);
  assert.deepEqual(blind, ["NoPE"]);
});

Deno.test("反向这只表：RoPE 在 q = k 时对称、q ≠ k 时不对称；ALiBi 总是对称；Shaw 总不对称；只用于因果的量不了", () => {
  const symmetric = (name: string) =>
    [card[name]!.reverseSame, card[name]!.reverseDifferent].map(({ measured, tolerance }) => measured! <= tolerance);
  assert.deepEqual(symmetric("RoPE"), [true, false]);
  assert.deepEqual(symmetric("sinusoidal"), [true, false]);
  assert.deepEqual(symmetric("ALiBi"), [true, true]);
  assert.deepEqual(symmetric("Shaw"), [false, false]);
  for (const name of ["CoPE", "PaTH", "xPos"]) {
    assert.equal(card[name]!.reverseSame.measured, undefined);
    assert.match(card[name]!.reverseSame.why!, new RegExp(`无法用 ${name}：需要因果注意力`));
  }
});

Deno.test("反向这只表量的就是 s(i, j) − s(j, i)：一个已知答案的编码", () => {
  const tilted: Encoding = { name: "斜", score: (t) => ({ bias: t.map((x) => 3 * x) }) };
  const { reverseSame } = measure(tilted, { L: 5, d: 4 });
  assert.ok(Math.abs(reverseSame.measured! - 2 * 3 * 4) < 1e-12); // 最远隔 4：3·4 − 3·(−4)
});

Deno.test("拉长：分桶、截断的全见过；按距离算的，没见过的是 1 − 1/倍数；表外面的算不出，原因写着", () => {
  const unseen = (name: string) => card[name]!.stretch.map(({ unseen }) => unseen);
  for (const name of ["ALiBi", "KERPLE", "RoPE", "Transformer-XL"]) {
    assert.deepEqual(unseen(name), [1 / 2, 7 / 8, 63 / 64], name);
  }
  for (const name of ["NoPE", "VO-RoPE"]) assert.deepEqual(unseen(name), [0, 0, 0], name);
  assert.deepEqual(card["ALiBi"]!.stretch.map(({ outside }) => outside), [1 / 2, 7 / 8, 63 / 64]);
  const learned = card["learned"]!.stretch;
  assert.deepEqual(learned.map(({ defined }) => defined), [true, false, false]);
  assert.match(learned[2]!.why!, /需要 0 到 63 的位置（表只有 64 行）/);
  assert.ok(card["sinusoidal"]!.stretch.every(({ unseen }) => unseen! > 0.9), "绝对编码：换个位置就是没见过");
});

Deno.test("拉长：T5 训练长度够大就全见过，不够就还有没见过的桶", () => {
  const bucketed = family({ d: 8, length: 4 }, ["T5"])[0]!;
  assert.deepEqual(measure(bucketed, { L: 128, d: 8 }).stretch.map(({ unseen }) => unseen), [0, 0, 0]);
  assert.ok(measure(bucketed, settings).stretch[2]!.unseen! > 0.5);
});

Deno.test("拉长：算出来不是有限的数，看得出来", () => {
  const blowUp: Encoding = { name: "爆", score: (t) => ({ bias: t.map((x) => Math.exp(Math.abs(x) ** 2)) }) };
  const { stretch } = measure(blowUp, { L: 8, d: 4 });
  assert.deepEqual(stretch.map(({ finite }) => finite), [true, false, false]);
  assert.ok(stretch.every(({ defined }) => defined));
});

Deno.test("Toeplitz R²：只看距离的是 1，绝对的不到 0.9，没有位置的量不了", () => {
  for (const name of familyNames) {
    const { measured, tolerance, why } = card[name]!.toeplitz;
    if (["NoPE", "VO-RoPE"].includes(name)) assert.match(why!, /无法量 Toeplitz R²：需要分数有大有小/);
    else if (["PaTH", "FIRE"].includes(name)) assert.ok(measured! > 0.5, `${name}：${measured}`); // 头两个词元前面没有别的；没过门槛
    else if (kinds[name]!.relative) assert.ok(measured! >= 1 - tolerance, `${name}：${measured}`);
    else assert.ok(measured! < 0.9, `${name}：${measured}`);
  }
});

Deno.test("Toeplitz R²：手算；遮住的不算；分块和整张一样；每个距离的平均", () => {
  // 分数 [[0, 1], [2, 4]]：斜线 0 的平均 2、平方和 8；另两条斜线各一格；总平均 1.75，总平方和 8.75。
  const scores = [[0, 1], [2, 4]];
  const given: Encoding = { name: "表", row: () => (r) => ({ positionPosition: Float64Array.from(scores[r]!) }) };
  const x = matrix([[0], [0]]), input = { queries: x, keys: x, values: x, encoding: given };
  const { rSquared, means, cells } = toeplitz(input);
  assert.ok(Math.abs(rSquared - (1 - 8 / 8.75)) < 1e-12);
  assert.deepEqual([...means], [[-1, 1], [0, 2], [1, 2]]);
  assert.equal(cells, 4);
  const causal = toeplitz({ ...input, causal: true }); // 剩 0、4、2：总平均 2，平方和 8，斜线内 8
  assert.ok(Math.abs(causal.rSquared) < 1e-12 && causal.cells === 3);
  const long = normalMatrix(200, 4, 1),
    { scores: all, distances } = attention({ queries: long, keys: long, values: long });
  const streamed = toeplitz({ queries: long, keys: long, values: long });
  const mean = (t: number) => {
    const on = [...all.data].filter((_, cell) => distances.data[cell] === t);
    return on.reduce((a, b) => a + b, 0) / on.length;
  };
  for (const t of [-199, -3, 0, 150]) assert.ok(Math.abs(streamed.means.get(t)! - mean(t)) < 1e-12);
});

Deno.test("自己写的编码，不到十行，和 RoPE 并排", () => {
  const mine: Encoding = {
    name: "我的：第偶数个往后挪",
    query: (rows, positions) => ({
      ...rows,
      data: rows.data.map((x, c) => x + (positions[Math.floor(c / rows.columns)]! % 2)),
    }),
  };
  const [ours, theirs] = scorecard([mine, rope({ dimension: 8 })], settings);
  assert.ok(ours!.order.measured! <= 1e-9 && theirs!.order.measured! > 1e-3, "它只改查询，看不出前面的先后");
  assert.ok(ours!.shift.measured! > 1e-3, "平移偶数格正好对上，实验台也平移 1 格");
});

Deno.test("读数只看编码和种子：再量一遍一样，换种子不一样；别人写的程序错了，照样抛", () => {
  const again = measure(rope({ dimension: 8 }), settings);
  assert.deepEqual(again, measure(rope({ dimension: 8 }), settings));
  assert.notEqual(measure(rope({ dimension: 8 }), { ...settings, seed: 4 }).order.measured, again.order.measured);
  const broken = { name: "坏", score: () => (undefined as never as { x: number }).x as never };
  assert.throws(() => measure(broken, settings), TypeError);
});

Deno.test("L 是 1、2：量不了的说明白，不出错", () => {
  const one = measure(alibi(1), { L: 1, d: 4 });
  assert.match(one.order.why!, /无法量换序：需要至少三个词元：现在是 1/);
  assert.match(one.reverseSame.why!, /无法量反向：需要至少两个词元：现在是 1/);
  assert.deepEqual(measure(alibi(1), { L: 2, d: 4 }).stretch.map(({ unseen }) => unseen), [1 / 2, 7 / 8, 63 / 64]);
});

Deno.test("成绩单：每一格都是量出来的，改了编码就改了格子", () => {
  const cells = (encoding: Encoding) => scoreRows(scorecard([encoding], settings))[0]!;
  const right = cells(rope({ dimension: 8 }));
  const wrong = cells({ ...rope({ dimension: 8 }), key: rope({ dimension: 8, pairing: "half" }).key! });
  assert.equal(right["平移"], "0");
  assert.notEqual(wrong["平移"], "0");
  assert.equal(right["Toeplitz R²"], "1");
  assert.ok(Number(wrong["Toeplitz R²"]!.replace(/^\./, "0.")) < 1);
  assert.deepEqual(Object.keys(right), ["编码", ...Object.keys(scoreColumns), "量不了的，因为"]);
  assert.equal(right["量不了的，因为"], "");
  assert.match(cells(rope({ dimension: 6 }))["量不了的，因为"]!, /需要 6 维的头：现在是 8/);
});

Deno.test("成绩单的数字：差一点不到 1 的 R² 不印成 1，小的不印成 0，百分比不印假的 0 和 100", () => {
  const reading = (measured: number) => ({ measured, tolerance: 1e-9 });
  const base = card["RoPE"]!,
    print = (one: Partial<Measurement>, column: string) => scoreColumns[column]!({ ...base, ...one }).text;
  assert.equal(print({ toeplitz: reading(0.9999) }, "Toeplitz R²"), "1 − 1e-4");
  assert.equal(print({ toeplitz: reading(1 - 1e-12) }, "Toeplitz R²"), "1");
  assert.equal(print({ shift: reading(0.00012) }, "平移"), "1.2e-4");
  assert.equal(print({ shift: reading(1e-10) }, "平移"), "0");
  assert.equal(print({ shift: reading(0.456) }, "平移"), ".46");
  assert.equal(print({ shift: reading(99_999) }, "平移"), "99999");
  assert.equal(print({ shift: reading(5.787e12) }, "平移"), "6e12"); // 一格放得下
  const stretch = (unseen: number) =>
    [0, 0, 0].map(() => ({ times: 2, defined: true, finite: true, unseen, outside: 0 }));
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map((u) => print({ stretch: stretch(u) }, "2 倍没见过")), [
    "0 %",
    "0.1 %",
    "50 %",
    "99.9 %",
    "100 %",
  ]);
});

Deno.test("两个头的表，第 h 个头取得对", () => {
  const x = normalMatrix(3, 4, 1), { scores } = attention({ queries: x, keys: x, values: x, heads: 2 });
  assert.deepEqual(row(head(scores, 1, 2), 0), row(scores, 3));
});

Deno.test("拒绝：长度、维数、不是编码；全家的维数和名字", () => {
  assert.throws(() => measure(nope, { L: 0, d: 4 }), /无法定训练长度：需要 1 到 512 之间的整数：现在是 0/);
  assert.throws(() => measure(nope, { L: 4, d: 0 }), /无法定维数/);
  assert.throws(() => measure(undefined as never, settings), /无法量编码：需要一组设置（对象）：现在是 undefined/);
  assert.throws(() => scorecard(nope as never, settings), /无法做成绩单：需要一批编码（数组）：现在是一个对象/);
  assert.throws(() => family({ d: 6, length: 4 }), /无法造全家：需要 4 的倍数维：现在是 6/);
});

Deno.test("拉长：超范围往上往下都算", () => {
  const up: Encoding = { name: "升", score: (t) => ({ bias: t.map((x) => Math.abs(x)) }) };
  assert.deepEqual(measure(up, { L: 8, d: 4 }).stretch.map(({ outside }) => outside), [1 / 2, 7 / 8, 63 / 64]);
});

Deno.test("拉长：两种投影都一样才算见过，只有一种一样不算", () => {
  // 两个头的内容不同：只有一个头的分数看位置，另一个头不看。
  const firsts = new Set<number>(), found: number[] = [];
  measure({ name: "记", row: ({ queries }) => (firsts.add(queries.data[0]!), () => ({})) }, { L: 8, d: 4 });
  for (const chosen of firsts) {
    const partly: Encoding = {
      name: "一个头看位置",
      row: ({ queries, queryPositions, keyPositions }) => (r) => ({
        positionPosition: keyPositions.map((j) => queries.data[0] === chosen ? Math.sin(queryPositions[r]! - j) : 0),
      }),
    };
    found.push(measure(partly, { L: 8, d: 4 }).stretch[0]!.unseen!);
  }
  // 记下来的还有随机词元的，和拉长无关；拉长的两个头，哪个看位置都量得出没见过。
  assert.deepEqual(found.filter((unseen) => unseen > 0), [0.5, 0.5]);
});

Deno.test("Toeplitz R²：只有舍入那么大的起伏，也算没有东西可量", () => {
  const noisy: Encoding = {
    name: "舍入",
    row: () => (r) => ({
      positionPosition: Float64Array.from({ length: 4 }, (_, j) => 1 + 1e-14 * ((7 * r + 3 * j) % 5)),
    }),
  };
  const x = matrix([[0], [0], [0], [0]]);
  assert.ok(Number.isNaN(toeplitz({ queries: x, keys: x, values: x, encoding: noisy }).rSquared));
});

Deno.test("成绩单：合不合容差是算的", () => {
  const base = card["RoPE"]!, reading = (measured: number) => ({ measured, tolerance: 1e-9 });
  assert.deepEqual([0.5, 1].map((r) => scoreColumns["Toeplitz R²"]!({ ...base, toeplitz: reading(r) }).holds), [
    false,
    true,
  ]);
  assert.deepEqual([0.5, 0].map((r) => scoreColumns["平移"]!({ ...base, shift: reading(r) }).holds), [false, true]);
  const stretch = (outside: number) =>
    [0, 0, 0].map(() => ({ times: 2, defined: true, finite: true, unseen: 0, outside }));
  assert.deepEqual([0.5, 0].map((s) => scoreColumns["64 倍超范围"]!({ ...base, stretch: stretch(s) }).holds), [
    false,
    true,
  ]);
});

Deno.test("换序、平移不被周期和对称骗过", () => {
  const even: Encoding = { name: "奇偶", score: (t) => ({ bias: t.map((x) => Math.abs(x) % 2) }) };
  const valley: Encoding = { name: "山谷", score: (t) => ({ bias: t.map((x) => -Math.abs(Math.abs(x) - 4)) }) };
  for (const one of [even, valley]) {
    for (const L of [8, 16]) assert.ok(measure(one, { L, d: 8 }).order.measured! > 1e-3, `${one.name}，L = ${L}`);
  }
  const wave: Encoding = {
    name: "周期 16",
    key: (rows, positions) => ({
      ...rows,
      data: rows.data.map((x, c) => x * (1 + Math.cos(Math.PI / 8 * positions[Math.floor(c / rows.columns)]!))),
    }),
  };
  assert.ok(measure(wave, { L: 16, d: 8 }).shift.measured! > 1e-3);
});

Deno.test("用 −∞ 挡住远处：反向量得了；QK-norm 加 RoPE：量得出只看距离", () => {
  const near: Encoding = { name: "只看附近", score: (t) => ({ bias: t.map((x) => Math.abs(x) < 4 ? 0 : -Infinity) }) };
  const { reverseSame } = measure(near, { L: 8, d: 4 });
  assert.ok(reverseSame.measured! <= 1e-12, `${reverseSame.measured}`);
  const turn = rope({ dimension: 8 }),
    normal = (rows: ReturnType<typeof normalMatrix>) => ({
      ...rows,
      data: rows.data.map((x, c) => {
        const start = c - c % rows.columns;
        return x / Math.hypot(...rows.data.subarray(start, start + rows.columns));
      }),
    });
  const normed: Encoding = {
    name: "QK-norm + RoPE",
    query: (rows, positions) => turn.query!(normal(rows), positions),
    key: (rows, positions) => turn.key!(normal(rows), positions),
  };
  const one = measure(normed, { L: 16, d: 8 });
  assert.ok(one.shift.measured! <= 1e-9 && one.toeplitz.measured! > 1 - 1e-9);
  assert.deepEqual(one.stretch.map(({ finite, unseen }) => [finite, unseen]), [[true, 1 / 2], [true, 7 / 8], [
    true,
    63 / 64,
  ]]);
});

Deno.test("就地改的钩子：读数和不就地改的一样", () => {
  const added = (rows: ReturnType<typeof normalMatrix>, positions: Float64Array) => {
    rows.data.forEach((_, c) => rows.data[c]! += Math.sin(positions[Math.floor(c / rows.columns)]!));
    return rows;
  };
  const copied = (rows: ReturnType<typeof normalMatrix>, positions: Float64Array) =>
    added({ ...rows, data: rows.data.slice() }, positions);
  for (const hook of ["embed", "key", "value"] as const) {
    const [rude, polite] = [added, copied].map((f) => measure({ name: "加", [hook]: f }, { L: 8, d: 4 }));
    assert.deepEqual(rude, polite, hook);
  }
});

Deno.test("①② 双向的就双向量；④ 只往前看；值变了也算平移", () => {
  const future: Encoding = { name: "只有将来有偏置", score: (t) => ({ bias: t.map((x) => x < 0 ? x : 0) }) };
  const one = measure(future, { L: 8, d: 4 });
  assert.deepEqual(one.stretch.map(({ unseen }) => unseen), [0, 0, 0], "④ 里最后一个词元看不见将来");
  const shifted: Encoding = {
    name: "值里有位置",
    value: (rows, positions) => ({
      ...rows,
      data: rows.data.map((x, c) => x + positions[Math.floor(c / rows.columns)]!),
    }),
  };
  assert.ok(measure(shifted, { L: 8, d: 4 }).shift.measured! > 0.9);
  const flat: Encoding = {
    name: "整行加位置",
    row: ({ queryPositions }) => (r) => ({ positionPosition: new Float64Array(8).fill(queryPositions[r]!) }),
  };
  assert.ok(measure({ ...flat }, { L: 8, d: 4 }).shift.measured! > 0.9, "分数变了，权重没变，也算变");
});

Deno.test("拉长：只拿看得见的比：将来的分数和远处的一样，也不算见过", () => {
  const mirrored: Encoding = { name: "将来像更远的过去", score: (t) => ({ bias: t.map((x) => x < 0 ? 7 - x : x) }) };
  assert.deepEqual(measure(mirrored, { L: 8, d: 4 }).stretch.map(({ unseen }) => unseen), [1 / 2, 7 / 8, 63 / 64]);
});

Deno.test("拉长：一种投影超出范围就算超", () => {
  const firsts = new Set<number>();
  measure({ name: "记", row: ({ queries }) => (firsts.add(queries.data[0]!), () => ({})) }, { L: 8, d: 4 });
  const found = [...firsts].map((chosen) => {
    const one: Encoding = {
      name: "一个头越远越大",
      row: ({ queries, queryPositions, keyPositions }) => (r) => ({
        positionPosition: keyPositions.map((j) => queries.data[0] === chosen ? queryPositions[r]! - j : 0),
      }),
    };
    return measure(one, { L: 8, d: 4 }).stretch[0]!.outside!;
  });
  assert.deepEqual(found.filter((outside) => outside > 0), [0.5, 0.5]);
});
