/**
 * 算哪几行（shown rows）：L 很大时只算要看的几行查询，并且说出来。
 *
 * @module
 */
import { requireInteger } from "@lib/errors.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";

/**
 * 要算的查询行号：`length ≤ 512` 时是全部；再长就均匀取 32 行，加上最后一行，并印一句话说明。
 *
 * @param length 词元个数 L
 * @throws {RangeError} 不是正整数
 * @throws {KnobError} 旋钮没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shownRows } from "@lib/notebook/rows.ts";
 *
 * assert.deepEqual(shownRows(4), [0, 1, 2, 3]);
 * const rows = shownRows(8192); // 印：L = 8192 超过 512：……
 * assert.equal(rows.length, 33);
 * assert.equal(rows.at(-1), 8191);
 * ```
 */
export function shownRows(length: number): number[] {
  assertKnobs();
  requireInteger("选要算的行", length, 1);
  if (length <= 512) return Array.from({ length }, (_, i) => i);
  console.log(
    `L = ${length} 超过 512：不摆 L×L 的表，只算均匀取的 32 行查询和最后一行，每行仍然看全部 ${length} 个词元。`,
  );
  return [...Array.from({ length: 32 }, (_, n) => Math.floor(n * length / 32)), length - 1];
}
