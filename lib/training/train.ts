/**
 * 训练（train）：几个种子各训练一遍，同时做；同步的，有进度，■ 停得下来。
 *
 * 自己不算数，只看着：算的是另外的线程，写进共用的内存。主线程每 0.2 秒醒来看一眼，所以 ■ 一按就停；
 * 停住以后剩下的线程还在跑，下一次 `train` 先把它们收走。
 *
 * @module
 */
import { requireOptions } from "@lib/errors.ts";
import { progressLine, showLine } from "@lib/training/progress.ts";
import type { SeedRun } from "@lib/training/run.ts";
import { type Setting, settled, type TrainOptions } from "@lib/training/setting.ts";
import { type Board, board, read, stages } from "@lib/training/shared.ts";

/**
 * 一次训练的结果。
 *
 * @example
 * ```ts
 * import type { Training } from "@lib/training/train.ts";
 *
 * const best = ({ runs }: Training) => Math.max(...runs.map((run) => run.accuracy[0]!));
 * ```
 */
export interface Training {
  /** 补齐了的设置。 */
  readonly setting: Setting;
  /** 每个种子一份，次序和 `setting.seeds` 相同。 */
  readonly runs: readonly SeedRun[];
  /** 用了几秒。 */
  readonly seconds: number;
}

/**
 * 均值和离散。
 *
 * @example
 * ```ts
 * import type { Spread } from "@lib/training/train.ts";
 *
 * const text = ({ mean, deviation }: Spread) => `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
 * ```
 */
export interface Spread {
  /** 各个种子的均值。 */
  readonly mean: number;
  /** 各个种子的标准差（除以 n − 1）；只有一个种子就是 0。 */
  readonly deviation: number;
}

/** 正在跑的线程；被 ■ 停住的那一次没有机会收拾，留给下一次。 */
const running = new Map<Worker, readonly Board[]>();

/** 一个线程多久还没动静，就是没有起来（秒）。 */
const patience = 120;

/**
 * 训练：`train({ encoding, task, length, steps, seeds })`。
 *
 * @throws {RangeError} 设置不合适（见 {@linkcode settled}），或损失发散
 * @throws {Error} 训练的线程没有起来
 * @example 两个种子，走 20 步
 * ```ts
 * import assert from "node:assert/strict";
 * import { train } from "@lib/training/train.ts";
 *
 * const small = { steps: 20, seeds: [1, 2], lengths: [6], trials: 16, batch: 8, dimension: 8 };
 * const { runs } = train({ encoding: "RoPE", task: "find", length: 6, ...small });
 * assert.deepEqual(runs.map(({ seed }) => seed), [1, 2]);
 * ```
 */
export function train(options: TrainOptions): Training {
  stop(); // 上一次被 ■ 停住的
  const setting = settled(options), boards = setting.seeds.map(() => board(setting)), started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  // 三个种子、两个核：开三个线程挤着做，比做完两个再做一个快。
  const threads = Math.min(boards.length, 2 * navigator.hardwareConcurrency);
  for (let n = 0; n < threads; n++) {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    running.set(worker, boards);
    worker.postMessage({ setting, boards });
  }
  const bell = new Int32Array(new SharedArrayBuffer(4)), losses: number[] = [];
  const stopped = () => boards.find(({ counters }) => counters[0] === stages.failed);
  while (!stopped() && boards.some(({ counters }) => counters[0] !== stages.done)) {
    if (seconds() > patience && boards.every(({ counters }) => counters[0] === stages.waiting)) {
      stop();
      throw new Error(`无法训练：需要线程在 ${patience} 秒里起来：现在一个也没有动静`);
    }
    Atomics.wait(bell, 0, 0, 200); // 不是 await：内核还能被 ■ 停住
    showLine(progressLine(share(boards, setting), watchedLosses(losses, boards), seconds()));
  }
  const failed = stopped(); // 在请别的线程停下之前看：那些也会算作没做完
  stop();
  showLine("");
  if (failed) throw new RangeError(new TextDecoder().decode(failed.message.slice(0, failed.counters[2])));
  return { setting, runs: boards.map((one, n) => read(one, setting, setting.seeds[n]!)), seconds: seconds() };
}

/** 收走还在跑的线程。`terminate` 要等主线程空下来才动手，所以先请它们自己停；没认领的种子，也不会再有人领。 */
function stop(): void {
  for (const [worker, boards] of running) {
    for (const { counters } of boards) {
      Atomics.store(counters, 3, 1);
      Atomics.compareExchange(counters, 0, stages.waiting, stages.failed);
    }
    worker.terminate();
  }
  running.clear();
}

/** 做完几成：走步占九成五，考占半成。 */
function share(boards: readonly Board[], { steps: first, second }: Setting): number {
  const steps = first + (second?.steps ?? 0);
  const each = boards.map(({ counters }) => counters[0] === stages.done ? 1 : 0.95 * counters[1]! / steps);
  return each.reduce((a, b) => a + b, 0) / boards.length;
}

/** 记下这一眼看到的平均损失，返回到现在为止看到的。 */
function watchedLosses(losses: number[], boards: readonly Board[]): number[] {
  const now = boards.filter(({ counters }) => counters[1]! > 0).map(({ loss }) => loss[0]!);
  if (now.length > 0) losses.push(now.reduce((a, b) => a + b, 0) / now.length);
  return losses;
}

/**
 * 各个长度的成绩：几个种子的均值和离散，次序和 `setting.lengths` 相同。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { accuracyByLength } from "@lib/training/train.ts";
 *
 * const runs = [0.8, 1].map((share, seed) => ({ seed, curve: [], accuracy: [share] }));
 * const [{ mean, deviation }] = accuracyByLength({ runs }) as [{ mean: number; deviation: number }];
 * assert.ok(Math.abs(mean - 0.9) < 1e-12 && Math.abs(deviation - Math.SQRT2 / 10) < 1e-12);
 * ```
 */
export function accuracyByLength({ runs }: { readonly runs: readonly Pick<SeedRun, "accuracy">[] }): Spread[] {
  return spreads(runs.map(({ accuracy }) => accuracy));
}

/**
 * 损失曲线：几个种子的均值和离散，每 ⌈steps/100⌉ 步一个点。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lossCurve } from "@lib/training/train.ts";
 *
 * assert.deepEqual(lossCurve({ runs: [{ curve: [2, 1] }] }), [{ mean: 2, deviation: 0 }, { mean: 1, deviation: 0 }]);
 * ```
 */
export function lossCurve({ runs }: { readonly runs: readonly Pick<SeedRun, "curve">[] }): Spread[] {
  return spreads(runs.map(({ curve }) => curve));
}

/** 一列一列地算均值和标准差。 */
function spreads(rows: readonly (readonly number[])[]): Spread[] {
  requireOptions("算均值和离散", { rows });
  return (rows[0] ?? []).map((_, n) => {
    const values = rows.map((row) => row[n]!), mean = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
  });
}
