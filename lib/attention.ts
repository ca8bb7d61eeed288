/**
 * 注意力（attention）：打分、softmax、加权求和，三步，每一步的中间结果都交出来。
 *
 * 哪里要用位置，由编码的钩子说；这里没有任何一种编码的特例。
 * 几个头就是同样的三步各做一遍；表一个头一个头地摞起来，一个头时就是它自己。
 *
 * 数据里的 `NaN` 和 `∞` 照 IEEE 754 往下传：坏了一个数，看得见它的那些行也坏，不会悄悄补成像样的数；
 * 被掩住的格子不参与，坏不到别人。
 *
 * @module
 */
import { type Distinct, distinct, isCompact } from "@lib/distinct.ts";
import { type Encoding, nope, requireEncoding, type RowTerms, type Scene } from "@lib/encoding.ts";
import {
  explain,
  requireBoolean,
  requireInteger,
  requireNumber,
  requireOptions,
  requireVector,
  ShapeError,
} from "@lib/errors.ts";
import { applied, encoded, hooked, projected, type Raw, sliced, type Split, type Weights } from "@lib/heads.ts";
import { add, gather, type Matrix, requireMatrix, row, zeros } from "@lib/matrix.ts";
import { softmax } from "@lib/softmax.ts";

/**
 * 注意力的输入（attention input）：要么给投影好的查询、键、值，要么给词元和三个投影矩阵。
 * 改词嵌入的编码只能用后一种。
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
export type AttentionInput = Setting & (Projected | Unprojected);

/**
 * 投影好的输入（projected input）。
 *
 * @example
 * ```ts
 * import type { Projected } from "@lib/attention.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const x: Projected = { queries: zeros(4, 8), keys: zeros(4, 8), values: zeros(4, 8) };
 * ```
 */
export interface Projected {
  /** 查询 `[Lq, H·d]`。 */
  readonly queries: Matrix;
  /** 键 `[L, Hk·d]`。 */
  readonly keys: Matrix;
  /** 值 `[L, Hk·dv]`。 */
  readonly values: Matrix;
  /** 词元 `[L, dModel]`，可以不给；看整行的编码（PaTH）要从它算东西。 */
  readonly tokens?: Matrix;
  /** 给了查询、键、值，就不能再给投影矩阵。 */
  readonly projections?: undefined;
}

/**
 * 没投影的输入（tokens and projections）。
 *
 * @example
 * ```ts
 * import type { Unprojected } from "@lib/attention.ts";
 * import { matrix, zeros } from "@lib/matrix.ts";
 *
 * const identity = matrix([[1, 0], [0, 1]]);
 * const x: Unprojected = { tokens: zeros(4, 2), projections: { query: identity, key: identity, value: identity } };
 * ```
 */
export interface Unprojected {
  /** 词元 `[L, dModel]`。 */
  readonly tokens: Matrix;
  /** 三个投影矩阵。 */
  readonly projections: Weights;
}

/**
 * 怎么算（attention setting），和内容无关的那些。
 *
 * @example
 * ```ts
 * import type { Setting } from "@lib/attention.ts";
 *
 * const local: Setting = { causal: true, window: 4 };
 * ```
 */
export interface Setting {
  /** 位置编码；不写就是 NoPE。给一个数组，就是一个查询头一个（ALiBi 每个头一个斜率）。 */
  readonly encoding?: Encoding | readonly Encoding[];
  /** 每个词元的位置 `[L]`（词元）；不写就是 0, 1, …, L−1。位置是数据：平移、留空、插值都是换一组数。 */
  readonly positions?: ArrayLike<number>;
  /** 查询的位置 `[Lq]`（词元）；查询就是这些词元时不必写，它们是另一段（KV 缓存之后的新词元）时才写。 */
  readonly queryPositions?: ArrayLike<number>;
  /** 只算这几行查询（行号）；不写就全算。L 很大时不必摆出 L×L 的表。 */
  readonly queryRows?: ArrayLike<number>;
  /** 因果：位置在后面的词元看不见。 */
  readonly causal?: boolean;
  /** 窗口：只看距离的绝对值小于它的词元，自己算一个；不写就不限。 */
  readonly window?: number;
  /** 键的填充 `[L]`：写 `true` 的是填充，谁也看不见它。 */
  readonly keyPadding?: ArrayLike<boolean>;
  /** 查询头的个数 H；不写是 1。 */
  readonly heads?: number;
  /** 键值头的个数 Hk，整除 H；不写就和 H 相同。 */
  readonly keyHeads?: number;
}

