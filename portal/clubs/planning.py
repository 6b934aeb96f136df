"""What changes sessions: planning one or many, moving, cancelling (R14, R15)."""

from datetime import date, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import changes, slots
from portal.clubs.models import Booking, Club, ClubSession
from portal.clubs.recipients import not_served
from portal.db import atomic, db
from portal.families.models import FamilyMember
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName, normalise
from portal.rules.sessions import OVER, check_ahead
from portal.rules.timetable import (
    check_day,
    check_holiday,
    check_hours,
    check_time,
    ends_at,
    is_over,
    meet,
)
from portal.rules.weekly_limit import week_of
from portal.settings.calendar import calendar


def plan_session(
    club_id: int,
    actor_id: int,
    *,
    day: date,
    starts_at: time,
    minutes: int,
    room: str = "",
    topic: str = "",
    goal: str = "",
) -> int:
    """Plan a session; gives its id. R14: a club holds at most two a week.

    Raises RuleBroken: club_weekly_limit, past_day, past_time, day_off, bad_hours, room_taken, leader_busy, club_closed…
    """
    check_day(day, clock.today())
    check_holiday(day, calendar())
    check_hours(starts_at, minutes)
    check_time(day, starts_at, minutes, clock.wall())

    def once() -> int:
        slot = slots.club_slot(club_id, day)
        row = ClubSession(club_id=club_id, day=day, week=week_of(day), slot=slot, status="planned")
        row.starts_at, row.minutes, row.room, row.topic, row.goal = starts_at, minutes, room, topic, goal
        with atomic() as s:
            _check_free(s, row, locked_clubs(s))
            with slots.judged_club():
                s.add(row)
            new = {"club_id": club_id, "day": day, "starts_at": starts_at, "minutes": minutes, "topic": topic}
            audit.record(s, Event.SESSION_PLANNED, actor_id, row, new=new)
            return row.id

    return slots.retried(once)


def change_session(
    session_id: int, actor_id: int, *, day: date, starts_at: time, minutes: int | None = None, **fields: str
) -> int | None:
    """Change a session: its day, time, length, and what else is given of room, topic, goal.

    In another week it and its bookings take slots of that week (R14). Gives the id of the change that participants'
    specialists are told of, when the day or the time is another.
    Raises RuleBroken: no_place naming those who have no service left in the new week and the nearest that would do,
    not_served naming those off patronage, moved_held, session_cancelled, and what plan_session raises.
    """
    new: dict[str, Any] = {"day": day, "starts_at": starts_at, **fields}
    if minutes is not None:
        new["minutes"] = minutes

    def once() -> int | None:
        slot, places = _places_in(session_id, day)
        with atomic() as s:
            clubs = locked_clubs(s)
            row = locked(s, session_id)
            check_hours(starts_at, new.get("minutes", row.minutes))
            old = {name: getattr(row, name) for name in new}
            if old["day"] != day:
                _check_movable(s, row, day)
                check_day(day, clock.today())
                check_holiday(day, calendar())
            check_ahead(row.status)
            was_over = is_over(row.day, row.starts_at, row.minutes, clock.wall())
            if day != row.day or not was_over:  # of what was that day, the hour may be mended
                check_time(day, starts_at, new.get("minutes", row.minutes), clock.wall())
            for name, value in new.items():
                setattr(row, name, value)
            if any(old.get(name) != new.get(name) for name in ("day", "starts_at", "minutes", "room")):
                with s.no_autoflush:
                    _check_free(s, row, clubs)
            if row.week != week_of(day):
                _move_week(s, row, slot, places)
            moved = _note_move(s, row, (old["day"], old["starts_at"]), actor_id)
            told = {"status": "announced"} if moved and row.status == "announced" else {}
            anew = {"status": "planned"} if told else {}
            if told:  # of another time
                row.status, row.announced_at = "planned", None
            audit.record(s, Event.SESSION_CHANGED, actor_id, row, old=old | told, new=new | anew)
            return moved

    return slots.retried(once)


def _note_move(s: Session, row: ClubSession, old: tuple[date, time], actor_id: int) -> int | None:
    if old == (row.day, row.starts_at) or row.status in OVER:
        return None
    return changes.note(s, row, changes.MOVED, actor_id, changes.with_places(s, row.id), old)


def _places_in(session_id: int, day: date) -> tuple[int, dict[int, int]]:
    """The slots that the session and those booked would take in the week of `day`; none for its own."""
    session = db.session.execute(
        select(ClubSession.club_id, ClubSession.week).where(ClubSession.id == session_id)
    ).one()
    if session.week == week_of(day):
        return 0, {}
    query = select(Booking.member_id).where(Booking.session_id == session_id, Booking.slot.is_not(None))
    booked = db.session.scalars(query).all()
    slot, places, next_week = slots.slots_to_move(session_id, session.club_id, booked, day)
    full = {member_id for member_id, place in places.items() if slots.is_none(place)}
    if full:
        raise RuleBroken(
            "no_place",
            N_(
                "In that week these recipients have both services taken already: %(names)s. The nearest week with"
                " a place for everybody begins on %(next_week)s. Choose it, or cancel their bookings first."
            ),
            names=", ".join(short_names(full)),
            next_week=next_week,
        )
    return slot, places


