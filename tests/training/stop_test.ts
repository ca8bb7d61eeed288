// 真的内核里：训练看得见进度，■ 停得住，停完内核还活着，下一次训练收走留下的线程；没有人看就不写进度。
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { environment, python, root } from "../../tools/notebook/environment.ts";

interface Cell {
  readonly texts: string[];
  readonly seconds: number;
  /** 按了 ■ 到说“跑完了”，几秒；没按是 `null`。 */
  readonly stop: number | null;
}

/** 一格一格地跑；印的话里有 `until` 就按 ■。 */
function kernel(cells: readonly { code: string; until?: string }[], seen: boolean): Cell[] {
  const { JPY_SESSION_NAME: _, ...env } = environment();
  const { stdout, stderr, success } = new Deno.Command(python(), {
    args: [fileURLToPath(new URL("./stop.py", import.meta.url)), root, JSON.stringify(cells)],
    env: seen ? { ...env, JPY_SESSION_NAME: "训练.ipynb" } : env,
    clearEnv: true,
  }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const load = 'import { train } from "@lib/training/train.ts";\nconst kept = 41;\nDeno.pid';
const run = (name: string, steps: number) =>
  `const ${name} = train({ encoding: "RoPE", task: "find", length: 16, lengths: [16], trials: 32, steps: ${steps} });\n` +
  `${name}.runs.length`;
const busy =
  `const used = () => Number(Deno.readTextFileSync("/proc/self/stat").split(" ").slice(13, 15).reduce((a, b) => a + +b, 0));
const before = used();
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
used() - before`;

Deno.test("■：做到三成按下去，一秒里停住；变量还在，再训练也行，留下的线程收走了", () => {
  const [, long, next, again, idle] = kernel(
    [{ code: load }, { code: run("long", 2000), until: " 3\\d %" }, { code: "kept + 1" }, { code: run("again", 5) }, {
      code: busy,
    }],
    true,
  ) as [Cell, Cell, Cell, Cell, Cell];
  const lines = long.texts.filter((text) => text.startsWith("\r"));
  assert.ok(lines.length > 3, `${lines.length} 行进度`);
  assert.match(lines.at(-1)!, /\[█+·+\] 3\d %  损失 \d\.\d{3}  还要 \d+ 秒  [▁-█]{2,20}/);
  assert.ok(long.stop! < 1, `停住用了 ${long.stop} 秒`);
  assert.ok(next.seconds < 1, `下一格用了 ${next.seconds} 秒`);
  assert.deepEqual(next.texts, ["42"]);
  assert.match(again.texts.at(-1)!, /3/);
  assert.equal(again.texts.at(-2)!.trim(), ""); // 做完擦掉
  if (Deno.build.os === "linux") {
    assert.ok(Number(idle.texts[0]) < 30, `空着的一秒里还用了 ${idle.texts[0]} 个百分之一秒`);
  }
});

Deno.test("没有人看（脚本执行笔记本）：一个字的进度也不写", () => {
  const [, quiet] = kernel([{ code: load }, { code: run("quiet", 100) }], false) as [Cell, Cell];
  assert.equal(quiet.texts.length, 1);
});
