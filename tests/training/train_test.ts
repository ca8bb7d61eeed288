// 几个种子一起训练：和一个一个训练的结果一样；进度、错误、留下的线程。
import assert from "node:assert/strict";
import { accuracyByLength, lossCurve, train } from "@lib/training/train.ts";
import { progressLine, watched } from "@lib/training/progress.ts";
import { runSeed } from "@lib/training/run.ts";
import { settled } from "@lib/training/setting.ts";
import { board, curvePoints, read, stages, write } from "@lib/training/shared.ts";

const small = { steps: 40, batch: 8, dimension: 8, trials: 16, lengths: [6, 12] };

Deno.test("三个种子、两个线程：和在这个线程里一个一个训练，一个比特也不差", () => {
  const options = { encoding: "T5", task: "find", length: 6, seeds: [3, 1, 2], ...small } as const;
  const { runs, setting, seconds } = train(options);
  assert.deepEqual(runs, [3, 1, 2].map((seed) => runSeed(settled(options), seed)));
  assert.deepEqual(setting, settled(options));
  assert.ok(seconds > 0);
});

Deno.test("有第二段：线程里的和这个线程里的一样，内存装得下；均分到两段的进度", () => {
  const options = {
    encoding: "RoPE",
    task: "copy",
    length: 6,
    seeds: [1, 2],
    ...small,
    second: { length: 12, steps: 5 },
  } as const;
  const { runs } = train(options);
  assert.deepEqual(runs, [1, 2].map((seed) => runSeed(settled(options), seed)));
  assert.equal(runs[0]!.curve.length, 40 + 5);
});

Deno.test("发散：线程里的错误，在这里用中文说出来；之后还能再训练", () => {
  const options = { encoding: "RoPE", task: "copy", length: 6, seeds: [1], ...small } as const;
  assert.throws(() => train({ ...options, rate: 1e5 }), {
    name: "RangeError",
    message: /^无法训练 RoPE，走到第 \d+ 步：需要损失小于 104/,
  });
  assert.equal(train({ ...options, steps: 2 }).runs.length, 1);
});

Deno.test("设置不合适：开线程之前就说", () => {
  assert.throws(() => train({ encoding: "RoPE", task: "copy", length: 2 }), /需要句子有 4 到 1024 个词元/);
});

Deno.test("共用的内存：写进去再读出来，一个数也不差；大小不对就说", () => {
  const setting = settled({ encoding: "Shaw", task: "copy", length: 6, ...small, steps: 3 });
  const place = board(setting), run = runSeed(setting, 1);
  assert.equal(place.counters[0], stages.waiting);
  write(place, run);
  assert.deepEqual(read(place, setting, 1), run);
  assert.throws(() => write(place, { ...run, curve: [] }), /无法交出训练的结果：需要 \d+ 个数/);
  assert.deepEqual([1, 100, 101, 1500].map((steps) => curvePoints({ steps })), [1, 100, 51, 100]);
  assert.deepEqual([0, 1, 1000].map((more) => curvePoints({ steps: 1500, second: { steps: more } })), [100, 101, 200]);
});

Deno.test("均值和离散：手算", () => {
  const runs = [{ accuracy: [0.5, 1], curve: [3] }, { accuracy: [1, 1], curve: [1] }, { accuracy: [0, 1], curve: [2] }];
  assert.deepEqual(accuracyByLength({ runs }), [{ mean: 0.5, deviation: 0.5 }, { mean: 1, deviation: 0 }]);
  assert.deepEqual(lossCurve({ runs }), [{ mean: 2, deviation: 1 }]);
  assert.deepEqual(accuracyByLength({ runs: runs.slice(0, 1) }), [{ mean: 0.5, deviation: 0 }, {
    mean: 1,
    deviation: 0,
  }]);
});

Deno.test("进度：条、百分数、损失、还要几秒、走过的样子；测试里没有人看", () => {
  assert.equal(progressLine(0, [], 1), `[${"·".repeat(20)}] 0 %  正在开始`);
  assert.equal(
    progressLine(0.5, [3, 2, 1], 4),
    `[${"█".repeat(10)}${"·".repeat(10)}] 50 %  损失 1.000  还要 4 秒  █▅▁`,
  );
  assert.equal(progressLine(1, [1, 1], 4), `[${"█".repeat(20)}] 100 %  损失 1.000  还要 0 秒  ▁▁`);
  const many = progressLine(0.5, Array.from({ length: 99 }, (_, n) => n), 4);
  assert.ok(many.length < 80 && many.includes("损失 98.000"), many);
  assert.throws(() => progressLine(1.5, [], 1), /定做完几成：需要 0 到 1 之间的数：现在是 1.5/);
  assert.equal(watched(), false);
});
