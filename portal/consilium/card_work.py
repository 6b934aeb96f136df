"""How the work with a family goes, for the card of an item: its diagnosis, its plan, its contacts. Plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal import clock
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis import queries as diagnoses
from portal.diagnosis.models import Diagnosis
from portal.norms import judged
from portal.patronage.models import Patronage
from portal.plans.models import Plan
from portal.plans.queries import Sheet, sheet_of
from portal.rules import plans
from portal.rules.contacts import FAILED
from portal.rules.contacts import State as Contacts
from portal.rules.diagnosis import State as Diagnoses
from portal.rules.norms import Standing


@dataclass(frozen=True)
class DiagnosisFacts:
    """The latest approved diagnosis, and what has changed since the first of the same patronage, or the one before."""

    id: int
    number: int
    day: date
    depth: int
    conclusion: str
    then_on: date | None
    then_depth: int | None
    changes: list[diagnoses.Change]

    def count(self, judge: Callable[[int], bool]) -> int:
        """How many spheres have changed so."""
        return sum(one.better is not None and judge(one.better) for one in self.changes)

    @property
    def better(self) -> int:
        """How many spheres are better than then."""
        return self.count(lambda steps: steps > 0)

    @property
    def worse(self) -> int:
        """How many are worse."""
        return self.count(lambda steps: steps < 0)

    @property
    def same(self) -> int:
        """How many are as they were."""
        return self.count(lambda steps: steps == 0)


def diagnosis_of(family_id: int) -> DiagnosisFacts | None:
    """The family's latest approved diagnosis, of whatever patronage."""
    columns: list[Any] = [Diagnosis.id, Diagnosis.number, Diagnosis.day, Diagnosis.crisis_depth]
    query = select(*columns, Diagnosis.conclusion, Diagnosis.patronage_id).join(
        Patronage, Patronage.id == Diagnosis.patronage_id
    )
    query = query.where(Patronage.family_id == family_id, Diagnosis.state == Diagnoses.APPROVED)
    rows = db.session.execute(query.order_by(Diagnosis.day.desc(), Diagnosis.id.desc())).all()
    if not rows:
        return None
    now, earlier = rows[0], rows[1:]
    own = [row for row in earlier if row.patronage_id == now.patronage_id]
    then = own[-1] if own else earlier[0] if earlier else None
    return DiagnosisFacts(
        *now[:5],
        then.day if then else None,
        then.crisis_depth if then else None,
        diagnoses.changes(then.id if then else None, now.id),
    )


class Measure(NamedTuple):
    """A measure of the plan, with its goal; `who` is in words."""

    goal: str
    text: str
    who: str
    due_on: date
    state: str
    done_on: date | None
    result: str
    late: bool


@dataclass(frozen=True)
class PlanFacts:
    """The plan in force, or the last one completed; None for `id` where one is being written only."""

    id: int | None
    state: str
    aim: str
    measures: list[Measure]

    def count(self, *states: str) -> int:
        """How many measures came to this."""
        return sum(one.state in states for one in self.measures)

    @property
    def late(self) -> int:
        """How many have passed their day without a result."""
        return sum(one.late for one in self.measures)

    @property
    def wanted(self) -> int:
        """How many are still wanted, done or not."""
        return len(self.measures) - self.count(plans.Outcome.DROPPED)


def plan_of(patronage_id: int) -> PlanFacts | None:
    """The plan of a patronage as it is carried out."""
    approved = (plans.State.IN_FORCE, plans.State.COMPLETED)
    query = select(Plan).where(Plan.patronage_id == patronage_id, Plan.state.in_((*approved, *plans.IN_WORK)))
    rows = list(db.session.scalars(query.order_by(Plan.version.desc())))
    plan = next((one for one in rows if one.state in approved), None)
    if plan is not None:
        return PlanFacts(plan.id, plan.state, plan.aim, _measures(sheet_of(plan)))
    return PlanFacts(None, rows[0].state, "", []) if rows else None


def _measures(sheet: Sheet) -> list[Measure]:
    return [
        Measure(
            goal.row.text,
            line.row.text,
            line.who,
            line.row.due_on,
            line.row.state,
            line.row.done_on,
            line.row.result,
            line.late,
        )
        for goal in sheet.goals
        for line in goal.measures
    ]


class Row(NamedTuple):
    """A period of a norm: what it owed, and what took place."""

    first: date
    last: date
    unit: str
    owed: int
    visits: int
    calls: int
    standing: str


@dataclass(frozen=True)
class ContactFacts:
    """A year of contacts judged by the norm (R9); `failed` attempts by how they failed, with the last day."""

    periods: list[Row]
    lifted: list[tuple[date, date | None, bool]]  # first and last day, and whether by an exemption
    last_on: date | None
    days_since: int | None
    due_on: date | None
    failed: list[tuple[str, int, date]]

    @property
    def judged(self) -> list[Row]:
        """The periods that owed something and are over, or are met before their end."""
        return [one for one in self.periods if one.standing in (Standing.MET, Standing.MISSED)]

    @property
    def owed(self) -> int:
        """Contacts owed in them."""
        return sum(one.owed for one in self.judged)

    @property
    def met(self) -> int:
        """Of them, how many took place: what is above the norm of one period does not make up for another."""
        return sum(min(one.owed, one.visits + one.calls) for one in self.judged)

    @property
    def missed(self) -> int:
        """Periods in which less took place than was owed."""
        return sum(one.standing == Standing.MISSED for one in self.judged)

    @property
    def visits(self) -> int:
        """All visits and meetings of the year."""
        return sum(one.visits for one in self.periods)

    @property
    def calls(self) -> int:
        """All calls of the year."""
        return sum(one.calls for one in self.periods)


def contacts_of(family_id: int, patronage_id: int) -> ContactFacts | None:
    """How the patronage has stood by the norm; None where it has not begun, or a later one has."""
    found, today = judged.standing_of(family_id), clock.today()
    if found is None or found.patronage.id != patronage_id:
        return None
    failed = select(Contact.state, func.count(), func.max(Contact.day))
    failed = failed.where(Contact.patronage_id == patronage_id, Contact.state.in_(FAILED))
    took_place = (Contact.patronage_id == patronage_id, Contact.state == Contacts.DONE)
    last_on = db.session.scalar(select(func.max(Contact.day)).where(*took_place))
    return ContactFacts(
        [_row(one, today) for one in found.periods],
        _lifted(found),
        last_on,
        (today - last_on).days if last_on else None,
        found.patronage.next_contact_on,
        [(row[0], row[1], row[2]) for row in db.session.execute(failed.group_by(Contact.state))],
    )


def _row(one: judged.Judged, today: date) -> Row:
    period = one.period
    how = str(period.standing(today))
    return Row(period.first, period.last, str(period.unit), period.owed, one.visits, one.calls, how)


def _lifted(found: Any) -> list[tuple[date, date | None, bool]]:
    spans = [(row[0].starts_on, row[0].ends_on, True) for row in found.exemptions]
    return spans + [(one.starts_on, one.ends_on, False) for one in found.suspensions]
