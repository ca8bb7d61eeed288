/** 样子：色表固定，编码之间黑白也分得开。 */
import assert from "node:assert/strict";
import * as Plot from "@observablehq/plot";
import { mostPoints, thin } from "@lib/plots/lines.ts";
import { amountColor, colors, distanceColor, encodingStyles, inkOn, luminance, signColor } from "@lib/plots/style.ts";

const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

Deno.test("东西的颜色就是约定的六种 Okabe–Ito 色", () => {
  assert.deepEqual(colors, {
    content: "#0072B2",
    position: "#D55E00",
    distance: "#009E73",
    query: "#E69F00",
    key: "#CC79A7",
    value: "#56B4E9",
  });
});

Deno.test("任意两种编码：虚实和符号不会都相同；颜色在白底上对比度不小于 3", () => {
  const all = Object.entries(encodingStyles);
  assert.ok(all.length >= 20);
  for (const [i, [name, a]] of all.entries()) {
    assert.ok(contrast(a.color, "#ffffff") >= 3, name);
    assert.ok(![colors.query, colors.value].includes(a.color), `${name} 用了太浅的颜色`);
    for (const [other, b] of all.slice(i + 1)) {
      assert.ok(a.dash !== b.dash || a.symbol !== b.symbol, `${name} 和 ${other} 只有颜色不同`);
    }
  }
});

Deno.test("常放在一起比的编码，颜色也不同", () => {
  for (
    const group of [["RoPE", "ALiBi", "T5", "sinusoidal"], ["PI", "NTK", "NTK-by-parts", "YaRN"], [
      "Shaw",
      "T5",
      "ALiBi",
      "RoPE",
    ]]
  ) {
    assert.equal(new Set(group.map((name) => encodingStyles[name]!.color)).size, group.length, group.join());
  }
});

Deno.test("符号的名字 Plot 都认", () => {
  const symbols = [...new Set(Object.values(encodingStyles).map((style) => style.symbol))];
  assert.doesNotThrow(() => Plot.dot([[0, 0]], { symbol: symbols[0]! }));
  for (const symbol of symbols) assert.doesNotThrow(() => Plot.dot([[0, 0]], { symbol }), symbol);
});

Deno.test("底色上的字：每种距离、正负、大小的颜色上，对比度都不小于 4.5", () => {
  const backgrounds = [];
  for (let farthest = 1; farthest <= 15; farthest++) {
    for (let d = -farthest; d <= farthest; d++) backgrounds.push(distanceColor(d, farthest));
  }
  for (let k = -32; k <= 32; k++) backgrounds.push(signColor(k / 32, 1), amountColor(Math.abs(k) / 32));
  for (const color of backgrounds) {
    const ratio = contrast(inkOn(color), color);
    assert.ok(ratio >= 4.5, `${color} 上是 ${ratio.toFixed(2)}`);
  }
});

Deno.test("按大小上色越大越深；正负两边一样深浅、颜色不同", () => {
  const depths = Array.from({ length: 65 }, (_, k) => luminance(amountColor(k / 64)));
  assert.ok(depths.every((depth, k) => k === 0 || depth < depths[k - 1]!));
  assert.equal(signColor(0, 5), "#ffffff");
  assert.equal(signColor(0, 0), "#ffffff");
  assert.notEqual(signColor(1, 1), signColor(-1, 1));
});

Deno.test("距离的颜色：四个词元的七个距离各不相同，16 个词元的 31 个也是", () => {
  for (const farthest of [1, 3, 15]) {
    const all = Array.from({ length: 2 * farthest + 1 }, (_, k) => distanceColor(k - farthest, farthest));
    assert.equal(new Set(all).size, all.length);
  }
});

Deno.test("抽稀：头尾、最大、最小、断点都在，次序不变，不多于 256 个点", () => {
  const points = Array.from({ length: 8192 }, (_, i): [number, number] => [
    i,
    i === 3000 ? 50 : i === 4000 ? -50 : i === 6000 ? NaN : Math.sin(i),
  ]);
  const kept = thin(points);
  assert.ok(kept.length <= mostPoints);
  const xs = kept.map(([x]) => x);
  for (const x of [0, 3000, 4000, 6000, 8191]) assert.ok(xs.includes(x), String(x));
  assert.deepEqual(xs, [...xs].sort((a, b) => a - b));
  for (const [x, y] of kept) assert.ok(Object.is(y, points[x]![1]));
  assert.deepEqual(thin(points.slice(0, 256)), points.slice(0, 256), "256 个点不抽");
  assert.ok(thin(points.slice(0, 257)).length <= mostPoints);
});
