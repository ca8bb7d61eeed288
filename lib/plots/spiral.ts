/**
 * 画螺旋（spiral）：一对数一路走一路转。同一条线看三次：从一头看是圆，从旁边看是正弦，斜着看是螺旋。
 *
 * 点是词元所在的整数位置，线是它们之间的角度，连着画只为看清怎么转。
 *
 * @module
 */
import { requireInteger, requireNumber, requireOptions } from "@lib/errors.ts";
import { textWidth } from "@lib/plots/font.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { colors, greys, sizes } from "@lib/plots/style.ts";
import { append, blankSvg, write } from "@lib/plots/svg.ts";

/** {@linkcode drawSpiral} 的选项。 */
export interface SpiralOptions {
  /** 一句中文说图上是什么。 */
  readonly says: string;
  /** 画几个位置：0 到 `length` − 1。 */
  readonly length: number;
  /** 图下方的说明。 */
  readonly caption?: string;
}

/** 最多画几个位置；再多，点就挤成一片。 */
const mostPositions = 64;

/**
 * 画螺旋：位置 m 的点是 (cos mθ, sin mθ)。超过 64 个位置只画前 64 个，图下面写明。
 *
 * @param frequency 角频率 θ（弧度每词元）
 * @throws {RangeError} 角频率不在 0 到 π 之间（再快，相邻两格之间就转过半圈，线连不清），或长度不是正整数
 * @source kexue 8231(9)，8265(9)
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawSpiral } from "@lib/plots/spiral.ts";
 *
 * const picture = drawSpiral(0.5, { length: 26, says: "每格转半弧度，走 26 个位置，转了两圈。" });
 * assert.match(picture.svg, /斜着看/);
 * ```
 */
export function drawSpiral(frequency: number, options: SpiralOptions): Picture {
  const { says, length, caption } = requireOptions("画螺旋", options);
  requireNumber("画螺旋，定角频率", frequency, "0 到 π 之间的数", (theta) => theta >= 0 && theta <= Math.PI);
  requireInteger("画螺旋，定位置的个数", length, 1);
  const count = Math.min(length, mostPositions), last = Math.max(1, count - 1);
  const between = Math.max(1, Math.ceil(frequency / 0.2)); // 线要圆：两个位置之间分几段
  const footer = [
    ...(caption ? caption.split("\n") : []),
    ...(length > count ? [`共 ${length} 个位置，只画前 ${count} 个。`] : []),
  ];
  const r = 96, middle = 44 + r, long = 270, lean = 0.42;
  const views: View[] = [
    { title: "从一头看：圆", left: 18 + r, at: (_, c, s) => [r * c, -r * s] },
    { title: "从旁边看：sin mθ", left: 18 + 2 * r + 46, at: (t, _, s) => [long * t, -r * s] },
    // 斜着看：cos 那根轴朝着人，画短一截，往左下去。
    {
      title: "斜着看：螺旋",
      left: 18 + 2 * r + 46 + long + 92,
      at: (t, c, s) => [long * t - lean * r * c, lean * r * c - r * s],
    },
  ];
  const footerWidth = Math.max(0, ...footer.map((line) => textWidth(line, sizes.minText)));
  const width = Math.ceil(Math.max(views[2]!.left + long + 62, footerWidth + 24));
  const height = Math.ceil(middle + r * Math.hypot(1, lean) + 36) + footer.length * 24, svg = blankSvg(width, height);

  views.forEach(({ title, left, at }, n) => {
    const point = (m: number) => {
      const [x, y] = at(m / last, Math.cos(m * frequency), Math.sin(m * frequency));
      return [left + x, middle + y] as const;
    };
    const from = n === 0 ? left - r : left - (n === 2 ? lean * r : 0);
    write(svg, title, from, 24, sizes.text);
    const axis = n === 0
      ? `M${left - r},${middle}h${2 * r}M${left},${middle - r}v${2 * r}`
      : `M${left},${middle}h${long + 14}`;
    append(svg, "path", { d: axis, stroke: greys.axis, "stroke-width": 1.5 });
    if (n > 0) {
      write(svg, `位置 0 到 ${last}`, left + long, height - footer.length * 24 - 12, sizes.minText, {
        anchor: "end",
        fill: greys.soft,
      });
    }
    const path = Array.from(
      { length: between * last + 1 },
      (_, t) => point(t / between).map((v) => v.toFixed(1)).join(","),
    );
    append(svg, "path", { d: `M${path.join("L")}`, fill: "none", stroke: colors.position, "stroke-width": sizes.line });
    for (let m = 0; m < count; m++) {
      const [cx, cy] = point(m);
      append(svg, "circle", {
        cx,
        cy,
        r: m === 0 ? 7 : 4.5,
        fill: m === 0 ? greys.ink : "white",
        stroke: greys.ink,
        "stroke-width": 1.5,
      });
    }
  });
  footer.forEach((line, i) =>
    write(svg, line, 12, height - footer.length * 24 + 14 + i * 24, sizes.minText, { fill: greys.soft })
  );
  return finish(svg, says);
}

/** 一次看：标题、原点的横坐标，和 (走了几成, cos, sin) 画在哪。 */
interface View {
  readonly title: string;
  readonly left: number;
  readonly at: (share: number, cos: number, sin: number) => readonly [number, number];
}
