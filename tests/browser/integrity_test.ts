/** 输出完整性：课程的内核，真的 JupyterLab，1000 个输出，一个不丢，一个不错。 */
import assert from "node:assert/strict";
import { kernelIdle, notebook, skip, startLab } from "./lab.ts";
import { measure } from "./probe.ts";

const options = { ignore: skip, sanitizeOps: false, sanitizeResources: false };

Deno.test("1000 个输出，0 个丢，0 个错", options, async () => {
  await using lab = await startLab();
  const total = await measure(lab, 1000);
  console.log(`${total.expected} 个输出：丢 ${total.lost}，错 ${total.misplaced}`);
  assert.ok(total.expected >= 1000);
  assert.deepEqual(total.examples, []);
  assert.equal(total.lost + total.misplaced, 0);
  assert.deepEqual(lab.outside, []);
});

Deno.test("■ 在 2 秒内停下死循环，变量还在；语法错误有消息", options, async () => {
  await using lab = await startLab();
  await using book = await lab.open(
    lab.put(notebook(["const kept = 41;", "while (true) {}", "kept + 1", "const q = ;"])),
  );
  await book.run(0);
  const looping = book.run(1);
  await book.page.waitForFunction(() =>
    jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "busy"
  );
  await new Promise((resolve) => setTimeout(resolve, 500)); // 让它真的转起来
  const start = performance.now();
  await book.page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
  await kernelIdle(book.page, 10_000);
  const elapsed = performance.now() - start;
  await looping;
  await book.run(2);
  await book.run(3);
  const [after, syntax] = (await book.read()).cells.slice(2).map((cell) => cell.outputs?.[0]);
  assert.equal(after?.output_type === "execute_result" && after.data["text/plain"], "42");
  assert.match(syntax?.output_type === "error" ? syntax.evalue : "", /const q = ;/);
  assert.ok(elapsed < 2000, `停下用了 ${elapsed.toFixed(0)} 毫秒`);
  console.log(`■ 用了 ${elapsed.toFixed(0)} 毫秒`);
});
