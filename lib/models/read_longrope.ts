/**
 * LongRoPE 的字段：两套系数、倍数、原长度；Phi-3 和 PhiMoE 各有各的规矩。
 *
 * @module
 */
import type { Fields } from "@lib/models/fields.ts";
import { lengthNow, maxPosition, originalLength, ranges, type Rotation, topOriginal } from "@lib/models/lengths.ts";
import { longRope } from "@lib/scaling/longrope.ts";
import type { Scaled } from "@lib/scaling/scaled.ts";

/**
 * LongRoPE：超过原长度用长的那套。
 *
 * @throws {RangeError} 字段写错，系数的个数不对，或这一版读不了
 * @source transformers `_compute_longrope_parameters`；Phi-3、PhiMoE 的 configuration 和 modeling
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const ones = new Array(48).fill(1), rope_scaling = { type: "longrope", short_factor: ones, long_factor: ones.map(() => 2) };
 * const json = { model_type: "phi3", max_position_embeddings: 131072, rope_scaling };
 * const at = (sequenceLength: number) => readConfig(json, { sequenceLength }).layers[0]!;
 * assert.deepEqual([4096, 4097].map((n) => at(n).inverseFrequencies[0]), [1, 0.5]);
 * assert.equal(at(1).attentionFactor.toFixed(6), "1.190238");
 * ```
 */
export function readLongRope(rotation: Rotation, scaling: Fields): Scaled {
  const { family: { custom }, semantics, dimension, parameters: { base }, say } = rotation;
  if (custom === "phi3") requirePhi3(rotation, scaling);
  const L = originalLength(rotation, scaling), factor = factorOf(rotation, scaling, L);
  const length = lengthNow(rotation, L), long = length > L;
  const explicit = custom === "phimoe"
    ? scaling.must(long ? "long_mscale" : "short_mscale", ranges.scale)
    : scaling.number("attention_factor", ranges.scale);
  const stuck = custom === "phimoe" && semantics === 5; // 5 版的 PhiMoE 建好以后一直用短的那套
  if (stuck && long) say({ kind: "矛盾", text: `长过 ${L} 了：5 版的 phimoe 只换系数，角频率还是短的那套` });
  return longRope({
    dimension,
    base,
    shortFactors: factors(scaling, "short_factor", dimension / 2),
    longFactors: factors(scaling, "long_factor", dimension / 2),
    originalMaxPosition: L,
    factor,
    sequenceLength: stuck ? 1 : length,
    ...explicit === undefined ? {} : { attentionFactor: explicit },
  });
}

/** 倍数：4 版顶层有原长度的，一律用比值；别的用写的。5 版用写的，没写用比值。 */
function factorOf(rotation: Rotation, scaling: Fields, L: number): number {
  const { config, semantics, say } = rotation, written = scaling.number("factor", ranges.factor);
  const byRatio = semantics === 5 ? written === undefined : topOriginal(rotation, scaling) !== undefined;
  if (!byRatio) return written ?? scaling.must("factor", ranges.factor);
  const ratio = Math.max(1, maxPosition(config) / L); // 两版都把小于 1 的比值当作 1
  say({ kind: "规则", text: `扩展倍数 ${ratio}：max_position_embeddings / 原长度` });
  if (written !== undefined && written !== ratio) {
    say({ kind: "矛盾", text: `${scaling.where}factor ${written}：4 版不看它，用比值 ${ratio}` });
  }
  return ratio;
}

/** 一套系数 `[d/2]`，都是正数。 */
function factors(scaling: Fields, name: string, pairs: number): readonly number[] {
  const expected = `${pairs} 个正数，一对一个`;
  const list = scaling.list(name, expected, (x): x is number => typeof x === "number" && ranges.positive.holds(x));
  return list?.length === pairs ? list : scaling.refuse(name, expected);
}

/** 4 版的 Phi-3 只许三个字段；5 版先查原长度、后改名字，读不了旧名字 su。 */
function requirePhi3({ semantics }: Rotation, scaling: Fields): void {
  const { names } = scaling;
  if (semantics === 4 && names.length !== 3) {
    scaling.refuse("", "type、short_factor、long_factor 三个字段（4 版的 phi3 多一个就报错）", names.join("、"));
  }
  if (semantics === 5 && scaling.raw("type") === "su" && !names.includes("original_max_position_embeddings")) {
    scaling.refuse("type", "longrope（5 版读不了旧名字 su）");
  }
}
