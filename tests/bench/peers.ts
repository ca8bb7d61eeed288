/**
 * 和 PyTorch、NumPy 比一次：`deno run -A tests/bench/peers.ts [PYTHON]`，都只用一个线程。
 *
 * 机器上还有别的事，快慢会变，所以两边轮流做，一轮一轮地来，比的是同一次里的中位数。
 * 没给 Python，或那个 Python 里没有 torch、numpy，就只量 TypeScript 这一半。
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { attentionBlocks } from "@lib/attention.ts";
import { family } from "@lib/bench/family.ts";
import { scorecard } from "@lib/bench/scorecard.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { fastAttention } from "@lib/fast_attention.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const single = (m: Matrix): Matrix<Float32Array> => ({ ...m, data: Float32Array.from(m.data) });

/** Python 那一半：交一个名字，等一个毫秒数。 */
export interface Peer {
  readonly versions: string;
  readonly cases: ReadonlySet<string>;
  readonly run: (name: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function peer(python: string, program = "peers.py"): Promise<Peer> {
  const child = new Deno.Command(python, { args: [here(program)], stdin: "piped", stdout: "piped" }).spawn();
  const lines = readLines(child.stdout), writer = child.stdin.getWriter();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`无法量 ${python}：${program} 中途停了，原因在上面`);
    return value;
  };
  const { versions, cases } = JSON.parse(await next()) as { versions: Record<string, string>; cases: string[] };
  return {
    versions: Object.entries(versions).map((pair) => pair.join(" ")).join("，"),
    cases: new Set(cases),
    run: async (name) => {
      await writer.write(new TextEncoder().encode(`${name}\n`));
      return Number(await next());
    },
    close: async () => {
      await writer.close();
      await child.status;
    },
  };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

/** 做一遍要几毫秒；`times` 遍取平均。 */
export function timed(run: () => unknown, times = 1): number {
  const start = performance.now();
  for (let n = 0; n < times; n++) run();
  return (performance.now() - start) / times;
}

export interface Case {
  readonly name: string;
  readonly measure: () => number | Promise<number>;
}

/** 轮流做 `rounds` 轮，前面热身 2 轮不算；印一张表，比的是第一行。返回各自的最小值。 */
export async function compare(title: string, rounds: number, cases: readonly Case[]): Promise<number[]> {
  const found = cases.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    for (const [n, one] of cases.entries()) {
      const time = await one.measure();
      if (round >= 0) found[n]!.push(time);
    }
  }
  const sorted = found.map((times) => times.sort((a, b) => a - b));
  const median = (times: readonly number[]) => times[Math.floor(times.length / 2)]!;
  const [base] = sorted;
  console.log(
    `\n### ${title}（${rounds} 轮，毫秒）\n\n| | 最小 | 中位 | 第一行是它的几倍（最小） | （中位） |\n|---|---|---|---|---|`,
  );
  sorted.forEach((times, n) => {
    const ratios = [base![0]! / times[0]!, median(base!) / median(times)].map((ratio) => ratio.toFixed(2));
    const cells = [cases[n]!.name, times[0]!.toFixed(1), median(times).toFixed(1), ...ratios];
    console.log(`| ${cells.join(" | ")} |`);
  });
  return sorted.map((times) => times[0]!);
}

const rotationCases = (): Case[] => {
  const [positions, heads, d] = [4096, 32, 128];
  const angles = turns(Array.from({ length: positions }, (_, n) => n), inverseFrequencies(d, 10000));
  const turn = { cos: single(angles.cos), sin: single(angles.sin) };
  const data = Float32Array.from({ length: positions * heads * d }, (_, n) => Math.sin(n));
  const rows = { rows: positions, columns: heads * d, data }, old = new Float32Array(data.length);
  return [
    { name: "rotate，前后两半，写到旧内存", measure: () => timed(() => rotate(rows, turn, "half", d, old)) },
    { name: "rotate，相邻两维，写到旧内存", measure: () => timed(() => rotate(rows, turn, "interleaved", d, old)) },
    { name: "rotate，前后两半，新内存", measure: () => timed(() => rotate(rows, turn, "half", d)) },
    { name: "rotate，相邻两维，新内存", measure: () => timed(() => rotate(rows, turn, "interleaved", d)) },
    { name: "抄到旧内存（set）", measure: () => timed(() => old.set(data)) },
    { name: "抄到新内存（set）", measure: () => timed(() => new Float32Array(data.length).set(data)) },
    {
      name: "新内存，每页写一个数",
      measure: () =>
        timed(() => {
          const fresh = new Float32Array(data.length);
          for (let n = 0; n < fresh.length; n += 1024) fresh[n] = 1;
        }),
    },
  ];
};

/** 一百万个位置、64 对的角频率和 cos、sin，双精度，正好 1 GB。 */
const million = () => Float64Array.from({ length: 2 ** 20 }, (_, n) => n);
const manyTurns = (positions = million()) => turns(positions, inverseFrequencies(128, 10000));

