/**
 * xPos（extrapolatable position embedding）：RoPE 转完，再按位置放大查询、缩小键，点积里就多出一个随距离变小的倍数。
 *
 * 第 i 对的倍数是 ζᵢ^(距离/512)。它把分数压向 0，不是压向 −∞，所以单靠它还不是局部注意力。
 *
 * @module
 */
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { type RopeOptions } from "@lib/encodings/rope.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { explain, requireEvenDimension, requireNumber, requireOptions } from "@lib/errors.ts";

/** 位置再远，放大的倍数就要溢出，平移的误差也不再小。 */
const farthest = 100_000;

/**
 * xPos 的一个头，只用在因果注意力里：键在后面时，倍数反而越来越大。
 *
 * @param options RoPE 的设置，外加 `scaleBase`（每隔几个词元乘一次 ζ，不写是 512）和 `gamma`（不写是 0.4）
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数、`scaleBase` 或 `gamma` 不在范围里；用的时候位置超过 ±100000（`scaleBase`、`gamma` 小时更近）
 * @source Sun et al. arXiv 2212.10554；`microsoft/torchscale:torchscale/component/xpos_relative_position.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { xpos } from "@lib/encodings/xpos.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { query, key } = xpos({ dimension: 2 }); // ζ = 0.4/1.4
 * const at = new Float64Array([512]), x = matrix([[1, 0]]);
 * const length = ({ data }: typeof x) => Math.hypot(...data);
 * assert.ok(Math.abs(length(query!(x, at)) - 0.4 / 1.4) < 1e-15);
 * assert.ok(Math.abs(length(key!(x, at)) - 1.4 / 0.4) < 1e-14);
 * ```
 */
export function xpos(options: RopeOptions & { readonly scaleBase?: number; readonly gamma?: number }): Encoding {
  const { dimension, base = 10000, pairing = "interleaved", scaleBase = 512, gamma } = requireOptions(
    "造 xPos",
    options,
  );
  const frequencies = inverseFrequencies(dimension, base), decay = xposDecay(dimension, gamma);
  requireNumber("定 xPos 的 scaleBase", scaleBase, "大于 0 的有限数", (x) => x > 0 && x < Infinity);
  const reach = Math.min(farthest, 300 * scaleBase / Math.abs(Math.log(decay[0]!))); // 倍数在 e^±300 以内，不溢出
  const turn = (sign: 1 | -1): AtPosition => (rows, positions) => {
    for (const m of positions) {
      if (!(Math.abs(m) <= reach)) throw new RangeError(explain("用 xPos", `位置在 ±${Math.floor(reach)} 以内`, m));
    }
    const { cos, sin } = turns(positions, frequencies), pairs = decay.length;
    const growth = cos.data.map((_, cell) => {
      const exponent = sign * positions[Math.floor(cell / pairs)]! / scaleBase;
      return decay[cell % pairs]! ** exponent;
    });
    const grow = (data: Float64Array) => data.map((x, cell) => x * growth[cell]!);
    return rotate(
      rows,
      { cos: { ...cos, data: grow(cos.data) }, sin: { ...sin, data: grow(sin.data) } },
      pairing,
      dimension,
    );
  };
  const query = turn(1);
  query(ones(dimension), new Float64Array(1)); // 配对方式写错，现在就说
  return { name: "xPos", causalOnly: true, query, key: turn(-1) };
}

/**
 * 每一对的 ζ `[d/2]`（无量纲）：ζᵢ = (2i + γd) / (d + γd)，转得快的衰减得快。
 *
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} γ 不是大于 0 的有限数
 * @source 同 {@linkcode xpos}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { xposDecay } from "@lib/encodings/xpos.ts";
 *
 * assert.deepEqual([...xposDecay(4)].map((z) => z.toFixed(6)), ["0.285714", "0.642857"]);
 * ```
 */
export function xposDecay(dimension: number, gamma = 0.4): Float64Array {
  requireEvenDimension("定 xPos 的 ζ", dimension);
  requireNumber("定 xPos 的 γ", gamma, "大于 0 的有限数", (x) => x > 0 && x < Infinity);
  return Float64Array.from(
    { length: dimension / 2 },
    (_, i) => (2 * i + gamma * dimension) / ((1 + gamma) * dimension),
  );
}

const ones = (columns: number) => ({ rows: 1, columns, data: new Float64Array(columns).fill(1) });
