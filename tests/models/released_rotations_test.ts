// 清单里旋转的那些行：和清单对得上，和 transformers 的配置类读出来的对得上。
import assert from "node:assert/strict";
import { readConfig } from "@lib/models/read_config.ts";
import { releasedModels } from "@lib/models/released.ts";
import { releasedRotations, turnedShare } from "@lib/models/released_rotations.ts";
import older from "../golden/configs.json" with { type: "json" };
import newer from "../golden/configs_v5.json" with { type: "json" };

const configs: Record<string, { readonly config: unknown }> = { ...newer.configs, ...older.configs };

Deno.test("名字和次序：就是清单上旋转的那些", () => {
  assert.deepEqual(
    releasedRotations.map(({ model }) => model),
    releasedModels.filter(({ kind }) => /RoPE/.test(kind)).map(({ model }) => model),
  );
});

Deno.test("每一行讲得通：转的是正偶数、不超过头；窗口、原长度不超过写明的长度；两种层的底数大的在前", () => {
  for (const one of releasedRotations) {
    const { model, head, turned, bases, scaling, length } = one, share = turnedShare(one);
    if (turned !== null) assert.ok(turned > 0 && turned % 2 === 0 && turned <= head!, model);
    if (share !== undefined) assert.ok(share > 0 && share <= 1, model);
    const partial = releasedModels.find((row) => row.model === model)!.kind === "partial RoPE";
    if (share !== undefined) assert.equal(share < 1, partial, model);
    assert.deepEqual(bases.map(({ layers }) => layers), [[], ["all"], ["full", "local"]][bases.length], model);
    if (bases.length === 2) assert.ok(bases[0]!.base > bases[1]!.base && bases[1]!.window! < length!, model);
    for (const { base, window = 1 } of bases) assert.ok(base > 1 && window <= (length ?? Infinity), model);
    if (scaling?.original !== undefined) assert.ok(scaling.original <= (length ?? Infinity), model);
  }
});

/** 清单上的名字 → 金标准里的配置。 */
const same: Readonly<Record<string, string>> = {
  "LLaMA-2": "llama-2-7b",
  "Code Llama": "code-llama-7b",
  "LLaMA-3 8B/70B": "llama-3-8b",
  "LLaMA-3.1 8B/70B": "llama-3.1-8b",
  "LLaMA-3.2 1B": "llama-3.2-1b",
  "LLaMA-4 Scout": "llama-4-scout",
  "Mistral-7B v0.1": "mistral-7b-v0.1",
  "Mixtral-8x7B": "mixtral-8x7b",
  "Ministral-3-3B": "ministral-3-3b",
  "Qwen2.5-7B": "qwen2.5-7b",
  "Qwen2.5-7B-1M": "qwen2.5-7b-1m",
  "Gemma 1": "gemma-7b",
  "Gemma 2 27B": "gemma-2-27b",
  "Gemma 3 1B": "gemma-3-1b",
  "Gemma 3 4B/12B/27B": "gemma-3-4b",
  "Gemma 4": "gemma-4",
  "ModernBERT-base": "modernbert-base",
  "gpt-oss 20b/120b": "gpt-oss-20b",
  "Phi-3.5-mini": "phi-3.5-mini",
  "Phi-4-mini": "phi-4-mini",
  "Phi-2": "phi-2",
  "GPT-NeoX-20B": "gpt-neox-20b",
  "GPT-J-6B": "gpt-j-6b",
  "StableLM-3B": "stablelm-3b",
  "Persimmon-8B": "persimmon-8b",
  "SmolLM3-3B": "smollm3-3b",
  StarCoder2: "starcoder2-15b",
  "Command-R v01": "command-r",
};

Deno.test("和配置里读出来的一样：底数、转几维、配对、窗口、缩放", () => {
  for (const [model, key] of Object.entries(same)) {
    const row = releasedRotations.find((one) => one.model === model)!;
    const layers = readConfig(configs[key]!.config).layers.filter(({ encoding }) => encoding === "rope");
    const read = [...new Set(layers.map(({ base }) => base))].sort((a, b) => b! - a!);
    assert.deepEqual(row.bases.map(({ base }) => base), read, model);
    assert.equal(layers[0]!.pairing, row.pairing === "converted" ? "half" : row.pairing, `${model} 的配对`);
    row.bases.forEach(({ base, window, turned, layers: kind }) => {
      const layer = layers.find((one) => one.base === base)!, proportional = layer.ropeType === "proportional";
      if (!proportional) assert.equal(layer.rotaryDimension, turned ?? row.turned, `${model} 转几维`);
      if (kind !== "all") assert.equal(window, kind === "local" ? layer.window : undefined, `${model} 的窗口`);
      else if (window !== undefined) assert.equal(window, layer.window, `${model} 的窗口`);
      const type = kind === "local" || !row.scaling ? "default" : row.scaling.type;
      if (!proportional) assert.equal(layer.ropeType, type, `${model} 的缩放`);
      if (row.scaling?.original !== undefined) assert.equal(layer.trainedLength, row.scaling.original, model);
    });
  }
});
