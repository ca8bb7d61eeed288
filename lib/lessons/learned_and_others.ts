/**
 * 第 14 课用的东西：拦住的话、一句没投影的话、递归式的一步、各转各的两个词、零填充的编码，和三道练习的判分。
 *
 * @module
 */
import { attention, type Unprojected } from "@lib/attention.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { complexOrderVectors } from "@lib/encodings/complex_order.ts";
import { floater } from "@lib/encodings/floater.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { hierarchicalTable } from "@lib/encodings/hierarchical.ts";
import { learned, learnedInitial } from "@lib/encodings/learned.ts";
import { multiplicative, multiplicativeInitial } from "@lib/encodings/multiplicative.ts";
import { recursiveTable } from "@lib/encodings/recursive.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { convolve } from "@lib/encodings/zero_padding.ts";
import { requireInteger, requireNumber } from "@lib/errors.ts";
import { dot, type Matrix, matrix, maxDifference, requireMatrix, row, zeros } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import type { ArrowPanel } from "@lib/plots/arrows.ts";
import { normalMatrix } from "@lib/random.ts";

/**
 * 试一试（attempt）：算得出就给结果；库里拦住了，就给那句话。程序自己的错照样抛。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attempt } from "@lib/lessons/learned_and_others.ts";
 * import { matrix, row } from "@lib/matrix.ts";
 *
 * assert.deepEqual(attempt(() => 7), { result: 7 });
 * assert.match(attempt(() => row(matrix([[1]]), 4)).why!, /^无法取第 4 行/);
 * ```
 */
export function attempt<Result>(run: () => Result): { readonly result?: Result; readonly why?: string } {
  try {
    return { result: run() };
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("无法")) return { why: error.message };
    throw error;
  }
}

/**
 * 一句没投影的话：L 个随机词元和三个随机投影矩阵。这一课的编码多半改词元的向量，在投影之前，所以不能先投影好。
 *
 * 投影矩阵的标准差是 1/√d，乘完以后每个分量还是 1 上下。
 *
 * @param settings `L` 词元个数，`d` 维数，`seed` 随机种子
 * @throws {RangeError} 有一个不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSentence } from "@lib/lessons/learned_and_others.ts";
 *
 * const [short, long] = [4, 33].map((L) => randomSentence({ L, d: 8, seed: 1 }));
 * assert.deepEqual(short!.tokens.data, long!.tokens.data.slice(0, 4 * 8)); // 加长不改前面的词元
 * assert.deepEqual(short!.projections, long!.projections);
 * ```
 */
export function randomSentence({ L, d, seed }: { L: number; d: number; seed: number }): Unprojected {
  const [query, key, value] = [1, 2, 3].map((n) => normalMatrix(d, d, seed + n, 1 / Math.sqrt(d)));
  return { tokens: normalMatrix(L, d, seed), projections: { query: query!, key: key!, value: value! } };
}

/**
 * 两两的距离（pairwise distances）：每两行向量隔多远 `[n, n]`，欧氏距离。0 就是分不出。
 *
 * @param codes 位置向量 `[n, d]`
 * @throws {ShapeError} 不是矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairwiseDistances } from "@lib/lessons/learned_and_others.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual([...pairwiseDistances(matrix([[0, 0], [3, 4]])).data], [0, 5, 5, 0]);
 * ```
 */
export function pairwiseDistances(codes: Matrix): Matrix {
  const n = requireMatrix("量两两的距离", codes).rows, distances = zeros(n, n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      distances.data[a * n + b] = Math.hypot(...row(codes, a).map((x, c) => x - row(codes, b)[c]!));
    }
  }
  return distances;
}

/**
 * 有几行互不相同（distinct rows）：和前面某一行差不到 1e-9 的，不再数。
 *
 * @param codes 位置向量 `[n, d]`
 * @throws {ShapeError} 不是矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distinctRows } from "@lib/lessons/learned_and_others.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.equal(distinctRows(matrix([[1, 2], [2, 1], [1, 2]])), 2);
 * ```
 */
export function distinctRows(codes: Matrix): number {
  const distances = pairwiseDistances(codes);
  const isNew = (a: number) => row(distances, a).slice(0, a).every((distance) => distance > 1e-9);
  return Array.from({ length: codes.rows }, (_, a) => a).filter(isNew).length;
}

