"""What is read of plans: one with all that is written in it, those of a family, who may see which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal import audit, clock
from portal.accounts.models import User
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family, FamilyMember
from portal.patronage.models import Patronage
from portal.plans import content
from portal.plans.models import WRITING, Plan, PlanGoal, PlanMeasure
from portal.rules.names import FullName
from portal.rules.plan_content import Content, Responsible
from portal.rules.plans import IN_WORK, Outcome, State
from portal.settings import queries as settings


@dataclass(frozen=True)
class Ground:
    """A plan with the family and the patronage that it is of."""

    plan: Plan
    patronage: Patronage
    family: Family


def _reachable(plan_id: int, condition: Any) -> Ground | None:
    query = select(Plan, Patronage, Family).join(Patronage, Patronage.id == Plan.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).where(Plan.id == plan_id, condition)
    row = db.session.execute(query).first()
    return Ground(row[0], row[1], row[2]) if row else None


def get_plan(user: Any, plan_id: int) -> Ground | None:
    """A plan of a family within the user's reach, else None."""
    return _reachable(plan_id, families.reach(user))


def get_own(user: Any, plan_id: int) -> Ground | None:
    """A plan of a family the user works with and may change, else None."""
    return _reachable(plan_id, families.work(user))


def plan_in_force(patronage_id: int) -> bool:
    """Whether the patronage has a plan that the head approved: the preparatory stage asks for one (R7)."""
    approved = (State.IN_FORCE, State.COMPLETED)
    query = select(Plan.id).where(Plan.patronage_id == patronage_id, Plan.state.in_(approved))
    return db.session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class MeasureLine:
    """A measure as pages show it; `who` is in words."""

    row: PlanMeasure
    who: str
    late: bool


@dataclass(frozen=True)
class GoalLine:
    """A goal with its measures."""

    row: PlanGoal
    measures: list[MeasureLine]


@dataclass(frozen=True)
class Sheet:
    """A version with all that is written in it and the names of those who answer for it."""

    plan: Plan
    goals: list[GoalLine]
    content: Content
    names: dict[Responsible, str]
    author: str
    editor: str
    approver: str
    agreed_with: str

    @property
    def measures(self) -> list[MeasureLine]:
        """All measures, in their order."""
        return [line for goal in self.goals for line in goal.measures]

    def count(self, *outcomes: str) -> int:
        """How many measures came to this."""
        return sum(line.row.state in outcomes for line in self.measures)

    @property
    def late(self) -> int:
        """How many have passed their day without a result."""
        return sum(line.late for line in self.measures)


def sheet_of(plan: Plan) -> Sheet:
    """The version, in five queries at most."""
    goals, rows = content.rows_of(db.session(), plan.id)
    answers = {row.id: content.responsible_of(row) for row in rows}
    people = [Responsible("user", str(one)) for one in _people(plan)]
    with_whom = [Responsible("member", str(plan.agreed_with_id))] if plan.agreed_with_id else []
    names = names_of([*answers.values(), *people, *with_whom])
    today = clock.today()
    lines: dict[int, list[MeasureLine]] = {}
    for row in rows:
        late = plan.state == State.IN_FORCE and row.state == Outcome.OPEN and row.due_on < today
        lines.setdefault(row.goal_id, []).append(MeasureLine(row, names[answers[row.id]], late))

    def called(user_id: int | None) -> str:
        return names[Responsible("user", str(user_id))] if user_id else ""

    return Sheet(
        plan=plan,
        goals=[GoalLine(goal, lines.get(goal.id, [])) for goal in goals],
        content=content.content_from(plan, goals, rows),
        names=names,
        author=called(plan.author_id),
        editor=called(plan.edited_by_id),
        approver=called(plan.approved_by_id),
        agreed_with=names[with_whom[0]] if with_whom else "",
    )


def _people(plan: Plan) -> set[int]:
    return {one for one in (plan.author_id, plan.edited_by_id, plan.approved_by_id) if one}


def names_of(wanted: Iterable[Responsible]) -> dict[Responsible, str]:
    """What those who answer for measures are called, in two queries at most."""
    wanted = set(wanted)
    users = {int(one.ref) for one in wanted if one.kind == "user"}
    members = {int(one.ref) for one in wanted if one.kind == "member"}
    found = {one: settings.word("bodies", one.ref) for one in wanted if one.kind == "body"}
    if users:
        columns = (User.id, User.last_name, User.first_name, User.middle_name)
        for user_id, *name in db.session.execute(select(*columns).where(User.id.in_(users))):
            found[Responsible("user", str(user_id))] = FullName(*name).short
    if members:
        query = select(FamilyMember).where(FamilyMember.id.in_(members))
        for member in db.session.scalars(query):
            found[Responsible("member", str(member.id))] = member.full_name
    return {one: found.get(one, "—") for one in wanted}


