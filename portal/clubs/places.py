"""A recipient's place at a session: what booking and marking have in common."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.clubs import slots
from portal.clubs.models import Booking, ClubSession
from portal.db import db, refused_by
from portal.rules import N_, RuleBroken


@dataclass
class Outcome:
    """Of whom it was done, and who was refused, with the rule that refused."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, RuleBroken] = field(default_factory=dict)


def seen(session_id: int) -> Any:
    """What decides about places and marks of the session, as read before the transaction."""
    query = select(ClubSession.day, ClubSession.week, ClubSession.status, ClubSession.starts_at)
    return db.session.execute(query.where(ClubSession.id == session_id)).one()


def possible(member_id: int) -> int:
    """The number of a recipient, if it can be one. Raises no_recipient."""
    if not 0 < member_id < 2**31:
        raise RuleBroken("no_recipient", N_("There is no such recipient."))
    return member_id


def check_same_week(row: ClubSession, read: Any) -> None:
    """Inside a transaction: the session stands in the week for which the place was chosen. Raises slot_taken."""
    if row.week != read.week:  # moved since we looked: the slot was chosen for another week
        raise slots.taken()


def booking_of(s: Session, row: ClubSession, member_id: int, actor_id: int) -> Booking:
    """The recipient's booking of the session, locked, or a new one without a status."""
    query = select(Booking).where(Booking.session_id == row.id, Booking.member_id == member_id)
    found = s.scalar(query.with_for_update())
    return found or Booking(
        session_id=row.id, member_id=member_id, booked_by_id=actor_id, booked_at=clock.now(), week=row.week
    )


def put(s: Session, booking: Booking, status: str, slot: int | None) -> None:
    """Inside a transaction: the state and place of a booking; the database judges them. Raises slot_taken, …"""
    twice = refused_by("uq_bookings_session_id_member_id", already())
    with slots.judged_recipient(), twice, refused_by("tr_bookings_checked", _checked()):
        booking.status, booking.slot = status, slot
        s.add(booking)


def already() -> RuleBroken:
    """The recipient is on the list already."""
    return RuleBroken("already_booked", N_("This recipient is already on the list of the session."))


def _checked() -> RuleBroken:
    return RuleBroken(
        "checked",
        N_("The head has checked this service: its mark stays. A mistake is mended in the journal."),
    )
