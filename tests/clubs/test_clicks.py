"""Two hands at once on one thing of a club: it is done once, and what depends on it is of one mind."""

from collections import Counter
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.clubs import actions, bookings, feedback, periods
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.session_models import SessionFeedback
from portal.db import db, technical
from portal.journal.models import JournalEntry
from tests.factories import make_booking, make_club, make_recipient, make_session
from tests.together import at_once


@pytest.fixture
def session(leader):
    return make_session(make_club(leader), clock.today(), starts_at=time())


@pytest.fixture
def child(session):
    member = make_recipient(db.session.get_one(Club, session.club_id))
    make_booking(session, member, status="came")
    return member


def test_attendance_closed_by_five_clicks_at_once_is_entered_once(app, session, child, leader):
    session_id, actor = session.id, leader.id
    ends = Counter(at_once(app, *[lambda: bookings.close_attendance(session_id, actor)] * 5))
    assert ends == {"done": 1, "already_held": 4}
    assert len(db.session.scalars(select(JournalEntry)).all()) == 1


def test_closing_and_mending_at_once_leave_journal_and_marks_of_one_mind(app, session, child, leader):
    session_id, member_id, actor = session.id, child.id, leader.id
    db.session.rollback()  # the fixtures may have read before the place was there
    booking_id = db.session.scalars(select(Booking.id)).one()
    more = make_recipient(db.session.get_one(Club, session.club_id))
    make_booking(session, more, status="came")
    at_once(
        app,
        lambda: bookings.close_attendance(session_id, actor),
        lambda: bookings.cancel_booking(booking_id, actor),
        lambda: bookings.mark_one(session_id, member_id, "absent", actor),
    )
    came = select(Booking.member_id).where(Booking.status == "came")
    entered = select(JournalEntry.member_id).where(JournalEntry.state != "void")
    assert set(db.session.scalars(came)) == set(db.session.scalars(entered))


def test_one_ticket_speaks_once_however_many_clicks(app, session):
    session_id, values = session.id, {"source": "guest", "liked": 5, "text": ""}
    ends = Counter(at_once(app, *[lambda: feedback.give(session_id, "ticket", **values)] * 5))
    assert ends == {"done": 1, "feedback_given": 4}
    assert len(db.session.scalars(select(SessionFeedback)).all()) == 1


def test_the_last_place_of_a_group_is_given_once(app, leader):
    club = make_club(leader)
    with technical() as s:
        s.get_one(Club, club.id).capacity = 2
    club_id, actor, ids = club.id, leader.id, [make_recipient().id for _ in range(6)]
    at_once(app, *[lambda one=one: actions.join_club(club_id, one, actor) for one in ids])
    going, waiting = (set(db.session.scalars(select(t.member_id))) for t in (ClubParticipant, ClubWaiting))
    assert len(going) == 2 and going | waiting == set(ids) and not going & waiting


def test_a_period_planned_by_three_clicks_at_once_stands_once(app, leader):
    times = [(0, time(12), 60), (2, time(12), 60)]
    club_id, actor = actions.create_club(leader.id, name="Хор", leader_id=leader.id, times=times), leader.id
    first = clock.today() + timedelta(days=1)
    days = {"first_day": first, "last_day": first + timedelta(days=20)}
    ends = Counter(at_once(app, *[lambda: periods.plan_period(club_id, actor, **days)] * 3))
    assert ends == {"done": 1, "nothing_planned": 2}
    assert len(db.session.scalars(select(ClubSession)).all()) == 6
