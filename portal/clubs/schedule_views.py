"""The schedule of clubs: a week, a month; and a session moved to another day, by a form or by dragging."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, lists
from portal.access import Permission, Role, requires
from portal.clubs import board, changes, planning, queries, taking
from portal.clubs.forms import MoveForm
from portal.clubs.models import ClubSession
from portal.lists import takeable
from portal.months import around, month_asked
from portal.rules.norms import Unit, period_of
from portal.rules.weekly_limit import week_of
from portal.web import go, render, safe_next

bp = Blueprint("schedule", __name__)
EARLIEST, LATEST = date(2000, 1, 3), date(2100, 1, 4)
WEEK = timedelta(days=7)


def week_page() -> Response:
    """The week asked for, and the list of clubs."""
    monday = week_of(clock.today())
    with suppress(ValueError):
        monday = week_of(date.fromisoformat(request.args.get("week", "")))
    monday = min(max(monday, EARLIEST), LATEST)
    return _page(monday, 7, {"week": monday.isoformat()}, {"month": None})


@bp.route("/month", methods=["GET", "POST"])
@requires(Permission.CLUB_VIEW)
@takeable
def month() -> Response:
    """The month of all clubs, of one, or of one's own, in whole weeks."""
    first, last = period_of(Unit.MONTH, month_asked())
    monday = week_of(first)
    number = (week_of(last) + WEEK - monday).days
    return _page(monday, number, {"month": f"{first:%Y-%m}"}, around(first) | {"month": first.month})


def _page(monday: date, number: int, when: dict[str, str], more: dict[str, Any]) -> Response:
    clubs, times = board.clubs_with_times()
    club_id, mine = request.args.get("club", type=int), "mine" in request.args
    leaders = frozenset({current_user.id, *current_user.stands_in})
    known = club_id if club_id in {club.id for club in clubs} else None
    days = board.days_of_clubs(monday, number, known, leaders if mine else None)
    if lists.asked():
        return taking.schedule(days, clubs, dict(times))
    return render(
        "clubs/index.html",
        monday=monday,
        number=number,
        week=WEEK,
        when=tuple(when.items()),
        when_args=when,
        days=days,
        clubs=clubs,
        weekly=times,
        times=dict(times),
        club_id=club_id,
        mine=mine,
        leads=any(club.leader_id in leaders for club in clubs),
        moves="all" if Role.HEAD in current_user.roles else " ".join(map(str, sorted(leaders))),
        moved=changes.undoable(current_user, request.args.get("moved", type=int)),
        **more,
    )


@bp.route("/sessions/<int:session_id>/move", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=queries.own_session)
def move(session: ClubSession) -> Response:
    """Another day or time; what is in the way is said beside what was chosen. It can be undone on the next page."""
    form, session_id = MoveForm(obj=session), session.id
    if form.validate_on_submit():
        with form.rules():
            moved = planning.change_session(session_id, current_user.id, **form.values())
            there = safe_next(url_for("clubs.index", week=week_of(form.day.data)))
            undone = "undo" in request.form
            return go(_with(there, None if undone else moved), _("The session is back.") if undone else None)
    club = queries.get_club(current_user, session.club_id)
    return render("clubs/move.html", form=form, club=club, session=session, next=safe_next(""))


def _with(address: str, moved: int | None) -> str:
    """The address of the schedule, saying which move can be undone there."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "moved"]
    if moved is not None:
        query.append(("moved", str(moved)))
    return parts.path + (f"?{urlencode(query)}" if query else "")
