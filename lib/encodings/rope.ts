/**
 * RoPE（rotary position embedding，旋转位置编码）：把 q 和 k 各自转一个角度，角度 = 位置 × 角频率。
 *
 * 没有表，也不往分数上加任何东西。两个向量各转各的，点积里只剩下角度之差，也就是距离。
 *
 * @module
 */
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { type Pairing, rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { explain, requireFinite, requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";

/**
 * RoPE 的设置（rope options）。
 *
 * @example
 * ```ts
 * import { rope, type RopeOptions } from "@lib/encodings/rope.ts";
 *
 * const options: RopeOptions = { dimension: 64, base: 500000 };
 * rope(options);
 * ```
 */
export interface RopeOptions {
  /** 维数 d，偶数。 */
  readonly dimension: number;
  /** 底数；不写是 10000。 */
  readonly base?: number;
  /** 配对方式；不写是相邻两维。 */
  readonly pairing?: Pairing;
}

/**
 * RoPE：查询和键都转，值不转。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或配对方式不是那两种
 * @source Su et al. arXiv 2104.09864 (14)–(16)、(34)；kexue 8265(11)–(13)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { matrix, row } from "@lib/matrix.ts";
 *
 * // 四个一样的词元 (1, 0)：分数乘回 √2 以后是 cos(i − j)。
 * const x = matrix([[1, 0], [1, 0], [1, 0], [1, 0]]);
 * const { scores } = attention({ queries: x, keys: x, values: x, encoding: rope({ dimension: 2 }) });
 * const first = [...row(scores, 0)].map((s) => (s * Math.SQRT2).toFixed(4));
 * assert.deepEqual(first, ["1.0000", "0.5403", "-0.4161", "-0.9900"]);
 * ```
 */
export function rope(options: RopeOptions): Encoding {
  const { dimension, base = 10000, pairing } = requireOptions("造 RoPE", options);
  return rotary("RoPE", { frequencies: inverseFrequencies(dimension, base), dimension, pairing });
}

/**
 * 给定角频率，造一个转查询、转键的编码（rotary）：别的拉长办法（PI、YaRN……）只是换一串角频率。
 *
 * @param name 编码的名字
 * @param options `frequencies` 角频率 `[pairs]`（弧度每词元）；`dimension` 一个头的维数 d，不少于 2·pairs，多出来的不转；
 * `pairing` 配对方式，不写是相邻两维；`attentionFactor` 乘在 cos、sin 上的系数，不写是 1
 * @throws {ShapeError} 名字不是字符串，或角频率不是一串数
 * @throws {RangeError} 角频率不是有限的数，维数不是正整数，或配对方式不是那两种
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotary } from "@lib/encodings/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const half = rotary("半速", { frequencies: new Float64Array([0.5]), dimension: 2 });
 * assert.deepEqual([...half.query!(matrix([[1, 0]]), new Float64Array([2])).data], [Math.cos(1), Math.sin(1)]);
 * ```
 */
export function rotary(
  name: string,
  options: {
    readonly frequencies: ArrayLike<number>;
    readonly dimension: number;
    readonly pairing?: Pairing | undefined;
    readonly attentionFactor?: number;
  },
): Encoding {
  const { frequencies, dimension, pairing = "interleaved", attentionFactor } = requireOptions("造旋转的编码", options);
  if (typeof name !== "string") throw new ShapeError("造旋转的编码", "名字是字符串", name);
  requireFinite("造旋转的编码", frequencies);
  requireInteger("造旋转的编码，定维数", dimension, 1);
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain("定 RoPE 的配对方式", "interleaved 或 half", pairing));
  }
  const turn: AtPosition = (rows, positions) =>
    rotate(rows, turns(positions, frequencies, attentionFactor), pairing, dimension);
  return { name, query: turn, key: turn };
}
