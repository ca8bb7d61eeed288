// 第 31 课：d 维的 R、线性注意力、Abel 变换、前缀和平移；三道练习的判分。
import assert from "node:assert/strict";
import fc from "fast-check";
import { attention } from "@lib/attention.ts";
import { shiftResidual } from "@lib/bench/shift.ts";
import { nope } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { rope } from "@lib/encodings/rope.ts";
import { randomSentence } from "@lib/lessons/four_tokens.ts";
import { transposed } from "@lib/lessons/from_3_to_4.ts";
import {
  abel,
  blockRotation,
  closestReturn,
  columns,
  drift,
  halfProperties,
  handProperties,
  linearAttention,
  linearWays,
  positive,
  prefixEffect,
  type Rotate,
  rotateProperties,
  samplePairs,
  unfinishedPairs,
  valueWays,
} from "@lib/lessons/rope.ts";
import { dot, matrix, maxDifference, multiply, row } from "@lib/matrix.ts";
import { formula, scalar } from "@lib/notebook/formula.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

const place = fc.integer({ min: -200, max: 200 });
const sized = fc.record({ pairs: fc.integer({ min: 1, max: 6 }), seed: fc.integer({ min: 0, max: 1000 }) });

law(
  "R：RᵐRⁿ = Rᵐ⁺ⁿ，RᵀR = I，乘出来和库里转的一样，8265(13) 的四列也一样",
  fc.property(place, place, sized, (m, n, { pairs, seed }) => {
    const theta = inverseFrequencies(2 * pairs, 100), R = (at: number) => blockRotation(at, theta);
    assert.ok(maxDifference(multiply(R(m), R(n)), R(m + n)) < 1e-9);
    assert.ok(maxDifference(multiply(transposed(R(m)), R(m)), R(0)) < 1e-12);
    const q = normalMatrix(1, 2 * pairs, seed),
      turned = rope({ dimension: 2 * pairs, base: 100 }).query!(q, Float64Array.of(m));
    assert.ok(maxDifference(transposed(multiply(R(m), transposed(q))), turned) < 1e-9);
    assert.ok(maxDifference(formula("q .* C + p .* S", columns(q.data, m, theta)), turned) < 1e-9);
  }),
);

law(
  "8265(15)：换个次序加不变，实部就是转完的点积；8265(16)：一个不超过一个",
  fc.property(place, sized, (distance, { pairs, seed }) => {
    const theta = inverseFrequencies(2 * pairs, 100), [q, k] = samplePairs(2 * pairs, seed)[0]!;
    const { direct, rearranged, middle, bound } = abel(q, k, distance, theta);
    assert.ok(Math.hypot(direct[0]! - rearranged[0]!, direct[1]! - rearranged[1]!) < 1e-9);
    assert.ok(Math.abs(direct[0]! - scalar("q * R * k'", { q, k, R: blockRotation(-distance, theta) })) < 1e-9);
    const complex = "sum(paired(q) .* conj(paired(k)) .* (e .^ (i * t * θ)))";
    assert.ok(Math.abs(direct[1]! - scalar(`im(${complex})`, { q, k, t: distance, θ: theta })) < 1e-9);
    assert.ok(Math.hypot(...direct) <= middle + 1e-9 && middle <= bound + 1e-9);
  }),
);

Deno.test("8265(16) 的中间和右边：两对，手算", () => {
  // 距离 0：S₁ = 1，S₂ = 2；h = (1, 3)，h₃ = 0。中间 1·2 + 2·3 = 8，右边 3·(1 + 2) = 9。
  const { direct, middle, bound } = abel([1, 0, 3, 0], [1, 0, 1, 0], 0, [1, 0.1]);
  assert.deepEqual([direct, middle, bound], [[4, 0], 8, 9]);
});

Deno.test("最像距离 0 的：一个大旋转是 710；每对快慢不同，少得多", () => {
  assert.deepEqual(closestReturn([1, 1, 1], 4095).distance, 710);
  assert.ok(closestReturn([1, 1, 1], 4095).gap < 1e-8 && closestReturn(inverseFrequencies(8, 10000), 4095).gap > 0.05);
  assert.equal(closestReturn([2 * Math.PI / 5], 9).distance, 5);
  assert.throws(() => closestReturn([1], 0), /无法找最像距离 0 的/);
});

