/**
 * 训练要多久：`deno run -A tests/bench/training_peers.ts [装了 torch 的 PYTHON]`。
 *
 * 一步和 PyTorch（CPU）比，轮流做，比同一次里的最小值和中位数；再量课堂设置的一整次，和三个种子同时做。
 */
import process from "node:process";
import { uniforms } from "@lib/random.ts";
import { adamStart, adamStep } from "@lib/training/adam.ts";
import { initialParameters } from "@lib/training/model.ts";
import { compiled } from "@lib/training/objective.ts";
import { built, settled } from "@lib/training/setting.ts";
import { train } from "@lib/training/train.ts";
import { type Case, compare, peer, timed } from "./peers.ts";

const options = { encoding: "RoPE", task: "find", length: 16 } as const;

/** 走 50 步，出题、前向、反向、Adam 都算在内，每步几毫秒。 */
function stepCase(): Case {
  const { task, model, encoding } = built(settled(options)), next = uniforms(1, 0, 1);
  const objective = compiled(model, encoding, Float64Array.from({ length: 16 }, (_, i) => i));
  let adam = adamStart(initialParameters(model, 1));
  const step = () => {
    const { gradients } = objective.slope(adam.parameters, task.batch(next, 32, 3, 16));
    adam = adamStep(adam, gradients, 0.01);
  };
  return { name: "jax-js（WASM），1 个线程", measure: () => timed(step, 50) };
}

const python = Deno.args[0], other = python === undefined ? undefined : await peer(python, "training_peers.py");
const peers = [...other?.cases ?? []].map((name): Case => ({ name, measure: () => other!.run(name) }));
await compare("训练一步：1 层，1 头，d = 32，一批 32 句，L = 16", 12, [stepCase(), ...peers]);
await other?.close();

const whole = (seeds: number[]): Case => ({
  name: `${seeds.length} 个种子`,
  measure: () => 1000 * train({ ...options, seeds }).seconds,
});
await compare(`一整次：1500 步，考到 L = 256，${navigator.hardwareConcurrency} 个核`, 3, [
  whole([1]),
  whole([1, 2, 3]),
]);
process.exit(0); // jax-js 的内存不放手，自己不会退出
