/** 快的注意力和参考实现（lib/attention.ts）一格一格地比。 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { fastAttention, type FastAttentionInput } from "@lib/fast_attention.ts";
import type { Matrix } from "@lib/matrix.ts";
import { normalMatrix, normals } from "@lib/random.ts";
import { law } from "./property.ts";

type Single = Matrix<Float32Array>;

const single = (rows: number, columns: number, data: ArrayLike<number>): Single => ({
  rows,
  columns,
  data: Float32Array.from(data),
});
const normal = (rows: number, columns: number, seed: number, scale = 1): Single =>
  single(rows, columns, normalMatrix(rows, columns, seed, scale).data);
const double = (m: Single): Matrix => ({ ...m, data: Float64Array.from(m.data) });

/** 同样的输入交给参考实现，偏置从距离查。 */
function reference({ queries, keys, values, causal = false, bias, scale }: FastAttentionInput): Float64Array {
  const zero = bias?.length === queries.rows ? 0 : queries.rows - 1;
  const encoding = {
    name: "对照",
    ...(scale !== undefined && { scale: () => scale }),
    ...(bias && { score: (distances: Float64Array) => ({ bias: distances.map((t) => bias[t + zero] ?? 0) }) }),
  };
  const input = { queries: double(queries), keys: double(keys), values: double(values), causal, encoding };
  return attention(input).output.data;
}

/** 每格差不超过 1e-6（相对于值的大小；要求是 1e-5），NaN 的格子也是同样的那些。 */
function agrees(input: FastAttentionInput, what = ""): void {
  const { rows, columns, data } = fastAttention(input), expected = reference(input);
  assert.deepEqual([rows, columns, data.length], [input.values.rows, input.values.columns, expected.length], what);
  const size = Math.max(1, ...input.values.data.filter(Number.isFinite).map(Math.abs));
  expected.forEach((value, cell) => {
    const close = Object.is(data[cell], NaN) ? Number.isNaN(value) : Math.abs(data[cell]! - value) <= 1e-6 * size;
    assert.ok(
      close,
      `${what} 第 ${Math.floor(cell / columns)} 行第 ${cell % columns} 列：${data[cell]}，应是 ${value}`,
    );
  });
}

for (const L of [1, 2, 7, 64, 129, 513]) {
  Deno.test(`L = ${L}：和参考实现一致；因果不因果，有没有偏置，几维都行`, () => {
    for (const d of L === 513 ? [1, 64] : [1, 3, 8, 64]) {
      const x = { queries: normal(L, d, 1), keys: normal(L, d, 2), values: normal(L, d === 3 ? 6 : d + 1, 3) };
      const next = normals(4), bias = Float32Array.from({ length: 2 * L - 1 }, next);
      agrees(x, `d = ${d}`);
      agrees({ ...x, bias }, `d = ${d}，偏置`);
      agrees({ ...x, causal: true }, `d = ${d}，因果`);
      agrees({ ...x, causal: true, bias }, `d = ${d}，因果，2L−1 个偏置`);
      agrees({ ...x, causal: true, bias: bias.slice(L - 1) }, `d = ${d}，因果，L 个偏置`);
      agrees({ ...x, scale: 0.3 }, `d = ${d}，缩放`);
    }
  });
}

law(
  "四行一组、四个键一组的边上：长度、宽度随便取，都和参考实现一致",
  fc.property(
    fc.record({
      L: fc.integer({ min: 1, max: 13 }),
      d: fc.integer({ min: 1, max: 9 }),
      dv: fc.integer({ min: 1, max: 9 }),
    }),
    fc.boolean(),
    fc.integer({ min: 0, max: 1000 }),
    fc.constantFrom(0.1, 1, 30),
    ({ L, d, dv }, causal, seed, size) => {
      const bias = Float32Array.from({ length: 2 * L - 1 }, normals(seed));
      const x = {
        queries: normal(L, d, seed + 1, size),
        keys: normal(L, d, seed + 2),
        values: normal(L, dv, seed + 3),
      };
      agrees({ ...x, causal, bias });
    },
  ),
  300,
);

