/**
 * 图像的二维旋转（2-D axial RoPE）：一半的对看行，一半的对看列，各是一个一维的 RoPE。
 *
 * 三家的差别只在数据：哪个轴在前、底数、坐标怎么量、怎么配对。rope-vit 的 mixed 让每一对两个轴都看，频率是学的。
 *
 * @module
 */
import { type Axes, axisFrequencies, axisRope } from "@lib/axes/axis_rope.ts";
import type { Encoding } from "@lib/encoding.ts";
import { inverseFrequencies } from "@lib/encodings/frequencies.ts";
import { explain, requireInteger, requireNumber, requireOptions, ShapeError } from "@lib/errors.ts";
import { type Matrix, zeros } from "@lib/matrix.ts";

/**
 * 谁家的：`rope-vit`、`dinov3`、`su`（苏剑林 8397）。
 *
 * @example
 * ```ts
 * import type { AxialKind } from "@lib/axes/axial.ts";
 *
 * const kind: AxialKind = "dinov3";
 * ```
 */
export type AxialKind = "rope-vit" | "dinov3" | "su";

/**
 * 图有多大、头有几维。
 *
 * @example
 * ```ts
 * import type { AxialOptions } from "@lib/axes/axial.ts";
 *
 * const vit: AxialOptions = { kind: "rope-vit", dimension: 64, height: 14, width: 14, prefix: 1 };
 * ```
 */
export interface AxialOptions {
  /** 谁家的。 */
  readonly kind: AxialKind;
  /** 一个头的维数，4 的倍数。 */
  readonly dimension: number;
  /** 几行补丁（patch）。 */
  readonly height: number;
  /** 几列补丁。 */
  readonly width: number;
  /** 前面有几个不属于图的词元（[CLS]、寄存器），不转；不写是 0。 */
  readonly prefix?: number;
  /** 底数；不写，rope-vit 和 DINOv3 是 100，苏剑林的是 10000。 */
  readonly base?: number;
}

/** 列在前、按格数；DINOv3 行在前，按 [−1, 1] 量，转的是整圈（乘 2π）。 */
const byColumn = { columnFirst: true, coordinates: gridCoordinates, turn: 1, pairing: "interleaved" } as const;
const byRow = { columnFirst: false, coordinates: centredCoordinates, turn: 2 * Math.PI, pairing: "half" } as const;
const kinds = {
  "rope-vit": { name: "rope-vit 轴向", base: 100, ...byColumn },
  su: { name: "苏剑林二维", base: 10000, ...byColumn },
  dinov3: { name: "DINOv3", base: 100, ...byRow },
} as const;

/**
 * 图像的二维旋转：查询和键都转，值不转。
 *
 * @throws {ShapeError} 维数不是 4 的倍数
 * @throws {RangeError} 没有这一家，边长不是正整数，或底数不大于 1
 * @source rope-vit：Heo et al. arXiv 2403.13298，`naver-ai/rope-vit:deit/models_v2_rope.py`；
 * DINOv3：`facebookresearch/dinov3:dinov3/layers/rope_position_encoding.py`；kexue 8397
 * @example 下面一个补丁看上面一个，和右边一个看左边一个，转的不是同一对
 * ```ts
 * import assert from "node:assert/strict";
 * import { axial } from "@lib/axes/axial.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { query } = axial({ kind: "rope-vit", dimension: 4, height: 2, width: 2 }), x = matrix([[1, 0, 1, 0]]);
 * const turned = (place: number) => [...query!(x, new Float64Array([place])).data];
 * assert.deepEqual(turned(1), [Math.cos(1), Math.sin(1), 1, 0]); // 第 1 个补丁：右边一列
 * assert.deepEqual(turned(2), [1, 0, Math.cos(1), Math.sin(1)]); // 第 2 个补丁：下面一行
 * ```
 */
export function axial(options: AxialOptions): Encoding {
  return axisRope(kinds[requireKind(options)].name, axialAxes(options));
}

/**
 * 二维旋转的数据：坐标 `[prefix + H·W, 2]`（行、列）和角频率 `[2, d/2]`。
 *
 * @throws 和 {@linkcode axial} 相同
 * @source 同 {@linkcode axial}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { axialAxes } from "@lib/axes/axial.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * const { frequencies } = axialAxes({ kind: "su", dimension: 8, height: 2, width: 3 });
 * assert.deepEqual(frequencies, matrix([[0, 0, 1, 0.01], [1, 0.01, 0, 0]]));
 * ```
 */
