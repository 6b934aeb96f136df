"""The steps of a plan: agreed with the family, approved, returned, its results, its end."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, clock
from portal.access import Permission, requires
from portal.db import look_again
from portal.plans import actions, drafts, queries
from portal.plans.forms import AgreeForm, ResultsForm, ReturnForm
from portal.plans.pages import bp
from portal.plans.queries import Ground, MeasureLine
from portal.rules import plans as rules
from portal.web import attempt, go, moved_on, render


@bp.route("/plans/<int:plan_id>/agree", methods=["GET", "POST"])
@requires(Permission.PLAN_WRITE, of=queries.get_own)
def agree(ground: Ground) -> Response:
    """The plan was discussed with the family, and it agrees."""
    plan_id, people = ground.plan.id, queries.representatives(ground.family.id)
    shown = url_for(".show", plan_id=plan_id)
    if back := moved_on(shown, rules.check_move, ground.plan.state, rules.State.AGREED):
        return back
    first = str(people[0][0]) if len(people) == 1 else None
    start = {"day": clock.today(), "member_id": first, "revision": ground.plan.revision}
    form = AgreeForm(data=start)
    form.offer(people)
    if form.validate_on_submit():
        with form.rules():
            actions.agree_plan(plan_id, current_user.id, form.day.data, form.member, form.seen)
            return go(url_for(".show", plan_id=plan_id), _("Agreed with the family. The head approves next."))
    audit.look(current_user.id, ground.family.id, "plan")
    return render("plans/agree.html", form=form, family=ground.family, plan=ground.plan)


@bp.post("/plans/<int:plan_id>/approve")
@requires(Permission.PLAN_APPROVE, of=queries.get_plan)
def approve(ground: Ground) -> Response:
    """The head puts the plan in force."""
    url, done = url_for(".show", plan_id=ground.plan.id), _("The plan is approved and in force.")
    seen = request.form.get("revision", 0, type=int)
    return attempt(url, done, actions.approve_plan, ground.plan.id, current_user.id, seen)


@bp.route("/plans/<int:plan_id>/return", methods=["GET", "POST"])
@requires(Permission.PLAN_APPROVE, of=queries.get_plan)
def give_back(ground: Ground) -> Response:
    """The head gives the plan back with a remark."""
    form, plan_id = ReturnForm(), ground.plan.id
    shown = url_for(".show", plan_id=plan_id)
    if back := moved_on(shown, rules.check_move, ground.plan.state, rules.State.DRAFT):
        return back
    if form.validate_on_submit():
        with form.rules():
            actions.return_plan(plan_id, current_user.id, form.remark.data)
            return go(url_for(".show", plan_id=plan_id), _("The plan is returned with your remark."))
    audit.look(current_user.id, ground.family.id, "plan")
    return render("plans/return.html", form=form, family=ground.family, plan=ground.plan)


@bp.route("/plans/<int:plan_id>/results", methods=["GET", "POST"])
@requires(Permission.PLAN_WRITE, of=queries.get_own)
def results(ground: Ground) -> Response:
    """What became of the measures: one form, for a phone in a corridor."""
    plan_id, url = ground.plan.id, url_for(".show", plan_id=ground.plan.id)
    audit.look(current_user.id, ground.family.id, "plan")
    if ground.plan.state != "in_force" and request.method == "GET":
        return go(url, _("Results are entered on the plan in force. Open that one."), "warn")
    lines = queries.sheet_of(ground.plan).measures
    form = ResultsForm(data=None if request.method == "POST" else {"measures": [_row(one) for one in lines]})
    if form.validate_on_submit():
        with form.rules():
            count = actions.enter_results(plan_id, current_user.id, form.results())
            message = ngettext("%(num)d result is entered.", "%(num)d results are entered.", count)
            return go(url, message)
        look_again()
        return _results(form, plan_id)
    return _results(form, plan_id)


def _row(line: MeasureLine) -> dict[str, Any]:
    row = line.row
    values = {"id": row.id, "outcome": row.state, "done_on": row.done_on, "result": row.result}
    return values | {"seen": actions.mark(row)}


def _results(form: ResultsForm, plan_id: int) -> Response:
    ground = queries.get_own(current_user, plan_id)
    assert ground is not None  # noqa: S101 - it was there a moment ago, and plans are not thrown away
    lines = {str(one.row.id): one for one in queries.sheet_of(ground.plan).measures}
    rows = [
        (one.form, lines[str(one.form.id.data)]) for one in form.measures if str(one.form.id.data) in lines
    ]
    others = {
        line.row.id for row, line in rows if form.is_submitted() and row.seen.data != actions.mark(line.row)
    }
    for row, line in rows:
        if line.row.id in others:  # what somebody else entered meanwhile is shown beside, and seen now
            row.seen.data = actions.mark(line.row)
    return render(
        "plans/results.html",
        form=form,
        rows=rows,
        others=others,
        family=ground.family,
        plan=ground.plan,
        today=clock.today(),
    )


@bp.post("/plans/<int:plan_id>/complete")
@requires(Permission.PLAN_WRITE, of=queries.get_own)
def complete(ground: Ground) -> Response:
    """Everything planned has its result, and the plan is done with."""
    return _step(ground, actions.complete_plan, _("The plan is completed."))


@bp.post("/plans/<int:plan_id>/discard")
@requires(Permission.PLAN_WRITE, of=queries.get_own)
def discard(ground: Ground) -> Response:
    """A draft that nobody needs."""
    return _step(ground, drafts.discard_plan, _("The draft is thrown away."))


def _step(ground: Ground, act: Any, message: str) -> Response:
    url = url_for(".of_family", family_id=ground.family.id)
    return attempt(url, message, act, ground.plan.id, current_user.id)
