"""The calendar feed: what it tells, to whom, and that a new address makes the old one void."""

import re
from datetime import time, timedelta

import icalendar
import pytest
from sqlalchemy import select, update

from portal import clock
from portal.audit import AuditEntry
from portal.consilium.models import Meeting
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.schedule import feeds
from portal.schedule.models import CalendarFeed
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people
from tests.factories import make_club, make_family, make_patronage, make_session, make_user


@pytest.fixture
def leader(app):
    return make_user("pedagogue")


def address(client):
    client.post("/profile/calendar", status=200)
    return re.sub("^https?://[^/]+", "", client.page.xpath("//input[@id='link']/@value")[0])


def events(app, url):
    answer = Client(app).get(url)
    assert answer.mimetype == "text/calendar"
    return list(icalendar.Calendar.from_ical(answer.data).walk("VEVENT"))


def test_the_feed_has_my_clubs_and_my_contacts_without_names(app, leader):
    day = clock.today() + timedelta(1)
    make_session(make_club(leader), day, starts_at=time(15))
    cancelled = make_session(make_club(leader, name="Хор"), day, slot=None, status="cancelled")
    make_session(make_club(make_user("pedagogue"), name="Чужой"), day)
    patronage = make_patronage(make_family("Лебедева"))
    with technical() as s:
        s.add(
            Contact(patronage_id=patronage.id, user_id=leader.id, kind="visit", state="planned", day=day,
                    starts_at=time(10), minutes=60, created_by_id=leader.id, created_at=clock.now())
        )  # fmt: skip
    url = address(Client(app, leader))
    found = events(app, url)
    assert sorted(str(one["summary"]) for one in found) == ["Визит", "Мастерская"]
    club = next(one for one in found if one["summary"] == "Мастерская")
    assert (club.start.hour, club.end - club.start) == (15, timedelta(minutes=60))
    assert club.start.utcoffset() == clock.local(clock.now()).utcoffset()
    text = Client(app).get(url).text
    assert "Лебедева" not in text
    assert f"session-{cancelled.id}@" not in text


def test_members_find_the_meetings_they_are_called_to(app):
    people = make_people()
    called, _draft = make_meeting(people), make_meeting(people, 1)
    with technical() as s:
        s.execute(update(Meeting).where(Meeting.id == called).values(status="convened"))
    (found,) = events(app, address(Client(app, people.members[0])))
    assert str(found["uid"]) == f"meeting-{called}@patronage.portal"
    assert str(found["url"]).endswith(f"/consilium/meetings/{called}")
    assert str(found["location"]) == "каб. 12"
    assert events(app, address(Client(app, people.head))) == []


def test_the_address_is_shown_as_a_code_too(app, leader):
    client = Client(app, leader)
    address(client)
    (picture,) = client.page.xpath("//main//img/@src")
    assert picture.startswith("data:image/svg+xml")


def test_a_new_address_makes_the_old_one_void(app, leader):
    client = Client(app, leader)
    old = address(client)
    events(app, old)
    new = address(client)
    Client(app).get(old, status=404)
    assert events(app, new) == []
    token = new.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in str(db.session.scalars(select(CalendarFeed.token_hash)).all())
    assert not any(token in data for data in db.session.scalars(select(AuditEntry.data)))
    client.get("/profile")
    assert token not in client.last.text


def test_who_has_left_has_no_feed_and_nobody_guesses_one(app, leader):
    token = feeds.renew(leader.id)
    assert feeds.owner(token) is not None
    with technical() as s:
        s.get_one(type(leader), leader.id).dismissed_on = clock.today()
    db.session.rollback()
    for guess in (token, "x", "х" * 50, "a" * 5000):
        Client(app).get(f"/calendar/{guess}.ics", status=404)
