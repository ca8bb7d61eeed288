// 键值缓存：怎么切段都等于整段一起算；左边补齐；哪些编码能存转过的键；只抄几次。过期的键：半路换频率，错多少。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention, type AttentionTrace } from "@lib/attention.ts";
import { family } from "@lib/bench/family.ts";
import { difference } from "@lib/bench/shift.ts";
import { compose } from "@lib/compose.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi, alibiSlopes } from "@lib/encodings/alibi.ts";
import { deberta } from "@lib/encodings/deberta.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { partialRope } from "@lib/encodings/partial_rope.ts";
import { rope, rotary } from "@lib/encodings/rope.ts";
import { t5 } from "@lib/encodings/t5.ts";
import { voRope } from "@lib/encodings/vo_rope.ts";
import { append, attendCached, emptyCache, type KeyValueCache, maskedPositions } from "@lib/inference/cache.ts";
import { staleness } from "@lib/inference/staleness.ts";
import { gather, type Matrix, matrix, maxDifference, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { effectiveRope, leakyReRope, reRope, selfExtend } from "@lib/scaling/effective.ts";
import { longRope } from "@lib/scaling/longrope.ts";
import { dynamicNtk } from "@lib/scaling/ntk.ts";
import { scaledRope } from "@lib/scaling/scaled.ts";
import { yarn } from "@lib/scaling/yarn.ts";
import { law } from "../property.ts";

const d = 8;
interface Run {
  readonly queries: Matrix;
  readonly keys: Matrix;
  readonly values: Matrix;
}
const random = (L: number, heads: number, keyHeads: number, seed: number): Run => ({
  queries: normalMatrix(L, heads * d, seed),
  keys: normalMatrix(L, keyHeads * d, seed + 1),
  values: normalMatrix(L, keyHeads * 4, seed + 2),
});

/** 头数、窗口、填充、起点，和整段共用的那些。 */
interface Setting {
  readonly encoding: Encoding | readonly Encoding[];
  readonly heads?: number;
  readonly keyHeads?: number;
  readonly window?: number;
  readonly padding?: readonly boolean[];
  readonly positions?: ArrayLike<number>;
  readonly rotated?: boolean;
}

/** 按 `sizes` 一段段接上去，每段算自己的查询；交回每段有哪几行，和最后的缓存。 */
function decode(run: Run, sizes: readonly number[], setting: Setting) {
  const { padding, positions, window, ...made } = setting;
  let cache = emptyCache(made), from = 0;
  const steps = sizes.map((size) => {
    const rows = Array.from({ length: size }, (_, n) => from + n);
    from += size;
    cache = append(cache, {
      keys: gather(run.keys, rows),
      values: gather(run.values, rows),
      ...(padding && { padding: rows.map((i) => padding[i]!) }),
      ...(positions && { positions: rows.map((i) => positions[i]!) }),
    });
    const queries = gather(run.queries, rows);
    return { rows, trace: attendCached(cache, { queries, ...(window !== undefined && { window }) }) };
  });
  return { steps, cache };
}

/** 整段一起算，挑出这几行。 */
function whole(run: Run, setting: Setting, L: number, rows: readonly number[]): AttentionTrace {
  const { padding, positions, rotated: _, ...rest } = setting;
  const cut = (m: Matrix) => gather(m, Array.from({ length: L }, (_, i) => i));
  return attention({
    ...rest,
    queries: cut(run.queries),
    keys: cut(run.keys),
    values: cut(run.values),
    positions: Array.from(positions ?? maskedPositions(padding ?? Array(L).fill(false))).slice(0, L),
    ...(padding && { keyPadding: padding.slice(0, L) }),
    queryRows: rows,
    causal: true,
  });
}

/** 每段都和整段一起算的比：分数、权重、输出；填充那几行不看。 */
function worst(run: Run, sizes: readonly number[], setting: Setting): number {
  const { steps } = decode(run, sizes, setting);
  return Math.max(...steps.flatMap(({ rows, trace }) => {
    const real = rows.filter((i) => !setting.padding?.[i]), heads = setting.heads ?? 1;
    if (real.length === 0) return 0;
    const full = whole(run, setting, rows.at(-1)! + 1, real);
    const kept = (m: Matrix, count: number) =>
      gather(m, Array.from({ length: count }, (_, h) => real.map((i) => h * rows.length + i - rows[0]!)).flat());
    return [
      maxDifference(kept(trace.scores, heads), full.scores),
      maxDifference(kept(trace.weights, heads), full.weights),
      maxDifference(kept(trace.output, 1), full.output),
    ];
  }));
}

const frequencies = inverseFrequencies(d, 10000);
const kinds: Readonly<Record<string, Encoding>> = {
  "RoPE，相邻两维": rope({ dimension: d }),
  "RoPE，前后两半": rope({ dimension: d, pairing: "half" }),
  "只转一半，相邻两维": partialRope({ dimension: d, rotary: d / 2 }),
  "只转一半，前后两半": partialRope({ dimension: d, rotary: d / 2, pairing: "half" }),
  "YaRN（系数不是 1）": scaledRope("YaRN", yarn({ dimension: d, factor: 4, originalMaxPosition: 64 }), {
    pairing: "half",
  }),
  ALiBi: alibi(1 / 4),
  T5: t5(normalMatrix(1, 32, 3).data),
  "RoPE + ALiBi": compose(rope({ dimension: d }), alibi(1 / 4)),
  "RoPE + VO-RoPE": compose(rope({ dimension: d }), voRope({ dimension: 4 })),
};
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });
const seeds = fc.nat(2 ** 31 - 9);
const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

