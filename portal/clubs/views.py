"""Pages of clubs: the week, a club, its participants, the planning of its sessions."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock, lists
from portal.access import LARGEST_ID, Permission, Role, may, requires
from portal.accounts import queries as accounts
from portal.clubs import (
    actions,
    ahead,
    attendance_views,
    group,
    planning,
    queries,
    roster,
    sheet_views,
    taking,
    waiting,
    words,
)
from portal.clubs.feedback_views import bp as feedback
from portal.clubs.forms import CloseForm, ClubForm, SessionForm
from portal.clubs.models import Club
from portal.clubs.period_views import bp as periods
from portal.clubs.photo_consent_views import bp as photo_consents
from portal.clubs.photo_views import bp as photos
from portal.clubs.program_views import bp as programs
from portal.clubs.result_views import bp as results
from portal.clubs.schedule_views import bp as schedule
from portal.clubs.schedule_views import week_page
from portal.clubs.session_views import bp as sessions
from portal.clubs.survey_views import bp as surveys
from portal.journal.sessions import facts_of
from portal.lists import takeable, takeable_form
from portal.rules import RuleBroken
from portal.rules.names import FullName
from portal.rules.sessions import life
from portal.rules.timetable import ends_at
from portal.web import go, refuse, render, safe_next, show_weekday

__all__ = ["attendance_views", "bp", "sheet_views"]
bp = Blueprint("clubs", __name__, url_prefix="/clubs")
PARTS = (sessions, schedule, periods, programs, surveys, results, feedback, photo_consents, photos)
for part in PARTS:
    bp.register_blueprint(part)


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "session_words": words.SESSION_WORDS,
        "booking_words": words.BOOKING_WORDS,
        "life_words": words.LIFE_WORDS,
        "weekdays": dict(words.WEEKDAYS),
        "weekday": show_weekday,
        "ends_at": ends_at,
        "age_of": roster.age_of,
        "person_name": lambda row: FullName(row.last_name, row.first_name, row.middle_name),
        "owns": lambda club: queries.owns(current_user, club),
        "today": clock.today(),
    }


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.CLUB_VIEW)
@takeable
def index() -> Response:
    """The week of all clubs, of one, or of one's own; and the list of clubs."""
    return week_page()


def _club_form(club: Club | None = None) -> ClubForm:
    """The form of a club; only the head chooses the leader."""
    form = ClubForm(obj=club, data=_weekly(club.id) if club else None)
    if Role.HEAD in current_user.roles:
        people = accounts.with_role(Role.PEDAGOGUE, Role.HEAD)
        form.leader_id.choices = [(user.id, user.full_name) for user in people]
        if club is not None and club.leader_id not in {user.id for user in people}:
            former = accounts.names({club.leader_id})[club.leader_id]
            form.leader_id.choices.insert(0, (former.id, former.full_name))
    else:
        del form.leader_id
    return form


def _weekly(club_id: int) -> dict[str, Any]:
    times = queries.weekly_times([club_id]).get(club_id, [])
    names = zip(("first", "second"), times, strict=False)
    return {
        name: {"weekday": str(time.weekday), "starts_at": time.starts_at, "minutes": time.minutes}
        for name, time in names
    }


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CLUB_CREATE)
def create() -> Response:
    """A new club; who is not the head leads it."""
    form = _club_form()
    if form.validate_on_submit():
        with form.rules():
            club_id = actions.create_club(current_user.id, **({"leader_id": current_user.id} | form.club()))
            return go(
                url_for(".participants", club_id=club_id), _("The club is made. Now say who goes to it.")
            )
    return render("clubs/form.html", form=form, club=None)


@bp.route("/<int:club_id>", methods=["GET", "POST"])
@requires(Permission.CLUB_VIEW, of=queries.get_club)
@takeable
def show(club: Club) -> Response:
    """A club: leader, times, sessions; participants for those who may know them."""
    if lists.asked():
        return taking.of_club(club)
    past = queries.past(club.id)
    facts = facts_of(row.id for row in past)
    return render(
        "clubs/show.html",
        club=club,
        leader=accounts.names({club.leader_id})[club.leader_id],
        times=queries.weekly_times([club.id]).get(club.id, []),
        participants=queries.participants(club.id) if may(current_user, Permission.CLUB_ROSTER) else None,
        upcoming=queries.upcoming(club.id),
        past=past,
        lives={row.id: life(row.status, *facts[row.id]) for row in past},
    )


