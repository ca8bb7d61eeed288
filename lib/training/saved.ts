/**
 * 存下来的训练（saved runs）：钥匙是补齐了的全部旋钮，差一个就不是它。
 *
 * 存的是曲线和成绩，不是参数；几 KB 一次。旋钮对不上时不给数，只说最近的是哪一次、重跑要多久：
 * 别人旋钮下的数，不能当作这一次的。
 *
 * @module
 */
import { explain, requireOptions, ShapeError } from "@lib/errors.ts";
import type { SeedRun } from "@lib/training/run.ts";
import { type Setting, settled, type TrainOptions } from "@lib/training/setting.ts";
import type { Training } from "@lib/training/train.ts";

/**
 * 存下来的一次。
 *
 * @example
 * ```ts
 * import type { SavedTraining } from "@lib/training/saved.ts";
 *
 * const took = ({ seconds, runs }: SavedTraining) => `${runs.length} 个种子，${seconds} 秒`;
 * ```
 */
export interface SavedTraining {
  /** 补齐了的设置，就是钥匙。 */
  readonly setting: Setting;
  /** 每个种子的曲线和成绩，四位有效数字。 */
  readonly runs: readonly Omit<SeedRun, "parameters">[];
  /** 那时用了几秒。 */
  readonly seconds: number;
}

/**
 * 找的结果：找到了，或者没有。
 *
 * `own`：这把钥匙在架子上，课里的话就是照它写的。现场训练的有数，可是换了旋钮就不是自己的了。
 * `seconds`：没有数时，重跑大约几秒；架子是空的就不知道。
 *
 * @example
 * ```ts
 * import type { Found } from "@lib/training/saved.ts";
 *
 * const text = (found: Found) => found.training ? "有" : found.says;
 * ```
 */
export type Found =
  | { readonly training: SavedTraining; readonly says: string; readonly own: boolean }
  | { readonly training?: undefined; readonly says: string; readonly own: false; readonly seconds?: number };

/**
 * 课里照存着的那一次写的话，现在能不能核对：有数，而且钥匙在架子上。
 *
 * @returns 能是 `true`，不能是原因：交给 `check` 的 `when`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { claimable } from "@lib/training/saved.ts";
 *
 * assert.equal(claimable({ says: "这一组旋钮没有存过。", own: false }), "这一组旋钮没有存过，也没有重跑");
 * ```
 */
export function claimable({ training, own, says }: Found): true | string {
  if (!training) return "这一组旋钮没有存过，也没有重跑";
  return own || `换了旋钮现场训练的，这句话是照存着的写的${/（.*）/.exec(says)?.[0] ?? ""}`;
}

/**
 * 一次训练变成要存的样子：数留四位有效数字，去掉参数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { saved } from "@lib/training/saved.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const setting = settled({ encoding: "NoPE", task: "find", length: 8 });
 * const run = { seed: 1, curve: [1.23456], accuracy: [0.99999], parameters: {} };
 * assert.deepEqual(saved({ setting, runs: [run], seconds: 7.123 }), {
 *   setting, runs: [{ seed: 1, curve: [1.235], accuracy: [1] }], seconds: 7.123,
 * });
 * ```
 */
export function saved({ setting, runs, seconds }: Training): SavedTraining {
  const short = (x: number) => Number(x.toPrecision(4));
  const kept = runs.map(({ seed, curve, accuracy }) => ({
    seed,
    curve: curve.map(short),
    accuracy: accuracy.map(short),
  }));
  return { setting, runs: kept, seconds: short(seconds) };
}

/**
 * 钥匙：旋钮按名字排好的一行 JSON，写的先后不算。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keyOf } from "@lib/training/saved.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const [a, b] = [{ steps: 9, batch: 4 }, { batch: 4, steps: 9 }].map((more) =>
 *   keyOf(settled({ encoding: "NoPE", task: "find", length: 8, ...more }))
 * );
 * assert.equal(a, b);
 * ```
 */
export function keyOf(setting: Setting): string {
  const sorted = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value) ? value : Object.fromEntries(
      Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, one]) => [key, sorted(one)]),
    );
  return JSON.stringify(sorted(requireOptions("给训练的结果取钥匙", setting)));
}

/**
 * 按现在的旋钮找存着的一次。
 *
 * @param options 和 `train` 的一样
 * @param shelf 存着的各次
 * @returns 找到了就有 `training`；没有就只有一句话：最近的是哪一次、差在哪、重跑大约几秒
 * @throws {RangeError} 旋钮不合适（见 {@linkcode settled}）
 * @throws {ShapeError} `shelf` 不是一个数组
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lookUp } from "@lib/training/saved.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const knobs = { encoding: "RoPE", task: "find", length: 16 } as const;
 * const shelf = [{ setting: settled(knobs), runs: [], seconds: 20 }];
 * assert.equal(lookUp(knobs, shelf).training, shelf[0]);
 * const none = lookUp({ ...knobs, steps: 750 }, shelf);
 * assert.equal(none.training, undefined);
 * assert.equal(none.says, "这一组旋钮没有存过。最近的一次差 1 处：steps 是 1500，现在是 750。重跑大约 13 秒：写 重跑 = true。");
 * ```
 */
export function lookUp(options: TrainOptions, shelf: readonly SavedTraining[]): Found {
  if (!Array.isArray(shelf)) throw new ShapeError("找存着的训练", "存着的各次（数组）", shelf);
  const setting = settled(options), key = keyOf(setting), again = "写 重跑 = true。";
  const training = shelf.find((one) => keyOf(one.setting) === key);
  if (training) {
    return {
      training,
      own: true,
      says: `存着的一次：${training.runs.length} 个种子，那时用了 ${Math.ceil(training.seconds)} 秒。`,
    };
  }
  const nearest = nearestTo(setting, shelf);
  if (!nearest) return { own: false, says: `这一组旋钮没有存过，一次也没有存。要训练，${again}` };
  const seconds = Math.ceil(nearest.one.seconds * work(setting) / work(nearest.one.setting));
  return { own: false, seconds, says: `这一组旋钮没有存过。${nearest.says}。重跑大约 ${seconds} 秒：${again}` };
}

