import assert from "node:assert/strict";
import fc from "fast-check";
import { positionIds, type PositionIdsOptions, stampedVideo, type Vision } from "@lib/axes/position_ids.ts";
import { type Matrix, row } from "@lib/matrix.ts";
import v5 from "../golden/mrope.json" with { type: "json" };
import v4 from "../golden/mrope_v4.json" with { type: "json" };
import { law } from "../property.ts";

type Case = typeof v5.positionIds[number];
const [PAD, IMAGE, VIDEO] = [0, 3, 4], merge = 2;
const columns = (ids: Matrix) =>
  [0, 1, 2].map((axis) => Array.from({ length: ids.rows }, (_, n) => row(ids, n)[axis]!));

/** 词元换成一段一段：连着的图像（视频）词元是一段画面，个数由 grid 定。 */
function piecesOf(tokens: readonly number[], { images, videos }: { images: Vision[]; videos: Vision[] }) {
  const pieces: Array<number | Vision> = [];
  for (let n = 0; n < tokens.length;) {
    const list = tokens[n] === IMAGE ? images : tokens[n] === VIDEO ? videos : undefined;
    const vision = list?.shift();
    pieces.push(vision ?? 1);
    n += vision ? vision.grid[0] * vision.grid[1] * vision.grid[2] / merge ** 2 : 1;
  }
  return pieces;
}

/** Qwen3-VL 把视频拆成一帧一段。 */
const framesOf = ([frames, height, width]: Vision["grid"]): Vision[] =>
  Array.from({ length: frames }, () => ({ grid: [1, height, width] }));

for (const [version, golden] of [[4, v4], [5, v5]] as const) {
  for (const one of golden.positionIds as Case[]) {
    Deno.test(`金标准：transformers ${version} 版，${one.model}，${one.name}`, () => {
      const grids = (list: readonly unknown[]) => list as Vision["grid"][];
      const seconds = one.secondsPerGrid as number[] | null;
      const images = grids(one.imageGrids).map((grid): Vision => ({ grid }));
      const videos = grids(one.videoGrids).flatMap((grid, n): Vision[] =>
        one.model === "qwen3_vl" ? framesOf(grid) : [{ grid, ...(seconds && { secondsPerGrid: seconds[n]! }) }]
      );
      const options: PositionIdsOptions = {
        ...(one.tokensPerSecond === null ? {} : { tokensPerSecond: one.tokensPerSecond }),
        ...(version === 4 ? { seconds: "whole", next: "max" } : { seconds: "exact", next: "grid" }),
      };
      one.tokens.forEach((padded, sample) => {
        const kept = [...padded.keys()].filter((n) => padded[n] !== PAD);
        const { ids, next } = positionIds(piecesOf(kept.map((n) => padded[n]!), { images, videos }), options);
        assert.deepEqual(columns(ids), one.positions[sample]!.map((axis) => kept.map((n) => axis[n]!)));
        assert.equal(next - (version === 4 ? padded : kept).length, one.deltas[sample]); // 4 版减的是补齐后的长度
      });
    });
  }
}

const texts = fc.nat(9);
const visions = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .map(([t, h, w]): Vision => ({ grid: [t, merge * h, merge * w] }));
const sentences = fc.array(fc.oneof(texts, visions), { maxLength: 8 });

law(
  "只有文字：三个轴都是 0, 1, 2, …；一段拆成几段写，编号不变",
  fc.property(fc.array(texts), fc.constantFrom("max", "grid"), (counts, next) => {
    const total = counts.reduce((sum, count) => sum + count, 0), order = Array.from({ length: total }, (_, n) => n);
    const made = positionIds(counts, { next });
    assert.deepEqual(columns(made.ids), [order, order, order]);
    assert.equal(made.next, total);
  }),
);

law(
  "接着最大的编：每一段都比前面所有的编号大；没有视频时，两种规矩一样",
  fc.property(sentences, (pieces) => {
    let highest = -1, cell = 0;
    const { ids } = positionIds(pieces);
    for (const piece of pieces) {
      const count = typeof piece === "number" ? piece : piece.grid.reduce((a, b) => a * b) / merge ** 2;
      const part = ids.data.subarray(cell, cell += 3 * count);
      assert.ok(part.every((place) => place > highest));
      highest = part.reduce((a, b) => Math.max(a, b), highest);
    }
    const still = pieces.map((piece) =>
      typeof piece === "number" ? piece : { grid: [1, piece.grid[1], piece.grid[2]] as const }
    );
    assert.deepEqual(positionIds(still, { next: "grid" }), positionIds(still, { next: "max" }));
  }),
);

