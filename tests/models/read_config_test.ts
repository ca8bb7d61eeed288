// 读 config.json：照哪一版、说明说了什么、写错了怎么说、规格表里的每一行。
import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultsOf, familyOf } from "@lib/models/families.ts";
import type { LayerReading } from "@lib/models/layer_reading.ts";
import { readConfig, type ReadOptions } from "@lib/models/read_config.ts";
import { reportJson, reportText } from "@lib/models/report.ts";
import { byParts, llama3 } from "@lib/scaling/by_parts.ts";
import { linear } from "@lib/scaling/linear.ts";
import { dynamicNtk } from "@lib/scaling/ntk.ts";
import { plain } from "@lib/scaling/scaled.ts";
import { yarn } from "@lib/scaling/yarn.ts";
import golden from "../golden/configs.json" with { type: "json" };
import { law } from "../property.ts";

type Loose = Record<string, unknown>;
const configs = golden.configs as unknown as Record<string, { config: Loose }>;
const config = (name: string): Loose => structuredClone(configs[name]!.config);
const first = (json: unknown, options: ReadOptions = {}): LayerReading => readConfig(json, options).layers[0]!;
const notes = (json: unknown, kind: string, options: ReadOptions = {}) =>
  readConfig(json, options).notes.filter((note) => note.kind === kind).map(({ text }) => text);

const llama = {
  model_type: "llama",
  hidden_size: 4096,
  num_attention_heads: 32,
  num_hidden_layers: 2,
  max_position_embeddings: 8192,
  rope_theta: 10000,
};
const scaled = (rope_scaling: unknown) => ({ ...llama, rope_scaling });

/** 规格表 6.3 的每一行；有几种情形的，一种一条。 */
const table: Readonly<Record<string, number>> = {
  "Llama-3.1-8B": 1,
  "Llama-4 Scout": 1,
  "Phi-3.5-mini": 2,
  "Phi-4-mini": 2,
  "DeepSeek-V3": 1,
  "Kimi K2": 1,
  "gpt-oss": 1,
  "Ministral-3": 1,
  "Qwen2.5": 1,
  "Gemma-3-4B": 2,
  "Gemma-4": 2,
  "InternLM2.5-7B": 2,
  "GPT-NeoX-20B": 1,
  "Qwen2-VL": 1,
};
const tried: string[] = [];

/** 规格表 6.3 的一行：维数、底数、系数、分数倍数，和自己用缩放函数算的角频率。 */
function row(
  name: string,
  json: unknown,
  { layer = 0, length = 1 }: { layer?: number; length?: number },
  want: {
    rotary: number;
    base: number;
    factor: number;
    scale?: number;
    pairing?: string;
    frequencies: ArrayLike<number>;
  },
): void {
  tried.push(name);
  Deno.test(`规格表 6.3：${name}`, () => {
    const one = first(json, { layer, sequenceLength: length });
    assert.deepEqual([one.rotaryDimension, one.base], [want.rotary, want.base]);
    assert.ok(Math.abs(one.attentionFactor - want.factor) < 5e-7, `系数 ${one.attentionFactor}`);
    if (want.scale !== undefined) {
      assert.ok(Math.abs(one.softmaxScale - want.scale) < 5e-7, `分数倍数 ${one.softmaxScale}`);
    }
    if (want.pairing !== undefined) assert.equal(one.pairing, want.pairing);
    assert.deepEqual([...one.inverseFrequencies], Array.from(want.frequencies));
  });
}

const lists = (name: string) => (config(name).rope_scaling as { short_factor: number[]; long_factor: number[] });
const mla = { originalMaxPosition: 4096, mscale: 1, mscaleAllDim: 1 };
row("Llama-3.1-8B", config("llama-3.1-8b"), {}, {
  rotary: 128,
  base: 5e5,
  factor: 1,
  pairing: "half",
  frequencies: llama3({
    dimension: 128,
    base: 5e5,
    factor: 8,
    originalMaxPosition: 8192,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
  }).inverseFrequencies,
});
row("Llama-4 Scout，转的层", config("llama-4-scout"), {}, {
  rotary: 128,
  base: 5e5,
  factor: 1,
  pairing: "interleaved",
  frequencies: byParts({ dimension: 128, base: 5e5, factor: 16, originalMaxPosition: 8192, betaSlow: 1, betaFast: 1 })
    .inverseFrequencies,
});
for (const [which, length] of [["short_factor", 4096], ["long_factor", 4097]] as const) {
  row(`Phi-3.5-mini，${length} 个词元`, config("phi-3.5-mini"), { length }, {
    rotary: 96,
    base: 1e4,
    factor: Math.sqrt(17 / 12),
    pairing: "half",
    frequencies: plain({ dimension: 96 }).inverseFrequencies.map((f, i) => f / lists("phi-3.5-mini")[which][i]!),
  });
  row(`Phi-4-mini，${length} 个词元`, config("phi-4-mini"), { length }, {
    rotary: 96,
    base: 1e4,
    factor: 1.190238,
    scale: 128 ** -0.5,
    frequencies: plain({ dimension: 96 }).inverseFrequencies.map((f, i) => f / lists("phi-4-mini")[which][i]!),
  });
}
row("DeepSeek-V3", config("deepseek-v3"), {}, {
  rotary: 64,
  base: 1e4,
  factor: 1,
  scale: 0.135234,
  pairing: "interleaved",
  frequencies: yarn({ ...mla, dimension: 64, factor: 40 }).inverseFrequencies,
});
row("Kimi K2", { ...config("kimi-k2"), model_type: "kimi_k2" }, {}, {
  rotary: 64,
  base: 5e4,
  factor: 1,
  scale: 0.130861,
  pairing: "interleaved",
  frequencies: yarn({ ...mla, dimension: 64, base: 5e4, factor: 32, betaSlow: 1, betaFast: 1 }).inverseFrequencies,
});
row("gpt-oss", config("gpt-oss-20b"), {}, {
  rotary: 64,
  base: 1.5e5,
  factor: 1.346574,
  pairing: "half",
  frequencies:
    yarn({ dimension: 64, base: 1.5e5, factor: 32, originalMaxPosition: 4096, truncate: false }).inverseFrequencies,
});
row("Ministral-3", { model_type: "ministral3" }, {}, {
  rotary: 128,
  base: 1e6,
  factor: 1,
  frequencies: yarn({ dimension: 128, base: 1e6, factor: 16, originalMaxPosition: 16384, mscale: 1, mscaleAllDim: 1 })
    .inverseFrequencies,
});
row("Qwen2.5 加 YaRN", config("qwen2.5-7b-yarn"), {}, {
  rotary: 128,
  base: 1e6,
  factor: 1.138629,
  pairing: "half",
  frequencies: yarn({ dimension: 128, base: 1e6, factor: 4, originalMaxPosition: 32768 }).inverseFrequencies,
});
row("Gemma-3-4B 全局", config("gemma-3-4b-bare"), { layer: 5 }, {
  rotary: 256,
  base: 1e6,
  factor: 1,
  scale: 1 / 16,
  frequencies: linear({ dimension: 256, base: 1e6, factor: 8 }).inverseFrequencies,
});
row("Gemma-3-4B 局部", config("gemma-3-4b-bare"), { layer: 4 }, {
  rotary: 256,
  base: 1e4,
  factor: 1,
  scale: 1 / 16,
  frequencies: plain({ dimension: 256 }).inverseFrequencies,
});
row("Gemma-4 全局：64 对转，192 对不转", { model_type: "gemma4" }, { layer: 5 }, {
  rotary: 512,
  base: 1e6,
  factor: 1,
  frequencies: [...plain({ dimension: 512, base: 1e6 }).inverseFrequencies.slice(0, 64), ...new Array(192).fill(0)],
});
row("Gemma-4 局部", { model_type: "gemma4" }, {}, {
  rotary: 256,
  base: 1e4,
  factor: 1,
  frequencies: plain({ dimension: 256 }).inverseFrequencies,
});
row("InternLM2.5-7B，不超过 32768 不变", config("internlm2.5-7b"), { length: 32768 }, {
  rotary: 128,
  base: 1e6,
  factor: 1,
  frequencies: plain({ dimension: 128, base: 1e6 }).inverseFrequencies,
});
row("InternLM2.5-7B，两倍长就换底数", config("internlm2.5-7b"), { length: 65536 }, {
  rotary: 128,
  base: 1e6,
  factor: 1,
  frequencies: dynamicNtk({ dimension: 128, base: 1e6, factor: 2, maxPosition: 32768, sequenceLength: 65536 })
    .inverseFrequencies,
});
row("GPT-NeoX-20B：96 维里转 24 维", config("gpt-neox-20b"), {}, {
  rotary: 24,
  base: 1e4,
  factor: 1,
  scale: 96 ** -0.5,
  frequencies: plain({ dimension: 24 }).inverseFrequencies,
});
row("Qwen2-VL", config("qwen2-vl-7b"), {}, {
  rotary: 128,
  base: 1e6,
  factor: 1,
  frequencies: plain({ dimension: 128, base: 1e6 }).inverseFrequencies,
});

