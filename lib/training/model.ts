/**
 * 小 Transformer（model）：词嵌入、一到几层注意力、读出，写成能自动求导的图。
 *
 * 最朴素的设置只有注意力：没有残差、归一化、MLP，输出直接读出，看得清位置编码做了什么；三样都可以打开。
 *
 * @module
 */
import { nn, numpy as np } from "@jax-js/jax";
import { explain, requireBoolean, requireInteger, requireOptions } from "@lib/errors.ts";
import { normalMatrix, uniformMatrix } from "@lib/random.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import type { Get, Parameters, Tensor } from "@lib/training/tensor.ts";
import type { Trainable } from "@lib/training/trainable.ts";

/**
 * 模型长什么样。
 *
 * @example
 * ```ts
 * import type { Model } from "@lib/training/model.ts";
 *
 * const model: Model = {
 *   vocabulary: 17, answers: 8, dimension: 32, heads: 1, layers: 1, causal: true, residual: false, norm: false, mlp: false,
 * };
 * ```
 */
export interface Model {
  /** 几种词元。 */
  readonly vocabulary: number;
  /** 几种答案。 */
  readonly answers: number;
  /** 宽度 dModel，头数的倍数。 */
  readonly dimension: number;
  /** 头数 H。 */
  readonly heads: number;
  /** 几层注意力。 */
  readonly layers: number;
  /** 因果还是双向。 */
  readonly causal: boolean;
  /** 残差：每一层的输出（再过一个 dModel × dModel 的矩阵）加回输入。 */
  readonly residual: boolean;
  /** 归一化：进每一层、进读出之前做 LayerNorm，没有可学的倍数。 */
  readonly norm: boolean;
  /** MLP：每层注意力后面接一个，中间 4·dModel，ReLU。 */
  readonly mlp: boolean;
}

/**
 * 查一遍模型的设置。
 *
 * @throws {RangeError} 层数、头数、宽度不是合适的正整数，或宽度不是头数的倍数
 * @throws {ShapeError} 开关不是 `true` 或 `false`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireModel } from "@lib/training/model.ts";
 *
 * const off = { causal: true, residual: false, norm: false, mlp: false };
 * const model = { vocabulary: 17, answers: 8, dimension: 32, heads: 3, layers: 1, ...off };
 * assert.throws(() => requireModel(model), /无法造模型，定宽度：需要 3（头数）的倍数：现在是 32/);
 * ```
 */
export function requireModel(model: Model): Model {
  const { vocabulary, answers, dimension, heads, layers, ...switches } = requireOptions("造模型", model);
  requireInteger("造模型，定词元的种数", vocabulary, 1, 4096);
  requireInteger("造模型，定答案的种数", answers, 2, 4096);
  requireInteger("造模型，定宽度", dimension, 1, 512);
  requireInteger("造模型，定头数", heads, 1, 16);
  requireInteger("造模型，定层数", layers, 1, 4);
  if (dimension % heads !== 0) throw new RangeError(explain("造模型，定宽度", `${heads}（头数）的倍数`, dimension));
  for (const name of ["causal", "residual", "norm", "mlp"] as const) {
    requireBoolean(`造模型，定 ${name}`, switches[name]);
  }
  return model;
}

/**
 * 训练前的参数：词嵌入是标准正态，其余像 PyTorch 的线性层（±1/√输入维数），没有偏置。
 *
 * @param seed 同一个种子，同一组参数
 * @returns 第 n 层的叫 `queryn`、`keyn`、`valuen`，有残差再加 `outn`，有 MLP 再加 `upn`、`downn`；另有 `embedding`、`readout`
 * @throws {RangeError} 设置或种子不合适
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { initialParameters } from "@lib/training/model.ts";
 *
 * const off = { causal: true, residual: false, norm: false, mlp: false };
 * const parameters = initialParameters({ vocabulary: 17, answers: 8, dimension: 32, heads: 1, layers: 1, ...off }, 1);
 * assert.deepEqual(Object.keys(parameters), ["embedding", "query0", "key0", "value0", "readout"]);
 * ```
 */
export function initialParameters(model: Model, seed: number): Parameters {
  const { vocabulary, answers, dimension, layers, residual, mlp } = requireModel(model);
  requireInteger("取随机种子", seed, 0, 2 ** 20);
  let next = seed * 64; // 每个矩阵一个种子：开一个开关，别的矩阵的初值不变
  const linear = (rows: number, columns: number): Matrix => uniformMatrix(rows, columns, next++, 1 / Math.sqrt(rows));
  const parameters: Record<string, Matrix> = { embedding: normalMatrix(vocabulary, dimension, next++) };
  const readout = linear(dimension, answers);
  for (let n = 0; n < layers; n++) {
    next = seed * 64 + 8 * (n + 1);
    for (const name of ["query", "key", "value", "out"]) {
      const made = linear(dimension, dimension);
      if (residual || name !== "out") parameters[`${name}${n}`] = made;
    }
    if (mlp) parameters[`up${n}`] = linear(dimension, 4 * dimension);
    if (mlp) parameters[`down${n}`] = linear(4 * dimension, dimension);
  }
  return { ...parameters, readout };
}

