"""What the database itself refuses of clubs, whoever writes to it past the actions."""

from datetime import time, timedelta

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.clubs.models import Booking, ClubSession
from portal.clubs.session_models import SessionFeedback
from portal.db import technical
from portal.rules.weekly_limit import week_of
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user

WEEK = timedelta(days=7)


@pytest.fixture
def club(app):
    return make_club(make_user("pedagogue"))


def write(table, row, **values):
    with technical() as s:
        s.execute(update(table).where(table.id == row.id).values(**values))


def refused(table, row, **values):
    with pytest.raises(IntegrityError):
        write(table, row, **values)


@pytest.mark.parametrize("n", range(7))
def test_the_week_of_a_session_is_that_of_its_day(club, n):
    monday = week_of(clock.today()) + WEEK
    session = make_session(club, monday + timedelta(days=n))
    refused(ClubSession, session, week=monday + WEEK)
    refused(ClubSession, session, day=session.day + WEEK)
    write(ClubSession, session, day=session.day + WEEK, week=monday + WEEK)
    with pytest.raises(IntegrityError), technical() as s:
        values = {"club_id": club.id, "slot": 2, "starts_at": time(12), "minutes": 60}
        s.execute(insert(ClubSession).values(day=session.day, week=monday + 2 * WEEK, **values))


def test_a_place_counts_in_the_week_of_its_session_and_in_no_other(club):
    session, member = make_session(club, clock.today()), make_recipient(club)
    with pytest.raises(IntegrityError):
        make_booking(session, member, week=session.week + WEEK)
    booking = make_booking(session, member)
    refused(Booking, booking, week=session.week + WEEK)
    refused(Booking, booking, session_id=make_session(club, clock.today() + WEEK).id)
    write(Booking, booking, status="absent", slot=None)
    refused(Booking, booking, status="came", slot=3)


def test_nobody_has_a_place_at_a_cancelled_session_nor_an_opinion_of_it(club):
    session, member = make_session(club, clock.today(), slot=None, status="cancelled"), make_recipient(club)
    with pytest.raises(IntegrityError):
        make_booking(session, member)
    with pytest.raises(IntegrityError), technical() as s:
        values = {"source": "guest", "liked": 5, "text": "", "ticket": "-", "at": clock.now()}
        s.execute(insert(SessionFeedback).values(session_id=session.id, **values))
    refused(ClubSession, session, status="planned", slot=1)


@pytest.mark.parametrize("status", ["held", "summed_up"])
def test_what_was_held_is_neither_cancelled_nor_moved_nor_closed_once_more(club, status):
    session = make_session(club, clock.today(), status=status)
    for values in (
        {"status": "planned"},
        {"status": "announced"},
        {"status": "cancelled", "slot": None},
        {"day": session.day + WEEK, "week": session.week + WEEK},
    ):
        refused(ClubSession, session, **values)
    write(ClubSession, session, status="summed_up", analysis="Хорошо.")
    booking = make_booking(session, make_recipient(club), status="came")
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(delete(Booking).where(Booking.id == booking.id))
