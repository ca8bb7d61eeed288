/**
 * 成绩单（scorecard）：一张表，一行一个编码，五只表的读数都在上面。
 *
 * @module
 */
import { type BenchSettings, measure, type Measurement, type Reading, type Stretch } from "@lib/bench/measure.ts";
import type { Encoding } from "@lib/encoding.ts";
import { requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";

/**
 * 量一批编码。
 *
 * @throws 和 `measure` 相同
 * @throws {ShapeError} 不是一批编码
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard } from "@lib/bench/scorecard.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { nope } from "@lib/encoding.ts";
 *
 * const [none, linear] = scorecard([nope, alibi(1 / 8)], { L: 8, d: 4 });
 * assert.ok(none!.order.measured! <= none!.order.tolerance); // 没有位置编码，打乱了也看不出
 * assert.ok(linear!.order.measured! > linear!.order.tolerance);
 * ```
 */
export function scorecard(encodings: readonly Encoding[], settings: BenchSettings): Measurement[] {
  if (!Array.isArray(encodings)) throw new ShapeError("做成绩单", "一批编码（数组）", encodings);
  return Array.from(encodings, (encoding) => measure(encoding, settings)); // 空着的也量到
}

/**
 * 成绩单的一格（a cell）：印什么，合不合容差。
 *
 * @example
 * ```ts
 * import type { ScoreCell } from "@lib/bench/scorecard.ts";
 *
 * const cell: ScoreCell = { text: "0", holds: true };
 * ```
 */
export interface ScoreCell {
  /** 印的字：量到的数；量不了是 `—`。 */
  readonly text: string;
  /** 合不合容差；量不了是 `undefined`。 */
  readonly holds: boolean | undefined;
  /** 量不了的原因。 */
  readonly why?: string;
}

/**
 * 成绩单的各列，从左到右：列名 → 从一份读数取一格。列名说的是量了什么，不是好坏。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "@lib/bench/measure.ts";
 * import { scoreColumns } from "@lib/bench/scorecard.ts";
 * import { nope } from "@lib/encoding.ts";
 *
 * const one = measure(nope, { L: 4, d: 4 });
 * assert.deepEqual(scoreColumns["平移"]!(one), { text: "0", holds: true });
 * ```
 */
export const scoreColumns: Readonly<Record<string, (one: Measurement) => ScoreCell>> = {
  换序: ({ order }) => change(order),
  平移: ({ shift }) => change(shift),
  "反向 q = k": ({ reverseSame }) => change(reverseSame),
  "反向 q ≠ k": ({ reverseDifferent }) => change(reverseDifferent),
  "2 倍没见过": ({ stretch }) => share(stretch[0], "unseen"),
  "2 倍超范围": ({ stretch }) => share(stretch[0], "outside"),
  "64 倍没见过": ({ stretch }) => share(stretch[2], "unseen"),
  "64 倍超范围": ({ stretch }) => share(stretch[2], "outside"),
  "Toeplitz R²": ({ toeplitz: { measured, tolerance, why } }) =>
    measured === undefined ? missing(why) : { text: shortened(measured), holds: measured >= 1 - tolerance },
};

/**
 * 成绩单排成表，一行一个编码，交给 `table`。
 *
 * @throws {ShapeError} 不是成绩单
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scorecard, scoreRows } from "@lib/bench/scorecard.ts";
 * import { nope } from "@lib/encoding.ts";
 *
 * const [line] = scoreRows(scorecard([nope], { L: 4, d: 4 }));
 * assert.equal(line!["编码"], "NoPE");
 * assert.equal(line!["平移"], "0");
 * assert.equal(line!["Toeplitz R²"], "—"); // 分数全一样，没有东西可量
 * ```
 */
export function scoreRows(card: readonly Measurement[]): Record<string, string>[] {
  if (!Array.isArray(card)) throw new ShapeError("排成绩单", "scorecard 给出的数组", card);
  return Array.from(card, requireMeasurement).map((one) => ({ // 空着的也查到
    编码: one.name,
    ...Object.fromEntries(Object.entries(scoreColumns).map(([name, cell]) => [name, cell(one).text])),
    "量不了的，因为": [...new Set(Object.values(scoreColumns).flatMap((cell) => cell(one).why ?? []))].join("；"),
  }));
}

/** 一份读数样样都在：名字、五只表、拉长。 */
function requireMeasurement(one: Measurement): Measurement {
  const { name, order, shift, reverseSame, reverseDifferent, toeplitz, stretch } = requireOptions("排成绩单", one);
  if (typeof name !== "string" || !Array.isArray(stretch)) throw new ShapeError("排成绩单", "measure 给出的读数", one);
  const readings = [order, shift, reverseSame, reverseDifferent, toeplitz].map((one) =>
    requireOptions("排成绩单", one)
  );
  const shares = Array.from(stretch, (one: Stretch) => requireOptions("排成绩单", one));
  const numbers = [
    ...readings.flatMap(({ measured = 0, tolerance }) => [measured, tolerance]),
    ...shares.flatMap(({ unseen = 0, outside = 0 }) => [unseen, outside]),
  ];
  for (const number of numbers) requireNumber("排成绩单", number, "量到的数", () => true);
  return one;
}

/** 变了多少：不超过容差印 0。 */
function change({ measured, tolerance, why }: Reading): ScoreCell {
  if (measured === undefined) return missing(why);
  return { text: measured <= tolerance ? "0" : shortened(measured), holds: measured <= tolerance };
}

function share(stretch: Stretch | undefined, what: "unseen" | "outside"): ScoreCell {
  const portion = stretch?.[what];
  if (portion === undefined) return missing(stretch?.why);
  // 不印假的 0 % 和 100 %：快到头的，多印几位。
  const percent = 100 * portion, near = Math.min(percent, 100 - percent);
  const digits = near > 0 && near < 1 ? Math.ceil(-Math.log10(near) - 1e-9) : 0;
  return { text: `${percent.toFixed(digits)} %`, holds: portion === 0 };
}

const missing = (why: string | undefined): ScoreCell => ({ text: "—", holds: undefined, ...(why && { why }) });

/** 两三位有效数字，太大的印成 6e12 这样；R² 差一点点不到 1，不印成 1。 */
function shortened(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value > 0.995 && value < 1 - 1e-9) return `1 − ${(1 - value).toExponential(0)}`;
  if (Math.abs(value) >= 1e5) return value.toExponential(0).replace("+", "");
  if (Math.abs(value) < 1e-3 && value !== 0) return value.toExponential(1);
  const text = Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(2);
  return Number(text) === 0 ? "0" : Number(text).toString().replace(/^(-?)0\./, "$1.");
}
