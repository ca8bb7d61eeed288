/** 第 02 课的两张分钟表：从 0 排到 45，一分钟不空；链到的格都上得了台。 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type Notebook, readNotebook } from "../../tools/notebook/format.ts";
import { findLesson } from "../../tools/notebook/lessons.ts";

const path = findLesson("02");
const { cells } = await readNotebook(path);
const plan = (id: string) => cells.find((cell) => cell.id === id)!.source;

/** 一格放不放得上幻灯片：跟着前一张的也算，`skip` 和 `notes` 不算。 */
function shown({ cells }: Notebook, id: string): boolean {
  const cell = cells.find((one) => one.id === id);
  assert.ok(cell, id);
  return !["skip", "notes"].includes(cell.metadata.slideshow?.slide_type ?? "-");
}

for (const [name, id] of [["第一节", "plan-a"], ["第二节", "plan-b"]] as const) {
  Deno.test(`${name}：分钟首尾相接，从 0 到 45`, () => {
    const spans = [...plan(id).matchAll(/^\| (\d+)–(\d+) \|/gm)].map(([, from, to]) => [Number(from), Number(to)]);
    assert.ok(spans.length >= 5);
    assert.deepEqual(spans.map(([from]) => from), [0, ...spans.slice(0, -1).map(([, to]) => to)]);
    assert.equal(spans.at(-1)![1], 45);
  });

  Deno.test(`${name}：每一步链到的格都在幻灯片上`, async () => {
    const targets = [...plan(id).matchAll(/\]\((\w+\.ipynb)#cell-id=([\w-]+)\)/g)];
    assert.ok(targets.length >= 10);
    for (const [, file, cell] of targets) {
      assert.ok(shown(await readNotebook(join(dirname(path), file!)), cell!), `${file} 的 ${cell} 不在幻灯片上`);
    }
  });
}

Deno.test("揭晓的字母，就是那几课存着的揭晓", async () => {
  for (const id of ["votes-a", "votes-b"]) {
    const rows = [...plan(id).matchAll(/\]\((\w+\.ipynb)#cell-id=([\w-]+)\) \| ([A-C]) /g)];
    assert.equal(rows.length, 4);
    for (const [, file, cell, letter] of rows) {
      const { cells } = await readNotebook(join(dirname(path), file!));
      const index = cells.findIndex((one) => one.id === cell);
      const name = /const (\w+) = guess/.exec(cells[index]!.source)![1]!;
      const settled = cells.find((one) => one.source.includes(`${name}.settle(`))!;
      assert.match(JSON.stringify(settled.outputs), new RegExp(`算出来是 ${letter}：`), `${file} ${cell}`);
    }
  }
});
