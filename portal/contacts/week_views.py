"""Pages of contacts: planning one, one contact and what becomes of it."""

from datetime import date, datetime
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock
from portal.access import LARGEST_ID, Permission, may, requires
from portal.contacts import actions, queries, repeat, timetable
from portal.contacts.forms import CancelForm, FailForm, FinishForm, MoveForm, PlanForm, RecordForm
from portal.contacts.models import Contact
from portal.contacts.pages import bp
from portal.contacts.queries import Ground
from portal.journal import queries as journal
from portal.journal.labels import STATES
from portal.procedures import labels as procedure_labels
from portal.procedures import queries as procedures
from portal.rules import RuleBroken, contacts
from portal.rules.alerts import TOLD
from portal.rules.contacts import State
from portal.settings.queries import call_channels
from portal.web import attempt, go, moved_on, render, words


@bp.route("/families/<int:family_id>/contacts/new", methods=["GET", "POST"])
@requires(Permission.CONTACT_PLAN, of=queries.ground)
def new_contact(ground: Ground) -> Response:
    """Plan a contact, or (`done=1`) enter one that took place."""
    done = request.args.get("done") == "1" or ground.patronage.status != "enrolled"
    form, patronage_id = _new_form(ground, done), ground.patronage.id
    if form.validate_on_submit():
        with form.rules():
            values = form.values()
            user_id = values.pop("user_id")
            if not done:
                every, until = values.pop("every"), values.pop("until")
                contact_id = actions.plan_contact(patronage_id, user_id, current_user.id, **values)
                if every:
                    repeat.plan_series(patronage_id, user_id, current_user.id, every, until, values)
                return go(url_for(".show", contact_id=contact_id), _("The contact is planned."))
            following = _following(form, values)
            contact_id = actions.record_contact(patronage_id, user_id, current_user.id, **values)
            _plan_next(following, contact_id)
            return go(url_for(".show", contact_id=contact_id), _("The contact is recorded."))
    values = {"form": form, "family": ground.family, "contact": None, "done": done}
    if not done:
        values |= _taken(ground.family.id, form.user_id.data, form.day.data)
    return render("contacts/form.html", **values)


def _taken(family_id: int, worker_id: int | None, day: date | None, but: int = 0) -> dict[str, Any]:
    """The specialist's day, to be seen while one plans: with the specialist chosen too, or for a contact moved."""
    found = timetable.day_of(current_user, worker_id, day, family_id, but) if worker_id and day else None
    moved: dict[str, Any] = {"user_id": worker_id, "but": but} if but else {}
    return {"taken": found, "taken_url": url_for(".taken", family_id=family_id, **moved), "moves": bool(but)}


@bp.get("/families/<int:family_id>/contacts/taken")
@requires(Permission.CONTACT_PLAN, of=queries.ground)
def taken(ground: Ground) -> Response:
    """What a specialist has on a day, for the form in which a contact with the family is planned."""
    worker_id, but = (
        min(max(request.args.get(name, 0, type=int), 0), LARGEST_ID) for name in ("user_id", "but")
    )
    return render("contacts/_taken.html", **_taken(ground.family.id, worker_id, _day_of("day"), but))


def _new_form(ground: Ground, done: bool) -> Any:
    workers = queries.workers(ground.patronage.id)
    likely = [request.args.get("specialist", type=int), current_user.id, *(one.id for one in workers)]
    worker = next((one for one in likely if one in {each.id for each in workers}), 0)
    now = clock.local(clock.now())
    start = {"day": _day_of("day") or clock.today(), "user_id": worker}
    hour = {"starts_at": now.time()} if contacts.OPENS <= now.time() < contacts.CLOSES else {}
    form = RecordForm(data=start | hour) if done else PlanForm(data=start)
    if done and ground.patronage.status != "enrolled":
        form.plan_nothing()
    form.offer_channels(call_channels())
    form.offer_workers([(one.id, _worker(one)) for one in workers])
    form.offer_members(queries.members_of(ground.family.id))
    return form


def _worker(one: queries.Worker) -> str:
    if not one.instead_of:
        return one.short_name
    return str(_("%(name)s, instead of %(away)s", name=one.short_name, away=one.instead_of))


