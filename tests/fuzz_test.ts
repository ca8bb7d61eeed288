/**
 * 乱给参数（fuzz）：每个公开的函数，换掉一两个参数（或参数里的一个字段），要么算对，要么说一句中文的错。
 *
 * 说错：`ShapeError` 或 `RangeError`，消息是“无法……：需要……：现在是……”。里面冒出来的 TypeError、栈溢出、超过 2 秒都算不合格。
 * 算对：形状对得上；数据里没有 `NaN`、`∞`，结果里就没有。换了类型的（数换成字符串、矩阵换成数组……）一定要说错。
 */
import assert from "node:assert/strict";
import vm from "node:vm";
import fc from "fast-check";
import { attention, type AttentionTrace } from "@lib/attention.ts";
import { compose } from "@lib/compose.ts";
import type { Encoding } from "@lib/encoding.ts";
import { alibi, alibiSlopes } from "@lib/encodings/alibi.ts";
import { contextualPositions } from "@lib/encodings/cope.ts";
import { fireInitial } from "@lib/encodings/fire.ts";
import { floater, floaterInitial } from "@lib/encodings/floater.ts";
import { hierarchical } from "@lib/encodings/hierarchical.ts";
import { pathInitial, reflections } from "@lib/encodings/path_reflections.ts";
import { recursiveTable } from "@lib/encodings/recursive.ts";
import { rope } from "@lib/encodings/rope.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { transformerXlInitial } from "@lib/encodings/transformer_xl.ts";
import { tupeInitial } from "@lib/encodings/tupe.ts";
import { turns } from "@lib/encodings/turns.ts";
import { xpos } from "@lib/encodings/xpos.ts";
import { borderLeak } from "@lib/encodings/zero_padding.ts";
import { family } from "@lib/bench/family.ts";
import { measure } from "@lib/bench/measure.ts";
import { toeplitz } from "@lib/bench/toeplitz.ts";
import { type Matrix, matrix, row, zeros } from "@lib/matrix.ts";
import { normalMatrix, uniforms } from "@lib/random.ts";
import { clippedLogScale } from "@lib/scaling/query_scale.ts";
import type { Task } from "@lib/training/task.ts";
import { law } from "./property.ts";

type Args = unknown[];
type Path = readonly (string | number)[];
type Fuzzed = (...args: Args) => unknown;

/** 一个函数怎么乱给。 */
interface Entry {
  /** 合格的参数，每次新造；有几种写法就写几种。 */
  readonly cases: readonly (() => Args)[];
  /** 结果的形状：矩阵是 `[行, 列]`，一串数是 `[个数]`。 */
  readonly shape?: (...args: never[]) => number[];
  /** 拿结果再做什么。 */
  readonly use?: (result: never, args: Args, bad: number) => unknown;
  /** 哪几个参数（路径用点连起来）是位置：里面的 `NaN`、`∞` 不是数据，不许漏到结果里。 */
  readonly positions?: readonly string[];
  /** 哪几个数是数据：`NaN` 照 IEEE 754 往下传。 */
  readonly data?: readonly string[];
  /** 哪些参数它不看（或只写进消息）：换成什么类型都行。 */
  readonly ignores?: RegExp;
  /** 结果里这些地方可以不是有限的数。 */
  readonly allows?: RegExp;
  /** 这些例子不抽。 */
  readonly except?: (args: Args) => boolean;
  readonly runs?: number;
}

// 合格的零件：词元 5 个，宽 4。

const L = 5, width = 4;
const list = (count: number, seed = 1) => normalMatrix(1, count, seed).data;
const table = (rows: number, columns = width, seed = 2) => normalMatrix(rows, columns, seed);
const places = () => Float64Array.from({ length: L }, (_, i) => i);
const spin = ([x = 0, y = 0]: Float64Array) => [-y, x];
const input = () => ({
  tokens: table(L),
  projections: { query: table(width, width, 3), key: table(width, width, 4), value: table(width, width, 5) },
});
const ready = () => ({ queries: table(L), keys: table(L, width, 6), values: table(L, width, 7) });
const full = () => ({
  ...input(),
  encoding: compose(rope({ dimension: 2 }), shaw(table(3, 2), table(3, 2))),
  positions: places(),
  queryRows: [4, 0, 2],
  causal: true,
  window: 3,
  keyPadding: [false, true, false, false, false],
  heads: 2,
  keyHeads: 2,
});
const longer = () => ({
  ...ready(),
  tokens: table(L),
  queries: table(2),
  queryPositions: [5, 6],
  encoding: [alibi(1 / 2), { name: "看行", row: () => () => ({ positionPosition: new Float64Array(L) }) }],
  heads: 2,
});
const every = () => {
  const same = (rows: Matrix) => rows, sum = (t: Float64Array) => zeros(t.length, width);
  const score = (t: Float64Array) => ({
    bias: t.slice(),
    keys: zeros(t.length, width),
    queries: zeros(t.length, width),
  });
  const row = () => (_: number, content: Float64Array) => ({ contentPosition: new Float64Array(content.length) });
  const hooks = { embed: same, query: same, key: same, value: same, output: same, score, sum, row };
  return { ...input(), encoding: { name: "全有", ...hooks, scale: () => 1, causalOnly: false } };
};
const inputs = [full, longer, every].map((make) => () => [make()] as Args);

const segment = () => ({ keys: table(L, width, 6), values: table(L, width, 7) });
const cached = () => ({
  encoding: rope({ dimension: width }),
  heads: 2,
  keyHeads: 1,
  rotated: true,
  blocks: [{
    ...segment(),
    positions: places().map((p) => p - 1),
    padding: Array<boolean>(L).fill(false).with(0, true),
  }],
});
const latent = () => ({
  heads: 2,
  queryDown: table(width, 3),
  queryNorm: list(3),
  queryUp: table(3, 2 * (2 + 2)),
  keyDown: table(width, 3 + 2),
  keyNorm: list(3),
  keyUp: table(3, 2 * (2 + 1)),
  output: table(2, width),
});

