/**
 * 第 41 课的对账：另一套独立的 numpy 实现、三个种子的均值，和这里存着的训练比，一条性质一条性质地比。
 *
 * 比的是谁在谁前面、往哪边走，不比第二位小数。每条性质是一个函数，两边的数都喂给它，成不成立现算。
 *
 * @module
 */
import { requireOptions } from "@lib/errors.ts";
import { meanOf, type Result, scoresAt } from "@lib/lessons/rung_runs.ts";

/**
 * 两道题的均值：编码 → 16、32、64、128、256 个词元各答对几成。
 *
 * @example
 * ```ts
 * import type { Means } from "@lib/lessons/reproduced.ts";
 *
 * const last = (means: Means) => means.copy["RoPE"]!.at(-1);
 * ```
 */
export interface Means {
  /** 往回抄 3 个。 */
  readonly copy: Readonly<Record<string, readonly number[]>>;
  /** 找记号。 */
  readonly find: Readonly<Record<string, readonly number[]>>;
}

/** 两边都考的长度（词元）。 */
const lengths = [16, 32, 64, 128, 256];

/**
 * 另一套独立的 numpy 实现，三个种子的均值，印了两位小数；没有 Shaw。
 *
 * 设置和这里一样：因果，一层，一个头，32 维，没有残差、MLP、归一化，训练到 16，Adam 走 1500 步。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numpyMeans } from "@lib/lessons/reproduced.ts";
 *
 * assert.equal(numpyMeans.copy["Shaw"], undefined);
 * ```
 */
export const numpyMeans: Means = {
  copy: {
    NoPE: [0.33, 0.28, 0.24, 0.21, 0.18],
    learned: [1, 0.52, 0.32, 0.23, 0.18],
    sinusoidal: [1, 0.67, 0.56, 0.46, 0.34],
    T5: [1, 0.92, 0.72, 0.53, 0.39],
    clip: [1, 1, 1, 0.95, 0.82],
    RoPE: [1, 1, 0.98, 0.8, 0.63],
    "ALiBi ½": [0.17, 0.17, 0.18, 0.18, 0.18],
    "ALiBi 1/64": [0.33, 0.29, 0.26, 0.24, 0.23],
  },
  find: {
    NoPE: [1, 1, 1, 1, 1],
    learned: [1, 0.99, 0.95, 0.95, 0.93],
    sinusoidal: [1, 0.97, 0.92, 0.92, 0.85],
    T5: [1, 1, 1, 1, 1],
    clip: [1, 1, 1, 1, 1],
    RoPE: [1, 1, 1, 1, 0.99],
    "ALiBi ½": [1, 0.98, 0.9, 0.55, 0.35],
    "ALiBi 1/64": [1, 1, 1, 1, 1],
  },
};

/**
 * 这里的均值：两组成绩变成一样的样子，好比。
 *
 * @param copy 往回抄 3 个的成绩
 * @param find 找记号的成绩
 * @throws {RangeError} 没考过 16、32、64、128、256
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ourMeans } from "@lib/lessons/reproduced.ts";
 * import { results } from "@lib/lessons/rung_runs.ts";
 *
 * assert.equal(ourMeans(results("copy", false), results("find", false)).find["NoPE"]!.length, 5);
 * ```
 */
export function ourMeans(copy: readonly Result[], find: readonly Result[]): Means {
  const means = (all: readonly Result[]) =>
    Object.fromEntries(
      all.flatMap(({ name, training }) =>
        training ? [[name, lengths.map((length) => meanOf(scoresAt(training, length)))]] : []
      ),
    );
  const both = requireOptions("对账", { copy, find });
  return { copy: means(both.copy), find: means(both.find) };
}

/**
 * 一条性质，两边都问。
 *
 * @example
 * ```ts
 * import type { Claimed } from "@lib/lessons/reproduced.ts";
 *
 * const easy: Claimed = { name: "NoPE 找得到", holds: ({ find }) => find["NoPE"]!.at(-1)! > 0.9 };
 * ```
 */
export interface Claimed {
  /** 一句话。 */
  readonly name: string;
  /** 成不成立。 */
  readonly holds: (means: Means) => boolean;
}

/**
 * 一条性质，两边各成不成立，印出来的样子。
 *
 * @example
 * ```ts
 * import type { Verdict } from "@lib/lessons/reproduced.ts";
 *
 * const both = ({ numpy, 这里 }: Verdict) => numpy === "是" && 这里 === "是";
 * ```
 */
export interface Verdict {
  /** 一句话。 */
  readonly 性质: string;
  /** 那一边成不成立。 */
  readonly numpy: string;
  /** 这一边；缺一份成绩，就是“没有数”，不是“否”。 */
  readonly 这里: string;
}

