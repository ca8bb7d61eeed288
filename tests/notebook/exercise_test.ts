import assert from "node:assert/strict";
import { exercise, type Property } from "@lib/notebook/exercise.ts";
import { knobs } from "@lib/notebook/knobs.ts";
import { printed } from "./printed.ts";

knobs({ L: 4 });

/** 判分的结果和印出来的行。 */
function marked<Answer>(
  answer: Answer | undefined,
  properties: ReadonlyArray<Property<Answer>>,
  sample: readonly unknown[] = [],
): [boolean, ...string[]] {
  const lines = printed(() => exercise("练习 1", answer, properties, sample));
  return [lines[0]!.startsWith("✓"), ...lines];
}

type Rotate = (q: readonly number[]) => readonly number[] | undefined;
const asked: string[] = [];
const kept: Property<Rotate> = {
  name: "转完长度不变",
  measure: (rotate) => (asked.push("kept"), Math.hypot(...rotate([3, 4])!) - 5),
  bound: 1e-12,
  hint: "检查两个式子里的正负号",
};
const quarter: Property<Rotate> = {
  name: "转四分之一圈",
  measure: (rotate) => (asked.push("quarter"), rotate([1, 0])![1]!),
  bound: { min: 1, max: 1 },
  hint: "从 (1, 0) 转到 (0, 1)",
};
const notYet: [false, string] = [false, "✎ 练习 1：还没写。写完再跑这一格，会一条一条查性质。"];

Deno.test("还没写：undefined、NaN、返回 undefined 的函数；不抛错，也不量", () => {
  asked.length = 0;
  assert.deepEqual(marked(undefined, [kept]), notYet);
  assert.deepEqual(marked<number>(NaN, [{ name: "是正数", measure: (x) => x, bound: { min: 0 }, hint: "" }]), notYet);
  assert.deepEqual(marked<Rotate>(() => undefined, [kept], [[3, 4]]), notYet);
  assert.deepEqual(asked, []);
});

Deno.test("桩用给的样例试：样例原样传进去", () => {
  const seen: unknown[] = [];
  marked<(...all: unknown[]) => number>((...all) => (seen.push(...all), 1), [], ["甲", 2]);
  assert.deepEqual(seen, ["甲", 2]);
});

Deno.test("不对：说哪一条、量到多少、要求多少、从哪里查起，停在第一条", () => {
  asked.length = 0;
  assert.deepEqual(marked<Rotate>(([x, y]) => [2 * x!, y!], [kept, quarter], [[3, 4]]), [
    false,
    "✗ 练习 1：“转完长度不变”不成立：量到 2.211，要求绝对值 ≤ 1e-12。检查两个式子里的正负号",
  ]);
  assert.deepEqual(asked, ["kept"]);
  assert.deepEqual(marked<Rotate>(([x, y]) => [y!, -x!], [kept, quarter], [[3, 4]]), [
    false,
    "✗ 练习 1：“转四分之一圈”不成立：量到 −1，要求 = 1。从 (1, 0) 转到 (0, 1)",
  ]);
  assert.equal(
    marked<Rotate>(() => [NaN, 1], [kept])[1],
    "✗ 练习 1：“转完长度不变”不成立：量到 NaN，要求绝对值 ≤ 1e-12。检查两个式子里的正负号",
  );
});

Deno.test("对：写法不同也算对", () => {
  const passed = [true, "✓ 练习 1：2 条性质都满足。"];
  assert.deepEqual(marked<Rotate>(([x, y]) => [-y!, x!], [kept, quarter], [[3, 4]]), passed);
  const angle = Math.PI / 2;
  const longWay: Rotate = ([x, y]) => [
    x! * Math.cos(angle) - y! * Math.sin(angle),
    x! * Math.sin(angle) + y! * Math.cos(angle),
  ];
  assert.deepEqual(marked(longWay, [kept, quarter], [[3, 4]]), passed);
  assert.deepEqual(marked(0, [{ name: "是零", measure: (x: number) => x, bound: 0, hint: "" }])[0], true);
});

Deno.test("代码抛错：印出来，不往外抛，后面的格照跑", () => {
  const thrown: Rotate = () => {
    throw new RangeError("出界了");
  };
  assert.deepEqual(marked(thrown, [kept], [[3, 4]]), [false, "✗ 练习 1：跑你的代码时出错：出界了"]);
  const onlyLater: Rotate = (q) =>
    q.length > 2 ? [1] : (() => {
      throw "一句话";
    })();
  assert.deepEqual(marked(onlyLater, [kept], [[1, 2, 3]]), [false, "✗ 练习 1：跑你的代码时出错：一句话"]);
});

Deno.test("量出来的不是数：说出来，不算通过", () => {
  const answers: [unknown, string][] = [[true, " true"], ["5", '字符串 "5"'], [undefined, " undefined"]];
  for (const [measured, saying] of answers) {
    assert.deepEqual(marked(1, [{ name: "性质", measure: () => measured as number, bound: 1, hint: "" }]), [
      false,
      `✗ 练习 1：跑你的代码时出错：无法核对：需要一个量出来的数：现在是${saying}`,
    ]);
  }
});
