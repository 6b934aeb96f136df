"""Contacts and what follows them: runs of procedures, alerts, the journal and its months."""

from datetime import time
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from portal.alerts import actions as alerts
from portal.alerts.models import Alert
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.journal import actions as journal
from portal.journal import checking
from portal.journal.models import JournalEntry
from portal.patronage.models import Assignment, Patronage
from portal.procedures import runs
from portal.procedures.models import Run, RunStep
from portal.rules.contacts import AHEAD
from tests.access.world import PIXEL
from tests.stateful.machine import DAYS, ONE, Life, seldom
from tests.stateful.world import kin

KINDS = st.sampled_from(("visit", "visit", "visit", "call", "video", "center"))
HOURS = st.sampled_from((8, 9, 9, 10, 10, 11, 14, 15, 18))
HOWS = ("drawn", "paper", "paper", "refused", "remote")
MARKS = ("done", "done", "done", "skipped", "open")


class Visits(Life):
    """What a specialist presses in a day, and the head after them."""

    def _values(self, patronage: Patronage, kind: str, hour: int, minutes: int) -> dict[str, Any]:
        adult, children = kin(patronage.family_id)
        members = [adult.id, *(one.id for one in children[: minutes % 3])]
        reason = "карантин" if kind in ("call", "video") else ""
        return {
            "kind": kind,
            "starts_at": time(hour),
            "minutes": minutes,
            "reason": reason,
            "members": members,
        }

    def _going(self, n: int) -> tuple[Patronage, int] | None:
        """A patronage and somebody who works or worked with it."""
        row = self.row(n, Assignment, Assignment.ends_on.is_(None))
        return (db.session.get_one(Patronage, row.patronage_id), row.user_id) if row else None

    @rule(n=ONE, kind=KINDS, hour=HOURS, minutes=st.integers(20, 200), days=DAYS)
    def plan(self, n: int, kind: str, hour: int, minutes: int, days: int) -> None:
        patronage, user_id = self._going(n)
        values = self._values(patronage, kind, hour, minutes) | {"day": self.day(days % 13 - 1)}
        self.do(contacts.plan_contact, patronage.id, user_id, user_id, **values)

    @rule(n=ONE, kind=KINDS, hour=HOURS, minutes=st.integers(20, 200), days=st.integers(-20, 1))
    def record(self, n: int, kind: str, hour: int, minutes: int, days: int) -> None:
        patronage, user_id = self._going(n)
        values = self._values(patronage, kind, hour, minutes) | {"day": self.day(days), "notes": "беседа"}
        self.do(contacts.record_contact, patronage.id, user_id, user_id, **values)

    @seldom(n=ONE)
    def confirm(self, n: int) -> None:
        if row := self.row(n, Contact, Contact.state == "planned"):
            self.do(contacts.confirm_contact, row.id, row.user_id)

    @seldom(n=ONE, hour=HOURS, days=st.integers(-1, 9))
    def move(self, n: int, hour: int, days: int) -> None:
        if row := self.row(n, Contact, Contact.state.in_(AHEAD)):
            self.do(contacts.move_contact, row.id, row.user_id, self.day(days), time(hour), "просили")

    @seldom(n=ONE)
    def cancel(self, n: int) -> None:
        if row := self.row(n, Contact, Contact.state.in_(AHEAD)):
            self.do(contacts.cancel_contact, row.id, row.user_id, "болеют")

    @seldom(n=ONE, outcome=st.sampled_from(("not_at_home", "not_admitted", "refused")))
    def fail(self, n: int, outcome: str) -> None:
        if row := self.row(n, Contact, Contact.state.in_(AHEAD), Contact.day <= self.today):
            self.do(contacts.fail_contact, row.id, row.user_id, outcome, "не открыли")

    @rule(n=ONE, hour=HOURS, minutes=st.integers(20, 120), days=st.integers(-3, 0), why=st.booleans())
    def finish(self, n: int, hour: int, minutes: int, days: int, why: bool) -> None:
        if row := self.row(n, Contact, Contact.state.in_(AHEAD), Contact.day <= self.today):
            adult, _children = kin(db.session.get_one(Patronage, row.patronage_id).family_id)
            values = {
                "day": self.day(days),
                "starts_at": time(hour),
                "minutes": minutes,
                "members": [adult.id],
            }
            values |= {"notes": "были", "why_open": "спешили" if why else ""}
            self.do(contacts.finish_contact, row.id, row.user_id, **values)

    @seldom(n=ONE, code=ONE, mark=st.sampled_from(MARKS), note=st.booleans())
    def mark_step(self, n: int, code: int, mark: str, note: bool) -> None:
        row = self.row(n, Contact, Contact.state.in_((*AHEAD, "done")))
        if row is not None:
            codes = list(
                db.session.scalars(
                    select(RunStep.code).join(Run, Run.id == RunStep.run_id).where(Run.contact_id == row.id)
                )
            )
            code_ = self.one(code, sorted(codes)) if codes else "record_journal"
            self.do(runs.mark_step, row.id, code_, row.user_id, mark, "потому что" if note else "")

    @seldom(n=ONE, branch=st.sampled_from(("ignored", "refusal", "danger")))
    def branch(self, n: int, branch: str) -> None:
        if row := self.row(n, Contact, Contact.state.in_((*AHEAD, "done"))):
            colleague = self.worker(n) if branch == "ignored" else None
            self.do(runs.raise_branch, row.id, branch, row.user_id, "тревожно", colleague)

    @seldom(n=ONE, why=st.booleans())
    def finish_run(self, n: int, why: bool) -> None:
        if row := self.row(n, Run, Run.finished_at.is_(None)):
            self.do(runs.finish_run, row.contact_id, row.started_by_id, "не успели" if why else "")

    @seldom(n=ONE, kind=st.sampled_from(("danger", "refusal", "ignored")), of_contact=st.booleans())
    def tell(self, n: int, kind: str, of_contact: bool) -> None:
        patronage, user_id = self._going(n)
        here = select(Contact.id).where(Contact.patronage_id == patronage.id)
        contact = db.session.scalars(here).first() if of_contact else None
        self.do(alerts.tell_head, patronage.id, user_id, kind=kind, text="важно", contact_id=contact)

    @seldom(n=ONE, who=ONE, days=st.integers(-1, 20), what=ONE)
    def decide(self, n: int, who: int, days: int, what: int) -> None:
        if row := self.row(n, Alert, Alert.state == "open"):
            decision = self.one(what, ("visit", "no_visit", "review", "notice", "other"))
            days = 0 if decision == "notice" else days
            values = {"assignee_id": self.worker(who), "due_on": self.day(days), "answer": "поехать"}
            self.do(alerts.decide, row.id, self.head(who), decision=decision, **values)

    @seldom(n=ONE)
    def carry_out(self, n: int) -> None:
        if row := self.row(n, Alert, Alert.state == "decided"):
            self.do(alerts.finish, row.id, row.assignee_id or row.raised_by_id, "сделано")

    @rule(n=ONE, how=st.sampled_from(HOWS), fresh=st.integers(0, 9))
    def sign(self, n: int, how: str, fresh: int) -> None:
        if row := self.row(n, JournalEntry, JournalEntry.state.in_(("draft", "returned"))):
            adult, _children = kin(db.session.get_one(Patronage, row.patronage_id).family_id)
            picture = (PIXEL, "image/png") if how == "drawn" else None
            values = {"how": how, "signer_id": adult.id, "refusal": "не хочет" if how == "refused" else ""}
            revision = row.revision - (fresh == 0)
            self.do(journal.sign_entry, row.id, row.worker_id, revision, **values, picture=picture)

    @seldom(n=ONE)
    def bring_scan(self, n: int) -> None:
        if row := self.row(
            n, JournalEntry, JournalEntry.recipient == "paper", JournalEntry.file_id.is_(None)
        ):
            self.do(journal.add_scan, row.id, row.worker_id, (PIXEL, "image/png"))

    @rule(n=ONE, minutes=st.integers(10, 100))
    def change(self, n: int, minutes: int) -> None:
        if row := self.row(n, JournalEntry, JournalEntry.state.in_(("draft", "returned"))):
            values = {"minutes": minutes, "summary": f"иначе {minutes}", "recommendations": ""}
            self.do(journal.change_entry, row.id, row.worker_id, row.revision, **values)

    @rule()
    def submit_all(self) -> None:
        """The end of a day: everything that is signed goes to the head."""
        ready = (JournalEntry.recipient != "", JournalEntry.state.in_(("draft", "returned")))
        for entry_id, worker_id in db.session.execute(
            select(JournalEntry.id, JournalEntry.worker_id).where(*ready)
        ).all():
            self.do(journal.submit_entry, entry_id, worker_id)

    @seldom(n=ONE)
    def submit_entry(self, n: int) -> None:
        if row := self.row(n, JournalEntry, JournalEntry.state.in_(("draft", "returned"))):
            self.do(journal.submit_entry, row.id, row.worker_id)

    @rule(who=ONE)
    def check_all(self, who: int) -> None:
        """The head goes through the queue."""
        for row in list(db.session.scalars(select(JournalEntry).where(JournalEntry.state == "submitted"))):
            self.do(checking.check_entry, row.id, self.head(who), row.revision)

    @seldom(n=ONE, who=ONE)
    def check(self, n: int, who: int) -> None:
        if row := self.row(n, JournalEntry, JournalEntry.state == "submitted"):
            self.do(checking.check_entry, row.id, self.head(who), row.revision)

    @seldom(n=ONE, who=ONE)
    def give_back(self, n: int, who: int) -> None:
        if row := self.row(n, JournalEntry, JournalEntry.state == "submitted"):
            self.do(checking.return_entry, row.id, self.head(who), row.revision, "допишите")

    @seldom(n=ONE)
    def correct(self, n: int) -> None:
        if row := self.row(n, JournalEntry, JournalEntry.state == "checked"):
            values = {"minutes": 45, "summary": "точнее", "recommendations": "", "why": "описка"}
            self.do(journal.correct_entry, row.id, row.worker_id, **values)

    @seldom(back=st.integers(0, 2), who=ONE)
    def close_month(self, back: int, who: int) -> None:
        month = self.today.year * 12 + self.today.month - 1 - back
        self.do(checking.close_period, month // 12, month % 12 + 1, self.head(who))
