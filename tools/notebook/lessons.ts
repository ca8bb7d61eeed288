/**
 * 课名 → 文件：`01`、`four_tokens`、`01_four_tokens`、`solutions/01_four_tokens` 或一个路径，都认。
 *
 * @module
 */
import { basename, isAbsolute, join, resolve } from "node:path";
import { notebooksFolder, shown } from "./environment.ts";

/** 课程的笔记本：`NN_slug.ipynb`；学习者另存的（`….我的.ipynb`）不算。 */
const lessonFile = /^\d\d_[a-z0-9_]+\.ipynb$/;

/** 一个笔记本文件：在哪，写着什么。检查的函数收它，不自己读盘，测试就能交给它改坏的一份。 */
export interface LessonFile {
  readonly path: string;
  readonly text: string;
}

/** 读几个文件。 */
export async function readFiles(paths: readonly string[]): Promise<LessonFile[]> {
  return await Promise.all(paths.map(async (path) => ({ path, text: await Deno.readTextFile(path) })));
}

/** 全部课（按编号）和它们的参考解答。 */
export function allLessons(folder: string = notebooksFolder): string[] {
  return [...filesIn(folder), ...filesIn(join(folder, "solutions"))];
}

/** 不含参考解答。 */
export function lessonsOnly(folder: string = notebooksFolder): string[] {
  return filesIn(folder);
}

/** 按名字找；一个名字也没给，就是全部。 */
export function findLessons(names: readonly string[], all: readonly string[] = allLessons()): string[] {
  return names.length === 0 ? [...all] : names.map((name) => findLesson(name, all));
}

/** 按名字找一本。先当作路径，再当作编号或名字。 */
export function findLesson(name: string, all: readonly string[] = allLessons()): string {
  if (name.endsWith(".ipynb")) {
    const path = isAbsolute(name) ? name : resolve(name);
    if (exists(path)) return path;
  }
  const wanted = name.replace(/\.ipynb$/, "").replace(/^(\.\/)?notebooks\//, "");
  const found = all.filter((path) => {
    const stem = basename(path, ".ipynb");
    const room = isSolution(path) ? "solutions/" : "";
    const label = [stem, stem.slice(0, 2), stem.slice(3)].map((name) => room + name);
    return label.includes(wanted);
  });
  if (found[0] !== undefined) return found[0];
  const known = all.map((path) => (isSolution(path) ? "solutions/" : "") + basename(path, ".ipynb")).join("、") ||
    "还没有";
  throw new Error(`无法找到 ${name}：需要一课的编号或名字：现在有的是 ${known}`);
}

/** 是不是参考解答。 */
export function isSolution(path: string): boolean {
  return shown(path).split("/").includes("solutions");
}

function filesIn(folder: string): string[] {
  if (!exists(folder)) return [];
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => lessonFile.test(name)).sort()
    .map((name) => join(folder, name));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
