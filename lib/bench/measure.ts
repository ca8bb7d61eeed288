/**
 * 位置实验台（the bench）：五只表，量任何一个编码，包括你自己刚写的。
 *
 * 1. **换序**：打乱前面的词元，最后一个词元的输出变多少；打乱三回，取最大的。
 * 2. **平移**：位置全部加 1、L、64L + 5（表里没有那么远的，跳过），分数、权重、输出最多变多少。
 * 3. **反向**：内容都一样，i 看 j 和 j 看 i 的分数差多少。q = k 时不差、q ≠ k 时差，是 RoPE 的样子。
 * 4. **拉长**：训练长度的 2、8、64 倍，最后一个词元往前看：算不算得出，分数是不是有限的数，多少对没见过，多少对超出见过的范围。只看分数：值怎么转（VO-RoPE），这里看不见。
 * 5. **Toeplitz R²**：内容都一样时，分数有多少是距离说了算。
 *
 * 后三只表里，词元的内容全都一样，剩下的都是位置说了算；内容是随机的两种投影，不靠一次巧合。
 * 表上没有写死的判词：给出量到的数和容差，合不合容差现算。量不了的，写着库里的哪句话拦住了它。
 *
 * @module
 */
import { attention, type AttentionInput, head } from "@lib/attention.ts";
import { difference } from "@lib/bench/shift.ts";
import { reordered } from "@lib/bench/swap.ts";
import { toeplitz } from "@lib/bench/toeplitz.ts";
import { type Encoding, requireEncoding } from "@lib/encoding.ts";
import type { Weights } from "@lib/heads.ts";
import { requireInteger, requireOptions } from "@lib/errors.ts";
import { type Matrix, maxDifference, multiply, row } from "@lib/matrix.ts";
import { normalMatrix, uniforms } from "@lib/random.ts";

/**
 * 一只表的读数（reading）。
 *
 * @example
 * ```ts
 * import type { Reading } from "@lib/bench/measure.ts";
 *
 * const still = ({ measured, tolerance }: Reading) => measured !== undefined && measured <= tolerance;
 * ```
 */
export interface Reading {
  /** 量到的数（无量纲）；量不了是 `undefined`。 */
  readonly measured: number | undefined;
  /** 不超过它就算 0（R² 是不比 1 小过它）。 */
  readonly tolerance: number;
  /** 量不了的原因，是库里抛出来的话。 */
  readonly why?: string;
}

/**
 * 拉长的读数（stretch）：训练长度的 `times` 倍，最后一个词元看前面每一个。
 *
 * @example
 * ```ts
 * import type { Stretch } from "@lib/bench/measure.ts";
 *
 * const allSeen = ({ defined, unseen }: Stretch) => defined && unseen === 0;
 * ```
 */
export interface Stretch {
  /** 几倍。 */
  readonly times: number;
  /** 算不算得出（不抛错）。 */
  readonly defined: boolean;
  /** 是不是全是有限的数。 */
  readonly finite: boolean;
  /** 分数和训练长度以内哪一对都不同的，占几成（0 到 1）；算不出是 `undefined`。 */
  readonly unseen: number | undefined;
  /** 分数超出训练长度以内的最小、最大的，占几成（0 到 1）；算不出是 `undefined`。 */
  readonly outside: number | undefined;
  /** 算不出的原因。 */
  readonly why?: string;
}

/**
 * 五只表的读数（measurement）。
 *
 * @example
 * ```ts
 * import type { Measurement } from "@lib/bench/measure.ts";
 *
 * const title = ({ name }: Measurement) => name;
 * ```
 */
export interface Measurement {
  /** 编码的名字。 */
  readonly name: string;
  /** ① 换序。 */
  readonly order: Reading;
  /** ② 平移。 */
  readonly shift: Reading;
  /** ③ 反向，q = k。 */
  readonly reverseSame: Reading;
  /** ③ 反向，q ≠ k。 */
  readonly reverseDifferent: Reading;
  /** ④ 拉长，2、8、64 倍。 */
  readonly stretch: readonly Stretch[];
  /** ⑤ Toeplitz R²。 */
  readonly toeplitz: Reading;
}

/**
 * 量什么尺寸（bench settings）。
 *
 * @example
 * ```ts
 * import type { BenchSettings } from "@lib/bench/measure.ts";
 *
 * const settings: BenchSettings = { L: 128, d: 64, seed: 1 };
 * ```
 */
export interface BenchSettings {
  /** 训练长度（词元），1 到 512；拉长要算到 64 倍。 */
  readonly L: number;
  /** 维数 d，词元和一个头都是它；编码要配得上。 */
  readonly d: number;
  /** 随机种子；不写是 1。 */
  readonly seed?: number;
}

