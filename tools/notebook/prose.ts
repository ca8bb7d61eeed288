/**
 * 文字的规则：标题有中文、公式编号写全、不写的词、链接到得了。
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { root, shown } from "./environment.ts";
import { type Notebook, parseNotebook } from "./format.ts";

/** 一处问题：格里第几行、说的什么。 */
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

const han = /\p{Script=Han}/u;

/** 不写的词。 */
const banned = ["让我们", "值得注意的是", "综上所述", "赋能", "大大提升", "众所周知", "代币", "变压器", "绳索"];

/** 一格 Markdown 的文字问题。 */
export function proseProblems(markdown: string): LineProblem[] {
  const problems: LineProblem[] = [];
  for (const { text, line } of proseLines(markdown)) {
    const add = (message: string) => problems.push({ line, message });
    const heading = headingText(text);
    if (heading !== undefined && !han.test(heading)) add(`标题里没有中文：${heading}`);
    problems.push(...wordProblems(text, line));
    // 楼里的原话照录，不归语气管。
    const ours = /^\s*>/.test(text) ? "" : text.replace(/“[^”]*”/g, "");
    if (ours.includes("！")) add("不用感叹号");
    if ((ours.match(/——/g)?.length ?? 0) > 1) add("一段里不超过一个破折号");
  }
  return problems;
}

/** 公式的问题：花括号不成对，MathJax 会把整个式子显示成红字；`$$` 没有关上，后面的文字都会变成公式。 */
export function formulaProblems(markdown: string): LineProblem[] {
  const bare = markdown.replace(/^(```+|~~~+)[\s\S]*?^\1.*$|`[^`\n]*`/gm, (code) => code.replace(/[^\n]/g, " "));
  const problems: LineProblem[] = [];
  const rest = bare.replace(
    /\$\$([\s\S]*?)\$\$|(?<![\\$])\$((?:[^$\\\n]|\\.)+)\$/g,
    (formula, block, inline, at: number) => {
      const braces = ((block ?? inline) as string).replace(/\\[{}\\]/g, "").match(/[{}]/g) ?? [];
      let depth = 0;
      if (braces.some((brace) => (depth += brace === "{" ? 1 : -1) < 0) || depth !== 0) {
        problems.push({
          line: lineAt(bare, at),
          message: `公式的花括号不成对：${formula.replaceAll("\n", " ").slice(0, 60)}`,
        });
      }
      return formula.replace(/[^\n]/g, " ");
    },
  );
  const open = rest.indexOf("$$");
  return open < 0 ? problems : [...problems, { line: lineAt(rest, open), message: "公式的 $$ 没有关上" }];
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** 一行文字里不写的词、没写全的公式编号、排队的表情符号。代码里的字也是给人看的，一样查。 */
export function wordProblems(text: string, line: number): LineProblem[] {
  const messages: string[] = [];
  if (!/^\s*>/.test(text)) {
    messages.push(...banned.filter((word) => text.includes(word)).map((word) => `不写“${word}”`));
  }
  const equation = /(?<!(?:8130|8231|8265|RF|RoFormer)\s*的?\s*公?)(?<!公)公?式\s*[(（]\s*\d+[a-z]?\s*[)）]/.exec(text);
  if (equation) messages.push(`公式编号没写出处：“${equation[0]}”，要写成 8130(3)、8265(4)、8231(1) 或 RF(16) 这样`);
  if (/(?:\p{Extended_Pictographic}\uFE0F?\s*){2,}/u.test(text)) messages.push("不用表情符号排队");
  return messages.map((message) => ({ line, message }));
}

/**
 * 链接的问题：相对链接要到得了，带 # 的要有那个标题，带 #cell-id= 的要有那一格。
 *
 * @param path 这一格所在的笔记本 @param own 这一本自己的标题
 */
export function linkProblems(markdown: string, path: string, own: readonly string[]): LineProblem[] {
  return proseLines(markdown).flatMap(({ text, line }) =>
    links(text).flatMap((target) => {
      const message = linkProblem(target, path, own);
      return message ? [{ line, message }] : [];
    })
  );
}

/** 一行里的链接目标：Markdown 的 `[…](目标)`、`<img src>`、`<a href>`。 */
export function links(text: string): string[] {
  const found = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|(?:href|src)\s*=\s*"([^"]*)"/g)];
  return found.map((match) => match[1] ?? match[2] ?? "");
}

function linkProblem(target: string, path: string, own: readonly string[]): string | undefined {
  if (/^(https?:|mailto:|data:|attachment:)/.test(target)) return undefined;
  const [file = "", anchor] = decodeURI(target).split("#");
  if (file === "") return hasHeading(own, anchor ?? "") ? undefined : `链接的标题不存在：${target}`;
  const destination = join(dirname(path), file);
  if (relative(root, destination).startsWith("..")) return `链接指到了项目外面：${target}`;
  try {
    Deno.statSync(destination);
  } catch {
    return `链接的文件不存在：${target}（找的是 ${shown(destination)}）`;
  }
  const cell = anchor?.match(/^cell-id=(.+)$/)?.[1]; // JupyterLab 认这种，跳到那一格
  if (cell !== undefined) return hasCell(destination, cell) ? undefined : `链接的格不存在：${target}`;
  if (!anchor || hasHeading(headings(destination), anchor)) return undefined;
  return `链接的标题不存在：${target}`;
}

function hasCell(path: string, id: string): boolean {
  return path.endsWith(".ipynb") && parseNotebook(Deno.readTextFileSync(path)).cells.some((cell) => cell.id === id);
}

/** 一个文件里的标题，`.ipynb` 和 `.md` 都认。 */
function headings(path: string): string[] {
  const text = Deno.readTextFileSync(path);
  return path.endsWith(".ipynb") ? notebookHeadings(parseNotebook(text)) : markdownHeadings(text);
}

/** 一本的全部标题。 */
export function notebookHeadings(notebook: Notebook): string[] {
  return notebook.cells.flatMap((cell) => cell.cell_type === "markdown" ? markdownHeadings(cell.source) : []);
}

function markdownHeadings(markdown: string): string[] {
  return proseLines(markdown).flatMap(({ text }) => headingText(text) ?? []);
}

// GitHub 和 JupyterLab 的写法不一样（大小写、标点、空格），只比字。
function hasHeading(known: readonly string[], anchor: string): boolean {
  const key = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return known.some((heading) => key(heading) === key(anchor));
}

/** 一行是标题就返回标题的字。 */
export function headingText(line: string): string | undefined {
  return /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] ?? /^\s*<h[1-6][^>]*>(.*?)<\/h[1-6]>/i.exec(line)?.[1];
}

/** 去掉围栏代码、行内代码和公式，剩下的每一行文字。 */
export function proseLines(markdown: string): { text: string; line: number }[] {
  let fence: string | undefined, inMath = false;
  return markdown.split("\n").flatMap((raw, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(raw)?.[1];
    if (mark && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      return [];
    }
    if (fence !== undefined) return [];
    const dollars = raw.match(/\$\$/g)?.length ?? 0;
    const skip = inMath || dollars === 1;
    if (dollars === 1) inMath = !inMath;
    if (skip) return [];
    const text = raw.replace(/`[^`]*`/g, "").replace(/\$\$[^$]*\$\$|\$[^$]*\$/g, "");
    return [{ text, line: index + 1 }];
  });
}
