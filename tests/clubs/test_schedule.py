"""The schedule: a week, a month, a session moved and moved back, and who is told of it."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.clubs import actions, bookings, planning
from portal.clubs.models import ClubSession
from portal.clubs.session_models import SessionChange, SessionChangeMember
from portal.db import db
from portal.patronage.models import Patronage
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.factories import make_assignment, make_club, make_recipient, make_session, make_user


@pytest.fixture
def monday(app):
    return week_of(clock.today()) + timedelta(days=7)


@pytest.fixture
def session(club, monday):
    return make_session(club, monday, starts_at=time(15))


@pytest.fixture
def child(club):
    return make_recipient(club, surname="Лебедева")


@pytest.fixture
def worker(child):
    """The specialist of the child's family."""
    user = make_user("specialist")
    query = select(Patronage).where(Patronage.family_id == child.family_id)
    make_assignment(db.session.scalars(query).one(), user)
    return user


def told(app, user):
    client = Client(app, user)
    client.get("/")
    return [
        " ".join(row.text_content().split()) for row in client.page.xpath("//section[@id='club-changes']//li")
    ]


def when(session):
    db.session.rollback()
    row = db.session.get_one(ClubSession, session.id)
    return row.day, row.starts_at


def test_a_month_shows_whole_weeks(app, leader, session, monday):
    client = Client(app, leader)
    client.get(f"/clubs/month?month={monday:%Y-%m}")
    days = client.page.xpath("//li[@data-day]/@data-day")
    assert len(days) % 7 == 0
    assert str(monday) in days
    assert len(client.page.xpath("//ol[@class='week']//a")) == 1
    for odd in ("month=x", "month=9999-12", "month=2000-01", "mine=1", "club=5"):
        client.get(f"/clubs/month?{odd}")


def test_a_session_is_moved_and_moved_back(app, leader, session, child, worker, monday):
    bookings.book_one(session.id, child.id, leader.id)
    client, week = Client(app, leader), f"/clubs/?week={monday}"
    client.get(week)
    answer = client.post(
        f"/clubs/sessions/{session.id}/move", day=str(monday + timedelta(2)), starts_at="16:00", next=week
    )
    assert when(session) == (monday + timedelta(2), time(16))
    assert told(app, worker) == [
        f"Мастерская: {monday:%d.%m.%Y}, 15:00теперь {monday + timedelta(2):%d.%m.%Y}, 16:00"
        f" · Лебедева В. · № {child_number(child)}перенесено"
    ]
    client.get(answer.location)
    back = client.page.xpath("//form[.//input[@name='undo']]")[0]
    fields = {
        one.get("name"): one.get("value") for one in back.xpath(".//input") if one.get("name") != "csrf_token"
    }
    answer = client.post(back.get("action"), **(fields | {"next": answer.location}))
    assert when(session) == (monday, time(15))
    assert "moved" not in answer.location
    assert told(app, worker) == []


def child_number(child):
    from portal.families.models import Family

    return db.session.get_one(Family, child.family_id).number


def test_what_is_in_the_way_is_said_on_the_form_with_what_was_chosen(app, leader, session, club, monday):
    client = Client(app, leader)
    other = make_session(make_club(leader, name="Второй"), monday + timedelta(1), starts_at=time(15))
    url = f"/clubs/sessions/{session.id}/move"
    client.get(url)
    client.post(url, status=422, day=str(other.day), starts_at="15:30", next="/clubs/month")
    assert "Второй" in client.text
    assert client.page.xpath("//input[@name='starts_at']/@value") == ["15:30"]
    assert client.page.xpath("//main//input[@name='next']/@value") == ["/clubs/month"]
    for bad in ({"day": ""}, {"starts_at": "25:00"}, {"day": str(clock.today() - timedelta(1))}):
        client.post(url, status=422, **({"day": str(monday), "starts_at": "10:00"} | bad))
    assert when(session) == (monday, time(15))
    Client(app, make_user("pedagogue")).get(url, status=404)


def test_nobody_undoes_what_another_moved_or_what_stands_elsewhere_now(app, leader, session, club, monday):
    change = planning.change_session(session.id, leader.id, day=monday + timedelta(1), starts_at=time(15))
    head, client = Client(app, make_user("head")), Client(app, leader)
    undo = "//input[@name='undo']"
    for who, number, shown in ((head, change, 0), (client, change, 1), (client, 10**12, 0), (client, 999, 0)):
        who.get(f"/clubs/?week={monday}&moved={number}")
        assert len(who.page.xpath(undo)) == shown
    planning.cancel_session(session.id, "болезнь", leader.id)
    client.get(f"/clubs/?week={monday}&moved={change}")
    assert not client.page.xpath(undo)


def test_the_specialist_is_told_of_what_is_cancelled_for_two_weeks(
    app, leader, session, child, worker, club, monkeypatch
):
    later = make_session(club, session.day + timedelta(8), starts_at=time(15))
    for one in (session, later):
        bookings.book_one(one.id, child.id, leader.id)
    planning.cancel_session(session.id, "карантин", leader.id)
    actions.close_club(club.id, clock.today(), leader.id)
    lines = told(app, worker)
    assert len(lines) == 2
    assert any("карантин" in line and "отменено" in line for line in lines)
    assert told(app, make_user("specialist")) == []
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=15))
    assert told(app, worker) == []


def test_a_change_keeps_who_had_a_place(leader, session, child, club):
    bookings.book_one(session.id, child.id, leader.id)
    planning.change_session(session.id, leader.id, day=session.day, starts_at=session.starts_at, minutes=45)
    assert not db.session.scalars(select(SessionChange)).all()
    planning.change_session(session.id, leader.id, day=session.day, starts_at=time(11))
    row = db.session.scalars(select(SessionChange)).one()
    assert (row.kind, row.old_day, row.old_starts_at) == ("moved", session.day, time(15))
    assert db.session.scalars(select(SessionChangeMember.member_id)).all() == [child.id]
