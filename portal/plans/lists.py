"""The lists of plans: measures that are late or due, plans that wait for approval, families without a plan."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, select

from portal import clock
from portal.accounts.models import User
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.families.queries import work
from portal.patronage.models import Assignment, Patronage
from portal.plans.models import Plan, PlanMeasure
from portal.plans.queries import wrote
from portal.rules.lifecycle import Stage, Status
from portal.rules.plans import IN_WORK, Outcome, State
from portal.rules.weekly_limit import week_of

SIZE = 25
KINDS = ("overdue", "week", "approval", "returned", "missing")
TELLING = (
    "overdue",
    "week",
    "returned",
)  # those that show what is written in plans: a look at the family (R20)
RUNNING = (Patronage.latest, Patronage.status == Status.ENROLLED)


@dataclass(frozen=True)
class Wanted:
    """Which list, of whose families; `mine`: of measures only those the reader answers for."""

    show: str = "overdue"
    specialist: int = 0
    mine: bool = False


class Counts(NamedTuple):
    """How long each list is."""

    overdue: int
    week: int
    approval: int
    returned: int
    missing: int


class Page(NamedTuple):
    """Rows of a page of the list, and whether there are more."""

    rows: list[Row[Any]]
    more: bool


def page_of(user: Any, wanted: Wanted, number: int = 1, size: int = SIZE) -> Page:
    """A page of the list, in one query."""
    query = _QUERIES[wanted.show](user, wanted).offset((number - 1) * size).limit(size + 1)
    rows = list(db.session.execute(query))
    return Page(rows[:size], len(rows) > size)


def counts(user: Any, wanted: Wanted) -> Counts:
    """How long the lists are, in one query."""
    parts = [
        select(func.count())
        .select_from(_QUERIES[kind](user, wanted).order_by(None).subquery())
        .scalar_subquery()
        for kind in KINDS
    ]
    return Counts(*db.session.execute(select(*parts)).one())


def _family(query: Select[Any], user: Any, wanted: Wanted) -> Select[Any]:
    """Families on patronage that the user works with, of one specialist when that is asked for."""
    query = query.join(Family, Family.id == Patronage.family_id).where(*RUNNING, work(user))
    if wanted.specialist:
        own = select(Assignment.patronage_id).where(
            Assignment.user_id == wanted.specialist, Assignment.ends_on.is_(None)
        )
        query = query.where(Patronage.id.in_(own))
    return query


def _measures(user: Any, wanted: Wanted, due: ColumnElement[bool]) -> Select[Any]:
    member = FamilyMember
    columns: list[Any] = [
        *(PlanMeasure.id, PlanMeasure.text, PlanMeasure.due_on, PlanMeasure.kind, PlanMeasure.body),
        *(Plan.id.label("plan_id"), Family.id.label("family_id"), Family.number, Family.surname),
        *(User.last_name, User.first_name, User.middle_name),
        *(member.last_name.label("m_last"), member.first_name.label("m_first")),
    ]
    query = select(*columns).select_from(PlanMeasure).join(Plan, Plan.id == PlanMeasure.plan_id)
    query = query.join(Patronage, Patronage.id == Plan.patronage_id)
    query = query.outerjoin(User, User.id == PlanMeasure.user_id)
    query = query.outerjoin(member, member.id == PlanMeasure.member_id)
    query = _family(query, user, wanted)
    query = query.where(Plan.state == State.IN_FORCE, PlanMeasure.state == Outcome.OPEN, due)
    if wanted.mine:
        query = query.where(PlanMeasure.user_id == user.id)
    return query.order_by(PlanMeasure.due_on, PlanMeasure.id)


def _overdue(user: Any, wanted: Wanted) -> Select[Any]:
    return _measures(user, wanted, PlanMeasure.due_on < clock.today())


def week_end() -> date:
    """The Sunday of this week."""
    return week_of(clock.today()) + timedelta(6)


def _week(user: Any, wanted: Wanted) -> Select[Any]:
    return _measures(user, wanted, PlanMeasure.due_on.between(clock.today(), week_end()))


def _plans(user: Any, wanted: Wanted, *conditions: Any) -> Select[Any]:
    columns: list[Any] = [
        *(Plan.id.label("plan_id"), Plan.version, Plan.state, Plan.agreed_on, Plan.edited_at, Plan.remark),
        *(Family.id.label("family_id"), Family.number, Family.surname),
        *(User.last_name, User.first_name, User.middle_name),
    ]
    query = select(*columns).select_from(Plan).join(Patronage, Patronage.id == Plan.patronage_id)
    query = _family(query.join(User, User.id == Plan.edited_by_id), user, wanted)
    return query.where(*conditions).order_by(Plan.edited_at, Plan.id)


def _approval(user: Any, wanted: Wanted) -> Select[Any]:
    return _plans(user, wanted, Plan.state == State.AGREED)


def _returned(user: Any, wanted: Wanted) -> Select[Any]:
    return _plans(user, wanted, Plan.state == State.DRAFT, Plan.remark != "")


def _missing(user: Any, wanted: Wanted) -> Select[Any]:
    """Families in the preparatory stage without a plan in force (R7); a draft of theirs is shown."""
    approved = exists().where(
        Plan.patronage_id == Patronage.id, Plan.state.in_((State.IN_FORCE, State.COMPLETED))
    )
    draft = select(func.max(Plan.id)).where(Plan.patronage_id == Patronage.id, Plan.state.in_(IN_WORK))
    query = select(
        *(Family.id.label("family_id"), Family.number, Family.surname, Patronage.enrolled_on),
        draft.correlate(Patronage).scalar_subquery().label("plan_id"),
    )
    query = _family(query.select_from(Patronage), user, wanted)
    query = query.where(Patronage.stage == Stage.PREPARATORY, ~approved)
    return query.order_by(Patronage.enrolled_on, Patronage.id)


_QUERIES = {
    "overdue": _overdue,
    "week": _week,
    "approval": _approval,
    "returned": _returned,
    "missing": _missing,
}


def mine_to_mend(user: Any) -> list[Row[Any]]:
    """Plans that came back with a remark to the user who wrote them."""
    own = (Plan.author_id == user.id) | (Plan.edited_by_id == user.id)
    query = _plans(user, Wanted(), Plan.state == State.DRAFT, Plan.remark != "", own)
    return list(db.session.execute(query.limit(SIZE)))


def to_approve(user: Any) -> tuple[int, list[Row[Any]]]:
    """Plans that wait for the head's approval, those of others: how many, and the first of them."""
    query = _plans(user, Wanted(), Plan.state == State.AGREED, ~wrote(user.id))
    rows = list(db.session.execute(query.add_columns(func.count(literal(1)).over().label("all")).limit(5)))
    return (rows[0].all if rows else 0), rows
