// 注意力本身的金标准：PyTorch 的 scaled_dot_product_attention。
import assert from "node:assert/strict";
import { attention } from "@lib/attention.ts";
import { nope } from "@lib/encoding.ts";
import { matrix } from "@lib/matrix.ts";
import golden from "./golden/attention.json" with { type: "json" };
import { assertClose, assertSameAttention, assertSameFromTokens } from "./golden/golden.ts";

const { tolerance } = golden.provenance;
const keyPadding = golden.padded.keep.map((kept) => !kept);

Deno.test("金标准：因果", () => assertSameAttention(golden.causal, nope, true, tolerance));

Deno.test("金标准：键有填充", () => assertSameAttention(golden.padded, nope, false, tolerance, { keyPadding }));

Deno.test("金标准：填充加因果；一个键也看不见的那行，这里给 0", () => {
  const { rows, weights, output } = golden.paddedCausal, { query, key, value } = golden.padded;
  const x = { queries: matrix(query), keys: matrix(key), values: matrix(value), causal: true, keyPadding };
  const some = attention({ ...x, queryRows: rows });
  assertClose("weights", some.weights, weights, tolerance);
  assertClose("output", some.output, output, tolerance);
  assert.ok(attention({ ...x, queryRows: [0] }).output.data.every((v) => v === 0));
});

Deno.test("金标准：查询是另一段，值和键不一样宽", () => {
  const { query } = golden.cross;
  assertSameAttention(golden.cross, nope, false, tolerance, { queryPositions: query.map((_, i) => i) });
});

Deno.test("金标准：四个查询头、两个键值头，从词元算", () => {
  const { grouped } = golden;
  assertSameFromTokens(grouped, grouped.tokens, { heads: grouped.heads, keyHeads: grouped.keyValueHeads }, tolerance);
});
