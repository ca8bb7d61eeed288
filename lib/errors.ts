/**
 * 错误（errors）：一句话说清做什么失败、需要什么、现在是什么。
 *
 * 只在数据进门处检查一次，内层循环保持干净。
 * 形状不对是 {@linkcode ShapeError}，数值出界是 `RangeError`。
 *
 * @module
 */

/**
 * 形状错误（shape error）：数组的长度或形状和要求的不一样。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ShapeError } from "@lib/errors.ts";
 *
 * const error = new ShapeError("旋转向量", "分量个数是偶数", 7);
 * assert.equal(error.message, "无法旋转向量：需要分量个数是偶数：现在是 7");
 * assert.ok(error instanceof TypeError);
 * ```
 */
export class ShapeError extends TypeError {
  /** 错误的名字，内核会把它印在消息前面。 */
  override readonly name = "ShapeError";
  /** 需要的形状，用话说出来。 */
  readonly expected: string;
  /** 现在的形状。 */
  readonly actual: unknown;

  /**
   * 造一个形状错误，消息照 {@linkcode explain} 的格式。
   * @param doing 正在做的事（动宾短语）
   * @param expected 需要什么
   * @param actual 现在是什么
   */
  constructor(doing: string, expected: string, actual: unknown) {
    super(explain(doing, expected, actual));
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * 拼出一句错误消息：无法做什么：需要什么：现在是什么。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { explain } from "@lib/errors.ts";
 *
 * assert.equal(explain("取底数", "大于 1 的数", 0), "无法取底数：需要大于 1 的数：现在是 0");
 * assert.equal(explain("取长度", "整数", "4"), "无法取长度：需要整数：现在是字符串 \"4\"");
 * ```
 */
export function explain(doing: string, expected: string, actual: unknown): string {
  return `无法${doing}：需要${/^[\x21-\x7e]/.test(expected) ? " " : ""}${expected}：现在是${describe(actual)}`; // 数字前空一格
}

/**
 * 一个值用话说出来，接在“现在是”后面。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { describe } from "@lib/errors.ts";
 *
 * assert.equal(describe(7), " 7");
 * assert.equal(describe("7"), "字符串 \"7\"");
 * assert.equal(describe([2, 3]), " [2, 3]");
 * ```
 */
export function describe(value: unknown): string {
  if (typeof value === "string") return `字符串 ${JSON.stringify(value)}`;
  if (typeof value === "bigint") return ` BigInt ${value}n`;
  if (typeof value === "number") return ` ${Object.is(value, -0) ? "-0" : value}`;
  if (Array.isArray(value)) {
    const size = ` ${value.length} 个元素的数组`,
      flat = (v: unknown) => !Array.isArray(v) || v.length > 6 || !v.some(Array.isArray);
    return value.length > 6 || !value.every(flat) ? size : ` [${value.map((v) => describe(v).trim()).join(", ")}]`;
  }
  if (typeof value === "function") return "一个函数";
  if (typeof value === "object" && value !== null) return "一个对象";
  return ` ${String(value)}`;
}

/**
 * 要求一个整数（integer），不合要求就抛 `RangeError`。
 *
 * @throws {RangeError} 不是整数，小于 `min`，或大于 `max`（不写就不限）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireInteger } from "@lib/errors.ts";
 *
 * assert.equal(requireInteger("取前几行", 3, 1), 3);
 * assert.throws(() => requireInteger("取前几行", 2.5, 1), /无法取前几行：需要不小于 1 的整数：现在是 2.5/);
 * ```
 */
export function requireInteger(doing: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `不小于 ${min} 的整数` : `${min} 到 ${max} 之间的整数`;
    throw new RangeError(explain(doing, range, value));
  }
  return value;
}

/**
 * 要求一个数（number）落在说好的范围里，不合要求就抛 `RangeError`。字符串不算数，`NaN` 不在任何范围里。
 *
 * @param expected 范围用话说出来，比如 `大于 1 的底数`
 * @param holds 这个数合不合要求
 * @throws {RangeError} 不是数，或 `holds` 不认
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireNumber } from "@lib/errors.ts";
 *
 * assert.equal(requireNumber("定底数", 10000, "大于 1 的数", (base) => base > 1), 10000);
 * assert.throws(() => requireNumber("定底数", "5" as never, "大于 1 的数", (base) => base > 1), /现在是字符串 "5"/);
 * ```
 */
export function requireNumber(
  doing: string,
  value: number,
  expected: string,
  holds: (value: number) => boolean,
): number {
  if (typeof value !== "number" || !holds(value)) throw new RangeError(explain(doing, expected, value));
  return value;
}

/** 最大的维数：现有模型的一个头不过几百维；再大是写错了，不是要算。 */
const largestDimension = 65536;

/**
 * 要求维数（dimension）是正的偶数：一半放 sin、一半放 cos，或者两两配对去转，都要偶数。
 *
 * @throws {ShapeError} 不是正偶数，或大于 65536
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireEvenDimension } from "@lib/errors.ts";
 *
 * assert.equal(requireEvenDimension("定角频率", 64), 64);
 * assert.throws(() => requireEvenDimension("定角频率", 7), /需要维数是正偶数：现在是 7/);
 * ```
 */
export function requireEvenDimension(doing: string, dimension: number): number {
  if (!(Number.isSafeInteger(dimension) && dimension > 0 && dimension % 2 === 0)) {
    throw new ShapeError(doing, "维数是正偶数", dimension);
  }
  if (dimension > largestDimension) throw new ShapeError(doing, `维数不超过 ${largestDimension}`, dimension);
  return dimension;
}

/**
 * 要求一组设置（options）是一个对象：忘了写、写成 `null` 或一个数，就说出来。
 *
 * @throws {ShapeError} 不是对象
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireOptions } from "@lib/errors.ts";
 *
 * assert.deepEqual(requireOptions("造 RoPE", { dimension: 8 }), { dimension: 8 });
 * assert.throws(() => requireOptions("造 RoPE", undefined as never), /无法造 RoPE：需要一组设置（对象）：现在是 undefined/);
 * ```
 */
export function requireOptions<Options extends object>(doing: string, options: Options): Options {
  if (typeof options !== "object" || options === null || Array.isArray(options) || ArrayBuffer.isView(options)) {
    throw new ShapeError(doing, "一组设置（对象）", options);
  }
  return options;
}

/**
 * 要求一串数（vector）：`number[]`、`Float32Array`、`Float64Array` 都收，换成 `Float64Array`。
 * 数据里的 `NaN` 和 `∞` 放行，照 IEEE 754 往下传。
 *
 * @param length 要几个数；不写就不限
 * @throws {ShapeError} 不是一串数，里面有别的东西，或个数不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireVector } from "@lib/errors.ts";
 *
 * assert.deepEqual(requireVector("查表", [1, 2], 2), new Float64Array([1, 2]));
 * assert.throws(() => requireVector("查表", "12" as never), /无法查表：需要一串数：现在是字符串 "12"/);
 * ```
 */
export function requireVector(doing: string, values: ArrayLike<number>, length?: number): Float64Array {
  const typed = values instanceof Float64Array || values instanceof Float32Array;
  const listed = Array.isArray(values) && values.findIndex((value) => typeof value !== "number") < 0; // 空着的也查到
  if (!typed && !listed) throw new ShapeError(doing, "一串数", values);
  if (length !== undefined && values.length !== length) {
    throw new ShapeError(doing, `${length} 个数`, values.length);
  }
  return values instanceof Float64Array ? values : Float64Array.from(values as ArrayLike<number>);
}

/**
 * 要求一串有限的数，比如位置：和数据不同，位置里的 `NaN` 和 `∞` 不是坏了的数，是写错了，所以拒绝。
 *
 * @param length 要几个数；不写就不限
 * @throws {ShapeError} 和 {@linkcode requireVector} 相同
 * @throws {RangeError} 有一个不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireFinite } from "@lib/errors.ts";
 *
 * assert.deepEqual(requireFinite("排位置", [0, 0.5]), new Float64Array([0, 0.5]));
 * assert.throws(() => requireFinite("排位置", [0, NaN]), /无法排位置：需要有限的数：现在是 NaN/);
 * ```
 */
export function requireFinite(doing: string, values: ArrayLike<number>, length?: number): Float64Array {
  const numbers = requireVector(doing, values, length), bad = numbers.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(explain(doing, "有限的数", numbers[bad]));
  return numbers;
}

/**
 * 要求 `true` 或 `false`：写成 `"false"`、1、`null` 的，不猜是哪一个。
 *
 * @throws {ShapeError} 不是 `true` 或 `false`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireBoolean } from "@lib/errors.ts";
 *
 * assert.equal(requireBoolean("定因果", false), false);
 * assert.throws(() => requireBoolean("定因果", "false" as never), /无法定因果：需要 true 或 false：现在是字符串 "false"/);
 * ```
 */
export function requireBoolean(doing: string, value: boolean): boolean {
  if (typeof value !== "boolean") throw new ShapeError(doing, "true 或 false", value);
  return value;
}
