// 第 42 课：八种办法各改了哪几对，新角度，冲淡，训练的设置和成绩单；三道练习的判分。
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  alphaProperties,
  dilution,
  edits,
  freshPairs,
  handProperties,
  type Kept,
  keptProperties,
  markOf,
  resultsOf,
  sheetOf,
  sheetTitle,
  small,
  stretchedRun,
  stretchedRuns,
  titled,
  tried,
  weightOfOne,
  whenOf,
} from "@lib/lessons/stretch.ts";
import { turnsInWindow } from "@lib/scaling/by_parts.ts";
import { plain } from "@lib/scaling/scaled.ts";
import { softmax } from "@lib/softmax.ts";
import { keyOf } from "@lib/training/saved.ts";
import { settled } from "@lib/training/setting.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const llama2 = { d: 128, base: 10000, L: 4096, s: 4 }, before = plain({ dimension: 128 }).inverseFrequencies;

law(
  "每种办法都只会慢，不会快；最慢 s 倍（动态 NTK 是 s² − s + 1 倍，p-RoPE 不转）；s = 1 就不动",
  fc.property(
    fc.record({
      d: fc.integer({ min: 2, max: 64 }).map((pairs) => 2 * pairs),
      base: fc.double({ min: 2, max: 1e6, noNaN: true }),
      L: fc.integer({ min: 7, max: 8192 }),
      s: fc.integer({ min: 1, max: 16 }),
    }),
    (given) => {
      const was = plain({ dimension: given.d, base: given.base }).inverseFrequencies, { s } = given;
      for (const [name, { inverseFrequencies, attentionFactor }] of Object.entries(edits(given))) {
        const slowest = name === "动态 NTK" ? s * s - s + 1 : name === "p-RoPE" ? Infinity : s;
        inverseFrequencies.forEach((speed, i) => {
          assert.ok(speed <= was[i]! * (1 + 1e-9) && speed >= was[i]! / slowest * (1 - 1e-9), `${name} 第 ${i} 对`);
        });
        assert.ok(attentionFactor >= 1);
        if (s === 1) assert.equal(attentionFactor, 1);
      }
    },
  ),
);

Deno.test("LLaMA-2 拉长 4 倍：每种办法不动的对数、慢足 4 倍的对数、新角度的对数", () => {
  const counts = Object.fromEntries(
    Object.entries(edits(llama2)).map(([name, { inverseFrequencies: after }]) => {
      const times = after.map((speed, i) => before[i]! / speed);
      const [same, full] = [1, 4].map((t) => times.filter((x) => Math.abs(x - t) < 1e-9).length);
      return [name, [same, full, freshPairs(before, after, llama2)]];
    }),
  );
  assert.deepEqual(counts, {
    PI: [0, 64, 0],
    NTK: [1, 1, 17],
    "动态 NTK": [1, 0, 0],
    "NTK-by-parts": [21, 18, 0],
    YaRN: [21, 18, 0],
    llama3: [36, 18, 0],
    LongRoPE: [22, 21, 0],
    "p-RoPE": [48, 0, 2],
  });
});

Deno.test("新角度：照定义，训练时最远的角和拉长以后最远的角，一对一对比", () => {
  const after = before.map((speed, i) => speed / (1 + i / 20)), { L, s } = llama2;
  let count = 0;
  before.forEach((speed, i) => {
    if (L * speed < 2 * Math.PI && s * L * after[i]! > L * speed) count++;
  });
  assert.ok(count > 0 && count < 18);
  assert.equal(freshPairs(before, after, llama2), count);
  assert.throws(() => freshPairs(before, after.slice(1), llama2), /需要 64 个数/);
  assert.equal(edits({ ...llama2, L: 1 }).LongRoPE!.inverseFrequencies.length, 64); // 一个词元也画得出
});

law(
  "冲淡：就是 softmax 的第一格",
  fc.property(fc.double({ min: -5, max: 20, noNaN: true }), fc.integer({ min: 1, max: 60 }), (lead, count) => {
    const scores = Float64Array.from({ length: count }, (_, i) => i === 0 ? lead : 0);
    assert.ok(Math.abs(softmax(scores, new Float64Array(count))[0]! - weightOfOne(lead, count)) < 1e-12);
  }),
);

Deno.test("冲淡的三条线：手算 n = 64，s = 4", () => {
  const lines = dilution(3, 16), at = (n: number) => lines.map(({ values }) => values[n]!);
  assert.deepEqual(lines[0]!.x.slice(0, 3), [16, 32, 64]);
  assert.equal(new Set(at(0).map((x) => x.toFixed(12))).size, 1); // n = 16 时三条一样
  const [e, a] = [Math.exp, 1 + 0.1 * Math.log(4)];
  [3, 3 * a * a, 4.5].forEach((lead, n) => assert.ok(Math.abs(at(2)[n]! - e(lead) / (e(lead) + 63)) < 1e-12));
});

