// 训练一遍：学得会，可重现，考得准，不合适的说出来。
import assert from "node:assert/strict";
import { initialParameters } from "@lib/training/model.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { uniforms } from "@lib/random.ts";
import { adamStart, adamStep, cosineRate } from "@lib/training/adam.ts";
import { compiled } from "@lib/training/objective.ts";
import { examine, runSeed } from "@lib/training/run.ts";
import { built, settled, taskOf, type TrainOptions } from "@lib/training/setting.ts";
import { trainable, trainableNames } from "@lib/training/encodings.ts";

const small = { steps: 300, batch: 16, dimension: 16, trials: 64 };

Deno.test("找记号，NoPE：300 步学会，四倍长也答得对；两次训练一个比特也不差", () => {
  const setting = settled({ encoding: "NoPE", task: "find", length: 8, lengths: [8, 32], ...small, dimension: 32 });
  const steps: number[] = [], run = runSeed(setting, 1, (step, loss) => steps.push(step, loss));
  assert.ok(run.accuracy.every((share) => share > 0.9), `${run.accuracy}`);
  assert.equal(steps.length, 2 * (300 + 2)); // 两个长度，各一批就考完
  assert.equal(run.curve.length, 100);
  assert.ok(Math.abs(run.curve[0]! - (steps[1]! + steps[3]! + steps[5]!) / 3) < 1e-12); // 每 3 步一个平均
  assert.deepEqual(runSeed(setting, 1), run);
  assert.notDeepEqual(runSeed({ ...setting, steps: 1 }, 2).curve, runSeed({ ...setting, steps: 1 }, 1).curve);
});

Deno.test("往回抄 1 个：截断偏置学得会，NoPE 学不会", () => {
  const [clip, none] = (["clip", "NoPE"] as const).map((encoding) =>
    runSeed(settled({ encoding, task: { name: "copy", back: 1 }, length: 8, lengths: [8], ...small, steps: 300 }), 1)
      .accuracy[0]!
  );
  assert.ok(clip! > 0.95 && none! < 0.6, `${clip} 和 ${none}`);
});

Deno.test("你好：四个称呼都训练就学得会；照楼里的原话，一个也答不对，和编码无关", () => {
  const given = { length: 4, lengths: [4], ...small };
  const train = (options: Pick<TrainOptions, "encoding" | "task">) =>
    runSeed(settled({ ...given, ...options }), 1).accuracy[0]!;
  assert.ok(train({ encoding: "RoPE", task: "greeting" }) > 0.95);
  for (const encoding of ["NoPE", "RoPE"] as const) {
    assert.equal(train({ encoding, task: { name: "greeting", posted: true } }), 0); // 考的两个答案从没出现过
  }
});

Deno.test("考：没训练过的像瞎猜；平移 100，相对的编码一句也不差，训练式的表不够长就说", () => {
  const setting = settled({ encoding: "RoPE", task: "copy", length: 8, ...small }), { model } = built(setting);
  const share = examine(setting, initialParameters(model, 1), 8, 1);
  assert.ok(share > 0.05 && share < 0.25, `${share}`);
  assert.equal(examine(setting, initialParameters(model, 1), 8, 1, 100), share);
  const learned = { ...setting, encoding: { name: "learned" } as const };
  const parameters = { ...initialParameters(model, 1), ...built(learned).encoding.initial(1) };
  assert.throws(() => examine(learned, parameters, 8, 1, 1000), /现在是 1000/);
});

/** 一个没训练好的 RoPE，和它拉长 2 倍的样子。 */
const quick = {
  encoding: "RoPE",
  task: "copy",
  length: 6,
  lengths: [6, 12],
  steps: 12,
  batch: 4,
  dimension: 8,
  trials: 32,
} as const;
const halved = { name: "RoPE", frequencies: [...inverseFrequencies(8, 10000)].map((f) => f / 2) } as const;

Deno.test("第二段走 0 步：就是第一段的参数，换上角频率去考；曲线、参数和没有第二段的一样", () => {
  const plain = settled(quick), first = runSeed(plain, 1);
  const second = runSeed(settled({ ...quick, second: { encoding: halved, steps: 0 } }), 1);
  assert.deepEqual([second.curve, second.parameters], [first.curve, first.parameters]);
  const changed = settled({ ...quick, encoding: halved });
  assert.deepEqual(second.accuracy, [6, 12].map((length) => examine(changed, first.parameters, length, 1)));
  assert.notDeepEqual(second.accuracy, first.accuracy);
  // 换一道题考：往回抄 2 个
  const asked = runSeed(settled({ ...quick, second: { task: { name: "copy", back: 2 }, steps: 0 } }), 1);
  const two = settled({ ...quick, task: { name: "copy", back: 2 } });
  assert.deepEqual(asked.accuracy, [6, 12].map((length) => examine(two, first.parameters, length, 1)));
});