/**
 * 层次分解以后，两两隔多远，一格一对位置，名字写成两位的 n 进制；交给 `drawMatrix`。
 *
 * @param table 训练好的表 `[n, d]`，n 不超过 10：名字一位只有一个数字
 * @param alpha α
 * @param title 图上方的标题
 * @throws {RangeError} 表超过 10 行，或 α 不合适
 * @source kexue 7947
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { digitGaps } from "@lib/lessons/learned_and_others.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { matrix: gaps, rowLabels } = digitGaps(matrix([[0], [6]]), 0.25, "四个位置"); // 0、6、2、8
 * assert.deepEqual(rowLabels, ["00", "01", "10", "11"]);
 * assert.deepEqual([...gaps.data.subarray(0, 4)], [0, 6, 2, 8]);
 * ```
 */
export function digitGaps(
  table: Matrix,
  alpha: number,
  title: string,
): { readonly title: string; readonly matrix: Matrix; readonly rowLabels: string[]; readonly columnLabels: string[] } {
  const n = requireInteger("给位置起两位的名字", requireMatrix("做层次分解", table).rows, 1, 10);
  const names = Array.from({ length: n * n }, (_, m) => `${Math.floor(m / n)}${m % n}`);
  return { title, matrix: pairwiseDistances(hierarchicalTable(table, alpha)), rowLabels: names, columnLabels: names };
}

/**
 * 表的最后几行（the end of the table）：最后至多 4 行，再往后数 2 行；表里没有的写 −∞，图上是掩住的。
 *
 * @param table 训练好的表 `[L, d]`
 * @returns 位置 `[n]` 和那几行 `[n, d]`
 * @throws {ShapeError} 不是矩阵
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { endOf } from "@lib/lessons/learned_and_others.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { positions, rows } = endOf(matrix([[5], [6]]));
 * assert.deepEqual([...positions], [0, 1, 2, 3]);
 * assert.deepEqual([...rows.data], [5, 6, -Infinity, -Infinity]);
 * ```
 */
export function endOf(table: Matrix): { readonly positions: number[]; readonly rows: Matrix } {
  const { rows: length, columns } = requireMatrix("看表的末尾", table);
  const positions = Array.from({ length: Math.min(length, 4) + 2 }, (_, r) => Math.max(length - 4, 0) + r);
  const missing = new Float64Array(columns).fill(-Infinity);
  return { positions, rows: matrix(positions.map((m) => m < length ? row(table, m) : missing)) };
}

/**
 * 递归式的一步：每一对各转自己的角频率，再乘 `factor`。`factor` 是 1，从 (0, 1, 0, 1, …) 出发走出来的就是三角式。
 *
 * 三角式一对是 (sin, cos)，位置往后一格，在 (sin, cos) 平面上是顺时针转，所以位置写 −1。
 *
 * @param settings `d` 维数，偶数；`base` 底数；`factor` 每一步把长度乘几，不写是 1
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不合适，或倍数不是有限的数
 * @source kexue 8130 递归式
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turnStep } from "@lib/lessons/learned_and_others.ts";
 *
 * const [s, c] = turnStep({ d: 2, base: 10000 })(new Float64Array([0, 1]));
 * assert.ok(Math.abs(s! - Math.sin(1)) < 1e-15 && Math.abs(c! - Math.cos(1)) < 1e-15);
 * ```
 */
export function turnStep(
  { d, base, factor = 1 }: { d: number; base: number; factor?: number },
): (p: Float64Array) => Float64Array {
  const once = turns([-1], inverseFrequencies(d, base), factor);
  return (p) => rotate({ rows: 1, columns: d, data: p }, once, "interleaved").data;
}

/**
 * 递归式摆起来的样子：从 (0, 1) 出发，每步转 1 弧度、长度乘 `factor`，交回每个位置的第一个分量 `[length]`。
 *
 * @param factor 每一步把长度乘几（无量纲）
 * @param length 走到第几个位置为止（词元）
 * @throws {RangeError} 长度不是正整数，或走着走着超出了双精度的范围
 * @source kexue 8130 递归式
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { swing } from "@lib/lessons/learned_and_others.ts";
 *
 * assert.deepEqual([...swing(0.5, 3)].map((x) => x.toFixed(4)), ["0.0000", "0.4207", "0.2273"]); // ½ sin 1，¼ sin 2
 * ```
 */
