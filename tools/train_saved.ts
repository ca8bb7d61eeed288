/**
 * 训练随课程带着的那些：`deno task train-saved`，写进 `lib/training/runs/`。
 *
 * 存过的不重做；图或设置的默认值改了，加 `--all` 全部重做。只做几种就写上文件名的开头：`deno task train-saved greeting`。
 * 一次约 10 到 20 秒，全部约二十分钟。
 *
 * @module
 */
import { join } from "node:path";
import { stretchedRun, stretchedRuns } from "@lib/lessons/stretch.ts";
import { keyOf, saved } from "@lib/training/saved.ts";
import { settled, type TrainOptions } from "@lib/training/setting.ts";
import { shelf } from "@lib/training/shelf.ts";
import { accuracyByLength, train } from "@lib/training/train.ts";
import { root } from "./notebook/environment.ts";

/** 能训练的编码都来一遍：文件名 → 设置。 */
function everyEncoding(prefix: string, options: Omit<TrainOptions, "encoding">): [name: string, TrainOptions][] {
  const encodings = [
    ...["NoPE", "learned", "sinusoidal", "T5", "Shaw", "clip", "RoPE"] as const,
    { name: "ALiBi", slopes: [1 / 2] },
    { name: "ALiBi", slopes: [1 / 64] },
  ] as const;
  return encodings.map((encoding) => {
    const name = typeof encoding === "string" ? encoding : `${encoding.name}_${1 / encoding.slopes[0]}`;
    return [`${prefix}_${name}`, { ...options, encoding }];
  });
}

/** 四个字一句，500 步损失就到底了。 */
const four = { length: 4, steps: 500, lengths: [4, 8, 16, 33, 64, 128] };

/** 第 42 课的几种办法，在文件名里怎么写。 */
const asciiNames = { 不拉长: "none", PI: "PI", NTK: "NTK", YaRN: "YaRN", "YaRN，不调温度": "YaRN_plain" };

/** 文件名 → 设置。 */
const wanted: Readonly<Record<string, TrainOptions>> = Object.fromEntries([
  ...everyEncoding("copy", { task: "copy", length: 16 }),
  ...everyEncoding("find", { task: "find", length: 16 }),
  ...stretchedRuns.map(([method, steps, asked]) =>
    [`stretch_${asciiNames[method]}_${steps}_${asked}`, stretchedRun(method, steps, asked)] as const
  ),
  // 只用四个字训练：别处没有别人；照楼里的原话；考的时候别处提到两个别人。再加一种：十六个字，训练时就提到别人。
  ...everyEncoding("greeting", { task: "greeting", ...four }),
  ...(["NoPE", "T5", "RoPE"] as const).map((encoding) =>
    [`posted_${encoding}`, { encoding, task: { name: "greeting", posted: true }, ...four }] as const
  ),
  ...everyEncoding("greeting_2", { task: { name: "greeting", others: 2 }, ...four }),
  ...everyEncoding("greeting_2_16", { task: { name: "greeting", others: 2 }, length: 16, lengths: [16, 33, 64, 128] }),
  // 对照：句子一样长、步数一样多，训练时没有别人，考的时候才有。
  ["greeting_16_RoPE", {
    ...{ encoding: "RoPE", task: "greeting", length: 16, lengths: [16, 33, 64, 128] },
    second: { steps: 0, task: { name: "greeting", others: 2 } },
  }],
  ...(["NoPE", "sinusoidal", "T5", "clip", "RoPE"] as const).map((encoding) =>
    [`recall_${encoding}`, { encoding, task: "recall", length: 17, layers: 2, residual: true, norm: true }] as const
  ),
  ...(["sinusoidal", "T5", "RoPE"] as const).map((encoding) =>
    [`near_${encoding}`, { encoding, task: "copy", length: 16, lengths: [16, 17, 18, 20, 22, 24, 28, 32] }] as const
  ),
]);

if (import.meta.main) {
  const starts = Deno.args.filter((argument) => !argument.startsWith("--"));
  const kept = new Set(Deno.args.includes("--all") ? [] : shelf().map(({ setting }) => keyOf(setting)));
  for (const [name, options] of Object.entries(wanted)) {
    const asked = starts.length === 0 || starts.some((start) => name.startsWith(start));
    if (!asked || kept.has(keyOf(settled(options)))) continue;
    const training = train(options);
    Deno.writeTextFileSync(join(root, `lib/training/runs/${name}.json`), JSON.stringify(saved(training)) + "\n");
    const shares = accuracyByLength(training).map(({ mean, deviation }) =>
      `${mean.toFixed(2)}±${deviation.toFixed(2)}`
    );
    console.log(`${name}（${training.seconds.toFixed(0)} 秒）：${shares.join("  ")}`);
  }
  Deno.exit(0); // jax-js 的内存不放手，自己不会退出
}
