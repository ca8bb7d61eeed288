// 那一版读不了的写法、各家 4 版怎么看 rope_scaling、几种混合的模型：都在 transformers 4.57.6、5.23.0 的类上搭出来看过。
import assert from "node:assert/strict";
import { repeatedKeys } from "@lib/models/repeated_keys.ts";
import { readConfig, type ReadOptions } from "@lib/models/read_config.ts";

const shape = {
  hidden_size: 1024,
  num_attention_heads: 8,
  num_hidden_layers: 4,
  max_position_embeddings: 8192,
  rope_theta: 1e6,
  head_dim: 128,
};
const { head_dim: _, ...bare } = shape;
const yarn = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 2048 };
const linear = { type: "linear", factor: 2 }, named = { rope_type: "linear", factor: 2 };
const llama3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 2048 };
const full_attention = { ...yarn, rope_theta: 5e5 }, sliding_attention = { rope_type: "default", rope_theta: 1e4 };
const nested = { full_attention, sliding_attention };
const flat = { rope_type: "default", rope_theta: 2e5 };
const first = (json: object, options: ReadOptions) => readConfig({ ...shape, ...json }, options).layers[0]!;
const notes = (json: unknown, options: ReadOptions = {}) => readConfig(json, options).notes.map(({ text }) => text);

/** 拒绝：哪一版、配置（head_dim 没写的用 bare）、怎么说。 */
const refused: readonly (readonly [4 | 5, object, RegExp])[] = [
  // 类的缺省值是 null，自己补不上
  ...(["mistral", "mixtral", "minimax"].map((model_type) =>
    [4, { ...bare, model_type, rope_scaling: yarn }, /head_dim：需要写明的整数.+现在没写$/] as const
  )),
  [5, { ...bare, model_type: "mixtral", rope_scaling: { rope_type: "dynamic", factor: 2 } }, /head_dim：.+现在没写$/],
  [5, { ...bare, model_type: "minimax", rope_scaling: yarn }, /head_dim：.+现在没写$/],
  // 4 版只认 rope_type
  ...([
    "cohere",
    "cohere2",
    "granite",
    "granitemoe",
    "gemma3_text",
    "gemma3n_text",
    "olmo3",
    "qwen3_next",
  ].map((model_type) =>
    [4, { ...shape, model_type, rope_scaling: linear }, /rope_scaling\.rope_type：需要一个类型.+现在没写$/] as const
  )),
  [
    4,
    {
      ...shape,
      model_type: "granitemoehybrid",
      layer_types: new Array(4).fill("attention"),
      position_embedding_type: "rope",
      rope_scaling: linear,
    },
    /rope_scaling\.rope_type：需要一个类型（4 版的 granitemoehybrid/,
  ],
  [4, { ...shape, model_type: "gemma3_text", rope_scaling: {} }, /rope_scaling\.rope_type：/],
  // 4 版的 OLMo 只许两个字段
  [4, { ...shape, model_type: "olmo", rope_scaling: yarn }, /rope_scaling：需要 type、factor 两个字段.+original/],
  [4, { ...shape, model_type: "olmo2", rope_scaling: named }, /rope_scaling\.type：需要 linear 或 dynamic.+现在没写$/],
  [4, { ...shape, model_type: "olmo2", rope_scaling: { type: "linear", factor: 1 } }, /factor：需要大于 1 的数/],
  // 4 版的 Llama-4 一律 llama3；混元要 alpha
  ...([linear, yarn, { rope_type: "dynamic", factor: 2 }].map((rope_scaling) =>
    [4, { ...shape, model_type: "llama4_text", rope_scaling }, /rope_scaling\.low_freq_factor：.+现在没写$/] as const
  )),
  [
    4,
    { ...shape, model_type: "hunyuan_v1_dense", rope_scaling: { type: "dynamic", factor: 2 } },
    /rope_scaling\.alpha：.+现在没写$/,
  ],
  // 5 版：不分层的类，一类层写了一份，外面没有 rope_type
  ...(["qwen2", "qwen3", "qwen2_moe", "gemma2", "cohere2", "smollm3", "exaone4", "gpt_oss", "minimax"].map((
    model_type,
  ) =>
    [
      5,
      { ...shape, model_type, rope_parameters: nested },
      /rope_parameters\.rope_type：需要写在外面.+现在没写$/,
    ] as const
  )),
  // 5 版：分层的类，写成一份
  [5, { ...shape, model_type: "gemma4_text", rope_parameters: flat }, /rope_parameters\.full_attention：.+现在没写$/],
  [5, { ...shape, model_type: "gemma4_text", rope_scaling: {} }, /rope_scaling\.full_attention：/],
  [
    5,
    { ...shape, model_type: "modernbert", head_dim: 128, rope_parameters: flat },
    /rope_parameters\.rope_type：需要 full/,
  ],
  ...(["gemma3_text", "olmo3"].map((model_type) =>
    [
      5,
      { ...shape, model_type, rope_parameters: flat, rope_scaling: named },
      /rope_parameters\.full_attention：/,
    ] as const
  )),
  // 份额是 null
  ...(["phi", "stablelm", "persimmon", "nemotron", "glm", "glm4_moe", "llama"].map((model_type) =>
    [
      4,
      { ...shape, model_type, partial_rotary_factor: null },
      /partial_rotary_factor：需要一个数.+现在是 null$/,
    ] as const
  )),
  ...(["phi", "stablelm", "persimmon", "nemotron"].map((model_type) =>
    [5, { ...shape, model_type, partial_rotary_factor: null }, /^无法读 partial_rotary_factor：/] as const
  )),
  ...(["phi", "glm", "glm4_moe", "gpt_neox"].map((model_type) =>
    [
      5,
      { ...shape, model_type, rope_parameters: { ...flat, partial_rotary_factor: null } },
      /rope_parameters\.partial_rotary_factor：/,
    ] as const
  )),
  // 类型是 null；mrope 只有几家有
  [4, { ...shape, model_type: "llama", rope_scaling: { type: null, rope_type: "linear", factor: 2 } }, /现在是 null$/],
  [5, { ...shape, model_type: "llama", rope_scaling: { rope_type: null, type: "linear", factor: 2 } }, /现在是 null$/],
  [4, { ...shape, model_type: "llama", rope_scaling: { type: "mrope" } }, /rope_type：需要.+现在是字符串 "mrope"$/],
  // PhiMoE 的两个系数
  [4, { ...shape, model_type: "phimoe", rope_scaling: linear }, /rope_scaling\.short_mscale：/],
  [
    5,
    { ...shape, model_type: "phimoe", rope_parameters: { ...flat, rope_type: "linear", factor: 2 } },
    /short_mscale：/,
  ],
];

