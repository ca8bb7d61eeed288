/**
 * 文字、图像、视频排在一起时的位置编号（multimodal position ids）：每个词元三个数，时、高、宽。
 *
 * 文字三个数相同，一个词元加 1。一段画面从下一个编号 s 起：第 t 帧、第 h 行、第 w 列是 (s + t, s + h, s + w)；图像就是一帧。
 * 画面之后从几接着编，各家的代码不同，要写明（见 {@linkcode PositionIdsOptions}）。
 *
 * @module
 */
import { explain, requireInteger, requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";

/**
 * 一段画面。
 *
 * @example
 * ```ts
 * import type { Vision } from "@lib/axes/position_ids.ts";
 *
 * const image: Vision = { grid: [1, 4, 6] };
 * const video: Vision = { grid: [3, 4, 4], secondsPerGrid: 1.5 };
 * ```
 */
export interface Vision {
  /** 帧、行、列（补丁），合并之前，和各家的 grid_thw 相同；图像是一帧。 */
  readonly grid: readonly [frames: number, height: number, width: number];
  /** 两帧之间几秒；不写是 1。只在给了 `tokensPerSecond` 时能写。 */
  readonly secondsPerGrid?: number;
}

/**
 * 编号的规矩；不写的，照论文：秒数不取整，接着最大的编号往下编。
 *
 * | | `tokensPerSecond` | `seconds` | `next` |
 * | --- | --- | --- | --- |
 * | Qwen2-VL、Qwen3-VL，transformers 4 | 不写 | | `max` |
 * | Qwen2.5-VL，作者的微调代码 | 2 | `exact` | `max` |
 * | Qwen2.5-VL，transformers 4 | 配置里的 | `whole` | `max` |
 * | 三家，transformers 5 | Qwen2.5-VL 才写 | `exact` | `grid` |
 *
 * @example
 * ```ts
 * import type { PositionIdsOptions } from "@lib/axes/position_ids.ts";
 *
 * const transformers5: PositionIdsOptions = { tokensPerSecond: 2, next: "grid" };
 * ```
 */
export interface PositionIdsOptions {
  /** 几乘几个补丁合成一个词元；不写是 2。 */
  readonly merge?: number;
  /** 一秒占几个编号（Qwen2.5-VL；配置类的缺省值是 4，放出来的模型写的是 2）；不写就是一帧一个。 */
  readonly tokensPerSecond?: number;
  /** 秒数：`exact` 照乘，乘完去掉零头；`whole` 先去掉零头（1.5 秒当 1 秒，半秒当 0）。不写是 `exact`。 */
  readonly seconds?: "exact" | "whole";
  /** 画面之后：`max` 是最大的编号加 1；`grid` 是起点加行、列中大的那个，不管有几帧，会和画面的时间重号。不写是 `max`。 */
  readonly next?: "max" | "grid";
}

/**
 * 编好的号。
 *
 * @example
 * ```ts
 * import { positionIds, type PositionIds } from "@lib/axes/position_ids.ts";
 *
 * const text: PositionIds = positionIds([3]);
 * ```
 */
export interface PositionIds {
  /** 时、高、宽 `[L, 3]`。 */
  readonly ids: Matrix;
  /** 往后生成的第一个词元的编号：最大的加 1。减去 L，就是各家说的 rope_deltas。 */
  readonly next: number;
}

/** 一句最多几个词元。 */
const longest = 2 ** 20;

/**
 * 给一句排位置编号。
 *
 * @param pieces 一段一段地写：一个数是几个文字词元（画面的开头、结尾标记也算文字），一个 {@linkcode Vision} 是一段画面；补齐的不写
 * @throws {ShapeError} 一段不是数，也不是画面
 * @throws {RangeError} 个数不是非负整数，行、列不是 `merge` 的倍数，没有规矩里的写法，或写了秒数却没写一秒几个编号
 * @source Wang et al. arXiv 2409.12191 §2.1；transformers `qwen2_vl`、`qwen2_5_vl`、`qwen3_vl` 的 get_rope_index
 * @example 两个字，一张 2×3（合并后）的图，两个字
 * ```ts
 * import assert from "node:assert/strict";
 * import { positionIds } from "@lib/axes/position_ids.ts";
 * import { row } from "@lib/matrix.ts";
 *
 * const { ids, next } = positionIds([2, { grid: [1, 4, 6] }, 2]);
 * assert.deepEqual([...row(ids, 7)], [2, 3, 4]); // 图里最后一个：第 1 行第 2 列
 * assert.deepEqual([...row(ids, 8)], [5, 5, 5]); // 图之后：最大的 4 加 1
 * assert.equal(next, 7);
 * ```
 */
export function positionIds(pieces: ReadonlyArray<number | Vision>, options: PositionIdsOptions = {}): PositionIds {
  if (!Array.isArray(pieces)) throw new ShapeError("排位置编号", "一段一段的数组", pieces);
  const rules = requireRules(options);
  requireInteger("排位置编号，定段数", pieces.length, 0, longest);
  const parts = Array.from(
    pieces,
    (piece: number | Vision) => typeof piece === "number" ? words(piece) : patches(piece, rules),
  );
  const length = parts.reduce((sum, { count }) => sum + count, 0);
  requireInteger("排位置编号，定词元个数", length, 0, longest);
  const ids = zeros(length, 3);
  let start = 0, cell = 0, next = 0;
  for (const { count, place, step } of parts) {
    for (let n = 0; n < count; n++) {
      for (const at of place(n)) next = Math.max(next, 1 + (ids.data[cell++] = start + at));
    }
    start = step === undefined ? next : start + step;
  }
  return { ids, next };
}

/**
 * Qwen3-VL 的视频：一帧一段画面，前面有几个写着时间的文字词元，再前后各一个标记。交回来的接在 `pieces` 里用。
 *
 * @param grid 帧、行、列（补丁），合并之前
 * @param stamps 每一帧的时间占几个文字词元 `[帧数]`
 * @throws {ShapeError} 时间的个数和帧数对不上
 * @throws {RangeError} 帧数不是正整数
 * @source transformers `qwen3_vl` 的 processing_qwen3_vl.py 和 get_rope_index
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stampedVideo } from "@lib/axes/position_ids.ts";
 *
 * const frame = { grid: [1, 4, 4] };
 * assert.deepEqual(stampedVideo([2, 4, 4], [5, 6]), [6, frame, 1, 7, frame, 1]);
 * ```
 */
export function stampedVideo(grid: Vision["grid"], stamps: readonly number[]): Array<number | Vision> {
  const [frames, height, width] = requireGrid(grid, 1);
  if (!Array.isArray(stamps) || stamps.length !== frames) {
    throw new ShapeError("排视频的时间", `${frames} 个数`, stamps);
  }
  return Array.from(stamps).flatMap((words: number) => [
    requireInteger("排视频的时间，定词元个数", words, 0, longest) + 1,
    { grid: [1, height, width] as const },
    1,
  ]);
}

/** 一段：几个词元，第 n 个比起点多多少；之后起点加几，不写就接着最大的。 */
interface Part {
  readonly count: number;
  readonly place: (n: number) => readonly [t: number, h: number, w: number];
  readonly step?: number;
}

function words(count: number): Part {
  requireInteger("排位置编号，定文字词元的个数", count, 0, longest);
  return { count, place: (n) => [n, n, n], step: count };
}

function patches(vision: Vision, { merge, tokensPerSecond, seconds, next }: Required<PositionIdsOptions>): Part {
  const { grid, secondsPerGrid = 1 } = requireOptions("排画面的位置编号", vision);
  const [frames, height, width] = requireGrid(grid, merge), [H, W] = [height / merge, width / merge];
  requireNumber("定两帧之间的秒数", secondsPerGrid, "0 到 1e6 之间的数", (s) => s >= 0 && s <= 1e6);
  const timed = tokensPerSecond > 0;
  if (!timed && vision.secondsPerGrid !== undefined) {
    throw new RangeError(explain("用两帧之间的秒数", "写明一秒几个编号（tokensPerSecond）", undefined));
  }
  // 各家的代码用单精度乘，这里也用：差一个末位，去掉零头就差一个编号。
  const whole = seconds === "whole" ? Math.trunc(secondsPerGrid) : Math.fround(secondsPerGrid);
  const apart = timed ? Math.fround(tokensPerSecond * whole) : 1;
  const place: Part["place"] = (n) => {
    const frame = Math.floor(n / (H * W));
    return [Math.trunc(Math.fround(frame * apart)), Math.floor(n / W) % H, n % W];
  };
  const count = requireInteger("排画面的位置编号，定词元个数", frames * H * W, 1, longest);
  return next === "grid" ? { count, place, step: Math.max(H, W) } : { count, place };
}

function requireGrid(grid: Vision["grid"], merge: number): Vision["grid"] {
  if (!Array.isArray(grid) || grid.length !== 3) throw new ShapeError("排画面的位置编号", "帧、行、列三个数", grid);
  for (const side of grid) requireInteger("排画面的位置编号，定帧、行、列", side, 1, longest);
  for (const side of grid.slice(1)) {
    requireNumber("合并补丁", side, `行数、列数是 ${merge} 的倍数`, (n) => n % merge === 0);
  }
  return grid;
}

function requireRules(options: PositionIdsOptions): Required<PositionIdsOptions> {
  const { merge = 2, tokensPerSecond, seconds = "exact", next = "max" } = requireOptions("排位置编号", options);
  requireInteger("定几乘几合并", merge, 1, 64);
  if (tokensPerSecond !== undefined) {
    requireNumber("定一秒几个编号", tokensPerSecond, "大于 0、不超过 1e6 的数", (n) => n > 0 && n <= 1e6);
  }
  if (seconds !== "exact" && seconds !== "whole") {
    throw new RangeError(explain("定秒数的规矩", "exact 或 whole", seconds));
  }
  if (next !== "max" && next !== "grid") throw new RangeError(explain("定画面之后的编号", "max 或 grid", next));
  return { merge, tokensPerSecond: tokensPerSecond ?? 0, seconds, next };
}
