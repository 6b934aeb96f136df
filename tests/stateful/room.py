"""What is pressed around a meeting of the consilium, a click at a time and on rows of any state."""

from datetime import time, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from portal.consilium import actions as meetings
from portal.consilium import (
    agenda,
    decisions,
    dissents,
    follow_ups,
    minutes_actions,
    papers,
    preparing,
    reading,
    recusals,
    series,
)
from portal.consilium.minutes_models import FollowUp, Minutes
from portal.consilium.models import Decision, Item, ItemPaper, Meeting, MeetingSeat, Recusal
from portal.consilium.presence import PRESENCES
from portal.db import db
from portal.patronage import regimes
from portal.patronage.models import Patronage
from portal.rules.items import KINDS, Kind
from portal.settings import actions as settings
from tests.access.world import PIXEL
from tests.stateful.machine import Life, seldom
from tests.stateful.world import episode

SEED = st.integers(0, 2**32)
CHOICES = ("for", "for", "for", "against", "abstain")
STEPS = ("convene", "open_meeting", "open_meeting", "close_meeting", "cancel_meeting", "end_without_quorum")
HERE = ("present", "present", "present", "video", "absent", "excused")
EARLY, OVER = Meeting.status.in_(("draft", "convened")), Meeting.status.in_(("closed", "no_quorum"))
DECIDED = Item.status.in_(("carried", "rejected"))


