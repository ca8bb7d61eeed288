// 存着的训练：钥匙是全部旋钮；对不上就不给数，只说最近的是哪一次。
import assert from "node:assert/strict";
import fc from "fast-check";
import { claimable, keyOf, lookUp, requireSaved, saved, type SavedTraining } from "@lib/training/saved.ts";
import { settled, type TrainOptions } from "@lib/training/setting.ts";
import { law } from "../property.ts";

const knobs: TrainOptions = { encoding: "RoPE", task: "find", length: 16 };
const stored = (options: TrainOptions, seconds = 20): SavedTraining => {
  const setting = settled(options);
  return saved({
    setting,
    runs: setting.seeds.map((seed) => ({
      seed,
      curve: [2, 1],
      accuracy: setting.lengths.map(() => 1),
      parameters: {},
    })),
    seconds,
  });
};

/** 每个旋钮换一个值。 */
const changes: Partial<TrainOptions>[] = [
  { encoding: "T5" },
  { encoding: { name: "RoPE", base: 100 } },
  { task: "copy" },
  { length: 17 },
  { steps: 1499 },
  { seeds: [1, 2] },
  { seeds: [1, 3, 2] },
  { lengths: [16, 32] },
  { trials: 255 },
  { batch: 31 },
  { rate: 0.011 },
  { layers: 2 },
  { heads: 2 },
  { dimension: 30 },
  { residual: true },
  { norm: true },
  { mlp: true },
  { second: { steps: 0 } },
];

Deno.test("换任何一个旋钮，都是另一把钥匙，给不出数；说得出差在哪", () => {
  const shelf = [stored(knobs)];
  assert.equal(lookUp(knobs, shelf).training, shelf[0]);
  for (const same of [{ name: "RoPE" }, { name: "RoPE", base: 10000 }] as const) { // 默认值写不写都一样
    assert.equal(lookUp({ ...knobs, encoding: same }, shelf).training, shelf[0]);
  }
  // 有没有第二段，各是一把钥匙；第二段里换一个数也是
  const two = stored({ ...knobs, second: { steps: 100 } }, 30);
  assert.equal(lookUp(knobs, [two, ...shelf]).training, shelf[0]);
  assert.match(lookUp(knobs, [two]).says, /差 1 处：second 是 再走 100 步，现在是 没有。重跑大约 29 秒/);
  assert.match(
    lookUp({ ...knobs, second: { steps: 99 } }, [two]).says,
    /差 1 处：second\.steps 是 100，现在是 99。重跑大约 30 秒/,
  );
  assert.equal(lookUp({ ...knobs, second: { steps: 100, length: 16 } }, [two]).training, two);
  const names = new Set(changes.flatMap(Object.keys));
  assert.deepEqual(Object.keys(settled(knobs)).filter((name) => !names.has(name)), []);
  for (const change of changes) {
    const { training, says } = lookUp({ ...knobs, ...change }, shelf);
    assert.equal(training, undefined, JSON.stringify(change));
    assert.match(says, new RegExp(`最近的一次差 .*${Object.keys(change)[0]}(\\.\\w+)? 是 `));
  }
});

Deno.test("差在里面的，只说换了的那一项；一长串数不照抄", () => {
  const frequencies = Array.from({ length: 16 }, (_, n) => 1 / (n + 1)), halved = frequencies.map((f) => f / 2);
  const second = (given: number[], more = {}) => ({
    second: { encoding: { name: "RoPE", frequencies: given }, steps: 9, ...more } as const,
  });
  const shelf = [stored({ ...knobs, ...second(frequencies) })];
  const says = (more: Partial<TrainOptions>) => lookUp({ ...knobs, ...more }, shelf).says;
  assert.match(says(second(halved)), /差 1 处：second\.encoding\.frequencies 也是 16 个数，里面的数不同。/);
  assert.match(says(second(frequencies, { length: 32 })), /差 1 处：second\.length 是 16，现在是 32。/);
});

Deno.test("课里的话拿不拿它核对：要有数，要是自己的旋钮", () => {
  const training = stored(knobs), given = { training, says: "用了 1 秒（差 1 处）。" };
  assert.equal(claimable(lookUp(knobs, [training])), true);
  assert.equal(claimable({ ...given, own: false }), "换了旋钮现场训练的，这句话是照存着的写的（差 1 处）");
  assert.equal(claimable(lookUp(knobs, [])), "这一组旋钮没有存过，也没有重跑");
});

