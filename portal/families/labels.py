"""The words and colors users read for a family: status, stage, ages, what was changed."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.rules.consent import age_on

STATUSES: dict[str, tuple[Any, str]] = {
    "identified": (_l("Identified"), "mute"),
    "consented": (_l("Consent given"), "info"),
    "submitted": (_l("Before the consilium"), "warn"),
    "enrolled": (_l("On patronage"), "ok"),
    "suspended": (_l("Patronage suspended"), "bad"),
    "removed": (_l("Taken off"), "mute"),
    "declined": (_l("Declined by the family"), "mute"),
    "refused": (_l("Refused by the consilium"), "mute"),
}
TERMS = {"long": _l("long-term"), "short": _l("short-term")}
STAGES = {"preparatory": _l("preparatory stage"), "main": _l("main stage"), "final": _l("final stage")}
CHANGED = {
    "address": _l("address"),
    "phone": _l("phone"),
    "other_phones": _l("other phones"),
    "note": _l("note"),
    "course_ended_on": _l("end of the course"),
    "categories": _l("categories"),
    "representative": _l("representatives"),
    "minor": _l("children"),
}
EVENT_COLORS = {
    "consent.recorded": "ok",
    "consent.withdrawn": "bad",
    "patronage.submitted": "warn",
    "item.closed": "ok",
    "plan.approved": "ok",
    "plan.returned": "warn",
    "family.created": "info",
    "family.imported": "info",
    "patronage.opened": "info",
    "patronage.stage_moved": "ok",
    "patronage.emergency_started": "bad",
    "diagnosis.approved": "ok",
    "diagnosis.returned": "bad",
    "alert.raised": "bad",
    "alert.decided": "warn",
    "alert.done": "ok",
}


def years(age: int) -> str:
    """«9 лет»."""
    return str(ngettext("%(num)s year", "%(num)s years", age))


def born(member: Any) -> str:
    """«12.03.2015, 11 лет», «2012 г. р.», or that it is not known."""
    if member.birth_date:
        age = age_on(member.birth_date, clock.today())
        day = f"{member.birth_date:%d.%m.%Y}"
        return f"{day}, {years(age)}" if age > 0 else str(_("%(day)s, under a year", day=day))
    if member.birth_year:
        return str(_("born in %(year)s", year=member.birth_year))
    return str(_("birth date not known"))


def changed(names: list[str]) -> list[str]:
    """What a change of the card touched, in words."""
    kinds = dict.fromkeys(name.partition(" ")[0] for name in names)
    return [str(CHANGED[kind]) for kind in kinds if kind in CHANGED]
