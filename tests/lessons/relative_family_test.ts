// 第 21 课：材料过定律，练习的对错都判得出、说得清。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import type { Encoding } from "@lib/encoding.ts";
import { clipBias } from "@lib/encodings/clip_bias.ts";
import { deberta } from "@lib/encodings/deberta.ts";
import { rope } from "@lib/encodings/rope.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { sinusoidal } from "@lib/encodings/sinusoidal.ts";
import { t5Bucket } from "@lib/encodings/t5.ts";
import { transformerXl } from "@lib/encodings/transformer_xl.ts";
import * as lesson from "@lib/lessons/relative_family.ts";
import { drawRulers, drawTermPanels } from "@lib/lessons/relative_pictures.ts";
import { matrix, zeros } from "@lib/matrix.ts";
import { KnobError, knobs } from "@lib/notebook/knobs.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const rows = [0, 1, 2, 3, 4];
const x = lesson.randomTokens({ L: 5, d: 4, seed: 3 });
const kindsOf = (encoding: Encoding) => lesson.dissect({ ...x, encoding }, rows).kinds;
const table = (n: number, height: number) => normalMatrix(height, 4, n);

Deno.test("词元：三个投影各不相同，分数是 1 上下，不随 d 变大", () => {
  for (const d of [8, 64]) {
    const { tokens, projections } = lesson.randomTokens({ L: 200, d, seed: 5 });
    const { scores } = attention({ tokens, projections, queryRows: [0, 50, 100, 150] });
    const size = Math.sqrt(scores.data.reduce((sum, s) => sum + s * s, 0) / scores.data.length);
    assert.ok(size > 0.5 && size < 2, `${d}: ${size}`);
    assert.notDeepEqual(projections.query.data, projections.key.data);
    assert.notDeepEqual(projections.key.data, projections.value.data);
  }
});

Deno.test("四项：哪项扔了，哪项只看距离，都是量出来的", () => {
  const absolute = Object.values(kindsOf(sinusoidal({ dimension: 4 })));
  assert.deepEqual(absolute, ["不看位置", "绝对位置", "绝对位置", "绝对位置"]);
  assert.deepEqual(Object.values(kindsOf(shaw(table(1, 5)))), ["不看位置", "距离和内容", "扔掉", "扔掉"]);
  assert.deepEqual(Object.values(kindsOf(clipBias([1, 2, 3, 4, 5]))), ["不看位置", "扔掉", "扔掉", "只看距离"]);
  const xl = transformerXl({ u: [1, 2, 3, 4], v: [4, 3, 2, 1], projection: table(2, 4) });
  assert.deepEqual(Object.values(kindsOf(xl)), ["不看位置", "距离和内容", "不看位置", "只看距离"]);
  const both = deberta({ keys: table(3, 4), queries: table(4, 4) });
  assert.deepEqual(Object.values(kindsOf(both)), ["不看位置", "距离和内容", "距离和内容", "扔掉"]);
  assert.equal(kindsOf(rope({ dimension: 4 })).contentContent, "距离和内容"); // 转的是内容
});

Deno.test("平移：只看距离的一点不变，看绝对位置的变", () => {
  assert.equal(lesson.dissect({ ...x, encoding: shaw(table(1, 5)) }, rows).shift, 0);
  assert.ok(lesson.dissect({ ...x, encoding: sinusoidal({ dimension: 4 }) }, rows).shift > 0.1);
  assert.equal(lesson.dissect(x, rows).name, "NoPE");
});

Deno.test("留下的项：带撇的是换过的，原样留着的不带", () => {
  assert.equal(lesson.survivors(kindsOf(sinusoidal({ dimension: 4 }))), "1 + 2 + 3 + 4");
  assert.equal(lesson.survivors(kindsOf(shaw(table(1, 5)))), "1 + 2′");
  assert.equal(lesson.survivors(kindsOf(clipBias([0]))), "1"); // 学到 0，和扔掉没有两样
});

