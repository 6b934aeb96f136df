"""How far the norms were met in a month: by specialist and by department, visits and calls apart."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import User
from portal.contacts import standing
from portal.contacts.models import Contact
from portal.db import db
from portal.memory import unchanged
from portal.patronage.models import Assignment, Patronage
from portal.rules.contacts import BY_TELEPHONE, State
from portal.rules.names import FullName
from portal.rules.norms import Period, Standing, Unit, judge, period_of

BATCH = 500


@dataclass
class Tally:
    """What was owed in the periods that ended in a month, and what was met; contacts by kind."""

    owed: int = 0
    met: int = 0
    ahead: int = 0  # still owed, with time left
    visits: int = 0
    calls: int = 0
    families: set[int] = field(default_factory=set)
    missed: set[int] = field(default_factory=set)

    @property
    def percent(self) -> int | None:
        """How much of what was owed took place, rounded down; None where nothing was owed."""
        return self.met * 100 // self.owed if self.owed else None


@dataclass
class Line:
    """One specialist, or one department."""

    user_id: int
    name: str
    department: str
    tally: Tally


@dataclass(frozen=True)
class Summary:
    """The month in all, by specialist, and by department."""

    all: Tally
    specialists: list[Line]
    departments: list[tuple[str, Tally]]


def summary(day: date) -> Summary:
    """The month of `day`; read once after each change. A period counts in the month in which it ends."""
    first, last = period_of(Unit.MONTH, day)
    return unchanged(("norms summary", first, clock.today()), lambda: _summary(first, last))


def _summary(first: date, last: date) -> Summary:
    leads, people = _leads(first, last), _people()
    tallies: dict[int, Tally] = defaultdict(Tally)
    total, today = Tally(), clock.today()
    for patronage_id, periods in _periods(first, last):
        for one in periods:
            lead = _lead_on(leads.get(patronage_id, ()), min(one.last, today))
            for tally in (total, tallies[lead]):
                _count(tally, patronage_id, one, today)
    for user_id, kind, count in _contacts(first, last):
        for tally in (total, tallies[user_id]):
            tally.calls += count if kind in BY_TELEPHONE else 0
            tally.visits += 0 if kind in BY_TELEPHONE else count
    lines = [Line(one, *people.get(one, ("", "")), tally) for one, tally in tallies.items()]
    lines.sort(key=lambda one: (one.user_id == 0, one.name, one.user_id))
    return Summary(total, lines, _departments(lines))


def _count(tally: Tally, patronage_id: int, one: Period, today: date) -> None:
    how = one.standing(today)
    if how == Standing.NOTHING_OWED:
        return
    tally.families.add(patronage_id)
    met = min(one.owed, len(one.took_place))
    if how == Standing.DUE:
        tally.ahead += one.owed - met
        tally.owed, tally.met = tally.owed + met, tally.met + met
        return
    tally.owed, tally.met = tally.owed + one.owed, tally.met + met
    if how == Standing.MISSED:
        tally.missed.add(patronage_id)


def _periods(first: date, last: date) -> Iterator[tuple[int, list[Period]]]:
    """The periods of each patronage that end within the month."""
    s = db.session()
    query = select(Patronage.id).where(
        Patronage.enrolled_on <= last, Patronage.removed_on.is_(None) | (Patronage.removed_on >= first)
    )
    ids = list(s.scalars(query.order_by(Patronage.id)))
    since = min(period_of(unit, first)[0] for unit in Unit)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        laws, days = standing.histories(s, batch), standing.days_of_contacts(s, batch, since)
        for one in batch:
            found = judge(laws[one], days.get(one, ()), first, last)
            yield one, [period for period in found if first <= period.last <= last]


def _leads(first: date, last: date) -> dict[int, list[Any]]:
    query = select(Assignment.patronage_id, Assignment.user_id, Assignment.starts_on, Assignment.ends_on)
    query = query.where(Assignment.kind == "lead", Assignment.starts_on <= last)
    query = query.where(Assignment.ends_on.is_(None) | (Assignment.ends_on >= first))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Assignment.starts_on)):
        found[row.patronage_id].append(row)
    return found


def _lead_on(rows: Iterable[Any], day: date) -> int:
    """Who led on the day, the last one who had; 0 for nobody."""
    here = [
        row.user_id for row in rows if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)
    ]
    return here[-1] if here else 0


def _contacts(first: date, last: date) -> Iterable[tuple[int, str, int]]:
    query = select(Contact.user_id, Contact.kind, func.count())
    query = query.where(Contact.state == State.DONE, Contact.day.between(first, last))
    return [tuple(row) for row in db.session.execute(query.group_by(Contact.user_id, Contact.kind))]  # type: ignore[misc]


def _people() -> dict[int, tuple[str, str]]:
    columns = (User.id, User.last_name, User.first_name, User.middle_name, User.department)
    return {row[0]: (FullName(*row[1:4]).short, row[4]) for row in db.session.execute(select(*columns))}


def _departments(lines: list[Line]) -> list[tuple[str, Tally]]:
    found: dict[str, Tally] = defaultdict(Tally)
    for one in lines:
        tally, part = found[one.department], one.tally
        for name in ("owed", "met", "ahead", "visits", "calls"):
            setattr(tally, name, getattr(tally, name) + getattr(part, name))
        tally.families |= part.families
        tally.missed |= part.missed
    return sorted(found.items(), key=lambda one: (one[0] == "", one[0]))
