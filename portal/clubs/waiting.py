"""The line before a full club: whoever is first and may still be served moves up when a place is free."""

from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import slots
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.recipients import check_recipient
from portal.db import atomic, refused_by
from portal.rules import N_, RuleBroken
from portal.rules.recipients import has_place
from portal.rules.weekly_limit import free_slot, week_of

COMING = ("planned", "announced")


def free_places(s: Session, club: Club) -> bool:
    """Whether the club has a place in its group."""
    going = select(func.count()).where(ClubParticipant.club_id == club.id, ClubParticipant.left_on.is_(None))
    return has_place(club.capacity, s.scalar(going) or 0)


def line_up(s: Session, club: Club, member_id: int, actor_id: int) -> None:
    """Inside a transaction: put the recipient at the end of the line. Raises already_waiting."""
    twice = RuleBroken("already_waiting", N_("This recipient is on the waiting list already."))
    row = ClubWaiting(club_id=club.id, member_id=member_id, since=clock.now(), added_by_id=actor_id)
    with refused_by("uq_club_waiting_club_id_member_id", twice):
        s.add(row)
    audit.record(s, Event.WAITING_JOINED, actor_id, club, new={"club_id": club.id, "member_id": member_id})


def give_up(club_id: int, member_id: int, actor_id: int) -> None:
    """The recipient waits no more. Raises not_waiting."""
    with atomic() as s:
        club = s.get_one(Club, club_id, with_for_update={"key_share": True})
        if not _taken_off(s, club_id, member_id):
            raise RuleBroken("not_waiting", N_("This recipient is not on the waiting list."))
        audit.record(s, Event.WAITING_LEFT, actor_id, club, old={"club_id": club_id, "member_id": member_id})


def _taken_off(s: Session, club_id: int, member_id: int) -> bool:
    here = (ClubWaiting.club_id == club_id, ClubWaiting.member_id == member_id)
    return s.scalar(delete(ClubWaiting).where(*here).returning(ClubWaiting.id)) is not None


def fill(s: Session, club: Club, actor_id: int, *, book: bool = True) -> list[int]:
    """Inside a transaction that holds the club: who moves up, in the order of the line; each is told in the log.

    With `book` they get places at the coming sessions; without it nothing here can be refused.
    """
    moved: list[int] = []
    if club.closed_on is not None:
        return moved
    waiting = select(ClubWaiting.member_id).where(ClubWaiting.club_id == club.id).order_by(ClubWaiting.id)
    for member_id in s.scalars(waiting).all():
        if not free_places(s, club):
            break
        if _may_be_served(s, member_id, clock.today()):
            _taken_off(s, club.id, member_id)
            put_in(s, club, member_id, actor_id, from_line=True, book=book)
            moved.append(member_id)
    return moved


def _may_be_served(s: Session, member_id: int, day: date) -> bool:
    try:
        check_recipient(s, member_id, day)
    except RuleBroken:
        return False
    return True


def put_in(
    s: Session, club: Club, member_id: int, actor_id: int, *, from_line: bool = False, book: bool = False
) -> ClubParticipant:
    """Inside a transaction: make the recipient a participant; with `book`, with places at the coming sessions.

    Raises already_participant.
    """
    twice = RuleBroken("already_participant", N_("This recipient already goes to the club."))
    row = ClubParticipant(club_id=club.id, member_id=member_id, joined_on=clock.today())
    with refused_by("uq_club_participants_now", twice):
        s.add(row)
    new: dict[str, Any] = {"club_id": club.id, "member_id": member_id}
    if from_line:
        new["booked_in"] = book_coming(s, club.id, member_id, actor_id) if book else []
        new["from_waiting"] = True
    audit.record(s, Event.PARTICIPANT_JOINED, actor_id, row, new=new)
    return row


def book_coming(s: Session, club_id: int, member_id: int, actor_id: int) -> list[int]:
    """Book the recipient into the club's coming sessions, where their week has room (R14); gives those sessions.

    Actions take turns, so what is read here stays so until the end; the unique index judges all the same.
    """
    sessions = coming(s, club_id)
    held = _held(s, member_id)
    mine = select(Booking).where(
        Booking.member_id == member_id, Booking.session_id.in_([one.id for one in sessions])
    )
    known = {row.session_id: row for row in s.scalars(mine)}
    done = []
    for session in sessions:
        slot, row = free_slot(held.get(session.week, ())), known.get(session.id)
        taken = row is not None and row.status != "cancelled"
        if taken or slots.is_none(slot) or not _may_be_served(s, member_id, session.day):
            continue
        row = row or Booking(session_id=session.id, member_id=member_id, week=session.week)
        row.status, row.slot = "booked", slot
        row.booked_by_id, row.booked_at = actor_id, clock.now()
        with slots.judged_recipient():
            s.add(row)
        held.setdefault(session.week, set()).add(slot)
        done.append(session.id)
    return done


def coming(s: Session, club_id: int) -> list[Any]:
    """Sessions of the club that have not begun, the nearest first."""
    now = clock.local(clock.now())
    later = (ClubSession.day > now.date()) | (
        (ClubSession.day == now.date()) & (ClubSession.starts_at > now.time())
    )
    query = select(ClubSession.id, ClubSession.day, ClubSession.week).where(
        ClubSession.club_id == club_id, ClubSession.status.in_(COMING), later
    )
    return list(s.execute(query.order_by(ClubSession.day, ClubSession.starts_at, ClubSession.id)))


def _held(s: Session, member_id: int) -> dict[date, set[int]]:
    """The slots that the recipient holds from this week on, by week."""
    query = select(Booking.week, Booking.slot).where(
        Booking.member_id == member_id, Booking.week >= week_of(clock.today()), Booking.slot.is_not(None)
    )
    held: dict[date, set[int]] = {}
    for week, slot in s.execute(query):
        held.setdefault(week, set()).add(slot or 0)
    return held
