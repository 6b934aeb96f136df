"""A meeting that the demo center has held, and an emergency start that waits for the next one."""

from datetime import date, time, timedelta
from functools import partial

from portal.consilium import actions, agenda, decisions
from portal.demo import texts
from portal.demo.days import Case, Days, worked_before
from portal.patronage import regimes
from portal.rules.norms import DAY

HELD, STARTED = timedelta(13), timedelta(3)  # ago
VOTERS = ("chair", "member1", "member2", "member3")


def plan(days: Days) -> None:
    """When they happen."""
    days.on(worked_before(days.today - HELD), partial(_held, days))
    days.on(worked_before(days.today - STARTED), partial(_emergency, days))


def _planned(days: Days) -> list[Case]:
    """The families of the planned regime that are led by the pedagogue or others, in their order."""
    return [one for one in days.cases if one.regime == "planned"]


def _held(days: Days, day: date) -> None:
    """One regime is changed, one item put off until papers come, one question carried."""
    people = days.people
    chair, secretary = people["chair"], people["secretary"]
    meeting_id = actions.create_meeting(day, time(14), "каб. 12", "", secretary)
    first, second = _planned(days)[1:3]
    regime = agenda.add_item(
        meeting_id, "regime", first.patronage_id, regime="control", actor_id=secretary, note=texts.CALMER
    )
    waits = agenda.add_item(meeting_id, "regime", second.patronage_id, regime="control", actor_id=secretary)
    question = agenda.add_item(meeting_id, "question", question=texts.QUESTION, actor_id=secretary)
    actions.convene(meeting_id, chair)
    actions.open_meeting(meeting_id, chair)
    for name in (*VOTERS, "secretary"):
        actions.mark_presence(meeting_id, people[name], "present", secretary)
    for item_id in (regime, question):
        decisions.open_voting(item_id, chair)
        for name in VOTERS:
            decisions.cast_vote(item_id, people[name], "against" if name == "member2" else "for")
        decisions.close_item(item_id, chair)
    decisions.defer_item(waits, texts.PUT_OFF, chair, until_on=days.today - DAY, asked=texts.ASKED)
    actions.close_meeting(meeting_id, chair)


def _emergency(days: Days, _day: date) -> None:
    regimes.start_emergency(_planned(days)[3].patronage_id, texts.EMERGENCY, days.head)
