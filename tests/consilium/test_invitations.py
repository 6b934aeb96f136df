"""The members are told: convened, changed, called off; in My work, as a calendar file, by mail."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import User
from portal.consilium import actions
from portal.consilium.invitation_models import Invitation
from portal.db import db, technical
from portal.mail import sending
from portal.mail.models import Mail
from tests.client import Client
from tests.consilium.rows import People, make_meeting, make_people, make_submitted, propose
from tests.mail.server import Post, serving

LINK = "https://portal.center.example"


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with serving() as post:
        app.config.update(MAIL_SERVER=post.url, MAIL_FROM="portal@center.example", PORTAL_URL=LINK)
        yield post


def convened(people: People, days: int = 3) -> int:
    meeting_id = make_meeting(people, days)
    propose(people, meeting_id, make_submitted("Тайнова"))
    actions.convene(meeting_id, people.chair.id)
    return meeting_id


def change(people: People, meeting_id: int, **changed: Any) -> None:
    day: date = clock.today() + timedelta(3)
    values = {"held_on": day, "starts_at": time(10), "place": "каб. 12", "note": ""} | changed
    actions.change_meeting(meeting_id, **values, actor_id=people.secretary.id)


def told() -> list[tuple[int, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(Invitation).order_by(Invitation.id))
    return [(row.sequence, row.kind) for row in rows]


def give_addresses(people: People) -> None:
    with technical() as s:
        for user in (people.chair, people.members[0], people.head):
            s.execute(update(User).where(User.id == user.id).values(email=f"{user.username}@center.example"))


def event_in(text: str) -> tuple[icalendar.Calendar, Any]:
    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_what_is_told_is_numbered(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    change(people, meeting_id, place="зал")
    assert told() == [], "of a draft nobody is told"
    propose(people, meeting_id, make_submitted())
    actions.convene(meeting_id, people.chair.id)
    change(people, meeting_id, place="зал", note="возьмите очки")
    assert told() == [(0, "convened")], "a note is no change of the meeting"
    change(people, meeting_id, place="зал", starts_at=time(15))
    actions.cancel_meeting(meeting_id, people.chair.id)
    assert told() == [(0, "convened"), (1, "changed"), (2, "cancelled")]


def test_a_draft_called_off_is_told_to_nobody(app: Flask) -> None:
    people = make_people()
    actions.cancel_meeting(make_meeting(people, 3), people.chair.id)
    assert told() == []


def test_the_calendar_file_is_read_back(app: Flask) -> None:
    people = make_people()
    meeting_id = convened(people)
    client = Client(app, people.members[0])
    first = client.get(f"/consilium/meetings/{meeting_id}/calendar.ics")
    assert first.mimetype == "text/calendar"
    calendar, event = event_in(first.text)
    start = datetime.combine(clock.today() + timedelta(3), time(10), clock.zone())
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert event.decoded("DTSTART") == start and event.decoded("DTEND") == start + timedelta(hours=2)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Заседание консилиума № 1", "каб. 12")
    assert "Тайнова" not in first.text
    change(people, meeting_id, starts_at=time(15, 30))
    client.get(f"/consilium/meetings/{meeting_id}/calendar.ics")
    _calendar, later = event_in(client.last.text)
    assert (later["UID"], later["SEQUENCE"]) == (event["UID"], 1)
    assert later.decoded("DTSTART").time() == time(15, 30)
    actions.cancel_meeting(meeting_id, people.chair.id)
    client.get(f"/consilium/meetings/{meeting_id}/calendar.ics")
    calendar, over = event_in(client.last.text)
    assert (calendar["METHOD"], over["STATUS"], over["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert over["UID"] == event["UID"]


def test_the_center_s_zone_is_in_the_file(app: Flask) -> None:
    people = make_people()
    meeting_id = convened(people)
    app.config["TIMEZONE"] = "Europe/Moscow"
    client = Client(app, people.chair)
    client.get(f"/consilium/meetings/{meeting_id}/calendar.ics")
    calendar, event = event_in(client.last.text)
    assert event["DTSTART"].params["TZID"] == "Europe/Moscow"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Moscow"]


def test_a_draft_has_no_calendar_file(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    client = Client(app, people.secretary)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "calendar.ics" not in client.last.text
    client.get(f"/consilium/meetings/{meeting_id}/calendar.ics", 409)
    Client(app, people.members[0]).get(f"/consilium/meetings/{meeting_id}/calendar.ics", 404)


def test_my_work_says_what_is_new(app: Flask) -> None:
    people = make_people()
    meeting_id = convened(people)
    client = Client(app, people.members[0])
    client.get("/")
    assert "перенесено" not in client.text
    change(people, meeting_id, starts_at=time(15), held_on=clock.today() + timedelta(4))
    client.get("/")
    assert f"перенесено на {clock.today() + timedelta(4):%d.%m.%Y}, 15:00" in client.text
    change(people, meeting_id, starts_at=time(15), held_on=clock.today() + timedelta(4), place="актовый зал")
    client.get("/")
    assert "теперь место — актовый зал" in client.text
    actions.cancel_meeting(meeting_id, people.chair.id)
    client.get("/")
    assert "отменено" in client.text
    Client(app, people.lead).get("/")


def test_members_with_an_address_get_a_letter(app: Flask, post: Post) -> None:
    people = make_people()
    give_addresses(people)
    meeting_id = convened(people)
    assert post.taken == [], "nothing is sent while the request lasts"
    assert sending.send_due() == 2
    chair, member = people.chair.username, people.members[0].username
    assert post.readers == sorted(f"{one}@center.example" for one in (chair, member)), "the head has no seat"
    letter = post.taken[0][1]
    text = letter.get_body().get_content()
    assert "Приглашаем Вас" in text and "Вопросов в повестке: 1" in text and "каб. 12" in text
    assert f"{LINK}/consilium/meetings/{meeting_id}" in text
    (file,) = letter.iter_attachments()
    assert file.get_content_type() == "text/calendar" and file.get_filename() == "meeting.ics"
    calendar, event = event_in(file.get_content())
    assert calendar["METHOD"] == "PUBLISH" and event["URL"] == f"{LINK}/consilium/meetings/{meeting_id}"
    assert "Тайнова" not in letter.as_string() and "Тайнова" not in text


def test_changes_and_the_end_are_told_by_letter_too(app: Flask, post: Post) -> None:
    people = make_people()
    give_addresses(people)
    meeting_id = convened(people)
    sending.send_due()
    change(people, meeting_id, starts_at=time(16))
    sending.send_due()
    actions.cancel_meeting(meeting_id, people.chair.id)
    sending.send_due()
    subjects = [
        letter["Subject"] for reader, letter in post.taken if reader.startswith(people.chair.username)
    ]
    assert "изменение" in subjects[1] and "отменено" in subjects[2] and len(subjects) == 3
    body = post.taken[2][1].get_body().get_content()
    assert "Было:" in body and "10:00" in body and "16:00" in body
    (file,) = post.taken[-1][1].iter_attachments()
    assert event_in(file.get_content())[0]["METHOD"] == "CANCEL"


def test_letters_that_waited_are_outrun_by_what_is_true_now(app: Flask, post: Post) -> None:
    people = make_people()
    give_addresses(people)
    meeting_id = convened(people)
    change(people, meeting_id, starts_at=time(16))
    assert sending.send_due() == 2, "the first ones were never sent"
    assert {letter["Subject"].count("изменение") for _reader, letter in post.taken} == {1}
    states = [mail.state for mail in db.session.scalars(select(Mail).order_by(Mail.id))]
    assert states == ["dropped", "dropped", "sent", "sent"]


def test_each_reads_their_own_language(app: Flask, post: Post) -> None:
    people = make_people()
    give_addresses(people)
    with technical() as s:
        s.execute(update(User).where(User.id == people.chair.id).values(language="en"))
    convened(people)
    sending.send_due()
    subjects = {reader.partition("@")[0]: letter["Subject"] for reader, letter in post.taken}
    assert subjects[people.chair.username].startswith("Meeting of the consilium")
    assert subjects[people.members[0].username].startswith("Заседание консилиума")


def test_without_a_server_no_letter_is_written(app: Flask) -> None:
    people = make_people()
    give_addresses(people)
    convened(people)
    assert list(db.session.scalars(select(Mail))) == []


def test_an_address_is_kept_on_the_account(app: Flask) -> None:
    people = make_people()
    client = Client(app, make_user_admin())
    person, roles = people.members[0], ["member"]
    fields = {"last_name": "Членова", "first_name": "Анна", "username": person.username, "roles": roles}
    client.post(f"/people/{person.id}", **fields, email=" chlenova@center.example ")
    db.session.expire_all()
    assert db.session.get_one(User, person.id).email == "chlenova@center.example"
    for wrong in ("chlenova", "a@b", "a b@center.example", "a@center.example\nBcc: x@y.example"):
        client.post(f"/people/{person.id}", 422, **fields, email=wrong)
    client.get(f"/people/{person.id}")


def make_user_admin() -> User:
    from tests.factories import make_user

    return make_user("admin")
