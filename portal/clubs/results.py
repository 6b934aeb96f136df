"""What clubs have reached: attendance by club, recipient and month, satisfaction, skills; who might join."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, select

from portal import clock
from portal.clubs import roster
from portal.clubs import survey_queries as surveys
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.session_models import SessionFeedback
from portal.db import db
from portal.families.models import FamilyMember
from portal.rules.interests import best_first, fits
from portal.rules.skills import change, profile
from portal.rules.weekly_limit import WEEKLY_LIMIT, week_of

HELD = ("held", "summed_up")
MOST_SUGGESTED = 40
SOURCES = ("recipient", "staff", "guest")


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def held(self) -> tuple[ColumnElement[bool], ...]:
        """That a session was held in it."""
        return (ClubSession.day.between(self.first, self.last), ClubSession.status.in_(HELD))


@dataclass(frozen=True)
class Attendance:
    """How many sessions were held, and who of those with a place came."""

    sessions: int = 0
    came: int = 0
    excused: int = 0
    absent: int = 0

    def __add__(self, other: "Attendance") -> "Attendance":
        return Attendance(
            self.sessions + other.sessions,
            self.came + other.came,
            self.excused + other.excused,
            self.absent + other.absent,
        )

    @property
    def share(self) -> int | None:
        """How many of a hundred came; None where nobody was marked."""
        marked = self.came + self.excused + self.absent
        return round(100 * self.came / marked) if marked else None

    @property
    def each(self) -> float | None:
        """How many came to a session, on average."""
        return self.came / self.sessions if self.sessions else None


def _marks() -> tuple[Any, ...]:
    return tuple(
        func.coalesce(func.sum(case((Booking.status == status, 1), else_=0)), 0).label(status)
        for status in ("came", "excused", "absent")
    )


def by_month(period: Period, club_id: int) -> dict[date, Attendance]:
    """The attendance of a club by the first day of each month with sessions."""
    year, month = extract("year", ClubSession.day), extract("month", ClubSession.day)
    query = (
        select(
            year.label("year"), month.label("month"), func.count(ClubSession.id.distinct()).label("sessions")
        )
        .add_columns(*_marks())
        .outerjoin(Booking, Booking.session_id == ClubSession.id)
        .where(ClubSession.club_id == club_id, *period.held)
        .group_by(year, month)
        .order_by(year, month)
    )
    return {date(int(row.year), int(row.month), 1): _attendance(row) for row in db.session.execute(query)}


def _attendance(row: Any) -> Attendance:
    return Attendance(row.sessions, int(row.came), int(row.excused), int(row.absent))


def total(parts: Iterable[Attendance]) -> Attendance:
    """All of them together."""
    return sum(parts, Attendance())


def by_club(period: Period) -> dict[int, tuple[Attendance, int]]:
    """By club: its attendance, and how many recipients it served."""
    served = func.count(case((Booking.status == "came", Booking.member_id)).distinct()).label("served")
    query = (
        select(ClubSession.club_id, func.count(ClubSession.id.distinct()).label("sessions"), served)
        .add_columns(*_marks())
        .outerjoin(Booking, Booking.session_id == ClubSession.id)
        .where(*period.held)
        .group_by(ClubSession.club_id)
    )
    return {row.club_id: (_attendance(row), row.served) for row in db.session.execute(query)}


def by_recipient(period: Period, club_id: int) -> list[tuple[Any, Attendance]]:
    """By recipient and name: to how many sessions they had a place, and to how many they came."""
    marked = (
        select(Booking.member_id, func.count(ClubSession.id).label("sessions"))
        .add_columns(*_marks())
        .join(ClubSession, ClubSession.id == Booking.session_id)
        .where(ClubSession.club_id == club_id, Booking.status.in_(("came", "excused", "absent")))
        .where(*period.held)
        .group_by(Booking.member_id)
        .subquery()
    )
    query = surveys.people().join(marked, marked.c.member_id == FamilyMember.id)
    columns = (marked.c.sessions, marked.c.came, marked.c.excused, marked.c.absent)
    rows = db.session.execute(query.add_columns(*columns).order_by(*surveys.BY_NAME))
    return [(row, _attendance(row)) for row in rows]


def satisfaction(period: Period) -> dict[int, dict[str, tuple[float, int]]]:
    """By club and source (recipient, staff, guest): the mean of 1 to 5, and of how many."""
    query = (
        select(ClubSession.club_id, SessionFeedback.source)
        .add_columns(func.avg(SessionFeedback.liked).label("mean"), func.count().label("number"))
        .join(ClubSession, ClubSession.id == SessionFeedback.session_id)
        .where(ClubSession.day.between(period.first, period.last))
        .group_by(ClubSession.club_id, SessionFeedback.source)
    )
    found: dict[int, dict[str, tuple[float, int]]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.club_id, {})[row.source] = (float(row.mean), row.number)
    return found


def mean_of(by_source: dict[str, tuple[float, int]]) -> tuple[float, int] | None:
    """The mean over all sources, and of how many; None of nothing."""
    number = sum(count for _mean, count in by_source.values())
    if not number:
        return None
    return sum(mean * count for mean, count in by_source.values()) / number, number


@dataclass(frozen=True)
class Skills:
    """The means of each skill before and after, and each recipient's sums and change."""

    means: dict[str, tuple[float | None, float | None]]
    people: list[tuple[Any, int | None, int | None, int | None]]

    @property
    def compared(self) -> int:
        """How many have both."""
        return sum(grown is not None for *_rest, grown in self.people)


