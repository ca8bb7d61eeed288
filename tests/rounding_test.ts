// 舍入到 bf16、f16、f32：和硬件、和位运算两条路对照。
import assert from "node:assert/strict";
import fc from "fast-check";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { floatFormats, roundAll, roundTo } from "@lib/rounding.ts";
import { law } from "./property.ts";

const { bf16, f16, f32 } = floatFormats;
const anything = fc.oneof(
  fc.double(),
  fc.double({ min: -1e5, max: 1e5 }),
  fc.double({ min: -1e-37, max: 1e-37 }), // 非正规数
  fc.double({ min: -1e-4, max: 1e-4 }),
);

law(
  "f32：和 Math.fround 一个比特也不差，包括 −0、非正规数、溢出",
  fc.property(anything, (x) => assert.ok(Object.is(roundTo(x, f32), Math.fround(x)), `${x}`)),
  3000,
);

/** V8 自带的单次舍入；TypeScript 的类型表里还没有它。 */
const f16round = (Math as unknown as { f16round: (x: number) => number }).f16round;

law(
  "f16：和 Math.f16round 一个比特也不差",
  fc.property(anything, (x) => assert.ok(Object.is(roundTo(x, f16), f16round(x)), `${x}`)),
  3000,
);

law(
  "bf16：对单精度的数，和“看低 16 位，四舍六入五成双”的位运算一样",
  fc.property(fc.float(), (x) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, x);
    const word = view.getUint32(0), high = word >>> 16, low = word & 0xffff;
    const up = low > 0x8000 || (low === 0x8000 && high % 2 === 1);
    view.setUint32(0, ((high + Number(up)) << 16) >>> 0);
    const expected = Number.isNaN(x) ? NaN : view.getFloat32(0);
    assert.ok(Object.is(roundTo(x, bf16), expected), `${x}`);
  }),
  3000,
);

law(
  "舍入两次等于舍入一次；不减；离原数不超过半格",
  fc.property(anything, anything, fc.constantFrom(bf16, f16, f32), (a, b, format) => {
    const [x, y] = [roundTo(a, format), roundTo(b, format)];
    assert.ok(Object.is(roundTo(x, format), x));
    if (a <= b) assert.ok(x <= y);
    if (Number.isFinite(x) && Math.abs(a) >= 2 ** format.minExponent) {
      assert.ok(Math.abs(x - a) <= Math.abs(a) * 2 ** -format.precision);
    }
  }),
  1000,
);

Deno.test("手算：五成双，从双精度一步到位", () => {
  assert.deepEqual([...roundAll([1 + 2 ** -8, 1 + 3 * 2 ** -8, 257, 259], bf16)], [1, 1 + 2 ** -6, 256, 260]);
  // 比中点多一点点：先变单精度就丢了那一点，再舍入就错成偶数。
  const x = 1 + 2 ** -8 + 2 ** -40;
  assert.equal(roundTo(x, bf16), 1 + 2 ** -7);
  assert.equal(roundTo(Math.fround(x), bf16), 1);
  assert.deepEqual([65519, 65520, -65520].map((v) => roundTo(v, f16)), [65504, Infinity, -Infinity]);
  assert.deepEqual([2 ** -24, 2 ** -25, 3 * 2 ** -25].map((v) => roundTo(v, f16)), [2 ** -24, 0, 2 ** -23]);
});

Deno.test("位置在 bf16 里会撞上：0 到 8191 只剩 897 个，第一次撞在 257", () => {
  const places = roundAll(Float64Array.from({ length: 8192 }, (_, m) => m), bf16);
  assert.equal(new Set(places).size, 897);
  assert.equal(places.findIndex((m, n) => n > 0 && m === places[n - 1]), 257);
});

Deno.test("位置 1000：角度舍入成 bf16 再取 cos，错得没法用；先取 cos 再舍入，差不到 0.004", () => {
  const angles = inverseFrequencies(128, 10000).map((f) => 1000 * f), cos = angles.map(Math.cos);
  const worst = (got: Float64Array) => Math.max(...got.map((x, i) => Math.abs(x - cos[i]!)));
  assert.ok(worst(roundAll(angles, bf16).map(Math.cos)) > 1);
  assert.ok(worst(roundAll(cos, bf16)) < 0.004);
});

Deno.test("拒绝：不是数，不是一种浮点数", () => {
  assert.throws(() => roundTo("1" as never, bf16), /无法舍入：需要一个数：现在是字符串 "1"/);
  assert.throws(() => roundTo(1, undefined as never), /无法舍入：需要一组设置（对象）/);
  assert.throws(() => roundAll("12" as never, bf16), /无法舍入：需要一串数/);
});
