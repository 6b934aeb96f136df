"""The country's working days as they are counted here: its official table, and over it the center's own days."""

import calendar as months
import functools
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.db import db
from portal.memory import unchanged
from portal.rules.workdays import CALENDARS, SATURDAY, YEARS, Calendar, YearByYear
from portal.settings.models import CalendarDay


@functools.cache
def of_country(country: str, year: int) -> Calendar:
    """The official table of a year: ours where we have it, else that of the package `holidays`."""
    if year in YEARS:
        return CALENDARS[country]
    import holidays  # 20 MB: only who counts into such a year loads it

    found = holidays.country_holidays(country.upper(), years=year)
    worked = frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year == year)
    return Calendar(frozenset(day for day in found if day.year == year), worked)


def calendar() -> Calendar:
    """The working days by which everything here is counted."""
    return unchanged(("calendar",), _effective)


def _effective() -> Calendar:
    country = current_app.config["COUNTRY"]
    own = {day: kind for day, (kind, _note) in own_days().items()}

    @functools.cache
    def of(year: int) -> Calendar:
        table = of_country(country, year)
        days = {day: kind for day, kind in own.items() if day.year == year}
        return table.with_days(days) if days else table

    return YearByYear(of=of)


def own_days() -> dict[date, tuple[str, str]]:
    """The center's own days: kind and note."""
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.kind, CalendarDay.note))
    return {row.day: (row.kind, row.note) for row in rows}


@dataclass(frozen=True)
class Cell:
    """A day of the year's page: work, weekend, off (a holiday), or worked (a weekend that is worked)."""

    day: date
    kind: str
    own: bool  # by the center, against the country's table
    note: str = ""

    @property
    def is_special(self) -> bool:
        """Whether the day is not what its weekday says, or was changed here."""
        return self.own or self.kind in ("off", "worked")


def year_page(year: int) -> dict[str, Any]:
    """`months`, each of weeks of seven cells (None beside the month), and the `special` days in their order."""
    table, own = calendar(), {day: note for day, (_kind, note) in own_days().items()}
    weeks = months.Calendar()

    def cell(day: date) -> Cell:
        weekend = day.weekday() >= SATURDAY
        kind = ("worked" if weekend else "work") if table.is_working(day) else "weekend" if weekend else "off"
        return Cell(day, kind, day in own, own.get(day, ""))

    found = [
        [
            [cell(day) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]
    cells = (one for month in found for week in month for one in week if one is not None)
    return {"months": found, "special": [one for one in cells if one.is_special]}
