"""The audit log and the lists of the settings as files."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.lists import person
from portal.settings.event_names import EVENT_NAMES, KIND_NAMES, PAGE_NAMES
from portal.sheets import Column, Kind

_ENTRY = (
    Column(_l("No."), "id", Kind.INTEGER),
    Column(_l("When"), lambda row: clock.local(row.at), Kind.DATETIME),
    Column(_l("Who"), lambda row: person(row) or _("the portal")),
)
_NAMES: Mapping[Any, Any] = EVENT_NAMES
LOG = {
    "changes": (
        *_ENTRY,
        Column(_l("What"), lambda row: _NAMES.get(row.event, row.event)),
        Column(_l("Of what"), lambda row: KIND_NAMES.get(row.kind, row.kind)),
        Column(_l("No. of it"), "object_id", Kind.INTEGER),
    ),
    "looks": (
        *_ENTRY,
        Column(_l("What"), lambda row: PAGE_NAMES.get(row.page, row.page)),
        Column(_l("Family No."), "number", Kind.INTEGER),
    ),
}
_DAYS = {
    "off": _l("a day off"),
    "worked": _l("a working day"),
    "weekend": _l("a day off"),
    "work": _l("a working day"),
}


def of_days(weekdays: Sequence[str]) -> tuple[Column, ...]:
    """The days of a year that are not what their weekday says."""
    return (
        Column(_l("Day"), "day", Kind.DATE),
        Column(_l("Weekday"), lambda cell: weekdays[cell.day.weekday()]),
        Column(_l("What it is"), lambda cell: _DAYS[cell.kind]),
        Column(_l("Entered here"), "own", Kind.YES_NO),
        Column(_l("Note"), "note"),
    )
