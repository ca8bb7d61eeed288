/**
 * 几个轴一起转（multi-axis rotation）：位置不止一个数，比如行和列，或者时、高、宽。
 *
 * 每一对备几个角频率，一个轴一个：角度 = 坐标 × 角频率，按轴加起来，就是矩阵 `[n, axes] × [axes, pairs]`。
 * 只有一个轴，就是 RoPE；一对只看一个轴，那一列别的格子是 0（轴向、M-RoPE）；都不是 0，是混着看（rope-vit 的 mixed）。
 * 角度对坐标是线性的，所以分数还是只看坐标之差。
 *
 * @module
 */
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { positionRows } from "@lib/encodings/learned.ts";
import { type Pairing, rotate } from "@lib/encodings/rotation.ts";
import { type Turns, turnsOf } from "@lib/encodings/turns.ts";
import { explain, requireFinite, requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { type Matrix, multiply, requireMatrix, zeros } from "@lib/matrix.ts";

/**
 * 几个轴的旋转要的数据。
 *
 * @example
 * ```ts
 * import type { Axes } from "@lib/axes/axis_rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // 两个词元，坐标是（行，列）；第一对看列，第二对看行。
 * const axes: Axes = { coordinates: matrix([[0, 1], [2, 3]]), frequencies: matrix([[0, 1], [1, 0]]) };
 * ```
 */
export interface Axes {
  /** 坐标 `[L, axes]`：第 m 行是第 m 个词元的。 */
  readonly coordinates: Matrix;
  /** 角频率 `[axes, pairs]`（弧度每格）。 */
  readonly frequencies: Matrix;
  /** 一个头的维数，不少于 2·pairs，多出来的不转；不写就是全转。 */
  readonly dimension?: number;
  /** 配对方式；不写是相邻两维。 */
  readonly pairing?: Pairing;
  /** 乘在 cos、sin 上的系数；不写是 1。 */
  readonly attentionFactor?: number;
}

/**
 * 各个词元的转角：角度 = 坐标 × 角频率。
 *
 * @param coordinates 坐标 `[n, axes]`
 * @param frequencies 角频率 `[axes, pairs]`（弧度每格）
 * @param factor 乘在 cos、sin 上的系数；不写是 1
 * @returns cos 和 sin，都是 `[n, pairs]`
 * @throws {ShapeError} 轴数对不上
 * @throws {RangeError} 坐标不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { axisTurns } from "@lib/axes/axis_rope.ts";
 * import { turns } from "@lib/encodings/turns.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // 一个轴，就是 RoPE 的转角。
 * assert.deepEqual(axisTurns(matrix([[0], [7]]), matrix([[1, 0.01]])), turns([0, 7], [1, 0.01]));
 * ```
 */
export function axisTurns(coordinates: Matrix, frequencies: Matrix, factor = 1): Turns {
  requireFinite("按轴转，定坐标", requireMatrix("按轴转，定坐标", coordinates).data);
  requireMatrix("按轴转，定角频率", frequencies, { rows: coordinates.columns });
  return turnsOf(multiply(coordinates, frequencies), factor);
}

/**
 * 一对只看一个轴时的角频率表 `[axes, pairs]`：看的那个轴照抄，别的轴是 0。
 *
 * @param frequencies 每一对的角频率 `[pairs]`（弧度每格）
 * @param axisOfPair 每一对看第几个轴 `[pairs]`，从 0 数
 * @param axes 几个轴
 * @throws {ShapeError} 两串数不一样长
 * @throws {RangeError} 没有这个轴
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { axisFrequencies } from "@lib/axes/axis_rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(axisFrequencies([1, 0.1, 0.01], [1, 0, 1], 2), matrix([[0, 0.1, 0], [1, 0, 0.01]]));
 * ```
 */
export function axisFrequencies(
  frequencies: ArrayLike<number>,
  axisOfPair: ArrayLike<number>,
  axes: number,
): Matrix {
  const speeds = requireVector("给每一对定角频率", frequencies), pairs = speeds.length;
  requireInteger("定轴数", axes, 1, 64);
  const table = zeros(axes, pairs);
  requireVector("给每一对定轴", axisOfPair, pairs).forEach((axis, i) => {
    table.data[requireInteger("给每一对定轴", axis, 0, axes - 1) * pairs + i] = speeds[i]!;
  });
  return table;
}

/**
 * 按坐标转查询和键的编码。
 *
 * 注意力里的位置还是词元的序号 0, 1, …, L−1：因果和窗口看它，坐标按它查表。所以序号不能平移，表外的会拒绝；
 * 要平移，就给坐标每行加上同样的数，分数不变。坐标全是 0 的词元一点也不转。
 *
 * @param name 编码的名字
 * @throws {ShapeError} 名字不是字符串，或轴数、维数对不上
 * @throws {RangeError} 坐标不是有限的数，配对方式不是那两种；用的时候序号在表外
 * @example 两个词元隔一列：只有看列的那一对变了
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { axisRope } from "@lib/axes/axis_rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const encoding = axisRope("行列", { coordinates: matrix([[5, 0], [5, 1]]), frequencies: matrix([[0, 1], [1, 0]]) });
 * const x = matrix([[1, 0, 1, 0], [1, 0, 1, 0]]);
 * const { scores } = attention({ queries: x, keys: x, values: x, encoding });
 * assert.ok(Math.abs(scores.data[1]! * 2 - (Math.cos(1) + 1)) < 1e-15);
 * ```
 */
export function axisRope(name: string, axes: Axes): Encoding {
  const { coordinates, frequencies, pairing = "interleaved", attentionFactor } = requireOptions("按轴造旋转", axes);
  if (typeof name !== "string") throw new ShapeError("按轴造旋转", "名字是字符串", name);
  const { cos, sin } = axisTurns(coordinates, frequencies, attentionFactor);
  const { dimension = 2 * frequencies.columns } = axes;
  requireInteger("按轴造旋转，定维数", dimension, 1, 65536);
  if (dimension < 2 * frequencies.columns) {
    throw new ShapeError("按轴造旋转", `至少 ${2 * frequencies.columns} 维的头`, dimension);
  }
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain(`定 ${name} 的配对方式`, "interleaved 或 half", pairing));
  }
  const turn: AtPosition = (rows, places) => {
    const turned = { cos: positionRows(name, cos, places), sin: positionRows(name, sin, places) };
    return rotate(rows, turned, pairing, dimension);
  };
  return { name, query: turn, key: turn };
}
