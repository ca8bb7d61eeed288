// 会自动求导的图和库里的 attention 是同一件事：分数差不到 1e-5；梯度和双精度的有限差分一致。
import assert from "node:assert/strict";
import fc from "fast-check";
import { scaled } from "@lib/matrix.ts";
import { uniforms } from "@lib/random.ts";
import { byCell, trainableAlibi, trainableT5 } from "@lib/training/biases.ts";
import { initialParameters, mask, type Model, requireModel } from "@lib/training/model.ts";
import { type Batch, compiled } from "@lib/training/objective.ts";
import { oneHot, type Parameters, tensor, tensors } from "@lib/training/tensor.ts";
import { trainableLearned } from "@lib/training/absolute.ts";
import { type Shape, still } from "@lib/training/trainable.ts";
import { trainableRope, trainableShaw } from "@lib/training/vectors.ts";
import { law } from "../property.ts";
import { all, reference, referenceLoss, shaken } from "./reference.ts";

const plain: Model = {
  ...{ vocabulary: 5, answers: 3, dimension: 8, heads: 1, layers: 1 },
  ...{ causal: true, residual: false, norm: false, mlp: false },
};
const range = (L: number, from = 0) => Float64Array.from({ length: L }, (_, i) => from + i);
const shapeOf = (model: Model): Shape => ({ ...model, positions: 64 });

/** 随便一批题，一半的位置要作答。 */
function someBatch(model: Model, length: number, seed: number, count = 2): Batch {
  const next = uniforms(seed, 0, 1), pick = (n: number) => Math.floor(next() * n);
  const tokens = Array.from({ length: count * length }, () => pick(model.vocabulary));
  const answers = tokens.map((_, n) => n % 2 === 0 ? pick(model.answers) : -1);
  return { count, length, tokens, answers };
}

/** 各种样子的模型。 */
const models: Readonly<Record<string, Model>> = {
  一层一头因果: plain,
  一层两头双向: { ...plain, heads: 2, causal: false },
  两层什么都开: { ...plain, heads: 2, layers: 2, residual: true, norm: true, mlp: true },
};

for (const [what, model] of Object.entries(models)) {
  for (const encoding of all(shapeOf(model))) {
    const positions = range(6, 3), parameters = { ...initialParameters(model, 1), ...shaken(encoding) };
    const batch = someBatch(model, 6, 2), objective = () => compiled(model, encoding, positions);

    Deno.test(`图 = 库：${encoding.name}，${what}`, () => {
      const found = objective(), scores = found.scores(parameters, batch);
      const wanted = reference(parameters, batch, model, encoding, positions).flatMap((m) => [...m.data]);
      assert.equal(scores.length, wanted.length);
      wanted.forEach((s, n) => assert.ok(Math.abs(s - scores[n]!) < 1e-5, `第 ${n} 个：${scores[n]} 和 ${s}`));
      found.dispose();
    });

    Deno.test(`梯度 = 有限差分：${encoding.name}，${what}`, () => {
      const found = objective(), { loss, gradients } = found.slope(parameters, batch);
      assert.ok(Math.abs(loss - referenceLoss(parameters, batch, model, encoding, positions)) < 1e-5);
      assert.deepEqual(Object.keys(gradients), Object.keys(parameters));
      for (const [name, m] of Object.entries(parameters)) {
        const size = Math.max(...gradients[name]!.data.map(Math.abs)), cells = m.data.length;
        for (let n = 0; n < cells; n += Math.max(1, Math.floor(cells / 7))) {
          const h = 1e-5,
            moved = (by: number): Parameters => ({
              ...parameters,
              [name]: { ...m, data: m.data.with(n, m.data[n]! + by) },
            });
          const at = (by: number) => referenceLoss(moved(by), batch, model, encoding, positions);
          const slope = (at(h) - at(-h)) / (2 * h), graph = gradients[name]!.data[n]!;
          assert.ok(Math.abs(slope - graph) < 1e-5 + 1e-4 * size, `${name} 第 ${n} 个：${graph} 和 ${slope}`);
        }
      }
      found.dispose();
    });
  }
}

