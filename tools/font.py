"""做图用的子集字体：从思源黑体（Noto Sans SC）里留下 GB 2312 和数学符号，并写出字宽表。

用法见 lib/plots/font/README.md：
    python tools/font.py NotoSansSC_400Regular.ttf
输入先核对 SHA-256；同一版 fonttools 每次写出的字节都一样。
"""
import hashlib
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

SOURCE_SHA256 = "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16"
OUT = Path(__file__).resolve().parent.parent / "lib" / "plots" / "font"

SYMBOLS = (
    "−×÷·±≤≥≠≈≡∈√∑∏∂∇∫∞∝∀∃∅∥⊥∠⊙⊗⊕≪≫⋯…—–‖“”‘’°′″¹²³⁴½¼"
    "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩℓ→←↑↓↔⇒⇐⇔✓○●△▲□■◇◆★☆①②③④⑤⑥⑦⑧⑨⑩©®µ￥€"
)
# 字体里没有的上下标和几个符号：把已有的字形缩小、挪位拼出来（缩放，横移，上移），单位是千分之一字号。
UP, DOWN = (0.6, 0, 300), (0.6, 0, -140)
DERIVED = {new: (old, *UP) for new, old in zip("⁰⁵⁶⁷⁸⁹⁺⁻ᵀᵏⁿⁱᵐʲ", "056789+−Tknimj")}
DERIVED |= {new: (old, *DOWN) for new, old in zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₘₙ", "0123456789+−ijkmn")}
DERIVED |= {"∘": ("°", 1, 0, -250), "∗": ("*", 1, 0, -200)}
# 点积的点：`·`（U+00B7）在中文字体里占一格，`⋅`（U+22C5）做成窄的，q⋅k 才不散。
NARROW = {"⋅": ("·", 300)}


def gb2312(first: int = 0xA1, last: int = 0xF7) -> str:
    """GB 2312 从第 first 行到第 last 行的字；全部是 7445 个：汉字、标点、全角、希腊字母、编号。"""
    cells = (bytes([high, low]) for high in range(first, last + 1) for low in range(0xA1, 0xFF))
    return "".join(sorted(cell.decode("gb2312", "ignore") for cell in cells))


def add_derived(font: TTFont) -> None:
    """用复合字形补上缺的符号；不写新轮廓。"""
    cmap, glyphs, metrics, vertical = font.getBestCmap(), font["glyf"], font["hmtx"], font["vmtx"]
    for new, (old, scale, dx, dy) in DERIVED.items():
        name, base = f"uni{ord(new):04X}", cmap[ord(old)]
        pen = TTGlyphPen(glyphs)
        pen.addComponent(base, (scale, 0, 0, scale, dx, dy))
        glyphs[name] = pen.glyph()
        glyphs[name].recalcBounds(glyphs)
        metrics[name] = (round(metrics[base][0] * scale), getattr(glyphs[name], "xMin", 0))
        vertical[name] = vertical[base]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(new)] = name
    for new, (old, advance) in NARROW.items():
        base, name = cmap[ord(old)], f"uni{ord(new):04X}"
        pen = TTGlyphPen(glyphs)
        pen.addComponent(base, (1, 0, 0, 1, (advance - metrics[base][0]) // 2, 0))
        glyphs[name] = pen.glyph()
        glyphs[name].recalcBounds(glyphs)
        metrics[name] = (advance, glyphs[name].xMin)
        vertical[name] = vertical[base]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(new)] = name
    font.setGlyphOrder(glyphs.glyphOrder)


def save_part(font: TTFont, codes: set[int], path: Path) -> None:
    options = subset.Options()
    options.layout_features = []  # 不要字偶距和异体：一行字的宽度就是字宽之和，画图前可以算准
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "vhea", "vmtx", "gasp"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.save(path, reorderTables=True)


def main(source: Path) -> None:
    actual = hashlib.sha256(source.read_bytes()).hexdigest()
    if actual != SOURCE_SHA256:
        sys.exit(f"无法做子集字体：需要 SHA-256 为 {SOURCE_SHA256} 的字体：现在是 {actual}")
    font = TTFont(source, recalcTimestamp=False)
    have = font.getBestCmap()
    text = "".join(map(chr, range(0x20, 0x7F))) + gb2312() + SYMBOLS
    missing = sorted({c for c in text if ord(c) not in have} | {c for c in [*DERIVED, *NARROW] if ord(c) in have})
    if missing:
        sys.exit(f"无法做子集字体：需要原字体里有的字、补的是没有的字：现在不符的是 {''.join(missing)}")
    add_derived(font)

    # 字宽表要的是全部的字；画图的库每画一个字都把整个文件读一遍，所以分成三份：拉丁和符号、常用字、次常用字。
    everything = set(map(ord, text + "".join([*DERIVED, *NARROW])))
    common = {ord(c) for c in gb2312(0xB0, 0xD7) if c >= "\u3400"}
    rare = {ord(c) for c in gb2312(0xD8, 0xF7) if c >= "\u3400"}
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.ttf"
        font.save(whole)
        for name, part in {"latin": everything - common - rare, "common": common, "rare": rare}.items():
            save_part(TTFont(whole, recalcTimestamp=False), part, OUT / f"NotoSansSC-{name}.ttf")

    # 字宽表：单位是千分之一字号；占满一格（1000）的只列字，别的列“字：宽”。
    cmap, advances = font.getBestCmap(), font["hmtx"]
    width = {chr(code): advances[cmap[code]][0] for code in sorted(everything)}
    full = "".join(c for c, w in width.items() if w == 1000)
    rest = {c: w for c, w in width.items() if w != 1000}
    table = {"ascent": font["hhea"].ascent, "descent": -font["hhea"].descent, "full": full, "widths": rest}
    (OUT / "widths.json").write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(width)} 个字，{sum(file.stat().st_size for file in OUT.glob('*.ttf'))} 字节")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
