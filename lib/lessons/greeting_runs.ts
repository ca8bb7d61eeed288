/**
 * 第 40 课的训练：同一道题几种编码各训练一遍；现场训练一个小的，看哪些行动过、读一句话时看哪里。
 *
 * @module
 */
import type { Unprojected } from "@lib/attention.ts";
import type { Encoding } from "@lib/encoding.ts";
import { requireBoolean, requireInteger, ShapeError } from "@lib/errors.ts";
import { type Contestant, contestants, scoresAt, spreadText } from "@lib/lessons/rung_runs.ts";
import { gather, type Matrix, row } from "@lib/matrix.ts";
import { assertKnobs } from "@lib/notebook/knobs.ts";
import { initialParameters } from "@lib/training/model.ts";
import { compiled } from "@lib/training/objective.ts";
import { runSeed } from "@lib/training/run.ts";
import { claimable, lookUp, type SavedTraining } from "@lib/training/saved.ts";
import { built, type Setting, settled, type TrainOptions } from "@lib/training/setting.ts";
import { shelf, trainOrSaved } from "@lib/training/shelf.ts";
import type { Parameters } from "@lib/training/tensor.ts";

/**
 * 一次比赛：同一道题、同样的旋钮，几种编码各训练一遍。
 *
 * @example
 * ```ts
 * import type { Contest } from "@lib/lessons/greeting_runs.ts";
 *
 * const ready = ({ when }: Contest) => when === true;
 * ```
 */
export interface Contest {
  /** 每种编码的训练；这组旋钮没有存过就一份也没有。 */
  readonly entries: ReadonlyArray<Contestant & { readonly training: SavedTraining }>;
  /** 数从哪来；没有数，就是怎么办。 */
  readonly says: string;
  /** 有数，而且是课里自己的旋钮，是 `true`；不是就是原因：交给 `check` 的 `when`。 */
  readonly when: true | string;
}

/**
 * 比一次：存着就用存着的，`rerun` 就现场训练。有一种没存过，就一种也不给：缺了的不能拿别的旋钮下的数顶上。
 *
 * @param options 题和旋钮，不写编码
 * @param rerun 现场训练（笔记本里的 `重跑`）
 * @param names 比哪几种；不写就是全部九份
 * @throws {RangeError} 旋钮不合适，或 `rerun` 时损失发散
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contest } from "@lib/lessons/greeting_runs.ts";
 *
 * const { entries, when } = contest({ task: "greeting", length: 4, steps: 7 }, false, ["RoPE"]);
 * assert.equal(entries.length, 0);
 * assert.match(String(when), /没有存过/);
 * ```
 */
export function contest(
  options: Omit<TrainOptions, "encoding">,
  rerun: boolean,
  names: readonly string[] = contestants.map(({ name }) => name),
): Contest {
  assertKnobs();
  requireBoolean("比一次，定重跑", rerun);
  const known = shelf(); // 架子读一次就够
  const found = contestants.filter(({ name }) => names.includes(name)).map((one) => {
    const all = { ...options, encoding: one.encoding };
    return { ...one, ...(rerun ? trainOrSaved(all, true, known) : lookUp(all, known)) };
  });
  if (found.length === 0) throw new RangeError(`无法比一次：需要认得的编码：现在是 ${names.join("、")}`);
  const missing = found.find(({ training }) => !training);
  if (missing) {
    const seconds = found.reduce((sum, one) => sum + (one.training ? one.training.seconds : one.seconds ?? 0), 0);
    const all = `这一格 ${found.length} 份，重跑一共大约 ${Math.ceil(seconds)} 秒。`;
    return { entries: [], says: `${missing.name}：${missing.says}${all}`, when: claimable(missing) };
  }
  const entries = found.map((one) => ({ ...one, training: one.training! })), when = found.map(claimable);
  const seeds = entries[0]!.training.setting.seeds.length;
  const says = `${entries.length} 份，各 ${seeds} 个种子，${rerun ? "现场训练的" : "存着的"}`;
  return { entries, says, when: when.find((one) => one !== true) ?? true };
}

