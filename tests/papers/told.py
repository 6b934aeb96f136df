"""What papers say: their facts as the maker asks for them, and all that stands on one."""

from collections.abc import Iterator
from typing import Any

from portal.db import db
from portal.i18n import speaking
from portal.papers import filling, layouts, making
from portal.papers.catalog import KINDS
from portal.papers.kind import Facts


def facts_of(code: str, object_id: int) -> Facts:
    """What the paper says, as the maker asks for it."""
    db.session.rollback()
    with speaking("ru"):
        return KINDS[code].facts(object_id)


def shape(value: Any) -> Any:
    """The names of facts, nested; of a list those of its first row."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    return type(value)


def texts(value: Any) -> Iterator[str]:
    """All texts of facts or of finished blocks."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def printed(code: str, object_id: int) -> str:
    """All that stands on the paper, block by block."""
    layout, facts = layouts.read(code), facts_of(code, object_id)
    with speaking("ru"):
        facts |= making.common()
    blocks = filling.finish(layout, facts)
    return "\n".join([filling.fill(layout.title, facts), *texts(blocks)])
