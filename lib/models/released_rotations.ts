/**
 * 公开的模型怎样转（released rotations）：清单里旋转的那些行，配对、转几维、底数、缩放、写明的长度。
 *
 * 数在 `released_rotations.json`，和 `released_models.json` 靠名字对上。没有读到的是 `null`，不猜。
 *
 * @module
 */
import type { Pairing } from "@lib/encodings/rotation.ts";
import list from "@lib/models/released_rotations.json" with { type: "json" };

/**
 * 一种层的底数（base of a kind of layer）。
 *
 * @example
 * ```ts
 * import type { ReleasedBase } from "@lib/models/released_rotations.ts";
 *
 * const local: ReleasedBase = { layers: "local", base: 10000, window: 512 };
 * ```
 */
export interface ReleasedBase {
  /** 哪些层：转的层都用它，看全部的层，只看窗口的层。 */
  readonly layers: "all" | "full" | "local";
  /** 底数。 */
  readonly base: number;
  /** 这些层看几个词元；看全部的没有。 */
  readonly window?: number;
  /** 这些层的头几维，和别的层不同才写。 */
  readonly head?: number;
  /** 这些层转几维，和别的层不同才写。 */
  readonly turned?: number;
}

/**
 * 写明的缩放（scaling）：类型和它的数，没写的没有。
 *
 * @example
 * ```ts
 * import type { ReleasedScaling } from "@lib/models/released_rotations.ts";
 *
 * const llama: ReleasedScaling = { type: "llama3", factor: 8, low: 1, high: 4, original: 8192 };
 * ```
 */
export interface ReleasedScaling {
  /** 类型。 */
  readonly type: "linear" | "dynamic" | "yarn" | "longrope" | "llama3";
  /** 扩展倍数。 */
  readonly factor?: number;
  /** 拉长以前的长度（词元）。 */
  readonly original?: number;
  /** llama3 慢的门槛（圈）。 */
  readonly low?: number;
  /** llama3 快的门槛（圈）。 */
  readonly high?: number;
  /** YaRN 快的门槛（圈）。 */
  readonly fast?: number;
  /** YaRN 慢的门槛（圈）。 */
  readonly slow?: number;
}

/**
 * 一个模型怎样转（released rotation）。
 *
 * @example
 * ```ts
 * import type { ReleasedRotation } from "@lib/models/released_rotations.ts";
 *
 * const twoBases = ({ bases }: ReleasedRotation) => bases.length > 1;
 * ```
 */
export interface ReleasedRotation {
  /** 名字，和清单上的一样。 */
  readonly model: string;
  /** 配对；`converted` 是发布的权重相邻两维、换格式以后前后两半；`null` 没有读到。 */
  readonly pairing: Pairing | "converted" | null;
  /** 一个头几维；`null` 没有读到。 */
  readonly head: number | null;
  /** 其中转几维；`null` 没有读到。 */
  readonly turned: number | null;
  /** 头几维没有读到、转几成读到了的，转几成。 */
  readonly share?: number;
  /** 底数，一种层一条；空的是没有读到。 */
  readonly bases: readonly ReleasedBase[];
  /** 缩放；`null` 是没有。 */
  readonly scaling: ReleasedScaling | null;
  /** 写明的最长位置（词元）；`null` 没有读到。 */
  readonly length: number | null;
  /** 有几个数另有出处。 */
  readonly source?: string;
}

/**
 * 清单里旋转的每一行，次序和清单一样。
 *
 * @source 各行的出处在 `released_models.json` 的同一行；另有出处的写在 `source`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { releasedRotations } from "@lib/models/released_rotations.ts";
 *
 * const { bases, length } = releasedRotations.find(({ model }) => model === "LLaMA-3 8B/70B")!;
 * assert.deepEqual([bases, length], [[{ layers: "all", base: 500000 }], 8192]);
 * ```
 */
export const releasedRotations: readonly ReleasedRotation[] = list.rotations as ReleasedRotation[];

/**
 * 转的维数占一个头的几成，0 到 1；没有读到是 `undefined`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { releasedRotations, turnedShare } from "@lib/models/released_rotations.ts";
 *
 * const share = (name: string) => turnedShare(releasedRotations.find(({ model }) => model === name)!);
 * assert.deepEqual(["GPT-NeoX-20B", "Pythia", "LLaMA-2"].map(share), [0.25, 0.25, 1]);
 * ```
 */
export function turnedShare({ head, turned, share }: ReleasedRotation): number | undefined {
  return head !== null && turned !== null ? turned / head : share;
}
