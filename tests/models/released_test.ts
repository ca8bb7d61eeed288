// 公开模型的清单：每一行样样都在、有出处，数出来的和另一条路数的一样。
import assert from "node:assert/strict";
import { countedOn, countReleased, type Kind, kinds, releasedModels } from "@lib/models/released.ts";

Deno.test("每一行样样都在：名字不重、年份讲得通、有出处、归了类", () => {
  assert.ok(releasedModels.length > 0);
  assert.equal(new Set(releasedModels.map(({ model }) => model)).size, releasedModels.length);
  for (const one of releasedModels) {
    assert.deepEqual(Object.keys(one), ["model", "year", "encoding", "kind", "source", "status"]);
    assert.ok(one.year >= 2017 && one.year <= Number(countedOn.slice(0, 4)), one.model);
    assert.ok(
      /[\w-]+\/[\w.-]+|https?:|Hugging Face Hub: \w/.test(one.source),
      `${one.model} 没写从哪里读到的：${one.source}`,
    );
    assert.ok(one.encoding !== "" && kinds.includes(one.kind), one.model);
    assert.ok(["read in source", "unverified"].includes(one.status), one.model);
  }
  const years = releasedModels.map(({ year }) => year);
  assert.deepEqual(years, years.toSorted((a, b) => a - b));
  assert.ok(!Number.isNaN(Date.parse(countedOn)));
});

/** 另一条路：从英文的 `encoding` 一栏认。 */
function read(encoding: string): Kind {
  if (/sinusoidal/.test(encoding)) return "sinusoidal";
  if (/learned/.test(encoding)) return "learned";
  if (/ALiBi/.test(encoding)) return "ALiBi";
  if (!/RoPE/.test(encoding)) return "relative";
  if (/M-RoPE/.test(encoding)) return "M-RoPE";
  if (/MLA|partial|proportional/.test(encoding)) return "partial RoPE";
  return /NoPE/.test(encoding) ? "RoPE + NoPE" : "RoPE";
}

Deno.test("归的类和 encoding 一栏写的一致", () => {
  for (const { model, encoding, kind } of releasedModels) assert.equal(kind, read(encoding), model);
});

Deno.test("数：各类各年加起来就是全部；手数的几处对得上", () => {
  const years = [...new Set(releasedModels.map(({ year }) => year))];
  const sum = kinds.reduce((all, kind) => all + years.reduce((n, year) => n + countReleased([kind], year, year), 0), 0);
  assert.equal(sum, releasedModels.length);
  for (const kind of kinds) {
    assert.equal(countReleased([kind]), releasedModels.filter(({ encoding }) => read(encoding) === kind).length, kind);
  }
  assert.equal(countReleased(["ALiBi"], 2022, 2022), 1); // BLOOM
  assert.equal(countReleased(["ALiBi"], 2023), 3); // MPT、Falcon-RW、Baichuan-13B
  assert.equal(countReleased(["relative"], 2019, 2021), 4); // T5、Transformer-XL、DeBERTa 两代
  assert.equal(countReleased([]), 0);
});

Deno.test("拒绝：没有这一类，年份不是整数", () => {
  assert.throws(() => countReleased(["rope" as never]), /无法数清单：需要 sinusoidal、/);
  assert.throws(() => countReleased("RoPE" as never), /无法数清单/);
  assert.throws(() => countReleased(kinds, 2019.5), /无法定从哪一年数起：需要/);
  assert.throws(() => countReleased(kinds, 2019, NaN), /无法定数到哪一年：需要/);
});
