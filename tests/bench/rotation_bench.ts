/**
 * 转 32 个头、4096 个位置要多久：`deno bench -A tests/bench/rotation_bench.ts`。
 *
 * 不给 `into`，`rotate` 每次交出一块新的 64 MB：系统给的内存，每一页第一次写到都要停一下，单这一项就比抄一遍贵。
 * 一台 2 核的虚拟机上（毫秒）：抄到旧内存 11.5；新内存每页只写一个数 38；两样加起来，抄到新内存 49；
 * 转，写到旧内存 24，是抄的 2.1 倍：抄是整块搬，转要逐个乘加；`rotate` 写到新内存，70。
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotate } from "@lib/encodings/rotation.ts";
import { turns } from "@lib/encodings/turns.ts";
import type { Matrix } from "@lib/matrix.ts";

const [positions, heads, d] = [4096, 32, 128];
const single = ({ rows, columns, data }: Matrix): Matrix<Float32Array> => ({
  rows,
  columns,
  data: Float32Array.from(data),
});
const angles = turns(Array.from({ length: positions }, (_, n) => n), inverseFrequencies(d, 10000));
const turn = { cos: single(angles.cos), sin: single(angles.sin) };
const data = Float32Array.from({ length: positions * heads * d }, (_, n) => Math.sin(n));
const rows: Matrix<Float32Array> = { rows: positions, columns: heads * d, data };
const old = new Float32Array(data.length);

const group = `单精度 [${positions}, ${heads}, ${d}]，64 MB`;
const cases: [string, () => unknown][] = [
  ["抄到旧内存（set）", () => old.set(data)],
  ["抄到新内存（set）", () => new Float32Array(data.length).set(data)],
  ["新内存，每页写一个数", () => {
    const fresh = new Float32Array(data.length);
    for (let n = 0; n < fresh.length; n += 1024) fresh[n] = 1;
  }],
  ["rotate，前后两半，新内存", () => rotate(rows, turn, "half", d)],
  ["rotate，相邻两维，新内存", () => rotate(rows, turn, "interleaved", d)],
  ["rotate，前后两半，写到旧内存", () => rotate(rows, turn, "half", d, old)],
  ["rotate，相邻两维，写到旧内存", () => rotate(rows, turn, "interleaved", d, old)],
];
for (const [name, run] of cases) {
  Deno.bench({ name, group, baseline: name.includes("旧"), n: 20, warmup: 3, fn: () => void run() });
}
