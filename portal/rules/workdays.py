"""Working days of a country: weekends, official days off, and days worked instead (DOMAIN §7)."""

from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5


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
