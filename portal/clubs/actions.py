"""What changes clubs and who goes to them."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.access import Permission, may
from portal.accounts.models import User
from portal.audit import Event
from portal.clubs import changes, slots, waiting
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession, ClubTime
from portal.clubs.recipients import check_recipient as check_recipient  # the one place, for all of clubs
from portal.db import atomic
from portal.rules import N_, RuleBroken
from portal.rules.sessions import AHEAD, OVER
from portal.rules.timetable import check_weekly_times

WeeklyTime = tuple[int, time, int]  # weekday (0 = Monday), start, minutes


def create_club(
    actor_id: int,
    *,
    name: str,
    leader_id: int,
    room: str = "",
    about: str = "",
    times: Sequence[WeeklyTime] = (),
    **fields: Any,
) -> int:
    """Make a club (`fields`: capacity, audience, ages…); gives its id.

    Raises RuleBroken for a leader who may not lead, or for impossible times.
    """
    check_weekly_times(list(times))
    with atomic() as s:
        _check_leader(s, leader_id)
        club = Club(name=name, leader_id=leader_id, room=room, about=about, **fields)
        s.add(club)
        s.flush()
        _set_times(s, club.id, times)
        new = {"name": name, "leader_id": leader_id, "room": room, "times": list(times), **fields}
        audit.record(s, Event.CLUB_CREATED, actor_id, club, new=new)
        return club.id


def change_club(club_id: int, actor_id: int, *, times: Sequence[WeeklyTime], **fields: Any) -> None:
    """Change name, leader_id, room, about, capacity… and the weekly times; planned sessions stay as they are.

    Who was told of other times is told anew; in a larger group those who wait move up.
    """
    check_weekly_times(list(times))
    slots.retried(lambda: _change_once(club_id, actor_id, times, fields))


def _change_once(club_id: int, actor_id: int, times: Sequence[WeeklyTime], fields: Mapping[str, Any]) -> None:
    with atomic() as s:
        club = open_club(s, club_id)
        if fields.get("leader_id", club.leader_id) != club.leader_id:
            _check_leader(s, fields["leader_id"])
        old = {name: getattr(club, name) for name in fields} | {"times": _times(s, club_id)}
        for name, value in fields.items():
            setattr(club, name, value)
        if sorted(old["times"]) != sorted(times):
            club.changed_at = clock.now()
        _set_times(s, club_id, times)
        audit.record(s, Event.CLUB_CHANGED, actor_id, club, old=old, new={**fields, "times": list(times)})
        waiting.fill(s, club, actor_id)


def close_club(club_id: int, on: date, actor_id: int) -> int:
    """The club ends with that day: later planned sessions are cancelled, their places given back.

    Gives how many. Raises RuleBroken for a day to come, or one before a session that was held.
    """
    with atomic() as s:
        club = open_club(s, club_id)
        _check_last_day(s, club_id, on)
        later = select(ClubSession.id).where(
            ClubSession.club_id == club_id, ClubSession.day > on, ClubSession.status.in_(AHEAD)
        )
        ids = list(s.scalars(later.with_for_update(key_share=True)))
        changes.note_cancelled(s, ids, actor_id)
        s.execute(
            update(Booking)
            .where(Booking.session_id.in_(ids), Booking.slot.is_not(None))
            .values(status="cancelled", slot=None)
        )
        s.execute(
            update(ClubSession)
            .where(ClubSession.id.in_(ids))
            .values(status="cancelled", slot=None, cancel_reason="")
        )
        s.execute(
            update(ClubParticipant)
            .where(ClubParticipant.club_id == club_id, ClubParticipant.left_on.is_(None))
            .values(left_on=on)
        )
        club.closed_on = on
        line = s.scalars(
            delete(ClubWaiting).where(ClubWaiting.club_id == club_id).returning(ClubWaiting.member_id)
        )
        new = {"on": on, "cancelled_sessions": ids, "waited": sorted(line)}
        audit.record(s, Event.CLUB_CLOSED, actor_id, club, new=new)
        return len(ids)


def _check_last_day(s: Session, club_id: int, on: date) -> None:
    if on > clock.today():
        raise RuleBroken("closed_later", N_("A club is closed with today or an earlier day."))
    held = s.scalar(
        select(func.max(ClubSession.day)).where(ClubSession.club_id == club_id, ClubSession.status.in_(OVER))
    )
    if held is not None and on < held:
        raise RuleBroken(
            "closed_before_held",
            N_("The club held a session on %(day)s: it can't end before that day."),
            day=held,
        )


def join_club(club_id: int, member_id: int, actor_id: int) -> bool:
    """Make the recipient a participant, or when the club is full put them on its waiting list: then False.

    Whoever has waited longer comes first. Raises RuleBroken for one who is there already, or may not be served.
    """
    return slots.retried(lambda: _join_once(club_id, member_id, actor_id))


def _join_once(club_id: int, member_id: int, actor_id: int) -> bool:
    with atomic() as s:
        club = open_club(s, club_id)
        check_recipient(s, member_id, clock.today())
        _check_new(s, club_id, member_id)
        moved = waiting.fill(s, club, actor_id)
        if member_id in moved:
            return True
        if not waiting.free_places(s, club):
            waiting.line_up(s, club, member_id, actor_id)
            return False
        waiting.put_in(s, club, member_id, actor_id)
        return True


def _check_new(s: Session, club_id: int, member_id: int) -> None:
    if s.scalar(going(club_id, member_id)) is not None:
        raise RuleBroken("already_participant", N_("This recipient already goes to the club."))


def going(club_id: int, member_id: int) -> Select[ClubParticipant]:
    """The row of who goes to the club now."""
    return select(ClubParticipant).where(
        ClubParticipant.club_id == club_id,
        ClubParticipant.member_id == member_id,
        ClubParticipant.left_on.is_(None),
    )


def leave_club(club_id: int, member_id: int, actor_id: int) -> int:
    """The recipient goes to the club no more; places booked from today on are given back (how many).

    Whoever waits first for the place moves up.
    """
    return slots.retried(lambda: _leave_once(club_id, member_id, actor_id))


def _leave_once(club_id: int, member_id: int, actor_id: int) -> int:
    today = clock.today()
    with atomic() as s:
        club = s.get_one(Club, club_id, with_for_update={"key_share": True})
        row = s.scalar(going(club_id, member_id).with_for_update())
        if row is None:
            raise RuleBroken("not_participant", N_("This recipient does not go to the club."))
        row.left_on = today
        coming = select(ClubSession.id).where(ClubSession.club_id == club_id, ClubSession.day >= today)
        freed = s.scalars(
            update(Booking)
            .where(Booking.member_id == member_id, Booking.status == "booked", Booking.session_id.in_(coming))
            .values(status="cancelled", slot=None)
            .returning(Booking.session_id)
            .execution_options(synchronize_session=False)
        ).all()
        new = {"club_id": club_id, "member_id": member_id, "cancelled_in": list(freed)}
        audit.record(s, Event.PARTICIPANT_LEFT, actor_id, row, new=new)
        waiting.fill(s, club, actor_id)
        return len(freed)


def open_club(s: Session, club_id: int) -> Club:
    """Inside a transaction: the club, locked. Raises club_closed."""
    club = s.get_one(Club, club_id, with_for_update={"key_share": True})
    if club.closed_on is not None:
        raise RuleBroken("club_closed", N_("This club is closed."))
    return club


def _check_leader(s: Session, leader_id: int) -> None:
    leader = s.get(User, leader_id)
    if leader is None or not leader.is_active or not may(leader, Permission.CLUB_MANAGE):
        raise RuleBroken("bad_leader", N_("A club is led by a social pedagogue or a head who works here."))


def _times(s: Session, club_id: int) -> list[WeeklyTime]:
    query = select(ClubTime.weekday, ClubTime.starts_at, ClubTime.minutes).where(ClubTime.club_id == club_id)
    return [(day, start, minutes) for day, start, minutes in s.execute(query.order_by(ClubTime.slot))]


def _set_times(s: Session, club_id: int, times: Sequence[WeeklyTime]) -> None:
    s.execute(delete(ClubTime).where(ClubTime.club_id == club_id))
    for slot, (weekday, starts_at, minutes) in enumerate(sorted(times), start=1):
        s.add(ClubTime(club_id=club_id, slot=slot, weekday=weekday, starts_at=starts_at, minutes=minutes))
    s.flush()
