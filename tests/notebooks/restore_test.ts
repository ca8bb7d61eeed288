/** 恢复一课：回到刚拿到的样子，学习者改的那份另存，什么也不丢。 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { allLessons, findLesson } from "../../tools/notebook/lessons.ts";
import { restore } from "../../tools/notebook/restore.ts";

/** 一个有两课的文件夹，放在项目外面；`git` 为真时建成仓库。 */
async function withLessons(git: boolean, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["01_four_tokens", "10_order"]) {
      await Deno.writeTextFile(join(folder, `${name}.ipynb`), `${name} 原样\n`);
    }
    const run = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: folder, stdio: "ignore" });
    if (git) (run("init"), run("add", "."), run("commit", "-m", "shipped"));
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name !== ".git").sort();

Deno.test("改坏的一课回到原样，改的那份另存；再来一次也不覆盖", async () => {
  await withLessons(true, async (folder) => {
    const path = join(folder, "01_four_tokens.ipynb");
    for (
      const [name, text] of [["01", "我改的"], ["four_tokens", "又改的"], ["01_four_tokens.ipynb", "还改"]] as const
    ) {
      await Deno.writeTextFile(path, text);
      await restore(name, folder);
      assert.equal(await Deno.readTextFile(path), "01_four_tokens 原样\n");
    }
    assert.deepEqual(names(folder), [
      "01_four_tokens.ipynb",
      "01_four_tokens.我的.ipynb",
      "01_four_tokens.我的2.ipynb",
      "01_four_tokens.我的3.ipynb",
      "10_order.ipynb",
    ]);
    assert.equal(await Deno.readTextFile(join(folder, "01_four_tokens.我的.ipynb")), "我改的");
    assert.equal(allLessons(folder).length, 2, "另存的不算一课");
  });
});

Deno.test("没改过就不动；整个删掉的也找得回来", async () => {
  await withLessons(true, async (folder) => {
    assert.match((await restore("10", folder)).join(), /就是原样，没有动它/);
    await Deno.remove(join(folder, "10_order.ipynb"));
    await restore("10", folder);
    assert.equal(await Deno.readTextFile(join(folder, "10_order.ipynb")), "10_order 原样\n");
    assert.deepEqual(names(folder), ["01_four_tokens.ipynb", "10_order.ipynb"]);
  });
});

Deno.test("没有 git：说该去哪拿，改的那份也另存", async () => {
  await withLessons(false, async (folder) => {
    await assert.rejects(restore("01", folder), /无法恢复 01_four_tokens\.ipynb：.*从下载的压缩包里取出[^]*另存为/);
    assert.ok(names(folder).includes("01_four_tokens.我的.ipynb"));
    assert.ok(names(folder).includes("01_four_tokens.ipynb"));
  });
});

Deno.test("没有这一课：说有哪些", async () => {
  await withLessons(false, async (folder) => {
    assert.throws(() => findLesson("77", allLessons(folder)), /无法找到 77：.*现在有的是 01_four_tokens、10_order/);
    await assert.rejects(restore("77", folder), /无法找到 77/);
  });
});
