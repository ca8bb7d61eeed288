/**
 * 环境：项目在哪、用哪个 Python、子进程要带哪些变量。
 *
 * 和 `tools/course.py` 设的一样，所以直接敲 `deno task …` 也行。
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

/** 子进程的变量：Jupyter 和 Deno 的状态都放在 `.venv/var/` 里；别处的 Jupyter、Python 路径不带进来。 */
export function environment(): Record<string, string> {
  const env = Deno.env.toObject();
  for (const name of ["JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONHOME", "PYTHONPATH"]) delete env[name];
  const state = (name: string) => join(root, ".venv", "var", name);
  return {
    ...env,
    JUPYTER_CONFIG_DIR: state("config"),
    JUPYTER_DATA_DIR: state("data"),
    JUPYTER_RUNTIME_DIR: state("runtime"),
    IPYTHONDIR: state("ipython"),
    DENO_DIR: state("deno"),
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
    PYTHONUTF8: "1",
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