@bp.route("/<int:club_id>/edit", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=queries.own_club)
def edit(club: Club) -> Response:
    """Change name, room, weekly times."""
    form, club_id = _club_form(club), club.id
    if form.validate_on_submit():
        with form.rules():
            actions.change_club(club_id, current_user.id, **form.club())
            return go(url_for(".show", club_id=club_id), _("Saved."))
    return render("clubs/form.html", form=form, club=club)


@bp.route("/<int:club_id>/close", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=queries.own_club)
def close(club: Club) -> Response:
    """The club ends."""
    form, club_id = CloseForm(), club.id
    if form.validate_on_submit():
        with form.rules():
            number = actions.close_club(club_id, form.on.data, current_user.id)
            done = ngettext(
                "The club is closed; %(num)s session is cancelled.",
                "The club is closed; %(num)s sessions are cancelled.",
                number,
            )
            return go(url_for(".show", club_id=club_id), done if number else _("The club is closed."))
    planned = queries.planned_after(club_id, clock.today())
    return render("clubs/close.html", form=form, club=club, planned=planned)


@bp.route("/<int:club_id>/participants", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=queries.own_club)
@takeable_form
def participants(club: Club) -> Response:
    """Who goes to the club and who waits: search, add, take off, note who was told."""
    if lists.asked():
        return taking.of_group(club)
    wanted = request.values.get("q", "").strip()[:100]
    if request.method == "POST":
        here = safe_next(url_for(".participants", club_id=club.id, q=wanted or None))
        try:
            return go(here, _change_participants(club.id))
        except RuleBroken as broken:
            return refuse(broken, here)
    found = roster.candidates(club.id, wanted)
    going = group.of_club(club, found)
    return render(
        "clubs/participants.html",
        fragment="clubs/_candidates.html",
        club=club,
        wanted=wanted,
        found=found,
        group=going,
        participants=going.participants,
        told={row.id for row in going.participants if group.knows(club, row.told_at)},
    )


def _row_id(text: str) -> int:
    """An id that a row can have; any other becomes 0, which none has."""
    number = int(text)
    return number if 0 < number <= LARGEST_ID else 0


def _change_participants(club_id: int) -> str | None:
    add, remove = (request.form.get(name, type=_row_id) for name in ("add", "remove"))
    if add is not None:
        if actions.join_club(club_id, add, current_user.id):
            return str(_("Added to the club."))
        return str(_("The club is full: put on the waiting list."))
    if "unwait" in request.form:
        waiting.give_up(club_id, request.form.get("unwait", 0, type=_row_id), current_user.id)
        return str(_("Taken off the waiting list."))
    if "told" in request.form:
        everybody = request.form["told"] == "all"
        one = None if everybody else request.form.get("told", 0, type=_row_id)
        number = group.tell(club_id, one, current_user.id)
        return str(ngettext("%(num)s was told.", "%(num)s were told.", number))
    if "ahead" in request.form:
        number = ahead.book(club_id, request.form.get("ahead", 0, type=_row_id), current_user.id)
        return str(ngettext("Booked for %(num)s session.", "Booked for %(num)s sessions.", number))
    if remove is not None:
        number = actions.leave_club(club_id, remove, current_user.id)
        freed = ngettext("%(num)s booking is cancelled.", "%(num)s bookings are cancelled.", number)
        return " ".join([_("Taken off the club."), *([freed] if number else [])])
    return None


@bp.route("/<int:club_id>/sessions/new", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=queries.own_club)
def plan_session(club: Club) -> Response:
    """Plan one session."""
    club_id = club.id
    values: dict[str, Any] = {"room": club.room}
    if request.method == "GET" and (found := queries.next_occasion(club_id)):
        day, time = found
        values |= {"day": day, "starts_at": time.starts_at, "minutes": time.minutes}
    form = SessionForm(data=values)
    if form.validate_on_submit():
        with form.rules():
            session_id = planning.plan_session(club_id, current_user.id, **form.values())
            return go(
                url_for(".sessions.show", session_id=session_id),
                _("The session is planned. Now book places."),
            )
    return render("clubs/session_form.html", form=form, club=club, session=None)
