"""Items of an agenda: changing them, and the vote."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import Permission, requires
from portal.accounts import queries as accounts
from portal.consilium import agenda, decisions, queries, speakers
from portal.consilium.forms import DeferForm, EnrollForm, ItemForm, RemoveForm
from portal.consilium.headings import heading
from portal.consilium.kind_forms import FORMS
from portal.consilium.labels import TERMS
from portal.consilium.models import Item, Meeting
from portal.consilium.pages import act, bp
from portal.db import db
from portal.families.models import Family
from portal.patronage.forms import paragraphs
from portal.patronage.labels import REGIMES
from portal.patronage.models import Patronage
from portal.patronage.queries import SPECIALISTS
from portal.rules import meetings
from portal.rules.enrollment import LEAD_PROFESSIONS
from portal.settings import queries as settings
from portal.web import go, moved_on, render, show_date


@bp.route("/meetings/<int:meeting_id>/items/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=queries.get_meeting)
def new_item(meeting: Meeting) -> Response:
    """Put an item on the agenda: first its kind, then what the kind asks for."""
    back = url_for(".meeting", meeting_id=meeting.id)
    if over := moved_on(back, agenda.check_takes_items, meeting):
        return over
    kind = request.args.get("kind", "")
    if kind not in FORMS:
        return render("consilium/kinds.html", meeting=meeting)
    text = request.args.get("q", "")[:100].strip()
    families = queries.candidates(kind, text)
    form = _item_form(kind, data={"patronage_id": request.args.get("patronage", "")})
    form.offer([(row["id"], _family_name(kind, row)) for row in families if row["ready"]])
    if form.validate_on_submit():
        with form.rules():
            agenda.add_item(meeting.id, kind, **form.values(), actor_id=current_user.id)
            return go(back, _("The item is on the agenda."))
    many = bool(text) or len(families) == queries.MOST_CANDIDATES
    return _form_page(form, kind, meeting, families=families, many=many, text=text)


@bp.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=queries.get_item)
def edit_item(item: Item) -> Response:
    """Change what an item proposes."""
    meeting = db.session.get_one(Meeting, item.meeting_id)
    back = url_for(".meeting", meeting_id=item.meeting_id)
    if over := moved_on(back, agenda.check_waiting, item, meeting):
        return over
    involved = sorted(agenda.involved_in(db.session(), item.id))
    form = _item_form(item.kind, obj=item, involved=involved)
    form.offer(None)
    if form.validate_on_submit():
        with form.rules():
            agenda.change_item(item.id, current_user.id, **form.values())
            return go(back, _("Saved."))
    return _form_page(form, item.kind, meeting, item=item)


def _item_form(kind: str, **filled: Any) -> ItemForm:
    form = FORMS[kind](**filled)
    form.speakers(speakers.choices(getattr(filled.get("obj"), "speaker_id", None)))
    if isinstance(form, RemoveForm):
        now = frozenset({form.reason.data} if form.reason.data else ())
        form.reasons(settings.words("removal_reasons", also=now))
    if isinstance(form, EnrollForm):
        people = accounts.with_role(*SPECIALISTS)
        named = [(user.id, f"{user.full_name}, {user.position}") for user in people]
        leads = {user.id for user in people if user.profession in LEAD_PROFESSIONS}
        form.people([(user_id, name) for user_id, name in named if user_id in leads], named)
    return form


def _family_name(kind: str, row: Any) -> str:
    """The family, and what is to change of its patronage as it is now."""
    name = f"{row['surname']}, № {row['number']}"
    if kind == "regime":
        return f"{name} — {REGIMES[row['regime']]}"
    if kind in ("term", "extend"):
        until = _("until %(day)s", day=show_date(row["ends_on"])) if row["ends_on"] else ""
        return f"{name} — {TERMS.get(row['term'], '')} {until}".strip(" —")
    return name


def _form_page(
    form: ItemForm,
    kind: str,
    meeting: Meeting,
    item: Item | None = None,
    families: Any = (),
    many: bool = False,
    text: str = "",
) -> Response:
    now = db.session.get(Patronage, item.patronage_id) if item is not None and item.patronage_id else None
    return render(
        "consilium/item_form.html",
        form=form,
        kind=kind,
        meeting=meeting,
        item=item,
        families=families,
        now=now,
        regimes=REGIMES,
        family=now and db.session.get(Family, now.family_id),
        many=many,
        text=text,
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
    choice, reason = request.form.get("choice", ""), paragraphs(request.form.get("reason", ""))
    done = _("Your vote is counted.")
    return act(item.meeting_id, done, decisions.cast_vote, item.id, current_user.id, choice, reason)


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
            decisions.defer_item(
                item.id,
                form.why.data,
                current_user.id,
                until_on=form.until_on.data,
                asked=form.asked.data,
            )
            return go(back, _("The item is put off."))
    return render("consilium/defer.html", form=form, item=item, head=heading(item))
