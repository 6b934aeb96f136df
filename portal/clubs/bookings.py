"""What changes bookings and attendance (R14): the recipient's place at a session and what became of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import slots
from portal.clubs.actions import check_recipient
from portal.clubs.models import Booking, ClubParticipant, ClubSession
from portal.clubs.planning import locked, short_names
from portal.db import atomic, db, refused_by
from portal.rules import N_, RuleBroken

CAME, EXCUSED, ABSENT = "came", "excused", "absent"
MARKS = (CAME, EXCUSED, ABSENT)


@dataclass
class Outcome:
    """Of whom it was done, and who was refused, with the rule that refused."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, RuleBroken] = field(default_factory=dict)


def book(session_id: int, member_ids: Iterable[int], actor_id: int) -> Outcome:
    """Book each recipient by itself: whoever can't be is told, the others are booked."""
    return _each(member_ids, lambda member_id: book_one(session_id, member_id, actor_id))


def book_one(session_id: int, member_id: int, actor_id: int) -> None:
    """Book one recipient; a cancelled booking lives again. R14: two services a week over all clubs.

    Raises RuleBroken: weekly_limit naming the nearest week with a place, already_booked, session_over,
    session_cancelled, not_participant, and what check_recipient raises.
    """
    slots.retried(lambda: _book_once(session_id, member_id, actor_id))


def _book_once(session_id: int, member_id: int, actor_id: int) -> None:
    session, known = _read(session_id, member_id)
    if known is not None and known.status != "cancelled":
        raise _already()
    slot = slots.recipient_slot(member_id, session.day)
    with atomic() as s:
        row = locked(s, session_id)
        if row.status == "held" or row.day < clock.today():
            raise RuleBroken("session_over", N_("This session is over: mark who came instead."))
        _check_same_week(row, session)
        _check_participant(s, row, member_id)
        booking = _booking(s, row, member_id, actor_id)
        if booking.status not in (None, "cancelled"):
            raise _already()
        _put(s, booking, "booked", slot)
        new = {"session_id": session_id, "member_id": member_id, "week": row.week, "slot": slot}
        audit.record(s, Event.BOOKED, actor_id, booking, new=new)


def cancel_booking(booking_id: int, actor_id: int) -> None:
    """Take the recipient off the session; the place of the week is given back."""
    with atomic() as s:
        booking = s.get_one(Booking, booking_id, with_for_update=True)
        if booking.status == "cancelled":
            raise RuleBroken("booking_cancelled", N_("This booking is cancelled already."))
        old = {"status": booking.status, "slot": booking.slot}
        booking.status, booking.slot = "cancelled", None
        audit.record(s, Event.BOOKING_CANCELLED, actor_id, booking, old=old)


def mark_attendance(session_id: int, marks: Mapping[int, str], actor_id: int) -> Outcome:
    """Mark each recipient came, excused or absent, from the day of the session on.

    «Came» takes a place of the week, the others give it back; whoever came unbooked is booked by it.
    Marks that say nothing new are left alone. Raises RuleBroken when the session can't be marked at all.
    """
    session = _session(session_id)
    if session.status == "cancelled":
        raise RuleBroken("session_cancelled", N_("This session is cancelled."))
    if session.day > clock.today():
        raise _too_early(session.day)
    return _each(marks, lambda member_id: mark_one(session_id, member_id, marks[member_id], actor_id))


def mark_one(session_id: int, member_id: int, mark: str, actor_id: int) -> None:
    """Mark one recipient. Raises RuleBroken: weekly_limit when no place of the week is left, not_booked."""
    if mark not in MARKS:
        raise RuleBroken("bad_mark", N_("There is no such mark."))
    slots.retried(lambda: _mark_once(session_id, member_id, mark, actor_id))


