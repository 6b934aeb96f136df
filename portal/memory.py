"""What was read or drawn before, kept for as long as it is true, by each process for itself."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from flask import Flask, current_app, g
from markupsafe import Markup

from portal.db import db

T = TypeVar("T")
MOST_KEPT = 2_000
MOST_DRAWN = 4_000_000  # characters
_drawn: dict[tuple[Any, ...], Markup] = {}
_size = 0


def init_app(app: Flask) -> None:
    """Give templates what they draw again and again."""
    forget(app)
    app.jinja_env.globals.update(remembered=remembered, each=each)


def forget(app: Flask) -> None:
    """Read and draw everything anew."""
    app.extensions["memory"] = {}
    _drawn.clear()
    global _size
    _size = 0
    if g:
        g.pop("kept", None)


def unchanged(key: tuple[Any, ...], read: Callable[[], T]) -> T:
    """What `read()` gives, kept until anybody changes anything in the data.

    Every change appends to the audit log in its own transaction, so the log's end tells whether there was one.
    Inside of atomic() it is read anew, where nobody is signed in once a request. The value is shared: never change it.
    """
    if db.session().info.get("atomic"):
        return read()
    version = g.get("version")
    kept: dict[Any, tuple[str | None, Any]] = (
        g.setdefault("kept", {}) if version is None else current_app.extensions["memory"]
    )
    found = kept.get(key)
    if found is None or found[0] != version:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[key] = version, read()
    value: T = found[1]
    return value


def remembered(*key: Any, caller: Callable[[], Markup]) -> Markup:
    """What a template drew of exactly these values before."""
    return _once(key, caller)


def each(draw: Callable[[Any], Markup], rows: Iterable[Any], *key: Any) -> Markup:
    """All rows drawn by the macro, those drawn before from memory; the key says on what else it looks."""
    drawn = [_drawn.get((*key, *row)) or _once((*key, *row), partial(draw, row)) for row in rows]
    return Markup("".join(drawn))  # noqa: S704 - each is drawn by a template


def _once(key: tuple[Any, ...], draw: Callable[[], Markup]) -> Markup:
    global _size
    found = _drawn.get(key)
    if found is None:
        found = draw()
        size = len(found) + sum(len(part) for part in key if isinstance(part, str))
        if size > MOST_DRAWN:
            return found
        if _size + size > MOST_DRAWN:
            _drawn.clear()
            _size = 0
        _drawn[key] = found
        _size += size
    return found
