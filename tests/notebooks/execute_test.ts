/** 执行：在真内核里跑，跑不完的说清楚，内核一个也不留下。 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { environment, python, root, withScratch } from "../../tools/notebook/environment.ts";
import { execute } from "../../tools/notebook/execute.ts";
import { canonicalText, type Notebook, readNotebook } from "../../tools/notebook/format.ts";
import { parseKnobs, setKnobs } from "../../tools/notebook/knob_edit.ts";
import { isRefusal } from "../../tools/notebook/outputs.ts";
import { runTroubles } from "../../tools/notebook/run.ts";
import { dimensions, fullProduct, lengths, rotating } from "../../tools/notebook/sweep.ts";
import { checkSaved, growth, runWithKnobs } from "../../tools/notebook/check.ts";
import { lesson } from "./plant.ts";

function cells(...sources: string[]): Notebook {
  const made = sources.map((source, i) => ({
    cell_type: "code" as const,
    id: `c${i}`,
    source,
    metadata: {},
    outputs: [],
  }));
  return { cells: made, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

Deno.test("一格出错，后面的照跑，每格量了时间", async () => {
  const [run] = await execute([cells("const a = 1; a;", "throw new Error('坏');", "", "[a, NaN];")]);
  assert.deepEqual(run!.notebook.cells.map((c) => c.outputs!.map((o) => o.output_type)), [
    ["execute_result"],
    ["error"],
    [],
    ["execute_result"],
  ]);
  assert.deepEqual(run!.seconds.map((s) => typeof s), ["number", "number", "object", "number"]);
  assert.match(JSON.stringify(run!.notebook.cells[3]!.outputs), /\[ 1, NaN \]/);
});

Deno.test("死循环到时间就停，说是第几格；别的照样做完，次序不乱", async () => {
  const runs = await execute([cells("1", "while (true) {}", "2"), cells("'好'"), cells("Deno.exit(3)")], {
    timeout: 2,
  });
  assert.deepEqual(runs[0]!.failure, { reason: "timeout", message: "超过 2 秒还没跑完", cell: 1 });
  assert.match(JSON.stringify(runs[1]!.notebook.cells[0]!.outputs), /好/);
  assert.deepEqual(runs[2]!.failure, { reason: "dead", message: "内核自己退出了", cell: 0 });
  assert.deepEqual(runTroubles(runs[2]!), [{ cell: 1, message: "内核自己退出了" }]);
});

Deno.test("调用的人没了，内核跟着关掉", { ignore: Deno.build.os !== "linux" }, async () => {
  await withScratch(async (folder) => {
    const [before, pid] = [join(folder, "before.ipynb"), join(folder, "pid")];
    await Deno.writeTextFile(
      before,
      canonicalText(cells(`Deno.writeTextFileSync("pid", String(Deno.pid)); while (true) {}`)),
    );
    const runner = spawn(python(), [join(root, "tools", "execute.py")], {
      env: environment(),
      stdio: ["pipe", "ignore", "ignore"],
    });
    const closed = once(runner, "close");
    const job = { id: 0, notebook: before, output: join(folder, "after.ipynb"), cwd: folder, timeout: 600 };
    runner.stdin.write(JSON.stringify(job) + "\n");
    const kernel = await eventually(() => Deno.readTextFileSync(pid) || undefined);
    runner.stdin.end(); // 调用的人死掉时，操作系统做的就是这件事
    const timer = setTimeout(() => runner.kill("SIGKILL"), 10_000);
    await closed;
    clearTimeout(timer);
    assert.throws(() => Deno.statSync(`/proc/${kernel}`), Deno.errors.NotFound);
  });
});

async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (let i = 0; i < 200; i++) {
    try {
      const found = look();
      if (found !== undefined) return found;
    } catch { /* 还没有 */ }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("等了 10 秒也没有");
}

