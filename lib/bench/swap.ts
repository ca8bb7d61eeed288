/**
 * 换序（swap）：两个词元对换内容，位置不动，第三个词元的输出变不变。
 *
 * 没有位置编码时不变：它分不出谁先谁后。
 *
 * @module
 */
import { attention, type AttentionInput, tokenCount } from "@lib/attention.ts";
import { requireInteger, requireOptions } from "@lib/errors.ts";
import { gather, type Matrix, maxDifference } from "@lib/matrix.ts";

/**
 * 对换前后，旁观的那个词元的输出（swap effect）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type SwapEffect, swapEffect } from "@lib/bench/swap.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2], [3]]);
 * const { before, after }: SwapEffect = swapEffect({ queries: x, keys: x, values: x }, 0, 1, 2);
 * assert.ok(Math.abs(before[0]! - after[0]!) < 1e-12);
 * ```
 */
export interface SwapEffect {
  /** 对换前的输出 `[dv]`。 */
  readonly before: Float64Array;
  /** 对换后的输出 `[dv]`。 */
  readonly after: Float64Array;
  /** 两者最多差多少，绝对值。 */
  readonly change: number;
}

/**
 * 对换第 `a`、`b` 个词元的内容，看第 `observer` 个词元的输出变了多少。
 *
 * @param input 注意力的输入（`queryRows` 不起作用，只算 `observer` 这一行）
 * @param a 行号，从 0 数
 * @param b 行号，从 0 数
 * @param observer 看谁的输出，行号，从 0 数；不能是 `a` 或 `b`
 * @throws {RangeError} 行号出界，或 `observer` 就是被换的一个
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { swapEffect } from "@lib/bench/swap.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2], [3]]);
 * const input = { queries: x, keys: x, values: x };
 * assert.ok(swapEffect(input, 0, 1, 2).change < 1e-12);
 * assert.ok(swapEffect({ ...input, encoding: alibi(0.5) }, 0, 1, 2).change > 0.01);
 * ```
 */
export function swapEffect(input: AttentionInput, a: number, b: number, observer: number): SwapEffect {
  if (observer === a || observer === b) {
    throw new RangeError(`无法量换序：需要看第三个词元的输出：现在看的第 ${observer} 行就是被换的`);
  }
  const count = tokenCount(input);
  for (const swapped of [a, b]) requireInteger("换序", swapped, 0, count - 1);
  const order = Array.from({ length: count }, (_, i) => i === a ? b : i === b ? a : i);
  const only = { ...input, queryRows: [observer] };
  const before = attention(only).output, after = attention(reordered(only, order)).output;
  return { before: before.data, after: after.data, change: maxDifference(before, after) };
}

/**
 * 换词元，不换位置：第 `n` 个词元的内容换成原来的第 `order[n]` 个。
 *
 * @throws {RangeError} 行号出界
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reordered } from "@lib/bench/swap.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2]]);
 * const swapped = reordered({ queries: x, keys: x, values: x }, [1, 0]);
 * assert.deepEqual("keys" in swapped && [...swapped.keys.data], [2, 1]);
 * ```
 */
export function reordered(input: AttentionInput, order: readonly number[]): AttentionInput {
  const pick = (m: Matrix) => gather(m, order);
  requireOptions("换词元", input);
  if (input.projections) return { ...input, tokens: pick(input.tokens) };
  const { queries, keys, values, tokens } = input;
  return {
    ...input,
    queries: pick(queries),
    keys: pick(keys),
    values: pick(values),
    ...(tokens && { tokens: pick(tokens) }),
  };
}
