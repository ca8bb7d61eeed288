/**
 * 执行（execute）：把笔记本交给 `tools/execute.py`，在真内核里从头跑到尾。
 *
 * 和 JupyterLab 的“运行全部”一样，一格出错，后面的照跑；出了什么错由调用的人看输出。
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { environment, python, root, withScratch } from "./environment.ts";
import { canonical, canonicalText, type Notebook, readNotebook } from "./format.ts";

/** 跑完的一本。 */
export interface Run {
  /** 规范写法的结果。 */
  readonly notebook: Notebook;
  /** 每格秒数；没跑的是 `null`。 */
  readonly seconds: readonly (number | null)[];
  /** 没能跑完的原因：超时、内核退出。 */
  readonly failure: {
    readonly cell: number | null;
    readonly reason: "timeout" | "dead" | "other";
    readonly message: string;
  } | null;
}

/** 怎么跑。 */
export interface ExecuteOptions {
  /** 一格最多几秒，超过就算没跑完。 */
  readonly timeout?: number;
  /** 同时跑几本；量时间的时候用 1。 */
  readonly parallel?: number;
  /** 每做完一本就叫一次，次序不定。 */
  readonly onRun?: (index: number, run: Run) => void;
}

/** 执行几本，结果和传进来的次序一样。传进来的不会被改。 */
export async function execute(
  notebooks: readonly Notebook[],
  { timeout = 60, parallel = 2, onRun }: ExecuteOptions = {},
): Promise<Run[]> {
  return await withScratch(async (folder) => {
    const runs: Run[] = [];
    const runner = spawn(python(), [join(root, "tools", "execute.py"), String(parallel)], {
      env: environment(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const closed = once(runner, "close");
    let complaints = ""; // 内核一启动就说一句 unstable，只在真出了事的时候给人看
    runner.stderr.on("data", (bytes) => complaints += bytes);
    for (const [id, notebook] of notebooks.entries()) {
      // 每本一个文件夹：跑的时候写了什么，别的看不见。
      const cwd = join(folder, String(id));
      await Deno.mkdir(cwd);
      const [before, after] = [join(cwd, "before.ipynb"), join(cwd, "after.ipynb")];
      await Deno.writeTextFile(before, canonicalText(withoutOutputs(notebook)));
      const job = { id, notebook: before, output: after, cwd, timeout, allow_errors: true };
      runner.stdin.write(JSON.stringify(job) + "\n");
    }
    let left = notebooks.length;
    for await (const line of createInterface({ input: runner.stdout })) {
      const { id, seconds, failure } = JSON.parse(line) as Omit<Run, "notebook"> & { id: number };
      const after = join(folder, String(id), "after.ipynb");
      const notebook = await readNotebook(after).catch(() => {
        throw new Error(`无法执行笔记本：${failure?.message ?? "没有写出结果"}`);
      });
      const run: Run = { notebook: canonical(notebook), seconds, failure: explained(failure, complaints) };
      runs[id] = run;
      onRun?.(id, run);
      if (--left === 0) break;
    }
    runner.stdin.end(); // 标准输入一关，那一头就收尾
    await closed;
    if (left > 0) throw new Error(`无法执行笔记本：tools/execute.py 提前退出了：\n${complaints}`);
    return runs;
  });
}

/** 标准错误是几个内核共用的，分不清谁说的：只有自己也说不出原因（起不来、协议出错）的时候，才把最后一句附上。 */
function explained(failure: Run["failure"], complaints: string): Run["failure"] {
  const said = complaints.split("\n").filter((text) => text && !text.includes("deno jupyter")).at(-1);
  return failure?.reason === "other" && said
    ? { ...failure, message: `${failure.message}（内核说：${said}）` }
    : failure;
}

/** 总秒数。 */
export function totalSeconds(run: Run): number {
  return run.seconds.reduce<number>((sum, s) => sum + (s ?? 0), 0);
}

function withoutOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) => cell.cell_type === "code" ? { ...cell, outputs: [] } : cell);
  return { ...notebook, cells };
}
