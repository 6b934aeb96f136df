"""The words and colors users read for referrals and supporting links."""

from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.rules.referrals import is_overdue
from portal.web import show_date

STATES: dict[str, tuple[str, Any]] = {
    "open": ("info", _l("waits for an answer")),
    "answered": ("ok", _l("answered")),
    "closed": ("mute", _l("closed without an answer")),
    "withdrawn": ("mute", _l("taken back")),
}
PASSES = {
    "none": _l("No: nobody can be recognized"),
    "consent": _l("Yes, by consent of the legal representative"),
    "law": _l("Yes, by law"),
}
ENDS = {"closed": _l("No answer comes any more"), "withdrawn": _l("We take the referral back")}
SHOWN = {
    "open": _l("Open ones"),
    "overdue": _l("Overdue ones"),
    "week": _l("Due this week"),
    "urgent": _l("Urgent ones"),
    "done": _l("Finished"),
}
LINKS = {
    "relative": _l("relative"),
    "neighbor": _l("neighbor"),
    "school": _l("school or kindergarten"),
    "body": _l("prevention body"),
    "ngo": _l("NGO"),
    "other": _l("somebody else"),
}
URGENT_LAW = {
    "ru": _l("Federal law No. 120-FZ of 24.06.1999, art. 9"),
    "by": _l("Law of the Republic of Belarus No. 200-Z of 31.05.2003"),
}


def urgent_law() -> str:
    """The provision by which the juvenile commission of this country is told of a child in danger."""
    return str(URGENT_LAW[current_app.config["COUNTRY"]])


def standing(state: str, due_on: date, today: date) -> tuple[str, str]:
    """Color and words of where a referral is: overdue, due today, or its state."""
    if is_overdue(state, due_on, today):
        return "bad", str(_("overdue since %(day)s", day=show_date(due_on)))
    if state == "open" and due_on == today:
        return "warn", str(_("due today"))
    color, text = STATES[state]
    return color, str(text)
