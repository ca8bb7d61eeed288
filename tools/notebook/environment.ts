/**
 * 环境：项目在哪、用哪个 Python、子进程要带哪些变量。
 *
 * 平时由 `tools/course.py` 设好变量；直接敲 `deno task …` 时，这里按项目的位置补上同样的值。
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** 项目的根（有 `deno.json` 的那一层）。 */
export const root: string = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

/** 课程的笔记本都在这里。 */
export const notebooksFolder: string = join(root, "notebooks");

/** 给人看的路径：从项目的根算起，不露出机器上的位置。 */
export function shown(path: string): string {
  const inside = relative(root, path);
  return (inside.startsWith("..") ? path : inside).split(sep).join("/");
}

/** 子进程的变量：已有的不动，缺的补在 `.venv/var/` 里。 */
export function environment(): Record<string, string> {
  const own = Deno.env.toObject();
  const state = join(root, ".venv", "var");
  return {
    JUPYTER_CONFIG_DIR: join(state, "jupyter", "config"),
    JUPYTER_DATA_DIR: join(state, "jupyter", "data"),
    JUPYTER_RUNTIME_DIR: join(state, "jupyter", "runtime"),
    IPYTHONDIR: join(state, "ipython"),
    DENO_DIR: join(state, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
    PYTHONUTF8: "1",
    ...own,
  };
}

/** `.venv` 里的 Python；没有装好就说该做什么。 */
export function python(): string {
  const path = Deno.build.os === "windows"
    ? join(root, ".venv", "Scripts", "python.exe")
    : join(root, ".venv", "bin", "python");
  try {
    Deno.statSync(path);
  } catch {
    throw new Error("无法执行笔记本：需要先装好课程环境：现在没有 .venv；先运行一次 python3 tools/course.py lab");
  }
  return path;
}

/** 在 `.scratch/` 里开一个临时文件夹，用完删掉；它在项目里面，所以内核往上走能找到 `deno.json`。 */
export async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const scratch = join(root, ".scratch");
  await Deno.mkdir(scratch, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: scratch });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
