/**
 * 位置编码的类型（encoding）：一个编码就是一个值，里面有几只“钩子”，缺的钩子就是不改那一处。
 *
 * 看类型就知道它看得见什么：
 *
 * | 钩子 | 改哪里 | 看得见 | 谁 |
 * | --- | --- | --- | --- |
 * | `embed` | 词嵌入，投影之前 | 自己的位置 | 三角式、训练式、递归、相乘、复数 |
 * | `query` `key` `value` `output` | 投影之后的四种向量 | 自己的位置 | RoPE、xPos、FLOATER、VO-RoPE |
 * | `score` | 分数，softmax 之前 | 只有距离 | ALiBi、T5、Shaw、Transformer-XL、DeBERTa…… |
 * | `sum` | 加权求和时的值 | 只有距离 | Shaw 的值 |
 * | `row` | 一整行分数 | 一行里的内容和位置 | CoPE、FIRE、TUPE、PaTH |
 *
 * 为什么不止四只：FLOATER 和 VO-RoPE 按位置改值，VO-RoPE 还要在输出上转回来，所以五种向量都有一只，样子相同；
 * CoPE 要看完一整行分数，PaTH 要走过两个词元之间的路，FIRE 要知道查询在第几个，TUPE 给位置另配一套投影。
 * 它们的共同点是“不止看距离”，合用一只 `row`：先看一遍全局，再一行一行地给出要加的数。
 * 有了这一只，注意力里没有任何一种编码的特例。
 *
 * 只有 `score`、`sum` 的编码，整体平移改不动它；别的改不改得动，要量（见 `lib/bench`）。
 *
 * 距离（distance）全库只有一种符号：查询位置 − 键位置，也就是 i − j；过去的词元是正数。
 *
 * @module
 */
