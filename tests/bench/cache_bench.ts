/**
 * 缓存要多久：`deno bench -A tests/bench/cache_bench.ts`。
 *
 * 起点是几，转的活一样多，所以带偏移的应当和从 0 数起的一样快。一个一个接 4096 个词元，和每次整段重抄的比。
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import { below } from "@lib/inference/blocks.ts";
import { append, attendCached, emptyCache } from "@lib/inference/cache.ts";
import { gather } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

const [tokens, heads, d] = [1024, 8, 128], frequencies = inverseFrequencies(d, 10000);
const rows = normalMatrix(tokens, heads * d, 1), encoding = rope({ dimension: d });
const from = (start: number) => Array.from({ length: tokens }, (_, n) => start + n);
const empty = emptyCache({ encoding, heads: 32, keyHeads: heads });
const one = { keys: gather(rows, [0]), values: gather(rows, [1]) };

for (const start of [0, 4096, 100_000, 1_000_000]) {
  const common = { baseline: start === 0, n: 20, warmup: 5 }, positions = from(start);
  const name = start === 0 ? "从 0 数起" : `从 ${start} 数起`;
  Deno.bench({
    name,
    group: `算转角再转，[${tokens}, ${heads}, ${d}]`,
    ...common,
    fn: () => void rotate(rows, turns(positions, frequencies), "half", d),
  });
  Deno.bench({
    name,
    group: `append，一段 ${tokens} 个词元`,
    ...common,
    fn: () => void append(empty, { keys: rows, values: rows, positions }),
  });
  Deno.bench({
    name,
    group: "append，一个词元",
    ...common,
    n: 2000,
    warmup: 500,
    fn: () => void append(empty, { ...one, positions: [start] }),
  });
}

const single = emptyCache({ encoding: rope({ dimension: 64 }) }), L = 4096;
const step = { keys: normalMatrix(1, 64, 1), values: normalMatrix(1, 64, 2) };
const group = `一个一个接 ${L} 个词元，d = 64，只接不读`;
Deno.bench({
  name: "append",
  group,
  baseline: true,
  n: 3,
  warmup: 1,
  fn: () => {
    for (let cache = single, n = 0; n < L; n++) cache = append(cache, step);
  },
});
Deno.bench({
  name: "每次整段重抄",
  group,
  n: 3,
  warmup: 1,
  fn: () => {
    for (let { keys, values } = step, n = 1; n < L; n++) {
      keys = below([keys, step.keys]);
      values = below([values, step.values]);
    }
  },
});

const long = append(single, { keys: normalMatrix(L, 64, 3), values: normalMatrix(L, 64, 4) });
Deno.bench({
  name: "append 一个，再看一遍",
  group: `缓存里有 ${L} 个，来一个新的`,
  n: 20,
  warmup: 5,
  fn: () => void attendCached(append(long, step), { queries: step.keys }),
});
