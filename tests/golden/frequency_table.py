"""make_configs.py、make_scaling.py 共用：同样的一串角频率只存一份；写 JSON 时按相对误差认旧数。"""

import json

from common import HERE, numbers, save

SAME = 1e-14  # 换一台机器末位会差一点：相对差在这以内就保留 JSON 里原来的写法


class Vectors:
    """角频率的表：wide 是 float64，shipped 是同一串的 float32（9 位有效数字）。"""

    def __init__(self):
        self.index, self.wide, self.shipped = {}, [], []

    def add(self, wide, shipped):
        wide = numbers(wide)
        shipped = [float(f"{float(x):.9g}") for x in shipped]
        key = tuple(wide), tuple(shipped)
        if key not in self.index:
            self.index[key] = len(self.wide)
            self.wide.append(wide)
            self.shipped.append(shipped)
        return self.index[key]


def settle(fresh, stored):
    """common.settle 按绝对误差认旧数，角频率可以小到 1e-8，所以这里按相对误差。"""
    if isinstance(fresh, dict) and isinstance(stored, dict):
        return {key: settle(value, stored.get(key)) for key, value in fresh.items()}
    if isinstance(fresh, list) and isinstance(stored, list) and len(fresh) == len(stored):
        return [settle(*pair) for pair in zip(fresh, stored)]
    if isinstance(fresh, float) and isinstance(stored, float) and abs(fresh - stored) <= SAME * abs(fresh):
        return stored
    return fresh


def save_relative(name, *rest, script, derivation=None, **data):
    path = HERE / f"{name}.json"
    if path.exists():
        data = settle(data, json.loads(path.read_text()))
        path.unlink()  # 不让 common.save 再认一遍
    save(name, *rest, script=script, derivation=derivation, **data)
