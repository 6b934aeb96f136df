"""What is read of referrals and supporting links: who may see which, lists, what is overdue."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from portal import clock
from portal.accounts.models import User
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.referrals.models import Referral, SupportLink
from portal.rules import RuleBroken
from portal.rules.names import FullName
from portal.rules.referrals import Kind, State, check_consented
from portal.rules.weekly_limit import week_of

PAGE = 50
SHOWN = ("open", "overdue", "week", "urgent", "done")  # what the list can be narrowed to


class Counts(NamedTuple):
    """How many referrals of the user's families wait, by what presses."""

    open: int
    overdue: int
    week: int
    urgent: int


@dataclass(frozen=True)
class Facts:
    """A referral with its family, its episode, and who sent it."""

    referral: Referral
    patronage: Patronage
    family: Family
    author: str


def _get(referral_id: int, condition: ColumnElement[bool]) -> Referral | None:
    query = select(Referral).join(Patronage, Patronage.id == Referral.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    return db.session.scalar(query.where(Referral.id == referral_id, condition))


def get_referral(user: Any, referral_id: int) -> Referral | None:
    """A referral of a family within the user's reach, else None."""
    return _get(referral_id, families.reach(user))


def get_own(user: Any, referral_id: int) -> Referral | None:
    """A referral of a family the user works with and may change, else None."""
    return _get(referral_id, families.work(user))


def get_link(user: Any, link_id: int) -> SupportLink | None:
    """A supporting link of a family the user works with, else None."""
    query = select(SupportLink).join(Family, Family.id == SupportLink.family_id)
    return db.session.scalar(query.where(SupportLink.id == link_id, families.work(user)))


def facts(referral: Referral) -> Facts:
    """All there is to a referral."""
    query = select(Patronage, Family, User.last_name, User.first_name, User.middle_name)
    query = query.join(Family, Family.id == Patronage.family_id).join(User, User.id == referral.created_by_id)
    patronage, family, *name = db.session.execute(query.where(Patronage.id == referral.patronage_id)).one()
    return Facts(referral, patronage, family, FullName(*name).short)


def links_of(family_id: int) -> list[SupportLink]:
    """Who can support the family, those of now first."""
    query = select(SupportLink).where(SupportLink.family_id == family_id)
    order = (SupportLink.ended_on.is_not(None), SupportLink.kind, SupportLink.id)
    return list(db.session.scalars(query.order_by(*order)))


def is_consented(family_id: int) -> bool:
    """Whether a consent of a representative is in force today, and so a ground."""
    try:
        check_consented(families.consent_facts(db.session(), family_id)[0], clock.today())
    except RuleBroken:
        return False
    return True


def _listed(*conditions: ColumnElement[bool]) -> Select[Any]:
    columns: list[Any] = [
        *(Referral.id, Referral.kind, Referral.body, Referral.addressee, Referral.state, Referral.sent_on),
        *(Referral.due_on, Referral.remind_on, Referral.answered_on),
        *(Family.id.label("family_id"), Family.number, Family.surname),
    ]
    query = select(*columns).select_from(Referral).join(Patronage, Patronage.id == Referral.patronage_id)
    return query.join(Family, Family.id == Patronage.family_id).where(*conditions)


def _page(query: Select[Any], number: int, size: int) -> tuple[list[Row[Any]], bool]:
    rows = list(db.session.execute(query.offset((number - 1) * size).limit(size + 1)))
    return rows[:size], len(rows) > size


def of_family(family_id: int, number: int = 1, size: int = PAGE) -> tuple[list[Row[Any]], bool]:
    """A page of a family's referrals, those that wait first by their due date, and whether there are more."""
    waits = Referral.state == State.OPEN
    order = (~waits, case((waits, Referral.due_on)), Referral.sent_on.desc(), Referral.id.desc())
    return _page(_listed(Family.id == family_id).order_by(*order), number, size)


def referral_page(user: Any, shown: str, number: int = 1, size: int = PAGE) -> tuple[list[Row[Any]], bool]:
    """A page of the referrals of the families the user works with; those due first on top."""
    query = _listed(families.work(user), _narrowed(shown, clock.today()))
    if shown == "done":
        return _page(query.order_by(Referral.sent_on.desc(), Referral.id.desc()), number, size)
    return _page(query.order_by(Referral.due_on, Referral.id), number, size)


def _narrowed(shown: str, today: date) -> ColumnElement[bool]:
    waits = Referral.state == State.OPEN
    if shown == "overdue":
        return waits & (Referral.due_on < today)
    if shown == "week":
        return waits & Referral.due_on.between(today, week_of(today) + timedelta(6))
    if shown == "urgent":
        return waits & (Referral.kind == Kind.URGENT)
    return Referral.state != State.OPEN if shown == "done" else waits


def counts(user: Any) -> Counts:
    """How many wait, are overdue, due by Sunday, urgent."""
    today = clock.today()
    parts = [func.count().filter(_narrowed(shown, today)) for shown in Counts._fields]
    query = select(*parts).select_from(Referral).join(Patronage, Patronage.id == Referral.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    return Counts._make(
        db.session.execute(query.where(families.work(user), Referral.state == State.OPEN)).one()
    )


def reminders(user: Any, most: int) -> list[Row[Any]]:
    """Referrals to remind of by today, the longest due first."""
    query = _listed(families.work(user), Referral.state == State.OPEN, Referral.remind_on <= clock.today())
    return list(db.session.execute(query.order_by(Referral.due_on, Referral.id).limit(most)))
