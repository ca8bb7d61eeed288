/** 种下的毛病：重跑时、细看时，每一种都要被叫出名字。 */
import { decode, encode } from "fast-png";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { checkSaved } from "../../tools/notebook/check.ts";
import { root } from "../../tools/notebook/environment.ts";
import type { Notebook } from "../../tools/notebook/format.ts";
import { lint } from "../../tools/notebook/lint.ts";
import { hasPicture, pictures } from "../../tools/notebook/outputs.ts";
import { codeCells, expectFound, type Fault, insert, write } from "./plant.ts";

// 种在真的课上：十种毛病都得在学习者看到的那本里被抓住。
const real = join(root, "notebooks", "01_four_tokens.ipynb");

function removePicture(notebook: Notebook): number {
  const cell = notebook.cells.find(hasPicture)!;
  cell.outputs = cell.outputs!.filter((output) => !("data" in output));
  return notebook.cells.indexOf(cell) + 1;
}

function changePixel(notebook: Notebook): number {
  const cell = notebook.cells.find(hasPicture)!;
  const picture = pictures(cell)[0]!;
  const image = decode(Buffer.from(String(picture["image/png"]), "base64"));
  image.data[0] = image.data[0]! ^ 1;
  picture["image/png"] = Buffer.from(encode(image)).toString("base64");
  return notebook.cells.indexOf(cell) + 1;
}

function editOutput(notebook: Notebook): number {
  for (const [index, cell] of notebook.cells.entries()) {
    for (const output of cell.outputs ?? []) {
      if (output.output_type !== "stream" || !output.text.includes("✓ ")) continue;
      output.text = output.text.replace("✓ ", "✓ 手改：");
      return index + 1;
    }
  }
  throw new Error("没有断言可改");
}

Deno.test("重跑看得出来的毛病", (t) =>
  expectFound(
    t,
    [
      {
        name: "一格抛错",
        plant: insert(`if (L > 0) throw new RangeError("种下的错");`),
        says: /第 @ 格 \[\d+\]：出错：RangeError: 种下的错/,
      },
      {
        name: "显示的时候抛错，内核照样回“成功”",
        plant: (notebook) => {
          const cell = codeCells(notebook)[3]!;
          cell.source += `\n({ [Symbol.for("Jupyter.display")]: () => { throw new TypeError("画不出来"); } });`;
          return notebook.cells.indexOf(cell) + 1;
        },
        says: /第 @ 格 \[\d+\]：出错：.*画不出来/,
      },
      {
        name: "手改过的输出",
        plant: editOutput,
        says:
          /第 @ 格 \[\d+\]：(?:第 \d+ 个)?输出的 stdout 不同：第 \d+ 行第 \d+ 字起\n {2}存着：.*✓ 手改：.*\n {2}现在：.*✓ /,
      },
      {
        name: "删掉的图",
        plant: removePicture,
        says: /第 @ 格 \[\d+\]：输出的个数不同：存着 \d 个，现在 \d 个；存着的里面没有：.*image\/png/,
      },
      {
        name: "改了一个像素的图",
        plant: changePixel,
        says:
          /第 @ 格 \[\d+\]：(?:第 \d+ 个)?输出的 PNG 不同：存着 (\d+×\d+)（\d+ 字节），现在 \1（\d+ 字节）：像素不同，共 1 个，第一个在第 1 行第 1 列/,
      },
      {
        name: "不成立的断言",
        plant: insert(`check("一加一等于三", 1 + 1 - 3, 1e-12);`),
        says: /第 @ 格 \[\d+\]：出错：ClaimError: ✗ 一加一等于三：量到 −1，要求绝对值 ≤ 1e-12/,
      },
    ],
    checkSaved,
    real,
  ));

const readable: readonly Fault[] = [
  {
    name: "类型错误",
    plant: insert(`const planted: number = "四";`),
    says: /第 @ 格 \[\d+\] 第 1 行：TS2322 Type 'string' is not assignable to type 'number'/,
  },
  {
    name: "断言给了一个光秃秃的布尔值",
    plant: insert(`check("一加一等于二", 1 + 1 === 2, 1e-12);`),
    says: /第 @ 格 \[\d+\] 第 1 行：TS2345 .*'boolean'.*'number'.*断言要一个量出来的数/,
  },
  { name: "只有英文的标题", plant: write("## Summary"), says: /第 @ 格 第 1 行：标题里没有中文：Summary/ },
  {
    name: "超过 300 KB",
    plant: (notebook) => {
      codeCells(notebook)[3]!.outputs = [{ output_type: "stream", name: "stdout", text: "长".repeat(110_000) }];
      return 1;
    },
    says: /第 @ 格：文件有 \d+ KB，要求不超过 300 KB/,
  },
  {
    name: "链接的文件不存在",
    plant: write("[没有的一课](88_nowhere.ipynb)"),
    says: /第 @ 格 第 1 行：链接的文件不存在：88_nowhere\.ipynb/,
  },
  {
    name: "两格之间换了声明的种类",
    plant: insert("let L = 5;"),
    says: /第 @ 格 \[\d+\] 第 1 行：L 声明了两次：第 3 格和第 @ 格，声明的种类变了：const → let/,
  },
  { name: "删掉的图", plant: removePicture, says: /第 @ 格 \[\d+\]：这一格画图，存着的输出里却没有图/ },
];

Deno.test("细看就看得出来的毛病", (t) => expectFound(t, readable, lint, real));
