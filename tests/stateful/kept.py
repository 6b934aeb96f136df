"""What must stay as it is once it stands, whatever is pressed; and what must be so at every moment."""

from collections import Counter
from typing import Any

from sqlalchemy import Table, select

from portal import clock
from portal.alerts.models import Alert
from portal.contacts import standing
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis.models import Diagnosis, DiagnosisScore
from portal.journal.checking import FROZEN, OF_SESSION
from portal.journal.models import JournalEntry, JournalPeriod
from portal.patronage.models import Assignment, Patronage
from portal.plans.models import Plan, PlanGoal, PlanMeasure
from portal.procedures.models import Run, RunStep
from portal.rules.norms import next_due

Rows = dict[tuple[Any, ...], tuple[Any, ...]]
ANSWERED = (
    "decision",
    "answer",
    "assignee_id",
    "due_on",
    "decided_by_id",
    "decided_at",
    "raised_by_id",
    "text",
)
MAY_CHANGE = {"state", "closed_at", "revision"}  # of an approved plan


def settled() -> Rows:
    """Every row that nobody may change any more, by its kind and number."""
    found: Rows = {}
    closed = {(row.year, row.month) for row in db.session.scalars(select(JournalPeriod))}
    told = (*FROZEN, *OF_SESSION)
    for row in db.session.execute(select(*told, JournalEntry.year, JournalEntry.month, JournalEntry.state)):
        said = tuple(getattr(row, column.key) for column in told if column.key != "file_id")
        if row.state in ("checked", "void"):
            found["checked entry", row.id] = said
        if (row.year, row.month) in closed:  # until then the scan of a paper may be brought
            found["locked entry", row.id] = (*said, row.file_id)
    take(found, Diagnosis, Diagnosis.state == "approved")
    take(
        found,
        DiagnosisScore,
        DiagnosisScore.diagnosis_id.in_(_ids(Diagnosis.id, Diagnosis.state == "approved")),
    )
    take(found, Plan, Plan.approved_at.is_not(None), MAY_CHANGE)
    stands = _ids(Plan.id, Plan.approved_at.is_not(None))
    take(found, PlanGoal, PlanGoal.plan_id.in_(stands))
    take(found, PlanMeasure, PlanMeasure.plan_id.in_(stands), {"state", "result", "done_on"})
    over = _ids(Plan.id, Plan.state.in_(("superseded", "completed")))
    take(found, PlanMeasure, PlanMeasure.plan_id.in_(over), name="measure that is over")
    take(found, JournalPeriod)
    for row in db.session.scalars(select(Alert).where(Alert.decided_at.is_not(None))):
        found["alert", row.id] = tuple(getattr(row, name) for name in ANSWERED)
    return found


def take(found: Rows, model: Any, where: Any = True, but: set[str] = frozenset(), name: str = "") -> None:  # type: ignore[assignment]
    """Add the rows, each without the columns that may change."""
    table: Table = model.__table__
    columns = [column for column in table.columns if column.name not in but]
    keys = [column.name for column in table.primary_key]
    for row in db.session.execute(select(*columns).where(where)).mappings():
        found[(name or table.name, *(row[key] for key in keys))] = tuple(row.values())


def _ids(column: Any, where: Any) -> Any:
    return select(column).where(where).scalar_subquery()


def check_always() -> None:
    """One plan in force, one in work, one lead; nobody is at two places at once; a frozen run is frozen."""
    for state in (("in_force",), ("draft", "agreed")):
        plans = Counter(db.session.scalars(select(Plan.patronage_id).where(Plan.state.in_(state))))
        assert not plans or max(plans.values()) == 1, f"{plans}: several plans {state}"
    leads = select(Assignment.patronage_id).where(Assignment.kind == "lead", Assignment.ends_on.is_(None))
    count = Counter(db.session.scalars(leads))
    assert not count or max(count.values()) == 1, f"{count}: several leads"
    ahead = select(Contact.user_id, Contact.day, Contact.starts_at).where(
        Contact.state.in_(("planned", "confirmed"))
    )
    places = Counter(tuple(row) for row in db.session.execute(ahead))
    assert not places or max(places.values()) == 1, f"{places}: at two families at once"
    stopped = select(Patronage.id).where(
        Patronage.status != "enrolled", Patronage.next_contact_on.is_not(None)
    )
    assert not list(db.session.scalars(stopped)), "a contact is due although the patronage has stopped"
    shown = select(RunStep.run_id).join(Run, Run.id == RunStep.run_id)
    assert not list(db.session.scalars(shown.where(RunStep.state != "open", RunStep.at.is_(None))))


class Standing:
    """R9: the day by which the next contact is due is what the rules say, worked out when its facts last changed."""

    def __init__(self) -> None:
        self.seen: dict[int, tuple[Any, Any]] | None = None  # None: the run begins here

    def check(self) -> None:
        """Whether each family's day is right."""
        s, today = db.session(), clock.today()
        before, self.seen = self.seen, {}
        running = s.execute(
            select(Patronage.id, Patronage.next_contact_on).where(Patronage.status == "enrolled")
        ).all()
        known = standing.histories(s, [row.id for row in running])
        for row in running:
            days = standing.days_of_contacts(s, [row.id], today - standing.JUDGED_AHEAD * 3).get(row.id, [])
            facts = repr((known[row.id], days))
            right = next_due(known[row.id], days, today, today + standing.JUDGED_AHEAD)
            if row.next_contact_on != right and before is not None:
                assert before.get(row.id) == (facts, row.next_contact_on), (
                    f"patronage {row.id}: the next contact is due by {row.next_contact_on}, the rules say {right}"
                )
            self.seen[row.id] = facts, row.next_contact_on
