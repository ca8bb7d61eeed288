/**
 * 训练的设置（setting）：全部旋钮，一个不少；同一个设置、同一个种子，得数一个比特也不差。
 *
 * 写的时候可以省，补齐以后就是存结果用的钥匙：差一个旋钮，就是另一次训练。
 *
 * @module
 */
import { explain, requireInteger, requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";
import { copyBack } from "@lib/training/copy_back.ts";
import { type EncodingChoice, settledEncoding, trainable } from "@lib/training/encodings.ts";
import { findMarked } from "@lib/training/find_marked.ts";
import { greeting, type GreetingOptions } from "@lib/training/greeting.ts";
import { type Model, requireModel } from "@lib/training/model.ts";
import { recall } from "@lib/training/recall.ts";
import { requireLength, type Task } from "@lib/training/task.ts";
import type { Trainable } from "@lib/training/trainable.ts";

/**
 * 选哪种题。
 *
 * @example
 * ```ts
 * import type { TaskChoice } from "@lib/training/setting.ts";
 *
 * const far: TaskChoice = { name: "copy", back: 7 };
 * ```
 */
export type TaskChoice =
  | { readonly name: "copy"; readonly back?: number }
  | { readonly name: "find" | "recall" }
  | ({ readonly name: "greeting" } & GreetingOptions);

/**
 * 要写的设置；只有编码、题、长度必须写。
 *
 * @example
 * ```ts
 * import type { TrainOptions } from "@lib/training/setting.ts";
 *
 * const options: TrainOptions = { encoding: "RoPE", task: "find", length: 16 };
 * ```
 */
export interface TrainOptions extends Partial<Omit<Setting, "encoding" | "task" | "length">> {
  /** 编码，只写名字就全用默认值。 */
  readonly encoding: EncodingChoice["name"] | EncodingChoice;
  /** 题，只写名字就全用默认值。 */
  readonly task: TaskChoice["name"] | TaskChoice;
  /** 训练时句子最长几个词元 L。 */
  readonly length: number;
}

/**
 * 补齐了的设置。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Setting, settled } from "@lib/training/setting.ts";
 *
 * const setting: Setting = settled({ encoding: "RoPE", task: "find", length: 16 });
 * assert.deepEqual(setting.lengths, [16, 32, 64, 128, 256]);
 * ```
 */
export interface Setting {
  /** 编码。 */
  readonly encoding: EncodingChoice;
  /** 题。 */
  readonly task: TaskChoice;
  /** 训练时句子最长几个词元 L。 */
  readonly length: number;
  /** 走几步；不写是 1500。 */
  readonly steps: number;
  /** 几个种子，各训练一遍；不写是 1、2、3。 */
  readonly seeds: readonly number[];
  /** 考哪几个长度（词元）；不写是 L 的 1、2、4、8、16 倍（到 512 为止）。 */
  readonly lengths: readonly number[];
  /** 每个长度考几句；不写是 256。 */
  readonly trials: number;
  /** 一批几句；不写是 32。 */
  readonly batch: number;
  /** 最大的学习率；不写是 0.01。 */
  readonly rate: number;
  /** 几层；不写是 1。 */
  readonly layers: number;
  /** 头数；不写是 1。 */
  readonly heads: number;
  /** 宽度；不写是 32。 */
  readonly dimension: number;
  /** 残差；不写是没有。 */
  readonly residual: boolean;
  /** 归一化；不写是没有。 */
  readonly norm: boolean;
  /** MLP；不写是没有。 */
  readonly mlp: boolean;
}

/**
 * 补齐设置，哪里不合适现在就说，不等到训练了一半。
 *
 * @throws {RangeError} 长度出不了题，编码训练不了，或某个数不在范围里
 * @throws {ShapeError} 有一项不认得，或开关不是 `true`、`false`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { settled } from "@lib/training/setting.ts";
 *
 * assert.equal(settled({ encoding: "NoPE", task: "copy", length: 16 }).steps, 1500);
 * assert.throws(() => settled({ encoding: "NoPE", task: "copy", length: 2 }), /需要句子有 4 到 1024 个词元/);
 * ```
 */
export function settled(options: TrainOptions): Setting {
  const { encoding, task, length, ...rest } = requireOptions("训练", options);
  const chosen = settledTask(typeof task === "string" ? { name: task } as TaskChoice : task), made = taskOf(chosen);
  requireLength(made, length);
  const odd = made.odd ? 1 : 0, longer = [1, 2, 4, 8, 16].map((times) => (length - odd) * times + odd);
  const usual = {
    ...{ steps: 1500, seeds: [1, 2, 3], lengths: longer.filter((L) => L <= 512 || L === length), trials: 256 },
    ...{ batch: 32, rate: 0.01, layers: 1, heads: 1, dimension: 32, residual: false, norm: false, mlp: false },
  };
  const unknown = Object.keys(rest).find((key) => !(key in usual));
  if (unknown !== undefined) throw new ShapeError("训练", `${Object.keys(usual).join("、")} 里的一项`, unknown);
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    all = { ...usual, ...given };
  requireInteger("训练，定头数", all.heads, 1, 16);
  const choice = typeof encoding === "string" ? { name: encoding } as EncodingChoice : encoding;
  return checked({ encoding: settledEncoding(choice, all.heads), task: chosen, length, ...all });
}

/** 每个数都在范围里，编码造得出来。 */
function checked(setting: Setting): Setting {
  const task = taskOf(setting.task),
    list = (what: string, values: readonly number[]) => {
      const repeated = Array.isArray(values) && new Set(values).size < values.length;
      if (!Array.isArray(values) || values.length === 0 || values.length > 16 || repeated) {
        throw new ShapeError(`训练，定${what}`, "一串不重复的数，1 到 16 个", values);
      }
    };
  requireInteger("训练，定走几步", setting.steps, 1, 100_000);
  list("种子", setting.seeds), list("考的长度", setting.lengths);
  for (const seed of setting.seeds) requireInteger("训练，定种子", seed, 0, 2 ** 20);
  for (const length of setting.lengths) requireLength(task, length);
  requireInteger("训练，定每个长度考几句", setting.trials, 1, 2 ** 16);
  requireInteger("训练，定一批几句", setting.batch, 1, 1024);
  requireNumber("训练，定学习率", setting.rate, "正的有限数", (rate) => rate > 0 && rate < Infinity);
  built(setting);
  return setting;
}

/**
 * 设置说的是哪个题、哪个模型、哪种编码。
 *
 * @throws {RangeError} 编码训练不了，或模型的尺寸不合适
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { built, settled } from "@lib/training/setting.ts";
 *
 * const { model, encoding } = built(settled({ encoding: "T5", task: "find", length: 16 }));
 * assert.equal(model.vocabulary, 20); // 17 种词元，凑成 4 的倍数
 * assert.equal(encoding.name, "T5");
 * ```
 */
export function built(setting: Setting): { readonly task: Task; readonly model: Model; readonly encoding: Trainable } {
  const task = taskOf(setting.task), { layers, heads, dimension, residual, norm, mlp } = setting;
  // 词嵌入多留几行空着，凑成 4 的倍数：编译出来的矩阵乘能一次算 4 个，一步快两成。
  const vocabulary = 4 * Math.ceil(task.vocabulary.length / 4);
  const sizes = { vocabulary, answers: task.answers.length, layers, heads, dimension };
  const model = requireModel({ ...sizes, residual, norm, mlp, causal: !task.bidirectional });
  const positions = Math.max(setting.length, ...setting.lengths);
  return { task, model, encoding: trainable(setting.encoding, { dimension, heads, causal: model.causal, positions }) };
}

/** 每种题认得哪些项，不写是多少。 */
const taskDefaults: Readonly<Record<TaskChoice["name"], Readonly<Record<string, unknown>>>> = {
  copy: { back: 3 },
  find: {},
  recall: {},
  greeting: { others: 0, posted: false },
};

/** 补齐选的那种题。 */
function settledTask(choice: TaskChoice): TaskChoice {
  const { name, ...given } = requireOptions("选一种题", choice);
  if (!Object.hasOwn(taskDefaults, name)) {
    throw new RangeError(explain("出这种题", `${Object.keys(taskDefaults).join("、")} 里的一种`, name));
  }
  const all = taskDefaults[name], unknown = Object.keys(given).find((key) => !(key in all));
  if (unknown !== undefined) {
    throw new ShapeError(`出 ${name} 的题`, Object.keys(all).join("、") || "不带别的项", unknown);
  }
  return { name, ...all, ...given } as TaskChoice;
}

/**
 * 选的是哪种题。
 *
 * @throws {RangeError} 没有这种题
 * @throws {ShapeError} 有一项它不认得
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { taskOf } from "@lib/training/setting.ts";
 *
 * assert.equal(taskOf({ name: "copy", back: 5 }).name, "往回抄 5 个");
 * ```
 */
export function taskOf(choice: TaskChoice): Task {
  const all = settledTask(choice);
  switch (all.name) {
    case "copy":
      return copyBack(all.back!);
    case "find":
      return findMarked();
    case "recall":
      return recall();
    case "greeting":
      return greeting({ others: all.others!, posted: all.posted! });
  }
}
