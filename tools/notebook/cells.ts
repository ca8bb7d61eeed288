/**
 * 单元格当作 TypeScript 来查：内核只剥掉类型、从不检查，所以把一本的代码格接成一个文件，交给 `deno check` 和 `deno lint`。
 *
 * 报出来的行号换回第几格第几行。
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cellMarker } from "./cell_rules.ts";
import { environment, root, withScratch } from "./environment.ts";
import type { Notebook } from "./format.ts";

/** 一处问题：第几本、第几格、格里第几行。 */
export interface CodeProblem {
  readonly notebook: number;
  readonly cell: number;
  readonly line: number;
  readonly message: string;
}

interface Place {
  readonly cell: number;
  readonly line: number;
}

/** 接成的文件，和每一行（从 1 数）原来在哪。 */
export function extract(notebook: Notebook): { text: string; places: readonly Place[] } {
  const lines: string[] = [], places: Place[] = [{ cell: 0, line: 0 }];
  for (const [index, { cell_type, source, metadata }] of notebook.cells.entries()) {
    if (cell_type !== "code") continue;
    const cell = index + 1;
    const own = [cellMarker(cell, metadata.tags?.includes("parameters") ?? false), ...source.split("\n")];
    lines.push(...own);
    places.push(...own.map((_, line) => ({ cell, line: Math.max(1, line) })));
  }
  return { text: [...lines, "export {};", ""].join("\n"), places };
}

/** 类型检查和 lint，几本一起。 */
export async function checkCode(notebooks: readonly Notebook[]): Promise<CodeProblem[]> {
  const extracted = notebooks.map(extract);
  return await withScratch(async (folder) => {
    const files = extracted.map((_, i) => join(folder, `${i}.ts`));
    for (const [i, { text }] of extracted.entries()) await Deno.writeTextFile(files[i]!, text);
    const [types, style] = await Promise.all([
      deno("check", ...files),
      deno("lint", "--json", "--config", join(root, "tools", "notebook", "cells.lint.json"), ...files),
    ]);
    const urls = files.map((file) => pathToFileURL(file).href);
    const locate = (url: string, line: number, message: string): CodeProblem => {
      const notebook = urls.indexOf(url);
      const place = extracted[notebook]?.places[line];
      if (!place) {
        throw new Error(`无法检查单元格：需要库先通过类型检查：现在 ${url.replace(here, "")}:${line} ${message}`);
      }
      return { notebook, ...place, message };
    };
    // 练习的空桩等人来写，参数和变量先摆着，没用到不算错。
    const isStub = ({ notebook, cell, message }: CodeProblem) =>
      message.includes("no-unused-vars") && /\bexercise\(/.test(notebooks[notebook]!.cells[cell - 1]!.source);
    const found = lintProblems(style.stdout, locate).filter((problem) => !isStub(problem));
    // 同名声明已经由我们的规则报过，说得还更清楚。
    const isRepeat = (p: CodeProblem) =>
      /^TS(2451|2300|2440|2393)\b/.test(p.message) &&
      found.some((q) => /声明了两次/.test(q.message) && q.notebook === p.notebook);
    const typed = typeProblems(types.stderr, locate);
    if (types.code !== 0 && typed.length === 0) throw new Error(`无法检查单元格的类型：\n${types.stderr}`);
    return [...typed.filter((problem) => !isRepeat(problem)), ...found];
  });
}

type Locate = (url: string, line: number, message: string) => CodeProblem;

/** 报错里提到自己的模块时用的是网址；给人看的只从项目的根写起。 */
const here = pathToFileURL(join(root, "/")).href;

/** `TS2345 [ERROR]: …\n 代码\n ~~~\n at file:///…:7:12`；语法错误没有编号。 */
function typeProblems(stderr: string, locate: Locate): CodeProblem[] {
  const pattern =
    /^(?:(TS\d+) \[ERROR\]|error): (?!Type checking failed)(.+)\n([\s\S]*?)^\s*at (file:\S+?):(\d+):\d+/gm;
  return [...stderr.matchAll(pattern)].map(([, code, message, code_frame, url, line]) => {
    const bare = /check\(/.test(code_frame!) &&
      /'(boolean|true|false)' is not assignable to parameter of type 'number'/.test(message!);
    const hint = bare ? "（断言要一个量出来的数，不收 true/false）" : "";
    return locate(url!, Number(line), `${code ? `${code} ` : ""}${message!.replaceAll(here, "")}${hint}`);
  });
}

interface LintReport {
  diagnostics: { filename: string; range: { start: { line: number } }; message: string; code: string; hint?: string }[];
  errors: { file_path: string; message: string }[];
}

function lintProblems(stdout: string, locate: Locate): CodeProblem[] {
  const { diagnostics } = JSON.parse(stdout) as LintReport; // errors 里是语法错误，类型检查也会报
  return diagnostics.map(({ filename, range, message, code, hint }) =>
    locate(
      filename,
      range.start.line,
      code.startsWith("cell/") ? message : `${message}（deno lint ${code}${hint ? `：${hint}` : ""}）`,
    )
  );
}

async function deno(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: environment(),
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
