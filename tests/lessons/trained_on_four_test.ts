// 第 40 课：数的、训练的材料过定律；练习的对错都判得出、说得清。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { t5Bucket } from "@lib/encodings/t5.ts";
import * as runs from "@lib/lessons/greeting_runs.ts";
import { unseenShare } from "@lib/lessons/start.ts";
import * as lesson from "@lib/lessons/trained_on_four.ts";
import { multiply, row } from "@lib/matrix.ts";
import { softmax } from "@lib/softmax.ts";
import { greeting } from "@lib/training/greeting.ts";
import { compiled } from "@lib/training/objective.ts";
import { built } from "@lib/training/setting.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const lengths = fc.integer({ min: 1, max: 60 }), trainedOn = fc.integer({ min: 1, max: 20 });

law(
  "没见过的对：和一格一格数的一样；双向的和第 00 课的公式一样",
  fc.property(lengths, trainedOn, fc.boolean(), (length, trained, causal) => {
    let all = 0, unseen = 0;
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < (causal ? i + 1 : length); j++) all++, unseen += Math.abs(i - j) >= trained ? 1 : 0;
    }
    assert.ok(Math.abs(lesson.unseenPairs(length, trained, causal) - unseen / all) < 1e-12);
    if (!causal) assert.ok(Math.abs(lesson.unseenPairs(length, trained, false) - unseenShare(length, trained)) < 1e-12);
  }),
);

law(
  "用得到的桶：每一对的桶都在里面，没有多的",
  fc.property(lengths, (length) => {
    const used = lesson.bucketsUsed(length), seen = new Set<number>();
    for (let i = 0; i < length; i++) for (let j = 0; j < length; j++) seen.add(t5Bucket(i - j));
    assert.deepEqual([...used].sort((a, b) => a - b), [...seen].sort((a, b) => a - b));
  }),
);

law(
  "冲淡：和 softmax 跑出来的一样",
  fc.property(lengths, fc.double({ min: -20, max: 20, noNaN: true }), (length, gap) => {
    const scores = new Float64Array(length), weights = new Float64Array(length);
    scores[0] = gap;
    assert.ok(Math.abs(softmax(scores, weights)[0]! - lesson.diluted(length, gap)) < 1e-12);
  }),
);

Deno.test("五楼的例子：79.9 % 和 77.5 %，7 个桶和 25 个桶，.870 到 .005", () => {
  assert.deepEqual([false, true].map((causal) => (100 * lesson.unseenPairs(33, 4, causal)).toFixed(1)), [
    "79.9",
    "77.5",
  ]);
  assert.deepEqual([4, 33].map((n) => lesson.bucketsUsed(n).size), [7, 25]);
  assert.deepEqual([4, 33, 4096].map((n) => lesson.diluted(n, 3).toFixed(3)), ["0.870", "0.386", "0.005"]);
});

const tiny = { task: "greeting", length: 4, steps: 3, dimension: 8, batch: 8 } as const;

Deno.test("没收到梯度的行正好没动：T5 六个桶，训练式四行，原话里没有的两个字", () => {
  const still = (moves: readonly number[]) => moves.flatMap((by, n) => by === 0 ? [n] : []);
  const buckets = runs.trained({ encoding: "T5", ...tiny }, 2).moved["bucketTable"]!;
  assert.deepEqual(buckets.flatMap((by, n) => by > 0 ? [n] : []), [0, 1, 2, 3, 17, 18]);
  const rows = runs.trained({ encoding: "learned", ...tiny, lengths: [9] }, 2).moved["positionTable"]!;
  assert.deepEqual(still(rows), [4, 5, 6, 7, 8]);
  const posted = runs.trained({ encoding: "NoPE", ...tiny, task: { name: "greeting", posted: true } }, 2);
  const { vocabulary } = greeting();
  assert.deepEqual(still(posted.moved["embedding"]!).map((n) => vocabulary[n]), ["主", "二", undefined]);
});

