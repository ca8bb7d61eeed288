/**
 * 随课程带着的训练（shelf）：`runs/` 里一次一个 JSON，由 `tools/train_saved.ts` 写。
 *
 * @module
 */
import { requireBoolean } from "@lib/errors.ts";
import { type Found, keyOf, lookUp, nearestTo, requireSaved, saved, type SavedTraining } from "@lib/training/saved.ts";
import type { TrainOptions } from "@lib/training/setting.ts";
import { train } from "@lib/training/train.ts";

/** 存在哪。 */
const folder = new URL("./runs/", import.meta.url);

/**
 * 存着的各次，按文件名排。
 *
 * @throws {ShapeError} 有一个文件坏了，或是旧版的旋钮
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shelf } from "@lib/training/shelf.ts";
 *
 * assert.ok(shelf().every(({ runs, setting }) => runs.length === setting.seeds.length));
 * ```
 */
export function shelf(): SavedTraining[] {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.endsWith(".json"))
    .sort();
  return names.map((name) => requireSaved(name, JSON.parse(Deno.readTextFileSync(new URL(name, folder)))));
}

/**
 * 存着就用存着的，`rerun` 就现场训练；都没有，只有一句话，没有数。
 *
 * @param options 和 `train` 的一样
 * @param rerun 现场训练（笔记本里的旋钮 `重跑`）
 * @param known 架子上的各次；不写就现在去读
 * @returns 有数就有 `training`，存着的和现场的一个样子；`own` 是钥匙在不在架子上；`says` 说是哪来的，没有数就说怎么办
 * @throws {RangeError} 旋钮不合适，或现场训练时损失发散
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainOrSaved } from "@lib/training/shelf.ts";
 *
 * const { training, says } = trainOrSaved({ encoding: "NoPE", task: "find", length: 9, steps: 7 }, false);
 * assert.equal(training, undefined);
 * assert.match(says, /^这一组旋钮没有存过/);
 * ```
 */
export function trainOrSaved(options: TrainOptions, rerun: boolean, known: readonly SavedTraining[] = shelf()): Found {
  if (!requireBoolean("取一次训练，定重跑", rerun)) return lookUp(options, known);
  const training = saved(train(options)), key = keyOf(training.setting);
  const own = known.some(({ setting }) => keyOf(setting) === key), nearest = nearestTo(training.setting, known);
  const apart = own || !nearest ? "" : `（${nearest.says}）`; // 钥匙不在架子上：和课里的话说的不是同一次
  const took = `现场训练：${training.runs.length} 个种子，用了 ${Math.ceil(training.seconds)} 秒`;
  return { training, own, says: `${took}${apart}。` };
}
