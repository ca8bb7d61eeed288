/**
 * 第 11 课用的东西：几个自己发明的位置编码，量它们的尺子，三道练习的判分。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import { requireInteger } from "@lib/errors.ts";
import { add, type Matrix, matrix, row } from "@lib/matrix.ts";
import type { Property } from "@lib/notebook/exercise.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";

/**
 * 自己发明的编码（code）：每个位置一串数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Code } from "@lib/lessons/invent_a_code.ts";
 *
 * const constant: Code = { name: "全是 1", at: (_, d) => Array.from({ length: d }, () => 1) };
 * assert.deepEqual(constant.at(7, 2), [1, 1]);
 * ```
 */
export interface Code {
  /** 名字。 */
  readonly name: string;
  /** 位置和维数 d 进去，d 个数出来。 */
  readonly at: (position: number, dimension: number) => number[];
}

/**
 * 四个谁都想得到的发明：整数 m、分数 m/L、二进制、一个正弦。前两个和第四个，d 个数都一样；二进制一位一个数，最低位在前。
 *
 * @param length 一句话几个词元 L，“m/L”要用它
 * @param speed 正弦每走一格转多少弧度
 * @throws {RangeError} 长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inventions } from "@lib/lessons/invent_a_code.ts";
 *
 * const [integer, share, binary, sine] = inventions(10, 1);
 * assert.deepEqual(integer!.at(6, 2), [6, 6]);
 * assert.deepEqual(share!.at(6, 2), [0.6, 0.6]);
 * assert.deepEqual(binary!.at(6, 4), [0, 1, 1, 0]); // 6 = 0110，最低位在前
 * assert.equal(sine!.at(6, 1)[0], Math.sin(6));
 * ```
 */
export function inventions(length: number, speed: number): Code[] {
  assertKnobs();
  requireInteger("发明编码", length, 1);
  const repeated = (f: (m: number) => number) => (m: number, d: number) => Array.from({ length: d }, () => f(m));
  return [
    { name: "整数 m", at: repeated((m) => m) },
    { name: "分数 m/L", at: repeated((m) => m / length) },
    { name: "二进制", at: (m, d) => Array.from({ length: d }, (_, bit) => Math.floor(m / 2 ** bit) % 2) },
    { name: "一个正弦", at: repeated((m) => Math.sin(speed * m)) },
  ];
}

/**
 * 编码的表（code table）：一行一个位置。
 *
 * @param positions 位置 `[n]`
 * @param dimension 维数 d
 * @returns `[n, d]`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { codeTable, inventions } from "@lib/lessons/invent_a_code.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(codeTable(inventions(4, 1)[2]!, [1, 2], 2), matrix([[1, 0], [0, 1]]));
 * ```
 */
export function codeTable(code: Code, positions: ArrayLike<number>, dimension: number): Matrix {
  return matrix(Array.from(positions, (m) => code.at(m, dimension)));
}

/**
 * “直接一加”：把编码加到词元向量上，就成了一个能放上实验台的 `Encoding`。
 *
 * @source kexue 8130(2)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { added, inventions } from "@lib/lessons/invent_a_code.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const integer = added(inventions(4, 1)[0]!);
 * assert.deepEqual(integer.embed!(matrix([[10, 20]]), new Float64Array([3])), matrix([[13, 23]]));
 * ```
 */
export function added(code: Code): Encoding {
  return { name: code.name, embed: (rows, positions) => add(rows, codeTable(code, positions, rows.columns)) };
}

/**
 * 两行隔多远（distance）：各分量之差的平方加起来，再开方。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gap } from "@lib/lessons/invent_a_code.ts";
 *
 * assert.equal(gap([1, 5], [4, 1]), 5);
 * ```
 */
export function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(...Array.from(a, (value, c) => value - b[c]!));
}

/**
 * 最近的两个位置（closest pair）隔多远：0 就是两个位置撞了号。
 *
 * @param table `[n, d]`，至少两行
 * @throws {RangeError} 不到两行
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { closest } from "@lib/lessons/invent_a_code.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.equal(closest(matrix([[0], [5], [3]])), 2);
 * ```
 */