Deno.test("照式子算：差在哪一格都量得到；大表均匀取 1024 格，头尾都在", () => {
  const big = { ...zeros(33, 300), data: new Float64Array(33 * 300) };
  assert.equal(lesson.formulaGap(big, Array.from({ length: 33 }, (_, r) => r), () => 0), 0);
  const seen: string[] = [];
  lesson.formulaGap(big, Array.from({ length: 33 }, (_, r) => 10 * r), (i, j) => seen.push(`${i} ${j}`) * 0);
  assert.deepEqual([seen.length, seen[0], seen.at(-1)], [1024, "0 0", "320 299"]);
  for (const cell of [0, 3, 5]) {
    const one = zeros(2, 3);
    one.data[cell] = 7;
    assert.equal(lesson.formulaGap(one, [0, 1], () => 0), 7);
  }
  assert.equal(lesson.formulaGap(matrix([[1]]), [4], (i, j) => i - j), 3); // 只有一格
});

law(
  "尺子：一段接一段，不漏不重，桶号和 T5 一样",
  fc.property(fc.integer({ min: 1, max: 300 }), fc.boolean(), fc.boolean(), (farthest, future, bidirectional) => {
    const found = lesson.spans("尺子", farthest, { future, bidirectional });
    let next = future ? 1 : 0;
    for (const { from, to, bucket } of found) {
      assert.equal(from, next);
      for (let t = from; t <= to; t++) assert.equal(t5Bucket(future ? -t : t, { bidirectional }), bucket);
      next = to + 1;
    }
    assert.equal(next, farthest + 1);
  }),
);

law(
  "没训练过的桶：训练得够长就没有，训练得短些只会更多",
  fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (trained, length) => {
    const count = lesson.untrainedBuckets(trained, length);
    if (trained >= length) assert.equal(count, 0);
    if (trained > 1) assert.ok(lesson.untrainedBuckets(trained - 1, length) >= count);
  }),
);

