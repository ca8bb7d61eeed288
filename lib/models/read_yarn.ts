/**
 * YaRN 的字段：倍数、原长度、两个门槛、系数，各从哪里来。
 *
 * @module
 */
import { type Fields, isFinite } from "@lib/models/fields.ts";
import { maxPosition, originalLength, ranges, type Rotation } from "@lib/models/lengths.ts";
import type { Scaled } from "@lib/scaling/scaled.ts";
import { yarn } from "@lib/scaling/yarn.ts";

/**
 * YaRN。
 *
 * @throws {RangeError} 字段写错，或这一版读不了
 * @source transformers `_compute_yarn_parameters`，4.57.6 和 5.23.0
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const rope_scaling = { type: "yarn", factor: 4, original_max_position_embeddings: 32768 };
 * const { layers } = readConfig({ model_type: "qwen2", rope_theta: 1000000, rope_scaling });
 * assert.equal(layers[0]!.attentionFactor.toFixed(6), "1.138629");
 * ```
 */
export function readYarn(rotation: Rotation, scaling: Fields): Scaled {
  const { config, dimension, parameters, say } = rotation, L = originalLength(rotation, scaling);
  const factor = factorOf(rotation, scaling, L), max = config.raw("max_position_embeddings");
  if (isFinite(max) && max !== L && max !== factor * L) {
    say({ kind: "矛盾", text: `max_position_embeddings ${max} 不等于 factor × 原长度 = ${factor * L}：用 factor` });
  }
  // 写成 0 的门槛等于没写：代码是 get() or 缺省值。
  const betaSlow = scaling.number("beta_slow", ranges.scale) || 1,
    betaFast = scaling.number("beta_fast", ranges.scale) || 32;
  if (betaFast < betaSlow) {
    scaling.refuse("beta_fast", `不小于 beta_slow（${betaSlow}）的数（Hugging Face 只警告）`, betaFast);
  }
  const outer = parameters.perLayer ? parameters.outer : scaling;
  const given = (key: string, name: string) => {
    const value = scaling.number(name, ranges.scale);
    return value === undefined ? {} : { [key]: value };
  };
  return yarn({
    dimension,
    base: parameters.base,
    factor,
    originalMaxPosition: L,
    betaSlow,
    betaFast,
    truncate: outer?.raw("truncate") === undefined || outer.flag("truncate"),
    ...given("attentionFactor", "attention_factor"),
    ...given("mscale", "mscale"),
    ...given("mscaleAllDim", "mscale_all_dim"),
  });
}

/** 倍数：非写不可；写成 `null` 的，5 版用最长位置除以原长度，4 版报错。 */
function factorOf({ config, semantics, say }: Rotation, scaling: Fields, L: number): number {
  if (scaling.raw("factor") !== null || semantics === 4) return scaling.must("factor", ranges.factor);
  const ratio = maxPosition(config) / L;
  say({ kind: "假定", text: `${scaling.where}factor 是 null：5 版用 max_position_embeddings / 原长度 = ${ratio}` });
  return ranges.factor.holds(ratio) ? ratio : scaling.refuse("factor", ranges.factor.expected, ratio);
}
