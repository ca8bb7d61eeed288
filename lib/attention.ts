/**
 * 注意力（attention）：打分、softmax、加权求和，三步，每一步的中间结果都交出来。
 *
 * 一个头、自注意力。哪里要用位置，由编码的钩子说；这里没有任何一种编码的特例。
 *
 * @module
 */
import { distinct } from "@lib/distinct.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { explain, ShapeError } from "@lib/errors.ts";
import { type Matrix, row, zeros } from "@lib/matrix.ts";

/**
 * 注意力的输入（attention input）。
 *
 * @example
 * ```ts
 * import { attention, type AttentionInput } from "@lib/attention.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 0], [0, 1]]);
 * const input: AttentionInput = { queries: x, keys: x, values: x, positions: [100, 101], causal: true };
 * attention(input);
 * ```
 */
export interface AttentionInput {
  /** 查询 `[L, d]`。 */
  readonly queries: Matrix;
  /** 键 `[L, d]`。 */
  readonly keys: Matrix;
  /** 值 `[L, dv]`。 */
  readonly values: Matrix;
  /** 位置编码；不写就是 NoPE。 */
  readonly encoding?: Encoding;
  /** 每个词元的位置 `[L]`（词元）；不写就是 0, 1, …, L−1。位置是数据：平移、留空、插值都是换一组数。 */
  readonly positions?: ArrayLike<number>;
  /** 只算这几行查询（行号）；不写就全算。L 很大时不必摆出 L×L 的表。 */
  readonly queryRows?: ArrayLike<number>;
  /** 因果：位置在后面的词元看不见。 */
  readonly causal?: boolean;
}

/**
 * 注意力的每一步（attention trace）。`R` 是算了几行查询，不挑行时 `R = L`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention, type AttentionTrace } from "@lib/attention.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 0], [0, 1]]);
 * const trace: AttentionTrace = attention({ queries: x, keys: x, values: x });
 * assert.deepEqual([...trace.distances.data], [0, -1, 1, 0]);
 * ```
 */
export interface AttentionTrace {
  /** 编码之后的查询 `[R, d]`。 */
  readonly queries: Matrix;
  /** 编码之后的键 `[L, d]`。 */
  readonly keys: Matrix;
  /** 距离 `[R, L]`（词元）：查询位置 − 键位置。 */
  readonly distances: Matrix;
  /** 分数里的各项 `[R, L]`，按 8130(7) 的叫法；加起来就是遮掩之前的分数。 */
  readonly terms: {
    /** 内容-内容：`q·k × 缩放`。 */
    readonly contentContent: Matrix;
    /** 内容-位置：`q·R[i−j] × 缩放`；编码没有这一项时是 0。 */
    readonly contentPosition: Matrix;
    /** 位置-位置：每个距离一个数；编码没有这一项时是 0。 */
    readonly positionPosition: Matrix;
  };
  /** 分数 `[R, L]`，softmax 之前；看不见的格子是 −∞。 */
  readonly scores: Matrix;
  /** 权重 `[R, L]`，每行加起来是 1；一格也看不见的行全是 0。 */
  readonly weights: Matrix;
  /** 输出 `[R, dv]`。 */
  readonly output: Matrix;
}

/** 一次最多摆多少格：8192 × 8192，六张表约 3 GB；再大不是算得慢，是内存先不够。 */
const largestTable = 2 ** 26;

/**
 * 算一遍注意力，返回每一步。
 *
 * @throws {ShapeError} 行数、维数或位置的个数对不上，或编码的钩子交回来的形状不对
 * @throws {RangeError} 位置不是有限的数，行号出界，或分数表超过 2²⁶ 格（用 `queryRows` 只算几行）
 * @source Vaswani et al. 2017 §3.2.1；项的叫法见 kexue 8130(7)
 * @example 四个一样的词元，每远一格扣半分：权重是等比的
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { row, zeros } from "@lib/matrix.ts";
 *
 * const x = zeros(4, 8);
 * const { weights } = attention({ queries: x, keys: x, values: x, encoding: alibi(1 / 2), causal: true });
 * assert.deepEqual([...row(weights, 3)].map((w) => w.toFixed(4)), ["0.1015", "0.1674", "0.2760", "0.4551"]);
 * ```
 */
