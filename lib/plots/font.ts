/**
 * 字体（font）：图上的字只用仓库自带的子集字体，字宽事先就知道。
 *
 * 子集在 `font/`，没有字偶距，所以一行字的宽度就是字宽之和：
 * 排版、查“有没有字被切掉”、画 PNG，用的是同一张表。
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import table from "./font/widths.json" with { type: "json" };

/** 子集字体文件的路径，交给画 PNG 的库；先小后大，见 `font/README.md`。 */
export const fontFiles: readonly string[] = ["latin", "common", "rare"].map((name) =>
  fileURLToPath(new URL(`./font/NotoSansSC-${name}.ttf`, import.meta.url))
);

/** 一行字在基线以上、以下各占多高（以字号为 1）：汉字和带尾巴的字母都装得下。 */
export const lineExtent: { readonly above: number; readonly below: number } = { above: 0.88, below: 0.26 };

const widths = new Map<string, number>(Object.entries(table.widths));
for (const character of table.full) widths.set(character, 1000);

/**
 * 子集字体里没有的字（missing characters），不重复，按出现的先后。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { missingCharacters } from "@lib/plots/font.ts";
 *
 * assert.deepEqual(missingCharacters("角度 mθᵢ（弧度）"), []);
 * assert.deepEqual(missingCharacters("A😀B😀"), ["😀"]);
 * ```
 */
export function missingCharacters(text: string): string[] {
  return [...new Set(text)].filter((character) => character !== "\n" && !widths.has(character));
}

/**
 * 一行字的宽度（advance width），单位像素；`size` 是字号（像素）。没有的字按占满一格算。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textWidth } from "@lib/plots/font.ts";
 *
 * assert.equal(textWidth("词元", 16), 32);
 * assert.ok(textWidth("iii", 16) < textWidth("mmm", 16));
 * ```
 */
export function textWidth(text: string, size: number): number {
  let total = 0;
  for (const character of text) total += widths.get(character) ?? 1000;
  return total * size / 1000;
}
