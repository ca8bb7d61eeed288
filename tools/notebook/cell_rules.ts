/**
 * 单元格的代码规则：`deno lint` 的插件，看的是 `cells.ts` 把一本的代码格接成的一个文件。
 *
 * 每格前面有一行 `// cell 3` 或 `// cell 3 parameters`，规则靠它知道自己在哪一格。
 *
 * @module
 */
type Context = Deno.lint.RuleContext;
type Statement = Deno.lint.Statement;

interface CodeCell {
  readonly number: number;
  readonly isParameters: boolean;
  readonly statements: Statement[];
}

const marker = /^\/\/ cell (\d+)( parameters)?$/gm;

/** 一格前面的标记行。 */
export function cellMarker(number: number, isParameters: boolean): string {
  return `// cell ${number}${isParameters ? " parameters" : ""}`;
}

function codeCells(context: Context, program: Deno.lint.Program): CodeCell[] {
  const { text } = context.sourceCode;
  const marks = [...text.matchAll(marker)];
  return marks.map((match, i) => {
    const [start, end] = [match.index, marks[i + 1]?.index ?? Infinity];
    return {
      number: Number(match[1]),
      isParameters: match[2] !== undefined,
      statements: (program.body as Statement[]).filter(({ type, range }) =>
        range[0] >= start && range[1] <= end && type !== "ExportNamedDeclaration"
      ),
    };
  });
}

/** 只看一遍整个文件的规则。 */
function wholeFile(look: (context: Context, cells: CodeCell[]) => void): Deno.lint.Rule {
  return { create: (context) => ({ Program: (program) => look(context, codeCells(context, program)) }) };
}

/** 第一个代码格只有导入，导入只在第一个代码格，而且都走 `deno.json` 里的别名：版本只在那里写一次，换台机器也找得到。 */
const imports = wholeFile((context, cells) => {
  for (const [index, { statements }] of cells.entries()) {
    for (const node of statements) {
      if (node.type === "ImportDeclaration") {
        if (index > 0) context.report({ node, message: "导入只写在第一个代码格里" });
        if (/^[./]|:/.test(String(node.source.value))) {
          context.report({ node, message: `导入只走 deno.json 里的别名，例如 @lib/：现在是 ${node.source.raw}` });
        }
      } else if (index === 0) context.report({ node, message: "第一个代码格只写导入" });
    }
  }
});

/** 第二个代码格带 `parameters` 标签：几行 `const 名 = 值; // 单位和范围`，最后是 `knobs(…)`。 */
const parameters = wholeFile((context, cells) => {
  for (const [index, { isParameters, statements }] of cells.entries()) {
    const first = statements[0];
    if (!first || isParameters === (index === 1)) continue;
    context.report({
      node: first,
      message: isParameters ? "parameters 标签只给第二个代码格" : "第二个代码格是旋钮，要有 parameters 标签",
    });
  }
  const knobs = cells[1]?.statements ?? [];
  for (const node of knobs.slice(0, -1)) {
    const line = context.sourceCode.text.slice(node.range[0]).split("\n")[0]!;
    if (!/^const [\w\p{Script=Han}]+ = [^;]+; *\/\/.*\p{Script=Han}/u.test(line)) {
      context.report({ node, message: "旋钮写成一行 const 名 = 值; // 单位和范围" });
    }
  }
  const last = knobs.at(-1);
  if (last && calledName(last) !== "knobs") context.report({ node: last, message: "旋钮格的最后一句是 knobs({ … })" });
});

/** 每格以一个表达式结束（导入格除外）；`const g = guess(…)` 也行，题目是它印出来的。 */
const endsInExpression = wholeFile((context, cells) => {
  for (const { statements } of cells.slice(1)) {
    const last = statements.at(-1);
    if (!last || last.type === "ExpressionStatement" || calledName(last) === "guess") continue;
    context.report({ node: last, message: "一格的最后一句要是一个表达式：它的值就是这一格给人看的" });
  }
});

