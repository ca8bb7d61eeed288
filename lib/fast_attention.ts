/**
 * 快的注意力（fast attention）：一个头，单精度进单精度出，只交输出；要看中间每一步，用 `lib/attention.ts`。
 *
 * 一次算四行查询：四行对所有键的分数放在一条 `[L, 4]` 的带子上，softmax 之后乘值，带子接着给下四行用，所以没有 L×L 的表。
 * 打分、乘值是同一件事：四个向量和四个向量两两点积。先把数据四个一组交错放好，一次读 8 个数，做 16 次乘加。
 * 和、带子都是双精度：只在最后舍入一次，和参考实现差在 1e-6 以内；JavaScript 里双精度乘加不比单精度慢。
 *
 * 时间花在哪（L = 2048，d = 64，都看，一共约 300 毫秒）：打分 47 %，softmax 8 %，乘值 44 %，重排和抄写不到 1 %。
 * 乘加约 0.5 纳秒一次：JavaScript 一条指令只算一个数，没有 SIMD。PyTorch 一个线程一次算 8 个，同样的事约 17 毫秒。
 * 也试过 numpy-ts 的矩阵乘法（WASM，有 SIMD），约 80 毫秒；要多装 8 MB，手工还内存，和是单精度，这里不值得。
 *
 * @module
 */
import { requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";
import type { Matrix } from "@lib/matrix.ts";

/**
 * 快的注意力的输入（fast attention input），都是单精度；查询、键已经编码过（该转的转过了）。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fastAttention, type FastAttentionInput } from "@lib/fast_attention.ts";
 *
 * const x = { rows: 2, columns: 1, data: new Float32Array([0, 8]) };
 * const input: FastAttentionInput = { queries: x, keys: x, values: x, causal: true, scale: 1 };
 * assert.deepEqual([...fastAttention(input).data], [0, 8]);
 * ```
 */
export interface FastAttentionInput {
  /** 查询 `[L, d]`。 */
  readonly queries: Matrix<Float32Array>;
  /** 键 `[L, d]`。 */
  readonly keys: Matrix<Float32Array>;
  /** 值 `[L, dv]`。 */
  readonly values: Matrix<Float32Array>;
  /** 因果：第 i 行只看第 0 到 i 行；不写就都看。 */
  readonly causal?: boolean;
  /**
   * 按距离 i − j（行号之差，词元）加在分数上的数，缩放之后加，无量纲。
   * `[2L−1]`：距离 t 的在 `bias[t + L − 1]`，从 −(L−1) 到 L−1。`[L]`：距离 t 的在 `bias[t]`，从 0 到 L−1，因果时才收。
   */
  readonly bias?: Float32Array;
  /** 点积乘它才是分数（无量纲）；不写就是 1/√d。 */
  readonly scale?: number;
}

/**
 * 算出注意力的输出。
 *
 * @returns 输出 `[L, dv]`，新的数组；输入一个数也不改
 * @throws {ShapeError} 不是单精度，形状对不上，或偏置的个数不对
 * @throws {RangeError} 偏置里有 ±∞，或缩放不是有限的数
 * @source Vaswani et al. 2017 §3.2.1；不摆 L×L 的表：Rabe & Staats arXiv 2112.05682
 * @example ALiBi：每远一格扣半分，第 4 个词元的权重是等比的
 * ```ts
 * import assert from "node:assert/strict";
 * import { fastAttention } from "@lib/fast_attention.ts";
 *
 * const same = { rows: 4, columns: 1, data: new Float32Array(4) };
 * const values = { rows: 4, columns: 4, data: Float32Array.from({ length: 16 }, (_, n) => n % 5 === 0 ? 1 : 0) };
 * const bias = new Float32Array([0, -0.5, -1, -1.5]);
 * const { data } = fastAttention({ queries: same, keys: same, values, causal: true, bias });
 * assert.deepEqual([...data.subarray(12)].map((w) => w.toFixed(4)), ["0.1015", "0.1674", "0.2760", "0.4551"]);
 * ```
 */
export function fastAttention(input: FastAttentionInput): Matrix<Float32Array> {
  const { queries, keys, values, causal = false, bias, scale } = checked(input);
  const L = queries.rows, d = queries.columns, width = values.columns;
  const offsets = bias ?? new Float32Array(2 * L - 1), zero = offsets.length === L ? 0 : L - 1;
  const q = new Float64Array(4 * d), strip = new Float64Array(4 * (L + 3)), sums = new Float64Array(4);
  const k = interleaved(new Float32Array((L + 3) * d), keys.data, L, d, d, 1);
  const v = interleaved(new Float32Array((width + 3) * L), values.data, width, L, 1, width);
  const output = new Float32Array(L * width), tile = new Float64Array(16);

  for (let i = 0; i < L; i += 4) {
    const rows = Math.min(4, L - i);
    const shared = causal ? i + 1 : L; // 前这么多个键，四行都看得见
    interleaved(q, queries.data.subarray(i * d, (i + rows) * d), rows, d, d, 1);
    for (let j = 0; j < (causal ? i + rows : L); j += 4) dots(strip, 4 * j, q, 0, k, j * d, d);
    for (let r = 0; r < rows; r++) sums[r] = weigh(strip, r, causal ? i + r + 1 : L, scale, offsets, zero + i + r);
    for (let c = 0; c < width; c += 4) {
      dots(tile, 0, strip, 0, v, c * L, shared);
      for (let r = 0; r < rows; r++) {
        for (let y = 0; y < 4 && c + y < width; y++) {
          let sum = tile[4 * y + r]!;
          // 对角线上剩下的，各行只加自己看得见的：不能拿权重 0 去乘，0 × NaN 会把看不见的坏数带进来。
          for (let j = shared; j <= i + r; j++) sum += strip[4 * j + r]! * v[c * L + 4 * j + y]!;
          output[(i + r) * width + c + y] = sum / sums[r]!;
        }
      }
    }
  }
  return { rows: L, columns: width, data: output };
}

/** 四个向量一组，交错放：第 n 个分量的四个数挨着。个数不是 4 的倍数时，最后一组空着的位置不会用到。 */
function interleaved<To extends Float32Array | Float64Array>(
  to: To,
  from: Float32Array,
  vectors: number,
  length: number,
  vectorStep: number,
  step: number,
): To {
  for (let one = 0; one < vectors; one++) {
    let at = (one - one % 4) * length + one % 4;
    for (let n = 0, read = one * vectorStep; n < length; n++, at += 4, read += step) to[at] = from[read]!;
  }
  return to;
}

/** `a` 的四个向量和 `b` 的四个两两点积，16 个数写进 `to`：`to[4y + x] = aₓ·b_y`。和放在局部变量里，才留得在寄存器。 */
function dots(to: Float64Array, at: number, a: Float64Array, i: number, b: Float32Array, j: number, length: number) {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  for (const end = i + 4 * length; i < end; i += 4, j += 4) {
    const b0 = b[j]!, b1 = b[j + 1]!, b2 = b[j + 2]!, b3 = b[j + 3]!;
    const a0 = a[i]!, a1 = a[i + 1]!, a2 = a[i + 2]!, a3 = a[i + 3]!;
    s00 += a0 * b0, s01 += a0 * b1, s02 += a0 * b2, s03 += a0 * b3;
    s10 += a1 * b0, s11 += a1 * b1, s12 += a1 * b2, s13 += a1 * b3;
    s20 += a2 * b0, s21 += a2 * b1, s22 += a2 * b2, s23 += a2 * b3;
    s30 += a3 * b0, s31 += a3 * b1, s32 += a3 * b2, s33 += a3 * b3;
  }
  to[at] = s00, to[at + 1] = s10, to[at + 2] = s20, to[at + 3] = s30;
  to[at + 4] = s01, to[at + 5] = s11, to[at + 6] = s21, to[at + 7] = s31;
  to[at + 8] = s02, to[at + 9] = s12, to[at + 10] = s22, to[at + 11] = s32;
  to[at + 12] = s03, to[at + 13] = s13, to[at + 14] = s23, to[at + 15] = s33;
}

/** e^(−n/16)，n 从 0 到 1664；再小，单精度里就是 0。 */
const powers = Float64Array.from({ length: 104 * 16 + 1 }, (_, n) => n === 104 * 16 ? 0 : Math.exp(-n / 16));

/** 带子上第 r 行的前 n 个点积变成没归一的权重，返回它们的和。距离 t 的偏置在 `bias[from − j]`。 */
function weigh(strip: Float64Array, r: number, n: number, scale: number, bias: Float32Array, from: number): number {
  let max = -Infinity;
  for (let j = 0, at = r; j < n; j++, at += 4) {
    const score = strip[at] = scale * strip[at]! + bias[from - j]!;
    if (score > max) max = score;
  }
  let sum = 0;
  for (let j = 0, at = r; j < n; j++, at += 4) {
    // e^(−x) 拆成查表的 e^(−n/16) 和剩下的 e^rest：|rest| ≤ 1/32，四项就准到 4e-8，比 Math.exp 快 3 倍。
    const x = Math.min(max - strip[at]!, 104), step = (x * 16 + 0.5) | 0, rest = step / 16 - x;
    sum += strip[at] = powers[step]! * (1 + rest * (1 + rest * (1 / 2 + rest / 6)));
  }
  return sum;
}

/** 进门查一次：都是单精度，形状对得上，偏置有限。 */
function checked(input: FastAttentionInput): FastAttentionInput & { readonly scale: number } {
  const { queries, keys, values, causal, bias, scale } = requireOptions("快算注意力", input);
  for (const [name, m] of Object.entries({ 查询: queries, 键: keys, 值: values })) {
    if (!(m?.data instanceof Float32Array)) {
      const expected = `单精度的${name}（data 是 Float32Array；双精度用 attention，别的不悄悄转换）`;
      throw new ShapeError("快算注意力", expected, m?.data);
    }
    if (!(Number.isInteger(m.rows) && m.rows > 0 && m.columns > 0) || m.data.length !== m.rows * m.columns) {
      throw new ShapeError("快算注意力", `${name}至少 1 行 1 列，行数乘列数是数据的个数`, [
        m.rows,
        m.columns,
        m.data.length,
      ]);
    }
  }
  const { rows: L, columns: d } = queries;
  if (keys.rows !== L || keys.columns !== d) {
    throw new ShapeError("快算注意力", `${L} 行 ${d} 列的键`, [keys.rows, keys.columns]);
  }
  if (values.rows !== L) throw new ShapeError("快算注意力", `${L} 行值`, values.rows);
  if (bias !== undefined) {
    if (!(bias instanceof Float32Array)) throw new ShapeError("快算注意力", "偏置是 Float32Array", bias);
    if (bias.length !== 2 * L - 1 && !(causal && bias.length === L)) {
      throw new ShapeError("快算注意力", `${2 * L - 1} 个偏置${causal ? `，或 ${L} 个` : ""}`, bias.length);
    }
    const infinite = bias.find((b) => Math.abs(b) === Infinity);
    if (infinite !== undefined) requireNumber("快算注意力", infinite, "有限的偏置（要掩住用 causal）", Number.isFinite);
  }
  if (scale !== undefined) requireNumber("定缩放", scale, "有限的数", Number.isFinite);
  return { ...input, scale: scale ?? 1 / Math.sqrt(d) };
}
