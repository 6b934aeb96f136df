"""The words and colors users read for an alert."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.rules import alerts
from portal.rules.names import FullName

KINDS: dict[str, tuple[str, Any]] = {
    "danger": ("bad", _l("danger to the child")),
    "refusal": ("warn", _l("refusal to talk or to let us in")),
    "ignored": ("warn", _l("recommendations ignored")),
    "late_survey": ("warn", _l("survey is late")),
}
STATES: dict[str, tuple[str, Any]] = {
    "open": ("warn", _l("waits for a decision")),
    "decided": ("info", _l("to be carried out")),
    "done": ("ok", _l("closed alert")),
}
DECISIONS = {
    "visit": _l("Visit the family"),
    "no_visit": _l("No visit is needed"),
    "review": _l("Review with the author of the task"),
    "notice": _l("Notice to the juvenile commission"),
    "other": _l("Another decision"),
}
CHIPS = {
    "open": _l("Wait for a decision"),
    "danger": _l("Danger"),
    "decided": _l("To be carried out"),
    "all": _l("All"),
}


def age(raised_at: datetime) -> str:
    """«3 часа», «2 дня»: for how long it has been waiting."""
    minutes = max(1, int((clock.now() - raised_at).total_seconds() // 60))
    if minutes < 60:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    if minutes < 24 * 60:
        return str(ngettext("%(num)d hour", "%(num)d hours", minutes // 60))
    return str(ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60)))


def is_late(row: Any) -> bool:
    """Whether the head, or whoever carries the decision out, is late."""
    return alerts.is_late(row.kind, row.state, row.raised_at, row.due_on, clock.now(), clock.today())


def raiser(row: Any) -> str:
    """Who told the head, of a row of the list."""
    return FullName(row.raiser_last_name, row.raiser_first_name, row.raiser_middle_name).short


def assignee(row: Any) -> str:
    """Who carries it out, of a row of the list; empty for nobody."""
    if not row.assignee_last_name:
        return ""
    return FullName(row.assignee_last_name, row.assignee_first_name, row.assignee_middle_name).short
