/**
 * 注意力要多久：`deno bench -A tests/bench/attention_bench.ts`。
 *
 * 参考实现摆出每一步，课里 L ≤ 512 全算，更长时只算几行；只要输出时用 fastAttention。
 * 和 PyTorch、NumPy 比，内存最多用多少，见 peers.ts。
 */
import { attention, attentionBlocks } from "@lib/attention.ts";
import { family } from "@lib/bench/family.ts";
import { scorecard } from "@lib/bench/scorecard.ts";
import { nope } from "@lib/encoding.ts";
import { alibi } from "@lib/encodings/alibi.ts";
import { rope } from "@lib/encodings/rope.ts";
import { fastAttention } from "@lib/fast_attention.ts";
import type { Matrix } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

const d = 64;
const single = (m: Matrix): Matrix<Float32Array> => ({ ...m, data: Float32Array.from(m.data) });
const normal = (L: number) => ({
  queries: normalMatrix(L, d, 1),
  keys: normalMatrix(L, d, 2),
  values: normalMatrix(L, d, 3),
});
const fast = (L: number) => {
  const { queries, keys, values } = normal(L);
  return { queries: single(queries), keys: single(keys), values: single(values) };
};

for (const { L, rows } of [{ L: 512, rows: 512 }, { L: 8192, rows: 64 }]) {
  const x = { ...normal(L), queryRows: Array.from({ length: rows }, (_, r) => Math.round(r * (L - 1) / (rows - 1))) };
  for (const encoding of [nope, alibi(1 / 2), rope({ dimension: d })]) {
    Deno.bench({
      name: encoding.name,
      group: `参考实现，L = ${L}，算 ${rows} 行，因果`,
      baseline: encoding === nope,
      n: 5,
      warmup: 1,
      fn: () => void attention({ ...x, causal: true, encoding }),
    });
  }
}

const both = "L = 2048，d = 64，全看";
const wide = normal(2048), wideFast = fast(2048);
Deno.bench({ name: "attention", group: both, baseline: true, n: 3, warmup: 1, fn: () => void attention(wide) });
Deno.bench({ name: "fastAttention", group: both, n: 10, warmup: 2, fn: () => void fastAttention(wideFast) });

for (const L of [1024, 2048, 4096, 8192]) {
  const x = { ...fast(L), causal: true };
  Deno.bench({
    name: `L = ${L}`,
    group: "fastAttention，d = 64，因果：L 加倍，时间四倍",
    baseline: L === 1024,
    n: Math.max(3, 20480 / L),
    warmup: 1,
    fn: () => void fastAttention(x),
  });
}

Deno.bench({
  name: "attentionBlocks，一次 64 行",
  group: "参考实现，L = 8192，d = 64，因果，只要输出",
  n: 1,
  warmup: 0,
  fn: () => {
    let sum = 0;
    for (const { output } of attentionBlocks({ ...normal(8192), causal: true })) sum += output.data[0]!;
    if (!Number.isFinite(sum)) throw new Error("无法量 attentionBlocks：输出里有坏数");
  },
});

const all = family({ d, length: 256 });
Deno.bench({
  name: `scorecard，${all.length} 种编码`,
  group: "成绩单，L = 128，d = 64",
  n: 3,
  warmup: 1,
  fn: () => void scorecard(all, { L: 128, d }),
});
