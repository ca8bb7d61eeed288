/**
 * Toeplitz R²：一张分数表，有多少是“距离”说了算。
 *
 * 同一条斜线上的数都相同，R² 是 1；和斜线毫无关系，R² 近于 0。
 * 一块一块地算，只留每个距离的个数、平均和方差，所以 L = 8192 也不摆 L×L 的表。
 *
 * @module
 */
import { attentionBlocks, type AttentionInput, head } from "@lib/attention.ts";
import { requireInteger, requireOptions } from "@lib/errors.ts";

/**
 * 按距离的统计（statistics by distance）。
 *
 * @example
 * ```ts
 * import type { DistanceStatistics } from "@lib/bench/toeplitz.ts";
 *
 * const average = ({ means }: DistanceStatistics, distance: number) => means.get(distance);
 * ```
 */
export interface DistanceStatistics {
  /** 每个距离上，分数的平均；几个头时是第 0 个头的。 */
  readonly means: ReadonlyMap<number, number>;
  /** 看得见的格子有几个。 */
  readonly cells: number;
  /** R²，0 到 1（无量纲）：各头合起来，1 − 斜线以内的平方和 / 总平方和。分数全一样时是 `NaN`：没有东西可解释。 */
  readonly rSquared: number;
}

/** 边读边算的平均和平方和（Welford）：不必先存下所有的数。 */
class Running {
  count = 0;
  mean = 0;
  squares = 0;
  add(value: number): void {
    const before = value - this.mean;
    this.mean += before / ++this.count;
    this.squares += before * (value - this.mean);
  }
}

/**
 * 量一张分数表。看不见的格子不算。
 *
 * @param input 注意力的输入；几个头时，每个头各减各的平均，再合起来
 * @throws 和 `attentionBlocks` 相同
 * @example ALiBi 只看距离；只转查询、不转键，就不是
 * ```ts
 * import assert from "node:assert/strict";
 * import { toeplitz } from "@lib/bench/toeplitz.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const x = matrix([[1, 0], [1, 0], [1, 0], [1, 0]]), input = { queries: x, keys: x, values: x };
 * const linear = toeplitz({ ...input, encoding: alibi(1) });
 * assert.equal(linear.rSquared, 1);
 * assert.equal(linear.means.get(2)! - linear.means.get(0)!, -2);
 * const half = { name: "只转查询", query: rope({ dimension: 2 }).query! };
 * assert.ok(toeplitz({ ...input, encoding: half }).rSquared < 0.9);
 * assert.ok(Number.isNaN(toeplitz(input).rSquared)); // 没有位置编码，分数全一样
 * ```
 */
export function toeplitz(input: AttentionInput): DistanceStatistics {
  const { heads = 1 } = requireOptions("量 Toeplitz R²", input);
  requireInteger("定查询头的个数", heads, 1, 1024);
  const whole = Array.from({ length: heads }, () => new Running());
  const diagonals = whole.map(() => new Map<number, Running>());
  for (const { scores, distances } of attentionBlocks(input)) {
    for (let h = 0; h < heads; h++) {
      const { data } = head(scores, h, heads);
      for (let cell = 0; cell < data.length; cell++) {
        if (data[cell] === -Infinity) continue;
        const distance = distances.data[cell]!;
        let diagonal = diagonals[h]!.get(distance);
        if (!diagonal) diagonals[h]!.set(distance, diagonal = new Running());
        diagonal.add(data[cell]!);
        whole[h]!.add(data[cell]!);
      }
    }
  }
  const sum = (running: Iterable<Running>) => [...running].reduce((total, { squares }) => total + squares, 0);
  const within = sum(diagonals.flatMap((one) => [...one.values()])), total = sum(whole);
  const cells = whole.reduce((count, one) => count + one.count, 0);
  const noise = cells * whole.reduce((most, one) => Math.max(most, Math.abs(one.mean)), 0) ** 2 * 1e-24; // 舍入
  return {
    means: new Map([...diagonals[0]!].sort(([a], [b]) => a - b).map(([distance, { mean }]) => [distance, mean])),
    cells,
    rSquared: total <= noise ? NaN : 1 - within / total,
  };
}