Deno.test("换旋钮只动那个字面量", async () => {
  const notebook = await readNotebook(lesson);
  const changed = setKnobs(notebook, parseKnobs(["L=512", 'd="4"']));
  assert.match(changed.cells[2]!.source, /^const L = 512; \/\/ 长度.*\nconst d = "4"; \/\/ 维数/);
  assert.deepEqual(changed.cells.filter((c, i) => c !== notebook.cells[i]).length, 1);
  assert.throws(() => setKnobs(notebook, { q: "1" }), /无法换旋钮 q：.*现在有的是 L、d/);
  assert.deepEqual(parseKnobs(["重跑=true"]), { 重跑: "true" }); // 旋钮也有中文名字的
  assert.throws(() => parseKnobs(["L"]), /需要写成 --set L=512：现在是 L/);
});

Deno.test("拒绝、不适用、适用，分得开", async () => {
  const [refused, short, ordinary] = await runWithKnobs(lesson, [{ L: "0" }, { L: "1" }, { L: "16", d: "64" }]);
  assert.deepEqual([refused!.refused, refused!.applied, refused!.problems.length], [true, 0, 0]);
  assert.deepEqual([short!.refused, short!.applied, short!.notApplicable], [false, 1, 1]);
  assert.deepEqual([ordinary!.applied, ordinary!.notApplicable, ordinary!.problems.length], [2, 0, 0]);
});

Deno.test("拒绝：第一个错是旋钮的，后面什么也没算出来", () => {
  const failing = (...names: string[]) => {
    const notebook = cells(...names.map(() => "1"));
    for (const [i, ename] of names.entries()) {
      notebook.cells[i]!.outputs = ename === "表"
        ? [{ output_type: "execute_result", data: { "text/html": "<table>" }, metadata: {}, execution_count: 1 }]
        : ename === "✓"
        ? [{ output_type: "stream", name: "stdout", text: "✓ 成立：0\n" }]
        : [{ output_type: "error", ename, evalue: "", traceback: [] }];
    }
    return notebook;
  };
  assert.ok(isRefusal(failing("KnobError", "KnobError")));
  assert.ok(isRefusal(failing("表", "KnobError", "ReferenceError"))); // 后面的错是它的后果
  assert.ok(!isRefusal(failing("TypeError", "KnobError")));
  assert.ok(!isRefusal(failing("KnobError", "表")));
  assert.ok(!isRefusal(failing("KnobError", "✓")));
  assert.ok(!isRefusal(failing()));
});

Deno.test("输出超过 L = 128 时的两倍，说得出是哪一组；拒绝的不比", async () => {
  const [run] = await runWithKnobs(lesson, [{ L: "8192" }]);
  const small = { ...run!, bytes: Math.floor(run!.bytes / 2) - 1 };
  assert.match(growth(lesson, run!, small).join(), /（L = 8192）：输出 [\d.]+ KB，超过 L = 128 时 [\d.]+ KB 的两倍/);
  assert.deepEqual(growth(lesson, run!, run!), []);
  assert.deepEqual(growth(lesson, run!, { ...small, refused: true }), []);
});

Deno.test("超过时限的，单独再量一次；还是慢才算慢", async () => {
  const problems = await checkSaved([{ path: lesson, text: await Deno.readTextFile(lesson) }], 0.01);
  assert.match(problems.join("\n"), /^\S+01_line\.ipynb：计算用了 \d\.\d 秒，要求不超过 0\.01 秒$/m);
});

Deno.test("轮着来的旋钮，55 天走遍每一对", () => {
  const pairs = new Set(Array.from({ length: 55 }, (_, n) => JSON.stringify(rotating(20_000 + n))));
  assert.equal(pairs.size, lengths.length * dimensions.length);
  assert.deepEqual(
    new Set(fullProduct(["L", "d"]).map((knobs) => JSON.stringify({ L: knobs["L"], d: knobs["d"] }))),
    pairs,
  );
  assert.equal(fullProduct(["L"]).length, 11);
  assert.deepEqual(fullProduct([]), [{}]);
});
