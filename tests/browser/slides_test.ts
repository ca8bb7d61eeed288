/**
 * 课堂幻灯片（RISE）：1280×720 的投影上，一页放得下，字够大，图在这一页里跑出来。
 *
 * 和老师上课一样：先在 JupyterLab 里全部运行一遍，再放幻灯片，一页一页地按 Shift+Enter。
 * 一页（slide）是 reveal 的一个末级 `section`，`slide` 和 `subslide` 各算一页。每一页的截图留在 `.scratch/slides/`。
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { notebooksFolder, root } from "../../tools/notebook/environment.ts";
import { eachLesson, type Lab, lesson, lessons, skip } from "./lab.ts";

/** 平时放这三课；`SLIDES=all` 放每一课，`SLIDES=10_no_position,11` 放名字这样开头的。 */
const chosen = (Deno.env.get("SLIDES") ?? "01,12,20").split(",");
const names = lessons().filter((name) => chosen.some((start) => start === "all" || name.startsWith(start)));
const viewport = { width: 1280, height: 720 };
const MAX_SLIDES = 12;
const MIN_TEXT = 20;
const MIN_PICTURE_TEXT = 16;

Deno.test("幻灯片：不超过 12 页，字不小于 20 像素，每页不用滚，图在页里跑出来", {
  ignore: skip || names.length === 0,
  sanitizeOps: false,
  sanitizeResources: false,
}, (t) => eachLesson(t, names, { viewport }, present));

/** 放一课，从第一页放到最后一页。 */
async function present(lab: Lab, name: string): Promise<void> {
  const style = Deno.readTextFileSync(join(notebooksFolder, "rise.css"));
  const path = lab.put(await lesson(name), { "rise.css": style });
  await using book = await lab.open(path);
  const began = performance.now();
  await book.runAll();
  const whole = performance.now() - began;
  await book.clear();

  const page = await lab.browser.newPage();
  page.setDefaultTimeout(120_000); // 只防卡死；机器忙的时候，默认的 30 秒不够
  await page.goto(lab.url(`rise/${path}`));
  await page.waitForSelector(".reveal.ready .slides section.present section.present", { timeout: 60_000 });
  const total = await page.locator(".slides > section > section").count();
  assert.ok(total <= MAX_SLIDES, `${total} 页，最多 ${MAX_SLIDES} 页`);

  const shots = join(root, ".scratch", "slides", name.replace(/\.ipynb$/, ""));
  Deno.mkdirSync(shots, { recursive: true });
  const problems: string[] = [];
  let pictures = 0, longest = 0;
  for (let n = 1; n <= total; n++) {
    const id = await page.locator(PRESENT).getAttribute("id");
    await showFragments(page);
    longest = Math.max(longest, await runCells(page));
    assert.equal(await page.locator(PRESENT).getAttribute("id"), id, `第 ${n} 页运行以后翻走了`);
    await page.screenshot({ path: join(shots, `${String(n).padStart(2, "0")}.png`) });
    const slide = await measure(page);
    pictures += slide.pictures.length;
    if (slide.height > viewport.height) problems.push(`第 ${n} 页高 ${slide.height} 像素`);
    for (const { size, text } of slide.texts) {
      if (size < MIN_TEXT) problems.push(`第 ${n} 页的“${text}”只有 ${size} 像素`);
    }
    for (const { top, bottom, text } of slide.pictures) {
      if (top < 0 || bottom > viewport.height) problems.push(`第 ${n} 页的图在 ${top} 到 ${bottom} 像素`);
      if (text < MIN_PICTURE_TEXT) problems.push(`第 ${n} 页的图里字只有 ${text.toFixed(1)} 像素`);
    }
    if (n < total) await nextSlide(page);
  }
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  console.log(`${name}：${total} 页；全部运行 ${seconds(whole)} s，台上等得最久的一格 ${seconds(longest)} s`);
  assert.deepEqual(problems, []);
  assert.ok(pictures > 0); // 一张图也没有，上面就什么都没量
  await page.close();
}

