/**
 * FLOATER：递归式的一步换成解一小段微分方程 dp/dt = h(p, t)，h 是学出来的小网络。
 *
 * 三角式是它的特例：h(p) 是“和 p 垂直、长度成比例”的时候，解出来就是转圈。
 * 参考实现解出三份，分别加在查询、键、值上（投影之后、除 √d 之前），一次解到训练长度，再远要重解。
 *
 * @module
 */
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { positionRows } from "@lib/encodings/learned.ts";
import { type Field, networkField, rungeKutta } from "@lib/encodings/ode.ts";
import { recursiveTable } from "@lib/encodings/recursive.ts";
import { requireInteger, requireOptions } from "@lib/errors.ts";
import { add, row } from "@lib/matrix.ts";
import { normalMatrix, uniformMatrix } from "@lib/random.ts";

/**
 * FLOATER 的参数。
 *
 * @example
 * ```ts
 * import { floater, floaterInitial, type FloaterParameters } from "@lib/encodings/floater.ts";
 *
 * const parameters: FloaterParameters = floaterInitial({ dimension: 8, length: 64, seed: 1 });
 * floater(parameters);
 * ```
 */
export interface FloaterParameters {
  /** 位置 0 的三份向量 `[d]`：加在查询、键、值上的。 */
  readonly start: Readonly<Record<"query" | "key" | "value", ArrayLike<number>>>;
  /** 方向场，三份共用。 */
  readonly field: Field;
  /** 解到第几个位置为止（词元）；参考实现是 255。 */
  readonly length: number;
  /** 一个位置走几步 RK4；不写是参考实现的 5。 */
  readonly steps?: number;
}

/** 相邻两个位置隔多少时间（无量纲）。 */
const gap = 0.01;

/**
 * FLOATER 的一个头：q_m → q_m + p_m，键、值同样各加自己的一份。
 *
 * @throws {ShapeError} 起点或方向场的维数不对
 * @throws {RangeError} 长度或步数不是正整数，或一共超过 2¹⁵ 步；用的时候位置不是 0 到 length − 1 的整数
 * @source Liu et al. arXiv 2003.09229；`xuanqing94/FLOATER:fairseq/models/flow_transformer.py`
 * @example h(p) = B·p，解出来是转圈：100 个位置正好转 1 弧度
 * ```ts
 * import assert from "node:assert/strict";
 * import { floater } from "@lib/encodings/floater.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const start = { query: [1, 0], key: [1, 0], value: [0, 0] };
 * const { query } = floater({ start, field: ([x = 0, y = 0]) => [-y, x], length: 101 });
 * const [x, y] = query!(zeros(1, 2), new Float64Array([100])).data;
 * assert.ok(Math.abs(x! - Math.cos(1)) < 1e-12 && Math.abs(y! - Math.sin(1)) < 1e-12);
 * ```
 */
export function floater(parameters: FloaterParameters): Encoding {
  const { start, field, length, steps = 5 } = requireOptions("造 FLOATER", parameters);
  requireOptions("定 FLOATER 的起点", start);
  requireInteger("定 FLOATER 的步数", steps, 1, 1000);
  requireInteger("定递归式的长度", length, 1, Math.floor(2 ** 15 / steps)); // 一共不超过 2¹⁵ 步
  const advance = (p: Float64Array, k: number): Float64Array => {
    for (let n = 0; n < steps; n++) p = rungeKutta(field, p, (k + n / steps) * gap, gap / steps);
    return p;
  };
  const solved = (first: ArrayLike<number>): AtPosition => {
    const table = recursiveTable({ first, step: advance, length });
    return (rows, positions) => add(rows, positionRows("FLOATER", table, positions));
  };
  return { name: "FLOATER", query: solved(start.query), key: solved(start.key), value: solved(start.value) };
}

/**
 * 训练前的参数：线性层是 Xavier 正态、偏置 0；起点是 Xavier 均匀，按 `[3, 层数, d]` 一起定的范围。
 *
 * @param options `dimension` 一个头的维数 d，`length` 解到几个位置，`hidden` 中间几个单元（不写是 d），
 * `layers` 模型几层（不写是 6，只管起点的范围），`seed` 种子
 * @throws {RangeError} 有一个不是正整数
 * @source `xuanqing94/FLOATER:fairseq/modules/flow_funcs.py`、`fairseq/models/flow_transformer.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floaterInitial } from "@lib/encodings/floater.ts";
 *
 * assert.equal(floaterInitial({ dimension: 8, length: 255, seed: 1 }).start.query.length, 8);
 * ```
 */
export function floaterInitial(
  options: Readonly<Record<"dimension" | "length" | "seed", number>> & {
    readonly hidden?: number;
    readonly layers?: number;
  },
): FloaterParameters {
  const { dimension: d, length, hidden = d, layers = 6, seed } = requireOptions("取 FLOATER 的初值", options);
  for (const size of [d, hidden, layers, length]) requireInteger("取 FLOATER 的初值", size, 1);
  const linear = (inputs: number, outputs: number, n: number) =>
    [normalMatrix(inputs, outputs, seed + n, Math.sqrt(2 / (inputs + outputs))), new Float64Array(outputs)] as const;
  const starts = uniformMatrix(3, d, seed, Math.sqrt(6 / (d * (layers + 3))));
  return {
    start: { query: row(starts, 0), key: row(starts, 1), value: row(starts, 2) },
    field: networkField(linear(d + 1, hidden, 1), linear(hidden + 1, d, 2)),
    length,
  };
}
