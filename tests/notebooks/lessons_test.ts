/** 每一课：守规矩；重跑和存着的逐字节一样；今天轮到的那组旋钮下也没有问题。 */
import assert from "node:assert/strict";
import { checkSaved, checkWithKnobs } from "../../tools/notebook/check.ts";
import { readNotebook } from "../../tools/notebook/format.ts";
import { knobNames } from "../../tools/notebook/knob_edit.ts";
import { allLessons, lessonsOnly, readFiles } from "../../tools/notebook/lessons.ts";
import { lint } from "../../tools/notebook/lint.ts";
import { rotating } from "../../tools/notebook/sweep.ts";

const lessons = lessonsOnly();

Deno.test("课在这里", () => assert.ok(lessons.length > 0, "notebooks/ 里一课也没有，下面的测试什么也没测"));

Deno.test("每一课都守规矩", async () => {
  const problems = await lint(await readFiles(allLessons()));
  assert.deepEqual(problems, [], problems.join("\n"));
});

Deno.test("重跑出来的和存着的逐字节一样", async () => {
  const problems = await checkSaved(await readFiles(allLessons()));
  assert.deepEqual(problems, [], problems.join("\n"));
});

Deno.test("今天轮到的旋钮", async () => {
  // 一天换一组，55 天走遍 11 × 5；红了要重现，照印出来的那行 --set 跑。
  const today = Math.floor(Date.now() / 86_400_000);
  const problems: string[] = [];
  for (const [index, path] of lessons.entries()) {
    const knobs = rotating(today + index, knobNames(await readNotebook(path)));
    problems.push(...await checkWithKnobs([path], knobs, (line) => console.log(line)));
  }
  assert.deepEqual(problems, [], problems.join("\n"));
});
