/** 规矩一条一条地破，每一条都要被叫出名字。十种大毛病在 `faults_test.ts`，这里是其余的。 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { root } from "../../tools/notebook/environment.ts";
import { canonicalText, type Output, parseNotebook } from "../../tools/notebook/format.ts";
import { lint } from "../../tools/notebook/lint.ts";
import { hasPicture, pictures } from "../../tools/notebook/outputs.ts";
import { codeCells, expectFound, type Fault, insert, lesson, replace, write } from "./plant.ts";

/** 给第四个代码格换上一个输出。 */
function output(planted: Output): Fault["plant"] {
  return (notebook) => {
    const cell = codeCells(notebook)[3]!;
    cell.outputs = [planted];
    return notebook.cells.indexOf(cell) + 1;
  };
}

const stdout = (text: string): Output => ({ output_type: "stream", name: "stdout", text });

const shape: readonly Fault[] = [
  { name: "标题没有中文", plant: replace(1, "# 一条直线", "# A line"), says: /第 @ 格：第一行要是 # 开头的中文标题/ },
  { name: "没有“你将能够”", plant: replace(1, "你将能够", "内容"), says: /第 @ 格：第一格缺“你将能够”/ },
  { name: "只列一条", plant: replace(1, /- 改一个数.*\n/, ""), says: /“你将能够”要列 2 到 3 条，现在是 1 条/ },
  { name: "没写多久", plant: replace(1, "预计 5 分钟", "很快"), says: /第 @ 格：第一格缺“预计 N 分钟”/ },
  { name: "太久", plant: replace(1, "预计 5 分钟", "预计 30 分钟"), says: /第 @ 格：预计 30 分钟，要求不超过 25 分钟/ },
  { name: "没写先读", plant: replace(1, "先读", "先看"), says: /第 @ 格：第一格缺“先读”/ },
  { name: "没有出处", plant: replace(12, "## 出处", "## 来历"), says: /第 @ 格：结尾缺标题“出处”/ },
  {
    name: "次序反了",
    plant: (n) => (n.cells.splice(9, 0, n.cells.pop()!), 12),
    says: /第 \d+ 格：结尾的次序要是小结、练习、出处/,
  },
  { name: "没有目录", plant: replace(12, "[目录]", "[首页]"), says: /第 @ 格：最后一格要有 上一课 · \[目录\]/ },
  {
    name: "先有答案后猜",
    plant: (n) => (n.cells.splice(3, 2), 5),
    says: /第 @ 格 \[\d+\]：给答案的代码前面要先有一道“先猜”/,
  },
  {
    name: "一格太长",
    plant: insert("// 注\n".repeat(12).trimEnd()),
    says: /第 @ 格 \[\d+\]：这一格有 16 行，要求不超过 15 行/,
  },
  {
    name: "格太多",
    plant: (
      n,
    ) => (n.cells.splice(9, 0, ...Array.from({ length: 30 }, (_, i) => ({ ...n.cells[7]!, id: `x${i}` }))), 42),
    says: /第 @ 格：一共 42 格，要求不超过 40 格/,
  },
  {
    name: "幻灯片太多",
    plant: (
      n,
    ) => (n.cells.splice(9, 0, ...Array.from({ length: 12 }, (_, i) => ({ ...n.cells[7]!, id: `x${i}` }))), 24),
    says: /第 @ 格：一共 16 张幻灯片，要求不超过 12 张/,
  },
  {
    name: "幻灯片上画图的格太长",
    plant: (notebook) => {
      const cell = notebook.cells.find(hasPicture)!;
      cell.source = "// 注\n".repeat(6) + cell.source;
      delete cell.metadata.slideshow; // 没写就是接着放在前一张上；前面那格是 skip，这格不是
      return notebook.cells.indexOf(cell) + 1;
    },
    says: /第 @ 格 \[\d+\]：幻灯片上画图的格有 7 行，要求不超过 6 行/,
  },
  {
    name: "幻灯片上的图太高",
    plant: (notebook) => {
      const cell = notebook.cells.find(hasPicture)!;
      const picture = pictures(cell)[0]!;
      picture["image/svg+xml"] = String(picture["image/svg+xml"]).replace(/ height="\d+"/, ' height="480"');
      return notebook.cells.indexOf(cell) + 1;
    },
    says: /第 @ 格 \[\d+\]：幻灯片上的图高 480 像素，要求不超过 400 像素/,
  },
  { name: "空格子", plant: (n) => (n.cells[7]!.source = " \n", 8), says: /第 @ 格：这一格是空的/ },
];

const prose: readonly Fault[] = [
  ...["让我们", "值得注意的是", "综上所述", "赋能", "大大提升", "众所周知", "代币", "变压器", "绳索"].map((word) => ({
    name: word,
    plant: write(`这里${word}一下。`),
    says: new RegExp(`第 @ 格 第 1 行：不写“${word}”`),
  })),
  { name: "代码里的注释也算", plant: insert("// 让我们看看"), says: /第 @ 格 \[\d+\] 第 1 行：不写“让我们”/ },
  { name: "光写式(3)", plant: write("由式（3）可知。"), says: /第 @ 格 第 1 行：公式编号没写出处：“式（3）”/ },
  { name: "光写公式 (3)", plant: write("由公式 (3) 可知。"), says: /第 @ 格 第 1 行：公式编号没写出处：“公式 \(3\)”/ },
  { name: "表情符号排队", plant: write("好 🎉🎉 好"), says: /第 @ 格 第 1 行：不用表情符号排队/ },
  { name: "感叹号", plant: write("真好！"), says: /第 @ 格 第 1 行：不用感叹号/ },
  { name: "两个破折号", plant: write("甲——乙——丙"), says: /第 @ 格 第 1 行：一段里不超过一个破折号/ },
  {
    name: "链接的标题不存在",
    plant: write("[那里](#没有这一节)"),
    says: /第 @ 格 第 1 行：链接的标题不存在：#没有这一节/,
  },
  {
    name: "链接的格不存在",
    plant: write("[那里](01_line.ipynb#cell-id=nowhere)"),
    says: /第 @ 格 第 1 行：链接的格不存在：01_line\.ipynb#cell-id=nowhere/,
  },
  { name: "链接指到外面", plant: write("[外面](../../../../x.md)"), says: /第 @ 格 第 1 行：链接指到了项目外面/ },
  { name: "图片的链接也算", plant: write('<img src="none.png">'), says: /第 @ 格 第 1 行：链接的文件不存在：none.png/ },
];

const code: readonly Fault[] = [
  {
    name: "后面的格导入",
    plant: insert(`import { rotate as r2 } from "@lib/matrix.ts";`),
    says: /第 @ 格 \[\d+\] 第 1 行：导入只写在第一个代码格里/,
  },
  {
    name: "不走别名",
    plant: insert(`import { unit } from "npm:mathjs@15.2.0";`, 0),
    says: /第 @ 格 \[\d+\] 第 1 行：导入只走 deno.json 里的别名，例如 @lib\/：现在是 "npm:mathjs@15\.2\.0"/,
  },
  {
    name: "import(…)",
    plant: insert(`import("@lib/matrix.ts");`),
    says: /第 @ 格 \[\d+\] 第 1 行：导入只写在第一个代码格里，不用 import/,
  },
  {
    name: "第一格写了别的",
    plant: insert("const early = 1;", 0),
    says: /第 @ 格 \[\d+\] 第 1 行：第一个代码格只写导入/,
  },
  {
    name: "没有的导出",
    plant: insert(`import { nothing } from "@lib/notebook.ts";`, 0),
    says: /第 @ 格 \[\d+\] 第 1 行：TS2305/,
  },
  {
    name: "旋钮格没有标签",
    plant: (n) => (delete n.cells[2]!.metadata.tags, 3),
    says: /第 @ 格 \[\d+\] 第 1 行：第二个代码格是旋钮，要有 parameters 标签/,
  },
  {
    name: "旋钮没写单位",
    plant: replace(3, / \/\/ 维数.*/, ""),
    says: /第 @ 格 \[\d+\] 第 2 行：旋钮写成一行 const 名 = 值; \/\/ 单位和范围/,
  },
  {
    name: "旋钮没验",
    plant: replace(3, /knobs\(.*/, "L + d;"),
    says: /第 @ 格 \[\d+\] 第 3 行：旋钮格的最后一句是 knobs/,
  },
  { name: "await", plant: insert("await Promise.resolve(L);"), says: /第 @ 格 \[\d+\] 第 1 行：格里不能有 await/ },
  {
    name: "for await",
    plant: insert("for await (const x of [L]) x;"),
    says: /第 @ 格 \[\d+\] 第 1 行：格里不能有 for await/,
  },
  {
    name: "同一种声明两次",
    plant: insert("const [d] = [9];"),
    says: /第 @ 格 \[\d+\] 第 1 行：d 声明了两次：第 3 格和第 @ 格，都是 const/,
  },
  {
    name: "和导入同名",
    plant: insert("function draw() {}"),
    says: /draw 声明了两次：第 2 格和第 @ 格，声明的种类变了：import → function/,
  },
  {
    name: "不以表达式结束",
    plant: (n) => (n.cells[5]!.source += "\nconst tail = 1;", 6),
    says: /第 @ 格 \[\d+\] 第 5 行：一格的最后一句要是一个表达式/,
  },
  {
    name: "猜的时候就揭晓",
    plant: replace(5, /$/, "\nsteeper.settle({ A: true, B: false });"),
    says: /第 @ 格 \[\d+\] 第 1 行：steeper 在猜的那一格就揭晓了/,
  },
  {
    name: "猜了不揭晓",
    plant: (n) => (n.cells[8]!.source = n.cells[8]!.source.replace(/steeper\.settle.*/, "change;"), 5),
    says: /第 @ 格 \[\d+\] 第 1 行：steeper 猜了没有揭晓/,
  },
  {
    name: "deno lint 也管",
    plant: insert("let fixed = 1;\nfixed;"),
    says: /第 @ 格 \[\d+\] 第 1 行：`fixed` is never reassigned（deno lint prefer-const/,
  },
];

const saved: readonly Fault[] = [
  {
    name: "存着错误",
    plant: output({ output_type: "error", ename: "Error", evalue: "坏了", traceback: [] }),
    says: /第 @ 格 \[4\]：出错：Error: 坏了/,
  },
  {
    name: "没有跑过",
    plant: (notebook) => {
      for (const cell of codeCells(notebook)) Object.assign(cell, { outputs: [], source: "" });
      return 0;
    },
    says: /：一格也没有跑过；先跑 deno task run/,
  },
  {
    name: "存着 stderr",
    plant: output({ output_type: "stream", name: "stderr", text: "小心\n" }),
    says: /第 @ 格 \[4\]：stderr 里有话：小心/,
  },
  { name: "存着进度", plant: output(stdout("10%\r20%")), says: /第 @ 格 \[4\]：进度文字留在了输出里/ },
  ...["/home/me/x.ts", "/root/x", "/work/a/b", "/Users/me/x", "C:\\Users\\me", "file:///x/y.ts"].map((path) => ({
    name: `存着机器路径 ${path}`,
    plant: output(stdout(`在 ${path} 里`)),
    says: /第 @ 格 \[4\]：输出里有这台机器的路径/,
  })),
  {
    name: "图少一样",
    plant: (notebook) => {
      const cell = notebook.cells.find(hasPicture)!;
      delete pictures(cell)[0]!["image/png"];
      return notebook.cells.indexOf(cell) + 1;
    },
    says: /第 @ 格 \[5\]：图要有 SVG、PNG 和一句话三样，缺 image\/png/,
  },
  {
    name: "图没有话",
    plant: (notebook) => {
      const cell = notebook.cells.find(hasPicture)!;
      pictures(cell)[0]!["text/plain"] = "Picture";
      return notebook.cells.indexOf(cell) + 1;
    },
    says: /第 @ 格 \[5\]：图的 text\/plain 要用一句中文说图上是什么/,
  },
];

const solution = (lines: string): Fault["plant"] => (notebook) => {
  const cell = codeCells(notebook).at(-1)!;
  cell.outputs = [stdout(lines)];
  return notebook.cells.indexOf(cell) + 1;
};

const exercises: readonly Fault[] = [
  {
    name: "题已经替人做了",
    plant: solution("✓ 练习 1：1 条性质都满足。\n"),
    says: /第 @ 格 \[\d+\]：练习已经做完了，要留给学习者/,
  },
  {
    name: "题一打开就是错的",
    plant: solution("✗ 练习 1：“起落”不成立\n"),
    says: /第 @ 格 \[\d+\]：练习一打开就判错，要从空桩开始/,
  },
];

// 一次查完：类型检查一起做，比分几次快得多。
Deno.test("规矩一条一条地破", (t) => expectFound(t, [...shape, ...prose, ...code, ...saved, ...exercises], lint));

Deno.test("参考解答：每道题都要对，不要开头和结尾", async () => {
  const path = join(root, "notebooks", "solutions", "01_line.ipynb");
  const notebook = parseNotebook(await Deno.readTextFile(lesson));
  const cell = codeCells(notebook).at(-1)!;
  notebook.cells = [notebook.cells[1]!, notebook.cells[2]!, { ...cell, execution_count: 3 }];
  const find = (outputs: Output[]) => {
    notebook.cells[2]!.outputs = outputs;
    return lint([{ path, text: canonicalText(notebook) }]);
  };
  const unused = (problems: string[]) => problems.filter((problem) => !problem.includes("no-unused-vars"));
  assert.deepEqual(unused(await find([stdout("✓ 练习 1：1 条性质都满足。\n")])), []);
  assert.match(
    unused(await find([stdout("✎ 练习 1：还没写。\n")])).join("\n"),
    /第 3 格 \[3\]：参考解答没有通过自己的练习/,
  );
});