export function attention(input: AttentionInput): AttentionTrace {
  const { queries, keys, values, encoding = nope, causal = false } = input;
  const length = queries.rows, dimension = queries.columns;
  if (keys.rows !== length || keys.columns !== dimension) {
    throw new ShapeError("做注意力", `${length} 行 ${dimension} 列的键`, [keys.rows, keys.columns]);
  }
  for (const [name, { data }] of [["查询", queries], ["键", keys], ["值", values]] as const) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new RangeError(explain(`用${name}做注意力`, `有限的数，第 ${bad} 个分量`, data[bad]));
  }
  if (values.rows !== length) throw new ShapeError("做注意力", `${length} 行值`, values.rows);
  const positions = checkedPositions(input.positions ?? Array.from({ length }, (_, i) => i), length);
  const queryRows = Array.from(input.queryRows ?? positions.keys());

  const queryPositions = Float64Array.from(queryRows, (i) => positions[i]!);
  const picked = pickRows(queries, queryRows);
  const q = shaped(
    `${encoding.name} 的 query`,
    encoding.query ? encoding.query(picked, queryPositions) : picked,
    picked,
  );
  const k = shaped(`${encoding.name} 的 key`, encoding.key ? encoding.key(keys, positions) : keys, keys);

  const scale = encoding.scale?.(dimension) ?? 1 / Math.sqrt(dimension);
  const rows = queryRows.length;
  if (rows * length > largestTable) {
    const expected = `不超过 ${largestTable} 格的表，或用 queryRows 只算几行`;
    throw new RangeError(explain(`摆出 ${rows} 行 ${length} 列的分数表`, expected, rows * length));
  }
  const distances = outerDifference(queryPositions, positions);
  const { values: unique, index } = distinct(distances.data);
  const part = encoding.score ? encoding.score(unique) : {};
  if (!part) {
    throw new ShapeError(`用 ${encoding.name} 的 score`, "返回 { bias } 或 { keys }（是不是忘了 return）", part);
  }
  if (part.bias && part.bias.length !== unique.length) {
    throw new ShapeError(`用 ${encoding.name} 的 score.bias`, `${unique.length} 个数，一个距离一个`, part.bias.length);
  }
  if (part.keys) shaped(`${encoding.name} 的 score.keys`, part.keys, { rows: unique.length, columns: dimension });
  const valueByDistance = encoding.value &&
    shaped(`${encoding.name} 的 value`, encoding.value(unique), { rows: unique.length, columns: values.columns });

  const contentContent = zeros(rows, length), contentPosition = zeros(rows, length);
  const positionPosition = zeros(rows, length), scores = zeros(rows, length), weights = zeros(rows, length);
  const output = zeros(rows, values.columns);
  for (let r = 0; r < rows; r++) {
    // 同一个距离的 q·R 只算一次：一行里有 L 个键，却可能只有几个不同的距离向量。
    const onVectors = part.keys && dotEachRow(row(q, r), part.keys);
    const onKeys = dotEachRow(row(q, r), k);
    for (let j = 0; j < length; j++) {
      const cell = r * length + j, t = index[cell]!;
      const content = contentContent.data[cell] = scale * onKeys[j]!;
      const vector = contentPosition.data[cell] = onVectors ? scale * onVectors[t]! : 0;
      const bias = positionPosition.data[cell] = part.bias ? part.bias[t]! : 0;
      const hidden = causal && distances.data[cell]! < 0;
      scores.data[cell] = hidden ? -Infinity : content + vector + bias;
    }
    softmax(row(scores, r), row(weights, r));
    const out = row(output, r);
    for (let j = 0; j < length; j++) {
      const cell = r * length + j, weight = weights.data[cell]!;
      if (weight === 0) continue;
      addScaled(out, weight, values.data, j * values.columns);
      if (valueByDistance) addScaled(out, weight, valueByDistance.data, index[cell]! * values.columns);
    }
  }
  const terms = { contentContent, contentPosition, positionPosition };
  return { queries: q, keys: k, distances, terms, scores, weights, output };
}