law(
  "图 = 库：随便什么尺寸、位置、内容",
  fc.property(
    fc.record({
      which: fc.nat(7),
      heads: fc.constantFrom(1, 2),
      layers: fc.constantFrom(1, 2),
      causal: fc.boolean(),
      residual: fc.boolean(),
      norm: fc.boolean(),
      mlp: fc.boolean(),
      length: fc.integer({ min: 1, max: 7 }),
      from: fc.nat(40),
      seed: fc.nat(1000),
    }),
    ({ which, length, from, seed, ...switches }) => {
      const model = { ...plain, ...switches }, encoding = all(shapeOf(model))[which]!, positions = range(length, from);
      const parameters = { ...initialParameters(model, seed), ...shaken(encoding) },
        batch = someBatch(model, length, seed);
      const found = compiled(model, encoding, positions), scores = found.scores(parameters, batch);
      found.dispose();
      const wanted = reference(parameters, batch, model, encoding, positions).flatMap((m) => [...m.data]);
      wanted.forEach((s, n) => assert.ok(Math.abs(s - scores[n]!) < 2e-5 * (1 + Math.abs(s)), `${scores[n]} 和 ${s}`));
    },
  ),
  24,
);

Deno.test("平移：位置全部加 20，相对的编码答案不变，训练式和三角式变", () => {
  const changed = all(shapeOf(plain)).filter((encoding) => {
    const parameters = { ...initialParameters(plain, 1), ...shaken(encoding) }, batch = someBatch(plain, 6, 2);
    const [here, there] = [0, 20].map((from) => {
      const found = compiled(plain, encoding, range(6, from)), scores = found.scores(parameters, batch);
      found.dispose();
      return scores;
    });
    return here!.some((s, n) => Math.abs(s - there![n]!) > 1e-4);
  });
  assert.deepEqual(changed.map(({ name }) => name), ["learned", "sinusoidal"]);
});

Deno.test("填充：后面接几个填充，因果的模型前面的答案不变", () => {
  const encoding = trainableRope(shapeOf(plain), [1, 0.3, 0.1, 0.03]), parameters = initialParameters(plain, 1);
  const short = someBatch(plain, 4, 3, 1), tokens = [...Array.from(short.tokens), -1, -1];
  const long = { count: 1, length: 6, tokens, answers: [...Array.from(short.answers), -1, -1] };
  const [a, b] = [short, long].map((batch) => {
    const found = compiled(plain, encoding, range(batch.length)), { loss } = found.slope(parameters, batch);
    found.dispose();
    return loss;
  });
  assert.ok(Math.abs(a! - b!) < 1e-6);
});

Deno.test("同样的参数、同样的题：两次编译，损失和梯度一个比特也不差", () => {
  const encoding = trainableShaw(shapeOf(plain), 2),
    parameters = { ...initialParameters(plain, 1), ...encoding.initial(2) };
  const once = () => {
    const found = compiled(plain, encoding, range(6)), slope = found.slope(parameters, someBatch(plain, 6, 2));
    found.dispose();
    return slope;
  };
  assert.deepEqual(once(), once());
});

Deno.test("没用到的表行没有梯度：训练式第 7 行、T5 没见过的桶", () => {
  const zeroRows = (encoding: ReturnType<typeof trainableT5>, name: string) => {
    const parameters = { ...initialParameters(plain, 1), ...shaken(encoding) };
    const found = compiled(plain, encoding, range(7)), { gradients } = found.slope(parameters, someBatch(plain, 7, 2));
    found.dispose();
    const { rows, columns, data } = gradients[name]!;
    return Array.from({ length: rows }, (_, r) => r).filter((r) =>
      data.subarray(r * columns, (r + 1) * columns).every((x) => x === 0)
    );
  };
  assert.deepEqual(zeroRows(trainableLearned({ ...shapeOf(plain), positions: 8 }), "positionTable"), [7]);
  assert.deepEqual(zeroRows(trainableT5(shapeOf(plain), 8, 16), "bucketTable"), [6, 7]); // 距离 0…6：桶 0…5
});