Deno.test("规格表 6.3：一行不少", () => {
  for (const [name, count] of Object.entries(table)) {
    assert.equal(tried.filter((one) => one.startsWith(name)).length, count, name);
  }
  assert.equal(tried.length, Object.values(table).reduce((a, b) => a + b));
});

Deno.test("规格表 6.3 里旋转以外的：查询的倍数、三个轴、Phi 的系数只乘转的那部分", () => {
  assert.deepEqual(first(config("llama-4-scout"), { layer: 3 }).queryTemperature, {
    rule: "llama4",
    scale: 0.1,
    floor: 8192,
  });
  assert.deepEqual(first({ model_type: "ministral3" }).queryTemperature, {
    rule: "ministral3",
    beta: 0.1,
    original: 16384,
  });
  assert.deepEqual(first(config("qwen2-vl-7b")).axes, { section: [16, 24, 24], interleaved: false });
  assert.equal(first(config("phi-4-mini")).headDimension, 128);
});

// 没写的字段：类的缺省值。

/** 和类的缺省值一样的字段都删掉：旋转以外的照样留着。 */
function sparse(json: Loose, type = json.model_type as string): Loose {
  const defaults = defaultsOf(familyOf(type), 4) as Loose;
  const both = { ...defaults, ...defaultsOf(familyOf(type), 5) } as Loose;
  return Object.fromEntries(
    Object.entries(json).filter(([name, value]) =>
      !(typeof value === "number" || typeof value === "boolean") || value !== defaults[name] || value !== both[name]
    ).map((
      [name, value],
    ) => [name, name === "text_config" ? sparse(value as Loose, (value as Loose).model_type as string) : value]),
  );
}

Deno.test("文件里省掉的和补全了的，读出来一样：每一份，两版", () => {
  let shorter = 0;
  for (const [name, { config }] of Object.entries(configs)) {
    const less = sparse(config);
    if (JSON.stringify(less) !== JSON.stringify(config)) shorter++;
    for (const semantics of [4, 5] as const) {
      const read = (json: unknown) => {
        try {
          return readConfig(json, { semantics }).layers;
        } catch (error) {
          return (error as Error).message;
        }
      };
      assert.deepEqual(read(less), read(config), `${name}，${semantics} 版`);
    }
  }
  assert.ok(shorter > 100, `${shorter}`);
});

Deno.test("用了缺省值，每个字段说一次；写全了就不说", () => {
  assert.deepEqual(notes({ model_type: "llama", num_attention_heads: 16 }, "假定"), [
    "num_hidden_layers 没写：用 llama 类的缺省值 32",
    "rope_theta 没写：用 llama 类的缺省值 10000",
    "hidden_size 没写：用 llama 类的缺省值 4096",
    "max_position_embeddings 没写：用 llama 类的缺省值 2048",
  ]);
  assert.deepEqual(notes(llama, "假定"), []);
});

// 照哪一版。

Deno.test("没写明照哪一版：看文件的样子", () => {
  assert.equal(readConfig(llama).semantics, 4);
  assert.equal(readConfig({ ...llama, transformers_version: "4.57.6" }).semantics, 4);
  assert.equal(readConfig({ ...llama, transformers_version: "5.0.0" }).semantics, 5);
  assert.equal(readConfig({ transformers_version: "5.1.0", text_config: llama }).semantics, 5); // 写在最外面也算
  assert.equal(readConfig({ ...llama, rope_parameters: { rope_type: "default", rope_theta: 1e6 } }).semantics, 5);
  assert.match(notes(llama, "规则").join("；"), /照 transformers 4 版读：文件是旧写法/);
});

Deno.test("旧写法 4 版读不了、5 版读得了的：改照 5 版，说出来", () => {
  const json = scaled({ rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 }),
    reading = readConfig(json);
  assert.equal(reading.semantics, 5);
  assert.match(
    reading.notes[0]!.text,
    /^照 transformers 4 版读不了（无法读 rope_scaling\.original_max_position_embeddings.+）：改照 5 版$/,
  );
  assert.deepEqual(notes(json, "假定"), ["original_max_position_embeddings 没写：用 max_position_embeddings 8192"]);
  assert.throws(() => readConfig(json, { semantics: 4 }), /4 版没有它就报错/);
  const { max_position_embeddings: _, ...bare } = json;
  assert.throws(
    () => readConfig({ ...bare, model_type: "没见过" }),
    /max_position_embeddings：需要 1 到 \d+ 之间的整数：现在没写/,
  );
});

