"""A layout and its facts become finished blocks: plain values, in the order in which they are printed."""

from collections.abc import Iterator
from typing import Any

from portal.papers.facts import sample_common
from portal.papers.kind import Facts
from portal.papers.layouts import (
    NAME,
    Block,
    Column,
    Each,
    Field,
    Items,
    Layout,
    LayoutError,
    PageBreak,
    Paragraph,
    Qr,
    Section,
    Signatures,
    Table,
    names,
)

LINE = "_" * 20  # of a blank, to write on
Finished = dict[str, Any]


def look(facts: Facts, name: str) -> Any:
    """The fact of a dotted name. Raises LayoutError for one that is not there."""
    found: Any = facts
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            raise LayoutError(f"unknown name {name}")
        found = found[part]
    return found


def fill(text: str, facts: Facts) -> str:
    """The text with its facts. Raises LayoutError for a name that is not there, or is no text."""

    def _fact(name: str) -> str:
        found = look(facts, name)
        if not isinstance(found, str):
            raise LayoutError(f"{name} is no text")
        return found

    return NAME.sub(lambda found: _fact(found[1]), text) if "{" in text else text


def rows(name: str, facts: Facts) -> list[Facts]:
    """The rows of a list. Raises LayoutError for a name that is not there, or is no list of rows."""
    found = look(facts, name)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise LayoutError(f"{name} is no list of rows")
    return found


def holds(name: str, facts: Facts) -> bool:
    """Whether the fact says anything; of «!name» whether it says nothing. Raises LayoutError for an unknown one."""
    return bool(look(facts, name.lstrip("!"))) != name.startswith("!")


def is_printed(block: Block, facts: Facts, blank: bool) -> bool:
    """Whether the block is printed at all. Raises LayoutError for an unknown `when`."""
    if blank:
        return block.in_blank
    return not block.when or holds(block.when, facts)


def finish(layout: Layout, facts: Facts, blank: bool = False) -> list[Finished]:
    """The blocks as they are drawn. Raises LayoutError for a name that is not there.

    Lines to sign that follow each other are one block, however many said them: they stay on one page.
    """
    found: list[Finished] = []
    for one in _finished(layout.blocks, facts, blank):
        if one["kind"] == "signatures" and found and found[-1]["kind"] == "signatures":
            found[-1]["lines"] += one["lines"]
        else:
            found.append(one)
    return found


def _finished(blocks: tuple[Block, ...], facts: Facts, blank: bool) -> Iterator[Finished]:
    for block in blocks:
        if is_printed(block, facts, blank):
            if isinstance(block, Each):
                for row in rows(block.each, facts):
                    yield from _finished(block.blocks, facts | {"row": row}, blank)
            else:
                yield _one(block, facts, blank)


def _one(block: Block, facts: Facts, blank: bool) -> Finished:
    match block:
        case Paragraph():
            text = fill(block.paragraph, facts)
            return {"kind": "paragraph", "text": text, "align": block.align, "bold": block.bold}
        case Section():
            return {"kind": "section", "text": fill(block.section, facts)}
        case Field():
            value = fill(block.value, facts)
            by_hand = not block.value or (blank and (not value or LINE in value))
            lines = block.lines if by_hand else 0
            return {
                "kind": "field",
                "label": fill(block.field, facts),
                "value": "" if lines else value,
                "lines": lines,
            }
        case Table():
            return _table(block, facts, blank)
        case Items():
            return _items(block, facts, blank)
        case Signatures():
            lines_ = [{"who": fill(s.who, facts), "name": _name(s.name, facts)} for s in block.signatures]
            return {"kind": "signatures", "lines": lines_}
        case Qr():
            return {"kind": "qr", "caption": block.caption}
        case PageBreak():
            return {"kind": "page_break"}
    raise TypeError(block)


def _name(text: str, facts: Facts) -> str:
    """The name beside a line; in a blank it is written by hand."""
    return fill(text, facts).replace(LINE, "")


def _table(block: Table, facts: Facts, blank: bool) -> Finished:
    found = [facts | {"row": row} for row in rows(block.table, facts)]
    return {
        "kind": "table",
        "widths": [column.width for column in block.columns],
        "aligns": [column.align for column in block.columns],
        "head": [fill(column.head, facts) for column in block.columns],
        "rows": [[_cell(column, row, blank) for column in block.columns] for row in found],
        "empty": "" if found else block.empty,
        "tall": blank,
        "by_hand": [not column.value for column in block.columns],
    }


