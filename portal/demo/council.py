"""A meeting that the demo center has held, its minutes, and an emergency start that waits for the next one."""

from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from portal import clock
from portal.consilium import actions, agenda, decisions, minutes_actions
from portal.consilium.minutes_models import Minutes
from portal.db import db
from portal.demo import texts
from portal.demo.days import Case, Days, moment, worked_before
from portal.patronage import actions as patronage
from portal.patronage import regimes
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.rules.norms import DAY

HELD, OFFERED, STARTED = timedelta(13), timedelta(9), timedelta(3)  # ago
VOTERS = ("chair", "member1", "member2", "member3")


def plan(days: Days) -> None:
    """When they happen."""
    days.on(worked_before(days.today - HELD), partial(_held, days))
    days.on(worked_before(days.today - STARTED), partial(_emergency, days))


def _planned(days: Days) -> list[Case]:
    """The families of the planned regime that are led by the pedagogue or others, in their order."""
    return [one for one in days.cases if one.regime == "planned"]


def _held(days: Days, day: date) -> None:
    """A family is enrolled, another removed, one regime changed, one item put off until papers come, a question."""
    chair, secretary = days.people["chair"], days.people["secretary"]
    goes = _analyzed(days)
    with clock.pretend(moment(day, time(9))):
        meeting_id, items = _convened(days, day, goes)
    waits = items[3]
    with clock.pretend(moment(day, time(14))):
        actions.open_meeting(meeting_id, chair)
        for name in (*VOTERS, "secretary"):
            actions.mark_presence(meeting_id, days.people[name], "present", secretary)
        for number, item_id in enumerate(items):
            if item_id != waits:
                _voted(days, item_id, number >= 2)
        decisions.defer_item(waits, texts.PUT_OFF, chair, until_on=days.today - DAY, asked=texts.ASKED)
    with clock.pretend(moment(day, time(15, 20))):
        actions.close_meeting(meeting_id, chair)
    days.cases.remove(goes)
    heard = dict(zip(items, texts.HEARD, strict=False))  # of the question nothing is told
    minutes_actions.write(meeting_id, secretary, 0, texts.BESIDES, heard)
    days.on(worked_before(days.today - OFFERED), partial(_signed, days, meeting_id))


def _convened(days: Days, day: date, goes: Case) -> tuple[int, list[int]]:
    """The meeting and its items."""
    people, secretary = days.people, days.people["secretary"]
    meeting_id = actions.create_meeting(day, time(14), "каб. 12", "", secretary)
    first, second = _planned(days)[1:3]
    items = [
        agenda.add_enroll_item(
            meeting_id, _newcomer().id, regime="planned", term="long", ends_on=None, lead_id=people["pedagogue"],
            involved=[people["psychologist"]], actor_id=secretary,
        ),
        agenda.add_remove_item(meeting_id, goes.patronage_id, reason="aims_reached", actor_id=secretary),
        agenda.add_item(
            meeting_id, "regime", first.patronage_id, regime="control", actor_id=secretary, note=texts.CALMER
        ),
        agenda.add_item(meeting_id, "regime", second.patronage_id, regime="control", actor_id=secretary),
        agenda.add_item(meeting_id, "question", question=texts.QUESTION, actor_id=secretary),
    ]  # fmt: skip
    actions.convene(meeting_id, people["chair"])
    return meeting_id, items


def _voted(days: Days, item_id: int, with_one_against: bool) -> None:
    decisions.open_voting(item_id, days.people["chair"])
    for name in VOTERS:
        against = with_one_against and name == "member2"
        decisions.cast_vote(item_id, days.people[name], "against" if against else "for")
    decisions.close_item(item_id, days.people["chair"])


def _newcomer() -> Patronage:
    """The first family that waits for the consilium."""
    query = select(Patronage).where(Patronage.status == "submitted", Patronage.latest)
    return db.session.scalars(query.order_by(Patronage.id).limit(1)).one()


def _analyzed(days: Days) -> Case:
    """The family that came last under the control regime; its work is over, and the head has read how it went."""
    case = [one for one in days.cases if one.regime == "control"][-1]
    patronage.write_analysis(case.patronage_id, texts.ANALYSIS, case.lead_id)
    written = db.session.get_one(ClosingAnalysis, case.patronage_id, populate_existing=True)
    patronage.approve_analysis(case.patronage_id, written.written_at, days.head)
    return case


def _signed(days: Days, meeting_id: int, _day: date) -> None:
    """The minutes are offered, and two have signed them."""
    minutes_actions.offer(meeting_id, days.people["secretary"])
    seen = db.session.get_one(Minutes, meeting_id, populate_existing=True).digest
    for name in ("chair", "secretary"):
        minutes_actions.sign(meeting_id, days.people[name], seen)


def _emergency(days: Days, _day: date) -> None:
    regimes.start_emergency(_planned(days)[3].patronage_id, texts.EMERGENCY, days.head)
