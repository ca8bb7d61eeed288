import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import { nope } from "@lib/encoding.ts";
import { layerMix, type LayerPlan } from "@lib/encodings/layer_mix.ts";
import { rope } from "@lib/encodings/rope.ts";
import { add, gather, maxDifference, multiply, row } from "@lib/matrix.ts";
import { normalMatrix } from "@lib/random.ts";

const local = rope({ dimension: 8 });
const weights = [1, 2, 3].map((n) => normalMatrix(8, 8, n, 1 / Math.sqrt(8)));

/** 一层接一层，残差相加。 */
function run(plan: readonly LayerPlan[], tokens: ReturnType<typeof normalMatrix>, start = 0) {
  const projections = { query: weights[0]!, key: weights[1]!, value: weights[2]! };
  const positions = Array.from({ length: tokens.rows }, (_, i) => start + i);
  return plan.reduce(
    (x, layer) => add(x, attention({ tokens: x, projections, positions, causal: true, ...layer }).output),
    tokens,
  );
}

Deno.test("手算：四层，每两层一层全局", () => {
  const plan = layerMix({ layers: 4, every: 2, local, window: 3 });
  assert.deepEqual(plan.map(({ encoding, window }) => [encoding.name, window]), [["RoPE", 3], ["NoPE", undefined], [
    "RoPE",
    3,
  ], ["NoPE", undefined]]);
  assert.deepEqual(layerMix({ layers: 3, every: 1, local }).map(({ encoding }) => encoding.name), [
    "NoPE",
    "NoPE",
    "NoPE",
  ]);
  assert.deepEqual(layerMix({ layers: 2, every: 2, local, global: local }).map(({ encoding }) => encoding), [
    local,
    local,
  ]);
});

Deno.test("定律：整个模型平移不变；只有窗口层时，窗口够不着的词元改了也看不见，加一层全局就看见", () => {
  const tokens = normalMatrix(9, 8, 5), plan = layerMix({ layers: 2, every: 2, local, window: 3 });
  assert.ok(maxDifference(run(plan, tokens), run(plan, tokens, 1000)) < 1e-9);
  const changed = { ...tokens, data: tokens.data.map((x, c) => c < 8 ? -x : x) }; // 改第 0 个词元
  const last = (some: readonly LayerPlan[]) => {
    const [a, b] = [run(some, tokens), run(some, changed)].map((m) => row(m, 8));
    return Math.max(...a!.map((x, c) => Math.abs(x - b![c]!)));
  };
  assert.equal(last([plan[0]!, plan[0]!]), 0, "两层窗口 3，最远看到前面第 4 个");
  assert.ok(last(plan) > 1e-3);
});

Deno.test("对照：两层，和一步一步用矩阵另算的一样", () => {
  const tokens = normalMatrix(4, 8, 6), plan = layerMix({ layers: 1, every: 2, local: nope, window: 1 });
  // 窗口 1、没有位置：每个词元只看自己，一层就是 x + x·W_V。
  assert.ok(maxDifference(run(plan, tokens), add(tokens, multiply(tokens, weights[2]!))) < 1e-12);
  const global = layerMix({ layers: 1, every: 1, local });
  const first = gather(run(global, tokens), [0]);
  assert.ok(
    maxDifference(first, gather(add(tokens, multiply(tokens, weights[2]!)), [0])) < 1e-12,
    "第一个词元只看得见自己",
  );
});

Deno.test("拒绝：层数、间隔、窗口，不是编码", () => {
  assert.throws(() => layerMix({ layers: 0, every: 1, local }), /无法定层数/);
  assert.throws(() => layerMix({ layers: 4, every: 0, local }), /无法定每几层一层全局/);
  assert.throws(() => layerMix({ layers: 4, every: 2, local, window: 0 }), /无法定窗口/);
  assert.throws(
    () => layerMix({ layers: 4, every: 2, local: {} as never }),
    /无法分层混用：需要一个有名字的编码：现在是一个对象/,
  );
});
