/**
 * 画角频率（frequency bars）：一对一根条，条高是训练窗口里转几圈；每种拉长的办法，都是在同一排条上改。
 *
 * 灰的是被压掉的，橙红的是留下的；对数轴上，灰的一截有多高，就慢了多少倍。
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { explain, requireInteger, requireOptions, requireVector, ShapeError } from "@lib/errors.ts";
import { draw } from "@lib/plots/draw.ts";
import type { Picture } from "@lib/plots/picture.ts";
import { colors, greys, sizes } from "@lib/plots/style.ts";

/** 一格：一种拉长的办法。 */
export interface FrequencyPanel {
  /** 名字，写在格子的右上角。 */
  readonly name: string;
  /** 拉长之后的角频率 `[pairs]`（弧度每词元）；0 是不转，没有条。 */
  readonly frequencies: ArrayLike<number>;
  /** 名字下面的一行小字，比如乘在 cos、sin 上的系数。 */
  readonly note?: string;
  /** 门槛（圈），横着各画一条虚线；不写就不画。 */
  readonly thresholds?: readonly number[];
}

/** {@linkcode drawFrequencies} 的选项。 */
export interface FrequenciesOptions {
  /** 一句中文说图上是什么。 */
  readonly says: string;
  /** 训练窗口的长度 L（词元）。 */
  readonly length: number;
  /** 标题。 */
  readonly title?: string;
  /** 图下方的说明；不写就说灰和橙红是什么。 */
  readonly caption?: string;
  /** 图高，像素，默认 400。 */
  readonly height?: number;
}

/** 最多几格；再多，一格就窄得看不清了。 */
const mostPanels = 12;
/** 各格加起来最多几根条；再多，一根不到一个像素，图还大。 */
const mostBars = 600;

/**
 * 画角频率。四格以内一行，再多分几行；格子共用两根轴。各格加起来超过 600 对，就隔几对画一对，图下面写明。
 *
 * @param original 拉长之前的角频率 `[pairs]`（弧度每词元）
 * @param panels 各种办法，1 到 12 格
 * @throws {ShapeError} 一格的角频率和原来的不一样多，或格数不对
 * @throws {RangeError} 角频率是负数或不是有限的数，原来的全是 0，长度不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawFrequencies } from "@lib/plots/frequencies.ts";
 * import { linear } from "@lib/scaling/linear.ts";
 * import { plain } from "@lib/scaling/scaled.ts";
 *
 * const before = plain({ dimension: 64 }).inverseFrequencies;
 * const { inverseFrequencies: frequencies } = linear({ dimension: 64, factor: 4 });
 * const picture = drawFrequencies(before, [{ name: "PI", frequencies }], { says: "每一对都慢 4 倍。", length: 2048 });
 * assert.match(picture.svg, /PI/);
 * ```
 */