/**
 * 分数里的各项 `[H·R, L]`，按 8130(7) 的叫法；加起来就是遮掩之前的分数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention, type Terms } from "@lib/attention.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const terms: Terms = attention({ queries: zeros(2, 2), keys: zeros(2, 2), values: zeros(2, 2) }).terms;
 * assert.equal(terms.positionPosition.data.length, 4);
 * ```
 */
export interface Terms {
  /** 内容-内容：`q·k × 缩放`，两边都是内容的份。 */
  readonly contentContent: Matrix;
  /** 内容-位置：查询的内容遇上位置；编码没有这一项时是 0。 */
  readonly contentPosition: Matrix;
  /** 位置-内容：位置遇上键的内容；编码没有这一项时是 0。 */
  readonly positionContent: Matrix;
  /** 位置-位置：与内容无关的数，偏置在这里；编码没有这一项时是 0。 */
  readonly positionPosition: Matrix;
}

/**
 * 注意力的每一步（attention trace）。`R` 是算了几行查询，不挑行时 `R = L`；
 * H 个头的表摞在一起，第 h 个头是第 h·R 行起的 R 行（见 {@linkcode head}）。
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
  /** 编码之后的查询 `[H·R, d]`。 */
  readonly queries: Matrix;
  /** 编码之后的键 `[H·L, d]`，每个查询头看到的那一份。 */
  readonly keys: Matrix;
  /** 编码之后的值 `[H·L, dv]`，每个查询头看到的那一份。 */
  readonly values: Matrix;
  /** 距离 `[R, L]`（词元）：查询位置 − 键位置，各头相同。 */
  readonly distances: Matrix;
  /** 分数里的各项。 */
  readonly terms: Terms;
  /** 分数 `[H·R, L]`，softmax 之前；看不见的格子是 −∞。 */
  readonly scores: Matrix;
  /** 权重 `[H·R, L]`，每行加起来是 1；一格也看不见的行全是 0。 */
  readonly weights: Matrix;
  /** 输出 `[R, H·dv]`，各头并排。 */
  readonly output: Matrix;
}

/**
 * 输入里有几个键（词元个数 L）。
 *
 * @throws {ShapeError} 没给矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tokenCount } from "@lib/attention.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * assert.equal(tokenCount({ queries: zeros(4, 2), keys: zeros(4, 2), values: zeros(4, 2) }), 4);
 * ```
 */
export function tokenCount(input: AttentionInput): number {
  return checkedContent(requireOptions("做注意力", input)).length;
}

/** 一次最多摆多少格：8192 × 8192，七张表约 4 GB；再大不是算得慢，是内存先不够。 */
const largestTable = 2 ** 26;

/**
 * 算一遍注意力，返回每一步。
 *
 * @throws {ShapeError} 行数、维数或位置的个数对不上，或编码的钩子交回来的形状不对
 * @throws {RangeError} 位置不是有限的数或超出 ±(2⁵³ − 1)，行号出界，或分数表超过 2²⁶ 格（用 `queryRows` 只算几行，或用 {@linkcode attentionBlocks}）
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
  const plan = prepare(input);
  const cells = plan.heads.length * plan.rows.length * plan.length;
  if (cells > largestTable) {
    const expected = `不超过 ${largestTable} 格的表，或用 queryRows 只算几行`;
    throw new RangeError(explain(`摆出 ${plan.rows.length} 行 ${plan.length} 列的分数表`, expected, cells));
  }
  return plan.block(0, plan.rows.length);
}

/**
 * 一块一块地算（streaming）：每次交出几行查询的每一步，不摆 L×L 的表；数和 {@linkcode attention} 一个比特也不差。
 *
 * 只留需要的：输出、统计量、某几行。L = 8192 时一块 64 行，七张表约 29 MB。
 *
 * @param rowsPerBlock 一块几行查询，正整数
 * @throws 和 {@linkcode attention} 相同，只是没有表太大这一条
 * @example 只要输出
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention, attentionBlocks } from "@lib/attention.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * const x = normalMatrix(5, 4, 1);
 * const input = { queries: x, keys: x, values: x, causal: true };
 * const output = [...attentionBlocks(input, 2)].flatMap((block) => [...block.output.data]);
 * assert.deepEqual(output, [...attention(input).output.data]);
 * ```
 */
