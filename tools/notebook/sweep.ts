/**
 * `deno task sweep [课名…]`：11 个长度 × 5 个维数，每一组都在新内核里从头跑到尾。
 *
 * 长度挑的是容易出事的：1、2、3，2 的幂，幂加一，素数，直到 8192。
 *
 * @module
 */
import { growth, type KnobRun, knobRunLine, runWithKnobs } from "./check.ts";
import { readNotebook } from "./format.ts";
import { knobNames, type Knobs } from "./knob_edit.ts";
import { findLessons, lessonsOnly } from "./lessons.ts";
import { main } from "./main.ts";

/** 长度 L（词元个数）。 */
export const lengths: readonly number[] = [1, 2, 3, 7, 16, 33, 128, 512, 2048, 4097, 8192];

/** 维数 d。 */
export const dimensions: readonly number[] = [2, 4, 8, 64, 128];

/** 第 n 组旋钮：11 和 5 互素，连着的 55 组正好把每一对各走一遍。 */
export function rotating(n: number, names: readonly string[] = ["L", "d"]): Knobs {
  const all = { L: lengths[n % lengths.length]!, d: dimensions[n % dimensions.length]! };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)).map(([k, v]) => [k, `${v}`]));
}

/** 一课有哪些组要跑：没有 d 旋钮的课只换 L，两个都没有的只跑一次。 */
export function fullProduct(names: readonly string[]): Knobs[] {
  const has = (name: string) => names.includes(name);
  const ds = has("d") ? dimensions : [undefined];
  const Ls = has("L") ? lengths : [undefined];
  return ds.flatMap((d) => Ls.map((L) => ({ ...(L && { L: `${L}` }), ...(d && { d: `${d}` }) })));
}

/** 跑一课的全部组；每组一行交给 `report`，返回有问题的行。 */
export async function sweep(path: string, report: (line: string) => void): Promise<string[]> {
  const sets = fullProduct(knobNames(await readNotebook(path)));
  const runs = await runWithKnobs(path, sets, (_, run) => report(knobRunLine(path, run)));
  const at128 = (run: KnobRun) =>
    runs.find(({ knobs }) => knobs["L"] === "128" && knobs["d"] === run.knobs["d"]) ?? run;
  const problems = runs.map((run) => [...run.problems, ...growth(path, run, at128(run))]);
  const failed = problems.filter((found) => found.length > 0).length;
  const refused = runs.filter((run) => run.refused).length;
  const slowest = Math.max(...runs.map((run) => run.seconds));
  report(`${runs.length} 组：拒绝 ${refused}，失败 ${failed}，最慢 ${slowest.toFixed(1)} 秒`);
  return problems.flat();
}

if (import.meta.main) {
  await main(async () => {
    const problems: string[] = [];
    for (const path of findLessons(Deno.args, lessonsOnly())) problems.push(...await sweep(path, console.log));
    return problems;
  });
}