Deno.test("新写法 5 版读不了的，不改照 4 版：4 版不看 rope_parameters，读出来的是别的数", () => {
  const json = { ...llama, rope_parameters: { rope_type: "linear", factor: 0.5, rope_theta: 1e6 } };
  assert.throws(() => readConfig(json), /rope_parameters\.factor：需要不小于 1/);
  assert.equal(first(json, { semantics: 4 }).base, 10000);
  assert.deepEqual(notes(json, "矛盾", { semantics: 4 }), ["rope_parameters：4 版不看这个字段"]);
});

Deno.test("两版读得不同的，照着一版读，说出另一版的数", () => {
  const conflict = notes(scaled({ type: "linear", rope_type: "dynamic", factor: 4 }), "矛盾");
  assert.ok(conflict.includes("两版读法不同，第 0 层的缩放：4 版 linear，5 版 dynamic"), conflict.join("；"));
  assert.ok(conflict.includes("rope_scaling.type 和 rope_type 不一样（linear、dynamic）：4 版听 type 的"));
  const lite = notes(config("deepseek-v2-lite"), "矛盾").join("；");
  assert.match(lite, /第 0 层的分数倍数：4 版 0\.0721687\d+，5 版 0\.114721\d+/);
  assert.match(notes({ model_type: "persimmon" }, "矛盾").join("；"), /第 0 层的底数：4 版 25000，5 版 10000/);
  assert.match(notes(config("odd-original-on-top"), "矛盾").join("；"), /顶层 2048、里层 4096：4 版用 4096/);
  assert.match(
    notes(config("odd-original-on-top"), "矛盾", { semantics: 5 }).join("；"),
    /顶层 2048、里层 4096：5 版用 2048/,
  );
});

Deno.test("5 版分层的类：顶层的原长度不看，truncate 只看最外面的，只写 type 的不缩放", () => { // 在 5.23.0 的 Olmo3RotaryEmbedding 上看过
  const olmo = { model_type: "olmo3", max_position_embeddings: 65536, rope_theta: 500000 };
  const rope = { rope_type: "yarn", factor: 8, original_max_position_embeddings: 8192 },
    sliding_attention = { rope_theta: 5e5 };
  const full = (json: object, semantics: 4 | 5 = 5) =>
    first({ ...olmo, ...json }, { layer: 3, semantics }).inverseFrequencies;
  const rounded = (
    truncate: boolean,
  ) => [...yarn({ dimension: 128, base: 5e5, factor: 8, originalMaxPosition: 8192, truncate }).inverseFrequencies];
  assert.deepEqual([...full({ rope_scaling: rope })], rounded(true));
  assert.deepEqual([...full({ rope_scaling: rope, original_max_position_embeddings: 2048 })], rounded(true));
  assert.deepEqual([...full({ rope_scaling: { ...rope, truncate: false } })], rounded(true));
  assert.deepEqual([...full({ rope_scaling: { ...rope, truncate: false } }, 4)], rounded(false));
  assert.deepEqual(
    [...full({ rope_parameters: { full_attention: { ...rope, truncate: false }, sliding_attention } })],
    rounded(true),
  );
  assert.deepEqual(
    [...full({ rope_parameters: { truncate: false, full_attention: rope, sliding_attention } })],
    rounded(false),
  );
  const { rope_type: type, ...old } = rope;
  assert.deepEqual(full({ rope_scaling: { ...old, type } }), plain({ dimension: 128, base: 5e5 }).inverseFrequencies);
  const said = notes({ ...olmo, rope_scaling: { ...old, type } }, "矛盾", { semantics: 5 });
  assert.ok(said.includes("rope_scaling.type 是 yarn：5 版的 olmo3 只认 rope_type，没有它就不缩放"));
  // 它把 rope_theta 取走给了全注意力的层，滑动窗口的层就只有缺省值了。
  const [local, , , whole] = readConfig({ ...olmo, rope_theta: 1e4 }, { semantics: 5 }).layers;
  assert.deepEqual([local!.base, whole!.base], [5e5, 1e4]);
  assert.match(
    notes({ ...olmo, rope_theta: 1e4 }, "矛盾", { semantics: 5 }).join(),
    /不拿它给 sliding_attention 用，用缺省值 500000/,
  );
  // 不分层的类不认分层的写法。
  assert.match(
    notes({ ...llama, rope_parameters: { full_attention: rope } }, "矛盾").join(),
    /一类层写了一份：llama 不分层的类型，5 版不看/,
  );
});

Deno.test("Gemma-4：最后一层一定看全部；一层一层写头宽的听它的", () => {
  const wide = (json: object) =>
    readConfig({ model_type: "gemma4_text", num_hidden_layers: 7, ...json }).layers.map(({ headDimension }) =>
      headDimension
    );
  assert.deepEqual(wide({}), [256, 256, 256, 256, 256, 512, 512]);
  assert.deepEqual(wide({ layer_types: new Array(7).fill("sliding_attention") }), [256, 256, 256, 256, 256, 256, 512]);
  assert.deepEqual(wide({ global_head_dim: 128 }), [256, 256, 256, 256, 256, 128, 128]);
  assert.deepEqual(wide({ per_layer_config: { "00": { head_dim: 64 } } }), [64, 256, 256, 256, 256, 256, 256]);
});

// 说明。

Deno.test("自相矛盾的字段说出来", () => {
  const early = { ...llama, max_position_embeddings: 2048, max_length: 4096 }; // 早期 LLaMA-2 的文件
  assert.deepEqual(notes(early, "矛盾"), [
    "max_length 4096 大于 max_position_embeddings 2048：训练长度是哪一个，文件说不清",
  ]);
  assert.deepEqual(notes(config("odd-mpt-no-alibi"), "矛盾"), [
    "attn_config.alibi 是 false：transformers 的 MPT 不看它，照样用 ALiBi",
  ]);
  assert.deepEqual(notes(config("odd-mpt-bias-max"), "矛盾"), [
    "attn_config.alibi_bias_max 是 4：transformers 的 MPT 不看它，用 8",
  ]);
  assert.deepEqual(notes(scaled({ type: "linear", factor: 2, finetuned: true }), "矛盾"), [
    "rope_scaling 里写了没有用到：finetuned",
  ]);
  assert.match(
    notes({ ...llama, rope_parameters: { rope_theta: 5e5 } }, "矛盾").join("；"),
    /rope_theta 10000 没有用到：底数是 500000/,
  );
  assert.match(
    notes({ ...config("gpt-j-6b"), rope_scaling: { type: "linear", factor: 2 } }, "矛盾").join(),
    /rope_scaling 写了，gptj 不看/,
  );
});

