/** mathjs：共轭取在谁身上，值怎样显示，不需要时不载入。 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as math from "mathjs";
import fc from "fast-check";
import { innerConjugateKey, innerConjugateQuery } from "@lib/notebook/mathjs.ts";
import { display } from "@lib/plots/display.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const shown = (value: unknown) => (value as Record<typeof display, () => Record<string, string>>)[display]();
const pair = ({ re, im }: { re: number; im: number }) => [re, im];

Deno.test("手算：q = 1+2i，k = 3+4i", () => {
  const q = [math.complex(1, 2)], k = [math.complex(3, 4)];
  assert.deepEqual(pair(innerConjugateKey(q, k)), [11, 2]);
  assert.deepEqual(pair(innerConjugateQuery(q, k)), [11, -2]);
  // mathjs 自己的几种写法：向量·向量取共轭，标量·标量不取。
  assert.equal(String(math.dot(q, k)), "11 - 2i");
  assert.equal(String(math.multiply(q[0]!, k[0]!)), "-5 + 10i");
});

Deno.test("两个函数互为共轭；和自己定义的求和一致；实数也行", () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  const vector = fc.array(fc.tuple(number, number, number, number), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(vector, (rows) => {
    const q = rows.map(([a, b]) => math.complex(a, b)), k = rows.map(([, , c, d]) => math.complex(c, d));
    const expected = rows.reduce(([re, im], [a, b, c, d]) => [re! + a * c + b * d, im! + b * c - a * d], [0, 0]);
    const key = innerConjugateKey(q, k), query = innerConjugateQuery(q, k);
    assert.ok(Math.abs(key.re - expected[0]!) < 1e-9 && Math.abs(key.im - expected[1]!) < 1e-9);
    assert.ok(Math.abs(query.re - key.re) < 1e-9 && Math.abs(query.im + key.im) < 1e-9);
  }));
  assert.deepEqual(pair(innerConjugateKey([2, 3], [4, 5])), [23, 0]);
  assert.deepEqual(pair(innerConjugateKey([], [])), [0, 0]);
  assert.throws(() => innerConjugateKey([1], [1, 2]), /无法求内积/);
});

Deno.test("转过角度之后，相位一个是 m − n，一个是 n − m", () => {
  const turn = (angle: number) => [math.complex(Math.cos(angle), Math.sin(angle))];
  const phase = ({ re, im }: { re: number; im: number }) => Math.atan2(im, re);
  const [m, n] = [0.9, 0.2];
  assert.ok(Math.abs(phase(innerConjugateKey(turn(m), turn(n))) - (m - n)) < 1e-12);
  assert.ok(Math.abs(phase(innerConjugateQuery(turn(m), turn(n))) - (n - m)) < 1e-12);
});

Deno.test("各种值的显示", () => {
  const plain = (value: unknown) => shown(value)["text/plain"];
  assert.equal(plain(math.complex(1, 2)), "1 + 2i");
  assert.equal(plain(math.complex(0.1 + 0.2, -1)), "0.3 − i");
  assert.equal(plain(math.complex(1e-17, -2.5)), "−2.5i");
  assert.equal(plain(math.complex(-3, 1e-17)), "−3");
  assert.equal(plain(math.complex(-0, -0)), "0");
  assert.equal(plain(math.fraction(-1, 3)), "−1/3");
  assert.equal(plain(math.unit("-5 cm")), "−5 cm");
  assert.equal(plain(math.matrix([[1, -2.5], [10, 1e-17]])), "[  1  −2.5 ]\n[ 10     0 ]");
  assert.equal(plain(math.sparse([[1, 0], [0, 2]])), "[ 1  0 ]\n[ 0  2 ]");
  assert.equal(plain(math.matrix([1, 2, 3])), "[ 1  2  3 ]");
  assert.equal(plain(math.matrix([])), "[ ]");
  const node = shown(math.parse("sqrt(x) / 2"));
  assert.deepEqual(node, { "text/latex": "$\\displaystyle \\frac{\\sqrt{ x}}{2}$", "text/plain": "sqrt(x) / 2" });
});

Deno.test("lib/notebook.ts 不载入 mathjs；lib/notebook/mathjs.ts 才载入", async () => {
  const graph = async (entry: string) => {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", join(ROOT, entry)],
      cwd: ROOT,
    }).output();
    assert.ok(success);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Array<{ specifier: string }> };
    return modules.map((module) => module.specifier);
  };
  const loads = (modules: string[]) => modules.some((specifier) => /\/mathjs[@/]/.test(specifier));
  assert.equal(loads(await graph("lib/notebook/mathjs.ts")), true);
  assert.equal(loads(await graph("lib/notebook.ts")), false);
});
