"""The help itself and who gives it: diagnoses, plans, programs, referrals, exemptions, deputies, accounts."""

from dataclasses import replace
from datetime import time
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import actions as deputies
from portal.deputies.models import Deputy
from portal.diagnosis import actions as diagnosis
from portal.diagnosis.actions import Findings
from portal.diagnosis.models import Diagnosis
from portal.norms import actions as norms
from portal.norms.models import Exemption
from portal.patronage.models import Assignment, Patronage
from portal.plans import actions as plans
from portal.plans import content, drafts
from portal.plans.actions import Result
from portal.plans.models import Plan, PlanMeasure
from portal.programs import actions as programs
from portal.programs.models import HomeTask, Program
from portal.programs.values import ProgramValues, TaskValues
from portal.referrals import actions as referrals
from portal.referrals import links
from portal.referrals.links import LinkValues
from portal.referrals.models import Referral, SupportLink
from portal.rules.norms import Norm, Unit
from portal.rules.plan_content import Content, Goal, Measure, Responsible
from portal.settings.words import WORDS
from tests.stateful.machine import ONE, Life, seldom
from tests.stateful.world import kin

SPHERES = {code: label for code, label, _english in WORDS["spheres"]}
IN_WORK = Plan.state.in_(("draft", "agreed"))
OUTCOMES = ("done", "done", "not_done", "dropped", "open")
LAW = "ст. 9 120-ФЗ"


