/**
 * 图（picture）：一张画好的图是一个值，SVG、PNG 和一句话都在里面。
 *
 * Notebook 显示它时三样一起交出去：SVG 给 JupyterLab，PNG 给 GitHub，一句话给只能看文字的地方。
 * 出门前检查：字不小于 16 像素、没有缺字、没有字跑到图外；不合格就抛错，不交出一张看不清的图。
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { Resvg } from "@resvg/resvg-js";
import { encode } from "fast-png";
import { display, type Displayable } from "@lib/plots/display.ts";
import { fontFiles, missingCharacters } from "@lib/plots/font.ts";
import { fontFamily, greys, sizes } from "@lib/plots/style.ts";
import { textBoxes } from "@lib/plots/text_boxes.ts";

/** 一张图（picture）。 */
export interface Picture extends Displayable {
  /** 完整的 SVG 文本。 */
  readonly svg: string;
  /** PNG 文件的字节。 */
  readonly png: Uint8Array;
  /** 一句话说图上是什么。 */
  readonly text: string;
  /** 图宽，像素。 */
  readonly width: number;
  /** 图高，像素。 */
  readonly height: number;
}

/** 字跑出图外（clipped text）：某一行字有一部分在图外面。各边超出多少，单位像素。 */
export class ClippedTextError extends RangeError {
  /** 错误的名字。 */
  override readonly name = "ClippedTextError";
  /** 上、右、下、左各超出多少像素；没超出是 0。 */
  readonly overflow: readonly [top: number, right: number, bottom: number, left: number];

  /** 记下是哪行字、超出多少。 @param text 跑出去的那行字 @param overflow 上右下左各超出多少像素 */
  constructor(text: string, overflow: readonly [number, number, number, number]) {
    const sides = ["上", "右", "下", "左"].flatMap((side, i) =>
      overflow[i]! > 0 ? [`${side}边超出 ${overflow[i]!.toFixed(1)} 像素`] : []
    );
    super(`无法交出图：需要每个字都在图里：现在是“${text}”${sides.join("、")}`);
    this.overflow = overflow;
  }
}

/**
 * 把画好的 `<svg>` 收拾成一张 {@linkcode Picture}：补 xmlns、白底、无障碍标签，编号固定，数字取两位小数。
 * 会改动传进来的元素。
 *
 * @throws {RangeError} 字太小，或用了子集字体里没有的字，或没写 `says`
 * @throws {ClippedTextError} 有字跑到图外
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHTML } from "linkedom";
 * import { finish } from "@lib/plots/picture.ts";
 *
 * const { document } = parseHTML(`<svg width="200" height="40"><text x="10" y="25" font-size="18">词元</text></svg>`);
 * const picture = finish(document.querySelector("svg")!, "一个词。");
 * assert.match(picture.svg, /^<svg xmlns=/);
 * assert.equal(picture.text, "一个词。");
 * ```
 */
export function finish(svg: Element, says: string): Picture {
  if (says.trim() === "") throw new RangeError("无法交出图：需要一句话说图上是什么（says）：现在是空的");
  const width = Number(svg.getAttribute("width")), height = Number(svg.getAttribute("height"));
  tidy(svg, says, width, height);
  inspectText(svg, says, width, height);
  const text = stableIds(svg.outerHTML);
  return {
    svg: text,
    png: toPng(text),
    text: says,
    width,
    height,
    [display]() {
      return {
        "image/svg+xml": this.svg,
        "image/png": Buffer.from(this.png).toString("base64"),
        "text/plain": `［图］${this.text}`,
      };
    },
  };
}

/** 写着坐标的属性；只有这些里的数字取整，文字里的数字不动。 */
const geometry =
  /^(d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|dx|dy|width|height|transform|points|viewBox|stroke-width|font-size|opacity|offset)$/;

function tidy(svg: Element, says: string, width: number, height: number): void {
  const document = svg.ownerDocument;
  // 样式写在属性里：GitHub 和不受信任的 Notebook 会去掉 <style>。
  svg.querySelectorAll("style").forEach((style) => style.remove());
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      const next = geometry.test(name) ? value.replace(/-?\d*\.?\d+(?:e[-+]?\d+)?/gi, round) : value
        .replace("currentColor", greys.ink).replace("var(--plot-background)", "white");
      if (next !== value) element.setAttribute(name, next);
    }
  }
  const background = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  background.setAttribute("width", String(width));
  background.setAttribute("height", String(height));
  background.setAttribute("fill", "white");
  svg.prepend(background);
  svg.removeAttribute("class");
  svg.removeAttribute("style");
  svg.setAttribute("font-family", fontFamily);
  svg.setAttribute("fill", greys.ink);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", says);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
}

