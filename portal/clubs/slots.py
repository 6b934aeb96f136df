"""The two places of a week (R14): which are free as read now; unique indexes judge who gets one."""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from portal.clubs.models import Booking, ClubSession
from portal.db import db, look_again, refused_by
from portal.rules import N_, RuleBroken
from portal.rules.weekly_limit import (
    WEEKLY_LIMIT,
    check_club_limit,
    check_weekly_limit,
    free_slot,
    next_free_week,
    week_of,
)

TRIES = 5
T = TypeVar("T")
Held = tuple[date, int]  # week, slot


def taken() -> RuleBroken:
    """Another click was quicker."""
    return RuleBroken("slot_taken", N_("Somebody has just taken this place. Look again and try once more."))


def retried(action: Callable[[], T]) -> T:
    """Do the action; when another click took the slot it had chosen, look again and choose anew.

    Raises slot_taken only when that goes on happening; when no place is left, the rule says so.
    """
    for left in reversed(range(TRIES)):
        look_again()
        try:
            return action()
        except RuleBroken as broken:
            if broken.code != "slot_taken" or not left:
                raise
    raise taken()


def club_slot(club_id: int, day: date) -> int:
    """A free slot of the club in the week of `day`. Raises club_weekly_limit."""
    rows = _of_club(club_id, day)
    check_club_limit(day, _weeks(rows))
    return _free(rows, day)


def recipient_slot(member_id: int, day: date) -> int:
    """A free slot of the recipient in the week of `day`, over all clubs. Raises weekly_limit."""
    rows = _of_recipients([member_id], day)[member_id]
    check_weekly_limit(day, _weeks(rows))
    return _free(rows, day)


def slots_to_move(
    session_id: int, club_id: int, member_ids: Collection[int], day: date
) -> tuple[int, dict[int, int], date]:
    """The slots that a session and each of those booked would take in another week, that of `day`; 3 for whom none is
    left. And the nearest week that would do for all of them. Raises club_weekly_limit.
    """
    club, held = _of_club(club_id, day, session_id), _of_recipients(member_ids, day, session_id)
    weeks = [_weeks(rows) for rows in held.values()]
    check_club_limit(day, _weeks(club), weeks)
    places = {member_id: _free(rows, day) for member_id, rows in held.items()}
    return _free(club, day), places, next_free_week(day, _weeks(club), *weeks)


def _of_club(club_id: int, day: date, besides: int = 0) -> list[Held]:
    """What the club holds from the week of `day` on, but for one session."""
    query = select(ClubSession.week, ClubSession.slot).where(
        ClubSession.club_id == club_id, ClubSession.week >= week_of(day), ClubSession.slot.is_not(None)
    )
    rows = db.session.execute(query.where(ClubSession.id != besides))
    return [(week, slot or 0) for week, slot in rows]


def _of_recipients(member_ids: Collection[int], day: date, besides: int = 0) -> dict[int, list[Held]]:
    """What each recipient holds from the week of `day` on, but for one session."""
    query = select(Booking.member_id, Booking.week, Booking.slot).where(
        Booking.member_id.in_(member_ids), Booking.week >= week_of(day), Booking.slot.is_not(None)
    )
    held: dict[int, list[Held]] = {member_id: [] for member_id in member_ids}
    for member_id, week, slot in db.session.execute(query.where(Booking.session_id != besides)):
        held[member_id].append((week, slot or 0))
    return held


def _weeks(rows: Iterable[Held]) -> list[date]:
    return [week for week, _slot in rows]


def _free(rows: Iterable[Held], day: date) -> int:
    return free_slot(slot for week, slot in rows if week == week_of(day))


def is_none(slot: int) -> bool:
    """Whether the slot means that no place is left."""
    return slot > WEEKLY_LIMIT


def judged_club() -> AbstractContextManager[None]:
    """The database refuses a slot of the club that is taken: slot_taken."""
    return refused_by("uq_club_sessions_club_id_week_slot", taken())


def judged_recipient() -> AbstractContextManager[None]:
    """The database refuses a slot of the recipient that is taken: slot_taken."""
    return refused_by("uq_bookings_member_id_week_slot", taken())
