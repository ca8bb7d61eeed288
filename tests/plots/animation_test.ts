/** 会动的图：每一刻正好亮一张，第一张不靠动画也看得见，画坏的在门口拦下。 */
import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { drawAnimation } from "@lib/plots/animation.ts";
import { drawArrows } from "@lib/plots/arrows.ts";

const frame = (m: number, title = `m = ${m}`) =>
  drawArrows([{ title, arrows: [{ name: "q", thing: "query", x: Math.cos(m), y: Math.sin(m) }] }], {
    says: "一步",
    radius: 1,
  });
const frames = [0, 1, 2, 3].map((m) => frame(m));

Deno.test("轮流亮：每一步正好亮一张，一轮的时间是步数乘每步的秒数", () => {
  const { svg, width, height } = drawAnimation(frames, { says: "转", seconds: 0.7 });
  assert.deepEqual([width, height], [frames[0]!.width, frames[0]!.height]);
  const groups = [...parseHTML(svg).document.querySelectorAll("svg > g")].filter((g) => g.querySelector("animate"));
  const values = groups.map((group) => group.querySelector("animate")!.getAttribute("values")!.split(";"));
  assert.equal(groups.length, 4);
  for (let step = 0; step < 4; step++) {
    assert.deepEqual(values.map((of) => of[step]), [0, 1, 2, 3].map((i) => i === step ? "visible" : "hidden"));
  }
  assert.ok(groups.every((group, m) => group.textContent!.includes(`m = ${m}`)), "第几张是第几步");
  assert.ok(groups.every((group) => group.querySelector("animate")!.getAttribute("dur") === "2.8s"));
});

Deno.test("不放动画的地方看到第一张：PNG 和第一张的一个像素也不差", () => {
  assert.deepEqual(drawAnimation(frames, { says: "转" }).png, frames[0]!.png);
});

Deno.test("编号不撞：几张图里一样的编号，合起来还是各是各的", () => {
  const ids = [...drawAnimation(frames, { says: "转" }).svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("一张也没有、大小不一样、秒数不对：一句中文", () => {
  assert.throws(
    () => drawAnimation([], { says: "转" }),
    /无法让图动起来：需要至少一张图，大小都一样：现在是一张也没有/,
  );
  const wide = frame(0, "一个长得多得多得多得多得多得多得多得多得多得多得多得多得多的标题");
  assert.throws(() => drawAnimation([frames[0]!, wide], { says: "转" }), /大小都一样：现在是\d+×\d+ 和 \d+×\d+/);
  for (const seconds of [0, NaN, -1]) {
    assert.throws(() => drawAnimation(frames, { says: "转", seconds }), /无法让图动起来：需要每步停几秒/);
  }
});