export function axialAxes(options: AxialOptions): Axes {
  const { columnFirst, coordinates, turn, pairing, base: usual } = kinds[requireKind(options)];
  const { dimension, height, width, prefix = 0, base = usual } = options;
  const ladder = quarter(dimension, base).map((frequency) => turn * frequency), half = ladder.length;
  const axes = Array.from({ length: 2 * half }, (_, i) => Number((i < half) === columnFirst)); // 0 是行，1 是列
  const frequencies = axisFrequencies([...ladder, ...ladder], axes, 2);
  return { coordinates: coordinates(height, width, prefix), frequencies, dimension, pairing };
}

/**
 * 按格数的坐标 `[prefix + H·W, 2]`：（行、列），一行一行地数。前面不属于图的词元是 (0, 0)，和左上角的补丁一样，一点也不转。
 *
 * @throws {RangeError} 边长不是正整数，或太大
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gridCoordinates } from "@lib/axes/axial.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(gridCoordinates(2, 2, 1), matrix([[0, 0], [0, 0], [0, 1], [1, 0], [1, 1]]));
 * ```
 */
export function gridCoordinates(height: number, width: number, prefix = 0): Matrix {
  requireInteger("排补丁，定行数", height, 1, 65536);
  requireInteger("排补丁，定列数", width, 1, 65536);
  const table = zeros(requireInteger("排补丁，定前面的词元", prefix, 0, 65536) + height * width, 2);
  for (let t = 0; t < height * width; t++) table.data.set([Math.floor(t / width), t % width], 2 * (prefix + t));
  return table;
}

/**
 * DINOv3 的坐标 `[prefix + H·W, 2]`：（行、列），补丁的中心，整张图从 −1 到 1。
 * 图大图小都是这个范围，所以换分辨率时，转的总角度不变。前面不属于图的词元是 (0, 0)，也就是正中间。
 *
 * @throws {RangeError} 边长不是正整数，或太大
 * @source `facebookresearch/dinov3:dinov3/layers/rope_position_encoding.py`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centredCoordinates } from "@lib/axes/axial.ts";
 * import { matrix } from "@lib/matrix.ts";
 *
 * assert.deepEqual(centredCoordinates(2, 1), matrix([[-0.5, 0], [0.5, 0]]));
 * ```
 */
export function centredCoordinates(height: number, width: number, prefix = 0): Matrix {
  const table = gridCoordinates(height, width, prefix), sides = [height, width];
  const centred = (place: number, side: number) => 2 * ((place + 0.5) / side) - 1;
  return { ...table, data: table.data.map((place, c) => c < 2 * prefix ? 0 : centred(place, sides[c % 2]!)) };
}

/**
 * rope-vit 的 mixed，训练前的角频率 `[2, d/2]`（行、列）：两个轴一起转过一个角，每个头自己抽一个，之后随模型一起学。
 * 角是 0，就是 rope-vit 的轴向。
 *
 * @param dimension 一个头的维数，4 的倍数
 * @param angle 转过多少（弧度）；原来的代码在 0 到 2π 之间随机抽
 * @param base 底数；不写是 10
 * @throws {ShapeError} 维数不是 4 的倍数
 * @throws {RangeError} 底数不大于 1，或角不是有限的数
 * @source `naver-ai/rope-vit:deit/models_v2_rope.py` 的 init_random_2d_freqs
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gridCoordinates, mixedInitial } from "@lib/axes/axial.ts";
 * import { axisRope } from "@lib/axes/axis_rope.ts";
 * import { uniforms } from "@lib/random.ts";
 *
 * const frequencies = mixedInitial(8, uniforms(1, 0, 2 * Math.PI)());
 * assert.equal(axisRope("混着看", { coordinates: gridCoordinates(2, 3), frequencies }).name, "混着看");
 * ```
 */
export function mixedInitial(dimension: number, angle: number, base = 10): Matrix {
  requireNumber("定混着看的角", angle, "有限的弧度数", Number.isFinite);
  const ladder = quarter(dimension, base), [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const row = [sin, cos], column = [cos, -sin]; // 前一半的对、后一半的对，各乘多少
  const table = zeros(2, 2 * ladder.length);
  table.data.set([...row, ...column].flatMap((share) => [...ladder].map((frequency) => share * frequency)));
  return table;
}

/** 一个轴的角频率 `[d/4]`：base^(−4i/d)。 */
function quarter(dimension: number, base: number): Float64Array {
  if (!(Number.isSafeInteger(dimension) && dimension > 0 && dimension % 4 === 0)) {
    throw new ShapeError("定二维旋转的角频率", "维数是 4 的倍数", dimension);
  }
  return inverseFrequencies(dimension / 2, base);
}

function requireKind(options: AxialOptions): AxialKind {
  const { kind } = requireOptions("造二维旋转", options);
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kind;
  throw new RangeError(explain("造二维旋转", Object.keys(kinds).join("、"), kind));
}
