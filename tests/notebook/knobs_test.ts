import assert from "node:assert/strict";
import fc from "fast-check";
import { check } from "@lib/notebook/check.ts";
import { exercise } from "@lib/notebook/exercise.ts";
import { guess } from "@lib/notebook/guess.ts";
import { assertKnobs, currentKnobs, KnobError, knobs, type Range } from "@lib/notebook/knobs.ts";
import { law } from "../property.ts";
import { printed } from "./printed.ts";

/** 抛出的 KnobError 的消息；没抛就失败。 */
function refusal(values: Record<string, unknown>, ranges: Record<string, Range> = {}): string {
  try {
    knobs(values as Record<string, number>, ranges);
  } catch (error) {
    assert.ok(error instanceof KnobError && error instanceof RangeError, String(error));
    assert.equal(error.name, "KnobError");
    return error.message;
  }
  assert.fail(`${JSON.stringify(values)} 通过了`);
}

Deno.test("合要求的旋钮：一行回执，记住这组值", () => {
  assert.deepEqual(printed(() => knobs({ L: 4, d: 8, base: 10000, seed: 1 })), [
    "旋钮：长度 L = 4，维数 d = 8，底数 base = 10000，随机种子 seed = 1",
  ]);
  assert.deepEqual(currentKnobs(), { L: 4, d: 8, base: 10000, seed: 1 });
  assert.deepEqual(printed(() => knobs({ k: 2.5 }, { k: { min: 0, max: 9 } })), ["旋钮：k = 2.5"]);
  assertKnobs();
});

Deno.test("两头都算在内", () => {
  for (const L of [1, 8192]) knobs({ L });
  for (const d of [2, 256]) knobs({ d });
  for (const base of [1.001, 1e9, 2.5]) knobs({ base });
  for (const seed of [0, 2 ** 31 - 1]) knobs({ seed });
  for (const L of [0, 16385]) refusal({ L });
  for (const d of [0, 258]) refusal({ d });
  for (const base of [1, 1e9 + 1]) refusal({ base });
  for (const seed of [-1, 2 ** 31]) refusal({ seed });
  knobs({});
});

Deno.test("每一种坏值各有一句，说要写什么、现在是什么、可以写什么", () => {
  const L = "L 要写 1 到 8192 之间的整数，现在是";
  const cases: [unknown, string][] = [
    [0, `${L} 0；例如 const L = 1;`],
    [-1, `${L} -1；例如 const L = 1;`],
    [3.5, `${L} 3.5；例如 const L = 4;`],
    [8191.5, `${L} 8191.5；例如 const L = 8192;`],
    [NaN, `${L} NaN；例如 const L = 1;`],
    [Infinity, `${L} Infinity；例如 const L = 8192;`],
    [-Infinity, `${L} -Infinity；例如 const L = 1;`],
    [1e300, `${L} 1e+300；例如 const L = 8192;`],
    ["4", `${L}字符串 "4"（去掉引号）；例如 const L = 4;`],
    ["四", `${L}字符串 "四"；例如 const L = 1;`],
    ["", `${L}字符串 ""；例如 const L = 1;`],
    [4n, `${L} BigInt 4n；例如 const L = 1;`],
    [[4], `${L} [4]；例如 const L = 1;`],
    [true, `${L} true；例如 const L = 1;`],
    [undefined, `${L} undefined；例如 const L = 1;`],
    [null, `${L} null；例如 const L = 1;`],
    [Symbol("L"), `${L} Symbol(L)；例如 const L = 1;`],
  ];
  for (const [value, message] of cases) assert.equal(refusal({ L: value }), message);
  assert.equal(refusal({ d: 7 }), "d 要写 2 到 256 之间的偶数，现在是 7；例如 const d = 8;");
  assert.equal(refusal({ base: 1 }), "base 要写 1.001 到 1000000000 之间的数，现在是 1；例如 const base = 1.001;");
  assert.equal(
    refusal({ d: 6 }, { d: { min: 4, max: 64, multipleOf: 4 } }),
    "d 要写 4 到 64 之间、4 的倍数，现在是 6；例如 const d = 8;",
  );
  assert.equal(
    refusal({ n: 70 }, { n: { min: 4, max: 66, multipleOf: 4 } }),
    "n 要写 4 到 66 之间、4 的倍数，现在是 70；例如 const n = 64;",
  );
});