export function closest(table: Matrix): number {
  requireInteger("找最近的两个位置", table.rows, 2);
  const rows = Array.from({ length: table.rows }, (_, i) => row(table, i));
  return rows.reduce(
    (least, a, i) => rows.slice(0, i).reduce((least, b) => Math.min(least, gap(a, b)), least),
    Infinity,
  );
}

/**
 * 走一格变多少（steps）：相邻两个位置差多少，每一步一个数。
 *
 * @param table `[n, d]`
 * @returns `[n − 1]`，每步是 {@linkcode gap}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { steps } from "@lib/lessons/invent_a_code.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(steps(matrix([[0, 0], [3, 4], [3, 5]])), [5, 1]);
 * ```
 */
export function steps(table: Matrix): number[] {
  return Array.from({ length: Math.max(0, table.rows - 1) }, (_, m) => gap(row(table, m), row(table, m + 1)));
}

/**
 * 把二进制的每一位换成一条波：第 t 位的周期还是 2^(t+1)，只是不再一下子翻过去。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { smoothBits } from "@lib/lessons/invent_a_code.ts";
 *
 * assert.deepEqual([0, 1, 2, 3].map((m) => Math.round(smoothBits.at(m, 1)[0]!)), [0, 1, 0, 1]); // 最低位每步都翻
 * ```
 */
export const smoothBits: Code = {
  name: "平滑的二进制",
  at: (m, d) => Array.from({ length: d }, (_, bit) => (1 - Math.sin(2 * Math.PI * (m + 0.5) / 2 ** (bit + 1))) / 2),
};

/**
 * 一个发明的毛病（faults），都是量出来的数。
 *
 * @example
 * ```ts
 * import type { Fault } from "@lib/lessons/invent_a_code.ts";
 *
 * const smooth = ({ least, most }: Fault) => most - least < 1e-9;
 * ```
 */
export interface Fault {
  /** 发明的名字。 */
  readonly name: string;
  /** 句子长十倍时，最后一个位置上最大的数，绝对值。 */
  readonly largest: number;
  /** 走一格变得最少的一步。 */
  readonly least: number;
  /** 走一格变得最多的一步。 */
  readonly most: number;
  /** 最近的两个位置差多少。 */
  readonly nearest: number;
  /** 句子长十倍时，从位置 0 走到 1，是原来的几倍。 */
  readonly longer: number;
}

/**
 * 量四个发明（{@linkcode inventions}）的毛病。走一格、最近的两个位置，看前 3 到 256 个位置。
 *
 * @param length 一句话几个词元 L
 * @param dimension 维数 d
 * @param speed 正弦每走一格转多少弧度
 * @throws {RangeError} 长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { faults } from "@lib/lessons/invent_a_code.ts";
 *
 * const [integer, share] = faults(10, 1, 1);
 * assert.equal(integer!.largest, 99);
 * assert.ok(Math.abs(share!.longer - 0.1) < 1e-12);
 * ```
 */
export function faults(length: number, dimension: number, speed: number): Fault[] {
  const longer = inventions(10 * length, speed);
  return inventions(length, speed).map((code, n) => {
    const seen = Math.min(256, Math.max(3, length)), stretched = longer[n]!;
    const table = codeTable(code, Array.from({ length: seen }, (_, m) => m), dimension);
    const moved = steps(table), first = steps(codeTable(stretched, [0, 1], dimension))[0]!;
    return {
      name: code.name,
      largest: Math.max(...stretched.at(10 * length - 1, dimension).map(Math.abs)),
      least: Math.min(...moved),
      most: Math.max(...moved),
      nearest: closest(table),
      longer: first / moved[0]!,
    };
  });
}

/**
 * 练习 1（手算）的判分：三位二进制从 0 数到 7，一共翻了几位。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flipsProperties } from "@lib/lessons/invent_a_code.ts";
 *
 * assert.ok(flipsProperties.every(({ measure }) => measure(11) >= 0));
 * ```
 */
