"""What a month of a specialist is planned from, and the outings of a month."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from portal import clock
from portal.accounts.models import User
from portal.contacts import standing, timetable
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import queries as deputies
from portal.families.models import Family
from portal.families.queries import work
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import within_reach
from portal.rules import month_plan
from portal.rules.contacts import AHEAD, Clash, State
from portal.rules.month_plan import Busy, Proposal
from portal.rules.norms import Unit, judge, period_of
from portal.rules.workdays import Calendar
from portal.settings import queries as settings

MOST_FAMILIES = 300
MOST_OUTINGS = 1_000


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month."""
    return period_of(Unit.MONTH, day)


@dataclass(frozen=True)
class Month:
    """A month to be planned: families by their patronage, proposals, how many families had more than enough."""

    families: dict[int, Row[Any]]
    proposals: list[Proposal]
    planned: int


def month(user: Any, user_id: int, day: date, calendar: Calendar) -> Month:
    """What is proposed for the month of `day`, of the families that the specialist leads; in six queries."""
    first, last = month_of(day)
    first = max(first, clock.today())
    if first > last:
        return Month({}, [], 0)
    families = _led_by(user, user_id)
    busy = _busy(user_id, first, last + timedelta(6))
    needs = _needs(list(families), first, last)
    proposals = month_plan.propose(needs, busy, calendar, settings.value("visits_a_day"))
    return Month(families, proposals, sum(one.day <= last for one in busy))


def _led_by(user: Any, user_id: int) -> dict[int, Row[Any]]:
    query = (
        select(Patronage.id, Patronage.regime, Family.id.label("family_id"), Family.number, Family.surname)
        .join(Family, Family.id == Patronage.family_id)
        .join(Assignment, Assignment.patronage_id == Patronage.id)
        .where(Assignment.user_id == user_id, Assignment.kind == "lead", Assignment.ends_on.is_(None))
        .where(Patronage.latest, Patronage.status == "enrolled", work(user))
    )
    rows = db.session.execute(query.order_by(Family.sort_name, Family.id).limit(MOST_FAMILIES))
    found: dict[int, Any] = {row.id: row for row in rows}
    return found


def _busy(user_id: int, first: date, last: date) -> list[Busy]:
    columns = (Contact.day, Contact.starts_at, Contact.minutes, Contact.patronage_id)
    query = select(*columns).where(Contact.user_id == user_id, Contact.state.in_(AHEAD))
    return [Busy(*row) for row in db.session.execute(query.where(Contact.day.between(first, last)))]


def _needs(ids: list[int], first: date, last: date) -> list[month_plan.Need]:
    s = db.session()
    since = period_of(Unit.QUARTER, first)[0] - timedelta(7)
    laws, days = standing.histories(s, ids), standing.days_of_contacts(s, ids, since)
    ahead = select(Contact.patronage_id, Contact.day).where(
        Contact.patronage_id.in_(ids), Contact.state.in_(AHEAD), Contact.day >= clock.today()
    )
    planned: dict[int, list[date]] = {}
    for patronage_id, day in s.execute(ahead):
        planned.setdefault(patronage_id, []).append(day)
    return [
        need
        for one in ids
        for need in month_plan.needs_of(
            one, judge(laws[one], days.get(one, ()), first, last), planned.get(one, ()), first, last
        )
    ]


@dataclass(frozen=True)
class Outings:
    """The outings of a month; the families whose address the reader may see; what gets in the way, by contact."""

    rows: list[Row[Any]]
    reach: set[int]
    cut: bool
    clashes: dict[int, list[Clash]]


def outings(user: Any, user_id: int, day: date, most: int = MOST_OUTINGS) -> Outings:
    """The log of outings of a month: visits, calls and meetings of one specialist, what became of them."""
    first, last = month_of(day)
    query = (
        select(Contact.id, Contact.user_id, Contact.day, Contact.starts_at, Contact.minutes, Contact.kind)
        .add_columns(Contact.state, Contact.why)
        .add_columns(Family.id.label("family_id"), Family.number, Family.surname, Family.address)
        .join(Patronage, Patronage.id == Contact.patronage_id)
        .join(Family, Family.id == Patronage.family_id)
        .where(Contact.user_id == user_id, Contact.day.between(first, last), Contact.state != State.MOVED)
    )
    order = (Contact.day, Contact.starts_at, Contact.id)
    rows = list(db.session.execute(query.order_by(*order).limit(most + 1)))
    reach = within_reach(user, {row.family_id for row in rows})
    clashes = timetable.clashes(rows[:most])
    return Outings(rows[:most], reach, len(rows) > most, clashes)


def to_meet(user: Any, user_id: int, day: date) -> list[Row[Any]]:
    """The families on patronage that the specialist works with on the day, whose next contact is due first.

    With the day it is due by and the day for which one is planned.
    """
    planned = (
        select(func.min(Contact.day))
        .where(Contact.patronage_id == Patronage.id, Contact.state.in_(AHEAD), Contact.day >= clock.today())
        .scalar_subquery()
    )
    theirs = Assignment.user_id.in_(deputies.whom(user_id, day)) | (Assignment.user_id == user_id)
    ids = select(Assignment.patronage_id).where(theirs, Assignment.ends_on.is_(None))
    query = select(Family.id.label("family_id"), Family.number, Family.surname, Patronage.regime)
    query = query.add_columns(Patronage.next_contact_on.label("due_on"), planned.label("planned_on"))
    query = query.join(Family, Family.id == Patronage.family_id)
    query = query.where(Patronage.latest, Patronage.status == "enrolled", Patronage.id.in_(ids), work(user))
    order = (Patronage.next_contact_on.is_(None), Patronage.next_contact_on, Family.sort_name, Family.id)
    return list(db.session.execute(query.order_by(*order).limit(MOST_FAMILIES)))


def colleague(user_id: int) -> User | None:
    """Whoever's outings they are."""
    return db.session.get(User, user_id)