/**
 * 看不见的格子加多少 `[L, L]`：看得见 0，看不见 −1e9（单精度里 softmax 之后正好是 0）。
 *
 * @throws {RangeError} 位置太多
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mask } from "@lib/training/model.ts";
 *
 * assert.deepEqual([...mask(new Float64Array([0, 1]), true).data], [0, -1e9, 0, 0]);
 * ```
 */
export function mask(positions: Float64Array, causal: boolean): Matrix {
  const L = positions.length, result = zeros(L, L);
  for (let i = 0; i < L; i++) {
    for (let j = 0; j < L; j++) if (causal && positions[j]! > positions[i]!) result.data[i * L + j] = -1e9;
  }
  return result;
}

/**
 * 前向：一批句子进，每个位置每个答案一个分数出。
 *
 * @param tokens 独热的词元 `[B, L, vocabulary]`
 * @param encoding 位置编码
 * @param get 取参数、位置的数据（`encoding.data`）和掩码（`mask`）
 * @returns 答案的分数 `[B, L, answers]`，softmax 之前
 * @example 两个一样的词元，不编码位置：两行答案一样
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { forward, initialParameters, mask } from "@lib/training/model.ts";
 * import { tensors } from "@lib/training/tensor.ts";
 * import { still } from "@lib/training/trainable.ts";
 *
 * const off = { causal: false, residual: false, norm: false, mlp: false };
 * const model = { vocabulary: 2, answers: 2, dimension: 4, heads: 1, layers: 1, ...off };
 * const all = tensors({ ...initialParameters(model, 1), mask: mask(new Float64Array([0, 1]), false), x: matrix([[1, 0], [1, 0]]) });
 * const get = (name: string) => all[name]!.ref;
 * const [both] = forward(get("x").reshape([1, 2, 2]), model, still, get).js() as number[][][];
 * assert.deepEqual(both![0], both![1]);
 * ```
 */
export function forward(tokens: Tensor, model: Model, encoding: Trainable, get: Get): Tensor {
  const entering = (x: Tensor) => model.norm ? nn.standardize(x, -1) : x;
  const added = (x: Tensor, change: (x: Tensor) => Tensor) =>
    model.residual ? x.ref.add(change(entering(x))) : change(entering(x));
  let x = np.matmul(tokens, get("embedding"));
  if (encoding.embed) x = encoding.embed(x, get);
  for (let n = 0; n < model.layers; n++) {
    x = added(x, (x) => {
      const output = attend(x, n, model, encoding, get);
      return model.residual ? np.matmul(output, get(`out${n}`)) : output;
    });
    if (model.mlp) x = added(x, (x) => np.matmul(nn.relu(np.matmul(x, get(`up${n}`))), get(`down${n}`)));
  }
  return np.matmul(entering(x), get("readout"));
}

/** 第 n 层注意力 `[B, L, dModel]` → `[B, L, dModel]`：投影、转、打分、softmax、求和，各头并排。 */
function attend(x: Tensor, n: number, { heads, dimension }: Model, encoding: Trainable, get: Get): Tensor {
  const [B, L] = x.shape as [number, number, number], width = dimension / heads;
  const split = (m: Tensor) => m.reshape([B, L, heads, width]).transpose([0, 2, 1, 3]); // [B, H, L, w]
  const turned = (m: Tensor) => encoding.turn ? encoding.turn(m, get) : m;
  const query = split(np.matmul(x.ref, get(`query${n}`))), key = split(np.matmul(x.ref, get(`key${n}`)));
  const value = split(np.matmul(x, get(`value${n}`)));
  const extra = encoding.score?.(query.ref, get);
  const dots = np.matmul(turned(query), np.matrixTranspose(turned(key)));
  let scores = dots.mul(encoding.scale ?? 1 / Math.sqrt(width)).add(get("mask")); // [B, H, L, L]
  if (extra) scores = scores.add(extra);
  const weights = nn.softmax(scores, -1);
  const more = encoding.sum?.(weights.ref, get);
  const output = np.matmul(weights, value);
  return (more ? output.add(more) : output).transpose([0, 2, 1, 3]).reshape([B, L, dimension]);
}
