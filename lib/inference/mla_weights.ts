/**
 * MLA 的权重和投影（MLA weights）：词元压缩成什么，查询从哪来。怎么做注意力在 `mla.ts`。
 *
 * @module
 */
import { requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { beside, columnBlock } from "@lib/inference/blocks.ts";
import { type Matrix, multiply, requireMatrix, row, zeros } from "@lib/matrix.ts";

/**
 * 一层 MLA 的权重，都写成“词元 @ W”的 `[输入, 输出]`。各个维数从形状里量，只有头数要写。
 *
 * @example
 * ```ts
 * import type { MlaWeights } from "@lib/inference/mla_weights.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * // 两个头，各 2 维不转、2 维转，值 3 维；压缩到 4 维，词元 8 维，查询不压缩。
 * const weights: MlaWeights = {
 *   heads: 2,
 *   queryUp: zeros(8, 2 * (2 + 2)),
 *   keyDown: zeros(8, 4 + 2),
 *   keyNorm: [1, 1, 1, 1],
 *   keyUp: zeros(4, 2 * (2 + 3)),
 *   output: zeros(2 * 3, 8),
 * };
 * ```
 */
export interface MlaWeights {
  /** 头数 H。 */
  readonly heads: number;
  /** 查询也压缩时：`W^DQ` `[dModel, rq]`；不压缩就不写。 */
  readonly queryDown?: Matrix;
  /** 压缩过的查询归一之后乘的增益 `[rq]`；和 `queryDown` 一起写。 */
  readonly queryNorm?: ArrayLike<number>;
  /** `W^UQ` 和 `W^QR` `[rq, H·(dn + dr)]`，每个头先是 dn 列不转的，再是 dr 列转的；查询不压缩时是 `[dModel, H·(dn + dr)]`。 */
  readonly queryUp: Matrix;
  /** `W^DKV` 和 `W^KR` `[dModel, rk + dr]`：先是压缩向量，再是位置键。 */
  readonly keyDown: Matrix;
  /** 压缩向量归一之后乘的增益 `[rk]`。 */
  readonly keyNorm: ArrayLike<number>;
  /** `W^UK` 和 `W^UV` `[rk, H·(dn + dv)]`，每个头先是 dn 列键，再是 dv 列值。 */
  readonly keyUp: Matrix;
  /** `W^O` `[H·dv, dModel]`。 */
  readonly output: Matrix;
}

/**
 * 从权重里量出来的维数。
 *
 * @example
 * ```ts
 * import type { MlaShape } from "@lib/inference/mla_weights.ts";
 *
 * const cachedPerToken = ({ keyRank, rotaryDimension }: MlaShape) => keyRank + rotaryDimension;
 * ```
 */
export interface MlaShape {
  /** 词元的维数 dModel。 */
  readonly modelDimension: number;
  /** 压缩向量的维数 rk。 */
  readonly keyRank: number;
  /** 一个头里不转的维数 dn。 */
  readonly plainDimension: number;
  /** 一个头里转的维数 dr，也是位置键的维数。 */
  readonly rotaryDimension: number;
  /** 一个头的值的维数 dv。 */
  readonly valueDimension: number;
}

/**
 * 从权重里量出各个维数，顺便查它们对不对得上。
 *
 * @throws {ShapeError} 不是矩阵，或互相对不上
 * @throws {RangeError} 头数不是 1 到 1024 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mlaShape } from "@lib/inference/mla_weights.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const rest = { heads: 2, queryUp: zeros(8, 8), keyDown: zeros(8, 6), keyUp: zeros(4, 10), output: zeros(6, 8) };
 * assert.deepEqual(mlaShape({ ...rest, keyNorm: [1, 1, 1, 1] }), {
 *   modelDimension: 8,
 *   keyRank: 4,
 *   plainDimension: 2,
 *   rotaryDimension: 2,
 *   valueDimension: 3,
 * });
 * ```
 */
export function mlaShape(weights: MlaWeights): MlaShape {
  const { heads, queryDown, queryNorm, queryUp, keyDown, keyNorm, keyUp, output } = requireOptions(
    "读 MLA 的权重",
    weights,
  );
  requireInteger("读 MLA 的权重，定头数", heads, 1, 1024);
  const { rows: modelDimension, columns } = requireMatrix("读 keyDown", keyDown);
  const keyRank = requireVector("读 keyNorm", keyNorm).length, rotaryDimension = columns - keyRank;
  if (rotaryDimension < 2 || rotaryDimension % 2 !== 0) {
    throw new ShapeError("读 keyDown", `${keyRank} 列压缩向量之后，还有偶数列位置键`, columns);
  }
  const share = (name: string, m: Matrix, least: number): number => {
    const one = requireMatrix(`读 ${name}`, m).columns / heads - least;
    if (!(Number.isInteger(one) && one > 0)) {
      throw new ShapeError(`读 ${name}`, `列数是 ${heads} 个头的倍数，每个头多于 ${least} 列`, m.columns);
    }
    return one;
  };
  const plainDimension = share("queryUp", queryUp, rotaryDimension),
    valueDimension = share("keyUp", keyUp, plainDimension);
  if (queryDown === undefined) {
    if (queryNorm !== undefined) throw new ShapeError("读 queryNorm", "和 queryDown 一起写", "没有 queryDown");
    requireMatrix("读 queryUp", queryUp, { rows: modelDimension });
  } else {
    requireMatrix("读 queryDown", queryDown, { rows: modelDimension });
    requireVector("读 queryNorm", queryNorm!, queryDown.columns);
    requireMatrix("读 queryUp", queryUp, { rows: queryDown.columns });
  }
  requireMatrix("读 keyUp", keyUp, { rows: keyRank });
  requireMatrix("读 output", output, { rows: heads * valueDimension, columns: modelDimension });
  return { modelDimension, keyRank, plainDimension, rotaryDimension, valueDimension };
}

/**
 * 各个头的查询 `[n, H·(dn + dr)]`，还没转：词元压缩、归一、展开；不压缩就是乘一个矩阵。
 *
 * @throws {ShapeError} 权重或词元的形状不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mlaQueries } from "@lib/inference/mla_weights.ts";
 * import { matrix, zeros } from "@lib/matrix.ts";
 *
 * const queryUp = matrix([[1, 2, 3], [4, 5, 6]]);
 * const weights = { heads: 1, queryUp, keyDown: zeros(2, 3), keyNorm: [1], keyUp: zeros(1, 2), output: zeros(1, 2) };
 * assert.deepEqual(mlaQueries(weights, matrix([[0, 1]])), matrix([[4, 5, 6]]));
 * ```
 */
export function mlaQueries(weights: MlaWeights, tokens: Matrix): Matrix {
  const { modelDimension } = mlaShape(weights), { queryDown, queryNorm, queryUp } = weights;
  requireMatrix("做 MLA", tokens, { columns: modelDimension });
  return multiply(queryDown ? rmsNorm(multiply(tokens, queryDown), queryNorm!) : tokens, queryUp);
}

/**
 * 每个词元要存的 `[n, rk + dr]`：归一过的压缩向量，再是位置键；位置键还没转。
 *
 * @throws {ShapeError} 权重或词元的形状不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mlaLatents } from "@lib/inference/mla_weights.ts";
 * import { matrix, zeros } from "@lib/matrix.ts";
 *
 * const keyDown = matrix([[7, 1, 2], [9, 3, 4]]); // 压缩到 1 维：归一以后只剩正负号
 * const weights = { heads: 1, queryUp: zeros(2, 3), keyDown, keyNorm: [10], keyUp: zeros(1, 2), output: zeros(1, 2) };
 * assert.deepEqual([...mlaLatents(weights, matrix([[0, -1]])).data].map(Math.round), [-10, -3, -4]);
 * ```
 */
export function mlaLatents(weights: MlaWeights, tokens: Matrix): Matrix {
  const { modelDimension, keyRank, rotaryDimension } = mlaShape(weights);
  const down = multiply(requireMatrix("做 MLA", tokens, { columns: modelDimension }), weights.keyDown);
  // 只归一压缩向量，不归一位置键。
  const compressed = rmsNorm(columnBlock(down, 0, keyRank), weights.keyNorm);
  return beside([compressed, columnBlock(down, keyRank, rotaryDimension)]);
}

/** 每行除以 √(均方 + 1e-6)，再逐列乘增益（RMSNorm）；1e-6 是 DeepSeek 的默认。 */
function rmsNorm(m: Matrix, gain: ArrayLike<number>): Matrix {
  const normal = zeros(m.rows, m.columns);
  for (let i = 0; i < m.rows; i++) {
    const from = row(m, i), square = from.reduce((sum, x) => sum + x * x, 0) / m.columns;
    row(normal, i).set(from.map((x, c) => gain[c]! * x / Math.sqrt(square + 1e-6)));
  }
  return normal;
}
