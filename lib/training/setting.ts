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
import { initialParameters, type Model, requireModel } from "@lib/training/model.ts";
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
 * 第二段：接着第一段训练完的参数，换上这几个旋钮，再走几步，再考。
 *
 * “训练短的、拉长、再量”就是它：第二段的编码写拉长过的角频率，`steps` 写 0 是换了就考，写 100 是再训练 100 步。
 * Adam 从头记起，学习率从头照余弦降。
 *
 * @example 训练在 8，角频率都减半，在 16 上再走 5 步
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
 * import { type Second, settled } from "@lib/training/setting.ts";
 *
 * const encoding = { name: "RoPE", frequencies: [...inverseFrequencies(32, 10000)].map((f) => f / 2) } as const;
 * const { second } = settled({ encoding: "RoPE", task: "find", length: 8, second: { encoding, length: 16, steps: 5 } });
 * const same: Second = { encoding: { ...encoding, attentionFactor: 1 }, task: { name: "find" }, length: 16, steps: 5, rate: 0.01 };
 * assert.deepEqual(second, same);
 * ```
 */
export interface Second {
  /** 编码；不写就不换。参数的名字和形状要和第一段的一样。 */
  readonly encoding: EncodingChoice;
  /** 题；不写就不换。词元和答案要一样多。 */
  readonly task: TaskChoice;
  /** 句子最长几个词元，不比第一段短；不写就和第一段一样。 */
  readonly length: number;
  /** 再走几步；0 是不训练，换了就考。 */
  readonly steps: number;
  /** 最大的学习率；不写就和第一段一样。 */
  readonly rate: number;
}

/**
 * 要写的第二段；只有步数必须写。
 *
 * @example
 * ```ts
 * import type { SecondOptions } from "@lib/training/setting.ts";
 *
 * const longer: SecondOptions = { length: 64, steps: 100 };
 * ```
 */
export interface SecondOptions extends Partial<Pick<Second, "length" | "rate">>, Pick<Second, "steps"> {
  /** 编码；不写就不换。 */
  readonly encoding?: EncodingChoice["name"] | EncodingChoice;
  /** 题；不写就不换。 */
  readonly task?: TaskChoice["name"] | TaskChoice;
}

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
export interface TrainOptions extends Partial<Omit<Setting, "encoding" | "task" | "length" | "second">> {
  /** 编码，只写名字就全用默认值。 */
  readonly encoding: EncodingChoice["name"] | EncodingChoice;
  /** 题，只写名字就全用默认值。 */
  readonly task: TaskChoice["name"] | TaskChoice;
  /** 训练时句子最长几个词元 L。 */
  readonly length: number;
  /** 第二段；不写就没有。 */
  readonly second?: SecondOptions;
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
  /** 第二段；没有就没有这一项，钥匙里也没有。 */
  readonly second?: Second;
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
  const { encoding, task, length, second, ...rest } = requireOptions("训练", options);
  const chosen = settledTask(named<TaskChoice>(task)), made = taskOf(chosen);
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
  const first = checked({
    encoding: settledEncoding(named<EncodingChoice>(encoding), all.heads),
    task: chosen,
    length,
    ...all,
  });
  return second === undefined ? first : continued(first, second);
}

/** 只写了名字的，写成一小块 JSON。 */
const named = <Choice extends { readonly name: string }>(choice: Choice["name"] | Choice): Choice =>
  typeof choice === "string" ? { name: choice } as Choice : choice;

/** 接上第二段：每个数照第一段的规矩查，再看第一段训练完的参数第二段用不用得上。 */
function continued(first: Setting, options: SecondOptions): Setting {
  const doing = "接着训练第二段",
    given = requireOptions(doing, options),
    known = ["encoding", "task", "length", "rate"];
  const unknown = Object.keys(given).find((key) => !["steps", ...known].includes(key));
  if (unknown !== undefined) throw new ShapeError(doing, `steps、${known.join("、")} 里的一项`, unknown);
  const { encoding = first.encoding, task = first.task, length = first.length, steps, rate = first.rate } = given;
  requireInteger(`${doing}，定走几步`, steps, 0, 100_000);
  requireInteger(`${doing}，定长度`, length, first.length);
  requireLength(taskOf(settledTask(named<TaskChoice>(task))), length);
  const choices = {
    encoding: settledEncoding(named<EncodingChoice>(encoding), first.heads),
    task: settledTask(named<TaskChoice>(task)),
  };
  const setting = { ...first, second: { ...choices, length, steps, rate } };
  const after = checked({ ...setting, ...setting.second, steps: steps || 1 }); // 0 步也要考，别的数一样要合适
  const [{ causal }, { causal: then }] = [built(setting).model, built(after).model]; // 悄悄换成双向，就不是接着训练了
  if (causal !== then) throw new ShapeError(doing, `题和第一段的一样，causal 是 ${causal}`, then);
  const [was, is] = [sizes(setting), sizes(after)], where = (name: string) => `参数和第一段的同名、同形，${name} 是`;
  for (const name of Object.keys({ ...was, ...is })) {
    const [a, b] = [was[name], is[name]];
    if (!a || !b) throw new ShapeError(doing, `参数和第一段的同名、同形，${a ? "有" : "没有"} ${name}`, b);
    if (`${a}` !== `${b}`) throw new ShapeError(doing, `${where(name)} [${a.join(", ")}]`, b);
  }
  return setting;
}

/** 全部参数的名字和形状 `[rows, columns]`。 */
function sizes(setting: Setting): Record<string, readonly [number, number]> {
  const { model, encoding } = built(setting), all = { ...initialParameters(model, 0), ...encoding.initial(0) };
  return Object.fromEntries(Object.entries(all).map(([name, { rows, columns }]) => [name, [rows, columns] as const]));
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
  const positions = Math.max(setting.length, ...setting.lengths, setting.second?.length ?? 0);
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
