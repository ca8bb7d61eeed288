/**
 * 输出完整性（output integrity）：用真的 JupyterLab 数一数，一个 Deno 内核会丢多少输出。
 *
 *     deno task integrity                     课程固定的 Deno；第一格引入内核模块前后各数一遍
 *     deno task integrity --deno 路径         换一个 Deno
 *
 * 引入内核模块以后（每一课都引入）还有丢的、放错的，退出码就是 1。
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startLab } from "../tests/browser/lab.ts";
import { measure } from "../tests/browser/probe.ts";
import { root } from "./notebook/environment.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { deno: { type: "string" }, outputs: { type: "string", default: "1000" } },
});
const deno = values.deno === undefined ? undefined : resolve(values.deno);

/** 内核说明写在 `.venv` 里课程自己的数据文件夹；名字不和别的撞，用完就删。 */
const kernel = deno === undefined ? "deno" : `integrity-${Deno.pid}`;
const spec = join(root, ".venv", "var", "data", "kernels", kernel);
if (deno !== undefined) {
  Deno.mkdirSync(spec, { recursive: true });
  Deno.writeTextFileSync(
    join(spec, "kernel.json"),
    JSON.stringify({
      argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: `Deno（${deno}）`,
      language: "typescript",
      interrupt_mode: "message",
      env: { NO_COLOR: "1" },
    }),
  );
}

let wrong = 0;
try {
  await using lab = await startLab();
  for (const [title, options] of [["内核本身", { first: "" }], ["引入内核模块", {}]] as const) {
    const outputs = Number(values.outputs);
    const { expected, lost, misplaced, lostBy, examples } = await measure(lab, outputs, { kernel, ...options });
    console.log(`${title}：${expected} 个输出，丢 ${lost}，错 ${misplaced}`);
    if (lost > 0) console.log(`  丢的：${Object.entries(lostBy).map(([kind, n]) => `${kind} ${n}`).join("、")}`);
    for (const example of examples) console.log(`  ${example.replaceAll("\n", "⏎")}`);
    wrong = lost + misplaced; // 引入内核模块以后的算数：每一课都引入它
  }
} finally {
  if (deno !== undefined) Deno.removeSync(spec, { recursive: true });
}
Deno.exit(wrong === 0 ? 0 : 1);
