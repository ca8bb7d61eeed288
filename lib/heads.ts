/**
 * 一个头的查询、键、值（heads）：从词元或投影好的矩阵里切出来，再让编码改。
 *
 * 编码改过的查询拆成两份：**位置的份**是内容为 0 时编码给出的，**内容的份**是剩下的。
 * 三角式的 (x + p)W 拆成 xW 和 pW，RoPE 的 R(xW) 全是内容，FLOATER 的 xW + b 拆出 b：一条规矩，不看是谁。
 * 8130(7) 的四项就是这两份两两相乘。
 *
 * @module
 */
import { type Encoding, requireEncoding } from "@lib/encoding.ts";
import { requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { gather, type Matrix, multiply, requireMatrix, subtract, zeros } from "@lib/matrix.ts";

/**
 * 词元的三个投影矩阵（projections），H 个头并排：列数是 头数 × 一个头的维数。
 *
 * @example
 * ```ts
 * import type { Weights } from "@lib/heads.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * const [query, key, value] = [1, 2, 3].map((seed) => normalMatrix(16, 8, seed, 1 / 4));
 * const weights: Weights = { query: query!, key: key!, value: value! };
 * ```
 */
export interface Weights {
  /** `W_Q` `[dModel, H·d]`。 */
  readonly query: Matrix;
  /** `W_K` `[dModel, Hk·d]`。 */
  readonly key: Matrix;
  /** `W_V` `[dModel, Hk·dv]`。 */
  readonly value: Matrix;
}

/**
 * 一份向量拆成内容和位置（split）：`whole = content + position`，都是 `[n, d]`。
 *
 * @example
 * ```ts
 * import type { Split } from "@lib/heads.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 2]]);
 * const noPosition: Split = { whole: x, content: x };
 * ```
 */
export interface Split {
  /** 整份。 */
  readonly whole: Matrix;
  /** 内容的份。 */
  readonly content: Matrix;
  /** 位置的份；全是 0 就没有这一项。 */
  readonly position?: Matrix;
}

/**
 * 投影之后、编码改查询和键之前的一个头（a head before its unary hooks）。
 *
 * @example
 * ```ts
 * import type { Raw } from "@lib/heads.ts";
 *
 * const width = (raw: Raw) => raw.query.whole.columns;
 * ```
 */
export interface Raw {
  /** `[R, d]`。 */
  readonly query: Split;
  /** `[L, d]`。 */
  readonly key: Split;
  /** `[L, dv]`。 */
  readonly value: Matrix;
  /** 改过词嵌入的词元 `[L, dModel]`。 */
  readonly tokens?: Matrix;
}

/**
 * 拆成两份：`position` 全是 0，就当作没有；不是有限的数也当作没有：
 * 除以自己长度的钩子（QK-norm），内容为 0 时是 0/0，拆不出位置，整份都算内容。
 */
function split(whole: Matrix, position: Matrix | undefined): Split {
  const none = !position || position.data.every((value) => value === 0) || !position.data.every(Number.isFinite);
  if (none) return { whole, content: whole };
  return { whole, content: subtract(whole, position), position };
}

/**
 * 从词元算出各个头：改词嵌入，乘投影，切成一个头一份。
 *
 * @param tokens 词元 `[L, dModel]`
 * @param weights 三个投影矩阵
 * @param encoding 改词嵌入的编码
 * @param positions 位置 `[L]`
 * @param rows 只投影这几行查询
 * @param heads 查询头、键值头各几个
 * @returns 第 h 个查询头的一份
 * @throws {ShapeError} 投影矩阵的形状不对，或 `embed` 交回来的形状不对
 * @example 两个查询头合用一个键值头（grouped-query）
 * ```ts
 * import assert from "node:assert/strict";
 * import { nope } from "@lib/encoding.ts";
 * import { projected } from "@lib/heads.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const weights = { query: matrix([[1, 10]]), key: matrix([[2]]), value: matrix([[3]]) };
 * const head = projected(matrix([[1], [4]]), weights, nope, new Float64Array([0, 1]), [1], [2, 1]);
 * assert.deepEqual([...head(1).query.whole.data, ...head(1).key.whole.data], [40, 2, 8]);
 * ```
 */
export function projected(
  tokens: Matrix,
  weights: Weights,
  encoding: Encoding,
  positions: Float64Array,
  rows: readonly number[],
  heads: readonly [query: number, key: number],
): (h: number) => Raw {
  requireMatrix("投影词元", tokens);
  requireEncoding("投影词元", encoding);
  requireVector("投影词元", positions, tokens.rows);
  for (const [name, m] of Object.entries(requireOptions("投影词元", weights))) {
    requireMatrix(`用 ${name} 的投影`, m, { rows: tokens.columns });
  }
  const embedded = encoding.embed ? applied(encoding, "embed", tokens, positions) : tokens;
  // 内容为 0 时的词嵌入，就是位置的份；全是 0（相乘式、复数式）就不必再投影。
  const still = encoding.embed && applied(encoding, "embed", zeros(tokens.rows, tokens.columns), positions);
  const alone = still?.data.some((value) => value !== 0) ? still : undefined;
  const query = multiply(gather(embedded, rows), weights.query), key = multiply(embedded, weights.key);
  const queryAlone = alone && multiply(gather(alone, rows), weights.query);
  const keyAlone = alone && multiply(alone, weights.key);
  const cut = sliced({ queries: query, keys: key, values: multiply(embedded, weights.value) }, heads);
  const cutAlone = alone && sliced({ queries: queryAlone!, keys: keyAlone!, values: zeros(0, 0) }, heads);
  return (h) => {
    const head = cut(h), position = cutAlone?.(h);
    return {
      query: split(head.query.whole, position?.query.whole),
      key: split(head.key.whole, position?.key.whole),
      value: head.value,
      tokens: embedded,
    };
  };
}

/**
 * 从投影好的查询、键、值里切出各个头。
 *
 * @param all 查询 `[R, H·d]`、键 `[L, Hk·d]`、值 `[L, Hk·dv]`
 * @param counts 查询头、键值头各几个
 * @returns 第 h 个查询头的一份；它用第 ⌊h·Hk/H⌋ 个键值头
 * @throws {ShapeError} 不是矩阵，列数不能平分给各个头，或一个头的查询和键不一样宽
 * @throws {RangeError} 头数不是 1 到 1024 的整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sliced } from "@lib/heads.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const head = sliced({ queries: matrix([[1, 2]]), keys: matrix([[3, 4]]), values: matrix([[5, 6]]) }, [2, 2]);
 * assert.deepEqual([head(1).query.whole.data[0], head(1).key.whole.data[0], head(1).value.data[0]], [2, 4, 6]);
 * ```
 */
export function sliced(
  all: { readonly queries: Matrix; readonly keys: Matrix; readonly values: Matrix },
  counts: readonly [query: number, key: number],
): (h: number) => Raw {
  const share = (what: string, m: Matrix, parts: number): number => {
    if (m.columns % parts !== 0) throw new ShapeError(`把${what}分给 ${parts} 个头`, `${parts} 的倍数列`, m.columns);
    return m.columns / parts;
  };
  const { queries, keys, values } = requireOptions("切出各个头", all);
  for (const m of [queries, keys, values]) requireMatrix("切出各个头", m);
  requireVector("定头数", counts as readonly number[], 2);
  const [heads, keyHeads] = counts;
  for (const count of counts) requireInteger("定头数", count, 1, 1024);
  const width = share("查询", queries, heads), valueWidth = share("值", values, keyHeads);
  if (width < 1) throw new ShapeError("做注意力", "一个头至少 1 列", width);
  if (share("键", keys, keyHeads) !== width) {
    throw new ShapeError("做注意力", `一个头 ${width} 列的键`, keys.columns / keyHeads);
  }
  const plain = (whole: Matrix): Split => ({ whole, content: whole });
  return (h) => {
    const g = Math.floor(h * keyHeads / heads);
    return {
      query: plain(columns(queries, h * width, width)),
      key: plain(columns(keys, g * width, width)),
      value: columns(values, g * valueWidth, valueWidth),
    };
  };
}

/**
 * 让编码改一种向量（apply a unary hook），两份一起改；编码没有这只钩子，就原样交回。
 *
 * 钩子是仿射的（转、乘、加）时，整份减去“内容为 0 时的结果”，剩下的正好是内容的份。
 *
 * @throws {ShapeError} 钩子交回来的形状不对
 * @example 往查询上加一个按位置的数：加上去的是位置的份
 * ```ts
 * import assert from "node:assert/strict";
 * import { encoded } from "@lib/heads.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1], [2]]);
 * const add = (rows: typeof x, positions: Float64Array) => ({ ...rows, data: rows.data.map((v, n) => v + positions[n]!) });
 * const { content, position } = encoded({ name: "加位置", query: add }, "query", { whole: x, content: x }, new Float64Array([10, 20]));
 * assert.deepEqual([...content.data, ...position!.data], [1, 2, 10, 20]);
 * ```
 */
export function encoded(encoding: Encoding, hook: Unary, from: Split, positions: Float64Array): Split {
  const { whole, position = whole } = requireOptions("让编码改向量", from);
  for (const m of [whole, position]) requireMatrix("让编码改向量", m);
  requireVector("让编码改向量", positions, whole.rows);
  if (requireEncoding("让编码改向量", encoding)[hook] === undefined) return from;
  const still = from.position ?? zeros(whole.rows, whole.columns);
  return split(applied(encoding, hook, whole, positions), applied(encoding, hook, still, positions));
}

/** 看得见位置的钩子。 */
export type Unary = "embed" | "query" | "key" | "value" | "output";

/**
 * 用一只看位置的钩子改一批向量。交给它的是副本：钩子就地改了，也不会改到别人手里的数。
 *
 * @throws {ShapeError} 编码没有这只钩子，或它交回来的形状不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { applied } from "@lib/heads.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1]]), inPlace = { name: "就地改", key: (rows: typeof x) => (rows.data.fill(9), rows) };
 * assert.deepEqual([applied(inPlace, "key", x, new Float64Array(1)).data[0], x.data[0]], [9, 1]);
 * ```
 */
export function applied(encoding: Encoding, hook: Unary, rows: Matrix, positions: Float64Array): Matrix {
  requireMatrix("用编码的钩子", rows);
  requireVector("用编码的钩子", positions, rows.rows);
  if (requireEncoding("用编码的钩子", encoding)[hook] === undefined) {
    throw new ShapeError(`用 ${encoding.name}`, `有 ${hook}`, hook);
  }
  const copy = { ...rows, data: rows.data.slice() };
  return hooked(`${encoding.name} 的 ${hook}`, encoding[hook]!(copy, positions.slice()), rows);
}

/**
 * 钩子是别人写的：交回来的形状不对，就说是哪只钩子，不悄悄截断。
 *
 * @throws {ShapeError} 不是矩阵（多半是忘了 return），或行数、列数不对
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hooked } from "@lib/heads.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.throws(() => hooked("我的 query", undefined, matrix([[1]])), /无法用 我的 query：需要 1 行 1 列的矩阵（是不是忘了 return）/);
 * ```
 */
export function hooked(hook: string, got: Matrix | undefined, wanted: { rows: number; columns: number }): Matrix {
  requireOptions(`用 ${hook}`, wanted);
  if (got && got.rows === wanted.rows && got.columns === wanted.columns) return requireMatrix(`用 ${hook}`, got);
  const expected = `${wanted.rows} 行 ${wanted.columns} 列的矩阵${got ? "" : "（是不是忘了 return）"}`;
  throw new ShapeError(`用 ${hook}`, expected, got && [got.rows, got.columns]);
}

/** 第 `from` 列起的 `width` 列，`[rows, width]`。 */
function columns(m: Matrix, from: number, width: number): Matrix {
  if (width === m.columns) return m;
  const part = zeros(m.rows, width);
  for (let i = 0; i < m.rows; i++) {
    part.data.set(m.data.subarray(i * m.columns + from, i * m.columns + from + width), i * width);
  }
  return part;
}
