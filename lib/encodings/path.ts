/**
 * PaTH：从键走到查询，路上每个词元把向量反射一下，s_ij = q_iᵀ H_i H_{i−1} ⋯ H_{j+1} k_j / √d。
 *
 * H_t = I − β_t w_t w_tᵀ（Householder），w、β 由路上那个词元的内容定。位置不再是一个数，是一路上见过什么。
 * 没有哪一对 (i, j) 能单独算，所以用 `row` 钩子：从查询往回走一遍，边走边打分。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { type PathParameters, type Reflections, reflections } from "@lib/encodings/path_reflections.ts";
import { explain, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { dot, gather, type Matrix, requireMatrix, row, zeros } from "@lib/matrix.ts";

/**
 * PaTH 的一个头，只用在因果注意力里，要给 tokens。和 RoPE 不能合用：转过的 q 再走这条路，就不是它了。
 *
 * @throws {ShapeError} 参数的形状对不上；用的时候没给 tokens，或和头的维数不同
 * @throws {RangeError} 用的时候有两个词元位置相同：路上谁先谁后说不清
 * @source Yang et al. arXiv 2505.16381；`fla-org/flash-linear-attention:fla/layers/path_attn.py`（没有遗忘门）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { path } from "@lib/encodings/path.ts";
 * import { pathInitial } from "@lib/encodings/path_reflections.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * const [x, weight] = [normalMatrix(4, 8, 1), normalMatrix(8, 8, 2)];
 * const encoding = path(pathInitial({ modelDimension: 8, dimension: 8, seed: 3 }));
 * const projections = { query: weight, key: weight, value: weight };
 * const { terms } = attention({ tokens: x, projections, encoding, causal: true });
 * assert.ok(Math.abs(terms.contentPosition.data[0]!) < 1e-12); // 自己看自己，一步路也没走
 * assert.ok(Math.abs(terms.contentPosition.data[4]!) > 1e-3);
 * ```
 */
export function path(parameters: PathParameters): Encoding {
  reflections(zeros(1, requireMatrix("造 PaTH", requireOptions("造 PaTH", parameters).down).rows), parameters);
  return {
    name: "PaTH",
    causalOnly: true,
    query: (rows) => rows, // 占住这两处，RoPE 就不能再来转
    key: (rows) => rows,
    row({ queries, keys, tokens, queryPositions, keyPositions, scale, padded }) {
      if (!tokens) throw new ShapeError("用 PaTH", "tokens（方向要从词元里算）", tokens);
      const here = Array.from(keyPositions.keys()).filter((j) => !padded(j)); // 填充不在路上
      const order = here.sort((a, b) => keyPositions[a]! - keyPositions[b]!);
      const twice = order.find((j, n) => n > 0 && keyPositions[j] === keyPositions[order[n - 1]!]);
      if (twice !== undefined) throw new RangeError(explain("用 PaTH", "位置各不相同", keyPositions[twice]));
      const { directions, strengths } = reflections(gather(tokens, order), parameters); // 按先后排好
      requireMatrix("用 PaTH 的方向", directions, { columns: keys.columns });
      const sorted = gather(keys, order);
      return (r) => {
        const before = order.findLastIndex((j) => keyPositions[j]! <= queryPositions[r]!) + 1;
        const walked = pathScores(row(queries, r), firstRows(sorted, before), { directions, strengths });
        const extra = new Float64Array(keys.rows);
        walked.forEach((score, n) => {
          extra[order[n]!] = scale * (score - dot(row(queries, r), row(sorted, n))); // 比直接打分多出来的
        });
        return { contentPosition: extra };
      };
    },
  };
}

/**
 * 从查询往回走，边走边打分 `[n]`（没乘缩放）：最后一个键是查询自己，不反射；每退一步，向量先经过那一步的 H。
 *
 * @param query `[d]`
 * @param keys 查询能看见的键 `[n, d]`，从早到晚
 * @param reflections 每个键的方向和强度
 * @throws {ShapeError} 维数对不上，或反射不够
 * @source 同 {@linkcode path}
 * @example 中间隔着一次整个反射：q·k = 11 变成 −3 + 8 = 5
 * ```ts
 * import assert from "node:assert/strict";
 * import { pathScores } from "@lib/encodings/path.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const flip = { directions: matrix([[1, 0], [1, 0]]), strengths: new Float64Array([2, 2]) };
 * assert.deepEqual([...pathScores(new Float64Array([1, 2]), matrix([[3, 4], [3, 4]]), flip)], [5, 11]);
 * ```
 */
export function pathScores(query: Float64Array, keys: Matrix, reflections: Reflections): Float64Array {
  const { directions, strengths } = requireOptions("走 PaTH", reflections);
  requireMatrix("走 PaTH", keys, { columns: requireVector("走 PaTH", query).length });
  if (requireMatrix("走 PaTH", directions, { columns: query.length }).rows < keys.rows) {
    throw new ShapeError("走 PaTH", `${keys.rows} 次反射`, directions.rows);
  }
  requireVector("走 PaTH", strengths, directions.rows);
  const carried = query.slice(), scores = new Float64Array(keys.rows);
  for (let t = keys.rows - 1; t >= 0; t--) {
    scores[t] = dot(carried, row(keys, t));
    const w = row(directions, t), share = strengths[t]! * dot(carried, w);
    for (let c = 0; c < w.length; c++) carried[c]! -= share * w[c]!;
  }
  return scores;
}

const firstRows = (m: Matrix, rows: number): Matrix => ({ ...m, rows, data: m.data.subarray(0, rows * m.columns) });