law(
  "每段画面里，（时、高、宽）没有两个词元相同",
  fc.property(visions, fc.integer({ min: 1, max: 9 }), (vision, tokensPerSecond) => {
    const { ids } = positionIds([3, vision], { tokensPerSecond });
    const places = Array.from({ length: ids.rows }, (_, n) => row(ids, n).join());
    assert.equal(new Set(places).size, ids.rows);
  }),
);

Deno.test("手算：两帧隔 2 秒，一秒 25 个编号，时间差 50；1.5 秒照乘是 37，先去零头是 25", () => {
  const second = (secondsPerGrid: number, more: object = {}) =>
    row(positionIds([1, { grid: [2, 2, 2], secondsPerGrid }], { tokensPerSecond: 25, ...more }).ids, 2)[0]! - 1;
  assert.equal(second(2), 50);
  assert.equal(second(1.5), 37);
  assert.equal(second(1.5, { seconds: "whole" }), 25);
  assert.equal(second(0.5, { seconds: "whole" }), 0);
});

Deno.test("手算：视频之后，一种规矩接着时间，一种重号", () => {
  const pieces = [1, { grid: [5, 4, 4] as const }, 1];
  const last = (next: "max" | "grid") => [...row(positionIds(pieces, { next }).ids, 21)];
  assert.deepEqual(last("max"), [6, 6, 6]);
  assert.deepEqual(last("grid"), [3, 3, 3]); // 视频的时间是 1 到 5
  assert.equal(positionIds(pieces, { next: "grid" }).next, 6, "生成的第一个词元，5 版也接着最大的");
});

Deno.test("秒数按单精度乘：和 transformers 5 版的 Qwen2.5-VL 跑出来的一样，双精度会差一个编号", () => {
  const secondsPerGrid = 2 / 10.25, frames = [41, 82, 123, 164, 205, 246, 287], printed = [7, 15, 24, 31, 40, 48, 55];
  const { ids } = positionIds([{ grid: [300, 2, 2], secondsPerGrid }], { tokensPerSecond: 1 });
  assert.deepEqual(frames.map((t) => row(ids, t)[0]), printed);
  assert.notDeepEqual(frames.map((t) => Math.trunc(t * secondsPerGrid)), printed);
});

Deno.test("Qwen3-VL 的视频：一帧一段，每段之前的时间和标记都是文字", () => {
  const { ids } = positionIds([2, ...stampedVideo([2, 4, 4], [3, 4])]);
  assert.equal(ids.rows, 2 + (3 + 1 + 4 + 1) + (4 + 1 + 4 + 1));
  assert.deepEqual([...row(ids, 6)], [6, 6, 6]);
  assert.deepEqual([...row(ids, 9)], [6, 7, 7]); // 同一帧里时间不变
});

Deno.test("拒绝：除不尽、没写一秒几个编号、规矩写错、太长", () => {
  assert.throws(() => positionIds([{ grid: [1, 3, 4] }]), /无法合并补丁：需要行数、列数是 2 的倍数：现在是 3/);
  assert.throws(() => positionIds([{ grid: [1, 4] as never }]), /需要帧、行、列三个数/);
  assert.throws(() => positionIds([{ grid: [0, 4, 4] }]), /定帧、行、列：需要不小于 1|定帧、行、列：需要 1 到/);
  assert.throws(() => positionIds([{ grid: [2, 4, 4], secondsPerGrid: 2 }]), {
    name: "RangeError",
    message: "无法用两帧之间的秒数：需要写明一秒几个编号（tokensPerSecond）：现在是 undefined",
  });
  assert.throws(() => positionIds([{ grid: [2, 4, 4], secondsPerGrid: NaN }], { tokensPerSecond: 2 }), /秒数/);
  assert.throws(() => positionIds([3], { seconds: "round" as never }), /需要 exact 或 whole/);
  assert.throws(() => positionIds([3], { next: "v5" as never }), /无法定画面之后的编号：需要 max 或 grid/);
  assert.throws(() => positionIds([3], { tokensPerSecond: 0 }), /无法定一秒几个编号/);
  assert.throws(() => positionIds([-1]), /定文字词元的个数/);
  assert.throws(() => positionIds(["3" as never]), /需要一组设置（对象）/);
  assert.throws(() => positionIds([{ grid: [1024, 1024, 1024] }]), /定词元个数/);
  assert.throws(() => stampedVideo([2, 4, 4], [1]), /无法排视频的时间：需要 2 个数/);
});
