/**
 * 笔记本的规范写法（canonical form）：同样的内容，只有一种字节。
 *
 * 没有时间戳，执行次数从 1 数到 n，每格有固定的 id，元数据只留名单里的；
 * 键的次序、换行、缩进和 Jupyter 自己保存时一样，所以学习者打开再存，不会多出一堆改动。
 *
 * @module
 */

/** 一个输出（nbformat 4）。 */
export type Output =
  | { output_type: "stream"; name: string; text: string }
  | { output_type: "display_data"; data: Bundle; metadata: Json }
  | { output_type: "execute_result"; data: Bundle; metadata: Json; execution_count: number | null }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** 一个输出的各种写法，按 MIME 类型取；多行文字已经拼成一个字符串。 */
export type Bundle = Record<string, unknown>;

type Json = Record<string, unknown>;

/** 一格。 */
export interface Cell {
  cell_type: "markdown" | "code" | "raw";
  id: string;
  source: string;
  metadata: { tags?: string[]; slideshow?: { slide_type?: string }; jupyter?: Json };
  attachments?: Json;
  execution_count?: number | null;
  outputs?: Output[];
}

/** 一本。 */
export interface Notebook {
  cells: Cell[];
  metadata: Json;
  nbformat: number;
  nbformat_minor: number;
}

/** 课程笔记本的元数据，每本都一样；不带版本号，换了内核也不改写笔记本。 */
const metadata: Json = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
  },
};

const cellMetadata = ["jupyter", "slideshow", "tags"] as const;

/** 读一本：多行的地方拼起来，旧的、缺的字段补齐。 */
export function parseNotebook(text: string): Notebook {
  const raw = parsed(text);
  if (raw.nbformat !== 4 || !Array.isArray(raw.cells)) {
    throw new TypeError(`无法读笔记本：需要 nbformat 4：现在是 ${raw.nbformat}`);
  }
  for (const cell of raw.cells) {
    cell.source = joined(cell.source);
    cell.metadata ??= {};
    for (const output of cell.outputs ?? []) {
      if (output.output_type === "stream") output.text = joined(output.text);
      else if (output.output_type !== "error") {
        for (const [mime, value] of Object.entries(output.data)) {
          if (!isJsonMime(mime)) output.data[mime] = joined(value);
        }
      }
    }
  }
  return raw;
}

/** 规范写法。重复的 id 是错误；缺的 id 按格的次序补，所以重跑还是那个。 */
export function canonical(notebook: Notebook): Notebook {
  const ids = new Set<string>();
  for (const { id } of notebook.cells) {
    if (id !== undefined && ids.has(id)) throw new Error(`无法规范笔记本：需要每格的 id 不同：现在有两格都叫 ${id}`);
    ids.add(id);
  }
  let count = 0;
  const cells = notebook.cells.map((cell, index): Cell => {
    const kept: Cell = {
      cell_type: cell.cell_type,
      id: cell.id ?? unusedId(index, ids),
      metadata: Object.fromEntries(
        cellMetadata.filter((key) => cell.metadata[key] !== undefined).map((key) => [key, cell.metadata[key]]),
      ),
      source: cell.source,
    };
    if (cell.attachments) kept.attachments = cell.attachments;
    if (cell.cell_type !== "code") return kept;
    const execution_count = isBlank(cell) ? null : ++count;
    const outputs = mergeStreams(cell.outputs ?? []).map((output): Output =>
      output.output_type === "execute_result" ? { ...output, execution_count } : output
    );
    return { ...kept, execution_count, outputs };
  });
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** 规范写法的字节：键排序，缩进 1，多行文字拆成行，末尾换行。 */
export function canonicalText(notebook: Notebook): string {
  const lines = structuredClone(canonical(notebook)) as unknown as { cells: Json[] };
  for (const cell of lines.cells) {
    cell["source"] = splitLines(cell["source"] as string);
    for (const output of (cell["outputs"] ?? []) as Json[]) {
      if (typeof output["text"] === "string") output["text"] = splitLines(output["text"]);
      const data = output["data"] as Bundle | undefined;
      for (const [mime, value] of Object.entries(data ?? {})) {
        if (typeof value === "string" && isTextMime(mime)) data![mime] = splitLines(value);
      }
    }
  }
  return JSON.stringify(sortKeys(lines), null, 1) + "\n";
}

/** 空的代码格，内核不跑它。 */
export function isBlank(cell: Cell): boolean {
  return cell.source.trim() === "";
}

/** 读文件。 */
export async function readNotebook(path: string): Promise<Notebook> {
  return parseNotebook(await Deno.readTextFile(path));
}

function parsed(text: string): Notebook {
  try {
    return JSON.parse(text) as Notebook;
  } catch {
    const start = text.trimStart().slice(0, 20);
    throw new TypeError(
      `无法读笔记本：需要一份 .ipynb（JSON）：现在的开头是“${start}”。恢复原样：python3 tools/course.py restore 课号`,
    );
  }
}

/** 相邻的同名输出流并成一段：分几次送来是快慢的事，不是内容。 */
function mergeStreams(outputs: readonly Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      merged[merged.length - 1] = { ...last, text: last.text + output.text };
    } else merged.push(output);
  }
  return merged;
}

function unusedId(index: number, ids: Set<string>): string {
  let id = `cell-${index + 1}`;
  while (ids.has(id)) id += "x";
  ids.add(id);
  return id;
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value ?? "");
}

function isJsonMime(mime: string): boolean {
  return mime === "application/json" || (mime.startsWith("application/") && mime.endsWith("+json"));
}

// nbformat 只拆文字类的；base64 是一整行。
function isTextMime(mime: string): boolean {
  return mime.startsWith("text/") || mime === "image/svg+xml" || mime === "application/javascript";
}

function splitLines(text: string): string[] {
  // deno-lint-ignore no-control-regex -- Python 的 splitlines 认这些换行
  return text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|.+$/gs) ?? [];
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sortKeys(v)]),
  );
}
