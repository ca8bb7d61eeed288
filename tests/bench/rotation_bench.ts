/**
 * 转 32 个头、4096 个位置要多久：`deno bench -A tests/bench/rotation_bench.ts`。
 *
 * `rotate` 每次交出一块新的 64 MB。向系统要来的新内存，第一次写到的每一页都要停一下（“新内存，每页写一个数”那一行）；
 * 转本身约等于两次“抄到旧内存”。拿 `rotate` 和“抄到旧内存”比，多出来的大半是要内存；和“抄到新内存”比，才是同一件事。
 */
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotate, turns } from "@lib/encodings/rotation.ts";
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
  ["rotate，前后两半", () => rotate(rows, turn, "half", d)],
  ["rotate，相邻两维", () => rotate(rows, turn, "interleaved", d)],
];
for (const [name, run] of cases) {
  Deno.bench({ name, group, baseline: name.includes("旧"), n: 20, warmup: 3, fn: () => void run() });
}
