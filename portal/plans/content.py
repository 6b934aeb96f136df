"""What is written in a plan, between its rows and the values that the rules take."""

import hashlib
from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.plans.models import Plan, PlanGoal, PlanMeasure
from portal.rules.plan_content import TEXTS, Content, Goal, Measure, Responsible
from portal.rules.plans import Outcome

RESULT = ("state", "result", "done_on")


def new_key() -> str:
    """A key that a goal or measure keeps through all versions."""
    return uuid4().hex


def fingerprint(*parts: str) -> str:
    """A short mark of some texts, by which a form knows that they are as it saw them."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


def rows_of(s: Session, plan_id: int) -> tuple[list[PlanGoal], list[PlanMeasure]]:
    """The goals and measures of a version, in their order."""
    goals = select(PlanGoal).where(PlanGoal.plan_id == plan_id).order_by(PlanGoal.position, PlanGoal.id)
    measures = select(PlanMeasure).where(PlanMeasure.plan_id == plan_id)
    ordered = measures.order_by(PlanMeasure.position, PlanMeasure.id)
    return list(s.scalars(goals)), list(s.scalars(ordered))


def content_of(s: Session, plan: Plan) -> Content:
    """All that is written in the version, in two queries."""
    goals, measures = rows_of(s, plan.id)
    return content_from(plan, goals, measures)


def content_from(plan: Plan, goals: Iterable[PlanGoal], measures: Iterable[PlanMeasure]) -> Content:
    """The same of rows that were read already."""
    by_goal: dict[int, list[Measure]] = {}
    for row in measures:
        by_goal.setdefault(row.goal_id, []).append(_measure(row))
    texts = {name: getattr(plan, name) for name in TEXTS}
    found = (Goal(row.key, row.sphere, row.text, tuple(by_goal.get(row.id, ()))) for row in goals)
    return Content(**texts, goals=tuple(found))


def _measure(row: PlanMeasure) -> Measure:
    closed = row.state != Outcome.OPEN
    return Measure(row.key, row.text, row.due_on, responsible_of(row), row.kind, row.family_part, closed)


def responsible_of(row: PlanMeasure) -> Responsible:
    """Who answers for the measure."""
    if row.user_id is not None:
        return Responsible("user", str(row.user_id))
    if row.member_id is not None:
        return Responsible("member", str(row.member_id))
    return Responsible("body", row.body or "")


def write(s: Session, plan: Plan, content: Content) -> None:
    """Inside a transaction: make the rows say what the content says; results stay as they are."""
    goals, measures = rows_of(s, plan.id)
    known_goals = {row.key: row for row in goals}
    known = {row.key: row for row in measures}
    for name in TEXTS:
        setattr(plan, name, getattr(content, name))
    for position, goal in enumerate(content.goals, 1):
        row = known_goals.pop(goal.key, None) or PlanGoal(plan_id=plan.id, key=goal.key)
        row.position, row.sphere, row.text = position, goal.sphere, goal.text
        s.add(row)
        s.flush()
        for place, measure in enumerate(goal.measures, 1):
            kept = known.pop(measure.key, None) or PlanMeasure(plan_id=plan.id, key=measure.key, state="open")
            _fill(kept, row.id, place, measure)
            s.add(kept)
    for gone in (*known.values(), *known_goals.values()):
        s.flush()
        s.delete(gone)
    s.flush()


def _fill(row: PlanMeasure, goal_id: int, position: int, measure: Measure) -> None:
    row.goal_id, row.position, row.kind = goal_id, position, measure.kind
    row.text, row.due_on, row.family_part = measure.text, measure.due_on, measure.family_part
    kind, ref = measure.responsible
    row.user_id = int(ref) if kind == "user" else None
    row.member_id = int(ref) if kind == "member" else None
    row.body = ref if kind == "body" else None


def copy(s: Session, source: Plan, target: Plan) -> None:
    """Inside a transaction: the target holds what the source does, with its results."""
    write(s, target, content_of(s, source))
    _goals, measures = rows_of(s, source.id)
    carry(s, target, measures)


def carry(s: Session, target: Plan, measures: Iterable[PlanMeasure]) -> int:
    """Inside a transaction: give the target the results of the same measures. Gives how many it has of them."""
    _goals, own = rows_of(s, target.id)
    by_key, count = {row.key: row for row in own}, 0
    for row in measures:
        twin = by_key.get(row.key)
        if twin is not None:
            count += 1
            for name in RESULT:
                setattr(twin, name, getattr(row, name))
    s.flush()
    return count
