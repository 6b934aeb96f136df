"""Who came, on a phone: one touch for each, one for all, and one that closes the session."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from portal import clock
from portal.access import Permission, requires
from portal.clubs import bookings, queries, roster, sheet, words
from portal.clubs.models import ClubSession
from portal.clubs.planning import short_names
from portal.clubs.session_views import MOST_MARKS, bp
from portal.clubs.sheet_forms import TopicForm
from portal.journal.sessions import of_session
from portal.rules import RuleBroken, sessions
from portal.rules.names import clean
from portal.web import go, refuse, render
from portal.web import words as told


@bp.route("/<int:session_id>/attendance", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def attendance(session: ClubSession) -> Response:
    """Who came: a touch saves one mark, the buttons save them all; one closes the session."""
    form = TopicForm(formdata=None, obj=session)
    return _sent(session) if request.method == "POST" else _page(session, form, {})


def _sent(session: ClubSession) -> Response:
    session_id, here = session.id, url_for(".attendance", session_id=session.id)
    action, why = request.form.get("action", ""), clean(request.form.get("why", ""))[:500]
    marks = _rest(session) | _marks() if action == "all" else _marks()
    try:
        refused = bookings.mark_attendance(session_id, marks, current_user.id, why).refused
    except RuleBroken as broken:
        return refuse(broken, here)
    if refused or "only" in request.form:
        return _page(session, TopicForm(formdata=None, obj=session), refused)
    return _closed(session) if action == "close" else go(here, _("Saved."))


def _closed(session: ClubSession) -> Response:
    form, session_id = TopicForm(obj=session), session.id
    if form.validate():
        with form.rules():
            sheet.set_topic(session_id, form.topic.data, form.goal.data, current_user.id)
            bookings.close_attendance(session_id, current_user.id)
            return go(
                url_for(".show", session_id=session_id),
                _("Attendance is closed, the services are in the journal."),
            )
    return _page(session, form, {})


def _rest(session: ClubSession) -> dict[int, str]:
    """Who is booked and not marked yet has come."""
    return {guest.id: bookings.CAME for guest in roster.roster(session) if guest.status == "booked"}


def _marks() -> dict[int, str]:
    """The marks sent: one with `only`, else all."""
    only = request.form.get("only", type=int)
    names = (
        [f"mark-{only}"] if only is not None else [name for name in request.form if name.startswith("mark-")]
    )
    try:
        return {int(name[5:]): request.form[name] for name in names[:MOST_MARKS]}
    except ValueError as error:
        raise BadRequest from error


def _page(session: ClubSession, form: TopicForm, refused: Mapping[int, RuleBroken]) -> Response:
    wanted = request.args.get("q", "").strip()[:100]
    guests = roster.roster(session)
    listed = [guest for guest in guests if guest.listed]
    known = {guest.id for guest in guests}
    only = request.form.get("only", type=int)
    context: dict[str, Any] = {
        "session": session,
        "form": form,
        "club": queries.get_club(current_user, session.club_id),
        "listed": listed,
        "others": [guest for guest in guests if not guest.listed and guest.participant],
        "marked": sum(guest.status != "booked" for guest in listed),
        "came": sum(guest.status == bookings.CAME for guest in listed),
        "refused": {member_id: told(broken) for member_id, broken in refused.items()},
        "codes": {member_id: broken.code for member_id, broken in refused.items()},
        "strangers": _strangers(refused, known),
        "marks": _offered(session),
        "held": session.status in sessions.OVER,
        "checked": _checked(session),
        "wanted": wanted,
        "found": [row for row in roster.candidates(session.club_id, wanted) if row.id not in known],
        "opens_at": bookings.opens_at(session),
        "why": request.form.get("why", ""),
        "only": next((guest for guest in guests if guest.id == only), None),
    }
    fragment = "clubs/_mark.html" if context["only"] else "clubs/_unbooked.html"
    return render(
        "clubs/attendance.html", fragment=fragment, status=422 if refused or form.errors else 200, **context
    )


def _strangers(refused: Mapping[int, RuleBroken], known: set[int]) -> list[tuple[str, str]]:
    """Who is in no row of the page and was refused. Named when the week is full: who is in clubs is found by name."""
    return [
        (" ".join(short_names({one} if broken.code == "weekly_limit" else set())), told(broken))
        for one, broken in refused.items()
        if one not in known
    ]


def _offered(session: ClubSession) -> list[Any]:
    """The marks that can be given now: before the participants gather, an excuse at most."""
    offered = []
    for value, kind, label in words.MARK_WORDS if session.status != "cancelled" else []:
        try:
            sessions.check_mark(value, session.day, session.starts_at, clock.wall())
        except RuleBroken:
            continue
        offered.append((value, kind, label))
    return offered


def _checked(session: ClubSession) -> set[int]:
    """The recipients whose service the head has checked: their marks stay."""
    if session.status not in sessions.OVER:
        return set()
    return {row.member_id for row in of_session(session.id) if row.state == "checked"}
