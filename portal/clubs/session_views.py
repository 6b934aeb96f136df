"""Pages of one session: what it is, where it stands, who is booked."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock, lists
from portal.access import Permission, may, requires
from portal.accounts import queries as accounts
from portal.clubs import bookings, planning, queries, roster, taking
from portal.clubs.forms import CancelForm, SessionForm
from portal.clubs.models import Booking, ClubSession
from portal.journal.sessions import facts_of
from portal.lists import takeable
from portal.procedures import session_runs
from portal.rules import sessions
from portal.web import attempt, go, moved_on, render
from portal.web import words as told

bp = Blueprint("sessions", __name__, url_prefix="/sessions")
MOST_MARKS = 200


@bp.route("/<int:session_id>", methods=["GET", "POST"])
@requires(Permission.CLUB_VIEW, of=queries.get_session)
@takeable
def show(session: ClubSession) -> Response:
    """A session: topic, goal; its roster with what each has left of the week, for those who may know it."""
    if lists.asked():
        return taking.of_session(session)
    club = queries.get_club(current_user, session.club_id)
    sees = may(current_user, Permission.CLUB_ROSTER)
    booked, facts = queries.booked_count(session.id), facts_of([session.id])[session.id]
    where = sessions.life(session.status, *facts)
    now = clock.wall()
    return render(
        "clubs/session.html",
        session=session,
        club=club,
        leader=accounts.names({club.leader_id})[club.leader_id] if club else None,
        guests=roster.roster(session) if sees else None,
        booked=booked,
        where=where,
        facts=facts,
        next_step=sessions.next_step(where, session.day, session.starts_at, now, booked),
        opens_at=bookings.opens_at(session),
        markable=session.day <= now.date(),
        life=sessions.LIFE,
        steps=session_runs.sheet(session) if sees else None,
    )


@bp.route("/<int:session_id>/edit", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=queries.own_session)
def edit(session: ClubSession) -> Response:
    """Change time, room, topic; or move it to another day."""
    form, session_id = SessionForm(obj=session), session.id
    if back := moved_on(url_for(".show", session_id=session_id), sessions.check_ahead, session.status):
        return back
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
    if back := moved_on(url_for(".show", session_id=session_id), sessions.check_ahead, session.status):
        return back
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
