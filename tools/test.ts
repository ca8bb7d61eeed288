/**
 * 跑全部测试：`python3 tools/course.py test`。
 *
 * 一组一组地跑，一组里的阶段同时跑（两个处理器都用上；真的装一遍的那个看重时间，自己一组）；
 * 把各阶段的数加起来，最后一行是 `N passed, N failed`。
 * 没有 Chromium 就跳过浏览器测试；在 CI（环境变量 `CI=true`）里，跳过算失败。
 *
 * @module
 */
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { findChromium } from "./chromium.ts";

/** 一个阶段跑完的结果。 */
export interface Outcome {
  /** 通过的个数。 */
  readonly passed: number;
  /** 失败的个数。 */
  readonly failed: number;
  /** 跳过的个数。 */
  readonly ignored: number;
}

/**
 * 从 `deno test` 的输出数出结果。没有收尾行、或一个测试也没跑到，都是失败：空的绿灯不算绿灯。
 *
 * `deno test` 收尾的样子：`FAILED | 3 passed (2 steps) | 1 failed | 2 ignored (1s)`。
 */
export function countTests(output: string, success: boolean): Outcome {
  const closing = output.match(/^(?:ok|FAILED) \| \d+ passed.*$/gm)?.at(-1) ?? "";
  const number = (word: string) => Number(closing.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  const [passed, failed, ignored] = [number("passed"), number("failed"), number("ignored")];
  const empty = passed + failed + ignored === 0;
  return { passed, failed: failed || (empty || !success ? 1 : 0), ignored };
}

/** 失败时给人看的部分：`deno test` 从 ERRORS 起才是详情，前面是一长串通过的；和失败无关的例行话也去掉。 */
export function readable(output: string): string {
  const start = output.search(/^ ERRORS *$/m);
  const routine = /^(Check|Download) .*\n|^Warning Failed resolving types\..*\n( +at .*\n)?/gm; // 后一种来自 @types/node
  return `${start < 0 ? output : output.slice(start)}\n`.replace(routine, "").trim();
}

/** 失败的原因，一个一行，至多 `most` 个：放在最后，只看得到末尾几行的人也知道坏在哪。 */
export function reasons(output: string, most = 6): string[] {
  const found = output.matchAll(/^(.+) => \S+:\d+:\d+\nerror: ([^]+?)\n +at /gm);
  return Array.from(found, ([, name, why]) => `✗ ${name}：${why!.replaceAll(/\s+/g, " ").trim().slice(0, 200)}`).slice(
    0,
    most,
  );
}

/** 收尾的话：`N passed, N failed`，前面可能有一行跳过了几个。 */
export function closing(
  outcomes: readonly Outcome[],
  ci: boolean,
  chromium: boolean,
): { lines: string[]; ok: boolean } {
  const sum = (key: keyof Outcome) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const ignored = sum("ignored");
  const failed = sum("failed") + (ci ? ignored : 0);
  const skipped = `跳过 ${ignored}${chromium ? "" : "（没有 Chromium）"}${ci ? "：在 CI 里算失败" : ""}`;
  return { lines: [...(ignored > 0 ? [skipped] : []), `${sum("passed")} passed, ${failed} failed`], ok: failed === 0 };
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TYPED = ["lib", "tools", "tests"];
const APART = ["tests/browser", "tests/setup_test.ts"]; // 自成一组：一个要 Chromium，一个要真的装一遍
const NOTEBOOKS = "tests/notebooks"; // 在真内核里跑每一课，和别的测试同时

/** 一个阶段：名字，`deno` 的参数，是不是 `deno test`。 */
type Stage = [title: string, args: string[], tests: boolean];

/** 各组阶段。 */
function groups(): Stage[][] {
  const sources = globSync("lib/**/*.ts").sort();
  const documents = ["lib", ...["README.md"].filter((path) => existsSync(path))];
  return [
    [["格式 deno fmt", ["fmt", "--check"], false], ["规则 deno lint", ["lint"], false]],
    [
      ["类型 deno check", ["check", "--doc", ...TYPED, ...documents], false],
      ["文档 deno doc --lint", ["doc", "--lint", ...sources], false],
    ],
    [
      ["文档里的例子", ["run", "-A", "tools/doc_examples.ts", ...documents], true],
      ["测试", ["test", "-A", `--ignore=${[...APART, NOTEBOOKS].join(",")}`, "tests"], true],
      ["笔记本测试", ["test", "-A", NOTEBOOKS], true],
    ],
    [["浏览器测试", ["test", "-A", "tests/browser"], true]],
    [["安装测试", ["test", "-A", "tests/setup_test.ts"], true]],
  ];
}

async function run(args: string[], tests: boolean): Promise<Outcome & { output: string }> {
  const own = join(ROOT, ".venv", "var", "xdg"); // Chromium 的设置和缓存也不写进主目录
  const env = {
    RUST_BACKTRACE: "0",
    NO_COLOR: "1",
    XDG_CONFIG_HOME: join(own, "config"),
    XDG_CACHE_HOME: join(own, "cache"),
  };
  const command = new Deno.Command(Deno.execPath(), { args, env, stdin: "null", stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const output = stripVTControlCharacters([stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join(""));
  const outcome = tests
    ? countTests(output, success)
    : { passed: Number(success), failed: Number(!success), ignored: 0 };
  return { ...outcome, output };
}

async function main(): Promise<number> {
  if (Deno.args.length > 0) {
    console.error(
      `test 跑全部测试，不收参数：现在是 ${Deno.args.join(" ")}。只跑一个文件：.venv/bin/deno test -A 文件`,
    );
    return 2;
  }
  Deno.chdir(ROOT); // 从哪里叫都一样
  const outcomes: Outcome[] = [], why: string[] = [];
  const began = performance.now();
  const seconds = (from: number) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
  const all = groups();
  for (const [index, group] of all.entries()) {
    const start = performance.now();
    console.log(`[${index + 1}/${all.length}] ${group.map(([title]) => title).join("、")} …`);
    await Promise.all(group.map(async ([title, args, tests]) => {
      const outcome = await run(args, tests);
      outcomes.push(outcome);
      if (outcome.failed > 0) console.log(`\n${readable(outcome.output)}\n`);
      if (outcome.failed > 0) why.push(...reasons(outcome.output));
      for (const [line] of outcome.output.matchAll(/^重来：.*$/gm)) console.log(`      ${line}`);
      const parts = [`${outcome.passed} 通过`, `${outcome.failed} 失败`, `${outcome.ignored} 跳过`]
        .filter((part, i) => i === 0 || !part.startsWith("0 "));
      console.log(`      ${outcome.failed > 0 ? "✗" : "✓"} ${title}：${parts.join("，")}（${seconds(start)}）`);
    }));
  }
  console.log(`共 ${seconds(began)}`);
  const { lines, ok } = closing(outcomes, Deno.env.get("CI") === "true", findChromium() !== undefined);
  for (const line of [...why, ...lines]) console.log(line);
  return ok ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
