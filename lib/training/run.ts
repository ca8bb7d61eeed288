/**
 * 训练一遍（one run）：一个设置，一个种子，从随机的参数走到最后一步（有第二段就接着走），再在各个长度上考。
 *
 * 全是同步的，不等任何东西；要停就停整个线程（见 `train.ts`）。
 *
 * @module
 */
import { explain, requireInteger } from "@lib/errors.ts";
import { uniforms } from "@lib/random.ts";
import { adamStart, adamStep, cosineRate } from "@lib/training/adam.ts";
import { initialParameters } from "@lib/training/model.ts";
import { type Batch, compiled } from "@lib/training/objective.ts";
import { built, type Setting } from "@lib/training/setting.ts";
import type { Task } from "@lib/training/task.ts";
import type { Parameters } from "@lib/training/tensor.ts";

/**
 * 一个种子的结果。
 *
 * @example
 * ```ts
 * import type { SeedRun } from "@lib/training/run.ts";
 *
 * const last = (run: SeedRun) => run.curve.at(-1)!;
 * ```
 */
export interface SeedRun {
  /** 种子。 */
  readonly seed: number;
  /** 损失（奈特）`[至多 100]`：每 ⌈steps/100⌉ 步一个平均；有第二段，后面再接一段，也至多 100 个。 */
  readonly curve: readonly number[];
  /** 答对的份额，和设置里的 `lengths` 一一对应。 */
  readonly accuracy: readonly number[];
  /** 训练完的参数，模型的和编码的。 */
  readonly parameters: Parameters;
}

/**
 * 训练到哪了。
 *
 * @example
 * ```ts
 * import type { Report } from "@lib/training/run.ts";
 *
 * const quiet: Report = () => {};
 * ```
 */
export type Report = (step: number, loss: number) => void;

/**
 * 训练一遍，再考。
 *
 * @param setting 补齐了的设置
 * @param seed 种子；`setting.seeds` 在这里不看
 * @param report 每走一步叫它一次，考试时每做完几句也叫；它抛错就停下
 * @throws {RangeError} 损失变成 NaN、∞ 或大得没有意义：学习率太大了
 * @example 走 30 步，损失降下来
 * ```ts
 * import assert from "node:assert/strict";
 * import { runSeed } from "@lib/training/run.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const small = { steps: 30, batch: 8, trials: 16, lengths: [6], dimension: 8 };
 * const { curve } = runSeed(settled({ encoding: "RoPE", task: "find", length: 6, ...small }), 1);
 * assert.ok(curve.at(-1)! < curve[0]!);
 * ```
 */
export function runSeed(setting: Setting, seed: number, report: Report = () => {}): SeedRun {
  requireInteger("训练，定种子", seed, 0, 2 ** 20);
  const { second } = setting, after = { ...setting, ...second }, { model, encoding } = built(setting);
  const start = { ...initialParameters(model, seed), ...encoding.initial(seed + 2 ** 21) };
  const first = walked(setting, start, 1e9 + seed, report), from = setting.steps;
  const last = second?.steps ? walked(after, first.parameters, 1.5e9 + seed, report, from) : undefined;
  const { parameters, losses } = last ?? first, total = from + (last ? second!.steps : 0);
  const accuracy = setting.lengths.map((L) =>
    examine(after, parameters, L, seed, 0, () => report(total, losses.at(-1)!))
  );
  return { seed, curve: [...averaged(first.losses), ...averaged(last?.losses ?? [])], accuracy, parameters };
}