/**
 * 最近的一次：先看差几处，再看差多远；架子是空的就没有。
 *
 * @param setting 补齐了的设置
 * @param shelf 存着的各次
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearestTo } from "@lib/training/saved.ts";
 * import { settled } from "@lib/training/setting.ts";
 *
 * const knobs = { encoding: "RoPE", task: "find", length: 16 } as const;
 * const shelf = [{ setting: settled(knobs), runs: [], seconds: 20 }];
 * const { says } = nearestTo(settled({ ...knobs, encoding: "T5" }), shelf)!;
 * assert.equal(says, "最近的一次差 1 处：encoding 是 RoPE，现在是 T5");
 * ```
 */
export function nearestTo(
  setting: Setting,
  shelf: readonly SavedTraining[],
): { readonly one: SavedTraining; readonly says: string } | undefined {
  const [nearest] = shelf.map((one) => ({ one, apart: differences(one.setting, setting) }))
    .sort((a, b) =>
      a.apart.length - b.apart.length || farness(a.one.setting, setting) - farness(b.one.setting, setting)
    );
  if (!nearest) return undefined;
  const { one, apart } = nearest,
    told = apart.slice(0, 3).map((name) => change(name, one.setting[name], setting[name]));
  return { one, says: `最近的一次差 ${apart.length} 处：${told.join("；")}${apart.length > 3 ? "；……" : ""}` };
}

/** 一样不一样：写的先后不算。 */
const same = (a: unknown, b: unknown): boolean => keyOf({ a } as never) === keyOf({ a: b } as never);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** 哪几个旋钮不同。 */
const differences = (was: Setting, is: Setting) => names(was, is).filter((name) => !same(was[name], is[name]));

/** 一个旋钮从什么换成什么：里面还有项的，只说换了的那几项；名字换了，别的就不用说。 */
function change(name: string, was: unknown, is: unknown): string {
  if (isObject(was) && isObject(is) && was["name"] === is["name"]) {
    const apart = Object.keys({ ...was, ...is }).filter((key) => !same(was[key], is[key]));
    return apart.map((key) => change(`${name}.${key}`, was[key], is[key])).join("、");
  }
  const [a, b] = [words(was), words(is)];
  return a === b ? `${name} 也是 ${b}，里面的数不同` : `${name} 是 ${a}，现在是 ${b}`;
}

/** 一个旋钮写成几个字：一小块只写名字，第二段只写步数，一长串只写个数。 */
function words(value: unknown): string {
  if (value === undefined) return "没有";
  if (isObject(value)) return String(value["name"] ?? `再走 ${value["steps"]} 步`);
  if (Array.isArray(value)) return value.length > 8 ? `${value.length} 个数` : JSON.stringify(value);
  return String(value);
}

/** 差一样多时看差多远：编码、题不同算最远，数差几倍。 */
function farness(was: Setting, is: Setting): number {
  return names(was, is).reduce((sum, name) => {
    const [a, b] = [was[name], is[name]];
    if (typeof a === "number" && typeof b === "number") return sum + Math.abs(Math.log((a + 1) / (b + 1)));
    return sum + (same(a, b) ? 0 : name === "encoding" || name === "task" ? 100 : 1);
  }, 0);
}

/** 两边写了的旋钮；第二段可能只有一边有。 */
const names = (was: Setting, is: Setting) => Object.keys({ ...is, ...was }) as (keyof Setting)[];

/**
 * 要做多少事，以“考一个短句子里的一个词元”为一份：走一步，往前、往后一共三份；句子长了，每个词元要看的也多。
 * 每个长度还要编译一遍，抵得上三万份（量的）；步数少的时候，时间几乎都在考。小的尺寸，时间不怎么看宽度。
 */
function work({ steps, seeds, batch, length, layers, lengths, trials, second }: Setting): number {
  const walked = 3 * batch * (steps * length + (second ? second.steps * second.length : 0));
  const asked = lengths.reduce((sum, L) => sum + trials * L * (1 + L / 64) + 30_000, 0);
  return (walked + asked) * seeds.length * layers;
}

/**
 * 存着的一次读进来之前看一眼：坏了的、旧版旋钮的，说出来，不当作数。
 *
 * @throws {ShapeError} 不是存着的一次，或旋钮补不齐
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireSaved } from "@lib/training/saved.ts";
 *
 * assert.throws(() => requireSaved("x.json", {}), /无法读存着的训练 x.json：需要 setting、runs、seconds/);
 * ```
 */
export function requireSaved(name: string, value: unknown): SavedTraining {
  const one = value as SavedTraining, doing = `读存着的训练 ${name}`;
  if (!one?.setting || !Array.isArray(one.runs) || typeof one.seconds !== "number") {
    throw new ShapeError(doing, "setting、runs、seconds", value);
  }
  if (keyOf(settled(one.setting)) !== keyOf(one.setting)) throw new ShapeError(doing, "补齐了的旋钮", one.setting);
  const { seeds, lengths } = one.setting;
  const whole = one.runs.length === seeds.length &&
    one.runs.every((run, n) => run.seed === seeds[n] && run.accuracy.length === lengths.length && run.curve.length > 0);
  if (!whole) throw new RangeError(explain(doing, "每个种子一份，每个长度一个成绩", one.runs.length));
  return one;
}