import type { Matrix } from "@lib/matrix.ts";
import { requireBoolean, requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";

/**
 * 只看自己位置的一步（unary part）：`[n, d]` 行和 `[n]` 位置进去，`[n, d]` 行出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { AtPosition } from "@lib/encoding.ts";
 *
 * const same: AtPosition = (rows) => rows;
 * const rows = { rows: 1, columns: 1, data: new Float64Array([2]) };
 * assert.equal(same(rows, new Float64Array([7])), rows);
 * ```
 */
export type AtPosition = (rows: Matrix, positions: Float64Array) => Matrix;

/**
 * 打分时按距离加的东西（score by distance）：`[n]` 个不同的距离进去，每个距离给一个数、一个或两个向量。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { ScoreByDistance } from "@lib/encoding.ts";
 *
 * const farther: ScoreByDistance = (distances) => ({ bias: distances.map((distance) => -Math.abs(distance)) });
 * assert.deepEqual([...farther(new Float64Array([0, 2])).bias ?? []], [-0, -2]);
 * ```
 */
export type ScoreByDistance = (distances: Float64Array) => {
  /** `[n]`，除完 √d 之后加到分数上（T5、ALiBi）：8130(7) 的位置-位置。 */
  readonly bias?: Float64Array;
  /** `[n, d]`，和查询的内容做点积，乘缩放，加到分数上（Shaw）：8130(7) 的内容-位置。 */
  readonly keys?: Matrix;
  /** `[n, d]`，和键的内容做点积，乘缩放，加到分数上（DeBERTa）：8130(7) 的位置-内容。 */
  readonly queries?: Matrix;
};

/**
 * 加权求和时按距离加到值上的向量（sum by distance）：`[n]` 个距离进去，`[n, dv]` 出来。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { SumByDistance } from "@lib/encoding.ts";
 * import { zeros } from "@lib/matrix.ts";
 *
 * const nothing: SumByDistance = (distances) => zeros(distances.length, 4);
 * assert.equal(nothing(new Float64Array([0, 1])).rows, 2);
 * ```
 */
export type SumByDistance = (distances: Float64Array) => Matrix;

/**
 * 给 `row` 钩子看的全局（what a row part sees）。
 *
 * @example
 * ```ts
 * import type { Scene } from "@lib/encoding.ts";
 *
 * const ages = ({ queryPositions }: Scene, r: number) => queryPositions[r]!;
 * ```
 */
export interface Scene {
  /** 查询的内容 `[R, d]`：投影之后、`query` 钩子之前。 */
  readonly queries: Matrix;
  /** 键的内容 `[L, d]`：投影之后、`key` 钩子之前。 */
  readonly keys: Matrix;
  /** 词元 `[L, dModel]`，`embed` 之后、投影之前；只给了查询、键、值时没有。 */
  readonly tokens?: Matrix;
  /** 查询的位置 `[R]`。 */
  readonly queryPositions: Float64Array;
  /** 键的位置 `[L]`。 */
  readonly keyPositions: Float64Array;
  /** 点积乘多少。 */
  readonly scale: number;
  /** 第 `j` 个键是不是填充：填充不算词元，路过它、数到它都不算。 */
  readonly padded: (j: number) => boolean;
  /** 第 `r` 个查询看不看得见第 `j` 个键。 */
  readonly visible: (r: number, j: number) => boolean;
}

/**
 * 一行里要加的数（row terms），每项 `[L]`，按 8130(7) 归类；看不见的格子写什么都不算。
 *
 * @example
 * ```ts
 * import type { RowTerms } from "@lib/encoding.ts";
 *
 * const nothing: RowTerms = {};
 * ```
 */
export interface RowTerms {
  /** 内容-位置。 */
  readonly contentPosition?: Float64Array;
  /** 位置-内容。 */
  readonly positionContent?: Float64Array;
  /** 位置-位置。 */
  readonly positionPosition?: Float64Array;
}

/**
 * 看一整行的一步（row part）：先看一遍全局，交回一个函数；它收行号 `r` 和这一行的 `q·k × 缩放` `[L]`
 * （编码改过的查询和键，看不见的是 −∞，还没加按距离的），给出这一行要加的数。
 *
 * @example
 * ```ts
 * import type { ByRow } from "@lib/encoding.ts";
 *
 * // 自己看自己的那一格加 1。
 * const self: ByRow = ({ queryPositions, keyPositions }) => (r) => ({
 *   positionPosition: keyPositions.map((position) => position === queryPositions[r] ? 1 : 0),
 * });
 * ```
 */
export type ByRow = (scene: Scene) => (r: number, products: Float64Array) => RowTerms;

/**
 * 位置编码（positional encoding）。没有任何钩子的值就是 NoPE。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import type { Encoding } from "@lib/encoding.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * // 自己发明一个：离得每远一格，分数扣 1。
 * const mine: Encoding = { name: "扣分", score: (distances) => ({ bias: distances.map((t) => -Math.abs(t)) }) };
 * const x = matrix([[0], [0]]);
 * const { scores } = attention({ queries: x, keys: x, values: x, encoding: mine });
 * assert.equal(scores.data[1], -1);
 * ```
 */
export interface Encoding {
  /** 名字，图例和错误消息里用。 */
  readonly name: string;
  /** 改词嵌入，投影之前：看得见位置。 */
  readonly embed?: AtPosition;
  /** 改查询：看得见位置。 */
  readonly query?: AtPosition;
  /** 改键：看得见位置。 */
  readonly key?: AtPosition;
  /** 改值：看得见位置。 */
  readonly value?: AtPosition;
  /** 改输出，位置是查询的：看得见位置。 */
  readonly output?: AtPosition;
  /** 改分数：只看得见距离。 */
  readonly score?: ScoreByDistance;
  /** 加到求和的值上：只看得见距离。 */
  readonly sum?: SumByDistance;
  /** 改分数：看得见一整行。 */
  readonly row?: ByRow;
  /** 点积乘多少（无量纲）；不写就是 1/√d。T5 没有这一步，写 1。 */
  readonly scale?: (headDimension: number) => number;
  /** 只用在因果注意力里（CoPE、PaTH、xPos）；不写就两种都行。 */
  readonly causalOnly?: boolean;
}

/**
 * 没有位置编码（NoPE, no positional encoding）：什么也不改。
 *
 * @source arXiv 2305.19466
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nope } from "@lib/encoding.ts";
 *
 * assert.deepEqual(Object.keys(nope), ["name"]);
 * ```
 */
export const nope: Encoding = { name: "NoPE" };

const hooks = ["embed", "query", "key", "value", "output", "score", "sum", "row", "scale"] as const;
const fields = new Set<string>(["name", ...hooks, "causalOnly"]);

/**
 * 要求一个编码：一个对象，有名字，写了的钩子都是函数。
 *
 * @throws {ShapeError} 不是编码；哪只钩子不是函数，就说哪只
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireEncoding } from "@lib/encoding.ts";
 *
 * assert.equal(requireEncoding("用位置编码", { name: "空" }).name, "空");
 * assert.throws(() => requireEncoding("用位置编码", {} as never), /无法用位置编码：需要一个有名字的编码/);
 * assert.throws(() => requireEncoding("用位置编码", { name: "我的", query: 5 } as never), /需要我的 的 query 是函数：现在是 5/);
 * ```
 */
export function requireEncoding(doing: string, encoding: Encoding): Encoding {
  const { name, causalOnly = false } = requireOptions(doing, encoding);
  if (typeof name !== "string") throw new ShapeError(doing, "一个有名字的编码", encoding);
  const misspelt = Object.keys(encoding).find((key) => !fields.has(key));
  if (misspelt !== undefined) {
    throw new ShapeError(`${doing} ${name}`, `${[...fields].slice(1).join("、")} 里的一个`, misspelt);
  }
  for (const hook of hooks) {
    const given: unknown = encoding[hook];
    if (given !== undefined && typeof given !== "function") {
      throw new ShapeError(doing, `${name} 的 ${hook} 是函数`, given);
    }
  }
  requireBoolean(`${doing}，定 ${name} 的 causalOnly`, causalOnly);
  return encoding;
}

/**
 * 查表要用的整数：离整数不到 1e-6 就取整，别的拒绝，不会悄悄四舍五入。
 *
 * @param name 谁在查表
 * @param value 距离（词元，带符号）或位置（词元）
 * @param what 查的是什么，写进错误消息；不写是“距离”
 * @throws {RangeError} 不是整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integerDistance } from "@lib/encoding.ts";
 *
 * assert.equal(integerDistance("T5", 2.0000000001), 2);
 * assert.throws(() => integerDistance("T5", 0.5), /无法按距离查 T5 的表：需要整数距离：现在是 0.5/);
 * ```
 */
export function integerDistance(name: string, value: number, what = "距离"): number {
  return Math.round(
    requireNumber(`按${what}查 ${name} 的表`, value, `整数${what}`, (x) => Math.abs(x - Math.round(x)) < 1e-6),
  );
}
