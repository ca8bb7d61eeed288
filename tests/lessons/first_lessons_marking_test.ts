// 练习判分：参考解通过，换个写法也通过，每个常见的错都被指出错在哪一条。
import assert from "node:assert/strict";
import { farthestBucketProperties, ratioProperties, turnProperties } from "@lib/lessons/four_tokens.ts";
import { countProperties, overHalfProperties, unseenOfFiveProperties } from "@lib/lessons/start.ts";
import { marked } from "./marked.ts";

type Turn = (q: number[], m: number) => number[] | undefined;
const turn = (f: (x: number, y: number, m: number) => number[] | undefined): Turn => ([x, y], m) => f(x!, y!, m);
const { cos, sin, PI } = Math;
const start = [[1, 0], 1];

const right: Array<[string, string]> = [
  ["01-1 到两位小数", marked(2.12, ratioProperties)],
  ["01-1 精确值", marked(Math.exp(0.75), ratioProperties)],
  ["01-2", marked(92, farthestBucketProperties)],
  [
    "01-3 照式子写",
    marked(turn((x, y, m) => [x * cos(m) - y * sin(m), x * sin(m) + y * cos(m)]), turnProperties, start),
  ],
  [
    "01-3 用极坐标写",
    marked(
      turn((x, y, m) => {
        const r = Math.hypot(x, y), angle = Math.atan2(y, x) + m;
        return [r * cos(angle), r * sin(angle)];
      }),
      turnProperties,
      start,
    ),
  ],
  ["00-1", marked(2, unseenOfFiveProperties)],
  ["00-2", marked(13, overHalfProperties)],
  ["00-3 公式", marked((n: number, t: number) => Math.max(0, n - t) * (Math.max(0, n - t) + 1), countProperties)],
];

for (const [name, line] of right) {
  Deno.test(`判分通过：${name}`, () => assert.match(line, /^✓ 练习：\d 条性质都满足/));
}

const wrong: Array<[string, string, RegExp]> = [
  ["01-1 写成分数之差", marked(0.75, ratioProperties), /倍数大于 1”不成立.*写反了，或者写的是分数之差/],
  ["01-1 写反", marked(Math.exp(-0.75), ratioProperties), /倍数大于 1”不成立/],
  ["01-1 只差一格", marked(Math.exp(0.25), ratioProperties), /乘三次”不成立.*3 × 1\/4/],
  ["01-1 乘 3 而不是三次方", marked(3 * Math.exp(0.25), ratioProperties), /乘三次”不成立/],
  ["01-2 忘了 L − 1", marked(91, farthestBucketProperties), /15 号桶用上了”不成立：量到 14/],
  ["01-2 太大", marked(129, farthestBucketProperties), /再少一个词元就用不上”不成立.*还能再小/],
  ["01-3 把位置加上去", marked(turn((x, y, m) => [x + m, y + m]), turnProperties, start), /长度不变”不成立/],
  [
    "01-3 正负号写错",
    marked(turn((x, y, m) => [x * cos(m) + y * sin(m), x * sin(m) + y * cos(m)]), turnProperties, start),
    /长度不变”不成立.*正负号/,
  ],
  [
    "01-3 转反了",
    marked(turn((x, y, m) => [x * cos(m) + y * sin(m), -x * sin(m) + y * cos(m)]), turnProperties, start),
    /逆时针转 1 弧度”不成立.*转反了方向/,
  ],
  [
    "01-3 用角度",
    marked(
      turn((x, y, m) => {
        const a = m * PI / 180;
        return [x * cos(a) - y * sin(a), x * sin(a) + y * cos(a)];
      }),
      turnProperties,
      start,
    ),
    /逆时针转 1 弧度”不成立.*弧度/,
  ],
  [
    "01-3 角度不和位置成正比",
    marked(
      turn((x, y, m) => [x * cos(m * m) - y * sin(m * m), x * sin(m * m) + y * cos(m * m)]),
      turnProperties,
      start,
    ),
    /平移 5，点积不变”不成立.*成正比/,
  ],
  [
    "01-3 位置 0 也转",
    marked(
      turn((x, y, m) => [x * cos(m + 1) - y * sin(m + 1), x * sin(m + 1) + y * cos(m + 1)]),
      turnProperties,
      start,
    ),
    /位置 0 不转”不成立/,
  ],
  [
    "01-3 每个位置都转 1 弧度",
    marked(
      turn((x, y, m) => [x * cos(Math.sign(m)) - y * sin(Math.sign(m)), x * sin(Math.sign(m)) + y * cos(Math.sign(m))]),
      turnProperties,
      start,
    ),
    /位置 3 逆时针转 3 弧度”不成立.*角度要乘位置/,
  ],
  ["01-3 只返回一个数", marked((() => [1]) as Turn, turnProperties, start), /出错：需要返回两个数的数组/],
  ["00-1 只数一个方向", marked(1, unseenOfFiveProperties), /是偶数”不成立.*第 5 个看第 1 个也算一对/],
  ["00-1 把距离 3 也算上", marked(6, unseenOfFiveProperties), /一对一对数出来的一样多”不成立：量到 4/],
  ["00-2 正好一半不算", marked(12, overHalfProperties), /没见过的比见过的多”不成立：量到 0/],
  ["00-2 太大", marked(33, overHalfProperties), /不超过一半”不成立.*还能再小/],
  [
    "00-3 大于写成大于等于反了",
    marked((n: number, t: number) => Math.max(0, n - t - 1) * Math.max(0, n - t), countProperties),
    /一对一对数的一样多”不成立/,
  ],
  [
    "00-3 只数一个方向",
    marked((n: number, t: number) => Math.max(0, n - t) * (Math.max(0, n - t) + 1) / 2, countProperties),
    /偶数”不成立.*绝对值/,
  ],
  ["00-3 全数上了", marked((n: number) => n * n, countProperties), /一对也没有”不成立/],
];

for (const [name, line, reason] of wrong) {
  Deno.test(`判分说出错在哪：${name}`, () => assert.match(line, reason));
}

for (
  const [name, line] of [["数", marked(NaN, ratioProperties)], [
    "函数",
    marked((() => undefined) as Turn, turnProperties, start),
  ]]
) {
  Deno.test(`空桩不算错：${name}`, () => assert.match(line!, /^✎ 练习：还没写/));
}
