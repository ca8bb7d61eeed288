// 读 config.json，和 transformers 4、5 自己读出来的逐层对照；不一样的，一条一条写明为什么。
import assert from "node:assert/strict";
import type { LayerReading } from "@lib/models/layer_reading.ts";
import { readConfig } from "@lib/models/read_config.ts";
import older from "../golden/configs.json" with { type: "json" };
import newer from "../golden/configs_v5.json" with { type: "json" };
import readings4 from "../golden/readings_v4.json" with { type: "json" };
import vectors4 from "../golden/readings_v4_vectors.json" with { type: "json" };
import readings5 from "../golden/readings_v5.json" with { type: "json" };
import vectors5 from "../golden/readings_v5_vectors.json" with { type: "json" };

/** transformers 读出来的一种层。 */
interface Kind {
  readonly encoding: string;
  readonly headDimension: number;
  readonly scaling?: number;
  readonly window?: number;
  readonly layerType?: string;
  readonly localRadius?: number;
  readonly ropeType?: string;
  readonly rotaryDimension?: number;
  readonly pairing?: string;
  readonly inverseFrequencies?: readonly number[];
  readonly attentionFactor?: readonly (number | null)[];
  readonly queryTemperature?: object;
  readonly slopes?: readonly number[];
  readonly [name: string]: unknown;
}

interface Golden {
  readonly error?: string;
  readonly message?: string;
  readonly sequenceLengths: readonly (number | null)[];
  readonly layers: readonly number[];
  readonly kinds: readonly Kind[];
}

type Vectors = { readonly vectors: number[][]; readonly shipped: number[][] };
type Configs = Record<string, { readonly config: unknown }>;

/** 三批：4 版读旧写法，5 版读旧写法，5 版读新写法。 */
const batches: readonly (readonly [string, 4 | 5, Configs, Record<string, Golden>, Vectors, count: number])[] = [
  ["4 版读旧写法", 4, older.configs, readings4.readings as never, vectors4, 377],
  ["5 版读旧写法", 5, older.configs, readings5.readings as never, vectors5, 377],
  ["5 版读新写法", 5, newer.configs, { ...readings5.readings, ...readings5.native } as never, vectors5, 99],
];

/** transformers 读得了，这里拒绝。 */
const refusedHere: Readonly<Record<string, RegExp>> = {
  "odd-factor-below-one": /rope_scaling\.factor：需要不小于 1 的有限数（Hugging Face 只警告，照样算）：现在是 0\.5$/,
  "odd-yarn-below-one": /rope_scaling\.factor：需要不小于 1 的有限数（Hugging Face 只警告，照样算）：现在是 0\.5$/,
  // 搭得起来，一跑就错：角频率有 32 个，转 64 维，头只有 16 维。
  // 头 4096 / 96 是 42 维，一半是奇数 21：transformers 补成 22 维，转得和训练时不一样。
  "only-glm4_moe": /hidden_size：需要(头数（96）的倍数|让要转的维数是正偶数的值)/,
  "window-glm4_moe": /hidden_size：需要(头数（96）的倍数|让要转的维数是正偶数的值)/,
  "types-glm4_moe": /hidden_size：需要(头数（96）的倍数|让要转的维数是正偶数的值)/,
  "odd-gptj-no-rotary": /rotary_dim：需要 1 到 16 之间的整数：现在是 null$/,
};

/** transformers 读不了，原因和位置无关，这里读得了：数和哪一份一样。 */
const readHere: Readonly<Record<string, string>> = {
  "only-nemotron": "nemotron", // 分组的头数没写，搭注意力时报错
};

/** 字段对字段：数差不过 1e-12 倍，别的要相等；golden 里没有的不比。 */
function same(what: string, ours: unknown, theirs: unknown): void {
  if (theirs === undefined || theirs === null) return;
  if (typeof ours !== "number" || typeof theirs !== "number") return assert.deepEqual(ours, theirs, what);
  assert.ok(Math.abs(ours - theirs) <= 1e-12 * Math.abs(theirs), `${what}：${ours} 和 ${theirs}`);
}

/** 4 版的旧名字。 */
const renamed: Readonly<Record<string, string>> = { mamba: "linear_attention", attention: "full_attention" };

