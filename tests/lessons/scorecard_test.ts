// 第 39 课：成绩单分组、四格、窗口里的账，练习的对错都判得出、说得清。
import assert from "node:assert/strict";
import fc from "fast-check";
import { family, familyNames } from "@lib/bench/family.ts";
import { measure, type Measurement } from "@lib/bench/measure.ts";
import { nope } from "@lib/encoding.ts";
import { clipBias } from "@lib/encodings/clip_bias.ts";
import { rope } from "@lib/encodings/rope.ts";
import * as lesson from "@lib/lessons/scorecard.ts";
import { drawReleased, kindNames } from "@lib/lessons/scorecard_pictures.ts";
import { countReleased, kinds, releasedModels } from "@lib/models/released.ts";
import { KnobError, knobs } from "@lib/notebook/knobs.ts";
import { printed } from "../notebook/printed.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const card = lesson.familyCard({ L: 4, d: 8, seed: 1 });
const named = (name: string) => lesson.pick(card, [name])[0]!;

Deno.test("三张图合起来就是全家，一个不重；挑行照点名的次序", () => {
  assert.deepEqual(Object.values(lesson.groups).flat(), familyNames);
  assert.deepEqual(Object.values(lesson.groups).map((names) => names.length), [8, 11, 6]);
  assert.deepEqual(lesson.pick(card, ["T5", "NoPE"]).map(({ name }) => name), ["T5", "NoPE"]);
});

Deno.test("L 超过 32：按 32 量，并且说出来；不超过就照 L 量，不说", () => {
  let long: Measurement[] = [];
  const lines = printed(() => void (long = lesson.familyCard({ L: 40, d: 4, seed: 1 })));
  assert.match(String(lines), /L = 40 超过 32：成绩单按训练长度 32 量，拉长到 2048/);
  const rope32 = measure(rope({ dimension: 4 }), { L: 32, d: 4, seed: 1 });
  assert.deepEqual(lesson.pick(long, ["RoPE"])[0], rope32);
  const quiet = printed(() => void lesson.familyCard({ L: 3, d: 4, seed: 1 }));
  assert.equal(String(quiet), "");
  const other = lesson.familyCard({ L: 4, d: 8, seed: 2 }),
    order = (rows: Measurement[], name: string) => lesson.pick(rows, [name])[0]!.order.measured;
  for (const name of ["T5", "RoPE"]) assert.notEqual(order(card, name), order(other, name)); // 参数、内容都跟着种子
  assert.ok(card.every(({ stretch }) => stretch[2]!.defined)); // 表都够长
});

Deno.test("蓝格：NoPE 8 个最多；改了读数，个数就变", () => {
  assert.equal(lesson.blueCells(named("NoPE")), 8);
  assert.ok(card.every((one) => one.name === "NoPE" || lesson.blueCells(one) < 8));
  const worse = { ...named("NoPE"), shift: { measured: 1, tolerance: 1e-9 } };
  assert.equal(lesson.blueCells(worse), 7);
  assert.equal(lesson.isRelative(worse), false);
  assert.equal(lesson.isRelative({ ...worse, shift: { measured: undefined, tolerance: 1e-9 } }), false);
});

Deno.test("拉长三堆：看不见位置的不算，平移变的不算，算不出的单放", () => {
  const piles = lesson.stretchedPiles(card), all = [...piles.seen, ...piles.partly, ...piles.lost];
  for (const name of ["NoPE", "VO-RoPE", "learned", "sinusoidal", "FIRE"]) assert.ok(!all.includes(name), name);
  assert.deepEqual(piles.seen, []); // 训练 4 个词元，截断在 16 的也没见全
  const short = measure(clipBias([0, 1, 2]), { L: 4, d: 8 });
  const stuck = { ...named("ALiBi"), stretch: named("ALiBi").stretch.map((one) => ({ ...one, unseen: undefined })) };
  assert.deepEqual(lesson.stretchedPiles([short, stuck, named("RoPE")]), {
    seen: ["clip"],
    partly: ["RoPE"],
    lost: ["ALiBi"],
  });
});

