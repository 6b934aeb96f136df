"""An import is taken back, whole, while nothing was built on it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs.models import Booking, ClubSession
from portal.contacts import standing
from portal.contacts.models import Contact
from portal.db import Base, atomic, db
from portal.exchange import tracks
from portal.exchange.models import Import, ImportRow
from portal.journal.models import JournalPeriod
from portal.papers.catalog import KINDS as PAPERS
from portal.papers.models import Paper
from portal.rules import N_, RuleBroken
from portal.rules.sessions import OVER
from portal.rules.weekly_limit import WEEKLY_LIMIT, free_slot

CHANGED, GONE, CLOSED, NO_PLACE, MONTH = "changed", "gone", "closed", "no_place", "month"
_OF = {  # what kinds of papers are made of, by their table
    "contact": "contacts",
    "session": "club_sessions",
    "patronage": "patronages",
    "consent": "consents",
    "family": "families",
    "member": "family_members",
    "representative": "family_members",
}
_OWN = frozenset({"imports", "import_rows", "import_headings"})


@dataclass(frozen=True)
class Obstacle:
    """A row that cannot be taken back, and why: it was changed, or `by`, rows of another table, name it."""

    table: str
    row_id: int
    why: str
    by: str = ""


Made = Mapping[str, Mapping[int, Any]]


def made_by(import_id: int) -> dict[str, dict[int, Any]]:
    """What the import has made, by table and id."""
    found: dict[str, dict[int, Any]] = defaultdict(dict)
    columns = (ImportRow.table_name, ImportRow.row_id, ImportRow.line, ImportRow.digest, ImportRow.former)
    for row in db.session.execute(select(*columns).where(ImportRow.import_id == import_id)):
        found[row.table_name][row.row_id] = row
    return found


def in_the_way(import_id: int) -> list[Obstacle]:
    """What was built on the import since, each row once; nothing when it can be undone."""
    made, s = made_by(import_id), db.session()
    found: dict[tuple[str, int], Obstacle] = {}
    for walk in (_changed, _named, _papered, _locked, _held):
        for one in walk(s, made):
            found.setdefault((one.table, one.row_id), one)
    return list(found.values())


def _changed(s: Session, made: Made) -> Iterator[Obstacle]:
    for name, rows in made.items():
        now = tracks.digests(s, name, rows)
        for row_id, row in rows.items():
            if row_id not in now:
                yield Obstacle(name, row_id, GONE)
            elif now[row_id] != row.digest:
                yield Obstacle(name, row_id, CHANGED)


def _named(s: Session, made: Made) -> Iterator[Obstacle]:
    """Rows of others that name what was made; where a place was only marked, the place itself was there before."""
    for name, rows in made.items():
        ids = [row_id for row_id, row in rows.items() if not row.former]
        left_out = _OWN | {part for part, _ in (*tracks.PARTS.get(name, ()), *tracks.TRACES.get(name, ()))}
        for table, column in _references(name):
            if table.name not in left_out:
                yield from _of(s, made, name, ids, table, column)


def _of(
    s: Session, made: Made, name: str, ids: Sequence[int], table: Table, column: str
) -> Iterator[Obstacle]:
    own = made.get(table.name, {})
    columns = [table.c[column].label("named"), *([table.c.id.label("id")] if "id" in table.c else [])]
    for some in tracks.chunks(ids):
        for row in s.execute(select(*columns).where(table.c[column].in_(some))).mappings():
            part = any(table.name == p for parts in tracks.PARTS.values() for p, _ in parts)
            if row.get("id") not in own and not (part and _owner_is_ours(made, table)):
                yield Obstacle(name, row["named"], "named", table.name)


def _owner_is_ours(made: Made, table: Table) -> bool:
    """A part of a row that was made by the same import: a signature of a consent, a participant of a contact."""
    return any(
        table.name == part and made.get(owner) for owner, parts in tracks.PARTS.items() for part, _ in parts
    )


def _references(name: str) -> Iterator[tuple[Table, str]]:
    """The tables and columns that name rows of the table."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == name:
                yield table, key.parent.name


def _papered(s: Session, made: Made) -> Iterator[Obstacle]:
    """A paper that is registered names by its kind what it was made of; void ones are kept too."""
    for name, rows in made.items():
        kinds = [code for code, kind in PAPERS.items() if _OF.get(kind.of) == name]
        ids = [row_id for row_id, row in rows.items() if not row.former]
        for some in tracks.chunks(ids) if kinds else ():
            query = select(Paper.object_id).where(Paper.kind.in_(kinds), Paper.object_id.in_(some))
            for row_id in s.scalars(query.distinct()):
                yield Obstacle(name, row_id, "named", "papers")


