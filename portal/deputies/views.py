"""Pages of deputies: who stands in for whom, naming one, ending one early."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock, lists
from portal.access import Permission, Role, may, requires
from portal.accounts.queries import with_role
from portal.contacts import handing
from portal.contacts.labels import KINDS
from portal.deputies import actions, columns, labels, queries
from portal.deputies.actions import Handed
from portal.deputies.forms import DeputyForm
from portal.deputies.models import Deputy
from portal.lists import takeable
from portal.paging import page_asked, pages
from portal.patronage import loads
from portal.patronage.queries import knows_names
from portal.rules import RuleBroken
from portal.rules.deputies import check_period
from portal.web import go, refuse, render

bp = Blueprint("deputies", __name__, url_prefix="/deputies")


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of deputies, for their templates."""
    return {"labels": labels}


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_LIST)
@takeable
def index() -> Response:
    """Who stands in for whom now and later; what is over, and why somebody is away, for those who name deputies."""
    manages = may(current_user, Permission.DEPUTY_MANAGE)
    if lists.asked():
        if manages and lists.which() == "past":
            return lists.give("deputies.past", _("Past"), columns.PAST, lists.every(queries.past))
        shown = columns.running(manages)
        return lists.give("deputies", _("Who stands in for whom"), shown, queries.running())
    number = page_asked()
    over, more = queries.past(number) if manages else ([], False)
    return render(
        "deputies/index.html",
        rows=queries.running(),
        past=over,
        pages=pages(number, queries.PAGE, len(over), more),
        manages=manages,
        ends=lambda row: queries.manages(current_user, row.user_id, row.of_head),
        today=clock.today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.DEPUTY_MANAGE)
def new() -> Response:
    """Name a deputy. What is planned for these days is shown first: ticked, it goes to the deputy."""
    form = DeputyForm(user_id=request.args.get("user", 0, type=int), starts_on=clock.today())
    form.offer(_away(), [(one.id, one.full_name) for one in loads.candidates()])
    form.offer_contacts([])
    planned = _planned(form) if form.is_submitted() else []
    form.offer_contacts([one.id for one in planned])
    known = not planned or form.shown.data == form.said
    if form.validate_on_submit() and known:
        with form.rules():
            values = form.values()
            del values["shown"]
            user_id, deputy_id = values.pop("user_id"), values.pop("deputy_id")
            done = actions.name_deputy(user_id, deputy_id, current_user.id, **values)
            return go(url_for(".index"), " ".join((_("The deputy is named."), *_handed(done))))
    return render(
        "deputies/form.html",
        status=422 if form.is_submitted() and (form.errors or form.form_errors) else 200,
        form=form,
        planned=planned,
        ticked=set(form.contacts.data or ()) if known else {one.id for one in planned if not one.clashes},
        names=knows_names(current_user),
        kinds=KINDS,
    )


def _away() -> list[tuple[int, str]]:
    """Those whose deputies the user names: heads, or the specialists and themselves."""
    heads = {one.id: one.full_name for one in with_role(Role.HEAD)}
    found: dict[int, str] = {}
    if Role.HEAD in current_user.roles:
        found = {one.id: one.full_name for one in loads.candidates() if one.id not in heads}
        found |= {user_id: name for user_id, name in heads.items() if user_id == current_user.id}
    if Role.ADMIN in current_user.roles:
        found |= heads
    return sorted(found.items(), key=lambda one: one[1])


def _planned(form: DeputyForm) -> list[handing.Planned]:
    """What who is away has planned for these days; nothing as long as the days are wrong."""
    away, first, last = form.user_id.data, form.starts_on.data, form.ends_on.data
    offered = dict(form.user_id.choices)
    if not (away in offered and away and form.deputy_id.data and first and last):
        return []
    try:
        check_period(first, last, clock.today())
    except RuleBroken:
        return []
    return handing.planned(current_user, away, form.deputy_id.data, first, last)


@bp.post("/<int:deputy_id>/end")
@requires(Permission.DEPUTY_MANAGE, of=queries.get_managed)
def end(row: Deputy) -> Response:
    """End it now, before its time."""
    try:
        done = actions.end_deputy(row.id, current_user.id)
    except RuleBroken as broken:
        return refuse(broken, url_for(".index"))
    return go(url_for(".index"), " ".join((_("It is ended: all goes back."), *_handed(done))))


def _handed(done: Handed) -> list[str]:
    found = []
    if done.contacts:
        found.append(
            ngettext("%(num)d contact changed hands.", "%(num)d contacts changed hands.", done.contacts)
        )
    if done.left:
        found.append(
            ngettext(
                "%(num)d contact stayed: there is another one at the time.",
                "%(num)d contacts stayed: there are others at the time.",
                done.left,
            )
        )
    return found
