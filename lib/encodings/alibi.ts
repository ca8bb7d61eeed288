/**
 * ALiBi（attention with linear biases）：每远一格，分数扣一个固定的数。
 *
 * 没有参数要学，也没有表：距离是多少，就扣斜率的多少倍。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { requireInteger, requireNumber } from "@lib/errors.ts";

/**
 * ALiBi 的一个头：分数减去 `slope × |i − j|`，在除完 √d 之后减。
 *
 * 因果注意力里 i − j 不会是负数，绝对值多余；双向时它分不出左右。
 *
 * @param slope 斜率 m（每词元扣多少，无量纲），非负
 * @throws {RangeError} 斜率不是非负的有限数
 * @source Press et al. arXiv 2108.12409；斜率之外不含任何可学参数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibi } from "@lib/encodings/alibi.ts";
 *
 * const { bias } = alibi(1 / 2).score!(new Float64Array([0, 1, 2, 3]));
 * assert.deepEqual([...bias!], [-0, -0.5, -1, -1.5]);
 * ```
 */
export function alibi(slope: number): Encoding {
  requireNumber("定 ALiBi 的斜率", slope, "非负的有限数", (m) => m >= 0 && m < Infinity);
  return { name: "ALiBi", score: (distances) => ({ bias: distances.map((t) => -slope * Math.abs(t)) }) };
}

/**
 * 每个头的斜率（slopes）`[heads]`：头数是 2 的幂时是等比数列 2^(−8h/H)；
 * 不是时，先取不超过它的 2 的幂那一列，再从两倍长的那一列里隔一个取一个补齐。
 *
 * @param heads 头数 H，正整数
 * @throws {RangeError} 头数不是 1 到 65536 的整数
 * @source Press et al. 的参考实现 `ofirpress/attention_with_linear_biases:fairseq/models/transformer.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibiSlopes } from "@lib/encodings/alibi.ts";
 *
 * assert.deepEqual([...alibiSlopes(8)].map((m) => 1 / m), [2, 4, 8, 16, 32, 64, 128, 256]);
 * const exponents = [...alibiSlopes(12)].map((m) => Number(Math.log2(m).toFixed(9)));
 * assert.deepEqual(exponents, [-1, -2, -3, -4, -5, -6, -7, -8, -0.5, -1.5, -2.5, -3.5]);
 * ```
 */
export function alibiSlopes(heads: number): Float64Array {
  requireInteger("定 ALiBi 的头数", heads, 1, 65536);
  const power = 2 ** Math.floor(Math.log2(heads));
  return Float64Array.from(
    { length: heads },
    (_, h) => h < power ? 2 ** (-8 * (h + 1) / power) : 2 ** (-8 * (2 * (h - power) + 1) / (2 * power)),
  );
}
