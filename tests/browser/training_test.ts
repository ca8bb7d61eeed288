/** 训练：真的 JupyterLab 里看得见进度；做到三成按 ■，一秒里停住，下一格一秒里有答复，再训练一次也行，不留下进度的字。 */
import assert from "node:assert/strict";
import { kernelIdle, notebook, skip, startLab } from "./lab.ts";

const options = { ignore: skip, sanitizeOps: false, sanitizeResources: false };
const training = (name: string, steps: number) =>
  `const ${name} = train({ encoding: "RoPE", task: "find", length: 16, lengths: [16], trials: 32, steps: ${steps} });\n` +
  `${name}.runs.length`;

Deno.test("三个种子训练到三成，■；下一格；再来一次", options, async () => {
  await using lab = await startLab();
  const cells = [
    'import { train } from "@lib/training/train.ts";\nconst kept = 41;',
    training("long", 3000),
    "kept + 1",
  ];
  await using book = await lab.open(lab.put(notebook([...cells, training("again", 200)])));
  await book.run(0);
  const running = book.run(1);
  await book.page.waitForFunction(() => / [3-9]\d % {2}损失/.test(document.body.innerText), null, { timeout: 120_000 });
  const start = performance.now();
  await book.page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
  await kernelIdle(book.page, 10_000);
  const stopped = performance.now();
  await running;
  await book.run(2);
  const answered = performance.now();
  await book.run(3);
  const [, , after, again] = (await book.read()).cells.map((cell) => cell.outputs ?? []);
  assert.equal(after![0]?.output_type === "execute_result" && after![0].data["text/plain"], "42");
  const words = again!.map((one) => one.output_type === "stream" ? one.text : "").join("");
  assert.equal(String(words).replaceAll(/[\r ]/g, ""), "");
  assert.ok(again!.some((one) => one.output_type === "execute_result" && one.data["text/plain"] === "3"));
  console.log(`■ 用了 ${(stopped - start).toFixed(0)} 毫秒，下一格 ${(answered - stopped).toFixed(0)} 毫秒`);
  assert.ok(stopped - start < 1000 && answered - stopped < 1000);
});
