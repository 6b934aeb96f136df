"""How many statements the database is asked."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import event

from portal.db import db


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """The statements executed inside the block, as a list that grows."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
