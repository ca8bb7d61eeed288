import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { family, familyNames } from "@lib/bench/family.ts";
import { compose } from "@lib/compose.ts";
import { type Encoding, nope } from "@lib/encoding.ts";
import { add, maxDifference, subtract } from "@lib/matrix.ts";
import { input } from "./encodings/problem.ts";
import { law } from "./property.ts";

const d = 8, all = Object.fromEntries(family({ d, length: 64 }).map((one) => [one.name, one]));
const problem = { d, seed: 4, causal: true, positions: [0, 1, 2, 5, 9] };
const trace = (encoding: Encoding) => attention(input(problem, () => encoding));

law(
  "往分数上加的，加起来，先后无关：多出来的正好是各自多出来的之和",
  fc.property(
    fc.constantFrom("ALiBi", "clip", "KERPLE", "Sandwich", "Shaw", "Transformer-XL", "FIRE"),
    fc.constantFrom("ALiBi", "clip", "KERPLE", "Sandwich", "Shaw"),
    (a, b) => {
      const plain = trace(nope).scores,
        extra = (one: Encoding) => {
          const { scores } = trace(one);
          return { ...scores, data: scores.data.map((s, c) => s === -Infinity ? 0 : s - plain.data[c]!) };
        };
      const together = extra(compose(all[a]!, all[b]!));
      assert.ok(maxDifference(together, add(extra(all[a]!), extra(all[b]!))) < 1e-12);
      assert.ok(maxDifference(together, extra(compose(all[b]!, all[a]!))) < 1e-12);
    },
  ),
);

Deno.test("和 NoPE 合，等于没合；三个一起合，和两个两个合一样", () => {
  for (const one of Object.values(all)) {
    assert.deepEqual(trace(compose(nope, one)).output, trace(one).output, one.name);
    assert.deepEqual(trace(compose(one, nope)).output, trace(one).output, one.name);
  }
  const [a, b, c] = [all["RoPE"]!, all["ALiBi"]!, all["Shaw"]!];
  assert.equal(compose(a, b, c).name, "RoPE + ALiBi + Shaw");
  assert.deepEqual(trace(compose(a, b, c)).output, trace(compose(a, compose(b, c))).output);
});

Deno.test("值上按距离加的，也加起来", () => {
  const half = (name: string, k: number): Encoding => ({
    name,
    sum: (t) => ({ rows: t.length, columns: d, data: new Float64Array(t.length * d).fill(k) }),
  });
  const lifted = subtract(trace(compose(half("一", 1), half("二", 2))).output, trace(nope).output);
  assert.ok(lifted.data.every((x) => Math.abs(x - 3) < 1e-12));
});

/** 每个编码占了哪些只容一个的地方。 */
const places = ["embed", "query", "key", "value", "output", "row", "scale"] as const;

Deno.test("每两个编码：占同一处的拒绝，并且说出两个名字和那一处；不占的，合得起来", () => {
  let refused = 0, composed = 0;
  for (const a of familyNames.map((name) => all[name]!)) {
    for (const b of familyNames.map((name) => all[name]!)) {
      const shared = places.filter((place) => a[place] && b[place]);
      if (shared.length === 0) {
        const both = compose(a, b);
        assert.equal(both.causalOnly ?? false, (a.causalOnly ?? false) || (b.causalOnly ?? false));
        assert.ok(trace(both).output.data.every(Number.isFinite), both.name);
        composed++;
      } else {
        assert.throws(
          () => compose(a, b),
          (error: Error) =>
            error.name === "ShapeError" &&
            error.message.startsWith(`无法把 ${a.name} 和 ${b.name} 合起来用：需要只有一个编码`),
        );
        refused++;
      }
    }
  }
  assert.equal(refused + composed, familyNames.length ** 2);
  assert.ok(refused > 80 && composed > 200, `${refused} 拒绝，${composed} 合成`);
});

Deno.test("拒绝：一个也没给，不是编码；忘了 return 的，合起来也说得出", () => {
  assert.throws(() => compose(), /无法合起来用：需要至少一个编码：现在是 \[\]/);
  assert.throws(() => compose(nope, undefined as never), /无法合起来用：需要一个个编码/);
  const forgot: Encoding = { name: "忘了", score: (() => undefined) as never };
  for (const pair of [[forgot, all["ALiBi"]!], [all["ALiBi"]!, forgot]] as const) {
    assert.throws(() => trace(compose(...pair)), /的 score：.*是不是忘了 return/);
  }
  const short: Encoding = { name: "短", score: () => ({ bias: new Float64Array(1) }) };
  assert.throws(() => trace(compose(all["ALiBi"]!, short)), /无法把偏置加起来：需要 1 个数/);
});

Deno.test("写了 undefined 的钩子不算有；只用于因果的，合起来还是只用于因果", () => {
  const turning = all["RoPE"]!, empty = { name: "空", query: undefined, key: undefined } as never;
  assert.deepEqual(trace(compose(turning, empty)).scores, trace(turning).scores);
  assert.equal(compose(all["xPos"]!, { name: "甲", causalOnly: false }).causalOnly, true);
  assert.equal(compose({ name: "甲", causalOnly: false }, all["xPos"]!).causalOnly, true);
  assert.throws(() => compose(all["Transformer-XL"]!, all["T5"]!), /需要只有一个编码定点积乘多少/);
  assert.throws(() => compose(all["VO-RoPE"]!, { name: "乙", output: (rows) => rows }), /需要只有一个编码改输出/);
});

Deno.test("全家里没有的名字，连对象自带的 toString 也不认", () => {
  assert.throws(() => family({ d, length: 8 }, ["toString"]), /需要全家里的一个名字：现在是字符串 "toString"/);
});