Deno.test("读一句话：双向，和训练的图同一组参数；不认得的字说出来", () => {
  const model = runs.trained({ encoding: "RoPE", ...tiny }, 1);
  const at = (n: number, start: number) =>
    row(attention({ ...runs.reading(model, runs.sentence(n, start)), queryRows: [start + 3] }).scores, 0);
  const short = at(4, 0), long = at(40, 30);
  [0, 1, 2, 3].forEach((k) => assert.ok(Math.abs(short[k]! - long[30 + k]!) < 1e-9)); // 平移不变
  assert.equal(attention(runs.reading(model, "你好三楼")).weights.data.filter((w) => w === 0).length, 0); // 看得见后面
  assert.throws(() => runs.reading(model, "五楼你好"), /需要词表里的字（楼主二三四你好）：现在有“五”/);
});

Deno.test("读一句话：算到答案，和训练的图一样", () => {
  const trained = runs.trained({ encoding: "Shaw", ...tiny }, 3), { task, model, encoding } = built(trained.setting);
  const objective = compiled(model, encoding, new Float64Array([0, 1, 2, 3]));
  const tokens = [..."你好二楼"].map((character) => task.vocabulary.indexOf(character));
  const graph = objective.scores(trained.parameters, { count: 1, length: 4, tokens, answers: [-1, 1, -1, -1] });
  const ours = multiply(attention(runs.reading(trained, "你好二楼")).output, trained.parameters["readout"]!);
  objective.dispose();
  graph.forEach((x, n) => assert.ok(Math.abs(x - ours.data[n]!) < 1e-4));
});

Deno.test("一句话：放得下、不叠", () => {
  assert.equal(runs.sentence(4, 0), "三楼你好");
  assert.equal(runs.sentence(10, 0, 8), "三楼你好楼楼楼楼二楼");
  assert.throws(() => runs.sentence(9, 6), RangeError);
  assert.throws(() => runs.sentence(9, 3, 2), /别人和招呼不叠在一起/);
  assert.throws(() => runs.sentence(9, 3, 6), /别人和招呼不叠在一起/);
});

Deno.test("因果的在“好”那里看不见后面，双向的看得见", () => {
  assert.equal(runs.blindness(true, 2), 0);
  assert.ok(runs.blindness(false, 2) > 1e-3);
});

Deno.test("存着的四组：设置对得上，三个种子；四个字的两组是同一次训练", () => {
  const four = { length: 4, steps: 500, lengths: [4, 8, 16, 33, 64, 128] };
  const alone = runs.contest({ task: "greeting", ...four }, false);
  const crowded = runs.contest({ task: { name: "greeting", others: 2 }, ...four }, false);
  const taught = { task: { name: "greeting", others: 2 }, length: 16, lengths: [16, 33, 64, 128] } as const;
  const posted = { task: { name: "greeting", posted: true }, ...four } as const;
  for (const one of [alone, crowded, runs.contest(taught, false)]) {
    assert.deepEqual([one.when, one.entries.length], [true, 9]);
  }
  assert.equal(runs.contest(posted, false, ["NoPE", "T5", "RoPE"]).when, true);
  const second = { steps: 0, task: { name: "greeting", others: 2 } } as const; // 对照：16 个字，训练时没有别人
  const control = runs.contest({ task: "greeting", length: 16, lengths: [16, 33, 64, 128], second }, false, ["RoPE"]);
  assert.ok(Math.max(...runs.marks(control, "RoPE", 33)) < 0.65);
  alone.entries.forEach(({ training }, n) =>
    assert.deepEqual(
      training.runs.map(({ curve }) => curve),
      crowded.entries[n]!.training.runs.map(({ curve }) => curve),
    )
  );
  assert.deepEqual(runs.sheet(runs.contest({ task: "greeting", ...four }, false, ["RoPE"]), [4, 33]), [
    { 编码: "RoPE", "4 个字": "1.00 ± .00", "33 个字": "1.00 ± .00" },
  ]);
});

Deno.test("换了旋钮重跑：有数，可是课里的话不拿它核对", () => {
  const own = runs.contest({ task: "greeting", length: 4, steps: 2, lengths: [4], trials: 4 }, true, ["NoPE"]);
  assert.equal(runs.marks(own, "NoPE", 4).length, 3);
  assert.equal(Object.keys(runs.sheet(own, [4])[0]!).join(), "编码,4 个字");
  assert.match(
    String(own.when),
    /换了旋钮现场训练的，这句话是照存着的写的（最近的一次差 3 处：.*steps 是 500，现在是 2/,
  );
});

