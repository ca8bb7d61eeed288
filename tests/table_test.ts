/** 表：对齐、符号、省略、颜色。 */
import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { matrix } from "@lib/matrix.ts";
import { matrixTable, matrixTables, table } from "@lib/notebook/table.ts";
import { display } from "@lib/plots/display.ts";
import { distanceColor, luminance, tint } from "@lib/plots/style.ts";

/** 一段文字在等宽字体里从哪一格开始到哪一格结束；汉字两格。 */
const cellsBefore = (line: string, at: number) =>
  [...line.slice(0, at)].reduce((sum, character) => sum + (/[\u3000-\u9fff\uff00-\uffef]/.test(character) ? 2 : 1), 0);
const html = (text: string) => parseHTML(`<body>${text}</body>`).document;

Deno.test("小数点对齐：文字里在同一格，HTML 里补的是和数字一样宽的空格", () => {
  const shown = table([{ 词: "屡战", 值: 12.5 }, { 词: "a", 值: -0.25 }, { 词: "屡败屡战", 值: 3 }]);
  const lines = shown.text.split("\n");
  const dots = lines.slice(1, 3).map((line) => cellsBefore(line, line.indexOf(".")));
  assert.equal(dots[0], dots[1]);
  const cells = [...html(shown.html).querySelectorAll("td")].map((cell) => cell.textContent);
  assert.deepEqual(cells, ["屡战", "12.50", "a", "−0.25", "屡败屡战", "3.00"]);
  const zero = table([{ 值: 0.25 }, { 值: 0 }]);
  assert.deepEqual([...html(zero.html).querySelectorAll("td")].map((cell) => cell.textContent), [
    "0.25",
    "0\u2008\u2007\u2007",
  ]);
  assert.equal(zero.text, "  值\n0.25\n0");
});

Deno.test("零就是零：-0、1e-17 和它的相反数印得一样；坏数照实印", () => {
  const zeros = [0, -0, 1e-17, -1e-17, -9e-10].map((value) => table([{ 值: value }]));
  assert.equal(new Set(zeros.map((shown) => shown.text + shown.html)).size, 1);
  assert.match(table([{ 值: NaN }]).text, /NaN/);
  assert.match(table([{ 值: -Infinity }]).text, /−∞/);
  for (const value of [-1, -0.5, -1e-5]) assert.doesNotMatch(table([{ 值: value }]).text, /-/);
});

Deno.test("12 行全印；13 行只印头尾各 4 行，并且说出来", () => {
  const rows = (count: number) => table(Array.from({ length: count }, (_, i) => ({ 号: i })));
  assert.equal(rows(12).text.split("\n").length, 13);
  assert.doesNotMatch(rows(12).text, /共/);
  const cut = rows(8192).text.split("\n");
  assert.deepEqual(cut.map((line) => line.trim()), [
    "号",
    "0",
    "1",
    "2",
    "3",
    "⋯",
    "8188",
    "8189",
    "8190",
    "8191",
    "共 8192 行，只印头尾各 4 行。",
  ]);
  assert.ok(rows(8192).html.length < 2 * rows(12).html.length);
});

Deno.test("矩阵的行和列都省略；列名跟着", () => {
  const big = matrixTable(matrix(Array.from({ length: 20 }, (_, i) => Array.from({ length: 30 }, (_, j) => i - j))));
  const lines = big.text.split("\n");
  assert.equal(lines.length, 1 + 9 + 2);
  assert.deepEqual(lines[0]!.trim().split(/ +/), ["0", "1", "2", "3", "⋯", "26", "27", "28", "29"]);
  assert.match(big.text, /共 20 行.*\n共 30 列|共 20 行，只印头尾各 4 行。\n共 30 列/);
  assert.match(lines[9]!, /^19 +19 +18 +17 +16 +⋯ +−7 +−8 +−9 +−10$/);
});

Deno.test("被掩住的印 ·，不影响小数位数", () => {
  const shown = matrixTable(matrix([[1, -Infinity], [2, 3]]), { hidden: (i, j) => i === 1 && j === 0 });
  assert.equal(shown.text, ["   0  1", "0  1  ·", "1  ·  3"].join("\n"));
});

Deno.test("按距离上底色：同一条对角线同色，够浅，黑字看得清；条的长短和绝对值成比例", () => {
  const shown = matrixTable(matrix([[0, -1], [2, 0]]), { colorBy: "distance", bars: true });
  const cells = [...html(shown.html).querySelectorAll("td")] as unknown as Element[];
  const background = cells.map((cell) => /background:(#[0-9a-f]{6})/.exec(cell.getAttribute("style")!)![1]!);
  assert.equal(background[0], background[3]);
  assert.deepEqual(background.slice(0, 3), [0, -1, 1].map((distance) => tint(distanceColor(distance, 1), 0.5)));
  for (const color of background) assert.ok((luminance(color) + 0.05) / (luminance("#111111") + 0.05) > 7, color);
  const widths = cells.map((cell) => /width:([\d.]+)%/.exec(cell.innerHTML)![1]);
  assert.deepEqual(widths, ["0", "50", "100", "0"]);
});

Deno.test("按正负上底色：负和正不同色，零是白", () => {
  const shown = matrixTable(matrix([[1, -1, 0]]), { colorBy: "sign" });
  const background = [...shown.html.matchAll(/<td style="[^"]*background:(#[0-9a-f]{6})/g)].map((match) => match[1]);
  assert.notEqual(background[0], background[1]);
  assert.equal(background[2], "#ffffff");
});

Deno.test("几个矩阵并排：一把尺量条，各有标题", () => {
  const both = matrixTables([
    { title: "甲", matrix: matrix([[1]]), bars: true },
    { title: "乙", matrix: matrix([[4]]), bars: true },
  ]);
  assert.deepEqual([...both.html.matchAll(/width:([\d.]+)%/g)].map((match) => match[1]), ["25", "100"]);
  assert.match(both.text, /甲[\s\S]*乙/);
});

Deno.test("不靠 <style> 和脚本；暗色主题里也是白底黑字；尖括号不当标签", () => {
  const shown = table([{ "名<b>": "x & <i>y</i>" }], { title: "标题", note: "说明。" });
  assert.doesNotMatch(shown.html, /<style|<script|class=|<b>|<i>/);
  assert.match(shown.html, /x &amp; &lt;i&gt;y&lt;\/i&gt;/);
  for (const cell of html(shown.html).querySelectorAll("td, th")) {
    assert.match(cell.getAttribute("style")!, /color:#111111.*background:#/);
  }
  assert.deepEqual(Object.keys(shown[display]()), ["text/html", "text/plain"]);
  assert.equal(shown[display]()["text/plain"], "标题\n名<b>\nx & <i>y</i>\n说明。");
});

Deno.test("不合的形状说得清楚", () => {
  assert.throws(() => table([[1, 2]], { columns: ["一列"] }), /无法印表：需要每行 1 格：现在是 2/);
  assert.throws(
    () => matrixTable(matrix([[1]]), { rowLabels: ["a", "b"] }),
    /无法印矩阵：需要 1 个行名：现在是 2/,
  );
  assert.throws(() => matrixTable(matrix([[1]]), { columnPositions: [] }), /列的位置/);
});

Deno.test("空表、一格的表", () => {
  assert.equal(table([]).text, "");
  assert.equal(matrixTable(matrix([[5]])).text, "   0\n0  5");
  assert.doesNotThrow(() => matrixTable(matrix([])));
});