export function* attentionBlocks(input: AttentionInput, rowsPerBlock = 64): Generator<AttentionTrace> {
  requireInteger("定一块几行", rowsPerBlock, 1);
  const { rows, block } = prepare(input);
  for (let from = 0; from < rows.length; from += rowsPerBlock) {
    yield block(from, Math.min(from + rowsPerBlock, rows.length));
  }
}

/**
 * 摞起来的表里，第 `h` 个头的那几行；和原表共用内存。
 *
 * @param stacked `[H·n, c]`
 * @param h 第几个头，从 0 数
 * @param heads 头数 H
 * @returns `[n, c]`
 * @throws {RangeError} 没有这个头，或行数不能平分
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { head } from "@lib/attention.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...head(matrix([[1], [2], [3], [4]]), 1, 2).data], [3, 4]);
 * ```
 */
export function head(stacked: Matrix, h: number, heads: number): Matrix {
  requireMatrix("取一个头", stacked);
  requireInteger("定头数", heads, 1);
  requireInteger("取一个头", h, 0, heads - 1);
  if (stacked.rows % heads !== 0) throw new ShapeError("取一个头", `${heads} 的倍数行`, stacked.rows);
  const rows = stacked.rows / heads, size = rows * stacked.columns;
  return { rows, columns: stacked.columns, data: stacked.data.subarray(h * size, (h + 1) * size) };
}

/** 一个头准备好的东西：向量都改过了，按距离的东西也算好了。 */
interface Head {
  readonly encoding: Encoding;
  readonly raw: Raw;
  readonly query: Split;
  readonly key: Split;
  readonly value: Matrix;
  readonly scale: number;
  readonly byDistance: ByDistance | undefined;
  readonly row: ReturnType<NonNullable<Encoding["row"]>> | undefined;
}

/** 按距离的东西，一个不同的距离一份。 */
interface ByDistance {
  readonly place: Distinct["place"];
  readonly bias: Float64Array | undefined;
  readonly keys: Matrix | undefined;
  readonly queries: Matrix | undefined;
  readonly sum: Matrix | undefined;
}

interface Plan {
  readonly rows: readonly number[];
  readonly length: number;
  readonly heads: readonly Head[];
  readonly block: (from: number, to: number) => AttentionTrace;
}

