"""Dissenting opinions on decisions."""

from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.consilium import actions, decisions, dissents
from portal.db import technical
from portal.rules import RuleBroken
from portal.rules.dissent import check_dissent, last_day
from portal.rules.workdays import BY_2026, RU_2026
from tests.client import Client
from tests.consilium.rows import make_people, make_vote
from tests.refusals import refuses


@pytest.mark.parametrize(
    ("ended", "calendar", "last"),
    [
        (date(2026, 11, 19), RU_2026, date(2026, 11, 20)),  # Thursday, Friday
        (date(2026, 11, 20), RU_2026, date(2026, 11, 23)),  # Friday, over the weekend
        (date(2026, 11, 3), RU_2026, date(2026, 11, 5)),  # 4 November is off
        (date(2026, 4, 24), BY_2026, date(2026, 4, 25)),  # a Saturday that is worked
    ],
)
def test_the_last_day_is_the_next_working_day(ended, calendar, last):
    assert last_day(ended, calendar) == last


def test_who_may_dissent_and_until_when():
    day = date(2026, 11, 20)
    check_dissent("carried", True, False, day, None)
    check_dissent("rejected", True, False, day, day)
    for facts, code in [
        (("voting", True, False, day, None), "not_decided"),
        (("deferred", True, False, day, None), "not_decided"),
        (("carried", False, False, day, None), "took_no_part"),
        (("carried", True, True, day, None), "already_stated"),
        (("carried", True, False, date(2026, 11, 21), day), "too_late"),
    ]:
        with pytest.raises(RuleBroken) as broken:
            check_dissent(*facts)
        assert broken.value.code == code


def test_a_member_states_an_opinion_once(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member, away = people.members[0], people.members[2]
    actions.mark_presence(meeting_id, away.id, "absent", people.secretary.id)
    with refuses("not_decided"):
        dissents.state_dissent(item_id, member.id, "нет")
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.cast_vote(item_id, people.members[1].id, "for")
    decisions.close_item(item_id, people.chair.id)
    url, card = f"/consilium/items/{item_id}/dissent", f"/consilium/items/{item_id}"
    browser = Client(app, member)
    browser.get(card)
    assert url in browser.last.text
    browser.post(url, 422, body="  ")
    browser.post(url, body="Считаю, что срок мал.")
    browser.get(card)
    assert "Считаю, что срок мал." in browser.text
    assert url not in browser.last.text
    with refuses("already_stated"):
        dissents.state_dissent(item_id, member.id, "ещё")
    with refuses("took_no_part"):
        dissents.state_dissent(item_id, away.id, "и я")
    with refuses("took_no_part"):
        dissents.state_dissent(item_id, people.secretary.id, "и я")
    actions.close_meeting(meeting_id, people.chair.id)
    browser.get(f"/consilium/meetings/{meeting_id}/minutes")
    assert "Считаю, что срок мал." in browser.text
    for statement in ("UPDATE dissents SET body = ''", "DELETE FROM dissents"):
        with (
            pytest.raises(Exception, match=r"tr_dissents_frozen|rows of this table stay"),
            technical() as session,
        ):
            session.execute(text(statement))


def test_an_opinion_comes_until_the_next_working_day(app: Flask) -> None:
    zone = clock.zone()
    with time_machine.travel(datetime(2026, 11, 20, 14, tzinfo=zone), tick=False) as machine:  # a Friday
        people = make_people()
        meeting_id, item_id, _patronage = make_vote(people)
        decisions.cast_vote(item_id, people.chair.id, "for")
        decisions.close_item(item_id, people.chair.id)
        actions.close_meeting(meeting_id, people.chair.id)
        machine.move_to(datetime(2026, 11, 23, 23, tzinfo=zone))
        dissents.state_dissent(item_id, people.members[0].id, "Против.")
        machine.move_to(datetime(2026, 11, 24, 1, tzinfo=zone))
        with refuses("too_late"):
            dissents.state_dissent(item_id, people.members[1].id, "Против.")
