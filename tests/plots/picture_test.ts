/** 图的规矩：同样的字节、不缺字、不切字、字够大、编号不撞。 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as Plot from "@observablehq/plot";
import { decode } from "fast-png";
import { Resvg } from "@resvg/resvg-js";
import { parseHTML } from "linkedom";
import { display } from "@lib/plots/display.ts";
import { draw } from "@lib/plots/draw.ts";
import { drawLines } from "@lib/plots/lines.ts";
import { fontFiles, missingCharacters, textWidth } from "@lib/plots/font.ts";
import { ClippedTextError, finish } from "@lib/plots/picture.ts";
import { blankSvg, write } from "@lib/plots/svg.ts";
import { textBoxes } from "@lib/plots/text_boxes.ts";
import { gallery } from "./gallery.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const sha = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const root = (svg: string) => parseHTML(svg).document.querySelector("svg")! as unknown as Element;

for (const [name, make] of Object.entries(gallery)) {
  Deno.test(`图 ${name}：合规矩`, () => {
    const picture = make();
    const svg = root(picture.svg);
    assert.match(picture.svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assert.equal(svg.getAttribute("aria-label"), picture.text);
    assert.equal(svg.getAttribute("viewBox"), `0 0 ${picture.width} ${picture.height}`);
    assert.equal(svg.querySelector("rect")!.getAttribute("fill"), "white");
    assert.equal(svg.querySelector("style"), null, "不受信任的 Notebook 会去掉 <style>");
    assert.doesNotMatch(picture.svg, /currentColor|var\(--|system-ui|⚠/);
    assert.ok(picture.width <= 960 && picture.height <= 400, `${picture.width}×${picture.height} 放不进幻灯片`);
    assert.ok(picture.svg.length < 60_000, `${picture.svg.length} 字节`);
    assert.ok(picture.png.length < 60_000, `${picture.png.length} 字节`);
    const long = picture.svg.replace(/base64,[^"]*/g, "").match(/[\d.]*\.\d{3,}(?=[^<]*>)/);
    assert.equal(long, null, `数字没取整：${long}`);
    const png = decode(picture.png);
    assert.deepEqual([png.width, png.height], [picture.width, picture.height]);
    // 线和圆也不出图：底色那块正好是整张图，外框不能比它大。
    const { width, height } = new Resvg(picture.svg, { font: { loadSystemFonts: false } }).getBBox()!;
    assert.ok(width <= picture.width + 1 && height <= picture.height + 1, `画到了图外：${width}×${height}`);
    // 三样一起交给 Jupyter
    assert.deepEqual(Object.keys(picture[display]()), ["image/svg+xml", "image/png", "text/plain"]);
    assert.deepEqual(picture[display]()["text/plain"], `［图］${picture.text}`);
  });

  Deno.test(`图 ${name}：算的字框和真画出来的一致，都在图里`, () => {
    const picture = make();
    const svg = root(picture.svg);
    const boxes = textBoxes(svg);
    if (boxes.length === 0) return;
    // 只留字，让画 PNG 的库量一遍：它画出的墨迹要落在算出的框里，左右差不过两个像素。
    const text = [...svg.querySelectorAll("text")];
    for (const element of [...svg.querySelectorAll("*")]) {
      const keeps = element.localName === "text" || element.localName === "tspan" || element.querySelector("text");
      if (!keeps) element.remove();
    }
    assert.ok(text.length > 0);
    const ink = inkOf(svg.outerHTML);
    const computed = {
      left: Math.min(...boxes.map((b) => b.left)),
      right: Math.max(...boxes.map((b) => b.right)),
      top: Math.min(...boxes.map((b) => b.top)),
      bottom: Math.max(...boxes.map((b) => b.bottom)),
    };
    // 全角括号有半个字是空的，所以墨迹可以比框小一截，但不能大。
    for (const side of ["left", "top"] as const) {
      assert.ok(
        ink[side] >= computed[side] - 1 && ink[side] < computed[side] + 16,
        `${side} ${ink[side]} ${computed[side]}`,
      );
    }
    for (const side of ["right", "bottom"] as const) {
      assert.ok(
        ink[side] <= computed[side] + 1 && ink[side] > computed[side] - 20,
        `${side} ${ink[side]} ${computed[side]}`,
      );
    }
    for (const box of boxes) {
      assert.ok(box.size >= 16, `${box.text} 只有 ${box.size} 像素`);
      assert.ok(box.left >= -0.5 && box.right <= picture.width + 0.5, `${box.text} 出了左右边`);
      assert.ok(box.top >= -0.5 && box.bottom <= picture.height + 0.5, `${box.text} 出了上下边`);
    }
    assert.equal(overlap(boxes), undefined);
  });
}

