"""The lines of the list of norms: how each family stands by R9, week by week. Reads nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from portal.rules.names import FullName
from portal.rules.norms import (
    DAY,
    GAPS,
    History,
    Period,
    Unit,
    days_without_contact,
    gap_warns,
    judge,
    period_of,
)

WEEKS, YEAR = 8, 53
WEEK = timedelta(days=7)
LATE, SOON = "late", "soon"


class Cell(NamedTuple):
    """A week of a family: the contacts that took place, and how the period stands that holds the week.

    `standing` and `unit` are empty where the family was not on patronage or had no norm.
    """

    monday: date
    sunday: date
    contacts: int
    standing: str = ""
    unit: str = ""


class Line(NamedTuple):
    """A family in the list; `works` is whether the reader works with it, `gap` days without a contact.

    `state` is late, soon or empty; `lacking` contacts are still owed in the running `unit`.
    """

    family_id: int
    number: int
    surname: str
    works: bool
    regime: str
    lead_id: int | None
    lead: str
    last_on: date | None
    gap: int
    gap_warns: bool
    due_on: date | None
    state: str
    days_late: int
    lacking: int
    unit: str
    cells: tuple[Cell, ...]


def weeks_until(today: date, weeks: int = WEEKS) -> list[date]:
    """The Mondays of the last weeks, the running one last."""
    monday = period_of(Unit.WEEK, today)[0]
    return [monday - WEEK * back for back in reversed(range(weeks))]


def judged_since(today: date, weeks: int = WEEKS) -> date:
    """The first day whose contacts matter to a line."""
    first = weeks_until(today, weeks)[0]
    return min(period_of(unit, first)[0] for unit in Unit)


def state_of(due_on: date | None, today: date) -> str:
    """Whether the next contact is late, or due by the end of this week."""
    if due_on is None or due_on > period_of(Unit.WEEK, today)[1]:
        return ""
    return LATE if due_on < today else SOON


def line(
    row: Any,
    history: History,
    days: Sequence[date],
    today: date,
    weeks: int = WEEKS,
    gaps: Mapping[str, int] = GAPS,
) -> Line:
    """A family judged: `row` as the list reads it, `days` of its contacts since `judged_since()`."""
    mondays = weeks_until(today, weeks)
    periods = judge(history, days, mondays[0], mondays[-1] + WEEK - DAY)
    running = next((one for one in periods if one.first <= today <= one.last and one.lacking), None)
    gap = days_without_contact(history, [row.last_on] if row.last_on else [], today)
    state = state_of(row.due_on, today)
    return Line(
        row.family_id,
        row.number,
        row.surname,
        bool(row.works),
        row.regime,
        row.lead_id,
        FullName(row.last_name, row.first_name, row.middle_name).short if row.lead_id else "",
        row.last_on,
        gap,
        gap_warns(row.regime, gap, gaps),
        row.due_on,
        state,
        (today - row.due_on).days if state == LATE else 0,
        running.lacking if running else 0,
        str(running.unit) if running else "",
        tuple(_cell(monday, history, periods, days, today) for monday in mondays),
    )


def _cell(monday: date, history: History, periods: list[Period], days: Sequence[date], today: date) -> Cell:
    sunday = monday + WEEK - DAY
    count = sum(monday <= day <= sunday for day in days)
    holding = _holding(periods, monday, sunday) if _on_patronage(history, monday, sunday) else None
    return _kept(monday, count, holding.standing(today), holding.unit) if holding else _kept(monday, count)


@lru_cache(maxsize=4096)
def _kept(monday: date, contacts: int, standing: str = "", unit: str = "") -> Cell:
    """A week looks the same for most families: it is held once."""
    return Cell(monday, monday + WEEK - DAY, contacts, str(standing), str(unit))


def _on_patronage(history: History, first: date, last: date) -> bool:
    return any(span.first <= last and (span.last is None or span.last >= first) for span in history.regimes)


def _holding(periods: list[Period], monday: date, sunday: date) -> Period | None:
    """The period with most days of the week; of several the shortest, which is that of the stricter norm."""
    touching = [one for one in periods if one.first <= sunday and one.last >= monday]
    return max(touching, key=lambda one: (_shared(one, monday, sunday), one.first - one.last), default=None)


def _shared(period: Period, monday: date, sunday: date) -> int:
    return (min(period.last, sunday) - max(period.first, monday)).days