Deno.test("不认识的类型，又没写 rope_theta：看不出转不转，不猜", () => {
  for (const model_type of ["opt", "whisper", "xlnet", "roformer"]) {
    const json = { model_type, hidden_size: 768, num_attention_heads: 12, num_hidden_layers: 2 };
    assert.throws(
      () => readConfig(json),
      new RegExp(
        `^RangeError: 无法读 model_type：需要认得的类型；不认得的要写 rope_theta.*：现在是字符串 "${model_type}"$`,
      ),
    );
  }
});

Deno.test("不认识的类型写了用不上的位置字段，说出来", () => {
  for (const [name, value] of [["qk_rope_head_dim", 32], ["rope_pct", 0.25], ["layers_block_type", ["mamba"]]]) {
    const said = notes({ ...llama, model_type: "没见过", [`${name}`]: value }, "矛盾");
    assert.deepEqual(said.filter((text) => text.startsWith(`${name}：和位置有关`)).length, 1, `${name}`);
    assert.deepEqual(notes({ ...llama, [`${name}`]: value }, "矛盾"), [`${name} 写了没有用到：llama 不看`]);
  }
});

Deno.test("不认识的类型：position_embedding_type、分数倍数、解耦的几个字段听；认不得的值不猜", () => {
  const odd = { ...llama, model_type: "没见过" }, { rope_theta: _, ...still } = odd;
  const kinds = { rope: "rope", rotary: "rope", absolute: "learned", alibi: "alibi", nope: "none", none: "none" };
  for (const [position_embedding_type, encoding] of Object.entries(kinds)) {
    const one = first({ ...odd, position_embedding_type });
    assert.equal(one.encoding, encoding, position_embedding_type);
    if (encoding !== "rope") assert.equal(first({ ...still, position_embedding_type }).encoding, encoding); // 不转的不要底数
    const said = notes({ ...odd, position_embedding_type }, "假定").join("；");
    assert.match(said, new RegExp(`position_embedding_type 是 ${position_embedding_type}：`));
  }
  assert.equal(first({ ...odd, position_embedding_type: "alibi" }).parameters!.slopes instanceof Array, true);
  assert.throws(
    () => readConfig({ ...odd, position_embedding_type: "spiral" }),
    /^RangeError: 无法读 position_embedding_type：需要 rope、.+不猜）：现在是字符串 "spiral"$/,
  );
  assert.equal(first({ ...odd, attention_multiplier: 0.01 }).softmaxScale, 0.01);
  assert.equal(first({ ...odd, query_pre_attn_scalar: 64 }).softmaxScale, 1 / 8);
  assert.throws(() => readConfig({ ...odd, attention_multiplier: "0.01" }), /attention_multiplier：需要正的有限数/);
  const latent = { ...odd, qk_rope_head_dim: 16, qk_nope_head_dim: 32 };
  assert.deepEqual([first(latent).headDimension, first(latent).rotaryDimension, first(latent).pairing], [48, 16, null]);
  const stretched = { ...latent, rope_scaling: { type: "yarn", factor: 4, mscale_all_dim: 1 } };
  assert.equal(first(stretched).softmaxScale, 48 ** -0.5);
  assert.match(notes(stretched, "矛盾").join(), /mscale_all_dim 1：不认识的类型乘不乘 m² 不知道，没有乘/);
});

Deno.test("Granite-4-H：不转，分数乘 attention_multiplier；Mamba 的层说出来", () => {
  const { layers, notes: said } = readConfig(config("granite-4-h"));
  assert.deepEqual(layers.map(({ encoding }) => encoding), new Array(40).fill("none"));
  assert.equal(layers[5]!.softmaxScale, 0.0078125);
  assert.deepEqual([layers[4]!.layerType, layers[5]!.layerType], ["linear_attention", "full_attention"]);
  assert.ok(said.some(({ text }) => text === "position_embedding_type 是 nope：不转（只有 rope 才转）"));
  assert.match(
    reportText(readConfig(config("granite-4-h"))),
    / none +– +128 +0 +– +– +– +– +– +– +– +linear_attention$/m,
  );
  assert.equal(first(config("granite-4")).rotaryDimension, 64);
});

Deno.test("两版的窗口不同，说出来；千问 2 MoE：4 版后几层，5 版前几层里的双数层", () => {
  const json = { model_type: "qwen2_moe", use_sliding_window: true, max_window_layers: 3, num_hidden_layers: 6 };
  const near = (semantics: 4 | 5) =>
    readConfig(json, { semantics }).layers.map(({ window }) => window === 4096 ? 1 : 0);
  assert.deepEqual([near(4), near(5)], [[0, 0, 0, 1, 1, 1], [1, 0, 1, 0, 0, 0]]);
  assert.match(notes(json, "矛盾").join("；"), /第 0 层的窗口：4 版 看全部，5 版 4096/);
  const flash = ([4, 5] as const).map((semantics) =>
    /只有 flash attention/.test(notes(json, "矛盾", { semantics }).join())
  );
  assert.deepEqual(flash, [true, false]);
  assert.equal(readConfig({ ...llama, sliding_window: 64 }).layers[0]!.window, undefined); // Llama 的类不看窗口
});

Deno.test("认识的类型：写了没有用到的位置字段，一句话说完；用到的、空的、关着的不说", () => {
  const said = (json: object) => notes(json, "矛盾").filter((text) => text.includes("写了没有用到"));
  assert.deepEqual(said({ model_type: "bloom", head_dim: 32, rope_theta: 1e4 }), [
    "rope_theta、head_dim 写了没有用到：bloom 不看",
  ]);
  assert.deepEqual(said({ model_type: "gptj", head_dim: 32 }), ["head_dim 写了没有用到：gptj 不看"]);
  assert.deepEqual(said({ model_type: "bloom", alibi: false, head_dim: null }), []);
  assert.deepEqual(said({ text_config: { ...llama, alibi: true } }), ["text_config.alibi 写了没有用到：llama 不看"]);
  assert.equal(first({ model_type: "bloom", head_dim: 32 }).headDimension, 8);
  assert.throws(() => readConfig({ model_type: "falcon", head_dim: 32 }), /head_dim：需要不写.+：现在是 32$/);
});

Deno.test("千问第一代长过训练长度：缩放、训练长度、现在的底数都照实说", () => {
  const json = { model_type: "qwen", seq_length: 8192, max_position_embeddings: 32768 };
  const one = first(json, { sequenceLength: 20000 }), said = notes(json, "规则", { sequenceLength: 20000 }).join("；");
  assert.deepEqual([one.ropeType, one.trainedLength, one.base], ["ntk_steps", 8192, 10000]);
  const grown = 10000 * 7 ** (128 / 126);
  assert.ok(said.includes(`现在 20000，alpha 是 7，底数 ${grown}`), said);
  assert.deepEqual([...one.inverseFrequencies], [...plain({ dimension: 128, base: grown }).inverseFrequencies]);
  assert.equal(first({ ...json, use_dynamic_ntk: false }).ropeType, "default");
});

