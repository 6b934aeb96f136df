"""Reading before the meeting: who has read what, and that a changed proposal is read anew."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal import audit, clock, memory
from portal.consilium import actions, agenda, decisions, reading
from portal.consilium.models import ItemRead, Recusal
from portal.db import db, technical
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, open_with, propose
from tests.consilium.test_card import convened
from tests.consilium.test_races import at_once
from tests.factories import make_user
from tests.refusals import refuses

MARK = "//form[contains(@action, '/read')]"


def seen(browser: Client) -> str:
    """What the button of the open card says that it stands for."""
    return browser.page.xpath(f"{MARK}//input[@name='seen']/@value")[0]


def proposal(item_id: int) -> str:
    """What an item says now, in a word."""
    return reading.table().items[item_id].proposal


def marks() -> list[tuple[int, int]]:
    rows = db.session.execute(select(ItemRead.item_id, ItemRead.user_id))
    return sorted((row.item_id, row.user_id) for row in rows)


def test_a_member_reads_the_agenda_through(app: Flask) -> None:
    people = make_people()
    meeting_id, items = convened(people, "Первая", "Вторая")
    member, user_id = Client(app, people.members[0]), people.members[0].id
    member.get("/")
    assert "Прочитать до заседания" in member.text and f"к заседанию {clock.today():%d.%m.%Y}" in member.text
    member.get(f"/consilium/meetings/{meeting_id}")
    assert member.text.count("не прочитано") == 2 and "ознакомлены" not in member.text
    member.get(f"/consilium/items/{items[0]}")
    assert marks() == [], "to open is not to have read"
    answer = member.post(f"/consilium/items/{items[0]}/read", seen=seen(member))
    assert answer.location == f"/consilium/items/{items[1]}"
    member.get(f"/consilium/items/{items[0]}")
    assert "Вы ознакомлены" in member.text and not member.page.xpath(MARK)
    member.get(f"/consilium/items/{items[1]}")
    answer = member.post(f"/consilium/items/{items[1]}/read", seen=seen(member))
    assert answer.location == f"/consilium/meetings/{meeting_id}"
    assert marks() == [(items[0], user_id), (items[1], user_id)]
    member.get("/")
    assert "Прочитать до заседания" not in member.text


def test_my_work_follows_at_once_though_reading_is_no_change_of_the_log(app: Flask, monkeypatch) -> None:
    """As in a running portal, where what was drawn is kept until the log grows: tests forget it at each commit."""
    people = make_people()
    _meeting_id, (item_id,) = convened(people)
    member = Client(app, people.members[0])
    monkeypatch.setattr(memory, "forget", lambda _app: None)
    assert "Прочитать до заседания" in member.get("/").text
    member.get(f"/consilium/items/{item_id}")
    member.post(f"/consilium/items/{item_id}/read", seen=seen(member))
    assert "Прочитать до заседания" not in member.get("/").text


def test_who_prepares_sees_who_has_read(app: Flask) -> None:
    people = make_people()
    meeting_id, (item_id,) = convened(people)
    reading.mark_read(item_id, people.members[0].id, proposal(item_id))
    for user, told in ((people.chair, True), (people.secretary, True), (people.members[1], False)):
        browser = Client(app, user)
        for url in (f"/consilium/meetings/{meeting_id}", f"/consilium/items/{item_id}"):
            browser.get(url)
            lists = browser.page.xpath("//details[contains(@class, 'readers')] | //section[@id='readers']")
            assert bool(lists) == told
            if told:
                said = " ".join(lists[0].text_content().split())
                assert people.members[0].short_name in said and people.members[1].short_name in said
        assert ("ознакомлены 1 из 4" in browser.get(f"/consilium/meetings/{meeting_id}").text) == told


def test_a_changed_proposal_is_read_anew(app: Flask) -> None:
    people = make_people()
    _meeting, items = convened(people, "Первая", "Вторая")
    user_id = people.members[0].id
    for item_id in items:
        reading.mark_read(item_id, user_id, proposal(item_id))
    assert reading.unread(user_id) == []
    agenda.move_item(items[1], True, people.secretary.id)
    assert reading.unread(user_id) == [], "another place on the agenda says nothing new"
    old = proposal(items[0])
    values = {"regime": "control", "term": "long", "ends_on": None, "lead_id": people.lead.id}
    agenda.change_item(items[0], people.secretary.id, **values, course_reason="", note="")
    assert [one.item_id for one in reading.unread(user_id)] == [items[0]]
    with refuses("changed_since"):
        reading.mark_read(items[0], user_id, old)
    member = Client(app, user_id)
    answer = member.post(f"/consilium/items/{items[0]}/read", seen=old)
    member.get(answer.location)
    assert "изменился" in member.text
    reading.mark_read(items[0], user_id, proposal(items[0]))
    assert reading.unread(user_id) == [] and len(marks()) == 2


def test_only_who_votes_reads_and_only_what_waits(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    outsider = make_user("member")
    with refuses("nothing_to_read"):
        reading.mark_read(item_id, people.chair.id, "")  # a draft
    actions.convene(meeting_id, people.chair.id)
    for user in (people.secretary, outsider):
        with refuses("not_a_reader"):
            reading.mark_read(item_id, user.id, proposal(item_id))
        browser = Client(app, user)
        browser.get(f"/consilium/items/{item_id}")
        assert not browser.page.xpath(MARK)
        assert "Прочитать до заседания" not in browser.get("/").text
    told = {"declared_by_id": people.chair.id, "declared_at": clock.now()}
    recusal = Recusal(item_id=item_id, user_id=people.members[0].id, **told)
    with technical() as s:
        s.add(recusal)
    actions.mark_presence(meeting_id, people.chair.id, "present", people.secretary.id)
    with refuses("not_a_reader"):
        reading.mark_read(item_id, people.members[0].id, proposal(item_id))
    open_with_presence(people, meeting_id)
    decisions.defer_item(item_id, "позже", people.chair.id)
    with refuses("nothing_to_read"):
        reading.mark_read(item_id, people.chair.id, "")


def open_with_presence(people, meeting_id: int) -> None:  # type: ignore[no-untyped-def]
    actions.open_meeting(meeting_id, people.chair.id)
    for user in people.voters:
        actions.mark_presence(meeting_id, user.id, "present", people.secretary.id)


def test_marks_of_many_and_of_one_in_two_windows_at_once(app: Flask) -> None:
    people = make_people(5)
    _meeting, (item_id,) = convened(people)
    word = proposal(item_id)
    ids = [user.id for user in people.voters]
    calls = [lambda one=one: reading.mark_read(item_id, one, word) for one in (*ids, ids[0], ids[1])]
    assert at_once(app, *calls) == ["done"] * len(calls)
    assert marks() == sorted((item_id, one) for one in ids)


def test_a_mark_pressed_again_keeps_its_moment(app: Flask) -> None:
    people = make_people()
    _meeting, (item_id,) = convened(people)
    for _ in range(2):
        reading.mark_read(item_id, people.chair.id, proposal(item_id))
        db.session.rollback()
        moment = db.session.scalars(select(ItemRead.read_at)).one()
        with technical() as s:
            kept = s.scalars(select(ItemRead)).one()
            if _ == 0:
                kept.read_at = moment - timedelta(hours=1)
    db.session.rollback()
    assert db.session.scalars(select(ItemRead.read_at)).one() < clock.now() - timedelta(minutes=59)


def test_a_mark_is_a_trace_not_an_event(app: Flask) -> None:
    """Nine members mark thirty items: what is remembered of the meeting holds until the log grows."""
    people = make_people()
    _meeting, items = convened(people, "Первая", "Вторая", "Третья")
    before = audit.count()
    for one in items:
        reading.mark_read(one, people.chair.id, proposal(one))
    assert audit.count() == before and len(marks()) == 3


def test_a_meeting_under_way_is_still_read(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    reading.mark_read(item_id, people.chair.id, proposal(item_id))
    found = reading.of_item(people.chair.id, item_id)
    assert found is not None and found.mine and len(found.have_not) == 3
