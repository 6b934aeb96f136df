"""Pages of alerts: the list, one with its decision, telling the head."""

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import LARGEST_ID, Permission, may, requires
from portal.alerts import actions, labels, queries
from portal.alerts.columns import ALERTS
from portal.alerts.forms import CloseForm, DecideForm, RaiseForm
from portal.alerts.models import Alert
from portal.alerts.queries import Facts
from portal.contacts.labels import KINDS as CONTACT_KINDS
from portal.db import db
from portal.deputies import queries as deputies
from portal.families.queries import get_worked_with
from portal.lists import takeable
from portal.paging import page_asked, page_url, pages
from portal.patronage.queries import Episode, within_reach, worked_episode
from portal.rules.alerts import Decision, Kind, State, offered
from portal.web import go, render

bp = Blueprint("alerts", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of alerts, for their templates."""
    return {"labels": labels}


@bp.route("/alerts/", methods=["GET", "POST"])
@requires(Permission.ALERT_RAISE)
@takeable
def index() -> Response:
    """What waits for the head, what is being carried out, and all of it."""
    state = request.args.get("state", "")
    state = state if state in queries.STATES else "open"
    family_id, number = _number("family"), page_asked()
    if lists.asked():
        found = lists.every(partial(queries.alert_page, current_user, state, family_id))
        return lists.give("alerts", _("Alerts"), ALERTS, found, looked="alert")
    rows, more = queries.alert_page(current_user, state, family_id, number)
    audit.look_at_several(current_user.id, {row.family_id for row in rows}, "alert")
    return render(
        "alerts/index.html",
        fragment="alerts/_list.html",
        rows=rows,
        state=state,
        family_id=family_id,
        counts=queries.counts(current_user, family_id),
        reach=within_reach(current_user, {row.family_id for row in rows}),
        decides=may(current_user, Permission.ALERT_DECIDE),
        state_url=lambda name: page_url(state=name, page=None),
        pages=pages(number, queries.PAGE, len(rows), more),
    )


def _number(name: str) -> int:
    return max(0, min(request.args.get(name, 0, type=int), LARGEST_ID))


@bp.get("/alerts/<int:alert_id>")
@requires(Permission.ALERT_RAISE, of=queries.get_alert)
def show(alert: Alert) -> Response:
    """One alert: what was told, what is decided, what came of it."""
    return _page(alert)


@bp.post("/alerts/<int:alert_id>/decide")
@requires(Permission.ALERT_DECIDE, of=queries.get_alert)
def decide(alert: Alert) -> Response:
    """The head decides, once."""
    found, alert_id = queries.facts(alert), alert.id
    form = _decide_form(found)
    if form.validate_on_submit():
        with form.rules():
            values = form.values()
            for name in ("assignee_id", "colleague_id"):
                values[name] = values[name] or None
            actions.decide(alert_id, current_user.id, **values)
            return go(url_for(".show", alert_id=alert_id), _("The decision is taken."))
    return _page(db.session.get_one(Alert, alert_id), deciding=form)


@bp.post("/alerts/<int:alert_id>/close")
@requires(Permission.ALERT_RAISE, of=queries.get_task)
def close(alert: Alert) -> Response:
    """It is carried out."""
    form, alert_id = CloseForm(), alert.id
    if form.validate_on_submit():
        with form.rules():
            actions.finish(alert_id, current_user.id, form.outcome.data or "")
            return go(url_for(".show", alert_id=alert_id), _("Closed: what came of it is kept."))
    return _page(db.session.get_one(Alert, alert_id), closing=form)


@bp.route("/families/<int:family_id>/alerts/new", methods=["GET", "POST"])
@requires(Permission.ALERT_RAISE, of=worked_episode)
def raise_alert(ground: Episode) -> Response:
    """A specialist tells the head, of the family or (`contact=`) of a contact with it."""
    family, patronage_id = ground.family, ground.patronage.id
    contact = queries.contact_of(patronage_id, _number("contact"))
    contact_id, form = contact.id if contact else None, RaiseForm()
    form.offer(queries.colleagues(queries.worker_ids(db.session(), patronage_id)))
    audit.look(current_user.id, family.id, "alert.new")
    if form.validate_on_submit():
        with form.rules():
            values = form.values()
            chosen = values.pop("colleague_id")
            author = chosen if form.kind.data == Kind.IGNORED else None
            alert_id = actions.tell_head(
                patronage_id, current_user.id, **values, contact_id=contact_id, colleague_id=author or None
            )
            return go(url_for(".show", alert_id=alert_id), _("The head is told."))
    return render("alerts/raise.html", form=form, family=family, contact=contact, contact_kinds=CONTACT_KINDS)


def _decide_form(found: Facts) -> DecideForm:
    alert, today = found.alert, clock.today()
    working = queries.worker_ids(db.session(), found.patronage.id)
    wise = working | {current_user.id} | ({alert.colleague_id} if alert.colleague_id else set())
    people = queries.colleagues(wise)
    workers = [one.id for one in people if one.id in working]
    default = alert.raised_by_id if alert.raised_by_id in working else (workers or [0])[0]
    urgent = alert.kind == Kind.DANGER
    form = DecideForm(
        data={
            "assignee_id": default,
            "due_on": today if urgent else today + timedelta(days=1),
            "colleague_id": alert.colleague_id or 0,
        }
    )
    form.offer(offered(alert.kind, found.patronage.status == "enrolled"), people)
    return form


def _page(alert: Alert, deciding: DecideForm | None = None, closing: CloseForm | None = None) -> Response:
    found = queries.facts(alert)
    audit.look(current_user.id, found.family.id, "alert")
    decides = may(current_user, Permission.ALERT_DECIDE)
    if deciding is None and decides and alert.state == State.OPEN:
        deciding = _decide_form(found)
    mine = queries.get_task(current_user, alert.id) is not None
    if closing is None and mine and alert.state == State.DECIDED:
        closing = CloseForm()
    works = get_worked_with(current_user, found.family.id) is not None
    to_visit = alert.decision == Decision.VISIT and alert.state == State.DECIDED
    return render(
        "alerts/show.html",
        status=422 if request.method == "POST" else 200,
        facts=found,
        deciding=deciding,
        closing=closing,
        reached=bool(within_reach(current_user, {found.family.id})),
        visit_on=max(alert.due_on or clock.today(), clock.today()) if to_visit and works else None,
        instead=alert.assignee_id in current_user.stands_in,
        deputies=deputies.now(),
        contact_kinds=CONTACT_KINDS,
    )
