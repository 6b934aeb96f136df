"""What both formats say of a paper besides its blocks: title, number, law, and the words beside the QR."""

from typing import Any

from portal.papers.filling import emptied, fill, look
from portal.papers.kind import Facts
from portal.papers.layouts import Layout, Qr, names
from portal.papers.text import bound, clean

ALT = "QR-код: адрес этой бумаги на портале"
CAPTION = "По этому коду на портале прикрепляют скан заполненного листа."

GROUND = "Основание:"
SIGNATURE, NAME = "(подпись)", "(расшифровка)"


def ready(layout: Layout, facts: Facts, blank: bool) -> Facts:
    """The facts as they are printed: cleaned, and emptied for a blank."""
    found: Facts = _bound(clean(facts))
    return emptied(layout, found) if blank else found


def _bound(value: Any, in_table: bool = False) -> Any:
    """No line ends between initials, nor after «№». Rows of lists stand in tables, whose columns are narrow."""
    if isinstance(value, str):
        return bound(value, in_table)
    if isinstance(value, dict):
        return {name: _bound(one, in_table) for name, one in value.items()}
    return [_bound(one, True) for one in value]


def number_line(facts: Facts) -> str:
    """«№ 12 от 22.11.2026», with lines for what the register has not given."""
    paper = facts["paper"]
    return f"№ {paper['number'] or '______'} от {paper['day'] or '______________'}"


def law_line(layout: Layout, facts: Facts) -> str:
    """The acts that the paper rests on."""
    acts = [look(facts, f"law.{key}") for key in layout.law]
    return f"{GROUND} {'; '.join(acts)}" if acts else ""


def is_kept(layout: Layout, text: str) -> bool:
    """Whether a blank prints this text too: it asks for nothing but what is known of every paper."""
    known = {"center", "paper", "law", "words"}
    return all(name in layout.keep or name.partition(".")[0] in known for name in names(text)) and bool(text)


def shows_qr(layout: Layout, blank: bool) -> bool:
    """Whether the paper has a QR at all."""
    return blank or any(isinstance(block, Qr) and block.qr for block, _inside in layout.walk())


def head(layout: Layout, facts: Facts) -> dict[str, Any]:
    """The upper part of a paper."""
    return {
        "title": fill(layout.title, facts).strip() or "—",  # readers of screens need one
        "author": facts["center"]["name"],
        "heading": facts["center"] if layout.heading else None,
        "number": number_line(facts) if layout.number else "",
        "law": law_line(layout, facts),
    }
