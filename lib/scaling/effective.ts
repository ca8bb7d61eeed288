/**
 * 改距离（effective distance）：角频率不动，把太远的距离说近，让转角落在训练时见过的范围里。
 *
 * ReRoPE 超过窗口的一律当作 w；Leaky ReRoPE 超出的部分除以 k；Self-Extend 远处按组数位置。
 * 距离不再是两个位置之差，所以 q、k 不能各转各的，要一格一格地转：用 `row` 钩子。
 *
 * @module
 */
import type { Encoding } from "@lib/encoding.ts";
import type { Pairing } from "@lib/encodings/rotation.ts";
import { explain, requireInteger, requireNumber, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { row } from "@lib/matrix.ts";

/**
 * 有效距离：查询的位置 i、键的位置 j（词元，i ≥ j）进去，当作隔几个出来。
 *
 * @example
 * ```ts
 * import type { EffectiveDistance } from "@lib/scaling/effective.ts";
 *
 * const halved: EffectiveDistance = (i, j) => (i - j) / 2;
 * ```
 */
export type EffectiveDistance = (query: number, key: number) => number;

/**
 * ReRoPE：min(Δ, w)。不管多长，转角都不超过第 w 格的。
 *
 * @param window w（词元），正整数；取训练长度的 1/4 到 1/2
 * @throws {RangeError} w 不是正整数
 * @source kexue 9708；`bojone/rerope:rerope_patch.py`
 * @example w = 3，最后一个词元看七个
 * ```ts
 * import assert from "node:assert/strict";
 * import { reRope } from "@lib/scaling/effective.ts";
 *
 * assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map((j) => reRope(3)(6, j)), [3, 3, 3, 3, 2, 1, 0]);
 * ```
 */
export function reRope(window: number): EffectiveDistance {
  requireInteger("定 ReRoPE 的窗口", window, 1);
  return (i, j) => Math.min(i - j, window);
}

/**
 * Leaky ReRoPE：窗口以内照旧，超出的部分除以 k。k = 1 就是 RoPE，k → ∞ 就是 ReRoPE。
 *
 * @param window w（词元），正整数
 * @param leak k，不小于 1
 * @throws {RangeError} w 不是正整数，或 k 小于 1
 * @source kexue 9708；`bojone/rerope:leaky_rerope_patch.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leakyReRope } from "@lib/scaling/effective.ts";
 *
 * assert.deepEqual([0, 1, 2, 3, 4, 5].map((j) => leakyReRope(3, 2)(5, j)), [4, 3.5, 3, 2, 1, 0]);
 * ```
 */
export function leakyReRope(window: number, leak: number): EffectiveDistance {
  requireInteger("定 Leaky ReRoPE 的窗口", window, 1);
  requireNumber("定 Leaky ReRoPE 的倍数", leak, "不小于 1 的有限数", (k) => k >= 1 && k < Infinity);
  return (i, j) => i - j < window ? i - j : window + (i - j - window) / leak;
}

/**
 * Self-Extend：窗口以内照旧，再远，位置先按 g 个一组编号，⌊i/g⌋ − ⌊j/g⌋ + w − w/g。
 *
 * 分组看的是位置，不是距离：同样隔 w 个，跨没跨组会差 1。
 *
 * @param window w（词元），正整数；参考实现是 1024
 * @param group g（词元），正整数；参考实现是 8
 * @throws {RangeError} 有一个不是正整数
 * @source `datamllab/LongLM:self_extend_patch/Llama.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { selfExtend } from "@lib/scaling/effective.ts";
 *
 * assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map((j) => selfExtend(4, 2)(7, j)), [5, 5, 4, 4, 3, 2, 1, 0]);
 * ```
 */
export function selfExtend(window: number, group: number): EffectiveDistance {
  requireInteger("定 Self-Extend 的窗口", window, 1);
  requireInteger("定 Self-Extend 的组", group, 1);
  return (i, j) => i - j < window ? i - j : Math.floor(i / group) - Math.floor(j / group) + window - window / group;
}

/**
 * 按有效距离转的 RoPE，只用在因果注意力里：分数是 `q·R(−Δ′)k × 缩放`。
 *
 * @param name 编码的名字
 * @param effective 有效距离
 * @param options `frequencies` 角频率 `[d/2]`（弧度每词元），`pairing` 配对方式，不写是相邻两维
 * @throws {ShapeError} `effective` 不是函数；用的时候头的维数不是角频率的两倍
 * @throws {RangeError} 配对方式不是那两种，或有效距离不是有限的数
 * @source 同上；旋转是 8265(12)
 * @example 距离不改，就是 RoPE
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { maxDifference } from "@lib/matrix.ts";
 * import { normalMatrix } from "@lib/random.ts";
 * import { effectiveRope } from "@lib/scaling/effective.ts";
 *
 * const x = normalMatrix(5, 4, 1), input = { queries: x, keys: x, values: x, causal: true };
 * const same = effectiveRope("照旧", (i, j) => i - j, { frequencies: inverseFrequencies(4, 10000) });
 * const [ours, plain] = [same, rope({ dimension: 4 })].map((encoding) => attention({ ...input, encoding }).scores);
 * assert.ok(maxDifference(ours!, plain!) < 1e-12);
 * ```
 */
export function effectiveRope(
  name: string,
  effective: EffectiveDistance,
  options: { readonly frequencies: ArrayLike<number>; readonly pairing?: Pairing },
): Encoding {
  const { pairing = "interleaved", ...rest } = requireOptions("造改距离的 RoPE", options);
  const frequencies = requireVector("造改距离的 RoPE", rest.frequencies), pairs = frequencies.length;
  if (typeof name !== "string") throw new ShapeError("造改距离的 RoPE", "名字是字符串", name);
  if (typeof effective !== "function") throw new ShapeError("造改距离的 RoPE", "有效距离是一个函数", effective);
  if (pairing !== "interleaved" && pairing !== "half") {
    throw new RangeError(explain("定 RoPE 的配对方式", "interleaved 或 half", pairing));
  }
  const [step, apart] = pairing === "interleaved" ? [2, 1] as const : [1, pairs] as const;
  return {
    name,
    causalOnly: true,
    query: (rows) => rows, // 占住这两处，别的 RoPE 就不能再来转
    key: (rows) => rows,
    row({ queries, keys, queryPositions, keyPositions, scale, visible }) {
      if (queries.columns !== 2 * pairs) throw new ShapeError(`用 ${name}`, `${2 * pairs} 维的头`, queries.columns);
      return (r) => ({
        contentPosition: keyPositions.map((position, j) => {
          if (!visible(r, j)) return 0;
          const distance = requireNumber(
            `用 ${name} 的有效距离`,
            effective(queryPositions[r]!, position),
            "有限的数",
            Number.isFinite,
          );
          const q = row(queries, r), k = row(keys, j);
          let extra = 0; // 转了的点积比不转的多多少
          for (let i = 0, a = 0; i < pairs; i++, a += step) {
            const b = a + apart, angle = distance * frequencies[i]!;
            const along = q[a]! * k[a]! + q[b]! * k[b]!, across = q[a]! * k[b]! - q[b]! * k[a]!;
            extra += along * (Math.cos(angle) - 1) + across * Math.sin(angle);
          }
          return scale * extra;
        }),
      });
    },
  };
}