export function swing(factor: number, length: number): Float64Array {
  const places = recursiveTable({ first: [0, 1], step: turnStep({ d: 2, base: 2, factor }), length });
  return places.data.filter((_, c) => c % 2 === 0);
}

/**
 * FLOATER 的方向场取“和 p 垂直、一样长”，从 (1, 0) 走到位置 `position`，交回走到的向量 `[2]`。一格走 0.01。
 *
 * 解出来是转圈：位置 m 转了 m / 100 弧度，所以三角式也是它的特例。
 *
 * @param position 位置（词元）
 * @throws {RangeError} 不是非负整数，或太远
 * @source Liu et al. arXiv 2003.09229
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floatedTo } from "@lib/lessons/learned_and_others.ts";
 *
 * const [x, y] = floatedTo(50);
 * assert.ok(Math.abs(x! - Math.cos(0.5)) < 1e-12 && Math.abs(y! - Math.sin(0.5)) < 1e-12);
 * ```
 */
export function floatedTo(position: number): Float64Array {
  requireInteger("走到一个位置", position, 0);
  const first = [1, 0], start = { query: first, key: first, value: first };
  const { query } = floater({ start, field: ([x = 0, y = 0]) => [-y, x], length: position + 1 });
  return query!(zeros(1, 2), new Float64Array([position])).data;
}

/**
 * 走到位置 m，递归式要调用几次 f：一次一次地数。
 *
 * @param position 位置 m（词元）
 * @throws {RangeError} 不是非负整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stepsTo } from "@lib/lessons/learned_and_others.ts";
 *
 * assert.equal(stepsTo(100), 100);
 * ```
 */
export function stepsTo(position: number): number {
  requireInteger("走到一个位置", position, 0, 2 ** 20 - 1);
  let steps = 0;
  recursiveTable({ first: [0], step: ([x = 0]) => (steps++, [x]), length: position + 1 });
  return steps;
}

/**
 * 照 8130(12) 说出每个词：词向量相邻两维当一个复数，半径和初相从它来，角频率另给，`[n, d]`。
 *
 * @param tokens 词元 `[n, d]`，d 是偶数
 * @param speeds 每个词元的角频率 `[n, d/2]`（弧度每词元）
 * @param positions 位置 `[n]`（词元）
 * @throws {ShapeError} 形状对不上
 * @source kexue 8130(12)、8130(13)
 * @example (3, 4) 的半径是 5；角频率 0，在哪里都是它自己
 * ```ts
 * import assert from "node:assert/strict";
 * import { spoken } from "@lib/lessons/learned_and_others.ts";
 * import { matrix, maxDifference } from "@lib/matrix.ts";
 *
 * const word = matrix([[3, 4]]);
 * assert.ok(maxDifference(spoken(word, matrix([[0]]), [9]), word) < 1e-14);
 * assert.ok(maxDifference(spoken(word, matrix([[Math.PI / 2]]), [1]), matrix([[-4, 3]])) < 1e-14);
 * ```
 */
export function spoken(tokens: Matrix, speeds: Matrix, positions: ArrayLike<number>): Matrix {
  const { rows, columns } = requireMatrix("说出每个词", tokens);
  const polar = (f: (re: number, im: number) => number): Matrix => {
    const data = Float64Array.from({ length: rows * columns / 2 }, (_, c) => {
      return f(tokens.data[2 * c]!, tokens.data[2 * c + 1]!);
    });
    return { rows, columns: columns / 2, data };
  };
  return complexOrderVectors(polar(Math.hypot), speeds, polar((re, im) => Math.atan2(im, re)), positions);
}