/** 走一段：从给定的参数起，照设置的步数走；前面已经走了 `from` 步。 */
function walked(setting: Setting, parameters: Parameters, drawn: number, report: Report, from = 0) {
  const { task, model, encoding } = built(setting), { length, steps, batch } = setting;
  const objective = compiled(model, encoding, places(length)), next = uniforms(drawn, 0, 1);
  const limit = 50 * Math.log(model.answers), losses: number[] = [];
  let adam = adamStart(parameters);
  for (let step = 0; step < steps; step++) {
    const { loss, gradients } = objective.slope(
      adam.parameters,
      task.batch(next, batch, shortestOf(task, length), length),
    );
    if (!(loss < limit)) {
      const expected = `损失小于 ${limit.toFixed(0)}（瞎猜是 ${
        Math.log(model.answers).toFixed(2)
      }；学习率 ${setting.rate} 太大，改小）`;
      throw new RangeError(explain(`训练 ${encoding.name}，走到第 ${from + step + 1} 步`, expected, loss));
    }
    losses.push(loss);
    adam = adamStep(adam, gradients, cosineRate(step, steps, setting.rate));
    report(from + step + 1, loss);
  }
  objective.dispose();
  return { losses, parameters: adam.parameters };
}

/** 至多 100 个点的曲线。 */
function averaged(losses: readonly number[]): number[] {
  const window = Math.ceil(losses.length / 100);
  return Array.from(
    { length: Math.ceil(losses.length / window) || 0 },
    (_, n) => mean(losses.slice(n * window, (n + 1) * window)),
  );
}

/**
 * 考一个长度：出新题，看答对几成。
 *
 * @param setting 补齐了的设置；换一种编码（例如拉长过的 RoPE）来考也行，只要参数的名字和形状一样
 * @param parameters 训练完的参数
 * @param length 句子几个词元 L
 * @param seed 出题的种子
 * @param first 第一个词元的位置；不写是 0，写 100 就是整句平移
 * @param report 每做完几句叫它一次
 * @returns 答对的份额，0 到 1
 * @throws {RangeError} 这么长出不了题，编码用不到这么远，或分数算成了 NaN
 * @example 没训练过的：和瞎猜差不多
 * ```ts
 * import assert from "node:assert/strict";
 * import { initialParameters } from "@lib/training/model.ts";
 * import { examine } from "@lib/training/run.ts";
 * import { built, settled } from "@lib/training/setting.ts";
 *
 * const setting = settled({ encoding: "RoPE", task: "copy", length: 8, dimension: 8 });
 * const share = examine(setting, initialParameters(built(setting).model, 1), 8, 1);
 * assert.ok(share > 0.03 && share < 0.3);
 * ```
 */
export function examine(
  setting: Setting,
  parameters: Parameters,
  length: number,
  seed: number,
  first = 0,
  report: () => void = () => {},
): number {
  const { task, model, encoding } = built(setting), next = uniforms(2e9 + seed * 1024 + length, 0, 1);
  const objective = compiled(model, encoding, places(length, first));
  let right = 0, asked = 0;
  for (let done = 0; done < setting.trials;) {
    const count = Math.min(setting.trials - done, Math.max(1, Math.floor(8192 / length))); // 一次别太多：L² 的表要放得下
    const batch = task.batch(next, count, length, length, true), scores = objective.scores(parameters, batch);
    const [good, all] = marked(batch, scores, model.answers);
    right += good, asked += all, done += count;
    report();
  }
  objective.dispose();
  return right / asked;
}

/** 答对几个，一共几个：分数最高的那个答案算作答。 */
function marked({ answers }: Batch, scores: Float32Array, kinds: number): [right: number, asked: number] {
  let right = 0, asked = 0;
  for (let n = 0; n < answers.length; n++) {
    if (answers[n]! < 0) continue;
    const row = scores.subarray(n * kinds, (n + 1) * kinds);
    if (row.some(Number.isNaN)) throw new RangeError(explain("考试", "算得出来的分数（参数或编码里的数太大）", NaN));
    asked++, right += row.indexOf(Math.max(...row)) === answers[n] ? 1 : 0;
  }
  return [right, asked];
}

/** 训练时一句最短几个词元。 */
const shortestOf = (task: Task, length: number): number => task.varied ? task.shortest : length;
const places = (length: number, first = 0): Float64Array => Float64Array.from({ length }, (_, n) => first + n);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