Deno.test("第二段：和拿着第一段的参数自己接着走的一样；句子更长，Adam 和学习率从头来；报到第几步", () => {
  const options = { ...quick, second: { encoding: halved, length: 12, steps: 3, rate: 0.02 } }, reported: number[] = [];
  const whole = runSeed(settled(options), 1, (step) => reported.push(step));
  assert.deepEqual(runSeed(settled(options), 1), whole);
  const first = runSeed(settled(quick), 1), after = settled({ ...quick, encoding: halved, length: 12 });
  const { task, model, encoding } = built(after), next = uniforms(1.5e9 + 1, 0, 1), losses: number[] = [];
  const objective = compiled(model, encoding, Float64Array.from({ length: 12 }, (_, i) => i));
  let adam = adamStart(first.parameters);
  for (let step = 0; step < 3; step++) {
    const { loss, gradients } = objective.slope(adam.parameters, task.batch(next, 4, 12, 12));
    losses.push(loss), adam = adamStep(adam, gradients, cosineRate(step, 3, 0.02));
  }
  objective.dispose();
  assert.deepEqual(whole.curve, [...first.curve, ...losses]);
  assert.deepEqual(whole.parameters, adam.parameters);
  assert.deepEqual(whole.accuracy, [6, 12].map((length) => examine(after, adam.parameters, length, 1)));
  assert.deepEqual(reported, [...Array.from({ length: 15 }, (_, n) => n + 1), 15, 15]);
  assert.throws(() => runSeed(settled({ ...options, second: { ...options.second, rate: 1e6 } }), 1), /走到第 1[45] 步/);
});

Deno.test("第二段的设置：不写的跟第一段；没有第二段，钥匙里就没有这一项；不合适的说出来", () => {
  assert.ok(!("second" in settled(quick)));
  const { second } = settled({ ...quick, second: { steps: 0 } });
  const { encoding, task, length, rate } = settled(quick);
  assert.deepEqual(second, { encoding, task, length, steps: 0, rate });
  assert.deepEqual(settled(settled({ ...quick, second: { steps: 0 } })).second, second);
  assert.equal(settled({ ...quick, encoding: "learned", second: { length: 40, steps: 1 } }).second!.length, 40);
  const says = (second: Record<string, unknown>, message: RegExp, encoding: TrainOptions["encoding"] = "RoPE") =>
    assert.throws(() => settled({ ...quick, encoding, second } as never), message);
  says(
    { encoding: "T5", steps: 0 },
    /无法接着训练第二段：需要参数和第一段的同名、同形，没有 bucketTable：现在是 \[32, 1\]/,
  );
  says({ encoding: { name: "clip", clip: 2 }, steps: 0 }, /同名、同形/, "clip");
  says({ encoding: "RoPE", steps: 0 }, /同形，有 bucketTable：现在是 undefined/, "T5");
  says({ task: "find", steps: 0 }, /同名、同形，embedding 是 \[8, 8\]：现在是 \[20, 8\]/);
  says({ task: "greeting", steps: 0 }, /需要题和第一段的一样，causal 是 true：现在是 false/);
  for (const attentionFactor of [NaN, Infinity, 0, -1, "2"]) {
    says({ encoding: { name: "RoPE", attentionFactor }, steps: 0 }, /定注意力系数：需要正的有限数：现在是/);
  }
  says({ encoding: { name: "RoPE", frequencies: [1, 1, "1", 1] }, steps: 0 }, /第 2 个是有限的数：现在是字符串 "1"/);
  says({ encoding: { name: "RoPE", frequencies: [1, 1, 1, NaN] }, steps: 0 }, /第 3 个是有限的数：现在是 NaN/);
  says({ encoding: { name: "RoPE", frequencies: "1111" }, steps: 0 }, /定角频率：需要一串数：现在是字符串/);
  const typed = { name: "RoPE", frequencies: new Float64Array(halved.frequencies) as never } as const; // 同一串数，同一把钥匙
  assert.deepEqual(settled({ ...quick, encoding: typed }), settled({ ...quick, encoding: halved }));
  says({ length: 5, steps: 1 }, /无法接着训练第二段，定长度：需要不小于 6 的整数：现在是 5/);
  says({ length: 2000, steps: 1 }, /需要句子有 4 到 1024 个词元/);
  says({ steps: -1 }, /无法接着训练第二段，定走几步：需要 0 到 100000 之间的整数：现在是 -1/);
  says({}, /定走几步.*undefined/);
  says({ steps: 1, rate: 0 }, /定学习率/);
  says({ steps: 1, batch: 3 }, /需要 steps、encoding、task、length、rate 里的一项：现在是字符串 "batch"/);
  says({ encoding: { name: "RoPE", frequencies: [1] }, steps: 0 }, /需要 4 个角频率：现在是 1/);
  says({ task: { name: "copy", back: 9 }, steps: 0 }, /需要句子有 10 到 1024 个词元/);
  assert.throws(() => settled({ ...quick, second: 100 as never }), /接着训练第二段：需要一组设置/);
});

Deno.test("系数大到分数溢出：说出来，不当作全错", () => {
  const encoding = { name: "RoPE", attentionFactor: 1e30 } as const;
  assert.throws(
    () => runSeed(settled({ ...quick, second: { encoding, steps: 0 } }), 1),
    /无法考试：需要算得出来的分数/,
  );
});

