"""Colors and words of what is owed to a family after a decision."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.intake.labels import countdown
from portal.rules.follow_ups import extract_by, tell_by
from portal.rules.intake import standing
from portal.settings.calendar import calendar
from portal.web import show_date

OWED = {"tell": _l("Family not told"), "extract": _l("Extract not given")}
RESULTS = {"carried": _l("Carried"), "rejected": _l("Rejected")}


def told(decided_on: date, told_on: date | None, owed: Any) -> tuple[str, str] | None:
    """Whether the family was told, or how late that is; None where it is not asked for."""
    if told_on is not None:
        kind = "warn" if told_on > tell_by(decided_on) else "ok"
        return kind, str(_("family told on %(day)s", day=show_date(told_on)))
    return _due(tell_by(decided_on), _("tell the family")) if owed else None


def extract(decided_on: date, extract_on: date | None, owed: Any, days: int | None) -> tuple[str, str] | None:
    """Whether the extract was given, or by when it is due; None where it is not asked for."""
    due = extract_by(decided_on, calendar(), days)
    if extract_on is not None:
        kind = "warn" if extract_on > due else "ok"
        return kind, str(_("extract given on %(day)s", day=show_date(extract_on)))
    return _due(due, _("extract")) if owed else None


def states(decided_on: date, row: Any, owed: Any, days: int | None) -> list[tuple[str, str]]:
    """Both, where they are asked for; `row` has told_on and extract_on, `days` is the meeting's term of the extract."""
    found = (told(decided_on, row.told_on, owed), extract(decided_on, row.extract_on, owed, days))
    return [one for one in found if one is not None]


def _due(day: date, what: str) -> tuple[str, str]:
    kind, left = countdown(standing(day, clock.today(), calendar()))
    return kind, f"{what}: {left}"
