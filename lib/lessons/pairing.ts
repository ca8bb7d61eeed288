/**
 * 第 32 课用的东西：cos 的排法和转法的四种搭配，错的写法在每个位置上错多少，哪家用哪种，五道练习的判分。
 *
 * @module
 */
import { attention, type Projected, type Setting } from "@lib/attention.ts";
import { shiftResidual } from "@lib/bench/shift.ts";
import type { AtPosition, Encoding } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { pairingOrder } from "@lib/encodings/pairing.ts";
import { rope, type RopeOptions } from "@lib/encodings/rope.ts";
import { type Pairing, rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { requireInteger } from "@lib/errors.ts";
import type { Weights } from "@lib/heads.ts";
import { dot, type Matrix, matrix, maxDifference, row, zeros } from "@lib/matrix.ts";
import { readConfig } from "@lib/models/read_config.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { normalMatrix } from "@lib/random.ts";

const short: Readonly<Record<Pairing, string>> = { interleaved: "相邻", half: "两半" };

/** 第 j 维在这种排法里：是第几对，另一个分量在哪，sin 前面的正负号。 */
function place(pairing: Pairing, j: number, pairs: number): readonly [pair: number, other: number, sign: number] {
  return pairing === "interleaved"
    ? [j >> 1, j ^ 1, j % 2 === 0 ? -1 : 1]
    : [j % pairs, (j + pairs) % (2 * pairs), j < pairs ? -1 : 1];
}

/**
 * 8265(13) 的写法：x ⊗ cos + 换位(x) ⊗ sin，cos、sin 怎么排和 x 怎么换位各选一种，不管选得一不一样。
 *
 * 两个选得一样就是 RoPE；不一样的，同一对的两个分量转的角度不同，不是旋转。
 *
 * @param layout cos、sin 怎么排：`interleaved` 是 c0 c0 c1 c1…，`half` 是 c0 c1…c0 c1…
 * @param swapped x 怎么换位：`interleaved` 是 −x1 x0 −x3 x2…，`half` 是后一半取负放到前面（rotate_half）
 * @param options RoPE 的设置；`pairing` 不看
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1
 * @source kexue 8265(13)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { combined } from "@lib/lessons/pairing.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const turn = (layout: "interleaved" | "half") =>
 *   [...combined(layout, "interleaved", { dimension: 4 }).query!(matrix([[1, 0, 0, 0]]), new Float64Array([1])).data].slice(0, 2);
 * const near = (found: number[], x: number, y: number) => assert.ok(Math.hypot(found[0]! - x, found[1]! - y) < 1e-12);
 * near(turn("interleaved"), Math.cos(1), Math.sin(1));
 * near(turn("half"), Math.cos(1), Math.sin(0.01)); // 同一对，一个转 1 弧度，一个转 0.01
 * ```
 */
export function combined(layout: Pairing, swapped: Pairing, { dimension, base = 10000 }: RopeOptions): Encoding {
  const frequencies = inverseFrequencies(dimension, base), pairs = dimension / 2;
  const seats = Array.from({ length: dimension }, (_, j) => {
    const [pair] = place(layout, j, pairs), [, other, sign] = place(swapped, j, pairs);
    return { pair, other, sign };
  });
  const turn: AtPosition = (rows, positions) => {
    const { cos, sin } = turns(positions, frequencies), result = zeros(rows.rows, dimension);
    for (let n = 0; n < rows.rows; n++) {
      const x = row(rows, n), c = row(cos, n), s = row(sin, n);
      const turned = seats.map(({ pair, other, sign }, j) => x[j]! * c[pair]! + sign * x[other]! * s[pair]!);
      result.data.set(turned, n * dimension);
    }
    return result;
  };
  return { name: `cos ${short[layout]}，转${short[swapped]}`, query: turn, key: turn };
}

/**
 * 四种搭配，头两种排法和转法一样，后两种混着。
 *
 * @param options RoPE 的设置；`pairing` 不看
 * @throws 和 {@linkcode combined} 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { combinations } from "@lib/lessons/pairing.ts";
 *
 * const names = combinations({ dimension: 4 }).map(({ name }) => name);
 * assert.deepEqual(names, ["cos 相邻，转相邻", "cos 两半，转两半", "cos 两半，转相邻", "cos 相邻，转两半"]);
 * ```
 */
export function combinations(options: RopeOptions): Encoding[] {
  const both = ["interleaved", "half"] as const;
  return [
    ...both.map((one) => combined(one, one, options)),
    combined("half", "interleaved", options),
    combined("interleaved", "half", options),
  ];
}

/**
 * 一种写法在一个位置上的矩阵 `[d, d]`：向量是列，左乘它就是转。
 *
 * @param encoding 写法
 * @param dimension 维数 d
 * @param position 位置（词元）
 * @throws {RangeError} 维数不是正整数
 * @source kexue 8265(11)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { rotationMatrix } from "@lib/lessons/pairing.ts";
 *
 * const [c, s] = [Math.cos(1), Math.sin(1)];
 * assert.deepEqual([...rotationMatrix(rope({ dimension: 2 }), 2, 1).data], [c, -s, s, c]);
 * ```
 */
export function rotationMatrix(encoding: Encoding, dimension: number, position: number): Matrix {
  requireInteger("写成矩阵", dimension, 1);
  const all = Array.from({ length: dimension }, (_, j) => j);
  const axes = matrix(all.map((j) => all.map((c) => c === j ? 1 : 0)));
  const turned = encoding.query!(axes, new Float64Array(dimension).fill(position)); // 第 j 行是第 j 根轴转到哪里
  return matrix(all.map((i) => all.map((j) => row(turned, j)[i]!)));
}

/**
 * 探针（probe）：只有第 0 维是 1 的向量放到位置 1，除了第 0 维，哪一维最大，就是和第几维配的对。
 *
 * @param encoding 写法
 * @param dimension 维数 d
 * @throws {RangeError} 维数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { partner } from "@lib/lessons/pairing.ts";
 *
 * const found = (["interleaved", "half"] as const).map((pairing) => partner(rope({ dimension: 8, pairing }), 8));
 * assert.deepEqual(found, [1, 4]);
 * ```
 */
export function partner(encoding: Encoding, dimension: number): number {
  const { data } = rotationMatrix(encoding, dimension, 1);
  const sizes = Array.from({ length: dimension }, (_, i) => i === 0 ? 0 : Math.abs(data[i * dimension]!));
  return sizes.indexOf(Math.max(...sizes));
}

/**
 * 量一种写法：位置全部加 5，分数最多变多少；转完以后，查询的长度最多变几成。
 *
 * @param encoding 写法
 * @param input 投影好的查询、键、值，可以带位置
 * @throws 和 `attention` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { combinations, judged } from "@lib/lessons/pairing.ts";
 * import { normalMatrix } from "@lib/random.ts";
 *
 * const x = normalMatrix(4, 8, 1), [right, , wrong] = combinations({ dimension: 8 });
 * const good = judged(right!, { queries: x, keys: x, values: x }), bad = judged(wrong!, { queries: x, keys: x, values: x });
 * assert.ok(good.shift < 1e-12 && good.length < 1e-12);
 * assert.ok(bad.shift > 0.1 && bad.length > 0.1);
 * ```
 */
export function judged(
  encoding: Encoding,
  input: Projected & Setting,
): { readonly shift: number; readonly length: number } {
  const { queries } = attention({ ...input, encoding });
  const lengths = Array.from(
    { length: queries.rows },
    (_, i) => Math.hypot(...row(queries, i)) / Math.hypot(...row(input.queries, i)) - 1,
  );
  return { shift: shiftResidual({ ...input, encoding }, 5).scores, length: farthest(lengths) };
}

/**
 * 取哪几个位置来量：不到 64 个词元就全取；再长，从头到尾均匀取 64 个，并印一句话说明。
 *
 * @param length 词元个数 L
 * @throws {RangeError} 不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spreadPlaces } from "@lib/lessons/pairing.ts";
 *
 * assert.deepEqual(spreadPlaces(3), [0, 1, 2]);
 * assert.deepEqual([spreadPlaces(8192).length, spreadPlaces(8192).at(-1)], [64, 8191]);
 * ```
 */
export function spreadPlaces(length: number): number[] {
  requireInteger("取位置", length, 1);
  if (length <= 64) return Array.from({ length }, (_, m) => m);
  console.log(`L = ${length} 超过 64：不摆 L×L 的表，从位置 0 到 ${length - 1} 均匀取 64 个词元来量。`);
  return Array.from({ length: 64 }, (_, n) => Math.floor(n * (length - 1) / 63));
}

/** 取多少个头的随机内容来平均。 */
const samples = 32;

/**
 * 用错的写法打分，每个位置上错多少 `[count]`：那个位置往前看到的每一个词元，分数差的均方根。
 *
 * 内容是随机的，分量的标准差是 1，所以对的分数标准差也是 1：量到 1，就是错得和分数一样大。
 *
 * @param wrong 错的写法
 * @param right 对的写法
 * @param settings `d` 维数；`count` 看几个位置；`seed` 随机种子
 * @throws {RangeError} 位置的个数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { errorByPosition } from "@lib/lessons/pairing.ts";
 *
 * const [other, half] = [rope({ dimension: 64 }), rope({ dimension: 64, pairing: "half" })];
 * const errors = errorByPosition(other, half, { d: 64, count: 32, seed: 1 });
 * assert.equal(errors[0], 0); // 位置 0 不转
 * assert.ok(errors[1]! < 0.5 && errors[31]! > 0.7);
 * ```
 */
export function errorByPosition(
  wrong: Encoding,
  right: Encoding,
  { d, count, seed }: { readonly d: number; readonly count: number; readonly seed: number },
): Float64Array {
  requireInteger("量每个位置上的错", count, 1);
  const [queries, keys] = [1, 2].map((n) => normalMatrix(count, samples * d, seed + n)) as [
    Projected["queries"],
    Projected["keys"],
  ];
  const input = { queries, keys, values: zeros(count, samples), heads: samples };
  const [a, b] = [wrong, right].map((encoding) => attention({ ...input, encoding }).scores.data) as [
    Float64Array,
    Float64Array,
  ];
  return Float64Array.from({ length: count }, (_, m) => {
    let sum = 0;
    for (let h = 0; h < samples; h++) {
      for (let n = 0, cell = (h * count + m) * count; n <= m; n++, cell++) sum += (a[cell]! - b[cell]!) ** 2;
    }
    return Math.sqrt(sum / samples / (m + 1));
  });
}

/**
 * 转错了轴（open_lm#4 那一种）：第 `head` 个头的每个词元都转同样的角度，角度 = 头的编号 × 角频率，不看位置。
 *
 * @param head 第几个头，从 0 数
 * @param options RoPE 的设置
 * @throws {RangeError} 头的编号不是非负整数
 * @throws 和 `rope` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alongHeads } from "@lib/lessons/pairing.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { query } = alongHeads(1, { dimension: 2 }), at = (position: number) => query!(matrix([[1, 0]]), new Float64Array([position]));
 * assert.deepEqual(at(7), at(0)); // 位置换了，转的不变
 * assert.deepEqual([...at(7).data], [Math.cos(1), Math.sin(1)]);
 * ```
 */
export function alongHeads(head: number, options: RopeOptions): Encoding {
  requireInteger("沿头的轴转", head, 0);
  const { query } = rope(options);
  const turn: AtPosition = (rows, positions) => query!(rows, positions.map(() => head));
  return { name: "沿头的轴转", query: turn, key: turn };
}

/** 摆进表里的模型：`model_type` 和人认得的名字。 */
const shownModels: ReadonlyArray<readonly [type: string, name: string]> = [
  ["llama", "Llama 1–3"],
  ["mistral", "Mistral 7B"],
  ["qwen2", "千问 2、2.5"],
  ["gemma3_text", "Gemma 3"],
  ["gpt_oss", "gpt-oss"],
  ["gpt_neox", "GPT-NeoX"],
  ["phi", "Phi-1.5"],
  ["gptj", "GPT-J"],
  ["glm4", "GLM-4"],
  ["cohere", "Command-R"],
  ["deepseek_v3", "DeepSeek-V3"],
  ["llama4_text", "Llama 4"],
];

/**
 * 一个模型类的配法（model pairing）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type ModelPairing, sideBySide } from "@lib/lessons/pairing.ts";
 *
 * const one: ModelPairing = { type: "llama", name: "Llama 1–3", pairing: "half", rotary: 128, width: 128 };
 * assert.deepEqual(sideBySide([one]), [{ 前后两半: "Llama 1–3（128 / 128）", 相邻两维: "" }]);
 * ```
 */
export interface ModelPairing {
  /** `model_type`。 */
  readonly type: string;
  /** 人认得的名字。 */
  readonly name: string;
  /** 配法；不知道是 `null`。 */
  readonly pairing: Pairing | null;
  /** 转几维。 */
  readonly rotary: number;
  /** 一个头几维。 */
  readonly width: number;
}

/**
 * 哪家用哪种：照 `lib/models` 读一份只写了 `model_type` 的 config.json，取第 0 层。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { modelPairings } from "@lib/lessons/pairing.ts";
 *
 * const llama = modelPairings().find(({ type }) => type === "llama")!;
 * assert.deepEqual([llama.pairing, llama.rotary, llama.width], ["half", 128, 128]);
 * ```
 */
export function modelPairings(): ModelPairing[] {
  return shownModels.map(([type, name]) => {
    const { pairing, rotaryDimension, headDimension } = readConfig({ model_type: type }, { layer: 0 }).layers[0]!;
    return { type, name, pairing, rotary: rotaryDimension, width: headDimension };
  });
}

/**
 * 两种配法各一列，一格一个模型类，交给 `table`。
 *
 * @param models 模型类的配法
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { modelPairings, sideBySide } from "@lib/lessons/pairing.ts";
 *
 * assert.equal(sideBySide(modelPairings())[0]!["相邻两维"], "GPT-J（64 / 256）");
 * ```
 */
export function sideBySide(models: readonly ModelPairing[]): Record<string, string>[] {
  const column = (wanted: Pairing) =>
    models.filter(({ pairing }) => pairing === wanted)
      .map(({ name, rotary, width }) => `${name}（${rotary} / ${width}）`);
  const [half, adjacent] = [column("half"), column("interleaved")];
  return Array.from({ length: Math.max(half.length, adjacent.length) }, (_, n) => ({
    前后两半: half[n] ?? "",
    相邻两维: adjacent[n] ?? "",
  }));
}

/**
 * 练习 1（手算）的判分：一个头 128 维，前后两半的第 70 维，换成相邻两维的写法是第几维（从 0 数）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { seatProperties } from "@lib/lessons/pairing.ts";
 *
 * assert.deepEqual(seatProperties.map(({ measure }) => measure(70)), [29, -1]); // 第 35 对的头一个
 * ```
 */
export const seatProperties: ReadonlyArray<Property<number>> = [
  {
    name: "换了座位，还是原来那一对",
    measure: (answer) => Math.floor(answer / 2) - Math.floor(seat() / 2),
    bound: 0,
    hint:
      "前后两半的写法里，第 70 维和第 70 − 64 维是一对，是第 6 对（从 0 数）；相邻两维的写法里，第 6 对坐第 12、13 维",
  },
  {
    name: "在一对里还是第几个",
    measure: (answer) => answer % 2 - seat() % 2,
    bound: 0,
    hint: "后一半里的，都是一对里的第二个",
  },
];

const seat = () => pairingOrder(128, "interleaved").indexOf(70);

/**
 * 练习 2（改参数）的判分：`base` 改成 500000，“配法用反”的错在第几个位置第一次超过 0.7。
 *
 * 别的旋钮照第 32 课原来的：d = 64，seed = 1。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { latePositionProperties } from "@lib/lessons/pairing.ts";
 *
 * assert.ok(latePositionProperties[0]!.measure(60) > 0.7);
 * assert.ok(latePositionProperties[1]!.measure(60) > 0.7); // 60 太晚了，前面早就超过了
 * ```
 */
export const latePositionProperties: ReadonlyArray<Property<number>> = [
  {
    name: "这个位置上，错超过了 0.7",
    measure: (position) => slowErrors()[position] ?? NaN,
    bound: { min: 0.7 },
    hint: "还没超过，往后找；也看看 base 是不是真的改成了 500000，别的旋钮有没有动过",
  },
  {
    name: "它前面的位置，都没有超过 0.7",
    measure: (position) => Math.max(0, ...slowErrors().slice(0, position)),
    bound: { max: 0.7 },
    hint: "前面已经有位置超过了；要的是第一个",
  },
];

const slowErrors = () => {
  const [wrong, right] = [
    rope({ dimension: 64, base: 500000 }),
    rope({ dimension: 64, base: 500000, pairing: "half" }),
  ];
  return errorByPosition(wrong, right, { d: 64, count: 64, seed: 1 });
};

/**
 * 练习 3 的答案的样子：一个头的向量（8 个数）和位置进去，转完的 8 个数出来；还没改就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Mended } from "@lib/lessons/pairing.ts";
 *
 * const blank: Mended = () => undefined;
 * assert.equal(blank([1, 0], 1), undefined);
 * ```
 */
export type Mended = (x: number[], position: number) => number[] | undefined;

const width = 8, vectors = Array.from({ length: 6 }, (_, n) => [...row(normalMatrix(6, width, 40), n)]);

function turned(mended: Mended, x: number[], position: number): Float64Array {
  const result = mended([...x], position);
  if (!Array.isArray(result) || result.length !== x.length) throw new TypeError(`需要返回 ${x.length} 个数的数组`);
  return Float64Array.from(result);
}

/** 绝对值最大的一个；有 `NaN` 就给 `NaN`。 */
const farthest = (values: number[]) => values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

/** 和课里转的差多少；相邻、两半哪种都行。 */
function offBy(mended: Mended, x: number[], position: number): number {
  const mine = turned(mended, x, position), at = turns([position], inverseFrequencies(width, 10000));
  const right = (["interleaved", "half"] as const).map((pairing) => rotate(matrix([x]), at, pairing).data);
  return Math.min(...right.map((one) => farthest([...one].map((value, j) => value - mine[j]!))));
}

/**
 * 练习 3（改错）的判分：两处错各有各的话。相邻、两半，改成哪一种都对。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mendedProperties } from "@lib/lessons/pairing.ts";
 *
 * assert.ok(Math.abs(mendedProperties[3]!.measure((x) => x)) > 0.1); // 一点不转，方向这一条不成立
 * ```
 */
export const mendedProperties: ReadonlyArray<Property<Mended>> = [
  {
    name: "位置 0 原样返回",
    measure: (mended) => farthest(vectors.flatMap((x) => [...turned(mended, x, 0)].map((value, j) => value - x[j]!))),
    bound: 1e-9,
    hint: "cos 0 = 1，sin 0 = 0",
  },
  {
    name: "转完长度不变",
    measure: (mended) => farthest(vectors.map((x) => Math.hypot(...turned(mended, x, 3)) - Math.hypot(...x))),
    bound: 1e-9,
    hint: "一对里的两个分量转的角度不一样，或者 sin 前面的正负号不对。看看角度是怎么挑的，和 x 的配对是不是同一种",
  },
  {
    name: "q、k 一起平移 5，点积不变",
    measure: (mended) =>
      farthest(vectors.map((q, n) => {
        const k = vectors[(n + 1) % vectors.length]!;
        const score = (by: number) => dot(turned(mended, q, 3 + by), turned(mended, k, 1 + by));
        return score(5) - score(0);
      })),
    bound: 1e-9,
    hint: "角度要和位置成正比",
  },
  {
    name: "位置 1 上，第 0 对逆时针转 1 弧度",
    measure: (mended) => {
      const [x = NaN, beside = NaN, , , across = NaN] = turned(mended, [1, 0, 0, 0, 0, 0, 0, 0], 1);
      return farthest([x - Math.cos(1), beside + across - Math.sin(1)]);
    },
    bound: 1e-9,
    hint: "平移对了，方向或大小不对：(1, 0) 要转到 (cos 1, sin 1)。转反了，就是 R 写成了 Rᵀ",
  },
  {
    name: "每一对都转得和课里一样快",
    measure: (mended) => farthest(vectors.map((x) => offBy(mended, x, 3))),
    bound: 1e-9,
    hint: "配对已经对了，快慢不对：第 i 对每格转 10000 的 −2i/d 次方弧度，指数里只有一个 2",
  },
];

/**
 * 练习 4 的答案的样子：`x[m][h]` 是位置 m、第 h 个头的向量，`turn(向量, 位置)` 转一个；转好的同样摆法出来，还没改就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { TurnAll } from "@lib/lessons/pairing.ts";
 *
 * const blank: TurnAll = () => undefined;
 * assert.equal(blank([], (v) => v), undefined);
 * ```
 */
export type TurnAll = (
  x: number[][][],
  turn: (vector: number[], position: number) => number[],
) => number[][][] | undefined;

const spin = (vector: number[], position: number) => [
  ...rotate(matrix([vector]), turns([position], inverseFrequencies(vector.length, 10000)), "interleaved").data,
];

/** 4 个位置、2 个头，内容全一样，转好以后的 `[4][2][4]`。 */
function allTurned(turnAll: TurnAll): number[][][] {
  const same = Array.from({ length: 4 }, () => [[1, 0, 1, 0], [1, 0, 1, 0]]), result = turnAll(same, spin);
  const whole = Array.isArray(result) && result.length === 4 && result.every((heads) => heads?.length === 2);
  if (!whole) throw new TypeError("需要返回同样摆法的 4 个位置 × 2 个头");
  return result;
}

/**
 * 练习 4（改错）的判分：RoPE 转错了轴。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turnAllProperties } from "@lib/lessons/pairing.ts";
 *
 * assert.equal(turnAllProperties[0]!.measure((x) => x), 0); // 不转，隔几个都一样
 * ```
 */
export const turnAllProperties: ReadonlyArray<Property<TurnAll>> = [
  {
    name: "内容一样，隔 0 个和隔 3 个，点积不同",
    measure: (turnAll) => {
      const x = allTurned(turnAll),
        score = (m: number, h: number) => dot(new Float64Array(x[m]![h]!), new Float64Array(x[0]![h]!));
      return Math.min(...[0, 1].map((h) => Math.abs(score(0, h) - score(3, h))));
    },
    bound: { min: 0.1 },
    hint: "位置没有进去：转的角度是按头的编号走的，q、k 转得一样，点积里就约掉了。x 的第一层是位置，第二层才是头",
  },
  {
    name: "同一个位置上，各个头转得一样",
    measure: (turnAll) => farthest(allTurned(turnAll).flatMap(([a, b]) => a!.map((value, j) => value - b![j]!))),
    bound: 1e-9,
    hint: "角度里混进了头的编号：位置 m 上，几个头都转 m 格",
  },
  {
    name: "位置 m 转 m 格",
    measure: (turnAll) =>
      farthest(
        allTurned(turnAll).flatMap((heads, m) => spin([1, 0, 1, 0], m).map((value, j) => value - heads[0]![j]!)),
      ),
    bound: 1e-9,
    hint: "位置从 0 数起：第一个词元不转",
  },
];

/**
 * 练习 5 的答案的样子：相邻两维的三个投影矩阵、查询头数、键值头数进去，换成前后两半的出来；还没改就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Convert } from "@lib/lessons/pairing.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const blank: Convert = () => undefined, x = zeros(2, 4);
 * assert.equal(blank({ query: x, key: x, value: x }, 1, 1), undefined);
 * ```
 */
export type Convert = (weights: Weights, heads: number, keyHeads: number) => Weights | undefined;

/**
 * 造一组随机的投影矩阵：H 个查询头，Hk 个键值头，一个头 d 维，词元也是 d 维。
 *
 * @param settings `d` 一个头的维数；`heads`、`keyHeads` 头数；`seed` 随机种子
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomWeights } from "@lib/lessons/pairing.ts";
 *
 * const { query, key } = randomWeights({ d: 8, heads: 4, keyHeads: 2, seed: 1 });
 * assert.deepEqual([query.columns, key.columns], [32, 16]);
 * ```
 */
export function randomWeights({ d, heads, keyHeads, seed }: {
  readonly d: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly seed: number;
}): Weights {
  const [query, key, value] = [heads, keyHeads, keyHeads].map((count, n) =>
    normalMatrix(d, count * d, seed + n, 1 / Math.sqrt(d))
  );
  return { query: query!, key: key!, value: value! };
}

/**
 * 换过的权重配前后两半的写法，和原来的权重配相邻两维的写法，分数、输出各差多少。
 *
 * @param before 相邻两维的权重
 * @param after 换过的权重
 * @param settings `d` 一个头的维数；`heads`、`keyHeads` 头数；`count` 几个词元；`seed` 随机种子；`base` 底数
 * @throws 和 `attention` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { conversionGap, randomWeights } from "@lib/lessons/pairing.ts";
 *
 * const settings = { d: 8, heads: 4, keyHeads: 2, seed: 1 }, weights = randomWeights(settings);
 * assert.ok(conversionGap(weights, weights, { ...settings, count: 6 }).scores > 0.1); // 权重没换，写法换了
 * ```
 */
export function conversionGap(before: Weights, after: Weights, { d, heads, keyHeads, count, seed, base = 10000 }: {
  readonly d: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly count: number;
  readonly seed: number;
  readonly base?: number;
}): { readonly scores: number; readonly output: number } {
  const run = (projections: Weights, pairing: Pairing) =>
    attention({
      tokens: normalMatrix(count, d, seed + 9),
      projections,
      heads,
      keyHeads,
      encoding: rope({ dimension: d, base, pairing }),
    });
  const old = run(before, "interleaved"), now = run(after, "half");
  return { scores: maxDifference(old.scores, now.scores), output: maxDifference(old.output, now.output) };
}

function converted(convert: Convert, keyHeads: number): ReturnType<typeof conversionGap> {
  const settings = { d: 8, heads: 4, keyHeads, seed: 60 }, before = randomWeights(settings);
  const after = convert(before, 4, keyHeads);
  if (after === undefined) throw new TypeError("需要返回 { query, key, value }");
  return conversionGap(before, after, { ...settings, count: 6 });
}

/**
 * 练习 5（改错）的判分：换权重，键值头比查询头少时也要对。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { convertProperties } from "@lib/lessons/pairing.ts";
 *
 * assert.ok(convertProperties[0]!.measure((weights) => weights) > 0.1); // 没换
 * ```
 */
export const convertProperties: ReadonlyArray<Property<Convert>> = [
  {
    name: "4 个查询头、4 个键值头：分数不变",
    measure: (convert) => converted(convert, 4).scores,
    bound: 1e-9,
    hint: "W_Q、W_K 都要换，每个头各换各的列",
  },
  {
    name: "4 个查询头、2 个键值头：分数不变",
    measure: (convert) => converted(convert, 2).scores,
    bound: 1e-9,
    hint: "头一样多的时候对，键的头少了就不对：W_K 要按键值头的个数切，不是查询头的个数",
  },
  {
    name: "输出也不变",
    measure: (convert) => Math.max(converted(convert, 4).output, converted(convert, 2).output),
    bound: 1e-9,
    hint: "分数已经对了，输出不对：值没有转过，W_V 不用换",
  },
];
