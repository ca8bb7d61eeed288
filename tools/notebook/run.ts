/**
 * `deno task run [课名…]`：在真内核里跑，把输出写回笔记本。笔记本的输出只由它来写。
 *
 * @module
 */
import { shown } from "./environment.ts";
import { execute, type Run, totalSeconds } from "./execute.ts";
import { canonicalText, type Notebook, readNotebook } from "./format.ts";
import { findLessons } from "./lessons.ts";
import { main } from "./main.ts";
import { cellName, countClaims, kilobytes, type Trouble, troubles } from "./outputs.ts";

/** 一次执行里所有不该有的：没跑完、出错、stderr、机器路径。 */
export function runTroubles(run: Run): Trouble[] {
  const failure = run.failure ? [{ cell: (run.failure.cell ?? 0) + 1, message: run.failure.message }] : [];
  return [...failure, ...troubles(run.notebook)];
}

/** 一处问题写成一行，格号在前。 */
export function troubleLine(path: string, notebook: Notebook, { cell, message }: Trouble): string {
  return `${shown(path)} ${cellName(notebook, cell)}：${message}`;
}

/** 跑几本，没有问题的写回去；返回有问题的行。 */
export async function runNotebooks(paths: readonly string[]): Promise<string[]> {
  const notebooks = await Promise.all(paths.map(readNotebook));
  const problems: string[] = [];
  const write = (index: number, run: Run): void => {
    const path = paths[index]!;
    const found = runTroubles(run);
    problems.push(...found.map((trouble) => troubleLine(path, run.notebook, trouble)));
    if (found.length > 0) return; // 有问题的不写：存着的那份还是好的
    const text = canonicalText(run.notebook);
    Deno.writeTextFileSync(path, text);
    const { applied } = countClaims(run.notebook);
    const size = kilobytes(new TextEncoder().encode(text).length);
    console.log(`✓ ${shown(path)}：${totalSeconds(run).toFixed(1)} 秒，${size}，断言 ${applied} 条`);
  };
  await execute(notebooks, { onRun: write });
  return problems;
}

if (import.meta.main) {
  await main(() => runNotebooks(findLessons(Deno.args)), "有问题的笔记本没有改写。");
}
