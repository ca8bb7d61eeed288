/**
 * CoPE（contextual position encoding，上下文位置编码）：隔几个，由内容说了算。
 *
 * 每个键开一扇门 g = σ(分数)，从键数到查询，把门加起来就是“位置”：只数句号，就是“前面第几句”。
 * 位置不是整数，取上下两行向量插值，再和查询做点积。要看完一整行分数才数得出来，所以用 `row` 钩子。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { requireFinite, requireInteger, requireVector, ShapeError } from "@lib/errors.ts";
import { dot, type Matrix, requireMatrix, row, zeros } from "@lib/matrix.ts";

/**
 * CoPE 的一个头，只用在因果注意力里。
 *
 * 门用乘过缩放的分数，位置那一项 q·e 不乘缩放。数的时候把键自己和查询自己都数进去：门全开时，隔 t 个是 t + 1。
 *
 * @param embeddings 位置向量 `[P, d]`；数到 P − 1 以上的都算 P − 1
 * @throws {ShapeError} 一行也没有，或和查询不一样宽
 * @source Golovneva et al. arXiv 2405.18719
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { cope } from "@lib/encodings/cope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // 键全是 0：每扇门 σ(0) = 0.5；向量是 0、10、20、30，查询是 1，所以那一项就是 10 × 位置。
 * const queries = matrix([[1], [1], [1]]), keys = matrix([[0], [0], [0]]);
 * const encoding = cope(matrix([[0], [10], [20], [30]]));
 * const { scores } = attention({ queries, keys, values: keys, encoding, causal: true });
 * assert.deepEqual([...scores.data.slice(6)], [15, 10, 5]);
 * ```
 */
export function cope(embeddings: Matrix): Encoding {
  if (requireMatrix("用 CoPE 的表", embeddings).rows < 1) throw new ShapeError("用 CoPE 的表", "至少一行", 0);
  return {
    name: "CoPE",
    causalOnly: true,
    row({ queries, keyPositions }) {
      requireMatrix("用 CoPE 的表", embeddings, { columns: queries.columns });
      return (r, content) => {
        const steps = contextualPositions(content, keyPositions, embeddings.rows);
        const onRows = Float64Array.from(
          { length: embeddings.rows },
          (_, p) => dot(row(queries, r), row(embeddings, p)),
        );
        return { contentPosition: steps.map((p) => between(onRows, p)) };
      };
    },
  };
}

/**
 * 数出一行的位置 `[L]`：从每个键（含）到查询（含）的门之和，不超过 P − 1。
 *
 * @param scores 一行内容分数 `[L]`，看不见的是 −∞，门是 0
 * @param keyPositions 键的位置 `[L]`，只用来排先后；位置相同的一起数
 * @param rows 位置向量有几行 P
 * @throws {ShapeError} 两串数不一样长
 * @throws {RangeError} 键的位置不是有限的数，或 P 不是正整数
 * @source arXiv 2405.18719 的代码
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contextualPositions } from "@lib/encodings/cope.ts";
 *
 * assert.deepEqual([...contextualPositions(new Float64Array(3), new Float64Array([0, 1, 2]), 64)], [1.5, 1, 0.5]);
 * ```
 */
export function contextualPositions(scores: Float64Array, keyPositions: Float64Array, rows: number): Float64Array {
  const gates = requireVector("数位置", scores).map((score) => 1 / (1 + Math.exp(-score)));
  requireFinite("数位置", keyPositions, gates.length); // NaN 不等于自己，下面就数不完了
  requireInteger("定位置向量的行数", rows, 1);
  const order = Array.from(gates.keys()).sort((a, b) => keyPositions[b]! - keyPositions[a]!); // 从近到远
  const counted = new Float64Array(gates.length);
  let sum = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && keyPositions[order[to]!] === keyPositions[order[from]!]) sum += gates[order[to++]!]!;
    for (let n = from; n < to; n++) counted[order[n]!] = Math.min(sum, rows - 1);
  }
  return counted;
}

/** 第 ⌊p⌋ 个和第 ⌈p⌉ 个之间插值。 */
function between(values: Float64Array, p: number): number {
  const low = Math.floor(p), share = p - low;
  return (1 - share) * (values[low] ?? NaN) + share * (values[Math.ceil(p)] ?? NaN);
}

/**
 * 训练前的表 `[P, d]`：全 0，所以刚开始和 NoPE 一样。
 *
 * @throws {RangeError} 行数或维数不是正整数
 * @source arXiv 2405.18719 的代码
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { copeInitial } from "@lib/encodings/cope.ts";
 *
 * assert.ok(copeInitial(64, 8).data.every((x) => x === 0));
 * ```
 */
export function copeInitial(rows: number, dimension: number): Matrix {
  return zeros(requireInteger("定行数", rows, 1), requireInteger("定维数", dimension, 1));
}