Deno.test("小模型：第 0、1、2 对各慢几倍；新角度几对", () => {
  const slower = Object.fromEntries(
    Object.entries(small).map(([name, { inverseFrequencies: after }]) => [
      name,
      [0, 1, 2].map((i) => Number((small.不拉长.inverseFrequencies[i]! / after[i]!).toFixed(3))),
    ]),
  );
  assert.deepEqual(slower, {
    不拉长: [1, 1, 1],
    PI: [4, 4, 4],
    NTK: [1, 1.097, 1.203],
    YaRN: [1, 1.6, 4],
    "YaRN，不调温度": [1, 1.6, 4],
  });
  assert.equal(small["YaRN，不调温度"].attentionFactor, 1);
  assert.equal(turnsInWindow(small.不拉长.inverseFrequencies, 16).filter((r) => r < 1).length, 14);
});

Deno.test("训练的设置：各次钥匙不同，都存着；第二段是那一串角频率，64 个词元", () => {
  const keys = stretchedRuns.map((one) => keyOf(settled(stretchedRun(...one))));
  assert.equal(new Set(keys).size, stretchedRuns.length);
  const { second } = settled(stretchedRun("YaRN", 100));
  assert.deepEqual([second!.length, second!.steps, second!.task], [64, 100, { name: "copy", back: 3 }]);
  assert.deepEqual(second!.encoding, {
    name: "RoPE",
    frequencies: [...small.YaRN.inverseFrequencies],
    attentionFactor: small.YaRN.attentionFactor,
  });
  assert.deepEqual(settled(stretchedRun("PI", 0, 12)).second!.task, { name: "copy", back: 12 });
  assert.equal(settled(stretchedRun("不拉长", 100)).second!.encoding.name, "RoPE");
  assert.ok(!("second" in settled(stretchedRun("不拉长", 0))));
});

Deno.test("成绩单：和存着的对得上；没有的一次、没考的长度是 NaN", () => {
  const results = resultsOf(false), { entries, when } = results;
  assert.deepEqual([entries.length, when], [stretchedRuns.length + 1, true]);
  assert.match(results.says, /^11 次，各 3 个种子，存着的$/);
  const pi = entries.find(({ method, steps, asked }) => method === "PI" && steps === 0 && asked === 12)!;
  const mean = pi.training.runs.reduce((sum, { accuracy }) => sum + accuracy[2]!, 0) / 3;
  assert.ok(Math.abs(markOf(results, "PI", 0, 64, 12).mean - mean) < 1e-12);
  assert.ok(Number.isNaN(markOf(results, "PI", 7, 64).mean) && Number.isNaN(markOf(results, "PI", 0, 65).mean));
  const [row] = sheetOf(results, [["PI", 0, 12]], [64]);
  assert.equal(row!["办法"], "PI，考往回抄 12 个");
  assert.match(row!["64 个"]!, new RegExp(`^${mean.toFixed(2)} ± 0\\.\\d\\d$`));
});

Deno.test("换了旋钮：没有存过的不给数，不下结论；重跑的时间是全部的和", () => {
  const none = resultsOf(false, { steps: 20, seeds: [1] });
  assert.deepEqual([none.entries.length, none.seeds, none.when], [0, 0, "有一次没有存过，也没有重跑"]);
  assert.match(
    none.says,
    /^11 次里缺 11 次。不拉长，0 步：这一组旋钮没有存过。.*这一格 11 次，重跑一共大约 \d+ 秒：写 重跑 = true。$/,
  );
  assert.equal(none.says.match(/大约/g)!.length, 1);
  assert.ok(Number(/一共大约 (\d+) 秒/.exec(none.says)![1]) > 11); // 十一次的和，不是一次的
  assert.deepEqual(sheetOf(none, [["PI", 0], ["NTK", 0]], [16, 64]), [{ 没有数: none.says }]);
  assert.equal(sheetTitle(none), "往回抄 3 个，训练 16 个词元，拉长 4 倍");
  assert.equal(titled(none, "PI 最差"), `这里不下结论：${none.when}`);
});