function round(number: string): string {
  const rounded = Math.round(Number(number) * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

function inspectText(svg: Element, says: string, width: number, height: number): void {
  const boxes = textBoxes(svg);
  const missing = missingCharacters(says + boxes.map((box) => box.text).join(""));
  if (missing.length > 0) {
    throw new RangeError(
      `无法交出图：需要子集字体里有的字（见 lib/plots/font/README.md）：现在缺 ${
        missing.map((c) => `“${c}”（U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}）`).join("、")
      }`,
    );
  }
  // 比 960 宽的图在教室里会被缩小，字要按比例放大。
  const smallest = sizes.minText * Math.max(1, width / sizes.width);
  const small = boxes.find((box) => box.size < smallest - 1e-9);
  if (small) {
    throw new RangeError(
      `无法交出图：需要字号不小于 ${+smallest.toFixed(1)} 像素：现在“${small.text}”是 ${+small.size.toFixed(1)} 像素`,
    );
  }
  const out = boxes.map((box) => ({
    text: box.text,
    overflow: [-box.top, box.right - width, box.bottom - height, -box.left]
      .map((amount) => amount > 0.5 ? amount : 0) as [number, number, number, number],
  })).filter(({ overflow }) => overflow.some((amount) => amount > 0));
  if (out.length > 0) {
    const worst = [0, 1, 2, 3].map((side) => Math.max(...out.map(({ overflow }) => overflow[side]!)));
    throw new ClippedTextError(out[0]!.text, worst as [number, number, number, number]);
  }
}

/** 编号改成“内容的指纹-序号”：两次画同一张图字节相同，两张不同的图放进同一页也不会撞号。 */
function stableIds(svg: string): string {
  const ids = [...new Set([...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!))];
  const number = new Map(ids.map((id, i) => [id, i + 1]));
  const rename = (prefix: string) =>
    svg.replace(/ id="([^"]+)"/g, (_, id) => ` id="${prefix}${number.get(id)}"`)
      .replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${prefix}${number.get(id)})`)
      .replace(/href="#([^"]+)"/g, (_, id) => `href="#${prefix}${number.get(id)}"`);
  const hash = createHash("sha256").update(rename("")).digest("hex").slice(0, 8);
  return rename(`p${hash}-`);
}

function toPng(svg: string): Uint8Array {
  // 放大像素图时不要抹匀：浏览器认 pixelated，这个库只认老名字 optimizeSpeed。
  const image = new Resvg(svg.replaceAll('image-rendering="pixelated"', 'image-rendering="optimizeSpeed"'), {
    font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: "Noto Sans SC" },
  }).render();
  return encodeIndexed(image.pixels, image.width, image.height);
}

/**
 * 存成不超过 256 色的 PNG，文件小到三分之一。
 * 用得最多的 208 种颜色原样保留；别的（字和线的毛边）太多时把相近的并成一种，误差从 0 起放宽到装得下为止。
 */
function encodeIndexed(rgba: Uint8Array, width: number, height: number): Uint8Array {
  // 一次读一个像素；颜色怎么排字节都行，只要拆的时候照样拆。
  const pixels = new Uint32Array(rgba.slice().buffer, 0, width * height), bytes = new Uint8Array(4);
  const split = (color: number): readonly [number, number, number] => {
    new Uint32Array(bytes.buffer)[0] = color;
    return [bytes[0]!, bytes[1]!, bytes[2]!];
  };
  const runs = new Map<number, number>();
  for (let i = 0; i < pixels.length;) {
    let end = i + 1;
    while (end < pixels.length && pixels[end] === pixels[i]) end++;
    runs.set(pixels[i]!, (runs.get(pixels[i]!) ?? 0) + end - i);
    i = end;
  }
  const colors = [...runs].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([color]) => color);
  for (let tolerance = 0;; tolerance = 2 * tolerance + 4) {
    const palette: Array<readonly [number, number, number]> = [], index = new Map<number, number>();
    for (const [rank, color] of colors.entries()) {
      const [r, g, b] = split(color);
      let near = -1, least = tolerance ** 2;
      if (rank >= 208) {
        palette.forEach(([pr, pg, pb], i) => {
          const distance = (pr - r) ** 2 + (pg - g) ** 2 + (pb - b) ** 2;
          if (distance <= least && distance > 0) [near, least] = [i, distance];
        });
      }
      index.set(color, near >= 0 ? near : palette.push([r, g, b]) - 1);
      if (palette.length > 256) break;
    }
    if (palette.length > 256) continue;
    const data = new Uint8Array(width * height);
    for (let i = 0; i < pixels.length;) {
      const color = pixels[i]!, at = index.get(color)!;
      while (i < pixels.length && pixels[i] === color) data[i++] = at;
    }
    return encode({ width, height, data, depth: 8, channels: 1, palette: palette.map((color) => [...color]) }, {
      zlib: { level: 6 },
    });
  }
}
