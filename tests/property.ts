/**
 * 基于性质的测试：名字里写着种子，失败时 fast-check 再印出种子和反例。
 * 换一个种子跑：`TEST_SEED=7 deno test …`。
 */
import fc from "fast-check";

export const seed = Number(Deno.env.get("TEST_SEED") ?? 1);

/** 一条性质，抽 `runs` 个例子。 */
export function law<Examples>(name: string, property: fc.IProperty<Examples>, runs = 60): void {
  Deno.test(`${name}（${runs} 例，种子 ${seed}）`, () => fc.assert(property, { seed, numRuns: runs }));
}
