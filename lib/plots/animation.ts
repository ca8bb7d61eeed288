/**
 * 会动的图（animation）：几张一样大的图，一张一张轮流亮。
 *
 * 动画写在 SVG 自己里面（SMIL），放在笔记本里存着的就是会动的，不用内核，也不用脚本。
 * 不放动画的地方（PNG、打印）看到的是第一张，所以旁边另放一条胶片。
 *
 * @module
 */
import { requireNumber } from "@lib/errors.ts";
import { finish, type Picture } from "@lib/plots/picture.ts";
import { append, blankSvg, embed } from "@lib/plots/svg.ts";

/**
 * 让几张图轮流亮（animate），放完从头再来。
 *
 * @param frames 一样大的图，一张是一步
 * @param options `says` 一句话说图上是什么；`seconds` 一步停几秒，默认 1
 * @throws {RangeError} 一张图也没有，或大小不一样，或 `seconds` 不是正数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawAnimation } from "@lib/plots/animation.ts";
 * import { drawArrows } from "@lib/plots/arrows.ts";
 *
 * const frames = [0, 1, 2].map((m) =>
 *   drawArrows([{ title: `m = ${m}`, arrows: [{ name: "q", thing: "query", x: Math.cos(m), y: Math.sin(m) }] }], {
 *     says: "一步",
 *     radius: 1,
 *   })
 * );
 * const { svg } = drawAnimation(frames, { says: "查询一步转 1 弧度", seconds: 0.5 });
 * assert.match(svg, /dur="1.5s" values="hidden;visible;hidden"/);
 * ```
 */
export function drawAnimation(frames: readonly Picture[], options: { says: string; seconds?: number }): Picture {
  const { says, seconds = 1 } = options;
  requireNumber("让图动起来", seconds, "每步停几秒（seconds），0.1 到 60", (value) => value >= 0.1 && value <= 60);
  const [first] = frames;
  const odd = frames.find(({ width, height }) => width !== first!.width || height !== first!.height);
  if (!first || odd) {
    const now = odd ? `${first!.width}×${first!.height} 和 ${odd.width}×${odd.height}` : "一张也没有";
    throw new RangeError(`无法让图动起来：需要至少一张图，大小都一样：现在是${now}`);
  }
  const svg = blankSvg(first.width, first.height);
  frames.forEach((frame, i) => {
    const group = append(svg, "g", { visibility: i === 0 ? "visible" : "hidden" });
    embed(group, frame.svg);
    append(group, "animate", {
      attributeName: "visibility",
      values: frames.map((_, j) => j === i ? "visible" : "hidden").join(";"),
      dur: `${+(frames.length * seconds).toFixed(3)}s`,
      calcMode: "discrete",
      repeatCount: "indefinite",
    });
  });
  return finish(svg, says);
}
