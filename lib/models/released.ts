/**
 * 公开的模型用哪种位置编码（released models）：一张手挑的清单，和数它的办法。
 *
 * 清单在 `released_models.json`：谁、约哪一年、怎样编码、从哪里读到的。它是挑出来的，不是普查；数出来的只是这张清单。
 *
 * @module
 */
import { requireInteger, ShapeError } from "@lib/errors.ts";
import list from "@lib/models/released_models.json" with { type: "json" };

/**
 * 八类编码，从绝对到旋转：三角、可训练、相对（T5、Transformer-XL、DeBERTa）、ALiBi、
 * RoPE（每层每维都转）、只转一部分维、几根轴一起转、隔几层不转。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kinds } from "@lib/models/released.ts";
 *
 * assert.equal(kinds.length, 8);
 * ```
 */
export const kinds = [
  "sinusoidal",
  "learned",
  "relative",
  "ALiBi",
  "RoPE",
  "partial RoPE",
  "M-RoPE",
  "RoPE + NoPE",
] as const;

/**
 * 八类之一（kind）。
 *
 * @example
 * ```ts
 * import type { Kind } from "@lib/models/released.ts";
 *
 * const kind: Kind = "ALiBi";
 * ```
 */
export type Kind = typeof kinds[number];

/**
 * 清单上的一行（released model）。
 *
 * @example
 * ```ts
 * import type { ReleasedModel } from "@lib/models/released.ts";
 *
 * const title = ({ model, year }: ReleasedModel) => `${model}（约 ${year}）`;
 * ```
 */
export interface ReleasedModel {
  /** 模型的名字；一个系列可能占几行。 */
  readonly model: string;
  /** 约哪一年公开。 */
  readonly year: number;
  /** 怎样编码，英文，照来源记。 */
  readonly encoding: string;
  /** 归到八类的哪一类。 */
  readonly kind: Kind;
  /** 从哪里读到的：`仓库:路径@提交`，或网页。 */
  readonly source: string;
  /** 编码这一栏在来源里读到过没有。 */
  readonly status: "read in source" | "unverified";
}

/**
 * 数这张清单的日子，`年-月-日`。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countedOn } from "@lib/models/released.ts";
 *
 * assert.match(countedOn, /^\d{4}-\d\d-\d\d$/);
 * ```
 */
export const countedOn: string = list.counted;

/**
 * 清单，按年从早到晚。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { releasedModels } from "@lib/models/released.ts";
 *
 * assert.equal(releasedModels[0]!.kind, "sinusoidal"); // 2017，原始的 Transformer
 * ```
 */
export const releasedModels: readonly ReleasedModel[] = list.models as ReleasedModel[];

/**
 * 从 `from` 年到 `to` 年，这几类一共几行；`to` 不写就数到最后。
 *
 * @param of 数哪几类
 * @param from 从哪一年起（含）
 * @param to 到哪一年（含）
 * @throws {ShapeError} 不是八类里的几类
 * @throws {RangeError} 年份不是正整数
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countReleased, kinds, releasedModels } from "@lib/models/released.ts";
 *
 * assert.equal(countReleased(kinds), releasedModels.length);
 * assert.equal(countReleased(["learned"], 2018, 2019), 2); // BERT、GPT-2
 * ```
 */
export function countReleased(of: readonly Kind[], from = 1, to = 9999): number {
  if (!Array.isArray(of) || !of.every((kind) => kinds.includes(kind))) {
    throw new ShapeError("数清单", `${kinds.join("、")} 里的几类（数组）`, of);
  }
  requireInteger("定从哪一年数起", from, 1);
  requireInteger("定数到哪一年", to, 1);
  return releasedModels.filter(({ kind, year }) => of.includes(kind) && year >= from && year <= to).length;
}