Deno.test("图像的二维旋转：编码叫 axial，行、列各一串", () => {
  const one = first(config("dinov3-vitl16"));
  assert.deepEqual([one.encoding, one.rotaryDimension, one.axes], ["axial", 64, {
    section: [16, 16],
    interleaved: false,
  }]);
  assert.deepEqual(one.inverseFrequencies.slice(0, 16), one.inverseFrequencies.slice(16));
  assert.ok(Math.abs(one.inverseFrequencies[15]! - 2 * Math.PI * 100 ** (-15 / 16)) < 1e-15);
  assert.match(reportText(readConfig(config("dinov3-vitl16"))), /（坐标）.* 二轴 16\/16 分块$/m);
  assert.throws(() => readConfig({ model_type: "dinov3_vit", hidden_size: 36, num_attention_heads: 6 }), /是 4 的倍数/);
});

Deno.test("T5 一家：UMT5 每层一张表；LongT5 的窗口是两边的", () => {
  const tables = ["t5", "mt5", "umt5"].map((model_type) => first({ model_type }).parameters!.tables);
  assert.deepEqual(tables, [1, 1, 8]);
  assert.deepEqual(["mt5", "umt5"].map((model_type) => readConfig({ model_type }).layers.length), [8, 8]);
  assert.equal(first({ model_type: "longt5", local_radius: 10 }).window, 21);
  assert.equal(first({ model_type: "longt5", encoder_attention_type: "transient-global" }).parameters!.globalBlock, 16);
  assert.throws(
    () => readConfig({ model_type: "longt5", encoder_attention_type: "far" }),
    /encoder_attention_type：需要 local/,
  );
});

Deno.test("文字开头有看不见的记号（BOM）：照读", () => {
  assert.deepEqual(readConfig(`\ufeff${JSON.stringify(llama)}`), readConfig(llama));
});

Deno.test("ChatGLM：第一代的二维位置拒绝，rope_ratio 的两种读法说出来", () => {
  const glm = {
    model_type: "chatglm",
    hidden_size: 4096,
    num_attention_heads: 32,
    num_layers: 2,
    kv_channels: 128,
    seq_length: 2048,
  };
  assert.throws(() => readConfig({ ...glm, position_encoding_2d: true }), /position_encoding_2d：需要 false 或不写/);
  assert.equal(notes({ ...glm, rope_ratio: 16 }, "矛盾").filter((text) => text.startsWith("rope_ratio：")).length, 1);
  assert.equal(notes({ ...glm, rope_ratio: 1 }, "矛盾").filter((text) => text.startsWith("rope_ratio：")).length, 0);
});

Deno.test("发布的 Llama-4 Scout：attn_temperature_tuning 写的是 4，4 版当作真，5 版不认", () => {
  const scout = { model_type: "llama4_text", attn_temperature_tuning: 4 };
  assert.deepEqual(first(scout, { layer: 3 }).queryTemperature, { rule: "llama4", scale: 0.1, floor: 8192 });
  assert.equal(first({ ...scout, attn_temperature_tuning: 0 }, { layer: 3, semantics: 4 }).queryTemperature, undefined);
  assert.throws(() => readConfig(scout, { semantics: 5 }), /attn_temperature_tuning：需要 true 或 false：现在是 4/);
});

Deno.test("不认识的类型照 Llama 读，并且说；没有类的也说", () => {
  const { layers, notes: said } = readConfig({ ...llama, model_type: "没见过" });
  assert.deepEqual(layers[0]!.inverseFrequencies, first(llama).inverseFrequencies);
  assert.equal(layers[0]!.pairing, null);
  assert.equal(said[0]!.text, '不认识的模型类型 "没见过"：照 Llama 的读法，配对方式不知道');
  assert.match(notes({ model_type: "qwen" }, "假定").join("；"), /transformers 没有 "qwen" 的类：照发布者自己的代码读/);
  assert.match(
    notes({ ...config("deepseek-v3"), model_type: "kimi_k2" }, "假定").join("；"),
    /字段和 deepseek_v3 的一样/,
  );
  const partial = { ...llama, model_type: "没见过", partial_rotary_factor: 0.25 };
  assert.equal(first(partial).rotaryDimension, 32);
  assert.equal(first({ ...llama, model_type: "没见过", rotary_dim: 48 }).rotaryDimension, 48);
  assert.equal(first({ ...llama, model_type: "没见过", alibi: true }).encoding, "alibi");
  assert.equal(first({ ...llama, model_type: "没见过", position_embedding_type: "absolute" }).encoding, "learned");
});

Deno.test("没有类的：千问第一代、百川、MiniMax", () => {
  const qwen = (sequenceLength: number) => first({ model_type: "qwen" }, { sequenceLength });
  assert.deepEqual(qwen(8192).inverseFrequencies, plain({ dimension: 128 }).inverseFrequencies);
  assert.ok(Math.abs(qwen(8192).inverseFrequencies[63]! / qwen(16385).inverseFrequencies[63]! - 7) < 1e-12);
  assert.deepEqual(qwen(1).queryTemperature, { rule: "logn", trained: 8192 });
  assert.equal(first({ model_type: "baichuan" }).encoding, "rope");
  const big = { model_type: "baichuan", hidden_size: 5120, num_attention_heads: 40, num_hidden_layers: 40 };
  assert.equal(first(big).encoding, "alibi");
  assert.equal((first(big).parameters!.slopes as number[]).length, 40);
  const mixed = {
    model_type: "minimax_text_01",
    hidden_size: 6144,
    num_attention_heads: 64,
    head_dim: 128,
    num_hidden_layers: 8,
  };
  const { layers } = readConfig({
    ...mixed,
    rope_theta: 1e7,
    rotary_dim: 64,
    attn_type_list: [0, 0, 0, 0, 0, 0, 0, 1],
  });
  assert.deepEqual(layers.map(({ rotaryDimension }) => rotaryDimension), [0, 0, 0, 0, 0, 0, 0, 64]);
});

Deno.test("语言模型那一段：一层、两层、几种名字；没有 model_type 用外面的", () => {
  const names = ["text_config", "llm_config", "language_config"];
  for (const name of names) assert.equal(first({ model_type: "没见过", [name]: llama }).pairing, "half");
  assert.equal(readConfig({ thinker_config: { text_config: llama } }).modelType, "llama");
  assert.equal(readConfig({ model_type: "gemma3", text_config: { num_hidden_layers: 7 } }).modelType, "gemma3");
  assert.match(
    notes({ text_config: llama, llm_config: llama }, "矛盾").join(),
    /text_config、llm_config 都写了：用前面的/,
  );
  assert.throws(() => readConfig({ text_config: { ...llama, rope_theta: 0 } }), /无法读 text_config\.rope_theta/);
});

