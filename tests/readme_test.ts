// README 说的都要是真的：图是第 01 课里那一张，课都在表里，命令都存在。
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";

const readme = Deno.readTextFileSync("README.md");

Deno.test("README 开头的图就是第 01 课存着的那一张", () => {
  const lesson = JSON.parse(Deno.readTextFileSync("notebooks/01_four_tokens.ipynb"));
  const cell = lesson.cells.find(({ id }: { id: string }) => id === "add-picture");
  const png = [cell.outputs[0].data["image/png"]].flat().join("");
  const path = readme.match(/!\[.*\]\((.*\.png)\)/)?.[1] ?? "";
  // 课里的图变了：跑 python3 tools/course.py readme-picture 换掉这一张。
  assert.equal(Buffer.from(Deno.readFileSync(path)).toString("base64"), png.replaceAll("\n", ""));
});

Deno.test("每一课都在 README 的表里，表里的课都存在", () => {
  const listed = [...readme.matchAll(/\]\((notebooks\/\d\d_\w+\.ipynb)\)/g)].map(([, path]) => path);
  const there = [...Deno.readDirSync("notebooks")].map(({ name }) => name).filter((name) =>
    /^\d\d_.*\.ipynb$/.test(name)
  );
  assert.deepEqual(listed.toSorted(), there.map((name) => `notebooks/${name}`).toSorted());
});

Deno.test("README 里的命令都存在", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const words = [...readme.matchAll(/tools\/course\.py ([\w-]+)/g)].map(([, word]) => word!);
  const known = new Set(["lab", "test", "setup", ...Object.keys(tasks)]);
  assert.deepEqual(words.filter((word) => !known.has(word)), []);
  assert.ok(words.length > 5);
});
