/**
 * 第 39 课的图：清单上哪一年、哪一类有几行。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { requireOptions } from "@lib/errors.ts";
import { countedOn, countReleased, type Kind, kinds, releasedModels } from "@lib/models/released.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { draw } from "@lib/plots/draw.ts";
import type { Picture } from "@lib/plots/picture.ts";
import { amountColor, greys, inkOn, sizes } from "@lib/plots/style.ts";

/**
 * 八类编码的中文名字，图和表里用。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kindNames } from "@lib/lessons/scorecard_pictures.ts";
 *
 * assert.equal(kindNames.learned, "可训练（一位一行）");
 * ```
 */
export const kindNames: Readonly<Record<Kind, string>> = {
  sinusoidal: "三角",
  learned: "可训练（一位一行）",
  relative: "相对（T5、XLNet、DeBERTa）",
  ALiBi: "ALiBi",
  RoPE: "RoPE，都转",
  "partial RoPE": "RoPE，只转一部分维",
  "M-RoPE": "RoPE，几根轴一起转",
  "RoPE + NoPE": "RoPE，隔几层不转",
};

/**
 * 画清单：一行一类，一列一年，格子里是几行；最右一列是合计。
 *
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawReleased } from "@lib/lessons/scorecard_pictures.ts";
 *
 * assert.match(drawReleased({ says: "哪一年用哪种" }).svg, />2019</);
 * ```
 */
export function drawReleased(options: { readonly says: string }): Picture {
  assertKnobs();
  const { says } = requireOptions("画清单", options);
  const all = releasedModels.map(({ year }) => year), first = Math.min(...all), last = Math.max(...all);
  const years = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const cells = kinds.flatMap((kind) =>
    years.map((year) => ({ kind: kindNames[kind], column: String(year), count: countReleased([kind], year, year) }))
  );
  const most = Math.max(...cells.map(({ count }) => count));
  const fill = ({ count }: { count: number }) => amountColor(Math.sqrt(count / most)); // 开方：1 行也看得见
  const totals = kinds.map((kind) => ({ kind: kindNames[kind], column: "合计", count: countReleased([kind]) }));
  return draw({
    says,
    height: 366,
    caption: `手挑的 ${releasedModels.length} 行，不是普查；年份是约数，一个系列可能占几行。数于 ${countedOn}。`,
    marginLeft: 230,
    marginTop: 34,
    marginBottom: 8,
    x: { type: "band", domain: [...years.map(String), "合计"], axis: "top", padding: 0.06 },
    y: { type: "band", domain: kinds.map((kind) => kindNames[kind]), padding: 0.08, grid: false },
    marks: [
      Plot.cell(cells, { x: "column", y: "kind", fill, stroke: greys.grid }),
      Plot.text(cells.filter(({ count }) => count > 0), {
        x: "column",
        y: "kind",
        text: ({ count }: { count: number }) => String(count),
        fontSize: sizes.text,
        fill: (cell: { count: number }) => inkOn(fill(cell)),
      }),
      Plot.text(totals, { x: "column", y: "kind", text: ({ count }) => String(count), fontSize: sizes.text }),
    ],
  });
}
