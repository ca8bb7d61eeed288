/**
 * 看输出：有没有出错、断言适用了几条、存下来多大。
 *
 * @module
 */
import type { Cell, Notebook, Output } from "./format.ts";

/** 一处问题：第几格（从 1 数）、说的什么。 */
export interface Trouble {
  readonly cell: number;
  readonly message: string;
}

/** 给人看的格号：第几格，代码格再加内核给的号。 */
export function cellName(notebook: Notebook, cell: number): string {
  const code = notebook.cells[cell - 1];
  if (code?.cell_type !== "code") return `第 ${cell} 格`;
  const count = notebook.cells.slice(0, cell).filter((c) => c.cell_type === "code" && c.source.trim() !== "").length;
  return `第 ${cell} 格 [${count}]`;
}

/**
 * 不该出现在输出里的东西：错误、stderr、进度文字、机器上的路径。
 *
 * 错误要看输出，不能只看内核的回话：显示方法里抛的错，内核照样回“成功”。
 */
export function troubles(notebook: Notebook): Trouble[] {
  return notebook.cells.flatMap((cell, index) =>
    (cell.outputs ?? []).flatMap((output) => outputTroubles(output).map((message) => ({ cell: index + 1, message })))
  );
}

function outputTroubles(output: Output): string[] {
  if (output.output_type === "error") return [`出错：${errorLine(output)}`];
  const found: string[] = [];
  if (output.output_type === "stream") {
    if (output.name === "stderr") found.push(`stderr 里有话：${firstLine(output.text)}`);
    if (output.text.includes("\r")) found.push("进度文字留在了输出里");
  }
  for (const text of texts(output)) {
    const path = machinePath.exec(text);
    if (path) found.push(`输出里有这台机器的路径：${path[0]}`);
  }
  return found;
}

/** 用户文件夹、临时文件夹、盘符、file: 网址。前面不能是字母或点，免得把网址里的一段当成路径。 */
export const machinePath =
  /(?<![\w.])(?:\/(?:home|root|work|Users|tmp|private|mnt)\/[^\s"'<>)]*|[A-Z]:\\[^\s"'<>)]*)|file:\/\/[^\s"'<>)]*/;

/** 一条错误的第一行。`Name: message`，消息里已经带名字就不重复。 */
function errorLine({ ename, evalue }: { ename: string; evalue: string }): string {
  const message = firstLine(evalue);
  return message.startsWith(ename) ? message : `${ename}: ${message}`;
}

/**
 * 是不是旋钮的拒绝：第一个错是 KnobError，而且它后面没有一格拿坏数算出东西来（图、表、盖章）。
 *
 * 后面的格会错成什么样不管：内核不会停，名字没定义、数不合适，都是那一个拒绝的后果。
 */
export function isRefusal(notebook: Notebook): boolean {
  const outputs = allOutputs(notebook);
  const first = outputs.findIndex(({ output_type }) => output_type === "error");
  const error = outputs[first];
  if (error?.output_type !== "error" || error.ename !== "KnobError") return false;
  return !outputs.slice(first + 1).some((output) =>
    texts(output).some((text) => text.startsWith("✓ ")) || isShown(output)
  );
}

function isShown(output: Output): boolean {
  if (output.output_type !== "display_data" && output.output_type !== "execute_result") return false;
  return Object.keys(output.data).some((type) => type.startsWith("image/") || type === "text/html");
}

/** 断言的数目：适用的（盖了章的）和不适用的。练习的判分不算断言。 */
export function countClaims(notebook: Notebook): { applied: number; notApplicable: number } {
  const lines = allOutputs(notebook)
    .flatMap((output) => output.output_type === "stream" && output.name === "stdout" ? output.text.split("\n") : []);
  return {
    applied: lines.filter((line) => line.startsWith("✓ ") && !line.startsWith("✓ 练习")).length,
    notApplicable: lines.filter((line) => line.startsWith("— ") && line.includes("不适用")).length,
  };
}

/** 全部输出存下来多少字节（UTF-8）。 */
export function outputBytes(notebook: Notebook): number {
  return new TextEncoder().encode(JSON.stringify(allOutputs(notebook))).length;
}

/** 一格里有没有图。 */
export function hasPicture(cell: Cell): boolean {
  return pictures(cell).length > 0;
}

/** 一格里的图，每张是一个 MIME 包。 */
export function pictures(cell: Cell): Record<string, unknown>[] {
  return (cell.outputs ?? []).flatMap((output) =>
    "data" in output && Object.keys(output.data).some((mime) => mime.startsWith("image/")) ? [output.data] : []
  );
}

/** 一个输出里的文字；base64 不算。 */
export function texts(output: Output): string[] {
  if (output.output_type === "stream") return [output.text];
  if (output.output_type === "error") return [output.evalue, ...output.traceback];
  return Object.entries(output.data)
    .filter(([mime]) => !mime.startsWith("image/") || mime === "image/svg+xml")
    .map(([, value]) => (typeof value === "string" ? value : JSON.stringify(value)));
}

/** 多少 KB，给人看。 */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KB`;
}

function allOutputs(notebook: Notebook): Output[] {
  return notebook.cells.flatMap((cell) => cell.outputs ?? []);
}

function firstLine(text: string): string {
  return text.trimStart().split("\n")[0] ?? "";
}
