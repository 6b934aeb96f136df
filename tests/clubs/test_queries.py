"""Pages of clubs ask the database the same few questions, however many rows there are."""

import pytest

from portal import clock
from portal.clubs import board, bookings, roster
from tests.client import Client
from tests.counting import counted
from tests.factories import make_club, make_recipient, make_session


@pytest.fixture
def session(club):
    return make_session(club, clock.today())


@pytest.fixture
def visitor(app, leader):
    return Client(app, leader)


def test_no_page_asks_more_of_the_database_when_there_are_more_rows(visitor, club, session, leader):
    urls = [
        "/clubs/",
        f"/clubs/{club.id}",
        f"/clubs/sessions/{session.id}",
        f"/clubs/{club.id}/participants?q=соколова",
    ]
    urls.append(f"/clubs/sessions/{session.id}/attendance")

    def numbers():
        found = []
        for url in urls:
            visitor.get(url)
            with counted() as sent:
                visitor.get(url)
            found.append(len(sent))
        return found

    bookings.book_one(session.id, make_recipient(club).id, leader.id)
    few = numbers()
    for n in range(9):
        bookings.book_one(session.id, make_recipient(club).id, leader.id)
        make_recipient(club)
        make_session(make_club(leader, name=f"Клуб {n}"), clock.today())
    assert numbers() == few


def test_the_week_takes_at_most_four_queries(club, session):
    with counted() as sent:
        board.days_of_clubs(session.week, 7)
        board.clubs_with_times()
    assert len([s for s in sent if s.startswith("SELECT")]) <= 4
    with counted() as sent:
        roster.roster(session)
    assert len([s for s in sent if s.startswith("SELECT")]) == 2
