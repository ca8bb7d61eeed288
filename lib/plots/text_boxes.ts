/**
 * 字框（text boxes）：算出 SVG 里每一行字占多大一块，用来查字号、缺字和被切掉的字。
 *
 * 只认 Plot 写得出来的东西：`translate`、`rotate`、`scale`，`em` 和像素，`tspan` 分行。
 *
 * @module
 */
import { lineExtent, textWidth } from "@lib/plots/font.ts";

/** 一行字和它的外框，单位像素，坐标是整张图的。 */
export interface TextBox {
  /** 这行字。 */
  readonly text: string;
  /** 实际字号（缩放之后）。 */
  readonly size: number;
  /** 左。 */
  readonly left: number;
  /** 右。 */
  readonly right: number;
  /** 上。 */
  readonly top: number;
  /** 下。 */
  readonly bottom: number;
}

/** 仿射变换 `[a, b, c, d, e, f]`：`x' = a·x + c·y + e`，`y' = b·x + d·y + f`。 */
type Affine = readonly [number, number, number, number, number, number];

/**
 * 图上每一行字的外框。
 *
 * @throws {TypeError} 遇到不认识的变换
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHTML } from "linkedom";
 * import { textBoxes } from "@lib/plots/text_boxes.ts";
 *
 * const { document } = parseHTML(`<svg><g transform="translate(100,50)" font-size="20"><text text-anchor="end">距离</text></g></svg>`);
 * const [box] = textBoxes(document.querySelector("svg")!);
 * assert.equal(box!.left, 60);
 * assert.equal(box!.right, 100);
 * ```
 */
export function textBoxes(svg: Element): TextBox[] {
  return [...svg.querySelectorAll("text")].flatMap((text) => linesOf(text, svg));
}

function linesOf(text: Element, root: Element): TextBox[] {
  const chain: Element[] = [];
  for (let at: Element | null = text; at; at = at === root ? null : at.parentElement) chain.unshift(at);
  const affine = chain.map((element) => parseTransform(element.getAttribute("transform") ?? "")).reduce(compose);
  const inherited = (name: string) =>
    chain.reduce<string | null>((value, element) => styled(element, name) ?? value, null);
  const size = parseFloat(inherited("font-size") ?? "16");
  const anchor = inherited("text-anchor") ?? "start";
  const length = (value: string | null) =>
    value === null ? undefined : value.endsWith("em") ? parseFloat(value) * size : parseFloat(value);

  let x = 0, y = 0;
  const place = (element: Element) => {
    x = (length(element.getAttribute("x")) ?? x) + (length(element.getAttribute("dx")) ?? 0);
    y = (length(element.getAttribute("y")) ?? y) + (length(element.getAttribute("dy")) ?? 0);
  };
  const boxes: TextBox[] = [];
  const add = (line: string) => {
    if (line.trim() === "") return;
    const width = textWidth(line, size);
    const left = x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
    const corners = [left, left + width].flatMap((cx) =>
      [y - lineExtent.above * size, y + lineExtent.below * size].map((cy) => apply(affine, cx, cy))
    );
    const xs = corners.map((corner) => corner[0]), ys = corners.map((corner) => corner[1]);
    boxes.push({
      text: line,
      size: size * Math.sqrt(Math.abs(affine[0] * affine[3] - affine[1] * affine[2])),
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    });
  };
  place(text);
  for (const node of text.childNodes) {
    if (node.nodeType === 3) add(node.textContent ?? "");
    else if ((node as Element).localName === "tspan") {
      place(node as Element);
      add(node.textContent ?? "");
    }
  }
  return boxes;
}

/** 元素自己写的样式：先看 `style`，再看属性。 */
function styled(element: Element, name: string): string | null {
  const inline = new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`).exec(element.getAttribute("style") ?? "");
  return inline?.[1]?.trim() ?? element.getAttribute(name);
}

function parseTransform(text: string): Affine {
  return [...text.matchAll(/(\w+)\(([^)]*)\)/g)].map(([whole, name, body]): Affine => {
    const [a = 0, b, c] = body!.trim().split(/[\s,]+/).map(Number);
    if (name === "translate") return [1, 0, 0, 1, a, b ?? 0];
    if (name === "scale") return [a, 0, 0, b ?? a, 0, 0];
    if (name === "rotate") {
      const [cos, sin] = [Math.cos(a * Math.PI / 180), Math.sin(a * Math.PI / 180)];
      const turn: Affine = [cos, sin, -sin, cos, 0, 0];
      return b === undefined ? turn : compose(compose([1, 0, 0, 1, b, c ?? 0], turn), [1, 0, 0, 1, -b, -(c ?? 0)]);
    }
    throw new TypeError(`无法算字框：需要 translate、scale、rotate：现在是 ${whole}`);
  }).reduce(compose, [1, 0, 0, 1, 0, 0]);
}

function compose(m: Affine, n: Affine): Affine {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

function apply(m: Affine, x: number, y: number): [number, number] {
  return [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];
}