/** 交回一种题的函数：再让它出一批题，词元和答案都在范围里。 */
const asked = (task: Task): undefined => {
  const length = task.shortest + 8, { tokens, answers } = task.batch(uniforms(1, 0, 1), 3, length, length);
  assert.equal(tokens.length, 3 * length);
  assert.ok(Array.from(tokens).every((token) => token >= 0 && token < task.vocabulary.length));
  assert.ok(Array.from(answers).every((answer) => answer >= -1 && answer < task.answers.length));
};

/** 交回一个编码的函数：再拿它去做注意力。 */
const makes = (...cases: (() => Args)[]): Entry => ({ cases, use: tried });
const plain = (cases: (() => Args)[], more: Omit<Entry, "cases"> = {}): Entry => ({ cases, ...more });
const one = (make: () => Args, more: Omit<Entry, "cases"> = {}): Entry => ({ cases: [make], ...more });
const rowsAndColumns = (m: Matrix) => [m.rows, m.columns];

/** 只搬词元的函数不看这些，留给注意力去看。 */
const passed = /^0\.(?!tokens$|queries$|keys$|values$)/;

/** 每个公开的函数；少写一个，下面有一条测试会说。 */
const entries: Readonly<Record<string, Entry>> = {
  // lib/encodings
  alibi: makes(() => [1 / 2]),
  alibiSlopes: one(() => [6], { shape: (heads: number) => [heads] }),
  clipBias: makes(() => [list(5)], () => [[1, 2, 3]]),
  complexOrder: makes(() => [table(width, 2)]),
  complexOrderVectors: one(() => [table(3, 2), table(3, 2), table(3, 2), [1, 2, 3]], {
    positions: ["3"],
    shape: (radii: Matrix) => [radii.rows, 2 * radii.columns],
  }),
  complexOrderInitial: one(() => [width, 1], { shape: (d: number) => [d, d / 2] }),
  cope: makes(() => [table(6)]),
  contextualPositions: one(() => [list(L), places(), 4], {
    positions: ["1"],
    shape: (scores: Args) => [scores.length],
  }),
  copeInitial: one(() => [6, width], { shape: (rows: number, d: number) => [rows, d] }),
  deberta: makes(
    () => [{ keys: table(6), queries: table(6), third: "code" }],
    () => [{ keys: table(12), logBuckets: { buckets: 6, maxPosition: 16 } }],
  ),
  debertaInitial: one(() => [3, width, 16, 1]),
  debertaBucket: one(() => [9, 6, 16]),
  fireDistance: one(() => [10, 3, { c: 0.1, multiplier: 1, trained: 8 }]),
  fire: makes(() => [{ ...fireInitial(1), c: 0.1, multiplier: 1, trained: 8 }]),
  fireInitial: one(() => [1]),
  floater: makes(
    () => [{ start: { query: [1, 0], key: [0, 1], value: [1, 1] }, field: spin, length: L, steps: 2 }],
    () => [floaterInitial({ dimension: width, length: L, seed: 1 })],
  ),
  floaterInitial: one(() => [{ dimension: width, length: L, hidden: 3, seed: 1 }]),
  inverseFrequencies: one(() => [width, 10000], { shape: (d: number) => [d / 2] }),
  proportionalFrequencies: one(() => [width, 10000, 1 / 2], { shape: (d: number) => [d / 2] }),
  hierarchical: makes(() => [table(3), 0.4]),
  hierarchicalTable: one(() => [table(3), 0.4], { shape: (m: Matrix) => [m.rows ** 2, m.columns] }),
  kerpleLog: makes(() => [1, 1 / 2]),
  kerplePower: makes(() => [1 / 2, 1]),
  kerpleInitial: one(() => [1]),
  layerMix: one(() => [{ layers: 4, every: 2, local: rope({ dimension: width }), window: 2, global: alibi(1) }], {
    use: (plan: { encoding: Encoding; window?: number }[], _, bad) => tried(plan[0]!.encoding, [], bad),
  }),
  learned: makes(() => [table(L)]),
  positionRows: one(() => ["表", table(L), new Float64Array([3, 0])], {
    ignores: /^0$/,
    positions: ["2"],
    shape: (_: string, m: Matrix, at: Args) => [at.length, m.columns],
  }),
  learnedInitial: one(() => [L, width, 1], { shape: (rows: number, d: number) => [rows, d] }),
  multiplicative: makes(() => [table(L)]),
  multiplicativeInitial: one(() => [L, width], { shape: (rows: number, d: number) => [rows, d] }),
  rungeKutta: one(() => [spin, new Float64Array([1, 0]), 0, 0.1], { shape: (_: unknown, p: Args) => [p.length] }),
  networkField: one(() => [[table(width + 1, 3), list(3)], [table(3 + 1, width), list(width)]], {
    use: (field: Fuzzed) => field(list(width), 1),
  }),
  pairingOrder: one(() => [8, "half"], { shape: (d: number) => [d] }),
  toPairing: one(() => [table(2, 8), 2, "half"], { shape: rowsAndColumns }),
  partialRope: makes(() => [{ dimension: width, rotary: 2, base: 100, pairing: "half" }]),
  proportionalRope: makes(() => [{ dimension: width, proportion: 1 / 2, base: 100, pairing: "half" }]),
  path: makes(() => [pathInitial({ modelDimension: width, dimension: width, rank: 2, seed: 1 })]),
  pathScores: one(() => {
    const parameters = pathInitial({ modelDimension: width, dimension: width, rank: 2, seed: 1 });
    return [list(width), table(3), reflections(table(3), parameters)];
  }, { shape: (_: Args, keys: Matrix) => [keys.rows] }),
  reflections: one(() => [table(3), pathInitial({ modelDimension: width, dimension: 3, rank: 2, seed: 1 })]),
  pathInitial: one(() => [{ modelDimension: width, dimension: width, rank: 2, seed: 1 }]),
  recursive: makes(() => [{ first: [1, 0, 0, 1], step: (p: Float64Array) => p, length: L }]),
  recursiveTable: one(() => [{ first: [1, 0], step: spin, length: L }], {
    shape: (o: { first: Args; length: number }) => [o.length, o.first.length],
  }),
  relativeShift: one(() => [table(3, 3)], { shape: rowsAndColumns }),
  rope: makes(() => [{ dimension: width, base: 100, pairing: "half" }]),
  rotary: makes(() => ["我的", { frequencies: [1, 1 / 2], dimension: width, pairing: "half", attentionFactor: 2 }]),
  turns: one(() => [places(), [1, 1 / 2], 2], { positions: ["0"] }),
  turnsOf: one(() => [table(3, 2), 2]),
  rotate: one(() => [table(3), turns([1, 2, 3], [1, 1 / 2]), "half", width, new Float64Array(3 * width)], {
    shape: rowsAndColumns,
  }),
  sandwich: makes(() => [{ scale: 1, dimension: 8, base: 100 }]),
  sandwichScale: one(() => [2, 8]),
  shaw: makes(() => [table(3), table(3)], () => [table(5)]),
  clipDistance: one(() => [-9, 3], { shape: () => [] }),
  shawInitial: one(() => [2, width, 1], { shape: (clip: number, d: number) => [2 * clip + 1, d] }),
  sinusoidalTable: one(() => [[0, 3], { dimension: width, base: 100, layout: "tensor2tensor" }], {
    positions: ["0"],
    shape: (at: Args, { dimension }: { dimension: number }) => [at.length, dimension],
  }),
  sinusoidal: makes(() => [{ dimension: width, base: 100, layout: "concatenated" }]),
  t5Bucket: one(() => [-9, { buckets: 8, maxDistance: 20, bidirectional: true }]),
  t5: makes(() => [list(8), { buckets: 8, maxDistance: 20, bidirectional: false }], () => [[1, 2, 3, 4]]),
  t5Initial: one(() => [8, 16, 1], { shape: (buckets: number) => [buckets] }),
  transformerXl: makes(
    () => [{ ...transformerXlInitial({ modelDimension: 6, dimension: width, seed: 1 }), base: 100 }],
  ),
  transformerXlInitial: one(() => [{ modelDimension: 6, dimension: width, seed: 1 }]),
  tupe: makes(
    () => [tupeInitial({ positions: L, modelDimension: 6, dimension: width, seed: 1 })],
    () => {
      const parameters = tupeInitial({ positions: L + 1, modelDimension: 6, dimension: width, seed: 1 });
      return [{ ...parameters, cls: true, buckets: list(9), maxDistance: 20 }];
    },
  ),
  tupeInitial: one(() => [{ positions: L, modelDimension: 6, dimension: width, seed: 1 }]),
  voRope: makes(() => [{ dimension: width, rotary: 2, base: 100, pairing: "half" }]),
  xpos: makes(() => [{ dimension: width, base: 100, pairing: "half", scaleBase: 64, gamma: 0.4 }]),
  xposDecay: one(() => [width, 0.4], { shape: (d: number) => [d / 2] }),
  convolve: one(() => [table(L), [1, 2, 3], "zero"], { shape: rowsAndColumns }),
  borderLeak: one(() => [{ length: L, kernel: [1, 2, 1], padding: "circular", layers: 2 }], {
    shape: ({ length }: Args) => [length],
  }),
  // lib
  matrix: one(() => [[[1, 2], new Float64Array([3, 4])]]),
  zeros: one(() => [2, 3], { shape: (rows: number, columns: number) => [rows, columns] }),
  requireMatrix: one(() => ["查表", table(2, 3), { rows: 2, columns: 3 }], { ignores: /^0$/ }),
  row: one(() => [table(3), 1], { shape: (m: Matrix) => [m.columns] }),
  multiply: one(() => [table(2, 3), table(3, 2)], { shape: (a: Matrix, b: Matrix) => [a.rows, b.columns] }),
  requireSameShape: one(() => ["比较", table(2), table(2)], { ignores: /^0$/ }),
  subtract: one(() => [table(2), table(2)], { shape: rowsAndColumns }),
  scaled: one(() => [table(2), 3], { data: ["1"], shape: rowsAndColumns }),
  layerNorm: one(() => [table(3)], { shape: rowsAndColumns }),
  add: one(() => [table(2), table(2)], { shape: rowsAndColumns }),
  gather: one(() => [table(3), [2, 0, 2]], { shape: (m: Matrix, wanted: Args) => [wanted.length, m.columns] }),
  dot: one(() => [list(3), list(3)]),
  maxDifference: one(() => [table(2), table(2)]),
  normals: one(() => [1], { use: (next: () => number) => [next(), next()] }),
  uniforms: one(() => [1, 2, 3], { use: (next: () => number) => [next(), next()] }),
  uniformMatrix: one(() => [2, 3, 1, 1 / 2], { shape: (rows: number, columns: number) => [rows, columns] }),
  normalMatrix: one(() => [2, 3, 1, 2], { shape: (rows: number, columns: number) => [rows, columns] }),
  distinct: one(() => [places(), new Float64Array([0, 2])], {
    positions: ["0", "1"],
    use: ({ values, place }: { values: Float64Array; place: (t: number) => number }, [from, to]) => [
      values,
      ...Array.from(from as number[], (i) => Array.from(to as number[], (j) => place(i - j))),
    ],
  }),
  isCompact: one(() => [places(), new Float64Array([0, 2])], { positions: ["0", "1"] }),
  softmax: one(() => [list(L), list(L)], { shape: (scores: Args) => [scores.length] }),
  tokenCount: plain(inputs, { ignores: passed }),
  attention: plain(inputs, {
    positions: ["0.positions", "0.queryPositions", "0.queryRows"],
    allows: /^scores/,
    runs: 900,
  }),
  attentionBlocks: plain(inputs.map((make) => () => [...make(), 2]), {
    positions: ["0.positions", "0.queryPositions", "0.queryRows"],
    use: (blocks: Iterable<AttentionTrace>) => [...blocks],
    allows: /^\d+\.scores/,
  }),
  head: one(() => [table(6), 1, 2], { shape: (m: Matrix, _: number, heads: number) => [m.rows / heads, m.columns] }),
  projected: one(() => {
    const { tokens, projections } = input(), encoding = { name: "加", embed: (rows: Matrix) => rows };
    return [tokens, { ...projections, key: table(width, 2, 4) }, encoding, places(), [0, 3], [2, 1]];
  }, { positions: ["3", "4"], use: (head: Fuzzed) => [head(0)] }),
  sliced: one(() => [ready(), [2, 2]], { use: (head: Fuzzed) => [head(0), head(1)] }),
  encoded: one(() => {
    const whole = table(3), encoding = { name: "加", query: (rows: Matrix) => rows };
    return [encoding, "query", { whole, content: whole, position: table(3) }, new Float64Array(3)];
  }, {
    ignores: /^0|^1$|^2\.content/,
    positions: ["3"],
    use: ({ whole, position }: Record<string, Matrix>) => [whole, position],
  }),
  applied: one(
    () => [{ name: "加", query: (rows: Matrix) => rows }, "query", table(3), new Float64Array(3)],
    { ignores: /^0|^1$/, positions: ["3"] },
  ),
  hooked: one(() => ["加", table(2, 3), { rows: 2, columns: 3 }], { ignores: /^0$/ }),
  compose: makes(
    () => [rope({ dimension: width }), alibi(1 / 2), shaw(table(3), table(3))],
    () => [every().encoding, alibi(1)],
  ),
  requireEncoding: plain([() => ["用", { name: "我的", query: (rows: Matrix) => rows, causalOnly: true }]], {
    ignores: /^0$|^1\.name/,
  }),
  integerDistance: one(() => ["表", 3, "距离"], {
    ignores: /^[02]$/,
  }),
  // lib/axes
  axisTurns: one(() => [table(3, 2), table(2, 4), 2], { positions: ["0.data"] }),
  axisFrequencies: one(() => [[1, 1 / 2], [1, 0], 2], {
    shape: (frequencies: Args, _: Args, axes: number) => [axes, frequencies.length],
  }),
  axisRope: makes(() => {
    const axes = { coordinates: table(L, 2), frequencies: table(2, 2), pairing: "half", attentionFactor: 2 };
    return ["我的", { ...axes, dimension: width }];
  }),
  axial: makes(() => [{ kind: "dinov3", dimension: width, height: 2, width: 2, prefix: 1, base: 100 }]),
  axialAxes: one(() => [{ kind: "su", dimension: width, height: 2, width: 2, prefix: 1, base: 100 }]),
  gridCoordinates: one(() => [2, 3, 1], {
    shape: (rows: number, columns: number, p: number) => [p + rows * columns, 2],
  }),
  centredCoordinates: one(() => [2, 3, 1], {
    shape: (rows: number, columns: number, prefix: number) => [prefix + rows * columns, 2],
  }),
  mixedInitial: one(() => [width, 1, 10], { shape: (d: number) => [2, d / 2] }),
  mrope: makes(() => {
    const options = { coordinates: table(L, 3), frequencies: [1, 1 / 2], sections: [1, 0, 1], order: "interleaved" };
    return [{ ...options, dimension: width, pairing: "half", attentionFactor: 2 }];
  }),
  mropeAxes: one(() => [[2, 1, 1], "chunked"]),
  positionIds: one(() => {
    const options = { merge: 2, tokensPerSecond: 2, seconds: "whole", next: "grid" };
    return [[2, { grid: [2, 4, 2], secondsPerGrid: 1.5 }, 1], options];
  }),
  stampedVideo: one(() => [[2, 4, 4], [3, 4]]),
  // lib/inference
  columnBlock: one(() => [table(3), 1, 2], { shape: (m: Matrix, _: number, columns: number) => [m.rows, columns] }),
  beside: one(() => [[table(3), table(3, 2)]]),
  below: one(() => [[table(3), table(2)]]),
  transpose: one(() => [table(3, 2)], { shape: (m: Matrix) => [m.columns, m.rows] }),
  emptyCache: plain([
    () => [{ encoding: rope({ dimension: width }), heads: 4, keyHeads: 2, rotated: true }],
    () => [{ encoding: [alibi(1), alibi(1 / 2)], heads: 2, rotated: false }],
  ]),
  append: one(() => [cached(), { ...segment(), positions: [5, 6, 7, 8, 9], padding: Array(L).fill(false) }], {
    positions: ["0.blocks.0.positions", "1.positions"],
  }),
  attendCached: one(() => [cached(), { queries: table(2, 2 * width), positions: [3, 4], window: 3 }], {
    positions: ["0.blocks.0.positions", "1.positions"],
    allows: /^scores/,
  }),
  maskedPositions: one(() => [[true, false, false], 3], {
    positions: ["1"],
    shape: (padding: Args) => [padding.length],
  }),
  staleness: one(() => [{
    ...ready(),
    encodingAt: (length: number) => rope({ dimension: width / 2, base: 100 * length }),
    chunks: [2, 1],
    rotated: true,
    heads: 2,
    keyHeads: 2,
    window: 3,
  }], { runs: 100 }),
  mlaShape: one(() => [latent()]),
  mlaQueries: one(() => [latent(), table(3)], { shape: (_: unknown, m: Matrix) => [m.rows, 2 * 4] }),
  mlaLatents: one(() => [latent(), table(3)], { shape: (_: unknown, m: Matrix) => [m.rows, 3 + 2] }),
  mla: plain(
    (["plain", "absorbed"] as const).map((form) => () => [latent(), {
      tokens: table(3),
      positions: [2, 3, 4],
      past: { rows: table(2, 5), positions: new Float64Array([0, 1]) },
      frequencies: { inverseFrequencies: [1], attentionFactor: 2 },
      pairing: "half",
      scale: 1 / 2,
      form,
    }]),
    { positions: ["1.positions", "1.past.positions"], allows: /^trace\.scores/ },
  ),
  mlaScale: one(() => [192, 40, 1]),
  fused: one(() => [latent(), { head: 1, rotation: { distance: 3, frequencies: [1], pairing: "half" } }]),
  // lib/scaling（一部分）和 lib/limits
  logScale: one(() => [16], { use: (factors: Fuzzed) => factors(places()) }),
  clippedLogScale: one(() => [16], { use: (factors: Fuzzed) => factors(places()) }),
  llama4Temperature: one(() => [{ scale: 0.1, floor: 2 }], { use: (factors: Fuzzed) => factors(places()) }),
  ministralTemperature: one(() => [{ beta: 0.1, originalMaxPosition: 2 }], {
    use: (factors: Fuzzed) => factors(places()),
  }),
  withQueryScale: one(() => [compose(rope({ dimension: width }), alibi(1)), clippedLogScale(2)], {
    use: ({ query }: Encoding) => query!(table(L), places()),
  }),
  receptiveField: one(() => [16, 23], { shape: () => [] }),
  hwfaWindow: one(() => [{ layers: 24, trained: 512, share: 1 / 2 }], { shape: () => [] }),
  hwfa: one(() => [{ layers: 4, trained: 16, local: rope({ dimension: width }), window: 2 }], {
    use: (plan: { encoding: Encoding }[], _, bad) => tried(plan[0]!.encoding, [], bad),
  }),
  criticalDimension: one(() => [{ dimension: 8, base: 100, length: 64 }], { shape: () => [] }),
  copyBack: one(() => [3], { use: asked }),
  findMarked: one(() => [], { use: asked }),
  recall: one(() => [], { use: asked }),
  greeting: one(() => [{ others: 1, posted: false }], { use: asked }),
  progressLine: one(() => [0.5, list(3), 4]),
  showLine: one(() => ["一行"], { ignores: /^0$/ }),
  watched: one(() => []),
  decayBound: one(() => [places(), [1, 1 / 2]], { positions: ["0", "1"], shape: (at: Args) => [at.length] }),
  meanCosine: one(() => [places(), [1, 1 / 2]], { positions: ["0", "1"], shape: (at: Args) => [at.length] }),
  onePair: one(() => [places(), 1 / 2], { positions: ["0"], shape: (at: Args) => [at.length] }),
  sameVector: one(() => [places(), [1, 1 / 2], 1], { positions: ["0"], shape: (at: Args) => [at.length] }),
  independentScores: one(() => [places(), [1, 1 / 2], 1], { positions: ["0"], shape: (at: Args) => [at.length] }),
  independentSpread: one(() => [places(), [1, 1 / 2], { draws: 3, seed: 1 }], {
    positions: ["0"],
    shape: (at: Args) => [at.length],
  }),
  baseBound: one(() => [{ length: 64, dimension: 16, from: 2 }], {
    except: (args) => (args[0] as { length?: unknown } | undefined)?.length === 65536, // 合格的，只是要算几秒
    runs: 200,
  }),
  // lib/bench
  spreadByDistance: one(() => [table(3), table(3)]),
  family: one(() => [{ d: 4, length: 8, seed: 1 }, ["RoPE", "Shaw", "FLOATER"]], { runs: 100 }),
  measure: one(() => [rope({ dimension: width }), { L: 4, d: width, seed: 1 }], { runs: 60 }),
  scorecard: one(() => [[alibi(1), rope({ dimension: width })], { L: 4, d: width, seed: 1 }], { runs: 60 }),
  scoreRows: one(() => [[measure(alibi(1), { L: 4, d: width })]], { ignores: /(times|defined|finite|why)$/ }),
  shiftResidual: plain(inputs.map((make) => () => [...make(), 7]), { positions: ["0.positions", "0.queryPositions"] }),
  difference: one(() => {
    const { scores, weights, output } = attention(full());
    return [{ scores, weights, output }, { scores, weights, output }];
  }),
  swapEffect: plain(inputs.filter((_, n) => n !== 1).map((make) => () => [...make(), 0, 2, 4]), {
    ignores: /^0\.queryRows/,
    positions: ["0.positions"],
  }),
  reordered: plain(inputs.filter((_, n) => n !== 1).map((make) => () => [...make(), [1, 0, 2, 3, 4]]), {
    ignores: passed,
    use: ({ tokens, queries }: Record<string, Matrix>) => [tokens, queries],
  }),
  toeplitz: plain(inputs, { positions: ["0.positions", "0.queryPositions"], allows: /^rSquared/ }),
};