for (const [name, encoding] of Object.entries(kinds)) {
  law(
    `${name}：怎么切段，都和整段一起算一个比特也不差；分组查询、窗口、左边补齐、起点、跳着的位置都算上`,
    fc.property(
      sizes,
      fc.constantFrom([1, 1] as const, [4, 4] as const, [4, 2] as const, [4, 1] as const),
      fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
      fc.nat(4),
      fc.option(fc.tuple(fc.integer({ min: -5000, max: 100_000 }), fc.integer({ min: 1, max: 9 })), { nil: undefined }),
      seeds,
      (list, [heads, keyHeads], window, left, places, seed) => {
        const L = total(list), run = random(L, heads, keyHeads, seed);
        const padding = Array.from({ length: L }, (_, i) => i < Math.min(left, L - 1));
        const positions = places && Array.from({ length: L }, (_, i) => places[0] + i * places[1]);
        const setting = {
          encoding,
          heads,
          keyHeads,
          padding,
          ...(window && { window }),
          ...(positions && { positions }),
        };
        assert.equal(worst(run, list, setting), 0);
        assert.ok(worst(run, list, { ...setting, rotated: false }) === 0, "存没转的键");
      },
    ),
    25,
  );
}

law(
  "一个头一个编码：同一个 RoPE 配不同的 ALiBi 斜率，四个查询头合用两个键值头；两个键值头转得不一样快",
  fc.property(sizes, seeds, (list, seed) => {
    const turn = rope({ dimension: d }), encoding = [...alibiSlopes(4)].map((slope) => compose(turn, alibi(slope)));
    const run = random(total(list), 4, 2, seed), groups = { heads: 4, keyHeads: 2 };
    assert.equal(worst(run, list, { ...groups, encoding }), 0);
    const [fast, slow] = [100, 10000].map((base) => rope({ dimension: d, base })) as [Encoding, Encoding];
    assert.equal(worst(run, list, { ...groups, encoding: [fast, fast, slow, slow] }), 0);
  }),
  20,
);

