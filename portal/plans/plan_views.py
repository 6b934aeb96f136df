"""A family's plan: the one in force, and each of its versions."""

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock
from portal.access import Permission, may, requires
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.plans import differences, drafts, queries
from portal.plans.models import Plan
from portal.plans.pages import bp
from portal.plans.queries import Ground, Sheet
from portal.rules import RuleBroken
from portal.rules import plans as rules
from portal.rules.plans import State
from portal.web import go, refuse, render, words


@bp.get("/families/<int:family_id>/plan")
@requires(Permission.FAMILY_VIEW, of=families.get_family)
def of_family(family: Family) -> Response:
    """The family's plan: that in force, else what is being written, else the last one."""
    rows = queries.versions(family.id)
    now = [row.Plan for row in rows if row.latest]
    order = (State.IN_FORCE, State.AGREED, State.DRAFT, State.COMPLETED)
    chosen = next((plan for state in order for plan in now if plan.state == state), None)
    return _page(family, families.latest_patronage(family.id), chosen, rows)


@bp.get("/plans/<int:plan_id>")
@requires(Permission.FAMILY_VIEW, of=queries.get_plan)
def show(ground: Ground) -> Response:
    """One version, and what it changes in the one before."""
    return _page(ground.family, ground.patronage, ground.plan, queries.versions(ground.family.id))


def _page(family: Family, patronage: Patronage | None, plan: Plan | None, rows: Any) -> Response:
    audit.look(current_user.id, family.id, "plan")
    sheet = queries.sheet_of(plan) if plan else None
    before = queries.previous(plan) if plan and plan.version > 1 else None
    changes = differences.lines(queries.content_now(before), sheet.content) if before and sheet else []
    works = families.get_worked_with(current_user, family.id) is not None
    in_work = next((row.Plan for row in rows if row.latest and row.Plan.state in rules.IN_WORK), None)
    return render(
        "plans/show.html",
        family=family,
        patronage=patronage,
        sheet=sheet,
        before=before,
        changes=changes,
        versions=rows,
        in_work=in_work,
        steps=_steps(patronage, sheet, in_work, works),
        today=clock.today(),
    )


@dataclass(frozen=True)
class Steps:
    """What the reader may do with the plan on the page; `lacking` says why it can't be agreed yet."""

    begin: bool = False
    edit: bool = False
    agree: bool = False
    approve: bool = False
    own: bool = False
    give_back: bool = False
    discard: bool = False
    results: bool = False
    complete: bool = False
    lacking: str = ""


def _steps(patronage: Patronage | None, sheet: Sheet | None, in_work: Plan | None, works: bool) -> Steps:
    """The buttons: each that is shown can be pressed."""
    if patronage is None or not patronage.latest:
        return Steps()
    writes = works and may(current_user, Permission.PLAN_WRITE)
    runs, on_books = patronage.status == "enrolled", patronage.status in ("enrolled", "suspended")
    begin = writes and runs and in_work is None
    if sheet is None:
        return Steps(begin=begin)
    plan, state = sheet.plan, sheet.plan.state
    approves = state == State.AGREED and may(current_user, Permission.PLAN_APPROVE)
    own = approves and queries.has_written(db.session(), plan.id, current_user.id)
    writing, in_force = writes and state in rules.IN_WORK, state == State.IN_FORCE
    lacking = _lacking(sheet) if writing and state == State.DRAFT else ""
    return Steps(
        begin=begin and (in_force or state == State.COMPLETED),
        edit=writing and runs,
        agree=writing and runs and state == State.DRAFT and not lacking,
        approve=approves and runs and not own,
        own=own,
        give_back=approves and not own,
        discard=writing,
        results=writes and on_books and in_force and bool(sheet.measures),
        complete=writes and on_books and in_force and in_work is None and not sheet.count("open"),
        lacking=lacking,
    )


def _lacking(sheet: Sheet) -> str:
    """What the draft still needs before the family can agree to it, in words."""
    try:
        rules.check_complete(sheet.content, clock.today())
    except RuleBroken as broken:
        return words(broken)
    return ""


@bp.post("/families/<int:family_id>/plans")
@requires(Permission.PLAN_WRITE, of=families.get_worked_with)
def start(family: Family) -> Response:
    """Begin a plan, or a correction of the one in force."""
    back, patronage = url_for(".of_family", family_id=family.id), families.latest_patronage(family.id)
    if patronage is None:
        return go(back, _("The family is not on patronage: its plan can only be read."), "bad")
    try:
        plan_id = drafts.start_plan(patronage.id, current_user.id)
    except RuleBroken as broken:
        return refuse(broken, back)
    return go(url_for(".edit", plan_id=plan_id))
