/**
 * `deno task check [课名…] [--set L=512 …]`：在临时副本里跑，和存着的输出逐字节比。
 *
 * 换了旋钮（`--set`）就没有存着的可比，改看另外几条：没有出错（或者是旋钮的拒绝），
 * 计算不超过 10 秒，输出不超过 L = 128 时的两倍。
 *
 * @module
 */
import { parseArgs } from "node:util";
import { firstDifference, textDifference } from "./compare.ts";
import { shown } from "./environment.ts";
import { execute, type Run, totalSeconds } from "./execute.ts";
import { canonical, canonicalText, type Notebook, parseNotebook, readNotebook } from "./format.ts";
import { knobNames, type Knobs, knobWords, parseKnobs, setKnobs } from "./knob_edit.ts";
import { findLessons, type LessonFile, readFiles } from "./lessons.ts";
import { main } from "./main.ts";
import { countClaims, isRefusal, kilobytes, outputBytes } from "./outputs.ts";
import { runTroubles, troubleLine } from "./run.ts";

/** 一本最多算几秒。 */
export const maxSeconds = 10;

/** 和存着的比；返回有问题的行，空的就是全对。`limit` 是一本最多算几秒。 */
export async function checkSaved(files: readonly LessonFile[], limit: number = maxSeconds): Promise<string[]> {
  const saved = files.map(({ text }) => canonical(parseNotebook(text)));
  const runs = await execute(saved);
  for (const [i, run] of runs.entries()) runs[i] = await alone(saved[i]!, run, limit);
  return files.flatMap((
    file,
    i,
  ) => [...savedProblems(file, saved[i]!, runs[i]!), ...slow(shown(file.path), runs[i]!, limit)]);
}

function savedProblems({ path, text }: LessonFile, saved: Notebook, run: Run): string[] {
  const failures = runTroubles(run).map((trouble) => troubleLine(path, run.notebook, trouble));
  if (failures.length > 0) return failures;
  const problems: string[] = [];
  const difference = firstDifference(saved, run.notebook);
  if (difference) problems.push(`${shown(path)} ${difference}`);
  const expected = canonicalText(run.notebook);
  if (!difference && text !== expected) {
    problems.push(`${shown(path)}：输出都对，写法不是运行器的：${textDifference(text, expected)}`);
  }
  const { notApplicable } = countClaims(run.notebook);
  if (notApplicable > 0) problems.push(`${shown(path)}：默认旋钮下有 ${notApplicable} 条断言不适用`);
  return problems;
}

/** 一组旋钮下跑出来的结果。 */
export interface KnobRun {
  readonly knobs: Knobs;
  readonly run: Run;
  /** 旋钮被这一课拒绝了：也是一种该有的结果。 */
  readonly refused: boolean;
  readonly applied: number;
  readonly notApplicable: number;
  readonly bytes: number;
  readonly seconds: number;
  /** 出错、断言该适用而不适用、单独跑也太慢。 */
  readonly problems: readonly string[];
}

/** 同一本，换几组旋钮各跑一次。 */
export async function runWithKnobs(
  path: string,
  sets: readonly Knobs[],
  onRun: (index: number, run: KnobRun) => void = () => {},
): Promise<KnobRun[]> {
  const notebook = await readNotebook(path);
  const measure = (index: number, run: Run): KnobRun => {
    const knobs = sets[index]!;
    const refused = run.failure === null && isRefusal(run.notebook);
    const name = `${shown(path)}（${knobWords(knobs)}）`;
    const { applied, notApplicable } = countClaims(run.notebook);
    const problems = refused
      ? []
      : runTroubles(run).map((trouble) => troubleLine(path, run.notebook, trouble).replace(shown(path), name));
    if (!refused && everyClaimApplies(knobs) && notApplicable > 0) {
      problems.push(`${name}：L = 16、d = 64 时每条断言都该适用，现在有 ${notApplicable} 条不适用`);
    }
    const bytes = outputBytes(run.notebook);
    return { knobs, run, refused, applied, notApplicable, bytes, seconds: totalSeconds(run), problems };
  };
  const changed = sets.map((knobs) => setKnobs(notebook, knobs));
  const runs = await execute(changed, { onRun: (index, run) => onRun(index, measure(index, run)) });
  const measured: KnobRun[] = [];
  for (const [index, run] of runs.entries()) {
    const fair = measure(index, await alone(changed[index]!, run, maxSeconds));
    measured.push({
      ...fair,
      problems: [...fair.problems, ...slow(`${shown(path)}（${knobWords(fair.knobs)}）`, fair.run, maxSeconds)],
    });
  }
  return measured;
}