/** 变了不到这么多，算没变：双精度的舍入在位置几千时约 1e-12。 */
const tolerance = 1e-9;
/** 拉长到几倍。 */
const stretches = [2, 8, 64];

/**
 * 用五只表量一个编码。
 *
 * @throws {RangeError} L、d 或种子不合适
 * @throws {ShapeError} 不是编码
 * @example 自己发明一个，放上实验台
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "@lib/bench/measure.ts";
 *
 * const mine = { name: "每远一格扣 0.1", score: (t: Float64Array) => ({ bias: t.map((x) => -0.1 * Math.abs(x)) }) };
 * const { shift, order, stretch, toeplitz } = measure(mine, { L: 8, d: 4 });
 * assert.ok(shift.measured! <= shift.tolerance); // 平移不变
 * assert.ok(order.measured! > 1e-3); // 看得出先后
 * assert.deepEqual(stretch.map(({ outside }) => outside), [0.5, 0.875, 63 / 64]); // 更远的扣得比见过的都多
 * assert.equal(toeplitz.measured, 1);
 * ```
 */
export function measure(encoding: Encoding, settings: BenchSettings): Measurement {
  const { L, d, seed = 1 } = requireOptions("量编码", settings);
  requireInteger("定训练长度", L, 1, 512);
  requireInteger("定维数", d, 1, 4096);
  requireEncoding("量编码", encoding);
  const causal = encoding.causalOnly ?? false;
  const random = { ...content(encoding, normalMatrix(L, d, seed), weights(d, seed + 1, 1)), causal };
  // 后三只表只看分数，所以值只留一列一个头，除非编码要改值。
  const changesValue = encoding.value || encoding.sum || encoding.output;
  // 只改词嵌入的，头多宽都一样，用窄的：拉长到 64 倍，投影最费时间。
  const { query, key, score, row, scale } = encoding, narrow = !(query || key || score || row || scale || changesValue);
  const two = {
    ...weights(d, seed + 5, 2, narrow ? Math.min(d, 8) : d),
    ...(!changesValue && { value: normalMatrix(d, 2, seed + 8) }),
  };
  const token = normalMatrix(1, d, seed + 9);
  const one = content(encoding, token, two), mirrored = content(encoding, token, { ...two, key: two.query });
  const same = (rows: number) => ({ ...repeated(one, rows), heads: 2, causal });
  return {
    name: encoding.name,
    order: reading(() => orderEffect(random, L, seed + 10)),
    shift: reading(() => shiftEffect(random, L)),
    reverseSame: reading(() => asymmetry({ ...repeated(mirrored, L), heads: 2 }, L)),
    reverseDifferent: reading(() => asymmetry({ ...same(L), causal: false }, L)),
    stretch: stretched((rows) => ({ ...same(rows), causal: true }), L),
    toeplitz: reading(() => defined(toeplitz(same(L)).rSquared)),
  };
}

/** 投影矩阵，几个头并排；标准差 1/√d，乘完每个分量还是 1 上下。 */
function weights(d: number, seed: number, heads: number, width = d): Weights {
  const [query, key, value] = [0, 1, 2].map((n) => normalMatrix(d, heads * width, seed + n, 1 / Math.sqrt(d)));
  return { query: query!, key: key!, value: value! };
}

/** 改词嵌入的编码，一个位置一个样，要从词元投影；别的，内容投影一次就够。 */
function content(encoding: Encoding, tokens: Matrix, projections: Weights): AttentionInput {
  if (encoding.embed) return { tokens, projections, encoding };
  const { query, key, value } = projections;
  return {
    queries: multiply(tokens, query),
    keys: multiply(tokens, key),
    values: multiply(tokens, value),
    tokens,
    encoding,
  };
}

/** 只有一个词元的输入，照抄成 `rows` 个一样的。 */
function repeated(one: AttentionInput, rows: number): AttentionInput {
  return reordered(one, new Array<number>(rows).fill(0));
}

/** 量一下；库里拦住了，就把那句话记下来。程序自己的错照样抛。 */
function reading(measured: () => number): Reading {
  try {
    return { measured: measured(), tolerance };
  } catch (error) {
    return { measured: undefined, tolerance, why: refusal(error) };
  }
}

function refusal(error: unknown): string {
  if (error instanceof Error && error.message.startsWith("无法")) return error.message;
  throw error;
}

function defined(rSquared: number): number {
  if (Number.isNaN(rSquared)) throw new RangeError("无法量 Toeplitz R²：需要分数有大有小：现在每一格都一样");
  return rSquared;
}

