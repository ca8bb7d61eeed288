// 训练前的初值：每种方法照它自己的来源，分布、标准差、哪些是 0，各钉一遍。
import assert from "node:assert/strict";
import { complexOrderInitial } from "@lib/encodings/complex_order.ts";
import { copeInitial } from "@lib/encodings/cope.ts";
import { debertaInitial } from "@lib/encodings/deberta.ts";
import { fireInitial } from "@lib/encodings/fire.ts";
import { floaterInitial } from "@lib/encodings/floater.ts";
import { learnedInitial } from "@lib/encodings/learned.ts";
import { multiplicativeInitial } from "@lib/encodings/multiplicative.ts";
import { pathInitial } from "@lib/encodings/path_reflections.ts";
import { shawInitial } from "@lib/encodings/shaw.ts";
import { t5Initial } from "@lib/encodings/t5.ts";
import { transformerXlInitial } from "@lib/encodings/transformer_xl.ts";
import { tupeInitial } from "@lib/encodings/tupe.ts";

type Numbers = ArrayLike<number>;
const deviation = (numbers: Numbers) => {
  const list = Array.from(numbers), mean = list.reduce((a, b) => a + b, 0) / list.length;
  return Math.sqrt(list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / list.length);
};
/** 标准差和说好的差不到一成；均匀的另查不超界。 */
const near = (what: string, numbers: Numbers, expected: number) =>
  assert.ok(
    Math.abs(deviation(numbers) / expected - 1) < 0.1,
    `${what}：标准差 ${deviation(numbers)}，应当是 ${expected}`,
  );
const within = (what: string, numbers: Numbers, bound: number) => {
  const most = Math.max(...Array.from(numbers, Math.abs));
  assert.ok(most <= bound && most > 0.9 * bound, `${what}：最大 ${most}，界 ${bound}`);
  near(what, numbers, bound / Math.sqrt(3));
};

Deno.test("初值：学出来的表", () => {
  near("训练式", learnedInitial(512, 64, 1).data, 0.02);
  near("Shaw", shawInitial(64, 64, 1).data, 1 / 8);
  near("T5", t5Initial(4096, 64, 1), 1 / 8);
  near("复数式", complexOrderInitial(64, 1).data, 1 / 8);
  assert.ok(copeInitial(8, 4).data.every((x) => x === 0));
  assert.ok(multiplicativeInitial(8, 4).data.every((x) => x === 1));
});

Deno.test("初值：Transformer-XL、DeBERTa、TUPE", () => {
  const xl = transformerXlInitial({ modelDimension: 64, dimension: 1024, seed: 1 });
  near("u", xl.u, 0.02);
  near("v", xl.v, 0.02);
  near("W_R", xl.projection.data, 0.02);
  assert.notDeepEqual(xl.u, xl.v);
  const { keys, queries } = debertaInitial(64, 64, 768, 1);
  near("K^r", keys!.data, 0.02 * 0.02 * Math.sqrt(768));
  assert.notDeepEqual(keys!.data, queries!.data);
  const { table, query, key } = tupeInitial({ positions: 64, modelDimension: 128, dimension: 64, seed: 1 });
  near("逐行归一过的表", table.data, 1 / Math.sqrt(1 + 1e-5 / 0.02 ** 2));
  near("U_Q", query.data, 0.02);
  near("U_K", key.data, 0.02);
});

Deno.test("初值：FIRE 的两层是 ±1、±1/√32 的均匀数，和 PyTorch 的线性层一样", () => {
  const many = Array.from({ length: 60 }, (_, n) => fireInitial(10 * n));
  within("第一层", many.flatMap(({ w1, b1 }) => [...Array.from(w1), ...Array.from(b1)]), 1);
  within("第二层", many.flatMap(({ w2, b2 }) => [...Array.from(w2), b2]), 1 / Math.sqrt(32));
});

Deno.test("初值：FLOATER 的起点是 Xavier 均匀，线性层是 Xavier 正态、偏置 0", () => {
  const d = 256, { start, field } = floaterInitial({ dimension: d, hidden: 64, length: 4, layers: 6, seed: 1 });
  within("起点", [start.query, start.key, start.value].flatMap((one) => Array.from(one)), Math.sqrt(6 / (d * 9)));
  // 网络藏在函数里：p = 0、t = 0 时输出全是偏置，所以是 0；只给一个分量，出来的是两层乘在一起。
  assert.ok(Array.from(field(new Float64Array(d), 0)).every((x) => x === 0));
  const response = Array.from({ length: 40 }, (_, c) => Array.from(field(new Float64Array(d).with(c, 1), 0))).flat();
  // relu 留下一半：方差 = 64 × (1/2) × 2/(d + 1 + 64) × 2/(64 + 1 + d)
  near("两层", response, Math.sqrt(64 / 2 * (2 / (d + 65)) * (2 / (d + 65))));
});

Deno.test("初值：PaTH 的线性层、卷积都是 0.02，β 的偏置 0", () => {
  const { down, up, kernel, strength, strengthBias } = pathInitial({ modelDimension: 512, dimension: 512, seed: 1 });
  for (const [what, numbers] of Object.entries({ down: down.data, up: up.data, kernel: kernel.data, strength })) {
    near(what, numbers, 0.02);
  }
  assert.equal(strengthBias, 0);
  assert.equal(up.rows, 32);
});
