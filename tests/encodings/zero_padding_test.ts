import assert from "node:assert/strict";
import fc from "fast-check";
import { borderLeak, convolve } from "@lib/encodings/zero_padding.ts";
import { gather, matrix, maxDifference, zeros } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/zero_padding.json" with { type: "json" };
import { assertCloseList } from "../golden/golden.ts";
import { law } from "../property.ts";

for (const { input, kernel, circular, layers } of golden.cases) {
  Deno.test(`金标准：${input.length} 个数，核宽 ${kernel.length}，${circular ? "首尾相接" : "填 0"}，三层`, () => {
    let rows = matrix(input.map((x) => [x]));
    layers.forEach((expected, n) => {
      rows = convolve(rows, kernel, circular ? "circular" : "zero");
      assertCloseList(`第 ${n + 1} 层`, rows.data, expected, golden.provenance.tolerance);
    });
  });
}

/** 前后各补 `shift` 行和够多的 0：内容在一条长带子上整体挪动。 */
const placed = (rows: ReturnType<typeof zeros>, length: number, shift: number) => {
  const band = zeros(length, rows.columns);
  band.data.set(rows.data, shift * rows.columns);
  return band;
};

law(
  "内容在带子中间挪 1 到 100 格：结果跟着挪，一个比特也不变；碰到边，就变",
  fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 100 }), (seed, shift) => {
    const rows = normalMatrix(5, 2, seed), kernel = [0.5, 1, 0.25], length = 120;
    const at = (start: number) => convolve(placed(rows, length, start), kernel, "zero");
    const cut = (m: ReturnType<typeof zeros>, from: number) =>
      gather(m, Array.from({ length: 7 }, (_, n) => from - 1 + n));
    assert.deepEqual(cut(at(2 + shift), 2 + shift), cut(at(2), 2));
    const squeezed = convolve(rows, kernel, "zero"), roomy = cut(at(10), 11); // 同样五行，一个贴着两边，一个离边很远
    const inner = gather(roomy, [0, 1, 2, 3, 4]);
    assert.ok(maxDifference(squeezed, gather(inner, [0, 1, 2, 3, 4])) < 1e-12, "外面反正是 0，单看一层看不出边");
    const twice = convolve(squeezed, kernel, "zero");
    const twiceRoomy = cut(convolve(at(10), kernel, "zero"), 11);
    assert.ok(maxDifference(twice, gather(twiceRoomy, [0, 1, 2, 3, 4])) > 1e-3, "两层就看得出：边外被削成 0 了");
  }),
  30,
);

law(
  "首尾相接：怎么转都一样，一点也不漏；填 0：漏到 层数 × 半个核宽 为止",
  fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), (reach, layers) => {
    const kernel = Array.from({ length: 2 * reach + 1 }, (_, u) => 1 + u / 10), length = 40;
    const leak = borderLeak({ length, kernel, padding: "zero", layers });
    leak.forEach((x, i) => {
      const touched = i < reach * layers || i >= length - reach * layers;
      assert.equal(Math.abs(x) > 1e-12, touched, `位置 ${i}：${x}`);
    });
    assert.ok(borderLeak({ length, kernel, padding: "circular", layers }).every((x) => Math.abs(x) < 1e-12));
  }),
  20,
);

Deno.test("手算：五个 1 卷两层；拒绝", () => {
  const ones = matrix([[1], [1], [1], [1], [1]]), once = convolve(ones, [1, 1, 1], "zero");
  assert.deepEqual([...once.data], [2, 3, 3, 3, 2]);
  assert.deepEqual([...convolve(once, [1, 1, 1], "zero").data], [5, 8, 9, 8, 5]);
  const leak = [...borderLeak({ length: 5, kernel: [1, 1, 1], padding: "zero", layers: 2 })];
  assert.deepEqual(leak, [-4 / 9, -1 / 9, 0, -1 / 9, -4 / 9]);
  assert.deepEqual([...convolve(matrix([[1], [10], [100]]), [1, 0, 0], "circular").data], [100, 1, 10]);
  assert.throws(() => convolve(ones, [1, 1], "zero"), /无法做卷积：需要奇数个数的核：现在是 2/);
  assert.throws(() => convolve(ones, [1], "same" as never), /需要 zero 或 circular/);
  assert.throws(() => convolve(matrix([[1]]), [1, 1, 1], "circular"), /需要不长于 1 的核：现在是 3/);
});
