"""生成 mrope.json（5 版）、mrope_v4.json（4 版）：多轴的位置编号和旋转；axial.json（5 版）：图像的二维旋转。

同一个脚本在两个环境里各跑一次，先 4 后 5。怎么跑见同目录的 README.md。
"""

import json
import logging
import math
import types
import warnings

from common import FORMULA, HERE, normals, numbers, restart, save, widened  # 要在 torch 之前

import numpy as np
import torch
import transformers
from transformers.models.qwen2_5_vl import modeling_qwen2_5_vl as qwen2_5_vl
from transformers.models.qwen2_vl import modeling_qwen2_vl as qwen2_vl
from transformers.models.qwen3_vl import modeling_qwen3_vl as qwen3_vl
from transformers import DINOv3ViTConfig, Qwen2_5_VLConfig, Qwen2VLConfig, Qwen3VLConfig
from transformers.models.dinov3_vit import modeling_dinov3_vit as dinov3

MAJOR = int(transformers.__version__.split(".")[0])
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
logging.disable(logging.CRITICAL)
START, END, IMAGE, VIDEO, TEXT, PAD = 1, 2, 3, 4, 9, 0
MERGE = 2
MODELS = {
    "qwen2_vl": (Qwen2VLConfig, qwen2_vl.Qwen2VLModel),
    "qwen2_5_vl": (Qwen2_5_VLConfig, qwen2_5_vl.Qwen2_5_VLModel),
    "qwen3_vl": (Qwen3VLConfig, qwen3_vl.Qwen3VLModel),
}


