"""What is read of alerts: who sees which, the list, one with all there is to it, a family's."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import User
from portal.alerts.models import Alert
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import queries as deputies
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import Colleague
from portal.rules.alerts import Decision, Kind, State
from portal.rules.names import FullName

PAGE = 25
ON_CARD = 5
DANGER_FIRST = case((Alert.kind == Kind.DANGER, 0), else_=1)
STATES: dict[str, tuple[ColumnElement[bool], tuple[Any, ...]]] = {  # chips: what they show, in which order
    "open": (Alert.state == State.OPEN, (DANGER_FIRST, Alert.raised_at, Alert.id)),
    "danger": (
        and_(Alert.kind == Kind.DANGER, Alert.state != State.DONE),
        (Alert.state != State.OPEN, Alert.raised_at, Alert.id),
    ),
    "decided": (Alert.state == State.DECIDED, (DANGER_FIRST, Alert.due_on, Alert.id)),
    "all": (true(), (Alert.raised_at.desc(), Alert.id.desc())),
}


def visible(user: Any) -> ColumnElement[bool]:
    """Raised by the user, theirs to carry out (or that of whom they stand in for), or of a family they work with."""
    if may(user, Permission.FAMILY_VIEW_ALL):
        return true()
    people = {user.id, *user.stands_in}
    review = and_(Alert.colleague_id.in_(people), Alert.decision == Decision.REVIEW)
    mine = or_(Alert.raised_by_id == user.id, Alert.assignee_id.in_(people), review)
    return or_(mine, families.work(user))


def _with_family(query: Any) -> Any:
    query = query.join(Patronage, Patronage.id == Alert.patronage_id)
    return query.join(Family, Family.id == Patronage.family_id)


def get_alert(user: Any, alert_id: int) -> Alert | None:
    """An alert the user may see, else None."""
    query = _with_family(select(Alert)).where(Alert.id == alert_id, visible(user))
    found: Alert | None = db.session.scalar(query)
    return found


def behind_notice(user: Any, patronage_id: int, at: datetime) -> int | None:
    """The alert on which the head last decided, before the moment, that a notice be written; None out of sight."""
    query = _with_family(select(Alert.id)).where(Alert.patronage_id == patronage_id, visible(user))
    query = query.where(Alert.decision == Decision.NOTICE, Alert.decided_at <= at)
    found: int | None = db.session.scalar(query.order_by(Alert.decided_at.desc(), Alert.id.desc()).limit(1))
    return found


def get_task(user: Any, alert_id: int) -> Alert | None:
    """An alert that the user carries out, for themselves or standing in, or watches over as a head; else None."""
    row = get_alert(user, alert_id)
    if row is None or may(user, Permission.ALERT_DECIDE):
        return row
    return row if row.assignee_id in {user.id, *user.stands_in} else None


def contact_of(patronage_id: int, contact_id: int) -> Contact | None:
    """The contact, when it is one of this patronage."""
    here = (Contact.id == contact_id, Contact.patronage_id == patronage_id)
    return db.session.scalar(select(Contact).where(*here))


def worker_ids(s: Session, patronage_id: int) -> set[int]:
    """Who works with the family now (before enrollment who took it in), and who stands in for them today."""
    now = (Assignment.patronage_id == patronage_id, Assignment.ends_on.is_(None))
    taken_in = select(Family.created_by_id).join(Patronage, Patronage.family_id == Family.id)
    taken_in = taken_in.where(Patronage.id == patronage_id, Patronage.enrolled_on.is_(None))
    query: Any = union(
        select(Assignment.user_id).where(*now), taken_in.where(Family.created_by_id.is_not(None))
    )
    own = set(s.scalars(query))
    return own | {row.deputy_id for away, row in deputies.now().items() if away in own}


def colleagues(user_ids: set[int]) -> list[Colleague]:
    """Those of the users who work here, by name."""
    columns = (User.id, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).where(User.id.in_(user_ids), User.dismissed_on.is_(None)).order_by(User.search)
    return [Colleague(user_id, FullName(*name).short) for user_id, *name in db.session.execute(query)]


def _listed() -> Select[Any]:
    raiser, assignee = aliased(User, name="raiser"), aliased(User, name="assignee")
    columns: list[Any] = [
        *(Alert.id, Alert.kind, Alert.state, Alert.raised_at, Alert.decision, Alert.due_on),
        *(
            Alert.assignee_id,
            Alert.raised_by_id,
            func.substr(Alert.text, 1, 160).label("text"),
            Alert.done_at,
        ),
        *(Family.id.label("family_id"), Family.number, Family.surname),
    ]
    for person, prefix in ((raiser, "raiser"), (assignee, "assignee")):
        parts = ("last_name", "first_name", "middle_name")
        columns += [getattr(person, part).label(f"{prefix}_{part}") for part in parts]
    query: Select[Any] = _with_family(select(*columns).select_from(Alert))
    query = query.join(raiser, raiser.id == Alert.raised_by_id)
    return query.outerjoin(assignee, assignee.id == Alert.assignee_id)


def alert_page(
    user: Any, state: str, family_id: int, page: int, size: int = PAGE
) -> tuple[list[Row[Any]], bool]:
    """A page of alerts in this state (of this family, or 0), danger first, and whether there are more."""
    condition, order = STATES[state]
    query = _listed().where(visible(user), condition)
    if family_id:
        query = query.where(Family.id == family_id)
    rows = list(db.session.execute(query.order_by(*order).offset((page - 1) * size).limit(size + 1)))
    return rows[:size], len(rows) > size


def counts(user: Any, family_id: int) -> dict[str, int]:
    """How many there are for each chip but the last."""
    numbers = {name: STATES[name][0] for name in ("open", "danger", "decided")}
    columns = [func.count(case((condition, 1))).label(name) for name, condition in numbers.items()]
    query = _with_family(select(*columns).select_from(Alert)).where(Alert.state != State.DONE, visible(user))
    if family_id:
        query = query.where(Family.id == family_id)
    return dict(db.session.execute(query).one()._mapping)


def of_family(family_id: int) -> list[Row[Any]]:
    """A family's alerts for its card: what is not done yet first, then the latest."""
    return list(db.session.execute(_of_family(), {"of_family": family_id}))


