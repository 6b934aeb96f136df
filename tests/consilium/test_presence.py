"""Who is in the meeting, and what becomes of a vote whose member leaves."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import clock
from portal.check import broken_rules
from portal.consilium import actions, decisions
from portal.consilium.minutes_record import record_of
from portal.consilium.models import Item, ItemVoter, Meeting, PresenceMark, Vote
from portal.db import db, technical
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, make_vote, open_with, propose
from tests.refusals import refuses


def voters(item_id: int) -> dict[int, tuple[bool, bool, str | None]]:
    rows = db.session.scalars(select(ItemVoter).where(ItemVoter.item_id == item_id))
    return {row.user_id: (row.present, row.recused, row.choice) for row in rows}


def test_every_mark_is_kept_and_stays(app: Flask) -> None:
    people = make_people()
    meeting_id, _item, _patronage = make_vote(people)
    member, secretary = people.members[0].id, people.secretary.id
    before = db.session.scalar(select(func.count(PresenceMark.id)))
    for mark in ("absent", "video", "excused", "present"):
        actions.mark_presence(meeting_id, member, mark, secretary)
    rows = list(db.session.scalars(select(PresenceMark).order_by(PresenceMark.id)))[before:]
    assert [row.presence for row in rows] == ["absent", "video", "excused", "present"]
    assert {(row.user_id, row.marked_by_id, row.meeting_id) for row in rows} == {
        (member, secretary, meeting_id)
    }
    for statement in ("UPDATE presence_marks SET presence = 'absent'", "DELETE FROM presence_marks"):
        with (
            pytest.raises(Exception, match=r"tr_presence_marks_frozen|rows of this table stay"),
            technical() as session,
        ):
            session.execute(text(statement))


def test_a_vote_falls_with_presence_and_stands_up_again(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = people.members[0].id
    decisions.cast_vote(item_id, member, "against")
    for user in (people.chair, people.members[1]):
        decisions.cast_vote(item_id, user.id, "for")
    mark = [
        actions.mark_presence(meeting_id, member, one, people.secretary.id) for one in ("excused", "absent")
    ]
    assert mark == ["fell", ""]
    assert actions.mark_presence(meeting_id, people.members[2].id, "absent", people.secretary.id) == ""
    assert actions.mark_presence(meeting_id, people.members[2].id, "present", people.secretary.id) == ""
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.votes_for, item.votes_against, item.present, item.status) == (2, 0, 3, "carried")
    assert voters(item_id)[member] == (False, False, None)
    assert db.session.scalar(select(func.count(Vote.id))) == 3, "votes are never deleted"
    assert broken_rules() == []


def test_who_comes_back_before_the_close_is_counted(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = people.members[0].id
    decisions.cast_vote(item_id, member, "against")
    actions.mark_presence(meeting_id, member, "absent", people.secretary.id)
    with refuses("not_present"):
        decisions.cast_vote(item_id, member, "for")
    assert actions.come_in(meeting_id, member) == "back"
    with refuses("already_voted"):
        decisions.cast_vote(item_id, member, "for")
    decisions.close_item(item_id, people.chair.id)
    assert db.session.get_one(Item, item_id).votes_against == 1
    assert voters(item_id)[member] == (True, False, "against")


def test_when_all_votes_have_fallen_there_is_nothing_to_close(app: Flask) -> None:
    people = make_people(members=5)  # six vote, four are needed
    meeting_id, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.members[0].id, "for")
    actions.mark_presence(meeting_id, people.members[0].id, "absent", people.secretary.id)
    with refuses("nobody_voted"):
        decisions.close_item(item_id, people.chair.id)
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"/consilium/items/{item_id}/close" not in chair.last.text


def test_what_a_mark_does_to_a_vote_is_said_and_not_which_vote_it_was(app: Flask) -> None:
    said, people = [], make_people()
    for choice in ("for", "against"):
        meeting_id, item_id, _patronage = make_vote(people, f"Семья {choice}")
        member, here = people.members[0], f"/consilium/meetings/{meeting_id}"
        decisions.cast_vote(item_id, member.id, choice)
        secretary, voter = Client(app, people.secretary), Client(app, member)
        answer = secretary.post(f"{here}/presence", 200, htmx=True, user_id=member.id, presence="absent")
        assert "его голос не учитывается" in answer.text
        secretary.get(here)
        seat = secretary.page.xpath(f"//*[@id='seat-{member.id}']")[0].text_content()
        assert "голос не учитывается" in seat
        voter.get(here)
        assert "Ваш голос не учитывается, пока вы отмечены отсутствующим" in voter.text
        said.append((seat.split(), "За" in seat or "Против" in seat))
        answer = secretary.post(f"{here}/presence", 200, htmx=True, user_id=member.id, presence="present")
        assert "снова учитывается" in answer.text
        secretary.post(f"{here}/presence", user_id=member.id, presence="absent")
        secretary.get(here)
        assert "его голос не учитывается" in secretary.text
        voter.post(f"{here}/here")
        voter.get(here)
        assert "ваш голос снова учитывается" in voter.text
        decisions.defer_item(item_id, "проверка", people.chair.id)
        actions.close_meeting(meeting_id, people.chair.id)
    assert [one[1] for one in said] == [False, False]


def test_quorum_is_lost_and_regained_during_a_vote(app: Flask) -> None:
    people = make_people()  # four vote, three are needed
    meeting_id, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "for")
    here, close = f"/consilium/meetings/{meeting_id}", f"/consilium/items/{item_id}/close"
    chair = Client(app, people.chair)
    chair.get(here)
    news = chair.page.xpath("//*[@id='meeting']/@hx-get")[0]
    assert close in chair.last.text
    for user in people.members[:2]:
        actions.mark_presence(meeting_id, user.id, "absent", people.secretary.id)
    assert close not in chair.get(news, htmx=True).text
    chair.get(here)
    assert "Кворума больше нет: присутствуют 2, нужно 3" in chair.text
    chair.post(close, 409)
    assert "нет кворума" in chair.text.lower()
    actions.come_in(meeting_id, people.members[0].id)
    chair.get(here)
    assert close in chair.last.text
    decisions.close_item(item_id, people.chair.id)


def test_a_meeting_without_quorum_ends_and_its_items_wait(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова")]
    actions.convene(meeting_id, people.chair.id)
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"/consilium/meetings/{meeting_id}/no-quorum" in chair.last.text
    actions.open_meeting(meeting_id, people.chair.id)
    for user in people.voters[:3]:
        actions.mark_presence(meeting_id, user.id, "present", people.secretary.id)
    with refuses("has_quorum"):
        actions.end_without_quorum(meeting_id, people.chair.id)
    decisions.open_voting(items[0], people.chair.id)
    actions.mark_presence(meeting_id, people.chair.id, "absent", people.secretary.id)
    with refuses("item_voting"):
        actions.end_without_quorum(meeting_id, people.chair.id)
    decisions.defer_item(items[0], "нет кворума", people.chair.id)
    chair.post(f"/consilium/meetings/{meeting_id}/no-quorum")
    meeting = db.session.get_one(Meeting, meeting_id, populate_existing=True)
    assert (meeting.status, meeting.closed_at is not None) == ("no_quorum", True)
    assert [db.session.get_one(Item, one).status for one in items] == ["deferred", "deferred"]
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert "нет кворума" in chair.text
    with refuses("wrong_state"):
        actions.end_without_quorum(meeting_id, people.chair.id)
    assert broken_rules() == []


def test_a_meeting_that_has_decided_is_closed_not_ended(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.close_item(item_id, people.chair.id)
    for user in people.voters:
        actions.mark_presence(meeting_id, user.id, "absent", people.secretary.id)
    with refuses("has_decided"):
        actions.end_without_quorum(meeting_id, people.chair.id)
    later = make_meeting(people, days=3)
    propose(people, later, make_submitted("Поздняя"))
    actions.convene(later, people.chair.id)
    with refuses("too_early"):
        actions.end_without_quorum(later, people.chair.id)


def test_a_meeting_opens_without_quorum_and_puts_nothing_to_the_vote(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id, present=[people.chair])
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"/consilium/items/{item_id}/open-voting" not in chair.last.text
    chair.post(f"/consilium/items/{item_id}/open-voting", 409)
    assert "Кворума нет" in chair.text or "нет кворума" in chair.text.lower()


def test_who_leaves_the_roll_or_the_work_mid_meeting_keeps_the_seat(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    off, gone = people.members[0], people.members[1]
    actions.unseat(off.id, people.head.id)
    decisions.cast_vote(item_id, off.id, "for")
    with technical() as session:
        session.execute(
            text("UPDATE users SET dismissed_on = :day WHERE id = :id"), {"day": clock.today(), "id": gone.id}
        )
    with refuses("colleague_dismissed"):
        decisions.enter_vote(item_id, gone.id, "for", "", people.secretary.id)
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    seat = chair.page.xpath(f"//*[@id='seat-{gone.id}']")[0].text_content()
    assert "отметьте отсутствующим" in " ".join(seat.split())
    actions.mark_presence(meeting_id, gone.id, "absent", people.secretary.id)
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.present, item.votes_for, len(voters(item_id))) == (3, 2, 4), (
        "the roll stays as it was opened"
    )
    assert broken_rules() == []


def test_the_agenda_changes_during_a_vote_but_not_the_item_voted_on(app: Flask) -> None:
    from portal.consilium import agenda

    people = make_people()
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова", "Зуева")]
    open_with(people, meeting_id)
    decisions.open_voting(items[0], people.chair.id)
    for action in (
        lambda one: agenda.move_item(one, False, people.chair.id),
        lambda one: agenda.take_off(one, people.chair.id),
    ):
        with refuses("item_fixed"):
            action(items[0])
    agenda.move_item(items[2], True, people.secretary.id)
    agenda.take_off(items[1], people.secretary.id)
    decisions.cast_vote(items[0], people.chair.id, "for")
    decisions.close_item(items[0], people.chair.id)
    assert broken_rules() == []


def test_what_was_said_of_a_vote_stays_when_news_come(app: Flask) -> None:
    """It lies beside what each poll exchanges: in the answers of buttons, never in that of a poll."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member, here = people.members[0], f"/consilium/meetings/{meeting_id}"
    decisions.cast_vote(item_id, member.id, "for")
    secretary = Client(app, people.secretary)
    secretary.get(here)
    assert len(secretary.page.xpath("//*[@id='notice'][not(ancestor::*[@id='meeting'])]")) == 1
    answer = secretary.post(f"{here}/presence", 200, htmx=True, user_id=member.id, presence="absent")
    assert re.search(r'id="notice" hx-swap-oob="true"><', answer.text)
    news = secretary.http.get(f"{here}?poll=1&seen=0", headers={"HX-Request": "true"})
    assert news.status_code == 200 and 'id="notice"' not in news.text
    answer = secretary.post(f"{here}/presence", 200, htmx=True, user_id=people.chair.id, presence="video")
    assert 'id="notice" hx-swap-oob="true"></div>' in answer.text, "the next button takes it away"


