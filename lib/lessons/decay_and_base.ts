/**
 * 第 33 课用的东西：上界和真的点积，一个底数合不合格，二分会停在哪，三道练习的判分。
 *
 * @module
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { explain, requireInteger, requireVector } from "@lib/errors.ts";
import { baseBound } from "@lib/limits/base_bound.ts";
import shipped from "@lib/limits/base_bounds.json" with { type: "json" };
import { decayBound, meanCosine } from "@lib/limits/decay.ts";
import type { Property } from "@lib/notebook/exercise.ts";

/**
 * 从 1 到 `farthest`，对数地取 `count` 个左右的距离：整数，不重复，越远越稀。
 *
 * @throws {RangeError} 最远的不是正整数，或个数小于 2
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spaced } from "@lib/lessons/decay_and_base.ts";
 *
 * assert.deepEqual(spaced(1000, 4), [1, 10, 100, 1000]);
 * ```
 */
export function spaced(farthest: number, count: number): number[] {
  requireInteger("取几个距离，定最远的", farthest, 1);
  requireInteger("取几个距离，定个数", count, 2);
  const at = Array.from({ length: count }, (_, n) => Math.round(farthest ** (n / (count - 1))));
  return [...new Set(at)];
}

/**
 * 8265(16) 的两头：点积（还没取实部）的大小 `[n]`，和它的上界 `[n]`；都没有除 √d。
 *
 * @param query q `[d]`，相邻两个一对
 * @param key k `[d]`
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param distances 距离 Δ `[n]`（词元）
 * @throws {ShapeError} q、k 的长度不是角频率的两倍
 * @source kexue 8265(14)–(16)；RF(35)–(37)
 * @example 只有一对：点积的大小就是 ‖q‖‖k‖，上界也是
 * ```ts
 * import assert from "node:assert/strict";
 * import { ceiling } from "@lib/lessons/decay_and_base.ts";
 *
 * const { sizes, bounds } = ceiling([3, 4], [0, 2], [1], [0, 7]);
 * assert.deepEqual([...sizes, ...bounds].map((x) => x.toFixed(9)), Array(4).fill("10.000000000"));
 * ```
 */
export function ceiling(
  query: ArrayLike<number>,
  key: ArrayLike<number>,
  frequencies: ArrayLike<number>,
  distances: ArrayLike<number>,
): { readonly sizes: Float64Array; readonly bounds: Float64Array } {
  const pairs = frequencies.length;
  const q = requireVector("比 8265(16) 的两头，定 q", query, 2 * pairs);
  const k = requireVector("比 8265(16) 的两头，定 k", key, 2 * pairs);
  const re = Array.from({ length: pairs }, (_, i) => q[2 * i]! * k[2 * i]! + q[2 * i + 1]! * k[2 * i + 1]!);
  const im = re.map((_, i) => q[2 * i + 1]! * k[2 * i]! - q[2 * i]! * k[2 * i + 1]!);
  const jump = re.reduce(
    (most, x, i) => Math.max(most, Math.hypot((re[i + 1] ?? 0) - x, (im[i + 1] ?? 0) - im[i]!)),
    0,
  );
  return {
    sizes: Float64Array.from(distances, (distance) => {
      let x = 0, y = 0;
      re.forEach((a, i) => {
        const [b, c, s] = [im[i]!, Math.cos(distance * frequencies[i]!), Math.sin(distance * frequencies[i]!)];
        x += a * c - b * s;
        y += a * s + b * c;
      });
      return Math.hypot(x, y);
    }),
    bounds: decayBound(distances, frequencies).map((factor) => factor * pairs * jump),
  };
}

