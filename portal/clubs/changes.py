"""Sessions cancelled or moved: noted with those who had a place, whose specialists are told in My work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal import clock
from portal.access import LARGEST_ID
from portal.clubs import queries
from portal.clubs.models import Booking, Club, ClubSession
from portal.clubs.session_models import SessionChange, SessionChangeMember
from portal.db import db
from portal.rules.sessions import AHEAD

CANCELLED, MOVED = "cancelled", "moved"
TOLD_DAYS = 14  # an ordinary leave


def note(
    s: Session,
    row: ClubSession,
    kind: str,
    actor_id: int,
    member_ids: Iterable[int],
    old: tuple[date, time] | None = None,
) -> int:
    """Inside a transaction: the session was cancelled, or moved from its old day and time; gives the note's id."""
    day, starts_at = old or (row.day, row.starts_at)
    change = SessionChange(session_id=row.id, kind=kind, old_day=day, old_starts_at=starts_at)
    change.at, change.by_id = clock.now(), actor_id
    s.add(change)
    s.flush()
    rows = [{"change_id": change.id, "member_id": member_id} for member_id in sorted(set(member_ids))]
    if rows:
        s.execute(insert(SessionChangeMember), rows)
    return change.id


def note_cancelled(s: Session, session_ids: Iterable[int], actor_id: int) -> None:
    """Inside a transaction, before their places are given back: all these sessions are cancelled."""
    ids = list(session_ids)
    places: dict[int, list[int]] = {}
    query = select(Booking.session_id, Booking.member_id).where(Booking.session_id.in_(ids))
    for session_id, member_id in s.execute(query.where(Booking.slot.is_not(None))):
        places.setdefault(session_id, []).append(member_id)
    for row in s.scalars(select(ClubSession).where(ClubSession.id.in_(ids))):
        note(s, row, CANCELLED, actor_id, places.get(row.id, ()))


def with_places(s: Session, session_id: int) -> list[int]:
    """Who has a place at the session now."""
    query = select(Booking.member_id).where(Booking.session_id == session_id, Booking.slot.is_not(None))
    return list(s.scalars(query))


@dataclass(frozen=True)
class Moved:
    """A move that can be undone: the session, and where it stood before."""

    session_id: int
    club: str
    day: date
    starts_at: time
    old_day: date
    old_starts_at: time


def undoable(user: Any, change_id: int | None) -> Moved | None:
    """The move of a session of one's own that has just been made; None when it was undone, or moved on since."""
    if not change_id or not 0 < change_id <= LARGEST_ID:
        return None
    query = (
        select(SessionChange, ClubSession, Club)
        .join(ClubSession, ClubSession.id == SessionChange.session_id)
        .join(Club, Club.id == ClubSession.club_id)
        .where(SessionChange.id == change_id, SessionChange.kind == MOVED)
    )
    row = db.session.execute(query).one_or_none()
    if row is None or row.SessionChange.by_id != user.id or not queries.owns(user, row.Club):
        return None
    change, session = row.SessionChange, row.ClubSession
    old = change.old_day, change.old_starts_at
    fresh = change.at >= clock.now() - timedelta(hours=1)
    if session.status not in AHEAD or not fresh or old == (session.day, session.starts_at):
        return None
    return Moved(session.id, row.Club.name, session.day, session.starts_at, *old)