law(
  "钥匙不看写的先后",
  fc.property(fc.shuffledSubarray(changes), (some) => {
    const one = Object.assign({}, ...some) as Partial<TrainOptions>;
    const other = Object.fromEntries(Object.entries(one).reverse());
    const make = (more: object) => keyOf({ ...settled(knobs), ...more } as never);
    assert.equal(make(one), make(other));
  }),
);

Deno.test("最近的一次：先看差几处，再看差多远；重跑的时间照步数、种子、词元、层数放大", () => {
  const shelf = [
    stored({ ...knobs, steps: 3000 }, 100),
    stored({ ...knobs, steps: 1400 }, 20),
    stored({ ...knobs, encoding: "T5" }, 5),
  ];
  assert.equal(
    lookUp({ ...knobs, steps: 700 }, shelf).says,
    "这一组旋钮没有存过。最近的一次差 1 处：steps 是 1400，现在是 700。重跑大约 13 秒：写 重跑 = true。",
  );
  assert.match(lookUp({ ...knobs, steps: 1400, seeds: [1, 2, 3, 4, 5, 6] }, shelf).says, /大约 40 秒/);
  assert.match(lookUp({ ...knobs, steps: 1400, layers: 3 }, shelf).says, /大约 60 秒/);
  assert.match(lookUp({ ...knobs, steps: 1400, batch: 64 }, shelf).says, /大约 36 秒/);
  const some = lookUp({ ...knobs, steps: 20 }, shelf.slice(1, 2)); // 走得少，时间几乎都在考
  assert.ok(!some.training && some.seconds! >= 4 && some.seconds! <= 6, some.says);
  const short = lookUp({ ...knobs, steps: 20, lengths: [16] }, shelf.slice(1, 2));
  assert.ok(!short.training && short.seconds! <= 1, short.says);
  assert.match(lookUp(knobs, shelf).says, /steps 是 1400/); // T5 的也只差 1 处，但编码不同算更远
  const far = [stored({ ...knobs, steps: 1499, batch: 33 }), stored({ ...knobs, steps: 90_000 })]; // 差一处的，差得再远也算近
  assert.match(lookUp(knobs, far).says, /差 1 处：steps 是 90000/);
  assert.equal(lookUp(knobs, []).says, "这一组旋钮没有存过，一次也没有存。要训练，写 重跑 = true。");
  assert.match(
    lookUp({ ...knobs, steps: 9, batch: 4, rate: 1, trials: 2 }, shelf.slice(1, 2)).says,
    /差 4 处：.*；……。/,
  );
});

Deno.test("存：四位有效数字，没有参数；读：坏了的说出来", () => {
  const one = stored(knobs);
  assert.ok(JSON.stringify(one).length < 2000);
  const run = { seed: 1, curve: [0.123456, 1234.56], accuracy: [0.87654321], parameters: {} };
  assert.deepEqual(saved({ setting: one.setting, runs: [run], seconds: 1 }).runs, [{
    seed: 1,
    curve: [0.1235, 1235],
    accuracy: [0.8765],
  }]);
  assert.equal(keyOf({ b: { d: 1, c: 2 }, a: [2, 1] } as never), '{"a":[2,1],"b":{"c":2,"d":1}}');
  assert.deepEqual(requireSaved("a.json", JSON.parse(JSON.stringify(one))), one);
  const says = (value: unknown, message: RegExp) => assert.throws(() => requireSaved("a.json", value), message);
  says({ ...one, setting: { ...one.setting, steps: undefined } }, /无法读存着的训练 a.json：需要补齐了的旋钮/);
  says({ ...one, runs: one.runs.slice(1) }, /每个种子一份，每个长度一个成绩：现在是 2/);
  says({ ...one, runs: one.runs.map((run) => ({ ...run, accuracy: [1] })) }, /每个长度一个成绩/);
  says({ ...one, runs: one.runs.map((run) => ({ ...run, seed: 9 })) }, /每个种子一份/);
  says(null, /需要 setting、runs、seconds/);
  assert.throws(() => lookUp(knobs, undefined as never), /无法找存着的训练：需要存着的各次/);
});
