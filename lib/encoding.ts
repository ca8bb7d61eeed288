/**
 * 位置编码的类型（encoding）：一个编码就是一个值，里面最多四只“钩子”，缺的钩子就是不改那一处。
 *
 * 看类型就知道它看得见什么：
 * - `query`、`key` 收到的是**位置**，每个词元改自己的那一行；
 * - `score`、`value` 收到的只有**距离**，所以整体平移改不动它们。
 *
 * 距离（distance）全库只有一种符号：查询位置 − 键位置，也就是 i − j；过去的词元是正数。
 *
 * @module
 */
import type { Matrix } from "@lib/matrix.ts";
import { explain } from "@lib/errors.ts";

/**
 * 只看自己位置的一步（unary part）：`[n, d]` 行和 `[n]` 位置进去，`[n, d]` 行出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { AtPosition } from "@lib/encoding.ts";
 *
 * const same: AtPosition = (rows) => rows;
 * const rows = { rows: 1, columns: 1, data: new Float64Array([2]) };
 * assert.equal(same(rows, new Float64Array([7])), rows);
 * ```
 */
export type AtPosition = (rows: Matrix, positions: Float64Array) => Matrix;

/**
 * 打分时按距离加的东西（score part）：`[n]` 个不同的距离进去，每个距离给一个数、一个向量，或两样都给。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { ScoreByDistance } from "@lib/encoding.ts";
 *
 * const farther: ScoreByDistance = (distances) => ({ bias: distances.map((distance) => -Math.abs(distance)) });
 * assert.deepEqual([...farther(new Float64Array([0, 2])).bias ?? []], [-0, -2]);
 * ```
 */
export type ScoreByDistance = (distances: Float64Array) => {
  /** `[n]`，除完 √d 之后加到分数上（T5、ALiBi）。 */
  readonly bias?: Float64Array;
  /** `[n, d]`，先加到键上再和查询做点积（Shaw）。 */
  readonly keys?: Matrix;
};

/**
 * 加权求和时按距离加到值上的向量（value part）：`[n]` 个距离进去，`[n, d]` 出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { ValueByDistance } from "@lib/encoding.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const nothing: ValueByDistance = (distances) => zeros(distances.length, 4);
 * assert.equal(nothing(new Float64Array([0, 1])).rows, 2);
 * ```
 */
export type ValueByDistance = (distances: Float64Array) => Matrix;

/**
 * 位置编码（positional encoding）。没有任何钩子的值就是 NoPE。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import type { Encoding } from "@lib/encoding.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // 自己发明一个：离得每远一格，分数扣 1。
 * const mine: Encoding = { name: "扣分", score: (distances) => ({ bias: distances.map((t) => -Math.abs(t)) }) };
 * const x = matrix([[0], [0]]);
 * const { scores } = attention({ queries: x, keys: x, values: x, encoding: mine });
 * assert.equal(scores.data[1], -1);
 * ```
 */
export interface Encoding {
  /** 名字，图例和错误消息里用。 */
  readonly name: string;
  /** 改查询：看得见位置。 */
  readonly query?: AtPosition;
  /** 改键：看得见位置。 */
  readonly key?: AtPosition;
  /** 改分数：只看得见距离。 */
  readonly score?: ScoreByDistance;
  /** 改求和的值：只看得见距离。 */
  readonly value?: ValueByDistance;
  /** 点积乘多少（无量纲）；不写就是 1/√d。T5 没有这一步，写 1。 */
  readonly scale?: (headDimension: number) => number;
}

/**
 * 没有位置编码（NoPE, no positional encoding）：什么也不改。
 *
 * @source arXiv 2305.19466
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nope } from "@lib/encoding.ts";
 *
 * assert.deepEqual(Object.keys(nope), ["name"]);
 * ```
 */
export const nope: Encoding = { name: "NoPE" };

/**
 * 查表要用的整数距离：离整数不到 1e-6 就取整，别的拒绝，不会悄悄四舍五入。
 *
 * @param name 谁在查表
 * @param distance 距离（词元，带符号）
 * @throws {RangeError} 距离不是整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integerDistance } from "@lib/encoding.ts";
 *
 * assert.equal(integerDistance("T5", 2.0000000001), 2);
 * assert.throws(() => integerDistance("T5", 0.5), /无法按距离查 T5 的表：需要整数距离：现在是 0.5/);
 * ```
 */
export function integerDistance(name: string, distance: number): number {
  const nearest = Math.round(distance);
  if (!(Math.abs(distance - nearest) < 1e-6)) {
    throw new RangeError(explain(`按距离查 ${name} 的表`, "整数距离", distance));
  }
  return nearest;
}
