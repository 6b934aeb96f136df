"""The page behind the QR at the door: two questions, no login, no name, once a browser (R16)."""

import secrets

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_babel import gettext as _

from portal.access import public
from portal.clubs import feedback, queries
from portal.clubs.feedback_forms import FeedbackForm
from portal.clubs.models import ClubSession
from portal.rules import N_, RuleBroken
from portal.web import go, render, words

bp = Blueprint("guests", __name__)
COOKIE, KEPT = "opinion", 60 * 60 * 24 * 30
LONGEST = 100
SPEAKERS = {"recipient", "guest"}


@bp.route("/f/<token>", methods=["GET", "POST"])
@public
def opinion(token: str) -> Response:
    """Ask the two questions; whoever has answered is thanked."""
    session = feedback.session_of(token)
    if session is None:
        abort(404)
    form, session_id, browser = FeedbackForm(), session.id, request.cookies.get(COOKIE, "")[:LONGEST]
    if form.validate_on_submit():
        with form.rules():
            _give(session_id, browser, form)
            return go(url_for(".opinion", token=token), _("Thank you: your opinion is noted."))
        session = feedback.session_of(token) or session
    answer = render(
        "clubs/opinion.html",
        form=form,
        session=session,
        club=queries.get_club(None, session.club_id),
        closed=_closed(session),
        said=bool(browser) and feedback.said(session_id, feedback.browser_ticket(session_id, browser)),
    )
    if not browser:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        words_of_it = secrets.token_urlsafe(24)
        answer.set_cookie(COOKIE, words_of_it, KEPT, path="/f/", secure=secure, httponly=True, samesite="Lax")
    return answer


def _give(session_id: int, browser: str, form: FeedbackForm) -> None:
    if not browser:
        raise RuleBroken(
            "feedback_cookie",
            N_("Your browser keeps no cookies. Allow them, or tell the staff what you think."),
        )
    source = request.form.get("source", "")
    ticket = feedback.browser_ticket(session_id, browser)
    feedback.give(session_id, ticket, source=source if source in SPEAKERS else "guest", **form.answer())


def _closed(session: ClubSession) -> str:
    """Why no opinion is taken now; empty when it is."""
    try:
        feedback.check_open(session)
    except RuleBroken as broken:
        return words(broken)
    return ""
