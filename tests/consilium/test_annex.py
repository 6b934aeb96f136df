"""A dissenting opinion in its time is never lost: it stands in the minutes, or beside what was signed already."""

from datetime import date, datetime

import time_machine
from flask import Flask

from portal import clock
from portal.check import broken_rules
from portal.consilium import actions, decisions, dissents
from portal.consilium import minutes_actions as minutes
from portal.consilium.digest import digest
from portal.settings.actions import set_day
from tests.client import Client
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.consilium.test_minutes import row_of, signers, status_of
from tests.refusals import refuses

EARLY, LATE, LAST = "Сразу: рано.", "После предложения: рано.", "После подписей: рано."
FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (20, 23, 24, 25))
ANNEX = "Поступило после передачи протокола на подпись"


def test_opinions_before_between_and_after_the_signatures(app: Flask) -> None:
    people = make_people()
    zone = clock.zone()
    set_day(MONDAY, "off", "санитарный день", people.head.id)
    with time_machine.travel(datetime(2026, 11, 20, 14, tzinfo=zone), tick=False) as machine:
        meeting_id, item_id, _patronage = make_vote(people)
        vote_all(people, item_id, "for", "against", "against", "for")
        decisions.close_item(item_id, people.chair.id)
        dissents.state_dissent(item_id, people.members[0].id, EARLY)
        actions.close_meeting(meeting_id, people.chair.id)
        machine.move_to(datetime(2026, 11, 20, 15, tzinfo=zone))
        minutes.offer(meeting_id, people.secretary.id)
        first = row_of(meeting_id).digest
        machine.move_to(datetime(2026, 11, 20, 16, tzinfo=zone))
        dissents.state_dissent(item_id, people.members[1].id, LATE)
        with refuses("outdated"):
            minutes.sign(meeting_id, people.chair.id, first)
        machine.move_to(datetime(2026, 11, 20, 17, tzinfo=zone))
        minutes.offer(meeting_id, people.secretary.id)
        seen = row_of(meeting_id).digest
        for user in signers(people):
            minutes.sign(meeting_id, user.id, seen)
        assert status_of(meeting_id) == "signed"
        machine.move_to(datetime(2026, 11, 24, 23, tzinfo=zone))  # the weekend and the day off do not count
        dissents.state_dissent(item_id, people.members[2].id, LAST)
        assert digest(meeting_id) == seen and broken_rules() == []
        _read(app, people.head, meeting_id, seen)
        machine.move_to(datetime(2026, 11, 25, 1, tzinfo=zone))
        with refuses("too_late"):
            dissents.state_dissent(item_id, people.chair.id, "Поздно.")


def _read(app: Flask, user: object, meeting_id: int, code: str) -> None:
    client = Client(app, user)
    client.get(f"/consilium/meetings/{meeting_id}/minutes")
    for text in (EARLY, LATE, LAST):
        assert client.text.count(text) == 1, text
    (annex,) = client.page.xpath(f"//section[@aria-label='{ANNEX}']")
    assert LAST in annex.text_content() and EARLY not in annex.text_content()
    assert LATE not in annex.text_content(), "offered anew, it is in what was signed"
    client.get(f"/consilium/meetings/{meeting_id}/verify/{code}")
    assert "Бумага и база данных совпадают" in client.text
