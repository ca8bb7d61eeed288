/**
 * 一页（page）：几张图和几行字，从上到下排成一张图，好投影、好打印、好照着抄到黑板上。
 *
 * @module
 */
import { textWidth } from "@lib/plots/font.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { sizes } from "@lib/plots/style.ts";
import { append, blankSvg, embed, write } from "@lib/plots/svg.ts";

/** 一行字占的高，像素。 */
const line = 34;

/**
 * 排成一页（draw a page）：字是一行，图按原来的大小，左边对齐。
 *
 * @param parts 从上到下：图，或者一行字
 * @param options `says` 一句话说这一页是什么
 * @throws {RangeError} 一样东西也没有，或图、字不合格（同 {@linkcode finish}）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawLines } from "@lib/plots/lines.ts";
 * import { drawPage } from "@lib/plots/page.ts";
 *
 * const picture = drawLines([{ name: "扣分", values: [0, -1, -2] }], { says: "一条直线", height: 200 });
 * const page = drawPage(["每远一格扣一分", picture], { says: "一行字，一张图" });
 * assert.equal(page.height, picture.height + 34 + 16);
 * assert.match(page.svg, /每远一格扣一分/);
 * ```
 */
export function drawPage(parts: ReadonlyArray<Picture | string>, options: { says: string }): Picture {
  if (parts.length === 0) throw new RangeError("无法排一页：需要至少一行字或一张图：现在什么也没有");
  const height = (part: Picture | string) => typeof part === "string" ? line : part.height;
  const width = (part: Picture | string) => typeof part === "string" ? textWidth(part, sizes.title) + 24 : part.width;
  const svg = blankSvg(
    Math.ceil(Math.max(...parts.map(width))),
    parts.reduce((sum, part) => sum + height(part), 16),
  );
  let y = 8;
  for (const part of parts) {
    if (typeof part === "string") write(svg, part, 12, y + 25, sizes.title);
    else embed(append(svg, "g", { transform: `translate(0,${y})` }), part.svg);
    y += height(part);
  }
  return finish(svg, options.says);
}