law(
  "左边补齐的一句，和没补的同一句，真词元那几行一个比特也不差",
  fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6 }), seeds, (L, left, seed) => {
    const run = random(L + left, 2, 1, seed), real = Array.from({ length: L }, (_, i) => left + i);
    const padding = Array.from({ length: L + left }, (_, i) => i < left);
    const setting = { encoding: rope({ dimension: d }), heads: 2, keyHeads: 1 };
    const { steps } = decode(run, Array(L + left).fill(1), { ...setting, padding });
    const alone = {
      queries: gather(run.queries, real),
      keys: gather(run.keys, real),
      values: gather(run.values, real),
    };
    const expected = attention({ ...setting, ...alone, causal: true }).output;
    const ours = matrix(steps.slice(left).map(({ trace }) => trace.output.data));
    assert.deepEqual(ours, expected);
  }),
  30,
);

// 全家：能存转过的键的，和整段一起算一样；不能的，说出为什么，存没转的就一样。
Deno.test("全家：只看位置和距离的能存转过的键，看一整行的只能存没转的，改词嵌入的先加再投影", () => {
  const run = { ...random(9, 1, 1, 5), values: normalMatrix(9, d, 7) }, list = [3, 1, 1, 4];
  for (const encoding of family({ d, length: 64 })) {
    const { name } = encoding, store = (rotated: boolean) => worst(run, list, { encoding, rotated });
    if (encoding.embed) {
      for (const rotated of [true, false]) {
        assert.throws(() => store(rotated), /的键：需要自己先加到词元上再投影（缓存时编码写 nope）：现在是/, name);
      }
    } else if (encoding.row) {
      assert.throws(() => store(true), /转过的键：需要 rotated: false，因为它看一整行，打分时还要没转的键/, name);
      if (name === "PaTH") assert.throws(() => store(false), /无法用 PaTH：需要 tokens/);
      else assert.ok(store(false) < 1e-12, name);
    } else {
      for (const rotated of [true, false]) assert.ok(store(rotated) < 1e-12, `${name}：${store(rotated)}`);
    }
  }
  const counted = (has: (one: Encoding) => unknown) => family({ d, length: 64 }).filter(has).length;
  assert.deepEqual([counted(({ embed }) => embed), counted(({ row }) => row), counted(() => true)], [6, 4, 25]);
});

Deno.test("ReRoPE、Leaky ReRoPE、Self-Extend：转过的键不够用，存没转的就和整段一起算一样", () => {
  const run = random(12, 2, 1, 3), setting = { heads: 2, keyHeads: 1 };
  for (const effective of [reRope(4), leakyReRope(4, 3), selfExtend(4, 2)]) {
    const encoding = effectiveRope("改距离", effective, { frequencies });
    assert.throws(() => decode(run, [12], { ...setting, encoding }), /无法缓存 改距离 转过的键：需要 rotated: false/);
    assert.equal(worst(run, [5, 1, 1, 1, 4], { ...setting, encoding, rotated: false }), 0);
  }
});

Deno.test("RoPE + DeBERTa：按距离的向量要乘没转的键，只能存没转的；DeBERTa 自己可以", () => {
  const alone = deberta({ keys: normalMatrix(32, d, 1), queries: normalMatrix(32, d, 2) });
  const both = compose(rope({ dimension: d }), alone), run = random(9, 1, 1, 5), list = [4, 1, 4];
  assert.throws(() => emptyCache({ encoding: both }), /因为它的 score 还要乘没转的键：现在是字符串 "rotated: true"/);
  assert.ok(worst(run, list, { encoding: both, rotated: false }) < 1e-12);
  assert.ok(worst(run, list, { encoding: alone }) < 1e-12);
});

