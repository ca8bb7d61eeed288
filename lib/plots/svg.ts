/**
 * SVG 元素（SVG elements）：造、加、写字，Plot 之外自己画的那一点用它。
 *
 * @module
 */
import { parseHTML } from "linkedom";
import { greys } from "@lib/plots/style.ts";

/**
 * 造 SVG 用的空文档（blank document）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blankDocument } from "@lib/plots/svg.ts";
 *
 * assert.equal(blankDocument().createElement("p").localName, "p");
 * ```
 */
export function blankDocument(): Document {
  return parseHTML("<html></html>").document as unknown as Document;
}

/**
 * 一张空的画布（blank canvas）：`width` × `height` 像素的 `<svg>`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blankSvg } from "@lib/plots/svg.ts";
 *
 * assert.equal(blankSvg(200, 100).getAttribute("width"), "200");
 * ```
 */
export function blankSvg(width: number, height: number): Element {
  const svg = blankDocument().createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  return svg;
}

/**
 * 往 `parent` 里加一个元素（append），返回它。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { append, blankSvg } from "@lib/plots/svg.ts";
 *
 * const svg = blankSvg(200, 100);
 * append(svg, "circle", { r: 5 });
 * assert.match(svg.outerHTML, /<circle r="5"/);
 * ```
 */
export function append(
  parent: Element,
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
): Element {
  const element = parent.ownerDocument.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  parent.append(element);
  return element;
}

/**
 * 把另一张 SVG 里的东西抄进 `parent`（embed）；原来那张不动。
 *
 * @param svg 完整的 SVG 文本
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { append, blankSvg, embed } from "@lib/plots/svg.ts";
 *
 * const svg = blankSvg(200, 100);
 * embed(append(svg, "g"), `<svg xmlns="http://www.w3.org/2000/svg"><circle r="5" /></svg>`);
 * assert.match(svg.outerHTML, /<g><circle r="5"/);
 * ```
 */
export function embed(parent: Element, svg: string): void {
  const drawing = parseHTML(svg).document.querySelector("svg")!;
  for (const part of drawing.children) parent.append(parent.ownerDocument.importNode(part as unknown as Node, true));
}

/** {@linkcode write} 的选项。 */
export interface WriteOptions {
  /** `x` 是左端、中间还是右端，默认左端。 */
  anchor?: "start" | "middle" | "end";
  /** 颜色，默认黑。 */
  fill?: string;
}

/**
 * 往 `parent` 里写一行字（write），基线在 `y`，字号 `size`，单位都是像素。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blankSvg, write } from "@lib/plots/svg.ts";
 *
 * const svg = blankSvg(200, 100);
 * write(svg, "距离", 10, 30, 18);
 * assert.equal(svg.textContent, "距离");
 * ```
 */
export function write(
  parent: Element,
  text: string,
  x: number,
  y: number,
  size: number,
  { anchor = "start", fill = greys.ink }: WriteOptions = {},
): Element {
  const element = append(parent, "text", { x, y, "font-size": size, fill, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
