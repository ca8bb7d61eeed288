/**
 * 显示（display）：一个值怎样告诉 Jupyter 自己长什么样。
 *
 * @module
 */

/**
 * 显示方法的名字（display symbol）：Deno 的 Jupyter 内核看到有这个方法的值，就调用它。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { display } from "@lib/plots/display.ts";
 *
 * assert.equal(display, Symbol.for("Jupyter.display"));
 * ```
 */
export const display: unique symbol = Symbol.for("Jupyter.display") as never;

/**
 * 能在 Jupyter 里显示的值（displayable）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { display, type Displayable } from "@lib/plots/display.ts";
 *
 * const word: Displayable = { [display]: () => ({ "text/plain": "词元" }) };
 * assert.equal(word[display]()["text/plain"], "词元");
 * ```
 */
export interface Displayable {
  /** 交给 Jupyter 的几种样子，键是 MIME 类型。 */
  readonly [display]: () => Record<string, string>;
}