Deno.test("手算：位置 0 的键不转，位置 1 的转 1 弧度；缓存里就是这两行", () => {
  const one = matrix([[1, 0], [1, 0]]),
    cache = append(emptyCache({ encoding: rope({ dimension: 2 }) }), { keys: one, values: one });
  const [block] = cache.blocks;
  assert.ok(maxDifference(block!.keys, matrix([[1, 0], [Math.cos(1), Math.sin(1)]])) < 1e-15);
  assert.deepEqual(block!.values, one);
  const kept = append(emptyCache({ encoding: rope({ dimension: 2 }), rotated: false }), { keys: one, values: one });
  assert.deepEqual(kept.blocks[0]!.keys, one);
  assert.deepEqual([...maskedPositions([true, false, true, false], 5)], [5, 5, 6, 6]);
});

Deno.test("位置接着真词元数，不数填充；跳过的、从 100 起的都从最后一个往下数", () => {
  const one = (padding: boolean[], positions?: number[]) => ({
    keys: normalMatrix(padding.length, d, 1),
    values: normalMatrix(padding.length, d, 2),
    padding,
    ...(positions && { positions }),
  });
  const places = ({ blocks }: KeyValueCache) => blocks.flatMap(({ positions }) => [...positions]);
  const start = emptyCache({ encoding: nope });
  let cache = append(start, one([true, true]));
  cache = append(cache, one([true, false, false]));
  cache = append(cache, one([false, true, false]));
  assert.deepEqual(places(cache), [0, 0, 0, 0, 1, 2, 3, 3]);
  assert.deepEqual(places(append(append(start, one([false, false], [100, 300])), one([false]))), [100, 300, 301]);
  assert.throws(() => append(cache, one([false], [3])), /无法给这一段排位置：需要比缓存里最后的 3 靠后：现在是 3/);
  assert.doesNotThrow(() => append(cache, one([true], [3])), "填充在哪都行");
});

Deno.test("旧的缓存还能用：一段提示词接两种续写，各和自己的整段一样；给的数组改了，缓存不变", () => {
  const run = random(6, 1, 1, 1), encoding = rope({ dimension: d });
  const part = (rows: number[]) => ({ keys: gather(run.keys, rows), values: gather(run.values, rows) });
  const prompt = append(emptyCache({ encoding }), part([0, 1, 2])), before = structuredClone(prompt.blocks);
  for (const rest of [[3, 4], [5]]) {
    const queries = gather(run.queries, rest), rows = [0, 1, 2, ...rest];
    const { output } = attendCached(append(prompt, part(rest)), { queries });
    const full = attention({
      ...part(rows),
      queries: gather(run.queries, rows),
      queryRows: rest.map((_, n) => 3 + n),
      encoding,
      causal: true,
    });
    assert.deepEqual(output, full.output);
  }
  assert.deepEqual(prompt.blocks, before);
  const own = part([0]), positions = new Float64Array([7]), padding = [false];
  for (const kind of [{ encoding: nope }, { encoding, rotated: false }]) {
    const cache = append(emptyCache(kind), { ...own, positions, padding }), copy = structuredClone(cache.blocks);
    own.keys.data[0] = own.values.data[0] = positions[0] = 9;
    padding[0] = true;
    assert.deepEqual(cache.blocks, copy);
    padding[0] = false;
  }
});

Deno.test("一个一个接：块数不超过 log₂L + 1，从前往后至少小一半；一个数只抄十来次", () => {
  let cache = emptyCache({ encoding: nope }), copied = 0;
  const one = { keys: normalMatrix(1, 1, 1), values: normalMatrix(1, 1, 2) }, L = 1000;
  for (let n = 1; n <= L; n++) {
    const seen = new Set(cache.blocks);
    cache = append(cache, one);
    const sizes = cache.blocks.map(({ keys }) => keys.rows);
    assert.equal(total(sizes), n);
    assert.ok(sizes.length <= Math.log2(n) + 1);
    sizes.forEach((size, i) => assert.ok(i === 0 || 2 * size <= sizes[i - 1]!));
    copied += total(cache.blocks.filter((block) => !seen.has(block)).map(({ keys }) => keys.rows));
  }
  assert.ok(copied <= L * (Math.log2(L) + 1), `抄了 ${copied} 个`); // 每次整段重抄是 500500
  assert.ok(copied > L);
});

