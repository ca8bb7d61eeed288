/**
 * 第 01 课用的东西：四个词元，和三道练习的判分。
 *
 * @module
 */
import { attention, type AttentionInput, tokenCount, type Unprojected } from "@lib/attention.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { t5Bucket } from "@lib/encodings/t5.ts";
import { requireInteger } from "@lib/errors.ts";
import { dot, matrix, row, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import type { ArrowPanel } from "@lib/plots/arrows.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 造 L 个随机词元和三个随机投影矩阵，没有训练过，数由 `seed` 定死。
 *
 * 矩阵的标准差是 1/√d，这样乘完以后每个分量还是 1 上下，分数不会随 d 变大。
 *
 * @param settings `L` 词元个数，`d` 维数，`seed` 随机种子
 * @returns 词元 `[L, d]`，投影矩阵各 `[d, d]`
 * @throws {RangeError} 有一个不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSentence } from "@lib/lessons/four_tokens.ts";
 *
 * const [short, long] = [4, 33].map((L) => randomSentence({ L, d: 8, seed: 1 }));
 * assert.deepEqual(short!.tokens.data, long!.tokens.data.slice(0, 4 * 8)); // 加长不改前面的词元
 * ```
 */
export function randomSentence({ L, d, seed }: { L: number; d: number; seed: number }): Unprojected {
  const [query, key, value] = [1, 2, 3].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d)));
  return { tokens: normalMatrix(L, d, seed), projections: { query: query!, key: key!, value: value! } };
}

/**
 * 练习 1（手算）的判分：斜率 1/4，四个词元内容一样，第 4 个词元看自己的权重是看第 1 个的几倍。
 *
 * 参照不是写死的数，是真的跑一遍注意力得到的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ratioProperties } from "@lib/lessons/four_tokens.ts";
 *
 * assert.ok(Math.abs(ratioProperties[1]!.measure(Math.exp(0.75))) < 1e-12);
 * ```
 */
export const ratioProperties: ReadonlyArray<Property<number>> = [
  {
    name: "看近处的权重更大，倍数大于 1",
    measure: (ratio) => ratio,
    bound: { min: 1 },
    hint: "写反了，或者写的是分数之差。问的是权重的倍数：自己 ÷ 第 1 个",
  },
  {
    name: "差三格，就是把“差一格的倍数”乘三次",
    measure: (ratio) => Math.cbrt(ratio) - oneStepRatio(1 / 4),
    bound: 0.002,
    hint: "先算分数差多少：3 × 1/4。softmax 里分数差 t，权重就差 e 的 t 次方倍",
  },
];

function oneStepRatio(slope: number): number {
  const same = zeros(4, 2);
  const { weights } = attention({ queries: same, keys: same, values: same, encoding: alibi(slope), causal: true });
  const last = row(weights, 3);
  return last[3]! / last[2]!;
}

/**
 * 练习 2（改参数）的判分：L 最小是几，T5 最远的那个桶（15 号）才第一次用上。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { farthestBucketProperties } from "@lib/lessons/four_tokens.ts";
 *
 * assert.equal(farthestBucketProperties[0]!.measure(1000), 15);
 * ```
 */
export const farthestBucketProperties: ReadonlyArray<Property<number>> = [
  {
    name: "15 号桶用上了",
    measure: (L) => t5Bucket(L - 1),
    bound: { min: 15, max: 15 },
    hint: "量到的是 L 个词元里最远的一对落在几号桶。最远的距离是 L − 1，L 再大一些",
  },
  {
    name: "再少一个词元就用不上",
    measure: (L) => t5Bucket(L - 2),
    bound: { max: 14 },
    hint: "15 号桶已经用上了，但 L 还能再小",
  },
];

/**
 * 练习 3 的答案的样子：`[x, y]` 和位置进去，转完的 `[x, y]` 出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Turn } from "@lib/lessons/four_tokens.ts";
 *
 * const blank: Turn = () => undefined;
 * assert.equal(blank([1, 0], 1), undefined);
 * ```
 */
export type Turn = (q: number[], position: number) => number[] | undefined;

/**
 * 练习 3（写代码）的判分：自己写二维的 RoPE，位置 m 转 m 弧度。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turnProperties } from "@lib/lessons/four_tokens.ts";
 *
 * const addPosition = ([x, y]: number[], m: number) => [x! + m, y! + m]; // 把位置加上去，不是转
 * assert.ok(Math.abs(turnProperties[1]!.measure(addPosition)) > 0.1); // 长度变了
 * ```
 */