Deno.test("几个一起错，一次说完，一行一个", () => {
  const message = refusal({ L: 0, d: 7, base: 10000, seed: 1.5 });
  assert.deepEqual(message.split("\n").map((line) => line.split(" ")[0]), ["L", "d", "seed"]);
});

const ranges: Record<string, Range> = {
  d: { min: 4, max: 66, multipleOf: 4 },
  t: { min: -7, max: 9, multipleOf: 2 },
  p: { min: 0.25, max: 0.75 },
};
const badValues = fc.oneof(
  fc.double(),
  fc.integer({ min: -20, max: 20000 }),
  fc.double({ min: -10, max: 100, noNaN: true }),
  fc.integer({ min: -20, max: 300 }).map(String),
  fc.string(),
  fc.constantFrom<unknown>(null, undefined, true, 4n, [], {}, Symbol("s")),
);

law(
  "建议的值自己一定合要求；照着改就通过",
  fc.property(fc.constantFrom("L", "d", "base", "seed", "t", "p"), badValues, (name, value) => {
    try {
      knobs({ [name]: value as number }, ranges);
    } catch (error) {
      assert.ok(error instanceof KnobError);
      const suggested = /例如 const (\w+) = ([-+.\de]+);$/.exec(error.message);
      assert.ok(suggested, error.message);
      assert.equal(suggested[1], name);
      knobs({ [name]: Number(suggested[2]) }, ranges);
    }
  }),
  1000,
);

law(
  "建议取离写的那个最近的合法值（整数旋钮）",
  fc.property(fc.double({ min: -50, max: 20000, noNaN: true }).filter((L) => !Number.isInteger(L)), (L) => {
    const suggested = Number(/const L = (\d+);/.exec(refusal({ L }))![1]);
    assert.ok(Math.abs(suggested - Math.min(8192, Math.max(1, L))) < 1);
  }),
);

Deno.test("没通过以后，后面的格都被挡住，通过了就放行", () => {
  const cells: [string, () => unknown][] = [
    ["check", () => check("c", 0, 1)],
    ["check 不适用", () => check("c", 0, 1, { when: "没有" })],
    ["guess", () => guess("问", { A: "甲" }, "A")],
    ["exercise", () => exercise("练习", undefined, [])],
    ["assertKnobs", () => assertKnobs()],
  ];
  knobs({ L: 4 });
  const opened = printed(() => cells.forEach(([, cell]) => cell()));
  assert.ok(opened.length > 0);
  const early = guess.bind(null, "问", { A: "甲", B: "乙" }, "A");
  let placed: ReturnType<typeof early> | undefined;
  printed(() => placed = early());

  const reason = refusal({ L: 0 });
  const silent = printed(() => {
    for (const [name, cell] of cells) {
      assert.throws(cell, {
        name: "KnobError",
        message: `旋钮没通过，这一格先不算。先改最上面的旋钮：\n${reason}`,
      }, name);
    }
    assert.throws(() => placed!.settle({ A: true, B: false }), KnobError);
  });
  assert.deepEqual(silent, []);
  assert.deepEqual(currentKnobs(), { L: 4 }, "坏值不会被记住");

  knobs({ L: 5 });
  assert.deepEqual(printed(() => cells.forEach(([, cell]) => cell())), opened.map((line) => line.replace("4", "5")));
});

Deno.test("课里自己的旋钮没写范围：是写课的人的错，不算拒绝", () => {
  assert.throws(() => knobs({ window: 4 }), {
    name: "TypeError",
    message: "无法验旋钮 window：需要在 knobs 的第二个参数里写它的范围：现在没有写",
  });
});
