"""The terms of minutes and extracts: settings, frozen in each meeting when it opens."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.consilium import decision_list
from portal.consilium.minutes_queries import due_on
from portal.consilium.models import Meeting
from portal.db import db, technical
from portal.rules import follow_ups, minutes
from portal.settings.actions import change_settings
from portal.settings.calendar import calendar
from tests.client import Client
from tests.consilium.after import enroll
from tests.consilium.rows import make_people
from tests.consilium.test_minutes import held
from tests.consilium.test_proof import disarm
from tests.factories import make_user


def meeting_of(meeting_id: int) -> Meeting:
    return db.session.get_one(Meeting, meeting_id, populate_existing=True)


def test_the_administrator_sets_them(app: Flask) -> None:
    admin = Client(app, make_user("admin"))
    admin.get("/settings/")
    for name, days in (("minutes_days", "5"), ("extract_days", "3")):
        assert admin.page.xpath(f"//input[@name='{name}']/@value") == [days]
        admin.post("/settings/", 422, **{name: "0"})


def test_a_meeting_keeps_the_terms_it_was_opened_with(app: Flask) -> None:
    people, today = make_people(), clock.today()
    before, _item = held(people)
    change_settings(people.head.id, minutes_days=2, extract_days=7)
    after, _item = held(people)
    assert [due_on(meeting_of(one)) for one in (before, after)] == [
        calendar().add_working_days(today, days) for days in (5, 2)
    ]
    disarm()
    with technical() as s:
        s.execute(update(Meeting).where(Meeting.id == before).values(minutes_days=None))
    db.session.rollback()
    assert due_on(meeting_of(before)) == calendar().add_working_days(today, minutes.WORKING_DAYS)


def test_extracts_are_late_by_the_term_of_their_meeting(app: Flask) -> None:
    people = make_people()
    enroll(people, "Соколова")
    change_settings(people.head.id, extract_days=1)
    (urgent,) = enroll(people, "Орлова")
    change_settings(people.head.id, extract_days=9)
    number, decided = urgent.id, urgent.decided_on
    due = follow_ups.extract_by(decided, calendar(), 1)
    now = clock.now()
    for days, (today, late) in {0: (1, 0), 1: (0, 1)}.items():
        with clock.pretend(now + (due - decided) + timedelta(days)):
            db.session.rollback()
            found = decision_list.counts(people.secretary)
            assert (found.extract, found.extract_today, found.extract_late) == (2, today, late)
    page = Client(app, people.secretary)
    page.get(f"/consilium/decisions/{number}")
    assert "Выписку выдают в течение 1 рабочего дня" in page.text
