"""Pages on which many papers are asked for at once; they are made in the background."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.access import Permission, may, requires
from portal.consilium import queries as consilium
from portal.consilium.models import Meeting
from portal.families import queries as families
from portal.families.models import Family
from portal.jobs import actions as jobs
from portal.journal import months as journals
from portal.papers import bulk, catalog, periods
from portal.papers.bulk_forms import BulkForm, FamiliesForm, JournalForm, MeetingForm, WeekForm, of_department
from portal.papers.bulk_places import PLACES
from portal.rules.weekly_limit import week_of
from portal.web import go, render

bp = Blueprint("bulk", __name__, url_prefix="/papers/bulk")
QUARTERS = 9  # to choose from


@bp.route("/week", methods=["GET", "POST"])
@requires(Permission.CONTACT_VIEW)
def week() -> Response:
    """Visit sheets of a week: one's own, or all that the department has."""
    form = WeekForm(data={"week": _day()})
    form.offer(*_whose())
    return _page("week", form, {}, (_("Contacts"), url_for("contacts.index", week=week_of(_day()))))


@bp.route("/families/<int:family_id>/week", methods=["GET", "POST"])
@requires(Permission.CONTACT_VIEW, of=families.get_family)
def week_of_family(family: Family) -> Response:
    """Visit sheets of a week of one family."""
    form = WeekForm(data={"week": _day()})
    form.offer("family")
    back = (_("Contacts of the family"), url_for("contacts.of_family", family_id=family.id))
    return _page("week", form, {"family": family.id}, back)


def _meeting(user: Any, meeting_id: int) -> Meeting | None:
    """A meeting the user may see; whoever sees none of them is told so."""
    if not may(user, Permission.MEETING_VIEW):
        abort(403)
    return consilium.get_meeting(user, meeting_id)


@bp.route("/meetings/<int:meeting_id>", methods=["GET", "POST"])
@requires(Permission.JOB_START, of=_meeting)
def meeting(meeting: Meeting) -> Response:
    """Extracts and orders of a meeting."""
    form = MeetingForm()
    form.offer_codes(_codes("meeting"))
    back = (_("Meeting"), url_for("consilium.meeting", meeting_id=meeting.id))
    return _page("meeting", form, {"meeting": meeting.id}, back)


@bp.route("/journal", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE)
def journal() -> Response:
    """Journals of a month or quarter: one's own; for the head that of the center, or one of each specialist."""
    form = JournalForm(data={"period": _asked_period(), "of": _asked_whose()})
    if may(current_user, Permission.JOURNAL_CHECK):
        form.offer(_periods(), ["mine", "center", "each"], journals.departments(journals.workers()))
    else:
        form.offer(_periods(), ["mine"], {})
    return _page("journal", form, {}, (_("Journal"), url_for("journal.index")))


def _periods() -> list[tuple[int, str]]:
    """The running quarter and those of two years before it, the latest first, each before its months; and the one
    that the address asks for.
    """
    found, day = [], clock.today()
    for _number in range(QUARTERS):
        quarter = periods.quarter(day)
        found += [quarter, *periods.months_in(quarter)]
        day = quarter.first - timedelta(1)
    asked = periods.period_of(_asked_period())
    if asked and asked not in found:
        found.append(asked)
    return [(one.id, one.title) for one in found]


def _asked_period() -> int:
    """The number in `?period=202611`, else that of the running quarter."""
    return request.args.get("period", periods.quarter(clock.today()).id, type=int)


def _asked_whose() -> str:
    """The department of the address as a choice; else the center's for the head, one's own for others."""
    if department := request.args.get("department", ""):
        return of_department(department)
    return "center" if may(current_user, Permission.JOURNAL_CHECK) else "mine"


@bp.route("/families", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT)
def of_families() -> Response:
    """Cards or plans of one's families."""
    form = FamiliesForm()
    form.offer(*_whose())
    form.offer_codes(_codes("families"))
    return _page("families", form, {}, (_("Families"), url_for("families.index")))


def _whose() -> list[str]:
    return ["mine", "all"] if may(current_user, Permission.FAMILY_VIEW_ALL) else ["mine"]


def _codes(name: str) -> list[tuple[str, Any]]:
    """The kinds of the place that the user prints."""
    known = (catalog.KINDS[code] for code in PLACES[name].codes if code in catalog.KINDS)
    return [(kind.code, _(kind.title)) for kind in known if may(current_user, kind.permission)]


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return clock.today()


def _page(name: str, form: BulkForm, more: dict[str, Any], back: tuple[str, str]) -> Response:
    place = PLACES[name]
    if form.validate_on_submit():
        with form.rules():
            params = form.params() | more
            count = bulk.check(place, current_user, params)
            jobs.begin(f"papers.{name}", params, current_user.id)
            return go(
                url_for("jobs.index"), _("Papers to be made: %(count)s. You may go on working.", count=count)
            )
    about = place.about(more) if name == "meeting" else ""
    return render("papers/bulk.html", name=name, form=form, place=place, about=about, back=back)
