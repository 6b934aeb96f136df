"""Before and after a session: recipients are told of it, it is summed up and given to the journal."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.access import Permission, requires
from portal.clubs import queries, sheet
from portal.clubs.models import ClubSession
from portal.clubs.session_views import bp
from portal.clubs.sheet_forms import SumUpForm
from portal.journal.sessions import facts_of
from portal.procedures import session_runs
from portal.rules import RuleBroken, sessions
from portal.web import attempt, go, moved_on, refuse, render


@bp.post("/<int:session_id>/announce")
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def announce(session: ClubSession) -> Response:
    """The recipients were told; or they were not, after all."""
    here = url_for(".show", session_id=session.id)
    if "back" in request.form:
        return attempt(
            here, _("The session stands as not announced."), sheet.take_back, session.id, current_user.id
        )
    done = _("Noted: the recipients were told of the session.")
    return attempt(here, done, sheet.announce, session.id, current_user.id)


@bp.route("/<int:session_id>/sum-up", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def sum_up(session: ClubSession) -> Response:
    """The analysis, what was used, the steps left open; and the services go to the journal, in one form."""
    session_id, here = session.id, url_for(".show", session_id=session.id)
    if back := moved_on(here, sessions.check_sum_up, session.status, "-"):
        return back
    steps, facts = session_runs.sheet(session), facts_of([session.id])[session.id]
    form = SumUpForm(data=_beginning(session))
    lacking = session_runs.left_open(steps)
    form.ask(
        steps=bool(lacking),
        signatures=sheet.unsigned(session.id) > 0,
        topic=not facts.submitted,
        submits=request.form.get("do") == "submit",
    )
    if form.validate_on_submit():
        with form.rules():
            if not facts.submitted:
                sheet.set_topic(session_id, form.topic.data, form.goal.data, current_user.id)
            sheet.sum_up(session_id, current_user.id, **form.texts())
            return _given(session_id, form) if form.submits else go(here, _("Saved."))
    values: dict[str, Any] = {
        "session": session,
        "lacking": lacking,
        "facts": facts,
    }
    club = queries.get_club(current_user, session.club_id)
    return render("clubs/sum_up.html", form=form, club=club, **values)


def _beginning(session: ClubSession) -> dict[str, Any]:
    """What is written already; what was used is most often what was used the last time."""
    names = ("topic", "goal", "analysis", "equipment", "consumables")
    values = {name: getattr(session, name) for name in names}
    if not session.analysis:
        values |= {name: text for name, text in sheet.used_before(session).items() if not values[name]}
    return values


def _given(session_id: int, form: SumUpForm) -> Response:
    here = url_for(".show", session_id=session_id)
    signed = "signed" in form and form.signed.data
    try:
        number = sheet.give_to_journal(session_id, signed, current_user.id)
    except RuleBroken as broken:
        return refuse(broken, here)
    done = ngettext(
        "Summed up; %(num)s service is given to the head to check.",
        "Summed up; %(num)s services are given to the head to check.",
        number,
    )
    return go(here, done)
