/**
 * 旋转过的键的缓存（KV cache）：算过的键和值存起来，新词元只算自己的。
 *
 * 键转多少只看自己的位置，转完就不用再动，所以存的是**转过的**键。能这样存的，是钩子只看位置、分数只看距离的编码：
 * RoPE 和它的亲戚、xPos、VO-RoPE、FLOATER，还有 ALiBi、T5、Shaw……
 * 打分时还要没转的键的不行：看一整行的（`row`：CoPE、FIRE、TUPE、ReRoPE），转了键又拿键的内容按距离相乘的（RoPE + DeBERTa）。
 * 它们要存没转的键（`rotated: false`），每次读出来现转。PaTH 还要两个词元之间的词元，这里不存，用的时候它会说。
 *
 * 只有因果注意力能缓存：前面的词元看不见后面的，它们的输出才不会因为来了新词元而变。
 *
 * 缓存是一个值：{@linkcode append} 交回新的，旧的还能用（一段提示词接几种续写，前面那段只存一份）。
 * 一次加一个词元，每次都整段重抄是 L² 的。这里存成几块，前一块不到后一块的两倍大就并掉，像二进制进位：
 * 块数不超过 log₂L + 1；一个数每抄一次，它那块至少大一半，所以只抄几十次。读的时候接成一整块，要抄 L·d 个数，打分本来也要乘这么多次。
 *
 * @module
 */
import { attention, type AttentionTrace } from "@lib/attention.ts";
import { type Encoding, requireEncoding } from "@lib/encoding.ts";
import {
  explain,
  requireBoolean,
  requireFinite,
  requireInteger,
  requireNumber,
  requireOptions,
  ShapeError,
} from "@lib/errors.ts";
import { applied, sliced } from "@lib/heads.ts";
import { below, beside } from "@lib/inference/blocks.ts";
import { type Matrix, requireMatrix } from "@lib/matrix.ts";

/**
 * 键值缓存（KV cache）。
 *
 * @example
 * ```ts
 * import { emptyCache, type KeyValueCache } from "@lib/inference/cache.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 *
 * const cache: KeyValueCache = emptyCache({ encoding: rope({ dimension: 64 }), heads: 32, keyHeads: 8 });
 * ```
 */
export interface KeyValueCache {
  /** 位置编码；给一个数组，就是一个查询头一个。 */
  readonly encoding: Encoding | readonly Encoding[];
  /** 查询头的个数 H。 */
  readonly heads: number;
  /** 键值头的个数 Hk。 */
  readonly keyHeads: number;
  /** 存的键和值是不是已经让编码改过了。 */
  readonly rotated: boolean;
  /** 一块块存着的词元，早的在前。 */
  readonly blocks: readonly CachedBlock[];
}

/**
 * 缓存里的一块：n 个词元。
 *
 * @example
 * ```ts
 * import type { CachedBlock, KeyValueCache } from "@lib/inference/cache.ts";
 *
 * const tokens = ({ blocks }: KeyValueCache) => blocks.reduce((sum, block: CachedBlock) => sum + block.keys.rows, 0);
 * ```
 */
export interface CachedBlock {
  /** 键 `[n, Hk·d]`。 */
  readonly keys: Matrix;
  /** 值 `[n, Hk·dv]`。 */
  readonly values: Matrix;
  /** 位置 `[n]`（词元）。 */
  readonly positions: Float64Array;
  /** 是不是填充 `[n]`。 */
  readonly padding: readonly boolean[];
}

/**
 * 空的缓存。
 *
 * @param options `encoding` 位置编码；`heads` 查询头数，不写是 1；`keyHeads` 键值头数，不写就和 `heads` 相同；
 * `rotated` 存转过的键（不写是 `true`）还是没转的
 * @throws {ShapeError} 编码改词嵌入；或存转过的键时，编码打分还要没转的键，合用一个键值头的几个头转法不同
 * @throws {RangeError} 头数不合适
 * @example CoPE 要看一整行，转过的键不够用
 * ```ts
 * import assert from "node:assert/strict";
 * import { cope } from "@lib/encodings/cope.ts";
 * import { emptyCache } from "@lib/inference/cache.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const encoding = cope(zeros(4, 2));
 * assert.throws(() => emptyCache({ encoding }), /无法缓存 CoPE 转过的键：需要 rotated: false，/);
 * assert.equal(emptyCache({ encoding, rotated: false }).blocks.length, 0);
 * ```
 */
