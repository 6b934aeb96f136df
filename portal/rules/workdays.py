"""Working days of a country: weekends, official days off, and days worked instead (DOMAIN §7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken

SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2000, 2100


class DayKind(StrEnum):
    """What the center says of a day, against the country's table."""

    OFF = "off"
    WORKED = "worked"


@dataclass(frozen=True)
class Calendar:
    """Days off besides the weekends, and days worked in spite of one; `worked` wins over `off`."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`; in years not in the tables only weekends are off."""
        if day in self.worked:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def is_holiday(self, day: date) -> bool:
        """Whether the day is off by the table: an ordinary weekend is not, a club may meet on it."""
        return day in self.off and day not in self.worked

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`: a deadline counts from the next day (DOMAIN §7).

        Zero gives `start` itself. Raises ValueError for a negative n.
        """
        if n < 0:
            raise ValueError("a deadline can't lie before its start")
        day = start
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after the one day, up to and with the other; 0 when none do."""
        return sum(self.is_working(after + timedelta(n)) for n in range(1, (until - after).days + 1))

    def with_days(self, days: Mapping[date, str]) -> "Calendar":
        """The calendar with days of the center's own: each wins over the country's table."""
        off = {day for day, kind in days.items() if kind == DayKind.OFF}
        worked = {day for day, kind in days.items() if kind == DayKind.WORKED}
        return Calendar((self.off - worked) | off, (self.worked - off) | worked)


@dataclass(frozen=True)
class YearByYear(Calendar):
    """A calendar of all years: `of(2027)` gives a year's table, when it is asked for."""

    of: Callable[[int], Calendar] = lambda _year: Calendar()

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`, by its year's table."""
        return self.of(day.year).is_working(day)

    def is_holiday(self, day: date) -> bool:
        """Whether the day is off by its year's table."""
        return self.of(day.year).is_holiday(day)


def check_year(day: date) -> None:
    """A day of our time. Raises far_year."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleBroken("far_year", N_("Check the year of this date."))


def check_own_day(country: Calendar, day: date, kind: str) -> None:
    """A day of the center's own differs from the country's table. Raises same_day."""
    if country.is_working(day) == (kind == DayKind.WORKED):
        working = N_("By the country's table people work on this day already: nothing is to be changed.")
        free = N_("By the country's table this is a day off already: nothing is to be changed.")
        raise RuleBroken("same_day", working if kind == DayKind.WORKED else free)


def _days(year: int, *spans: tuple[int, int, int]) -> frozenset[date]:
    """Dates of a year from spans (month, first day, last day)."""
    return frozenset(date(year, month, day) for month, first, last in spans for day in range(first, last + 1))


RU_2026 = Calendar(
    off=_days(
        2026,
        (1, 1, 11),
        (2, 21, 23),
        (3, 7, 9),
        (5, 1, 3),
        (5, 9, 11),
        (6, 12, 14),
        (11, 4, 4),
        (12, 31, 31),
    )
)
BY_2026 = Calendar(
    off=_days(
        2026,
        (1, 1, 2),
        (1, 7, 7),
        (3, 8, 8),
        (4, 20, 21),
        (5, 1, 1),
        (5, 9, 9),
        (7, 3, 3),
        (11, 7, 7),
        (12, 25, 25),
    ),
    worked=_days(2026, (4, 25, 25)),
)
CALENDARS = {"ru": RU_2026, "by": BY_2026}
YEARS = frozenset({2026})  # those of the tables above