function prepare(input: AttentionInput): Plan {
  const { causal = false, window = Infinity, heads: H = 1, keyHeads = H } = requireOptions("做注意力", input);
  requireBoolean("定因果", causal);
  requireInteger("定查询头的个数", H, 1, 1024);
  if (H % requireInteger("定键值头的个数", keyHeads, 1, H) !== 0) {
    throw new RangeError(explain("定键值头的个数", `能整除 ${H} 的数`, keyHeads));
  }
  if (window !== Infinity) requireInteger("定窗口", window, 1);
  const { queries, length } = checkedContent(input);
  const { positions: given = Array.from({ length }, (_, i) => i) } = input;
  const positions = checkedPositions(given, length);
  const from = input.queryPositions !== undefined ? checkedPositions(input.queryPositions, queries) : positions;
  if (from.length !== queries) throw new ShapeError("给查询排位置", `${queries} 个 queryPositions`, from.length);
  const rows = Array.from(input.queryRows === undefined ? from.keys() : requireVector("挑查询的行", input.queryRows));
  const bad = rows.find((i) => !(Number.isInteger(i) && i >= 0 && i < queries));
  if (bad !== undefined) {
    throw new RangeError(`无法取第 ${bad} 行：需要 0 到 ${queries - 1} 的行号：现在是 ${bad}`);
  }
  const padding = checkedPadding(input.keyPadding, length);
  const queryPositions = Float64Array.from(rows, (i) => from[i]!);
  const visible = (r: number, j: number): boolean => {
    const distance = queryPositions[r]! - positions[j]!;
    return !(causal && distance < 0) && Math.abs(distance) < window && !padding?.[j];
  };

  const encodings = checkedEncodings(input.encoding, H, causal);
  const raws = rawHeads(input, positions, rows, [H, keyHeads]);
  const byDistanceOnly = encodings.some((one) => one.score || one.sum);
  const found = byDistanceOnly && isCompact(queryPositions, positions)
    ? distinct(queryPositions, positions)
    : undefined;
  const made = new Map<Encoding, ByDistance>();
  const shared = (encoding: Encoding, make: () => ByDistance): ByDistance | undefined => { // 几个头同一个编码，只算一次
    if (!encoding.score && !encoding.sum) return undefined;
    const byDistance = made.get(encoding) ?? make();
    made.set(encoding, byDistance);
    return byDistance;
  };
  const heads = encodings.map((encoding, h): Head => {
    const raw = raws(encoding)(h), { name } = encoding;
    const query = encoded(encoding, "query", raw.query, queryPositions);
    const key = encoded(encoding, "key", raw.key, positions);
    const value = encoding.value ? applied(encoding, "value", raw.value, positions) : raw.value;
    const dimension = raw.query.whole.columns;
    const scale = encoding.scale?.(dimension) ?? 1 / Math.sqrt(dimension);
    requireNumber(`用 ${name} 的 scale`, scale, "有限的数", Number.isFinite);
    const scene: Scene = {
      queries: raw.query.whole,
      keys: raw.key.whole,
      ...(raw.tokens && { tokens: raw.tokens }),
      queryPositions,
      keyPositions: positions,
      scale,
      visible,
      padded: (j) => padding?.[j] ?? false,
    };
    const row = encoding.row?.(scene);
    if (encoding.row && typeof row !== "function") {
      throw new ShapeError(`用 ${name} 的 row`, "返回一个收行号的函数（是不是忘了 return）", row);
    }
    const byDistance = found && shared(encoding, () => measured(encoding, found, dimension, raw.value.columns));
    return { encoding, raw, query, key, value, scale, byDistance, row };
  });
  const block = (start: number, end: number) => trace(heads, queryPositions, positions, visible, start, end);
  return { rows, length, heads, block };
}

/** 各个头投影之后的样子；改词嵌入的编码一样，就只投影一次。 */
function rawHeads(
  input: AttentionInput,
  positions: Float64Array,
  rows: readonly number[],
  heads: readonly [number, number],
): (encoding: Encoding) => (h: number) => Raw {
  if (!input.projections) {
    const cut = sliced({ ...input, queries: gather(input.queries, rows) }, heads);
    return (encoding) => {
      if (encoding.embed) {
        throw new ShapeError(
          `用 ${encoding.name}`,
          "tokens 和 projections（它改的是词嵌入，在投影之前）",
          "投影好的查询、键、值",
        );
      }
      return (h) => ({ ...cut(h), ...(input.tokens && { tokens: input.tokens }) });
    };
  }
  const { tokens, projections } = input;
  const made = new Map<Encoding["embed"], (h: number) => Raw>();
  return (encoding) => {
    const cut = made.get(encoding.embed) ?? projected(tokens, projections, encoding, positions, rows, heads);
    made.set(encoding.embed, cut);
    return cut;
  };
}

