/**
 * 第 43 课的底数–长度图：清单上画得出的点，下界的阶梯，阶梯以下的为什么也能用。
 *
 * @module
 */
import { inverseFrequencies, proportionalFrequencies } from "@lib/encodings/frequencies.ts";
import { requireInteger, requireNumber, requireVector } from "@lib/errors.ts";
import shipped from "@lib/limits/base_bounds.json" with { type: "json" };
import { type ReleasedBase, type ReleasedRotation, releasedRotations } from "@lib/models/released_rotations.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { type BaseLabel, type BasePoint, drawBaseLength } from "@lib/plots/base_length.ts";
import type { Picture } from "@lib/plots/picture.ts";
import { llama3 } from "@lib/scaling/by_parts.ts";
import { linear } from "@lib/scaling/linear.ts";
import { yarn } from "@lib/scaling/yarn.ts";

/**
 * 下界的阶梯：128 维，每个算过的长度，最小的合格底数。
 *
 * @source `lib/limits/base_bounds.json`；条件是 kexue 10122(5)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stair } from "@lib/lessons/released_bases.ts";
 *
 * assert.deepEqual([stair[0]!.length, Math.round(stair[0]!.lower)], [1024, 4293]);
 * ```
 */
export const stair: ReadonlyArray<{ readonly length: number; readonly lower: number }> = shipped.rows
  .map(({ length, lower }) => ({ length, lower }));

/**
 * 阶梯在这个长度有多高：不超过它的最长的那一级；比 1024 短的没有算，是 0。
 *
 * 长度越长，要不变负的距离越多，下界只升不降；所以低于这一级的，一定不合格。
 *
 * @throws {RangeError} 长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stairAt } from "@lib/lessons/released_bases.ts";
 *
 * assert.deepEqual([512, 1024, 2047].map((length) => Math.round(stairAt(length))), [0, 4293, 4293]);
 * ```
 */
export function stairAt(length: number): number {
  requireInteger("看阶梯，定长度", length, 1);
  return stair.findLast((step) => step.length <= length)?.lower ?? 0;
}

/**
 * 一条底数：哪一行的哪一种层，画在图上哪里。
 *
 * @example
 * ```ts
 * import { drawnBases, type DrawnBase } from "@lib/lessons/released_bases.ts";
 *
 * const below: DrawnBase[] = drawnBases.filter(({ under }) => under);
 * ```
 */
export interface DrawnBase extends BasePoint {
  /** 清单上的那一行。 */
  readonly row: ReleasedRotation;
  /** 这种层。 */
  readonly kind: ReleasedBase;
  /** 在阶梯以下：按 128 维，一定不合格。 */
  readonly under: boolean;
}

/**
 * 画得出的每一条：底数和写明的长度都读到了；几种层各有底数的，一种层一条。
 *
 * @example Gemma 3 有两条
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawnBases } from "@lib/lessons/released_bases.ts";
 *
 * assert.deepEqual(drawnBases.filter(({ name }) => name === "Gemma 3 1B").map(({ base }) => base), [1000000, 10000]);
 * ```
 */
export const drawnBases: readonly DrawnBase[] = releasedRotations.flatMap((row) => {
  const { length } = row, original = row.scaling?.original;
  if (length === null) return []; // 只写了拉长以前的也不算：那不是写明的长度
  return row.bases.map((kind) => ({
    name: row.model,
    length,
    base: kind.base,
    ...(original !== undefined && original < length ? { original } : {}),
    row,
    kind,
    under: kind.base < stairAt(length),
  }));
});