Deno.test("缺一次：那一格写没有数，别的照写；换了旋钮现场训练的，有数，断言不适用", () => {
  const all = resultsOf(false), { training } = all.entries[0]!, one = { training, says: "存着的", own: true };
  const [row] = sheetOf({ ...all, entries: all.entries.slice(0, 1) }, [["PI", 0]], [64]);
  assert.equal(row!["64 个"], "没有数");
  assert.equal(sheetOf(all, [["PI", 7], ["PI", 0]], [64])[0]!["64 个"], "没有数");
  assert.equal(whenOf([one, one]), true);
  assert.equal(whenOf([one, { says: "没有存过", own: false }]), "有一次没有存过，也没有重跑");
  assert.match(String(whenOf([one, { ...one, own: false }])), /^换了旋钮现场训练的.*1500 步、种子 1、2、3/);
  assert.deepEqual([training.setting.steps, training.setting.seeds], [1500, [1, 2, 3]]); // 那句话说的
});

const judge = (kept: Kept) => marked(tried(kept), keptProperties, [2, 4, 1, 32]);
const ramp: Kept = (turns, factor, slow, fast) =>
  turns > fast ? 1 : turns <= slow ? 1 / factor : 1 / factor + (1 - 1 / factor) * (turns - slow) / (fast - slow);

const right: Array<[string, string]> = [
  ["1", marked(0.305, handProperties)],
  ["1 两位小数", marked(0.3, handProperties)],
  ["1 另一种两位", marked(0.31, handProperties)],
  ["1 代进式子", marked(0.25 + 0.75 * ((2048 * 0.01) / (2 * Math.PI) - 1) / 31, handProperties)],
  ["2", marked(7, alphaProperties)],
  ["2 往上取整", marked(Math.ceil(4 ** (126 / 92)), alphaProperties)],
  ["3 先判两头", judge(ramp)],
  ["3 门槛上算全压的", judge((...given) => given[0] <= given[2] ? 1 / given[1] : ramp(...given))],
  ["3 门槛上算不动的", judge((...given) => given[0] >= given[3] ? 1 : ramp(...given))],
  [
    "3 先算走了几成，再夹住",
    judge((turns, factor, slow, fast) => {
      const walked = fast === slow ? Number(turns > fast) : Math.min(1, Math.max(0, (turns - slow) / (fast - slow)));
      return (1 - walked) / factor + walked;
    }),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：42-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 写成角频率", marked(0.00305, handProperties), /1\/4 和不动的 1 之间”不成立.*除以原来的/],
  ["1 没数圈，按对数走", marked(0.5, handProperties), /和代进式子的一样”不成立.*先数圈数/],
  ["1 两头弄反", marked(0.945, handProperties), /和代进式子的一样”不成立/],
  ["2 还是 4", marked(4, alphaProperties), /新角度的对数是 0”不成立.*第一对没转完的/],
  ["2 用了动态的 13", marked(13, alphaProperties), /再小 1 就不够.*不成立.*一个一个往上试/],
  ["2 加了引号", marked("7" as never, alphaProperties), /整数”不成立.*不加引号/],
  ["2 带小数", marked(6.7, alphaProperties), /整数”不成立/],
  ["3 快慢弄反", judge((t, f, slow, fast) => t > fast ? 1 / f : t < slow ? 1 : 0.5), /快的门槛多.*不成立.*走过很多遍/],
  ["3 全除", judge((_, f) => 1 / f), /快的门槛多.*不成立/],
  ["3 全不动", judge(() => 1), /慢的门槛：除以倍数.*不成立.*全压下去/],
  ["3 中间取平均", judge((t, f, slow, fast) => t > fast ? 1 : t < slow ? 1 / f : (1 + 1 / f) / 2), /走直线.*不成立/],
  [
    "3 除以 0",
    judge((t, f, slow, fast) => {
      const walked = Math.min(1, Math.max(0, (t - slow) / (fast - slow || NaN)));
      return (1 - walked) / f + walked;
    }),
    /两个门槛相等.*不成立.*除以 0/,
  ],
  [
    "3 正好在门槛上除以 0",
    judge((t, f, slow, fast) => t > fast ? 1 : t < slow ? 1 / f : 1 / f + (1 - 1 / f) * (t - slow) / (fast - slow)),
    /两个门槛相等.*不成立.*正好等于门槛/,
  ],
  ["3 快的门槛写死 32", judge((t, f, slow) => ramp(t, f, slow, 32)), /快的门槛多.*不成立.*参数 slow、fast/],
  ["3 慢的门槛写死 1", judge((t, f, _, fast) => ramp(t, f, 1, fast)), /慢的门槛.*不成立.*参数 slow、fast/],
  ["3 只写了慢的一头", judge((t, f, slow) => t < slow ? 1 / f : undefined), /没有返回：\(2, 4, 1, 32\)/],
  [
    "3 只漏了中间",
    judge((t, f, slow, fast) => t > fast ? 1 : t < slow ? 1 / f : undefined),
    /没有返回：\(2, 4, 1, 32\)/,
  ],
  ["3 返回字符串", judge((() => "1") as never), /需要返回一个数/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：42-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：42", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));