/** 画出来，数像素：墨迹占的那一块。 */
function inkOf(svg: string): { left: number; right: number; top: number; bottom: number } {
  const font = { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: "Noto Sans SC" };
  const { pixels, width, height } = new Resvg(svg, { font }).render();
  const ink = { left: width, right: 0, top: height, bottom: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[4 * (y * width + x) + 3]! === 0) continue;
      ink.left = Math.min(ink.left, x), ink.right = Math.max(ink.right, x + 1);
      ink.top = Math.min(ink.top, y), ink.bottom = Math.max(ink.bottom, y + 1);
    }
  }
  return ink;
}

/** 两行字压在一起的话，是哪两行；各让一点毛边。 */
function overlap(boxes: ReturnType<typeof textBoxes>): string | undefined {
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // 行高里上下各有一点空，压住三分之一字高才是真的压住。
      if (wide > 1 && high > 0.34 * Math.min(a.size, b.size)) return `“${a.text}”和“${b.text}”压在一起`;
    }
  }
  return undefined;
}

Deno.test("查得出压在一起的字", () => {
  const svg = blankSvg(200, 100);
  write(svg, "甲甲", 20, 50, 20);
  write(svg, "乙乙", 40, 55, 20);
  assert.match(overlap(textBoxes(svg))!, /甲甲.*乙乙/);
});