export const flipsProperties: ReadonlyArray<Property<number>> = [
  {
    name: "比七步多：有的一步翻不止一位",
    measure: (flips) => flips - 7,
    bound: { min: 1 },
    hint: "从 1 到 2 是 001 变 010，翻了两位",
  },
  {
    name: "和一步一步数出来的一样",
    measure: (flips) => flips - countFlips(),
    bound: 0,
    hint: "量到的是你多数（或少数）了几位。最低位每步都翻，中间那位两步一翻，最高位四步一翻",
  },
];

function countFlips(): number {
  const binary = inventions(8, 1)[2]!;
  return steps(codeTable(binary, [0, 1, 2, 3, 4, 5, 6, 7], 3)).reduce((sum, step) => sum + Math.round(step ** 2), 0);
}

/**
 * 练习 2（改参数）的判分：一个正弦，每格转多少弧度，前十个位置才两两差到 0.1。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { speedProperties } from "@lib/lessons/invent_a_code.ts";
 *
 * assert.ok(speedProperties[1]!.measure(1) < 0.1);
 * ```
 */
export const speedProperties: ReadonlyArray<Property<number>> = [
  {
    name: "每格转的角度在 0 到 π 之间",
    measure: (speed) => speed,
    bound: { min: 0.001, max: Math.PI },
    hint: "转过头了：多转一整圈，正弦的值不变",
  },
  {
    name: "前十个位置，最近的两个也差到 0.1",
    measure: (speed) => closest(codeTable(inventions(10, speed)[3]!, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1)),
    bound: { min: 0.1 },
    hint: "量到的是最近的两个差多少。太慢了挤在一起，转得巧了又会撞上；试试 1.4 到 1.5 之间，或者写个循环找",
  },
];

/**
 * 练习 3（写代码）的判分：自己发明一个编码，四个数一个位置，不认句子长度。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { codeProperties } from "@lib/lessons/invent_a_code.ts";
 *
 * assert.equal(codeProperties[0]!.measure((m) => [m, m, m, m]), 9999); // 整数没有界
 * ```
 */
export const codeProperties: ReadonlyArray<Property<(m: number) => number[] | undefined>> = [
  {
    name: "数不大：一万个位置，没有一个数超过 1",
    measure: (code) => thousands.reduce((most, m) => Math.max(most, ...four(code, m).map(Math.abs)), 0),
    bound: { max: 1 + 1e-9 },
    hint: "量到的是最大的数。内容的数在 1 上下，位置的数大了，内容就被盖住",
  },
  {
    name: "不认长度也分得开：前一千个位置，最近的两个差到 0.001",
    measure: (code) => closest(matrix(Array.from({ length: 1000 }, (_, m) => four(code, m)))),
    bound: { min: 0.0009 },
    hint: "有两个位置撞了号，或者挨得太近。一个转得快的分得清邻居，一个转得慢的分得清远近，两个都要",
  },
  {
    name: "走一格变的一样多",
    measure: (code) => {
      const moved = steps(matrix(Array.from({ length: 1000 }, (_, m) => four(code, m))));
      return Math.max(...moved) - Math.min(...moved);
    },
    bound: 1e-9,
    hint: "二进制一步翻一位，有时翻三位；只用 sin 也是忽快忽慢。一根指针要记横、竖两个数",
  },
  {
    name: "走两格也一样远，没有折回来的地方",
    measure: (code) => {
      const even = matrix(Array.from({ length: 1500 }, (_, m) => four(code, 2 * m)));
      const odd = matrix(Array.from({ length: 1500 }, (_, m) => four(code, 2 * m + 1)));
      const moved = [...steps(even), ...steps(odd)];
      return Math.max(...moved) - Math.min(...moved);
    },
    bound: 1e-9,
    hint: "一来一回的锯齿，每步一样长，可折回去的那一格，走两格等于没走。让它转圈，别让它折返",
  },
];

const thousands = Array.from({ length: 1000 }, (_, n) => n * 10).concat(9999);

function four(code: (m: number) => number[] | undefined, m: number): number[] {
  const numbers = code(m);
  if (!Array.isArray(numbers) || numbers.length !== 4 || !numbers.every(Number.isFinite)) {
    throw new TypeError("需要返回四个有限的数");
  }
  return numbers;
}
