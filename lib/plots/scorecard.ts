/**
 * 画成绩单（scorecard picture）：一行一个编码，一列一只表，格子里是量到的数。
 *
 * 蓝底是在容差以内：没变、没有没见过的、R² 是 1。是好是坏，要看想要什么：换序变了是看得出先后，平移没变是只看相对。
 *
 * @module
 */
import { scoreColumns } from "@lib/bench/scorecard.ts";
import type { Measurement } from "@lib/bench/measure.ts";
import { requireOptions, ShapeError } from "@lib/errors.ts";
import { textWidth } from "@lib/plots/font.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { amountColor, greys, inkOn, sizes } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/** {@linkcode drawScorecard} 的选项。 */
export interface ScorecardOptions {
  /** 一句中文说图上是什么。 */
  readonly says: string;
  /** 行高，像素，默认 24。 */
  readonly rowHeight?: number;
}

/** 几列合一个题头：题头、几列。 */
const groups: ReadonlyArray<readonly [title: string, columns: readonly string[]]> = [
  ["① 换序", ["换序"]],
  ["② 平移", ["平移"]],
  ["③ 反向", ["反向 q = k", "反向 q ≠ k"]],
  ["④ 拉长到 2 倍", ["2 倍没见过", "2 倍超范围"]],
  ["④ 拉长到 64 倍", ["64 倍没见过", "64 倍超范围"]],
  ["⑤ R²", ["Toeplitz R²"]],
];
/** 列名里和题头重复的字不再印。 */
const shortNames: Readonly<Record<string, string>> = {
  换序: "变了",
  平移: "变了",
  "反向 q = k": "q = k",
  "反向 q ≠ k": "q ≠ k",
  "Toeplitz R²": "Toeplitz",
};
const within = amountColor(0.3); // 容差以内的底色

/**
 * 画成绩单。
 *
 * 一行 24 像素：二十五行高约 700，放不进幻灯片；课上放，一张最多 12 行。
 *
 * @throws {ShapeError} 不是 `scorecard` 给出的数组，或一行也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard } from "@lib/bench/scorecard.ts";
 * import { nope } from "@lib/encoding.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { drawScorecard } from "@lib/plots/scorecard.ts";
 *
 * const picture = drawScorecard(scorecard([nope, rope({ dimension: 4 })], { L: 8, d: 4 }), { says: "两个编码的成绩单" });
 * assert.match(picture.svg, /RoPE/);
 * ```
 */
export function drawScorecard(card: readonly Measurement[], options: ScorecardOptions): Picture {
  const { says, rowHeight = 24 } = requireOptions("画成绩单", options);
  if (!Array.isArray(card) || card.length === 0) {
    throw new ShapeError("画成绩单", "至少一行（scorecard 给出的数组）", card);
  }
  const nameWidth = Math.ceil(Math.max(...card.map(({ name }) => textWidth(name, sizes.minText)))) + 12;
  const columns = groups.flatMap(([, names]) => names);
  const width = sizes.width, left = 12 + nameWidth, cell = Math.floor((width - left - 12) / columns.length);
  const top = 58, caption = "蓝底：在容差以内（没变，没有没见过的，R² 是 1）。—：量不了，或表里没有那么远的位置。";
  const height = top + card.length * rowHeight + 36;
  const svg = blankSvg(width, height), cells = append(svg, "g"), words = append(svg, "g");

  let x = left;
  for (const [title, names] of groups) {
    write(words, title, x + names.length * cell / 2, 20, sizes.minText, { anchor: "middle" });
    names.forEach((name, n) => {
      const text = shortNames[name] ?? name.replace(/^\d+ 倍/, "");
      write(words, text, x + (n + 0.5) * cell, 46, sizes.minText, { anchor: "middle", fill: greys.soft });
    });
    x += names.length * cell;
  }
  card.forEach((one, r) => {
    const y = top + r * rowHeight, baseline = y + rowHeight / 2 + 6;
    write(words, one.name, 12, baseline, sizes.minText);
    columns.forEach((column, c) => {
      const { text, holds } = scoreColumns[column]!(one), fill = holds ? within : "#ffffff";
      const box = { x: left + c * cell, y, width: cell, height: rowHeight };
      append(cells, "rect", { ...box, fill: holds === undefined ? greys.masked : fill, stroke: greys.grid });
      write(words, text.replaceAll("-", "−"), left + (c + 0.5) * cell, baseline, sizes.minText, {
        anchor: "middle",
        fill: holds === undefined ? greys.soft : inkOn(fill),
      });
    });
  });
  // 题头下面、各只表之间画粗一点的线，一眼找得到列。
  x = left;
  for (const [, names] of [["", []] as const, ...groups]) {
    x += names.length * cell;
    append(cells, "path", {
      d: `M${x},${top - 50}V${top + card.length * rowHeight}`,
      stroke: greys.axis,
      fill: "none",
    });
  }
  append(cells, "path", { d: `M12,${top}H${x}`, stroke: greys.axis, fill: "none" });
  write(words, caption, 12, height - 12, sizes.minText, { fill: greys.soft });
  return finish(svg, says);
}
