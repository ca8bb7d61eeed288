/**
 * 苏剑林的 β 进制读法：把位置看成一个 β 进制的数，每一对是一位；拉长就是换进制，或者把各位都除一点。
 *
 * 第 m 对（从 1 数）看的是 n/β^(m−1)，β = b^(2/d)。
 *
 * @module
 */
import { explain, requireNumber, requireOptions } from "@lib/errors.ts";
import { type Original, plain, requireFactor, type Scaled } from "@lib/scaling/scaled.ts";

/**
 * 三种读法：
 * - `old`：进制换成 βλ，λ = k^(2/d)，第 m 对慢 λ^(m−1) 倍；
 * - `fixed`：从第一对起就慢 λ 倍，最后一对正好慢 k 倍；
 * - `mixed`：第 m 对慢 exp(a·m^c) 倍，a 由“最后一对慢 k 倍”定；c = 1 就是 fixed，c = 0 就是线性内插。
 *
 * @param options 原来的样子，外加 `reading` 哪一种、`factor` 拉长几倍 k、`exponent` 是 c（只管 mixed，不写是 0.625）
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 倍数小于 1，c 不是非负的数，或读法不是那三种
 * @source kexue 9675、9706；`bojone/rerope:ntk_patch.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { suBase } from "@lib/scaling/su_base.ts";
 *
 * const last = (reading: "old" | "fixed") => [...suBase({ dimension: 4, factor: 4, reading }).inverseFrequencies];
 * assert.deepEqual([last("old"), last("fixed")], [[1, 0.005], [0.5, 0.0025]]);
 * ```
 */
export function suBase(
  options: Original & {
    readonly factor: number;
    readonly reading: "old" | "fixed" | "mixed";
    readonly exponent?: number;
  },
): Scaled {
  const { factor, reading, exponent = 0.625, dimension } = requireOptions("做 β 进制的拉长", options);
  requireFactor("β 进制的拉长", factor);
  requireNumber("定混合的指数", exponent, "不小于 0 的有限数", (c) => c >= 0 && c < Infinity);
  const share = { // 第 m 对慢 k 的几分之几次方
    old: (m: number) => 2 * (m - 1) / dimension,
    fixed: (m: number) => 2 * m / dimension,
    mixed: (m: number) => (2 * m / dimension) ** exponent,
  };
  if (!Object.hasOwn(share, reading)) throw new RangeError(explain("定 β 进制的读法", "old、fixed 或 mixed", reading));
  const unchanged = plain(options);
  const slowed = unchanged.inverseFrequencies.map((frequency, i) => frequency / factor ** share[reading](i + 1));
  return { ...unchanged, inverseFrequencies: slowed };
}
