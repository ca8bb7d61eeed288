/** 角频率的图：条的高、门槛、不转的对，都从画出来的路径里量回去。 */
import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { drawFrequencies, type FrequencyPanel } from "@lib/plots/frequencies.ts";
import { textBoxes } from "@lib/plots/text_boxes.ts";
import { linear } from "@lib/scaling/linear.ts";
import { plain } from "@lib/scaling/scaled.ts";
import { yarn } from "@lib/scaling/yarn.ts";

const o = { dimension: 16, factor: 4, originalMaxPosition: 2048 };
const before = plain(o).inverseFrequencies, pi = linear(o).inverseFrequencies;
const options = { says: "一张图。", length: 2048 };
const svgOf = (panels: readonly FrequencyPanel[], more: object = {}) =>
  parseHTML(drawFrequencies(before, panels, { ...options, ...more }).svg).document.querySelector(
    "svg",
  )! as unknown as Element;

/** 一种颜色的各块：每一对的条顶在哪（像素，往下数），最后一个是底。 */
function topsOf(svg: Element, fill: string): number[][] {
  return [...svg.querySelectorAll(`[fill="${fill}"] path`)].map((path) => {
    const points = [...path.getAttribute("d")!.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map((
      [, x, y],
    ) => [Number(x), Number(y)]);
    const bottom = points[0]![1]!, wide = [];
    for (let k = 1; k < points.length; k++) { // 横着走的那几段，就是条顶
      if (points[k]![0]! - points[k - 1]![0]! > 1) wide.push(points[k]![1]!);
    }
    return [...wide, bottom];
  });
}
const [grey, orange] = ["#c4c4c4", "#D55E00"];

Deno.test("条高是圈数的对数：原来的每一对等距，PI 每一对都低一样多", () => {
  const svg = svgOf([{ name: "PI", frequencies: pi }]);
  const [was] = topsOf(svg, grey), [now] = topsOf(svg, orange);
  assert.equal(was!.length, 9);
  const drop = (was![1]! - was![0]!) / (2 / o.dimension * 4); // 底数 10⁴：一对差 10^(1/2)，一个数量级几个像素
  for (let i = 0; i < 8; i++) {
    assert.ok(Math.abs(was![i]! - was![0]! - i * 0.5 * drop) < 0.1);
    assert.ok(Math.abs(now![i]! - was![i]! - Math.log10(4) * drop) < 0.1);
  }
  assert.ok(Math.abs(was!.at(-1)! - now![7]! - Math.log10(2) * drop) < 0.1, "底是最慢的一半");
});

Deno.test("不拉长的，灰的全被盖住；不转的对没有条", () => {
  const same = svgOf([{ name: "RoPE", frequencies: before }]);
  assert.deepEqual(topsOf(same, orange), topsOf(same, grey));
  const frozen = before.map((frequency, i) => i < 4 ? frequency : 0);
  const [now] = topsOf(svgOf([{ name: "p-RoPE", frequencies: frozen }]), orange);
  assert.ok(now!.slice(0, 4).every((top) => top < now!.at(-1)! - 1));
  assert.deepEqual(now!.slice(4, 8), Array(4).fill(now!.at(-1)));
});

Deno.test("门槛画到条比它低的地方：1 圈之上有 6 对，32 圈之上有 3 对；挤在一起的，字写在上面", () => {
  const svg = svgOf([{ name: "YaRN", frequencies: yarn(o).inverseFrequencies, thresholds: [1, 32] }]);
  const rules = [...svg.querySelectorAll('[aria-label="rule"] line')]
    .filter((line) => line.getAttribute("y1") === line.getAttribute("y2"));
  const turns = [...before].map((frequency) => 2048 * frequency / (2 * Math.PI));
  assert.deepEqual([1, 32].map((high) => turns.filter((r) => r > high).length), [6, 3]);
  const lengths = rules.map((line) => Number(line.getAttribute("x2")) - Number(line.getAttribute("x1")));
  assert.ok(Math.abs(lengths[0]! / lengths[1]! - 6 / 3) < 0.01);
  assert.match(svg.outerHTML, />32 圈</);
  const above = (high: number, low: number) => {
    const close = svgOf([{ name: "近", frequencies: before, thresholds: [low, high] }], { height: 240 });
    const { top, bottom } = textBoxes(close).find(({ text }) => text === `${high} 圈`)!;
    const ys = [...close.querySelectorAll('[aria-label="rule"] line')].map((line) => Number(line.getAttribute("y1")));
    return (top + bottom) / 2 < Math.min(...ys.slice(-2)); // 两条门槛里上面的一条
  };
  assert.deepEqual([above(2, 1), above(32, 1)], [true, false]);
  assert.doesNotMatch(svgOf([{ name: "高", frequencies: before, thresholds: [1e6] }]).outerHTML, / 圈</);
});

Deno.test("几格就几个名字；一格时没有分面的刻度；条够宽才留缝", () => {
  const panel = (n: number) => ({ name: `第 ${n} 种`, frequencies: pi, note: `小字 ${n}` });
  for (const count of [1, 3, 5, 12]) {
    const svg = svgOf(Array.from({ length: count }, (_, n) => panel(n)));
    const words = [...svg.querySelectorAll("text")].map((text) => text.textContent);
    for (let n = 0; n < count; n++) assert.ok(words.includes(`第 ${n} 种`) && words.includes(`小字 ${n}`));
    assert.equal(topsOf(svg, orange).length, count);
    assert.doesNotMatch(svg.outerHTML, /f[xy]-axis/);
  }
  const { inverseFrequencies: many } = plain({ dimension: 512 }),
    twelve = Array(12).fill({ name: "多", frequencies: many });
  const crowded = drawFrequencies(many, twelve as FrequencyPanel[], options);
  assert.match(crowded.svg, /共 256 对，每 6 对只画第一对。/); // 12 × 256 对，不超过 600 根
  assert.ok(crowded.svg.length < 60_000);
  const gaps = (dimension: number) => {
    const { inverseFrequencies } = plain({ dimension });
    const { svg } = drawFrequencies(inverseFrequencies, [{ name: "RoPE", frequencies: inverseFrequencies }], options);
    return svg.includes('stroke="white"');
  };
  assert.deepEqual([64, 512].map(gaps), [true, false]);
});

Deno.test("拒绝：格数、对数、负的、不是有限的、都不转", () => {
  const draw = (frequencies: unknown, more: object = {}) =>
    drawFrequencies(before, [{ name: "错", frequencies: frequencies as number[] }], { ...options, ...more });
  assert.throws(() => draw([1, 2]), /无法画角频率：需要 8 个数：现在是 2/);
  assert.throws(() => draw(before.map((f) => -f)), /无法画角频率：需要不小于 0 的有限数：现在是 -1/);
  assert.throws(() => draw(before.map(() => NaN)), /需要不小于 0 的有限数：现在是 NaN/);
  assert.throws(() => draw(before, { length: 0 }), /无法画角频率，定训练窗口/);
  assert.throws(() => drawFrequencies(before, [], options), /无法画角频率：需要 1 到 12 格：现在是 0/);
  assert.throws(() => drawFrequencies([0, 0], [{ name: "停", frequencies: [1, 1] }], options), /需要至少一对在转/);
  assert.throws(() => drawFrequencies([], [{ name: "空", frequencies: [] }], options), /需要至少一对在转/);
});
