/**
 * 能训练的编码（trainable encoding）：一个编码的两副面孔。
 *
 * 一副是库里的值 {@linkcode Encoding}，双精度，算得出每一步；另一副是同样的加、乘、矩阵乘、查表写成的图，能自动求导。
 * 两副吃同样的数据（cos、sin、桶号、偏置）和同样的参数，测试里逐个核对到 1e-5。
 *
 * @module
 */
import { type Encoding, nope } from "@lib/encoding.ts";
import type { Get, Parameters, Tensor } from "@lib/training/tensor.ts";

/**
 * 编码要知道的尺寸。
 *
 * @example
 * ```ts
 * import type { Shape } from "@lib/training/trainable.ts";
 *
 * const shape: Shape = { dimension: 32, heads: 1, causal: true, positions: 256 };
 * ```
 */
export interface Shape {
  /** 模型的宽度 dModel（所有头加起来）。 */
  readonly dimension: number;
  /** 头数 H，整除 dModel。 */
  readonly heads: number;
  /** 因果还是双向；T5 的桶两种分法。 */
  readonly causal: boolean;
  /** 一共要用到几个位置（词元）：训练式的表就有几行。 */
  readonly positions: number;
}

/**
 * 能训练的编码。四个钩子和 {@linkcode Encoding} 的同名、同一处；B 是一批几句，H 是头数，w 是一个头的维数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { still, type Trainable } from "@lib/training/trainable.ts";
 *
 * const nothing: Trainable = still;
 * assert.equal(nothing.score, undefined);
 * ```
 */
export interface Trainable {
  /** 名字，和库里的值相同。 */
  readonly name: string;
  /** 训练前的参数。 */
  readonly initial: (seed: number) => Parameters;
  /** 库里的值，一个头一个。 */
  readonly encodings: (parameters: Parameters) => readonly Encoding[];
  /** 位置 `[L]`（词元）变成的数据，不训练。 */
  readonly data: (positions: Float64Array) => Parameters;
  /** 改词嵌入 `[B, L, dModel]`。 */
  readonly embed?: (x: Tensor, get: Get) => Tensor;
  /** 改查询和键 `[B, H, L, w]`。 */
  readonly turn?: (x: Tensor, get: Get) => Tensor;
  /** 加到分数上的 `[…, H, L, L]`，看得见查询 `[B, H, L, w]`；用不上查询要 `dispose`。 */
  readonly score?: (queries: Tensor, get: Get) => Tensor;
  /** 加到输出上的 `[B, H, L, w]`，看得见权重 `[B, H, L, L]`。 */
  readonly sum?: (weights: Tensor, get: Get) => Tensor;
  /** 点积乘多少；不写是 1/√w。 */
  readonly scale?: number;
}

/**
 * NoPE：没有参数，没有数据，一个钩子也没有。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { still } from "@lib/training/trainable.ts";
 *
 * assert.deepEqual(still.initial(1), {});
 * ```
 */
export const still: Trainable = { name: nope.name, initial: () => ({}), encodings: () => [nope], data: () => ({}) };
