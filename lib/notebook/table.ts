/**
 * 表（table）：把一组行或一个矩阵印成小表，数字按小数点对齐。
 *
 * 同时给出 HTML 和等宽文字两种样子。样式全写在标签里，因为不受信任的 Notebook 会去掉 `<style>`；
 * 白底黑字也写明，暗色主题里照样看得清。太长的表只印头尾各 4 行，并且说出来。
 *
 * @module
 */
import type { Matrix } from "@lib/matrix.ts";
import { ShapeError } from "@lib/errors.ts";
import { display, type Displayable } from "@lib/plots/display.ts";
import { decimalsFor, formatNumber } from "@lib/plots/numbers.ts";
import { colors, distanceColor, signColor, tint } from "@lib/plots/style.ts";

/** 一张表（table）：HTML 和等宽文字两种样子。 */
export interface Table extends Displayable {
  /** HTML，样式都写在标签里。 */
  readonly html: string;
  /** 等宽文字，汉字占两格。 */
  readonly text: string;
}

/** 表里的一格。 */
export type Cell = string | number | bigint | boolean | null | undefined;

/** {@linkcode table} 的选项。 */
export interface TableOptions {
  /** 列名；行是对象时用来选列、排次序，省略就用第一行的键。 */
  columns?: readonly string[];
  /** 表的标题。 */
  title?: string;
  /** 小数位数；省略就按每一列的大小决定。 */
  digits?: number;
  /** 表下面的一句说明。 */
  note?: string;
}

/** {@linkcode matrixTable} 的选项。 */
export interface MatrixTableOptions {
  /** 表的标题。 */
  title?: string;
  /** 左上角的字，比如 `i \ j`。 */
  corner?: string;
  /** 行名，省略就用 `rowPositions`。 */
  rowLabels?: ReadonlyArray<string | number>;
  /** 列名，省略就用 `columnPositions`。 */
  columnLabels?: ReadonlyArray<string | number>;
  /** 每一行的位置（查询），算距离用，省略就是 0, 1, 2, …。 */
  rowPositions?: ArrayLike<number>;
  /** 每一列的位置（键），算距离用，省略就是 0, 1, 2, …。 */
  columnPositions?: ArrayLike<number>;
  /** 小数位数；省略就按整个矩阵的大小决定。 */
  digits?: number;
  /** 底色：`distance` 同一条对角线同色，`sign` 按正负，省略不上色。 */
  colorBy?: "distance" | "sign";
  /** 每格下面画一根长短为 |值| 的条。 */
  bars?: boolean;
  /** 被掩住的格子，印成 `·`；`-Infinity` 总是掩住的。 */
  hidden?: (row: number, column: number) => boolean;
  /** 表下面的一句说明。 */
  note?: string;
}

/** 排好的一格：字、对齐、底色、条。 */
interface Box {
  readonly text: string;
  readonly numeric: boolean;
  readonly background?: string;
  readonly bar?: { readonly share: number; readonly color: string };
}

/** 排好的一张表，两种样子都从它来。 */
interface Grid {
  readonly title: string | undefined;
  readonly header: readonly string[];
  readonly body: ReadonlyArray<readonly Box[]>;
  readonly notes: readonly string[];
  /** 第一列是行名。 */
  readonly labelled: boolean;
}

/**
 * 把一组行印成表（table）。
 *
 * @param rows 每行是一个对象（键是列名），或一个数组（列名写在 `columns` 里）
 * @throws {ShapeError} 行是数组，但长度和 `columns` 不一样
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { table } from "@lib/notebook/table.ts";
 *
 * const weights = table([{ 看谁: "第 1 个", 权重: 0.1015 }, { 看谁: "自己", 权重: 0.4551 }]);
 * assert.equal(weights.text, ["看谁       权重", "第 1 个  0.1015", "自己     0.4551"].join("\n"));
 * ```
 */
