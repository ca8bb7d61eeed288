/**
 * 训练的线程（worker）：收到设置和几块内存，一个种子一个种子地认领，做完写进内存。
 *
 * 只由 `train.ts` 开；主线程等着的时候也能一直跑，主线程被 ■ 停住以后由下一次 `train` 收走。
 *
 * @module
 */
import { runSeed } from "@lib/training/run.ts";
import type { Setting } from "@lib/training/setting.ts";
import { type Board, stages, write } from "@lib/training/shared.ts";

/** 认领一个种子，训练，交出结果或错误；没有没人领的种子了就停。 */
function work({ setting, boards }: { readonly setting: Setting; readonly boards: readonly Board[] }): void {
  boards.forEach((board, n) => {
    const { counters, loss, message } = board;
    if (Atomics.compareExchange(counters, 0, stages.waiting, stages.running) !== stages.waiting) return;
    try {
      const report = (step: number, now: number) => {
        loss[0] = now;
        Atomics.store(counters, 1, step);
        if (Atomics.load(counters, 3) !== 0) throw new Error("主线程请它停下");
      };
      write(board, runSeed(setting, setting.seeds[n]!, report));
      Atomics.store(counters, 0, stages.done);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      message.set(new TextEncoder().encode(words).slice(0, message.length));
      Atomics.store(counters, 2, new TextEncoder().encode(words).length);
      Atomics.store(counters, 0, stages.failed);
    }
  });
}

if ("WorkerGlobalScope" in globalThis) self.onmessage = ({ data }: MessageEvent) => work(data);
