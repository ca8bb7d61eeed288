/**
 * 乱改真的 config.json（fuzz）：抽一份，改一到四处，读。要么读对，要么一句中文的错。
 *
 * 平时 2,000 例；`deno task fuzz-config` 跑 20,000 例。例数在 `FUZZ_CASES`，种子在 `TEST_SEED`。
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "@lib/errors.ts";
import { readConfig, type Reading, type ReadOptions } from "@lib/models/read_config.ts";
import { reportJson, reportText } from "@lib/models/report.ts";
import { uniforms } from "@lib/random.ts";
import older from "../golden/configs.json" with { type: "json" };
import newer from "../golden/configs_v5.json" with { type: "json" };
import { law } from "../property.ts";

type Loose = Record<string, unknown>;

const cases = Number(Deno.env.get("FUZZ_CASES") ?? 2000);
const configs: readonly Loose[] = [...Object.values(older.configs), ...Object.values(newer.configs)].map(({ config }) =>
  config
);
const types = [
  ...new Set(configs.map(({ model_type }) => model_type)),
  "kimi_k2",
  "qwen",
  "baichuan",
  "minimax_text_01",
  "没见过",
  "",
  7,
  null,
];
const ropeTypes = [
  "default",
  "linear",
  "dynamic",
  "yarn",
  "longrope",
  "su",
  "llama3",
  "proportional",
  "mrope",
  "ntk_alpha",
  "ntk",
  "toString",
  "",
];
const fieldNames = [...new Set(configs.flatMap((config) => objects(config).flatMap((one) => Object.keys(one))))];
const ropes = configs.flatMap((config) => objects(config)).flatMap((one) => [one.rope_scaling, one.rope_parameters])
  .filter(Boolean);

/** 一份配置里所有的对象，最外面的在前；套着自己的只算一次。 */
function objects(value: unknown, seen = new Set<unknown>()): Loose[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const inside = Object.values(value).flatMap((one) => objects(one, seen));
  return Array.isArray(value) ? inside : [value as Loose, ...inside];
}

/** 写错的值，或者碰巧合格的值。 */
const values: readonly unknown[] = [
  ...[null, undefined, 0, -0, 1, -1, 2, 3, 7, 64, 0.5, 1.5, 4096, 1e9, 2 ** 53, 1e308, 1e-320, -1e308, NaN, Infinity],
  ...["", "4", "0", "null", "\n", "很长".repeat(1000), true, false, [], {}, [1], [1, 2, 3], [null], [[[[]]]], {
    a: {},
  }],
  ...["full_attention", ["full_attention", "sliding_attention"], [0, 1, 1, 1], 10n, Symbol.iterator, () => 1],
  ...ropes,
];

/** 一粒种子抽一串：抽哪一个、抽到几。同一粒种子每次都一样，失败时报出来的就是它。 */
function drawer(seed: number) {
  const next = uniforms(seed, 0, 1);
  const below = (count: number) => Math.floor(next() * count),
    pick = <T>(list: readonly T[]) => list[below(list.length)]!;
  const fresh = (one: unknown) => typeof one === "object" ? structuredClone(one) : one; // 改它，别改到名单里的
  const kinds = [
    () => fresh(pick(values)),
    () => fresh(pick(values)),
    () => (next() - 0.3) * 10 ** (below(20) - 5),
    () => below(300) - 9,
  ];
  const value = () => pick(kinds)();
  return { below, pick, value };
}
type Drawer = ReturnType<typeof drawer>;

/** 改一处。 */
function change({ pick, value }: Drawer, config: Loose): void {
  const place = pick(objects(config)), names = Object.keys(place), name = names.length > 0 ? pick(names) : "model_type";
  switch (pick(["删", "改", "改", "加", "类型", "缩放", "换名", "包", "连线"])) {
    case "删":
      return void delete place[name];
    case "改":
      return void (place[name] = value());
    case "加":
      return void (place[pick(fieldNames)] = value());
    case "类型":
      return void (config.model_type = pick(types));
    case "缩放":
      return void (place[pick(["rope_scaling", "rope_parameters"])] = {
        ...structuredClone(pick(ropes)) as Loose,
        [pick(["rope_type", "type"])]: pick(ropeTypes),
      });
    case "换名":
      place[pick(fieldNames)] = place[name];
      return void delete place[name];
    case "包":
      return void (config[pick(["text_config", "llm_config", "thinker_config"])] = { ...config });
    default:
      return void (place[pick(["text_config", "self", "rope_scaling"])] = config); // 套着自己
  }
}

const lengths = [undefined, 1, 4096, 8193, 1e6, 2 ** 32], versions = [undefined, undefined, 4, 5] as const;

/** 读出来的每个数都有限，形状对得上，报告里没有 NaN、undefined。 */
function sound({ layers, notes }: Reading): void {
  assert.ok(layers.length >= 1 && layers.length <= 10000);
  for (const one of new Set(layers.map(({ layer: _, ...rest }) => rest))) {
    const { inverseFrequencies, rotaryDimension, attentionFactor, softmaxScale, headDimension, window } = one;
    assert.equal(inverseFrequencies.length, rotaryDimension / 2);
    assert.ok(inverseFrequencies.every((f) => f >= 0 && f < Infinity), "角频率");
    assert.ok(rotaryDimension <= headDimension && Number.isInteger(headDimension), "维数");
    for (const x of [attentionFactor, softmaxScale, window ?? 1]) assert.ok(Number.isFinite(x) && x >= 0, `${x}`);
  }
  for (const { text } of notes) assert.doesNotMatch(text.replace(/现在是.*/, ""), /NaN|undefined|Infinity|\n|\[object/);
}

/** 读一次：读对了查读出来的，读不了查那一句话；都不许超过 2 秒。 */
function attempt(config: unknown, how: ReadOptions): Reading | undefined {
  const start = performance.now();
  try {
    const reading = readConfig(config, how);
    sound(reading);
    return reading;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof ShapeError)) throw error;
    assert.match(error.message, /^无法[^\n]+：需要[^\n]+：现在(是[^\n]*|没写)$/);
    assert.ok(error.message.length < 400, error.message);
    return undefined;
  } finally {
    assert.ok(performance.now() - start < 2000, "超过 2 秒");
  }
}

let read = 0;
law(
  "乱改的配置：读对，或一句中文的错",
  fc.property(fc.nat(), (seed) => {
    const draw = drawer(seed), config = structuredClone(draw.pick(configs));
    for (let n = draw.below(4); n >= 0; n--) change(draw, config);
    const reading = attempt(config, { sequenceLength: draw.pick(lengths), semantics: draw.pick(versions) });
    if (!reading) return;
    read++;
    assert.doesNotMatch(reportText(reading), /NaN|undefined|Infinity/);
    JSON.stringify(reportJson(reading));
  }),
  cases,
);

law(
  "改坏了几个字符的文字：读对，或一句中文的错",
  fc.property(fc.nat(), (seed) => {
    const draw = drawer(seed), text = JSON.stringify(draw.pick(configs)), at = draw.below(text.length);
    const bad = draw.pick(["", "0", "-", '"', "[", "}", "e999", "null", "\u0000"]);
    attempt(text.slice(0, at) + bad + text.slice(at + draw.below(5)), { sequenceLength: draw.pick(lengths) });
  }),
  Math.ceil(cases / 10),
);

Deno.test("乱改的配置里，读得了的不少于一成：不是光在报错", () => {
  assert.ok(read > cases / 10, `${read} / ${cases}`);
  console.log(`读得了 ${read}，读不了 ${cases - read}`);
});