export function emptyCache(
  options: {
    readonly encoding: Encoding | readonly Encoding[];
    readonly heads?: number;
    readonly keyHeads?: number;
    readonly rotated?: boolean;
  },
): KeyValueCache {
  const { encoding, heads = 1, keyHeads = heads, rotated = true } = requireOptions("造缓存", options);
  return checked("造缓存", { encoding, heads, keyHeads, rotated, blocks: [] });
}

/**
 * 接上一段词元，交回新的缓存；旧的不变。一次一个、一次一段（chunked prefill），怎么切都一样。
 *
 * @param cache 缓存
 * @param segment `keys` `[n, Hk·d]` 和 `values` `[n, Hk·dv]`，都是投影之后、编码改之前的；
 * `padding` `[n]` 写 `true` 的是填充；`positions` `[n]`，不写就接着往下数，填充不占位置
 * @throws {ShapeError} 形状和缓存里的对不上
 * @throws {RangeError} 位置不是有限的数，或不比缓存里的靠后（先来的查询本该看见它，却已经算完了）
 * @example 接着数：从 100 起，下一段就是 102
 * ```ts
 * import assert from "node:assert/strict";
 * import { nope } from "@lib/encoding.ts";
 * import { append, emptyCache } from "@lib/inference/cache.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const [two, one] = [2, 1].map((n) => ({ keys: zeros(n, 4), values: zeros(n, 4) }));
 * const cache = append(append(emptyCache({ encoding: nope }), { ...two!, positions: [100, 101] }), one!);
 * assert.deepEqual(cache.blocks.flatMap(({ positions }) => [...positions]), [100, 101, 102]);
 * ```
 */
export function append(
  cache: KeyValueCache,
  segment: {
    readonly keys: Matrix;
    readonly values: Matrix;
    readonly positions?: ArrayLike<number>;
    readonly padding?: ArrayLike<boolean>;
  },
): KeyValueCache {
  const { blocks } = checked("接上一段", cache), { keys, values, ...rest } = requireOptions("接上一段", segment);
  const { rows } = requireMatrix("缓存键", keys, blocks[0] && { columns: blocks[0].keys.columns });
  requireMatrix("缓存值", values, { rows, ...(blocks[0] && { columns: blocks[0].values.columns }) });
  const { padding: given = Array<boolean>(rows).fill(false) } = rest, padding = flags(given, rows).slice();
  const last = lastPosition(blocks), next = last === -Infinity ? 0 : last + 1;
  const { positions: counted = maskedPositions(padding, next) } = rest;
  const positions = requireFinite("给这一段排位置", counted, rows).slice();
  const early = positions.find((position, j) => !padding[j] && position <= last);
  if (early !== undefined) {
    throw new RangeError(explain("给这一段排位置", `比缓存里最后的 ${last} 靠后`, early));
  }
  let kept = blocks.length, size = rows;
  while (kept > 0 && blocks[kept - 1]!.keys.rows < 2 * size) size += blocks[--kept]!.keys.rows;
  const block: CachedBlock = { ...turned(cache, keys, values, positions), positions, padding };
  return { ...cache, blocks: [...blocks.slice(0, kept), joined([...blocks.slice(kept), block])] };
}

