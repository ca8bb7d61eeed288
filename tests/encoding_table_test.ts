// lib/README.md 里的对照表是从测试里数出来的，没有一格空着。
import assert from "node:assert/strict";
import { familyNames } from "@lib/bench/family.ts";
import { libraryReadme } from "../tools/encoding_table.ts";

Deno.test("lib/README.md 和测试对得上（旧了就跑 python3 tools/course.py encoding-table）", async () => {
  assert.equal(await Deno.readTextFile("lib/README.md"), await libraryReadme());
});

Deno.test("每个编码文件一行，每格都有内容", async () => {
  const lines = (await libraryReadme()).split("\n").filter((line) => line.startsWith("| ["));
  const files = [...Deno.readDirSync("lib/encodings")].map(({ name }) => name);
  assert.equal(lines.length, files.length);
  for (const line of lines) assert.ok(!/\|\s*\|/.test(line), line);
  assert.ok(lines.filter((line) => line.includes("公共 5 条")).length >= familyNames.length - 3); // RoPE 的三种在两个文件里，NoPE 没有文件
});
