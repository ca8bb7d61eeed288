/** 内核模块：2.8.1 上只在打印时停一下，飘着的错误看得见；会丢输出的内核上先说一声，再把输出等到。 */
import assert from "node:assert/strict";
import { losesOutput } from "@lib/notebook/kernel.ts";
import { execute } from "../tools/notebook/execute.ts";
import type { Notebook, Output } from "../tools/notebook/format.ts";

const IMPORT = 'import "@lib/notebook/kernel.ts";\nundefined';

/** 跑几格，返回每一格的输出和秒数。 */
async function run(sources: readonly string[]): Promise<{ outputs: readonly Output[]; seconds: number }[]> {
  const book: Notebook = {
    cells: sources.map((source, i) => ({ cell_type: "code", id: `cell-${i}`, source, metadata: {}, outputs: [] })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
  const [result] = await execute([book]);
  assert.equal(result!.failure, null);
  return result!.notebook.cells.map((cell, i) => ({ outputs: cell.outputs!, seconds: result!.seconds[i]! }));
}

const printed = (outputs: readonly Output[]) =>
  outputs.map((output) => output.output_type === "stream" ? output.text : "").join("");
const shown = (outputs: readonly Output[]) =>
  outputs.map((output) => "data" in output ? output.data["text/plain"] : "").join("");

Deno.test("看发消息的函数有没有东西可等", () => {
  assert.equal(losesOutput(async () => {}), false);
  assert.equal(losesOutput(() => {}), true);
});

Deno.test("在测试里引入它，什么也不发生：console 还是原来的", async () => {
  const log = console.log;
  await import("@lib/notebook/kernel.ts?again");
  assert.equal(console.log, log);
});

Deno.test("飘着的 Promise 和定时器里的错误都看得见，内核活着", async () => {
  const cells = await run([
    IMPORT,
    'Promise.reject(new RangeError("没人等"));\nPromise.reject("一句话");\n' +
    'setTimeout(() => { throw new TypeError("到点了"); }, 5);\nawait new Promise((resolve) => setTimeout(resolve, 100));',
    "1 + 1",
  ]);
  const words = printed(cells[1]!.outputs);
  assert.match(words, /没有 await 的 Promise 出错了：RangeError: 没人等/);
  assert.match(words, /没有 await 的 Promise 出错了：一句话/);
  assert.match(words, /定时器或事件里出错了：TypeError: 到点了/);
  assert.equal(shown(cells[2]!.outputs), "2");
});

Deno.test("课程固定的内核：不说话，不拖慢，NaN、null 和语法错误都显示", async () => {
  const cells = await run([IMPORT, "NaN", "null", "const q = ;", ...Array(20).fill('"r"')]);
  assert.deepEqual(cells[0]!.outputs, []);
  assert.equal(shown(cells[1]!.outputs), "NaN");
  assert.equal(shown(cells[2]!.outputs), "null");
  assert.equal(cells[3]!.outputs[0]?.output_type, "error");
  const times = cells.slice(4).map((cell) => cell.seconds).sort((a, b) => a - b);
  assert.ok(times[10]! < 0.04, `一格 ${times[10]} 秒`); // 补丁一格要停 0.05 秒
});

Deno.test("先印了再抛错，印的那行还在这一格", async () => {
  // 一印完就抛错，后面马上又是一格：不停一下，这行在忙的机器上会丢
  const cells = await run([
    IMPORT,
    'const t = Date.now();\nconsole.log("行");\nglobalThis.waited = Date.now() - t;\nthrow 1',
    "waited >= 1",
  ]);
  assert.equal(printed(cells[1]!.outputs), "行\n");
  assert.equal(shown(cells[2]!.outputs), "true");
});

Deno.test("会丢输出的内核：第一格先说清楚，之后每一格等输出送到", async () => {
  // 把发消息的函数换成没有东西可等的，和 Deno 2.9.8 一样
  const lossy = "const send = Deno.jupyter.broadcast;\nDeno.jupyter.broadcast = (...message) => { send(...message); };";
  const cells = await run([`${lossy}\nawait import("@lib/notebook/kernel.ts");\n"first"`, '"r"', 'console.log("行");']);
  assert.match(shown(cells[0]!.outputs), /这个内核会丢输出[^]*python3 tools\/course\.py lab[^]*"first"/);
  assert.equal(shown(cells[1]!.outputs), '"r"');
  assert.equal(printed(cells[2]!.outputs), "行\n");
  assert.ok(cells[1]!.seconds >= 0.05);
});
