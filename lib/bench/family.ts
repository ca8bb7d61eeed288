/**
 * 全家（the family）：每种编码各造一个，参数由种子定死，都是 1 上下的数。
 *
 * 训练前的初值多半是 0 或 0.02，量不出性格；训练完的参数是 1 上下，所以实验台和定律的测试用这一套。
 *
 * @module
 */
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { clipBias } from "@lib/encodings/clip_bias.ts";
import { complexOrder, complexOrderInitial } from "@lib/encodings/complex_order.ts";
import { cope } from "@lib/encodings/cope.ts";
import { deberta } from "@lib/encodings/deberta.ts";
import { fire } from "@lib/encodings/fire.ts";
import { floater, floaterInitial } from "@lib/encodings/floater.ts";
import { hierarchical } from "@lib/encodings/hierarchical.ts";
import { kerpleLog } from "@lib/encodings/kerple.ts";
import { learned } from "@lib/encodings/learned.ts";
import { multiplicative } from "@lib/encodings/multiplicative.ts";
import { partialRope, proportionalRope } from "@lib/encodings/partial_rope.ts";
import { path } from "@lib/encodings/path.ts";
import { recursive } from "@lib/encodings/recursive.ts";
import { rope } from "@lib/encodings/rope.ts";
import { sandwich } from "@lib/encodings/sandwich.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { sinusoidal } from "@lib/encodings/sinusoidal.ts";
import { t5 } from "@lib/encodings/t5.ts";
import { transformerXl } from "@lib/encodings/transformer_xl.ts";
import { tupe } from "@lib/encodings/tupe.ts";
import { voRope } from "@lib/encodings/vo_rope.ts";
import { xpos } from "@lib/encodings/xpos.ts";
import { explain, requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";
import { type Matrix, multiply } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 全家的尺寸（family settings）。
 *
 * @example
 * ```ts
 * import type { FamilySettings } from "@lib/bench/family.ts";
 *
 * const settings: FamilySettings = { d: 64, length: 256, seed: 1 };
 * ```
 */
export interface FamilySettings {
  /** 维数 d，4 的倍数。 */
  readonly d: number;
  /** 训练式、递归式这些表有几个位置（词元）；要量平移，就得比长度宽裕。 */
  readonly length: number;
  /** 随机种子；不写是 1。 */
  readonly seed?: number;
}

/** 造一个要用的东西：d 维，表有 `length` 行，`table`、`list` 按编号取随机数。 */
interface Parts {
  readonly d: number;
  readonly length: number;
  readonly seed: number;
  /** 乘完一个 d 维的和以后，还是 1 上下。 */
  readonly small: number;
  readonly table: (rows: number, n: number, scale?: number) => Matrix;
  readonly list: (count: number, n: number, scale?: number) => Float64Array;
}

/** 每种编码怎么造：先绝对，后相对，再旋转。 */
const makers: Readonly<Record<string, (parts: Parts) => Encoding>> = {
  NoPE: () => nope,
  sinusoidal: ({ d }) => sinusoidal({ dimension: d }),
  learned: ({ table, length }) => learned(table(length, 1)),
  hierarchical: ({ table, length }) => hierarchical(table(Math.ceil(Math.sqrt(length)), 2)), // n 行够 n² 个位置
  recursive: ({ d, length, small, table, list }) => {
    const spin = table(d, 3, small);
    const step = (p: Float64Array) => multiply({ rows: 1, columns: d, data: p }, spin).data.map(Math.tanh);
    return recursive({ first: list(d, 4), step, length });
  },
  FLOATER: ({ d, length, seed, list }) =>
    floater({
      ...floaterInitial({ dimension: d, hidden: 16, length, seed: seed + 5 }),
      start: { query: list(d, 6), key: list(d, 7), value: list(d, 8) },
      steps: 1,
    }),
  multiplicative: ({ table, length }) => multiplicative(table(length, 9)),
  complex: ({ d, seed }) => complexOrder(complexOrderInitial(d, seed + 10)),
  Shaw: ({ table }) => shaw(table(33, 11), table(33, 12)),
  clip: ({ list }) => clipBias(list(33, 13)),
  T5: ({ list }) => t5(list(32, 14)),
  "Transformer-XL": ({ d, small, table, list }) =>
    transformerXl({ u: list(d, 15), v: list(d, 16), projection: table(d, 17, small) }),
  DeBERTa: ({ table }) => deberta({ keys: table(32, 18), queries: table(32, 19) }),
  TUPE: ({ d, length, small, table }) =>
    tupe({ table: table(length, 20), query: table(d, 21, small), key: table(d, 22, small) }),
  ALiBi: () => alibi(1 / 8),
  KERPLE: () => kerpleLog(1, 1 / 2),
  Sandwich: () => sandwich({ scale: 1 / 8 }),
  FIRE: ({ list }) => fire({ w1: list(32, 24), b1: list(32, 25), w2: list(32, 26), b2: 0, trained: 64 }), // 门槛比 L 短，才看得出它在做什么
  CoPE: ({ table, small }) => cope(table(64, 27, small)),
  RoPE: ({ d }) => rope({ dimension: d }),
  "partial RoPE": ({ d }) => partialRope({ dimension: d, rotary: d / 2 }),
  "p-RoPE": ({ d }) => proportionalRope({ dimension: d, proportion: 1 / 2 }),
  xPos: ({ d }) => xpos({ dimension: d }),
  "VO-RoPE": ({ d }) => voRope({ dimension: d }),
  PaTH: ({ d, seed, small, table, list }) =>
    path({
      down: normalMatrix(d, 8, seed + 28, small),
      up: table(8, 29),
      kernel: table(3, 30),
      strength: list(d, 31, small),
      strengthBias: 0,
    }),
};

/**
 * 全家的名字，和 {@linkcode family} 同一个次序。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { familyNames } from "@lib/bench/family.ts";
 *
 * assert.equal(familyNames[0], "NoPE");
 * ```
 */
export const familyNames: readonly string[] = Object.keys(makers);

/**
 * 造全家，或者只造点了名的几个。
 *
 * @param names 要哪几个；不写就全要
 * @throws {ShapeError} d 不是 4 的倍数
 * @throws {RangeError} 长度不是正整数，或没有这个名字
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { family, familyNames } from "@lib/bench/family.ts";
 *
 * assert.deepEqual(family({ d: 8, length: 16 }).map(({ name }) => name), familyNames);
 * assert.throws(() => family({ d: 8, length: 16 }, ["rope"]), /需要全家里的一个名字：现在是字符串 "rope"/);
 * ```
 */
export function family(settings: FamilySettings, names: readonly string[] = familyNames): Encoding[] {
  const { d, length, seed: start = 1 } = requireOptions("造全家", settings);
  const seed = start + 1000; // 实验台的内容用 seed 起的十几个，错开才不会碰巧是同一串数
  if (requireInteger("定维数", d, 4, 4096) % 4 !== 0) throw new ShapeError("造全家", "4 的倍数维", d);
  requireInteger("定表的长度", length, 1, 2 ** 20);
  requireInteger("取随机种子", seed, 0);
  const parts: Parts = {
    d,
    length,
    seed,
    small: 1 / Math.sqrt(d),
    table: (rows, n, scale = 1) => normalMatrix(rows, d, seed + n, scale),
    list: (count, n, scale = 1) => normalMatrix(1, count, seed + n, scale).data,
  };
  if (!Array.isArray(names)) throw new ShapeError("造全家", "一批名字（数组）", names);
  return Array.from(names, (name) => {
    if (!Object.hasOwn(makers, name)) throw new RangeError(explain("造全家", "全家里的一个名字", name));
    return makers[name]!(parts);
  });
}
