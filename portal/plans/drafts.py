"""What writes a plan: beginning one, or a correction of the one in force; saving it; throwing a draft away."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.plans import content
from portal.plans.models import Plan, PlanMeasure
from portal.rules import N_, RuleBroken, check_seen
from portal.rules import plans as rules
from portal.rules.plan_content import Content, difference, keep_closed
from portal.rules.plans import Outcome, State
from portal.settings import queries as settings


def start_plan(patronage_id: int, actor_id: int) -> int:
    """Begin a plan: empty, or a correction that starts from the one in force. Gives its id.

    Raises suspended, not_on_patronage, in_work.
    """
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True)
        rules.check_planning(patronage.status)
        now = clock.now()
        newest = s.scalar(select(func.max(Plan.version)).where(Plan.patronage_id == patronage_id)) or 0
        plan = Plan(patronage_id=patronage_id, version=newest + 1, author_id=actor_id, edited_by_id=actor_id)
        plan.state, plan.created_at, plan.edited_at = State.DRAFT, now, now
        plan.revision, plan.remark = 1, ""
        with refused_by("uq_plans_in_work", _in_work()):
            s.add(plan)
        source = in_force(s, patronage_id)
        if source is not None:
            content.copy(s, source, plan)
        new = facts(plan) | {"from": source.version if source else None}
        audit.record(s, Event.PLAN_STARTED, actor_id, plan, new=new)
        return plan.id


def save_plan(plan_id: int, actor_id: int, revision: int, typed: Content) -> None:
    """Keep what was typed; a plan that was agreed with the family becomes a draft again.

    `revision` is the one that the form was filled from. Raises suspended, not_on_patronage, wrong_state,
    changed_meanwhile, past_due, far_due, not_responsible.
    """
    with atomic() as s:
        plan, patronage = held(s, plan_id)
        rules.check_planning(patronage.status)
        rules.check_editable(plan.state)
        check_revision(plan, revision)
        before = content.content_of(s, plan)
        after = keep_closed(before, typed)
        rules.check_dates(after, before, clock.today())
        _check_responsible(s, patronage.family_id, before, after)
        old = facts(plan)
        content.write(s, plan, after)
        plan.state, plan.agreed_on, plan.agreed_with_id = State.DRAFT, None, None
        plan.revision, plan.edited_by_id, plan.edited_at = revision + 1, actor_id, clock.now()
        new = facts(plan) | _counted(before, after)
        audit.record(s, Event.PLAN_CHANGED, actor_id, plan, old=old, new=new)


def discard_plan(plan_id: int, actor_id: int) -> None:
    """Throw a draft away: nobody works on it, the plan in force stays. Raises wrong_state."""
    with atomic() as s:
        plan, _patronage = held(s, plan_id)
        rules.check_move(plan.state, State.DISCARDED)
        old = facts(plan)
        plan.state, plan.closed_at = State.DISCARDED, clock.now()
        audit.record(s, Event.PLAN_DISCARDED, actor_id, plan, old=old, new=facts(plan))


def held(s: Session, plan_id: int) -> tuple[Plan, Patronage]:
    """Inside a transaction: the plan as it is now, and its patronage."""
    plan = s.get_one(Plan, plan_id, with_for_update=True, populate_existing=True)
    return plan, s.get_one(Patronage, plan.patronage_id, with_for_update=True, populate_existing=True)


def in_force(s: Session, patronage_id: int) -> Plan | None:
    """The version in force, or None."""
    found: Plan | None = s.scalar(
        select(Plan).where(Plan.patronage_id == patronage_id, Plan.state == State.IN_FORCE)
    )
    return found


def check_revision(plan: Plan, seen: int) -> None:
    """Raises changed_meanwhile when the plan is not as it was seen."""
    message = N_("Somebody has changed this plan meanwhile. Compare below, then save again.")
    check_seen(plan.revision, seen, message)


def facts(plan: Plan) -> dict[str, Any]:
    """What the audit log keeps of a plan: no content."""
    return {"state": str(plan.state), "version": plan.version, "agreed_on": plan.agreed_on}


def carry_results(s: Session, patronage_id: int, measures: list[PlanMeasure]) -> None:
    """Inside a transaction: a correction in work has the results that the plan in force got meanwhile."""
    query = select(Plan).where(Plan.patronage_id == patronage_id, Plan.state.in_(rules.IN_WORK))
    draft = s.scalar(query)
    if draft is not None and content.carry(s, draft, measures):
        s.execute(update(Plan).where(Plan.id == draft.id).values(revision=Plan.revision + 1))


def _in_work() -> RuleBroken:
    return RuleBroken(
        "in_work", N_("A new version of this plan is being written already. Go on with that one.")
    )


def _counted(before: Content, after: Content) -> dict[str, int]:
    found = Counter(f"{change.of}s {change.how}" for change in difference(before, after))
    return dict(sorted(found.items()))


def _check_responsible(s: Session, family_id: int, before: Content, after: Content) -> None:
    """Of measures that are new or given to somebody else: those given earlier stay with whom they are."""
    known = before.measures
    fresh = [
        one
        for one in after.measures.values()
        if one.key not in known or known[one.key].responsible != one.responsible
    ]
    users = {str(one) for one in s.scalars(select(User.id).where(User.dismissed_on.is_(None)))}
    here = select(FamilyMember.id).where(FamilyMember.family_id == family_id, FamilyMember.left_on.is_(None))
    members = {str(one) for one in s.scalars(here)}
    bodies = {code for code, _label in settings.words("bodies")}
    rules.check_responsible(fresh, users, members, bodies)


def outcomes(measures: list[PlanMeasure]) -> list[str]:
    """What became of the measures."""
    return [str(Outcome(row.state)) for row in measures]
