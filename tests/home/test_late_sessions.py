"""What the head is told of sessions that are over and that nobody has closed or summed up."""

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.deputies import actions as deputies
from tests.client import Client
from tests.counting import counted
from tests.factories import make_club, make_session, make_user


def told(app: Flask, user: object) -> list[str]:
    """The lines of the list in My work."""
    page = Client(app, user)
    page.get("/")
    return [" ".join(one.text_content().split()) for one in page.page.xpath("//*[@id='late-sessions']//li")]


def test_the_head_sees_what_is_late_in_all_clubs(app: Flask) -> None:
    head, leader = make_user("head"), make_user("pedagogue", last_name="Громова")
    club, own, today = make_club(leader), make_club(head, "Свой клуб"), clock.today()
    make_session(club, today)
    make_session(club, today - timedelta(35), status="summed_up")
    make_session(club, today - timedelta(28), None, status="cancelled")
    make_session(club, today - timedelta(63), status="held")
    assert told(app, head) == []
    make_session(club, today - timedelta(7), status="held")
    make_session(club, today - timedelta(21), status="announced")
    make_session(own, today - timedelta(7), status="planned")
    first, second = told(app, head)
    assert "Мастерская" in first and "Громова" in first and "не закрыта посещаемость" in first
    assert "подвести итоги" in second
    assert told(app, leader) == [] == told(app, make_user("staff")) == told(app, make_user("specialist"))


def test_what_the_head_stands_in_for_is_told_once(app: Flask) -> None:
    head, leader, today = make_user("head"), make_user("pedagogue"), clock.today()
    session = make_session(make_club(leader), today - timedelta(7), status="planned")
    assert len(told(app, head)) == 1
    deputies.name_deputy(leader.id, head.id, head.id, starts_on=today, ends_on=today, reason="leave")
    assert told(app, head) == []
    page = Client(app, head)
    page.get("/")
    assert page.page.xpath(f"//*[@id='clubs']//a[@href='/clubs/sessions/{session.id}']")


def test_of_many_the_first_are_shown_and_all_are_counted(app: Flask) -> None:
    head, club = make_user("head"), make_club(make_user("pedagogue"))
    asked = []
    for days in (range(1, 3), range(3, 9)):
        for one in days:
            make_session(club, clock.today() - timedelta(7 * one), status="planned")
        page = Client(app, head)
        page.get("/profile")
        with counted() as seen:
            page.get("/")
        asked.append(len(seen))
    (figure,) = page.page.xpath("//a[@href='#late-sessions']")
    assert "8" in figure.text_content() and len(told(app, head)) == 5
    assert asked[0] == asked[1]