/**
 * 一份在某个长度上的成绩，一个种子一个；没有数就是空的。
 *
 * @throws {RangeError} 没有这一份，或没有考这个长度
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contest, marks } from "@lib/lessons/greeting_runs.ts";
 *
 * const none = contest({ task: "greeting", length: 4, steps: 7 }, false, ["RoPE"]);
 * assert.deepEqual(marks(none, "RoPE", 33), []);
 * ```
 */
export function marks({ entries }: Contest, name: string, length: number): number[] {
  if (entries.length === 0) return [];
  const one = entries.find((entry) => entry.name === name);
  if (!one) throw new RangeError(`无法查成绩：需要考过的一份：现在是 ${name}`);
  return scoresAt(one.training, length);
}

/**
 * 成绩单：一份一行，一个长度一列，写着“均值 ± 标准差”。
 *
 * @param lengths 要哪几个长度
 * @returns 交给 `table`；没有数，就只有一行，说怎么办
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contest, sheet } from "@lib/lessons/greeting_runs.ts";
 *
 * const [only] = sheet(contest({ task: "greeting", length: 4, steps: 7 }, false, ["RoPE"]), [4, 33]);
 * assert.match(only!["没有数"]!, /^RoPE：这一组旋钮没有存过/);
 * ```
 */
export function sheet(given: Contest, lengths: readonly number[]): Array<Record<string, string>> {
  if (given.entries.length === 0) return [{ 没有数: given.says }];
  return given.entries.map(({ name }) => ({
    编码: name,
    ...Object.fromEntries(lengths.map((length) => [`${length} 个字`, spreadText(marks(given, name, length))])),
  }));
}

/**
 * 学会了的种子：在训练长度上全对的。没学会的，短的也不会，说明不了长度的事。
 *
 * @returns 每一份：几个种子学会了，它们在各个长度上最差多少（次序和 `lengths` 相同）
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contest, learnt } from "@lib/lessons/greeting_runs.ts";
 *
 * assert.deepEqual(learnt(contest({ task: "greeting", length: 4, steps: 7 }, false, ["RoPE"])), []);
 * ```
 */
export function learnt({ entries }: Contest): Array<{ name: string; seeds: number; worst: number[] }> {
  return entries.map(({ name, training: { runs, setting } }) => {
    const good = runs.filter(({ accuracy }) => accuracy[setting.lengths.indexOf(setting.length)] === 1);
    const worst = setting.lengths.map((_, n) => Math.min(...good.map(({ accuracy }) => accuracy[n]!)));
    return { name, seeds: good.length, worst };
  });
}

/**
 * 真的训练完的一个小模型：参数、设置，和每张表的每一行动了多少。
 *
 * @example
 * ```ts
 * import type { Trained } from "@lib/lessons/greeting_runs.ts";
 *
 * const still = ({ moved }: Trained, table: string) => moved[table]!.filter((by) => by === 0).length;
 * ```
 */
export interface Trained {
  /** 补齐了的设置。 */
  readonly setting: Setting;
  /** 训练完的参数。 */
  readonly parameters: Parameters;
  /** 参数的名字 → 每一行离初值最远的一个数；正好是 0 的行，一步梯度也没收到过。 */
  readonly moved: Readonly<Record<string, readonly number[]>>;
}

/**
 * 现场训练一个，走得不多，一两秒；再看每一行动了没有。
 *
 * @param options 和 `train` 的一样；不写就走 60 步，不考
 * @param seed 种子
 * @throws {RangeError} 旋钮不合适，或损失发散
 * @example T5 的 32 个桶，四个字的句子只动得了 6 个：−3 那个出现过，可是没有一个答案从那里读
 * ```ts
 * import assert from "node:assert/strict";
 * import { trained } from "@lib/lessons/greeting_runs.ts";
 *
 * const { moved } = trained({ encoding: "T5", task: "greeting", length: 4, steps: 2, dimension: 8 }, 1);
 * assert.equal(moved["bucketTable"]!.filter((by) => by !== 0).length, 6);
 * ```
 */
export function trained(options: TrainOptions, seed: number): Trained {
  assertKnobs();
  const setting = settled({ steps: 60, lengths: [options.length], trials: 1, ...options });
  const { model, encoding } = built(setting), { parameters } = runSeed(setting, seed);
  const before: Parameters = { ...initialParameters(model, seed), ...encoding.initial(seed + 2 ** 21) };
  const apart = (a: Matrix, b: Matrix) =>
    Array.from({ length: a.rows }, (_, r) => {
      const was = row(b, r);
      return Math.max(...row(a, r).map((x, c) => Math.abs(x - was[c]!)));
    });
  const moved = Object.fromEntries(Object.entries(parameters).map(([name, m]) => [name, apart(m, before[name]!)]));
  return { setting, parameters, moved };
}

