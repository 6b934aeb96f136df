"""Before a meeting: its agenda on paper, the order of the agenda, the calendar file."""

from flask import Response, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal import lists
from portal.access import Permission, requires
from portal.consilium import invitations, preparing, queries
from portal.consilium.columns import of_agenda
from portal.consilium.live import Live, live
from portal.consilium.minutes_record import short
from portal.consilium.models import Meeting
from portal.consilium.pages import bp
from portal.lists import takeable
from portal.rules import N_, RuleBroken
from portal.web import go, moved_on, number_of, render, words


@bp.route("/meetings/<int:meeting_id>/agenda", methods=["GET", "POST"])
@requires(Permission.MEETING_VIEW, of=queries.get_meeting)
@takeable
def agenda_paper(meeting: Meeting) -> Response:
    """The agenda with its speakers, to be printed."""
    found = live(current_user, meeting)
    if lists.asked():
        rows = enumerate(found.items, 1)
        return lists.give("agenda", _("Agenda"), of_agenda(found.speakers), rows)
    return render(
        "consilium/agenda.html",
        live=found,
        short=short,
    )


@bp.get("/meetings/<int:meeting_id>/calendar.ics")
@requires(Permission.MEETING_VIEW, of=queries.get_meeting)
def calendar_file(meeting: Meeting) -> Response:
    """The meeting for a calendar, as the members were told last."""
    text = invitations.calendar_of(meeting, str(get_locale()))
    if text is None:
        raise RuleBroken(
            "not_told", N_("The members have not been told of this meeting yet. Convene it first.")
        )
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=meeting-{meeting.number}-{meeting.year}.ics"
    )
    return answer


@bp.route("/meetings/<int:meeting_id>/order", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=queries.get_meeting)
def agenda_order(meeting: Meeting) -> Response:
    """The order of the items that wait: each may be given its place."""
    meeting_id, problem = meeting.id, None
    back = url_for(".meeting", meeting_id=meeting_id)
    if over := moved_on(back, preparing.check_order, meeting):
        return over
    if request.method == "POST":
        typed = {name.removeprefix("place-"): place for name, place in request.form.items()}
        places = {number_of(one): number_of(place) for one, place in typed.items() if number_of(one)}
        try:
            preparing.set_order(meeting_id, places, current_user.id)
            return go(back, _("The order of the agenda is changed."))
        except RuleBroken as broken:
            problem = words(broken)
    return _order_page(live(current_user, meeting), problem)


def _order_page(found: Live, problem: str | None) -> Response:
    rows = [item for item in found.items if item["status"] == "waiting"]
    status = 422 if problem else 200
    return render("consilium/agenda_order.html", live=found, rows=rows, problem=problem, status=status)
