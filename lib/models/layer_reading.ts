/**
 * 一层读出来的样子（layer reading）：只有类型，没有算法。
 *
 * @module
 */
import type { Pairing } from "@lib/encodings/rotation.ts";

/**
 * 查询先乘一个随位置变的数：哪条规则，几个参数。
 *
 * @example
 * ```ts
 * import type { QueryTemperature } from "@lib/models/layer_reading.ts";
 *
 * const scout: QueryTemperature = { rule: "llama4", scale: 0.1, floor: 8192 };
 * ```
 */
export type QueryTemperature =
  | { readonly rule: "llama4"; readonly scale: number; readonly floor: number }
  | { readonly rule: "ministral3"; readonly beta: number; readonly original: number }
  | { readonly rule: "logn"; readonly trained: number };

/**
 * 一层读出来的。
 *
 * @example
 * ```ts
 * import type { LayerReading } from "@lib/models/layer_reading.ts";
 *
 * const slowest = ({ inverseFrequencies }: LayerReading) => 2 * Math.PI / Math.min(...inverseFrequencies);
 * ```
 */
export interface LayerReading {
  /** 第几层，从 0 数起。 */
  readonly layer: number;
  /** 编码；不转的层是 `none`，图像的二维旋转是 `axial`。 */
  readonly encoding: "rope" | "none" | "alibi" | "t5" | "deberta" | "learned" | "axial";
  /** 配对方式，由代码定死；不转的、不知道的是 `null`。 */
  readonly pairing: Pairing | null;
  /** 一个头的维数 d。 */
  readonly headDimension: number;
  /** 要转的维数；不转的是 0。 */
  readonly rotaryDimension: number;
  /** 角频率 `[rotaryDimension / 2]`（弧度每词元；`axial` 是弧度每单位坐标，从 −1 到 1）。 */
  readonly inverseFrequencies: Float64Array;
  /** 注意力系数（无量纲），乘在 cos 和 sin 上。 */
  readonly attentionFactor: number;
  /** 分数倍数（无量纲），通常是 1/√d。 */
  readonly softmaxScale: number;
  /** 底数；不转的没有。 */
  readonly base?: number;
  /** 缩放的类型；不转的没有。 */
  readonly ropeType?: string;
  /** 训练长度（词元）；不转的、没写的没有。 */
  readonly trainedLength?: number;
  /** 层的类型，Hugging Face 的叫法。 */
  readonly layerType: string;
  /** 窗口（词元）；看全部的没有。 */
  readonly window?: number;
  /** 查询先乘的数。 */
  readonly queryTemperature?: QueryTemperature;
  /** 多轴的位置：几对归哪个轴（时间、高、宽；图像的是行、列），分块还是交错。 */
  readonly axes?: { readonly section: readonly number[]; readonly interleaved: boolean };
  /** 不旋转的编码自己的参数：斜率、桶数……。 */
  readonly parameters?: Readonly<Record<string, unknown>>;
}
