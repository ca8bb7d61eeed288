/** 写回和核对的底线：出错的不写回；默认旋钮下有断言不适用，要说出来。 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { checkSaved, runWithKnobs } from "../../tools/notebook/check.ts";
import { withScratch } from "../../tools/notebook/environment.ts";
import { canonicalText, parseNotebook } from "../../tools/notebook/format.ts";
import { runNotebooks } from "../../tools/notebook/run.ts";
import { codeCells, lesson } from "./plant.ts";

const original = Deno.readTextFileSync(lesson);

/** 改过的一份，写进临时文件夹，交给 `use`。 */
async function withChanged(change: (source: string) => string, use: (path: string) => Promise<void>): Promise<void> {
  await withScratch(async (folder) => {
    const notebook = parseNotebook(original);
    const cell = codeCells(notebook).find(({ source }) => source.includes("check("))!;
    cell.source = change(cell.source);
    const path = join(folder, "01_line.ipynb");
    Deno.writeTextFileSync(path, canonicalText(notebook));
    await use(path);
  });
}

Deno.test("run：有一格出错，存着的那份一个字节也不动", async () => {
  await withChanged((source) => `throw new Error("坏了");\n${source}`, async (path) => {
    const before = Deno.readTextFileSync(path);
    const problems = await runNotebooks([path]);
    assert.match(problems.join("\n"), /坏了/);
    assert.equal(Deno.readTextFileSync(path), before);
  });
});

Deno.test("check：默认旋钮下、L = 16 且 d = 64 时，断言不适用就是毛病", async () => {
  await withChanged((source) => `${source}\ncheck("从不适用", 0, 1, { when: "就是不适用" });`, async (path) => {
    assert.match(
      (await checkSaved([{ path, text: Deno.readTextFileSync(path) }])).join("\n"),
      /默认旋钮下有 1 条断言不适用/,
    );
    const [sixteen, other] = await runWithKnobs(path, [{ L: "16", d: "64" }, { L: "7", d: "8" }]);
    assert.match(sixteen!.problems.join("\n"), /L = 16、d = 64 时每条断言都该适用，现在有 1 条不适用/);
    assert.deepEqual(other!.problems, []);
  });
});
