/**
 * 输出完整性（output integrity）：每一格的每一个输出都带着自己的名字，丢了、少了、跑到别处都看得出来。
 *
 * @module
 */
import type { Cell, Notebook, Output } from "../../tools/notebook/format.ts";
import { type Lab, notebook } from "./lab.ts";

/** 一种格子：源码，和它应当留下的输出。`key` 是这一格这一遍独有的名字。 */
interface Kind {
  title: string;
  source(name: string): string;
  expected(key: string): string[];
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** 每格先把自己的名字（第几遍:第几格）放进 `key`；各格的输出都从它来。 */
const KINDS: readonly Kind[] = [
  // 单独一个结果
  { title: "单个结果", source: (name) => `name("${name}") + " result"`, expected: (key) => [`result "${key} result"`] },
  // 20 行日志：少一行就算丢
  {
    title: "20 行日志",
    source: (name) => `for (let i = 0; i < 20; i++) console.log(name("${name}"), i);`,
    expected: (key) => [`log ${range(20).map((i) => `${key} ${i}`).join("\n")}`],
  },
  // 图：SVG + PNG + 文字，一个作为最后的值，一个用 display
  {
    title: "图",
    source: (name) =>
      `await Deno.jupyter.display(picture(name("${name}") + " shown"), { raw: true });
({ [Symbol.for("Jupyter.display")]: () => picture(name("${name}") + " value") })`,
    expected: (key) => [`picture ${key} shown`, `picture ${key} value`],
  },
  // 自己没有名字的值：前面印一行名字，多一个少一个都对不上
  {
    title: "NaN",
    source: (name) => `console.log(name("${name}"));\nNaN`,
    expected: (key) => [`log ${key}`, "result NaN"],
  },
  {
    title: "null",
    source: (name) => `console.log(name("${name}"));\nnull`,
    expected: (key) => [`log ${key}`, "result null"],
  },
  // 抛错：错误要在，错误之前印的也要在
  {
    title: "抛错",
    source: (name) => `console.log(name("${name}"));\nthrow new RangeError(name("${name}"));`,
    expected: (key) => [`log ${key}`, `error RangeError ${key}`],
  },
  // 语法错误：跑不起来，所以名字写在源码里，只要有一条带着它的消息
  { title: "语法错误", source: (name) => `const ${name.replace("c", "broken")} = ;`, expected: () => ["syntax"] },
];

/** 一遍有几格（不算开头那格）。 */
const CELLS = 49;

/** 怎么探测。 */
export interface ProbeOptions {
  /** 内核的名字。 */
  kernel?: string;
  /** 放在第一格的最前面；默认引入课程的内核模块，和每一课一样。 */
  first?: string;
}

/** 探测笔记本。 */
export function probe({ kernel = "deno", first = 'import "@lib/notebook/kernel.ts";' }: ProbeOptions = {}): Notebook {
  const setup = `${first}
globalThis.round = (globalThis.round ?? 0) + 1;
globalThis.name = (cell) => globalThis.round + ":" + cell;
globalThis.picture = (words) => ({
  "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle r="20" cx="20" cy="20"/></svg>',
  "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "text/plain": words,
});`;
  return notebook([setup, ...range(CELLS).map((i) => KINDS[i % KINDS.length]!.source(`c${i}`))], kernel);
}

/** 一次全部运行之后数出来的。 */
export interface Tally {
  /** 应当有多少个输出。 */
  expected: number;
  /** 缺的，或者不完整的。 */
  lost: number;
  /** 出现在一格里、却不是这一格这一遍该有的。 */
  misplaced: number;
  /** 丢的按种类数。 */
  lostBy: Record<string, number>;
  /** 头几处，给人看。 */
  examples: string[];
}

/** 数第 `round` 遍全部运行之后，丢了几个、放错了几个。 */
export function tally(cells: readonly Cell[], round: number): Tally {
  const total: Tally = { expected: 0, lost: 0, misplaced: 0, lostBy: {}, examples: [] };
  for (const i of range(CELLS)) {
    const kind = KINDS[i % KINDS.length]!;
    const expected = kind.expected(`${round}:c${i}`);
    const rest = (cells[i + 1]?.outputs ?? []).map((output) => say(output, `broken${i} = ;`));
    total.expected += expected.length;
    for (const wanted of expected) {
      const at = rest.indexOf(wanted);
      if (at >= 0) rest.splice(at, 1);
      else {
        total.lost++;
        total.lostBy[kind.title] = (total.lostBy[kind.title] ?? 0) + 1;
        total.examples.push(`第 ${i} 格少了 ${wanted.slice(0, 40)}`);
      }
    }
    for (const stray of rest) {
      // 一段不完整的日志已经算过“丢了”；带着别人名字的才算放错
      if (stray.startsWith("log ") && stray.slice(4).split("\n").every((line) => line.startsWith(`${round}:c${i} `))) {
        continue;
      }
      total.misplaced++;
      total.examples.push(`第 ${i} 格多了 ${stray.slice(0, 40)}`);
    }
  }
  return total;
}

function say(output: Output, broken: string): string {
  if (output.output_type === "stream") return `log ${output.text.trimEnd()}`;
  if (output.output_type === "error") {
    return output.evalue.includes(broken) ? "syntax" : `error ${output.ename} ${output.evalue}`;
  }
  const picture = output.data["image/svg+xml"] !== undefined && output.data["image/png"] !== undefined;
  return `${picture ? "picture" : "result"} ${output.data["text/plain"]}`;
}

/** 一直全部运行，直到从界面里读回 `enough` 个输出（应当有的那么多）。 */
export async function measure(lab: Lab, enough: number, options: ProbeOptions = {}): Promise<Tally> {
  await using book = await lab.open(lab.put(probe(options)));
  const total: Tally = { expected: 0, lost: 0, misplaced: 0, lostBy: {}, examples: [] };
  for (let round = 1; total.expected < enough; round++) {
    await book.runAll();
    const { expected, lost, misplaced, lostBy, examples } = tally((await book.read()).cells, round);
    total.expected += expected;
    total.lost += lost;
    total.misplaced += misplaced;
    for (const [kind, n] of Object.entries(lostBy)) total.lostBy[kind] = (total.lostBy[kind] ?? 0) + n;
    total.examples.push(...examples.map((words) => `第 ${round} 遍，${words}`));
  }
  return { ...total, examples: total.examples.slice(0, 10) };
}
