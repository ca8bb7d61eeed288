/**
 * 种毛病：在一课的副本上改坏一处，看检查的程序叫不叫得出名字、说不说得对在第几格。
 *
 * 没种的那份也一起查，要什么毛病也没有；这样报出来的只能是种下的。
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { root, shown } from "../../tools/notebook/environment.ts";
import { canonicalText, type Cell, type Notebook, parseNotebook } from "../../tools/notebook/format.ts";
import type { LessonFile } from "../../tools/notebook/lessons.ts";

/** 一种毛病。 */
export interface Fault {
  readonly name: string;
  /** 改坏，返回改在第几格（从 1 数）。 */
  readonly plant: (notebook: Notebook) => number;
  /** 该怎么报，`第 @ 格` 里的 `@` 换成格号。 */
  readonly says: RegExp;
}

/** 拿来种的一课：小，改课程的时候它不动。画图的样子变了，用 `deno task run` 加它的路径重跑一次。 */
export const lesson: string = join(root, "tests", "notebooks", "fixtures", "01_line.ipynb");

/** 代码格。 */
export function codeCells(notebook: Notebook): Cell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

/** 在第 n 个代码格（从 0 数；默认是导入、旋钮、先猜之后的那个）的开头插几行。 */
export function insert(lines: string, n = 3): Fault["plant"] {
  return (notebook) => {
    const cell = codeCells(notebook)[n]!;
    cell.source = `${lines}\n${cell.source}`;
    return notebook.cells.indexOf(cell) + 1;
  };
}

/** 在最后一格的开头加一段。 */
export function write(text: string): Fault["plant"] {
  return (notebook) => {
    const last = notebook.cells.at(-1)!;
    last.source = `${text}\n\n${last.source}`;
    return notebook.cells.length;
  };
}

/** 在第 n 格（从 1 数）里把一段字换成另一段。 */
export function replace(cell: number, before: string | RegExp, after: string): Fault["plant"] {
  return (notebook) => {
    const target = notebook.cells[cell - 1]!;
    const changed = target.source.replace(before, after);
    assert.notEqual(changed, target.source, `第 ${cell} 格里没有 ${before}`);
    target.source = changed;
    return cell;
  };
}

/** 每种毛病一份副本，一起查，一种一个步骤。 */
export async function expectFound(
  t: Deno.TestContext,
  faults: readonly Fault[],
  find: (files: readonly LessonFile[]) => Promise<string[]>,
  original: string = lesson,
): Promise<void> {
  const text = await Deno.readTextFile(original);
  const planted = faults.map((fault, index) => {
    const notebook = parseNotebook(text);
    const cell = fault.plant(notebook);
    // 报出来的行以文件名开头，所以每份副本给一个自己的名字；文件不用真的在。
    return { fault, cell, path: original.replace(/\.ipynb$/, `-${index}.ipynb`), text: canonicalText(notebook) };
  });
  const problems = await find([{ path: original, text }, ...planted]);
  const about = (path: string) => problems.filter((problem) => problem.startsWith(shown(path)));
  await t.step("没种毛病的那份没有问题", () => assert.deepEqual(about(original), []));
  for (const { fault, cell, path } of planted) {
    await t.step(fault.name, () => {
      const wanted = new RegExp(fault.says.source.replaceAll("第 @ 格", `第 ${cell} 格`), fault.says.flags);
      const found = about(path);
      assert.ok(found.some((problem) => wanted.test(problem)), `没有报出 ${wanted}，报的是：\n${found.join("\n")}`);
    });
  }
}
