/**
 * VO-RoPE（第二类旋转）：把值按键的位置转，求和以后，把输出按查询的位置转回来。
 *
 *   o_i = R_iᵀ Σ a_ij R_j v_j = Σ a_ij R_{j−i} v_j
 *
 * 转回来这一步不能少：只转值不转输出，结果看的是绝对位置。分数不动，所以能和 RoPE、ALiBi 合用。
 *
 * @module
 */
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import type { RopeOptions } from "@lib/encodings/rope.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { explain, requireOptions, ShapeError } from "@lib/errors.ts";

/**
 * VO-RoPE 的一个头。
 *
 * @param options RoPE 的设置，`dimension` 是值的维数 dv；外加 `rotary`：只转前几维，偶数，不写就全转（RoPER 的代码转一半）
 * @throws {ShapeError} 维数不是正偶数，或 `rotary` 比 dv 大
 * @throws {RangeError} 底数不大于 1，或配对方式不是那两种
 * @source kexue 10862；RoPER：`labmlai/annotated_deep_learning_paper_implementations:labml_nn/transformers/rope/value_pe`
 * @example 内容一样，输出也看得出隔了几个
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { voRope } from "@lib/encodings/vo_rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 0], [1, 0]]);
 * const { output } = attention({ queries: x, keys: x, values: x, encoding: voRope({ dimension: 2 }) });
 * // 第 0 行看距离 0 和 −1：一半是 (1, 0)，一半转了 +1 弧度。
 * assert.ok(Math.abs(output.data[0]! - (1 + Math.cos(1)) / 2) < 1e-15);
 * assert.ok(Math.abs(output.data[1]! - Math.sin(1) / 2) < 1e-15);
 * ```
 */
export function voRope(options: RopeOptions & { readonly rotary?: number }): Encoding {
  const { dimension, rotary = dimension, base = 10000, pairing = "interleaved" } = requireOptions(
    "造 VO-RoPE",
    options,
  );
  inverseFrequencies(dimension, base);
  const frequencies = inverseFrequencies(rotary, base);
  if (rotary > dimension) throw new ShapeError("造 VO-RoPE", `转的不超过 ${dimension} 维`, rotary);
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain("定 VO-RoPE 的配对方式", "interleaved 或 half", pairing));
  }
  const turn = (sign: 1 | -1): AtPosition => (rows, positions) =>
    rotate(rows, turns(positions.map((m) => sign * m), frequencies), pairing, dimension);
  return { name: "VO-RoPE", value: turn(1), output: turn(-1) };
}