export function table(
  rows: ReadonlyArray<Readonly<Record<string, Cell>> | readonly Cell[]>,
  options: TableOptions = {},
): Table {
  const first = rows[0];
  const columns = options.columns ??
    (first === undefined ? [] : Array.isArray(first) ? first.map(() => "") : Object.keys(first));
  const all = rows.map((row) => {
    if (!Array.isArray(row)) return columns.map((column) => (row as Record<string, Cell>)[column]);
    if (row.length !== columns.length) throw new ShapeError("印表", `每行 ${columns.length} 格`, row.length);
    return row as readonly Cell[];
  });
  const kept = endsOf(all.length);
  const numbers = columns.map((_, c) => all.map((row) => row[c]).filter((cell) => typeof cell === "number"));
  const decimals = numbers.map((column) => options.digits ?? decimalsFor(column));
  const body = kept.map((r) =>
    columns.map((_, c): Box =>
      r === null ? { text: "⋯", numeric: numbers[c]!.length > 0 } : box(all[r]![c], decimals[c]!)
    )
  );
  return finish([{
    title: options.title,
    header: columns,
    body: alignDecimals(body),
    notes: [...cut(all.length, "行"), ...(options.note ? [options.note] : [])],
    labelled: false,
  }]);
}

/**
 * 把一个矩阵印成表（matrix table），可以按距离或正负上底色，可以带条。
 *
 * @throws {ShapeError} 行名、列名或位置的个数和矩阵不符
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { matrixTable } from "@lib/notebook/table.ts";
 *
 * const distances = matrixTable(matrix([[0, -1], [1, 0]]), { corner: "i \\ j", colorBy: "distance" });
 * assert.equal(distances.text, ["i \\ j  0   1", "0      0  −1", "1      1   0"].join("\n"));
 * ```
 */
export function matrixTable(m: Matrix, options: MatrixTableOptions = {}): Table {
  return matrixTables([{ ...options, matrix: m }]);
}

/**
 * 几个矩阵并排印（matrix tables side by side）；条的长短用同一把尺，距离的颜色也是。
 *
 * @throws {ShapeError} 行名、列名或位置的个数和矩阵不符
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrix } from "@lib/matrix.ts";
 * import { matrixTables } from "@lib/notebook/table.ts";
 *
 * const both = matrixTables([
 *   { title: "分数", matrix: matrix([[0, -Infinity], [1, 2]]) },
 *   { title: "权重", matrix: matrix([[1, 0], [0.25, 0.75]]) },
 * ]);
 * assert.match(both.text, /分数/);
 * assert.match(both.text, /·/); // 掩住的一格
 * ```
 */
