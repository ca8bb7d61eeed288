/**
 * 让 mathjs 的值好看（mathjs in a notebook）：复数、分数、带单位的数、矩阵、表达式各有像样的显示。
 *
 * mathjs 载入要 0.2–0.4 秒，所以只有用得着的课才导入这个文件；`lib/notebook.ts` 不碰它。
 * 函数照旧从 `mathjs` 导入。这里另外把一个坑包起来：两个复向量的内积，共轭取在谁身上。
 *
 * @module
 */
import * as mathjs from "mathjs";
import { ShapeError } from "@lib/errors.ts";
import { display } from "@lib/plots/display.ts";
import { negligible } from "@lib/plots/numbers.ts";

/** mathjs 的类；它的类型声明里只有一部分。 */
const { DenseMatrix, SparseMatrix, Complex, Fraction, Unit, Node } = mathjs as unknown as Record<string, Class>;
type Class = { readonly prototype: object };

/** 复数（complex number）：mathjs 的 `Complex` 就是这个样子。 */
export interface ComplexNumber {
  /** 实部。 */
  readonly re: number;
  /** 虚部。 */
  readonly im: number;
}

/**
 * 共轭键的内积（inner product, key conjugated）：`Σ qᵢ·conj(kᵢ)`，两边都是 `[n]`。
 * RoPE 论文写的 `Re[q k*]` 就是它的实部；转了角度之后，相位是 `m − n`（查询减键）。
 *
 * @source RoFormer（arXiv 2104.09864）式 (12)
 * @throws {ShapeError} 两边不一样长
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { complex } from "mathjs";
 * import { innerConjugateKey } from "@lib/notebook/mathjs.ts";
 *
 * // (1 + 2i)(3 − 4i) = 3 − 4i + 6i + 8 = 11 + 2i
 * const { re, im } = innerConjugateKey([complex(1, 2)], [complex(3, 4)]);
 * assert.deepEqual([re, im], [11, 2]);
 * ```
 */
export function innerConjugateKey(
  query: ReadonlyArray<ComplexNumber | number>,
  key: ReadonlyArray<ComplexNumber | number>,
): ComplexNumber {
  return innerConjugateQuery(key, query);
}

/**
 * 共轭查询的内积（inner product, query conjugated）：`Σ conj(qᵢ)·kᵢ`，两边都是 `[n]`。
 * mathjs 的 `dot(q, k)` 和两个向量的 `multiply(q, k)` 算的是它：实部和 {@linkcode innerConjugateKey} 一样，相位差一个负号（`n − m`）。
 *
 * @throws {ShapeError} 两边不一样长
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { complex } from "mathjs";
 * import { innerConjugateQuery } from "@lib/notebook/mathjs.ts";
 *
 * // (1 − 2i)(3 + 4i) = 3 + 4i − 6i + 8 = 11 − 2i
 * const { re, im } = innerConjugateQuery([complex(1, 2)], [complex(3, 4)]);
 * assert.deepEqual([re, im], [11, -2]);
 * ```
 */
export function innerConjugateQuery(
  query: ReadonlyArray<ComplexNumber | number>,
  key: ReadonlyArray<ComplexNumber | number>,
): ComplexNumber {
  if (query.length !== key.length) throw new ShapeError("求内积", `键有 ${query.length} 个分量`, key.length);
  if (query.length === 0) return mathjs.complex(0, 0);
  const boxed = (vector: ReadonlyArray<ComplexNumber | number>) =>
    vector.map((z) => typeof z === "number" ? mathjs.complex(z, 0) : mathjs.complex(z.re, z.im));
  return mathjs.dot(boxed(query), boxed(key)) as unknown as ComplexNumber;
}

/** 印一个实数：六位有效数字，真的减号，1e-9 以下印成 0。 */
function real(value: number): string {
  if (Math.abs(value) < negligible) return "0";
  return String(Number.isFinite(value) ? +value.toPrecision(6) : value).replace("-", "−").replace("Infinity", "∞");
}

/** 印 mathjs 的一个值，成一行。 */
function inline(value: unknown): string {
  if (typeof value === "number") return real(value);
  if (mathjs.isComplex(value)) {
    const { re, im } = value;
    if (Math.abs(im) < negligible) return real(re);
    const size = real(Math.abs(im)), imaginary = (size === "1" ? "" : size) + "i";
    if (Math.abs(re) < negligible) return (im < 0 ? "−" : "") + imaginary;
    return `${real(re)} ${im < 0 ? "−" : "+"} ${imaginary}`;
  }
  if (mathjs.isFraction(value)) return (value as unknown as { toFraction(): string }).toFraction().replace("-", "−");
  return String(value).replace(/(^|[\s[,])-(?=\d)/g, "$1−");
}

/** 矩阵一行印一行，按列靠右对齐；三维以上照 mathjs 的写法。 */
function grid(value: { toArray(): unknown }): string {
  const rows = value.toArray() as unknown[];
  const table = Array.isArray(rows[0]) ? rows as unknown[][] : [rows];
  if (table.some((row) => row.some(Array.isArray))) return String(value);
  const text = table.map((row) => row.map(inline));
  const widths = (text[0] ?? []).map((_, c) => Math.max(...text.map((row) => row[c]!.length)));
  if (text.every((row) => row.length === 0)) return "[ ]";
  return text.map((row) => `[ ${row.map((cell, c) => cell.padStart(widths[c]!)).join("  ")} ]`).join("\n");
}

/** 给一类值装上显示方法；同一个类装两次也没有关系。 */
function shows(type: Class | undefined, bundle: (value: never) => Record<string, string>): void {
  if (!type) throw new TypeError("无法让 mathjs 的值好看：需要它导出的类：现在少了一个，多半是换了版本");
  Object.defineProperty(type.prototype, display, {
    configurable: true,
    value(this: never) {
      return bundle(this);
    },
  });
}

for (const type of [Complex, Fraction, Unit]) shows(type, (value) => ({ "text/plain": inline(value) }));
for (const type of [DenseMatrix, SparseMatrix]) shows(type, (value) => ({ "text/plain": grid(value) }));
shows(Node, (node: { toTex(): string; toString(): string }) => ({
  "text/latex": `$\\displaystyle ${node.toTex()}$`,
  "text/plain": node.toString(),
}));
