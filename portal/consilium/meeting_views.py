"""Meetings, the roll and decisions."""

from functools import partial
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import lists
from portal.access import Permission, requires
from portal.consilium import actions, columns, queries
from portal.consilium.forms import MeetingForm, SeatForm
from portal.consilium.labels import MEETING_KINDS
from portal.consilium.models import Meeting
from portal.consilium.pages import act, bp, meeting_page, unchanged
from portal.lists import takeable
from portal.paging import filter_asked, narrowed, page_asked, pages, year_asked
from portal.settings import queries as settings
from portal.web import Form, attempt, go, moved_on, number_of, render


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.MEETING_VIEW)
@takeable
def index() -> Response:
    """The next meeting, and those that the address asks for, the latest first."""
    number, wanted = page_asked(), _wanted()
    if lists.asked():
        return lists.give("meetings", _("Meetings"), columns.MEETINGS, lists.every(partial(_rows, wanted)))
    page = queries.meeting_page(current_user, wanted, number)
    whole = wanted == queries.Wanted()
    return render(
        "consilium/index.html",
        next=queries.next_meeting(current_user) if whole and number == 1 else None,
        meetings=page["rows"],
        pager=pages(number, queries.PAGE, len(page["rows"]), page["more"]),
        wanted=wanted,
        filtered=not whole,
        years=queries.meeting_years(current_user),
        narrowed=narrowed,
    )


def _rows(wanted: queries.Wanted, number: int, size: int) -> tuple[list[Any], bool]:
    page = queries.meeting_page(current_user, wanted, number, size)
    return page["rows"], page["more"]


def _wanted() -> queries.Wanted:
    return queries.Wanted(
        when=filter_asked("when", queries.WHEN), kind=filter_asked("kind", MEETING_KINDS), year=year_asked()
    )


@bp.get("/roll")
@requires(Permission.ROLL_VIEW)
def roll() -> Response:
    """Who is on the consilium."""
    return _roll_page(SeatForm())


@bp.post("/roll/list")
@requires(Permission.ROLL_VIEW)
@takeable
def take_roll() -> Response:
    """The roll as a file; its own address takes new members."""
    if not lists.asked():
        return go(url_for(".roll"))
    return lists.give("roll", _("Roll of the consilium"), columns.ROLL, queries.roll())


@bp.post("/roll")
@requires(Permission.ROLL_MANAGE)
def seat() -> Response:
    """Give a colleague a seat."""
    form = SeatForm()
    _offer(form)
    if form.validate_on_submit():
        with form.rules():
            user_id, votes = int(form.user_id.data), bool(form.votes.data)
            actions.seat_member(user_id, form.seat.data, votes, current_user.id)
            return go(url_for(".roll"), _("The roll is changed."))
    return _roll_page(form)


@bp.post("/roll/<int:user_id>/remove")
@requires(Permission.ROLL_MANAGE)
def unseat(user_id: int) -> Response:
    """Take a colleague off the roll."""
    return attempt(url_for(".roll"), _("The roll is changed."), actions.unseat, user_id, current_user.id)


def _offer(form: SeatForm) -> None:
    form.offer([(user.id, f"{user.full_name}, {user.position}") for user in queries.may_sit()])


def _roll_page(form: SeatForm) -> Response:
    _offer(form)
    share = settings.value("quorum_share")
    return render("consilium/roll.html", seats=queries.roll(), form=form, share=share)


@bp.route("/meetings/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE)
def new_meeting() -> Response:
    """Plan a meeting."""
    form = MeetingForm()
    if form.validate_on_submit():
        with form.rules():
            meeting_id = actions.create_meeting(**form.values(), actor_id=current_user.id)
            done = _("The meeting is planned. Now put the families on its agenda.")
            return go(url_for(".meeting", meeting_id=meeting_id), done)
    return _meeting_form(form, None)


@bp.get("/meetings/<int:meeting_id>")
@requires(Permission.MEETING_VIEW, of=queries.get_meeting)
def meeting(meeting: Meeting) -> Response:
    """The live page of a meeting; 204 for a page that has seen the latest change."""
    if unchanged(meeting):
        return Response(status=204)
    return meeting_page(meeting)


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=queries.get_meeting)
def edit_meeting(meeting: Meeting) -> Response:
    """Change day, time, place, note."""
    back = url_for(".meeting", meeting_id=meeting.id)
    if over := moved_on(back, actions.check_not_begun, meeting):
        return over
    form = MeetingForm(obj=meeting)
    if form.validate_on_submit():
        with form.rules():
            actions.change_meeting(meeting.id, **form.values(), actor_id=current_user.id)
            return go(back, _("Saved."))
    return _meeting_form(form, meeting)


def _meeting_form(form: Form, meeting: Meeting | None) -> Response:
    return render("consilium/meeting_form.html", form=form, meeting=meeting)


@bp.post("/meetings/<int:meeting_id>/convene")
@requires(Permission.MEETING_CONDUCT, of=queries.get_meeting)
def convene(meeting: Meeting) -> Response:
    """Show the meeting to the members."""
    return act(meeting.id, _("The meeting is convened."), actions.convene, meeting.id, current_user.id)


@bp.post("/meetings/<int:meeting_id>/open")
@requires(Permission.MEETING_CONDUCT, of=queries.get_meeting)
def open_meeting(meeting: Meeting) -> Response:
    """Begin the meeting."""
    return act(meeting.id, _("The meeting is open."), actions.open_meeting, meeting.id, current_user.id)


@bp.post("/meetings/<int:meeting_id>/close")
@requires(Permission.MEETING_CONDUCT, of=queries.get_meeting)
def close_meeting(meeting: Meeting) -> Response:
    """End the meeting."""
    return act(meeting.id, _("The meeting is closed."), actions.close_meeting, meeting.id, current_user.id)


@bp.post("/meetings/<int:meeting_id>/cancel")
@requires(Permission.MEETING_CONDUCT, of=queries.get_meeting)
def cancel_meeting(meeting: Meeting) -> Response:
    """Call the meeting off."""
    done = _("The meeting is called off. Its families wait for the next agenda.")
    return act(meeting.id, done, actions.cancel_meeting, meeting.id, current_user.id)


@bp.post("/meetings/<int:meeting_id>/presence")
@requires(Permission.PRESENCE_MARK, of=queries.get_meeting)
def mark_presence(meeting: Meeting) -> Response:
    """Mark a member present, by video, absent or excused."""
    user_id = number_of(request.form.get("user_id"))
    mark = request.form.get("presence", "")
    args = (meeting.id, user_id, mark, current_user.id)
    return act(meeting.id, None, actions.mark_presence, *args, say=_said_of_vote)


def _said_of_vote(became: str) -> str | None:
    """What a mark has done to a vote already cast; never which vote it is."""
    return {
        "fell": _("The member has voted on this item: while marked away, that vote does not count."),
        "back": _("The member is back: the vote cast before counts again."),
    }.get(became)


@bp.post("/meetings/<int:meeting_id>/here")
@requires(Permission.VOTE_CAST, of=queries.get_meeting)
def come_in(meeting: Meeting) -> Response:
    """I am here: one's own presence in an open meeting."""
    done = _("You are marked present.")
    return act(meeting.id, done, actions.come_in, meeting.id, current_user.id, say=_said_of_own_vote)


def _said_of_own_vote(became: str) -> str | None:
    return _("You are marked present: your vote counts again.") if became == "back" else None
