/**
 * 注意力要多久：`deno bench -A tests/bench/attention_bench.ts`。
 * 全算用在 L ≤ 512；更长时课里只算看得见的几行，这里也只算 64 行。
 */
import { attention } from "@lib/attention.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rope } from "@lib/encodings/rope.ts";
import { shaw } from "@lib/encodings/shaw.ts";
import { t5 } from "@lib/encodings/t5.ts";
import { normalMatrix } from "@lib/random.ts";

const d = 64;
const encodings: readonly Encoding[] = [
  nope,
  alibi(1 / 2),
  t5(normalMatrix(1, 32, 1).data),
  shaw(normalMatrix(9, d, 1), normalMatrix(9, d, 2)),
  rope({ dimension: d }),
];

const cases = [
  { L: 128, rows: 128 },
  { L: 512, rows: 512 },
  { L: 2048, rows: 64 },
  { L: 8192, rows: 64 },
];

for (const { L, rows } of cases) {
  const [queries, keys, values] = [1, 2, 3].map((seed) => normalMatrix(L, d, seed));
  const queryRows = Array.from({ length: rows }, (_, r) => Math.round(r * (L - 1) / (rows - 1)));
  for (const encoding of encodings) {
    Deno.bench({
      name: encoding.name,
      group: `L = ${L}，d = ${d}，算 ${rows} 行`,
      baseline: encoding === nope,
      n: L >= 8192 ? 3 : 10,
      warmup: 1,
      fn: () => void attention({ queries: queries!, keys: keys!, values: values!, queryRows, causal: true, encoding }),
    });
  }
}
