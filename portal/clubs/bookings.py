"""What changes bookings and attendance (R14): the recipient's place at a session and what became of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
from portal.journal.sessions import enter_session, void_entry
from portal.rules import N_, RuleBroken, sessions
from portal.rules.sessions import OVER

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
        if row.status in OVER or row.day < clock.today():
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
        if s.get_one(ClubSession, booking.session_id).status in OVER:
            raise RuleBroken("session_over", N_("This session was held: mend the mark in its attendance."))
        old = {"status": booking.status, "slot": booking.slot}
        booking.status, booking.slot = "cancelled", None
        audit.record(s, Event.BOOKING_CANCELLED, actor_id, booking, old=old)


def mark_attendance(session_id: int, marks: Mapping[int, str], actor_id: int, why: str = "") -> Outcome:
    """Mark each recipient came, excused or absent, from half an hour before the session on.

    «Came» takes a place of the week, the others give it back; whoever came unbooked is booked by it.
    Marks that say nothing new are left alone. Raises RuleBroken when the session can't be marked at all.
    """
    session = _session(session_id)
    sessions.check_not_cancelled(session.status)
    now = clock.wall()
    for mark in dict.fromkeys(marks.values()):
        sessions.check_mark(mark, session.day, session.starts_at, now)
    return _each(marks, lambda member_id: mark_one(session_id, member_id, marks[member_id], actor_id, why))


def mark_one(session_id: int, member_id: int, mark: str, actor_id: int, why: str = "") -> None:
    """Mark one recipient. After the session was held the journal follows: who did not come needs a `why`.

    Raises RuleBroken: weekly_limit when no place of the week is left, not_booked, no_reason, checked.
    """
    if mark not in MARKS:
        raise RuleBroken("bad_mark", N_("There is no such mark."))
    slots.retried(lambda: _mark_once(session_id, member_id, mark, actor_id, why))


def _mark_once(session_id: int, member_id: int, mark: str, actor_id: int, why: str) -> None:
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
            check_recipient(s, member_id, row.day)
        booking = _booking(s, row, member_id, actor_id)
        old = {"status": booking.status, "slot": booking.slot}
        if mark == CAME and booking.slot is None and slot is None:  # cancelled since we looked
            raise slots.taken()
        if row.status in OVER:
            sessions.check_mended(booking.status or "", mark, why)
        booking.marked_by_id = actor_id
        _put(s, booking, mark, (booking.slot or slot) if mark == CAME else None)
        if row.status in OVER:
            _mend_journal(s, row, member_id, str(old["status"]), mark, actor_id, why)
        new = {"session_id": session_id, "member_id": member_id, "status": mark, "slot": booking.slot}
        audit.record(s, Event.ATTENDANCE_MARKED, actor_id, booking, old=old, new=new)


def close_attendance(session_id: int, actor_id: int) -> int:
    """The session was held: everybody booked is marked, somebody came. Their services are entered in the journal.

    Gives how many came. Marks can be mended until the head has checked the service.
    Raises session_cancelled, already_held, not_begun, no_topic, unmarked, nobody_came.
    """
    with atomic() as s:
        row = s.get_one(ClubSession, session_id, with_for_update={"key_share": True})
        sessions.check_close(row.status, row.day, row.starts_at, clock.wall())
        sessions.check_topic(row.topic, row.goal)
        came, old = _who_came(s, session_id), row.status
        row.status = "held"
        enter_session(s, row, came, actor_id)
        new = {"status": "held", "came": len(came)}
        audit.record(s, Event.SESSION_CLOSED, actor_id, row, old={"status": old}, new=new)
        return len(came)


def _who_came(s: Session, session_id: int) -> list[int]:
    query = select(Booking.member_id, Booking.status).where(Booking.session_id == session_id)
    states = {row.member_id: row.status for row in s.execute(query.order_by(Booking.id))}
    waiting = {member_id for member_id, status in states.items() if status == "booked"}
    if waiting:
        raise RuleBroken(
            "unmarked",
            N_("Not everybody is marked yet: %(names)s."),
            names=", ".join(short_names(waiting)),
        )
    came = [member_id for member_id, status in states.items() if status == CAME]
    if not came:
        raise RuleBroken(
            "nobody_came",
            N_("Nobody is marked as having come. If the session did not take place, cancel it."),
        )
    return came


def opens_at(session: ClubSession) -> datetime:
    """From which moment on it is marked who came."""
    return sessions.opens_at(session.day, session.starts_at).replace(tzinfo=clock.zone())


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


def _checked() -> RuleBroken:
    return RuleBroken(
        "checked",
        N_("The head has checked this service: its mark stays. A mistake is mended in the journal."),
    )


def _session(session_id: int) -> Any:
    query = select(ClubSession.day, ClubSession.week, ClubSession.status, ClubSession.starts_at)
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


def _mend_journal(
    s: Session, row: ClubSession, member_id: int, was: str, mark: str, actor_id: int, why: str
) -> None:
    """A mark changed after the session was held: its service is entered, or taken out of the journal."""
    if mark == CAME:
        enter_session(s, row, [member_id], actor_id)
    elif was == CAME:
        void_entry(s, row.id, member_id, why)


def _booking(s: Session, row: ClubSession, member_id: int, actor_id: int) -> Booking:
    """The recipient's booking of the session, locked, or a new one without a status."""
    query = select(Booking).where(Booking.session_id == row.id, Booking.member_id == member_id)
    found = s.scalar(query.with_for_update())
    return found or Booking(
        session_id=row.id, member_id=member_id, booked_by_id=actor_id, booked_at=clock.now(), week=row.week
    )


def _put(s: Session, booking: Booking, status: str, slot: int | None) -> None:
    twice = refused_by("uq_bookings_session_id_member_id", _already())
    with slots.judged_recipient(), twice, refused_by("tr_bookings_checked", _checked()):
        booking.status, booking.slot = status, slot
        s.add(booking)