// 什么样的坏值。

/** 什么地方都能换上去的。 */
const nasty: readonly (() => unknown)[] = [
  ...[NaN, Infinity, -Infinity, -1, 0, -0, 0.5, 1, 2, 3, 7, 1e9, 2 ** 53, 2 ** 40, 65536, 1e100],
  ...["8", "", null, undefined, true, false, 5n],
].map((value) => () => value);
const objects: readonly (() => unknown)[] = [
  () => [],
  () => ({}),
  () => [1, [2]],
  () => new Float32Array(3),
  () => new Float64Array(0),
  () => new BigInt64Array(3),
  () => new Array(3),
  () => () => 1,
  () => matrix([[1]]),
  () => new Map(),
];

const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : value instanceof Float64Array || value instanceof Float32Array || isList(value)
    ? "vector"
    : Array.isArray(value)
    ? "array"
    : isMatrix(value)
    ? "matrix"
    : typeof value;
const isList = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.findIndex((x) => typeof x !== "number") < 0;
const isMatrix = (value: unknown): value is Matrix =>
  typeof value === "object" && value !== null && "rows" in value && "columns" in value && "data" in value;

/** 像样的矩阵：有格子，格数对得上。 */
const sound = (m: unknown): boolean =>
  isMatrix(m) && m.data instanceof Float64Array && [m.rows, m.columns].every((n) => Number.isInteger(n) && n > 0) &&
  m.data.length === m.rows * m.columns;

