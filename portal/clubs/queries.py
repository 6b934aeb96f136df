"""What is read of clubs: the week, the list, one club, its sessions; who may reach which of them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, select

from portal import clock
from portal.access import LARGEST_ID, Role
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession, ClubTime
from portal.clubs.recipients import in_care
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.patronage.models import Patronage
from portal.rules.sessions import AHEAD as UNHELD
from portal.rules.timetable import is_over
from portal.rules.weekly_limit import WEEKLY_LIMIT, week_of

UPCOMING, PAST = 40, 20
AHEAD = 56  # days in which the next weekly time is looked for

BOOKED_COUNT = (
    select(func.count())
    .where(Booking.session_id == ClubSession.id, Booking.slot.is_not(None))
    .correlate(ClubSession)
    .scalar_subquery()
)


def get_club(_user: Any, club_id: int) -> Club | None:
    """Any club: its schedule is open to all who work here."""
    return db.session.get(Club, club_id) if club_id <= LARGEST_ID else None


def own_club(user: Any, club_id: int) -> Club | None:
    """A club that the user may change: the head any, a pedagogue those they lead, also for a colleague."""
    club = get_club(user, club_id)
    return club if club is not None and owns(user, club) else None


def owns(user: Any, club: Any) -> bool:
    """Whether the user leads the club, stands in for its leader today, or heads the department."""
    return Role.HEAD in user.roles or club.leader_id == user.id or club.leader_id in user.stands_in


def get_session(_user: Any, session_id: int) -> ClubSession | None:
    """Any session."""
    return db.session.get(ClubSession, session_id) if session_id <= LARGEST_ID else None


def own_session(user: Any, session_id: int) -> ClubSession | None:
    """A session of a club that the user may change."""
    session = get_session(user, session_id)
    return session if session is not None and own_club(user, session.club_id) else None


def own_booking(user: Any, session_id: int, booking_id: int) -> Booking | None:
    """A booking of a session that the user may change."""
    if booking_id > LARGEST_ID or own_session(user, session_id) is None:
        return None
    return db.session.scalar(
        select(Booking).where(Booking.id == booking_id, Booking.session_id == session_id)
    )


def _sessions() -> Any:
    """Sessions with their club's name and how many places are booked, as plain rows."""
    return select(
        ClubSession.id,
        ClubSession.club_id,
        ClubSession.day,
        ClubSession.starts_at,
        ClubSession.minutes,
        ClubSession.room,
        ClubSession.topic,
        ClubSession.status,
        ClubSession.cancel_reason,
        Club.name.label("club"),
        Club.leader_id,
        BOOKED_COUNT.label("booked"),
    ).join(Club, Club.id == ClubSession.club_id)


def weekly_times(club_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The weekly times by club: weekday, starts_at, minutes."""
    query = select(ClubTime.club_id, ClubTime.weekday, ClubTime.starts_at, ClubTime.minutes)
    query = query.where(ClubTime.club_id.in_(list(club_ids))).order_by(ClubTime.weekday, ClubTime.starts_at)
    times: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        times.setdefault(row.club_id, []).append(row)
    return times


def participants(club_id: int) -> list[Any]:
    """Who goes to the club now: name, age facts, family number and the state of its patronage."""
    query = (
        select(
            *(FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name),
            *(FamilyMember.kind, FamilyMember.birth_date, FamilyMember.birth_year),
            *(Family.number, Patronage.status.label("patronage"), ClubParticipant.joined_on),
            *(ClubParticipant.told_at, in_care(Family.id, clock.today()).label("in_care")),
        )
        .join(ClubParticipant, ClubParticipant.member_id == FamilyMember.id)
        .join(Family, Family.id == FamilyMember.family_id)
        .outerjoin(Patronage, and_(Patronage.family_id == Family.id, Patronage.latest))
        .where(ClubParticipant.club_id == club_id, ClubParticipant.left_on.is_(None))
    )
    order = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.id)
    return list(db.session.execute(query.order_by(*order)).all())


def upcoming(club_id: int, most: int = UPCOMING) -> Sequence[Any]:
    """Sessions of the club to come, cancelled ones too, and past ones that nobody has closed."""
    today = clock.today()
    waiting = and_(ClubSession.day < today, ClubSession.status.in_(UNHELD))
    query = _sessions().where(ClubSession.club_id == club_id, (ClubSession.day >= today) | waiting)
    return db.session.execute(query.order_by(ClubSession.day, ClubSession.starts_at).limit(most)).all()


def past(club_id: int, most: int = PAST) -> Sequence[Any]:
    """The last sessions of the club that are over, the newest first."""
    query = _sessions().where(
        ClubSession.club_id == club_id, ClubSession.day < clock.today(), ClubSession.status.not_in(UNHELD)
    )
    order = (ClubSession.day.desc(), ClubSession.starts_at.desc())
    return db.session.execute(query.order_by(*order).limit(most)).all()


def booked_count(session_id: int) -> int:
    """How many places of the session are taken."""
    query = select(func.count()).where(Booking.session_id == session_id, Booking.slot.is_not(None))
    return db.session.scalar(query) or 0


def planned_after(club_id: int, day: date) -> int:
    """How many sessions of the club are planned after the day."""
    query = select(func.count()).where(ClubSession.club_id == club_id, ClubSession.status.in_(UNHELD))
    return db.session.scalar(query.where(ClubSession.day > day)) or 0


def next_occasion(club_id: int) -> tuple[date, Any] | None:
    """The club's nearest weekly time, today or later, in a week with room and without a session yet."""
    times = weekly_times([club_id]).get(club_id, [])
    today = clock.today()
    query = select(ClubSession.day, ClubSession.slot).where(
        ClubSession.club_id == club_id, ClubSession.week >= week_of(today)
    )
    there = db.session.execute(query).all()
    full = [week_of(day) for day, slot in there if slot is not None]
    for n in range(AHEAD if times else 0):
        day = today + timedelta(days=n)
        if full.count(week_of(day)) >= WEEKLY_LIMIT or any(day == other for other, _ in there):
            continue
        for time in times:
            over = is_over(day, time.starts_at, time.minutes, clock.wall())
            if time.weekday == day.weekday() and not over:
                return day, time
    return None


def clubs_of_family(family_id: int) -> dict[int, list[Any]]:
    """(id, name) of the clubs that members of the family go to now, by the id of the member."""
    query = select(ClubParticipant.member_id, Club.id, Club.name)
    query = query.join(Club, Club.id == ClubParticipant.club_id)
    query = query.join(FamilyMember, FamilyMember.id == ClubParticipant.member_id)
    query = query.where(FamilyMember.family_id == family_id, ClubParticipant.left_on.is_(None))
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query.order_by(Club.name, Club.id)):
        found.setdefault(row.member_id, []).append({"id": row.id, "name": row.name})
    return found
