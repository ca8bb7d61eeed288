/** 每一课在真的 JupyterLab 里全部运行：没有错，输出和存着的一样，图画出来了，公式排好了，菜单是中文，没有一个请求离开本机。 */
import assert from "node:assert/strict";
import { firstDifference } from "../../tools/notebook/compare.ts";
import { eachLesson, lesson, lessons, type OpenNotebook, skip, withoutOutputs } from "./lab.ts";

Deno.test("每一课在 JupyterLab 里跑得和存着的一样", {
  ignore: skip,
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  assert.ok(lessons().length > 0);
  await eachLesson(t, lessons(), { viewport: { width: 1280, height: 720 } }, async (lab, name) => { // 投影多半只有这么大
    const saved = await lesson(name);
    await using book = await lab.open(lab.put(withoutOutputs(saved)));
    await book.page.locator(".lm-MenuBar", { hasText: "文件" }).waitFor();
    await book.runAll();
    const now = await book.read();
    const errors = now.cells.flatMap((cell) => cell.outputs ?? []).filter((o) => o.output_type === "error");
    assert.deepEqual(errors, []);
    assert.equal(firstDifference(saved, now), undefined);
    for (const [i, cell] of now.cells.entries()) {
      const wanted = (cell.outputs ?? []).filter((o) => "data" in o && o.data["image/svg+xml"] !== undefined).length;
      if (wanted === 0) continue;
      const drawn = await pictures(book, i);
      assert.equal(drawn.length, wanted, `${name} 第 ${i + 1} 格的图`);
      assert.ok(drawn.every((side) => side > 0), `${name} 第 ${i + 1} 格的图没有大小：${drawn}`);
      assert.deepEqual(await cutOff(book, i), [], `${name} 第 ${i + 1} 格的图比屏幕宽，右边被切掉了`);
    }
    for (const [i, { cell_type, source }] of now.cells.entries()) {
      // 公式在本机排版：有 $ 的文字格里（反引号里的不算），要等得到排好的公式，而且没有一处排错。
      if (cell_type !== "markdown" || !source.replaceAll(/`[^`]*`/g, "").includes("$")) continue;
      await book.show(i);
      const cell = book.page.locator(".jp-Notebook .jp-Cell").nth(i);
      await cell.locator("mjx-container").first().waitFor({ state: "attached", timeout: 60_000 });
      assert.equal(await cell.locator("mjx-merror").count(), 0, `${name} 第 ${i + 1} 格的公式`);
    }
  });
});

/** 一格里比输出区宽的图：[内容宽, 看得见的宽]，像素。 */
function cutOff(book: OpenNotebook, index: number): Promise<number[][]> {
  return book.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-RenderedSVG").evaluateAll((nodes) =>
    nodes.map((node) => [node.scrollWidth, node.clientWidth]).filter(([content, visible]) => content! > visible!)
  );
}

/** 一格里的图，屏幕上的短边，像素。 */
async function pictures(book: OpenNotebook, index: number): Promise<number[]> {
  await book.show(index);
  return await book.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-RenderedSVG").evaluateAll(
    (nodes) =>
      Promise.all(nodes.map(async (node) => {
        const image = node.querySelector("img");
        await image?.decode();
        const { width, height } = (image ?? node.querySelector("svg"))!.getBoundingClientRect();
        return Math.min(width, height, image?.naturalWidth ?? width);
      })),
  );
}