Deno.test("四格：每种编码正好在一格里；有没有要学的数，和文件里写的一致", () => {
  const cells = lesson.fourCells(card), all = cells.flatMap(({ names }) => names);
  assert.deepEqual(all.toSorted(), familyNames.filter((name) => name !== "NoPE").toSorted());
  assert.deepEqual(cells.map(({ 平移, 要学的数 }) => `${平移}${要学的数}`), [
    "不变（相对）没有",
    "不变（相对）有",
    "变（绝对）没有",
    "变（绝对）有",
  ]);
  // 手写的一份：公式里没有要学的数的。
  const fixed = ["sinusoidal", "ALiBi", "Sandwich", "RoPE", "partial RoPE", "p-RoPE", "xPos", "VO-RoPE"];
  assert.deepEqual(familyNames.filter((name) => name !== "NoPE" && !lesson.hasParameters(name)), fixed);
  assert.deepEqual(cells[2]!.names, ["sinusoidal"]);
});

law(
  "名字排成几行：一行最多 6 个，一个不丢，个数只印一次",
  fc.property(
    fc.array(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b") }), { maxLength: 20 }),
    (names) => {
      const rows = lesson.nameRows({ 堆: "甲" }, names), words = rows.map((row) => String(row["是谁"]).split("、"));
      assert.deepEqual(words.flat().filter((word) => word !== ""), names);
      assert.ok(words.every((line) => line.length <= 6));
      assert.deepEqual(rows.flatMap((row) => row["几种"] ?? []), [names.length]);
      assert.deepEqual(rows.map((row) => row["堆"]).join(""), "甲");
    },
  ),
);

const sizes = fc.integer({ min: 1, max: 300 });

law(
  "装窗口：加起来是 L，每篇不超过一篇的长度，只有最后一篇可以短；练到的距离是两者里小的",
  fc.property(sizes, sizes, (length, document) => {
    const documents = lesson.packed(length, document), pairs = lesson.pairsByDistance(documents);
    assert.equal(documents.reduce((a, b) => a + b), length);
    assert.ok(documents.slice(0, -1).every((size) => size === document) && documents.at(-1)! <= document);
    assert.equal(pairs.length, length);
    assert.equal(pairs.filter((count) => count > 0).length, Math.min(length, document));
  }),
);

law(
  "每个距离几对：和一对一对数的一样",
  fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), (documents) => {
    const counted = new Float64Array(documents.reduce((a, b) => a + b));
    for (const size of documents) {
      for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) counted[i - j]!++;
    }
    assert.deepEqual(lesson.pairsByDistance(documents), counted);
  }),
);

Deno.test("三笔账：手算 16 个字、4 个字一篇，练到 4 种，打 40 次分；写满是 136 次", () => {
  assert.deepEqual(Object.values(lesson.windowLine(16, 4)), [16, 4, 4, "25 %", 40]);
  assert.deepEqual(Object.values(lesson.windowLine(16, 99)), [16, 99, 16, "100 %", 136]);
  assert.deepEqual(Object.values(lesson.windowLine(4096, 256)).slice(2, 4), [256, "6.25 %"]);
});

law(
  "越聊越长：丢掉的加留下的是全部；没练过的对和一对一对数的一样",
  fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), (length, turn) => {
    const [line] = lesson.chatLines(length, [turn]), total = line!.一共几个字;
    assert.equal(total, turn * Math.ceil(length / 4));
    assert.equal(line!["只留 L 个，丢掉"], Math.max(0, total - length));
    let beyond = 0;
    for (let i = 0; i < total; i++) for (let j = 0; j <= i; j++) if (i - j >= length) beyond++;
    assert.equal(line!["一个不丢，没练过的对"], beyond);
    assert.ok(Math.abs(parseFloat(line!.占几成) - 200 * beyond / (total * (total + 1))) < 0.06);
  }),
);

Deno.test("找第一个词元：手算 e³ / (e³ + n − 1)；句子越长，给它的越少", () => {
  for (const n of [2, 33, 512]) {
    assert.ok(Math.abs(lesson.weightOnFirst(nope, n) - Math.exp(3) / (Math.exp(3) + n - 1)) < 1e-12);
  }
  const clip = clipBias([0, 0, 2, 1, 0]), e = Math.E;
  assert.ok(Math.abs(lesson.weightOnFirst(clip, 4) - e ** 3 / (e ** 3 + 1 + e + e ** 2)) < 1e-12);
});

Deno.test("图：每一格的数都是从清单数的，合计也是；八类都有名字", () => {
  const { svg, text } = drawReleased({ says: "清单" });
  assert.equal(text, "清单");
  const words = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, word]) => word);
  const shown = words.filter((word) => /^\d{1,2}$/.test(word!)).map(Number).toSorted((a, b) => a - b);
  const years = [...new Set(releasedModels.map(({ year }) => year))];
  const cells = kinds.flatMap((kind) => years.map((year) => countReleased([kind], year, year))).filter((n) => n > 0);
  const totals = kinds.map((kind) => countReleased([kind]));
  assert.deepEqual(shown, [...cells, ...totals].toSorted((a, b) => a - b));
  assert.ok(kinds.every((kind) => words.includes(kindNames[kind])));
  assert.match(svg, /手挑的 80 行，不是普查/);
});

