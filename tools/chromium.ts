/**
 * 找 Chromium：浏览器测试用它；没有就跳过那些测试。
 *
 * 环境变量 `CHROMIUM` 优先（设了却不存在，就当没有），然后按常见的名字在 PATH 里找。
 *
 * @module
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** 找到的 Chromium 可执行文件的路径；没有就是 `undefined`。 */
export function findChromium(): string | undefined {
  const chosen = Deno.env.get("CHROMIUM");
  if (chosen !== undefined) return existsSync(chosen) ? chosen : undefined;
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  return (Deno.env.get("PATH") ?? "").split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name + suffix)))
    .find((path) => existsSync(path));
}