Deno.test("每一行只看得见该看的：值是单位矩阵时，输出就是权重，看不见的正好是 0", () => {
  for (const L of [3, 4, 5, 8, 9]) {
    const identity = single(L, L, Array.from({ length: L * L }, (_, n) => n % (L + 1) === 0 ? 1 : 0));
    const { data } = fastAttention({ queries: normal(L, 2, 1), keys: normal(L, 2, 2), values: identity, causal: true });
    data.forEach((weight, cell) =>
      assert.equal(weight > 0, cell % L <= Math.floor(cell / L), `L = ${L}，第 ${cell} 格`)
    );
  }
});

Deno.test("距离带符号：偏置在 2L−1 个里的第 t + L − 1 个", () => {
  const L = 6, same = single(L, 1, new Float32Array(L)), values = single(L, 1, [0, 1, 2, 3, 4, 5]);
  const only = (t: number) => Float32Array.from({ length: 2 * L - 1 }, (_, n) => n === t + L - 1 ? 200 : 0);
  const after = fastAttention({ queries: same, keys: same, values, bias: only(-1) }).data; // i − j = −1：看后面一个
  assert.deepEqual([...after.subarray(0, 5)], [1, 2, 3, 4, 5]);
  const before = fastAttention({ queries: same, keys: same, values, bias: only(2) }).data;
  assert.deepEqual([...before.subarray(2)], [0, 1, 2, 3]);
});

Deno.test("分数大到 ±10000：不溢出，和参考实现一致", () => {
  for (const L of [5, 64]) {
    const x = { queries: normal(L, 4, 1, 100), keys: normal(L, 4, 2, 100), values: normal(L, 4, 3) };
    for (const causal of [false, true]) agrees({ ...x, causal, scale: 1 });
    const [low, high] = [-1e4, 1e4].map((score) => single(L, 1, Array(L).fill(score)));
    for (const keys of [low!, high!]) {
      agrees({ queries: single(L, 1, Array(L).fill(1)), keys, values: x.values, scale: 1 }); // 全都一样大：平均
      agrees({
        queries: single(L, 1, Array(L).fill(1)),
        keys,
        values: x.values,
        bias: new Float32Array(2 * L - 1).fill(-1e4),
      });
    }
  }
  const values = single(3, 1, [1, 2, 4]), ones = single(3, 1, [1, 1, 1]);
  const steps = fastAttention({ queries: ones, keys: single(3, 1, [1e4, -1e4, 1e4]), values, scale: 1 });
  assert.deepEqual([...steps.data], [2.5, 2.5, 2.5]);
});

Deno.test("e 的幂准到单精度：分数差 0 到 3 细细地走一遍，差 60 的权重也不丢", () => {
  for (let step = 0; step <= 301; step++) {
    const gap = step > 300 ? 60 : Math.fround(step / 100), weight = Math.exp(-gap) / (1 + Math.exp(-gap));
    const [ones, values] = [single(2, 1, [1, 1]), single(2, 1, [0, 1])];
    const { data } = fastAttention({ queries: ones, keys: single(2, 1, [gap, 0]), values, scale: 1 });
    for (const x of data) assert.ok(Math.abs(x / weight - 1) < 2e-7, `差 ${gap}：${x}，应是 ${weight}`);
  }
});

Deno.test("坏数照样往下传，只坏看得见它的：NaN 的格子和参考实现是同样的那些", () => {
  const L = 11;
  for (const name of ["queries", "keys", "values"] as const) {
    for (let cell = 0; cell < L * 3; cell++) {
      const x = { queries: normal(L, 3, 1), keys: normal(L, 3, 2), values: normal(L, 3, 3) };
      x[name].data[cell] = NaN;
      for (const causal of [false, true]) agrees({ ...x, causal }, `${name} 第 ${cell} 个`);
    }
  }
  for (let t = 0; t < L; t++) {
    const bias = new Float32Array(L);
    bias[t] = NaN;
    agrees(
      { queries: normal(L, 3, 1), keys: normal(L, 3, 2), values: normal(L, 3, 3), causal: true, bias },
      `距离 ${t}`,
    );
  }
});

Deno.test("看不见的 ∞ 传不过来，看得见的变成 ∞ 或 NaN", () => {
  const values = single(6, 1, [1, 1, 1, Infinity, 1, 1]), x = single(6, 1, [1, 1, 1, 1, 1, 1]);
  assert.deepEqual(
    [...fastAttention({ queries: x, keys: x, values, causal: true }).data],
    [1, 1, 1, Infinity, Infinity, Infinity],
  );
  const keys = single(6, 1, [1, 1, 1, Infinity, 1, 1]);
  const { data } = fastAttention({ queries: x, keys, values: x, causal: true });
  assert.deepEqual([...data], [1, 1, 1, NaN, NaN, NaN]);
});

