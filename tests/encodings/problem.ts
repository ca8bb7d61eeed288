/**
 * 全家的编码和一道随机的注意力题：各条定律都在同一批题上核对。
 */
import fc from "fast-check";
import { attention, type AttentionInput, type Unprojected } from "@lib/attention.ts";
import { family, familyNames } from "@lib/bench/family.ts";
import { compose } from "@lib/compose.ts";
import type { Encoding } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { deberta } from "@lib/encodings/deberta.ts";
import { fire, fireInitial } from "@lib/encodings/fire.ts";
import { kerplePower } from "@lib/encodings/kerple.ts";
import { rope } from "@lib/encodings/rope.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { sinusoidal } from "@lib/encodings/sinusoidal.ts";
import { t5 } from "@lib/encodings/t5.ts";
import { transformerXl } from "@lib/encodings/transformer_xl.ts";
import { tupe } from "@lib/encodings/tupe.ts";
import { voRope } from "@lib/encodings/vo_rope.ts";
import { type Matrix, maxDifference, row, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

/** 一种编码和它该守的规矩。 */
export interface Kind {
  /** 造一个 `d` 维的编码，参数由种子定死，每格是 1 上下的数。 */
  readonly make: (d: number, seed: number) => Encoding;
  /** 平移变不变。 */
  readonly relative: boolean;
  /** 平移以后最多差多少：只看距离的一个比特也不差，转角要舍入。 */
  readonly tolerance: number;
  /** 位置最远到哪（词元）。 */
  readonly farthest: number;
  /** 看绝对位置的，平移多少一定看得出（词元）。 */
  readonly shift: number;
  /** 位置要不要是整数（查表的要）。 */
  readonly whole: boolean;
}

/** 表有几行：位置 0 到 255。 */
export const tableRows = 256;
const million = 1_000_000;

const relative = (more: Partial<Kind> = {}) => ({
  relative: true,
  tolerance: 0,
  shift: 0,
  farthest: million,
  whole: false,
  ...more,
});
const absolute = (more: Partial<Kind> = {}) => ({
  relative: false,
  tolerance: 0,
  shift: 100,
  farthest: tableRows - 1,
  whole: true,
  ...more,
});
const turning = relative({ tolerance: 1e-9 }), looking = relative({ whole: true });

const rules: Readonly<Record<string, Omit<Kind, "make">>> = {
  NoPE: relative(),
  sinusoidal: absolute({ farthest: million, whole: false }),
  learned: absolute(),
  hierarchical: absolute(),
  recursive: absolute(),
  FLOATER: absolute(),
  multiplicative: absolute(),
  complex: absolute({ farthest: million, whole: false }),
  Shaw: looking,
  clip: looking,
  T5: looking,
  "Transformer-XL": relative(),
  DeBERTa: looking,
  TUPE: absolute(),
  ALiBi: relative(),
  KERPLE: relative(),
  Sandwich: relative(),
  FIRE: absolute({ farthest: million, whole: false, shift: 5000 }), // 门槛以内，它也只看距离
  CoPE: relative(),
  RoPE: turning,
  "partial RoPE": turning,
  "p-RoPE": turning,
  xPos: { ...turning, farthest: 100_000 },
  "VO-RoPE": turning,
  PaTH: relative(),
};

const table = (rows: number, d: number, seed: number) => normalMatrix(rows, d, seed);
const list = (count: number, seed: number) => normalMatrix(1, count, seed).data;

/** 同一种编码的别的样子，和能叠加的组合。 */
const variants: Readonly<Record<string, Kind>> = {
  "RoPE（前后两半，底数 500）": { ...turning, make: (d) => rope({ dimension: d, pairing: "half", base: 500 }) },
  "T5（因果）": { ...looking, make: (_, seed) => t5(list(8, seed), { maxDistance: 20, bidirectional: false }) },
  "Shaw（只有键）": { ...looking, make: (d, seed) => shaw(table(7, d, seed)) },
  "DeBERTa（代码的方向，对数桶）": {
    ...looking,
    make: (d, seed) =>
      deberta({
        keys: table(12, d, seed),
        queries: table(12, d, seed + 1),
        third: "code",
        logBuckets: { buckets: 6, maxPosition: 16 },
      }),
  },
  "DeBERTa（只有内容-位置）": { ...looking, make: (d, seed) => deberta({ keys: table(8, d, seed) }) },
  "KERPLE（幂）": { ...relative(), make: () => kerplePower(0.5, 0.7) },
  "三角式（拼接）": {
    ...absolute({ farthest: million, whole: false }),
    make: (d) => sinusoidal({ dimension: d, layout: "tensor2tensor" }),
  },
  "FIRE（门槛 4）": {
    ...absolute({ farthest: million, whole: false }),
    make: (_, seed) => fire({ ...fireInitial(seed), trained: 4, w2: list(32, seed) }),
  },
  "TUPE-R（有 [CLS]）": {
    ...absolute(),
    make: (d, seed) =>
      tupe({
        table: table(tableRows + 1, d, seed),
        query: normalMatrix(d, d, seed + 1, 1 / Math.sqrt(d)),
        key: normalMatrix(d, d, seed + 2, 1 / Math.sqrt(d)),
        cls: true,
        buckets: list(33, seed + 3),
      }),
  },
  "VO-RoPE（转一半）": { ...turning, make: (d) => voRope({ dimension: d, rotary: d / 2, pairing: "half" }) },
  "RoPE + ALiBi": { ...turning, make: (d) => compose(rope({ dimension: d }), alibi(1 / 4)) },
  "RoPE + VO-RoPE + Shaw": {
    ...turning,
    whole: true,
    make: (d, seed) =>
      compose(
        rope({ dimension: d }),
        voRope({ dimension: d }),
        shaw(table(7, d, seed), table(7, d, seed + 1)),
      ),
  },
  "RoPE + Transformer-XL": {
    ...turning,
    make: (d, seed) =>
      compose(
        rope({ dimension: d }),
        transformerXl({
          u: list(d, seed),
          v: list(d, seed + 1),
          projection: normalMatrix(d, d, seed + 2, 1 / Math.sqrt(d)),
        }),
      ),
  },
  "三角式 + RoPE + Shaw": {
    ...absolute({ farthest: million }),
    make: (d, seed) => compose(sinusoidal({ dimension: d }), rope({ dimension: d }), shaw(table(7, d, seed))),
  },
};

/** 名字 → 编码和规矩：全家每种一个，再加变体。 */
export const kinds: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(
    familyNames.map((name): [string, Kind] => {
      const rule = rules[name];
      if (!rule) throw new Error(`全家里的 ${name} 没有写规矩`);
      return [name, { ...rule, make: (d, seed) => family({ d, length: tableRows, seed }, [name])[0]! }];
    }),
  ),
  ...variants,
};

