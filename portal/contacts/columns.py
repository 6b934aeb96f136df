"""The lists of contacts as files."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.contacts.grid_rows import Cell, Line, weeks_until
from portal.contacts.labels import CLASHES, KINDS, STANDINGS, STATES, why
from portal.journal.labels import STATES as ENTRY_STATES
from portal.lists import FAMILY, person
from portal.patronage.labels import REGIMES
from portal.rules.contacts import State
from portal.sheets import Column, Kind

WHEN = (Column(_l("Day"), "day", Kind.DATE), Column(_l("Time"), "starts_at", Kind.TIME))
HOW = Column(_l("How"), lambda row: KINDS[row.kind])
MINUTES = Column(_l("Length, minutes"), "minutes", Kind.INTEGER)
STATE = Column(_l("State"), lambda row: STATES[row.state][1])


def in_the_way(clashes: Mapping[int, list[Any]]) -> Column:
    """What a contact clashes with."""
    return Column(
        _l("In the way"), lambda row: "; ".join(str(CLASHES[one]) for one in clashes.get(row.id, ()))
    )


def of_week(clashes: Mapping[int, list[Any]]) -> tuple[Column, ...]:
    """The contacts of a week."""
    return (*WHEN, *FAMILY, HOW, Column(_l("Specialist"), person), STATE, in_the_way(clashes))


def _entry(row: Any) -> Any:
    if row.entry_state:
        return ENTRY_STATES[row.entry_state][1]
    return _l("in the earlier journal") if row.brought and row.state == State.DONE else None


OF_FAMILY = (
    *WHEN,
    HOW,
    MINUTES,
    Column(_l("Specialist"), person),
    STATE,
    Column(_l("Reason"), lambda row: why(row.why) if row.why else None),
    Column(_l("Journal entry"), _entry),
)


def of_norms(today: date, weeks: int) -> tuple[Column, ...]:
    """The families on patronage by their next contact, and their last weeks."""
    return (
        *FAMILY,
        Column(_l("Regime"), lambda line: REGIMES[line.regime]),
        Column(_l("Lead"), "lead"),
        Column(_l("Last contact"), "last_on", Kind.DATE),
        Column(_l("Days without a contact"), lambda line: line.gap or None, Kind.INTEGER),
        Column(_l("Next one is due by"), "due_on", Kind.DATE),
        Column(_l("Days late"), lambda line: line.days_late or None, Kind.INTEGER),
        *(_week(place, monday) for place, monday in enumerate(weeks_until(today, weeks))),
    )


def _week(place: int, monday: date) -> Column:
    return Column(f"{monday:%d.%m.%Y}", lambda line: _cell(line, place))


def _cell(line: Line, place: int) -> str:
    cell: Cell = line.cells[place]
    if not cell.standing:
        return str(cell.contacts or "")
    return f"{cell.contacts}: {STANDINGS[cell.standing][1]}"
