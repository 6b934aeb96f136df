"""The lists of plans and measures as files."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.lists import FAMILY, person
from portal.plans.labels import KINDS
from portal.settings import queries as settings
from portal.sheets import Column, Kind


def _responsible(row: Any) -> str:
    if row.body:
        return settings.word("bodies", row.body)
    return person(row) or " ".join(part for part in (row.m_last, row.m_first) if part)


def _days_late(row: Any) -> int | None:
    days: int = (clock.today() - row.due_on).days
    return days if days > 0 else None


MEASURES = (
    *FAMILY,
    Column(_l("What is to be done"), "text"),
    Column(_l("Kind"), lambda row: KINDS[row.kind]),
    Column(_l("Due"), "due_on", Kind.DATE),
    Column(_l("Days late"), _days_late, Kind.INTEGER),
    Column(_l("Responsible"), _responsible),
)
_WRITTEN = (
    *FAMILY,
    Column(_l("Version"), "version", Kind.INTEGER),
    Column(_l("Written by"), person),
    Column(_l("Written on"), lambda row: clock.local(row.edited_at).date(), Kind.DATE),
)
MISSING = (
    *FAMILY,
    Column(_l("On patronage since"), "enrolled_on", Kind.DATE),
    Column(_l("A plan is being written"), lambda row: row.plan_id is not None, Kind.YES_NO),
)
COLUMNS = {
    "overdue": MEASURES,
    "week": MEASURES,
    "approval": (*_WRITTEN, Column(_l("Agreed with the family"), "agreed_on", Kind.DATE)),
    "returned": (*_WRITTEN, Column(_l("Remark"), "remark")),
    "missing": MISSING,
}
