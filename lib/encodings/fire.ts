/**
 * FIRE（functional interpolation for relative position）：距离除以“查询在第几个”，再过一个小网络，得到偏置。
 *
 *   b = f( ln(c|i−j| + 1) / ln(c·max(i, ℓL) + 1) )
 *
 * 键不在查询后面时，除完以后不论多长都落在 0 到 1 之间：没有没见过的输入。代价是它不只看距离：同样隔 5 个，查询在第 10 个和第 10000 个，偏置不同。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { requireNumber, requireOptions, requireVector } from "@lib/errors.ts";
import { uniforms } from "@lib/random.ts";

/**
 * FIRE 一个头的参数；小网络是 1 → n → 1，中间 ReLU。
 *
 * @example
 * ```ts
 * import { fireInitial, type FireParameters } from "@lib/encodings/fire.ts";
 *
 * const parameters: FireParameters = { ...fireInitial(1), trained: 128 };
 * ```
 */
export interface FireParameters {
  /** 第一层的权重 `[n]`。 */
  readonly w1: ArrayLike<number>;
  /** 第一层的偏置 `[n]`。 */
  readonly b1: ArrayLike<number>;
  /** 第二层的权重 `[n]`。 */
  readonly w2: ArrayLike<number>;
  /** 第二层的偏置。 */
  readonly b2: number;
  /** 对数里的 c；不写是初值 0.1。 */
  readonly c?: number;
  /** 门槛的倍数 ℓ；不写是初值 1。 */
  readonly multiplier?: number;
  /** 门槛的长度 L（词元）；不写是 512。 */
  readonly trained?: number;
}

/**
 * 归一之后的距离（无量纲）：小网络的输入；键不在查询后面时，在 0 到 1 之间。
 *
 * @param query 查询的位置 i（词元）
 * @param key 键的位置 j（词元）
 * @param options c、ℓ、L，见 {@linkcode FireParameters}
 * @throws {RangeError} 有一个不是有限的数
 * @source Li et al. arXiv 2310.04418 的代码；分母加 1e-6，分子不加
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fireDistance } from "@lib/encodings/fire.ts";
 *
 * assert.equal(fireDistance(10, 0).toFixed(6), "0.175255");
 * assert.equal(fireDistance(512, 0).toFixed(7), "0.9999997"); // 到顶了
 * ```
 */
export function fireDistance(
  query: number,
  key: number,
  options: Pick<FireParameters, "c" | "multiplier" | "trained"> = {},
): number {
  const { c = 0.1, multiplier = 1, trained = 512 } = requireOptions("算 FIRE 的距离", options);
  for (const x of [query, key, c, multiplier, trained]) requireNumber("算 FIRE 的距离", x, "有限的数", Number.isFinite);
  const farthest = Math.max(query, Math.abs(multiplier * trained));
  return Math.log(Math.abs(c * (query - key)) + 1) / (Math.log(Math.abs(c * farthest) + 1) + 1e-6);
}

/**
 * FIRE 的一个头：分数加上 `f(归一的距离)`，在除完 √d 之后加。
 *
 * @throws {ShapeError} 小网络各层对不上
 * @throws {RangeError} 有一个参数不是有限的数
 * @source Li et al. arXiv 2310.04418
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { fire, fireDistance } from "@lib/encodings/fire.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * // f(x) = −2·relu(x)：偏置就是 −2 倍归一的距离。
 * const x = zeros(3, 2), encoding = fire({ w1: [1], b1: [0], w2: [-2], b2: 0 });
 * const { scores } = attention({ queries: x, keys: x, values: x, encoding, causal: true });
 * assert.equal(scores.data[6], -2 * fireDistance(2, 0));
 * ```
 */
export function fire(parameters: FireParameters): Encoding {
  const { b2, ...rest } = requireOptions("造 FIRE", parameters);
  const w1 = requireVector("用 FIRE 的小网络", rest.w1);
  const [b1, w2] = [rest.b1, rest.w2].map((layer) => requireVector("用 FIRE 的小网络", layer, w1.length));
  requireNumber("用 FIRE 的小网络", b2, "有限的 b2", Number.isFinite);
  fireDistance(0, 0, rest); // c、ℓ、L 不合适，现在就说
  const network = (x: number) => w1.reduce((sum, w, n) => sum + w2![n]! * Math.max(0, w * x + b1![n]!), b2);
  return {
    name: "FIRE",
    row: ({ queryPositions, keyPositions }) => (r) => ({
      positionPosition: keyPositions.map((j) => network(fireDistance(queryPositions[r]!, j, rest))),
    }),
  };
}

/**
 * 训练前的参数：线性层是 PyTorch 的默认（±1/√输入维数 的均匀数），32 个中间单元，c = 0.1，ℓ = 1。
 *
 * @throws {RangeError} 种子不是非负整数
 * @source arXiv 2310.04418 的代码
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fireInitial } from "@lib/encodings/fire.ts";
 *
 * assert.equal(fireInitial(1).w1.length, 32);
 * ```
 */
export function fireInitial(seed: number): FireParameters {
  const wide = uniforms(seed, -1, 1), narrow = uniforms(seed + 1, -1 / Math.sqrt(32), 1 / Math.sqrt(32));
  const layer = (next: () => number) => Float64Array.from({ length: 32 }, next);
  return { w1: layer(wide), b1: layer(wide), w2: layer(narrow), b2: narrow() };
}
