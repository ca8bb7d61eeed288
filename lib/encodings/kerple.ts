/**
 * KERPLE（kernelized relative positional embedding）：扣多少由一个核函数定，两个参数要学。
 *
 * 对数核扣 r₁ ln(1 + r₂|t|)，越远扣得越慢；幂核扣 r₁|t|^r₂，r₂ = 1 就是 ALiBi。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { requireNumber } from "@lib/errors.ts";
import { uniforms } from "@lib/random.ts";

const positive = (doing: string, r: number): number =>
  requireNumber(doing, r, "大于 0 的有限数", (x) => x > 0 && x < Infinity);

/**
 * 对数核的一个头：分数减去 `r1 × ln(1 + r2 × |i − j|)`，在除完 √d 之后减。
 *
 * @param r1 扣多少的倍数，大于 0
 * @param r2 多快变平，大于 0（每词元）
 * @throws {RangeError} 参数不是大于 0 的有限数
 * @source Chi et al. arXiv 2205.09921；`chijames/KERPLE:megatron/mpu/layers.py`（代码里 r1 叫 bias_p，r2 叫 bias_a）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kerpleLog } from "@lib/encodings/kerple.ts";
 *
 * assert.equal(kerpleLog(1, 3).score!(new Float64Array([1])).bias![0], -Math.log(4));
 * ```
 */
export function kerpleLog(r1: number, r2: number): Encoding {
  positive("定 KERPLE 的 r1", r1);
  positive("定 KERPLE 的 r2", r2);
  return { name: "KERPLE", score: (distances) => ({ bias: distances.map((t) => -r1 * Math.log1p(r2 * Math.abs(t))) }) };
}

/**
 * 幂核的一个头：分数减去 `r1 × |i − j|^r2`，在除完 √d 之后减。
 *
 * @param r1 扣多少的倍数，大于 0
 * @param r2 指数，大于 0，不超过 2（再大就不是条件正定核）
 * @throws {RangeError} 参数不在范围里
 * @source Chi et al. arXiv 2205.09921；`chijames/KERPLE:megatron/mpu/layers.py`（代码里 r1 叫 bias_a，r2 叫 bias_p，和对数核相反）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kerplePower } from "@lib/encodings/kerple.ts";
 *
 * assert.equal(kerplePower(0.5, 0.5).score!(new Float64Array([4])).bias![0], -1);
 * ```
 */
export function kerplePower(r1: number, r2: number): Encoding {
  positive("定 KERPLE 的 r1", r1);
  requireNumber("定 KERPLE 的 r2", r2, "大于 0、不超过 2 的数", (x) => x > 0 && x <= 2);
  return { name: "KERPLE", score: (distances) => ({ bias: distances.map((t) => -r1 * Math.abs(t) ** r2) }) };
}

/**
 * 对数核训练前的参数：r1 在 0 到 2 之间、r2 在 0 到 1 之间均匀，都不小于 0.01。一个头一组。
 *
 * @throws {RangeError} 种子不是非负整数
 * @source `chijames/KERPLE:megatron/mpu/layers.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kerpleInitial } from "@lib/encodings/kerple.ts";
 *
 * const { r1, r2 } = kerpleInitial(1);
 * assert.ok(r1 >= 0.01 && r1 <= 2 && r2 >= 0.01 && r2 <= 1);
 * ```
 */
export function kerpleInitial(seed: number): { readonly r1: number; readonly r2: number } {
  const next = uniforms(seed, 0, 1);
  return { r1: Math.max(0.01, 2 * next()), r2: Math.max(0.01, next()) };
}
