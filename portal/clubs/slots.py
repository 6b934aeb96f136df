"""The two places of a week (R14): which are free as read now; unique indexes judge who gets one."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from portal.clubs.models import Booking, ClubSession
from portal.db import db, look_again, refused_by
from portal.rules import N_, RuleBroken
from portal.rules.weekly_limit import WEEKLY_LIMIT, check_club_limit, check_weekly_limit, free_slot, week_of

TRIES = 5
T = TypeVar("T")


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
    query = select(ClubSession.week, ClubSession.slot).where(
        ClubSession.club_id == club_id,
        ClubSession.week >= week_of(day),
        ClubSession.slot.is_not(None),
    )
    rows = db.session.execute(query).all()
    check_club_limit(day, [week for week, _ in rows])
    return free_slot(slot or 0 for week, slot in rows if week == week_of(day))


def recipient_slot(member_id: int, day: date) -> int:
    """A free slot of the recipient in the week of `day`, over all clubs. Raises weekly_limit."""
    query = select(Booking.week, Booking.slot).where(
        Booking.member_id == member_id, Booking.week >= week_of(day), Booking.slot.is_not(None)
    )
    rows = db.session.execute(query).all()
    check_weekly_limit(day, [week for week, _ in rows])
    return free_slot(slot or 0 for week, slot in rows if week == week_of(day))


def recipient_slots(member_ids: Iterable[int], day: date) -> dict[int, int]:
    """A free slot of each recipient in the week of `day`; 3 for whom none is left."""
    ids = list(member_ids)
    query = select(Booking.member_id, Booking.slot).where(
        Booking.member_id.in_(ids), Booking.week == week_of(day), Booking.slot.is_not(None)
    )
    held: dict[int, list[int]] = {member_id: [] for member_id in ids}
    for member_id, slot in db.session.execute(query):
        held[member_id].append(slot or 0)
    return {member_id: free_slot(slots) for member_id, slots in held.items()}


def is_none(slot: int) -> bool:
    """Whether the slot means that no place is left."""
    return slot > WEEKLY_LIMIT


def judged_club() -> AbstractContextManager[None]:
    """The database refuses a slot of the club that is taken: slot_taken."""
    return refused_by("uq_club_sessions_club_id_week_slot", taken())


def judged_recipient() -> AbstractContextManager[None]:
    """The database refuses a slot of the recipient that is taken: slot_taken."""
    return refused_by("uq_bookings_member_id_week_slot", taken())