/**
 * 新来的查询看缓存里的键，因果；每一步和整段一起算的那几行一样。
 *
 * @param cache 缓存，查询自己的键和值已经接上了
 * @param input `queries` `[R, H·d]`；`positions` `[R]`，不写就是缓存里最后 R 个词元的；`window` 窗口，不写就不限
 * @throws {ShapeError} 缓存是空的，或形状对不上
 * @throws {RangeError} 和 `attention` 相同
 * @example 一次一个，和整段一起算的一个比特也不差
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { append, attendCached, emptyCache } from "@lib/inference/cache.ts";
 * import { gather } from "@lib/matrix.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * const x = normalMatrix(5, 4, 1), encoding = rope({ dimension: 4 });
 * let cache = emptyCache({ encoding }), output: number[] = [];
 * for (const i of [0, 1, 2, 3, 4]) {
 *   const one = gather(x, [i]);
 *   cache = append(cache, { keys: one, values: one });
 *   output = [...output, ...attendCached(cache, { queries: one }).output.data];
 * }
 * assert.deepEqual(output, [...attention({ queries: x, keys: x, values: x, encoding, causal: true }).output.data]);
 * ```
 */
export function attendCached(
  cache: KeyValueCache,
  input: { readonly queries: Matrix; readonly positions?: ArrayLike<number>; readonly window?: number },
): AttentionTrace {
  const { encoding, heads, keyHeads, rotated, blocks } = checked("用缓存做注意力", cache);
  if (blocks.length === 0) throw new ShapeError("用缓存做注意力", "先接上查询自己的键和值（append）", "空的缓存");
  const { keys, values, positions, padding } = joined(blocks);
  const { queries, window } = requireOptions("用缓存做注意力", input),
    { rows } = requireMatrix("用查询做注意力", queries);
  if (rows > keys.rows) throw new ShapeError("用缓存做注意力", `不超过 ${keys.rows} 行查询`, rows);
  const { positions: queryPositions = positions.slice(keys.rows - rows) } = input;
  const left = ({ key: _, value: __, ...rest }: Encoding): Encoding => rest; // 改过的不再改
  const rest = Array.isArray(encoding) ? encoding.map(left) : left(encoding as Encoding);
  return attention({
    queries,
    keys,
    values,
    positions,
    queryPositions,
    keyPadding: padding,
    heads,
    keyHeads,
    causal: true,
    encoding: rotated ? rest : encoding,
    ...(window !== undefined && { window }),
  });
}

/**
 * 有填充时的位置：填充不数，它前面有几个真词元，位置就是几。左边补齐的一批，每句都从 0 数起。
 *
 * 填充那一格也给一个数（下一个真词元的），只为表查得到；谁也看不见它，它自己那一行的输出没有意义。
 *
 * @param padding `[n]`，写 `true` 的是填充
 * @param start 第一个真词元的位置（词元）；不写是 0
 * @throws {ShapeError} 不是一串 `true`、`false`
 * @throws {RangeError} 起点不是有限的数
 * @source transformers 的 position_ids：attention_mask 的累加减 1
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { maskedPositions } from "@lib/inference/cache.ts";
 *
 * assert.deepEqual([...maskedPositions([true, true, false, false, false])], [0, 0, 0, 1, 2]);
 * ```
 */
export function maskedPositions(padding: ArrayLike<boolean>, start = 0): Float64Array {
  let next = requireNumber("按填充排位置，定起点", start, "有限的数", Number.isFinite);
  return Float64Array.from(flags(padding), (padded) => padded ? next : next++);
}

/** 一串 `true`、`false`。 */
function flags(given: ArrayLike<boolean>, length?: number): readonly boolean[] {
  const listed = Array.isArray(given) && given.findIndex((one) => typeof one !== "boolean") < 0; // 空着的也查到
  if (!listed || (length !== undefined && given.length !== length)) {
    throw new ShapeError("标出填充", `${length ?? "一串"}${length === undefined ? " " : " 个 "}true 或 false`, given);
  }
  return given;
}

/** 真词元最后的位置；一个也没有就是 −∞。 */
function lastPosition(blocks: readonly CachedBlock[]): number {
  let last = -Infinity;
  for (const { positions, padding } of blocks) {
    for (let j = 0; j < positions.length; j++) if (!padding[j]) last = Math.max(last, positions[j]!);
  }
  return last;
}

