"""How the members took part over the year: presence, votes of those possible, recusals."""

from flask import Flask

from portal import clock
from portal.consilium import actions, attendance, decisions, recusals
from portal.consilium.models import Item
from portal.db import db, technical
from tests.client import Client
from tests.consilium.after import enroll
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
)
from tests.counting import counted
from tests.factories import make_patronage


def by_name() -> dict[str, attendance.Member]:
    db.session.rollback()
    return {one.name.split()[0]: one for one in attendance.year_of(clock.today().year)}


def test_presence_is_counted(app: Flask) -> None:
    """One was there both times, one by video, one excused, one did not come; a meeting to come counts nobody."""
    people = make_people()
    enroll(people, "Соколова")
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted("Орлова"))
    open_with(people, meeting_id, people.voters[:3])
    actions.mark_presence(meeting_id, people.members[0].id, "video", people.secretary.id)
    actions.mark_presence(meeting_id, people.members[2].id, "excused", people.secretary.id)
    decisions.open_voting(item_id, people.chair.id)
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.cast_vote(item_id, people.members[0].id, "for")
    decisions.close_item(item_id, people.chair.id)
    assert by_name()["Председателева"].meetings == 1
    actions.close_meeting(meeting_id, people.chair.id)
    make_meeting(people, 3)
    found = by_name()
    assert list(found)[:2] == ["Председателева", "Секретарёва"]
    chair, video, silent, excused = (
        found[name] for name in ("Председателева", "Членова0", "Членова1", "Членова2")
    )
    assert (chair.meetings, chair.present, chair.absent, chair.share) == (2, 2, 0, 100)
    assert (video.present, video.video, video.share) == (1, 1, 100)
    assert (excused.present, excused.excused, excused.share) == (1, 1, 50)
    assert (found["Секретарёва"].absent, found["Секретарёва"].share) == (2, 0)
    assert (chair.cast, chair.possible) == (2, 2)
    assert (silent.cast, silent.possible) == (1, 2)
    assert (excused.cast, excused.possible) == (1, 1)
    assert found["Секретарёва"].possible == 0


def test_what_was_counted_at_closing_counts(app: Flask) -> None:
    """A member recused could not vote; one who left before the end was at the meeting, and could not vote either."""
    people = make_people(5)
    meeting_id, item_id, _patronage = make_vote(people)
    recused, gone = people.members[:2]
    recusals.recuse(item_id, recused.id, "работает с семьёй", recused.id)
    actions.mark_presence(meeting_id, gone.id, "absent", people.secretary.id)
    for user in (people.chair, *people.members[3:]):
        decisions.cast_vote(item_id, user.id, "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    found = by_name()
    told = {name: (one.present, one.recused, one.possible, one.cast) for name, one in found.items()}
    assert told["Членова0"] == (1, 1, 0, 0)
    assert told["Членова1"] == (1, 0, 0, 0)
    assert told["Членова2"] == (1, 0, 1, 0)
    assert told["Председателева"] == (1, 0, 1, 1)


def test_of_older_decisions_whoever_was_there_could_have_voted(app: Flask) -> None:
    """Before it was kept what was counted, there are seats and votes only."""
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    meeting_id = db.session.get_one(Item, decision.item_id).meeting_id
    patronage_id = make_patronage(status="removed").id
    db.session.rollback()
    with technical() as s:
        s.add(
            Item(
                meeting_id=meeting_id, position=9, kind="remove", status="carried", patronage_id=patronage_id
            )
        )
    found = by_name()
    assert (found["Членова0"].possible, found["Членова0"].cast) == (2, 1)
    assert (found["Секретарёва"].possible, found["Секретарёва"].cast) == (0, 0)


def test_the_page_is_for_those_who_answer_for_the_consilium(app: Flask) -> None:
    people = make_people()
    enroll(people, "Соколова")
    for user in (people.chair, people.secretary, people.head):
        browser = Client(app, user)
        browser.get("/consilium/attendance")
        assert "Председателева Анна Петровна" in browser.text and "100 %" in browser.text
    Client(app, people.members[0]).get("/consilium/attendance", 403)
    Client(app, people.lead).get("/consilium/attendance", 403)


def test_queries_do_not_grow_with_the_meetings(app: Flask) -> None:
    people, sent = make_people(), []
    for surname in ("Соколова", "Орлова"):
        enroll(people, surname)
        browser = Client(app, people.chair)
        browser.get("/consilium/attendance")
        with counted() as seen:
            browser.get("/consilium/attendance")
        sent.append(len(seen))
    assert sent[0] == sent[1]