Deno.test("两个进程画出同样的字节：SVG 和 PNG 都是", async () => {
  const script = join(ROOT, "tests", "plots", "gallery.ts");
  const run = async () => {
    const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", script],
      cwd: ROOT,
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  const [first, second] = [await run(), await run()];
  assert.equal(first, second);
  assert.equal(first.trim().split("\n").length, Object.keys(gallery).length);
  // 这个进程里，换一个次序画，也是同样的字节：编号不看先后。
  const mine = Object.entries(gallery).reverse().map(([name, make]) => {
    const picture = make();
    return `${name} ${sha(picture.svg)} ${sha(picture.png)}`;
  }).reverse();
  assert.deepEqual(mine, first.trim().split("\n"));
});

Deno.test("内容不同的图，编号不同；同一张图里引用都找得到", () => {
  const clipped = (values: number[]) =>
    draw({ says: "一条裁过的线。", marks: [Plot.lineY(values, { clip: true, marker: "dot" })] }).svg;
  const [a, b] = [clipped([1, 2, 3]), clipped([3, 2, 1])];
  const ids = (svg: string) => [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
  assert.ok(ids(a).length >= 2);
  assert.deepEqual(ids(a).filter((id) => ids(b).includes(id)), []);
  assert.equal(new Set(ids(a)).size, ids(a).length);
  for (const [, used] of a.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids(a).includes(used!), String(used));
  assert.equal(clipped([1, 2, 3]), a);
});

Deno.test("字小了、缺字、没说明、空话：不交图，说出为什么", () => {
  const one = (text: string, size: number, width = 400) => {
    const svg = blankSvg(width, 100);
    write(svg, text, 20, 50, size);
    return svg;
  };
  assert.throws(() => finish(one("小字", 15.9), "图。"), /需要字号不小于 16 像素：现在“小字”是 15.9 像素/);
  assert.throws(() => finish(one("宽图", 16, 1920), "图。"), /需要字号不小于 32 像素/);
  assert.doesNotThrow(() => finish(one("够大", 16), "图。"));
  assert.throws(() => finish(one("笑😀", 20), "图。"), /现在缺 “😀”（U\+1F600）/);
  assert.throws(() => finish(one("好", 20), "图😀。"), /U\+1F600/, "念出来的话也要有字");
  assert.throws(() => finish(one("好", 20), "  "), /需要一句话/);
});

Deno.test("字跑出图外会抛错，四个边都查，转过的也查", () => {
  const at = (x: number, y: number, transform?: string) => {
    const svg = blankSvg(200, 100);
    const text = write(svg, "词元词元", x, y, 20);
    if (transform) text.setAttribute("transform", transform);
    return () => finish(svg, "图。");
  };
  assert.doesNotThrow(at(60, 50));
  assert.throws(at(-5, 50), /“词元词元”左边超出 5.0 像素/);
  assert.throws(at(130, 50), /右边超出 10.0 像素/);
  assert.throws(at(60, 10), /上边超出/);
  assert.throws(at(60, 99), /下边超出/);
  assert.throws(
    at(0, 0, "translate(100,50) rotate(-90)"),
    (error: Error) => error instanceof ClippedTextError && error.overflow[0] > 0,
    "竖着写就出了上边",
  );
});

Deno.test("长的刻度名会把边距撑大，不会被切", () => {
  const picture = draw({
    says: "条形图，名字很长。",
    marginLeft: 10,
    marks: [Plot.barX([{ 名: "一个非常长的类别名字，有十几个字", 值: 3 }], { x: "值", y: "名" })],
  });
  const box = textBoxes(root(picture.svg)).find((b) => b.text.startsWith("一个非常长"))!;
  assert.ok(box.left >= 0);
});

Deno.test("撑不下的字（写死在图里的）照样抛错", () => {
  assert.throws(
    () => draw({ says: "图。", title: "很长的标题".repeat(20), marks: [Plot.lineY([1, 2])] }),
    ClippedTextError,
  );
});

Deno.test("几条线末端挤在一起，名字错开，靠上的那个不被往上推", () => {
  const names = ["甲", "乙", "丙"];
  const picture = drawLines(names.map((name, i) => ({ name, values: [0, 10 - i / 100] })), { says: "三条线。" });
  const boxes = textBoxes(root(picture.svg)).filter((box) => names.includes(box.text));
  const [first, second, third] = boxes.sort((a, b) => a.top - b.top);
  assert.deepEqual([first!.text, second!.text, third!.text], names);
  assert.ok(second!.top - first!.top > 21.9 && third!.top - second!.top > 21.9);
  const line = root(picture.svg).querySelector('[aria-label="line"] path')!.getAttribute("d")!;
  const end = Number(line.split(",").at(-1));
  assert.ok(Math.abs((first!.top + first!.bottom) / 2 - end) < 8, "最上面的名字就在线的末端");
});

Deno.test("Plot 的警告会抛错", () => {
  const warns = () =>
    draw({
      says: "图。",
      marks: [Plot.dot([{ x: "2020-01-01", y: 1 }, { x: "2020-01-02", y: 2 }], { x: "x", y: "y" })],
    });
  const original = console.warn;
  assert.throws(warns, /需要没有警告：现在 Plot 说/);
  assert.equal(console.warn, original, "借来的 console.warn 要还回去");
});

Deno.test("图例：分类的画色块，连续的画色带，画在 SVG 里", () => {
  const named = draw({
    says: "两种点。",
    color: { legend: true, label: "种类", domain: ["内容", "位置"], range: ["#0072B2", "#D55E00"] },
    marks: [Plot.dot([{ a: 1, b: "内容" }, { a: 2, b: "位置" }], { x: "a", y: "a", fill: "b" })],
  }).svg;
  const legend = root(named).querySelector('[aria-label="图例"]')!;
  assert.match(legend.textContent!, /种类内容位置/);
  assert.deepEqual([...legend.querySelectorAll("rect")].map((r) => r.getAttribute("fill")), ["#0072B2", "#D55E00"]);
  const ramp = draw({
    says: "色带。",
    color: { legend: true, type: "linear", scheme: "blues" },
    marks: [Plot.cell([{ x: 0, y: 0, v: -2 }, { x: 1, y: 0, v: 5 }], { x: "x", y: "y", fill: "v" })],
  }).svg;
  assert.match(root(ramp).querySelector('[aria-label="图例"]')!.textContent!, /−25/);
});

Deno.test("字体：授权文本在，子集有课里的字，字宽表和画出来的一致", () => {
  assert.match(readFileSync(join(ROOT, "lib/plots/font/OFL.txt"), "utf8"), /SIL OPEN FONT LICENSE Version 1\.1/);
  const needed =
    "位置编码楼主屡败屡战甭鼯√Σ−×÷≤≥≠≈±∞πθλωφ·⋅⊗⊙→←↑↓₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀᵢⱼₖₘₙ‖ℓ✓“”《》（），。、；：？！—…";
  assert.deepEqual(missingCharacters(needed), []);
  // 每个字真的画得出墨，不是空框：挑几个来历不同的。
  for (const character of "楼鼯q√₃⁻ᵀⱼ⋅−θ") {
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><text x="50" y="120" font-size="100" font-family="Noto Sans SC">${character}</text></svg>`;
    const ink = inkOf(svg);
    assert.ok(ink.right - ink.left > 2, `“${character}”没有画出来`);
    assert.ok(ink.left >= 45 && ink.right <= 50 + textWidth(character, 100) + 8, `“${character}”的字宽不对`);
  }
});

Deno.test("lib 和 Notebook 里给图用的字，子集字体都有", () => {
  // 引号里的汉字多半会上图或进说明：宁可多查。表情之类只在叙述里出现，图里不用。
  const sources = ["lib", "lib/plots", "lib/encodings", "lib/bench", "lib/lessons", "notebooks"].flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder)).filter((name) => /\.(ts|ipynb)$/.test(name)).map((name) =>
        join(ROOT, folder, name)
      );
    } catch {
      return [];
    }
  });
  assert.ok(sources.length > 5);
  const bad = sources.flatMap((path) => {
    const text = path.endsWith(".ipynb")
      ? (JSON.parse(readFileSync(path, "utf8")) as { cells: Array<{ cell_type: string; source: string | string[] }> })
        .cells.filter((cell) => cell.cell_type === "code").map((cell) => [cell.source].flat().join("")).join("\n")
      : readFileSync(path, "utf8");
    const strings = text.split("\n").filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
      .flatMap((line) => line.match(/"(?:[^"\\]|\\.)*"|`[^`]*`/g) ?? []).join("");
    return missingCharacters(strings).map((character) => `${path}：“${character}”`);
  });
  assert.deepEqual(bad, []);
});