/** 按距离的东西算一遍：有几个不同的距离，就算几次。 */
function measured(encoding: Encoding, found: Distinct, dimension: number, valueWidth: number): ByDistance {
  const { values, place } = found, { name } = encoding;
  const part = encoding.score ? encoding.score(values.slice()) : {};
  if (typeof part !== "object" || part === null) {
    throw new ShapeError(`用 ${name} 的 score`, "返回 { bias }、{ keys } 或 { queries }（是不是忘了 return）", part);
  }
  const misspelt = Object.keys(part).find((key) => !["bias", "keys", "queries"].includes(key));
  if (misspelt !== undefined) throw new ShapeError(`用 ${name} 的 score`, "bias、keys 或 queries", misspelt);
  const given = <Part>(one: Part | undefined, check: (one: Part) => Part) => one === undefined ? one : check(one);
  const wanted = { rows: values.length, columns: dimension };
  return {
    place,
    bias: given(part.bias, (one) => requireVector(`用 ${name} 的 score.bias`, one, values.length)), // 一个距离一个
    keys: given(part.keys, (one) => hooked(`${name} 的 score.keys`, one, wanted)),
    queries: given(part.queries, (one) => hooked(`${name} 的 score.queries`, one, wanted)),
    sum: encoding.sum &&
      hooked(`${name} 的 sum`, encoding.sum(values.slice()), { rows: values.length, columns: valueWidth }),
  };
}

/** 算第 `start` 到 `end` 行查询。 */
function trace(
  heads: readonly Head[],
  queryPositions: Float64Array,
  positions: Float64Array,
  visible: (r: number, j: number) => boolean,
  start: number,
  end: number,
): AttentionTrace {
  const R = end - start, L = positions.length, H = heads.length;
  const [first] = heads as [Head];
  const d = first.query.whole.columns, dv = first.value.columns;
  const distances = zeros(R, L);
  for (let r = 0, cell = 0; r < R; r++) {
    for (let j = 0; j < L; j++, cell++) distances.data[cell] = queryPositions[start + r]! - positions[j]!;
  }
  const queries = zeros(H * R, d), keys = zeros(H * L, d), values = zeros(H * L, dv);
  const scores = zeros(H * R, L), weights = zeros(H * R, L), output = zeros(R, H * dv);
  const terms = {
    contentContent: zeros(H * R, L),
    contentPosition: zeros(H * R, L),
    positionContent: zeros(H * R, L),
    positionPosition: zeros(H * R, L),
  };
  heads.forEach((one, h) => {
    queries.data.set(one.query.whole.data.subarray(start * d, end * d), h * R * d);
    keys.data.set(one.key.whole.data, h * L * d);
    values.data.set(one.value.data, h * L * dv);
    // 位置不是挤在一起的整数：这一块里有哪些距离，就只算这些。
    const needs = one.encoding.score || one.encoding.sum;
    const byDistance = one.byDistance ??
      (needs && measured(one.encoding, distinct(queryPositions.subarray(start, end), positions), d, dv));
    const places = new Uint32Array(L), seen = new Uint8Array(L), own = zeros(R, dv);
    const extra = zeros(R, dv); // 按距离加到值上的那一份：不归编码转，否则和 VO-RoPE 合用时就看绝对位置了
    for (let r = 0; r < R; r++) {
      const line = (m: Matrix) => row(m, h * R + r);
      const into = {
        contentContent: line(terms.contentContent),
        contentPosition: line(terms.contentPosition),
        positionContent: line(terms.positionContent),
        positionPosition: line(terms.positionPosition),
      };
      if (byDistance) { for (let j = 0; j < L; j++) places[j] = byDistance.place(distances.data[r * L + j]!); }
      for (let j = 0; j < L; j++) seen[j] = Number(visible(start + r, j));
      addTerms(into, one, byDistance, places, start + r, seen);
      const score = line(scores), weight = line(weights);
      const { contentContent, contentPosition, positionContent, positionPosition } = into;
      for (let j = 0; j < L; j++) {
        const total = contentContent[j]! + contentPosition[j]! + positionContent[j]! + positionPosition[j]!;
        score[j] = seen[j] ? total : -Infinity;
      }
      softmax(score, weight);
      addWeighted(row(own, r), weight, seen, one.value);
      if (byDistance?.sum) addWeighted(row(extra, r), weight, seen, byDistance.sum, places);
    }
    const at = queryPositions.subarray(start, end);
    const done = one.encoding.output ? applied(one.encoding, "output", own, at) : own;
    const total = byDistance?.sum ? add(done, extra) : done;
    for (let r = 0; r < R; r++) output.data.set(row(total, r), (r * H + h) * dv);
  });
  return { queries, keys, values, distances, terms, scores, weights, output };
}

