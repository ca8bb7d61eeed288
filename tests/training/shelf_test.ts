// 随课程带着的训练：读得进来，不大，现场再训练一次对得上。
import assert from "node:assert/strict";
import { matrix, maxDifference } from "@lib/matrix.ts";
import { keyOf, saved } from "@lib/training/saved.ts";
import { shelf, trainOrSaved } from "@lib/training/shelf.ts";
import { train } from "@lib/training/train.ts";

const folder = new URL("../../lib/training/runs/", import.meta.url);
const tiny = {
  encoding: "clip",
  task: "find",
  length: 5,
  steps: 3,
  seeds: [4],
  lengths: [5],
  trials: 4,
  batch: 2,
  dimension: 4,
} as const;

Deno.test("一共不到 2 MB；没有两次是同一把钥匙", () => {
  const sizes = Array.from(Deno.readDirSync(folder), ({ name }) => Deno.statSync(new URL(name, folder)).size);
  assert.ok(sizes.reduce((a, b) => a + b, 0) < 2 * 2 ** 20);
  const keys = shelf().map(({ setting }) => keyOf(setting));
  assert.ok(keys.length > 0);
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("存着的：给得出数；换一个旋钮就不给；重跑给现场的", () => {
  const [one] = shelf();
  assert.deepEqual(trainOrSaved(one!.setting, false).training, one);
  const other = trainOrSaved({ ...one!.setting, steps: one!.setting.steps + 1 }, false);
  assert.equal(other.training, undefined);
  assert.match(other.says, /最近的一次差 1 处：steps 是 1500，现在是 1501。重跑大约 \d+ 秒/);
  const fresh = trainOrSaved(tiny, true), { runs } = saved(train(tiny));
  assert.deepEqual(fresh.training!.runs, runs);
  assert.match(fresh.says, /^现场训练：1 个种子，用了 \d+ 秒（最近的一次差 \d 处：.*）。$/);
  assert.ok(!fresh.own && !other.own);
  const again = trainOrSaved(tiny, true, [fresh.training!]); // 钥匙在架子上：是课里自己的
  assert.ok(again.own && trainOrSaved(one!.setting, false).own);
  assert.match(again.says, /^现场训练：1 个种子，用了 \d+ 秒。$/);
  assert.throws(() => trainOrSaved(tiny, "是" as never), /无法取一次训练，定重跑：需要 true 或 false/);
});

Deno.test("存着的第一次，拿一个种子再训练一遍：曲线和成绩对得上", () => {
  const { setting, runs } = shelf()[0]!, [first] = runs;
  const [again] = saved(train({ ...setting, seeds: [first!.seed] })).runs;
  // 同一台机器上一个比特也不差；换一台机器，exp、log 的末位可能不同，越训练差得越开
  assert.ok(maxDifference(matrix([again!.curve.slice(0, 20)]), matrix([first!.curve.slice(0, 20)])) < 0.01);
  assert.ok(maxDifference(matrix([again!.accuracy]), matrix([first!.accuracy])) < 0.05, `${again!.accuracy}`);
});
