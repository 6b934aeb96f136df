"""What the week and the month of clubs read: the statements are made once, so that a page only fills them in."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, Select, bindparam, func, select

from portal.accounts.models import User
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession, ClubTime
from portal.db import db
from portal.memory import unchanged

_club, _session, _booking = Club.__table__.c, ClubSession.__table__.c, Booking.__table__.c
_going, _time, _user = ClubParticipant.__table__.c, ClubTime.__table__.c, User.__table__.c

Day = tuple[date, tuple[Any, ...]]


def _count(*where: Any) -> Any:
    return select(func.count()).where(*where).scalar_subquery()


_SESSIONS: Select[Any] = (
    select(
        *(_session.id, _session.day, _session.starts_at, _session.minutes, _session.room, _session.topic),
        *(_session.status, _club.name.label("club"), _club.leader_id),
        _count(_booking.session_id == _session.id, _booking.slot.is_not(None)).label("booked"),
    )
    .join_from(ClubSession.__table__, Club.__table__, _club.id == _session.club_id)
    .where(_session.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
    .order_by(_session.day, _session.starts_at, _session.id)
)
_OF_CLUB = _session.club_id == bindparam("club_id", type_=Integer)
_OF_LEADERS = _club.leader_id.in_(bindparam("leaders", expanding=True))
_DAYS = {
    (False, False): _SESSIONS,
    (True, False): _SESSIONS.where(_OF_CLUB),
    (False, True): _SESSIONS.where(_OF_LEADERS),
    (True, True): _SESSIONS.where(_OF_CLUB, _OF_LEADERS),
}
_CLUBS: Select[Any] = (
    select(
        *(_club.id, _club.name, _club.room, _club.leader_id, _club.closed_on),
        *(_user.last_name, _user.first_name, _user.middle_name),
        _count(_going.club_id == _club.id, _going.left_on.is_(None)).label("participants"),
    )
    .join_from(Club.__table__, User.__table__, _user.id == _club.leader_id)
    .order_by(_club.closed_on.is_not(None), _club.name, _club.id)
)
_TIMES: Select[Any] = select(_time.club_id, _time.weekday, _time.starts_at, _time.minutes).order_by(
    _time.weekday, _time.starts_at
)


def days_of_clubs(
    first: date, number: int, club_id: int | None = None, leaders: frozenset[int] | None = None
) -> tuple[Day, ...]:
    """So many days with their sessions, of all clubs, of one, or of some leaders. Read once after each change."""
    key = ("clubs", "days", first, number, club_id, leaders)
    return unchanged(key, lambda: _days(first, number, club_id, leaders))


def _days(first: date, number: int, club_id: int | None, leaders: frozenset[int] | None) -> tuple[Day, ...]:
    asked: dict[str, Any] = {"first": first, "last": first + timedelta(days=number - 1)}
    asked |= {"club_id": club_id, "leaders": list(leaders or ())}
    statement = _DAYS[club_id is not None, leaders is not None]
    found: dict[date, list[Any]] = {first + timedelta(days=n): [] for n in range(number)}
    for row in db.session.connection().execute(statement, asked):
        found[row.day].append(row)
    return tuple((day, tuple(rows)) for day, rows in found.items())


def clubs_with_times() -> tuple[tuple[Any, ...], tuple[tuple[int, tuple[Any, ...]], ...]]:
    """Every club as all_clubs() gives it, and (id, weekly times) of each. Read once after each change."""
    return unchanged(("clubs", "all"), lambda: (tuple(all_clubs()), tuple(_weekly_times().items())))


def all_clubs() -> list[Any]:
    """Every club with its leader's name and the number of participants; closed ones last."""
    return list(db.session.connection().execute(_CLUBS))


def _weekly_times() -> dict[int, tuple[Any, ...]]:
    times: dict[int, tuple[Any, ...]] = {}
    for row in db.session.connection().execute(_TIMES):
        times[row.club_id] = (*times.get(row.club_id, ()), row)
    return times