def _move_week(s: Session, row: ClubSession, slot: int, places: dict[int, int]) -> None:
    row.week, row.slot = week_of(row.day), slot
    with slots.judged_club(), slots.judged_recipient():
        for booking in s.scalars(
            select(Booking).where(Booking.session_id == row.id).order_by(Booking.member_id)
        ):
            booking.week = row.week
            if booking.slot is not None:
                if booking.member_id not in places:  # booked since we looked
                    raise slots.taken()
                booking.slot = places[booking.member_id]
            s.flush()


def _check_movable(s: Session, row: ClubSession, day: date) -> None:
    marked = select(Booking.id).where(
        Booking.session_id == row.id, Booking.status.in_(("came", "excused", "absent"))
    )
    if row.status in OVER or s.scalar(marked.limit(1)):
        raise RuleBroken("moved_held", N_("Attendance of this session is marked: its day stays."))
    booked = (Booking.session_id == row.id, Booking.slot.is_not(None))
    unserved = select(Booking.member_id).where(*booked, Booking.member_id.in_(not_served(day)))
    if members := set(s.scalars(unserved)):
        raise RuleBroken(
            "not_served",
            N_(
                "On that day the families of these recipients get no services: %(names)s. Choose another day,"
                " or cancel their bookings first."
            ),
            names=", ".join(short_names(members)),
        )


def cancel_session(session_id: int, reason: str, actor_id: int) -> int:
    """Cancel a session that is not held; its slot and all its bookings are given back, their number given."""
    with atomic() as s:
        row = locked(s, session_id)
        if row.status in OVER:
            raise RuleBroken("cancel_held", N_("This session was held: it can't be cancelled any more."))
        old = {"status": row.status}
        row.status, row.slot, row.cancel_reason = "cancelled", None, reason
        freed = s.scalars(
            update(Booking)
            .where(Booking.session_id == session_id, Booking.slot.is_not(None))
            .values(status="cancelled", slot=None)
            .returning(Booking.member_id)
            .execution_options(synchronize_session=False)
        ).all()
        new = {"reason": reason, "cancelled_bookings_of": list(freed)}
        changes.note(s, row, changes.CANCELLED, actor_id, freed)
        audit.record(s, Event.SESSION_CANCELLED, actor_id, row, old=old, new=new)
        return len(freed)


def locked(s: Session, session_id: int) -> ClubSession:
    """Inside a transaction: the session, locked. Raises session_cancelled."""
    row = s.get_one(ClubSession, session_id, with_for_update={"key_share": True})
    if row.status == "cancelled":
        raise RuleBroken("session_cancelled", N_("This session is cancelled."))
    return row


def short_names(member_ids: set[int]) -> list[str]:
    """«Иванова М. П.» of each, by name."""
    query = select(FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
    rows = db.session.execute(query.where(FamilyMember.id.in_(member_ids)))
    return sorted((FullName(*row).short for row in rows), key=normalise)


def locked_clubs(s: Session) -> dict[int, Club]:
    """Inside a transaction: all clubs, locked. They are planned one after another, so that what was free stays so."""
    query = select(Club).order_by(Club.id).with_for_update(key_share=True)
    return {club.id: club for club in s.scalars(query)}


def _check_free(s: Session, row: ClubSession, clubs: dict[int, Club]) -> None:
    """The club is open, its leader and the room are free at that time."""
    club = clubs[row.club_id]
    if club.closed_on is not None:
        raise RuleBroken("club_closed", N_("This club is closed."))
    same_day = select(ClubSession).where(
        ClubSession.day == row.day, ClubSession.slot.is_not(None), ClubSession.id != (row.id or 0)
    )
    for other in s.scalars(same_day):
        if not meet((row.starts_at, row.minutes), (other.starts_at, other.minutes)):
            continue
        what = {
            "club": clubs[other.club_id].name,
            "start": f"{other.starts_at:%H:%M}",
            "end": f"{ends_at(other.starts_at, other.minutes):%H:%M}",
        }
        if clubs[other.club_id].leader_id == club.leader_id:
            raise RuleBroken(
                "leader_busy",
                N_("The leader is busy then: “%(club)s”, %(start)s–%(end)s. Choose another time."),
                **what,
            )
        if row.room and normalise(row.room) == normalise(other.room):
            raise RuleBroken(
                "room_taken",
                N_(
                    "The room “%(room)s” is taken then: “%(club)s”, %(start)s–%(end)s. "
                    "Choose another time or room."
                ),
                room=row.room,
                **what,
            )
