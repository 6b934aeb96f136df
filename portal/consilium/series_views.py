"""A series of meetings planned at once: asked for in the address, looked at, made."""

from flask import Response, request, url_for
from flask_babel import ngettext
from flask_login import current_user

from portal.access import Permission, requires
from portal.consilium import series
from portal.consilium.pages import bp
from portal.consilium.series_forms import START, SeriesForm, month_name
from portal.rules import RuleBroken
from portal.rules.series import is_unusual_hour
from portal.web import go, render, words


@bp.route("/meetings/series", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE)
def new_series() -> Response:
    """Plan the meetings of up to a year; the days are shown before anything is made."""
    if request.method == "POST":
        return _make()
    if "which" not in request.args:
        return _page(SeriesForm(data=START), None)
    form = SeriesForm(request.args, meta={"csrf": False})
    found = _preview(form) if form.validate() else None
    if found:
        form.days.data = [one.day for one in found.days if one.day and one.day not in found.there]
    return _page(form, found)


def _make() -> Response:
    form = SeriesForm()
    asked = (form.which, form.weekday, form.month, form.months)
    found = _preview(form) if all(field.validate(form) for field in asked) else None
    if found:
        form.offer(found.days)
        if form.validate_on_submit():
            with form.rules():
                made = series.plan_series(
                    form.days.data or (),
                    form.seen_ids,
                    form.starts_at.data,
                    form.place.data,
                    form.note.data,
                    current_user.id,
                )
                done = ngettext("%(num)s meeting is planned.", "%(num)s meetings are planned.", made)
                return go(url_for(".index"), done)
            found = _preview(form)
    return _page(form, found)


def _preview(form: SeriesForm) -> series.Preview | None:
    try:
        return series.preview(*form.asked)
    except RuleBroken as broken:
        form.form_errors.append(words(broken))
        return None
    except ValueError:
        return None


def _page(form: SeriesForm, found: series.Preview | None) -> Response:
    late = form.starts_at.data is not None and is_unusual_hour(form.starts_at.data)
    return render("consilium/series.html", form=form, preview=found, unusual=late, month=month_name)
