"""A series of meetings: the n-th or last weekday of each month; a day off moves to the next working day.

The regulation is silent on how often the consilium meets; commissions plan a year ahead by the weekday of the month.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from portal.rules import N_, RuleBroken
from portal.rules.workdays import LAST_YEAR, Calendar

LAST = -1
WHICH = (1, 2, 3, 4, 5, LAST)
MOST = 12  # months planned at once
EARLY, LATE = time(7), time(20)  # whoever is called earlier or later has probably been mistyped
_WEEK, _LONGEST_WAIT = 7, 60


@dataclass(frozen=True)
class Planned:
    """A month of the series: the weekday asked for, and the working day the meeting is held on.

    Both are None where the month has no such weekday (a fifth one), or where its day has passed.
    """

    month: date  # its first day
    wanted: date | None
    day: date | None

    @property
    def moved(self) -> bool:
        """Whether the day asked for is a day off."""
        return self.day is not None and self.day != self.wanted


def weekday_of_month(month: date, weekday: int, which: int) -> date | None:
    """The n-th (1 to 5) or last (-1) Monday (0) … Sunday (6) of the month; None where it has no fifth one."""
    first = month.replace(day=1)
    first += timedelta((weekday - first.weekday()) % _WEEK)
    days = [day for n in range(5) if (day := first + timedelta(_WEEK * n)).month == month.month]
    if which == LAST:
        return days[-1]
    return days[which - 1] if which <= len(days) else None


def plan(
    month: date, months: int, weekday: int, which: int, calendar: Calendar, today: date
) -> list[Planned]:
    """The meetings of so many months, the first one given by any of its days; none before `today`.

    Raises series_length, far_year.
    """
    if not 1 <= months <= MOST:
        raise RuleBroken("series_length", N_("Plan from one to twelve months at once."))
    if month.year >= LAST_YEAR or (month.year, month.month) < (today.year, today.month):
        raise RuleBroken("far_year", N_("Choose this month or a later one."))
    return [_planned(first, weekday, which, calendar, today) for first in _months(month, months)]


def _planned(first: date, weekday: int, which: int, calendar: Calendar, today: date) -> Planned:
    wanted = weekday_of_month(first, weekday, which)
    day = next_working_day(wanted, calendar) if wanted else None
    return Planned(first, wanted, day if day and day >= today else None)


def next_working_day(day: date, calendar: Calendar) -> date:
    """The day itself, or the first working day after it."""
    for _ in range(_LONGEST_WAIT):
        if calendar.is_working(day):
            return day
        day += timedelta(1)
    return day


def _months(month: date, count: int) -> Iterator[date]:
    first = month.replace(day=1)
    for _ in range(count):
        yield first
        first = (first + timedelta(31)).replace(day=1)


def is_unusual_hour(at: time) -> bool:
    """Whether hardly anybody would call a meeting for that hour: told, never refused."""
    return not EARLY <= at <= LATE