def _cell(column: Column, facts: Facts, blank: bool) -> str:
    """A cell's text; of an empty row of a blank only what is the same in each of them."""
    asked = [look(facts, name) for name in names(column.value) if name.startswith("row.")]
    return "" if blank and asked and not any(asked) else fill(column.value, facts)


def _items(block: Items, facts: Facts, blank: bool) -> Finished:
    found = [fill(block.text, facts | {"row": row}) for row in rows(block.items, facts)]
    return {
        "kind": "items",
        "rows": found,
        "bullet": block.bullet,
        "empty": "" if found else block.empty,
        "tall": blank,
    }


def check(layout: Layout, facts: Facts) -> None:
    """Whether the facts (a kind's sample) have all that the layout names. Raises LayoutError with name and place."""
    facts = sample_common() | facts
    _check(layout, "the title", lambda: fill(layout.title, facts))
    for key in layout.law:
        _check(layout, "law", lambda key=key: look(facts, f"law.{key}"))  # type: ignore[misc]
    for name in layout.keep:
        _check(layout, "keep", lambda name=name: look(facts, name))  # type: ignore[misc]
    _check_blocks(layout, layout.blocks, facts)


def _check_blocks(layout: Layout, blocks: tuple[Block, ...], facts: Facts) -> None:
    for block in blocks:
        if block.when:
            _check(layout, f"{block.place}: when", lambda b=block: look(facts, b.when.lstrip("!")))  # type: ignore[misc]
        if isinstance(block, Each):
            for row in _sample_rows(layout, block, block.each, facts):
                _check_blocks(layout, block.blocks, facts | {"row": row})
            continue
        if isinstance(block, (Table, Items)):
            _sample_rows(layout, block, block.table if isinstance(block, Table) else block.items, facts)
        _check(layout, block.place, lambda b=block: _one(b, facts, False))  # type: ignore[misc]


def _sample_rows(layout: Layout, block: Block, name: str, facts: Facts) -> list[Facts]:
    found: list[Facts] = _check(layout, block.place, lambda: rows(name, facts))
    if not found:
        raise LayoutError(f"{layout.code}.toml: {block.place}: {name} has no row to check the names by")
    return found


def _check(layout: Layout, place: str, look_up: Any) -> Any:
    try:
        return look_up()
    except LayoutError as wrong:
        raise LayoutError(f"{layout.code}.toml: {place}: {wrong}") from None


def emptied(layout: Layout, facts: Facts) -> Facts:
    """The same names for a paper that is filled in by hand: lines for texts, empty rows for tables.

    What the center says of itself, the law, and what the layout keeps stay as they are.
    """
    blank = _Blank(layout, facts)
    own = sample_common()
    found = {name: value if name in own else blank.emptied(value, name) for name, value in facts.items()}
    return found | {"today": dict.fromkeys(facts.get("today", {}), LINE)}


class _Blank:
    """How many rows each list of a blank has, what stands in them, and what is printed nevertheless."""

    def __init__(self, layout: Layout, facts: Facts) -> None:
        self.kept = {name: look(facts, name) for name in layout.keep}
        self.lists: dict[str, tuple[int, str, list[str]]] = {}
        for block, _inside in layout.walk():
            if isinstance(block, Table):
                asked = [name for column in block.columns for name in names(column.value)]
                self.lists[block.table] = (block.blank_rows, "", asked)
            elif isinstance(block, Items):
                self.lists[block.items] = (block.blank_rows, LINE * 3, names(block.text))
            elif isinstance(block, Each):
                self.lists[block.each] = (block.blank_rows, LINE, [])

    def emptied(self, value: Any, name: str, line: str = LINE) -> Any:
        """A line for a text, empty rows for a list, the same of all that is inside."""
        if name in self.kept:
            return self.kept[name]
        if isinstance(value, dict):
            return {key: self.emptied(one, f"{name}.{key}", line) for key, one in value.items()}
        if isinstance(value, list):
            count, inner, asked = self.lists.get(name, (1, LINE, []))
            shape = value[0] if value else {one.removeprefix("row."): "" for one in asked}
            return [self.emptied(shape, "row", inner) for _ in range(count)]
        return line
