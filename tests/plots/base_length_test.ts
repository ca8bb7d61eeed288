/** 底数–长度图：点、阶梯、名字都从画出来的路径里量回去。 */
import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { type BasePoint, drawBaseLength } from "@lib/plots/base_length.ts";
import { textBoxes } from "@lib/plots/text_boxes.ts";

const bound = [{ length: 1024, lower: 4000 }, { length: 4096, lower: 30000 }, { length: 16384, lower: 200000 }];
const llama2 = { name: "甲", length: 4096, base: 10000 }, llama3 = { name: "乙", length: 8192, base: 500000 };
const svgOf = (points: readonly BasePoint[], more: object = {}) =>
  parseHTML(drawBaseLength(points, { says: "一张图。", bound, ...more }).svg).document.querySelector(
    "svg",
  )! as unknown as Element;
const dots = (svg: Element, fill: string) =>
  [...svg.querySelectorAll(`[fill="${fill}"][aria-label="dot"] circle`)].map((dot) =>
    ["cx", "cy", "r"].map((name) => Number(dot.getAttribute(name)))
  );

Deno.test("两根轴都是对数：长度翻一倍、底数翻十倍，各走一样多", () => {
  const at = (length: number, base: number) => ({ name: `${length} ${base}`, length, base });
  const [a, b, c, d] = dots(svgOf([at(2048, 1e4), at(4096, 1e5), at(8192, 1e6), at(1024, 1e7)]), "#111111");
  assert.ok(Math.abs((b![0]! - a![0]!) - (c![0]! - b![0]!)) < 0.1 && b![0]! > a![0]! && d![0]! < a![0]!);
  assert.ok(Math.abs((a![1]! - b![1]!) - (b![1]! - c![1]!)) < 0.1 && b![1]! < a![1]!);
});

Deno.test("落在一处的合成一个，写几个；一个的不写", () => {
  const svg = svgOf([llama2, { ...llama2, name: "丙" }, llama3]), shown = dots(svg, "#111111");
  assert.equal(shown.length, 2);
  assert.ok(shown.some(([, , r]) => r === 6) && shown.some(([, , r]) => r === 9));
  assert.deepEqual(textBoxes(svg).map(({ text }) => text).filter((text) => /^\d$/.test(text)), ["2"]);
});

Deno.test("阶梯：两级之间是平的，短的那一级管着；表外更长的，最后一级管着", () => {
  const svg = svgOf([llama2, { name: "丁", length: 1e6, base: 2e5 }]);
  const path = svg.querySelector('[stroke="#009E73"] path, path[stroke="#009E73"]')!;
  const steps = [...path.getAttribute("d")!.matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  const heights = [...new Set(steps.map(([, y]) => y))];
  assert.equal(heights.length, 3);
  assert.ok(heights[0]! > heights[1]! && heights[1]! > heights[2]!);
  const [low, high] = dots(svg, "#111111").sort((a, b) => b[1]! - a[1]!);
  assert.ok(low![1]! > heights[1]!, "底数 10000 在 30000 以下");
  assert.ok(Math.abs(high![1]! - heights[2]!) < 0.1, "底数 20 万正好在最后一级上");
  assert.ok(steps.at(-1)![0]! > high![0]!);
  const rise = steps.find(([, y]) => y === heights[1])!; // 到了 4096 才升
  assert.ok(Math.abs(rise[0]! - low![0]!) < 0.1);
});

Deno.test("同名的牵竖线，拉长过的牵虚线，你的是方块", () => {
  const local = { ...llama3, base: 10000 }, long = { name: "戊", length: 131072, base: 5e5, original: 8192 };
  const svg = svgOf([llama3, local, long], { yours: [{ name: "你的", length: 2048, base: 1e6 }] });
  const paths = [...svg.querySelectorAll("path")].map((path) => path.getAttribute("d")!.match(/[\d.]+/g)!.map(Number));
  const [x, high] = dots(svg, "#111111")[0]!;
  assert.ok(paths.some((p) => p.length === 4 && p[0] === x && p[2] === x && p[1] === high), "一条竖线");
  const dash = svg.querySelector('[stroke-dasharray="5 3"] path, path[stroke-dasharray="5 3"]')!.getAttribute("d")!;
  assert.ok(Math.abs(Number(/[\d.]+/.exec(dash)![0]) - x!) < 0.1, "虚线从拉长以前的长度起");
  assert.equal(dots(svg, "white").length, 1);
  assert.ok(svg.querySelector('[fill="#D55E00"]'));
  assert.ok(!svgOf([llama2]).querySelector('[stroke-dasharray="5 3"]'));
});

Deno.test("名字写在点的旁边，往左的靠右对齐；没点到名的不写", () => {
  const svg = svgOf([llama2, llama3], { labels: [{ name: "乙", text: "LLaMA-3", dx: -10, dy: 0 }] });
  const box = textBoxes(svg).find(({ text }) => text === "LLaMA-3")!, [x] = dots(svg, "#111111")[1]!;
  assert.ok(Math.abs(box.right - (x! - 10)) < 0.5);
  assert.ok(!textBoxes(svg).some(({ text }) => text === "甲"));
});

Deno.test("拒绝：没有点，没有下界，没有这个名字，坏的数", () => {
  assert.throws(() => svgOf([]), /无法画底数和长度：需要至少一个点（数组）/);
  assert.throws(() => svgOf([llama2], { bound: [] }), /无法画下界：需要至少一个长度（数组）/);
  assert.throws(
    () => svgOf([llama2], { labels: [{ name: "丙", dx: 0, dy: 0 }] }),
    /无法写名字：需要图上有的一个名字/,
  );
  assert.throws(() => svgOf([{ ...llama2, base: -5 }]), /大于 1 的底数：现在是 -5/);
  assert.throws(() => svgOf([{ ...llama2, length: 0 }]), /无法画点 甲：需要不小于 1 的长度（词元）：现在是 0/);
  assert.throws(() => svgOf([llama2], { yours: [{ ...llama3, base: NaN }] }), /无法画点 乙：需要大于 1 的底数/);
});
