"""Whoever stands in for the leader of a club has its sessions meanwhile, and signs the services they gave."""

from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import select

from portal import clock
from portal.clubs import bookings
from portal.db import db
from portal.deputies import actions as deputies
from portal.journal.models import JournalEntry
from portal.schedule import feeds
from tests.client import Client
from tests.factories import make_club, make_recipient, make_session, make_user


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def colleague(app):
    return make_user("pedagogue", last_name="Громова")


@pytest.fixture
def session(leader):
    return make_session(make_club(leader), clock.today())


@pytest.fixture
def named(leader, colleague, head):
    """The colleague stands in for the leader today and tomorrow."""
    day = clock.today()
    deputies.name_deputy(
        leader.id, colleague.id, head.id, starts_on=day, ends_on=day + timedelta(1), reason="leave"
    )


def attendance(session):
    return f"/clubs/sessions/{session.id}/attendance"


def test_a_colleague_runs_the_session_only_as_a_deputy(app, session, colleague):
    Client(app, colleague).get(attendance(session), status=404)


def test_the_deputy_runs_the_session_and_has_its_entries(app, session, leader, colleague, head, named):
    child, client = make_recipient(), Client(app, colleague)
    client.get(attendance(session))
    bookings.mark_attendance(session.id, {child.id: "came"}, colleague.id)
    bookings.close_attendance(session.id, colleague.id)
    entry = db.session.scalars(select(JournalEntry)).one()
    assert entry.worker_id == colleague.id
    client.get(f"/journal/{entry.id}")
    client.get("/")
    assert client.page.xpath(f"//*[@id='clubs']//a[@href='/clubs/sessions/{session.id}']")


def test_the_leader_and_the_head_enter_the_service_as_the_leaders(session, leader, head, named):
    child = make_recipient()
    bookings.mark_attendance(session.id, {child.id: "came"}, head.id)
    bookings.close_attendance(session.id, head.id)
    assert db.session.scalars(select(JournalEntry.worker_id)).one() == leader.id


def test_the_schedule_counts_the_deputys_clubs_as_theirs(app, session, leader, colleague, named):
    client = Client(app, colleague)
    client.get("/clubs/?mine=1")
    assert client.page.xpath(f"//a[@href='/clubs/sessions/{session.id}']")
    whose = client.page.xpath("//@data-board")[0].split()
    assert sorted(map(int, whose)) == sorted((leader.id, colleague.id))


def test_the_deputys_calendar_has_the_sessions_of_these_days_alone(app, session, leader, colleague, named):
    make_session(make_club(leader, name="Хор"), clock.today() + timedelta(3))
    with app.test_request_context():
        text = feeds.calendar_of(colleague)
    uids = {str(one["uid"]) for one in icalendar.Calendar.from_ical(text).walk("VEVENT")}
    assert uids == {f"session-{session.id}@patronage.portal"}
