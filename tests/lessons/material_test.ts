// 课里用的材料：词元、对照、胶片、没见过的对、票。
import assert from "node:assert/strict";
import fc from "fast-check";
import { KnobError, knobs } from "@lib/notebook/knobs.ts";
import * as notebook from "@lib/notebook.ts";
import { sinusoidal } from "@lib/encodings/sinusoidal.ts";
import { attention } from "@lib/attention.ts";
import { randomSentence, shiftedScore, turningPairs } from "@lib/lessons/four_tokens.ts";
import { ballot, claims, unseenShare } from "@lib/lessons/start.ts";
import { matrix } from "@lib/matrix.ts";
import { law } from "../property.ts";
import { printed } from "../notebook/printed.ts";

Deno.test("随机词元：q、k、v 各不相同，每个分量的方差是 1 上下，不随 d 变大", () => {
  for (const d of [8, 64]) {
    const { queries, keys, values } = attention(randomSentence({ L: 400, d, seed: 5 }));
    for (const { data } of [queries, keys, values]) {
      const variance = data.reduce((sum, v) => sum + v * v, 0) / data.length;
      assert.ok(variance > 0.7 && variance < 1.4, `${d}: ${variance}`);
    }
    assert.notDeepEqual(queries.data, keys.data);
    assert.notDeepEqual(keys.data, values.data);
  }
});

Deno.test("平移前后的分数：三角式变，没有位置编码不变", () => {
  const x = randomSentence({ L: 5, d: 8, seed: 1 });
  const [name, before, after] = Object.values(
    shiftedScore({ ...x, encoding: sinusoidal({ dimension: 8, base: 100 }) }, 3),
  );
  assert.equal(name, "sinusoidal");
  assert.ok(Math.abs(Number(before) - Number(after)) > 1e-3);
  const [plain, same, still] = Object.values(shiftedScore(x, 3));
  assert.deepEqual([plain, same], ["NoPE", still]);
});

Deno.test("胶片：箭头在转，夹角不变", () => {
  const panels = turningPairs(7, 2);
  assert.deepEqual(panels.map(({ note }) => note), Array(7).fill("夹角 2 弧度"));
  assert.equal(new Set(panels.map(({ arrows }) => arrows[0]!.x.toFixed(6))).size, 7);
  assert.deepEqual(panels[3]!.title, "q 在 5，k 在 3");
  assert.ok(Math.abs(panels[3]!.arrows[1]!.y - Math.sin(3)) < 1e-12);
});

law(
  "没见过的对：公式和一对一对数的一样",
  fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (n, trained) => {
    let pairs = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (Math.abs(i - j) >= trained) pairs++;
    assert.ok(Math.abs(unseenShare(n, trained) - pairs / (n * n)) < 1e-12);
  }),
);

Deno.test("票：八句话都收，课号都写着", () => {
  const votes = Object.fromEntries(Object.keys(claims).map((name) => [name, " 半对 "]));
  const rows = ballot(votes);
  assert.equal(rows.length, 8);
  for (const line of rows) {
    assert.equal(line["你的票"], "半对");
    assert.match(line["揭晓"]!, /^第 [\d、]+ 课$/);
  }
  assert.throws(() => ballot({ ...votes, 没有这句: "" }), /需要这八句话之一/);
  const { 被冲散: _, ...seven } = votes;
  assert.throws(() => ballot(seven), /需要八句话各一票：现在是字符串 "少了被冲散"/);
});

Deno.test("要算的行：512 以内全算，再长取 32 行和最后一行，并且说出来", () => {
  for (const length of [1, 2, 512]) {
    assert.deepEqual(printed(() => assert.equal(notebook.shownRows(length).length, length)), []);
  }
  for (const length of [513, 4097, 8192]) {
    let rows: number[] = [];
    const [line] = printed(() => rows = notebook.shownRows(length));
    assert.match(line!, new RegExp(`^L = ${length} 超过 512`));
    assert.equal(new Set(rows).size, 33);
    assert.deepEqual(rows, rows.toSorted((a, b) => a - b));
    assert.equal(rows.at(-1), length - 1);
    assert.ok(Math.abs(rows[16]! - length / 2) <= 1); // 均匀：第 16 行在正中间
  }
});

Deno.test("旋钮没通过：图、表、要算的行都不给", () => {
  const m = matrix([[1]]);
  const shows: Array<() => unknown> = [
    () => notebook.draw({ says: "空", marks: [] }),
    () => notebook.drawMatrix([{ matrix: m }], { says: "一格" }),
    () => notebook.drawLines([{ name: "线", values: [1] }], { says: "线" }),
    () => notebook.drawBars([{ values: [1] }], { says: "条" }),
    () => notebook.drawArrows([], { says: "箭头" }),
    () => notebook.drawScorecard([], { says: "成绩单" }),
    () => notebook.table([{ 列: 1 }]),
    () => notebook.matrixTable(m),
    () => notebook.matrixTables([{ matrix: m }]),
    () => notebook.shownRows(4),
  ];
  assert.throws(() => knobs({ L: 0 }), KnobError);
  for (const show of shows) assert.throws(show, KnobError, String(show));
  knobs({ L: 4 });
  notebook.matrixTable(m);
});
