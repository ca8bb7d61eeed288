/**
 * 给编码的查询乘倍数：倍数从 `query_scale.ts` 来，编码是哪一个都行。
 *
 * @module
 */
import { type AtPosition, type Encoding, requireEncoding } from "@lib/encoding.ts";
import { requireFinite, ShapeError } from "@lib/errors.ts";
import { type Matrix, requireMatrix } from "@lib/matrix.ts";
import type { QueryFactors } from "@lib/scaling/query_scale.ts";

/**
 * 给一个编码添上查询的倍数：先照它自己的办法改查询，再乘。`compose` 不许两个编码都改查询，所以要这样套上去。
 *
 * 只乘查询：偏置（ALiBi、T5）不跟着变。看整行的（ReRoPE、CoPE）看到的也是乘过的查询。
 * 键上另加按距离的向量的（Shaw）拒绝：那一项用的是没乘过的查询，合起来就是悄悄算错。
 *
 * @param encoding 编码；没有位置编码就给 `nope`
 * @param factors 倍数
 * @throws {ShapeError} 不是编码，`factors` 不是函数；用的时候倍数的个数不对，或编码给键另加了向量
 * @throws {RangeError} 用的时候倍数不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 * import { clippedLogScale } from "@lib/scaling/query_scale.ts";
 * import { withQueryScale } from "@lib/scaling/with_query_scale.ts";
 *
 * const x = matrix([[1, 0]]), at = new Float64Array([15]), plain = rope({ dimension: 2 });
 * const scaled = withQueryScale(plain, clippedLogScale(4)); // 第 16 个，log₄ 16 = 2
 * assert.deepEqual(scaled.query!(x, at).data, plain.query!(x, at).data.map((value) => 2 * value));
 * assert.equal(scaled.key, plain.key);
 * ```
 */
export function withQueryScale(encoding: Encoding, factors: QueryFactors): Encoding {
  const { name, query, row, score } = requireEncoding("给查询乘倍数", encoding);
  if (typeof factors !== "function") throw new ShapeError("给查询乘倍数", "倍数是一个函数", factors);
  const scaled: AtPosition = (rows, positions) => {
    const by = requireFinite(`给 ${name} 的查询乘倍数`, factors(positions), rows.rows);
    return { ...rows, data: rows.data.map((value, cell) => value * by[Math.floor(cell / rows.columns)]!) };
  };
  const own = (rows: Matrix, positions: Float64Array) => requireMatrix(`用 ${name} 的 query`, query!(rows, positions));
  return {
    ...encoding,
    name: `${name}，查询乘倍数`,
    query: (rows, positions) => scaled(query ? own(rows, positions) : rows, positions),
    ...(row && { row: (scene) => row({ ...scene, queries: scaled(scene.queries, scene.queryPositions) }) }),
    ...(score && {
      score: (distances) => {
        const part = score(distances);
        if (part?.keys) {
          throw new ShapeError(`给 ${name} 的查询乘倍数`, "不给键另加向量的编码", `${name} 的 score.keys`);
        }
        return part;
      },
    }),
  };
}
