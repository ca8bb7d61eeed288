// 第 91 课：判词由读法算出来；三道练习的判分，写得好的过，写坏的说得出哪里坏。
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bill,
  handProperties,
  judge,
  nearOverFar,
  type Reading,
  replyProperties,
  trainedProperties,
  trainedWorst,
} from "@lib/lessons/write_your_reply.ts";
import { independentSpread } from "@lib/limits/decay_random.ts";
import { display } from "@lib/plots/display.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

law(
  "判词：适用的读法全成立是对，全不成立是错，有成有不成是半对，都不适用是不适用",
  fc.property(fc.array(fc.constantFrom("成", "不成", "没有"), { minLength: 1, maxLength: 5 }), (kinds) => {
    const readings = kinds.map((kind, i): Reading => [
      `读法 ${i}`,
      kind === "不成" ? 0.5 : 1e-15,
      1e-9,
      kind === "没有" ? "太短" : true,
    ]);
    const { verdict, holds, fails } = judge("楼主", "一句话", 1, readings);
    const yes = kinds.filter((kind) => kind === "成").length, no = kinds.filter((kind) => kind === "不成").length;
    assert.equal(verdict, yes + no === 0 ? "不适用" : no === 0 ? "对" : yes === 0 ? "错" : "半对");
    assert.deepEqual([holds.length, fails.length], [yes, no]);
  }),
);

Deno.test("不适用的读法写原因，不看它的数；量出来不是数，算不成立", () => {
  const judged = judge("一楼", "一句话", 7, [["甲", NaN, 1e-9, "只有一个词元"], ["乙", NaN, 1e-9]]);
  assert.equal(judged.verdict, "错");
  assert.deepEqual(judged.fails, ["乙"]);
  assert.match(String(judged[display]()["text/plain"]), /甲\s+—\s+只有一个词元\s+不适用/);
  assert.match(String(judged[display]()["text/plain"]), /^一楼：“一句话”　判词：错/);
  assert.deepEqual(bill([judged]), [{
    ...{ 谁: "一楼", 原话: "“一句话”", 判词: "错", 成立的读法: "1 种里 0 种", 细讲: "第 07 课" },
  }]);
  assert.throws(() => judge("一楼", "一句话", 7, []), /无法判一句话：需要至少一种读法：现在一种也没有/);
});

Deno.test("q、k 不相干：近处的分数不比远处散多少，就是两处标准差的比", () => {
  const speeds = Float64Array.from({ length: 32 }, (_, i) => 10000 ** (-i / 32));
  for (const seed of [1, 2, 3]) {
    const ratio = nearOverFar(speeds, seed), [far] = independentSpread([1000], speeds, { draws: 200, seed });
    const [near] = independentSpread([1], speeds, { draws: 200, seed });
    assert.ok(Math.abs(ratio - near! / far!) < 1e-9);
    assert.ok(ratio > 0.8 && ratio < 1.25, `${ratio}`);
  }
});

Deno.test("四个字练、33 个字考：只提一个人全对，还提到两个人对不到六成", () => {
  assert.equal(trainedWorst(0), 1);
  assert.ok(trainedWorst(2) > 0.25 && trainedWorst(2) < 0.6, `${trainedWorst(2)}`);
  assert.throws(() => trainedWorst(7), /无法取真训练过的成绩：这一组旋钮没有存过/);
});

Deno.test("练习 1：cos 2；当成度的、没转键的、正负号反的都说得出", () => {
  for (const answer of [-0.416, -0.4161468]) assert.match(marked(answer, handProperties), /^✓/);
  assert.match(marked(Math.cos(2 * Math.PI / 180), handProperties), /是不是把弧度当成度了/);
  assert.match(marked(0.416, handProperties), /过了直角，cos 是负的/);
  assert.match(marked(Math.cos(3), handProperties), /q 转 3 弧度，k 转 1 弧度/);
});

Deno.test("练习 2：33；差一个的、只看最近一对的都不过", () => {
  assert.match(marked(33, trainedProperties), /^✓/);
  assert.match(marked(32, trainedProperties), /还有距离没见过/);
  assert.match(marked(4, trainedProperties), /还有距离没见过/);
  assert.match(marked(64, trainedProperties), /少一个字也够的话/);
});

const good =
  `一类是加的：ALiBi、T5 在 softmax 之前的分数上加一个数，隔得一样就加同一个，四个词元只有 7 个数。斜率一半的 ALiBi，
第 4 个词看第 1 个扣 1.5。另一类是 RoPE，不加：查询 q 和键 k 各转各的角度，点积里只剩夹角，隔两格是 −0.42。
训练时只有四个字，长了能不能外推，不保证。推导见 8265(9)。`;
const brief =
  "偏置那一类：点积得到分数，Softmax 以前加上偏置，同一距离同一个数，斜率一半时隔 3 格扣 1.5。旋转那一类（RoPE）什么也不加，q 转、k 也转，值不转；隔 1 格是 0.54，隔 2 格是 −0.42。整句平移，分数不变。";

const spaced = [
  `答三件事：(1) 加不加？(2) 加在哪？(3) 数是多少？${good}`,
  good.replace("8265(9)", "8265 的 (9)、公式 8265(9)，RoFormer（2021）"),
  good.replace("查询 q 和键 k", "q_i 和 k_j"),
  good.replace("在 softmax 之前的分数上加一个数", "给每个分数加一个数，加完再做 softmax"),
];

Deno.test("练习 3：几种写法都过", () => {
  for (const reply of [good, brief, ...spaced]) assert.match(marked(reply, replyProperties), /^✓/, reply);
});

Deno.test("练习 3：缺一样，说缺的那一样", () => {
  const worse: Array<readonly [string, RegExp]> = [
    ["看 8130 就懂了。", /八十到八百字/],
    [good.repeat(8), /八十到八百字/],
    [good.replaceAll(/ALiBi|、?T5/g, "它"), /一类是，一类不是/],
    [good.replace("softmax 之前的分数", "词向量"), /不是加在词向量上/],
    [good.replace("查询 q 和键 k", "向量"), /查询 q 和键 k 都转/],
    [
      good.replace(/7 个数|1\.5|−0\.42/g, "几个").replaceAll(/第 \d 个/g, "某个").replace("隔两格是几个", "变小"),
      /抄两个过来/,
    ],
    [good.replace("训练时只有四个字，长了能不能外推，不保证", "所以它有很好的外推性"), /写在同一句里/],
    [good.replace("8265(9)", "式(9)"), /写成 8130\(4\)、8265\(9\)/],
    [good.replace("8265(9)", "(3)式和(4)式"), /写成 8130\(4\)、8265\(9\)/],
    [`${good}RoPE 只用四个字的句子训练，就能外推到任意长。`, /写在同一句里/],
    [`${good}相对编码能外推，这话没错。`, /写在同一句里/],
    [`${good}我保证它能外推。`, /写在同一句里/],
    [`${good}也可以加在权重上。`, /只转查询和键，值不转/],
    [`${good}值 v 也各转一个角度。`, /只转查询和键，值不转/],
    [
      good.replace("7 个数", "几个数").replace("扣 1.5", "扣得多，数见第 01 课和第 30 课").replace("−0.42", "负的")
        .replaceAll(/第 \d 个/g, "某个"),
      /抄两个过来/,
    ],
  ];
  for (const [reply, reason] of worse) assert.match(marked(reply, replyProperties), reason, reply);
});