/**
 * softmax：把一行分数 `[n]` 变成加起来等于 1 的权重，写进 `weights` `[n]`。
 *
 * 先减去最大值，所以分数是 ±10000 也不溢出；全是 −∞ 的一行给全 0。
 *
 * @throws {ShapeError} 两个数组不一样长
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { softmax } from "@lib/attention.ts";
 *
 * const weights = softmax(new Float64Array([10000, 10000]), new Float64Array(2));
 * assert.deepEqual([...weights], [0.5, 0.5]);
 * assert.deepEqual([...softmax(new Float64Array([-Infinity]), new Float64Array(1))], [0]);
 * ```
 */
export function softmax(scores: Float64Array, weights: Float64Array): Float64Array {
  if (weights.length !== scores.length) {
    throw new ShapeError("算 softmax", `${scores.length} 个位置放权重`, weights.length);
  }
  const max = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  if (max === -Infinity) return weights.fill(0);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += weights[j] = Math.exp(scores[j]! - max);
  for (let j = 0; j < scores.length; j++) weights[j]! /= sum;
  return weights;
}

/**
 * 点积（dot product）：两个 `[d]` 向量逐个相乘再加起来。
 *
 * @throws {ShapeError} 长度不同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dot } from "@lib/attention.ts";
 *
 * assert.equal(dot(new Float64Array([1, 2]), new Float64Array([3, 4])), 11);
 * ```
 */
export function dot(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) throw new ShapeError("做点积", `两个 ${a.length} 维向量`, b.length);
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}

/** 一个向量和矩阵每一行的点积 `[rows]`。最内层，不取子数组、不再检查。 */
function dotEachRow(query: Float64Array, m: Matrix): Float64Array {
  const products = new Float64Array(m.rows);
  for (let i = 0, start = 0; i < m.rows; i++, start += m.columns) {
    let sum = 0;
    for (let c = 0; c < m.columns; c++) sum += query[c]! * m.data[start + c]!;
    products[i] = sum;
  }
  return products;
}

/** `out += weight × data[start … start + out.length)`。 */
function addScaled(out: Float64Array, weight: number, data: Float64Array, start: number): void {
  for (let c = 0; c < out.length; c++) out[c]! += weight * data[start + c]!;
}

function outerDifference(from: Float64Array, to: Float64Array): Matrix {
  const result = zeros(from.length, to.length);
  for (let r = 0, cell = 0; r < from.length; r++) {
    for (let j = 0; j < to.length; j++, cell++) result.data[cell] = from[r]! - to[j]!;
  }
  return result;
}

function checkedPositions(given: ArrayLike<number>, length: number): Float64Array {
  if (given.length !== length) throw new ShapeError("给词元排位置", `${length} 个位置`, given.length);
  const positions = Float64Array.from(given);
  const bad = positions.findIndex((p) => !Number.isFinite(p));
  if (bad >= 0) throw new RangeError(`无法给词元排位置：需要有限的数：第 ${bad} 个是 ${given[bad]}`);
  return positions;
}

/** 钩子是别人写的：交回来的形状不对，就说是哪只钩子，不悄悄截断。 */
function shaped(hook: string, got: Matrix | undefined, wanted: { rows: number; columns: number }): Matrix {
  if (got?.rows === wanted.rows && got.columns === wanted.columns) return got;
  const expected = `${wanted.rows} 行 ${wanted.columns} 列的矩阵${got ? "" : "（是不是忘了 return）"}`;
  throw new ShapeError(`用 ${hook}`, expected, got && [got.rows, got.columns]);
}

function pickRows(m: Matrix, wanted: readonly number[]): Matrix {
  const picked = zeros(wanted.length, m.columns);
  wanted.forEach((i, r) => row(picked, r).set(row(m, i)));
  return picked;
}
