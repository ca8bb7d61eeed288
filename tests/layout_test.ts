/** 房间与门：谁可以导入谁，什么不能写进来，依赖都钉死了没有。 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** 项目里的文件，装出来的和临时的不算；路径用 `/`，相对项目根。 */
function files(folder = ""): string[] {
  const skipped = new Set([".git", ".venv", "node_modules", ".scratch", ".ipynb_checkpoints", "__pycache__"]);
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? files(path) : entry.isFile() ? [path] : [];
    }).sort();
}

/** 每间房在几楼：上面的可以导入下面的和同一层的，反过来不行。直接放在 lib 下的文件（矩阵、注意力……）是底楼。 */
const FLOORS: Record<string, number> = {
  encodings: 1,
  scaling: 2,
  axes: 2,
  training: 2,
  inference: 3,
  limits: 3,
  models: 3,
  bench: 3,
  plots: 4,
  notebook: 4,
  lessons: 4,
};

interface Import {
  readonly line: number;
  readonly target: string;
}

/** 一个文件里的导入：`from "…"`、`import "…"`、`import("…")`；注释里的例子不算。 */
function imports(text: string): Import[] {
  return text.split("\n").flatMap((source, index) =>
    /^\s*(\*|\/\/|\/\*)/.test(source)
      ? []
      : [...source.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, target = ""]) => ({
        line: index + 1,
        target,
      }))
  );
}

/** 导入的是项目里的哪个文件；不是项目里的（npm、node:）就是 `undefined`。 */
function resolve(from: string, target: string): string | undefined {
  if (target.startsWith("@lib/")) return target.slice(1);
  return target.startsWith(".") ? posix.join(posix.dirname(from), target) : undefined;
}

/** 一个文件住在哪间、几楼：`lib/encodings/rope.ts` 住在 encodings；没见过的文件夹没有楼层。 */
function room(path: string): { name: string; floor: number | undefined } | undefined {
  const [, name, rest] = path.match(/^lib\/([^/.]+)(\/)?/) ?? [];
  return name === undefined ? undefined : { name, floor: FLOORS[name] ?? (rest === undefined ? 0 : undefined) };
}

/** 走错门的导入，每处一句话。 */
function trespasses(path: string, text: string): string[] {
  const here = room(path);
  if (here?.floor === undefined) return [`${path}：这个房间不在表里，先在 tests/layout_test.ts 里说好它在几楼`];
  return imports(text).flatMap(({ line, target }) => {
    const file = resolve(path, target);
    const there = file === undefined ? here : room(file);
    if (there === undefined) return [`${path}:${line}：lib 不能导入 lib 之外的 ${file}`];
    if ((there.floor ?? Infinity) <= here.floor!) return [];
    return [`${path}:${line}：${here.name} 在下，不能导入上面的 ${there.name}（${target}）`];
  });
}

Deno.test("导入只往下走", () => {
  const sources = files("lib").filter((path) => path.endsWith(".ts"));
  assert.ok(sources.length > 5);
  assert.deepEqual(sources.flatMap((path) => trespasses(path, read(path))), []);
});

/** 导入绕回自己的一圈；没有就是 `undefined`。 */
function cycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

