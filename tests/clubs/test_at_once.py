"""Clicks at once: the database leaves what R14 allows; without its index the same shows a breach."""

import threading
from datetime import time, timedelta

import pytest
from sqlalchemy import func, select, text

from portal import clock
from portal.clubs import bookings, planning, slots
from portal.clubs.models import Booking, ClubSession
from portal.db import db, technical
from portal.rules.weekly_limit import week_of
from tests.factories import make_club, make_recipient, make_session, make_user
from tests.together import at_once

TWENTY = 20


def look_together(app, monkeypatch, look, actions):
    """Run all; each goes on from its first look at the free slots only when all have looked."""
    real, barrier, seen = getattr(slots, look), threading.Barrier(len(actions)), threading.local()

    def looked(*args):
        slot = real(*args)
        if not hasattr(seen, "once"):
            seen.once = True
            db.session.rollback()
            barrier.wait(60)
        return slot

    monkeypatch.setattr(slots, look, looked)
    return at_once(app, *actions)


def drop(index):
    db.session.rollback()
    with technical() as s:
        s.execute(text(f"DROP INDEX {index}"))


def book_twenty(app, monkeypatch, taken):
    """One recipient, so many places taken, is booked into twenty sessions of different clubs at once."""
    leader, monday = make_user("pedagogue"), week_of(clock.today()) + timedelta(days=7)
    clubs = [make_club(leader, name=f"Клуб {n}") for n in range(TWENTY + taken)]
    sessions = [make_session(club, monday + timedelta(days=n % 7)).id for n, club in enumerate(clubs)]
    member_id, leader_id = make_recipient(*clubs).id, leader.id
    for _ in range(taken):
        bookings.book_one(sessions.pop(), member_id, leader_id)
    actions = [lambda at=session_id: bookings.book_one(at, member_id, leader_id) for session_id in sessions]
    answers = look_together(app, monkeypatch, "recipient_slot", actions)
    held = select(Booking.slot).where(Booking.member_id == member_id, Booking.slot.is_not(None))
    return answers, db.session.scalars(held).all()


@pytest.mark.parametrize("taken", [0, 1])
def test_twenty_bookings_at_once_leave_what_the_week_has_left(app, monkeypatch, taken):
    answers, held = book_twenty(app, monkeypatch, taken)
    assert sorted(held) == [1, 2]
    assert sorted(answers) == sorted(["done"] * (2 - taken) + ["weekly_limit"] * (TWENTY - 2 + taken))


def test_without_the_index_twenty_bookings_at_once_break_the_rule(app, monkeypatch):
    drop("uq_bookings_member_id_week_slot")
    answers, held = book_twenty(app, monkeypatch, 1)
    assert len(held) > 2
    assert answers.count("done") > 1


def plan_twenty(app, monkeypatch):
    """A club with one session in a week plans twenty more for it at once, at different times."""
    leader, monday = make_user("pedagogue"), week_of(clock.today()) + timedelta(days=7)
    club = make_club(leader)
    make_session(club, monday, starts_at=time(20))
    club_id, leader_id = club.id, leader.id

    def plan(n):
        day, start = monday + timedelta(days=n % 7), time(8 + n // 7 * 2)
        planning.plan_session(club_id, leader_id, day=day, starts_at=start, minutes=60)

    answers = look_together(app, monkeypatch, "club_slot", [lambda n=n: plan(n) for n in range(TWENTY)])
    count = select(func.count()).select_from(ClubSession).where(ClubSession.week == monday)
    return answers, db.session.scalar(count)


def test_twenty_sessions_planned_at_once_leave_two_a_week(app, monkeypatch):
    answers, held = plan_twenty(app, monkeypatch)
    assert held == 2
    assert sorted(answers) == sorted(["done", *["club_weekly_limit"] * (TWENTY - 1)])


def test_without_the_index_sessions_planned_at_once_break_the_rule(app, monkeypatch):
    drop("uq_club_sessions_club_id_week_slot")
    answers, held = plan_twenty(app, monkeypatch)
    assert held > 2
    assert answers.count("done") > 1
