/**
 * 跑文档里的例子：`deno run -A tools/doc_examples.ts lib README.md`。
 *
 * 和 `deno test --doc` 跑的是同一些例子，只是一个文件夹的例子在一个线程里做：那边一个例子起一个线程，七百多个要起两分多钟。
 * 例子里的类型由 `deno check --doc` 查。
 *
 * @module
 */
import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { root } from "./notebook/environment.ts";

/** 一个例子：在哪个文件的第几行，写了什么。 */
export interface Example {
  /** 从项目根算起的路径。 */
  readonly path: string;
  /** 第一行代码的行号，从 1 数。 */
  readonly line: number;
  /** 代码。 */
  readonly code: string;
}

/** 一个文件里的例子：Markdown 里的、文档注释里的 ts 代码块。 */
export function examplesOf(path: string, text: string): Example[] {
  const lineAt = (index: number) => text.slice(0, index).split("\n").length;
  const blocks = path.endsWith(".md") ? [{ 0: text, index: 0 }] : text.matchAll(/\/\*\*[^]*?\*\//g);
  return Array.from(blocks, ({ 0: block, index }) => {
    const plain = path.endsWith(".md") ? block : block.replaceAll(/^ *\* ?/gm, "");
    return Array.from(plain.matchAll(/^```ts\n([^]*?)^```$/gm), (found) => ({
      path,
      line: lineAt(index) + plain.slice(0, found.index).split("\n").length,
      code: found[1]!,
    }));
  }).flat();
}

/** 例子变成一个测试：导入写进函数里，互不相扰；只导入类型的去掉，运行时没有它。 */
export function asTest({ path, line, code }: Example): string {
  const body = code.replaceAll(/^import (type )?([^"]+?) from ("[^"]+")(?: with (\{.+?\}))?;$/gm, (...found) => {
    const [, typesOnly, names, from, attributes] = found as (string | undefined)[];
    if (typesOnly) return "";
    const wanted = names!.startsWith("{")
      ? names!.replaceAll(/\btype \w+,?/g, "").replaceAll(" as ", ": ")
      : names!.startsWith("* as ")
      ? names!.slice("* as ".length)
      : `{ default: ${names} }`;
    return `const ${wanted} = await import(${from}${attributes ? `, { with: ${attributes} }` : ""});`;
  });
  return `Deno.test(${JSON.stringify(`${path}:${line}`)}, async () => {\n${body}});\n`;
}

if (import.meta.main) {
  const files = Deno.args.flatMap((path) => path.endsWith(".md") ? [path] : globSync(`${path}/**/*.ts`, { cwd: root }));
  const examples = files.sort().flatMap((path) => examplesOf(path, Deno.readTextFileSync(join(root, path))));
  const folder = join(root, ".scratch", `examples-${crypto.randomUUID().slice(0, 8)}`);
  Deno.mkdirSync(folder, { recursive: true });
  try {
    for (const [name, some] of Map.groupBy(examples, ({ path }) => basename(dirname(path)))) {
      Deno.writeTextFileSync(join(folder, `${name}_test.ts`), some.map(asTest).join("\n"));
    }
    const args = ["test", "-A", "--no-check", folder];
    const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: root, stdin: "null" }).spawn().status;
    Deno.exitCode = code;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