type RowOfTerms = { readonly [Name in keyof Terms]: Float64Array };

/** 一行分数的四项：两份内容和位置两两相乘，再加上按距离的，再加上看整行的。 */
function addTerms(
  into: RowOfTerms,
  { encoding, raw, query, key, scale, row: byRow }: Head,
  byDistance: ByDistance | undefined,
  places: Uint32Array,
  r: number,
  seen: Uint8Array,
): void {
  const q = row(query.content, r), qAlone = query.position && row(query.position, r);
  addDots(into.contentContent, scale, q, key.content);
  if (key.position) addDots(into.contentPosition, scale, q, key.position);
  if (qAlone) addDots(into.positionContent, scale, qAlone, key.content);
  if (qAlone && key.position) addDots(into.positionPosition, scale, qAlone, key.position);
  const { contentContent, contentPosition, positionContent, positionPosition } = into;
  const products = byRow &&
    contentContent.map((content, j) =>
      seen[j] ? content + contentPosition[j]! + positionContent[j]! + positionPosition[j]! : -Infinity
    );
  if (byDistance) {
    // 按距离的向量和内容相乘，用的是编码改查询、键之前的内容：和 RoPE 合用时，它也只看距离。
    const { bias, keys, queries } = byDistance;
    const { content, position } = raw.query;
    if (bias) places.forEach((t, j) => into.positionPosition[j]! += bias[t]!);
    if (keys) addPlacedDots(into.contentPosition, scale, row(content, r), keys, places);
    if (keys && position) addPlacedDots(into.positionPosition, scale, row(position, r), keys, places);
    if (queries) addPairedDots(into.positionContent, scale, queries, places, raw.key.content);
    if (queries && raw.key.position) addPairedDots(into.positionPosition, scale, queries, places, raw.key.position);
  }
  if (byRow && products) {
    for (const [name, extra] of rowTerms(encoding.name, byRow(r, products), seen.length)) {
      for (let j = 0; j < extra.length; j++) into[name][j]! += extra[j]!;
    }
  }
}

/** 看整行的那只钩子交回来的各项，先查名字和长度。 */
function rowTerms(name: string, terms: RowTerms, length: number): [keyof RowOfTerms, Float64Array][] {
  if (typeof terms !== "object" || terms === null) {
    throw new ShapeError(`用 ${name} 的 row`, "返回一行要加的数（是不是忘了 return）", terms);
  }
  return Object.entries(terms).map(([term, extra]) => {
    if (!["contentPosition", "positionContent", "positionPosition"].includes(term)) {
      throw new ShapeError(`用 ${name} 的 row`, "contentPosition、positionContent 或 positionPosition", term);
    }
    return [term as keyof RowOfTerms, requireVector(`用 ${name} 的 row`, extra, length)];
  });
}

/** `into[j] += scale × query · m[j]`。最内层，不取子数组、不再检查。 */
function addDots(into: Float64Array, scale: number, query: Float64Array, { rows, columns, data }: Matrix): void {
  for (let j = 0, at = 0; j < rows; j++) {
    let sum = 0;
    for (let c = 0; c < columns; c++, at++) sum += query[c]! * data[at]!;
    into[j]! += scale * sum;
  }
}

/** `into[j] += scale × query · m[places[j]]`：每个键用自己那个距离的向量。 */
function addPlacedDots(into: Float64Array, scale: number, query: Float64Array, m: Matrix, places: Uint32Array): void {
  for (let j = 0; j < places.length; j++) {
    const start = places[j]! * m.columns;
    let sum = 0;
    for (let c = 0; c < m.columns; c++) sum += query[c]! * m.data[start + c]!;
    into[j]! += scale * sum;
  }
}