@cache
def _of_family() -> Any:
    """The statement, put together once."""
    query = _listed().where(Family.id == bindparam("of_family", type_=Integer))
    order = (Alert.state == State.DONE, DANGER_FIRST, Alert.raised_at.desc(), Alert.id.desc())
    return query.order_by(*order).limit(ON_CARD)


def waiting(limit: int) -> list[Row[Any]]:
    """What waits for the head, danger first, each with how many wait in all (`alerts`) and how many are dangers."""
    total = func.count().over().label("alerts")
    dangers = func.count(case((Alert.kind == Kind.DANGER, 1))).over().label("dangers")
    query = _listed().add_columns(total, dangers).where(Alert.state == State.OPEN)
    return list(db.session.execute(query.order_by(*STATES["open"][1]).limit(limit)))


def tasks(user: Any, limit: int) -> list[Row[Any]]:
    """What the user carries out, for themselves or standing in, and reviews they are asked to; by their day."""
    people = {user.id, *user.stands_in}
    review = and_(Alert.colleague_id.in_(people), Alert.decision == Decision.REVIEW)
    query = _listed().where(Alert.state == State.DECIDED, or_(Alert.assignee_id.in_(people), review))
    return list(db.session.execute(query.order_by(*STATES["decided"][1]).limit(limit)))


def answers(user: Any, since: date, limit: int) -> list[Row[Any]]:
    """What was decided since the day on alerts of the user that others carry out, or nobody; the latest first."""
    people = {user.id, *user.stands_in}
    elsewhere = or_(Alert.assignee_id.is_(None), Alert.assignee_id.not_in(people))
    mine = (
        Alert.raised_by_id == user.id,
        Alert.decided_by_id != user.id,
        Alert.state != State.OPEN,
        elsewhere,
    )
    query = _listed().where(*mine, Alert.decided_at >= clock.start_of(since))
    return list(db.session.execute(query.order_by(Alert.decided_at.desc()).limit(limit)))


@dataclass(frozen=True)
class Facts:
    """An alert with its family, its contact, and the people in it by id."""

    alert: Alert
    patronage: Patronage
    family: Family
    contact: Contact | None
    people: dict[int, User]


def facts(alert: Alert) -> Facts:
    """All there is to an alert."""
    query = select(Patronage, Family, Contact).join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(Contact, Contact.id == alert.contact_id)
    patronage, family, contact = db.session.execute(query.where(Patronage.id == alert.patronage_id)).one()
    ids = {
        alert.raised_by_id, alert.colleague_id, alert.assignee_id, alert.decided_by_id, alert.done_by_id,
    }  # fmt: skip
    people = db.session.scalars(select(User).where(User.id.in_(ids - {None})))
    return Facts(alert, patronage, family, contact, {one.id: one for one in people})
