"""Pages of one session: what it is, who is booked, who came."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from portal import clock
from portal.access import Permission, may, requires
from portal.accounts import queries as accounts
from portal.clubs import bookings, planning, queries, roster, words
from portal.clubs.forms import CancelForm, SessionForm
from portal.clubs.models import Booking, ClubSession
from portal.rules import RuleBroken
from portal.web import attempt, go, is_fragment, refuse, render
from portal.web import words as told

bp = Blueprint("sessions", __name__, url_prefix="/sessions")
MOST_MARKS = 200


@bp.get("/<int:session_id>")
@requires(Permission.CLUB_VIEW, of=queries.get_session)
def show(session: ClubSession) -> Response:
    """A session: topic, goal; its roster with what each has left of the week, for those who may know it."""
    club = queries.get_club(current_user, session.club_id)
    sees = may(current_user, Permission.CLUB_ROSTER)
    return render(
        "clubs/session.html",
        session=session,
        club=club,
        leader=accounts.names({club.leader_id})[club.leader_id] if club else None,
        guests=roster.roster(session) if sees else None,
        booked=queries.booked_count(session.id),
    )


@bp.route("/<int:session_id>/edit", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=queries.own_session)
def edit(session: ClubSession) -> Response:
    """Change time, room, topic; or move it to another day."""
    form, session_id = SessionForm(obj=session), session.id
    if form.validate_on_submit():
        with form.rules():
            planning.change_session(session_id, current_user.id, **form.values())
            return go(url_for(".show", session_id=session_id), _("Saved."))
    club = queries.get_club(current_user, session.club_id)
    return render("clubs/session_form.html", form=form, club=club, session=session)


@bp.route("/<int:session_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=queries.own_session)
def cancel(session: ClubSession) -> Response:
    """The session does not take place."""
    form, session_id = CancelForm(), session.id
    if form.validate_on_submit():
        with form.rules():
            freed = planning.cancel_session(session_id, form.reason.data, current_user.id)
            told_of = ngettext("%(num)s place is free again.", "%(num)s places are free again.", freed)
            done = _("The session is cancelled.") + (f" {told_of}" if freed else "")
            return go(url_for(".show", session_id=session_id), done)
    club, booked = queries.get_club(current_user, session.club_id), queries.booked_count(session.id)
    return render("clubs/cancel.html", form=form, club=club, session=session, booked=booked)


@bp.post("/<int:session_id>/bookings")
@requires(Permission.SESSION_BOOK, of=queries.own_session)
def book(session: ClubSession) -> Response:
    """Book those chosen, or all who can be; whoever can't is told by name."""
    session_id, guests = session.id, roster.roster(session)
    if "all" in request.form:
        chosen = [guest.id for guest in guests if guest.bookable]
    else:
        chosen = request.form.getlist("member", type=int)
    here = url_for(".show", session_id=session_id)
    if not chosen:
        return go(here, _("Nobody was chosen."), "warn")
    outcome = bookings.book(session_id, chosen[:MOST_MARKS], current_user.id)
    names = {guest.id: guest.name.short for guest in guests}
    for member_id, broken in outcome.refused.items():
        name = names.get(member_id) or _("Recipient")
        flash(f"{name}: {told(broken)}", "bad")
    done = len(outcome.done)
    return go(here, ngettext("%(num)s is booked.", "%(num)s are booked.", done) if done else None)


@bp.post("/<int:session_id>/bookings/<int:booking_id>/cancel")
@requires(Permission.SESSION_BOOK, of=queries.own_booking)
def cancel_booking(booking: Booking) -> Response:
    """Give the place back."""
    here = url_for(".show", session_id=booking.session_id)
    done = _("The booking is cancelled, the place of the week is free again.")
    return attempt(here, done, bookings.cancel_booking, booking.id, current_user.id)


@bp.route("/<int:session_id>/attendance", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def attendance(session: ClubSession) -> Response:
    """Who came: one touch saves one mark, the button saves them all, another one closes the session."""
    refused: Mapping[int, RuleBroken] = {}
    if request.method == "POST":
        session_id, here = session.id, url_for(".attendance", session_id=session.id)
        try:
            refused = bookings.mark_attendance(session_id, _marks(), current_user.id).refused
            if not refused and request.form.get("action") == "close":
                bookings.close_attendance(session_id, current_user.id)
                return go(
                    url_for(".show", session_id=session_id), _("The session is held, attendance is closed.")
                )
        except RuleBroken as broken:
            return refuse(broken, here)
        if not refused and not is_fragment():
            return go(here, _("Saved."))
    return _attendance_page(session, refused)


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


def _attendance_page(session: ClubSession, refused: Mapping[int, RuleBroken]) -> Response:
    guests = roster.roster(session)
    listed = [guest for guest in guests if guest.listed]
    context: dict[str, Any] = {
        "session": session,
        "club": queries.get_club(current_user, session.club_id),
        "listed": listed,
        "others": [guest for guest in guests if not guest.listed and guest.participant],
        "marked": sum(guest.status != "booked" for guest in listed),
        "came": sum(guest.status == bookings.CAME for guest in listed),
        "refused": {member_id: told(broken) for member_id, broken in refused.items()},
        "marks": words.MARK_WORDS,
        "open": session.day <= clock.today() and session.status != "cancelled",
        "only": next((guest for guest in guests if guest.id == request.form.get("only", type=int)), None),
    }
    fragment = "clubs/_mark.html" if context["only"] else None
    return render("clubs/attendance.html", fragment=fragment, status=422 if refused else 200, **context)