/** 输出长没长：不超过 L = 128 时的两倍。两边有一边被拒绝就不比。 */
export function growth(path: string, knobRun: KnobRun, at128: KnobRun): string[] {
  if (knobRun.refused || at128.refused || knobRun.bytes <= 2 * at128.bytes) return [];
  return [
    `${shown(path)}（${knobWords(knobRun.knobs)}）：输出 ${kilobytes(knobRun.bytes)}，` +
    `超过 L = 128 时 ${kilobytes(at128.bytes)} 的两倍`,
  ];
}

/** 换一组旋钮跑几本；返回有问题的行。每本的结果交给 `report`。 */
export async function checkWithKnobs(
  paths: readonly string[],
  knobs: Knobs,
  report: (line: string) => void = () => {},
): Promise<string[]> {
  const problems: string[] = [];
  for (const path of paths) {
    const hasLength = knobNames(await readNotebook(path)).includes("L");
    const sets = hasLength && knobs["L"] !== "128" ? [knobs, { ...knobs, L: "128" }] : [knobs];
    const [run, at128 = run] = await runWithKnobs(path, sets);
    problems.push(...run!.problems, ...growth(path, run!, at128!));
    report(knobRunLine(path, run!));
  }
  return problems;
}

/** 一次换旋钮的结果，一行。 */
export function knobRunLine(
  path: string,
  { knobs, refused, seconds, bytes, applied, notApplicable, problems }: KnobRun,
): string {
  const late = seconds > maxSeconds ? "（慢，等会儿单独再量）" : "";
  const verdict = problems.length > 0 ? "失败" : refused ? "拒绝" : `通过${late}`;
  return `${shown(path)}  ${knobWords(knobs)}  ${seconds.toFixed(1)} 秒  输出 ${kilobytes(bytes)}  ` +
    `断言 ${applied} 条适用、${notApplicable} 条不适用  ${verdict}`;
}

/** 超过时限的，单独再跑一次：和别的抢处理器时慢，不算慢。 */
async function alone(notebook: Notebook, run: Run, limit: number): Promise<Run> {
  if (run.failure || totalSeconds(run) <= limit) return run;
  const [again] = await execute([notebook], { parallel: 1 });
  return again && totalSeconds(again) < totalSeconds(run) ? again : run;
}

function slow(name: string, run: Run, limit: number): string[] {
  const seconds = totalSeconds(run);
  return seconds <= limit ? [] : [`${name}：计算用了 ${seconds.toFixed(1)} 秒，要求不超过 ${limit} 秒`];
}

function everyClaimApplies(knobs: Knobs): boolean {
  return knobs["L"] === "16" && knobs["d"] === "64";
}

if (import.meta.main) {
  await main(async () => {
    const { values, positionals } = parseArgs({
      args: Deno.args,
      options: { set: { type: "string", multiple: true, default: [] } },
      allowPositionals: true,
    });
    const paths = findLessons(positionals);
    if (values.set.length > 0) return await checkWithKnobs(paths, parseKnobs(values.set), console.log);
    const problems = await checkSaved(await readFiles(paths));
    if (problems.length === 0) console.log(`✓ ${paths.length} 本的输出和存着的一样`);
    return problems;
  });
}
