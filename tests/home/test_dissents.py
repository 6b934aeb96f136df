"""A dissenting opinion that comes after the meeting is told to chair and secretary: nobody sits there any more."""

from datetime import datetime, timedelta

import time_machine
from flask import Flask

from portal import clock
from portal.consilium import actions, decisions, dissents
from portal.consilium import minutes_actions as minutes
from tests.client import Client
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.consilium.test_minutes import row_of


def told(app: Flask, user: object) -> list[str]:
    """The lines of My work that tell of opinions."""
    page = Client(app, user)
    page.get("/")
    return [" ".join(one.text_content().split()) for one in page.page.xpath("//*[@id='dissents']//li")]


def test_an_opinion_after_the_meeting_is_told_to_chair_and_secretary(app: Flask) -> None:
    people = make_people()
    chair, secretary, (first, second, third, *_rest) = people.chair, people.secretary, people.members
    with time_machine.travel(datetime(2026, 11, 20, 14, tzinfo=clock.zone()), tick=False) as machine:
        meeting_id, item_id, _patronage = make_vote(people)
        vote_all(people, item_id, "for", "against", "against", "for")
        decisions.close_item(item_id, chair.id)
        dissents.state_dissent(item_id, first.id, "Сразу.")
        machine.shift(timedelta(minutes=1))
        actions.close_meeting(meeting_id, chair.id)
        assert told(app, secretary) == [], "of what was said in the meeting both know"
        machine.shift(timedelta(hours=1))
        dissents.state_dissent(item_id, second.id, "После заседания.")
        for user in (chair, secretary):
            (line,) = told(app, user)
            assert second.short_name in line and "решение № 1/2026" in line and "стоит в протоколе" in line
        assert told(app, first) == [] == told(app, people.head) == told(app, people.lead)
        machine.shift(timedelta(hours=1))
        minutes.offer(meeting_id, secretary.id)
        machine.shift(timedelta(hours=1))
        dissents.state_dissent(item_id, third.id, "После предложения.")
        (late, _earlier) = told(app, secretary)
        assert third.short_name in late and "протокол нужно передать на подпись заново" in late
        machine.shift(timedelta(hours=1))
        minutes.offer(meeting_id, secretary.id)
        assert all("стоит в протоколе" in line for line in told(app, chair))
        minutes.sign(meeting_id, chair.id, row_of(meeting_id).digest)
        machine.shift(timedelta(hours=1))
        dissents.state_dissent(item_id, chair.id, "После подписи.")
        assert len(told(app, chair)) == 2, "nobody is told of one's own"
        assert "приложено к подписанному протоколу" in told(app, secretary)[0]
        machine.shift(timedelta(days=15))
        assert told(app, secretary) == []


def test_the_line_leads_to_the_decision_with_the_opinion(app: Flask) -> None:
    people = make_people()
    with time_machine.travel(datetime(2026, 11, 20, 14, tzinfo=clock.zone()), tick=False) as machine:
        meeting_id, item_id, _patronage = make_vote(people)
        vote_all(people, item_id, "for")
        decisions.close_item(item_id, people.chair.id)
        actions.close_meeting(meeting_id, people.chair.id)
        machine.shift(timedelta(minutes=1))
        dissents.state_dissent(item_id, people.members[0].id, "Рано ставить.")
        chair = Client(app, people.chair)
        chair.get("/")
        (link,) = chair.page.xpath("//*[@id='dissents']//li//a/@href")
        chair.get(link)
        assert "Рано ставить." in chair.text
