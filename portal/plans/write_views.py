"""Writing a plan: many rows, two writers, nothing typed is lost."""

from collections.abc import Sequence

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit
from portal.access import Permission, requires
from portal.contacts.queries import members_of, workers
from portal.db import look_again
from portal.patronage.loads import specialist_names
from portal.plans import differences, drafts, queries
from portal.plans.differences import Line
from portal.plans.forms import PlanForm, start_of
from portal.plans.pages import bp
from portal.plans.queries import Ground, Sheet
from portal.plans.rows import MOST_GOALS, MOST_MEASURES
from portal.rules import RuleBroken
from portal.rules import plans as rules
from portal.rules.plan_content import Content, Responsible
from portal.settings import queries as settings
from portal.web import go, refuse, render, show_moment, words


@bp.route("/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_WRITE, of=queries.get_own)
def edit(ground: Ground) -> Response:
    """Goals and measures of a draft. Whoever was slower sees what the other saved, and keeps what they typed."""
    plan_id, back = ground.plan.id, url_for(".show", plan_id=ground.plan.id)
    audit.look(current_user.id, ground.family.id, "plan.edit")
    if request.method == "GET":
        try:
            rules.check_editable(ground.plan.state)
            rules.check_planning(ground.patronage.status)
        except RuleBroken as broken:
            return refuse(broken, back)
    sheet = queries.sheet_of(ground.plan)
    start = start_of(sheet.content, ground.plan.revision)
    form = PlanForm(data=None if request.method == "POST" else start)
    if "do" in request.form:
        focus = form.press(request.form["do"])
        return _form(form, ground, sheet, focus=focus, status=200)
    _offer(form, ground, sheet)
    if form.validate_on_submit():
        typed = form.content()
        try:
            drafts.save_plan(plan_id, current_user.id, form.seen, typed)
            return go(back, _("The plan is saved."))
        except RuleBroken as broken:
            return _refused(form, plan_id, typed, broken)
    return _form(form, ground, sheet)


def _refused(form: PlanForm, plan_id: int, typed: Content, broken: RuleBroken) -> Response:
    """The form with what was typed and the rule's words; beside it what somebody else saved meanwhile."""
    look_again()
    ground = queries.get_own(current_user, plan_id)
    assert ground is not None  # noqa: S101 - it was there a moment ago, and plans are not thrown away
    sheet, lines = queries.sheet_of(ground.plan), list[Line]()
    form.form_errors.append(words(broken))
    if broken.code == "changed_meanwhile":
        lines = differences.meeting(sheet.content, typed, form.known_keys)
        form.meet(sheet.content, ground.plan.revision)
    return _form(form, ground, sheet, lines)


def _form(
    form: PlanForm,
    ground: Ground,
    sheet: Sheet,
    lines: Sequence[Line] = (),
    focus: str = "",
    status: int | None = None,
) -> Response:
    _offer(form, ground, sheet)
    closed = {goal.row.key: [one for one in goal.measures if one.row.state != "open"] for goal in sheet.goals}
    return render(
        "plans/edit.html",
        "plans/_form.html",
        status=status,
        form=form,
        family=ground.family,
        plan=ground.plan,
        closed=closed,
        lines=lines,
        saved_by=_("%(name)s, %(moment)s", name=sheet.editor, moment=show_moment(ground.plan.edited_at)),
        focus=focus,
        most=(MOST_GOALS, MOST_MEASURES),
    )


def _offer(form: PlanForm, ground: Ground, sheet: Sheet) -> None:
    spheres = settings.words("spheres", frozenset(goal.row.sphere for goal in sheet.goals))
    form.offer(list(spheres), _people(ground, sheet))


def _people(ground: Ground, sheet: Sheet) -> dict[str, list[tuple[str, str]]]:
    """Who can answer for a measure, by groups; those who answer now stay to be chosen."""
    team = {f"user:{one.id}": one.short_name for one in workers(ground.patronage.id)}
    others = {f"user:{one.id}": one.short_name for one in specialist_names()}
    family = {f"member:{key}": name for key, name in members_of(ground.family.id)}
    bodies = {f"body:{code}": label for code, label in settings.words("bodies")}
    now = {":".join(one): name for one, name in sheet.names.items() if one in _responsible(sheet)}
    known = team | others | family | bodies
    groups = {
        _("Work with the family"): team,
        _("The family"): family,
        _("Prevention bodies"): bodies,
        _("Other colleagues"): {key: name for key, name in others.items() if key not in team},
        _("Until now"): {key: name for key, name in now.items() if key not in known},
    }
    return {label: list(group.items()) for label, group in groups.items() if group}


def _responsible(sheet: Sheet) -> set[Responsible]:
    return {one.responsible for one in sheet.content.measures.values()}