/** 照原来的样子变坏：个数、形状、单精度、里面的数。 */
function spoiled(value: unknown): (() => unknown)[] {
  const wrap = (values: unknown[]) => values.map((one) => () => one);
  switch (kindOf(value)) {
    case "vector": {
      const numbers = Array.from(value as ArrayLike<number>);
      if (numbers.length === 0) return [];
      const wrong = [NaN, Infinity, -Infinity, 0.5, -3, 1e7, 1e300];
      const typed = [
        numbers.concat(1),
        numbers.slice(1),
        [],
        ...wrong.map((x) => numbers.with(0, x)),
        numbers.map(() => 1),
      ];
      return [
        ...wrap(typed.map((given) => Float64Array.from(given))),
        ...wrap([numbers, Float32Array.from(numbers), numbers.map(String), numbers.map(BigInt.bind(null, 1))]),
        ...wrap([Object.assign(numbers.slice(), { [numbers.length]: undefined }), {
          ...numbers,
          length: numbers.length,
        }]),
        () => new Array(1e9),
        () => ({ length: 1e9 }),
      ];
    }
    case "matrix": {
      const m = value as Matrix;
      if (!sound(m)) return [];
      const bad = (data: unknown, rows: unknown = m.rows, columns: unknown = m.columns) => ({ rows, columns, data });
      const empty = new Float64Array(0);
      return wrap([
        ...[
          zeros(m.rows + 1, m.columns),
          zeros(m.rows, m.columns + 1),
          zeros(0, m.columns),
          zeros(m.rows, 0),
          zeros(0, 0),
        ],
        ...[NaN, Infinity, 1e300].map((x) => bad(m.data.with(0, x))),
        ...[bad(Array.from(m.data)), bad(Float32Array.from(m.data)), bad(m.data.slice(1)), bad(m.data, m.columns + 1)],
        ...[bad(m.data, -m.rows, -m.columns), bad(m.data, m.rows / 4, m.columns * 4), bad(m.data, String(m.rows))],
        ...[
          bad(empty, 2 ** 40, 0),
          bad(empty, 65536, 0),
          bad(empty, 0, 2 ** 40),
          bad(empty, NaN, NaN),
          bad(empty, 0.5, 0),
        ],
        Array.from({ length: m.rows }, (_, i) => [...row(m, i)]),
      ]);
    }
    case "function":
      return [undefined, null, 5, "x", [], {}, new Float64Array(2), matrix([[1]]), () => 1].map((got) => () => () =>
        got
      );
    case "string":
      return wrap(["halff", "toString", "__proto__", "half"]);
    case "number":
      return [1, -1, 0.5].map((by) => () => (value as number) + by);
    case "array": {
      const items = value as unknown[];
      if (items.length > 100) return [];
      return wrap([items.slice(1), items.concat(items[0]), [undefined], items.map(() => null)]);
    }
    default:
      return [];
  }
}

