"""The alerts as a file."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.alerts.labels import DECISIONS, KINDS, STATES, assignee, is_late, raiser
from portal.lists import FAMILY
from portal.sheets import Column, Kind


def _done(row: Any) -> Any:
    return clock.local(row.done_at).date() if row.done_at else None


ALERTS = (
    Column(_l("What has happened"), lambda row: KINDS[row.kind][1]),
    *FAMILY,
    Column(_l("In words"), "text"),
    Column(_l("Told by"), raiser),
    Column(_l("Told at"), lambda row: clock.local(row.raised_at), Kind.DATETIME),
    Column(_l("State"), lambda row: STATES[row.state][1]),
    Column(_l("Decision"), lambda row: DECISIONS[row.decision] if row.decision else None),
    Column(_l("Carried out by"), assignee),
    Column(_l("Due"), "due_on", Kind.DATE),
    Column(_l("Late"), lambda row: row.state != "done" and is_late(row), Kind.YES_NO),
    Column(_l("Closed on"), _done, Kind.DATE),
)
