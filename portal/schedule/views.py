"""Pages of plans: a month proposed by the norms, and the log of outings."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock, lists
from portal.access import LARGEST_ID, Permission, Role, may, requires
from portal.contacts import actions, labels, timetable
from portal.contacts.queries import planned_by
from portal.lists import takeable
from portal.months import around, month_asked
from portal.papers.months_of import month_id
from portal.papers.work_facts import get_month
from portal.patronage.labels import REGIME_COLORS, REGIMES
from portal.patronage.loads import specialist_names
from portal.rules import RuleBroken
from portal.rules.contacts import FARTHEST
from portal.rules.month_plan import MINUTES
from portal.rules.timetable import ends_at
from portal.schedule import queries
from portal.schedule.columns import of_outings
from portal.schedule.forms import MonthForm
from portal.settings.calendar import calendar
from portal.sheets import MOST_ROWS
from portal.web import go, render, show_weekday, words

bp = Blueprint("schedule", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of plans, for their templates."""
    return {
        "labels": labels,
        "regimes": REGIMES,
        "colors": REGIME_COLORS,
        "weekday": show_weekday,
        "ends_at": ends_at,
    }


def _specialist() -> int:
    """Whose month or outings: the one asked for, oneself, or for who has no families the first colleague."""
    chosen = request.args.get("specialist", 0, type=int)
    if chosen > 0:
        return min(chosen, LARGEST_ID)
    people = specialist_names()
    works = bool(current_user.roles & {Role.SPECIALIST, Role.PEDAGOGUE})
    return current_user.id if works or not people else people[0].id


@bp.route("/contacts/month", methods=["GET", "POST"])
@requires(Permission.CONTACT_PLAN)
def month() -> Response:
    """Dates that fulfill the norms, proposed; each is accepted, moved or left out."""
    user_id, day = _specialist(), month_asked()
    if not planned_by(current_user, user_id):
        abort(404)
    found = queries.month(current_user, user_id, day, calendar())
    form = MonthForm() if request.method == "POST" else MonthForm.of(found.proposals)
    if form.validate_on_submit():
        done, left = _plan(form, user_id, found.families)
        if done:
            flash(ngettext("%(num)d contact is planned.", "%(num)d contacts are planned.", done), "ok")
        if not left:
            return go(url_for(".month", month=f"{day:%Y-%m}", specialist=user_id))
        form.form_errors.append(_("Some contacts are not planned: the reason stands beside each."))
    return render(
        "schedule/month.html",
        form=form,
        month=found,
        worker=user_id,
        colleague=queries.colleague(user_id),
        colleagues=specialist_names(),
        **around(day),
    )


def _plan(form: MonthForm, user_id: int, families: dict[int, Any]) -> tuple[int, int]:
    """Plan what was ticked: how many are planned, how many refused; what is planned leaves the form."""
    done, left = 0, []
    for entry in form.rows.entries:
        row = entry.form
        if not row.take.data:
            left.append((entry, False))
            continue
        try:
            if row.number not in families:
                abort(404)
            actions.plan_contact(
                row.number,
                user_id,
                current_user.id,
                kind="visit",
                day=row.day.data,
                starts_at=row.starts_at.data,
                minutes=MINUTES,
            )
            done += 1
        except RuleBroken as broken:
            row.day.errors = [*row.day.errors, words(broken)]
            left.append((entry, True))
    form.rows.entries = [entry for entry, _refused in left]
    return done, sum(refused for _entry, refused in left)


@bp.get("/contacts/day")
@requires(Permission.CONTACT_PLAN)
def day() -> Response:
    """A day of a specialist: what stands in it, and the families with whom a contact can be planned."""
    user_id, chosen = _specialist(), _day()
    if not planned_by(current_user, user_id):
        abort(404)
    return render(
        "schedule/day.html",
        day=chosen,
        today=clock.today(),
        taken=timetable.day_of(current_user, user_id, chosen),
        families=queries.to_meet(current_user, user_id, chosen),
        worker=user_id,
        colleague=queries.colleague(user_id),
        colleagues=specialist_names(),
    )


def _day() -> date:
    """The day asked for, from today to the farthest that can be planned."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = clock.today()
    return min(max(asked, clock.today()), clock.today() + FARTHEST)


@bp.route("/contacts/outings", methods=["GET", "POST"])
@requires(Permission.CONTACT_LIST)
@takeable
def outings() -> Response:
    """The log of outings of a specialist, to be looked at and printed."""
    day, user_id, today = month_asked(), _specialist(), clock.today()
    if lists.asked():
        found = queries.outings(current_user, user_id, day, MOST_ROWS)
        return lists.give("outings", _("Outing log"), of_outings(found), found.rows)
    plans = may(current_user, Permission.CONTACT_PLAN) and planned_by(current_user, user_id)
    log = month_id(user_id, day)
    return render(
        "schedule/outings.html",
        log=log if get_month(current_user, log) else None,
        plan_on=max(day, today) if plans and queries.month_of(day)[1] >= today else None,
        outings=queries.outings(current_user, user_id, day),
        worker=user_id,
        colleague=queries.colleague(user_id),
        colleagues=specialist_names(),
        **around(day),
    )
