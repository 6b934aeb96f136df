"""Several clicks in a row, as people make them: an assessment, a plan, a visit; each may stop half way."""

from datetime import time

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis import actions as diagnosis
from portal.diagnosis.models import Diagnosis
from portal.families import actions as families
from portal.families import consents
from portal.journal import actions as journal
from portal.journal import checking
from portal.journal.models import JournalEntry
from portal.patronage import actions as patronage
from portal.patronage.models import Assignment
from portal.plans import actions as plans
from portal.plans import drafts
from portal.plans.actions import Result
from portal.plans.models import Plan, PlanMeasure
from portal.procedures import runs
from portal.procedures.models import Run, RunStep
from portal.rules.contacts import AHEAD
from portal.rules.lifecycle import Move
from tests.stateful.held import Held
from tests.stateful.help import SPHERES, Help
from tests.stateful.machine import ONE, seldom
from tests.stateful.visits import Visits
from tests.stateful.way import Way
from tests.stateful.world import episode, kin

FAR = st.sampled_from((1, 2, 3, 9, 9, 9, 9, 9))  # after how many clicks somebody stops


class Days(Way, Held, Visits, Help):
    """A whole piece of work at once."""

    def lead(self, patronage_id: int) -> int:
        """Who leads the family, or would."""
        here = (Assignment.patronage_id == patronage_id, Assignment.ends_on.is_(None))
        query = select(Assignment.user_id).where(*here, Assignment.kind == "lead")
        return db.session.scalar(query) or self.people.workers[0]

    @rule(n=ONE, who=ONE, far=FAR)
    def assess(self, n: int, who: int, far: int) -> None:
        """A diagnosis from its beginning to the head's approval."""
        row = episode(self.family(n))
        patronage_id, lead, head = row.id, self.lead(row.id), self.head(who)
        self.do(diagnosis.start_diagnosis, patronage_id, self._findings(2 * n + 1, -1), lead)
        open_ = (Diagnosis.patronage_id == patronage_id, Diagnosis.state != "approved")
        found = db.session.scalars(select(Diagnosis).where(*open_)).first()
        if found is None:
            return
        diagnosis_id, version = found.id, found.version
        if far > 1:
            self.do(diagnosis.save_diagnosis, diagnosis_id, self._findings(19, 0), lead, version)
        if far > 2:
            self.do(diagnosis.submit_diagnosis, diagnosis_id, lead, SPHERES)
        if far > 3:
            version = db.session.scalar(select(Diagnosis.version).where(Diagnosis.id == diagnosis_id))
            self.do(diagnosis.approve_diagnosis, diagnosis_id, head, version)

    @rule(n=ONE, who=ONE, days=st.integers(0, 40), far=FAR)
    def make_plan(self, n: int, who: int, days: int, far: int) -> None:
        """A plan, or a correction of the one in force, until it is approved."""
        row = episode(self.family(n))
        patronage_id, lead, adult = row.id, self.lead(row.id), kin(row.family_id)[0].id
        self.do(drafts.start_plan, patronage_id, lead)
        in_work = select(Plan).where(Plan.patronage_id == patronage_id, Plan.state.in_(("draft", "agreed")))
        plan = db.session.scalars(in_work).first()
        if plan is None:
            return
        plan_id = plan.id
        self.do(drafts.save_plan, plan_id, lead, plan.revision, self._typed(plan, who, days, True))
        if far > 1:
            self.do(plans.agree_plan, plan_id, lead, self.today, adult)
        if far > 2:
            revision = db.session.scalar(select(Plan.revision).where(Plan.id == plan_id))
            self.do(plans.approve_plan, plan_id, self.head(who), revision)

    @seldom(n=ONE, far=FAR)
    def end_plan(self, n: int, far: int) -> None:
        """Every measure gets its result, and the plan is done with."""
        if plan := self.row(n, Plan, Plan.state == "in_force"):
            plan_id, lead = plan.id, self.lead(plan.patronage_id)
            rows = list(db.session.scalars(select(PlanMeasure).where(PlanMeasure.plan_id == plan_id)))
            results = [Result(one.id, "done", self.today, "готово", plans.mark(one)) for one in rows]
            self.do(plans.enter_results, plan_id, lead, results)
            if far > 2:
                self.do(plans.complete_plan, plan_id, lead)

    @rule(n=ONE, who=ONE, far=FAR)
    def go_through_stages(self, n: int, who: int, far: int) -> None:
        """On to the main stage, then the analysis, then the head."""
        row = episode(self.family(n))
        patronage_id, lead = row.id, self.lead(row.id)
        self.do(patronage.move_stage, patronage_id, Move.BEGIN_MAIN, lead)
        if far > 1:
            self.do(patronage.write_analysis, patronage_id, "Цели достигнуты", lead)
        if far > 2:
            self.do(patronage.approve_analysis, patronage_id, self.now, self.head(who))

    @rule(n=ONE, who=ONE, hour=st.integers(8, 18), marks=st.integers(0, 6), far=FAR)
    def visit(self, n: int, who: int, hour: int, marks: int, far: int) -> None:
        """A visit from the call before it to the check of its entry."""
        row = episode(self.family(n))
        patronage_id, lead, adult = row.id, self.lead(row.id), kin(row.family_id)[0].id
        values = self._values(row, "visit", hour, 50) | {"day": self.today}
        contact_id = self.do(contacts.plan_contact, patronage_id, lead, lead, **values)
        if contact_id is None:
            return
        self.do(contacts.confirm_contact, contact_id, lead)
        self._steps(contact_id, lead, marks)
        if far > 1:
            done = {"day": self.today, "starts_at": time(hour), "minutes": 60, "notes": "были"}
            self.do(contacts.finish_contact, contact_id, lead, **done, members=[adult], why_open="коротко")
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.contact_id == contact_id)).first()
        if entry is None:
            return
        entry_id = entry.id
        if far > 2:
            self.do(journal.sign_entry, entry_id, lead, entry.revision, how="paper", signer_id=adult)
            self.do(journal.submit_entry, entry_id, lead)
        if far > 3:
            revision = db.session.scalar(select(JournalEntry.revision).where(JournalEntry.id == entry_id))
            self.do(checking.check_entry, entry_id, self.head(who), revision)

    def _steps(self, contact_id: int, lead: int, marks: int) -> None:
        if not marks:
            return
        self.do(runs.mark_step, contact_id, "agree_call", lead, "done", "")
        query = select(RunStep.code).join(Run, Run.id == RunStep.run_id).where(Run.contact_id == contact_id)
        for code in list(db.session.scalars(query.order_by(RunStep.position)))[:marks]:
            self.do(runs.mark_step, contact_id, code, lead, "done", "")

    @rule(n=ONE, who=ONE)
    def end_month(self, n: int, who: int) -> None:
        """Everything of the last month is signed, submitted, checked; then the month is closed."""
        first = self.today.replace(day=1)
        query = select(JournalEntry).where(JournalEntry.day < first, JournalEntry.state != "checked")
        for row in list(db.session.scalars(query)):
            entry_id, worker, revision = row.id, row.worker_id, row.revision
            if row.state != "submitted":
                self.do(journal.sign_entry, entry_id, worker, revision, how="refused", refusal="уехали")
                self.do(journal.submit_entry, entry_id, worker)
            revision = db.session.scalar(select(JournalEntry.revision).where(JournalEntry.id == entry_id))
            self.do(checking.check_entry, entry_id, self.one(who, self.people.heads), revision)
            self.do(checking.check_entry, entry_id, self.one(who + 1, self.people.heads), revision)
        self.close_month_before()

    def close_month_before(self) -> None:
        """The head closes it."""
        month = self.today.year * 12 + self.today.month - 2
        self.do(checking.close_period, month // 12, month % 12 + 1, self.people.heads[0])

    @rule(n=ONE, who=ONE, far=FAR)
    def enroll_again(self, n: int, who: int, far: int) -> None:
        """A family that is not on patronage comes once more, up to the vote."""
        family_id, worker = self.family(n), self.people.workers[who % 3]
        if episode(family_id).status in ("removed", "declined", "refused"):
            self.do(families.open_episode, family_id, worker)
        adult, children = kin(family_id)
        if episode(family_id).status != "enrolled":
            minors = [one.id for one in children]
            self.do(consents.record_consent, family_id, worker, adult.id, self.day(-(n % 12)), minors)
        if far > 1:
            self.do(families.submit_family, family_id, worker)
        if far > 2:
            row = episode(family_id)
            self.do(self.ground.meet, "enroll", row.id, lead_id=worker, regime="planned")

    @seldom(n=ONE)
    def remove(self, n: int) -> None:
        """The consilium takes off whoever has an analysis."""
        row = episode(self.family(n))
        if n % 3 == 0:
            self.do(patronage.write_analysis, row.id, "Всё", self.lead(row.id))
            self.do(self.ground.meet, "remove", row.id)

    @rule(n=ONE)
    def fail_one(self, n: int) -> None:
        """Of what is planned for today something fails."""
        if row := self.row(n, Contact, Contact.state.in_(AHEAD), Contact.day <= self.today):
            self.do(contacts.fail_contact, row.id, row.user_id, "refused", "не захотели")