/**
 * q = k 的平均在 0 到 `length` − 1 里最低到多少；不小于 0，底数就合 10122(5)。
 *
 * @param base 底数
 * @param window `length` 长度（词元）；`dimension` 维数，不写是 128
 * @throws {ShapeError} 维数不是正偶数
 * @throws {RangeError} 底数不大于 1，或长度不是正整数
 * @source kexue 10122(5)，除以 d/2
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lowest } from "@lib/lessons/decay_and_base.ts";
 *
 * assert.ok(lowest(4294, { length: 1024 }) > 0);
 * assert.ok(lowest(4400, { length: 1024 }) < 0); // 底数更大，反而不合格
 * ```
 */
export function lowest(
  base: number,
  { length, dimension = 128 }: { readonly length: number; readonly dimension?: number },
): number {
  requireInteger("找最低的平均", length, 1);
  return meanCosine(Float64Array.from({ length }, (_, m) => m), inverseFrequencies(dimension, base))
    .reduce((least, mean) => Math.min(least, mean), 1);
}

/**
 * 二分：`low` 不合格，`high` 合格，一次次取中间（几何平均），停在哪个底数。停的地方合格，不一定是最小的。
 *
 * @param low 小的一头，不合格
 * @param high 大的一头，合格
 * @param window 和 {@linkcode lowest} 相同
 * @throws {RangeError} 两头不是一个不合格、一个合格
 * @example 从不同的两头出发，停在不同的地方，都不是最小的 4293.44
 * ```ts
 * import assert from "node:assert/strict";
 * import { bisected } from "@lib/lessons/decay_and_base.ts";
 *
 * const ends = [[1000, 1e6], [100, 1e5]].map(([low, high]) => bisected(low!, high!, { length: 1024 }));
 * assert.deepEqual(ends.map(Math.round), [5602, 6018]);
 * ```
 */
export function bisected(
  low: number,
  high: number,
  window: { readonly length: number; readonly dimension?: number },
): number {
  if (lowest(low, window) >= 0 || lowest(high, window) < 0) {
    throw new RangeError(explain("二分找底数", "小的一头不合格，大的一头合格", [low, high]));
  }
  let [bad, good] = [low, high];
  for (let n = 0; n < 40; n++) {
    const middle = Math.sqrt(bad * good);
    if (lowest(middle, window) >= 0) good = middle;
    else bad = middle;
  }
  return good;
}

/**
 * 算好的表：d = 128，每个长度最小的合格底数 `lower`，10122 印的两位数 `post`，它转抄的论文的数 `paper`。
 *
 * @source `lib/limits/base_bounds.json`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { smallestBases } from "@lib/lessons/decay_and_base.ts";
 *
 * const [first] = smallestBases;
 * assert.deepEqual([first!.length, first!.lower.toFixed(2), first!.post], [1024, "4293.44", 4300]);
 * ```
 */
export const smallestBases: ReadonlyArray<Readonly<Record<"length" | "lower" | "post" | "paper", number>>> = shipped
  .rows
  .map(({ length, lower }, n) => ({
    length,
    lower,
    post: shipped.printed.post[n]!,
    paper: shipped.printed.paper[n]!,
  }));

/**
 * 练习 1（手算）的判分：两对，每格转 90 度和 45 度，q = k 的平均隔 2 个是几。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handProperties } from "@lib/lessons/decay_and_base.ts";
 *
 * assert.ok(Math.abs(handProperties[1]!.measure(-1 / 2)) < 1e-9);
 * ```
 */
export const handProperties: ReadonlyArray<Property<number>> = [
  {
    name: "余弦的平均，在 −1 和 1 之间",
    measure: (mean) => mean,
    bound: { min: -1, max: 1 },
    hint: "有两对，加起来要除以 2",
  },
  {
    name: "和代进式子的一样",
    measure: (mean) => mean - meanCosine([2], [Math.PI / 2, Math.PI / 4])[0]!,
    bound: 0.005,
    hint: "隔 2 个：一对转了 180 度，一对转了 90 度，各取余弦再平均",
  },
];

const asked = { length: 700, dimension: 128 };

