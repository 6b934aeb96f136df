"""While a meeting is held: recusals, votes entered for others, dissenting opinions, an end without a quorum."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import Permission, requires
from portal.consilium import actions, decisions, dissents, queries, recusals
from portal.consilium.headings import heading
from portal.consilium.holding_forms import DissentForm, EnteredVoteForm, MemberRecusalForm, RecusalForm
from portal.consilium.live import live
from portal.consilium.models import Item, Meeting
from portal.consilium.pages import act, bp
from portal.db import db
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName
from portal.web import go, moved_on, number_of, refuse, render


def _meeting_url(item: Item) -> str:
    return url_for("consilium.meeting", meeting_id=item.meeting_id)


def _page(template: str, item: Item, form: Any, **more: Any) -> Response:
    return render(f"consilium/{template}.html", form=form, item=item, head=heading(item), **more)


@bp.post("/meetings/<int:meeting_id>/no-quorum")
@requires(Permission.MEETING_CONDUCT, of=queries.get_meeting)
def end_without_quorum(meeting: Meeting) -> Response:
    """End a meeting that has no quorum: its items wait for the next agenda."""
    done = _("The meeting was not held: there was no quorum. Its families wait for the next agenda.")
    return act(meeting.id, done, actions.end_without_quorum, meeting.id, current_user.id)


@bp.route("/items/<int:item_id>/recuse", methods=["GET", "POST"])
@requires(Permission.VOTE_CAST, of=queries.get_item)
def recuse(item: Item) -> Response:
    """Declare one's own recusal."""
    back = _meeting_url(item)
    if over := moved_on(back, recusals.check, item, current_user.id):
        return over
    works = current_user.id in recusals.working_with(item.meeting_id).get(item.id, ())
    form = RecusalForm(data={"reason": _("I work with this family.") if works else ""})
    if form.validate_on_submit():
        with form.rules():
            recusals.recuse(item.id, current_user.id, form.reason.data, current_user.id)
            return go(back, _("You are recused on this item: you are not counted on it and do not vote."))
    return _page("recuse", item, form, for_member=False)


@bp.post("/items/<int:item_id>/recuse/take-back")
@requires(Permission.VOTE_CAST, of=queries.get_item)
def take_back_own_recusal(item: Item) -> Response:
    """Take one's own recusal back."""
    done, me = _("The recusal is taken back."), current_user.id
    return act(item.meeting_id, done, recusals.take_back, item.id, me, me, False)


@bp.route("/items/<int:item_id>/recusals/new", methods=["GET", "POST"])
@requires(Permission.PRESENCE_MARK, of=queries.get_item)
def recuse_member(item: Item) -> Response:
    """Enter the recusal of a member."""
    back = _meeting_url(item)
    people = [row for row in recusals.may_be_recused(item) if row[0] != current_user.id]
    if over := moved_on(
        back, _somebody, people, N_("There is nobody left who could be recused on this item.")
    ):
        return over
    works = number_of(request.args.get("user")) in recusals.working_with(item.meeting_id).get(item.id, ())
    form = MemberRecusalForm(
        data={
            "user_id": request.args.get("user", ""),
            "reason": _("Works with this family.") if works else "",
        }
    )
    form.offer(people)
    if form.validate_on_submit():
        with form.rules():
            fell = recusals.recuse(item.id, int(form.user_id.data), form.reason.data, current_user.id)
            return go(back, _("The recusal is entered.") + (" " + _fell() if fell else ""))
    return _page("recuse", item, form, for_member=True)


def _fell() -> str:
    return str(_("The member's vote on this item no longer counts."))


def _somebody(people: list[tuple[int, str]], message: str) -> None:
    if not people:
        raise RuleBroken("nobody", message)


@bp.post("/items/<int:item_id>/recusals/<int:user_id>/take-back")
@requires(Permission.PRESENCE_MARK, of=queries.get_recusal)
def take_back_recusal(found: tuple[Item, int]) -> Response:
    """Take back a member's recusal."""
    (item, user_id), done = found, _("The recusal is taken back.")
    return act(item.meeting_id, done, recusals.take_back, item.id, user_id, current_user.id, True)


@bp.route("/items/<int:item_id>/votes/new", methods=["GET", "POST"])
@requires(Permission.VOTE_ENTER, of=queries.get_item)
def enter_vote(item: Item) -> Response:
    """Enter the vote of a member without a device."""
    back, meeting = _meeting_url(item), db.session.get_one(Meeting, item.meeting_id)
    if item.status != "voting" and request.method == "GET":
        return refuse(RuleBroken("item_not_open", N_("This item is not being voted on.")), back)
    found = live(current_user, meeting)
    people = [(row["user_id"], _name(row)) for row in found.seats if row["user_id"] in found.enterable]
    people = [row for row in people if row[0] != current_user.id]
    if over := moved_on(back, _somebody, people, N_("Everybody present has voted on this item.")):
        return over
    form = EnteredVoteForm()
    form.offer(people)
    if form.validate_on_submit():
        with form.rules():
            values = (int(form.user_id.data), form.choice.data, form.reason.data or "")
            decisions.enter_vote(item.id, *values, current_user.id)
            return go(back, _("The vote is entered. In the record it is marked as entered by the secretary."))
    return _page("enter_vote", item, form, demanded=meeting.reasons)


def _name(row: Any) -> str:
    return str(FullName(row["last_name"], row["first_name"], row["middle_name"]).full)


@bp.route("/items/<int:item_id>/dissent", methods=["GET", "POST"])
@requires(Permission.VOTE_CAST, of=queries.get_item)
def dissent(item: Item) -> Response:
    """State a dissenting opinion on a decision."""
    back = url_for("consilium.item", item_id=item.id)
    meeting = db.session.get_one(Meeting, item.meeting_id)
    if over := moved_on(back, dissents.check, item, meeting, current_user.id):
        return over
    form = DissentForm()
    if form.validate_on_submit():
        with form.rules():
            dissents.state_dissent(item.id, current_user.id, form.body.data)
            return go(back, _("Your dissenting opinion is attached to the decision."))
    return _page("dissent", item, form, until=dissents.until(meeting))