/** 位置全部加 1、L、64L + 5，最多变多少；一个也加不了，就是那句拦住的话。零头免得碰上周期。 */
function shiftEffect(input: AttentionInput, L: number): number {
  const here = attention(input);
  const changes = [1, L, 64 * L + 5].map((by) =>
    reading(() => {
      const there = attention({ ...input, positions: Array.from({ length: L }, (_, i) => i + by) });
      const { scores, weights, output } = difference(here, there);
      return Math.max(scores, weights, output);
    })
  );
  const measured = changes.flatMap((change) => change.measured ?? []);
  if (measured.length === 0) throw new RangeError(changes[0]!.why);
  return Math.max(...measured);
}

/** 打乱前 L − 1 个词元，最后一个词元的输出变多少；打乱三回取最大的，免得哪一回碰巧对称。 */
function orderEffect(input: AttentionInput, L: number, seed: number): number {
  if (L < 3) throw new RangeError(`无法量换序：需要至少三个词元：现在是 ${L}`);
  const last = { ...input, queryRows: [L - 1] }, before = attention(last).output;
  const changes = [0, 1, 2].map((n) => {
    const next = uniforms(seed + n, 0, 1), keys = Array.from({ length: L - 1 }, next);
    const shuffled = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
    const order = shuffled.every((i, k) => i === k) ? shuffled.toReversed() : shuffled; // 碰巧没动，就倒过来
    return maxDifference(before, attention(reordered(last, [...order, L - 1])).output);
  });
  return Math.max(...changes);
}

/** i 看 j 和 j 看 i，分数最多差多少。 */
function asymmetry(input: AttentionInput, L: number): number {
  if (L < 2) throw new RangeError(`无法量反向：需要至少两个词元：现在是 ${L}`);
  const { scores } = attention(input);
  let most = 0;
  for (let r = 0; r < scores.rows; r++) {
    const start = r - r % L, i = r % L; // 各头各比各的
    for (let j = 0; j < i; j++) {
      const [there, back] = [row(scores, r)[j]!, row(scores, start + j)[i]!];
      if (there !== back) most = Math.max(most, Math.abs(there - back)); // 两边都是 −∞，不算差
    }
  }
  return most;
}

/** 每一对词元的指纹：内容都一样时，两种投影下的两个分数。指纹相同，模型看到的就是同一件事。 */
type Print = readonly [number, number];

function prints(input: AttentionInput): Print[] {
  const { scores } = attention(input), [a, b] = [head(scores, 0, 2), head(scores, 1, 2)];
  const pairs = Array.from(a.data, (score, cell): Print => [score, b.data[cell]!]);
  return pairs.filter(([score]) => score !== -Infinity);
}

function stretched(same: (rows: number) => AttentionInput, L: number): Stretch[] {
  const lost = (times: number, error: unknown): Stretch => {
    const why = refusal(error);
    return { times, defined: false, finite: false, unseen: undefined, outside: undefined, why };
  };
  let trained: Print[];
  try {
    trained = prints(same(L));
  } catch (error) {
    return stretches.map((times) => lost(times, error));
  }
  const sorted = trained.toSorted(([a], [b]) => a - b);
  const ends = [0, 1].map((n) =>
    trained.reduce(
      ([min, max], print) => [Math.min(min, print[n]!), Math.max(max, print[n]!)] as const,
      [Infinity, -Infinity] as const,
    )
  );
  const isOutside = (print: Print) =>
    print.some((x, n) => !(x >= ends[n]![0] - tolerance && x <= ends[n]![1] + tolerance));
  return stretches.map((times): Stretch => {
    try {
      const rows = times * L, last = prints({ ...same(rows), queryRows: [rows - 1] });
      const share = (holds: (print: Print) => boolean) => last.filter(holds).length / last.length;
      return {
        times,
        defined: true,
        finite: last.every((print) => print.every(Number.isFinite)),
        unseen: share((print) => !isAmong(print, sorted)),
        outside: share(isOutside),
      };
    } catch (error) {
      return lost(times, error);
    }
  });
}

/** `sorted` 里有没有一个两个分数都相同（差不过容差）的。`sorted` 按头一个分数排好。 */
function isAmong([x, y]: Print, sorted: readonly Print[]): boolean {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]![0] < x - tolerance) low = middle + 1;
    else high = middle;
  }
  for (let n = low; n < sorted.length && sorted[n]![0] <= x + tolerance; n++) {
    if (Math.abs(sorted[n]![1] - y) <= tolerance) return true;
  }
  return false;
}
