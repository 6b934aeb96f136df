"""Opinions of a session inside the portal: the list, one's own, those on paper, and the sheet for the door."""

import io

from flask import Blueprint, Response, current_app, make_response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import Permission, may, requires
from portal.clubs import feedback, queries
from portal.clubs.feedback_forms import LIKED, SOURCES, FeedbackForm, PaperForm
from portal.clubs.models import ClubSession
from portal.rules import RuleBroken
from portal.web import go, moved_on, render, words

bp = Blueprint("feedback", __name__, url_prefix="/sessions/<int:session_id>/feedback")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.CLUB_VIEW, of=queries.get_session)
def index(session: ClubSession) -> Response:
    """What was said, for those who work with families; and one's own opinion, once."""
    form, session_id = FeedbackForm(), session.id
    ticket = feedback.staff_ticket(session_id, current_user.id)
    if form.validate_on_submit():
        with form.rules():
            feedback.give(session_id, ticket, source="staff", actor_id=current_user.id, **form.answer())
            return go(url_for(".index", session_id=session_id), _("Thank you: your opinion is noted."))
    session = queries.get_session(current_user, session_id) or session
    answers = feedback.answers(session_id) if may(current_user, Permission.CLUB_ROSTER) else None
    return render(
        "clubs/feedback.html",
        form=form,
        session=session,
        club=queries.get_club(current_user, session.club_id),
        answers=answers,
        average=sum(one.liked for one in answers) / len(answers) if answers else None,
        said=feedback.said(session_id, ticket),
        closed=_closed(session),
        liked=dict(LIKED),
        sources=SOURCES,
    )


def _closed(session: ClubSession) -> str:
    """Why no opinion is taken now; empty when it is."""
    try:
        feedback.check_open(session)
    except RuleBroken as broken:
        return words(broken)
    return ""


@bp.route("/paper", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def paper(session: ClubSession) -> Response:
    """Enter what somebody has written or said."""
    form, session_id = PaperForm(), session.id
    back = url_for(".index", session_id=session_id)
    if closed := moved_on(back, lambda: feedback.check_open(session, from_paper=True)):
        return closed
    if form.validate_on_submit():
        with form.rules():
            feedback.enter_from_paper(session_id, current_user.id, source=form.source.data, **form.answer())
            return go(back, _("The opinion is entered."))
    session = queries.get_session(current_user, session_id) or session
    club = queries.get_club(current_user, session.club_id)
    return render("clubs/feedback_paper.html", form=form, session=session, club=club)


@bp.get("/poster")
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def poster(session: ClubSession) -> Response:
    """The sheet for the door: the QR opens two questions without a login."""
    club = queries.get_club(current_user, session.club_id)
    return render("clubs/poster.html", session=session, club=club, address=_address(session.id))


@bp.get("/qr")
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def qr(session: ClubSession) -> Response:
    """The QR of the address for guests, as a picture."""
    import segno  # no other page of clubs draws one: the start need not wait for it

    picture = io.BytesIO()
    code = segno.make(_address(session.id), error="m", micro=False)
    code.save(picture, kind="svg", scale=8, border=2, dark="#000")
    answer = make_response(picture.getvalue())
    answer.content_type = "image/svg+xml"
    return answer


def _address(session_id: int) -> str:
    """Where a paper on the door leads: to the portal's own address, whichever its printer has used."""
    base = current_app.config["PORTAL_URL"]
    path = url_for("guests.opinion", token=feedback.token_of(session_id), _external=not base)
    return f"{base}{path}"