Deno.test("只写了类型的另外几种：和 4.57.6、5.23.0 的类搭出来看到的一样", () => {
  const seen: Readonly<
    Record<
      string,
      readonly [
        layers: number,
        pairing: string | null,
        head: number,
        rotary: number,
        older: number | undefined,
        newer: number | undefined,
      ]
    >
  > = {
    qwen2_moe: [24, "half", 128, 128, 1e4, 1e4],
    qwen3_moe: [24, "half", 64, 64, 1e4, 1e4],
    qwen3_vl_moe_text: [24, "half", 128, 128, undefined, 5e5],
    olmo: [32, "half", 128, 128, 1e4, 1e4],
    olmoe: [16, "half", 128, 128, 1e4, 1e4],
    granitemoe: [32, "half", 128, 128, 1e4, 1e4],
    seed_oss: [64, "half", 128, 128, 1e4, 1e4],
    glm4_moe: [46, "half", 42, 0, undefined, undefined], // 4096 / 96 除不尽，21 维是奇数：transformers 补成 22 维，这里拒绝
    "xlm-roberta": [12, null, 64, 0, undefined, undefined],
  };
  for (const [model_type, [count, pairing, head, rotary, ...bases]] of Object.entries(seen)) {
    if (model_type === "glm4_moe") {
      assert.throws(() => readConfig({ model_type }), /hidden_size/);
      assert.equal(first({ model_type, head_dim: 128 }).rotaryDimension, 64);
      continue;
    }
    for (const [v, semantics] of [4, 5].entries()) {
      if (model_type === "qwen3_vl_moe_text" && semantics === 4) continue; // 4 版没有 mrope_section 就报错
      const { layers } = readConfig({ model_type }, { semantics: semantics as 4 | 5 }), one = layers[0]!;
      assert.deepEqual([layers.length, one.pairing, one.headDimension, one.rotaryDimension, one.base], [
        count,
        pairing,
        head,
        rotary,
        bases[v],
      ], model_type);
    }
  }
  assert.equal(first({ model_type: "granitemoe" }).softmaxScale, 1);
});

Deno.test("几处只在边上才看得出的", () => {
  assert.equal(first(config("deberta-v3-base")).softmaxScale, (3 * 64) ** -0.5); // 内容、c2p、p2c 三项
  // 倍数和最长位置对不上，说；对得上，不说。
  const stretched = (max_position_embeddings: number) => ({
    ...scaled({ type: "yarn", factor: 4, original_max_position_embeddings: 8192 }),
    max_position_embeddings,
  });
  assert.deepEqual(notes(stretched(32768), "矛盾"), []);
  assert.deepEqual(notes(stretched(100000), "矛盾"), [
    "max_position_embeddings 100000 不等于 factor × 原长度 = 32768：用 factor",
  ]);
  // PhiMoE：里层的原长度算数，正好那么长还是短的那套。
  const ones = new Array(64).fill(1),
    lists = { short_factor: ones, long_factor: ones.map(() => 2), short_mscale: 1.1, long_mscale: 1.2 };
  const moe = {
    model_type: "phimoe",
    max_position_embeddings: 131072,
    rope_scaling: { type: "longrope", ...lists, original_max_position_embeddings: 4096 },
  };
  for (
    const [semantics, length, factor, top] of [[4, 4096, 1.1, 1], [4, 4097, 1.2, 0.5], [5, 4096, 1.1, 1], [
      5,
      4097,
      1.2,
      1,
    ]] as const
  ) {
    const one = first(moe, { semantics, sequenceLength: length });
    assert.deepEqual([one.attentionFactor, one.inverseFrequencies[0]], [factor, top], `${semantics} 版，${length}`);
  }
  // Phi-3 的两个旧名字。
  const phi = config("phi-3.5-mini"),
    old = (type: string) => first({ ...phi, rope_scaling: { ...phi.rope_scaling as Loose, type } }, { semantics: 4 });
  assert.deepEqual(["su", "yarn"].map(old), [first(phi), first(phi)]);
  // 按比例的：5 版才有，也除以倍数。
  const share = scaled({ rope_type: "proportional", partial_rotary_factor: 0.5, factor: 2 });
  assert.throws(
    () => readConfig(share, { semantics: 4 }),
    /rope_type：需要 default、linear、dynamic、yarn、longrope、llama3 里的一种/,
  );
  const half = first(share, { semantics: 5 }).inverseFrequencies;
  assert.deepEqual([half[0], half[31], half[32]], [0.5, 10000 ** (-31 / 64) / 2, 0]);
});

// 没给长度：什么都没打开。

Deno.test("没给长度：短的那套，动态的不动；给了和没给分别说", () => {
  const phi = config("phi-3.5-mini"), dynamic = scaled({ type: "dynamic", factor: 2 });
  assert.deepEqual(first(phi).inverseFrequencies, first(phi, { sequenceLength: 4096 }).inverseFrequencies);
  assert.notDeepEqual(first(phi).inverseFrequencies, first(phi, { sequenceLength: 4097 }).inverseFrequencies);
  assert.deepEqual(first(dynamic).inverseFrequencies, plain({ dimension: 128 }).inverseFrequencies);
  assert.match(notes(dynamic, "假定").join(), /没给现在的长度：当作不超过 8192/);
  assert.equal(notes(dynamic, "假定", { sequenceLength: 1 }).length, 0);
});

// 写错了：一句中文，说出字段、写了什么、能写什么。