/**
 * 每个复数乘 e^{iω·by}：往后走 `by` 格应当就是这样，8130(12)。
 *
 * @param words 复数，实部、虚部相邻 `[n, 2c]`
 * @param speeds 角频率 ω `[n, c]`（弧度每词元）
 * @param by 往后几格（词元）
 * @throws {ShapeError} 形状对不上
 * @source kexue 8130(12)、8130(16)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turnedBy } from "@lib/lessons/learned_and_others.ts";
 * import { matrix, maxDifference } from "@lib/matrix.ts";
 *
 * assert.ok(maxDifference(turnedBy(matrix([[1, 0]]), matrix([[0.5]]), 2), matrix([[Math.cos(1), Math.sin(1)]])) < 1e-15);
 * ```
 */
export function turnedBy(words: Matrix, speeds: Matrix, by: number): Matrix {
  requireMatrix("往后走几格，看角频率", speeds);
  const each = (f: (angle: number) => number): Matrix => ({
    ...speeds,
    data: speeds.data.map((speed) => f(by * speed)),
  });
  return rotate(words, { cos: each(Math.cos), sin: each(Math.sin) }, "interleaved");
}

/**
 * 所有词共用一套角频率 `[n, d/2]`：每一行都是 RoPE 的那一套。
 *
 * @param rows 几个词 n
 * @param dimension 维数 d，偶数
 * @param base 底数
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或词数不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sharedSpeeds } from "@lib/lessons/learned_and_others.ts";
 *
 * assert.deepEqual([...sharedSpeeds(2, 4, 10000).data], [1, 0.01, 1, 0.01]);
 * ```
 */
export function sharedSpeeds(rows: number, dimension: number, base: number): Matrix {
  requireInteger("定词数", rows, 1);
  return matrix(Array.from({ length: rows }, () => inverseFrequencies(dimension, base)));
}

/**
 * 一条胶片：“我”总比“你”靠后 `gap` 个位置，两个词各有各的角频率，8130(12)。半径 1 和 0.8，初相都是 0。
 *
 * 和第 01 课那条胶片只差一处：那里两根箭头每格转得一样多，夹角不变；这里不一样，夹角就变了。
 *
 * @param length 几格，正整数
 * @param gap “我”比“你”靠后几个位置（词元）
 * @param speeds “我”和“你”的角频率（弧度每词元）
 * @returns 交给 `drawArrows` 的格子；超过 8 格时由它只画头尾
 * @throws {RangeError} 格数不是正整数，或角频率不是有限的数
 * @source kexue 8130(12)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wordClocks } from "@lib/lessons/learned_and_others.ts";
 *
 * const notes = (speeds: [number, number]) => wordClocks(3, 2, speeds).map(({ note }) => note);
 * assert.deepEqual(notes([1, 1]), ["相差 2.0 弧度", "相差 2.0 弧度", "相差 2.0 弧度"]); // 转得一样快：就是第 01 课
 * assert.deepEqual(notes([1, 0.5]), ["相差 2.0 弧度", "相差 2.5 弧度", "相差 3.0 弧度"]);
 * ```
 */
export function wordClocks(length: number, gap: number, speeds: readonly [number, number]): ArrowPanel[] {
  assertKnobs();
  requireInteger("摆一条胶片", length, 1);
  const at = (n: 0 | 1, position: number): readonly [number, number] => {
    const one = (x: number) => matrix([[x]]);
    const [x, y] = complexOrderVectors(one([1, 0.8][n]!), one(speeds[n]), one(0), [position]).data;
    return [x!, y!];
  };
  return Array.from({ length }, (_, m): ArrowPanel => {
    const me = at(0, m + gap), you = at(1, m);
    const angle = speeds[0] * (m + gap) - speeds[1] * m; // “我”比“你”多转的，超过半圈也照数
    return {
      title: `我 ${m + gap}，你 ${m}`,
      arrows: [{ name: "我（在看）", thing: "query", x: me[0], y: me[1] }, {
        name: "你（被看）",
        thing: "key",
        x: you[0],
        y: you[1],
      }],
      angle: [1, 0],
      note: `相差 ${angle.toFixed(1).replace("-", "−")} 弧度`,
    };
  });
}