for (const [n, [semantics, json, message]] of refused.entries()) {
  const { model_type } = json as { model_type: string };
  Deno.test(`${semantics} 版读不了：${model_type}，第 ${n} 条`, () => {
    assert.throws(() => readConfig(json, { semantics }), { message });
  });
}

/** 读得了：最快、最慢的一对。 */
const read: readonly (readonly [4 | 5, string, object, number, number])[] = [
  // 4 版的 Nemotron 不看 rope_scaling
  [4, "nemotron", { partial_rotary_factor: 0.5, rope_scaling: linear }, 1, 1e6 ** (-31 / 32)],
  [5, "nemotron", { partial_rotary_factor: 0.5, rope_scaling: linear }, 0.5, 1e6 ** (-31 / 32) / 2],
  // 5 版：类不声明 layer_types，文件里写了也不分层
  ...(["llama", "mixtral", "starcoder2", "olmo2", "qwen3_moe"].map((type) =>
    [
      5,
      type,
      { layer_types: new Array(4).fill("full_attention"), rope_parameters: nested },
      1,
      1e6 ** (-63 / 64),
    ] as const
  )),
  // 声明的，外面写全了，只看外面的
  [5, "qwen2", { rope_parameters: { ...nested, ...flat } }, 1, 2e5 ** (-63 / 64)],
  // 写了两个名字：4 版多数听 type，这几家听 rope_type
  [4, "llama", { rope_scaling: { ...linear, rope_type: "llama3", ...llama3 } }, 1 / 8, 1e6 ** (-63 / 64) / 8],
  ...(["mixtral", "gemma", "gemma2", "exaone4", "minimax", "cohere", "granite"].map((type) =>
    [4, type, { rope_scaling: { ...linear, rope_type: "llama3", ...llama3 } }, 1, 1e6 ** (-63 / 64) / 8] as const
  )),
  [4, "llama4_text", { rope_scaling: { ...linear, ...llama3 } }, 1, 1e6 ** (-63 / 64) / 8],
  // Bamba 转一半；OLMo 的 linear 照读
  [4, "olmo2", { rope_scaling: linear }, 0.5, 1e6 ** (-63 / 64) / 2],
];
for (const [semantics, model_type, json, fast, slow] of read) {
  Deno.test(`${semantics} 版读得了：${model_type}，${JSON.stringify(json).slice(0, 60)}`, () => {
    const f = first({ ...json, model_type }, { semantics }).inverseFrequencies;
    assert.equal(f[0], fast);
    assert.ok(Math.abs(f.at(-1)! / slow - 1) < 1e-12, `${f.at(-1)} 和 ${slow}`);
  });
}

