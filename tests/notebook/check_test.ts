import assert from "node:assert/strict";
import { check, ClaimError } from "@lib/notebook/check.ts";
import { knobs } from "@lib/notebook/knobs.ts";
import { printed } from "./printed.ts";

const lines = (...parameters: Parameters<typeof check>) => printed(() => check(...parameters));

Deno.test("成立：一行印章，量到的和要求的都看得见", () => {
  knobs({ L: 4 });
  assert.deepEqual(lines("平移以后分数不变", 3e-15, 1e-12), ["✓ 平移以后分数不变：< 1e-12"]);
  assert.deepEqual(lines("平移以后分数不变", -3e-15, 1e-12), ["✓ 平移以后分数不变：< 1e-12"]);
  assert.deepEqual(lines("一个比特也不变", 0, 0), ["✓ 一个比特也不变：0"]);
  assert.deepEqual(lines("变了", 0.41999, { min: 0.1 }), ["✓ 变了：0.42（要求 ≥ 0.1）"]);
  assert.deepEqual(lines("有 7 个数", 7, { min: 7, max: 7 }), ["✓ 有 7 个数：7"]);
  assert.deepEqual(lines("差得不远", 2e-8, 1e-7), ["✓ 差得不远：2e-8（要求绝对值 ≤ 1e-7）"]);
  assert.deepEqual(lines("夹在中间", 0.5, { min: 0, max: 1 }), ["✓ 夹在中间：0.5（要求在 0 和 1 之间）"]);
  assert.deepEqual(lines("刚好到线", 1e-12, 1e-12), ["✓ 刚好到线：1e-12（要求绝对值 ≤ 1e-12）"]);
});

Deno.test("不成立：抛错，什么也不印", () => {
  const cases: [Parameters<typeof check>, string][] = [
    [["1 = 2", -1, 1e-12], "✗ 1 = 2：量到 −1，要求绝对值 ≤ 1e-12"],
    [["变了", 0, { min: 0.1 }], "✗ 变了：量到 0，要求 ≥ 0.1"],
    [["有 7 个", 8, { min: 7, max: 7 }], "✗ 有 7 个：量到 8，要求 = 7"],
    [["差一点", 2e-12, 1e-12], "✗ 差一点：量到 2e-12，要求绝对值 ≤ 1e-12"],
    [["坏数", NaN, 1], "✗ 坏数：量到 NaN，要求绝对值 ≤ 1"],
    [["坏数", NaN, { min: 0 }], "✗ 坏数：量到 NaN，要求 ≥ 0"],
    [["溢出", Infinity, 1], "✗ 溢出：量到 ∞，要求绝对值 ≤ 1"],
    [["1 = 2", 1, 0, { hint: "看看符号" }], "✗ 1 = 2：量到 1，要求 = 0。看看符号"],
    [["适用", 1, 0, { when: true }], "✗ 适用：量到 1，要求 = 0"],
  ];
  for (const [parameters, message] of cases) {
    const silent = printed(() => {
      assert.throws(() => check(...parameters), (error) => {
        assert.ok(error instanceof ClaimError);
        assert.deepEqual([error.name, error.message], ["ClaimError", message]);
        return true;
      });
    });
    assert.deepEqual(silent, []);
  }
});

Deno.test("只给一个布尔值：拒绝，不当作 1 或 0", () => {
  for (
    const [measured, saying] of [[true, " true"], [false, " false"], ["4", '字符串 "4"'], [undefined, " undefined"]]
  ) {
    assert.throws(() => check("分数相等", measured as never, 1), {
      name: "TypeError",
      message: `无法核对：需要一个量出来的数：现在是${saying}`,
    });
  }
  // @ts-expect-error 布尔值过不了类型检查：这一行若不再报错，类型就放宽了
  assert.throws(() => check("分数相等", 1 === 1, 1), TypeError);
  // @ts-expect-error 适用范围要么是 true，要么是一句原因
  printed(() => check("分数相等", 0, 1, { when: false }));
});

Deno.test("不适用：既不算对也不算错，说出原因和 L", () => {
  knobs({ L: 1 });
  const L: number = 1;
  assert.deepEqual(lines("换序", 5, 0, { when: L >= 2 || "没有第二个词元可换" }), [
    "— 换序：L = 1 时不适用：没有第二个词元可换",
  ]);
  assert.deepEqual(lines("换序", NaN, 0, { when: "没有第二个词元可换" }), [
    "— 换序：L = 1 时不适用：没有第二个词元可换",
  ]);
  knobs({ d: 8 });
  assert.deepEqual(lines("换序", 5, 0, { when: "d 太小" }), ["— 换序：不适用：d 太小"]);
});