/**
 * 零填充当成编码：词元的向量过一层卷积，核 (1, 1, 1) 除以 3，边外面填 0。它收到位置号，一眼也不看。
 *
 * @source Islam et al. arXiv 2001.08248；kexue 8130 CNN 式
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { zeroPadding } from "@lib/lessons/learned_and_others.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { data } = zeroPadding.embed!(matrix([[3], [3], [3]]), new Float64Array([100, 101, 102]));
 * assert.deepEqual([...data].map(Math.round), [2, 3, 2]); // 位置写 100 也一样，边上还是少
 * ```
 */
export const zeroPadding: Encoding = {
  name: "zero padding",
  embed: (rows) => convolve(rows, [1 / 3, 1 / 3, 1 / 3], "zero"),
};

/**
 * 位置全部加 `by` 以后，最后一个词元看第一个词元的分数变了多少，一行，交给 `table`。
 *
 * @param encoding 编码
 * @param sentence 一句没投影的话
 * @param by 位置全部加几（词元）
 * @throws 和 `attention` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSentence, shiftedLine } from "@lib/lessons/learned_and_others.ts";
 * import { nope } from "@lib/encoding.ts";
 *
 * const line = shiftedLine(nope, randomSentence({ L: 4, d: 8, seed: 1 }), 1);
 * assert.equal(line["编码"], "NoPE");
 * assert.equal(line["变了"], 0);
 * ```
 */
export function shiftedLine(
  encoding: Encoding,
  sentence: Unprojected,
  by: number,
): { readonly 编码: string; readonly 原来的分数: number; readonly 加完的分数: number; readonly 变了: number } {
  requireNumber("平移", by, "有限的数", Number.isFinite);
  const length = sentence.tokens.rows;
  const score = (start: number): number => {
    const positions = Array.from({ length }, (_, i) => start + i);
    return attention({ ...sentence, encoding, queryRows: [length - 1], positions }).scores.data[0]!;
  };
  const here = score(0), there = score(by);
  return { 编码: encoding.name, 原来的分数: here, 加完的分数: there, 变了: there - here };
}

/**
 * 位置表从哪里起步：把一句话的词全换掉，位置不动，输出最多变了多少（绝对值）。四行，交给 `table`。
 *
 * @param sentence 一句没投影的话
 * @param seed 随机种子：换成的词和 0.02 上下的初值都由它定
 * @throws 和 `attention` 相同
 * @source kexue 8130 相乘式；BERT 的初值 0.02
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSentence, startLines } from "@lib/lessons/learned_and_others.ts";
 *
 * const [plain, zero] = startLines(randomSentence({ L: 4, d: 8, seed: 1 }), 2);
 * assert.equal(zero!.相加, plain!.相加); // 加 0，等于没有位置编码
 * assert.equal(zero!.相乘, 0); // 乘 0，换什么词都一样
 * ```
 */
export function startLines(
  sentence: Unprojected,
  seed: number,
): { readonly 表的初值: string; readonly 相加: number; readonly 相乘: number }[] {
  const { rows, columns } = requireMatrix("看初值", sentence.tokens), others = normalMatrix(rows, columns, seed);
  const changed = (encoding: Encoding): number => {
    const output = (tokens: Matrix): Matrix => attention({ ...sentence, tokens, encoding }).output;
    return maxDifference(output(sentence.tokens), output(others));
  };
  const starts: [string, Matrix][] = [
    ["全是 0", zeros(rows, columns)],
    ["0.02 上下", learnedInitial(rows, columns, seed + 1)],
    ["全是 1", multiplicativeInitial(rows, columns)],
  ];
  return [
    { 表的初值: "没有位置编码", 相加: changed(nope), 相乘: changed(nope) },
    ...starts.map(([name, table]) => ({
      表的初值: name,
      相加: changed(learned(table)),
      相乘: changed(multiplicative(table)),
    })),
  ];
}

/** 练习 1 的小表：四行，每行一个数。 */
const four: Matrix = matrix([[0], [3], [6], [9]]);

/**
 * 练习 1（手算）的判分：表是 0、3、6、9，α = 0.4，层次分解以后位置 6 的数是几。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decomposedProperties } from "@lib/lessons/learned_and_others.ts";
 *
 * assert.ok(Math.abs(decomposedProperties[2]!.measure(8)) < 1e-12);
 * ```
 */
