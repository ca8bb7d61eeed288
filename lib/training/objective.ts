/**
 * 要变小的数（objective）：一批题的平均交叉熵，连同它对每个参数的梯度。
 *
 * 图只跟踪一次，编译成 WASM，以后每批只换数。
 *
 * @module
 */
import { jit, nn, valueAndGrad } from "@jax-js/jax";
import { ShapeError } from "@lib/errors.ts";
import { scaled } from "@lib/matrix.ts";
import { forward, mask, type Model, requireModel } from "@lib/training/model.ts";
import { oneHot, type Parameters, type Tensor, tensor, tensors } from "@lib/training/tensor.ts";
import type { Trainable } from "@lib/training/trainable.ts";

/**
 * 一批题：B 句，每句 L 个词元。
 *
 * @example
 * ```ts
 * import type { Batch } from "@lib/training/objective.ts";
 *
 * const batch: Batch = { count: 1, length: 3, tokens: [0, 1, 2], answers: [-1, -1, 0] }; // 只在最后一个位置作答
 * ```
 */
export interface Batch {
  /** 几句 B。 */
  readonly count: number;
  /** 每句几个词元 L。 */
  readonly length: number;
  /** 词元 `[B·L]`；−1 是填充。 */
  readonly tokens: ArrayLike<number>;
  /** 每个位置的答案 `[B·L]`；−1 是不用作答。 */
  readonly answers: ArrayLike<number>;
}

/**
 * 一批题的损失和梯度。
 *
 * @example
 * ```ts
 * import type { Slope } from "@lib/training/objective.ts";
 *
 * const flat: Slope = { loss: 0, gradients: {} };
 * ```
 */
export interface Slope {
  /** 平均交叉熵（奈特）。 */
  readonly loss: number;
  /** 每个参数的梯度，名字、形状和参数相同。 */
  readonly gradients: Parameters;
}

/**
 * 编译好的两个函数；用完要 `dispose`，收回 WASM 里的内存。
 *
 * @example
 * ```ts
 * import type { Objective } from "@lib/training/objective.ts";
 *
 * const lossOf = (objective: Objective, ...given: Parameters<Objective["slope"]>) => objective.slope(...given).loss;
 * ```
 */
export interface Objective {
  /** 损失和梯度。 */
  readonly slope: (parameters: Parameters, batch: Batch) => Slope;
  /** 每个位置每个答案的分数 `[B·L, answers]`。 */
  readonly scores: (parameters: Parameters, batch: Batch) => Float32Array;
  /** 收回内存。 */
  readonly dispose: () => void;
}

/**
 * 编译一个模型，用一种编码，在这些位置上。
 *
 * @param positions 每个词元的位置 `[L]`（词元）
 * @throws {RangeError} 位置用不上这个编码（训练式的表没有那么多行）
 * @throws {ShapeError} 一批题的长度和位置的个数不同
 * @example 全是 0 的参数：8 种答案一样可能，损失是 ln 8
 * ```ts
 * import assert from "node:assert/strict";
 * import { scaled } from "@lib/matrix.ts";
 * import { initialParameters } from "@lib/training/model.ts";
 * import { compiled } from "@lib/training/objective.ts";
 * import { still } from "@lib/training/trainable.ts";
 *
 * const off = { causal: true, residual: false, norm: false, mlp: false };
 * const model = { vocabulary: 3, answers: 8, dimension: 4, heads: 1, layers: 1, ...off };
 * const zero = Object.fromEntries(Object.entries(initialParameters(model, 1)).map(([name, m]) => [name, scaled(m, 0)]));
 * const objective = compiled(model, still, new Float64Array([0, 1]));
 * const { loss } = objective.slope(zero, { count: 1, length: 2, tokens: [0, 1], answers: [-1, 5] });
 * assert.ok(Math.abs(loss - Math.log(8)) < 1e-6);
 * objective.dispose();
 * ```
 */
export function compiled(model: Model, encoding: Trainable, positions: Float64Array): Objective {
  requireModel(model);
  const L = positions.length;
  const fixed = tensors({ ...encoding.data(positions), mask: mask(positions, model.causal) });
  type Tree = Record<string, Tensor>;
  const run = (parameters: Tree, data: Tree, tokens: Tensor): Tensor => {
    const all = { ...data, ...parameters };
    const scores = forward(tokens, model, encoding, (name) => all[name]!.ref);
    for (const one of Object.values(all)) one.dispose();
    return scores;
  };
  const graph = jit(run);
  const graded = jit(
    valueAndGrad((parameters: Tree, data: Tree, tokens: Tensor, wanted: Tensor) =>
      nn.logSoftmax(run(parameters, data, tokens), -1).mul(wanted).sum()
    ),
  );
  const again = () => Object.fromEntries(Object.entries(fixed).map(([name, one]) => [name, one.ref]));
  const checked = ({ count, length, tokens, answers }: Batch) => {
    if (length !== L) throw new ShapeError("做一批题", `每句 ${L} 个词元`, length);
    const sizes = [tokens.length, answers.length];
    if (sizes.some((size) => size !== count * L)) {
      throw new ShapeError("做一批题", `${count * L} 个词元、同样多的答案`, sizes);
    }
    return tensor(oneHot(tokens, model.vocabulary)).reshape([count, L, model.vocabulary]);
  };
  return {
    slope: (parameters, batch) => {
      const tokens = checked(batch),
        hot = oneHot(batch.answers, model.answers),
        asked = hot.data.reduce((a, b) => a + b, 0);
      if (asked === 0) throw new ShapeError("做一批题", "至少一个位置要作答", 0);
      const wanted = tensor(scaled(hot, -1 / asked)).reshape([batch.count, L, model.answers]); // 平均、取负，在图外先乘好
      const [loss, slopes] = graded(tensors(parameters), again(), tokens, wanted);
      const gradients = Object.entries(parameters).map((
        [name, { rows, columns }],
      ) => [name, { rows, columns, data: Float64Array.from(slopes[name]!.dataSync()) }]);
      return { loss: loss.dataSync()[0]!, gradients: Object.fromEntries(gradients) };
    },
    scores: (parameters, batch) => graph(tensors(parameters), again(), checked(batch)).dataSync() as Float32Array,
    dispose: () => {
      graph.dispose(), graded.dispose();
      for (const one of Object.values(fixed)) one.dispose();
    },
  };
}
