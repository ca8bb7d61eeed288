/**
 * `deno task lint [课名…]`：一本笔记本该是什么样，程序看得出来的都在这里查，一次全报出来。
 *
 * @module
 */
import { checkCode } from "./cells.ts";
import { shown } from "./environment.ts";
import { canonicalText, type Notebook, parseNotebook } from "./format.ts";
import { findLessons, isSolution, type LessonFile, readFiles } from "./lessons.ts";
import { main } from "./main.ts";
import { cellName } from "./outputs.ts";
import { formulaProblems, linkProblems, notebookHeadings, proseProblems, wordProblems } from "./prose.ts";
import { fileSize, lessonRules, solutionRules } from "./rules.ts";

interface Found {
  readonly file: number;
  readonly cell: number;
  readonly line: number;
  readonly message: string;
}

/** 查几本；返回有问题的行，`notebooks/01_….ipynb 第 5 格 [3] 第 2 行：…`，按位置排好。 */
export async function lint(files: readonly LessonFile[]): Promise<string[]> {
  const notebooks = files.map(({ text }) => parseNotebook(text));
  const code = await checkCode(notebooks);
  const found: Found[] = [
    ...code.map((problem) => ({ ...problem, file: problem.notebook })),
    ...files.flatMap((file, index) => textProblems(file, notebooks[index]!).map((p) => ({ ...p, file: index }))),
  ];
  found.sort((a, b) => a.file - b.file || a.cell - b.cell || a.line - b.line);
  return found.map(({ file, cell, line, message }) => {
    const place = cell === 0 ? "" : ` ${cellName(notebooks[file]!, cell)}${line > 0 ? ` 第 ${line} 行` : ""}`;
    return `${shown(files[file]!.path)}${place}：${message}`;
  });
}

function textProblems({ path, text }: LessonFile, notebook: Notebook): Omit<Found, "file">[] {
  const rules = isSolution(path) ? solutionRules : lessonRules;
  const whole = [...rules.flatMap((rule) => rule(notebook)), ...fileSize(text)].map((t) => ({ ...t, line: 0 }));
  const headings = notebookHeadings(notebook);
  const perLine = notebook.cells.flatMap((cell, index) => {
    const lines = cell.cell_type === "markdown"
      ? [...proseProblems(cell.source), ...formulaProblems(cell.source), ...linkProblems(cell.source, path, headings)]
      : cell.source.split("\n").flatMap((line, i) => wordProblems(line, i + 1));
    return lines.map((problem) => ({ ...problem, cell: index + 1 }));
  });
  return [...whole, ...perLine, ...formProblems(text, notebook)];
}

/** 写法是不是运行器的：id 不重复，没有多出来的元数据。 */
function formProblems(text: string, notebook: Notebook): Omit<Found, "file">[] {
  const say = (message: string) => [{ cell: 0, line: 0, message }];
  try {
    return canonicalText(notebook) === text ? [] : say("写法不是运行器的（元数据、id、缩进）；跑一次 deno task run");
  } catch (error) {
    return say(error instanceof Error ? error.message : String(error));
  }
}

if (import.meta.main) {
  await main(async () => {
    const paths = findLessons(Deno.args);
    const problems = await lint(await readFiles(paths));
    if (problems.length === 0) console.log(`✓ ${paths.length} 本都守规矩`);
    return problems;
  });
}