export const decomposedProperties: ReadonlyArray<Property<number>> = [
  {
    name: "十位和个位没有写反",
    measure: (q) => Math.abs(q - hierarchicalTable(four).data[9]!),
    bound: { min: 0.01 },
    hint: "这是位置 9 的数，9 拆成 (2, 1)。位置 6 = 1 × 4 + 2，十位是 1，个位是 2，α 乘十位",
  },
  {
    name: "混的是 u，不是 p",
    measure: (q) => Math.abs(q - (0.4 * four.data[1]! + 0.6 * four.data[2]!)),
    bound: { min: 0.01 },
    hint: "直接混 p，头四个就变了。先算 u = (p − 0.4 × p₀) ÷ 0.6，再混",
  },
  {
    name: "和拆出来的表一样",
    measure: (q) => q - hierarchicalTable(four).data[6]!,
    bound: 0.01,
    hint: "u₁ 和 u₂ 各算一遍，再算 0.4 × u₁ + 0.6 × u₂",
  },
];

/**
 * 练习 2（改参数）的判分：表最少几行，层次分解以后够五楼那段 33 个字用。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { enoughRowsProperties } from "@lib/lessons/learned_and_others.ts";
 *
 * assert.equal(enoughRowsProperties[0]!.measure(10), 100);
 * ```
 */
export const enoughRowsProperties: ReadonlyArray<Property<number>> = [
  {
    name: "拆出来至少 33 个位置",
    measure: (n) => hierarchicalTable(zeros(n, 1)).rows,
    bound: { min: 33 },
    hint: "量到的是拆出来几个。n 行够 n × n 个，再多几行",
  },
  {
    name: "再少一行就不够",
    measure: (n) => hierarchicalTable(zeros(n - 1, 1)).rows,
    bound: { max: 32 },
    hint: "已经够了，但还能再少",
  },
];

/** 练习 3 走几个位置。 */
const places = 64;

/**
 * 练习 3 的答案的样子：位置 k 的 `[x, y]` 进去，位置 k + 1 的出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Step } from "@lib/lessons/learned_and_others.ts";
 *
 * const blank: Step = () => undefined;
 * assert.equal(blank([0, 1]), undefined);
 * ```
 */
export type Step = (p: number[]) => number[] | undefined;

/**
 * 练习 3（写代码）的判分：自己写递归式的一步，从 (0, 1) 走 64 个位置。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stepProperties } from "@lib/lessons/learned_and_others.ts";
 *
 * const shrink = ([x = 0, y = 0]: number[]) => [0.9 * x, 0.9 * y];
 * assert.ok(stepProperties[0]!.measure(shrink) > 0.9); // 走到最后只剩一点点
 * ```
 */
export const stepProperties: ReadonlyArray<Property<Step>> = [
  {
    name: "走多远，长度都是 1",
    measure: (step) => farthest(walk(step).map((p) => Math.hypot(...p) - 1)),
    bound: 1e-9,
    hint: "长度每步乘一个不是 1 的数，走远了不是缩没就是胀爆。转不改长度",
  },
  {
    name: "64 个位置各不相同",
    measure: (step) => distinctRows(matrix(walk(step).map((p) => [...p]))),
    bound: { min: places, max: places },
    hint: "量到的是有几个不同的向量：转几步就回到原处了。换一个角度，2π 除以它不是整数",
  },
  {
    name: "隔三格的点积，走到哪都一样",
    measure: (step) => {
      const p = walk(step), gaps = p.slice(3).map((q, k) => dot(q, p[k]!));
      return Math.max(...gaps) - Math.min(...gaps);
    },
    bound: 1e-9,
    hint: "每一步转的角度要一样，不能跟着现在的向量变",
  },
];

function walk(step: Step): Float64Array[] {
  const next = (p: Float64Array): number[] => {
    const result = step([...p]);
    if (!Array.isArray(result) || result.length !== 2) throw new TypeError("需要返回两个数的数组 [x, y]");
    return result;
  };
  const table = recursiveTable({ first: [0, 1], step: next, length: places });
  return Array.from({ length: places }, (_, k) => row(table, k));
}

/** 绝对值最大的一个；有 `NaN` 就给 `NaN`，不会混过去。 */
function farthest(values: number[]): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