/** 写名字的几个，和怎么摆。 */
const labels: readonly BaseLabel[] = [
  { name: "LLaMA-2", dx: 0, dy: 24 },
  { name: "Yi-6B/34B", dx: -10, dy: 0 },
  { name: "LLaMA-3 8B/70B", text: "LLaMA-3", dx: -10, dy: -16 },
  { name: "LLaMA-3.1 8B/70B", text: "LLaMA-3.1、3.2", dx: 15, dy: 12 },
  { name: "Command-R v01", dx: -9, dy: -8 },
  { name: "Qwen2.5-7B-1M", dx: 0, dy: 20 },
  { name: "LLaMA-4 Scout", dx: -9, dy: 17 },
  { name: "MiniMax-Text-01", dx: -9, dy: -10 },
  { name: "DeepSeek-V2 / V2-Lite", text: "DeepSeek-V2", dx: 12, dy: 0 },
  { name: "Kimi K2", dx: 12, dy: 0 },
];

/**
 * 画清单的底数–长度图，下界是阶梯；`yours` 是另外标出来的点。
 *
 * @throws {KnobError} 旋钮没通过
 * @throws 和 `drawBaseLength` 相同
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawBases } from "@lib/lessons/released_bases.ts";
 *
 * assert.match(drawBases({ says: "清单上的底数" }).svg, />LLaMA-2</);
 * ```
 */
export function drawBases(options: { readonly says: string; readonly yours?: readonly BasePoint[] }): Picture {
  assertKnobs();
  const { says, yours = [] } = options;
  const caption = yours.length === 0
    ? "1k 是 1024；圈里是几个点落在一处；绿线是下界（128 维）；竖线连一个模型的两种层，虚线连拉长前后。"
    : "朱色方块是贴的那份；绿线是下界（128 维）；虚线连拉长前后。";
  return drawBaseLength(drawnBases, { says, bound: stair, labels, yours, caption });
}

/**
 * 窗口里隔得最远的是几，再加自己（个）：窗口一般写的是往前看几个；ModernBERT 写的是左右合计，一边是一半。
 *
 * @param model 清单上的名字，或 `model_type`
 * @param window 写明的窗口（词元）
 * @throws {RangeError} 窗口不是正整数
 * @source transformers `modeling_modernbert.py`：`sliding_window = local_attention // 2 + 1`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reachOf } from "@lib/lessons/released_bases.ts";
 *
 * assert.deepEqual([reachOf("modernbert", 128), reachOf("Gemma 3 1B", 512)], [65, 512]);
 * ```
 */
export function reachOf(model: string, window: number): number {
  requireInteger("看窗口有多远", window, 1);
  return /^modernbert/i.test(model) ? Math.floor(window / 2) + 1 : window;
}

/**
 * q = k 的平均第一次变负的距离（词元）：Σcos(m·θᵢ) 加上不转的对（各出 1），m 从 0 到 `length` − 1；一直不变负是 `undefined`。
 *
 * 和每走一格最多降 Σθᵢ，所以还剩 S 的时候，S / Σθᵢ 格以内不会变负，跳过去。
 *
 * @param frequencies 角频率 `[d/2]`（弧度每词元）
 * @param still 头里不转的有几对；不转的维数是奇数，就有半对
 * @param length 看到多长（词元）
 * @throws {ShapeError} 角频率不是一串数
 * @throws {RangeError} 长度不是不小于 0 的整数，或对数不是不小于 0 的整数、半整数
 * @source kexue 10122(5)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { firstBelow } from "@lib/lessons/released_bases.ts";
 *
 * const llama2 = inverseFrequencies(128, 10000);
 * assert.deepEqual([firstBelow(llama2, 0, 1707), firstBelow(llama2, 0, 4096), firstBelow(llama2, 64, 4096)], [undefined, 1707, undefined]);
 * ```
 */
export function firstBelow(frequencies: ArrayLike<number>, still: number, length: number): number | undefined {
  const speeds = requireVector("找变负的距离", frequencies);
  requireNumber(
    "找变负的距离，定不转的对",
    still,
    "不小于 0 的整数或半整数",
    (pairs) => pairs >= 0 && Number.isInteger(2 * pairs),
  );
  requireInteger("找变负的距离，定看到多长", length, 0);
  if (still >= speeds.length) return undefined; // 每一对至多 −1，不转的各出 1
  const fastest = Math.max(speeds.reduce((sum, speed) => sum + speed, 0), 1e-12);
  for (let m = 0; m < length;) {
    let sum = still;
    for (const speed of speeds) sum += Math.cos(m * speed);
    if (sum < -1e-9) return m;
    m += 1 + Math.max(0, Math.floor(sum / fastest));
  }
}

