/**
 * 过期的键（stale keys）：角频率半路变了，缓存里的键还是按旧的转的。
 *
 * 动态 NTK 的底数跟着长度走，LongRoPE 一过训练长度就换一套频率。存转过的键，老键转的是老角度，新查询转的是新角度，
 * 两个角度相减就不再是“距离 × 角频率”。程序不报错，分数悄悄错了：错多少，这里和整段重算的比。
 * 存没转的键（`rotated: false`），每次按现在的频率现转，就一点不差，代价是每步都要把所有的键转一遍。
 *
 * @module
 */
import { attention } from "@lib/attention.ts";
import { difference, type ShiftResidual } from "@lib/bench/shift.ts";
import type { Encoding } from "@lib/encoding.ts";
import { explain, requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { append, attendCached, emptyCache } from "@lib/inference/cache.ts";
import { gather, type Matrix, requireMatrix } from "@lib/matrix.ts";

/**
 * 要量的一段。
 *
 * @example
 * ```ts
 * import { rope } from "@lib/encodings/rope.ts";
 * import type { StalenessInput } from "@lib/inference/staleness.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const x = zeros(8, 4), still = rope({ dimension: 4 });
 * const input: StalenessInput = { queries: x, keys: x, values: x, encodingAt: () => still, chunks: [4, 1, 1, 1, 1] };
 * ```
 */
export interface StalenessInput {
  /** 查询 `[L, H·d]`。 */
  readonly queries: Matrix;
  /** 键 `[L, Hk·d]`。 */
  readonly keys: Matrix;
  /** 值 `[L, Hk·dv]`。 */
  readonly values: Matrix;
  /** 长到 n 个词元时用哪个编码：动态的办法随 n 变。 */
  readonly encodingAt: (length: number) => Encoding;
  /** 一次接上几个词元，加起来不超过 L；不写就是一次一个。 */
  readonly chunks?: ArrayLike<number>;
  /** 存转过的键还是没转的；不写是转过的。 */
  readonly rotated?: boolean;
  /** 查询头的个数；不写是 1。 */
  readonly heads?: number;
  /** 键值头的个数；不写就和 `heads` 相同。 */
  readonly keyHeads?: number;
  /** 窗口（词元）；不写就不限。 */
  readonly window?: number;
}

/**
 * 接上每一段之后，用缓存算的和整段按现在的编码重算的差多少（分数、权重、输出各自最大的差，无量纲）。
 *
 * 全是 0（或舍入误差），就是能放心缓存；哪一步起不是 0，就是从哪一步起错的。
 *
 * @returns 每段一项，`length` 是接上之后有几个词元
 * @throws {ShapeError} 形状对不上，或编码不能这样存（ReRoPE、Self-Extend 只能 `rotated: false`）
 * @throws {RangeError} 段长不是正整数，或加起来超过 L
 * @example 第三个词元来的时候，角频率减半：老键转了 1 弧度，本该转半弧度
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotary } from "@lib/encodings/rope.ts";
 * import { staleness } from "@lib/inference/staleness.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 0], [1, 0], [1, 0]]);
 * const encodingAt = (length: number) => rotary("变速", { frequencies: [length < 3 ? 1 : 1 / 2], dimension: 2 });
 * const wrong = (rotated: boolean) =>
 *   staleness({ queries: x, keys: x, values: x, encodingAt, rotated }).map(({ scores }) => (scores * Math.SQRT2).toFixed(4));
 * assert.deepEqual(wrong(true), ["0.0000", "0.0000", "0.1224"]); // 隔一个，cos(1 − 1) 和 cos(½) 的差
 * assert.deepEqual(wrong(false), ["0.0000", "0.0000", "0.0000"]);
 * ```
 */
export function staleness(input: StalenessInput): (ShiftResidual & { readonly length: number })[] {
  const { queries, keys, values, encodingAt, rotated = true, heads = 1, keyHeads = heads, window } = requireOptions(
    "量键过期多少",
    input,
  );
  const { rows } = requireMatrix("量键过期多少", queries);
  for (const m of [keys, values]) requireMatrix("量键过期多少", m, { rows });
  if (typeof encodingAt !== "function") throw new ShapeError("量键过期多少", "encodingAt 是函数", encodingAt);
  const { chunks: given = Array<number>(rows).fill(1) } = input, chunks = requireVector("定一次接几个词元", given);
  const total = chunks.reduce((sum, size) => sum + requireInteger("定一次接几个词元", size, 1), 0);
  if (total > rows) throw new RangeError(explain("定一次接几个词元", `加起来不超过 ${rows}`, total));
  const common = { heads, keyHeads, ...(window !== undefined && { window }) };
  let { blocks } = emptyCache({ ...common, encoding: { name: "还没有" }, rotated }), length = 0;
  return Array.from(chunks, (size) => {
    const fresh = Array.from({ length: size }, (_, n) => length + n);
    length += size;
    const encoding = encodingAt(length), pick = (m: Matrix) => gather(m, fresh);
    const cache = append({ ...emptyCache({ ...common, encoding, rotated }), blocks }, {
      keys: pick(keys),
      values: pick(values),
    });
    blocks = cache.blocks;
    const soFar = (m: Matrix) => ({ ...m, rows: length, data: m.data.subarray(0, length * m.columns) });
    const all = { queries: soFar(queries), keys: soFar(keys), values: soFar(values) };
    const cached = attendCached(cache, { queries: pick(queries), ...common });
    return {
      length,
      ...difference(cached, attention({ ...common, ...all, queryRows: fresh, causal: true, encoding })),
    };
  });
}