// 半路换频率。

const dynamic = (length: number) =>
  scaledRope("动态 NTK", dynamicNtk({ dimension: d, factor: 4, maxPosition: 8, sequenceLength: length }));
const lists = { shortFactors: [1, 1, 1, 1], longFactors: [1, 2, 4, 8], factor: 8, originalMaxPosition: 8 };
const long = (length: number) => scaledRope("LongRoPE", longRope({ dimension: d, ...lists, sequenceLength: length }));

law(
  "频率不变：一点不过期。动态 NTK：不超过训练长度时不变，再长，转过的键就过期，没转的一点不差",
  fc.property(seeds, fc.constantFrom([1, 1] as const, [4, 2] as const), (seed, [heads, keyHeads]) => {
    const run = { ...random(14, heads, keyHeads, seed), heads, keyHeads };
    const still = rope({ dimension: d });
    for (const { length, scores, weights, output } of staleness({ ...run, encodingAt: () => still })) {
      assert.deepEqual([scores, weights, output], [0, 0, 0], `第 ${length} 步`);
    }
    for (const encodingAt of [dynamic, long]) {
      const old = staleness({ ...run, encodingAt }), fresh = staleness({ ...run, encodingAt, rotated: false });
      assert.deepEqual(old.map(({ length }) => length), Array.from({ length: 14 }, (_, n) => n + 1));
      for (const { length, scores, output } of old) {
        if (length <= 8) assert.equal(scores + output, 0, `第 ${length} 步`);
        else assert.ok(scores > 1e-3 && output > 1e-6, `第 ${length} 步差 ${scores}`);
      }
      for (const { scores, weights, output } of fresh) assert.deepEqual([scores, weights, output], [0, 0, 0]);
    }
  }),
  20,
);

Deno.test("LongRoPE：从第 9 个词元起过期；一次读进 9 个就不过期，再来一个也不", () => {
  const run = random(12, 1, 1, 2);
  const at = (chunks: number[]) => staleness({ ...run, encodingAt: long, chunks }).map(({ scores }) => scores > 1e-3);
  assert.deepEqual(at([8, 1, 1]), [false, true, true]);
  assert.deepEqual(at([9, 1, 1]), [false, false, false]);
  const dynamicSteps = staleness({ ...run, encodingAt: dynamic, chunks: [9, 1] }).map(({ scores }) => scores > 1e-3);
  assert.deepEqual(dynamicSteps, [false, true], "动态 NTK 每一步都换");
});

Deno.test("手算：角频率从 1 减到 ½，隔一个的键差 1 − cos ½，位置 0 的键不受影响；窗口照样算", () => {
  const x = matrix([[1, 0], [1, 0], [1, 0]]);
  const encodingAt = (length: number) => rotary("变速", { frequencies: [length < 3 ? 1 : 1 / 2], dimension: 2 });
  const last = staleness({ queries: x, keys: x, values: x, encodingAt }).at(-1)!;
  assert.ok(Math.abs(last.scores * Math.SQRT2 - (1 - Math.cos(1 / 2))) < 1e-15);
  let cache = emptyCache({ encoding: encodingAt(1) });
  for (const n of [1, 2, 3]) {
    cache = append({ ...cache, encoding: encodingAt(n) }, { keys: gather(x, [n - 1]), values: gather(x, [n - 1]) });
  }
  const scores = row(attendCached(cache, { queries: gather(x, [2]) }).scores, 0).map((s) => s * Math.SQRT2);
  [Math.cos(1), Math.cos(0), Math.cos(0)].forEach((s, j) => assert.ok(Math.abs(scores[j]! - s) < 1e-15));
  const near = staleness({ queries: x, keys: x, values: x, encodingAt, window: 1 }).at(-1)!;
  assert.equal(near.scores, 0, "只看自己，自己的键是新转的");
});

