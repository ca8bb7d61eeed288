import assert from "node:assert/strict";
import fc from "fast-check";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rotary } from "@lib/encodings/rope.ts";
import { turns, turnsOf } from "@lib/encodings/turns.ts";
import { matrix } from "@lib/matrix.ts";
import { law } from "../property.ts";

const unit = 1n << 300n; // 小数点后 300 位（二进制）
/** π：马青公式 16 arctan(1/5) − 4 arctan(1/239)。 */
const pi = 16n * arctan(5n) - 4n * arctan(239n);
function arctan(n: bigint): bigint {
  let sum = 0n;
  for (let k = 0n, power = unit / n; power !== 0n; k++, power /= n * n) {
    sum += (k % 2n ? -power : power) / (2n * k + 1n);
  }
  return sum;
}
const big = (x: number) => BigInt(Math.trunc(x * 2 ** 100)) * (unit >> 100n);

/** 另一条路：先减去整圈，再一项一项加级数，全用大整数。 */
function exact(angle: number): [cos: bigint, sin: bigint] {
  const x = big(angle) % (2n * pi), sums: [bigint, bigint] = [0n, 0n];
  for (let n = 0n, term = unit; term !== 0n; n++, term = term * x / unit / n) {
    sums[Number(n % 2n)]! += n % 4n < 2n ? term : -term;
  }
  return sums;
}

/** 各个角度的 cos 和 sin 里，和真值差得最多的。 */
function worst(angles: readonly number[]): number {
  const { cos, sin } = turnsOf(matrix([angles]));
  return angles.reduce((most, angle, i) => {
    const [c, s] = exact(angle), gaps = [c - big(cos.data[i]!), s - big(sin.data[i]!)];
    return Math.max(most, ...gaps.map((gap) => Math.abs(Number(gap) / 2 ** 300)));
  }, 0);
}

/** 和 `Math.cos`、`Math.sin` 差得最多的。 */
function fromMath(angles: readonly number[]): number {
  const { cos, sin } = turnsOf(matrix([angles]));
  return angles.reduce(
    (most, angle, i) =>
      Math.max(most, Math.abs(cos.data[i]! - Math.cos(angle)), Math.abs(sin.data[i]! - Math.sin(angle))),
    0,
  );
}

// 2⁻³⁰ 的整倍数：换成大整数没有一点舍入。
const angles = fc.oneof(
  fc.double({ min: -1.6e6, max: 1.6e6, noNaN: true }),
  fc.double({ min: -8, max: 8, noNaN: true }),
  fc.nat(2 ** 20),
).map((angle) => Math.round(angle * 2 ** 30) / 2 ** 30);

law(
  "和真值差不到 6e-17，比 Math.cos 的一个末位还小",
  fc.property(fc.array(angles, { minLength: 1, maxLength: 20 }), (list) => {
    assert.ok(worst(list) < 6e-17);
  }),
  200,
);

law(
  "和 Math.cos、Math.sin 差不到 1.2e-16，多大的角度都行；太大的就是它们",
  fc.property(
    fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), angles), { minLength: 1 }),
    (list) => {
      assert.ok(fromMath(list) < 1.2e-16);
      const far = list.map((angle) => Math.sign(angle || 1) * (1.5e6 + Math.abs(angle)));
      assert.equal(fromMath(far), 0);
    },
  ),
);

law(
  "得数只看角度：位置乘角频率，和直接给角度，一个比特也不差；位置不必挨着，也不必是整数",
  fc.property(
    fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
    fc.double({ min: -4, max: 4, noNaN: true }),
    (positions, factor) => {
      const frequencies = inverseFrequencies(8, 10000);
      const table = matrix(positions.map((m) => frequencies.map((frequency) => m * frequency)));
      assert.deepEqual(turns(positions, frequencies, factor), turnsOf(table, factor));
    },
  ),
);

law(
  "长度是 1",
  fc.property(angles, (angle) => {
    const { cos, sin } = turnsOf(matrix([[angle]]));
    assert.ok(Math.abs(cos.data[0]! ** 2 + sin.data[0]! ** 2 - 1) < 4e-16);
  }),
);

Deno.test("手算：0 不转；整圈的每一份附近都准；一百万个位置里隔着取的都准", () => {
  assert.deepEqual(turnsOf(matrix([[0]])), { cos: matrix([[1]]), sin: matrix([[0]]) });
  const parts = Array.from({ length: 4096 }, (_, k) => Math.round((k - 2048) * Math.PI / 1024 * 2 ** 40) / 2 ** 40);
  assert.ok(worst(parts) < 6e-17);
  const far = Array.from({ length: 2000 }, (_, n) => n * 524 + 1);
  assert.ok(worst(far) < 6e-17);
});

Deno.test("系数乘在两样上；角度里的 NaN 照样往下传；位置、角频率里的拒绝", () => {
  const { cos, sin } = turns([2], [1], -3);
  assert.deepEqual([cos.data[0], sin.data[0]], [-3 * Math.cos(2), -3 * Math.sin(2)]);
  assert.ok(Number.isNaN(turnsOf(matrix([[Infinity]])).sin.data[0]));
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => turns([2], [1, bad]), { message: `无法算转角：需要有限的数：现在是 ${bad}` });
    assert.throws(() => rotary("坏", { frequencies: [bad], dimension: 2 }), /无法造旋转的编码：需要有限的数/);
  }
  assert.throws(() => turns([NaN], [1]), /无法算转角：需要有限的数：现在是 NaN/);
  assert.throws(() => turns([1], [1], Infinity), /无法算转角，定注意力系数：需要有限的数/);
  assert.throws(() => turnsOf(matrix([[1]]), NaN), /无法算转角，定注意力系数：需要有限的数/);
  assert.throws(() => turnsOf([[1]] as never), /无法算转角：需要/);
});
