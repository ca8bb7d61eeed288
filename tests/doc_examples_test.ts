/** 跑文档例子的那个程序：找得全，行号对，导入各归各的。 */
import assert from "node:assert/strict";
import { asTest, examplesOf } from "../tools/doc_examples.ts";

const source = `/**
 * 加一。
 *
 * @example
 * \`\`\`ts
 * import assert from "node:assert/strict";
 * import { plus, type Sum } from "./plus.ts";
 *
 * assert.equal(plus(1) satisfies Sum, 2);
 * \`\`\`
 */
export const plus = (x: number) => x + 1;

export interface Two {
  /**
   * 里面的也算。
   * \`\`\`ts
   * import type { Two } from "./plus.ts";
   * 1 + 1;
   * \`\`\`
   */
  two: 2;
}
`;

Deno.test("文档注释里的代码块，一个不少，行号是第一行代码的", () => {
  const [one, two, ...more] = examplesOf("lib/plus.ts", source);
  assert.deepEqual([one!.line, two!.line, more.length], [6, 18, 0]);
  assert.equal(one!.code.split("\n").at(-2), "assert.equal(plus(1) satisfies Sum, 2);");
});

Deno.test("Markdown 里只要 ts 的代码块", () => {
  const found = examplesOf("README.md", "# 题\n\n```sh\nls\n```\n\n```ts\n1;\n```\n");
  assert.deepEqual(found, [{ path: "README.md", line: 8, code: "1;\n" }]);
});

Deno.test("导入写进函数里；只导入类型的去掉", () => {
  const words = asTest({
    path: "a.ts",
    line: 3,
    code: [
      'import assert from "node:assert/strict";',
      "import {",
      "  one as first,",
      "  type Two,",
      '} from "./x.ts";',
      'import * as all from "./y.ts";',
      'import type { Three } from "./z.ts";',
      'import data from "./d.json" with { type: "json" };',
      "first;\n",
    ].join("\n"),
  });
  assert.match(words, /^Deno\.test\("a\.ts:3", async \(\) => \{\n/);
  assert.match(words, /const \{ default: assert \} = await import\("node:assert\/strict"\);/);
  assert.match(words, /const \{\s+one: first,\s+\} = await import\("\.\/x\.ts"\);/);
  assert.match(words, /const all = await import\("\.\/y\.ts"\);/);
  assert.match(words, /const \{ default: data \} = await import\("\.\/d\.json", \{ with: \{ type: "json" \} \}\);/);
  assert.doesNotMatch(words, /z\.ts|Two|Three/);
});