law(
  "线性注意力：和摆出整张表再归一的一样；三种各转各的",
  fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1000 }), (n, seed) => {
    const [queries, keys, values] = [0, 1, 2].map((one) => normalMatrix(n, 4, seed + one)) as [
      ReturnType<typeof normalMatrix>,
      ReturnType<typeof normalMatrix>,
      ReturnType<typeof normalMatrix>,
    ];
    const { letters, plain, both, top } = linearWays({ queries, keys, values }, rope({ dimension: 4 }), 3);
    const same = (output: typeof plain, text: string) => {
      const other = formula(text, letters), size = Math.max(1, ...other.data.map(Math.abs)); // 分母小时，数很大
      assert.ok(maxDifference(output, other) < 1e-9 * size);
    };
    same(plain, "(Q * K' * V) ./ (Q * K' * I)");
    same(both, "(A * B' * V) ./ (A * B' * I)");
    same(top, "(A * B' * V) ./ (Q * K' * I)");
    assert.deepEqual(
      letters.A,
      rope({ dimension: 4 }).query!(positive(queries), Float64Array.from({ length: n }, (_, m) => m + 3)),
    );
    assert.ok(letters.Q.data.every((x) => x > 0));
  }),
);

Deno.test("线性注意力，两个词元，手算：特征 1 和 3，值 2 和 6，输出 (2 + 18)/4", () => {
  const q = matrix([[1]]), k = matrix([[1], [3]]);
  assert.deepEqual([...linearAttention([q, k], [q, k], matrix([[2], [6]])).data], [5]);
});

Deno.test("前面塞词元：RoPE 分数不变、权重变；没有位置也一样；NoPE 的权重只因为分走了", () => {
  const sentence = randomSentence({ L: 5, d: 8, seed: 3 });
  for (const encoding of [rope({ dimension: 8 }), nope]) {
    const { scores, weights } = prefixEffect(sentence, 20, encoding, 9);
    assert.ok(scores < 1e-12 && weights > 0.01);
  }
  // 看绝对位置的：分数就变了。
  const absolute = {
    name: "乘位置",
    key: (rows: typeof sentence.tokens, at: Float64Array) => ({
      ...rows,
      data: rows.data.map((x, c) => x * at[Math.floor(c / 8)]!),
    }),
  };
  assert.ok(prefixEffect(sentence, 20, absolute, 9).scores > 0.1);
  assert.throws(() => prefixEffect(sentence, -1, nope, 9), /无法在前面塞词元/);
  // 只有一个词元：塞一个一样的进去，它给自己的权重从 1 变成不到 1。
  assert.ok(prefixEffect(randomSentence({ L: 1, d: 8, seed: 3 }), 1, nope, 9).weights > 0.01);
});

Deno.test("平移：双精度几乎不变，单精度走得越远越不准；零点处什么也不差", () => {
  const [q, k] = samplePairs(8, 1)[0]!, theta = inverseFrequencies(8, 10000);
  const by = (shift: number, round: (x: number) => number) =>
    drift(q, k, { distance: 3, shift, frequencies: theta, round });
  assert.equal(by(0, Math.fround), 0);
  assert.ok(by(1e7, (x) => x) < 1e-6 && by(1e7, Math.fround) > 1e-4);
  const rounded = (x: number) => Math.round(x * 10) / 10; // 角度只留一位小数：和手写的比
  const angle = (m: number) => rounded(m * 0.3), score = (m: number, n: number) => Math.cos(angle(m) - angle(n));
  const wanted = Math.abs(score(8, 5) - score(3, 0));
  assert.ok(
    Math.abs(drift([1, 0], [1, 0], { distance: 3, shift: 5, frequencies: [0.3], round: rounded }) - wanted) < 1e-12,
  );
});

Deno.test("v 也转就认绝对位置，转回来就不认", () => {
  const x = randomSentence({ L: 6, d: 8, seed: 2 });
  const [usual, wrong, second] = valueWays({ dimension: 8, base: 100 }).map((encoding) =>
    shiftResidual({ ...x, encoding }, 50)
  );
  assert.ok(usual!.output < 1e-12 && second!.output < 1e-12 && wrong!.output > 0.1);
  assert.ok([usual, wrong, second].every((one) => one!.weights < 1e-12));
  const outputs = valueWays({ dimension: 8, base: 100 }).map((encoding) => attention({ ...x, encoding }).output);
  assert.ok(maxDifference(outputs[0]!, outputs[2]!) > 0.1, "转过去又转回来，输出里多了距离");
  const { weights } = attention({ ...x, encoding: rope({ dimension: 8, base: 100 }) });
  const turned = rope({ dimension: 8, base: 100 }).query!(
    attention(x).values,
    Float64Array.from({ length: 6 }, (_, j) => j),
  );
  assert.ok(maxDifference(outputs[1]!, multiply(weights, turned)) < 1e-12, "求和的是转过的值");
});

Deno.test("转不满一圈的：底数 10000 有 9 对；底数越大越多", () => {
  assert.deepEqual([10000, 500000, 1e6].map(unfinishedPairs), [9, 16, 16]);
});

