/**
 * 变异检查（mutants）：往 `lib/` 里一次埋一个错，看测试红不红。没红的，就是测试看不见的错。
 *
 * `deno run -A tools/mutants.ts`，只查几个文件：`deno run -A tools/mutants.ts rope t5`。
 * 改的是 `.scratch/` 里的副本，项目里的文件不动。每个错约 1 秒。
 *
 * @module
 */
import { join } from "node:path";
import { environment, root, withScratch } from "./notebook/environment.ts";

/** 一个错：把 `search`（在文件里只出现一次）换成 `replace`。 */
interface Mutant {
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/** 每个文件由哪些测试看着。 */
const watchers: Readonly<Record<string, readonly string[]>> = {
  "lib/errors.ts": ["tests/errors_test.ts"],
  "lib/matrix.ts": ["tests/matrix_test.ts"],
  "lib/random.ts": ["tests/random_test.ts"],
  "lib/distinct.ts": ["tests/distinct_test.ts", "tests/attention_test.ts"],
  "lib/encoding.ts": ["tests/attention_test.ts", "tests/encodings/"],
  "lib/attention.ts": ["tests/attention_test.ts", "tests/encodings/"],
  "lib/encodings/alibi.ts": ["tests/encodings/"],
  "lib/encodings/t5.ts": ["tests/encodings/"],
  "lib/encodings/shaw.ts": ["tests/encodings/"],
  "lib/encodings/rope.ts": ["tests/encodings/"],
  "lib/notebook/bound.ts": ["tests/notebook/bound_test.ts", "tests/notebook/check_test.ts"],
  "lib/notebook/check.ts": ["tests/notebook/check_test.ts", "tests/notebook/knobs_test.ts"],
  "lib/notebook/knobs.ts": ["tests/notebook/knobs_test.ts"],
  "lib/notebook/guess.ts": ["tests/notebook/guess_test.ts", "tests/notebook/knobs_test.ts"],
  "lib/notebook/exercise.ts": ["tests/notebook/exercise_test.ts", "tests/notebook/knobs_test.ts"],
  "lib/notebook/rows.ts": ["tests/lessons/material_test.ts"],
  "lib/notebook.ts": ["tests/lessons/material_test.ts"],
  "lib/bench/shift.ts": ["tests/meters_test.ts"],
  "lib/bench/swap.ts": ["tests/meters_test.ts"],
  "lib/bench/by_distance.ts": ["tests/meters_test.ts"],
  "lib/lessons/four_tokens.ts": ["tests/lessons/"],
  "lib/lessons/start.ts": ["tests/lessons/"],
};

const planted: Readonly<Record<string, ReadonlyArray<readonly [search: string, replace: string]>>> = {
  "lib/errors.ts": [
    ["value < min", "value <= min"],
    ["value > max", "value >= max"],
    ["!Number.isSafeInteger(value)", "!Number.isFinite(value)"],
    ["JSON.stringify(value)", "value"],
    ["extends TypeError", "extends Error"],
    ["value.length > 6", "value.length > 5"],
  ],
  "lib/matrix.ts": [
    ["result.data.set(row, i * columns)", "result.data.set(row, 0)"],
    ["i < m.rows", "i <= m.rows"],
    ["m.data.subarray(", "m.data.slice("],
    ["! += factor", "! -= factor"],
    ["b.data[k * width + j]", "b.data[j * width + k]"],
    ["a.columns !== b.rows", "a.columns !== b.columns"],
    ["Math.abs(x - y)", "x - y"],
    ["if (x !== y) ", ""],
    ["factor * value", "value"],
    ["{ ...m, data: m.data.map(", "{ ...m, data: m.data.fill(0).map("],
    ["a.rows !== b.rows || ", ""],
  ],
  "lib/random.ts": [
    ["scale * next()", "next()"],
    ["(0, 1);", "(0, 1.1);"],
    ["(0, 1);", "(0.05, 1);"],
    ['requireInteger("取随机种子", seed, 0, 2 ** 32 - 1)', "7"],
    ['requireInteger("取随机种子", seed, 0, 2 ** 32 - 1)', "seed"],
    ["const next = normals(seed);", "const next = normals(seed + rows);"],
  ],
  "lib/distinct.ts": [
    ["if (value < min) min = value;", "min = Math.min(0, value);"],
    ["places[value - min] = 0", "places[value - min - 1] = 0"],
    [".sort()", ""],
    ["whole && !Number.isInteger(value)", "false"],
    ["values.push(min + n) - 1", "values.push(n) - 1"],
  ],
  "lib/encoding.ts": [
    ["< 1e-6", "< 0.6"],
    ["return nearest;", "return distance;"],
    ["Math.round(distance)", "Math.floor(distance)"],
  ],
  "lib/attention.ts": [
    ["rows * length > largestTable", "false"],
    ["1 / Math.sqrt(dimension)", "1 / dimension"],
    ["distances.data[cell]! < 0", "distances.data[cell]! <= 0"],
    ["distances.data[cell]! < 0", "j > r"],
    ["from[r]! - to[j]!", "to[j]! - from[r]!"],
    ["scale * onVectors[t]!", "onVectors[t]!"],
    ["part.bias ? part.bias[t]! : 0", "part.bias ? scale * part.bias[t]! : 0"],
    ["content + vector + bias", "content + bias"],
    ["part.bias.length !== unique.length", "false"],
    ["if (part.keys) shaped", "if (false) shaped"],
    ["columns: values.columns });", "columns: dimension });"],
    ["if (valueByDistance) addScaled", "if (false) addScaled"],
    ["Math.exp(scores[j]! - max)", "Math.exp(scores[j]!)"],
    ["if (max === -Infinity) return weights.fill(0);", ""],
    ["weights[j]! /= sum", "weights[j]! /= sum + 1e-9"],
    ["index[cell]! * values.columns", "j * values.columns"],
    ["distinct(distances.data)", "{ values: distances.data, index: distances.data.map((_, n) => n) }"],
    ["encoding.key ? encoding.key(keys, positions) : keys", "keys"],
    ["!Number.isFinite(p)", "Number.isNaN(p)"],
    ["values.rows !== length", "values.rows < length"],
    ["given.length !== length", "given.length < length"],
  ],
  "lib/encodings/alibi.ts": [
    ["-slope * Math.abs(t)", "slope * Math.abs(t)"],
    ["-slope * Math.abs(t)", "-slope * t"],
    ["-slope * Math.abs(t)", "-slope * t * t"],
    ["-8 * (h + 1) / power", "-8 * h / power"],
    ["2 * (h - power) + 1", "2 * (h - power) + 2"],
    ["Math.floor(Math.log2(heads))", "Math.ceil(Math.log2(heads))"],
    ["slope >= 0", "slope > 0"],
  ],
  "lib/encodings/t5.ts": [
    ["t < 0 ? side : 0", "t > 0 ? side : 0"],
    ["Math.max(t, 0)", "Math.max(-t, 0)"],
    ["Math.log(n / exact)", "Math.log(n)"],
    ["Math.floor(side / 2)", "Math.floor(side / 4)"],
    ["Math.log(maxDistance / exact)", "Math.log(maxDistance)"],
    ["* (side - exact))", "* side)"],
    ["Math.min(far, side - 1)", "Math.min(far, side)"],
    ["scale: () => 1,", ""],
    ["buckets = table.length", "buckets = 32"],
    ["Math.abs(t) : Math.max", "t : Math.max"],
  ],
  "lib/encodings/shaw.ts": [
    ["clip) + clip)", "clip))"],
    ['clipDistance(integerDistance("Shaw", distance), clip)', 'clipDistance(-integerDistance("Shaw", distance), clip)'],
    ["Math.max(-clip, distance)", "Math.max(0, distance)"],
    ["lookUp(valueVectors,", "lookUp(keyVectors,"],
    ["valueVectors.rows !== keyVectors.rows", "false"],
    ["!Number.isInteger(clip) || ", ""],
  ],
  "lib/encodings/rope.ts": [
    ["x * cos - y * sin", "x * cos + y * sin"],
    ["x * sin + y * cos", "x * cos + y * sin"],
    ["base ** (-2 * i / dimension)", "base ** (-i / dimension)"],
    ["base ** (-2 * i / dimension)", "base ** (2 * i / dimension)"],
    ["? [2, 1] : [1, pairs]", "? [1, pairs] : [2, 1]"],
    ["query: turn, key: turn", "query: turn"],
    ["base = 10000", "base = 1000"],
    ['pairing = "interleaved"', 'pairing = "half"'],
    ["position * frequencies[i]!", "(position + 1) * frequencies[i]!"],
    ["dimension % 2 === 0", "true"],
    ["base > 1", "base > 0"],
    ["positions.length !== rows.rows", "false"],
  ],
  "lib/notebook/bound.ts": [
    ["measured >= min && measured <= max", "!(measured < min || measured > max)"],
    ["bound >= 0) return", "true) return"],
    ["[-bound, bound]", "[-Infinity, bound]"],
    ['if (typeof measured !== "number")', "if (false)"],
    ["Math.abs(measured) < Math.min(1e-9, bound)", "measured < Math.min(1e-9, bound)"],
    ["return `< ${shortNumber(Math.min(1e-9, bound))}`", "return `< ${shortNumber(bound)}`"],
    ["toPrecision(4)", "toPrecision(3)"],
    ['replace(/^-/, "−")', 'replace(/^-/, "")'],
    ["max === undefined) return `≥", "max === undefined) return `>"],
  ],
  "lib/notebook/check.ts": [
    ["if (!holds)", "if (false)"],
    ["  assertKnobs();\n", ""],
    ["if (when !== true)", "if (!when)"],
    ['hint ? `。${hint}` : ""', '""'],
    ['obvious ? ""', 'true ? ""'],
    ['L === undefined ? ""', 'true ? ""'],
  ],
  "lib/notebook/knobs.ts": [
    ["value % multipleOf === 0", "true"],
    ["value >= min", "value > min"],
    ['typeof value !== "number" || ', ""],
    [
      'refusal = problems.length > 0 ? problems.join("\\n") : undefined;\n  if',
      'refusal ??= problems.join("\\n") || undefined;\n  if',
    ],
    ['problems.join("\\n")', "problems[0]"],
    ["if (refusal) throw new KnobError(`", "if (false) throw new KnobError(`"],
    ["  current = { ...values };\n", ""],
    [
      "if (refusal) throw new KnobError(refusal);\n  current = { ...values };",
      "current = { ...values };\n  if (refusal) throw new KnobError(refusal);",
    ],
    ["Math.min(max, Math.max(min, written))", "written"],
    ["Number.isNaN(written) ? min", "Number.isNaN(written) ? NaN"],
    ["Math.floor(max / multipleOf) * multipleOf", "max"],
    ['value.trim() !== "" && ', ""],
    ["ranges[name] ?? known[name]?.range", "known[name]?.range ?? ranges[name]"],
  ],
  "lib/notebook/guess.ts": [
    ['.normalize("NFKC")', ""],
    [".trim()", ""],
    [".toUpperCase();", ";"],
    ["right.length > 1", "false"],
    ["answer === undefined || ", ""],
    ["chosen === answer", "chosen !== answer"],
    ["if (when !== true) return", "if (!when) return"],
    ["else if (!chosen) console.log(`   没有", "else if (false) console.log(`   没有"],
    ["  assertKnobs();\n  const keys", "  const keys"],
    ["    assertKnobs();\n    if", "    if"],
  ],
  "lib/notebook/exercise.ts": [
    ["if (Number.isNaN(answer)) return true;", ""],
    ["answer(...sample) === undefined", "false"],
    ["answer(...sample)", "answer()"],
    ["if (meets(measured, bound)) continue;", "continue;"],
    ["if (meets(measured, bound)) continue;", "if (!meets(measured, bound)) continue;"],
    ["  assertKnobs();\n", ""],
    ["${properties.length} 条", "1 条"],
    ["error instanceof Error ? error.message : String(error)", "String(error)"],
    ["，要求${wanted}。${hint}", "，要求${wanted}"],
  ],
  "lib/notebook/rows.ts": [
    ["length <= 512", "length <= 4096"],
    ["n * length / 32", "n"],
    [", length - 1]", "]"],
    ["  assertKnobs();\n", ""],
  ],
  "lib/notebook.ts": [
    ["    assertKnobs();\n", ""],
    ["gated(matrices.drawMatrix)", "matrices.drawMatrix"],
  ],
  "lib/bench/shift.ts": [
    ["position + by", "position"],
    ["input.positions ?? ", ""],
    ["maxDifference(here.weights, there.weights)", "0"],
    ["maxDifference(here.output, there.output)", "0"],
    ["scores: maxDifference(here.scores, there.scores)", "scores: 0"],
  ],
  "lib/bench/swap.ts": [
    ["row(swapped, a).set(row(m, b))", "row(swapped, a).set(row(m, a))"],
    ["queryRows: [observer]", "queryRows: [a]"],
    ["[input.queries, input.keys, input.values].map", "[input.queries, input.keys, input.keys].map"],
    ["observer === a || ", ""],
    ["change: maxDifference(before, after)", "change: 0"],
  ],
  "lib/bench/by_distance.ts": [
    ["if (value === -Infinity) return;", ""],
    ["Math.max(max[t]!, value)", "value"],
    ["Math.max(widest, ", "Math.min(widest, "],
    ["Math.min(min[t]!, value)", "value"],
  ],
  "lib/lessons/four_tokens.ts": [
    ["1 / Math.sqrt(d)", "1"],
    ["seed + n, ", "seed, "],
    ["return value + (", "return ("],
    ["cell % 2 === 0 ? Math.sin(angle) : Math.cos(angle)", "cell % 2 === 0 ? Math.cos(angle) : Math.sin(angle)"],
    ["at(m + gap), k = at(m)", "at(m), k = at(m + gap)"],
    ["start + i", "i"],
    ["oneStepRatio(1 / 4)", "oneStepRatio(1 / 2)"],
    ["bound: { max: 14 }", "bound: { max: 15 }"],
    ["turned(turn, q, 0), q", "q, q"],
    ["score(turn, q, 7, k, 6)", "score(turn, q, 2, k, 1)"],
  ],
  "lib/lessons/start.ts": [
    ["side * (side + 1)", "side * side"],
    ["length - trained)", "length - trained - 1)"],
    ["Math.abs(i - j) >= trained", "i - j >= trained"],
    ["vote.trim()", "vote"],
    ["bound: { min: 1 }", "bound: { min: 0 }"],
  ],
};

/** 跑测试，交回头一个红的名字；全绿是 `undefined`。 */
async function firstFailure(folder: string, tests: readonly string[]): Promise<string | undefined> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--node-modules-dir=manual", ...tests],
    cwd: folder,
    env: environment(),
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder().decode(stdout);
  return code === 0 ? undefined : /^(.+) \.\.\. FAILED/m.exec(text)?.[1] ?? "（测试文件跑不起来）";
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function main(wanted: readonly string[]): Promise<number> {
  const mutants: Mutant[] = Object.entries(planted)
    .filter(([file]) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
    .flatMap(([file, rows]) => rows.map(([search, replace]) => ({ file, search, replace })));
  let survived = 0;
  await withScratch(async (folder) => {
    for (const part of ["lib", "tests"]) await copyTree(join(root, part), join(folder, part));
    for (const file of ["deno.json", "deno.lock"]) await Deno.copyFile(join(root, file), join(folder, file));
    await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"), { type: "junction" });

    const red = await firstFailure(folder, [...new Set(mutants.flatMap(({ file }) => watchers[file]!))]);
    if (red) throw new Error(`无法检查变异：需要没埋错时测试全绿：现在红的是“${red}”`);

    const stale: string[] = [];
    for (const { file, search } of mutants) {
      const times = (await Deno.readTextFile(join(folder, file))).split(search).length - 1;
      if (times !== 1) stale.push(`${file} 里的“${search}”出现 ${times} 次`);
    }
    if (stale.length > 0) throw new Error(`无法埋错：需要每一处恰好出现一次：\n${stale.join("\n")}`);
    for (const { file, search, replace } of mutants) {
      const path = join(folder, file), original = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, original.replace(search, () => replace));
      const caughtBy = await firstFailure(folder, watchers[file]!);
      await Deno.writeTextFile(path, original);
      if (!caughtBy) survived++;
      const change = `${search.trim()} → ${replace.trim() || "（删掉）"}`.replaceAll("\n", "⏎");
      console.log(`${caughtBy ? "✓" : "✗ 没抓住"} ${file}：${change}${caughtBy ? `\n    ${caughtBy}` : ""}`);
    }
  });
  console.log(`埋了 ${mutants.length} 个错，抓住 ${mutants.length - survived} 个，漏掉 ${survived} 个`);
  return survived === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