/**
 * 练习 2（改参数）的判分：L = 700、d = 128，最小的合格的整数底数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integerBaseProperties } from "@lib/lessons/decay_and_base.ts";
 *
 * assert.ok(integerBaseProperties[1]!.measure(2981) < 0); // 四舍五入，就掉出去了
 * ```
 */
export const integerBaseProperties: ReadonlyArray<Property<number>> = [
  {
    name: "是大于 1 的整数",
    measure: (base) => base > 1 && base < 1e9 ? base - Math.round(base) : NaN,
    bound: 0,
    hint: "要写整数，不带小数，也不写几万的缩写",
  },
  {
    name: "合格：700 个距离里，平均最低的不小于 0",
    measure: (base) => lowest(base, asked),
    bound: { min: 0 },
    hint: "印出来的头是带小数的；四舍五入成更小的整数，就掉到那一段外面了",
  },
  {
    name: "比它小的整数都不合格",
    measure: (base) => base - Math.ceil(baseBound(asked)!.lower),
    bound: 0,
    hint: "合格的是一段一段的，要的是头一段；旋钮 L 改成 700、d 是 128 了吗",
  },
];

/**
 * 练习 3 的答案的样子：底数、长度 L、维数 d 进去，合不合格出来；还没写就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Allowed } from "@lib/lessons/decay_and_base.ts";
 *
 * const blank: Allowed = () => undefined;
 * assert.equal(blank(10000, 1024, 128), undefined);
 * ```
 */
export type Allowed = (base: number, length: number, dimension: number) => boolean | undefined;

/**
 * 练习 3（写代码）的判分：判一个底数合不合 10122(5)。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { allowedProperties } from "@lib/lessons/decay_and_base.ts";
 *
 * assert.equal(allowedProperties[0]!.measure((base) => base > 4294), 0); // 头一条过得去
 * assert.ok(allowedProperties[1]!.measure((base) => base > 4294) > 0); // 合格的不是“大于某个数”
 * ```
 */
export const allowedProperties: ReadonlyArray<Property<Allowed>> = [
  {
    name: "L = 1024、d = 128：1000 不合格，10 万合格，判错的个数",
    measure: (allowed) => wrong(allowed, [[1000, 1024, 128], [1e5, 1024, 128]]),
    bound: 0,
    hint: "θ 是 base^(−2i/d)，i 从 0 到 d/2 − 1；和小于 0 的一个也不能有",
  },
  {
    name: "4300 合格、4400 和 5000 不合格、5620 又合格，判错的个数",
    measure: (allowed) => wrong(allowed, [4300, 4400, 5000, 5620].map((base) => [base, 1024, 128])),
    bound: 0,
    hint: "合格的不是“大于某个数”，每个底数都要把距离 0 到 L − 1 全算一遍",
  },
  {
    name: "头一个变负的正好在 L − 1 和 L，判错的个数",
    measure: (allowed) => wrong(allowed, [[10000, 1707, 128], [10000, 1708, 128], [5000, 864, 128], [5000, 865, 128]]),
    bound: 0,
    hint: "距离从 0 到 L − 1：L 自己不算，L − 1 要算",
  },
  {
    name: "换一个维数也对，判错的个数",
    measure: (allowed) =>
      wrong(allowed, [[20, 16, 64], [26, 16, 64], [8000, 1024, 64], [8000, 1024, 128], [1e6, 64, 4]]),
    bound: 0,
    hint: "指数里的 d 和对数 d/2 都要用给你的那个，别写死 128",
  },
];

/** 判错了几个。 */
function wrong(allowed: Allowed, cases: ReadonlyArray<readonly number[]>): number {
  return cases.filter(([base, length, dimension]) => {
    const said = allowed(base!, length!, dimension!);
    if (typeof said !== "boolean") throw new TypeError("需要返回 true 或 false");
    return said !== (lowest(base!, { length: length!, dimension: dimension! }) >= 0);
  }).length;
}