/** 一路往下。 */
const falling = (values: readonly number[]) => values.every((x, n) => n === 0 || x < values[n - 1]!);
/** 最小的几个的名字。 */
const lowest = (of: Means["copy"], count: number) => {
  const rest = Object.entries(of).filter(([name]) => name !== "Shaw"); // 那一边没有
  return rest.sort(([, a], [, b]) => a.at(-1)! - b.at(-1)!).slice(0, count).map(([name]) => name).sort();
};

/**
 * 要对的性质，十四条；前十条说的是谁在前、往哪走，后四条是那一边有、这一边要看有没有的。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { claimed, numpyMeans } from "@lib/lessons/reproduced.ts";
 *
 * assert.ok(claimed.every(({ holds }) => holds(numpyMeans))); // 都是从那一边的数里读出来的
 * ```
 */
export const claimed: readonly Claimed[] = [
  {
    name: "抄，128 个：clip > RoPE > T5 > sinusoidal > NoPE",
    holds: ({ copy }) => falling(["clip", "RoPE", "T5", "sinusoidal", "NoPE"].map((name) => copy[name]![3]!)),
  },
  {
    name: "抄，256 个：垫底的三个是 NoPE、learned、ALiBi ½",
    holds: ({ copy }) => lowest(copy, 3).join() === ["NoPE", "learned", "ALiBi ½"].sort().join(),
  },
  {
    name: "抄，16 个：NoPE、两个 ALiBi 学不会，别的全对",
    holds: ({ copy }) =>
      Object.entries(copy).every(([name, [first]]) => /NoPE|ALiBi/.test(name) ? first! < 0.4 : first! > 0.995),
  },
  {
    name: "抄：T5、sinusoidal、learned 一出 16 就掉，RoPE、clip 到 32 还不掉",
    holds: ({ copy }) =>
      ["T5", "sinusoidal", "learned"].every((name) => copy[name]![1]! < 0.95) &&
      ["RoPE", "clip"].every((name) => copy[name]![1]! > 0.99),
  },
  { name: "抄：RoPE 到 256 掉了三成以上", holds: ({ copy }) => copy["RoPE"]![4]! < 0.7 },
  {
    name: "抄：ALiBi ½ 从 16 到 256 一直在 .2 上下",
    holds: ({ copy }) => copy["ALiBi ½"]!.every((x) => x > 0.15 && x < 0.22),
  },
  {
    name: "找：NoPE、clip、ALiBi 1/64 一直全对",
    holds: ({ find }) => ["NoPE", "clip", "ALiBi 1/64"].every((name) => find[name]!.every((x) => x > 0.995)),
  },
  {
    name: "找：ALiBi ½ 从 64 起一路掉，256 个时垫底",
    holds: ({ find }) => falling(find["ALiBi ½"]!.slice(1)) && lowest(find, 1)[0] === "ALiBi ½",
  },
  { name: "找：sinusoidal 到 256 掉了五分以上", holds: ({ find }) => find["sinusoidal"]![4]! < 0.95 },
  { name: "找：RoPE 到 256 还在 .95 以上", holds: ({ find }) => find["RoPE"]![4]! > 0.95 },
  { name: "找：learned 到 256 掉了五分以上", holds: ({ find }) => find["learned"]![4]! < 0.95 },
  { name: "找：T5 一直全对", holds: ({ find }) => find["T5"]!.every((x) => x > 0.995) },
  { name: "抄，64 个：clip 还全对", holds: ({ copy }) => copy["clip"]![2]! > 0.995 },
  { name: "抄，256 个：clip 还有八成", holds: ({ copy }) => copy["clip"]![4]! > 0.8 },
];

/**
 * 一条一条对账：是、否，或者没有数。
 *
 * @param copy 往回抄 3 个的成绩
 * @param find 找记号的成绩
 * @throws {RangeError} 没考过 16、32、64、128、256
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { verdicts } from "@lib/lessons/reproduced.ts";
 * import { results } from "@lib/lessons/rung_runs.ts";
 *
 * const [first] = verdicts(results("copy", false), results("find", false));
 * assert.deepEqual([first!.numpy, first!.这里], ["是", "是"]);
 * ```
 */
export function verdicts(copy: readonly Result[], find: readonly Result[]): Verdict[] {
  const mine = ourMeans(copy, find), word = (holds: boolean) => holds ? "是" : "否";
  const complete = [...copy, ...find].every(({ training }) => training);
  return claimed.map(({ name, holds }) => ({
    性质: name,
    numpy: word(holds(numpyMeans)),
    这里: complete ? word(holds(mine)) : "没有数",
  }));
}
