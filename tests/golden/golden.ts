/** 金标准数的读法：JSON 里的嵌套数组变成矩阵，再核对一整次注意力。 */
import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import type { Encoding } from "@lib/encoding.ts";
import { matrix, maxDifference } from "@lib/matrix.ts";

/** 别人的实现跑的一次注意力，一个头。 */
export interface Run {
  readonly query: number[][];
  readonly key: number[][];
  readonly value: number[][];
  readonly weights: number[][];
  readonly output: number[][];
}

/** 同样的查询、键、值，权重和输出都要和 `run` 一样。 */
export function assertSameAttention(run: Run, encoding: Encoding, causal: boolean, tolerance: number): void {
  const trace = attention({
    queries: matrix(run.query),
    keys: matrix(run.key),
    values: matrix(run.value),
    encoding,
    causal,
  });
  for (const step of ["weights", "output"] as const) {
    const difference = maxDifference(trace[step], matrix(run[step]));
    assert.ok(difference <= tolerance, `${step} 差 ${difference}`);
  }
}
