/**
 * 变异检查（mutants）：往 `lib/` 里一次埋一个错，看测试红不红。没红的，就是测试看不见的错。
 *
 * `deno run -A tools/mutants.ts`，只查几个文件：`deno run -A tools/mutants.ts rope t5`。
 * 改的是 `.scratch/` 里的副本，项目里的文件不动。每个错 1 到 8 秒，看它由哪些测试看着。
 *
 * @module
 */
import { join } from "node:path";
import { testedIn } from "./encoding_table.ts";
import { environment, root, withScratch } from "./notebook/environment.ts";

/** 一个错：把 `search`（在文件里只出现一次）换成 `replace`。 */
interface Mutant {
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/** 每种编码都过的定律。 */
const laws = "tests/encodings/laws_test.ts";

/** 训练前的初值。 */
const initial = "tests/encodings/initial_test.ts";

/** 这个文件由哪些测试看着：编码先看自己的测试，再看公共的定律。 */
function watching(file: string): readonly string[] {
  const encoding = /^lib\/encodings\/(\w+)\.ts$/.exec(file)?.[1];
  return encoding
    ? [`tests/encodings/${testedIn[encoding] ?? encoding}_test.ts`, initial, laws]
    : watchers[file] ?? watchers[file.replace(/[^/]+$/, "")]!;
}

/** 编码以外的文件由哪些测试看着；以 `/` 结尾的管一个文件夹。 */
const watchers: Readonly<Record<string, readonly string[]>> = {
  "lib/errors.ts": ["tests/errors_test.ts"],
  "lib/matrix.ts": ["tests/matrix_test.ts"],
  "lib/random.ts": ["tests/random_test.ts"],
  "lib/rounding.ts": ["tests/rounding_test.ts"],
  "lib/distinct.ts": ["tests/distinct_test.ts", "tests/attention_test.ts"],
  "lib/encoding.ts": ["tests/attention_test.ts", laws],
  "lib/softmax.ts": ["tests/attention_test.ts"],
  "lib/heads.ts": ["tests/attention_test.ts", "tests/golden_attention_test.ts", laws],
  "lib/attention.ts": ["tests/attention_test.ts", "tests/golden_attention_test.ts", laws],
  "lib/fast_attention.ts": ["tests/fast_attention_test.ts"],
  "lib/compose.ts": ["tests/compose_test.ts", laws],
  "lib/notebook/bound.ts": ["tests/notebook/bound_test.ts", "tests/notebook/check_test.ts"],
  "lib/notebook/check.ts": ["tests/notebook/check_test.ts", "tests/notebook/knobs_test.ts"],
  "lib/notebook/knobs.ts": ["tests/notebook/knobs_test.ts"],
  "lib/notebook/guess.ts": ["tests/notebook/guess_test.ts", "tests/notebook/knobs_test.ts"],
  "lib/notebook/exercise.ts": ["tests/notebook/exercise_test.ts", "tests/notebook/knobs_test.ts"],
  "lib/notebook/rows.ts": ["tests/lessons/material_test.ts"],
  "lib/notebook.ts": ["tests/lessons/material_test.ts"],
  "lib/bench/shift.ts": ["tests/meters_test.ts"],
  "lib/bench/swap.ts": ["tests/meters_test.ts"],
  "lib/scaling/": ["tests/scaling/"],
  "lib/bench/by_distance.ts": ["tests/meters_test.ts"],
  "lib/bench/toeplitz.ts": ["tests/measure_test.ts"],
  "lib/bench/measure.ts": ["tests/measure_test.ts"],
  "lib/bench/scorecard.ts": ["tests/measure_test.ts"],
  "lib/bench/family.ts": ["tests/measure_test.ts", "tests/compose_test.ts", laws],
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
    ["factor * by[other]!", "factor * by[at]!"],
    ["variance + 1e-5", "variance + 1e-4"],
    ["(x - mean)", "x"],
    ["value + b.data[cell]!", "value"],
    ["n * m.columns);", "0);"],
    ["m.data.length !== m.rows * m.columns", "false"],
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
    [
      'mersenne(requireInteger("取随机种子", seed, 0, 2 ** 32 - 1));\n  return randomNormal',
      "mersenne(7);\n  return randomNormal",
    ],
    ["low + (high - low) * uniformFloat64", "low + high * uniformFloat64"],
    ["uniforms(seed, -bound, bound)", "uniforms(seed, 0, bound)"],
    ["const next = normals(seed);", "const next = normals(seed + rows);"],
  ],
  "lib/softmax.ts": [
    ["Math.exp(scores[j]! - max)", "Math.exp(scores[j]!)"],
    ["if (max === -Infinity) return weights.fill(0);", ""],
    ["weights[j]! /= sum", "weights[j]! /= sum + 1e-9"],
    ["weights.length !== scores.length", "false"],
  ],
  "lib/rounding.ts": [
    ["(rest === 0.5 && down % 2 !== 0)", "rest === 0.5"],
    ["- precision + 1)", "- precision)"],
    ["Math.max(exponentOf(x), minExponent)", "exponentOf(x)"],
    ["Math.abs(rounded) > largest", "false"],
    ["rounded === 0 ? 0 * Math.sign(x) : rounded", "rounded"],
    ["minExponent: -14", "minExponent: -15"],
  ],
  "lib/distinct.ts": [
    ["max(from) - min(to)]", "max(from) - min(from)]"],
    ["places[i - columns[n]! - low] = 0", "places[i - columns[n]! - low + 1] = 0"],
    ["places.keys()).sort()", "places.keys())"],
    ["values.push(low + n) - 1", "values.push(n) - 1"],
    ["from.every(Number.isInteger) && to.every(Number.isInteger)", "from.every(Number.isInteger)"],
  ],
  "lib/encoding.ts": [
    ["< 1e-6", "< 0.6"],
    ["return Math.round(\n", "return Number(\n"],
    ["x - Math.round(x)", "x - Math.floor(x)"],
  ],
  "lib/heads.ts": [
    [" || !position.data.every(Number.isFinite)", ""],
    ["rows.data.slice()", "rows.data"],
    ["subtract(whole, position)", "whole"],
    ["Math.floor(h * keyHeads / heads)", "h % keyHeads"],
    ["columns(keys, g * width, width)", "columns(keys, h * width, width)"],
    ["columns(values, g * valueWidth, valueWidth)", "columns(values, 0, valueWidth)"],
    ["const still = from.position ?? zeros", "const still = zeros"],
    ["values: multiply(embedded, weights.value)", "values: multiply(tokens, weights.value)"],
    ["multiply(gather(embedded, rows), weights.query)", "multiply(gather(tokens, rows), weights.query)"],
    ["m.columns % parts !== 0", "false"],
    ["tokens: embedded,", "tokens,"],
    ["!== width) {", "< width) {"],
  ],
  "lib/attention.ts": [
    ["made.get(encoding.embed) ??", "made.values().next().value ??"],
    ["queries: raw.query.whole,", "queries: raw.query.content,"],
    ["padding?.[j] ?? false", "false"],
    ["const misspelt = Object.keys(part)", "const misspelt = [].concat()"],
    ["cells > largestTable", "false"],
    ["1 / Math.sqrt(dimension)", "1 / dimension"],
    ["causal && distance < 0", "causal && distance <= 0"],
    ["Math.abs(distance) < window", "Math.abs(distance) <= window"],
    ["Math.abs(distance) < window", "distance < window"],
    ["!padding?.[j]", "true"],
    ["queryPositions[start + r]! - positions[j]!", "positions[j]! - queryPositions[start + r]!"],
    ["into.positionPosition[j]! += bias[t]!", "into.positionPosition[j]! += scale * bias[t]!"],
    ["row(content, r), keys, places", "q, keys, places"],
    ["if (keys && position) addPlacedDots", "if (false) addPlacedDots"],
    ["queries, places, raw.key.content)", "queries, places, key.content)"],
    ["if (queries && raw.key.position)", "if (false)"],
    ["one, values.length)", "one)"],
    ["{ rows: values.length, columns: valueWidth })", "{ rows: values.length, columns: dimension })"],
    ["if (byDistance?.sum) addWeighted", "if (false) addWeighted"],
    ["byDistance?.sum ? add(done, extra) : done", "done"],
    ['"output", own, at)', '"output", add(own, extra), at)'],
    ["if (!seen[j]) continue;", ""],
    ["one.causalOnly && !causal", "false"],
    ['encoding.value ? applied(encoding, "value", raw.value, positions) : raw.value', "raw.value"],
    ["!Number.isFinite(p)", "Number.isNaN(p)"],
    ["input.values).rows !== length", "input.values).rows < length"],
    [
      'given.length !== length) throw new ShapeError("给词元排位置"',
      'given.length < length) throw new ShapeError("给词元排位置"',
    ],
    ["seen[j] ? content + contentPosition[j]! + positionContent[j]! + positionPosition[j]! : -Infinity", "content"],
    ["made.set(encoding.embed, cut);", "made.set(undefined, cut);"],
    ["if (key.position) addDots", "if (false) addDots"],
    ["(r * H + h) * dv", "(h * R + r) * dv"],
  ],
  "lib/compose.ts": [
    ["if (a[place] && b[place])", "if (false)"],
    ['  scale: "定点积乘多少",\n', ""],
    ["value + y[t]!", "value"],
    ["add(a(distances), b(distances))", "a(distances)"],
    ["both(one.keys, other.keys, add)", "one.keys"],
    ["`${a.name} + ${b.name}`", "a.name"],
    ["if (!one || !other) return (one && other) as never;", ""],
  ],
  "lib/encodings/alibi.ts": [
    ["-slope * Math.abs(t)", "slope * Math.abs(t)"],
    ["-slope * Math.abs(t)", "-slope * t"],
    ["-slope * Math.abs(t)", "-slope * t * t"],
    ["-8 * (h + 1) / power", "-8 * h / power"],
    ["2 * (h - power) + 1", "2 * (h - power) + 2"],
    ["Math.floor(Math.log2(heads))", "Math.ceil(Math.log2(heads))"],
    ["m >= 0 &&", "m > 0 &&"],
  ],
  "lib/encodings/clip_bias.ts": [
    ["clip) + clip]!", "clip)]!"],
    ["(numbers.length - 1) / 2", "(numbers.length + 1) / 2"],
    ['integerDistance("截断偏置", t)', '-integerDistance("截断偏置", t)'],
    ["!Number.isInteger(clip) || ", ""],
  ],
  "lib/encodings/complex_order.ts": [
    ["seed, 1 / Math.sqrt(dimension))", "seed, 1)"],
    ["speed * positions[Math.floor(cell / columns)]!", "speed + positions[Math.floor(cell / columns)]!"],
    ["turn(Math.sin)", "turn((angle) => -Math.sin(angle))"],
    ['"interleaved"', '"half"'],
    ["+ phases.data[cell]!", "- phases.data[cell]!"],
    ["vectors.data[2 * cell + 1] = radius", "vectors.data[2 * cell + 1] = -radius"],
    ["rows !== 2 * columns", "false"],
  ],
  "lib/encodings/cope.ts": [
    ["keyPositions[b]! - keyPositions[a]!", "keyPositions[a]! - keyPositions[b]!"],
    ["1 / (1 + Math.exp(-score))", "1 / (1 + Math.exp(score))"],
    ["Math.min(sum, rows - 1)", "Math.min(sum, rows)"],
    ["(1 - share) * (values[low]", "share * (values[low]"],
    ["causalOnly: true,", ""],
    ["sum += gates[order[to++]!]!", "sum = gates[order[to++]!]!"],
  ],
  "lib/encodings/deberta.ts": [
    ['third === "paper" ? -1 : 1', 'third === "paper" ? 1 : -1'],
    ["(1 + tables.length) * d", "d"],
    ["near + k", "near + k - 1"],
    ["2 * k - 1, Math.max", "2 * k - 2, Math.max"],
    ["logBuckets ? debertaBucket(t, logBuckets.buckets, logBuckets.maxPosition) : t", "t"],
    ["gather(keys, distances.map(index))", "gather(queries ?? keys, distances.map(index))"],
  ],
  "lib/encodings/deberta_bucket.ts": [
    ["Math.ceil(far)", "Math.floor(far)"],
    ["(maxPosition - 1) / middle", "maxPosition / middle"],
    ["Math.sign(t) * ", ""],
    ["Math.abs(t) <= middle", "Math.abs(t) <= 2 * middle"],
  ],
  "lib/encodings/fire.ts": [
    ["uniforms(seed, -1, 1)", "uniforms(seed, 0, 1)"],
    ["+ 1e-6", "+ 1e-3"],
    ["Math.max(query, Math.abs(multiplier * trained))", "Math.max(key, Math.abs(multiplier * trained))"],
    ["Math.max(query, Math.abs(multiplier * trained))", "Math.abs(multiplier * trained)"],
    ["Math.max(0, w * x + b1![n]!)", "(w * x + b1![n]!)"],
    [", b2);", ", 0);"],
    ["Math.abs(c * (query - key)) + 1", "Math.abs(query - key) + 1"],
    ["c = 0.1, multiplier", "c = 0.2, multiplier"],
  ],
  "lib/encodings/floater.ts": [
    ["Math.sqrt(2 / (inputs + outputs))", "Math.sqrt(1 / (inputs + outputs))"],
    ["Math.sqrt(6 / (d", "Math.sqrt(3 / (d"],
    ["const gap = 0.01;", "const gap = 0.02;"],
    ["gap / steps);", "gap);"],
    ["steps = 5", "steps = 4"],
    ["key: solved(start.key)", "key: solved(start.query)"],
    ["(k + n / steps) * gap", "k * gap"],
    ["value: solved(start.value)", "value: solved(start.key)"],
  ],
  "lib/encodings/frequencies.ts": [
    ["base ** (-2 * i / dimension)", "base ** (-i / dimension)"],
    ["base ** (-2 * i / dimension)", "base ** (2 * i / dimension)"],
    ["b > 1 &&", "b > 0 &&"],
    ["i < kept ? frequency : 0", "i <= kept ? frequency : 0"],
    ["Math.floor(proportion * dimension / 2)", "Math.ceil(proportion * dimension / 2)"],
  ],
  "lib/encodings/hierarchical.ts": [
    ["alpha * u(i, c) + (1 - alpha) * u(j, c)", "(1 - alpha) * u(i, c) + alpha * u(j, c)"],
    ["- alpha * row(table, 0)[c]!", "+ alpha * row(table, 0)[c]!"],
    ["/ (1 - alpha);", "/ alpha;"],
    ["a !== 0.5", "true"],
    ["i * n + j", "j * n + i"],
  ],
  "lib/encodings/kerple.ts": [
    ["-r1 * Math.log1p(r2 * Math.abs(t))", "-r2 * Math.log1p(r1 * Math.abs(t))"],
    ["-r1 * Math.abs(t) ** r2", "-r1 * Math.abs(t) ** (1 / r2)"],
    ["-r1 * Math.abs(t) ** r2", "r1 * Math.abs(t) ** r2"],
    ["x <= 2", "x <= 3"],
    ["2 * next()", "next()"],
  ],
  "lib/encodings/layer_mix.ts": [
    ["(n + 1) % every === 0", "n % every === 0"],
    ["{ encoding: global }", "{ encoding: local }"],
    ["...(window !== undefined && { window })", ""],
  ],
  "lib/encodings/learned.ts": [
    ["add(rows, positionRows(", "add(positionRows("],
    ["m >= 0 && m <= last", "m >= 0"],
    ["m >= 0 && m <= last", "m <= last"],
    ["seed, 0.02)", "seed, 0.2)"],
  ],
  "lib/encodings/multiplicative.ts": [
    ["x * factors.data[cell]!", "x + factors.data[cell]!"],
    ["table.data.fill(1)", "table.data"],
    ['requireSameShape("逐格相乘", rows, factors);', ""],
  ],
  "lib/encodings/ode.ts": [
    ["step / 6 *", "step / 5 *"],
    ["2 * b[n]!", "b[n]!"],
    ["t + step / 2), d", "t), d"],
    ["Math.max(0, x)", "x"],
    ["t * weight.data[", "0 * weight.data["],
  ],
  "lib/encodings/pairing.ts": [
    ["2 * (j % pairs) + Math.floor(j / pairs)", "2 * (j % pairs) + 1 - Math.floor(j / pairs)"],
    ["pairs * (j % 2) + Math.floor(j / 2)", "pairs * (1 - j % 2) + Math.floor(j / 2)"],
    ["start += width", "start += m.columns"],
    ["result.data[start + j] = m.data[start + c]!", "result.data[start + c] = m.data[start + j]!"],
  ],
  "lib/encodings/partial_rope.ts": [
    ["inverseFrequencies(turned, base)", "inverseFrequencies(dimension, base).slice(0, turned / 2)"],
    ["turned > dimension", "false"],
    ["proportionalFrequencies(dimension, base, proportion)", "inverseFrequencies(dimension, base)"],
  ],
  "lib/encodings/path.ts": [
    [".filter((j) => !padded(j))", ""],
    ["carried[c]! -= share", "carried[c]! += share"],
    ["scores[t] = dot(carried, row(keys, t));\n", ""],
    ["strengths[t]! * dot(carried, w)", "dot(carried, w)"],
    ["<= queryPositions[r]!", "< queryPositions[r]!"],
    ["scale * (score - dot(", "(score - dot("],
    ["gather(tokens, order)", "tokens"],
    ["query: (rows) => rows,", ""],
    ["twice !== undefined", "false"],
    ["for (let t = keys.rows - 1; t >= 0; t--) {\n", "for (let t = 0; t < keys.rows; t++) {\n"],
  ],
  "lib/encodings/path_reflections.ts": [
    ["seed + 2, 0.02", "seed + 2, 0.2"],
    ["row(kernel, 2 - back)", "row(kernel, back)"],
    ["Math.min(2, t)", "Math.min(1, t)"],
    ["x / (1 + Math.exp(-x))", "x"],
    ["w.map((x) => x / length)", "w"],
    ["2 / (1 + Math.exp(", "1 / (1 + Math.exp("],
    ["- strengthBias", "+ strengthBias"],
  ],
  "lib/encodings/recursive.ts": [
    ["step(vector.slice(), k)", "step(vector, k)"],
    ["step(vector.slice(), k)", "step(vector.slice(), k + 1)"],
    ["row(table, k).set(vector);", "row(table, length - 1 - k).set(vector);"],
  ],
  "lib/encodings/relative_shift.ts": [
    ["const at = n + rows", "const at = n + rows + 1"],
    ["if (c > 0) ", ""],
    ["columns + c - 1", "columns + c"],
  ],
  "lib/encodings/rope.ts": [
    ["query: turn, key: turn", "query: turn"],
    ["base = 10000", "base = 1000"],
    ['pairing = "interleaved", attentionFactor }', 'pairing = "half", attentionFactor }'],
    ["inverseFrequencies(dimension, base), dimension, pairing", "inverseFrequencies(dimension, base), dimension"],
  ],
  "lib/encodings/rotation.ts": [
    ["rows.columns % headDimension !== 0", "false"],
    ["to[a] = x * c - y * s", "to[a] = x * c + y * s"],
    ["to[a + apart] = x * s + y * c", "to[a + apart] = x * c + y * s"],
    ["? [2, 1] as const : [1, pairs] as const", "? [1, pairs] as const : [2, 1] as const"],
    ["to[a] = from[a]!; ", ""],
    ["into ?? new blank", "new blank"],
  ],
  "lib/encodings/sandwich.ts": [
    ["Math.cos(t * frequency)", "t * frequency"],
    ["scale * frequencies", "frequencies"],
    ["heads / (8 *", "8 / (heads *"],
    ["dimension = 128", "dimension = 64"],
  ],
  "lib/encodings/shaw.ts": [
    ["seed, 1 / Math.sqrt(dimension))", "seed, 1)"],
    ["clip) + clip)", "clip))"],
    ['integerDistance("Shaw", t)', '-integerDistance("Shaw", t)'],
    ["Math.max(-clip, distance)", "Math.max(0, distance)"],
    ["lookUp(valueVectors,", "lookUp(keyVectors,"],
    ["valueVectors.rows !== keyVectors.rows", "false"],
    ["!Number.isInteger(clip) || ", ""],
  ],
  "lib/encodings/sinusoidal.ts": [
    ["table.data[cell] = Math.sin(angle)", "table.data[cell] = -Math.sin(angle)"],
    ["pairs - 1 : pairs", "pairs : pairs"],
    ["base ** (-i / last)", "base ** (-2 * i / last)"],
    ["[2, 1] as const", "[2, 0] as const"],
    ["add(rows, sinusoidalTable(positions, options))", "sinusoidalTable(positions, options)"],
    ['layout = "interleaved"', 'layout = "concatenated"'],
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
  "lib/encodings/transformer_xl.ts": [
    ["seed + n, 0.02", "seed + n, 0.2"],
    ["dot(v, row(keys, t)) / Math.sqrt(d)", "dot(v, row(keys, t))"],
    ["dot(v, row(keys, t)) / Math.sqrt(d)", "dot(u, row(keys, t)) / Math.sqrt(d)"],
    ["data: u }", "data: v }"],
    ['layout: "concatenated"', 'layout: "interleaved"'],
    ["sinusoidalTable(distances, waves)", "sinusoidalTable(distances.map((t) => -t), waves)"],
  ],
  "lib/encodings/tupe.ts": [
    [
      "table: layerNorm(normalMatrix(positions, modelDimension, seed, 0.02))",
      "table: normalMatrix(positions, modelDimension, seed, 0.02)",
    ],
    ["1 / Math.sqrt(2 * d)", "1 / Math.sqrt(d)"],
    ["scale * self(0)", "scale * self(1)"],
    ["scale * self(1)", "scale * self(0)"],
    ["from[r]! - to[j]!", "to[j]! - from[r]!"],
    ["numbers[Math.floor(buckets / 2)]!", "numbers[0]!"],
    ["numbers[buckets]!", "numbers[buckets - 1]!"],
    ["scale * dot(row(q, r), row(k, j))", "dot(row(q, r), row(k, j))"],
  ],
  "lib/encodings/turns.ts": [
    ["at[n]! * speeds[i]!", "(at[n]! + 1) * speeds[i]!"],
    ["sin.data[cell] = factor * Math.sin(angle)", "sin.data[cell] = -factor * Math.sin(angle)"],
  ],
  "lib/encodings/vo_rope.ts": [
    ["output: turn(-1)", "output: turn(1)"],
    ["value: turn(1), ", ""],
    ["rotary > dimension", "false"],
    ["rotary = dimension", "rotary = 2"],
  ],
  "lib/encodings/xpos.ts": [
    ["key: turn(-1)", "key: turn(1)"],
    ["sign * positions", "positions"],
    ["scaleBase = 512", "scaleBase = 256"],
    ["(2 * i + gamma * dimension)", "(i + gamma * dimension)"],
    ["gamma = 0.4", "gamma = 0.5"],
    ["Math.abs(m) <= reach", "m <= reach"],
    ["causalOnly: true,", ""],
  ],
  "lib/encodings/zero_padding.ts": [
    ["if (from < 0 || from >= L) continue;", "if (from < 0 || from >= L - 1) continue;"],
    ["weights[u + reach]!", "weights[reach - u]!"],
    ["(i + u + L) % L", "(i + u + L + 1) % L"],
    ["(x - middle) / middle", "x - middle"],
    ["weights.length > L", "false"],
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
  "lib/scaling/scaled.ts": [
    ["s >= 1 &&", "s > 0 &&"],
    ["pairing, attentionFactor }", "pairing }"],
    ["dimension = 2 * frequencies?.length", "dimension = 4 * frequencies?.length"],
  ],
  "lib/scaling/linear.ts": [
    ["f / factor", "f"],
    ["f / factor", "f * factor"],
  ],
  "lib/scaling/ntk.ts": [
    ["dimension / (dimension - 2)", "1"],
    ["- (factor - 1)", ""],
    ['Math.max(requireInteger("做动态 NTK，定现在的长度", sequenceLength, 1), maxPosition)', "sequenceLength"],
    ["Math.ceil(Math.log2", "Math.floor(Math.log2"],
    ["+ 1) - 1);", "+ 1));"],
    ["=== 2) throw", "=== 3) throw"],
  ],
  "lib/scaling/by_parts.ts": [
    ["(1 - kept) * frequency / factor + kept * frequency", "kept * frequency / factor + (1 - kept) * frequency"],
    ["turns[i]! > betaFast", "turns[i]! < betaFast"],
    ["betaFast = 32", "betaFast = 16"],
    ["/ (2 * Math.PI)", "/ Math.PI"],
    ["betaFast > betaSlow ? ", "betaFast >= betaSlow ? "],
    ["betaSlow: lowFrequencyFactor", "betaSlow: highFrequencyFactor"],
  ],
  "lib/scaling/yarn.ts": [
    ["dimension - 1)]", "dimension / 2 - 1)]"],
    ["Math.floor(low)", "Math.round(low)"],
    ["Math.ceil(high)", "Math.floor(high)"],
    ["low === high ? 0.001 : high - low", "high - low"],
    ["0.1 * k", "0.1"],
    ["mscale && mscaleAllDim ?", "mscale ?"],
    ["attentionFactor: attentionFactor ?? pair", "attentionFactor: pair"],
    ["truncate = true", "truncate = false"],
    ['ramp = "reference"', 'ramp = "paper"'],
    ["(i - low) / width", "(i + 1 - low) / width"],
  ],
  "lib/scaling/longrope.ts": [
    ["sequenceLength > L ?", "sequenceLength >= L ?"],
    ["frequency / chosen[i]!", "frequency * chosen[i]!"],
    ["Math.log(factor) / Math.log(L)", "Math.log(factor)"],
    ["attentionFactor: attentionFactor ?? ", "attentionFactor: "],
    ["f > 0 &&", "f >= 0 &&"],
  ],
  "lib/scaling/effective.ts": [
    ["Math.min(i - j, window)", "Math.max(i - j, window)"],
    ["(i - j - window) / leak", "(i - j) / leak"],
    ["+ window - window / group", "+ window"],
    ["Math.floor(j / group)", "Math.ceil(j / group)"],
    ["across * Math.sin(angle)", "-across * Math.sin(angle)"],
    ["Math.cos(angle) - 1", "Math.cos(angle)"],
    ["return scale * extra", "return extra"],
    ["query: (rows) => rows,", ""],
  ],
  "lib/scaling/su_base.ts": [
    ["2 * (m - 1) / dimension", "2 * m / dimension"],
    ["fixed: (m: number) => 2 * m / dimension", "fixed: (m: number) => 2 * (m - 1) / dimension"],
    ["** exponent", "** (1 - exponent)"],
    ["exponent = 0.625", "exponent = 0.75"],
  ],
  "lib/bench/shift.ts": [
    ["position + by", "position"],
    ["const { positions = Array", "const { tokens: positions = Array"],
    ["maxDifference(here.weights, there.weights)", "0"],
    ["maxDifference(here.output, there.output)", "0"],
    ["scores: maxDifference(here.scores, there.scores)", "scores: 0"],
  ],
  "lib/bench/swap.ts": [
    ["i === a ? b", "i === a ? a"],
    ["queryRows: [observer]", "queryRows: [a]"],
    ["values: pick(values),", "values,"],
    ["observer === a || ", ""],
    ["change: maxDifference(before, after)", "change: 0"],
  ],
  "lib/bench/by_distance.ts": [
    ["if (value === -Infinity) return;", ""],
    ["Math.max(seen[1], value)", "value"],
    ["Math.max(widest, ", "Math.min(widest, "],
    ["Math.min(seen[0], value)", "value"],
  ],
  "lib/bench/toeplitz.ts": [
    ["this.squares += before * (value - this.mean)", "this.squares += before * before"],
    ["if (data[cell] === -Infinity) continue;", ""],
    ["1 - within / total", "within / total"],
    ["total <= noise ? NaN : ", ""],
  ],
  "lib/bench/measure.ts": [
    ["print.some((x, n)", "print.every((x, n)"],
    ["({ ...same(rows), causal: true })", "same(rows)"],
    ["Math.max(scores, weights, output)", "scores"],
    ["Math.max(scores, weights, output)", "output"],
    ["if (there !== back) most", "most"],
    ["maxDifference(before, attention(reordered(last, [...order, L - 1])).output)", "maxDifference(before, before)"],
    ["[1, L, 64 * L + 5]", "[L]"],
    ["queryRows: [rows - 1]", "queryRows: [0]"],
    ["row(scores, start + j)[i]!", "row(scores, start + j)[j]!"],
    ["!isAmong(print, sorted)", "isAmong(print, sorted)"],
    ["Math.abs(sorted[n]![1] - y) <= tolerance", "true"],
    ["every(Number.isFinite)", "every((x) => !Number.isNaN(x))"],
    ["key: two.query", "key: two.key"],
    ['error.message.startsWith("无法")', "true"],
    ["x <= ends[n]![1] + tolerance", "true"],
    ["Math.max(...measured)", "Math.min(...measured)"],
    ["score !== -Infinity", "true"],
  ],
  "lib/bench/scorecard.ts": [
    ["measured >= 1 - tolerance", "true"],
    ['measured <= tolerance ? "0" : shortened(measured)', "shortened(measured)"],
    ["near > 0 && near < 1 ? Math", "near > 2 ? Math"],
    ["value > 0.995 && value < 1 - 1e-9", "false"],
  ],
  "lib/bench/family.ts": [
    ["4, 4096) % 4 !== 0", "4, 4096) % 4 > 9"],
    ["partialRope({ dimension: d, rotary: d / 2 })", "rope({ dimension: d })"],
    ["Object.hasOwn(makers, name)", "true"],
  ],
  "lib/lessons/four_tokens.ts": [
    ["1 / Math.sqrt(d)", "1"],
    ["seed + n, ", "seed, "],
    ["add(rows, sinusoidalTable(", "(sinusoidalTable("],
    [
      "sinusoidalTable(positions, { dimension, base })",
      'sinusoidalTable(positions, { dimension, base, layout: "concatenated" })',
    ],
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
    args: ["test", "-A", "--no-check", "--fail-fast", "--node-modules-dir=manual", ...tests],
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

    const red = await firstFailure(folder, [...new Set(mutants.flatMap(({ file }) => watching(file)))]);
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
      const caughtBy = await firstFailure(folder, watching(file));
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
