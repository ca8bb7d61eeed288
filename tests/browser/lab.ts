/**
 * 真的 JupyterLab，真的 Chromium：浏览器测试共用的几只手。
 *
 * 服务器用课程自己的命令启动，和学习者启动的是同一个；笔记本都是 `.scratch/` 里的副本，原件一个字节也不动。
 *
 * @module
 */
import { type BrowserContext, chromium, type Page } from "playwright-core";
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { findChromium } from "../../tools/chromium.ts";
import { notebooksFolder, root } from "../../tools/notebook/environment.ts";
import { canonical, type Notebook, parseNotebook, readNotebook } from "../../tools/notebook/format.ts";

/** 没有 Chromium 就跳过。 */
export const skip: boolean = findChromium() === undefined;

/** 用代码格拼一本笔记本；`kernel` 是内核的名字。 */
export function notebook(sources: readonly string[], kernel = "deno"): Notebook {
  return {
    cells: sources.map((source, i) => ({ cell_type: "code", id: `cell-${i}`, source, metadata: {}, outputs: [] })),
    metadata: { kernelspec: { display_name: "Deno", language: "typescript", name: kernel } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** 课程里的每一课：文件名，从小到大。 */
export function lessons(): string[] {
  return [...Deno.readDirSync(notebooksFolder)].map((entry) => entry.name)
    .filter((name) => /^\d.*\.ipynb$/.test(name)).sort();
}

/** 读一课。 */
export function lesson(name: string): Promise<Notebook> {
  return readNotebook(join(notebooksFolder, name));
}

/** 把输出都去掉：免得把存着的当成跑出来的。 */
export function withoutOutputs(book: Notebook): Notebook {
  return { ...book, cells: book.cells.map((cell) => cell.outputs ? { ...cell, outputs: [] } : cell) };
}

/** 页面里的 JupyterLab，只写用得到的（`--LabApp.expose_app_in_browser=True` 把它放在 `window.jupyterapp`）。 */
interface JupyterApp {
  commands: { execute(command: string): Promise<unknown> };
  shell: {
    currentWidget: {
      context: { isReady: Promise<void>; save(): Promise<void>; path: string };
      sessionContext: {
        ready: Promise<void>;
        shutdown(): Promise<void>;
        session: { kernel: { status: string } | null } | null;
      };
      content: {
        activeCellIndex: number;
        scrollToItem(index: number): Promise<void>;
        model: {
          toJSON(): unknown;
          cells: Iterable<{ type: string; executionCount: number | null }> & {
            get(index: number): { sharedModel: { getSource(): string; setSource(source: string): void } };
          };
        };
      };
    };
  };
}
declare global {
  var jupyterapp: JupyterApp;
}

/** 浏览器里打开着的一本笔记本；`await using` 离开作用域就关掉，抛错也一样，不连累后面的。 */
export interface OpenNotebook extends AsyncDisposable {
  /** 它所在的页面。 */
  page: Page;
  /** 全部运行，等每一格都有了答复。 */
  runAll(): Promise<void>;
  /** 从界面的模型里读回整本：里面有的，就是学习者看到的。 */
  read(): Promise<Notebook>;
  /** 把各格的源码改成 `book` 的；一样的不动。 */
  edit(book: Notebook): Promise<void>;
  /** 只运行一格，等它有答复。 */
  run(index: number): Promise<void>;
  /** 擦掉所有输出，存盘；内核和变量都还在。 */
  clear(): Promise<void>;
  /** 滚到一格，让它真的画出来。 */
  show(index: number): Promise<void>;
}

/** 一个开着的 JupyterLab 和一个看着它的浏览器。 */
export interface Lab extends AsyncDisposable {
  /** 浏览器这一边。 */
  browser: BrowserContext;
  /** 服务器上的地址，带令牌。 */
  url(path: string): string;
  /** 离开本机的请求；应当一直是空的。 */
  outside: string[];
  /** 见过的请求数：记录真的在工作的证据。 */
  requests(): number;
  /** 把一本笔记本放进 `.scratch/`，换一个没用过的名字；返回它从项目根算起的路径。 */
  put(book: Notebook, extra?: Record<string, string>): string;
  /** 在 JupyterLab 里打开 `put` 放好的那一本。 */
  open(path: string): Promise<OpenNotebook>;
}

/** 启动参数。 */
export interface LabOptions {
  /** 窗口大小，像素。 */
  viewport?: { width: number; height: number };
}

/** 启动 JupyterLab 和 Chromium；`await using` 离开作用域时两个都停掉，`.scratch/` 里的副本也删掉。 */
export async function startLab({ viewport = { width: 1280, height: 900 } }: LabOptions = {}): Promise<Lab> {
  const scratch = join(".scratch", `lab-${crypto.randomUUID().slice(0, 8)}`);
  Deno.mkdirSync(join(root, scratch), { recursive: true });
  const server = await startServer(join(root, scratch, "workspaces"));
  const chrome = await chromium.launch({
    executablePath: findChromium()!,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const browser = await chrome.newContext({ viewport });
  const outside: string[] = [];
  let requests = 0;
  const record = (address: string) => {
    requests++;
    const { protocol, hostname } = new URL(address);
    const local = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
    if (!local && !["data:", "blob:", "about:"].includes(protocol)) outside.push(address);
  };
  const watch = (page: Page) => page.on("websocket", (socket) => record(socket.url()));
  browser.on("request", (request) => record(request.url()));
  browser.on("page", watch);

  const url = (path: string) => `${server.origin}/${path}?token=${server.token}`;
  let count = 0;
  return {
    browser,
    url,
    outside,
    requests: () => requests,
    put(book, extra = {}) {
      const folder = join(scratch, String(++count));
      Deno.mkdirSync(join(root, folder));
      for (const [name, content] of Object.entries(extra)) Deno.writeTextFileSync(join(root, folder, name), content);
      Deno.writeTextFileSync(join(root, folder, `probe-${count}.ipynb`), JSON.stringify(book));
      return join(folder, `probe-${count}.ipynb`).replaceAll("\\", "/");
    },
    async open(path) {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000); // 只防卡死；机器忙的时候，默认的 30 秒不够
      await page.goto(url(`lab/workspaces/w${crypto.randomUUID().slice(0, 8)}/tree/${path}`));
      return await attach(page, path);
    },
    async [Symbol.asyncDispose]() {
      await chrome.close();
      await server.stop();
      Deno.removeSync(join(root, scratch), { recursive: true });
    },
  };
}

/**
 * 一课一步，在一个 JupyterLab 里做完；最后看有没有请求离开本机。
 *
 * 断言不成立是课的毛病，当场算失败；浏览器崩了、服务器没有答话是机器的毛病，换一个新的 JupyterLab 再来一次，并且说出来。
 */
export async function eachLesson(
  t: Deno.TestContext,
  names: readonly string[],
  options: LabOptions,
  body: (lab: Lab, name: string) => Promise<void>,
): Promise<void> {
  let lab = await startLab(options), requests = 0;
  const outside: string[] = [];
  const leave = async () => {
    requests += lab.requests(), outside.push(...lab.outside);
    await lab[Symbol.asyncDispose]();
  };
  for (const name of names) {
    await t.step(name, async () => {
      try {
        await body(lab, name);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        console.log(`重来：${name}：${String(error).split("\n")[0]}`);
        await leave();
        lab = await startLab(options);
        await body(lab, name);
      }
    });
  }
  await leave();
  assert.ok(requests > 20); // 真的记到了东西，下面的“没有”才算数
  assert.deepEqual(outside, []);
}

/** 用课程自己的命令启动服务器，等它说出网址。 */
async function startServer(workspaces: string) {
  const child = new Deno.Command(Deno.build.os === "windows" ? "python" : "python3", {
    args: [
      "tools/course.py",
      "lab",
      "--no-browser",
      "--",
      "--LabApp.expose_app_in_browser=True",
      `--LabApp.workspaces_dir=${workspaces}`, // 不动学习者记住的窗口布局
      "--ContentsManager.allow_hidden=True", // 副本放在 .scratch/ 里
      `--NotebookNotary.db_file=${join(dirname(workspaces), "signatures.db")}`, // 两个服务器同时开，各用各的
    ],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let said = "";
  const address = Promise.withResolvers<URL>();
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      said += chunk;
      const found = /网址：(http:\S+token=\w+)/.exec(said);
      if (found) address.resolve(new URL(found[1]!));
    }
    address.reject(new Error(`打开课程的命令没有说出网址：\n${said}`));
  };
  const ended = Promise.all([listen(child.stdout), listen(child.stderr)]);
  const { origin, searchParams } = await address.promise;
  return {
    origin,
    token: searchParams.get("token")!,
    async stop() {
      child.kill("SIGTERM");
      await Promise.all([child.status, ended]);
    },
  };
}

/** 等页面里的笔记本和内核都就绪。 */
async function attach(page: Page, path: string): Promise<OpenNotebook> {
  await page.waitForFunction(
    (path) => globalThis.jupyterapp?.shell.currentWidget?.context?.path === path,
    path,
    { timeout: 60_000 },
  );
  await page.evaluate(async () => {
    const { context, sessionContext } = jupyterapp.shell.currentWidget;
    await context.isReady;
    await sessionContext.ready;
  });
  await kernelIdle(page);
  const execute = (command: string) => page.evaluate((c) => jupyterapp.commands.execute(c).then(() => {}), command);
  return {
    page,
    async runAll() {
      // 有一格抛错，这个命令就提前返回，还把没跑的格都标成空闲；内核不管，接着往下跑。所以等每一格都有了编号
      await execute("notebook:run-all-cells");
      await page.waitForFunction(
        () =>
          [...jupyterapp.shell.currentWidget.content.model.cells].every((cell) =>
            cell.type !== "code" || cell.executionCount !== null
          ) &&
          jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "idle",
        undefined,
        { timeout: 120_000 },
      );
    },
    async read() {
      const model = await page.evaluate(() => JSON.stringify(jupyterapp.shell.currentWidget.content.model.toJSON()));
      return canonical(parseNotebook(model));
    },
    edit: (book) =>
      page.evaluate((sources) => {
        const { cells } = jupyterapp.shell.currentWidget.content.model;
        for (const [i, source] of sources.entries()) {
          const cell = cells.get(i).sharedModel;
          if (cell.getSource() !== source) cell.setSource(source);
        }
      }, book.cells.map((cell) => cell.source)),
    async run(index) {
      await page.evaluate((i) => void (jupyterapp.shell.currentWidget.content.activeCellIndex = i), index);
      await execute("notebook:run-cell");
    },
    async clear() {
      await execute("notebook:clear-all-cell-outputs");
      await page.evaluate(() => jupyterapp.shell.currentWidget.context.save());
    },
    show: (index) => page.evaluate((i) => jupyterapp.shell.currentWidget.content.scrollToItem(i), index),
    async [Symbol.asyncDispose]() {
      await page.evaluate(() => jupyterapp.shell.currentWidget.context.save()); // 没存的页面关不掉：会问“要离开吗”
      await page.evaluate(() => jupyterapp.shell.currentWidget.sessionContext.shutdown());
      await page.close();
    },
  };
}

/** 等内核空闲。 */
export async function kernelIdle(page: Page, timeout = 60_000): Promise<void> {
  await page.waitForFunction(
    () => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "idle",
    undefined,
    { timeout },
  );
}
