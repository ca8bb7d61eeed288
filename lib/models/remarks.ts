/**
 * 说明（remarks）：和算法无关、读的人该知道的几句。
 *
 * @module
 */
import type { Context } from "@lib/models/context.ts";
import type { Family } from "@lib/models/families.ts";
import { type Fields, isFinite, type Note } from "@lib/models/fields.ts";
import type { RopeParameters } from "@lib/models/rope_parameters.ts";

/**
 * 是谁的读法：不认识的类型、没有类的类型，先说。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { generic } from "@lib/models/families.ts";
 * import { fields } from "@lib/models/fields.ts";
 * import { remarkFamily } from "@lib/models/remarks.ts";
 *
 * const said: string[] = [], config = fields({}, { where: "", defaults: {}, owner: "", say: () => {} });
 * remarkFamily("没见过", config, { family: generic, semantics: 4, say: ({ text }) => void said.push(text) });
 * assert.deepEqual(said, ['不认识的模型类型 "没见过"：照 Llama 的读法，配对方式不知道']);
 * ```
 */
export function remarkFamily(type: string, config: Fields, { family, semantics, say }: {
  readonly family: Family;
  readonly semantics: 4 | 5;
  readonly say: (note: Note) => void;
}): void {
  const named = JSON.stringify(type.slice(0, 40)), borrowed = ["internlm2", "internlm3", "kimi_k2"].includes(type);
  if (family.name === "") say({ kind: "假定", text: `不认识的模型类型 ${named}：照 Llama 的读法，配对方式不知道` });
  if (family.name === "chatglm" && config.flag("position_encoding_2d")) {
    config.refuse("position_encoding_2d", "false 或不写（第一代 ChatGLM 的二维位置，这里不读）");
  }
  if (
    family.name === "chatglm" && (config.number("rope_ratio", { expected: "数", holds: Number.isFinite }) ?? 1) !== 1
  ) {
    say({
      kind: "矛盾",
      text: "rope_ratio：ChatGLM2 的 32k 版拿它除位置，ChatGLM3、GLM-4 拿它乘底数，文件里分不出；照后者",
    });
  }
  if (family.name === "qwen2_moe" && semantics === 4 && config.raw("use_sliding_window") === true) {
    const text = "use_sliding_window：4 版只有 flash attention 分层开窗（这里照它），别的注意力每层都开";
    say({ kind: "矛盾", text });
  }
  if (family.since === "none") say({ kind: "假定", text: `transformers 没有 ${named} 的类：照发布者自己的代码读` });
  if (borrowed) say({ kind: "假定", text: `transformers 没有 ${named} 的类：字段和 ${family.name} 的一样，照它读` });
}

/**
 * 长度写了几个、对不上：早期的 LLaMA-2 写最长位置 2048，训练却是 4096。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fields } from "@lib/models/fields.ts";
 * import { remarkLengths } from "@lib/models/remarks.ts";
 *
 * const said: string[] = [], json = { max_length: 4096, max_position_embeddings: 2048 };
 * remarkLengths(fields(json, { where: "", defaults: {}, owner: "", say: () => {} }), ({ text }) => void said.push(text));
 * assert.deepEqual(said, ["max_length 4096 大于 max_position_embeddings 2048：训练长度是哪一个，文件说不清"]);
 * ```
 */
export function remarkLengths(config: Fields, say: (note: Note) => void): void {
  const max = config.raw("max_position_embeddings");
  for (const name of ["max_length", "model_max_length", "seq_length", "max_sequence_length", "n_ctx"]) {
    const other = config.raw(name);
    if (!isFinite(max) || !isFinite(other) || !(other > max)) continue;
    say({ kind: "矛盾", text: `${name} ${other} 大于 max_position_embeddings ${max}：训练长度是哪一个，文件说不清` });
  }
}

/**
 * 转的层：转多少；哪些字段写了没有用到；顶层的底数是不是白写了。
 *
 * @param context 手上有的东西
 * @param parameters 旋转的参数
 * @param head 头的维数
 * @param turned 要转的维数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "@lib/models/read_config.ts";
 *
 * const { notes } = readConfig({ model_type: "gpt_neox", rope_theta: 50000 });
 * assert.deepEqual(notes.filter(({ kind }) => kind === "矛盾").map(({ text }) => text), ["rope_theta 50000 没有用到：底数是 10000"]);
 * ```
 */
export function remarkRotation(context: Context, parameters: RopeParameters, head: number, turned: number): void {
  const { config, family, shape, say } = context, { base, from, type, scaling } = parameters;
  const share = turned === head ? `头的 ${head} 维都转` : `头的 ${head} 维里转 ${turned} 维`;
  const which = family.split ? `${shape.type}：` : "",
    unused = scaling?.unused().filter((name) => !layerType.test(name)) ?? [];
  say({
    kind: "规则",
    text: `${which}${share}，底数 ${base}（${from}），缩放 ${type}${scaling ? used(scaling, unused) : ""}`,
  });
  if (unused.length > 0) {
    say({ kind: "矛盾", text: `${scaling!.where.slice(0, -1)} 里写了没有用到：${unused.join("、").slice(0, 80)}` });
  }
  // 补全的文件里，份额常常在别处又写一遍：一样就不说。
  const again = config.unused().includes("partial_rotary_factor") ? config.raw("partial_rotary_factor") : null;
  if (again !== null && again !== parameters.share) {
    say({ kind: "矛盾", text: `${config.where}partial_rotary_factor 没有用到：转的份额是 ${parameters.share}` });
  }
  const top = config.raw("rope_theta"), lost = !family.split && isFinite(top) && top !== base;
  if (lost) say({ kind: "矛盾", text: `${config.where}rope_theta ${top} 没有用到：底数是 ${base}` });
}

const layerType = /_attention$/;

/** 用到了哪些字段，各是多少；一串的只说几个。 */
function used(scaling: Fields, unused: readonly string[]): string {
  const names = scaling.names.filter((name) =>
    !/type$|^rope_theta$/.test(name) && !layerType.test(name) && !unused.includes(name)
  );
  const value = (name: string) => {
    const written = scaling.raw(name);
    return Array.isArray(written) ? `${written.length} 个` : String(written).slice(0, 20);
  };
  return names.length === 0
    ? ""
    : `（${scaling.where.slice(0, -1)}：${names.map((name) => `${name} ${value(name)}`).join("，")}）`;
}
