"""The words and colors users read for an application, a survey, an agreement, and what is missing."""

from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.rules.intake import PRIVATE, Standing, State
from portal.settings import queries as settings
from portal.web import show_date

KINDS = {"application": _l("The family's own application"), "signal": _l("A signal from outside")}
TEXTS = {
    "housing": _l("Housing"),
    "income": _l("Income and work"),
    "health": _l("Health"),
    "upbringing": _l("Upbringing and education of the children"),
    "relations": _l("Relations in the family and with others"),
    "needs": _l("What the family needs"),
    "conclusion": _l("Conclusion"),
}
MISSING = {
    "consent": _l("consent in force"),
    "minors": _l("signatures of the older children"),
    "intake": _l("application or signal"),
    "survey": _l("survey of living conditions"),
    "agreement": _l("service agreement"),
    "course": _l("end of the rehabilitation course, or why there is none"),
    "phone": _l("phone"),
    "address": _l("address"),
    "children": _l("children"),
    "birth_dates": _l("exact birth dates of the children"),
    "consent_scan": _l("scan of the consent"),
}
_PLACES = {
    "consent": "families.new_consent",
    "minors": "families.new_consent",
    "intake": "intake.edit",
    "survey": "intake.survey",
    "agreement": "intake.new_agreement",
    "course": "intake.edit",
}
COLORS = {State.DUE: "info", State.TODAY: "warn", State.LATE: "bad"}


class Missing(NamedTuple):
    """Something that is not there yet, with the address where it is entered; `needed` for the consilium (R1)."""

    code: str
    label: Any
    url: str
    needed: bool


def place(code: str, family_id: int, unscanned: int | None) -> str:
    """The address where what is missing is entered; `unscanned` is a consent without its scan."""
    if code == "consent_scan" and unscanned is not None:
        return url_for("families.add_scan", family_id=family_id, consent_id=unscanned)
    return url_for(_PLACES.get(code, "families.edit"), family_id=family_id)


def body(code: str) -> str:
    """Who gave a signal."""
    return str(_("a private person")) if code == PRIVATE else settings.word("bodies", code)


def bodies(also: str = "") -> list[tuple[str, Any]]:
    """Those a signal can come from; one that is no longer in use only where it stands already."""
    known = settings.words("bodies", also=frozenset({also}))
    return [("", _l("Choose who…")), *known, (PRIVATE, _l("a private person (a relative, a neighbor)"))]


def countdown(standing: Standing) -> tuple[str, str]:
    """Color and words of the time that is left for a survey."""
    if standing.state == State.TODAY:
        told = _("due today")
    elif standing.state == State.LATE:
        told = ngettext("late by %(num)d working day", "late by %(num)d working days", standing.days)
    else:
        told = ngettext("%(num)d working day left", "%(num)d working days left", standing.days)
    return COLORS[standing.state], str(told)


def due_by(standing: Standing) -> str:
    """«до 25.11.2026»."""
    return str(_("by %(day)s", day=show_date(standing.due_on)))