const PRESENT = ".slides > section.present > section.present";

/** 一步一步亮出来的内容（fragment）先全亮出来。 */
async function showFragments(page: Page): Promise<void> {
  const hidden = page.locator(`${PRESENT} .fragment:not(.visible)`);
  for (let left = await hidden.count(); left > 0; left = await hidden.count()) {
    await press(page, "Space");
    assert.ok(await hidden.count() < left, "按了空格，下一段没有亮出来");
  }
}

async function nextSlide(page: Page): Promise<void> {
  const before = await page.locator(PRESENT).getAttribute("id");
  await insist(
    () => press(page, "Space"),
    (timeout) =>
      page.waitForFunction(([selector, id]) => document.querySelector(selector!)?.id !== id, [PRESENT, before], {
        timeout,
      }),
  );
  await page.waitForTimeout(1000); // 翻页的动画；RISE 过半秒才选中新一页的第一个代码格
}

/** 页面正忙的时候，一次按键偶尔会丢：十五秒没看到效果，就像人一样再来一次，四次还不行才算坏。 */
async function insist(act: () => Promise<void>, seen: (timeout: number) => Promise<unknown>): Promise<void> {
  for (let attempt = 1;; attempt++) {
    await act();
    try {
      await seen(15_000);
      return;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
}

async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await page.waitForTimeout(300);
}

/** 在这一页上从头到尾，点一下代码，按 Shift+Enter，等这一格跑完；不会因此翻页。返回等得最久的一格，毫秒。 */
async function runCells(page: Page): Promise<number> {
  let longest = 0;
  const cells = page.locator(`${PRESENT} .jp-CodeCell:not(.reveal-skip)`);
  for (let i = 0; i < await cells.count(); i++) {
    const cell = cells.nth(i);
    const node = await cell.elementHandle(), began = performance.now();
    await insist(
      async () => {
        await cell.locator(".cm-content").click();
        await page.keyboard.press("Shift+Enter");
      },
      (timeout) =>
        page.waitForFunction((node) => /\[\d+\]/.test(node!.querySelector(".jp-InputPrompt")!.textContent!), node, {
          timeout,
        }),
    );
    longest = Math.max(longest, performance.now() - began);
    await page.keyboard.press("Escape"); // 离开编辑，空格才翻页
  }
  await page.waitForTimeout(500); // 图要解码，页要重排
  return longest;
}

/** 量这一页：内容的高，每种字号的一段文字，每张图的上下边和图里最小的字（像素）。 */
function measure(page: Page) {
  return page.locator(PRESENT).evaluate(async (section) => {
    const texts = new Map<number, string>();
    const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent!.trim();
      const parent = walker.currentNode.parentElement!;
      // 公式里的上下标归排版管；看不见的不算
      if (text === "" || parent.closest("mjx-container") || !parent.checkVisibility({ visibilityProperty: true })) {
        continue;
      }
      const { width, height } = parent.getBoundingClientRect();
      const size = parseFloat(getComputedStyle(parent).fontSize);
      if (width > 1 && height > 1 && !texts.has(size)) texts.set(size, text.slice(0, 20));
    }
    const images = [...section.querySelectorAll<HTMLImageElement>(".jp-OutputArea-output img")];
    const pictures = await Promise.all(images.map(async (image) => {
      await image.decode();
      const { top, bottom, width } = image.getBoundingClientRect();
      const svg = image.src.startsWith("data:image/svg+xml") ? await (await fetch(image.src)).text() : "";
      const sizes = [...svg.matchAll(/font-size[=:]\s*["']?([\d.]+)/g)].map((match) => Number(match[1]));
      return { top, bottom, text: Math.min(...sizes) * width / image.naturalWidth };
    }));
    return {
      height: section.scrollHeight,
      texts: [...texts].map(([size, text]) => ({ size, text })),
      pictures,
    };
  });
}
