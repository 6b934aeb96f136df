"""The page on which a period is planned from a club's weekly times: looked at first, then planned at once."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.access import Permission, requires
from portal.clubs import periods, queries
from portal.clubs.forms import PlanForm
from portal.clubs.models import Club
from portal.clubs.periods import Outlook
from portal.rules import RuleBroken
from portal.rules.periods import presets
from portal.web import go, render, show_date
from portal.web import words as told

bp = Blueprint("periods", __name__)
ENOUGH = 14  # days left of a quarter that are worth planning by themselves
MOST = 400
PERIODS = {
    "this_quarter": _l("This quarter"),
    "next_quarter": _l("Next quarter"),
    "year": _l("Until the end of the year"),
}


@bp.route("/<int:club_id>/plan", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=queries.own_club)
def plan(club: Club) -> Response:
    """Plan the sessions of the weekly times for a period, and book the whole group."""
    form, club_id = PlanForm(), club.id
    (first, last), problem = _period()
    chosen = request.form.getlist("take")[:MOST] if request.method == "POST" else None
    if "look" in request.form:
        return _page(PlanForm(), club_id, first, last, chosen, problem, looks=True)
    if form.validate_on_submit() and problem is None:
        with form.rules():
            done = periods.plan_period(
                club_id, current_user.id, first_day=first, last_day=last, chosen=chosen, **form.values()
            )
            _tell(done)
            return go(url_for("clubs.show", club_id=club_id))
    return _page(form, club_id, first, last, chosen, problem)


def _page(
    form: PlanForm,
    club_id: int,
    first: date,
    last: date,
    chosen: list[str] | None,
    problem: str | None,
    *,
    looks: bool = False,
) -> Response:
    club, seen = queries.get_club(current_user, club_id), None
    try:
        seen = periods.outlook(club, first, last, chosen) if club else None
    except RuleBroken as broken:
        problem = problem or told(broken)
    sent = form.is_submitted() and not looks
    if problem and sent and problem not in form.form_errors:
        form.form_errors.append(problem)
    context: dict[str, Any] = {
        "times": queries.weekly_times([club_id]).get(club_id, []),
        "first": first,
        "last": last,
        "presets": [(PERIODS[name], *days) for name, days in presets(clock.today()).items()],
    }
    context |= {"club": club, "seen": seen, "problem": None if sent else problem, "told": told}
    return render(
        "clubs/plan.html",
        fragment="clubs/_places.html" if looks else None,
        status=422 if sent else 200,
        form=form,
        **context,
    )


def _period() -> tuple[tuple[date, date], str | None]:
    """The days asked for, or the rest of this quarter, or the next one; and what is wrong with what was typed."""
    today = clock.today()
    offered = presets(today)
    first, last = offered["this_quarter"]
    usual = (first, last) if (last - first).days >= ENOUGH else offered["next_quarter"]
    typed = [request.values.get(name, "") for name in ("first_day", "last_day")]
    if not any(typed):
        return usual, None
    try:
        return (date.fromisoformat(typed[0]), date.fromisoformat(typed[1])), None
    except ValueError:
        return usual, _("Choose the first and the last day of the period.")


def _tell(done: Outlook) -> None:
    """What was planned and booked; who got less than all of it, and the nearest week that would do."""
    sessions = ngettext("%(num)s session is planned.", "%(num)s sessions are planned.", len(done.wanted))
    booked = ngettext("%(num)s place is booked.", "%(num)s places are booked.", done.places)
    flash(f"{sessions} {booked}", "ok")
    for guest in done.guests:
        share = guest.share
        if share.refused:
            days = ", ".join(map(show_date, share.refused[:5])) + ("…" if len(share.refused) > 5 else "")
            flash(
                _(
                    "%(name)s has both services of the week taken: %(days)s. The nearest week with a place"
                    " begins on %(week)s.",
                    name=guest.name.short,
                    days=days,
                    week=show_date(share.next_week),
                ),
                "warn",
            )