def vision(token, grid):
    t, h, w = grid
    return [START, *[token] * (t * (h // MERGE) * (w // MERGE)), END]


def stamped(grid):
    """Qwen3-VL 的视频：一帧一段，前面有时间戳（这里用两个文字词元）。"""
    t, h, w = grid
    return [token for _ in range(t) for token in (TEXT, TEXT, *vision(VIDEO, (1, h, w)))]


def sequences():
    words = lambda n: [TEXT] * n
    big, small, clip, long = (1, 4, 6), (1, 4, 4), (3, 4, 4), (5, 4, 4)
    common = [
        ("image", [words(3) + vision(IMAGE, big) + words(4)], [big], [], None),
        ("image-first", [vision(IMAGE, small) + words(2)], [small], [], None),
        ("two-images", [words(2) + vision(IMAGE, big) + words(1) + vision(IMAGE, small) + words(3)], [big, small], [], None),
        ("tall-image", [words(2) + vision(IMAGE, (1, 8, 2)) + words(2)], [(1, 8, 2)], [], None),
        ("left-padding", [words(3) + vision(IMAGE, small) + words(2), [PAD] * 4 + words(1) + vision(IMAGE, small)], [small, small], [], None),
    ]
    one = lambda grid: vision(VIDEO, grid)
    video = [
        ("video", [words(2) + one(clip) + words(3)], [], [clip], None),
        ("long-video", [words(2) + one(long) + words(3)], [], [long], None),
        ("image-and-video", [words(2) + vision(IMAGE, big) + words(1) + one(clip) + words(2)], [big], [clip], None),
        ("video-and-image", [one(clip) + words(1) + vision(IMAGE, small) + words(2)], [small], [clip], None),
    ]
    timed = [
        (f"video-{s:g}-seconds", [words(2) + one(clip) + words(3)], [], [clip], [s]) for s in (1.0, 2.0, 0.5, 1.5)
    ] + [("two-videos-timed", [words(1) + one(clip) + words(2) + one(small) + words(1)], [], [clip, small], [2.0, 1.0])]
    frames = [
        ("video", [words(2) + stamped(clip) + words(3)], [], [clip], None),
        ("image-and-video", [words(2) + vision(IMAGE, big) + words(1) + stamped(clip) + words(2)], [big], [clip], None),
    ]
    return {"qwen2_vl": common + video, "qwen2_5_vl": common + video + timed, "qwen3_vl": common + frames}


def tiny(kind):
    config = MODELS[kind][0]()
    config.vision_config.spatial_merge_size = MERGE
    for name, value in (("vision_start_token_id", START), ("vision_end_token_id", END), ("image_token_id", IMAGE), ("video_token_id", VIDEO)):
        setattr(config, name, value)
    return config


def positions():
    rows = []
    for kind, cases in sequences().items():
        config, model = tiny(kind), MODELS[kind][1]
        holder = types.SimpleNamespace(config=config)
        if MAJOR == 5:
            holder.get_vision_position_ids = types.MethodType(model.get_vision_position_ids, holder)
        for name, batch, images, videos, seconds in cases:
            length = max(map(len, batch))
            batch = [[PAD] * (length - len(row)) + row for row in batch]
            ids = torch.tensor(batch)
            mask = (ids != PAD).long()
            more = dict(input_ids=ids, image_grid_thw=torch.tensor(images) if images else None,
                        video_grid_thw=torch.tensor(videos) if videos else None, attention_mask=mask)
            if MAJOR == 5:
                more["mm_token_type_ids"] = (ids == IMAGE).int() + 2 * (ids == VIDEO).int()
            if seconds:
                more["second_per_grid_ts"] = torch.tensor(seconds)
            made, deltas = model.get_rope_index(holder, **more)
            rows.append(dict(model=kind, name=name, tokens=batch, imageGrids=[list(g) for g in images], videoGrids=[list(g) for g in videos],
                             secondsPerGrid=seconds, tokensPerSecond=getattr(config.vision_config, "tokens_per_second", None),
                             positions=made.transpose(0, 1).long().tolist(), deltas=deltas.flatten().long().tolist()))
    return rows


def rotations():
    rows = []
    three = torch.tensor([[0, 1, 2, 2, 2, 2, 5, 90], [0, 1, 2, 2, 3, 3, 5, 91], [0, 1, 2, 3, 2, 3, 5, 77]])[:, None]
    with widened(), torch.no_grad():
        for source, kind, interleaved, cases in (
            (qwen2_vl, "qwen2_vl", False, ((8, [2, 1, 1]), (16, [2, 3, 3]), (128, [16, 24, 24]))),
            (qwen3_vl, "qwen3_vl", True, ((8, [2, 1, 1]), (16, [4, 2, 2]), (16, [2, 3, 3]), (128, [24, 20, 20]))),
        ):
            for d, section in cases:
                config = MODELS[kind][0]().text_config
                config.hidden_size, config.num_attention_heads, config.num_key_value_heads, config.head_dim = d, 1, 1, d
                if MAJOR == 5:
                    config.rope_parameters = dict(rope_type="default", rope_theta=10000.0, mrope_section=section)
                else:
                    config.rope_theta = 10000.0
                    config.rope_scaling = dict(rope_type="default", mrope_section=section)
                maker = qwen2_vl.Qwen2VLRotaryEmbedding if kind == "qwen2_vl" else qwen3_vl.Qwen3VLTextRotaryEmbedding
                q, k = normals(three.shape[-1], d), normals(three.shape[-1], d)
                for name, ids in (("mixed", three), ("text", torch.arange(three.shape[-1]).expand(3, 1, -1))):
                    if d == 128 and name == "text":
                        continue
                    cos, sin = maker(config)(q[None], ids)
                    if hasattr(source, "apply_multimodal_rotary_pos_emb"):
                        a, b = source.apply_multimodal_rotary_pos_emb(q[None, None], k[None, None], cos, sin, section)
                    else:
                        a, b = source.apply_rotary_pos_emb(q[None, None], k[None, None], cos, sin)
                    rows.append(dict(model=kind, name=name, interleaved=interleaved, dimension=d, base=10000.0, section=section,
                                     positions=ids[:, 0].tolist(), query=numbers(q), key=numbers(k), rotatedQuery=numbers(a[0, 0]), rotatedKey=numbers(b[0, 0])))
    return rows


def images():
    rows = []
    with widened(), torch.no_grad():
        for d, height, width, prefix in ((8, 2, 2, 1), (16, 3, 5, 2), (64, 2, 3, 0)):
            config = DINOv3ViTConfig(hidden_size=d, num_attention_heads=1, patch_size=4, image_size=4 * max(height, width))
            module = dinov3.DINOv3ViTRopePositionEmbedding(config).eval()
            cos, sin = module(torch.zeros(1, 3, 4 * height, 4 * width))
            angles = torch.atan2(sin, cos)
            q, k = normals(prefix + height * width, d), normals(prefix + height * width, d)
            a, b = dinov3.apply_rotary_pos_emb(q[None, None], k[None, None], cos, sin)
            turns = 1 / module.inv_freq
            rows.append(dict(dimension=d, base=float(module.base), height=height, width=width, prefix=prefix, periods=numbers(turns), cos=numbers(cos), sin=numbers(sin),
                             anglesModTurn=numbers(angles), query=numbers(q), key=numbers(k), rotatedQuery=numbers(a[0, 0]), rotatedKey=numbers(b[0, 0])))
    return rows


def axial():
    """rope-vit（底数 100）和苏剑林的二维旋转（底数 10000）：前一半的对用列号 x，后一半用行号 y；交错配对。"""
    rows = []
    for base, d, height, width in ((100.0, 8, 3, 3), (100.0, 16, 2, 5), (10000.0, 8, 2, 3)):
        angles, out = [], []
        x = np.array(normals(height * width, d).tolist(), dtype=np.longdouble)
        for t in range(height * width):
            place = [t % width] * (d // 4) + [t // width] * (d // 4)
            turn = [np.longdouble(p) * np.longdouble(base) ** (np.longdouble(-4 * (i % (d // 4))) / d) for i, p in enumerate(place)]
            z = x[t, 0::2] + 1j * x[t, 1::2]
            z = z * np.exp(1j * np.array(turn, dtype=np.longdouble))
            row = np.empty(d, dtype=np.longdouble)
            row[0::2], row[1::2] = z.real, z.imag
            angles.append(turn), out.append(row)
        rows.append(dict(base=base, dimension=d, height=height, width=width, angles=numbers(np.array(angles)), x=numbers(x), rotated=numbers(np.array(out))))
    return rows


NOTE = (
    "positionIds：get_rope_index；tokens 里 1 是图像（视频）开头、2 是结尾、3 是图像、4 是视频、0 是补齐、别的是文字；grids 是合并之前的 [t, h, w]，合并 2×2；"
    "positions 是 [样本][t、h、w][位置]，补齐的位置填的数没有意义（4 版 1，5 版 0）；deltas = 最大的编号 + 1 − 长度。"
    "rotations：Qwen2-VL 是分块（interleaved=false），Qwen3-VL 是交错；都是 half 配对。"
)


def main():
    restart()
    data = dict(positionIds=positions(), rotations=rotations())
    if MAJOR == 4:
        save("mrope_v4", ["transformers"], "编号：整数；旋转：float64（把库里写死的 float32 换成 float64 再跑）", 1e-10, NOTE, script="make_mrope.py", **data)
        return
    older = json.loads((HERE / "mrope_v4.json").read_text())
    differ = []
    for new, old in zip(data["positionIds"], older["positionIds"], strict=True):
        kept = [[n for n, token in enumerate(row) if token != PAD] for row in new["tokens"]]
        cut = lambda e: [[[axis[n] for n in keep] for axis in sample] for sample, keep in zip(e["positions"], kept)]
        assert (new["model"], new["name"]) == (old["model"], old["name"])
        if cut(new) != cut(old):
            differ.append(f"{new['model']} {new['name']}")
        elif new["deltas"] != old["deltas"]:
            differ.append(f"{new['model']} {new['name']}（只有 deltas 不同）")
    for new, old in zip(data["rotations"], older["rotations"], strict=True):
        gap = np.abs(np.array(new["rotatedQuery"]) - np.array(old["rotatedQuery"])).max()
        assert new["query"] == old["query"]
        if gap > 1e-12:
            differ.append(f"rotations {new['model']} {new['name']} {new['dimension']}：{gap}")
    print("differ", differ)
    save("mrope", ["transformers"], "编号：整数；旋转：float64（把库里写死的 float32 换成 float64 再跑）", 1e-10,
         NOTE + "differsFromV4：和 mrope_v4.json 不同的", script="make_mrope.py", differsFromV4=differ, **data)
    save("axial", ["transformers", "numpy"], "float64（把库里写死的 float32 换成 float64 再跑）；axial 用 longdouble 算", 1e-12,
         "dinov3：DINOv3ViTRopePositionEmbedding + apply_rotary_pos_emb，前 prefix 个词元不转，"
         "每个补丁的角度先行后列，再重复一遍（half 配对）；anglesModTurn 是 atan2(sin, cos)。axial 是另写的（rope-vit、苏剑林 8397），不是库里的",
         script="make_mrope.py", derivation=f"只有 axial：{FORMULA}", dinov3=images(), axial=axial())


if __name__ == "__main__":
    main()
