/**
 * 要求（bound）：一个测得的数要落在哪里，以及怎么把数印出来。
 *
 * 断言和练习判分用同一套，所以“要求”和“测得”的写法全课一样。
 *
 * @module
 */
import { describe } from "@lib/errors.ts";

/**
 * 要求（bound）：写一个数 `b`，表示绝对值不超过 `b`（残差用）；写 `{ min, max }`，表示落在两头之间（含）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Bound, meets } from "@lib/notebook/bound.ts";
 *
 * const residual: Bound = 1e-12;
 * assert.ok(meets(-3e-15, residual));
 * assert.ok(!meets(0.2, { min: 0.5 }));
 * ```
 */
export type Bound = number | {
  /** 至少（含）。 */
  readonly min?: number;
  /** 至多（含）。 */
  readonly max?: number;
};

/**
 * 测得的数是否满足要求；`NaN` 什么要求都不满足。
 *
 * @throws {TypeError} 测得的不是数（例如一个布尔值），或要求写错了
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { meets } from "@lib/notebook/bound.ts";
 *
 * assert.ok(meets(7, { min: 7, max: 7 }));
 * assert.ok(!meets(NaN, 1));
 * ```
 */
export function meets(measured: number, bound: Bound): boolean {
  // 单元格只剥掉类型、不检查类型，所以这里再挡一次：true 不是一个量出来的数。
  if (typeof measured !== "number") {
    throw new TypeError(`无法核对：需要一个量出来的数：现在是${describe(measured)}`);
  }
  const [min, max] = limits(bound);
  return measured >= min && measured <= max;
}

function limits(bound: Bound): readonly [number, number] {
  if (typeof bound === "number" && bound >= 0) return [-bound, bound];
  if (typeof bound === "object" && bound !== null && (bound.min !== undefined || bound.max !== undefined)) {
    return [bound.min ?? -Infinity, bound.max ?? Infinity];
  }
  throw new TypeError(`无法核对：需要非负数，或 { min, max } 至少写一头：现在是${describe(bound)}`);
}

/**
 * 要求用话说出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { boundWords } from "@lib/notebook/bound.ts";
 *
 * assert.equal(boundWords(1e-12), "绝对值 ≤ 1e-12");
 * assert.equal(boundWords({ min: 7, max: 7 }), "= 7");
 * assert.equal(boundWords({ min: 0.1 }), "≥ 0.1");
 * ```
 */
export function boundWords(bound: Bound): string {
  if (typeof bound === "number") return bound === 0 ? "= 0" : `绝对值 ≤ ${shortNumber(bound)}`;
  const { min, max } = bound;
  if (min !== undefined && min === max) return `= ${shortNumber(min)}`;
  if (max === undefined) return `≥ ${shortNumber(min ?? NaN)}`;
  if (min === undefined) return `≤ ${shortNumber(max)}`;
  return `在 ${shortNumber(min)} 和 ${shortNumber(max)} 之间`;
}

/**
 * 接在汉字后面：以汉字开头就直接接，以符号开头就空一格。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spaced } from "@lib/notebook/bound.ts";
 *
 * assert.equal("要求" + spaced("≥ 1"), "要求 ≥ 1");
 * assert.equal("要求" + spaced("绝对值 ≤ 1"), "要求绝对值 ≤ 1");
 * ```
 */
export function spaced(words: string): string {
  return /^\p{Script=Han}/u.test(words) ? words : ` ${words}`;
}

/**
 * 把测得的数印到有用的位数。比 1e-9 还小的残差只印上界：换个相加次序不该改写笔记本。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measuredWords } from "@lib/notebook/bound.ts";
 *
 * assert.equal(measuredWords(3.1e-15, 1e-12), "< 1e-12");
 * assert.equal(measuredWords(0, 0), "0");
 * assert.equal(measuredWords(0.41999, { min: 0.1 }), "0.42");
 * ```
 */
export function measuredWords(measured: number, bound: Bound): string {
  if (typeof bound === "number" && bound > 0 && Math.abs(measured) < Math.min(1e-9, bound)) {
    return `< ${shortNumber(Math.min(1e-9, bound))}`;
  }
  return shortNumber(measured);
}

/**
 * 四位有效数字；整数照原样；负号用真正的减号。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shortNumber } from "@lib/notebook/bound.ts";
 *
 * assert.equal(shortNumber(-0.333333), "−0.3333");
 * assert.equal(shortNumber(8192), "8192");
 * ```
 */
export function shortNumber(value: number): string {
  const rounded = Number.isInteger(value) && Math.abs(value) < 1e9 ? value : Number(value.toPrecision(4));
  const text = rounded !== 0 && Math.abs(rounded) < 1e-4 ? rounded.toExponential() : String(rounded);
  return text.replace(/^-/, "−").replace("Infinity", "∞");
}
