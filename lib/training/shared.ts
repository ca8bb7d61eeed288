/**
 * 几个线程共用的内存（shared memory）：做到哪了、损失多少、结果放在哪，都是数，谁都看得见。
 *
 * 一格里不能有 `await`（一等待，■ 就再也停不下来），所以线程之间不发消息，只看这块内存。
 *
 * @module
 */
import { requireOptions, ShapeError } from "@lib/errors.ts";
import { zeros } from "@lib/matrix.ts";
import { initialParameters } from "@lib/training/model.ts";
import type { SeedRun } from "@lib/training/run.ts";
import { built, type Second, type Setting } from "@lib/training/setting.ts";

/**
 * 一个种子的那块内存。
 *
 * @example
 * ```ts
 * import { board, type Board } from "@lib/training/shared.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const one: Board = board(settled({ encoding: "NoPE", task: "find", length: 8 }));
 * ```
 */
export interface Board {
  /** 做到哪了：`[0]` 是 {@linkcode stages} 里的第几个，`[1]` 是走了几步，`[2]` 是错误消息有几个字节，`[3]` 不是 0 就请线程停下。 */
  readonly counters: Int32Array<SharedArrayBuffer>;
  /** 这一步的损失 `[1]`。 */
  readonly loss: Float64Array<SharedArrayBuffer>;
  /** 结果：曲线、答对的份额、参数，一个接一个。 */
  readonly numbers: Float64Array<SharedArrayBuffer>;
  /** 错误消息，UTF-8。 */
  readonly message: Uint8Array<SharedArrayBuffer>;
}

/**
 * 一个种子走过的几个阶段。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stages } from "@lib/training/shared.ts";
 *
 * assert.deepEqual(stages, { waiting: 0, running: 1, done: 2, failed: 3 });
 * ```
 */
export const stages = { waiting: 0, running: 1, done: 2, failed: 3 } as const;

/**
 * 给一个种子开一块内存，大小由设置定。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { board, stages } from "@lib/training/shared.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const { counters, numbers } = board(settled({ encoding: "NoPE", task: "copy", length: 8, lengths: [8, 16], dimension: 8 }));
 * assert.equal(counters[0], stages.waiting);
 * assert.equal(numbers.length, 100 + 2 + (8 * 8 + 3 * 8 * 8 + 8 * 8)); // 曲线、两个长度、词嵌入 + 三个投影 + 读出
 * ```
 */
export function board(setting: Setting): Board {
  const sizes = Object.values(shapes(setting)).map(({ data }) => data.length).reduce((a, b) => a + b, 0);
  const floats = (count: number) => new Float64Array(new SharedArrayBuffer(8 * count));
  return {
    counters: new Int32Array(new SharedArrayBuffer(16)),
    loss: floats(1),
    numbers: floats(curvePoints(setting) + setting.lengths.length + sizes),
    message: new Uint8Array(new SharedArrayBuffer(4096)),
  };
}

/**
 * 曲线有几个点：每 ⌈steps/100⌉ 步一个；第二段的接在后面。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { curvePoints } from "@lib/training/shared.ts";
 *
 * assert.deepEqual([1500, 150, 7].map((steps) => curvePoints({ steps })), [100, 75, 7]);
 * assert.equal(curvePoints({ steps: 1500, second: { steps: 7 } }), 107);
 * ```
 */
export function curvePoints(
  { steps, second }: Pick<Setting, "steps"> & { readonly second?: Pick<Second, "steps"> },
): number {
  const points = steps === 0 ? 0 : Math.ceil(steps / Math.ceil(steps / 100));
  return points + (second ? curvePoints(second) : 0);
}

/**
 * 结果写进内存。
 *
 * @throws {ShapeError} 结果的个数和内存对不上
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { board, read, write } from "@lib/training/shared.ts";
 * import { runSeed } from "@lib/training/run.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const setting = settled({ encoding: "NoPE", task: "copy", length: 8, lengths: [8], steps: 2, trials: 1, dimension: 4 });
 * const place = board(setting), run = runSeed(setting, 5);
 * write(place, run);
 * assert.deepEqual(read(place, setting, 5), run);
 * ```
 */
export function write({ numbers }: Board, { curve, accuracy, parameters }: SeedRun): void {
  const all = [...curve, ...accuracy, ...Object.values(parameters).flatMap(({ data }) => [...data])];
  if (all.length !== numbers.length) throw new ShapeError("交出训练的结果", `${numbers.length} 个数`, all.length);
  numbers.set(all);
}

/**
 * 从内存里读出结果。
 *
 * @param setting 开这块内存时的设置
 * @param seed 是哪个种子的
 * @example 见 {@linkcode write}
 * ```ts
 * import assert from "node:assert/strict";
 * import { board, read } from "@lib/training/shared.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const setting = settled({ encoding: "NoPE", task: "copy", length: 8, steps: 2 });
 * assert.equal(read(board(setting), setting, 5).seed, 5);
 * ```
 */
export function read({ numbers }: Board, setting: Setting, seed: number): SeedRun {
  let at = 0;
  const take = (count: number) => Array.from(numbers.subarray(at, at += count));
  const curve = take(curvePoints(requireOptions("读训练的结果", setting))), accuracy = take(setting.lengths.length);
  const parameters = Object.entries(shapes(setting)).map(([name, { rows, columns }]) => {
    const m = zeros(rows, columns);
    m.data.set(take(m.data.length));
    return [name, m] as const;
  });
  return { seed, curve, accuracy, parameters: Object.fromEntries(parameters) };
}

/** 参数的名字和形状，次序和训练时一样。 */
function shapes(setting: Setting) {
  const { model, encoding } = built(setting);
  return { ...initialParameters(model, 0), ...encoding.initial(0) };
}