export const turnProperties: ReadonlyArray<Property<Turn>> = [
  {
    name: "位置 0 不转",
    measure: (turn) => farthest(samples.map((q) => difference(turned(turn, q, 0), q))),
    bound: 1e-9,
    hint: "cos 0 = 1，sin 0 = 0：位置 0 应当原样返回",
  },
  {
    name: "转完长度不变",
    measure: (turn) => farthest(samples.map((q) => Math.hypot(...turned(turn, q, 3)) - Math.hypot(...q))),
    bound: 1e-9,
    hint: "检查正负号：一个式子里是 x·cos − y·sin，另一个是 x·sin + y·cos；第二个数要用没改过的 x 算",
  },
  {
    name: "q 和 k 一起平移 5，点积不变",
    measure: (turn) =>
      farthest(samples.map((q, n) => {
        const k = samples[(n + 1) % samples.length]!;
        return score(turn, q, 2, k, 1) - score(turn, q, 7, k, 6);
      })),
    bound: 1e-9,
    hint: "角度要和位置成正比：位置每加 1，多转的角度必须一样",
  },
  {
    name: "位置 1 逆时针转 1 弧度",
    measure: (turn) => difference(turned(turn, [1, 0], 1), [Math.cos(1), Math.sin(1)]),
    bound: 1e-9,
    hint: "(1, 0) 应当转到 (cos 1, sin 1)：看看是不是转反了方向，或者把弧度当成了角度",
  },
  {
    name: "位置 3 逆时针转 3 弧度",
    measure: (turn) => difference(turned(turn, [1, 0], 3), [Math.cos(3), Math.sin(3)]),
    bound: 1e-9,
    hint: "位置 1 对了，位置 3 不对：角度要乘位置，不是每个位置都转 1 弧度",
  },
];

const samples: number[][] = Array.from({ length: 8 }, (_, n) => [...row(normalMatrix(8, 2, 20), n)]);

function turned(turn: Turn, q: number[], position: number): number[] {
  const result = turn([...q], position);
  if (!Array.isArray(result) || result.length !== 2) throw new TypeError("需要返回两个数的数组 [x, y]");
  return result;
}

function score(turn: Turn, q: number[], m: number, k: number[], n: number): number {
  return dot(Float64Array.from(turned(turn, q, m)), Float64Array.from(turned(turn, k, n)));
}

function difference(a: number[], b: number[]): number {
  return Math.max(...a.map((value, c) => Math.abs(value - b[c]!)));
}

/** 绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest(values: number[]): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

/**
 * 一条胶片：第 m 格画位置 m 的键和位置 `m + gap` 的查询，内容都是 (1, 0)，每个位置转 1 弧度。
 *
 * 两根箭头一格一格都在转，夹角始终是 `gap` 弧度。
 *
 * @param length 几格，正整数
 * @param gap 查询比键靠后几个位置（词元）
 * @returns 交给 `drawArrows` 的格子；超过 8 格时由它只画头尾
 * @throws {RangeError} 格数不是正整数
 * @source kexue 8130(17)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turningPairs } from "@lib/lessons/four_tokens.ts";
 *
 * const [first] = turningPairs(4, 2);
 * assert.deepEqual(first!.arrows.map(({ x }) => x), [Math.cos(2), 1]); // 查询在位置 2，键在位置 0
 * assert.equal(first!.note, "夹角 2 弧度");
 * ```
 */
export function turningPairs(length: number, gap: number): ArrowPanel[] {
  assertKnobs();
  requireInteger("摆一条胶片", length, 1);
  const at = (position: number): readonly [number, number] => {
    const [x, y] = rotate(matrix([[1, 0]]), turns([position], [1]), "interleaved").data;
    return [x!, y!];
  };
  return Array.from({ length }, (_, m): ArrowPanel => {
    const q = at(m + gap), k = at(m);
    const angle = Math.atan2(k[0] * q[1] - k[1] * q[0], k[0] * q[0] + k[1] * q[1]); // 从键转到查询
    return {
      title: `q 在 ${m + gap}，k 在 ${m}`,
      arrows: [{ name: "查询 q", thing: "query", x: q[0], y: q[1] }, { name: "键 k", thing: "key", x: k[0], y: k[1] }],
      angle: [1, 0],
      note: `夹角 ${Number(angle.toFixed(9))} 弧度`,
    };
  });
}

/**
 * 平移前后，最后一个词元看第一个词元的分数，一行，交给 `table`。
 *
 * @param input 注意力的输入
 * @param by 平移多少（词元）
 * @throws 和 `attention` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { shiftedScore } from "@lib/lessons/four_tokens.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const x = zeros(4, 2);
 * const line = shiftedScore({ queries: x, keys: x, values: x, encoding: alibi(0.5) }, 100);
 * assert.deepEqual(Object.values(line), ["ALiBi", -1.5, -1.5]);
 * ```
 */
export function shiftedScore(
  input: AttentionInput & { readonly encoding?: Encoding },
  by: number,
): Record<string, string | number> {
  const length = tokenCount(input);
  const score = (start: number): number =>
    attention({ ...input, queryRows: [length - 1], positions: Array.from({ length }, (_, i) => start + i) }).scores
      .data[0]!;
  return { 编码: (input.encoding ?? nope).name, 末个看首个的分数: score(0), [`全部加 ${by} 以后`]: score(by) };
}
