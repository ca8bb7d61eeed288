/**
 * 一本笔记本的样子：开头、节奏、结尾、大小、幻灯片、存着的输出。
 *
 * 代码的规则在 `cell_rules.ts`，文字的规则在 `prose.ts`。
 *
 * @module
 */
import type { Cell, Notebook } from "./format.ts";
import { hasPicture, kilobytes, pictures, type Trouble, troubles } from "./outputs.ts";
import { headingText, proseLines } from "./prose.ts";

/** 上限。一格的行数、幻灯片上画图格的行数和图高（像素）、格数、字节、幻灯片张数、分钟。 */
export const limits = {
  cellLines: 15,
  slideLines: 6,
  slidePicture: 400,
  cells: 40,
  bytes: 300 * 1024,
  slides: 12,
  minutes: 25,
} as const;

// 说整本的问题，格号写 0。
type Rule = (notebook: Notebook) => Trouble[];

const han = /\p{Script=Han}/u;

/** 第一格：标题、你将能够、预计几分钟、先读。 */
const opening: Rule = ({ cells }) => {
  const first = cells[0];
  const say = (message: string): Trouble => ({ cell: 1, message });
  if (first?.cell_type !== "markdown") return [say("第一格要是 Markdown：标题、你将能够、预计 N 分钟、先读")];
  const found: Trouble[] = [];
  const title = /^# +(.+)/.exec(first.source)?.[1];
  if (title === undefined || !han.test(title)) found.push(say("第一行要是 # 开头的中文标题"));
  const goals = goalCount(first.source);
  if (goals === undefined) found.push(say("第一格缺“你将能够”"));
  else if (goals < 2 || goals > 3) found.push(say(`“你将能够”要列 2 到 3 条，现在是 ${goals} 条`));
  const minutes = /预计\s*(\d+)\s*分钟/.exec(first.source)?.[1];
  if (minutes === undefined) found.push(say("第一格缺“预计 N 分钟”"));
  else if (Number(minutes) > limits.minutes) found.push(say(`预计 ${minutes} 分钟，要求不超过 ${limits.minutes} 分钟`));
  if (!first.source.includes("先读")) found.push(say("第一格缺“先读”"));
  return found;
};

/** “你将能够”后面那个列表有几条。 */
function goalCount(source: string): number | undefined {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.includes("你将能够"));
  if (start < 0) return undefined;
  let count = 0;
  for (const line of lines.slice(start + 1)) {
    if (/^\s*(?:[-*]|\d+[.、)])\s*\S/.test(line)) count++;
    else if (line.trim() !== "" && !/^\s{2,}/.test(line)) break;
  }
  return count;
}

/** 结尾：小结、练习、出处依次是标题，最后一格有去目录的链接。 */
const ending: Rule = ({ cells }) => {
  const places = ["小结", "练习", "出处"].map((word) => ({
    word,
    cell: cells.findLastIndex((cell) =>
      cell.cell_type === "markdown" && titles(cell).some((title) => title.includes(word))
    ),
  }));
  const missing = places.filter(({ cell }) => cell < 0)
    .map(({ word }) => ({ cell: cells.length, message: `结尾缺标题“${word}”` }));
  const found = places.filter(({ cell }) => cell >= 0);
  const outOfOrder = found.some(({ cell }, i) => i > 0 && cell < found[i - 1]!.cell);
  const last = cells.at(-1);
  const hasContents = last?.cell_type === "markdown" && /\[[^\]]*目录[^\]]*\]\(/.test(last.source);
  return [
    ...missing,
    ...(outOfOrder ? [{ cell: found[0]!.cell + 1, message: "结尾的次序要是小结、练习、出处" }] : []),
    ...(hasContents ? [] : [{ cell: cells.length, message: "最后一格要有 上一课 · [目录](…) · 下一课 这一行" }]),
  ];
};

function titles(cell: Cell): string[] {
  return proseLines(cell.source).flatMap(({ text }) => headingText(text) ?? []);
}