def content_now(plan: Plan) -> Content:
    """All that is written in the version."""
    return content.content_of(db.session(), plan)


def wrote(user_id: int) -> ColumnElement[bool]:
    """That the user has written on the plan, at any time: another's change after theirs does not make it another's."""
    return or_(
        Plan.author_id == user_id, Plan.edited_by_id == user_id, audit.done_by(user_id, Plan, *WRITING)
    )


def has_written(s: Session, plan_id: int, user_id: int) -> bool:
    """The same of one plan."""
    return s.scalar(select(Plan.id).where(Plan.id == plan_id, wrote(user_id))) is not None


def previous(plan: Plan) -> Plan | None:
    """The approved version before this one, that a correction is compared with."""
    approved = (State.IN_FORCE, State.SUPERSEDED, State.COMPLETED)
    query = select(Plan).where(Plan.patronage_id == plan.patronage_id, Plan.version < plan.version)
    query = query.where(Plan.state.in_(approved)).order_by(Plan.version.desc())
    found: Plan | None = db.session.scalar(query.limit(1))
    return found


def versions(family_id: int) -> Sequence[Row[Any]]:
    """All versions of the family's plans, the newest first, with the names of their authors."""
    columns: list[Any] = [Plan, Patronage.latest, User.last_name, User.first_name, User.middle_name]
    query = select(*columns).join(Patronage, Patronage.id == Plan.patronage_id)
    query = query.join(User, User.id == Plan.author_id).where(Patronage.family_id == family_id)
    return db.session.execute(query.order_by(Patronage.id.desc(), Plan.version.desc())).all()


def representatives(family_id: int) -> list[tuple[int, str]]:
    """(id, full name) of those with whom a plan is agreed."""
    here = (FamilyMember.family_id == family_id, FamilyMember.kind == "representative")
    query = select(FamilyMember).where(*here, FamilyMember.left_on.is_(None)).order_by(FamilyMember.id)
    return [(one.id, one.full_name) for one in db.session.scalars(query)]


def card_line(family_id: int) -> Row[Any] | None:
    """The plan on the family's card, in one query: the version in force (or last completed) with its figures.

    `work_id` and `work_state` are of the version that is being written; None when there is no plan at all.
    """
    row = db.session.execute(_card_line(), {"of_family": family_id, "today": clock.today()}).first()
    return row if row and (row.id or row.work_id) else None


@cache
def _card_line() -> Any:
    """The statement, put together once."""
    work = aliased(Plan)
    approved = Plan.state.in_((State.IN_FORCE, State.COMPLETED))
    newest = select(func.max(Plan.id)).where(Plan.patronage_id == Patronage.id, approved)
    in_work = and_(work.patronage_id == Patronage.id, work.state.in_(IN_WORK))
    query: Select[Any] = select(
        *(Plan.id, Plan.state, work.id.label("work_id"), work.state.label("work_state")),
        *(part.label(name) for name, part in _figures(bindparam("today", type_=Date))),
    )
    query = query.select_from(Patronage).outerjoin(
        Plan, Plan.id == newest.correlate(Patronage).scalar_subquery()
    )
    of_family = Patronage.family_id == bindparam("of_family", type_=Integer)
    return query.outerjoin(work, in_work).where(of_family, Patronage.latest)


def _figures(today: Any) -> list[tuple[str, Any]]:
    own = (PlanMeasure.plan_id == Plan.id,)
    left = (*own, PlanMeasure.state == Outcome.OPEN)
    late = (*left, PlanMeasure.due_on < today)
    count = select(func.count()).select_from(PlanMeasure).correlate(Plan)
    due = select(func.min(PlanMeasure.due_on)).where(*left, PlanMeasure.due_on >= today)
    return [
        ("measures", count.where(*own).scalar_subquery()),
        ("open_measures", count.where(*left).scalar_subquery()),
        ("late", count.where(*late).scalar_subquery()),
        ("next_due", due.correlate(Plan).scalar_subquery()),
    ]