/**
 * 训练完的模型读一句话：交给 `attention` 的输入，双精度，编码是库里的值。
 *
 * @param model 训练完的一个，一层一个头
 * @param text 一句话，字都在它的词表里
 * @throws {RangeError} 有一个字不在词表里
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attention } from "@lib/attention.ts";
 * import { reading, trained } from "@lib/lessons/greeting_runs.ts";
 *
 * const model = trained({ encoding: "RoPE", task: "greeting", length: 4, steps: 2, dimension: 8 }, 1);
 * assert.equal(attention(reading(model, "三楼你好")).weights.rows, 4);
 * ```
 */
export function reading(
  { setting, parameters }: Trained,
  text: string,
): Unprojected & { readonly encoding: Encoding; readonly causal: boolean } {
  const { task, model, encoding } = built(setting);
  const known = [...text].map((character) => task.vocabulary.indexOf(character));
  const unknown = known.indexOf(-1);
  if (unknown >= 0) {
    throw new RangeError(`无法读一句话：需要词表里的字（${task.vocabulary.join("")}）：现在有“${[...text][unknown]}”`);
  }
  const { embedding, query0, key0, value0 } = parameters;
  return {
    tokens: gather(embedding!, known),
    projections: { query: query0!, key: key0!, value: value0! },
    encoding: encoding.encodings(parameters)[0]!,
    causal: model.causal,
  };
}

/**
 * 一句 `length` 个字的话：全是“楼”，招呼“三楼你好”放在 `at`，别人“二楼”放在 `other`（不写就没有别人）。
 *
 * @throws {RangeError} 放不下
 * @throws {ShapeError} 两处叠在一起
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sentence } from "@lib/lessons/greeting_runs.ts";
 *
 * assert.equal(sentence(9, 4, 1), "楼二楼楼三楼你好楼");
 * ```
 */
export function sentence(length: number, at: number, other?: number): string {
  requireInteger("写一句话，定几个字", length, 4, 8192);
  requireInteger("写一句话，定招呼在哪", at, 0, length - 4);
  const text = Array<string>(length).fill("楼");
  text.splice(at, 4, ..."三楼你好");
  if (other === undefined) return text.join("");
  requireInteger("写一句话，定别人在哪", other, 0, length - 2);
  if (other + 1 >= at && other <= at + 3) throw new ShapeError("写一句话", "别人和招呼不叠在一起", [other, at]);
  text.splice(other, 2, ..."二楼");
  return text.join("");
}

/**
 * 读到“你好”的时候，后面换一个人，这里的答案变不变：“你好三楼”和“你好四楼”，在“好”那里的分数最多差几。
 *
 * @param causal 因果还是双向
 * @param seeds 试几组随机的参数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blindness } from "@lib/lessons/greeting_runs.ts";
 *
 * assert.equal(blindness(true, 1), 0);
 * ```
 */
export function blindness(causal: boolean, seeds: number): number {
  requireBoolean("读“你好”，定因果", causal);
  requireInteger("读“你好”，定几组参数", seeds, 1, 100);
  const { task, model, encoding } = built(settled({ encoding: "RoPE", task: "greeting", length: 4 }));
  const objective = compiled({ ...model, causal }, encoding, new Float64Array([0, 1, 2, 3])), kinds = model.answers;
  const tokens = [..."你好三楼你好四楼"].map((character) => task.vocabulary.indexOf(character));
  const batch = { count: 2, length: 4, tokens, answers: tokens.map(() => -1) };
  const apart = Array.from({ length: seeds }, (_, seed) => {
    const scores = objective.scores(initialParameters(model, seed), batch), at = (n: number) => (4 * n + 1) * kinds;
    return Math.max(...Array.from({ length: kinds }, (_, k) => Math.abs(scores[at(0) + k]! - scores[at(1) + k]!)));
  });
  objective.dispose();
  return Math.max(...apart);
}
