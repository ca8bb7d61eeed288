/**
 * 训练随课程带着的那些：`deno task train-saved`，写进 `lib/training/runs/`。
 *
 * 存过的不重做；图或设置的默认值改了，加 `--all` 全部重做。一次约 10 到 20 秒，全部约十分钟。
 *
 * @module
 */
import { join } from "node:path";
import { keyOf, saved } from "@lib/training/saved.ts";
import { settled, type TrainOptions } from "@lib/training/setting.ts";
import { shelf } from "@lib/training/shelf.ts";
import { accuracyByLength, train } from "@lib/training/train.ts";
import { root } from "./notebook/environment.ts";

/** 文件名 → 设置。 */
const wanted: Readonly<Record<string, TrainOptions>> = Object.fromEntries(
  (["copy", "find"] as const).flatMap((task) =>
    ([
      ...["NoPE", "learned", "sinusoidal", "T5", "Shaw", "clip", "RoPE"] as const,
      { name: "ALiBi", slopes: [1 / 2] },
      { name: "ALiBi", slopes: [1 / 64] },
    ] as const).map((encoding) => {
      const name = typeof encoding === "string" ? encoding : `${encoding.name}_${1 / encoding.slopes[0]}`;
      return [`${task}_${name}`, { encoding, task, length: 16 }] as const;
    })
  ),
);

if (import.meta.main) {
  const kept = new Set(Deno.args.includes("--all") ? [] : shelf().map(({ setting }) => keyOf(setting)));
  for (const [name, options] of Object.entries(wanted)) {
    if (kept.has(keyOf(settled(options)))) continue;
    const training = train(options);
    Deno.writeTextFileSync(join(root, `lib/training/runs/${name}.json`), JSON.stringify(saved(training)) + "\n");
    const shares = accuracyByLength(training).map(({ mean, deviation }) =>
      `${mean.toFixed(2)}±${deviation.toFixed(2)}`
    );
    console.log(`${name}（${training.seconds.toFixed(0)} 秒）：${shares.join("  ")}`);
  }
  Deno.exit(0); // jax-js 的内存不放手，自己不会退出
}
