"""What `flask check` asks of what is noted after decisions, and the day before which no extract can be given."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

from portal import clock
from portal.check import broken_rules
from portal.consilium import actions, follow_ups
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Meeting
from portal.db import db, technical
from tests.consilium.after import decide, enroll
from tests.consilium.rows import make_meeting, make_people, make_submitted, open_with, propose
from tests.refusals import refuses

DAY = timedelta(1)


def faults() -> list[str]:
    db.session.rollback()
    return [one["what"] for one in broken_rules()]


def write(decision_id: int, **values: Any) -> None:
    """Past the portal."""
    with technical() as s:
        s.execute(update(FollowUp).where(FollowUp.decision_id == decision_id).values(**values))


def test_a_decision_without_its_note_is_found(app: Flask) -> None:
    people = make_people()
    _first, second = (one.id for one in enroll(people, "Соколова", "Орлова"))
    assert faults() == []
    with technical() as s:
        s.execute(delete(FollowUp).where(FollowUp.decision_id == second))
    assert faults() == [f"decision {second} goes without a note of what is done after it"]


@pytest.mark.parametrize(
    ("told", "given", "said"),
    [
        (-1, None, "the family was told of decision {} before it was taken"),
        (None, 0, "the extract of decision {} was given before the family was told"),
        (2, 1, "the extract of decision {} was given before the family was told"),
        (0, 0, ""),
    ],
)
def test_days_that_cannot_be_are_found(app: Flask, told: int | None, given: int | None, said: str) -> None:
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    number, day, who = decision.id, decision.decided_on, people.head.id
    values = {
        "told_on": None if told is None else day + told * DAY,
        "told_by_id": None if told is None else who,
        "extract_on": None if given is None else day + given * DAY,
        "extract_by_id": None if given is None else who,
    }
    write(number, **values)
    assert faults() == ([said.format(number)] if said else [])


def test_no_extract_is_of_a_day_before_the_meeting_ended(app: Flask) -> None:
    """A meeting that goes on for two days: its decision of the first has its extract on the second."""
    people, today = make_people(), clock.today()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    (decision,) = decide(people, item_id)
    number = decision.id
    follow_ups.tell_family(number, today, None, people.secretary.id)
    with clock.pretend(clock.now() + DAY):
        actions.close_meeting(meeting_id, people.chair.id)
        with refuses("extract_date"):
            follow_ups.give_extract(number, today, None, people.secretary.id)
        follow_ups.give_extract(number, today + DAY, None, people.secretary.id)
        assert faults() == []
        write(number, extract_on=today)
        assert faults() == [f"the extract of decision {number} was given before its meeting was over"]
        assert db.session.get_one(Meeting, meeting_id).status == "closed"
