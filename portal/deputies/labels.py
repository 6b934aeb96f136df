"""The words users read for deputies."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.deputies.queries import StandIn
from portal.rules.names import FullName
from portal.web import show_date

REASONS = {
    "leave": _l("leave"),
    "illness": _l("illness"),
    "trip": _l("business trip"),
    "training": _l("training"),
    "other": _l("another reason"),
}


def stands_in(one: StandIn) -> str:
    """«на период отпуска до 05.12.2026: Громова А. В.»; of another absence all staff read nothing but the dates."""
    parts = {"day": show_date(one.until), "name": one.name}
    if one.reason == "leave":
        return str(_("during leave until %(day)s: %(name)s", **parts))
    return str(_("during absence until %(day)s: %(name)s", **parts))


def away(row: Any) -> str:
    """Who is away, of a row of the list."""
    return FullName(row.away_last_name, row.away_first_name, row.away_middle_name).full


def deputy(row: Any) -> str:
    """Who stands in, of a row of the list."""
    return FullName(row.deputy_last_name, row.deputy_first_name, row.deputy_middle_name).full
