/** 换长度，不重启：改了旋钮再全部运行，和新开一个内核一样。 */
import assert from "node:assert/strict";
import type { Notebook } from "../../tools/notebook/format.ts";
import { firstDifference } from "../../tools/notebook/compare.ts";
import { setKnobs } from "../../tools/notebook/knob_edit.ts";
import { lesson, lessons, skip, startLab, withoutOutputs } from "./lab.ts";

const NAME = "01_four_tokens.ipynb";

Deno.test("同一个内核里，L 从默认改成 33 再改成 1，每个输出都和新内核的一样", {
  ignore: skip || !lessons().includes(NAME),
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  await using lab = await startLab();
  const original = withoutOutputs(await lesson(NAME));
  const versions = [original, setKnobs(original, { L: "33" }), setKnobs(original, { L: "1" })];

  const kept: Notebook[] = [];
  {
    await using same = await lab.open(lab.put(original));
    for (const version of versions) {
      await same.edit(version);
      await same.runAll();
      kept.push(await same.read());
    }
  }

  const texts = new Set<string>();
  for (const [i, version] of versions.entries()) {
    await using book = await lab.open(lab.put(version));
    await book.runAll();
    const fresh = await book.read();
    assert.ok(fresh.cells.some((cell) => (cell.outputs ?? []).length > 0));
    assert.ok(!fresh.cells.some((cell) => cell.outputs?.some((output) => output.output_type === "error")));
    assert.equal(firstDifference(fresh, kept[i]!), undefined);
    texts.add(JSON.stringify(fresh.cells.map((cell) => cell.outputs)));
  }
  assert.equal(texts.size, 3); // 三个长度的输出确实不同，不然上面什么也没比
});
