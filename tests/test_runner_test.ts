/** 跑测试的那个程序自己也要测：它说绿，就得真绿。 */
import assert from "node:assert/strict";
import { closing, countTests, readable, reasons } from "../tools/test.ts";

Deno.test("从 deno test 的收尾行数出结果", () => {
  assert.deepEqual(countTests("ok | 3 passed | 0 failed (12ms)", true), { passed: 3, failed: 0, ignored: 0 });
  assert.deepEqual(
    countTests("FAILED | 44 passed (14 steps) | 1 failed (1 step) | 2 ignored | 5 filtered out (24s)\n", false),
    { passed: 44, failed: 1, ignored: 2 },
  );
  const two = "ok | 9 passed | 0 failed (1s)\n测试里印的假行\nok | 1 passed | 0 failed (1s)";
  assert.equal(countTests(two, true).passed, 1, "以最后一行为准");
});

Deno.test("空的绿灯、没有收尾就断了、说好却退出非零，都算失败", () => {
  assert.equal(countTests("ok | 0 passed | 0 failed (2ms)", true).failed, 1);
  assert.equal(countTests("error: Module not found", false).failed, 1);
  assert.equal(countTests("", true).failed, 1);
  assert.equal(countTests("ok | 3 passed | 0 failed (12ms)", false).failed, 1);
});

Deno.test("最后一行是总数，跳过的另说，在 CI 里算失败", () => {
  const outcomes = [{ passed: 3, failed: 0, ignored: 0 }, { passed: 4, failed: 0, ignored: 2 }];
  assert.deepEqual(closing(outcomes, false, false), {
    lines: ["跳过 2（没有 Chromium）", "7 passed, 0 failed"],
    ok: true,
  });
  assert.deepEqual(closing(outcomes, true, true).lines.at(-1), "7 passed, 2 failed");
  assert.equal(closing(outcomes, true, true).ok, false);
  const red = [...outcomes, { passed: 0, failed: 1, ignored: 0 }];
  assert.deepEqual(closing(red, false, true).lines, ["跳过 2", "7 passed, 1 failed"]);
  assert.equal(closing(red, false, true).ok, false);
});

Deno.test("失败时只印详情，印不出详情就全印", () => {
  assert.equal(readable("一百个通过的\n\n ERRORS \n\n某个 => 文件:1"), "ERRORS \n\n某个 => 文件:1");
  assert.equal(readable("error: TS2322\n"), "error: TS2322");
  const routine = "Check a.ts\nWarning Failed resolving types. 没有 zlib\n    at file:///x.d.ts:1:1\n";
  assert.equal(readable(`${routine}error: 缺文档\n    at lib/a.ts:3:1\n`), "error: 缺文档\n    at lib/a.ts:3:1");
});

Deno.test("失败的原因，一个一行：哪一步，哪句话", () => {
  const one = (name: string) =>
    `${name} => ./tests/a_test.ts:2:39\nerror: AssertionError: 不等：\n\n1 !== 2\n\n    at file:///a.ts:2:65\n`;
  const output = ` ERRORS \n\n${one("甲 ... 一步")}\n${
    one("乙")
  }\n FAILURES \n\n甲 ... 一步 => ./tests/a_test.ts:2:39\n`;
  assert.deepEqual(reasons(output), [
    "✗ 甲 ... 一步：AssertionError: 不等： 1 !== 2",
    "✗ 乙：AssertionError: 不等： 1 !== 2",
  ]);
  assert.equal(reasons(output, 1).length, 1);
  assert.deepEqual(reasons("ok | 3 passed | 0 failed (1s)"), []);
});
