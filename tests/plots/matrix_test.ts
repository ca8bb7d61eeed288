/** 画矩阵：掩码、平均、颜色、印数、大小。 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decode } from "fast-png";
import { matrix } from "@lib/matrix.ts";
import { drawMatrix, type MatrixPanel } from "@lib/plots/matrix.ts";
import { channels, distanceColor, signColor } from "@lib/plots/style.ts";
import { filled } from "./gallery.ts";

const drawn = (panel: MatrixPanel, extra: { digits?: number } = {}) => drawMatrix([panel], { says: "图。", ...extra });
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
const fills = (svg: string) => [...svg.matchAll(/fill="(#[0-9a-f]{6})" d="M/g)].map((match) => match[1]!);

/** 像素图里第 `row` 行第 `column` 列的颜色 `[r, g, b]`。 */
function pixel(svg: string, row: number, column: number): number[] {
  const image = decode(Buffer.from(/base64,([^"]+)"/.exec(svg)![1]!, "base64"));
  return [...image.palette![image.data[row * image.width + column]!]!].slice(0, 3);
}

Deno.test("4×4 印出每个数，位数一致，负号是真的减号，没有 -0", () => {
  const { svg } = drawn({ matrix: matrix([[0.5, -0.25], [-1e-17, -0]]) });
  assert.deepEqual(texts(svg).filter((text) => /^[−\d.]+$/.test(text)).slice(0, 4), ["0.50", "−0.25", "0", "0"]);
  assert.doesNotMatch(texts(svg).join(), /-/);
});

Deno.test("并排的矩阵印一样多的小数位，整数的不硬加小数", () => {
  const { svg } = drawMatrix([
    { matrix: matrix([[0.1234567]]) },
    { matrix: matrix([[12.3456]]) },
    { matrix: matrix([[3]]) },
  ], { says: "图。" });
  assert.deepEqual(texts(svg).filter((text) => text !== "0"), ["0.1", "12.3", "3"]);
  assert.match(drawn({ matrix: matrix([[0.1234567]]) }, { digits: 5 }).svg, /0\.12346/);
});

Deno.test("四个 4×4 并排也印得下两位小数", () => {
  const panel = { title: "分数", matrix: filled(4, 4, () => -1.234) };
  const { svg, width } = drawMatrix([panel, panel, panel, panel], { says: "图。" });
  assert.equal(texts(svg).filter((text) => text === "−1.23").length, 64);
  assert.ok(width <= 960);
});

Deno.test("按距离上色：同一条对角线同色，七条对角线七种颜色，和数值无关", () => {
  const svg = drawn({ matrix: filled(4, 4, (i, j) => Math.sin(i * 7 + j)), color: "distance" }).svg;
  const used = fills(svg);
  assert.equal(used.length, 7);
  assert.deepEqual(new Set(used), new Set([-3, -2, -1, 0, 1, 2, 3].map((distance) => distanceColor(distance, 3))));
});

Deno.test("位置改变距离：行的位置加 100，颜色只看位置差", () => {
  const numbers = filled(2, 2, () => 1);
  const near = drawn({ matrix: numbers, color: "distance", rowPositions: [100, 101], columnPositions: [100, 101] }).svg;
  assert.deepEqual(fills(near), fills(drawn({ matrix: numbers, color: "distance" }).svg));
  assert.match(near, />101</);
});

Deno.test("被掩住的格子：−∞ 和 hidden 一样画，不进颜色的范围", () => {
  const byInfinity = drawn({ matrix: matrix([[1, -Infinity], [2, 3]]) }).svg;
  const byHidden = drawn({ matrix: matrix([[1, 999], [2, 3]]), hidden: (i, j) => i === 0 && j === 1 }).svg;
  assert.equal(byInfinity, byHidden);
  assert.doesNotMatch(byInfinity, /∞|999|NaN/);
  assert.match(byInfinity, /stroke="#b0b0b0"/, "掩住的格子有斜线");
});

Deno.test("坏数不画：NaN、∞、按大小上色却有负数，都说出在哪一格", () => {
  assert.throws(() => drawn({ matrix: matrix([[1, NaN]]) }), /第 0 行第 1 列：现在是 NaN/);
  assert.throws(() => drawn({ matrix: matrix([[1], [Infinity]]) }), /第 1 行第 0 列：现在是 Infinity/);
  assert.throws(() => drawn({ matrix: matrix([[-0.5]]), color: "sequential" }), /不小于 0 的数.*现在是 -0\.5/);
  assert.doesNotThrow(() => drawn({ matrix: matrix([[-1e-17]]), color: "sequential" }));
  assert.throws(() => drawn({ matrix: matrix([[1]]), rowLabels: ["一", "二"] }), /需要 1 个行名/);
});

Deno.test("17×17 起是一幅像素图，一格一个像素；16×16 是一格一格画", () => {
  assert.doesNotMatch(drawn({ matrix: filled(16, 16, (i, j) => i - j) }).svg, /<image/);
  const { svg } = drawn({ matrix: filled(17, 17, (i, j) => i - j) });
  assert.equal(svg.match(/<image/g)!.length, 1);
  assert.doesNotMatch(svg, /缩成/);
  assert.deepEqual(pixel(svg, 0, 0), channels(signColor(0, 1)));
  assert.deepEqual(pixel(svg, 16, 0), channels(signColor(1, 1)));
  assert.deepEqual(pixel(svg, 0, 16), channels(signColor(-1, 1)));
});

Deno.test("缩小取看得见的格子的平均：掩住的不算，全掩住的是斜纹，图下面写明", () => {
  // 256×256 缩成 128×128，每个像素管 2×2 格。
  const numbers = filled(
    256,
    256,
    (i, j) => i < 2 && j < 2 ? [1, -Infinity, 0, -Infinity][2 * i + j]! : j > i ? -Infinity : 0,
  );
  const { svg } = drawn({ matrix: numbers });
  assert.match(svg, /256×256 缩成 128×128 像素，每个像素是看得见的格子的平均。/);
  assert.deepEqual(pixel(svg, 0, 0), channels(signColor(0.5, 1)), "1 和 0 的平均，两格掩住的不算");
  assert.deepEqual(pixel(svg, 100, 0), [255, 255, 255]);
  const masked = [pixel(svg, 0, 100), pixel(svg, 1, 100), pixel(svg, 2, 100), pixel(svg, 3, 100)];
  assert.ok(masked.every(([r, g, b]) => r === g && g === b && r! < 250), "灰的");
  assert.equal(new Set(masked.map(String)).size, 2, "两种灰，斜纹");
});

Deno.test("分块分不匀也每格都算到：4097 行缩成 128 行，最后一行的数还在", () => {
  const numbers = filled(4097, 1, (i) => i === 4096 ? 1 : 0);
  const { svg } = drawn({ matrix: numbers, limit: 1 / 33 });
  assert.deepEqual(pixel(svg, 127, 0), channels(signColor(1, 1)), "最后一块是 33 格的平均");
});

Deno.test("多大的矩阵，SVG 和 PNG 都小于 60 KB", () => {
  let state = 1;
  const noise = () => (state = state * 16807 % 2147483647) / 2147483647 - 0.5;
  for (const [rows, columns] of [[17, 17], [128, 128], [512, 512], [65, 8192]] as const) {
    const picture = drawn({ matrix: filled(rows, columns, noise) });
    assert.ok(
      picture.svg.length < 60_000 && picture.png.length < 60_000,
      `${rows}×${columns} ${picture.svg.length} ${picture.png.length}`,
    );
  }
});

Deno.test("颜色到顶的值可以指定，几个矩阵才能比深浅", () => {
  const svg =
    drawMatrix([{ matrix: matrix([[1]]), limit: 2 }, { matrix: matrix([[2]]), limit: 2 }], { says: "图。" }).svg;
  assert.deepEqual(fills(svg), [signColor(0.5, 1), signColor(1, 1)]);
});

Deno.test("空矩阵也画得出来", () => {
  assert.doesNotThrow(() => drawn({ title: "空", matrix: matrix([]) }));
});

Deno.test("放不下就不印，绝不印成假的：四张 7×7 并排，−0.5 不会印成 −1，0.14 不会印成 0", () => {
  const size = 7;
  const filled = (f: (i: number, j: number) => number) =>
    matrix(Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => f(i, j))));
  const half = filled((i, j) => -Math.abs(i - j) / 2), weights = filled(() => 1 / size);
  const svg = drawMatrix([
    { title: "甲", matrix: half },
    { title: "乙", matrix: half },
    { title: "丙", matrix: half },
    { title: "丁", matrix: weights, color: "sequential" },
  ], { height: 320, says: "四张" }).svg;
  const shown = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
  // 行名、列名是 0 到 6；除此以外的数都要带小数（0 和整数距离除外的假数就是这么来的）。
  const whole = shown.filter((text) => /^−\d+$/.test(text));
  assert.deepEqual(whole.filter((text) => text !== "−3"), []);
  assert.equal(shown.filter((text) => text === "0").length <= 8 + size * 3, true);
});

Deno.test("并排的每一张都用自己的行名和列名", () => {
  const one = matrix([[1, 2], [3, 4]]);
  const svg = drawMatrix([
    { matrix: one, rowLabels: ["甲", "乙"], columnLabels: ["丙", "丁"] },
    { matrix: one, rowLabels: ["戊", "己"], columnLabels: ["庚", "辛"] },
  ], { says: "两张" }).svg;
  for (const name of "甲乙丙丁戊己庚辛") assert.equal(svg.split(`>${name}<`).length - 1, 1, name);
});