/** `into[j] += scale × m[places[j]] · keys[j]`：每个键乘自己那个距离的向量。 */
function addPairedDots(into: Float64Array, scale: number, m: Matrix, places: Uint32Array, keys: Matrix): void {
  for (let j = 0; j < places.length; j++) {
    const start = places[j]! * m.columns, from = j * m.columns;
    let sum = 0;
    for (let c = 0; c < m.columns; c++) sum += m.data[start + c]! * keys.data[from + c]!;
    into[j]! += scale * sum;
  }
}

/** `out += Σ weights[j] × m[places[j]]`，只加看得见的；不给 `places`，就是第 j 行。 */
function addWeighted(
  out: Float64Array,
  weights: Float64Array,
  seen: Uint8Array,
  { columns, data }: Matrix,
  places?: Uint32Array,
): void {
  for (let j = 0; j < weights.length; j++) {
    if (!seen[j]) continue;
    const weight = weights[j]!, start = (places ? places[j]! : j) * columns;
    for (let c = 0; c < columns; c++) out[c]! += weight * data[start + c]!;
  }
}

/** 查询有几行，键有几行；形状对不上现在就说。 */
function checkedContent(input: AttentionInput): { queries: number; length: number } {
  if (input.projections) {
    const { rows } = requireWide("用词元做注意力", input.tokens);
    requireOptions("用投影矩阵", input.projections);
    const given = ["queries", "keys", "values", "queryPositions"].find((name) => name in input);
    if (given) throw new ShapeError("从词元做注意力", "不再另给查询、键、值和 queryPositions", given);
    return { queries: rows, length: rows };
  }
  const queries = requireWide("用查询做注意力", input.queries);
  const { columns, rows: length } = requireMatrix("用键做注意力", input.keys);
  if (input.queryPositions === undefined && length !== queries.rows) {
    throw new ShapeError("做注意力", `${queries.rows} 行 ${queries.columns} 列的键`, [length, columns]);
  }
  if (requireMatrix("用值做注意力", input.values).rows !== length) {
    throw new ShapeError("做注意力", `${length} 行值`, input.values.rows);
  }
  if (input.tokens !== undefined) requireMatrix("用词元做注意力", input.tokens, { rows: length });
  return { queries: queries.rows, length };
}

/** 至少一列：0 列没有东西可乘，1/√0 也不是数。 */
function requireWide(doing: string, m: Matrix): Matrix {
  if (requireMatrix(doing, m).columns < 1) throw new ShapeError(doing, "至少一列", m.columns);
  return m;
}

function checkedEncodings(given: Setting["encoding"] = nope, heads: number, causal: boolean): readonly Encoding[] {
  const encodings = Array.isArray(given)
    ? given as readonly Encoding[]
    : Array<Encoding>(heads).fill(given as Encoding);
  if (encodings.length !== heads) throw new ShapeError("给每个头一个编码", `${heads} 个编码`, encodings.length);
  for (const one of encodings) {
    requireEncoding("用位置编码", one);
    if (one.causalOnly && !causal) {
      throw new RangeError(`无法用 ${one.name}：需要因果注意力（causal: true）：现在是双向的`);
    }
  }
  return encodings;
}

function checkedPositions(given: ArrayLike<number>, length: number): Float64Array {
  requireVector("给词元排位置", given);
  if (given.length !== length) throw new ShapeError("给词元排位置", `${length} 个位置`, given.length);
  const positions = Float64Array.from(given);
  const bad = positions.findIndex((p) => !Number.isFinite(p));
  if (bad >= 0) throw new RangeError(`无法给词元排位置：需要有限的数：第 ${bad} 个是 ${given[bad]}`);
  const far = positions.find((p) => Math.abs(p) > Number.MAX_SAFE_INTEGER); // 再远，p 和 p + 1 就是同一个数了
  if (far !== undefined) throw new RangeError(explain("给词元排位置", `±${Number.MAX_SAFE_INTEGER} 以内的数`, far));
  return positions;
}

function checkedPadding(given: ArrayLike<boolean> | undefined, length: number): ArrayLike<boolean> | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length !== length || given.findIndex((one) => typeof one !== "boolean") >= 0) {
    throw new ShapeError("标出填充", `${length} 个 true 或 false`, given);
  }
  return given;
}