def skills(club_id: int) -> Skills:
    """Communication skills before and after the club."""
    scores = surveys.skills_of_club(club_id)
    people = []
    for row in surveys.group(club_id, with_former=True):
        before, after = (scores.get(row.id, {}).get(point, {}) for point in ("before", "after"))
        if before or after:
            sums = (sum(one.values()) if one else None for one in (before, after))
            people.append((row, *sums, change(before, after)))
    pairs = [(one.get("before", {}), one.get("after", {})) for one in scores.values()]
    return Skills(profile(pairs), people)


@dataclass(frozen=True)
class Suggested:
    """Who might join, what they share with the club, and what they have left of the week it meets in."""

    person: Any
    age: int | None
    shared: frozenset[str]
    wishes: str
    left: int


def suggestions(club: Club) -> tuple[date, list[Suggested]]:
    """Who said to like what the club is about, fits it, and neither goes there nor waits: best first, with a week."""
    today = clock.today()
    week = _next_week(club.id)
    there = set(
        db.session.scalars(
            select(ClubParticipant.member_id)
            .where(ClubParticipant.club_id == club.id, ClubParticipant.left_on.is_(None))
            .union(select(ClubWaiting.member_id).where(ClubWaiting.club_id == club.id))
        )
    )
    people = {row.id: (row, roster.age_of(row, today)) for row in surveys.asked() if row.id not in there}
    ages = (club.age_from, club.age_to)
    fit = {key for key, (row, age) in people.items() if fits(club.audience, ages, row.kind, age)}
    known = {key: one for key, one in surveys.latest().items() if key in fit}
    best = best_first({key: one.codes for key, one in known.items()}, surveys.about(club.id))
    chosen = list(best)[:MOST_SUGGESTED]
    places = roster.places_of(set(chosen), week)
    found = [
        Suggested(*people[key], best[key], known[key].wishes, max(0, WEEKLY_LIMIT - len(places.get(key, ()))))
        for key in chosen
    ]
    return week, sorted(found, key=lambda one: one.left == 0)


def _next_week(club_id: int) -> date:
    """The week of the club's next session; without one, the week to come."""
    today = clock.today()
    query = select(func.min(ClubSession.week)).where(
        ClubSession.club_id == club_id, ClubSession.day >= today, ClubSession.slot.is_not(None)
    )
    return db.session.scalar(query) or week_of(today) + timedelta(7)