export interface Problem {
  readonly d: number;
  readonly seed: number;
  readonly causal: boolean;
  /** 互不相同，不连续，不一定递增。 */
  readonly positions: readonly number[];
}

/** 随机题：1 到 10 个词元，位置在 0 到 `farthest` 之间。 */
export function problems(farthest: number): fc.Arbitrary<Problem> {
  const near = fc.integer({ min: 0, max: Math.min(200, farthest) }); // 近的多抽些：桶和截断的变化都在近处
  return fc.record({
    d: fc.constantFrom(4, 8, 32),
    seed: fc.nat(2 ** 31 - 100),
    causal: fc.boolean(),
    positions: fc.uniqueArray(fc.oneof(near, fc.integer({ min: 0, max: farthest })), { minLength: 1, maxLength: 10 }),
  });
}

/** 一道题，带编码。 */
export type Given = AttentionInput & Unprojected & {
  readonly encoding: Encoding;
  readonly positions: readonly number[];
};

/** 题的内容：词元和三个投影矩阵，查询、键、值的每个分量都是 1 上下。 */
export function input({ d, seed, causal, positions }: Problem, make: Kind["make"]): Given {
  const encoding = make(d, seed);
  const [query, key, value] = [50, 51, 52].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d)));
  return {
    tokens: normalMatrix(positions.length, d, seed + 53),
    projections: { query: query!, key: key!, value: value! },
    positions,
    causal: causal || (encoding.causalOnly ?? false),
    encoding,
  };
}

/** 换一组位置，分数、权重、输出各最多变多少。 */
export function change(given: AttentionInput, positions: readonly number[]): {
  scores: number;
  weights: number;
  output: number;
} {
  const before = attention(given), after = attention({ ...given, positions });
  return {
    scores: maxDifference(before.scores, after.scores),
    weights: maxDifference(before.weights, after.weights),
    output: maxDifference(before.output, after.output),
  };
}

/** 第 `r` 行是原来的第 `order[r]` 行。 */
export function reorder(m: Matrix, order: readonly number[]): Matrix {
  const result = zeros(order.length, m.columns);
  order.forEach((i, r) => row(result, r).set(row(m, i)));
  return result;
}
