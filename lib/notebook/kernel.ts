/**
 * 内核（kernel）：让每一格的输出都到得了屏幕。引入它就生效，不用调用任何东西。
 *
 * 只在笔记本的内核里做事；在测试和脚本里引入它什么也不发生：
 *
 * 1. **没人等的错误也要看得见。** `setTimeout` 里抛的错、没有 `await` 的 Promise 出的错，Deno 内核默认一声不吭。
 * 2. **先印了再抛错，印的也要在。** 内核遇到抛错就马上说“这一格跑完了”，刚印的那行还在路上，机器一忙就丢掉，
 *    或者算到后面的格头上（课程固定的 2.8.1 上，机器满载时 9,200 格里 4 格；停 1 毫秒，6,000 格里 0 格）。所以每印一行停 2 毫秒。
 * 3. **会丢输出的内核，先说清楚，再补上。** Deno 2.8.2 起的内核把“输出”和“跑完了”分两路发，谁也不等谁，
 *    不抛错也会丢。所以一格结束前再停一下。2.8.1 没有这个毛病，不停。
 *
 * @module
 */

/** 内核藏在 `Deno[Deno.internal].jupyter` 里的东西，只写用得到的。 */
interface Internals {
  /** 每成功跑完一格，内核调用它来显示最后一个值；内核等它返回，才说“跑完了”。 */
  broadcastResult(executionCount: number, value: unknown): Promise<void>;
}

/**
 * 会不会丢输出（lossy kernel）：看发消息的函数有没有东西可等，不看版本号。
 *
 * 可靠的内核发消息返回 Promise，送出去才算完；会丢的内核把消息往队列里一放就返回，没有东西可等。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { losesOutput } from "@lib/notebook/kernel.ts";
 *
 * assert.equal(losesOutput(async () => {}), false); // Deno 2.8.1
 * assert.equal(losesOutput(() => {}), true); // Deno 2.9.8
 * ```
 */
export function losesOutput(broadcast: (...message: never[]) => unknown): boolean {
  return Object.prototype.toString.call(broadcast) !== "[object AsyncFunction]";
}

/** 停多久，毫秒：每印一行，和（会丢输出的内核）每格结束前。送消息的是另一个线程，这段时间归它。 */
const PAUSE = { line: 2, cell: 50 };

/** 真的停住，不是 `await`：打印是同步的，而且抛错的那一格没有机会再 `await`。 */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** 每印一行，停一下。 */
function pauseAfterLines(): void {
  for (const method of ["log", "info", "debug", "warn", "error", "table"] as const) {
    const print = console[method].bind(console) as (...values: unknown[]) => void;
    console[method] = (...values: unknown[]) => {
      print(...values);
      pause(PAUSE.line);
    };
  }
}

/** 每格结束前，停一下。 */
function pauseAfterCells(internals: Internals): void {
  const show = internals.broadcastResult;
  internals.broadcastResult = async (executionCount, value) => {
    await show(executionCount, value);
    pause(PAUSE.cell);
  };
}

const NOTICE =
  `**这个内核会丢输出。** 它是 Deno ${Deno.version.deno}，不是课程固定的那一个：晚到的输出会丢掉，或者跑到下一格去。` +
  "课程已经让每一格等输出送到再结束，一般的结果都能看到；但是语法错误的提示，还有单独一个 `NaN`、`Infinity`、`-0`、`null` 或大整数，" +
  "仍然不会显示（写成 `[x]` 就看得到）。要一样都不丢：关掉它，在课程文件夹里运行 `python3 tools/course.py lab`。";

function report(where: string, error: unknown): void {
  console.error(`${where}：${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
}

const internals = Reflect.get(Reflect.get(Deno, Reflect.get(Deno, "internal")) ?? {}, "jupyter") as
  | (Internals & { prepared?: boolean })
  | undefined;

if (internals?.broadcastResult && !internals.prepared) {
  internals.prepared = true; // 换个查询串再引入一次，也不会装两遍
  pauseAfterLines();
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault(); // 否则 Deno 会把整个内核停掉
    report("没有 await 的 Promise 出错了", event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    report("定时器或事件里出错了", event.error ?? event.message);
  });
  if (losesOutput(Deno.jupyter.broadcast)) {
    pauseAfterCells(internals);
    // 不 await：被引入的模块里有顶层 await，2.8.1 的内核会卡在 import 上。这一格结束前的停顿会等它送到。
    void Deno.jupyter.display({ "text/markdown": NOTICE, "text/plain": NOTICE.replaceAll(/\*\*|`/g, "") }, {
      raw: true,
    });
  }
}
