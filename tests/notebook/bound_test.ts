import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bound, boundWords, measuredWords, meets, shortNumber } from "@lib/notebook/bound.ts";
import { law } from "../property.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

law(
  "一个数 b 就是 −b 到 b；两头都含在内",
  fc.property(finite, finite, (measured, b) => {
    assert.equal(meets(measured, Math.abs(b)), Math.abs(measured) <= Math.abs(b));
    assert.equal(meets(measured, { max: b }), measured <= b);
    assert.equal(meets(measured, { min: b }), measured >= b);
    assert.ok(meets(b, { min: b, max: b }) && meets(b, Math.abs(b)) && meets(-b, Math.abs(b)));
  }),
  200,
);

Deno.test("NaN 什么要求都不满足", () => {
  for (const bound of [0, 1, Infinity, { min: -Infinity }, { max: Infinity }, { min: 0, max: 1 }]) {
    assert.equal(meets(NaN, bound), false);
  }
});

Deno.test("不是数，就不是量出来的", () => {
  const cases: [unknown, string][] = [
    [true, " true"],
    [false, " false"],
    ["4", '字符串 "4"'],
    [undefined, " undefined"],
    [null, " null"],
    [4n, " BigInt 4n"],
    [[1], " [1]"],
  ];
  for (const [measured, saying] of cases) {
    assert.throws(() => meets(measured as number, 1), {
      name: "TypeError",
      message: `无法核对：需要一个量出来的数：现在是${saying}`,
    });
  }
});

Deno.test("要求写错了，当场说", () => {
  const cases: [unknown, string][] = [
    [-1, " -1"],
    [NaN, " NaN"],
    ["1", '字符串 "1"'],
    [true, " true"],
    [null, " null"],
    [undefined, " undefined"],
    [{}, "一个对象"],
  ];
  for (const [bound, saying] of cases) {
    assert.throws(() => meets(1, bound as Bound), {
      name: "TypeError",
      message: `无法核对：需要非负数，或 { min, max } 至少写一头：现在是${saying}`,
    });
  }
});

Deno.test("要求怎么说", () => {
  const cases: [Bound, string][] = [
    [1e-12, "绝对值 ≤ 1e-12"],
    [0, "= 0"],
    [{ min: 7, max: 7 }, "= 7"],
    [{ min: 0.1 }, "≥ 0.1"],
    [{ max: -2 }, "≤ −2"],
    [{ min: -1, max: 1 }, "在 −1 和 1 之间"],
    [{ min: 0, max: 0 }, "= 0"],
  ];
  for (const [bound, words] of cases) assert.equal(boundWords(bound), words);
});

Deno.test("量到的怎么说：小残差只印上界，别的印四位", () => {
  const cases: [number, Bound, string][] = [
    [3.1e-15, 1e-12, "< 1e-12"],
    [-3.1e-15, 1e-12, "< 1e-12"],
    [0, 1e-12, "< 1e-12"],
    [3.1e-15, 1e-3, "< 1e-9"],
    [2e-9, 1e-3, "2e-9"],
    [1e-12, 1e-12, "1e-12"],
    [2e-12, 1e-12, "2e-12"],
    [0, 0, "0"],
    [1e-15, { min: 0 }, "1e-15"],
    [0.41999, { min: 0.1 }, "0.42"],
    [7, { min: 7, max: 7 }, "7"],
    [NaN, 1, "NaN"],
    [-Infinity, 1, "−∞"],
  ];
  for (const [measured, bound, words] of cases) assert.equal(measuredWords(measured, bound), words);
});

law(
  "相加次序带来的抖动（不到 1e-13）不改印出来的字",
  fc.property(
    fc.double({ min: -1e-13, max: 1e-13, noNaN: true }),
    fc.double({ min: -1e-13, max: 1e-13, noNaN: true }),
    fc.constantFrom(1e-12, 1e-9, 1e-6, 1),
    (a, b, bound) => assert.equal(measuredWords(a, bound), measuredWords(b, bound)),
  ),
);

Deno.test("短数：四位有效数字，整数照原样，真正的减号", () => {
  const cases: [number, string][] = [
    [-0.333333, "−0.3333"],
    [8192, "8192"],
    [-8192, "−8192"],
    [123456789, "123456789"],
    [12345.678, "12350"],
    [1e-12, "1e-12"],
    [-1.23456e-20, "−1.235e-20"],
    [1.5e300, "1.5e+300"],
    [0, "0"],
    [-0, "0"],
    [Infinity, "∞"],
    [NaN, "NaN"],
  ];
  for (const [value, text] of cases) assert.equal(shortNumber(value), text);
});