Deno.test("过期多少，就是拿旧频率的缓存和新频率的整段比", () => {
  const run = random(6, 1, 1, 4), pick = (m: Matrix, rows: number[]) => gather(m, rows);
  const [before, after] = [rope({ dimension: d, base: 100 }), rope({ dimension: d, base: 10000 })];
  const part = (rows: number[]) => ({ keys: pick(run.keys, rows), values: pick(run.values, rows) });
  const old = append(emptyCache({ encoding: before }), part([0, 1, 2, 3]));
  const cached = attendCached(append({ ...old, encoding: after }, part([4, 5])), {
    queries: pick(run.queries, [4, 5]),
  });
  const full = attention({ ...run, encoding: after, causal: true, queryRows: [4, 5] });
  const encodingAt = (length: number) => length <= 4 ? before : after;
  assert.deepEqual(staleness({ ...run, encodingAt, chunks: [4, 2] }).at(-1), {
    length: 6,
    ...difference(cached, full),
  });
});

Deno.test("拒绝：空的缓存、查询太多、形状对不上、头数、转法不同的头、段长", () => {
  const encoding = rope({ dimension: d }), start = emptyCache({ encoding }), one = random(3, 1, 1, 1);
  assert.throws(
    () => attendCached(start, { queries: one.queries }),
    /无法用缓存做注意力：需要先接上查询自己的键和值（append）/,
  );
  const cache = append(start, one);
  assert.throws(() => attendCached(cache, { queries: normalMatrix(4, d, 1) }), /需要不超过 3 行查询：现在是 4/);
  assert.throws(
    () => append(cache, { ...one, keys: normalMatrix(3, 2 * d, 1) }),
    /无法缓存键：需要 8 列的矩阵：现在是 \[3, 16\]/,
  );
  assert.throws(() => append(cache, { ...one, values: normalMatrix(3, 5, 1) }), /无法缓存值：需要 3 行 4 列的矩阵/);
  assert.throws(() => append(cache, { ...one, values: normalMatrix(2, 4, 1) }), /无法缓存值：需要 3 行/);
  assert.throws(() => append(cache, { ...one, padding: [true] }), /无法标出填充：需要 3 个 true 或 false/);
  assert.throws(
    () => append(cache, { ...one, positions: [9, NaN, 11] }),
    /无法给这一段排位置：需要有限的数：现在是 NaN/,
  );
  assert.throws(
    () => emptyCache({ encoding, heads: 4, keyHeads: 3 }),
    /无法定键值头的个数：需要能整除 4 的数：现在是 3/,
  );
  assert.throws(
    () => emptyCache({ encoding: [encoding, encoding], heads: 4 }),
    /无法给每个头一个编码：需要 4 个编码：现在是 2/,
  );
  const twoTurns = { encoding: [encoding, rope({ dimension: d, base: 100 })], heads: 2 };
  assert.throws(
    () => emptyCache({ ...twoTurns, keyHeads: 1 }),
    /无法缓存第 0 个键值头：需要合用它的几个头改键、改值的是同一个函数/,
  );
  assert.doesNotThrow(() => emptyCache(twoTurns));
  assert.doesNotThrow(() => emptyCache({ ...twoTurns, keyHeads: 1, rotated: false }));
  assert.throws(() => maskedPositions([1, 0] as never), /无法标出填充：需要一串 true 或 false/);
  const stale = { ...one, encodingAt: () => encoding };
  assert.throws(() => staleness({ ...stale, chunks: [2, 2] }), /无法定一次接几个词元：需要加起来不超过 3：现在是 4/);
  assert.throws(() => staleness({ ...stale, chunks: [0] }), /需要不小于 1 的整数：现在是 0/);
  assert.throws(() => staleness({ ...stale, encodingAt: encoding as never }), /需要 encodingAt 是函数/);
});