export function drawFrequencies(
  original: ArrayLike<number>,
  panels: readonly FrequencyPanel[],
  options: FrequenciesOptions,
): Picture {
  const { says, length, title, height = 400, caption } = requireOptions("画角频率", options);
  requireInteger("画角频率，定训练窗口", length, 1);
  if (!Array.isArray(panels) || panels.length < 1 || panels.length > mostPanels) {
    throw new ShapeError("画角频率", `1 到 ${mostPanels} 格`, Array.isArray(panels) ? panels.length : panels);
  }
  const turnsOf = (frequencies: ArrayLike<number>, count?: number) =>
    [...requireVector("画角频率", frequencies, count)].map((frequency) => {
      if (!(frequency >= 0 && frequency < Infinity)) {
        throw new RangeError(explain("画角频率", "不小于 0 的有限数", frequency));
      }
      return length * frequency / (2 * Math.PI);
    });
  const before = turnsOf(original), pairs = before.length;
  const after = panels.map(({ frequencies }) => turnsOf(frequencies, pairs));
  const turning = [before, ...after].flat().filter((turns) => turns > 0);
  if (before.every((turns) => turns === 0)) throw new RangeError(explain("画角频率", "至少一对在转", "都不转"));

  const floor = Math.min(...turning) / 2, top = Math.max(...turning) * 2;
  const columns = Math.min(4, panels.length), rows = Math.ceil(panels.length / columns);
  const cells = panels.map((panel, p) => ({ ...panel, fx: p % columns, fy: Math.floor(p / columns) }));
  const faces = { ...(columns > 1 ? { fx: "fx" } : {}), ...(rows > 1 ? { fy: "fy" } : {}) };
  const per = Math.ceil(panels.length * pairs / mostBars), shown = [...before.keys()].filter((i) => i % per === 0);
  const stairs = (turns: readonly number[], p: number) => { // 各根条的顶；最后多一点，最后一根才有宽
    const { fx, fy } = cells[p]!;
    return [...shown, pairs].map((i) => ({
      fx,
      fy,
      x: i - 0.5,
      high: Math.max(turns[i] ?? turns[shown.at(-1)!]!, floor),
    }));
  };
  const line = { x: "x", y: "high", curve: "step-after", ...faces } as const;
  const filled = (turns: readonly number[], p: number, fill: string) => { // 两头落到底，围成一块
    const tops = stairs(turns, p), [first, last] = [tops[0]!, tops.at(-1)!];
    return Plot.line([{ ...first, high: floor }, ...tops, { ...last, high: floor }], { ...line, fill, stroke: "none" });
  };
  // 条够宽才分得开，不够宽就连成一片。
  const gaps = sizes.width / columns / pairs < 8 ? [] : panels.flatMap((_, p) => {
    const [was, now] = [stairs(before, p), stairs(after[p]!, p)];
    return was.slice(1, -1).map((edge, i) => ({ ...edge, high: Math.max(was[i]!.high, now[i]!.high) }));
  });
  const decades = Math.log10(top / floor), roomy = (height - 150) / rows; // 一格大约多高，像素
  // 门槛只画到条比它低的地方：高过它的是前几对，一眼看得见。字写在线下面，下面还有一条线就写在上面。
  const marks = cells.flatMap(({ thresholds = [], fx, fy }: FrequencyPanel & { fx: number; fy: number }) =>
    thresholds.map((high) => {
      const below = thresholds.some((low) => low < high && Math.log10(high / low) / decades * roomy < 24);
      const until = before.filter((turns) => turns > high).length - 0.5;
      return { fx, fy, high, until, from: -0.5, dy: below ? -10 : 11 };
    })
  ).filter(({ high, until }) => until > 0 && high > floor);
  const corner = { ...faces, frameAnchor: "top-right", textAnchor: "end", dx: -2 } as const;
  const apart = Math.ceil(decades / Math.max(1, Math.floor(roomy / 24)));
  return draw({
    says,
    ...(title ? { title } : {}),
    caption: [
      caption ?? "灰：拉长之前；橙红：拉长之后；黑线：拉长之前有多高。",
      ...(per > 1 ? [`共 ${pairs} 对，每 ${per} 对只画第一对。`] : []),
    ].join("\n"),
    height,
    x: { domain: [-0.5, pairs - 0.5], ticks: pairTicks(pairs), tickFormat: String, label: "第几对 i（从快到慢）" },
    y: {
      type: "log",
      domain: [floor, top],
      ticks: Array.from({ length: 64 }, (_, n) => 10 ** (apart * (n - 32))).filter((at) => at >= floor && at <= top),
      tickFormat: digits,
      label: `在 L = ${length} 个词元里转几圈（圈，对数轴）`,
    },
    ...(columns > 1 ? { fx: { axis: null, padding: 0.06, domain: [...Array(columns).keys()] } } : {}),
    ...(rows > 1 ? { fy: { axis: null, padding: 0.08, domain: [...Array(rows).keys()] } } : {}),
    marks: [
      ...panels.map((_, p) => filled(before, p, "#c4c4c4")),
      ...panels.map((_, p) => filled(after[p]!, p, colors.position)),
      Plot.ruleX(gaps, { x: "x", y1: floor, y2: "high", stroke: "white", strokeWidth: 2, ...faces }),
      ...panels.map((_, p) => Plot.line(stairs(before, p), { ...line, stroke: greys.ink, strokeWidth: 1.5 })),
      Plot.ruleY(marks, {
        ...faces,
        y: "high",
        x1: "from",
        x2: "until",
        stroke: greys.ink,
        strokeWidth: 1.5,
        strokeDasharray: "6 4",
      }),
      ...[-10, 11].map((dy) =>
        Plot.text(marks.filter((mark) => mark.dy === dy), {
          ...faces,
          x: "from",
          y: "high",
          text: ({ high }: { high: number }) => `${digits(high)} 圈`,
          textAnchor: "start",
          dx: 5,
          dy,
          fontSize: sizes.minText,
        })
      ),
      Plot.text(cells, { ...corner, dy: 2, text: "name", fontSize: sizes.text }),
      Plot.text(cells, { ...corner, dy: 26, text: "note", fontSize: sizes.minText, fill: greys.soft }),
    ],
  });
}

/** 横轴的刻度：四五个，间隔是 1、2、4、8……。 */
function pairTicks(pairs: number): number[] {
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(pairs / 5)));
  return Array.from({ length: Math.ceil(pairs / step) }, (_, k) => k * step);
}

/** 圈数：三位有效数字，整的不带小数。 */
const digits = (turns: number): string => String(Number(turns.toPrecision(3)));