Deno.test("4 版读不了的，改照 5 版：底数是 5 版的缺省值；Gemma-3 只写 type 的不缩放", () => {
  const cohere = readConfig({ model_type: "cohere", rope_scaling: { type: "linear", factor: 8 } });
  assert.deepEqual([cohere.semantics, cohere.layers[0]!.base], [5, 500000]);
  const gemma = readConfig({ model_type: "gemma3_text", rope_scaling: { type: "linear", factor: 8 } });
  assert.deepEqual([gemma.semantics, gemma.layers[5]!.ropeType], [5, "default"]);
});

Deno.test("5 版的 Gemma-3、OLMo-3：rope_scaling 盖在 full_attention 上，它没写的底数留着", () => {
  for (const model_type of ["gemma3_text", "olmo3"]) {
    const json = { ...shape, model_type, sliding_window_pattern: 4, rope_parameters: nested, rope_scaling: named };
    const { layers } = readConfig(json, { semantics: 5 });
    assert.deepEqual([layers[3]!.base, layers[3]!.ropeType, layers[3]!.inverseFrequencies[0]], [5e5, "linear", 0.5]);
    assert.equal(layers[0]!.base, 1e4);
  }
});

Deno.test("Nemotron 的 rope_scaling 在 4 版没有用到：说出来，两版不同也说", () => {
  const said = notes({ ...shape, model_type: "nemotron", rope_scaling: linear });
  assert.ok(said.includes("rope_scaling 写了没有用到：nemotron 不看"), said.join("；"));
  assert.ok(said.includes("两版读法不同，第 0 层的缩放：4 版 default，5 版 linear"), said.join("；"));
});

