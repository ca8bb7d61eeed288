"""在真内核里执行笔记本（headless notebook execution）。

标准输入一行一个任务（JSON），标准输出一行一个结果（JSON），先做完的先写：

    任务 {"id", "notebook", "output", "cwd", "timeout", "allow_errors"}
    结果 {"id", "seconds": 每格秒数（没跑的是 null）, "failure": null 或 {"cell", "reason", "message"}}

执行完的笔记本写到 output。标准输入一关就全部取消、关掉内核：调用的人没了，内核不会留下来。
只管执行；比较、改写、判断都在 tools/notebook/ 里。
"""

import asyncio
import json
import sys
import threading
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

PARALLEL = 2


async def execute(job: dict) -> dict:
    notebook = nbformat.read(job["notebook"], as_version=4)
    seconds: list = [None] * len(notebook.cells)
    running = {"cell": None, "since": 0.0}

    def started(cell, cell_index):
        running.update(cell=cell_index, since=time.monotonic())

    def executed(cell, cell_index, execute_reply):
        seconds[cell_index] = round(time.monotonic() - running["since"], 4)

    def client() -> NotebookClient:
        return NotebookClient(
            notebook,
            kernel_name="deno",
            timeout=job.get("timeout", 60),
            allow_errors=job.get("allow_errors", True),
            record_timing=False,  # 不然每格都会写进时间戳
            shutdown_kernel="immediate",  # 死循环里的内核不会理睬客气的关机
            resources={"metadata": {"path": job["cwd"]}},
            on_cell_execute=started,
            on_cell_executed=executed,
        )

    failure = None
    try:
        try:
            await client().async_execute()
        except RuntimeError:
            if running["cell"] is not None:
                raise
            await client().async_execute()  # 内核偶尔第一次起不来；一格都没跑过，再起一次
    except CellExecutionError:
        pass  # allow_errors 为假时停在第一处；错误已经在那一格的输出里
    except CellTimeoutError:
        failure = {"reason": "timeout", "message": f"超过 {job.get('timeout', 60)} 秒还没跑完"}
    except DeadKernelError:
        failure = {"reason": "dead", "message": "内核自己退出了"}
    except Exception as error:  # 起不来、协议出错：原样报告，别的任务照跑
        failure = {"reason": "other", "message": f"{type(error).__name__}: {error}"}
    if failure:
        failure["cell"] = running["cell"]
    nbformat.write(notebook, job["output"])
    return {"id": job["id"], "seconds": seconds, "failure": failure}


async def main() -> None:
    parallel = asyncio.Semaphore(int(sys.argv[1]) if len(sys.argv) > 1 else PARALLEL)
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue = asyncio.Queue()

    def read_stdin():
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    async def work(job: dict):
        async with parallel:
            try:
                result = await execute(job)
            except Exception as error:  # 连笔记本都读不了：也要有回音，不然那一头会一直等
                failure = {"cell": None, "reason": "other", "message": f"{type(error).__name__}: {error}"}
                result = {"id": job["id"], "seconds": [], "failure": failure}
        print(json.dumps(result, ensure_ascii=False), flush=True)

    threading.Thread(target=read_stdin, daemon=True).start()
    tasks = []
    while (line := await lines.get()) is not None:
        tasks.append(asyncio.create_task(work(json.loads(line))))
    for task in tasks:
        task.cancel()  # 做完的不受影响；没做完的在这里关内核
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    if sys.platform == "win32":  # zmq 要能等套接字的事件循环
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    asyncio.run(main())
