/**
 * 从参数到角频率（frequencies）：一种缩放一行，算的都是 `lib/scaling` 里的函数。
 *
 * @module
 */
import { proportionalFrequencies } from "@lib/encodings/frequencies.ts";
import type { Fields } from "@lib/models/fields.ts";
import { originalLength, ranges, type Rotation } from "@lib/models/lengths.ts";
import { readAlpha, readDynamic, readSteps } from "@lib/models/read_dynamic.ts";
import { readLongRope } from "@lib/models/read_longrope.ts";
import { readYarn } from "@lib/models/read_yarn.ts";
import { llama3 } from "@lib/scaling/by_parts.ts";
import { linear } from "@lib/scaling/linear.ts";
import { plain, type Scaled } from "@lib/scaling/scaled.ts";

/** 每种缩放怎么读。 */
const methods: Readonly<Record<string, (rotation: Rotation, scaling: Fields) => Scaled>> = {
  default: ({ dimension, parameters: { base } }) => plain({ dimension, base }),
  linear: readLinear,
  dynamic: readDynamic,
  ntk_alpha: readAlpha,
  ntk_steps: readSteps,
  yarn: readYarn,
  longrope: readLongRope,
  llama3: readLlama3,
  proportional: readProportional,
};

/** 哪些类型写在文件里也认：`ntk_alpha`、`ntk_steps` 是混元、千问第一代自己用的名字，`proportional` 是 5 版才有的。 */
const older = ["default", "linear", "dynamic", "yarn", "longrope", "llama3"];

/**
 * 这一类层的角频率 `[d/2]`（弧度每词元）和注意力系数。
 *
 * @throws {RangeError} 缩放的字段写错，或这一版读不了
 * @throws {ShapeError} 动态的只转 2 维
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyOf } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { frequencies } from "@lib/models/frequencies.ts";
 *
 * const say = () => {}, open = (json: object) => fields({ ...json }, { where: "", defaults: {}, owner: "", say });
 * const parameters = { type: "linear", base: 10000, from: "", share: 1, perLayer: false, scaling: open({ factor: 4 }) };
 * const rotation = { config: open({}), parameters, dimension: 4, family: familyOf("llama"), semantics: 5, say } as const;
 * assert.deepEqual([...frequencies(rotation).inverseFrequencies], [0.25, 0.0025]);
 * ```
 */
export function frequencies(rotation: Rotation): Scaled {
  const { config, family: { custom }, semantics, parameters: { type, scaling = config } } = rotation;
  const newer = [...older, "proportional", ...custom === "hunyuan" ? ["ntk_alpha"] : []];
  const allowed = custom === "phi3"
    ? ["default", "longrope"]
    : custom === "qwen"
    ? [...older, "ntk_steps"]
    : semantics === 4
    ? older
    : newer;
  if (!allowed.includes(type)) scaling.refuse("rope_type", `${allowed.join("、")} 里的一种`, type);
  const scaled = methods[type]!(rotation, scaling);
  // 慢到波长都装不下的，是倍数写错了；一点不转的只有按比例的才有。
  const fits = (f: number) => f > 0 ? 2 * Math.PI / f < Infinity && f < Infinity : f === 0 && type === "proportional";
  const sound = Number.isFinite(scaled.attentionFactor) && scaled.inverseFrequencies.every(fits);
  return sound ? scaled : scaling.refuse("", "算得出有限的角频率和系数的参数", type);
}

function readLinear({ dimension, parameters: { base } }: Rotation, scaling: Fields): Scaled {
  return linear({ dimension, base, factor: scaling.must("factor", ranges.factor) });
}

function readLlama3(rotation: Rotation, scaling: Fields): Scaled {
  const { dimension, parameters: { base } } = rotation, low = scaling.must("low_freq_factor", ranges.positive);
  const high = { expected: `不小于 low_freq_factor（${low}）的有限数`, holds: (x: number) => x >= low && x < Infinity };
  return llama3({
    dimension,
    base,
    factor: scaling.must("factor", ranges.factor),
    originalMaxPosition: originalLength(rotation, scaling),
    lowFrequencyFactor: low,
    highFrequencyFactor: scaling.must("high_freq_factor", high),
  });
}

function readProportional({ dimension, parameters: { base, share } }: Rotation, scaling: Fields): Scaled {
  const factor = scaling.number("factor", ranges.factor) ?? 1, plain = proportionalFrequencies(dimension, base, share);
  return { inverseFrequencies: plain.map((f) => f / factor), attentionFactor: 1 };
}
