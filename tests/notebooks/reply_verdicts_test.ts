/** 第 91 课的判词：存着的十六个就是这十六个；怎么跟着 `lib/` 变，看 `tools/lesson_faults.ts`。 */
import assert from "node:assert/strict";
import { readNotebook } from "../../tools/notebook/format.ts";
import { findLesson } from "../../tools/notebook/lessons.ts";
import { verdictsOf } from "../../tools/lesson_faults.ts";

Deno.test("存着的第 91 课：十六句话的判词", async () => {
  const verdicts = verdictsOf(await readNotebook(findLesson("91")));
  assert.deepEqual(verdicts.map(({ post, verdict }) => `${post} ${verdict}`), [
    ...[
      "楼主 半对",
      "楼主 半对",
      "楼主 半对",
      "一楼 对",
      "一楼 半对",
      "一楼 半对",
      "一楼 半对",
      "一楼 半对",
      "二楼 半对",
    ],
    ...["三楼 半对", "五楼 半对", "五楼 半对", "五楼 半对", "六楼 半对", "六楼 半对", "七楼 对"],
  ]);
});
