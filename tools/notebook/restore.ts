/**
 * `deno task restore 课名`：一课回到刚拿到时的样子。现在这份先另存一份，什么也不丢。
 *
 * 原样从 git 里取；下载的压缩包里没有 git，就请人从压缩包里再取一份。
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { notebooksFolder, shown } from "./environment.ts";
import { findLesson, lessonsOnly } from "./lessons.ts";
import { main } from "./main.ts";

/** 恢复一课，返回做了什么（给人看的几行）。 */
export async function restore(name: string, folder: string = notebooksFolder): Promise<string[]> {
  const lessons = [...new Set([...lessonsOnly(folder), ...await trackedLessons(folder)])].sort();
  const path = findLesson(name, lessons); // 整个文件删掉了，也找得到
  const shipped = await git(dirname(path), "show", `HEAD:./${basename(path)}`);
  const mine = await Deno.readTextFile(path).catch(() => undefined);
  if (mine !== undefined && mine === shipped) return [`${shown(path)} 就是原样，没有动它。`];
  const kept = mine === undefined ? [] : [`你的版本另存为 ${shown(keep(path, mine))}`];
  if (shipped === undefined) {
    const advice = `从下载的压缩包里取出 ${shown(path)} 放回来`;
    throw new Error(
      [`无法恢复 ${basename(path)}：需要 git 里存着的原样：现在这里没有；${advice}。`, ...kept].join("\n"),
    );
  }
  await Deno.writeTextFile(path, shipped);
  return [...kept, `${shown(path)} 已恢复。在 JupyterLab 里开着的话，关掉再打开。`];
}

/** 另存：`01_four_tokens.我的.ipynb`，已经有了就往后编号，从不覆盖。 */
function keep(path: string, text: string): string {
  const stem = basename(path, ".ipynb");
  for (let n = 1;; n++) {
    const copy = join(dirname(path), `${stem}.我的${n === 1 ? "" : n}.ipynb`);
    try {
      Deno.writeTextFileSync(copy, text, { createNew: true });
      return copy;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

async function trackedLessons(folder: string): Promise<string[]> {
  const names = await git(folder, "ls-tree", "--name-only", "-z", "HEAD", ".");
  return (names ?? "").split("\0").filter((name) => /^\d\d_\w+\.ipynb$/.test(name)).map((name) => join(folder, name));
}

/** git 的回答；没装 git、不是仓库、没有这个文件，都是 `undefined`。 */
async function git(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const command = new Deno.Command("git", { args, cwd, stdout: "piped", stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  await main(async () => {
    const [name, ...more] = Deno.args;
    if (!name || more.length > 0) {
      const given = name ? `写了 ${Deno.args.join(" ")}` : "没有写";
      throw new Error(`无法恢复：需要一课的编号或名字，例如 python3 tools/course.py restore 01：现在${given}`);
    }
    for (const line of await restore(name)) console.log(line);
    return [];
  });
}
