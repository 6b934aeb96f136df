"""Text as papers can show it: whatever was typed comes out as text, and never breaks a paper."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
SIGNS = {
    "₽": "руб.",
    "\u2011": "-",
    "\u202f": "\xa0",
    "✓": "√",
    "✔": "√",
}  # that the font lacks, and we can say
UNKNOWN = "□"  # instead of what the font has no picture of
LONG_WORD = 32  # letters in a row that may have to be broken
_BREAK = "\u200b"
_SIGNS = dict.fromkeys(map(ord, "\t\v\f\x85\u2028\u2029"), " ") | {0xFE0E: "", 0xFE0F: ""}


def clean(value: Any) -> Any:
    """Text, or facts of texts, without what XML cannot hold, nor marks that turn the direction of reading."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _clean(value)
    if isinstance(value, dict):
        return {name: clean(one) for name, one in value.items()}
    if isinstance(value, list):
        return [clean(one) for one in value]
    raise TypeError(f"a fact is a text, a list or names of texts, not {value!r}")


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SIGNS)
    text = unicodedata.normalize("NFC", text)
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in _DROPPED)


_DROPPED = {"Cc", "Cf", "Cs", "Cn"}


_NAME = re.compile(r"\b([А-ЯЁ][а-яё-]+[а-яё]) (?=[А-ЯЁ]\.)")  # a surname before its initials
_BOUND = (
    (re.compile(r"(?<=\b[А-ЯЁ]\.) (?=[А-ЯЁ]\.(?!\w))"), "\xa0"),  # initials
    (re.compile(r"(?<=№) (?=\w)"), "\xa0"),
    (
        re.compile(
            r"(?<=\d) (?=г\.|мин|руб|(?:янв|февр|апр|июн|июл|сент|окт|нояб|дек)\w*\b|марта|мая|августа)"
        ),
        "\xa0",
    ),
    (
        re.compile(
            r"(?<!\d[ \xa0])\b(г|ул|пер|пр|ш|бул|алл|наб|пл|мкр|пос|дер|обл|д|корп|кв|каб|ст|п) ?\. (?=[\dА-ЯЁ])"
        ),
        "\\1.\xa0",
    ),
)


def bound(text: str, in_table: bool = False) -> str:
    """The text with spaces at which no line ends: «А. П.», «№ 12», «22 ноября»; in running text «Иванова М. П.» too."""
    if " " not in text:
        return text
    for found, said in _BOUND:
        text = found.sub(said, text)
    return (
        text if in_table else _PHONE.sub(lambda one: one[0].replace(" ", "\xa0"), _NAME.sub("\\1\xa0", text))
    )


_PHONE = re.compile(r"\+\d[\d ()-]{8,}\d")


def drawable(text: str) -> str:
    """The text as the vendored font shows it: a □ for each letter that it lacks, long words breakable."""
    known = letters()
    if not known.issuperset(text):
        text = "".join(one if one in known or one == "\n" else SIGNS.get(one, UNKNOWN) for one in text)
    if len(text) > LONG_WORD:
        text = _LONG.sub(lambda found: _breakable(found[0]), text)
    return text


_LONG = re.compile(rf"[^\s-]{{{LONG_WORD},}}")


def _breakable(word: str) -> str:
    step = LONG_WORD // 4
    return _BREAK.join(word[n : n + step] for n in range(0, len(word), step))


@cache
def letters() -> frozenset[str]:
    """The letters of the vendored font, from its own table."""
    data = (FONTS / "LiberationSerif-Regular.ttf").read_bytes()
    tables = {
        data[n : n + 4]: struct.unpack(">II", data[n + 8 : n + 16]) for n in range(12, 12 + 16 * 40, 16)
    }
    start = tables[b"cmap"][0]
    count = struct.unpack(">H", data[start + 2 : start + 4])[0]
    for n in range(count):
        offset = start + struct.unpack(">I", data[start + 8 + 8 * n : start + 12 + 8 * n])[0]
        if struct.unpack(">H", data[offset : offset + 2])[0] == 4:
            return frozenset(_of_format_4(data, offset))
    raise ValueError("the font has no table of letters")


def _of_format_4(data: bytes, offset: int) -> list[str]:
    """OpenType's segments of letters (learn.microsoft.com/typography/opentype/spec/cmap)."""
    segments = struct.unpack(">H", data[offset + 6 : offset + 8])[0] // 2
    words = struct.unpack(f">{segments * 4 + 1}H", data[offset + 14 : offset + 14 + segments * 8 + 2])
    ends, starts = words[:segments], words[segments + 1 : segments * 2 + 1]
    deltas, ranges = words[segments * 2 + 1 : segments * 3 + 1], words[segments * 3 + 1 :]
    base, found = offset + 16 + segments * 6, []
    for n, (first, last, delta, place) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code + delta
            if place:
                at = base + 2 * n + place + 2 * (code - first)
                glyph = struct.unpack(">H", data[at : at + 2])[0]
            if glyph & 0xFFFF:
                found.append(chr(code))
    return found
