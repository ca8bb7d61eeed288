/** 翻号的表：每个式子都有一行，找得到，只差一个号，翻的那格就是验它的那格。真的跑是 `deno task flip-signs`。 */
import assert from "node:assert/strict";
import { equations } from "@lib/lessons/equations.ts";
import { complaint, type Flip, flipped, flips, reds } from "../../tools/flip_signs.ts";
import { type Notebook, readNotebook } from "../../tools/notebook/format.ts";
import { findLesson } from "../../tools/notebook/lessons.ts";

const times = (text: string, search: string) => text.split(search).length - 1;
const bare = (text: string) => text.replace(/[+\-]/g, "");

function problems(notebook: Notebook, { equation, search, replace }: Flip): string[] {
  const cells = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  const hits = cells.reduce((sum, { source }) => sum + times(source, search), 0);
  if (hits !== 1) return [`${equation}：“${search}”出现了 ${hits} 次，要正好 1 次`];
  const cell = cells.find(({ source }) => source.includes(search))!;
  return [
    ...(search !== replace && bare(search) === bare(replace) ? [] : [`${equation}：“${replace}”不是只差正负号`]),
    ...(new RegExp(`check\\([\`"]${equation.replace(/[()]/g, "\\$&")}`).test(cell.source)
      ? []
      : [`${equation}：翻号的那一格没有验它`]),
  ];
}

for (const [lesson, rows] of Object.entries(flips)) {
  Deno.test(`${lesson}：每个式子翻一个号`, async () => {
    const notebook = await readNotebook(findLesson(lesson));
    assert.deepEqual(rows.flatMap((row) => problems(notebook, row)), []);
  });
}

Deno.test("一条也不漏", () => {
  const wanted = Object.entries(equations).flatMap(([source, all]) => all.map((_, n) => `${source}(${n + 1})`));
  assert.equal(wanted.length, 87);
  assert.deepEqual(Object.values(flips).flat().map(({ equation }) => equation).sort(), wanted.sort());
});

const tiny = (source: string, outputs: Notebook["cells"][number]["outputs"] = []): Notebook => ({
  cells: [{ cell_type: "code", id: "a", metadata: {}, source, outputs, execution_count: null }],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

Deno.test("写错的行被指出来", () => {
  const cell = tiny('check("8130(3)：…", a - b, 1e-9);');
  const row = { equation: "8130(3)", search: "a - b", replace: "a + b" };
  assert.deepEqual(problems(cell, row), []);
  assert.match(problems(cell, { ...row, search: "a * b" })[0]!, /出现了 0 次/);
  assert.match(problems(tiny("a - b; a - b"), row)[0]!, /出现了 2 次/);
  assert.match(problems(cell, { ...row, replace: "b - b" })[0]!, /不是只差正负号/);
  assert.match(problems(cell, { ...row, replace: "a - b" })[0]!, /不是只差正负号/);
  assert.match(problems(cell, { ...row, equation: "8130(4)" })[0]!, /没有验它/);
  assert.equal(flipped(cell, row).cells[0]!.source, 'check("8130(3)：…", a + b, 1e-9);');
});

Deno.test("先红的要是自己", () => {
  const red = (evalue: string) =>
    reds(tiny("", [{ output_type: "error", ename: "ClaimError", evalue, traceback: [] }]));
  const row = { equation: "8130(1)", search: "", replace: "" };
  assert.equal(complaint(row, red("ClaimError: ✗ 8130(1)：量到 2，要求绝对值 ≤ 1")), undefined);
  assert.match(complaint(row, red("ClaimError: ✗ 8130(10)：量到 2"))!, /先红的是别的/);
  assert.match(complaint(row, red("TypeError: x is undefined"))!, /先红的是别的/);
  assert.match(complaint(row, [])!, /一格也没红/);
});
