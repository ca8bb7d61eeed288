// 第 12 课：钟针、泰勒展开、四种走法、余弦积分；练习判分认得对的，也说得出错在哪。
import assert from "node:assert/strict";
import fc from "fast-check";
import { draw } from "@lib/notebook.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { sinusoidalTable } from "@lib/encodings/sinusoidal.ts";
import * as lesson from "@lib/lessons/sinusoidal.ts";
import { meanCosine } from "@lib/limits/decay.ts";
import { gather, matrix, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";
import { law } from "../property.ts";
import { marked } from "./marked.ts";

Deno.test("针：从快到慢四根，指着 (cos mθ, sin mθ)，一根比一根短", () => {
  assert.deepEqual([2, 4, 8, 64, 256].map((d) => lesson.shownHands(d).length), [1, 2, 4, 4, 4]);
  const tips = lesson.handTips([7, 100], { d: 8, base: 10000 });
  assert.equal(tips.length, 8);
  tips.forEach(({ position, hand, x, y }) => {
    const angle = position * 10 ** -hand, long = 1 - 0.2 * hand;
    assert.ok(Math.hypot(x - long * Math.cos(angle), y - long * Math.sin(angle)) < 1e-12, `${position} ${hand}`);
  });
});

Deno.test("钟面：一个位置一面，一面四根针一圈边，画得出来", () => {
  const faces = lesson.clockFaces([0, 1, 1000], { d: 64, base: 10000 });
  const { svg } = draw({ ...faces, says: "三面钟" });
  for (const name of ["位置 0", "位置 1", "位置 1000"]) assert.ok(svg.includes(name));
  assert.equal(faces.marks.length, 2 + 4 + 2); // 边、刻度、四根针、轴心、字
});

law(
  "最像位置 0 的位置：没有一个更近",
  fc.property(fc.integer({ min: 1, max: 6 }).map((p) => 2 * p), fc.integer({ min: 1, max: 60 }), (d, within) => {
    const table = sinusoidalTable(Array.from({ length: within + 1 }, (_, m) => m), { dimension: d, base: 50 });
    const away = (m: number) => Math.hypot(...row(table, m).map((v, c) => v - row(table, 0)[c]!));
    const { position, distance } = lesson.nearestReturn({ d, base: 50, within });
    assert.ok(Math.abs(away(position) - distance) < 1e-9);
    for (let m = 1; m <= within; m++) assert.ok(away(m) >= distance - 1e-9, String(m));
  }),
);

Deno.test("平均输出：是各个词元输出的平均，换次序不变，改内容就变", () => {
  const f = lesson.pooledAttention({ d: 4, seed: 3 }), x = normalMatrix(4, 4, 9);
  const far = (a: Float64Array, b: Float64Array) => Math.max(...a.map((v, c) => Math.abs(v - b[c]!)));
  assert.ok(far(f(x), f(gather(x, [3, 1, 0, 2]))) < 1e-12);
  assert.ok(far(f(x), f(gather(x, [3, 1, 0, 0]))) > 1e-3);
  const alone = gather(x, [0]); // 一个词元：权重是 1，输出就是它的值；重复几遍也一样
  assert.ok(far(f(alone), f(gather(x, [0, 0, 0]))) < 1e-12);
  assert.notDeepEqual(f(x), lesson.pooledAttention({ d: 4, seed: 4 })(x));
});

Deno.test("泰勒：三次函数剩的正好是三阶项；p 减半，残差除以 8", () => {
  const cubic = ({ data }: { data: Float64Array }) => Float64Array.of(data[0]! ** 3 + data[0]! * data[1]! ** 2);
  const [full, halved] = lesson.taylorResiduals(cubic, matrix([[0.2], [0.3]]), [0, 1], [[0.5], [0.4]], [1, 0.5]);
  assert.ok(Math.abs(full! - (0.5 ** 3 + 0.5 * 0.4 ** 2)) < 1e-5); // p³ + p·q²
  assert.ok(Math.abs(full! / halved! - 8) < 1e-3);
});

Deno.test("泰勒：注意力上，20 个种子都是三阶", () => {
  const codes = sinusoidalTable([1, 3], { dimension: 8 });
  for (let seed = 0; seed < 20; seed++) {
    const f = lesson.pooledAttention({ d: 8, seed }), x = normalMatrix(5, 8, seed + 7);
    const [a, b] = lesson.taylorResiduals(f, x, [1, 3], [row(codes, 0), row(codes, 1)], [1 / 16, 1 / 32]);
    assert.ok(a! / b! > 7 && a! / b! < 9, `${seed}: ${a! / b!}`);
  }
});

Deno.test("四种走法：只有匀速转圈的点积只看 m − n", () => {
  for (const name of Object.keys(lesson.planarWalks)) {
    const points = lesson.walked(name, 12), dots = new Map<number, number[]>();
    for (let m = 0; m < 12; m++) {
      for (let n = 0; n < 12; n++) {
        const [a, b] = [row(points, m), row(points, n)];
        dots.set(m - n, [...dots.get(m - n) ?? [], a[0]! * b[0]! + a[1]! * b[1]!]);
      }
    }
    const widest = Math.max(...[...dots.values()].map((values) => Math.max(...values) - Math.min(...values)));
    assert.equal(widest < 1e-9, name === "匀速转圈", `${name}: ${widest}`);
  }
  assert.throws(
    () => lesson.walked("倒着走", 3),
    /需要 沿直线走、边转边往外走、越转越快、匀速转圈 之一：现在是 倒着走/,
  );
});

Deno.test("余弦积分：查表的值，零点，两段接得上", () => {
  const known = [[0.1, -1.7278683866], [1, 0.3374039229], [10, -0.0454564330], [100, -0.0051488251]];
  for (const [x, ci] of known) assert.ok(Math.abs(lesson.cosineIntegral(x!) - ci!) < 1e-9, String(x));
  assert.ok(Math.abs(lesson.cosineIntegral(0.6165054856)) < 1e-9);
  assert.ok(Math.abs(lesson.cosineIntegral(23 - 1e-9) - lesson.cosineIntegral(23)) < 2e-8);
});

law(
  "余弦积分：导数是 cos x / x",
  fc.property(fc.double({ min: 0.05, max: 500, noNaN: true }), (x) => {
    if (Math.abs(x - 23) < 0.1) return; // 接缝处差到 1e-8，除以步子就放大了
    const h = 1e-3 * Math.min(1, x);
    const slope = (lesson.cosineIntegral(x + h) - lesson.cosineIntegral(x - h)) / (2 * h);
    assert.ok(Math.abs(slope - Math.cos(x) / x) < 3e-4 / x, `${x}: ${slope}`);
  }),
);

Deno.test("曲线：和印出来的数一样；有限的 d 越大越贴近积分", () => {
  const expected = [[1, "0.97396"], [16, "0.63476"], [256, "0.33486"], [4096, "0.03875"]] as const;
  for (const [t, text] of expected) assert.equal(lesson.decayIntegral(t, 10000).toFixed(5), text);
  const off = [64, 1024, 8192].map((d) =>
    Math.abs(meanCosine([8], inverseFrequencies(d, 10000))[0]! - lesson.decayIntegral(8, 10000))
  );
  assert.ok(off[0]! > off[1]! && off[1]! > off[2]! && off[2]! < 1e-3);
});

Deno.test("第一次变负：d = 128 的四个底数；走得不够远就没有", () => {
  const found = [100, 1000, 5000, 12000].map((base) => lesson.firstNegative({ d: 128, base, within: 2000 }));
  assert.deepEqual(found, [59, 361, 864, 1554]); // 底数大，不一定晚
  assert.equal(lesson.firstNegative({ d: 128, base: 10000, within: 1706 }), undefined);
});

type Move = lesson.Move;
const { cos, sin } = Math;
const sample = [[0, 1, 0, 1, 0, 1], 1, [1, 0.1, 0.01]];
const pairwise = (f: (s: number, c: number, angle: number) => number[]): Move => (p, k, θ) =>
  θ.flatMap((speed, t) => f(p[2 * t]!, p[2 * t + 1]!, k * speed));

const right: Array<[string, string]> = [
  ["1", marked(64, lesson.selfProductProperties)],
  ["1 算出来", marked(128 / 2 * (sin(3) ** 2 + cos(3) ** 2), lesson.selfProductProperties)],
  ["2", marked(94, lesson.slowestTurnProperties)],
  ["2 按式子取整", marked(Math.ceil((256 / Math.PI) ** (64 / 62)), lesson.slowestTurnProperties)],
  [
    "3 照和角公式写",
    marked(
      pairwise((s, c, a) => [s * cos(a) + c * sin(a), c * cos(a) - s * sin(a)]),
      lesson.moveProperties,
      sample,
    ),
  ],
  [
    "3 先求出角度",
    marked(
      pairwise((s, c, a) => [sin(Math.atan2(s, c) + a), cos(Math.atan2(s, c) + a)]),
      lesson.moveProperties,
      sample,
    ),
  ],
];
for (const [name, line] of right) {
  Deno.test(`判分通过：12-${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["1 一维出一个 1", marked(128, lesson.selfProductProperties), /比维数 128 小”不成立.*两个分量合起来才出一个 1/],
  ["1 开了方", marked(8, lesson.selfProductProperties), /算出来的一样”不成立.*不开方/],
  ["1 归一了", marked(1, lesson.selfProductProperties), /算出来的一样”不成立.*128 维有几对/],
  ["2 指数当成 1", marked(82, lesson.slowestTurnProperties), /转的圈数不到 1”不成立.*62\/64/],
  ["2 太大", marked(100, lesson.slowestTurnProperties), /转满一圈了”不成立.*还能再小/],
  ["2 底数是 1", marked(1, lesson.slowestTurnProperties), /大于 1”不成立.*一样快/],
  ["2 不是整数", marked(93.9, lesson.slowestTurnProperties), /是整数”不成立/],
  [
    "3 把 p_k 加上去",
    marked(pairwise((s, c, a) => [s + sin(a), c + cos(a)]), lesson.moveProperties, sample),
    /走 0 格，原样不动”不成立.*不是把 p_k 加上去/,
  ],
  [
    "3 拨反了",
    marked(
      pairwise((s, c, a) => [s * cos(a) - c * sin(a), c * cos(a) + s * sin(a)]),
      lesson.moveProperties,
      sample,
    ),
    /落在 p_\{m\+k\}”不成立.*拨反了/,
  ],
  [
    "3 正负号写错",
    marked(
      pairwise((s, c, a) => [s * cos(a) + c * sin(a), c * cos(a) + s * sin(a)]),
      lesson.moveProperties,
      sample,
    ),
    /长度不变”不成立.*正负号/,
  ],
  [
    "3 第二个数用了改过的第一个",
    marked(
      pairwise((s, c, a) => {
        const turned = s * cos(a) + c * sin(a);
        return [turned, c * cos(a) - turned * sin(a)];
      }),
      lesson.moveProperties,
      sample,
    ),
    /长度不变”不成立.*没改过的第一个/,
  ],
  [
    "3 角度用了 |k|",
    marked(
      pairwise((s, c, a) => [s * cos(a) + c * sin(Math.abs(a)), c * cos(a) - s * sin(Math.abs(a))]),
      lesson.moveProperties,
      sample,
    ),
    /再走 −k 格，回到原处”不成立.*往回拨/,
  ],
  ["3 只返回一对", marked((() => [0, 1]) as Move, lesson.moveProperties, sample), /出错：需要返回和 code 一样长/],
];
for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：12-${name}`, () => assert.match(line, reason));
}

Deno.test("空桩不算错：第 12 课", () => {
  assert.match(marked(NaN, lesson.slowestTurnProperties), /^✎ 练习：还没写/);
  assert.match(marked((() => undefined) as Move, lesson.moveProperties, sample), /^✎ 练习：还没写/);
});
