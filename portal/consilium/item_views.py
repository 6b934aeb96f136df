"""Items of an agenda: changing them, and the vote."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import Permission, requires
from portal.accounts import queries as accounts
from portal.consilium import agenda, decisions, queries
from portal.consilium.card import item_card
from portal.consilium.forms import DeferForm, EnrollForm, ItemForm, RemoveForm
from portal.consilium.models import Item, Meeting
from portal.consilium.pages import act, bp
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.patronage.queries import SPECIALISTS
from portal.rules import meetings
from portal.rules.enrollment import LEAD_PROFESSIONS
from portal.settings import queries as settings
from portal.web import go, moved_on, render


@bp.route("/meetings/<int:meeting_id>/items/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=queries.get_meeting)
def new_item(meeting: Meeting) -> Response:
    """Put a family on the agenda: to enroll or to remove it."""
    kind = "remove" if request.args.get("kind") == "remove" else "enroll"
    families = queries.candidates(kind)
    form = _item_form(kind, data={"patronage_id": request.args.get("patronage", "")})
    form.offer([(row["id"], _family_name(row)) for row in families if row["ready"]])
    if form.validate_on_submit():
        with form.rules():
            add = agenda.add_enroll_item if kind == "enroll" else agenda.add_remove_item
            add(meeting.id, **form.values(), actor_id=current_user.id)
            return go(url_for(".meeting", meeting_id=meeting.id), _("The family is on the agenda."))
    return _form_page(form, kind, meeting, families=families)


@bp.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=queries.get_item)
def edit_item(item: Item) -> Response:
    """Change what an item proposes."""
    involved = sorted(agenda.involved_in(db.session(), item.id))
    form = _item_form(item.kind, obj=item, involved=involved)
    form.offer(None)
    meeting = db.session.get_one(Meeting, item.meeting_id)
    if form.validate_on_submit():
        with form.rules():
            agenda.change_item(item.id, current_user.id, **form.values())
            return go(url_for(".meeting", meeting_id=meeting.id), _("Saved."))
    return _form_page(form, item.kind, meeting, item=item)


def _item_form(kind: str, **filled: Any) -> ItemForm:
    if kind == "remove":
        form = RemoveForm(**filled)
        now = frozenset({form.reason.data} if form.reason.data else ())
        form.reasons(settings.words("removal_reasons", also=now))
        return form
    form = EnrollForm(**filled)
    people = accounts.with_role(*SPECIALISTS)
    named = [(user.id, f"{user.full_name}, {user.position}") for user in people]
    leads = {user.id for user in people if user.profession in LEAD_PROFESSIONS}
    form.people([(user_id, name) for user_id, name in named if user_id in leads], named)
    return form


def _family_name(row: Any) -> str:
    return f"{row['surname']}, № {row['number']}"


def _form_page(
    form: ItemForm, kind: str, meeting: Meeting, item: Item | None = None, families: Any = ()
) -> Response:
    family = None
    if item is not None:
        row = db.session.get_one(Patronage, item.patronage_id)
        family = db.session.get_one(Family, row.family_id)
    return render(
        "consilium/item_form.html",
        form=form,
        kind=kind,
        meeting=meeting,
        item=item,
        family=family,
        families=families,
    )


@bp.post("/items/<int:item_id>/take-off")
@requires(Permission.MEETING_PREPARE, of=queries.get_item)
def take_off(item: Item) -> Response:
    """Take an item off the agenda."""
    done = _("The item is taken off the agenda.")
    return act(item.meeting_id, done, agenda.take_off, item.id, current_user.id)


@bp.post("/items/<int:item_id>/move")
@requires(Permission.MEETING_PREPARE, of=queries.get_item)
def move_item(item: Item) -> Response:
    """Move an item one place up or down."""
    up = request.form.get("to") == "up"
    return act(item.meeting_id, None, agenda.move_item, item.id, up, current_user.id)


@bp.post("/items/<int:item_id>/open-voting")
@requires(Permission.MEETING_CONDUCT, of=queries.get_item)
def open_voting(item: Item) -> Response:
    """Put an item to the vote."""
    return act(item.meeting_id, None, decisions.open_voting, item.id, current_user.id)


@bp.post("/items/<int:item_id>/vote")
@requires(Permission.VOTE_CAST, of=queries.get_item)
def vote(item: Item) -> Response:
    """Cast one's own vote."""
    choice = request.form.get("choice", "")
    done = _("Your vote is counted.")
    return act(item.meeting_id, done, decisions.cast_vote, item.id, current_user.id, choice)


@bp.post("/items/<int:item_id>/close")
@requires(Permission.MEETING_CONDUCT, of=queries.get_item)
def close_item(item: Item) -> Response:
    """Close the vote: the decision is numbered and executed."""
    done = _("The vote is closed, the decision is carried out.")
    return act(item.meeting_id, done, decisions.close_item, item.id, current_user.id)


@bp.route("/items/<int:item_id>/defer", methods=["GET", "POST"])
@requires(Permission.MEETING_CONDUCT, of=queries.get_item)
def defer_item(item: Item) -> Response:
    """Put an item off to another meeting, with a word why."""
    form, back = DeferForm(), url_for(".meeting", meeting_id=item.meeting_id)
    if over := moved_on(back, meetings.move_item, item.status, meetings.Item.DEFERRED):
        return over
    if form.validate_on_submit():
        with form.rules():
            decisions.defer_item(item.id, form.why.data, current_user.id)
            return go(back, _("The item is put off."))
    card = item_card(current_user, item)
    return render("consilium/defer.html", form=form, card=card, item=item)
