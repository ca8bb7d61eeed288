/** 一页：每样东西都在，次序对，不叠，不出边。 */
import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { drawArrows } from "@lib/plots/arrows.ts";
import { drawPage } from "@lib/plots/page.ts";
import { textBoxes } from "@lib/plots/text_boxes.ts";

const arrow = (title: string) =>
  drawArrows([{ title, arrows: [{ name: "q", thing: "query", x: 1, y: 0 }] }], { says: "一支箭头" });

Deno.test("一页：字和图从上到下，一样挨着一样，谁也不叠谁", () => {
  const first = arrow("甲图"), second = arrow("乙图");
  const page = drawPage(["第一行", first, "第二行", second, "第三行"], { says: "一页" });
  assert.equal(page.height, 16 + 3 * 34 + first.height + second.height);
  assert.equal(page.width, first.width);
  const boxes = textBoxes(parseHTML(page.svg).document.querySelector("svg") as unknown as Element);
  const top = (text: string) => boxes.find((box) => box.text === text)!.top;
  const tops = ["第一行", "甲图", "第二行", "乙图", "第三行"].map(top);
  assert.deepEqual(tops, tops.toSorted((a, b) => a - b));
  assert.ok(top("第二行") - top("第一行") >= first.height, "第二行在整张图的下面");
  assert.ok(top("第三行") - top("第二行") >= second.height);
});

Deno.test("字比图宽，页就跟着宽；什么也没有，一句中文", () => {
  assert.ok(drawPage([arrow("甲图"), "一行很长很长的字，".repeat(5)], { says: "一页" }).width > 900);
  assert.throws(() => drawPage([], { says: "一页" }), /无法排一页：需要至少一行字或一张图：现在什么也没有/);
});
