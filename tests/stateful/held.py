"""Whole meetings, as they are held: called, opened, item after item, closed, written up; each may stop half way."""

from datetime import time
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from portal.consilium import actions as meetings
from portal.consilium import decisions, dissents, minutes_actions, recusals
from portal.consilium.minutes_models import Minutes
from portal.consilium.minutes_queries import must_sign
from portal.consilium.models import Item, Meeting
from portal.db import db
from tests.stateful.room import HERE, SEED, Room

FAR = st.sampled_from((1, 2, 3, 9, 9, 9, 9, 9))  # after how many stages they stop
OFTEN, SELDOM = 0.3, 0.1


class Held(Room):
    """Meetings that go on to their end, with people coming and going, and others pressing in between."""

    @rule(seed=SEED, far=FAR)
    def hold_meeting(self, seed: int, far: int) -> None:
        """One begun earlier, or a new one."""
        chance, they = self.dice(seed), self.people
        meeting_id = self._called(chance)
        if far > 1:
            self.do(meetings.open_meeting, meeting_id, they.chair)
            self._come(meeting_id, chance)
        if far > 2:
            for item_id in self._live(meeting_id):
                self._consider(item_id, chance)
        if far > 3:
            self.do(meetings.close_meeting, meeting_id, they.chair)
            self._write_up(meeting_id, chance)

    def _called(self, chance: Random) -> int:
        """A meeting with something on its agenda, convened."""
        running = Meeting.status.in_(("draft", "convened", "open"))
        row = db.session.scalars(select(Meeting).where(running).order_by(Meeting.id)).first()
        if row and row.status == "open":
            return row.id
        if chance.random() < OFTEN:
            self.emergency(chance)
        meeting_id = row.id if row and chance.random() < 0.5 else None
        meeting_id = meeting_id or self.do(
            meetings.create_meeting, self.today, time(10), "каб. 1", "", self.people.secretary
        )
        for _ in range(chance.randrange(1, 5)):
            self.put_on(meeting_id, chance)
        if chance.random() < SELDOM:
            self.lay_paper(chance)
            self.take_paper_back(chance)
        self._meanwhile(chance, OFTEN)
        self.do(meetings.convene, meeting_id, self.people.chair)
        return meeting_id

    def _come(self, meeting_id: int, chance: Random) -> None:
        """Most, or now and then nobody: then it is ended for want of a quorum."""
        they, nobody = self.people, chance.random() < SELDOM
        for user_id in self.at_table(meeting_id):
            presence = chance.choice(HERE) if chance.random() < 0.6 else "present"
            presence = "absent" if nobody else presence
            self.do(meetings.mark_presence, meeting_id, user_id, presence, they.secretary)
        if nobody:
            self.do(meetings.end_without_quorum, meeting_id, they.chair)

    def _live(self, meeting_id: int) -> list[int]:
        db.session.rollback()
        live = select(Item.id).where(Item.meeting_id == meeting_id, Item.status.in_(("waiting", "voting")))
        return list(db.session.scalars(live.order_by(Item.status, Item.position)))

    def _meanwhile(self, chance: Random, how_often: float) -> None:
        if chance.random() < how_often:
            self.click(chance)

    def _consider(self, item_id: int, chance: Random) -> None:
        """Recusals, the vote, people who leave or come back during it, the closing, a dissent."""
        chair = self.people.chair
        item = db.session.get_one(Item, item_id)
        table = self.at_table(item.meeting_id)
        if chance.random() < OFTEN:
            user_id = chance.choice(table)
            self.do(recusals.recuse, item_id, user_id, "родня", user_id)
            if chance.random() < OFTEN:
                self.do(recusals.take_back, item_id, user_id, user_id, False)
        self._meanwhile(chance, SELDOM)
        self.do(decisions.open_voting, item_id, chair)
        for user_id in chance.sample(table, len(table)):
            self.cast(item_id, user_id, chance)
            self._meanwhile(chance, SELDOM)
        if chance.random() < SELDOM:
            self.do(decisions.defer_item, item_id, "не готово", chair, asked="справка")
        elif chance.random() > SELDOM:  # else it stays open
            self.do(decisions.close_item, item_id, chair)
        if chance.random() < OFTEN:
            self.do(dissents.state_dissent, item_id, chance.choice(table), "не согласна")

    def _write_up(self, meeting_id: int, chance: Random) -> None:
        """The minutes, and the signatures of most."""
        self._meanwhile(chance, OFTEN)
        self.do(minutes_actions.offer, meeting_id, self.people.secretary)
        if chance.random() < SELDOM:
            self.do(minutes_actions.take_back, meeting_id, self.people.secretary)
            self.write_minutes(chance)
            self.do(minutes_actions.offer, meeting_id, self.people.secretary)
        self._meanwhile(chance, SELDOM)
        db.session.rollback()
        row, (signers, _there) = db.session.get(Minutes, meeting_id), must_sign(db.session(), meeting_id)
        seen = row.digest if row else ""
        for user_id in sorted(signers):
            if chance.random() < 0.9:
                self.do(minutes_actions.sign, meeting_id, user_id, seen)
        for _ in range(2):
            self.tell_family(chance)
            self.give_extract(chance)
