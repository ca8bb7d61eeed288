/**
 * 断言（check）：讲义里的每句话，由旁边这一格量出一个数来担保。
 *
 * 判词不是写死的字：改了 `lib/`，量出来的数会变，印章也跟着变。
 *
 * @module
 */
import { type Bound, boundWords, measuredWords, meets, spaced } from "@lib/notebook/bound.ts";
import { assertKnobs, currentKnobs } from "@lib/notebook/knobs.ts";

/**
 * 断言不成立（claim error）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { check, ClaimError } from "@lib/notebook/check.ts";
 *
 * assert.throws(() => check("分数没变", 0.42, 1e-12), ClaimError);
 * ```
 */
export class ClaimError extends Error {
  /** 错误的名字，内核会把它印在消息前面。 */
  override readonly name = "ClaimError";
}

/**
 * 断言的适用范围和提示（check options）。
 *
 * @example
 * ```ts
 * import { check, type CheckOptions } from "@lib/notebook/check.ts";
 *
 * const L: number = 1;
 * const options: CheckOptions = { when: L >= 2 || "没有第二个词元可换" };
 * check("换掉两个词元，分数变了", 0, { min: 1e-3 }, options); // 印“不适用”，既不算对也不算错
 * ```
 */
export interface CheckOptions {
  /** `true` 表示适用；一句话表示不适用的原因。惯用写法：`L >= 2 || "没有第二个词元可换"`。 */
  readonly when?: true | string;
  /** 不成立时告诉学习者从哪里查起。 */
  readonly hint?: string;
}

/**
 * 核对一句话：量出来的数满足要求就盖章，不满足就抛错。
 *
 * 印三种行之一：`✓ …`（成立），`— …`（这组旋钮下不适用），或抛出 `✗ …`。
 *
 * @param claim 这句话
 * @param measured 量出来的数（不能是布尔值）
 * @param bound 要求：一个数表示残差上限，或 `{ min, max }`
 * @param options 适用范围 `when` 与提示 `hint`
 * @throws {ClaimError} 不成立（`NaN` 总是不成立）
 * @throws {TypeError} 量出来的不是数
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { check } from "@lib/notebook/check.ts";
 *
 * check("sin² + cos² = 1", Math.sin(2) ** 2 + Math.cos(2) ** 2 - 1, 1e-12); // ✓ sin² + cos² = 1：< 1e-12
 * assert.throws(() => check("1 = 2", 1 - 2, 1e-12), /✗ 1 = 2：量到 −1，要求绝对值 ≤ 1e-12/);
 * ```
 */
export function check(claim: string, measured: number, bound: Bound, { when = true, hint }: CheckOptions = {}): void {
  assertKnobs();
  if (when !== true) {
    const L = currentKnobs()["L"];
    console.log(`— ${claim}：${L === undefined ? "" : `L = ${L} 时`}不适用：${when}`);
    return;
  }
  const holds = meets(measured, bound); // 先验：不是数就在这里拒绝
  const found = measuredWords(measured, bound);
  if (!holds) {
    throw new ClaimError(`✗ ${claim}：量到 ${found}，要求${spaced(boundWords(bound))}${hint ? `。${hint}` : ""}`);
  }
  const wanted = boundWords(bound);
  const obvious = found.startsWith("<") || wanted === `= ${found}`;
  console.log(`✓ ${claim}：${found}${obvious ? "" : `（要求${spaced(wanted)}）`}`);
}
