// 命令 config：表、JSON、标准输入、画图，写错了退出状态 2。
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readConfig } from "@lib/models/read_config.ts";
import golden from "./golden/configs.json" with { type: "json" };

const root = fileURLToPath(new URL("../", import.meta.url));
const phi = JSON.stringify(golden.configs["phi-3.5-mini"].config);

/** 跑一次命令，`input` 从标准输入进去。 */
async function run(
  words: readonly string[],
  input = "",
  cwd = root,
): Promise<{ code: number; out: string; error: string }> {
  const args = ["run", "-A", "--no-check", "--config", `${root}deno.json`, `${root}tools/config.ts`, ...words];
  const child = new Deno.Command(Deno.execPath(), { args, cwd, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output(), text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), error: text(stderr) };
}

Deno.test("config：文件、标准输入、--json、--seq、--layer", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/config.json`, `\ufeff${phi}`); // 有的编辑器在开头加一个看不见的记号
    const table = await run(["config.json"], "", folder);
    assert.equal(table.code, 0, table.error);
    assert.match(
      table.out,
      /^phi3：32 层，照 transformers 4 版\n\n层 .*\n0–31 +rope +half +96 +96 +10000 +longrope +4096/,
    );
    const { code, out } = await run(["-", "--json", "--seq", "5000", "--layer", "31"], phi);
    assert.equal(code, 0);
    const json = JSON.parse(out), want = readConfig(phi, { sequenceLength: 5000, layer: 31 }).layers[0]!;
    assert.equal(json.model_type, "phi3");
    assert.equal(json.layers.length, 1);
    const { layer, encoding, pairing, rotaryDimension, headDimension, inverseFrequencies, attentionFactor } =
      json.layers[0];
    assert.deepEqual([layer, encoding, pairing, rotaryDimension, headDimension], [31, "rope", "half", 96, 96]);
    assert.deepEqual(inverseFrequencies, [...want.inverseFrequencies]); // 双精度一位不少
    assert.equal(attentionFactor, want.attentionFactor);
    const older = await run(["-", "--semantics", "5"], phi);
    assert.match(older.out, /照 transformers 5 版/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("config：--svg 画角频率", async () => {
  const path = await Deno.makeTempFile({ suffix: ".svg" });
  try {
    const { code, error } = await run(["-", "--svg", path], phi);
    assert.equal(code, 0, error);
    const svg = await Deno.readTextFile(path);
    assert.match(svg, /^<svg xmlns=/);
    assert.match(svg, /longrope/);
    assert.match(svg, /phi3 第 0–31 层：48 对，底数 10000，缩放 longrope。/);
    const two = await run(["-", "--svg", path], '{"model_type": "gemma3_text"}');
    assert.equal(two.code, 0, two.error);
    const both = await Deno.readTextFile(path); // 两种层，两幅：底数各是各的
    assert.equal(both.match(/<svg /g)!.length, 3);
    assert.match(both, /viewBox="0 0 960 800"/);
    for (const name of ["第 0–4、6–10、12–16、18–22、24–25 层 default", "第 5、11、17、23 层 default"]) {
      assert.ok(both.includes(`>${name}</text>`), name);
    }
    assert.match(both, /<svg y="400" [^>]*aria-label="gemma3_text 第 5、11、17、23 层：128 对，底数 1000000，/);
    const still = await run(["-", "--svg", path], '{"model_type": "bloom"}');
    assert.deepEqual([still.code, still.error.trim()], [2, "无法画角频率：需要旋转的层：现在一层也不转"]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("config：文件里的控制字符印出来是看得见的，不起作用", async () => {
  const nasty =
    '{"model_type": "llama\\u001b[31m\\n\\u009b\\u202e", "hidden_size": 64, "num_attention_heads": 2, "num_hidden_layers": 1, ' +
    '"rope_theta": 10000, "max_position_embeddings": 64, "rope_scaling": {"type": "linear", "factor": 2, "\\u001b]0;": 1}}';
  for (const words of [["-"], ["-", "--json"]]) {
    const { code, out } = await run(words, nasty);
    assert.equal(code, 0);
    assert.doesNotMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    if (words.length === 1) assert.match(out, /^llama\\u001b\[31m\\u000a\\u009b\\u202e：1 层/);
    else assert.equal(JSON.parse(out).model_type, "llama\u001b[31m\n\u009b\u202e");
  }
});

Deno.test("config：写错了，标准错误上一句话，退出状态 2", async () => {
  const wrong: readonly (readonly [readonly string[], string, RegExp])[] = [
    [["-"], '{"model_type": "llama", "rope_theta": -1}', /^无法读 rope_theta：需要大于 1 的有限数：现在是 -1$/],
    [["-"], '{"model_type": "llama", "head_dim": 127}', /^无法读 head_dim：.*现在是 127$/],
    [["-"], "{", /^无法读 config\.json：需要一份 JSON：现在是字符串 "\{"$/],
    [
      ["-", "--layer", "32"],
      '{"model_type": "llama"}',
      /^无法读 config\.json，取一层：需要 0 到 31 之间的整数：现在是 32$/,
    ],
    [["-", "--seq", "很长"], "{}", /^--seq 后面要写一个整数：现在是 "很长"$/],
    [["-", "--seq"], "{}", /^--seq 后面要写一个值：用法：config 文件/],
    [["--frob", "-"], "{}", /^不认识 "--frob"：用法：config 文件/],
    [["a.json", "b.json"], "", /^不认识 "b\.json"：用法/],
    [[], "", /^没有写文件：用法：config 文件/],
    [["没有.json"], "", /^无法读 .+没有\.json：没有这个文件$/],
    [["tests"], "", /^无法读 .+tests：它是一个文件夹$/],
    [
      ["-"],
      '{"model_type": "llama", "layer_types": ["banana"], "num_hidden_layers": 1}',
      /^无法读 layer_types\[0\]：.*"banana"$/,
    ],
    [
      ["-"],
      '{"model_type": "a\u001b[31m\u009b\u202e"}',
      /^无法读 config\.json：需要一份 JSON：.*\\u001b\[31m\\u009b\\u202e/,
    ],
    [["-", "--layer", "\u001b[31m"], "{}", /^--layer 后面要写一个整数：现在是 "\\u001b\[31m"$/],
  ];
  for (const [words, input, message] of wrong) {
    const { code, out, error } = await run(words, input);
    assert.deepEqual([code, out], [2, ""], `${words}：${error}`);
    assert.match(error.trimEnd(), message);
  }
});