def _mark_once(session_id: int, member_id: int, mark: str, actor_id: int) -> None:
    session, known = _read(session_id, member_id)
    unbooked = known is None or known.status == "cancelled"
    if known is not None and known.status == mark:
        return
    if unbooked and mark != CAME:
        raise RuleBroken("not_booked", N_("This recipient was not booked: there is nothing to mark."))
    holds = known is not None and known.slot is not None
    slot = None if mark != CAME or holds else slots.recipient_slot(member_id, session.day)
    with atomic() as s:
        row = locked(s, session_id)
        _check_same_week(row, session)
        if unbooked:
            _check_participant(s, row, member_id)
        booking = _booking(s, row, member_id, actor_id)
        old = {"status": booking.status, "slot": booking.slot}
        if mark == CAME and booking.slot is None and slot is None:  # cancelled since we looked
            raise slots.taken()
        booking.marked_by_id = actor_id
        _put(s, booking, mark, (booking.slot or slot) if mark == CAME else None)
        new = {"session_id": session_id, "member_id": member_id, "status": mark, "slot": booking.slot}
        audit.record(s, Event.ATTENDANCE_MARKED, actor_id, booking, old=old, new=new)


def close_attendance(session_id: int, actor_id: int) -> None:
    """The session was held: everybody booked is marked and somebody came. Marks can be mended afterwards."""
    with atomic() as s:
        row = locked(s, session_id)
        if row.status == "held":
            raise RuleBroken("already_held", N_("This session is closed already."))
        if row.day > clock.today():
            raise _too_early(row.day)
        query = select(Booking.member_id, Booking.status).where(Booking.session_id == session_id)
        states = {row.member_id: row.status for row in s.execute(query)}
        waiting = {member_id for member_id, status in states.items() if status == "booked"}
        if waiting:
            raise RuleBroken(
                "unmarked",
                N_("Not everybody is marked yet: %(names)s."),
                names=", ".join(short_names(waiting)),
            )
        if CAME not in states.values():
            raise RuleBroken(
                "nobody_came",
                N_("Nobody is marked as having come. If the session did not take place, cancel it."),
            )
        row.status = "held"
        came = sum(status == CAME for status in states.values())
        new = {"status": "held", "came": came}
        audit.record(s, Event.SESSION_CHANGED, actor_id, row, old={"status": "planned"}, new=new)


def _each(member_ids: Iterable[int], action: Callable[[int], None]) -> Outcome:
    outcome = Outcome()
    for member_id in dict.fromkeys(member_ids):
        try:
            action(member_id)
            outcome.done.append(member_id)
        except RuleBroken as broken:
            outcome.refused[member_id] = broken
    return outcome


def _already() -> RuleBroken:
    return RuleBroken("already_booked", N_("This recipient is already on the list of the session."))


def _too_early(day: date) -> RuleBroken:
    message = N_("Attendance is marked from the day of the session on: %(day)s.")
    return RuleBroken("too_early", message, day=day)


def _session(session_id: int) -> Any:
    query = select(ClubSession.day, ClubSession.week, ClubSession.status)
    return db.session.execute(query.where(ClubSession.id == session_id)).one()


def _read(session_id: int, member_id: int) -> tuple[Any, Any]:
    """The session, and the recipient's booking of it, as they are before the transaction."""
    if not 0 < member_id < 2**31:
        raise RuleBroken("no_recipient", N_("There is no such recipient."))
    query = select(Booking.status, Booking.slot)
    query = query.where(Booking.session_id == session_id, Booking.member_id == member_id)
    return _session(session_id), db.session.execute(query).one_or_none()


def _check_same_week(row: ClubSession, read: Any) -> None:
    if row.week != read.week:  # moved since we looked: the slot was chosen for another week
        raise slots.taken()


def _check_participant(s: Session, session: ClubSession, member_id: int) -> None:
    member = check_recipient(s, member_id, session.day)
    query = select(ClubParticipant.id).where(
        ClubParticipant.club_id == session.club_id,
        ClubParticipant.member_id == member.id,
        ClubParticipant.left_on.is_(None),
    )
    if s.scalar(query) is None:
        message = N_("This recipient does not go to the club. Add them to its participants first.")
        raise RuleBroken("not_participant", message)


def _booking(s: Session, row: ClubSession, member_id: int, actor_id: int) -> Booking:
    """The recipient's booking of the session, locked, or a new one without a status."""
    query = select(Booking).where(Booking.session_id == row.id, Booking.member_id == member_id)
    found = s.scalar(query.with_for_update())
    return found or Booking(
        session_id=row.id, member_id=member_id, booked_by_id=actor_id, booked_at=clock.now(), week=row.week
    )


def _put(s: Session, booking: Booking, status: str, slot: int | None) -> None:
    with slots.judged_recipient(), refused_by("uq_bookings_session_id_member_id", _already()):
        booking.status, booking.slot = status, slot
        s.add(booking)