def _day_of(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _following(form: Any, values: dict[str, Any]) -> dict[str, Any] | None:
    """The next contact, taken out of the values."""
    for name in ("next_on", "next_at"):
        values.pop(name, None)
    found: dict[str, Any] | None = form.following()
    return found


def _plan_next(following: dict[str, Any] | None, contact_id: int) -> None:
    """Plan the next contact like this one; where that cannot be, say why: this one is recorded all the same."""
    if following is None:
        return
    found = queries.get_own(current_user, contact_id)
    if found is None:
        return
    like: dict[str, Any] = {
        "kind": found.kind,
        "minutes": 60,
        "reason": found.reason,
        "channel": found.channel,
        "members": queries.ticked(contact_id),
    }
    try:
        actions.plan_contact(found.patronage_id, found.user_id, current_user.id, **like, **following)
        flash(_("The next contact is planned."), "ok")
    except RuleBroken as broken:
        flash(_("The next contact is not planned: %(why)s", why=words(broken)), "warn")


@bp.get("/contacts/<int:contact_id>")
@requires(Permission.CONTACT_VIEW, of=queries.get_contact)
def show(contact: Contact) -> Response:
    """A contact, and what may become of it."""
    found = queries.facts(contact)
    audit.look(current_user.id, found.family.id, "contact")
    works = queries.get_own(current_user, contact.id) is not None and may(
        current_user, Permission.CONTACT_PLAN
    )
    run = procedures.run_sheet(contact)
    allowed = run.minutes["contact"] if run else None
    steps = contacts.next_states(contact.kind, contact.state) if works else frozenset()
    now = clock.local(clock.now())
    return render(
        "contacts/show.html",
        facts=found,
        steps=steps,
        to_agree=State.CONFIRMED in steps and (contact.day, contact.starts_at) > (now.date(), now.time()),
        is_long=contact.state == "done" and contacts.is_long(contact.kind, contact.minutes, allowed),
        budget=allowed or contacts.BUDGET.get(contacts.Kind(contact.kind)),
        over=contact.day <= clock.today(),
        entries=journal.of_contact(contact.id) if may(current_user, Permission.JOURNAL_WRITE) else [],
        states=STATES,
        brought=queries.was_brought_in(contact.id),
        tells=works and found.patronage.latest,
        run=run,
        procedure_labels=procedure_labels,
    )


@bp.post("/contacts/<int:contact_id>/confirm")
@requires(Permission.CONTACT_PLAN, of=queries.get_own)
def confirm(contact: Contact) -> Response:
    """The family has agreed by telephone."""
    url = url_for(".show", contact_id=contact.id)
    return attempt(url, _("Agreed by telephone."), actions.confirm_contact, contact.id, current_user.id)


@bp.route("/contacts/<int:contact_id>/finish", methods=["GET", "POST"])
@requires(Permission.CONTACT_PLAN, of=queries.get_own)
def finish(contact: Contact) -> Response:
    """Write up a planned contact that took place."""
    if back := _over(contact, State.DONE):
        return back
    found, contact_id = queries.facts(contact), contact.id
    begun = min(
        datetime.combine(contact.day, contact.starts_at), clock.local(clock.now()).replace(tzinfo=None)
    )
    start = {"day": begun.date(), "starts_at": begun.time(), "minutes": contact.minutes}
    form = FinishForm(data=start | {"members": [one.id for one in found.members]})
    form.offer_members(queries.members_of(found.family.id))
    run = procedures.run_sheet(contact)
    lacking = run.lacking if run and not run.finished else []
    if lacking:
        form.ask_why()
    if form.validate_on_submit():
        with form.rules():
            values = form.values()
            following = _following(form, values)
            actions.finish_contact(contact_id, current_user.id, **values)
            _plan_next(following, contact_id)
            return go(url_for(".show", contact_id=contact_id), _("The contact is recorded."))
    values = {"form": form, "family": found.family, "contact": contact, "done": True, "lacking": lacking}
    return render("contacts/form.html", begun=run is not None, **values)


@bp.route("/contacts/<int:contact_id>/fail", methods=["GET", "POST"])
@requires(Permission.CONTACT_PLAN, of=queries.get_own)
def fail(contact: Contact) -> Response:
    """The specialist went or called in vain."""
    if back := _over(contact, State.REFUSED):
        return back
    form, contact_id = FailForm(), contact.id
    form.offer([str(one) for one in contacts.next_states(contact.kind, contact.state) & contacts.FAILED])
    if form.validate_on_submit():
        with form.rules():
            actions.fail_contact(contact_id, current_user.id, form.outcome.data, form.why.data)
            told = form.outcome.data in TOLD
            message = _("The attempt is kept, and the head is told.") if told else _("The attempt is kept.")
            return go(url_for(".show", contact_id=contact_id), message)
    return render("contacts/fail.html", form=form, facts=queries.facts(contact))


@bp.route("/contacts/<int:contact_id>/move", methods=["GET", "POST"])
@requires(Permission.CONTACT_PLAN, of=queries.get_own)
def move(contact: Contact) -> Response:
    """Another day or time."""
    if back := _over(contact, State.MOVED):
        return back
    form, contact_id = MoveForm(obj=contact), contact.id
    if form.validate_on_submit():
        with form.rules():
            moved = actions.move_contact(contact_id, current_user.id, **form.values())
            return go(url_for(".show", contact_id=moved), _("The contact is moved."))
    found = queries.facts(contact)
    busy = _taken(found.family.id, contact.user_id, form.day.data, contact.id)
    return render("contacts/move.html", form=form, facts=found, **busy)


@bp.route("/contacts/<int:contact_id>/cancel", methods=["GET", "POST"])
@requires(Permission.CONTACT_PLAN, of=queries.get_own)
def cancel(contact: Contact) -> Response:
    """The contact does not take place."""
    if back := _over(contact, State.CANCELLED):
        return back
    form, contact_id = CancelForm(), contact.id
    if form.validate_on_submit():
        with form.rules():
            actions.cancel_contact(contact_id, current_user.id, form.why.data)
            return go(url_for(".show", contact_id=contact_id), _("The contact is cancelled."))
    return render("contacts/cancel.html", form=form, facts=queries.facts(contact))


def _over(contact: Contact, to: State) -> Response | None:
    return moved_on(url_for(".show", contact_id=contact.id), contacts.check_move, contact.state, to)
