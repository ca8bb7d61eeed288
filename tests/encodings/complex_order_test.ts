import assert from "node:assert/strict";
import fc from "fast-check";
import { type Complex, complex, multiply as times } from "mathjs";
import { complexOrder, complexOrderInitial, complexOrderVectors } from "@lib/encodings/complex_order.ts";
import { gather, matrix, maxDifference, multiply } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import golden from "../golden/complex_order.json" with { type: "json" };
import { law } from "../property.ts";

const pick = (table: number[][]) => gather(matrix(table), golden.words);

Deno.test("金标准：每个词的半径、频率、初相，实部和虚部", () => {
  const ours = complexOrderVectors(
    pick(golden.amplitudes),
    pick(golden.frequencies),
    pick(golden.phases),
    golden.positions,
  );
  golden.real.forEach((line, n) =>
    line.forEach((real, c) => {
      const at = 2 * (n * line.length + c);
      assert.ok(Math.abs(ours.data[at]! - real) <= golden.provenance.tolerance);
      assert.ok(Math.abs(ours.data[at + 1]! - golden.imaginary[n]![c]!) <= golden.provenance.tolerance);
    })
  );
});

law(
  "词向量当复数、频率由词自己定：和照 8130(12) 直接写的一样（mathjs 的复数再算一遍）",
  fc.property(
    fc.nat(2 ** 31 - 9),
    fc.array(fc.integer({ min: 0, max: 1e4 }), { minLength: 1, maxLength: 5 }),
    (seed, positions) => {
      const n = positions.length, d = 6, words = normalMatrix(n, d, seed), omega = complexOrderInitial(d, seed + 1);
      const speeds = multiply(words, omega), at = Float64Array.from(positions);
      const polar = (f: (x: number, y: number) => number) => ({
        rows: n,
        columns: d / 2,
        data: Float64Array.from({ length: n * d / 2 }, (_, c) => f(words.data[2 * c]!, words.data[2 * c + 1]!)),
      });
      const embedded = complexOrder(omega).embed!(words, at);
      const direct = complexOrderVectors(polar(Math.hypot), speeds, polar((x, y) => Math.atan2(y, x)), positions);
      assert.ok(maxDifference(embedded, direct) < 1e-9);
      for (let c = 0; c < n * d / 2; c++) {
        const angle = speeds.data[c]! * positions[Math.floor(c / (d / 2))]!;
        const turned = times(
          complex(words.data[2 * c]!, words.data[2 * c + 1]!),
          complex(Math.cos(angle), Math.sin(angle)),
        ) as Complex;
        assert.ok(Math.hypot(turned.re - embedded.data[2 * c]!, turned.im - embedded.data[2 * c + 1]!) < 1e-9);
      }
    },
  ),
  30,
);

law(
  "再走 n 步，就是再转 n·ω：f(k + n) = f(k)·e^{iωn}，半径不变",
  fc.property(fc.nat(2 ** 31 - 9), fc.nat(1000), fc.nat(1000), (seed, k, n) => {
    const words = normalMatrix(1, 4, seed), encoding = complexOrder(complexOrderInitial(4, seed + 1));
    const at = (m: number) => encoding.embed!(words, new Float64Array([m])).data;
    const [a, b, ahead] = [at(k), at(k + n), multiply(words, complexOrderInitial(4, seed + 1)).data];
    for (let c = 0; c < 2; c++) {
      const angle = ahead[c]! * n, [x, y] = [a[2 * c]!, a[2 * c + 1]!];
      assert.ok(Math.abs(b[2 * c]! - (x * Math.cos(angle) - y * Math.sin(angle))) < 1e-9);
      assert.ok(Math.abs(Math.hypot(x, y) - Math.hypot(words.data[2 * c]!, words.data[2 * c + 1]!)) < 1e-12);
    }
  }),
);

Deno.test("手算：r = 2、ω = π/2、θ = 0，位置 1、2、3 是 2i、−2、−2i；拒绝", () => {
  const same = (x: number) => matrix([[x], [x], [x]]);
  const vectors = complexOrderVectors(same(2), same(Math.PI / 2), same(0), [1, 2, 3]).data;
  [0, 2, -2, 0, 0, -2].forEach((x, n) => assert.ok(Math.abs(vectors[n]! - x) < 1e-14));
  assert.throws(() => complexOrder(matrix([[1, 2]])), /无法用复数式的频率：需要 4 行 2 列：现在是 \[1, 2\]/);
  assert.throws(() => complexOrderVectors(same(1), same(1), matrix([[1]]), [1, 2, 3]), { name: "ShapeError" });
  assert.throws(() => complexOrderVectors(same(1), same(1), same(1), [1]), /需要 3 个数：现在是 1/);
});
