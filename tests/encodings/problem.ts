/**
 * 五种编码和一道随机的注意力题：各条定律都在同一批题上核对。
 */
import fc from "fast-check";
import { attention, type AttentionInput } from "@lib/attention.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rope } from "@lib/encodings/rope.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { t5 } from "@lib/encodings/t5.ts";
import { type Matrix, maxDifference, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/** 造一个 `d` 维的编码，表由种子定死，每格是 1 上下的数。 */
export type Make = (d: number, seed: number) => Encoding;

/** 全库的编码。 */
export const encodings: Readonly<Record<string, Make>> = {
  NoPE: () => nope,
  ALiBi: () => alibi(1 / 2),
  "T5（双向）": (_, seed) => t5(normalMatrix(1, 32, seed).data),
  "T5（因果）": (_, seed) => t5(normalMatrix(1, 8, seed).data, { maxDistance: 20, bidirectional: false }),
  "Shaw（只有键）": (d, seed) => shaw(normalMatrix(7, d, seed)),
  "Shaw（键和值）": (d, seed) => shaw(normalMatrix(7, d, seed), normalMatrix(7, d, seed + 1)),
  "RoPE（相邻两维）": (d) => rope({ dimension: d }),
  "RoPE（前后两半）": (d) => rope({ dimension: d, pairing: "half", base: 500 }),
  // 能叠加的就叠加：转 q、k，再按距离扣分。
  "RoPE + ALiBi": (d) => ({ ...alibi(1 / 4), ...rope({ dimension: d }), name: "RoPE + ALiBi" }),
};

export interface Problem {
  readonly d: number;
  readonly seed: number;
  readonly causal: boolean;
  /** 互不相同，不连续，不一定递增。 */
  readonly positions: readonly number[];
}

/** 随机题：1 到 12 个词元，位置在 0 到 `farthest` 之间。 */
export function problems(farthest: number): fc.Arbitrary<Problem> {
  const near = fc.integer({ min: 0, max: Math.min(200, farthest) }); // 近的多抽些：桶和截断的变化都在近处
  return fc.record({
    d: fc.constantFrom(2, 4, 8, 64),
    seed: fc.nat(2 ** 31 - 3),
    causal: fc.boolean(),
    positions: fc.uniqueArray(fc.oneof(near, fc.integer({ min: 0, max: farthest })), { minLength: 1, maxLength: 12 }),
  });
}

/** 题的内容：查询、键、值都是标准正态数。 */
export function input({ d, seed, causal, positions }: Problem, make: Make): AttentionInput & { encoding: Encoding } {
  const [queries, keys, values] = [3, 5, 7].map((n) => normalMatrix(positions.length, d, (seed + n) % 2 ** 31));
  return { queries: queries!, keys: keys!, values: values!, positions, causal, encoding: make(d, seed) };
}

/** 换一组位置，分数、权重、输出各最多变多少。 */
export function change(given: AttentionInput, positions: readonly number[]): {
  scores: number;
  weights: number;
  output: number;
} {
  const before = attention(given), after = attention({ ...given, positions });
  return {
    scores: maxDifference(before.scores, after.scores),
    weights: maxDifference(before.weights, after.weights),
    output: maxDifference(before.output, after.output),
  };
}

/** 第 `r` 行是原来的第 `order[r]` 行。 */
export function reorder(m: Matrix, order: readonly number[]): Matrix {
  const result = zeros(order.length, m.columns);
  order.forEach((i, r) => row(result, r).set(row(m, i)));
  return result;
}
