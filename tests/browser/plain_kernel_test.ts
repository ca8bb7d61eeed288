/**
 * 没有安装过的人：克隆下来，用自己的 Deno 内核打开第 01 课，直接就能跑。
 *
 * 树的副本里没有 `node_modules`，`DENO_DIR` 是空的：npm 包在第一格 `import` 的时候自己装好。
 * 内核说明写成 `deno jupyter --install` 写的那样：没有 `NO_COLOR`，也没有 `interrupt_mode`。
 */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { firstDifference } from "../../tools/notebook/compare.ts";
import { environment, python, root } from "../../tools/notebook/environment.ts";
import { canonical, canonicalText, type Notebook, parseNotebook } from "../../tools/notebook/format.ts";
import { lesson, lessons, withoutOutputs } from "./lab.ts";

const NAME = "01_four_tokens.ipynb";

Deno.test("没有安装过的克隆，用普通的 deno jupyter 也能跑第 01 课", { ignore: !lessons().includes(NAME) }, async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const part of ["deno.json", "deno.lock", "lib", "notebooks"]) {
      cpSync(join(root, part), join(folder, "clone", part), { recursive: true });
    }
    const path = join(folder, "clone", "notebooks", NAME);
    const saved = await lesson(NAME);
    Deno.writeTextFileSync(path, canonicalText(withoutOutputs(saved)));

    const kernel = join(folder, "jupyter", "kernels", "deno");
    Deno.mkdirSync(kernel, { recursive: true });
    const argv = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
    const spec = { argv, display_name: "Deno", language: "typescript" };
    Deno.writeTextFileSync(join(kernel, "kernel.json"), JSON.stringify(spec));

    const env = environment();
    delete env.NO_COLOR;
    const state = (name: string) => join(folder, name);
    Object.assign(env, {
      JUPYTER_PATH: state("jupyter"),
      JUPYTER_CONFIG_DIR: state("config"),
      JUPYTER_DATA_DIR: state("data"),
      JUPYTER_RUNTIME_DIR: state("runtime"),
      IPYTHONDIR: state("ipython"),
      DENO_DIR: state("deno"),
    });
    const { success, stderr } = await new Deno.Command(python(), {
      args: ["-m", "jupyter", "execute", "--inplace", "--kernel_name=deno", path],
      clearEnv: true,
      env,
      stdin: "null",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));

    const now = canonical(parseNotebook(Deno.readTextFileSync(path)));
    assert.ok(Deno.statSync(join(folder, "clone", "node_modules")).isDirectory);
    assert.equal(firstDifference(saved, withoutColour(now)), undefined);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

/** 没有 `NO_COLOR` 的内核，给文字结果加了颜色；内容应当一样。 */
function withoutColour(book: Notebook): Notebook {
  const plain = structuredClone(book);
  for (const output of plain.cells.flatMap((cell) => cell.outputs ?? [])) {
    if (output.output_type === "stream") output.text = stripVTControlCharacters(output.text);
    else if (output.output_type !== "error" && typeof output.data["text/plain"] === "string") {
      output.data["text/plain"] = stripVTControlCharacters(output.data["text/plain"]);
    }
  }
  return plain;
}
