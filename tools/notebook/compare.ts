/**
 * 比输出：存着的和现在跑出来的，第一处不同在哪。
 *
 * 每种写法都比（文字、表格、SVG、PNG 的字节），因为读的人可能看到其中任何一种。
 *
 * @module
 */
import { convertIndexedToRgb, decode } from "fast-png";
import type { Notebook, Output } from "./format.ts";
import { cellName } from "./outputs.ts";

/** 第一处不同和总共几格不同；全一样就是 `undefined`。两本的源代码须一样。 */
export function firstDifference(saved: Notebook, fresh: Notebook): string | undefined {
  const differing = saved.cells.flatMap((cell, index) => {
    const now = fresh.cells[index];
    const difference = outputsDifference(cell.outputs ?? [], now?.outputs ?? []);
    return difference === undefined ? [] : [{ cell: index + 1, difference }];
  });
  const first = differing[0];
  if (!first) return undefined;
  const more = differing.length > 1 ? `\n（一共 ${differing.length} 格不同，这是第一格）` : "";
  return `${cellName(saved, first.cell)}：${first.difference}${more}`;
}

function outputsDifference(saved: readonly Output[], fresh: readonly Output[]): string | undefined {
  for (let i = 0; i < Math.min(saved.length, fresh.length); i++) {
    const difference = outputDifference(saved[i]!, fresh[i]!);
    if (difference) return saved.length > 1 ? `第 ${i + 1} 个输出${difference}` : `输出${difference}`;
  }
  if (saved.length === fresh.length) return undefined;
  const extra = saved.length > fresh.length ? saved.slice(fresh.length) : fresh.slice(saved.length);
  return `输出的个数不同：存着 ${saved.length} 个，现在 ${fresh.length} 个；` +
    `${saved.length > fresh.length ? "现在没有" : "存着的里面没有"}：${extra.map(kind).join("，")}`;
}

function outputDifference(saved: Output, fresh: Output): string | undefined {
  const [before, after] = [parts(saved), parts(fresh)];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [before[name], after[name]];
    if (a === b) continue;
    if (a === undefined) return `多了 ${name}：存着的里面没有，现在是 ${excerpt(b!, 0)}`;
    if (b === undefined) return `少了 ${name}：存着的是 ${excerpt(a, 0)}，现在没有`;
    return name === "image/png" ? `的 PNG 不同：${pngDifference(a, b)}` : `的 ${name} 不同：${textDifference(a, b)}`;
  }
  return undefined;
}

/** 一个输出里要比的每一部分，都写成字符串。 */
function parts(output: Output): Record<string, string> {
  if (output.output_type === "stream") return { [output.name]: output.text };
  if (output.output_type === "error") return { 错误: `${output.ename}: ${output.evalue}` };
  const bundle = Object.entries(output.data).map(([mime, value]) => [mime, text(value)]);
  return { ...Object.fromEntries(bundle), 输出种类: output.output_type, 输出元数据: text(output.metadata) };
}

function kind(output: Output): string {
  if (output.output_type === "stream") return `${output.name} ${excerpt(output.text, 0)}`;
  if (output.output_type === "error") return `错误 ${output.ename}: ${excerpt(output.evalue, 0)}`;
  return Object.keys(output.data).join(" + ");
}

/** 文字不同：第几行第几字，前后各看一小段。 */
export function textDifference(saved: string, fresh: string): string {
  const [a, b] = [[...saved], [...fresh]];
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  const lines = a.slice(0, at).join("").split("\n");
  return `第 ${lines.length} 行第 ${[...lines.at(-1)!].length + 1} 字起\n  存着：${excerpt(a, at)}\n  现在：${
    excerpt(b, at)
  }`;
}

function excerpt(text: string | readonly string[], at: number): string {
  const characters = [...text];
  const [start, end] = [Math.max(0, at - 24), Math.min(characters.length, at + 36)];
  const middle = characters.slice(start, end).join("").replaceAll("\n", "⏎");
  return `${start > 0 ? "…" : ""}${middle}${at >= characters.length ? "（到此为止）" : ""}${
    end < characters.length ? "…" : ""
  }`;
}

/** PNG 不同：先看大小，再数像素。 */
export function pngDifference(saved: string, fresh: string): string {
  try {
    const [a, b] = [pixels(saved), pixels(fresh)];
    const sizes = `存着 ${a.width}×${a.height}（${a.bytes} 字节），现在 ${b.width}×${b.height}（${b.bytes} 字节）`;
    if (a.width !== b.width || a.height !== b.height) return `${sizes}：尺寸不同`;
    if (a.channels !== b.channels) return `${sizes}：颜色通道数不同`;
    let count = 0, first = -1;
    for (let i = 0; i < a.width * a.height; i++) {
      const from = i * a.channels;
      for (let c = 0; c < a.channels; c++) {
        if (a.data[from + c] === b.data[from + c]) continue;
        if (count++ === 0) first = i;
        break;
      }
    }
    if (count === 0) return `${sizes}：像素相同，压缩后的字节不同`;
    return `${sizes}：像素不同，共 ${count} 个，第一个在第 ${Math.floor(first / a.width) + 1} 行第 ${
      first % a.width + 1
    } 列`;
  } catch (error) {
    return `解不开：${error instanceof Error ? error.message : error}`;
  }
}

/** 解开一张 PNG；用调色板的换成真颜色，免得编号一样、颜色不一样。 */
function pixels(base64: string) {
  const bytes = Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0));
  const image = decode(bytes);
  const data = image.palette ? convertIndexedToRgb(image) : image.data;
  const channels = image.palette?.[0]?.length ?? image.channels;
  return { width: image.width, height: image.height, data, channels, bytes: bytes.length };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
