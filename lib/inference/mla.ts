/**
 * 多头潜在注意力（MLA, multi-head latent attention）：不存键和值，存一个压缩过的向量，用的时候再展开。
 *
 * 每个词元只存两样：压缩向量 c（V3 是 512 个数），和一份各头共用、转过的位置键（64 个数）。内容不转，位置另走一路，
 * 叫**解耦**（decoupled）：键 = `[c 展开的 | 位置键]`，查询 = `[不转的 | 转的]`，两路的点积加起来。
 *
 * 内容那一路不转，所以展开键的矩阵可以挪到查询那边：`q·(c W) = (q Wᵀ)·c`。这样挪（**吸收**，absorbed），
 * 查询直接和 c 打分，权重直接加 c，一个键也不用展开：各头共用一份 576 维的键，像 MQA。
 * 两种算法给出同样的数。内容也转的话就挪不动了，见 `fusion.ts`。
 *
 * @module
 */
import { attention, type AttentionTrace } from "@lib/attention.ts";
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { type Pairing, rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { explain, requireFinite, requireNumber, requireOptions } from "@lib/errors.ts";
import { below, beside, columnBlock, transpose } from "@lib/inference/blocks.ts";
import { mlaLatents, mlaQueries, mlaShape, type MlaWeights } from "@lib/inference/mla_weights.ts";
import { type Matrix, multiply, requireMatrix } from "@lib/matrix.ts";
import type { Scaled } from "@lib/scaling/scaled.ts";
import { yarnScale } from "@lib/scaling/yarn.ts";

/**
 * 缓存：每个词元一行，`[c | 转过的位置键]`。
 *
 * @example
 * ```ts
 * import type { Latents } from "@lib/inference/mla.ts";
 *
 * const numbersPerToken = (latents: Latents) => latents.rows.columns;
 * ```
 */
export interface Latents {
  /** `[L, rk + dr]`。 */
  readonly rows: Matrix;
  /** 位置 `[L]`（词元）。 */
  readonly positions: Float64Array;
}

/**
 * MLA 的输入。
 *
 * @example
 * ```ts
 * import type { MlaInput } from "@lib/inference/mla.ts";
 * import { zeros } from "@lib/matrix.ts";
 * import { plain } from "@lib/scaling/scaled.ts";
 *
 * const input: MlaInput = { tokens: zeros(4, 8), frequencies: plain({ dimension: 2 }), form: "absorbed" };
 * ```
 */
export interface MlaInput {
  /** 新来的词元 `[n, dModel]`。 */
  readonly tokens: Matrix;
  /** 它们的位置 `[n]`（词元）；不写就接着缓存往下数。 */
  readonly positions?: ArrayLike<number>;
  /** 已经存下的；不写就是还没有。 */
  readonly past?: Latents;
  /** 角频率 `[dr/2]` 和注意力系数。 */
  readonly frequencies: Scaled;
  /** 配对方式；不写是相邻两维（DeepSeek 的权重）。 */
  readonly pairing?: Pairing;
  /** 分数乘多少（无量纲），见 {@linkcode mlaScale}；不写是 1/√(dn + dr)。 */
  readonly scale?: number;
  /** 算法：`plain` 把键和值展开，`absorbed` 不展开；不写是 `plain`。 */
  readonly form?: "plain" | "absorbed";
}

/**
 * 走一步的结果。
 *
 * @example
 * ```ts
 * import type { MlaStep } from "@lib/inference/mla.ts";
 *
 * const past = (step: MlaStep) => step.latents; // 下一步接着用
 * ```
 */
export interface MlaStep {
  /** 缓存，新词元已经接上。 */
  readonly latents: Latents;
  /** 注意力的每一步；两种算法的分数、权重相同，查询、键、值的样子不同。 */
  readonly trace: AttentionTrace;
  /** 输出 `[n, dModel]`，乘过 `W^O`。 */
  readonly output: Matrix;
}

/**
 * MLA 走一步，因果。
 *
 * @throws {ShapeError} 权重之间、权重和词元或缓存对不上，或角频率不是 dr/2 个
 * @throws {RangeError} 位置、角频率或缩放不是有限的数，位置不比缓存里的靠后，配对方式或算法不是那两种
 * @source DeepSeek-V2 arXiv 2405.04434 §2.1；transformers `models/deepseek_v3/modeling_deepseek_v3.py`；吸收：`deepseek-ai/DeepSeek-V3:inference/model.py`
 * @example 两种算法，同样的输出；每个词元存 4 + 2 个数
 * ```ts
 * import assert from "node:assert/strict";
 * import { mla } from "@lib/inference/mla.ts";
 * import { maxDifference } from "@lib/matrix.ts";
 * import { normalMatrix } from "@lib/random.ts";
 * import { plain } from "@lib/scaling/scaled.ts";
 *
 * const weights = {
 *   heads: 2,
 *   queryUp: normalMatrix(8, 8, 1),
 *   keyDown: normalMatrix(8, 6, 2),
 *   keyNorm: [1, 1, 1, 1],
 *   keyUp: normalMatrix(4, 10, 3),
 *   output: normalMatrix(6, 8, 4),
 * };
 * const input = { tokens: normalMatrix(5, 8, 5), frequencies: plain({ dimension: 2 }) };
 * const expanded = mla(weights, input), absorbed = mla(weights, { ...input, form: "absorbed" });
 * assert.ok(maxDifference(expanded.output, absorbed.output) < 1e-12);
 * assert.equal(absorbed.latents.rows.columns, 6);
 * ```
 */
export function mla(weights: MlaWeights, input: MlaInput): MlaStep {
  const { keyRank, plainDimension: dn, rotaryDimension: dr, valueDimension: dv } = mlaShape(weights);
  const { tokens, form = "plain", scale = mlaScale(dn + dr), ...rest } = requireOptions("做 MLA", input);
  if (form !== "plain" && form !== "absorbed") {
    throw new RangeError(explain("定 MLA 的算法", "plain 或 absorbed", form));
  }
  requireNumber("定 MLA 的缩放", scale, "有限的数", Number.isFinite);
  const turn = tail(dr, rest.frequencies, rest.pairing);
  const queries = mlaQueries(weights, tokens), latents = extended(mlaLatents(weights, tokens), rest, turn);
  const { rows, positions } = latents, { heads: H, keyUp } = weights;
  const compressed = columnBlock(rows, 0, keyRank), positionKey = columnBlock(rows, keyRank, dr);
  const each = (make: (h: number) => Matrix) => beside(Array.from({ length: H }, (_, h) => make(h)));
  const keyUpOf = (h: number) => columnBlock(keyUp, h * (dn + dv), dn);
  const valueUpOf = (h: number) => columnBlock(keyUp, h * (dn + dv) + dn, dv);

  const encoding: Encoding = { name: "解耦的 RoPE", query: turn, scale: () => scale }; // 位置键存的时候转过了
  const queryPositions = positions.slice(rows.rows - tokens.rows);
  const common = { encoding, heads: H, positions, queryPositions, causal: true };
  if (form === "plain") {
    const keys = each((h) => beside([multiply(compressed, keyUpOf(h)), positionKey]));
    const trace = attention({ ...common, queries, keys, values: each((h) => multiply(compressed, valueUpOf(h))) });
    return { latents, trace, output: multiply(trace.output, weights.output) };
  }
  // 展开键的矩阵挪到查询那边，展开值的挪到加完权重之后；键和值就是缓存，各头共用。
  const moved = each((h) => {
    const query = (from: number, width: number) => columnBlock(queries, h * (dn + dr) + from, width);
    return beside([multiply(query(0, dn), transpose(keyUpOf(h))), query(dn, dr)]);
  });
  const trace = attention({ ...common, queries: moved, keys: rows, values: compressed, keyHeads: 1 });
  const values = each((h) => multiply(columnBlock(trace.output, h * keyRank, keyRank), valueUpOf(h)));
  return { latents, trace, output: multiply(values, weights.output) };
}

/**
 * MLA 的分数乘多少：`m(s, mscaleAllDim)² / √(dn + dr)`，m 见 {@linkcode yarnScale}。
 *
 * 别的 YaRN 把系数乘在 cos、sin 上，只管得到转的那几维；MLA 有一半多的维不转，所以乘在整个分数上，是 m 的平方。
 * DeepSeek 自己的代码只在长度超过训练长度时才乘，transformers 写了 `mscale_all_dim` 就乘，这里照后者。
 *
 * @param dimension dn + dr
 * @param factor 扩展倍数 s；不写是 1
 * @param mscaleAllDim 配置里的 `mscale_all_dim`；不写是 0，就是不乘
 * @throws {RangeError} 维数不是正整数，倍数小于 1，或 `mscaleAllDim` 不在 0 到 1000 之间
 * @source transformers `models/deepseek_v3/modeling_deepseek_v3.py` 的 scaling；`deepseek-ai/DeepSeek-V3:inference/model.py`
 * @example DeepSeek-V3：128 + 64 维，拉长 40 倍
 * ```ts
 * import assert from "node:assert/strict";
 * import { mlaScale } from "@lib/inference/mla.ts";
 *
 * assert.deepEqual([mlaScale(128 + 64), mlaScale(128 + 64, 40, 1)].map((s) => s.toFixed(6)), ["0.072169", "0.135234"]);
 * ```
 */
export function mlaScale(dimension: number, factor = 1, mscaleAllDim = 0): number {
  requireNumber("定 MLA 的缩放", dimension, "正整数的维数", (d) => Number.isSafeInteger(d) && d > 0);
  requireNumber("定 MLA 的缩放，定 mscaleAllDim", mscaleAllDim, "0 到 1000 之间的数", (k) => k >= 0 && k <= 1000);
  return yarnScale(factor, mscaleAllDim) ** 2 / Math.sqrt(dimension);
}

/** 只转每行最后 `width` 维。 */
function tail(width: number, frequencies: Scaled, pairing: Pairing = "interleaved"): AtPosition {
  const { inverseFrequencies, attentionFactor } = requireOptions("给 MLA 定角频率", frequencies);
  requireFinite("给 MLA 定角频率", inverseFrequencies, width / 2);
  return (rows, positions) => {
    const still = columnBlock(rows, 0, rows.columns - width), last = columnBlock(rows, rows.columns - width, width);
    return beside([still, rotate(last, turns(positions, inverseFrequencies, attentionFactor), pairing)]);
  };
}

/** 新词元转好，接在缓存后面。 */
function extended(fresh: Matrix, { past, ...rest }: Omit<MlaInput, "tokens">, turn: AtPosition): Latents {
  const before = past === undefined ? new Float64Array(0) : requireFinite("接上 MLA 的缓存", past?.positions);
  if (past !== undefined) requireMatrix("接上 MLA 的缓存", past.rows, { rows: before.length, columns: fresh.columns });
  const last = before.reduce((a, b) => Math.max(a, b), -Infinity), next = last === -Infinity ? 0 : last + 1;
  const { positions = Array.from({ length: fresh.rows }, (_, n) => next + n) } = rest;
  const after = requireFinite("给 MLA 的词元排位置", positions, fresh.rows), early = after.find((m) => m <= last);
  if (early !== undefined) {
    throw new RangeError(explain("给 MLA 的词元排位置", `比缓存里最后的 ${last} 靠后`, early));
  }
  const turned = turn(fresh, after);
  return { rows: past ? below([past.rows, turned]) : turned, positions: Float64Array.from([...before, ...after]) };
}
