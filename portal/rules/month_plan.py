"""A month of a specialist, proposed: dates that fulfill the norms within working days and the specialist's load.

R9 says by when; R10 that each visit is still agreed by telephone. What comes out is a proposal: a person accepts it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from portal.rules.norms import DAY, Period, Unit
from portal.rules.timetable import meet
from portal.rules.workdays import Calendar

STARTS = tuple(time(hour) for hour in (9, 11, 14, 16, 10, 13, 15, 17))  # two hours apart first, for the way
MINUTES = 60
APART = 2  # days between two contacts with one family, where there is room
MOST_REPEATS = 60


@dataclass(frozen=True)
class Need:
    """One more contact that a family owes, on a day from `first` to `last`."""

    family: int
    first: date
    last: date


@dataclass(frozen=True)
class Busy:
    """What a specialist has planned already; `family` is 0 for what concerns none of theirs."""

    day: date
    starts_at: time
    minutes: int
    family: int = 0


@dataclass(frozen=True)
class Proposal:
    """A day and an hour for a need; both are None where there is no room within its days."""

    need: Need
    day: date | None
    starts_at: time | None


def needs_of(
    family: int, periods: Iterable[Period], planned: Sequence[date], first: date, last: date
) -> list[Need]:
    """What the family still owes from `first` to `last`, over what took place and what is planned already.

    A week is planned whole even where it reaches into the next month; of a longer period only what ends in time.
    """
    found = []
    for one in periods:
        if one.due_on is None or one.due_on < first or one.first > last:
            continue
        if one.due_on > last and one.unit != Unit.WEEK:
            continue
        lacking = one.lacking - sum(one.first <= day <= one.last for day in planned)
        found += [Need(family, max(one.first, first), one.due_on)] * max(0, lacking)
    return found


def propose(needs: Iterable[Need], busy: Iterable[Busy], calendar: Calendar, a_day: int) -> list[Proposal]:
    """A day and an hour for each need: working days, `a_day` contacts at most, the load spread evenly.

    Those with the least room choose first. Two contacts with one family never fall on one day.
    """
    taken = list(busy)
    found = []
    for need in sorted(needs, key=lambda one: ((one.last - one.first).days, one.last, one.family)):
        day = _day(need, taken, calendar, a_day)
        start = _hour(day, taken) if day else None
        if day is None or start is None:
            found.append(Proposal(need, None, None))
            continue
        taken.append(Busy(day, start, MINUTES, need.family))
        found.append(Proposal(need, day, start))
    return sorted(found, key=lambda one: (one.day or date.max, one.starts_at or time.max, one.need.family))


def _day(need: Need, taken: list[Busy], calendar: Calendar, a_day: int) -> date | None:
    load = Counter(one.day for one in taken)
    met = [one.day for one in taken if one.family == need.family]
    days = [
        day
        for day in _days(need.first, need.last)
        if calendar.is_working(day) and load[day] < a_day and day not in met and _hour(day, taken)
    ]
    return min(days, key=lambda day: (_near(day, met), load[day], day), default=None)


def _near(day: date, met: list[date]) -> bool:
    return any(abs((day - other).days) < APART for other in met)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _hour(day: date | None, taken: list[Busy]) -> time | None:
    here = [(one.starts_at, one.minutes) for one in taken if one.day == day]
    free = (start for start in STARTS if not any(meet((start, MINUTES), other) for other in here))
    return next(free, None)


REPEATS: Mapping[str, int] = {"week": 7, "two_weeks": 14, "four_weeks": 28}


def series(day: date, every: str, until: date, calendar: Calendar) -> list[date]:
    """The days after `day` on which a contact repeats; one on a day off moves to the next working day.

    Never more than MOST_REPEATS; none twice.
    """
    found: list[date] = []
    following = day + timedelta(REPEATS[every])
    while following <= until and len(found) < MOST_REPEATS:
        here = following
        while not calendar.is_working(here):
            here += DAY
        if here not in found:
            found.append(here)
        following += timedelta(REPEATS[every])
    return found
