/** 规范写法和 Jupyter 自己保存的一个字节也不差；同样的内容只有一种写法。 */
import assert from "node:assert/strict";
import { environment, python } from "../../tools/notebook/environment.ts";
import { canonical, canonicalText, type Cell, type Notebook, parseNotebook } from "../../tools/notebook/format.ts";
import { lesson } from "./plant.ts";

const saved = await Deno.readTextFile(lesson);

/** 让 nbformat（JupyterLab 的服务器保存时用的就是它）读进去再写出来。 */
async function throughJupyter(text: string): Promise<string> {
  const script = `import sys, nbformat
sys.stdin.reconfigure(encoding="utf-8"); sys.stdout.reconfigure(encoding="utf-8", newline="\\n")
nbformat.write(nbformat.reads(sys.stdin.read(), 4), sys.stdout)`;
  const child = new Deno.Command(python(), {
    args: ["-c", script],
    env: environment(),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

const cell = (fields: Partial<Cell>): Cell => ({ cell_type: "code", id: "a", source: "1", metadata: {}, ...fields });
const notebook = (...cells: Cell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });

Deno.test("在 Jupyter 里打开再保存，一个字节也不变", async () => {
  assert.equal(await throughJupyter(saved), saved);
  const odd = canonicalText(notebook(
    cell({ outputs: [{ output_type: "stream", name: "stdout", text: "一\r\n二\u2028三\n\n四" }] }),
    cell({ id: "b", source: "" }),
    cell({
      id: "c",
      outputs: [{
        output_type: "display_data",
        data: { "text/html": "<b>\n</b>\n", "application/json": { b: [1, 2.5], a: null }, "image/png": "AA==\n" },
        metadata: {},
      }],
    }),
  ));
  assert.equal(await throughJupyter(odd), odd);
});

Deno.test("规范写法写两遍和写一遍一样", () => assert.equal(canonicalText(parseNotebook(saved)), saved));

Deno.test("时间戳、版本号、多余的元数据都不留，标签和幻灯片留着", () => {
  const raw = JSON.parse(saved) as Notebook;
  Object.assign(raw.metadata, { widgets: {}, language_info: { name: "typescript", version: "5.9.2" } });
  for (const c of raw.cells) {
    Object.assign(c.metadata, { execution: { "iopub.status.busy": "2026-01-01" }, trusted: true });
  }
  assert.equal(canonicalText(parseNotebook(JSON.stringify(raw))), saved);
});

Deno.test("执行次数从 1 数起，空格子不数；结果和它的格用同一个数", () => {
  const result = { output_type: "execute_result" as const, data: {}, metadata: {}, execution_count: 9 };
  const { cells } = canonical(notebook(
    cell({ execution_count: 9, outputs: [result] }),
    cell({ id: "b", source: " " }),
    cell({ id: "c", cell_type: "markdown", source: "文" }),
    cell({ id: "d", execution_count: 12 }),
  ));
  assert.deepEqual(cells.map((c) => c.execution_count), [1, null, undefined, 2]);
  assert.deepEqual(cells[0]!.outputs, [{ ...result, execution_count: 1 }]);
});

Deno.test("分几次送来的 stdout 并成一段，中间隔着别的就不并", () => {
  const out = (text: string, name = "stdout") => ({ output_type: "stream" as const, name, text });
  const { cells } = canonical(notebook(cell({ outputs: [out("1"), out("2"), out("!", "stderr"), out("3")] })));
  assert.deepEqual(cells[0]!.outputs, [out("12"), out("!", "stderr"), out("3")]);
});

Deno.test("缺的 id 按次序补，补两遍一样；重复的是错误", () => {
  const missing = () => notebook(cell({ id: "cell-2" }), { ...cell({}), id: undefined as unknown as string });
  const ids = canonical(missing()).cells.map((c) => c.id);
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(canonical(missing()).cells.map((c) => c.id), ids);
  assert.throws(() => canonical(notebook(cell({}), cell({}))), /无法规范笔记本：需要每格的 id 不同：现在有两格都叫 a/);
});
