/**
 * 底数的下界（base bound）：长度是 L，底数至少要多大，才能让 Σcos(m·θᵢ) 在 m = 0 … L − 1 上都不小于 0。
 *
 * 合格的底数不是“大于某个数就行”，是一段一段的：b = 4300 合格，4400 又不合格，所以不能二分。只能从小往大扫，但不必一格一格地试。
 * 一个距离 m 让某个底数不合格，也就让它右边一小段都不合格；这一段有多长算得出来（`sums_by_base.ts` 的 `reach`），整段跳过，不会漏。
 *
 * 最难的距离先试：刚才否掉底数的那些距离排在最前，多半下一个底数也由它们否掉；
 * 它们都不灵了，才把 L 个距离全算一遍，换一批。全算一遍也没有负的，就到了。
 *
 * 跳的最小一步是相对 1e-12：比它还窄的一段会漏掉；双精度分不清正负的（和在 1e-9 以内）也不算数。
 *
 * @module
 */
import {
  explain,
  requireEvenDimension,
  requireInteger,
  requireNumber,
  requireOptions,
  ShapeError,
} from "@lib/errors.ts";
import { hardest } from "@lib/limits/hardest.ts";
import { reach, type Slice, sliceAt, sumAt } from "@lib/limits/sums_by_base.ts";

/**
 * 一段合格的底数。
 *
 * @example
 * ```ts
 * import { baseBound, type BaseWindow } from "@lib/limits/base_bound.ts";
 *
 * const first: BaseWindow | undefined = baseBound({ length: 64 });
 * ```
 */
export interface BaseWindow {
  /** 头：从这里起合格；再小相对 1e-12 就不合格。 */
  readonly lower: number;
  /** 尾：到这里还合格；`null` 是一直扫到 e⁵ 倍（或 10¹⁵）还没有到头。 */
  readonly upper: number | null;
  /** 扫的步子最小是多少（相对）；比它窄的一段会漏掉。 */
  readonly step: number;
}

/** ln b 的最小一步，也就是 b 的相对步长。 */
const step = 1e-12;
/** 扫到 10¹⁵ 为止：再大，θ 之间的差就要被舍入吃掉了。 */
const farthest = Math.log(1e15);

/**
 * 从小往大，第一段合格的底数；扫到 10¹⁵ 还没有就是 `undefined`。
 *
 * 默认的 d = 128，L = 65,536 要三四秒，每长一倍慢四倍左右；算好的在 `base_bounds.json`。
 *
 * @param options `length` 长度 L（词元），不小于 3，长度乘维数不超过 2²⁷；`dimension` 维数 d，不写是 128；
 * `from` 从哪个底数扫起，不写是 1.25（更小的，m = 2 时每一项都是负的）；想要第二段，就从头一段的尾再往上一点扫
 * @throws {ShapeError} 维数不是 4 到 1024 之间的偶数
 * @throws {RangeError} 长度不合适，或 `from` 不在 1 和 10¹⁵ 之间
 * @source kexue 10122(5)、(6)；Men et al. arXiv 2405.14591
 * @example 1024 个词元：4293.44 到 4330.32；再往上，要到 5602.2 才又合格
 * ```ts
 * import assert from "node:assert/strict";
 * import { baseBound } from "@lib/limits/base_bound.ts";
 *
 * const first = baseBound({ length: 1024 })!, second = baseBound({ length: 1024, from: first.upper! * 1.001 })!;
 * assert.deepEqual([first.lower, first.upper, second.lower].map((b) => b!.toFixed(1)), ["4293.4", "4330.3", "5602.2"]);
 * ```
 */
export function baseBound(
  options: { readonly length: number; readonly dimension?: number; readonly from?: number },
): BaseWindow | undefined {
  const { length, dimension = 128, from = 1.25 } = requireOptions("找底数的下界", options);
  requireInteger("找底数的下界，定长度", length, 3); // 0 和 1 两个距离，什么底数都合格
  // 只有一对时是 cos m，和底数无关，m = 2 就是负的。
  if (requireEvenDimension("找底数的下界", dimension) < 4 || dimension > 1024) {
    throw new ShapeError("找底数的下界", "维数在 4 到 1024 之间", dimension);
  }
  if (length * dimension > 2 ** 27) {
    throw new RangeError(explain("找底数的下界", "长度乘维数不超过 2²⁷", length * dimension));
  }
  requireNumber("找底数的下界，定从哪扫起", from, "大于 1、不超过 10¹⁵ 的底数", (b) => b > 1 && b <= 1e15);

  let x = Math.log(from), killers: number[] = [], wanted = 0;
  while (x < farthest) {
    const slice = sliceAt(x, dimension);
    let [jump, at] = longest(killers, slice, wanted);
    if (jump <= wanted / 10) {
      killers = hardest(slice, length);
      [jump, at] = longest(killers, slice, Infinity);
      if (jump === 0) return { lower: slice.base, upper: end(x, length, dimension), step };
      wanted = jump;
    }
    killers.unshift(...killers.splice(at, 1)); // 刚用过的排到最前
    wanted *= 1.02; // 一次次放宽，不然永远只求小步
    x += Math.max(jump, step);
  }
}

/** 名单里谁否掉的一段最长，是第几个；够长就不再往下找。一个也否不掉是 0。 */
function longest(killers: readonly number[], slice: Slice, enough: number): [jump: number, at: number] {
  let jump = 0, at = 0;
  for (let n = 0; n < killers.length && jump < enough; n++) {
    const sum = sumAt(killers[n]!, slice);
    const far = sum < 0 ? reach(killers[n]!, sum, slice) : 0;
    if (far > jump) [jump, at] = [far, n];
  }
  return [jump, at];
}

/** 从合格的 x 往右，哪里开始不合格：每个距离各自往右走，最先变负的说了算；眼看要变负的先走，别的就不用走远。 */
function end(start: number, length: number, dimension: number): number | null {
  const first = sliceAt(start, dimension), last = Math.min(start + 5, farthest);
  const safe = Float64Array.from({ length }, (_, m) => m === 0 ? Infinity : reach(m, sumAt(m, first), first));
  let stop = last;
  for (const m of Uint32Array.from(safe.keys()).sort((a, b) => safe[a]! - safe[b]!)) {
    for (let x = start + safe[m]!; x < stop;) {
      const slice = sliceAt(x, dimension), sum = sumAt(m, slice), far = sum < 0 ? 0 : reach(m, sum, slice);
      if (far > step) x += far;
      else stop = x;
    }
  }
  return stop < last ? Math.exp(stop) : null;
}
