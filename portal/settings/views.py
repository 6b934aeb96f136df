"""The administrator's settings, and the auditor's log."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from babel.dates import get_day_names, get_month_names
from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, lists
from portal.access import LARGEST_ID, Permission, requires
from portal.contacts import labels
from portal.lists import takeable, takeable_form
from portal.rules.contacts import CHANNELS
from portal.rules.workdays import FIRST_YEAR, LAST_YEAR, YEARS
from portal.settings import actions, columns, queries
from portal.settings.calendar import year_page
from portal.settings.event_names import EVENT_NAMES, KIND_NAMES, PAGE_NAMES
from portal.settings.forms import DayForm, SettingsForm, TakeBackForm
from portal.web import attempt, go, render

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
def edit() -> Response:
    """The centre's name and the rules that may be set."""
    start = {name: queries.value(name) for name in queries.DEFAULTS} | {
        "call_channels": queries.call_channels()
    }
    form = SettingsForm(data=start)
    allowed = CHANNELS[current_app.config["COUNTRY"]]
    form.call_channels.choices = [(one, labels.CHANNELS[one]) for one in allowed]
    if form.validate_on_submit():
        actions.change_settings(current_user.id, **form.values())
        return go(url_for(".edit"), _("Saved."))
    return render("settings/edit.html", form=form)


@bp.route("/calendar", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
@takeable_form
def calendar() -> Response:
    """The working days of a year; a day may be set off or worked against the country's table."""
    if lists.asked():
        names = [get_day_names("wide", "stand-alone", str(get_locale()))[n] for n in range(7)]
        special = year_page(_known_year())["special"]
        return lists.give("calendar", _("Working-day calendar"), columns.of_days(names), special)
    form = DayForm()
    if form.validate_on_submit():
        with form.rules():
            actions.set_day(form.day.data, form.kind.data, form.note.data, current_user.id)
            return go(_of_year(form.day.data), _("The calendar is changed."))
    year = form.day.data.year if form.is_submitted() and form.day.data else _year()
    year = year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year
    locale = str(get_locale())
    words: dict[str, Any] = {
        "months": [get_month_names("wide", "stand-alone", locale)[n] for n in range(1, 13)],
        "days": [get_day_names("short", "stand-alone", locale)[n] for n in range(7)],
        "long_days": [get_day_names("wide", "stand-alone", locale)[n] for n in range(7)],
    }
    return render(
        "settings/calendar.html",
        form=form,
        page=year_page(year),
        year=year,
        years=(FIRST_YEAR, LAST_YEAR),
        is_checked=year in YEARS,
        country=current_app.config["COUNTRY"],
        names=words,
        today=clock.today(),
    )


@bp.post("/calendar/take-back")
@requires(Permission.SETTINGS_MANAGE)
def take_back() -> Response:
    """Let the country's table say again what a day is."""
    form = TakeBackForm()
    if not form.validate():
        return go(url_for(".calendar"), _("Choose the day on the page of its year."), "bad")
    day, done = form.day.data, _("The country's table applies to this day again.")
    return attempt(_of_year(day), done, actions.take_day_back, day, current_user.id)


def _year() -> int:
    text = request.args.get("year", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else clock.today().year


def _known_year() -> int:
    year = _year()
    return year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year


def _of_year(day: date) -> str:
    return url_for(".calendar", year=day.year)


def _log(kind: str) -> Iterator[Any]:
    """All of it, from the newest entry on."""

    def read(before: int | None, size: int) -> tuple[list[Any], int | None]:
        page = queries.audit_page(kind, LARGEST_ID if before is None else before, size)
        return page["rows"], page["next"]

    return lists.onward(read)


@bp.route("/audit", methods=["GET", "POST"])
@requires(Permission.AUDIT_READ)
@takeable
def audit_log() -> Response:
    """Who did what and when, and who looked at which family; no content."""
    before = min(request.args.get("before", LARGEST_ID, type=int), LARGEST_ID)
    kind = "looks" if request.args.get("show") == "looks" else "changes"
    if lists.asked():
        title = _("Looks at families") if kind == "looks" else _("Audit log")
        return lists.give(f"audit.{kind}", title, columns.LOG[kind], _log(kind))
    names = {"event": EVENT_NAMES, "kind": KIND_NAMES, "page": PAGE_NAMES}
    return render("settings/audit.html", page=queries.audit_page(kind, before), kind=kind, names=names)