def _locked(s: Session, made: Made) -> Iterator[Obstacle]:
    """What was done in a month stays once the journal of that month is closed."""
    months = s.execute(select(JournalPeriod.year, JournalPeriod.month))
    closed = {(row.year, row.month) for row in months}
    days = {
        "contacts": select(Contact.id, Contact.day),
        "club_sessions": select(ClubSession.id, ClubSession.day),
        "bookings": select(Booking.id, ClubSession.day).join(
            ClubSession, ClubSession.id == Booking.session_id
        ),
    }
    for name in made.keys() & days.keys() if closed else ():
        for some in tracks.chunks(made[name]):
            for row_id, day in s.execute(days[name].where(tracks.table_of(name).c.id.in_(some))):
                if (day.year, day.month) in closed:
                    yield Obstacle(name, row_id, MONTH)


def _held(s: Session, made: Made) -> Iterator[Obstacle]:
    """A mark stays when the session was closed since: the journal has it. So do places that are taken by now."""
    rows = made.get("bookings", {})
    brought = select(ImportRow.row_id).where(ImportRow.table_name == "club_sessions")
    for some in tracks.chunks(rows):
        query = select(Booking.id).join(ClubSession, ClubSession.id == Booking.session_id)
        closed = ClubSession.status.in_(OVER) & ClubSession.id.not_in(brought)
        for row_id in s.scalars(query.where(Booking.id.in_(some), closed)):
            yield Obstacle("bookings", row_id, CLOSED)
    freed = [row_id for row_id, row in rows.items() if row.former == "booked"]
    for row_id, slot in _slots(s, freed).items():
        if slot > WEEKLY_LIMIT:
            yield Obstacle("bookings", row_id, NO_PLACE)


def _slots(s: Session, ids: Sequence[int]) -> dict[int, int]:
    """For places that are to be booked again: the slot each keeps or gets."""
    found: dict[int, int] = {}
    for some in tracks.chunks(ids):
        rows = list(s.scalars(select(Booking).where(Booking.id.in_(some))))
        query = select(Booking.member_id, Booking.week, Booking.slot).where(
            Booking.member_id.in_({row.member_id for row in rows}), Booking.slot.is_not(None)
        )
        held: dict[tuple[int, Any], list[int]] = defaultdict(list)
        for member_id, week, slot in s.execute(query):
            held[member_id, week].append(slot or 0)
        for row in rows:
            slot = row.slot or free_slot(held[row.member_id, row.week])
            found[row.id] = slot
            held[row.member_id, row.week].append(slot)
    return found


def undo(import_id: int, actor_id: int) -> int:
    """Take back all that the import has made; gives how many rows. Raises import_built_on, undone_already, running."""
    with atomic() as s:
        row = s.get_one(Import, import_id, with_for_update=True, populate_existing=True)
        if row.state == "undone":
            raise RuleBroken("undone_already", N_("This import is undone already."))
        _hold(s, made_by(import_id))
        obstacles = in_the_way(import_id)
        if obstacles:
            message = N_("Something was built on this import, so it stays. The page says what.")
            raise RuleBroken("import_built_on", message, count=len(obstacles))
        made = made_by(import_id)
        ids = {name: sorted(rows) for name, rows in made.items()}
        touched = set(s.scalars(_patronages(ids.get("contacts", ()))))
        s.execute(
            delete(ImportRow).where(ImportRow.import_id == import_id, ImportRow.table_name != "bookings")
        )
        _take_back(s, made)
        s.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
        standing.refresh_several(s, touched)
        row = s.get_one(Import, import_id)
        row.state, row.undone_at, row.undone_by_id = "undone", clock.now(), actor_id
        audit.record(s, Event.IMPORT_UNDONE, actor_id, row, old={"rows": ids})
        return sum(map(len, ids.values()))


def _hold(s: Session, made: Made) -> None:
    """Nobody names these rows from now on: who would, waits, and finds them gone."""
    for name in sorted(made):
        held = tracks.table_of(name).c.id
        for some in tracks.chunks(made[name]):
            s.execute(select(held).where(held.in_(some)).order_by(held).with_for_update()).all()


def _patronages(contact_ids: Sequence[int]) -> Any:
    return select(Contact.patronage_id).where(Contact.id.in_(contact_ids)).distinct()


def _take_back(s: Session, made: Made) -> None:
    s.flush()
    for table in reversed(Base.metadata.sorted_tables):
        rows = made.get(table.name)
        if not rows:
            continue
        _mark_again(s, [row for row in rows.values() if row.former])
        ids = [row_id for row_id, row in rows.items() if not row.former]
        for some in tracks.chunks(ids):
            for part, owner in (*tracks.PARTS.get(table.name, ()), *tracks.TRACES.get(table.name, ())):
                s.execute(delete(tracks.table_of(part)).where(tracks.table_of(part).c[owner].in_(some)))
            s.execute(delete(table).where(table.c.id.in_(some)))
        if ids:
            tracks.use_up(s, table.name, max(ids))
    s.expire_all()


def _mark_again(s: Session, rows: Sequence[Any]) -> None:
    """Places that were there before get what they were."""
    slots = _slots(s, [row.row_id for row in rows if row.former == "booked"])
    for row in rows:
        values = {"status": row.former, "slot": slots.get(row.row_id), "marked_by_id": None}
        s.execute(update(Booking).where(Booking.id == row.row_id).values(**values))