/** 窗口：分块的另算；LongT5 的看半径；ModernBERT 写的是左右一共多宽，5 版交给注意力的是一边加自己，4 版的不经过那里。 */
function sameWindow(ours: LayerReading, theirs: Kind, type: string, version: 4 | 5): void {
  if (ours.layerType === "chunked_attention") return;
  // 窗口开在掩码里，不交给注意力函数：PhiMoE 每层都有，千问 2 MoE 看层的类型（4 版见 remarks.ts）。
  if (type === "qwen2_moe" && version === 5) {
    assert.equal(ours.window !== undefined, theirs.layerType === "sliding_attention", "窗口");
  }
  if (type === "phimoe" || type === "qwen2_moe") return assert.equal(theirs.window, undefined, "窗口");
  if (theirs.localRadius !== undefined) return assert.equal(ours.window, 2 * theirs.localRadius + 1, "窗口");
  if (type !== "modernbert") return assert.equal(ours.window, theirs.window, "窗口");
  assert.equal(version === 5 && ours.window !== undefined ? ours.window / 2 + 1 : undefined, theirs.window, "窗口");
}

/** 一层，第 n 个长度。 */
function sameLayer(name: string, ours: LayerReading, theirs: Kind, n: number, { vectors, shipped }: Vectors): void {
  const at = `${name} 第 ${ours.layer} 层`;
  for (
    const field of ["encoding", "headDimension", "rotaryDimension", "ropeType", "pairing", "queryTemperature"] as const
  ) {
    same(`${at} ${field}`, ours[field], theirs[field]);
  }
  assert.equal(ours.queryTemperature === undefined, theirs.queryTemperature === undefined, `${at} 查询倍数`);
  same(`${at} 分数倍数`, ours.softmaxScale, theirs.scaling);
  for (
    const field of [
      "buckets",
      "maxDistance",
      "types",
      "relativeAttention",
      "maxRelativePositions",
      "span",
      "sharedKey",
      "rows",
      "tables",
      "localRadius",
    ]
  ) {
    same(`${at} ${field}`, ours.parameters?.[field], theirs[field]);
  }
  theirs.slopes?.forEach((slope, h) => same(`${at} 斜率 ${h}`, (ours.parameters!.slopes as number[])[h], slope));
  const { layerType } = theirs;
  if (layerType !== undefined) assert.equal(ours.layerType, renamed[layerType] ?? layerType, `${at} 层的类型`);
  if (theirs.encoding !== "rope" && theirs.encoding !== "axial") {
    return assert.equal(ours.inverseFrequencies.length, 0, at);
  }
  // PhiMoE 刚搭好、还没有前向时的系数，模型从来不用；没给长度时这里给的是短句的那个。
  if (!(n === 0 && /phi.*moe/.test(name))) same(`${at} 系数`, ours.attentionFactor, theirs.attentionFactor![n]);
  const double = vectors[theirs.inverseFrequencies![n]!]!, single = shipped[theirs.inverseFrequencies![n]!]!;
  assert.equal(ours.inverseFrequencies.length, double.length, at);
  double.forEach((f, i) => {
    const mine = ours.inverseFrequencies[i]!;
    assert.ok(Math.abs(mine - f) <= 1e-12 * f, `${at} 第 ${i} 对，双精度：${mine} 和 ${f}`);
    assert.ok(
      Math.abs(mine - single[i]!) <= 1e-6 * single[i]!,
      `${at} 第 ${i} 对，库原样的单精度：${mine} 和 ${single[i]}`,
    );
  });
}

for (const [batch, semantics, configs, golden, vectors, count] of batches) {
  const names = Object.keys(configs);
  Deno.test(`${batch}：一份不少，${count} 份`, () => {
    assert.equal(names.length, count);
    assert.ok(names.every((name) => golden[name] !== undefined));
  });
  for (const name of names) {
    const want = golden[name]!, { config } = configs[name]!, type = (config as { model_type: string }).model_type;
    Deno.test(`${batch}：${name}${want.error ? `（${want.error}）` : ""}`, () => {
      if (want.error ? !readHere[name] : refusedHere[name]) {
        const message = refusedHere[name] ?? /^无法读 [\w.[\]]+：需要[^\n]+：现在(是[^\n]+|没写)$/;
        return assert.throws(() => readConfig(config, { semantics }), { message });
      }
      const like = want.error ? golden[readHere[name]!]! : want;
      like.sequenceLengths.forEach((length, n) => {
        const { layers } = readConfig(config, { semantics, sequenceLength: length ?? undefined });
        assert.equal(layers.length, like.layers.length, "层数");
        layers.forEach((ours, l) => {
          const theirs = like.kinds[like.layers[l]!]!;
          sameLayer(name, ours, theirs, n, vectors);
          sameWindow(ours, theirs, type, semantics);
        });
      });
    });
  }
}
