/**
 * 第 41 课的病灶：T5 没训练过的桶，永远是 0 分，比训练过的非目标都高。
 *
 * 存着的训练没有参数，所以现场训练一个小的，一秒左右；再换掉那几个 0，看成绩回不回来。16 维、学习率 0.03，
 * 八十步就学会；每个长度只考 16 句。
 *
 * @module
 */
import { t5Bucket } from "@lib/encodings/t5.ts";
import { requireInteger, requireVector, ShapeError } from "@lib/errors.ts";
import { softmax } from "@lib/softmax.ts";
import { examine, runSeed } from "@lib/training/run.ts";
import { type Setting, settled } from "@lib/training/setting.ts";
import type { Parameters } from "@lib/training/tensor.ts";

/**
 * 训练过的一张桶表。
 *
 * @example
 * ```ts
 * import type { BucketRun } from "@lib/lessons/untrained_buckets.ts";
 *
 * const target = ({ table }: BucketRun) => table[3];
 * ```
 */
export interface BucketRun {
  /** 补齐了的设置。 */
  readonly setting: Setting;
  /** 种子。 */
  readonly seed: number;
  /** 训练完的参数。 */
  readonly parameters: Parameters;
  /** 桶表 `[32]`。 */
  readonly table: Float64Array;
}

/**
 * 现场训练：T5，往回抄 3 个，长度 16，一个种子，不开别的线程。
 *
 * @param steps 走几步
 * @param seed 种子
 * @throws {RangeError} 步数或种子不合适
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainBuckets } from "@lib/lessons/untrained_buckets.ts";
 *
 * const { table } = trainBuckets(2, 1);
 * assert.ok(table.slice(16).every((b) => b === 0) && table.slice(0, 16).some((b) => b !== 0));
 * ```
 */
export function trainBuckets(steps: number, seed: number): BucketRun {
  const setting = settled({
    encoding: "T5",
    task: "copy",
    length: 16,
    steps,
    seeds: [seed],
    lengths: [16],
    trials: 16,
    dimension: 16,
    rate: 0.03,
  });
  const { parameters } = runSeed(setting, seed);
  return { setting, seed, parameters, table: Float64Array.from(parameters["bucketTable"]!.data) };
}

/**
 * 没训练过的桶，换成训练过的最后一个的数：等于在那里截断。
 *
 * @param table 桶表 `[n]`
 * @param trained 前几个训练过
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 训练过的个数不在 1 到 n 之间
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clipped } from "@lib/lessons/untrained_buckets.ts";
 *
 * assert.deepEqual([...clipped([1, -1, 0, 0], 2)], [1, -1, -1, -1]);
 * ```
 */
export function clipped(table: ArrayLike<number>, trained: number): Float64Array {
  const values = requireVector("补桶表", table);
  requireInteger("补桶表，定训练过几个", trained, 1, values.length);
  return Float64Array.from(values, (b, n) => n < trained ? b : values[trained - 1]!);
}

/**
 * 换一张桶表去考：别的参数不动。
 *
 * @param run 训练完的
 * @param table 换上的桶表 `[32]`
 * @param length 考几个词元
 * @returns 答对的份额，0 到 1
 * @throws {ShapeError} 不是 32 个数
 * @throws {RangeError} 这么长出不了题
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { examineWith, trainBuckets } from "@lib/lessons/untrained_buckets.ts";
 *
 * const run = trainBuckets(1, 1);
 * assert.ok(examineWith(run, run.table, 8) < 0.5);
 * ```
 */
export function examineWith(
  { setting, seed, parameters }: BucketRun,
  table: ArrayLike<number>,
  length: number,
): number {
  const before = parameters["bucketTable"]!, data = Float64Array.from(requireVector("换桶表", table));
  if (data.length !== before.data.length) throw new ShapeError("换桶表", `${before.data.length} 个数`, data.length);
  return examine(setting, { ...parameters, bucketTable: { ...before, data } }, length, seed);
}

/**
 * 权重分给了谁。
 *
 * @example
 * ```ts
 * import type { Shares } from "@lib/lessons/untrained_buckets.ts";
 *
 * const total = ({ target, trained, untrained }: Shares) => target + trained + untrained; // 1
 * ```
 */
export interface Shares {
  /** 隔 3 个的目标。 */
  readonly target: number;
  /** 别的训练过的桶。 */
  readonly trained: number;
  /** 没训练过的桶。 */
  readonly untrained: number;
}

/**
 * 内容都一样时，最后一个词元的权重分给了谁：隔 3 个的目标、别的训练过的桶（前 16 个）、没训练过的桶。
 *
 * @param table 桶表 `[32]`
 * @param length 几个词元
 * @throws {ShapeError} 不是 32 个数
 * @throws {RangeError} 不到 4 个词元
 * @example 表全是 0：每个词元一样多
 * ```ts
 * import assert from "node:assert/strict";
 * import { weightShares } from "@lib/lessons/untrained_buckets.ts";
 *
 * assert.deepEqual(weightShares(new Float64Array(32), 64), { target: 1 / 64, trained: 15 / 64, untrained: 48 / 64 });
 * ```
 */
export function weightShares(table: ArrayLike<number>, length: number): Shares {
  const values = requireVector("分权重", table);
  if (values.length !== 32) throw new ShapeError("分权重", "32 个数", values.length);
  requireInteger("分权重，定几个词元", length, 4, 2 ** 16);
  const buckets = Array.from({ length }, (_, t) => t5Bucket(t, { bidirectional: false }));
  const weights = softmax(Float64Array.from(buckets, (b) => values[b]!), new Float64Array(length));
  const sum = (holds: (bucket: number) => boolean) =>
    buckets.reduce((all, b, t) => all + (holds(b) ? weights[t]! : 0), 0);
  return { target: sum((b) => b === 3), trained: sum((b) => b !== 3 && b < 16), untrained: sum((b) => b >= 16) };
}