Deno.test("混合的模型：Bamba、LFM2 写编号，Qwen3-Next 写间隔，Nemotron-H 写字母，VaultGemma 隔层开窗", () => {
  const turned = (json: object, semantics: 4 | 5 = 5) =>
    readConfig({ ...shape, ...json }, { semantics }).layers.map(({ rotaryDimension }) => rotaryDimension);
  for (const semantics of [4, 5] as const) {
    assert.deepEqual(turned({ model_type: "bamba", attn_layer_indices: [1, 3] }, semantics), [0, 64, 0, 64]);
    assert.deepEqual(turned({ model_type: "lfm2", full_attn_idxs: [1] }, semantics), [0, 128, 0, 0]);
    assert.deepEqual(turned({ model_type: "qwen3_next", full_attention_interval: 2 }, semantics), [0, 32, 0, 32]);
  }
  assert.deepEqual(turned({ model_type: "bamba" }), [0, 0, 0, 0]);
  assert.deepEqual(turned({ model_type: "lfm2" }), [128, 128, 128, 128]);
  const bamba = { model_type: "bamba", attn_layer_indices: [0], partial_rotary_factor: 0.25 };
  assert.deepEqual([turned(bamba, 4)[0], turned(bamba, 5)[0]], [32, 64]);
  assert.throws(() => turned({ model_type: "bamba", attn_layer_indices: [4] }), /attn_layer_indices\[0\]：需要 0 到 3/);
  const hybrid = { ...shape, model_type: "nemotron_h", hybrid_override_pattern: "M-*" }; // 层数听字母的
  assert.deepEqual(readConfig(hybrid).layers.map(({ encoding, layerType }) => [encoding, layerType]), [
    ["none", "linear_attention"],
    ["none", "mlp"],
    ["none", "full_attention"],
  ]);
  assert.throws(
    () => readConfig({ ...hybrid, hybrid_override_pattern: "MX" }),
    /hybrid_override_pattern：需要一层一个字母/,
  );
  const list = readConfig({ ...hybrid, layers_block_type: ["mamba", "attention"] }).layers;
  assert.deepEqual(list.map(({ layerType }) => layerType), ["linear_attention", "full_attention"]);
  const vault = readConfig({ ...shape, model_type: "vaultgemma" }).layers.map(({ window }) => window);
  assert.deepEqual(vault, [4096, undefined, 4096, undefined]);
});

Deno.test("不认识的类型：哪些层有注意力的字段没有用上，说出来", () => {
  for (const name of ["attn_rotary_emb", "attn_layer_indices", "full_attn_idxs", "cross_attention_layers"]) {
    const said = notes({ ...shape, model_type: "没见过", [name]: [1] });
    assert.equal(said.filter((text) => text.startsWith(`${name}：和位置有关`)).length, 1, name);
  }
});

Deno.test("类型不认识，又没写层数：说的是类型；layer_types 写成一个词：要的是一串", () => {
  const unknown = /^RangeError: 无法读 model_type：需要认得的类型；不认得的要写层数 num_hidden_layers.+：现在/;
  for (const json of [{}, { model_type: null }, { model_type: "Llama" }, { model_type: "llama " }]) {
    assert.throws(() => readConfig(json), unknown);
  }
  assert.throws(() => readConfig({ model_type: "Llama" }), /现在是字符串 "Llama"$/);
  assert.throws(
    () => readConfig({ ...shape, model_type: "qwen2", layer_types: "full_attention" }),
    /^RangeError: 无法读 layer_types：需要 4 个词的一串（数组），一层一个：现在是字符串 "full_attention"$/,
  );
});

Deno.test("一个对象里写了两遍的名字：用最后一个，说出来；不同的对象里各写一遍的不说", () => {
  const text = JSON.stringify({ ...shape, model_type: "llama", rope_scaling: { rope_theta: 1, ...named } });
  const twice = notes(text.replace("{", '{"rope_theta": 5, "rope\\u005ftheta": 7, "note": "a: {\\"rope_theta\\": 1",'));
  assert.equal(twice.filter((one) => one === "rope_theta 在一个对象里写了不止一遍：用最后一个").length, 1);
  assert.ok(!notes(text).some((one) => one.includes("不止一遍")));
  assert.deepEqual(repeatedKeys('{"a": 1, "\\u0061": 2, "a": 3}'), ["a"]); // 转义的也是它，只说一次
  assert.deepEqual(repeatedKeys('{"a": 1, "\\u0061": 2}'), ["a"]);
  assert.deepEqual(repeatedKeys('{"a\\"": 1, "a\\"": 2}'), ['a"']);
  assert.deepEqual(repeatedKeys('[{"a": 1}, {"a": 2}, {"b": {"a": 3}, "a": 4}]'), []);
  assert.deepEqual(repeatedKeys('{"note": "\\"a\\": {", "a": ["a", "a"]}'), []);
});

Deno.test("一万层、头 65536 维：两版比一比也不到 2 秒", () => {
  const start = performance.now();
  readConfig({ model_type: "llama", head_dim: 65536, num_hidden_layers: 10000 });
  assert.ok(performance.now() - start < 2000);
});
