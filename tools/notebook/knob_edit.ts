/**
 * 换旋钮（--set L=512）：和学习者做的一样，改 `parameters` 那一格里的 `const L = …;`。
 *
 * @module
 */
import type { Cell, Notebook } from "./format.ts";

/** 旋钮名 → 写上去的字面量。字面量原样写进代码，所以 `0`、`NaN`、`"4"` 都能试。 */
export type Knobs = Readonly<Record<string, string>>;

/** 换掉几个旋钮，返回新的一本；没有这个旋钮就抛错。 */
export function setKnobs(notebook: Notebook, knobs: Knobs): Notebook {
  const parameters = parametersCell(notebook);
  let source = parameters?.source ?? "";
  for (const [name, value] of Object.entries(knobs)) {
    const declaration = pattern(name);
    if (!declaration.test(source)) {
      throw new Error(
        `无法换旋钮 ${name}：需要 parameters 那一格里有 const ${name} = …;：现在有的是 ${
          knobNames(notebook).join("、") || "一个也没有"
        }`,
      );
    }
    source = source.replace(declaration, (_, before: string) => `${before}${value};`);
  }
  return { ...notebook, cells: notebook.cells.map((cell) => cell === parameters ? { ...cell, source } : cell) };
}

/** 这一本有哪些旋钮。 */
export function knobNames(notebook: Notebook): string[] {
  return [...(parametersCell(notebook)?.source ?? "").matchAll(/^const (\S+) = [^;]*;/gm)].map((match) => match[1]!);
}

/** `L=512` → `["L", "512"]`。 */
export function parseKnobs(settings: readonly string[]): Knobs {
  return Object.fromEntries(settings.map((setting) => {
    const match = /^([^\s=]+)=(.+)$/s.exec(setting);
    if (!match) throw new Error(`无法换旋钮：需要写成 --set L=512：现在是 ${setting}`);
    return [match[1]!, match[2]!];
  }));
}

/** 给人看：`L = 512，d = 8`。 */
export function knobWords(knobs: Knobs): string {
  return Object.entries(knobs).map(([name, value]) => `${name} = ${value}`).join("，") || "默认旋钮";
}

function parametersCell(notebook: Notebook): Cell | undefined {
  return notebook.cells.find((cell) => cell.cell_type === "code" && cell.metadata.tags?.includes("parameters"));
}

function pattern(name: string): RegExp {
  return new RegExp(`^(const ${name} = )[^;]*;`, "m");
}
