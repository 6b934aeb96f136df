"""Services of sessions and the state information system: what is not yet entered there, what was, and when (R16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select

from portal.access import LARGEST_ID, Permission, may
from portal.clubs.models import Club, ClubSession
from portal.db import db
from portal.families.models import Family
from portal.journal.models import JournalEntry, StateSystemMark
from portal.journal.queries import RECIPIENT, listed, written_by
from portal.journal.sessions import SERVED
from portal.rules.journal import Month, State

SHOWN = 200
GIVEN = JournalEntry.state.in_((State.SUBMITTED, State.CHECKED))


@dataclass(frozen=True)
class Asked:
    """Which services are asked for: entered already or not yet, of which month of service, club or session."""

    entered: bool = False
    month: Month | None = None
    club_id: int | None = None
    session_id: int | None = None


def services(user: Any, asked: Asked, most: int) -> list[Row[Any]]:
    """The first of the services, by day, club and name: all of them for the head, for others their own."""
    columns = (ClubSession.topic, ClubSession.starts_at, RECIPIENT.birth_date, StateSystemMark.entered_on)
    query = _asked(user, asked, listed(*columns))
    order = (JournalEntry.day, Club.name, JournalEntry.session_id, Family.sort_name, JournalEntry.id)
    return list(db.session.execute(query.order_by(*order).limit(most)))


def counted(user: Any, asked: Asked) -> int:
    """How many there are."""
    query = _asked(user, asked, listed()).with_only_columns(func.count())
    return db.session.scalar(query) or 0


def own_waiting(user: Any) -> int:
    """How many services that the user has given are not entered yet."""
    query = select(func.count()).select_from(JournalEntry)
    query = query.outerjoin(StateSystemMark, StateSystemMark.entry_id == JournalEntry.id)
    query = query.where(JournalEntry.worker_id == user.id, JournalEntry.session_id.is_not(None))
    return db.session.scalar(query.where(GIVEN, *SERVED, StateSystemMark.entry_id.is_(None))) or 0


def clubs(user: Any) -> list[Row[Any]]:
    """(id, name) of the clubs that have services in the journal, by name."""
    has = select(ClubSession.club_id).where(ClubSession.status.in_(("held", "summed_up")))
    if not may(user, Permission.JOURNAL_CHECK):
        own = select(JournalEntry.session_id).where(JournalEntry.worker_id == user.id)
        has = has.where(ClubSession.id.in_(own))
    query = select(Club.id, Club.name).where(Club.id.in_(has))
    return list(db.session.execute(query.order_by(Club.name, Club.id)))


def own_ids(user: Any, ids: list[int]) -> list[int]:
    """Those of the entries that are the user's to mark."""
    ids = [one for one in ids if one <= LARGEST_ID]
    query = _within(user, listed()).where(JournalEntry.id.in_(ids))
    return [row.id for row in db.session.execute(query)]


def get_service(user: Any, service_id: int) -> JournalEntry | None:
    """A service that is the user's to mark, else None."""
    return db.session.get(JournalEntry, service_id) if own_ids(user, [service_id]) else None


def mark_of(entry: JournalEntry) -> date | None:
    """The day the service was entered into the state information system; a correction is of the same service."""
    query = select(StateSystemMark.entered_on).join(JournalEntry, JournalEntry.id == StateSystemMark.entry_id)
    here = (JournalEntry.session_id == entry.session_id, JournalEntry.member_id == entry.member_id)
    return db.session.scalar(query.where(*here, *SERVED))


def marked_of(session_ids: Iterable[int]) -> dict[int, int]:
    """How many services of each session are entered into the state information system."""
    ids = list(session_ids)
    query: Any = select(JournalEntry.session_id, func.count())
    query = query.join(StateSystemMark, StateSystemMark.entry_id == JournalEntry.id)
    query = query.where(JournalEntry.session_id.in_(ids), *SERVED).group_by(JournalEntry.session_id)
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in db.session.execute(query)}


def _within(user: Any, query: Select[Any]) -> Select[Any]:
    query = query.where(JournalEntry.session_id.is_not(None), *SERVED)
    return query if may(user, Permission.JOURNAL_CHECK) else query.where(written_by(user))


def _asked(user: Any, asked: Asked, query: Select[Any]) -> Select[Any]:
    query = query.outerjoin(StateSystemMark, StateSystemMark.entry_id == JournalEntry.id)
    if asked.entered:
        query = _within(user, query).where(StateSystemMark.entry_id.is_not(None))
    else:
        query = _within(user, query).where(GIVEN, StateSystemMark.entry_id.is_(None))
    if asked.month:
        first = date(*asked.month, 1)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        query = query.where(JournalEntry.day >= first, JournalEntry.day < following)
    if asked.session_id:
        query = query.where(JournalEntry.session_id == asked.session_id)
    return query.where(Club.id == asked.club_id) if asked.club_id else query
