/**
 * 进度（progress）：一行字，一直改写：做到几成、损失、还要多久、损失走过的样子。
 *
 * 直接写到内核的输出流，不等任何东西，所以训练的那一格还没跑完就看得见。只在 JupyterLab 里写：
 * 存进仓库的笔记本由脚本执行，没有人看，一个字也不写。
 *
 * @module
 */
import { requireNumber, requireVector } from "@lib/errors.ts";

/** 由低到高八级。 */
const levels = "▁▂▃▄▅▆▇█";

/**
 * 一行进度。
 *
 * @param done 做完几成，0 到 1
 * @param losses 到现在为止的损失，先后一串；画最近 20 个
 * @param seconds 已经用了几秒
 * @throws {RangeError} 几成不在 0 到 1 之间
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { progressLine } from "@lib/training/progress.ts";
 *
 * assert.equal(progressLine(0.25, [2, 1], 3), "[█████···············] 25 %  损失 1.000  还要 9 秒  █▁");
 * ```
 */
export function progressLine(done: number, losses: readonly number[], seconds: number): string {
  requireNumber("写进度，定做完几成", done, "0 到 1 之间的数", (share) => share >= 0 && share <= 1);
  requireNumber("写进度，定用了几秒", seconds, "非负的有限数", (s) => s >= 0 && s < Infinity);
  const full = Math.round(20 * done), bar = "█".repeat(full) + "·".repeat(20 - full);
  const left = done > 0 ? `还要 ${Math.ceil(seconds / done - seconds)} 秒` : "正在开始";
  const recent = Array.from(requireVector("写进度，定损失", losses).slice(-20)),
    low = Math.min(...recent),
    span = Math.max(...recent) - low || 1;
  const shape = recent.map((loss) => levels[Math.round(7 * (loss - low) / span)]).join("");
  const loss = recent.length > 0 ? `损失 ${recent.at(-1)!.toFixed(3)}  ` : "";
  return `[${bar}] ${Math.round(100 * done)} %  ${loss}${left}  ${shape}`.trimEnd();
}

/** 内核里同步写输出的函数，藏在 `Deno[Deno.internal].core` 里。 */
interface Internals {
  readonly core: { print(text: string): void };
}

/**
 * 有人看着吗：JupyterLab 开内核时会告诉它是哪本笔记本，脚本执行时不会。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { watched } from "@lib/training/progress.ts";
 *
 * assert.equal(watched(), false); // 测试里没有人看
 * ```
 */
export function watched(): boolean {
  return Deno.env.get("JPY_SESSION_NAME") !== undefined;
}

/**
 * 写一行，盖住上一行；写空的就是擦掉。没有人看就什么也不写。
 *
 * @example
 * ```ts
 * import { showLine } from "@lib/training/progress.ts";
 *
 * showLine(""); // 测试里没有人看：什么也不写
 * ```
 */
export function showLine(line: string): void {
  if (!watched()) return;
  const { core } = Reflect.get(Deno, Reflect.get(Deno, "internal")) as Internals;
  core.print(`\r${" ".repeat(90)}\r${line}`);
}