/**
 * 一条底数自己的角频率 `[turned/2]`（弧度每词元）和不转的对数；头几维、转几维没有读到是 `undefined`。
 *
 * `scaled` 要缩放以后的：那种缩放清单上写得不够算（LongRoPE 的两串数没有读到，dynamic 随长度变）就是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawnBases, turning } from "@lib/lessons/released_bases.ts";
 *
 * const named = (name: string) => turning(drawnBases.find((one) => one.name === name)!)!;
 * assert.deepEqual([named("GPT-NeoX-20B").frequencies.length, named("GPT-NeoX-20B").still], [12, 36]);
 * ```
 */
export function turning(
  { row, kind }: Pick<DrawnBase, "row" | "kind">,
  scaled = false,
): { readonly frequencies: Float64Array; readonly still: number } | undefined {
  const head = kind.head ?? row.head, dimension = kind.turned ?? row.turned, base = kind.base;
  if (head === null || dimension === null) return undefined;
  const still = (head - dimension) / 2, { scaling, model } = row;
  if (!scaled) {
    // Gemma 4 看全部的层是“比例旋转”：角频率按整个头排，只留快的那些对。
    const whole = model === "Gemma 4" && kind.layers === "full"
      ? proportionalFrequencies(head, base, dimension / head).slice(0, dimension / 2)
      : inverseFrequencies(dimension, base);
    return { frequencies: whole, still };
  }
  if (!scaling || kind.layers === "local" || scaling.factor === undefined) return undefined;
  const { factor, original = 1, low = 1, high = 4, fast = 32, slow = 1 } = scaling;
  const from = { dimension, base, factor, originalMaxPosition: original };
  const how = {
    linear: () => linear(from),
    llama3: () => llama3({ ...from, lowFrequencyFactor: low, highFrequencyFactor: high }),
    yarn: () => yarn({ ...from, betaFast: fast, betaSlow: slow, truncate: !/gpt-oss/.test(model) }),
  }[scaling.type as string];
  return how && { frequencies: how().inverseFrequencies, still };
}

/**
 * 阶梯以下的为什么也发布了，五种说法，先说得通的算数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reasons } from "@lib/lessons/released_bases.ts";
 *
 * assert.equal(reasons.length, 5);
 * ```
 */
export const reasons = [
  "一半以上的维不转：加起来不会负",
  "只看窗口：窗口以内不变负",
  "缩放以后：写明的长度以内不变负",
  "写的是拉长以后：原来的长度以内不变负",
  "都不是：自己的长度以内也变负",
] as const;

/**
 * 一条底数归到哪种说法：照它自己的头几维、转几维算，不照 128 维。
 *
 * @returns `reasons` 里的第几个，从 0 数起
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawnBases, reasonOf } from "@lib/lessons/released_bases.ts";
 *
 * const of = (name: string) => reasonOf(drawnBases.find((one) => one.name === name)!);
 * assert.deepEqual(["GPT-NeoX-20B", "LLaMA-4 Scout", "LLaMA-3.2 3B", "LLaMA-3.1 8B/70B", "LLaMA-2"].map(of), [0, 1, 2, 3, 4]);
 * ```
 */
export function reasonOf(one: DrawnBase): number {
  const { row, kind, length, original } = one, own = turning(one), scaled = turning(one, true);
  if (!own) return row.share !== undefined && row.share <= 0.5 ? 0 : 4;
  const holds = ({ frequencies, still }: NonNullable<typeof own>, within: number) =>
    firstBelow(frequencies, still, within) === undefined;
  if (own.still >= own.frequencies.length) return 0;
  if (kind.window !== undefined && kind.window < length && holds(own, reachOf(row.model, kind.window))) return 1;
  if (scaled && holds(scaled, length)) return 2;
  return original !== undefined && holds(own, original) ? 3 : 4;
}
