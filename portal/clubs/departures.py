"""What becomes of a family's places in clubs when its services stop or begin again, or somebody leaves it.

Inside the transactions that do so (R3).
"""

from datetime import date

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Event
from portal.clubs import waiting
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.recipients import in_care
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.rules.sessions import AHEAD


def call_off(s: Session, family_id: int, day: date, actor_id: int) -> int:
    """Inside a transaction: give back the places booked from the day on, but for the days of inpatient care.

    Gives how many.
    """
    members = _members(family_id)
    return _give_back(s, _ahead(members, day).where(~in_care(family_id, ClubSession.day)), actor_id)


def _ahead(members: Select[int], day: date) -> Select[Booking]:
    """The places that they have from the day on, at sessions that nobody has closed."""
    query = select(Booking).join(ClubSession, ClubSession.id == Booking.session_id)
    query = query.where(Booking.member_id.in_(members), Booking.status == "booked")
    return query.where(ClubSession.day >= day, ClubSession.status.in_(AHEAD))


def _give_back(s: Session, places: Select[Booking], actor_id: int) -> int:
    rows = s.scalars(places.order_by(Booking.id).with_for_update(of=Booking)).all()
    for row in rows:
        old = {"status": row.status, "slot": row.slot}
        row.status, row.slot = "cancelled", None
        audit.record(s, Event.BOOKING_CANCELLED, actor_id, row, old=old)
    return len(rows)


def leave(s: Session, family_id: int, day: date, actor_id: int) -> None:
    """Inside a transaction: the family goes to no club any more, unless a child is in inpatient care.

    Whoever waits first for a place moves up.
    """
    call_off(s, family_id, day, actor_id)
    if not s.scalar(select(in_care(family_id, day))):
        _leave_clubs(s, _members(family_id), day, actor_id)


def _leave_clubs(s: Session, members: Select[int], day: date, actor_id: int) -> None:
    here: ColumnElement[bool] = ClubParticipant.member_id.in_(members)
    going = select(ClubParticipant.club_id).where(here, ClubParticipant.left_on.is_(None))
    clubs = select(Club).where(Club.id.in_(going)).order_by(Club.id)
    freed = s.scalars(clubs.with_for_update(key_share=True)).all()
    s.execute(delete(ClubWaiting).where(ClubWaiting.member_id.in_(members)))
    left = update(ClubParticipant).where(here, ClubParticipant.left_on.is_(None)).values(left_on=day)
    for row in s.scalars(left.returning(ClubParticipant)).all():
        new = {"club_id": row.club_id, "member_id": row.member_id, "cancelled_in": []}
        audit.record(s, Event.PARTICIPANT_LEFT, actor_id, row, new=new)
    for club in freed:
        waiting.fill(s, club, actor_id, book=False)  # a decision never fails because of a club


def after_stay(s: Session, family_id: int, first_day: date, actor_id: int) -> None:
    """Inside a transaction: inpatient care ends before that day; without patronage the places from then on go back."""
    latest = select(Patronage.status).where(Patronage.family_id == family_id, Patronage.latest)
    if s.scalar(latest) != "enrolled":
        call_off(s, family_id, first_day, actor_id)


def left_family(s: Session, member: FamilyMember, actor_id: int) -> None:
    """Inside a transaction: a person who has left the family goes to no club any more, and whoever waits moves up."""
    day = member.left_on
    assert day is not None  # noqa: S101 - the caller has just written it
    members = select(FamilyMember.id).where(FamilyMember.id == member.id)
    _give_back(s, _ahead(members, day), actor_id)
    _leave_clubs(s, members, day, actor_id)


def come_back(s: Session, family_id: int, actor_id: int, *, book: bool = True) -> None:
    """Inside a transaction: the family may be served again; who of it waits for a club moves up into a free place.

    With `book` they get places at the coming sessions.
    """
    waits = select(ClubWaiting.club_id).where(ClubWaiting.member_id.in_(_members(family_id)))
    clubs = select(Club).where(Club.id.in_(waits)).order_by(Club.id)
    for club in s.scalars(clubs.with_for_update(key_share=True)).all():
        waiting.fill(s, club, actor_id, book=book)


def _members(family_id: int) -> Select[int]:
    return select(FamilyMember.id).where(FamilyMember.family_id == family_id)
