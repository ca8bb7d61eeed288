/**
 * 旋钮（knobs）：每课最上面那几个可以改的数，先验过再往下算。
 *
 * 内核在一格出错之后照样跑后面的格，所以旋钮没通过时，这里记下来；
 * 后面的断言、先猜、练习、图、表都先问一句 {@linkcode assertKnobs}，不会拿坏数算出一个像样的结果。
 *
 * @module
 */
import { describe } from "@lib/errors.ts";

/**
 * 旋钮没通过（knob error）：值不在这一课允许的范围里。运行器把它当作“拒绝”，不当作出错。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { KnobError, knobs } from "@lib/notebook/knobs.ts";
 *
 * assert.throws(() => knobs({ L: 0 }), KnobError);
 * knobs({ L: 4 });
 * ```
 */
export class KnobError extends RangeError {
  /** 错误的名字，内核会把它印在消息前面。 */
  override readonly name = "KnobError";
}

/**
 * 一个旋钮允许的范围（range）：整数的个数、倍数，或任意实数。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { knobs, type Range } from "@lib/notebook/knobs.ts";
 *
 * const dimension: Range = { min: 4, max: 64, multipleOf: 4 };
 * assert.throws(() => knobs({ d: 6 }, { d: dimension }), /d 要写 4 到 64 之间、4 的倍数，现在是 6；例如 const d = 8;/);
 * knobs({ d: 8 }, { d: dimension });
 * ```
 */
export interface Range {
  /** 最小值（含）。 */
  readonly min: number;
  /** 最大值（含）。 */
  readonly max: number;
  /** 必须是它的倍数；1 表示整数；不写表示任意实数。 */
  readonly multipleOf?: number;
}

interface Knob {
  readonly label: string;
  readonly range: Range;
}

// 课里不写范围时用的范围：再大，教室里的机器等不起。
const known: Readonly<Record<string, Knob>> = {
  L: { label: "长度", range: { min: 1, max: 8192, multipleOf: 1 } },
  d: { label: "维数", range: { min: 2, max: 256, multipleOf: 2 } },
  base: { label: "底数", range: { min: 1.001, max: 1e9 } },
  seed: { label: "随机种子", range: { min: 0, max: 2 ** 31 - 1, multipleOf: 1 } },
};

let refusal: string | undefined;
let current: Readonly<Record<string, number>> = {};

/**
 * 验旋钮，印一行回执；不合要求就说清楚该写什么，并挡住后面的格。
 *
 * @param values 旋钮和它们的值，例如 `{ L, d, base, seed }`
 * @param ranges 这一课自己的范围；不写的用全课统一的：`L` 是 1 到 8192 的整数，`d` 是 2 到 256 的偶数，`base` 大于 1，`seed` 是非负整数
 * @throws {KnobError} 任何一个值不是数，或不在范围里；所有不合要求的一次说完
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { knobs } from "@lib/notebook/knobs.ts";
 *
 * knobs({ L: 4, d: 8 }); // 旋钮：长度 L = 4，维数 d = 8
 * assert.throws(() => knobs({ L: 3.5 }), /L 要写 1 到 8192 之间的整数，现在是 3.5/);
 * knobs({ L: 4 });
 * ```
 */
export function knobs(
  values: Readonly<Record<string, number>>,
  ranges: Readonly<Record<string, Range>> = {},
): void {
  const problems: string[] = [];
  const receipt: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const range = ranges[name] ?? known[name]?.range;
    if (!range) throw new TypeError(`无法验旋钮 ${name}：需要在 knobs 的第二个参数里写它的范围：现在没有写`);
    if (!allows(range, value)) {
      problems.push(
        `${name} 要写 ${words(range)}，现在是${describe(value)}${misquoted(value)}；例如 const ${name} = ${
          suggestion(range, value)
        };`,
      );
    }
    receipt.push(`${known[name] ? `${known[name].label} ` : ""}${name} = ${String(value)}`);
  }
  refusal = problems.length > 0 ? problems.join("\n") : undefined;
  if (refusal) throw new KnobError(refusal);
  current = { ...values };
  console.log(`旋钮：${receipt.join("，")}`);
}

/**
 * 旋钮没通过就抛错；通过了，或还没有旋钮，就什么也不做。
 *
 * @throws {KnobError} 上一次 {@linkcode knobs} 没通过
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { assertKnobs, knobs } from "@lib/notebook/knobs.ts";
 *
 * assert.throws(() => knobs({ L: -1 }));
 * assert.throws(() => assertKnobs(), /旋钮没通过，这一格先不算/);
 * knobs({ L: 4 });
 * assertKnobs();
 * ```
 */
export function assertKnobs(): void {
  if (refusal) throw new KnobError(`旋钮没通过，这一格先不算。先改最上面的旋钮：\n${refusal}`);
}

/**
 * 最近一次通过的旋钮值。断言说“在什么条件下不适用”时要用。
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { currentKnobs, knobs } from "@lib/notebook/knobs.ts";
 *
 * knobs({ L: 7 });
 * assert.equal(currentKnobs()["L"], 7);
 * ```
 */
export function currentKnobs(): Readonly<Record<string, number>> {
  return current;
}

function allows({ min, max, multipleOf }: Range, value: unknown): boolean {
  if (typeof value !== "number" || !(value >= min && value <= max)) return false;
  return multipleOf === undefined || value % multipleOf === 0;
}

function words({ min, max, multipleOf }: Range): string {
  const between = `${min} 到 ${max} 之间`;
  if (multipleOf === undefined) return `${between}的数`;
  if (multipleOf === 1) return `${between}的整数`;
  return multipleOf === 2 ? `${between}的偶数` : `${between}、${multipleOf} 的倍数`;
}

function misquoted(value: unknown): string {
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? "（去掉引号）" : "";
}

/** 建议值取离学习者写的那个最近的合法值，而不是一个固定的例子。 */
function suggestion({ min, max, multipleOf = 0 }: Range, value: unknown): number {
  const written = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  const wanted = Number.isNaN(written) ? min : Math.min(max, Math.max(min, written));
  if (multipleOf === 0) return wanted;
  return Math.max(Math.ceil(wanted / multipleOf), Math.ceil(min / multipleOf)) * multipleOf <= max
    ? Math.ceil(wanted / multipleOf) * multipleOf
    : Math.floor(max / multipleOf) * multipleOf;
}
