"""What `flask check` asks of plans."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, or_, select

from portal import audit
from portal.db import db
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.plans.models import WRITING, Plan, PlanGoal, PlanMeasure
from portal.rules.plans import Outcome, State

APPROVED = (State.IN_FORCE, State.SUPERSEDED, State.COMPLETED)


def plans() -> Iterator[tuple[str, str]]:
    """R17: an approved plan has goals with measures, was agreed with its own family, and not approved by its author."""
    approved = Plan.state.in_(APPROVED)
    measured = exists().where(PlanMeasure.goal_id == PlanGoal.id)
    bare = ~exists().where(PlanGoal.plan_id == Plan.id) | exists().where(
        PlanGoal.plan_id == Plan.id, ~measured
    )
    for plan_id in _ids(select(Plan.id).where(approved, bare)):
        yield "R17", f"plan {plan_id} is approved without goals and measures"
    own = or_(
        Plan.approved_by_id == Plan.author_id,
        Plan.approved_by_id == Plan.edited_by_id,
        audit.done_by(Plan.approved_by_id, Plan, *WRITING),
    )
    for plan_id in _ids(select(Plan.id).where(own)):
        yield "R17", f"plan {plan_id} was approved by whoever wrote it"
    left = exists().where(PlanMeasure.plan_id == Plan.id, PlanMeasure.state == Outcome.OPEN)
    for plan_id in _ids(select(Plan.id).where(Plan.state == State.COMPLETED, left)):
        yield "R17", f"plan {plan_id} is completed although measures are open"
    strangers = _of_family(select(Plan.id), FamilyMember.id == Plan.agreed_with_id)
    for plan_id in _ids(strangers):
        yield "R17", f"plan {plan_id} was agreed with somebody of another family"
    measures = select(PlanMeasure.id).join(Plan, Plan.id == PlanMeasure.plan_id)
    for measure_id in _ids(_of_family(measures, FamilyMember.id == PlanMeasure.member_id)):
        yield "R17", f"measure {measure_id} is given to somebody of another family"


def _of_family(query: Any, member: Any) -> Any:
    """Rows whose member of the family belongs to another one."""
    query = query.join(Patronage, Patronage.id == Plan.patronage_id).join(FamilyMember, member)
    return query.where(FamilyMember.family_id != Patronage.family_id)


def _ids(query: Any) -> Iterator[int]:
    return iter(db.session.scalars(query.execution_options(yield_per=2000)))
