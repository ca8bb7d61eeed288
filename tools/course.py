#!/usr/bin/env python3
"""课程的入口：`lab` 打开课程，`test` 跑全部测试，其余的词交给 `deno task`。装出来的都在本文件夹里。

只用标准库；语法老 Python 也读得懂，这样“太旧”才能是一句中文，而不是一个 SyntaxError。"""
import sys

if sys.version_info < (3, 10):
    sys.exit("Python 太旧：需要 3.10 或更新：现在是 %d.%d。请从 python.org 装一个新的，再用它运行。" % sys.version_info[:2])

import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = VENV / "var"  # Jupyter、Deno、npm 本来要写进主目录的东西，都改放这里
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON, DENO = [BIN / (name + (".exe" if WINDOWS else "")) for name in ("python", "deno")]
FIRST = "notebooks/00_start.ipynb"
NEEDED_MB = 600  # 装好约 500 MB，多留一点给下载
USAGE = """用法：python3 tools/course.py 命令

  lab [--no-browser] [-- 传给 jupyter lab 的参数]   打开课程（第一次会自动安装，约一分钟）
  test                                              跑全部测试
  setup                                             只安装，不打开"""

# 用 `python -c LEASH 模块 参数…` 跑一个模块，并盯着标准输入：主进程不管怎么走的（哪怕被强行结束），
# 管道都会断，这边就像收到 SIGTERM 一样收场。所以不会留下服务器、内核，也不会留下还在写文件的 pip。
LEASH = """
import _thread, os, runpy, signal, sys, threading
def watch():
    os.read(0, 1)
    if os.name == "nt": _thread.interrupt_main(signal.SIGTERM)
    else: signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
sys.modules["rfc3987_syntax"] = None  # jsonschema 可有可无的零件，一导入就编译一份语法，让启动慢 0.7 秒
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


class Problem(Exception):
    """一句话：什么没做成，为什么，怎么办。"""


def disk_full():
    return Problem("磁盘满了：安装约需 %d MB：现在剩 %d MB。腾出空间，再运行一次，会接着装。" % (NEEDED_MB, shutil.disk_usage(ROOT).free >> 20))


def not_writable(path):
    return Problem("写不进 %s：课程要装在自己的文件夹里。请把整个文件夹放到你能写的地方（例如主目录），再运行一次。" % path)


def on_interruption(action):
    for name in {"SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"} & set(dir(signal)):
        signal.signal(getattr(signal, name), action)


def environment():
    """子进程的环境变量：凡是会写到文件夹外面的都指到 VAR。主目录、pip.conf、.npmrc、镜像和代理是用户的，不碰。"""
    dropped = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONHOME", "PYTHONPATH")  # 会带进别处装的东西
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    inside = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "IPYTHONDIR": "ipython",
        "DENO_DIR": "deno", "npm_config_cache": "npm",
        "RUSTUP_HOME": "rustup",  # pip 会问 rustc 的版本，rustup 一被问就在主目录建文件夹
    }
    env.update({name: str(VAR / folder) for name, folder in inside.items()})
    env.update(DENO_NO_UPDATE_CHECK="1", NO_COLOR="1", PYTHONUTF8="1", PIP_NO_CACHE_DIR="1", PIP_DISABLE_PIP_VERSION_CHECK="1",
               VIRTUAL_ENV=str(VENV), PATH=str(BIN) + os.pathsep + env.get("PATH", ""))
    return env


def write(path, text):
    """先写在旁边再改名，打断也不会留下半个文件；内容没变就不动（比字节：坏了的文件不一定是 UTF-8）。"""
    if not (path.is_file() and path.read_bytes() == text.encode("utf-8")):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name("%s.%d" % (path.name, os.getpid()))
        beside.write_text(text, "utf-8")
        os.replace(str(beside), str(path))


def run(*command):
    """跑一个安装命令，输出进日志；每 5 秒报一次进度；失败了就从日志认出毛病。"""
    log = VAR / "setup.log"
    with open(str(log), "w", encoding="utf-8") as output:
        child = subprocess.Popen(list(map(str, command)), cwd=str(ROOT), env=environment(), stdin=subprocess.PIPE,
                                 stdout=output, stderr=output)
    while child.poll() is None:
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            packages = log.read_text("utf-8", "replace").count("\nCollecting ")
            print("      还在装 …" + (" 已取得 %d 个包" % packages if packages else ""))
        except BaseException:
            child.terminate()
            raise
    if child.returncode:
        raise diagnose(log.read_text("utf-8", "replace"))


def diagnose(output):
    """从安装命令的输出认出是哪一类毛病。"""
    found = lambda words: re.search(words, output, re.IGNORECASE)
    log = "\n全部输出在 %s" % (VAR / "setup.log")
    if found("No space left|not enough space|os error 28|Errno 28|Disk quota") or shutil.disk_usage(str(ROOT)).free < 1 << 24:
        return disk_full()
    if found("DO NOT MATCH THE HASHES|integrity check"):
        return Problem("下载到的包和记录的指纹不一样：多半是镜像或代理改了文件。换一个镜像，再运行一次。" + log)
    if found("Permission denied|Read-only file system|Access is denied"):
        return not_writable(VENV)
    if found("connect|timed out|timeout|resolv|getaddrinfo|sending request|No matching distribution|network|proxy|SSL"):
        return Problem("连不上软件源：第一次安装要联网（以后不用）。接上网，或设好 pip 和 npm 的镜像、代理，再运行一次，会接着装。" + log)
    return Problem("\n".join(["安装没有成功。再运行一次会接着装；还不行，请看最后几行："] + output.splitlines()[-8:]) + log)


def healthy():
    """.venv 里的 Python 还能用吗？搬到别的机器、系统换了 Python，都会让它失灵。正在跑的就是它，看看文件就知道；不是才起一个来问。"""
    inside = "lib/python%d.%d/site-packages/%%s/__init__.py" % sys.version_info[:2]
    if os.path.realpath(str(PYTHON)) == os.path.realpath(sys.executable) and (VENV / "pyvenv.cfg").is_file():
        return DENO.exists() and all((VENV / (inside % name)).is_file() for name in ("jupyterlab", "nbclient", "pip"))
    probe = "from importlib.util import find_spec as f; assert f('jupyterlab') and f('nbclient') and f('pip')"
    return DENO.exists() and PYTHON.exists() and subprocess.call([str(PYTHON), "-c", probe], env=environment(), stderr=subprocess.DEVNULL) == 0


def make_venv():
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise Problem("这个 Python 缺 %s：Debian、Ubuntu 请运行 sudo apt install python3-venv，别的系统请装 python.org 的 Python，"
                      "再运行一次。" % "、".join(missing))
    if shutil.disk_usage(str(ROOT)).free >> 20 < NEEDED_MB:
        raise disk_full()
    deadline = time.monotonic() + 10  # 上次被强行结束的话，它的子进程可能还在写，等它写完
    while set(VENV.iterdir()) - {VAR} and time.monotonic() < deadline:
        for old in set(VENV.iterdir()) - {VAR}:  # 装了一半的拆掉重来；VAR 里有下载好的模块和学习者的界面布局，留着
            shutil.rmtree(str(old), ignore_errors=True) if old.is_dir() and not old.is_symlink() else old.unlink()
    run(sys.executable, "-c", LEASH, "venv", VENV)


def configure():
    """内核和界面的设置。里面有绝对路径，所以每次都对一遍：文件夹搬了家，这里就跟着改。"""
    kernel = {
        "argv": [str(DENO), "jupyter", "--kernel", "--conn", "{connection_file}"],
        "display_name": "Deno", "language": "typescript",
        "interrupt_mode": "message",  # 缺了它，■ 会把内核杀掉
        "env": {name: environment()[name] for name in ("NO_COLOR", "DENO_DIR", "DENO_NO_UPDATE_CHECK")},
    }
    overrides = {
        "@jupyterlab/translation-extension:plugin": {"locale": "zh_CN"},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "jupyterlab-rise:plugin": {"theme": "white"},  # 默认主题要上网取字体
        "@jupyterlab/shortcuts-extension:shortcuts": {"shortcuts": [  # 幻灯片上 Shift+Enter 原地运行，不翻页：要看结果
            {"command": "notebook:run-cell", "keys": ["Shift Enter"], "selector": ".reveal .jp-Notebook.jp-mod-editMode"}]},
    }
    for name, content in (("kernels/deno/kernel.json", kernel), ("lab/settings/overrides.json", overrides)):
        write(VENV / "share" / "jupyter" / name, json.dumps(content, ensure_ascii=False, indent=1))
    write(VAR / "config/custom/custom.css", ".jp-RenderedSVG img { max-width: 100%; height: auto; }\n")  # 投影窄，图跟着缩，不切掉


def set_up():
    """缺什么补什么。每一步做完才盖章、动手前先撤章，所以随时可以打断，下次接着来。"""
    VAR.mkdir(parents=True, exist_ok=True)
    pip, npm, steps = VAR / "stamp-pip", VAR / "stamp-npm", []
    wanted = {stamp: hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()
              for stamp, names in ((pip, ["requirements.txt"]), (npm, ["deno.json", "deno.lock"]))}
    fresh = {stamp for stamp in wanted if stamp.is_file() and stamp.read_bytes() == wanted[stamp].encode()}
    if not pip.is_file() or not healthy():
        steps.append(("建立 .venv …（几秒）", make_venv, None))
    if steps or pip not in fresh:
        steps.append(("安装 JupyterLab 和 Deno …（约 20 秒，网慢就久一些；只有第一次）", lambda: run(
            PYTHON, "-c", LEASH, "pip", "install", "--no-input", "--no-user", "--progress-bar", "off",
            "--require-hashes", "-r", "requirements.txt"), pip))
    if npm not in fresh or not (ROOT / "node_modules" / ".deno").is_dir() or not (VAR / "deno").is_dir():
        steps.append(("安装 npm 包 …（几秒）", lambda: run(DENO, "install", "--frozen"), npm))
    if steps:
        steps.append(("登记内核，设成中文界面", configure, None))
    for stamp in filter(None, [step[2] for step in steps]):
        stamp.unlink(missing_ok=True)
    for number, (title, action, stamp) in enumerate(steps, 1):
        print("[%d/%d] %s" % (number, len(steps), title))
        action()
        if stamp:
            write(stamp, wanted[stamp])
    configure()


def lab(arguments):
    split = (arguments + ["--"]).index("--")
    own, extra = arguments[:split], arguments[split + 1:]
    if set(own) - {"--no-browser"}:
        raise Problem("不认识的参数：%s。传给 jupyter lab 的参数写在 -- 后面。\n\n%s" % (" ".join(own), USAGE))
    set_up()
    print("正在启动 JupyterLab …")
    runtime, log = VAR / "runtime" / str(os.getpid()), VAR / "lab.log"  # 一次一个，好认出这次的服务器和内核
    shutil.rmtree(str(runtime), ignore_errors=True)
    env = dict(environment(), JUPYTER_RUNTIME_DIR=str(runtime), JUPYTER_TOKEN=os.urandom(24).hex())
    command = [str(PYTHON), "-c", LEASH, "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1",
               "--ServerApp.root_dir=" + str(ROOT), "--LabApp.default_url=/lab/tree/" + FIRST,
               "--LabApp.extension_manager=readonly", "--LabApp.custom_css=True"]  # 扩展管理器一打开就要上网
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # 自成一组：终端里的 Ctrl-C 只到主进程，由它来收拾
    group = {"creationflags": 0x200} if WINDOWS else {"start_new_session": True}  # 0x200：CREATE_NEW_PROCESS_GROUP
    with open(str(log), "w", encoding="utf-8") as output:
        server = subprocess.Popen(command + extra, cwd=str(ROOT), env=env, stdin=subprocess.PIPE, stdout=output,
                                  stderr=output, **group)
    try:
        info = answer(server, runtime, log)
        wanted = re.findall(r"--(?:\w+\.)?port[= ](\d+)", " ".join(extra)) or ["8888"]
        if wanted[-1] not in ("0", str(info["port"])):  # 0 是“随便哪个”
            print("端口 %s 已被占用，改用 %d。" % (wanted[-1], info["port"]))
        url = "%slab/tree/%s?token=%s" % (info["url"], FIRST, info["token"])
        print("网址：" + url)
        screen = not sys.platform.startswith("linux") or set(os.environ) & {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}
        opened = "--no-browser" not in own and screen and importlib.import_module("webbrowser").open(url)  # 没有图形界面就不试
        print(("已在浏览器里打开。" if opened else "请在浏览器里打开上面的网址。") + "按 Ctrl-C 停止。")
        while server.poll() is None:
            time.sleep(0.2)
    except KeyboardInterrupt:
        on_interruption(signal.SIG_IGN)  # 正在收拾，再按也一样
        print("\n正在停止 JupyterLab 和内核 …")
    finally:
        stop(server, runtime)
    return print("JupyterLab 已停止，没有留下内核。") or abs(server.wait())


def answer(server, runtime, log):
    """等服务器真的答话，返回它写下的地址、端口和令牌。"""
    import urllib.request  # 取它要 0.05 秒，别的命令用不着
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # 本机地址不走代理
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                info = json.loads(path.read_text("utf-8"))
                direct.open(info["url"] + "api", timeout=30).close()
                return info
            except (ValueError, OSError):  # 还没写完，或还没答话
                pass
        time.sleep(0.05)
    (VAR / "stamp-pip").unlink(missing_ok=True)  # 多半是哪个包坏了
    raise Problem("JupyterLab 没有起来。再运行一次会重装。最后的话（全部在 %s）：\n%s" % (log, log.read_text("utf-8", "replace")[-800:]))


def stop(server, runtime):
    """关掉标准输入，服务器就收拾好内核再退出；不听话的才强行结束。"""
    server.stdin.close()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
    for path in Path("/proc").glob("[0-9]*/cmdline"):  # 服务器自己是被杀的，内核就会留下（只有 Linux 看得到）
        try:
            if os.fsencode(str(runtime)) in path.read_bytes():
                os.kill(int(path.parent.name), signal.SIGKILL)
        except OSError:
            pass
    shutil.rmtree(str(runtime), ignore_errors=True)


def main(arguments):
    word, rest = (arguments or [""])[0], arguments[1:]
    tasks = json.loads((ROOT / "deno.json").read_text("utf-8")).get("tasks", {})
    if word == "lab":
        return lab(rest)
    if word not in ("setup", "test") and word not in tasks:
        others = "、".join(sorted(set(tasks) - {"lab", "test", "setup"}))
        sys.exit("不认识的命令：%s\n\n%s%s" % (word or "（没有写）", USAGE, "\n\n还有：" + others if others else ""))
    set_up()
    if word == "setup":
        return print("装好了。打开课程：python3 tools/course.py lab")
    # 不换文件夹：从哪里叫的，deno task 记在 INIT_CWD，`config 文件` 从那里找。换成那个命令，信号直接到它；Windows 上换不了，就等它
    how = ["run", "-A", str(ROOT / "tools" / "test.ts")] if word == "test" else ["task", "--cwd", str(ROOT), word]
    command = [str(DENO)] + how + rest
    return subprocess.call(command, env=environment()) if WINDOWS else os.execve(command[0], command, environment())


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    on_interruption(signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("\n已打断。再运行一次，会接着来。")
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        if not full and error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR):
            raise
        sys.exit(str(disk_full() if full else not_writable(error.filename)))
