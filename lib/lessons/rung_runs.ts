/**
 * 第 41 课的成绩：随课程带着的训练，按题取出来；谁在谁前面，几个种子都同意才算。
 *
 * 课里只显示存着的，或者现场训练的；旋钮对不上就只有一句话，没有数。
 *
 * @module
 */
import { requireInteger, requireOptions, ShapeError } from "@lib/errors.ts";
import type { EncodingChoice } from "@lib/training/encodings.ts";
import { claimable, type Found, type SavedTraining } from "@lib/training/saved.ts";
import type { TrainOptions } from "@lib/training/setting.ts";
import { shelf, trainOrSaved } from "@lib/training/shelf.ts";

/**
 * 参赛的一种编码。
 *
 * @example
 * ```ts
 * import type { Contestant } from "@lib/lessons/rung_runs.ts";
 *
 * const title = ({ name }: Contestant) => name;
 * ```
 */
export interface Contestant {
  /** 名字，表里印的。 */
  readonly name: string;
  /** 图上照哪种编码的样子画。 */
  readonly style: string;
  /** 训练时选的编码。 */
  readonly encoding: EncodingChoice["name"] | EncodingChoice;
}

/**
 * 参赛的九种：能训练的八种，ALiBi 两个斜率。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contestants } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(contestants.length, 9);
 * ```
 */
export const contestants: readonly Contestant[] = [
  ...(["NoPE", "learned", "sinusoidal", "T5", "Shaw", "clip", "RoPE"] as const)
    .map((name) => ({ name, style: name, encoding: name })),
  { name: "ALiBi ½", style: "ALiBi", encoding: { name: "ALiBi", slopes: [1 / 2] } },
  { name: "ALiBi 1/64", style: "ALiBi", encoding: { name: "ALiBi", slopes: [1 / 64] } },
];

/**
 * 这一课的四组题：往回抄 3 个、找记号、往回抄（只考 16 到 32）、查对联。都是三个种子。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contests } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(contests.recall.setting.layers, 2);
 * ```
 */
export const contests: Readonly<
  Record<
    "copy" | "find" | "near" | "recall",
    { readonly names: readonly string[]; readonly setting: Omit<TrainOptions, "encoding"> }
  >
> = {
  copy: { names: contestants.map(({ name }) => name), setting: { task: "copy", length: 16 } },
  find: { names: contestants.map(({ name }) => name), setting: { task: "find", length: 16 } },
  near: {
    names: ["sinusoidal", "T5", "RoPE"],
    setting: { task: "copy", length: 16, lengths: [16, 17, 18, 20, 22, 24, 28, 32] },
  },
  recall: {
    names: ["NoPE", "sinusoidal", "T5", "clip", "RoPE"],
    setting: { task: "recall", length: 17, layers: 2, residual: true, norm: true },
  },
};

/**
 * 一种编码在一组题上的成绩：参赛的，加上找的结果。
 *
 * @example
 * ```ts
 * import type { Result } from "@lib/lessons/rung_runs.ts";
 *
 * const missing = ({ training }: Result) => training === undefined;
 * ```
 */
export type Result = Contestant & Found;

/**
 * 一组题的成绩。
 *
 * @param contest 哪一组
 * @param rerun 现场训练（旋钮 `重跑`）
 * @throws {ShapeError} 没有这一组
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { results } from "@lib/lessons/rung_runs.ts";
 *
 * assert.deepEqual(results("near", false).map(({ name }) => name), ["sinusoidal", "T5", "RoPE"]);
 * ```
 */
export function results(contest: keyof typeof contests, rerun: boolean): Result[] {
  if (!Object.hasOwn(contests, contest)) throw new ShapeError("取成绩", Object.keys(contests).join("、"), contest);
  const { names, setting } = contests[contest], kept = shelf(); // 存着的只读一遍
  return contestants.filter(({ name }) => names.includes(name)).map((one) => {
    return { ...one, ...trainOrSaved({ ...setting, encoding: one.encoding }, rerun, kept) };
  });
}

/**
 * 课文里的话能不能拿这几组成绩来验。
 *
 * @example
 * ```ts
 * import type { Ready } from "@lib/lessons/rung_runs.ts";
 *
 * const alt = ({ when }: Ready, text: string) => when === true ? text : when;
 * ```
 */
export interface Ready {
  /** 能是 `true`，不能就是原因：交给 `check` 的 `when`。 */
  readonly when: true | string;
  /** 数从哪来；没有数，就是怎么办。 */
  readonly says: string;
}

