// 第 32 课：四种搭配、每个位置上的错、转错了轴、换权重；五道练习的判分。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { swapEffect } from "@lib/bench/swap.ts";
import { nope } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { toPairing } from "@lib/encodings/pairing.ts";
import { rope, rotary } from "@lib/encodings/rope.ts";
import {
  alongHeads,
  combinations,
  combined,
  conversionGap,
  type Convert,
  convertProperties,
  errorByPosition,
  judged,
  latePositionProperties,
  type Mended,
  mendedProperties,
  modelPairings,
  partner,
  randomWeights,
  rotationMatrix,
  seatProperties,
  sideBySide,
  spreadPlaces,
  type TurnAll,
  turnAllProperties,
} from "@lib/lessons/pairing.ts";
import { type Matrix, matrix, maxDifference, multiply, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const dimensions = fc.integer({ min: 2, max: 16 }).map((n) => 2 * n), seeds = fc.nat(1e6);
const both = ["interleaved", "half"] as const;

law(
  "选得一样的就是 RoPE；混着写的不是旋转，平移也不对",
  fc.property(dimensions, seeds, (dimension, seed) => {
    const x = normalMatrix(6, dimension, seed),
      input = { queries: x, keys: normalMatrix(6, dimension, seed + 1), values: x };
    const four = combinations({ dimension });
    both.forEach((pairing, n) => {
      const right = rope({ dimension, pairing });
      const score = (encoding: typeof right) => attention({ ...input, encoding }).scores;
      assert.ok(maxDifference(score(four[n]!), score(right)) < 1e-12);
      const { shift, length } = judged(four[n]!, input);
      assert.ok(shift < 1e-11 && length < 1e-12);
    });
    for (const mixed of four.slice(2)) {
      const { shift, length } = judged(mixed, { ...input, positions: [0, 1, 2, 30, 31, 99] });
      assert.ok(shift > 1e-6 && length > 1e-6);
    }
  }),
);

Deno.test("取位置：短的全取，长的从头到尾 64 个，不重", () => {
  assert.deepEqual(spreadPlaces(64), [...Array(64).keys()]);
  const far = spreadPlaces(65);
  assert.deepEqual([far.length, new Set(far).size, far[0], far[63]], [64, 64, 0, 64]);
  assert.throws(() => spreadPlaces(0), RangeError);
});

Deno.test("混着写：一对里的两个分量各转各的角度", () => {
  const [fast, slow] = inverseFrequencies(4, 10000) as unknown as [number, number];
  const at = (layout: "interleaved" | "half", swapped: "interleaved" | "half") =>
    [
      ...combined(layout, swapped, { dimension: 4 }).query!(matrix([[1, 0, 0, 0]]), new Float64Array([2])).data,
    ].map((value) => value + 0);
  const near = (found: number[], wanted: number[]) =>
    assert.ok(Math.max(...found.map((v, j) => Math.abs(v - wanted[j]!))) < 1e-12);
  near(at("half", "interleaved"), [Math.cos(2 * fast), Math.sin(2 * slow), 0, 0]);
  near(at("interleaved", "half"), [Math.cos(2 * fast), 0, Math.sin(2 * slow), 0]);
});

law(
  "写成矩阵再左乘，就是转；反着转是转置；探针认得出配法",
  fc.property(dimensions, seeds, fc.integer({ min: -50, max: 50 }), (dimension, seed, position) => {
    const x = normalMatrix(1, dimension, seed);
    both.forEach((pairing) => {
      const encoding = rope({ dimension, pairing }), back = rotationMatrix(encoding, dimension, -position);
      const turned = encoding.query!(x, new Float64Array([position]));
      assert.ok(maxDifference(multiply(x, back), turned) < 1e-12); // 行向量右乘 R₋ₘ = Rₘᵀ
      const R = rotationMatrix(encoding, dimension, position);
      const byColumn = Array.from(
        { length: dimension },
        (_, i) => row(R, i).reduce((sum, r, j) => sum + r * x.data[j]!, 0),
      );
      assert.ok(maxDifference(matrix([byColumn]), turned) < 1e-12);
      if (dimension > 2) assert.equal(partner(encoding, dimension), pairing === "half" ? dimension / 2 : 1);
    });
  }),
);

Deno.test("探针：转得慢，第 0 维自己还是最大，也认得出", () => {
  const frequencies = [0.1, 0.01];
  const found = both.map((pairing) => partner(rotary("慢", { frequencies, dimension: 4, pairing }), 4));
  assert.deepEqual(found, [1, 2]);
});

Deno.test("每个位置上的错：位置 0 是 0，往后涨；和自己比全是 0；数就是公式的期望", () => {
  const d = 64, [a, b] = both.map((pairing) => rope({ dimension: d, pairing })), settings = { d, count: 33, seed: 3 };
  const errors = errorByPosition(a!, b!, settings);
  assert.equal(errors[0], 0);
  assert.ok(errors[1]! < 0.4 && errors[32]! > 0.8);
  assert.deepEqual([...errorByPosition(a!, a!, settings)], Array(33).fill(0));
  // 期望：‖R − R′‖² / d 在距离 0 到 m 上的平均；R、R′ 只在对角线上有共同的格子。
  const speeds = inverseFrequencies(d, 10000);
  const squared = (t: number) => {
    let same = 0;
    for (let j = 0; j < d; j++) same += Math.cos(t * speeds[j >> 1]!) * Math.cos(t * speeds[j % (d / 2)]!);
    return 2 - 2 * same / d;
  };
  const expected = Math.sqrt(Array.from({ length: 33 }, (_, t) => squared(t)).reduce((sum, one) => sum + one) / 33);
  assert.ok(Math.abs(errors[32]! - expected) < 0.1 * expected);
  assert.throws(() => errorByPosition(a!, b!, { ...settings, count: 0 }), RangeError);
});

Deno.test("沿头的轴转：和没有位置编码一样，平移、换序都看不出", () => {
  const d = 8,
    x = {
      queries: normalMatrix(5, 2 * d, 1),
      keys: normalMatrix(5, 2 * d, 2),
      values: normalMatrix(5, 2, 3),
      heads: 2,
    };
  const encoding = [0, 1].map((h) => alongHeads(h, { dimension: d }));
  const score = (one: typeof encoding | typeof nope) => attention({ ...x, encoding: one }).scores;
  assert.ok(maxDifference(score(encoding), score(nope)) < 1e-12);
  assert.ok(swapEffect({ ...x, encoding }, 0, 1, 4).change < 1e-12);
  assert.ok(swapEffect({ ...x, encoding: rope({ dimension: d }) }, 0, 1, 4).change > 1e-6);
  const turned = encoding[1]!.query!(normalMatrix(1, d, 5), new Float64Array([9]));
  assert.ok(maxDifference(turned, rope({ dimension: d }).query!(normalMatrix(1, d, 5), new Float64Array([1]))) === 0);
  assert.throws(() => alongHeads(-1, { dimension: d }), RangeError);
});

law(
  "换权重：各按各的头数换，分数、输出都不变",
  fc.property(fc.constantFrom(1, 2, 4), fc.integer({ min: 1, max: 8 }), seeds, (keyHeads, pairs, seed) => {
    const settings = { d: 2 * pairs, heads: 4, keyHeads, seed, base: 1000 },
      { query, key, value } = randomWeights(settings);
    const after = { query: toPairing(query, 4, "half"), key: toPairing(key, keyHeads, "half"), value };
    const { scores, output } = conversionGap({ query, key, value }, after, { ...settings, count: 5 });
    assert.ok(scores < 1e-11 && output < 1e-11);
  }),
  20,
);

Deno.test("哪家用哪种：两种都有，GPT-J、GLM-4 只转一部分", () => {
  const models = modelPairings();
  const of = (type: string) => models.find((one) => one.type === type)!;
  assert.ok(models.every(({ pairing }) => pairing === "half" || pairing === "interleaved"));
  assert.deepEqual(["llama", "gpt_neox", "glm4", "deepseek_v3"].map((type) => of(type).pairing), [
    "half",
    "half",
    "interleaved",
    "interleaved",
  ]);
  assert.deepEqual([of("gptj").rotary, of("gptj").width, of("glm4").rotary], [64, 256, 64]);
  const rows = sideBySide(models), cells = rows.flatMap((line) => Object.values(line)).filter(Boolean);
  assert.equal(cells.length, models.length); // 一个也没丢
  assert.ok(rows.length <= 12); // 再长，表就要截了
});

const [cos, sin] = [Math.cos, Math.sin];
const doubled = (j: number, n: number) => 10000 ** (-2 * (2 * (j % (n / 2))) / n);
const once = (j: number, n: number) => 10000 ** (-2 * (j % (n / 2)) / n);
const written =
  (speed: (j: number, n: number) => number, swap: (x: number[], j: number) => number, sign = 1): Mended => (x, m) =>
    x.map((one, j) => one * cos(m * speed(j, x.length)) + sign * swap(x, j) * sin(m * speed(j, x.length)));
const beside = (x: number[], j: number) => j % 2 === 0 ? -x[j + 1]! : x[j - 1]!;
const across = (x: number[], j: number) => j < x.length / 2 ? -x[j + x.length / 2]! : x[j - x.length / 2]!;
const mend = (answer: Mended) => marked(answer, mendedProperties, [[1, 0, 0, 0, 0, 0, 0, 0], 1]);
const turnAll = (answer: TurnAll) => marked(answer, turnAllProperties, [[], (v: number[]) => v]);
const convert = (answer: Convert) =>
  marked(answer, convertProperties, [randomWeights({ d: 8, heads: 4, keyHeads: 2, seed: 1 }), 4, 2]);
const half = (m: Matrix, heads: number) => toPairing(m, heads, "half");

const right: Array<[string, string]> = [
  ["1", marked(13, seatProperties)],
  ["2", marked(11, latePositionProperties)],
  ["3 改角度", mend(written((j, n) => 10000 ** (-2 * (j >> 1) / n), beside))],
  ["3 改换位", mend(written(once, across))],
  [
    "3 一对一对写",
    mend((x, m) => {
      const turned: number[] = [];
      for (let i = 0; i < x.length; i += 2) {
        const angle = m / 10000 ** (i / x.length);
        turned.push(x[i]! * cos(angle) - x[i + 1]! * sin(angle), x[i]! * sin(angle) + x[i + 1]! * cos(angle));
      }
      return turned;
    }),
  ],
  ["4", turnAll((all, turn) => all.map((heads, m) => heads.map((v) => turn(v, m))))],
  [
    "4 写成循环",
    turnAll((all, turn) => {
      const turned: number[][][] = [];
      for (const m of all.keys()) turned.push([turn(all[m]![0]!, m), turn(all[m]![1]!, m)]);
      return turned;
    }),
  ],
  [
    "5",
    convert(({ query, key, value }, heads, keyHeads) => ({
      query: half(query, heads),
      key: half(key, keyHeads),
      value,
    })),
  ],
  [
    "5 按一个头几维切",
    convert(({ query, key, value }, heads) => {
      const width = query.columns / heads;
      return { query: half(query, query.columns / width), key: half(key, key.columns / width), value };
    }),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：32-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 方向反了", marked(35, seatProperties), /还是原来那一对”不成立.*第 6 对/],
  ["1 没换", marked(70, seatProperties), /还是原来那一对”不成立/],
  ["1 坐成了头一个", marked(12, seatProperties), /一对里还是第几个”不成立.*第二个/],
  ["2 底数没改", marked(7, latePositionProperties), /错超过了 0.7”不成立.*500000/],
  ["2 太晚", marked(20, latePositionProperties), /都没有超过 0.7”不成立.*要的是第一个/],
  ["2 出了界", marked(1000, latePositionProperties), /错超过了 0.7”不成立/],
  ["3 原样：两处都错", mend(written(doubled, beside)), /转完长度不变”不成立.*配对是不是同一种/],
  ["3 只改了配对", mend(written(doubled, across)), /转得和课里一样快”不成立.*只有一个 2/],
  ["3 只改了指数", mend(written(once, beside)), /转完长度不变”不成立.*配对是不是同一种/],
  ["3 转反了", mend(written(once, across, -1)), /第 0 对逆时针转 1 弧度”不成立.*Rᵀ/],
  ["3 角度里是平方", mend((x, m) => written(once, across)(x, m * m)), /一起平移 5，点积不变”不成立.*成正比/],
  ["3 位置从 1 数", mend((x, m) => written(once, across)(x, m + 1)), /位置 0 原样返回”不成立/],
  ["3 少了一截", mend((x) => x.slice(1)), /跑你的代码时出错：需要返回 8 个数的数组/],
  [
    "4 原样：沿头的轴",
    turnAll((all, turn) => all.map((heads) => heads.map((v, h) => turn(v, h)))),
    /点积不同”不成立.*头的编号/,
  ],
  ["4 不转", turnAll((all) => all), /点积不同”不成立.*位置没有进去/],
  [
    "4 位置加头",
    turnAll((all, turn) => all.map((heads, m) => heads.map((v, h) => turn(v, m + h)))),
    /各个头转得一样”不成立.*混进了头的编号/,
  ],
  [
    "4 位置从 1 数",
    turnAll((all, turn) => all.map((heads, m) => heads.map((v) => turn(v, m + 1)))),
    /位置 m 转 m 格”不成立.*从 0 数起/,
  ],
  [
    "4 少了一个头",
    turnAll((all, turn) => all.map((heads, m) => [turn(heads[0]!, m)])),
    /跑你的代码时出错：需要返回同样摆法/,
  ],
  [
    "5 原样：键按查询的头数",
    convert(({ query, key, value }, heads) => ({
      query: half(query, heads),
      key: half(key, heads),
      value: half(value, heads),
    })),
    /2 个键值头：分数不变”不成立.*键值头的个数/,
  ],
  [
    "5 值也换",
    convert(({ query, key, value }, heads, keyHeads) => ({
      query: half(query, heads),
      key: half(key, keyHeads),
      value: half(value, keyHeads),
    })),
    /输出也不变”不成立.*W_V 不用换/,
  ],
  [
    "5 只换查询",
    convert(({ query, key, value }, heads) => ({ query: half(query, heads), key, value })),
    /4 个键值头：分数不变”不成立.*都要换/,
  ],
  [
    "5 整行当一个头",
    convert(({ query, key, value }) => ({ query: half(query, 1), key: half(key, 1), value })),
    /4 个键值头：分数不变”不成立.*每个头各换各的列/,
  ],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：32-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：32", () => {
  for (const line of [mend(() => undefined), turnAll(() => undefined), convert(() => undefined)]) {
    assert.match(line, /^✎ 练习：还没写/);
  }
});

Deno.test("平均的是每一行看得见的，别的头也算进去", () => {
  const d = 4, zero = { name: "清零", query: (m: Matrix) => zeros(m.rows, m.columns) };
  const errors = errorByPosition(zero, nope, { d, count: 40, seed: 1 }); // 错就是分数本身，标准差 1
  assert.ok(errors[0]! > 0.3); // 自己也算
  assert.ok([...errors.slice(10)].every((error) => Math.abs(error - 1) < 0.35));
});
