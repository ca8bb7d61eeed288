import assert from "node:assert/strict";
import fc from "fast-check";
import { floater, floaterInitial } from "@lib/encodings/floater.ts";
import { networkField, rungeKutta } from "@lib/encodings/ode.ts";
import { matrix, maxDifference, zeros } from "@lib/matrix.ts";
import golden from "../golden/floater.json" with { type: "json" };
import { assertClose, assertSameAttention } from "../golden/golden.ts";
import { law } from "../property.ts";

const { tolerance } = golden.provenance;
const field = networkField(
  [matrix(golden.hiddenWeights), golden.hiddenBiases],
  [matrix(golden.outputWeights), golden.outputBiases],
);
const start = { query: golden.paths.query.start, key: golden.paths.key.start, value: golden.paths.value.start };
const encoding = floater({ start, field, length: 101, steps: golden.innerSteps });

Deno.test("金标准：三份位置向量解到第 100 个位置", () => {
  for (const part of ["query", "key", "value"] as const) {
    const rows = encoding[part]!(zeros(golden.positions.length, 4), Float64Array.from(golden.positions));
    assertClose(part, rows, golden.paths[part].rows, tolerance);
  }
});

Deno.test("金标准：注意力，三份分别加在查询、键、值上", () => {
  assertSameAttention(golden.attention, encoding, golden.attention.causal, tolerance);
});

law(
  "h(p) = B·p 时是转圈，和 cos、sin 差不到 1e-9；步子减半，误差小到十六分之一上下",
  fc.property(fc.double({ min: 1, max: 5, noNaN: true }), (speed) => {
    const circle = ([x = 0, y = 0]: Float64Array) => [-speed * y, speed * x];
    const miss = (steps: number) => {
      let p = new Float64Array([1, 0]) as Float64Array;
      for (let n = 0; n < steps; n++) p = rungeKutta(circle, p, n / steps, 1 / steps);
      return Math.hypot(p[0]! - Math.cos(speed), p[1]! - Math.sin(speed));
    };
    const ratio = miss(10) / miss(20);
    assert.ok(ratio > 12 && ratio < 40, `${ratio}`);
    const rotating = floater({ start: { query: [1, 0], key: [0, 0], value: [0, 0] }, field: circle, length: 101 });
    const [x, y] = rotating.query!(zeros(1, 2), new Float64Array([100])).data;
    assert.ok(Math.hypot(x! - Math.cos(speed), y! - Math.sin(speed)) < 1e-9);
  }),
  30,
);

Deno.test("手算：时刻 t 接在每层输入的后面；一步 RK4 解 dp/dt = t 是 t²/2，一点误差也没有", () => {
  const one = networkField([matrix([[1], [0]]), [0]], [matrix([[0], [1]]), [0]]); // h = t
  assert.deepEqual([...rungeKutta(one, new Float64Array([5]), 2, 1)], [5 + (9 - 4) / 2]);
  const clipped = networkField([matrix([[1], [0]]), [0]], [matrix([[1], [0]]), [0]]); // h = relu(p)
  assert.deepEqual([...rungeKutta(clipped, new Float64Array([-3]), 0, 1)], [-3]);
});

Deno.test("初值在范围里；解几步由 steps 定；不写是 5", () => {
  const parameters = floaterInitial({ dimension: 4, length: 60, seed: 2 }), far = new Float64Array([59]);
  const at = (steps?: number) => floater({ ...parameters, ...(steps && { steps }) }).key!(zeros(1, 4), far);
  assert.deepEqual(at(), at(5));
  assert.notDeepEqual(at(1), at(5));
  assert.ok(maxDifference(at(1), at(5)) < 1e-4);
});

Deno.test("拒绝：方向场维数不对，长度、步数不对，位置不是整数、到头", () => {
  const good = { start: { query: [1], key: [1], value: [1] }, field: () => [0], length: 3 };
  assert.throws(() => floater({ ...good, field: () => [0, 0] }), /无法用方向场：需要 1 个数：现在是 2/);
  assert.throws(() => floater({ ...good, steps: 0 }), /无法定 FLOATER 的步数/);
  assert.throws(() => floater({ ...good, length: 0 }), /无法定递归式的长度/);
  const { query } = floater(good);
  assert.throws(() => query!(zeros(1, 1), new Float64Array([3])), /无法按位置查 FLOATER 的表：需要 0 到 2 的位置/);
  assert.throws(() => query!(zeros(1, 1), new Float64Array([0.5])), /需要整数位置/);
  assert.throws(() => networkField([zeros(3, 2), [0, 0]], [zeros(3, 1), [0]]), /无法造方向场：需要 2 行的矩阵/);
});