/**
 * 课文的话说的是一组设置下的数：要有数，还要是那组设置的，两样都在才验。
 *
 * @param groups 几组成绩
 * @throws {ShapeError} 一份成绩也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ready, results } from "@lib/lessons/rung_runs.ts";
 *
 * const near = results("near", false);
 * assert.equal(ready(near).when, true);
 * assert.match(String(ready(near.map((one) => ({ ...one, training: undefined, own: false as const }))).when), /没有存过/);
 * ```
 */
export function ready(...groups: ReadonlyArray<readonly Result[]>): Ready {
  const all = groups.flat();
  if (all.length === 0) throw new ShapeError("看成绩齐不齐", "至少一份成绩", all);
  const missing = all.find(({ training }) => !training), first = missing ?? all.find(({ own }) => !own) ?? all[0]!;
  return { when: claimable(first), says: `${first.name}：${first.says}` };
}

/**
 * 考一个长度，几个种子各答对几成。
 *
 * @param training 一次训练
 * @param length 考的长度（词元）
 * @throws {RangeError} 没考过这个长度
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { results, scoresAt } from "@lib/lessons/rung_runs.ts";
 *
 * const nope = results("find", false)[0]!;
 * assert.deepEqual(scoresAt(nope.training!, 256), [1, 1, 1]);
 * ```
 */
export function scoresAt({ setting, runs }: SavedTraining, length: number): number[] {
  const at = setting.lengths.indexOf(requireInteger("看成绩", length, 1));
  if (at < 0) throw new RangeError(`无法看成绩：需要考过的长度 ${setting.lengths.join("、")}：现在是 ${length}`);
  return runs.map(({ accuracy }) => accuracy[at]!);
}

/**
 * 均值和离散印成 `.51 ± .11`；一个成绩也没有，印“没有数”。
 *
 * @param scores 几个种子的份额，0 到 1
 * @throws {ShapeError} 不是一串数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spreadText } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(spreadText([0.4, 0.6]), ".50 ± .14");
 * assert.equal(spreadText([1, 1]), "1.00 ± .00");
 * assert.equal(spreadText([]), "没有数");
 * ```
 */
export function spreadText(scores: readonly number[]): string {
  if (Array.isArray(scores) && scores.length === 0) return "没有数";
  const short = (x: number) => x.toFixed(2).replace(/^0\./, ".");
  return `${short(meanOf(scores))} ± ${short(deviationOf(scores))}`;
}

/**
 * 几个种子的均值。
 *
 * @throws {ShapeError} 一个也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { meanOf } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(meanOf([0, 1, 0.5]), 0.5);
 * ```
 */
export function meanOf(scores: readonly number[]): number {
  if (!Array.isArray(scores) || scores.length === 0) throw new ShapeError("算均值", "至少一个成绩（数组）", scores);
  return scores.reduce((sum, one) => sum + one, 0) / scores.length;
}

/**
 * 几个种子的标准差（除以 n − 1）；只有一个就是 0。
 *
 * @throws {ShapeError} 一个也没有
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { deviationOf } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(deviationOf([0, 1, 0.5]), 0.5);
 * assert.equal(deviationOf([0.3]), 0);
 * ```
 */
export function deviationOf(scores: readonly number[]): number {
  const mean = meanOf(scores);
  return Math.sqrt(scores.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, scores.length - 1));
}

/**
 * 甲比乙好，几个种子都同意：甲最差的一个，也胜过乙最好的一个。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { beats } from "@lib/lessons/rung_runs.ts";
 *
 * assert.ok(beats([0.9, 0.8], [0.7, 0.5]));
 * assert.ok(!beats([0.9, 0.6], [0.7, 0.5])); // 均值高，可是有一个种子不同意
 * ```
 */
export function beats(a: readonly number[], b: readonly number[]): boolean {
  requireOptions("比成绩", { a, b });
  return Math.min(...a) > Math.max(...b);
}

/**
 * 两道题上倒过来的：一道题上甲胜乙，另一道题上乙胜甲，三个种子都同意。
 *
 * @param first 一道题，名字 → 几个种子的成绩
 * @param second 另一道题
 * @returns `[甲, 乙]`：第一道题上甲在前
 * @throws {ShapeError} 不是成绩
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flips } from "@lib/lessons/rung_runs.ts";
 *
 * assert.deepEqual(flips({ 甲: [0.9], 乙: [0.1] }, { 甲: [0.2], 乙: [1] }), [["甲", "乙"]]);
 * ```
 */