export function matrixTables(panels: ReadonlyArray<MatrixTableOptions & { matrix: Matrix }>): Table {
  const prepared = panels.map((panel) => {
    const { matrix } = panel;
    const positions = (given: ArrayLike<number> | undefined, count: number, what: string) => {
      if (given && given.length !== count) throw new ShapeError("印矩阵", `${count} 个${what}`, given.length);
      return given ? Array.from(given) : Array.from({ length: count }, (_, i) => i);
    };
    const names = (given: ReadonlyArray<string | number> | undefined, fallback: readonly number[], what: string) => {
      if (given && given.length !== fallback.length) {
        throw new ShapeError("印矩阵", `${fallback.length} 个${what}`, given.length);
      }
      return (given ?? fallback).map(String);
    };
    const rowPositions = positions(panel.rowPositions, matrix.rows, "行的位置");
    const columnPositions = positions(panel.columnPositions, matrix.columns, "列的位置");
    const value = (r: number, c: number) => matrix.data[r * matrix.columns + c]!;
    const hidden = (r: number, c: number) => value(r, c) === -Infinity || (panel.hidden?.(r, c) ?? false);
    const visible = Array.from(matrix.data).filter((_, at) =>
      !hidden(Math.floor(at / matrix.columns), at % matrix.columns)
    );
    return {
      panel,
      rowPositions,
      columnPositions,
      rowNames: names(panel.rowLabels, rowPositions, "行名"),
      columnNames: names(panel.columnLabels, columnPositions, "列名"),
      value,
      hidden,
      decimals: panel.digits ?? decimalsFor(visible),
      largest: visible.filter(Number.isFinite).reduce((max, v) => Math.max(max, Math.abs(v)), 0),
      farthest: farthestDistance(rowPositions, columnPositions),
    };
  });
  const farthest = Math.max(0, ...prepared.map((p) => p.farthest));
  const largest = Math.max(0, ...prepared.map((p) => p.largest));

  return finish(prepared.map((p): Grid => {
    const { panel } = p;
    const rows = endsOf(panel.matrix.rows), columns = endsOf(panel.matrix.columns);
    const cell = (r: number, c: number): Box => {
      if (p.hidden(r, c)) return { text: "·", numeric: true, background: "#eeeeee" };
      const value = p.value(r, c), distance = p.rowPositions[r]! - p.columnPositions[c]!;
      const color = panel.colorBy === "distance"
        ? distanceColor(distance, farthest)
        : panel.colorBy === "sign"
        ? signColor(Math.sign(value) * 0.75, 1)
        : colors.content;
      const background = panel.colorBy === "distance"
        ? tint(color, 0.5)
        : panel.colorBy === "sign" && p.largest > 0
        ? tint(signColor(value, p.largest), 0.6)
        : undefined;
      const text = formatNumber(value, p.decimals);
      return {
        text,
        numeric: true,
        ...(background ? { background } : {}),
        ...(panel.bars ? { bar: { share: largest > 0 ? Math.abs(value) / largest : 0, color } } : {}),
      };
    };
    const body = rows.map((r): Box[] => [
      { text: r === null ? "⋯" : p.rowNames[r]!, numeric: false },
      ...columns.map((c): Box => r === null || c === null ? { text: "⋯", numeric: true } : cell(r, c)),
    ]);
    return {
      title: panel.title,
      header: [panel.corner ?? "", ...columns.map((c) => c === null ? "⋯" : p.columnNames[c]!)],
      body: alignDecimals(body),
      notes: [
        ...cut(panel.matrix.rows, "行"),
        ...cut(panel.matrix.columns, "列"),
        ...(panel.note ? [panel.note] : []),
      ],
      labelled: true,
    };
  }));
}

/** 最远的距离，不看全部 `rows × columns` 对。 */
function farthestDistance(rows: readonly number[], columns: readonly number[]): number {
  if (rows.length === 0 || columns.length === 0) return 0;
  const ends = (xs: readonly number[]) =>
    xs.reduce(([low, high], x) => [Math.min(low!, x), Math.max(high!, x)], [Infinity, -Infinity]) as [number, number];
  const [r, c] = [ends(rows), ends(columns)];
  return Math.max(Math.abs(r[0] - c[1]), Math.abs(r[1] - c[0]));
}

/** 超过 12 行（列）就只留头尾各 4 行；`null` 是省略号。 */
function endsOf(count: number): Array<number | null> {
  const all = Array.from({ length: Math.min(count, 13) }, (_, i) => i);
  return count <= 12 ? all : [0, 1, 2, 3, null, count - 4, count - 3, count - 2, count - 1];
}

function cut(count: number, unit: string): string[] {
  return count > 12 ? [`共 ${count} ${unit}，只印头尾各 4 ${unit}。`] : [];
}

function box(cell: Cell, decimals: number): Box {
  if (typeof cell === "number") return { text: formatNumber(cell, decimals), numeric: true };
  if (typeof cell === "bigint") return { text: String(cell).replace("-", "−"), numeric: true };
  if (typeof cell === "boolean") return { text: cell ? "是" : "否", numeric: false };
  return { text: cell ?? "", numeric: false };
}

