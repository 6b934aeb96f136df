"""Opinions of a session: by the QR without a login, once a browser; by staff; from paper."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit, clock
from portal.clubs import feedback
from portal.clubs.session_models import SessionFeedback
from portal.db import db, technical
from portal.rules import feedback as rules
from tests.client import Client
from tests.counting import counted
from tests.factories import make_club, make_session, make_user

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def session(leader):
    return make_session(make_club(leader), clock.today() - timedelta(1), status="held")


@pytest.fixture
def door(session):
    """The address that the QR holds."""
    return f"/f/{feedback.token_of(session.id)}"


def given():
    db.session.rollback()
    return list(db.session.scalars(select(SessionFeedback).order_by(SessionFeedback.id)))


def test_a_guest_says_what_they_think_once_a_browser(app, client, door):
    client.get(door)
    assert "Мастерская" in client.text
    client.post(door, liked="5", text=SCRIPT, source="guest")
    client.get(door)
    assert "Спасибо" in client.text and not client.page.xpath("//textarea")
    client.post(door, status=422, liked="1", text="ещё раз", source="guest")
    (row,) = given()
    assert (row.source, row.liked, row.text, row.entered_by_id) == ("guest", 5, SCRIPT, None)
    Client(app).get(door)  # another browser is asked
    assert audit.verify()[1] is None


def test_what_was_typed_comes_back_with_the_error(client, door):
    client.get(door)
    client.post(door, status=422, text="хорошо", source="recipient")
    assert client.page.xpath("//*[@data-errors]//a")[0].text.startswith("Понравилось ли вам занятие? ")
    assert client.page.xpath("//textarea")[0].text.strip() == "хорошо"
    client.post(door, status=422, liked="7", source="recipient")
    client.post(door, status=422, liked="5", text="х" * 2001, source="recipient")
    assert given() == []


def test_a_browser_without_cookies_is_told(client, door):
    client.post(door, status=422, liked="5", source="guest")
    assert "cookie" in client.text.lower()
    assert given() == []


def test_who_speaks_at_the_door_is_no_colleague(client, door):
    client.get(door)
    client.post(door, liked="5", source="staff")
    assert given()[0].source == "guest"


def test_an_address_that_was_made_up_is_no_page(client, door):
    client.get(door + "x", status=404)
    client.get("/f/MQ", status=404)


@pytest.mark.parametrize(("days", "status"), [(1, "planned"), (-15, "held"), (-1, "cancelled")])
def test_outside_its_time_the_page_asks_nothing(app, client, leader, days, status):
    slot = None if status == "cancelled" else 1
    row = make_session(
        make_club(leader), clock.today() + timedelta(days), slot=slot, status=status, cancel_reason="-"
    )
    address = f"/f/{feedback.token_of(row.id)}"
    client.get(address)
    assert not client.page.xpath("//textarea")
    client.post(address, status=422, liked="5", source="guest")
    assert given() == []


def test_a_flood_of_answers_ends(client, session, door, monkeypatch):
    monkeypatch.setattr(rules, "MOST", 2)
    for n in range(2):
        feedback.give(session.id, str(n), source="guest", liked=5, text="")
    client.get(door)
    client.post(door, status=422, liked="5", source="guest")
    assert len(given()) == 2


def test_a_colleague_speaks_once_and_sees_no_list(app, session):
    staff = Client(app, make_user("staff"))
    url = f"/clubs/sessions/{session.id}/feedback/"
    feedback.give(session.id, "1", source="guest", liked=2, text="Скучно")
    staff.get(url)
    assert "Скучно" not in staff.text
    staff.post(url, liked="4", text="Дети были рады")
    staff.post(url, status=422, liked="1")
    assert [(row.source, row.liked) for row in given()] == [("guest", 2), ("staff", 4)]


def test_the_leader_reads_them_all_and_enters_what_is_on_paper(app, session, leader):
    client = Client(app, leader)
    feedback.give(session.id, "1", source="guest", liked=2, text=SCRIPT)
    url = f"/clubs/sessions/{session.id}/feedback/"
    for text in ("Понравилось лепить", "Понравилось рисовать"):
        client.post(url + "paper", source="recipient", liked="5", text=text)
    answer = client.get(url)
    assert "4,0" in client.text and "Понравилось лепить" in client.text
    assert SCRIPT in client.text and SCRIPT not in answer.text
    assert {row.entered_by_id for row in given()} == {None, leader.id}
    assert feedback.facts_of([session.id]) == {session.id: (3, 4.0)}


def test_the_sheet_for_the_door_holds_the_address(app, session, leader):
    client = Client(app, leader)
    url = f"/clubs/sessions/{session.id}/feedback/"
    client.get(url + "poster")
    assert feedback.token_of(session.id) in client.text
    assert client.get(url + "qr").mimetype == "image/svg+xml"


def test_more_answers_ask_no_more_of_the_database(app, session, leader):
    client, url = Client(app, leader), f"/clubs/sessions/{session.id}/feedback/"

    def number():
        client.get(url)
        with counted() as sent:
            client.get(url)
        return len(sent)

    feedback.give(session.id, "0", source="guest", liked=2, text="")
    few = number()
    with technical() as s:
        s.add_all(
            SessionFeedback(session_id=session.id, source="guest", liked=5, ticket=str(n), at=clock.now())
            for n in range(1, 9)
        )
    assert number() == few
