"""The steps of a plan: agreed with the family, returned, approved; its results, and its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.families.models import FamilyMember
from portal.plans import content
from portal.plans.drafts import carry_results, check_revision, facts, held, in_force, outcomes
from portal.plans.models import Plan, PlanMeasure
from portal.plans.queries import has_written
from portal.rules import N_, RuleBroken, check_seen
from portal.rules import plans as rules
from portal.rules.plan_content import shortened
from portal.rules.plans import Outcome, State


@dataclass(frozen=True)
class Result:
    """What became of a measure; `seen` is the mark() of the row that the form was filled from."""

    measure_id: int
    outcome: str
    done_on: date | None
    text: str
    seen: str


def agree_plan(plan_id: int, actor_id: int, day: date, member_id: int, revision: int | None = None) -> None:
    """The plan was discussed with the family on the day, and the representative agrees (R17).

    `revision` is the one that was on the screen. Raises wrong_state, changed_meanwhile, suspended,
    not_on_patronage, no_goal, no_measure, past_due, future_day, before_enrollment, not_of_family.
    """
    with atomic() as s:
        plan, patronage = held(s, plan_id)
        rules.check_move(plan.state, State.AGREED)
        _check_told(plan, plan.revision if revision is None else revision)
        rules.check_planning(patronage.status)
        rules.check_complete(content.content_of(s, plan), clock.today())
        rules.check_agreed_on(day, clock.today(), patronage.enrolled_on)
        _check_representative(s, patronage.family_id, member_id)
        old = facts(plan)
        plan.state, plan.agreed_on, plan.agreed_with_id = State.AGREED, day, member_id
        plan.revision += 1
        audit.record(s, Event.PLAN_AGREED, actor_id, plan, old=old, new=facts(plan) | {"with": member_id})


def return_plan(plan_id: int, actor_id: int, remark: str) -> None:
    """The head gives the plan back to be mended. Raises wrong_state."""
    with atomic() as s:
        plan, _patronage = held(s, plan_id)
        rules.check_move(plan.state, State.DRAFT)
        old = facts(plan)
        plan.state, plan.agreed_on, plan.agreed_with_id = State.DRAFT, None, None
        plan.remark = remark
        plan.revision += 1
        new = facts(plan) | {"remark": len(remark)}
        audit.record(s, Event.PLAN_RETURNED, actor_id, plan, old=old, new=new)


def approve_plan(plan_id: int, actor_id: int, revision: int) -> None:
    """The head approves: the plan is in force, the one before is superseded.

    Raises wrong_state, changed_meanwhile, own_plan, suspended, not_on_patronage.
    """
    with atomic() as s:
        plan, patronage = held(s, plan_id)
        rules.check_move(plan.state, State.IN_FORCE)
        check_revision(plan, revision)
        rules.check_approver(has_written(s, plan.id, actor_id))
        rules.check_planning(patronage.status)
        old, now = facts(plan), clock.now()
        before = in_force(s, patronage.id)
        if before is not None:
            before.state, before.closed_at = State.SUPERSEDED, now
            s.flush()
        plan.state, plan.approved_by_id, plan.approved_at, plan.remark = State.IN_FORCE, actor_id, now, ""
        plan.revision += 1
        with refused_by("uq_plans_in_force", _two_in_force()):
            s.flush()
        new = facts(plan) | {"supersedes": before.version if before else None}
        audit.record(s, Event.PLAN_APPROVED, actor_id, plan, old=old, new=new)


def complete_plan(plan_id: int, actor_id: int) -> None:
    """All measures have their results, and the plan is done with.

    Raises wrong_state, not_on_patronage, open_measures, correction_open.
    """
    with atomic() as s:
        plan, patronage = held(s, plan_id)
        rules.check_move(plan.state, State.COMPLETED)
        rules.check_on_books(patronage.status)
        _goals, measures = content.rows_of(s, plan.id)
        rules.check_all_closed(outcomes(measures))
        query = select(Plan.id).where(Plan.patronage_id == patronage.id, Plan.state.in_(rules.IN_WORK))
        if s.scalar(query) is not None:
            raise RuleBroken(
                "correction_open",
                N_("A new version is being written. Have it approved, or throw it away first."),
            )
        old = facts(plan)
        plan.state, plan.closed_at = State.COMPLETED, clock.now()
        audit.record(s, Event.PLAN_COMPLETED, actor_id, plan, old=old, new=facts(plan))


def enter_results(plan_id: int, actor_id: int, results: Iterable[Result]) -> int:
    """Note what became of measures of the plan in force. Gives how many were changed.

    Rows left as they were seen are passed over, so that two people may enter results of different measures.
    Raises wrong_state, not_on_patronage, changed_meanwhile, no_day, future_day, before_enrollment, no_why,
    nothing_entered.
    """
    with atomic() as s:
        plan, patronage = held(s, plan_id)
        if plan.state != State.IN_FORCE:
            raise RuleBroken("wrong_state", N_("Results are entered on the plan in force. Open that one."))
        rules.check_on_books(patronage.status)
        _goals, rows = content.rows_of(s, plan.id)
        known, changed = {row.id: row for row in rows}, []
        for one in results:
            row = known.get(one.measure_id)
            if row is not None and _apply(row, one, patronage.enrolled_on):
                changed.append(row)
        if not changed:
            raise RuleBroken("nothing_entered", N_("Nothing was changed: choose what became of a measure."))
        s.flush()
        carry_results(s, patronage.id, changed)
        new = {"version": plan.version, "results": {str(row.id): str(row.state) for row in changed}}
        audit.record(s, Event.PLAN_RESULTS, actor_id, plan, new=new)
        return len(changed)


def _apply(row: PlanMeasure, one: Result, since: date | None) -> bool:
    """Whether the row was changed. A row that the user did not touch stays as others left it."""
    done_on = one.done_on if one.outcome == Outcome.DONE else None
    text = one.text if one.outcome != Outcome.OPEN else ""
    typed = _mark(one.outcome, done_on, text)
    if typed in (one.seen, mark(row)):
        return False
    if one.seen != mark(row):
        raise RuleBroken(
            "changed_meanwhile",
            N_("Somebody has entered a result of «%(measure)s» meanwhile. Compare, then save again."),
            measure=shortened(row.text),
        )
    rules.check_result(one.outcome, done_on, text, clock.today(), since)
    row.state, row.done_on, row.result = Outcome(one.outcome), done_on, text
    return True


def mark(row: PlanMeasure) -> str:
    """A fingerprint of the result of a measure, for forms."""
    return _mark(row.state, row.done_on, row.result)


OPEN_MARK = content.fingerprint(str(Outcome.OPEN), "", "")


def _mark(state: str, done_on: date | None, text: str) -> str:
    return content.fingerprint(str(state), str(done_on or ""), text)


def _check_representative(s: Session, family_id: int, member_id: int) -> None:
    member = s.get(FamilyMember, member_id)
    fits = member is not None and member.family_id == family_id and member.kind == "representative"
    if member is None or not fits or member.left_on is not None:
        raise RuleBroken(
            "not_of_family", N_("Choose the legal representative of this family who agreed to the plan.")
        )


def _check_told(plan: Plan, seen: int) -> None:
    """The family agrees to what it was told of."""
    message = N_(
        "Somebody has changed this plan meanwhile. Open it again, and tell the family of the change."
    )
    check_seen(plan.revision, seen, message)


def _two_in_force() -> RuleBroken:
    return RuleBroken(
        "two_in_force",
        N_("Another version of this plan was approved meanwhile. Open the family's plan again."),
    )
