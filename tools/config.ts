/**
 * 读一份 config.json（config）：`deno task config 文件 [--seq 长度] [--layer 层] [--semantics 4|5] [--json] [--svg 图.svg]`。
 *
 * 文件写 `-` 是从标准输入读。写错了，标准错误上一句话，退出状态 2。画图的零件等要画了才取，不画就不等。
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import process from "node:process";
import { ShapeError } from "@lib/errors.ts";
import { readConfig, type Reading, type ReadOptions } from "@lib/models/read_config.ts";
import { reportJson, reportText, visible } from "@lib/models/report.ts";

const usage =
  "用法：config 文件 [--seq 长度] [--layer 层] [--semantics 4|5] [--json] [--svg 图.svg]；文件写 - 是标准输入";

/** 命令行上写的。 */
interface Arguments {
  readonly file: string;
  readonly options: ReadOptions;
  readonly json: boolean;
  readonly svg?: string;
}

/** 写错了的命令行、读不到的文件：一句话。 */
class Refusal extends Error {}

function parsed(words: readonly string[]): Arguments {
  const numbers: Record<string, number> = {},
    names = { "--seq": "sequenceLength", "--layer": "layer", "--semantics": "semantics" };
  let file: string | undefined, json = false, svg: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!, value = words[i + 1];
    if (word === "--json") json = true;
    else if (word === "--svg" || word in names) {
      if (value === undefined) throw new Refusal(`${word} 后面要写一个值：${usage}`);
      if (word === "--svg") svg = value;
      else if (/^\d+$/.test(value)) numbers[names[word as keyof typeof names]] = Number(value);
      else throw new Refusal(`${word} 后面要写一个整数：现在是 ${JSON.stringify(value)}`);
      i++;
    } else if (file === undefined && (word === "-" || !word.startsWith("-"))) file = word;
    else throw new Refusal(`不认识 ${JSON.stringify(word)}：${usage}`);
  }
  if (file === undefined) throw new Refusal(`没有写文件：${usage}`);
  return { file, options: numbers, json, ...svg === undefined ? {} : { svg } };
}

/** `deno task` 换到了项目根，相对路径要从叫它的地方算起。 */
function fromHere(path: string): string {
  return isAbsolute(path) ? path : join(process.env.INIT_CWD ?? process.cwd(), path);
}

async function contents(file: string): Promise<string> {
  if (file === "-") return await new Response(Deno.stdin.readable).text();
  try {
    return await Deno.readTextFile(fromHere(file));
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "没有这个文件"
      : error instanceof Deno.errors.IsADirectory
      ? "它是一个文件夹"
      : "打不开";
    throw new Refusal(`无法读 ${fromHere(file)}：${why}`);
  }
}

async function main(words: readonly string[]): Promise<void> {
  const { file, options, json, svg } = parsed(words),
    reading = readConfig(await contents(file), options);
  console.log(json ? visible(JSON.stringify(reportJson(reading))) : reportText(reading));
  if (svg !== undefined) await drawn(reading, svg);
}

/** 每种转的层画一幅。零件的名字不写死在 `import` 里，不画就一个也不取。 */
async function drawn(reading: Reading, path: string): Promise<void> {
  const parts = "./config_picture.ts", { configPicture }: typeof import("./config_picture.ts") = await import(parts);
  const picture = configPicture(reading);
  if ("refusal" in picture) throw new Refusal(picture.refusal);
  await Deno.writeTextFile(fromHere(path), picture.svg).catch(() => {
    throw new Refusal(`无法写 ${fromHere(path)}：没有这个文件夹，它是一个文件夹，或写不进`);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal || error instanceof RangeError || error instanceof ShapeError)) throw error;
  console.error(visible(error.message));
  process.exit(2);
}