export function flips(
  first: Readonly<Record<string, readonly number[]>>,
  second: Readonly<Record<string, readonly number[]>>,
): [ahead: string, behind: string][] {
  const names = Object.keys(requireOptions("找倒过来的", first));
  return names.flatMap((a) =>
    names.filter((b) => beats(first[a]!, first[b]!) && beats(second[b]!, second[a]!)).map((
      b,
    ): [string, string] => [a, b])
  );
}

/**
 * 名字 → 几个种子在一个长度上的成绩；没有数的不在里面。
 *
 * @throws {RangeError} 没考过这个长度
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { byName, results } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(byName(results("copy", false), 256)["clip"]!.length, 3);
 * ```
 */
export function byName(all: readonly Result[], length: number): Record<string, number[]> {
  if (!Array.isArray(all)) throw new ShapeError("按名字摆成绩", "一组成绩（数组）", all);
  return Object.fromEntries(
    all.flatMap(({ name, training }) => training ? [[name, scoresAt(training, length)]] : []),
  );
}

/**
 * 画成线：一种编码一条，横轴是考的长度，纵轴是几个种子的均值；没有数的不画。交给 `drawLines`。
 *
 * @param names 只画这几种；不写就全画
 * @throws {ShapeError} 不是一组成绩
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { curves, results } from "@lib/lessons/rung_runs.ts";
 *
 * assert.deepEqual(curves(results("near", false), ["T5"]).map(({ encoding }) => encoding), ["T5"]);
 * ```
 */
export function curves(
  all: readonly Result[],
  names?: readonly string[],
): { readonly name: string; readonly encoding: string; readonly x: readonly number[]; readonly values: number[] }[] {
  if (!Array.isArray(all)) throw new ShapeError("画成绩", "一组成绩（数组）", all);
  return (all as readonly Result[]).filter(({ name }) => names?.includes(name) ?? true).flatMap((
    { name, style, training },
  ) =>
    training
      ? [{
        name,
        encoding: style,
        x: training.setting.lengths,
        values: training.setting.lengths.map((length) => meanOf(scoresAt(training, length))),
      }]
      : []
  );
}

/**
 * 一组成绩的表，交给 `table`：一种编码一行，考的长度一列一个，均值 ± 标准差；没有数的写那句话。
 *
 * @throws {ShapeError} 不是一组成绩
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resultRows, results } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(resultRows(results("find", false))[0]!["256 个"], "1.00 ± .00");
 * ```
 */
export function resultRows(all: readonly Result[]): Record<string, string>[] {
  if (!Array.isArray(all)) throw new ShapeError("印成绩", "一组成绩（数组）", all);
  return (all as readonly Result[]).map(({ name, training, says }) => ({
    编码: training ? name : `${name}：${says}`,
    ...Object.fromEntries(
      training?.setting.lengths.map((length) => [`${length} 个`, spreadText(scoresAt(training, length))]) ?? [],
    ),
  }));
}

/**
 * 两道题的名次，交给 `table`：均值高的在前，一样高的并列。有一份没有数，就一行也没有：缺了人，名次不作数。
 *
 * @param copy 往回抄 3 个的成绩
 * @param find 找记号的成绩
 * @param length 看哪个长度（词元）
 * @throws {RangeError} 没考过这个长度
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rankRows, results } from "@lib/lessons/rung_runs.ts";
 *
 * const rows = rankRows(results("copy", false), results("find", false), 256);
 * assert.deepEqual(rows[0], { 编码: "NoPE", 往回抄: ".18 ± .00", 抄的名次: 8, 找记号: "1.00 ± .00", 找的名次: 1 });
 * ```
 */
export function rankRows(copy: readonly Result[], find: readonly Result[], length: number): {
  readonly 编码: string;
  readonly 往回抄: string;
  readonly 抄的名次: number;
  readonly 找记号: string;
  readonly 找的名次: number;
}[] {
  const [first, second] = [byName(copy, length), byName(find, length)];
  if ([...copy, ...find].some(({ training }) => !training)) return [];
  const place = (all: Record<string, number[]>, name: string) =>
    1 + Object.values(all).filter((one) => meanOf(one) > meanOf(all[name]!) + 1e-12).length;
  return Object.keys(first).filter((name) => Object.hasOwn(second, name)).map((name) => ({
    编码: name,
    往回抄: spreadText(first[name]!),
    抄的名次: place(first, name),
    找记号: spreadText(second[name]!),
    找的名次: place(second, name),
  }));
}
