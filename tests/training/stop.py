"""stop_test.ts 用的：开一个课程的内核，一格一格地跑；印的话里有 until，就按 ■。交回每格的话和秒数。"""
import json
import re
import sys
import time
from pathlib import Path

from jupyter_client.manager import KernelManager

root, cells = Path(sys.argv[1]), json.loads(sys.argv[2])
manager = KernelManager(kernel_name="deno")
manager.start_kernel(cwd=str(root / "notebooks"))
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)


def run(code, until=None):
    start, asked, texts, pressed = time.time(), client.execute(code), [], None
    while True:
        message = client.get_iopub_msg(timeout=300)
        if message["parent_header"].get("msg_id") != asked:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            texts.append(content["text"])
            if until and pressed is None and re.search(until, content["text"]):
                pressed = time.time()
                manager.interrupt_kernel()
        elif kind == "execute_result":
            texts.append(content["data"]["text/plain"])
        elif kind == "status" and content["execution_state"] == "idle":
            return {"texts": texts, "seconds": time.time() - start, "stop": pressed and time.time() - pressed}


try:
    print(json.dumps([run(**cell) for cell in cells]))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
