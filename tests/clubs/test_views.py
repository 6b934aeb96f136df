"""Pages of clubs: who may, what is shown to whom, and that nothing typed is lost."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.clubs import actions, bookings, queries
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.db import db
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.factories import (
    make_booking,
    make_club,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)


@pytest.fixture
def session(club):
    return make_session(club, clock.today())


@pytest.fixture
def child(club):
    return make_recipient(club, surname="Лебедева")


@pytest.fixture
def visitor(app, leader):
    return Client(app, leader)


def texts(client, path):
    return [" ".join(found.text_content().split()) for found in client.page.xpath(path)]


def statuses():
    db.session.rollback()
    return list(db.session.scalars(select(Booking.status).order_by(Booking.id)))


@pytest.mark.parametrize("role", ["admin", "staff", "member", "auditor"])
def test_the_schedule_is_open_to_all_but_names_are_not(app, session, child, role):
    bookings.book_one(session.id, child.id, session_leader(session))
    client = Client(app, make_user(role))
    for url in ("/clubs/", f"/clubs/{session.club_id}", f"/clubs/sessions/{session.id}"):
        client.get(url)
        assert "Мастерская" in client.text
        assert "Лебедева" not in client.text
    for url in (f"/clubs/{session.club_id}/edit", f"/clubs/sessions/{session.id}/attendance", "/clubs/new"):
        client.get(url, status=403)


def session_leader(session):
    return db.session.get(Club, session.club_id).leader_id


def test_a_specialist_reads_the_roster_and_changes_nothing(app, session, child):
    client = Client(app, make_user("specialist"))
    client.get(f"/clubs/{session.club_id}")
    assert "Лебедева" in client.text
    client.get(f"/clubs/sessions/{session.id}")
    client.post(f"/clubs/sessions/{session.id}/bookings", status=403, member=str(child.id))
    assert statuses() == []


def own_places(session, booking_id):
    club, sid = f"/clubs/{session.club_id}", f"/clubs/sessions/{session.id}"
    return {
        "get": [
            f"{club}/edit",
            f"{club}/close",
            f"{club}/participants",
            f"{club}/sessions/new",
            f"{club}/plan",
            *(f"{sid}/{page}" for page in ("edit", "cancel", "attendance")),
        ],
        "post": [f"{sid}/bookings", f"{sid}/bookings/{booking_id}/cancel", f"{sid}/attendance"],
    }


def test_another_pedagogue_gets_404_and_the_head_everything(app, session, child):
    bookings.book_one(session.id, child.id, session_leader(session))
    booking_id = db.session.scalars(select(Booking.id)).one()
    places = own_places(session, booking_id)
    other, head = Client(app, make_user("pedagogue")), Client(app, make_user("head"))
    for url in places["get"]:
        other.get(url, status=404)
        head.get(url)
    for url in places["post"]:
        other.post(url, status=404)
    assert statuses() == ["booked"]
    head.post(places["post"][1])
    assert statuses() == ["cancelled"]


def test_a_booking_is_reached_only_through_its_session(visitor, club, session, child, leader):
    bookings.book_one(session.id, child.id, leader.id)
    other = make_session(club, clock.today() + timedelta(days=30))
    booking_id = db.session.scalars(select(Booking.id)).one()
    visitor.post(f"/clubs/sessions/{other.id}/bookings/{booking_id}/cancel", status=404)
    for number in ("999", str(2**40)):
        visitor.get(f"/clubs/{number}", status=404)
        visitor.get(f"/clubs/sessions/{number}", status=404)


def test_a_pedagogue_makes_a_club_and_leads_it(visitor, leader):
    fields = {
        "name": "Театр",
        "room": "зал",
        "capacity": "12",
        "first__weekday": "2",
        "first__starts_at": "15:00",
    }
    visitor.post("/clubs/new", **fields, first__minutes="90", second__minutes="60")
    club = db.session.scalars(select(Club)).one()
    assert (club.name, club.leader_id) == ("Театр", leader.id)
    times = queries.weekly_times([club.id])[club.id]
    assert [(row.weekday, f"{row.starts_at:%H:%M}", row.minutes) for row in times] == [(2, "15:00", 90)]
    visitor.get(f"/clubs/{club.id}/edit")
    assert visitor.page.xpath("//input[@name='first-starts_at']/@value") == ["15:00"]
    assert not visitor.page.xpath("//*[@name='leader_id']")


def test_what_was_typed_is_kept_beside_the_error(visitor, club):
    visitor.post(
        "/clubs/new",
        status=422,
        name="",
        about="Мой рассказ о клубе",
        first__minutes="60",
        second__minutes="60",
    )
    assert visitor.page.xpath("//textarea[@name='about']")[0].text.strip() == "Мой рассказ о клубе"
    day = week_of(clock.today()) + timedelta(days=7)
    for n in (0, 1):
        make_session(club, day + timedelta(days=n), n + 1)
    url = f"/clubs/{club.id}/sessions/new"
    fields = {"day": str(day), "starts_at": "10:00", "minutes": "60", "topic": "Театр 🎭", "goal": "Цель"}
    visitor.post(url, status=422, **fields)
    assert visitor.page.xpath("//input[@name='topic']/@value") == ["Театр 🎭"]
    assert f"{day + timedelta(days=7):%d.%m.%Y}" in texts(visitor, "//*[@data-errors]")[0]
    for bad in (
        {"day": "31.02.2026"},
        {"starts_at": "25:00"},
        {"minutes": "много"},
        {"topic": "х" * 100_000},
    ):
        visitor.post(url, status=422, **(fields | bad))


def test_the_pedagogue_sees_what_each_has_left_before_booking(visitor, club, session, leader):
    second = make_club(leader, name="Компас")
    none, one, two = (make_recipient(club, second, surname=name) for name in ("Абаева", "Белова", "Ветрова"))
    elsewhere = [
        make_session(second, session.week, 1),
        make_session(second, session.week + timedelta(days=6), 2),
    ]
    for slot, held in enumerate(elsewhere, start=1):
        make_booking(held, none, slot)
    make_booking(elsewhere[0], one)
    visitor.get(f"/clubs/sessions/{session.id}")
    rows = texts(visitor, "//section[@id='others']//li")
    assert "нет мест на этой неделе" in rows[0]
    assert "Компас" in rows[0]
    assert "осталось 1" in rows[1]
    assert "осталось 2" in rows[2]
    disabled = visitor.page.xpath("//section[@id='others']//input[@type='checkbox' and @disabled]/@value")
    assert disabled == [str(none.id)]
    visitor.post(f"/clubs/sessions/{session.id}/bookings", all="1")
    booked = select(Booking.member_id).where(Booking.session_id == session.id)
    assert set(db.session.scalars(booked)) == {one.id, two.id}
    visitor.post(f"/clubs/sessions/{session.id}/bookings", member=str(none.id))
    visitor.get(f"/clubs/sessions/{session.id}")
    assert "Абаева В." in texts(visitor, "//*[@id='flashes']")[0]


def test_attendance_by_the_form_without_javascript(visitor, session, club, leader):
    first, second = make_recipient(club, surname="Абаева"), make_recipient(club, surname="Белова")
    bookings.book(session.id, [first.id, second.id], leader.id)
    url = f"/clubs/sessions/{session.id}/attendance"
    visitor.post(url, **{f"mark__{first.id}": "came"})
    visitor.get(url)
    assert "Отмечено 1 из 2" in visitor.text
    marks = {f"mark__{first.id}": "came", f"mark__{second.id}": "absent"}
    visitor.post(url, action="close", topic="Дружба", goal="Знакомство", **marks)
    db.session.rollback()
    assert db.session.get(ClubSession, session.id).status == "held"
    visitor.post(url, status=422, **{f"mark__{first.id}": "перепутано"})
    visitor.post(url, status=400, mark__x="came")


def test_one_touch_saves_one_mark(visitor, session, club, leader):
    first, second = make_recipient(club, surname="Абаева"), make_recipient(club, surname="Белова")
    bookings.book(session.id, [first.id, second.id], leader.id)
    url = f"/clubs/sessions/{session.id}/attendance"
    marks = {f"mark__{first.id}": "came", f"mark__{second.id}": "absent"}
    visitor.post(url, status=200, htmx=True, only=str(first.id), **marks)
    assert statuses() == ["came", "booked"]
    assert visitor.page.get("id") == f"row-{first.id}"
    assert "Отмечено 1 из 2" in visitor.text
    visitor.post(url, status=200, htmx=True, only=str(first.id), **(marks | {f"mark__{first.id}": "excused"}))
    assert statuses() == ["excused", "booked"]


def test_a_touch_that_is_refused_says_why_in_its_row(visitor, session, club, leader):
    second = make_club(leader, name="Компас")
    child = make_recipient(club, second, surname="Абаева")
    for slot in (1, 2):
        make_booking(make_session(second, session.week, slot), child, slot)
    url = f"/clubs/sessions/{session.id}/attendance"
    visitor.post(url, status=422, htmx=True, only=str(child.id), **{f"mark__{child.id}": "came"})
    assert "Ближайшая неделя с местом" in visitor.text
    assert not visitor.page.xpath("//input[@checked]")


def test_recipients_are_found_by_their_own_name(visitor, club):
    there = make_recipient(surname="Семёнова")
    off, suspended = make_family("Семёнова"), make_family("Семёнова")
    make_patronage(off, status="submitted")
    make_patronage(suspended, status="suspended")
    url = f"/clubs/{club.id}/participants"
    visitor.get(f"{url}?q=семенова вера")
    assert texts(visitor, "//div[@id='candidates']//b") == ["Семёнова Вера0"]
    visitor.get(f"{url}?q=79991234567")
    assert texts(visitor, "//div[@id='candidates']//b")[:1] == ["Никто не найден"]
    visitor.get(f"{url}?q=семенова", htmx=True)
    assert visitor.page.get("id") == "candidates"
    visitor.post(url, add=str(there.id), q="семенова")
    assert list(db.session.scalars(select(ClubParticipant.member_id))) == [there.id]
    for member in (off.members[0], suspended.members[0]):
        visitor.post(url, add=str(member.id))
    visitor.post(url, remove=str(there.id))
    visitor.post(url, remove=str(2**40))
    db.session.rollback()
    assert [row.left_on for row in db.session.scalars(select(ClubParticipant))] == [clock.today()]


def test_weeks_and_filters_live_in_the_address(visitor, club, session, leader):
    other = make_club(make_user("pedagogue"), name="Чужой")
    make_session(other, clock.today())
    for query, shown in (
        ("", 2),
        ("?mine=1", 1),
        (f"?club={other.id}", 1),
        ("?week=1999-99-99", 2),
        ("?club=x", 2),
    ):
        visitor.get(f"/clubs/{query}")
        assert len(visitor.page.xpath("//ol[@class='week']//a")) == shown
    visitor.get(f"/clubs/?week={clock.today() + timedelta(days=7)}")
    assert "На этой неделе занятий нет" in visitor.text
    visitor.get("/clubs/?week=9999-12-31")


def test_a_period_is_looked_at_and_then_planned(visitor, leader):
    club_id = actions.create_club(leader.id, name="Клуб", leader_id=leader.id, times=[(5, time(15), 60)])
    club = db.session.get_one(Club, club_id)
    full, other = make_recipient(club, surname="Абаева"), make_club(make_user("pedagogue"), name="Хор")
    first = week_of(clock.today()) + timedelta(days=7)
    for slot in (1, 2):
        make_booking(make_session(other, first, slot, starts_at=time(8 + slot)), full, slot)
    url = f"/clubs/{club_id}/plan?first_day={first}&last_day={first + timedelta(days=13)}"
    visitor.get(url)
    assert not db.session.scalars(select(ClubSession).where(ClubSession.club_id == club_id)).all()
    days = visitor.page.xpath("//input[@name='take' and @checked]/@value")
    assert days == [f"{first + timedelta(days=n)}T15:00" for n in (5, 12)]
    assert "Абаева В." in texts(visitor, "//section[@id='places']")[0]
    for ticked, told in ((days, "Занятия: 2"), (days[1:], "Занятия: 1"), ([], "Занятия: 0")):
        visitor.post(
            url, status=200, look="1", take=ticked, topic="Сказка"
        )  # without JavaScript: the whole page
        assert visitor.page.xpath("//input[@name='take' and @checked]/@value") == ticked
        assert visitor.page.xpath("//input[@name='topic']/@value") == ["Сказка"]
        assert told in texts(visitor, "//section[@id='places']")[0]
        visitor.post(url, status=200, htmx=True, look="1", take=ticked)
        assert visitor.page.get("id") == "places" and told in visitor.text
    assert not db.session.scalars(select(ClubSession).where(ClubSession.club_id == club_id)).all()
    visitor.post(url, status=422, topic="Сказка")
    assert visitor.page.xpath("//input[@name='topic']/@value") == ["Сказка"]
    assert not visitor.page.xpath("//input[@name='take' and @checked]")
    visitor.post(url, take=days[0], topic="Сказка")
    visitor.get(f"/clubs/{club_id}")
    assert f"{first + timedelta(days=7):%d.%m.%Y}" in texts(visitor, "//*[@id='flashes']")[0]
    db.session.rollback()
    rows = db.session.scalars(select(ClubSession).where(ClubSession.club_id == club_id)).all()
    assert [(row.day, row.topic) for row in rows] == [(first + timedelta(days=5), "Сказка")]
    for bad in ("first_day=x&last_day=y", f"first_day={first}&last_day={first - timedelta(days=1)}"):
        visitor.get(f"/clubs/{club_id}/plan?{bad}")
        visitor.post(f"/clubs/{club_id}/plan?{bad}", status=422, take=days[0])


def test_a_club_without_weekly_times_is_told_to_set_them(visitor, club):
    visitor.get(f"/clubs/{club.id}/plan")
    assert visitor.page.xpath(f"//main//a[@href='/clubs/{club.id}/edit']")
