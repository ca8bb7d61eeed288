/**
 * 训练绝对位置（trainable absolute encodings）：训练式和三角式，都是词嵌入加上一行。
 *
 * 训练式的那一行是查表：独热乘表，只有用到的行有梯度，没用到的行一直是随机的初值。三角式的那一行是数据，不训练。
 *
 * @module
 */
import { numpy as np } from "@jax-js/jax";
import { learned, learnedInitial } from "@lib/encodings/learned.ts";
import { sinusoidal, sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import { oneHot } from "@lib/training/tensor.ts";
import type { Shape, Trainable } from "@lib/training/trainable.ts";

/**
 * 训练式：`positionTable` `[positions, dModel]`。
 *
 * @throws {RangeError} 位置不是 0 到 positions − 1 的整数（`data` 里）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableLearned } from "@lib/training/absolute.ts";
 *
 * const { initial } = trainableLearned({ dimension: 8, heads: 1, causal: true, positions: 16 });
 * assert.equal(initial(1)["positionTable"]!.rows, 16);
 * ```
 */
export function trainableLearned({ dimension, positions: rows }: Shape): Trainable {
  return {
    name: "learned",
    initial: (seed) => ({ positionTable: learnedInitial(rows, dimension, seed) }),
    encodings: ({ positionTable }) => [learned(positionTable!)],
    data: (positions) => ({ places: oneHot(positions, rows) }),
    embed: (x, get) => x.add(np.matmul(get("places"), get("positionTable"))),
  };
}

/**
 * 三角式：没有参数，`positionRows` `[L, dModel]` 是数据。
 *
 * @param base 底数
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainableSinusoidal } from "@lib/training/absolute.ts";
 *
 * const { data } = trainableSinusoidal({ dimension: 2, heads: 1, causal: true, positions: 4 }, 10000);
 * assert.deepEqual([...data(new Float64Array([0]))["positionRows"]!.data], [0, 1]);
 * ```
 */
export function trainableSinusoidal({ dimension }: Shape, base: number): Trainable {
  const value = sinusoidal({ dimension, base });
  return {
    name: "sinusoidal",
    initial: () => ({}),
    encodings: () => [value],
    data: (positions) => ({ positionRows: sinusoidalTable(positions, { dimension, base }) }),
    embed: (x, get) => x.add(get("positionRows")),
  };
}
