"""The list of families as a file."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.families.labels import STATUSES
from portal.patronage.labels import REGIMES
from portal.rules.names import FullName
from portal.settings import queries as settings
from portal.sheets import Column, Kind

AT_WORK = ("enrolled", "suspended")  # those of a regime


def _regime(row: Any) -> Any:
    return REGIMES[row.regime] if row.status in AT_WORK else None


def _categories(row: Any) -> str:
    codes = sorted(row.categories.split(",")) if row.categories else []
    return ", ".join(settings.word("categories", code) for code in codes)


def _lead(row: Any) -> str:
    return FullName(row.lead_last, row.lead_first, row.lead_middle).short if row.lead_last else ""


FAMILIES = (
    Column(_l("No."), "number", Kind.INTEGER),
    Column(_l("Representative"), lambda row: row.name or row.surname),
    Column(_l("Children"), "children", Kind.INTEGER),
    Column(_l("Status"), lambda row: STATUSES[row.status][0] if row.status else None),
    Column(_l("Regime"), _regime),
    Column(_l("Categories"), _categories),
    Column(_l("Lead specialist"), _lead),
    Column(_l("Enrolled on"), "enrolled_on", Kind.DATE),
)
