/**
 * 合起来用（compose）：几个编码合成一个。能合的合，不能合的拒绝，并且说出是哪两个。
 *
 * 往分数上加的、往值上加的，加起来就行，先后无关；同一处向量（词嵌入、查询、键、值、输出）只能由一个编码改，
 * 一整行也只能有一个看：先转后加和先加后转不是一回事，替人挑一个顺序就是悄悄算错。
 *
 * @module
 */
import { type Encoding, requireEncoding, type ScoreByDistance, type SumByDistance } from "@lib/encoding.ts";
import { requireVector, ShapeError } from "@lib/errors.ts";
import { add, type Matrix } from "@lib/matrix.ts";

/** 只能由一个编码占的地方。 */
const sole = {
  embed: "改词嵌入",
  query: "改查询",
  key: "改键",
  value: "改值",
  output: "改输出",
  row: "看一整行",
  scale: "定点积乘多少",
} as const satisfies Partial<Record<keyof Encoding, string>>;

/**
 * 把几个编码合成一个：RoPE 加 ALiBi，就是先转 q、k，再按距离扣分。
 *
 * @throws {ShapeError} 没给编码，或有两个编码要占同一处；消息里写着是哪两个、哪一处
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compose } from "@lib/compose.ts";
 * import { alibi } from "@lib/encodings/alibi.ts";
 * import { rope } from "@lib/encodings/rope.ts";
 *
 * const both = compose(rope({ dimension: 8 }), alibi(1 / 4));
 * assert.equal(both.name, "RoPE + ALiBi");
 * assert.throws(
 *   () => compose(rope({ dimension: 8 }), rope({ dimension: 8, pairing: "half" })),
 *   /无法把 RoPE 和 RoPE 合起来用：需要只有一个编码改查询：/,
 * );
 * ```
 */
export function compose(...encodings: readonly Encoding[]): Encoding {
  const [first, ...rest] = encodings;
  if (encodings.some((one) => typeof one?.name !== "string")) throw new ShapeError("合起来用", "一个个编码", encodings);
  for (const one of encodings) requireEncoding("合起来用", one);
  if (!first) throw new ShapeError("合起来用", "至少一个编码", []);
  return rest.reduce(pair, first);
}

function pair(a: Encoding, b: Encoding): Encoding {
  for (const [place, what] of Object.entries(sole) as [keyof typeof sole, string][]) {
    if (a[place] && b[place]) {
      throw new ShapeError(`把 ${a.name} 和 ${b.name} 合起来用`, `只有一个编码${what}`, 2);
    }
  }
  const score = both(a.score, b.score, addScores), sum = both(a.sum, b.sum, addSums);
  const given = Object.entries(b).filter(([, hook]) => hook !== undefined); // 写了 undefined 的钩子，不算有
  return {
    ...a,
    ...Object.fromEntries(given),
    name: `${a.name} + ${b.name}`,
    ...(score && { score }),
    ...(sum && { sum }),
    ...((a.causalOnly || b.causalOnly) && { causalOnly: true }),
  };
}

/** 两个都有才合，只有一个就用那一个。 */
function both<Part>(a: Part | undefined, b: Part | undefined, merge: (a: Part, b: Part) => Part): Part | undefined {
  return a === undefined ? b : b === undefined ? a : merge(a, b);
}

function addScores(a: ScoreByDistance, b: ScoreByDistance): ScoreByDistance {
  return (distances) => {
    const one = a(distances), other = b(distances);
    if (!one || !other) return (one && other) as never; // 忘了 return 的，由注意力说出是谁
    const bias = both(
      one.bias,
      other.bias,
      (x, y) => requireVector("把偏置加起来", x, y.length).map((value, t) => value + y[t]!),
    );
    const keys = both(one.keys, other.keys, add), queries = both(one.queries, other.queries, add);
    return { ...(bias && { bias }), ...(keys && { keys }), ...(queries && { queries }) };
  };
}

function addSums(a: SumByDistance, b: SumByDistance): SumByDistance {
  return (distances): Matrix => add(a(distances), b(distances));
}
