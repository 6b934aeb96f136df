"""The small centre in the middle of its work: whatever can be pressed waits for somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.alerts import actions as alerts
from portal.clubs import actions as clubs
from portal.clubs import bookings, planning
from portal.consilium import actions as meetings
from portal.consilium import agenda, decisions, minutes_actions, papers, recusals
from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Meeting
from portal.contacts import actions as contacts
from portal.db import db
from portal.deputies import actions as deputies
from portal.diagnosis import actions as diagnosis
from portal.diagnosis.actions import Findings
from portal.diagnosis.models import Diagnosis
from portal.families import actions as families
from portal.families import consents
from portal.intake import actions as intake
from portal.intake import agreements
from portal.journal import actions as journal
from portal.journal import checking, sessions, state_actions
from portal.journal.models import JournalEntry
from portal.norms import actions as norms
from portal.papers import actions as register
from portal.papers import catalog
from portal.patronage import actions as patronage
from portal.plans import actions as plans
from portal.plans import content, drafts
from portal.plans.actions import Result
from portal.plans.models import Plan, PlanMeasure
from portal.procedures import runs
from portal.programs import actions as programs
from portal.programs.values import ProgramValues, TaskValues
from portal.referrals import actions as referrals
from portal.referrals import links
from portal.referrals.links import LinkValues
from portal.rules.lifecycle import Move
from portal.rules.norms import BY_LAW
from portal.rules.plan_content import Goal, Measure, Responsible
from tests.access.world import PIXEL
from tests.stateful.help import LAW, SPHERES
from tests.stateful.world import BEGINS, Ground, episode, kin

LONG_AGO = 48  # days: the month before has contacts, too
REPORTED = 5  # days ago
ANALYSIS = "Цели плана достигнуты, семья справляется сама"


@contextmanager
def ago(days: int) -> Iterator[date]:
    """So many days before the run begins, at nine."""
    with clock.pretend(BEGINS - timedelta(days)):
        yield clock.today()


class Busy(Ground):
    """Twelve families: some wait for the vote, some are helped, one was removed."""

    def more(self) -> None:
        """Make it, by the portal's own actions."""
        w0, w1, w2 = self.people.workers
        with ago(LONG_AGO + 9):
            for number, surname in enumerate(("Белова", "Жукова", "Громова", "Котова", "Лисина", "Мохова")):
                self.families.append(self._family(surname, number % 3))
            for number, surname in enumerate(("Носова", "Осипова", "Перова")):
                self.families.append(self._family(surname, number % 3))
        (
            self.begun,
            self.fresh,
            self.other,
            self.helped,
            self.judged,
            *waiting,
            gone,
            self.willing,
            last,
            self.nearly,
        ) = self.families
        with ago(LONG_AGO):
            for family_id, lead in ((self.helped, w0), (self.judged, w1), (gone, w2), (self.nearly, w2)):
                self.enroll(family_id, lead, "planned")
        self._journal_of_last_month()
        with ago(20):
            for family_id in (self.helped, self.nearly):
                self._assessed(family_id)
                patronage.move_stage(episode(family_id).id, Move.BEGIN_MAIN, self.lead(family_id))
                patronage.write_analysis(
                    episode(family_id).id,
                    "Цели плана достигнуты, семья справляется сама",
                    self.lead(family_id),
                )
            patronage.write_analysis(episode(gone).id, ANALYSIS, w2)
            self.meet("remove", episode(gone).id)
        with ago(10):
            self._assessed(self.begun)
            self._in_work()
            self._support()
            for family_id in (*waiting, self.willing, last):
                self._consented(family_id)
        with ago(REPORTED):
            self._journal()
            self._half_run()
            self._alerts()
        self._sessions()
        with ago(0):
            self._ahead()
            self._meetings([*waiting, last])
            self._minutes()
            self._registered()

    def lead(self, family_id: int) -> int:
        """Who leads the family here."""
        w0, w1, w2 = self.people.workers
        return {self.fresh: w1, self.judged: w1, self.other: w2, self.nearly: w2}.get(family_id, w0)

    def _consented(self, family_id: int) -> None:
        worker, (adult, children) = self.people.workers[0], kin(family_id)
        minors = [one.id for one in children]
        consents.record_consent(family_id, worker, adult.id, clock.today() - timedelta(9), minors)
        if family_id != self.willing:
            families.submit_family(family_id, worker)

    def _registered(self) -> None:
        for family_id in (self.helped, self.judged):
            kind, lead = catalog.KINDS["application"], self.lead(family_id)
            register.register(kind, episode(family_id).id, clock.today(), lead)

    # What is written for a family

    def _findings(self) -> Findings:
        scores = dict.fromkeys(SPHERES, (2, ""))
        return Findings(clock.today(), 2, {"conclusion": "Нужна помощь"}, scores)

    def _diagnosis(self, family_id: int, far: str) -> None:
        lead, row_id = self.lead(family_id), episode(family_id).id
        diagnosis.start_diagnosis(row_id, self._findings(), lead)
        found = db.session.scalars(select(Diagnosis.id).order_by(Diagnosis.id.desc())).first()
        if far == "draft":
            return
        diagnosis.submit_diagnosis(found, lead, SPHERES)
        if far == "approved":
            version = db.session.scalar(select(Diagnosis.version).where(Diagnosis.id == found))
            diagnosis.approve_diagnosis(found, self.people.heads[0], version)

    def _plan(self, family_id: int, far: str) -> int:
        lead, row_id = self.lead(family_id), episode(family_id).id
        plan_id = drafts.start_plan(row_id, lead)
        old = content.content_of(db.session(), db.session.get_one(Plan, plan_id))
        day = clock.today() + timedelta(30)
        measures = tuple(
            Measure(content.new_key(), f"Дело {n}", day, Responsible("user", str(lead))) for n in range(2)
        )
        goal = Goal(content.new_key(), "income", "Доход", measures)
        drafts.save_plan(
            plan_id, lead, self._revision(plan_id), replace(old, aim="Помощь", goals=(*old.goals, goal))
        )
        if far != "draft":
            plans.agree_plan(plan_id, lead, clock.today(), kin(family_id)[0].id)
        if far == "in_force":
            plans.approve_plan(plan_id, self.people.heads[0], self._revision(plan_id))
        return plan_id

    def _revision(self, plan_id: int) -> int:
        db.session.rollback()
        return db.session.get_one(Plan, plan_id).revision

    def _assessed(self, family_id: int) -> None:
        self._diagnosis(family_id, "approved")
        plan_id = self._plan(family_id, "in_force")
        if family_id == self.nearly:
            rows = list(db.session.scalars(select(PlanMeasure).where(PlanMeasure.plan_id == plan_id)))
            results = [Result(one.id, "done", clock.today(), "готово", plans.mark(one)) for one in rows]
            plans.enter_results(plan_id, self.lead(family_id), results)

    def _in_work(self) -> None:
        """What the head is asked, and what its author still writes."""
        self._diagnosis(self.judged, "submitted")
        self._plan(self.judged, "agreed")
        self._plan(self.helped, "agreed")
        self._diagnosis(self.fresh, "draft")
        self._plan(self.fresh, "draft")

    def _support(self) -> None:
        """Programs, tasks, referrals, links, papers; an exemption, and who stands in for whom."""
        (head, _other), (w0, w1, w2), day = self.people.heads, self.people.workers, clock.today()
        _adult, children = kin(self.helped)
        values = ProgramValues("ipr", "semi", day - timedelta(20), day + timedelta(40), current=True)
        program_id = programs.create_program(children[0].id, w0, values)
        for done in (False, True):
            task = TaskValues(w0, "Читать", day - timedelta(5), ends_on=day + timedelta(20))
            task_id = programs.set_task(program_id, w0, task)
            if done:
                programs.close_task(task_id, w0)
        sent: dict[str, Any] = {"body": "school", "addressee": "Школа № 1", "request": "характеристика"}
        sent |= {"law": LAW, "personal_data": False, "ground": None}
        for family_id in (self.helped, self.judged):
            lead = self.lead(family_id)
            referrals.send_referral(family_id, lead, **sent, sent_on=day, due_on=day + timedelta(14))
            links.add_link(family_id, lead, LinkValues("relative", "тётя"))
            gone = links.add_link(family_id, lead, LinkValues("relative", "дядя"))
            links.end_link(gone, lead)
            self._papers(family_id)
        norms.exempt(episode(self.judged).id, head, day + timedelta(20), day + timedelta(40), "отъезд")
        norms.set_norms(self.people.admin, day + timedelta(60), dict(BY_LAW.norms), "приказ")
        away = {"starts_on": day + timedelta(25), "ends_on": day + timedelta(32), "reason": "leave"}
        deputies.name_deputy(w1, w2, head, **away)
        patronage.involve(episode(self.helped).id, w2, head)

    def _papers(self, family_id: int) -> None:
        lead, day, adult = self.lead(family_id), clock.today(), kin(family_id)[0]
        came = {"kind": "application", "body": "", "about": "", "course_reason": ""}
        came |= {"received_on": day - timedelta(60), "course_ended_on": day - timedelta(30)}
        intake.save_intake(family_id, lead, 0, **came)
        agreements.sign_agreement(
            family_id, lead, number=str(family_id), signed_on=day, representative_id=adult.id
        )

    # Contacts and the journal

    def _done(self, family_id: int, day: date, hour: int) -> int:
        """A contact that took place; gives its entry."""
        lead, row = self.lead(family_id), episode(family_id)
        adult, _children = kin(family_id)
        values: dict[str, Any] = {"kind": "visit", "day": day, "starts_at": time(hour), "minutes": 50}
        values |= {"notes": "беседа", "members": [adult.id]}
        contact_id = contacts.record_contact(row.id, lead, lead, **values)
        return db.session.scalars(select(JournalEntry.id).where(JournalEntry.contact_id == contact_id)).one()

    def _sent(self, family_id: int, entry_id: int, far: str, how: str = "refused") -> None:
        lead, adult = self.lead(family_id), kin(family_id)[0]
        values = {"how": how, "signer_id": adult.id, "refusal": "не хочет" if how == "refused" else ""}
        journal.sign_entry(entry_id, lead, self._seen(entry_id), **values)
        if far == "signed":
            return
        journal.submit_entry(entry_id, lead)
        if far == "checked":
            checking.check_entry(entry_id, self.people.heads[0], self._seen(entry_id))
        elif far == "returned":
            checking.return_entry(entry_id, self.people.heads[0], self._seen(entry_id), "допишите")

    def _seen(self, entry_id: int) -> int:
        db.session.rollback()
        return db.session.get_one(JournalEntry, entry_id).revision

    def _journal_of_last_month(self) -> None:
        with ago(LONG_AGO - 9) as day:
            self._sent(self.helped, self._done(self.helped, day, 8), "checked")

    def _journal(self) -> None:
        """Entries in every state."""
        day, pairs = (
            clock.today(),
            ((self.helped, self.people.workers[0]), (self.judged, self.people.workers[1])),
        )
        for back, (far, how) in enumerate(
            (
                ("draft", ""),
                ("signed", "refused"),
                ("signed", "paper"),
                ("submitted", "refused"),
                ("submitted", "paper"),
                ("returned", "refused"),
                ("checked", "refused"),
            )
        ):
            for family_id, _lead in pairs:
                entry_id = self._done(family_id, day - timedelta(back), 8)
                if far != "draft":
                    self._sent(family_id, entry_id, far, how)

    def _sessions(self) -> None:
        """Two sessions of a club: one waits for the head, of the other a service is told to the state already."""
        leader, children = self.people.workers[2], [*kin(self.helped)[1], *kin(self.judged)[1]]
        texts = {"topic": "Сказки", "goal": "Учимся слушать"}
        with ago(REPORTED + 2) as day:
            club_id = clubs.create_club(leader, name="Мастерская", leader_id=leader, room="каб. 9")
            for child in children:
                clubs.join_club(club_id, child.id, leader)
            held = [
                planning.plan_session(
                    club_id, leader, day=day + timedelta(later), starts_at=time(9), minutes=45, **texts
                )
                for later in (1, 2)
            ]
        for back, session_id in zip((REPORTED + 1, REPORTED), held, strict=True):
            with ago(back):
                bookings.mark_attendance(session_id, {one.id: "came" for one in children}, leader)
                bookings.close_attendance(session_id, leader)
                sessions.sign_sheet(session_id, leader)
                sessions.submit_session(session_id, leader)
        entry_id = sessions.of_session(held[0])[0].id
        with ago(REPORTED) as day:
            state_actions.mark([entry_id], day, leader)

    def _half_run(self) -> None:
        """Contacts written up before their steps were begun."""
        for family_id in (self.helped, self.judged):
            entry_id = self._done(family_id, clock.today(), 7)
            contact_id = db.session.get_one(JournalEntry, entry_id).contact_id
            runs.mark_step(contact_id, "agree_call", self.lead(family_id), "done", "")

    def _ahead(self) -> None:
        """Contacts of today and tomorrow, some confirmed."""
        for days in (0, 1):
            day = clock.today() + timedelta(days)
            for n, family_id in enumerate((self.helped, self.judged, self.fresh, self.begun)):
                for hour in (9 + n, 14 + n):
                    lead, values = self.lead(family_id), {"kind": "visit", "day": day, "minutes": 45}
                    contact_id = contacts.plan_contact(
                        episode(family_id).id, lead, lead, **values, starts_at=time(hour)
                    )
                    if hour > 13:
                        contacts.confirm_contact(contact_id, lead)

    def _alerts(self) -> None:
        for family_id in (self.helped, self.judged):
            row, lead = episode(family_id), self.lead(family_id)
            for kind in ("danger", "refusal", "refusal"):
                alert_id = alerts.tell_head(row.id, lead, kind=kind, text="важно")
            decided = {"decision": "visit", "answer": "поехать", "assignee_id": lead}
            alerts.decide(alert_id, self.people.heads[0], **decided, due_on=clock.today() + timedelta(9))

    # The consilium

    def _meetings(self, waiting: list[int]) -> None:
        """One that votes now, one that is about to, one that is convened, one that is being prepared."""
        they, proposed = self.people, {"regime": "planned", "term": "long", "ends_on": None, "involved": []}
        going, next_one, called, draft = (
            meetings.create_meeting(
                clock.today() + timedelta(days), time(10 + days), "каб. 1", "", they.secretary
            )
            for days in (0, 0, 1, 2)
        )
        items = []
        for meeting_id, family_id in zip((going, next_one, draft, draft), waiting, strict=True):
            row_id, lead = episode(family_id).id, they.workers[0]
            items.append(
                agenda.add_enroll_item(meeting_id, row_id, **proposed, lead_id=lead, actor_id=they.secretary)
            )
        removal = agenda.add_remove_item(
            called, episode(self.helped).id, reason="aims_reached", actor_id=they.secretary
        )
        asked = agenda.add_item(
            going, "question", question="Порядок работы", note="", actor_id=they.secretary
        )
        for item_id in (removal, *items):
            papers.lay_paper(item_id, "Справка", (PIXEL, "image/jpeg"), they.secretary)
        meetings.convene(called, they.chair)
        for member in they.members:
            recusals.recuse(removal, member, "Знаком с семьёй.", member)
        self._without_anybody()
        for meeting_id in (going, next_one):
            meetings.convene(meeting_id, they.chair)
            meetings.open_meeting(meeting_id, they.chair)
            for user_id in (they.chair, they.members[0]):
                meetings.mark_presence(meeting_id, user_id, "present", they.secretary)
        decisions.open_voting(asked, they.chair)
        for user_id in (they.chair, they.members[0]):
            decisions.cast_vote(asked, user_id, "for")
        decisions.close_item(asked, they.chair)
        decisions.open_voting(items[0], they.chair)

    def _without_anybody(self) -> None:
        """A meeting of today to which nobody comes."""
        they = self.people
        alone = meetings.create_meeting(clock.today(), time(8), "каб. 2", "", they.secretary)
        agenda.add_item(alone, "question", question="План на год", note="", actor_id=they.secretary)
        meetings.convene(alone, they.chair)

    def _minutes(self) -> None:
        """Those of two meetings wait for signatures; the secretary has signed those of one."""
        over = select(Meeting.id).where(Meeting.status == "closed").order_by(Meeting.id.desc())
        for meeting_id in list(db.session.scalars(over.limit(2))):
            minutes_actions.offer(meeting_id, self.people.secretary)
        offered = db.session.get_one(Minutes, meeting_id, populate_existing=True).digest
        minutes_actions.sign(meeting_id, self.people.secretary, offered)