/** 先猜在前：第一格有断言、图、表的代码之前，要有一道先猜。 */
const guessFirst: Rule = ({ cells }) => {
  const answer = cells.findIndex((cell) =>
    cell.cell_type === "code" && /\b(?:check|draw\w*|table)\(/.test(cell.source)
  );
  const guess = cells.findIndex((cell) => /先猜|\bguess\(/.test(withoutImports(cell.source)));
  if (guess >= 0 && (answer < 0 || guess < answer)) return [];
  return [{ cell: answer + 1 || cells.length, message: "给答案的代码前面要先有一道“先猜”" }];
};

function withoutImports(source: string): string {
  return source.replace(/^import[\s\S]*?;$/gm, "");
}

/** 格数，每格的行数。 */
const sizes: Rule = ({ cells }) => {
  const found = cells.length > limits.cells
    ? [{ cell: cells.length, message: `一共 ${cells.length} 格，要求不超过 ${limits.cells} 格` }]
    : [];
  for (const [index, cell] of cells.entries()) {
    const say = (message: string) => found.push({ cell: index + 1, message });
    if (cell.source.trim() === "") say("这一格是空的");
    const lines = cell.source.trimEnd().split("\n").length;
    if (cell.cell_type === "code" && lines > limits.cellLines) {
      say(`这一格有 ${lines} 行，要求不超过 ${limits.cellLines} 行`);
    }
  }
  return found;
};

/** 幻灯片：张数；画图的格在幻灯片上要短，图要矮，不用滚动就看得全。 */
const slides: Rule = ({ cells }) => {
  const types = cells.map((cell) => cell.metadata.slideshow?.slide_type ?? "-");
  const count = types.filter((type) => type === "slide" || type === "subslide").length;
  if (count === 0) return [];
  const found = count > limits.slides
    ? [{ cell: cells.length, message: `一共 ${count} 张幻灯片，要求不超过 ${limits.slides} 张` }]
    : [];
  for (const [index, cell] of cells.entries()) {
    // 没写或写 "-" 的格接着放在前一张上；只有 skip 和 notes 不上台。
    if (types[index] === "skip" || types[index] === "notes" || !hasPicture(cell)) continue;
    const say = (message: string) => found.push({ cell: index + 1, message });
    const lines = cell.source.trimEnd().split("\n").length;
    if (lines > limits.slideLines) {
      say(`幻灯片上画图的格有 ${lines} 行，要求不超过 ${limits.slideLines} 行；长的准备工作另放一格，标 skip`);
    }
    for (const picture of pictures(cell)) {
      const height = Number(
        /<svg[^>]*\bheight="(\d+(?:\.\d+)?)"/.exec(String(picture["image/svg+xml"] ?? ""))?.[1] ?? 0,
      );
      if (height > limits.slidePicture) say(`幻灯片上的图高 ${height} 像素，要求不超过 ${limits.slidePicture} 像素`);
    }
  }
  return found;
};

/** 存着的输出：没有错误、stderr、机器路径；执行次数 1…n；画图的格真的有图。 */
const savedOutputs: Rule = (notebook) => {
  const found = troubles(notebook);
  const ran = notebook.cells.some((cell) => cell.execution_count != null);
  if (!ran) return [{ cell: 0, message: "一格也没有跑过；先跑 deno task run" }];
  let count = 0;
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== "code" || cell.source.trim() === "") continue;
    const say = (message: string) => found.push({ cell: index + 1, message });
    count++;
    if (cell.execution_count !== count) {
      say(`执行次数是 ${cell.execution_count ?? "空的"}，要是 ${count}；先跑 deno task run`);
    }
    if (lastLineDraws(cell.source) && !hasPicture(cell)) say("这一格画图，存着的输出里却没有图");
    for (const picture of pictures(cell)) {
      const missing = ["image/svg+xml", "image/png", "text/plain"].filter((mime) => picture[mime] === undefined);
      if (missing.length > 0) say(`图要有 SVG、PNG 和一句话三样，缺 ${missing.join("、")}`);
      else if (!han.test(String(picture["text/plain"]))) say("图的 text/plain 要用一句中文说图上是什么");
    }
  }
  return found;
};

/** 最后一句（从第一个顶格写的行算起）是不是画图。 */
function lastLineDraws(source: string): boolean {
  const statement = source.trimEnd().split(/\n(?=[^\s})\]])/).at(-1) ?? "";
  return /^draw\w*\(/.test(statement);
}

/** 元数据：哪个内核。 */
const kernel: Rule = ({ metadata }) => {
  const name = (metadata["kernelspec"] as { name?: string } | undefined)?.name;
  return name === "deno" ? [] : [{ cell: 1, message: `kernelspec 要是 deno，现在是 ${name ?? "空的"}` }];
};

/** 练习留给学习者：存着的判分只能是“还没写”。 */
const openExercises: Rule = ({ cells }) =>
  verdicts(cells).flatMap(({ cell, line }) =>
    line.startsWith("✓")
      ? [{ cell, message: "练习已经做完了，要留给学习者" }]
      : line.startsWith("✗")
      ? [{ cell, message: "练习一打开就判错，要从空桩开始" }]
      : []
  );

/** 参考解答每道题都要通过。 */
const solved: Rule = ({ cells }) =>
  verdicts(cells).filter(({ line }) => !line.startsWith("✓"))
    .map(({ cell, line }) => ({ cell, message: `参考解答没有通过自己的练习：${line}` }));

/** 存着的判分，一行一个：`✓ 练习…`、`✗ 练习…`、`✎ 练习…`。 */
function verdicts(cells: readonly Cell[]): { cell: number; line: string }[] {
  return cells.flatMap((cell, index) =>
    (cell.outputs ?? []).flatMap((output) => output.output_type === "stream" ? output.text.split("\n") : [])
      .filter((line) => /^[✓✗✎] 练习/.test(line))
      .map((line) => ({ cell: index + 1, line }))
  );
}

/** 一课要守的。 */
export const lessonRules: readonly Rule[] = [
  opening,
  ending,
  guessFirst,
  sizes,
  slides,
  savedOutputs,
  openExercises,
  kernel,
];

/** 参考解答要守的：没有开头、结尾和先猜。 */
export const solutionRules: readonly Rule[] = [sizes, savedOutputs, solved, kernel];

/** 文件多大。 */
export function fileSize(text: string): Trouble[] {
  const bytes = new TextEncoder().encode(text).length;
  return bytes <= limits.bytes
    ? []
    : [{ cell: 1, message: `文件有 ${kilobytes(bytes)}，要求不超过 ${kilobytes(limits.bytes)}` }];
}