class Room(Life):
    """The clicks of chair, secretary and members. What is chosen hangs on `chance` alone."""

    def dice(self, seed: int) -> Random:
        """Small seeds come often, and would choose the same way."""
        return Random(f"{seed} {self.steps}")

    def some(self, chance: Random, model: Any, *likely: Any) -> Any:
        """A row of the table, most often one of the likely."""
        return self.row(chance.randrange(800), model, *likely)

    def at_table(self, meeting_id: int) -> list[int]:
        """Who has a vote in the meeting."""
        db.session.rollback()
        query = select(MeetingSeat.user_id).where(MeetingSeat.meeting_id == meeting_id, MeetingSeat.votes)
        return list(db.session.scalars(query.order_by(MeetingSeat.user_id)))

    def voter(self, chance: Random, item: Item) -> int:
        """Mostly one of those at the table."""
        return chance.choice([*self.at_table(item.meeting_id) * 3, self.people.secretary, self.people.spare])

    @seldom(seed=SEED)
    def at_the_consilium(self, seed: int) -> None:
        """Some clicks in a row, of anybody."""
        chance = self.dice(seed)
        for _ in range(5):
            self.click(chance)

    def click(self, chance: Random) -> None:
        """One of them."""
        getattr(self, chance.choice(CLICKS))(chance)

    # The agenda

    def proposal(self, kind: Kind, chance: Random) -> dict[str, Any]:
        """What an item of the kind may propose; now and then what it may not."""
        ends_on = self.day(chance.randrange(-5, 200))
        term = chance.choice(({"term": "long", "ends_on": None}, {"term": "short", "ends_on": ends_on}))
        values: dict[str, Any] = {
            "regime": chance.choice(("emergency", "planned", "control")),
            "term": term["term"],
            "ends_on": ends_on if kind == Kind.EXTEND else term["ends_on"],
            "lead_id": chance.choice(self.people.workers),
            "course_reason": "",
            "reason": "moved",
            "place": "Центр «Дом»",
            "question": f"Порядок {chance.randrange(9)}",
        }
        wanted = {name: values[name] for name in KINDS[kind].proposes} | {"note": ""}
        wanted["speaker_id"] = chance.choice((None, chance.choice(self.people.workers)))
        return wanted | ({"involved": [chance.choice(self.people.workers)]} if kind == Kind.ENROLL else {})

    def put_on(self, meeting_id: int, chance: Random) -> None:
        """A family, or a free question, on the agenda."""
        row = episode(chance.choice(self.families))
        fitting = [kind for kind, asked in KINDS.items() if row.status in asked.statuses]
        kind = chance.choice([*fitting * 9, *KINDS])
        patronage_id = None if kind == Kind.QUESTION else row.id
        values = self.proposal(kind, chance) | {"actor_id": self.people.secretary}
        self.do(agenda.add_item, meeting_id, kind, patronage_id, **values)

    def propose(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, EARLY):
            self.put_on(row.id, chance)

    def change_item(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "waiting"):
            self.do(
                agenda.change_item, row.id, self.people.secretary, **self.proposal(Kind(row.kind), chance)
            )

    def move_item(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "waiting"):
            self.do(agenda.move_item, row.id, chance.random() < 0.5, self.people.secretary)

    def set_order(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, EARLY):
            waiting = preparing.waiting_of(db.session(), row.id)
            places = dict(zip(chance.sample(waiting, len(waiting)), range(1, 99), strict=False))
            self.do(preparing.set_order, row.id, places, self.people.secretary)

    def take_off(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "waiting"):
            self.do(agenda.take_off, row.id, self.people.secretary)

    def lay_paper(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status.in_(("waiting", "voting"))):
            self.do(papers.lay_paper, row.id, "Справка", (PIXEL, "image/png"), self.people.secretary)

    def take_paper_back(self, chance: Random) -> None:
        if row := self.some(chance, ItemPaper):
            self.do(papers.take_back, row.id, self.people.secretary)

    def read(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "waiting"):
            item_id, user_id = row.id, self.voter(chance, row)
            found = reading.of_item(user_id, item_id)
            self.do(reading.mark_read, item_id, user_id, found.proposal if found else "")

    # Meetings and who is in them

    def plan_meeting(self, chance: Random) -> None:
        day, kind = self.day(chance.randrange(3)), chance.choice(("regular", "extraordinary"))
        self.do(meetings.create_meeting, day, time(10), "каб. 1", "", self.people.secretary, kind)

    def plan_series(self, chance: Random) -> None:
        days = [self.day(chance.randrange(-1, 40)) for _ in range(2)]
        self.do(series.plan_series, days, [], time(11), "каб. 1", "", self.people.secretary)

    def move_meeting(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, EARLY):
            day = self.day(chance.randrange(-1, 5))
            self.do(meetings.change_meeting, row.id, day, time(12), "каб. 2", "", self.people.secretary)

    def conduct(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, Meeting.status.in_(("draft", "convened", "open"))):
            self.do(getattr(meetings, chance.choice(STEPS)), row.id, self.people.chair)

    def mark(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, Meeting.status.in_(("convened", "open"))):
            meeting_id, user_id = row.id, chance.choice([*self.at_table(row.id), self.people.spare])
            presence = chance.choice(PRESENCES)
            self.do(meetings.mark_presence, meeting_id, user_id, presence, self.people.secretary)

    def come_in(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, Meeting.status == "open"):
            self.do(meetings.come_in, row.id, chance.choice(self.people.members))

    def change_roll(self, chance: Random) -> None:
        they = self.people
        if chance.random() < 0.5:
            self.do(meetings.seat_member, they.spare, "member", chance.random() < 0.9, they.admin)
        else:
            self.do(meetings.unseat, they.spare, they.admin)

    def change_rules(self, chance: Random) -> None:
        values: dict[str, Any] = {"quorum_share": chance.choice(("two_thirds", "half"))}
        values |= {"majority": chance.choice(("present", "present", "roll"))}
        self.do(settings.change_settings, self.people.admin, **values, vote_reasons=chance.random() < 0.2)

    def emergency(self, chance: Random) -> None:
        if row := self.some(chance, Patronage, Patronage.status == "enrolled"):
            self.do(regimes.start_emergency, row.id, "беда", chance.choice(self.people.heads))

    # The vote

    def recuse(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status.in_(("waiting", "voting"))):
            item_id, user_id = row.id, self.voter(chance, row)
            self.do(recusals.recuse, item_id, user_id, "родня", chance.choice((user_id, self.people.chair)))

    def take_recusal_back(self, chance: Random) -> None:
        if row := self.some(chance, Recusal):
            self.do(recusals.take_back, row.item_id, row.user_id, row.user_id, chance.random() < 0.5)

    def open_voting(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "waiting"):
            self.do(decisions.open_voting, row.id, self.people.chair)

    def vote(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "voting"):
            self.cast(row.id, self.voter(chance, row), chance)

    def cast(self, item_id: int, user_id: int, chance: Random) -> None:
        """By the member, or by the secretary for who has no device."""
        choice, reason = chance.choice(CHOICES), chance.choice(("", "так лучше"))
        if chance.random() < 0.7:
            self.do(decisions.cast_vote, item_id, user_id, choice, reason)
        else:
            self.do(decisions.enter_vote, item_id, user_id, choice, reason, self.people.secretary)

    def close_item(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status == "voting"):
            self.do(decisions.close_item, row.id, self.people.chair)

    def defer(self, chance: Random) -> None:
        if row := self.some(chance, Item, Item.status.in_(("waiting", "voting"))):
            until_on = chance.choice((None, self.day(chance.randrange(-1, 20))))
            values: dict[str, Any] = {"until_on": until_on, "asked": chance.choice(("", "справка"))}
            self.do(decisions.defer_item, row.id, "в другой раз", self.people.chair, **values)

    def dissent(self, chance: Random) -> None:
        if row := self.some(chance, Item, DECIDED):
            self.do(dissents.state_dissent, row.id, self.voter(chance, row), "не согласна")

    # What is left of it

    def write_minutes(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, Meeting.status.in_(("open", "closed", "no_quorum"))):
            meeting_id = row.id
            there = db.session.get(Minutes, meeting_id)
            ids = list(db.session.scalars(select(Item.id).where(Item.meeting_id == meeting_id)))
            said = {one: f"сказано {chance.randrange(9)}" for one in ids}
            seen = (there.version if there else 0) - (chance.random() < 0.1)
            self.do(minutes_actions.write, meeting_id, self.people.secretary, seen, "было", said)

    def offer(self, chance: Random) -> None:
        if row := self.some(chance, Meeting, OVER):
            self.do(minutes_actions.offer, row.id, self.people.secretary)

    def take_minutes_back(self, chance: Random) -> None:
        if row := self.some(chance, Minutes, Minutes.digest != ""):
            self.do(minutes_actions.take_back, row.meeting_id, self.people.secretary)

    def sign(self, chance: Random) -> None:
        if row := self.some(chance, Minutes, Minutes.digest != ""):
            meeting_id, seen = row.meeting_id, row.digest
            they = [*self.at_table(meeting_id), self.people.secretary]
            if chance.random() < 0.7:
                self.do(minutes_actions.sign, meeting_id, chance.choice(they), seen)
            else:
                values = (chance.sample(they, 2), seen, (PIXEL, "image/png"), self.people.secretary)
                self.do(minutes_actions.sign_on_paper, meeting_id, *values)

    def tell_family(self, chance: Random) -> None:
        if row := self.some(chance, FollowUp, FollowUp.extract_on.is_(None)):
            decided_on = db.session.get_one(Decision, row.decision_id).decided_on
            day = decided_on + timedelta(chance.randrange(-1, 3))
            self.do(follow_ups.tell_family, row.decision_id, day, row.told_on, self.people.secretary)

    def give_extract(self, chance: Random) -> None:
        if row := self.some(chance, FollowUp, FollowUp.told_on.is_not(None)):
            day = self.day(chance.randrange(-2, 1))
            self.do(follow_ups.give_extract, row.decision_id, day, row.extract_on, self.people.secretary)


CLICKS = (
    *("propose", "propose", "change_item", "move_item", "set_order", "take_off", "lay_paper", "read"),
    *("take_paper_back", "plan_meeting", "plan_series", "move_meeting", "conduct", "mark", "mark", "come_in"),
    *("change_roll", "change_rules", "emergency", "recuse", "take_recusal_back", "open_voting", "vote"),
    *("vote", "close_item", "defer", "dissent", "write_minutes", "offer", "take_minutes_back", "sign"),
    *("sign", "tell_family", "give_extract"),
)