const bert = { model_type: "bert", position_embedding_type: "alibi" };
const wrong: Readonly<Record<string, readonly [unknown, RegExp]>> = {
  "底数 0": [{ ...llama, rope_theta: 0 }, /^无法读 rope_theta：需要大于 1 的有限数：现在是 0$/],
  "底数 1": [{ ...llama, rope_theta: 1 }, /^无法读 rope_theta：需要大于 1 的有限数：现在是 1$/],
  "底数是负数": [{ ...llama, rope_theta: -1e4 }, /^无法读 rope_theta：需要大于 1 的有限数：现在是 -10000$/],
  "底数是字符串": [{ ...llama, rope_theta: "10000" }, /^无法读 rope_theta：需要大于 1 的有限数：现在是字符串 "10000"$/],
  "倍数小于 1": [
    scaled({ type: "yarn", factor: 0.5 }),
    /^无法读 rope_scaling\.factor：需要不小于 1 的有限数（Hugging Face 只警告，照样算）：现在是 0\.5$/,
  ],
  "倍数是字符串": [scaled({ type: "linear", factor: "4" }), /^无法读 rope_scaling\.factor：.*现在是字符串 "4"$/],
  "头是奇数维": [
    { ...llama, head_dim: 127 },
    /^无法读 head_dim：需要让要转的维数是正偶数的值（现在要转 127 维）：现在是 127$/,
  ],
  "转的是奇数维": [
    { ...config("phi-2"), partial_rotary_factor: 0.39 },
    /^无法读 partial_rotary_factor：需要让要转的维数是正偶数的值（现在要转 31 维）：现在是 0\.39$/,
  ],
  "一维也转不了": [{ ...config("phi-2"), partial_rotary_factor: 0.01 }, /现在要转 0 维/],
  "系数个数不对": [
    scaled({ type: "longrope", factor: 2, short_factor: [1], long_factor: [1] }),
    /^无法读 rope_scaling\.short_factor：需要 64 个正数，一对一个：现在是 \[1\]$/,
  ],
  "系数里有 0": [
    scaled({ type: "longrope", factor: 2, short_factor: new Array(64).fill(1), long_factor: [1, 0] }),
    /rope_scaling\.long_factor\[1\]：.*现在是 0$/,
  ],
  "倍数大得角频率装不下": [
    scaled({ type: "linear", factor: 1e307 }),
    /^无法读 rope_scaling：需要算得出有限的角频率和系数的参数：现在是字符串 "linear"$/,
  ],
  "最慢的一对成了 0": [
    { ...scaled({ type: "linear", factor: 1e100 }), head_dim: 8, rope_theta: 1e308 },
    /^无法读 rope_scaling：需要算得出有限的角频率/,
  ],
  "缩放不是对象": [scaled("yarn"), /^无法读 rope_scaling：需要一个对象：现在是字符串 "yarn"$/],
  "没见过的缩放": [
    scaled({ type: "ntk", factor: 4 }),
    /^无法读 rope_scaling\.rope_type：需要 default、linear、dynamic、yarn、longrope、llama3、proportional 里的一种：现在是字符串 "ntk"$/,
  ],
  "缩放类型是对象上现成的名字": [scaled({ type: "toString", factor: 4 }), /rope_scaling\.rope_type/],
  "门槛颠倒": [
    scaled({ type: "yarn", factor: 4, beta_fast: 1, beta_slow: 2 }),
    /beta_fast：需要不小于 beta_slow（2）的数（Hugging Face 只警告）：现在是 1$/,
  ],
  "层数是 0": [{ ...llama, num_hidden_layers: 0 }, /^无法读 num_hidden_layers：需要 1 到 10000 之间的整数：现在是 0$/],
  "层数大得离谱": [{ ...llama, num_hidden_layers: 1e9 }, /num_hidden_layers：需要 1 到 10000 之间的整数/],
  "层的类型个数不对": [
    { ...llama, layer_types: ["full_attention"] },
    /^无法读 layer_types：需要 2 个词，一层一个：现在是 \[字符串 "full_attention"\]$/,
  ],
  "层的类型没听说过": [
    { ...llama, layer_types: ["full_attention", "banana"] },
    /^无法读 layer_types\[1\]：需要认得的层的类型（full_attention、.+ 等）：现在是字符串 "banana"$/,
  ],
  "EXAONE-4 没有窗口，又没写层的类型": [{ model_type: "exaone4", sliding_window: null }, /layer_types：需要一层一个词/],
  "BERT 没有 ALiBi": [
    bert,
    /position_embedding_type：需要 absolute（transformers 的 bert 没有 alibi.*）：现在是字符串 "alibi"$/,
  ],
  "BERT 的相对位置": [
    { ...bert, position_embedding_type: "relative_key" },
    /position_embedding_type：需要 absolute（相对的两种这里不读）：现在是字符串 "relative_key"$/,
  ],
  "不转的层个数不对": [
    { ...config("smollm3-3b"), no_rope_layers: [1, 0] },
    /no_rope_layers：需要 36 个 0 或 1，一层一个/,
  ],
  "不转的层写了 2": [
    { ...config("smollm3-3b"), no_rope_layers: [2] },
    /no_rope_layers\[0\]：需要一串 0 和 1，1 是转：现在是 2$/,
  ],
  "没有头数": [
    { model_type: "没见过", hidden_size: 64, num_hidden_layers: 1, rope_theta: 1e4 },
    /^无法读 num_attention_heads：需要 1 到 65536 之间的整数：现在没写$/,
  ],
  "头比宽多": [{ ...llama, hidden_size: 16 }, /num_attention_heads：需要不超过宽（16）的头数：现在是 32$/],
  "三个轴加起来不对": [
    { ...config("qwen2-vl-7b-flat"), rope_scaling: { type: "mrope", mrope_section: [16, 24, 23] } },
    /mrope_section：需要加起来是 64 对：现在是 \[16, 24, 23\]$/,
  ],
  "动态的只转 2 维": [
    { ...scaled({ type: "dynamic", factor: 2 }), head_dim: 2 },
    /^无法做 NTK：需要至少 4 维（要除以 d − 2）：现在是 2$/,
  ],
  "原长度是小数": [
    scaled({ type: "yarn", factor: 4, original_max_position_embeddings: 4096.5 }),
    /original_max_position_embeddings：需要 1 到 \d+ 之间的整数：现在是 4096\.5$/,
  ],
  "开关写成字符串": [
    scaled({ type: "yarn", factor: 4, truncate: "false" }),
    /truncate：需要 true 或 false：现在是字符串 "false"$/,
  ],
  "类型不是词": [{ ...llama, model_type: 7 }, /^无法读 model_type：需要一个词（字符串）：现在是 7$/],
  "不是 JSON": ["{oops", /^无法读 config\.json：需要一份 JSON：现在是字符串 "\{oops"$/],
  "空文件": ["", /需要一份 JSON：现在是字符串 ""$/],
  "是数组": ["[1, 2]", /^无法读 config\.json：需要一个 JSON 对象：现在是 \[1, 2\]$/],
  "是 null": [null, /需要一个 JSON 对象：现在是 null$/],
  "套得太深": [
    { text_config: { text_config: { text_config: { text_config: { text_config: {} } } } } },
    /^无法读 text_config.+：需要最多套 4 层：现在是 5$/,
  ],
  "很长的字符串": [{ ...llama, rope_theta: "很长\n".repeat(9999) }, /^无法读 rope_theta：[^\n]{1,200}$/],
};
for (const [what, [json, message]] of Object.entries(wrong)) {
  Deno.test(`写错了：${what}`, () => assert.throws(() => readConfig(json), { message }));
}