/** 参数里每个能换的地方；数组只往头两格里找。 */
function spots(value: unknown, path: Path = []): Path[] {
  const inside = Array.isArray(value) && !isList(value) && value.length < 100
    ? Array.from(value.slice(0, path.length === 0 ? 9 : 2).keys())
    : typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? Object.keys(value)
    : [];
  const found = inside.flatMap((key) => spots((value as Record<string, unknown>)[key], [...path, key]));
  return path.length === 0 ? found : [path, ...found];
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

/** 换掉一处，别的照抄。 */
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const inner = replaced((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(key as number, inner) : { ...value as object, [key]: inner };
}

/** 数据里有没有 `NaN`、`∞` 或大得一乘就溢出的数；位置不算数据。 */
function tainted(value: unknown, entry: Entry, path: Path = []): boolean {
  const name = path.join("."), wild = (x: unknown) => typeof x === "number" && !(Math.abs(x) < 1e150);
  if ((entry.positions ?? []).includes(name)) return false;
  if ((entry.data ?? []).includes(name)) return wild(value);
  if (Array.isArray(value) && value.length > 100) return false;
  if (kindOf(value) === "vector") return Array.from(value as ArrayLike<number>).some(wild);
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) &&
    !(Array.isArray(value) && value.length > 100) &&
    Object.entries(value).some(([key, inner]) => tainted(inner, entry, [...path, key]));
}

/** 结果里不是有限的数在哪；没有就是 `undefined`。 */
function notFinite(value: unknown, allows: RegExp | undefined, path: Path = []): string | undefined {
  const name = path.join(".");
  if (allows?.test(name)) return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${name} 是 ${value}`;
  if (value instanceof Float64Array) {
    const bad = value.findIndex((x) => !Number.isFinite(x));
    return bad < 0 ? undefined : `${name} 的第 ${bad} 个是 ${value[bad]}`;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (isMatrix(value)) assert.ok(value.data.length === value.rows * value.columns, `${name} 的形状`);
  const inner = value instanceof Map ? [...value] : Object.entries(value);
  for (const [key, part] of inner) {
    const found = notFinite(part, allows, [...path, key]);
    if (found !== undefined) return found;
  }
}

/** 一组组位置，头一组是好的。 */
const positions: readonly (readonly number[])[] = [
  ...[[0, 1, 2, 3, 4], [NaN, 1, 2, 3, 4], [0, 1, Infinity, 3, 4], [0, 1, 2, 3, -Infinity], [0, 0.5, 1, 1.5, 2]],
  ...[[0, 1, 2, 3, 1e300], [-1e300, 0, 1e300, 1, 2], [-3, -2, -1, 0, 1], [0, 1, 2, 3, 1e7], [0, 1e15, 2, 3, 4]],
  ...[[2, 2, 2, 2, 2], [4, 3, 3, 1, 0], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5], [], [99_999, 5, 6, 7, 8]],
];

/** 拿造出来的编码做因果注意力：看得见的格子都是有限的数，每行权重加起来是 1。 */
function tried(encoding: Encoding, args: Args, bad: number): undefined {
  const sizes = [args[0], Object.values(args[0] ?? {}).find(isMatrix)].flatMap((given) => {
    const { dimension, columns } = (given ?? {}) as { dimension?: number; columns?: number };
    return [dimension, columns];
  });
  const d = sizes.find((n) => Number.isInteger(n) && n! > 0 && n! <= 8) ?? width;
  const projections = { query: table(d, d, 3), key: table(d, d, 4), value: table(d, d, 5) };
  const given = positions[bad % positions.length]!;
  const { scores, weights, output, terms, ...rest } = attention({
    tokens: table(L, d),
    projections,
    encoding,
    positions: given,
    causal: true,
  });
  if (args.includes(broken)) return;
  const found = notFinite({ weights, output, terms, rest }, undefined);
  assert.equal(found, undefined, `位置 ${given} 的注意力：${found}`);
  scores.data.forEach((score, cell) => {
    const visible = given[Math.floor(cell / L)]! >= given[cell % L]!;
    assert.ok(visible ? Number.isFinite(score) : score === -Infinity, `位置 ${given} 的分数：第 ${cell} 格是 ${score}`);
  });
  for (let i = 0; i < L; i++) {
    const total = row(weights, i).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(total - 1) < 1e-9, `位置 ${given} 的权重：第 ${i} 行加起来是 ${total}`);
  }
}
/** 放在参数最后：数据本来就坏了，只看会不会从里面出错。 */
const broken = Symbol("坏数据");

/** 一次最多算多久（毫秒）。 */
const longest = 2000;
const script = new vm.Script("globalThis.fuzzedCall()");

/** 在 2 秒里算完，死循环也停得下来。 */
function timed(call: () => unknown): unknown {
  Object.assign(globalThis, { fuzzedCall: call });
  return script.runInThisContext({ timeout: longest });
}

/** 是不是我们自己说的错。 */
const isOurs = (error: unknown): boolean =>
  error instanceof Error && (error.name === "ShapeError" || error instanceof RangeError) &&
  /^无法[^]*：需要[^]*：/.test(error.message);

/** 给一组参数，看守不守规矩；守规矩就什么也不说。`mistyped`：一定要拒绝。 */
function judge(target: Fuzzed, entry: Entry, args: Args, bad: number, mistyped: boolean): string | undefined {
  if (entry.except?.(args)) return undefined;
  const dirty = tainted(args, entry);
  let result: unknown, used: unknown;
  try {
    timed(() => {
      result = target(...args);
      used = entry.use ? entry.use(result as never, dirty ? [...args, broken] : args, bad) : result;
    });
  } catch (error) {
    return isOurs(error)
      ? undefined
      : `${error instanceof Error ? error.stack?.split("\n").slice(0, 4).join("\n") : error}`;
  }
  if (mistyped) return "换了类型，却没有拒绝";
  if (dirty) return undefined;
  const found = notFinite([result, used].map((one) => one ?? 0)[entry.use ? 1 : 0], entry.allows);
  if (found !== undefined) return `结果里 ${found}`;
  if (entry.shape) {
    const wanted = entry.shape(...args as never[]), got = result as Matrix & Float64Array;
    const shape = isMatrix(result) ? [got.rows, got.columns] : got.length === undefined ? [] : [got.length];
    if (`${shape}` !== `${wanted}`) return `形状是 [${shape}]，应当是 [${wanted}]`;
  }
}

const saying = (value: unknown): string =>
  Array.isArray(value) && value.length > 100
    ? `new Array(${value.length})`
    : Deno.inspect(value, { depth: 3, iterableLimit: 6, compact: true, breakLength: Infinity }).slice(0, 150);

// 公开的函数都在表里，每个都乱给一通。

const folder = (name: string) =>
  Array.from(Deno.readDirSync(new URL(`../lib/${name}/`, import.meta.url)), (file) => `${name}/${file.name}`);
const rooms = ["matrix", "random", "distinct", "softmax", "attention", "heads", "compose", "encoding"];
const limited = ["query_scale", "with_query_scale", "hwfa"].map((name) => `scaling/${name}`)
  .concat(["base_bound", "critical_dimension", "decay", "decay_random"].map((name) => `limits/${name}`))
  .concat(["copy_back", "find_marked", "recall", "greeting", "progress"].map((name) => `training/${name}`));
const files = [
  ...[...rooms, ...limited].map((name) => `${name}.ts`),
  ...folder("encodings"),
  ...folder("axes"),
  ...folder("bench"),
  ...folder("inference"),
]
  .sort();
const modules = await Promise.all(files.map((file) => import(new URL(`../lib/${file}`, import.meta.url).href)));
const targets = new Map(
  modules.flatMap((module) => Object.entries(module as Record<string, unknown>))
    .filter((pair): pair is [string, Fuzzed] => typeof pair[1] === "function"),
);

Deno.test("公开的函数一个不漏，都在表里", () => {
  assert.ok(targets.size > 90);
  assert.deepEqual([...targets.keys()].sort(), Object.keys(entries).sort());
});

Deno.test("合格的参数：每个函数都算得出，结果守规矩", () => {
  for (const [name, target] of targets) {
    for (const make of entries[name]!.cases) {
      assert.doesNotThrow(() => target(...make()), name);
      assert.equal(judge(target, entries[name]!, make(), 0, false), undefined, name);
    }
  }
});

Deno.test("什么也不给，或者全给同一个坏值", () => {
  for (const [name, target] of targets) {
    for (const bad of [() => undefined, ...nasty, ...objects]) {
      for (const count of [0, 1, 6]) {
        const args = Array.from({ length: count }, bad);
        const fault = judge(target, entries[name]!, args, 0, false);
        assert.equal(fault, undefined, `${name}(${args.map(saying)})：${fault}`);
      }
    }
  }
});

fc.configureGlobal({ endOnFailure: true }); // 反例只换了一两处，不必再缩小；卡住的例子缩小起来要几分钟
const anything = fc.noBias(fc.nat(2 ** 31 - 1));
for (const [name, target] of targets) {
  const entry = entries[name];
  if (!entry) continue;
  law(
    `乱给 ${name}`,
    fc.property(
      anything,
      fc.array(fc.tuple(anything, anything), { minLength: 1, maxLength: 2 }),
      anything,
      (which, changes, bad) => {
        let args = entry.cases[which % entry.cases.length]!(), mistyped = false;
        const told: string[] = [];
        for (const [where, what] of changes) {
          const all = spots(args), path = all[where % all.length];
          if (!path) continue;
          const old = at(args, path), choices = [...nasty, ...objects, ...spoiled(old), ...spoiled(old)];
          const by = choices[what % choices.length]!(), seen = !entry.ignores?.test(path.join("."));
          if (!seen && Array.isArray(by) && by.length > 100) continue; // 长得印不出来的名字
          mistyped = changes.length === 1 && seen && by !== undefined && old !== undefined &&
            kindOf(by) !== kindOf(old) &&
            !(kindOf(old) === "vector" && Array.isArray(by) && by.length === 0) &&
            !(kindOf(old) === "object" && isMatrix(by)); // 多余的字段不管
          args = replaced(args, path, by) as Args;
          told.push(`${path.join(".")} ← ${saying(by)}`);
        }
        const fault = judge(target, entry, args, bad, mistyped);
        assert.equal(fault, undefined, `${name}：${told.join("，")}：${fault}`);
      },
    ),
    entry.runs ?? 300,
  );
}

// 几条说得清的，不靠抽。

/** 哪几行有 `NaN`。 */
const brokenRows = (m: Matrix) => Array.from({ length: m.rows }, (_, i) => row(m, i).some(Number.isNaN));

Deno.test("一个数是 NaN：看得见它的行坏，看不见的不坏；被掩住的格子干净", () => {
  for (let n = 0; n < L; n++) {
    const { tokens, projections } = input(), bad = { ...tokens, data: tokens.data.with(n * width + 1, NaN) };
    const rows = Array.from({ length: L }, (_, i) => i);
    for (const encoding of [alibi(1 / 2), rope({ dimension: width }), shaw(table(3), table(3))]) {
      const given = { tokens: bad, projections, encoding };
      const causal = attention({ ...given, causal: true });
      assert.deepEqual(brokenRows(causal.output), rows.map((i) => i >= n), `${encoding.name}，因果，第 ${n} 个词元`);
      for (const i of rows) {
        for (const j of rows.filter((j) => j > i)) {
          assert.equal(row(causal.scores, i)[j], -Infinity);
          assert.equal(row(causal.weights, i)[j], i >= n ? NaN : 0);
        }
      }
      assert.deepEqual(brokenRows(attention(given).output), rows.map(() => true), `${encoding.name}，双向`);
      const alone = { ...given, keyPadding: rows.map((j) => j === n) };
      assert.deepEqual(brokenRows(attention(alone).output), rows.map((i) => i === n), `${encoding.name}，填充`);
    }
  }
});

Deno.test("单精度的矩阵：注意力拒绝，说出要什么；位置写成数组、单精度、双精度都一样", () => {
  const single = { rows: L, columns: width, data: Float32Array.from(table(L).data) } as never;
  for (const bad of [{ ...ready(), keys: single }, { ...input(), tokens: single }]) {
    assert.throws(() => attention(bad), {
      name: "ShapeError",
      message: /^无法用(键|词元)做注意力：需要矩阵（用 matrix 造，数据是 Float64Array）：现在是一个对象$/,
    });
  }
  const numbers = [0, 2, 3, 7, 9], given = { ...ready(), encoding: rope({ dimension: width }) };
  const outputs = [numbers, Float32Array.from(numbers), Float64Array.from(numbers)]
    .map((positions) => attention({ ...given, positions }).output);
  assert.deepEqual(outputs[1], outputs[0]);
  assert.deepEqual(outputs[2], outputs[0]);
});

Deno.test("合起来用：不是编码的拒绝，钩子不是函数的说出是哪只", () => {
  for (const bad of [5, null, undefined, "RoPE", {}, [], { name: 5 }, () => 1]) {
    assert.throws(() => compose(alibi(1), bad as never), { name: "ShapeError", message: /^无法合起来用：需要/ });
  }
  const misused = { name: "我的", score: 5 } as never;
  assert.throws(() => compose(alibi(1), misused), { message: "无法合起来用：需要我的 的 score 是函数：现在是 5" });
  assert.throws(() => attention({ ...ready(), encoding: misused }), {
    message: "无法用位置编码：需要我的 的 score 是函数：现在是 5",
  });
});

Deno.test("太大的：一眨眼就拒绝，不先去要内存", () => {
  const tall = { rows: 2 ** 40, columns: 0, data: new Float64Array(0) };
  const huge: (() => unknown)[] = [
    () => zeros(2 ** 40, 0),
    () => normalMatrix(1e9, 8, 1),
    () => rope({ dimension: 2 ** 40 }),
    () => alibiSlopes(1e9),
    () => recursiveTable({ first: [1], step: (p) => p, length: 1e9 }),
    () => floater({ start: { query: [1], key: [1], value: [1] }, field: (p) => p, length: 2 ** 15, steps: 1000 }),
    () => borderLeak({ length: 2 ** 20, kernel: [1, 1, 1], padding: "zero", layers: 1000 }),
    () => family({ d: 4, length: 1e9 }),
    () => measure(alibi(1), { L: 1e9, d: 4 }),
    () => toeplitz({ ...ready(), heads: 1e9 }),
    () => attention({ ...ready(), heads: 1e9 }),
    () => attention({ ...ready(), queryRows: { length: 1e9 } as never }),
    () => attention({ ...ready(), positions: new Array(1e9) }),
    () => attention({ queries: tall, keys: tall, values: tall }),
    () => hierarchical({ rows: 65536, columns: 0, data: new Float64Array(0) }),
    () => contextualPositions(list(3), new Float64Array([0, NaN, 1]), 4), // NaN 不等于自己：从前数不完
  ];
  for (const call of huge) {
    const start = performance.now();
    assert.throws(() => timed(call), isOurs, `${call}`);
    assert.ok(performance.now() - start < 500, `${call}`);
  }
});

Deno.test("xPos：γ 很大就不衰减，scaleBase 很小就看不远，都不溢出", () => {
  const given = { ...ready(), causal: true, positions: [0, 1, 2, 3, 90_000] };
  assert.equal(attention({ ...given, encoding: xpos({ dimension: width, gamma: 1e100 }) }).scores.rows, L);
  assert.throws(() => attention({ ...given, encoding: xpos({ dimension: width, scaleBase: 1 }) }), {
    message: "无法用 xPos：需要位置在 ±239 以内：现在是 90000",
  });
});

Deno.test("套着自己的数组：消息也印得出来", () => {
  const loop: unknown[] = [1];
  loop.push(loop);
  assert.throws(() => alibi(loop as never), {
    message: "无法定 ALiBi 的斜率：需要非负的有限数：现在是 2 个元素的数组",
  });
});
