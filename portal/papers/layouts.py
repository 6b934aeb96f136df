"""Layouts of papers: templates/papers/<code>.toml, one for PDF and DOCX, read into values.

A text of a layout may hold `{{ dotted.name }}` and nothing else: no filter, no logic. Inside a table, a list or an
`each` the name `row` is the row that is printed.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "papers"
NAME = re.compile(r"\{\{ *([a-z_]\w*(?:\.[a-z_]\w*)*) *\}\}")
CONDITION = re.compile(r"!?[a-z_]\w*(?:\.[a-z_]\w*)*")
ALIGNS = ("left", "center", "right")


class LayoutError(ValueError):
    """A layout is wrong; the message names the file and the place."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a paper. `place` says for people which one: «block 3»."""

    place: str = ""
    when: str = ""  # printed when this fact is not empty, or with `!` when it is
    blank: bool | None = None  # whether a blank shows it; None: when it has no `when`

    @property
    def in_blank(self) -> bool:
        """Whether an empty paper shows it."""
        return not self.when if self.blank is None else self.blank


@dataclass(frozen=True, kw_only=True)
class Paragraph(Block):
    """Running text."""

    paragraph: str
    align: str = "left"
    bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Section(Block):
    """A heading inside the paper."""

    section: str


@dataclass(frozen=True, kw_only=True)
class Field(Block):
    """A label and its value; in a blank so many lines to write on, and on every print where the value is ""."""

    field: str
    value: str
    lines: int = 1


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table; its width is a share of the whole."""

    head: str
    value: str
    width: float = 1
    align: str = "left"


@dataclass(frozen=True, kw_only=True)
class Table(Block):
    """Rows of a list, under a head that each page repeats."""

    table: str
    columns: tuple[Column, ...]
    empty: str = ""
    blank_rows: int = 10


@dataclass(frozen=True, kw_only=True)
class Items(Block):
    """A numbered list, or one with bullets."""

    items: str
    text: str
    bullet: bool = False
    empty: str = ""
    blank_rows: int = 4


@dataclass(frozen=True, kw_only=True)
class Each(Block):
    """Its blocks again for each row of a list."""

    each: str
    blocks: tuple[Block, ...]
    blank_rows: int = 1


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signs, with the name beside the line; without a name that is written by hand too."""

    who: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Signatures(Block):
    """Lines to sign on."""

    signatures: tuple[Signature, ...]


@dataclass(frozen=True, kw_only=True)
class Qr(Block):
    """Where the QR stands on every print, and what is said beside it; a blank has one at its end anyway."""

    qr: bool
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class PageBreak(Block):
    """What follows begins a new page."""

    page_break: bool


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A paper as it is laid out."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False
    heading: bool = True
    number: bool = True
    law: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()  # facts that are printed in a blank too: family.number

    def walk(self) -> Iterator[tuple[Block, bool]]:
        """(block, whether it stands inside an `each`) of all blocks, in order."""
        for block in self.blocks:
            yield block, False
            if isinstance(block, Each):
                yield from ((inner, True) for inner in block.blocks)


KINDS: dict[str, type[Block]] = {
    "paragraph": Paragraph, "section": Section, "field": Field, "table": Table, "items": Items,
    "each": Each, "signatures": Signatures, "qr": Qr, "page_break": PageBreak,
}  # fmt: skip


@cache
def read(code: str) -> Layout:
    """The layout of a kind of paper. Raises LayoutError, or FileNotFoundError for a code that has none."""
    return parse((FOLDER / f"{code}.toml").read_text(encoding="utf-8"), code)


def parse(text: str, code: str = "layout") -> Layout:
    """A layout as it is written. Raises LayoutError."""
    try:
        data = tomllib.loads(text)
        blocks = tuple(_block(one, f"block {n}") for n, one in enumerate(data.pop("blocks", []), 1))
        layout: Layout = _made(Layout, data | {"code": code, "blocks": blocks}, "the paper")
        return layout
    except (LayoutError, tomllib.TOMLDecodeError) as wrong:
        raise LayoutError(f"{code}.toml: {wrong}") from None


def names(text: str) -> list[str]:
    """The dotted names that a text asks for. Raises LayoutError when a brace is left over."""
    if re.search(r"[{}]", NAME.sub("", text)):
        raise LayoutError(f"unclosed or unknown placeholder in «{text}»")
    return NAME.findall(text)


def _block(data: dict[str, Any], place: str) -> Block:
    found = [kind for kind in KINDS if kind in data]
    if len(found) != 1:
        raise LayoutError(f"{place}: one of {', '.join(KINDS)} is expected, not {sorted(data)}")
    data = data | {"place": f"{place} ({found[0]})"}
    if found[0] == "each":
        inner = enumerate(data.get("blocks", []), 1)
        data["blocks"] = tuple(_block(one, f"{place}.{n}") for n, one in inner)
        if any(isinstance(one, Each) for one in data["blocks"]):
            raise LayoutError(f"{place}: an `each` stands inside of another")
    block: Block = _made(KINDS[found[0]], data, place)
    return block


PARTS: dict[str, tuple[type, str]] = {"columns": (Column, "column"), "signatures": (Signature, "signature")}


def _made(kind: Callable[..., Any], data: dict[str, Any], place: str) -> Any:
    """The value made of what is written, each name and type checked."""
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(data.keys() - known.keys()):
        raise LayoutError(f"{place}: unknown {', '.join(unknown)}")
    for name, value in list(data.items()):
        if name in PARTS and isinstance(value, list):
            part, word = PARTS[name]
            data[name] = tuple(_made(part, one, f"{place}, {word} {n}") for n, one in enumerate(value, 1))
        elif isinstance(value, list):
            data[name] = tuple(value)
        elif isinstance(value, str) and name not in ("place", "code"):
            _check_text(name, value, place)
    try:
        return kind(**data)
    except TypeError as wrong:
        raise LayoutError(f"{place}: {wrong}") from None


def _check_text(name: str, value: str, place: str) -> None:
    if name == "align" and value not in ALIGNS:
        raise LayoutError(f"{place}: align is one of {', '.join(ALIGNS)}")
    if name in ("when", "table", "items", "each"):
        if value and not CONDITION.fullmatch(value):
            raise LayoutError(f"{place}: «{value}» is no name")
        return
    try:
        names(value)
    except LayoutError as wrong:
        raise LayoutError(f"{place}: {wrong}") from None


def asked(block: Block) -> Iterator[str]:
    """The names that a block prints, the rows of its list as «rows: row.text»."""
    match block:
        case Paragraph():
            yield from names(block.paragraph)
        case Section():
            yield from names(block.section)
        case Field():
            yield from [*names(block.field), *names(block.value)]
        case Signatures():
            yield from (name for one in block.signatures for name in [*names(one.who), *names(one.name)])
        case Items():
            yield from [block.items, *_of_rows(block.items, names(block.text))]
        case Table():
            cells = [name for column in block.columns for name in names(column.value)]
            heads = [name for column in block.columns for name in names(column.head)]
            yield from [block.table, *heads, *_of_rows(block.table, cells)]
        case Each():
            inner = [name for one in block.blocks if not isinstance(one, Signatures) for name in asked(one)]
            yield from [block.each, *_of_rows(block.each, inner)]


def of_row(rows: str, name: str) -> str:
    """How a name of a row is told apart from the same name of another list."""
    return f"{rows}: {name}" if name.startswith("row.") else name


def _of_rows(rows: str, found: list[str]) -> list[str]:
    return [of_row(rows, name) for name in found]
