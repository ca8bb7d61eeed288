/**
 * 笔记本里要用的都从这里引（one import for a notebook）：旋钮、先猜、断言、练习、图、表。
 *
 * 引它还有一个用处：内核会丢输出时，第一格就说出来（见 `lib/notebook/kernel.ts`）。
 * 这里的图和表都先问旋钮过没过，不会拿坏数画出一张像样的图。
 *
 * @module
 */
import "@lib/notebook/kernel.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import * as ObservablePlot from "@observablehq/plot";
import * as tables from "@lib/notebook/table.ts";
import * as animation from "@lib/plots/animation.ts";
import * as arrows from "@lib/plots/arrows.ts";
import * as bars from "@lib/plots/bars.ts";
import * as clocks from "@lib/plots/clocks.ts";
import * as plain from "@lib/plots/draw.ts";
import * as page from "@lib/plots/page.ts";
import * as frequencies from "@lib/plots/frequencies.ts";
import * as lines from "@lib/plots/lines.ts";
import * as matrices from "@lib/plots/matrix.ts";
import * as scorecards from "@lib/plots/scorecard.ts";
import * as spirals from "@lib/plots/spiral.ts";

export type { Bound } from "@lib/notebook/bound.ts";
export { check, type CheckOptions } from "@lib/notebook/check.ts";
export { exercise, type Property } from "@lib/notebook/exercise.ts";
export { type Guess, guess } from "@lib/notebook/guess.ts";
export { knobs, type Range } from "@lib/notebook/knobs.ts";
export { shownRows } from "@lib/notebook/rows.ts";

function gated<Arguments extends unknown[], Shown>(
  show: (...given: Arguments) => Shown,
): (...given: Arguments) => Shown {
  return (...given) => {
    assertKnobs();
    return show(...given);
  };
}

/**
 * Observable Plot 本身：`draw` 的 `marks` 用它的 `Plot.lineY`、`Plot.dot` 等。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Plot } from "@lib/notebook.ts";
 *
 * assert.equal(typeof Plot.lineY, "function");
 * ```
 */
export const Plot: typeof ObservablePlot = ObservablePlot;

/**
 * 画一张 Plot 图（draw），见 `lib/plots/draw.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { draw, Plot } from "@lib/notebook.ts";
 *
 * assert.match(draw({ says: "一条线", marks: [Plot.lineY([1, 2])] }).svg, /aria-label="一条线"/);
 * ```
 */
export const draw: typeof plain.draw = gated(plain.draw);

/**
 * 几张图和几行字排成一页（draw a page），见 `lib/plots/page.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawPage } from "@lib/notebook.ts";
 *
 * assert.match(drawPage(["第一行", "第二行"], { says: "两行字" }).svg, /第二行/);
 * ```
 */
export const drawPage: typeof page.drawPage = gated(page.drawPage);

/**
 * 让几张图轮流亮（animate），见 `lib/plots/animation.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawAnimation, drawLines } from "@lib/notebook.ts";
 *
 * const line = (end: number) => drawLines([{ name: "一条线", values: [0, end] }], { says: "一步" });
 * assert.match(drawAnimation([line(1), line(2)], { says: "一条线翘起来" }).svg, /<animate /);
 * ```
 */
export const drawAnimation: typeof animation.drawAnimation = gated(animation.drawAnimation);

/**
 * 画几个矩阵（draw matrices），见 `lib/plots/matrix.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { drawMatrix } from "@lib/notebook.ts";
 *
 * assert.equal(drawMatrix([{ matrix: matrix([[1, -1]]) }], { says: "一行两格" }).text, "一行两格");
 * ```
 */
export const drawMatrix: typeof matrices.drawMatrix = gated(matrices.drawMatrix);

/**
 * 画几条线（draw lines），见 `lib/plots/lines.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawLines } from "@lib/notebook.ts";
 *
 * assert.match(drawLines([{ name: "扣分", values: [0, -1, -2] }], { says: "一条直线" }).svg, /扣分/);
 * ```
 */
export const drawLines: typeof lines.drawLines = gated(lines.drawLines);

/**
 * 画几根条（draw bars），见 `lib/plots/bars.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawBars } from "@lib/notebook.ts";
 *
 * assert.match(drawBars([{ values: [1, 2] }], { says: "两根条" }).svg, /两根条/);
 * ```
 */
export const drawBars: typeof bars.drawBars = gated(bars.drawBars);

/**
 * 画几根箭头（draw arrows），见 `lib/plots/arrows.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawArrows } from "@lib/notebook.ts";
 * import { knobs } from "@lib/notebook.ts";
 *
 * assert.throws(() => knobs({ L: 0 }));
 * assert.throws(() => drawArrows([], { says: "没有" }), /旋钮没通过/);
 * knobs({ L: 1 });
 * ```
 */
export const drawArrows: typeof arrows.drawArrows = gated(arrows.drawArrows);

/**
 * 画钟（draw clocks），见 `lib/plots/clocks.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawClocks } from "@lib/notebook.ts";
 *
 * assert.match(drawClocks([1, 0.1], { length: 4, says: "两只钟" }).svg, /两只钟/);
 * ```
 */
export const drawClocks: typeof clocks.drawClocks = gated(clocks.drawClocks);

/**
 * 画螺旋（draw spiral），见 `lib/plots/spiral.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawSpiral } from "@lib/notebook.ts";
 *
 * assert.match(drawSpiral(0.4, { length: 9, says: "转着走" }).svg, /转着走/);
 * ```
 */
export const drawSpiral: typeof spirals.drawSpiral = gated(spirals.drawSpiral);

/**
 * 画成绩单（draw scorecard），见 `lib/plots/scorecard.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard } from "@lib/bench/scorecard.ts";
 * import { nope } from "@lib/encoding.ts";
 * import { drawScorecard } from "@lib/notebook.ts";
 *
 * assert.match(drawScorecard(scorecard([nope], { L: 4, d: 4 }), { says: "一行" }).svg, /NoPE/);
 * ```
 */
export const drawScorecard: typeof scorecards.drawScorecard = gated(scorecards.drawScorecard);

/**
 * 画角频率（draw frequencies），见 `lib/plots/frequencies.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawFrequencies } from "@lib/notebook.ts";
 *
 * const picture = drawFrequencies([1, 0.1], [{ name: "PI", frequencies: [0.5, 0.05] }], { says: "两对", length: 64 });
 * assert.match(picture.svg, /PI/);
 * ```
 */
export const drawFrequencies: typeof frequencies.drawFrequencies = gated(frequencies.drawFrequencies);

/**
 * 印一张表（table），见 `lib/notebook/table.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { table } from "@lib/notebook.ts";
 *
 * assert.match(table([{ 距离: 0, 扣分: 0 }]).text, /距离/);
 * ```
 */
export const table: typeof tables.table = gated(tables.table);

/**
 * 印一个矩阵（matrix table），见 `lib/notebook/table.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { matrixTable } from "@lib/notebook.ts";
 *
 * assert.match(matrixTable(matrix([[1, -1]])).text, /−1/);
 * ```
 */
export const matrixTable: typeof tables.matrixTable = gated(tables.matrixTable);

/**
 * 几个矩阵并排印（matrix tables），见 `lib/notebook/table.ts`；旋钮没通过就抛 `KnobError`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { matrixTables } from "@lib/notebook.ts";
 *
 * assert.match(matrixTables([{ title: "分数", matrix: matrix([[1]]) }]).text, /分数/);
 * ```
 */
export const matrixTables: typeof tables.matrixTables = gated(tables.matrixTables);