const judge = (rotate: Rotate) => marked(rotate, rotateProperties, [[1, 0], 1, [1]]);
/** 照 8265(13) 写，`partner` 是换了位置的那个数，`angle` 是第 c 维转的角。 */
const written = (
  angle: (m: number, theta: number[], c: number) => number,
  partner: (q: number[], c: number) => number = (q, c) => c % 2 === 0 ? -q[c + 1]! : q[c - 1]!,
): Rotate =>
(q, m, theta) => q.map((x, c) => x * Math.cos(angle(m, theta, c)) + partner(q, c) * Math.sin(angle(m, theta, c)));
const own = (m: number, theta: number[], c: number) => m * theta[c >> 1]!;

const right: Array<[string, string]> = [
  ["1", marked(-0.5, handProperties)],
  ["2 五十万", marked(500000, halfProperties)],
  ["2 一百万", marked(1e6, halfProperties)],
  ["3 照 8265(13)", judge(written(own))],
  ["3 大矩阵", judge((q, m, theta) => [...multiply(blockRotation(m, theta), matrix(q.map((x) => [x]))).data])],
  [
    "3 一对一对写",
    judge((q, m, theta) =>
      theta.flatMap((speed, i) => {
        const [x, y] = [q[2 * i]!, q[2 * i + 1]!], [c, s] = [Math.cos(m * speed), Math.sin(m * speed)];
        return [x * c - y * s, x * s + y * c];
      })
    ),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：31-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 一个大旋转", marked(-2, handProperties), /真的转一遍一样”不成立.*快慢各是各的/],
  ["1 只算第 0 对", marked(-1, handProperties), /真的转一遍一样”不成立.*两个余弦相加/],
  ["1 写成度", marked(240, handProperties), /−2 和 2 之间”不成立/],
  ["2 没改", marked(10000, halfProperties), /至少一半（16 对）转不满”不成立：量到 9.*底数越大/],
  ["2 太大", marked(1e7, halfProperties), /不多于一半”不成立.*大过头了/],
  [
    "3 前后两半",
    judge(written((m, theta, c) => m * theta[c % 3]!, (q, c) => c < 3 ? -q[c + 3]! : q[c - 3]!)),
    /一对只在自己里面转.*相邻两维一对/,
  ],
  ["3 一个大旋转", judge(written((m, theta) => m * theta[0]!)), /第 1 对比第 0 对慢.*不成立.*θ\[i\]/],
  [
    "3 第 2 对用了 θ[1]",
    judge(written((m, theta, c) => m * theta[Math.min(c >> 1, 1)]!)),
    /每一对都逆时针.*不成立.*θ\[几\]/,
  ],
  [
    "3 第 1 对往回转",
    judge(written((m, theta, c) => c >> 1 === 1 ? -own(m, theta, c) : own(m, theta, c))),
    /每一对都逆时针.*不成立/,
  ],
  ["3 往回转", judge(written((m, theta, c) => -own(m, theta, c))), /逆时针转.*往回转/],
  ["3 忘了负号", judge(written(own, (q, c) => q[c ^ 1]!)), /转完长度不变”不成立.*负号在每对的头一个/],
  [
    "3 边转边改",
    judge((q, m, theta) => {
      theta.forEach((speed, i) => {
        q[2 * i] = q[2 * i]! * Math.cos(m * speed) - q[2 * i + 1]! * Math.sin(m * speed);
        q[2 * i + 1] = q[2 * i]! * Math.sin(m * speed) + q[2 * i + 1]! * Math.cos(m * speed);
      });
      return q;
    }),
    /转完长度不变”不成立.*没改过的 q/,
  ],
  ["3 从位置 1 转起", judge(written((m, theta, c) => own(m + 1, theta, c))), /位置 0 不转”不成立/],
  [
    "3 角度不成正比",
    judge(written((m, theta, c) => own(m, theta, c) * (m === 12 ? 1.1 : 1))),
    /一起平移 5，点积不变”不成立.*成正比/,
  ],
  ["3 少了一半", judge((q) => q.slice(0, 2)), /出错：无法判练习 3：需要返回 6 个数/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：31-${name}`, () => assert.match(line, reason));
}
Deno.test("空桩不算错：31", () => assert.match(judge(() => undefined), /^✎ 练习：还没写/));

Deno.test("八对样本各不相同，点积也对得上", () => {
  const pairs = samplePairs(4, 1);
  assert.equal(new Set(pairs.map(([q]) => q[0])).size, 8);
  assert.equal(dot(pairs[0]![0], pairs[0]![1]), dot(row(normalMatrix(16, 4, 1), 0), row(normalMatrix(16, 4, 1), 1)));
});
