"""A contact that repeats: each is planned by itself, and those that cannot be are named."""

from datetime import date
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.contacts import actions
from portal.rules import RuleBroken
from portal.rules.month_plan import series
from portal.settings.calendar import calendar
from portal.web import show_date, words


def plan_series(
    patronage_id: int, user_id: int, actor_id: int, every: str, until: date, first: dict[str, Any]
) -> None:
    """Plan the contacts that follow the first one, and tell how many there are and which are refused."""
    planned, refused = 0, []
    for day in series(first["day"], every, until, calendar()):
        try:
            actions.plan_contact(patronage_id, user_id, actor_id, **(first | {"day": day}))
            planned += 1
        except RuleBroken as broken:
            refused.append(f"{show_date(day)}: {words(broken)}")
    if planned:
        flash(ngettext("%(num)d more is planned.", "%(num)d more are planned.", planned), "ok")
    for line in refused[:5]:
        flash(_("Not planned: %(what)s", what=line), "warn")
    if len(refused) > 5:
        flash(
            ngettext("%(num)d more is not planned.", "%(num)d more are not planned.", len(refused) - 5),
            "warn",
        )
