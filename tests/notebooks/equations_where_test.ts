/** 对照页说某个式子在哪一课用到，那一课里就真有这个式号。 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { equations, type Source } from "@lib/lessons/equations.ts";
import { notebooksFolder } from "../../tools/notebook/environment.ts";

/** 文字里提到的式号；`8130(4)–(6)` 是三条，`8130(1)、(3)` 是两条。 */
function mentioned(text: string, source: Source): Set<number> {
  const found = new Set<number>();
  const list = new RegExp(
    `${source}\\s?\\((\\d+)\\)((?:\\s*(?:[–—-]|到|至|、|和|，)\\s*(?:${source}\\s?)?\\(\\d+\\))*)`,
    "g",
  );
  for (const [, first, rest = ""] of text.matchAll(list)) {
    let last = Number(first);
    found.add(last);
    for (const [, between, number] of rest.matchAll(/([–—-]|到|至|、|和|，)[^(]*\((\d+)\)/g)) {
      const next = Number(number);
      for (let n = /[–—到至-]/.test(between!) ? last + 1 : next; n <= next; n++) found.add(n);
      last = next;
    }
  }
  return found;
}

Deno.test("式号的几种写法都认", () => {
  assert.deepEqual([...mentioned("8130(4)–(6)，8130(10)；8231(1)", "8130")], [4, 5, 6, 10]);
  assert.deepEqual([...mentioned("8130(12) 到 8130(14)", "8130")], [12, 13, 14]);
  assert.deepEqual([...mentioned("8130(2)、(5) 和 8130(9)", "8130")], [2, 5, 9]);
  assert.deepEqual([...mentioned("8265(9)–(11)；RF(14)–(16)、(34)", "8265")], [9, 10, 11]);
  assert.deepEqual([...mentioned("8265(9)–(11)；RF(14)–(16)、(34)", "RF")], [14, 15, 16, 34]);
});

/** 两篇文章里是同一条，课里用哪个号都算。 */
const same: Readonly<Record<string, readonly [Source, number]>> = { "8130(1)": ["8231", 1] };

for (const [source, all] of Object.entries(equations) as [Source, typeof equations[Source]][]) {
  Deno.test(`${source}：说在哪一课用到，那一课里就真有这个式号`, () => {
    const missing = all.flatMap(({ lessons }, n) =>
      lessons.filter((lesson) => {
        const { cells } = JSON.parse(readFileSync(join(notebooksFolder, `${lesson}.ipynb`), "utf8")) as {
          cells: { source: string | string[] }[];
        };
        const text = cells.map(({ source }) => [source].flat().join("")).join("\n");
        const [other, number] = same[`${source}(${n + 1})`] ?? [source, n + 1];
        return !mentioned(text, source).has(n + 1) && !mentioned(text, other).has(number);
      }).map((lesson) => `${lesson} 里没有 ${source}(${n + 1})`)
    );
    assert.deepEqual(missing, []);
  });
}
