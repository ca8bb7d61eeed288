/**
 * `deno task timings [课名…]`：每本用了多久，一张表。一本一本地跑，不让它们抢处理器。
 *
 * @module
 */
import { maxSeconds } from "./check.ts";
import { shown } from "./environment.ts";
import { execute, type Run, totalSeconds } from "./execute.ts";
import { canonicalText, readNotebook } from "./format.ts";
import { findLessons } from "./lessons.ts";
import { main } from "./main.ts";
import { cellName, kilobytes } from "./outputs.ts";
import { runTroubles, troubleLine } from "./run.ts";

/** 一本一行：名字、计算秒数、最慢的一格、格数、文件大小。 */
export function timingRow(path: string, run: Run): string[] {
  const slowest = run.seconds.reduce<number>((best, s, i) => (s ?? 0) > (run.seconds[best] ?? 0) ? i : best, 0);
  return [
    shown(path).replace(/^notebooks\/|\.ipynb$/g, ""),
    `${totalSeconds(run).toFixed(2)} 秒`,
    `${cellName(run.notebook, slowest + 1)} ${(run.seconds[slowest] ?? 0).toFixed(2)} 秒`,
    `${run.notebook.cells.length} 格`,
    kilobytes(new TextEncoder().encode(canonicalText(run.notebook)).length),
  ];
}

/** 排成等宽的表；一个汉字占两列。 */
export function aligned(rows: readonly string[][]): string {
  const width = (text: string) =>
    [...text].reduce((sum, c) => sum + (/[\u2E80-\u9FFF\uFF00-\uFF60]/.test(c) ? 2 : 1), 0);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => width(row[column]!))));
  return rows.map((row) => row.map((text, i) => text + " ".repeat(widths[i]! - width(text))).join("  ").trimEnd()).join(
    "\n",
  );
}

if (import.meta.main) {
  await main(async () => {
    const paths = findLessons(Deno.args);
    const runs = await execute(await Promise.all(paths.map(readNotebook)), { parallel: 1 });
    const header = ["笔记本", "计算", "最慢的一格", "格数", "大小"];
    console.log(aligned([header, ...paths.map((path, i) => timingRow(path, runs[i]!))]));
    return paths.flatMap((path, i) => {
      const run = runs[i]!;
      const slow = totalSeconds(run) > maxSeconds ? [`${shown(path)}：计算超过 ${maxSeconds} 秒`] : [];
      return [...runTroubles(run).map((trouble) => troubleLine(path, run.notebook, trouble)), ...slow];
    });
  });
}