Deno.test("不改参数里的任何一个数；数据是大数组的一段也行", () => {
  const whole = normal(30, 4, 1).data;
  const part = (start: number): Single => ({ rows: 9, columns: 4, data: whole.subarray(start, start + 36) });
  const input = { queries: part(4), keys: part(40), values: part(80), causal: true, bias: whole.slice(0, 9) };
  const copy = structuredClone({ whole, bias: input.bias });
  agrees(input);
  assert.deepEqual({ whole, bias: input.bias }, copy);
  assert.notEqual(fastAttention(input).data.buffer, whole.buffer);
});

Deno.test("拒绝：不是单精度、形状对不上、偏置个数不对，都用中文说出来", () => {
  const x = normal(4, 2, 1), given = { queries: x, keys: x, values: x };
  const not = (name: string) => `需要单精度的${name}（data 是 Float32Array；双精度用 attention，别的不悄悄转换）`;
  const cases: [unknown, string, string | RegExp][] = [
    [undefined, "ShapeError", "无法快算注意力：需要一组设置（对象）：现在是 undefined"],
    [{}, "ShapeError", `无法快算注意力：${not("查询")}：现在是 undefined`],
    [{ ...given, queries: double(x) }, "ShapeError", `无法快算注意力：${not("查询")}：现在是一个对象`],
    [
      { ...given, keys: { ...x, data: [...x.data] } },
      "ShapeError",
      `无法快算注意力：${not("键")}：现在是 8 个元素的数组`,
    ],
    [{ ...given, values: double(x) }, "ShapeError", `无法快算注意力：${not("值")}：现在是一个对象`],
    [{ ...given, values: null }, "ShapeError", `无法快算注意力：${not("值")}：现在是 undefined`],
    [
      { ...given, queries: { ...x, rows: 5 } },
      "ShapeError",
      /查询至少 1 行 1 列，行数乘列数是数据的个数：现在是 \[5, 2, 8\]/,
    ],
    [{ ...given, queries: single(0, 2, []) }, "ShapeError", /查询至少 1 行 1 列.*现在是 \[0, 2, 0\]/],
    [{ ...given, values: single(4, 0, []) }, "ShapeError", /值至少 1 行 1 列.*现在是 \[4, 0, 0\]/],
    [{ ...given, queries: { rows: 1.5, columns: 2, data: new Float32Array(3) } }, "ShapeError", /现在是 \[1.5, 2, 3\]/],
    [{ ...given, keys: normal(3, 2, 1) }, "ShapeError", "无法快算注意力：需要 4 行 2 列的键：现在是 [3, 2]"],
    [{ ...given, keys: normal(4, 3, 1) }, "ShapeError", "无法快算注意力：需要 4 行 2 列的键：现在是 [4, 3]"],
    [{ ...given, values: normal(5, 2, 1) }, "ShapeError", "无法快算注意力：需要 4 行值：现在是 5"],
    [{ ...given, bias: new Float64Array(7) }, "ShapeError", "无法快算注意力：需要偏置是 Float32Array：现在是一个对象"],
    [{ ...given, bias: [0, 0] }, "ShapeError", "无法快算注意力：需要偏置是 Float32Array：现在是 [0, 0]"],
    [{ ...given, bias: new Float32Array(8) }, "ShapeError", "无法快算注意力：需要 7 个偏置：现在是 8"],
    [{ ...given, bias: new Float32Array(4) }, "ShapeError", "无法快算注意力：需要 7 个偏置：现在是 4"],
    [
      { ...given, causal: true, bias: new Float32Array(5) },
      "ShapeError",
      "无法快算注意力：需要 7 个偏置，或 4 个：现在是 5",
    ],
    [
      { ...given, bias: new Float32Array(7).fill(-Infinity) },
      "RangeError",
      "无法快算注意力：需要有限的偏置（要掩住用 causal）：现在是 -Infinity",
    ],
    [{ ...given, scale: "1" }, "RangeError", '无法定缩放：需要有限的数：现在是字符串 "1"'],
    [{ ...given, scale: NaN }, "RangeError", "无法定缩放：需要有限的数：现在是 NaN"],
  ];
  for (const [bad, name, message] of cases) assert.throws(() => fastAttention(bad as never), { name, message });
});
