"""A participant's places at all coming sessions of the club at once: for who joined after they were planned."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import slots, waiting
from portal.clubs.actions import going, open_club
from portal.clubs.models import Booking
from portal.clubs.recipients import check_recipient
from portal.db import atomic, db
from portal.rules import N_, RuleBroken
from portal.rules.weekly_limit import WEEKLY_LIMIT, week_of


def missing(club_id: int, member_ids: Iterable[int]) -> dict[int, int]:
    """By recipient: at how many coming sessions of the club they have no place though their week has room (R14)."""
    s, ids = db.session(), list(member_ids)
    sessions = waiting.coming(s, club_id)
    query = select(Booking.member_id, Booking.session_id, Booking.week, Booking.status, Booking.slot)
    query = query.where(Booking.member_id.in_(ids), Booking.week >= week_of(clock.today()))
    there: dict[int, set[int]] = {one: set() for one in ids}
    left: dict[int, dict[object, int]] = {one: {} for one in ids}
    for row in s.execute(query):
        if row.status != "cancelled":
            there[row.member_id].add(row.session_id)
        if row.slot is not None:
            left[row.member_id][row.week] = left[row.member_id].get(row.week, WEEKLY_LIMIT) - 1
    found = dict.fromkeys(ids, 0)
    for one in ids:
        for session in sessions:
            free = left[one].get(session.week, WEEKLY_LIMIT)
            if session.id not in there[one] and free > 0:
                left[one][session.week] = free - 1
                found[one] += 1
    return found


def book(club_id: int, member_id: int, actor_id: int) -> int:
    """Book a participant into the coming sessions of the club where their week has room; gives how many.

    Raises club_closed, not_participant, nothing_to_book, and what check_recipient raises.
    """
    return slots.retried(lambda: _book_once(club_id, member_id, actor_id))


def _book_once(club_id: int, member_id: int, actor_id: int) -> int:
    with atomic() as s:
        club = open_club(s, club_id)
        check_recipient(s, member_id, clock.today())
        return _book(s, club.id, member_id, actor_id)


def _book(s: Session, club_id: int, member_id: int, actor_id: int) -> int:
    row = s.scalar(going(club_id, member_id))
    if row is None:
        raise RuleBroken("not_participant", N_("This recipient does not go to the club."))
    done = waiting.book_coming(s, club_id, member_id, actor_id)
    if not done:
        raise RuleBroken(
            "nothing_to_book", N_("No coming session of the club has a place for this recipient.")
        )
    new = {"club_id": club_id, "member_id": member_id, "booked_in": done}
    audit.record(s, Event.PARTICIPANT_BOOKED, actor_id, row, new=new)
    return len(done)
