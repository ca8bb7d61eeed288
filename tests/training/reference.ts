/** 同一个模型，用库里双精度的 `attention` 一句一句另算一遍；测试拿它核对会自动求导的图。 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { attention } from "@lib/attention.ts";
import { trainableLearned, trainableSinusoidal } from "@lib/training/absolute.ts";
import { trainableAlibi, trainableClip, trainableT5 } from "@lib/training/biases.ts";
import { trainableRope, trainableShaw } from "@lib/training/vectors.ts";
import { add, gather, layerNorm, type Matrix, multiply, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import type { Model } from "@lib/training/model.ts";
import type { Batch } from "@lib/training/objective.ts";
import type { Parameters } from "@lib/training/tensor.ts";
import { type Shape, still, type Trainable } from "@lib/training/trainable.ts";

/** 八种能训练的编码；T5、截断都取得小，短句子就碰得到边。 */
export const all = (shape: Shape): Trainable[] => [
  still,
  trainableLearned(shape),
  trainableSinusoidal(shape, 10000),
  trainableT5(shape, 8, 6),
  trainableShaw(shape, 2),
  trainableClip(shape, 2),
  trainableAlibi(shape, shape.heads === 1 ? [0.5] : [0.5, 0.125]),
  trainableRope(shape, inverseFrequencies(shape.dimension / shape.heads, 100)),
];

/** 编码自己的参数换成随机的：从 0 开始的表，什么也核对不出来。 */
export const shaken = (encoding: Trainable): Parameters =>
  Object.fromEntries(
    Object.entries(encoding.initial(1)).map(([name, m], n) => [name, normalMatrix(m.rows, m.columns, 50 + n)]),
  );

/** 一句话的答案分数 `[L, answers]`。 */
function sentence(p: Parameters, tokens: Matrix, model: Model, encoding: Trainable, positions: Float64Array): Matrix {
  const given = encoding.encodings(p), each = given.length === 1 ? given[0]! : given;
  const entering = (x: Matrix) => model.norm ? layerNorm(x) : x;
  const added = (x: Matrix, change: Matrix) => model.residual ? add(x, change) : change;
  let x = tokens;
  for (let n = 0; n < model.layers; n++) {
    // 残差要从加过位置的词元开始，所以 embed 在外面先做；attention 里不再做。
    if (n === 0 && given[0]!.embed) x = given[0]!.embed(x, positions);
    const { embed: _, ...rest } = given[0]!;
    const { output } = attention({
      tokens: entering(x),
      projections: { query: p[`query${n}`]!, key: p[`key${n}`]!, value: p[`value${n}`]! },
      encoding: Array.isArray(each) ? each : rest,
      positions,
      causal: model.causal,
      heads: model.heads,
    });
    x = added(x, model.residual ? multiply(output, p[`out${n}`]!) : output);
    if (!model.mlp) continue;
    const middle = multiply(entering(x), p[`up${n}`]!);
    x = added(x, multiply({ ...middle, data: middle.data.map((v) => Math.max(v, 0)) }, p[`down${n}`]!));
  }
  return multiply(entering(x), p["readout"]!);
}

/** 一批的答案分数，一句一个矩阵。 */
export function reference(
  p: Parameters,
  batch: Batch,
  model: Model,
  encoding: Trainable,
  positions: Float64Array,
): Matrix[] {
  return Array.from({ length: batch.count }, (_, b) => {
    const tokens = Array.from(batch.tokens).slice(b * batch.length, (b + 1) * batch.length);
    return sentence(p, gather(p["embedding"]!, tokens), model, encoding, positions);
  });
}

/** 平均交叉熵，双精度。 */
export function referenceLoss(...given: Parameters_): number {
  const [, batch] = given;
  let total = 0, asked = 0;
  reference(...given).forEach((scores, b) => {
    for (let i = 0; i < batch.length; i++) {
      const answer = batch.answers[b * batch.length + i]!, values = row(scores, i);
      if (answer < 0) continue;
      total += Math.log(values.reduce((sum, s) => sum + Math.exp(s), 0)) - values[answer]!, asked++;
    }
  });
  return total / asked;
}
type Parameters_ = globalThis.Parameters<typeof reference>;
