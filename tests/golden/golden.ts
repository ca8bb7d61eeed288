/** 金标准数的读法：JSON 里的嵌套数组变成矩阵，再核对一整次注意力。 */
import assert from "node:assert/strict";
import { attention, type Setting } from "@lib/attention.ts";
import type { Encoding } from "@lib/encoding.ts";
import { type Matrix, matrix, maxDifference } from "@lib/matrix.ts";

/** 别人的实现跑的一次注意力，一个头。 */
export interface Run {
  readonly query: number[][];
  readonly key: number[][];
  readonly value: number[][];
  readonly weights: number[][];
  readonly output: number[][];
}

/** 两个矩阵差不过容差。 */
export function assertClose(what: string, ours: Matrix, theirs: number[][], tolerance: number): void {
  const difference = maxDifference(ours, matrix(theirs));
  assert.ok(difference <= tolerance, `${what} 差 ${difference}`);
}

/** 同样的查询、键、值，权重和输出都要和 `run` 一样。 */
export function assertSameAttention(
  run: Run,
  encoding: Encoding,
  causal: boolean,
  tolerance: number,
  setting: Setting = {},
): void {
  const trace = attention({
    queries: matrix(run.query),
    keys: matrix(run.key),
    values: matrix(run.value),
    encoding,
    causal,
    ...setting,
  });
  for (const step of ["weights", "output"] as const) assertClose(step, trace[step], run[step], tolerance);
}

/** 词元、三个投影、算出来的权重和输出；几个头时权重一个头一张。 */
export interface TokenRun {
  readonly tokens?: number[][];
  readonly wq: number[][];
  readonly wk: number[][];
  readonly wv: number[][];
  readonly weights: number[][] | number[][][];
  readonly output: number[][];
}

/** 从词元算一遍，权重（各头摞起来）和输出都要一样。 */
export function assertSameFromTokens(
  run: TokenRun,
  tokens: number[][],
  setting: Setting,
  tolerance: number,
): void {
  const trace = attention({
    tokens: matrix(tokens),
    projections: { query: matrix(run.wq), key: matrix(run.wk), value: matrix(run.wv) },
    ...setting,
  });
  const stacked = Array.isArray(run.weights[0]?.[0]) ? (run.weights as number[][][]).flat() : run.weights as number[][];
  assertClose("weights", trace.weights, stacked, tolerance);
  assertClose("output", trace.output, run.output, tolerance);
}

/** 两串数差不过容差。 */
export function assertCloseList(what: string, ours: ArrayLike<number>, theirs: number[], tolerance: number): void {
  assert.equal(ours.length, theirs.length, what);
  theirs.forEach((x, n) => assert.ok(Math.abs(ours[n]! - x) <= tolerance, `${what} 的第 ${n} 个：${ours[n]} 和 ${x}`));
}
