/**
 * 换底数的几种（NTK）：动态的、混元的 `alpha`、千问第一代的台阶。
 *
 * @module
 */
import type { Fields } from "@lib/models/fields.ts";
import { lengthNow, maxPosition, ranges, type Rotation, stepLength } from "@lib/models/lengths.ts";
import { dynamicNtk, ntkAware, qwenAlpha, qwenDynamicNtk } from "@lib/scaling/ntk.ts";
import type { Scaled } from "@lib/scaling/scaled.ts";

/**
 * 动态 NTK：超过最长位置才动。4 版的混元写了 `alpha` 的，动之前用 `alpha`，一动就不看它了。
 *
 * @throws {RangeError} 字段写错，或没有最长位置
 * @throws {ShapeError} 只转 2 维
 * @source transformers `_compute_dynamic_ntk_parameters`；4.57.6 的 `modeling_hunyuan_v1_dense.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const shape = { hidden_size: 8, num_attention_heads: 2, num_hidden_layers: 1, max_position_embeddings: 1024 };
 * const json = { model_type: "llama", ...shape, rope_scaling: { type: "dynamic", factor: 2 } };
 * const last = (sequenceLength: number) => 1 / readConfig(json, { sequenceLength }).layers[0]!.inverseFrequencies[1]!;
 * assert.deepEqual([1024, 2048].map(last).map(Math.round), [100, 300]);
 * ```
 */
export function readDynamic(rotation: Rotation, scaling: Fields): Scaled {
  const { config, family, semantics, dimension, parameters: { base } } = rotation, max = maxPosition(config);
  const length = lengthNow(rotation, max), factor = scaling.must("factor", ranges.factor);
  const alpha = family.custom === "hunyuan" ? scaling.number("alpha", ranges.factor) : undefined;
  if (family.custom === "hunyuan" && semantics === 4 && scaling.raw("alpha") === undefined) {
    scaling.refuse("alpha", `一个数（4 版的 ${family.name} 没有它就报错）`);
  }
  if (alpha !== undefined) {
    rotation.say({ kind: "规则", text: `alpha ${alpha}：不超过 ${max} 时用它，再长就不看它，按 factor 走` });
  }
  if (alpha !== undefined && length <= max) return ntkAware({ dimension, base, alpha });
  return dynamicNtk({ dimension, base, factor, maxPosition: max, sequenceLength: length });
}

/**
 * 混元的 `alpha`（5 版）：底数乘 alpha^(d/(d−2))，和长度无关。
 *
 * @throws {RangeError} `alpha` 写错
 * @throws {ShapeError} 只转 2 维
 * @source transformers 5.23.0 的 `modeling_hunyuan_v1_dense.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const rope_scaling = { type: "dynamic", alpha: 4, factor: 1 }, shape = { hidden_size: 8, num_attention_heads: 2, head_dim: 4 };
 * const { layers } = readConfig({ model_type: "hunyuan_v1_dense", ...shape, rope_scaling }, { semantics: 5 });
 * assert.deepEqual([...layers[0]!.inverseFrequencies], [1, 0.01 / 4]);
 * ```
 */
export function readAlpha({ dimension, parameters: { base }, say }: Rotation, scaling: Fields): Scaled {
  const alpha = scaling.must("alpha", ranges.factor);
  say({ kind: "规则", text: `alpha ${alpha}：底数乘 alpha^(d/(d−2))，和长度无关` });
  return ntkAware({ dimension, base, alpha });
}

/**
 * 千问第一代的台阶：开关在顶层，长过 `seq_length` 就换一次底数。
 *
 * @throws {RangeError} 字段写错
 * @source Qwen-7B 的建模代码
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const at = (sequenceLength: number) => readConfig({ model_type: "qwen" }, { sequenceLength }).layers[0]!.inverseFrequencies[63]!;
 * assert.ok(Math.abs(at(8192) / at(8193) - 3) < 1e-12); // 长过 8192 就上一级台阶
 * ```
 */
export function readSteps(rotation: Rotation): Scaled {
  const { dimension, parameters: { base }, say } = rotation, trained = stepLength(rotation);
  const sequenceLength = lengthNow(rotation, trained), alpha = qwenAlpha(sequenceLength, trained);
  const now = alpha === 1
    ? ""
    : `；现在 ${sequenceLength}，alpha 是 ${alpha}，底数 ${base * alpha ** (dimension / (dimension - 2))}`;
  say({
    kind: "规则",
    text: `use_dynamic_ntk：长过 ${trained} 以后，底数乘 alpha^(d/(d−2))，alpha 按台阶加大（1、3、7……）${now}`,
  });
  return qwenDynamicNtk({ dimension, base, trained, sequenceLength });
}