/** 算一遍，印出比空着时多用了多少内存（MB），结果本身多大（MB）。 */
function turnsMemory(): void {
  const most = () => Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024;
  const positions = million(), few = positions.subarray(0, 2 ** 14); // 先做一小遍，编译好
  manyTurns(few);
  const empty = most(), { cos, sin } = manyTurns(positions);
  const result = (cos.data.byteLength + sin.data.byteLength) / 2 ** 20;
  console.log(`多用 ${(most() - empty).toFixed(0)} MB，结果 ${result.toFixed(0)} MB`);
}

const attentionCase = (L: number, causal: boolean, times = 1): Case => {
  const [queries, keys, values] = [1, 2, 3].map((seed) => single(normalMatrix(L, 64, seed)));
  const input = { queries: queries!, keys: keys!, values: values!, causal };
  return { name: `fastAttention，L = ${L}`, measure: () => timed(() => fastAttention(input), times) };
};

/** 偏置收到过多少个距离：取 L = 8192 的一块，数一数。 */
function countedDistances(L: number): number {
  let asked = 0;
  const x = zeros(L, 1);
  const encoding = {
    name: "数数",
    score: (distances: Float64Array) => ({ bias: (asked += distances.length, distances) }),
  };
  attentionBlocks({ queries: x, keys: x, values: x, encoding }, 8).next();
  return asked;
}

/** 一块一块地算 L = 8192、d = 128 的输出，最后印出这个进程最多用了多少内存（MB）和用时（秒）。 */
function stream(): void {
  const [L, d] = [8192, 128], start = performance.now();
  const [queries, keys, values] = [1, 2, 3].map((seed) => normalMatrix(L, d, seed));
  const output = zeros(L, d);
  let peak = 0, row = 0;
  for (const block of attentionBlocks({ queries: queries!, keys: keys!, values: values!, causal: true })) {
    output.data.set(block.output.data, row * d);
    row += block.output.rows;
    peak = Math.max(peak, Deno.memoryUsage().rss);
  }
  // Linux 的内核记着最大值（VmHWM，`/usr/bin/time -v` 报的也是它）；别处只有每块量一次的。
  const kernel = Deno.build.os === "linux" && /VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  const [most, how] = kernel ? [Number(kernel[1]) / 1024, "内核记的最大值"] : [peak / 2 ** 20, "每块量一次的最大值"];
  console.log(`${most.toFixed(0)} MB（${how}），${((performance.now() - start) / 1000).toFixed(0)} 秒`);
}

/** 在另一个进程里做一件，交回它印的话。 */
function alone(what: string): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["run", "-A", here("peers.ts"), what] }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

async function main(python: string | undefined): Promise<void> {
  const other = python === undefined ? undefined : await peer(python);
  const peers = (...names: string[]): Case[] =>
    names.filter((name) => other?.cases.has(name)).map((name) => ({ name, measure: () => other!.run(name) }));
  console.log(`Deno ${Deno.version.deno}，V8 ${Deno.version.v8}；${other?.versions ?? "没有给 Python"}`);
  const missing = ["torch", "numpy"].filter((name) => !other?.versions.includes(name));
  if (missing.length > 0) console.log(`没有 ${missing.join("、")}：只量 TypeScript 这一半，不能比。`);

  const rope = ["torch rotate_half", "torch complex", "torch complex out=", "torch clone", "numpy rotate_half"];
  await compare("转：单精度 [4096, 32, 128]，64 MB", 15, [...rotationCases(), ...peers(...rope)]);
  await compare("角频率和 cos、sin：1,048,576 个位置 × 64 对，双精度，1 GB", 7, [
    { name: "turns", measure: () => timed(() => manyTurns()) },
    ...peers("numpy cos, sin", "numpy cos, sin out="),
  ]);
  if (Deno.build.os === "linux") console.log(`\n算一遍（另一个进程）：${alone("--turns")}`);
  await compare("注意力：L = 2048，d = 64，全看", 9, [attentionCase(2048, false), ...peers("torch sdpa 2048")]);
  const lengths = [8192, 4096, 2048, 1024]; // 短的多做几遍，每格的时间差不多长
  const growth = lengths.map((L) => attentionCase(L, true, Math.max(1, (8192 / L) ** 2 / 2)));
  const [long, , , short] = await compare("注意力：d = 64，因果", 3, [...growth, ...peers("torch sdpa 8192 causal")]);
  console.log(
    `\n从 1024 到 8192：时间 ${(long! / short!).toFixed(1)} 倍，L² 是 64 倍，多 ${
      ((long! / short! / 64 - 1) * 100).toFixed(0)
    } %。`,
  );
  const L = 8192, asked = countedDistances(L);
  console.log(`按距离的偏置，L = ${L}：算了 ${asked} 次，2L − 1 = ${2 * L - 1}，L² = ${L * L}。`);
  await other?.close();

  console.log(`attentionBlocks 的输出，L = 8192，d = 128，因果：最多用 ${alone("--stream")}`);
  const all = family({ d: 64, length: 256 });
  await compare(`成绩单：${all.length} 种编码，L = 128，d = 64`, 3, [
    { name: "scorecard", measure: () => timed(() => scorecard(all, { L: 128, d: 64 })) },
  ]);
}

const tasks: Readonly<Record<string, () => void>> = { "--stream": stream, "--turns": turnsMemory };
if (import.meta.main) await (tasks[Deno.args[0] ?? ""] ?? (() => main(Deno.args[0])))();
