/** 钟和螺旋：圈数、扇形、点，都从画出来的路径里量回去。 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { drawClocks } from "@lib/plots/clocks.ts";
import { drawSpiral } from "@lib/plots/spiral.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { law } from "../property.ts";

const root = (svg: string) => parseHTML(svg).document.querySelector("svg")! as unknown as Element;
const numbers = (text: string) => [...text.matchAll(/-?[\d.]+/g)].map(([n]) => Number(n));
const words = (svg: Element) => [...svg.querySelectorAll("text")].map((text) => text.textContent!);
const hands = (svg: Element) =>
  [...svg.querySelectorAll('path[stroke="#111111"]')].map((path) => {
    const [x, y, toX, toY] = numbers(path.getAttribute("d")!) as [number, number, number, number];
    return { x: toX - x, y: y - toY };
  });

law(
  "针的方向就是 (cos Lθ, sin Lθ)",
  fc.property(
    fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 32 }),
    fc.integer({ min: 1, max: 5000 }),
    (thetas, length) => {
      const drawn = hands(root(drawClocks(thetas, { length, says: "钟" }).svg));
      assert.equal(drawn.length, thetas.length);
      thetas.forEach((theta, i) => {
        const { x, y } = drawn[i]!, r = Math.hypot(x, y);
        assert.ok(Math.hypot(x / r - Math.cos(length * theta), y / r - Math.sin(length * theta)) < 0.01);
      });
    },
  ),
);

Deno.test("d = 64、走 4096 格：23 只转满过，9 只没有，没转满的才有扇形", () => {
  const svg = root(drawClocks(inverseFrequencies(64, 10000), { length: 4096, says: "钟" }).svg);
  const full = [...svg.querySelectorAll("circle")].map((circle) => circle.getAttribute("fill") !== "white");
  assert.deepEqual(full, Array.from({ length: 32 }, (_, i) => i < 23));
  assert.equal(svg.querySelectorAll('path[fill="#D55E00"]').length, 9);
  assert.ok(words(svg).includes("24：0.65 圈") && words(svg).includes("0：651.9 圈"));
});

Deno.test("扇形：四分之一圈走小弧，四分之三圈走大弧；正好一圈算满；不转的什么也不涂", () => {
  const svg = root(drawClocks([0.25, 0.75, 1, 0].map((turn) => 2 * Math.PI * turn), { length: 1, says: "钟" }).svg);
  const arcs = [...svg.querySelectorAll('path[fill="#D55E00"]')].map((path) =>
    /A\S+ 0 (\d) (\d)/.exec(path.getAttribute("d")!)!.slice(1, 3)
  );
  assert.deepEqual(arcs, [["0", "0"], ["1", "0"]]);
  assert.equal(
    [...svg.querySelectorAll("circle")].filter((circle) => circle.getAttribute("fill") !== "white").length,
    1,
  );
});

Deno.test("超过 32 对就隔几对画一只，图下写明；一行最多 8 只", () => {
  const svg = root(drawClocks(inverseFrequencies(128, 10000), { length: 4096, says: "钟" }).svg);
  assert.equal(svg.querySelectorAll("circle").length, 32);
  assert.ok(words(svg).includes("共 64 对，每 2 对画一只。"));
  assert.ok(words(svg).some((line) => line.startsWith("62：")) && !words(svg).some((line) => line.startsWith("1：")));
  assert.equal(new Set([...svg.querySelectorAll("circle")].map((circle) => circle.getAttribute("cx"))).size, 8);
  assert.ok(!words(root(drawClocks([1], { length: 4, says: "钟" }).svg)).some((line) => line.includes("共")));
});

Deno.test("画钟拒绝：一对也没有、负的、不是有限的、长度不对", () => {
  const options = { length: 4, says: "钟" };
  assert.throws(() => drawClocks([], options), /无法画钟：需要至少一对：现在是 0/);
  assert.throws(() => drawClocks([1, -1], options), /需要不小于 0 的有限的角频率/);
  assert.throws(() => drawClocks([NaN], options), /需要不小于 0 的有限的角频率/);
  assert.throws(() => drawClocks("1" as never, options), TypeError);
  assert.throws(() => drawClocks([1], { ...options, length: 0 }), /无法画钟，定走几格/);
});

Deno.test("螺旋：头一张是圆，第二张的高低是 sin mθ，第三张比第二张多一份 cos", () => {
  const theta = 0.4, length = 20;
  const dots = [...root(drawSpiral(theta, { length, says: "螺旋" }).svg).querySelectorAll("circle")].map((dot) => ({
    x: Number(dot.getAttribute("cx")),
    y: Number(dot.getAttribute("cy")),
  }));
  assert.equal(dots.length, 3 * length);
  const [front, side, tilted] = [0, 1, 2].map((n) => dots.slice(n * length, (n + 1) * length)) as [
    typeof dots,
    typeof dots,
    typeof dots,
  ];
  const middle = side[0]!.y, r = Math.hypot(front[5]!.x - (front[0]!.x - 96), front[5]!.y - middle); // 半径 96
  assert.ok(Math.abs(r - 96) < 0.1);
  for (let m = 0; m < length; m++) {
    const [c, s] = [Math.cos(m * theta), Math.sin(m * theta)];
    assert.ok(Math.abs(front[m]!.x - front[0]!.x - 96 * (c - 1)) < 0.1);
    assert.ok(Math.abs(middle - side[m]!.y - 96 * s) < 0.1 && Math.abs(middle - front[m]!.y - 96 * s) < 0.1);
    const along = tilted[m]!.x - tilted[0]!.x - (side[m]!.x - side[0]!.x), down = tilted[m]!.y - side[m]!.y;
    assert.ok(Math.abs(along - 0.42 * 96 * (1 - c)) < 0.1 && Math.abs(down - 0.42 * 96 * c) < 0.1);
  }
});

Deno.test("螺旋：超过 64 个位置只画前 64 个；拒绝太快的、负的、长度不对的", () => {
  const svg = root(drawSpiral(1, { length: 100, says: "螺旋" }).svg);
  assert.equal(svg.querySelectorAll("circle").length, 192);
  assert.ok(words(svg).includes("共 100 个位置，只画前 64 个。") && words(svg).includes("位置 0 到 63"));
  assert.ok(!words(root(drawSpiral(1, { length: 64, says: "螺旋" }).svg)).some((line) => line.includes("只画")));
  for (const theta of [-0.1, 3.2, NaN]) {
    assert.throws(() => drawSpiral(theta, { length: 4, says: "错" }), /需要 0 到 π 之间的数/);
  }
  assert.throws(() => drawSpiral(1, { length: 0, says: "错" }), /无法画螺旋，定位置的个数/);
});