Deno.test("拒绝：长度、名字、篇幅、轮数", () => {
  assert.throws(() => lesson.familyCard({ L: 0, d: 4, seed: 1 }), /无法定长度：需要/);
  assert.throws(() => lesson.pick(card, ["rope"]), /无法挑成绩单：需要成绩单上的一个名字：现在是字符串 "rope"/);
  assert.throws(() => lesson.hasParameters("rope"), /无法造全家/);
  assert.throws(() => lesson.packed(4, 0), /无法装窗口，定一篇几个字：需要/);
  assert.throws(() => lesson.pairsByDistance([]), /无法数对：需要至少一篇/);
  assert.throws(() => lesson.pairsByDistance([2, 1.5]), /无法数对，看一篇几个字：需要/);
  assert.throws(() => lesson.chatLines(4, [0]), /无法聊天，数到第几轮：需要/);
  assert.throws(() => lesson.weightOnFirst(nope, 1), /无法找东西：需要/);
});

Deno.test("旋钮没通过：不量、不装、不画", () => {
  printed(() => assert.throws(() => knobs({ L: 0 }), KnobError));
  assert.throws(() => lesson.familyCard({ L: 4, d: 4, seed: 1 }), KnobError);
  assert.throws(() => lesson.packed(4, 4), KnobError);
  assert.throws(() => drawReleased({ says: "清单" }), KnobError);
  printed(() => knobs({ L: 4 }));
});

Deno.test("练习 1：两种算法都对；没分篇、没盖因果、漏了自己，各说各的", () => {
  let counted = 0;
  for (let i = 0; i < 1024; i++) counted += i % 128 + 1;
  for (const right of [8 * 128 * 129 / 2, counted]) assert.match(marked(right, lesson.pairsProperties), /^✓/);
  assert.match(marked(1024 * 1025 / 2, lesson.pairsProperties), /✗.*“各篇互相不看”.*再乘 8/);
  assert.match(marked(8 * 128 ** 2, lesson.pairsProperties), /✗.*“只往回看”.*约是正方形的一半/);
  assert.match(marked(8 * 128 * 127 / 2, lesson.pairsProperties), /✗.*一样多”.*自己看自己也算一对/);
});

Deno.test("练习 2：17；16 还有没见过的，18 还能再小，9 差得远", () => {
  assert.match(marked(17, lesson.clipProperties), /^✓/);
  const found = [...Array(24).keys()].map((n) => n + 1)
    .find((L) => measure(family({ d: 4, length: 1 }, ["clip"])[0]!, { L, d: 4 }).stretch[2]!.unseen === 0);
  assert.match(marked(found!, lesson.clipProperties), /^✓/);
  for (const wrong of [16, 9]) assert.match(marked(wrong, lesson.clipProperties), /✗.*没见过的也没有”.*要见过距离 16/);
  assert.match(marked(18, lesson.clipProperties), /✗.*“再短一个就有没见过的”.*L 还能再小/);
});

Deno.test("练习 3：截断、循环都对；常数、只看 |t|、越远越大、没返回数，各说各的", () => {
  const clip = (t: number) => Math.max(-3, Math.min(3, t)), cycle = (t: number) => Math.sin(Math.PI * t / 2);
  for (const right of [clip, cycle]) assert.match(marked(right, lesson.biasProperties, [1]), /^✓/);
  assert.match(marked(() => 5, lesson.biasProperties, [1]), /✗.*“换序：变”.*等于没加/);
  assert.match(marked((t: number) => t < 0 ? 9 : 0, lesson.biasProperties, [1]), /✗.*“换序：变”/); // 往回看的都一样
  assert.match(marked((t: number) => -Math.abs(t), lesson.biasProperties, [1]), /✗.*“反向：变”.*别只看 \|t\|/);
  assert.match(marked((t: number) => 0.1 * t, lesson.biasProperties, [1]), /✗.*“64 倍没见过：0”.*截断，或者循环/);
  assert.match(marked((t: number) => t > 2 ? NaN : t, lesson.biasProperties, [1]), /✗.*需要返回一个有限的数/);
});
