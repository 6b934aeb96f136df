"""A specialist's day: contacts and club sessions; and what gets in the way of a planned contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from portal.clubs.models import Club, ClubSession
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import queries as deputies
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.patronage.queries import family_columns
from portal.rules.contacts import AHEAD, Clash, State
from portal.rules.timetable import meet
from portal.settings.calendar import calendar


class Busy(NamedTuple):
    """A time that is taken: by a contact (its kind, number and surname of its family) or by a club (its name)."""

    starts_at: time
    minutes: int
    kind: str = ""
    number: int = 0
    surname: str = ""
    club: str = ""


@dataclass(frozen=True)
class Day:
    """What stands in a specialist's day: the times taken, whether people work, until when the specialist is away.

    `elsewhere`: at what times colleagues meet the family on this day.
    """

    day: date
    busy: list[Busy]
    off: bool
    away_until: date | None
    elsewhere: list[Busy]


def day_of(user: Any, worker_id: int, day: date, family_id: int = 0, but: int = 0) -> Day:
    """The specialist's day in four queries at most; names only for who may read them.

    `family_id`: whose contacts with colleagues are looked for too; `but`: a contact that is left out.
    """
    columns = (Contact.user_id, Contact.starts_at, Contact.minutes, Contact.kind, *family_columns(user))
    query = select(*columns).join(Patronage, Patronage.id == Contact.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    query = query.where(Contact.day == day, Contact.state.in_((*AHEAD, State.DONE)), Contact.id != but)
    rows = db.session.execute(query.where((Contact.user_id == worker_id) | (Family.id == family_id))).all()
    own = [_busy(row) for row in rows if row.user_id == worker_id]
    clubs = [Busy(row.starts_at, row.minutes, club=row.name) for row in _sessions({worker_id}, day, day)]
    away = [last for _user, _first, last in deputies.absences({worker_id}, day, day)]
    return Day(
        day,
        sorted(own + clubs, key=lambda one: one.starts_at),
        not calendar().is_working(day),
        away[0] if away else None,
        [_busy(row) for row in rows if row.family_id == family_id and row.user_id != worker_id],
    )


def _busy(row: Row[Any]) -> Busy:
    return Busy(row.starts_at, row.minutes, row.kind, row.number, row.surname)


def clashes(rows: Iterable[Any], whose: int | None = None) -> dict[int, list[Clash]]:
    """What gets in the way of those of the contacts that are still ahead, by their ids; in two queries.

    A row has id, user_id, day, starts_at, minutes and state. `whose` week they stand in: whoever stands in for
    colleagues makes their contacts too; None where each makes their own.
    """
    rows = list(rows)
    ahead = [row for row in rows if row.state in AHEAD]
    if not ahead:
        return {}
    users = {whose or row.user_id for row in ahead}
    first, last = min(row.day for row in ahead), max(row.day for row in ahead)
    taken: dict[tuple[int, date], list[Any]] = {}
    for row in rows:
        if row.state in AHEAD or row.state == State.DONE:
            taken.setdefault((whose or row.user_id, row.day), []).append(row)
    clubs: dict[tuple[int, date], list[Any]] = {}
    for session in _sessions(users, first, last):
        clubs.setdefault((session.leader_id, session.day), []).append(session)
    away = deputies.absences(users, first, last)
    works = calendar().is_working
    found = {}
    for row in ahead:
        place = worker, _day = whose or row.user_id, row.day
        others = [one for one in taken[place] if one.id != row.id]
        hit = {
            Clash.OVERLAP: _meets(row, others),
            Clash.CLUB: _meets(row, clubs.get(place, ())),
            Clash.AWAY: any(user == worker and since <= row.day <= until for user, since, until in away),
            Clash.OFF: not works(row.day),
        }
        if any(hit.values()):
            found[row.id] = [clash for clash, is_so in hit.items() if is_so]
    return found


def _meets(row: Any, others: Iterable[Any]) -> bool:
    return any(meet((row.starts_at, row.minutes), (one.starts_at, one.minutes)) for one in others)


def _sessions(users: set[int], first: date, last: date) -> list[Row[Any]]:
    columns = (ClubSession.day, ClubSession.starts_at, ClubSession.minutes, Club.leader_id, Club.name)
    query = select(*columns).join(Club, Club.id == ClubSession.club_id).where(Club.leader_id.in_(users))
    lasting = (ClubSession.day.between(first, last), ClubSession.status != "cancelled")
    return list(db.session.execute(query.where(*lasting)))