/** 几块接成一块。 */
function joined(blocks: readonly CachedBlock[]): CachedBlock {
  return {
    keys: below(blocks.map(({ keys }) => keys)),
    values: below(blocks.map(({ values }) => values)),
    positions: Float64Array.from(blocks.flatMap(({ positions }) => [...positions])),
    padding: blocks.flatMap(({ padding }) => padding),
  };
}

/** 用第 g 个键值头的那几个查询头的编码。 */
function encodingsOf({ encoding, heads, keyHeads }: KeyValueCache, g: number): readonly Encoding[] {
  const share = heads / keyHeads;
  return Array.isArray(encoding) ? encoding.slice(g * share, (g + 1) * share) : [encoding as Encoding];
}

/** 存转过的：每个键值头各改各的，再并排放回去；都是新的数组。 */
function turned(cache: KeyValueCache, keys: Matrix, values: Matrix, positions: Float64Array) {
  const cut = sliced({ queries: keys, keys, values }, [cache.keyHeads, cache.keyHeads]);
  const parts = Array.from({ length: cache.keyHeads }, (_, g) => {
    const { key: { whole }, value } = cut(g), [encoding] = encodingsOf(cache, g) as [Encoding];
    if (!cache.rotated) return { key: whole, value };
    return {
      key: encoding.key ? applied(encoding, "key", whole, positions) : whole,
      value: encoding.value ? applied(encoding, "value", value, positions) : value,
    };
  });
  return { keys: beside(parts.map(({ key }) => key)), values: beside(parts.map(({ value }) => value)) };
}

/** 缓存进门查一次：编码能不能这样存，块的形状对不对。 */
function checked(doing: string, cache: KeyValueCache): KeyValueCache {
  const { encoding, heads, keyHeads, rotated, blocks } = requireOptions(doing, cache);
  requireInteger("定查询头的个数", heads, 1, 1024);
  if (heads % requireInteger("定键值头的个数", keyHeads, 1, heads) !== 0) {
    throw new RangeError(explain("定键值头的个数", `能整除 ${heads} 的数`, keyHeads));
  }
  requireBoolean("定缓存里存不存转过的键", rotated);
  const encodings = Array.isArray(encoding) ? encoding as readonly Encoding[] : undefined;
  if (encodings && encodings.length !== heads) {
    throw new ShapeError("给每个头一个编码", `${heads} 个编码`, encodings.length);
  }
  for (const one of new Set(encodings ?? [encoding as Encoding])) cacheable(one, rotated);
  for (let g = 0; g < (rotated ? keyHeads : 0); g++) {
    const [first, ...others] = encodingsOf(cache, g) as [Encoding, ...Encoding[]];
    const odd = others.find(({ key, value }) => key !== first.key || value !== first.value);
    if (odd) {
      throw new ShapeError(
        `缓存第 ${g} 个键值头`,
        "合用它的几个头改键、改值的是同一个函数，或 rotated: false",
        odd.name,
      );
    }
  }
  if (!Array.isArray(blocks)) throw new ShapeError(doing, "一块块的缓存（用 emptyCache 造）", blocks);
  for (const block of Array.from(blocks)) {
    const { keys, values, positions, padding } = requireOptions(doing, block), { rows } = requireMatrix(doing, keys);
    requireMatrix(doing, values, { rows });
    requireFinite(doing, positions, rows);
    flags(padding, rows);
  }
  return cache;
}

/** 这个编码能不能这样存；不能，说出为什么。 */
function cacheable(encoding: Encoding, rotated: boolean): void {
  const { name, embed, key, row, score } = requireEncoding("缓存键", encoding);
  if (embed) {
    throw new ShapeError(`缓存 ${name} 的键`, "自己先加到词元上再投影（缓存时编码写 nope）", `改词嵌入的 embed`);
  }
  if (!rotated) return;
  const doing = `缓存 ${name} 转过的键`;
  if (row) throw new ShapeError(doing, "rotated: false，因为它看一整行，打分时还要没转的键", "rotated: true");
  if (key && score && score(new Float64Array(1))?.queries) {
    throw new ShapeError(doing, "rotated: false，因为它的 score 还要乘没转的键", "rotated: true");
  }
}