Deno.test("总图：扔掉的画空框，绝对的用位置的颜色；大的表缩小，文件不跟着长", () => {
  const picture = (L: number) => {
    const tokens = lesson.randomTokens({ L, d: 4, seed: 1 }), some = L === 5 ? rows : [0, L - 1];
    const one = lesson.dissect({ ...tokens, encoding: sinusoidal({ dimension: 4 }) }, some);
    const two = lesson.dissect({ ...tokens, encoding: shaw(table(1, 5)) }, some);
    return drawTermPanels([{ ...one, note: "8130(7)" }, { ...two, note: "8130(4)" }], { says: "两行" });
  };
  const { svg, height } = picture(5);
  assert.equal(svg.match(/<image/g)!.length, 4 + 2);
  assert.equal(svg.match(/stroke-dasharray/g)!.length, 2);
  assert.equal(svg.match(/#D55E00/gi)!.length, 3);
  assert.ok(height < 200);
  assert.ok(picture(700).svg.length < 2 * svg.length);
  assert.throws(() => drawTermPanels([], { says: "空" }), /无法画四项：需要至少一种编码/);
});

Deno.test("总图：多于 44 列的，几列并成一列，取平均", () => {
  const { kinds } = lesson.dissect({ ...x, encoding: sinusoidal({ dimension: 4 }) }, rows);
  const picture = (values: number[]) => {
    const terms = Object.fromEntries(lesson.termNames.map((name) => [name, matrix([values])]));
    return drawTermPanels([{ name: "一行", note: "", kinds, shift: 0, trace: { terms } as never }], { says: "一行" })
      .svg;
  };
  const ramp = Array.from({ length: 44 }, (_, c) => c - 20);
  assert.equal(picture(ramp.flatMap((v) => [v + 3, v - 3])), picture(ramp));
  assert.notEqual(picture(ramp.toReversed()), picture(ramp));
});

Deno.test("尺子图：桶号写得下才写；旋钮没通过就不画", () => {
  const { svg } = drawRulers(lesson.spans("因果", 160, { bidirectional: false }), { says: "一把" });
  assert.match(svg, />16</);
  assert.doesNotMatch(svg, />13</); // 只有十来个像素宽
  assert.throws(() => drawRulers([], { says: "空" }), /无法画尺子：需要至少一段/);
  assert.throws(() => knobs({ L: 0 }), KnobError);
  assert.throws(() => drawRulers(lesson.spans("过去", 4), { says: "一把" }), KnobError);
  knobs({ L: 4 });
});

const log = (t: number) => Math.log(t / 8) / Math.log(16) * 8;
const bucket = (far: (t: number) => number, future = 16): lesson.BucketOf => (distance) => {
  const t = Math.abs(distance);
  return (t < 8 ? t : Math.min(15, far(t))) + (distance < 0 ? future : 0);
};
const judge = (answer: lesson.BucketOf) => marked(answer, lesson.bucketProperties, [3]);

const right: Array<[string, string]> = [
  ["21-1 一项一项加", marked(6 + 1 - 3 + 0.5, lesson.handProperties)],
  ["21-1 先合并", marked((2 - 1) * 3 + (2 + 1) * 0.5, lesson.handProperties)],
  ["21-2 起点 46 再加 1", marked(47, lesson.enoughProperties)],
  [
    "21-2 数出来",
    marked(upTo64((n) => lesson.untrainedBuckets(n, 64) === 0), lesson.enoughProperties),
  ],
  ["21-3 照代码写", judge(bucket((t) => 8 + Math.floor(log(t) + 1e-9)))],
  ["21-3 查起点的表", judge(bucket((t) => 7 + [8, 12, 16, 23, 32, 46, 64, 91].filter((edge) => edge <= t).length))],
];

function upTo64(holds: (n: number) => boolean): number {
  return Array.from({ length: 64 }, (_, n) => n + 1).find(holds)!;
}

for (const [name, line] of right) {
  Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["21-1 忘了 u", marked(7.5, lesson.handProperties), /u 那一项算进去了”不成立.*u·k = −3/],
  ["21-1 忘了 v", marked(4, lesson.handProperties), /和跑一遍一样”不成立：量到 −0\.5/],
  ["21-1 忘了 q·R", marked(3.5, lesson.handProperties), /和跑一遍一样”不成立.*一项一项加/],
  ["21-2 训练满 64 个", marked(64, lesson.enoughProperties), /再少一个词元就有新桶”不成立.*还能再小/],
  ["21-2 忘了 L − 1", marked(46, lesson.enoughProperties), /没有新桶”不成立：量到 2.*再大一些/],
  ["21-2 按 12 号桶的起点", marked(33, lesson.enoughProperties), /没有新桶”不成立/],
  ["21-3 四舍五入", judge(bucket((t) => 8 + Math.round(log(t)))), /起点都对”不成立.*舍去小数/],
  [
    "21-3 译本的 23 → 10",
    judge(bucket((t) => t === 23 ? 10 : 8 + Math.floor(log(t) + 1e-9))),
    /起点都对”不成立：量到 1/,
  ],
  ["21-3 一直四个一桶", judge(bucket((t) => 8 + Math.floor((t - 8) / 4))), /起点都对”不成立/],
  ["21-3 左右不分", judge(bucket((t) => 8 + Math.floor(log(t)), 0)), /比同样远的过去大 16”不成立：量到 16/],
  ["21-3 符号反了", judge((t) => t < 0 ? -t : 16 + t), /一个距离一个桶”不成立.*过去是正数/],
  [
    "21-3 没封顶",
    judge((t) => (Math.abs(t) < 8 ? Math.abs(t) : 8 + Math.floor(log(Math.abs(t)))) + (t < 0 ? 16 : 0)),
    /全进 15 号”不成立.*取小/,
  ],
  ["21-3 返回字符串", judge((() => "8") as never), /出错：需要返回一个数/],
];

for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
}
