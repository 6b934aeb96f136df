"""The audit log: a chain of entries sealed with the instance's key, written in the transaction of the change."""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import clock, seals
from portal.db import Model, Moment, db, technical
from portal.events import Event as Event  # given on: whoever records names an event

FIRST = "0" * 64


class AuditEntry(Model):
    """One link of the chain."""

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None]
    event: Mapped[str] = mapped_column(String(60), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    data: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_entries_kind_object_id", "kind", "object_id"),)


class AuditHead(Model):
    """The sealed end of the chain, so that a tail cut off is missed."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class FamilyLook(Model):
    """Who looked at which family, and when (R20)."""

    __tablename__ = "family_looks"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(index=True)  # no reference: looks outlast an import that is undone
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    page: Mapped[str] = mapped_column(String(60))


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not go into the audit log")


def _hash(row: Mapping[str, Any]) -> str:
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    fields = ("id", "actor_id", "event", "kind", "object_id", "data", "previous")
    return seals.mac(at, *(row[name] for name in fields))


def record(
    session: Session,
    event: Event,
    actor_id: int | None,
    obj: Any,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> str:
    """Append an entry about `obj` (a row with an id) in the session's transaction; gives its hash.

    The seals of the rows touched since the last entry go into it by themselves, as `rows`.
    """
    session.flush()
    session.info["recorded"] = session.info.get("recorded", 0) + 1
    head = session.get(AuditHead, 1, populate_existing=True)
    changes: dict[str, Any] = {"old": dict(old or {}), "new": dict(new or {})}
    if rows := seals.take(session):
        changes["rows"] = rows
    row: dict[str, Any] = {
        "id": head.last_id + 1 if head else 1,
        "at": clock.now(),
        "actor_id": actor_id,
        "event": event.value,
        "kind": obj.__tablename__,
        "object_id": getattr(obj, "id", None),
        "data": json.dumps(changes, ensure_ascii=False, sort_keys=True, default=_plain),
        "previous": head.hash if head else FIRST,
    }
    row["hash"] = _hash(row)
    session.execute(insert(AuditEntry).values(row))
    if head is None:
        head = AuditHead(id=1)
        session.add(head)
    head.last_id, head.hash, head.seal = row["id"], row["hash"], seals.mac("head", row["id"], row["hash"])
    session.flush()
    return str(row["hash"])


class Link(NamedTuple):
    """Up to where the chain is whole: number and hash of its last whole entry."""

    id: int
    hash: str


START = Link(0, FIRST)


def verify(seen: Callable[[Mapping[str, Any]], None] | None = None) -> tuple[int, str | None]:
    """Walk the chain to its end: how many entries are whole, and the first fault in words, or None.

    `seen` is called with each entry that is whole, in their order.
    """
    link, fault = walk(seen=seen)
    return link.id, fault or end_fault(link)


def walk(
    link: Link = START, until: int | None = None, seen: Callable[[Mapping[str, Any]], None] | None = None
) -> tuple[Link, str | None]:
    """Walk the chain from behind a whole entry, `until` another one: up to where it is whole, and the first fault.

    A few rows at a time are in the memory, however long the chain is.
    """
    query = reading().order_by(AuditEntry.id)
    if link != START:  # else also what somebody has numbered below the first
        query = query.where(AuditEntry.id > link.id)
    if until is not None:
        query = query.where(AuditEntry.id <= until)
    rows = db.session.execute(query.execution_options(yield_per=1000))
    for found in rows.mappings():
        row = dict(found)
        if fault := _link_fault(row, link):
            return link, fault
        link = Link(row["id"], row["hash"])
        if seen:
            seen(row)
    return link, None


def _link_fault(row: Mapping[str, Any], link: Link) -> str | None:
    """What is wrong with the entry behind this one."""
    if row["id"] != link.id + 1:
        return f"entry {link.id + 1} is missing (entry {row['id']} follows)"
    if row["previous"] != link.hash:
        return f"entry {row['id']} does not follow entry {link.id}"
    return None if genuine(row) else f"entry {row['id']} was changed"


def reading() -> Select[Any]:
    """A query of entries as they are stored: on SQLite the moment is a text, and may have been spoiled."""
    columns = {column.name: column for column in AuditEntry.__table__.columns}
    columns["at"] = type_coerce(columns["at"], String).label("at")
    return select(*columns.values())


def genuine(row: Mapping[str, Any]) -> bool:
    """Whether an entry as `reading` gives it was made with the instance's key and is as it was made."""
    try:
        return hmac.compare_digest(row["hash"], _hash({**row, "at": _moment(row["at"])}))
    except ValueError:
        return False


def moment_of(row: Mapping[str, Any]) -> datetime | None:
    """When an entry as `reading` gives it was made; None when that was spoiled."""
    try:
        return _moment(row["at"])
    except ValueError:
        return None


def _moment(stored: str | datetime) -> datetime:
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def end_fault(link: Link) -> str | None:
    """Whether the chain ends where its sealed head says, after its last entry."""
    last_id, last_hash = link
    head = db.session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        return "the head of the chain is missing" if last_id else "the log is empty"
    if not hmac.compare_digest(head.seal, seals.mac("head", head.last_id, head.hash)):
        return "the head of the chain was changed"
    if head.last_id > last_id:
        return f"entry {last_id + 1} is missing (the chain ends at entry {head.last_id})"
    if (head.last_id, head.hash) != (last_id, last_hash):
        return f"entry {last_id} was added after the end of the chain"
    return None


def look(user_id: int, family_id: int, page: str) -> None:
    """Note that the user saw content of the family (R20: every look is recorded)."""
    with technical() as session:
        session.add(FamilyLook(user_id=user_id, family_id=family_id, at=clock.now(), page=page))


def look_at_several(user_id: int, family_ids: Iterable[int], page: str) -> None:
    """The same for a page that shows content of several families, in one statement."""
    at = clock.now()
    rows = [{"user_id": user_id, "family_id": one, "at": at, "page": page} for one in sorted(set(family_ids))]
    if rows:
        with technical() as session:
            session.execute(insert(FamilyLook), rows)


def done_by(user_id: Any, model: Any, *events: Event) -> ColumnElement[bool]:
    """That the user has done one of these to the row of the model: a row forgets its earlier authors, the log none."""
    here = (AuditEntry.kind == model.__tablename__, AuditEntry.object_id == model.id)
    query = select(AuditEntry.id).where(*here, AuditEntry.event.in_(events), AuditEntry.actor_id == user_id)
    return query.correlate_except(AuditEntry).exists()


def count() -> int:
    """The number of entries."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
