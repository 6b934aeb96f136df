"""Months and quarters that papers are of, each as one number: 202611 is November 2026, 20264 the last quarter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from portal.access import LARGEST_ID
from portal.months import FIRST, LAST
from portal.rules.norms import Unit
from portal.rules.norms import period_of as calendar_period

QUARTERS = ("I", "II", "III", "IV")
_SLOTS = 16  # twelve months and four quarters of a year
_PLACES = (LAST.year - FIRST.year) * _SLOTS


@dataclass(frozen=True)
class Period:
    """A month or a quarter of the calendar, both days included."""

    first: date
    last: date

    @property
    def is_quarter(self) -> bool:
        """Else it is a month."""
        return self.last.month != self.first.month

    @property
    def quarter(self) -> int:
        """1 to 4: the quarter it is, or lies in."""
        return (self.first.month + 2) // 3

    @property
    def id(self) -> int:
        """202611, or of a quarter 20264."""
        first = self.first
        return first.year * 10 + self.quarter if self.is_quarter else first.year * 100 + first.month

    @property
    def title(self) -> str:
        """«ноябрь 2026 г.», «IV квартал 2026 г.»."""
        if self.is_quarter:
            return f"{QUARTERS[self.quarter - 1]} квартал {self.first.year} г."
        return format_date(self.first, "LLLL y 'г'.", locale="ru")


def month(day: date) -> Period:
    """The month of the day."""
    return Period(*calendar_period(Unit.MONTH, day))


def quarter(day: date) -> Period:
    """The quarter of the day."""
    return Period(*calendar_period(Unit.QUARTER, day))


def months_in(span: Period) -> list[Period]:
    """The three months of a quarter, the latest first."""
    return [month(date(span.first.year, one, 1)) for one in range(span.last.month, span.first.month - 1, -1)]


def period_of(number: int) -> Period | None:
    """The month or quarter of a number; None for one that is none."""
    if FIRST.year * 10 < number < LAST.year * 10:
        year, part = divmod(number, 10)
        return quarter(date(year, part * 3, 1)) if 1 <= part <= 4 else None
    year, part = divmod(number, 100)
    known = FIRST.year <= year < LAST.year and 1 <= part <= 12
    return month(date(year, part, 1)) if known else None


def own_id(user_id: int, period: Period) -> int:
    """The number of a colleague's month or quarter."""
    slot = 11 + period.quarter if period.is_quarter else period.first.month - 1
    return user_id * _PLACES + (period.first.year - FIRST.year) * _SLOTS + slot


def own_of(number: int) -> tuple[int, Period] | None:
    """(the colleague, the period) of such a number; None for one that is none."""
    user_id, place = divmod(number, _PLACES)
    if not 0 < number <= LARGEST_ID or user_id < 1:
        return None
    year, slot = divmod(place, _SLOTS)
    year += FIRST.year
    return user_id, month(date(year, slot + 1, 1)) if slot < 12 else quarter(date(year, (slot - 11) * 3, 1))


def named(of: str, number: int) -> str:
    """The month or quarter that a paper of such objects is of; nothing for papers of other things."""
    if of == "period":
        found = period_of(number)
    elif of == "own_period":
        own = own_of(number)
        found = own[1] if own else None
    else:
        return ""
    return found.title if found else ""


def journal_papers(day: date, worker_id: int | None) -> dict[str, Any]:
    """The journal of the day's month and quarter as papers: of one colleague, or of all. Their code and numbers."""
    spans = {"month": month(day), "quarter": quarter(day)}
    if worker_id is None:
        return {"code": "service-journal"} | {name: one.id for name, one in spans.items()}
    return {"code": "worker-journal"} | {name: own_id(worker_id, one) for name, one in spans.items()}


def quarters_of(months: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """The quarters in which these months lie, in their order: id, number «IV», year."""
    found = dict.fromkeys(quarter(date(*one, 1)) for one in months)
    return [{"id": one.id, "number": QUARTERS[one.quarter - 1], "year": one.first.year} for one in found]
