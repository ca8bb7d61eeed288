/**
 * 底数下界的表：重新算 `lib/limits/base_bounds.json`。
 *
 * `deno task base-bounds` 算到 65,536，不到一分钟；`deno task base-bounds 1048576` 算到 1,048,576，要几分钟到十几分钟。
 * 只写这一次算了的长度；仓库里的表算到多长，写在表的 `provenance.script` 里。
 *
 * @module
 */
import { join } from "node:path";
import { baseBound, type BaseWindow } from "@lib/limits/base_bound.ts";
import { root } from "./notebook/environment.ts";

/** 两处印出来的数，都是两位有效数字。 */
const printed = {
  source: "kexue 10122 的表；paper 那一行是它转抄的 arXiv 2405.14591 表 2",
  lengths: [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288, 1048576],
  paper: [4.3e3, 1.6e4, 2.7e4, 8.4e4, 3.1e5, 6.4e5, 2.1e6, 7.8e6, 3.6e7, 6.4e7, 5.1e8],
  post: [4.3e3, 1.2e4, 2.7e4, 8.4e4, 2.3e5, 6.3e5, 2.1e6, 4.9e6, 2.4e7, 5.8e7, 6.5e7],
};

function main(longest = 65536): void {
  const dimension = 128, rows: ({ length: number } & BaseWindow)[] = [];
  for (const length of printed.lengths.filter((one) => one <= longest)) {
    const start = performance.now();
    const from = rows.at(-1)?.lower ?? 1.25; // 短的都不合格，长的就更不合格：从上一行的下界接着扫
    const found = baseBound({ length, dimension, from });
    if (!found) throw new RangeError(`无法写底数的表：需要 10¹⁵ 以内有合格的底数：长度 ${length} 没有`);
    rows.push({ length, ...found });
    write(length, { dimension, printed, rows }); // 后面的要很久：算完一行就写一次
    console.log(length, found.lower, found.upper, `${((performance.now() - start) / 1000).toFixed(1)} 秒`);
  }
}

function write(longest: number, table: object): void {
  const provenance = {
    script: `deno task base-bounds ${longest}`,
    condition: "Σcos(m·b^(−2i/d)) ≥ 0，0 ≤ m < length",
    method:
      "从 1.25（后面的行从上一行的 lower）往上，每次跳过一个距离证明得了不合格的一段；lower、upper 是头一段合格的两头",
    step: "ln b 的最小一步：比它窄的一段会漏掉",
    dtype: "float64",
  };
  const text = JSON.stringify({ provenance, ...table }, null, 2);
  const flat = text.replace(/\[\s+([\d.,\s]+?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, " ")}]`);
  Deno.writeTextFileSync(join(root, "lib/limits/base_bounds.json"), `${flat}\n`);
}

if (import.meta.main) main(Deno.args[0] === undefined ? undefined : Number(Deno.args[0]));