Deno.test("学习率太大：训练停下来，说出第几步、该改什么", () => {
  for (const [rate, actual] of [[30, "\\d{3,8}(\\.\\d+)?"], [1e30, "(NaN|Infinity)"]] as const) {
    assert.throws(() => runSeed(settled({ encoding: "RoPE", task: "copy", length: 8, ...small, rate }), 1), {
      name: "RangeError",
      message: new RegExp(
        `^无法训练 RoPE，走到第 \\d+ 步：需要损失小于 104（瞎猜是 2\\.08；学习率 ${
          `${rate}`.replace("+", "\\+")
        } 太大，改小）：现在是 ${actual}$`,
      ),
    });
  }
});

Deno.test("第一步的损失：就是随机的参数，在种子定下的第一批题上的损失；句子长短都有", () => {
  const setting = settled({ encoding: "NoPE", task: "find", length: 8, ...small, steps: 1, lengths: [8], trials: 1 });
  const { task, model, encoding } = built(setting), batch = task.batch(uniforms(1e9 + 7, 0, 1), 16, 3, 8);
  const objective = compiled(model, encoding, Float64Array.from({ length: 8 }, (_, i) => i));
  assert.equal(runSeed(setting, 7).curve[0], objective.slope(initialParameters(model, 7), batch).loss);
  objective.dispose();
});

Deno.test("设置：补齐的样子，不合适的说出来", () => {
  const good: TrainOptions = { encoding: "RoPE", task: "copy", length: 16 };
  assert.deepEqual(settled(good), {
    ...{
      encoding: { name: "RoPE", base: 10000, attentionFactor: 1 },
      task: { name: "copy", back: 3 },
      length: 16,
      steps: 1500,
      seeds: [1, 2, 3],
    },
    ...{ lengths: [16, 32, 64, 128, 256], trials: 256, batch: 32, rate: 0.01, layers: 1, heads: 1, dimension: 32 },
    ...{ residual: false, norm: false, mlp: false },
  });
  assert.deepEqual(settled({ ...good, encoding: "T5" }).encoding, { name: "T5", buckets: 32, maxDistance: 128 });
  assert.deepEqual(settled({ ...good, encoding: "ALiBi", heads: 2 }).encoding, {
    name: "ALiBi",
    slopes: [1 / 16, 1 / 256],
  });
  assert.deepEqual(settled({ ...good, task: "recall", length: 17 }).lengths, [17, 33, 65, 129, 257]);
  const says = (options: Partial<TrainOptions> | Record<string, unknown>, message: RegExp) =>
    assert.throws(() => settled({ ...good, ...options } as TrainOptions), message);
  says(
    { encoding: "CoPE" },
    /无法训练这种编码：需要 NoPE、learned、sinusoidal、T5、Shaw、clip、ALiBi、RoPE 里的一种：现在是字符串 "CoPE"/,
  );
  says({ encoding: { name: "toString" } }, /无法训练这种编码/);
  says(
    { encoding: { name: "RoPE", clip: 3 } },
    /无法训练 RoPE：需要 base、frequencies、attentionFactor 这几项里的：现在是字符串 "clip"/,
  );
  says({ encoding: { name: "RoPE", base: 10, frequencies: [1] } }, /底数和角频率只写一个/);
  says({ encoding: "RoPE", dimension: 7 }, /需要维数是正偶数：现在是 7/);
  says({ task: "sort" }, /无法出这种题：需要 copy、find、recall、greeting 里的一种：现在是字符串 "sort"/);
  says({ task: { name: "find", back: 3 } }, /无法出 find 的题：需要不带别的项：现在是字符串 "back"/);
  says({ length: 3 }, /需要句子有 4 到 1024 个词元/);
  says({ lengths: [16, 2] }, /需要句子有 4 到 1024 个词元（再短就没有答案）：现在是 2/);
  says({ lengths: [] }, /定考的长度：需要一串不重复的数，1 到 16 个/);
  says({ seeds: [1, 1] }, /定种子：需要一串不重复的数/);
  says({ steps: 0 }, /定走几步：需要 1 到 100000 之间的整数：现在是 0/);
  says({ rate: -1 }, /定学习率：需要正的有限数：现在是 -1/);
  says({ stpes: 10 }, /里的一项：现在是字符串 "stpes"/);
  assert.equal(taskOf({ name: "copy" }).shortest, 4);
});

Deno.test("八种编码都造得出，名字对得上", () => {
  const shape = { dimension: 8, heads: 2, causal: true, positions: 16 };
  assert.deepEqual(trainableNames.map((name) => trainable({ name } as never, shape).name), [...trainableNames]);
  const { data } = trainable({ name: "RoPE", base: 100 }, shape);
  assert.ok(Math.abs(data(new Float64Array([1]))["cos"]!.data[2]! - Math.cos(0.1)) < 1e-12); // 100^(−1/2)
});
