/**
 * 课里的错（lesson faults）：把 `lib/` 里一种编码的一个正负号改反，看哪几课红，红的那一格怎么说；第 91 课不红，看它的判词怎么变。
 *
 * `deno run -A tools/lesson_faults.ts`，只试几个：`deno run -A tools/lesson_faults.ts t5 alibi`。
 * 一课也不红，就是那句话谁都没有核对。改的是 `.scratch/` 里的副本，项目里的文件不动；一个错要把每一课跑一遍。
 *
 * @module
 */
import { join } from "node:path";
import { environment, root, withScratch } from "./notebook/environment.ts";
import { type Notebook, readNotebook } from "./notebook/format.ts";

/** 一个错：把 `search`（在文件里只出现一次）换成 `replace`。 */
export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/** 每种编码一个正负号。 */
export const faults: readonly Fault[] = [
  {
    name: "三角式：sin 的正负号",
    file: "lib/encodings/sinusoidal.ts",
    search: "= Math.sin(angle)",
    replace: "= -Math.sin(angle)",
  },
  {
    name: "Shaw：过去和将来对调",
    file: "lib/encodings/shaw.ts",
    search: 'clipDistance(integerDistance("Shaw", t), clip)',
    replace: 'clipDistance(-integerDistance("Shaw", t), clip)',
  },
  {
    name: "T5 的桶：过去和将来对调",
    file: "lib/encodings/t5.ts",
    search: "bidirectional && t < 0",
    replace: "bidirectional && t > 0",
  },
  { name: "ALiBi：越远分越高", file: "lib/encodings/alibi.ts", search: "-slope * Math", replace: "slope * Math" },
  {
    name: "DeBERTa：过去和将来对调",
    file: "lib/encodings/deberta.ts",
    search: 'integerDistance("DeBERTa", distance)',
    replace: '-integerDistance("DeBERTa", distance)',
  },
  {
    name: "RoPE：转的时候一个正负号",
    file: "lib/encodings/rotation.ts",
    search: "= x * c - y * s",
    replace: "= x * c + y * s",
  },
  {
    name: "RoPE：两种配对对调",
    file: "lib/encodings/rotation.ts",
    search: 'pairing === "interleaved" ? [2, 1]',
    replace: 'pairing === "half" ? [2, 1]',
  },
  {
    name: "RoPE：底数减半",
    file: "lib/encodings/rope.ts",
    search: "inverseFrequencies(dimension, base)",
    replace: "inverseFrequencies(dimension, base / 2)",
  },
];

/** 复制一份项目，装出来的东西用链接。 */
async function copyProject(to: string): Promise<void> {
  for (const part of ["lib", "tools", "notebooks"]) await copyTree(join(root, part), join(to, part));
  for (const file of ["deno.json", "deno.lock"]) await Deno.copyFile(join(root, file), join(to, file));
  for (const made of ["node_modules", ".venv"]) {
    await Deno.symlink(join(root, made), join(to, made), { type: "junction" });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** 在副本里把每一课跑一遍，交回红的断言：课名 → 第一句。只是数变了（和存着的不同）不算，要断言自己说出来。 */
async function redLessons(folder: string): Promise<Map<string, string>> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--node-modules-dir=manual", "tools/notebook/check.ts"],
    cwd: folder,
    env: environment(),
  }).output();
  const red = new Map<string, string>();
  for (const line of new TextDecoder().decode(stderr).split("\n")) {
    const [, lesson, message] = /notebooks\/(?!solutions\/)(\w+)\.ipynb.*?(?:Claim)?Error: (✗ .*|无法.*)/.exec(line) ??
      [];
    if (lesson && message && !red.has(lesson)) red.set(lesson, message);
  }
  return red;
}

/** 第 91 课判的一句话。 */
export interface JudgedLine {
  readonly post: string;
  readonly quote: string;
  readonly verdict: string;
}

/** 从第 91 课的输出里读出判词。 */
export function verdictsOf({ cells }: Notebook): JudgedLine[] {
  const texts = cells.flatMap(({ outputs }) => outputs ?? []).flatMap((output) =>
    "data" in output ? [String(output.data["text/plain"] ?? "")] : []
  );
  return texts.flatMap((text) => {
    const [, post, quote, verdict] = /^(\S+)：“(.+)”　判词：(\S+)$/m.exec(text) ?? [];
    return post && quote && verdict ? [{ post, quote, verdict }] : [];
  });
}

/** 在副本里重跑第 91 课，交回它的判词；跑完的输出留在副本里。 */
async function verdictsIn(folder: string): Promise<JudgedLine[]> {
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--node-modules-dir=manual", "tools/notebook/run.ts", "91_write_your_reply"],
    cwd: folder,
    env: environment(),
  }).output();
  return verdictsOf(await readNotebook(join(folder, "notebooks/91_write_your_reply.ipynb")));
}

async function main(wanted: readonly string[]): Promise<number> {
  const chosen = faults.filter(({ file, name }) =>
    wanted.length === 0 || wanted.some((word) => file.includes(word) || name.includes(word))
  );
  let silent = 0;
  await withScratch(async (folder) => {
    await copyProject(folder);
    const before = await redLessons(folder), judged = await verdictsIn(folder);
    if (before.size > 0) {
      throw new Error(`无法埋错：需要没埋错时每一课都绿：现在红的是 ${[...before.keys()].join("、")}`);
    }
    for (const { name, file, search, replace } of chosen) {
      const path = join(folder, file), original = await Deno.readTextFile(path);
      const times = original.split(search).length - 1;
      if (times !== 1) throw new Error(`无法埋错：需要“${search}”在 ${file} 里恰好出现一次：现在出现 ${times} 次`);
      await Deno.writeTextFile(path, original.replace(search, () => replace));
      const red = await redLessons(folder), now = await verdictsIn(folder);
      await Deno.writeTextFile(path, original);
      if (red.size === 0) silent++;
      console.log(`${red.size > 0 ? "✓" : "✗ 没有一课红"} ${name}：${red.size} 课`);
      for (const [lesson, message] of red) console.log(`    ${lesson}：${message}`);
      for (const [i, { post, quote, verdict }] of judged.entries()) {
        if (now[i]?.verdict !== verdict) console.log(`    91 ${post}“${quote}”：${verdict} → ${now[i]?.verdict}`);
      }
    }
  });
  console.log(`埋了 ${chosen.length} 个错，${chosen.length - silent} 个有课红，${silent} 个没有`);
  return silent === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
