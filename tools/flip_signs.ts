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
  "97_equations_8265": [
    ["8265(1)", "paired(x) .* e.^(i * m", "paired(x) .* e.^(-i * m"],
    ["8265(2)", "[m - n]), k", "[m + n]), k"],
    ["8265(3)", "e^(i * (m - n) * θ) .* conj", "e^(i * (m + n) * θ) .* conj"],
    ["8265(4)", "R .* e.^(i * Θ)", "R .* e.^(-i * Θ)"],
    ["8265(5)", "R_k .* e.^(i * (Θ_q - Θ_k))", "R_k .* e.^(i * (Θ_q + Θ_k))"],
    ["8265(6)", "q_y.^2).^(1/2)", "q_y.^2).^(-1/2)"],
    ["8265(7)", 'right7 = complexFormula("e.^(i * (Θ_q - Θ_k))', 'right7 = complexFormula("e.^(i * (Θ_q + Θ_k))'],
    ["8265(8)", "Θ_g + Θ_k - Θ_q", "Θ_g - Θ_k - Θ_q"],
    ["8265(9)", "paired(q) * e^(i * m", "paired(q) * e^(-i * m"],
    ["8265(10)", "-sin(m*θ)", "sin(m*θ)"],
    ["8265(11)", "? -Math.sin(angle)", "? Math.sin(angle)"],
    ["8265(12)", "R(n - m)", "R(n + m)"],
    ["8265(13)", "q .* c + w .* s", "q .* c - w .* s"],
    ["8265(14)", "(i*(m-n)*θ)", "(i*(m+n)*θ)"],
    ["8265(15)", '"-sum(paired(S)', '"sum(paired(S)'],
    ["8265(16)", "e.^(i * t * θ)", "e.^(-i * t * θ)"],
    ["8265(17)", "(e.^Q * (e.^K)' * V)", "(-e.^Q * (e.^K)' * V)"],
    ["8265(18)", "e.^(i * (m - n) * θ)", "e.^(i * (m + n) * θ)"],
    ["8265(19)", "(sim * V) ./ (e.^Q", "(sim * V) ./ (-e.^Q"],
  ],
  "98_equations_roformer": [
    ["RF(1)", "positions: [m]", "positions: [-m]"],
    ["RF(2)", `"e.^(q_m' * K / sqrt(d)) * V`, `"e.^(-q_m' * K / sqrt(d)) * V`],
    ["RF(3)", "(W_t * (X + P))", "(W_t * (X - P))"],
    ["RF(4)", "sin) + i * map(m", "sin) - i * map(m"],
    ["RF(5)", "W_k * (X + P_k)", "W_k * (X - P_k)"],
    ["RF(6)", `"P' * W_q' * W_k * X"`, `"-P' * W_q' * W_k * X"`],
    ["RF(7)", "+ v'*W_q'", "- v'*W_q'"],
    ["RF(8)", "W_k * X + b", "W_k * X - b"],
    ["RF(9)", "+ P'*U_q'", "- P'*U_q'"],
    ["RF(10)", "p_r: p_r(m - n)", "p_r: p_r(m + n)"],
    ["RF(11)", "g11(i, j, m - n)", "g11(i, j, m + n)"],
    ["RF(12)", "e^(i*(m-n)*θ)", "e^(i*(m+n)*θ)"],
    ["RF(13)", "-sin(m*θ)", "sin(m*θ)"],
    ["RF(14)", "(R * W_t * x_m)", "(-R * W_t * x_m)"],
    ["RF(15)", "(-2 * (i - 1) / d));\nconst R_", "(2 * (i - 1) / d));\nconst R_"],
    ["RF(16)", "R: R_(n - m)", "R: R_(n + m)"],
    ["RF(17)", `"e.^(q_m * K'`, `"e.^(-q_m * K'`],
    ["RF(18)", `"φ_q * φ_k' * v_n`, `"-φ_q * φ_k' * v_n`],
    ["RF(19)", "R_n: R_(n)", "R_n: R_(-n)"],
    ["RF(20)", "[i]), Float64Array.of(m)", "[i]), Float64Array.of(-m)"],
    ["RF(21)", "g21(i, j, n - m)", "g21(i, j, n + m)"],
    ["RF(22)", "(W_t * X)'", "(-W_t * X)'"],
    ["RF(23)", "R .* e.^(i * Θ)", "R .* e.^(-i * Θ)"],
    ["RF(24)", "e^(i*(Θ_k - Θ_q)) - e^(i*Θ_g)", "e^(i*(Θ_k + Θ_q)) - e^(i*Θ_g)"],
    ["RF(25)", "+ i * map(Θ, sin)", "- i * map(Θ, sin)"],
    ["RF(26)", "e^(i*(θ_k - θ_q))", "e^(i*(θ_k + θ_q))"],
    ["RF(27)", "abs(R_q - n_q)", "abs(R_q + n_q)"],
    ["RF(28)", "e^(i*(Θ_k - θ_k))", "e^(i*(Θ_k + θ_k))"],
    ["RF(29)", "g_RF + θ_q - θ_k", "g_RF + θ_q + θ_k"],
    ["RF(30)", "Θ_γ - θ_q)) - e^(i*(m*θ + γ))", "Θ_γ - θ_q)) - e^(i*(m*θ - γ))"],
    ["RF(31)", "n_q * e^(i*(θ_q + m*θ + γ))", "n_q * e^(i*(θ_q - m*θ + γ))"],
    ["RF(32)", `"(W_q * x_m)'"`, `"(-W_q * x_m)'"`],
    ["RF(33)", "paired((W_q*x_m)') * (cos(θ) + i", "paired((W_q*x_m)') * (cos(θ) - i"],
    ["RF(34)", "+ y .* map", "- y .* map"],
    ["RF(35)", "e.^(i*(m-n)*θ)", "e.^(i*(m+n)*θ)"],
    ["RF(36)", ".* (paired(h_next) - paired(h))", ".* (paired(h_next) + paired(h))"],
    ["RF(37)", "max(abs(paired(h_next) - paired(h)))", "max(abs(paired(h_next) + paired(h)))"],
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
