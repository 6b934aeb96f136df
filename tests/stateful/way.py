"""The way of a family: consents, intake, the votes, stages, specialists."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from portal.db import db
from portal.families import actions as families
from portal.families import consents
from portal.families.models import Consent
from portal.intake import actions as intake
from portal.intake import agreements
from portal.intake.models import Agreement, Intake, Survey
from portal.patronage import actions as patronage
from portal.patronage.models import Assignment, ClosingAnalysis, Patronage
from portal.rules.lifecycle import Move
from tests.stateful.machine import DAYS, ONE, Life, seldom
from tests.stateful.world import episode, kin


class Way(Life):
    """What is pressed on a family's card."""

    @rule(n=ONE, who=ONE, days=DAYS, signed=st.booleans())
    def consent(self, n: int, who: int, days: int, signed: bool) -> None:
        family_id = self.family(n)
        adult, children = kin(family_id)
        minors = [one.id for one in children] if signed else []
        day = self.day(min(days, 1))
        self.do(consents.record_consent, family_id, self.worker(who), adult.id, day, minors)

    @rule(n=ONE, who=ONE, days=st.integers(-40, 1))
    def withdraw(self, n: int, who: int, days: int) -> None:
        found = self.row(n, Consent, Consent.withdrawn_on.is_(None))
        if n % 3:
            return
        self.do(consents.withdraw_consent, found.id, self.day(min(0, days)), "передумали", self.worker(who))

    @seldom(n=ONE, who=ONE, kind=st.sampled_from(("application", "signal")), days=st.integers(-9, 1))
    def take_in(self, n: int, who: int, kind: str, days: int) -> None:
        family_id = self.family(n)
        row = db.session.scalars(select(Intake).where(Intake.patronage_id == episode(family_id).id)).first()
        values = {"kind": kind, "body": "police" if kind == "signal" else "", "received_on": self.day(days)}
        values |= {"about": "", "course_ended_on": self.day(-30), "course_reason": ""}
        self.do(intake.save_intake, family_id, self.worker(who), row.version if row else 0, **values)

    @seldom(n=ONE, who=ONE, days=st.integers(-4, 1), late=st.booleans())
    def survey(self, n: int, who: int, days: int, late: bool) -> None:
        family_id, actor_id = self.family(n), self.worker(who)
        row = db.session.scalars(select(Survey).where(Survey.patronage_id == episode(family_id).id)).first()
        values = {"is_head": actor_id in self.people.heads, "done_on": self.day(days), "present": "мать"}
        values |= {"conducted_by_id": actor_id, "late_reason": "болели" if late else "", "housing": "комната"}
        self.do(intake.save_survey, family_id, actor_id, row.version if row else 0, **values)

    @seldom(n=ONE, who=ONE, days=st.integers(-9, 1))
    def sign_agreement(self, n: int, who: int, days: int) -> None:
        family_id = self.family(n)
        values = {"number": "1", "signed_on": self.day(days), "representative_id": kin(family_id)[0].id}
        self.do(agreements.sign_agreement, family_id, self.worker(who), **values)

    @seldom(n=ONE, who=ONE, days=st.integers(-9, 1))
    def end_agreement(self, n: int, who: int, days: int) -> None:
        row = self.row(n, Agreement, Agreement.ended_on.is_(None))
        if row is not None:
            values = {"ended_on": self.day(days), "reason": "переезд"}
            self.do(agreements.end_agreement, row.id, self.worker(who), row.version, **values)

    @seldom(n=ONE, who=ONE)
    def submit(self, n: int, who: int) -> None:
        row = self.row(n, Patronage, Patronage.latest, Patronage.status.in_(("consented", "submitted")))
        self.do(families.submit_family, row.family_id, self.worker(who))

    @seldom(n=st.integers(0, 7), who=ONE)
    def decline(self, n: int, who: int) -> None:
        self.do(families.decline_family, self.families[2], "не хотят", self.worker(who))

    @seldom(n=ONE, who=ONE)
    def begin_anew(self, n: int, who: int) -> None:
        over = Patronage.status.in_(("removed", "declined", "refused"))
        row = self.row(n, Patronage, Patronage.latest, over)
        self.do(families.open_episode, row.family_id, self.worker(who))

    @seldom(
        n=ONE,
        who=ONE,
        regime=st.sampled_from(("emergency", "planned", "control")),
        days=st.none() | st.integers(-1, 200),
        choice=st.sampled_from(("for", "for", "for", "against", "abstain")),
    )
    def vote_to_enroll(self, n: int, who: int, regime: str, days: int | None, choice: str) -> None:
        row = self.row(n, Patronage, Patronage.status == "submitted")
        term = (
            {"term": "long", "ends_on": None}
            if days is None
            else {"term": "short", "ends_on": self.day(days)}
        )
        involved = [self.worker(who + 1)]
        values = {"lead_id": self.worker(who), "regime": regime, "involved": involved} | term
        self.do(self.ground.meet, "enroll", row.id, choice, **values)

    @seldom(n=ONE, choice=st.sampled_from(("for", "for", "against")))
    def vote_to_remove(self, n: int, choice: str) -> None:
        ready = (ClosingAnalysis.patronage_id == Patronage.id) & Patronage.status.in_(
            ("enrolled", "suspended")
        )
        row = self.row(n, Patronage, select(ClosingAnalysis.patronage_id).where(ready).exists())
        self.do(self.ground.meet, "remove", row.id, choice)

    @seldom(n=ONE, move=st.sampled_from(list(Move)), who=ONE)
    def move_stage(self, n: int, move: Move, who: int) -> None:
        row = self.row(n, Patronage, Patronage.status == "enrolled")
        self.do(patronage.move_stage, row.id, move, self.worker(who))

    @seldom(n=ONE, who=ONE)
    def analyze(self, n: int, who: int) -> None:
        row = self.row(n, Patronage, Patronage.stage == "main", Patronage.status == "enrolled")
        self.do(patronage.write_analysis, row.id, f"Итог {n}", self.worker(who))

    @seldom(n=ONE, who=ONE)
    def approve_analysis(self, n: int, who: int) -> None:
        row = self.row(n, ClosingAnalysis, ClosingAnalysis.approved_at.is_(None))
        if row is not None:
            self.do(patronage.approve_analysis, row.patronage_id, row.written_at, self.head(who))

    @seldom(n=ONE, to=ONE, who=ONE, days=st.integers(-5, 1))
    def hand_over(self, n: int, to: int, who: int, days: int) -> None:
        row = self.row(n, Assignment, Assignment.ends_on.is_(None))
        self.do(patronage.hand_over, [row.id], self.worker(to), self.day(days), "нагрузка", self.head(who))

    @seldom(frm=ONE, to=ONE, who=ONE)
    def hand_over_all(self, frm: int, to: int, who: int) -> None:
        mine = (Assignment.user_id == self.worker(frm), Assignment.ends_on.is_(None))
        ids = list(db.session.scalars(select(Assignment.id).where(*mine)))
        if ids:
            self.do(patronage.hand_over, ids, self.worker(to), self.today, "уволилась", self.head(who))

    @seldom(n=ONE, to=ONE, who=ONE)
    def involve(self, n: int, to: int, who: int) -> None:
        row = self.row(n, Patronage, Patronage.status == "enrolled")
        self.do(patronage.involve, row.id, self.worker(to), self.head(who))

    @seldom(n=ONE, who=ONE)
    def release(self, n: int, who: int) -> None:
        query = select(Assignment.id).where(Assignment.kind == "involved", Assignment.ends_on.is_(None))
        ids = list(db.session.scalars(query.order_by(Assignment.id)))
        if ids:
            self.do(patronage.release, self.one(n, ids), self.head(who))