class Help(Life):
    """What is written for a family, and by whom."""

    def _findings(self, n: int, days: int) -> Findings:
        scores = {code: ((n + at) % 5, "") for at, code in enumerate(SPHERES)}
        if n % 9 == 0:
            scores.popitem()
        return Findings(self.day(days), n % 5, {"conclusion": f"Вывод {n}"}, scores)

    @seldom(n=ONE, who=ONE, days=st.integers(-5, 1))
    def begin_diagnosis(self, n: int, who: int, days: int) -> None:
        row = self.row(n, Patronage, Patronage.latest, Patronage.status == "enrolled")
        self.do(diagnosis.start_diagnosis, row.id, self._findings(n, days), self.worker(who))

    @seldom(n=ONE, who=ONE, days=st.integers(-5, 0), seen=st.integers(0, 9))
    def save_diagnosis(self, n: int, who: int, days: int, seen: int) -> None:
        if row := self.row(n, Diagnosis, Diagnosis.state.in_(("draft", "returned"))):
            findings = self._findings(n, days)
            self.do(diagnosis.save_diagnosis, row.id, findings, self.worker(who), row.version - (seen == 0))

    @seldom(n=ONE, who=ONE)
    def submit_diagnosis(self, n: int, who: int) -> None:
        if row := self.row(n, Diagnosis, Diagnosis.state.in_(("draft", "returned"))):
            self.do(diagnosis.submit_diagnosis, row.id, self.worker(who), SPHERES)

    @seldom(n=ONE, who=ONE)
    def approve_diagnosis(self, n: int, who: int) -> None:
        if row := self.row(n, Diagnosis, Diagnosis.state == "submitted"):
            self.do(diagnosis.approve_diagnosis, row.id, self.head(who), row.version)

    @seldom(n=ONE, who=ONE)
    def return_diagnosis(self, n: int, who: int) -> None:
        if row := self.row(n, Diagnosis, Diagnosis.state == "submitted"):
            self.do(diagnosis.return_diagnosis, row.id, "дополните", self.head(who))

    @seldom(n=ONE, who=ONE)
    def begin_plan(self, n: int, who: int) -> None:
        row = self.row(n, Patronage, Patronage.latest, Patronage.status == "enrolled")
        self.do(drafts.start_plan, row.id, self.worker(who))

    @seldom(n=ONE, who=ONE, days=st.integers(0, 40), more=st.booleans(), seen=st.integers(0, 9))
    def save_plan(self, n: int, who: int, days: int, more: bool, seen: int) -> None:
        if row := self.row(n, Plan, IN_WORK):
            typed = self._typed(row, who, days, more)
            self.do(drafts.save_plan, row.id, self.worker(who), row.revision - (seen == 0), typed)

    def _typed(self, plan: Plan, who: int, days: int, more: bool) -> Content:
        """What stands there, with a goal more, or a measure less."""
        old = content.content_of(db.session(), plan)
        db.session.rollback()
        if more or not old.goals:
            family_id = db.session.get_one(Patronage, plan.patronage_id).family_id
            kinds = (
                ("user", str(self.worker(who))),
                ("member", str(kin(family_id)[0].id)),
                ("body", "school"),
            )
            measure = Measure(content.new_key(), f"Дело {days}", self.day(days), Responsible(*kinds[who % 3]))
            return replace(old, goals=(*old.goals, Goal(content.new_key(), "income", "Доход", (measure,))))
        first, *others = old.goals
        return replace(old, aim=f"Цель {days}", goals=(replace(first, measures=first.measures[1:]), *others))

    @seldom(n=ONE, who=ONE, days=st.integers(-3, 1))
    def agree_plan(self, n: int, who: int, days: int) -> None:
        if row := self.row(n, Plan, Plan.state == "draft"):
            adult, _ = kin(db.session.get_one(Patronage, row.patronage_id).family_id)
            self.do(plans.agree_plan, row.id, self.worker(who), self.day(days), adult.id)

    @seldom(n=ONE, who=ONE, seen=st.integers(0, 9))
    def approve_plan(self, n: int, who: int, seen: int) -> None:
        if row := self.row(n, Plan, Plan.state == "agreed"):
            self.do(plans.approve_plan, row.id, self.head(who), row.revision - (seen == 0))

    @seldom(n=ONE, who=ONE)
    def return_plan(self, n: int, who: int) -> None:
        if row := self.row(n, Plan, Plan.state == "agreed"):
            self.do(plans.return_plan, row.id, self.head(who), "уточните сроки")

    @seldom(n=st.integers(0, 30), who=ONE)
    def discard_plan(self, n: int, who: int) -> None:
        if n % 3 == 0 and (row := self.row(n, Plan, IN_WORK)):
            self.do(drafts.discard_plan, row.id, self.worker(who))

    @seldom(
        n=ONE, who=ONE, outcome=st.sampled_from(OUTCOMES), days=st.integers(-3, 1), everything=st.booleans()
    )
    def enter_results(self, n: int, who: int, outcome: str, days: int, everything: bool) -> None:
        if row := self.row(n, Plan, Plan.state == "in_force"):
            query = select(PlanMeasure).where(PlanMeasure.plan_id == row.id).order_by(PlanMeasure.id)
            measures = list(db.session.scalars(query))
            chosen = measures if everything else measures[n % max(1, len(measures)) :][:1]
            results = [Result(one.id, outcome, self.day(days), "итог", plans.mark(one)) for one in chosen]
            self.do(plans.enter_results, row.id, self.worker(who), results)

    @seldom(n=ONE, who=ONE)
    def complete_plan(self, n: int, who: int) -> None:
        if row := self.row(n, Plan, Plan.state == "in_force"):
            self.do(plans.complete_plan, row.id, self.worker(who))

    @seldom(n=ONE, who=ONE, days=st.integers(-30, 30))
    def program(self, n: int, who: int, days: int) -> None:
        _adult, children = kin(self.family(n))
        values = ProgramValues("ipr", "semi", self.day(days), self.day(days + n - 20), current=bool(n % 2))
        row = self.row(n, Program)
        if row is not None and n % 3 == 0:
            self.do(programs.change_program, row.id, self.worker(who), values, row.version)
        else:
            self.do(programs.create_program, self.one(n, children).id, self.worker(who), values)

    @seldom(n=ONE, who=ONE, days=st.integers(-5, 9))
    def set_task(self, n: int, who: int, days: int) -> None:
        if row := self.row(n, Program, Program.current):
            values = TaskValues(self.worker(n), "Читать", self.day(-5), ends_on=self.day(days))
            self.do(programs.set_task, row.id, self.worker(who), values)

    @seldom(n=ONE, who=ONE, close=st.booleans())
    def change_task(self, n: int, who: int, close: bool) -> None:
        if row := self.row(
            n, HomeTask, HomeTask.closed_on.is_(None) if close else HomeTask.closed_on.is_not(None)
        ):
            self.do(programs.close_task if close else programs.reopen_task, row.id, self.worker(who))

    @seldom(n=ONE, who=ONE, ground=st.sampled_from(("consent", "law", None)), days=st.integers(-9, 1))
    def refer(self, n: int, who: int, ground: str | None, days: int) -> None:
        values = {"body": "school", "addressee": "Школа № 1", "request": "характеристика", "law": LAW}
        values |= {"personal_data": ground is not None, "ground": ground}
        values |= {"sent_on": self.day(days), "due_on": self.day(days + 14)}
        self.do(referrals.send_referral, self.family(n), self.worker(who), **values)

    @seldom(
        n=ONE,
        who=ONE,
        step=st.sampled_from(("answer", "closed", "withdrawn", "postpone")),
        days=st.integers(-5, 1),
    )
    def follow_up(self, n: int, who: int, step: str, days: int) -> None:
        row = self.row(n, Referral, Referral.state.in_(("open", "closed")))
        if row is None:
            return
        actor_id = self.worker(who)
        if step == "answer":
            self.do(referrals.answer_referral, row.id, actor_id, self.day(days), "вот", row.version)
        elif step == "postpone":
            self.do(referrals.postpone_referral, row.id, actor_id, self.day(days + 9))
        else:
            self.do(referrals.close_referral, row.id, actor_id, step, "не ответили")

    @seldom(n=ONE, who=ONE, step=st.sampled_from(("add", "change", "end", "resume")))
    def link(self, n: int, who: int, step: str) -> None:
        values, actor_id, row = (
            LinkValues("relative", f"тётя {n}"),
            self.worker(who),
            self.row(n, SupportLink),
        )
        if step == "add" or row is None:
            self.do(links.add_link, self.family(n), actor_id, values)
        elif step == "change":
            self.do(links.change_link, row.id, actor_id, values, row.version)
        else:
            self.do(links.end_link if step == "end" else links.resume_link, row.id, actor_id)

    @seldom(n=ONE, who=ONE, first=st.integers(-9, 9), length=st.integers(-1, 30))
    def exempt(self, n: int, who: int, first: int, length: int) -> None:
        row = self.row(n, Patronage, Patronage.status == "enrolled")
        self.do(norms.exempt, row.id, self.head(who), self.day(first), self.day(first + length), "отъезд")

    @seldom(n=ONE, who=ONE, days=st.integers(-5, 5))
    def end_exemption(self, n: int, who: int, days: int) -> None:
        if row := self.row(n, Exemption, Exemption.ends_on >= self.today):
            self.do(norms.end_exemption, row.id, self.head(who), self.day(days))

    @seldom(days=st.integers(-20, 40), count=st.integers(0, 3), unit=st.sampled_from(list(Unit)))
    def set_norms(self, days: int, count: int, unit: Unit) -> None:
        wanted = {name: Norm(count, unit) for name in ("emergency", "planned", "control")}
        self.do(norms.set_norms, self.people.admin, self.day(days), wanted, "приказ")

    @seldom(n=ONE, to=ONE, first=st.integers(-1, 9), length=st.integers(0, 20), who=ONE)
    def name_deputy(self, n: int, to: int, first: int, length: int, who: int) -> None:
        away, starts_on, ends_on = self.worker(n), self.day(first), self.day(first + length)
        maker = self.one(who, (*self.people.heads * 2, self.people.admin))
        theirs = (Contact.user_id == away, Contact.day.between(starts_on, ends_on))
        values: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "reason": "leave"}
        values["contacts"] = list(db.session.scalars(select(Contact.id).where(*theirs)))
        self.do(deputies.name_deputy, away, self.worker(to), maker, **values)

    @seldom(n=ONE, who=ONE)
    def end_deputy(self, n: int, who: int) -> None:
        if row := self.row(n, Deputy, Deputy.ended_at.is_(None)):
            self.do(deputies.end_deputy, row.id, self.head(who))

    @seldom(n=ONE)
    def visit_as_deputy(self, n: int) -> None:
        """The families of who is away are visited by the deputy."""
        row = self.row(n, Deputy, Deputy.ended_at.is_(None), Deputy.starts_on <= self.today)
        if row is not None:
            mine = select(Assignment.patronage_id).where(Assignment.user_id == row.user_id)
            patronage_id = db.session.scalars(mine.where(Assignment.ends_on.is_(None))).first()
            if patronage_id is not None:
                self.do(contacts.plan_contact, patronage_id, row.deputy_id, row.deputy_id, **self._at(n))

    def _at(self, n: int) -> dict[str, Any]:
        return {"kind": "visit", "day": self.day(n % 5), "starts_at": time(12 + n % 6), "minutes": 50}

    @seldom(n=ONE, change=st.sampled_from(("dismiss", "restore", "restore")))
    def staff(self, n: int, change: str) -> None:
        """A colleague leaves, or is back; never the last head."""
        gone = User.dismissed_on.is_not(None)
        if change == "restore":
            row = db.session.scalars(select(User).where(gone)).first()
            if row is not None:
                self.do(accounts.restore, row.id, self.people.admin)
        elif n % 4 == 0:
            self.do(accounts.dismiss, self.people.workers[1], self.people.admin)
