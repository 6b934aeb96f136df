"""Rows that must be provable: their values go, sealed with the instance's key, into the audit entry of each change.

What an action has touched is noted while it is flushed; `audit.record` takes the seals of those rows as they then
stand in the database. So no action has to list its rows, and no column is forgotten.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from flask import current_app
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    Table,
    Time,
    and_,
    event,
    inspect,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import ORMExecuteState, Session

from portal.db import Base

GONE = ""
CHUNK = 200


@dataclass(frozen=True)
class Sealed:
    """How the rows of a table are told apart in the log, what else names them, and what is left out."""

    key: tuple[str, ...] = ("id",)
    names: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()


OF_MEETING = Sealed(names=("meeting_id", "user_id"))
OF_ITEM = Sealed(names=("item_id", "user_id"))
# Left out: the counter by which open pages learn of a change; it grows by a statement of its own, and says nothing.
SEALED: Mapping[str, Sealed] = {
    "meetings": Sealed(free=frozenset({"version"})),
    "meeting_seats": Sealed(key=("meeting_id", "user_id")),
    "presence_marks": OF_MEETING,
    "items": Sealed(names=("meeting_id",)),
    "item_specialists": Sealed(key=("item_id", "user_id")),
    "item_papers": Sealed(names=("item_id",)),
    "recusals": OF_ITEM,
    "votes": OF_ITEM,
    "item_voters": Sealed(key=("item_id", "user_id")),
    "decisions": Sealed(key=("item_id",)),
    "dissents": OF_ITEM,
    "minutes": Sealed(key=("meeting_id",)),
    "minutes_signatures": OF_MEETING,
}
Key = tuple[Any, ...]


def mac(*parts: object) -> str:
    """The parts sealed with the key of the audit log: nobody makes it without the key, nobody reads them from it."""
    body = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(current_app.config["AUDIT_KEY"], body, hashlib.sha256).hexdigest()


def table_of(name: str) -> Table:
    """The table of the name."""
    return Base.metadata.tables[name]


def reading(table: Table, columns: Iterable[str] | None = None) -> Select[Any]:
    """A query of rows whose values are read as they are stored: what was spoiled must not stop the reading."""
    chosen = [table.columns[name] for name in columns or table.columns.keys()]
    return select(*(type_coerce(one, _raw(one)).label(one.name) for one in chosen))


def _raw(column: Column[Any]) -> Any:
    return String() if isinstance(column.type, (Date, DateTime, Time)) or _is_moment(column) else column.type


def _is_moment(column: Column[Any]) -> bool:
    return isinstance(getattr(column.type, "impl", None), DateTime)


def plain(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's values, alike on both databases: moments in UTC, days and times in ISO, yes and no as 1 and 0."""
    return {name: _plain(table.columns[name], value) for name, value in row.items()}


def _plain(column: Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, (String, Integer)):
        return value
    if isinstance(column.type, Boolean):
        return int(value)
    try:
        return _moment(column, value)
    except ValueError:
        return f"unreadable: {value}"


def _moment(column: Column[Any], value: Any) -> str:
    if isinstance(column.type, Date):
        return (date.fromisoformat(value) if isinstance(value, str) else value).isoformat()
    if isinstance(column.type, Time):
        return (time.fromisoformat(value) if isinstance(value, str) else value).isoformat()
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def seal_of(name: str, row: Mapping[str, Any]) -> str:
    """The seal of a row of the table as `reading` gives it. A column that holds nothing is as if it were not there,
    so that one added later breaks no seal."""
    values = plain(table_of(name), row)
    left = sorted((one, value) for one, value in values.items() if value is not None)
    return mac("row", name, [pair for pair in left if pair[0] not in SEALED[name].free])[:32]


def key_of(name: str, row: Mapping[str, Any]) -> str:
    """By what the log knows the row: "17", "3.5"."""
    return ".".join(str(row[one]) for one in SEALED[name].key)


def note_of(name: str, row: Mapping[str, Any]) -> list[Any]:
    """What an entry keeps of the row: its seal, and the numbers that name it when it is gone."""
    return [seal_of(name, row), *(row[one] for one in SEALED[name].names)]


def take(session: Session) -> dict[str, dict[str, list[Any]]]:
    """The notes of the rows touched since the last entry, by table and key; of a row that is gone, no seal."""
    touched: dict[str, set[Key]] = session.info.pop("touched", {})
    found: dict[str, dict[str, list[Any]]] = {}
    for name in sorted(touched):
        notes: dict[str, list[Any]] = {".".join(map(str, key)): [GONE] for key in sorted(touched[name])}
        for row in _stored(session, name, sorted(touched[name])):
            notes[key_of(name, row)] = note_of(name, row)
        found[name] = notes
    return found


def _stored(session: Session, name: str, keys: list[Key]) -> Iterator[Mapping[str, Any]]:
    table, columns = table_of(name), SEALED[name].key
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        if len(columns) == 1:
            here: ColumnElement[bool] = table.columns[columns[0]].in_([key[0] for key in some])
        else:
            here = or_(*(_is(table, columns, key) for key in some))
        yield from (dict(row) for row in session.execute(reading(table).where(here)).mappings())


def _is(table: Table, columns: tuple[str, ...], key: Key) -> Any:
    return and_(*(table.columns[name] == value for name, value in zip(columns, key, strict=True)))


def _touch(session: Session, name: str, keys: Iterable[Key]) -> None:
    session.info.setdefault("touched", {}).setdefault(name, set()).update(keys)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    """Note the rows that an action has written or taken away."""
    if not session.info.get("atomic"):
        return
    for rows in (session.new, session.deleted, (row for row in session.dirty if session.is_modified(row))):
        for row in rows:
            name = row.__tablename__
            if name in SEALED:
                _touch(session, name, _keys(row, SEALED[name].key))


def _keys(row: Any, columns: tuple[str, ...]) -> list[Key]:
    """The row's key as it is now, and as it was before this change."""
    state, keys = inspect(row), [tuple(getattr(row, name) for name in columns)]
    before = [state.attrs[name].history.deleted for name in columns]
    if any(before):
        keys.append(tuple(old[0] if old else now for old, now in zip(before, keys[0], strict=True)))
    return keys


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    """The same for statements that change rows by a condition, and for rows written in one statement."""
    if not (state.is_insert or state.is_update or state.is_delete) or not state.session.info.get("atomic"):
        return
    statement: Any = state.statement
    name = getattr(statement.table, "name", "")
    if name not in SEALED:
        return
    if state.is_insert:
        _touch(state.session, name, _inserted(state, name))
    elif not _only_free(statement, name):
        keys = [table_of(name).columns[one] for one in SEALED[name].key]
        meant = select(*keys).where(*statement._where_criteria)
        _touch(state.session, name, [tuple(row) for row in state.session.execute(meant)])


def _inserted(state: ORMExecuteState, name: str) -> list[Key]:
    statement: Any = state.statement
    given: Any = state.parameters or statement.compile().params
    try:
        return [
            tuple(row[one] for one in SEALED[name].key)
            for row in (given if isinstance(given, list) else [given])
        ]
    except KeyError:
        raise RuntimeError(f"add rows of {name} to the session: their keys are needed for the log") from None


def _only_free(statement: Any, name: str) -> bool:
    values = getattr(statement, "_values", None) or {}
    return bool(values) and {getattr(one, "name", one) for one in values} <= SEALED[name].free
