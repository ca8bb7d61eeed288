/**
 * 翻一个号（flip a sign）：每个式子在它的对照页里翻一个正负号，真的跑一遍，看红的是不是那一条。
 *
 * `deno task flip-signs`，只查几条：`deno task flip-signs "8130(3)" 8231`。
 * 改的是内存里的副本，一条一份，在真内核里各跑一遍；没改的那份也跑，要全绿。
 *
 * 定义没有真假，可是翻了号也红：对照页验的是库里写的和它是不是同一个。
 *
 * @module
 */
import { equations, type Kind, type Source } from "@lib/lessons/equations.ts";
import { execute, type Run } from "./notebook/execute.ts";
import { type Notebook, readNotebook } from "./notebook/format.ts";
import { findLesson } from "./notebook/lessons.ts";
import { main } from "./notebook/main.ts";

/** 翻一个号：`search` 在一本的代码格里只出现一次，`replace` 和它只差正负号。 */
export interface Flip {
  /** 式号，`8130(3)`。 */
  readonly equation: string;
  readonly search: string;
  readonly replace: string;
}

const planted: Readonly<Record<string, ReadonlyArray<readonly [equation: string, search: string, replace: string]>>> = {
  "95_equations_8130": [
    ["8130(1)", "? Math.sin(k", "? -Math.sin(k"],
    ["8130(2)", "softmax((x + p)", "softmax((x - p)"],
    ["8130(3)", 'right3 = formula("(x * W_Q + p', 'right3 = formula("(x * W_Q - p'],
    ["8130(4)", "(x * W_K + R_i)", "(x * W_K - R_i)"],
    ["8130(5)", "(x * W_V + R_i)", "(x * W_V - R_i)"],
    ["8130(6)", "Math.max(m - n, -clip)", "Math.max(m + n, -clip)"],
    ["8130(7)", `term("p * W_Q * W_K' * x'")`, `term("-p * W_Q * W_K' * x'")`],
    ["8130(8)", "+ v*W_Q", "- v*W_Q"],
    ["8130(9)", "+ v * W_R'", "- v * W_R'"],
    ["8130(10)", "bucketOf(m - n)", "bucketOf(m + n)"],
    ["8130(11)", "+ R_ji*W_Q", "- R_ji*W_Q"],
    ["8130(12)", "ω * k + θ", "ω * k - θ"],
    ["8130(13)", "arg(paired(f_1)) - arg", "arg(paired(f_1)) + arg"],
    ["8130(14)", "(k_x - i * k_y)", "(k_x + i * k_y)"],
    ["8130(15)", "(i*(m-n)*θ)", "(i*(m+n)*θ)"],
    ["8130(16)", "e^(i * n * θ)", "e^(-i * n * θ)"],
    ["8130(17)", "cos(n * θ) + [[", "cos(n * θ) - [["],
  ],
  "96_equations_8231": [
    ["8231(1)", '"i * conj(e', '"-i * conj(e'],
    ["8231(2)", "softmax(x * W_Q", "softmax(-x * W_Q"],
    ["8231(3)", "softmax((x + p)", "softmax((x - p)"],
    ["8231(4)", "+ p_m'*H*p_n", "- p_m'*H*p_n"],
    ["8231(5)", "code(m - n)", "code(m + n)"],
    ["8231(6)", "(u - v * i)", "(u + v * i)"],
    ["8231(7)", "(c_n - i * s_n)", "(c_n + i * s_n)"],
    ["8231(8)", "r_n * e^(i * (φ_m - φ_n))", "r_n * e^(i * (φ_m + φ_n))"],
    ["8231(9)", "e ^ (i * m * θ)", "e ^ (-i * m * θ)"],
    ["8231(10)", "e.^(i * m * θ)", "e.^(-i * m * θ)"],
    ["8231(11)", "i*(m - n)*θ", "i*(m + n)*θ"],
    ["8231(12)", "+ b .* s_m", "- b .* s_m"],
    ["8231(13)", "+ (a - b)/2", "- (a - b)/2"],
    ["8231(14)", "=> 1 + t", "=> 1 - t"],
  ],
};

/** 每本对照页翻哪些号。 */
export const flips: Readonly<Record<string, readonly Flip[]>> = Object.fromEntries(
  Object.entries(planted).map(([lesson, rows]) => [
    lesson,
    rows.map(([equation, search, replace]) => ({ equation, search, replace })),
  ]),
);

/** 翻一个号；没改传进来的。 */
export function flipped(notebook: Notebook, { search, replace }: Flip): Notebook {
  const change = (source: string) => source.split(search).join(replace);
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, source: change(cell.source) } : cell
  );
  return { ...notebook, cells };
}

/** 红了的断言，和别的错；一个输出一行。 */
export function reds(notebook: Notebook): string[] {
  return notebook.cells.flatMap((cell) =>
    (cell.outputs ?? []).flatMap((output) =>
      output.output_type === "error" ? [output.evalue.split("\n")[0]!.replace(/^\w+: /, "")] : []
    )
  );
}

/** 一条翻了号以后：第一个红的要是它自己。返回说错在哪的话，没错就是 `undefined`。 */
export function complaint({ equation }: Flip, found: readonly string[]): string | undefined {
  const [first] = found;
  if (first === undefined) return `${equation}：翻了号，一格也没红`;
  return first.startsWith(`✗ ${equation}`) ? undefined : `${equation}：翻了号，先红的是别的：${first}`;
}

function kindOf(equation: string): Kind {
  const [, source, number] = /^(\w+)\((\d+)\)$/.exec(equation) ?? [];
  return equations[source as Source][Number(number) - 1]!.kind;
}

async function flipAll(wanted: readonly string[]): Promise<string[]> {
  const problems: string[] = [], counts = new Map<Kind, number>();
  for (const [lesson, all] of Object.entries(flips)) {
    const chosen = all.filter(({ equation }) => wanted.length === 0 || wanted.some((one) => equation.startsWith(one)));
    if (chosen.length === 0) continue;
    const notebook = await readNotebook(findLesson(lesson));
    const report = (index: number, run: Run): void => {
      const found = [...(run.failure ? [run.failure.message] : []), ...reds(run.notebook)], flip = chosen[index - 1];
      if (!flip) return void problems.push(...found.map((red) => `${lesson} 没有翻号就红了：${red}`));
      const { equation, search, replace } = flip, problem = complaint(flip, found), kind = kindOf(equation);
      if (problem) return void problems.push(problem);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const more = found.length > 1 ? `（另外还红了 ${found.length - 1} 格）` : "";
      console.log(`${equation} ${kind}  ${search} → ${replace}\n    ${found[0]}${more}`);
    };
    await execute([notebook, ...chosen.map((flip) => flipped(notebook, flip))], { onRun: report });
  }
  const words = [...counts].map(([kind, count]) => `${kind} ${count} 条`).join("，");
  console.log(`翻了号就红，而且先红的是自己：${words || "一条也没有"}`);
  return problems;
}

if (import.meta.main) await main(() => flipAll(Deno.args), "有式子翻了号没有红在自己身上。");