Deno.test("编码的初值：名字和库里的值一样；种子不同就不同，两张表也不同", () => {
  for (const encoding of all(shapeOf(plain))) {
    const [one, two] = [encoding.initial(1), encoding.initial(2)];
    assert.deepEqual(encoding.encodings(one).map(({ name }) => name), [encoding.name]);
    for (const [name, m] of Object.entries(one)) {
      const still = m.data.every((x) => x === 0); // T5、截断的表从 0 开始
      assert.equal(/bucketTable|clipTable/.test(name), still, name);
      if (!still) assert.notDeepEqual(m, two[name], name);
    }
  }
  const { shawKeys, shawValues } = trainableShaw(shapeOf(plain), 2).initial(1);
  assert.notDeepEqual(shawKeys, shawValues);
});

Deno.test("初值：开一个开关，别的矩阵不变；种子不同就不同", () => {
  const some = initialParameters(plain, 1), more = initialParameters({ ...plain, residual: true, mlp: true }, 1);
  for (const [name, m] of Object.entries(some)) assert.deepEqual(more[name], m);
  assert.deepEqual(Object.keys(more).filter((name) => !(name in some)), ["out0", "up0", "down0"]);
  assert.notDeepEqual(initialParameters(plain, 2)["query0"], some["query0"]);
  const all = Object.values(initialParameters({ ...plain, layers: 4, residual: true }, 1)).map(({ data }) => data[0]);
  assert.equal(new Set(all).size, all.length); // 没有两个矩阵用了同一个种子
  const wide = initialParameters({ ...plain, dimension: 64 }, 1)["query0"]!.data.map((x) => Math.abs(x));
  assert.ok(Math.max(...wide) <= 1 / 8 && Math.max(...wide) > 0.99 / 8); // ±1/√64
});

Deno.test("模型、编码、数据：不合适的说出来", () => {
  assert.throws(() => requireModel({ ...plain, heads: 3 }), /无法造模型，定宽度：需要 3（头数）的倍数：现在是 8/);
  assert.throws(() => requireModel({ ...plain, layers: 0 }), /无法造模型，定层数：需要 1 到 4 之间的整数：现在是 0/);
  assert.throws(() => requireModel({ ...plain, mlp: 1 as never }), /定 mlp：需要 true 或 false：现在是 1/);
  assert.throws(() => trainableAlibi(shapeOf(plain), [1, 2]), /需要 1 个斜率（一个头一个）：现在是 2/);
  assert.throws(() => trainableRope(shapeOf(plain), [1]), /需要 4 个角频率：现在是 1/);
  assert.throws(() => trainableT5(shapeOf(plain), 1, 8), /无法定 T5 的桶数/);
  assert.throws(() => byCell(new Float64Array(2000), (t) => t), /需要不超过 1024 个位置：现在是 2000/);
  assert.throws(() => oneHot([2], 2), /无法做独热：需要 -1 到 1 之间的整数：现在是 2/);
  assert.throws(() => compiled(plain, trainableLearned({ ...shapeOf(plain), positions: 4 }), range(5)), /现在是 4/);
  const found = compiled(plain, still, range(3));
  const says = (batch: Batch, message: RegExp) =>
    assert.throws(() => found.slope(initialParameters(plain, 1), batch), message);
  says(someBatch(plain, 4, 1), /需要每句 3 个词元：现在是 4/);
  says(
    { count: 1, length: 3, tokens: [0, 1, 2], answers: [-1, -1, -1] },
    /无法做一批题：需要至少一个位置要作答：现在是 0/,
  );
  says({ count: 1, length: 3, tokens: [0, 1, 2], answers: [1] }, /需要 3 个词元、同样多的答案：现在是 \[3, 1\]/);
  found.dispose();
});

Deno.test("手算：ALiBi 斜率 1/2、T5 的桶、看不见的格子", () => {
  assert.deepEqual([...trainableAlibi(shapeOf(plain), [0.5]).data(range(2))["bias"]!.data], [-0, -0.5, -0.5, -0]);
  assert.deepEqual([...mask(range(2, 7), true).data], [0, -1e9, 0, 0]);
  assert.deepEqual([...mask(range(2), false).data], [0, 0, 0, 0]);
  assert.deepEqual(tensor(oneHot([1, -1], 2)).js(), [[0, 1], [0, 0]]);
  assert.deepEqual(Object.keys(tensors({ a: scaled(oneHot([0], 1), 2) })), ["a"]);
});
