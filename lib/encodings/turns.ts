/**
 * 转角（turns）：每个位置每一对要转多少，存成 cos 和 sin。它是数据，怎么转在 `rotation.ts`。
 *
 * 一百万个位置、64 对，是一亿多个 cos 和 sin，所以不逐个叫 `Math.cos`。一圈分成 1024 份，每份的 cos、sin 先算好；
 * 一个角是最近的那份 a 再多转一点 r，不到 0.0031 弧度：cos(a + r) = cos a·cos r − sin a·sin r，cos r、sin r 取头三项就够。
 * 得数只看角度，不看它怎么来的；和真值差不到 6e-17，比一个末位的一半多一点，`Math.cos` 也只能这么准。
 *
 * @module
 */
import { requireFinite, requireNumber } from "@lib/errors.ts";
import { type Floats, type Matrix, requireMatrix, zeros } from "@lib/matrix.ts";

/**
 * 各个位置的转角（turns），存成 cos 和 sin，都是 `[n, pairs]`，单精度双精度都行。
 *
 * @example
 * ```ts
 * import { type Turns, turns } from "@lib/encodings/turns.ts";
 *
 * const still: Turns = turns(new Float64Array([0]), new Float64Array([1]));
 * ```
 */
export interface Turns<Data extends Floats = Float64Array> {
  /** cos(位置 × 角频率) `[n, pairs]`。 */
  readonly cos: Matrix<Data>;
  /** sin(位置 × 角频率) `[n, pairs]`。 */
  readonly sin: Matrix<Data>;
}

/**
 * 算出每个位置的 cos 和 sin。
 *
 * @param positions 位置 `[n]`（词元）
 * @param frequencies 角频率 `[pairs]`（弧度每词元）
 * @param factor 乘在 cos、sin 上的注意力系数（无量纲）；不写是 1，YaRN、LongRoPE 才不是
 * @throws {ShapeError} 不是一串数
 * @throws {RangeError} 位置、角频率或系数不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turns } from "@lib/encodings/turns.ts";
 *
 * assert.deepEqual([...turns(new Float64Array([2]), new Float64Array([1, 0.5])).cos.data], [Math.cos(2), Math.cos(1)]);
 * ```
 */
export function turns(positions: ArrayLike<number>, frequencies: ArrayLike<number>, factor = 1): Turns {
  const at = requireFinite("算转角", positions), speeds = requireFinite("算转角", frequencies);
  requireAttentionFactor(factor);
  const cos = zeros(at.length, speeds.length), sin = zeros(at.length, speeds.length);
  for (let n = 0, cell = 0; n < at.length; n++) {
    for (let i = 0; i < speeds.length; i++, cell++) put(cos.data, sin.data, cell, at[n]! * speeds[i]!, factor);
  }
  return { cos, sin };
}

/**
 * 角度已经有了，只算 cos 和 sin：几个轴的角度加在一起时（`lib/axes`）用它。
 *
 * @param angles 角度 `[n, pairs]`（弧度）
 * @param factor 同 {@linkcode turns}
 * @throws {ShapeError} 不是矩阵
 * @throws {RangeError} 系数不是有限的数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { turns, turnsOf } from "@lib/encodings/turns.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(turnsOf(matrix([[2, 1]])), turns([2], [1, 0.5]));
 * ```
 */
export function turnsOf(angles: Matrix, factor = 1): Turns {
  const { rows, columns, data } = requireMatrix("算转角", angles);
  requireAttentionFactor(factor);
  const cos = zeros(rows, columns), sin = zeros(rows, columns);
  for (let cell = 0; cell < data.length; cell++) put(cos.data, sin.data, cell, data[cell]!, factor);
  return { cos, sin };
}

function requireAttentionFactor(factor: number): void {
  requireNumber("算转角，定注意力系数", factor, "有限的数", Number.isFinite);
}

/** 一圈分几份，2 的幂。 */
const parts = 1024;
/** 再大的角度，`k · nearly` 就要舍入了。 */
const farthest = 1.5e6;
/** 加上它再减掉，就是取整。 */
const rounder = 1.5 * 2 ** 52;
/** 一份是 2π/1024 弧度：拆成三截，前两截短，乘上整数 k 还是整的；每份的 [cos, 它的尾数, sin, 它的尾数]。 */
const { nearly, nearer, rest, table } = around();

/** 一个角度的 cos 和 sin，写到第 `cell` 格。 */
function put(cos: Float64Array, sin: Float64Array, cell: number, angle: number, factor: number): void {
  if (!(Math.abs(angle) < farthest)) {
    cos[cell] = factor * Math.cos(angle), sin[cell] = factor * Math.sin(angle);
    return;
  }
  const k = angle * (parts / (2 * Math.PI)) + rounder - rounder;
  const r = ((angle - k * nearly) - k * nearer) - k * rest, rr = r * r;
  const less = rr * (rr / 24 - 1 / 2), across = r - r * rr * (1 / 6 - rr / 120); // cos r − 1 和 sin r
  const part = (k & (parts - 1)) * 4, c = table[part]!, s = table[part + 2]!;
  cos[cell] = factor * (c + (table[part + 1]! + (c * less - s * across)));
  sin[cell] = factor * (s + (table[part + 3]! + (s * less + c * across)));
}

/** 转一圈，每份记下 cos 和 sin。用小数点后 128 位的整数算，双精度装不下的尾数才是真的。 */
function around() {
  const bits = 128n, one = 1n << bits, unit = 2 ** 128, times = (a: bigint, b: bigint) => (a * b) >> bits;
  const pi = one * 314159265358979323846264338327950288419716939937510n / 10n ** 50n;
  const step = 2n * pi / BigInt(parts), turn = [0n, 0n]; // 一份的 cos 和 sin：e^(i·step) 逐项加
  for (let n = 0n, term = one; term !== 0n; n++, term = times(term, step) / n) {
    turn[Number(n % 2n)]! += n % 4n < 2n ? term : -term;
  }
  const split = (exact: bigint) => [Number(exact) / unit, Number(exact - BigInt(Number(exact))) / unit];
  const table = new Float64Array(4 * parts), [cos, sin] = turn as [bigint, bigint];
  for (let k = 0, c = one, s = 0n; k < parts; k++) {
    table.set([...split(c), ...split(s)], 4 * k);
    [c, s] = [times(c, cos) - times(s, sin), times(c, sin) + times(s, cos)];
  }
  const cut = (n: bigint) => (step >> (bits - n)) << (bits - n); // 留下小数点后 n 位
  const [nearly, nearer, rest] = [cut(32n), cut(57n) - cut(32n), step - cut(57n)].map((x) => Number(x) / unit);
  return { nearly: nearly!, nearer: nearer!, rest: rest!, table };
}
