/**
 * 编码和测试对照表：`lib/encodings/` 的每个文件，各有几条定律、几个金标准、几个手算得出的例子。
 *
 * `deno run -A tools/encoding_table.ts` 印出来，加 `--write` 写进 `lib/README.md`。数都是从测试文件里数的；空格要有说明，否则报错。
 *
 * @module
 */
import { join } from "node:path";
import { root } from "./notebook/environment.ts";

/** 一个文件的标题行和它对应的全家的名字（没有的不是一种编码，是编码用的零件）。 */
interface Entry {
  readonly file: string;
  readonly title: string;
  readonly kin: readonly string[];
}

/** 没有自己的金标准（或别的一类）的，说清楚靠什么。 */
const explained: Readonly<Record<string, string>> = {
  "recursive 对照": "f 由用的人给；定律里和三角式两条路互相核对",
  "turns 对照": "没有比双精度更准的包；和大整数逐项加的核对",
  "layer_mix 对照": "只排层，不算数；和逐层另算的核对",
};

/** 测试不在同名文件里的零件。 */
export const testedIn: Readonly<Record<string, string>> = {
  rotation: "rope",
  frequencies: "partial_rope",
  ode: "floater",
  relative_shift: "transformer_xl",
  deberta_bucket: "deberta",
  path_reflections: "path",
};

const read = (path: string) => Deno.readTextFile(join(root, path));

async function entries(): Promise<Entry[]> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(join(root, "lib", "encodings"))) files.push(name.replace(/\.ts$/, ""));
  const makers = await read("lib/bench/family.ts");
  return await Promise.all(
    files.sort().map(async (file) => {
      const text = await read(`lib/encodings/${file}.ts`);
      const title = /^ \* (.*?)[：:]/m.exec(text)?.[1] ?? file;
      const names = [...text.matchAll(/name: "([^"]+)"|rotary\("([^"]+)"/g)].map(([, a, b]) => a ?? b!);
      return { file, title, kin: [...new Set(names)].filter((name) => makers.includes(name)) };
    }),
  );
}

/** 这个文件的三类测试各有几个；`金标准` 后面是谁算的。 */
async function counts({ file, kin }: Entry): Promise<Record<"定律" | "对照" | "手算", string>> {
  if (testedIn[file]) {
    return { 定律: `见 ${testedIn[file]}`, 对照: `见 ${testedIn[file]}`, 手算: `见 ${testedIn[file]}` };
  }
  const test = await read(`tests/encodings/${file}_test.ts`);
  const source = await read(`lib/encodings/${file}.ts`);
  const own = [...test.matchAll(/^\s*law\(/gm)].length + [...test.matchAll(/Deno\.test\(["`](反例|定律)/g)].length;
  const laws = [own > 0 ? `${own} 条` : "", kin.length > 0 ? "公共 5 条" : ""].filter(Boolean).join(" + ");
  const oracles = [...test.matchAll(/["`]金标准/g)].length;
  const golden = [...test.matchAll(/golden\/(\w+)\.json/g)].map(([, name]) => name!);
  const makers = (await Promise.all(golden.map(async (name) => {
    const { provenance } = JSON.parse(await read(`tests/golden/${name}.json`)) as {
      provenance: Record<string, unknown>;
    };
    if (provenance["derivation"]) return ["NumPy 另写"];
    return Object.keys(provenance["package"] as object).filter((one) => one !== "torch" || golden.length === 0);
  }))).flat();
  const worked = [...test.matchAll(/["`]手算/g)].length, examples = [...source.matchAll(/@example/g)].length;
  return {
    定律: laws,
    对照: oracles > 0 ? `${[...new Set(makers)].join("、")}` : "",
    手算: [worked > 0 ? `${worked} 个` : "", examples > 0 ? `文档 ${examples} 例` : ""].filter(Boolean).join(" + "),
  };
}

/** 整张表，Markdown。空着又没说明的格子抛错。 */
export async function encodingTable(): Promise<string> {
  const lines = ["| 文件 | 是什么 | 定律 | 对照 | 手算 |", "| --- | --- | --- | --- | --- |"];
  const empty: string[] = [];
  for (const entry of await entries()) {
    const cells = Object.entries(await counts(entry)).map(([kind, text]) => {
      const said = text || explained[`${entry.file} ${kind}`];
      if (!said) empty.push(`${entry.file} ${kind}`);
      return said ?? "";
    });
    lines.push(
      `| [${entry.file}](encodings/${entry.file}.ts) | ${entry.title.replaceAll("|", "\\|")} | ${cells.join(" | ")} |`,
    );
  }
  if (empty.length > 0) throw new Error(`无法排对照表：需要每格都有测试或说明：空着的是 ${empty.join("、")}`);
  return lines.join("\n");
}

/** `lib/README.md` 的全文。 */
export async function libraryReadme(): Promise<string> {
  return `# 库

一个编码就是一个值（[encoding.ts](encoding.ts) 说它有哪几只钩子），[attention.ts](attention.ts) 不认得任何一种编码，
[compose.ts](compose.ts) 把几个合成一个，[scaling/](scaling) 把 RoPE 拉长（交出角频率和一个系数，转还是那一个转），[bench/](bench) 用五只表量它们。
[axes/](axes) 是图像、视频的多轴旋转，[inference/](inference) 是键缓存和 MLA，[limits/](limits) 是关键维度、衰减、底数的下界，[models/](models) 读任何一个模型的 \`config.json\`。
[training/](training) 是训练台：小 Transformer、八种能训练的编码、四种题，自动求导用 \`@jax-js/jax\`（编译成 WASM，不用显卡，离线装得上；numpy-ts 没有自动求导，tfjs 的本机后端安装时要另外下载程序）；图和 \`attention\` 逐个核对。
导入只往下走：\`models、inference、limits、bench → scaling、axes、training → encodings → 这里\`。只要输出、要快，用 [fast_attention.ts](fast_attention.ts)。

下表由 \`tools/encoding_table.ts\` 从测试里数出来。**公共 5 条**是每种编码都过的：平移（绝对的必须通不过）、换序等变、因果、分块和挑行、四项相加；
**对照**是别人的实现算出的数（\`tests/golden/\`），没有包的由 NumPy 照公式另写一遍；**手算**在纸上就能核对，文档里的例子都会运行。

${await encodingTable()}
`;
}

if (import.meta.main) {
  const text = await libraryReadme();
  if (Deno.args.includes("--write")) await Deno.writeTextFile(join(root, "lib", "README.md"), text);
  else console.log(text);
}