def test_the_minutes_say_who_left_and_who_came_back(app: Flask) -> None:
    """Whoever was marked before the meeting opened and left for good too; to come late, or again, changes nothing."""
    people = make_people()
    meeting_id, secretary = make_meeting(people), people.secretary
    propose(people, meeting_id, make_submitted())
    left, back, late = (user.id for user in people.members)
    actions.convene(meeting_id, people.chair.id)
    for user_id in (people.chair.id, left, back):
        actions.mark_presence(meeting_id, user_id, "present", secretary.id)
    actions.open_meeting(meeting_id, people.chair.id)
    marks = [
        (late, "present"),
        (people.chair.id, "present"),
        (back, "excused"),
        (left, "absent"),
        (back, "video"),
    ]
    for user_id, mark in marks:
        actions.mark_presence(meeting_id, user_id, mark, secretary.id)
    came = record_of(db.session.get_one(Meeting, meeting_id)).came
    told = {user_id: [mark for _at, mark in many] for user_id, many in came.items()}
    assert told == {left: ["absent"], back: ["excused", "video"]}
    actions.close_meeting(meeting_id, people.chair.id)
    page = Client(app, secretary).get(f"/consilium/meetings/{meeting_id}/minutes").text
    assert re.search(r"— \d\d:\d\d уважительная причина, \d\d:\d\d по видео", page), "the day is said once"