Deno.test("没有一圈导入绕回自己，只导入类型的也算", () => {
  const sources = files("lib").filter((path) => path.endsWith(".ts"));
  const graph = new Map(sources.map((path) => [
    path,
    imports(read(path)).flatMap(({ target }) => resolve(path, target) ?? []),
  ]));
  assert.equal(cycle(graph), undefined);
  assert.ok([...graph.values()].flat().length > 100);
  assert.deepEqual(cycle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b", "c", "b"]);
});

Deno.test("走错门会说出文件和行", () => {
  const planted = 'import { a } from "@lib/errors.ts";\nimport { b } from "@lib/encodings/rope.ts";\n';
  assert.deepEqual(trespasses("lib/matrix.ts", planted), [
    "lib/matrix.ts:2：matrix 在下，不能导入上面的 encodings（@lib/encodings/rope.ts）",
  ]);
  assert.deepEqual(trespasses("lib/bench/shift.ts", planted), []);
  assert.equal(trespasses("lib/encodings/rope.ts", 'await import("../plots/draw.ts")').length, 1);
  assert.equal(trespasses("lib/plots/draw.ts", 'export * from "../../tools/test.ts";').length, 1);
  assert.equal(trespasses("lib/attention.ts", ' * import { alibi } from "@lib/encodings/alibi.ts";').length, 0);
  assert.equal(trespasses("lib/cellar/wine.ts", "").length, 1);
});

Deno.test("笔记本里的项目文件都从别名导入", () => {
  const problems = files("notebooks").filter((path) => path.endsWith(".ipynb")).flatMap((path) => {
    const { cells } = JSON.parse(read(path)) as { cells: { cell_type: string; source: string | string[] }[] };
    return cells.flatMap((cell, index) =>
      cell.cell_type !== "code" ? [] : imports([cell.source].flat().join(""))
        .filter(({ target }) => target.startsWith("."))
        .map(({ target }) => `${path} 第 ${index} 格：${target}`)
    );
  });
  assert.deepEqual(problems, []);
});

/** 不该出现在项目里的字样；拆开写，免得这个文件自己中招。 */
const FORBIDDEN: Record<string, RegExp> = {
  "项目外的共享文件夹": new RegExp("\\.\\./sha" + "red\\b"),
  "某台机器上的路径": new RegExp("(?<![\\w.)])/(?:wo" + "rk|ro" + "ot)/"),
  "软件源的地址": new RegExp(
    ["registry\\.npm" + "js", "registry\\.npmm" + "irror", "py" + "pi\\.org/simple", "files\\.pythonho" + "sted"].join(
      "|",
    ),
  ),
  "取不到的导入": new RegExp("[\"'](?:js" + "r:|https?://(?:deno\\.la" + "nd|esm\\.s" + "h))"),
};

/** 这个文件专门种下机器路径，看规则认不认得出来。 */
const PLANTS = "tests/notebooks/rules_test.ts";

function leaks(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    Object.entries(FORBIDDEN).filter(([, pattern]) => pattern.test(line))
      .map(([what, pattern]) => `${path}:${index + 1}：${what}：${pattern.exec(line)?.[0]}`)
  );
}

Deno.test("项目里没有机器路径、软件源地址和项目外的文件", () => {
  const text = files().filter((path) => !/\.(ttf|png|woff2?)$/.test(path) && path !== PLANTS);
  assert.deepEqual(text.flatMap((path) => leaks(path, read(path))), []);
  assert.equal(leaks("x", "cd /ro" + "ot/a && cat ../sha" + "red/b").length, 2);
  assert.equal(leaks("x", "network/a framework/b see/root/c").length, 0);
});

Deno.test("npm 包钉在确切的版本上", () => {
  const { imports } = JSON.parse(read("deno.json")) as { imports: Record<string, string> };
  const exact = /^npm:\/?(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.]+)?\/?$/;
  const loose = Object.entries(imports).filter(([alias, target]) => alias !== "@lib/" && !exact.test(target));
  assert.deepEqual(loose, []);
  assert.ok(!exact.test("npm:mathjs@^15.0.0") && !exact.test("npm:mathjs"));
});

Deno.test("Python 包钉死，带指纹，和 requirements.in 一致", () => {
  const entries = read("requirements.txt").split(/\n(?=\S)/).filter((entry) => /^[a-z]/i.test(entry));
  assert.ok(entries.length > 50);
  const bare = entries.filter((entry) => !/^[\w.-]+==\S+/.test(entry) || !/--hash=sha256:[0-9a-f]{64}/.test(entry));
  assert.deepEqual(bare, []);
  const pins = new Set(entries.map((entry) => entry.split(/[ ;\\]/)[0]?.toLowerCase()));
  const asked = read("requirements.in").split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  assert.ok(asked.length > 0);
  assert.deepEqual(asked.filter((line) => !pins.has(line.toLowerCase())), []);
});

Deno.test("安装脚本：一个文件，不超过 300 行，只用标准库，Python 3.6 也读得懂", () => {
  const script = "tools/course.py";
  assert.ok(read(script).trimEnd().split("\n").length <= 300);
  const program = `
import ast, sys
tree = ast.parse(open(sys.argv[1], encoding="utf-8").read(), feature_version=(3, 6))
names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
print(*sorted(name for name in names if name.split(".")[0] not in sys.stdlib_module_names))`;
  const python = Deno.build.os === "windows" ? "python" : "python3";
  const { success, stdout, stderr } = new Deno.Command(python, { args: ["-c", program, join(ROOT, script)] })
    .outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.equal(new TextDecoder().decode(stdout).trim(), "");
});