Deno.test("缺一份就一份也不给；没学会的种子不算", () => {
  const none = runs.contest({ task: "greeting", length: 4, steps: 501, lengths: [4] }, false);
  assert.deepEqual([none.entries.length, runs.marks(none, "RoPE", 4), runs.learnt(none)], [0, [], []]);
  assert.match(none.says, /^NoPE：这一组旋钮没有存过.*这一格 9 份，重跑一共大约 \d\d+ 秒。$/);
  const [one] = runs.contest({ task: "find", length: 16 }, false, ["RoPE"]).entries;
  const run = (share: number, seed: number) => ({
    seed,
    curve: [1],
    accuracy: [share, 0.5, 0.4, 0.3, 0.2 + seed / 10],
  });
  const made = {
    when: true as const,
    says: "",
    entries: [{ ...one!, training: { ...one!.training, runs: [run(1, 1), run(0.3, 0), run(1, 3)] } }],
  };
  assert.deepEqual(runs.learnt(made).map(({ seeds, worst }) => [seeds, worst.at(-1)]), [[2, 0.2 + 1 / 10]]);
  assert.throws(() => runs.marks(made, "T5", 16), /无法查成绩：需要考过的一份：现在是 T5/);
  assert.throws(() => runs.contest({ task: "find", length: 16 }, false, ["rope"]), /需要认得的编码：现在是 rope/);
});

const judge = (gap: lesson.Gap) => marked(lesson.written(gap), lesson.gapProperties, [33, 0.5]);

const right: Array<[string, string]> = [
  ["40-1 数出来", marked(11, lesson.bucketProperties)],
  ["40-1 照式子", marked(2 * 6 - 1, lesson.bucketProperties)],
  ["40-2 数出来", marked(182, lesson.tenthProperties)],
  ["40-2 照式子", marked(Math.ceil(1 + 9 * Math.exp(3)), lesson.tenthProperties)],
  ["40-3 对数", judge((n, w) => Math.log(w * (n - 1) / (1 - w)))],
  ["40-3 拆开写", judge((n, w) => Math.log(n - 1) + Math.log(w) - Math.log1p(-w))],
];
for (const [name, line] of right) Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));

const wrong: Array<[string, string, RegExp]> = [
  ["40-1 只数了往前看", marked(6, lesson.bucketProperties), /量到 −5.*自己看自己也算/],
  ["40-1 当成 2n", marked(12, lesson.bucketProperties), /量到 1，.*距离从 −5 到 5/],
  ["40-2 少一个", marked(181, lesson.tenthProperties), /不到 0\.1”不成立：量到 0\.100.*再大一些/],
  ["40-2 大了", marked(512, lesson.tenthProperties), /少一个字，就还有 0\.1”不成立.*还能小/],
  ["40-2 没取整", marked(181.77, lesson.tenthProperties), /是整数”不成立/],
  ["40-3 和长度无关", judge(() => 3), /33 个字，要占 0\.5.*量到 −0\.11.*绝对值 ≤ 1e-9/],
  ["40-1 写成字", marked("11" as never, lesson.bucketProperties), /要写一个数，不带引号/],
  ["40-1 写成一串", marked([11] as never, lesson.bucketProperties), /要写一个数/],
  ["40-2 写成字", marked("182" as never, lesson.tenthProperties), /要写一个数，不带引号/],
  ["40-3 只对一半", judge((n) => Math.log(n - 1)), /4 个字，要占 0\.87.*一半的对了/],
  ["40-3 写反了", judge((n, w) => Math.log((1 - w) / w * (n - 1))), /4 个字，要占 0\.87.*写反了/],
  ["40-3 写了一半", judge((n, w) => n > 9 ? Math.log(w / (1 - w) * (n - 1)) : undefined), /（4, 0\.87）进去，没有返回/],
  ["40-3 样本那一组没有返回", judge((n) => n === 33 ? undefined : 3), /出错：（33, 0\.5）进去，没有返回/],
  ["40-3 空桩", judge(() => undefined), /^✎ 练习：还没写/],
  ["40-3 把 n − 1 写成 n", judge((n, w) => Math.log(w * n / (1 - w))), /33 个字，要占 0\.5.*32 份/],
  ["40-3 返回字符串", judge(() => "3" as never), /出错：要返回一个有限的数/],
];
for (const [name, line, reason] of wrong) Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