Deno.test("10 MB 的嵌套：一句话，不卡住，不栈溢出", () => {
  const start = performance.now(),
    nested = (left: string, middle: string, right: string, count: number) =>
      left.repeat(count) + middle + right.repeat(count);
  for (const text of [nested("[", "", "", 10e6), nested("[", "", "]", 5e6), nested('{"text_config":', "1", "}", 7e5)]) {
    assert.throws(
      () => readConfig(text),
      /^RangeError: 无法读 config\.json：需要最多套 100 层的 JSON：现在是字符串 ".{40,60}…"$/,
    );
  }
  assert.throws(
    () => readConfig({ ...llama, hidden_size: [[[[[[[[]]]]]]]] }),
    /hidden_size/,
  );
  assert.ok(performance.now() - start < 2000);
  assert.equal(first(JSON.stringify({ ...llama, note: '[{"'.repeat(200) })).encoding, "rope"); // 字符串里的括号不算
});

Deno.test("选项写错", () => {
  assert.throws(() => readConfig(llama, { layer: 2 }), /取一层：需要 0 到 1 之间的整数：现在是 2/);
  assert.throws(() => readConfig(llama, { sequenceLength: 0 }), /定现在的长度：需要 1 到 \d+ 之间的整数：现在是 0/);
  assert.throws(() => readConfig(llama, { semantics: 3 as never }), /照 4 版或 5 版：现在是 3/);
});

// 定律。

const anyConfig = fc.constantFrom(...Object.values(configs).map(({ config }) => config));
const readable = (json: unknown, options: ReadOptions) => {
  try {
    return readConfig(json, options);
  } catch {
    return undefined;
  }
};

law(
  "字段的次序、文字还是对象、一层还是全部，读出来一样；不改动传进来的",
  fc.property(anyConfig, fc.constantFrom(undefined, 1, 5000, 200000), (json, sequenceLength) => {
    const before = JSON.stringify(json), reading = readable(json, { sequenceLength });
    const reversed = Object.fromEntries(Object.entries(json).reverse());
    assert.equal(JSON.stringify(json), before);
    assert.deepEqual(readable(reversed, { sequenceLength })?.layers, reading?.layers);
    assert.deepEqual(readable(before, { sequenceLength }), reading);
    if (!reading) return;
    const layer = reading.layers.length - 1;
    assert.deepEqual(readConfig(json, { sequenceLength, layer }).layers, [reading.layers[layer]]);
  }),
);

law(
  "factor 是 1，就是不缩放（每一种）",
  fc.property(
    fc.constantFrom("linear", "dynamic", "yarn", "llama3", "longrope"),
    fc.integer({ min: 2, max: 64 }).map((half) => 2 * half),
    fc.double({ min: 2, max: 1e7, noNaN: true }),
    fc.integer({ min: 1, max: 100000 }),
    (rope_type, head_dim, rope_theta, sequenceLength) => {
      const ones = new Array(head_dim / 2).fill(1);
      const rope_scaling = {
        rope_type,
        factor: 1,
        original_max_position_embeddings: 8192,
        low_freq_factor: 1,
        high_freq_factor: 4,
        short_factor: ones,
        long_factor: ones,
      };
      const dynamicLimit = rope_type === "dynamic" ? Math.min(sequenceLength, 8192) : sequenceLength;
      const one = first({ ...llama, head_dim, rope_theta, rope_scaling }, { sequenceLength: dynamicLimit });
      const want = plain({ dimension: head_dim, base: rope_theta }).inverseFrequencies;
      want.forEach((f, i) =>
        assert.ok(Math.abs(one.inverseFrequencies[i]! - f) <= 1e-12 * f, `${rope_type} 第 ${i} 对`)
      );
      assert.equal(one.attentionFactor, 1);
    },
  ),
);

law(
  "5 版写回去的文件（rope_parameters），读出来和旧写法照 5 版读的一样",
  fc.property(
    fc.constantFrom("linear", "dynamic", "yarn"),
    fc.double({ min: 1, max: 64, noNaN: true }),
    (rope_type, factor) => {
      const rope = { rope_type, factor, original_max_position_embeddings: 2048 }, { rope_theta, ...rest } = llama;
      const modern = { ...rest, rope_parameters: { ...rope, rope_theta } };
      assert.deepEqual(readConfig(modern).layers, readConfig(scaled(rope), { semantics: 5 }).layers);
    },
  ),
);

// 报告。

Deno.test("报告：名字里的控制字符写出来，太长的截断", () => {
  const title = (model_type: string) => reportText(readConfig({ ...llama, model_type })).split("\n")[0]!;
  assert.equal(
    title("a\u001b[2J\n\u009b\u202e\u2028b"),
    "a\\u001b[2J\\u000a\\u009b\\u202e\\u2028b：2 层，照 transformers 4 版",
  );
  assert.equal(title("长".repeat(99)), `${"长".repeat(40)}…：2 层，照 transformers 4 版`);
  const nasty = scaled({ type: "linear", factor: 2, "\u001b]0;x\u0007": 1 });
  assert.doesNotMatch(reportText(readConfig(nasty)).replaceAll("\n", ""), /\p{Cc}/u);
});

Deno.test("报告：一样的层合成一行；JSON 一位不少", () => {
  const reading = readConfig(config("gemma-3-4b-bare")), lines = reportText(reading).split("\n");
  assert.equal(lines[0], "gemma3_text：34 层，照 transformers 4 版");
  assert.match(
    lines[3]!,
    /^0–4、6–10、12–16、18–22、24–28、30–33 +rope +half +256 +256 +10000 +default +131072 +6\.283–58470 +1 +0\.0625 +1024 +–$/,
  );
  assert.match(
    lines[4]!,
    /^5、11、17、23、29 +rope +half +256 +256 +1000000 +linear +131072 +50\.27–45120000 +1 +0\.0625 +全部 +–$/,
  );
  const back = JSON.parse(JSON.stringify(reportJson(reading)));
  assert.deepEqual(
    back.layers.map((one: { inverseFrequencies: number[] }) => one.inverseFrequencies),
    reading.layers.map((one) => [...one.inverseFrequencies]),
  );
  assert.deepEqual(Object.keys(back), ["model_type", "semantics", "layers", "notes"]);
  assert.match(reportText(readConfig({ model_type: "gemma4" })), /，192 对不转/);
  assert.match(reportText(readConfig({ model_type: "llama4" })), /查询倍数 llama4（scale 0\.1，floor 8192）/);
  assert.match(reportText(readConfig({ model_type: "qwen3_vl_text" })), /三轴 24\/20\/20 交错/);
  assert.match(reportText(readConfig({ model_type: "bloom" })), /slopes 0\.5、0\.25、…、0\.00390625/);
});