/** 没有 await：格里有它，■ 会把内核卡死；也没有 import(…)，不然检查不到它要了什么。 */
const synchronous: Deno.lint.Rule = {
  create: (context) => ({
    AwaitExpression: (node) => context.report({ node, message: "格里不能有 await：按 ■ 之后内核会卡死" }),
    "ForOfStatement[await=true]": (node) =>
      context.report({ node, message: "格里不能有 for await：按 ■ 之后内核会卡死" }),
    ImportExpression: (node) => context.report({ node, message: "导入只写在第一个代码格里，不用 import(…)" }),
  }),
};

/** 一个名字只声明一次：换一种声明（const → let）再跑，内核会报错到重启为止。 */
const declaredOnce = wholeFile((context, cells) => {
  const seen = new Map<string, { cell: number; kind: string }>();
  for (const { number, statements } of cells) {
    for (const node of statements) {
      for (const { name, kind } of declarations(node)) {
        const before = seen.get(name);
        if (!before) seen.set(name, { cell: number, kind });
        else {
          const change = before.kind === kind ? `都是 ${kind}` : `声明的种类变了：${before.kind} → ${kind}`;
          context.report({ node, message: `${name} 声明了两次：第 ${before.cell} 格和第 ${number} 格，${change}` });
        }
      }
    }
  }
});

/** 猜和揭晓不在同一格，每道题都要揭晓。 */
const guesses = wholeFile((context, cells) => {
  const text = (nodes: readonly Statement[]) => nodes.map((node) => context.sourceCode.getText(node)).join("\n");
  for (const [index, { statements }] of cells.entries()) {
    for (const node of statements) {
      if (calledName(node) !== "guess" || node.type !== "VariableDeclaration") continue;
      for (const { name } of declarations(node)) {
        const settle = new RegExp(`\\b${name}\\s*\\.\\s*settle\\(`);
        if (settle.test(text(statements))) {
          context.report({ node, message: `${name} 在猜的那一格就揭晓了，没有时间猜` });
        } else if (!cells.slice(index + 1).some((later) => settle.test(text(later.statements)))) {
          context.report({ node, message: `${name} 猜了没有揭晓：后面没有 ${name}.settle(…)` });
        }
      }
    }
  }
});

/** 一句声明了哪些名字，各是哪一种。 */
function declarations(node: Statement): { name: string; kind: string }[] {
  if (node.type === "ImportDeclaration") {
    return node.specifiers.map(({ local }) => ({ name: local.name, kind: "import" }));
  }
  if (node.type === "VariableDeclaration") {
    return node.declarations.flatMap(({ id }) => boundNames(id)).map((name) => ({ name, kind: node.kind }));
  }
  if (node.type === "FunctionDeclaration" && node.id) return [{ name: node.id.name, kind: "function" }];
  if (node.type === "ClassDeclaration" && node.id) return [{ name: node.id.name, kind: "class" }];
  if (node.type === "TSEnumDeclaration") return [{ name: node.id.name, kind: "enum" }];
  return [];
}

/** 解构也算：`const { q, k: [first] } = …` 声明了 q 和 first。 */
function boundNames(pattern: Deno.lint.Node | null): string[] {
  if (pattern === null) return [];
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => boundNames(element));
    case "ObjectPattern":
      return pattern.properties.flatMap((p) => boundNames(p.type === "RestElement" ? p.argument : p.value));
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

/** 一句调用的是谁：`knobs(…)` 或 `const g = guess(…)`。 */
function calledName(node: Statement): string | undefined {
  const call = node.type === "ExpressionStatement"
    ? node.expression
    : node.type === "VariableDeclaration"
    ? node.declarations.at(-1)?.init
    : undefined;
  return call?.type === "CallExpression" && call.callee.type === "Identifier" ? call.callee.name : undefined;
}

const plugin: Deno.lint.Plugin = {
  name: "cell",
  rules: {
    imports,
    parameters,
    guesses,
    synchronous,
    "declared-once": declaredOnce,
    "ends-in-expression": endsInExpression,
  },
};
export default plugin;