/** 数字按小数点对齐：整数后面补空位。U+2007 和数字一样宽，U+2008 和小数点一样宽。 */
function alignDecimals(body: ReadonlyArray<readonly Box[]>): Box[][] {
  const fraction = (text: string) => /^[−\d]/.test(text) && text.includes(".") ? text.length - text.indexOf(".") : 0;
  const widest = (body[0] ?? []).map((_, c) =>
    body.reduce((max, row) => Math.max(max, row[c]!.numeric ? fraction(row[c]!.text) : 0), 0)
  );
  return body.map((row) =>
    row.map((cell, c) => {
      const short = widest[c]! - fraction(cell.text);
      if (!cell.numeric || short === 0 || !/^[−\d∞·]/.test(cell.text)) return cell;
      const pad = fraction(cell.text) > 0 ? "\u2007".repeat(short) : "\u2008" + "\u2007".repeat(short - 1);
      return { ...cell, text: cell.text + pad };
    })
  );
}

function finish(grids: readonly Grid[]): Table {
  const html = grids.length === 1
    ? toHtml(grids[0]!)
    : `<div style="display:flex;flex-wrap:wrap;gap:1em 2em;align-items:flex-start">${grids.map(toHtml).join("")}</div>`;
  return {
    html,
    text: grids.map(toText).join("\n\n"),
    [display]() {
      return { "text/html": this.html, "text/plain": this.text };
    },
  };
}

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function toHtml(grid: Grid): string {
  const edge = "border:1px solid #cccccc;padding:0.25em 0.7em;min-width:1.6em;white-space:nowrap;color:#111111";
  const numeric = grid.header.map((_, c) => grid.body.some((row) => row[c]!.numeric));
  const head = grid.header.map((name, c) =>
    `<th style="${edge};background:#f2f2f2;font-weight:600;text-align:${numeric[c] ? "right" : "left"}">${
      escape(name)
    }</th>`
  ).join("");
  const rows = grid.body.map((row) =>
    `<tr>${
      row.map((cell, c) => {
        const tag = grid.labelled && c === 0 ? "th" : "td";
        const background = tag === "th" ? "#f2f2f2" : cell.background ?? "#ffffff";
        const bar = cell.bar
          ? `<div style="width:4.5em;height:0.4em;margin-top:0.15em"><div style="width:${+(100 * cell.bar.share)
            .toFixed(1)}%;height:100%;background:${cell.bar.color}"></div></div>`
          : "";
        return `<${tag} style="${edge};background:${background};font-weight:${
          tag === "th" ? 600 : 400
        };font-variant-numeric:tabular-nums;text-align:${cell.numeric ? "right" : "left"}">${
          escape(cell.text)
        }${bar}</${tag}>`;
      }).join("")
    }</tr>`
  ).join("");
  const title = grid.title
    ? `<caption style="caption-side:top;text-align:left;font-weight:600;color:#111111;background:#ffffff;padding:0.25em 0.3em">${
      escape(grid.title)
    }</caption>`
    : "";
  const notes = grid.notes.length > 0
    ? `<div style="font-size:0.9em;color:#555555;padding:0.25em 0.3em">${escape(grid.notes.join(""))}</div>`
    : "";
  return `<div style="display:inline-block;background:#ffffff;color:#111111;font-size:1.1em"><table style="border-collapse:collapse;margin:0;font-size:1em;color:#111111;background:#ffffff">${title}<thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>${notes}</div>`;
}

/** 等宽文字里一个字占几格：汉字和全角占两格。 */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

function columnsOf(text: string): number {
  let total = 0;
  for (const character of text) total += wide.test(character) ? 2 : 1;
  return total;
}

function toText(grid: Grid): string {
  const lines: string[][] = [
    [...grid.header],
    // 对齐用的特殊空格在等宽文字里就是普通空格。
    ...grid.body.map((row) => row.map((cell) => cell.text.replace(/[\u2007\u2008]/g, " "))),
  ];
  const numeric = grid.header.map((_, c) => grid.body.some((row) => row[c]!.numeric));
  const widths = grid.header.map((_, c) => Math.max(...lines.map((line) => columnsOf(line[c]!))));
  const body = lines.map((line) =>
    line.map((text, c) => {
      const pad = " ".repeat(widths[c]! - columnsOf(text));
      return numeric[c] ? pad + text : text + pad;
    }).join("  ").trimEnd()
  );
  if (body[0] === "") body.shift();
  return [...(grid.title ? [grid.title] : []), ...body, ...grid.notes].join("\n");
}
